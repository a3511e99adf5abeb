//! A plan, its steps and its events as text for people.

use std::fmt::{self, Write};

use indexmap::IndexMap;
use serde_json::Value;

use super::plan::{Plan, Step, declaration_value};
use crate::core::declaration::secrets::{MASK, is_secret};
use crate::core::plan::Change;
use crate::core::policy::Document;
use crate::core::policy::evaluate::Verdict;
use crate::core::wiring::{self, Hop};

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.steps().count();
        if count == 0 {
            writeln!(f, "topology {}: {}", self.topology, self.nothing)?;
        } else {
            let steps = if count == 1 { "step" } else { "steps" };
            writeln!(f, "topology {}: {count} {steps}", self.topology)?;
        }
        for account in &self.accounts {
            let steps: Vec<&Step> = self.steps().filter(|s| *s.account() == account.id).collect();
            if steps.is_empty() {
                continue;
            }
            writeln!(f, "\naccount {} ({})", account.item, account.id)?;
            for step in steps {
                writeln!(f, "  {step}")?;
                for line in details(step).lines() {
                    writeln!(f, "      {line}")?;
                }
            }
        }
        if !self.proofs.is_empty() {
            writeln!(f, "\nwiring")?;
        }
        for proof in &self.proofs {
            match &proof.target {
                Some(target) => writeln!(f, "  {} starts {target}", proof.place)?,
                None => writeln!(f, "  {}", proof.place)?,
            }
            for wiring::HopProof { hop, verdict, .. } in &proof.hops {
                writeln!(f, "      {}: {}", hop_text(*hop), verdict_text(verdict))?;
            }
        }
        for warning in &self.warnings {
            writeln!(f, "\n{warning}")?;
        }
        Ok(())
    }
}

fn hop_text(hop: Hop) -> &'static str {
    match hop {
        Hop::ServiceTrust => "CodePipeline assumes the service role",
        Hop::Assume => "the service role assumes the action role",
        Hop::Start => "the role starts the target",
    }
}

fn verdict_text(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Allowed => "allowed".to_owned(),
        Verdict::Denied(reason) => format!("denied {reason}"),
        Verdict::Unknown(why) => format!("unknown, depends on {why}"),
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::CreateRole { role, .. } => write!(f, "+ role {}", role.path_and_name()),
            Step::UpdateTrust { role, .. } => write!(f, "~ role {}: trust policy", role.path_and_name()),
            Step::TagRole { role, .. } => write!(f, "~ role {}: tags", role.path_and_name()),
            Step::PutRolePolicy { role, name, before, .. } => {
                let sign = if before.is_some() { '~' } else { '+' };
                write!(f, "{sign} role {}: inline policy {name}", role.path_and_name())
            }
            Step::DeleteRolePolicy { role, name } => write!(f, "- role {}: inline policy {name}", role.path_and_name()),
            Step::DeleteRole { role } => write!(f, "- role {}", role.path_and_name()),
            Step::CreatePipeline { pipeline, .. } => {
                write!(f, "+ pipeline {} ({})", pipeline.name(), pipeline.region())
            }
            Step::UpdatePipeline { pipeline, .. } => {
                write!(f, "~ pipeline {} ({})", pipeline.name(), pipeline.region())
            }
            Step::TagPipeline { pipeline, .. } => {
                write!(f, "~ pipeline {} ({}): tags", pipeline.name(), pipeline.region())
            }
            Step::DeletePipeline { pipeline } => write!(f, "- pipeline {} ({})", pipeline.name(), pipeline.region()),
        }
    }
}

/// What a step writes.
fn details(step: &Step) -> String {
    let mut text = String::new();
    // Writing to a string can't fail.
    let _ = match step {
        Step::CreateRole { trust, tags, .. } => {
            write!(text, "trust policy {}\ntags {}", document(trust), joined(tags))
        }
        Step::UpdateTrust { before, after, .. } => write!(text, "- {}\n+ {}", document(before), document(after)),
        Step::TagRole { tags, .. } | Step::TagPipeline { tags, .. } => {
            tags.iter().try_for_each(|(key, value)| writeln!(text, "{key}={value}"))
        }
        Step::PutRolePolicy { before: None, after, .. } => write!(text, "{}", document(after)),
        Step::PutRolePolicy { before: Some(before), after, .. } => {
            write!(text, "- {}\n+ {}", document(before), document(after))
        }
        Step::CreatePipeline { declaration, .. } => {
            write!(
                text,
                "{}",
                serde_json::to_string_pretty(&masked(declaration_value(declaration))).unwrap_or_default()
            )
        }
        Step::UpdatePipeline { changes, .. } => changes.iter().try_for_each(|c| writeln!(text, "{}", change(c))),
        Step::DeleteRolePolicy { .. } | Step::DeleteRole { .. } | Step::DeletePipeline { .. } => Ok(()),
    };
    text
}

fn joined(tags: &IndexMap<String, String>) -> String {
    tags.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(", ")
}

fn document(document: &Document) -> String {
    serde_json::to_string_pretty(document).unwrap_or_default()
}

fn change(change: &Change) -> String {
    let value =
        |value: &Value| if is_secret(&change.path) { format!("\"{MASK}\"") } else { masked(value.clone()).to_string() };
    match (&change.before, &change.after) {
        (None, Some(after)) => format!("+ {}: {}", change.path, value(after)),
        (Some(before), None) => format!("- {}: {}", change.path, value(before)),
        (Some(before), Some(after)) => format!("~ {}: {} -> {}", change.path, value(before), value(after)),
        (None, None) => change.path.clone(),
    }
}

/// The value without what AWS would mask.
fn masked(mut value: Value) -> Value {
    match &mut value {
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                *value = if is_secret(key) { MASK.into() } else { masked(value.take()) };
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|v| *v = masked(v.take())),
        _ => {}
    }
    value
}
