//! A rehearsal, without an account: does the release reach account B, and what happens where something fails?
//!
//! ```text
//! cargo run --example rehearse
//! cargo test --example rehearse
//! ```
//!
//! With `session.rehearse(&topology)` it starts from what the accounts hold, which are only read.

use std::error::Error;
use std::time::Duration;

use codepipeline_xacct::local::Outcome;
use codepipeline_xacct::rehearsal::Rehearse;
use codepipeline_xacct::{Topology, pipeline};

pipeline! {
    /// Holds the sources and runs the releases.
    pub account Tooling = "111111111111";
    /// Where customers are.
    pub account Prod = "222222222222";

    /// May start `Deploy` for the pipelines of `Tooling` that name it.
    pub role DeployInvoker in Prod { name: "deploy-invoker", trusts: [Tooling], starts: [Deploy] }

    /// Another team's: only what a caller has to know.
    pub extern pipeline Deploy in Prod { name: "deploy", region: "eu-west-1", variables: { image } }

    /// Builds the shop, asks, and has it deployed.
    pub pipeline Release in Tooling {
        name: "release",
        region: "eu-west-1",
        service_role: managed("release-service"),
        artifact_bucket: "release-artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "shop", branch: "main", poll: false, output: Code }
        }
        stage "Build" {
            on_failure: RETRY(FAILED_ACTIONS),
            action "compile": CodeBuild { project_name: "shop", input: Code, namespace: Compile }
        }
        stage "Approve" {
            action "approve": Manual {}
        }
        stage "Deploy" {
            invoke "deploy": Deploy {
                role: DeployInvoker,
                variables: { image: "#{Compile.IMAGE}" },
            }
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let topology = Topology::builder("release").add(Release).build()?;

    println!("The build fails once, and the approval takes two days:\n");
    let compile = [Outcome::fails("no network"), Outcome::succeeds().variable("IMAGE", "shop:1.2.3")];
    let two_days = Duration::from_secs(2 * 24 * 3600);
    let rehearsal = topology
        .rehearse()
        .outcome("Build/compile", compile)
        .outcome("Approve/approve", [Outcome::succeeds().takes(two_days)])
        .await?
        .passed()?;
    println!("{rehearsal}");

    println!("The approval is rejected:\n");
    let rejected = topology.rehearse().outcome("Approve/approve", [Outcome::fails("not before Monday")]).await?;
    println!("{rejected}");
    if rejected.succeeded() { Err("a rejected release went on".into()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_image_arrives_in_prod() -> Result<(), Box<dyn Error>> {
        let topology = Topology::builder("release").add(Release).build()?;
        let built = Outcome::succeeds().variable("IMAGE", "shop:1.2.3");
        let rehearsal = topology.rehearse().outcome("Build/compile", [built]).await?.passed()?;
        assert_eq!(rehearsal.variable(Deploy, "image"), Some("shop:1.2.3"));
        Ok(())
    }
}
