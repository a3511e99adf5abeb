use codepipeline_xacct::pipeline;

pipeline! {
    pub account Tooling = "111111111111";

    pub extern pipeline Deploy in Tooling { name: "deploy", region: "eu-west-1" }

    pub extended pipeline Release in Tooling {
        name: "release",
        region: "eu-west-1",
        service_role: extended("arn:aws:iam::111111111111:role/release"),

        stage "Build" {
            add invoke "deploy": Deploy {}
            add action "deploy": Manual {}
        }
        add stage "Ask" after "Build" {
            action "deploy": Manual {}
        }
        add stage "Ask" before "Prod" {
            action "deploy": Manual {}
        }
        stage "Test" {
            on_failure: ROLLBACK,
            invoke "deploy": Deploy {}
        }
        stage "Test" {
            add action "ask": Manual {}
        }
        stage "Prod" {
            invoke "deploy": Deploy {}
            invoke "deploy": Deploy {}
        }
    }
}

fn main() {}
