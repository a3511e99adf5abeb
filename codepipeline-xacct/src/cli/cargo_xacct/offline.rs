//! Files instead of accounts.

use std::io::Read;
use std::path::PathBuf;

use crate::cli::input::{InputProblem, text_of};
use crate::core::check::files::Home;
use crate::core::doctor::Reading;
use crate::core::ids::PipelineArn;
use crate::files::chain::value_of;
use crate::files::homes::HomeOptions;
use crate::files::template::{Template, TerraformFile};

/// What files state: output of `get-pipeline`, `get-pipeline-state` and `iam get-account-authorization-details`, and chains of roles. And the
/// pipelines in them, in their order.
pub(super) fn read(
    files: &[PathBuf],
    homes: &HomeOptions,
    stdin: &mut dyn Read,
) -> Result<(Reading, Vec<PipelineArn>), String> {
    let texts = texts(files, stdin)?;
    let names: Vec<&str> = texts.iter().map(|(name, _)| name.as_str()).collect();
    if let Some((option, why)) = homes.misplaced(&names, &[]).first() {
        return Err(format!("{option}: {why}"));
    }
    of_texts(texts, |file| homes.of(file))
}

/// The files, each with its name.
pub(super) fn texts(files: &[PathBuf], stdin: &mut dyn Read) -> Result<Vec<(String, String)>, String> {
    let texts = files.iter().map(|path| text_of(path, stdin).map_err(|problem| problem.to_string()));
    texts.collect()
}

/// The same of texts, with where the pipelines of each are that doesn't tell.
pub(super) fn of_texts(
    texts: Vec<(String, String)>,
    home: impl Fn(&str) -> Home,
) -> Result<(Reading, Vec<PipelineArn>), String> {
    let mut reading = Reading::of_files();
    let mut found = Vec::new();
    let mut later = Vec::new();
    for (name, text) in texts {
        let resources = if Template::read(&name, &text).is_some() {
            Some("a CloudFormation template")
        } else if TerraformFile::read(&name, &text).is_some() {
            Some("a plan or a state of Terraform")
        } else {
            None
        };
        if let Some(what) = resources {
            return Err(format!("{name}: this is {what}: `cargo xacct wiring` and `cargo xacct import` read it"));
        }
        let (value, duplicates) = value_of(&name, &text).map_err(|error| InputProblem::from(error).to_string())?;
        // A state belongs to a declaration, which may come after it.
        if value.get("stageStates").is_some() {
            later.push((name, text, value, duplicates));
            continue;
        }
        let arn = reading.add(&text, &value, &duplicates, &home(&name)).map_err(|error| format!("{name}: {error}"))?;
        found.extend(arn);
    }
    for (name, text, value, duplicates) in later {
        reading.add(&text, &value, &duplicates, &home(&name)).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok((reading, found))
}
