//! Where the journals of what is written go.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use super::exit::Failure;
use crate::core::ids::TopologyName;

/// The folder of the journals, where the program runs.
pub(super) const FOLDER: &str = ".codepipeline-xacct";

/// A name for a new journal in a folder. The folder is made, and kept out of git.
pub(super) fn new_file(folder: &Path, topology: &TopologyName) -> Result<PathBuf, Failure> {
    let failed = |error| format!("{}: no journal can be written here: {error}", folder.display());
    if !folder.is_dir() {
        fs::create_dir_all(folder).map_err(failed)?;
        fs::write(folder.join(".gitignore"), "*\n").map_err(failed)?;
    }
    let now = DateTime::from(SystemTime::now()).fmt(Format::DateTime)?;
    // Not all file systems have names with a colon.
    Ok(folder.join(format!("{topology}-{}-{}.jsonl", now.replace(':', "-"), std::process::id())))
}
