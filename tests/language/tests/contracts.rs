//! Items that take what they say from a contract are as if they were written out.

use codepipeline_xacct::core::topology::{Ownership, Trust};
use codepipeline_xacct::{Topology, pipeline};

mod written {
    codepipeline_xacct::pipeline! {
        pub account Prod = "222222222222";
        pub extern role Starter in Prod {
            arn: "arn:aws:iam::222222222222:role/deploy-starter",
            trust_policy: {
                Version: "2012-10-17",
                Statement: [{
                    Effect: "Allow",
                    Principal: { AWS: "arn:aws:iam::111111111111:role/release-service" },
                    Action: "sts:AssumeRole",
                }],
            },
            policies: [{
                Version: "2012-10-17",
                Statement: [{
                    Effect: "Allow",
                    Action: "codepipeline:StartPipelineExecution",
                    Resource: "arn:aws:codepipeline:eu-west-1:222222222222:deploy",
                }],
            }],
        }
        pub extern pipeline Deploy in Prod {
            name: "deploy",
            region: "eu-west-1",
            variables: { version, mode: "(a default)" },
        }
    }
}

pipeline! {
    pub account Tooling = "111111111111";
    pub account Prod = "222222222222";

    pub extern role Starter in Prod from "contracts/starter.json";
    pub extern pipeline Deploy in Prod from "contracts/deploy.json";

    pub role ReleaseService in Tooling { name: "release-service" }

    pub pipeline Release in Tooling {
        name: "release",
        region: "eu-west-1",
        service_role: ReleaseService,
        artifact_bucket: "release-artifacts",

        stage "Source" {
            source "Source": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Deploy" {
            invoke "deploy": Deploy { role: Starter, variables: { version: "#{Source.CommitId}" } }
        }
    }
}

#[test]
fn an_item_with_a_contract_is_like_one_that_is_written_out() {
    let read = Topology::builder("release").add(Starter).add(Deploy).build().unwrap();
    let written = Topology::builder("release").add(written::Starter).add(written::Deploy).build().unwrap();
    assert_eq!(read, written);
    let starter = &read.roles()[0].role;
    assert_eq!((starter.ownership, starter.trusts.clone()), (Ownership::Extern, None::<Vec<Trust>>));
}

#[test]
fn the_wiring_with_contracts_is_proven() {
    let topology = Topology::builder("release").add(Release).build().unwrap();
    assert_eq!(topology.warnings(), []);
    // The variables are names of the typed builder too.
    let _ = (Deploy::version, Deploy::mode);
}

mod of_account {
    codepipeline_xacct::pipeline! {
        pub extern account Prod from "contracts/prod.json";
        pub extern role DeployStarter in Prod;
        pub extern pipeline Deploy in Prod;
    }
}

mod elsewhere {
    codepipeline_xacct::pipeline! {
        pub extern pipeline Deploy in super::of_account::Prod from "contracts/prod.json";
    }
}

#[test]
fn the_contract_of_an_account_says_what_its_items_are() {
    let written = Topology::builder("release").add(written::Starter).add(written::Deploy).build().unwrap();
    let read = Topology::builder("release").add(of_account::DeployStarter).add(of_account::Deploy).build().unwrap();
    assert_eq!(read.accounts(), written.accounts());
    assert_eq!(read.pipelines(), written.pipelines());
    let (read, written) = (&read.roles()[0], &written.roles()[0]);
    assert_eq!((&read.role.item, &read.role.arn), (&"DeployStarter".to_owned(), &written.role.arn));
    assert_eq!((&read.trust, &read.policy), (&written.trust, &written.policy));
    let elsewhere = Topology::builder("release").add(elsewhere::Deploy).build().unwrap();
    assert_eq!(elsewhere.pipelines()[0].arn.to_string(), "arn:aws:codepipeline:eu-west-1:222222222222:deploy");
}
