//! The services: which one answers a request.

pub(super) mod codepipeline;
pub(super) mod iam;
mod query;
mod sts;

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use serde_json::Value;

use super::engine::tick;
use super::refusal::Refusal;
use super::store::Store;
use super::wire::{Answer, Call, Parameters, Scope, json_response, xml_response};

/// Answers a request; a second passes.
pub(super) fn answer(store: &mut Store, request: &HttpRequest) -> Answer {
    tick(store);
    let request_id = store.uuid();
    let scope = Scope::of(request);
    let body = request.body().bytes().unwrap_or_default();
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    if scope.service == "codepipeline" {
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let input: Value = serde_json::from_slice(body).unwrap_or_default();
        let result = call(store, &scope, operation).and_then(|call| codepipeline::answer(store, &call, &input));
        return json_response(result, &request_id);
    }
    let parameters = Parameters::parse(body);
    let operation = parameters.get("Action").unwrap_or_default().to_owned();
    let result = call(store, &scope, operation.clone()).and_then(|call| match scope.service.as_str() {
        "iam" => iam::answer(store, &call, &parameters),
        "sts" => sts::answer(store, &call, &parameters),
        other => Err(Refusal::unsupported(&format!("the service `{other}`"))),
    });
    xml_response(result, &operation, &request_id)
}

fn call(store: &Store, scope: &Scope, operation: String) -> Result<Call, Refusal> {
    let invalid =
        || Refusal::new("InvalidClientTokenId", "The security token included in the request is invalid.").status(403);
    let caller = store.caller(&scope.key).cloned().ok_or_else(invalid)?;
    Ok(Call { caller, key: scope.key.clone(), region: scope.region.clone(), operation })
}
