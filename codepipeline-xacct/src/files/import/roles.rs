//! Roles, from what the commands of the AWS CLI print about them, and from chains of roles.

use serde_json::Value;

use crate::core::ids::RoleArn;
use crate::core::wiring::input;
use crate::files::source_file::SourceFile;

/// What a file says about a role.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum GivenRole {
    /// A role by its ARN.
    Role {
        arn: RoleArn,
        trust: Option<Value>,
        /// All of its policies, where the file has them all.
        policies: Option<Vec<Value>>,
        /// Its permissions boundary, where the file has it.
        boundary: Option<Value>,
        /// True where it is known to have policies or a boundary whose text is not given.
        incomplete: bool,
        /// `file:line:column`, if a file has it.
        at: Option<String>,
    },
    /// A policy of a role, by the name of the role.
    Policy { role: String, document: Value },
}

#[cfg(feature = "sdk")]
impl GivenRole {
    /// A role that was read.
    pub(super) fn of_known(role: &crate::core::wiring::KnownRole) -> Self {
        let json = |document: &crate::core::policy::Document| serde_json::to_value(document).unwrap_or_default();
        let policies = role.policies.as_ref();
        Self::Role {
            arn: role.arn.clone(),
            trust: role.trust.as_ref().map(json),
            policies: policies.map(|policies| policies.iter().map(|policy| json(&policy.document)).collect()),
            boundary: role.boundary.as_ref().map(json),
            incomplete: policies.is_none(),
            at: None,
        }
    }
}

impl GivenRole {
    /// With where its file has its ARN.
    pub(super) fn placed(mut self, source: &SourceFile) -> Self {
        if let Self::Role { arn, at, .. } = &mut self {
            *at = source.text().find(&format!("\"{arn}\"")).map(|offset| source.at(offset));
        }
        self
    }
}

/// What a JSON text says about roles; `None` where it is about something else. What isn't readable is an error.
pub(super) fn read(value: &Value) -> Option<Result<Vec<GivenRole>, String>> {
    if let Some(role) = value.get("Role") {
        return Some(role_of(role, None).map(|role| vec![role]));
    }
    if let (Some(role), Some(document)) = (value.get("RoleName").and_then(Value::as_str), value.get("PolicyDocument")) {
        let document = document_of(document);
        return Some(Ok(vec![GivenRole::Policy { role: role.to_owned(), document }]));
    }
    if let Some(roles) = value.get("RoleDetailList").and_then(Value::as_array) {
        let managed = value.get("Policies").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        return Some(roles.iter().map(|role| role_of(role, Some(managed))).collect());
    }
    if value.get("service_role").is_some() {
        // Without a member that is misspelt, the roles would be others.
        if let Err(error) = input::read(value, &[]) {
            return Some(Err(format!("this is not a chain of roles: {error}")));
        }
        return Some(
            ["service_role", "action_role"].iter().filter_map(|name| given(value, name)).map(of_chain).collect(),
        );
    }
    None
}

/// A member that is there and is not `null`.
fn given<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.get(name).filter(|member| !member.is_null())
}

/// A role of get-role, or of get-account-authorization-details, which has the managed policies too.
fn role_of(role: &Value, managed: Option<&[Value]>) -> Result<GivenRole, String> {
    let arn = role.get("Arn").and_then(Value::as_str).ok_or("this role has no `Arn`")?;
    let arn = arn.parse::<RoleArn>().map_err(|error| error.to_string())?;
    let trust = given(role, "AssumeRolePolicyDocument").map(document_of);
    let in_force = |arn: Option<&Value>| {
        let arn = arn?;
        let found = managed?.iter().find(|known| known.get("Arn") == Some(arn))?;
        let mut versions = found.get("PolicyVersionList")?.as_array()?.iter();
        versions
            .find(|version| version.get("IsDefaultVersion") == Some(&Value::Bool(true)))?
            .get("Document")
            .map(document_of)
    };
    let list = |name: &str| role.get(name).and_then(Value::as_array).into_iter().flatten();
    let inline = list("RolePolicyList").map(|policy| policy.get("PolicyDocument").map(document_of));
    let attached = list("AttachedManagedPolicies").map(|policy| in_force(policy.get("PolicyArn")));
    // What was removed from the output isn't known.
    let is_whole = ["RolePolicyList", "AttachedManagedPolicies"].iter().all(|list| role.get(list).is_some());
    let managed = managed.filter(|_| is_whole);
    let policies: Option<Vec<Value>> = managed.and_then(|_| inline.chain(attached).collect());
    let bounded = given(role, "PermissionsBoundary");
    let boundary = bounded.and_then(|boundary| in_force(boundary.get("PermissionsBoundaryArn")));
    let incomplete = managed.is_some() && policies.is_none() || bounded.is_some() && boundary.is_none();
    Ok(GivenRole::Role { arn, trust, policies: policies.filter(|_| !incomplete), boundary, incomplete, at: None })
}

fn of_chain(role: &Value) -> Result<GivenRole, String> {
    let arn = role.get("arn").and_then(Value::as_str).ok_or("this role has no `arn`")?;
    let arn = arn.parse::<RoleArn>().map_err(|error| error.to_string())?;
    // A policy may have a name, with the document beside it.
    let plain = |policy: &Value| document_of(policy.get("document").unwrap_or(policy));
    let policies = role.get("policies").and_then(Value::as_array);
    Ok(GivenRole::Role {
        arn,
        trust: given(role, "trust").map(plain),
        policies: policies.map(|policies| policies.iter().map(plain).collect()),
        boundary: given(role, "permissions_boundary").map(plain),
        incomplete: false,
        at: None,
    })
}

/// A document; IAM itself returns it as text.
fn document_of(value: &Value) -> Value {
    match value {
        Value::String(text) => serde_json::from_str(text).unwrap_or_else(|_| value.clone()),
        other => other.clone(),
    }
}
