//! `cargo xacct graph`: a picture of pipelines in files.

use std::io::Read;
use std::path::PathBuf;

use super::offline::read;
use crate::cli::graph_output::GraphOutput;
use crate::cli::terminal::{CLEAN, Output, UNUSABLE};
use crate::core::check::files::Home;
use crate::core::doctor::diagnose;
use crate::core::graph::of_diagnosis;
use crate::core::ids::{AccountId, Region};

/// Draw pipelines: accounts as boxes with roles on their borders, arrows for assume and start, and whether each is allowed
///
/// Exit code: 0 drawn, 2 a file can't be read or nothing was written.
#[derive(clap::Args)]
pub(super) struct GraphArgs {
    /// Output of `get-pipeline` and `iam get-account-authorization-details`, and chains of roles as `wiring` reads them; `-` is the
    /// standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    output: GraphOutput,
    /// Account of pipelines whose file doesn't say it
    #[arg(long, value_name = "ID")]
    account: Option<AccountId>,
    /// Region of pipelines whose file doesn't say it
    #[arg(long)]
    region: Option<Region>,
}

impl GraphArgs {
    pub(super) fn run(self, stdin: &mut dyn Read) -> Output {
        match self.drawn(stdin) {
            Ok(stdout) => Output { code: CLEAN, stdout, ..Output::default() },
            Err(error) => Output::error(UNUSABLE, error),
        }
    }

    fn drawn(&self, stdin: &mut dyn Read) -> Result<String, String> {
        let home = Home { account: self.account.clone(), region: self.region.clone() };
        let (reading, found) = read(&self.files, &home, stdin)?;
        if found.is_empty() {
            return Err("no file has a pipeline".to_owned());
        }
        self.output.of(&of_diagnosis(&reading, &diagnose(&reading, &found))).map_err(|error| error.to_string())
    }
}
