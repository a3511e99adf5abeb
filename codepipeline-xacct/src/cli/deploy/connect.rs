//! Reaches each account with its credentials.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::PathBuf;

use super::exit::Failure;
use super::values::{pair, text_of};
use crate::aws::{Credentials, CredentialsTable, Session, SessionBuilder};
use crate::core::topology::Account;
use crate::core::topology::Topology;

#[derive(clap::Args)]
pub(super) struct Connecting {
    /// The AWS profile for an account, by its item or its id; one per account; optional if there is only one account.
    /// With the id, also for an account that is no longer in the program
    // The alias is the name of the option of `cargo xacct`, which a diagnosis names.
    #[arg(long, alias = "account-profile", global = true, value_name = "ACCOUNT=PROFILE", value_parser = pair)]
    profile: Vec<(String, String)>,
    /// A TOML file with the credentials of the accounts: profiles, roles to assume, MFA devices; `--profile` takes precedence
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// The accounts that have to have credentials.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Accounts {
    /// All of the topology.
    All,
    /// Some of them.
    Some,
}

impl Connecting {
    /// Reaches each account with its profile, or as the file says.
    pub(super) async fn connect(&self, topology: &Topology) -> Result<Session, Failure> {
        Ok(self.builder(topology, Accounts::All)?.connect().await?)
    }

    /// Reaches the accounts that there are credentials for; for what only reads, or begins in one account.
    pub(super) async fn connect_some(&self, topology: &Topology) -> Result<Session, Failure> {
        Ok(self.builder(topology, Accounts::Some)?.go_without().connect().await?)
    }

    fn builder(&self, topology: &Topology, which: Accounts) -> Result<SessionBuilder, Failure> {
        let builder = Session::builder().mfa_code(ask_on_terminal);
        let all = self.credentials(topology.accounts(), which)?.into_iter();
        Ok(all.fold(builder, |builder, (account, credentials)| builder.account(account, credentials)))
    }

    fn credentials(&self, accounts: &[Account], which: Accounts) -> Result<Vec<(Account, Credentials)>, Failure> {
        let is = |account: &Account, name: &str| account.item == name || account.id.as_str() == name;
        let mut left = Vec::new();
        for (name, profile) in self.profile.iter().filter(|(name, _)| !accounts.iter().any(|a| is(a, name))) {
            // An account that is no longer in the program, whose pipelines may still use what it has.
            let (Ok(id), Some(of_topology)) = (name.parse(), accounts.first()) else {
                let help = format!("an account that left the program is given by its id: --profile ID={profile}");
                let all = named(accounts.iter());
                return Err(format!("the topology has no account `{name}`; it has {all}\n  help: {help}").into());
            };
            let account = Account { item: name.clone(), id, partition: of_topology.partition.clone() };
            left.push((account, Credentials::profile(profile)));
        }
        // Of several, the last one counts, as with other options.
        let profile = |account: &Account| {
            let of_account = self.profile.iter().rev().find(|(name, _)| is(account, name));
            of_account.map(|(_, profile)| (account.clone(), Credentials::profile(profile)))
        };
        let mut all: Vec<_> = accounts.iter().filter_map(profile).collect();
        let without: Vec<&Account> = accounts.iter().filter(|account| profile(account).is_none()).collect();
        match (&self.config, &without[..]) {
            (_, []) => {}
            (Some(file), _) => {
                // All accounts, so that an entry for an account with a profile is not reported as misspelt.
                let table = CredentialsTable::from_toml(&text_of(file)?);
                let needed = |account: &&Account| which == Accounts::All && without.contains(account);
                let of_file = table.and_then(|table| {
                    let listed = accounts.iter().filter(|account| table.lists(account) || needed(account));
                    table.credentials(&listed.cloned().collect::<Vec<_>>())
                });
                let of_file = of_file.map_err(|error| format!("{}: {error}", file.display()))?;
                all.extend(of_file.into_iter().filter(|(account, _)| without.contains(&account)));
            }
            (None, _) if which == Accounts::Some && !all.is_empty() => {}
            (None, [account]) if accounts.len() == 1 => all.push(((*account).clone(), Credentials::environment())),
            (None, _) => {
                let options: Vec<String> =
                    without.iter().map(|account| format!("--profile {}=…", account.item)).collect();
                let (names, options) = (named(without.iter().copied()), options.join(" "));
                let help = format!("add {options}, or --config FILE with the credentials of the accounts");
                return Err(format!("there is no profile for {names}\n  help: {help}").into());
            }
        }
        all.extend(left);
        Ok(all)
    }
}

fn named<'a>(accounts: impl Iterator<Item = &'a Account>) -> String {
    accounts.map(|account| format!("{} ({})", account.item, account.id)).collect::<Vec<_>>().join(", ")
}

/// Asks on the terminal for the code of an MFA device.
fn ask_on_terminal(device: &str) -> io::Result<String> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return Err(io::Error::other("there is no terminal to ask on"));
    }
    let mut stderr = io::stderr();
    write!(stderr, "code of MFA device {device}: ")?;
    stderr.flush()?;
    let mut code = String::new();
    stdin.lock().read_line(&mut code)?;
    Ok(code)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    crate::pipeline! {
        account Tooling = "111111111111";
        account Prod = "222222222222";
        extern pipeline Release in Tooling { name: "release", region: "eu-west-1" }
        extern pipeline Deploy in Prod { name: "deploy", region: "eu-west-1" }
    }

    fn accounts() -> Vec<Account> {
        Topology::builder("t").add(Release).add(Deploy).build().unwrap().accounts().to_vec()
    }

    fn connecting(profiles: &[(&str, &str)], config: Option<&Path>) -> Connecting {
        let profile = profiles.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        Connecting { profile, config: config.map(Path::to_owned) }
    }

    fn refused(profiles: &[(&str, &str)]) -> String {
        connecting(profiles, None).credentials(&accounts(), Accounts::All).unwrap_err().to_string()
    }

    #[test]
    fn accounts_without_a_profile_are_named_with_the_options_to_add() {
        assert_eq!(
            refused(&[]),
            "there is no profile for Tooling (111111111111), Prod (222222222222)\n  help: add --profile Tooling=… --profile Prod=…, or --config FILE with the credentials of the accounts"
        );
        assert_eq!(
            refused(&[("111111111111", "tooling")]),
            "there is no profile for Prod (222222222222)\n  help: add --profile Prod=…, or --config FILE with the credentials of the accounts"
        );
    }

    #[test]
    fn a_profile_for_an_account_that_is_not_there_is_an_error() {
        assert_eq!(
            refused(&[("Staging", "staging")]),
            "the topology has no account `Staging`; it has Tooling (111111111111), Prod (222222222222)\n  help: an account that left the program is given by its id: --profile ID=staging"
        );
    }

    #[test]
    fn what_only_reads_goes_without_a_profile_for_each_account() {
        let some = |profiles: &[(&str, &str)]| connecting(profiles, None).credentials(&accounts(), Accounts::Some);
        assert_eq!(some(&[("Tooling", "tooling")]).unwrap().len(), 1);
        assert!(some(&[]).unwrap_err().to_string().starts_with("there is no profile for Tooling"));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("accounts.toml");
        fs::write(&file, "[accounts.Tooling]\nprofile = \"t\"\n").unwrap();
        let of_file = |which| connecting(&[], Some(&file)).credentials(&accounts(), which);
        assert_eq!(of_file(Accounts::Some).unwrap().len(), 1);
        assert!(
            of_file(Accounts::All).unwrap_err().to_string().contains("account Prod (222222222222) has no credentials")
        );
    }

    #[test]
    fn an_account_that_left_the_program_is_reached_by_its_id() {
        let profiles = [("Tooling", "tooling"), ("Prod", "prod"), ("333333333333", "former")];
        let all = connecting(&profiles, None).credentials(&accounts(), Accounts::All).unwrap();
        let ids: Vec<&str> = all.iter().map(|(account, _)| account.id.as_str()).collect();
        assert_eq!(ids, ["111111111111", "222222222222", "333333333333"]);
    }

    #[test]
    fn what_has_no_profile_is_taken_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("accounts.toml");
        fs::write(
            &file,
            "[accounts.Tooling]\nprofile = \"t\"\n[accounts.Prod]\nfrom = \"Tooling\"\nrole = \"deployer\"\n",
        )
        .unwrap();
        let of = |profiles: &[(&str, &str)]| {
            let all = connecting(profiles, Some(&file)).credentials(&accounts(), Accounts::All).unwrap();
            all.into_iter().map(|(account, credentials)| (account.item, format!("{credentials:?}"))).collect::<Vec<_>>()
        };
        let [(tooling, t), (prod, p)] = &of(&[])[..] else { panic!("two accounts") };
        assert!(tooling == "Tooling" && t.contains(r#"Profile("t")"#), "{t}");
        assert!(prod == "Prod" && p.contains(r#"Profile("t")"#) && p.contains("deployer"), "{p}");
        let [(prod, p), (tooling, _)] = &of(&[("Prod", "other")])[..] else { panic!("two accounts") };
        assert!(prod == "Prod" && tooling == "Tooling" && p.contains(r#"Profile("other")"#), "{p}");
    }

    #[test]
    fn a_file_that_is_wrong_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("accounts.toml");
        let refused = || connecting(&[], Some(&file)).credentials(&accounts(), Accounts::All).unwrap_err().to_string();
        assert!(refused().starts_with(&format!("{}: this can't be read: ", file.display())));
        fs::write(&file, "[accounts.Tooling]\nprofile = \"t\"\n").unwrap();
        let why = "account Prod (222222222222) has no credentials; add [accounts.Prod] or [default]";
        assert_eq!(refused(), format!("{}: {why}", file.display()));
    }
}
