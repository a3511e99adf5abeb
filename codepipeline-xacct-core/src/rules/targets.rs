//! Compares what an action that starts a pipeline passes with what the pipeline accepts.

use super::rule::{rules, text};

rules! {
    XA0711 FailsWhenRun "a source revision for an action that the target doesn't have",
        "`actionName` in `SourceRevisions` is the name of a source action of the target.",
        ["action-reference-PipelineInvoke", "pipelines-trigger-source-overrides"],
        text("actionName \"Sorce\", where the target's source action is `Source`", "actionName \"Source\"");
    XA0712 FailsWhenRun "a revision type that doesn't fit the source",
        "CodeCommit and connections take COMMIT_ID, ECR takes IMAGE_DIGEST, S3 takes S3_OBJECT_VERSION_ID and S3_OBJECT_KEY.",
        ["pipelines-trigger-source-overrides"],
        text("COMMIT_ID for an S3 source", "S3_OBJECT_VERSION_ID");
    XA0713 FailsWhenRun "an object key for a source that doesn't allow it",
        "S3_OBJECT_KEY needs `AllowOverrideForS3ObjectKey` to be `true` in the source action of the target.",
        ["action-reference-S3"],
        text("S3_OBJECT_KEY for a source without AllowOverrideForS3ObjectKey", "\"AllowOverrideForS3ObjectKey\": \"true\" in the target");
    XA0714 Advice "variables or source revisions for a V1 pipeline",
        "Pipeline variables and source revision overrides are features of V2; what a start of a V1 pipeline with them does is not documented.",
        ["pipeline-types-planning"],
        text("an invoke action with Variables, whose target has pipelineType V1", "a target of pipelineType V2"),
        // A pipeline of type V1 takes no variables at all.
        hides [XA0906, XA0907];
    XA0715 Advice "a pipeline starts itself",
        "Each run would start the next one; the service is not documented to stop it.",
        ["action-reference-PipelineInvoke"],
        text("pipeline `release` with an invoke action whose target is `release`", "another target");
    XA0716 Advice "pipelines start each other in a circle",
        "Each run would start the next one; the service is not documented to stop it.",
        ["action-reference-PipelineInvoke"],
        text("`a` starts `b`, `b` starts `a`", "a circle that is broken somewhere");
}
