//! The input of a diagnosis: what was read from accounts, or what files state.

use indexmap::{IndexMap, IndexSet};
use serde::{Deserialize, Serialize};

use crate::declaration::PipelineDeclaration;
use crate::ids::{AccountId, PipelineArn, RoleArn};
use crate::plan::Found;
use crate::policy::evaluate::RequestContext;
use crate::policy::{Document, KeyGrant};
use crate::wiring::{DocumentRef, KnownRole};

/// Where the documents come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// They were read from the accounts.
    #[default]
    Read,
    /// Files state them.
    Stated,
}

/// What is known about some pipelines, their roles and what they start.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// Where it comes from.
    pub basis: Basis,
    /// When it was read, as ISO 8601 writes it; `None` where that is not known. Rights may have run out.
    pub now: Option<String>,
    /// What was asked, by account.
    pub access: Vec<Access>,
    /// The AWS profiles that accounts were read with, which commands name.
    pub profiles: IndexMap<AccountId, String>,
    /// Roles, by the ARN under which they were looked for. The ARN of the role itself may have another path.
    pub roles: IndexMap<RoleArn, Found<KnownRole>>,
    /// Pipelines.
    pub pipelines: IndexMap<PipelineArn, Found<PipelineDeclaration>>,
    /// The stages of pipelines as they are.
    pub stages: IndexMap<PipelineArn, Vec<StageState>>,
    /// The policies of buckets and keys, by their ARNs.
    pub policies: IndexMap<String, Found<Document>>,
    /// The grants of keys, by their ARNs, where the policy of a key does not let a role in.
    pub grants: IndexMap<String, Found<Vec<KeyGrant>>>,
    /// Other pipelines that exist where a target was looked for.
    pub others: IndexSet<PipelineArn>,
    /// Service control policies by account, by level from the root.
    pub scps: IndexMap<AccountId, Vec<Vec<Document>>>,
    /// Resource control policies by account, by level from the root.
    pub rcps: IndexMap<AccountId, Vec<Vec<Document>>>,
    /// What IAM's policy simulator said of service control policies.
    pub simulated: Vec<Simulated>,
    /// Documents that IAM would refuse, and that grant nothing therefore.
    pub refused: Vec<DocumentRef>,
}

/// What was asked in an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// The account.
    pub account: AccountId,
    /// Whether it was asked, or there were credentials that could not be used.
    pub connected: bool,
    /// The calls that were made, by operation.
    pub calls: Vec<Call>,
}

/// The calls of one operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The operation, for example `GetRole`.
    pub operation: String,
    /// How often it was called.
    pub count: usize,
    /// Why there was no answer; `None` where there was one.
    pub denied: Option<String>,
}

/// A stage as GetPipelineState returns it, with what matters here.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StageState {
    /// The name of the stage.
    pub stage: String,
    /// The reason, where the transition into the stage is disabled.
    pub disabled: Option<String>,
    /// Actions that failed the last time.
    pub failures: Vec<ActionFailure>,
}

/// How an action failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionFailure {
    /// The name of the action.
    pub action: String,
    /// The error code.
    pub code: String,
    /// The text of the error.
    pub message: String,
}

/// What IAM's policy simulator said of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulated {
    /// Who makes the request.
    pub role: RoleArn,
    /// The action.
    pub action: String,
    /// The resource.
    pub resource: String,
    /// Whether the service control policies of the account allow it.
    pub allowed_by_organization: bool,
}

impl Access {
    /// Adds what was asked later.
    pub(super) fn add(&mut self, later: Access) {
        self.connected |= later.connected;
        for call in later.calls {
            match self.calls.iter_mut().find(|other| other.operation == call.operation) {
                Some(other) => {
                    other.count += call.count;
                    other.denied = other.denied.take().or(call.denied);
                }
                None => self.calls.push(call),
            }
        }
    }
}

impl Reading {
    /// Notes a call; `denied` is why there was no answer, where there was none.
    pub fn called(&mut self, account: &AccountId, operation: &str, denied: Option<String>) {
        self.not_connected(account);
        let Some(access) = self.access.iter_mut().find(|access| access.account == *account) else { return };
        let call = Call { operation: operation.to_owned(), count: 1, denied };
        access.add(Access { account: account.clone(), connected: true, calls: vec![call] });
    }

    /// Notes that there are no credentials for an account, unless it was asked already.
    pub fn not_connected(&mut self, account: &AccountId) {
        if !self.access.iter().any(|access| access.account == *account) {
            self.access.push(Access { account: account.clone(), connected: false, calls: Vec::new() });
        }
    }

    /// What every request has, whoever makes it: also the time, where it is known.
    pub(super) fn request(&self) -> RequestContext {
        let mut context = RequestContext::of_a_call();
        if let Some(now) = &self.now {
            context.insert("aws:CurrentTime", now.clone());
        }
        context
    }

    /// Why nothing is known of what is in an account, and what to do.
    pub(super) fn unconnected(&self, account: &AccountId) -> String {
        match self.basis {
            Basis::Read => {
                format!("there are no credentials for account {account}: give `--account-profile {account}=PROFILE`")
            }
            Basis::Stated => "no file states it".to_owned(),
        }
    }

    /// The declaration of a pipeline that is there.
    pub(super) fn declaration(&self, arn: &PipelineArn) -> Option<&PipelineDeclaration> {
        self.pipelines.get(arn).and_then(Found::present)
    }

    /// Whether a pipeline is known to exist.
    pub(super) fn exists(&self, arn: &PipelineArn) -> bool {
        self.others.contains(arn) || self.declaration(arn).is_some()
    }
}
