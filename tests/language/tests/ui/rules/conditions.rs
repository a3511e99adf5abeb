//! Conditions and their rules: one fault per pipeline.
use codepipeline_xacct::pipeline;

pipeline! {
    account Tooling = "111111111111";

    pipeline ResultOfEntry in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            before_entry: RETRY({ wanted: VariableCheck({ variable: "#{Source.BranchName}", operator: "EQ", value: "main" }) }),
            action "ship": S3 { bucket_name: "b", extract: "true", input: Code }
        }
    }

    pipeline ResultOfSuccess in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            on_success: SKIP({ wanted: VariableCheck({ variable: "#{Source.BranchName}", operator: "EQ", value: "main" }) }),
            action "ship": S3 { bucket_name: "b", extract: "true", input: Code }
        }
    }

    pipeline ResultOfFailure in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            on_failure: FAIL({ wanted: VariableCheck({ variable: "#{Source.BranchName}", operator: "EQ", value: "main" }) }),
            action "ship": S3 { bucket_name: "b", extract: "true", input: Code }
        }
    }

    pipeline SkippedByAWindow in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            before_entry: SKIP({ window: DeploymentWindow({ cron: "0 0 9-17 ? * MON-FRI *" }) }),
            action "ship": S3 { bucket_name: "b", extract: "true", input: Code }
        }
    }

    pipeline NoRules in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            before_entry: FAIL({}),
            action "ship": S3 { bucket_name: "b", extract: "true", input: Code }
        }
    }

    pipeline RuleMisspelt in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            before_entry: FAIL({ alarm: CloudwatchAlarm({ configuration: { AlarmName: "a" } }) }),
            action "ship": S3 { bucket_name: "b", extract: "true", input: Code }
        }
    }

    pipeline RuleWithoutItsKey in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            before_entry: FAIL({ alarm: CloudWatchAlarm({}) }),
            action "ship": S3 { bucket_name: "b", extract: "true", input: Code }
        }
    }

    pipeline WordOfARule in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            before_entry: FAIL({ wanted: VariableCheck({ variable: "#{Source.BranchName}", operator: "EQUALS", value: "main" }) }),
            action "ship": S3 { bucket_name: "b", extract: "true", input: Code }
        }
    }

    pipeline NoCommands in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            on_success: FAIL({ smoke: Commands({ input: Code }) }),
            action "ship": S3 { bucket_name: "b", extract: "true", input: Code }
        }
    }

    pipeline Timeout in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            on_success: FAIL({ smoke: Commands({ commands: ["ls"], timeout_in_minutes: 1 }) }),
            action "ship": S3 { bucket_name: "b", extract: "true", input: Code }
        }
    }

    pipeline InputOfAnAlarm in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            on_failure: ROLLBACK({ alarm: CloudWatchAlarm({ alarm_name: "a", input: Code }) }),
            action "ship": S3 { bucket_name: "b", extract: "true", input: Code }
        }
    }

    pipeline NotMade in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            on_success: FAIL({ smoke: Commands({ commands: ["ls"], input: Cod }) }),
            action "ship": S3 { bucket_name: "b", extract: "true", input: Code }
        }
    }

    pipeline Unresolved in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            before_entry: FAIL({ wanted: VariableCheck({ variable: "#{Sorce.BranchName}", operator: "EQ", value: "main" }) }),
            action "ship": S3 { bucket_name: "b", extract: "true", input: Code }
        }
    }

    pipeline KeyMisspelt in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            before_entry: FAIL({ alarm: CloudWatchAlarm({ alarm_name: "a", alarm_state: "OK" }) }),
            action "ship": S3 { bucket_name: "b", extract: "true", input: Code }
        }
    }

    pipeline NoProvider in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            before_entry: FAIL({ alarm: "errors" }),
            action "ship": S3 { bucket_name: "b", extract: "true", input: Code }
        }
    }

    pipeline NoResult in Tooling {
        name: "p",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/p"),
        artifact_bucket: "artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            before_entry: { alarm: CloudWatchAlarm({ alarm_name: "a" }) },
            action "ship": S3 { bucket_name: "b", extract: "true", input: Code }
        }
    }
}

fn main() {}
