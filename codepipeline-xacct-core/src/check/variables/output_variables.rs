//! The output variables of actions that references name. Source: CodePipeline User Guide, "Variables reference", and the page of the provider.

use std::collections::HashSet;

use crate::catalogue::{self, OutputVariables};
use crate::check::commands::without_sign;
use crate::check::view::{ActionView, View};
use crate::finding::{Finding, Place};
use crate::rules;
use crate::sentences::with_article;
use crate::suggest::misspelt;

/// The output variable is one that the action makes, if that is known.
pub(super) fn output_variable(
    view: &View<'_>,
    reported: &mut HashSet<String>,
    producer: &ActionView<'_>,
    (reference, key): (&str, &str),
    place: &Place,
    findings: &mut Vec<Finding>,
) {
    let known = catalogue::find(&producer.action.action_type_id);
    let of_triggers = known.map_or(&[][..], |known| known.trigger_variables);
    match known.map(|a| a.output_variables) {
        Some(_) if of_triggers.contains(&key) => {
            let name = &producer.action.name;
            if !is_started_by_pull_requests(view, name) {
                let message = format!(
                    "`{reference}`: only a run that a `pullRequest` trigger starts has this variable, and action `{name}` has no such trigger"
                );
                findings.push(
                    Finding::of(&rules::XA0507, place.clone(), message).help(format!(
                        "add a trigger with `pullRequest` for action `{name}`, or read another variable"
                    )),
                );
            }
        }
        Some(OutputVariables::Fixed(variables)) if !variables.contains(&key) => {
            let provider = &producer.action.action_type_id.provider;
            let message = format!(
                "`{reference}`: {one} action has no documented output variable `{key}`",
                one = with_article(provider)
            );
            // Pages have lagged behind the service, so a name that is not a misspelling may exist.
            findings.push(match misspelt(key, variables.iter().chain(of_triggers).copied()) {
                Some(near) => {
                    Finding::of(&rules::XA0514, place.clone(), message).help(format!("did you mean `{near}`?"))
                }
                None => Finding::of(&rules::XA0507, place.clone(), message)
                    .help(format!("its variables are `{}`", variables.join("`, `"))),
            });
        }
        Some(OutputVariables::UserDefined) if known.is_some_and(|known| known.compute) => {
            let exported = producer.action.output_variables.as_deref().unwrap_or_default();
            // A name with a sign is reported where it is exported.
            let unsure = || view.context.is_unsure(&producer.place.key("outputVariables"));
            if !exported.iter().any(|name| without_sign(name) == key) && !unsure() {
                let message = format!("`{reference}`: action `{}` exports no variable `{key}`", producer.action.name);
                match misspelt(key, exported.iter().map(String::as_str)) {
                    Some(near) => findings.push(
                        Finding::of(&rules::XA0514, place.clone(), message).help(format!("did you mean `{near}`?")),
                    ),
                    // The action lacks it once, whoever reads it.
                    None if !reported.insert(reference.to_owned()) => {}
                    None => findings
                        .push(Finding::of(&rules::XA0513, place.clone(), message).help(format!(
                            "add `{key}` to its `outputVariables` (`output_variables:` in `pipeline!`)"
                        ))),
                }
            }
        }
        _ => {}
    }
}

/// Whether a trigger starts the pipeline when something happens to a pull request in the repository of a source action.
fn is_started_by_pull_requests(view: &View<'_>, source: &str) -> bool {
    let mut triggers = view.declaration.triggers.iter().flatten();
    triggers.any(|trigger| {
        let git = &trigger.git_configuration;
        git.source_action_name == source && git.pull_request.as_ref().is_some_and(|filters| !filters.is_empty())
    })
}
