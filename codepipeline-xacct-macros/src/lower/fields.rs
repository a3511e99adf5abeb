//! The keys of a construct: which are known, and what is reported about the others.

use codepipeline_xacct_core::catalogue::{self, ConfigurationKey};
use codepipeline_xacct_core::suggest::{nearest, related};
use codepipeline_xacct_syntax::ast::{FieldNode, ValueNode};
use codepipeline_xacct_syntax::errors::Errors;
use codepipeline_xacct_syntax::keys::{self, Construct, DslKey, Replacement, is_same_word};
use proc_macro2::Span;
use syn::{Ident, LitStr};

use super::value_suggestions::word_of;
use super::values;

/// The keys that are known in one place: those of a construct, and of a provider.
pub(super) struct KnownKeys {
    /// How messages call the place: "a stage".
    phrase: String,
    common: &'static Construct,
    /// Those of the provider.
    configured: &'static [ConfigurationKey],
    extra: Vec<&'static Construct>,
}

impl KnownKeys {
    /// The keys of a construct.
    pub(super) fn of(construct: &'static Construct) -> Self {
        Self { phrase: construct.phrase.to_owned(), common: construct, configured: &[], extra: Vec::new() }
    }

    /// The keys of a construct that messages call by another name.
    pub(super) fn named(phrase: String, construct: &'static Construct) -> Self {
        Self { phrase, ..Self::of(construct) }
    }

    /// The keys of an action or a rule.
    pub(super) fn of_provider(
        phrase: String,
        common: &'static Construct,
        configured: &'static [ConfigurationKey],
        extra: impl Iterator<Item = &'static Construct>,
    ) -> Self {
        Self { phrase, common, configured, extra: extra.collect() }
    }

    fn names(&self) -> Vec<&'static str> {
        let configured = self.configured.iter().map(|key| key.dsl);
        let extra = self.extra.iter().flat_map(|construct| construct.names());
        self.common.names().chain(configured).chain(extra).collect()
    }

    /// True for a key that is known.
    pub(super) fn contain(&self, key: &str) -> bool {
        self.common.names().any(|name| name == key)
            || self.configured.iter().any(|configured| configured.dsl == key)
            || self.extra.iter().any(|construct| construct.names().any(|name| name == key))
    }

    /// A key of the provider.
    pub(super) fn configured(&self, key: &str) -> Option<&'static ConfigurationKey> {
        self.configured.iter().find(|known| known.dsl == key)
    }

    /// Reports a key that is not known, with its value. Returns the key that is surely meant.
    pub(super) fn report_unknown(
        &self,
        text: &str,
        span: Span,
        value: Option<&ValueNode>,
        errors: &mut Errors,
    ) -> Option<&'static str> {
        let names = self.names();
        let instead = keys::replacement(self.common, text);
        let meant = match instead {
            Some(Replacement::Key(key)) if names.contains(&key) => Some(key),
            _ => self.meant(text, &names),
        };
        let help = match (instead, meant) {
            (Some(Replacement::Form(form)), _) => form.to_owned(),
            (_, Some(near)) if instead.is_some() => format!("write `{near}: …`"),
            _ => match (elsewhere(self.common, text), meant) {
                (Some(place), _) => format!("it is a key of {place}"),
                (None, Some(near)) => format!("did you mean `{near}`?"),
                (None, None) if names.is_empty() => "leave it out".to_owned(),
                (None, None) if names.contains(&"configuration") && text.starts_with(char::is_uppercase) => {
                    let value = value.and_then(word_of).map_or_else(|| "…".to_owned(), |value| format!("{value:?}"));
                    format!("write `configuration: {{ {text}: {value} }}`")
                }
                (None, None) => format!("keys of {} are `{}`", self.phrase, names.join("`, `")),
            },
        };
        let message = format!("`{text}` is not a key of {}", self.phrase);
        match value {
            // A word that is being typed has no value yet.
            Some(ValueNode::Hole(.., error)) => errors.replace(*error, message, help),
            _ => errors.push_help(span, message, help),
        }
        meant
    }

    /// True for a word that is nearly one of the keys.
    pub(super) fn is_misspelt(&self, text: &str) -> bool {
        self.meant(text, &self.names()).is_some()
    }

    /// The key that is meant by a word: the one with the name that AWS uses, one that is nearly the same, or the only one that
    /// begins with it.
    fn meant(&self, text: &str, names: &[&'static str]) -> Option<&'static str> {
        let configured = self.configured.iter().find(|key| is_same_word(key.name, text));
        if let Some(key) = configured.or_else(|| catalogue::meant_key(text, self.configured)) {
            return Some(key.dsl);
        }
        let rows: fn(&'static Construct) -> std::slice::Iter<'static, DslKey> = |construct| construct.keys.iter();
        let mut rows = rows(self.common).chain(self.extra.iter().flat_map(|construct| rows(construct)));
        if let Some(key) = rows.find(|key| key.is_spelt(text)) {
            return Some(key.name);
        }
        if let Some(near) = nearest(text, names.iter().copied()) {
            return Some(near);
        }
        let mut begun = names.iter().filter(|known| text.len() >= 3 && known.starts_with(text));
        match (begun.next(), begun.next()) {
            (Some(only), None) => Some(*only),
            _ => related(text, names.iter().copied()),
        }
    }
}

/// The place of a key that is not one of its construct.
fn elsewhere(construct: &Construct, key: &str) -> Option<&'static str> {
    let places = [&keys::PIPELINE, &keys::STAGE, &keys::ROLE];
    let others = places.into_iter().filter(|other| other.name != construct.name);
    let mut found = others.filter(|other| other.key(key).is_some());
    match (found.next(), found.next()) {
        (Some(only), None) => Some(only.phrase),
        _ => None,
    }
}

/// The fields of one construct: each key is known and present once.
pub(super) struct Fields {
    kept: Vec<FieldNode>,
    /// Keys that an unknown one was meant to be, or whose value did not parse: they are not reported as missing.
    meant: Vec<String>,
    /// True where what an unknown key was meant to be can't be told: it may be one that is missing.
    unknown: bool,
}

impl Fields {
    /// Reports unknown and repeated keys.
    pub(super) fn new(construct: &'static Construct, fields: Vec<FieldNode>, errors: &mut Errors) -> Self {
        let known = KnownKeys::of(construct);
        let mut kept: Vec<FieldNode> = Vec::new();
        let mut meant = Vec::new();
        let mut unknown = false;
        for field in fields {
            let key = field.key.to_string();
            if !known.contain(&key) {
                let near = known.report_unknown(&key, field.key.span(), Some(&field.value), errors);
                unknown |= near.is_none();
                meant.extend(near.map(str::to_owned));
            } else if kept.iter().any(|f| f.key == key) {
                values::report_repeated(&key, field.key.span(), errors);
            } else if matches!(field.value, ValueNode::Hole(..)) || values::report_nothing(&key, &field.value, errors) {
                meant.push(key);
            } else {
                kept.push(field);
            }
        }
        Self { kept, meant, unknown }
    }

    /// True where an unknown key was meant to be this missing one.
    pub(super) fn is_meant(&self, key: &str) -> bool {
        self.unknown || self.meant.iter().any(|meant| meant == key)
    }

    /// Takes the value of a key.
    pub(super) fn take(&mut self, key: &str) -> Option<(Ident, ValueNode)> {
        let index = self.kept.iter().position(|f| f.key == key)?;
        let field = self.kept.remove(index);
        Some((field.key, field.value))
    }

    /// Takes a literal string.
    pub(super) fn string(&mut self, key: &str, errors: &mut Errors) -> Option<LitStr> {
        let (_, value) = self.take(key)?;
        values::string(key, value, errors)
    }
}

/// The entries of a map with known keys, without those that did not parse.
pub(super) fn known_entries(
    known: &KnownKeys,
    value: ValueNode,
    errors: &mut Errors,
) -> Option<Vec<(String, Span, ValueNode)>> {
    let ValueNode::Map(..) = value else {
        if matches!(value, ValueNode::Hole(..)) {
            return None;
        }
        let first = known.names().into_iter().find(|name| *name == "branches");
        let first = first.or_else(|| known.names().first().copied()).unwrap_or_default();
        let help = match &value {
            ValueNode::Str(text) => format!("write `{{ {first}: [{}] }}`", text.token()),
            _ => format!("write `{{ {first}: … }}`"),
        };
        errors.push_help(value.span(), format!("{} is a map", known.phrase), help);
        return None;
    };
    let mut kept = Vec::new();
    for entry in values::map(&known.phrase, value, errors)? {
        let (key, span) = (entry.key.text(), entry.key.span());
        if !known.contain(&key) {
            let _ = known.report_unknown(&key, span, entry.value.as_ref(), errors);
        } else if entry.value.as_ref().is_some_and(|value| values::report_nothing(&key, value, errors)) {
            // That is one mistake.
        } else if let Some(value) = values::entry_value(entry, errors).filter(|v| !matches!(v, ValueNode::Hole(..))) {
            kept.push((key, span, value));
        }
    }
    Some(kept)
}
