//! The wiring of an invoke action: judge it, derive it, prove it.
//!
//! An invoke works when (1) the service role trusts CodePipeline, (2) may assume the action role, (3) the action
//! role trusts the service role and (4) may start the target, (5) the action carries the role's ARN, the target's
//! bare name and its Region, and (6) the variables fit. [`judge`] says what is wrong with a declared wiring,
//! [`complete`] derives (5) and (6), [`derive_roles`] derives (1) to (4), and [`prove`] decides (1) to (4) from documents.
//!
//! Source: CodePipeline User Guide, "CodePipeline invoke action reference" and "Create a pipeline that uses
//! resources from another account"; IAM User Guide, "Cross-account policy evaluation logic".

use indexmap::{IndexMap, IndexSet};
use serde_json::json;

use crate::catalogue;
use crate::declaration::{
    ActionDeclaration, ArtifactStore, ExecutionMode, PipelineDeclaration, PipelineType, StageResult,
};
use crate::finding::{Finding, Place};
use crate::ids::{AccountId, PipelineArn, RoleArn};
use crate::policy::evaluate::{Caller, Context, Verdict, assume_role, identity};
use crate::policy::{CODEPIPELINE, Document, Statement, Texts, account_trust, role_trust, service_trust};
use crate::topology::{Invoke, Ownership, Pipeline, ResolvedRole, Role, Trust};
use crate::words;

/// `sts:AssumeRole`.
const ASSUME_ROLE: &str = "sts:AssumeRole";
/// `codepipeline:StartPipelineExecution`.
pub const START: &str = "codepipeline:StartPipelineExecution";

/// Fills in what follows from the links of a pipeline: `roleArn`, `PipelineName`, `region` and `Variables` of its
/// invoke actions, the roles of its other actions, its service role, and V2 where something needs it.
pub fn complete(pipeline: &Pipeline) -> PipelineDeclaration {
    let mut declaration = pipeline.declaration.clone();
    if let Some(role) = &pipeline.service_role {
        declaration.role_arn = Some(role.to_string());
    }
    for invoke in &pipeline.invokes {
        if let Some(action) = find_action(&mut declaration, &invoke.stage, &invoke.action) {
            let configuration = action.configuration.get_or_insert_default();
            configuration.insert("PipelineName".to_owned(), invoke.target.arn.name().to_string());
            if !invoke.variables.is_empty() {
                let variables: Vec<_> =
                    invoke.variables.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
                configuration.insert("Variables".to_owned(), json!(variables).to_string());
            }
            action.region = Some(invoke.target.arn.region().to_string());
            if let Some(role) = &invoke.role {
                action.role_arn = Some(role.to_string());
            }
        }
    }
    for link in &pipeline.action_roles {
        if let Some(action) = find_action(&mut declaration, &link.stage, &link.action) {
            action.role_arn = Some(link.role.to_string());
        }
    }
    if pipeline.ownership == Ownership::Managed && declaration.pipeline_type.is_none() {
        // What the service makes of an omitted type is not documented, so it is written out.
        let needs_v2 = v2_features(&declaration).next().is_some();
        declaration.pipeline_type = Some(if needs_v2 { PipelineType::V2 } else { PipelineType::V1 });
    }
    declaration
}

fn find_action<'a>(
    declaration: &'a mut PipelineDeclaration,
    stage: &str,
    action: &str,
) -> Option<&'a mut ActionDeclaration> {
    let stage = declaration.stages.as_mut()?.iter_mut().find(|s| s.name == stage)?;
    stage.actions.as_mut()?.iter_mut().find(|a| a.name == action)
}

/// The features of a declaration that need V2, in words. Source: CodePipeline User Guide, "Pipeline types".
pub fn v2_features(declaration: &PipelineDeclaration) -> impl Iterator<Item = String> + '_ {
    let mode = matches!(declaration.execution_mode, Some(ExecutionMode::Queued | ExecutionMode::Parallel))
        .then(|| format!("execution mode {}", declaration.execution_mode.as_ref().map_or("", ExecutionMode::as_str)));
    let variables =
        declaration.variables.as_ref().is_some_and(|v| !v.is_empty()).then(|| "pipeline variables".to_owned());
    let triggers = declaration.triggers.as_ref().is_some_and(|t| !t.is_empty()).then(|| "triggers".to_owned());
    let stages = declaration.stages.iter().flatten();
    let conditions = stages.clone().filter_map(|stage| {
        let result = stage.on_failure.as_ref().and_then(|f| f.result.as_ref());
        let has = stage.before_entry.is_some()
            || stage.on_success.is_some()
            || stage.on_failure.as_ref().is_some_and(|f| f.conditions.is_some())
            || matches!(result, Some(StageResult::Rollback | StageResult::Retry));
        has.then(|| format!("the stage conditions of stage `{}`", stage.name))
    });
    let actions = stages.flat_map(|s| s.actions.iter().flatten()).filter_map(|action| {
        catalogue::find(&action.action_type_id)
            .filter(|known| known.v2_only)
            .map(|known| format!("the {} action `{}`", known.provider, action.name))
    });
    mode.into_iter().chain(variables).chain(triggers).chain(conditions).chain(actions)
}

/// The place of an action by names.
pub fn action_place(pipeline: &Pipeline, stage: &str, action: &str) -> Place {
    let place = Place::pipeline(&pipeline.item);
    let stages = pipeline.declaration.stages.iter().flatten();
    let Some((index, found)) = stages.enumerate().find(|(_, s)| s.name == stage) else {
        return place.stage(0, stage).action(0, action);
    };
    let position = found.actions.iter().flatten().position(|a| a.name == action).unwrap_or_default();
    place.stage(index, stage).action(position, action)
}

/// Judges the links of one pipeline by what the items say of themselves.
pub fn judge(pipeline: &Pipeline, roles: &[Role], accounts: &IndexMap<AccountId, String>, findings: &mut Vec<Finding>) {
    let account_item = |id: &AccountId| accounts.get(id).cloned().unwrap_or_else(|| id.to_string());
    if let Some(arn) = &pipeline.service_role
        && arn.account() != pipeline.arn.account()
    {
        let (message, help) = words::service_role_account
            .render(&[("Self", &role_item(roles, arn)), ("A", &account_item(pipeline.arn.account()))]);
        let place = Place::pipeline(&pipeline.item).key("roleArn").value();
        findings.push(Finding::error("XA0901", place, message).help(help));
    }
    for invoke in &pipeline.invokes {
        judge_invoke(pipeline, invoke, roles, &account_item, findings);
    }
    for link in &pipeline.action_roles {
        let place = action_place(pipeline, &link.stage, &link.action).key("roleArn").value();
        judge_trust(pipeline, &link.role, place, roles, &account_item, findings);
    }
}

/// The role of an action trusts the service role, as far as that is known.
fn judge_trust(
    pipeline: &Pipeline,
    arn: &RoleArn,
    place: Place,
    roles: &[Role],
    account_item: &dyn Fn(&AccountId) -> String,
    findings: &mut Vec<Finding>,
) {
    let trusts = roles.iter().find(|r| r.arn == *arn).and_then(|r| r.trusts.as_ref());
    if let Some(trusts) = trusts
        && !trusts.iter().any(|t| trust_covers(t, pipeline))
    {
        let names = [("Self", role_item(roles, arn)), ("A", account_item(pipeline.arn.account()))];
        let (message, help) = words::trust.render(&names.each_ref().map(|(key, name)| (*key, name.as_str())));
        findings.push(Finding::error("XA0904", place, message).help(help));
    }
}

fn role_item(roles: &[Role], arn: &RoleArn) -> String {
    roles.iter().find(|r| r.arn == *arn).map_or_else(|| arn.to_string(), |r| r.item.clone())
}

fn judge_invoke(
    pipeline: &Pipeline,
    invoke: &Invoke,
    roles: &[Role],
    account_item: &dyn Fn(&AccountId) -> String,
    findings: &mut Vec<Finding>,
) {
    let place = action_place(pipeline, &invoke.stage, &invoke.action);
    let target = &invoke.target;
    let home = account_item(pipeline.arn.account());
    match &invoke.role {
        None if target.arn.account() != pipeline.arn.account() => {
            let (message, help) = words::role_missing.render(&[("Self", &target.item), ("A", &home)]);
            findings.push(Finding::error("XA0902", place.clone(), message).help(help));
        }
        None => {}
        Some(arn) => {
            let item = role_item(roles, arn);
            let role_place = place.key("roleArn").value();
            if arn.account() != target.arn.account() {
                // Trust and start rights are only judged for a role that lives where it must.
                let (message, help) =
                    words::role_account.render(&[("Self", &item), ("A", &account_item(target.arn.account()))]);
                findings.push(Finding::error("XA0903", role_place, message).help(help));
            } else if let Some(role) = roles.iter().find(|r| r.arn == *arn) {
                judge_trust(pipeline, arn, role_place.clone(), roles, account_item, findings);
                if let Some(starts) = &role.starts
                    && !starts.iter().any(|s| s.arn == target.arn)
                {
                    let (message, help) = words::start.render(&[("Self", &item), ("T", &target.item)]);
                    findings.push(Finding::error("XA0905", role_place, message).help(help));
                }
            }
        }
    }
    let Some(declared) = &target.variables else { return };
    for name in invoke.variables.keys() {
        if !declared.iter().any(|v| v.name == *name) {
            let (message, help) = words::variable_undeclared.render(&[("Self", name), ("T", &target.item)]);
            findings.push(
                Finding::error("XA0906", place.key("configuration").key("Variables").key(name), message).help(help),
            );
        }
    }
    for variable in declared.iter().filter(|v| v.required && !invoke.variables.contains_key(&v.name)) {
        let (message, help) = words::variable_missing.render(&[("Self", &variable.name), ("T", &target.item)]);
        findings.push(Finding::error("XA0907", place.clone(), message).help(help));
    }
}

fn trust_covers(trust: &Trust, pipeline: &Pipeline) -> bool {
    match trust {
        Trust::Account(account) | Trust::WholeAccount(account) => account.id == *pipeline.arn.account(),
        Trust::Role(arn) => pipeline.service_role.as_ref() == Some(arn),
    }
}

/// Derives the documents of every role: least privilege, exact ARNs.
pub fn derive_roles(roles: Vec<Role>, pipelines: &[Pipeline], findings: &mut Vec<Finding>) -> Vec<ResolvedRole> {
    let known: IndexSet<RoleArn> = roles.iter().map(|r| r.arn.clone()).collect();
    roles
        .into_iter()
        .map(|role| {
            let trust =
                (role.ownership == Ownership::Managed).then(|| derive_trust(&role, pipelines, &known, findings));
            let policy = match role.ownership {
                Ownership::Managed | Ownership::Extended => derive_policy(&role, pipelines, findings),
                Ownership::Extern => None,
            };
            ResolvedRole { role, trust, policy }
        })
        .collect()
}

/// The pipelines whose actions run with a role.
fn users<'a>(role: &'a RoleArn, pipelines: &'a [Pipeline]) -> impl Iterator<Item = &'a Pipeline> {
    pipelines.iter().filter(move |p| {
        p.invokes.iter().any(|i| i.role.as_ref() == Some(role)) || p.action_roles.iter().any(|a| a.role == *role)
    })
}

fn derive_trust(
    role: &Role,
    pipelines: &[Pipeline],
    known: &IndexSet<RoleArn>,
    findings: &mut Vec<Finding>,
) -> Document {
    let place = Place::role(&role.item);
    let mut statements = Vec::new();
    if pipelines.iter().any(|p| p.service_role.as_ref() == Some(&role.arn)) {
        statements.push(service_trust());
    }
    let mut trusted: IndexSet<RoleArn> = IndexSet::new();
    let service_roles = |account: Option<&AccountId>| -> Vec<RoleArn> {
        users(&role.arn, pipelines)
            .filter(|p| account.is_none_or(|a| p.arn.account() == a))
            .filter_map(|p| p.service_role.clone())
            .collect()
    };
    match &role.trusts {
        None => trusted.extend(service_roles(None)),
        Some(trusts) => {
            for trust in trusts {
                match trust {
                    Trust::Role(arn) => {
                        trusted.insert(arn.clone());
                    }
                    Trust::Account(account) => {
                        let of_account = service_roles(Some(&account.id));
                        if of_account.is_empty() {
                            findings.push(
                                Finding::error(
                                    "XA0908",
                                    place.key("trusts"),
                                    format!(
                                        "role `{}` trusts account `{}`, but no pipeline of that account uses it in this topology",
                                        role.item, account.item
                                    ),
                                )
                                .help(format!(
                                    "name the service role (`role(\"arn:…\")`) that the other program uses, or write `whole_account({})`",
                                    account.item
                                )),
                            );
                        }
                        trusted.extend(of_account);
                    }
                    Trust::WholeAccount(account) => {
                        statements.push(account_trust(&account.partition, &account.id));
                        findings.push(
                            Finding::warning(
                                "XA0909",
                                place.key("trusts"),
                                format!(
                                    "role `{}` trusts every principal of account `{}` that is allowed to assume it",
                                    role.item, account.item
                                ),
                            )
                            .help(format!("trust `{}` or a role of it instead", account.item)),
                        );
                    }
                }
            }
        }
    }
    // IAM refuses a principal that doesn't exist. A role of this topology does, in the order in which it is applied;
    // any other is named by a condition, for which it need not.
    // A role can't name itself when it is made, either.
    let exists = |arn: &RoleArn| known.contains(arn) && *arn != role.arn;
    let (exact, elsewhere): (Vec<_>, Vec<_>) = trusted.into_iter().partition(exists);
    if !exact.is_empty() {
        statements.push(role_trust(&exact));
    }
    for arn in elsewhere {
        let account = account_trust(arn.partition(), arn.account());
        statements.push(account.when("ArnEquals", "aws:PrincipalArn", &arn.to_string()));
    }
    let named = role.trusts.as_ref().is_some_and(|trusts| !trusts.is_empty());
    if statements.is_empty() && !named {
        findings.push(
            Finding::error("XA0910", place.clone(), format!("nobody may assume role `{}`", role.item))
                .help("use it as a service role or for an action, or name in `trusts: […]` who assumes it"),
        );
    }
    Document::new(statements)
}

/// Statements in the order in which they came up; those that differ only in the resource become one.
#[derive(Default)]
struct Statements(Vec<Statement>);

impl Statements {
    fn add(&mut self, statement: Statement) {
        for existing in &mut self.0 {
            let alike = Statement { resource: statement.resource.clone(), ..existing.clone() } == statement;
            if alike && let (Some(old), Some(new)) = (&existing.resource, &statement.resource) {
                let all: IndexSet<String> = old.iter().chain(new.iter()).map(str::to_owned).collect();
                existing.resource = Some(Texts::from_vec(all.into_iter().collect()));
                return;
            }
        }
        self.0.push(statement);
    }
}

fn derive_policy(role: &Role, pipelines: &[Pipeline], findings: &mut Vec<Finding>) -> Option<Document> {
    let mut statements = Statements::default();
    let managed = role.ownership == Ownership::Managed;
    for pipeline in pipelines.iter().filter(|p| p.service_role.as_ref() == Some(&role.arn)) {
        service_role_statements(pipeline, managed, &mut statements, findings);
    }
    for pipeline in users(&role.arn, pipelines) {
        action_role_statements(role, pipeline, &mut statements, findings);
    }
    for target in role.starts.iter().flatten() {
        statements.add(Statement::allow(&[START], vec![target.arn.to_string()]));
    }
    for statement in &role.statements {
        statements.add(statement.clone());
    }
    if statements.0.is_empty() { None } else { Some(Document::new(statements.0)) }
}

/// What a service role needs for its pipeline. An extended one gets only what invokes and action roles need.
fn service_role_statements(
    pipeline: &Pipeline,
    managed: bool,
    statements: &mut Statements,
    findings: &mut Vec<Finding>,
) {
    let account = pipeline.arn.account();
    let partition = pipeline.arn.partition();
    if managed && pipeline.ownership == Ownership::Managed {
        let owned = |actions: &[&str], resource: String| {
            Statement::allow(actions, vec![resource]).when("StringEquals", "aws:ResourceAccount", account.as_str())
        };
        for store in stores(&pipeline.declaration) {
            let bucket = format!("arn:{partition}:s3:::{}", store.location);
            statements.add(owned(BUCKET_ACTIONS, bucket.clone()));
            statements.add(owned(OBJECT_ACTIONS, format!("{bucket}/*")));
            key_statement(store, statements);
        }
        for stage in pipeline.declaration.stages.iter().flatten() {
            for action in stage.actions.iter().flatten().filter(|a| a.role_arn.is_none()) {
                let place = action_place(pipeline, &stage.name, &action.name);
                action_statements(pipeline, action, account, &place, statements, findings);
            }
        }
    }
    for invoke in &pipeline.invokes {
        match &invoke.role {
            Some(role) => statements.add(Statement::allow(&[ASSUME_ROLE], vec![role.to_string()])),
            None => statements.add(Statement::allow(&[START], vec![invoke.target.arn.to_string()])),
        }
    }
    for link in &pipeline.action_roles {
        statements.add(Statement::allow(&[ASSUME_ROLE], vec![link.role.to_string()]));
    }
}

/// What an action role needs for the actions that name it.
fn action_role_statements(role: &Role, pipeline: &Pipeline, statements: &mut Statements, findings: &mut Vec<Finding>) {
    for invoke in pipeline.invokes.iter().filter(|i| i.role.as_ref() == Some(&role.arn)) {
        statements.add(Statement::allow(&[START], vec![invoke.target.arn.to_string()]));
    }
    for link in pipeline.action_roles.iter().filter(|l| l.role == role.arn) {
        let stages = pipeline.declaration.stages.iter().flatten();
        let Some(action) = stages
            .filter(|s| s.name == link.stage)
            .flat_map(|s| s.actions.iter().flatten())
            .find(|a| a.name == link.action)
        else {
            continue;
        };
        let place = action_place(pipeline, &link.stage, &link.action);
        action_statements(pipeline, action, role.arn.account(), &place, statements, findings);
        let has_artifacts = |empty: Option<bool>| empty.is_some_and(|empty| !empty);
        if has_artifacts(action.input_artifacts.as_ref().map(Vec::is_empty))
            || has_artifacts(action.output_artifacts.as_ref().map(Vec::is_empty))
        {
            for store in stores(&pipeline.declaration) {
                let objects = format!("arn:{}:s3:::{}/*", pipeline.arn.partition(), store.location);
                statements.add(Statement::allow(ROLE_OBJECT_ACTIONS, vec![objects]));
                key_statement(store, statements);
            }
        }
    }
}

/// Source: CodePipeline User Guide, "Manage the CodePipeline service role" (how-to-custom-role).
const BUCKET_ACTIONS: &[&str] = &["s3:GetBucketVersioning", "s3:GetBucketAcl", "s3:GetBucketLocation"];
const OBJECT_ACTIONS: &[&str] = &["s3:PutObject", "s3:PutObjectAcl", "s3:GetObject", "s3:GetObjectVersion"];
/// Source: CodePipeline User Guide, "Create a pipeline that uses resources from another account".
const ROLE_OBJECT_ACTIONS: &[&str] = &["s3:GetObject*", "s3:PutObject", "s3:PutObjectAcl"];
const KEY_ACTIONS: &[&str] =
    &["kms:DescribeKey", "kms:GenerateDataKey*", "kms:Encrypt", "kms:ReEncrypt*", "kms:Decrypt"];

fn key_statement(store: &ArtifactStore, statements: &mut Statements) {
    // A bare id or an alias is no resource; only the ARN of a key can be named.
    let is_key = |id: &str| id.starts_with("arn:") && id.contains(":key/");
    if let Some(key) = store.encryption_key.as_ref().filter(|k| is_key(&k.id)) {
        statements.add(Statement::allow(KEY_ACTIONS, vec![key.id.clone()]));
    }
}

fn stores(declaration: &PipelineDeclaration) -> impl Iterator<Item = &ArtifactStore> {
    declaration.artifact_store.iter().chain(declaration.artifact_stores.iter().flat_map(IndexMap::values))
}

/// The catalogue's permissions of one action, on the resources that its configuration names.
fn action_statements(
    pipeline: &Pipeline,
    action: &ActionDeclaration,
    account: &AccountId,
    place: &Place,
    statements: &mut Statements,
    findings: &mut Vec<Finding>,
) {
    if pipeline.invokes.iter().any(|i| *place == action_place(pipeline, &i.stage, &i.action)) {
        return;
    }
    let Some(known) = catalogue::find(&action.action_type_id) else {
        if action.action_type_id.owner == "AWS" {
            findings.push(
                Finding::warning(
                    "XA0911",
                    place.clone(),
                    format!(
                        "the permissions of a {} action are not known, so its role gets none for it",
                        action.action_type_id
                    ),
                )
                .help("add them to the `policies:` of the role"),
            );
        }
        return;
    };
    for (actions, resources) in permissions(known, pipeline, action, account) {
        // What only a reference names can't be named here, and everything is too much.
        let (named, unnamed): (Vec<String>, Vec<String>) = resources.into_iter().partition(|r| r.starts_with("arn:"));
        if !unnamed.is_empty() {
            let message = format!("the resource for `{}` is only known when the action runs", actions.join("`, `"));
            findings.push(
                Finding::warning("XA0922", place.clone(), message)
                    .help("add a statement for it to the `policies:` of the role that runs the action"),
            );
        }
        if !named.is_empty() {
            let statement = Statement::allow(actions, named);
            statements.add(match known.provider {
                "CodeBuild" if actions.contains(&"iam:PassRole") => {
                    statement.when("StringEquals", "iam:PassedToService", "codebuild.amazonaws.com")
                }
                _ => statement,
            });
        }
    }
    if action.configuration.as_ref().is_some_and(|c| known.compute && c.contains_key("VpcId")) {
        let message = format!(
            "what action `{}` needs to run in a VPC is not documented, so its role gets nothing for it",
            action.name
        );
        findings.push(
            Finding::warning("XA0911", place.clone(), message)
                .help("add the permissions to the `policies:` of the role"),
        );
    }
}

/// The permissions that an action needs, as actions and resources; a `#{…}` reference becomes a `*`, as its value
/// is only known when the action runs.
pub fn permissions(
    known: &'static catalogue::ActionProvider,
    pipeline: &Pipeline,
    action: &ActionDeclaration,
    account: &AccountId,
) -> Vec<(&'static [&'static str], Vec<String>)> {
    let region = action.region.as_deref().unwrap_or_else(|| pipeline.arn.region().as_str());
    known
        .permissions
        .iter()
        .filter(|p| p.when.holds(action))
        .map(|permission| {
            let resources = permission.resources.iter().map(|template| {
                let mut resource = template
                    .replace("{partition}", pipeline.arn.partition().as_str())
                    .replace("{region}", region)
                    .replace("{account}", account.as_str())
                    .replace("{pipeline}", pipeline.arn.name().as_str());
                for (key, value) in action.configuration.iter().flatten() {
                    resource = resource.replace(&format!("{{{key}}}"), &without_references(value));
                }
                resource
            });
            (permission.actions, resources.collect())
        })
        .chain(secret_permission(pipeline, action, account, region))
        .collect()
}

/// Reading the secrets that environment variables name. Source: CodePipeline User Guide, "Commands action reference".
fn secret_permission(
    pipeline: &Pipeline,
    action: &ActionDeclaration,
    account: &AccountId,
    region: &str,
) -> Option<(&'static [&'static str], Vec<String>)> {
    let secrets = action.environment_variables.iter().flatten();
    let resources: Vec<String> = secrets
        .filter(|v| v.r#type.as_deref() == Some("SECRETS_MANAGER"))
        .map(|variable| {
            let name = without_references(&variable.value);
            if name.starts_with("arn:") {
                return name;
            }
            // The service adds six characters to the name of a secret.
            format!("arn:{}:secretsmanager:{region}:{account}:secret:{name}-??????", pipeline.arn.partition())
        })
        .collect();
    if resources.is_empty() { None } else { Some((&["secretsmanager:GetSecretValue"], resources)) }
}

fn without_references(value: &str) -> String {
    let mut rest = value;
    let mut text = String::new();
    while let Some((before, after)) = rest.split_once("#{") {
        text.push_str(before);
        match after.split_once('}') {
            Some((_, behind)) => {
                text.push('*');
                rest = behind;
            }
            None => {
                text.push_str("#{");
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

/// What is known of a role.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The trust policy.
    pub trust: Option<Document>,
    /// The identity policies, inline and attached.
    pub policies: Vec<Document>,
}

/// A link of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hop {
    /// CodePipeline assumes the service role.
    ServiceTrust,
    /// The service role assumes the action role.
    Assume,
    /// The action role, or the service role where there is none, starts the target.
    Start,
}

/// Decides the hops of one action from documents: without an action role there is no assumption, without a target no
/// start. A role of which nothing is known makes its hops unknown.
pub fn prove(
    service_role: (&RoleArn, Option<&Known>),
    action_role: Option<(&RoleArn, Option<&Known>)>,
    target: Option<&PipelineArn>,
) -> Vec<(Hop, Verdict)> {
    let unknown = |arn: &RoleArn| Verdict::Unknown(format!("what role `{arn}` holds"));
    // The name of a session is a number that changes with every call.
    let session = |role: &RoleArn| Caller::Session { role: role.clone(), session: "0".to_owned() };
    let empty = Context::new();
    let (service_arn, service) = service_role;
    let service_trust = match service.and_then(|k| k.trust.as_ref()) {
        Some(trust) => {
            let caller = Caller::Service(CODEPIPELINE.to_owned());
            assume_role(&caller, [], service_arn, trust, &empty)
        }
        None => unknown(service_arn),
    };
    let mut hops = vec![(Hop::ServiceTrust, service_trust)];
    let mut starter = service_role;
    if let Some((action_arn, action)) = action_role {
        let assume = match (service, action.and_then(|k| k.trust.as_ref())) {
            (Some(service), Some(trust)) => {
                assume_role(&session(service_arn), &service.policies, action_arn, trust, &empty)
            }
            (None, _) => unknown(service_arn),
            (_, None) => unknown(action_arn),
        };
        hops.push((Hop::Assume, assume));
        starter = (action_arn, action);
    }
    if let Some(target) = target {
        let start = match starter {
            (arn, Some(known)) => identity(&known.policies, &session(arn), START, &target.to_string(), &empty),
            (arn, None) => unknown(arn),
        };
        hops.push((Hop::Start, start));
    }
    hops
}
