//! What a topology added to an extended pipeline and the program doesn't have: it is taken out on request, as what left the program is deleted, since it may be
//! of another program whose topology has the same name.

use indexmap::IndexMap;

use super::added_parts::AddedParts;
use super::entries::{LISTS, names};
use super::passed_variables::passed_names;
use crate::declaration::invoke::VARIABLES_KEY;
use crate::declaration::{ActionDeclaration, PipelineDeclaration, StageDeclaration};
use crate::finding::{Finding, Place};
use crate::ids::TopologyName;
use crate::plan::input::state::PipelineState;
use crate::plan::planner::Planner;
use crate::rules;
use crate::topology::items::Pipeline;

impl Planner<'_> {
    /// Reports what is marked as added and is in neither the program nor what the pipeline will be, with the name that the topology had when it
    /// added it.
    pub(in crate::plan) fn taken_out(
        &mut self,
        pipeline: &Pipeline,
        found: &PipelineState,
        after: &PipelineDeclaration,
    ) {
        let asks = !self.options.intent.deletes();
        let mut all: IndexMap<String, (&TopologyName, bool)> = IndexMap::new();
        for name in self.names() {
            let held = AddedParts::of_tags([name], &found.tags);
            if held == AddedParts::default() {
                continue;
            }
            let Gone { things, passed } = gone(pipeline, &held, &found.declaration, after);
            let things = things.into_iter().map(|what| (what, asks));
            // The program has the action, and writes it.
            let passed = passed.into_iter().map(|what| (what, false));
            for (what, asks) in things.chain(passed) {
                all.entry(what).or_insert((name, asks));
            }
        }
        let mut findings = Vec::new();
        for (what, (topology, asks)) in all {
            let (rule, outcome) =
                if asks { (&rules::XA1053, "would be taken out") } else { (&rules::XA1050, "is taken out") };
            let message = format!(
                "{what} of pipeline `{}` was added by topology `{topology}`, is not in the program, and {outcome}",
                pipeline.arn
            );
            let on_request = if asks { "plan with `Intent::Prune`, or `prune`, to take it out; " } else { "" };
            let help = format!(
                "{on_request}if another program with a topology `{topology}` added it, give that topology a name of its own first"
            );
            findings.push(Finding::of(rule, Place::pipeline(&pipeline.item), message).help(help));
        }
        self.findings.extend(findings);
    }
}

/// What goes.
#[derive(Default)]
struct Gone {
    /// Stages, actions, entries of lists, and variables of actions that the program doesn't have.
    things: Vec<String>,
    /// Variables of actions that the program has.
    passed: Vec<String>,
}

fn gone(pipeline: &Pipeline, held: &AddedParts, before: &PipelineDeclaration, after: &PipelineDeclaration) -> Gone {
    let mut gone = Gone::default();
    let stays = [&pipeline.declaration, after];
    for stage in before.stages.iter().flatten() {
        let there = stays.map(|of| of.stages.iter().flatten().find(|other| other.name == stage.name));
        if there == [None, None] {
            if held.has_stage(&stage.name) {
                gone.things.push(format!("stage `{}`", stage.name));
            }
            continue;
        }
        let actions = there.into_iter().flatten().flat_map(|stage| stage.actions.iter().flatten());
        let actions: Vec<&ActionDeclaration> = actions.collect();
        for action in stage.actions.iter().flatten() {
            let there = actions.iter().any(|other| other.name == action.name);
            if !there && held.has_action(&stage.name, &action.name) {
                gone.things.push(format!("action `{}` in stage `{}`", action.name, stage.name));
            } else if there {
                let passed = variables(pipeline, held, stage, action, &actions);
                let passed = passed.map(|name| format!("variable `{name}` of action `{}`", action.name));
                match pipeline.has_invoke(&stage.name, &action.name) {
                    true => gone.passed.extend(passed),
                    false => gone.things.extend(passed),
                }
            }
        }
    }
    for list in LISTS {
        let there: Vec<String> = stays.into_iter().flat_map(|of| names(of, list)).collect();
        let all = names(before, list).into_iter();
        let lost = all.filter(|name| !there.contains(name) && held.has_entry(list, name));
        gone.things.extend(lost.map(|name| format!("`{list}[{name}]`")));
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
