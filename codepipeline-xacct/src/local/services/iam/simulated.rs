//! One request in the policy simulator.

use std::collections::BTreeMap;

use crate::core::policy::evaluate::{
    Caller, Decision, Evaluation, KeyValue, Layer, Layers, RequestContext, Verdict, identity_in,
};
use crate::core::policy::{Document, Effect, Texts};
use crate::local::refusal::Refusal;
use crate::local::services::query::{list, texts};
use crate::local::wire::element;

/// A policy under the name that the simulator gives it.
pub(super) struct Named {
    pub(super) id: String,
    pub(super) kind: &'static str,
    pub(super) document: Document,
}

/// What decides in a simulation.
pub(super) struct Simulation<'s> {
    caller: Caller,
    identity: Vec<Named>,
    boundary: Option<Document>,
    scps: &'s [Vec<Document>],
    context: RequestContext,
    /// The keys without a value, which count as absent and are reported.
    missing: Vec<String>,
}

impl<'s> Simulation<'s> {
    pub(super) fn new(
        caller: Caller,
        identity: Vec<Named>,
        boundary: Option<Document>,
        scps: &'s [Vec<Document>],
        context: RequestContext,
    ) -> Self {
        let mut made = Self { caller, identity, boundary, scps, context, missing: Vec::new() };
        made.missing = missing(&made);
        for key in &made.missing {
            made.context.insert(key.as_str(), KeyValue::Absent);
        }
        made
    }
}

/// The result for one action on one resource.
pub(super) fn result(simulation: &Simulation<'_>, action: &str, resource: &str) -> Result<String, Refusal> {
    let layers = Layers {
        identity: simulation.identity.iter().map(|named| &named.document).collect(),
        boundary: simulation.boundary.as_ref(),
        session: None,
        scps: simulation.scps.iter().map(|level| level.iter().collect()).collect(),
    };
    let evaluation = identity_in(&layers, &simulation.caller, action, resource, &simulation.context);
    let denies = evaluation.decided_by.iter().any(denies);
    let decision = match &evaluation.verdict {
        Verdict::Allowed => "allowed",
        Verdict::Denied(_) if denies => "explicitDeny",
        Verdict::Denied(_) => "implicitDeny",
        Verdict::Unknown(why) => return Err(Refusal::unsupported(&format!("{why}, on which `{action}` depends"))),
    };
    Ok([
        element("EvalActionName", action),
        element("EvalResourceName", resource),
        element("EvalDecision", decision),
        list("MatchedStatements", matched(simulation, &evaluation)),
        texts("MissingContextValues", simulation.missing.iter().map(String::as_str)),
        organizations(simulation, &evaluation),
        boundary(simulation, &evaluation),
    ]
    .concat())
}

fn denies(decision: &Decision) -> bool {
    decision.effect == Effect::Deny && decision.element.is_none()
}

/// The statements that allow, or those that deny.
fn matched(simulation: &Simulation<'_>, evaluation: &Evaluation) -> Vec<String> {
    let decided = evaluation.decided_by.iter().filter(|decision| decision.element.is_none());
    let decided = decided.filter(|decision| evaluation.verdict == Verdict::Allowed || denies(decision));
    let named = decided.filter(|d| d.layer == Layer::Identity).filter_map(|d| simulation.identity.get(d.document));
    named.map(|named| element("SourcePolicyId", &named.id) + &element("SourcePolicyType", named.kind)).collect()
}

fn organizations(simulation: &Simulation<'_>, evaluation: &Evaluation) -> String {
    if simulation.scps.is_empty() {
        return String::new();
    }
    let allowed = allowed(evaluation, |layer| matches!(layer, Layer::Scp(_)));
    format!("<OrganizationsDecisionDetail>{}</OrganizationsDecisionDetail>", element("AllowedByOrganizations", allowed))
}

fn boundary(simulation: &Simulation<'_>, evaluation: &Evaluation) -> String {
    if simulation.boundary.is_none() {
        return String::new();
    }
    let allowed = allowed(evaluation, |layer| layer == Layer::Boundary);
    format!(
        "<PermissionsBoundaryDecisionDetail>{}</PermissionsBoundaryDecisionDetail>",
        element("AllowedByPermissionsBoundary", allowed)
    )
}

fn allowed(evaluation: &Evaluation, of: impl Fn(Layer) -> bool) -> &'static str {
    let denied = evaluation.decided_by.iter().any(|decision| of(decision.layer) && denies(decision));
    if denied || evaluation.silent.iter().any(|layer| of(*layer)) { "false" } else { "true" }
}

/// The condition keys and policy variables that the documents use and the request has no value for. The keys of the
/// role are known.
fn missing(simulation: &Simulation<'_>) -> Vec<String> {
    let of_role = ["aws:principalarn", "aws:principalaccount"];
    let known_of_role = matches!(simulation.caller, Caller::Session { .. });
    let identity = simulation.identity.iter().map(|named| &named.document);
    let documents = identity.chain(&simulation.boundary).chain(simulation.scps.iter().flatten());
    let mut keys = BTreeMap::new();
    for statement in documents.flat_map(|document| document.statements.iter()) {
        for key in statement.condition.iter().flatten().flat_map(|(_, keys)| keys.keys()) {
            keys.insert(key.to_lowercase(), key.clone());
        }
        let resources = statement.resource.iter().chain(&statement.not_resource).flat_map(Texts::iter);
        for key in resources.flat_map(variables) {
            keys.insert(key.to_lowercase(), key.to_owned());
        }
    }
    keys.retain(|lower, _| {
        simulation.context.get(lower).is_none() && !(known_of_role && of_role.contains(&lower.as_str()))
    });
    keys.into_values().collect()
}

/// The keys of the variables in a text, `${key}` or `${key, 'default'}`.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.split("${")
        .skip(1)
        .filter_map(|rest| rest.split(['}', ',']).next())
        .map(str::trim)
        .filter(|key| key.contains(':'))
}
