//! Functions and methods of providers beyond their configuration keys, which are not in the catalogue.

use super::common::{ActionBuilder, of};
use super::providers::{Commands, ManualApproval};
use crate::builder::texts::Texts;
use crate::core::declaration::OutputArtifact;
use crate::core::declaration::fixed_values::SECRET_VARIABLE_TYPE;

impl ActionBuilder<ManualApproval> {
    /// Minutes before the approval times out: 5 to 86400, default 7 days.
    pub fn timeout_in_minutes(mut self, minutes: i64) -> Self {
        self.lost.replaced(self.declaration.timeout_in_minutes.is_some(), &["timeoutInMinutes"], None);
        self.declaration.timeout_in_minutes = Some(minutes);
        self
    }
}

impl ActionBuilder<Commands> {
    /// An environment variable whose value is that of a secret: its name or its ARN.
    pub fn secret(self, name: &str, secret: impl Into<String>) -> Self {
        self.push_environment_variable(name, secret.into(), Some(SECRET_VARIABLE_TYPE.to_owned()))
    }

    /// An artifact with the files that are listed; with all files if none is listed.
    pub fn output_files(mut self, artifact: &str, files: impl Texts) -> Self {
        let files = files.into_texts();
        let files = if files.is_empty() { None } else { Some(files) };
        let artifact = OutputArtifact { name: artifact.to_owned(), files, ..Default::default() };
        self.declaration.output_artifacts.get_or_insert_default().push(artifact);
        self
    }

    /// An environment variable that becomes an output variable.
    pub fn output_variable(mut self, name: &str) -> Self {
        self.declaration.output_variables.get_or_insert_default().push(name.to_owned());
        self
    }
}

/// Runs shell commands on managed compute.
///
/// Source: CodePipeline User Guide, `action-reference-Commands`.
pub fn commands(commands: impl Texts) -> ActionBuilder<Commands> {
    let mut action = of("Compute", "AWS", "Commands", "1");
    action.declaration.commands = Some(commands.into_texts());
    action
}
