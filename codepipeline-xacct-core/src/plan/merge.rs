//! The declaration to write for a pipeline of a topology: the declared one, with unknown members kept as the account
//! has them.

use serde_json::{Map, Value};

use crate::check;
use crate::declaration::{ActionTypeId, PipelineDeclaration};
use crate::finding::{Finding, Place};
use crate::json::member::Member;
use crate::json::shape::Shape;
use crate::rules;
use crate::suggest::nearest;
use crate::topology::items::{Ownership, Pipeline};

/// The declaration to write for a pipeline of a topology. `existing` is what the account holds.
///
/// A managed pipeline gets the declaration, but unknown members stay; an extended one only gets the keys that are
/// declared. Stages and actions that an extended pipeline names but the account doesn't have are findings.
pub fn desired(
    pipeline: &Pipeline,
    existing: Option<&PipelineDeclaration>,
) -> Result<PipelineDeclaration, Vec<Finding>> {
    match (pipeline.ownership, existing) {
        (Ownership::Managed, None) => Ok(pipeline.declaration.clone()),
        (Ownership::Managed, Some(existing)) => {
            let mut merged = value(&pipeline.declaration);
            keep_unknown(&mut merged, &value(existing), &PipelineDeclaration::SHAPE);
            Ok(declaration(merged, &pipeline.declaration))
        }
        (_, None) => Err(vec![
            Finding::of(
                &rules::XA1001,
                Place::pipeline(&pipeline.item),
                format!("pipeline `{}` does not exist: there is no `{}`", pipeline.item, pipeline.arn),
            )
            .help("check name, Region and account, or declare it without `extended` to have it created"),
        ]),
        (_, Some(existing)) => extend(pipeline, existing),
    }
}

fn value(declaration: &PipelineDeclaration) -> Value {
    serde_json::to_value(declaration).unwrap_or_default()
}

/// Reads a merged declaration. Unknown members are accepted, so what was merged from two declarations is one.
fn declaration(merged: Value, otherwise: &PipelineDeclaration) -> PipelineDeclaration {
    serde_json::from_value(merged).unwrap_or_else(|_| otherwise.clone())
}

/// Adds to `ours` what `theirs` has and the shape doesn't know, at every level. Known members only come from `ours`.
fn keep_unknown(ours: &mut Value, theirs: &Value, shape: &Shape) {
    match (shape, ours, theirs) {
        (Shape::Structure(_, members), Value::Object(ours), Value::Object(theirs)) => {
            for (key, theirs) in theirs {
                match (member(members, key), ours.get_mut(key)) {
                    (Some(shape), Some(ours)) => keep_unknown(ours, theirs, shape),
                    (Some(_), None) | (None, Some(_)) => {}
                    (None, None) => {
                        ours.insert(key.clone(), theirs.clone());
                    }
                }
            }
        }
        (Shape::Map(shape), Value::Object(ours), Value::Object(theirs)) => {
            for (key, ours) in ours.iter_mut() {
                if let Some(theirs) = theirs.get(key) {
                    keep_unknown(ours, theirs, shape);
                }
            }
        }
        (Shape::List(shape), Value::Array(ours), Value::Array(theirs)) => {
            let pairs = pairs(ours, theirs, shape);
            for (ours, same) in ours.iter_mut().zip(pairs) {
                if let Some(theirs) = same.and_then(|index| theirs.get(index)) {
                    keep_unknown(ours, theirs, shape);
                }
            }
        }
        _ => {}
    }
}

type KnownMembers = [(&'static str, bool, &'static Shape)];

/// The shape of a known member.
fn member(members: &KnownMembers, key: &str) -> Option<&'static Shape> {
    members.iter().find(|(name, ..)| *name == key).map(|(.., shape)| *shape)
}

/// For each entry of `ours`, the position of the same entry in `theirs`.
///
/// Entries with names are the same if their names are. Others are the same if their known members agree, preferring the
/// same position; if there is only one on each side, they are the same.
fn pairs(ours: &[Value], theirs: &[Value], shape: &Shape) -> Vec<Option<usize>> {
    let Shape::Structure(_, members) = shape else { return vec![None; ours.len()] };
    if member(members, "name").is_some() {
        let same = |ours: &Value| theirs.iter().position(|theirs| ours.get("name") == theirs.get("name"));
        return ours.iter().map(same).collect();
    }
    if ours.len() == 1 && theirs.len() == 1 {
        return vec![Some(0)];
    }
    let known_of_theirs: Vec<Value> = theirs.iter().map(|entry| known(entry, shape)).collect();
    let mut taken = vec![false; theirs.len()];
    let mut pairs: Vec<Option<usize>> = vec![None; ours.len()];
    let known_of_ours: Vec<Value> = ours.iter().map(|entry| known(entry, shape)).collect();
    for ((index, ours), pair) in known_of_ours.iter().enumerate().zip(&mut pairs) {
        if known_of_theirs.get(index) == Some(ours) {
            *pair = Some(index);
            taken.iter_mut().skip(index).take(1).for_each(|taken| *taken = true);
        }
    }
    for (ours, pair) in known_of_ours.iter().zip(&mut pairs).filter(|(_, pair)| pair.is_none()) {
        let free = known_of_theirs.iter().zip(&mut taken).enumerate();
        if let Some((index, (_, taken))) = free.into_iter().find(|(_, (theirs, taken))| !**taken && *theirs == ours) {
            *taken = true;
            *pair = Some(index);
        }
    }
    pairs
}

/// The members that the shape knows, without empty lists and maps, which mean the same as none.
pub(super) fn known(value: &Value, shape: &Shape) -> Value {
    match (shape, value) {
        (Shape::Structure(_, members), Value::Object(object)) => {
            let known =
                object.iter().filter_map(|(key, value)| Some((key.clone(), known(value, member(members, key)?))));
            Value::Object(known.filter(|(_, value)| !is_empty(value)).collect())
        }
        (Shape::Map(shape), Value::Object(object)) => {
            Value::Object(object.iter().map(|(key, value)| (key.clone(), known(value, shape))).collect())
        }
        (Shape::List(shape), Value::Array(list)) => {
            Value::Array(list.iter().map(|entry| known(entry, shape)).collect())
        }
        _ => value.clone(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    }
}

fn extend(pipeline: &Pipeline, existing: &PipelineDeclaration) -> Result<PipelineDeclaration, Vec<Finding>> {
    let findings = misfits(pipeline, existing);
    if !findings.is_empty() {
        return Err(findings);
    }
    let (mut merged, ours) = (value(existing), value(&pipeline.declaration));
    if let (Value::Object(merged), Value::Object(ours)) = (&mut merged, &ours) {
        // A pipeline has one kind of store or the other.
        let stores = [("artifactStores", "artifactStore"), ("artifactStore", "artifactStores")];
        if let Some((_, other)) = stores.into_iter().find(|(written, _)| ours.contains_key(*written)) {
            merged.shift_remove(other);
        }
        // The name is that of the pipeline; stages are merged below.
        overwrite(merged, ours, &PipelineDeclaration::SHAPE, &["name", "stages"]);
    }
    let mut merged = declaration(merged, existing);
    for stage in pipeline.declaration.stages.iter().flatten() {
        let Some(old) = merged.stages.iter_mut().flatten().find(|s| s.name == stage.name) else { continue };
        overwrite_in(old, stage, &["name", "actions"]);
        for action in stage.actions.iter().flatten() {
            let Some(old) = old.actions.iter_mut().flatten().find(|a| a.name == action.name) else { continue };
            overwrite_in(old, action, &["name", "actionTypeId", "configuration"]);
            if let Some(configuration) = &action.configuration {
                let entries = configuration.iter().map(|(key, value)| (key.clone(), value.clone()));
                old.configuration.get_or_insert_default().extend(entries);
            }
            if pipeline.invokes.iter().any(|i| i.stage == stage.name && i.action == action.name) {
                // The keys that are derived for an invoke are ours: what is no longer derived is removed.
                if action.role_arn.is_none() {
                    old.role_arn = None;
                }
                let passes = action.configuration.as_ref().is_some_and(|c| c.contains_key("Variables"));
                if !passes && let Some(configuration) = &mut old.configuration {
                    configuration.shift_remove("Variables");
                }
            }
        }
    }
    Ok(merged)
}

/// Overwrites each member that is declared, except some; what the shape doesn't know in it stays.
fn overwrite(merged: &mut Map<String, Value>, ours: &Map<String, Value>, shape: &Shape, but: &[&str]) {
    let Shape::Structure(_, members) = shape else { return };
    for (key, written) in ours.iter().filter(|(key, _)| !but.contains(&key.as_str())) {
        let mut written = written.clone();
        if let (Some(shape), Some(theirs)) = (member(members, key), merged.get(key)) {
            keep_unknown(&mut written, theirs, shape);
        }
        merged.insert(key.clone(), written);
    }
}

/// The same for a structure.
fn overwrite_in<T: Member + serde::Serialize + serde::de::DeserializeOwned>(into: &mut T, from: &T, but: &[&str]) {
    let (Ok(Value::Object(mut merged)), Ok(Value::Object(ours))) =
        (serde_json::to_value(&*into), serde_json::to_value(from))
    else {
        return;
    };
    overwrite(&mut merged, &ours, &T::SHAPE, but);
    if let Ok(whole) = serde_json::from_value(Value::Object(merged)) {
        *into = whole;
    }
}

/// Stages and actions that an extended pipeline names but the account doesn't have, or has with another type.
fn misfits(pipeline: &Pipeline, existing: &PipelineDeclaration) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, stage) in pipeline.declaration.stages.iter().flatten().enumerate() {
        let mut stages = existing.stages.iter().flatten();
        let Some(found) = stages.clone().find(|s| s.name == stage.name) else {
            let message = format!("pipeline `{}` has no stage `{}`", pipeline.arn, stage.name);
            let place = Place::pipeline(&pipeline.item).stage(index, &stage.name);
            findings.push(missing(&rules::XA1002, place, message, &stage.name, stages.by_ref().map(|s| &s.name)));
            continue;
        };
        for action in stage.actions.iter().flatten() {
            let place = pipeline.action_place(&stage.name, &action.name);
            let actions = found.actions.iter().flatten();
            match actions.clone().find(|a| a.name == action.name) {
                None => {
                    let message = format!(
                        "stage `{}` of pipeline `{}` has no action `{}`",
                        stage.name, pipeline.arn, action.name
                    );
                    findings.push(missing(&rules::XA1003, place, message, &action.name, actions.map(|a| &a.name)));
                }
                Some(old) if !same_type(&old.action_type_id, &action.action_type_id) => {
                    let message = format!(
                        "action `{}` of pipeline `{}` is {}, not {}",
                        action.name, pipeline.arn, old.action_type_id, action.action_type_id
                    );
                    findings.push(Finding::of(&rules::XA1004, place, message).help("declare the action as what it is"));
                }
                Some(_) => {}
            }
        }
    }
    findings
}

/// Compares the four members that make up a type; what AWS may add to them doesn't count.
pub(super) fn same_type(one: &ActionTypeId, other: &ActionTypeId) -> bool {
    (&one.category, &one.owner, &one.provider, &one.version)
        == (&other.category, &other.owner, &other.provider, &other.version)
}

fn missing<'a>(
    rule: &'static rules::Rule,
    place: Place,
    message: String,
    name: &str,
    names: impl Iterator<Item = &'a String>,
) -> Finding {
    let names: Vec<&str> = names.map(String::as_str).collect();
    Finding::of(rule, place, message).help(match nearest(name, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("nothing is created in an extended pipeline; there are `{}`", names.join("`, `")),
    })
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
    use crate::plan::diff::changes;

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
        value(&desired(&pipeline(ownership, ours), Some(&theirs)).unwrap())
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
    fn a_managed_pipeline_keeps_members_that_are_not_modelled() {
        let ours = json!({ "name": "p", "stages": [{ "name": "S", "actions": [] }] });
        let theirs =
            json!({ "name": "p", "tomorrow": 1, "stages": [{ "name": "S", "new": { "x": 2 }, "actions": [] }] });
        let existing = serde_json::from_value(theirs).unwrap();
        let merged = desired(&pipeline(Ownership::Managed, &ours), Some(&existing)).unwrap();
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
