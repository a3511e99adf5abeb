use codepipeline_xacct::pipeline;

pipeline! {
    pub account Tooling = "111111111111";
    pub extern account Prod from "contracts/prod.json";

    pub role ReleaseService in Tooling { name: "release-service" }
    pub extern role DeployStarter in Prod;
    pub extern pipeline Deploy in Prod;

    pub pipeline Release in Tooling {
        name: "release",
        region: "eu-west-1",
        service_role: ReleaseService,
        artifact_bucket: "release-artifacts",

        stage "Source" {
            source "Source": CodeCommit { repository: "code", branch: "main", output: Code }
        }
        stage "Deploy" {
            invoke "deploy": Deploy { role: DeployStarter, variables: { release: "1" } }
        }
    }
}

fn main() {}
