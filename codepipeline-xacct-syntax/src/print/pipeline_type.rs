//! What a topology gives a pipeline where nothing is written.

use codepipeline_xacct_core::declaration::features::needed_type;
use codepipeline_xacct_core::declaration::{PipelineDeclaration, PipelineType, read};
use serde_json::Value;

/// The type of the pipeline.
pub(super) fn pipeline_type(declaration: &Value) -> PipelineType {
    read::<PipelineDeclaration>(&declaration.to_string())
        .map_or(PipelineType::V1, |declaration| needed_type(&declaration))
}
