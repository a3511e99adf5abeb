//! The parameters that each operation knows. What it doesn't know is an error, or a member of a role that is kept.

use crate::local::refusal::Refusal;
use crate::local::services::query::unknown;
use crate::local::wire::Parameters;

/// The parameters of an operation; `None` where local AWS doesn't have it.
fn known(operation: &str) -> Option<&'static [&'static str]> {
    Some(match operation {
        "CreateRole" => &[
            "Path",
            "RoleName",
            "AssumeRolePolicyDocument",
            "Description",
            "MaxSessionDuration",
            "PermissionsBoundary",
            "Tags",
        ],
        "GetRole" | "DeleteRole" | "DeleteRolePermissionsBoundary" => &["RoleName"],
        "UpdateRole" => &["RoleName", "Description", "MaxSessionDuration"],
        "UpdateRoleDescription" => &["RoleName", "Description"],
        "ListRoles" => &["PathPrefix", "Marker", "MaxItems"],
        "UpdateAssumeRolePolicy" => &["RoleName", "PolicyDocument"],
        "PutRolePermissionsBoundary" => &["RoleName", "PermissionsBoundary"],
        "PutRolePolicy" => &["RoleName", "PolicyName", "PolicyDocument"],
        "GetRolePolicy" | "DeleteRolePolicy" => &["RoleName", "PolicyName"],
        "ListRolePolicies" | "ListRoleTags" | "ListInstanceProfilesForRole" => &["RoleName", "Marker", "MaxItems"],
        "AttachRolePolicy" | "DetachRolePolicy" => &["RoleName", "PolicyArn"],
        "ListAttachedRolePolicies" => &["RoleName", "PathPrefix", "Marker", "MaxItems"],
        "TagRole" => &["RoleName", "Tags"],
        "UntagRole" => &["RoleName", "TagKeys"],
        "CreatePolicy" => &["PolicyName", "Path", "PolicyDocument", "Description", "Tags"],
        "GetPolicy" | "DeletePolicy" => &["PolicyArn"],
        "ListPolicies" => &["Scope", "OnlyAttached", "PathPrefix", "PolicyUsageFilter", "Marker", "MaxItems"],
        "CreatePolicyVersion" => &["PolicyArn", "PolicyDocument", "SetAsDefault"],
        "SetDefaultPolicyVersion" | "DeletePolicyVersion" | "GetPolicyVersion" => &["PolicyArn", "VersionId"],
        "ListPolicyVersions" | "ListPolicyTags" => &["PolicyArn", "Marker", "MaxItems"],
        "ListEntitiesForPolicy" => {
            &["PolicyArn", "EntityFilter", "PathPrefix", "PolicyUsageFilter", "Marker", "MaxItems"]
        }
        "TagPolicy" => &["PolicyArn", "Tags"],
        "UntagPolicy" => &["PolicyArn", "TagKeys"],
        "ListAccountAliases" => &["Marker", "MaxItems"],
        "GetAccountSummary" => &[],
        "GetAccountAuthorizationDetails" => &["Filter", "Marker", "MaxItems"],
        "SimulatePrincipalPolicy" => &[
            "PolicySourceArn",
            "PolicyInputList",
            "PermissionsBoundaryPolicyInputList",
            "ActionNames",
            "ResourceArns",
            "ContextEntries",
            "Marker",
            "MaxItems",
        ],
        "SimulateCustomPolicy" => &[
            "PolicyInputList",
            "PermissionsBoundaryPolicyInputList",
            "ActionNames",
            "ResourceArns",
            "ContextEntries",
            "Marker",
            "MaxItems",
        ],
        _ => return None,
    })
}

/// Refuses operations and parameters that local AWS doesn't have. A role keeps a member that is new to this version.
pub(super) fn check(operation: &str, parameters: &Parameters) -> Result<(), Refusal> {
    let Some(known) = known(operation) else { return Err(Refusal::unsupported(&format!("iam:{operation}"))) };
    let keeps = ["CreateRole", "UpdateRole"].contains(&operation);
    match unknown(parameters, known).into_iter().find(|key| !keeps || !is_member(key)) {
        Some(key) => Err(Refusal::unsupported(&format!("the parameter `{key}` of iam:{operation}"))),
        None => Ok(()),
    }
}

/// The members of a role that are new to this version.
pub(super) fn new_members<'p>(operation: &str, parameters: &'p Parameters) -> Vec<(&'p str, &'p str)> {
    let keys = unknown(parameters, known(operation).unwrap_or_default());
    keys.into_iter().filter_map(|key| Some((key, parameters.get(key)?))).collect()
}

/// Whether an element of an answer can have this name.
fn is_member(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_uppercase()) && key.bytes().all(|b| b.is_ascii_alphanumeric())
}
