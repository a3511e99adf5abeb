//! The state of local AWS: accounts, roles, pipelines, sessions, the clock.

use std::collections::BTreeMap;

use indexmap::{IndexMap, IndexSet};
use serde::{Deserialize, Serialize};

use super::action_types::ActionTypes;
use super::event_history::EventHistory;
use super::managed_policy::StoredPolicy;
use super::outcome::Outcomes;
use super::pipelines::Pipelines;
use super::policies_of_aws::policy_of_aws;
use super::refusal::Refusal;
use super::resources::Resources;
use super::role_session::RoleSession;
use super::undocumented::Undocumented;
use crate::core::ids::{AccountId, RoleArn};
use crate::core::policy::Document;
use crate::core::policy::evaluate::Caller;

/// The state of local AWS.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Store {
    /// Milliseconds since 1970.
    pub(super) clock: i64,
    /// How many of them a request takes.
    #[serde(skip, default = "request_time")]
    pub(super) request_time: i64,
    counter: u64,
    pub(super) accounts: BTreeMap<AccountId, StoredAccount>,
    /// The roles by their ids, those too that are gone: ids are not used twice.
    role_ids: BTreeMap<String, RoleArn>,
    /// The caller of each access key.
    callers: BTreeMap<String, Caller>,
    /// The sessions behind access keys of sessions.
    sessions: BTreeMap<String, RoleSession>,
    pub(super) pipelines: Pipelines,
    pub(super) action_types: ActionTypes,
    pub(super) resources: Resources,
    #[serde(default)]
    pub(super) event_history: EventHistory,
    /// How actions end, where that was told.
    #[serde(default)]
    pub(super) outcomes: Outcomes,
    #[serde(skip)]
    pub(super) undocumented: Undocumented,
}

/// How ids begin; a number follows.
pub(super) const UUID: &str = "00000000-0000-4000-8000-";
pub(super) const ROLE_ID: &str = "AROALOCAL";
pub(super) const POLICY_ID: &str = "ANPALOCAL";
pub(super) const SESSION_KEY: &str = "ASIALOCAL";

/// The highest number that a state can have: ids have 12 hexadecimal digits for it, and some are left to count on.
const HIGHEST: u64 = 1 << 47;

/// How long a request takes, in milliseconds, unless it was set.
fn request_time() -> i64 {
    1000
}

impl Default for Store {
    fn default() -> Self {
        Self {
            clock: 1_750_000_000_000,
            request_time: request_time(),
            counter: 0,
            accounts: BTreeMap::new(),
            role_ids: BTreeMap::new(),
            callers: BTreeMap::new(),
            sessions: BTreeMap::new(),
            pipelines: Pipelines::default(),
            action_types: ActionTypes::default(),
            resources: Resources::default(),
            event_history: EventHistory::default(),
            outcomes: Outcomes::default(),
            undocumented: Undocumented::default(),
        }
    }
}

/// An account.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct StoredAccount {
    /// Roles by their lower-case names: IAM ignores case in names.
    pub(super) roles: IndexMap<String, StoredRole>,
    /// Customer-managed policies by their ARNs.
    pub(super) policies: IndexMap<String, StoredPolicy>,
    /// Service control policies by level, from the root of the organization.
    pub(super) scps: Vec<Vec<Document>>,
    /// Resource control policies by level.
    pub(super) rcps: Vec<Vec<Document>>,
}

/// A role.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct StoredRole {
    pub(super) arn: RoleArn,
    /// `AROA…`: what IAM keeps in trust policies instead of the ARN.
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

/// The access key of the session with a number.
pub(super) fn session_key(number: &str) -> String {
    format!("{SESSION_KEY}{number:0>11}")
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

    /// The next numbers are higher than one that was given. Of a state that says more than can be counted, that one is right.
    pub(super) fn count_from(&mut self, given: u64) {
        let given = given.min(HIGHEST);
        self.counter = if self.counter > HIGHEST { given } else { self.counter.max(given) };
    }

    /// An id in the form of CodePipeline's.
    pub(super) fn uuid(&mut self) -> String {
        format!("{UUID}{:012x}", self.next())
    }

    /// An id of a role.
    pub(super) fn role_id(&mut self) -> String {
        format!("{ROLE_ID}{:012}", self.next())
    }

    /// An id of a managed policy.
    pub(super) fn policy_id(&mut self) -> String {
        format!("{POLICY_ID}{:012}", self.next())
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
        let key = session_key(&self.next().to_string());
        self.keep_session(key.clone(), caller, session);
        key
    }

    /// Keeps a session under its access key.
    pub(super) fn keep_session(&mut self, key: String, caller: Caller, session: RoleSession) {
        self.callers.insert(key.clone(), caller);
        self.sessions.insert(key, session);
    }

    /// The session behind an access key.
    pub(super) fn session(&self, key: &str) -> Option<&RoleSession> {
        self.sessions.get(key)
    }

    pub(super) fn caller(&self, key: &str) -> Option<&Caller> {
        self.callers.get(key)
    }

    pub(super) fn account(&mut self, id: &AccountId) -> Result<&mut StoredAccount, Refusal> {
        self.accounts.get_mut(id).ok_or_else(|| no_account(id))
    }

    pub(super) fn existing_account(&self, id: &AccountId) -> Result<&StoredAccount, Refusal> {
        self.accounts.get(id).ok_or_else(|| no_account(id))
    }

    pub(super) fn role(&self, arn: &RoleArn) -> Option<&StoredRole> {
        self.accounts.get(arn.account())?.roles.get(&arn.name().as_str().to_lowercase()).filter(|r| r.arn == *arn)
    }

    /// The role with an id, while it exists.
    pub(super) fn role_with_id(&self, id: &str) -> Option<&StoredRole> {
        self.role(self.role_ids.get(id)?).filter(|role| role.id == id)
    }

    pub(super) fn add_role(&mut self, role: StoredRole) -> Result<(), Refusal> {
        let (id, arn) = (role.id.clone(), role.arn.clone());
        self.account(arn.account())?.roles.insert(arn.name().as_str().to_lowercase(), role);
        self.role_ids.insert(id, arn);
        Ok(())
    }

    pub(super) fn role_mut(&mut self, account: &AccountId, name: &str) -> Result<&mut StoredRole, Refusal> {
        self.account(account)?.roles.get_mut(&name.to_lowercase()).ok_or_else(|| no_role(name))
    }

    pub(super) fn role_named(&self, account: &AccountId, name: &str) -> Result<&StoredRole, Refusal> {
        self.existing_account(account)?.roles.get(&name.to_lowercase()).ok_or_else(|| no_role(name))
    }

    /// A managed policy that the roles of an account can have: one of its own, or one of AWS.
    pub(super) fn policy(&self, account: &AccountId, arn: &str) -> Option<&StoredPolicy> {
        self.accounts.get(account)?.policies.get(arn).or_else(|| policy_of_aws(arn))
    }
}

fn no_account(id: &AccountId) -> Refusal {
    Refusal::new("InvalidClientTokenId", format!("local AWS has no account {id}")).status(403)
}

fn no_role(name: &str) -> Refusal {
    Refusal::new("NoSuchEntity", format!("The role with name {name} cannot be found.")).status(404)
}
