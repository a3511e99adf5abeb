use codepipeline_xacct::pipeline;

pipeline! {
    pub account Tooling = "111111111111";
    pub account Prod = "222222222222";

    pub extern role ReleaseService in Tooling from "contracts/service-of-another-starter.json";
    pub extern role Starter in Prod from "contracts/starter-of-another-pipeline.json";
    pub extern pipeline Deploy in Prod from "contracts/deploy.json";

    pub pipeline Release in Tooling {
        name: "release",
        region: "eu-west-1",
        service_role: ReleaseService,
        artifact_bucket: "release-artifacts",

        stage "Source" {
            source "Source": CodeCommit { repository: "code", branch: "main", output: Code }
        }
        stage "Deploy" {
            invoke "deploy": Deploy { role: Starter, variables: { version: "1" }, follow: caller_variable }
        }
    }
}

fn main() {}
