//! The knowledge of a check in addition to the declaration.

use std::collections::HashSet;

use crate::finding::Place;
use crate::ids::{AccountId, Region};
use crate::topology::additions::Additions;

/// What a check knows in addition to the declaration.
#[derive(Debug, Default)]
pub struct CheckContext {
    /// The name of the pipeline's item, for places.
    pub item: String,
    /// The Region of the pipeline, if it is known. Without it, only what is certainly cross-Region is reported.
    pub home: Option<Region>,
    /// The account of the pipeline, if it is known. Without it, only what is certainly cross-account is reported.
    pub account: Option<AccountId>,
    /// Places whose value is not known yet: runtime values, and what is derived from a reference to another item.
    pub open: HashSet<Place>,
    /// Places in which a mistake was already found; what would only follow from it is not reported.
    pub holes: HashSet<Place>,
    /// True where a type that is not written is derived from what the pipeline has.
    pub derives_type: bool,
    /// Where the declaration comes from, which decides whether masked secrets are accepted.
    pub origin: Origin,
    /// What an extended pipeline adds, which is written out, while the rest of it is only in its account.
    pub added: Additions,
}

/// Where a declaration comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Origin {
    /// It is not known what the declaration is for.
    #[default]
    Unknown,
    /// Input of CreatePipeline.
    Create,
    /// Output of GetPipeline.
    Get,
}

impl CheckContext {
    /// True if the value at a place is not known yet.
    pub fn is_open(&self, place: &Place) -> bool {
        self.open.contains(place)
    }

    /// True if anything in a place is not known, or was not read.
    pub(super) fn is_unsure(&self, place: &Place) -> bool {
        self.open.iter().chain(&self.holes).any(|open| open.starts_with(place))
    }

    /// True if the value at a place is not known yet, but the place is only built if needed: in most declarations everything is known.
    pub(super) fn is_open_at(&self, place: impl FnOnce() -> Place) -> bool {
        !self.open.is_empty() && self.is_open(&place())
    }
}
