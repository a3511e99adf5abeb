//! The operations of CodePipeline. The engine runs the executions.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::responses::{action_detail, action_state, declaration_json, seconds, stage_status, tags};
use super::structure::accept;
use crate::core::check::Origin;
use crate::core::declaration::{PipelineDeclaration, Tag, read};
use crate::core::ids::{AccountId, Partition, PipelineArn, Region};
use crate::core::policy::CODEPIPELINE;
use crate::core::policy::evaluate::Caller;
use crate::local::authorization::{authorize, pass_role};
use crate::local::engine::{begin, cancel_running};
use crate::local::execution::{StartedBy, StoredActionExecution, StoredExecution};
use crate::local::refusal::{Refusal, pipeline_name, pipeline_not_found, validation};
use crate::local::store::{Store, StoredPipeline};
use crate::local::wire::Call;

pub(crate) fn answer(store: &mut Store, call: &Call, input: &Value) -> Result<Value, Refusal> {
    let account = match &call.caller {
        Caller::Account(id) => id.clone(),
        Caller::Session { role, .. } => role.account().clone(),
        Caller::Service(name) => return Err(Refusal::unsupported(&format!("calls by {name}"))),
    };
    let region: Region = call.region.parse().map_err(|_| validation(format!("{} is not a Region", call.region)))?;
    let cx = CodePipelineRequest { account, region, input };
    let resource = cx.resource();
    authorize(store, call, "codepipeline", &resource)?;
    let role = input.pointer("/pipeline/roleArn").and_then(Value::as_str);
    if let (Some(role), "CreatePipeline" | "UpdatePipeline") = (role, call.operation.as_str()) {
        pass_role(store, call, role, CODEPIPELINE, "AccessDeniedException")?;
    }
    match call.operation.as_str() {
        "CreatePipeline" => cx.create(store),
        "GetPipeline" => cx.get(store),
        "UpdatePipeline" => cx.update(store),
        "DeletePipeline" => cx.delete(store),
        "ListPipelines" => cx.list(store),
        "TagResource" => cx.tag(store),
        "UntagResource" => cx.untag(store),
        "ListTagsForResource" => {
            let (_, record) = cx.by_arn(store)?;
            Ok(json!({ "tags": tags(&record.tags) }))
        }
        "StartPipelineExecution" => cx.start(store, call),
        "GetPipelineExecution" => cx.execution(store),
        "ListPipelineExecutions" => cx.executions(store),
        "GetPipelineState" => cx.state(store),
        "ListActionExecutions" => cx.action_executions(store),
        other => Err(Refusal::unsupported(&format!("codepipeline:{other}"))),
    }
}

struct CodePipelineRequest<'a> {
    account: AccountId,
    region: Region,
    input: &'a Value,
}

impl CodePipelineRequest<'_> {
    fn text(&self, key: &str) -> Option<&str> {
        self.input.get(key).and_then(Value::as_str)
    }

    fn arn_of(&self, name: &str) -> Result<PipelineArn, Refusal> {
        let name = pipeline_name(name, "pipelineName")?;
        Ok(PipelineArn::new(Partition::of_region(&self.region), self.region.clone(), self.account.clone(), name))
    }

    /// The resource of the call, for identity policies.
    fn resource(&self) -> String {
        let name = self
            .text("name")
            .or_else(|| self.text("pipelineName"))
            .or_else(|| self.input.get("pipeline").and_then(|p| p.get("name")).and_then(Value::as_str));
        match (self.text("resourceArn"), name.map(|n| self.arn_of(n))) {
            (Some(arn), _) => arn.to_owned(),
            (None, Some(Ok(arn))) => arn.to_string(),
            _ => "*".to_owned(),
        }
    }

    fn named(&self, key: &str) -> Result<PipelineArn, Refusal> {
        self.arn_of(self.text(key).unwrap_or_default())
    }

    fn record<'w>(&self, store: &'w mut Store, key: &str) -> Result<(PipelineArn, &'w mut StoredPipeline), Refusal> {
        let arn = self.named(key)?;
        match store.pipeline_mut(&arn) {
            Some(record) => Ok((arn, record)),
            None => Err(pipeline_not_found(&arn)),
        }
    }

    fn by_arn<'w>(&self, store: &'w mut Store) -> Result<(PipelineArn, &'w mut StoredPipeline), Refusal> {
        let text = self.text("resourceArn").unwrap_or_default();
        let invalid = || Refusal::new("InvalidArnException", format!("The ARN {text} is not valid."));
        let arn: PipelineArn = text.parse().map_err(|_| invalid())?;
        if arn.account() != &self.account || arn.region() != &self.region {
            return Err(invalid());
        }
        let missing = Refusal::new("ResourceNotFoundException", format!("The resource {arn} was not found."));
        store.pipeline_mut(&arn).map(|record| (arn, record)).ok_or(missing)
    }

    fn declared(&self) -> Result<PipelineDeclaration, Refusal> {
        let pipeline = self.input.get("pipeline").cloned().unwrap_or_default();
        read(&pipeline.to_string()).map_err(|error| Refusal::new("SerializationException", error.to_string()))
    }

    fn create(&self, store: &mut Store) -> Result<Value, Refusal> {
        let declaration = self.declared()?;
        let arn = self.arn_of(&declaration.name)?;
        if store.pipeline(&arn).is_some() {
            let message =
                format!("A pipeline with the name '{}' already exists in account '{}'", arn.name(), self.account);
            return Err(Refusal::new("PipelineNameInUseException", message));
        }
        accept(store, &arn, &declaration, Origin::Create)?;
        let given: Vec<Tag> =
            self.input.get("tags").and_then(|t| serde_json::from_value(t.clone()).ok()).unwrap_or_default();
        let given: IndexMap<String, String> = given.into_iter().map(|t| (t.key, t.value)).collect();
        let stored = store.put_pipeline(&arn, &declaration, 1, given.clone())?;
        // Creating a pipeline starts it.
        let by = "CreatePipeline".to_owned();
        begin(store, &arn, &IndexMap::new(), StartedBy { kind: "CreatePipeline", detail: by })?;
        Ok(json!({ "pipeline": declaration_json(&stored), "tags": tags(&given) }))
    }

    fn get(&self, store: &mut Store) -> Result<Value, Refusal> {
        if self.input.get("version").is_some() {
            return Err(Refusal::unsupported("older versions of a pipeline"));
        }
        let (arn, record) = self.record(store, "name")?;
        Ok(json!({
            "pipeline": declaration_json(&record.declaration),
            "metadata": {
                "pipelineArn": arn.to_string(),
                "created": seconds(record.created),
                "updated": seconds(record.updated),
            }
        }))
    }

    fn update(&self, store: &mut Store) -> Result<Value, Refusal> {
        let declaration = self.declared()?;
        let arn = self.arn_of(&declaration.name)?;
        let Some(record) = store.pipeline(&arn) else {
            // The model has no PipelineNotFoundException here.
            return Err(validation(format!("The pipeline {} does not exist", arn.name())));
        };
        let (version, given) = (record.declaration.version.unwrap_or(0) + 1, record.tags.clone());
        accept(store, &arn, &declaration, Origin::Get)?;
        // Executions that were started in PARALLEL mode continue: the mode before the update counts.
        cancel_running(store, &arn);
        let stored = store.put_pipeline(&arn, &declaration, version, given)?;
        Ok(json!({ "pipeline": declaration_json(&stored) }))
    }

    fn delete(&self, store: &mut Store) -> Result<Value, Refusal> {
        let arn = self.named("name")?;
        // Deleting a pipeline that doesn't exist succeeds.
        store.account(&self.account)?.pipelines.shift_remove(&(arn.region().clone(), arn.name().clone()));
        Ok(json!({}))
    }

    fn list(&self, store: &mut Store) -> Result<Value, Refusal> {
        let region = self.region.clone();
        let pipelines = store.account(&self.account)?.pipelines.iter().filter(|((r, _), _)| *r == region);
        let pipelines: Vec<Value> = pipelines
            .map(|((_, name), record)| {
                json!({
                    "name": name.as_str(),
                    "version": record.declaration.version,
                    "pipelineType": record.declaration.pipeline_type,
                    "executionMode": record.declaration.execution_mode,
                    "created": seconds(record.created),
                    "updated": seconds(record.updated),
                })
            })
            .collect();
        Ok(json!({ "pipelines": pipelines }))
    }

    fn tag(&self, store: &mut Store) -> Result<Value, Refusal> {
        let given = self.input.get("tags").and_then(Value::as_array).cloned().unwrap_or_default();
        let (_, record) = self.by_arn(store)?;
        for tag in given {
            let text = |key: &str| tag.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            record.tags.insert(text("key"), text("value"));
        }
        Ok(json!({}))
    }

    fn untag(&self, store: &mut Store) -> Result<Value, Refusal> {
        let keys = self.input.get("tagKeys").and_then(Value::as_array).cloned().unwrap_or_default();
        let (_, record) = self.by_arn(store)?;
        record.tags.retain(|key, _| !keys.iter().any(|k| k == key));
        Ok(json!({}))
    }

    fn start(&self, store: &mut Store, call: &Call) -> Result<Value, Refusal> {
        if self.input.get("sourceRevisions").is_some() {
            return Err(Refusal::unsupported("source revision overrides"));
        }
        let (arn, _) = self.record(store, "name")?;
        let variables = self.input.get("variables").and_then(Value::as_array).cloned();
        if variables.as_ref().is_some_and(Vec::is_empty) {
            return Err(validation(
                "1 validation error detected: Value '[]' at 'variables' failed to satisfy constraint: Member must have length greater than or equal to 1",
            ));
        }
        let variables = variables
            .into_iter()
            .flatten()
            .map(|v| {
                let text = |key: &str| v.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
                (text("name"), text("value"))
            })
            .collect();
        let trigger = StartedBy { kind: "StartPipelineExecution", detail: call.caller.arn() };
        let id = begin(store, &arn, &variables, trigger)?;
        Ok(json!({ "pipelineExecutionId": id }))
    }

    fn execution(&self, store: &mut Store) -> Result<Value, Refusal> {
        let id = self.text("pipelineExecutionId").unwrap_or_default().to_owned();
        let (arn, record) = self.record(store, "pipelineName")?;
        let execution = find_execution(record, &arn, &id)?;
        let variables: Vec<Value> =
            execution.variables.iter().map(|(name, value)| json!({ "name": name, "resolvedValue": value })).collect();
        Ok(json!({ "pipelineExecution": {
            "pipelineName": arn.name().as_str(),
            "pipelineVersion": execution.version,
            "pipelineExecutionId": execution.id,
            "status": execution.status.as_str(),
            "statusSummary": execution.summary,
            "variables": variables,
            "trigger": { "triggerType": execution.trigger.kind, "triggerDetail": execution.trigger.detail },
            "executionMode": record.declaration.execution_mode,
            "executionType": "STANDARD",
        }}))
    }

    fn executions(&self, store: &mut Store) -> Result<Value, Refusal> {
        let (_, record) = self.record(store, "pipelineName")?;
        let summaries: Vec<Value> = record
            .executions
            .iter()
            .rev()
            .map(|execution| {
                json!({
                    "pipelineExecutionId": execution.id,
                    "status": execution.status.as_str(),
                    "statusSummary": execution.summary,
                    "startTime": seconds(execution.started),
                    "lastUpdateTime": seconds(execution.updated),
                    "trigger": { "triggerType": execution.trigger.kind, "triggerDetail": execution.trigger.detail },
                    "executionMode": record.declaration.execution_mode,
                    "executionType": "STANDARD",
                })
            })
            .collect();
        Ok(json!({ "pipelineExecutionSummaries": summaries }))
    }

    fn state(&self, store: &mut Store) -> Result<Value, Refusal> {
        let (arn, record) = self.record(store, "name")?;
        let stages: Vec<Value> = record
            .declaration
            .stages
            .iter()
            .flatten()
            .map(|stage| {
                let latest = record.executions.iter().rev().find_map(|e| {
                    let actions: Vec<&StoredActionExecution> =
                        e.actions.iter().filter(|a| a.stage == stage.name).collect();
                    if actions.is_empty() { None } else { Some((e, actions)) }
                });
                let actions: Vec<Value> = stage
                    .actions
                    .iter()
                    .flatten()
                    .map(|action| {
                        let ran = latest.as_ref().and_then(|(_, a)| a.iter().rev().find(|a| a.action == action.name));
                        json!({ "actionName": action.name, "latestExecution": ran.map(|a| action_state(a)) })
                    })
                    .collect();
                json!({
                    "stageName": stage.name,
                    "inboundTransitionState": { "enabled": true },
                    "actionStates": actions,
                    "latestExecution": latest.map(|(execution, actions)| json!({
                        "pipelineExecutionId": execution.id,
                        "status": stage_status(stage.actions.as_ref().map_or(0, Vec::len), &actions).as_str(),
                    })),
                })
            })
            .collect();
        Ok(json!({
            "pipelineName": arn.name().as_str(),
            "pipelineVersion": record.declaration.version,
            "stageStates": stages,
            "created": seconds(record.created),
            "updated": seconds(record.updated),
        }))
    }

    fn action_executions(&self, store: &mut Store) -> Result<Value, Refusal> {
        let wanted = self
            .input
            .get("filter")
            .and_then(|f| f.get("pipelineExecutionId"))
            .and_then(Value::as_str)
            .map(str::to_owned);
        let (arn, record) = self.record(store, "pipelineName")?;
        if let Some(id) = &wanted {
            find_execution(record, &arn, id)?;
        }
        let executions = record.executions.iter().filter(|e| wanted.as_ref().is_none_or(|id| e.id == *id));
        let mut details: Vec<Value> =
            executions.flat_map(|e| e.actions.iter().map(move |a| action_detail(e, a))).collect();
        details.reverse();
        Ok(json!({ "actionExecutionDetails": details }))
    }
}

fn find_execution<'r>(record: &'r StoredPipeline, arn: &PipelineArn, id: &str) -> Result<&'r StoredExecution, Refusal> {
    record.executions.iter().find(|e| e.id == id).ok_or_else(|| {
        let message = format!("Could not find the execution '{id}' of pipeline '{}'", arn.name());
        Refusal::new("PipelineExecutionNotFoundException", message)
    })
}
