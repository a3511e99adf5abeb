//! The list of rules, a page of the documentation of `core::rules`.

use std::fmt::Write;

use codepipeline_xacct_core::rules::{self, Consequence, Explanation};

/// Families by the first four characters of their codes.
const FAMILIES: &[(&str, &str)] = &[
    ("XA00", "Shape of the JSON"),
    ("XA01", "Stages and actions"),
    ("XA02", "Names, limits and enumerations"),
    ("XA03", "Artifacts"),
    ("XA04", "Artifact stores, Regions and accounts"),
    ("XA05", "Namespaces and references"),
    ("XA06", "Actions and their configuration"),
    ("XA07", "The action that starts a pipeline"),
    ("XA08", "Pipeline types"),
    ("XA09", "Wiring and topologies"),
    ("XA10", "What only the accounts know"),
    ("XA11", "Conditions and their rules"),
    ("XA12", "Triggers"),
    ("XA13", "Policy documents of IAM"),
];

/// A table per family.
pub(crate) fn page() -> Result<String, String> {
    let mut text = String::from(
        "<!-- Made from the tables in `src/rules` by `cargo xtask write`. -->\n\n\
         An **error** is what the service refuses, or what certainly fails when the pipeline runs (*when run*); a **warning** may work.\n\
         `cargo xacct explain XA0109` shows a rule with an example of the fault and of the fix, and the pages that it is based on.\n",
    );
    let explanations: Vec<&Explanation> = rules::explanations().collect();
    for (family, title) in FAMILIES {
        let _ = write!(text, "\n# {title}\n\n| code | | what is wrong | rule |\n| --- | --- | --- | --- |\n");
        for of in explanations.iter().filter(|of| of.rule.code.starts_with(family)) {
            let effect = match of.rule.effect {
                Consequence::Refused => "error",
                Consequence::FailsWhenRun => "error, when run",
                Consequence::Advice => "warning",
            };
            let escaped = |text: &str| text.replace('|', "\\|").replace('<', "\\<").replace('[', "\\[");
            let _ = writeln!(text, "| {} | {effect} | {} | {} |", of.rule.code, escaped(of.title), escaped(of.text));
        }
    }
    match explanations.iter().find(|of| !FAMILIES.iter().any(|(family, _)| of.rule.code.starts_with(family))) {
        Some(of) => Err(format!("{} belongs to no family", of.rule.code)),
        None => Ok(text),
    }
}
