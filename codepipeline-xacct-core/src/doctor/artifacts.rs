//! Needs of runs besides starting and assuming: what the roles lack for their actions and artifacts, and what buckets and keys have to allow.

use super::access::{NARROW, Policed, of_pipeline};
use super::diagnosis::{ArtifactDiagnosis, Fix, Moment, Problem, Weight};
use super::fixer::{Fixer, beyond};
use super::reading::Reading;
use super::samples::samples;
use crate::finding::Place;
use crate::ids::{RoleArn, is_key_arn, split_arn};
use crate::plan::Found;
use crate::policy::evaluate::{Evaluation, Verdict, identity_in};
use crate::policy::{Effect, Statement};
use crate::topology::items::Pipeline;
use crate::wiring::request::{principal, unpredictable_session};
use crate::wiring::{ActionNeed, ArtifactNeed, KnownRole, action_needs, artifact_needs, caller_layers};

/// What is known of who may use the artifacts of a pipeline.
pub(super) struct Artifacts {
    pub(super) problems: Vec<Problem>,
    /// What the policies of buckets and keys allow the roles.
    pub(super) policed: Vec<ArtifactDiagnosis>,
}

pub(super) fn artifacts(reading: &Reading, pipeline: &Pipeline, fixer: &mut Fixer) -> Artifacts {
    let place = Place::pipeline(&pipeline.declaration.name);
    let mut problems = Vec::new();
    let mut judged: Vec<&RoleArn> = Vec::new();
    let needs = artifact_needs(pipeline);
    let resources = of_pipeline(pipeline);
    for need in &needs {
        if !judged.contains(&&need.role) {
            problems.extend(lacking(reading, need, &resources, pipeline, fixer));
            judged.push(&need.role);
        }
    }
    let mut policed = Vec::new();
    for resource in resources {
        if let Some(found) = resource.judged(reading, pipeline, &needs) {
            policed.extend(found);
            continue;
        }
        problems.push(Problem {
            code: "artifacts".to_owned(),
            weight: Weight::Note,
            place: place.clone(),
            message: format!(
                "roles of other accounts use key `{}`, whose policy is not read: compare it with what they need",
                resource.name
            ),
            moment: None,
            fix: resource.to_compare(),
        });
    }
    Artifacts { problems, policed }
}

/// What a role may not do with the artifacts by its own policies.
fn lacking(
    reading: &Reading,
    need: &ArtifactNeed,
    resources: &[Policed],
    pipeline: &Pipeline,
    fixer: &mut Fixer,
) -> Option<Problem> {
    let Some(Found::Present(known)) = reading.roles.get(&need.role) else { return None };
    let weigh = |(action, on): &(&str, String)| -> Option<Weight> {
        if !denied(reading, known, action, on) {
            return None;
        }
        let (key, home) = (split_arn(on).filter(|_| is_key_arn(on)), pipeline.arn.account());
        let owner = key.as_ref().map_or(home.as_str(), |key| key.account);
        if owner != need.role.account().as_str() {
            return Some(Weight::Error);
        }
        let policed = resources.iter().find(|resource| resource.is_of(on));
        match policed.and_then(|policed| policed.permits(reading, known, action, on)) {
            Some(Verdict::Denied(_)) => Some(Weight::Error),
            Some(_) => None,
            // In its account, the policy of a key usually names who uses it.
            None if key.is_some() => None,
            // A policy that isn't read could allow it.
            None => Some(Weight::Warning),
        }
    };
    let lacks: Vec<_> = need.requests.iter().filter_map(|request| Some((request, weigh(request)?))).collect();
    // The first of the worst.
    let ((action, resource), weight) = lacks.iter().rev().max_by_key(|(_, weight)| *weight)?;
    let is_lacking = |statement: &&Statement| {
        let mut texts = statement.resource.iter().flat_map(|texts| texts.iter());
        texts.any(|text| lacks.iter().any(|((_, on), _)| on == text))
    };
    let statements = need.statements.iter().filter(is_lacking);
    let changes = statements.map(|statement| fixer.allow(&need.role, "artifacts", statement)).collect();
    let unless = if *weight == Weight::Error { "" } else { ", unless the policy of the bucket allows it" };
    Some(Problem {
        code: "artifacts".to_owned(),
        weight: *weight,
        place: Place::pipeline(&pipeline.declaration.name),
        message: format!("role `{}` may not `{action}` on `{resource}`, where the artifacts are{unless}", need.role),
        moment: Some(Moment::WhenRun),
        fix: Fix::Changes(changes),
    })
}

/// The actions that fail since their role may not make a call that each run makes, or may do nothing of what they need. One that lacks another part may run
/// all the same.
pub(super) fn actions(reading: &Reading, pipeline: &Pipeline, fixer: &mut Fixer) -> Vec<Problem> {
    let mut problems = Vec::new();
    for need in action_needs(pipeline) {
        let Some(Found::Present(known)) = reading.roles.get(&need.role) else { continue };
        let refused: Vec<_> = need
            .requests
            .iter()
            .filter_map(|request| Some((request, refusal(reading, known, request.0, &request.1)?)))
            .collect();
        let is_explicit =
            |(_, refused): &&(_, Evaluation)| refused.decided_by.iter().any(|decision| decision.effect == Effect::Deny);
        let is_of_each_run = |((action, _), _): &&(&(&str, String), _)| ActionNeed::is_of_each_run(action);
        let all = refused.len() == need.requests.len();
        let worst = refused.iter().find(is_of_each_run);
        let fails =
            worst.is_some() || all && (need.only_by_role || refused.iter().all(|refused| is_explicit(&refused)));
        // What a statement denies was not forgotten.
        let worst = worst.or_else(|| refused.iter().find(is_explicit)).or_else(|| refused.first().filter(|_| all));
        let Some(worst) = worst else { continue };
        let (role, explicit) = (&need.role, is_explicit(&worst));
        let ((action, resource), why) = worst;
        let unless = if need.only_by_role || explicit { "" } else { ", unless the policy of that allows it" };
        let fix = if explicit {
            Fix::Words(NARROW.to_owned())
        } else if let Some(owner) = why.silent.iter().find_map(|layer| beyond(*layer)) {
            Fix::OutOfReach(format!("the permissions boundary of role `{role}` does not let it through: {owner}"))
        } else {
            let statements = need.statements.iter();
            Fix::Changes(statements.map(|statement| fixer.allow(role, "actions", statement)).collect())
        };
        problems.push(Problem {
            code: "permissions".to_owned(),
            weight: if fails { Weight::Error } else { Weight::Warning },
            place: need.place,
            message: format!("the action runs with role `{role}`, which may not `{action}` on `{resource}`{unless}"),
            moment: Some(Moment::WhenRun),
            fix,
        });
    }
    problems
}

fn denied(reading: &Reading, role: &KnownRole, action: &str, resource: &str) -> bool {
    refusal(reading, role, action, resource).is_some()
}

/// How all that a role may do refuses a request; `None` where it does not, or that is not known.
fn refusal(reading: &Reading, role: &KnownRole, action: &str, resource: &str) -> Option<Evaluation> {
    let layers = caller_layers(role, None, &[])?;
    let caller = unpredictable_session(&role.arn);
    let mut context = reading.request();
    principal(&mut context, role);
    let samples = samples(layers.identity.iter().copied(), resource);
    let mut judged = samples.iter().map(|resource| identity_in(&layers, &caller, action, resource, &context));
    let first = judged.next()?;
    let is_denied = |evaluation: &Evaluation| matches!(evaluation.verdict, Verdict::Denied(_));
    (is_denied(&first) && judged.all(|evaluation| is_denied(&evaluation))).then_some(first)
}
