//! The rules of a condition.

use super::common::ConditionRule;
use crate::builder::added::AddedRole;
use crate::builder::calls::LostCalls;
use crate::core::declaration::{Condition, RuleDeclaration, StageResult};
use crate::core::finding::Segment;

/// The rules of a condition: all of them have to pass.
#[must_use]
#[derive(Default)]
pub struct Rules {
    declared: Vec<RuleDeclaration>,
    roles: Vec<(String, AddedRole)>,
    lost: LostCalls,
}

impl Rules {
    /// One more rule.
    pub fn rule<P>(mut self, rule: ConditionRule<P>) -> Self {
        let way = [Segment::Key("rules".into()), Segment::Index(self.declared.len())];
        self.lost.extend_from(&way, rule.lost);
        self.roles.extend(rule.role.map(|role| (rule.declaration.name.clone(), role)));
        self.declared.push(rule.declaration);
        self
    }

    /// The condition, the roles of its rules by their names, and the calls without effect.
    pub(crate) fn condition(self, result: StageResult) -> (Condition, Vec<(String, AddedRole)>, LostCalls) {
        let condition = Condition { result: Some(result), rules: Some(self.declared), ..Default::default() };
        (condition, self.roles, self.lost)
    }
}
