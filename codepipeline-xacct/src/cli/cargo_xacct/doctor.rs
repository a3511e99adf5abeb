//! `cargo xacct doctor`: what is wrong with pipelines that exist.

use std::io::Read;
use std::path::PathBuf;

use super::offline::read;
use crate::cli::diagnosis_output::{DiagnosisOutput, UNREAD};
use crate::cli::terminal::Output;
use crate::core::check::files::Home;
use crate::core::doctor::{Diagnosis, diagnose};
use crate::core::ids::{AccountId, PipelineArn, Region};

/// Say what is wrong with pipelines that exist, hop by hop, and how to fix it; nothing is written
///
/// Exit code: 0 nothing is wrong, 1 wrong arguments or not all could be read, 2 something is wrong.
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
    /// Files in place of accounts: output of `get-pipeline`, `get-pipeline-state` and `iam get-account-authorization-details`, and
    /// chains of roles as `wiring` reads them; `-` is the standard input
    #[arg(long, value_name = "FILE", num_args = 1..)]
    offline: Vec<PathBuf>,
    /// The Region of pipelines that are given by their names, or whose file doesn't say it
    #[arg(long)]
    region: Option<Region>,
    /// The account of pipelines whose file doesn't say it
    #[arg(long, value_name = "ID", requires = "offline")]
    account: Option<AccountId>,
    #[command(flatten)]
    output: DiagnosisOutput,
}

fn profile(text: &str) -> Result<(AccountId, String), String> {
    let (account, profile) = text.split_once('=').ok_or("write ID=PROFILE")?;
    Ok((account.parse().map_err(|error| format!("{error}"))?, profile.to_owned()))
}

impl DoctorArgs {
    pub(super) fn run(self, stdin: &mut dyn Read) -> Output {
        let diagnosis = if self.offline.is_empty() { self.live() } else { self.files(stdin) };
        match diagnosis {
            Ok(diagnosis) => {
                let (stdout, code) = self.output.of(&diagnosis);
                Output { code, stdout, ..Output::default() }
            }
            Err(error) => Output { code: UNREAD, stderr: format!("error: {error}\n"), ..Output::default() },
        }
    }

    fn files(&self, stdin: &mut dyn Read) -> Result<Diagnosis, String> {
        let home = Home { account: self.account.clone(), region: self.region.clone() };
        let (reading, found) = read(&self.offline, &home, stdin)?;
        let mut wanted = Vec::new();
        for name in &self.pipelines {
            let is = |arn: &&PipelineArn| arn.name().as_str() == name || arn.to_string() == *name;
            let of_name: Vec<_> = found.iter().filter(is).cloned().collect();
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
    fn live(&self) -> Result<Diagnosis, String> {
        let _ = (&self.profiles, self.all);
        Err("this `cargo xacct` was built without the AWS SDK\n  help: build it with the feature `sdk`, or give files with `--offline`".to_owned())
    }

    #[cfg(feature = "sdk")]
    fn live(&self) -> Result<Diagnosis, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.map_err(|error| error.to_string())?.block_on(self.accounts())
    }

    #[cfg(feature = "sdk")]
    async fn accounts(&self) -> Result<Diagnosis, String> {
        use crate::aws::{Credentials, Session};
        use crate::core::ids::Partition;
        use crate::core::topology::items::Account;

        let arns: Vec<PipelineArn> = self.pipelines.iter().filter_map(|text| text.parse().ok()).collect();
        let names: Vec<&String> = self.pipelines.iter().filter(|text| text.parse::<PipelineArn>().is_err()).collect();
        let partition = arns.first().map(|arn| arn.partition().clone());
        let partition =
            partition.or_else(|| self.region.as_ref().map(Partition::of_region)).unwrap_or_else(Partition::aws);
        let account = |id: &AccountId| Account { item: id.to_string(), id: id.clone(), partition: partition.clone() };
        let mut builder = Session::builder();
        for (id, profile) in &self.profiles {
            builder = builder.account(account(id), Credentials::profile(profile));
        }
        if self.profiles.is_empty() {
            let arn = arns.first().ok_or("give `--account-profile ID=PROFILE`, or the ARN of the pipeline")?;
            builder = builder.account(account(arn.account()), Credentials::environment());
        }
        let session = builder.connect().await.map_err(|error| error.to_string())?;
        let mut wanted = arns;
        if self.all || !names.is_empty() {
            let region = self.region.as_ref().ok_or("give `--region`, or the ARN of the pipeline")?;
            let mut listed = Vec::new();
            for account in session.accounts() {
                listed.extend(session.pipelines(&account.id, region).await.map_err(|error| error.to_string())?);
            }
            for name in &names {
                let of_name: Vec<_> =
                    listed.iter().filter(|arn| arn.name().as_str() == name.as_str()).cloned().collect();
                if of_name.is_empty() {
                    return Err(format!("there is no pipeline `{name}` in Region {region} of the accounts given"));
                }
                wanted.extend(of_name);
            }
            if self.all {
                wanted = listed;
            }
        }
        session.doctor_all(wanted).await.map_err(|error| error.to_string())
    }
}
