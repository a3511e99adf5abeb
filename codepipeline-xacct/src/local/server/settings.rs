//! Settings under `/_local/`: how actions end, policies of organizations, buckets and keys.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::core::declaration::PipelineDeclaration;
use crate::core::ids::{AccountId, PipelineArn};
use crate::core::policy::Document;
use crate::core::suggest::did_you_mean;
use crate::core::topology::Gate;
use crate::local::deployer::Deployer;
use crate::local::handle::{Local, LocalError};
use crate::local::outcome::Outcome;
use crate::local::wire::{SECRET, SESSION_TOKEN};

/// An answer, or status and text of an error.
pub(super) type Answer = Result<Value, (u16, String)>;

/// How an action, or a rule of a condition, ends, one time after the other.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Outcomes {
    pipeline: PipelineArn,
    stage: String,
    action: String,
    outcomes: Vec<OutcomeSetting>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct OutcomeSetting {
    /// The message with which it fails.
    fails: Option<String>,
    /// The error code with which it fails.
    code: Option<String>,
    variables: BTreeMap<String, String>,
    summary: Option<String>,
    takes_seconds: u64,
    awaits_answer: bool,
}

impl Default for OutcomeSetting {
    fn default() -> Self {
        let (fails, code, summary) = (None, None, None);
        Self { fails, code, variables: BTreeMap::new(), summary, takes_seconds: 1, awaits_answer: false }
    }
}

impl TryFrom<OutcomeSetting> for Outcome {
    type Error = (u16, String);

    fn try_from(told: OutcomeSetting) -> Result<Self, Self::Error> {
        let outcome = match (told.fails, told.code) {
            (None, None) if told.awaits_answer => Outcome::awaits_answer(),
            (None, None) => Outcome::succeeds(),
            _ if told.awaits_answer => {
                return Err((
                    400,
                    "who answers says how it ends: leave out `fails` and `code`, or `awaits_answer`".to_owned(),
                ));
            }
            (message, None) => Outcome::fails(message.unwrap_or_default()),
            (message, Some(code)) => Outcome::fails_with(code, message.unwrap_or_default()),
        };
        let outcome = told.variables.into_iter().fold(outcome, |outcome, (name, value)| outcome.variable(name, value));
        let outcome = told.summary.into_iter().fold(outcome, Outcome::summary);
        Ok(outcome.takes(Duration::from_secs(told.takes_seconds)))
    }
}

pub(super) fn outcomes(local: &Local, told: Outcomes) -> Answer {
    let outcomes: Vec<Outcome> = told.outcomes.into_iter().map(Outcome::try_from).collect::<Result<_, _>>()?;
    // The outcomes of one that is not there yet can be set in advance.
    if let Some(pipeline) = local.pipeline(&told.pipeline) {
        exists(&pipeline, &told.stage, &told.action)?;
    }
    local.script(&told.pipeline, &told.stage, &told.action, outcomes);
    Ok(json!({}))
}

/// A pipeline has such a stage, and that such an action or rule.
fn exists(pipeline: &PipelineDeclaration, stage: &str, action: &str) -> Result<(), (u16, String)> {
    let stages: Vec<&str> = pipeline.stages.iter().flatten().map(|stage| stage.name.as_str()).collect();
    let Some(found) = pipeline.stages.iter().flatten().find(|it| it.name == stage) else {
        return Err((400, format!("the pipeline has no stage `{stage}`{}", did_you_mean(stage, stages))));
    };
    let rules = Gate::ALL.iter().flat_map(|gate| gate.conditions(found).into_iter().flatten());
    let rules = rules.flat_map(|condition| condition.rules.iter().flatten()).map(|rule| rule.name.as_str());
    let names: Vec<&str> = found.actions.iter().flatten().map(|it| it.name.as_str()).chain(rules).collect();
    match names.contains(&action) {
        true => Ok(()),
        false => Err((400, format!("stage `{stage}` has no action or rule `{action}`{}", did_you_mean(action, names)))),
    }
}

pub(super) fn invocations(local: &Local) -> Value {
    let event = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    local.invocations().iter().map(|it| json!({ "function": it.function, "event": event(&it.event) })).collect()
}

/// Who deploys with other rights than an administrator's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Deploys {
    account: String,
    deployer: Deployer,
}

pub(super) fn deployer(local: &Local, told: Deploys) -> Answer {
    let key = local.access_key_as(&told.account, &told.deployer).map_err(refused)?;
    Ok(json!({ "access_key_id": key, "secret_access_key": SECRET, "session_token": SESSION_TOKEN }))
}

/// The policies of an organization for an account, by level.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Organization {
    account: AccountId,
    #[serde(default)]
    scps: Vec<Vec<Document>>,
    #[serde(default)]
    rcps: Vec<Vec<Document>>,
}

pub(super) fn organization(local: &Local, told: Organization) -> Answer {
    local.put_organization(&told.account, &told.scps, &told.rcps).map_err(refused)?;
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bucket {
    account: String,
    name: String,
    policy: Option<Document>,
}

pub(super) fn bucket(local: &Local, told: Bucket) -> Answer {
    local.put_bucket(&told.account, &told.name, told.policy.as_ref()).map_err(refused)?;
    Ok(json!({}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Key {
    arn: String,
    policy: Option<Document>,
}

pub(super) fn key(local: &Local, told: Key) -> Answer {
    local.put_key(&told.arn, told.policy.as_ref()).map_err(refused)?;
    Ok(json!({}))
}

fn refused(error: LocalError) -> (u16, String) {
    (400, error.to_string())
}
