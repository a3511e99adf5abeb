//! The options that say what files leave open: where their pipelines are, and values.

use std::str::FromStr;

use crate::core::ids::{AccountId, IdError, Region};
use crate::files::homes::{HomeOptions, OfFile, of_all};
use crate::files::parameters::ParameterValue;

#[derive(clap::Args)]
pub(super) struct OpenOptions {
    /// Account of pipelines whose file doesn't tell it, of those of one file, or of a Terraform provider with an alias (`aws.prod`)
    #[arg(long, value_name = "[FILE|PROVIDER=]ID", value_parser = of_file::<AccountId>)]
    account: Vec<OfFile<AccountId>>,
    /// Region of pipelines whose file doesn't tell it, of those of one file or provider, or of those that are read from accounts
    #[arg(long, value_name = "[FILE|PROVIDER=]REGION", value_parser = of_file::<Region>)]
    region: Vec<OfFile<Region>>,
    /// Value of a parameter of a template or of an attribute in a plan, or the name that a resource of a template has
    #[arg(long, value_name = "[FILE:]NAME=VALUE")]
    pub(super) parameter: Vec<ParameterValue>,
}

impl OpenOptions {
    /// The Region that is not that of one file.
    pub(super) fn region(&self) -> Option<&Region> {
        of_all(&self.region)
    }

    pub(super) fn homes(&self) -> HomeOptions {
        HomeOptions { account: self.account.clone(), region: self.region.clone() }
    }
}

/// The options that say where pipelines are, of accounts or of the files of `--offline`.
#[derive(clap::Args)]
pub(super) struct PlaceOptions {
    /// The Region of pipelines that are given by their names, or whose file doesn't say it, or of those of one file
    #[arg(long, value_name = "[FILE=]REGION", value_parser = of_file::<Region>)]
    region: Vec<OfFile<Region>>,
    /// The account of pipelines whose file doesn't say it, or of those of one file
    #[arg(long, value_name = "[FILE=]ID", value_parser = of_file::<AccountId>, requires = "offline")]
    account: Vec<OfFile<AccountId>>,
}

impl PlaceOptions {
    /// The Region of pipelines in accounts, of which none is of a file.
    pub(super) fn of_accounts(&self) -> Result<Option<&Region>, String> {
        match self.region.iter().find_map(|region| region.file.as_ref()) {
            Some(file) => Err(format!("`--region {file}=…` names a file, so it needs `--offline`")),
            None if self.region.len() > 1 => Err("`--region` is given twice".to_owned()),
            None => Ok(of_all(&self.region)),
        }
    }

    pub(super) fn homes(&self) -> HomeOptions {
        HomeOptions { account: self.account.clone(), region: self.region.clone() }
    }
}

/// `value` or `file=value`
fn of_file<T: FromStr<Err = IdError>>(text: &str) -> Result<OfFile<T>, String> {
    let (file, value) = text.rsplit_once('=').map_or((None, text), |(file, value)| (Some(file.to_owned()), value));
    Ok(OfFile { file, value: value.parse().map_err(|error: IdError| error.to_string())? })
}
