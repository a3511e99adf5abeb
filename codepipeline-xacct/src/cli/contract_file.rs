//! Contracts as files.

use std::fs;
use std::path::Path;

use super::output_file;
use crate::core::contract::{Contract, changes};

/// Writes a contract, with the folders on the way. A file with the same contract is left as it is, so that nothing has to be reviewed. True if
/// it was written.
pub(super) fn save(contract: &Contract, path: &Path, force: bool) -> Result<bool, String> {
    let there = fs::read_to_string(path).ok().and_then(|text| Contract::from_json(&text).ok());
    if there.is_some_and(|there| says_the_same(&there, contract)) {
        return Ok(false);
    }
    output_file::write(path, contract.to_json(), force)
}

/// In both directions: a contract may say less than the other.
fn says_the_same(a: &Contract, b: &Contract) -> bool {
    changes(&a.signature, &b.signature).is_empty() && changes(&b.signature, &a.signature).is_empty()
}
