use codepipeline_xacct::pipeline;

pipeline! {
    pub account Tooling = "111111111111";

    pub pipeline Release in Tooling {
        name: "release",
        region: "eu-west-1",
        execution_mode: QUEUED,
        service_role: managed("release-service"),
        artifact_bucket: "release-artifacts",
        variables: { val1: "aaa" },

        stage "Source" {
            on_failure: RETRY(ALL_ACTIONS),
            source "Source": CodeCommit {
                repository: "code",
                branch: "main",
                output: Code,
                namespace: Source,
            }
        }
        stage "Build" {
            action "Build": Concourse {
                project_name: "build",
                input: Code,
            }
        }
    }
}

fn main() {}
