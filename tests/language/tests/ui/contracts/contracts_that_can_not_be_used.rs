use codepipeline_xacct::pipeline;

pipeline! {
    pub account Prod = "222222222222";

    extern pipeline NotThere in Prod from "contracts/nowhere.json";
    extern pipeline Outside in Prod from "../contracts/deploy.json";
    extern pipeline Edited in Prod from "contracts/edited.json";
    extern pipeline Later in Prod from "contracts/of-a-later-version.json";
    extern pipeline CutOff in Prod from "contracts/cut-off.json";
    extern pipeline OfARole in Prod from "contracts/starter.json";
    extern role OfAPipeline in Prod from "contracts/deploy.json";
    pipeline Managed in Prod from "contracts/deploy.json";
    extended role Extended in Prod from "contracts/starter.json";
    extern pipeline WithKeys in Prod from "contracts/deploy.json" { name: "deploy" }
    extern pipeline WithoutQuotes in Prod from contracts;
    extern pipeline WithoutAccount from "contracts/deploy.json";
    extern pipeline WithoutSemicolon in Prod from "contracts/deploy.json"
}

fn main() {}
