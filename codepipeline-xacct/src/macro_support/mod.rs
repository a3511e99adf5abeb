//! What the expansion of `pipeline!` calls. Not part of the public interface.
#![allow(missing_docs, reason = "only the macro writes these names")]

use codepipeline_xacct_core::rules;
use std::marker::PhantomData;

use codepipeline_xacct_core::declaration::{PipelineDeclaration, read};
use codepipeline_xacct_core::topology::{self, Invoke, RoleLink, RoleUser};
use serde_json::Value;

pub use crate::builder::{DeclaredBy, PipelineIn, RoleIn, ServiceRoleIn, Starts, Variable as VariableName};
pub use crate::const_checks::{
    CallerFacts, RoleFacts, TargetFacts, artifact_key, assume, assume_for, item_account, no_role, passed_role, role,
    service_role, start, store, trust as trusts, variable, variables_passed,
};
pub use crate::core::finding::{Finding, Place};
use crate::core::ids::{IdError, RoleArn};
pub use crate::core::topology::{Gate, Ownership};
pub use crate::core::topology::{Item, TopologyBuilder};
pub use crate::items::{
    Account, AccountId, Grants, Pipeline, PipelineId, Role, RoleId, Stated, Trusted, Trusts, Variable, add_account,
};
use crate::items::{add_account_id, not_well_formed, to_trust};

#[allow(non_snake_case, reason = "categories are written as AWS writes them")]
pub mod keys;

/// Binds a path of the user once, so that what is wrong with it is said once.
pub trait ToAccount {
    type To: Account;
}

/// See [`ToAccount`].
pub trait ToRole {
    type To: Role;
}

/// See [`ToAccount`].
pub trait ToPipeline {
    type To: Pipeline;
}

/// See [`ToAccount`].
pub trait ToTrusted {
    type To: Trusted;
}

pub const fn trust<L: ToTrusted>() -> Trusts {
    L::To::TRUST
}

pub const fn whole_account<L: ToAccount>() -> Trusts {
    Trusts::WholeAccount(AccountId::of::<L::To>())
}

/// The account of a role item.
pub const fn account_of<L: ToRole>() -> &'static str {
    <<L::To as Role>::Account as Account>::ID
}

/// The account in which a role item is declared. That it is one is said at the item.
pub const fn account_id_of<R: Role>() -> AccountId {
    AccountId::of::<R::Account>()
}

/// A role in the account of a pipeline.
pub const fn role_here<P: Pipeline>(path_and_name: &'static str) -> RoleId {
    RoleId::in_account::<P::Account>(path_and_name)
}

pub const fn pipeline_id<L: ToPipeline>() -> PipelineId {
    PipelineId::of::<L::To>()
}

pub const fn role_id<L: ToRole>() -> RoleId {
    RoleId::of::<L::To>()
}

pub fn add_trusted<L: ToTrusted>(topology: &mut TopologyBuilder) {
    L::To::add_as_trusted(topology);
}

pub fn add_linked_account<L: ToAccount>(topology: &mut TopologyBuilder) {
    add_account::<L::To>(topology);
}

pub fn add_linked_target<L: ToPipeline>(topology: &mut TopologyBuilder) {
    L::To::add_as_target(topology);
}

/// Stands for an account that could not be read. Its id is empty, so it is judged nowhere.
#[derive(Clone, Copy)]
pub struct UnknownAccount;

impl Account for UnknownAccount {
    const ITEM: &'static str = "";
    const ID: &'static str = "";
}

/// The documents of a role item as JSON.
pub struct RoleDocuments {
    /// Statements that are added to the derived policy.
    pub statements: &'static str,
    /// The trust policy that is stated of a role that isn't ours, or `null`.
    pub trust_policy: &'static str,
    /// The identity policies that are stated of a role that isn't ours, or `null`.
    pub policies: &'static str,
    /// The permissions boundary that is stated of a role that isn't ours, or `null`.
    pub permissions_boundary: &'static str,
}

/// Adds a role item; true where it was not there, so that what it names has to be added too.
pub fn add_role<R: Role>(
    topology: &mut TopologyBuilder,
    ownership: Ownership,
    documents: RoleDocuments,
    tags: &[(&str, &str)],
) -> bool {
    let Ok(arn) = RoleId::of::<R>().to_arn().map_err(|e| topology.finding(not_well_formed(Place::role(R::ITEM), &e)))
    else {
        return false;
    };
    add_account::<R::Account>(topology);
    let made = (|| {
        let mut role = topology::Role::new(R::ITEM, ownership, arn);
        role.trusts = R::TRUSTS.map(|trusts| trusts.iter().map(|t| to_trust(*t)).collect()).transpose()?;
        role.starts = R::STARTS.map(|starts| starts.iter().map(|p| p.to_target()).collect()).transpose()?;
        Ok(role)
    })();
    match made {
        Ok(mut role) => {
            // The macro read them already.
            role.statements = serde_json::from_str(documents.statements).unwrap_or_default();
            role.trust_policy = serde_json::from_str(documents.trust_policy).unwrap_or_default();
            role.policies = serde_json::from_str(documents.policies).unwrap_or_default();
            role.permissions_boundary = serde_json::from_str(documents.permissions_boundary).unwrap_or_default();
            role.tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
            // A role of the same ARN that says something else is a finding of its own; this one was here already.
            let is_new = !topology.has_role(&role);
            topology.role(role);
            is_new
        }
        Err(error) => {
            topology.finding(not_well_formed(Place::role(R::ITEM), &error));
            false
        }
    }
}

/// A value that stands in the text of the macro or is made at run time.
pub enum Text<'a> {
    Literal(&'static str),
    Runtime(&'a [String], usize),
}

impl Text<'_> {
    fn get(&self) -> String {
        match self {
            Text::Literal(text) => (*text).to_owned(),
            Text::Runtime(values, index) => values.get(*index).cloned().unwrap_or_default(),
        }
    }
}

/// Puts a runtime value in its place, which may lie in a list that is written as a text.
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

/// A pipeline item on its way into a topology.
pub struct Draft<P> {
    pipeline: topology::Pipeline,
    roles: Vec<topology::Role>,
    links: Vec<fn(&mut TopologyBuilder)>,
    item: PhantomData<P>,
}

impl<P: Pipeline> Draft<P> {
    /// Reads the declaration that the macro wrote, and puts the runtime values in their places. `None`: there is nothing
    /// to do, or nothing can be done.
    pub fn new(
        topology: &mut TopologyBuilder,
        ownership: Ownership,
        declaration: &str,
        runtime: &[&str],
        values: &[String],
    ) -> Option<Self> {
        let place = Place::pipeline(P::ITEM);
        let id = PipelineId::of::<P>();
        let arn = id.to_arn().map_err(|e| topology.finding(not_well_formed(place.clone(), &e))).ok()?;
        add_account_id(topology, id.account);
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
                    .finding(Finding::of(&rules::XA0920, place, message).help("this is a fault of codepipeline-xacct"));
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
        variables: &[(&str, Text<'_>)],
    ) {
        match PipelineId::of::<L::To>().to_target() {
            Ok(target) => {
                self.pipeline.invokes.push(Invoke {
                    stage: stage.to_owned(),
                    action: action.to_owned(),
                    target,
                    role,
                    variables: variables.iter().map(|(name, text)| ((*name).to_owned(), text.get())).collect(),
                });
                self.links.push(L::To::add_as_target);
            }
            Err(error) => topology.finding(not_well_formed(Place::pipeline(L::To::ITEM), &error)),
        }
    }

    /// A role item that is named where it is used.
    pub fn item_role<L: ToRole>(&mut self, topology: &mut TopologyBuilder) -> Option<RoleArn> {
        self.links.push(|topology| L::To::VALUE.add_to(topology));
        well_formed(RoleId::of::<L::To>().to_arn(), L::To::ITEM, topology)
    }

    /// A managed role that is written where it is used, in the account of the target.
    pub fn managed_target_role<L: ToPipeline>(
        &mut self,
        topology: &mut TopologyBuilder,
        path_and_name: &'static str,
    ) -> Option<RoleArn> {
        self.managed_role::<<L::To as Pipeline>::Account>(topology, path_and_name)
    }

    /// A managed role that is written where it is used, in the account of the pipeline.
    pub fn managed_role_here(
        &mut self,
        topology: &mut TopologyBuilder,
        path_and_name: &'static str,
    ) -> Option<RoleArn> {
        self.managed_role::<P::Account>(topology, path_and_name)
    }

    fn managed_role<A: Account>(
        &mut self,
        topology: &mut TopologyBuilder,
        path_and_name: &'static str,
    ) -> Option<RoleArn> {
        let arn = well_formed(RoleId::in_account::<A>(path_and_name).to_arn(), path_and_name, topology)?;
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

/// The ARN of a role, or a finding where a hand-written item is not what it should be.
fn well_formed(arn: Result<RoleArn, IdError>, role: &str, topology: &mut TopologyBuilder) -> Option<RoleArn> {
    arn.map_err(|error| topology.finding(not_well_formed(Place::role(role), &error))).ok()
}

/// Adds a target that needs no parameters, unless it is there.
pub fn add_target<P: Pipeline>(topology: &mut TopologyBuilder, pipeline: &P) {
    if PipelineId::of::<P>().to_arn().is_ok_and(|arn| !topology.has_pipeline(P::ITEM, &arn)) {
        pipeline.add_to(topology);
    }
}

/// Notes that a pipeline with parameters is started.
pub fn need_target<P: Pipeline>(topology: &mut TopologyBuilder) {
    if let Ok(target) = PipelineId::of::<P>().to_target() {
        topology.need(&target);
    }
}
