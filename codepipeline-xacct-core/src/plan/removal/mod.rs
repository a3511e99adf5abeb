//! What leaves: orphans, and what a destroy deletes.

pub(super) mod destroy;
pub(super) mod orphans;
