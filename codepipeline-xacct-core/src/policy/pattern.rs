//! Patterns of policies: wildcards, policy variables, and ARNs compared segment by segment.
//!
//! Source: IAM User Guide, "IAM policy elements: Variables and tags", "Resource" and "Condition operators".

use super::context::{KeyValue, RequestContext};
use super::glob::{Token, glob, glob_by, wildcard};
use super::truth::Truth;

/// A pattern with its variables replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pattern {
    Known(Vec<Token>),
    /// A variable has no value: nothing matches.
    Unresolved,
    /// The value of a variable isn't known; the text says which one.
    Unknown(String),
}

/// A pattern whose variables are replaced by the values of the request; the values are text, not patterns.
pub(crate) fn expand(text: &str, context: &RequestContext) -> Pattern {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((inner, behind)) = after.split_once('}') else { break };
        tokens.extend(before.chars().map(wildcard));
        rest = behind;
        let literal = |tokens: &mut Vec<Token>, text: &str| tokens.extend(text.chars().map(Token::Char));
        if matches!(inner, "*" | "?" | "$") {
            literal(&mut tokens, inner);
            continue;
        }
        let (key, default) = match inner.split_once(',') {
            Some((key, default)) => (key.trim(), quoted(default.trim())),
            None => (inner.trim(), None),
        };
        match (context.get(key), default) {
            (Some(KeyValue::Values(values)), _) if values.len() == 1 => literal(&mut tokens, &values.concat()),
            (Some(KeyValue::Absent), Some(default)) => literal(&mut tokens, default),
            // A key with several values can't be used in a variable.
            (Some(KeyValue::Absent | KeyValue::Values(_)), _) => return Pattern::Unresolved,
            (Some(KeyValue::Present | KeyValue::Session(_)) | None, _) => {
                return Pattern::Unknown(format!("the policy variable `${{{key}}}`"));
            }
        }
    }
    tokens.extend(rest.chars().map(wildcard));
    Pattern::Known(tokens)
}

fn quoted(text: &str) -> Option<&str> {
    text.strip_prefix('\'')?.strip_suffix('\'')
}

/// The text of a pattern, with wildcards as plain characters.
pub(crate) fn literal(tokens: &[Token]) -> String {
    let char = |token: &Token| match token {
        Token::Char(c) => *c,
        Token::Any => '*',
        Token::One => '?',
    };
    tokens.iter().map(char).collect()
}

/// An unknown digit in a text.
pub(crate) const SOME_DIGIT: char = '\u{E000}';

/// [`glob`] for a text with unknown digits.
pub(crate) fn glob_of_some(pattern: &[Token], text: &str) -> Truth {
    if glob(pattern, text) {
        Truth::Yes
    } else if glob_by(pattern, text, |known, c| known == c || c == SOME_DIGIT && known.is_ascii_digit()) {
        Truth::Unknown("the number in the name of the session".to_owned())
    } else {
        Truth::No
    }
}

/// Compares an ARN segment by segment; a `*` only crosses colons in the last segment. IAM completes a pattern of fewer
/// segments, as the CodePipeline guide shows it, with `*`.
///
/// Another page lets a `*` that ends a segment match beyond the colon; what only that would match is unknown.
///
/// Source: IAM User Guide, "Identify AWS resources with Amazon Resource Names (ARNs)" and "IAM JSON policy elements: Resource".
pub(crate) fn resource_glob(pattern: &[Token], arn: &str) -> Truth {
    if pattern == [Token::Any] || segments_match(pattern, arn, |given| given <= 6) {
        return Truth::Yes;
    }
    if !crosses(pattern, arn) {
        return Truth::No;
    }
    let text = literal(pattern);
    Truth::Unknown(format!(
        "whether the `*` that ends a segment of `{text}` matches beyond the colon: \"IAM JSON policy elements: Resource\" says that it can, \"Identify AWS resources with Amazon Resource Names (ARNs)\" compares segment by segment"
    ))
}

/// Whether a pattern matches where a `*` that ends a segment may take colons; any other wildcard may not.
fn crosses(pattern: &[Token], arn: &str) -> bool {
    const COLON: Token = Token::Char(':');
    let text: Vec<char> = arn.chars().collect();
    // Where in the text the pattern may have come to so far.
    let mut reached = vec![false; text.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    let mut colons = 0;
    for (at, token) in pattern.iter().enumerate() {
        colons += usize::from(*token == COLON);
        let ends_segment = pattern.get(at + 1).is_none_or(|next| *next == COLON);
        let free = ends_segment || colons >= 5;
        let mut next = vec![false; text.len() + 1];
        let mut running = false;
        for index in 0..=text.len() {
            let here = reached.get(index).copied().unwrap_or_default();
            let before = index.checked_sub(1);
            let (came, char) = (
                before.and_then(|i| reached.get(i)).copied().unwrap_or_default(),
                before.and_then(|i| text.get(i)).copied(),
            );
            let now = match token {
                Token::Any => {
                    running = here || running && (free || char != Some(':'));
                    running
                }
                Token::One => came && char.is_some_and(|c| c != ':'),
                Token::Char(known) => came && char == Some(*known),
            };
            if let Some(slot) = next.get_mut(index) {
                *slot = now;
            }
        }
        reached = next;
    }
    reached.last().copied().unwrap_or_default()
}

/// The same for the operators of conditions, which complete nothing; every page says that they compare segments.
pub(crate) fn arn_glob(pattern: &[Token], arn: &str) -> bool {
    pattern == [Token::Any] || segments_match(pattern, arn, |given| given == 6)
}

fn segments_match(pattern: &[Token], arn: &str, enough: impl Fn(usize) -> bool) -> bool {
    let patterns: Vec<&[Token]> = pattern.splitn(6, |token| *token == Token::Char(':')).collect();
    let segments: Vec<&str> = arn.splitn(6, ':').collect();
    segments.len() == 6 && enough(patterns.len()) && patterns.iter().zip(&segments).all(|(p, s)| glob(p, s))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::glob::plain;

    #[test]
    fn a_star_may_cross_colons_only_at_the_end_of_a_segment() {
        let judge =
            |pattern: &str| resource_glob(&plain(pattern), "arn:aws:codepipeline:eu-west-1:222222222222:deploy");
        for pattern in [
            "*",
            "arn:aws:codepipeline:*",
            "arn:aws:codepipeline:eu-*:222222222222:dep*",
            "arn:aws:codepipeline:*:*:deploy",
        ] {
            assert_eq!(judge(pattern), Truth::Yes, "{pattern}");
        }
        for pattern in ["arn:aws:codepipeline:eu-*:deploy", "arn:aws:code*:deploy", "arn:*:deploy"] {
            assert!(matches!(judge(pattern), Truth::Unknown(_)), "{pattern}: {:?}", judge(pattern));
        }
        for pattern in [
            "arn:aws:codepipeline:eu-*:other",
            "arn:aws:codepipeline:us-*:deploy",
            "arn:aws:codepipeline:eu-*t-1:deploy",
            "arn:aws:codepipeline:eu-?:deploy",
            "arn:aws:codepipeline:eu-west-1:222222222222:pipeline/deploy",
            "",
        ] {
            assert_eq!(judge(pattern), Truth::No, "{pattern}");
        }
    }
}
