//! The EventBridge rules of sources that don't poll, with their roles: without them such a source starts nothing. The tool does not
//! write them.
//!
//! Sources: CodePipeline User Guide, "CodeCommit source actions and EventBridge", "Connecting to Amazon S3 source actions that use
//! EventBridge and are enabled for events" and "Amazon ECR source actions and EventBridge resources"; Amazon S3 User Guide,
//! "EventBridge event message structure"; EventBridge User Guide, "Sending and receiving events between AWS accounts".

use std::fmt;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::resource_policies::ResourcePolicy;
use super::template::parts;
use crate::catalogue::{self, KeyCondition};
use crate::declaration::ActionDeclaration;
use crate::declaration::references::has_reference;
use crate::declaration::runs_in::account_of;
use crate::hash::fnv1a_short;
use crate::ids::{AccountId, PipelineArn, Region, RoleArn};
use crate::policy::{Document, DocumentKind, START, Statement, account_trust};
use crate::topology::items::{Ownership, Pipeline};

/// An EventBridge rule on the default event bus of an account, and the role with which it reaches its target. The names are suggestions.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRule {
    /// The account that the rule lives in.
    pub account: AccountId,
    /// Its Region.
    pub region: Region,
    /// Its name.
    pub name: String,
    /// The pattern of the events.
    pub pattern: Value,
    /// What it does with them.
    pub target: EventTarget,
    /// The role of the target.
    pub role: RoleArn,
    /// The trust policy of the role.
    pub trust: Document,
    /// What the role is allowed.
    pub policy: Document,
    /// The bucket that has to send its events to EventBridge, which buckets do only if they are configured to.
    pub bucket: Option<String>,
}

/// The target of an event rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventTarget {
    /// The pipeline is started.
    Pipeline(PipelineArn),
    /// The event is sent on to the default event bus of the account that the pipeline lives in.
    EventBus {
        /// The ARN of the event bus.
        arn: String,
        /// The account that it lives in.
        account: AccountId,
    },
}

impl EventTarget {
    /// The ARN of the target.
    pub fn arn(&self) -> String {
        match self {
            EventTarget::Pipeline(pipeline) => pipeline.to_string(),
            EventTarget::EventBus { arn, .. } => arn.clone(),
        }
    }
}

impl EventRule {
    /// `event rule release-code in eu-west-1, which starts …`
    pub fn title(&self) -> String {
        let target = match &self.target {
            EventTarget::Pipeline(pipeline) => format!("starts {pipeline}"),
            EventTarget::EventBus { arn, .. } => format!("sends on to {arn}"),
        };
        format!("event rule {} in {}, which {target}", self.name, self.region)
    }

    /// The properties of an `AWS::Events::Rule`: the rule, its pattern and its target.
    pub fn to_json(&self) -> Value {
        let target = json!({ "Id": self.name, "Arn": self.target.arn(), "RoleArn": self.role.to_string() });
        json!({ "Name": self.name, "EventPattern": self.pattern, "State": "ENABLED", "Targets": [target] })
    }
}

impl fmt::Display for EventRule {
    /// The title, and the rule ready to be pasted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "account {}: {}", self.account, self.title())?;
        f.write_str(&serde_json::to_string_pretty(&self.to_json()).unwrap_or_default())?;
        match &self.bucket {
            Some(bucket) => write!(f, "\nlet bucket {bucket} send its events to EventBridge"),
            None => Ok(()),
        }
    }
}

/// The service that assumes the roles of event rules, the same in every partition.
const EVENTS: &str = "events.amazonaws.com";
const PUT_EVENTS: &str = "events:PutEvents";
/// Of the names of rules, which have `[.\-_A-Za-z0-9]`, and of the names of roles.
const LONGEST_NAME: usize = 64;

/// The rules for the sources of managed pipelines that don't poll. What starts an existing pipeline is there already.
pub fn event_rules(pipelines: &[Pipeline]) -> Vec<EventRule> {
    let mut rules = Vec::new();
    for pipeline in pipelines.iter().filter(|pipeline| pipeline.ownership == Ownership::Managed) {
        for action in pipeline.declaration.actions() {
            rules.extend(rules_of(pipeline, action).into_iter().flatten());
        }
    }
    rules
}

/// What has to be in the policies of event buses to which events of other accounts are sent on.
pub fn event_bus_policies(rules: &[EventRule]) -> Vec<ResourcePolicy> {
    let mut senders: IndexMap<(&AccountId, &str), Vec<Statement>> = IndexMap::new();
    for rule in rules {
        let EventTarget::EventBus { arn, account } = &rule.target else { continue };
        let partition = rule.role.partition();
        let sender = format!("arn:{partition}:events:{}:{}:rule/{}", rule.region, rule.account, rule.name);
        let principal = account_trust(partition, &rule.account).principal;
        let statement = Statement { principal, ..Statement::allow(&[PUT_EVENTS], vec![arn.clone()]) };
        senders.entry((account, arn)).or_default().push(statement.when("ArnEquals", "aws:SourceArn", &[sender]));
    }
    let policy = |((account, arn), statements): ((&AccountId, &str), Vec<Statement>)| ResourcePolicy {
        account: account.clone(),
        kind: DocumentKind::EventBus,
        resource: arn.to_owned(),
        document: Document::new(statements),
        unnamed: Vec::new(),
    };
    senders.into_iter().map(policy).collect()
}

/// The rule that starts the pipeline and, where the source lives in another account, the one there that sends its events on.
fn rules_of(pipeline: &Pipeline, action: &ActionDeclaration) -> Option<Vec<EventRule>> {
    let (home, region, partition) = (pipeline.arn.account(), pipeline.arn.region(), pipeline.arn.partition());
    let account = account_of(&pipeline.arn, action.role_arn.as_deref())?;
    let mut pattern = pattern(pipeline, action, &account)?;
    let bucket = pattern.pointer("/detail/bucket/name/0").and_then(Value::as_str).map(str::to_owned);
    let name = format!("{}-{}", pipeline.arn.name(), action.name);
    let rule = |account: &AccountId, name: &str, role: &str, pattern: Value, target: EventTarget, put: &str| {
        let trust = Document::new(vec![Statement::trust("Service", vec![EVENTS.to_owned()])]);
        let policy = Document::new(vec![Statement::allow(&[put], vec![target.arn()])]);
        let role = RoleArn::new(partition.clone(), account.clone(), &fitted(role)).ok()?;
        let (account, region, name) = (account.clone(), region.clone(), fitted(name));
        Some(EventRule { account, region, name, pattern, target, role, trust, policy, bucket: None })
    };
    let mut rules = Vec::new();
    if account != *home {
        let bus = format!("arn:{partition}:events:{region}:{home}:event-bus/default");
        let target = EventTarget::EventBus { arn: bus, account: home.clone() };
        let role = format!("forward-{region}-to-{home}");
        rules.push(rule(&account, &format!("{name}-to-{home}"), &role, pattern.clone(), target, PUT_EVENTS)?);
        // What is named alike in the pipeline's own account is another matter.
        pattern.as_object_mut()?.insert("account".to_owned(), json!([account.as_str()]));
    }
    let role = format!("start-{}-{region}", pipeline.arn.name());
    rules.push(rule(home, &name, &role, pattern, EventTarget::Pipeline(pipeline.arn.clone()), START)?);
    if let Some(first) = rules.first_mut() {
        first.bucket = bucket;
    }
    Some(rules)
}

/// The pattern of the events of a source that does not poll; `None` for one that does, for one that watches by itself, and where a
/// value is only known when the action runs.
fn pattern(pipeline: &Pipeline, action: &ActionDeclaration, account: &AccountId) -> Option<Value> {
    const POLL: &str = "PollForSourceChanges";
    let id = &action.action_type_id;
    let known = catalogue::find(id).filter(|known| known.category == "Source" && known.owner == "AWS")?;
    let polls = KeyCondition::Is(POLL, &["false"]).holds(action, known.known_keys(), &|_| false) != Some(true);
    if known.key(POLL).is_some() && polls {
        return None;
    }
    let value = |key: &str| {
        let written = action.configuration.as_ref().and_then(|configuration| configuration.get(key));
        let default = known.key(key).and_then(|key| key.default);
        written.map(String::as_str).or(default).filter(|value| !has_reference(value))
    };
    let mut pattern = serde_json::from_str(known.event?).ok()?;
    let fixed = |name: &str| match name {
        "partition" => Some(pipeline.arn.partition().as_str()),
        "region" => Some(pipeline.arn.region().as_str()),
        "account" => Some(account.as_str()),
        _ => None,
    };
    fill(&mut pattern, &|name| fixed(name).or_else(|| value(name))).then_some(pattern)
}

/// Fills the names in braces in with their values. False if one has none.
fn fill<'a>(pattern: &mut Value, value: &impl Fn(&str) -> Option<&'a str>) -> bool {
    match pattern {
        Value::String(text) => {
            let mut filled = String::new();
            for (before, name) in parts(text) {
                filled.push_str(before);
                let Some(name) = name else { continue };
                let Some(value) = value(name) else { return false };
                filled.push_str(value);
            }
            *text = filled;
            true
        }
        Value::Array(values) => values.iter_mut().all(|one| fill(one, value)),
        Value::Object(members) => members.values_mut().all(|one| fill(one, value)),
        _ => true,
    }
}

/// A text as the name of a rule or a role. Long ones that are cut off are distinguished by a number computed from the whole text.
fn fitted(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c == '@' { '-' } else { c }).collect();
    if plain.len() <= LONGEST_NAME {
        return plain;
    }
    let kept: String = plain.chars().take(LONGEST_NAME - 9).collect();
    format!("{kept}-{}", fnv1a_short(&plain))
}
