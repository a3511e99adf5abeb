//! Artifacts and their stores: one fault per pipeline.
use codepipeline_xacct::pipeline;

pipeline! {
    account Tooling = "111111111111";

    pipeline MadeTwice in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "again": CodeBuild { project_name: "b", input: Code, output: Built }
        }
    }

    pipeline TooFew in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "b": CodeBuild { project_name: "b" }
        }
    }

    pipeline TooMany in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "ask": Manual { input: Code }
        }
    }

    pipeline FileWithoutInput in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "run": StepFunctions {
                state_machine_arn: "arn:aws:states:eu-west-1:111111111111:stateMachine:run",
                input_type: "FilePath",
                state_machine_input: "in.json",
            }
        }
    }

    pipeline NoInput in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "stack": CloudFormation {
                action_mode: "CREATE_UPDATE",
                stack_name: "s",
                role_arn: "arn:aws:iam::111111111111:role/s",
                template_path: "Cod::t.yaml",
                input: Code,
            }
        }
    }

    pipeline NoArtifactInPath in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "stack": CloudFormation {
                action_mode: "CREATE_UPDATE",
                stack_name: "s",
                role_arn: "arn:aws:iam::111111111111:role/s",
                template_path: "t.yaml",
                input: Code,
            }
        }
    }

    pipeline BothStores in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",
        artifact_buckets: { "eu-west-1": "artifacts" },

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
        }
    }

    pipeline NoHomeStore in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_buckets: { "us-east-1": "artifacts" },

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
        }
    }

    pipeline KeyElsewhere in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: {
            location: "artifacts",
            encryption_key: "arn:aws:kms:us-east-1:111111111111:key/00000000-0000-0000-0000-000000000001",
        },

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
        }
    }

    pipeline SourceElsewhere in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_buckets: { "eu-west-1": "artifacts", "us-east-1": "artifacts-us" },

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, region: "us-east-1" }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
        }
    }
}

fn main() {}
