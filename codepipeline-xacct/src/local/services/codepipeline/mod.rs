//! CodePipeline: pipelines, tags, and executions as the API shows them.

mod action_types;
mod control;
mod custom_actions;
mod history;
mod jobs;
mod operations;
mod paging;
mod pipelines;
mod request;
mod requested;
mod responses;
mod secrets;
mod service_errors;
mod state;
mod structure;
mod tags;
mod types;

pub(crate) use jobs::data;
pub(super) use operations::answer;
pub(crate) use secrets::shown;
