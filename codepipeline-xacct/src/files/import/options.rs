//! How to import.

use std::collections::HashMap;

use codepipeline_xacct_syntax::format::Style;

use crate::core::check::files::Home;
use crate::core::ids::{AccountId, Region};

/// Something that is said of all files, or of one.
#[derive(Debug, Clone)]
pub(crate) struct OfFile<T> {
    /// The file; `None` for all that no other says it of.
    pub(crate) file: Option<String>,
    pub(crate) value: T,
}

/// The value of a parameter of a template, or what a resource is called.
#[derive(Debug, Clone)]
pub(crate) struct ParameterValue {
    /// Its name, after the file and a colon where it is for one template.
    pub(crate) name: String,
    pub(crate) value: String,
}

impl ParameterValue {
    /// The name in a file, where it is said of that one.
    pub(super) fn name_in(&self, file: &str) -> Option<&str> {
        self.name.strip_prefix(file)?.strip_prefix(':')
    }
}

/// How to import.
#[derive(Debug, Default)]
pub(crate) struct ImportOptions {
    /// Accounts of pipelines whose files don't tell.
    pub(crate) account: Vec<OfFile<AccountId>>,
    /// Regions of pipelines whose files don't tell.
    pub(crate) region: Vec<OfFile<Region>>,
    /// What templates leave open.
    pub(crate) parameters: Vec<ParameterValue>,
    /// Names for accounts.
    pub(crate) names: HashMap<AccountId, String>,
    /// Extended items for the actions that start pipelines, in place of whole pipelines.
    pub(crate) extended: bool,
    /// How the source is formatted.
    pub(crate) style: Style,
}

impl ImportOptions {
    /// Where the pipelines of a file are that doesn't tell.
    pub(crate) fn home_of(&self, file: &str) -> Home {
        Home { account: of(&self.account, file), region: of(&self.region, file) }
    }
}

fn of<T: Clone>(given: &[OfFile<T>], file: &str) -> Option<T> {
    let said = |of: Option<&str>| given.iter().find(|one| one.file.as_deref() == of);
    said(Some(file)).or_else(|| said(None)).map(|one| one.value.clone())
}
