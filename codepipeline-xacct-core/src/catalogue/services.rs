//! Services and tools that are not providers of actions, and the action that reaches each.
//!
//! Each row names the page that documents its way: of the CodePipeline User Guide where no other guide is named.

use crate::suggest::is_among;

/// Another way to a service or a tool: an action of a provider, and what that does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherWay {
    /// The provider of the action, after its category where the name alone is not clear.
    pub provider: &'static str,
    /// What the action does, as the end of a sentence that names it.
    pub how: &'static str,
}

struct Service {
    names: &'static [&'static str],
    way: OtherWay,
}

const fn service(names: &'static [&'static str], provider: &'static str, how: &'static str) -> Service {
    Service { names, way: OtherWay { provider, how } }
}

const SERVICES: [Service; 14] = [
    // Step Functions Developer Guide, "Integrating services" and "Learning to use AWS service SDK integrations".
    service(
        &[
            "APIGateway",
            "Athena",
            "Batch",
            "Bedrock",
            "DynamoDB",
            "EMR",
            "EMRServerless",
            "EventBridge",
            "Events",
            "Glue",
            "GlueJob",
            "RDS",
            "Redshift",
            "SageMaker",
            "SQS",
        ],
        "StepFunctions",
        "whose state machine calls the service, or `Invoke::Lambda`, whose function does",
    ),
    // "Invoke an AWS Lambda function in a pipeline"; "Manage approval actions".
    service(
        &["SNS", "SNSTopic", "SES"],
        "Invoke::Lambda",
        "whose function sends the message; `Manual` tells a topic that it waits, with `notification_arn`",
    ),
    // "Create a notification rule".
    service(
        &["Slack", "Chatbot", "Email"],
        "Invoke::Lambda",
        "whose function sends the message; a notification rule tells a chat or a topic of runs, without an action",
    ),
    // "Amazon EC2 action reference"; Step Functions Developer Guide, "Learning to use AWS service SDK integrations".
    service(
        &["SSM", "SystemsManager", "RunCommand"],
        "EC2",
        "which deploys to Linux instances with the agent of Systems Manager; `StepFunctions` starts other documents",
    ),
    // "ECRBuildAndPublish build action reference"; CodeBuild User Guide, "Docker sample".
    service(
        &["Docker", "DockerBuild", "DockerBuildAndPush", "DockerHub"],
        "ECRBuildAndPublish",
        "which builds an image and pushes it to a repository of Amazon ECR; `CodeBuild` pushes elsewhere",
    ),
    // "Amazon Elastic Kubernetes Service EKS deploy action reference".
    service(&["Helm", "HelmChart", "Kubectl"], "EKS", "which deploys a Helm chart or manifests to a cluster"),
    // SAM Developer Guide, "Using AWS CodePipeline to deploy with AWS SAM" and "sam package".
    service(
        &["SAM", "ServerlessApplicationModel"],
        "CodeBuild",
        "whose buildspec runs `sam deploy`; `CloudFormation` deploys the template that `sam package` writes",
    ),
    // CDK, "Continuous Integration / Continuous Delivery for CDK Applications", "Limitations": such a template has no assets.
    service(
        &["CDK", "CDKDeploy"],
        "CodeBuild",
        "whose buildspec runs `cdk deploy`; `CloudFormation` deploys a template of `cdk synth` without assets",
    ),
    // "AWS CodeBuild build and test action reference"; "Commands action reference".
    service(
        &["Terraform", "OpenTofu", "Pulumi", "Ansible", "Serverless", "ServerlessFramework"],
        "CodeBuild",
        "whose buildspec runs the tool, or `Commands`, which needs no project",
    ),
    // "Commands action reference".
    service(
        &["Bash", "Script", "Npm", "Node", "NodeJS", "Yarn", "Maven", "Gradle", "Cargo", "Make", "Python", "Pytest"],
        "Commands",
        "which runs `commands: [\"…\"]` on a managed image, or `CodeBuild`, which has a project",
    ),
    // CodeBuild User Guide, "Use GitHub Actions syntax in a buildspec".
    service(
        &["GitHubActions", "GitHubAction", "GitHubWorkflow"],
        "CodeBuild",
        "whose buildspec runs actions of GitHub as `steps`; a repository is the source, `CodeStarSourceConnection`",
    ),
    // "AWS CodeBuild build and test action reference".
    service(
        &["GitLabCI"],
        "CodeBuild",
        "whose buildspec runs what the jobs run; a repository is the source, `CodeStarSourceConnection`",
    ),
    // "Commands action reference".
    service(
        &["CloudFront", "CloudFrontInvalidation", "Invalidation", "Amplify"],
        "Commands",
        "which runs the AWS CLI with the rights of the service role",
    ),
    // App Runner Developer Guide, "Deploying a new application version to App Runner".
    service(
        &["AppRunner"],
        "ECRBuildAndPublish",
        "which pushes an image; a service of App Runner with automatic deployment deploys it",
    ),
];

/// The way to a service or a tool that is not a provider.
pub fn other_way(name: &str) -> Option<OtherWay> {
    SERVICES.iter().find(|service| is_among(name, service.names)).map(|service| service.way)
}

#[cfg(test)]
mod tests {
    use super::super::{ACTIONS, by_name, by_name_alone, meant};
    use super::*;

    #[test]
    fn each_way_is_an_action_and_no_service_is_a_provider() {
        for Service { names, way } in &SERVICES {
            let known = match way.provider.split_once("::") {
                Some((category, provider)) => by_name(provider, false).any(|action| action.category == category),
                None => by_name_alone(way.provider, false).is_some_and(|action| action.keys.is_some()),
            };
            assert!(known, "{}", way.provider);
            for name in *names {
                let is_provider = ACTIONS.iter().any(|action| is_among(name, &[action.provider]));
                assert!(!is_provider && meant(name, false).is_none(), "{name}");
                assert_eq!(other_way(name), Some(*way), "{name} stands twice");
            }
        }
    }
}
