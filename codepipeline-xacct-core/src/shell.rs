//! Texts in commands of a shell.

/// A text as one word of a shell.
pub(crate) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_text_is_one_word() {
        assert_eq!(quoted("start-eu-west-1-deploy"), "start-eu-west-1-deploy");
        assert_eq!(quoted("it's \"so\""), r#"'it'\''s "so"'"#);
        assert_eq!(quoted(""), "''");
    }
}
