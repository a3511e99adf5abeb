//! The parts of a stage.

use super::added::Add;
use super::calls::{Call, LostCalls};
use crate::core::declaration::{ActionDeclaration, StageDeclaration};
use crate::core::finding::Segment;
use crate::core::topology::{Invoke, RoleLink};

#[derive(Default)]
pub(super) struct StageParts {
    pub(super) declaration: StageDeclaration,
    pub(super) invokes: Vec<Start>,
    pub(super) roles: Vec<RoleLink>,
    pub(super) add: Vec<Add>,
    /// The actions that an extended pipeline adds.
    pub(super) added: Vec<String>,
    /// The calls that added the actions.
    pub(super) calls: Vec<Call>,
    /// The calls that wrote what is at the end of these ways.
    pub(super) written_at: Vec<(Vec<Segment>, Call)>,
    pub(super) lost: LostCalls,
}

/// An action that starts a pipeline.
pub(super) struct Start {
    /// The link; its stage is not known yet.
    pub(super) invoke: Invoke,
    /// Whether what it starts is found by the variable of its caller.
    pub(super) follow: bool,
    /// How long the pipeline waits for what it starts, as it is written.
    pub(super) wait: Option<String>,
}

impl StageParts {
    /// One more action, with the call that adds it.
    pub(super) fn push_action(&mut self, action: ActionDeclaration, call: Call, lost: LostCalls) {
        let actions = self.declaration.actions.get_or_insert_default();
        self.lost.extend_from(&[Segment::Action(actions.len(), action.name.as_str().into())], lost);
        actions.push(action);
        self.calls.push(call);
    }
}
