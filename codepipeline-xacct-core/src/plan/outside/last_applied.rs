//! The declaration that a topology last applied to a managed pipeline, according to the tag and the history of the pipeline.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::rebase::rebase;
use crate::declaration::PipelineDeclaration;
use crate::ids::{PipelineArn, Region, TopologyName};
use crate::ordered::set;
use crate::plan::input::state::{PipelineState, State};
use crate::plan::ownership::applied_parts::AppliedParts;
use crate::plan::ownership::applied_pipeline::{AppliedPipeline, AppliedVersion, NextVersion, Since};
use crate::plan::ownership::digest::Extent;
use crate::plan::pipelines::diff::filled;

/// What was last applied to a pipeline.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::plan) struct LastApplied {
    /// The versions that the topology wrote, with one that was about to be written if it was, and without it if it was not.
    pub(in crate::plan) versions: AppliedPipeline,
    /// What the program said.
    pub(in crate::plan) program: Said,
    /// True if that may be another version than the last one that is known to be just what the program said.
    pub(in crate::plan) is_open: bool,
}

/// What the program said when it was last applied.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::plan) enum Said {
    /// What the pipeline holds: others have not changed it since.
    WhatIsThere,
    /// Another declaration than the one that the pipeline holds.
    Other(Box<PipelineDeclaration>),
    /// Something else than what the pipeline holds, but its history could not be read.
    NotKnown,
}

impl PipelineState {
    /// The earlier versions that tell what a topology of one of these names last applied; none if others have not written the pipeline since.
    pub fn versions_to_read(&self, names: &[&TopologyName], home: &Region) -> BTreeSet<i64> {
        let Some(applied) = AppliedPipeline::read(&self.tags) else {
            let parts = AppliedParts::read(names.iter().copied(), &self.tags);
            return parts.map(|parts| parts.candidates(&self.declaration, home).collect()).unwrap_or_default();
        };
        let now = self.version();
        let next = self.reached(&applied);
        if self.is_just(next, home) || next.is_none() && self.is_as_said(&applied, home) {
            return BTreeSet::new();
        }
        let mut versions = set(applied.said.iter().map(|said| said.version));
        let runs = applied.kept.iter().map(|run| (*run.start(), *run.end()));
        versions.extend(runs.flat_map(|(first, last)| [first - 1, last]));
        versions.extend(applied.accepted.iter().map(|accepted| accepted.version));
        if let Some(next) = next {
            versions.extend(next.candidates(now));
            versions.extend(next.candidates(now).filter(|_| next.keeps).map(|version| version - 1));
        }
        versions.retain(|version| (1..now).contains(version));
        versions
    }

    /// What was about to be written, if the pipeline has enough versions for it to be one of them.
    fn reached<'a>(&self, applied: &'a AppliedPipeline) -> Option<&'a NextVersion> {
        applied.next.as_ref().filter(|next| self.version() >= next.applied.version)
    }

    /// Whether what was about to be written is there, and is just what the program said.
    fn is_just(&self, next: Option<&NextVersion>, home: &Region) -> bool {
        next.is_some_and(|next| !next.keeps && next.applied.is(&self.declaration, home))
    }

    /// Whether the pipeline holds the last version that was just what the program said.
    fn is_as_said(&self, applied: &AppliedPipeline, home: &Region) -> bool {
        let is = |said: &AppliedVersion| {
            // Without the configurations of custom actions, two versions may have one digest.
            let is_whole = said.extent() == Extent::Whole;
            self.version() == said.version || is_whole && said.is(&self.declaration, home)
        };
        applied.is_just_said() && applied.said.as_ref().is_some_and(is)
    }
}

impl State {
    /// What was last applied to a pipeline, as it was found; `None` where nothing is known.
    pub(in crate::plan) fn last_applied(&self, arn: &PipelineArn, found: &PipelineState) -> Option<LastApplied> {
        let none = IndexMap::new();
        LastApplied::of(found, self.earlier.get(arn).unwrap_or(&none), arn.region())
    }
}

impl LastApplied {
    /// What was last applied to a pipeline, given its earlier versions; `None` where nothing is known.
    fn of(found: &PipelineState, earlier: &IndexMap<i64, PipelineDeclaration>, home: &Region) -> Option<Self> {
        let mut versions = AppliedPipeline::read(&found.tags)?;
        let now = found.version();
        let declaration = |version| if version == now { Some(&found.declaration) } else { earlier.get(&version) };
        let next = found.reached(&versions).cloned();
        let is_open = next.is_some() || !versions.is_just_said();
        versions.next = None;
        if found.is_just(next.as_ref(), home) {
            let versions = AppliedPipeline::said(now, &found.declaration, home, Extent::Whole);
            return Some(Self { versions, program: Said::WhatIsThere, is_open });
        }
        if let Some(next) = &next {
            for version in next.candidates(now) {
                let Some(written) = declaration(version) else {
                    return Some(Self { versions, program: Said::NotKnown, is_open });
                };
                if next.applied.is(written, home) {
                    versions = match next.keeps {
                        true => versions.and_kept(version),
                        false => AppliedPipeline::said(version, written, home, Extent::Whole),
                    };
                    break;
                }
            }
        }
        let said = versions.said.as_ref()?;
        if found.is_as_said(&versions, home) {
            return Some(Self { versions, program: Said::WhatIsThere, is_open });
        }
        let program =
            program(said, &versions, declaration, home).map_or(Said::NotKnown, |said| Said::Other(Box::new(said)));
        Some(Self { versions, program, is_open })
    }
}

/// What the program said: the last version that was just that, with what the topology changed in later ones, and what it took over from them.
fn program<'a>(
    said: &AppliedVersion,
    versions: &AppliedPipeline,
    declaration: impl Fn(i64) -> Option<&'a PipelineDeclaration>,
    home: &Region,
) -> Option<PipelineDeclaration> {
    let filled = |version| Some(filled(declaration(version)?, home));
    versions.since().into_iter().try_fold(filled(said.version)?, |program, since| match since {
        Since::Kept(run) => Some(rebase(&filled(run.start() - 1)?, &filled(*run.end())?, &program).declaration),
        Since::AcceptedChanges(accepted) => Some(accepted.added_to(&program, declaration(accepted.version)?, home)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declaration::read;
    use crate::plan::ownership::applied_tag::APPLIED_TAG;

    fn home() -> Region {
        "eu-west-1".parse().unwrap()
    }

    /// A pipeline with two actions that run these commands.
    fn declaration(ours: &str, theirs: &str) -> PipelineDeclaration {
        let action = |name: &str, command: &str| {
            let id = r#"{"category":"Compute","owner":"AWS","provider":"Commands","version":"1"}"#;
            format!(r#"{{"name":"{name}","actionTypeId":{id},"commands":["{command}"]}}"#)
        };
        let actions = [action("a", ours), action("b", theirs)].join(",");
        read(&format!(r#"{{"name":"p","stages":[{{"name":"S","actions":[{actions}]}}]}}"#)).unwrap()
    }

    /// A pipeline with these versions, and a tag.
    fn state(versions: &[(&str, &str)], tag: &AppliedPipeline) -> (PipelineState, IndexMap<i64, PipelineDeclaration>) {
        let mut history: IndexMap<i64, PipelineDeclaration> = (1..)
            .zip(versions)
            .map(|(version, (ours, theirs))| {
                (version, PipelineDeclaration { version: Some(version), ..declaration(ours, theirs) })
            })
            .collect();
        let (_, now) = history.pop().unwrap();
        let tags = IndexMap::from([(APPLIED_TAG.to_owned(), tag.tag())]);
        (PipelineState { declaration: now, created: String::new(), tags }, history)
    }

    fn said(version: i64, ours: &str, theirs: &str) -> AppliedPipeline {
        AppliedPipeline::said(version, &declaration(ours, theirs), &home(), Extent::Whole)
    }

    fn next(mut applied: AppliedPipeline, version: i64, ours: &str, theirs: &str, keeps: bool) -> AppliedPipeline {
        let next = AppliedVersion::of(version, &declaration(ours, theirs), &home(), Extent::Whole);
        applied.next = Some(NextVersion { applied: next, keeps });
        applied
    }

    /// What is known once those versions were read that have to be.
    fn last(versions: &[(&str, &str)], tag: &AppliedPipeline) -> (Vec<i64>, LastApplied) {
        let (state, history) = state(versions, tag);
        let read = state.versions_to_read(&[], &home());
        let earlier = history.into_iter().filter(|(version, _)| read.contains(version)).collect();
        (read.into_iter().collect(), LastApplied::of(&state, &earlier, &home()).unwrap())
    }

    fn other(ours: &str, theirs: &str) -> Said {
        let mut declaration = filled(&declaration(ours, theirs), &home());
        declaration.version = None;
        Said::Other(Box::new(declaration))
    }

    #[test]
    fn what_nobody_else_has_written_is_known_without_the_history() {
        let of = |(read, last): (Vec<i64>, LastApplied)| (read, last.versions, last.program);
        let first = [("1", "-")];
        assert_eq!(of(last(&first, &said(1, "1", "-"))), (vec![], said(1, "1", "-"), Said::WhatIsThere));
        // About to be written, and not written.
        let tag = next(said(1, "1", "-"), 2, "2", "-", false);
        assert_eq!(of(last(&first, &tag)), (vec![], said(1, "1", "-"), Said::WhatIsThere));
        // Written.
        let both = [("1", "-"), ("2", "-")];
        assert_eq!(of(last(&both, &tag)), (vec![], said(2, "2", "-"), Said::WhatIsThere));
    }

    #[test]
    fn an_edit_after_ours_is_told_from_ours() {
        let tag = next(said(1, "1", "-"), 2, "2", "-", false);
        let (read, found) = last(&[("1", "-"), ("2", "-"), ("2", "theirs")], &tag);
        assert_eq!((read, found.program), (vec![1, 2], other("2", "-")));
        // They put back what was there before.
        let (_, found) = last(&[("1", "-"), ("2", "-"), ("1", "-")], &tag);
        assert_eq!(found.program, other("2", "-"));
        // They wrote in the moment between the tag and the update.
        let (_, found) = last(&[("1", "-"), ("1", "theirs"), ("2", "-"), ("2", "theirs")], &tag);
        assert_eq!((found.program, found.versions), (other("2", "-"), said(3, "2", "-")));
        // Ours was never written.
        let (_, found) = last(&[("1", "-"), ("1", "theirs")], &tag);
        assert_eq!((found.program, found.versions), (other("1", "-"), said(1, "1", "-")));
    }

    #[test]
    fn what_the_program_said_is_known_also_where_edits_from_outside_were_kept() {
        let first = next(said(1, "1", "-"), 3, "2", "theirs", true);
        let versions = [("1", "-"), ("1", "theirs"), ("2", "theirs"), ("1", "theirs")];
        let (_, found) = last(&versions[..3], &first);
        assert_eq!((&found.versions, found.program), (&said(1, "1", "-").and_kept(3), other("2", "-")));
        // The program goes back to its former text, and their edit is kept again.
        let second = next(found.versions, 4, "1", "theirs", true);
        let (read, found) = last(&versions, &second);
        assert_eq!((read, found.program), (vec![1, 2, 3], other("1", "-")));
        assert_eq!(found.versions, said(1, "1", "-").and_kept(3).and_kept(4));
        // Another edit of theirs between the two.
        let versions = [("1", "-"), ("1", "x"), ("2", "x"), ("2", "y"), ("3", "y"), ("3", "z")];
        let tag = next(said(1, "1", "-").and_kept(3), 5, "3", "y", true);
        let (_, found) = last(&versions, &tag);
        assert_eq!((found.program, found.versions), (other("3", "-"), said(1, "1", "-").and_kept(3).and_kept(5)));
    }

    #[test]
    fn where_the_history_can_not_be_read_nothing_is_guessed() {
        let tag = next(said(1, "1", "-"), 2, "2", "-", false);
        let (state, _) = state(&[("1", "-"), ("2", "-"), ("2", "theirs")], &tag);
        let found = LastApplied::of(&state, &IndexMap::new(), &home()).unwrap();
        assert_eq!(found.program, Said::NotKnown);
        assert!(found.is_open, "what was about to be written may be there");
        // Recreated, with its tags.
        let (again, _) = self::state(&[("x", "-")], &said(3, "1", "-"));
        let found = LastApplied::of(&again, &IndexMap::new(), &home()).unwrap();
        assert_eq!((found.program, again.versions_to_read(&[], &home()).len()), (Said::NotKnown, 0));
        let untagged = PipelineState { tags: IndexMap::new(), ..state };
        assert_eq!(LastApplied::of(&untagged, &IndexMap::new(), &home()), None);
        assert!(untagged.versions_to_read(&[], &home()).is_empty());
    }
}
