//! The output of a command to the terminal, and its exit code.

use std::fmt;
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

impl Output {
    /// What a command writes that failed.
    pub(super) fn error(code: u8, error: impl fmt::Display) -> Self {
        Self { code, stderr: format!("error: {error}\n"), ..Self::default() }
    }
}

pub(super) fn write(stream: &mut dyn Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

/// What is written as it is found. After a failure nothing more is written, and the exit code is still that of all that is found.
pub(super) struct Stream<'a> {
    to: &'a mut dyn Write,
    written: io::Result<()>,
}

impl<'a> Stream<'a> {
    pub(super) fn new(to: &'a mut dyn Write) -> Self {
        Self { to, written: Ok(()) }
    }

    pub(super) fn write(&mut self, text: &str) {
        if self.written.is_ok() {
            self.written = write(self.to, text);
        }
    }

    /// Whether all could be written.
    pub(super) fn end(self) -> io::Result<()> {
        self.written
    }
}
