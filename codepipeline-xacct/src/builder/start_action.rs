//! The parts of an action that starts a pipeline.

use std::panic::Location;

use indexmap::IndexMap;
use serde_json::Value;

use super::added::Add;
use super::calls::{Call, LostCalls};
use super::stage_parts::{StageParts, Start};
use crate::core::declaration::invoke::REVISIONS_KEY;
use crate::core::declaration::{ActionDeclaration, ActionTypeId};
use crate::core::ids::RoleArn;
use crate::core::topology::{self, Invoke};

/// The parts of an action that starts a pipeline.
pub(super) struct StartAction {
    stage: StageParts,
    pub(super) declaration: ActionDeclaration,
    pub(super) role: Option<RoleArn>,
    pub(super) add: Vec<Add>,
    pub(super) variables: IndexMap<String, String>,
    pub(super) revisions: Vec<Value>,
    /// Whether what it starts is found by the variable of its caller.
    pub(super) follow: bool,
    /// How long the pipeline waits for what it starts, as it is written.
    pub(super) wait: Option<String>,
    pub(super) lost: LostCalls,
    /// The call that started the action.
    call: Call,
}

impl StartAction {
    #[track_caller]
    pub(super) fn new(stage: StageParts, name: &str, role: Option<RoleArn>, add: Option<Add>) -> Self {
        let declaration = ActionDeclaration {
            name: name.to_owned(),
            action_type_id: ActionTypeId::pipeline_invoke(),
            ..Default::default()
        };
        Self {
            stage,
            declaration,
            role,
            add: add.into_iter().collect(),
            variables: IndexMap::new(),
            revisions: Vec::new(),
            follow: false,
            wait: None,
            lost: LostCalls::default(),
            call: Location::caller(),
        }
    }

    /// The stage with the action, and with the link where the target is known.
    pub(super) fn finish(mut self, target: Option<topology::Target>) -> StageParts {
        if !self.revisions.is_empty() {
            let revisions = Value::Array(self.revisions).to_string();
            self.declaration.configuration.get_or_insert_default().insert(REVISIONS_KEY.to_owned(), revisions);
        }
        let (mut stage, action) = (self.stage, self.declaration.name.clone());
        stage.push_action(self.declaration, self.call, self.lost);
        stage.invokes.extend(target.map(|target| Start {
            invoke: Invoke {
                stage: String::new(),
                action,
                target,
                role: self.role,
                variables: self.variables,
                wait: None,
            },
            follow: self.follow,
            wait: self.wait,
        }));
        stage.add.extend(self.add);
        stage
    }
}
