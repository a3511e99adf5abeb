//! What a stage is put together from.

use super::added::Add;
use crate::core::declaration::StageDeclaration;
use crate::core::topology::{Invoke, RoleLink};

#[derive(Default)]
pub(super) struct StageParts {
    pub(super) declaration: StageDeclaration,
    pub(super) invokes: Vec<Invoke>,
    pub(super) roles: Vec<RoleLink>,
    pub(super) add: Vec<Add>,
}
