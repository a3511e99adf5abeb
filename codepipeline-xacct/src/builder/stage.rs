//! Stages, and the actions in them that start pipelines: the target is a type, whose variables and role the compiler
//! checks, or a value.

use std::marker::PhantomData;
use std::panic::Location;

use serde_json::json;

use super::action::common::ActionBuilder;
use super::added::Add;
use super::calls::Call;
use super::passed_variables::{PassedVariables, With};
use super::relations::{DeclaredBy, Ended, PipelineIn, RoleIn, Starts};
use super::rule::{OfRules, Rules};
use super::stage_parts::StageParts;
use super::start_action::StartAction;
use crate::const_checks::{TargetFacts, caller_variable, passed_all, role_behind_start, trusts_account};
use crate::core::declaration::fixed_values::BLOCKER_TYPE;
use crate::core::declaration::{
    ActionDeclaration, BlockerDeclaration, Condition, ConditionSet, FailureConditions, RetryConfiguration, RetryMode,
    StageResult,
};
use crate::core::finding::{Place, Segment};
use crate::core::ids::RoleArn;
use crate::core::topology::{self, Gate, Ownership, RoleLink, RoleUser};
use crate::items::{AccountItem, PipelineConst, PipelineItem, RoleConst, RoleItem, not_well_formed};

/// A stage of a pipeline of account `A`.
#[must_use]
pub struct StageBuilder<A> {
    pub(super) parts: StageParts,
    account: PhantomData<A>,
}

/// What a stage's closure may return: the stage, or the last action that starts a pipeline.
#[diagnostic::on_unimplemented(
    message = "the closure of this stage does not return the stage",
    label = "returns `{Self}`",
    note = "leave out the `;` after its last call: `|s| s.action(…)`"
)]
pub trait IntoStage<A> {
    /// What of the stage is known to the compiler only once it is finished. It is evaluated where the stage is added to its
    /// pipeline, so that an error shows the lines of the program.
    #[doc(hidden)]
    const COMPLETE: () = ();

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
        Self::of(StageParts::default())
    }

    fn of(parts: StageParts) -> Self {
        Self { parts, account: PhantomData }
    }
}

impl<A: AccountItem> StageBuilder<A> {
    /// An action. Source actions are in the first stage.
    #[track_caller]
    pub fn action<P>(mut self, name: &str, action: ActionBuilder<P>) -> Self {
        let declaration = ActionDeclaration { name: name.to_owned(), ..action.declaration };
        self.parts.push_action(declaration, Location::caller(), action.lost);
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
    #[track_caller]
    pub fn retry(mut self, mode: RetryMode) -> Self {
        self.sets_failure(Location::caller());
        self.parts.declaration.on_failure = Some(FailureConditions {
            result: Some(StageResult::Retry),
            retry_configuration: Some(RetryConfiguration { retry_mode: Some(mode), ..Default::default() }),
            ..Default::default()
        });
        self
    }

    /// What happens when the stage fails: back to the last good execution.
    #[track_caller]
    pub fn rollback(mut self) -> Self {
        self.sets_failure(Location::caller());
        self.parts.declaration.on_failure =
            Some(FailureConditions { result: Some(StageResult::Rollback), ..Default::default() });
        self
    }

    /// A condition for entering the stage, and what follows when its rules don't pass: `Fail` or `Skip`.
    #[track_caller]
    pub fn before_entry(mut self, result: StageResult, rules: impl FnOnce(Rules) -> Rules) -> Self {
        let condition = self.condition(Gate::BeforeEntry, result, rules);
        let set: &mut ConditionSet = self.parts.declaration.before_entry.get_or_insert_default();
        set.conditions.get_or_insert_default().push(condition);
        self
    }

    /// A condition for leaving the stage, and what follows when its rules don't pass: `Rollback` or `Fail`.
    #[track_caller]
    pub fn on_success(mut self, result: StageResult, rules: impl FnOnce(Rules) -> Rules) -> Self {
        let condition = self.condition(Gate::OnSuccess, result, rules);
        let set: &mut ConditionSet = self.parts.declaration.on_success.get_or_insert_default();
        set.conditions.get_or_insert_default().push(condition);
        self
    }

    /// A condition that applies when the stage fails, and what follows: `Rollback`.
    #[track_caller]
    pub fn on_failure(mut self, result: StageResult, rules: impl FnOnce(Rules) -> Rules) -> Self {
        let condition = self.condition(Gate::OnFailure, result, rules);
        let set: &mut FailureConditions = self.parts.declaration.on_failure.get_or_insert_default();
        set.conditions.get_or_insert_default().push(condition);
        self
    }

    /// Notes that a result for a failure replaces another one.
    fn sets_failure(&mut self, call: Call) {
        let is_set = self.parts.declaration.on_failure.as_ref().is_some_and(|failure| failure.result.is_some());
        self.parts.lost.replaced(is_set, &["onFailure"], Some(call));
    }

    #[track_caller]
    fn condition(&mut self, gate: Gate, result: StageResult, rules: impl FnOnce(Rules) -> Rules) -> Condition {
        let (condition, OfRules { roles, lost, calls }) = rules(Rules::default()).condition(result);
        let conditions = gate.conditions(&self.parts.declaration).map_or(0, <[_]>::len);
        let way = [Segment::Key(gate.as_str().into()), Segment::Key("conditions".into()), Segment::Index(conditions)];
        self.parts.lost.extend_from(&way, lost);
        let of_rule = |index| [Segment::Key("rules".into()), Segment::Index(index)];
        let calls = calls.into_iter().enumerate();
        self.parts
            .written_at
            .extend(calls.map(|(index, call)| (way.iter().cloned().chain(of_rule(index)).collect(), call)));
        self.parts.written_at.push((way.to_vec(), Location::caller()));
        for (rule, (role, add)) in roles {
            self.parts.add.push(add);
            if let Ok(role) = role {
                self.parts.roles.push(RoleLink { stage: String::new(), user: RoleUser::Rule { gate, rule }, role });
            }
        }
        condition
    }

    /// Blocks the transition into the stage; the blocker has this name.
    pub fn blocker(mut self, name: &str) -> Self {
        let blocker =
            BlockerDeclaration { name: name.to_owned(), r#type: BLOCKER_TYPE.to_owned(), ..Default::default() };
        self.parts.declaration.blockers.get_or_insert_default().push(blocker);
        self
    }

    /// Adds actions to a stage that exists; only in an extended pipeline, whose other actions have to exist.
    ///
    /// ```
    /// # use codepipeline_xacct::builder::{StageBuilder, action};
    /// # use codepipeline_xacct::pipeline;
    /// # pipeline! { pub account Tooling = "111111111111"; }
    /// # fn stage(s: StageBuilder<Tooling>) -> StageBuilder<Tooling> {
    /// s.adding(|s| s.action("approve", action::manual_approval().run_order(2)))
    /// # }
    /// ```
    pub fn adding<I: IntoStage<A>>(mut self, actions: impl FnOnce(StageBuilder<A>) -> I) -> Self {
        const { I::COMPLETE };
        let before = self.parts.declaration.actions.as_deref().map_or(0, <[_]>::len);
        self = actions(self).into_stage();
        let added = self.parts.declaration.actions.iter().flatten().skip(before);
        self.parts.added.extend(added.map(|action| action.name.clone()));
        self
    }

    /// Starts a pipeline of the same account, with the permissions of the service role.
    #[track_caller]
    pub fn start<T>(self, name: &str, target: T) -> StartBuilder<A, T::Itself, ()>
    where
        T: PipelineItem,
        T::Itself: PipelineIn<A>,
    {
        self.begin(name, target.itself(), None, None)
    }

    /// Starts a pipeline with an action role, which lives in the target's account, trusts the service role here and may
    /// start the target.
    #[track_caller]
    pub fn start_as<T, R>(self, name: &str, target: T, role: R) -> StartBuilder<A, T::Itself, ()>
    where
        T: PipelineItem,
        R: RoleItem,
        R::Itself: RoleIn<T::Account>,
        <R::Itself as RoleIn<T::Account>>::Role: Starts<T::Itself>,
    {
        const { trusts_account::<A, R>() };
        let arn = RoleConst::of::<R>().to_arn().ok();
        self.begin(name, target.itself(), arn, Some(Box::new(move |topology| role.add_to(topology))))
    }

    /// Starts a pipeline with an existing role that is only known by its ARN. Whether it lives in the target's account is checked
    /// when the topology is built; whom it trusts and what it may start are checked by the plan.
    #[track_caller]
    pub fn start_as_existing<T: PipelineItem>(mut self, name: &str, target: T, arn: &str) -> StartBuilder<A, T, ()> {
        match arn.parse::<RoleArn>() {
            Ok(arn) => {
                let role = topology::Role::inline(Ownership::Extern, arn.clone());
                self.begin(name, target, Some(arn), Some(Box::new(move |topology| topology.role(role.clone()))))
            }
            Err(error) => {
                let mut finding = not_well_formed(Place::role(arn), &error);
                finding.written_at = Some(Location::caller());
                self.parts.add.push(Box::new(move |topology| topology.finding(finding.clone())));
                self.begin(name, target, None, None)
            }
        }
    }

    /// Starts a pipeline that is only known when the program runs, such as one from a table. What the compiler checks
    /// for the other methods is checked by `build` of the topology. If this program owns the target, add it to the
    /// topology as well.
    #[track_caller]
    pub fn start_target(self, name: &str, target: topology::Target) -> StartTarget<A> {
        StartTarget { action: StartAction::new(self.parts, name, None, None), target, account: PhantomData }
    }

    #[track_caller]
    fn begin<T: PipelineItem>(
        self,
        name: &str,
        target: T,
        role: Option<RoleArn>,
        add: Option<Add>,
    ) -> StartBuilder<A, T, ()> {
        StartBuilder { action: StartAction::new(self.parts, name, role, add), target, state: PhantomData }
    }
}

/// The methods of both kinds of starts.
macro_rules! of_every_start {
    () => {
        /// The revision that a source action of the target uses: `COMMIT_ID`, `IMAGE_DIGEST`, `S3_OBJECT_VERSION_ID` or
        /// `S3_OBJECT_KEY`, and its value, which may hold `#{…}` references.
        pub fn source_revision(mut self, action: &str, r#type: &str, value: impl Into<String>) -> Self {
            let value = value.into();
            let revision = json!({ "actionName": action, "revisionType": r#type, "revisionValue": value });
            self.action.revisions.push(revision);
            self
        }

        /// 1 to 999, default 1: equal values run in parallel.
        pub fn run_order(mut self, order: i64) -> Self {
            self.action.lost.replaced(self.action.declaration.run_order.is_some(), &["runOrder"], None);
            self.action.declaration.run_order = Some(order);
            self
        }

        /// The namespace of the action's output variables.
        pub fn namespace(mut self, namespace: &str) -> Self {
            self.action.lost.replaced(self.action.declaration.namespace.is_some(), &["namespace"], None);
            self.action.declaration.namespace = Some(namespace.to_owned());
            self
        }
    };
}

/// The methods of a stage on a start that is not ended: calling one is an error that says so, where rustc would only find no method.
macro_rules! not_before_and {
    () => {
        not_before_and! {
            action<P>(name: &str, action: ActionBuilder<P>);
            retry<>(mode: RetryMode);
            rollback<>();
            before_entry<>(result: StageResult, rules: impl FnOnce(Rules) -> Rules);
            on_success<>(result: StageResult, rules: impl FnOnce(Rules) -> Rules);
            on_failure<>(result: StageResult, rules: impl FnOnce(Rules) -> Rules);
            blocker<>(name: &str);
            adding<I: IntoStage<A>>(actions: impl FnOnce(StageBuilder<A>) -> I);
            start_target<>(name: &str, target: topology::Target);
        }

        #[doc(hidden)]
        pub fn start<U: PipelineItem>(self, name: &str, target: U) -> StartBuilder<A, U, ()>
        where
            Self: Ended,
        {
            self.and().start_as_existing(name, target, "")
        }

        #[doc(hidden)]
        pub fn start_as<U: PipelineItem, R>(self, name: &str, target: U, _: R) -> StartBuilder<A, U, ()>
        where
            Self: Ended,
        {
            self.and().start_as_existing(name, target, "")
        }
    };
    ($($method:ident<$($param:ident $(: $bound:path)?),*>($($argument:ident: $ty:ty),*);)*) => {
        $(
            #[doc(hidden)]
            #[allow(unused_variables, reason = "it can't be called")]
            pub fn $method<$($param $(: $bound)?),*>(self $(, $argument: $ty)*) -> StageBuilder<A>
            where
                Self: Ended,
            {
                self.and()
            }
        )*
    };
}

/// An action that starts pipeline `T`; `V` lists the variables that it passes.
#[must_use]
pub struct StartBuilder<A, T, V> {
    action: StartAction,
    target: T,
    state: PhantomData<(A, V)>,
}

impl<A: AccountItem, T: PipelineItem, V: PassedVariables> StartBuilder<A, T, V> {
    /// Passes a variable that the target declares; the value may hold `#{…}` references.
    pub fn set<N: DeclaredBy<T>>(
        mut self,
        variable: N,
        value: impl Into<String>,
    ) -> StartBuilder<A, T, With<N::Variable, V>> {
        let _ = variable;
        let replaced = self.action.variables.insert(N::NAME.to_owned(), value.into()).is_some();
        self.action.lost.replaced(replaced, &["variables", N::NAME], None);
        StartBuilder { action: self.action, target: self.target, state: PhantomData }
    }

    /// Waits until the execution that the action starts has ended, and fails where it doesn't succeed: `"45 minutes"` at most, of 1 to
    /// 50. An action `<name>-wait` is added behind it, which runs with the same role; a target that the topology manages declares the
    /// variable [`CALLER_VARIABLE`](topology::CALLER_VARIABLE) by that, by which the execution is found.
    pub fn wait(mut self, limit: &str) -> Self {
        const { caller_variable(TargetFacts::of_item::<T>(T::ITEM)) };
        self.action.lost.replaced(self.action.wait.is_some(), &["wait"], None);
        self.action.wait = Some(limit.to_owned());
        self
    }

    /// Passes the id of its own execution, so that the execution that the action starts is found exactly when the run is
    /// followed: in the variable [`CALLER_VARIABLE`](topology::CALLER_VARIABLE). A target that the topology manages declares it
    /// by that.
    pub fn follow_by_caller_variable(mut self) -> Self {
        const { caller_variable(TargetFacts::of_item::<T>(T::ITEM)) };
        self.action.follow = true;
        self
    }

    of_every_start!();
    not_before_and!();

    /// The role is an argument of `start_as`. Where the target lives in another account, `start` itself is the error.
    #[doc(hidden)]
    pub fn role<R>(self, role: R) -> Self {
        const { role_behind_start(T::ITEM) };
        let _ = role;
        self
    }

    /// Ends the action and returns the stage. Every variable of the target that has no default has to be passed by now.
    pub fn and(self) -> StageBuilder<A> {
        const { passed_all(T::ITEM, T::VARIABLES, V::LIST) };
        self.finish()
    }

    fn finish(self) -> StageBuilder<A> {
        let known = PipelineConst::of::<T>().to_target();
        let mut stage = StageBuilder::of(self.action.finish(known.as_ref().ok().cloned()));
        if let Err(error) = known {
            stage
                .parts
                .add
                .push(Box::new(move |topology| topology.finding(not_well_formed(Place::pipeline(T::ITEM), &error))));
        }
        let target = self.target;
        stage.parts.add.push(Box::new(move |topology| {
            if PipelineConst::of::<T>().to_arn().is_ok_and(|arn| !topology.has_pipeline(T::ITEM, &arn)) {
                target.add_to(topology);
            }
        }));
        stage
    }
}

impl<A: AccountItem, T: PipelineItem, V: PassedVariables> IntoStage<A> for StartBuilder<A, T, V> {
    const COMPLETE: () = passed_all(T::ITEM, T::VARIABLES, V::LIST);

    fn into_stage(self) -> StageBuilder<A> {
        self.finish()
    }
}

/// An action that starts a pipeline which is only known when the program runs.
#[must_use]
pub struct StartTarget<A> {
    action: StartAction,
    target: topology::Target,
    account: PhantomData<A>,
}

impl<A: AccountItem> StartTarget<A> {
    /// The role that starts the pipeline; it is added to the topology.
    pub fn role(mut self, role: topology::Role) -> Self {
        self.action.lost.replaced(self.action.role.is_some(), &["roleArn"], None);
        self.action.role = Some(role.arn.clone());
        self.action.add.push(Box::new(move |topology| topology.role(role.clone())));
        self
    }

    /// Passes a variable; the value may hold `#{…}` references.
    pub fn set(mut self, variable: &str, value: impl Into<String>) -> Self {
        let replaced = self.action.variables.insert(variable.to_owned(), value.into()).is_some();
        self.action.lost.replaced(replaced, &["variables", variable], None);
        self
    }

    /// Waits until the execution that the action starts has ended, and fails where it doesn't succeed: `"45 minutes"` at most, of 1 to
    /// 50. An action `<name>-wait` is added behind it, which runs with the same role; a target that the topology manages declares the
    /// variable [`CALLER_VARIABLE`](topology::CALLER_VARIABLE) by that, by which the execution is found.
    pub fn wait(mut self, limit: &str) -> Self {
        self.action.lost.replaced(self.action.wait.is_some(), &["wait"], None);
        self.action.wait = Some(limit.to_owned());
        self
    }

    /// Passes the id of its own execution, so that the execution that the action starts is found exactly when the run is
    /// followed: in the variable [`CALLER_VARIABLE`](topology::CALLER_VARIABLE). A target that the topology manages declares it
    /// by that.
    pub fn follow_by_caller_variable(mut self) -> Self {
        self.action.follow = true;
        self
    }

    of_every_start!();
    not_before_and!();

    /// Ends the action and returns the stage.
    pub fn and(self) -> StageBuilder<A> {
        StageBuilder::of(self.action.finish(Some(self.target)))
    }
}

impl<A: AccountItem> IntoStage<A> for StartTarget<A> {
    fn into_stage(self) -> StageBuilder<A> {
        self.and()
    }
}
