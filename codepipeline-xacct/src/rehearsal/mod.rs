//! Rehearsals: a topology is planned, applied and run on [local AWS](crate::local), by the same code that does it on real accounts.
//!
//! [`Rehearse::rehearse`] needs no account: what exists already is taken as the topology states it. [`Session::rehearse`](crate::aws::Session::rehearse)
//! takes it from what the accounts hold, and only reads them. Both answer with a [`Rehearsal`]: the hops that were exercised, the variables
//! that arrived, what failed and why, what no run reached, and what had to be assumed since it is not ours.
//!
//! ```
//! # use codepipeline_xacct::{Topology, pipeline};
//! # pipeline! {
//! #     account Tooling = "111111111111";
//! #     account Prod = "222222222222";
//! #     role DeployInvoker in Prod { name: "deploy-invoker", trusts: [Tooling], starts: [Deploy] }
//! #     extern pipeline Deploy in Prod { name: "deploy", region: "eu-west-1", variables: { version: "none" } }
//! #     pipeline Release in Tooling {
//! #         name: "release",
//! #         region: "eu-west-1",
//! #         service_role: managed("release-service"),
//! #         artifact_bucket: "release-artifacts",
//! #         stage "Source" {
//! #             source "code": CodeCommit { repository: "shop", branch: "main", poll: false, output: Code, namespace: Source }
//! #         }
//! #         stage "Deploy" {
//! #             invoke "deploy": Deploy { role: DeployInvoker, variables: { version: "#{Source.CommitId}" } }
//! #         }
//! #     }
//! # }
//! use codepipeline_xacct::rehearsal::Rehearse;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let topology = Topology::builder("release").add(Release).build()?;
//! let rehearsal = topology.rehearse().await?.passed()?;
//! assert_eq!(rehearsal.variable(Deploy, "version"), Some("local-CommitId"));
//! # Ok(())
//! # }
//! ```

mod assumption;
mod configuration;
mod default_outcomes;
mod error;
mod existing;
mod failures;
mod hops;
mod links;
mod not_reached;
mod report;
mod request;
mod runs;
mod service_role;
mod stand_in;
mod targets;
mod text;

pub use assumption::{Assumption, AssumptionKind};
pub use error::RehearseError;
pub use report::{
    FailedRehearsal, Failure, HopResult, NotReached, Rehearsal, RehearsedAction, RehearsedHop, Run, Unreached,
};
pub use request::{Rehearse, RehearseRequest};
