//! Where a finding is: a path from the item down to the key or the value.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use serde_core::Serialize;

/// One step on the way to the thing that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "plan", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Segment {
    /// A topology, by its name.
    Topology(Arc<str>),
    /// An account, by the name of its item.
    Account(Arc<str>),
    /// A role, by the name of its item or by its ARN.
    Role(Arc<str>),
    /// A pipeline, by the name of its item.
    Pipeline(Arc<str>),
    /// A stage: its position, counted from 0, and its name.
    Stage(usize, Arc<str>),
    /// An action: its position in the stage, counted from 0, and its name.
    Action(usize, Arc<str>),
    /// A member or a map key, by its name in the JSON of the API.
    Key(Arc<str>),
    /// An entry of a list, counted from 0.
    Index(usize),
    /// The value of the key or entry before it, if the value and not the name is at fault.
    Value,
}

/// Only what tells most places apart: checks look up thousands of them, in the macro without optimization.
impl Hash for Segment {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Segment::Stage(index, _) | Segment::Action(index, _) | Segment::Index(index) => state.write_usize(*index),
            Segment::Topology(name)
            | Segment::Account(name)
            | Segment::Role(name)
            | Segment::Pipeline(name)
            | Segment::Key(name) => state.write(name.as_bytes()),
            Segment::Value => {}
        }
    }
}

/// Where something is: `pipeline Release / stage "Build" / action "ccc" / configuration / Variables`.
///
/// The macro turns it into a span, the builder into an error value, the planner into a row of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Place(Vec<Segment>);

impl Place {
    /// The place of a pipeline.
    pub fn pipeline(item: &str) -> Self {
        Self(vec![Segment::Pipeline(item.into())])
    }

    /// The place of a role.
    pub fn role(item: &str) -> Self {
        Self(vec![Segment::Role(item.into())])
    }

    /// The place of an account.
    pub fn account(item: &str) -> Self {
        Self(vec![Segment::Account(item.into())])
    }

    /// The place of a topology.
    pub fn topology(name: &str) -> Self {
        Self(vec![Segment::Topology(name.into())])
    }

    /// One step further.
    #[must_use]
    pub fn step(&self, step: Segment) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step);
        Self(steps)
    }

    /// The stage of a pipeline.
    #[must_use]
    pub fn stage(&self, index: usize, name: &str) -> Self {
        self.step(Segment::Stage(index, name.into()))
    }

    /// The action of a stage.
    #[must_use]
    pub fn action(&self, index: usize, name: &str) -> Self {
        self.step(Segment::Action(index, name.into()))
    }

    /// A member.
    #[must_use]
    pub fn key(&self, name: &str) -> Self {
        self.step(Segment::Key(name.into()))
    }

    /// An entry of a list.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.step(Segment::Index(index))
    }

    /// The value of the key or entry.
    #[must_use]
    pub fn value(&self) -> Self {
        self.step(Segment::Value)
    }

    /// The steps, from the outermost.
    pub fn steps(&self) -> &[Segment] {
        &self.0
    }

    /// True if this place is the other one, or is inside it.
    pub fn starts_with(&self, other: &Place) -> bool {
        self.0.starts_with(&other.0)
    }

    /// The place that this one is in.
    pub fn parent(&self) -> Option<Place> {
        let (_, rest) = self.0.split_last()?;
        if rest.is_empty() { None } else { Some(Place(rest.to_vec())) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for step in &self.0 {
            if matches!(step, Segment::Value) {
                continue;
            }
            if let Segment::Index(index) = step {
                write!(f, "[{index}]")?;
                continue;
            }
            if !first {
                f.write_str(" / ")?;
            }
            first = false;
            match step {
                Segment::Topology(name) => write!(f, "topology {name}")?,
                Segment::Account(item) => write!(f, "account {item}")?,
                Segment::Role(item) => write!(f, "role {item}")?,
                Segment::Pipeline(item) => write!(f, "pipeline {item}")?,
                Segment::Stage(_, name) => write!(f, "stage \"{name}\"")?,
                Segment::Action(_, name) => write!(f, "action \"{name}\"")?,
                Segment::Key(name) => f.write_str(name)?,
                Segment::Index(_) | Segment::Value => {}
            }
        }
        Ok(())
    }
}

impl Serialize for Place {
    /// The text. A plan keeps the segments.
    fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// For `#[serde(with = "…")]`: a place as the list of its segments, which can be read back.
#[cfg(feature = "plan")]
pub(crate) mod structured {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Place, Segment};

    pub(crate) fn serialize<S: Serializer>(place: &Place, serializer: S) -> Result<S::Ok, S::Error> {
        place.0.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Place, D::Error> {
        Vec::<Segment>::deserialize(deserializer).map(Place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_read_as_the_design_writes_them() {
        let place = Place::pipeline("Release").stage(1, "Build").action(0, "ccc").key("variables").value();
        assert_eq!(place.to_string(), "pipeline Release / stage \"Build\" / action \"ccc\" / variables");
    }
}
