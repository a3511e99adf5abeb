//! How to import.

use std::collections::HashMap;

use codepipeline_xacct_syntax::format::Style;

use crate::core::ids::AccountId;
use crate::files::homes::SaidHomes;
use crate::files::template::SaidOfFile;

/// The value of a parameter of a template, or what a resource is called.
#[derive(Debug, Clone)]
pub(crate) struct ParameterValue {
    /// Its name, after the file and a colon where it is for one template.
    pub(crate) name: String,
    pub(crate) value: String,
}

impl ParameterValue {
    /// The name in a file, if the option is for that file.
    pub(super) fn name_in(&self, file: &str) -> Option<&str> {
        self.name.strip_prefix(file)?.strip_prefix(':')
    }
}

/// How to import.
#[derive(Debug, Default)]
pub(crate) struct ImportOptions {
    /// Where pipelines are whose files don't tell.
    pub(crate) homes: SaidHomes,
    /// What templates leave open.
    pub(crate) parameters: Vec<ParameterValue>,
    /// Names for accounts.
    pub(crate) names: HashMap<AccountId, String>,
    /// Extended items for the actions that start pipelines, instead of whole pipelines.
    pub(crate) extended: bool,
    /// How the source is formatted.
    pub(crate) style: Style,
}

impl ImportOptions {
    /// The options for a file of Terraform: where its resources are, by their providers, and its values.
    pub(super) fn said_of(&self, file: &str) -> SaidOfFile {
        let values = self
            .parameters
            .iter()
            .map(|said| (said.name_in(file).unwrap_or(&said.name).to_owned(), said.value.clone()));
        SaidOfFile { values: values.collect(), ..self.homes.of_terraform(file) }
    }
}
