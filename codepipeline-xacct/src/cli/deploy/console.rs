//! Where the program reads and writes.

use std::fmt;
use std::io::{self, BufRead, IsTerminal as _, Write};

use super::follow::Output;

/// Where the program reads and writes.
pub struct Console<'a> {
    /// Plans, results.
    pub stdout: &'a mut (dyn Write + Send),
    /// Errors, questions, what happens meanwhile.
    pub stderr: &'a mut (dyn Write + Send),
    /// The answers to questions; `None` where nobody is there to answer.
    pub stdin: Option<&'a mut dyn BufRead>,
}

impl Console<'_> {
    /// Where following prints.
    pub(super) fn output(&mut self) -> Output<'_> {
        let live = self.stdin.is_some() && io::stderr().is_terminal();
        Output { stdout: &mut *self.stdout, stderr: &mut *self.stderr, live }
    }
}

impl fmt::Debug for Console<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console").field("answers", &self.stdin.is_some()).finish_non_exhaustive()
    }
}
