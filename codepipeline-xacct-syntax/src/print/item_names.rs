//! The items that roles and pipelines are.

use std::collections::HashMap;

use codepipeline_xacct_core::ids::{PipelineArn, RoleArn};

/// The items by the ARNs of what they declare. A role that is not an item is written as `existing("arn:…")`, an invoke of a pipeline that is
/// no item with its type.
#[derive(Debug, Clone, Default)]
pub struct ItemNames {
    /// Names of role items.
    pub roles: HashMap<RoleArn, String>,
    /// Names of pipeline items.
    pub pipelines: HashMap<PipelineArn, String>,
}
