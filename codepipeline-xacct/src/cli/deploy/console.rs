//! Where the program reads and writes.

use std::fmt;
use std::io::{self, BufRead, BufReader, Stdin, Write};

use super::follow::Output;

/// Where the program reads and writes.
pub struct Console<'a> {
    /// Plans, results.
    pub stdout: &'a mut (dyn Write + Send),
    /// Errors, questions, what happens meanwhile.
    pub stderr: &'a mut (dyn Write + Send),
    /// The answers to questions; `None` if there is no terminal to ask on.
    pub stdin: Option<&'a mut dyn BufRead>,
}

impl Console<'_> {
    /// Where following prints; `live` says whether what it prints is drawn again and again.
    pub(super) fn output(&mut self, live: bool) -> Output<'_> {
        Output { stdout: &mut *self.stdout, stderr: &mut *self.stderr, live }
    }
}

impl fmt::Debug for Console<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console").field("answers", &self.stdin.is_some()).finish_non_exhaustive()
    }
}

/// The typed lines. Standard input is not locked meanwhile: connecting may ask for the code of an MFA device.
pub(crate) fn answers() -> BufReader<Stdin> {
    BufReader::new(io::stdin())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_code_can_be_asked_for_while_answers_are_awaited() {
        let answers = answers();
        let (send, receive) = channel();
        thread::spawn(move || {
            drop(io::stdin().lock());
            send.send(())
        });
        assert_eq!(receive.recv_timeout(Duration::from_secs(10)), Ok(()));
        drop(answers);
    }
}
