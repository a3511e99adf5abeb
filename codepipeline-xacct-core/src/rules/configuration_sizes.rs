//! How long the keys and the values of a configuration are.

use super::rule::{edit, rules, text};

rules! {
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
    XA0232 Advice "an empty value that the page of the provider allows",
        "The page of CodeBuild says that BuildspecOverride may be empty; the service has refused empty configuration values.",
        ["action-reference-CodeBuild", "https://github.com/aws/aws-cdk/issues/19767 (error text of the service)"],
        edit("/stages/1/actions/0/configuration/BuildspecOverride", "\"\"", "");
}
