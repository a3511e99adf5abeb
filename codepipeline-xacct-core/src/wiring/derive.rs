//! The documents of the roles, from the pipelines that use them.

use crate::rules;
use indexmap::{IndexMap, IndexSet};

use super::permissions::{Needed, permissions, permissions_of_rule};
use crate::catalogue;
use crate::declaration::{ActionDeclaration, ArtifactStore, PipelineDeclaration, StageDeclaration};
use crate::finding::{Finding, Place};
use crate::ids::{AccountId, Partition, RoleArn, is_key_arn};
use crate::policy::quota;
use crate::policy::{
    ASSUME_ROLE, Document, DocumentKind, START, Statement, Texts, account_trust, role_trust, service_trust,
};
use crate::topology::items::{Gate, Ownership, Pipeline, ResolvedRole, Role, RoleUser, Trust};

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
        p.invokes.iter().any(|i| i.role.as_ref() == Some(role)) || p.role_links.iter().any(|link| link.role == *role)
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
                                Finding::of(
                                    &rules::XA0908,
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
                            Finding::of(
                                &rules::XA0909,
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
    let mut by_account: IndexMap<(Partition, AccountId), Vec<String>> = IndexMap::new();
    for arn in elsewhere {
        by_account.entry((arn.partition().clone(), arn.account().clone())).or_default().push(arn.to_string());
    }
    for ((partition, account), arns) in by_account {
        statements.push(account_trust(&partition, &account).when("ArnEquals", "aws:PrincipalArn", &arns));
    }
    let named = role.trusts.as_ref().is_some_and(|trusts| !trusts.is_empty());
    if statements.is_empty() && !named {
        findings.push(
            Finding::of(&rules::XA0910, place.clone(), format!("nobody may assume role `{}`", role.item))
                .help("use it as a service role or for an action, or name in `trusts: […]` who assumes it"),
        );
    }
    let document = Document::new(statements);
    findings.extend(quota::over_quota(&document, DocumentKind::Trust, &place.key("trusts")));
    document
}

/// DerivedStatements in the order in which they came up; those that differ only in the resource become one.
#[derive(Default)]
struct DerivedStatements(Vec<Statement>);

impl DerivedStatements {
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
    let mut statements = DerivedStatements::default();
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
    if statements.0.is_empty() {
        return None;
    }
    let document = Document::new(statements.0);
    findings.extend(quota::over_derived_quota(&document, &Place::role(&role.item).key("policies")));
    Some(document)
}

/// What a service role needs for its pipeline. An extended one gets only what invokes and action roles need.
fn service_role_statements(
    pipeline: &Pipeline,
    managed: bool,
    statements: &mut DerivedStatements,
    findings: &mut Vec<Finding>,
) {
    let account = pipeline.arn.account();
    let partition = pipeline.arn.partition();
    if managed && pipeline.ownership == Ownership::Managed {
        let owned = |actions: &[&str], resource: String| {
            Statement::allow(actions, vec![resource]).when("StringEquals", "aws:ResourceAccount", &[account.as_str()])
        };
        for store in stores(&pipeline.declaration) {
            let bucket = format!("arn:{partition}:s3:::{}", store.location);
            statements.add(owned(BUCKET_ACTIONS, bucket.clone()));
            statements.add(owned(OBJECT_ACTIONS, format!("{bucket}/*")));
            key_statement(store, statements);
        }
        for stage in pipeline.declaration.stages.iter().flatten() {
            for action in stage.actions.iter().flatten().filter(|a| a.role_arn.is_none()) {
                let place = pipeline.action_place(&stage.name, &action.name);
                action_statements(pipeline, action, account, &place, statements, findings);
            }
            rule_statements(pipeline, stage, statements, findings);
        }
    }
    for invoke in &pipeline.invokes {
        match &invoke.role {
            Some(role) => statements.add(Statement::allow(&[ASSUME_ROLE], vec![role.to_string()])),
            None => statements.add(Statement::allow(&[START], vec![invoke.target.arn.to_string()])),
        }
    }
    for link in &pipeline.role_links {
        statements.add(Statement::allow(&[ASSUME_ROLE], vec![link.role.to_string()]));
    }
}

/// What an action role needs for the actions and rules that name it.
fn action_role_statements(
    role: &Role,
    pipeline: &Pipeline,
    statements: &mut DerivedStatements,
    findings: &mut Vec<Finding>,
) {
    for invoke in pipeline.invokes.iter().filter(|i| i.role.as_ref() == Some(&role.arn)) {
        statements.add(Statement::allow(&[START], vec![invoke.target.arn.to_string()]));
    }
    let account = role.arn.account();
    for link in pipeline.role_links.iter().filter(|l| l.role == role.arn) {
        let mut stages = pipeline.declaration.stages.iter().flatten();
        let Some(stage) = stages.find(|s| s.name == link.stage) else { continue };
        let place = pipeline.link_place(link);
        let is_some = |empty: Option<bool>| empty.is_some_and(|empty| !empty);
        let has_artifacts = match &link.user {
            RoleUser::Action(name) => {
                let Some(action) = stage.actions.iter().flatten().find(|a| a.name == *name) else { continue };
                action_statements(pipeline, action, account, &place, statements, findings);
                is_some(action.input_artifacts.as_ref().map(Vec::is_empty))
                    || is_some(action.output_artifacts.as_ref().map(Vec::is_empty))
            }
            RoleUser::Rule { gate, rule } => {
                let mut rules =
                    gate.conditions(stage).into_iter().flatten().flat_map(|condition| condition.rules.iter().flatten());
                let Some(rule) = rules.find(|r| r.name == *rule) else { continue };
                if let Some(known) = catalogue::find_rule(&rule.rule_type_id) {
                    let needed = permissions_of_rule(known, pipeline, rule, account);
                    grant(known.provider, needed, &place, statements, findings);
                }
                is_some(rule.input_artifacts.as_ref().map(Vec::is_empty))
            }
        };
        if has_artifacts {
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
pub(super) const ROLE_OBJECT_ACTIONS: &[&str] = &["s3:GetObject*", "s3:PutObject", "s3:PutObjectAcl"];
pub(super) const KEY_ACTIONS: &[&str] =
    &["kms:DescribeKey", "kms:GenerateDataKey*", "kms:Encrypt", "kms:ReEncrypt*", "kms:Decrypt"];

fn key_statement(store: &ArtifactStore, statements: &mut DerivedStatements) {
    // A policy can name a key only by its ARN, not by a bare id or an alias.
    if let Some(key) = store.encryption_key.as_ref().filter(|key| is_key_arn(&key.id)) {
        statements.add(Statement::allow(KEY_ACTIONS, vec![key.id.clone()]));
    }
}

pub(super) fn stores(declaration: &PipelineDeclaration) -> impl Iterator<Item = &ArtifactStore> {
    declaration.artifact_store.iter().chain(declaration.artifact_stores.iter().flat_map(IndexMap::values))
}

/// Adds what an action or a rule needs, or reports that it is not known.
fn grant(
    provider: &str,
    needed: Option<Vec<Needed>>,
    place: &Place,
    statements: &mut DerivedStatements,
    findings: &mut Vec<Finding>,
) {
    let Some(needed) = needed else {
        let message = format!("what {provider} needs is not documented exactly enough, so its role gets none of it");
        findings.push(
            Finding::of(&rules::XA0911, place.clone(), message)
                .help("add the permissions to the `policies:` of the role"),
        );
        return;
    };
    for Needed { actions, resources, unnamed, condition } in needed {
        if unnamed {
            let message = format!("the resource for `{}` is only known when the action runs", actions.join("`, `"));
            findings.push(
                Finding::of(&rules::XA0922, place.clone(), message)
                    .help("add a statement for it to the `policies:` of the role that runs the action"),
            );
        }
        if !resources.is_empty() {
            let statement = Statement::allow(actions, resources);
            statements.add(match &condition {
                Some((operator, key, values)) => statement.when(operator, key, values),
                None => statement,
            });
        }
    }
}

/// What the rules of a stage's conditions need, where they have no role of their own.
fn rule_statements(
    pipeline: &Pipeline,
    stage: &StageDeclaration,
    statements: &mut DerivedStatements,
    findings: &mut Vec<Finding>,
) {
    for gate in Gate::ALL {
        for (index, condition) in gate.conditions(stage).into_iter().flatten().enumerate() {
            let place = pipeline.condition_place(&stage.name, gate, index).key("rules");
            for (index, rule) in condition.rules.iter().flatten().enumerate().filter(|(_, r)| r.role_arn.is_none()) {
                let Some(known) = catalogue::find_rule(&rule.rule_type_id) else { continue };
                let needed = permissions_of_rule(known, pipeline, rule, pipeline.arn.account());
                grant(known.provider, needed, &place.index(index), statements, findings);
            }
        }
    }
}

/// The catalogue's permissions of one action, on the resources that its configuration names.
fn action_statements(
    pipeline: &Pipeline,
    action: &ActionDeclaration,
    account: &AccountId,
    place: &Place,
    statements: &mut DerivedStatements,
    findings: &mut Vec<Finding>,
) {
    if pipeline.invokes.iter().any(|i| *place == pipeline.action_place(&i.stage, &i.action)) {
        return;
    }
    let Some(known) = catalogue::find(&action.action_type_id) else {
        if action.action_type_id.owner == "AWS" {
            findings.push(
                Finding::of(
                    &rules::XA0911,
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
    grant(known.provider, permissions(known, pipeline, action, account), place, statements, findings);
    if action.configuration.as_ref().is_some_and(|c| known.compute && c.contains_key("VpcId")) {
        let message = format!(
            "what action `{}` needs to run in a VPC is not documented, so its role gets nothing for it",
            action.name
        );
        findings.push(
            Finding::of(&rules::XA0911, place.clone(), message)
                .help("add the permissions to the `policies:` of the role"),
        );
    }
}
