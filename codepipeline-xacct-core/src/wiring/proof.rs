//! The answer for a chain: a verdict for each hop, the statements that decide it, and the fix.

use super::change::PolicyChange;
use super::hop::{DocumentRef, Hop};
use crate::policy::context::RequestContext;
use crate::policy::evaluate::Verdict;
use crate::policy::{Effect, Statement};

/// A statement that decides a hop, or that comes nearest to allowing it.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "plan", derive(serde::Serialize, serde::Deserialize))]
pub struct Deciding {
    /// The document that it is in.
    pub document: DocumentRef,
    /// Position in the document, counted from 0.
    pub index: usize,
    /// The statement.
    pub statement: Statement,
    /// The element that doesn't match, or might not; `None` if the whole statement applies.
    pub element: Option<String>,
    /// What the request has, where that is why a condition isn't met.
    #[cfg_attr(feature = "plan", serde(default))]
    pub why: Option<String>,
}

impl Deciding {
    /// `by` if the statement decides, `nearest` if it only comes nearest to allowing what is denied.
    pub fn how(&self, denied: bool) -> &'static str {
        if denied && self.element.is_some() { "nearest" } else { "by" }
    }

    /// `statement 1 (Sid) of the trust policy of …`
    pub fn describe(&self) -> String {
        let sid = match self.statement.sid.as_deref() {
            Some(sid) if !sid.is_empty() => format!(" (`{sid}`)"),
            _ => String::new(),
        };
        let effect = match self.statement.effect {
            Effect::Allow => "Allow",
            Effect::Deny => "Deny",
        };
        let failing = self.element.as_ref().map(|element| format!(": {element}")).unwrap_or_default();
        let why = self.why.as_ref().map(|why| format!(", and {why}")).unwrap_or_default();
        format!("{effect} statement {}{sid} of {}{failing}{why}", self.index + 1, self.document.with_article())
    }
}

/// The answer for one hop.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "plan", derive(serde::Serialize, serde::Deserialize))]
pub struct HopProof {
    /// The hop.
    pub hop: Hop,
    /// The verdict.
    pub verdict: Verdict,
    /// The statements that decide it. Denied without a deny: those that come nearest to allowing it.
    pub decided_by: Vec<Deciding>,
    /// The smallest change of policies after which the hop is no longer denied; empty if there is none.
    pub fix: Vec<PolicyChange>,
    /// What to try before the change, or what the change is about.
    #[cfg_attr(feature = "plan", serde(default))]
    pub hints: Vec<String>,
    /// Documents on the way that IAM would refuse, and that grant nothing therefore: they are to be fixed first.
    pub refused: Vec<DocumentRef>,
    /// What is known about the request.
    pub context: RequestContext,
    /// True if the verdict would differ without `aws:SourceArn` and `aws:SourceAccount`, which CodePipeline probably
    /// sends, but this is not documented.
    pub rests_on_source: bool,
}

/// The answer for a chain.
#[derive(Debug, Clone, PartialEq)]
pub struct ChainProof {
    /// Its hops, in order: without an action role there is no `Assume`, without a target no `Start`.
    pub hops: Vec<HopProof>,
}

impl ChainProof {
    /// The answer for one hop.
    pub fn hop(&self, hop: Hop) -> Option<&HopProof> {
        self.hops.iter().find(|proof| proof.hop == hop)
    }

    /// All hops together: denied if one is, else unknown if one is.
    pub fn authorized(&self) -> Verdict {
        Verdict::all(self.hops.iter().map(|proof| &proof.verdict))
    }
}
