//! Names, sizes and Regions: one fault per pipeline.
use codepipeline_xacct::pipeline;

pipeline! {
    account Tooling = "111111111111";

    pipeline EmptyDefault in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",
        variables: { level: "" },

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
        }
    }

    pipeline EmptyValue in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "b": CodeBuild { project_name: "", input: Code }
        }
    }

    pipeline EmptyCommand in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "c": Commands { commands: [""], input: Code }
        }
    }

    pipeline NoEnvironment in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "c": Commands { commands: ["ls"], environment_variables: {}, input: Code }
        }
    }

    pipeline EnvironmentName in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "c": Commands { commands: ["ls"], environment_variables: { "LOG-LEVEL": "1" }, input: Code }
        }
    }

    pipeline EmptyEnvironment in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "c": Commands { commands: ["ls"], environment_variables: { LEVEL: "" }, input: Code }
        }
    }

    pipeline NoOutputVariables in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "c": Commands { commands: ["ls"], output_variables: [], input: Code }
        }
    }

    pipeline ShortTimeout in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "ask": Manual { timeout_in_minutes: 4 }
        }
    }

    pipeline MisspeltRegion in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "b": CodeBuild { project_name: "b", input: Code, region: "eu-wset-1" }
        }
    }

    pipeline ProviderPattern in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "b": type("Build", "Custom", "my provider", "1") { input: Code }
        }
    }
}

fn main() {}
