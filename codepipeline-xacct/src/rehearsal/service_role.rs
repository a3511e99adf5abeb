//! A service role for stand-ins of existing pipelines.

use super::error::RehearseError;
use super::stand_in::MADE_UP;
use crate::core::ids::{PipelineArn, RoleArn};
use crate::core::policy::{Document, Statement, service_trust};
use crate::local::{LocalError, Seed};

/// What an assumed policy is called.
pub(super) const ASSUMED: &str = "assumed";

/// A service role in the account of a pipeline.
pub(super) fn service_role(pipeline: &PipelineArn) -> Result<Seed, RehearseError> {
    let arn = RoleArn::new(pipeline.partition().clone(), pipeline.account().clone(), MADE_UP).map_err(|error| {
        let error = LocalError { code: "ValidationError".to_owned(), message: error.to_string() };
        RehearseError::Local { what: format!("a service role for {pipeline}"), error }
    })?;
    let mut seed = Seed::new(arn, Document::new(vec![service_trust()]));
    seed.inline.insert(ASSUMED.to_owned(), all_but_hops());
    Ok(seed)
}

/// All that an action may do, but not what a hop asks for: that has to be allowed by what is stated, read or written.
pub(super) fn all_but_hops() -> Document {
    let mut statement = Statement::allow(&["sts:*", "codepipeline:*"], vec!["*".to_owned()]);
    statement.not_action = statement.action.take();
    Document::new(vec![statement])
}
