//! Providers as types.

/// A provider that is given by its name and has no function.
#[derive(Debug)]
pub enum AnyProvider {}
