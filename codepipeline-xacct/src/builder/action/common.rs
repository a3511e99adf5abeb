//! Methods that actions of all providers have.

use std::marker::PhantomData;

use crate::builder::added::{AddedRole, added_role};
use crate::builder::calls::LostCalls;
use crate::builder::provider::AnyProvider;
use crate::core::declaration::references::has_reference;
use crate::core::declaration::{ActionDeclaration, ActionTypeId, EnvironmentVariable, InputArtifact, OutputArtifact};
use crate::items::RoleItem;

/// An action that doesn't start a pipeline; `P` is its provider.
#[must_use]
pub struct ActionBuilder<P = AnyProvider> {
    pub(crate) declaration: ActionDeclaration,
    pub(crate) role: Option<AddedRole>,
    pub(crate) lost: LostCalls,
    provider: PhantomData<P>,
}

impl<P> ActionBuilder<P> {
    /// A key of the configuration, by the name that AWS uses.
    pub fn configuration(mut self, key: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        // A reference may take the place of what the function of the provider asks for.
        let meant = has_reference(&value);
        let replaced = self.declaration.configuration.get_or_insert_default().insert(key.to_owned(), value).is_some();
        self.lost.replaced(replaced && !meant, &["configuration", key], None);
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

    /// The role that the action runs with.
    pub fn role<R: RoleItem>(mut self, role: R) -> Self {
        self.lost.replaced(self.role.is_some(), &["roleArn"], None);
        self.role = Some(added_role(role));
        self
    }

    /// An environment variable of the action.
    pub fn environment_variable(self, name: &str, value: impl Into<String>) -> Self {
        self.push_environment_variable(name, value.into(), None)
    }

    pub(super) fn push_environment_variable(mut self, name: &str, value: String, r#type: Option<String>) -> Self {
        let variable = EnvironmentVariable { name: name.to_owned(), value, r#type, ..Default::default() };
        self.declaration.environment_variables.get_or_insert_default().push(variable);
        self
    }
}

/// An action of any type, by its full type id.
pub fn of_type(category: &str, owner: &str, provider: &str, version: &str) -> ActionBuilder {
    of(category, owner, provider, version)
}

pub(super) fn of<P>(category: &str, owner: &str, provider: &str, version: &str) -> ActionBuilder<P> {
    let action_type_id = ActionTypeId::new(category, owner, provider, version);
    ActionBuilder {
        declaration: ActionDeclaration { action_type_id, ..Default::default() },
        role: None,
        lost: LostCalls::default(),
        provider: PhantomData,
    }
}
