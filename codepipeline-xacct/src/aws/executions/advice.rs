//! The causes of a failed run, the first failure first, and what to do.

use std::fmt;
use std::time::SystemTime;

use aws_sdk_codepipeline::types::{ActionExecutionStatus, PipelineExecutionStatus};

use super::console_page;
use super::failure::ReadFailure;
use super::text::count;
use super::tree::{ActionExecution, FollowedExecution, InvokedState, RunOutcome};
use crate::aws::error::{sign_in, too_many_calls};
use crate::core::doctor::{Denial, denial};
use crate::core::ids::{ExecutionId, Name, PipelineArn, RoleArn};
use crate::core::policy::{ASSUME_ROLE, Statement};

/// Why a run did not succeed, at one place of it, and what to do.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FailureCause {
    /// The pipeline.
    pub pipeline: PipelineArn,
    /// The id of its execution.
    pub execution: ExecutionId,
    /// The stage and the action, where it is one.
    pub action: Option<(Name, Name)>,
    /// What it is: `failed`, or why it is not known.
    pub what: String,
    /// What AWS says about it.
    pub message: Option<String>,
    /// The page of the execution in the console.
    pub link: Option<String>,
    /// What to do.
    pub help: Vec<String>,
    /// Failures come first, in their order.
    order: (RunOutcome, Option<SystemTime>),
}

impl FollowedExecution {
    /// Why the run did not succeed: failures first, from the earliest, then what was not seen, then what is waited for.
    pub fn causes(&self) -> Vec<FailureCause> {
        let mut causes: Vec<FailureCause> = self.executions().into_iter().flat_map(of_execution).collect();
        causes.sort_by(|a, b| rank(a.order.0).cmp(&rank(b.order.0)).then(a.order.1.cmp(&b.order.1)));
        causes
    }
}

fn rank(outcome: RunOutcome) -> u8 {
    match outcome {
        RunOutcome::Failed => 0,
        RunOutcome::Unknown => 1,
        RunOutcome::Running | RunOutcome::Succeeded => 2,
    }
}

impl fmt::Display for FailureCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.what)?;
        if let Some((stage, action)) = &self.action {
            write!(f, "{stage} / {action} of ")?;
        }
        let (pipeline, arn) = (self.pipeline.name(), &self.pipeline);
        writeln!(f, "pipeline `{pipeline}` in account {}, {}", arn.account(), arn.region())?;
        if let Some(message) = &self.message {
            writeln!(f, "  {message}")?;
        }
        self.link.iter().try_for_each(|link| writeln!(f, "  see {link}"))?;
        self.help.iter().try_for_each(|help| writeln!(f, "  help: {help}"))
    }
}

fn of_execution(execution: &FollowedExecution) -> Vec<FailureCause> {
    let mut causes: Vec<FailureCause> =
        execution.latest_actions().flat_map(|action| of_action(execution, action)).collect();
    if let Some(failure) = &execution.failure {
        let mut cause = cause(execution, None, "not readable", RunOutcome::Unknown);
        cause.message = Some(failure.to_string());
        cause.help = vec![readable(failure)];
        causes.push(cause);
    }
    let failed = execution.has_ended() && execution.status != Some(PipelineExecutionStatus::Succeeded);
    if failed && !causes.iter().any(|cause| cause.order.0 == RunOutcome::Failed) {
        let status = execution.status.as_ref().map_or("failed", |status| status.as_str());
        let mut cause = cause(execution, None, &status.to_lowercase(), RunOutcome::Failed);
        cause.message.clone_from(&execution.summary);
        cause.order.1 = execution.actions.iter().filter_map(|action| action.updated).max();
        causes.push(cause);
    }
    causes
}

fn of_action(execution: &FollowedExecution, action: &ActionExecution) -> Vec<FailureCause> {
    let mut causes = Vec::new();
    let here = |what: &str, outcome| cause(execution, Some(action), what, outcome);
    // A failure of what it started is the cause of its own.
    let started_failed = action.started().is_some_and(|run| run.outcome() == RunOutcome::Failed);
    if action.status == ActionExecutionStatus::Failed && !started_failed {
        let mut cause = here("failed", RunOutcome::Failed);
        cause.message = action.error.as_ref().map(|(code, message)| format!("{code}: {message}"));
        cause.help = action.error.iter().flat_map(|(_, message)| permission(message)).collect();
        cause.help.push(format!("after fixing it, retry the stage: {}", retry(execution, &action.stage)));
        causes.push(cause);
    }
    if action.awaits_approval {
        let mut cause = here("waits for approval", RunOutcome::Running);
        let (id, stage, name) = (&execution.id, &action.stage, &action.action);
        cause.help = vec![format!(
            "approve it on that page, with `approve {id} {stage}/{name}`, or with `session.execution(…).approve(&{:?}.parse()?, &{:?}.parse()?, \"…\")`",
            stage.as_str(),
            name.as_str()
        )];
        causes.push(cause);
    }
    let Some(invoked) = &action.invoked else { return causes };
    let target = &invoked.target;
    let pass = || {
        let name = &action.action;
        format!("write `follow: caller_variable` in invoke action `{name}`: then what it starts is found exactly")
    };
    let (what, message, help) = match &invoked.state {
        InvokedState::Ambiguous(candidates) => {
            let ids: Vec<&str> = candidates.iter().map(|candidate| candidate.id.as_str()).collect();
            ("ambiguous", format!("{} by it in {target}: {}", count(candidates), ids.join(", ")), pass())
        }
        InvokedState::NotFollowed => {
            let account = target.account();
            let message = format!("it starts {target}, and there is no client for account {account}");
            (
                "not followed",
                message,
                format!(
                    "give the session a profile or a role of account {account} (`--account-profile {account}=PROFILE`)"
                ),
            )
        }
        InvokedState::NotReadable(failure) => ("not readable", failure.to_string(), readable(failure)),
        InvokedState::NotFound => {
            ("not found", format!("no execution of {target} matches the one that the action started"), pass())
        }
        InvokedState::Execution { how, run } if !how.is_exact() => {
            let message = format!("execution {} of {target} is only inferred to be the one that it started", run.id);
            ("inferred", message, pass())
        }
        InvokedState::Execution { .. } | InvokedState::NotStarted | InvokedState::NothingStarted => return causes,
    };
    let mut unseen = here(what, RunOutcome::Unknown);
    (unseen.message, unseen.help) = (Some(message), vec![help]);
    causes.push(unseen);
    causes
}

fn cause(
    execution: &FollowedExecution,
    action: Option<&ActionExecution>,
    what: &str,
    outcome: RunOutcome,
) -> FailureCause {
    FailureCause {
        pipeline: execution.pipeline.clone(),
        execution: execution.id.clone(),
        action: action.map(|action| (action.stage.clone(), action.action.clone())),
        what: what.to_owned(),
        message: None,
        link: console_page::execution(&execution.pipeline, &execution.id),
        help: Vec::new(),
        order: (outcome, action.and_then(|action| action.updated)),
    }
}

/// The command of the AWS CLI that runs a failed stage again.
fn retry(execution: &FollowedExecution, stage: &Name) -> String {
    let (name, region, id) = (execution.pipeline.name(), execution.pipeline.region(), &execution.id);
    format!(
        "aws codepipeline retry-stage-execution --pipeline-name {name} --stage-name {stage} --pipeline-execution-id {id} --retry-mode FAILED_ACTIONS --region {region}"
    )
}

/// How what was refused becomes readable.
fn readable(failure: &ReadFailure) -> String {
    let account = &failure.account;
    if failure.is_expired() {
        return format!("{}, and follow the execution again", sign_in(account));
    }
    if failure.is_denied() {
        return format!("allow codepipeline:{} to the credentials of account {account}", failure.operation);
    }
    if failure.is_throttled() {
        return format!("{}: follow the execution again later", too_many_calls(account));
    }
    "follow the execution again".to_owned()
}

/// What a denied request needs, according to AWS's text.
fn permission(message: &str) -> Vec<String> {
    let Some(denied) = denial(message) else { return Vec::new() };
    let Denial { caller, action, resource: Some(resource), reason } = denied else { return Vec::new() };
    // The text does not say whether the role is missing or trusts other principals.
    if action == ASSUME_ROLE && !caller.starts_with("arn:") {
        return vec![format!("role {resource} has to exist, and to trust who assumes it; `plan` proves each hop")];
    }
    if denied.is_explicit_deny() {
        return vec![format!(
            "a statement denies {action} on {resource} to {caller}: find and remove it, an allow does not help"
        )];
    }
    if let Some(reason) = reason.filter(|_| denied.is_beyond()) {
        return vec![format!(
            "{caller} is denied {action} {reason}: an allow in the policies of its role does not help"
        )];
    }
    let statement = Statement::allow(&[action], vec![resource.to_owned()]);
    if denied.is_by_resource() && action != ASSUME_ROLE {
        let principal = denied.principal();
        let statement = statement.for_principals("AWS", vec![principal.clone()]);
        let statement = serde_json::to_string(&statement).unwrap_or_default();
        return vec![format!(
            "the policy of {resource} has to allow it to {principal}, a policy of the role does not help: {statement}; `Topology::policies` has all that the policies of buckets and keys need"
        )];
    }
    let statement = serde_json::to_string(&statement).unwrap_or_default();
    let mut help = vec![format!("{} needs {statement}", denied.who())];
    if action == ASSUME_ROLE && resource.parse::<RoleArn>().is_ok() {
        help.push(format!("and {resource} has to trust it"));
    }
    help
}

#[cfg(test)]
mod tests {
    use super::permission;

    #[test]
    fn what_a_denied_request_needs_is_read_from_the_text_of_aws() {
        let start = "User: arn:aws:sts::222222222222:assumed-role/ACT/17 is not authorized to perform: codepipeline:StartPipelineExecution on resource: arn:aws:codepipeline:eu-west-1:2:deploy";
        let statement = r#"{"Effect":"Allow","Action":"codepipeline:StartPipelineExecution","Resource":"arn:aws:codepipeline:eu-west-1:2:deploy"}"#;
        let needs = [format!("role `ACT` in account 222222222222 needs {statement}")];
        // With the reason and the tail of CodePipeline, and without.
        let reason = " because no identity-based policy allows the codepipeline:StartPipelineExecution action (Service: AWSCodePipeline; Status Code: 400)";
        for tail in ["", ".", " (Service: AWSCodePipeline; Status Code: 400)", reason] {
            assert_eq!(permission(&format!("{start}{tail}")), needs, "{tail}");
        }
        let bucket = "User: arn:aws:sts::222222222222:assumed-role/ACT/17 is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::artifacts/key because no resource-based policy allows the s3:GetObject action";
        assert_eq!(
            permission(bucket),
            [
                r#"the policy of arn:aws:s3:::artifacts/key has to allow it to arn:aws:iam::222222222222:role/ACT, a policy of the role does not help: {"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:role/ACT"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::artifacts/key"}; `Topology::policies` has all that the policies of buckets and keys need"#
            ]
        );
        let denied = format!("{start} with an explicit deny in a service control policy");
        assert!(permission(&denied)[0].starts_with("a statement denies codepipeline:StartPipelineExecution"));
        let beyond = format!("{start} because no service control policy allows the action");
        assert_eq!(
            permission(&beyond),
            [
                "arn:aws:sts::222222222222:assumed-role/ACT/17 is denied codepipeline:StartPipelineExecution because no service control policy allows the action: an allow in the policies of its role does not help"
            ]
        );
        let trust =
            "CodePipeline is not authorized to perform AssumeRole on role arn:aws:iam::111111111111:role/service";
        assert_eq!(
            permission(trust),
            [
                "role arn:aws:iam::111111111111:role/service has to exist, and to trust who assumes it; `plan` proves each hop"
            ]
        );
        let assume = "User: arn:aws:sts::111111111111:assumed-role/SVC/17 is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/ACT";
        assert_eq!(permission(assume)[1], "and arn:aws:iam::222222222222:role/ACT has to trust it");
        assert!(permission("exit status 1").is_empty());
    }
}
