//! What each operation of CodePipeline asks for: the resource, and the condition keys with tags.
//!
//! Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS CodePipeline".

use indexmap::IndexMap;
use serde_json::Value;

use super::request::CodePipelineRequest;
use crate::core::ids::PipelineArn;
use crate::core::policy::evaluate::{KeyValue, RequestContext};
use crate::local::authorization::{add_tags, authorize_action};
use crate::local::input::text;
use crate::local::refusal::Refusal;
use crate::local::store::Store;

/// Whether the caller may do what the request asks for.
pub(super) fn authorize_request(store: &Store, request: &CodePipelineRequest<'_>) -> Result<(), Refusal> {
    let operation = &request.call.operation;
    let resource = request.resource(operation);
    let context = context(store, request.input, &resource);
    authorize_action(store, request.call, &format!("codepipeline:{operation}"), &resource, &context)
}

fn context(store: &Store, input: &Value, resource: &str) -> RequestContext {
    let mut context = RequestContext::new();
    // A stage and an action have the tags of their pipeline.
    let pipeline = resource.split('/').next().and_then(|arn| arn.parse::<PipelineArn>().ok());
    if let Some(arn) = pipeline {
        let none = IndexMap::new();
        let tags = store.pipelines.get(&arn).map_or(&none, |record| &record.tags);
        add_tags(&mut context, &["aws:ResourceTag"], tags);
    }
    let list = |key: &str| input.get(key).and_then(Value::as_array).into_iter().flatten();
    let tag = |tag: &Value| Some((text(tag, "key")?.to_owned(), text(tag, "value").unwrap_or_default().to_owned()));
    let given: IndexMap<String, String> = list("tags").filter_map(tag).collect();
    let taken = list("tagKeys").filter_map(Value::as_str).map(str::to_owned);
    let keys: Vec<String> = given.keys().cloned().chain(taken).collect();
    add_tags(&mut context, &["aws:RequestTag"], &given);
    context.insert("aws:TagKeys", if keys.is_empty() { KeyValue::Absent } else { KeyValue::Values(keys) });
    context
}
