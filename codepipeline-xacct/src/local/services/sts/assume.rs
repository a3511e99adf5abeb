//! AssumeRole.

use indexmap::IndexMap;

use super::credentials::{HOUR, credentials};
use crate::core::check::tags::{TAG_KEY, TAG_VALUE, TAGS};
use crate::core::ids::{Partition, RoleArn};
use crate::core::policy::evaluate::{Caller, KeyValue, RequestContext};
use crate::core::policy::quota::{SESSION, SESSION_POLICIES};
use crate::core::policy::validate::accept;
use crate::core::policy::{ASSUME_ROLE, Document, DocumentKind};
use crate::local::authorization::{Assumption, add_tags, denied, may_assume_with};
use crate::local::policies_of_aws::refuse_unknown_of_aws;
use crate::local::refusal::Refusal;
use crate::local::role_session::RoleSession;
use crate::local::services::query::{check_length, constraint, number, required};
use crate::local::store::Store;
use crate::local::wire::{Call, Parameters, element};

pub(super) fn assume(store: &mut Store, call: &Call, parameters: &Parameters) -> Result<String, Refusal> {
    let text = required(parameters, "RoleArn")?;
    let name = session_name(parameters)?;
    let role: RoleArn = text.parse().map_err(|_| Refusal::new("ValidationError", format!("{text} is invalid")))?;
    let asked = Asked::of(parameters, store.session(&call.key))?;
    authorize(store, call, &role, &name, &asked, parameters.get("ExternalId"))?;

    let seconds = duration(store, call, &role, parameters)?;
    let policies = session_policies(store, &role, parameters)?;
    let role_id = store.role(&role).map(|record| record.id.clone()).unwrap_or_default();
    let expires = store.clock.saturating_add(seconds.saturating_mul(1000));
    let source_identity = asked.source_identity.clone();
    let session = RoleSession {
        role_id: role_id.clone(),
        policies,
        tags: asked.tags,
        transitive: asked.transitive,
        source_identity: source_identity.clone(),
        expires,
    };
    let user_id = element("AssumedRoleId", &format!("{role_id}:{name}"));
    let caller = Caller::Session { role, session: name };
    let user = [user_id, element("Arn", &caller.arn())];
    let key = store.session_key(caller, session);
    Ok(format!(
        "{}<AssumedRoleUser>{}</AssumedRoleUser>{}",
        credentials(&key, expires),
        user.concat(),
        source_identity.map(|identity| element("SourceIdentity", &identity)).unwrap_or_default(),
    ))
}

/// What a session is asked to carry, with what it inherits from the caller's.
struct Asked {
    tags: IndexMap<String, String>,
    transitive: Vec<String>,
    source_identity: Option<String>,
}

impl Asked {
    fn of(parameters: &Parameters, parent: Option<&RoleSession>) -> Result<Self, Refusal> {
        let asked = parameters.tags();
        if asked.len() > TAGS {
            let limit = format!("Member must have length less than or equal to {TAGS}");
            return Err(constraint(&format!("{} tags", asked.len()), "Tags", &limit));
        }
        let mut tags = IndexMap::new();
        let mut transitive = Vec::new();
        for key in parent.into_iter().flat_map(|parent| &parent.transitive) {
            if let Some(value) = parent.and_then(|parent| parent.tags.get(key)) {
                tags.insert(key.clone(), value.clone());
                transitive.push(key.clone());
            }
        }
        let inherited = tags.len();
        for (key, value) in &asked {
            check_length(key, "Tags", 1, TAG_KEY)?;
            check_length(value, "Tags", 0, TAG_VALUE)?;
            let place = tags.keys().position(|other| other.to_lowercase() == key.to_lowercase());
            match place {
                Some(index) if index < inherited => {
                    let message = format!(
                        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session: {key}"
                    );
                    return Err(Refusal::new("InvalidParameterValue", message));
                }
                Some(_) => {
                    let message =
                        "Duplicate tag keys found. Please note that Tag keys are case insensitive.".to_owned();
                    return Err(Refusal::new("InvalidParameterValue", message));
                }
                None => drop(tags.insert(key.clone(), value.clone())),
            }
        }
        for key in parameters.list("TransitiveTagKeys") {
            if !asked.iter().any(|(other, _)| *other == key) {
                let message = format!("The transitive tag key {key} is not one of the requested tags");
                return Err(Refusal::new("InvalidParameterValue", message));
            }
            transitive.push(key);
        }
        let inherited = parent.and_then(|parent| parent.source_identity.clone());
        let source_identity = match parameters.get("SourceIdentity") {
            Some(text) => {
                check_text(text, "SourceIdentity", 2..=64, b"_+=,.@-")?;
                Some(text.to_owned())
            }
            None => inherited,
        };
        Ok(Self { tags, transitive, source_identity })
    }
}

fn session_name(parameters: &Parameters) -> Result<String, Refusal> {
    let name = required(parameters, "RoleSessionName")?;
    check_text(name, "RoleSessionName", 2..=64, b"_+=,.@-")?;
    Ok(name.to_owned())
}

fn check_text(text: &str, key: &str, length: std::ops::RangeInclusive<usize>, others: &[u8]) -> Result<(), Refusal> {
    check_length(text, key, *length.start(), *length.end())?;
    if text.bytes().all(|b| b.is_ascii_alphanumeric() || others.contains(&b)) {
        return Ok(());
    }
    let others: String = others.iter().filter(|b| **b != b'_').map(|b| char::from(*b)).collect();
    Err(constraint(text, key, &format!("Member must satisfy regular expression pattern: [\\w{others}]*")))
}

/// Whether the caller may assume the role, set the tags and set the source identity.
fn authorize(
    store: &Store,
    call: &Call,
    role: &RoleArn,
    name: &str,
    asked: &Asked,
    external_id: Option<&str>,
) -> Result<(), Refusal> {
    if let Some(id) = external_id {
        check_text(id, "ExternalId", 2..=1224, b"_+=,.@:/-")?;
    }
    let mut context = RequestContext::new();
    let or_absent = |value: Option<&str>| value.map_or(KeyValue::Absent, KeyValue::from);
    let list = |keys: Vec<String>| if keys.is_empty() { KeyValue::Absent } else { KeyValue::Values(keys) };
    context.insert("aws:RequestedRegion", call.region.as_str());
    context.insert("sts:RoleSessionName", name);
    context.insert("sts:ExternalId", or_absent(external_id));
    context.insert("sts:SourceIdentity", or_absent(asked.source_identity.as_deref()));
    context.insert("sts:TransitiveTagKeys", list(asked.transitive.clone()));
    context.insert("aws:TagKeys", list(asked.tags.keys().cloned().collect()));
    add_tags(&mut context, &["aws:RequestTag"], &asked.tags);
    let actions = [
        (ASSUME_ROLE, true),
        ("sts:TagSession", !asked.tags.is_empty()),
        ("sts:SetSourceIdentity", asked.source_identity.is_some()),
    ];
    let session = store.session(&call.key);
    // Once it is set, nothing changes it.
    if let Some(set) = session.and_then(|session| session.source_identity.as_ref())
        && asked.source_identity.as_ref() != Some(set)
    {
        return Err(denied(&call.caller, "sts:SetSourceIdentity", &role.to_string(), ""));
    }
    actions.into_iter().filter(|(_, needed)| *needed).try_for_each(|(action, _)| {
        may_assume_with(store, &Assumption { caller: &call.caller, session, role, action }, &context)
    })
}

fn duration(store: &Store, call: &Call, role: &RoleArn, parameters: &Parameters) -> Result<i64, Refusal> {
    let seconds = number(parameters, "DurationSeconds", SESSION)?.unwrap_or(HOUR);
    let refused = |message: &str| Err(Refusal::new("ValidationError", message));
    if seconds > HOUR && matches!(call.caller, Caller::Session { .. }) {
        return refused(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        );
    }
    if store.role(role).is_some_and(|record| seconds > record.max_session) {
        return refused("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
    }
    Ok(seconds)
}

fn session_policies(store: &Store, role: &RoleArn, parameters: &Parameters) -> Result<Option<Vec<Document>>, Refusal> {
    let inline = parameters.get("Policy");
    let arns: Vec<&str> = (1..).map_while(|i| parameters.get(&format!("PolicyArns.member.{i}.arn"))).collect();
    if arns.len() > SESSION_POLICIES {
        let limit = format!("Member must have length less than or equal to {SESSION_POLICIES}");
        return Err(constraint(&format!("{} ARNs", arns.len()), "PolicyArns", &limit));
    }
    if inline.is_none() && arns.is_empty() {
        return Ok(None);
    }
    let mut documents = Vec::new();
    if let Some(text) = inline {
        documents.push(accept(text, DocumentKind::Session, &Partition::aws())?);
    }
    for arn in arns {
        refuse_unknown_of_aws(arn)?;
        let policy = store.policy(role.account(), arn);
        let missing = || Refusal::new("ValidationError", format!("Policy {arn} does not exist or is not attachable."));
        documents.push(policy.and_then(|policy| policy.document()).ok_or_else(missing)?);
    }
    Ok(Some(documents))
}
