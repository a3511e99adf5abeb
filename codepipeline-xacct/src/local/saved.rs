//! The state of local AWS as JSON, in a file and out of it.

use std::fs;
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use serde::{Deserialize, Serialize};

use super::handle::Local;
use super::store::{POLICY_ID, ROLE_ID, SESSION_KEY, Store, UUID};

/// What tells a state from other JSON.
const FORMAT: &str = "codepipeline-xacct local AWS";
/// The version of the form of a state.
const VERSION: u64 = 1;

/// The times that a state can have: up to the year 9999, the last that AWS has a way to write.
const CLOCK: Range<i64> = 0..253_402_300_800_000;

/// A state is not read, or not saved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// It is JSON, but not the state of a local AWS.
    #[error("this is not the state of a local AWS: `format` is not `{FORMAT}`")]
    Foreign,
    /// Another version of this crate wrote it.
    #[error("the state has version {0}, and this version of codepipeline-xacct reads version {VERSION}")]
    Version(u64),
    /// Its clock is not between 1970 and the year 9999.
    #[error("`clock` is {0}, which is not a time between 1970 and 9999 in milliseconds since 1970")]
    Clock(i64),
    /// It is not JSON, or a member is missing or wrong.
    #[error("line {}, column {}: {}", .0.line(), .0.column(), without_place(.0))]
    Malformed(serde_json::Error),
    /// The file can't be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// What is wrong with a file.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: Box<StateError>,
    },
}

/// serde_json repeats the place at the end of its text.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).map(str::to_owned).unwrap_or(text)
}

#[derive(Deserialize)]
struct Head {
    #[serde(default)]
    format: serde_json::Value,
    #[serde(default)]
    version: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    #[serde(rename = "format")]
    _format: String,
    #[serde(rename = "version")]
    _version: u64,
    state: Store,
}

#[derive(Serialize)]
struct Saving<'s> {
    format: &'static str,
    version: u64,
    state: &'s Store,
}

impl Local {
    /// All that the accounts hold, as JSON: roles and policies, pipelines with their versions and tags, custom action types,
    /// buckets and keys, executions, disabled transitions, sessions, the event history and the clock. It has secrets that pipelines hold.
    /// Running executions are in it, and continue where it is loaded;
    /// so are the outcomes of [`script`](Self::script). Not in it is what
    /// only tests have: [`decide`](Self::decide), faults, recorded calls, and the switches of
    /// [`Undocumented`](super::Undocumented).
    pub fn to_json(&self) -> Result<String, StateError> {
        let saving = Saving { format: FORMAT, version: VERSION, state: &self.look() };
        serde_json::to_string_pretty(&saving).map_err(StateError::Malformed)
    }

    /// Local AWS with a state from [`to_json`](Self::to_json).
    pub fn from_json(text: &str) -> Result<Self, StateError> {
        let local = Self::new();
        local.replace(text)?;
        Ok(local)
    }

    /// Puts a state from [`to_json`](Self::to_json) in the place of what the accounts hold. After an error, nothing has changed.
    /// What is in no state stays: faults, switches, and [`decide`](Self::decide).
    pub fn replace(&self, text: &str) -> Result<(), StateError> {
        let loaded = read(text)?;
        let mut store = self.store();
        self.aws.faults.lag().forget();
        let before = std::mem::replace(&mut *store, loaded);
        store.request_time = before.request_time;
        store.outcomes = before.outcomes.loaded(std::mem::take(&mut store.outcomes));
        store.undocumented = before.undocumented;
        Ok(())
    }

    /// Saves [`to_json`](Self::to_json) in a file that only its owner can read. A crash leaves the file as it was, or as it is now.
    /// Of clones that save at once, the file has what was there last.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), StateError> {
        let path = path.as_ref();
        let _saving = self.aws.saving.lock().unwrap_or_else(PoisonError::into_inner);
        self.to_json().and_then(|text| Ok(write(path, &text)?)).map_err(|error| in_file(path, error))
    }

    /// Local AWS with the state that was saved in a file.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let path = std::env::temp_dir().join(format!("codepipeline-xacct-doc-{}.json", std::process::id()));
    /// use codepipeline_xacct::local::Local;
    ///
    /// let aws = Local::new();
    /// aws.add_account("111111111111")?;
    /// aws.save(&path)?;
    /// assert_eq!(Local::load(&path)?.to_json()?, aws.to_json()?);
    /// # std::fs::remove_file(path)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn load(path: impl AsRef<Path>) -> Result<Self, StateError> {
        let path = path.as_ref();
        let text = fs::read_to_string(path).map_err(StateError::from);
        text.and_then(|text| Self::from_json(&text)).map_err(|error| in_file(path, error))
    }
}

fn read(text: &str) -> Result<Store, StateError> {
    let head: Head = serde_json::from_str(text).map_err(|error| match error.is_data() {
        // JSON, but not an object, or with a version that is not a number.
        true => StateError::Foreign,
        false => StateError::Malformed(error),
    })?;
    if head.format != FORMAT {
        return Err(StateError::Foreign);
    }
    if head.version != VERSION {
        return Err(StateError::Version(head.version));
    }
    let mut saved: Saved = serde_json::from_str(text).map_err(StateError::Malformed)?;
    if !CLOCK.contains(&saved.state.clock) {
        return Err(StateError::Clock(saved.state.clock));
    }
    saved.state.count_from(highest_number(text));
    Ok(saved.state)
}

/// The highest number in an id that local AWS has given, so that none is given twice.
fn highest_number(text: &str) -> u64 {
    let after = |start: &'static str, radix: u32| {
        text.match_indices(start).filter_map(move |(at, _)| {
            let behind = text.get(at + start.len()..)?;
            let digits = behind.find(|c: char| !c.is_digit(radix)).map_or(behind, |end| &behind[..end]);
            u64::from_str_radix(digits, radix).ok()
        })
    };
    let decimal = [ROLE_ID, POLICY_ID, SESSION_KEY].into_iter().flat_map(|start| after(start, 10));
    decimal.chain(after(UUID, 16)).max().unwrap_or(0)
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Made with the mode 0600.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

fn in_file(path: &Path, error: StateError) -> StateError {
    StateError::File { path: path.to_owned(), error: Box::new(error) }
}
