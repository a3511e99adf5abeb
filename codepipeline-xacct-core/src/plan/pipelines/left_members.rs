//! What a program wrote over in an extended pipeline, and writes no longer: what was there before is put back on request, as what a topology added is taken out.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::Value;

use super::added_parts::AddedParts;
use super::diff::Change;
use super::entries::{by_region, with_stores};
use super::extend::same_type;
use super::leaves::{action_path, leaves, meaning, paths, written};
use super::merge::check_merged;
use super::passed_variables;
use super::unknown_members::keep_unknown;
use super::written_members::WrittenMember;
use crate::declaration::secrets::MASK;
use crate::declaration::{ActionDeclaration, PipelineDeclaration};
use crate::finding::{Finding, Place, Severity};
use crate::ids::{PipelineArn, TopologyName};
use crate::ordered::set;
use crate::plan::input::state::{PipelineState, State};
use crate::plan::ownership::applied_parts::{AppliedParts, LastParts, short};
use crate::plan::ownership::tags::{extended, extension_tags, version_before};
use crate::plan::planner::Planner;
use crate::rules;
use crate::topology::items::{Ownership, Pipeline, Topology};

/// A member that is left.
struct Left {
    member: WrittenMember,
    /// The version that has what was there before, where it is known.
    version: Option<i64>,
    /// Whose it is by now, if not the topology's alone.
    by: Option<By>,
}

/// Who else wrote a member.
enum By {
    /// Others changed it since.
    Others,
    /// Others may have changed it since: something that the topology wrote has gone, and it is not known what.
    MaybeOthers,
    /// Another topology writes it as well.
    Topology(TopologyName),
}

/// What can be said of a member that is left.
enum Outcome {
    /// It is as it was before the program.
    AsBefore,
    /// It is not the topology's alone.
    Stays(By),
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
    let known = paths(&found.declaration, home);
    let earlier = state.earlier.get(&pipeline.arn).into_iter().flat_map(|versions| versions.values());
    let earlier: BTreeSet<String> = set(earlier.flat_map(|version| leaves(version, home).into_keys()));
    let others = of_others(names, &found.tags);
    let members = WrittenMember::all(&meaning(&found.declaration, home)).into_iter();
    let members = members.filter(|member| member.of(&ours).is_none() && !member.is_added(held));
    let is_left = |member: WrittenMember| {
        let within: Vec<(&String, &String)> = there.iter().filter(|(path, _)| member.covers(path)).collect();
        let version = within.iter().find_map(|(path, _)| last.of(path).map(|_| last.from(path).or(before)))?;
        // What has gone from elsewhere has not gone from it.
        let elsewhere = || earlier.iter().filter(|path| !member.covers(path));
        let is_whole =
            within.iter().all(|(path, _)| **path == member.path) || last.are_all_among(known.iter().chain(elsewhere()));
        let by = match writer(&others, &member, &there) {
            Some(topology) => Some(By::Topology(topology.clone())),
            None if !within.iter().all(|leaf| is_last(&last, leaf)) => Some(By::Others),
            None => (!is_whole).then_some(By::MaybeOthers),
        };
        Some(Left { member, version, by })
    };
    members.filter_map(is_left).collect()
}

/// What other topologies wrote, by their tags.
fn of_others(names: &[&TopologyName], tags: &IndexMap<String, String>) -> Vec<(TopologyName, AppliedParts)> {
    let others = extended(tags).filter_map(|name| name.parse().ok()).filter(|name| !names.contains(&name));
    others.filter_map(|name: TopologyName| Some((name.clone(), AppliedParts::read([&name], tags)?))).collect()
}

/// The other topology that writes a member.
fn writer<'a>(
    others: &'a [(TopologyName, AppliedParts)],
    member: &WrittenMember,
    there: &BTreeMap<String, String>,
) -> Option<&'a TopologyName> {
    let paths: Vec<&String> = there.keys().filter(|path| member.covers(path)).collect();
    let (topology, _) = others.iter().find(|(_, applied)| paths.iter().any(|path| applied.has(path)))?;
    Some(topology)
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
        declaration: PipelineDeclaration,
    ) -> PipelineDeclaration {
        let (arn, deletes) = (&pipeline.arn, self.options.intent.deletes());
        let names: Vec<&TopologyName> = self.names().collect();
        let all = left(pipeline, found, self.state, &names, held);
        let (there, after) = (meaning(&found.declaration, arn.region()), meaning(&declaration, arn.region()));
        let mut lines = Vec::new();
        let mut findings = Vec::new();
        let all = all.into_iter().filter(|left| left.member.of(&after) == left.member.of(&there));
        let all: Vec<(WrittenMember, Outcome)> = all.map(|left| self.outcome(arn, left, found, &there)).collect();
        let back = all.iter().filter_map(|(member, outcome)| match outcome {
            Outcome::PutBack(before) => Some((member, before)),
            _ => None,
        });
        let PutBack { declaration: put_back, refused } = put_back(pipeline, found, &declaration, back.collect());
        let place = || Place::pipeline(&pipeline.item);
        for (member, outcome) in &all {
            let why = refused.iter().find(|(path, _)| **path == member.path).map(|(_, why)| why);
            match outcome {
                Outcome::AsBefore => {}
                Outcome::PutBack(before) => {
                    let mut shown = before.clone();
                    shown.iter_mut().for_each(Value::sort_all_objects);
                    let change = Change::new(member.path.clone(), member.of(&there), shown.as_ref());
                    match why {
                        None => lines.push(change.to_string()),
                        Some(why) if deletes => {
                            let message = format!(
                                "`{}` of pipeline `{arn}` stays as it is: what was there before does not fit what the pipeline has now: {why}",
                                member.path
                            );
                            findings.push(Finding::of(&rules::XA1019, place(), message));
                        }
                        Some(why) => lines.push(format!("? {}: it would stay: {why}", member.path)),
                    }
                }
                Outcome::Stays(By::Topology(topology)) if deletes => {
                    findings.push(written_by(place(), &member.path, arn, topology));
                }
                Outcome::Stays(by) if deletes => {
                    let have = if matches!(by, By::Others) { "have" } else { "may have" };
                    let message = format!(
                        "`{}` of pipeline `{arn}` stays as it is: the program no longer writes it, and others {have} changed it since it did",
                        member.path
                    );
                    findings.push(Finding::of(&rules::XA1019, place(), message));
                }
                Outcome::NotKnown if deletes => {
                    findings.push(not_known_before(place(), &format!("`{}` of pipeline `{arn}`", member.path)));
                }
                // It is theirs.
                Outcome::Stays(By::Others | By::Topology(_)) => {}
                Outcome::Stays(By::MaybeOthers) => {
                    lines.push(format!("? {}: others may have changed it since", member.path))
                }
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
        if deletes { put_back } else { declaration }
    }

    fn outcome(&self, arn: &PipelineArn, left: Left, found: &PipelineState, there: &Value) -> (WrittenMember, Outcome) {
        let Left { member, version, by } = left;
        let earlier = version.and_then(|version| match version == found.version() {
            true => Some(&found.declaration),
            false => self.state.earlier.get(arn)?.get(&version),
        });
        let earlier = earlier.and_then(|earlier| comparable(earlier, found, &member, arn));
        let is_as_before =
            |earlier: &PipelineDeclaration| member.of(&meaning(earlier, arn.region())) == member.of(there);
        let outcome = match (earlier, by) {
            (Some(earlier), _) if is_as_before(&earlier) => Outcome::AsBefore,
            (_, Some(by)) => Outcome::Stays(by),
            (None, None) => Outcome::NotKnown,
            (Some(earlier), None) => match member.of(&written(&earlier)).cloned() {
                Some(before) if has_mask(&before) => Outcome::NotKnown,
                mut before => {
                    let now = written(&found.declaration);
                    if let (Some(before), Some(now), Some(shape)) = (&mut before, member.of(&now), member.shape()) {
                        keep_unknown(before, now, shape);
                    }
                    Outcome::PutBack(before)
                }
            },
        };
        (member, outcome)
    }

    /// Keeps what another topology writes of what is put back.
    pub(in crate::plan) fn with_what_other_topologies_write(
        &mut self,
        pipeline: &Pipeline,
        found: &PipelineState,
        held: &AddedParts,
        declaration: PipelineDeclaration,
    ) -> PipelineDeclaration {
        let (arn, home) = (&pipeline.arn, pipeline.arn.region());
        let others = of_others(&self.names().collect::<Vec<_>>(), &found.tags);
        if others.is_empty() {
            return declaration;
        }
        let (there, after) = (meaning(&found.declaration, home), meaning(&declaration, home));
        let paths = leaves(&found.declaration, home);
        let now = written(&found.declaration);
        let mut value = written(&declaration);
        for member in WrittenMember::all(&there) {
            if member.is_added(held) || member.of(&there) == member.of(&after) {
                continue;
            }
            let Some(topology) = writer(&others, &member, &paths) else { continue };
            member.put_into(&mut value, member.of(&now).cloned());
            self.findings.push(written_by(Place::pipeline(&pipeline.item), &member.path, arn, topology));
        }
        read(value, found, &declaration)
    }
}

/// A pipeline with members put back.
struct PutBack {
    declaration: PipelineDeclaration,
    /// The paths of those that are not, each with what would be wrong.
    refused: Vec<(String, String)>,
}

/// Puts back members, but for those with which the pipeline would no longer be one: others may have come to rely on what the topology wrote.
fn put_back(
    pipeline: &Pipeline,
    found: &PipelineState,
    declaration: &PipelineDeclaration,
    members: Vec<(&WrittenMember, &Option<Value>)>,
) -> PutBack {
    let with = |members: &[(&WrittenMember, &Option<Value>)]| {
        let mut value = written(declaration);
        members.iter().for_each(|(member, before)| member.put_into(&mut value, (*before).clone()));
        read(value, found, declaration)
    };
    let errors = |of: &PipelineDeclaration| -> Vec<Finding> {
        let findings = check_merged(pipeline, &found.declaration, of).into_iter();
        findings.filter(|finding| finding.severity == Severity::Error).collect()
    };
    let whole = with(&members);
    if members.is_empty() {
        return PutBack { declaration: whole, refused: Vec::new() };
    }
    let known = errors(declaration);
    let wrong = |of: &PipelineDeclaration| errors(of).into_iter().find(|error| !known.contains(error));
    if wrong(&whole).is_none() {
        return PutBack { declaration: whole, refused: Vec::new() };
    }
    let (mut fit, mut left) = (Vec::new(), members);
    loop {
        let before = fit.len();
        let mut refused = Vec::new();
        for (member, value) in std::mem::take(&mut left) {
            fit.push((member, value));
            if let Some(error) = wrong(&with(&fit)) {
                fit.pop();
                left.push((member, value));
                refused.push((member.path.clone(), error.message));
            }
        }
        if fit.len() == before {
            return PutBack { declaration: with(&fit), refused };
        }
    }
}

/// A declaration whose passed variables are lists.
fn read(mut value: Value, found: &PipelineState, declaration: &PipelineDeclaration) -> PipelineDeclaration {
    let texts = [&found.declaration, declaration].map(|of| serde_json::to_value(of).unwrap_or_default());
    passed_variables::written(&mut value, &texts);
    serde_json::from_value(value).unwrap_or_else(|_| declaration.clone())
}

/// Reports that something stays since another topology writes it.
fn written_by(place: Place, path: &str, pipeline: &PipelineArn, topology: &TopologyName) -> Finding {
    let message = format!("`{path}` of pipeline `{pipeline}` stays as it is: topology `{topology}` writes it as well");
    Finding::of(&rules::XA1019, place, message)
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
