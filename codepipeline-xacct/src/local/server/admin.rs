//! The interface under `/_local/`: what AWS has no requests for, in JSON.

use std::time::Duration;

use hyper::Method;
use serde_json::{Value, json};

use super::settings::Answer;
use super::{settings, view};
use crate::core::ids::AccountId;
use crate::local::faults::{ConcurrentRequest, Fault, FaultEffect, Lag};
use crate::local::handle::Local;
use crate::local::wire::{BODY_LIMIT, unknown};

/// The longest time that the clock is advanced by at once: a week.
const MOST_SECONDS: u64 = 7 * 24 * 3600;

/// The largest body: of a state, 64 MB.
pub(super) fn limit(resource: &str) -> usize {
    if resource == "state" { 64 * BODY_LIMIT } else { BODY_LIMIT }
}

/// Status and body.
pub(super) async fn answer(
    local: &Local,
    method: &Method,
    resource: &str,
    content_type: &str,
    body: &[u8],
) -> (u16, Value) {
    // A page of another site can't send this content type without being allowed to.
    if (method == Method::POST || method == Method::PUT) && !content_type.starts_with("application/json") {
        return (415, json!({ "error": "the content type must be application/json" }));
    }
    let result = match (method.as_str(), resource) {
        ("GET", "accounts") => Ok(accounts(local)),
        ("POST", "accounts") => add_account(local, body),
        ("GET", "roles") => Ok(roles(local)),
        ("GET", "pipelines") => Ok(pipelines(local)),
        ("POST", "outcomes") => read(body).and_then(|it| settings::outcomes(local, it)),
        ("GET", "invocations") => Ok(settings::invocations(local)),
        ("GET", "undocumented") => Ok(json!(local.look().undocumented)),
        ("PUT", "undocumented") => read(body).map(|switches| {
            local.set_undocumented(|all| *all = switches);
            json!({})
        }),
        ("POST", "deployers") => read(body).and_then(|it| settings::deployer(local, it)),
        ("PUT", "organization") => read(body).and_then(|it| settings::organization(local, it)),
        ("POST", "buckets") => read(body).and_then(|it| settings::bucket(local, it)),
        ("POST", "keys") => read(body).and_then(|it| settings::key(local, it)),
        ("GET", "faults") => Ok(json!(local.faults().list())),
        ("POST", "faults") => read(body).and_then(|fault| add_fault(local, fault)),
        ("DELETE", "faults") => {
            local.faults().clear();
            Ok(json!({}))
        }
        ("PUT", "iam-lag") => read::<Option<Lag>>(body).map(|lag| {
            local.faults().set_iam_lag(lag);
            json!({})
        }),
        ("GET", "clock") => Ok(json!({ "milliseconds": local.look().clock })),
        ("POST", "clock") => advance(local, body).await,
        ("GET", "calls") => Ok(json!(local.calls())),
        ("DELETE", "calls") => {
            local.clear_calls();
            Ok(json!({}))
        }
        ("GET", "state") => state(local),
        ("PUT", "state") => replace(local, body),
        ("GET", _) if let Some(id) = resource.strip_prefix("executions/") => shown(local, id),
        (
            _,
            "accounts" | "roles" | "pipelines" | "outcomes" | "invocations" | "undocumented" | "deployers"
            | "organization" | "buckets" | "keys" | "faults" | "iam-lag" | "clock" | "calls" | "state" | "events",
        ) => Err((405, format!("{method} is not possible here"))),
        _ => Err((404, format!("there is no /_local/{resource}"))),
    };
    match result {
        Ok(value) => (200, value),
        Err((status, message)) => (status, json!({ "error": message })),
    }
}

fn state(local: &Local) -> Answer {
    let failed = |error: &dyn std::fmt::Display| (500, error.to_string());
    let text = local.to_json().map_err(|error| failed(&error))?;
    serde_json::from_str(&text).map_err(|error| failed(&error))
}

fn replace(local: &Local, body: &[u8]) -> Answer {
    let text = std::str::from_utf8(body).map_err(|error| (400, error.to_string()))?;
    local.replace(text).map_err(|error| (400, error.to_string()))?;
    Ok(json!({}))
}

fn shown(local: &Local, id: &str) -> Answer {
    view::execution(&local.look(), id).ok_or_else(|| (404, format!("there is no execution `{id}`")))
}

fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, (u16, String)> {
    serde_json::from_slice(body).map_err(|error| (400, error.to_string()))
}

fn text(value: &Value, key: &str) -> Result<String, (u16, String)> {
    let text = value.get(key).and_then(Value::as_str).map(str::to_owned);
    text.ok_or_else(|| (400, format!("`{key}` is missing, or is not a string")))
}

fn accounts(local: &Local) -> Value {
    let key = |id: &AccountId| Some(json!({ "id": id, "access_key_id": local.access_key(id.as_str()).ok()? }));
    local.accounts().iter().filter_map(key).collect()
}

fn add_account(local: &Local, body: &[u8]) -> Answer {
    let id = text(&read(body)?, "id")?;
    local.add_account(&id).map_err(|error| (400, error.to_string()))?;
    let key = local.access_key(&id).map_err(|error| (400, error.to_string()))?;
    Ok(json!({ "id": id, "access_key_id": key }))
}

fn add_fault(local: &Local, fault: Fault) -> Answer {
    if let FaultEffect::Request(request) = &fault.effect {
        let ConcurrentRequest { account, service, operation, .. } = request;
        account.parse::<AccountId>().map_err(|error| (400, error.to_string()))?;
        known(Some(service), Some(operation))?;
    }
    if let Some(account) = &fault.account {
        account.parse::<AccountId>().map_err(|error| (400, error.to_string()))?;
    }
    known(fault.service.as_deref(), fault.operation.as_deref())?;
    local.faults().add(fault);
    Ok(json!({}))
}

fn known(service: Option<&str>, operation: Option<&str>) -> Result<(), (u16, String)> {
    unknown(service, operation).map_or(Ok(()), |wrong| Err((400, wrong)))
}

fn roles(local: &Local) -> Value {
    let store = local.look();
    store.accounts.values().flat_map(|account| account.roles.values()).map(|role| json!(role.arn.to_string())).collect()
}

fn pipelines(local: &Local) -> Value {
    let store = local.look();
    let all = store.pipelines.iter();
    all.map(|(arn, pipeline)| {
        let executions = pipeline.executions.values();
        let executions: Value = executions.map(|e| json!({ "id": e.id, "status": e.status.as_str() })).collect();
        json!({
            "account": arn.account().as_str(),
            "region": arn.region().as_str(),
            "name": arn.name().as_str(),
            "executions": executions,
        })
    })
    .collect()
}

async fn advance(local: &Local, body: &[u8]) -> Answer {
    let value: Value = read(body)?;
    let seconds = value.get("advance_seconds").and_then(Value::as_u64).filter(|seconds| *seconds <= MOST_SECONDS);
    let seconds = seconds.ok_or_else(|| (400, format!("`advance_seconds` is not a number up to {MOST_SECONDS}")))?;
    let milliseconds = i64::try_from(Duration::from_secs(seconds).as_millis()).unwrap_or(i64::MAX);
    let end = local.look().clock.saturating_add(milliseconds);
    local.aws.pass_in_slices(end).await;
    Ok(json!({ "milliseconds": local.look().clock }))
}
