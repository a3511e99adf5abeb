//! Commands, and the output variables and files that they leave.

use super::view::View;
use crate::declaration::references;
use crate::finding::{Finding, Place};
use crate::rules::{self, Rule};

/// 1 to 50 commands of 1 to 1000 characters, one line each; 1 to 15 output variables of 1 to 128, 1 to 10 files of 1 to 128.
pub(super) fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        if let Some(variables) = &action.action.output_variables {
            let place = action.place.key("outputVariables");
            short_texts(variables, 15, "output variables", &place, findings);
            for (index, name) in variables.iter().enumerate().filter(|(_, name)| !is_output_variable(name)) {
                let message = format!("`{name}` is not the name of a variable: `A-Z a-z 0-9 @ - _`");
                let finding = Finding::of(&rules::XA0234, place.index(index).value(), message);
                let bare = without_sign(name);
                findings.push(match references::is_word(bare) {
                    true => finding.help(format!("write `{bare}`")),
                    false => finding,
                });
            }
        }
        for (index, artifact) in action.action.output_artifacts.iter().flatten().enumerate() {
            if let Some(files) = &artifact.files {
                let place = action.place.key("outputArtifacts").index(index).key("files");
                short_texts(files, 10, "files", &place, findings);
            }
        }
        let place = action.place.key("commands");
        let Some(commands) = &action.action.commands else { continue };
        list(view, commands, &place, &rules::XA0211, findings);
    }
}

/// A list of commands. An empty list is reported by the rules that require commands.
pub(super) fn list(
    view: &View<'_>,
    commands: &[String],
    place: &Place,
    rule: &'static Rule,
    findings: &mut Vec<Finding>,
) {
    if commands.len() > 50 {
        let message = format!("at most 50 commands are allowed, here are {}", commands.len());
        findings.push(Finding::of(rule, place.clone(), message));
    }
    for (index, command) in commands.iter().enumerate() {
        let place = place.index(index).value();
        if view.context.is_open(&place) {
            continue;
        }
        let length = command.chars().count();
        if !(1..=1000).contains(&length) {
            let message = format!("a command has 1 to 1000 characters, this one has {length}");
            findings.push(Finding::of(rule, place, message));
        } else if command.trim_end_matches('\n').contains('\n') {
            let finding = Finding::of(&rules::XA0230, place, "a command of several lines is not supported");
            findings.push(finding.help("write each line as a command of its own, or join them with `&&`"));
        }
    }
}

/// True for what may be the name of an output variable; one that is empty is reported for its length.
/// Source: CodePipeline API Reference, `OutputVariablesKey` of `PutJobSuccessResult`.
fn is_output_variable(name: &str) -> bool {
    name.is_empty() || references::is_word(name)
}

/// `NAME` of `$NAME` and `${NAME}`, as the shell reads a variable.
pub(super) fn without_sign(name: &str) -> &str {
    name.trim_start_matches('$').trim_start_matches('{').trim_end_matches('}')
}

/// 1 to some number of texts of 1 to 128 characters.
fn short_texts(texts: &[String], most: usize, what: &str, place: &Place, findings: &mut Vec<Finding>) {
    if !(1..=most).contains(&texts.len()) {
        let message = format!("{} {what} are given; 1 to {most} are allowed", texts.len());
        let finding = Finding::of(&rules::XA0219, place.clone(), message);
        findings.push(if texts.is_empty() { finding.help("leave the member out") } else { finding });
    }
    for (index, text) in texts.iter().enumerate().filter(|(_, t)| !(1..=128).contains(&t.chars().count())) {
        let message = format!("`{text}` does not have 1 to 128 characters");
        findings.push(Finding::of(&rules::XA0219, place.index(index).value(), message));
    }
}
