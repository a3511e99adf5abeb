use codepipeline_xacct::builder::{action, pipeline as build};
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
        variables: { val1 },
    }

    pub extern pipeline Scan in Prod {
        name: "scan",
        region: "eu-west-1",
        variables: { level: "1" },
    }
}

fn main() {
    let release = build::<Tooling>("Release", "release", "eu-west-1")
        .managed_service_role("release-service")
        .artifact_bucket("release-artifacts")
        .stage("Source", |s| s.action("Source", action::codecommit("code", "main").output("Code")))
        .stage("Build", |s| s.start_as("ccc", Deploy, Invoker))
        .build();
    let _ = codepipeline_xacct::Topology::builder("release").add(release);
}
