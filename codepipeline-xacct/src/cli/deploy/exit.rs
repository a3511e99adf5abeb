//! How a command ends: exit codes and errors.

use std::io;

/// Exit code: done, or nothing to do.
pub(super) const DONE: u8 = 0;
/// Exit code: something failed.
pub(super) const FAILED: u8 = 1;
/// Exit code of `plan`: there is something to do.
pub(super) const CHANGES: u8 = 2;
/// Exit code: nothing that is certainly part of the run failed, but not all was seen, or not all has ended.
pub(super) const NOT_SEEN: u8 = 3;
/// Exit code: interrupted. The convention of shells for SIGINT.
pub(super) const INTERRUPTED: u8 = 130;

pub(super) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The reader, for example `head`, has read enough.
pub(super) fn is_broken_pipe(error: &(dyn std::error::Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
