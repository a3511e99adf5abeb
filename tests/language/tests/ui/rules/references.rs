//! Namespaces and references: one fault per pipeline.
use codepipeline_xacct::pipeline;

pipeline! {
    account Tooling = "111111111111";

    pipeline NamespaceTwice in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "b": CodeBuild { project_name: "b", input: Code, namespace: Source }
        }
    }

    pipeline NamespaceOfAnArtifact in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "b": CodeBuild { project_name: "b", input: Code, namespace: Built }
        }
    }

    pipeline NotRunYet in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "b": CodeBuild { project_name: "b", input: Code, namespace: Late, run_order: 3 }
            action "f": Invoke::Lambda { function_name: "f", user_parameters: "#{Late.X}", run_order: 2 }
        }
    }

    pipeline ExecutionVariable in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "f": Invoke::Lambda { function_name: "f", user_parameters: "#{codepipeline.PipelineExecutionID}", run_order: 2 }
        }
    }

    pipeline NoNamespace in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "f": Invoke::Lambda { function_name: "f", user_parameters: "#{level}", run_order: 2 }
        }
    }

    pipeline OutputVariable in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "f": Invoke::Lambda { function_name: "f", user_parameters: "#{Source.CommitID}", run_order: 2 }
        }
    }
}

fn main() {}
