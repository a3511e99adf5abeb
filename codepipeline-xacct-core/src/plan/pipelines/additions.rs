//! The stages and actions that a topology adds to an extended pipeline: put in, kept where they are, and taken out again.
//!
//! What a topology added is managed whole. The marks of the pipeline distinguish it from what others wrote, which stays.

use super::added_parts::AddedParts;
use super::missing_parts::{already_exists, no_anchor};
use super::unknown_members::keep_unknown;
use crate::declaration::{ActionDeclaration, PipelineDeclaration, StageDeclaration};
use crate::finding::{Finding, Place};
use crate::json::member::Member;
use crate::rules;
use crate::topology::additions::StagePlace;
use crate::topology::items::Pipeline;

/// Adds to a pipeline that is there.
pub(in crate::plan) struct Adding<'a> {
    pub(in crate::plan) pipeline: &'a Pipeline,
    /// What the topology added before.
    pub(in crate::plan) held: &'a AddedParts,
    /// What it has added now.
    pub(in crate::plan) marks: AddedParts,
    pub(in crate::plan) findings: Vec<Finding>,
}

impl Adding<'_> {
    /// Adds the stages. One may be next to another that is added as well.
    pub(in crate::plan) fn stages(&mut self, stages: &mut Vec<StageDeclaration>) {
        let pipeline = self.pipeline;
        let declared = |name: &str| pipeline.declaration.stages.iter().flatten().find(|stage| stage.name == name);
        let mut open: Vec<(&StageDeclaration, &StagePlace)> =
            pipeline.additions.stages().filter_map(|(name, place)| Some((declared(name)?, place))).collect();
        open.retain(|(stage, _)| match stages.iter_mut().find(|other| other.name == stage.name) {
            Some(found) => {
                self.known_stage(found, stage);
                false
            }
            None => true,
        });
        while !open.is_empty() {
            let before = open.len();
            open.retain(|(stage, place)| {
                let Some(anchor) = stages.iter().position(|other| other.name == place.anchor()) else { return true };
                let at = match place {
                    StagePlace::Before(_) => anchor,
                    StagePlace::After(_) => anchor + 1,
                };
                stages.insert(at, (*stage).clone());
                self.mark(stage);
                false
            });
            if open.len() == before {
                break;
            }
        }
        let missing = open.into_iter().map(|(stage, place)| no_anchor(pipeline, &stage.name, place, stages));
        self.findings.extend(missing);
    }

    fn mark(&mut self, stage: &StageDeclaration) {
        self.marks.add_stage(&stage.name);
        stage.actions.iter().flatten().for_each(|action| self.marks.add_action(&stage.name, &action.name));
    }

    /// A stage that is there: as declared where the topology added it. Actions that others put in stay.
    fn known_stage(&mut self, found: &mut StageDeclaration, declared: &StageDeclaration) {
        if !self.held.has_stage(&declared.name) {
            let place = self.pipeline.stage_place(&declared.name);
            self.findings.push(already_exists(self.pipeline, place, &format!("a stage `{}`", declared.name)));
            return;
        }
        self.marks.add_stage(&declared.name);
        let actions = found.actions.take();
        let whole = StageDeclaration { actions: None, ..declared.clone() };
        *found = StageDeclaration { actions, ..with_unknown(&whole, found) };
        for action in declared.actions.iter().flatten() {
            self.action(&declared.name, found.actions.get_or_insert_default(), action);
        }
    }

    /// Adds an action to a stage that is there.
    pub(in crate::plan) fn action(
        &mut self,
        stage: &str,
        actions: &mut Vec<ActionDeclaration>,
        declared: &ActionDeclaration,
    ) {
        let name = &declared.name;
        match actions.iter_mut().find(|action| action.name == *name) {
            Some(found) if self.held.has_action(stage, name) => {
                let is_same = found.action_type_id.is_same(&declared.action_type_id);
                *found = if is_same { with_unknown(declared, found) } else { declared.clone() };
            }
            Some(_) => {
                let place = self.pipeline.action_place(stage, name);
                let what = format!("an action `{name}` in stage `{stage}`");
                self.findings.push(already_exists(self.pipeline, place, &what));
                return;
            }
            None => actions.push(declared.clone()),
        }
        self.marks.add_action(stage, name);
    }
}

/// What is declared, with what is there and not known.
fn with_unknown<T>(declared: &T, found: &T) -> T
where
    T: Member + Clone + serde::Serialize + serde::de::DeserializeOwned,
{
    let (Ok(mut ours), Ok(theirs)) = (serde_json::to_value(declared), serde_json::to_value(found)) else {
        return declared.clone();
    };
    keep_unknown(&mut ours, &theirs, &T::SHAPE);
    serde_json::from_value(ours).unwrap_or_else(|_| declared.clone())
}

/// Takes out what a topology added and no longer declares. A stage in which others have actions stays, with these.
pub(in crate::plan) fn take_out(
    stages: &mut Vec<StageDeclaration>,
    held: &AddedParts,
    pipeline: &Pipeline,
    declared: Option<&PipelineDeclaration>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let in_program = |name: &str| declared.and_then(|d| d.stages.iter().flatten().find(|stage| stage.name == name));
    stages.retain_mut(|stage| {
        let name = stage.name.clone();
        let kept = in_program(&name);
        if let Some(actions) = &mut stage.actions {
            actions.retain(|action| {
                let declared = kept.is_some_and(|s| s.actions.iter().flatten().any(|other| other.name == action.name));
                declared || !held.has_action(&name, &action.name)
            });
        }
        if kept.is_some() || !held.has_stage(&name) {
            return true;
        }
        let theirs: Vec<&str> = stage.actions.iter().flatten().map(|action| action.name.as_str()).collect();
        if theirs.is_empty() {
            return false;
        }
        let message =
            format!("stage `{name}` stays, because it contains actions added by others: `{}`", theirs.join("`, `"));
        findings.push(
            Finding::of(&rules::XA1026, Place::pipeline(&pipeline.item), message)
                .help("move these actions to another stage, or delete the stage by hand if it is no longer needed"),
        );
        true
    });
    findings
}
