//! Stages, actions and what follows a failed stage: one fault per pipeline.
use codepipeline_xacct::pipeline;

pipeline! {
    account Tooling = "111111111111";

    pipeline NoAction in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {}
    }

    pipeline BuildFirst in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
            action "early": Manual {}
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
        }
    }

    pipeline LateSource in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            source "late": S3 { s3_bucket: "late", s3_object_key: "late.zip", output: Late }
        }
    }

    pipeline OneNameTwice in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "build": Manual {}
        }
    }

    pipeline OrderOutOfRange in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "ask": Manual { run_order: 1000 }
        }
    }

    pipeline ParallelRollback in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",
        execution_mode: PARALLEL,

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            on_failure: ROLLBACK,
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
        }
    }
}

fn main() {}
