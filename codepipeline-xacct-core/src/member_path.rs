//! Paths in JSON, as they are shown: `stages[0].actions`.

/// The path of a member of an object. A name with other signs than letters, digits, `_` and `-` is written as in JSON.
pub fn member_path(object: &str, name: &str) -> String {
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    match (plain, object.is_empty()) {
        (true, true) => name.to_owned(),
        (true, false) => format!("{object}.{name}"),
        (false, _) => format!("{object}[{}]", serde_json::Value::from(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_signs_are_quoted() {
        assert_eq!(member_path("", "stages"), "stages");
        assert_eq!(member_path("configuration", "TemplatePath"), "configuration.TemplatePath");
        assert_eq!(member_path("configuration", "a.b"), r#"configuration["a.b"]"#);
    }
}
