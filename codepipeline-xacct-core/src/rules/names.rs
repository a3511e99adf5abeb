//! Names, patterns, sizes and enumerations.

use super::rule::{edit, rules, text};

rules! {
    XA0201 Refused "a name that doesn't fit its pattern",
        "Names of pipelines, stages, actions and rules are 1 to 100 characters out of `A-Z a-z 0-9 . @ - _`; artifact names out of `A-Z a-z 0-9 _ -`; namespaces out of `A-Z a-z 0-9 @ - _`; variable names are the same, with up to 128 characters; Regions look like `eu-west-1`.",
        ["limits", "API_PipelineDeclaration", "API_ActionDeclaration"],
        edit("/stages/1/name", "\"Build it\"", "\"Build\""),
        // A malformed Region is not judged as another Region.
        hides [XA0404, XA0405, XA0410, XA0717],
        unless_unread Name,
        aws Validation;
    XA0203 Refused "too many pipeline variables",
        "A pipeline declares at most 50 variables.",
        ["limits", "API_PipelineDeclaration"],
        text("51 variables", "50 variables"),
        aws Validation;
    XA0204 Refused "a pipeline variable is declared twice",
        "Names of pipeline variables are unique.",
        ["limits"],
        edit("/variables", "[{\"name\": \"level\", \"defaultValue\": \"1\"}, {\"name\": \"level\", \"defaultValue\": \"2\"}]", "[{\"name\": \"level\", \"defaultValue\": \"1\"}]"),
        aws InvalidStructure["Variable names must be unique. The following variable name is already in use: {subject}"];
    XA0205 Refused "a default that is empty or too long",
        "The default of a pipeline variable has 1 to 1000 characters; without one every start has to pass a value.",
        ["API_PipelineVariableDeclaration"],
        edit("/variables/0/defaultValue", "\"\"", "\"1\""),
        aws Validation;
    XA0206 Refused "a description that is too long",
        "The description of a pipeline variable has at most 200 characters.",
        ["API_PipelineVariableDeclaration"],
        text("a description of 201 characters", "a description of 200 characters"),
        aws Validation;
    XA0207 Refused "a configuration key that is empty or too long",
        "A configuration key has 1 to 50 characters.",
        ["limits", "API_ActionDeclaration"],
        edit("/stages/1/actions/0/configuration/", "\"x\"", ""),
        aws Validation;
    XA0208 Refused "an empty configuration value",
        "The service refuses empty configuration values; leave the key out.",
        ["API_ActionDeclaration", "https://github.com/aws/aws-cdk/issues/19767 (error text of the service)"],
        edit("/stages/1/actions/0/configuration/EnvironmentVariables", "\"\"", ""),
        aws Validation["1 validation error detected: Value at '{configuration}' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 50000, Member must have length greater than or equal to 1]"];
    XA0209 Refused "a configuration value that is too long",
        "A configuration value has 1 to 1000 characters, according to the API model, the quota page and a validation error. The 50000 in other error texts are an outer check.",
        ["limits", "API_ActionDeclaration", "reference-variables"],
        text("a BuildspecOverride of 2000 characters", "the path of a buildspec in the input artifact"),
        aws Validation["1 validation error detected: Value at '{configuration}' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 1000, Member must have length greater than or equal to 1]"];
    XA0210 Advice "a list of more than 1000 characters for an invoke action",
        "The quota page and the API model say 1000 characters for every configuration value; the 50 variables or revisions that a start takes don't fit into that.",
        ["limits", "action-reference-PipelineInvoke", "API_StartPipelineExecution"],
        text("`Variables` of 2000 characters", "a variable with an id, under which the target finds the rest");
    XA0211 Refused "too many commands, or a command that is empty or too long",
        "An action has 1 to 50 commands of 1 to 1000 characters.",
        ["action-reference-Commands", "API_ActionDeclaration"],
        edit("/stages/1/actions/1/commands/0", "\"\"", "\"./check\""),
        aws Validation;
    XA0212 Refused "too few or too many environment variables",
        "An action has 1 to 10 environment variables; where there are none, the member is left out.",
        ["API_ActionDeclaration"],
        edit("/stages/1/actions/1/environmentVariables", "[]", ""),
        aws Validation;
    XA0213 Refused "an invalid name of an environment variable",
        "The name of an environment variable has 1 to 128 characters out of `A-Z a-z 0-9 _`.",
        ["API_EnvironmentVariable"],
        edit("/stages/1/actions/1/environmentVariables/0/name", "\"LOG-LEVEL\"", "\"LOG_LEVEL\""),
        aws Validation;
    XA0214 Refused "an environment variable that is empty or too long",
        "The value of an environment variable has 1 to 2000 characters.",
        ["API_EnvironmentVariable"],
        edit("/stages/1/actions/1/environmentVariables/0/value", "\"\"", "\"1\""),
        aws Validation;
    XA0215 Refused "a timeout on an action that is not an approval",
        "Only a manual approval has `timeoutInMinutes`.",
        ["API_ActionDeclaration", "limits"],
        edit("/stages/1/actions/0/timeoutInMinutes", "60", ""),
        unless_unread ActionType,
        aws Validation;
    XA0216 Refused "a timeout out of range",
        "The timeout of a manual approval is 5 to 86400 minutes.",
        ["API_ActionDeclaration", "limits"],
        edit("/stages/2/actions/0/timeoutInMinutes", "4", "60"),
        aws Validation;
    XA0217 Refused "an ARN as the name of a pipeline",
        "The name of a pipeline is bare; account and Region are given elsewhere.",
        ["API_PipelineDeclaration"],
        edit("/name", "\"arn:aws:codepipeline:eu-west-1:111111111111:release\"", "\"release\""),
        aws Validation;
    XA0219 Refused "too many output variables or files, or one that is empty or too long",
        "A Commands action has 1 to 15 output variables and its artifact 1 to 10 files, of 1 to 128 characters each; where there are none, the member is left out.",
        ["API_ActionDeclaration", "API_OutputArtifact"],
        edit("/stages/1/actions/1/outputArtifacts/0/files", "[]", ""),
        aws Validation;
    XA0220 Refused "an invalid role ARN",
        "A role is named by its ARN, `arn:aws:iam::<account id>:role/<path><name>`, of at most 1024 characters.",
        ["API_PipelineDeclaration", "API_ActionDeclaration"],
        edit("/roleArn", "\"release-service\"", "\"arn:aws:iam::111111111111:role/release-service\""),
        // An invalid role ARN has no account. Which error AWS reports depends on where the role is used.
        hides [XA0406, XA0407, XA0411, XA0412, XA0413, XA0717, XA0901];
    XA0224 Refused "a word that is not among those allowed",
        "Execution mode, pipeline type, results, retry mode and the type of an environment variable are enumerations, in capital letters.",
        ["API_PipelineDeclaration", "API_FailureConditions", "API_EnvironmentVariable"],
        edit("/executionMode", "\"Queued\"", "\"QUEUED\""),
        // A misspelt RETRY is not a different result.
        hides [XA0114],
        aws Validation;
    XA0225 Refused "a provider or a version that doesn't fit its pattern",
        "A provider has 1 to 35 and a version 1 to 9 characters out of `0-9 A-Z a-z _ -`.",
        ["API_ActionTypeId", "API_RuleTypeId"],
        edit("/stages/1/actions/0/actionTypeId/version", "\"1.0\"", "\"1\""),
        // A provider whose name doesn't fit is not looked up.
        hides [XA1109, XA1110],
        aws Validation;
    XA0226 Refused "a blocker of the wrong kind",
        "A blocker has a name of 1 to 100 characters and the type Schedule.",
        ["API_BlockerDeclaration"],
        edit("/stages/1/blockers", "[{\"name\": \"stop\", \"type\": \"Manual\"}]", "[{\"name\": \"stop\", \"type\": \"Schedule\"}]"),
        aws Validation;
    XA0228 Advice "a line break in the value or the description of a variable",
        "The API model gives the pattern `.*`, which a line break may not match.",
        ["API_PipelineVariableDeclaration"],
        edit("/variables/0/defaultValue", "\"1\\n2\"", "\"1\"");
    XA0229 Advice "a reference where none is documented",
        "`#{…}` is described for the configuration of actions only, not for roles and Regions.",
        ["reference-variables"],
        edit("/stages/1/actions/0/roleArn", "\"arn:aws:iam::111111111111:role/#{variables.level}\"", "\"arn:aws:iam::111111111111:role/builder\"");
    XA0230 FailsWhenRun "a multi-line command",
        "Each command is a single line; multi-line formats are not supported.",
        ["action-reference-Commands"],
        edit("/stages/1/actions/1/commands/0", "\"cd src\\n./check\"", "\"cd src && ./check\"");
    XA0231 Refused "a version below 1",
        "The service numbers the versions of a pipeline from 1.",
        ["API_PipelineDeclaration"],
        edit("/version", "0", "3"),
        aws Validation;
    XA0232 Advice "an empty value that the page of the provider allows",
        "The page of CodeBuild says that BuildspecOverride may be empty; the service has refused empty configuration values.",
        ["action-reference-CodeBuild", "https://github.com/aws/aws-cdk/issues/19767 (error text of the service)"],
        edit("/stages/1/actions/0/configuration/BuildspecOverride", "\"\"", "");
    XA0234 Advice "an output variable that is not a name",
        "Output variables of a job are named with `A-Z a-z 0-9 @ - _`; for those of a Commands action no pattern is documented.",
        ["API_PutJobSuccessResult", "API_ActionDeclaration"],
        edit("/stages/1/actions/1/outputVariables", "[\"$VERDICT\"]", "[\"VERDICT\"]");
}
