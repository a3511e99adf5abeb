//! The declaration to write for a pipeline of a topology: the declared one, with unknown members kept as the account
//! has them.

use serde_json::Value;

use super::added_parts::AddedParts;
use super::desired::Desired;
use super::extend::extend;
use super::json_texts;
use super::unknown_members::keep_unknown;
use crate::check;
use crate::declaration::PipelineDeclaration;
use crate::finding::{Finding, Place};
use crate::json::member::Member;
use crate::rules;
use crate::topology::items::{Ownership, Pipeline};

/// The declaration to write for a pipeline of a topology. `existing` is what the account holds, `held` what in it the topology added.
///
/// A managed pipeline gets the declaration, but unknown members stay; an extended one only gets the keys that are
/// declared, and what is added. Stages and actions that an extended pipeline names but the account doesn't have are findings.
pub fn desired(
    pipeline: &Pipeline,
    existing: Option<&PipelineDeclaration>,
    held: &AddedParts,
) -> Result<Desired, Vec<Finding>> {
    match (pipeline.ownership, existing) {
        (Ownership::Managed, None) => Ok(pipeline.declaration.clone().into()),
        (Ownership::Managed, Some(existing)) => {
            let mut merged = value(&pipeline.declaration);
            keep_unknown(&mut merged, &value(existing), &PipelineDeclaration::SHAPE);
            // Unknown members are accepted, so what was merged from two declarations is one.
            let mut merged = serde_json::from_value(merged).unwrap_or_else(|_| pipeline.declaration.clone());
            json_texts::keep(&mut merged, existing);
            Ok(merged.into())
        }
        (_, None) => Err(vec![
            Finding::of(
                &rules::XA1001,
                Place::pipeline(&pipeline.item),
                format!("pipeline `{}` does not exist: there is no `{}`", pipeline.item, pipeline.arn),
            )
            .help("check name, Region and account, or declare it without `extended` to have it created"),
        ]),
        (_, Some(existing)) => {
            let mut extended = extend(pipeline, existing, held)?;
            json_texts::keep(&mut extended.declaration, existing);
            Ok(extended)
        }
    }
}

fn value(declaration: &PipelineDeclaration) -> Value {
    serde_json::to_value(declaration).unwrap_or_default()
}

/// The rules for a whole declaration, run on what an extended pipeline will be. What they already find in the
/// existing pipeline is not reported: the account has accepted it, and it is not managed here.
pub fn check_merged(pipeline: &Pipeline, existing: &PipelineDeclaration, merged: &PipelineDeclaration) -> Vec<Finding> {
    let context = check::CheckContext {
        item: pipeline.item.clone(),
        home: Some(pipeline.arn.region().clone()),
        account: Some(pipeline.arn.account().clone()),
        // Masked secrets are those of the account, which accepts them back.
        origin: check::Origin::Get,
        ..Default::default()
    };
    let before = check::pipeline(existing, &context);
    check::pipeline(merged, &context).into_iter().filter(|f| !before.contains(f)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;
    use crate::json::shape::Shape;
    use crate::plan::pipelines::diff::changes;

    /// A value that has every member of a shape. Lists have a second entry with only what is required.
    fn full(shape: &Shape) -> Value {
        match shape {
            Shape::Text | Shape::Word(_) => "text".into(),
            Shape::Integer => 1.into(),
            Shape::Any => json!({ "any": 1 }),
            Shape::Either(first, _) => full(first),
            Shape::List(entry) => json!([full(entry), least(entry)]),
            Shape::Map(entry) => json!({ "key": full(entry) }),
            Shape::Structure(_, members) => {
                members.iter().map(|(name, _, shape)| ((*name).to_owned(), full(shape))).collect()
            }
        }
    }

    fn least(shape: &Shape) -> Value {
        match shape {
            Shape::Text | Shape::Word(_) => "other".into(),
            Shape::Integer => 2.into(),
            Shape::Any => Value::Null,
            Shape::Either(first, _) => least(first),
            Shape::List(_) => json!([]),
            Shape::Map(_) => json!({}),
            Shape::Structure(_, members) => {
                let required = members.iter().filter(|(_, required, _)| *required);
                required.map(|(name, _, shape)| ((*name).to_owned(), least(shape))).collect()
            }
        }
    }

    /// The paths of all structures of a full value, with their members.
    fn structures(shape: &Shape, at: String, found: &mut Vec<(String, BTreeSet<String>)>) {
        match shape {
            Shape::List(entry) => structures(entry, format!("{at}/0"), found),
            Shape::Map(entry) => structures(entry, format!("{at}/key"), found),
            Shape::Structure(_, members) => {
                found.push((at.clone(), members.iter().map(|(name, ..)| (*name).to_owned()).collect()));
                for (name, _, shape) in *members {
                    structures(shape, format!("{at}/{name}"), found);
                }
            }
            Shape::Text | Shape::Word(_) | Shape::Integer | Shape::Any | Shape::Either(..) => {}
        }
    }

    fn pipeline(ownership: Ownership, declaration: &Value) -> Pipeline {
        let arn = "arn:aws:codepipeline:eu-west-1:111111111111:p".parse().unwrap();
        let mut pipeline = Pipeline::new("P", ownership, arn);
        pipeline.declaration = serde_json::from_value(declaration.clone()).unwrap();
        pipeline
    }

    fn merged(ownership: Ownership, ours: &Value, theirs: &Value) -> Value {
        let theirs = serde_json::from_value(theirs.clone()).unwrap();
        value(&desired(&pipeline(ownership, ours), Some(&theirs), &AddedParts::default()).unwrap().declaration)
    }

    fn home() -> crate::ids::Region {
        "eu-west-1".parse().unwrap()
    }

    #[test]
    fn no_member_that_a_structure_does_not_know_is_lost_whatever_its_name() {
        let full = full(&PipelineDeclaration::SHAPE);
        let mut all = Vec::new();
        structures(&PipelineDeclaration::SHAPE, String::new(), &mut all);
        let mut names: BTreeSet<String> = all.iter().flat_map(|(_, members)| members.clone()).collect();
        names.insert("tomorrow".to_owned());
        let (mut tried, mut lost) = (0, Vec::new());
        for (at, members) in &all {
            let mut ours = full.clone();
            // A pipeline has one kind of store or the other.
            let other = if at.starts_with("/artifactStores") { "artifactStore" } else { "artifactStores" };
            ours.as_object_mut().unwrap().shift_remove(other);
            let mut theirs = ours.clone();
            let structure = theirs.pointer_mut(at).unwrap().as_object_mut().unwrap();
            for name in names.difference(members) {
                structure.insert(name.clone(), json!({ "kept": [1, null] }));
            }
            for ownership in [Ownership::Managed, Ownership::Extended] {
                let merged = merged(ownership, &ours, &theirs);
                for name in names.difference(members) {
                    tried += 1;
                    let at = format!("{at}/{name}");
                    if merged.pointer(&at) != theirs.pointer(&at) {
                        lost.push(format!("{ownership:?} {at}"));
                    }
                }
                // Nothing else changes.
                assert!(!lost.is_empty() || merged == theirs, "{ownership:?} {at}");
            }
        }
        assert!(tried > 3000, "only {tried} were tried");
        assert!(lost.is_empty(), "{} of {tried} were lost: {lost:#?}", lost.len());
    }

    #[test]
    fn what_is_left_out_of_a_managed_pipeline_goes() {
        let theirs = full(&PipelineDeclaration::SHAPE);
        let mut ours = theirs.clone();
        ours["stages"][0].as_object_mut().unwrap().shift_remove("onSuccess");
        ours["stages"][0]["actions"].as_array_mut().unwrap().pop();
        assert_eq!(merged(Ownership::Managed, &ours, &theirs), ours);
    }

    #[test]
    fn entries_without_names_keep_what_is_theirs_wherever_they_move() {
        let base = |triggers: Value| json!({ "name": "p", "triggers": triggers });
        let trigger = |action: &str| json!({ "providerType": "CodeStarSourceConnection", "gitConfiguration": { "sourceActionName": action } });
        let mut with = trigger("b");
        with["gitConfiguration"]["later"] = json!(7);
        let theirs = base(json!([trigger("a"), with]));
        let ours = base(json!([trigger("b"), trigger("c")]));
        let merged = merged(Ownership::Managed, &ours, &theirs);
        assert_eq!(merged["triggers"][0], with, "the known members agree");
        assert_eq!(merged["triggers"][1], trigger("c"), "a new trigger gets nothing from another one");
    }

    #[test]
    fn stages_and_actions_that_move_keep_what_is_theirs() {
        let stage = |name: &str| json!({ "name": name, "actions": [] });
        let mut with = stage("B");
        with["new"] = json!(true);
        let theirs = json!({ "name": "p", "stages": [stage("A"), with] });
        let ours = json!({ "name": "p", "stages": [stage("B"), stage("A")] });
        let merged = merged(Ownership::Managed, &ours, &theirs);
        assert_eq!(merged["stages"], json!([with, stage("A")]));
    }

    #[test]
    fn an_action_of_another_type_gets_nothing_of_the_one_that_was_there() {
        let action = |provider: &str| json!({ "name": "a", "actionTypeId": { "category": "Build", "owner": "AWS", "provider": provider, "version": "1" } });
        let pipeline = |action: Value| json!({ "name": "p", "stages": [{ "name": "S", "actions": [action] }] });
        let mut with = action("CodeBuild");
        with["later"] = json!(1);
        let theirs = pipeline(with.clone());
        assert_eq!(merged(Ownership::Managed, &pipeline(action("CodeBuild")), &theirs), theirs);
        let ours = pipeline(action("Jenkins"));
        assert_eq!(merged(Ownership::Managed, &ours, &theirs), ours);
    }

    #[test]
    fn a_managed_pipeline_keeps_members_that_are_not_modelled() {
        let ours = json!({ "name": "p", "stages": [{ "name": "S", "actions": [] }] });
        let theirs =
            json!({ "name": "p", "tomorrow": 1, "stages": [{ "name": "S", "new": { "x": 2 }, "actions": [] }] });
        let existing = serde_json::from_value(theirs).unwrap();
        let merged =
            desired(&pipeline(Ownership::Managed, &ours), Some(&existing), &AddedParts::default()).unwrap().declaration;
        assert!(changes(&existing, &merged, &home()).is_empty());
        assert_eq!(merged.other["tomorrow"], 1);
    }

    #[test]
    fn a_type_is_compared_by_its_four_members() {
        let action = json!({ "name": "a", "actionTypeId": { "category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1" } });
        let ours = json!({ "name": "p", "stages": [{ "name": "S", "actions": [action] }] });
        let mut theirs = ours.clone();
        theirs["stages"][0]["actions"][0]["actionTypeId"]["later"] = json!(1);
        assert_eq!(merged(Ownership::Extended, &ours, &theirs), theirs);
    }
}
