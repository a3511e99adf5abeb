use codepipeline_xacct::pipeline;

mod prod {
    codepipeline_xacct::pipeline! {
        /// Where customers are.
        pub account Prod = "222222222222";

        /// May start the deployment.
        pub role Invoker in Prod {
            name: "invoker",
            trusts: [super::Tooling],
            starts: [Deploy],
        }

        /// Deploys the shop.
        pub extern pipeline Deploy in Prod {
            name: "deploy",
            region: "eu-west-1",
            variables: { version, level: "1" },
        }
    }
}

pipeline! {
    pub account Tooling = "111111111111";

    /// Releases the shop.
    pub pipeline Release(branch: &str) in Tooling {
        name: "release",
        region: "eu-west-1",
        execution_mode: QUEUED,
        service_role: managed("release-service"),
        artifact_bucket: "release-artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "shop", branch: (branch.trim()), output: Code, namespace: Source }
        }
        stage "Deploy" {
            on_failure: RETRY(ALL_ACTIONS),
            action "build": CodeBuild { project_name: "build", input: Code }
            invoke "start": prod::Deploy {
                role: prod::Invoker,
                variables: { version: "#{Source.CommitId}" },
            }
        }
    }
}

fn main() {
    let _ = Release::new("main");
}
