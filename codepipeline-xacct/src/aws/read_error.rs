//! Why the accounts could not be read.

use super::error::{AwsError, NotConnected};
use crate::core::ids::AccountId;

/// Why the accounts could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// AWS answered with an error, or could not be reached.
    #[error(transparent)]
    Aws(Box<AwsError>),
    /// There are no credentials for the account.
    #[error(transparent)]
    NotConnected(#[from] NotConnected),
    /// A response from AWS that is not understood.
    #[error("account {account}: {what} is not understood: {why}")]
    Answer {
        /// The id of the account.
        account: AccountId,
        /// What was read.
        what: String,
        /// Why it is not understood.
        why: String,
    },
}

impl ReadError {
    /// What to do about credentials that have expired and about too many calls, as the next line of a message; nothing for other errors.
    pub(crate) fn help(&self) -> String {
        match self {
            Self::Aws(error) => error.help(),
            _ => String::new(),
        }
    }
}

impl From<AwsError> for ReadError {
    fn from(error: AwsError) -> Self {
        Self::Aws(Box::new(error))
    }
}
