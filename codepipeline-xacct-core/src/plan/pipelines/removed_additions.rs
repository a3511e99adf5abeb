//! What a topology added to an extended pipeline and the program doesn't have: it is taken out on request, as what left the program is deleted, since it may be
//! of another program whose topology has the same name.
//!
//! Until then an entry of a list and a variable that an action passes stay. A stage and an action would stay without the rights that the program no longer
//! derives for them, so that they prevent the plan.

use indexmap::IndexMap;

use super::added_parts::AddedParts;
use super::entries::{LISTS, names, with_stores};
use super::passed_variables::passed_names;
use crate::declaration::invoke::VARIABLES_KEY;
use crate::declaration::{ActionDeclaration, PipelineDeclaration, StageDeclaration};
use crate::finding::{Finding, Place};
use crate::ids::TopologyName;
use crate::plan::input::state::{Found, PipelineState};
use crate::plan::planner::Planner;
use crate::rules;
use crate::topology::items::{Ownership, Pipeline};
use crate::wiring::links;

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
        let mut all: IndexMap<String, (&TopologyName, Outcome)> = IndexMap::new();
        for name in self.names() {
            let held = AddedParts::of_tags([name], &found.tags);
            if held == AddedParts::default() {
                continue;
            }
            for (what, outcome) in self.gone(pipeline, &held, &found.declaration, after) {
                all.entry(what).or_insert((name, if asks { outcome } else { Outcome::TakenOut }));
            }
        }
        let mut findings = Vec::new();
        for (what, (topology, outcome)) in all {
            let (rule, will) = match outcome {
                Outcome::Refused => (&rules::XA1053, "would be taken out"),
                Outcome::Stays => (&rules::XA1056, "stays"),
                Outcome::TakenOut => (&rules::XA1050, "is taken out"),
            };
            let message = format!(
                "{what} of pipeline `{}` was added by topology `{topology}`, is not in the program, and {will}",
                pipeline.arn
            );
            let on_request = match outcome {
                Outcome::TakenOut => "",
                Outcome::Refused | Outcome::Stays => "plan with `Intent::Prune`, or `prune`, to take it out; ",
            };
            let help = format!(
                "{on_request}if another program with a topology `{topology}` added it, give that topology a name of its own first"
            );
            findings.push(Finding::of(rule, Place::pipeline(&pipeline.item), message).help(help));
        }
        self.findings.extend(findings);
    }
}

/// What happens to what the program doesn't have, unless it is asked to go.
#[derive(Clone, Copy)]
enum Outcome {
    Refused,
    Stays,
    /// The program has the action whose variable it is, and writes it.
    TakenOut,
}

impl Planner<'_> {
    /// What of that stays until a prune or a destroy.
    pub(in crate::plan) fn staying(
        &self,
        pipeline: &Pipeline,
        held: &AddedParts,
        there: &PipelineDeclaration,
    ) -> AddedParts {
        let mut staying = AddedParts::default();
        if self.options.intent.deletes() || pipeline.ownership != Ownership::Extended {
            return staying;
        }
        let ours = with_stores(&mut there.clone(), &pipeline.declaration, pipeline.arn.region());
        for list in LISTS {
            let declared = names(&ours, list);
            let left = names(there, list).into_iter().filter(|name| !declared.contains(name));
            left.filter(|name| held.has_entry(list, name)).for_each(|name| staying.add_entry(list, &name));
        }
        for stage in there.stages.iter().flatten() {
            let actions = stage.actions.iter().flatten();
            for action in actions.filter(|action| !pipeline.has_invoke(&stage.name, &action.name)) {
                let ours = passed(action).into_iter();
                ours.filter(|name| held.has_variable(&stage.name, &action.name, name))
                    .for_each(|name| staying.add_variable(&stage.name, &action.name, &name));
            }
        }
        staying
    }

    fn gone(
        &self,
        pipeline: &Pipeline,
        held: &AddedParts,
        before: &PipelineDeclaration,
        after: &PipelineDeclaration,
    ) -> Vec<(String, Outcome)> {
        let mut gone = Vec::new();
        let stays = [&pipeline.declaration, after];
        for stage in before.stages.iter().flatten() {
            let there = stays.map(|of| of.stages.iter().flatten().find(|other| other.name == stage.name));
            if there == [None, None] {
                if held.has_stage(&stage.name) {
                    gone.push((format!("stage `{}`", stage.name), Outcome::Refused));
                }
                continue;
            }
            let actions = there.into_iter().flatten().flat_map(|stage| stage.actions.iter().flatten());
            let actions: Vec<&ActionDeclaration> = actions.collect();
            for action in stage.actions.iter().flatten() {
                let there = actions.iter().any(|other| other.name == action.name);
                if !there && held.has_action(&stage.name, &action.name) {
                    let what = format!("action `{}` in stage `{}`", action.name, stage.name);
                    gone.push((what, Outcome::Refused));
                } else if there {
                    for name in variables(pipeline, held, stage, action, &actions) {
                        let outcome = match pipeline.has_invoke(&stage.name, &action.name) {
                            true => Outcome::TakenOut,
                            // Its runs would fail when they start.
                            false if self.is_undeclared(pipeline, before, action, &name) => Outcome::Refused,
                            false => Outcome::Stays,
                        };
                        gone.push((format!("variable `{name}` of action `{}`", action.name), outcome));
                    }
                }
            }
        }
        for list in LISTS {
            let there: Vec<String> = stays.into_iter().flat_map(|of| names(of, list)).collect();
            let all = names(before, list).into_iter();
            let lost = all.filter(|name| !there.contains(name) && held.has_entry(list, name));
            gone.extend(lost.map(|name| (format!("`{list}[{name}]`"), Outcome::Stays)));
        }
        gone
    }

    /// Whether it is known that the target of an action doesn't declare a variable.
    fn is_undeclared(
        &self,
        pipeline: &Pipeline,
        before: &PipelineDeclaration,
        action: &ActionDeclaration,
        variable: &str,
    ) -> bool {
        let links = links(&pipeline.arn, before);
        let link = links.into_iter().find(|link| link.action.is_some_and(|other| std::ptr::eq(other, action)));
        let Some(target) = link.and_then(|link| link.target) else { return false };
        let managed = self.topology.pipeline(&target).filter(|target| target.ownership == Ownership::Managed);
        let held = self.state.pipelines.get(&target).and_then(Found::present).map(|found| &found.declaration);
        let declaration = managed.map(|target| &target.declaration).or(held);
        declaration.is_some_and(|target| target.variables.iter().flatten().all(|other| other.name != variable))
    }
}

fn passed(action: &ActionDeclaration) -> Vec<String> {
    let text = action.configuration.as_ref().and_then(|configuration| configuration.get(VARIABLES_KEY));
    text.map(|text| passed_names(text)).unwrap_or_default()
}

/// The variables that an action of a topology passed, and passes no longer.
fn variables<'a>(
    pipeline: &'a Pipeline,
    held: &'a AddedParts,
    stage: &'a StageDeclaration,
    action: &'a ActionDeclaration,
    after: &[&ActionDeclaration],
) -> impl Iterator<Item = String> + 'a {
    let there: Vec<String> = after.iter().filter(|other| other.name == action.name).flat_map(|a| passed(a)).collect();
    let declares = |name: &String| {
        let mut invokes = pipeline.invokes.iter().filter(|i| i.stage == stage.name && i.action == action.name);
        invokes.any(|invoke| invoke.variables.contains_key(name))
    };
    passed(action).into_iter().filter(move |name| {
        !there.contains(name) && !declares(name) && held.has_variable(&stage.name, &action.name, name)
    })
}
