//! Made by `cargo xacct import`.

use codepipeline_xacct::pipeline;

pipeline! {
    pub account Account111111111111 = "111111111111";
    pub account Account222222222222 = "222222222222";
}

pipeline! {
    pub extern role ShopDeployer in Account222222222222 {
        arn: "arn:aws:iam::222222222222:role/shop-deployer",
        trust_policy: {
            Statement: [{
                Effect: "Allow",
                Principal: { AWS: "arn:aws:iam::111111111111:root" },
                Action: "sts:AssumeRole",
            }],
            Version: "2012-10-17",
        },
        policies: [{
            Version: "2012-10-17",
            Statement: [
                {
                    Effect: "Allow",
                    Action: ["cloudformation:*"],
                    Resource: "arn:aws:cloudformation:eu-west-1:222222222222:stack/*",
                },
                { Effect: "Allow", Action: "iam:PassRole", Resource: "arn:aws:iam::222222222222:role/shop-cfn" },
                {
                    Effect: "Allow",
                    Action: [
                        "codepipeline:StartPipelineExecution",
                        "codepipeline:GetPipelineExecution",
                        "codepipeline:StopPipelineExecution",
                    ],
                    Resource: "arn:aws:codepipeline:eu-west-1:222222222222:shop-deploy",
                },
                {
                    Effect: "Allow",
                    Action: ["s3:GetObject*", "s3:GetBucket*", "s3:List*", "s3:PutObject"],
                    Resource: "*",
                },
                { Effect: "Allow", Action: ["kms:*"], Resource: "*" },
            ],
        }],
    }

    pub extern role ProdDeployServiceI4aagxahitkv in Account222222222222 {
        arn: "arn:aws:iam::222222222222:role/prod-DeployService-I4AAGXAHITKV",
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
            Statement: [{ Effect: "Allow", Action: ["s3:*", "codedeploy:*", "lambda:InvokeFunction"], Resource: "*" }],
        }],
    }

    pub extern role ShopServiceEuWest1 in Account111111111111 {
        arn: "arn:aws:iam::111111111111:role/delivery/shop-service-eu-west-1",
        trust_policy: {
            Version: "2012-10-17",
            Statement: [{
                Effect: "Allow",
                Principal: { Service: ["codepipeline.amazonaws.com"] },
                Action: ["sts:AssumeRole"],
            }],
        },
        policies: [{
            Version: "2012-10-17",
            Statement: [
                {
                    Effect: "Allow",
                    Action: ["s3:GetObject*", "s3:PutObject", "s3:GetBucket*", "s3:List*"],
                    Resource: [
                        "arn:aws:s3:::shop-artifacts-111111111111-eu-west-1",
                        "arn:aws:s3:::shop-artifacts-111111111111-eu-west-1/*",
                    ],
                },
                {
                    Effect: "Allow",
                    Action: ["codebuild:StartBuild", "codebuild:BatchGetBuilds"],
                    Resource: "arn:aws:codebuild:eu-west-1:111111111111:project/shop-build",
                },
                {
                    Effect: "Allow",
                    Action: "codestar-connections:UseConnection",
                    Resource: "arn:aws:codestar-connections:eu-west-1:111111111111:connection/1234abcd-12ab-34cd-56ef-1234567890ab",
                },
                { Effect: "Allow", Action: "sts:AssumeRole", Resource: "arn:aws:iam::222222222222:role/shop-deployer" },
                {
                    Effect: "Allow",
                    Action: ["kms:Decrypt", "kms:GenerateDataKey"],
                    Resource: "arn:aws:kms:eu-west-1:111111111111:key/12345678-1234-1234-1234-123456789012",
                },
            ],
        }],
    }

    pub extern role MyTeamService in Account111111111111 {
        arn: "arn:aws:iam::111111111111:role/my-team-Service",
        trust_policy: {
            Version: "2012-10-17",
            Statement: [{
                Effect: "Allow",
                Principal: { Service: "codepipeline.amazonaws.com" },
                Action: "sts:AssumeRole",
                Condition: { StringEquals: { "aws:SourceAccount": "111111111111" } },
            }],
        },
        policies: [{
            Version: "2012-10-17",
            Statement: [
                {
                    Effect: "Allow",
                    Action: "sts:AssumeRole",
                    Resource: [
                        "arn:aws:iam::111111111111:role/roles-ActionRole-TW2HW6R4M4S1",
                        "arn:aws:iam::222222222222:role/my-team-*",
                    ],
                },
                { Effect: "Allow", Action: ["s3:*"], Resource: "*" },
            ],
        }],
    }

    pub extern role RolesActionRoleTw2hw6r4m4s1 in Account111111111111 {
        arn: "arn:aws:iam::111111111111:role/roles-ActionRole-TW2HW6R4M4S1",
        trust_policy: {
            Version: "2012-10-17",
            Statement: [{
                Effect: "Allow",
                Principal: { AWS: "arn:aws:iam::111111111111:role/my-team-Service" },
                Action: "sts:AssumeRole",
            }],
        },
        policies: [{
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Action: ["s3:*", "codebuild:*", "codecommit:*"], Resource: "*" }],
        }],
    }
}

pipeline! {
    pub pipeline ShopDeploy in Account222222222222 {
        name: "shop-deploy",
        region: "eu-west-1",
        service_role: ProdDeployServiceI4aagxahitkv,
        artifact_bucket: "prod-bucket-6gwdr1e1p92a",
        variables: { commit },

        stage "Source" {
            source "S3": S3 {
                output: App,
                s3_bucket: "prod-bucket-6gwdr1e1p92a",
                s3_object_key: "shop/app.zip",
                poll: false,
            }
        }
        stage "Deploy" {
            action "Deploy": CodeDeploy {
                input: App,
                application_name: "shop",
                deployment_group_name: "shop-prod",
            }
        }
    }
}

pipeline! {
    pub pipeline ShopRelease(branch_name: &str) in Account111111111111 {
        name: "shop-release",
        region: "eu-west-1",
        execution_mode: QUEUED,
        service_role: ShopServiceEuWest1,
        artifact_bucket: {
            location: "shop-artifacts-111111111111-eu-west-1",
            encryption_key: "arn:aws:kms:eu-west-1:111111111111:key/12345678-1234-1234-1234-123456789012",
        },
        variables: { level: { default_value: "all", description: "how much" } },
        triggers: { Source: { push: { branches: [(branch_name)], file_paths: { excludes: ["docs/**"] } } } },
        tags: { team: "shop" },

        stage "Source" {
            source "Source": CodeStarSourceConnection {
                namespace: SourceVars,
                output: SourceOutput,
                connection_arn: "arn:aws:codestar-connections:eu-west-1:111111111111:connection/1234abcd-12ab-34cd-56ef-1234567890ab",
                full_repository_id: "acme/shop",
                branch: (branch_name),
                detect_changes: false,
                output_format: CODEBUILD_CLONE_REF,
            }
        }
        stage "Build" {
            on_failure: RETRY(FAILED_ACTIONS),
            action "Build": CodeBuild {
                input: SourceOutput,
                output: BuildOutput,
                project_name: "shop-build",
                environment_variables: r##"[{"name":"STAGE","value":"prod","type":"PLAINTEXT"},{"name":"COMMIT","value":"#{SourceVars.CommitId}"}]"##,
            }
        }
        stage "Approve" {
            action "Approve": Manual {
                custom_data: "Release shop?",
            }
        }
        stage "Deploy" {
            action "Stack": CloudFormation {
                role: ShopDeployer,
                input: BuildOutput,
                action_mode: CREATE_UPDATE,
                stack_name: "shop-prod",
                capabilities: "CAPABILITY_IAM,CAPABILITY_NAMED_IAM",
                role_arn: "arn:aws:iam::222222222222:role/shop-cfn",
                template_path: "BuildOutput::template.yaml",
                parameter_overrides: "{\n  \"Stage\": \"prod\",\n  \"Commit\": \"#{SourceVars.CommitId}\"\n}\n",
            }
            invoke "Start": ShopDeploy {
                role: ShopDeployer,
                run_order: 2,
                variables: { commit: "#{SourceVars.CommitId}" },
            }
        }
    }
}

pipeline! {
    pub pipeline MyTeamRelease1 in Account111111111111 {
        name: "my-team.release_1",
        region: "eu-west-1",
        service_role: MyTeamService,
        artifact_bucket: {
            location: "my-team-artifacts",
            encryption_key: "arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        },

        stage "Source" {
            source "S": CodeCommit {
                role: RolesActionRoleTw2hw6r4m4s1,
                output: S,
                repository: "r",
                branch: "main",
            }
        }
        stage "Build" {
            action "B": CodeBuild {
                input: S,
                project_name: "r",
                batch_enabled: true,
                combine_artifacts: true,
            }
            action "J": Build::Jenkins {
                input: S,
                output: JO,
                project_name: "my-team-j",
            }
        }
    }
}
