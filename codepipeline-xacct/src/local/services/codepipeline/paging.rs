//! Answers in pages.

use serde_json::Value;

use crate::local::input::{integer, text};
use crate::local::refusal::Refusal;

/// The page that a request asks for, and the token of the next one: it names the last entry of the page, so that what is added at the
/// top in between moves nothing, and its place, for when that entry has gone.
pub(super) fn page<T>(
    input: &Value,
    all: impl Iterator<Item = T>,
    most: usize,
    key: impl Fn(&T) -> String,
) -> Result<(Vec<T>, Option<String>), Refusal> {
    let bound = i64::try_from(most).unwrap_or(i64::MAX);
    let size = integer(input, "maxResults", 1, bound)?.and_then(|size| usize::try_from(size).ok()).unwrap_or(most);
    let all: Vec<T> = all.collect();
    let begin = match text(input, "nextToken") {
        None => 0,
        Some(token) => {
            let (place, last) = token.strip_prefix(PREFIX).and_then(|rest| rest.split_once(':')).ok_or_else(invalid)?;
            let place: usize = place.parse().map_err(|_| invalid())?;
            // Without the entry, that behind it has its place.
            all.iter().position(|entry| key(entry) == last).map_or(place, |found| found + 1)
        }
    };
    let end = begin.saturating_add(size);
    let more = end < all.len();
    let entries: Vec<T> = all.into_iter().skip(begin).take(size).collect();
    let next = entries.last().filter(|_| more).map(|last| format!("{PREFIX}{}:{}", end - 1, key(last)));
    Ok((entries, next))
}

fn invalid() -> Refusal {
    let message = "The next token was specified in an invalid format. Make sure that the next token you provide is the token returned by a previous call.";
    Refusal::new("InvalidNextTokenException", message)
}

const PREFIX: &str = "after:";
