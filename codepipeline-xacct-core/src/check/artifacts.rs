//! Artifacts: made once, made before they are read, as many as the provider takes.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::configuration::spelled;
use super::symbol::is_unknown;
use super::view::{ActionView, Moment, View, has_wrong_category};
use crate::catalogue::{self, ConfigurationKey, Count};
use crate::declaration::InputArtifact;
use crate::finding::{Finding, Place};
use crate::ids::ArtifactName;
use crate::rules;
use crate::sentences::with_article;
use crate::suggest::nearest;

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    unique_outputs(view, findings);
    produced_before_use(view, findings);
    counts(view, findings);
    counts_of_rules(view, findings);
    tighter_counts(view, findings);
    full_clones(view, findings);
    identifiers(view, findings);
}

/// Output artifact names are unique in the pipeline. Source: CodePipeline User Guide, "Action structure requirements".
fn unique_outputs(view: &View<'_>, findings: &mut Vec<Finding>) {
    let mut seen = HashSet::new();
    for action in view.actions() {
        for (index, artifact) in action.action.output_artifacts.iter().flatten().enumerate() {
            let place = action.place.key("outputArtifacts").index(index);
            if !view.context.is_open(&place.key("name")) && !seen.insert(&artifact.name) {
                let message = format!("output artifact `{}` is made by more than one action", artifact.name);
                findings.push(
                    Finding::of(&rules::XA0301, place.key("name").value(), message)
                        .fact("subject", &artifact.name)
                        .help("give each output artifact its own name"),
                );
            }
        }
    }
}

/// An input artifact is the output of an action that runs earlier: in an earlier stage, or in the same stage with a
/// lower run order. Source: CodePipeline User Guide, "Action structure requirements".
fn produced_before_use(view: &View<'_>, findings: &mut Vec<Finding>) {
    let mut producers: BTreeMap<&str, &ActionView<'_>> = BTreeMap::new();
    for action in view.actions() {
        for artifact in action.action.output_artifacts.iter().flatten() {
            producers.entry(&artifact.name).or_insert(action);
        }
    }
    // An artifact that no action makes may be the output that an action lacks.
    let lacking: Vec<Moment> =
        view.actions().filter(|action| lacks_output(action)).map(|action| action.moment).collect();
    let mut producers = Producers { by_name: producers, lacking, missing: HashSet::new() };
    for action in view.actions() {
        // What a source reads is too much as such.
        if action.is_source() && action.action.action_type_id.owner != "Custom" {
            continue;
        }
        let keys = catalogue::find(&action.action.action_type_id).and_then(|known| known.keys).unwrap_or_default();
        let reader = Reader { name: format!("action `{}`", action.action.name), keys };
        inputs(view, &mut producers, &action.action.input_artifacts, &action.place, action.moment, &reader, findings);
    }
    for rule in view.rules() {
        let reader = Reader { name: format!("rule `{}`", rule.rule.name), keys: &[] };
        inputs(view, &mut producers, &rule.rule.input_artifacts, &rule.place, rule.moment, &reader, findings);
    }
}

/// The action or the rule that reads an artifact.
struct Reader {
    name: String,
    keys: &'static [ConfigurationKey],
}

/// Which action makes which artifact, and when the actions run that lack an output artifact.
struct Producers<'a> {
    by_name: BTreeMap<&'a str, &'a ActionView<'a>>,
    lacking: Vec<Moment>,
    /// Artifacts that no action makes, which is reported where the first of their readers is.
    missing: HashSet<&'a str>,
}

fn lacks_output(action: &ActionView<'_>) -> bool {
    let made = action.action.output_artifacts.as_ref().map_or(0, Vec::len);
    let outputs = catalogue::find(&action.action.action_type_id).and_then(|known| known.outputs);
    made == 0
        && (action.is_source() && action.action.action_type_id.owner != "Custom"
            || outputs.is_some_and(|outputs| outputs.least > 0))
}

fn inputs<'a>(
    view: &View<'_>,
    producers: &mut Producers<'a>,
    artifacts: &'a Option<Vec<InputArtifact>>,
    place: &Place,
    this: Moment,
    reader: &Reader,
    findings: &mut Vec<Finding>,
) {
    let mut named: HashSet<&str> = HashSet::new();
    for (index, artifact) in artifacts.iter().flatten().enumerate() {
        let place = place.key("inputArtifacts").index(index);
        if view.context.is_open(&place.key("name")) {
            continue;
        }
        if !named.insert(&artifact.name) {
            let message = format!("{} reads artifact `{}` twice", reader.name, artifact.name);
            let finding = Finding::of(&rules::XA0313, place.key("name").value(), message);
            findings.push(finding.help("leave one of them out"));
            continue;
        }
        match producers.by_name.get(artifact.name.as_str()) {
            None if producers.lacking.iter().any(|moment| *moment < this) => {}
            None if !producers.missing.insert(&artifact.name) => {}
            None => {
                let message = format!("no action makes artifact `{}`", artifact.name);
                let finding = Finding::of(&rules::XA0302, place.key("name").value(), message);
                let earlier = || producers.by_name.iter().filter(|(_, p)| p.is_done_at(this)).map(|(name, _)| *name);
                // `input: "{…}"`: what the action gets that is not an artifact has a key of its own.
                let is_name = artifact.name.parse::<ArtifactName>().is_ok();
                let other = reader.keys.iter().find(|key| !is_name && key.name.ends_with("Input"));
                let meant = of_namespace(view, &artifact.name, this);
                findings.push(match meant.or_else(|| nearest(&artifact.name, earlier())) {
                    _ if let Some(key) = other => finding.help(format!("did you mean {}?", spelled(key))),
                    Some(name) => finding.help(format!("did you mean `{name}`?")),
                    None => {
                        let first: Vec<_> = earlier().take(21).collect();
                        let others = match first.len() {
                            1..=20 => format!(", or use one that is there: `{}`", first.join("`, `")),
                            _ => String::new(),
                        };
                        let add = add("output", "outputArtifacts", &[artifact.name.as_str()]);
                        finding.help(format!("{add} to the action that makes it{others}"))
                    }
                });
            }
            Some(producer) if !producer.is_done_at(this) => {
                let message = format!(
                    "artifact `{}` is made by action `{}`, which does not run before {}",
                    artifact.name, producer.action.name, reader.name
                );
                findings.push(
                    Finding::of(&rules::XA0303, place.key("name").value(), message)
                        .help("move one of them to another stage, or give the reading action a higher run order"),
                );
            }
            Some(_) => {}
        }
    }
}

/// The only artifact of an action whose namespace is given in place of an artifact.
fn of_namespace<'a>(view: &'a View<'_>, name: &str, reader: Moment) -> Option<&'a str> {
    let is_named = |action: &&ActionView<'_>| action.action.namespace.as_deref() == Some(name);
    let action = view.actions().filter(is_named).find(|action| action.is_done_at(reader))?;
    match action.action.output_artifacts.as_deref() {
        Some([only]) => Some(&only.name),
        _ => None,
    }
}

/// The artifacts that an action without one may have been meant to read: those that are there when it runs.
fn artifacts_at<'a>(view: &'a View<'_>, action: &ActionView<'_>) -> Vec<&'a str> {
    let earlier = view.actions().filter(|producer| producer.is_done_at(action.moment));
    let names = earlier.flat_map(|producer| producer.action.output_artifacts.iter().flatten()).map(|a| a.name.as_str());
    names.filter(|name| !is_unknown(name)).collect()
}

/// The artifacts that an action without one may have been meant to make: those that later actions read and that nobody makes.
fn artifacts_without_maker<'a>(view: &'a View<'_>, action: &ActionView<'_>) -> Vec<&'a str> {
    let made: HashSet<&str> =
        view.actions().flat_map(|a| a.action.output_artifacts.iter().flatten()).map(|a| a.name.as_str()).collect();
    let later = view.actions().filter(|reader| action.is_done_at(reader.moment));
    let read = later.flat_map(|reader| reader.action.input_artifacts.iter().flatten()).map(|a| a.name.as_str());
    let without: BTreeSet<&str> = read.filter(|name| !made.contains(name) && !is_unknown(name)).collect();
    without.into_iter().collect()
}

/// How an artifact is added to an action that lacks one: with its name where only one can be meant.
fn add(what: &str, key: &str, names: &[&str]) -> String {
    let one = |name: &str| {
        let bare = !name.contains(['-', '.', '@']) && !name.starts_with(|c: char| c.is_ascii_digit());
        let written = if bare { name.to_owned() } else { format!("{name:?}") };
        format!("add `\"{key}\": [{{\"name\": \"{name}\"}}]` (`{what}: {written}` in `pipeline!`)")
    };
    match names {
        [name] => one(name),
        [_, .., _] if names.len() <= 20 => {
            format!("add `{key}` (`{what}: …` in `pipeline!`), one of `{}`", names.join("`, `"))
        }
        _ => format!("add `{key}` (`{what}: …` in `pipeline!`)"),
    }
}

/// The most that a custom action may have. Source: CodePipeline User Guide, "Valid input and output artifacts".
const CUSTOM: Count = Count { least: 0, most: 5, documented: None };

/// The bounds of custom actions and those of sources both apply to a custom source action.
const CUSTOM_SOURCE: [Count; 2] =
    [Count { least: 0, most: 5, documented: Some((0, 0)) }, Count { least: 0, most: 5, documented: Some((1, 1)) }];

/// A source action reads no artifact and makes one, whatever its provider is.
const NONE: Count = Count { least: 0, most: 0, documented: None };
const ONE: Count = Count { least: 1, most: 1, documented: None };

/// Every provider takes and makes a certain number of artifacts.
/// Source: CodePipeline User Guide, "Valid input and output artifacts for each action type".
fn counts(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        let id = &action.action.action_type_id;
        let (inputs, outputs) = match catalogue::find(id) {
            _ if action.is_source() && id.owner == "Custom" => {
                let [inputs, outputs] = CUSTOM_SOURCE;
                (Some(inputs), Some(outputs))
            }
            _ if action.is_source() && !has_wrong_category(id) => (Some(NONE), Some(ONE)),
            _ if id.owner == "Custom" => (Some(CUSTOM), Some(CUSTOM)),
            Some(known) => (known.inputs, known.outputs),
            None => continue,
        };
        let made = |list: Option<usize>| list.unwrap_or_default();
        let (read, written) = (
            made(action.action.input_artifacts.as_ref().map(Vec::len)),
            made(action.action.output_artifacts.as_ref().map(Vec::len)),
        );
        let sides = [("input", "inputArtifacts", read, inputs), ("output", "outputArtifacts", written, outputs)];
        for (what, key, count, bounds) in sides {
            let Some(bounds) = bounds else { continue };
            let (provider, name) = (&id.provider, &action.action.name);
            let counted = |finding: Finding, bound: usize| {
                finding.fact("count", count.to_string()).fact("side", what).fact("bound", bound.to_string())
            };
            if count < bounds.least {
                let least = bounds.least;
                let message = format!(
                    "action `{name}` declares {count} {what} artifacts; {one} action needs at least {least}",
                    one = with_article(provider)
                );
                let names = match what {
                    "input" => artifacts_at(view, action),
                    _ => artifacts_without_maker(view, action),
                };
                let help = add(what, key, &names);
                findings.push(counted(Finding::of(&rules::XA0304, action.place.clone(), message).help(help), least));
            } else if count > bounds.most {
                let most = bounds.most;
                let message = format!(
                    "action `{name}` declares {count} {what} artifacts; {one} action can have at most {most}",
                    one = with_article(provider)
                );
                let help = if most == 0 {
                    format!("leave the {what} artifacts out")
                } else {
                    format!("leave {} of them out", count - most)
                };
                findings.push(counted(Finding::of(&rules::XA0305, action.place.key(key), message).help(help), most));
            } else if let Some((least, most)) = bounds.documented
                && !(least..=most).contains(&count)
            {
                let message = format!(
                    "action `{name}` declares {count} {what} artifacts; one source says {least} to {most} for {provider}, others {} to {}",
                    bounds.least, bounds.most
                );
                findings.push(Finding::of(&rules::XA0307, action.place.clone(), message));
            }
        }
    }
}

/// Rules that only look at names take no artifact. Source: CodePipeline User Guide, "Rule structure reference".
fn counts_of_rules(view: &View<'_>, findings: &mut Vec<Finding>) {
    for rule in view.rules() {
        let Some(Count { most, .. }) = catalogue::find_rule(&rule.rule.rule_type_id).and_then(|known| known.inputs)
        else {
            continue;
        };
        let count = rule.rule.input_artifacts.as_ref().map_or(0, Vec::len);
        if count > most {
            let provider = &rule.rule.rule_type_id.provider;
            let message = format!(
                "rule `{}` declares {count} input artifacts; {one} rule takes {most}",
                rule.rule.name,
                one = with_article(provider)
            );
            findings
                .push(Finding::of(&rules::XA1119, rule.place.key("inputArtifacts"), message).help("leave them out"));
        }
    }
}

/// Some providers need an input artifact in one of their modes only. Source: the page of the provider.
fn tighter_counts(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        let Some(known) = catalogue::find(&action.action.action_type_id) else { continue };
        let open = |key: &str| view.context.is_open(&action.key_place(key).value());
        for (condition, count) in known.tighter_inputs {
            let inputs = action.action.input_artifacts.as_ref().map_or(0, Vec::len);
            let holds = condition.holds(action.action, known.known_keys(), &open) == Some(true);
            let allowed = known.inputs.is_none_or(|all| (all.least..=all.most).contains(&inputs));
            if holds && allowed && !(count.least..=count.most).contains(&inputs) {
                let message = format!(
                    "action `{}` declares {inputs} input artifacts; {} action needs {} if {condition}",
                    action.action.name,
                    with_article(known.provider),
                    count.least
                );
                let help = add("input", "inputArtifacts", &artifacts_at(view, action));
                findings.push(Finding::of(&rules::XA0306, action.place.clone(), message).help(help));
            }
        }
    }
}

/// A full clone can only be read by CodeBuild. Source: CodePipeline User Guide, "CodeStarSourceConnection".
fn full_clones(view: &View<'_>, findings: &mut Vec<Finding>) {
    let is_clone = |action: &&ActionView<'_>| {
        let format = action.action.configuration.as_ref().and_then(|c| c.get("OutputArtifactFormat"));
        action.is_source() && format.is_some_and(|f| f == "CODEBUILD_CLONE_REF")
    };
    let clones: HashSet<&str> = view
        .actions()
        .filter(is_clone)
        .flat_map(|a| a.action.output_artifacts.iter().flatten())
        .map(|a| a.name.as_str())
        .collect();
    if clones.is_empty() {
        return;
    }
    // What isn't known of the type may make it one of CodeBuild.
    let may_read = |action: &ActionView<'_>| {
        catalogue::reads_clones(&action.action.action_type_id.provider)
            || view.context.is_unsure(&action.place.key("actionTypeId"))
    };
    for action in view.actions().filter(|action| !may_read(action)) {
        for (index, artifact) in action.action.input_artifacts.iter().flatten().enumerate() {
            if clones.contains(artifact.name.as_str()) {
                let message =
                    format!("artifact `{}` is a full clone, which only CodeBuild actions can read", artifact.name);
                let place = action.place.key("inputArtifacts").index(index).key("name").value();
                findings.push(
                    Finding::of(&rules::XA0310, place, message)
                        .help("use `OutputArtifactFormat` CODE_ZIP, or read what a CodeBuild action makes of it"),
                );
            }
        }
    }
}

/// Several output artifacts of CodeBuild are named by identifiers in the buildspec, which can't have hyphens.
fn identifiers(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions().filter(|a| a.action.action_type_id.provider == "CodeBuild") {
        let Some(outputs) = action.action.output_artifacts.as_ref().filter(|o| o.len() > 1) else { continue };
        for (index, artifact) in outputs.iter().enumerate().filter(|(_, a)| a.name.contains('-')) {
            let message = format!(
                "`{}` is an identifier in the buildspec, where a hyphen has been reported to fail",
                artifact.name
            );
            let place = action.place.key("outputArtifacts").index(index).key("name").value();
            findings.push(Finding::of(&rules::XA0311, place, message).help("use an underscore"));
        }
    }
}
