//! Texts, names and the keys of maps as tokens.

use proc_macro2::Literal;

/// A string literal: raw where that needs no escapes.
pub(super) fn text(text: &str) -> String {
    let quoting = ['"', '\\', '\''];
    let raw = text.contains(['"', '\\']) && text.chars().all(|c| quoting.contains(&c) || c.escape_debug().count() == 1);
    // Rust takes no more signs than these.
    let mut hashes = (1..=255).map(|count| "#".repeat(count)).filter(|_| raw);
    match hashes.find(|hashes| !text.contains(&format!("\"{hashes}"))) {
        Some(hashes) => format!("r{hashes}\"{text}\"{hashes}"),
        None => Literal::string(text).to_string(),
    }
}

/// True for a word that may stand without quotes.
pub(super) fn is_ident(text: &str) -> bool {
    // The parser would skip blanks and comments.
    let word = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    word && text != "_" && syn::parse_str::<syn::Ident>(text).is_ok()
}

/// A name of an artifact or a namespace.
pub(super) fn name(name: &str) -> String {
    // These words are read as the absence of a value.
    let nothing = ["None", "null", "nil", "undefined"].contains(&name);
    if is_ident(name) && !nothing { name.to_owned() } else { text(name) }
}

/// The key of an entry.
pub(super) fn key(name: &str) -> String {
    if is_ident(name) { name.to_owned() } else { text(name) }
}

/// `[…]`
pub(super) fn list(entries: &[String]) -> String {
    format!("[{}]", entries.join(", "))
}

/// One value alone, several as a list.
pub(super) fn one_or_list(entries: &[String]) -> String {
    match entries {
        [one] => one.clone(),
        several => list(several),
    }
}

/// `{ … }`
pub(super) fn map(entries: &[String]) -> String {
    if entries.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", entries.join(", ")) }
}

/// `head { … }` with a line for each key and each clause.
pub(super) fn block(head: &str, fields: &[(String, String)], clauses: &[String]) -> String {
    if fields.is_empty() && clauses.is_empty() {
        return format!("{head} {{}}");
    }
    let mut text = format!("{head} {{\n");
    for (key, value) in fields {
        text.push_str(&format!("{key}: {value},\n"));
    }
    for (index, clause) in clauses.iter().enumerate() {
        if index == 0 && !fields.is_empty() && clause.strip_prefix("add ").unwrap_or(clause).starts_with("stage") {
            text.push('\n');
        }
        text.push_str(clause);
        text.push('\n');
    }
    text.push('}');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_raw_where_that_needs_no_escapes() {
        assert_eq!(text("main"), r#""main""#);
        assert_eq!(text(r#"[{"name":"x"}]"#), r##"r#"[{"name":"x"}]"#"##);
        assert_eq!(text("a\"#b"), "r##\"a\"#b\"##");
        assert_eq!(text("\"a\"\n"), r#""\"a\"\n""#);
        assert_eq!(text("\"\u{202e}'"), r#""\"\u{202e}'""#);
        let hashes = "#".repeat(255);
        assert_eq!(text(&format!("\"{hashes}")), format!("\"\\\"{hashes}\""));
    }

    #[test]
    fn names_have_quotes_where_they_are_no_identifiers() {
        assert_eq!(
            [name("Source"), name("Source-1"), name("type"), name("None")],
            ["Source", "\"Source-1\"", "\"type\"", "\"None\""]
        );
        for name in ["a ", " a", "a\n", "a//", "a/* */", "r#a", "_", "", "1a", "ä"] {
            assert!(!is_ident(name), "{name}");
        }
    }
}
