//! CodePipeline: pipelines, tags, executions as the API shows them. How executions go on is in `run`.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::http::{Call, authorize};
use super::run::{ActionExecution, Execution, Status, Trigger};
use super::sts::may_assume;
use super::world::{PipelineRecord, Refusal, World, pipeline_name, pipeline_not_found};
use crate::core::check::{self, CheckContext, Origin};
use crate::core::declaration::{PipelineDeclaration, Tag, read};
use crate::core::finding::Finding;
use crate::core::ids::{AccountId, Partition, PipelineArn, Region, RoleArn};
use crate::core::policy::CODEPIPELINE;
use crate::core::policy::evaluate::{Caller, RequestContext};
use crate::core::rules::{self, AwsError};

pub(super) fn answer(world: &mut World, call: &Call, input: &Value) -> Result<Value, Refusal> {
    let account = match &call.caller {
        Caller::Account(id) => id.clone(),
        Caller::Session { role, .. } => role.account().clone(),
        Caller::Service(name) => return Err(Refusal::unsupported(&format!("calls by {name}"))),
    };
    let region: Region = call.region.parse().map_err(|_| validation(format!("{} is no Region", call.region)))?;
    let cx = Cx { account, region, input };
    let resource = cx.resource();
    authorize(world, call, "codepipeline", &resource)?;
    match call.operation.as_str() {
        "CreatePipeline" => cx.create(world),
        "GetPipeline" => cx.get(world),
        "UpdatePipeline" => cx.update(world),
        "DeletePipeline" => cx.delete(world),
        "ListPipelines" => cx.list(world),
        "TagResource" => cx.tag(world),
        "UntagResource" => cx.untag(world),
        "ListTagsForResource" => {
            let (_, record) = cx.by_arn(world)?;
            Ok(json!({ "tags": tags(&record.tags) }))
        }
        "StartPipelineExecution" => cx.start(world, call),
        "GetPipelineExecution" => cx.execution(world),
        "ListPipelineExecutions" => cx.executions(world),
        "GetPipelineState" => cx.state(world),
        "ListActionExecutions" => cx.action_executions(world),
        other => Err(Refusal::unsupported(&format!("codepipeline:{other}"))),
    }
}

fn validation(message: impl Into<String>) -> Refusal {
    Refusal::new("ValidationException", message)
}

fn tags(tags: &IndexMap<String, String>) -> Value {
    tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect()
}

/// Milliseconds as the seconds that awsJson uses.
fn seconds(millis: i64) -> Value {
    json!(millis / 1000)
}

struct Cx<'a> {
    account: AccountId,
    region: Region,
    input: &'a Value,
}

impl Cx<'_> {
    fn text(&self, key: &str) -> Option<&str> {
        self.input.get(key).and_then(Value::as_str)
    }

    fn arn_of(&self, name: &str) -> Result<PipelineArn, Refusal> {
        let name = pipeline_name(name, "pipelineName")?;
        Ok(PipelineArn::new(Partition::of_region(&self.region), self.region.clone(), self.account.clone(), name))
    }

    /// The resource that the call is about, for identity policies.
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

    fn record<'w>(&self, world: &'w mut World, key: &str) -> Result<(PipelineArn, &'w mut PipelineRecord), Refusal> {
        let arn = self.named(key)?;
        match world.pipeline_mut(&arn) {
            Some(record) => Ok((arn, record)),
            None => Err(pipeline_not_found(&arn)),
        }
    }

    fn by_arn<'w>(&self, world: &'w mut World) -> Result<(PipelineArn, &'w mut PipelineRecord), Refusal> {
        let text = self.text("resourceArn").unwrap_or_default();
        let invalid = || Refusal::new("InvalidArnException", format!("The ARN {text} is not valid."));
        let arn: PipelineArn = text.parse().map_err(|_| invalid())?;
        if arn.account() != &self.account || arn.region() != &self.region {
            return Err(invalid());
        }
        let missing = Refusal::new("ResourceNotFoundException", format!("The resource {arn} was not found."));
        world.pipeline_mut(&arn).map(|record| (arn, record)).ok_or(missing)
    }

    fn declared(&self) -> Result<PipelineDeclaration, Refusal> {
        let pipeline = self.input.get("pipeline").cloned().unwrap_or_default();
        read(&pipeline.to_string()).map_err(|error| Refusal::new("SerializationException", error.to_string()))
    }

    fn create(&self, world: &mut World) -> Result<Value, Refusal> {
        let declaration = self.declared()?;
        let arn = self.arn_of(&declaration.name)?;
        if world.pipeline(&arn).is_some() {
            let message =
                format!("A pipeline with the name '{}' already exists in account '{}'", arn.name(), self.account);
            return Err(Refusal::new("PipelineNameInUseException", message));
        }
        accept(world, &arn, &declaration, Origin::Create)?;
        let given: Vec<Tag> =
            self.input.get("tags").and_then(|t| serde_json::from_value(t.clone()).ok()).unwrap_or_default();
        let given: IndexMap<String, String> = given.into_iter().map(|t| (t.key, t.value)).collect();
        let stored = world.store(&arn, &declaration, 1, given.clone())?;
        // Creating a pipeline starts it.
        let by = "CreatePipeline".to_owned();
        world.begin(&arn, &IndexMap::new(), Trigger { kind: "CreatePipeline", detail: by })?;
        Ok(json!({ "pipeline": value(&stored), "tags": tags(&given) }))
    }

    fn get(&self, world: &mut World) -> Result<Value, Refusal> {
        if self.input.get("version").is_some() {
            return Err(Refusal::unsupported("older versions of a pipeline"));
        }
        let (arn, record) = self.record(world, "name")?;
        Ok(json!({
            "pipeline": value(&record.declaration),
            "metadata": {
                "pipelineArn": arn.to_string(),
                "created": seconds(record.created),
                "updated": seconds(record.updated),
            }
        }))
    }

    fn update(&self, world: &mut World) -> Result<Value, Refusal> {
        let declaration = self.declared()?;
        let arn = self.arn_of(&declaration.name)?;
        let Some(record) = world.pipeline(&arn) else {
            // The model has no PipelineNotFoundException here.
            return Err(validation(format!("The pipeline {} does not exist", arn.name())));
        };
        let (version, given) = (record.declaration.version.unwrap_or(0) + 1, record.tags.clone());
        accept(world, &arn, &declaration, Origin::Get)?;
        // Executions that were started in PARALLEL mode go on: the mode before the update decides.
        world.cancel_running(&arn);
        let stored = world.store(&arn, &declaration, version, given)?;
        Ok(json!({ "pipeline": value(&stored) }))
    }

    fn delete(&self, world: &mut World) -> Result<Value, Refusal> {
        let arn = self.named("name")?;
        // Deleting what isn't there succeeds.
        world.account(&self.account)?.pipelines.shift_remove(&(arn.region().clone(), arn.name().clone()));
        Ok(json!({}))
    }

    fn list(&self, world: &mut World) -> Result<Value, Refusal> {
        let region = self.region.clone();
        let pipelines = world.account(&self.account)?.pipelines.iter().filter(|((r, _), _)| *r == region);
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

    fn tag(&self, world: &mut World) -> Result<Value, Refusal> {
        let given = self.input.get("tags").and_then(Value::as_array).cloned().unwrap_or_default();
        let (_, record) = self.by_arn(world)?;
        for tag in given {
            let text = |key: &str| tag.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            record.tags.insert(text("key"), text("value"));
        }
        Ok(json!({}))
    }

    fn untag(&self, world: &mut World) -> Result<Value, Refusal> {
        let keys = self.input.get("tagKeys").and_then(Value::as_array).cloned().unwrap_or_default();
        let (_, record) = self.by_arn(world)?;
        record.tags.retain(|key, _| !keys.iter().any(|k| k == key));
        Ok(json!({}))
    }

    fn start(&self, world: &mut World, call: &Call) -> Result<Value, Refusal> {
        if self.input.get("sourceRevisions").is_some() {
            return Err(Refusal::unsupported("source revision overrides"));
        }
        let (arn, _) = self.record(world, "name")?;
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
        let trigger = Trigger { kind: "StartPipelineExecution", detail: call.caller.arn() };
        let id = world.begin(&arn, &variables, trigger)?;
        Ok(json!({ "pipelineExecutionId": id }))
    }

    fn execution(&self, world: &mut World) -> Result<Value, Refusal> {
        let id = self.text("pipelineExecutionId").unwrap_or_default().to_owned();
        let (arn, record) = self.record(world, "pipelineName")?;
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

    fn executions(&self, world: &mut World) -> Result<Value, Refusal> {
        let (_, record) = self.record(world, "pipelineName")?;
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

    fn state(&self, world: &mut World) -> Result<Value, Refusal> {
        let (arn, record) = self.record(world, "name")?;
        let stages: Vec<Value> = record
            .declaration
            .stages
            .iter()
            .flatten()
            .map(|stage| {
                let latest = record.executions.iter().rev().find_map(|e| {
                    let actions: Vec<&ActionExecution> = e.actions.iter().filter(|a| a.stage == stage.name).collect();
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

    fn action_executions(&self, world: &mut World) -> Result<Value, Refusal> {
        let wanted = self
            .input
            .get("filter")
            .and_then(|f| f.get("pipelineExecutionId"))
            .and_then(Value::as_str)
            .map(str::to_owned);
        let (arn, record) = self.record(world, "pipelineName")?;
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

fn find_execution<'r>(record: &'r PipelineRecord, arn: &PipelineArn, id: &str) -> Result<&'r Execution, Refusal> {
    record.executions.iter().find(|e| e.id == id).ok_or_else(|| {
        let message = format!("Could not find the execution '{id}' of pipeline '{}'", arn.name());
        Refusal::new("PipelineExecutionNotFoundException", message)
    })
}

/// A declaration as JSON.
fn value(declaration: &PipelineDeclaration) -> Value {
    serde_json::to_value(declaration).unwrap_or_default()
}

fn stage_status(declared: usize, actions: &[&ActionExecution]) -> Status {
    let last = |name: &str| actions.iter().rev().find(|a| a.action == name).map(|a| a.status);
    let names: std::collections::BTreeSet<&str> = actions.iter().map(|a| a.action.as_str()).collect();
    let states: Vec<Status> = names.iter().filter_map(|name| last(name)).collect();
    if states.contains(&Status::Failed) {
        Status::Failed
    } else if states.contains(&Status::InProgress) || states.len() < declared {
        Status::InProgress
    } else {
        Status::Succeeded
    }
}

fn error_details(action: &ActionExecution) -> Option<Value> {
    action.error.as_ref().map(|(code, message)| json!({ "code": code, "message": message }))
}

fn action_state(action: &ActionExecution) -> Value {
    json!({
        "actionExecutionId": action.id,
        "status": action.status.as_str(),
        "lastStatusChange": seconds(action.updated),
        "errorDetails": error_details(action),
    })
}

fn action_detail(execution: &Execution, action: &ActionExecution) -> Value {
    let output = (action.status != Status::InProgress).then(|| {
        json!({
            "executionResult": { "errorDetails": error_details(action) },
            "outputVariables": action.output_variables,
        })
    });
    json!({
        "pipelineExecutionId": execution.id,
        "actionExecutionId": action.id,
        "pipelineVersion": execution.version,
        "stageName": action.stage,
        "actionName": action.action,
        "startTime": seconds(action.started),
        "lastUpdateTime": seconds(action.updated),
        "status": action.status.as_str(),
        "input": {
            "actionTypeId": action.declaration.action_type_id,
            "configuration": action.declaration.configuration,
            "resolvedConfiguration": action.resolved,
            "roleArn": action.declaration.role_arn,
            "region": action.declaration.region,
            "namespace": action.declaration.namespace,
            "inputArtifacts": [],
        },
        "output": output,
    })
}

/// What Create and UpdatePipeline refuse: the structure, then the roles that can't be assumed.
fn accept(world: &World, arn: &PipelineArn, declaration: &PipelineDeclaration, origin: Origin) -> Result<(), Refusal> {
    let context = CheckContext {
        item: declaration.name.clone(),
        home: Some(arn.region().clone()),
        account: Some(arn.account().clone()),
        origin,
        ..Default::default()
    };
    // What fails only when the pipeline runs is accepted; of roles the service has its own words, below.
    let errors = check::pipeline(declaration, &context);
    let refused_at_once = |f: Finding| Some((rules::find(f.code)?.aws_error?, f));
    if let Some((error, finding)) = errors.into_iter().find_map(refused_at_once) {
        return Err(refused(error, finding, declaration));
    }
    let service = declaration.role_arn.as_deref().unwrap_or_default();
    let service: RoleArn = service.parse().map_err(|_| {
        validation(format!("1 validation error detected: Value '{service}' at 'pipeline.roleArn' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:aws(-[\\w]+)*:iam::[0-9]{{12}}:role/.*"))
    })?;
    let codepipeline = Caller::Service(CODEPIPELINE.to_owned());
    may_assume(world, &codepipeline, &service, &RequestContext::new()).map_err(|refusal| {
        structure(refusal, || format!("CodePipeline is not authorized to perform AssumeRole on role {service}"))
    })?;
    let session = Caller::Session { role: service.clone(), session: world.clock.to_string() };
    let actions = declaration.stages.iter().flatten().flat_map(|s| s.actions.iter().flatten());
    for role in actions.filter_map(|a| a.role_arn.as_deref()) {
        let denied = || format!("{service} is not authorized to perform AssumeRole on role {role}");
        let action: RoleArn = role.parse().map_err(|_| Refusal::new("InvalidStructureException", denied()))?;
        may_assume(world, &session, &action, &RequestContext::new()).map_err(|refusal| structure(refusal, denied))?;
    }
    Ok(())
}

/// A denied assumption has its own text here; what can't be decided keeps its own.
fn structure(refusal: Refusal, message: impl FnOnce() -> String) -> Refusal {
    if refusal.code == "AccessDenied" { Refusal::new("InvalidStructureException", message()) } else { refusal }
}

/// A finding in the words of AWS, where they are known.
fn refused(error: AwsError, finding: Finding, declaration: &PipelineDeclaration) -> Refusal {
    let stages = declaration.stages.as_ref().map_or(0, Vec::len);
    let message = if stages < 2 { error.messages.first() } else { error.messages.last() };
    let message = message.map_or(finding.message, |message| message.replace("{stages}", &stages.to_string()));
    Refusal::new(error.exception.as_str(), message)
}
