//! Parts of a pipeline: the keys, stages and actions in which something was changed.

use std::collections::HashMap;

use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::ids::PipelineArn;
use codepipeline_xacct_core::topology::Additions;
use serde_json::{Map, Value};

use super::item_names::ItemNames;
use super::printer::Printer;
use super::{literal, pipeline_type, stage, values, waits};
use crate::format::{self, Style};
use crate::keys::PIPELINE;

/// The source of what is at some paths of a declaration (`stages[Build].actions[ccc].commands`, `variables[version]`): the action, or else the stage, or
/// the key of the pipeline. `additions`: what a program adds to the pipeline of somebody else, with `add`. `None` where nothing is there, or not all of it can be written in `pipeline!`.
pub fn part(
    arn: &PipelineArn,
    declaration: &Value,
    paths: &[&str],
    links: &ItemNames,
    additions: Option<&Additions>,
    style: &Style,
) -> Option<String> {
    let place = Place::pipeline(arn.name().as_str());
    let (declaration, waits) =
        waits::take(declaration, arn, &place).unwrap_or_else(|| (declaration.clone(), HashMap::new()));
    let mut printer = Printer::new(links, arn, pipeline_type::pipeline_type(&declaration), waits);
    printer.additions = additions;
    let is_at = |member: &str| paths.iter().any(|path| rest(path, member).is_some());
    let mut members: Map<String, Value> = declaration.as_object().cloned().unwrap_or_default();
    members.retain(|member, _| member != "stages" && is_at(member));
    let fields = values::fields(&mut printer, &[&PIPELINE], "PipelineDeclaration", &members, &place);
    let mut clauses = Vec::new();
    for (at, found) in declaration.get("stages").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let name = found.get("name").and_then(Value::as_str)?;
        let in_stage = format!("stages[{name}]");
        let inside: Vec<&str> = paths.iter().filter_map(|path| rest(path, &in_stage)).collect();
        let place = place.stage(at, name);
        match actions(found, &inside) {
            _ if inside.is_empty() && !paths.contains(&"stages") => {}
            Some(changed) if !inside.is_empty() => {
                let wanted = |action: &Value| {
                    action.get("name").and_then(Value::as_str).is_some_and(|name| changed.contains(&name))
                };
                clauses.push(stage::part(&mut printer, found, &place, &wanted)?);
            }
            _ => clauses.push(stage::stage(&mut printer, found, &place)?),
        }
    }
    let is_whole = printer.unsaid.is_empty() && !(fields.is_empty() && clauses.is_empty());
    let word = if additions.is_some() { "extended " } else { "" };
    let head = format!("pub {word}pipeline Changed in Account");
    is_whole.then(|| body(&literal::block(&head, &fields, &clauses), style)).flatten()
}

/// What follows in a path behind what it begins with.
fn rest<'p>(path: &'p str, begins: &str) -> Option<&'p str> {
    path.strip_prefix(begins).filter(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// The actions of a stage that paths inside it name; `None` if something else of the stage was changed, or one is not there.
fn actions<'v>(stage: &'v Value, inside: &[&str]) -> Option<Vec<&'v str>> {
    let there = stage.get("actions").and_then(Value::as_array)?;
    let names = || there.iter().filter_map(|action| action.get("name").and_then(Value::as_str));
    let named = |path: &&str| names().find(|name| rest(path, &format!(".actions[{name}]")).is_some());
    inside.iter().map(named).collect()
}

/// What is between the braces of an item, formatted.
fn body(item: &str, style: &Style) -> Option<String> {
    let formatted = format::file(&format!("pipeline! {{\n{item}\n}}\n"), style).ok()?;
    let lines: Vec<&str> = formatted.text.lines().collect();
    let inner = formatted.skipped.is_empty().then(|| lines.get(2..lines.len().checked_sub(2)?)).flatten()?;
    let margin = inner.iter().filter(|line| !line.is_empty()).map(|line| line.len() - line.trim_start().len()).min()?;
    let lines: Vec<&str> = inner.iter().map(|line| line.get(margin..).unwrap_or_default()).collect();
    Some(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use codepipeline_xacct_core::topology::StagePlace;

    use super::*;

    const DECLARATION: &str = r#"{
        "name": "p", "pipelineType": "V2",
        "variables": [{ "name": "version", "defaultValue": "latest" }],
        "stages": [
            { "name": "Source", "actions": [{
                "name": "code", "actionTypeId": { "category": "Source", "owner": "ThirdParty", "provider": "GitHub", "version": "1" },
                "configuration": { "Owner": "o", "Repo": "r", "Branch": "main", "OAuthToken": "****" }, "outputArtifacts": [{ "name": "Code" }]
            }] },
            { "name": "Build", "actions": [
                { "name": "a", "actionTypeId": { "category": "Compute", "owner": "AWS", "provider": "Commands", "version": "1" }, "commands": ["make"] },
                { "name": "b", "actionTypeId": { "category": "Compute", "owner": "AWS", "provider": "Commands", "version": "1" }, "commands": ["test"] }
            ] }
        ]
    }"#;

    fn printed(paths: &[&str]) -> String {
        with_additions(paths, None)
    }

    fn with_additions(paths: &[&str], additions: Option<&Additions>) -> String {
        let arn = "arn:aws:codepipeline:eu-west-1:111111111111:p".parse().unwrap();
        let declaration = serde_json::from_str(DECLARATION).unwrap();
        part(&arn, &declaration, paths, &ItemNames::default(), additions, &Style::default()).unwrap_or_default()
    }

    #[test]
    fn the_action_is_printed_in_which_something_was_changed_or_else_the_stage_or_the_key() {
        let b = "stage \"Build\" {\n    action \"b\": Commands {\n        commands: [\"test\"],\n    }\n}";
        assert_eq!(printed(&["stages[Build].actions[b].commands"]), b);
        assert_eq!(printed(&["stages[Build].actions[b]", "stages[Build].actions[b].namespace"]), b);
        assert_eq!(printed(&["variables[version].defaultValue"]), "variables: { version: \"latest\" },");
        let build = printed(&["stages[Build]"]);
        assert!(
            build.contains("action \"a\"") && build.contains("action \"b\"") && !build.contains("Source"),
            "{build}"
        );
        // One that was taken out, and a new order.
        assert_eq!(printed(&["stages[Build].actions[gone]"]), build);
        assert_eq!(printed(&["stages[Build].actions"]), build);
        assert!(printed(&["stages"]).contains("stage \"Source\""));
        let both = printed(&["variables[version]", "stages[Build].actions[b].commands"]);
        assert!(both.starts_with("variables: ") && both.ends_with(b), "{both}");
    }

    #[test]
    fn what_a_program_adds_is_printed_with_add() {
        let mut additions = Additions::default();
        additions.add_action("Build", "b");
        let b = "stage \"Build\" {\n    add action \"b\": Commands {\n        commands: [\"test\"],\n    }\n}";
        assert_eq!(with_additions(&["stages[Build].actions[b].commands"], Some(&additions)), b);
        let both = with_additions(&["stages[Build]"], Some(&additions));
        assert!(both.contains("    action \"a\"") && both.contains("    add action \"b\""), "{both}");
        additions.add_stage("Build", StagePlace::After("Source".to_owned()));
        let stage = with_additions(&["variables[version]", "stages[Build]"], Some(&additions));
        assert!(
            stage.starts_with("variables: ") && stage.contains("\n\nadd stage \"Build\" after \"Source\" {\n"),
            "{stage}"
        );
        assert!(stage.contains("    action \"a\"") && stage.contains("    action \"b\""), "{stage}");
    }

    #[test]
    fn a_secret_is_a_parameter_and_what_is_gone_is_not_printed() {
        let source = printed(&["stages[Source].actions[code].configuration.Branch"]);
        assert!(source.contains("oauth_token: (oauth_token)") && source.contains("branch: \"main\""), "{source}");
        assert_eq!(printed(&["stages[Gone]"]), "");
        assert_eq!(printed(&["triggers"]), "");
    }
}
