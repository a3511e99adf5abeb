//! `cargo xacct graph`: a picture of pipelines in files.

use std::io::Read;
use std::path::PathBuf;

use super::homes::HomeOptions;
use super::offline::{of_texts, texts};
use super::resources::Resources;
use crate::cli::graph_output::GraphOutput;
use crate::cli::terminal::{CLEAN, Output, UNUSABLE};
use crate::core::doctor::diagnose;
use crate::core::graph::of_diagnosis;
use crate::files::parameters::ParameterValue;
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
    homes: HomeOptions,
    /// Value of a parameter of a template or of an attribute in a plan, or the name that a resource of a template has
    #[arg(long, value_name = "[FILE:]NAME=VALUE")]
    parameter: Vec<ParameterValue>,
}

impl GraphArgs {
    pub(super) fn run(self, stdin: &mut dyn Read) -> Output {
        match self.drawn(stdin) {
            Ok((stdout, stderr)) => Output { code: CLEAN, stdout, stderr },
            Err(error) => Output::error(UNUSABLE, error),
        }
    }

    /// The picture, and what is not in it.
    fn drawn(&self, stdin: &mut dyn Read) -> Result<(String, String), String> {
        let (homes, texts) = (self.homes.said(), texts(&self.files, stdin)?);
        let (graph, left_out) = match Resources::read(&texts).map_err(|problem| problem.to_string())? {
            Some(resources) => {
                let (set, plans) = resources.placed(&homes, &self.parameter)?;
                let Picture { graph, mut left_out } = picture(&set, &plans);
                left_out.extend(resources.unread(&set));
                (graph, left_out)
            }
            None if !self.parameter.is_empty() => {
                return Err("`--parameter` is for templates and plans".to_owned());
            }
            None => {
                let (reading, found) = of_texts(texts, |file| homes.of(file))?;
                (of_diagnosis(&reading, &diagnose(&reading, &found)), Vec::new())
            }
        };
        let left_out: String = left_out.iter().map(|what| format!("not drawn: {what}\n")).collect();
        if graph.accounts.is_empty() {
            return Err(format!("no file has a pipeline\n{left_out}").trim_end().to_owned());
        }
        Ok((self.output.of(&graph).map_err(|error| error.to_string())?, left_out))
    }
}
