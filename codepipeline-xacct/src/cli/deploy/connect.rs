//! Reaches each account with its profile.

use super::exit::Failure;
use crate::aws::Session;
use crate::core::topology::Topology;
use crate::core::topology::items::Account;

/// Reaches each account with its profile.
pub(super) async fn connect(topology: &Topology, profiles: &[(String, String)]) -> Result<Session, Failure> {
    let accounts = topology.accounts();
    let is = |account: &Account, name: &str| account.item == name || account.id.as_str() == name;
    if let Some((name, _)) = profiles.iter().find(|(name, _)| !accounts.iter().any(|account| is(account, name))) {
        let known: Vec<String> = accounts.iter().map(|account| format!("{} ({})", account.item, account.id)).collect();
        return Err(format!("the topology has no account `{name}`; it has {}", known.join(", ")).into());
    }
    let mut builder = Session::builder();
    let mut without = Vec::new();
    for account in accounts {
        // Of several, the last one counts, as with other options.
        match profiles.iter().rev().find(|(name, _)| is(account, name)) {
            Some((_, profile)) => builder = builder.account_profile(account.clone(), profile),
            None if accounts.len() == 1 => builder = builder.account_default(account.clone()),
            None => without.push(account),
        }
    }
    if !without.is_empty() {
        let names: Vec<String> = without.iter().map(|account| format!("{} ({})", account.item, account.id)).collect();
        let options: Vec<String> = without.iter().map(|account| format!("--profile {}=…", account.item)).collect();
        let (names, options) = (names.join(", "), options.join(" "));
        return Err(format!("there is no profile for {names}\n  help: add {options}").into());
    }
    Ok(builder.connect().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::pipeline! {
        account Tooling = "111111111111";
        account Prod = "222222222222";
        extern pipeline Release in Tooling { name: "release", region: "eu-west-1" }
        extern pipeline Deploy in Prod { name: "deploy", region: "eu-west-1" }
    }

    async fn refused(profiles: &[(&str, &str)]) -> String {
        let topology = Topology::builder("t").add(Release).add(Deploy).build().unwrap();
        let profiles: Vec<_> = profiles.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        connect(&topology, &profiles).await.unwrap_err().to_string()
    }

    #[tokio::test]
    async fn accounts_without_a_profile_are_named_with_the_options_to_add() {
        assert_eq!(
            refused(&[]).await,
            "there is no profile for Tooling (111111111111), Prod (222222222222)\n  help: add --profile Tooling=… --profile Prod=…"
        );
        assert_eq!(
            refused(&[("111111111111", "tooling")]).await,
            "there is no profile for Prod (222222222222)\n  help: add --profile Prod=…"
        );
    }

    #[tokio::test]
    async fn a_profile_for_an_account_that_is_not_there_is_an_error() {
        assert_eq!(
            refused(&[("Staging", "staging")]).await,
            "the topology has no account `Staging`; it has Tooling (111111111111), Prod (222222222222)"
        );
    }
}
