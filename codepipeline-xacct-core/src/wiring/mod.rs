//! The wiring of an invoke action: judge it, derive it, prove it.
//!
//! An invoke works when (1) the service role trusts CodePipeline, (2) may assume the action role, (3) the action
//! role trusts the service role and (4) may start the target, (5) the action carries the role's ARN, the target's
//! bare name and its Region, and (6) the variables fit. [`judge`] says what is wrong with a declared wiring,
//! [`complete`] derives (5) and (6), [`derive_roles`] derives (1) to (4), and [`prove`] decides (1) to (4) from documents.
//!
//! Source: CodePipeline User Guide, "CodePipeline invoke action reference" and "Create a pipeline that uses
//! resources from another account"; IAM User Guide, "Cross-account policy evaluation logic".

mod chain;
mod declared;
mod derive;
mod excess;
mod fix;
pub mod input;
mod permissions;
mod prove;
pub mod request;
mod stated;

use serde_json::json;

use crate::declaration::features::v2_features;
use crate::declaration::{ActionDeclaration, PipelineDeclaration, PipelineType};
use crate::finding::Place;
use crate::topology::items::{Gate, Ownership, Pipeline, RoleLink, RoleUser};

pub use chain::{Chain, Contexts, KnownRole, Levels, Policy, Sessions};
pub use declared::judge;
pub use derive::derive_roles;
pub use excess::excess;
pub use fix::{Edit, PolicyChange};
pub use permissions::{Needed, permissions};
pub use prove::{ChainProof, Deciding, DocumentRef, Hop, HopProof, hop_findings, prove};
pub use stated::{judge_documents, judge_stated};

/// `sts:AssumeRole`.
pub const ASSUME_ROLE: &str = "sts:AssumeRole";
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
    for link in &pipeline.role_links {
        let role = Some(link.role.to_string());
        match &link.user {
            RoleUser::Action(action) => {
                if let Some(action) = find_action(&mut declaration, &link.stage, action) {
                    action.role_arn = role;
                }
            }
            RoleUser::Rule { gate, rule } => {
                let stage = declaration.stages.iter_mut().flatten().find(|s| s.name == link.stage);
                let conditions = stage.and_then(|stage| gate.conditions_mut(stage)).into_iter().flatten();
                let mut rules = conditions.flat_map(|condition| condition.rules.iter_mut().flatten());
                if let Some(rule) = rules.find(|r| r.name == *rule) {
                    rule.role_arn = role;
                }
            }
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

/// The place of a stage by name.
fn stage_place(pipeline: &Pipeline, stage: &str) -> Place {
    let position = pipeline.declaration.stages.iter().flatten().position(|s| s.name == stage);
    Place::pipeline(&pipeline.item).stage(position.unwrap_or_default(), stage)
}

/// The place of a condition of a stage.
fn condition_place(pipeline: &Pipeline, stage: &str, gate: Gate, index: usize) -> Place {
    stage_place(pipeline, stage).key(gate.as_str()).key("conditions").index(index)
}

/// The place of an action or a rule with a role of its own.
pub fn link_place(pipeline: &Pipeline, link: &RoleLink) -> Place {
    match &link.user {
        RoleUser::Action(action) => action_place(pipeline, &link.stage, action),
        RoleUser::Rule { gate, rule } => {
            let mut stages = pipeline.declaration.stages.iter().flatten();
            let stage = stages.find(|s| s.name == link.stage);
            let conditions = stage.and_then(|stage| gate.conditions(stage)).unwrap_or_default();
            let rules = conditions.iter().enumerate().flat_map(|(condition, found)| {
                found.rules.iter().flatten().enumerate().map(move |(index, rule)| (condition, index, rule))
            });
            let (condition, index) =
                rules.filter(|(.., found)| found.name == *rule).map(|(c, i, _)| (c, i)).next().unwrap_or_default();
            condition_place(pipeline, &link.stage, *gate, condition).key("rules").index(index)
        }
    }
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
