//! Files that commands write. What is there and says something else stays without `--force`.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Whether a file has this text already; an error if it has another, which may not be replaced.
fn is_there(path: &Path, text: &[u8], force: bool) -> Result<bool, String> {
    // A device or a pipe has nothing to lose, and reading it might wait for ever; a folder is refused when it is written.
    let there = match fs::metadata(path) {
        Ok(about) if about.is_file() => fs::read(path),
        Ok(_) => return Ok(false),
        Err(error) => Err(error),
    };
    match there {
        Ok(there) if there == text => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        _ if force => Ok(false),
        Ok(_) => Err(format!("{}: the file exists; `--force` replaces it", path.display())),
        Err(error) => Err(unwritable(path, &error)),
    }
}

/// Writes a file, with the folders on the way. True if it didn't have this text already.
pub(super) fn write(path: &Path, text: impl AsRef<[u8]>, force: bool) -> Result<bool, String> {
    let text = text.as_ref();
    if is_there(path, text, force)? {
        return Ok(false);
    }
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    folder.and_then(|()| fs::write(path, text)).map_err(|error| unwritable(path, &error))?;
    Ok(true)
}

/// Writes several files, or none if one of them would replace what is there. Returns their paths.
pub(super) fn write_all(files: Vec<(PathBuf, Vec<u8>)>, force: bool) -> Result<Vec<PathBuf>, String> {
    for (path, text) in &files {
        is_there(path, text, force)?;
    }
    let written = files.into_iter().map(|(path, text)| write(&path, text, force).map(|_| path));
    written.collect()
}

fn unwritable(path: &Path, error: &io::Error) -> String {
    format!("{}: this can't be written: {error}", path.display())
}
