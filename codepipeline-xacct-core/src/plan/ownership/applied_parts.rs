//! The tags of an extended pipeline that say what a topology last wrote into it: a digest of each member that is the program's own. Where they have no room
//! for that, an action that the topology added has one digest.
//!
//! Others write the rest of the pipeline, so its versions and its declaration as a whole say nothing about these members. The tags are written before
//! the pipeline. Whether it was written after them, the pipeline or its history tells.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use indexmap::IndexMap;

use super::applied_tag::{APPLIED_BY, OTHERS, parts_of, value};
use super::digest::of_text;
use super::numbered_tags::NumberedTags;
use crate::check::tags::TAG_VALUE;
use crate::declaration::PipelineDeclaration;
use crate::ids::{PipelineArn, Region, TopologyName};
use crate::ordered::set;
use crate::plan::input::state::{PipelineState, State};
use crate::plan::pipelines::leaves::{action_paths, by_action, leaves};

const TAGS: &str = "tags";
const SEEN: &str = "seen";
const SAME: &str = "same";
const NEW: &str = "new";
const WAS: &str = "was";
const FROM: &str = "from";
const OF: &str = "of";

/// How much of a digest a tag has, in bytes.
const DIGITS: usize = 6;

/// How many tags the digests may take.
const MOST: usize = 8;

/// The digests of values, by those of the paths of their members.
type Digests = BTreeMap<String, String>;

/// What a topology wrote into a pipeline, or is about to write.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::plan) struct AppliedParts {
    /// The digest of when the pipeline was created: one that is created again has other versions.
    pub(in crate::plan) of: Option<String>,
    /// The version of the pipeline when the plan was made.
    pub(in crate::plan) seen: i64,
    /// Members that were written before.
    pub(in crate::plan) same: Digests,
    /// Members that are written for the first time.
    pub(in crate::plan) new: Digests,
    /// What was written before of those members that change, or go.
    pub(in crate::plan) was: Digests,
    /// The versions that were there before the topology first wrote a member, by the digests of their paths; only where that is not the version that was there
    /// before it extended the pipeline.
    pub(in crate::plan) from: BTreeMap<String, i64>,
}

/// What a topology last wrote into a pipeline: the digests that each member may have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::plan) struct LastParts {
    digests: BTreeMap<String, Vec<String>>,
    /// Those that went with the last write, if it was carried out.
    going: BTreeSet<String>,
    from: BTreeMap<String, i64>,
}

impl LastParts {
    /// The digests that a member may have; `None` where the topology did not write it.
    pub(in crate::plan) fn of(&self, path: &str) -> Option<&[String]> {
        self.digests.get(&short(path)).map(Vec::as_slice)
    }

    pub(in crate::plan) fn is_empty(&self) -> bool {
        self.digests.is_empty()
    }

    /// The version that was there before the topology first wrote a member, where that is not the one that was there before it extended the pipeline.
    pub(in crate::plan) fn from(&self, path: &str) -> Option<i64> {
        self.from.get(&short(path)).copied()
    }

    /// Whether the topology wrote all of its members at some of these paths, but for those that it took out.
    pub(in crate::plan) fn are_all_among<'a>(&self, paths: impl IntoIterator<Item = &'a String>) -> bool {
        let known: BTreeSet<String> = set(paths.into_iter().map(|path| short(path)));
        let is_away = |digests: &[String]| digests.contains(&digest(None));
        self.digests.iter().all(|(path, of)| known.contains(path) || self.going.contains(path) || is_away(of))
    }
}

impl State {
    /// What a topology of one of these names last wrote into an extended pipeline.
    pub(in crate::plan) fn last_parts<'a>(
        &self,
        names: impl IntoIterator<Item = &'a TopologyName>,
        pipeline: &PipelineArn,
        found: &PipelineState,
    ) -> Option<LastParts> {
        let none = IndexMap::new();
        let earlier = self.earlier.get(pipeline).unwrap_or(&none);
        let mut applied = AppliedParts::read(names, &found.tags)?;
        if !applied.is_of(found) {
            applied.from.clear();
        }
        Some(applied.last(&found.declaration, earlier, pipeline.region()))
    }
}

impl AppliedParts {
    /// What the tags of a topology of one of these names say.
    pub(in crate::plan) fn read<'a>(
        names: impl IntoIterator<Item = &'a TopologyName>,
        tags: &IndexMap<String, String>,
    ) -> Option<Self> {
        names.into_iter().find_map(|name| Self::of_topology(name, tags))
    }

    /// Whether they are of this pipeline, and not of one of its name that was there before.
    pub(in crate::plan) fn is_of(&self, found: &PipelineState) -> bool {
        self.of.as_ref().is_none_or(|of| *of == short(&found.created))
    }

    /// Whether the topology wrote a member, or is about to write it.
    pub(in crate::plan) fn has(&self, path: &str) -> bool {
        let path = short(path);
        [&self.same, &self.new, &self.was].iter().any(|digests| digests.contains_key(&path))
    }

    fn of_topology(topology: &TopologyName, tags: &IndexMap<String, String>) -> Option<Self> {
        let keys = NumberedTags::of(APPLIED_BY, topology);
        let first = tags.get(&keys.key(1))?;
        let number: usize = parts_of(first).get(TAGS)?.parse().ok().filter(|number| *number <= MOST)?;
        let texts: Option<Vec<&str>> =
            (1..=number).map(|number| tags.get(&keys.key(number)).map(String::as_str)).collect();
        let text = texts?.concat();
        let parts = parts_of(&text);
        let digests = |name: &str| parts.get(name).map_or_else(|| Some(Digests::new()), |text| digests(text));
        Some(Self {
            seen: parts.get(SEEN)?.parse().ok().filter(|seen| *seen >= 0)?,
            same: digests(SAME)?,
            new: digests(NEW)?,
            was: digests(WAS)?,
            from: parts.get(FROM).map_or_else(|| Some(BTreeMap::new()), |text| versions(text))?,
            of: parts.get(OF).map(|of| (*of).to_owned()),
        })
    }

    /// The tags; none if they would be too many, or more than there is room for: then what others change is not told from what the program changes.
    pub(in crate::plan) fn tags(&self, topology: &TopologyName, room: usize) -> IndexMap<String, String> {
        let text = |number: usize| {
            let lists = [(SAME, &self.same), (NEW, &self.new), (WAS, &self.was)].into_iter();
            let lists = lists.filter(|(_, digests)| !digests.is_empty());
            let lists = lists.map(|(name, digests)| (name, digests.iter().flat_map(|(k, v)| [&**k, &**v]).collect()));
            let from = (!self.from.is_empty()).then(|| (FROM, self.versions_text()));
            let of = self.of.clone().map(|of| (OF, of));
            let first = [(TAGS, number.to_string()), (SEEN, self.seen.to_string())];
            value(first.into_iter().chain(of).chain(lists).chain(from))
        };
        // The number has one digit.
        let number = text(MOST).len().div_ceil(TAG_VALUE);
        if number > MOST.min(room) || (self.same.is_empty() && self.new.is_empty()) {
            return IndexMap::new();
        }
        let text = text(number);
        let chunks = text.as_bytes().chunks(TAG_VALUE).map(|chunk| String::from_utf8_lossy(chunk).into_owned());
        let keys = NumberedTags::of(APPLIED_BY, topology);
        (1..).map(|number| keys.key(number)).zip(chunks).collect()
    }

    /// `12:0123ab4567cd.15:89abef`
    fn versions_text(&self) -> String {
        let mut by_version: BTreeMap<i64, String> = BTreeMap::new();
        for (path, version) in &self.from {
            by_version.entry(*version).or_default().push_str(path);
        }
        let texts: Vec<String> = by_version.iter().map(|(version, paths)| format!("{version}:{paths}")).collect();
        texts.join(".")
    }

    /// The versions that may be the one that was about to be written.
    pub(in crate::plan) fn candidates(&self, now: &PipelineDeclaration, home: &Region) -> RangeInclusive<i64> {
        let before = now.version.unwrap_or_default().saturating_sub(1);
        let last = match self.is_written_in(now, home) {
            true => self.seen,
            false => before.min(self.seen.saturating_add(OTHERS)),
        };
        self.seen.saturating_add(1)..=last
    }

    /// Whether a version has all that was about to be written. What goes is not looked at.
    fn is_written_in(&self, declaration: &PipelineDeclaration, home: &Region) -> bool {
        let changed = self.same.iter().filter(|(path, _)| self.was.contains_key(*path)).chain(&self.new);
        let mut changed = changed.peekable();
        if changed.peek().is_none() {
            return true;
        }
        let lists = [&self.same, &self.new, &self.was];
        let whole = |path: &String| lists.iter().any(|digests| digests.contains_key(&short(path)));
        let actions = set(action_paths(declaration).into_iter().filter(whole));
        let there = by_action(leaves(declaration, home), &actions);
        let there: Digests = there.iter().map(|(path, value)| (short(path), short(value))).collect();
        changed.all(|(path, value)| *there.get(path).unwrap_or(&digest(None)) == *value)
    }

    /// What was last written, given the pipeline and the versions among its candidates that could be read.
    pub(in crate::plan) fn last(
        &self,
        now: &PipelineDeclaration,
        earlier: &IndexMap<i64, PipelineDeclaration>,
        home: &Region,
    ) -> LastParts {
        let candidates = self.candidates(now, home);
        let mut read = candidates.clone().filter_map(|version| earlier.get(&version));
        let is_written = self.is_written_in(now, home) || read.any(|version| self.is_written_in(version, home));
        let is_known = is_written || candidates.into_iter().all(|version| earlier.contains_key(&version));
        let mut digests: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let written = self.same.iter().chain(self.new.iter().filter(|_| is_written));
        let written = written.filter(|(path, _)| is_written || !is_known || !self.was.contains_key(*path));
        let before = self.was.iter().filter(|(path, _)| !is_written || !self.same.contains_key(*path));
        for (path, value) in written.chain(before) {
            digests.entry(path.clone()).or_default().push(value.clone());
        }
        let going = self.was.keys().filter(|path| !self.same.contains_key(*path)).cloned();
        LastParts { digests, going: set(going), from: self.from.clone() }
    }
}

/// The digest of a member, also of one that is not there.
pub(in crate::plan) fn digest(value: Option<&String>) -> String {
    short(value.map_or("", String::as_str))
}

/// The digest of a value, or of a path.
pub(in crate::plan) fn short(text: &str) -> String {
    of_text(text).chars().take(DIGITS).collect()
}

fn digests(text: &str) -> Option<Digests> {
    let pairs = text.as_bytes().chunks(2 * DIGITS).map(|pair| {
        let (path, value) = str::from_utf8(pair).ok()?.split_at_checked(DIGITS)?;
        (value.len() == DIGITS).then(|| (path.to_owned(), value.to_owned()))
    });
    pairs.collect()
}

fn versions(text: &str) -> Option<BTreeMap<String, i64>> {
    let mut versions = BTreeMap::new();
    for group in text.split('.') {
        let (version, paths) = group.split_once(':')?;
        let version: i64 = version.parse().ok().filter(|version| *version >= 1)?;
        for path in paths.as_bytes().chunks(DIGITS) {
            versions.insert(str::from_utf8(path).ok().filter(|path| path.len() == DIGITS)?.to_owned(), version);
        }
    }
    Some(versions)
}

/// The tags in which a topology has its record.
pub(in crate::plan) fn parts_tags_of<'a>(
    topology: &TopologyName,
    tags: &'a IndexMap<String, String>,
) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
    NumberedTags::of(APPLIED_BY, topology).among(tags)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::tags::TAGS;

    fn topology() -> TopologyName {
        "release".parse().unwrap()
    }

    fn digests(pairs: &[(&str, &str)]) -> Digests {
        pairs.iter().map(|(path, value)| (short(path), short(value))).collect()
    }

    fn many(number: usize) -> AppliedParts {
        let same = (0..number).map(|number| (short(&number.to_string()), short("x"))).collect();
        AppliedParts { seen: 9, same, ..AppliedParts::default() }
    }

    #[test]
    fn tags_are_read_as_they_are_written_and_others_are_not_known() {
        let all = AppliedParts {
            of: Some(short("2026-11-30")),
            seen: 12,
            same: digests(&[("a", "1"), ("b", "2")]),
            new: digests(&[("c", "1")]),
            was: digests(&[("b", "1"), ("d", "1")]),
            from: [("a", 15), ("b", 12), ("c", 15)].map(|(path, version)| (short(path), version)).into(),
        };
        for applied in [all, many(1), many(21), many(100)] {
            let tags = applied.tags(&topology(), TAGS);
            assert!(tags.values().all(|value| value.len() <= TAG_VALUE), "{tags:?}");
            assert_eq!(AppliedParts::read([&topology()], &tags), Some(applied));
            assert_eq!(AppliedParts::read([&"other".parse().unwrap()], &tags), None);
        }
        let first = "codepipeline-xacct:applied-by:release:1".to_owned();
        for value in [
            "",
            "1/tags=1/seen=x",
            "1/tags=2/seen=1/same=0123456789ab",
            "1/tags=1/seen=1/same=0123",
            "1/tags=1/seen=1/same=01234\u{e9}6789a",
            "1/tags=99999999999999999999/seen=1",
            "1/tags=1/seen=1/from=x:012345",
            "1/tags=1/seen=1/from=3:0123",
            "2/tags=1/seen=1",
        ] {
            let tags = IndexMap::from([(first.clone(), value.to_owned())]);
            assert_eq!(AppliedParts::read([&topology()], &tags), None, "{value}");
        }
    }

    #[test]
    fn what_takes_too_many_tags_is_not_recorded() {
        assert!(many(160).tags(&topology(), TAGS).len() <= MOST);
        assert!(many(180).tags(&topology(), TAGS).is_empty());
        assert!(many(30).tags(&topology(), 1).is_empty());
    }

    #[test]
    fn what_was_about_to_be_written_is_only_known_once_it_was() {
        let home = "eu-west-1".parse().unwrap();
        let declaration = |version: i64, mode: &str| PipelineDeclaration {
            version: Some(version),
            ..crate::declaration::read(&format!(r#"{{"name":"p","executionMode":"{mode}"}}"#)).unwrap()
        };
        let applied = AppliedParts {
            seen: 3,
            same: digests(&[("executionMode", "\"QUEUED\"")]),
            was: digests(&[("executionMode", "\"PARALLEL\"")]),
            ..AppliedParts::default()
        };
        let last = |now: &PipelineDeclaration, earlier: &[(i64, &str)]| {
            let earlier = earlier.iter().map(|(version, mode)| (*version, declaration(*version, mode))).collect();
            applied.last(now, &earlier, &home).of("executionMode").map(<[_]>::to_vec)
        };
        let (queued, parallel) = (short("\"QUEUED\""), short("\"PARALLEL\""));
        // It is there.
        assert_eq!(last(&declaration(4, "QUEUED"), &[]), Some(vec![queued.clone()]));
        // It was not written, and then others wrote.
        assert_eq!(last(&declaration(3, "PARALLEL"), &[]), Some(vec![parallel.clone()]));
        assert_eq!(last(&declaration(5, "SUPERSEDED"), &[(4, "PARALLEL")]), Some(vec![parallel.clone()]));
        // It was written before others wrote, also where they put back what was there before.
        assert_eq!(last(&declaration(5, "PARALLEL"), &[(4, "QUEUED")]), Some(vec![queued.clone()]));
        // Not known.
        assert_eq!(applied.candidates(&declaration(5, "PARALLEL"), &home), 4..=4);
        assert_eq!(last(&declaration(5, "PARALLEL"), &[]), Some(vec![queued, parallel]));
    }
}
