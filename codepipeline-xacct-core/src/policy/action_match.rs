//! Which actions a statement is about.

use super::document::{Statement, Texts};
use super::glob::{glob, plain};

/// Whether a statement is about an action, which is given in lower case.
pub(crate) fn is_about(statement: &Statement, action: &str) -> bool {
    let any = |texts: &Texts| texts.iter().any(|p| glob(&plain(&p.to_lowercase()), action));
    match (&statement.action, &statement.not_action) {
        (Some(texts), _) => any(texts),
        (None, Some(texts)) => !any(texts),
        (None, None) => false,
    }
}
