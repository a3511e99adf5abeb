//! `cargo xacct graph`: a picture of pipelines in files.

use std::io::Read;
use std::path::PathBuf;

use super::offline::{of_texts, texts};
use super::open_options::OpenOptions;
use super::resources::Resources;
use crate::cli::graph_output::GraphOutput;
use crate::cli::terminal::{CLEAN, Output, UNUSABLE};
use crate::core::doctor::diagnose;
use crate::core::graph::of_diagnosis;
use crate::files::template::{Picture, picture};

/// Draw pipelines: accounts as boxes with roles on their borders, arrows for assume and start, and whether each is allowed
///
/// Exit code: 0 drawn, 2 a file can't be read or nothing was written.
#[derive(clap::Args)]
pub(super) struct GraphArgs {
    /// Output of `get-pipeline` and `iam get-account-authorization-details`, and chains of roles as `wiring` reads them; or CloudFormation
    /// templates, and plans and states of Terraform (`terraform show -json`); `-` is the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    output: GraphOutput,
    #[command(flatten)]
    open: OpenOptions,
}

impl GraphArgs {
    pub(super) fn run(self, stdin: &mut dyn Read) -> Output {
        match self.drawn(stdin) {
            Ok((stdout, stderr)) => Output { code: CLEAN, stdout, stderr },
            Err(error) => Output::error(UNUSABLE, error),
        }
    }

    /// The picture, and notes on it.
    fn drawn(&self, stdin: &mut dyn Read) -> Result<(String, String), String> {
        let (homes, texts) = (self.open.homes(), texts(&self.files, stdin)?);
        let (graph, notes) = match Resources::read(&texts, &self.open.parameter)? {
            Some(resources) => {
                let (set, plans) = resources.placed(&homes, &self.open.parameter)?;
                let Picture { graph, mut left_out, stand_ins } = picture(&set, &plans);
                left_out.extend(resources.unread());
                let left_out = left_out.iter().map(|what| format!("not drawn: {what}\n"));
                let guessed = set.guessed().map(|guessed| format!("note: the picture rests on {guessed}\n"));
                let stand_ins = stand_ins.map(|names| format!("note: drawn for names that are not known: {names}\n"));
                (graph, left_out.chain(stand_ins).chain(guessed).collect())
            }
            None => {
                let (reading, found) = of_texts(texts, |file| homes.of(file))?;
                (of_diagnosis(&reading, &diagnose(&reading, &found)), String::new())
            }
        };
        if graph.accounts.is_empty() {
            let none = if notes.is_empty() { "no file has a pipeline" } else { "there is nothing to draw" };
            return Err(format!("{none}\n{notes}").trim_end().to_owned());
        }
        Ok((self.output.of(&graph)?, notes))
    }
}
