//! `cargo xacct`: commands that need no user program.

mod accounts;
mod check;
mod contract;
mod doctor;
#[cfg(feature = "deploy")]
mod execution;
mod explain;
mod fmt;
mod graph;
mod import;
#[cfg(feature = "serve")]
mod local;
mod offline;
mod open_options;
mod resources;
#[cfg(feature = "deploy")]
mod saved;
mod wiring;
mod wiring_json;

use std::ffi::OsString;
use std::io::{self, Read, Write};

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::cli::diagnosis_output::UNREAD;
use crate::cli::generated::{Completions, Man};
use crate::cli::terminal::{Output, UNUSABLE, write};

/// Checks declarations of AWS CodePipeline pipelines, proves the wiring of their roles, formats and imports `pipeline!`
#[derive(Parser)]
#[command(name = "cargo-xacct", bin_name = "cargo xacct", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Check(check::CheckArgs),
    /// Print a script that completes the arguments of `cargo-xacct`
    Completions(Completions),
    Contract(contract::ContractArgs),
    Doctor(doctor::DoctorArgs),
    Explain(explain::ExplainArgs),
    Fmt(fmt::FmtArgs),
    Graph(graph::GraphArgs),
    Import(import::ImportArgs),
    #[cfg(feature = "serve")]
    Local(local::LocalArgs),
    /// Write manual pages of `cargo-xacct` and its commands
    Man(Man),
    Wiring(wiring::WiringArgs),
    #[cfg(feature = "deploy")]
    #[command(flatten)]
    Saved(saved::Saved),
    #[cfg(feature = "deploy")]
    #[command(flatten)]
    Execution(execution::Execution),
}

/// Runs the program and returns its exit code: 0 without errors, 1 with errors, 2 if the arguments or the input can't be read,
/// 3 if the result can't be determined from the input. `doctor` and `contract` have codes of their own: 0 if nothing is wrong or has changed, 1 if the
/// arguments are invalid or not everything could be read, 2 if something is wrong or has changed.
///
/// `args` starts with the name of the program; `colour` applies to `stdout` only.
pub fn cargo_xacct(
    args: impl IntoIterator<Item = OsString>,
    stdin: &mut dyn Read,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
    colour: bool,
) -> u8 {
    let mut args: Vec<OsString> = args.into_iter().collect();
    // Cargo passes the name of the subcommand as the first argument.
    if args.get(1).is_some_and(|arg| arg == "xacct") {
        args.remove(1);
    }
    let of_accounts = args.get(1).is_some_and(|arg| arg == "doctor" || arg == "contract");
    let output = match Arguments::try_parse_from(args) {
        Ok(arguments) => match arguments.command {
            Command::Check(check) => {
                let (code, written) = check.run(stdin, stdout, stderr, colour);
                return ended(code, written, stderr);
            }
            Command::Completions(shell) => completions(&shell),
            Command::Contract(contract) => {
                let (code, written) = contract.run(stdin, stdout, stderr);
                return ended(code, written, stderr);
            }
            Command::Doctor(doctor) => {
                let (code, written) = doctor.run(stdin, stdout, stderr);
                return ended(code, written, stderr);
            }
            Command::Explain(explain) => explain.run(),
            Command::Fmt(fmt) => fmt.run(stdin),
            Command::Graph(graph) => graph.run(stdin),
            Command::Import(import) => import.run(stdin),
            #[cfg(feature = "serve")]
            Command::Local(local) => local.run(stdout, stderr),
            Command::Man(man) => pages(&man),
            Command::Wiring(wiring) => {
                let (code, written) = wiring.run(stdin, stdout, stderr);
                return ended(code, written, stderr);
            }
            #[cfg(feature = "deploy")]
            Command::Saved(saved) => saved.run(),
            #[cfg(feature = "deploy")]
            Command::Execution(execution) => execution.run(),
        },
        Err(error) => match clap_output(&error, colour) {
            // For these commands, the usual exit code for invalid arguments already means "a pipeline has problems".
            output if of_accounts && output.code == UNUSABLE => Output { code: UNREAD, ..output },
            output => output,
        },
    };
    // Standard error first, so that the summary is the last line on a terminal.
    let complained = write(stderr, &output.stderr);
    let written = write(stdout, &output.stdout).and(complained);
    ended(output.code, written, stderr)
}

/// The exit code, once all was written, or not.
fn ended(code: u8, written: io::Result<()>, stderr: &mut dyn Write) -> u8 {
    match written {
        Ok(()) => code,
        // The reader, for example `head`, has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => code,
        // An incomplete report must not look like a complete one.
        Err(error) => {
            let _ = writeln!(stderr, "error: cannot write: {error}");
            UNUSABLE
        }
    }
}

/// The program is called by its own name here: shells look for completions, and `man` for pages, under one word.
const PROGRAM: &str = "cargo-xacct";

fn completions(shell: &Completions) -> Output {
    Output { stdout: shell.of(Arguments::command(), PROGRAM), ..Output::default() }
}

fn pages(man: &Man) -> Output {
    match man.write(Arguments::command(), PROGRAM) {
        Ok(pages) => {
            let stdout = pages.iter().map(|page| format!("{}\n", page.display())).collect();
            Output { stdout, ..Output::default() }
        }
        Err(error) => Output::error(UNUSABLE, error),
    }
}

/// Usage errors, and the output of `--help` and `--version`, which clap returns as errors too.
fn clap_output(error: &clap::Error, colour: bool) -> Output {
    let code = u8::try_from(error.exit_code()).unwrap_or(UNUSABLE);
    let text = error.render();
    if error.use_stderr() {
        Output { code, stderr: text.to_string(), ..Output::default() }
    } else {
        let stdout = if colour { text.ansi().to_string() } else { text.to_string() };
        Output { code, stdout, ..Output::default() }
    }
}
