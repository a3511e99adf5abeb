//! `rehearse`: plans, applies and runs the topology on local AWS.

use std::io::Write;

use clap::{Args, ValueEnum};

use super::exit::Failure;
use super::values::pair;
use crate::aws::Session;
use crate::core::topology::{Subject, Topology};
use crate::local::Outcome;
use crate::rehearsal::{Rehearse as _, RehearseRequest};

/// The arguments of `rehearse`.
#[derive(Args)]
pub(super) struct Rehearse {
    /// Start from what the accounts hold, which are only read
    #[arg(long)]
    pub(super) from_accounts: bool,
    /// A pipeline to start, by its item, its name or its ARN; without it, those that no other starts
    #[arg(long, value_name = "PIPELINE")]
    start: Vec<String>,
    /// A variable for the pipelines that are started
    #[arg(long = "variable", short = 'v', value_name = "NAME=VALUE", value_parser = pair)]
    variables: Vec<(String, String)>,
    /// Outcomes of an action, in order of its attempts: `Build/compile=fail,fail:disk full,succeed:IMAGE=app;TAG=1`
    #[arg(long = "outcome", value_name = "[PIPELINE/]STAGE/ACTION=ENDS", value_parser = outcome)]
    outcomes: Vec<Told>,
    /// Take over a role or a pipeline that exists and is unmanaged
    #[arg(long, value_name = "ARN")]
    adopt: Vec<Subject>,
    /// How the report is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Don't fold similar entries
    #[arg(long)]
    verbose: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// An action, and how it ends.
#[derive(Debug, Clone)]
struct Told {
    action: String,
    outcomes: Vec<Outcome>,
}

impl Rehearse {
    /// Rehearses and prints the report; true if the rehearsal succeeded.
    pub(super) async fn run(
        self,
        topology: &Topology,
        session: Option<&Session>,
        stdout: &mut (dyn Write + Send),
    ) -> Result<bool, Failure> {
        let mut request: RehearseRequest<'_> = match session {
            Some(session) => session.rehearse(topology),
            None => topology.rehearse(),
        };
        request = self.start.into_iter().fold(request, RehearseRequest::start_named);
        request = self.adopt.into_iter().fold(request, RehearseRequest::adopt);
        for (name, value) in self.variables {
            request = request.variable(name, value);
        }
        for Told { action, outcomes } in self.outcomes {
            request = request.outcome(action, outcomes);
        }
        let rehearsal = request.await?;
        match (self.format, self.verbose) {
            (Format::Json, _) => writeln!(stdout, "{}", serde_json::to_string_pretty(&rehearsal)?)?,
            (Format::Text, true) => write!(stdout, "{rehearsal:#}")?,
            (Format::Text, false) => write!(stdout, "{rehearsal}")?,
        }
        Ok(rehearsal.succeeded())
    }
}

/// `STAGE/ACTION=fail,succeed:NAME=VALUE`
fn outcome(text: &str) -> Result<Told, String> {
    let (action, ends) = pair(text)?;
    Ok(Told { action, outcomes: ends.split(',').map(one).collect::<Result<_, _>>()? })
}

fn one(text: &str) -> Result<Outcome, String> {
    let (word, rest) = text.split_once(':').map_or((text, None), |(word, rest)| (word, Some(rest)));
    match (word.trim(), rest) {
        ("fail", message) => Ok(Outcome::fails(message.unwrap_or("told to fail"))),
        ("succeed", variables) => {
            let variables = variables.into_iter().flat_map(|variables| variables.split(';')).map(pair);
            variables.collect::<Result<Vec<_>, _>>().map(|variables| {
                let named = |outcome: Outcome, (name, value)| outcome.variable(name, value);
                variables.into_iter().fold(Outcome::succeeds(), named)
            })
        }
        _ => Err(format!("`{text}` is neither `fail`, `fail:MESSAGE`, `succeed` nor `succeed:NAME=VALUE;…`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_read_one_after_the_other() {
        let told = outcome("Build/compile=fail,fail:disk full,succeed:IMAGE=app;TAG=a=b").unwrap();
        assert_eq!(told.action, "Build/compile");
        let last = Outcome::succeeds().variable("IMAGE", "app").variable("TAG", "a=b");
        assert_eq!(told.outcomes, [Outcome::fails("told to fail"), Outcome::fails("disk full"), last]);
        assert_eq!(outcome("Build/compile=succeed").unwrap().outcomes, [Outcome::succeeds()]);
    }

    #[test]
    fn other_words_are_refused() {
        for text in ["Build/compile=explode", "Build/compile=", "Build/compile=succeed:IMAGE", "Build/compile"] {
            assert!(outcome(text).is_err(), "{text}");
        }
    }
}
