//! Artifacts and the buckets that hold them.

use std::collections::{HashMap, HashSet};

use super::{ActionView, View};
use crate::catalogue::{self, Count};
use crate::finding::{Finding, nearest};
use crate::words;

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    unique_outputs(view, findings);
    produced_before_use(view, findings);
    counts(view, findings);
    one_kind_of_store(view, findings);
    store_per_region(view, findings);
}

/// Output artifact names are unique in the pipeline. Source: CodePipeline User Guide, "Action structure requirements".
fn unique_outputs(view: &View<'_>, findings: &mut Vec<Finding>) {
    let mut seen = HashSet::new();
    for action in view.actions() {
        for (index, artifact) in action.action.output_artifacts.iter().flatten().enumerate() {
            if !seen.insert(&artifact.name) {
                let message = format!("output artifact `{}` is made by more than one action", artifact.name);
                let place = action.place.key("outputArtifacts").index(index).value();
                findings.push(Finding::error("XA0301", place, message).help("give each output artifact its own name"));
            }
        }
    }
}

/// An input artifact is the output of an action that runs earlier: in an earlier stage, or in the same stage with a
/// lower run order. Source: CodePipeline User Guide, "Action structure requirements".
fn produced_before_use(view: &View<'_>, findings: &mut Vec<Finding>) {
    let mut producers: HashMap<&str, &ActionView<'_>> = HashMap::new();
    for action in view.actions() {
        for artifact in action.action.output_artifacts.iter().flatten() {
            producers.entry(&artifact.name).or_insert(action);
        }
    }
    for action in view.actions() {
        for (index, artifact) in action.action.input_artifacts.iter().flatten().enumerate() {
            let place = action.place.key("inputArtifacts").index(index).value();
            match producers.get(artifact.name.as_str()) {
                None => {
                    let message = format!("no action makes artifact `{}`", artifact.name);
                    let finding = Finding::error("XA0302", place, message);
                    let earlier = producers.iter().filter(|(_, p)| p.runs_before(action)).map(|(name, _)| *name);
                    let mut earlier: Vec<_> = earlier.collect();
                    earlier.sort_unstable();
                    findings.push(match nearest(&artifact.name, earlier.iter().copied()) {
                        Some(name) => finding.help(format!("did you mean `{name}`?")),
                        None if earlier.is_empty() => finding,
                        None => finding.help(format!("artifacts made by then: `{}`", earlier.join("`, `"))),
                    });
                }
                Some(producer) if !producer.runs_before(action) => {
                    let message = format!(
                        "artifact `{}` is made by action `{}`, which does not run before action `{}`",
                        artifact.name, producer.action.name, action.action.name
                    );
                    findings.push(
                        Finding::error("XA0303", place, message)
                            .help("move one of them to another stage, or give the reading action a higher run order"),
                    );
                }
                Some(_) => {}
            }
        }
    }
}

/// Every provider takes and makes a certain number of artifacts.
/// Source: CodePipeline User Guide, "Valid input and output artifacts for each action type".
fn counts(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        let Some(known) = catalogue::find(&action.action.action_type_id) else { continue };
        let inputs = action.action.input_artifacts.as_ref().map_or(0, Vec::len);
        let outputs = action.action.output_artifacts.as_ref().map_or(0, Vec::len);
        for (what, key, dsl, count, bounds) in [
            ("input", "inputArtifacts", "input", inputs, known.inputs),
            ("output", "outputArtifacts", "output", outputs, known.outputs),
        ] {
            let Some(Count { least, most, .. }) = bounds else { continue };
            let provider = known.provider;
            let name = &action.action.name;
            if count < least {
                let message = format!(
                    "action `{name}` declares {count} {what} artifacts; a {provider} action needs at least {least}"
                );
                let help = format!("add `{dsl}: …` (`{key}`)");
                findings.push(Finding::error("XA0304", action.place.clone(), message).help(help));
            } else if count > most {
                let message = format!(
                    "action `{name}` declares {count} {what} artifacts; a {provider} action takes at most {most}"
                );
                findings.push(Finding::error("XA0305", action.place.key(key), message));
            }
        }
    }
}

/// Exactly one of `artifactStore` and `artifactStores`. Source: CodePipeline API Reference, `PipelineDeclaration`.
fn one_kind_of_store(view: &View<'_>, findings: &mut Vec<Finding>) {
    let declaration = view.declaration;
    match (&declaration.artifact_store, &declaration.artifact_stores) {
        (Some(_), Some(_)) => findings.push(
            Finding::error(
                "XA0401",
                view.place.key("artifactStore"),
                "the pipeline has both `artifactStore` and `artifactStores`",
            )
            .help("write `artifactStores` alone, with an entry for each Region"),
        ),
        (None, None) => findings.push(
            Finding::error(
                "XA0402",
                view.place.clone(),
                format!("pipeline `{}` has no artifact bucket", view.context.item),
            )
            .help("add `artifact_bucket: \"…\"` (`artifactStore`), even where no artifact moves"),
        ),
        _ => {}
    }
}

/// With actions in other Regions there is a bucket for the home Region and for each of theirs.
/// Source: CodePipeline User Guide, "Add a cross-Region action to a pipeline".
fn store_per_region(view: &View<'_>, findings: &mut Vec<Finding>) {
    let Some(home) = &view.context.home else { return };
    let stores = &view.declaration.artifact_stores;
    if let Some(stores) = stores
        && !stores.contains_key(home.as_str())
    {
        let message = format!("`artifactStores` has no entry for `{home}`, the Region of the pipeline");
        let help = format!("add `\"{home}\": \"…\"` with a bucket in that Region");
        findings.push(Finding::error("XA0403", view.place.key("artifactStores"), message).help(help));
    }
    let mut reported = HashSet::new();
    for action in view.actions() {
        let Some(region) = &action.action.region else { continue };
        if region == home.as_str() {
            continue;
        }
        let (code, words) = match stores {
            Some(stores) if stores.contains_key(region) => continue,
            Some(_) => ("XA0404", words::store_missing),
            None if view.declaration.artifact_store.is_some() => ("XA0405", words::store_single),
            None => continue,
        };
        if reported.insert(region) {
            let (message, help) = words.render(&[("Self", &action.action.name), ("A", region)]);
            findings.push(Finding::error(code, action.place.key("region").value(), message).help(help));
        }
    }
}
