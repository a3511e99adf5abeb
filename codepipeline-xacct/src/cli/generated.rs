//! Completions and manual pages, generated from the definition of the arguments.

#[cfg(feature = "deploy")]
use std::ffi::OsStr;
use std::path::PathBuf;

use clap::Command;
use clap_complete::Shell;

use super::output_file;

#[derive(clap::Args)]
pub(super) struct Completions {
    /// The shell that reads it
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    /// The script that completes the arguments of a program.
    pub(super) fn of(&self, command: Command, program: &str) -> String {
        if self.shell != Shell::Bash {
            return self.written(command, program);
        }
        // For a name with a hyphen, clap_complete 4.6 writes a script that looks for a command under one name and has its options under
        // another. So it gets a name without, and only the lines that tell bash whom to complete get the right one.
        let plain = program.replace('-', "_");
        let script = self.written(command, &plain);
        let line = |line: &str| match line.strip_suffix(plain.as_str()) {
            Some(start) if start.trim_start().starts_with("complete ") => format!("{start}{program}\n"),
            _ => format!("{line}\n"),
        };
        script.lines().map(line).collect()
    }

    fn written(&self, mut command: Command, program: &str) -> String {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, program, &mut script);
        String::from_utf8_lossy(&script).into_owned()
    }
}

#[derive(clap::Args)]
pub(super) struct Man {
    /// The folder to write to, which is made if it isn't there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Replace pages that are there
    #[arg(long)]
    force: bool,
}

impl Man {
    /// Writes a page for a program and one for each of its commands. Returns their paths, that of the program first.
    pub(super) fn write(&self, command: Command, program: &str) -> Result<Vec<PathBuf>, String> {
        let mut command = command.bin_name(program).display_name(program);
        command = command.disable_help_subcommand(true);
        command.build();
        let subcommands: Vec<Command> = command.get_subcommands().filter(|it| !it.is_hide_set()).cloned().collect();
        let pages = std::iter::once(command).chain(subcommands);
        let pages = pages.map(|page| {
            let (page, mut text) = (clap_mangen::Man::new(page), Vec::new());
            page.render(&mut text).map_err(|error| error.to_string())?;
            Ok((self.folder.join(page.get_filename()), text))
        });
        output_file::write_all(pages.collect::<Result<_, String>>()?, self.force)
    }
}

/// The name under which a program is called.
#[cfg(feature = "deploy")]
pub(super) fn program_name(called: Option<&OsStr>, otherwise: &str) -> String {
    let name = called.and_then(|path| std::path::Path::new(path).file_stem()).and_then(OsStr::to_str);
    name.filter(|name| !name.is_empty()).unwrap_or(otherwise).to_owned()
}
