//! What somebody should have replaced: `<account-id>`, `${AWS::AccountId}`, `{{name}}`. Names, ARNs and Regions have no such signs.

/// The first placeholder in a text.
pub fn placeholder(text: &str) -> Option<&str> {
    const AROUND: [(&str, &str); 3] = [("<", ">"), ("${", "}"), ("{{", "}}")];
    AROUND.iter().find_map(|(open, close)| {
        let start = text.find(open)?;
        let inside = text.get(start + open.len()..)?;
        let length = inside.find(close)?;
        text.get(start..start + open.len() + length + close.len()).filter(|_| length > 0)
    })
}

/// How a placeholder is fixed.
pub fn fill_in(text: &str) -> Option<String> {
    placeholder(text).map(|found| format!("replace `{found}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_to_be_replaced_is_found() {
        assert_eq!(placeholder("arn:aws:iam::<account-id>:role/x"), Some("<account-id>"));
        assert_eq!(placeholder("shop-${AWS::AccountId}"), Some("${AWS::AccountId}"));
        assert_eq!(placeholder("{{name}}"), Some("{{name}}"));
        for text in ["shop", "<>", "a > b < c", "${", "{name}", ""] {
            assert_eq!(placeholder(text), None, "{text}");
        }
    }
}
