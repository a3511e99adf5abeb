//! A table that says for each account where its credentials come from, as a TOML file has it.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use indexmap::IndexMap;
use serde::Deserialize;

use super::source::{AssumedRole, Credentials};
use crate::core::ids::{AccountId, RoleArn};
use crate::core::topology::Account;

/// Where the credentials of many accounts come from.
///
/// ```
/// # use codepipeline_xacct::aws::CredentialsTable;
/// let table = CredentialsTable::from_toml(r#"
///     [default]
///     from = "Tooling"
///     role = "OrganizationAccountAccessRole"
///
///     [accounts.Tooling]
///     profile = "tooling"
///     mfa_serial = "arn:aws:iam::111111111111:mfa/ana"
///
///     [accounts.Prod]
///     from = "Tooling"
///     role = "arn:aws:iam::222222222222:role/ci/deployer"
///     external_id = "release"
/// "#)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// `default` is for accounts that have no entry of their own; the others are called by the item of the account, or its id.
///
/// An entry has the credentials that it begins with: `profile`, `from` (the credentials of another entry), `environment = true`, or
/// `web_identity_token_file`; the environment, if it has none of them. With `mfa_serial`, their user signs in with an MFA device. With
/// `role`, they assume a role: an ARN, or the path and the name of one in the account, with `external_id`, `role_session_name` and
/// `duration_seconds`. The names are those of the AWS configuration files where these have one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialsTable {
    default: Option<Entry>,
    #[serde(default)]
    accounts: IndexMap<String, Entry>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    profile: Option<String>,
    from: Option<String>,
    environment: Option<bool>,
    web_identity_token_file: Option<PathBuf>,
    mfa_serial: Option<String>,
    role: Option<String>,
    external_id: Option<String>,
    role_session_name: Option<String>,
    duration_seconds: Option<u64>,
}

/// Without the external id, which not everybody should know.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { profile, from, role, mfa_serial, .. } = self;
        f.debug_struct("Entry")
            .field("profile", profile)
            .field("from", from)
            .field("role", role)
            .field("mfa_serial", mfa_serial)
            .finish_non_exhaustive()
    }
}

/// What is wrong with a table; everything at once.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CredentialsTableError {
    /// A sentence for each problem.
    pub problems: Vec<String>,
}

impl fmt::Display for CredentialsTableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problems.join("\n"))
    }
}

impl std::error::Error for CredentialsTableError {}

impl CredentialsTable {
    /// Reads a table.
    pub fn from_toml(text: &str) -> Result<Self, CredentialsTableError> {
        toml::from_str(text).map_err(|error| CredentialsTableError { problems: vec![error.to_string()] })
    }

    /// Whether it has an entry for an account, or one for all.
    pub fn lists(&self, account: &Account) -> bool {
        self.default.is_some() || self.accounts.keys().any(|name| is(account, name))
    }

    /// The credentials of each account.
    pub fn credentials(&self, accounts: &[Account]) -> Result<Vec<(Account, Credentials)>, CredentialsTableError> {
        let mut resolving = Resolving { table: self, accounts, done: HashMap::new(), problems: Vec::new() };
        let mut all = Vec::new();
        for account in accounts {
            if let Some(credentials) = resolving.account(account) {
                all.push((account.clone(), credentials));
            }
        }
        resolving.unused();
        match resolving.problems {
            problems if problems.is_empty() => Ok(all),
            problems => Err(CredentialsTableError { problems }),
        }
    }
}

struct Resolving<'a> {
    table: &'a CredentialsTable,
    accounts: &'a [Account],
    /// By the name of the entry; `None` while it is being resolved, and where it can't be.
    done: HashMap<&'a str, Option<Credentials>>,
    problems: Vec<String>,
}

fn is(account: &Account, name: &str) -> bool {
    account.item == name || account.id.as_str() == name
}

impl<'a> Resolving<'a> {
    fn account(&mut self, account: &'a Account) -> Option<Credentials> {
        let table = self.table;
        let mut named = table.accounts.keys().filter(|name| is(account, name));
        match (named.next(), named.next(), &table.default) {
            (Some(one), Some(other), _) => self.problem(format!("`{one}` and `{other}` are the same account")),
            (Some(name), None, _) => self.entry(name),
            (None, _, Some(entry)) => self.begin("default", entry, Some(account)),
            (None, _, None) => {
                let (item, id) = (&account.item, &account.id);
                self.problem(format!("account {item} ({id}) has no credentials; add [accounts.{item}] or [default]"))
            }
        }
    }

    fn problem<T>(&mut self, problem: String) -> Option<T> {
        self.problems.push(problem);
        None
    }

    /// The credentials of a named entry, the same for all that begin with them.
    fn entry(&mut self, name: &'a str) -> Option<Credentials> {
        if let Some(done) = self.done.get(name) {
            return done.clone();
        }
        let (name, entry) = self.table.accounts.get_key_value(name)?;
        self.done.insert(name, None);
        let account = self.accounts.iter().find(|account| is(account, name));
        let credentials = self.begin(name, entry, account);
        self.done.insert(name, credentials.clone());
        credentials
    }

    fn begin(&mut self, name: &str, entry: &'a Entry, account: Option<&Account>) -> Option<Credentials> {
        let begins = [
            ("profile", entry.profile.is_some()),
            ("from", entry.from.is_some()),
            ("environment", entry.environment == Some(true)),
            ("web_identity_token_file", entry.web_identity_token_file.is_some()),
        ];
        let begins: Vec<&str> = begins.iter().filter(|(_, is_there)| *is_there).map(|(key, _)| *key).collect();
        if let [one, other, ..] = begins[..] {
            return self.problem(format!("{name}: it has `{one}` and `{other}`; credentials begin with one of them"));
        }
        let role = match &entry.role {
            Some(role) => Some(self.role(name, entry, role, account)?),
            None => None,
        };
        let of_role = [
            ("external_id", entry.external_id.is_some()),
            ("role_session_name", entry.role_session_name.is_some()),
            ("duration_seconds", entry.duration_seconds.is_some()),
            ("web_identity_token_file", entry.web_identity_token_file.is_some()),
        ];
        if let (None, Some((key, _))) = (&role, of_role.iter().find(|(_, is_there)| *is_there)) {
            return self.problem(format!("{name}: `{key}` needs a `role`"));
        }
        if let Some(file) = &entry.web_identity_token_file {
            let rest = [
                ("mfa_serial", entry.mfa_serial.is_some()),
                ("external_id", entry.external_id.is_some()),
                ("role_session_name", entry.role_session_name.is_some()),
                ("duration_seconds", entry.duration_seconds.is_some()),
            ];
            if let Some((key, _)) = rest.iter().find(|(_, is_there)| *is_there) {
                return self.problem(format!("{name}: `{key}` can't be used with a web identity"));
            }
            return Some(Credentials::web_identity(role?.role, file));
        }
        let mut credentials = match (&entry.profile, &entry.from) {
            (Some(profile), _) => Credentials::profile(profile),
            (None, Some(from)) => self.from(name, from)?,
            (None, None) => Credentials::environment(),
        };
        if let Some(device) = &entry.mfa_serial {
            credentials = credentials.mfa(device);
        }
        Some(match role {
            Some(role) => credentials.assume(role),
            None => credentials,
        })
    }

    fn from(&mut self, name: &str, from: &'a str) -> Option<Credentials> {
        if !self.table.accounts.contains_key(from) {
            return self.problem(format!("{name}: there is no entry [accounts.{from}] to start from"));
        }
        let reported = self.problems.len();
        let credentials = self.entry(from);
        if credentials.is_none() && self.problems.len() == reported && self.is_circle(from) {
            return self.problem(format!("{name}: credential cycle: it starts from `{from}`, which starts from it"));
        }
        credentials
    }

    /// Whether an entry leads back to itself.
    fn is_circle(&self, name: &str) -> bool {
        let next = |name: &&'a str| self.table.accounts.get(*name)?.from.as_deref();
        let Some((start, _)) = self.table.accounts.get_key_value(name) else { return false };
        let chain = std::iter::successors(next(&start.as_str()), next);
        chain.take(self.table.accounts.len()).any(|other| other == name)
    }

    fn role(&mut self, name: &str, entry: &Entry, role: &str, account: Option<&Account>) -> Option<AssumedRole> {
        let arn: Result<RoleArn, _> = match account {
            _ if role.starts_with("arn:") => role.parse(),
            Some(account) => RoleArn::new(account.partition.clone(), account.id.clone(), role),
            None => return self.problem(format!("{name}: `{role}` is not an ARN, and no account is called `{name}`")),
        };
        let arn = match arn {
            Ok(arn) => arn,
            Err(error) => return self.problem(format!("{name}: role: {error}")),
        };
        let other = |id: &AccountId| account.is_some_and(|account| account.id != *id);
        if other(arn.account()) {
            return self.problem(format!("{name}: role `{arn}` belongs to another account"));
        }
        let mut assumed = AssumedRole::new(arn);
        if let Some(id) = &entry.external_id {
            assumed = assumed.external_id(id);
        }
        if let Some(name) = &entry.role_session_name {
            assumed = assumed.session_name(name);
        }
        if let Some(seconds) = entry.duration_seconds {
            assumed = assumed.duration(Duration::from_secs(seconds));
        }
        Some(assumed)
    }

    /// An entry that no account has and no other begins with is most likely misspelt.
    fn unused(&mut self) {
        let used: Vec<&str> = self.table.accounts.values().filter_map(|entry| entry.from.as_deref()).collect();
        let default = self.table.default.as_ref().and_then(|entry| entry.from.as_deref());
        for name in self.table.accounts.keys() {
            let is_used = used.contains(&name.as_str()) || default == Some(name.as_str());
            if !is_used && !self.accounts.iter().any(|account| is(account, name)) {
                let known: Vec<String> =
                    self.accounts.iter().map(|account| format!("{} ({})", account.item, account.id)).collect();
                self.problems.push(format!("there is no account `{name}`; there is {}", known.join(", ")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::source::Source;
    use super::*;

    fn accounts() -> Vec<Account> {
        let account = |item: &str, id: &str| Account {
            item: item.to_owned(),
            id: id.parse().unwrap(),
            partition: "aws".parse().unwrap(),
        };
        vec![account("Tooling", "111111111111"), account("Staging", "222222222222"), account("Prod", "333333333333")]
    }

    fn resolved(toml: &str) -> Result<Vec<String>, Vec<String>> {
        let table = CredentialsTable::from_toml(toml).map_err(|error| error.problems)?;
        let all = table.credentials(&accounts()).map_err(|error| error.problems)?;
        Ok(all.iter().map(|(account, credentials)| format!("{}: {}", account.item, chain(credentials))).collect())
    }

    /// The credentials in a line.
    fn chain(credentials: &Credentials) -> String {
        match &credentials.source {
            Source::Environment => "environment".to_owned(),
            Source::Profile(name) => format!("profile {name}"),
            Source::WebIdentity { role, token_file } => format!("{} as {}", token_file.display(), role.name()),
            Source::Mfa { from, device } => format!("{} with {device}", chain(from)),
            Source::Role { from, role: AssumedRole { role, external_id, session_name, duration } } => {
                let said = [
                    external_id.as_ref().map(|id| format!(" id {id}")),
                    session_name.as_ref().map(|name| format!(" called {name}")),
                    duration.map(|duration| format!(" for {duration:?}")),
                ];
                format!("{} > {}{}{}", chain(from), role.account(), role.path(), role.name())
                    + &said.into_iter().flatten().collect::<String>()
            }
            Source::Config(_) => "config".to_owned(),
        }
    }

    #[test]
    fn each_account_gets_its_entry_or_the_default() {
        let toml = r#"
            [default]
            from = "111111111111"
            role = "OrganizationAccountAccessRole"
            [accounts.111111111111]
            profile = "tooling"
            mfa_serial = "arn:aws:iam::111111111111:mfa/ana"
            [accounts.Prod]
            from = "hub"
            role = "ci/deployer"
            external_id = "x1"
            role_session_name = "release"
            duration_seconds = 900
            [accounts.hub]
            web_identity_token_file = "/run/token"
            role = "arn:aws:iam::444444444444:role/hub"
        "#;
        assert_eq!(
            resolved(toml).unwrap(),
            [
                "Tooling: profile tooling with arn:aws:iam::111111111111:mfa/ana",
                "Staging: profile tooling with arn:aws:iam::111111111111:mfa/ana > 222222222222/OrganizationAccountAccessRole",
                "Prod: /run/token as hub > 333333333333/ci/deployer id x1 called release for 900s",
            ]
        );
        assert_eq!(resolved("[default]\nenvironment = true").unwrap()[2], "Prod: environment");
    }

    #[test]
    fn an_account_and_those_that_begin_with_it_load_the_same_credentials_once() {
        let toml = "[default]\nfrom = \"Tooling\"\nrole = \"deployer\"\n[accounts.Tooling]\nprofile = \"tooling\"";
        let all = CredentialsTable::from_toml(toml).unwrap().credentials(&accounts()).unwrap();
        let [(_, tooling), (_, staging), ..] = &all[..] else { unreachable!() };
        let Source::Role { from, .. } = &staging.source else { unreachable!() };
        assert!(std::sync::Arc::ptr_eq(&from.loaded, &tooling.loaded));
    }

    #[test]
    fn everything_that_is_wrong_is_reported_at_once() {
        let toml = r#"
            [accounts.Tooling]
            profile = "tooling"
            environment = true
            [accounts.Stagign]
            profile = "staging"
            [accounts.Prod]
            from = "Tools"
        "#;
        assert_eq!(
            resolved(toml).unwrap_err(),
            [
                "Tooling: it has `profile` and `environment`; credentials begin with one of them",
                "account Staging (222222222222) has no credentials; add [accounts.Staging] or [default]",
                "Prod: there is no entry [accounts.Tools] to start from",
                "there is no account `Stagign`; there is Tooling (111111111111), Staging (222222222222), Prod (333333333333)",
            ]
        );
    }

    #[test]
    fn an_entry_that_makes_no_sense_is_refused() {
        let refused = |prod: &str| {
            let toml = format!("[default]\nenvironment = true\n[accounts.Prod]\n{prod}");
            resolved(&toml).unwrap_err().join("\n")
        };
        assert_eq!(refused("external_id = \"x\""), "Prod: `external_id` needs a `role`");
        assert_eq!(refused("web_identity_token_file = \"t\""), "Prod: `web_identity_token_file` needs a `role`");
        assert_eq!(
            refused("web_identity_token_file = \"t\"\nrole = \"r\"\nmfa_serial = \"m\""),
            "Prod: `mfa_serial` can't be used with a web identity"
        );
        assert_eq!(
            refused("role = \"arn:aws:iam::222222222222:role/deployer\""),
            "Prod: role `arn:aws:iam::222222222222:role/deployer` belongs to another account"
        );
        assert_eq!(
            refused("role = \"a b\""),
            "Prod: role: `a b` is not a role name of 1 to 64 characters out of `A-Z a-z 0-9 _ + = , . @ -`"
        );
        assert_eq!(
            refused("from = \"hub\"\n[accounts.hub]\nrole = \"hub\""),
            "hub: `hub` is not an ARN, and no account is called `hub`"
        );
        assert_eq!(
            refused("from = \"333333333333\"\n[accounts.333333333333]\nprofile = \"p\""),
            "`333333333333` and `Prod` are the same account"
        );
        let toml = refused("profil = \"p\"");
        assert!(toml.contains("line 4") && toml.contains("unknown field `profil`"), "{toml}");
    }

    #[test]
    fn a_circle_ends() {
        let toml =
            "[default]\nenvironment = true\n[accounts.Prod]\nfrom = \"Staging\"\n[accounts.Staging]\nfrom = \"Prod\"";
        assert_eq!(
            resolved(toml).unwrap_err(),
            ["Prod: credential cycle: it starts from `Staging`, which starts from it"]
        );
        let own = "[default]\nenvironment = true\n[accounts.Prod]\nfrom = \"Prod\"";
        assert_eq!(resolved(own).unwrap_err(), ["Prod: credential cycle: it starts from `Prod`, which starts from it"]);
    }
}
