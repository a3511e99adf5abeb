//! What local AWS keeps: accounts, roles, pipelines, sessions, the clock.

use std::collections::{BTreeMap, HashMap};

use indexmap::{IndexMap, IndexSet};

use super::execution::StoredExecution;
use super::managed_policy::StoredPolicy;
use super::refusal::Refusal;
use super::role_session::RoleSession;
use crate::core::declaration::{PipelineDeclaration, defaults};
use crate::core::ids::{AccountId, Name, PipelineArn, Region, RoleArn};
use crate::core::policy::Document;
use crate::core::policy::evaluate::Caller;

/// The state of local AWS.
#[derive(Debug)]
pub(super) struct Store {
    /// Milliseconds since 1970.
    pub(super) clock: i64,
    counter: u64,
    pub(super) accounts: BTreeMap<AccountId, StoredAccount>,
    /// The caller of each access key.
    callers: HashMap<String, Caller>,
    /// The sessions behind access keys of sessions.
    sessions: HashMap<String, RoleSession>,
    /// The actions that fail, and the message of each.
    pub(super) failing: HashMap<(PipelineArn, String, String), String>,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            clock: 1_750_000_000_000,
            counter: 0,
            accounts: BTreeMap::new(),
            callers: HashMap::new(),
            sessions: HashMap::new(),
            failing: HashMap::new(),
        }
    }
}

/// An account.
#[derive(Debug, Default)]
pub(super) struct StoredAccount {
    /// Roles by their lower-case names: IAM ignores case in names.
    pub(super) roles: IndexMap<String, StoredRole>,
    /// Customer-managed policies by their ARNs.
    pub(super) policies: IndexMap<String, StoredPolicy>,
    /// Service control policies by level, from the root of the organization.
    pub(super) scps: Vec<Vec<Document>>,
    /// Resource control policies by level.
    pub(super) rcps: Vec<Vec<Document>>,
    pub(super) pipelines: IndexMap<(Region, Name), StoredPipeline>,
}

/// A role.
#[derive(Debug, Clone)]
pub(super) struct StoredRole {
    pub(super) arn: RoleArn,
    /// `AROA…`: what IAM keeps in trust policies in place of the ARN.
    pub(super) id: String,
    /// The trust policy, with role ARNs replaced by the ids of the roles.
    pub(super) trust: Document,
    pub(super) inline: IndexMap<String, String>,
    pub(super) attached: IndexSet<String>,
    pub(super) tags: IndexMap<String, String>,
    pub(super) created: i64,
    pub(super) description: Option<String>,
    /// The longest session, in seconds.
    pub(super) max_session: i64,
    /// The ARN of the permissions boundary.
    pub(super) boundary: Option<String>,
    /// Members that this version doesn't know, as they were sent.
    pub(super) other: IndexMap<String, String>,
}

/// A pipeline.
#[derive(Debug)]
pub(super) struct StoredPipeline {
    pub(super) declaration: PipelineDeclaration,
    pub(super) created: i64,
    pub(super) updated: i64,
    pub(super) tags: IndexMap<String, String>,
    /// From the oldest.
    pub(super) executions: Vec<StoredExecution>,
}

impl Store {
    pub(super) fn add_account(&mut self, id: AccountId) {
        self.accounts.entry(id).or_default();
    }

    /// The next number, for unique ids.
    pub(super) fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// An id in the form of CodePipeline's.
    pub(super) fn uuid(&mut self) -> String {
        format!("00000000-0000-4000-8000-{:012x}", self.next())
    }

    pub(super) fn administrator_key(&mut self, account: &str) -> String {
        let key = format!("AKIALOCAL{account}");
        if let Ok(id) = account.parse() {
            self.callers.insert(key.clone(), Caller::Account(id));
        }
        key
    }

    /// An access key for a session of a role.
    pub(super) fn session_key(&mut self, caller: Caller, session: RoleSession) -> String {
        let key = format!("ASIALOCAL{:011}", self.next());
        self.callers.insert(key.clone(), caller);
        self.sessions.insert(key.clone(), session);
        key
    }

    /// The session behind an access key.
    pub(super) fn session(&self, key: &str) -> Option<&RoleSession> {
        self.sessions.get(key)
    }

    pub(super) fn caller(&self, key: &str) -> Option<&Caller> {
        self.callers.get(key)
    }

    pub(super) fn account(&mut self, id: &AccountId) -> Result<&mut StoredAccount, Refusal> {
        self.accounts
            .get_mut(id)
            .ok_or_else(|| Refusal::new("InvalidClientTokenId", format!("local AWS has no account {id}")).status(403))
    }

    pub(super) fn role(&self, arn: &RoleArn) -> Option<&StoredRole> {
        self.accounts.get(arn.account())?.roles.get(&arn.name().as_str().to_lowercase()).filter(|r| r.arn == *arn)
    }

    pub(super) fn pipeline(&self, arn: &PipelineArn) -> Option<&StoredPipeline> {
        self.accounts.get(arn.account())?.pipelines.get(&(arn.region().clone(), arn.name().clone()))
    }

    pub(super) fn pipeline_mut(&mut self, arn: &PipelineArn) -> Option<&mut StoredPipeline> {
        self.accounts.get_mut(arn.account())?.pipelines.get_mut(&(arn.region().clone(), arn.name().clone()))
    }

    pub(super) fn fail(&mut self, pipeline: &PipelineArn, stage: &str, action: &str, message: &str) {
        self.failing.insert((pipeline.clone(), stage.to_owned(), action.to_owned()), message.to_owned());
    }

    pub(super) fn role_mut(&mut self, account: &AccountId, name: &str) -> Result<&mut StoredRole, Refusal> {
        let missing =
            || Refusal::new("NoSuchEntity", format!("The role with name {name} cannot be found.")).status(404);
        self.account(account)?.roles.get_mut(&name.to_lowercase()).ok_or_else(missing)
    }

    /// Stores a declaration with what the service adds to it.
    pub(super) fn put_pipeline(
        &mut self,
        arn: &PipelineArn,
        declaration: &PipelineDeclaration,
        version: i64,
        tags: IndexMap<String, String>,
    ) -> Result<PipelineDeclaration, Refusal> {
        let mut stored = declaration.clone();
        stored.version = Some(version);
        defaults::fill_in(&mut stored, arn.region());
        for action in stored.stages.iter_mut().flatten().flat_map(|s| s.actions.iter_mut().flatten()) {
            action.configuration.get_or_insert_default();
            action.input_artifacts.get_or_insert_default();
            action.output_artifacts.get_or_insert_default();
        }
        let now = self.clock;
        let pipelines = &mut self.account(arn.account())?.pipelines;
        let key = (arn.region().clone(), arn.name().clone());
        match pipelines.get_mut(&key) {
            Some(record) => {
                record.declaration = stored.clone();
                record.updated = now;
                record.tags = tags;
            }
            None => {
                let record = StoredPipeline {
                    declaration: stored.clone(),
                    created: now,
                    updated: now,
                    tags,
                    executions: Vec::new(),
                };
                pipelines.insert(key, record);
            }
        }
        Ok(stored)
    }
}
