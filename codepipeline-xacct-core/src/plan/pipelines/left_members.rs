//! What a topology wrote into an extended pipeline, and its program does not write any more.
//!
//! The tags of the pipeline have a digest of each member that the topology last wrote or took out, and say in which version of the pipeline is what was
//! there before: in that from before the topology extended it, or for a member that the program got later in another one. So, of each member of the pipeline
//! that the program doesn't write and the tags name:
//!
//! 1. If another topology has it in its tags, it is that topology's by now.
//! 2. If it is not what the topology last wrote, it is that of others. If something that the topology wrote has gone, and it is not known what, it may be.
//! 3. Otherwise it is left, and what was there before is in the history. Where the tags or the history don't tell, it is not known, and it stays.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::added_parts::AddedParts;
use super::entries::with_stores;
use super::leaves::{leaves, meaning, paths, written};
use super::member_before::MemberBefore;
use super::taken_out::taken_out;
use super::written_members::WrittenMember;
use crate::ids::{PipelineArn, TopologyName};
use crate::ordered::set;
use crate::plan::input::options::Intent;
use crate::plan::input::state::{PipelineState, State};
use crate::plan::ownership::applied_parts::{AppliedParts, digest};
use crate::plan::ownership::tags::extended;
use crate::topology::items::{Ownership, Pipeline, Topology};

/// A member that is left.
pub(in crate::plan) struct Left {
    pub(in crate::plan) member: WrittenMember,
    /// The version that has what was there before, where it is known.
    version: Option<i64>,
    /// Whose it is by now, if not the topology's alone.
    by: Option<By>,
}

/// Who else wrote a member.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::plan) enum By {
    /// Others changed it since.
    Others,
    /// Others may have changed it since: something that the topology wrote has gone, and it is not known what.
    MaybeOthers,
    /// Another topology writes it as well.
    Topology(TopologyName),
}

/// What can be said of a member that is left.
#[derive(Debug, PartialEq)]
pub(in crate::plan) enum Outcome {
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
    intent: Intent,
) -> BTreeMap<PipelineArn, BTreeSet<i64>> {
    let mut versions: BTreeMap<PipelineArn, BTreeSet<i64>> = BTreeMap::new();
    for (arn, found) in &state.pipelines {
        let Some(found) = found.present() else { continue };
        let pipeline = match topology.pipeline(arn) {
            Some(pipeline) if pipeline.ownership != Ownership::Extended => continue,
            Some(pipeline) if intent != Intent::Destroy => pipeline.clone(),
            _ => left_pipeline(arn),
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

/// The members of a pipeline that are left. `held` is what the topology added, which is not among them.
pub(in crate::plan) fn left(
    pipeline: &Pipeline,
    found: &PipelineState,
    state: &State,
    names: &[&TopologyName],
    held: &AddedParts,
) -> Vec<Left> {
    let home = pipeline.arn.region();
    let Some(last) = state.last_parts(names.iter().copied(), &pipeline.arn, found) else { return Vec::new() };
    let before = found.version_before(names.iter().copied());
    let ours = written(&with_stores(&mut found.declaration.clone(), &pipeline.declaration, home));
    let away = taken_out(pipeline);
    let there = leaves(&found.declaration, home);
    let known = paths(&found.declaration, home);
    let earlier = state.earlier.get(&pipeline.arn).into_iter().flat_map(|versions| versions.values());
    let earlier: BTreeSet<String> = set(earlier.flat_map(|version| leaves(version, home).into_keys()));
    let others = of_others(names, found);
    let members = WrittenMember::all(&meaning(&found.declaration, home)).into_iter();
    let is_ours = |member: &WrittenMember| member.of(&ours).is_some() || away.contains(&member.path);
    let members = members.filter(|member| !is_ours(member) && !member.is_added(held));
    // The version that has what was there before, and who else wrote it; `None` where the topology did not.
    let judged = |member: &WrittenMember| {
        let within = member.leaves(&there);
        let version = within.keys().find_map(|path| last.of(path).map(|_| last.from(path).or(before)))?;
        // What has gone from elsewhere has not gone from it.
        let elsewhere = || earlier.iter().filter(|path| !member.covers(path));
        let is_whole =
            within.keys().all(|path| **path == member.path) || last.are_all_among(known.iter().chain(elsewhere()));
        let is_last = |(path, value): (&&String, &Option<&String>)| {
            last.of(path).is_some_and(|digests| digests.contains(&digest(*value)))
        };
        let by = match writer(&others, member, &there) {
            Some(topology) => Some(By::Topology(topology.clone())),
            None if !within.iter().all(is_last) => Some(By::Others),
            None => (!is_whole).then_some(By::MaybeOthers),
        };
        Some((version, by))
    };
    let left = members.filter_map(|member| judged(&member).map(|(version, by)| Left { member, version, by }));
    left.collect()
}

/// What other topologies wrote, by their tags.
pub(in crate::plan) fn of_others(names: &[&TopologyName], found: &PipelineState) -> Vec<(TopologyName, AppliedParts)> {
    let others = extended(&found.tags).into_iter().filter_map(|name| name.parse().ok());
    let others = others.filter(|name| !names.contains(&name));
    others.filter_map(|name: TopologyName| Some((name.clone(), AppliedParts::read([&name], &found.tags)?))).collect()
}

/// The other topology that writes a member. `there` is what the pipeline has.
pub(in crate::plan) fn writer<'a>(
    others: &'a [(TopologyName, AppliedParts)],
    member: &WrittenMember,
    there: &BTreeMap<String, String>,
) -> Option<&'a TopologyName> {
    let within = member.leaves(there);
    let (topology, _) = others.iter().find(|(_, applied)| within.keys().any(|path| applied.has(path)))?;
    Some(topology)
}

impl Left {
    /// What can be said of it. `now` is what the pipeline means.
    pub(in crate::plan) fn outcome(
        self,
        state: &State,
        arn: &PipelineArn,
        found: &PipelineState,
        now: &Value,
    ) -> (WrittenMember, Outcome) {
        let Left { member, version, by } = self;
        let before = version.map(|version| state.member_before(arn, found, now, &member, version));
        let outcome = match (before.unwrap_or(MemberBefore::NotKnown), by) {
            (MemberBefore::Same, _) => Outcome::AsBefore,
            (_, Some(by)) => Outcome::Stays(by),
            (MemberBefore::NotKnown, None) => Outcome::NotKnown,
            (MemberBefore::Other(before), None) => Outcome::PutBack(before),
        };
        (member, outcome)
    }
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;
    use serde_json::json;

    use super::*;
    use crate::check::tags::TAGS;
    use crate::declaration::PipelineDeclaration;
    use crate::plan::input::state::Found;
    use crate::plan::ownership::applied_parts::short;
    use crate::plan::ownership::tags::extended_by_tag;

    const MODE: &str = "executionMode";
    const ROLE: &str = "stages[s].actions[a].roleArn";

    fn arn() -> PipelineArn {
        "arn:aws:codepipeline:eu-west-1:111111111111:p".parse().unwrap()
    }

    fn declaration(version: i64, mode: &str, role: Option<&str>) -> PipelineDeclaration {
        let id = json!({ "category": "Invoke", "owner": "AWS", "provider": "CodePipeline", "version": "1" });
        let mut action = json!({ "name": "a", "actionTypeId": id });
        role.into_iter().for_each(|role| action["roleArn"] = role.into());
        let stages = json!([{ "name": "s", "actions": [action] }]);
        let whole = json!({ "name": "p", "version": version, "executionMode": mode, "stages": stages });
        serde_json::from_value(whole).unwrap()
    }

    /// The tags of a topology that wrote these members into a pipeline that was created at some time.
    fn tags(topology: &str, created: &str, members: &[(&str, Option<&str>)]) -> IndexMap<String, String> {
        let topology = topology.parse().unwrap();
        let value = |value: &str| serde_json::Value::from(value).to_string();
        let same = members.iter().map(|(path, of)| (short(path), digest(of.map(value).as_ref()))).collect();
        let applied = AppliedParts { of: Some(short(created)), seen: 1, same, ..AppliedParts::default() };
        let mut tags = applied.tags(&topology, TAGS);
        tags.insert(extended_by_tag(&topology), "1".to_owned());
        tags
    }

    /// What becomes of what `release` left in a pipeline whose first version was of mode QUEUED, with a role.
    fn outcomes(now: PipelineDeclaration, tags: IndexMap<String, String>) -> Vec<(String, Outcome)> {
        let found = PipelineState { declaration: now, created: "today".to_owned(), tags };
        let first = declaration(1, "QUEUED", Some("theirs"));
        let state = State {
            pipelines: [(arn(), Found::Present(found.clone()))].into(),
            earlier: [(arn(), [(1, first)].into())].into(),
            ..State::default()
        };
        let name = "release".parse().unwrap();
        let all = left(&left_pipeline(&arn()), &found, &state, &[&name], &AddedParts::default());
        let there = meaning(&found.declaration, arn().region());
        let all = all.into_iter().map(|left| left.outcome(&state, &arn(), &found, &there));
        all.map(|(member, outcome)| (member.path, outcome)).collect()
    }

    fn ours() -> PipelineDeclaration {
        declaration(2, "PARALLEL", None)
    }

    #[test]
    fn what_the_topology_wrote_and_took_out_is_put_back_as_the_first_version_has_it() {
        let tags = tags("release", "today", &[(MODE, Some("PARALLEL")), (ROLE, None)]);
        let back = |path: &str, value: &str| (path.to_owned(), Outcome::PutBack(Some(value.into())));
        assert_eq!(outcomes(ours(), tags.clone()), [back(MODE, "QUEUED"), back(ROLE, "theirs")]);
        let as_before = |path: &str| (path.to_owned(), Outcome::AsBefore);
        let now = declaration(3, "QUEUED", Some("theirs"));
        assert_eq!(outcomes(now, tags), [as_before(MODE), as_before(ROLE)]);
    }

    #[test]
    fn what_others_changed_or_another_topology_has_in_its_tags_stays() {
        let ours_alone = tags("release", "today", &[(MODE, Some("PARALLEL")), (ROLE, None)]);
        let stays = |path: &str, by: By| (path.to_owned(), Outcome::Stays(by));
        let now = declaration(3, "SUPERSEDED", Some("another"));
        assert_eq!(outcomes(now, ours_alone.clone()), [stays(MODE, By::Others), stays(ROLE, By::Others)]);
        let mut both = ours_alone;
        both.extend(tags("checks", "today", &[(MODE, Some("PARALLEL")), (ROLE, None)]));
        let checks = || By::Topology("checks".parse().unwrap());
        assert_eq!(outcomes(ours(), both.clone()), [stays(MODE, checks()), stays(ROLE, checks())]);
        both.shift_remove("codepipeline-xacct:extended-by:checks");
        assert_eq!(outcomes(ours(), both), [stays(MODE, checks()), stays(ROLE, checks())]);
    }

    #[test]
    fn without_the_version_before_nothing_is_known_and_without_a_record_nothing_is_left() {
        let written = [(MODE, Some("PARALLEL"))];
        let mut unmarked = tags("release", "today", &written);
        unmarked.shift_remove("codepipeline-xacct:extended-by:release");
        let of_another_pipeline = tags("release", "yesterday", &written);
        for tags in [unmarked.clone(), of_another_pipeline] {
            assert_eq!(outcomes(ours(), tags), [(MODE.to_owned(), Outcome::NotKnown)]);
        }
        unmarked.retain(|key, _| !key.contains("applied-by"));
        unmarked.insert("codepipeline-xacct:extended-by:release".to_owned(), "1".to_owned());
        assert_eq!(outcomes(ours(), unmarked), []);
    }
}
