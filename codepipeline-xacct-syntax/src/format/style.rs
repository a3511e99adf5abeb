//! The options that the formatter reads from rustfmt's configuration.

/// The part of rustfmt's configuration that matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// The most characters on a line that the formatter writes.
    pub max_width: usize,
    /// Tabs for indents.
    pub hard_tabs: bool,
    /// The columns of an indent.
    pub tab_spaces: usize,
}

/// rustfmt's own defaults.
impl Default for Style {
    fn default() -> Self {
        Self { max_width: 100, hard_tabs: false, tab_spaces: 4 }
    }
}

impl Style {
    /// What a line begins with, for an indent in columns.
    pub(super) fn pad(&self, columns: usize) -> String {
        let tabs = if self.hard_tabs { columns.checked_div(self.tab_spaces).unwrap_or_default() } else { 0 };
        format!("{}{}", "\t".repeat(tabs), " ".repeat(columns - tabs * self.tab_spaces))
    }
}
