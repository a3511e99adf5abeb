use codepipeline_xacct::pipeline;

pipeline! {
    pub extern account Prod from "contracts/prod.json";
    pub account Tooling = "111111111111";

    pub extern account Edited from "contracts/prod-edited.json";
    extern pipeline OfEdited in Edited;
    pub extern account OfAPipeline from "contracts/deploy.json";
    account WithoutExtern from "contracts/prod.json";

    extern pipeline Deply in Prod;
    extern role Deploy in Prod;
    extern pipeline WithoutContract in Tooling;
    extern pipeline NotExtended in Prod from "contracts/prod.json";
    extended role DeployStarter in Prod;
}

mod elsewhere {
    codepipeline_xacct::pipeline! {
        extern pipeline Deploy in super::Tooling from "contracts/prod.json";
        extern pipeline InAnotherCall in super::Prod;
    }
}

fn main() {}
