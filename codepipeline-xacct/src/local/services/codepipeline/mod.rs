//! CodePipeline: pipelines, tags, and executions as the API shows them.

mod operations;
mod responses;
mod structure;

pub(super) use operations::answer;
