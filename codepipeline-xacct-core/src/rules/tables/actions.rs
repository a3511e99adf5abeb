//! XA06xx: actions and their configuration. XA07xx: the action that starts a pipeline.

use super::{edit, text};

rules! {
    XA0601 Refused "a category or an owner that does not exist",
        "The category is Source, Build, Deploy, Test, Invoke, Approval or Compute; the owner AWS, ThirdParty or Custom.",
        ["API_ActionTypeId"],
        edit("/stages/1/actions/0/actionTypeId/owner", "\"Aws\"", "\"AWS\"");
    XA0602 Refused "a required configuration key is missing",
        "Every provider requires certain keys.",
        ["structure-configuration-examples", "reference-action-artifacts"],
        edit("/stages/1/actions/0/configuration/ProjectName", "", "\"compile\"");
    XA0603 Refused "a Commands action without commands",
        "A Commands action has `commands`, beside its configuration.",
        ["action-reference-Commands"],
        edit("/stages/1/actions/1/commands", "", "[\"./check\"]");
    XA0604 Refused "a misspelt configuration key",
        "The provider has no such key, and one that is nearly the same.",
        ["structure-configuration-examples"],
        edit("/stages/1/actions/0/configuration/PrimarySorce", "\"Code\"", "");
    XA0605 Advice "a configuration key that this version doesn't know",
        "AWS adds keys; this one is not documented in what this version was made from.",
        ["structure-configuration-examples"],
        edit("/stages/1/actions/0/configuration/Fleet", "\"large\"", "");
    XA0606 Refused "a configuration value that is not among those allowed",
        "Some keys take one of a few words only.",
        ["structure-configuration-examples"],
        edit("/stages/2/actions/1/configuration/ActionMode", "\"CREATE\"", "\"CREATE_UPDATE\"");
    XA0607 Refused "commands, output variables or files on another action",
        "`commands`, `outputVariables` and the `files` of an output artifact belong to compute actions.",
        ["action-reference-Commands", "https://github.com/aws/aws-cdk/issues/38843 (error text of the service)"],
        edit("/stages/1/actions/0/commands", "[\"make\"]", "");
    XA0608 Refused "a misspelt provider",
        "There is no such provider, and one that is nearly the same.",
        ["actions-valid-providers"],
        edit("/stages/1/actions/0/actionTypeId/provider", "\"Codebuild\"", "\"CodeBuild\"");
    XA0609 Advice "a provider that this version doesn't know",
        "AWS adds providers; this one is not documented in what this version was made from, so nothing is said of its configuration.",
        ["actions-valid-providers"],
        edit("/stages/2/actions/3", "{\"name\": \"ship\", \"actionTypeId\": {\"category\": \"Deploy\", \"owner\": \"AWS\", \"provider\": \"Lightsail\", \"version\": \"1\"}}", "");
    XA0610 Refused "a known provider with another category, owner or version",
        "A provider belongs to certain categories and one owner, and its version is 1.",
        ["actions-valid-providers", "API_ActionTypeId"],
        edit("/stages/1/actions/0/actionTypeId/category", "\"Deploy\"", "\"Build\"");
    XA0611 Refused "configuration keys of which one set has to be there",
        "EC2 takes TargetDirectory and PostScript, or DeploySpec; EKS takes HelmReleaseName and HelmChartLocation, or ManifestFiles; ServiceCatalog takes ConfigurationFilePath, or TemplateFilePath, ProductVersionName and ProductType.",
        ["action-reference-EC2Deploy", "action-reference-EKS", "action-reference-ServiceCatalog"],
        edit("/stages/2/actions/0", "{\"name\": \"eks\", \"actionTypeId\": {\"category\": \"Deploy\", \"owner\": \"AWS\", \"provider\": \"EKS\", \"version\": \"1\"}, \"configuration\": {\"ClusterName\": \"shop\", \"HelmReleaseName\": \"shop\"}, \"inputArtifacts\": [{\"name\": \"Built\"}]}", "{\"name\": \"eks\", \"actionTypeId\": {\"category\": \"Deploy\", \"owner\": \"AWS\", \"provider\": \"EKS\", \"version\": \"1\"}, \"configuration\": {\"ClusterName\": \"shop\", \"HelmReleaseName\": \"shop\", \"HelmChartLocation\": \"chart\"}, \"inputArtifacts\": [{\"name\": \"Built\"}]}");
    XA0612 Refused "a key that the rest of the configuration requires is missing",
        "Some keys are required in one mode only: PrimarySource with several input artifacts, ChangeSetName with a change set, ObjectKey where nothing is extracted.",
        ["action-reference-CodeBuild", "action-reference-CloudFormation", "action-reference-S3Deploy"],
        edit("/stages/1/actions/0/configuration/PrimarySource", "", "\"Code\"");
    XA0613 Refused "a configuration value of the wrong form",
        "Some keys take a number, an ARN, JSON or another fixed form.",
        ["structure-configuration-examples"],
        edit("/stages/1/actions/0/configuration/EnvironmentVariables", "\"LEVEL=1\"", "\"[{\\\"name\\\":\\\"LEVEL\\\",\\\"value\\\":\\\"1\\\"}]\"");
    XA0614 Refused "a masked secret in a new pipeline",
        "AWS prints `****` instead of a secret; it takes that back only when an action that exists is updated.",
        ["appendix-github-oauth", "iasql issue 1594 (error text of the service)"],
        text("create-pipeline with \"OAuthToken\": \"****\"", "the token itself, from a secret store");
    XA0615 Advice "a masked secret",
        "AWS prints `****` instead of a secret; it takes that back only when an action that exists is updated, and a renamed stage loses its secrets.",
        ["appendix-github-oauth", "pipeline-requirements"],
        text("\"OAuthToken\": \"****\" in a declaration from a file", "the token itself, from a secret store");
    XA0616 Refused "a secret as environment variable of another action than Commands",
        "Environment variables of type SECRETS_MANAGER are for the Commands action only.",
        ["action-reference-EKS"],
        edit("/stages/1/actions/0/environmentVariables", "[{\"name\": \"TOKEN\", \"value\": \"token\", \"type\": \"SECRETS_MANAGER\"}]", "[{\"name\": \"LEVEL\", \"value\": \"1\"}]");
    XA0617 FailsWhenRun "a role in the configuration lives in another account than the action",
        "The RoleArn of CloudFormation and the ServiceRoleArnOverride of CodeBuild live in the account in which the action runs: that of its role, or that of the pipeline. Roles can't be passed across accounts.",
        ["action-reference-CloudFormation", "action-reference-CodeBuild"],
        edit("/stages/2/actions/1/configuration/RoleArn", "\"arn:aws:iam::333333333333:role/shop-stack\"", "\"arn:aws:iam::222222222222:role/shop-stack\"");
    XA0618 Refused "a topic of another Region than the pipeline's",
        "The SNS topic of a manual approval lies in the Region of the pipeline.",
        ["approvals-action-add"],
        edit("/stages/2/actions/0/configuration", "{\"NotificationArn\": \"arn:aws:sns:us-east-1:111111111111:approvals\"}", "{\"NotificationArn\": \"arn:aws:sns:eu-west-1:111111111111:approvals\"}");
    XA0619 FailsWhenRun "Windows on the small size",
        "The Windows image does not run on BUILD_GENERAL1_SMALL.",
        ["action-reference-Commands"],
        edit("/stages/1/actions/1/configuration", "{\"EnvironmentType\": \"WINDOWS_SERVER_2022_CONTAINER\", \"ComputeType\": \"BUILD_GENERAL1_SMALL\"}", "{\"EnvironmentType\": \"WINDOWS_SERVER_2022_CONTAINER\", \"ComputeType\": \"BUILD_GENERAL1_MEDIUM\"}");
    XA0620 Advice "configuration keys of two sets that exclude each other",
        "EC2 takes TargetDirectory and PostScript, or DeploySpec; EKS takes HelmReleaseName and HelmChartLocation, or ManifestFiles; ServiceCatalog takes ConfigurationFilePath, or TemplateFilePath, ProductVersionName and ProductType. What the service makes of both is not documented.",
        ["action-reference-EC2Deploy", "action-reference-EKS", "action-reference-ServiceCatalog"],
        text("an EKS action with ManifestFiles, HelmReleaseName and HelmChartLocation", "one with ManifestFiles alone");
    XA0621 Advice "a key is missing that the page calls required",
        "The page calls the key required, and other sources differ: the RoleArn of CloudFormation is left out in pipelines that work, DeploymentTargets of CloudFormationStackInstances is called optional elsewhere, ECRRepositoryName of InspectorScan has no flag.",
        ["action-reference-CloudFormation", "action-reference-StackSets", "action-reference-InspectorScan"],
        edit("/stages/2/actions/1/configuration/RoleArn", "", "\"arn:aws:iam::222222222222:role/shop-stack\"");
    XA0622 Advice "a configuration value that only a template explains",
        "The key takes an ARN, a repository or JSON, and a bare word or an expression stands there; in a declaration of which it is not known where it belongs, something may be put in for it.",
        ["structure-configuration-examples"],
        text("\"ConnectionArn\": \"GitHubConnection\" in a declaration without a home", "\"ConnectionArn\": \"arn:aws:codeconnections:…\"");

    XA0701 FailsWhenRun "`PipelineName` is not the bare name of a pipeline",
        "An invoke action names its target by the bare name; an ARN is taken by UpdatePipeline and fails when the action runs. The account comes from the role of the action, the Region from its `region`.",
        ["action-reference-PipelineInvoke", "dev.classmethod.jp/articles/codepipeline-invoke-pipeline-crossaccount (a practitioner's report)"],
        edit("/stages/2/actions/2/configuration/PipelineName", "\"arn:aws:codepipeline:us-east-1:333333333333:acceptance\"", "\"acceptance\"");
    XA0702 FailsWhenRun "`Variables` is not a JSON array of names and values",
        "`Variables` is the text of a JSON array of `{\"name\", \"value\"}`, both texts.",
        ["action-reference-PipelineInvoke"],
        edit("/stages/2/actions/2/configuration/Variables", "\"{\\\"commit\\\":\\\"x\\\"}\"", "\"[{\\\"name\\\":\\\"commit\\\",\\\"value\\\":\\\"x\\\"}]\"");
    XA0703 FailsWhenRun "too few or too many variables are passed",
        "An invoke action passes 1 to 50 variables; where there are none, `Variables` is left out.",
        ["action-reference-PipelineInvoke", "API_StartPipelineExecution"],
        edit("/stages/2/actions/2/configuration/Variables", "\"[]\"", "");
    XA0704 FailsWhenRun "a variable is passed whose name doesn't fit the pattern",
        "Names of variables are 1 to 128 characters out of `A-Z a-z 0-9 @ - _`.",
        ["action-reference-PipelineInvoke", "API_PipelineVariable"],
        edit("/stages/2/actions/2/configuration/Variables", "\"[{\\\"name\\\":\\\"the commit\\\",\\\"value\\\":\\\"x\\\"}]\"", "\"[{\\\"name\\\":\\\"commit\\\",\\\"value\\\":\\\"x\\\"}]\"");
    XA0705 FailsWhenRun "a variable is passed with an empty or too long value",
        "The value of a variable has 1 to 1000 characters.",
        ["action-reference-PipelineInvoke", "API_PipelineVariable"],
        edit("/stages/2/actions/2/configuration/Variables", "\"[{\\\"name\\\":\\\"commit\\\",\\\"value\\\":\\\"\\\"}]\"", "\"[{\\\"name\\\":\\\"commit\\\",\\\"value\\\":\\\"x\\\"}]\"");
    XA0706 FailsWhenRun "`SourceRevisions` is not a JSON array of revisions",
        "`SourceRevisions` is the text of a JSON array of `{\"actionName\", \"revisionType\", \"revisionValue\"}`, all texts.",
        ["action-reference-PipelineInvoke"],
        edit("/stages/2/actions/2/configuration/SourceRevisions", "\"[{\\\"actionName\\\":\\\"Code\\\",\\\"revisionValue\\\":\\\"x\\\"}]\"", "\"[{\\\"actionName\\\":\\\"Code\\\",\\\"revisionType\\\":\\\"COMMIT_ID\\\",\\\"revisionValue\\\":\\\"x\\\"}]\"");
    XA0707 FailsWhenRun "too many source revisions, or one that is empty or too long",
        "At most 50 source revisions are passed, with values of 1 to 1500 characters.",
        ["API_StartPipelineExecution", "API_SourceRevisionOverride"],
        edit("/stages/2/actions/2/configuration/SourceRevisions", "\"[{\\\"actionName\\\":\\\"Code\\\",\\\"revisionType\\\":\\\"COMMIT_ID\\\",\\\"revisionValue\\\":\\\"\\\"}]\"", "\"[{\\\"actionName\\\":\\\"Code\\\",\\\"revisionType\\\":\\\"COMMIT_ID\\\",\\\"revisionValue\\\":\\\"x\\\"}]\"");
    XA0708 FailsWhenRun "a revision type that does not exist",
        "The type of a revision is COMMIT_ID, IMAGE_DIGEST, S3_OBJECT_VERSION_ID or S3_OBJECT_KEY.",
        ["API_SourceRevisionOverride"],
        edit("/stages/2/actions/2/configuration/SourceRevisions", "\"[{\\\"actionName\\\":\\\"Code\\\",\\\"revisionType\\\":\\\"COMMIT\\\",\\\"revisionValue\\\":\\\"x\\\"}]\"", "\"[{\\\"actionName\\\":\\\"Code\\\",\\\"revisionType\\\":\\\"COMMIT_ID\\\",\\\"revisionValue\\\":\\\"x\\\"}]\"");
    XA0709 Advice "a variable is passed twice",
        "What the service makes of two values for one variable is not documented.",
        ["action-reference-PipelineInvoke"],
        edit("/stages/2/actions/2/configuration/Variables", "\"[{\\\"name\\\":\\\"commit\\\",\\\"value\\\":\\\"x\\\"},{\\\"name\\\":\\\"commit\\\",\\\"value\\\":\\\"y\\\"}]\"", "\"[{\\\"name\\\":\\\"commit\\\",\\\"value\\\":\\\"x\\\"}]\"");
    XA0710 Advice "a source revision is passed twice",
        "What the service makes of two revisions of one type for one action is not documented.",
        ["action-reference-PipelineInvoke"],
        edit("/stages/2/actions/2/configuration/SourceRevisions", "\"[{\\\"actionName\\\":\\\"Code\\\",\\\"revisionType\\\":\\\"COMMIT_ID\\\",\\\"revisionValue\\\":\\\"x\\\"},{\\\"actionName\\\":\\\"Code\\\",\\\"revisionType\\\":\\\"COMMIT_ID\\\",\\\"revisionValue\\\":\\\"y\\\"}]\"", "\"[{\\\"actionName\\\":\\\"Code\\\",\\\"revisionType\\\":\\\"COMMIT_ID\\\",\\\"revisionValue\\\":\\\"x\\\"}]\"");
    XA0711 FailsWhenRun "a source revision for an action that the target doesn't have",
        "`actionName` in `SourceRevisions` is the name of a source action of the target.",
        ["action-reference-PipelineInvoke", "pipelines-trigger-source-overrides"],
        text("actionName \"Sorce\", where the target's source action is `Source`", "actionName \"Source\"");
    XA0712 FailsWhenRun "a revision type that doesn't fit the source",
        "CodeCommit and connections take COMMIT_ID, ECR takes IMAGE_DIGEST, S3 takes S3_OBJECT_VERSION_ID and S3_OBJECT_KEY.",
        ["pipelines-trigger-source-overrides"],
        text("COMMIT_ID for an S3 source", "S3_OBJECT_VERSION_ID");
    XA0713 FailsWhenRun "an object key for a source that doesn't allow it",
        "S3_OBJECT_KEY needs `AllowOverrideForS3ObjectKey` to be `true` in the source action of the target.",
        ["action-reference-S3"],
        text("S3_OBJECT_KEY for a source without AllowOverrideForS3ObjectKey", "\"AllowOverrideForS3ObjectKey\": \"true\" in the target");
    XA0714 Advice "variables or source revisions for a V1 pipeline",
        "Pipeline variables and source revision overrides are features of V2; what a start of a V1 pipeline with them does is not documented.",
        ["pipeline-types-planning"],
        text("an invoke action with Variables, whose target has pipelineType V1", "a target of pipelineType V2");
    XA0715 Advice "a pipeline starts itself",
        "Each run would start the next one; nothing describes that the service stops it.",
        ["action-reference-PipelineInvoke"],
        text("pipeline `release` with an invoke action whose target is `release`", "another target");
    XA0716 Advice "pipelines start each other in a circle",
        "Each run would start the next one; nothing describes that the service stops it.",
        ["action-reference-PipelineInvoke"],
        text("`a` starts `b`, `b` starts `a`", "a circle that is broken somewhere");
    XA0717 Advice "the target is not where the action looks for it",
        "The target is looked up in the account of the action's role (without one, in that of the pipeline) and in the Region of the action. Among the declarations that are checked together a pipeline of that name is elsewhere, which may be the one that is meant.",
        ["action-reference-PipelineInvoke", "action-requirements"],
        text("an invoke action without `region`, whose target is in another Region", "\"region\": \"us-east-1\"");
    XA0719 Advice "an unknown member in an entry of `Variables` or `SourceRevisions`",
        "An entry of `Variables` has `name` and `value`, one of `SourceRevisions` has `actionName`, `revisionType` and `revisionValue`; what the service makes of more is not documented.",
        ["action-reference-PipelineInvoke"],
        edit("/stages/2/actions/2/configuration/Variables", "\"[{\\\"name\\\":\\\"commit\\\",\\\"value\\\":\\\"x\\\",\\\"type\\\":\\\"text\\\"}]\"", "\"[{\\\"name\\\":\\\"commit\\\",\\\"value\\\":\\\"x\\\"}]\"");
    XA0718 FailsWhenRun "a source revision for a text that is no name of an action",
        "`actionName` in `SourceRevisions` is the name of an action: 1 to 100 characters out of `A-Z a-z 0-9 . @ - _`.",
        ["action-reference-PipelineInvoke", "API_SourceRevisionOverride"],
        edit("/stages/2/actions/2/configuration/SourceRevisions", "\"[{\\\"actionName\\\":\\\"the code\\\",\\\"revisionType\\\":\\\"COMMIT_ID\\\",\\\"revisionValue\\\":\\\"x\\\"}]\"", "\"[{\\\"actionName\\\":\\\"Code\\\",\\\"revisionType\\\":\\\"COMMIT_ID\\\",\\\"revisionValue\\\":\\\"x\\\"}]\"");
}
