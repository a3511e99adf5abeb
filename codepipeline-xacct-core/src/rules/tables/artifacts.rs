//! XA03xx: artifacts. XA04xx: artifact stores, Regions and accounts.

use super::{edit, text};

rules! {
    XA0301 Refused "an output artifact is made twice",
        "Names of output artifacts are unique in the whole pipeline.",
        ["action-requirements"],
        edit("/stages/1/actions/1/outputArtifacts/0/name", "\"Built\"", "\"Report\"");
    XA0302 Refused "an input artifact that no action makes",
        "An input artifact is the output artifact of an action that runs earlier.",
        ["action-requirements"],
        edit("/stages/1/actions/1/inputArtifacts/0/name", "\"Build\"", "\"Built\"");
    XA0303 Refused "an input artifact that is not made yet",
        "An input artifact is made in an earlier stage, or in the same stage by an action with a lower `runOrder`; the order in the list decides nothing.",
        ["action-requirements"],
        edit("/stages/1/actions/1/runOrder", "1", "2");
    XA0304 Refused "too few artifacts",
        "Every provider takes and makes a certain number of artifacts.",
        ["reference-action-artifacts"],
        edit("/stages/1/actions/1/inputArtifacts", "[]", "[{\"name\": \"Built\"}]");
    XA0305 Refused "too many artifacts",
        "Every provider takes and makes a certain number of artifacts; a custom action takes and makes up to 5.",
        ["reference-action-artifacts"],
        edit("/stages/2/actions/0/inputArtifacts", "[{\"name\": \"Built\"}]", "");
    XA0306 Refused "an input artifact is missing that the configuration needs",
        "Some providers need an input artifact in one of their modes only: StepFunctions with InputType FilePath, InspectorScan with SourceCodeScan, Lambda (deploy) without PublishedTargetVersion.",
        ["action-reference-StepFunctions", "action-reference-InspectorScan", "action-reference-LambdaDeploy"],
        edit("/stages/2/actions/0", "{\"name\": \"run\", \"actionTypeId\": {\"category\": \"Invoke\", \"owner\": \"AWS\", \"provider\": \"StepFunctions\", \"version\": \"1\"}, \"configuration\": {\"StateMachineArn\": \"arn:aws:states:eu-west-1:111111111111:stateMachine:run\", \"InputType\": \"FilePath\", \"Input\": \"input.json\"}}", "{\"name\": \"run\", \"actionTypeId\": {\"category\": \"Invoke\", \"owner\": \"AWS\", \"provider\": \"StepFunctions\", \"version\": \"1\"}, \"configuration\": {\"StateMachineArn\": \"arn:aws:states:eu-west-1:111111111111:stateMachine:run\"}}");
    XA0307 Advice "a number of artifacts on which sources differ",
        "The page of the provider gives another number of artifacts than other sources do.",
        ["reference-action-artifacts"],
        text("a CloudFormationStackInstances action with 3 input artifacts", "one with at most 2");
    XA0308 Refused "the configuration names an artifact that is no input",
        "PrimarySource, the artifacts of CodeDeployToECS and the artifact before `::` in TemplatePath, TemplateConfiguration and the paths of stack sets are input artifacts of the same action.",
        ["action-reference-CloudFormation", "action-reference-CodeBuild", "action-reference-ECSbluegreen"],
        edit("/stages/2/actions/1/configuration/TemplatePath", "\"Build::template.yaml\"", "\"Built::template.yaml\"");
    XA0309 Refused "a path without its artifact",
        "A file of an input artifact is written `artifact::file`.",
        ["action-reference-CloudFormation"],
        edit("/stages/2/actions/1/configuration/TemplatePath", "\"template.yaml\"", "\"Built::template.yaml\"");
    XA0310 Advice "a full clone that another action than CodeBuild reads",
        "The artifact of a source with OutputArtifactFormat CODEBUILD_CLONE_REF can only be read by CodeBuild actions.",
        ["action-reference-CodestarConnectionSource", "action-reference-CodeCommit"],
        text("a CodeDeploy action that reads the clone", "a CodeDeploy action that reads what CodeBuild made of it");
    XA0311 Advice "a hyphen in one of several output artifacts of CodeBuild",
        "With several output artifacts their names are identifiers in the buildspec, in which a hyphen fails.",
        ["https://github.com/aws/aws-cdk/issues/18710 (a report)"],
        edit("/stages/1/actions/0/outputArtifacts", "[{\"name\": \"Built\"}, {\"name\": \"test-report\"}]", "[{\"name\": \"Built\"}, {\"name\": \"test_report\"}]");
    XA0312 Advice "PrimarySource names no input artifact, and there is only one",
        "PrimarySource names one of several input artifacts; with a single one it says nothing, and pipelines in which it names another work.",
        ["action-reference-CodeBuild"],
        text("\"PrimarySource\": \"Source\" with the one input artifact `Built`", "\"PrimarySource\" left out");
    XA0401 Refused "one store and a store per Region",
        "A pipeline has either `artifactStore` or `artifactStores`.",
        ["API_PipelineDeclaration"],
        edit("/artifactStore", "{\"type\": \"S3\", \"location\": \"artifacts\"}", "");
    XA0402 Refused "no artifact store",
        "A pipeline has an artifact store, even where no artifact moves.",
        ["API_PipelineDeclaration"],
        edit("/artifactStores", "", "{\"eu-west-1\": {\"type\": \"S3\", \"location\": \"artifacts-eu\", \"encryptionKey\": {\"type\": \"KMS\", \"id\": \"arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000001\"}}, \"us-east-1\": {\"type\": \"S3\", \"location\": \"artifacts-us\", \"encryptionKey\": {\"type\": \"KMS\", \"id\": \"arn:aws:kms:us-east-1:111111111111:key/00000000-0000-0000-0000-000000000002\"}}}");
    XA0403 Refused "no store for the Region of the pipeline",
        "`artifactStores` has an entry for the Region of the pipeline, and one for each Region of its actions.",
        ["actions-create-cross-region", "API_PipelineDeclaration"],
        edit("/artifactStores/eu-west-1", "", "{\"type\": \"S3\", \"location\": \"artifacts-eu\", \"encryptionKey\": {\"type\": \"KMS\", \"id\": \"arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000001\"}}");
    XA0404 Refused "no store for the Region of an action",
        "`artifactStores` has an entry for each Region of the pipeline's actions, even where no artifact moves.",
        ["actions-create-cross-region", "API_PipelineDeclaration"],
        edit("/stages/2/actions/2/region", "\"us-west-2\"", "\"us-east-1\"");
    XA0405 Refused "one store, and actions in other Regions",
        "With actions in more than one Region the pipeline has `artifactStores`, with an entry for each of them.",
        ["actions-create-cross-region"],
        text("\"artifactStore\": {…} and an action with \"region\": \"us-east-1\"", "\"artifactStores\": {\"eu-west-1\": {…}, \"us-east-1\": {…}}");
    XA0406 FailsWhenRun "artifacts cross accounts without a customer key",
        "An action of another account reads and writes artifacts with a customer-managed key: the key that AWS manages for S3 can't be shared. An action without artifacts, such as the start of a pipeline, needs no key.",
        ["pipelines-create-cross-account", "S3-artifact-encryption"],
        edit("/artifactStores/us-east-1/encryptionKey", "", "{\"type\": \"KMS\", \"id\": \"arn:aws:kms:us-east-1:111111111111:key/00000000-0000-0000-0000-000000000002\"}");
    XA0407 FailsWhenRun "artifacts cross accounts, and the key is not named by its ARN",
        "In another account an alias is not found, and a bare id is looked up in that account: the key is named by its ARN.",
        ["pipelines-create-cross-account"],
        edit("/artifactStores/us-east-1/encryptionKey/id", "\"alias/artifacts\"", "\"arn:aws:kms:us-east-1:111111111111:key/00000000-0000-0000-0000-000000000002\"");
    XA0408 Refused "a key of another Region than the store's",
        "The key of an artifact store lies in the Region of the store.",
        ["actions-create-cross-region", "pipelines-create-cross-account"],
        edit("/artifactStores/us-east-1/encryptionKey/id", "\"arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000001\"", "\"arn:aws:kms:us-east-1:111111111111:key/00000000-0000-0000-0000-000000000002\"");
    XA0414 Advice "a key that may be of another Region than the store's",
        "The ARN of the key has another Region than the store, but it is no id of a key either: something may be put in for it.",
        ["actions-create-cross-region"],
        edit("/artifactStores/us-east-1/encryptionKey/id", "\"arn:aws:kms:eu-west-1:111111111111:key/artifacts\"", "\"arn:aws:kms:us-east-1:111111111111:key/00000000-0000-0000-0000-000000000002\"");
    XA0409 FailsWhenRun "an artifact from one foreign account for another",
        "An action reads artifacts that were made in the account of the pipeline or in its own account; what a second account made can't be read in a third.",
        ["pipelines-create-cross-account"],
        edit("/stages/1/actions/0/roleArn", "\"arn:aws:iam::333333333333:role/builder\"", "\"arn:aws:iam::222222222222:role/builder\"");
    XA0410 Refused "a source, third-party or custom action in another Region",
        "Source actions and actions of the owners ThirdParty and Custom run in the Region of the pipeline.",
        ["action-requirements", "actions-create-cross-region"],
        edit("/stages/0/actions/1/region", "\"us-east-1\"", "");
    XA0411 Refused "something of another partition",
        "An account lives in one partition (`aws`, `aws-cn`, `aws-us-gov`); so do the roles, Regions, keys and resources of its pipelines.",
        ["pipelines-create-cross-account", "IAM User Guide, cross-account policy evaluation"],
        edit("/stages/2/actions/2/roleArn", "\"arn:aws-cn:iam::333333333333:role/acceptance-invoker\"", "\"arn:aws:iam::333333333333:role/acceptance-invoker\"");
    XA0412 FailsWhenRun "a Jenkins action with a role of another account",
        "Jenkins actions can't be used across accounts.",
        ["pipelines-create-cross-account"],
        text("a Custom/Jenkins action with a `roleArn` of another account", "the same action without `roleArn`");
    XA0413 Advice "a role on an action that is not of owner AWS",
        "Workers of third-party and custom actions bring their own credentials; what a role does there is not documented, and CDK refuses it.",
        ["action-requirements"],
        text("a Custom action with a `roleArn`", "the same action without `roleArn`");
    XA0415 FailsWhenRun "one bucket for two Regions",
        "The bucket of each entry of `artifactStores` lies in the Region of its key, so two Regions in use have two buckets.",
        ["actions-create-cross-region"],
        edit("/artifactStores/us-east-1/location", "\"artifacts-eu\"", "\"artifacts-us\"");
}
