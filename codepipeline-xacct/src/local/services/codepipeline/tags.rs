//! The tags of pipelines and of custom action types.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::paging::page;
use super::request::CodePipelineRequest;
use crate::core::check::tags::{TAGS, tag as wrong};
use crate::core::declaration::ActionTypeId;
use crate::core::finding::Place;
use crate::core::ids::PipelineArn;
use crate::local::input::{list, need, text};
use crate::local::refusal::Refusal;
use crate::local::store::Store;

pub(super) fn tags(tags: &IndexMap<String, String>) -> Value {
    tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect()
}

/// The tags in a request.
pub(super) fn checked(input: &Value) -> Result<IndexMap<String, String>, Refusal> {
    let mut given = IndexMap::new();
    for entry in list(input, "tags", 0, usize::MAX)? {
        let (key, value) = (text(entry, "key").unwrap_or_default(), text(entry, "value").unwrap_or_default());
        if let Some(finding) = wrong(key, value, &Place::default()) {
            return Err(Refusal::new("InvalidTagsException", finding.message));
        }
        given.insert(key.to_owned(), value.to_owned());
    }
    limit(given.len())?;
    Ok(given)
}

fn limit(count: usize) -> Result<(), Refusal> {
    if count <= TAGS {
        return Ok(());
    }
    Err(Refusal::new("TooManyTagsException", "The tags limit for a resource has been exceeded."))
}

/// What can have tags.
enum Tagged {
    Pipeline(PipelineArn),
    ActionType(ActionTypeId),
}

/// What `resourceArn` names. Source of the forms: Service Authorization Reference, "Actions, resources, and condition keys for AWS
/// CodePipeline".
fn tagged(request: &CodePipelineRequest<'_>) -> Result<Tagged, Refusal> {
    let text = need(request.input, "resourceArn")?;
    let named = match named_action_type(request, text) {
        Some(id) => Some(Tagged::ActionType(id)),
        None => text.strip_prefix(&request.arn("")).and_then(|_| text.parse().ok().map(Tagged::Pipeline)),
    };
    named.ok_or_else(|| Refusal::new("InvalidArnException", format!("The ARN {text} is not valid.")))
}

/// The action type that an ARN of the caller's account names: `…:actiontype:owner/category/provider/version`.
pub(super) fn named_action_type(request: &CodePipelineRequest<'_>, arn: &str) -> Option<ActionTypeId> {
    let parts: Vec<&str> = arn.strip_prefix(&request.arn("actiontype:"))?.split('/').collect();
    match *parts.as_slice() {
        [owner, category, provider, version] => Some(ActionTypeId::new(category, owner, provider, version)),
        _ => None,
    }
}

fn tags_of<'s>(
    request: &CodePipelineRequest<'_>,
    store: &'s mut Store,
) -> Result<&'s mut IndexMap<String, String>, Refusal> {
    let found = match tagged(request)? {
        Tagged::Pipeline(arn) => store.pipelines.get_mut(&arn).map(|record| &mut record.tags),
        Tagged::ActionType(id) => {
            store.action_types.get_mut(&request.account, &request.region, &id).map(|it| &mut it.tags)
        }
    };
    found.ok_or_else(|| {
        let message = format!("The resource {} was not found.", text(request.input, "resourceArn").unwrap_or_default());
        Refusal::new("ResourceNotFoundException", message)
    })
}

pub(super) fn tag(request: &CodePipelineRequest<'_>, store: &mut Store) -> Result<Value, Refusal> {
    let given = checked(request.input)?;
    let kept = tags_of(request, store)?;
    let mut all = kept.clone();
    all.extend(given);
    limit(all.len())?;
    *kept = all;
    Ok(json!({}))
}

pub(super) fn untag(request: &CodePipelineRequest<'_>, store: &mut Store) -> Result<Value, Refusal> {
    let keys = list(request.input, "tagKeys", 0, usize::MAX)?;
    tags_of(request, store)?.retain(|key, _| !keys.iter().any(|k| k == key));
    Ok(json!({}))
}

pub(super) fn list_of(request: &CodePipelineRequest<'_>, store: &mut Store) -> Result<Value, Refusal> {
    let kept = tags_of(request, store)?;
    let (entries, next) = page(request.input, kept.iter(), 100, |(key, _)| (*key).clone())?;
    let entries: Vec<Value> = entries.into_iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
    Ok(json!({ "tags": entries, "nextToken": next }))
}
