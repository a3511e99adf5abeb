//! A verdict in one character.

use crate::policy::evaluate::Verdict;

/// Whether something works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "plan", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Sign {
    /// It works.
    Works,
    /// It isn't known.
    Unknown,
    /// It fails.
    Fails,
}

impl Sign {
    /// The sign in texts and pictures.
    pub fn as_char(self) -> char {
        match self {
            Sign::Works => '✓',
            Sign::Fails => '✗',
            Sign::Unknown => '?',
        }
    }
}

impl From<&Verdict> for Sign {
    fn from(verdict: &Verdict) -> Self {
        match verdict {
            Verdict::Allowed => Sign::Works,
            Verdict::Denied(_) => Sign::Fails,
            Verdict::Unknown(_) => Sign::Unknown,
        }
    }
}
