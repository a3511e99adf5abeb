//! Where the resources of Terraform are: what their ARNs tell, what their providers tell, and what the user says.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::terraform_address::fits;
use super::terraform_links::Links;
use super::terraform_resources::Planned;
use crate::core::check::files::Home;
use crate::core::check::symbol::symbol;
use crate::core::ids::{AccountId, Partition, split_arn};

/// What the user says about a file.
#[derive(Default)]
pub(crate) struct FileOptions {
    /// Where resources are whose provider has no alias.
    pub(crate) home: Home,
    /// Where those of a provider with an alias are.
    pub(crate) providers: HashMap<String, Home>,
    /// The given values, by the name of the attribute.
    pub(crate) values: HashMap<String, String>,
}

/// True for a provider with an alias, or of a module.
pub(super) fn is_alias(provider: &str) -> bool {
    provider.contains('.')
}

/// That neither a file nor a provider with an alias has a name that was given.
pub(crate) fn nowhere<'a>(name: &str, aliases: impl Iterator<Item = &'a str>) -> String {
    let aliases: BTreeSet<String> = aliases.map(|alias| format!("`{alias}`")).collect();
    let aliases: Vec<String> = aliases.into_iter().collect();
    let message = format!("no file and no provider with an alias is called `{name}`");
    if aliases.is_empty() { message } else { format!("{message}; there is {}", aliases.join(", ")) }
}

/// Where resources are.
pub(super) struct Homes<'n> {
    pub(super) file: &'n str,
    pub(super) links: Links<'n>,
    pub(super) said: &'n FileOptions,
    /// The accounts of providers, as the plan states them.
    pub(super) stated: BTreeMap<&'n str, AccountId>,
}

impl Homes<'_> {
    /// The value that the user gives: that of an address without its keys is of all instances.
    pub(super) fn said(&self, name: &str) -> Option<String> {
        let all = || self.said.values.iter().filter(|(given, _)| fits(given, name)).max();
        let all = || all().map(|(_, value)| value);
        self.said.values.get(name).or_else(all).cloned()
    }

    /// The provider of a resource, if it has an alias.
    fn alias(&self, planned: &Planned<'_>) -> Option<&str> {
        self.links.provider(planned).filter(|provider| is_alias(provider))
    }

    /// Where a resource is, if that is known.
    pub(super) fn home(&self, planned: &Planned<'_>) -> Home {
        let provider = self.links.provider(planned);
        let own = planned.text("arn").and_then(split_arn);
        let said = match self.alias(planned) {
            Some(alias) => self.said.providers.get(alias).cloned().unwrap_or_default(),
            None => self.said.home.clone(),
        };
        let region = own.and_then(|arn| arn.region.parse().ok());
        let region = region.or_else(|| planned.text("region")?.parse().ok()).or(said.region);
        let account = own.and_then(|arn| arn.account.parse().ok()).or(said.account);
        let account = account.or_else(|| self.stated.get(provider?).cloned());
        // Since version 6 of the provider, a resource has a Region of its own, which only then isn't known.
        let of_provider = || self.links.region(provider?).filter(|_| !planned.is_open("region"))?.parse().ok();
        Home { account, region: region.or_else(of_provider) }
    }

    /// The account of a resource, or its placeholder.
    pub(super) fn account(&self, planned: &Planned<'_>) -> String {
        match (self.home(planned).account, self.alias(planned)) {
            (Some(account), _) => account.to_string(),
            (None, Some(alias)) => symbol(self.file, &format!("account of {alias}")),
            (None, None) => symbol(self.file, "account"),
        }
    }

    /// The Region of a resource, or its placeholder.
    pub(super) fn region(&self, planned: &Planned<'_>) -> String {
        match (self.home(planned).region, self.alias(planned)) {
            (Some(region), _) => region.to_string(),
            (None, Some(alias)) => symbol(self.file, &format!("region of {alias}")),
            (None, None) => symbol(self.file, "region"),
        }
    }

    pub(super) fn partition(&self, planned: &Planned<'_>) -> String {
        let region = self.home(planned).region;
        region.as_ref().map_or_else(Partition::aws, Partition::of_region).as_str().to_owned()
    }
}
