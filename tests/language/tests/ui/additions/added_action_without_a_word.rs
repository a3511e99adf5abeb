use codepipeline_xacct::pipeline;

pipeline! {
    pub account Tooling = "111111111111";

    pub extern pipeline Deploy in Tooling { name: "deploy", region: "eu-west-1" }

    pub extended pipeline Release in Tooling {
        name: "release",
        region: "eu-west-1",
        service_role: extended("arn:aws:iam::111111111111:role/release"),

        stage "Build" {
            add "approve": Manual {}
        }
    }
}

fn main() {}
