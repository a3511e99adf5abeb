//! Compares what an invoke action passes with what its target accepts.
//! Source: CodePipeline User Guide, "Start a pipeline with a source revision override", "CodePipeline invoke action".

use super::cycles::cycles;
use super::invoke::{passed_revisions, passed_variables_or_none, revision_types};
use super::symbol::is_unknown;
use super::variable_mismatch::compare;
use crate::declaration::invoke::{REVISIONS_KEY, VARIABLES_KEY};
use crate::declaration::references::has_reference;
use crate::declaration::{ActionDeclaration, PipelineDeclaration, PipelineType};
use crate::finding::{Finding, Place};
use crate::rules;
use crate::sentences::with_article;
use crate::suggest::nearest;

/// Every variable that is passed is declared, and every one without a default is passed.
pub(super) fn variables(
    action: &ActionDeclaration,
    place: &Place,
    target: &PipelineDeclaration,
    findings: &mut Vec<Finding>,
) {
    let Some(passed) = passed_variables_or_none(action) else { return };
    let names = passed.iter().map(|variable| variable.name.as_str());
    let declared = target.variables.iter().flatten().map(|v| (v.name.as_str(), v.default_value.is_none()));
    findings.extend(compare(names, declared).iter().map(|mismatch| mismatch.finding(place, &target.name)));
}

/// Source revisions are for source actions of the target, of a type that fits, and the target is V2.
pub(crate) fn revisions(
    action: &ActionDeclaration,
    place: &Place,
    target: &PipelineDeclaration,
    findings: &mut Vec<Finding>,
) {
    let place = place.key("configuration");
    let passed = [REVISIONS_KEY, VARIABLES_KEY];
    let has = |key: &&&str| action.configuration.as_ref().is_some_and(|c| c.contains_key(**key));
    if target.pipeline_type == Some(PipelineType::V1)
        && let Some(key) = passed.iter().find(has)
    {
        let message = format!("pipeline `{}` is of type V1, which takes no `{key}`", target.name);
        findings.push(
            Finding::of(&rules::XA0714, place.key(key), message).help("write V2 as `pipelineType` of the target"),
        );
    }
    let place = place.key(REVISIONS_KEY).value();
    let sources: Vec<&ActionDeclaration> = target
        .stages
        .iter()
        .flatten()
        .flat_map(|s| s.actions.iter().flatten())
        .filter(|a| a.action_type_id.category == "Source" || is_unknown(&a.action_type_id.category))
        .collect();
    for revision in passed_revisions(action).into_iter().flatten() {
        let (name, kind) = (&revision.action_name, revision.revision_type.as_str());
        if has_reference(name) || has_reference(kind) {
            continue;
        }
        let Some(source) = sources.iter().find(|a| a.name == *name) else {
            let message = format!("pipeline `{}` has no source action `{name}`", target.name);
            let finding = Finding::of(&rules::XA0711, place.clone(), message);
            findings.push(match nearest(name, sources.iter().map(|a| a.name.as_str())) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding,
            });
            continue;
        };
        let provider = source.action_type_id.provider.as_str();
        let Some(fitting) = revision_types(provider) else { continue };
        let allows = || source.configuration.as_ref().and_then(|c| c.get("AllowOverrideForS3ObjectKey"));
        if !fitting.contains(&kind) {
            let message =
                format!("source action `{name}` is {one} action, which has no {kind}", one = with_article(provider));
            findings.push(
                Finding::of(&rules::XA0712, place.clone(), message).help(format!("write {}", fitting.join(" or "))),
            );
        } else if kind == "S3_OBJECT_KEY"
            && allows().is_none_or(|value| value != "true" && !has_reference(value) && !is_unknown(value))
        {
            let message = format!("source action `{name}` does not allow another object key");
            findings.push(
                Finding::of(&rules::XA0713, place.clone(), message)
                    .help("write `\"AllowOverrideForS3ObjectKey\": \"true\"` in the source action of the target"),
            );
        }
    }
}

/// An invoke action, as an edge between pipelines.
pub(crate) struct StartEdge {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Place of the action.
    pub(crate) place: Place,
}

/// Pipelines that start themselves, or each other in a circle; the number is the index of the starting pipeline.
pub(crate) fn starts(names: &[&str], starts: &[StartEdge]) -> Vec<(usize, Finding)> {
    let mut edges = vec![Vec::new(); names.len()];
    for start in starts {
        if let Some(edges) = edges.get_mut(start.from) {
            edges.push(start.to);
        }
    }
    let cycles = cycles(&edges);
    let cycle = |node: usize| cycles.get(node).copied().flatten();
    let name = |node: usize| names.get(node).copied().unwrap_or_default();
    let mut findings = Vec::new();
    for start in starts {
        if start.from == start.to {
            let message = format!("pipeline `{}` starts itself", name(start.from));
            let finding = Finding::of(&rules::XA0715, start.place.clone(), message);
            findings.push((start.from, finding.help("start another pipeline, or make sure something ends it")));
        } else if cycle(start.from).is_some() && cycle(start.from) == cycle(start.to) {
            let message = format!("by starting `{}`, pipeline `{}` is started again", name(start.to), name(start.from));
            let finding = Finding::of(&rules::XA0716, start.place.clone(), message);
            findings.push((start.from, finding.help("leave one of the starts out, or make sure something ends it")));
        }
    }
    findings
}
