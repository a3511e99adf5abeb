//! The action that starts a pipeline.

use super::rule::{edit, rules};

rules! {
    XA0701 FailsWhenRun "`PipelineName` is not the bare name of a pipeline",
        "An invoke action names its target by the bare name; an ARN is accepted by UpdatePipeline, but fails when the action runs. The account comes from the role of the action, the Region from its `region`.",
        ["action-reference-PipelineInvoke", "dev.classmethod.jp/articles/codepipeline-invoke-pipeline-crossaccount (a practitioner's report)"],
        edit("/stages/2/actions/2/configuration/PipelineName", "\"arn:aws:codepipeline:us-east-1:333333333333:acceptance\"", "\"acceptance\"");
    XA0702 FailsWhenRun "`Variables` is not a JSON array of names and values",
        "`Variables` is the text of a JSON array of `{\"name\", \"value\"}`, both strings.",
        ["action-reference-PipelineInvoke"],
        edit("/stages/2/actions/2/configuration/Variables", "\"{\\\"commit\\\":\\\"x\\\"}\"", "\"[{\\\"name\\\":\\\"commit\\\",\\\"value\\\":\\\"x\\\"}]\"");
    XA0703 FailsWhenRun "too few or too many variables are passed",
        "An invoke action passes 1 to 50 variables; where there are none, `Variables` is left out.",
        ["action-reference-PipelineInvoke", "API_StartPipelineExecution"],
        edit("/stages/2/actions/2/configuration/Variables", "\"[]\"", ""),
        // Without a valid list no single variable is missing.
        hides [XA0907];
    XA0704 FailsWhenRun "a variable is passed whose name doesn't fit the pattern",
        "Names of variables are 1 to 128 characters out of `A-Z a-z 0-9 @ - _`.",
        ["action-reference-PipelineInvoke", "API_PipelineVariable"],
        edit("/stages/2/actions/2/configuration/Variables", "\"[{\\\"name\\\":\\\"the commit\\\",\\\"value\\\":\\\"x\\\"}]\"", "\"[{\\\"name\\\":\\\"commit\\\",\\\"value\\\":\\\"x\\\"}]\"");
    XA0705 FailsWhenRun "a variable is passed with an empty or too long value",
        "The value of a variable has 1 to 1000 characters.",
        ["action-reference-PipelineInvoke", "API_PipelineVariable"],
        edit("/stages/2/actions/2/configuration/Variables", "\"[{\\\"name\\\":\\\"commit\\\",\\\"value\\\":\\\"\\\"}]\"", "\"[{\\\"name\\\":\\\"commit\\\",\\\"value\\\":\\\"x\\\"}]\"");
    XA0706 FailsWhenRun "`SourceRevisions` is not a JSON array of revisions",
        "`SourceRevisions` is the text of a JSON array of `{\"actionName\", \"revisionType\", \"revisionValue\"}`, all strings.",
        ["action-reference-PipelineInvoke"],
        edit("/stages/2/actions/2/configuration/SourceRevisions", "\"[{\\\"actionName\\\":\\\"Code\\\",\\\"revisionValue\\\":\\\"x\\\"}]\"", "\"[{\\\"actionName\\\":\\\"Code\\\",\\\"revisionType\\\":\\\"COMMIT_ID\\\",\\\"revisionValue\\\":\\\"x\\\"}]\"");
    XA0707 FailsWhenRun "too many source revisions, or one that is empty or too long",
        "At most 50 source revisions are passed, with values of 1 to 1500 characters.",
        ["API_StartPipelineExecution", "API_SourceRevisionOverride"],
        edit("/stages/2/actions/2/configuration/SourceRevisions", "\"[{\\\"actionName\\\":\\\"Code\\\",\\\"revisionType\\\":\\\"COMMIT_ID\\\",\\\"revisionValue\\\":\\\"\\\"}]\"", "\"[{\\\"actionName\\\":\\\"Code\\\",\\\"revisionType\\\":\\\"COMMIT_ID\\\",\\\"revisionValue\\\":\\\"x\\\"}]\"");
    XA0708 FailsWhenRun "a revision type that does not exist",
        "The type of a revision is COMMIT_ID, IMAGE_DIGEST, S3_OBJECT_VERSION_ID or S3_OBJECT_KEY.",
        ["API_SourceRevisionOverride"],
        edit("/stages/2/actions/2/configuration/SourceRevisions", "\"[{\\\"actionName\\\":\\\"Code\\\",\\\"revisionType\\\":\\\"COMMIT\\\",\\\"revisionValue\\\":\\\"x\\\"}]\"", "\"[{\\\"actionName\\\":\\\"Code\\\",\\\"revisionType\\\":\\\"COMMIT_ID\\\",\\\"revisionValue\\\":\\\"x\\\"}]\"");
    XA0709 Advice "a variable is passed twice",
        "What the service does with two values for one variable is not documented.",
        ["action-reference-PipelineInvoke"],
        edit("/stages/2/actions/2/configuration/Variables", "\"[{\\\"name\\\":\\\"commit\\\",\\\"value\\\":\\\"x\\\"},{\\\"name\\\":\\\"commit\\\",\\\"value\\\":\\\"y\\\"}]\"", "\"[{\\\"name\\\":\\\"commit\\\",\\\"value\\\":\\\"x\\\"}]\"");
    XA0710 Advice "a source revision is passed twice",
        "What the service does with two revisions of one type for one action is not documented.",
        ["action-reference-PipelineInvoke"],
        edit("/stages/2/actions/2/configuration/SourceRevisions", "\"[{\\\"actionName\\\":\\\"Code\\\",\\\"revisionType\\\":\\\"COMMIT_ID\\\",\\\"revisionValue\\\":\\\"x\\\"},{\\\"actionName\\\":\\\"Code\\\",\\\"revisionType\\\":\\\"COMMIT_ID\\\",\\\"revisionValue\\\":\\\"y\\\"}]\"", "\"[{\\\"actionName\\\":\\\"Code\\\",\\\"revisionType\\\":\\\"COMMIT_ID\\\",\\\"revisionValue\\\":\\\"x\\\"}]\"");
    XA0718 FailsWhenRun "a source revision for an invalid action name",
        "`actionName` in `SourceRevisions` is the name of an action: 1 to 100 characters out of `A-Z a-z 0-9 . @ - _`.",
        ["action-reference-PipelineInvoke", "API_SourceRevisionOverride"],
        edit("/stages/2/actions/2/configuration/SourceRevisions", "\"[{\\\"actionName\\\":\\\"the code\\\",\\\"revisionType\\\":\\\"COMMIT_ID\\\",\\\"revisionValue\\\":\\\"x\\\"}]\"", "\"[{\\\"actionName\\\":\\\"Code\\\",\\\"revisionType\\\":\\\"COMMIT_ID\\\",\\\"revisionValue\\\":\\\"x\\\"}]\"");
    XA0719 Advice "an unknown member in an entry of `Variables` or `SourceRevisions`",
        "An entry of `Variables` has `name` and `value`, one of `SourceRevisions` has `actionName`, `revisionType` and `revisionValue`; what the service does with other members is not documented.",
        ["action-reference-PipelineInvoke"],
        edit("/stages/2/actions/2/configuration/Variables", "\"[{\\\"name\\\":\\\"commit\\\",\\\"value\\\":\\\"x\\\",\\\"type\\\":\\\"text\\\"}]\"", "\"[{\\\"name\\\":\\\"commit\\\",\\\"value\\\":\\\"x\\\"}]\"");
}
