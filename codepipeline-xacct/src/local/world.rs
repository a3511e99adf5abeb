//! The state of local AWS: accounts, roles, pipelines, sessions, the clock.

use std::collections::{BTreeMap, HashMap};

use indexmap::{IndexMap, IndexSet};

use super::LocalError;
use super::run::Execution;
use crate::core::declaration::PipelineDeclaration;
use crate::core::ids::{AccountId, Name, Partition, PipelineArn, Region, RoleArn};
use crate::core::policy::evaluate::{Caller, RequestContext, Verdict, identity};
use crate::core::policy::validate::{IamError, accept};
use crate::core::policy::{Document, DocumentKind, Principal, Texts};

/// An error as AWS answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) code: String,
    pub(super) message: String,
    pub(super) status: u16,
}

impl Refusal {
    pub(super) fn new(code: &str, message: impl Into<String>) -> Self {
        Self { code: code.to_owned(), message: message.into(), status: 400 }
    }

    pub(super) fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// What local AWS can't do.
    pub(super) fn unsupported(what: &str) -> Self {
        Self::new("NotSupportedByLocalAws", format!("local AWS does not support {what}"))
    }
}

/// There is no such pipeline.
pub(super) fn pipeline_not_found(arn: &PipelineArn) -> Refusal {
    let message = format!("Account '{}' does not have a pipeline with name '{}'", arn.account(), arn.name());
    Refusal::new("PipelineNotFoundException", message)
}

/// The name of a pipeline in a member of a request.
pub(super) fn pipeline_name(text: &str, member: &str) -> Result<Name, Refusal> {
    text.parse().map_err(|_| {
        Refusal::new(
            "ValidationException",
            format!(
                "1 validation error detected: Value '{text}' at '{member}' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9.@\\-_]+"
            ),
        )
    })
}

impl From<Refusal> for LocalError {
    fn from(refusal: Refusal) -> Self {
        Self { code: refusal.code, message: refusal.message }
    }
}

/// Everything.
#[derive(Debug)]
pub(super) struct World {
    /// Milliseconds since 1970.
    pub(super) clock: i64,
    counter: u64,
    pub(super) accounts: BTreeMap<AccountId, AccountState>,
    /// Who calls with an access key.
    callers: HashMap<String, Caller>,
    /// Actions that fail, with their message.
    pub(super) failing: HashMap<(PipelineArn, String, String), String>,
}

impl Default for World {
    fn default() -> Self {
        Self {
            clock: 1_750_000_000_000,
            counter: 0,
            accounts: BTreeMap::new(),
            callers: HashMap::new(),
            failing: HashMap::new(),
        }
    }
}

/// An account.
#[derive(Debug, Default)]
pub(super) struct AccountState {
    /// Roles by their lower-case names, as IAM keeps them unique.
    pub(super) roles: IndexMap<String, RoleRecord>,
    /// Customer-managed policies by their ARNs.
    pub(super) policies: IndexMap<String, String>,
    pub(super) pipelines: IndexMap<(Region, Name), PipelineRecord>,
}

/// A role.
#[derive(Debug, Clone)]
pub(super) struct RoleRecord {
    pub(super) arn: RoleArn,
    /// `AROA…`: what IAM keeps in trust policies in place of the ARN.
    pub(super) id: String,
    /// The trust policy, with role ARNs replaced by the ids of the roles.
    trust: Document,
    pub(super) inline: IndexMap<String, String>,
    pub(super) attached: IndexSet<String>,
    pub(super) tags: IndexMap<String, String>,
    pub(super) created: i64,
}

/// A pipeline.
#[derive(Debug)]
pub(super) struct PipelineRecord {
    pub(super) declaration: PipelineDeclaration,
    pub(super) created: i64,
    pub(super) updated: i64,
    pub(super) tags: IndexMap<String, String>,
    /// From the oldest.
    pub(super) executions: Vec<Execution>,
}

impl World {
    pub(super) fn add_account(&mut self, id: AccountId) {
        self.accounts.entry(id).or_default();
    }

    /// The next number: for ids that are never the same.
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

    /// Credentials for a session of a role.
    pub(super) fn session_key(&mut self, caller: Caller) -> String {
        let key = format!("ASIALOCAL{:011}", self.next());
        self.callers.insert(key.clone(), caller);
        key
    }

    pub(super) fn caller(&self, key: &str) -> Option<&Caller> {
        self.callers.get(key)
    }

    pub(super) fn account(&mut self, id: &AccountId) -> Result<&mut AccountState, Refusal> {
        self.accounts
            .get_mut(id)
            .ok_or_else(|| Refusal::new("InvalidClientTokenId", format!("local AWS has no account {id}")).status(403))
    }

    pub(super) fn role(&self, arn: &RoleArn) -> Option<&RoleRecord> {
        self.accounts.get(arn.account())?.roles.get(&arn.name().as_str().to_lowercase()).filter(|r| r.arn == *arn)
    }

    pub(super) fn pipeline(&self, arn: &PipelineArn) -> Option<&PipelineRecord> {
        self.accounts.get(arn.account())?.pipelines.get(&(arn.region().clone(), arn.name().clone()))
    }

    pub(super) fn pipeline_mut(&mut self, arn: &PipelineArn) -> Option<&mut PipelineRecord> {
        self.accounts.get_mut(arn.account())?.pipelines.get_mut(&(arn.region().clone(), arn.name().clone()))
    }

    pub(super) fn fail(&mut self, pipeline: &PipelineArn, stage: &str, action: &str, message: &str) {
        self.failing.insert((pipeline.clone(), stage.to_owned(), action.to_owned()), message.to_owned());
    }

    /// The identity policies of a role: inline and attached.
    pub(super) fn identity_policies(&self, role: &RoleArn) -> Vec<Document> {
        let Some(record) = self.role(role) else { return Vec::new() };
        let attached = self
            .accounts
            .get(role.account())
            .into_iter()
            .flat_map(|account| record.attached.iter().filter_map(|arn| account.policies.get(arn)));
        record.inline.values().chain(attached).filter_map(|text| Document::from_json(text).ok()).collect()
    }

    /// Whether the policies of a session's role allow something; else what AWS says. Who is no session may do everything.
    pub(super) fn permitted(
        &self,
        caller: &Caller,
        action: &str,
        resource: &str,
        context: &RequestContext,
    ) -> Result<(), Refusal> {
        let Caller::Session { role, .. } = caller else { return Ok(()) };
        match identity(&self.identity_policies(role), caller, action, resource, context) {
            Verdict::Allowed => Ok(()),
            Verdict::Denied(reason) => {
                let who = caller.arn();
                let message =
                    format!("User: {who} is not authorized to perform: {action} on resource: {resource} {reason}");
                Err(Refusal::new("AccessDenied", message))
            }
            Verdict::Unknown(why) => Err(Refusal::unsupported(&format!("{why}, on which `{action}` depends"))),
        }
    }

    /// The trust policy of a role as IAM shows and evaluates it: ids of roles that live are their ARNs.
    pub(super) fn trust(&self, role: &RoleRecord) -> Document {
        map_principals(&role.trust, |text| {
            let alive = self.accounts.values().flat_map(|a| a.roles.values()).find(|r| r.id == text);
            alive.map_or_else(|| text.to_owned(), |r| r.arn.to_string())
        })
    }

    /// Keeps the ids of the roles that a trust policy names.
    fn bind(&self, trust: &Document) -> Document {
        map_principals(trust, |text| {
            let named = text.parse::<RoleArn>().ok().and_then(|arn| self.role(&arn).map(|r| r.id.clone()));
            named.unwrap_or_else(|| text.to_owned())
        })
    }

    /// Makes a role.
    pub(super) fn create_role(
        &mut self,
        arn: &RoleArn,
        trust: &str,
        tags: IndexMap<String, String>,
    ) -> Result<RoleRecord, Refusal> {
        let trust = self.checked_trust(trust, arn.partition())?;
        let trust = self.bind(&trust);
        let id = format!("AROALOCAL{:012}", self.next());
        let created = self.clock;
        let record = RoleRecord {
            arn: arn.clone(),
            id,
            trust,
            inline: IndexMap::new(),
            attached: IndexSet::new(),
            tags,
            created,
        };
        let roles = &mut self.account(arn.account())?.roles;
        let key = arn.name().as_str().to_lowercase();
        if roles.contains_key(&key) {
            let message = format!("Role with name {} already exists.", arn.name());
            return Err(Refusal::new("EntityAlreadyExists", message).status(409));
        }
        roles.insert(key, record.clone());
        Ok(record)
    }

    pub(super) fn update_trust(&mut self, account: &AccountId, name: &str, trust: &str) -> Result<(), Refusal> {
        let partition = self.role_mut(account, name)?.arn.partition().clone();
        let trust = self.checked_trust(trust, &partition)?;
        let trust = self.bind(&trust);
        self.role_mut(account, name)?.trust = trust;
        Ok(())
    }

    pub(super) fn role_mut(&mut self, account: &AccountId, name: &str) -> Result<&mut RoleRecord, Refusal> {
        let missing =
            || Refusal::new("NoSuchEntity", format!("The role with name {name} cannot be found.")).status(404);
        self.account(account)?.roles.get_mut(&name.to_lowercase()).ok_or_else(missing)
    }

    pub(super) fn put_role(
        &mut self,
        arn: &RoleArn,
        trust: &str,
        policies: IndexMap<String, String>,
    ) -> Result<(), Refusal> {
        for document in policies.values() {
            check_identity(document)?;
        }
        self.create_role(arn, trust, IndexMap::new())?;
        self.role_mut(arn.account(), arn.name().as_str())?.inline = policies;
        Ok(())
    }

    /// Takes a trust policy as IAM does.
    fn checked_trust(&self, text: &str, partition: &Partition) -> Result<Document, Refusal> {
        let document = accept(text, DocumentKind::Trust, partition)?;
        for statement in &document.statements {
            if let Some(Principal::Map(map)) = &statement.principal {
                self.check_principals(map)?;
            }
        }
        Ok(document)
    }

    /// A principal that doesn't exist is refused on save.
    fn check_principals(&self, map: &IndexMap<String, Texts>) -> Result<(), Refusal> {
        for (kind, texts) in map {
            for text in texts.iter() {
                let exists = match kind.as_str() {
                    "AWS" => self.principal_exists(text),
                    "Service" => text.ends_with(".amazonaws.com"),
                    _ => return Err(Refusal::unsupported(&format!("principals of kind `{kind}`"))),
                };
                if !exists {
                    return Err(IamError::invalid_principal(kind, text).into());
                }
            }
        }
        Ok(())
    }

    fn principal_exists(&self, text: &str) -> bool {
        let account_exists = |id: &str| id.parse().is_ok_and(|id: AccountId| self.accounts.contains_key(&id));
        if text == "*" || account_exists(text) {
            return true;
        }
        if let Ok(arn) = text.parse::<RoleArn>() {
            return self.role(&arn).is_some();
        }
        crate::core::ids::split_arn(text)
            .is_some_and(|arn| arn.service == "iam" && arn.resource == "root" && account_exists(arn.account))
    }
}

fn map_principals(document: &Document, change: impl Fn(&str) -> String) -> Document {
    let mut document = document.clone();
    for statement in document.statements.iter_mut() {
        if let Some(Principal::Map(map)) = &mut statement.principal
            && let Some(texts) = map.get_mut("AWS")
        {
            *texts = match texts {
                Texts::One(text) => Texts::One(change(text)),
                Texts::Many(many) => Texts::Many(many.iter().map(|text| change(text)).collect()),
            };
        }
    }
    document
}

impl From<IamError> for Refusal {
    fn from(error: IamError) -> Self {
        Refusal::new(error.code, error.message)
    }
}

/// Refuses what IAM refuses of an identity policy.
pub(super) fn check_identity(text: &str) -> Result<(), Refusal> {
    // Its partition matters to principals only, which it can't have.
    accept(text, DocumentKind::Identity, &Partition::aws())?;
    Ok(())
}
