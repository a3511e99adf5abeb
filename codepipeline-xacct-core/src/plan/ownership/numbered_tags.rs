//! The tags of a topology that are numbered, since one has room for 256 characters: `codepipeline-xacct:added-by:release:1`.

use indexmap::IndexMap;

use crate::ids::TopologyName;

pub(in crate::plan) struct NumberedTags {
    prefix: String,
}

impl NumberedTags {
    /// `kind` is what comes before the name of the topology.
    pub(in crate::plan) fn of(kind: &str, topology: &TopologyName) -> Self {
        Self { prefix: format!("{kind}{topology}:") }
    }

    pub(in crate::plan) fn key(&self, number: usize) -> String {
        format!("{}{number}", self.prefix)
    }

    /// Those among the tags of a pipeline.
    pub(in crate::plan) fn among<'a>(
        self,
        tags: &'a IndexMap<String, String>,
    ) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let is_one = move |key: &str| key.strip_prefix(&self.prefix).is_some_and(|rest| rest.parse::<usize>().is_ok());
        tags.iter().filter(move |(key, _)| is_one(key)).map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

/// The topology whose tag of this kind a key is.
pub(in crate::plan) fn topology_of_tag<'a>(kind: &str, key: &'a str) -> Option<&'a str> {
    let (topology, number) = key.strip_prefix(kind)?.rsplit_once(':')?;
    number.parse::<usize>().is_ok().then_some(topology)
}
