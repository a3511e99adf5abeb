//! Custom action types.

use serde_json::{Value, json};

use super::paging::page;
use super::request::CodePipelineRequest;
use super::tags::{checked, tags};
use crate::core::check::CATEGORIES;
use crate::core::declaration::ActionTypeId;
use crate::local::action_types::ActionType;
use crate::local::input::{bounded, integer_at, list, missing, need, one_of, text, wrong_type};
use crate::local::refusal::{Refusal, validation};
use crate::local::store::Store;

/// Custom action types in an account and a Region. Source: CodePipeline User Guide, "Quotas".
const TYPES: usize = 50;

fn id(request: &CodePipelineRequest<'_>) -> Result<ActionTypeId, Refusal> {
    let category = one_of(need(request.input, "category")?, "category", CATEGORIES)?;
    let provider = bounded(need(request.input, "provider")?, "provider", 1, 35)?;
    let version = bounded(need(request.input, "version")?, "version", 1, 9)?;
    Ok(ActionTypeId::new(category, "Custom", provider, version))
}

pub(super) fn create(request: &CodePipelineRequest<'_>, store: &mut Store) -> Result<Value, Refusal> {
    let id = id(request)?;
    let properties = list(request.input, "configurationProperties", 0, 10)?;
    let given = checked(request.input)?;
    check_properties(properties)?;
    check_settings(request.input)?;
    let answer = json!({
        "id": id,
        "settings": request.input.get("settings"),
        "actionConfigurationProperties": properties,
        "inputArtifactDetails": counts(request.input, "inputArtifactDetails")?,
        "outputArtifactDetails": counts(request.input, "outputArtifactDetails")?,
    });
    let (account, region) = (&request.account, &request.region);
    // A deleted type keeps its version: CodePipeline does not take it again.
    if store.action_types.get(account, region, &id).is_some() {
        return Err(validation(format!("The action type {id} already exists")));
    }
    if store.action_types.of(account, region).count() >= TYPES {
        return Err(Refusal::new(
            "LimitExceededException",
            "The number of custom actions associated with the AWS account has exceeded the limit allowed for the account.",
        ));
    }
    let secrets = properties.iter().filter(|property| is(property, "secret"));
    let secrets = secrets.filter_map(|property| text(property, "name")).map(str::to_owned).collect();
    store.action_types.put(
        account,
        region,
        &id,
        ActionType { shown: answer.clone(), secrets, deleted: false, tags: given.clone() },
    );
    Ok(json!({ "actionType": answer, "tags": tags(&given) }))
}

/// Whether a property has a quality.
pub(super) fn is(property: &Value, quality: &str) -> bool {
    property.get(quality).and_then(Value::as_bool) == Some(true)
}

/// Source: CodePipeline API Reference, "ActionConfigurationProperty".
fn check_properties(properties: &[Value]) -> Result<(), Refusal> {
    for (index, property) in properties.iter().enumerate() {
        let path = |member: &str| format!("configurationProperties.{}.member.{member}", index + 1);
        bounded(text(property, "name").ok_or_else(|| missing(&path("name")))?, &path("name"), 1, 50)?;
        for quality in ["required", "key", "secret"] {
            match property.get(quality) {
                None | Some(Value::Null) => return Err(missing(&path(quality))),
                Some(Value::Bool(_)) => {}
                Some(other) => return Err(wrong_type(other, "a Boolean")),
            }
        }
        if let Some(description) = text(property, "description") {
            bounded(description, &path("description"), 1, 160)?;
        }
        if let Some(kind) = text(property, "type") {
            one_of(kind, &path("type"), &["String", "Number", "Boolean"])?;
        }
    }
    let queryable: Vec<&Value> = properties.iter().filter(|property| is(property, "queryable")).collect();
    // The texts are ours.
    match *queryable.as_slice() {
        [] => Ok(()),
        [one] if is(one, "required") && !is(one, "secret") => Ok(()),
        [_] => Err(validation("A queryable property must be required and must not be secret")),
        _ => Err(validation("An action type can have only one queryable property")),
    }
}

/// Source: CodePipeline API Reference, "ActionTypeSettings".
fn check_settings(input: &Value) -> Result<(), Refusal> {
    let Some(settings) = input.get("settings") else { return Ok(()) };
    for key in ["entityUrlTemplate", "executionUrlTemplate", "revisionUrlTemplate", "thirdPartyConfigurationUrl"] {
        if let Some(url) = text(settings, key) {
            bounded(url, &format!("settings.{key}"), 1, 2048)?;
        }
    }
    Ok(())
}

/// How many artifacts actions of the type read or write. Source: CodePipeline API Reference, "ArtifactDetails".
fn counts<'v>(input: &'v Value, member: &str) -> Result<&'v Value, Refusal> {
    let details = input.get(member).filter(|details| !details.is_null()).ok_or_else(|| missing(member))?;
    for key in ["minimumCount", "maximumCount"] {
        let path = format!("{member}.{key}");
        let count = integer_at(details, key, &path, 0, 5)?;
        count.ok_or_else(|| missing(&path))?;
    }
    Ok(details)
}

/// Lists the custom types. Those of AWS are not listed: what their properties are is not all public.
pub(super) fn list_of(request: &CodePipelineRequest<'_>, store: &Store) -> Result<Value, Refusal> {
    let owner = text(request.input, "actionOwnerFilter");
    if let Some(owner) = owner {
        one_of(owner, "actionOwnerFilter", &["AWS", "ThirdParty", "Custom"])?;
    }
    if owner != Some("Custom") {
        return Err(Refusal::unsupported(
            "a list of the action types of AWS (with actionOwnerFilter `Custom`, yours are listed)",
        ));
    }
    let region = match text(request.input, "regionFilter") {
        Some(region) => bounded(region, "regionFilter", 4, 30)?
            .parse()
            .map_err(|_| validation(format!("{region} is not a Region")))?,
        None => request.region.clone(),
    };
    let types = store.action_types.of(&request.account, &region);
    let (types, next) =
        page(request.input, types, TYPES, |it| it.shown.get("id").map(Value::to_string).unwrap_or_default())?;
    let types: Vec<&Value> = types.into_iter().map(|it| &it.shown).collect();
    Ok(json!({ "actionTypes": types, "nextToken": next }))
}

pub(super) fn delete(request: &CodePipelineRequest<'_>, store: &mut Store) -> Result<Value, Refusal> {
    let id = id(request)?;
    store.action_types.delete(&request.account, &request.region, &id);
    Ok(json!({}))
}
