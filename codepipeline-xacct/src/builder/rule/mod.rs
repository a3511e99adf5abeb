//! Rules of the conditions of a stage, by their provider: a function for each, which takes the name of the rule and what the
//! provider requires, and a method for each key besides.

mod providers;

use std::marker::PhantomData;

use codepipeline_xacct_core::declaration::{Condition, InputArtifact, RuleDeclaration, RuleTypeId, StageResult};

use super::{AddedRole, added_role};
use crate::items::Role;

pub use providers::*;

/// A rule; `P` stands for its provider.
#[must_use]
pub struct Rule<P = AnyProvider> {
    declaration: RuleDeclaration,
    role: Option<AddedRole>,
    provider: PhantomData<P>,
}

/// A provider that is written by its name.
#[derive(Debug)]
pub enum AnyProvider {}

impl<P> Rule<P> {
    /// A key of the configuration, by the name that AWS uses.
    pub fn configuration(mut self, key: &str, value: impl Into<String>) -> Self {
        self.declaration.configuration.get_or_insert_default().insert(key.to_owned(), value.into());
        self
    }

    /// An artifact that the rule reads.
    pub fn input(mut self, artifact: &str) -> Self {
        let artifact = InputArtifact { name: artifact.to_owned(), ..Default::default() };
        self.declaration.input_artifacts.get_or_insert_default().push(artifact);
        self
    }

    /// The Region that the rule runs in; default: the Region of the pipeline.
    pub fn region(mut self, region: &str) -> Self {
        self.declaration.region = Some(region.to_owned());
        self
    }

    /// The role that the rule runs with.
    pub fn role<R: Role>(mut self, role: R) -> Self {
        self.role = Some(added_role(role));
        self
    }

    /// Minutes before the rule times out: 5 to 86400.
    pub fn timeout_in_minutes(mut self, minutes: i64) -> Self {
        self.declaration.timeout_in_minutes = Some(minutes);
        self
    }
}

/// A rule of any provider, by its name.
pub fn of_provider(name: &str, provider: &str) -> Rule {
    of(name, provider)
}

/// Runs shell commands on managed compute.
///
/// Source: CodePipeline User Guide, `rule-reference-Commands`.
pub fn commands<C: Into<String>>(name: &str, commands: impl IntoIterator<Item = C>) -> Rule<Commands> {
    let mut rule = of(name, "Commands");
    rule.declaration.commands = Some(commands.into_iter().map(Into::into).collect());
    rule
}

fn of<P>(name: &str, provider: &str) -> Rule<P> {
    let rule_type_id = RuleTypeId {
        category: "Rule".to_owned(),
        owner: Some("AWS".to_owned()),
        provider: provider.to_owned(),
        version: Some("1".to_owned()),
        ..Default::default()
    };
    let declaration = RuleDeclaration { name: name.to_owned(), rule_type_id, ..Default::default() };
    Rule { declaration, role: None, provider: PhantomData }
}

/// The rules of a condition: all of them have to pass.
#[must_use]
#[derive(Default)]
pub struct Rules {
    declared: Vec<RuleDeclaration>,
    roles: Vec<(String, AddedRole)>,
}

impl Rules {
    /// One more rule.
    pub fn rule<P>(mut self, rule: Rule<P>) -> Self {
        self.roles.extend(rule.role.map(|role| (rule.declaration.name.clone(), role)));
        self.declared.push(rule.declaration);
        self
    }

    /// The condition, and the roles of its rules by their names.
    pub(super) fn condition(self, result: StageResult) -> (Condition, Vec<(String, AddedRole)>) {
        let condition = Condition { result: Some(result), rules: Some(self.declared), ..Default::default() };
        (condition, self.roles)
    }
}
