//! The condition keys that AWS adds to every request.
//!
//! Source: IAM User Guide, "AWS global condition context keys".

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use indexmap::IndexMap;

use crate::core::ids::AccountId;
use crate::core::policy::evaluate::{ADMINISTRATOR, Caller, KeyValue, RequestContext};
use crate::local::role_session::RoleSession;
use crate::local::store::Store;

/// The context of a request with what is known about its caller and its time.
pub(super) fn with_caller(
    store: &Store,
    caller: &Caller,
    session: Option<&RoleSession>,
    context: &RequestContext,
) -> RequestContext {
    let mut all = RequestContext::of_a_call();
    let seconds = store.clock.div_euclid(1000);
    let now = DateTime::from_secs(seconds).fmt(Format::DateTime).unwrap_or_default();
    all.insert("aws:CurrentTime", now);
    all.insert("aws:EpochTime", seconds.to_string());
    match caller {
        Caller::Service(_) => {}
        Caller::Account(account) => {
            of_a_principal(&mut all);
            all.insert("aws:PrincipalArn", caller.arn());
            all.insert("aws:PrincipalAccount", account.as_str());
            all.insert("aws:PrincipalType", "User");
            all.insert("aws:userid", user_id(account));
            all.insert("aws:username", ADMINISTRATOR);
            all.insert("aws:SourceIdentity", KeyValue::Absent);
            all.insert("aws:PrincipalTag/*", KeyValue::Absent);
        }
        Caller::Session { role, session: name } => {
            of_a_principal(&mut all);
            all.insert("aws:PrincipalArn", role.to_string());
            all.insert("aws:PrincipalAccount", role.account().as_str());
            all.insert("aws:PrincipalType", "AssumedRole");
            all.insert("aws:username", KeyValue::Absent);
            all.insert("aws:PrincipalTag/*", KeyValue::Absent);
            let record = store.role(role);
            if let Some(record) = record {
                all.insert("aws:userid", format!("{}:{name}", record.id));
            }
            let of_role = record.into_iter().flat_map(|record| &record.tags);
            for (key, value) in of_role.chain(session.into_iter().flat_map(|session| &session.tags)) {
                all.insert(format!("aws:PrincipalTag/{key}"), value.as_str());
            }
            let identity = session.and_then(|session| session.source_identity.as_deref());
            all.insert("aws:SourceIdentity", identity.map_or(KeyValue::Absent, KeyValue::from));
        }
    }
    for (key, value) in context.iter() {
        all.insert(key, value.clone());
    }
    all
}

/// The unique id of the administrator of an account.
pub(crate) fn user_id(account: &AccountId) -> String {
    format!("AIDALOCAL{account}")
}

/// A principal that makes its own calls: no service calls on its behalf.
fn of_a_principal(all: &mut RequestContext) {
    all.insert("aws:PrincipalIsAWSService", "false");
    all.insert("aws:ViaAWSService", "false");
    for key in ["aws:SourceArn", "aws:SourceAccount", "aws:CalledVia", "aws:PrincipalServiceName"] {
        all.insert(key, KeyValue::Absent);
    }
}

/// All tags under some families of keys, for example `aws:ResourceTag`: a tag that is not there is known not to be.
pub(crate) fn add_tags(context: &mut RequestContext, families: &[&str], tags: &IndexMap<String, String>) {
    for family in families {
        context.insert(format!("{family}/*"), KeyValue::Absent);
        tags.iter().for_each(|(key, value)| context.insert(format!("{family}/{key}"), value.as_str()));
    }
}
