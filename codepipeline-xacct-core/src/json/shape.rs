//! What JSON something is.

/// What JSON something is.
#[derive(Debug)]
pub enum Shape {
    /// A string.
    Text,
    /// One of some strings.
    Word(&'static [&'static str]),
    /// A whole number.
    Integer,
    /// Anything.
    Any,
    /// A list of what is in it.
    List(&'static Shape),
    /// An object whose keys are the user's.
    Map(&'static Shape),
    /// Either of two, which differ in the kind of JSON.
    Either(&'static Shape, &'static Shape),
    /// The name of a structure and its members: their name, whether the Rust type requires them, what they are.
    Structure(&'static str, &'static [(&'static str, bool, &'static Shape)]),
}

impl Shape {
    /// Of two shapes the one that is of a kind; where none is, the second.
    pub fn choose(&'static self, kind: fn(&Shape) -> bool) -> &'static Shape {
        match self {
            Shape::Either(first, _) if kind(first) => first,
            Shape::Either(_, second) => second,
            shape => shape,
        }
    }

    /// True for a string.
    pub fn is_text(&self) -> bool {
        matches!(self, Shape::Text | Shape::Word(_))
    }

    /// True for a list.
    pub fn is_list(&self) -> bool {
        matches!(self, Shape::List(_))
    }

    /// True for an object.
    pub fn is_object(&self) -> bool {
        matches!(self, Shape::Map(_) | Shape::Structure(..))
    }
}

/// The API's name of a Rust field: `role_arn` is `roleArn`, `r#type` is `type`.
macro_rules! json_name {
    ($field:ident) => {{
        const FIELD: &str = stringify!($field);
        const BYTES: [u8; $crate::json::shape::json_length(FIELD)] = $crate::json::shape::json_bytes(FIELD);
        const NAME: &str = match std::str::from_utf8(&BYTES) {
            Ok(name) => name,
            Err(_) => FIELD,
        };
        NAME
    }};
}
pub(crate) use json_name;

/// The length of the API's name of a Rust field.
pub(crate) const fn json_length(field: &str) -> usize {
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
pub(crate) const fn json_bytes<const N: usize>(field: &str) -> [u8; N] {
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
