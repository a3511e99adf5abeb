//! The output of a command to the terminal, and its exit code.

use std::io::{self, Write};

/// Exit code: no findings.
pub(super) const CLEAN: u8 = 0;
/// Exit code: findings.
pub(super) const FOUND: u8 = 1;
/// Exit code: the arguments or the input can't be read.
pub(super) const UNUSABLE: u8 = 2;
/// Exit code: the input is not enough to decide.
pub(super) const UNDECIDED: u8 = 3;

/// What a command writes, and its exit code.
#[derive(Default)]
pub(super) struct Output {
    pub(super) code: u8,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

pub(super) fn write(stream: &mut dyn Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}
