//! Members of a request that are not of their type. A name means the same type in every operation of the service model, but for `key` and
//! `version`; a declaration is read by its own reader.

use serde_json::Value;

use crate::local::input::wrong_type;
use crate::local::refusal::Refusal;

const TEXTS: &[&str] = &[
    "actionName",
    "actionOwnerFilter",
    "category",
    "changeIdentifier",
    "clientRequestToken",
    "conditionType",
    "continuationToken",
    "description",
    "externalExecutionId",
    "jobId",
    "message",
    "name",
    "nextToken",
    "nonce",
    "owner",
    "pipelineExecutionId",
    "pipelineName",
    "provider",
    "reason",
    "regionFilter",
    "resourceArn",
    "retryMode",
    "revision",
    "revisionSummary",
    "revisionType",
    "revisionValue",
    "stageName",
    "startTimeRange",
    "status",
    "summary",
    "targetPipelineExecutionId",
    "token",
    "transitionType",
    "type",
    "value",
];
const BOOLEANS: &[&str] = &["abandon", "queryable", "required", "secret"];
const LISTS: &[&str] = &["configurationProperties", "sourceRevisions", "tagKeys", "tags", "variables"];
const STRUCTURES: &[&str] = &[
    "actionTypeId",
    "currentRevision",
    "executionDetails",
    "failureDetails",
    "filter",
    "inputArtifactDetails",
    "latestInPipelineExecution",
    "outputArtifactDetails",
    "result",
    "settings",
    "succeededInStage",
];

/// Structures whose members the caller names, so that these may have the name of a member of another structure.
const MAPS: &[&str] = &["outputVariables", "queryParam"];

/// Refuses a member that is not of its type. The texts are those of awsJson services; for CodePipeline they are not verified.
pub(super) fn check_types(input: &Value) -> Result<(), Refusal> {
    let members =
        input.as_object().into_iter().flatten().filter(|(name, value)| *name != "pipeline" && !value.is_null());
    for (name, value) in members {
        let name = name.as_str();
        if TEXTS.contains(&name) && !value.is_string() {
            return Err(wrong_type(value, "a String"));
        }
        if BOOLEANS.contains(&name) && !value.is_boolean() {
            return Err(wrong_type(value, "a Boolean"));
        }
        if STRUCTURES.contains(&name) {
            if !value.is_object() {
                return Err(wrong_type(value, "a structure"));
            }
            check_types(value)?;
        }
        if MAPS.contains(&name) {
            let entries = value.as_object().ok_or_else(|| wrong_type(value, "a map"))?;
            if let Some(entry) = entries.values().find(|entry| !entry.is_string()) {
                return Err(wrong_type(entry, "a String"));
            }
        }
        if LISTS.contains(&name) {
            let entries = value.as_array().ok_or_else(|| wrong_type(value, "a list"))?;
            let texts = name == "tagKeys";
            if let Some(entry) =
                entries.iter().find(|entry| if texts { !entry.is_string() } else { !entry.is_object() })
            {
                return Err(wrong_type(entry, if texts { "a String" } else { "a structure" }));
            }
            entries.iter().try_for_each(check_types)?;
        }
    }
    Ok(())
}
