//! The desired state of a pipeline in its account.

use super::added_parts::AddedParts;
use crate::declaration::PipelineDeclaration;
use crate::finding::Finding;

/// What an account is to hold of a pipeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Desired {
    /// The declaration.
    pub declaration: PipelineDeclaration,
    /// What in it the topology added, where it extends the pipeline.
    pub marks: AddedParts,
    /// What doesn't prevent it.
    pub warnings: Vec<Finding>,
}

impl From<PipelineDeclaration> for Desired {
    fn from(declaration: PipelineDeclaration) -> Self {
        Self { declaration, marks: AddedParts::default(), warnings: Vec::new() }
    }
}
