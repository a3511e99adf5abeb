//! Functions and methods of providers beyond their configuration keys, which are not in the catalogue.

use super::common::{ConditionRule, of};
use super::providers::Commands;

/// Runs shell commands on managed compute.
///
/// Source: CodePipeline User Guide, `rule-reference-Commands`.
pub fn commands<C: Into<String>>(name: &str, commands: impl IntoIterator<Item = C>) -> ConditionRule<Commands> {
    let mut rule = of(name, "Commands");
    rule.declaration.commands = Some(commands.into_iter().map(Into::into).collect());
    rule
}
