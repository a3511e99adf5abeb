//! Contracts: what a pipeline, a role or an account of another team says, in a small JSON file that both teams review.
//!
//! `extern pipeline Deploy in Prod from "contracts/deploy.json";` takes its signature from one. A contract holds what a caller depends on
//! and nothing else: the ARN, the variables and which of them have a default, the trust policy, the policies and the permissions boundary.
//! The defaults themselves may be secrets, and are left out. The contract of an account holds its id, and what it says of several pipelines
//! and roles, by the names of their items.
//!
//! ```json
//! {
//!   "contract": 1,
//!   "digest": "8cabcb5cd00293a8",
//!   "pipeline": {
//!     "arn": "arn:aws:codepipeline:eu-west-1:222222222222:deploy",
//!     "variables": { "version": "required", "mode": "optional" }
//!   },
//!   "origin": { "topology": "deploy", "version": 7 }
//! }
//! ```

#[cfg(feature = "plan")]
mod changes;
#[cfg(feature = "plan")]
mod creation;
mod file;
mod value;

#[cfg(feature = "plan")]
pub use changes::{Change, Changes, RecordedChange, Term, changes};
#[cfg(feature = "plan")]
pub use creation::NotPublished;
pub use file::{FILE, MAX_SIZE, NoContract};
pub use value::{AccountSignature, Contract, ContractOrigin, PipelineSignature, RoleSignature, Signature};

#[cfg(all(test, feature = "plan"))]
mod tests;
