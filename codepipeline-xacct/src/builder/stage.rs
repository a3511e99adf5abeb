//! Stages.

use std::marker::PhantomData;

use super::action::ActionBuilder;
use super::added::Add;
use super::rule::Rules;
use crate::core::declaration::fixed::BLOCKER_TYPE;
use crate::core::declaration::{
    ActionDeclaration, BlockerDeclaration, Condition, ConditionSet, FailureConditions, RetryConfiguration, RetryMode,
    StageDeclaration, StageResult,
};
use crate::core::topology::{Gate, Invoke, RoleLink, RoleUser};
use crate::items::AccountItem;

#[derive(Default)]
pub(super) struct StageParts {
    pub(super) declaration: StageDeclaration,
    pub(super) invokes: Vec<Invoke>,
    pub(super) roles: Vec<RoleLink>,
    pub(super) add: Vec<Add>,
}

/// A stage of a pipeline of account `A`.
#[must_use]
pub struct StageBuilder<A> {
    pub(super) parts: StageParts,
    account: PhantomData<A>,
}

/// What a stage's closure may return: the stage, or the last action that starts a pipeline.
pub trait IntoStage<A> {
    /// The stage.
    fn into_stage(self) -> StageBuilder<A>;
}

impl<A> IntoStage<A> for StageBuilder<A> {
    fn into_stage(self) -> StageBuilder<A> {
        self
    }
}

impl<A> StageBuilder<A> {
    pub(super) fn new() -> Self {
        Self { parts: StageParts::default(), account: PhantomData }
    }
}

impl<A: AccountItem> StageBuilder<A> {
    /// An action. Source actions are in the first stage.
    pub fn action<P>(mut self, name: &str, action: ActionBuilder<P>) -> Self {
        let declaration = ActionDeclaration { name: name.to_owned(), ..action.declaration };
        self.parts.declaration.actions.get_or_insert_default().push(declaration);
        if let Some((role, add)) = action.role {
            // An ARN that is not valid is reported where the role is added.
            self.parts.add.push(add);
            if let Ok(role) = role {
                let user = RoleUser::Action(name.to_owned());
                self.parts.roles.push(RoleLink { stage: String::new(), user, role });
            }
        }
        self
    }

    /// What happens when the stage fails: one automatic retry.
    pub fn retry(mut self, mode: RetryMode) -> Self {
        self.parts.declaration.on_failure = Some(FailureConditions {
            result: Some(StageResult::Retry),
            retry_configuration: Some(RetryConfiguration { retry_mode: Some(mode), ..Default::default() }),
            ..Default::default()
        });
        self
    }

    /// What happens when the stage fails: back to the last good execution.
    pub fn rollback(mut self) -> Self {
        self.parts.declaration.on_failure =
            Some(FailureConditions { result: Some(StageResult::Rollback), ..Default::default() });
        self
    }

    /// A condition for entering the stage, and what follows when its rules don't pass: `Fail` or `Skip`.
    pub fn before_entry(mut self, result: StageResult, rules: impl FnOnce(Rules) -> Rules) -> Self {
        let condition = self.condition(Gate::BeforeEntry, result, rules);
        self.parts.declaration.before_entry =
            Some(ConditionSet { conditions: Some(vec![condition]), ..Default::default() });
        self
    }

    /// A condition for leaving the stage, and what follows when its rules don't pass: `Rollback` or `Fail`.
    pub fn on_success(mut self, result: StageResult, rules: impl FnOnce(Rules) -> Rules) -> Self {
        let condition = self.condition(Gate::OnSuccess, result, rules);
        self.parts.declaration.on_success =
            Some(ConditionSet { conditions: Some(vec![condition]), ..Default::default() });
        self
    }

    /// A condition for when the stage failed, and what follows: `Rollback`.
    pub fn on_failure(mut self, result: StageResult, rules: impl FnOnce(Rules) -> Rules) -> Self {
        let condition = self.condition(Gate::OnFailure, result, rules);
        self.parts.declaration.on_failure =
            Some(FailureConditions { conditions: Some(vec![condition]), ..Default::default() });
        self
    }

    fn condition(&mut self, gate: Gate, result: StageResult, rules: impl FnOnce(Rules) -> Rules) -> Condition {
        let (condition, roles) = rules(Rules::default()).condition(result);
        for (rule, (role, add)) in roles {
            self.parts.add.push(add);
            if let Ok(role) = role {
                self.parts.roles.push(RoleLink { stage: String::new(), user: RoleUser::Rule { gate, rule }, role });
            }
        }
        condition
    }

    /// A block of the transition into the stage, by a name for it.
    pub fn blocker(mut self, name: &str) -> Self {
        let blocker =
            BlockerDeclaration { name: name.to_owned(), r#type: BLOCKER_TYPE.to_owned(), ..Default::default() };
        self.parts.declaration.blockers.get_or_insert_default().push(blocker);
        self
    }
}
