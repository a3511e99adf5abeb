//! `wait: "45 minutes"` of an invoke action: the action that waits for the execution that the invoke started, and ends as it ends.
//!
//! An invoke action starts its target and is done. The action that is added is a Commands action with the role of the invoke. It
//! finds the execution by the variable of its caller, see [`CALLER_VARIABLE`], and asks for its status until it has ended.
//! What it waits for is in its environment variables, so that it can be distinguished from any other Commands action.
//!
//! Source: CodePipeline User Guide, "Commands action reference" and "Quotas".

use std::fmt;

use super::caller_variable::CALLER_VARIABLE;
use super::items::Invoke;
use super::wait_limit::WaitLimit;
use crate::declaration::{ActionDeclaration, ActionTypeId, EnvironmentVariable, InputArtifact};
use crate::ids::{Name, Region};

/// What the role of the added action is allowed on the target.
pub const RUN_READS: [&str; 2] = ["codepipeline:GetPipelineExecution", "codepipeline:ListPipelineExecutions"];

/// What the name of the invoke is followed by in the name of the added action.
const SUFFIX: &str = "-wait";

/// What the environment variables of the added action are called.
const PIPELINE: &str = "XACCT_WAIT_PIPELINE";
const REGION: &str = "XACCT_WAIT_REGION";
const CALLER: &str = "XACCT_WAIT_CALLER";
const MINUTES: &str = "XACCT_WAIT_MINUTES";

impl Invoke {
    /// Has the pipeline wait until the execution that the action starts has ended, and fail where it doesn't succeed: with an
    /// action that is added, see [`Wait`](super::Wait). The action passes the variable of its caller by that.
    pub fn wait(&mut self, limit: WaitLimit) {
        self.follow_by_caller_variable();
        self.wait = Some(limit);
    }
}

/// The name of the action that waits for what an invoke action starts.
pub fn wait_name(invoke: &str) -> String {
    format!("{invoke}{SUFFIX}")
}

/// The name of the invoke action of the action that waits, by its name.
pub fn waited_name(wait: &str) -> Option<&str> {
    wait.strip_suffix(SUFFIX)
}

/// What an action that waits was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// The name of the pipeline, which lives in the account of the action's role.
    pub pipeline: Name,
    /// The Region of the pipeline.
    pub region: Region,
    /// The value of the variable of the caller.
    pub caller: String,
    /// How long it waits at most.
    pub limit: WaitLimit,
}

impl fmt::Display for Wait {
    /// As a plan says it of the action.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pipeline, region, limit, caller } = self;
        let started = caller.split_once('/').map_or(caller.as_str(), |(_, action)| action);
        write!(
            f,
            "waits for the execution of pipeline {pipeline} ({region}) that {started} starts, {limit} at most, and ends as it ends"
        )
    }
}

impl Wait {
    /// The action. Its role is a link of its pipeline.
    pub fn action(&self, name: &str, run_order: i64, input: &str) -> ActionDeclaration {
        let variable =
            |name: &str, value: String| EnvironmentVariable { name: name.to_owned(), value, ..Default::default() };
        ActionDeclaration {
            name: name.to_owned(),
            action_type_id: ActionTypeId::commands(),
            run_order: Some(run_order),
            commands: Some(vec![script()]),
            environment_variables: Some(vec![
                variable(PIPELINE, self.pipeline.to_string()),
                variable(REGION, self.region.to_string()),
                variable(CALLER, self.caller.clone()),
                variable(MINUTES, self.limit.as_minutes().to_string()),
            ]),
            input_artifacts: Some(vec![InputArtifact { name: input.to_owned(), ..Default::default() }]),
            ..Default::default()
        }
    }

    /// What an action waits for, if it runs these commands with these variables.
    pub fn of(action: &ActionDeclaration) -> Option<Self> {
        let variables = action.environment_variables.as_deref()?;
        let value = |name: &str| variables.iter().find(|v| v.name == name).map(|v| v.value.as_str());
        let limit = WaitLimit::minutes(value(MINUTES)?.parse().ok()?).ok()?;
        let (pipeline, region) = (value(PIPELINE)?.parse().ok()?, value(REGION)?.parse().ok()?);
        let caller = value(CALLER)?.to_owned();
        // Last, since the line is long and few actions have the variables.
        let [command] = action.commands.as_deref()? else { return None };
        (*command == script()).then_some(Self { pipeline, region, caller, limit })
    }
}

/// The one line that is run: in a subshell, so that `exit` ends nothing else. The newest executions come first, so after a retry of the
/// whole stage it is the newer one that is found. The AWS CLI retries what is throttled.
fn script() -> String {
    let of = format!("--region \"${REGION}\" --pipeline-name \"${PIPELINE}\" --output text --query");
    let list = format!(
        "aws codepipeline list-pipeline-executions --max-items 50 {of} 'pipelineExecutionSummaries[].[pipelineExecutionId]'"
    );
    let get =
        format!("aws codepipeline get-pipeline-execution --pipeline-execution-id $1 {of} \"pipelineExecution.$2\"");
    format!(
        "(export AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=8; get() {{ {get}; }}; id=; end=$(($(date +%s)+{MINUTES}*60)); \
         while [ $(date +%s) -lt $end ]; do \
         if [ -z \"$id\" ]; then all=$({list}) || exit 1; for e in $all; do case $e in *-*) \
         v=$(get $e \"variables[?name=='{CALLER_VARIABLE}'].resolvedValue\") || exit 1; \
         if [ \"$v\" = \"${CALLER}\" ]; then id=$e; break; fi;; esac; done; fi; \
         if [ -n \"$id\" ]; then s=$(get $id status) || exit 1; case $s in Succeeded) exit 0;; InProgress|Stopping) ;; \
         *) echo \"execution $id: $s\"; exit 1;; esac; fi; sleep 15; done; echo \"not ended in time: ${{id:-no execution found}}\"; exit 1)"
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn wait() -> Wait {
        Wait {
            pipeline: "deploy".parse().unwrap(),
            region: "eu-west-1".parse().unwrap(),
            caller: super::super::caller_value("Deploy", "go"),
            limit: "45 minutes".parse().unwrap(),
        }
    }

    #[test]
    fn the_action_is_known_by_what_it_runs_and_not_by_its_name() {
        let action = wait().action("any name", 2, "Code");
        assert_eq!(Wait::of(&action).unwrap(), wait());
        let mut other = action.clone();
        other.commands = Some(vec!["make".to_owned()]);
        assert_eq!(Wait::of(&other), None);
        let mut other = action;
        other.environment_variables.as_mut().unwrap().pop();
        assert_eq!(Wait::of(&other), None);
    }

    #[test]
    fn the_command_is_one_line_that_commands_takes() {
        let script = script();
        assert!((1..=1000).contains(&script.chars().count()), "{}", script.chars().count());
        assert!(!script.contains('\n') && !crate::declaration::references::has_reference(&script));
    }

    /// What the command prints and whether it succeeds, in a shell whose AWS CLI knows two executions, and whose clock goes on by
    /// sleeping.
    fn run(caller: &str, statuses: &str) -> (String, bool) {
        let shell = format!(
            "t=0; n=0; f=$(mktemp); echo 0 > $f; date() {{ cat $f; }}; sleep() {{ echo $(($(cat $f)+$1)) > $f; }}; \
             aws() {{ case \"$*\" in \
             *list-pipeline-executions*) printf 'aaaa-1\nbbbb-2\nNone\n';; \
             *--pipeline-execution-id\\ bbbb-2*xacct_caller*) echo 'mine';; \
             *xacct_caller*) echo 'other';; \
             *--pipeline-execution-id\\ bbbb-2*.status) set -- {statuses}; shift $(($(cat $f)/15)); echo $1;; \
             *) exit 9;; esac; }}; \
             {PIPELINE}=deploy {REGION}=eu-west-1 {CALLER}={caller} {MINUTES}=1; {}; code=$?; rm $f; exit $code",
            script()
        );
        let ran = std::process::Command::new("sh").args(["-c", &shell]).output().unwrap();
        (String::from_utf8(ran.stdout).unwrap() + &String::from_utf8(ran.stderr).unwrap(), ran.status.success())
    }

    #[test]
    fn the_command_ends_as_the_execution_ends() {
        assert_eq!(run("mine", "Succeeded"), (String::new(), true));
        assert_eq!(run("mine", "InProgress Stopping Succeeded"), (String::new(), true));
        for status in ["Failed", "Stopped", "Superseded", "Cancelled"] {
            assert_eq!(run("mine", &format!("InProgress {status}")), (format!("execution bbbb-2: {status}\n"), false));
        }
        let running = "InProgress InProgress InProgress InProgress InProgress";
        assert_eq!(run("mine", running), ("not ended in time: bbbb-2\n".to_owned(), false));
        assert_eq!(run("another", "Succeeded"), ("not ended in time: no execution found\n".to_owned(), false));
    }
}
