//! Stages, the place of source actions, what follows a failed stage, pipeline types.

use super::rule::{edit, rules, text};

rules! {
    XA0101 Refused "too few or too many stages",
        "A pipeline has 2 to 50 stages.",
        ["limits", "pipeline-requirements"],
        text("a pipeline with one stage", "a pipeline with a source stage and at least one more"),
        unless_unread Stages,
        aws InvalidStructure["Pipeline has only {stages} stage(s). There should be a minimum of 2 stages in a pipeline", "Pipeline has too many stages. There can only be up to 50 stages in a pipeline"];
    XA0102 Refused "too few or too many actions in a stage",
        "A stage has 1 to 50 actions.",
        ["limits"],
        edit("/stages/2/actions", "[]", "[{\"name\": \"ask\", \"actionTypeId\": {\"category\": \"Approval\", \"owner\": \"AWS\", \"provider\": \"Manual\", \"version\": \"1\"}}]"),
        unless_unread ActionsOfStage,
        aws InvalidStageDeclaration["", "Pipeline stage '{stage}' has too many actions. There can only be up to 50 actions in a pipeline stage"];
    XA0103 Refused "too many actions in the pipeline",
        "A pipeline has at most 1000 actions.",
        ["limits"],
        text("21 stages of 50 actions", "a second pipeline, started by an invoke action"),
        aws InvalidStructure;
    XA0104 Refused "an action in the first stage that is not a source action",
        "The first stage holds source actions only, at least one.",
        ["stage-requirements"],
        edit("/stages/0/actions/2", "{\"name\": \"ask\", \"actionTypeId\": {\"category\": \"Approval\", \"owner\": \"AWS\", \"provider\": \"Manual\", \"version\": \"1\"}}", ""),
        // An action that belongs in another stage reads its artifacts there.
        hides [XA0303],
        unless_unread ActionType,
        aws InvalidStructure["Pipeline should start with a stage that only contains source actions"];
    XA0105 Refused "a source action outside of the first stage",
        "Source actions can only be in the first stage.",
        ["stage-requirements"],
        edit("/stages/2/actions/3", "{\"name\": \"Late\", \"actionTypeId\": {\"category\": \"Source\", \"owner\": \"AWS\", \"provider\": \"S3\", \"version\": \"1\"}, \"configuration\": {\"S3Bucket\": \"late\", \"S3ObjectKey\": \"late.zip\"}, \"outputArtifacts\": [{\"name\": \"Late\"}]}", ""),
        unless_unread ActionType,
        aws InvalidStructure["Source actions can only be included in the first stage of the pipeline"];
    XA0107 Refused "a stage name is used twice",
        "Stage names are unique in the pipeline.",
        ["limits"],
        edit("/stages/2/name", "\"Build\"", "\"Deploy\""),
        aws InvalidStageDeclaration["Stage name '{subject}' is used more than once"];
    XA0108 Refused "an action name is used twice in a stage",
        "Action names are unique in their stage; in another stage the name may be used again.",
        ["limits"],
        edit("/stages/1/actions/1/name", "\"compile\"", "\"check\""),
        aws InvalidStructure;
    XA0109 Refused "a run order out of range",
        "`runOrder` is 1 to 999; left out, it is 1. Actions with equal values run in parallel.",
        ["API_ActionDeclaration", "action-requirements"],
        edit("/stages/1/actions/1/runOrder", "1000", "2"),
        // Without the run order it is not known which action runs first.
        hides_anywhere [XA0303, XA0506],
        aws InvalidStructure;
    XA0110 Refused "a result and conditions in `onFailure`",
        "`onFailure` has either a result or conditions.",
        ["stage-conditions"],
        edit("/stages/2/onFailure/result", "\"ROLLBACK\"", ""),
        aws InvalidStageDeclaration["The following stage cannot have a failure exit gate configured with both top level result and conditions: '{stage}"];
    XA0111 Refused "a rollback of the source stage",
        "The source stage can't be rolled back.",
        ["stage-rollback"],
        edit("/stages/0/onFailure", "{\"result\": \"ROLLBACK\"}", "{\"result\": \"RETRY\"}"),
        aws InvalidStructure;
    XA0112 Refused "a rollback in PARALLEL mode",
        "A pipeline of execution mode PARALLEL has no rollback, by result or by condition.",
        ["stage-rollback", "execution-modes"],
        edit("/executionMode", "\"PARALLEL\"", "\"SUPERSEDED\""),
        aws InvalidStageDeclaration["Failure conditions with rollback result type cannot be added to a PARALLEL pipeline."];
    XA0113 Refused "a result that `onFailure` can't have",
        "Without conditions the result of `onFailure` is ROLLBACK or RETRY.",
        ["stage-conditions", "API_FailureConditions"],
        edit("/stages/1/onFailure", "{\"result\": \"SKIP\"}", "{\"result\": \"RETRY\"}"),
        aws InvalidStructure;
    XA0114 Advice "a retry mode without a retry",
        "`retryConfiguration` says what the result RETRY runs again; with any other result it does nothing.",
        ["stage-retry"],
        edit("/stages/1/onFailure", "{\"result\": \"ROLLBACK\", \"retryConfiguration\": {\"retryMode\": \"ALL_ACTIONS\"}}", "{\"result\": \"ROLLBACK\"}");
    XA0801 Refused "a V2 feature in a V1 pipeline",
        "Pipeline variables, triggers, the execution modes QUEUED and PARALLEL, stage conditions, retry and rollback of stages, and the actions Commands, ECRBuildAndPublish, EKS, EC2, Lambda (deploy) and CodePipeline need pipeline type V2.",
        ["pipeline-types-planning"],
        edit("/pipelineType", "\"V1\"", "\"V2\""),
        unless_unread Pipeline,
        aws InvalidStructure;
    XA0802 Advice "no pipeline type, and features of V2",
        "What the service does with V2 features when the type is left out is not clearly documented, and tools then write V1.",
        ["API_PipelineDeclaration"],
        edit("/pipelineType", "", "\"V2\"");
}
