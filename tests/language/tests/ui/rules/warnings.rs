// What may work, but should be looked at: warnings, denied here so that they are seen.
#![deny(deprecated)]

use codepipeline_xacct::pipeline;

pipeline! {
    account Tooling = "111111111111";
    account Tools = "111111111111";
    extern pipeline Target in Tooling { name: "target", region: "eu-west-1", variables: { commit } }

    pipeline LineBreak in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",
        variables: { level: "1\n2" },

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
        }
    }

    pipeline CommandOfTwoLines in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "c": Commands { commands: ["cd src\nls"], input: Code }
        }
    }

    pipeline FullClone in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output_format: "CODEBUILD_CLONE_REF", output: Code }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "ship": S3 { bucket_name: "b", extract: "true", input: Code }
        }
    }

    pipeline Hyphen in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: [Built, "test-report"] }
        }
    }

    pipeline NotDocumented in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "f": Invoke::Lambda { function_name: "f", user_parameters: "#{Source.AuthorId}", run_order: 2 }
        }
    }

    pipeline ReservedNamespace in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "f": Invoke::Lambda { function_name: "f", user_parameters: "#{codepipeline.StageName}", run_order: 2 }
        }
    }

    pipeline CommitMessage in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            invoke "start": Target { variables: { commit: "#{Source.CommitMessage}" } }
        }
    }

    pipeline NotExported in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "c": Commands { commands: ["ls"], output_variables: [A], namespace: C, input: Code }
            action "f": Invoke::Lambda { function_name: "f", user_parameters: "#{C.B}", run_order: 2 }
        }
    }

    pipeline NewKey in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "b": type("Build", "AWS", "CodeBuild", "1") { input: Code, configuration: { ProjectName: "b", Fleet: "x" } }
        }
    }

    pipeline NewProvider in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "b": type("Deploy", "AWS", "Lightsail", "1") { input: Code }
        }
    }

    pipeline MaskedSecret in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": GitHub { owner: "o", repo: "r", branch: "main", oauth_token: "****", output: Code }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
        }
    }

    pipeline NoImage in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "scan": InspectorScan { inspector_run_mode: "ECRImageScan", output: Scanned }
        }
    }

    pipeline NewRegion in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_buckets: { "eu-west-1": "artifacts", "eu-west-9": "artifacts-9" },

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "build", input: Code, output: Built }
            action "b": CodeBuild { project_name: "b", input: Code, region: "eu-west-9" }
        }
    }
}

fn main() {}
