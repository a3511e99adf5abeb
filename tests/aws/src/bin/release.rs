//! A program that deploys a topology, which the tests kill. The environment says which one of three.

use std::process::ExitCode;

use codepipeline_xacct::{Topology, cli};
use codepipeline_xacct_aws_tests::{Release, changed, other_role};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let topology = Topology::builder("release");
    let topology = match std::env::var("RELEASE").as_deref() {
        Ok("changed") => topology.add(changed::Release),
        Ok("other role") => topology.add(other_role::Release),
        _ => topology.add(Release),
    };
    cli::run(topology.build()).await
}
