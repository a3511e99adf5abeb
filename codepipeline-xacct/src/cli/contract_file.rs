//! Contracts as files.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::core::contract::{Contract, changes};

/// Writes a contract, with the folders on the way. A file with the same contract is left as it is, so that nothing has to be reviewed; a file
/// that is not a contract is not replaced. True if it was written.
pub(super) fn save(contract: &Contract, path: &Path) -> Result<bool, String> {
    let of = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    match fs::read_to_string(path) {
        Ok(text) => match Contract::from_json(&text) {
            Ok(there) if says_the_same(&there, contract) => return Ok(false),
            Ok(_) => {}
            // What was cut off, edited or written by another version is there to be replaced.
            Err(_) if text.contains("\"contract\"") => {}
            Err(_) => return Err(of(&"this file exists and is not a contract")),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(of(&error)),
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| of(&error))?;
    }
    fs::write(path, contract.to_json()).map_err(|error| of(&error))?;
    Ok(true)
}

/// In both directions: a contract may say less than the other.
fn says_the_same(a: &Contract, b: &Contract) -> bool {
    changes(&a.signature, &b.signature).is_empty() && changes(&b.signature, &a.signature).is_empty()
}
