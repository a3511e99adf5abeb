//! How to import.

use std::collections::HashMap;

use codepipeline_xacct_syntax::format::Style;

use crate::core::check::files::Home;
use crate::core::ids::{AccountId, Region};
use crate::files::template::SaidOfFile;

/// An option for all files, or for one.
#[derive(Debug, Clone)]
pub(crate) struct OfFile<T> {
    /// The file, or a provider of Terraform with its alias; `None` for all that no other says it of.
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
    /// The name in a file, if the option is for that file.
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
    /// Extended items for the actions that start pipelines, instead of whole pipelines.
    pub(crate) extended: bool,
    /// How the source is formatted.
    pub(crate) style: Style,
}

impl ImportOptions {
    /// The options for a file of Terraform: where its resources are, by their providers, and its values.
    pub(super) fn said_of(&self, file: &str) -> SaidOfFile {
        let named = self.account.iter().filter_map(|said| said.file.as_ref());
        let named = named.chain(self.region.iter().filter_map(|said| said.file.as_ref()));
        let of_alias = |alias: &String| {
            let home = Home { account: only(&self.account, alias), region: only(&self.region, alias) };
            (alias.clone(), home)
        };
        let values = self
            .parameters
            .iter()
            .map(|said| (said.name_in(file).unwrap_or(&said.name).to_owned(), said.value.clone()));
        SaidOfFile { home: self.home_of(file), providers: named.map(of_alias).collect(), values: values.collect() }
    }

    /// Where the pipelines of a file are that doesn't tell.
    pub(crate) fn home_of(&self, file: &str) -> Home {
        Home { account: of(&self.account, file), region: of(&self.region, file) }
    }
}

fn of<T: Clone>(given: &[OfFile<T>], file: &str) -> Option<T> {
    only(given, file).or_else(|| given.iter().find(|one| one.file.is_none()).map(|one| one.value.clone()))
}

fn only<T: Clone>(given: &[OfFile<T>], file: &str) -> Option<T> {
    given.iter().find(|one| one.file.as_deref() == Some(file)).map(|one| one.value.clone())
}
