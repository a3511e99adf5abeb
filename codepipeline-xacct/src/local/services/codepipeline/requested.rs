//! What each operation of CodePipeline asks for: the resource, and the condition keys with tags.
//!
//! Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS CodePipeline".

use indexmap::IndexMap;
use serde_json::Value;

use super::request::CodePipelineRequest;
use super::tags::named_action_type;
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
    let context = context(store, request, operation, &resource);
    authorize_action(store, request.call, &format!("codepipeline:{operation}"), &resource, &context)
}

fn context(store: &Store, request: &CodePipelineRequest<'_>, operation: &str, resource: &str) -> RequestContext {
    let mut context = RequestContext::new();
    let tags = match named_action_type(request, resource) {
        Some(id) => store.action_types.get(&request.account, &request.region, &id).map(|found| &found.tags),
        None => {
            // A stage and an action have the tags of their pipeline.
            let pipeline = resource.split('/').next().and_then(|arn| arn.parse::<PipelineArn>().ok());
            pipeline.and_then(|arn| store.pipelines.get(&arn)).map(|record| &record.tags)
        }
    };
    add_tags(&mut context, &["aws:ResourceTag"], tags.unwrap_or(&IndexMap::new()));
    // Members that the operation doesn't have are ignored, here as well.
    let has = match operation {
        "CreatePipeline" | "CreateCustomActionType" | "TagResource" => "tags",
        "UntagResource" => "tagKeys",
        _ => "",
    };
    let list = |key: &str| {
        let given = request.input.get(key).filter(|_| key == has);
        given.and_then(Value::as_array).into_iter().flatten()
    };
    let tag = |tag: &Value| Some((text(tag, "key")?.to_owned(), text(tag, "value").unwrap_or_default().to_owned()));
    let given: IndexMap<String, String> = list("tags").filter_map(tag).collect();
    let taken = list("tagKeys").filter_map(Value::as_str).map(str::to_owned);
    let keys: Vec<String> = given.keys().cloned().chain(taken).collect();
    add_tags(&mut context, &["aws:RequestTag"], &given);
    context.insert("aws:TagKeys", if keys.is_empty() { KeyValue::Absent } else { KeyValue::Values(keys) });
    context
}
