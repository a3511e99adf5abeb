//! The arrows of a picture: what assumes a role, and what starts a pipeline.

use super::labels::times;
use super::model::{At, Graph};
use crate::wiring::Sign;

/// The end of an arrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum End {
    /// A stage of a pipeline.
    Stage(At, usize),
    /// A pipeline as a whole.
    Pipeline(At),
    /// A role.
    Role(At),
}

impl End {
    /// The account that it is in.
    pub(super) fn account(self) -> usize {
        match self {
            End::Stage(at, _) | End::Pipeline(at) | End::Role(at) => at.account,
        }
    }

    /// The name of its box in Mermaid and DOT.
    pub(super) fn node(self) -> String {
        match self {
            End::Stage(At { account, index }, _) | End::Pipeline(At { account, index }) => {
                format!("a{account}p{index}")
            }
            End::Role(At { account, index }) => format!("a{account}r{index}"),
        }
    }
}

/// The colour of a sign, on white.
pub(super) fn colour(sign: Sign) -> &'static str {
    match sign {
        Sign::Works => "#18794e",
        Sign::Fails => "#c4242b",
        Sign::Unknown => "#8a6100",
    }
}

/// What an arrow means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Does {
    /// The service role of the pipeline assumes the role.
    Assume,
    /// The role, or the service role, starts the pipeline.
    Start,
}

/// An arrow.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Arrow {
    pub(super) from: End,
    pub(super) to: End,
    pub(super) does: Does,
    pub(super) sign: Sign,
    /// How many actions and rules it represents.
    pub(super) count: usize,
}

impl Arrow {
    /// `✓ assume ×40`
    pub(super) fn label(&self) -> String {
        let what = match self.does {
            Does::Assume => "assume",
            Does::Start => "start",
        };
        format!("{} {what}{}", self.sign.as_char(), times(self.count))
    }
}

impl Graph {
    /// The words beside an arrow, where it begins at the box of the whole pipeline: `Deploy: ✓ assume ×40`
    pub(super) fn label(&self, arrow: &Arrow) -> String {
        let stage = match arrow.from {
            End::Stage(at, stage) => self.pipeline(at).and_then(|pipeline| pipeline.stages.get(stage)),
            End::Pipeline(_) | End::Role(_) => None,
        };
        stage.map_or_else(|| arrow.label(), |stage| format!("{stage}: {}", arrow.label()))
    }

    /// The arrows, each once.
    pub(super) fn arrows(&self) -> Vec<Arrow> {
        let mut arrows: Vec<Arrow> = Vec::new();
        let mut add = |from: End, to: End, does: Does, sign: Option<Sign>, count: usize| {
            let sign = sign.unwrap_or(Sign::Unknown);
            let same = |known: &&mut Arrow| (known.from, known.to, known.does, known.sign) == (from, to, does, sign);
            match arrows.iter_mut().find(same) {
                Some(known) => known.count += count,
                None => arrows.push(Arrow { from, to, does, sign, count }),
            }
        };
        for link in &self.links {
            let stage = link.from.map(|from| End::Stage(from, link.stage));
            let role = link.role.map(End::Role);
            if let (Some(stage), Some(role)) = (stage, role) {
                add(stage, role, Does::Assume, link.assume, link.count);
            }
            if let (Some(starter), Some(target)) = (role.or(stage), link.target) {
                add(starter, End::Pipeline(target), Does::Start, link.start, link.count);
            }
        }
        arrows
    }
}
