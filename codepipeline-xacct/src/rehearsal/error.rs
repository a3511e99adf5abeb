//! Why there is no rehearsal. One that fails is a report.

use crate::aws::{ConnectError, ReadError};
use crate::local::LocalError;

/// Why a topology could not be rehearsed. A rehearsal that was done and failed is a [`Rehearsal`](super::Rehearsal).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RehearseError {
    /// The accounts could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Local AWS could not be reached.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// Local AWS refuses what exists already.
    #[error("local AWS can't hold {what}: {error}")]
    Local {
        /// What it refuses.
        what: String,
        /// Why.
        #[source]
        error: LocalError,
    },
    /// The rehearsal was told something about a thing that isn't there.
    #[error("there is no {kind} `{name}` to rehearse\n  help: {}", help(near.as_deref(), known))]
    Unknown {
        /// `pipeline`, `action` or `variable`.
        kind: &'static str,
        /// The name that was given.
        name: String,
        /// The name that was probably meant.
        near: Option<String>,
        /// The names that there are.
        known: Vec<String>,
    },
    /// Several pipelines have an action of this name in a stage of this name.
    #[error("action `{action}` is in several pipelines\n  help: write {}", listed(actions))]
    Ambiguous {
        /// The action, as it was given.
        action: String,
        /// It in each of these pipelines.
        actions: Vec<String>,
    },
    /// No pipeline is managed or extended.
    #[error("there is nothing to rehearse: the topology only has pipelines that are `extern`")]
    NothingToStart,
}

fn help(near: Option<&str>, known: &[String]) -> String {
    match near {
        Some(near) => format!("write `{near}`"),
        None if known.is_empty() => "leave it out: there is none".to_owned(),
        None => format!("there is {}", listed(known)),
    }
}

fn listed(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
