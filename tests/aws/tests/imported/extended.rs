//! Made by `cargo xacct import`.

use codepipeline_xacct::pipeline;

pipeline! {
    pub account Tooling = "111111111111";
    pub account Account222222222222 = "222222222222";
}

pipeline! {
    pub extern role ShopReleaseRole in Tooling {
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
    pub extern pipeline ShopDeploy in Account222222222222 {
        name: "shop-deploy",
        region: "eu-west-1",
        variables: { commit },
    }
}

pipeline! {
    pub extended pipeline ShopRelease in Tooling {
        name: "shop-release",
        region: "eu-west-1",
        service_role: ShopReleaseRole,

        stage "Deploy" {
            invoke "deploy": ShopDeploy {
                role: ShopInvoker,
                variables: { commit: "#{SourceVariables.CommitId}" },
            }
        }
    }
}
