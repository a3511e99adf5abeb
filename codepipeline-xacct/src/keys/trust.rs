//! What a role trusts, where that is not an item.

/// A role, by its ARN.
pub const fn role(_arn: &str) {}
/// Every principal of an account that is allowed to.
pub fn whole_account<A>(_account: A) {}
