//! The result of an export.

/// Files, and what has to be known about them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Export {
    /// The files.
    pub files: Vec<ExportedFile>,
    /// What is not in them, and what they need.
    pub notes: Vec<String>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedFile {
    /// Its path, relative and with `/`.
    pub path: String,
    /// What is in it.
    pub text: String,
    /// True for a program.
    pub is_program: bool,
}

impl Export {
    /// Adds a file with a JSON document.
    pub(super) fn json(&mut self, path: String, value: &serde_json::Value) {
        self.files.push(ExportedFile { path, text: format!("{value:#}\n"), is_program: false });
    }
}

/// Sets a member of an object.
pub(super) fn set(object: &mut serde_json::Value, name: &str, value: serde_json::Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}
