//! The command line of `cargo xacct`. One module per command and one per format; [`run`] is all of the program.

mod check;
mod explain;
mod fmt;
mod json;
mod sarif;
mod text;
mod wiring;

use std::ffi::OsString;
use std::io::{self, Read, Write};

use clap::{Parser, Subcommand};

/// Nothing to complain about.
const CLEAN: u8 = 0;
/// Findings.
const FOUND: u8 = 1;
/// The arguments or the input can't be read.
const UNUSABLE: u8 = 2;
/// What is given doesn't decide.
const UNDECIDED: u8 = 3;

/// Checks declarations of AWS CodePipeline pipelines, proves the wiring of their roles, formats `pipeline!`
#[derive(Parser)]
#[command(name = "cargo-xacct", bin_name = "cargo xacct", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Check(check::Check),
    Explain(explain::Explain),
    Fmt(fmt::Fmt),
    Wiring(wiring::Wiring),
}

/// What a command says.
#[derive(Default)]
struct Output {
    code: u8,
    stdout: String,
    stderr: String,
}

/// Runs the program and gives its exit code: 0 without errors, 1 with errors, 2 where arguments or input can't be read, 3 where
/// what is given doesn't decide.
///
/// `args` start with the name of the program; `colour` is for `stdout` alone.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    stdin: &mut dyn Read,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
    colour: bool,
) -> u8 {
    let mut args: Vec<OsString> = args.into_iter().collect();
    // Cargo passes the name of the subcommand on.
    if args.get(1).is_some_and(|arg| arg == "xacct") {
        args.remove(1);
    }
    let output = match Arguments::try_parse_from(args) {
        Ok(arguments) => match arguments.command {
            Command::Check(check) => check.run(stdin, colour),
            Command::Explain(explain) => explain.run(),
            Command::Fmt(fmt) => fmt.run(stdin),
            Command::Wiring(wiring) => wiring.run(stdin),
        },
        Err(error) => said_by_clap(&error, colour),
    };
    // Standard error first: the summary is the last line on a terminal.
    let complained = write(stderr, &output.stderr);
    match write(stdout, &output.stdout).and(complained) {
        Ok(()) => output.code,
        // Whoever reads, for example `head`, has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => output.code,
        // Half a report must not look like a whole one.
        Err(error) => {
            let _ = writeln!(stderr, "error: cannot write: {error}");
            UNUSABLE
        }
    }
}

fn write(stream: &mut dyn Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

/// Usage errors, and `--help` and `--version`, which clap takes for errors too.
fn said_by_clap(error: &clap::Error, colour: bool) -> Output {
    let code = u8::try_from(error.exit_code()).unwrap_or(UNUSABLE);
    let text = error.render();
    if error.use_stderr() {
        Output { code, stderr: text.to_string(), ..Output::default() }
    } else {
        let stdout = if colour { text.ansi().to_string() } else { text.to_string() };
        Output { code, stdout, ..Output::default() }
    }
}

#[cfg(test)]
mod tests;
