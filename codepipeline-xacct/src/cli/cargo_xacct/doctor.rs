//! `cargo xacct doctor`: what is wrong with pipelines that exist.

use std::io::{self, Read, Write};
use std::path::PathBuf;

#[cfg(feature = "sdk")]
use super::accounts::not_listed;
use super::accounts::{Asked, profile};
use super::offline::read;
use super::open_options::PlaceOptions;
use crate::cli::diagnosis_output::{DiagnosisOutput, HEALTHY, UNREAD};
use crate::cli::terminal::write;
use crate::core::doctor::{Diagnosis, diagnose};
#[cfg(feature = "deploy")]
use crate::core::ids::IdError;
use crate::core::ids::{AccountId, PipelineArn};

/// Say what is wrong with deployed pipelines, hop by hop, and how to fix it; nothing is written to the accounts
///
/// Exit code: 0 nothing is wrong, 1 invalid arguments or not everything could be read, 2 something is wrong.
#[derive(clap::Args)]
pub(super) struct DoctorArgs {
    /// Names or ARNs of pipelines; with `--offline`, all in the files if none is given
    #[arg(value_name = "NAME|ARN", required_unless_present_any = ["all", "offline"])]
    pipelines: Vec<String>,
    /// All pipelines of the accounts, in the Region of `--region`
    #[arg(long, conflicts_with = "pipelines")]
    all: bool,
    /// The AWS profile for an account; not needed for the only account, if the environment has credentials for it
    #[arg(long = "account-profile", value_name = "ID=PROFILE", value_parser = profile, conflicts_with = "offline")]
    profiles: Vec<(AccountId, String)>,
    /// Files instead of accounts: output of `get-pipeline`, `get-pipeline-state`, `iam get-account-authorization-details`, `get-bucket-policy`
    /// and, with the ARN as `KeyId`, `get-key-policy`; and chains of roles as `wiring` reads them; `-` is the standard input
    #[arg(long, value_name = "FILE", num_args = 1..)]
    #[cfg_attr(feature = "deploy", arg(conflicts_with = "fix_plan"))]
    offline: Vec<PathBuf>,
    #[command(flatten)]
    places: PlaceOptions,
    #[command(flatten)]
    output: DiagnosisOutput,
}

/// The exit code of what was written, and why the pipelines of some accounts are not in it.
type Written = (io::Result<u8>, Vec<String>);

impl DoctorArgs {
    /// Writes the diagnosis, and returns the exit code and whether all could be written.
    pub(super) fn run(
        self,
        stdin: &mut dyn Read,
        stdout: &mut dyn Write,
        stderr: &mut dyn Write,
    ) -> (u8, io::Result<()>) {
        let done = match self.offline.is_empty() {
            true => self.live(stdout),
            false => self.files(stdin).map(|diagnosis| {
                let (text, code) = self.output.of(&diagnosis);
                (write(stdout, &text).map(|()| code), Vec::new())
            }),
        };
        match done {
            Ok((Ok(code), not_listed)) => {
                let code = if code == HEALTHY && !not_listed.is_empty() { UNREAD } else { code };
                let problems: String = not_listed.iter().map(|why| format!("error: {why}\n")).collect();
                (code, write(stderr, &problems))
            }
            Ok((Err(error), _)) => (UNREAD, Err(error)),
            Err(error) => (UNREAD, write(stderr, &format!("error: {error}\n"))),
        }
    }

    fn files(&self, stdin: &mut dyn Read) -> Result<Diagnosis, String> {
        let (reading, found) = read(&self.offline, &self.places.homes(), stdin)?;
        let mut wanted = Vec::new();
        for name in &self.pipelines {
            let of_name: Vec<PipelineArn> = found.iter().filter(|arn| arn.is_called(name)).cloned().collect();
            if of_name.is_empty() {
                return Err(format!("no file has pipeline `{name}`"));
            }
            wanted.extend(of_name);
        }
        if self.pipelines.is_empty() {
            wanted = found;
        }
        if wanted.is_empty() {
            return Err(
                "no file has a pipeline\n  help: for the policies of roles alone there is `cargo xacct wiring`"
                    .to_owned(),
            );
        }
        Ok(diagnose(&reading, &wanted))
    }

    #[cfg(not(feature = "sdk"))]
    fn live(&self, _: &mut dyn Write) -> Result<Written, String> {
        let _ = self.asked();
        Err(super::accounts::without_sdk("files with `--offline`"))
    }

    #[cfg(feature = "sdk")]
    fn live(&self, stdout: &mut dyn Write) -> Result<Written, String> {
        self.asked()?.read(|session, wanted, listings| async move {
            let not_listed = not_listed(&listings);
            let request = session.doctor_all(wanted).after_listing(listings);
            let written = self.output.write(request, stdout).await;
            #[cfg(feature = "deploy")]
            if let Ok((_, diagnosis)) = &written {
                let of = "doctor".parse().map_err(|error: IdError| error.to_string())?;
                let saved = self.output.save_fixes(&session, diagnosis, &of, stdout).await;
                saved.map_err(|error| error.to_string())?;
            }
            Ok((written.map(|(code, _)| code), not_listed))
        })
    }

    fn asked(&self) -> Result<Asked<'_>, String> {
        let region = self.places.of_accounts()?;
        Ok(Asked { profiles: &self.profiles, pipelines: &self.pipelines, all: self.all, region, goes_without: true })
    }
}
