//! Additions of an extended pipeline to the existing pipeline.

use std::fmt;

/// The stages and actions that an extended pipeline adds. They are in its declaration like all others, which have to exist.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Additions {
    stages: Vec<(String, StagePlace)>,
    actions: Vec<(String, String)>,
}

/// Where an added stage goes if it is not there yet. One that is there stays where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StagePlace {
    /// Before the stage of this name.
    Before(String),
    /// After the stage of this name.
    After(String),
}

impl StagePlace {
    /// `before` or `after`.
    pub fn word(&self) -> &'static str {
        match self {
            StagePlace::Before(_) => "before",
            StagePlace::After(_) => "after",
        }
    }

    /// The name of the other stage.
    pub fn anchor(&self) -> &str {
        match self {
            StagePlace::Before(anchor) | StagePlace::After(anchor) => anchor,
        }
    }
}

impl fmt::Display for StagePlace {
    /// As `pipeline!` writes it: `after "Build"`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.word(), self.anchor())
    }
}

impl Additions {
    /// Adds a stage of the declaration with all of its actions.
    pub fn add_stage(&mut self, stage: &str, place: StagePlace) {
        self.stages.push((stage.to_owned(), place));
    }

    /// Adds an action of the declaration to a stage that exists.
    pub fn add_action(&mut self, stage: &str, action: &str) {
        self.actions.push((stage.to_owned(), action.to_owned()));
    }

    /// True if nothing is added.
    pub fn is_empty(&self) -> bool {
        self.stages.is_empty() && self.actions.is_empty()
    }

    /// The added stages, in the order in which they were added.
    pub fn stages(&self) -> impl Iterator<Item = (&str, &StagePlace)> {
        self.stages.iter().map(|(stage, place)| (stage.as_str(), place))
    }

    /// The actions that are added to stages that exist.
    pub fn actions(&self) -> impl Iterator<Item = (&str, &str)> {
        self.actions.iter().map(|(stage, action)| (stage.as_str(), action.as_str()))
    }

    /// Whether a stage is added.
    pub fn has_stage(&self, stage: &str) -> bool {
        self.stages.iter().any(|(added, _)| added == stage)
    }

    /// Whether an action is added, by itself or with its stage.
    pub fn has_action(&self, stage: &str, action: &str) -> bool {
        self.has_stage(stage) || self.actions().any(|added| added == (stage, action))
    }
}
