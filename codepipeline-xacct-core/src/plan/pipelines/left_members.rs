//! What a program wrote over in an extended pipeline, and writes no longer: what was there before is put back on request, as what a topology added is taken out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::added_parts::AddedParts;
use super::diff::Change;
use super::entries::{by_region, with_stores};
use super::extend::same_type;
use super::leaves::{action_paths, leaves, meaning, written};
use super::passed_variables;
use super::written_members::WrittenMember;
use crate::declaration::secrets::MASK;
use crate::declaration::{ActionDeclaration, PipelineDeclaration};
use crate::finding::{Finding, Place};
use crate::ids::{PipelineArn, TopologyName};
use crate::plan::input::state::{PipelineState, State};
use crate::plan::ownership::applied_parts::{LastParts, short};
use crate::plan::ownership::tags::{extension_tags, version_before};
use crate::plan::planner::Planner;
use crate::rules;
use crate::topology::items::{Ownership, Pipeline, Topology};

/// A member that is left.
struct Left {
    member: WrittenMember,
    /// The version that has what was there before, where it is known.
    version: Option<i64>,
    /// Others changed it since, or may have.
    is_edited: bool,
}

/// What can be said of a member that is left.
enum Outcome {
    /// It is as it was before the program.
    AsBefore,
    Edited,
    NotKnown,
    PutBack(Option<Value>),
}

/// The earlier versions that have what was in pipelines before a topology of one of these names wrote over it, where its program no longer does.
pub fn versions_before(
    topology: &Topology,
    state: &State,
    names: &[&TopologyName],
) -> BTreeMap<PipelineArn, BTreeSet<i64>> {
    let mut versions: BTreeMap<PipelineArn, BTreeSet<i64>> = BTreeMap::new();
    for (arn, found) in &state.pipelines {
        let Some(found) = found.present() else { continue };
        let pipeline = match topology.pipeline(arn) {
            Some(pipeline) if pipeline.ownership == Ownership::Extended => pipeline.clone(),
            Some(_) => continue,
            None => left_pipeline(arn),
        };
        let held = AddedParts::of_tags(names.iter().copied(), &found.tags);
        let left = left(&pipeline, found, state, names, &held);
        let read = left.into_iter().filter_map(|left| left.version);
        let read: BTreeSet<i64> = read.filter(|version| *version < found.version()).collect();
        if !read.is_empty() {
            versions.insert(arn.clone(), read);
        }
    }
    versions
}

/// An extended pipeline that left the program: nothing of it is written.
pub(in crate::plan) fn left_pipeline(arn: &PipelineArn) -> Pipeline {
    Pipeline::new(arn.name().as_str(), Ownership::Extended, arn.clone())
}

fn left(
    pipeline: &Pipeline,
    found: &PipelineState,
    state: &State,
    names: &[&TopologyName],
    held: &AddedParts,
) -> Vec<Left> {
    let home = pipeline.arn.region();
    let Some(last) = state.last_parts(names.iter().copied(), &pipeline.arn, found) else { return Vec::new() };
    let before = names.iter().find_map(|name| version_before(name, &found.tags));
    let ours = written(&with_stores(&mut found.declaration.clone(), &pipeline.declaration, home));
    let there = leaves(&found.declaration, home);
    let whole = last.are_all_among(there.keys().chain(&action_paths(&found.declaration)));
    let members = WrittenMember::all(&meaning(&found.declaration, home)).into_iter();
    let members = members.filter(|member| member.of(&ours).is_none() && !member.is_added(held));
    let is_left = |member: WrittenMember| {
        let within: Vec<(&String, &String)> = there.iter().filter(|(path, _)| member.covers(path)).collect();
        let version = within.iter().find_map(|(path, _)| last.of(path).map(|_| last.from(path).or(before)))?;
        let is_whole = within.iter().all(|(path, _)| **path == member.path) || whole;
        Some(Left { is_edited: !is_whole || !within.iter().all(|leaf| is_last(&last, leaf)), member, version })
    };
    members.filter_map(is_left).collect()
}

fn is_last(last: &LastParts, (path, value): &(&String, &String)) -> bool {
    last.of(path).is_some_and(|digests| digests.contains(&short(value)))
}

impl Planner<'_> {
    /// Puts back, on request, what was there before the topology wrote what the program no longer writes. `declaration` is what the pipeline will be otherwise.
    pub(in crate::plan) fn without_left_members(
        &mut self,
        pipeline: &Pipeline,
        found: &PipelineState,
        held: &AddedParts,
        mut declaration: PipelineDeclaration,
    ) -> PipelineDeclaration {
        let (arn, deletes) = (&pipeline.arn, self.options.intent.deletes());
        let names: Vec<&TopologyName> = self.names().collect();
        let all = left(pipeline, found, self.state, &names, held);
        let (there, after) = (meaning(&found.declaration, arn.region()), meaning(&declaration, arn.region()));
        let mut value = written(&declaration);
        let mut lines = Vec::new();
        let mut findings = Vec::new();
        let place = || Place::pipeline(&pipeline.item);
        for left in all.into_iter().filter(|left| left.member.of(&after) == left.member.of(&there)) {
            let member = &left.member;
            match self.outcome(arn, &left, found, &there) {
                Outcome::AsBefore => {}
                Outcome::PutBack(before) => {
                    let mut shown = before.clone();
                    shown.iter_mut().for_each(Value::sort_all_objects);
                    lines.push(Change::new(member.path.clone(), member.of(&there), shown.as_ref()).to_string());
                    member.put_into(&mut value, before);
                }
                Outcome::Edited if deletes => {
                    let message = format!(
                        "`{}` of pipeline `{arn}` stays as it is: the program no longer writes it, and others have changed it since it did",
                        member.path
                    );
                    findings.push(Finding::of(&rules::XA1019, place(), message));
                }
                Outcome::NotKnown if deletes => {
                    findings.push(not_known_before(place(), &format!("`{}` of pipeline `{arn}`", member.path)));
                }
                // It is theirs.
                Outcome::Edited => {}
                Outcome::NotKnown => lines.push(format!("? {}: what it held before is not known", member.path)),
            }
        }
        self.findings.extend(findings);
        if lines.is_empty() {
            return declaration;
        }
        let lines: String = lines.iter().map(|line| format!("\n      {line}")).collect();
        let name = self.names().find(|name| !extension_tags(name, &found.tags).is_empty());
        let name = name.unwrap_or_else(|| self.topology.name());
        let told = format!("pipeline `{arn}` holds what topology `{name}` wrote and the program no longer writes");
        let (message, on_request) = match deletes {
            true => (format!("{told}; what was there before is put back:{lines}"), ""),
            false => (
                format!("{told}; it stays. To put back what was there before would be{lines}"),
                "plan with `Intent::Prune`, or `prune`, to put it back; ",
            ),
        };
        let help = format!(
            "{on_request}if another program with a topology `{name}` writes it, give that topology a name of its own first"
        );
        self.findings.push(Finding::of(&rules::XA1054, place(), message).help(help));
        if deletes {
            let texts = [&found.declaration, &declaration].map(|of| serde_json::to_value(of).unwrap_or_default());
            passed_variables::written(&mut value, &texts);
            declaration = serde_json::from_value(value).unwrap_or(declaration);
        }
        declaration
    }

    fn outcome(&self, arn: &PipelineArn, left: &Left, found: &PipelineState, there: &Value) -> Outcome {
        let Left { member, version, is_edited } = left;
        let earlier = version.and_then(|version| self.state.earlier.get(arn)?.get(&version));
        let Some(earlier) = earlier.and_then(|earlier| comparable(earlier, found, member, arn)) else {
            return if *is_edited { Outcome::Edited } else { Outcome::NotKnown };
        };
        if member.of(&meaning(&earlier, arn.region())) == member.of(there) {
            return Outcome::AsBefore;
        }
        if *is_edited {
            return Outcome::Edited;
        }
        match member.of(&written(&earlier)).cloned() {
            Some(before) if has_mask(&before) => Outcome::NotKnown,
            before => Outcome::PutBack(before),
        }
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
                (format!("stages[{}].actions[{}].", stage.name, action.name), action.action_type_id.clone())
            })
        });
        let mut named = named.filter(|(path, _)| member.path.starts_with(path.as_str()));
        named.next().map(|(_, id)| id)
    };
    let same = match (types(&earlier), types(&found.declaration)) {
        (Some(one), Some(other)) => same_type(&one, &other),
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

/// Reports that something keeps what the program wrote.
pub(in crate::plan) fn not_known_before(place: Place, what: &str) -> Finding {
    let message = format!("{what} keeps what the program wrote, since it is not known what it held before");
    Finding::of(&rules::XA1024, place, message)
        .help("look at earlier versions with `aws codepipeline get-pipeline --pipeline-version`, and put back by hand what belongs there")
}
