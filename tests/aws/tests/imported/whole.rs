//! Made by `cargo xacct import`.

use codepipeline_xacct::pipeline;

pipeline! {
    pub account Account111111111111 = "111111111111";
    pub account Account222222222222 = "222222222222";
}

pipeline! {
    pub extern role ShopReleaseRole in Account111111111111 {
        arn: "arn:aws:iam::111111111111:role/service-role/shop-release",
        trust_policy: {
            Version: "2012-10-17",
            Statement: [{
                Effect: "Allow",
                Principal: { Service: "codepipeline.amazonaws.com" },
                Action: "sts:AssumeRole",
            }],
        },
        policies: [{
            Version: "2012-10-17",
            Statement: [
                { Effect: "Allow", Action: "sts:AssumeRole", Resource: "arn:aws:iam::222222222222:role/shop-invoker" },
                { Effect: "Allow", Action: ["s3:*", "codecommit:*"], Resource: "*" },
            ],
        }],
    }

    pub extern role ShopInvoker in Account222222222222 {
        arn: "arn:aws:iam::222222222222:role/shop-invoker",
        trust_policy: {
            Version: "2012-10-17",
            Statement: [{
                Effect: "Allow",
                Principal: { AWS: "arn:aws:iam::111111111111:role/service-role/shop-release" },
                Action: "sts:AssumeRole",
            }],
        },
        policies: [{
            Version: "2012-10-17",
            Statement: [{
                Effect: "Allow",
                Action: "codepipeline:StartPipelineExecution",
                Resource: "arn:aws:codepipeline:eu-west-1:222222222222:shop-deploy",
            }],
        }],
    }

    pub extern role ShopDeployRole in Account222222222222 {
        arn: "arn:aws:iam::222222222222:role/shop-deploy",
        trust_policy: {
            Version: "2012-10-17",
            Statement: [{
                Effect: "Allow",
                Principal: { Service: "codepipeline.amazonaws.com" },
                Action: "sts:AssumeRole",
            }],
        },
        policies: [{
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Action: ["s3:*", "logs:*"], Resource: "*" }],
        }],
    }
}

pipeline! {
    pub pipeline ShopDeploy in Account222222222222 {
        name: "shop-deploy",
        region: "eu-west-1",
        service_role: ShopDeployRole,
        artifact_bucket: "shop-artifacts-222222222222",
        variables: { commit: { description: "what to deploy" } },

        stage "Source" {
            source "Code": S3 {
                output: Sources,
                poll: false,
                s3_bucket: "shop-sources-222222222222",
                s3_object_key: "shop.zip",
            }
        }
        stage "Run" {
            action "Command": Commands {
                input: Sources,
                commands: [r##"./deploy "#{variables.commit}""##],
            }
        }
    }
}

pipeline! {
    pub pipeline ShopRelease in Account111111111111 {
        name: "shop-release",
        region: "eu-west-1",
        execution_mode: QUEUED,
        service_role: ShopReleaseRole,
        artifact_bucket: "shop-artifacts-111111111111",

        stage "Source" {
            source "Code": CodeCommit {
                namespace: SourceVariables,
                output: SourceArtifact,
                branch: "main",
                output_format: CODE_ZIP,
                poll: false,
                repository: "shop",
            }
        }
        stage "Deploy" {
            on_failure: RETRY(FAILED_ACTIONS),
            invoke "deploy": ShopDeploy {
                role: ShopInvoker,
                variables: { commit: "#{SourceVariables.CommitId}" },
            }
        }
    }
}
