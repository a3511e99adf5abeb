//! Answers in pages.

use serde_json::Value;

use crate::local::input::{integer, text};
use crate::local::refusal::Refusal;

/// The page that a request asks for, and the token of the next one: it names the last entry of the page, so that what is added at the
/// top in between moves nothing.
pub(super) fn page<T>(
    input: &Value,
    all: impl Iterator<Item = T>,
    most: usize,
    key: impl Fn(&T) -> String,
) -> Result<(Vec<T>, Option<String>), Refusal> {
    let bound = i64::try_from(most).unwrap_or(i64::MAX);
    let size = integer(input, "maxResults", 1, bound)?.and_then(|size| usize::try_from(size).ok()).unwrap_or(most);
    let mut all = all.peekable();
    if let Some(token) = text(input, "nextToken") {
        let wanted = token.strip_prefix(PREFIX);
        let found = wanted.is_some_and(|wanted| all.any(|entry| key(&entry) == wanted));
        if !found {
            let message = "The next token was specified in an invalid format. Make sure that the next token you provide is the token returned by a previous call.";
            return Err(Refusal::new("InvalidNextTokenException", message));
        }
    }
    let entries: Vec<T> = all.by_ref().take(size).collect();
    let next = all.peek().and(entries.last()).map(|last| format!("{PREFIX}{}", key(last)));
    Ok((entries, next))
}

const PREFIX: &str = "after:";
