//! What each operation of IAM asks for: the resource, and the condition keys of IAM.
//!
//! Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS Identity and Access Management".

use indexmap::IndexMap;

use super::request::IamRequest;
use crate::core::policy::evaluate::{KeyValue, RequestContext};
use crate::local::authorization::{add_tags, authorize_action};
use crate::local::refusal::Refusal;
use crate::local::store::Store;
use crate::local::wire::Call;

/// Whether the caller may do what the request asks for. Tags of something new need the right to tag as well.
pub(super) fn authorize_request(store: &Store, call: &Call, request: &IamRequest<'_>) -> Result<(), Refusal> {
    let (resource, context) = (resource(store, call, request), context(store, call, request));
    authorize_action(store, call, &format!("iam:{}", call.operation), &resource, &context)?;
    let tagging = match call.operation.as_str() {
        "CreateRole" => "iam:TagRole",
        "CreatePolicy" => "iam:TagPolicy",
        _ => return Ok(()),
    };
    if request.parameters.tags().is_empty() {
        return Ok(());
    }
    authorize_action(store, call, tagging, &resource, &context)
}

fn resource(store: &Store, call: &Call, request: &IamRequest<'_>) -> String {
    let (account, parameters) = (&request.account, request.parameters);
    let path = |key: &str| parameters.get(key).unwrap_or("/").to_owned();
    match call.operation.as_str() {
        "CreateRole" => {
            let name = parameters.get("RoleName").unwrap_or_default();
            request.arn(&format!("role{}{name}", path("Path")))
        }
        "CreatePolicy" => {
            let name = parameters.get("PolicyName").unwrap_or_default();
            request.arn(&format!("policy{}{name}", path("Path")))
        }
        "ListRoles" => request.arn(&format!("role{}", path("PathPrefix"))),
        "ListPolicies" => format!("policy path {}", path("PathPrefix")),
        "SimulatePrincipalPolicy" => parameters.get("PolicySourceArn").unwrap_or("*").to_owned(),
        _ => match (parameters.get("RoleName"), parameters.get("PolicyArn")) {
            (Some(name), _) => {
                let role = store.accounts.get(account).and_then(|a| a.roles.get(&name.to_lowercase()));
                role.map_or_else(|| request.arn(&format!("role/{name}")), |role| role.arn.to_string())
            }
            (None, arn) => arn.unwrap_or("*").to_owned(),
        },
    }
}

fn context(store: &Store, call: &Call, request: &IamRequest<'_>) -> RequestContext {
    let parameters = request.parameters;
    let mut context = RequestContext::new();
    let role = parameters.get("RoleName").map(str::to_lowercase);
    let account = store.accounts.get(&request.account);
    let role = role.and_then(|name| account?.roles.get(&name));
    let policy = parameters.get("PolicyArn").and_then(|arn| account?.policies.get(arn));
    let tagged = role.map(|role| &role.tags).or(policy.map(|policy| &policy.tags));
    add_tags(&mut context, &["aws:ResourceTag", "iam:ResourceTag"], tagged.unwrap_or(&IndexMap::new()));
    let requested = parameters.tags();
    let mut keys: Vec<String> = requested.iter().map(|(key, _)| key.clone()).collect();
    keys.extend(parameters.list("TagKeys"));
    add_tags(&mut context, &["aws:RequestTag"], &requested.into_iter().collect());
    context.insert("aws:TagKeys", if keys.is_empty() { KeyValue::Absent } else { KeyValue::Values(keys) });
    let of_policy = ["AttachRolePolicy", "DetachRolePolicy"].contains(&call.operation.as_str());
    let arn = parameters.get("PolicyArn").filter(|_| of_policy);
    context.insert("iam:PolicyARN", arn.map_or(KeyValue::Absent, KeyValue::from));
    let boundary = parameters.get("PermissionsBoundary").or(role.and_then(|role| role.boundary.as_deref()));
    context.insert("iam:PermissionsBoundary", boundary.map_or(KeyValue::Absent, KeyValue::from));
    context
}
