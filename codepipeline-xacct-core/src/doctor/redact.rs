//! A diagnosis to be shown to others: account ids and names are replaced with consistent placeholders.

use indexmap::{IndexMap, IndexSet};
use serde_json::Value;

use super::diagnosis::{Cause, Diagnosis, Fix, HopDiagnosis, Problem};
use super::stages::TRANSITION;
use crate::finding::{Place, Segment};
use crate::ids::{AccountId, split_arn};
use crate::plan::DisabledTransition;
use crate::policy::is_principal_id;
use crate::wiring::Deciding;
use crate::wiring::request::EXTERNAL_ID;

impl Diagnosis {
    /// The same with other account ids and names. Commands are left out: they would be no use, and hold whole documents.
    #[must_use]
    pub fn redacted(&self) -> Self {
        let mut names = Names::default();
        for pipeline in &self.pipelines {
            names.arns(&pipeline.pipeline.to_string());
            for link in &pipeline.links {
                names.name("stage", &link.stage);
                names.name("action", &link.name);
                link.role.iter().for_each(|role| names.arns(role));
                link.target.iter().for_each(|target| names.arns(&target.to_string()));
            }
            for problem in &pipeline.problems {
                names.place(&problem.place);
            }
        }
        // All other ARNs that stand somewhere, the names of policies, and names that only a message has.
        if let Ok(value) = serde_json::to_value(self) {
            names.value(&value);
        }
        names.sort();
        let mut redacted = self.clone();
        for access in &mut redacted.access {
            if let Ok(account) = names.replaced(access.account.as_str()).parse() {
                access.account = account;
            }
            access.calls.iter_mut().for_each(|call| names.optional(&mut call.denied));
        }
        for pipeline in &mut redacted.pipelines {
            names.parsed(&mut pipeline.pipeline);
            pipeline.unread.iter_mut().for_each(|unread| names.text(&mut unread.why));
            pipeline.service.iter_mut().for_each(|hop| names.hop(hop));
            for link in &mut pipeline.links {
                link.place = names.other_place(&link.place);
                names.text(&mut link.stage);
                names.text(&mut link.name);
                names.optional(&mut link.role);
                link.target.iter_mut().for_each(|target| names.parsed(target));
                link.hops.iter_mut().for_each(|hop| names.hop(hop));
            }
            for found in &mut pipeline.artifacts {
                names.parsed(&mut found.role);
                names.text(&mut found.resource);
                names.text(&mut found.what);
                names.causes(&mut found.causes);
            }
            for Problem { code, place, message, fix, .. } in &mut pipeline.problems {
                *place = names.other_place(place);
                // Its reason is free text.
                let stage = place.steps().iter().find_map(|step| match step {
                    Segment::Stage(_, stage) if code == TRANSITION => Some(stage.to_string()),
                    _ => None,
                });
                match stage {
                    Some(stage) => *message = DisabledTransition { stage, reason: "<reason>".to_owned() }.to_string(),
                    None => names.text(message),
                }
                names.fix(fix);
            }
        }
        redacted
    }
}

/// What is replaced by what.
#[derive(Default)]
struct Names {
    accounts: IndexMap<String, String>,
    names: IndexMap<String, String>,
    /// Words of ARNs, for example `role` and Regions. What has such a name keeps it: an ARN without them is none.
    kept: IndexSet<String>,
}

impl Names {
    /// Accounts get ids that are none of AWS's examples of two accounts, but look alike.
    fn account(&mut self, id: &str) {
        if id.len() == 12 && id.bytes().all(|b| b.is_ascii_digit()) && !self.accounts.contains_key(id) {
            let number = self.accounts.len() + 1;
            self.accounts.insert(id.to_owned(), format!("{number:012}"));
        }
    }

    fn name(&mut self, kind: &str, name: &str) {
        if name.parse::<AccountId>().is_ok() {
            return self.account(name);
        }
        // Wildcards and what AWS names stay.
        let plain = !name.is_empty() && !name.contains(['*', '?', '$', '<', ' ']) && name != "root";
        if plain && !self.names.contains_key(name) {
            let number = self.names.values().filter(|other| other.starts_with(kind)).count() + 1;
            self.names.insert(name.to_owned(), format!("{kind}-{number}"));
        }
    }

    /// All ARNs in a text.
    fn arns(&mut self, text: &str) {
        for (at, _) in text.match_indices("arn:") {
            let rest = text.get(at..).unwrap_or_default();
            let end = rest.find(|c: char| c.is_whitespace() || "`'\",;()[]{}\\".contains(c)).unwrap_or(rest.len());
            let Some(arn) = rest.get(..end).and_then(split_arn) else { continue };
            self.account(arn.account);
            self.kept.extend(["arn", arn.partition, arn.service, arn.region].map(str::to_owned));
            if arn.account == "aws" {
                continue;
            }
            let kind = match (arn.service, arn.resource.split('/').next().unwrap_or_default()) {
                ("codepipeline", _) => "pipeline",
                ("iam" | "sts", "policy") => "policy",
                ("iam" | "sts", _) => "role",
                ("s3", _) => "bucket",
                ("kms", _) => "key",
                _ => "resource",
            };
            let parts: Vec<&str> = arn.resource.split(['/', ':']).collect();
            let fixed = [
                "role",
                "policy",
                "assumed-role",
                "key",
                "alias",
                "service-role",
                "project",
                "repository",
                "function",
                "user",
            ];
            for part in parts {
                if fixed.contains(&part) {
                    self.kept.insert(part.to_owned());
                } else {
                    self.name(kind, part);
                }
            }
        }
    }

    /// The names in a message, as in: there is no pipeline `deploy`.
    fn quoted(&mut self, text: &str) {
        for kind in ["pipeline", "stage", "action", "role"] {
            for (at, before) in text.match_indices(&format!("{kind} `")) {
                let name = text.get(at + before.len()..).and_then(|rest| rest.split('`').next()).unwrap_or_default();
                // ARNs, and actions of IAM.
                if !name.contains(':') {
                    self.name(kind, name);
                }
            }
        }
    }

    fn place(&mut self, place: &Place) {
        for step in place.steps() {
            match step {
                Segment::Pipeline(name) => self.name("pipeline", name),
                Segment::Stage(_, name) => self.name("stage", name),
                Segment::Action(_, name) => self.name("action", name),
                Segment::Role(name) => self.arns(name),
                Segment::Topology(_) | Segment::Account(_) | Segment::Key(_) | Segment::Index(_) | Segment::Value => {}
            }
        }
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::String(text) => {
                self.arns(text);
                self.quoted(text);
                text.split(|c: char| !c.is_ascii_digit()).for_each(|number| self.account(number));
                let words = text.split(|c: char| !c.is_ascii_alphanumeric());
                words.filter(|word| is_principal_id(word) && word.len() > 8).for_each(|id| self.name("id", id));
            }
            Value::Array(values) => values.iter().for_each(|value| self.value(value)),
            Value::Object(members) => {
                for (key, value) in members {
                    let name = value.as_str().filter(|_| ["name", "Sid"].contains(&key.as_str()));
                    name.into_iter().filter(|name| !name.starts_with("arn:")).for_each(|name| self.name("name", name));
                    self.value(value);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// The longest first, so that no name is taken for a part of another.
    fn sort(&mut self) {
        let Self { names, kept, .. } = self;
        names.retain(|name, _| !kept.contains(name));
        self.names.sort_by(|one, _, other, _| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    }

    fn replaced(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (from, to) in self.names.iter().chain(&self.accounts) {
            text = replace_words(&text, from, to);
        }
        text
    }

    fn text(&self, text: &mut String) {
        *text = self.replaced(text);
    }

    fn optional(&self, text: &mut Option<String>) {
        text.iter_mut().for_each(|text| self.text(text));
    }

    /// An ARN stays one.
    fn parsed<T: ToString + std::str::FromStr>(&self, value: &mut T) {
        if let Ok(other) = self.replaced(&value.to_string()).parse() {
            *value = other;
        }
    }

    fn hop(&self, hop: &mut HopDiagnosis) {
        self.text(&mut hop.from);
        self.text(&mut hop.to);
        self.causes(&mut hop.causes);
    }

    fn causes(&self, causes: &mut [Cause]) {
        for Cause { reason, decided_by, fix } in causes {
            self.text(reason);
            decided_by.iter_mut().for_each(|deciding| self.deciding(deciding));
            self.fix(fix);
        }
    }

    fn deciding(&self, deciding: &mut Deciding) {
        self.parsed(&mut deciding.document.role);
        self.optional(&mut deciding.document.name);
        self.optional(&mut deciding.why);
        let Ok(mut statement) = serde_json::to_value(&deciding.statement) else { return };
        self.json(&mut statement);
        if let Ok(statement) = serde_json::from_value(statement) {
            deciding.statement = statement;
        }
    }

    fn json(&self, value: &mut Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(values) => values.iter_mut().for_each(|value| self.json(value)),
            Value::Object(members) => {
                // Words of IAM.
                let words = ["Effect", "Action", "NotAction", "Version"];
                for (key, value) in members.iter_mut().filter(|(key, _)| !words.contains(&key.as_str())) {
                    if key.eq_ignore_ascii_case(EXTERNAL_ID) { hide(value) } else { self.json(value) }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn fix(&self, fix: &mut Fix) {
        match fix {
            Fix::None => {}
            Fix::Words(text) | Fix::OutOfReach(text) => self.text(text),
            Fix::Changes(changes) => {
                for change in changes {
                    self.parsed(&mut change.account);
                    self.text(&mut change.what);
                    self.json(&mut change.json);
                    change.command = None;
                    change.edit = None;
                }
            }
        }
    }

    fn other_place(&self, place: &Place) -> Place {
        place.steps().iter().fold(Place::default(), |place, step| {
            let other = |name: &str| self.replaced(name).into();
            place.step(match step {
                Segment::Pipeline(name) => Segment::Pipeline(other(name)),
                Segment::Stage(index, name) => Segment::Stage(*index, other(name)),
                Segment::Action(index, name) => Segment::Action(*index, other(name)),
                Segment::Role(name) => Segment::Role(other(name)),
                Segment::Key(name) => Segment::Key(other(name)),
                Segment::Topology(_) | Segment::Account(_) | Segment::Index(_) | Segment::Value => step.clone(),
            })
        })
    }
}

/// Puts a placeholder in the place of ids that are known to two parties alone; `true` and `false` of the operator `Null` stay.
fn hide(value: &mut Value) {
    match value {
        Value::String(text) if !["true", "false"].contains(&text.as_str()) => "external-id".clone_into(text),
        Value::Array(values) => values.iter_mut().for_each(hide),
        _ => {}
    }
}

/// Replaces a word where it is not a part of another.
fn replace_words(text: &str, from: &str, to: &str) -> String {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(from) {
        let (before, found) = rest.split_at(at);
        let after = found.get(from.len()..).unwrap_or_default();
        let inside = before.chars().next_back().or_else(|| out.chars().next_back()).is_some_and(part)
            || after.chars().next().is_some_and(part);
        out.push_str(before);
        out.push_str(if inside { from } else { to });
        rest = after;
    }
    out.push_str(rest);
    out
}
