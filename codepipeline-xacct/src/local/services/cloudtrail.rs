//! CloudTrail: its event history.
//!
//! Source: CloudTrail API Reference, "LookupEvents"; CloudTrail User Guide, "CloudTrail record contents for management, data, and network activity
//! events". Events are there at once, and say nothing of the parameters of a call.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde_json::{Value, json};

use crate::core::policy::evaluate::{ADMINISTRATOR, Caller};
use crate::local::authorization::authorize;
use crate::local::event_history::StoredEvent;
use crate::local::refusal::Refusal;
use crate::local::store::Store;
use crate::local::wire::Call;

/// How long events are kept, in milliseconds: 90 days.
const KEPT: i64 = 90 * 24 * 60 * 60 * 1000;
/// The largest page.
const PAGE: i64 = 50;

const MEMBERS: [&str; 5] = ["LookupAttributes", "StartTime", "EndTime", "MaxResults", "NextToken"];

/// LookupEvents.
pub(super) fn look_up(store: &Store, call: &Call, input: &Value) -> Result<Value, Refusal> {
    authorize(store, call, "cloudtrail", "*")?;
    let members = input.as_object().into_iter().flat_map(|input| input.keys());
    if let Some(other) = members.into_iter().find(|member| !MEMBERS.contains(&member.as_str())) {
        return Err(Refusal::unsupported(&format!("`{other}` of cloudtrail:LookupEvents")));
    }
    let attribute = attribute(input)?;
    let time = |member: &str| input.get(member).and_then(Value::as_f64).map(|seconds| (seconds * 1000.0) as i64);
    let (start, end) = (time("StartTime"), time("EndTime"));
    if start.zip(end).is_some_and(|(start, end)| start > end) {
        return Err(Refusal::new("InvalidTimeRangeException", "The start time is after the end time."));
    }
    let size = match input.get("MaxResults") {
        None | Some(Value::Null) => PAGE,
        Some(size) => size
            .as_i64()
            .filter(|size| (1..=PAGE).contains(size))
            .ok_or_else(|| Refusal::new("InvalidMaxResultsException", "A number from 1 to 50 is expected."))?,
    };
    // The number of the last event of the page before.
    let before = match input.get("NextToken") {
        None | Some(Value::Null) => None,
        Some(token) => {
            let number = token.as_str().and_then(|token| token.parse().ok());
            let invalid = || Refusal::new("InvalidNextTokenException", "The token is not one of a previous call.");
            Some(number.ok_or_else(invalid)?)
        }
    };
    let (account, begin) = (call.account()?, start.unwrap_or(i64::MIN).max(store.clock.saturating_sub(KEPT)));
    let found = store.event_history.newest_first().filter(|event| {
        event.account == account
            && event.region == call.region
            && (begin..=end.unwrap_or(i64::MAX)).contains(&event.time)
            && before.is_none_or(|before: u64| event.number < before)
            && attribute.is_none_or(|(key, value)| has(event, key, value))
    });
    let size = usize::try_from(size).unwrap_or_default();
    let mut page: Vec<&StoredEvent> = found.take(size + 1).collect();
    let more = page.len() > size;
    page.truncate(size);
    let mut answer = json!({ "Events": page.iter().map(|event| to_json(event)).collect::<Vec<_>>() });
    if let Some(last) = page.last().filter(|_| more)
        && let Some(members) = answer.as_object_mut()
    {
        members.insert("NextToken".to_owned(), json!(last.number.to_string()));
    }
    Ok(answer)
}

/// The attribute that is asked for: at most one.
fn attribute(input: &Value) -> Result<Option<(&str, &str)>, Refusal> {
    let invalid = |message: &str| Refusal::new("InvalidLookupAttributesException", message);
    let all = input.get("LookupAttributes").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let [one] = all else {
        return if all.is_empty() { Ok(None) } else { Err(invalid("Only one attribute can be looked up.")) };
    };
    let text = |member: &str| one.get(member).and_then(Value::as_str);
    match (text("AttributeKey"), text("AttributeValue")) {
        (Some("AccessKeyId"), _) => Err(Refusal::unsupported("events by access key")),
        (Some(key), Some(value)) if KEYS.contains(&key) => Ok(Some((key, value))),
        _ => Err(invalid("An attribute needs a key that is one of the keys of LookupEvents, and a value.")),
    }
}

const KEYS: [&str; 7] = ["EventId", "EventName", "EventSource", "ReadOnly", "ResourceName", "ResourceType", "Username"];

fn has(event: &StoredEvent, key: &str, value: &str) -> bool {
    match key {
        "EventId" => id(event) == value,
        "EventName" => event.operation == value,
        "EventSource" => source(event) == value,
        "ReadOnly" => value == "false",
        "ResourceName" => event.resources.iter().any(|resource| resource.name == value),
        "ResourceType" => event.resources.iter().any(|resource| resource.kind == value),
        _ => user_name(event) == value,
    }
}

fn id(event: &StoredEvent) -> String {
    format!("00000000-0000-4000-9000-{:012x}", event.number)
}

fn source(event: &StoredEvent) -> String {
    format!("{}.amazonaws.com", event.service)
}

fn user_name(event: &StoredEvent) -> &str {
    match &event.caller {
        Caller::Service(name) => name,
        Caller::Session { session, .. } => session,
        Caller::Account(_) => ADMINISTRATOR,
    }
}

fn to_json(event: &StoredEvent) -> Value {
    let seconds = event.time.div_euclid(1000);
    let time = DateTime::from_secs(seconds).fmt(Format::DateTime).unwrap_or_default();
    let kind = match &event.caller {
        Caller::Service(_) => "AWSService",
        Caller::Session { .. } => "AssumedRole",
        Caller::Account(_) => "IAMUser",
    };
    let record = json!({
        "eventVersion": "1.11",
        "userIdentity": { "type": kind, "arn": event.caller.arn(), "accountId": event.account },
        "eventTime": time,
        "eventSource": source(event),
        "eventName": event.operation,
        "awsRegion": event.region,
        "requestParameters": null,
        "responseElements": null,
        "eventID": id(event),
        "readOnly": false,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": event.account,
        "eventCategory": "Management",
    });
    let resources = event.resources.iter();
    let resources: Vec<Value> =
        resources.map(|of| json!({ "ResourceType": of.kind, "ResourceName": of.name })).collect();
    json!({
        "EventId": id(event),
        "EventName": event.operation,
        "ReadOnly": "false",
        "EventTime": seconds,
        "EventSource": source(event),
        "Username": user_name(event),
        "Resources": resources,
        "CloudTrailEvent": record.to_string(),
    })
}
