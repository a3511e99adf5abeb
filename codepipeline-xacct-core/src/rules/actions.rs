//! Actions and their configuration.

use super::rule::{edit, rules, text};

rules! {
    XA0308 Refused "the configuration names an artifact that is not an input",
        "PrimarySource, the artifacts of CodeDeployToECS and the artifact before `::` in TemplatePath, TemplateConfiguration and the paths of stack sets are input artifacts of the same action.",
        ["action-reference-CloudFormation", "action-reference-CodeBuild", "action-reference-ECSbluegreen"],
        edit("/stages/2/actions/1/configuration/TemplatePath", "\"Build::template.yaml\"", "\"Built::template.yaml\""),
        aws InvalidStructure;
    XA0309 Refused "a path without its artifact",
        "A file of an input artifact is written `artifact::file`.",
        ["action-reference-CloudFormation"],
        edit("/stages/2/actions/1/configuration/TemplatePath", "\"template.yaml\"", "\"Built::template.yaml\""),
        aws InvalidStructure;
    XA0312 Advice "PrimarySource names no input artifact, and there is only one",
        "PrimarySource names one of several input artifacts; with a single one it has no effect, and pipelines in which it names another artifact work.",
        ["action-reference-CodeBuild"],
        text("\"PrimarySource\": \"Source\" with the one input artifact `Built`", "\"PrimarySource\" left out");
    XA0602 Refused "a required configuration key is missing",
        "Every provider requires certain keys.",
        ["structure-configuration-examples", "reference-action-artifacts"],
        edit("/stages/1/actions/0/configuration/ProjectName", "", "\"compile\""),
        unless_unread Itself,
        aws InvalidActionDeclaration["Action configuration for action '{action}' is missing required configuration '{subject}'"];
    XA0603 Refused "a Commands action without commands",
        "A Commands action has `commands`, next to its configuration.",
        ["action-reference-Commands"],
        edit("/stages/1/actions/1/commands", "", "[\"./check\"]"),
        unless_unread Itself,
        aws InvalidActionDeclaration;
    XA0604 Refused "a misspelt configuration key",
        "The provider has no such key, but one that is nearly the same.",
        ["structure-configuration-examples"],
        edit("/stages/1/actions/0/configuration/PrimarySorce", "\"Code\"", ""),
        // Variables under a misspelt key are not missing.
        hides [XA0907],
        aws InvalidActionDeclaration["Action configuration for action '{action}' contains unknown configuration '{key}'"];
    XA0605 Advice "a configuration key that this version doesn't know",
        "AWS adds keys; this one is not in the documentation that this version was made from.",
        ["structure-configuration-examples"],
        edit("/stages/1/actions/0/configuration/Fleet", "\"large\"", "");
    XA0606 Refused "a configuration value that is not among those allowed",
        "Some keys accept only a few words.",
        ["structure-configuration-examples"],
        edit("/stages/2/actions/1/configuration/ActionMode", "\"CREATE\"", "\"CREATE_UPDATE\""),
        aws InvalidActionDeclaration;
    XA0607 Refused "commands, output variables or files on another action",
        "`commands`, `outputVariables` and the `files` of an output artifact belong to compute actions.",
        ["action-reference-Commands", "https://github.com/aws/aws-cdk/issues/38843 (error text of the service)"],
        edit("/stages/1/actions/0/commands", "[\"make\"]", ""),
        unless_unread ActionType,
        aws InvalidActionDeclaration["The following action cannot contain a commands field: {action}. To use the commands field, use a compute action."];
    XA0611 Refused "none of the alternative sets of configuration keys is complete",
        "EC2 takes TargetDirectory and PostScript, or DeploySpec; EKS takes HelmReleaseName and HelmChartLocation, or ManifestFiles; ServiceCatalog takes ConfigurationFilePath, or TemplateFilePath, ProductVersionName and ProductType.",
        ["action-reference-EC2Deploy", "action-reference-EKS", "action-reference-ServiceCatalog"],
        edit("/stages/2/actions/0", "{\"name\": \"eks\", \"actionTypeId\": {\"category\": \"Deploy\", \"owner\": \"AWS\", \"provider\": \"EKS\", \"version\": \"1\"}, \"configuration\": {\"ClusterName\": \"shop\", \"HelmReleaseName\": \"shop\"}, \"inputArtifacts\": [{\"name\": \"Built\"}]}", "{\"name\": \"eks\", \"actionTypeId\": {\"category\": \"Deploy\", \"owner\": \"AWS\", \"provider\": \"EKS\", \"version\": \"1\"}, \"configuration\": {\"ClusterName\": \"shop\", \"HelmReleaseName\": \"shop\", \"HelmChartLocation\": \"chart\"}, \"inputArtifacts\": [{\"name\": \"Built\"}]}"),
        unless_unread Itself,
        aws InvalidActionDeclaration;
    XA0612 Refused "a key that the rest of the configuration requires is missing",
        "Some keys are required in one mode only: PrimarySource with several input artifacts, ChangeSetName with a change set, ObjectKey where nothing is extracted.",
        ["action-reference-CodeBuild", "action-reference-CloudFormation", "action-reference-S3Deploy"],
        edit("/stages/1/actions/0/configuration/PrimarySource", "", "\"Code\""),
        // An artifact that is named twice counts as two.
        hides [XA0313],
        unless_unread Itself,
        aws InvalidActionDeclaration;
    XA0613 Refused "a configuration value of the wrong form",
        "Some keys take a number, an ARN, JSON or another fixed form.",
        ["structure-configuration-examples"],
        edit("/stages/1/actions/0/configuration/EnvironmentVariables", "\"LEVEL=1\"", "\"[{\\\"name\\\":\\\"LEVEL\\\",\\\"value\\\":\\\"1\\\"}]\""),
        // What is no ARN names no resource.
        hides [XA0911, XA0922],
        // A name that is wrong where a change set is made is not what another action has to run.
        hides_anywhere [XA0628],
        aws InvalidActionDeclaration;
    XA0614 Refused "a masked secret in a new pipeline",
        "AWS prints `****` instead of a secret; it accepts that only when an existing action is updated.",
        ["appendix-github-oauth", "iasql issue 1594 (error text of the service)"],
        text("create-pipeline with \"OAuthToken\": \"****\"", "the token itself, from a secret store"),
        aws InvalidActionDeclaration;
    XA0615 Advice "a masked secret",
        "AWS prints `****` instead of a secret; it accepts that only when an existing action is updated, and a renamed stage loses its secrets.",
        ["appendix-github-oauth", "pipeline-requirements"],
        text("\"OAuthToken\": \"****\" in a declaration from a file", "the token itself, from a secret store");
    XA0616 Refused "a secret as an environment variable of an action other than Commands",
        "Environment variables of type SECRETS_MANAGER are for the Commands action only.",
        ["action-reference-EKS"],
        edit("/stages/1/actions/0/environmentVariables", "[{\"name\": \"TOKEN\", \"value\": \"token\", \"type\": \"SECRETS_MANAGER\"}]", "[{\"name\": \"LEVEL\", \"value\": \"1\"}]"),
        unless_unread ActionType,
        aws InvalidActionDeclaration;
    XA0618 Refused "a topic in a Region other than the pipeline's",
        "The SNS topic of a manual approval is in the Region of the pipeline.",
        ["approvals-action-add"],
        edit("/stages/2/actions/0/configuration", "{\"NotificationArn\": \"arn:aws:sns:us-east-1:111111111111:approvals\"}", "{\"NotificationArn\": \"arn:aws:sns:eu-west-1:111111111111:approvals\"}"),
        aws InvalidActionDeclaration;
    XA0619 FailsWhenRun "Windows on the small size",
        "The Windows image does not run on BUILD_GENERAL1_SMALL.",
        ["action-reference-Commands"],
        edit("/stages/1/actions/1/configuration", "{\"EnvironmentType\": \"WINDOWS_SERVER_2022_CONTAINER\", \"ComputeType\": \"BUILD_GENERAL1_SMALL\"}", "{\"EnvironmentType\": \"WINDOWS_SERVER_2022_CONTAINER\", \"ComputeType\": \"BUILD_GENERAL1_MEDIUM\"}");
    XA0620 Advice "configuration keys of two sets that exclude each other",
        "EC2 takes TargetDirectory and PostScript, or DeploySpec; EKS takes HelmReleaseName and HelmChartLocation, or ManifestFiles; ServiceCatalog takes ConfigurationFilePath, or TemplateFilePath, ProductVersionName and ProductType. What the service does with both is not documented.",
        ["action-reference-EC2Deploy", "action-reference-EKS", "action-reference-ServiceCatalog"],
        text("an EKS action with ManifestFiles, HelmReleaseName and HelmChartLocation", "one with ManifestFiles alone");
    XA0621 Advice "a key is missing that the page calls required",
        "The page calls the key required, and other sources differ: DeploymentTargets of CloudFormationStackInstances is called optional elsewhere, ECRRepositoryName of InspectorScan has no flag, and pipelines have been in use that give OpsWorks other keys than App and Stack.",
        ["action-reference-StackSets", "action-reference-InspectorScan", "action-reference-OpsWorks"],
        text("an InspectorScan action with \"InspectorRunMode\": \"ECRImageScan\" and no ECRRepositoryName", "\"ECRRepositoryName\": \"shop\""),
        unless_unread Itself;
    XA0622 Advice "a configuration value that may be a placeholder",
        "The key takes an ARN, a repository, the name of a stack or JSON, and a bare word or an expression is there; if the Region of the pipeline is not known, the name may be a placeholder in a template.",
        ["structure-configuration-examples"],
        text("\"ConnectionArn\": \"GitHubConnection\" in a declaration whose Region is not known", "\"ConnectionArn\": \"arn:aws:codeconnections:…\"");
    XA0623 FailsWhenRun "an ARN or a URL where a name belongs",
        "A project, a repository, a bucket, a cluster, a function and their like are given by their bare name. The account is that of the role of the action, else that of the pipeline; the Region is that of the action.",
        ["structure-configuration-examples"],
        edit("/stages/1/actions/0/configuration/ProjectName", "\"arn:aws:codebuild:eu-west-1:222222222222:project/compile\"", "\"compile\"");
    XA0624 Advice "a configuration value that is not documented",
        "The documentation lists the values that the key takes, and IANA the time zones; a list may have aged.",
        ["action-reference-S3Deploy", "action-reference-StackSets", "action-reference-ServiceCatalog", "rule-reference-DeploymentWindow"],
        edit("/stages/2/actions/0", "{\"name\": \"site\", \"actionTypeId\": {\"category\": \"Deploy\", \"owner\": \"AWS\", \"provider\": \"S3\", \"version\": \"1\"}, \"configuration\": {\"BucketName\": \"site\", \"Extract\": \"true\", \"CannedACL\": \"BucketOwnerFullControl\"}, \"inputArtifacts\": [{\"name\": \"Built\"}]}", "{\"name\": \"site\", \"actionTypeId\": {\"category\": \"Deploy\", \"owner\": \"AWS\", \"provider\": \"S3\", \"version\": \"1\"}, \"configuration\": {\"BucketName\": \"site\", \"Extract\": \"true\", \"CannedACL\": \"bucket-owner-full-control\"}, \"inputArtifacts\": [{\"name\": \"Built\"}]}");
    XA0625 Advice "a provider that may not be available in the Region",
        "The page of the provider lists Regions in which it is not available; AWS makes services available in more Regions.",
        ["action-reference-CodestarConnectionSource", "action-reference-CloudFormation (edition for China)", "action-reference-StackSets (edition for China)"],
        text("a CodeStarSourceConnection action in `ap-southeast-4`", "the pipeline in `ap-southeast-2`, with its later actions in `ap-southeast-4`");
    XA0629 Advice "a configuration key without the one that it belongs to",
        "CombineArtifacts takes effect in batch builds only, and the name of a container with the artifact of its image.",
        ["action-reference-CodeBuild", "action-reference-ECSbluegreen"],
        edit("/stages/1/actions/0/configuration/CombineArtifacts", "\"true\"", "");
    XA0630 Advice "a link without its scheme",
        "The link of a manual approval begins with `http://` or `https://`.",
        ["approvals-action-add"],
        edit("/stages/2/actions/0/configuration", "{\"ExternalEntityLink\": \"example.com/review\"}", "{\"ExternalEntityLink\": \"https://example.com/review\"}");
    XA0631 Advice "a Git reference where the name of a branch or a tag belongs",
        "A source and the filters of a trigger take names of branches and tags: `main`, not `refs/heads/main` or `origin/main`.",
        ["action-reference-CodestarConnectionSource", "pipelines-filter"],
        edit("/stages/0/actions/0/configuration/BranchName", "\"refs/heads/main\"", "\"main\"");
    XA0639 Advice "a pattern where the name of a branch belongs",
        "A source reads one branch, and no branch of Git has `*` or `?` in its name: patterns are for the filters of triggers.",
        ["action-reference-CodestarConnectionSource", "pipelines-filter"],
        edit("/stages/0/actions/0/configuration/BranchName", "\"release/*\"", "\"main\"");
}
