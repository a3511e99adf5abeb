//! The name of the tag that says what was last applied.

/// The tag that says what was last applied to a managed role or pipeline.
pub const APPLIED_TAG: &str = "codepipeline-xacct:applied";
