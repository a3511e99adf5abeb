//! Actions that start pipelines: of a type, whose variables and role the compiler checks, and of a value.

use std::marker::PhantomData;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::added::Add;
use super::relations::{DeclaredBy, PipelineIn, RoleIn, Starts, VariableName};
use super::stage::{IntoStage, StageBuilder};
use crate::const_checks::{Names, passed_all, trusts_account};
use crate::core::declaration::{ActionDeclaration, ActionTypeId};
use crate::core::finding::Place;
use crate::core::ids::RoleArn;
use crate::core::topology::{self, Invoke, Ownership};
use crate::items::{AccountConst, AccountItem, PipelineConst, PipelineItem, RoleConst, RoleItem, not_well_formed};

/// The parts of an action that starts a pipeline.
struct StartAction<A> {
    stage: StageBuilder<A>,
    declaration: ActionDeclaration,
    role: Option<RoleArn>,
    add: Vec<Add>,
    variables: IndexMap<String, String>,
    revisions: Vec<Value>,
}

impl<A> StartAction<A> {
    fn new(stage: StageBuilder<A>, name: &str, role: Option<RoleArn>, add: Option<Add>) -> Self {
        let declaration = ActionDeclaration {
            name: name.to_owned(),
            action_type_id: ActionTypeId::pipeline_invoke(),
            ..Default::default()
        };
        Self {
            stage,
            declaration,
            role,
            add: add.into_iter().collect(),
            variables: IndexMap::new(),
            revisions: Vec::new(),
        }
    }

    /// The stage with the action, and with the link where the target is known.
    fn finish(mut self, target: Option<topology::Target>) -> StageBuilder<A> {
        if !self.revisions.is_empty() {
            let revisions = Value::Array(self.revisions).to_string();
            self.declaration.configuration.get_or_insert_default().insert("SourceRevisions".to_owned(), revisions);
        }
        let (mut stage, action) = (self.stage, self.declaration.name.clone());
        stage.parts.declaration.actions.get_or_insert_default().push(self.declaration);
        stage.parts.invokes.extend(target.map(|target| Invoke {
            stage: String::new(),
            action,
            target,
            role: self.role,
            variables: self.variables,
        }));
        stage.parts.add.extend(self.add);
        stage
    }
}

/// The methods of both kinds of starts.
macro_rules! of_every_start {
    () => {
        /// The revision that a source action of the target takes: `COMMIT_ID`, `IMAGE_DIGEST`, `S3_OBJECT_VERSION_ID` or
        /// `S3_OBJECT_KEY`, and its value, which may hold `#{…}` references.
        pub fn source_revision(mut self, action: &str, r#type: &str, value: impl Into<String>) -> Self {
            let value = value.into();
            let revision = json!({ "actionName": action, "revisionType": r#type, "revisionValue": value });
            self.action.revisions.push(revision);
            self
        }

        /// 1 to 999, default 1: equal values run in parallel.
        pub fn run_order(mut self, order: i64) -> Self {
            self.action.declaration.run_order = Some(order);
            self
        }

        /// The namespace of the action's output variables.
        pub fn namespace(mut self, namespace: &str) -> Self {
            self.action.declaration.namespace = Some(namespace.to_owned());
            self
        }
    };
}

/// An action that starts pipeline `T`; `V` lists the variables that it passes.
#[must_use]
pub struct StartBuilder<A, T, V> {
    action: StartAction<A>,
    target: T,
    passed: PhantomData<V>,
}

impl<A: AccountItem> StageBuilder<A> {
    /// Starts a pipeline of the same account, with the permissions of the service role.
    pub fn start<T>(self, name: &str, target: T) -> StartBuilder<A, T, ()>
    where
        T: PipelineItem + PipelineIn<A>,
    {
        self.begin(name, target, None, None)
    }

    /// Starts a pipeline with an action role, which lives in the target's account, trusts the service role here and may
    /// start the target.
    pub fn start_as<T, R>(self, name: &str, target: T, role: R) -> StartBuilder<A, T, ()>
    where
        T: PipelineItem,
        R: RoleItem + RoleIn<T::Account>,
        <R as RoleIn<T::Account>>::Role: Starts<T>,
    {
        const { trusts_account(AccountConst::of::<A>(), R::ITEM, <R::Account as AccountItem>::ID, R::TRUSTS) };
        let arn = RoleConst::of::<R>().to_arn().ok();
        self.begin(name, target, arn, Some(Box::new(move |topology| role.add_to(topology))))
    }

    /// Starts a pipeline with an existing role of which only the ARN is known. Whether it lives in the target's account is checked
    /// when the topology is built; whom it trusts and what it may start is checked by the plan.
    pub fn start_as_existing<T: PipelineItem>(mut self, name: &str, target: T, arn: &str) -> StartBuilder<A, T, ()> {
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

    /// Starts a pipeline that is only known when the program runs, such as one of a table. What the compiler checks for the other
    /// methods is checked by `build` of the topology. If this program owns the target, add it to the topology as well.
    pub fn start_target(self, name: &str, target: topology::Target) -> StartTarget<A> {
        StartTarget { action: StartAction::new(self, name, None, None), target }
    }

    fn begin<T: PipelineItem>(
        self,
        name: &str,
        target: T,
        role: Option<RoleArn>,
        add: Option<Add>,
    ) -> StartBuilder<A, T, ()> {
        StartBuilder { action: StartAction::new(self, name, role, add), target, passed: PhantomData }
    }
}

/// A list of variable names, as types.
pub trait PassedVariables {
    /// The last name and those before it.
    #[doc(hidden)]
    const LIST: Option<&'static Names>;
}

impl PassedVariables for () {
    const LIST: Option<&'static Names> = None;
}

/// One more variable.
#[derive(Debug)]
pub struct With<V, Rest>(PhantomData<(V, Rest)>);

impl<V: VariableName, Rest: PassedVariables> PassedVariables for With<V, Rest> {
    const LIST: Option<&'static Names> = Some(&Names { name: V::NAME, rest: Rest::LIST });
}

impl<A: AccountItem, T: PipelineItem, V: PassedVariables> StartBuilder<A, T, V> {
    /// Passes a variable that the target declares; the value may hold `#{…}` references.
    pub fn set<N: DeclaredBy<T>>(mut self, variable: N, value: impl Into<String>) -> StartBuilder<A, T, With<N, V>> {
        let _ = variable;
        self.action.variables.insert(N::NAME.to_owned(), value.into());
        StartBuilder { action: self.action, target: self.target, passed: PhantomData }
    }

    of_every_start!();

    /// Ends the action and returns the stage. Every variable of the target that has no default has to be passed by now.
    pub fn and(self) -> StageBuilder<A> {
        const { passed_all(T::ITEM, T::VARIABLES, V::LIST) };
        let known = PipelineConst::of::<T>().to_target();
        let mut stage = self.action.finish(known.as_ref().ok().cloned());
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
    fn into_stage(self) -> StageBuilder<A> {
        self.and()
    }
}

/// An action that starts a pipeline which is only known when the program runs.
#[must_use]
pub struct StartTarget<A> {
    action: StartAction<A>,
    target: topology::Target,
}

impl<A> StartTarget<A> {
    /// The role that starts the pipeline; it is added to the topology.
    pub fn role(mut self, role: topology::Role) -> Self {
        self.action.role = Some(role.arn.clone());
        self.action.add.push(Box::new(move |topology| topology.role(role.clone())));
        self
    }

    /// Passes a variable; the value may hold `#{…}` references.
    pub fn set(mut self, variable: &str, value: impl Into<String>) -> Self {
        self.action.variables.insert(variable.to_owned(), value.into());
        self
    }

    of_every_start!();

    /// Ends the action and returns the stage.
    pub fn and(self) -> StageBuilder<A> {
        self.action.finish(Some(self.target))
    }
}

impl<A> IntoStage<A> for StartTarget<A> {
    fn into_stage(self) -> StageBuilder<A> {
        self.and()
    }
}
