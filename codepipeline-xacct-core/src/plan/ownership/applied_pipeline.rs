//! The tag of a managed pipeline that says what was last applied to it.
//!
//! The tag is written before the pipeline, and names what is about to be written. Whether it was written, and as which version, the history of the
//! pipeline tells.

use std::ops::RangeInclusive;

use indexmap::IndexMap;

use super::applied_tag::{APPLIED_TAG, OTHERS, parts, value};
use super::digest::{Extent, of_declaration};
use crate::check::tags::TAG_VALUE;
use crate::declaration::PipelineDeclaration;
use crate::ids::Region;
use crate::plan::outside::accepted_changes::AcceptedChanges;

const VERSION: &str = "version";
const DECLARATION: &str = "declaration";
const KEPT: &str = "kept";
/// As tags in use have it.
const ACCEPTED: &str = "took";
const NEXT: &str = "next";
const NEXT_KEPT: &str = "next-kept";

/// A version of a pipeline that a topology wrote, or is about to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::plan) struct AppliedVersion {
    /// Its number; of one that is about to be written, the least that it can get.
    pub(in crate::plan) version: i64,
    /// The digest of its declaration.
    digest: String,
}

impl AppliedVersion {
    pub(in crate::plan) fn of(version: i64, declaration: &PipelineDeclaration, home: &Region, extent: Extent) -> Self {
        Self { version, digest: of_declaration(declaration, home, extent) }
    }

    /// Whether a declaration means what was applied.
    pub(in crate::plan) fn is(&self, declaration: &PipelineDeclaration, home: &Region) -> bool {
        self.digest == of_declaration(declaration, home, self.extent())
    }

    /// What is in its digest.
    pub(in crate::plan) fn extent(&self) -> Extent {
        Extent::of(&self.digest)
    }

    fn read(text: &str) -> Option<Self> {
        let (version, digest) = text.split_once(':')?;
        Some(Self { version: number(version)?, digest: digest.to_owned() })
    }
}

/// The number of a version.
fn number(text: &str) -> Option<i64> {
    text.parse().ok().filter(|number| *number > 0)
}

/// What was last applied to a pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::plan) struct AppliedPipeline {
    /// The last version that was just what the program said.
    pub(in crate::plan) said: Option<AppliedVersion>,
    /// The versions that the topology wrote since, in which what was changed outside stays: the first and the last of each run of them.
    pub(in crate::plan) kept: Vec<RangeInclusive<i64>>,
    /// What the program took over since of what was changed outside, while other changes stayed.
    pub(in crate::plan) accepted: Vec<AcceptedChanges>,
    /// What is about to be written, or was.
    pub(in crate::plan) next: Option<NextVersion>,
}

/// What changed what the program says.
pub(in crate::plan) enum Since<'a> {
    /// The versions that it wrote one after the other.
    Kept(&'a RangeInclusive<i64>),
    /// What it took over.
    AcceptedChanges(&'a AcceptedChanges),
}

/// A version that is about to be written, or was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::plan) struct NextVersion {
    pub(in crate::plan) applied: AppliedVersion,
    /// True if what was changed outside stays in it.
    pub(in crate::plan) keeps: bool,
}

impl NextVersion {
    /// The versions that it may have become, given the one that is there.
    pub(in crate::plan) fn candidates(&self, now: i64) -> RangeInclusive<i64> {
        let first = self.applied.version;
        first..=now.min(first.saturating_add(OTHERS))
    }
}

impl AppliedPipeline {
    /// A version that is just what the program says.
    pub(in crate::plan) fn said(
        version: i64,
        declaration: &PipelineDeclaration,
        home: &Region,
        extent: Extent,
    ) -> Self {
        Self { said: Some(AppliedVersion::of(version, declaration, home, extent)), ..Self::default() }
    }

    /// What a tag says; `None` if nothing is known.
    pub(in crate::plan) fn read(tags: &IndexMap<String, String>) -> Option<Self> {
        let parts = parts(tags, APPLIED_TAG);
        let said = || {
            let version = number(parts.get(VERSION)?)?;
            Some(AppliedVersion { version, digest: (*parts.get(DECLARATION)?).to_owned() })
        };
        let next =
            |name: &str, keeps: bool| Some(NextVersion { applied: AppliedVersion::read(parts.get(name)?)?, keeps });
        let kept = parts.get(KEPT).into_iter().flat_map(|text| text.split('.')).filter_map(run).collect();
        let accepted = parts
            .get(ACCEPTED)
            .into_iter()
            .flat_map(|text| text.split('_'))
            .filter_map(AcceptedChanges::read)
            .collect();
        let applied = Self { said: said(), kept, accepted, next: next(NEXT, false).or_else(|| next(NEXT_KEPT, true)) };
        (applied.said.is_some() || applied.next.is_some()).then_some(applied)
    }

    /// Whether a tag has room for all without which changes of the program would be taken for those of others.
    pub(in crate::plan) fn fits(&self) -> bool {
        let needed = Self { accepted: Vec::new(), ..self.clone() };
        needed.whole_tag().len() <= TAG_VALUE
    }

    /// The value of the tag. What it has no room for goes: later plans take it for changes from outside, which they show.
    pub(in crate::plan) fn tag(&self) -> String {
        let mut applied = self.clone();
        loop {
            let tag = applied.whole_tag();
            // What the program took over is not lost without it, but in conflict once the program changes it.
            if tag.len() <= TAG_VALUE || (applied.accepted.pop().is_none() && applied.kept.pop().is_none()) {
                return tag;
            }
        }
    }

    fn whole_tag(&self) -> String {
        let said = self.said.iter();
        let said = said.flat_map(|said| [(VERSION, said.version.to_string()), (DECLARATION, said.digest.clone())]);
        let run = |run: &RangeInclusive<i64>| match (run.start(), run.end()) {
            (first, last) if first == last => first.to_string(),
            (first, last) => format!("{first}-{last}"),
        };
        let kept: Vec<String> = self.kept.iter().map(run).collect();
        let kept = (!kept.is_empty()).then(|| (KEPT, kept.join(".")));
        let accepted: Vec<String> = self.accepted.iter().map(AcceptedChanges::text).collect();
        let accepted = (!accepted.is_empty()).then(|| (ACCEPTED, accepted.join("_")));
        let next = self.next.iter().map(|next| {
            let AppliedVersion { version, digest } = &next.applied;
            (if next.keeps { NEXT_KEPT } else { NEXT }, format!("{version}:{digest}"))
        });
        value(said.chain(kept).chain(accepted).chain(next))
    }

    /// With a version that the topology wrote, in which what was changed outside stays.
    pub(in crate::plan) fn and_kept(mut self, version: i64) -> Self {
        let is_before_accepted =
            |run: &RangeInclusive<i64>| self.accepted.iter().any(|accepted| accepted.version >= *run.end());
        match self.kept.last_mut() {
            Some(run) if run.end().checked_add(1) == Some(version) && !is_before_accepted(run) => {
                *run = *run.start()..=version
            }
            _ => self.kept.push(version..=version),
        }
        self
    }

    /// The same after the program took over something.
    pub(in crate::plan) fn and_accepted(mut self, accepted: AcceptedChanges) -> Self {
        match self.accepted.iter_mut().find(|other| other.version == accepted.version) {
            Some(other) => other.paths.extend(accepted.paths),
            None => self.accepted.push(accepted),
        }
        self
    }

    /// True if nothing that was changed outside stays in what the topology wrote, and the program took over nothing of it.
    pub(in crate::plan) fn is_just_said(&self) -> bool {
        self.kept.is_empty() && self.accepted.is_empty()
    }

    /// What came after the last version that was just what the program said, in its order.
    pub(in crate::plan) fn since(&self) -> Vec<Since<'_>> {
        let kept = self.kept.iter().map(|run| ((*run.end(), 0), Since::Kept(run)));
        let accepted = self.accepted.iter().map(|accepted| ((accepted.version, 1), Since::AcceptedChanges(accepted)));
        let mut all: Vec<_> = kept.chain(accepted).collect();
        all.sort_by_key(|(at, _)| *at);
        all.into_iter().map(|(_, since)| since).collect()
    }
}

/// What a pipeline says before a declaration is written: `versions` are those that the topology wrote, `now` the one that is there.
pub(in crate::plan) fn about_to_be(
    now: i64,
    versions: AppliedPipeline,
    written: &PipelineDeclaration,
    keeps: bool,
    home: &Region,
    extent: Extent,
) -> AppliedPipeline {
    let next = NextVersion { applied: AppliedVersion::of(now.saturating_add(1), written, home, extent), keeps };
    AppliedPipeline { next: Some(next), ..versions }
}

/// `5` or `5-7`.
fn run(text: &str) -> Option<RangeInclusive<i64>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (number(first)?, number(last)?);
    (first <= last).then_some(first..=last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(version: i64) -> AppliedVersion {
        AppliedVersion { version, digest: "0123456789abcdef".to_owned() }
    }

    fn read(value: &str) -> Option<AppliedPipeline> {
        AppliedPipeline::read(&IndexMap::from([(APPLIED_TAG.to_owned(), value.to_owned())]))
    }

    #[test]
    fn tags_are_read_as_they_are_written_and_others_are_not_known() {
        let said = AppliedPipeline { said: Some(version(12)), ..AppliedPipeline::default() };
        assert_eq!(said.tag(), "1/version=12/declaration=0123456789abcdef");
        let next = |keeps| AppliedPipeline { next: Some(NextVersion { applied: version(20), keeps }), ..said.clone() };
        let kept = next(true).and_kept(14).and_kept(16).and_kept(17).and_kept(18);
        assert_eq!(kept.tag(), "1/version=12/declaration=0123456789abcdef/kept=14.16-18/next-kept=20:0123456789abcdef");
        let accepted = |version| AcceptedChanges { version, paths: ["0a1b2c".to_owned(), "4d5e6f".to_owned()].into() };
        let with_accepted = said
            .clone()
            .and_kept(14)
            .and_accepted(accepted(14))
            .and_kept(15)
            .and_accepted(accepted(17))
            .and_accepted(accepted(17));
        assert_eq!(
            with_accepted.tag(),
            "1/version=12/declaration=0123456789abcdef/kept=14.15/took=14:0a1b2c.4d5e6f_17:0a1b2c.4d5e6f"
        );
        let adopted = AppliedPipeline { said: None, ..next(false) };
        assert_eq!(adopted.tag(), "1/next=20:0123456789abcdef");
        for applied in [&said, &next(false), &kept, &with_accepted, &adopted] {
            assert_eq!(read(&applied.tag()).as_ref(), Some(applied));
        }
        for value in [
            "",
            "2/version=1/declaration=00ff",
            "1/version=x/declaration=00ff",
            "1/version=0/declaration=00ff",
            "1/kept=3",
            "1/next=00ff",
            "1/next=-5:00ff",
        ] {
            assert_eq!(read(value), None, "{value}");
        }
    }

    #[test]
    fn no_number_of_a_version_is_too_high() {
        let highest = read("1/version=1/declaration=00ff/kept=9223372036854775807").unwrap();
        assert_eq!(highest.and_kept(3).kept.len(), 2);
    }

    #[test]
    fn a_tag_is_never_too_long_and_has_what_tags_may_have() {
        let mut applied = AppliedPipeline {
            said: Some(version(1000)),
            kept: Vec::new(),
            accepted: Vec::new(),
            next: Some(NextVersion { applied: version(9999), keeps: true }),
        };
        for number in 0..100 {
            applied = applied.and_kept(1001 + 2 * number);
        }
        assert!(!applied.fits());
        let paths = (0..40).map(|number| format!("{number:06}")).collect();
        let accepted = AppliedPipeline { kept: Vec::new(), ..applied.clone() }
            .and_accepted(AcceptedChanges { version: 1001, paths });
        assert!(
            accepted.fits() && accepted.tag().len() <= TAG_VALUE && read(&accepted.tag()).unwrap().accepted.is_empty()
        );
        let tag = applied.tag();
        assert!(tag.len() > 250 && tag.len() <= TAG_VALUE, "{tag}");
        assert!(tag.chars().all(|c| c.is_ascii_alphanumeric() || "/=:.-".contains(c)), "{tag}");
        let read = read(&tag).unwrap();
        assert_eq!((&read.said, &read.next), (&applied.said, &applied.next));
        assert_eq!(read.kept, applied.kept[..read.kept.len()], "the first ones stay");
    }
}
