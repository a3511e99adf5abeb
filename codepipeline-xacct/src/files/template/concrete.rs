//! Symbols as values that the proof of a chain can read, and back.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::core::check::symbol::{Part, parts, shown};
use crate::core::ids::{AccountId, split_arn};

/// The placeholders of unknown Regions. No Region of AWS has these names.
const REGION: &str = "xx-unknown-";

/// Before the value of a symbol that is the whole ARN of a role, or begins a resource of a policy. No account of AWS has this id.
pub(super) const PLACEHOLDER_ROLE: &str = "arn:aws:iam::999999999999:role/";

/// A value for each symbol.
#[derive(Debug, Clone, Default)]
pub(super) struct Concrete {
    values: BTreeMap<String, String>,
    /// Symbols of accounts.
    pub(super) accounts: Vec<String>,
    /// Symbols of Regions.
    pub(super) regions: Vec<String>,
    /// Account ids and Regions that are written out.
    pub(super) known_accounts: Vec<String>,
    pub(super) known_regions: Vec<String>,
}

impl Concrete {
    /// Notes the symbols of a value.
    pub(super) fn note(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.note_text(text),
            Value::Array(list) => list.iter().for_each(|value| self.note(value)),
            Value::Object(members) => members.values().for_each(|value| self.note(value)),
            _ => {}
        }
    }

    /// Notes the symbols of a text: what they are follows from where they are in an ARN.
    pub(super) fn note_text(&mut self, text: &str) {
        if let Some(arn) = split_arn(text) {
            push(&mut self.accounts, only_symbol(arn.account));
            push(&mut self.regions, only_symbol(arn.region));
            push(&mut self.known_accounts, arn.account.parse::<AccountId>().ok().map(|_| arn.account));
            push(&mut self.known_regions, Some(arn.region).filter(|region| is_region(region)));
        }
        push(&mut self.known_accounts, text.parse::<AccountId>().ok().map(|_| text));
        for part in parts(text) {
            if let Part::Symbol(symbol) = part
                && !self.values.contains_key(symbol)
            {
                // No wildcard but one alone is likely to match it.
                let value = format!("q9{:03}unknown", self.values.len());
                self.values.insert(symbol.to_owned(), value);
            }
        }
    }

    /// The symbols that were noted.
    pub(super) fn symbols(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    /// Gives accounts and Regions values of their kind, each another.
    pub(super) fn settle(&mut self) {
        for (index, symbol) in self.accounts.iter().enumerate() {
            self.values.insert(symbol.clone(), format!("9990000{:05}", index + 1));
        }
        for (index, symbol) in self.regions.iter().enumerate() {
            self.values.insert(symbol.clone(), format!("{REGION}{}", index + 1));
        }
    }

    /// The same, with another value for a symbol.
    pub(super) fn with(&self, symbol: &str, value: &str) -> Self {
        let mut other = self.clone();
        other.values.insert(symbol.to_owned(), value.to_owned());
        other
    }

    pub(super) fn text(&self, text: &str) -> String {
        let value = |part| match part {
            Part::Text(text) => text,
            Part::Symbol(symbol) => self.values.get(symbol).map_or("", String::as_str),
        };
        parts(text).into_iter().map(value).collect()
    }

    /// The ARN of a role, of which maybe nothing is known.
    pub(super) fn role(&self, arn: &str) -> String {
        let value = self.text(arn);
        if only_symbol(arn).is_some() { format!("{PLACEHOLDER_ROLE}{value}") } else { value }
    }

    pub(super) fn json(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::from(self.text(text)),
            Value::Array(list) => list.iter().map(|value| self.json(value)).collect(),
            Value::Object(members) => {
                Value::Object(members.iter().map(|(name, value)| (self.text(name), self.json(value))).collect())
            }
            other => other.clone(),
        }
    }

    /// A text about these values, with symbols as templates write them.
    pub(super) fn back(&self, text: &str) -> String {
        self.values.iter().fold(text.to_owned(), |text, (symbol, value)| {
            text.replace(&format!("{PLACEHOLDER_ROLE}{value}"), &shown(symbol)).replace(value, &shown(symbol))
        })
    }
}

fn push(list: &mut Vec<String>, text: Option<&str>) {
    if let Some(text) = text
        && !list.iter().any(|known| known == text)
    {
        list.push(text.to_owned());
    }
}

fn only_symbol(text: &str) -> Option<&str> {
    match parts(text).as_slice() {
        [Part::Symbol(symbol)] => Some(*symbol),
        _ => None,
    }
}

fn is_region(text: &str) -> bool {
    text.parse::<crate::core::ids::Region>().is_ok()
}
