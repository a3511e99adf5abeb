//! `cargo xacct contract pull`: records what pipelines and roles say.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::now::{Now, Source, Wanted};
use crate::cli::contract_file::save;
use crate::cli::diagnosis_output::{HEALTHY, UNREAD};
use crate::cli::terminal::Stream;
use crate::core::contract::{Contract, Signature};
use crate::core::topology::Subject;

/// Record what pipelines and roles say in contracts, for `extern pipeline … from "…";`
///
/// Contracts hold the ARN, the variables without their defaults, the trust policy and the policies. Exit code: 0 all are recorded, 1 not all.
#[derive(clap::Args)]
pub(super) struct PullArgs {
    /// Names or ARNs of pipelines, ARNs of roles; with `--offline`, all pipelines in the files if none is given
    #[arg(value_name = "NAME|ARN", required_unless_present = "offline")]
    names: Vec<String>,
    #[command(flatten)]
    source: Source,
    /// The file, or for several the folder, which gets a file of the name of each; without it, a contract is printed
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,
}

impl PullArgs {
    pub(super) fn run(
        &self,
        stdin: &mut dyn Read,
        stdout: &mut Stream<'_>,
        stderr: &mut Stream<'_>,
    ) -> Result<u8, String> {
        let mut code = HEALTHY;
        self.source.ask(&Wanted::Named(&self.names), stdin, &mut |of, subject, now| {
            let one = of == 1;
            if self.output.is_none() && !one {
                return Err(format!("there are {of} contracts: give `--output FOLDER`"));
            }
            match self.record(&subject, now, one, stderr) {
                Ok(text) => stdout.write(&text),
                Err(error) => {
                    code = UNREAD;
                    stderr.write(&format!("error: {error}\n"));
                }
            }
            Ok(())
        })?;
        Ok(code)
    }

    /// Records what a pipeline or a role says, and returns what is written of that.
    fn record(&self, subject: &Subject, now: Now, one: bool, stderr: &mut Stream<'_>) -> Result<String, String> {
        let kind = subject.kind();
        let contract = match now {
            Now::Says(contract) => contract,
            Now::Gone => return Err(format!("there is no {kind} {subject}")),
            Now::Unread(why) => return Err(format!("{kind} {subject}: {why}")),
        };
        if let Signature::Role(role) = &contract.signature
            && role.policies.is_none()
        {
            stderr.write(&format!(
                "note: not all policies of role {} are known, so the contract doesn't say what it may do\n",
                role.arn
            ));
        }
        match &self.output {
            None => Ok(contract.to_json()),
            Some(path) => write(&contract, path, subject, one),
        }
    }
}

fn write(contract: &Contract, output: &Path, subject: &Subject, one: bool) -> Result<String, String> {
    let is_file = one && output.extension().is_some() && !output.is_dir();
    let path = if is_file { output.to_owned() } else { output.join(format!("{}.json", subject.name())) };
    let written = if save(contract, &path)? { "written" } else { "unchanged" };
    Ok(format!("{}: {written}\n", path.display()))
}
