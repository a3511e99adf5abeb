//! The items that a part of a pipeline adds to the topology.

use crate::core::ids::{IdError, RoleArn};
use crate::core::topology::TopologyBuilder;
use crate::items::{RoleConst, RoleItem};

/// Adds an item to a topology.
pub(super) type Add = Box<dyn Fn(&mut TopologyBuilder)>;

/// The ARN of a role, and what adds the role to a topology.
pub(super) type AddedRole = (Result<RoleArn, IdError>, Add);

pub(super) fn added_role<R: RoleItem>(role: R) -> AddedRole {
    (RoleConst::of::<R>().to_arn(), Box::new(move |topology| role.add_to(topology)))
}
