//! STS: GetCallerIdentity and AssumeRole.

use super::http::{Call, Parameters, element};
use super::world::{Refusal, World};
use crate::core::ids::RoleArn;
use crate::core::policy::evaluate::{Caller, RequestContext, Verdict, assume_role};

pub(super) fn answer(world: &mut World, call: &Call, parameters: &Parameters) -> Result<String, Refusal> {
    match call.operation.as_str() {
        "GetCallerIdentity" => Ok(identity(world, &call.caller)),
        "AssumeRole" => assume(world, call, parameters),
        other => Err(Refusal::unsupported(&format!("sts:{other}"))),
    }
}

fn identity(world: &World, caller: &Caller) -> String {
    let (account, id) = match caller {
        Caller::Account(account) => (account.to_string(), account.to_string()),
        Caller::Session { role, session } => {
            let id = world.role(role).map(|r| r.id.clone()).unwrap_or_default();
            (role.account().to_string(), format!("{id}:{session}"))
        }
        Caller::Service(name) => (String::new(), name.clone()),
    };
    [element("Arn", &caller.arn()), element("UserId", &id), element("Account", &account)].concat()
}

fn assume(world: &mut World, call: &Call, parameters: &Parameters) -> Result<String, Refusal> {
    let text = parameters.need("RoleArn")?;
    let session = parameters.need("RoleSessionName")?.to_owned();
    let arn: RoleArn = text.parse().map_err(|_| Refusal::new("ValidationError", format!("{text} is invalid")))?;
    if parameters.get("Policy").is_some() {
        return Err(Refusal::unsupported("session policies"));
    }
    let mut context = RequestContext::from([("sts:rolesessionname".to_owned(), session.clone())]);
    if let Some(id) = parameters.get("ExternalId") {
        context.insert("sts:externalid".to_owned(), id.to_owned());
    }
    may_assume(world, &call.caller, &arn, &context)?;
    let caller = Caller::Session { role: arn, session };
    let arn = caller.arn();
    let key = world.session_key(caller);
    let expiration = "2099-01-01T00:00:00Z";
    Ok(format!(
        "<Credentials>{}{}{}{}</Credentials><AssumedRoleUser>{}{}</AssumedRoleUser>",
        element("AccessKeyId", &key),
        element("SecretAccessKey", "local"),
        element("SessionToken", "local"),
        element("Expiration", expiration),
        element("Arn", &arn),
        element("AssumedRoleId", &key),
    ))
}

/// Whether a caller may assume a role. STS does not tell a role that doesn't exist from one that doesn't trust.
pub(super) fn may_assume(
    world: &World,
    caller: &Caller,
    arn: &RoleArn,
    context: &RequestContext,
) -> Result<(), Refusal> {
    let policies = match caller {
        Caller::Session { role, .. } => world.identity_policies(role),
        _ => Vec::new(),
    };
    let mut context = context.clone();
    if let Caller::Session { role, session } = caller
        && let Some(record) = world.role(role)
    {
        context.insert("aws:userid", format!("{}:{session}", record.id));
    }
    let verdict = match world.role(arn) {
        Some(record) => assume_role(caller, &policies, arn, &world.trust(record), &context),
        None => Verdict::Denied(String::new()),
    };
    match verdict {
        Verdict::Allowed => Ok(()),
        Verdict::Denied(_) => {
            let message =
                format!("User: {} is not authorized to perform: sts:AssumeRole on resource: {arn}", caller.arn());
            Err(Refusal::new("AccessDenied", message).status(403))
        }
        Verdict::Unknown(why) => Err(Refusal::unsupported(&format!("{why}, on which assuming `{arn}` depends"))),
    }
}
