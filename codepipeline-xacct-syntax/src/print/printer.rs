//! The printer of all parts of a pipeline: its links and its defaults, and what is found on the way.

use std::collections::HashMap;

use codepipeline_xacct_core::check::symbol::{Part, name_of, parts, shown, symbol, symbols};
use codepipeline_xacct_core::check::unknown::is_unknown;
use codepipeline_xacct_core::declaration::PipelineType;
use codepipeline_xacct_core::declaration::secrets::{MASK, has_secret_form, in_command, is_secret, looks_secret};
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::ids::PipelineArn;
use codepipeline_xacct_core::topology::{Additions, WaitLimit};
use serde_json::Value;

use super::item_names::ItemNames;
use super::literal;
use super::names::snake;

/// Something that `pipeline!` has no form for, and that is therefore not in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsaid {
    /// Where it is in the declaration.
    pub place: Place,
    /// What it is.
    pub message: String,
    /// The [symbols](codepipeline_xacct_core::check::symbol) that are not known, where it could be said if they were.
    pub symbols: Vec<String>,
}

/// Something in the source that looks like a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposed {
    /// Where it is in the declaration.
    pub place: Place,
    /// What it is the value of.
    pub name: String,
}

/// A parameter of a pipeline, which takes the place of a secret or of what is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// The value that it takes the place of; of several, the first.
    pub place: Place,
    /// The [symbol](codepipeline_xacct_core::check::symbol) that it takes the place of; `None` for a secret.
    pub symbol: Option<String>,
}

pub(super) struct Printer<'a> {
    pub(super) links: &'a ItemNames,
    pub(super) home: &'a PipelineArn,
    /// The type that the pipeline has if none is written.
    pub(super) pipeline_type: PipelineType,
    /// How long invoke actions wait for what they start, by their places.
    pub(super) waits: HashMap<Place, WaitLimit>,
    pub(super) unsaid: Vec<Unsaid>,
    pub(super) parameters: Vec<Parameter>,
    pub(super) exposed: Vec<Exposed>,
    /// The stages and actions that are written with `add`.
    pub(super) additions: Option<&'a Additions>,
    /// The parameters of the secrets in texts of JSON, by their symbols.
    secrets: HashMap<String, String>,
}

impl<'a> Printer<'a> {
    pub(super) fn new(
        links: &'a ItemNames,
        home: &'a PipelineArn,
        pipeline_type: PipelineType,
        waits: HashMap<Place, WaitLimit>,
    ) -> Self {
        Self {
            links,
            home,
            pipeline_type,
            waits,
            unsaid: Vec::new(),
            parameters: Vec::new(),
            exposed: Vec::new(),
            additions: None,
            secrets: HashMap::new(),
        }
    }
}

impl Printer<'_> {
    pub(super) fn unsaid(&mut self, place: Place, message: impl Into<String>) {
        self.unsaid.push(Unsaid { place, message: message.into(), symbols: Vec::new() });
    }

    /// A text that has to be a literal; one that is partly unknown is reported.
    pub(super) fn literal<'t>(&mut self, text: &'t str, place: &Place) -> Option<&'t str> {
        if !is_unknown(text) {
            return Some(text);
        }
        self.unsaid.push(Unsaid {
            place: place.clone(),
            message: format!("`{}` has to be known here", shown(text)),
            symbols: symbols(text).map(str::to_owned).collect(),
        });
        None
    }

    /// The value of a configuration key, or the parameters that take the place of a secret or of what is not known. `name` is how AWS calls the
    /// key, `key` how the parameter of a secret is called.
    pub(super) fn configured(&mut self, name: &str, key: &str, value: &str, place: &Place) -> String {
        match parts(value).as_slice() {
            [Part::Symbol(_)] => self.text(key, value, place),
            _ if is_secret(name) => format!("({})", self.parameter(key, None, place)),
            _ => self.text(key, value, place),
        }
    }

    /// The value of a variable. One that looks like a secret becomes a parameter.
    pub(super) fn variable(&mut self, name: &str, value: &str, place: &Place) -> String {
        match self.secret(name, value, place) {
            Some(parameter) => format!("({parameter})"),
            None => self.text(name, value, place),
        }
    }

    /// The symbol of a parameter that takes the place of a string of JSON with its quotes, if that looks like a secret.
    pub(super) fn secret_in_json(&mut self, name: &str, value: &str, place: &Place) -> Option<String> {
        let parameter = self.secret(name, value, place)?;
        Some(self.quoted(parameter, place))
    }

    /// The same for what is a secret because of what is beside it.
    pub(super) fn key_in_json(&mut self, name: &str, place: &Place) -> String {
        let parameter = self.parameter(name, None, place);
        self.quoted(parameter, place)
    }

    fn quoted(&mut self, parameter: String, place: &Place) -> String {
        let symbol = symbol(&place.to_string(), &parameter);
        self.secrets.insert(symbol.clone(), parameter);
        symbol
    }

    /// The parameter that takes the place of the value of a variable, if that looks like a secret.
    fn secret(&mut self, name: &str, value: &str, place: &Place) -> Option<String> {
        let known = !is_unknown(name) && !is_unknown(value);
        (known && looks_secret(name, value)).then(|| self.parameter(name, None, place))
    }

    /// Notes what looks like a secret in a command. One that its form tells is not in the source.
    pub(super) fn command(&mut self, command: &Value, place: &Place) {
        let command = command.as_str().filter(|command| !is_unknown(command) && !has_secret_form(command));
        if let Some(name) = command.and_then(in_command) {
            self.exposed.push(Exposed { place: place.clone(), name: name.to_owned() });
        }
    }

    /// Notes the default of a variable that looks like a secret: it is a literal, unless its form tells it.
    pub(super) fn default(&mut self, name: &str, default: &Value, place: &Place) {
        let default = default.as_str().filter(|default| !is_unknown(default) && !has_secret_form(default));
        if default.is_some_and(|default| looks_secret(name, default)) {
            self.exposed.push(Exposed { place: place.clone(), name: name.to_owned() });
        }
    }

    /// A text, or the parameters that take the place of what is masked, not known, or a secret by its form; `key` is how they are called.
    pub(super) fn text(&mut self, key: &str, value: &str, place: &Place) -> String {
        match parts(value).as_slice() {
            [Part::Symbol(symbol)] => format!("({})", self.of_symbol(symbol, key, place)),
            _ if value == MASK || has_secret_form(value) => format!("({})", self.parameter(key, None, place)),
            parts if is_unknown(value) => {
                let of = |part: &Part<'_>| match part {
                    Part::Text(text) => text.replace('{', "{{").replace('}', "}}"),
                    Part::Symbol(symbol) => format!("{{{}}}", self.of_symbol(symbol, key, place)),
                };
                let format: String = parts.iter().map(of).collect();
                let in_json = parts.iter().filter_map(|part| match part {
                    Part::Symbol(symbol) => self.secrets.get(*symbol),
                    Part::Text(_) => None,
                });
                let escaped: String =
                    in_json.map(|name| format!(", {name} = codepipeline_xacct::json_string({name})")).collect();
                format!("(format!({}{escaped}))", literal::text(&format))
            }
            _ => literal::text(value),
        }
    }

    /// The parameter that takes the place of a symbol, the same for the same. What has no name of its own is called after its key.
    fn of_symbol(&mut self, symbol: &str, key: &str, place: &Place) -> String {
        if let Some(secret) = self.secrets.get(symbol) {
            return secret.clone();
        }
        let known = self.parameters.iter().find(|parameter| parameter.symbol.as_deref() == Some(symbol));
        if let Some(known) = known {
            return known.name.clone();
        }
        let name = name_of(symbol);
        self.parameter(if name.starts_with("Fn::") { key } else { &name }, Some(symbol.to_owned()), place)
    }

    fn parameter(&mut self, key: &str, symbol: Option<String>, place: &Place) -> String {
        let plain = snake(key);
        let taken = |name: &String| self.parameters.iter().any(|parameter| parameter.name == *name);
        let mut numbered = (2u32..).map(|number| format!("{plain}_{number}"));
        let name = if taken(&plain) { numbered.find(|name| !taken(name)).unwrap_or_default() } else { plain };
        self.parameters.push(Parameter { name: name.clone(), place: place.clone(), symbol });
        name
    }
}
