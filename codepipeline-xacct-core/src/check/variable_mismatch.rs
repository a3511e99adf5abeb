//! The variables that a start passes, compared with those that the pipeline declares.

use super::symbol::is_unknown;
use crate::declaration::invoke::VARIABLES_KEY;
use crate::declaration::references::has_reference;
use crate::finding::{Finding, Place};
use crate::suggest::{misspelt, nearest};
use crate::{rules, sentences};

/// A difference between what is passed and what is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariableMismatch<'a> {
    /// A variable is passed but not declared.
    Undeclared {
        /// The name that is passed.
        name: &'a str,
        /// The declared variable that was probably meant; `None` also where it is passed already.
        near: Option<&'a str>,
    },
    /// A variable without a default is not passed.
    Missing {
        /// The name that is declared.
        name: &'a str,
    },
}

/// Compares the names of the variables that are passed with those that are declared; `true` marks a variable without a
/// default. Those that are passed come first, in their order.
pub fn compare<'a>(
    passed: impl IntoIterator<Item = &'a str>,
    declared: impl IntoIterator<Item = (&'a str, bool)>,
) -> Vec<VariableMismatch<'a>> {
    let passed: Vec<&str> = passed.into_iter().collect();
    let declared: Vec<(&str, bool)> = declared.into_iter().collect();
    let is_declared = |name: &str| declared.iter().any(|(declared, _)| *declared == name);
    let undeclared = passed.iter().filter(|name| !has_reference(name) && !is_declared(name));
    let meant =
        |name: &str| nearest(name, declared.iter().map(|(name, _)| *name)).filter(|near| !passed.contains(near));
    let mut mismatches: Vec<_> =
        undeclared.clone().map(|name| VariableMismatch::Undeclared { name, near: meant(name) }).collect();
    // A name that is only known later may be any of them.
    if !passed.iter().any(|name| has_reference(name) || is_unknown(name)) {
        // A misspelt name is reported where it is passed.
        let is_meant = |name: &str| undeclared.clone().any(|other| misspelt(other, [name]).is_some());
        let missing = declared.iter().filter(|(name, required)| *required && !passed.contains(name) && !is_meant(name));
        mismatches.extend(missing.map(|(name, _)| VariableMismatch::Missing { name }));
    }
    mismatches
}

impl VariableMismatch<'_> {
    /// The finding for an action that starts a pipeline, by the place of the action.
    pub fn finding(&self, action: &Place, target: &str) -> Finding {
        match *self {
            VariableMismatch::Undeclared { name, near } => {
                let (message, _) = sentences::variable_undeclared.render(&[("Self", name), ("T", target)]);
                // Files have other words for it than the macro.
                let help = match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!(
                        "declare it in `\"variables\": …` (`variables:` in `pipeline!`) of pipeline `{target}`, or leave it out here"
                    ),
                };
                let place = action.key("configuration").key(VARIABLES_KEY).key(name);
                Finding::of(&rules::XA0906, place, message).help(help)
            }
            VariableMismatch::Missing { name } => {
                let (message, _) = sentences::variable_missing.render(&[("Self", name), ("T", target)]);
                let help = format!("pass `{name}` in `{VARIABLES_KEY}` (`variables:` in `pipeline!`) of the action");
                Finding::of(&rules::XA0907, action.clone(), message).help(help)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DECLARED: [(&str, bool); 3] = [("version", true), ("level", false), ("commit", true)];

    #[test]
    fn what_is_passed_is_declared_and_what_is_required_is_passed() {
        assert_eq!(compare(["commit", "version"], DECLARED), []);
        assert_eq!(
            compare(["stage", "commit"], DECLARED),
            [VariableMismatch::Undeclared { name: "stage", near: None }, VariableMismatch::Missing { name: "version" }]
        );
    }

    #[test]
    fn a_misspelt_variable_is_not_missing() {
        assert_eq!(
            compare(["verson", "commit"], DECLARED),
            [VariableMismatch::Undeclared { name: "verson", near: Some("version") }]
        );
    }

    #[test]
    fn a_variable_that_is_passed_already_is_not_meant_by_another() {
        assert_eq!(
            compare(["version", "versio", "commit"], DECLARED),
            [VariableMismatch::Undeclared { name: "versio", near: None }]
        );
    }

    #[test]
    fn a_name_from_a_reference_may_be_any_variable() {
        assert_eq!(compare(["#{Build.NAME}"], DECLARED), []);
    }
}
