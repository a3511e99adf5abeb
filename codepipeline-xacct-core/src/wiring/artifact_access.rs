//! Who reads and writes the artifacts of a pipeline, and in which bucket.
//!
//! Source: CodePipeline User Guide, "Create a pipeline that uses resources from another account" and "Add a cross-Region action to a
//! pipeline".

use crate::arns::s3_arn;
use crate::check::passed_role_key;
use crate::declaration::runs_in::account_of;
use crate::declaration::{ActionDeclaration, ActionTypeId, ArtifactStore, RuleDeclaration};
use crate::ids::{AccountId, RoleArn, is_key_arn};
use crate::policy::Statement;
use crate::topology::items::{Gate, Pipeline};

/// What reading and writing artifacts takes. Source: CodePipeline User Guide, "Manage the CodePipeline service role"
/// (how-to-custom-role).
pub(super) const READ_ACTIONS: &[&str] = &["s3:GetObject", "s3:GetObjectVersion"];
pub(super) const WRITE_ACTIONS: &[&str] = &["s3:PutObject", "s3:PutObjectAcl"];
/// What it takes of their key. Source: CodePipeline User Guide, "Create a pipeline that uses resources from another account".
pub(super) const KEY_ACTIONS: &[&str] =
    &["kms:DescribeKey", "kms:GenerateDataKey*", "kms:Encrypt", "kms:ReEncrypt*", "kms:Decrypt"];
/// What of these reading takes. Source: S3 User Guide, "Using server-side encryption with AWS KMS keys".
pub(super) const KEY_READ_ACTIONS: &[&str] = &["kms:DescribeKey", "kms:Decrypt"];

/// The artifact stores of a pipeline with their Regions.
pub(super) fn stores(pipeline: &Pipeline) -> impl Iterator<Item = (&str, &ArtifactStore)> {
    let declaration = &pipeline.declaration;
    let one = declaration.artifact_store.iter().map(|store| (pipeline.arn.region().as_str(), store));
    let several = declaration.artifact_stores.iter().flatten();
    one.chain(several.map(|(region, store)| (region.as_str(), store)))
}

/// A user of the artifacts in a store.
pub(super) struct ArtifactUser<'a> {
    /// The store.
    pub(super) store: &'a ArtifactStore,
    /// Who uses it.
    pub(super) who: Who,
    /// True where artifacts are read.
    pub(super) reads: bool,
    /// True where artifacts are made.
    pub(super) writes: bool,
}

/// Who uses artifacts.
#[derive(Clone)]
pub(super) enum Who {
    /// A role.
    Role(RoleArn),
    /// A role of this account that a declaration does not name, in words.
    Unnamed(AccountId, String),
    /// A role that only uses artifacts in some cases, in words, and in which.
    Perhaps(RoleArn, String),
}

impl Who {
    pub(super) fn account(&self) -> &AccountId {
        match self {
            Who::Role(role) | Who::Perhaps(role, _) => role.account(),
            Who::Unnamed(account, _) => account,
        }
    }
}

/// What a role needs to use an artifact store: of its own policies, and of those of the bucket and its key. In the account of the bucket or the key,
/// the policy of that can allow it alone.
pub struct ArtifactNeed {
    /// The role.
    pub role: RoleArn,
    /// The requests that are certainly made, by action and resource.
    pub requests: Vec<(&'static str, String)>,
    /// Statements that allow all that it takes.
    pub statements: Vec<Statement>,
}

/// What the roles need to use the artifacts of a pipeline. Across accounts, both their policies and those of the bucket and its key have to
/// allow.
pub fn artifact_needs(pipeline: &Pipeline) -> Vec<ArtifactNeed> {
    let mut needs = Vec::new();
    for user in artifact_users(pipeline) {
        let Who::Role(role) = &user.who else { continue };
        let objects = objects_of(pipeline, user.store);
        let key = key_of(user.store);
        let (mut requests, mut statements) = (Vec::new(), Vec::new());
        if user.reads {
            requests.push(("s3:GetObject", objects.clone()));
            requests.extend(key.iter().map(|key| ("kms:Decrypt", key.clone())));
            statements.push(Statement::allow(READ_ACTIONS, vec![objects.clone()]));
        }
        if user.writes {
            requests.push(("s3:PutObject", objects.clone()));
            requests.extend(key.iter().map(|key| ("kms:GenerateDataKey", key.clone())));
            statements.push(Statement::allow(WRITE_ACTIONS, vec![objects]));
        }
        let actions = if user.writes { KEY_ACTIONS } else { KEY_READ_ACTIONS };
        statements.extend(key.map(|key| Statement::allow(actions, vec![key])));
        needs.push(ArtifactNeed { role: role.clone(), requests, statements });
    }
    needs
}

/// The ARN of the objects in a store.
pub(super) fn objects_of(pipeline: &Pipeline, store: &ArtifactStore) -> String {
    s3_arn(pipeline.arn.partition().as_str(), &format!("{}/*", store.location))
}

/// The ARN of the key of a store. A key by its id or an alias is one of another account, which the rules report.
pub(super) fn key_of(store: &ArtifactStore) -> Option<String> {
    store.encryption_key.as_ref().map(|key| key.id.clone()).filter(|id| is_key_arn(id))
}

/// All who use the artifacts of a pipeline: its service role in all stores, and the roles of actions and rules with artifacts in the
/// store of their Region.
pub(super) fn artifact_users(pipeline: &Pipeline) -> Vec<ArtifactUser<'_>> {
    let role = |role: &str| role.parse().map(Who::Role).ok();
    let mut users = Vec::new();
    for (_, store) in stores(pipeline) {
        let service_role = pipeline.service_role.iter().cloned().map(Who::Role);
        users.extend(service_role.map(|who| ArtifactUser { store, who, reads: true, writes: true }));
    }
    for stage in pipeline.declaration.stages.iter().flatten() {
        for action in stage.actions.iter().flatten() {
            let (reads, writes) = (action.reads_artifacts(), action.writes_artifacts());
            let store = store_of(pipeline, action.region.as_deref()).filter(|_| reads || writes);
            let Some((_, store)) = store else { continue };
            let who = action.role_arn.as_deref().and_then(role).into_iter().chain(on_behalf(pipeline, action));
            users.extend(who.map(|who| ArtifactUser { store, who, reads, writes }));
        }
        for gate in Gate::ALL {
            let rules = gate.conditions(stage).into_iter().flatten().flat_map(|c| c.rules.iter().flatten());
            for rule in rules.filter(|rule| rule.reads_artifacts()) {
                let Some((_, store)) = store_of(pipeline, rule.region.as_deref()) else { continue };
                let who = rule.role_arn.as_deref().and_then(role).into_iter().chain(of_rule(pipeline, rule));
                users.extend(who.map(|who| ArtifactUser { store, who, reads: true, writes: false }));
            }
        }
    }
    users
}

/// The store for a Region, with the Region that it is in; where none is named, that of the pipeline.
pub(super) fn store_of<'a>(pipeline: &'a Pipeline, region: Option<&str>) -> Option<(&'a str, &'a ArtifactStore)> {
    let home = pipeline.arn.region().as_str();
    match &pipeline.declaration.artifact_stores {
        Some(stores) => stores.get_key_value(region.unwrap_or(home)).map(|(region, store)| (region.as_str(), store)),
        None => pipeline.declaration.artifact_store.as_ref().map(|store| (home, store)),
    }
}

/// Who uses the artifacts on behalf of a rule, which is an action in that.
pub(super) fn of_rule(pipeline: &Pipeline, rule: &RuleDeclaration) -> Option<Who> {
    let id = &rule.rule_type_id;
    let action = ActionDeclaration {
        action_type_id: ActionTypeId::new(&id.category, "AWS", &id.provider, "1"),
        configuration: rule.configuration.clone(),
        role_arn: rule.role_arn.clone(),
        ..Default::default()
    };
    on_behalf(pipeline, &action)
}

/// Who uses the artifacts on behalf of an action: builds run with a role of their own, deployments are fetched by the instances, and stacks
/// read the code in their templates with the role that they are given.
/// Sources: CodeBuild User Guide, "Allow CodeBuild to interact with other AWS services"; CodePipeline User Guide, as above and "Amazon EC2
/// action reference"; CloudFormation User Guide, "AWS CloudFormation service role".
pub(super) fn on_behalf(pipeline: &Pipeline, action: &ActionDeclaration) -> Option<Who> {
    let id = &action.action_type_id;
    let value = |key: &str| action.configuration.as_ref().and_then(|configuration| configuration.get(key));
    let text = match (id.owner.as_str(), id.provider.as_str()) {
        ("AWS", "CodeBuild") => match passed_role_key(id).and_then(value) {
            Some(role) => return role.parse().map(Who::Role).ok(),
            None => format!("the service role of CodeBuild project `{}`", value("ProjectName")?),
        },
        ("AWS", "CodeDeploy") => {
            format!("the role of the instances of CodeDeploy application `{}`", value("ApplicationName")?)
        }
        ("AWS", "EC2") => format!("the role of the instances with tag `{}`", value("InstanceTagKey")?),
        ("AWS", "CloudFormation") => {
            let role = passed_role_key(id).and_then(value)?.parse().ok()?;
            return Some(Who::Perhaps(role, "where the template names code in them".to_owned()));
        }
        _ => return None,
    };
    Some(Who::Unnamed(account_of(&pipeline.arn, action.role_arn.as_deref())?, text))
}
