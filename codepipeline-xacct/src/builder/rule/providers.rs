//! Made from `codepipeline-xacct-core/catalogue.json` by `cargo xtask write`; edit that file instead.

use super::common::{ConditionRule, of};

/// Watches a CloudWatch alarm.
#[derive(Debug)]
pub enum CloudWatchAlarm {}

/// Watches a CloudWatch alarm.
///
/// Source: CodePipeline User Guide, `rule-reference-CloudWatchAlarm`.
pub fn cloudwatch_alarm(name: &str, alarm_name: impl Into<String>) -> ConditionRule<CloudWatchAlarm> {
    of(name, "CloudWatchAlarm").configuration("AlarmName", alarm_name)
}

impl ConditionRule<CloudWatchAlarm> {
    /// States to watch for.
    pub fn alarm_states(self, value: impl Into<String>) -> Self {
        self.configuration("AlarmStates", value)
    }

    /// Minutes to wait for a change of state.
    pub fn wait_time(self, value: u32) -> Self {
        self.configuration("WaitTime", value.to_string())
    }
}

/// Runs a CodeBuild project.
#[derive(Debug)]
pub enum CodeBuild {}

/// Runs a CodeBuild project.
///
/// Source: CodePipeline User Guide, `rule-reference-CodeBuild`.
pub fn codebuild(name: &str, project_name: impl Into<String>) -> ConditionRule<CodeBuild> {
    of(name, "CodeBuild").configuration("ProjectName", project_name)
}

impl ConditionRule<CodeBuild> {
    /// Input artifact with the buildspec.
    pub fn primary_source(self, value: impl Into<String>) -> Self {
        self.configuration("PrimarySource", value)
    }

    /// Batch build.
    pub fn batch_enabled(self, value: bool) -> Self {
        self.configuration("BatchEnabled", value.to_string())
    }

    /// Combine batch artifacts.
    pub fn combine_artifacts(self, value: bool) -> Self {
        self.configuration("CombineArtifacts", value.to_string())
    }

    /// Build variables.
    pub fn environment_variables(self, value: impl Into<String>) -> Self {
        self.configuration("EnvironmentVariables", value)
    }
}

/// Runs shell commands on managed compute.
#[derive(Debug)]
pub enum Commands {}

/// Holds during a time window.
#[derive(Debug)]
pub enum DeploymentWindow {}

/// Holds during a time window.
///
/// Source: CodePipeline User Guide, `rule-reference-DeploymentWindow`.
pub fn deployment_window(name: &str, cron: impl Into<String>) -> ConditionRule<DeploymentWindow> {
    of(name, "DeploymentWindow").configuration("Cron", cron)
}

impl ConditionRule<DeploymentWindow> {
    /// Time zone. Default: `UTC`.
    pub fn time_zone(self, value: impl Into<String>) -> Self {
        self.configuration("TimeZone", value)
    }
}

/// Calls a Lambda function.
#[derive(Debug)]
pub enum LambdaInvoke {}

/// Calls a Lambda function.
///
/// Source: CodePipeline User Guide, `rule-reference-LambdaInvoke`.
pub fn lambda_invoke(name: &str, function_name: impl Into<String>) -> ConditionRule<LambdaInvoke> {
    of(name, "LambdaInvoke").configuration("FunctionName", function_name)
}

impl ConditionRule<LambdaInvoke> {
    /// Input for the function in key-value form.
    pub fn user_parameters(self, value: impl Into<String>) -> Self {
        self.configuration("UserParameters", value)
    }
}

/// Compares a variable with a value.
#[derive(Debug)]
pub enum VariableCheck {}

/// Compares a variable with a value.
///
/// Source: CodePipeline User Guide, `rule-reference-VariableCheck`.
pub fn variable_check(
    name: &str,
    variable: impl Into<String>,
    value: impl Into<String>,
    operator: Operator,
) -> ConditionRule<VariableCheck> {
    of(name, "VariableCheck")
        .configuration("Variable", variable)
        .configuration("Value", value)
        .configuration("Operator", operator.as_str())
}

/// Comparison; MATCHES uses Java regular expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operator {
    /// `EQ`
    Eq,
    /// `NE`
    Ne,
    /// `CONTAINS`
    Contains,
    /// `MATCHES`
    Matches,
}

impl Operator {
    /// The value as AWS writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "EQ",
            Self::Ne => "NE",
            Self::Contains => "CONTAINS",
            Self::Matches => "MATCHES",
        }
    }
}
