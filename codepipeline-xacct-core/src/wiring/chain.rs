//! A chain and what is known about it: both roles, the target, and the other policies that apply.

use std::collections::BTreeMap;

use super::hop::{DocumentRef, Hop};
use crate::ids::{PipelineArn, RoleArn};
use crate::policy::context::RequestContext;
use crate::policy::evaluate::{Decision, Layer};
use crate::policy::{Document, Statement};

/// An identity policy of a role.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// The name of an inline policy or the ARN of a managed one; `None` where it isn't known.
    pub name: Option<String>,
    /// What it says.
    pub document: Document,
}

impl From<Document> for Policy {
    fn from(document: Document) -> Self {
        Self { name: None, document }
    }
}

/// A role and what is known about it. `None` means unknown, except for the boundary.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownRole {
    /// The role.
    pub arn: RoleArn,
    /// Its trust policy.
    pub trust: Option<Document>,
    /// Its identity policies, inline and attached.
    pub policies: Option<Vec<Policy>>,
    /// Its id, `AROA…`.
    pub unique_id: Option<String>,
    /// Its tags.
    pub tags: Option<BTreeMap<String, String>>,
    /// Its permissions boundary; `None` where it has none.
    pub boundary: Option<Document>,
    /// The ARN of the policy that is its permissions boundary, where it is known.
    pub boundary_arn: Option<String>,
}

impl KnownRole {
    /// A role; only its ARN is known.
    pub fn new(arn: RoleArn) -> Self {
        Self { arn, trust: None, policies: None, unique_id: None, tags: None, boundary: None, boundary_arn: None }
    }
}

/// Condition keys that are known in addition to what CodePipeline is known to send, by hop.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Contexts {
    /// CodePipeline assumes the service role.
    pub service_trust: RequestContext,
    /// The service role assumes the action role.
    pub assume: RequestContext,
    /// The action role starts the target.
    pub start: RequestContext,
}

impl Contexts {
    /// The keys of a hop.
    pub fn of(&self, hop: Hop) -> &RequestContext {
        match hop {
            Hop::ServiceTrust => &self.service_trust,
            Hop::Assume => &self.assume,
            Hop::Start => &self.start,
        }
    }
}

/// Session policies; `None` where none is passed. Whether CodePipeline passes one to an invoke action is not documented.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sessions {
    /// For the session of the service role.
    pub service: Option<Vec<Document>>,
    /// For the session of the action role.
    pub action: Option<Vec<Document>>,
}

/// Policies of an organization, by level from the root down; empty where there is none.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Levels {
    /// For the account of the service role.
    pub source: Vec<Vec<Document>>,
    /// For the account of the action role.
    pub target: Vec<Vec<Document>>,
}

/// What is known about a chain.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// The service role of the pipeline that starts the other.
    pub service_role: KnownRole,
    /// The role of the action; `None` where the service role starts the target itself.
    pub action_role: Option<KnownRole>,
    /// The pipeline that is started; `None` for an action that starts none.
    pub target: Option<PipelineArn>,
    /// The pipeline that starts the other.
    pub source: Option<PipelineArn>,
    /// Condition keys.
    pub context: Contexts,
    /// Session policies.
    pub sessions: Sessions,
    /// Service control policies.
    pub scps: Levels,
    /// Resource control policies.
    pub rcps: Levels,
    /// Documents that IAM would refuse. In the members above they are replaced by empty ones.
    pub refused: Vec<DocumentRef>,
}

impl Chain {
    /// A chain with only its roles and its target.
    pub fn new(service_role: KnownRole, action_role: Option<KnownRole>, target: Option<PipelineArn>) -> Self {
        Self {
            service_role,
            action_role,
            target,
            source: None,
            context: Contexts::default(),
            sessions: Sessions::default(),
            scps: Levels::default(),
            rcps: Levels::default(),
            refused: Vec::new(),
        }
    }

    /// The service control policies that apply to the role that starts the target.
    pub(super) fn scps_of_starter(&self) -> &[Vec<Document>] {
        self.of_starters_account(&self.scps)
    }

    /// The resource control policies that apply to assuming the action role.
    pub(super) fn rcps_of_action_role(&self) -> &[Vec<Document>] {
        self.of_starters_account(&self.rcps)
    }

    /// In one account, what is given for either role applies to both.
    fn of_starters_account<'a>(&self, levels: &'a Levels) -> &'a [Vec<Document>] {
        let same = self.starter().arn.account() == self.service_role.arn.account();
        if same && levels.target.is_empty() { &levels.source } else { &levels.target }
    }

    /// The role that starts the target.
    pub fn starter(&self) -> &KnownRole {
        self.action_role.as_ref().unwrap_or(&self.service_role)
    }

    /// A document of a side, and whose it is.
    pub(super) fn document_ref(&self, hop: Hop, layer: Layer, position: usize) -> Option<DocumentRef> {
        let caller = match hop {
            Hop::ServiceTrust | Hop::Assume => &self.service_role,
            Hop::Start => self.starter(),
        };
        let owner = match (layer, hop) {
            (Layer::Trust | Layer::Rcp(_), Hop::Assume) => self.action_role.as_ref()?,
            _ => caller,
        };
        let name = match layer {
            Layer::Identity => caller.policies.as_ref().and_then(|p| p.get(position)).and_then(|p| p.name.clone()),
            Layer::Boundary => caller.boundary_arn.clone(),
            _ => None,
        };
        Some(DocumentRef { role: owner.arn.clone(), layer, position, name })
    }

    /// The statement of a decision.
    pub(super) fn statement(&self, hop: Hop, decision: &Decision) -> Option<&Statement> {
        self.document(hop, decision.layer, decision.document)?.statements.get(decision.statement)
    }

    fn document(&self, hop: Hop, layer: Layer, position: usize) -> Option<&Document> {
        let (caller, session, scps) = match hop {
            Hop::Start if self.action_role.is_some() => (self.starter(), &self.sessions.action, self.scps_of_starter()),
            _ => (&self.service_role, &self.sessions.service, self.scps.source.as_slice()),
        };
        match layer {
            Layer::Trust if hop == Hop::Assume => self.action_role.as_ref()?.trust.as_ref(),
            Layer::Trust => self.service_role.trust.as_ref(),
            // Neither a role nor a pipeline has one.
            Layer::Resource => None,
            Layer::Rcp(level) if hop == Hop::Assume => self.rcps_of_action_role().get(level)?.get(position),
            Layer::Rcp(level) => self.rcps.source.get(level)?.get(position),
            Layer::Identity => caller.policies.as_ref()?.get(position).map(|Policy { document, .. }| document),
            Layer::Boundary => caller.boundary.as_ref(),
            Layer::Session => session.as_ref()?.get(position),
            Layer::Scp(level) => scps.get(level)?.get(position),
        }
    }
}
