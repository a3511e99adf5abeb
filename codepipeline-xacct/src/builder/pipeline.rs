//! Pipelines.

use std::marker::PhantomData;

use indexmap::IndexMap;

use super::added::Add;
use super::bucket::Bucket;
use super::relations::{EnoughStages, ServiceRoleIn};
use super::stage::{IntoStage, StageBuilder};
use super::stage_count::{NoStage, StageCount, TwoStages};
use super::stage_parts::StageParts;
use super::trigger::Trigger;
use crate::core::check;
use crate::core::declaration::{ExecutionMode, PipelineDeclaration, PipelineType, PipelineVariableDeclaration};
use crate::core::finding::{Finding, Place};
use crate::core::ids::{IdError, PipelineArn, RoleArn};
use crate::core::topology::{self, Invoke, Item, Ownership, RoleLink, TopologyBuilder};
use crate::items::{AccountConst, AccountItem, RoleConst, RoleItem, add_account, not_well_formed};

/// A pipeline of account `A` that is being built; `S` counts its stages.
#[must_use]
pub struct PipelineBuilder<A, S> {
    item: String,
    id: (String, String),
    ownership: Ownership,
    service_role: Option<Result<RoleArn, IdError>>,
    declaration: PipelineDeclaration,
    tags: IndexMap<String, String>,
    stages: Vec<StageParts>,
    add: Vec<Add>,
    state: PhantomData<(A, S)>,
}

/// Begins a pipeline of account `A`: the name of the item (for messages), the name of the pipeline and its home Region.
pub fn pipeline<A: AccountItem>(item: &str, name: &str, region: &str) -> PipelineBuilder<A, NoStage> {
    begin(item, name, region, Ownership::Managed)
}

/// Begins a pipeline that exists and of which only parts are managed: in the stages and actions that are named, the
/// keys that are written and what follows from a start. Everything else stays as it is.
pub fn extended_pipeline<A: AccountItem>(item: &str, name: &str, region: &str) -> PipelineBuilder<A, TwoStages> {
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

impl<A: AccountItem, S: StageCount> PipelineBuilder<A, S> {
    /// A role item as service role.
    pub fn service_role<R>(mut self, role: R) -> Self
    where
        R: RoleItem,
        R::Itself: ServiceRoleIn<A>,
    {
        self.service_role = Some(RoleConst::of::<R>().to_arn());
        self.add.push(Box::new(move |topology| role.add_to(topology)));
        self
    }

    /// A service role that is created, and kept with the policy that the pipeline needs. A path may precede the name.
    pub fn managed_service_role(mut self, path_and_name: &str) -> Self {
        let arn = AccountConst::of::<A>().role_arn(path_and_name);
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

    /// A service role that exists and gets one inline policy, for its starts and action roles.
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

    /// The artifact bucket for one of several Regions.
    pub fn artifact_bucket_in(mut self, region: &str, bucket: impl Into<Bucket>) -> Self {
        self.declaration.artifact_stores.get_or_insert_default().insert(region.to_owned(), bucket.into().0);
        self
    }

    /// The type. By default it is V2 if the pipeline uses a feature of V2, else V1.
    pub fn pipeline_type(mut self, r#type: PipelineType) -> Self {
        self.declaration.pipeline_type = Some(r#type);
        self
    }

    /// Starts the pipeline on pushes or pull requests; V2 only.
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

    /// A description of the variable that was declared last: up to 200 characters.
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
        let mut parts = stage(StageBuilder::new()).into_stage().parts;
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
            let account = AccountConst::of::<A>().to_account().map_err(not_well_formed)?;
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
