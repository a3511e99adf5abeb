//! Chains of roles in files: reads and proves them.
//!
//! The form of a file is the one of [`crate::core::wiring::input`].

use serde_json::Value;

use super::json_tree::duplicates;
use super::unreadable::{Unreadable, no_json};
use crate::core::finding::{Finding, Place};
use crate::core::policy::evaluate::Verdict;
use crate::core::wiring::input::{self, ChainInput};
use crate::core::wiring::{self, CallProof, ChainProof};

/// A chain and its proof.
#[derive(Debug, Clone)]
pub struct ChainReport {
    /// What was given.
    pub input: ChainInput,
    /// Hop by hop.
    pub proof: ChainProof,
    /// The calls of the action with its role, where what it calls is known.
    pub calls: Option<Vec<CallProof>>,
    /// Findings about the documents, about the hops, and about what works but grants too much.
    pub findings: Vec<Finding>,
}

impl ChainReport {
    /// All hops and calls together: denied if one is, else unknown if one is.
    pub fn authorized(&self) -> Verdict {
        let verdicts = self.calls.iter().flatten().map(|proof| &proof.verdict);
        Verdict::all([&self.proof.authorized()].into_iter().chain(verdicts))
    }
}

/// The JSON of a text, and the places of members that appear twice in their object.
pub(crate) fn value_of(name: &str, text: &str) -> Result<(Value, Vec<Place>), Unreadable> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let value = serde_json::from_str(text).map_err(|error| no_json(name.to_owned(), text, &error))?;
    Ok((value, duplicates(text)))
}

/// Reads a chain from a JSON text and proves it; the name is for messages.
pub fn prove_text(name: &str, text: &str) -> Result<ChainReport, Unreadable> {
    let (value, duplicates) = value_of(name, text)?;
    let input = input::read(&value, &duplicates).map_err(|error| Unreadable {
        file: name.to_owned(),
        line: 1,
        column: 1,
        message: format!("this is not a chain of roles: {error}"),
    })?;
    let proof = wiring::prove(&input.chain);
    let mut findings = input.findings.clone();
    for hop in &proof.hops {
        findings.extend(wiring::hop_findings(&input.chain, hop, &Place::default().key(hop.hop.as_str())));
    }
    let root = Place::default();
    let (service, action) = (root.key("service_role"), root.key("action_role"));
    findings.extend(wiring::excess(&input.chain, &|_| Vec::new(), &service, &action));
    // Errors first; findings of one severity keep the order of the chain.
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    Ok(ChainReport { input, proof, calls: None, findings })
}
