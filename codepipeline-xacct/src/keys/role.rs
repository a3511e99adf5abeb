//! How a role is named where it is used.

/// A role that is created and kept, by its path and name.
pub const fn managed(_path_and_name: &str) {}
/// A role that exists, in which one inline policy is kept, by its ARN.
pub const fn extended(_arn: &str) {}
/// A role that exists and is only read, by its ARN.
pub const fn existing(_arn: &str) {}
