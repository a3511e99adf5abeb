//! Functions and methods of providers beyond their configuration keys, which are not in the catalogue.

use super::common::{ConditionRule, of};
use super::providers::Commands;
use crate::builder::texts::Texts;

/// Runs shell commands on managed compute.
///
/// Source: CodePipeline User Guide, `rule-reference-Commands`.
pub fn commands(name: &str, commands: impl Texts) -> ConditionRule<Commands> {
    let mut rule = of(name, "Commands");
    rule.declaration.commands = Some(commands.into_texts());
    rule
}
