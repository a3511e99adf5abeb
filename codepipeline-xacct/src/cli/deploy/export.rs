//! `export`: the topology for other tools.

#[cfg(unix)]
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::console::Console;
use super::exit::Failure;
use crate::cli::output_file::write_all;
use crate::core::topology::Topology;

#[derive(clap::Args)]
pub(super) struct Export {
    /// For which tool
    #[arg(value_enum)]
    tool: Tool,
    /// The folder that gets the files
    #[arg(long, short, value_name = "FOLDER")]
    output: PathBuf,
    /// Replace files that are there
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Tool {
    /// Documents, and a script that makes everything in order
    AwsCli,
    /// A template for each account, and for each further Region
    Cloudformation,
    /// Configuration in JSON
    Terraform,
}

impl Export {
    pub(super) fn run(&self, topology: &Topology, console: &mut Console<'_>) -> Result<(), Failure> {
        let export = match self.tool {
            Tool::AwsCli => topology.to_aws_cli()?,
            Tool::Cloudformation => topology.to_cloudformation()?,
            Tool::Terraform => topology.to_terraform()?,
        };
        let files = export.files.iter().map(|file| (self.output.join(&file.path), file.text.clone().into_bytes()));
        for (file, path) in export.files.iter().zip(write_all(files.collect(), self.force)?) {
            if file.is_program {
                make_executable(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            }
            writeln!(console.stdout, "{}", path.display())?;
        }
        for note in &export.notes {
            writeln!(console.stderr, "note: {note}")?;
        }
        Ok(())
    }
}

#[cfg(unix)]
fn make_executable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> io::Result<()> {
    Ok(())
}
