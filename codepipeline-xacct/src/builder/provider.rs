//! Providers as types.

/// A provider that is written by its name, not by a function of its own.
#[derive(Debug)]
pub enum AnyProvider {}
