//! Pipelines in plain Rust, with the same compile errors as [`pipeline!`](crate::pipeline).
//!
//! Accounts, roles and targets are types: items of `pipeline!`, or types of your own that implement the traits of
//! [`item`](crate::items) and say how they are wired with [`RoleIn`], [`Starts`], [`PipelineIn`], [`ServiceRoleIn`]
//! and [`DeclaredBy`]. What those traits don't say is refused by `cargo check`; a role that doesn't trust the caller and a
//! variable that is missing are refused by `cargo build`, since they are read off the constants of the items; what needs
//! values (ARNs, runtime texts) is refused by [`TopologyBuilder::build`]. The words are the same everywhere.
//!
//! ```
//! use codepipeline_xacct::{Topology, builder::{action, pipeline}, pipeline as declare};
//!
//! declare! {
//!     account Tooling = "111111111111";
//!     account Prod = "222222222222";
//!     extern pipeline Deploy in Prod { name: "deploy", region: "eu-west-1", variables: { version: "none" } }
//!     role Invoker in Prod { name: "invoker", trusts: [Tooling], starts: [Deploy] }
//! }
//!
//! let release = pipeline::<Tooling>("Release", "release", "eu-west-1")
//!     .managed_service_role("release-service")
//!     .artifact_bucket("release-artifacts")
//!     .stage("Source", |s| s.action("Source", action::code_commit("code", "main").output("Code").namespace("Source")))
//!     .stage("Deploy", |s| s.start_as("deploy", Deploy, Invoker).set(Deploy::version, "#{Source.CommitId}"))
//!     .build();
//! let topology = Topology::builder("release").add(release).build()?;
//! assert!(topology.warnings().is_empty());
//! # Ok::<(), codepipeline_xacct::Findings>(())
//! ```

pub mod action;
mod bucket;
pub mod rule;
mod start;
mod trigger;

use std::marker::PhantomData;

use codepipeline_xacct_core::check;
use codepipeline_xacct_core::declaration::{
    ActionDeclaration, BlockerDeclaration, Condition, ConditionSet, ExecutionMode, FailureConditions, PipelineType,
    PipelineVariableDeclaration, RetryConfiguration, RetryMode, StageDeclaration, StageResult,
};
use codepipeline_xacct_core::finding::{Finding, Place};
use codepipeline_xacct_core::ids::{IdError, PipelineArn, RoleArn};
use codepipeline_xacct_core::topology::{self, Gate, Invoke, Ownership, RoleLink, RoleUser};
use codepipeline_xacct_core::topology::{Item, TopologyBuilder};
use indexmap::IndexMap;

pub use action::Action;
pub use bucket::Bucket;
use start::StartAction;
pub use start::{Passed, Start, StartTarget, With};
pub use trigger::{Criteria, PullRequest, Push, Trigger};

use crate::const_checks::trusts_account;
use crate::items::{Account, AccountId, Pipeline, Role, RoleId, add_account, not_well_formed};

/// Declares the relations between items with the sentences that the macro and the dynamic layer use.
macro_rules! relations {
    ($($name:ident: $message:literal, $help:literal;)*) => {
        $(relations! { @ $name $message $help })*
    };
    (@ role_account $message:literal $help:literal) => {
        /// A role that lives in account `A`.
        #[diagnostic::on_unimplemented(message = $message, label = "lives in another account", note = $help)]
        pub trait RoleIn<A> {
            /// The role itself. Its other relations are only looked at where it lives in the right account.
            type Role: Role;
        }
    };
    (@ role_missing $message:literal $help:literal) => {
        /// A pipeline that lives in account `A`.
        #[diagnostic::on_unimplemented(message = $message, label = "lives in another account", note = $help)]
        pub trait PipelineIn<A> {}
    };
    (@ start $message:literal $help:literal) => {
        /// A role that may start pipeline `T`.
        #[diagnostic::on_unimplemented(message = $message, label = "may not start it", note = $help)]
        pub trait Starts<T> {}
    };
    (@ variable_undeclared $message:literal $help:literal) => {
        /// A variable that pipeline `T` declares.
        #[diagnostic::on_unimplemented(message = $message, label = "not declared", note = $help)]
        pub trait DeclaredBy<T>: Variable {}
    };
    (@ service_role_account $message:literal $help:literal) => {
        /// A role of account `A`, where it is a service role.
        #[diagnostic::on_unimplemented(message = $message, label = "lives in another account", note = $help)]
        pub trait ServiceRoleIn<A> {}
    };
    (@ stages $message:literal $help:literal) => {
        /// A builder that has its stages.
        #[diagnostic::on_unimplemented(message = "the pipeline has fewer than 2 stages", label = "too few stages", note = $help)]
        pub trait EnoughStages {}
    };
    (@ $other:ident $message:literal $help:literal) => {};
}

codepipeline_xacct_core::with_sentences!(relations);

/// A pipeline variable. `pipeline!` declares one for each variable of a pipeline: `Deploy::val1`.
pub trait Variable {
    /// The name.
    const NAME: &'static str;
}

/// No stage yet.
#[derive(Debug)]
pub enum NoStage {}
/// One stage.
#[derive(Debug)]
pub enum OneStage {}
/// Two stages or more.
#[derive(Debug)]
pub enum Stages {}

impl EnoughStages for Stages {}

/// How many stages there are after one more.
pub trait StageCount {
    /// One more.
    type Next;
}

impl StageCount for NoStage {
    type Next = OneStage;
}

impl StageCount for OneStage {
    type Next = Stages;
}

impl StageCount for Stages {
    type Next = Stages;
}

type Add = Box<dyn Fn(&mut TopologyBuilder)>;

/// A role where it is used, and what adds it to a topology.
type AddedRole = (Result<RoleArn, IdError>, Add);

fn added_role<R: Role>(role: R) -> AddedRole {
    (RoleId::of::<R>().to_arn(), Box::new(move |topology| role.add_to(topology)))
}

/// A pipeline of account `A` that is being built; `S` counts its stages.
#[must_use]
pub struct PipelineBuilder<A, S> {
    item: String,
    id: (String, String),
    ownership: Ownership,
    service_role: Option<Result<RoleArn, IdError>>,
    declaration: codepipeline_xacct_core::declaration::PipelineDeclaration,
    tags: IndexMap<String, String>,
    stages: Vec<StageParts>,
    add: Vec<Add>,
    state: PhantomData<(A, S)>,
}

/// Begins a pipeline of account `A`: the name of the item (for messages), the name of the pipeline and its home Region.
pub fn pipeline<A: Account>(item: &str, name: &str, region: &str) -> PipelineBuilder<A, NoStage> {
    begin(item, name, region, Ownership::Managed)
}

/// Begins what is ours of a pipeline that exists: of the stages and actions that are named, the keys that are written and what
/// follows from a start. Everything else stays as it is.
pub fn extended_pipeline<A: Account>(item: &str, name: &str, region: &str) -> PipelineBuilder<A, Stages> {
    begin(item, name, region, Ownership::Extended)
}

fn begin<A, S>(item: &str, name: &str, region: &str, ownership: Ownership) -> PipelineBuilder<A, S> {
    PipelineBuilder {
        item: item.to_owned(),
        id: (name.to_owned(), region.to_owned()),
        ownership,
        service_role: None,
        declaration: Default::default(),
        tags: IndexMap::new(),
        stages: Vec::new(),
        add: Vec::new(),
        state: PhantomData,
    }
}

impl<A: Account, S: StageCount> PipelineBuilder<A, S> {
    /// A role item as service role.
    pub fn service_role<R>(mut self, role: R) -> Self
    where
        R: Role + ServiceRoleIn<A>,
    {
        self.service_role = Some(RoleId::of::<R>().to_arn());
        self.add.push(Box::new(move |topology| role.add_to(topology)));
        self
    }

    /// A service role that is created and kept with the policy that the pipeline needs; a path may stand before the name.
    pub fn managed_service_role(mut self, path_and_name: &'static str) -> Self {
        let arn = RoleId::in_account::<A>(path_and_name).to_arn();
        if let Ok(arn) = arn.clone() {
            self.add
                .push(Box::new(move |topology| topology.role(topology::Role::inline(Ownership::Managed, arn.clone()))));
        }
        self.service_role = Some(arn);
        self
    }

    /// A service role that exists and is only read.
    pub fn existing_service_role(self, arn: &str) -> Self {
        self.service_role_by_arn(arn, Ownership::Extern)
    }

    /// A service role that exists and gets one inline policy of ours, for its starts and action roles.
    pub fn extended_service_role(self, arn: &str) -> Self {
        self.service_role_by_arn(arn, Ownership::Extended)
    }

    fn service_role_by_arn(mut self, arn: &str, ownership: Ownership) -> Self {
        let arn = arn.parse::<RoleArn>();
        if let Ok(arn) = arn.clone() {
            self.add.push(Box::new(move |topology| topology.role(topology::Role::inline(ownership, arn.clone()))));
        }
        self.service_role = Some(arn);
        self
    }

    /// The artifact bucket of a pipeline whose actions are all in one Region: its name, or a [`Bucket`] with its key.
    pub fn artifact_bucket(mut self, bucket: impl Into<Bucket>) -> Self {
        self.declaration.artifact_store = Some(bucket.into().0);
        self
    }

    /// The artifact bucket of one of several Regions.
    pub fn artifact_bucket_in(mut self, region: &str, bucket: impl Into<Bucket>) -> Self {
        self.declaration.artifact_stores.get_or_insert_default().insert(region.to_owned(), bucket.into().0);
        self
    }

    /// The type; without it, it is V2 where something needs that, else V1.
    pub fn pipeline_type(mut self, r#type: PipelineType) -> Self {
        self.declaration.pipeline_type = Some(r#type);
        self
    }

    /// What starts the pipeline beside a start by hand or by another pipeline; V2 only.
    pub fn trigger(mut self, trigger: Trigger) -> Self {
        self.declaration.triggers.get_or_insert_default().push(trigger.into());
        self
    }

    /// How executions that overlap are handled.
    pub fn execution_mode(mut self, mode: ExecutionMode) -> Self {
        self.declaration.execution_mode = Some(mode);
        self
    }

    /// A pipeline variable with a default.
    pub fn variable(self, name: &str, default: impl Into<String>) -> Self {
        self.declare_variable(name, Some(default.into()))
    }

    /// A pipeline variable that every start has to pass.
    pub fn required_variable(self, name: &str) -> Self {
        self.declare_variable(name, None)
    }

    /// What the variable that was declared last is for: up to 200 characters.
    pub fn described(mut self, description: impl Into<String>) -> Self {
        if let Some(variable) = self.declaration.variables.as_mut().and_then(|variables| variables.last_mut()) {
            variable.description = Some(description.into());
        }
        self
    }

    fn declare_variable(mut self, name: &str, default_value: Option<String>) -> Self {
        let variable = PipelineVariableDeclaration { name: name.to_owned(), default_value, ..Default::default() };
        self.declaration.variables.get_or_insert_default().push(variable);
        self
    }

    /// A tag of the pipeline.
    pub fn tag(mut self, key: &str, value: &str) -> Self {
        self.tags.insert(key.to_owned(), value.to_owned());
        self
    }

    /// The next stage.
    pub fn stage<I: IntoStage<A>>(
        mut self,
        name: &str,
        stage: impl FnOnce(StageBuilder<A>) -> I,
    ) -> PipelineBuilder<A, S::Next> {
        let mut parts = stage(StageBuilder { parts: StageParts::default(), account: PhantomData }).into_stage().parts;
        parts.declaration.name = name.to_owned();
        self.stages.push(parts);
        PipelineBuilder {
            item: self.item,
            id: self.id,
            ownership: self.ownership,
            service_role: self.service_role,
            declaration: self.declaration,
            tags: self.tags,
            stages: self.stages,
            add: self.add,
            state: PhantomData,
        }
    }

    /// Ends the pipeline.
    pub fn build(self) -> BuiltPipeline
    where
        S: EnoughStages,
    {
        let place = Place::pipeline(&self.item);
        let not_well_formed = |error: IdError| not_well_formed(place.clone(), &error);
        let arn = check::pipeline_name(&self.item, &self.id.0).and_then(|name| {
            let account = AccountId::of::<A>().to_account().map_err(not_well_formed)?;
            let region = self.id.1.parse().map_err(not_well_formed)?;
            Ok(PipelineArn::new(account.partition, region, account.id, name))
        });
        let service_role = self.service_role.transpose().map_err(not_well_formed);
        let made = arn.and_then(|arn| Ok((arn, service_role?))).map(|(arn, service_role)| {
            let mut pipeline = topology::Pipeline::new(&self.item, self.ownership, arn);
            pipeline.declaration = self.declaration;
            pipeline.declaration.name = self.id.0;
            pipeline.service_role = service_role;
            pipeline.tags = self.tags;
            let mut add = self.add;
            add.push(Box::new(add_account::<A>));
            let mut stages = Vec::new();
            for parts in self.stages {
                let stage = parts.declaration.name.clone();
                pipeline.invokes.extend(parts.invokes.into_iter().map(|i| Invoke { stage: stage.clone(), ..i }));
                pipeline.role_links.extend(parts.roles.into_iter().map(|r| RoleLink { stage: stage.clone(), ..r }));
                stages.push(parts.declaration);
                add.extend(parts.add);
            }
            pipeline.declaration.stages = Some(stages);
            (pipeline, add)
        });
        BuiltPipeline { made }
    }
}

/// A pipeline that was built; add it to a topology.
#[must_use]
pub struct BuiltPipeline {
    made: Result<(topology::Pipeline, Vec<Add>), Finding>,
}

impl Item for BuiltPipeline {
    fn add_to(&self, topology: &mut TopologyBuilder) {
        match &self.made {
            Ok((pipeline, add)) => {
                topology.pipeline(pipeline.clone());
                for add in add {
                    add(topology);
                }
            }
            Err(finding) => topology.finding(finding.clone()),
        }
    }
}

#[derive(Default)]
struct StageParts {
    declaration: StageDeclaration,
    invokes: Vec<Invoke>,
    roles: Vec<RoleLink>,
    add: Vec<Add>,
}

/// A stage of a pipeline of account `A`.
#[must_use]
pub struct StageBuilder<A> {
    parts: StageParts,
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

impl<A: Account> StageBuilder<A> {
    /// An action; a source action stands in the first stage.
    pub fn action<P>(mut self, name: &str, action: Action<P>) -> Self {
        let declaration = ActionDeclaration { name: name.to_owned(), ..action.declaration };
        self.parts.declaration.actions.get_or_insert_default().push(declaration);
        if let Some((role, add)) = action.role {
            // What is no ARN is reported where the role is added.
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
    pub fn before_entry(mut self, result: StageResult, rules: impl FnOnce(rule::Rules) -> rule::Rules) -> Self {
        let condition = self.condition(Gate::BeforeEntry, result, rules);
        self.parts.declaration.before_entry =
            Some(ConditionSet { conditions: Some(vec![condition]), ..Default::default() });
        self
    }

    /// A condition for leaving the stage, and what follows when its rules don't pass: `Rollback` or `Fail`.
    pub fn on_success(mut self, result: StageResult, rules: impl FnOnce(rule::Rules) -> rule::Rules) -> Self {
        let condition = self.condition(Gate::OnSuccess, result, rules);
        self.parts.declaration.on_success =
            Some(ConditionSet { conditions: Some(vec![condition]), ..Default::default() });
        self
    }

    /// A condition for when the stage failed, and what follows: `Rollback`.
    pub fn on_failure(mut self, result: StageResult, rules: impl FnOnce(rule::Rules) -> rule::Rules) -> Self {
        let condition = self.condition(Gate::OnFailure, result, rules);
        self.parts.declaration.on_failure =
            Some(FailureConditions { conditions: Some(vec![condition]), ..Default::default() });
        self
    }

    fn condition(
        &mut self,
        gate: Gate,
        result: StageResult,
        rules: impl FnOnce(rule::Rules) -> rule::Rules,
    ) -> Condition {
        let (condition, roles) = rules(rule::Rules::default()).condition(result);
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
        let blocker = BlockerDeclaration { name: name.to_owned(), r#type: "Schedule".to_owned(), ..Default::default() };
        self.parts.declaration.blockers.get_or_insert_default().push(blocker);
        self
    }

    /// Starts a pipeline of the same account, with the service role's own right.
    pub fn start<T>(self, name: &str, target: T) -> Start<A, T, ()>
    where
        T: Pipeline + PipelineIn<A>,
    {
        self.begin(name, target, None, None)
    }

    /// Starts a pipeline with an action role, which lives in the target's account, trusts the service role here and may
    /// start the target.
    pub fn start_as<T, R>(self, name: &str, target: T, role: R) -> Start<A, T, ()>
    where
        T: Pipeline,
        R: Role + RoleIn<T::Account>,
        <R as RoleIn<T::Account>>::Role: Starts<T>,
    {
        const { trusts_account(AccountId::of::<A>(), R::ITEM, <R::Account as Account>::ID, R::TRUSTS) };
        let arn = RoleId::of::<R>().to_arn().ok();
        self.begin(name, target, arn, Some(Box::new(move |topology| role.add_to(topology))))
    }

    /// Starts a pipeline with a role that exists and of which only the ARN is known: whether it lives in the target's account
    /// is checked when the topology is built, what it trusts and may start by the plan.
    pub fn start_as_existing<T: Pipeline>(mut self, name: &str, target: T, arn: &str) -> Start<A, T, ()> {
        match arn.parse::<RoleArn>() {
            Ok(arn) => {
                let role = topology::Role::inline(Ownership::Extern, arn.clone());
                self.begin(name, target, Some(arn), Some(Box::new(move |topology| topology.role(role.clone()))))
            }
            Err(error) => {
                let finding = not_well_formed(Place::role(arn), &error);
                self.parts.add.push(Box::new(move |topology| topology.finding(finding.clone())));
                self.begin(name, target, None, None)
            }
        }
    }

    /// Starts a pipeline that is only known when the program runs, such as one of a table. What the other methods have the compiler
    /// check, `build` of the topology checks. Where this program owns the target, it is added to the topology as well.
    pub fn start_target(self, name: &str, target: topology::Target) -> StartTarget<A> {
        StartTarget { action: StartAction::new(self, name, None, None), target }
    }

    fn begin<T: Pipeline>(self, name: &str, target: T, role: Option<RoleArn>, add: Option<Add>) -> Start<A, T, ()> {
        Start { action: StartAction::new(self, name, role, add), target, passed: PhantomData }
    }
}
