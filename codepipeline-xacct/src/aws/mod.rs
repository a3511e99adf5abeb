//! Read the accounts, plan, apply, follow: everything that talks to AWS, through the AWS SDK.
//!
//! There is no state file: the accounts are the state. What a topology manages carries the tags
//! [`TOPOLOGY_TAG`] and [`ITEM_TAG`], and the inline policies that it keeps are named after it.
//!
//! ```no_run
//! # use codepipeline_xacct::{Topology, pipeline, aws::{self, Accounts, Planner}};
//! # pipeline! {
//! #     account Tooling = "111111111111";
//! #     account Prod = "222222222222";
//! #     extern pipeline Deploy in Prod { name: "deploy", region: "eu-west-1" }
//! # }
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let topology = Topology::new("release").add(Deploy).build()?;
//! let accounts = Accounts::new().profile::<Tooling>("tooling").await.profile::<Prod>("prod").await;
//! let plan = Planner::new(&topology, &accounts).plan().await?;
//! println!("{plan}");
//! plan.apply(&accounts, &|event| println!("{event}")).await?;
//! # Ok(())
//! # }
//! ```

mod apply;
mod clients;
mod error;
mod executions;
mod passthrough;
mod plan;
mod planner;
mod read;
mod text;

/// How a client reaches AWS, as `aws-config` loads it.
pub use aws_config::SdkConfig;

pub use apply::{ApplyError, Event, Patience};
pub use clients::Accounts;
pub use error::{AwsError, Error};
pub use executions::{ActionRun, Execution, Follow, Run};
pub use plan::{Plan, Proof, Step};
pub use planner::Planner;

/// The tag that names the topology which manages a role or a pipeline.
pub const TOPOLOGY_TAG: &str = "codepipeline-xacct:topology";
/// The tag that names the item of a role or a pipeline.
pub const ITEM_TAG: &str = "codepipeline-xacct:item";
