use codepipeline_xacct::pipeline;

pipeline! {
    pub account Test = "333333333333";

    extern role Starter in Test from "contracts/starter.json";
    extern pipeline Deploy in Test from "contracts/deploy.json";
}

fn main() {}
