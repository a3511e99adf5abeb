//! The result of a check.

use super::input::InputProblem;
use crate::core::finding::Severity;
use crate::files::Located;

/// What a check found in files.
pub(super) struct CheckReport<'a> {
    /// In the order of the files, and within a file by position.
    pub(super) rows: Vec<Located<'a>>,
    /// Of files and of options.
    pub(super) unreadable: Vec<InputProblem>,
    /// How many files could not be read.
    pub(super) unreadable_files: usize,
    /// How many files were checked.
    pub(super) checked: usize,
    /// Those in which there is no pipeline.
    pub(super) without_pipelines: Vec<String>,
}

impl CheckReport<'_> {
    pub(super) fn count(&self, severity: Severity) -> usize {
        self.rows.iter().filter(|row| row.severity == severity).count()
    }
}
