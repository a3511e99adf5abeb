//! How executions go on: one step at every tick of the clock. An invoke action really assumes its role and really starts
//! its target.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::Value;

use super::sts::may_assume;
use super::world::{PipelineRecord, Refusal, World, pipeline_name, pipeline_not_found};
use crate::core::catalogue::{self, OutputVariables};
use crate::core::declaration::references::replaced;
use crate::core::declaration::{
    ActionDeclaration, ExecutionMode, PipelineDeclaration, RetryMode, StageDeclaration, StageResult,
};
use crate::core::ids::{AccountId, PipelineArn, RoleArn};
use crate::core::policy::CODEPIPELINE;
use crate::core::policy::evaluate::{Caller, RequestContext};
use crate::core::topology::{Ownership, Pipeline};
use crate::core::wiring::{START, permissions};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    InProgress,
    Succeeded,
    Failed,
    Cancelled,
    Superseded,
}

impl Status {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Status::InProgress => "InProgress",
            Status::Succeeded => "Succeeded",
            Status::Failed => "Failed",
            Status::Cancelled => "Cancelled",
            Status::Superseded => "Superseded",
        }
    }
}

/// What started an execution.
#[derive(Debug, Clone)]
pub(super) struct Trigger {
    pub(super) kind: &'static str,
    /// Who.
    pub(super) detail: String,
}

/// An execution of a pipeline.
#[derive(Debug, Clone)]
pub(super) struct Execution {
    pub(super) id: String,
    pub(super) version: i64,
    pub(super) status: Status,
    pub(super) summary: String,
    pub(super) trigger: Trigger,
    pub(super) variables: IndexMap<String, String>,
    pub(super) started: i64,
    pub(super) updated: i64,
    /// Position of the stage that runs.
    stage: usize,
    /// True where the stage was tried again already.
    retried: bool,
    /// From the oldest; a stage that is tried again has its actions twice.
    pub(super) actions: Vec<ActionExecution>,
}

/// An execution of an action.
#[derive(Debug, Clone)]
pub(super) struct ActionExecution {
    pub(super) id: String,
    pub(super) stage: String,
    pub(super) action: String,
    pub(super) declaration: ActionDeclaration,
    pub(super) resolved: BTreeMap<String, String>,
    pub(super) status: Status,
    pub(super) error: Option<(String, String)>,
    pub(super) output_variables: BTreeMap<String, String>,
    pub(super) started: i64,
    pub(super) updated: i64,
}

impl World {
    /// A second passes.
    pub(super) fn tick(&mut self) {
        self.clock += 1000;
        let running: Vec<(PipelineArn, String)> = self
            .accounts
            .iter()
            .flat_map(|(account, state)| {
                state.pipelines.iter().flat_map(move |((region, name), record)| {
                    let partition = crate::core::ids::Partition::of_region(region);
                    let arn = PipelineArn::new(partition, region.clone(), account.clone(), name.clone());
                    running(record).into_iter().map(move |id| (arn.clone(), id))
                })
            })
            .collect();
        for (arn, id) in running {
            self.advance(&arn, &id);
        }
    }

    /// Keeps a declaration with what the service adds.
    pub(super) fn store(
        &mut self,
        arn: &PipelineArn,
        declaration: &PipelineDeclaration,
        version: i64,
        tags: IndexMap<String, String>,
    ) -> Result<PipelineDeclaration, Refusal> {
        let mut stored = declaration.clone();
        stored.version = Some(version);
        stored.pipeline_type.get_or_insert_with(|| "V1".into());
        stored.execution_mode.get_or_insert_with(|| "SUPERSEDED".into());
        for action in stored.stages.iter_mut().flatten().flat_map(|s| s.actions.iter_mut().flatten()) {
            action.run_order.get_or_insert(1);
            action.configuration.get_or_insert_default();
            action.input_artifacts.get_or_insert_default();
            action.output_artifacts.get_or_insert_default();
            action.region.get_or_insert_with(|| arn.region().to_string());
        }
        let now = self.clock;
        let pipelines = &mut self.account(arn.account())?.pipelines;
        let key = (arn.region().clone(), arn.name().clone());
        match pipelines.get_mut(&key) {
            Some(record) => {
                record.declaration = stored.clone();
                record.updated = now;
                record.tags = tags;
            }
            None => {
                let record = PipelineRecord {
                    declaration: stored.clone(),
                    created: now,
                    updated: now,
                    tags,
                    executions: Vec::new(),
                };
                pipelines.insert(key, record);
            }
        }
        Ok(stored)
    }

    /// Puts a pipeline there with its version, without starting it.
    pub(super) fn put_pipeline(&mut self, arn: &PipelineArn, declaration: &PipelineDeclaration) -> Result<(), Refusal> {
        self.store(arn, declaration, declaration.version.unwrap_or(1), IndexMap::new()).map(|_| ())
    }

    /// An update cancels what runs, but for PARALLEL executions.
    pub(super) fn cancel_running(&mut self, arn: &PipelineArn) {
        let now = self.clock;
        let Some(record) = self.pipeline_mut(arn) else { return };
        if record.declaration.execution_mode == Some(ExecutionMode::Parallel) {
            return;
        }
        for execution in record.executions.iter_mut().filter(|e| e.status == Status::InProgress) {
            execution.status = Status::Cancelled;
            execution.summary = "The pipeline was updated.".to_owned();
            execution.updated = now;
        }
    }

    /// Begins an execution.
    pub(super) fn begin(
        &mut self,
        arn: &PipelineArn,
        given: &IndexMap<String, String>,
        trigger: Trigger,
    ) -> Result<String, Refusal> {
        let id = self.uuid();
        let now = self.clock;
        let record = self.pipeline_mut(arn).ok_or_else(|| pipeline_not_found(arn))?;
        let declared = record.declaration.variables.as_deref().unwrap_or_default();
        if let Some(name) = given.keys().find(|name| !declared.iter().any(|v| v.name == **name)) {
            let message = format!("The following variable is not declared in the pipeline: {name}");
            return Err(Refusal::new("ValidationException", message));
        }
        let mut variables = IndexMap::new();
        for variable in declared {
            let Some(value) = given.get(&variable.name).or(variable.default_value.as_ref()) else {
                // A pipeline that starts because it was created has no values to be given.
                let message = format!("The following variable has no value: {}", variable.name);
                if trigger.kind == "CreatePipeline" {
                    continue;
                }
                return Err(Refusal::new("ValidationException", message));
            };
            variables.insert(variable.name.clone(), value.clone());
        }
        if record.declaration.execution_mode == Some(ExecutionMode::Superseded) {
            // A newer waiting execution takes the place of an older one.
            let waiting =
                record.executions.iter_mut().filter(|e| e.status == Status::InProgress && e.actions.is_empty());
            for older in waiting {
                older.status = Status::Superseded;
                older.updated = now;
            }
        }
        record.executions.push(Execution {
            id: id.clone(),
            version: record.declaration.version.unwrap_or_default(),
            status: Status::InProgress,
            summary: String::new(),
            trigger,
            variables,
            started: now,
            updated: now,
            stage: 0,
            retried: false,
            actions: Vec::new(),
        });
        Ok(id)
    }

    /// One step of an execution: begin the next actions, or end those that run.
    fn advance(&mut self, arn: &PipelineArn, id: &str) {
        let Some(record) = self.pipeline(arn) else { return };
        let Some(mut execution) = record.executions.iter().find(|e| e.id == id).cloned() else { return };
        let declaration = record.declaration.clone();
        execution.updated = self.clock;
        match declaration.stages.iter().flatten().nth(execution.stage) {
            None => execution.status = Status::Succeeded,
            Some(stage) => self.advance_stage(arn, &declaration, stage, &mut execution),
        }
        if let Some(record) = self.pipeline_mut(arn)
            && let Some(slot) = record.executions.iter_mut().find(|e| e.id == id)
        {
            *slot = execution;
        }
    }

    fn advance_stage(
        &mut self,
        arn: &PipelineArn,
        declaration: &PipelineDeclaration,
        stage: &StageDeclaration,
        execution: &mut Execution,
    ) {
        if let Some(what) = unsupported(stage) {
            execution.status = Status::Failed;
            execution.summary = format!("local AWS does not support {what}");
            return;
        }
        let now = self.clock;
        // What runs comes to its end.
        let ending: Vec<usize> = execution
            .actions
            .iter()
            .enumerate()
            .filter(|(_, a)| a.status == Status::InProgress)
            .map(|(i, _)| i)
            .collect();
        if !ending.is_empty() {
            for index in ending {
                let Some(mut action) = execution.actions.get(index).cloned() else { continue };
                let result = self.perform(arn, declaration, execution, &mut action);
                action.updated = now;
                action.status = if result.is_ok() { Status::Succeeded } else { Status::Failed };
                action.error = result.err().map(|refusal| (refusal.code, refusal.message));
                if let Some(slot) = execution.actions.get_mut(index) {
                    *slot = action;
                }
            }
            return;
        }
        let last = |name: &str| {
            execution.actions.iter().rev().find(|a| a.stage == stage.name && a.action == name).map(|a| a.status)
        };
        let declared: Vec<&ActionDeclaration> = stage.actions.iter().flatten().collect();
        if declared.iter().any(|a| last(&a.name) == Some(Status::Failed)) {
            self.stage_failed(stage, execution);
            return;
        }
        let open = declared.iter().filter(|a| last(&a.name).is_none());
        let Some(next) = open.clone().map(|a| a.run_order.unwrap_or(1)).min() else {
            execution.stage += 1;
            execution.retried = false;
            if execution.stage == declaration.stages.as_ref().map_or(0, Vec::len) {
                execution.status = Status::Succeeded;
            }
            return;
        };
        let begin: Vec<ActionDeclaration> =
            open.filter(|a| a.run_order.unwrap_or(1) == next).map(|a| (*a).clone()).collect();
        self.begin_actions(stage, begin, execution);
    }

    fn begin_actions(&mut self, stage: &StageDeclaration, actions: Vec<ActionDeclaration>, execution: &mut Execution) {
        let now = self.clock;
        for declaration in actions {
            execution.actions.push(ActionExecution {
                id: self.uuid(),
                stage: stage.name.clone(),
                action: declaration.name.clone(),
                declaration,
                resolved: BTreeMap::new(),
                status: Status::InProgress,
                error: None,
                output_variables: BTreeMap::new(),
                started: now,
                updated: now,
            });
        }
    }

    /// A failed stage is tried once more where it says so; else the execution fails.
    fn stage_failed(&mut self, stage: &StageDeclaration, execution: &mut Execution) {
        let failure = stage.on_failure.as_ref().filter(|f| f.result == Some(StageResult::Retry));
        let Some(failure) = failure.filter(|_| !execution.retried) else {
            execution.status = Status::Failed;
            return;
        };
        execution.retried = true;
        let mode = failure.retry_configuration.as_ref().and_then(|r| r.retry_mode.clone());
        let all = mode == Some(RetryMode::AllActions);
        let again: Vec<ActionDeclaration> = stage
            .actions
            .iter()
            .flatten()
            .filter(|a| {
                let last = execution.actions.iter().rev().find(|e| e.stage == stage.name && e.action == a.name);
                last.is_some_and(|e| all || e.status == Status::Failed)
            })
            .cloned()
            .collect();
        self.begin_actions(stage, again, execution);
    }

    /// What an action does: assume its roles, use its permissions, start its target.
    fn perform(
        &mut self,
        arn: &PipelineArn,
        declaration: &PipelineDeclaration,
        execution: &Execution,
        action: &mut ActionExecution,
    ) -> Result<(), Refusal> {
        let session = self.assume(declaration, &action.declaration)?;
        action.resolved = resolve(execution, &action.declaration);
        if let Some(message) = self.failing.get(&(arn.clone(), action.stage.clone(), action.action.clone())) {
            return Err(Refusal::new("JobFailed", message.clone()));
        }
        if action.declaration.action_type_id.is_pipeline_invoke() {
            return self.start_target(arn, &session, action);
        }
        self.use_permissions(arn, declaration, &session, action)?;
        if let Some(known) = catalogue::find(&action.declaration.action_type_id) {
            let variables = match known.output_variables {
                OutputVariables::Fixed(variables) => variables,
                OutputVariables::UserDefined | OutputVariables::Undocumented => &[],
            };
            action.output_variables =
                variables.iter().map(|name| ((*name).to_owned(), output(name, &action.resolved))).collect();
        }
        Ok(())
    }

    /// CodePipeline assumes the service role, and that the action's role, where it has one.
    fn assume(&self, declaration: &PipelineDeclaration, action: &ActionDeclaration) -> Result<Caller, Refusal> {
        let parsed =
            |text: &str| text.parse::<RoleArn>().map_err(|error| Refusal::new("InvalidRole", error.to_string()));
        let service = parsed(declaration.role_arn.as_deref().unwrap_or_default())?;
        let codepipeline = Caller::Service(CODEPIPELINE.to_owned());
        may_assume(self, &codepipeline, &service, &RequestContext::new()).map_err(|refusal| {
            match refusal.code.as_str() {
                "AccessDenied" => Refusal::new(
                    "InvalidRole",
                    format!("CodePipeline is not authorized to perform AssumeRole on role {service}"),
                ),
                _ => refusal,
            }
        })?;
        // The name of a session is the time in milliseconds.
        let session = Caller::Session { role: service, session: self.clock.to_string() };
        let Some(role) = &action.role_arn else { return Ok(session) };
        let role = parsed(role)?;
        may_assume(self, &session, &role, &RequestContext::new())?;
        Ok(Caller::Session { role, session: self.clock.to_string() })
    }

    fn start_target(&mut self, arn: &PipelineArn, session: &Caller, action: &ActionExecution) -> Result<(), Refusal> {
        let name = action.resolved.get("PipelineName").map(String::as_str).unwrap_or_default();
        let name = pipeline_name(name, "name")?;
        if action.resolved.contains_key("SourceRevisions") {
            return Err(Refusal::unsupported("source revision overrides"));
        }
        let account: &AccountId = match session {
            Caller::Session { role, .. } => role.account(),
            _ => arn.account(),
        };
        let region =
            action.declaration.region.as_ref().and_then(|r| r.parse().ok()).unwrap_or_else(|| arn.region().clone());
        let target = PipelineArn::new(arn.partition().clone(), region, account.clone(), name);
        self.allowed(session, START, &target.to_string())?;
        let variables = match action.resolved.get("Variables") {
            None => IndexMap::new(),
            Some(text) => passed(text)?,
        };
        let trigger = Trigger { kind: "StartPipelineExecution", detail: session.arn() };
        self.begin(&target, &variables, trigger).map(|_| ())
    }

    /// The permissions of the catalogue, and those on the artifact bucket, are there.
    fn use_permissions(
        &self,
        arn: &PipelineArn,
        declaration: &PipelineDeclaration,
        session: &Caller,
        action: &ActionExecution,
    ) -> Result<(), Refusal> {
        let Caller::Session { role, .. } = session else { return Ok(()) };
        let id = &action.declaration.action_type_id;
        let Some(known) = catalogue::find(id) else {
            return Err(Refusal::unsupported(&format!("actions of type {id}, whose permissions it does not know")));
        };
        let mut resolved = action.declaration.clone();
        resolved.configuration = Some(action.resolved.clone().into_iter().collect());
        let owner = Pipeline::new(&declaration.name, Ownership::Managed, arn.clone());
        let Some(needed) = permissions(known, &owner, &resolved, role.account()) else {
            let why = format!("actions of type {id}, whose permissions are not documented exactly enough");
            return Err(Refusal::unsupported(&why));
        };
        for needed in needed {
            let mut context = RequestContext::from([("aws:resourceaccount".to_owned(), role.account().to_string())]);
            if let Some((_, key, values)) = &needed.condition {
                context.insert(key.to_lowercase(), values.first().cloned().unwrap_or_default());
            }
            for resource in &needed.resources {
                for name in needed.actions {
                    self.permitted(session, name, resource, &context)?;
                }
            }
        }
        let region = action.declaration.region.as_deref().unwrap_or_else(|| arn.region().as_str());
        let store = declaration
            .artifact_stores
            .as_ref()
            .and_then(|stores| stores.get(region))
            .or(declaration.artifact_store.as_ref());
        let Some(store) = store else { return Ok(()) };
        let object = format!("arn:{}:s3:::{}/artifact", arn.partition(), store.location);
        let some = |list: Option<bool>| list == Some(false);
        if some(action.declaration.input_artifacts.as_ref().map(Vec::is_empty)) {
            self.allowed(session, "s3:GetObject", &object)?;
        }
        if some(action.declaration.output_artifacts.as_ref().map(Vec::is_empty)) {
            self.allowed(session, "s3:PutObject", &object)?;
        }
        Ok(())
    }

    /// Whether a session may do something; else what AWS says.
    fn allowed(&self, session: &Caller, action: &str, resource: &str) -> Result<(), Refusal> {
        let Caller::Session { role, .. } = session else { return Ok(()) };
        // Buckets of local AWS are in the account of whoever asks: there are no others.
        let context = RequestContext::from([("aws:resourceaccount".to_owned(), role.account().to_string())]);
        self.permitted(session, action, resource, &context)
    }
}

/// Executions that may go on: in PARALLEL mode all, else the oldest.
fn running(record: &PipelineRecord) -> Vec<String> {
    let mut ids = record.executions.iter().filter(|e| e.status == Status::InProgress).map(|e| e.id.clone());
    if record.declaration.execution_mode == Some(ExecutionMode::Parallel) {
        ids.collect()
    } else {
        ids.next().into_iter().collect()
    }
}

/// What a stage has that is not run here.
fn unsupported(stage: &StageDeclaration) -> Option<&'static str> {
    if stage.blockers.as_ref().is_some_and(|b| !b.is_empty()) {
        return Some("blockers");
    }
    if stage.before_entry.is_some() || stage.on_success.is_some() {
        return Some("stage conditions");
    }
    let failure = stage.on_failure.as_ref()?;
    if failure.conditions.is_some() {
        return Some("stage conditions");
    }
    (failure.result == Some(StageResult::Rollback)).then_some("rollback")
}

/// The configuration with its `#{…}` references replaced.
fn resolve(execution: &Execution, action: &ActionDeclaration) -> BTreeMap<String, String> {
    let value = |namespace: &str, key: &str| -> Option<String> {
        match namespace {
            "variables" => execution.variables.get(key).cloned(),
            "codepipeline" => (key == "PipelineExecutionId").then(|| execution.id.clone()),
            _ => {
                let producer =
                    execution.actions.iter().rev().find(|a| a.declaration.namespace.as_deref() == Some(namespace))?;
                producer.output_variables.get(key).cloned()
            }
        }
    };
    let replace =
        |text: &str| replaced(text, |reference| reference.parts().and_then(|(namespace, key)| value(namespace, key)));
    action.configuration.iter().flatten().map(|(key, text)| (key.clone(), replace(text))).collect()
}

/// A value for an output variable: what the configuration says, or a text that tells where it comes from.
fn output(name: &str, configuration: &BTreeMap<String, String>) -> String {
    configuration.get(name).cloned().unwrap_or_else(|| format!("local-{name}"))
}

/// `[{"name": "…", "value": "…"}]`
fn passed(text: &str) -> Result<IndexMap<String, String>, Refusal> {
    let malformed =
        || Refusal::new("ValidationException", format!("Variables is not a JSON array of name and value: {text}"));
    let list: Vec<Value> = serde_json::from_str(text).map_err(|_| malformed())?;
    list.iter()
        .map(|entry| {
            let text = |key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
            text("name").zip(text("value")).ok_or_else(malformed)
        })
        .collect()
}
