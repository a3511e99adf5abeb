//! The operations of STS.

use super::assume::assume;
use super::parameters::check;
use super::session_token::session_token;
use crate::core::policy::evaluate::Caller;
use crate::local::authorization::{authorize, user_id};
use crate::local::refusal::Refusal;
use crate::local::services::query::required;
use crate::local::store::Store;
use crate::local::wire::{Call, Parameters, element};

pub(crate) fn answer(store: &mut Store, call: &Call, parameters: &Parameters) -> Result<String, Refusal> {
    check(&call.operation, parameters)?;
    match call.operation.as_str() {
        // It needs no permission, and no policy can deny it.
        "GetCallerIdentity" => Ok(identity(store, &call.caller)),
        "AssumeRole" => assume(store, call, parameters),
        "GetAccessKeyInfo" => access_key_info(store, call, parameters),
        "GetSessionToken" => session_token(store, call, parameters),
        "DecodeAuthorizationMessage" => {
            authorize(store, call, "sts", "*")?;
            required(parameters, "EncodedMessage")?;
            // Local AWS encodes none.
            let message = "Message is not valid";
            Err(Refusal::new("InvalidAuthorizationMessageException", message))
        }
        other => Err(Refusal::unsupported(&format!("sts:{other}"))),
    }
}

fn identity(store: &Store, caller: &Caller) -> String {
    let (account, id) = match caller {
        Caller::Account(account) => (account.to_string(), user_id(account)),
        Caller::Session { role, session } => {
            let id = store.role(role).map(|r| r.id.clone()).unwrap_or_default();
            (role.account().to_string(), format!("{id}:{session}"))
        }
        Caller::Service(name) => (String::new(), name.clone()),
    };
    [element("UserId", &id), element("Account", &account), element("Arn", &caller.arn())].concat()
}

fn access_key_info(store: &Store, call: &Call, parameters: &Parameters) -> Result<String, Refusal> {
    authorize(store, call, "sts", "*")?;
    let key = required(parameters, "AccessKeyId")?;
    match store.caller(key) {
        Some(Caller::Account(account)) => Ok(element("Account", account.as_str())),
        Some(Caller::Session { role, .. }) => Ok(element("Account", role.account().as_str())),
        _ => Err(Refusal::new("ValidationError", format!("Access key ID {key} is invalid"))),
    }
}
