//! The services: which one answers a request.

mod cloudtrail;
pub(super) mod codepipeline;
pub(super) mod iam;
mod policies;
mod query;
mod sts;

use super::refusal::Refusal;
use super::store::Store;
use super::wire::{Call, Input, Output, Request};
use crate::core::policy::evaluate::Caller;

/// Has the service of a request answer it.
pub(super) fn answer(store: &mut Store, caller: Caller, request: &Request) -> Result<Output, Refusal> {
    let Request { access_key, region, operation, .. } = request;
    let call = Call { caller, key: access_key.clone(), region: region.clone(), operation: operation.clone() };
    sts::refuse_without_mfa(store, &call, &request.service)?;
    let xml = |inner| Output::Xml { operation: request.operation.clone(), inner };
    let answer = match (request.service.as_str(), &request.input) {
        ("cloudtrail", Input::Json(input)) => cloudtrail::look_up(store, &call, input).map(Output::Json),
        ("codepipeline", Input::Json(input)) => codepipeline::answer(store, &call, input).map(Output::Json),
        ("kms", Input::Json(input)) => policies::of_key(store, &call, input).map(Output::Json),
        ("s3", Input::Json(input)) => policies::of_bucket(store, &call, input).map(Output::Json),
        ("iam", Input::Query(parameters)) => iam::answer(store, &call, parameters).map(xml),
        ("sts", Input::Query(parameters)) => sts::answer(store, &call, parameters).map(xml),
        (other, _) => Err(Refusal::unsupported(&format!("the service `{other}`"))),
    }?;
    store.event_history.record(store.clock, &request.service, &call, &request.input);
    Ok(answer)
}
