//! A hub: one pipeline starts the pipeline of each customer, in 100 accounts that a TOML file lists.
//!
//! The hub is declared once, and each row of the file is one start. What the compiler checks for literals, `build` checks for rows: the
//! role lives in the account of its target, the target declares what it is passed, each Region has its artifact bucket.
//!
//! ```text
//! cargo run --example hub
//! ```

use std::error::Error;

use codepipeline_xacct::builder::{BuiltPipeline, action, pipeline};
use codepipeline_xacct::core::ids::IdError;
use codepipeline_xacct::core::topology::{Ownership, Role, Target, TargetVariable};
use codepipeline_xacct::local::Local;
use codepipeline_xacct::{Topology, pipeline as declare};
use serde::Deserialize;

declare! {
    /// Runs the releases.
    pub account Hub = "111111111111";
}

#[derive(Deserialize)]
struct Customers {
    customer: Vec<Customer>,
}

#[derive(Deserialize)]
struct Customer {
    name: String,
    account: String,
    region: String,
}

impl Customer {
    /// The customer's pipeline, which another program manages: only what a caller has to know.
    fn target(&self) -> Result<Target, IdError> {
        let Self { name, account, region } = self;
        Ok(Target {
            item: format!("pipeline of {name}"),
            arn: format!("arn:aws:codepipeline:{region}:{account}:deploy").parse()?,
            variables: Some(vec![TargetVariable { name: "version".to_owned(), required: true }]),
        })
    }

    /// The role that starts it. It trusts the service role of the hub, and may start this pipeline and nothing else.
    fn invoker(&self) -> Result<Role, IdError> {
        let arn = format!("arn:aws:iam::{}:role/deploy-invoker", self.account);
        Ok(Role::inline(Ownership::Managed, arn.parse()?))
    }
}

fn hub(customers: &[Customer]) -> Result<BuiltPipeline, IdError> {
    let hub = pipeline::<Hub>("Release", "release", "eu-west-1")
        .managed_service_role("release-service")
        .artifact_bucket_in("eu-west-1", "release-artifacts-eu-west-1")
        .artifact_bucket_in("us-east-1", "release-artifacts-us-east-1")
        .stage("Source", |stage| {
            let source = action::codecommit("shop", "main").poll(false).output("Code").namespace("Source");
            stage.action("code", source)
        })
        .stage("Build", |stage| stage.action("build", action::codebuild("build").input("Code")));
    let mut starts = Vec::new();
    for customer in customers {
        starts.push((customer.name.as_str(), customer.target()?, customer.invoker()?));
    }
    // A stage has at most 50 actions.
    let hub = starts.chunks(50).enumerate().fold(hub, |hub, (number, starts)| {
        hub.stage(&format!("Deploy-{}", number + 1), |stage| {
            starts.iter().cloned().fold(stage, |stage, (name, target, role)| {
                stage.start_target(name, target).role(role).set("version", "#{Source.CommitId}").and()
            })
        })
    });
    Ok(hub.build())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let Customers { customer } = toml::from_str(include_str!("customers.toml"))?;
    let topology = Topology::builder("release").add(hub(&customer)?).build()?;
    let session = Local::new().connect(&topology).await?;
    let plan = session.plan(&topology).await?;
    // Steps that do the same in many accounts are shown once.
    println!("{plan}");
    session.apply(&plan).await?;
    println!("{}", session.plan(&topology).await?);
    Ok(())
}
