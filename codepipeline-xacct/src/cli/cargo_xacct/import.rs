//! `cargo xacct import`: the source of pipelines and roles that exist.

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::accounts::{Asked, profile};
use super::fmt::style;
use super::open_options::OpenOptions;
use crate::cli::input::text_of;
use crate::cli::output_file;
use crate::cli::terminal::{CLEAN, FOUND, Output, UNUSABLE};
use crate::core::check::files::Home;
use crate::core::finding::Severity;
use crate::core::ids::{AccountId, IdError};
use crate::core::rules;
use crate::core::sentences::counted;
use crate::files;
use crate::files::Located;
use crate::files::import::{self, ImportFiles, ImportOptions, NoteKind, Subject};

/// Write `pipeline!` source for pipelines and roles that exist
///
/// Reads output of `get-pipeline`, `get-role`, `get-role-policy` and `get-account-authorization-details`, input of `create-pipeline`, bare
/// declarations, the chains of roles that `wiring` takes, CloudFormation templates in JSON and YAML, the output of
/// `describe-stack-resources` for the names in them, and `terraform show -json`. All files are one set: what they start in each other
/// becomes references. Or reads the accounts themselves, with `--account-profile` and `--pipeline`; nothing is written to them.
/// Exit code: 0 imported, 1 imported with findings, without a part of it or with a stand-in, 2 a file can't be read or nothing was written.
#[derive(clap::Args)]
pub(super) struct ImportArgs {
    /// Files; `-` is the standard input
    #[arg(value_name = "FILE", required_unless_present_any = ["pipeline", "account_profile"])]
    files: Vec<PathBuf>,
    /// A pipeline to read from its account, with its roles and all that it starts, where credentials are given; without it
    /// `--account-profile` reads all of its Region
    #[arg(long, value_name = "NAME|ARN")]
    pipeline: Vec<String>,
    /// The AWS profile for an account; not needed for the only account, if the environment has credentials for it
    #[arg(long, value_name = "ID=PROFILE", value_parser = profile)]
    account_profile: Vec<(AccountId, String)>,
    /// The file to write; without it the source goes to the standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file that is there
    #[arg(long, requires = "output")]
    force: bool,
    /// Own only the actions that start pipelines: pipelines that have some are extended, all others extern
    #[arg(long)]
    extended: bool,
    #[command(flatten)]
    open: OpenOptions,
    /// The name of an account in the source; without it, it is called after its profile, or its id
    #[arg(long, value_name = "ID=NAME", value_parser = account_name)]
    name: Vec<(AccountId, String)>,
}

fn account_name(text: &str) -> Result<(AccountId, String), String> {
    let (id, name) = text.split_once('=').ok_or("write `<account id>=<name>`")?;
    Ok((id.parse().map_err(|error: IdError| error.to_string())?, name.to_owned()))
}

impl ImportArgs {
    pub(super) fn run(self, stdin: &mut dyn Read) -> Output {
        let mut output = Output { code: CLEAN, ..Output::default() };
        let mut given = ImportFiles::default();
        for path in &self.files {
            let read = text_of(path, stdin).and_then(|(name, text)| Ok(given.add(name, text)?));
            if let Err(problem) = read {
                complain(&mut output, &problem.to_string());
            }
        }
        let is_live = !self.pipeline.is_empty() || !self.account_profile.is_empty();
        if is_live && let Err(problem) = self.live(&mut given) {
            complain(&mut output, &problem);
            return output;
        }
        let names = match self.names() {
            Ok(names) => names,
            Err(problem) => {
                complain(&mut output, &problem);
                return output;
            }
        };
        let style = match style(self.output.as_deref().unwrap_or_else(|| Path::new("."))) {
            Ok(style) => style,
            Err(problem) => {
                complain(&mut output, &problem.to_string());
                return output;
            }
        };
        let options = ImportOptions {
            homes: self.open.homes(),
            profiles: self.profiles(&names),
            parameters: self.open.parameter,
            names,
            extended: self.extended,
            style,
        };
        let imported = import::import(&given, &options);
        // Each is checked where it is.
        let alone = imported.read.iter().map(|source| {
            let arn = import::arn(source, &options).ok();
            let home = arn.map(|arn| Home { account: Some(arn.account().clone()), region: Some(arn.region().clone()) });
            files::alone(source, &home.unwrap_or_else(|| options.homes.of(source.name())))
        });
        let alone = alone.collect();
        let mut found = given.unread();
        if !found.is_empty() {
            output.code = output.code.max(FOUND);
        }
        // A note says of a file that AWS returned that another one has its pipeline.
        let is_noted = |row: &Located<'_>| row.code == rules::XA0914.code && row.severity == Severity::Warning;
        found.extend(files::together(&imported.read, alone).into_iter().filter(|row| !is_noted(row)));
        let mut known: HashSet<_> = found.iter().map(Located::key).collect();
        let mut report = |severity, text: String| {
            output.stderr.push_str(&format!("{text}\n"));
            if severity == Severity::Error {
                output.code = output.code.max(FOUND);
            }
        };
        for (subject, finding) in imported.findings {
            let source = match subject {
                Subject::Pipeline(pipeline) => imported.read.get(pipeline),
                Subject::RoleAt(at) => {
                    report(finding.severity, format!("{at}: {finding}"));
                    continue;
                }
                Subject::Other => None,
            };
            let Some(source) = source else {
                report(finding.severity, finding.to_string());
                continue;
            };
            let finding = Located::of(source, finding);
            // What is wrong with a pipeline alone is found in its file already.
            if known.insert(finding.key()) {
                found.push(finding);
            }
        }
        for finding in found {
            report(finding.severity, finding.in_one_line());
        }
        for note in &imported.notes {
            output.stderr.push_str(&format!("{}: {}: {}\n", note.at, note.kind.word(), note.message));
            if note.kind != NoteKind::Hint {
                output.code = output.code.max(FOUND);
            }
        }
        if imported.asked.len() > 1 {
            let asked = imported.asked.iter().map(|option| option.replace('`', ""));
            let asked: Vec<String> =
                asked.map(|option| if option.contains('…') { option } else { format!("{option} …") }).collect();
            output.stderr.push_str(&format!(
                "options for the unknown values, on one line: cargo xacct import … {}\n",
                asked.join(" ")
            ));
        }
        if imported.pipelines + imported.roles == 0 {
            complain(&mut output, "there is nothing to import");
            return output;
        }
        match &self.output {
            None => output.stdout = imported.source,
            Some(path) => match output_file::write(path, &imported.source, self.force) {
                Ok(_) => {
                    let (pipelines, roles) = (counted(imported.pipelines, "pipeline"), counted(imported.roles, "role"));
                    output.stderr.push_str(&format!("{}: {pipelines}, {roles}\n", path.display()));
                }
                Err(problem) => complain(&mut output, &problem),
            },
        }
        output
    }
}

impl ImportArgs {
    /// What accounts are called by the names that were given.
    fn names(&self) -> Result<HashMap<AccountId, String>, String> {
        let mut names: HashMap<AccountId, String> = HashMap::new();
        for (id, name) in &self.name {
            if names.values().any(|known| known == name) {
                return Err(format!("`--name {id}={name}`: another account has this name"));
            }
            if names.insert(id.clone(), name.clone()).is_some() {
                return Err(format!("`--name {id}={name}`: this account has a name already"));
            }
        }
        Ok(names)
    }

    /// What the other accounts are called, by their profiles.
    fn profiles(&self, names: &HashMap<AccountId, String>) -> HashMap<AccountId, String> {
        let mut profiles: HashMap<AccountId, String> = HashMap::new();
        for (id, profile) in &self.account_profile {
            // A name that was given goes to its account.
            let mut taken = names.values().chain(profiles.values());
            let free = !taken.any(|known| known.eq_ignore_ascii_case(profile));
            if free && !names.contains_key(id) && !profiles.contains_key(id) {
                profiles.insert(id.clone(), profile.clone());
            }
        }
        profiles
    }

    fn asked(&self) -> Asked<'_> {
        let region = self.open.region();
        let all = self.pipeline.is_empty();
        Asked { profiles: &self.account_profile, pipelines: &self.pipeline, all, region, goes_without: false }
    }

    #[cfg(not(feature = "sdk"))]
    fn live(&self, _given: &mut ImportFiles) -> Result<(), String> {
        let _ = self.asked();
        Err(super::accounts::without_sdk("files"))
    }

    #[cfg(feature = "sdk")]
    fn live(&self, given: &mut ImportFiles) -> Result<(), String> {
        let existing = self.asked().read(|session, wanted, _| async move {
            session.existing(&wanted).await.map_err(|error| error.to_string())
        })?;
        given.add_existing(existing).map_err(|error| error.to_string())
    }
}

fn complain(output: &mut Output, problem: &str) {
    output.code = UNUSABLE;
    output.stderr.push_str(&format!("error: {problem}\n"));
}
