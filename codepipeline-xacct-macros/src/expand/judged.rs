//! Which wirings of one call were checked already.

use std::collections::HashSet;

/// What was judged in this call already: a role that two pipelines of one account use with one service role is wrong for both.
#[derive(Default)]
pub(super) struct Judged(pub(super) HashSet<[String; 3]>);
