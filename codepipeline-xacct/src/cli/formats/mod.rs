//! Formats of what a check found.

pub(super) mod json;
pub(super) mod sarif;
pub(super) mod text;
