//! Where the pipelines of files are that don't tell, as the user says it.

use super::template::{FileOptions, GivenHome, TerraformFile, nowhere};
use crate::core::check::files::Home;
use crate::core::ids::{AccountId, Region};

/// An option for all files, or for one.
#[derive(Debug, Clone)]
pub(crate) struct OfFile<T> {
    /// The file, or a provider of Terraform with its alias; `None` for all that no other says it of.
    pub(crate) file: Option<String>,
    pub(crate) value: T,
}

/// What the user says about all files.
#[derive(Debug, Clone, Default)]
pub(crate) struct HomeOptions {
    pub(crate) account: Vec<OfFile<AccountId>>,
    pub(crate) region: Vec<OfFile<Region>>,
}

impl HomeOptions {
    /// Where the pipelines of a file are.
    pub(crate) fn of(&self, file: &str) -> Home {
        Home { account: of(&self.account, file), region: of(&self.region, file) }
    }

    /// Where the resources of a template are.
    pub(crate) fn of_template(&self, file: &str) -> GivenHome {
        GivenHome { home: self.of(file), own_account: only(&self.account, file).is_some() }
    }

    /// Where the resources of a file of Terraform are, by their providers.
    pub(crate) fn of_terraform(&self, file: &str) -> FileOptions {
        let of_alias = |alias: &str| {
            let home = Home { account: only(&self.account, alias), region: only(&self.region, alias) };
            (alias.to_owned(), home)
        };
        let providers = self.named().map(|(_, alias)| of_alias(alias)).collect();
        FileOptions { home: self.of(file), providers, ..FileOptions::default() }
    }

    /// The options that name neither one of the files nor a provider with an alias: each as it was given, and why it says nothing.
    pub(crate) fn misplaced(&self, files: &[&str], plans: &[&TerraformFile]) -> Vec<(String, String)> {
        let is_provider = |name: &str| plans.iter().any(|plan| plan.aliases().contains(name));
        let misplaced = self.named().filter(|(_, name)| !files.contains(name) && !is_provider(name));
        let why = |name: &str| nowhere(name, plans.iter().flat_map(|plan| plan.aliases()));
        let misplaced = misplaced.map(|(option, name)| (format!("--{option} {name}=…"), why(name)));
        misplaced.chain(self.repeated()).collect()
    }

    /// The options that are given twice for all files: each, and why one says nothing.
    fn repeated(&self) -> impl Iterator<Item = (String, String)> {
        let all = [("account", count(&self.account)), ("region", count(&self.region))];
        let repeated = all.into_iter().filter(|(_, count)| *count > 1);
        repeated.map(|(option, _)| (format!("--{option}"), "it is given twice for all files".to_owned()))
    }

    /// The names in the options, each with its option.
    fn named(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let accounts = self.account.iter().filter_map(|said| Some(("account", said.file.as_deref()?)));
        accounts.chain(self.region.iter().filter_map(|said| Some(("region", said.file.as_deref()?))))
    }
}

fn count<T>(given: &[OfFile<T>]) -> usize {
    given.iter().filter(|one| one.file.is_none()).count()
}

/// What is said of all files.
pub(crate) fn of_all<T>(given: &[OfFile<T>]) -> Option<&T> {
    given.iter().find(|one| one.file.is_none()).map(|one| &one.value)
}

fn of<T: Clone>(given: &[OfFile<T>], file: &str) -> Option<T> {
    only(given, file).or_else(|| of_all(given).cloned())
}

fn only<T: Clone>(given: &[OfFile<T>], file: &str) -> Option<T> {
    given.iter().find(|one| one.file.as_deref() == Some(file)).map(|one| one.value.clone())
}
