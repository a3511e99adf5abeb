//! Read the accounts, plan, apply, start and wait: everything that talks to AWS, through the AWS SDK.
//!
//! A [`Session`] reaches the accounts and has verified the identity of each; everything else starts from it.
//!
//! There is no state file: the accounts are the state. What a topology manages carries the tags
//! [`TOPOLOGY_TAG`](crate::core::plan::TOPOLOGY_TAG) and [`ITEM_TAG`](crate::core::plan::ITEM_TAG), and the inline policies that it
//! keeps are named after it.
//!
//! ```no_run
//! # use codepipeline_xacct::{Topology, pipeline, aws::{Event, RetryPolicy, Session}};
//! # pipeline! {
//! #     account Tooling = "111111111111";
//! #     account Prod = "222222222222";
//! #     extern pipeline Deploy in Prod { name: "deploy", region: "eu-west-1", variables: { version: "none" } }
//! # }
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let topology = Topology::builder("release").add(Deploy).build()?;
//! let session = Session::builder().profile::<Tooling>("tooling").profile::<Prod>("prod").connect().await?;
//! let plan = session.plan(&topology).await?;
//! println!("{plan}");
//! session.apply(&plan).on_event(|event| println!("{event}")).await?;
//! let execution = session.start(Deploy).variable(Deploy::version, "1.2.3").await?;
//! println!("{}", execution.wait().await?);
//! # Ok(())
//! # }
//! ```

mod apply;
mod at_once;
mod bounded;
mod contract;
mod credentials;
mod custom_actions;
mod doctor;
mod error;
mod event_history;
mod executions;
#[cfg(feature = "cli")]
mod existing;
mod fixes;
mod known_role;
mod orphans;
mod other_services;
mod pages;
mod passthrough;
mod plan;
mod read;
mod read_error;
mod resource_policy;
mod restore;
mod role_users;
mod runs_in_flight;
mod session;
mod stage_states;

/// How a client reaches AWS, as `aws-config` loads it.
pub use aws_config::SdkConfig;
/// How an execution and its actions ended, in the SDK's types.
pub use aws_sdk_codepipeline::types::{ActionExecutionStatus, PipelineExecutionStatus};

pub use apply::{
    ApplyError, ApplyRequest, Applying, Event, LeftLease, Report, RetryPolicy, RunPolicy, StepError, Undo,
};
pub use credentials::{AssumedRole, Credentials, CredentialsTable, CredentialsTableError};
pub use doctor::{DiagnosisParts, DoctorRequest};
pub use error::{AwsError, NotConnected};
pub use event_history::{EventHistory, NotRecorded};
pub use executions::{
    ActionExecution, Candidate, Correlation, Execution, ExecutionError, FailureCause, FollowedExecution, Invoked,
    InvokedState, LostBecause, ReadFailure, RetryMode, RunChange, RunEvent, RunOutcome, StartArnRequest, StartRequest,
    StopMode, WaitRequest,
};
#[cfg(feature = "cli")]
pub(crate) use existing::Existing;
pub use plan::{PlanError, PlanRequest};
pub use read::ReadError;
pub use restore::RestoreRequest;
pub use session::{ConnectError, ConnectFailure, Session, SessionBuilder};
