//! The rules of a condition.

use super::common::ConditionRule;
use crate::builder::added::AddedRole;
use crate::core::declaration::{Condition, RuleDeclaration, StageResult};

/// The rules of a condition: all of them have to pass.
#[must_use]
#[derive(Default)]
pub struct Rules {
    declared: Vec<RuleDeclaration>,
    roles: Vec<(String, AddedRole)>,
}

impl Rules {
    /// One more rule.
    pub fn rule<P>(mut self, rule: ConditionRule<P>) -> Self {
        self.roles.extend(rule.role.map(|role| (rule.declaration.name.clone(), role)));
        self.declared.push(rule.declaration);
        self
    }

    /// The condition, and the roles of its rules by their names.
    pub(crate) fn condition(self, result: StageResult) -> (Condition, Vec<(String, AddedRole)>) {
        let condition = Condition { result: Some(result), rules: Some(self.declared), ..Default::default() };
        (condition, self.roles)
    }
}
