//! The current state of pipelines and roles: read from their accounts, or from files.

use std::io::Read;
use std::path::PathBuf;

use super::who::{Part, Who};
use crate::cli::cargo_xacct::accounts::profile;
use crate::cli::cargo_xacct::offline::read;
use crate::cli::cargo_xacct::open_options::PlaceOptions;
use crate::core::contract::Contract;
use crate::core::doctor::Reading;
use crate::core::ids::AccountId;
use crate::core::plan::Found;
use crate::core::topology::Subject;

/// Where to ask.
#[derive(clap::Args)]
pub(super) struct Source {
    /// The AWS profile for an account; not needed for the only account, if the environment has credentials for it
    #[arg(long = "account-profile", value_name = "ID=PROFILE", value_parser = profile, conflicts_with = "offline")]
    profiles: Vec<(AccountId, String)>,
    /// Files instead of accounts: output of `get-pipeline` and of `iam get-account-authorization-details`; `-` is the standard input
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(super) offline: Vec<PathBuf>,
    #[command(flatten)]
    places: PlaceOptions,
}

/// What a pipeline or a role says now.
pub(super) enum Now {
    Says(Contract),
    #[cfg_attr(not(feature = "sdk"), expect(dead_code, reason = "only an account can tell"))]
    Gone,
    Unread(String),
}

/// Is told of one of so many what it says now, and who changed that since a contract.
pub(super) type Told<'a> = dyn FnMut(usize, Subject, Now, Who) -> Result<(), String> + 'a;

/// Which pipelines and roles to ask.
pub(super) enum Wanted<'a> {
    /// By their names or ARNs.
    Named(&'a [String]),
    /// Those of a contract that is pulled again.
    These(&'a [Subject]),
    /// Those of contracts, to be compared with them.
    Compared(&'a [Part]),
}

impl Source {
    /// Tells of each of those wanted what it says now, in their order, as soon as it is known.
    pub(super) fn ask(&self, wanted: &Wanted<'_>, stdin: &mut dyn Read, told: &mut Told<'_>) -> Result<(), String> {
        if self.offline.is_empty() { self.accounts(wanted, told) } else { self.files(wanted, stdin, told) }
    }

    fn files(&self, wanted: &Wanted<'_>, stdin: &mut dyn Read, told: &mut Told<'_>) -> Result<(), String> {
        let (reading, found) = read(&self.offline, &self.places.homes(), stdin)?;
        let subjects = match wanted {
            Wanted::These(subjects) => subjects.to_vec(),
            Wanted::Compared(parts) => parts.iter().map(|part| part.subject.clone()).collect(),
            Wanted::Named([]) if found.is_empty() => {
                return Err("no file has a pipeline\n  help: name the roles that you want contracts of".to_owned());
            }
            Wanted::Named([]) => found.into_iter().map(Subject::Pipeline).collect(),
            Wanted::Named(names) => {
                let named = names.iter().map(|name| of_files(&reading, name));
                named.collect::<Result<Vec<_>, _>>()?.concat()
            }
        };
        let of = subjects.len();
        subjects.into_iter().try_for_each(|subject| {
            let now = stated(&reading, &subject);
            told(of, subject, now, Who::new())
        })
    }

    #[cfg(not(feature = "sdk"))]
    fn accounts(&self, _: &Wanted<'_>, _: &mut Told<'_>) -> Result<(), String> {
        let _ = &self.profiles;
        Err(crate::cli::cargo_xacct::accounts::without_sdk("files with `--offline`"))
    }

    #[cfg(feature = "sdk")]
    fn accounts(&self, wanted: &Wanted<'_>, told: &mut Told<'_>) -> Result<(), String> {
        crate::cli::cargo_xacct::accounts::block_on(self.asked(wanted, told))
    }

    #[cfg(feature = "sdk")]
    async fn asked(&self, wanted: &Wanted<'_>, told: &mut Told<'_>) -> Result<(), String> {
        use futures_util::stream::{FuturesOrdered, StreamExt};

        use crate::cli::cargo_xacct::accounts::{connect, named};
        use crate::core::ids::Partition;
        use crate::core::topology::NoSubject;

        let (mut subjects, mut names, mut compared) = (Vec::new(), Vec::new(), &[][..]);
        match wanted {
            Wanted::These(these) => subjects.extend_from_slice(these),
            Wanted::Compared(parts) => {
                subjects.extend(parts.iter().map(|part| part.subject.clone()));
                compared = parts;
            }
            Wanted::Named(given) => {
                for name in *given {
                    match name.parse() {
                        Ok(subject) => subjects.push(subject),
                        Err(NoSubject) => names.push(name),
                    }
                }
            }
        }
        let region = self.places.of_accounts()?;
        let of_region = || region.map(Partition::of_region);
        let first: Option<&Subject> = subjects.first();
        let partition =
            first.map(|subject| subject.partition().clone()).or_else(of_region).unwrap_or_else(Partition::aws);
        let session = connect(&self.profiles, first.map(Subject::account), &partition).await?;
        if !names.is_empty() {
            let found = named(&session, &names, region).await?;
            subjects.extend(found.into_iter().map(Subject::Pipeline));
        }
        let (of, history) = (subjects.len(), session.event_history());
        let parts = compared.iter().map(Some).chain(std::iter::repeat(None));
        let (session, history) = (&session, &history);
        let asked = subjects.into_iter().zip(parts).map(|(subject, part)| async move {
            let now = match session.contract(&subject).await {
                Ok(Some(contract)) => Now::Says(contract),
                Ok(None) => Now::Gone,
                Err(error) => Now::Unread(error.to_string()),
            };
            let who = match (part, &now) {
                (Some(part), Now::Says(now)) => part.who(Some(&now.signature), history).await,
                (Some(part), Now::Gone) => part.who(None, history).await,
                (Some(_), Now::Unread(_)) | (None, _) => Who::new(),
            };
            (subject, now, who)
        });
        let mut asked: FuturesOrdered<_> = asked.collect();
        while let Some((subject, now, who)) = asked.next().await {
            told(of, subject, now, who)?;
        }
        Ok(())
    }
}

/// The pipelines and roles of a name or an ARN that files state.
fn of_files(reading: &Reading, name: &String) -> Result<Vec<Subject>, String> {
    let pipelines = reading.pipelines.keys().filter(|arn| arn.is_called(name));
    let roles = reading.roles.keys().filter(|arn| arn.is_called(name));
    let pipelines = pipelines.cloned().map(Subject::Pipeline);
    let found: Vec<Subject> = pipelines.chain(roles.cloned().map(Subject::Role)).collect();
    if found.is_empty() { Err(format!("no file has a pipeline or a role `{name}`")) } else { Ok(found) }
}

fn stated(reading: &Reading, subject: &Subject) -> Now {
    let contract = match subject {
        Subject::Pipeline(arn) => {
            let found = reading.pipelines.get(arn).and_then(Found::present);
            found.map(|declaration| Contract::of_pipeline(arn.clone(), declaration))
        }
        Subject::Role(arn) => reading.roles.get(arn).and_then(Found::present).map(Contract::of_role),
    };
    contract.map_or_else(|| Now::Unread("no file states it".to_owned()), Now::Says)
}
