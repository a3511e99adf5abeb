//! A journal in memory.

use std::io::{self, Write};
use std::string::FromUtf8Error;
use std::sync::{Arc, Mutex, PoisonError};

use codepipeline_xacct::core::plan::Journal;

/// A journal in memory.
#[derive(Clone, Default)]
pub struct JournalInMemory(Arc<Mutex<Vec<u8>>>);

impl JournalInMemory {
    /// The lines so far.
    pub fn text(&self) -> Result<String, FromUtf8Error> {
        String::from_utf8(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }

    /// The journal so far.
    pub fn journal(&self) -> Result<Journal, Box<dyn std::error::Error>> {
        Ok(Journal::read(&self.text()?)?)
    }
}

impl Write for JournalInMemory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
