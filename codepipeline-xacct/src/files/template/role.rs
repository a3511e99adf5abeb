//! A role of templates and plans.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::Value;

use super::bounds::has_symbol;
use super::unseen::Unseen;
use crate::core::check::symbol::shown;
use crate::core::ids::split_arn;

/// A role. Its ARN and its documents may have symbols.
#[derive(Debug, Clone, Default)]
pub(crate) struct TemplateRole {
    pub(crate) trust: Option<Value>,
    /// Names and documents.
    pub(crate) policies: Vec<(String, Value)>,
    pub(crate) boundary: Option<Value>,
    /// Whether it may have policies or a boundary whose text is not known.
    pub(crate) incomplete: bool,
    /// Whether one of those may take something away.
    pub(crate) may_deny: bool,
    /// Those of them that are named.
    pub(crate) not_read: BTreeSet<String>,
    /// What may give it more than is written.
    pub(crate) unseen: Option<Unseen>,
    /// The template, and where in it.
    pub(crate) at: Option<(usize, Range<usize>)>,
}

impl TemplateRole {
    /// True where a document has a part that is not known.
    pub(super) fn has_symbol(&self) -> bool {
        let policies = self.policies.iter().map(|(_, document)| document);
        self.trust.iter().chain(&self.boundary).chain(policies).any(has_symbol)
    }

    /// Adds what another file says about it.
    pub(super) fn join(&mut self, other: Self) {
        self.trust = self.trust.take().or(other.trust);
        self.boundary = self.boundary.take().or(other.boundary);
        self.incomplete |= other.incomplete;
        self.may_deny |= other.may_deny;
        self.not_read.extend(other.not_read);
        self.note_unseen(|| other.unseen);
        let new = other.policies.into_iter().filter(|policy| !self.policies.contains(policy));
        let new: Vec<_> = new.collect();
        self.policies.extend(new);
    }

    /// Takes note of what may give it more than is written, unless something is known that may.
    pub(super) fn note_unseen(&mut self, unseen: impl FnOnce() -> Option<Unseen>) {
        if self.unseen.is_none() {
            self.unseen = unseen();
        }
    }

    /// Takes note that not all is known.
    pub(super) fn leave_open(&mut self, is_open: bool) {
        self.incomplete |= is_open;
        self.may_deny |= is_open;
    }

    /// Takes note of something whose text is not known.
    pub(super) fn lacks(&mut self, what: String) {
        self.leave_open(true);
        self.not_read.insert(what);
    }

    /// Takes note of a managed policy whose text is not known. Those of AWS allow, but for a few that say in their names that they don't.
    /// Source: AWS Managed Policy Reference Guide.
    pub(super) fn lacks_managed(&mut self, arn: Option<&str>) {
        let of_aws = arn.and_then(split_arn).filter(|arn| arn.account == "aws");
        let denies = of_aws.is_none_or(|arn| ["Deny", "Quarantine"].iter().any(|word| arn.resource.contains(word)));
        self.incomplete = true;
        self.may_deny |= denies;
        self.not_read.insert(arn.map_or_else(|| "a managed policy".to_owned(), in_code));
    }

    /// Takes note of something that it may have and that takes nothing away.
    pub(super) fn may_have(&mut self, what: String) {
        self.incomplete = true;
        self.not_read.insert(what);
    }
}

/// A name, as texts have names.
pub(super) fn in_code(name: &str) -> String {
    format!("`{}`", shown(name))
}
