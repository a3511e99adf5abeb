//! What the accounts of local AWS hold, in a form in which it can be compared.

use codepipeline_xacct::core::plan::APPLIED_TAG;
use codepipeline_xacct::local::Local;
use serde_json::{Map, Value, json};

/// Roles and pipelines by their ARNs, without what differs each time: ids, versions, times, executions. Roles in trust policies are named by their ARNs, and
/// those that are gone by `gone`.
pub fn held(local: &Local) -> Result<Map<String, Value>, Box<dyn std::error::Error>> {
    let text = local.to_json()?;
    let saved: Value = serde_json::from_str(&text)?;
    let state = saved.get("state").cloned().unwrap_or_default();
    let each = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
    let mut all = Map::new();
    let ids = each(state.get("role_ids"));
    let accounts = each(state.get("accounts"));
    let roles: Vec<Value> =
        accounts.values().flat_map(|account| each(account.get("roles"))).map(|(_, role)| role).collect();
    for role in &roles {
        let arn = role.get("arn").and_then(Value::as_str).unwrap_or_default();
        let mut trust = role.get("trust").cloned().unwrap_or_default().to_string();
        for (id, arn) in &ids {
            let is_there = roles.iter().any(|role| role.get("id").and_then(Value::as_str) == Some(id));
            trust = trust.replace(id, if is_there { arn.as_str().unwrap_or_default() } else { "gone" });
        }
        let members = ["inline", "attached", "tags", "description", "boundary"];
        let mut kept: Map<String, Value> =
            members.into_iter().map(|key| (key.to_owned(), role.get(key).cloned().unwrap_or_default())).collect();
        kept.insert("trust".to_owned(), serde_json::from_str(&trust)?);
        all.insert(arn.to_owned(), kept.into());
    }
    for (arn, pipeline) in each(state.get("pipelines")) {
        let mut declaration = each(pipeline.get("declaration"));
        declaration.remove("version");
        all.insert(arn, json!({ "declaration": declaration, "tags": pipeline.get("tags") }));
    }
    Ok(all)
}

/// The same without leases.
pub fn without_leases(mut all: Map<String, Value>) -> Map<String, Value> {
    for tags in all.values_mut().filter_map(|thing| thing.get_mut("tags")?.as_object_mut()) {
        tags.retain(|key, _| !key.starts_with("codepipeline-xacct:lease"));
    }
    all
}

/// The same without what the tags say about applies: what is put back is recorded again.
pub fn without_notes(mut all: Map<String, Value>) -> Map<String, Value> {
    for tags in all.values_mut().filter_map(|thing| thing.get_mut("tags")?.as_object_mut()) {
        tags.retain(|key, _| !key.starts_with(APPLIED_TAG));
    }
    all
}

/// The same without the versions in what was applied: after a way back, a pipeline has had more of them.
pub fn without_versions(mut all: Map<String, Value>) -> Map<String, Value> {
    for tags in all.values_mut().filter_map(|thing| thing.get_mut("tags")?.as_object_mut()) {
        if let Some(Value::String(applied)) = tags.get_mut(APPLIED_TAG) {
            let without = |part: &str| match part.split_once('=') {
                Some(("version", _)) => None,
                Some((name, version)) => Some(format!("{name}={}", version.rsplit(':').next().unwrap_or_default())),
                None => Some(part.to_owned()),
            };
            *applied = applied.split('/').filter_map(without).collect::<Vec<_>>().join("/");
        }
        for (_, record) in tags.iter_mut().filter(|(key, _)| key.starts_with("codepipeline-xacct:applied-by:")) {
            if let Value::String(record) = record {
                let has_version = |part: &&str| part.starts_with("seen=") || part.starts_with("from=");
                *record = record.split('/').filter(|part| !has_version(part)).collect::<Vec<_>>().join("/");
            }
        }
    }
    all
}
