//! What JSON a member of a declaration is.

/// What JSON a member of a declaration is.
#[derive(Debug)]
pub enum Shape {
    /// A string.
    Text,
    /// A whole number.
    Integer,
    /// Anything.
    Any,
    /// A list of what is in it.
    List(&'static Shape),
    /// An object whose keys are the user's.
    Map(&'static Shape),
    /// The name of a structure and its members: their name, whether the Rust type requires them, what they are.
    Structure(&'static str, &'static [(&'static str, bool, &'static Shape)]),
}

/// The API's name of a Rust field: `role_arn` is `roleArn`, `r#type` is `type`.
macro_rules! json_name {
    ($field:ident) => {{
        const FIELD: &str = stringify!($field);
        const BYTES: [u8; $crate::declaration::shape::json_length(FIELD)] =
            $crate::declaration::shape::json_bytes(FIELD);
        const NAME: &str = match std::str::from_utf8(&BYTES) {
            Ok(name) => name,
            Err(_) => FIELD,
        };
        NAME
    }};
}
pub(super) use json_name;

/// The length of the API's name of a Rust field.
pub(super) const fn json_length(field: &str) -> usize {
    let mut bytes = without_raw(field);
    let mut length = 0;
    while let Some((byte, rest)) = bytes.split_first() {
        if *byte != b'_' {
            length += 1;
        }
        bytes = rest;
    }
    length
}

/// The API's name of a Rust field, of the length that [`json_length`] gives.
pub(super) const fn json_bytes<const N: usize>(field: &str) -> [u8; N] {
    let mut name = [0; N];
    let mut bytes = without_raw(field);
    let mut free: &mut [u8] = &mut name;
    while let Some((slot, more)) = free.split_first_mut() {
        match bytes {
            [b'_', byte, rest @ ..] => {
                *slot = byte.to_ascii_uppercase();
                bytes = rest;
            }
            [byte, rest @ ..] => {
                *slot = *byte;
                bytes = rest;
            }
            [] => {}
        }
        free = more;
    }
    name
}

/// The name without the `r#` of a raw identifier.
const fn without_raw(field: &str) -> &[u8] {
    match field.as_bytes() {
        [b'r', b'#', rest @ ..] => rest,
        bytes => bytes,
    }
}
