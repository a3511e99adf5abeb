//! What somebody should have replaced: `<account-id>`, `${AWS::AccountId}`, `{{name}}`. Names, ARNs and Regions have no such signs.
//! Of words like `ACCOUNT_ID`, `YOUR_PROJECT` and `TODO` that is only likely.

use crate::finding::{Finding, Place};
use crate::rules;

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

/// The first part of a name or an ARN that is likely to be a placeholder: `ACCOUNT_ID`, `YOUR_PROJECT`, `your-bucket`, `__ROLE__`, `TODO`,
/// `xxx`. Something may be called so.
pub(super) fn likely_placeholder(text: &str) -> Option<&str> {
    text.split([':', '/']).find(|part| is_word_to_replace(part))
}

/// In small letters many of these words are names: `todo`, `region`, `owner`.
fn is_word_to_replace(part: &str) -> bool {
    const WORDS: [&str; 13] = [
        "ACCOUNT",
        "ACCOUNTID",
        "AWS_REGION",
        "CHANGEME",
        "FIXME",
        "OWNER",
        "PLACEHOLDER",
        "REGION",
        "REPLACEME",
        "REPO",
        "REPOSITORY",
        "TBD",
        "TODO",
    ];
    const OF_THINGS: [&str; 3] = ["ARN", "ID", "NAME"];
    const THINGS: [&str; 15] = [
        "ACCOUNT",
        "AWS_ACCOUNT",
        "BUCKET",
        "CLUSTER",
        "CONNECTION",
        "FUNCTION",
        "KEY",
        "PIPELINE",
        "PROJECT",
        "REPO",
        "REPOSITORY",
        "ROLE",
        "SERVICE",
        "STACK",
        "TOPIC",
    ];
    let is_upper = part.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'));
    let upper = || {
        WORDS.contains(&part)
            || ["CHANGE_ME", "CHANGE-ME", "CHANGE_THIS", "REPLACE_ME", "REPLACE-ME", "REPLACE_THIS", "REPLACE_WITH"]
                .iter()
                .any(|words| part.starts_with(words))
            || part.starts_with("INSERT_") && part.ends_with("_HERE")
            || part.rsplit_once('_').is_some_and(|(of, noun)| OF_THINGS.contains(&noun) && THINGS.contains(&of))
    };
    let yours = part.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("your"))
        && part
            .get(4..)
            .is_some_and(|rest| rest.starts_with(|c: char| matches!(c, '_' | '-') || c.is_ascii_uppercase()));
    let underlined =
        part.strip_prefix("__").and_then(|rest| rest.strip_suffix("__")).is_some_and(|word| !word.is_empty());
    let crosses = part.len() >= 3 && part.bytes().all(|b| b.eq_ignore_ascii_case(&b'x'));
    yours
        || underlined
        || crosses
        || matches!(part, "changeme" | "change-me" | "replaceme" | "replace-me")
        || is_upper && upper()
}

/// How a placeholder is fixed.
pub fn fill_in(text: &str) -> Option<String> {
    placeholder(text).or_else(|| likely_placeholder(text)).map(|found| format!("replace `{found}`"))
}

/// A name or an ARN, right as it is, that is likely to have a placeholder.
pub(super) fn likely(text: &str, place: Place) -> Option<Finding> {
    let found = likely_placeholder(text)?;
    let message = format!("`{found}` looks like a placeholder that was to be replaced");
    Some(Finding::of(&rules::XA0638, place, message).help(format!("replace `{found}`")))
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

    #[test]
    fn words_that_stand_for_a_name_are_found() {
        let found = [
            ("arn:aws:iam::ACCOUNT_ID:role/x", "ACCOUNT_ID"),
            ("arn:aws:states:REGION:111111111111:stateMachine:x", "REGION"),
            ("YOUR_PROJECT", "YOUR_PROJECT"),
            ("your-bucket", "your-bucket"),
            ("YourRole", "YourRole"),
            ("acme/REPO_NAME", "REPO_NAME"),
            ("__ROLE__", "__ROLE__"),
            ("TODO", "TODO"),
            ("REPLACE_ME", "REPLACE_ME"),
            ("xxxxxxxxxxxx", "xxxxxxxxxxxx"),
        ];
        for (text, word) in found {
            assert_eq!(likely_placeholder(text), Some(word), "{text}");
        }
        for text in [
            "todo",
            "yours",
            "yourself/app",
            "Shop",
            "PROD",
            "IMAGE1",
            "SHOP_WEB",
            "owner/region",
            "xx",
            "my-name",
            "ID",
            "__x",
            "CHANGE_DETECTION",
            "INSERT_SEED_DATA",
            "BUILD_MULTI_REGION",
            "REPLACE_INDEX",
            "SHOP_ID",
        ] {
            assert_eq!(likely_placeholder(text), None, "{text}");
        }
    }
}
