//! What is guessed about the accounts of templates, and how it is told.

use super::accounts::Guessed;
use super::document::Template;
use super::missing_options::options_for;
use crate::core::check::symbol::name_of;
use crate::core::ids::AccountId;

/// How many guesses are told at once.
const TOLD: usize = 3;

/// What is guessed from the name of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Guess {
    /// The account of a template.
    Account { file: String, account: AccountId },
    /// That a value is the account of a template.
    Symbol { name: String, file: String },
}

impl Guess {
    fn told(&self) -> String {
        match self {
            Self::Account { file, account } => {
                format!("the account of `{file}`, which is guessed to be {account}: give `--account {file}=…`")
            }
            Self::Symbol { name, file } => {
                let options = options_for(name).join(" and ");
                let give = if options.is_empty() { String::new() } else { format!(": give {options}") };
                format!("`${{{name}}}`, which is guessed to be the account of `{file}`{give}")
            }
        }
    }
}

/// What is guessed about templates that are in some groups.
pub(super) fn guesses(templates: &[Template], groups: &[usize], guessed: &Guessed) -> Vec<Guess> {
    let file = |group: usize| {
        let index = groups.iter().position(|of| *of == group)?;
        templates.get(index).map(|template| template.name().to_owned())
    };
    let accounts = guessed.accounts.iter();
    let accounts =
        accounts.filter_map(|(group, account)| Some(Guess::Account { file: file(*group)?, account: account.clone() }));
    let symbols = guessed.symbols.iter();
    let symbols =
        symbols.filter_map(|(symbol, group)| Some(Guess::Symbol { name: name_of(symbol), file: file(*group)? }));
    accounts.chain(symbols).collect()
}

/// `the account of …, which is guessed to be …: give …`, for some guesses.
pub(super) fn told_of(guesses: &[Guess]) -> String {
    let mut told: Vec<String> = guesses.iter().take(TOLD).map(Guess::told).collect();
    let more = guesses.len().saturating_sub(TOLD);
    if more > 0 {
        told.push(format!("{more} more"));
    }
    told.join(", and ")
}
