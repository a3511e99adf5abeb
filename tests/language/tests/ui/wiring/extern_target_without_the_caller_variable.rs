use codepipeline_xacct::pipeline;

pipeline! {
    pub account Tooling = "111111111111";
    pub account Prod = "222222222222";
    pub account Audit = "333333333333";

    pub role Invoker in Prod {
        name: "invoker",
        trusts: [Tooling],
        starts: [Deploy],
    }

    pub extern pipeline Deploy in Prod {
        name: "deploy",
        region: "eu-west-1",
        variables: { val1: "none" },
    }

    pub extern pipeline Scan in Prod {
        name: "scan",
        region: "eu-west-1",
    }

    pub pipeline Release in Tooling {
        name: "release",
        region: "eu-west-1",
        service_role: managed("release-service"),
        artifact_bucket: "release-artifacts",
        variables: { val1: "aaa" },

        stage "Source" {
            source "Source": CodeCommit { repository: "code", branch: "main", output: Code }
        }
        stage "Build" {
            invoke "ccc": Deploy { role: Invoker, follow: caller_variable }
        }
    }
}

fn main() {}
