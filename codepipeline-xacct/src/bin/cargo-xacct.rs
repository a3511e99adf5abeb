//! `cargo xacct`: declarations of pipelines on the command line.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

fn main() -> ExitCode {
    // https://no-color.org
    let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let (mut stdin, mut stdout, mut stderr) = (io::stdin().lock(), io::stdout().lock(), io::stderr().lock());
    ExitCode::from(codepipeline_xacct::cli::cargo_xacct(
        std::env::args_os(),
        &mut stdin,
        &mut stdout,
        &mut stderr,
        colour,
    ))
}
