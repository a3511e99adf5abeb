//! The request of each hop, with what CodePipeline is known to send.
//!
//! | key | CodePipeline → service role | service role → action role | action role → target |
//! |---|---|---|---|
//! | `aws:SourceAccount` | account of the service role | absent | absent |
//! | `aws:SourceArn` | the pipeline, where it is known | absent | absent |
//! | `aws:PrincipalIsAWSService` | `true` | `false` | `false` |
//! | `aws:ViaAWSService`, `aws:CalledVia` | not known | `false`, absent | `false`, absent |
//! | `aws:PrincipalArn`, `aws:PrincipalAccount` | not known | the service role | the action role |
//! | `aws:PrincipalTag/…` | not known | tags of the service role | tags of the action role |
//! | `aws:PrincipalType` | not known | `AssumedRole` | `AssumedRole` |
//! | `aws:userid` | not known | id of the service role, and a number | id of the action role, and a number |
//! | `aws:TokenIssueTime` | not known | present, value not known | present, value not known |
//! | `aws:username` | not known | absent | absent |
//! | `aws:ResourceAccount` | account of the service role | account of the action role | account of the action role |
//! | `aws:ResourceTag/…`, `iam:ResourceTag/…` | tags of the service role | tags of the action role | not known |
//! | `aws:RequestedRegion` | not known | not known | Region of the target |
//! | `aws:MultiFactorAuthPresent` | not known | absent | not known |
//! | `sts:ExternalId` | absent | absent | absent |
//! | `sts:RoleSessionName` | present, value not known | present, value not known | absent |
//! | `iam:PassedToService` | absent | absent | absent |
//!
//! Every other key is not known. CodePipeline probably sends `aws:SourceAccount` and `aws:SourceArn`, but this is not
//! documented, so a verdict that depends on them has a warning.
//!
//! Sources: IAM User Guide, "AWS global condition context keys" and "IAM and AWS STS condition context keys"; Service
//! Authorization Reference, "Actions, resources, and condition keys for AWS STS" and "… for AWS CodePipeline".

use super::chain::{Chain, KnownRole};
use super::hop::Hop;
use crate::ids::RoleArn;
use crate::policy::context::{KeyValue, RequestContext};
use crate::policy::evaluate::Caller;

/// The keys that CodePipeline probably sends, although this is not documented.
pub(super) const SOURCE_KEYS: [&str; 2] = ["aws:SourceArn", "aws:SourceAccount"];

/// What only a caller outside of AWS sends: CodePipeline has nowhere to set it.
pub(crate) const EXTERNAL_ID: &str = "sts:ExternalId";

/// The context of the request of a hop.
pub(super) fn context(chain: &Chain, hop: Hop) -> RequestContext {
    let mut context = RequestContext::new();
    let service = &chain.service_role;
    context.insert("iam:PassedToService", KeyValue::Absent);
    context.insert(EXTERNAL_ID, KeyValue::Absent);
    match hop {
        Hop::ServiceTrust => {
            context.insert("aws:PrincipalIsAWSService", "true");
            context.insert("aws:SourceAccount", service.arn.account().as_str());
            if let Some(source) = &chain.source {
                context.insert("aws:SourceArn", source.to_string());
            }
            context.insert("aws:ResourceAccount", service.arn.account().as_str());
            context.insert("sts:RoleSessionName", KeyValue::Present);
            role_tags(&mut context, service);
        }
        Hop::Assume => {
            session(&mut context, service);
            context.insert("aws:MultiFactorAuthPresent", KeyValue::Absent);
            context.insert("sts:RoleSessionName", KeyValue::Present);
            if let Some(role) = &chain.action_role {
                context.insert("aws:ResourceAccount", role.arn.account().as_str());
                role_tags(&mut context, role);
            }
        }
        Hop::Start => {
            let role = chain.starter();
            session(&mut context, role);
            context.insert("sts:RoleSessionName", KeyValue::Absent);
            context.insert("aws:ResourceAccount", role.arn.account().as_str());
            if let Some(target) = &chain.target {
                context.insert("aws:RequestedRegion", target.region().as_str());
            }
        }
    }
    for (key, value) in chain.context.of(hop).iter() {
        context.insert(key, value.clone());
    }
    context
}

/// Who makes the request of a hop.
pub(super) fn caller(chain: &Chain, hop: Hop) -> Caller {
    match hop {
        Hop::ServiceTrust => Caller::Service(crate::policy::CODEPIPELINE.to_owned()),
        Hop::Assume => unpredictable_session(&chain.service_role.arn),
        Hop::Start => unpredictable_session(&chain.starter().arn),
    }
}

/// The name of a session is a number that changes with every call, so no document can name it.
pub(crate) fn unpredictable_session(role: &RoleArn) -> Caller {
    Caller::Session { role: role.clone(), session: "<milliseconds>".to_owned() }
}

/// The keys that a call of a session of a role has.
fn session(context: &mut RequestContext, role: &KnownRole) {
    for key in SOURCE_KEYS {
        context.insert(key, KeyValue::Absent);
    }
    for key in ["aws:CalledVia", "aws:CalledViaFirst", "aws:CalledViaLast"] {
        context.insert(key, KeyValue::Absent);
    }
    context.insert("aws:PrincipalIsAWSService", "false");
    context.insert("aws:ViaAWSService", "false");
    principal(context, role);
}

/// The keys that tell which role makes a request, be it itself or through a service.
pub(crate) fn principal(context: &mut RequestContext, role: &KnownRole) {
    context.insert("aws:PrincipalArn", role.arn.to_string());
    context.insert("aws:PrincipalAccount", role.arn.account().as_str());
    context.insert("aws:PrincipalType", "AssumedRole");
    context.insert("aws:username", KeyValue::Absent);
    context.insert("aws:TokenIssueTime", KeyValue::Present);
    context.insert(
        "aws:userid",
        match &role.unique_id {
            Some(id) => KeyValue::Session(id.clone()),
            None => KeyValue::Present,
        },
    );
    tags(context, "aws:PrincipalTag", role);
}

fn role_tags(context: &mut RequestContext, role: &KnownRole) {
    tags(context, "aws:ResourceTag", role);
    tags(context, "iam:ResourceTag", role);
}

fn tags(context: &mut RequestContext, family: &str, role: &KnownRole) {
    if let Some(tags) = &role.tags {
        context.insert(format!("{family}/*"), KeyValue::Absent);
        for (key, value) in tags {
            context.insert(format!("{family}/{key}"), value.as_str());
        }
    }
}
