//! The roles that work for a pipeline without being named in it, and that are not written here: those of Lambda functions, of instances, and
//! of builds.

use indexmap::IndexMap;

use super::artifact_access::{READ_ACTIONS, Who, key_of, objects_of, of_rule, on_behalf, store_of};
use super::template::Filling;
use crate::catalogue::{self, Permission};
use crate::declaration::runs_in::account_of;
use crate::declaration::{ActionDeclaration, ArtifactStore, StageDeclaration};
use crate::ids::{AccountId, RoleArn};
use crate::policy::{Document, Statement};
use crate::topology::items::{Gate, Pipeline};

/// What such a role needs in its permissions. There may be more in them, which stays.
#[derive(Debug, Clone, PartialEq)]
pub struct UsedRole {
    /// The account of the role.
    pub account: AccountId,
    /// Whose role it is: its ARN where the declaration has it, words where it doesn't.
    pub role: Result<RoleArn, String>,
    /// The statements.
    pub document: Document,
}

/// What the roles of the Lambda functions that pipelines invoke need, those of the instances that are deployed to, and those of builds.
pub fn used_roles(pipelines: &[Pipeline]) -> Vec<UsedRole> {
    let mut roles: IndexMap<(AccountId, Result<RoleArn, String>), Vec<Statement>> = IndexMap::new();
    for pipeline in pipelines {
        let functions = pipeline.declaration.actions().filter_map(|action| of_function(pipeline, action));
        for (who, statement) in functions.chain(of_artifacts(pipeline)).chain(of_clones(pipeline)) {
            let key = match who {
                Who::Role(role) | Who::Perhaps(role, _) => (role.account().clone(), Ok(role)),
                Who::Unnamed(account, words) => (account, Err(words)),
            };
            let statements = roles.entry(key).or_default();
            if !statements.contains(&statement) {
                statements.push(statement);
            }
        }
    }
    let roles = roles.into_iter();
    roles.map(|((account, role), all)| UsedRole { account, role, document: Document::new(all) }).collect()
}

/// A function tells CodePipeline how it ended. Source: CodePipeline User Guide, "Invoke an AWS Lambda function in a pipeline in
/// CodePipeline".
fn of_function(pipeline: &Pipeline, action: &ActionDeclaration) -> Option<(Who, Statement)> {
    let id = &action.action_type_id;
    if (id.category.as_str(), id.owner.as_str(), id.provider.as_str()) != ("Invoke", "AWS", "Lambda") {
        return None;
    }
    let name = action.configuration.as_ref()?.get("FunctionName")?;
    let who = Who::Unnamed(
        account_of(&pipeline.arn, action.role_arn.as_deref())?,
        format!("the execution role of Lambda function `{name}`"),
    );
    let actions = &["codepipeline:PutJobSuccessResult", "codepipeline:PutJobFailureResult"];
    Some((who, Statement::allow(actions, vec!["*".to_owned()])))
}

/// Builds and instances use the artifacts themselves.
fn of_artifacts(pipeline: &Pipeline) -> Vec<(Who, Statement)> {
    let mut found = Vec::new();
    for stage in pipeline.declaration.stages.iter().flatten() {
        for action in stage.actions.iter().flatten() {
            let Some(who) = on_behalf(pipeline, action).filter(|who| !is_of_action(pipeline, action, who)) else {
                continue;
            };
            let is_fetched = action.action_type_id.provider == "EC2";
            let Some((_, store)) = store_of(pipeline, action.region.as_deref()) else { continue };
            let read = if is_fetched { FETCH_ACTIONS } else { READ_ACTIONS };
            let usage =
                Usage { read: if action.reads_artifacts() { read } else { &[] }, writes: action.writes_artifacts() };
            found.extend(usage.statements(pipeline, store).into_iter().map(|statement| (who.clone(), statement)));
        }
        let conditions = Gate::ALL.into_iter().flat_map(|gate| gate.conditions(stage).into_iter().flatten());
        let rules = conditions.flat_map(|condition| condition.rules.iter().flatten());
        for rule in rules.filter(|rule| rule.reads_artifacts()) {
            let Some(who) = of_rule(pipeline, rule) else { continue };
            let Some((_, store)) = store_of(pipeline, rule.region.as_deref()) else { continue };
            let usage = Usage { read: READ_ACTIONS, writes: false };
            found.extend(usage.statements(pipeline, store).into_iter().map(|statement| (who.clone(), statement)));
        }
    }
    // A stack reads artifacts with its role in some cases only, and most roles are not for that alone.
    found.retain(|(who, _)| !matches!(who, Who::Perhaps(..)));
    found
}

/// True for the role that the action itself has, whose permissions are derived with these.
fn is_of_action(pipeline: &Pipeline, action: &ActionDeclaration, who: &Who) -> bool {
    let Who::Role(role) = who else { return false };
    match &action.role_arn {
        Some(own) => *own == role.to_string(),
        None => pipeline.service_role.as_ref() == Some(role),
    }
}

/// What fetching an artifact takes of instances. Source: CodePipeline User Guide, "Amazon EC2 action reference".
const FETCH_ACTIONS: &[&str] = &["s3:GetObject"];

/// How a build or an instance uses artifacts. Sources: CodeBuild User Guide, "Allow CodeBuild to interact with other AWS services" (of its policy, what
/// concerns the artifacts); CodeDeploy User Guide, "Create an IAM instance profile for your Amazon EC2 instances"; for the key, S3 User Guide,
/// "Using server-side encryption with AWS KMS keys".
struct Usage {
    read: &'static [&'static str],
    writes: bool,
}

impl Usage {
    fn statements(&self, pipeline: &Pipeline, store: &ArtifactStore) -> Vec<Statement> {
        let objects = || vec![objects_of(pipeline, store)];
        let read = (!self.read.is_empty()).then(|| Statement::allow(self.read, objects()));
        let write = self.writes.then(|| Statement::allow(&["s3:PutObject"], objects()));
        let of_key: &[&str] = if self.writes { &["kms:Decrypt", "kms:GenerateDataKey"] } else { &["kms:Decrypt"] };
        let uses = read.is_some() || write.is_some();
        let key = key_of(store).filter(|_| uses).map(|key| Statement::allow(of_key, vec![key]));
        read.into_iter().chain(write).chain(key).collect()
    }
}

/// A build that reads a full clone clones the repository itself.
fn of_clones(pipeline: &Pipeline) -> Vec<(Who, Statement)> {
    let mut found = Vec::new();
    for source in pipeline.declaration.actions() {
        let Some(statement) = clone_statement(pipeline, source) else { continue };
        let clones: Vec<&str> = source.output_artifacts.iter().flatten().map(|a| a.name.as_str()).collect();
        for stage in pipeline.declaration.stages.iter().flatten() {
            found.extend(builders(pipeline, stage, &clones).map(|who| (who, statement.clone())));
        }
    }
    found
}

/// What cloning the repository of a source takes, if its artifact is a full clone.
fn clone_statement(pipeline: &Pipeline, source: &ActionDeclaration) -> Option<Statement> {
    if source.configuration.as_ref()?.get("OutputArtifactFormat")? != "CODEBUILD_CLONE_REF" {
        return None;
    }
    let [Permission { actions, resources: [resource], .. }] =
        catalogue::find(&source.action_type_id)?.clone_permissions
    else {
        return None;
    };
    let account = account_of(&pipeline.arn, source.role_arn.as_deref())?;
    let filling = Filling { pipeline, action: source, account: &account, region: pipeline.arn.region().as_str() };
    let filled = filling.fill(resource);
    (!filled.untold).then(|| Statement::allow(actions, filled.texts))
}

/// The roles of the builds of a stage that read one of these artifacts.
fn builders<'a>(
    pipeline: &'a Pipeline,
    stage: &'a StageDeclaration,
    clones: &'a [&str],
) -> impl Iterator<Item = Who> + 'a {
    let reads = |name: &str| clones.contains(&name);
    let actions = stage.actions.iter().flatten().filter(move |action| {
        catalogue::reads_clones(&action.action_type_id.provider)
            && action.input_artifacts.iter().flatten().any(|artifact| reads(&artifact.name))
    });
    let conditions = Gate::ALL.into_iter().flat_map(|gate| gate.conditions(stage).into_iter().flatten());
    let rules = conditions.flat_map(|condition| condition.rules.iter().flatten()).filter(move |rule| {
        catalogue::find_rule(&rule.rule_type_id).is_some_and(|known| known.reads_clones)
            && rule.input_artifacts.iter().flatten().any(|artifact| reads(&artifact.name))
    });
    let of_actions = actions.filter_map(|action| on_behalf(pipeline, action));
    of_actions.chain(rules.filter_map(|rule| of_rule(pipeline, rule)))
}
