use codepipeline_xacct::pipeline;

pipeline! {
    pub account Tooling = "111111111111";

    pub extern pipeline Deploy in Tooling { name: "deploy", region: "eu-west-1" }

    pub pipeline Release in Tooling {
        name: "release",
        region: "eu-west-1",
        service_role: managed("release-service"),
        artifact_bucket: "release-artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "code", branch: "main", output: Code }
        }
        add stage "Ask" after "Source" {
            action "approve": Manual {}
        }
        stage "Deploy" {
            add invoke "deploy": Deploy {}
        }
    }
}

fn main() {}
