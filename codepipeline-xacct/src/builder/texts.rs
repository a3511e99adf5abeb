//! Lists of texts that a call takes.

/// A list of texts: an array, a `Vec`, or anything else that goes through them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of texts",
    label = "not a list of texts",
    note = "write the texts in brackets: `[\"…\"]`"
)]
pub trait Texts {
    /// The texts.
    fn into_texts(self) -> Vec<String>;
}

#[diagnostic::do_not_recommend]
impl<I> Texts for I
where
    I: IntoIterator,
    I::Item: Into<String>,
{
    fn into_texts(self) -> Vec<String> {
        self.into_iter().map(Into::into).collect()
    }
}
