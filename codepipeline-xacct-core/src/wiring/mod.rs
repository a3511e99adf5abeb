//! The wiring of an invoke action: check it, derive it, prove it.
//!
//! An invoke works when (1) the service role trusts CodePipeline, (2) may assume the action role, (3) the action
//! role trusts the service role and (4) may start the target, (5) the action carries the role's ARN, the target's
//! bare name and its Region, and (6) the variables fit. [`judge`] reports what is wrong with a declared wiring,
//! [`complete`] derives (5) and (6), [`derive_roles`] derives (1) to (4), and [`prove`] decides (1) to (4) from documents.
//!
//! Source: CodePipeline User Guide, "CodePipeline invoke action reference" and "Create a pipeline that uses
//! resources from another account"; IAM User Guide, "Cross-account policy evaluation logic".

mod access_entries;
mod action_access;
mod artifact_access;
mod calls;
mod chain;
mod change;
mod complete;
mod declared;
mod derive;
mod event_rules;
mod excess;
mod findings;
mod fix;
mod grants;
mod hop;
pub mod input;
mod keys;
mod link;
mod permissions;
mod proof;
mod prove;
pub mod request;
mod resource_policies;
mod sign;
mod stated_policies;
mod suggested_statement;
mod template;
mod used_roles;
mod wait_targets;

pub use access_entries::{AccessEntry, access_entries};
pub use action_access::{ActionNeed, action_needs};
#[cfg(feature = "plan")]
pub(crate) use action_access::{RoleRequest, role_requests};
pub use artifact_access::{ArtifactNeed, artifact_needs};
pub use calls::{ActionCall, CallProof, calls, prove_calls};
pub use chain::{Chain, Contexts, KnownRole, Levels, Policy, Sessions};
pub use change::{PolicyChange, PolicyEdit};
pub use complete::complete;
pub use declared::judge;
pub use derive::derive_roles;
pub use event_rules::{EventRule, EventTarget, event_bus_policies, event_rules};
pub use excess::excess;
#[cfg(feature = "plan")]
pub(crate) use findings::lost_call;
pub use findings::{Loss, hop_findings, loss_finding};
pub use hop::{DocumentRef, Hop};
pub use link::{Link, links};
pub use proof::{ChainProof, Deciding, HopProof};
pub use prove::prove;
#[cfg(feature = "plan")]
pub(crate) use prove::{caller_layers, may_call};
pub use resource_policies::{ResourcePolicy, resource_policies};
pub use sign::Sign;
pub use stated_policies::{judge_documents, judge_stated};
pub use used_roles::{UsedRole, used_roles};
pub use wait_targets::{wait_finding, waits};
