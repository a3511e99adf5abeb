//! STS: GetCallerIdentity and AssumeRole.

use crate::core::ids::RoleArn;
use crate::core::policy::evaluate::{Caller, RequestContext};
use crate::local::authorization::may_assume;
use crate::local::refusal::Refusal;
use crate::local::store::Store;
use crate::local::wire::{Call, Parameters, element};

pub(super) fn answer(store: &mut Store, call: &Call, parameters: &Parameters) -> Result<String, Refusal> {
    match call.operation.as_str() {
        "GetCallerIdentity" => Ok(identity(store, &call.caller)),
        "AssumeRole" => assume(store, call, parameters),
        other => Err(Refusal::unsupported(&format!("sts:{other}"))),
    }
}

fn identity(store: &Store, caller: &Caller) -> String {
    let (account, id) = match caller {
        Caller::Account(account) => (account.to_string(), account.to_string()),
        Caller::Session { role, session } => {
            let id = store.role(role).map(|r| r.id.clone()).unwrap_or_default();
            (role.account().to_string(), format!("{id}:{session}"))
        }
        Caller::Service(name) => (String::new(), name.clone()),
    };
    [element("Arn", &caller.arn()), element("UserId", &id), element("Account", &account)].concat()
}

fn assume(store: &mut Store, call: &Call, parameters: &Parameters) -> Result<String, Refusal> {
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
    may_assume(store, &call.caller, &arn, &context)?;
    let caller = Caller::Session { role: arn, session };
    let arn = caller.arn();
    let key = store.session_key(caller);
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
