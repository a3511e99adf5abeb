//! The roles that work for a pipeline without being named in it, and that are not written here: those of Lambda functions, of instances, and
//! of the builds that clone a repository.

use indexmap::IndexMap;

use super::artifact_access::{Who, key_of, objects_of, of_rule, on_behalf, store_of};
use super::template::Filling;
use crate::catalogue::{self, Permission};
use crate::declaration::runs_in::account_of;
use crate::declaration::{ActionDeclaration, StageDeclaration};
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

/// What the roles of the Lambda functions that pipelines invoke need, those of the instances of EC2 actions, and those of the builds that
/// clone the repository of a source.
pub fn used_roles(pipelines: &[Pipeline]) -> Vec<UsedRole> {
    let mut roles: IndexMap<(AccountId, Result<RoleArn, String>), Vec<Statement>> = IndexMap::new();
    for pipeline in pipelines {
        let functions = pipeline.declaration.actions().filter_map(|action| of_function(pipeline, action));
        let instances = pipeline.declaration.actions().flat_map(|action| of_instances(pipeline, action));
        for (who, statement) in functions.chain(instances).chain(of_clones(pipeline)) {
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

/// The instances of an EC2 action fetch the artifact. Source: CodePipeline User Guide, "Amazon EC2 action reference".
fn of_instances(pipeline: &Pipeline, action: &ActionDeclaration) -> Vec<(Who, Statement)> {
    let id = &action.action_type_id;
    if (id.owner.as_str(), id.provider.as_str()) != ("AWS", "EC2") || !action.reads_artifacts() {
        return Vec::new();
    }
    let Some((_, store)) = store_of(pipeline, action.region.as_deref()) else { return Vec::new() };
    let read = Statement::allow(&["s3:GetObject"], vec![objects_of(pipeline, store)]);
    let decrypt = key_of(store).map(|key| Statement::allow(&["kms:Decrypt"], vec![key]));
    let statements = [read].into_iter().chain(decrypt);
    statements.filter_map(|statement| Some((on_behalf(pipeline, action)?, statement))).collect()
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
