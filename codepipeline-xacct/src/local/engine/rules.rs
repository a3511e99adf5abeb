//! What a rule of a condition does. A VariableCheck and a DeploymentWindow decide by themselves; the others make their calls, and
//! hold unless something else was told.

use std::collections::BTreeMap;

use super::calls::{Site, artifact_requests, rule_requests};
use super::perform::{artifact_store, send, written};
use super::roles::assume;
use super::values::resolve;
use super::window::{Window, open_at};
use crate::core::declaration::RuleDeclaration;
use crate::core::declaration::runs_in::region_of;
use crate::core::ids::PipelineArn;
use crate::core::policy::evaluate::Caller;
use crate::core::topology::Gate;
use crate::local::execution::{Status, StoredExecution, StoredRuleExecution};
use crate::local::outcome::{ActionRun, Outcome};
use crate::local::refusal::Refusal;
use crate::local::store::Store;

/// The error code of a rule that does not hold.
const RULE_FAILED: &str = "RuleFailed";

/// Begins a rule.
pub(super) fn begin_rule(
    store: &mut Store,
    arn: &PipelineArn,
    execution: &StoredExecution,
    stage: &str,
    gate: Gate,
    declaration: &RuleDeclaration,
) -> StoredRuleExecution {
    let now = store.clock;
    let mut begun = StoredRuleExecution {
        id: store.uuid(),
        stage: stage.to_owned(),
        gate,
        declaration: declaration.clone(),
        resolved: BTreeMap::new(),
        status: Status::InProgress,
        until: now,
        ends: Ok(Outcome::succeeds()),
        error: None,
        summary: None,
        started: now,
        updated: now,
    };
    begun.ends = work(store, arn, execution, &mut begun);
    let takes = begun.ends.as_ref().map_or(1000, |outcome| outcome.takes.as_millis());
    begun.until = begun.until.max(now.saturating_add(i64::try_from(takes).unwrap_or(i64::MAX)));
    if let Some(minutes) = declaration.timeout_in_minutes {
        let deadline = now.saturating_add(minutes.saturating_mul(60_000));
        if begun.until > deadline {
            let message = format!("The rule {} did not end within {minutes} minutes.", declaration.name);
            begun.ends = Ok(Outcome::fails_with(RULE_FAILED, message));
            begun.until = deadline;
        }
    }
    begun
}

/// Ends a rule that has run long enough; true where it ended.
pub(super) fn end_rule(rule: &mut StoredRuleExecution, now: i64) -> bool {
    if now < rule.until {
        return false;
    }
    rule.updated = now;
    let (error, summary) = match &rule.ends {
        Ok(outcome) => (outcome.error.clone(), outcome.summary.clone()),
        Err(refusal) => (Some((refusal.code.clone(), refusal.message.clone())), None),
    };
    rule.status = if error.is_some() { Status::Failed } else { Status::Succeeded };
    rule.error = error;
    rule.summary = summary;
    true
}

fn work(
    store: &mut Store,
    arn: &PipelineArn,
    execution: &StoredExecution,
    rule: &mut StoredRuleExecution,
) -> Result<Outcome, Refusal> {
    let session = assume(store, arn.region(), &execution.declaration, rule.declaration.role_arn.as_ref())?;
    let (name, written) = (&rule.declaration.name, rule.declaration.configuration.as_ref());
    rule.resolved = resolve(execution, name, written, rule.declaration.commands.iter().flatten())?;
    let told = store.outcomes.next(ActionRun {
        pipeline: arn.clone(),
        execution: execution.id.clone(),
        stage: rule.stage.clone(),
        action: rule.declaration.name.clone(),
        attempt: 0,
        configuration: rule.resolved.clone(),
    });
    if let Some(failure) = told.as_ref().filter(|outcome| outcome.error.is_some()) {
        return Ok(failure.clone());
    }
    make_requests(store, arn, execution, &session, rule)?;
    if let Some(told) = told {
        return Ok(told);
    }
    let holds = match rule.declaration.rule_type_id.provider.as_str() {
        "VariableCheck" => check_variable(rule)?,
        "DeploymentWindow" => return window(store, rule),
        _ => true,
    };
    let message = || format!("The rule {} does not hold.", rule.declaration.name);
    Ok(if holds { Outcome::succeeds() } else { Outcome::fails_with(RULE_FAILED, message()) })
}

fn make_requests(
    store: &Store,
    arn: &PipelineArn,
    execution: &StoredExecution,
    session: &Caller,
    rule: &StoredRuleExecution,
) -> Result<(), Refusal> {
    let Caller::Session { role, .. } = session else { return Ok(()) };
    let declaration = &rule.declaration;
    let region = region_of(arn, declaration.region.as_deref());
    let site = Site { pipeline: arn, account: role.account(), region, configuration: &rule.resolved };
    let provider = declaration.rule_type_id.provider.as_str();
    let Some(mut all) = rule_requests(provider, &site) else {
        return Err(Refusal::unsupported(&format!("rules of type {provider}, whose calls it does not know")));
    };
    if let Some(bucket) = artifact_store(&execution.declaration, region).filter(|_| declaration.reads_artifacts()) {
        for input in declaration.input_artifacts.iter().flatten() {
            written(execution, &input.name, Some(bucket))?;
        }
        all.extend(artifact_requests(&site, bucket, true, false));
    }
    send(store, session, region, all)
}

/// Source: CodePipeline User Guide, "VariableCheck".
fn check_variable(rule: &StoredRuleExecution) -> Result<bool, Refusal> {
    let text = |key: &str| rule.resolved.get(key).map(String::as_str).unwrap_or_default();
    let (variable, value) = (text("Variable"), text("Value"));
    match text("Operator") {
        "EQ" => Ok(variable == value),
        "NE" => Ok(variable != value),
        "CONTAINS" => Ok(variable.contains(value)),
        "MATCHES" => {
            // The expressions of Java and of this crate agree except for what is refused here.
            let expression = regex_lite::Regex::new(&format!("^(?:{value})$"));
            expression
                .map(|expression| expression.is_match(variable))
                .map_err(|error| Refusal::unsupported(&format!("the regular expression `{value}`: {error}")))
        }
        other => Err(Refusal::unsupported(&format!("the operator `{other}`"))),
    }
}

fn window(store: &Store, rule: &mut StoredRuleExecution) -> Result<Outcome, Refusal> {
    let cron = rule.resolved.get("Cron").map(String::as_str).unwrap_or_default();
    let window = Window::parse(cron, rule.resolved.get("TimeZone").map(String::as_str))?;
    if window.is_open(store.clock) {
        return Ok(Outcome::succeeds());
    }
    let message = format!("The deployment window {cron} is closed.");
    let closed = Outcome::fails_with(RULE_FAILED, message);
    if !store.undocumented.window_waits {
        return Ok(closed);
    }
    let minutes = rule.declaration.timeout_in_minutes.unwrap_or(WINDOW_MINUTES);
    let last = store.clock.saturating_add(minutes.saturating_mul(60_000));
    match open_at(&window, store.clock, last) {
        Some(opens) => {
            rule.until = opens;
            Ok(Outcome::succeeds())
        }
        None => {
            rule.until = last;
            Ok(closed)
        }
    }
}

/// How long a DeploymentWindow rule waits if it has no timeout. Not documented by AWS.
const WINDOW_MINUTES: i64 = 24 * 60;
