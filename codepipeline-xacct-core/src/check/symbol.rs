//! Placeholders, inside a text, for values that only CloudFormation or Terraform knows.

/// Begins the placeholder of an unknown value in a text that is otherwise known. No name, ARN or key of AWS has this character.
pub const BEGIN: char = '\u{e000}';
/// Ends it.
pub const END: char = '\u{e001}';
/// Between the scope and the name of a symbol.
const WITHIN: char = '\u{e002}';
/// Where the punctuation of ASCII is moved to, so that what splits a text at a colon or a slash doesn't split a symbol.
const MOVED: u32 = 0xe100;

/// True for a text that has a part that is not known. Two such texts that are equal have the same value.
pub fn is_unknown(text: &str) -> bool {
    text.contains(BEGIN)
}

/// A symbol. Two with the same scope and name have the same value.
pub fn symbol(scope: &str, name: &str) -> String {
    let hidden = |c: char| match c.is_ascii_punctuation() || c == ' ' {
        true => char::from_u32(MOVED + u32::from(c)).unwrap_or(c),
        false => c,
    };
    let inner: String = scope.chars().chain([WITHIN]).chain(name.chars()).map(hidden).collect();
    format!("{BEGIN}{inner}{END}")
}

/// The name that a symbol was made with.
pub fn name_of(symbol: &str) -> String {
    let inner = symbol.trim_start_matches(BEGIN).trim_end_matches(END);
    plain(inner.split_once(WITHIN).map_or(inner, |(_, name)| name))
}

/// The scope that a symbol was made with.
pub fn scope_of(symbol: &str) -> String {
    let inner = symbol.trim_start_matches(BEGIN).trim_end_matches(END);
    plain(inner.split_once(WITHIN).map_or("", |(scope, _)| scope))
}

/// What was hidden in a symbol.
fn plain(text: &str) -> String {
    let plain = |c: char| match u32::from(c).checked_sub(MOVED).filter(|code| *code < 128) {
        Some(code) => char::from_u32(code).unwrap_or(c),
        None => c,
    };
    text.chars().map(plain).collect()
}

/// A text with its symbols as templates write them: `${Name}`.
pub fn shown(text: &str) -> String {
    let mut out = String::new();
    for part in parts(text) {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Symbol(symbol) => {
                out.push_str(&format!("${{{}}}", name_of(symbol)));
            }
        }
    }
    out
}

/// A text with something else instead of its symbols.
pub fn replaced(text: &str, by: &str) -> String {
    let part = |part| match part {
        Part::Text(text) => text,
        Part::Symbol(_) => by,
    };
    parts(text).into_iter().map(part).collect()
}

/// The symbols of a text.
pub fn symbols(text: &str) -> impl Iterator<Item = &str> {
    parts(text).into_iter().filter_map(|part| match part {
        Part::Text(_) => None,
        Part::Symbol(symbol) => Some(symbol),
    })
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'t> {
    /// What is known.
    Text(&'t str),
    /// The placeholder of a value.
    Symbol(&'t str),
}

/// The parts of a text.
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(begin) = rest.find(BEGIN) {
        let (before, from) = rest.split_at(begin);
        let end = from.find(END).map_or(from.len(), |end| end + END.len_utf8());
        let (symbol, after) = from.split_at(end);
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        parts.push(Part::Symbol(symbol));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::split_arn;

    #[test]
    fn a_symbol_is_one_part_of_a_text_and_shown_as_templates_write_it() {
        let arn = format!("arn:aws:iam::{}:role/{}-x", symbol("0", "AWS::AccountId"), symbol("0", "Env"));
        assert_eq!(shown(&arn), "arn:aws:iam::${AWS::AccountId}:role/${Env}-x");
        assert_eq!(split_arn(&arn).map(|arn| shown(arn.account)).as_deref(), Some("${AWS::AccountId}"));
        assert_eq!(parts(&arn).len(), 5);
        assert_ne!(symbol("0", "Env"), symbol("1", "Env"));
        assert_eq!(shown("plain"), "plain");
    }
}
