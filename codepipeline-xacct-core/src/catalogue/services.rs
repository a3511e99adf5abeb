//! Services and tools that are not providers of actions, and the action that reaches each.
//!
//! Sources: CodePipeline User Guide, "Valid action providers" and the pages of the providers; Step Functions Developer Guide, "Integrating
//! services" and "Learning to use AWS service SDK integrations".

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

const SERVICES: [Service; 12] = [
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
    service(
        &["SNS", "SNSTopic", "Slack", "Chatbot", "Email", "SES"],
        "Invoke::Lambda",
        "whose function sends the message; `Manual` tells a topic that it waits, with `notification_arn`",
    ),
    service(
        &["SSM", "SystemsManager", "RunCommand"],
        "EC2",
        "which deploys to instances with the agent of Systems Manager; `StepFunctions` starts other documents",
    ),
    service(
        &["Docker", "DockerBuild", "DockerBuildAndPush", "DockerHub"],
        "ECRBuildAndPublish",
        "which builds an image and pushes it to a repository of Amazon ECR; `CodeBuild` pushes elsewhere",
    ),
    service(&["Helm", "HelmChart", "Kubectl"], "EKS", "which deploys a Helm chart or manifests to a cluster"),
    service(
        &["SAM", "ServerlessApplicationModel"],
        "CloudFormation",
        "which deploys the template that `sam package` writes in a `CodeBuild` or `Commands` action before it",
    ),
    service(
        &["CDK", "CDKDeploy"],
        "CloudFormation",
        "which deploys the template that `cdk synth` writes in a `CodeBuild` or `Commands` action before it",
    ),
    service(
        &["Terraform", "OpenTofu", "Pulumi", "Ansible", "Serverless", "ServerlessFramework"],
        "CodeBuild",
        "whose buildspec runs the tool, or `Commands`, which needs no project",
    ),
    service(
        &["Bash", "Script", "Npm", "Node", "NodeJS", "Yarn", "Maven", "Gradle", "Cargo", "Make", "Python", "Pytest"],
        "Commands",
        "which runs `commands: [\"…\"]` on a managed image, or `CodeBuild`, which has a project",
    ),
    service(
        &["GitHubActions", "GitHubAction", "GitHubWorkflow", "GitLabCI"],
        "CodeBuild",
        "whose buildspec runs what the workflow runs; a repository is the source, `CodeStarSourceConnection`",
    ),
    service(
        &["CloudFront", "CloudFrontInvalidation", "Invalidation", "Amplify"],
        "Commands",
        "which runs the AWS CLI with the rights of the service role",
    ),
    service(&["AppRunner"], "ECRBuildAndPublish", "which pushes the image that the service of App Runner deploys"),
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
