//! Methods that rules of all providers have.

use std::marker::PhantomData;

use crate::builder::added::{AddedRole, added_role};
use crate::builder::calls::LostCalls;
use crate::builder::provider::AnyProvider;
use crate::core::declaration::references::has_reference;
use crate::core::declaration::{InputArtifact, RuleDeclaration, RuleTypeId};
use crate::items::RoleItem;

/// A rule of a condition; `P` is its provider.
#[must_use]
pub struct ConditionRule<P = AnyProvider> {
    pub(super) declaration: RuleDeclaration,
    pub(super) role: Option<AddedRole>,
    pub(crate) lost: LostCalls,
    provider: PhantomData<P>,
}

impl<P> ConditionRule<P> {
    /// A key of the configuration, by the name that AWS uses.
    pub fn configuration(mut self, key: &str, value: impl Into<String>) -> Self {
        let value = value.into();
        // A reference may take the place of what the function of the provider asks for.
        let meant = has_reference(&value);
        let replaced = self.declaration.configuration.get_or_insert_default().insert(key.to_owned(), value).is_some();
        self.lost.replaced(replaced && !meant, &["configuration", key], None);
        self
    }

    /// An artifact that the rule reads.
    pub fn input(mut self, artifact: &str) -> Self {
        let artifact = InputArtifact { name: artifact.to_owned(), ..Default::default() };
        self.declaration.input_artifacts.get_or_insert_default().push(artifact);
        self
    }

    /// The role that the rule runs with.
    pub fn role<R: RoleItem>(mut self, role: R) -> Self {
        self.lost.replaced(self.role.is_some(), &["roleArn"], None);
        self.role = Some(added_role(role));
        self
    }
}

/// A rule of any provider, by its name.
pub fn of_provider(name: &str, provider: &str) -> ConditionRule {
    of(name, provider)
}

pub(super) fn of<P>(name: &str, provider: &str) -> ConditionRule<P> {
    let rule_type_id = RuleTypeId::of_provider(provider);
    let declaration = RuleDeclaration { name: name.to_owned(), rule_type_id, ..Default::default() };
    ConditionRule { declaration, role: None, lost: LostCalls::default(), provider: PhantomData }
}
