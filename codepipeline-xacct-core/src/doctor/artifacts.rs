//! Needs of runs besides starting and assuming: what the roles lack for their actions and artifacts, and what buckets and keys have to allow.

use serde_json::json;

use super::command::Change;
use super::diagnosis::{Fix, Moment, Problem, Weight};
use super::fixer::Fixer;
use super::reading::Reading;
use crate::declaration::PipelineDeclaration;
use crate::finding::Place;
use crate::ids::{PipelineArn, RoleArn};
use crate::plan::Found;
use crate::policy::DocumentKind;
use crate::policy::evaluate::{Caller, Layers, RequestContext, Verdict, identity_in};
use crate::topology::items::{Ownership, Pipeline};
use crate::wiring::{ArtifactNeed, KnownRole, Policy, action_needs, artifact_needs, resource_policies};

const S3: &str = ":s3:::";

pub(super) fn artifacts(
    reading: &Reading,
    arn: &PipelineArn,
    declaration: &PipelineDeclaration,
    fixer: &mut Fixer,
) -> Vec<Problem> {
    let place = Place::pipeline(&declaration.name);
    let mut pipeline = Pipeline::new(&declaration.name, Ownership::Extern, arn.clone());
    pipeline.declaration = declaration.clone();
    pipeline.service_role = declaration.role_arn.as_deref().and_then(|role| role.parse().ok());
    let mut problems = Vec::new();
    let mut foreign: Vec<String> = Vec::new();
    let mut judged: Vec<RoleArn> = Vec::new();
    for need in artifact_needs(&pipeline) {
        let is_at_home = need.role.account() == arn.account();
        if !is_at_home {
            foreign.push(need.role.to_string());
        }
        if !judged.contains(&need.role) {
            problems.extend(lacking(reading, &need, fixer, &place, is_at_home));
            judged.push(need.role);
        }
    }
    for policy in resource_policies(std::slice::from_ref(&pipeline)) {
        let text = policy.document.to_json();
        // In its own account, the policies of the roles are enough, or the default policy of the key.
        if !foreign.iter().any(|role| text.contains(role.as_str())) {
            continue;
        }
        let (what, member) = match policy.kind {
            DocumentKind::Key => ("key", "policy of the key"),
            _ => ("artifact bucket", "policy of the bucket"),
        };
        problems.push(Problem {
            code: "artifacts".to_owned(),
            weight: Weight::Note,
            place: place.clone(),
            message: format!(
                "roles of other accounts use {what} `{}`, whose policy is not read: compare it with what they need",
                policy.resource
            ),
            moment: None,
            fix: Fix::Changes(vec![Change {
                account: policy.account.clone(),
                what: format!("the {member} `{}` has to have", policy.resource),
                json: json!(policy.document),
                command: None,
                edit: None,
            }]),
        });
    }
    problems
}

/// What a role may not do with the artifacts by its own policies.
fn lacking(
    reading: &Reading,
    need: &ArtifactNeed,
    fixer: &mut Fixer,
    place: &Place,
    is_at_home: bool,
) -> Option<Problem> {
    let Some(Found::Present(known)) = reading.roles.get(&need.role) else { return None };
    let denied: Vec<&(&str, String)> =
        need.requests.iter().filter(|(action, on)| denied(reading, known, action, on)).collect();
    let (action, resource) = denied.first()?;
    let changes = need.statements.iter().map(|statement| fixer.allow(&need.role, "artifacts", statement)).collect();
    // A policy that isn't read could allow it.
    let (weight, unless) = match is_at_home {
        true => (Weight::Warning, ", unless the policy of the bucket allows it"),
        false => (Weight::Error, ""),
    };
    Some(Problem {
        code: "artifacts".to_owned(),
        weight,
        place: place.clone(),
        message: format!("role `{}` may not `{action}` on `{resource}`, where the artifacts are{unless}", need.role),
        moment: Some(Moment::WhenRun),
        fix: Fix::Changes(changes),
    })
}

/// The actions that fail since the service role may do nothing of what they need. One that lacks a part of it may run all the same.
pub(super) fn actions(
    reading: &Reading,
    arn: &PipelineArn,
    declaration: &PipelineDeclaration,
    fixer: &mut Fixer,
) -> Vec<Problem> {
    let Some(role) = declaration.role_arn.as_deref().and_then(|role| role.parse::<RoleArn>().ok()) else {
        return Vec::new();
    };
    let Some(Found::Present(known)) = reading.roles.get(&role) else { return Vec::new() };
    let mut pipeline = Pipeline::new(&declaration.name, Ownership::Extern, arn.clone());
    pipeline.declaration = declaration.clone();
    let mut problems = Vec::new();
    for need in action_needs(&pipeline) {
        let (Some((action, resource)), true) =
            (need.requests.first(), need.requests.iter().all(|(action, on)| denied(reading, known, action, on)))
        else {
            continue;
        };
        let changes = need.statements.iter().map(|statement| fixer.allow(&role, "actions", statement)).collect();
        problems.push(Problem {
            code: "permissions".to_owned(),
            weight: Weight::Error,
            place: need.place,
            message: format!("the action runs with role `{role}`, which may not `{action}` on `{resource}`"),
            moment: Some(Moment::WhenRun),
            fix: Fix::Changes(changes),
        });
    }
    problems
}

fn denied(reading: &Reading, role: &KnownRole, action: &str, resource: &str) -> bool {
    let Some(policies) = &role.policies else { return false };
    let layers = Layers {
        identity: policies.iter().map(|policy| &policy.document).collect(),
        boundary: role.boundary.as_ref(),
        ..Layers::default()
    };
    let caller = Caller::Session { role: role.arn.clone(), session: "<milliseconds>".to_owned() };
    let mut context = RequestContext::new();
    reading.tell_time(&mut context);
    samples(policies, resource).iter().all(|resource| {
        let evaluation = identity_in(&layers, &caller, action, resource, &context);
        matches!(evaluation.verdict, Verdict::Denied(_))
    })
}

/// Resources that a request may be about: with a name in the place of the wildcard and, of a bucket, with the keys that the policies speak of. A
/// role may be limited to those of the pipeline.
fn samples(policies: &[Policy], resource: &str) -> Vec<String> {
    let sample = |text: &str| text.replace('*', "artifact");
    let mut samples = vec![sample(resource)];
    if let Some(objects) = resource.strip_suffix('*').filter(|objects| objects.contains(S3)) {
        let statements = policies.iter().flat_map(|policy| &policy.document.statements);
        let texts = statements.flat_map(|statement| statement.resource.iter().flat_map(|texts| texts.iter()));
        let keys = texts.filter_map(|text| Some(text.split_once(S3)?.1.split_once('/')?.1));
        samples.extend(keys.map(|key| format!("{objects}{}", sample(key))));
    }
    samples
}
