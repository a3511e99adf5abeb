//! Names of the other tools, each once.

use std::collections::HashSet;

/// Gives names that differ.
#[derive(Default)]
pub(super) struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// The name, with a number if it is taken.
    pub(super) fn give(&mut self, name: String) -> String {
        let numbered = |number: usize| if number == 1 { name.clone() } else { format!("{name}{number}") };
        let free = (1..).map(numbered).find(|name| !self.taken.contains(name)).unwrap_or_default();
        self.taken.insert(free.clone());
        free
    }
}

/// `Deploy.Service` as `deploy_service`.
pub(super) fn snake(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect()
}
