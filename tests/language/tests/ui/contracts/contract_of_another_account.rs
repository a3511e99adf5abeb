use codepipeline_xacct::pipeline;

pipeline! {
    pub account Tooling = "111111111111";
    pub account Test = "333333333333";

    pub extern role Starter in Test from "contracts/starter.json";
    pub extern pipeline Deploy in Test from "contracts/deploy.json";

    pub pipeline Release in Tooling {
        name: "release",
        region: "eu-west-1",
        service_role: managed("release"),
        artifact_bucket: "release-artifacts",

        stage "Source" {
            source "Source": CodeCommit { repository: "code", branch: "main", output: Code }
        }
        stage "Deploy" {
            invoke "deploy": Deploy { role: Starter, variables: { version: "1" } }
        }
    }
}

fn main() {}
