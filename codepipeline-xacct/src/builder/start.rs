//! Actions that start pipelines: of a type, whose variables and role the compiler checks, and of a value.

use std::marker::PhantomData;

use codepipeline_xacct_core::declaration::{ActionDeclaration, ActionTypeId};
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::ids::RoleArn;
use codepipeline_xacct_core::topology::{self, Invoke};
use indexmap::IndexMap;
use serde_json::{Value, json};

use super::{Add, DeclaredBy, IntoStage, StageBuilder, Variable};
use crate::const_checks::passed_all;
use crate::items::{Account, Pipeline, PipelineId, not_well_formed};

/// What every start has.
pub(super) struct StartAction<A> {
    stage: StageBuilder<A>,
    declaration: ActionDeclaration,
    role: Option<RoleArn>,
    add: Vec<Add>,
    variables: IndexMap<String, String>,
    revisions: Vec<Value>,
}

impl<A> StartAction<A> {
    pub(super) fn new(stage: StageBuilder<A>, name: &str, role: Option<RoleArn>, add: Option<Add>) -> Self {
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

/// What starts of both kinds may say.
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
pub struct Start<A, T, V> {
    pub(super) action: StartAction<A>,
    pub(super) target: T,
    pub(super) passed: PhantomData<V>,
}

/// A list of variable names, as types.
pub trait Passed {
    /// The last name and those before it.
    #[doc(hidden)]
    const LIST: Option<&'static crate::const_checks::Names>;
}

impl Passed for () {
    const LIST: Option<&'static crate::const_checks::Names> = None;
}

/// One more variable.
#[derive(Debug)]
pub struct With<V, Rest>(PhantomData<(V, Rest)>);

impl<V: Variable, Rest: Passed> Passed for With<V, Rest> {
    const LIST: Option<&'static crate::const_checks::Names> =
        Some(&crate::const_checks::Names { name: V::NAME, rest: Rest::LIST });
}

impl<A: Account, T: Pipeline, V: Passed> Start<A, T, V> {
    /// Passes a variable that the target declares; the value may hold `#{…}` references.
    pub fn set<N: DeclaredBy<T>>(mut self, variable: N, value: impl Into<String>) -> Start<A, T, With<N, V>> {
        let _ = variable;
        self.action.variables.insert(N::NAME.to_owned(), value.into());
        Start { action: self.action, target: self.target, passed: PhantomData }
    }

    of_every_start!();

    /// Goes on with the stage. Every variable of the target without default has to be passed by now.
    pub fn and(self) -> StageBuilder<A> {
        const { passed_all(T::ITEM, T::VARIABLES, V::LIST) };
        let known = PipelineId::of::<T>().to_target();
        let mut stage = self.action.finish(known.as_ref().ok().cloned());
        if let Err(error) = known {
            stage
                .parts
                .add
                .push(Box::new(move |topology| topology.finding(not_well_formed(Place::pipeline(T::ITEM), &error))));
        }
        let target = self.target;
        stage.parts.add.push(Box::new(move |topology| {
            if PipelineId::of::<T>().to_arn().is_ok_and(|arn| !topology.has_pipeline(T::ITEM, &arn)) {
                target.add_to(topology);
            }
        }));
        stage
    }
}

impl<A: Account, T: Pipeline, V: Passed> IntoStage<A> for Start<A, T, V> {
    fn into_stage(self) -> StageBuilder<A> {
        self.and()
    }
}

/// An action that starts a pipeline which is only known when the program runs.
#[must_use]
pub struct StartTarget<A> {
    pub(super) action: StartAction<A>,
    pub(super) target: topology::Target,
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

    /// Goes on with the stage.
    pub fn and(self) -> StageBuilder<A> {
        self.action.finish(Some(self.target))
    }
}

impl<A> IntoStage<A> for StartTarget<A> {
    fn into_stage(self) -> StageBuilder<A> {
        self.and()
    }
}
