//! `export`: the topology for other tools.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::console::Console;
use super::exit::Failure;
use crate::core::export::ExportedFile;
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
        let paths: Vec<PathBuf> = export.files.iter().map(|file| self.output.join(&file.path)).collect();
        if let Some(there) = paths.iter().find(|path| !self.force && path.exists()) {
            return Err(format!("{} exists; --force replaces it", there.display()).into());
        }
        for (file, path) in export.files.iter().zip(&paths) {
            write(file, path).map_err(|error| format!("{}: {error}", path.display()))?;
            writeln!(console.stdout, "{}", path.display())?;
        }
        for note in &export.notes {
            writeln!(console.stderr, "note: {note}")?;
        }
        Ok(())
    }
}

fn write(file: &ExportedFile, path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, &file.text)?;
    #[cfg(unix)]
    if file.is_program {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}
