//! Actions that start a pipeline.

use std::collections::HashSet;

use codepipeline_xacct_core::check::unknown::is_unknown;
use codepipeline_xacct_core::declaration::ActionTypeId;
use codepipeline_xacct_core::declaration::invoke::{REVISIONS_KEY, TARGET_KEY, VARIABLES_KEY};
use codepipeline_xacct_core::declaration::references::has_reference;
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::ids::{Name, PipelineArn, Region, RoleArn};
use codepipeline_xacct_core::topology::CALLER_VARIABLE;
use serde_json::Value;

use super::literal;
use super::printer::Printer;
use super::values::{self, Field};
use crate::keys::{INVOKE, REVISION_TYPE};

/// The keys of the configuration that the target and the keys of an invoke stand for.
const CONFIGURATION: [&str; 3] = [TARGET_KEY, VARIABLES_KEY, REVISIONS_KEY];

/// The pipeline that an action starts, in the account of its role and in its Region; `None` for any other action, and where the
/// declaration doesn't tell.
pub fn started(action: &Value, home: &PipelineArn) -> Option<PipelineArn> {
    let member = |name: &str| action.get(name).and_then(Value::as_str);
    if !is_invoke(action) {
        return None;
    }
    let name: Name = action.get("configuration")?.get(TARGET_KEY)?.as_str()?.parse().ok()?;
    let role = member("roleArn").map(str::parse::<RoleArn>).transpose().ok()?;
    let region = member("region").map(str::parse::<Region>).transpose().ok()?;
    let account = role.as_ref().map_or(home.account(), RoleArn::account);
    let region = region.as_ref().unwrap_or(home.region());
    Some(PipelineArn::new(home.partition().clone(), region.clone(), account.clone(), name))
}

/// True for an action that starts a pipeline.
pub fn is_invoke(action: &Value) -> bool {
    action.get("actionTypeId").and_then(type_id).is_some_and(|id| id == ActionTypeId::pipeline_invoke())
}

/// The type of an action, if all of it is there.
pub(super) fn type_id(value: &Value) -> Option<ActionTypeId> {
    let part = |name: &str| value.get(name).and_then(Value::as_str);
    Some(ActionTypeId::new(part("category")?, part("owner")?, part("provider")?, part("version")?))
}

/// The variables that an invoke passes, with their values; `None` where they can't be read, or where a name is only known at run time.
pub fn passed_variables(action: &Value) -> Option<Vec<(String, String)>> {
    let Some(value) = action.get("configuration").and_then(|configuration| configuration.get(VARIABLES_KEY)) else {
        return Some(Vec::new());
    };
    let list: Value = serde_json::from_str(value.as_str()?).ok()?;
    let mut seen = HashSet::new();
    list.as_array()?
        .iter()
        .map(|variable| {
            let members = variable.as_object().filter(|members| members.len() == 2)?;
            let name = members.get("name")?.as_str().filter(|name| !has_reference(name) && !is_unknown(name))?;
            let value = members.get("value")?.as_str()?;
            seen.insert(name).then(|| (name.to_owned(), value.to_owned()))
        })
        .collect()
}

/// The name of the target's item and the keys of an `invoke`; `None` where the action has something that only its type can say.
pub(super) fn invoke(printer: &mut Printer<'_>, action: &Value, place: &Place) -> Option<(String, Vec<Field>)> {
    let members = action.as_object()?;
    let target = started(action, printer.home)?;
    let item = printer.links.pipelines.get(&target)?.clone();
    let configuration = members.get("configuration")?.as_object()?;
    if !configuration.keys().all(|key| CONFIGURATION.contains(&key.as_str())) {
        return None;
    }
    let wait = printer.waits.get(place).copied();
    let mut variables = passed_variables(action)?;
    if wait.is_some() {
        // It is passed where something waits.
        variables.retain(|(name, _)| name != CALLER_VARIABLE);
    }
    let revisions = match configuration.get(REVISIONS_KEY) {
        Some(value) => Some(revisions(value)?),
        None => None,
    };
    let mut rest = members.clone();
    // The Region is that of the target.
    rest.retain(|name, _| name != "region" && name != "configuration");
    let mut fields = values::fields(printer, &[&INVOKE], "ActionDeclaration", &rest, place);
    let of = place.key("configuration");
    if !variables.is_empty() {
        let place = of.key(VARIABLES_KEY);
        let entries: Vec<String> = variables
            .iter()
            .map(|(name, value)| format!("{}: {}", literal::key(name), printer.text(name, value, &place.key(name))))
            .collect();
        fields.push((written(VARIABLES_KEY), literal::map(&entries)));
    }
    if let Some(revisions) = revisions {
        fields.push((written(REVISIONS_KEY), revisions));
    }
    fields.extend(wait.map(|limit| ("wait".to_owned(), literal::text(&limit.to_string()))));
    Some((item, fields))
}

/// The key that writes a member of the configuration.
fn written(member: &str) -> String {
    let of =
        |key: &&crate::keys::DslKey| key.member.is_some_and(|of| of.structure == "configuration" && of.name == member);
    INVOKE.keys.iter().find(of).map_or_else(String::new, |key| key.name.to_owned())
}

/// `{ Source: COMMIT_ID("…") }`
fn revisions(value: &Value) -> Option<String> {
    let list: Value = serde_json::from_str(value.as_str()?).ok()?;
    let mut seen = HashSet::new();
    let entries = list.as_array()?.iter().map(|revision| {
        let members = revision.as_object().filter(|members| members.len() == 3)?;
        let member = |name: &str| members.get(name).and_then(Value::as_str);
        let name = member("actionName")?;
        let kind = member("revisionType").filter(|kind| REVISION_TYPE.names().any(|known| known == *kind))?;
        let value = literal::text(member("revisionValue").filter(|value| !is_unknown(value))?);
        seen.insert(name.to_owned()).then(|| format!("{}: {kind}({value})", literal::key(name)))
    });
    Some(literal::map(&entries.collect::<Option<Vec<_>>>()?))
}
