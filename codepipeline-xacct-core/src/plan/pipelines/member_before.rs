//! What a member of an extended pipeline was before a topology wrote it: an earlier version in the history of the pipeline has it.

use serde_json::Value;

use super::entries::by_region;
use super::leaves::{action_path, meaning, written};
use super::unknown_members::keep_unknown;
use super::written_members::WrittenMember;
use crate::declaration::secrets::MASK;
use crate::declaration::{ActionDeclaration, PipelineDeclaration};
use crate::ids::PipelineArn;
use crate::plan::input::state::{PipelineState, State};

/// What a member was.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::plan) enum MemberBefore {
    /// What it is now.
    Same,
    /// Something else; `None` where the pipeline did not have it.
    Other(Option<Value>),
    NotKnown,
}

impl State {
    /// What a member of a pipeline was in an earlier version, if that was read. `now` is what the pipeline means now.
    pub(in crate::plan) fn member_before(
        &self,
        arn: &PipelineArn,
        found: &PipelineState,
        now: &Value,
        member: &WrittenMember,
        version: i64,
    ) -> MemberBefore {
        let earlier = match version == found.version() {
            true => Some(&found.declaration),
            false => self.earlier.get(arn).and_then(|earlier| earlier.get(&version)),
        };
        let Some(earlier) = earlier.and_then(|earlier| comparable(earlier, found, member, arn)) else {
            return MemberBefore::NotKnown;
        };
        if member.of(&meaning(&earlier, arn.region())) == member.of(now) {
            return MemberBefore::Same;
        }
        let mut before = member.of(&written(&earlier)).cloned();
        if before.as_ref().is_some_and(has_mask) {
            return MemberBefore::NotKnown;
        }
        if let (Some(before), Some(now), Some(shape)) =
            (&mut before, member.of(&written(&found.declaration)), member.shape())
        {
            keep_unknown(before, now, shape);
        }
        MemberBefore::Other(before)
    }
}

/// An earlier version, if it has what a member is in.
fn comparable(
    earlier: &PipelineDeclaration,
    found: &PipelineState,
    member: &WrittenMember,
    arn: &PipelineArn,
) -> Option<PipelineDeclaration> {
    let mut earlier = earlier.clone();
    match (&found.declaration.artifact_stores, &earlier.artifact_stores) {
        (Some(_), None) => by_region(&mut earlier, arn.region()),
        // A pipeline has one of the two.
        (None, Some(_)) if member.path == "artifactStore" => return None,
        _ => {}
    }
    // An action of another type is another action.
    let types = |of: &PipelineDeclaration| {
        let named = of.stages.iter().flatten().flat_map(|stage| {
            stage.actions.iter().flatten().map(|action: &ActionDeclaration| {
                (format!("{}.", action_path(&stage.name, &action.name)), action.action_type_id.clone())
            })
        });
        let mut named = named.filter(|(path, _)| member.path.starts_with(path.as_str()));
        named.next().map(|(_, id)| id)
    };
    let same = match (types(&earlier), types(&found.declaration)) {
        (Some(one), Some(other)) => one.is_same(&other),
        (one, other) => one.is_none() && other.is_none(),
    };
    (same && member.has_place_in(&written(&earlier))).then_some(earlier)
}

fn has_mask(value: &Value) -> bool {
    match value {
        Value::String(text) => text == MASK,
        Value::Array(list) => list.iter().any(has_mask),
        Value::Object(members) => members.values().any(has_mask),
        _ => false,
    }
}
