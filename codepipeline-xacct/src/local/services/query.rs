//! The Query protocol that IAM and STS share: reading parameters, pages, the elements of answers.

use crate::local::refusal::{NOT_NULL, Refusal, broken_bound, constraint_text};
use crate::local::wire::{Parameters, element};

/// A parameter that doesn't satisfy its constraint, in the words of AWS.
pub(super) fn constraint(value: &str, key: &str, constraint: &str) -> Refusal {
    invalid(Some(value), key, constraint)
}

fn invalid(value: Option<&str>, key: &str, constraint: &str) -> Refusal {
    let mut member = key.to_owned();
    if let Some(first) = member.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    Refusal::new("ValidationError", constraint_text(value, &member, constraint))
}

/// A required parameter of the operation.
pub(super) fn required<'p>(parameters: &'p Parameters, key: &str) -> Result<&'p str, Refusal> {
    parameters.get(key).ok_or_else(|| invalid(None, key, NOT_NULL))
}

/// A text of at most so many characters.
pub(super) fn text<'p>(parameters: &'p Parameters, key: &str, longest: usize) -> Result<Option<&'p str>, Refusal> {
    let Some(text) = parameters.get(key) else { return Ok(None) };
    check_length(text, key, 0, longest)?;
    Ok(Some(text))
}

/// Checks how long a text is.
pub(super) fn check_length(text: &str, key: &str, shortest: usize, longest: usize) -> Result<(), Refusal> {
    match broken_bound("length", text.chars().count(), shortest, longest) {
        Some(words) => Err(constraint(text, key, &words)),
        None => Ok(()),
    }
}

/// Checks that a name has only the characters that IAM and STS allow in names.
pub(super) fn check_name(text: &str, key: &str) -> Result<(), Refusal> {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b)) {
        return Ok(());
    }
    let mut member = key.to_owned();
    if let Some(first) = member.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    let message = format!(
        "The specified value for {member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
    );
    Err(Refusal::new("ValidationError", message))
}

/// A whole number between two bounds.
pub(super) fn number(
    parameters: &Parameters,
    key: &str,
    bounds: std::ops::RangeInclusive<i64>,
) -> Result<Option<i64>, Refusal> {
    let Some(text) = parameters.get(key) else { return Ok(None) };
    let number: i64 = text.parse().map_err(|_| {
        Refusal::new("MalformedInput", format!("'{text}' is not a whole number, which {key} has to be"))
    })?;
    match broken_bound("value", number, *bounds.start(), *bounds.end()) {
        Some(words) => Err(constraint(text, key, &words)),
        None => Ok(Some(number)),
    }
}

/// A boolean; without it, false.
pub(super) fn flag(parameters: &Parameters, key: &str) -> Result<bool, Refusal> {
    match parameters.get(key) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(text) => {
            Err(Refusal::new("MalformedInput", format!("'{text}' is not `true` or `false`, which {key} has to be")))
        }
    }
}

/// One of several words.
pub(super) fn word<'p>(parameters: &'p Parameters, key: &str, words: &[&str]) -> Result<Option<&'p str>, Refusal> {
    match parameters.get(key) {
        Some(text) if !words.contains(&text) => {
            Err(constraint(text, key, &format!("Member must satisfy enum value set: [{}]", words.join(", "))))
        }
        other => Ok(other),
    }
}

/// The parameters that an operation doesn't know.
pub(super) fn unknown<'p>(parameters: &'p Parameters, known: &[&str]) -> Vec<&'p str> {
    let knows = |key: &&str| {
        let name = key.split('.').next().unwrap_or_default();
        ["Action", "Version"].contains(key) || known.contains(&name)
    };
    parameters.keys().filter(|key| !knows(key)).collect()
}

/// Which part of a list is asked for. The marker is the last name of the page before.
pub(super) struct Page {
    marker: Option<String>,
    size: usize,
}

impl Page {
    pub(super) fn of(parameters: &Parameters) -> Result<Self, Refusal> {
        let size = number(parameters, "MaxItems", 1..=1000)?.unwrap_or(100);
        let marker = parameters.get("Marker");
        if let Some(marker) = marker {
            check_length(marker, "Marker", 1, 320)?;
        }
        Ok(Self { marker: marker.map(str::to_owned), size: usize::try_from(size).unwrap_or(usize::MAX) })
    }

    /// The items of the page in the order of their names, and the elements that say whether there are more.
    pub(super) fn take<T>(&self, items: impl IntoIterator<Item = T>, name: impl Fn(&T) -> String) -> (Vec<T>, String) {
        let mut named: Vec<(String, T)> = items.into_iter().map(|item| (name(&item), item)).collect();
        named.sort_by(|(a, _), (b, _)| a.cmp(b));
        named.retain(|(name, _)| self.marker.as_ref().is_none_or(|marker| name > marker));
        let more = named.len() > self.size;
        named.truncate(self.size);
        let marker = named.last().filter(|_| more).map(|(name, _)| element("Marker", name)).unwrap_or_default();
        let end = format!("{}{marker}", element("IsTruncated", if more { "true" } else { "false" }));
        (named.into_iter().map(|(_, item)| item).collect(), end)
    }
}

/// A list whose members are elements themselves.
pub(super) fn list(name: &str, members: impl IntoIterator<Item = String>) -> String {
    let members: String = members.into_iter().map(|member| format!("<member>{member}</member>")).collect();
    format!("<{name}>{members}</{name}>")
}

/// A list of texts.
pub(super) fn texts<'t>(name: &str, texts: impl IntoIterator<Item = &'t str>) -> String {
    let members: String = texts.into_iter().map(|text| element("member", text)).collect();
    format!("<{name}>{members}</{name}>")
}

/// A time as AWS writes it.
pub(super) fn date(name: &str, milliseconds: i64) -> String {
    let seconds = aws_smithy_types::DateTime::from_secs(milliseconds.div_euclid(1000));
    let text = seconds.fmt(aws_smithy_types::date_time::Format::DateTime).unwrap_or_default();
    element(name, &text)
}
