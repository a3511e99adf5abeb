//! Actions by their provider: a function for each, which takes what the provider requires, and a method for each key besides.
//!
//! A value that is only known when the action runs is a `#{…}` reference: where a method takes no text, write it with
//! [`Action::configuration`]. An action type that is not here is made with [`of_type`].

mod providers;

use std::marker::PhantomData;

use codepipeline_xacct_core::declaration::{
    ActionDeclaration, ActionTypeId, EnvironmentVariable, InputArtifact, OutputArtifact,
};

use super::{AddedRole, added_role};
use crate::items::Role;

pub use providers::*;

/// An action that is no start of a pipeline; `P` stands for its provider.
#[must_use]
pub struct Action<P = AnyProvider> {
    pub(super) declaration: ActionDeclaration,
    pub(super) role: Option<AddedRole>,
    provider: PhantomData<P>,
}

/// A provider that is written with its full type id.
#[derive(Debug)]
pub enum AnyProvider {}

impl<P> Action<P> {
    /// A key of the configuration, by the name that AWS uses.
    pub fn configuration(mut self, key: &str, value: impl Into<String>) -> Self {
        self.declaration.configuration.get_or_insert_default().insert(key.to_owned(), value.into());
        self
    }

    /// An artifact that the action reads.
    pub fn input(mut self, artifact: &str) -> Self {
        let artifact = InputArtifact { name: artifact.to_owned(), ..Default::default() };
        self.declaration.input_artifacts.get_or_insert_default().push(artifact);
        self
    }

    /// An artifact that the action makes.
    pub fn output(mut self, artifact: &str) -> Self {
        let artifact = OutputArtifact { name: artifact.to_owned(), ..Default::default() };
        self.declaration.output_artifacts.get_or_insert_default().push(artifact);
        self
    }

    /// The namespace of the action's output variables.
    pub fn namespace(mut self, namespace: &str) -> Self {
        self.declaration.namespace = Some(namespace.to_owned());
        self
    }

    /// 1 to 999, default 1: equal values run in parallel.
    pub fn run_order(mut self, order: i64) -> Self {
        self.declaration.run_order = Some(order);
        self
    }

    /// The Region that the action runs in; default: the Region of the pipeline.
    pub fn region(mut self, region: &str) -> Self {
        self.declaration.region = Some(region.to_owned());
        self
    }

    /// The role that the action runs with.
    pub fn role<R: Role>(mut self, role: R) -> Self {
        self.role = Some(added_role(role));
        self
    }

    /// An environment variable of the action.
    pub fn environment_variable(self, name: &str, value: impl Into<String>) -> Self {
        self.push_environment_variable(name, value.into(), None)
    }

    fn push_environment_variable(mut self, name: &str, value: String, r#type: Option<String>) -> Self {
        let variable = EnvironmentVariable { name: name.to_owned(), value, r#type, ..Default::default() };
        self.declaration.environment_variables.get_or_insert_default().push(variable);
        self
    }
}

impl Action<ManualApproval> {
    /// Minutes before the approval times out: 5 to 86400, default 7 days.
    pub fn timeout_in_minutes(mut self, minutes: i64) -> Self {
        self.declaration.timeout_in_minutes = Some(minutes);
        self
    }
}

impl Action<Commands> {
    /// An environment variable whose value is that of a secret: its name or its ARN.
    pub fn secret(self, name: &str, secret: impl Into<String>) -> Self {
        self.push_environment_variable(name, secret.into(), Some("SECRETS_MANAGER".to_owned()))
    }

    /// The artifact that the action makes of some files; of none, it is all of them.
    pub fn output_files<'a>(mut self, artifact: &str, files: impl IntoIterator<Item = &'a str>) -> Self {
        let files: Vec<String> = files.into_iter().map(str::to_owned).collect();
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

/// An action of any type, by its full type id.
pub fn of_type(category: &str, owner: &str, provider: &str, version: &str) -> Action {
    of(category, owner, provider, version)
}

/// Runs shell commands on managed compute.
///
/// Source: CodePipeline User Guide, `action-reference-Commands`.
pub fn commands<C: Into<String>>(commands: impl IntoIterator<Item = C>) -> Action<Commands> {
    let mut action = of("Compute", "AWS", "Commands", "1");
    action.declaration.commands = Some(commands.into_iter().map(Into::into).collect());
    action
}

fn of<P>(category: &str, owner: &str, provider: &str, version: &str) -> Action<P> {
    let action_type_id = ActionTypeId::new(category, owner, provider, version);
    Action {
        declaration: ActionDeclaration { action_type_id, ..Default::default() },
        role: None,
        provider: PhantomData,
    }
}
