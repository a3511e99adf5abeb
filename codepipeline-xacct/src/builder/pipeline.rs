//! Pipelines.

use std::marker::PhantomData;
use std::panic::Location;

use indexmap::IndexMap;

use super::added::Add;
use super::bucket::Bucket;
use super::calls::{Call, LostCalls};
use super::relations::{EnoughStages, ServiceRoleIn};
use super::stage::{IntoStage, StageBuilder};
use super::stage_count::{ExistingStages, NoStage, StageCount};
use super::stage_parts::StageParts;
use super::trigger::Trigger;
use crate::core::check;
use crate::core::declaration::{ExecutionMode, PipelineDeclaration, PipelineType, PipelineVariableDeclaration};
use crate::core::finding::{Finding, Place, Segment};
use crate::core::ids::{IdError, PipelineArn, Region, RoleArn};
use crate::core::rules;
use crate::core::topology::{
    self, Additions, Invoke, Item, Ownership, RoleLink, StagePlace, TopologyBuilder, WaitLimit,
};
use crate::items::{AccountConst, AccountItem, RoleConst, RoleItem, add_account, not_well_formed};

/// A pipeline of account `A` that is being built; `S` counts its stages.
#[must_use = "it is a pipeline once `.build()` is called"]
pub struct PipelineBuilder<A, S> {
    item: String,
    id: (String, String),
    ownership: Ownership,
    service_role: Option<Result<RoleArn, IdError>>,
    declaration: PipelineDeclaration,
    tags: IndexMap<String, String>,
    additions: Additions,
    stages: Vec<(StageParts, Call)>,
    add: Vec<Add>,
    /// The calls that wrote what is at these places.
    written_at: Vec<(Place, Call)>,
    lost: LostCalls,
    state: PhantomData<(A, S)>,
}

/// Begins a pipeline of account `A`: the name of the item (for messages), the name of the pipeline and its home Region.
#[track_caller]
pub fn pipeline<A: AccountItem>(item: &str, name: &str, region: &str) -> PipelineBuilder<A, NoStage> {
    begin(item, name, region, Ownership::Managed)
}

/// Begins a pipeline that exists and is only partly managed: in the stages and actions that are named, the
/// keys that are written and what follows from a start, and the stages and actions that are added. Everything else stays as it is.
#[track_caller]
pub fn extended_pipeline<A: AccountItem>(item: &str, name: &str, region: &str) -> PipelineBuilder<A, ExistingStages> {
    begin(item, name, region, Ownership::Extended)
}

#[track_caller]
fn begin<A, S>(item: &str, name: &str, region: &str, ownership: Ownership) -> PipelineBuilder<A, S> {
    PipelineBuilder {
        item: item.to_owned(),
        id: (name.to_owned(), region.to_owned()),
        ownership,
        service_role: None,
        declaration: Default::default(),
        tags: IndexMap::new(),
        additions: Additions::default(),
        stages: Vec::new(),
        add: Vec::new(),
        written_at: vec![(Place::pipeline(item), Location::caller())],
        lost: LostCalls::default(),
        state: PhantomData,
    }
}

impl<A: AccountItem, S: StageCount> PipelineBuilder<A, S> {
    /// Notes which call gives a key its value, and that it had one.
    fn gives(&mut self, keys: &[&str], is_set: bool, call: Call) {
        self.lost.replaced(is_set, keys, Some(call));
        let place = keys.iter().fold(Place::pipeline(&self.item), |place, key| place.key(key));
        self.written_at.push((place, call));
    }

    /// A role item as service role.
    #[track_caller]
    pub fn service_role<R>(mut self, role: R) -> Self
    where
        R: RoleItem,
        R::Itself: ServiceRoleIn<A>,
    {
        self.gives(&["roleArn"], self.service_role.is_some(), Location::caller());
        self.service_role = Some(RoleConst::of::<R>().to_arn());
        self.add.push(Box::new(move |topology| role.add_to(topology)));
        self
    }

    /// A service role that is created, and kept with the policy that the pipeline needs. A path may precede the name.
    #[track_caller]
    pub fn managed_service_role(mut self, path_and_name: &str) -> Self {
        self.gives(&["roleArn"], self.service_role.is_some(), Location::caller());
        let arn = AccountConst::of::<A>().role_arn(path_and_name);
        if let Ok(arn) = arn.clone() {
            self.add
                .push(Box::new(move |topology| topology.role(topology::Role::inline(Ownership::Managed, arn.clone()))));
        }
        self.service_role = Some(arn);
        self
    }

    /// A service role that exists and is only read.
    #[track_caller]
    pub fn existing_service_role(self, arn: &str) -> Self {
        self.service_role_by_arn(arn, Ownership::Extern)
    }

    /// A service role that exists and gets one inline policy, for its starts and action roles.
    #[track_caller]
    pub fn extended_service_role(self, arn: &str) -> Self {
        self.service_role_by_arn(arn, Ownership::Extended)
    }

    #[track_caller]
    fn service_role_by_arn(mut self, arn: &str, ownership: Ownership) -> Self {
        self.gives(&["roleArn"], self.service_role.is_some(), Location::caller());
        let arn = arn.parse::<RoleArn>();
        if let Ok(arn) = arn.clone() {
            self.add.push(Box::new(move |topology| topology.role(topology::Role::inline(ownership, arn.clone()))));
        }
        self.service_role = Some(arn);
        self
    }

    /// The artifact bucket of a pipeline whose actions are all in one Region: its name, or a [`Bucket`] with its key.
    #[track_caller]
    pub fn artifact_bucket(mut self, bucket: impl Into<Bucket>) -> Self {
        let bucket = bucket.into();
        self.gives(&["artifactStore"], self.declaration.artifact_store.is_some(), Location::caller());
        self.lost.replaced(bucket.key_replaced, &["artifactStore", "encryptionKey"], Some(Location::caller()));
        self.declaration.artifact_store = Some(bucket.store);
        self
    }

    /// The artifact bucket for one of several Regions.
    #[track_caller]
    pub fn artifact_bucket_in(mut self, region: &str, bucket: impl Into<Bucket>) -> Self {
        let bucket = bucket.into();
        let stores = self.declaration.artifact_stores.get_or_insert_default();
        let is_set = stores.insert(region.to_owned(), bucket.store).is_some();
        let keys = ["artifactStores", region, "encryptionKey"];
        self.lost.replaced(bucket.key_replaced, &keys, Some(Location::caller()));
        self.gives(&["artifactStores", region], is_set, Location::caller());
        self
    }

    /// The type. By default it is V2 if the pipeline uses a feature of V2, else V1.
    #[track_caller]
    pub fn pipeline_type(mut self, r#type: PipelineType) -> Self {
        self.gives(&["pipelineType"], self.declaration.pipeline_type.is_some(), Location::caller());
        self.declaration.pipeline_type = Some(r#type);
        self
    }

    /// Starts the pipeline on pushes or pull requests; V2 only.
    #[track_caller]
    pub fn trigger(mut self, trigger: Trigger) -> Self {
        let triggers = self.declaration.triggers.get_or_insert_default();
        let place = Place::pipeline(&self.item).key("triggers").index(triggers.len());
        triggers.push(trigger.into());
        self.written_at.push((place, Location::caller()));
        self
    }

    /// How executions that overlap are handled.
    #[track_caller]
    pub fn execution_mode(mut self, mode: ExecutionMode) -> Self {
        self.gives(&["executionMode"], self.declaration.execution_mode.is_some(), Location::caller());
        self.declaration.execution_mode = Some(mode);
        self
    }

    /// A pipeline variable with a default.
    #[track_caller]
    pub fn variable(self, name: &str, default: impl Into<String>) -> Self {
        self.declare_variable(name, Some(default.into()))
    }

    /// A pipeline variable that every start has to pass.
    #[track_caller]
    pub fn required_variable(self, name: &str) -> Self {
        self.declare_variable(name, None)
    }

    /// A description of the variable that was declared last: up to 200 characters.
    #[track_caller]
    pub fn described(mut self, description: impl Into<String>) -> Self {
        let call = Location::caller();
        match self.declaration.variables.as_mut().and_then(|variables| variables.last_mut()) {
            Some(variable) => {
                let is_set = variable.description.replace(description.into()).is_some();
                self.lost.replaced(is_set, &["variables", &variable.name, "description"], Some(call));
            }
            None => self.lost.description_of_nothing(call),
        }
        self
    }

    #[track_caller]
    fn declare_variable(mut self, name: &str, default_value: Option<String>) -> Self {
        let variable = PipelineVariableDeclaration { name: name.to_owned(), default_value, ..Default::default() };
        let variables = self.declaration.variables.get_or_insert_default();
        let place = Place::pipeline(&self.item).key("variables").index(variables.len());
        variables.push(variable);
        self.written_at.push((place, Location::caller()));
        self
    }

    /// A tag of the pipeline.
    #[track_caller]
    pub fn tag(mut self, key: &str, value: &str) -> Self {
        let is_set = self.tags.insert(key.to_owned(), value.to_owned()).is_some();
        self.gives(&["tags", key], is_set, Location::caller());
        self
    }

    /// The next stage.
    #[track_caller]
    pub fn stage<I: IntoStage<A>>(
        mut self,
        name: &str,
        stage: impl FnOnce(StageBuilder<A>) -> I,
    ) -> PipelineBuilder<A, S::Next> {
        const { I::COMPLETE };
        let mut parts = stage(StageBuilder::new()).into_stage().parts;
        parts.declaration.name = name.to_owned();
        self.stages.push((parts, Location::caller()));
        PipelineBuilder {
            item: self.item,
            id: self.id,
            ownership: self.ownership,
            service_role: self.service_role,
            declaration: self.declaration,
            tags: self.tags,
            additions: self.additions,
            stages: self.stages,
            add: self.add,
            written_at: self.written_at,
            lost: self.lost,
            state: PhantomData,
        }
    }

    /// Ends the pipeline.
    pub fn build(self) -> BuiltPipeline
    where
        S: EnoughStages,
    {
        let place = Place::pipeline(&self.item);
        let (mut written_at, mut lost) = (self.written_at, self.lost);
        let not_well_formed = |error: IdError| not_well_formed(place.clone(), &error);
        let arn = check::pipeline_name(&self.item, &self.id.0).and_then(|name| {
            let account = AccountConst::of::<A>().to_account().map_err(not_well_formed)?;
            let region = self.id.1.parse().map_err(|error| match self.id.0.parse::<Region>() {
                Ok(_) => not_well_formed(error).help("name and Region are swapped: the Region comes last"),
                Err(_) => not_well_formed(error),
            })?;
            Ok(PipelineArn::new(account.partition, region, account.id, name))
        });
        let service_role = self.service_role.transpose();
        let service_role =
            service_role.map_err(|error| crate::items::not_well_formed(place.key("roleArn").value(), &error));
        let made = arn.and_then(|arn| Ok((arn, service_role?))).map(|(arn, service_role)| {
            let mut pipeline = topology::Pipeline::new(&self.item, self.ownership, arn);
            pipeline.declaration = self.declaration;
            pipeline.declaration.name = self.id.0;
            pipeline.service_role = service_role;
            pipeline.tags = self.tags;
            pipeline.additions = self.additions;
            let mut add = self.add;
            add.push(Box::new(add_account::<A>));
            let mut stages = Vec::new();
            for (index, (parts, call)) in self.stages.into_iter().enumerate() {
                let stage = parts.declaration.name.clone();
                let stage_place = place.stage(index, &stage);
                let actions = parts.declaration.actions.iter().flatten().zip(parts.calls).enumerate();
                written_at.extend(actions.map(|(at, (action, call))| (stage_place.action(at, &action.name), call)));
                parts.added.iter().for_each(|action| pipeline.additions.add_action(&stage, action));
                lost.extend_from(&[Segment::Stage(index, stage.as_str().into())], parts.lost);
                let step = |place: Place, step: Segment| place.step(step);
                let parts_of = parts.written_at.into_iter();
                written_at.extend(parts_of.map(|(way, call)| (way.into_iter().fold(stage_place.clone(), step), call)));
                written_at.push((stage_place, call));
                let actions = parts.declaration.actions.as_deref().unwrap_or_default();
                pipeline.invokes.extend(parts.invokes.into_iter().map(|start| {
                    let mut invoke = Invoke { stage: stage.clone(), ..start.invoke };
                    if start.follow {
                        invoke.follow_by_caller_variable();
                    }
                    match start.wait.map(|limit| limit.parse::<WaitLimit>()) {
                        Some(Ok(limit)) => invoke.wait(limit),
                        Some(Err(error)) => {
                            let at = actions.iter().position(|action| action.name == invoke.action).unwrap_or_default();
                            let place = place.stage(index, &stage).action(at, &invoke.action).key("wait").value();
                            let finding = Finding::of(&rules::XA0927, place, error.to_string()).help(error.help());
                            add.push(Box::new(move |topology| topology.finding(finding.clone())));
                        }
                        None => {}
                    }
                    invoke
                }));
                pipeline.role_links.extend(parts.roles.into_iter().map(|r| RoleLink { stage: stage.clone(), ..r }));
                stages.push(parts.declaration);
                add.extend(parts.add);
            }
            pipeline.declaration.stages = Some(stages);
            (pipeline, add)
        });
        BuiltPipeline { made, written_at, lost: lost.into_findings(&place) }
    }
}

impl<A: AccountItem> PipelineBuilder<A, ExistingStages> {
    /// Adds a stage, with all of its actions, after another stage. Once it is there, it stays where it is.
    #[track_caller]
    pub fn add_stage_after<I: IntoStage<A>>(
        self,
        other: &str,
        name: &str,
        stage: impl FnOnce(StageBuilder<A>) -> I,
    ) -> Self {
        self.add_stage(StagePlace::After(other.to_owned()), name, stage)
    }

    /// Adds a stage, with all of its actions, before another stage. Once it is there, it stays where it is.
    #[track_caller]
    pub fn add_stage_before<I: IntoStage<A>>(
        self,
        other: &str,
        name: &str,
        stage: impl FnOnce(StageBuilder<A>) -> I,
    ) -> Self {
        self.add_stage(StagePlace::Before(other.to_owned()), name, stage)
    }

    #[track_caller]
    fn add_stage<I: IntoStage<A>>(
        mut self,
        place: StagePlace,
        name: &str,
        stage: impl FnOnce(StageBuilder<A>) -> I,
    ) -> Self {
        self.additions.add_stage(name, place);
        self.stage(name, stage)
    }
}

/// A pipeline that was built; add it to a topology.
#[must_use]
pub struct BuiltPipeline {
    made: Result<(topology::Pipeline, Vec<Add>), Finding>,
    written_at: Vec<(Place, Call)>,
    lost: Vec<Finding>,
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
        self.lost.iter().for_each(|finding| topology.finding(finding.clone()));
        self.written_at.iter().for_each(|(place, call)| topology.written_at(place.clone(), call));
    }
}
