//! Puts back what was in an extended pipeline before the topology wrote it: what the program left on request, and all of it when the topology is destroyed.
//! What others wrote or rely on stays, and is reported.

use serde_json::Value;

use super::added_parts::AddedParts;
use super::diff::Change;
use super::leaves::{action_path, is_in, leaves, meaning, written};
use super::left_members::{By, Outcome, left, of_others, writer};
use super::member_before::MemberBefore;
use super::merge::check_merged;
use super::passed_variables;
use super::written_members::WrittenMember;
use crate::declaration::{ActionDeclaration, PipelineDeclaration, StageDeclaration};
use crate::finding::{Finding, Place, Severity};
use crate::ids::{PipelineArn, TopologyName};
use crate::plan::input::state::PipelineState;
use crate::plan::ownership::tags::extension_tags;
use crate::plan::planner::Planner;
use crate::rules;
use crate::topology::items::Pipeline;

/// How what is not known is put back.
const BY_HAND: &str = "look at earlier versions with `aws codepipeline get-pipeline --pipeline-version`, and put back by hand what belongs there";

/// A pipeline in which what the program left was put back.
pub(in crate::plan) struct PutBack {
    pub(in crate::plan) declaration: PipelineDeclaration,
    /// What stays for good: the tags forget it.
    pub(in crate::plan) given_up: Vec<WrittenMember>,
}

impl Planner<'_> {
    /// Puts back, on request, what was there before the topology wrote what the program no longer writes. `declaration` is what the pipeline will be otherwise.
    pub(in crate::plan) fn without_left_members(
        &mut self,
        pipeline: &Pipeline,
        found: &PipelineState,
        held: &AddedParts,
        declaration: PipelineDeclaration,
    ) -> PutBack {
        let (arn, deletes) = (&pipeline.arn, self.options.intent.deletes());
        let names: Vec<&TopologyName> = self.names().collect();
        let (there, after) = (meaning(&found.declaration, arn.region()), meaning(&declaration, arn.region()));
        let all = left(pipeline, found, self.state, &names, held).into_iter();
        let all = all.filter(|left| left.member.of(&after) == left.member.of(&there));
        let all: Vec<(WrittenMember, Outcome)> = all.map(|left| left.outcome(self.state, arn, found, &there)).collect();
        let back = all.iter().filter_map(|(member, outcome)| match outcome {
            Outcome::PutBack(before) => Some((member, before)),
            _ => None,
        });
        let Fitting { declaration: put_back, refused } = fitting(pipeline, found, &declaration, back.collect());
        // With other credentials, more may be known.
        let for_good = !self.state.history_not_read.contains(arn);
        let mut told = Told { pipeline, deletes, for_good, lines: Vec::new(), findings: Vec::new() };
        for (member, outcome) in &all {
            let why = refused.iter().find(|(path, _)| **path == member.path).map(|(_, why)| why.as_str());
            told.member(member, outcome, &there, why);
        }
        let Told { lines, findings, .. } = told;
        self.findings.extend(findings);
        if !lines.is_empty() {
            let name = self.names().find(|name| !extension_tags(name, &found.tags).is_empty());
            let finding = holds_what_is_left(pipeline, name.unwrap_or_else(|| self.topology.name()), deletes, &lines);
            self.findings.push(finding);
        }
        if !deletes {
            return PutBack { declaration, given_up: Vec::new() };
        }
        if !for_good {
            return PutBack { declaration: put_back, given_up: Vec::new() };
        }
        let is_given_up = |(member, outcome): (WrittenMember, Outcome)| {
            let is = matches!(outcome, Outcome::NotKnown | Outcome::Stays(By::Others | By::MaybeOthers));
            is.then_some(member)
        };
        PutBack { declaration: put_back, given_up: all.into_iter().filter_map(is_given_up).collect() }
    }

    /// What a pipeline was before the topology wrote each of its members. `before` is what it was before the topology extended it.
    pub(in crate::plan) fn before_each_member(
        &mut self,
        pipeline: &Pipeline,
        found: &PipelineState,
        before: &PipelineDeclaration,
    ) -> PipelineDeclaration {
        let arn = &pipeline.arn;
        let Some(last) = self.state.last_parts(self.names(), arn, found) else { return before.clone() };
        let (there, now) = (leaves(&found.declaration, arn.region()), meaning(&found.declaration, arn.region()));
        let as_it_is = written(&found.declaration);
        let before = &with_later_actions(before, found, |action| {
            let version = there.keys().filter(|path| is_in(path, action)).find_map(|path| last.from(path))?;
            self.state.earlier.get(arn)?.get(&version)
        });
        let mut value = written(before);
        for member in WrittenMember::all(&now) {
            let Some(version) = member.leaves(&there).keys().find_map(|path| last.from(path)) else { continue };
            if !member.has_place_in(&value) {
                continue;
            }
            let before = match self.state.member_before(arn, found, &now, &member, version) {
                MemberBefore::Other(before) => before,
                MemberBefore::Same => member.of(&as_it_is).cloned(),
                MemberBefore::NotKnown => {
                    let what = format!("`{}` of pipeline `{arn}`", member.path);
                    self.findings.push(not_known_before(Place::pipeline(&pipeline.item), &what));
                    member.of(&as_it_is).cloned()
                }
            };
            member.put_into(&mut value, before);
        }
        read(value, found, before)
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
        let others = of_others(&self.names().collect::<Vec<_>>(), found);
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

/// What a pipeline was, with the actions that others have added since and the program wrote over, by the version that was there before it did.
fn with_later_actions<'a>(
    before: &PipelineDeclaration,
    found: &PipelineState,
    version_before: impl Fn(&str) -> Option<&'a PipelineDeclaration>,
) -> PipelineDeclaration {
    let mut before = before.clone();
    for stage in found.declaration.stages.iter().flatten() {
        for action in stage.actions.iter().flatten() {
            let is_there = action_of(&before, &stage.name, &action.name).is_some();
            let earlier = || version_before(&action_path(&stage.name, &action.name)).filter(|_| !is_there);
            let Some(earlier) = earlier().and_then(|earlier| action_of(earlier, &stage.name, &action.name)) else {
                continue;
            };
            let stages = before.stages.get_or_insert_default();
            let at = stages.iter().position(|other| other.name == stage.name).unwrap_or(stages.len());
            if at == stages.len() {
                stages.push(StageDeclaration { name: stage.name.clone(), ..StageDeclaration::default() });
            }
            let stage = stages.get_mut(at).into_iter();
            stage.for_each(|stage| stage.actions.get_or_insert_default().push(earlier.clone()));
        }
    }
    before
}

fn action_of<'a>(of: &'a PipelineDeclaration, stage: &str, action: &str) -> Option<&'a ActionDeclaration> {
    let stage = of.stages.iter().flatten().find(|other| other.name == stage)?;
    stage.actions.iter().flatten().find(|other| other.name == action)
}

/// What is reported of members that are left.
struct Told<'a> {
    pipeline: &'a Pipeline,
    deletes: bool,
    /// Whether what is not known never will be.
    for_good: bool,
    /// What is put back, or would be.
    lines: Vec<String>,
    findings: Vec<Finding>,
}

impl Told<'_> {
    /// `refused` is why it can't be put back.
    fn member(&mut self, member: &WrittenMember, outcome: &Outcome, there: &Value, refused: Option<&str>) {
        let path = &member.path;
        let what = format!("`{path}` of pipeline `{}`", self.pipeline.arn);
        let place = Place::pipeline(&self.pipeline.item);
        let stays = |why: &str| Finding::of(&rules::XA1019, place.clone(), format!("{what} stays as it is: {why}"));
        match outcome {
            Outcome::AsBefore => {}
            Outcome::PutBack(before) => {
                let mut shown = before.clone();
                shown.iter_mut().for_each(Value::sort_all_objects);
                let change = Change::new(path.clone(), member.of(there), shown.as_ref());
                match refused {
                    None => self.lines.push(change.to_string()),
                    Some(why) if self.deletes => {
                        let why = format!("what was there before does not fit what the pipeline has now: {why}");
                        self.findings.push(stays(&why));
                    }
                    Some(why) => self.lines.push(format!("? {path}: it would stay: {why}")),
                }
            }
            Outcome::Stays(By::Topology(topology)) if self.deletes => {
                self.findings.push(written_by(place, path, &self.pipeline.arn, topology));
            }
            Outcome::Stays(by) if self.deletes => {
                let have = if matches!(by, By::Others) { "have" } else { "may have" };
                let why = format!("the program no longer writes it, and others {have} changed it since it did");
                self.findings.push(stays(&why));
            }
            Outcome::NotKnown if self.deletes => {
                let help = match self.for_good {
                    true => format!("{BY_HAND}; after this it is not reported again"),
                    false => format!("allow `codepipeline:GetPipeline` for all versions of it, or {BY_HAND}"),
                };
                self.findings.push(not_known_before(place, &what).help(help));
            }
            // It is theirs.
            Outcome::Stays(By::Others | By::Topology(_)) => {}
            Outcome::Stays(By::MaybeOthers) => self.not_known(path, "others may have changed it since"),
            Outcome::NotKnown => self.not_known(path, "what it held before is not known"),
        }
    }

    fn not_known(&mut self, path: &str, why: &str) {
        let ends = if self.for_good { ", and ends this warning" } else { ": the history may not be read" };
        self.lines.push(format!("? {path}: {why}; a prune leaves it as it is{ends}"));
    }
}

/// Reports what a pipeline still holds of what the program wrote, or held until it is put back.
fn holds_what_is_left(pipeline: &Pipeline, topology: &TopologyName, deletes: bool, lines: &[String]) -> Finding {
    let lines: String = lines.iter().map(|line| format!("\n      {line}")).collect();
    let told =
        format!("pipeline `{}` holds what topology `{topology}` wrote and the program no longer writes", pipeline.arn);
    let (message, on_request) = match deletes {
        true => (format!("{told}; what was there before is put back:{lines}"), ""),
        false => (
            format!("{told}; it stays. To put back what was there before would be{lines}"),
            "plan with `Intent::Prune`, or `prune`, to put it back; ",
        ),
    };
    let help = format!(
        "{on_request}if another program with a topology `{topology}` writes it, give that topology a name of its own first"
    );
    Finding::of(&rules::XA1054, Place::pipeline(&pipeline.item), message).help(help)
}

/// A pipeline with members put back.
struct Fitting {
    declaration: PipelineDeclaration,
    /// The paths of those that are not, each with what would be wrong.
    refused: Vec<(String, String)>,
}

/// Puts back members, but for those with which the pipeline would no longer be one: others may have come to rely on what the topology wrote.
fn fitting(
    pipeline: &Pipeline,
    found: &PipelineState,
    declaration: &PipelineDeclaration,
    members: Vec<(&WrittenMember, &Option<Value>)>,
) -> Fitting {
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
        return Fitting { declaration: whole, refused: Vec::new() };
    }
    let known = errors(declaration);
    let wrong = |of: &PipelineDeclaration| errors(of).into_iter().find(|error| !known.contains(error));
    if wrong(&whole).is_none() {
        return Fitting { declaration: whole, refused: Vec::new() };
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
            return Fitting { declaration: with(&fit), refused };
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

/// Reports that something keeps what the program wrote.
pub(in crate::plan) fn not_known_before(place: Place, what: &str) -> Finding {
    let message = format!("{what} keeps what the program wrote, since it is not known what it held before");
    Finding::of(&rules::XA1024, place, message).help(BY_HAND)
}
