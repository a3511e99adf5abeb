//! The JSON shape of a value.

/// The JSON shape of a value.
#[derive(Debug)]
pub enum Shape {
    /// A string.
    Text,
    /// One of a fixed set of strings.
    Word(&'static [&'static str]),
    /// A whole number.
    Integer,
    /// Anything.
    Any,
    /// A list of values of one shape.
    List(&'static Shape),
    /// An object whose keys the user chooses.
    Map(&'static Shape),
    /// Either of two shapes of different JSON kinds.
    Either(&'static Shape, &'static Shape),
    /// A structure: its name, and each member's name, whether the Rust type requires it, and its shape.
    Structure(&'static str, &'static [(&'static str, bool, &'static Shape)]),
}

impl Shape {
    /// Of two shapes, the one of that kind, or the second if neither is.
    pub fn choose(&'static self, kind: fn(&Shape) -> bool) -> &'static Shape {
        match self {
            Shape::Either(first, _) if kind(first) => first,
            Shape::Either(_, second) => second,
            shape => shape,
        }
    }

    /// The members of a structure.
    pub fn members(&self) -> &'static [(&'static str, bool, &'static Shape)] {
        match self {
            Shape::Structure(_, members) => members,
            _ => &[],
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
        const NAME: &$crate::json::shape::JsonName = &$crate::json::shape::JsonName::of(stringify!($field));
        NAME.as_str()
    }};
}
pub(crate) use json_name;

/// What [`json_name`] makes.
pub(crate) struct JsonName {
    bytes: [u8; 32],
    length: usize,
}

impl JsonName {
    /// The API's name of a Rust field, which is at most 32 characters long.
    pub(crate) const fn of(field: &str) -> Self {
        let mut bytes = [0; 32];
        let mut rest = match field.as_bytes() {
            [b'r', b'#', rest @ ..] => rest,
            all => all,
        };
        let mut free: &mut [u8] = &mut bytes;
        let mut length = 0;
        while let Some((slot, more)) = free.split_first_mut() {
            (*slot, rest) = match rest {
                [b'_', first, rest @ ..] => (first.to_ascii_uppercase(), rest),
                [byte, rest @ ..] => (*byte, rest),
                [] => break,
            };
            length += 1;
            free = more;
        }
        Self { bytes, length }
    }

    /// The name.
    pub(crate) const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(name) => name,
            Err(_) => "",
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_are_written_as_the_api_does() {
        assert_eq!(json_name!(timeout_in_minutes), "timeoutInMinutes");
        assert_eq!(json_name!(r#type), "type");
        assert_eq!(json_name!(name), "name");
    }
}
