//! Whose things are: the tags that say so, what was last applied, the lease, and what a plan rests on.

pub(super) mod applied_mark;
pub(super) mod applied_parts;
pub(super) mod applied_pipeline;
pub(super) mod applied_role;
pub(super) mod applied_tag;
pub(super) mod basis;
pub(super) mod digest;
pub(super) mod lease;
pub(super) mod numbered_tags;
pub(super) mod proof_basis;
pub(super) mod tags;
