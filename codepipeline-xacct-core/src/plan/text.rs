//! A plan and its steps as text for people.

use std::fmt::{self, Write as _};

use indexmap::IndexMap;

use super::diff::Change;
use super::mask::masked;
use super::plan::{Intent, Plan};
use super::step::{Step, Write};
use crate::policy::Document;
use crate::policy::evaluate::Verdict;
use crate::wiring::{Hop, HopProof};

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.steps.len();
        if count == 0 {
            let nothing = match self.intent {
                Intent::Converge => "nothing to do, the accounts hold what it says",
                Intent::Destroy => "nothing to delete",
            };
            writeln!(f, "topology {}: {nothing}", self.topology)?;
        } else {
            let steps = if count == 1 { "step" } else { "steps" };
            writeln!(f, "topology {}: {count} {steps}", self.topology)?;
        }
        for account in &self.accounts {
            let steps: Vec<&Step> = self.steps.iter().filter(|s| *s.id().account() == account.id).collect();
            if steps.is_empty() {
                continue;
            }
            writeln!(f, "\naccount {} ({})", account.item, account.id)?;
            for step in steps {
                writeln!(f, "  {step}")?;
                for line in details(&step.write).lines() {
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
            for HopProof { hop, verdict, .. } in &proof.hops {
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
        self.id().fmt(f)
    }
}

/// What a step writes.
fn details(write: &Write) -> String {
    let mut text = String::new();
    // Writing to a string can't fail.
    let _ = match write {
        Write::CreateRole { trust, tags, .. } => {
            write!(text, "trust policy {}\ntags {}", document(trust), joined(tags))
        }
        Write::UpdateTrust { before, after, .. } => write!(text, "- {}\n+ {}", document(before), document(after)),
        Write::TagRole { tags, .. } | Write::TagPipeline { tags, .. } => {
            tags.iter().try_for_each(|(key, value)| writeln!(text, "{key}={value}"))
        }
        Write::PutRolePolicy { before: None, after, .. } => write!(text, "{}", document(after)),
        Write::PutRolePolicy { before: Some(before), after, .. } => {
            write!(text, "- {}\n+ {}", document(before), document(after))
        }
        Write::CreatePipeline { declaration, .. } => {
            write!(
                text,
                "{}",
                serde_json::to_string_pretty(&masked(serde_json::to_value(declaration).unwrap_or_default()))
                    .unwrap_or_default()
            )
        }
        Write::UpdatePipeline { changes, .. } => changes.iter().try_for_each(|c| writeln!(text, "{}", change(c))),
        Write::DeleteRolePolicy { .. } | Write::DeleteRole { .. } | Write::DeletePipeline { .. } => Ok(()),
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
    let Change { path, before, after } = change;
    match (before, after) {
        (None, Some(after)) => format!("+ {path}: {after}"),
        (Some(before), None) => format!("- {path}: {before}"),
        (Some(before), Some(after)) => format!("~ {path}: {before} -> {after}"),
        (None, None) => path.clone(),
    }
}
