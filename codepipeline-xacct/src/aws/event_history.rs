//! Who changed a pipeline or a role, from the event history that CloudTrail keeps in each account and Region without a trail.
//!
//! A look-up takes one attribute. That is the name of the operation: most events with the name of a pipeline or a role are of calls that only read it,
//! and one look-up answers for all pipelines and roles of an account.
//!
//! Sources: CloudTrail API Reference, "LookupEvents"; CloudTrail User Guide, "Working with CloudTrail event history" and "CloudTrail record contents for
//! management, data, and network activity events"; for the Region of the calls of IAM, "Global service events".

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde_json::{Value, json};
use tokio::sync::Mutex as AsyncMutex;

use super::contract::time;
use super::error::AwsError;
use super::other_services::OtherService;
use super::read::{ReadError, attached_policies};
use super::session::Session;
use crate::core::contract::{RecordedChange, Term};
use crate::core::ids::{AccountId, Region};
use crate::core::policy::CODEPIPELINE;
use crate::core::topology::Subject;

const TARGET: &str = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents";

/// How many changes are told, the newest first.
const TOLD: usize = 3;

/// How many events of an operation are looked at. A response has up to 50 of them.
const LOOKED_AT: usize = 1000;

/// Reads who changed pipelines and roles. What was read once is not asked for again, and an account and Region is asked for one thing after the other:
/// CloudTrail answers two requests in a second.
pub struct EventHistory<'s> {
    session: &'s Session,
    logs: Mutex<BTreeMap<(AccountId, Region), SharedLogs>>,
}

/// The events of each operation.
type Logs = BTreeMap<&'static str, Log>;
/// Those of an account and a Region, which one reader has at a time.
type SharedLogs = Arc<AsyncMutex<Logs>>;

/// Why it is not known who changed something.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotRecorded {
    /// The event history could not be read.
    #[error("{}", in_short(.0))]
    Unread(#[from] ReadError),
    /// There is no such call in it.
    #[error("CloudTrail has no record of it in the last 90 days")]
    Nothing,
    /// There are so many calls that not all of them were looked at.
    #[error("it is not among the newest {0} calls of its kind in CloudTrail")]
    TooMany(usize),
}

fn in_short(error: &ReadError) -> String {
    let code = match error {
        ReadError::Aws(error) => error.code.as_ref(),
        _ => None,
    };
    match code {
        Some(code) => format!("{code} (cloudtrail:LookupEvents)"),
        None => error.to_string().lines().next().unwrap_or_default().to_owned(),
    }
}

impl Session {
    /// Who changed pipelines and roles of the accounts, as far as CloudTrail's event history says. The credentials need `cloudtrail:LookupEvents`.
    pub fn event_history(&self) -> EventHistory<'_> {
        EventHistory { session: self, logs: Mutex::default() }
    }
}

impl EventHistory<'_> {
    /// The newest calls that changed a term of a pipeline or a role, the newest first, never none. With a time, as a contract has it, only calls
    /// after it count.
    pub async fn changes(
        &self,
        of: &Subject,
        term: Term,
        since: Option<&str>,
    ) -> Result<Vec<RecordedChange>, NotRecorded> {
        let since = since.and_then(|text| DateTime::from_str(text, Format::DateTime).ok()).map(|time| time.secs());
        let Some(region) = region(of) else { return Err(NotRecorded::Nothing) };
        let attached = self.attached(of, term).await;
        let logs = self.logs(of.account(), &region);
        let mut logs = logs.lock().await;
        let (mut found, mut is_whole) = (Vec::new(), true);
        for operation in operations(of, term) {
            let is_of = |event: &Event| event.is_of(&[of.name(), &of.to_string()], matches!(of, Subject::Role(_)));
            is_whole &= self.look_up((of.account(), &region), &mut logs, operation, since, is_of, &mut found).await?;
        }
        for operation in POLICY_VERSIONS.iter().filter(|_| !attached.is_empty()) {
            let policies: Vec<&str> = attached.iter().map(String::as_str).collect();
            let is_of = |event: &Event| event.is_of(&policies, false);
            is_whole &= self.look_up((of.account(), &region), &mut logs, operation, since, is_of, &mut found).await?;
        }
        found.sort_by_key(|(seconds, _)| std::cmp::Reverse(*seconds));
        // What came after the creation is the change.
        let mut index = 0;
        found.retain(|(_, change)| {
            index += 1;
            index == 1 || !matches!(change.operation.as_str(), "CreatePipeline" | "CreateRole")
        });
        found.truncate(TOLD);
        match (found.is_empty(), is_whole) {
            (false, _) => Ok(found.into_iter().map(|(_, change)| change).collect()),
            (true, true) => Err(NotRecorded::Nothing),
            (true, false) => Err(NotRecorded::TooMany(LOOKED_AT)),
        }
    }

    fn logs(&self, account: &AccountId, region: &Region) -> SharedLogs {
        let mut logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(logs.entry((account.clone(), region.clone())).or_default())
    }

    /// The managed policies of a role, whose versions change its rights. Without the right to list them, their changes are not found.
    async fn attached(&self, of: &Subject, term: Term) -> Vec<String> {
        let (Subject::Role(arn), Term::Rights) = (of, term) else { return Vec::new() };
        let Ok(iam) = self.session.iam(arn.account()) else { return Vec::new() };
        attached_policies(iam, arn.account(), arn).await.unwrap_or_default()
    }

    /// Adds the events of an operation that count, and tells whether all of them were looked at. More are read until one counts, or until they are
    /// older than what was found of other operations.
    async fn look_up(
        &self,
        (account, region): (&AccountId, &Region),
        logs: &mut Logs,
        operation: &'static str,
        since: Option<i64>,
        is_of: impl Fn(&Event) -> bool,
        found: &mut Vec<(i64, RecordedChange)>,
    ) -> Result<bool, ReadError> {
        let log = logs.entry(operation).or_default();
        let oldest = found.iter().map(|(seconds, _)| *seconds).max().max(since);
        loop {
            let counts = |event: &&Event| since.is_none_or(|since| event.seconds > since) && is_of(event);
            let before = found.len();
            found.extend(log.events.iter().filter(counts).map(|event| (event.seconds, event.change.clone())));
            let is_older = log.events.last().is_some_and(|last| oldest.is_some_and(|oldest| last.seconds <= oldest));
            if found.len() > before || is_older || matches!(log.next, Next::End) {
                return Ok(true);
            }
            if log.read >= LOOKED_AT {
                return Ok(false);
            }
            log.read_on(self.session, account, region, operation).await?;
        }
    }
}

/// The Region in which calls are recorded.
fn region(of: &Subject) -> Option<Region> {
    match of {
        Subject::Pipeline(arn) => Some(arn.region().clone()),
        Subject::Role(arn) => arn.partition().iam_region()?.parse().ok(),
    }
}

/// The operations that change a term.
fn operations(of: &Subject, term: Term) -> &'static [&'static str] {
    match (of, term) {
        (Subject::Pipeline(_), Term::Existence) => &["DeletePipeline", "CreatePipeline"],
        (Subject::Pipeline(_), _) => &["UpdatePipeline", "CreatePipeline"],
        (Subject::Role(_), Term::Existence) => &["DeleteRole", "CreateRole"],
        (Subject::Role(_), Term::Trust) => &["UpdateAssumeRolePolicy", "CreateRole"],
        (Subject::Role(_), Term::Boundary) => &["PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary"],
        (Subject::Role(_), Term::Rights | Term::Variables) => {
            &["PutRolePolicy", "DeleteRolePolicy", "AttachRolePolicy", "DetachRolePolicy"]
        }
    }
}

/// The operations that change what a managed policy says.
const POLICY_VERSIONS: [&str; 2] = ["CreatePolicyVersion", "SetDefaultPolicyVersion"];

/// The events of an operation, from the newest, as far as they were read.
#[derive(Default)]
struct Log {
    events: Vec<Event>,
    /// How many were read, with those that are left out.
    read: usize,
    next: Next,
}

#[derive(Default)]
enum Next {
    #[default]
    First,
    Token(String),
    End,
}

impl Log {
    async fn read_on(
        &mut self,
        session: &Session,
        account: &AccountId,
        region: &Region,
        operation: &'static str,
    ) -> Result<(), ReadError> {
        let mut input = json!({ "LookupAttributes": [{ "AttributeKey": "EventName", "AttributeValue": operation }] });
        if let (Next::Token(token), Some(members)) = (&self.next, input.as_object_mut()) {
            members.insert("NextToken".to_owned(), json!(token));
        }
        let cloudtrail = OtherService::new(session, account, region, "cloudtrail")?;
        let answer = cloudtrail.json(TARGET.to_owned(), &input).await;
        let answer = answer.map_err(|error| AwsError::new(account, "LookupEvents", operation, error))?;
        let events = answer.get("Events").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        self.read += events.len();
        self.events.extend(events.iter().filter_map(Event::read));
        // A token without events would have no end.
        let token = answer.get("NextToken").and_then(Value::as_str).filter(|_| !events.is_empty());
        self.next = token.map_or(Next::End, |token| Next::Token(token.to_owned()));
        Ok(())
    }
}

/// A call that succeeded.
#[derive(Debug, PartialEq)]
struct Event {
    seconds: i64,
    /// Names and ARNs of what it changed.
    names: Vec<String>,
    change: RecordedChange,
}

impl Event {
    /// Reads an event of a service that is asked about. Of its parameters, only the name of what it changes is kept.
    fn read(event: &Value) -> Option<Self> {
        let text = |value: &Value, pointer: &str| value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let record = text(event, "/CloudTrailEvent").unwrap_or_default();
        let record: Value = serde_json::from_str(&record).unwrap_or_default();
        // Other services have an UpdatePipeline too, and failed calls are recorded as well.
        let source = text(event, "/EventSource")?;
        if record.get("errorCode").is_some() {
            return None;
        }
        let operation = text(event, "/EventName")?;
        let (parameters, kind): (&[&str], _) = match source.as_str() {
            CODEPIPELINE => (&["/pipeline/name", "/name"], "AWS::CodePipeline::Pipeline"),
            "iam.amazonaws.com" if POLICY_VERSIONS.contains(&operation.as_str()) => {
                (&["/policyArn"], "AWS::IAM::Policy")
            }
            "iam.amazonaws.com" => (&["/roleName"], "AWS::IAM::Role"),
            _ => return None,
        };
        let given = record.get("requestParameters").unwrap_or(&Value::Null);
        let mut names: Vec<String> = parameters.iter().find_map(|pointer| text(given, pointer)).into_iter().collect();
        if names.is_empty() {
            let resources = event.get("Resources").and_then(Value::as_array).into_iter().flatten();
            let resources = resources.filter(|resource| text(resource, "/ResourceType").as_deref() == Some(kind));
            names.extend(resources.filter_map(|resource| text(resource, "/ResourceName")));
        }
        let who = ["/userIdentity/arn", "/userIdentity/invokedBy"];
        let principal = who.iter().find_map(|pointer| text(&record, pointer)).or_else(|| text(event, "/Username"));
        let at = event.get("EventTime")?;
        Some(Self {
            seconds: at.as_f64()? as i64,
            names,
            change: RecordedChange {
                principal: principal.unwrap_or_else(|| "a principal without a name".to_owned()),
                time: time(at)?,
                operation,
            },
        })
    }

    fn is_of(&self, names: &[&str], ignores_case: bool) -> bool {
        let is = |name: &str, other: &str| name == other || ignores_case && name.eq_ignore_ascii_case(other);
        self.names.iter().any(|name| names.iter().any(|other| is(name, other)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// An event as the User Guides of IAM and CodePipeline show it.
    fn event(source: &str, operation: &str, record: Value) -> Value {
        json!({
            "EventId": "00000000-0000-4000-8000-000000000001",
            "EventName": operation,
            "ReadOnly": "false",
            "EventTime": 1_796_032_800.0,
            "EventSource": source,
            "Username": "jo",
            "Resources": [
                { "ResourceType": "AWS::IAM::Policy", "ResourceName": "other" },
                { "ResourceType": "AWS::IAM::Role", "ResourceName": "starter" },
            ],
            "CloudTrailEvent": record.to_string(),
        })
    }

    const JO: &str = "arn:aws:sts::222222222222:assumed-role/Admin/jo";

    #[test]
    fn an_event_tells_who_changed_what_and_nothing_of_its_parameters() {
        let parameters = json!({ "roleName": "starter", "policyDocument": "hunter2" });
        let record = json!({ "userIdentity": { "type": "AssumedRole", "arn": JO }, "requestParameters": parameters });
        let read = Event::read(&event("iam.amazonaws.com", "UpdateAssumeRolePolicy", record)).unwrap();
        assert_eq!(read.change.to_string(), format!("{JO} on 2026-11-30T10:00:00Z (UpdateAssumeRolePolicy)"));
        assert!(read.is_of(&["Starter"], true) && !read.is_of(&["other"], true), "{read:?}");
        assert!(!format!("{read:?}").contains("hunter2"));
    }

    #[test]
    fn what_an_event_is_of_is_told_by_its_parameters_or_by_its_resources() {
        let named = |source, operation, parameters: Value| {
            Event::read(&event(source, operation, json!({ "requestParameters": parameters }))).unwrap().names
        };
        assert_eq!(named("iam.amazonaws.com", "PutRolePolicy", Value::Null), ["starter"]);
        let update = json!({ "pipeline": { "name": "deploy" } });
        assert_eq!(named(CODEPIPELINE, "UpdatePipeline", update), ["deploy"]);
        assert_eq!(named(CODEPIPELINE, "DeletePipeline", json!({ "name": "deploy" })), ["deploy"]);
        let version = json!({ "policyArn": "arn:aws:iam::222222222222:policy/start", "policyDocument": "{}" });
        let policy = ["arn:aws:iam::222222222222:policy/start"];
        assert_eq!(named("iam.amazonaws.com", "CreatePolicyVersion", version), policy);
    }

    #[test]
    fn failed_calls_and_those_of_other_services_change_nothing() {
        let failed = json!({ "errorCode": "AccessDenied", "userIdentity": { "arn": JO } });
        assert_eq!(Event::read(&event("iam.amazonaws.com", "PutRolePolicy", failed)), None);
        assert_eq!(Event::read(&event("osis.amazonaws.com", "UpdatePipeline", json!({}))), None);
        assert_eq!(Event::read(&json!({ "EventName": "UpdatePipeline" })), None);
        assert_eq!(Event::read(&json!(7)), None);
    }

    #[test]
    fn a_principal_without_an_arn_has_another_name() {
        let by =
            |record: Value| Event::read(&event("iam.amazonaws.com", "DeleteRole", record)).unwrap().change.principal;
        let service = json!({ "userIdentity": { "type": "AWSService", "invokedBy": "sso.amazonaws.com" } });
        assert_eq!(by(service), "sso.amazonaws.com");
        assert_eq!(by(json!({})), "jo");
    }
}
