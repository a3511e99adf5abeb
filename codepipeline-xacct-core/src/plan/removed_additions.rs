//! What a topology added to an extended pipeline and the program doesn't have: a plan takes it out, and says so, since it may be of another program whose
//! topology has the same name.

use super::added_parts::AddedParts;
use super::entries::{LISTS, names};
use super::passed_variables::passed_names;
use super::planner::Planner;
use crate::declaration::invoke::VARIABLES_KEY;
use crate::declaration::{ActionDeclaration, PipelineDeclaration, StageDeclaration};
use crate::finding::{Finding, Place};
use crate::rules;
use crate::topology::items::Pipeline;

impl Planner<'_> {
    /// Reports what is marked as added (`held`) and is in neither the program nor what the pipeline will be.
    pub(super) fn taken_out(
        &mut self,
        pipeline: &Pipeline,
        held: &AddedParts,
        before: &PipelineDeclaration,
        after: &PipelineDeclaration,
    ) {
        let topology = self.topology.name();
        for what in gone(pipeline, held, before, after) {
            let message = format!(
                "{what} of pipeline `{}` was added by topology `{topology}`, is not in the program, and is taken out",
                pipeline.arn
            );
            self.findings.push(Finding::of(&rules::XA1050, Place::pipeline(&pipeline.item), message).help(format!(
                "if another program with a topology `{topology}` added it, give that topology a name of its own first"
            )));
        }
    }
}

fn gone(
    pipeline: &Pipeline,
    held: &AddedParts,
    before: &PipelineDeclaration,
    after: &PipelineDeclaration,
) -> Vec<String> {
    let mut gone = Vec::new();
    let stays = [&pipeline.declaration, after];
    for stage in before.stages.iter().flatten() {
        let there = stays.map(|of| of.stages.iter().flatten().find(|other| other.name == stage.name));
        if there == [None, None] {
            if held.has_stage(&stage.name) {
                gone.push(format!("stage `{}`", stage.name));
            }
            continue;
        }
        let actions = there.into_iter().flatten().flat_map(|stage| stage.actions.iter().flatten());
        let actions: Vec<&ActionDeclaration> = actions.collect();
        for action in stage.actions.iter().flatten() {
            let there = actions.iter().any(|other| other.name == action.name);
            if !there && held.has_action(&stage.name, &action.name) {
                gone.push(format!("action `{}` in stage `{}`", action.name, stage.name));
            } else if there {
                let passed = variables(pipeline, held, stage, action, &actions);
                gone.extend(passed.map(|name| format!("variable `{name}` of action `{}`", action.name)));
            }
        }
    }
    for list in LISTS {
        let there: Vec<String> = stays.into_iter().flat_map(|of| names(of, list)).collect();
        let all = names(before, list).into_iter();
        let lost = all.filter(|name| !there.contains(name) && held.has_entry(list, name));
        gone.extend(lost.map(|name| format!("`{list}[{name}]`")));
    }
    gone
}

/// The variables that an action of a topology passed, and passes no longer.
fn variables<'a>(
    pipeline: &'a Pipeline,
    held: &'a AddedParts,
    stage: &'a StageDeclaration,
    action: &'a ActionDeclaration,
    after: &[&ActionDeclaration],
) -> impl Iterator<Item = String> + 'a {
    let passed = |of: &ActionDeclaration| {
        let text = of.configuration.as_ref().and_then(|configuration| configuration.get(VARIABLES_KEY));
        text.map(|text| passed_names(text)).unwrap_or_default()
    };
    let there: Vec<String> = after.iter().filter(|other| other.name == action.name).flat_map(|a| passed(a)).collect();
    let declares = |name: &String| {
        let mut invokes = pipeline.invokes.iter().filter(|i| i.stage == stage.name && i.action == action.name);
        invokes.any(|invoke| invoke.variables.contains_key(name))
    };
    passed(action).into_iter().filter(move |name| {
        !there.contains(name) && !declares(name) && held.has_variable(&stage.name, &action.name, name)
    })
}
