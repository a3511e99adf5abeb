//! What a topology holds and what both sides need, without an account: the topology, its policies, the event rules.
//!
//! A pipeline in account A deploys a stack in account B. Its roles are written when a plan is applied; the policies of the artifact bucket
//! and its key, and the rule that starts the pipeline, are not managed here: they are printed ready to be pasted.
//!
//! ```text
//! cargo run --example policies
//! ```

use std::error::Error;

use codepipeline_xacct::{Topology, pipeline};

pipeline! {
    /// Holds the sources and runs the releases.
    pub account Tooling = "111111111111";
    /// Where customers are.
    pub account Prod = "222222222222";

    /// Deploys the stack of the shop for the pipelines of `Tooling` that name it.
    pub role StackDeployer in Prod { name: "stack-deployer", trusts: [Tooling] }

    /// Deploys the head of the shop.
    pub pipeline Release in Tooling {
        name: "release",
        region: "eu-west-1",
        service_role: managed("release-service"),
        artifact_bucket: {
            location: "release-artifacts",
            encryption_key: "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000",
        },

        stage "Source" {
            source "code": CodeCommit { repository: "shop", branch: "main", poll: false, output: Code }
        }
        stage "Deploy" {
            action "stack": CloudFormation {
                action_mode: CREATE_UPDATE,
                stack_name: "shop",
                template_path: "Code::template.yml",
                role_arn: "arn:aws:iam::222222222222:role/stacks",
                input: Code,
                role: StackDeployer,
            }
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let topology = Topology::builder("shop").add(Release).build()?;
    println!("{topology}");
    for policy in topology.policies() {
        println!("{policy}\n");
    }
    for rule in topology.event_rules() {
        println!("{rule}\n");
    }
    Ok(())
}
