//! Roles and policies as IAM returns them.

use indexmap::IndexMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::local::managed_policy::{PolicyVersion, StoredPolicy};
use crate::local::services::query::{date, list};
use crate::local::store::{Store, StoredAccount, StoredRole};
use crate::local::trust::trust;
use crate::local::wire::element;

/// IAM returns documents percent-encoded, following RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(super) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

fn optional(name: &str, value: Option<&str>) -> String {
    value.map(|value| element(name, value)).unwrap_or_default()
}

pub(super) fn tag((key, value): (&String, &String)) -> String {
    element("Key", key) + &element("Value", value)
}

fn tags(tags: &IndexMap<String, String>) -> String {
    if tags.is_empty() { String::new() } else { list("Tags", tags.iter().map(tag)) }
}

/// A role with all its members.
pub(super) fn role(store: &Store, role: &StoredRole) -> String {
    let boundary = role.boundary.as_deref().map(|arn| {
        let members =
            [element("PermissionsBoundaryType", "PermissionsBoundaryPolicy"), element("PermissionsBoundaryArn", arn)];
        format!("<PermissionsBoundary>{}</PermissionsBoundary>", members.concat())
    });
    [listed_role(store, role), boundary.unwrap_or_default(), tags(&role.tags)].concat()
}

/// A role in a list, where IAM leaves out boundary and tags.
pub(super) fn listed_role(store: &Store, role: &StoredRole) -> String {
    let other: String = role.other.iter().map(|(name, value)| element(name, value)).collect();
    [
        element("Path", role.arn.path()),
        element("RoleName", role.arn.name().as_str()),
        element("RoleId", &role.id),
        element("Arn", &role.arn.to_string()),
        date("CreateDate", role.created),
        element("AssumeRolePolicyDocument", &encoded(&trust(store, role).to_json())),
        optional("Description", role.description.as_deref()),
        element("MaxSessionDuration", &role.max_session.to_string()),
        other,
    ]
    .concat()
}

/// A policy with all its members. GetPolicy returns the list of tags also where there are none.
pub(super) fn policy(account: &StoredAccount, policy: &StoredPolicy) -> String {
    let description = optional("Description", policy.description.as_deref());
    [listed_policy(account, policy), description, list("Tags", policy.tags.iter().map(tag))].concat()
}

/// A policy that was created, where IAM leaves out the description.
pub(super) fn created_policy(policy: &StoredPolicy) -> String {
    [used_policy((0, 0), policy), tags(&policy.tags)].concat()
}

/// A policy in a list, where IAM leaves out description and tags.
pub(super) fn listed_policy(account: &StoredAccount, policy: &StoredPolicy) -> String {
    used_policy(usage(account, &policy.arn), policy)
}

fn used_policy((attached, boundary): (usize, usize), policy: &StoredPolicy) -> String {
    [
        element("PolicyName", &policy.name),
        element("PolicyId", &policy.id),
        element("Arn", &policy.arn),
        element("Path", &policy.path),
        element("DefaultVersionId", &format!("v{}", policy.default)),
        element("AttachmentCount", &attached.to_string()),
        element("PermissionsBoundaryUsageCount", &boundary.to_string()),
        element("IsAttachable", "true"),
        date("CreateDate", policy.created),
        date("UpdateDate", policy.updated),
    ]
    .concat()
}

/// How many roles of an account a policy is attached to, and how many have it as their boundary.
pub(super) fn usage(account: &StoredAccount, arn: &str) -> (usize, usize) {
    let count = |uses: &dyn Fn(&StoredRole) -> bool| account.roles.values().filter(|role| uses(role)).count();
    (count(&|role| role.attached.contains(arn)), count(&|role| role.boundary.as_deref() == Some(arn)))
}

/// A version of a policy. Lists leave out the document.
pub(super) fn version(policy: &StoredPolicy, version: &PolicyVersion, document: bool) -> String {
    [
        optional("Document", document.then(|| encoded(&version.document)).as_deref()),
        element("VersionId", &version.id()),
        element("IsDefaultVersion", if version.number == policy.default { "true" } else { "false" }),
        date("CreateDate", version.created),
    ]
    .concat()
}
