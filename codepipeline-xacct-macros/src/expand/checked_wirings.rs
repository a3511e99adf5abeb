//! Which wirings of one call were checked already.

use std::collections::HashSet;

/// What this call already checked: a role that two pipelines of an account use with one service role is wrong for both.
#[derive(Default)]
pub(super) struct CheckedWirings(pub(super) HashSet<[String; 3]>);
