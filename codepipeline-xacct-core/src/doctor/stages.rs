//! How the stages are: disabled transitions, and how actions failed the last time.

use super::command::enable;
use super::diagnosis::{Confidence, Fix, PipelineDiagnosis, Problem, Weight};
use super::failure::denial;
use super::reading::{ActionFailure, Reading};
use crate::declaration::PipelineDeclaration;
use crate::finding::Place;
use crate::plan::DisabledTransition;
use crate::policy::{ASSUME_ROLE, START};
use crate::wiring::Hop;
use crate::wiring::Sign;

/// The code of a disabled transition.
pub(super) const TRANSITION: &str = "transition";

/// What allows a hop at which the last run was denied. No policy that doctor reads has the time of its last change, and resource control policies are
/// only known to the organization.
/// Source: Organizations User Guide, "Resource control policies (RCPs)".
const DOUBT: &str = "all that was read allows it, yet the last run was denied here: it was fixed since, or IAM had not yet propagated a change, or a resource control policy (RCP) of the organization denies it, which can't be read from the account";

/// What the state of a pipeline says, next to the diagnosis of its hops. A hop that works although the last run was denied there is not certain.
pub(super) fn stages(
    reading: &Reading,
    declaration: &PipelineDeclaration,
    diagnosis: &mut PipelineDiagnosis,
) -> Vec<Problem> {
    let arn = diagnosis.pipeline.clone();
    let root = Place::pipeline(&declaration.name);
    let mut problems = Vec::new();
    for state in reading.stages.get(&arn).into_iter().flatten() {
        let mut stages = declaration.stages.iter().flatten().enumerate();
        let Some((index, stage)) = stages.find(|(_, stage)| stage.name == state.stage) else { continue };
        let place = root.stage(index, &state.stage);
        if let Some(reason) = &state.disabled {
            let disabled = DisabledTransition { stage: state.stage.clone(), reason: reason.clone() };
            problems.push(Problem {
                code: TRANSITION.to_owned(),
                weight: Weight::Warning,
                place: place.clone(),
                message: disabled.to_string(),
                moment: None,
                fix: Fix::Changes(vec![enable(&arn, &state.stage)]),
            });
        }
        for failed in &state.failures {
            let index = stage.actions.iter().flatten().position(|action| action.name == failed.action);
            problems.extend(index.map(|index| failure(diagnosis, place.action(index, &failed.action), failed)));
        }
    }
    problems
}

/// How an action failed, and which hop that is.
fn failure(diagnosis: &mut PipelineDiagnosis, place: Place, failed: &ActionFailure) -> Problem {
    let text = format!("{}: {}", failed.code, failed.message);
    let link = diagnosis.links.iter_mut().find(|link| link.place == place);
    let denied = denial(&text);
    let hop = denied.and_then(|denied| match denied.action {
        ASSUME_ROLE => diagnosis
            .service
            .iter_mut()
            .chain(link.into_iter().flat_map(|link| &mut link.hops))
            .find(|hop| hop.hop != Hop::Start && denied.resource.is_none_or(|resource| resource == hop.to)),
        START => link.and_then(|link| link.hops.iter_mut().find(|hop| hop.hop == Hop::Start)),
        _ => None,
    });
    let (explained, fix) = match (denied, hop) {
        (Some(denied), _) if denied.is_beyond() => {
            let reason = denied.reason.unwrap_or_default();
            let who = format!("`{}` is denied {reason}: nothing in the pipeline or its roles helps", denied.action);
            (String::new(), Fix::OutOfReach(who))
        }
        (Some(_), Some(hop)) if hop.sign == Sign::Works => {
            hop.confidence = Confidence::Undecided;
            (format!("; hop `{}`", hop.hop.as_str()), Fix::Words(DOUBT.to_owned()))
        }
        (Some(_), Some(hop)) => (format!("; see hop `{}` above", hop.hop.as_str()), Fix::None),
        (Some(denied), None) => {
            let resource = denied.resource.unwrap_or("the resource");
            let words = if denied.is_explicit_deny() {
                format!("find the statement that denies `{}` on `{resource}`: an allow does not help", denied.action)
            } else if denied.is_by_resource() {
                format!("let the policy of `{resource}` allow `{}` to `{}`", denied.action, denied.principal())
            } else {
                format!("let a policy of its role allow `{}` on `{resource}`", denied.action)
            };
            (String::new(), Fix::Words(words))
        }
        (None, _) => (String::new(), Fix::None),
    };
    Problem {
        code: "failure".to_owned(),
        weight: Weight::Warning,
        place,
        message: format!("the last run failed: {text}{explained}"),
        moment: None,
        fix,
    }
}
