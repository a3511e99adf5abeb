//! The steps of a plan: what each writes, in which order, with which rights, and whether it still holds.

pub(super) mod effect;
pub(super) mod guard;
pub(super) mod order;
pub(super) mod permissions;
pub(super) mod precondition;
pub(super) mod rights;
pub(super) mod step;
pub(super) mod step_id;
pub(super) mod subjects_in;
pub(super) mod write;
