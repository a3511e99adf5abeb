//! Where the credentials of an account come from, and how they are loaded.

mod load;
mod source;
mod table;

pub(super) use load::{LoadError, Loading};
pub use source::{AssumedRole, Credentials};
pub use table::{CredentialsTable, CredentialsTableError};
