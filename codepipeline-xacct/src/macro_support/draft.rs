//! Adds pipeline items to a topology.

use std::marker::PhantomData;

use serde_json::Value;

use super::bound_paths::{ToPipeline, ToRole};
use crate::core::declaration::{PipelineDeclaration, read};
use crate::core::finding::{Finding, Place};
use crate::core::ids::{IdError, RoleArn};
use crate::core::rules;
use crate::core::topology::{
    self, Gate, Invoke, Item, Ownership, RoleLink, RoleUser, StagePlace, TopologyBuilder, WaitLimit,
};
use crate::items::{
    AccountConst, AccountItem, PipelineConst, PipelineItem, RoleConst, RoleItem, add_account_const, not_well_formed,
};

/// The value of a variable that is passed: written in the macro, or made at run time.
pub enum VariableValue<'a> {
    Literal(&'static str),
    Runtime(&'a [String], usize),
}

impl VariableValue<'_> {
    fn get(&self) -> String {
        match self {
            VariableValue::Literal(text) => (*text).to_owned(),
            VariableValue::Runtime(values, index) => values.get(*index).cloned().unwrap_or_default(),
        }
    }
}

/// Puts a runtime value in its place, which may be inside a list that is itself written as JSON text.
fn fill(json: &mut Value, pointer: &str, value: &str) {
    if let Some(slot) = json.pointer_mut(pointer) {
        *slot = Value::String(value.to_owned());
        return;
    }
    for (at, _) in pointer.match_indices('/').skip(1) {
        let (outer, inner) = pointer.split_at(at);
        if let Some(Value::String(text)) = json.pointer_mut(outer)
            && let Ok(mut list) = serde_json::from_str::<Value>(text)
        {
            fill(&mut list, inner, value);
            *text = list.to_string();
            return;
        }
    }
}

/// A pipeline item that is being added to a topology.
pub struct Draft<P> {
    pipeline: topology::Pipeline,
    roles: Vec<topology::Role>,
    links: Vec<fn(&mut TopologyBuilder)>,
    item: PhantomData<P>,
}

impl<P: PipelineItem> Draft<P> {
    /// Reads the declaration that the macro wrote, and puts the runtime values in their places. `None` where
    /// that is not possible; then the finding is in the topology.
    pub fn new(
        topology: &mut TopologyBuilder,
        ownership: Ownership,
        declaration: &str,
        runtime: &[&str],
        values: &[String],
    ) -> Option<Self> {
        let place = Place::pipeline(P::ITEM);
        let id = PipelineConst::of::<P>();
        let arn = id.to_arn().map_err(|e| topology.finding(not_well_formed(place.clone(), &e))).ok()?;
        add_account_const(topology, id.account);
        let filled = (|| {
            let mut json: Value = serde_json::from_str(declaration).map_err(|e| e.to_string())?;
            for (pointer, value) in runtime.iter().zip(values) {
                fill(&mut json, pointer, value);
            }
            read::<PipelineDeclaration>(&json.to_string()).map_err(|e| e.to_string())
        })();
        match filled {
            Ok(declaration) => {
                let mut pipeline = topology::Pipeline::new(P::ITEM, ownership, arn);
                pipeline.declaration = declaration;
                Some(Self { pipeline, roles: Vec::new(), links: Vec::new(), item: PhantomData })
            }
            Err(error) => {
                let message = format!("the declaration that `pipeline!` wrote can't be read: {error}");
                topology
                    .finding(Finding::of(&rules::XA0920, place, message).help("this is a bug in codepipeline-xacct"));
                None
            }
        }
    }

    pub fn service_role(&mut self, role: Option<RoleArn>) {
        self.pipeline.service_role = role;
    }

    pub fn tag(&mut self, key: &str, value: &str) {
        self.pipeline.tags.insert(key.to_owned(), value.to_owned());
    }

    pub fn add_stage_before(&mut self, stage: &str, anchor: &str) {
        self.pipeline.additions.add_stage(stage, StagePlace::Before(anchor.to_owned()));
    }

    pub fn add_stage_after(&mut self, stage: &str, anchor: &str) {
        self.pipeline.additions.add_stage(stage, StagePlace::After(anchor.to_owned()));
    }

    pub fn add_action(&mut self, stage: &str, action: &str) {
        self.pipeline.additions.add_action(stage, action);
    }

    pub fn action_role(&mut self, stage: &str, action: &str, role: Option<RoleArn>) {
        self.role_link(stage, RoleUser::Action(action.to_owned()), role);
    }

    pub fn rule_role(&mut self, stage: &str, gate: Gate, rule: &str, role: Option<RoleArn>) {
        self.role_link(stage, RoleUser::Rule { gate, rule: rule.to_owned() }, role);
    }

    fn role_link(&mut self, stage: &str, user: RoleUser, role: Option<RoleArn>) {
        if let Some(role) = role {
            self.pipeline.role_links.push(RoleLink { stage: stage.to_owned(), user, role });
        }
    }

    pub fn invoke<L: ToPipeline>(
        &mut self,
        topology: &mut TopologyBuilder,
        stage: &str,
        action: &str,
        role: Option<RoleArn>,
        variables: &[(&str, VariableValue<'_>)],
        wait: Option<u64>,
    ) {
        match PipelineConst::of::<L::To>().to_target() {
            Ok(target) => {
                // The macro has checked it.
                let wait = wait.and_then(|minutes| WaitLimit::minutes(minutes).ok());
                self.pipeline.invokes.push(Invoke {
                    stage: stage.to_owned(),
                    action: action.to_owned(),
                    target,
                    role,
                    variables: variables.iter().map(|(name, text)| ((*name).to_owned(), text.get())).collect(),
                    wait,
                });
                self.links.push(L::To::add_as_target);
            }
            Err(error) => topology.finding(not_well_formed(Place::pipeline(L::To::ITEM), &error)),
        }
    }

    /// A role item that is named where it is used.
    pub fn item_role<L: ToRole>(&mut self, topology: &mut TopologyBuilder) -> Option<RoleArn> {
        self.links.push(|topology| L::To::VALUE.add_to(topology));
        well_formed(RoleConst::of::<L::To>().to_arn(), L::To::ITEM, topology)
    }

    /// A managed role that is written where it is used, in the account of the target.
    pub fn managed_target_role<L: ToPipeline>(
        &mut self,
        topology: &mut TopologyBuilder,
        path_and_name: &str,
    ) -> Option<RoleArn> {
        self.managed_role::<<L::To as PipelineItem>::Account>(topology, path_and_name)
    }

    /// A managed role that is written where it is used, in the account of the pipeline.
    pub fn managed_role_here(&mut self, topology: &mut TopologyBuilder, path_and_name: &str) -> Option<RoleArn> {
        self.managed_role::<P::Account>(topology, path_and_name)
    }

    fn managed_role<A: AccountItem>(&mut self, topology: &mut TopologyBuilder, path_and_name: &str) -> Option<RoleArn> {
        let arn = well_formed(AccountConst::of::<A>().role_arn(path_and_name), path_and_name, topology)?;
        self.roles.push(topology::Role::inline(Ownership::Managed, arn.clone()));
        Some(arn)
    }

    /// A role that is written where it is used, by its ARN.
    pub fn inline_arn(&mut self, topology: &mut TopologyBuilder, ownership: Ownership, arn: &str) -> Option<RoleArn> {
        let arn: RoleArn = well_formed(arn.parse(), arn, topology)?;
        self.roles.push(topology::Role::inline(ownership, arn.clone()));
        Some(arn)
    }

    /// Adds the pipeline, then what it names: in this order, since pipelines may start each other.
    pub fn finish(self, topology: &mut TopologyBuilder) {
        topology.pipeline(self.pipeline);
        for role in self.roles {
            topology.role(role);
        }
        for add in self.links {
            add(topology);
        }
    }
}

/// The ARN of a role; a finding where the constants of a hand-written item do not form one.
fn well_formed(arn: Result<RoleArn, IdError>, role: &str, topology: &mut TopologyBuilder) -> Option<RoleArn> {
    arn.map_err(|error| topology.finding(not_well_formed(Place::role(role), &error))).ok()
}

/// Adds a target without parameters, unless the topology has it.
pub fn add_target<P: PipelineItem>(topology: &mut TopologyBuilder, pipeline: &P) {
    if PipelineConst::of::<P>().to_arn().is_ok_and(|arn| !topology.has_pipeline(P::ITEM, &arn)) {
        pipeline.add_to(topology);
    }
}

/// Notes that a pipeline with parameters is started, so it has to be added by the user.
pub fn need_target<P: PipelineItem>(topology: &mut TopologyBuilder) {
    if let Ok(target) = PipelineConst::of::<P>().to_target() {
        topology.need(&target);
    }
}
