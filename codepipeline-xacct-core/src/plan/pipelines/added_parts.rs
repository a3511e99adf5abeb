//! What of an extended pipeline a topology added, as tags of the pipeline record it: so it can be distinguished from what others wrote, and
//! taken out again.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::check::tags::TAG_VALUE;
use crate::hash::fnv1a;
use crate::ids::TopologyName;
use crate::ordered::set;
use crate::plan::ownership::numbered_tags::NumberedTags;

/// What the keys of the tags begin with, before the name of the topology.
pub(in crate::plan) const ADDED_BY: &str = "codepipeline-xacct:added-by:";

/// Between two marks of a tag: a character that tags may have and names may not.
const SEPARATOR: char = ':';

/// The stages, the actions, the variables that they pass, and the variables, triggers and artifact stores that a topology added to a pipeline.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AddedParts(BTreeSet<String>);

/// The tags that turn one set of marks into another.
#[derive(Debug, PartialEq, Eq, Default)]
pub(in crate::plan) struct TagChanges {
    /// Tags to write before the pipeline: until the pipeline is written, it carries the old marks and the new ones.
    pub(in crate::plan) written: IndexMap<String, String>,
    /// Tags to remove after it.
    pub(in crate::plan) removed: IndexMap<String, String>,
}

impl AddedParts {
    /// Marks a stage.
    pub fn add_stage(&mut self, stage: &str) {
        self.0.insert(mark(&[stage]));
    }

    /// Marks an action.
    pub fn add_action(&mut self, stage: &str, action: &str) {
        self.0.insert(mark(&[stage, action]));
    }

    /// Marks a variable that an action passes.
    pub fn add_variable(&mut self, stage: &str, action: &str, variable: &str) {
        self.0.insert(mark(&[stage, action, variable]));
    }

    /// Marks an entry of a list that the pipeline has, as `variables`.
    pub fn add_entry(&mut self, list: &str, name: &str) {
        self.0.insert(mark(&[&format!("{list}={name}")]));
    }

    /// Whether an entry of a list that the pipeline has was added.
    pub fn has_entry(&self, list: &str, name: &str) -> bool {
        self.0.contains(&mark(&[&format!("{list}={name}")]))
    }

    /// Whether a stage was added.
    pub fn has_stage(&self, stage: &str) -> bool {
        self.0.contains(&mark(&[stage]))
    }

    /// Whether an action was added.
    pub fn has_action(&self, stage: &str, action: &str) -> bool {
        self.0.contains(&mark(&[stage, action]))
    }

    /// Whether a variable that an action passes was added.
    pub fn has_variable(&self, stage: &str, action: &str, variable: &str) -> bool {
        self.0.contains(&mark(&[stage, action, variable]))
    }

    /// These without others.
    pub(in crate::plan) fn without(&self, others: &Self) -> Self {
        Self(self.0.difference(&others.0).cloned().collect())
    }

    /// These and others.
    pub(in crate::plan) fn and(&self, others: &Self) -> Self {
        Self(self.0.union(&others.0).cloned().collect())
    }

    /// The marks of topologies of these names that tags have.
    pub fn of_tags<'a>(names: impl IntoIterator<Item = &'a TopologyName>, tags: &IndexMap<String, String>) -> Self {
        let found = names.into_iter().flat_map(|name| tags_of(name, tags));
        Self(set(found.flat_map(|(_, value)| value.split(SEPARATOR).map(str::to_owned))))
    }

    /// What has to be done so that the tags of a pipeline have these marks. If something is removed from a tag, the tag is deleted, and the
    /// rest of it is written to another one.
    pub(in crate::plan) fn to_tags(&self, topology: &TopologyName, found: &IndexMap<String, String>) -> TagChanges {
        let mut changes = TagChanges::default();
        let mut kept: IndexMap<String, String> = IndexMap::new();
        for (key, value) in tags_of(topology, found) {
            let stays = value.split(SEPARATOR).all(|mark| self.0.contains(mark));
            let into = if stays { &mut kept } else { &mut changes.removed };
            into.insert(key.to_owned(), value.to_owned());
        }
        let is_kept = |mark: &String| kept.values().any(|value| value.split(SEPARATOR).any(|other| other == mark));
        let new: Vec<&String> = self.0.iter().filter(|mark| !is_kept(mark)).collect();
        let keys = NumberedTags::of(ADDED_BY, topology);
        for mark in new {
            let has_room = |value: &str| value.len() + 1 + mark.len() <= TAG_VALUE;
            if let Some((key, value)) = kept.iter_mut().find(|(_, value)| has_room(value)) {
                value.push(SEPARATOR);
                value.push_str(mark);
                changes.written.insert(key.clone(), value.clone());
                continue;
            }
            let free = (1..).map(|number| keys.key(number));
            let Some(free) = free.into_iter().find(|key| !kept.contains_key(key) && !found.contains_key(key)) else {
                continue;
            };
            changes.written.insert(free.clone(), mark.clone());
            kept.insert(free, mark.clone());
        }
        changes
    }
}

/// The tags in which a topology has its marks.
pub(in crate::plan) fn tags_of<'a>(
    topology: &TopologyName,
    tags: &'a IndexMap<String, String>,
) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
    NumberedTags::of(ADDED_BY, topology).among(tags)
}

/// `Deploy`, `Build/ccc`, `Build/ccc/val1`, `variables=val1`: names, which have neither `/` nor `=`. What is too long for a tag is represented by its hash.
fn mark(names: &[&str]) -> String {
    let mark = names.join("/");
    if mark.len() <= TAG_VALUE {
        return mark;
    }
    format!("={}", fnv1a(&mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topology() -> TopologyName {
        "release".parse().unwrap()
    }

    fn marks(names: &[&str]) -> AddedParts {
        AddedParts(names.iter().map(|name| (*name).to_owned()).collect())
    }

    fn tags(tags: &[(&str, &str)]) -> IndexMap<String, String> {
        tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    const FIRST: &str = "codepipeline-xacct:added-by:release:1";
    const SECOND: &str = "codepipeline-xacct:added-by:release:2";

    #[test]
    fn marks_are_read_back_as_they_were_written() {
        let mut all = AddedParts::default();
        all.add_stage("Deploy");
        all.add_action("Build", "c.c-c@1_");
        all.add_variable("Build", "ccc", "val1");
        let TagChanges { written, removed } = all.to_tags(&topology(), &IndexMap::new());
        assert_eq!(written, tags(&[(FIRST, "Build/c.c-c@1_:Build/ccc/val1:Deploy")]));
        assert!(removed.is_empty());
        assert_eq!(AddedParts::of_tags([&topology()], &written), all);
        assert_eq!(all.to_tags(&topology(), &written), TagChanges::default(), "nothing is left to write");
        assert_eq!(AddedParts::of_tags([&"other".parse().unwrap()], &written), AddedParts::default());
    }

    #[test]
    fn new_marks_go_to_a_tag_that_stays_and_a_tag_of_which_something_goes_is_replaced() {
        let found = tags(&[(FIRST, "A:B"), ("team", "x")]);
        let more = marks(&["A", "B", "C"]).to_tags(&topology(), &found);
        assert_eq!(more, TagChanges { written: tags(&[(FIRST, "A:B:C")]), removed: IndexMap::new() });
        let less = marks(&["B", "C"]).to_tags(&topology(), &found);
        assert_eq!(less, TagChanges { written: tags(&[(SECOND, "B:C")]), removed: tags(&[(FIRST, "A:B")]) });
        let none = AddedParts::default().to_tags(&topology(), &found);
        assert_eq!(none, TagChanges { written: IndexMap::new(), removed: tags(&[(FIRST, "A:B")]) });
    }

    #[test]
    fn no_tag_is_longer_than_it_may_be() {
        let long = "n".repeat(100);
        let mut all = AddedParts::default();
        for number in 0..9 {
            all.add_action(&long, &format!("{number}{long}"));
        }
        all.add_variable(&long, &long, &"v".repeat(128));
        let TagChanges { written, .. } = all.to_tags(&topology(), &IndexMap::new());
        assert!(written.len() > 1 && written.values().all(|value| value.len() <= TAG_VALUE), "{written:?}");
        let read = AddedParts::of_tags([&topology()], &written);
        assert!(read.has_variable(&long, &long, &"v".repeat(128)));
        assert!(!read.has_variable(&long, &long, &"w".repeat(128)));
        assert_eq!(read, all);
    }
}
