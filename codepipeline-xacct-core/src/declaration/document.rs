//! The document around a declaration.

use serde_json::Value;

use super::structures::PipelineDeclaration;
use crate::json::member::structure;

structure! {
    /// The document around a declaration: output of `get-pipeline`, input of `create-pipeline`.
    PipelineDocument {
        @required {
            /// The declaration.
            pipeline: PipelineDeclaration,
        }
        /// Only in the output of GetPipeline; Create and UpdatePipeline don't accept it.
        metadata: PipelineMetadata,
        /// Only in the input of CreatePipeline.
        tags: Vec<Tag>,
    }
}

structure! {
    /// What the service returns about a pipeline in addition to its declaration.
    PipelineMetadata {
        /// ARN of the pipeline.
        pipeline_arn: String,
        /// When it was created: text, or seconds since 1970.
        created: Value,
        /// When it was last written.
        updated: Value,
        /// When polling was switched off for inactivity.
        polling_disabled_at: Value,
    }
}

structure! {
    /// A tag of a pipeline.
    Tag {
        @required {
            /// 1 to 128 characters.
            key: String,
            /// Up to 256 characters.
            value: String,
        }
    }
}
