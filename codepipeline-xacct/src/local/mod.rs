//! In-process IAM, STS and CodePipeline, for tests, examples and rehearsals.
//!
//! The real clients of the SDK talk to it through their HTTP client, so the code that talks to AWS is the code that runs
//! here. It enforces what AWS enforces when a pipeline starts another across accounts: principals that must exist, the
//! trust and the policies behind every `sts:AssumeRole`, the structure of a pipeline, the right to start the target, and the
//! permission for every call of an action. It answers with AWS's error codes and texts.
//!
//! * Time is virtual: every request takes a second, an action takes a second or more, and [`Local::let_pass`] lets time pass;
//!   [`Local::catch_up`] follows the real one.
//! * Sources, builds, approvals, functions, custom actions and rules succeed, unless [`Local::script`] or [`Local::decide`] says otherwise.
//!   Approvals can wait for PutApprovalResult, functions and custom actions for their jobs: [`Outcome::awaits_answer`], and
//!   [`Local::await_answers`] for all approvals and custom actions.
//! * What AWS does not document is a switch: [`Undocumented`].
//! * Buckets and keys have policies where they were put there: [`Local::put_bucket`], [`Local::put_key`], and keys grants: [`Local::put_grant`].
//!   GetBucketPolicy, GetKeyPolicy and ListGrants return them, and are all that there is of S3 and KMS.
//! * Signatures are only verified where [`Local::check_signatures`] says so: the access key tells who calls, an
//!   administrator ([`Local::sdk_config`]), a user with fewer rights
//!   ([`Local::sdk_config_as`]) or a session. Service and resource control policies are set with [`Local::put_scps`] and [`Local::put_rcps`]. Where
//!   a condition on something that local AWS doesn't know decides, the call is refused with an error that names it.
//! * What it can't do (schedules that block a stage, action types of AWS outside of the catalogue, most managed policies of AWS, other services)
//!   is refused with the error code `NotSupportedByLocalAws`.
//! * Faults happen on demand ([`Local::faults`]), and all calls are recorded ([`Local::calls`]).
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use codepipeline_xacct::local::Local;
//!
//! let aws = Local::new();
//! aws.add_account("111111111111")?;
//! let iam = aws_sdk_iam::Client::new(&aws.sdk_config("111111111111", "eu-west-1"));
//! let error = iam.get_role().role_name("nobody").send().await.unwrap_err().into_service_error();
//! assert!(error.is_no_such_entity_exception());
//! # Ok(())
//! # }
//! ```

mod action_types;
mod answer;
mod authorization;
mod buckets;
mod deployer;
mod engine;
mod event_history;
mod execution;
mod execution_records;
mod faults;
mod handle;
mod input;
mod invocations;
mod managed_policy;
mod organization;
mod outcome;
mod pairs;
mod pipelines;
mod policies_of_aws;
mod recorder;
mod refusal;
mod refused_hop;
mod resources;
mod role_session;
mod runs;
mod saved;
mod seed;
#[cfg(feature = "serve")]
mod server;
mod services;
mod store;
mod trust;
mod undocumented;
mod wire;

pub use deployer::Deployer;
pub(crate) use execution_records::{ActionRecord, ExecutionRecord, RuleRecord};
pub use faults::{ConcurrentRequest, Fault, FaultBuilder, FaultEffect, Faults, Lag, When};
pub use handle::{Local, LocalError};
pub use invocations::Invocation;
pub use outcome::{ActionRun, Outcome};
pub use recorder::{CallOutcome, RecordedCall, most_at_once};
pub(crate) use refused_hop::denied_hop;
pub use saved::StateError;
pub(crate) use seed::Seed;
#[cfg(feature = "serve")]
pub use server::Server;
pub use undocumented::{SessionName, Undocumented};
