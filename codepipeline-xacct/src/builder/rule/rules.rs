//! The rules of a condition.

use std::panic::Location;

use super::common::ConditionRule;
use crate::builder::added::AddedRole;
use crate::builder::calls::{Call, LostCalls};
use crate::core::declaration::{Condition, RuleDeclaration, StageResult};
use crate::core::finding::Segment;

/// What belongs to the rules of a condition besides their declarations.
pub(crate) struct OfRules {
    /// Their roles, by the names of the rules.
    pub(crate) roles: Vec<(String, AddedRole)>,
    /// The calls without effect.
    pub(crate) lost: LostCalls,
    /// The calls that added them.
    pub(crate) calls: Vec<Call>,
}

/// The rules of a condition: all of them have to pass.
#[must_use]
#[derive(Default)]
pub struct Rules {
    declared: Vec<RuleDeclaration>,
    roles: Vec<(String, AddedRole)>,
    lost: LostCalls,
    /// The calls that added the rules.
    calls: Vec<Call>,
}

impl Rules {
    /// One more rule.
    #[track_caller]
    pub fn rule<P>(mut self, rule: ConditionRule<P>) -> Self {
        let way = [Segment::Key("rules".into()), Segment::Index(self.declared.len())];
        self.lost.extend_from(&way, rule.lost);
        self.roles.extend(rule.role.map(|role| (rule.declaration.name.clone(), role)));
        self.declared.push(rule.declaration);
        self.calls.push(Location::caller());
        self
    }

    /// The condition, and what belongs to its rules.
    pub(crate) fn condition(self, result: StageResult) -> (Condition, OfRules) {
        let condition = Condition { result: Some(result), rules: Some(self.declared), ..Default::default() };
        (condition, OfRules { roles: self.roles, lost: self.lost, calls: self.calls })
    }
}
