//! The operations of IAM.

use super::parameters::check;
use super::request::IamRequest;
use super::requested::authorize_request;
use crate::local::refusal::Refusal;
use crate::local::store::Store;
use crate::local::wire::{Call, Parameters};

pub(crate) fn answer(store: &mut Store, call: &Call, parameters: &Parameters) -> Result<String, Refusal> {
    let account = call.account()?;
    check(&call.operation, parameters)?;
    let cx = IamRequest { account, parameters };
    authorize_request(store, call, &cx)?;
    match call.operation.as_str() {
        "CreateRole" => cx.create_role(store),
        "GetRole" => cx.get_role(store),
        "UpdateRole" => cx.update_role(store),
        "UpdateRoleDescription" => cx.update_role_description(store),
        "DeleteRole" => cx.delete_role(store),
        "ListRoles" => cx.list_roles(store),
        "UpdateAssumeRolePolicy" => cx.update_trust(store),
        "ListInstanceProfilesForRole" => cx.list_instance_profiles(store),
        "PutRolePermissionsBoundary" => cx.put_boundary(store),
        "DeleteRolePermissionsBoundary" => cx.delete_boundary(store),
        "PutRolePolicy" => cx.put_role_policy(store),
        "GetRolePolicy" => cx.get_role_policy(store),
        "DeleteRolePolicy" => cx.delete_role_policy(store),
        "ListRolePolicies" => cx.list_role_policies(store),
        "AttachRolePolicy" => cx.attach(store),
        "DetachRolePolicy" => cx.detach(store),
        "ListAttachedRolePolicies" => cx.list_attached(store),
        "ListEntitiesForPolicy" => cx.list_entities(store),
        "TagRole" => cx.tag_role(store),
        "UntagRole" => cx.untag_role(store),
        "ListRoleTags" => cx.list_role_tags(store),
        "TagPolicy" => cx.tag_policy(store),
        "UntagPolicy" => cx.untag_policy(store),
        "ListPolicyTags" => cx.list_policy_tags(store),
        "CreatePolicy" => cx.create_policy(store),
        "GetPolicy" => cx.get_policy(store),
        "ListPolicies" => cx.list_policies(store),
        "DeletePolicy" => cx.delete_policy(store),
        "CreatePolicyVersion" => cx.create_version(store),
        "SetDefaultPolicyVersion" => cx.set_default_version(store),
        "DeletePolicyVersion" => cx.delete_version(store),
        "GetPolicyVersion" => cx.get_version(store),
        "ListPolicyVersions" => cx.list_versions(store),
        "ListAccountAliases" => cx.list_aliases(store),
        "GetAccountSummary" => cx.summary(store),
        "GetAccountAuthorizationDetails" => cx.details(store),
        "SimulatePrincipalPolicy" => cx.simulate_principal(store),
        "SimulateCustomPolicy" => cx.simulate_custom(store),
        other => Err(Refusal::unsupported(&format!("iam:{other}"))),
    }
}
