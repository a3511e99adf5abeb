//! Notes in a folder of the leases that applies hold, so that the same command takes over the lease of an apply that has ended without giving
//! it back: it was killed, or its credentials expired.
//!
//! A note is locked as long as its apply is at work. The lock ends with the process, however that ends.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::private_file::create;
use crate::core::ids::TopologyName;
use crate::core::topology::Subject;

/// How the name of a note ends.
const EXTENSION: &str = "lease";

/// A note that is locked.
pub(super) struct LeaseNote {
    path: PathBuf,
    pub(super) noted: Noted,
    /// Dropped, it is unlocked.
    _lock: File,
}

/// What a note says.
#[derive(Serialize, Deserialize)]
pub(super) struct Noted {
    pub(super) topology: TopologyName,
    /// The id of the lease.
    pub(super) lease: String,
    /// What carries its tags.
    pub(super) subjects: Vec<Subject>,
}

impl LeaseNote {
    /// Writes a note of a lease that is about to be taken.
    pub(super) fn write(folder: &Path, noted: Noted) -> io::Result<Self> {
        let path = folder.join(format!("{}-{}.{EXTENSION}", noted.topology, noted.lease));
        // Under its name it is only ever seen locked.
        let hidden = path.with_extension("new");
        let mut file = create(&hidden)?;
        let written = file.lock().and_then(|()| {
            file.write_all(&serde_json::to_vec(&noted)?)?;
            file.sync_data()?;
            fs::rename(&hidden, &path)
        });
        match written {
            Ok(()) => Ok(Self { path, noted, _lock: file }),
            Err(error) => {
                let _ = fs::remove_file(&hidden);
                Err(error)
            }
        }
    }

    /// The notes of applies of a topology that have ended without releasing their leases.
    pub(super) fn ended(folder: &Path, topology: &TopologyName) -> Vec<Self> {
        let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let notes = paths.filter(|path| path.extension().is_some_and(|extension| extension == EXTENSION));
        notes.filter_map(Self::locked).filter(|note| note.noted.topology == *topology).collect()
    }

    /// The note of a file, unless its apply is at work.
    fn locked(path: PathBuf) -> Option<Self> {
        let file = OpenOptions::new().read(true).write(true).open(&path).ok()?;
        file.try_lock().ok()?;
        let noted = serde_json::from_reader(&file).ok()?;
        Some(Self { path, noted, _lock: file })
    }

    /// Removes the note, since the lease is gone.
    pub(super) fn remove(self) -> io::Result<()> {
        fs::remove_file(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(folder: &Path, topology: &str, lease: &str) -> LeaseNote {
        let subjects = vec!["arn:aws:iam::111111111111:role/a".parse().map(Subject::Role).unwrap()];
        LeaseNote::write(folder, Noted { topology: topology.parse().unwrap(), lease: lease.to_owned(), subjects })
            .unwrap()
    }

    #[test]
    fn only_the_notes_of_applies_that_have_ended_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let release: TopologyName = "release".parse().unwrap();
        let ended = || -> Vec<String> {
            LeaseNote::ended(folder.path(), &release).into_iter().map(|note| note.noted.lease).collect()
        };
        let (at_work, other) = (note(folder.path(), "release", "1a"), note(folder.path(), "release-2", "1b"));
        fs::write(folder.path().join("release-1c.lease"), "cut").unwrap();
        drop(other);
        assert_eq!(ended(), [] as [&str; 0]);
        drop(at_work);
        assert_eq!(ended(), ["1a"]);
        LeaseNote::ended(folder.path(), &release).into_iter().for_each(|note| note.remove().unwrap());
        assert_eq!(ended(), [] as [&str; 0]);
    }
}
