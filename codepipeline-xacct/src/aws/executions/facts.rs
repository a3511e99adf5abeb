//! What AWS says about an execution and its actions: for the tree, and for finding what an action started.

use std::time::SystemTime;

use aws_sdk_codepipeline::types::{
    ActionExecutionDetail, ActionExecutionInput, ActionExecutionStatus, PipelineExecution,
};
use aws_smithy_types::DateTime;

use super::tree::ActionExecution;
use crate::core::arns::SessionArn;
use crate::core::declaration::invoke::{self, COMMIT_ID, REVISIONS_KEY, TARGET_KEY, VARIABLES_KEY};
use crate::core::declaration::references::{EXECUTION, EXECUTION_ID, written};
use crate::core::declaration::runs_in::{account_or_own, region_of};
use crate::core::ids::{ExecutionId, Name, PipelineArn, RoleArn};
use crate::core::policy::denial;
use crate::core::topology::caller_value;

/// What is known of an invoke action.
#[derive(Debug, Clone)]
pub(super) struct InvokeFacts {
    /// The value by which what it starts can be recognized, where it passes that: its execution, stage and name.
    own: String,
    /// The pipeline that it starts.
    pub(super) target: PipelineArn,
    /// The beginning of the ARN of the sessions that it starts it with.
    pub(super) sessions: String,
    /// The variables that it passes, resolved.
    pub(super) variables: Vec<(String, String)>,
    /// The revisions of commits that it passes, by source action.
    pub(super) commits: Vec<(String, String)>,
    /// Ids that CodePipeline shows at it.
    pub(super) shown: Vec<ExecutionId>,
    pub(super) began: Option<DateTime>,
    pub(super) updated: Option<DateTime>,
    pub(super) ended: bool,
    pub(super) succeeded: bool,
    /// AWS denied the start.
    pub(super) denied: bool,
}

impl InvokeFacts {
    /// The facts of an invoke action; `None` for another action.
    pub(super) fn of(caller: &PipelineArn, execution: &str, detail: &ActionExecutionDetail) -> Option<Self> {
        let input = detail.input()?;
        if input.action_type_id()?.provider() != "CodePipeline" {
            return None;
        }
        let role: Option<RoleArn> = input.role_arn().and_then(|arn| arn.parse().ok());
        let (account, region) = (account_or_own(caller, input.role_arn()), region_of(caller, input.region()));
        let name = configured(input, TARGET_KEY)?;
        let target =
            PipelineArn::new(caller.partition().clone(), region.parse().ok()?, account.clone(), name.parse().ok()?);
        let (partition, account) = (caller.partition().as_str(), account.as_str());
        let sessions = match &role {
            Some(role) => SessionArn { partition, account, role: role.name().as_str(), session: "" }.to_string(),
            // The name of the service role is not shown.
            None => SessionArn::of_account(partition, account),
        };
        let status = detail.status();
        let error = detail.output().and_then(|o| o.execution_result()).and_then(|r| r.error_details());
        let denied = error.is_some_and(|error| {
            let text = format!("{} {}", error.code().unwrap_or_default(), error.message().unwrap_or_default());
            denial::is_told(&text)
        });
        Some(Self {
            own: filled(&caller_value(detail.stage_name()?, detail.action_name()?), execution),
            target,
            sessions,
            variables: configured(input, VARIABLES_KEY)
                .map(|text| variables(&filled(text, execution)))
                .unwrap_or_default(),
            commits: configured(input, REVISIONS_KEY).map(commits).unwrap_or_default(),
            shown: shown(detail, execution),
            began: detail.start_time().copied(),
            updated: detail.last_update_time().copied(),
            ended: status.is_some_and(|status| *status != ActionExecutionStatus::InProgress),
            succeeded: status == Some(&ActionExecutionStatus::Succeeded),
            denied,
        })
    }

    /// True where it passes its execution, its stage and its name, so that what it started can be recognized by that.
    pub(super) fn names_itself(&self) -> bool {
        self.variables.iter().any(|(_, value)| *value == self.own)
    }
}

/// A text with the id of the execution in the place of its reference, which is known even where values are not shown resolved.
fn filled(text: &str, execution: &str) -> String {
    text.replace(&written(EXECUTION, EXECUTION_ID), execution)
}

/// A configuration value with its references replaced, where that is shown.
fn configured<'a>(input: &'a ActionExecutionInput, key: &str) -> Option<&'a str> {
    let resolved = input.resolved_configuration().and_then(|configuration| configuration.get(key));
    resolved.or_else(|| input.configuration()?.get(key)).map(String::as_str)
}

/// The entries of a text of `Variables`.
fn variables(text: &str) -> Vec<(String, String)> {
    let passed = invoke::variables(text).unwrap_or_default();
    passed.into_iter().map(|variable| (variable.name, variable.value)).collect()
}

/// The commits of a text of `SourceRevisions`.
fn commits(text: &str) -> Vec<(String, String)> {
    let passed = invoke::revisions(text).unwrap_or_default().into_iter();
    let commits = passed.filter(|revision| revision.revision_type == COMMIT_ID);
    commits.map(|revision| (revision.action_name, revision.revision_value)).collect()
}

/// Every id in what CodePipeline shows of the action's result. Whether the started execution is among them is not documented.
fn shown(detail: &ActionExecutionDetail, own: &str) -> Vec<ExecutionId> {
    let output = detail.output();
    let result = output.and_then(|output| output.execution_result());
    let texts = result.into_iter().flat_map(|result| {
        [result.external_execution_id(), result.external_execution_url(), result.external_execution_summary()]
    });
    let variables = output.and_then(|output| output.output_variables()).into_iter().flatten();
    let texts = texts.flatten().chain(variables.map(|(_, value)| value.as_str()));
    let mut ids: Vec<ExecutionId> = texts.flat_map(ids).filter(|id| id.as_str() != own).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// What can be ids of executions in a text.
fn ids(text: &str) -> impl Iterator<Item = ExecutionId> {
    let words = text.split(|c: char| !(c.is_ascii_hexdigit() || c == '-'));
    words.filter_map(|word| word.parse().ok())
}

/// The actions of an execution, from the oldest, with their attempts.
pub(super) fn actions(details: &[ActionExecutionDetail]) -> Vec<(ActionExecution, &ActionExecutionDetail)> {
    let name = |name: Option<&str>| name.and_then(|name| name.parse::<Name>().ok());
    let mut actions: Vec<(ActionExecution, &ActionExecutionDetail)> = Vec::with_capacity(details.len());
    for detail in details {
        let Some((stage, action)) = name(detail.stage_name()).zip(name(detail.action_name())) else { continue };
        let earlier = actions.iter().filter(|(a, _)| a.stage == stage && a.action == action).count();
        let result = detail.output().and_then(|output| output.execution_result());
        let status = detail.status().cloned().unwrap_or(ActionExecutionStatus::InProgress);
        let category = detail.input().and_then(|input| input.action_type_id()).map(|id| id.category());
        let is_approval = category == Some(&aws_sdk_codepipeline::types::ActionCategory::Approval);
        let action = ActionExecution {
            stage,
            action,
            id: detail.action_execution_id().unwrap_or_default().to_owned(),
            attempt: earlier + 1,
            awaits_approval: is_approval && status == ActionExecutionStatus::InProgress,
            status,
            began: detail.start_time().and_then(time),
            updated: detail.last_update_time().and_then(time),
            error: result.and_then(|r| r.error_details()).map(|error| {
                (error.code().unwrap_or_default().to_owned(), error.message().unwrap_or_default().to_owned())
            }),
            summary: result.and_then(|r| r.external_execution_summary()).map(str::to_owned),
            link: result.and_then(|r| r.external_execution_url()).map(str::to_owned),
            invoked: None,
        };
        actions.push((action, detail));
    }
    actions
}

/// The pipeline variables of an execution, with the values to which they were resolved.
pub(super) fn resolved_variables(execution: &PipelineExecution) -> Vec<(String, String)> {
    let variables = execution.variables().iter();
    variables
        .map(|v| (v.name().unwrap_or_default().to_owned(), v.resolved_value().unwrap_or_default().to_owned()))
        .collect()
}

/// A time of the SDK as one of the standard library.
pub(super) fn time(time: &DateTime) -> Option<SystemTime> {
    SystemTime::try_from(*time).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_recognized_by_what_it_passes_even_where_that_is_not_shown_resolved() {
        use aws_sdk_codepipeline::types::{ActionCategory, ActionExecutionInput, ActionOwner, ActionTypeId};
        let id = ActionTypeId::builder().category(ActionCategory::Invoke).owner(ActionOwner::Aws);
        let passing = |value: &str| {
            let input = ActionExecutionInput::builder()
                .action_type_id(id.clone().provider("CodePipeline").version("1").build().unwrap())
                .configuration("PipelineName", "deploy")
                .configuration(
                    "Variables",
                    serde_json::json!([{ "name": "xacct_caller", "value": value }]).to_string(),
                );
            let detail = ActionExecutionDetail::builder().stage_name("Go").action_name("start").input(input.build());
            let caller = "arn:aws:codepipeline:eu-west-1:111111111111:release".parse().unwrap();
            InvokeFacts::of(&caller, "e-1", &detail.build()).unwrap()
        };
        let facts = passing(&caller_value("Go", "start"));
        assert!(facts.names_itself());
        assert_eq!(facts.variables, [("xacct_caller".to_owned(), "e-1/Go/start".to_owned())]);
        // What another action of the execution started may have the id alone.
        for other in ["#{codepipeline.PipelineExecutionId}", "#{codepipeline.PipelineExecutionId}/Go/start2", "x"] {
            assert!(!passing(other).names_itself(), "{other}");
        }
    }

    #[test]
    fn ids_are_found_wherever_they_stand() {
        let id = "01234567-89ab-cdef-0123-456789abcdef";
        for text in [id.to_owned(), format!("https://x/executions/{id}/timeline"), format!("Started ({id}).")] {
            assert_eq!(ids(&text).map(String::from).collect::<Vec<_>>(), [id], "{text}");
        }
        assert_eq!(ids("project:0123 d-ABCDEF 01234567-89ab").count(), 0);
    }
}
