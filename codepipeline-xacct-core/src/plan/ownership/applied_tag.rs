//! The tags that say what was last applied.

use indexmap::IndexMap;

/// The tag that says what was last applied to a managed role or pipeline.
pub const APPLIED_TAG: &str = "codepipeline-xacct:applied";

/// The tag that says what a managed role had before, while it is written.
pub(in crate::plan) const APPLIED_BEFORE_TAG: &str = "codepipeline-xacct:applied-before";

/// The first part of the tags. What another version wrote in another way is not known.
const FORMAT: &str = "1";

/// What the keys of the tags begin with that say what topologies last wrote into an extended pipeline.
pub(in crate::plan) const APPLIED_BY: &str = "codepipeline-xacct:applied-by:";

/// How many versions others may write between the tag and the update of a pipeline.
pub(in crate::plan) const OTHERS: i64 = 10;

/// True for tags that say what was applied, and nothing else.
pub(in crate::plan) fn is_note(tags: &IndexMap<String, String>) -> bool {
    tags.keys().all(|key| is_noted(key))
}

/// True for a tag that says what was applied, to what a topology manages or extends.
pub(in crate::plan) fn is_noted(key: &str) -> bool {
    is_applied(key) || key.starts_with(APPLIED_BY)
}

/// True for a tag that says what was applied to what a topology manages.
pub(in crate::plan) fn is_applied(key: &str) -> bool {
    key == APPLIED_TAG || key == APPLIED_BEFORE_TAG
}

/// The parts of a tag by their names.
pub(in crate::plan) fn parts<'a>(tags: &'a IndexMap<String, String>, key: &str) -> IndexMap<&'a str, &'a str> {
    parts_of(tags.get(key).map(String::as_str).unwrap_or_default())
}

/// The parts of a text by their names.
pub(in crate::plan) fn parts_of(text: &str) -> IndexMap<&str, &str> {
    let mut parts = text.split('/');
    if parts.next() != Some(FORMAT) {
        return IndexMap::new();
    }
    parts.filter_map(|part| part.split_once('=')).collect()
}

/// The value of a tag with parts.
pub(in crate::plan) fn value<'a>(parts: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let parts = parts.into_iter().map(|(name, value)| format!("/{name}={value}"));
    std::iter::once(FORMAT.to_owned()).chain(parts).collect()
}
