//! The operations of IAM.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::documents::check_identity;
use super::roles::{create_role, update_trust};
use crate::core::ids::{AccountId, Partition, RoleArn, RoleName};
use crate::core::policy::evaluate::Caller;
use crate::local::authorization::authorize;
use crate::local::refusal::Refusal;
use crate::local::store::{Store, StoredRole};
use crate::local::trust::trust;
use crate::local::wire::{Call, Parameters, element};

/// IAM returns documents percent-encoded, following RFC 3986.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, ENCODED).to_string()
}

pub(crate) fn answer(store: &mut Store, call: &Call, parameters: &Parameters) -> Result<String, Refusal> {
    let account = match &call.caller {
        Caller::Account(id) => id.clone(),
        Caller::Session { role, .. } => role.account().clone(),
        Caller::Service(name) => return Err(Refusal::unsupported(&format!("calls by {name}"))),
    };
    let resource = match parameters.get("RoleName") {
        Some(name) => {
            let found = store.role_mut(&account, name).map(|r| r.arn.to_string());
            found.unwrap_or_else(|_| format!("arn:aws:iam::{account}:role/{name}"))
        }
        None => parameters.get("PolicyArn").unwrap_or("*").to_owned(),
    };
    authorize(store, call, "iam", &resource)?;
    let cx = IamRequest { account, parameters };
    match call.operation.as_str() {
        "CreateRole" => cx.create_role(store),
        "GetRole" => {
            let record = cx.role(store)?.clone();
            Ok(role_element(store, &record))
        }
        "DeleteRole" => cx.delete_role(store),
        "UpdateAssumeRolePolicy" => {
            let (name, document) = (parameters.need("RoleName")?, parameters.need("PolicyDocument")?);
            update_trust(store, &cx.account, name, document)?;
            Ok(String::new())
        }
        "TagRole" => {
            let tags = parameters.tags();
            cx.role(store)?.tags.extend(tags);
            Ok(String::new())
        }
        "UntagRole" => {
            let keys = parameters.list("TagKeys");
            cx.role(store)?.tags.retain(|key, _| !keys.contains(key));
            Ok(String::new())
        }
        "ListRoleTags" => {
            let tags = tags_element(cx.role(store)?);
            Ok(format!("{tags}<IsTruncated>false</IsTruncated>"))
        }
        "PutRolePolicy" => {
            let document = parameters.need("PolicyDocument")?;
            check_identity(document)?;
            let name = parameters.need("PolicyName")?.to_owned();
            cx.role(store)?.inline.insert(name, document.to_owned());
            Ok(String::new())
        }
        "GetRolePolicy" => cx.get_role_policy(store),
        "DeleteRolePolicy" => {
            let name = parameters.need("PolicyName")?;
            let role = cx.role(store)?;
            role.inline.shift_remove(name).map(|_| String::new()).ok_or_else(|| no_policy(name))
        }
        "ListRolePolicies" => {
            let names: String = cx.role(store)?.inline.keys().map(|name| element("member", name)).collect();
            Ok(format!("<PolicyNames>{names}</PolicyNames><IsTruncated>false</IsTruncated>"))
        }
        "ListAttachedRolePolicies" => {
            let members = cx.role(store)?.attached.iter().map(|arn| {
                let name = arn.rsplit('/').next().unwrap_or_default();
                format!("<member>{}{}</member>", element("PolicyName", name), element("PolicyArn", arn))
            });
            let members: String = members.collect();
            Ok(format!("<AttachedPolicies>{members}</AttachedPolicies><IsTruncated>false</IsTruncated>"))
        }
        "AttachRolePolicy" => {
            let arn = cx.policy_arn(store)?;
            cx.role(store)?.attached.insert(arn);
            Ok(String::new())
        }
        "DetachRolePolicy" => {
            let arn = parameters.need("PolicyArn")?;
            let role = cx.role(store)?;
            if role.attached.shift_remove(arn) { Ok(String::new()) } else { Err(no_policy(arn)) }
        }
        "CreatePolicy" => cx.create_policy(store),
        "GetPolicy" => {
            let arn = cx.policy_arn(store)?;
            Ok(policy_element(&arn))
        }
        "GetPolicyVersion" => {
            let arn = cx.policy_arn(store)?;
            let text = store.account(&cx.account)?.policies.get(&arn).cloned().unwrap_or_default();
            Ok(format!(
                "<PolicyVersion>{}{}<IsDefaultVersion>true</IsDefaultVersion></PolicyVersion>",
                element("Document", &encoded(&text)),
                element("VersionId", "v1")
            ))
        }
        other => Err(Refusal::unsupported(&format!("iam:{other}"))),
    }
}

fn no_policy(name: &str) -> Refusal {
    Refusal::new("NoSuchEntity", format!("The role policy with name {name} cannot be found.")).status(404)
}

struct IamRequest<'a> {
    account: AccountId,
    parameters: &'a Parameters,
}

impl IamRequest<'_> {
    fn role<'w>(&self, store: &'w mut Store) -> Result<&'w mut StoredRole, Refusal> {
        store.role_mut(&self.account, self.parameters.need("RoleName")?)
    }

    fn create_role(&self, store: &mut Store) -> Result<String, Refusal> {
        let name = self.parameters.need("RoleName")?;
        if name.parse::<RoleName>().is_err() {
            let message = "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-";
            return Err(Refusal::new("ValidationError", message));
        }
        if self.parameters.get("PermissionsBoundary").is_some() {
            return Err(Refusal::unsupported("permissions boundaries"));
        }
        let path = self.parameters.get("Path").unwrap_or("/").trim_start_matches('/');
        let arn = RoleArn::new(Partition::aws(), self.account.clone(), &format!("{path}{name}"))
            .map_err(|error| Refusal::new("ValidationError", error.to_string()))?;
        let tags = self.parameters.tags().into_iter().collect();
        let record = create_role(store, &arn, self.parameters.need("AssumeRolePolicyDocument")?, tags)?;
        Ok(role_element(store, &record))
    }

    fn delete_role(&self, store: &mut Store) -> Result<String, Refusal> {
        let role = self.role(store)?;
        if !role.inline.is_empty() || !role.attached.is_empty() {
            let message = "Cannot delete entity, must delete policies first.";
            return Err(Refusal::new("DeleteConflict", message).status(409));
        }
        let key = self.parameters.need("RoleName")?.to_lowercase();
        store.account(&self.account)?.roles.shift_remove(&key);
        Ok(String::new())
    }

    fn get_role_policy(&self, store: &mut Store) -> Result<String, Refusal> {
        let name = self.parameters.need("PolicyName")?;
        let role = self.role(store)?;
        let document = role.inline.get(name).ok_or_else(|| no_policy(name))?;
        Ok([
            element("RoleName", role.arn.name().as_str()),
            element("PolicyName", name),
            element("PolicyDocument", &encoded(document)),
        ]
        .concat())
    }

    fn create_policy(&self, store: &mut Store) -> Result<String, Refusal> {
        let (name, document) = (self.parameters.need("PolicyName")?, self.parameters.need("PolicyDocument")?);
        check_identity(document)?;
        let path = self.parameters.get("Path").unwrap_or("/");
        let arn = format!("arn:aws:iam::{}:policy{path}{name}", self.account);
        let policies = &mut store.account(&self.account)?.policies;
        if policies.insert(arn.clone(), document.to_owned()).is_some() {
            let message = format!("A policy called {name} already exists. Duplicate names are not allowed.");
            return Err(Refusal::new("EntityAlreadyExists", message).status(409));
        }
        Ok(policy_element(&arn))
    }

    fn policy_arn(&self, store: &mut Store) -> Result<String, Refusal> {
        let arn = self.parameters.need("PolicyArn")?;
        if store.account(&self.account)?.policies.contains_key(arn) {
            return Ok(arn.to_owned());
        }
        if arn.starts_with("arn:aws:iam::aws:policy/") {
            return Err(Refusal::unsupported("managed policies of AWS"));
        }
        let message = format!("Policy {arn} does not exist or is not attachable.");
        Err(Refusal::new("NoSuchEntity", message).status(404))
    }
}

fn policy_element(arn: &str) -> String {
    let name = arn.rsplit('/').next().unwrap_or_default();
    format!(
        "<Policy>{}{}{}</Policy>",
        element("PolicyName", name),
        element("Arn", arn),
        element("DefaultVersionId", "v1")
    )
}

fn tags_element(role: &StoredRole) -> String {
    let members = role
        .tags
        .iter()
        .map(|(key, value)| format!("<member>{}{}</member>", element("Key", key), element("Value", value)));
    format!("<Tags>{}</Tags>", members.collect::<String>())
}

fn role_element(store: &Store, role: &StoredRole) -> String {
    let created = aws_smithy_types::DateTime::from_millis(role.created)
        .fmt(aws_smithy_types::date_time::Format::DateTime)
        .unwrap_or_default();
    format!(
        "<Role>{}{}{}{}{}{}{}</Role>",
        element("Path", role.arn.path()),
        element("RoleName", role.arn.name().as_str()),
        element("RoleId", &role.id),
        element("Arn", &role.arn.to_string()),
        element("CreateDate", &created),
        element("AssumeRolePolicyDocument", &encoded(&trust(store, role).to_json())),
        tags_element(role),
    )
}
