//! What the modules with the keys are made of, and what the macro needs beside them.

/// Stands for the value of a key. Nothing calls it.
pub fn value<T>() -> T {
    loop {
        std::hint::spin_loop();
    }
}

/// The variables of a pipeline item, as a type with a field for each.
pub trait Variables {
    /// The type.
    type Of;
}

/// Types with a field for each key.
macro_rules! keys {
    ($($(#[doc = $doc:literal])* $name:ident { $($(#[doc = $key_doc:literal])* $key:ident),* $(,)? })*) => {$(
        $(#[doc = $doc])*
        pub struct $name { $($(#[doc = $key_doc])* pub $key: ()),* }
    )*};
}

/// Modules with the words that a key takes.
macro_rules! words {
    ($($(#[doc = $doc:literal])* $key:ident { $($(#[doc = $word_doc:literal])* $word:ident),* $(,)? })*) => {$(
        $(#[doc = $doc])*
        #[allow(non_upper_case_globals)]
        pub mod $key {
            $($(#[doc = $word_doc])* pub const $word: () = ();)*
        }
    )*};
}
