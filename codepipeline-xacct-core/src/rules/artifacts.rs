//! Artifacts.

use super::rule::{edit, rules, text};

rules! {
    XA0301 Refused "an output artifact is made twice",
        "Names of output artifacts are unique in the whole pipeline.",
        ["action-requirements"],
        edit("/stages/1/actions/1/outputArtifacts/0/name", "\"Built\"", "\"Report\""),
        hides_anywhere [XA0302],
        aws InvalidStructure["Output Artifact Bundle name must be unique within the pipeline. {subject} has been used more than once."];
    XA0302 Refused "an input artifact that no action makes",
        "An input artifact is the output artifact of an action that runs earlier.",
        ["action-requirements"],
        edit("/stages/1/actions/1/inputArtifacts/0/name", "\"Build\"", "\"Built\""),
        // The artifact that a key names is the one that is missing.
        hides [XA0306, XA0308, XA0312],
        unless_unread OutputArtifacts,
        aws InvalidStructure;
    XA0313 Advice "an input artifact that is named twice",
        "An action or a rule reads an artifact once. What the service makes of a second time is not documented.",
        ["action-requirements"],
        edit("/stages/1/actions/1/inputArtifacts", "[{\"name\": \"Built\"}, {\"name\": \"Built\"}]", "[{\"name\": \"Built\"}]");
    XA0303 Refused "an input artifact that is not made yet",
        "An input artifact is made in an earlier stage, or in the same stage by an action with a lower `runOrder`; the order in the list does not matter.",
        ["action-requirements"],
        edit("/stages/1/actions/1/runOrder", "1", "2"),
        unless_unread RunOrders,
        aws InvalidStructure;
    XA0304 Refused "too few artifacts",
        "Every provider takes and makes a certain number of artifacts.",
        ["reference-action-artifacts"],
        edit("/stages/1/actions/1/inputArtifacts", "[]", "[{\"name\": \"Built\"}]"),
        // The artifact that a key names is the one that is missing.
        hides [XA0306, XA0308, XA0312],
        unless_unread Itself,
        aws InvalidActionDeclaration["Action {action} declares {count} {side} artifacts which is less than the minimum count ({bound})"];
    XA0305 Refused "too many artifacts",
        "Every provider takes and makes a certain number of artifacts; a custom action takes and makes up to 5.",
        ["reference-action-artifacts"],
        edit("/stages/2/actions/0/inputArtifacts", "[{\"name\": \"Built\"}]", ""),
        hides [XA0313],
        aws InvalidActionDeclaration["Action {action} declares {count} {side} artifacts which is greater than the maximum count ({bound})"];
    XA0306 Refused "an input artifact is missing that the configuration needs",
        "Some providers need an input artifact in one of their modes only: StepFunctions with InputType FilePath, InspectorScan with SourceCodeScan, Lambda (deploy) without PublishedTargetVersion.",
        ["action-reference-StepFunctions", "action-reference-InspectorScan", "action-reference-LambdaDeploy"],
        edit("/stages/2/actions/0", "{\"name\": \"run\", \"actionTypeId\": {\"category\": \"Invoke\", \"owner\": \"AWS\", \"provider\": \"StepFunctions\", \"version\": \"1\"}, \"configuration\": {\"StateMachineArn\": \"arn:aws:states:eu-west-1:111111111111:stateMachine:run\", \"InputType\": \"FilePath\", \"Input\": \"input.json\"}}", "{\"name\": \"run\", \"actionTypeId\": {\"category\": \"Invoke\", \"owner\": \"AWS\", \"provider\": \"StepFunctions\", \"version\": \"1\"}, \"configuration\": {\"StateMachineArn\": \"arn:aws:states:eu-west-1:111111111111:stateMachine:run\"}}"),
        unless_unread Itself,
        aws InvalidStructure;
    XA0307 Advice "a number of artifacts on which sources differ",
        "The page of the provider gives a different number of artifacts than other sources.",
        ["reference-action-artifacts"],
        text("a CloudFormationStackInstances action with 3 input artifacts", "one with at most 2");
    XA0310 Advice "a full clone that an action other than CodeBuild reads",
        "The artifact of a source with OutputArtifactFormat CODEBUILD_CLONE_REF can only be read by CodeBuild actions.",
        ["action-reference-CodestarConnectionSource", "action-reference-CodeCommit"],
        text("a CodeDeploy action that reads the clone", "a CodeDeploy action that reads what CodeBuild made of it");
    XA0311 Advice "a hyphen in one of several output artifacts of CodeBuild",
        "With several output artifacts their names are identifiers in the buildspec, in which a hyphen fails.",
        ["https://github.com/aws/aws-cdk/issues/18710 (a report)"],
        edit("/stages/1/actions/0/outputArtifacts", "[{\"name\": \"Built\"}, {\"name\": \"test-report\"}]", "[{\"name\": \"Built\"}, {\"name\": \"test_report\"}]");
    XA1119 Refused "too many input artifacts of a rule",
        "CloudWatchAlarm, DeploymentWindow and VariableCheck take no input artifact.",
        ["rule-reference"],
        edit("/stages/2/onFailure/conditions/0/rules/0/inputArtifacts", "[{\"name\": \"Built\"}]", ""),
        aws InvalidStructure;
}
