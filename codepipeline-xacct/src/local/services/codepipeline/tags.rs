//! The tags of pipelines.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::paging::page;
use super::request::CodePipelineRequest;
use crate::core::check::tags::tag as wrong;
use crate::core::finding::Place;
use crate::core::ids::PipelineArn;
use crate::local::input::{list, need, text};
use crate::local::pipelines::StoredPipeline;
use crate::local::refusal::Refusal;
use crate::local::store::Store;

/// Tags of a resource. Source: CodePipeline User Guide, "Quotas".
const TAGS: usize = 50;

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

fn tagged(request: &CodePipelineRequest<'_>) -> Result<PipelineArn, Refusal> {
    let text = need(request.input, "resourceArn")?;
    let invalid = || Refusal::new("InvalidArnException", format!("The ARN {text} is not valid."));
    let arn: PipelineArn = text.parse().map_err(|_| invalid())?;
    if arn.account() != &request.account || arn.region() != &request.region {
        return Err(invalid());
    }
    Ok(arn)
}

fn record<'s>(store: &'s mut Store, arn: &PipelineArn) -> Result<&'s mut StoredPipeline, Refusal> {
    let missing = Refusal::new("ResourceNotFoundException", format!("The resource {arn} was not found."));
    store.pipelines.get_mut(arn).ok_or(missing)
}

pub(super) fn tag(request: &CodePipelineRequest<'_>, store: &mut Store) -> Result<Value, Refusal> {
    let arn = tagged(request)?;
    let given = checked(request.input)?;
    let record = record(store, &arn)?;
    let mut all = record.tags.clone();
    all.extend(given);
    limit(all.len())?;
    record.tags = all;
    Ok(json!({}))
}

pub(super) fn untag(request: &CodePipelineRequest<'_>, store: &mut Store) -> Result<Value, Refusal> {
    let arn = tagged(request)?;
    let keys = list(request.input, "tagKeys", 0, usize::MAX)?;
    record(store, &arn)?.tags.retain(|key, _| !keys.iter().any(|k| k == key));
    Ok(json!({}))
}

pub(super) fn list_of(request: &CodePipelineRequest<'_>, store: &mut Store) -> Result<Value, Refusal> {
    let arn = tagged(request)?;
    let record = record(store, &arn)?;
    let (entries, next) = page(request.input, record.tags.iter(), 100, |(key, _)| (*key).clone())?;
    let entries: Vec<Value> = entries.into_iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
    Ok(json!({ "tags": entries, "nextToken": next }))
}
