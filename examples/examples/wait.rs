//! Wait for the target: the release fails where the pipeline that it starts in the other account fails.
//!
//! ```text
//! cargo run --example wait
//! ```

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

    /// May start `Deploy`, and look at the runs that it started.
    pub role DeployInvoker in Prod { name: "deploy-invoker", trusts: [Tooling], starts: [Deploy] }

    /// Deploys what it finds.
    pub pipeline Deploy in Prod {
        name: "deploy",
        region: "eu-west-1",
        service_role: managed("deploy-service"),
        artifact_bucket: "deploy-artifacts",

        stage "Source" {
            source "scripts": CodeCommit { repository: "deploy", branch: "main", poll: false, output: Scripts }
        }
        stage "Run" {
            action "deploy": CodeBuild { project_name: "deploy", input: Scripts }
        }
    }

    /// Starts the deployment, and continues once it has succeeded.
    pub pipeline Release in Tooling {
        name: "release",
        region: "eu-west-1",
        service_role: managed("release-service"),
        // A role of another account reads the artifacts only with a key that lets it.
        artifact_bucket: {
            location: "release-artifacts",
            encryption_key: "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000",
        },

        stage "Source" {
            source "code": CodeCommit { repository: "shop", branch: "main", poll: false, output: Code }
        }
        stage "Deploy" {
            invoke "start": Deploy { role: DeployInvoker, wait: "45 minutes" }
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let topology = Topology::builder("release").add(Release).build()?;
    println!("{topology}");

    println!("The deployment takes half an hour:\n");
    let half_an_hour = Duration::from_secs(30 * 60);
    let slow = Outcome::succeeds().takes(half_an_hour);
    println!("{}", topology.rehearse().outcome("Run/deploy", [slow]).await?.passed()?);

    println!("The deployment fails after half an hour:\n");
    let broken = Outcome::fails("the health check fails").takes(half_an_hour);
    let rehearsal = topology.rehearse().outcome("Run/deploy", [broken]).await?;
    println!("{rehearsal}");
    if rehearsal.succeeded() { Err("the release did not wait".into()) } else { Ok(()) }
}
