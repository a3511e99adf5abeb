//! Writes the generated files.

use std::process::ExitCode;

fn main() -> ExitCode {
    let written = codepipeline_xacct_generated::files().and_then(|files| {
        files.iter().try_for_each(|(path, text)| {
            std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
        })
    });
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
