use codepipeline_xacct::pipeline;

pipeline! {
    /// Holds the sources and runs the releases.
    pub account Tooling = "111111111111";
    /// Where customers are.
    pub account Prod = "222222222222";
    pub account Audit = "333333333333";

    /// May be assumed by the service roles of `Tooling`'s pipelines that name it; may start `Deploy` and nothing else.
    pub role DeployInvoker in Prod {
        name: "deploy-invoker",
        trusts: [Audit],
        starts: [Deploy],
    }

    /// Managed elsewhere: only what a caller has to know. A managed pipeline has its stages here.
    pub extern pipeline Deploy in Prod {
        name: "deploy",
        region: "eu-west-1",
        variables: { version: "none" },
    }

    pub pipeline Release in Tooling {
        name: "release",
        region: "eu-west-1",
        execution_mode: QUEUED,
        service_role: managed("release-service"),
        artifact_bucket: "release-artifacts",

        stage "Source" {
            source "Source": CodeCommit { repository: "shop", branch: "main", output: Code, namespace: Source }
        }
        stage "Deploy" {
            on_failure: RETRY(ALL_ACTIONS),
            invoke "deploy": Deploy {
                role: DeployInvoker,
                variables: { version: "#{Source.CommitId}" },
            }
        }
    }
}

fn main() {}
