//! `cargo xacct explain`: the text of a rule, or a list of all rules.

use crate::cli::terminal::{Output, UNUSABLE};
use crate::core::rules;
use crate::core::suggest::nearest;

/// Explain a rule, or list all rules
#[derive(clap::Args)]
pub(super) struct ExplainArgs {
    /// Code of the rule, for example `XA0101`
    code: Option<String>,
}

impl ExplainArgs {
    pub(super) fn run(self) -> Output {
        let Some(code) = self.code.map(|code| code.to_uppercase()) else {
            return Output { stdout: list(), ..Output::default() };
        };
        match rules::explanation(&code) {
            Some(explanation) => {
                let text = explanation.to_string();
                Output { stdout: format!("{}\n", text.trim_end()), ..Output::default() }
            }
            None => {
                let near = match nearest(&code, rules::all().map(|rule| rule.code)) {
                    Some(near) => format!("; did you mean `{near}`?"),
                    None => String::new(),
                };
                let stderr = format!("error: there is no rule `{code}`{near}\n");
                Output { code: UNUSABLE, stderr, ..Output::default() }
            }
        }
    }
}

fn list() -> String {
    // `Display` of the severity ignores the width, so it is made a string first.
    rules::explanations()
        .map(|of| format!("{} {:7} {}\n", of.rule.code, of.rule.effect.severity().to_string(), of.title))
        .collect()
}
