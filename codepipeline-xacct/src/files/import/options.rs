//! How to import.

use std::collections::HashMap;

use codepipeline_xacct_syntax::format::Style;

use crate::core::ids::AccountId;
use crate::files::homes::HomeOptions;
use crate::files::parameters::{self, ParameterValue};
use crate::files::template::FileOptions;

/// How to import.
#[derive(Debug, Default)]
pub(crate) struct ImportOptions {
    /// Where pipelines are whose files don't tell.
    pub(crate) homes: HomeOptions,
    /// What templates leave open.
    pub(crate) parameters: Vec<ParameterValue>,
    /// Names for accounts.
    pub(crate) names: HashMap<AccountId, String>,
    /// Names for the other accounts: those of their profiles.
    pub(crate) profiles: HashMap<AccountId, String>,
    /// Extended items for the actions that start pipelines, instead of whole pipelines.
    pub(crate) extended: bool,
    /// How the source is formatted.
    pub(crate) style: Style,
}

impl ImportOptions {
    /// The options for a file of Terraform: where its resources are, by their providers, and its values.
    pub(super) fn of_file(&self, file: &str) -> FileOptions {
        let values = parameters::of_plan(&self.parameters, file);
        FileOptions { values, ..self.homes.of_terraform(file) }
    }
}
