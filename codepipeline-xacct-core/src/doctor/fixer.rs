//! Makes changes of policies into commands. Each builds on those before it, since a command writes a whole document.

use indexmap::IndexMap;
use serde_json::json;

use super::command::{Remedy, RoleCall};
use super::diagnosis::Fix;
use super::edit::{Edit, RoleEdit};
use crate::finding::{Finding, Place};
use crate::ids::RoleArn;
use crate::plan::Found;
use crate::policy::evaluate::Layer;
use crate::policy::quota::{over_inline_quota, over_quota};
use crate::policy::{Document, DocumentKind, Principal, Statement, Texts, is_principal_id};
use crate::wiring::{Hop, KnownRole, Policy, PolicyChange, PolicyEdit};

/// The roles as they will be after the changes so far.
#[derive(Default)]
pub(super) struct Fixer {
    roles: IndexMap<RoleArn, WorkingRole>,
    /// How many of those that were read are in there.
    known: usize,
}

/// Why a document of a role is not written.
pub(super) enum NotWritten {
    /// The rest of it isn't known.
    NotKnown,
    /// It would be larger than IAM lets it be, in words.
    Full(String),
}

struct WorkingRole {
    exists: bool,
    known: KnownRole,
}

impl Fixer {
    /// Takes in roles that were read since, which come after the others.
    pub(super) fn know(&mut self, roles: &IndexMap<RoleArn, Found<KnownRole>>) {
        for (arn, found) in roles.iter().skip(self.known) {
            let known = match found {
                Found::Present(known) => KnownRole { arn: arn.clone(), ..known.clone() },
                Found::Missing | Found::Unreadable(_) | Found::NotConnected => KnownRole::new(arn.clone()),
            };
            let exists = !matches!(found, Found::Missing);
            self.roles.entry(arn.clone()).or_insert(WorkingRole { exists, known });
        }
        self.known = roles.len();
    }

    /// The fix that some changes of policies are.
    pub(super) fn fix(&mut self, hop: Hop, changes: &[PolicyChange]) -> Fix {
        let who = |change: &PolicyChange| {
            let whose = beyond(change.document.layer)?;
            Some(format!("{} does not let it through: {whose}", change.document.with_article()))
        };
        if let Some(who) = changes.iter().find_map(who) {
            return Fix::OutOfReach(who);
        }
        if changes.iter().any(|change| matches!(change.edit, PolicyEdit::Remove(..))) {
            return Fix::Words(on_purpose(changes));
        }
        let changes: Vec<Remedy> = changes.iter().map(|change| self.change(hop, change)).collect();
        if changes.is_empty() { Fix::None } else { Fix::Changes(changes) }
    }

    /// A statement that a role lacks.
    pub(super) fn allow(&mut self, role: &RoleArn, policy: &str, statement: &Statement) -> Remedy {
        let what = format!("add to a policy of `{role}`");
        self.changed(what, role, Some(policy.to_owned()), statement)
    }

    fn change(&mut self, hop: Hop, change: &PolicyChange) -> Remedy {
        let (role, statement) = (&change.document.role, change.statement());
        if change.document.layer != Layer::Trust {
            return self.changed(change.what(), role, Some(policy_name(hop, statement)), statement);
        }
        let creates = self.roles.get(role).is_some_and(|working| !working.exists);
        let what = match creates {
            true => format!("create role `{role}` with this trust"),
            false => change.what(),
        };
        self.changed(what, role, None, statement)
    }

    fn changed(&mut self, what: String, role: &RoleArn, policy: Option<String>, statement: &Statement) -> Remedy {
        let edit = RoleEdit { role: role.clone(), policy, statement: statement.clone() };
        let (account, json) = (role.account().clone(), json!(statement));
        match self.edit(&edit) {
            Ok(call) => {
                let command = Some(call.command(role));
                Remedy { account, what, json, command, edit: Some(Edit::Role(Box::new(edit))) }
            }
            Err(NotWritten::NotKnown) => Remedy { account, what, json, command: None, edit: None },
            Err(NotWritten::Full(why)) => {
                let what = format!("{what}, once there is room ({why})");
                Remedy { account, what, json, command: None, edit: None }
            }
        }
    }

    /// Adds the statement to a document of a role, and returns the call that writes it.
    pub(super) fn edit<'a>(&'a mut self, edit: &'a RoleEdit) -> Result<RoleCall<'a>, NotWritten> {
        let RoleEdit { role, policy, statement } = edit;
        let working = self.roles.get_mut(role).ok_or(NotWritten::NotKnown)?;
        match policy {
            None => working.trust(statement),
            Some(name) => working.add(name, statement),
        }
    }

    /// A role as it will be; `None` if it isn't there.
    pub(super) fn role(&self, role: &RoleArn) -> Option<&KnownRole> {
        self.roles.get(role).filter(|working| working.exists).map(|working| &working.known)
    }
}

impl WorkingRole {
    fn trust(&mut self, statement: &Statement) -> Result<RoleCall<'_>, NotWritten> {
        if !self.exists {
            self.exists = true;
            self.known.policies = Some(Vec::new());
            return Ok(RoleCall::Create(self.known.trust.insert(Document::new(vec![statement.clone()]))));
        }
        let now = self.known.trust.as_ref().ok_or(NotWritten::NotKnown)?;
        let mut trust = now.clone();
        without_deleted(&mut trust);
        if !trust.statements.contains(statement) {
            trust.statements.push(statement.clone());
        }
        let over = |trust: &Document| over_quota(trust.size(), DocumentKind::Trust, &Place::default());
        // More than the quota by default is there only where it was raised.
        refuse(over(&trust).filter(|_| over(now).is_none()))?;
        Ok(RoleCall::Trust(self.known.trust.insert(trust)))
    }

    /// Adds to the inline policy of a name.
    fn add<'a>(&'a mut self, name: &'a str, statement: &Statement) -> Result<RoleCall<'a>, NotWritten> {
        // Without its policies, it isn't known what the name already has.
        let now = self.known.policies.as_ref().ok_or(NotWritten::NotKnown)?;
        let mut policies = now.clone();
        let position = policies.iter().position(|policy| policy.name.as_deref() == Some(name)).unwrap_or_else(|| {
            policies.push(Policy { name: Some(name.to_owned()), document: Document::new(Vec::new()) });
            policies.len() - 1
        });
        let policy = policies.get_mut(position).ok_or(NotWritten::NotKnown)?;
        if !policy.document.statements.contains(statement) {
            policy.document.statements.push(statement.clone());
        }
        let is_inline = |policy: &&Policy| policy.name.as_deref().is_some_and(|name| !name.starts_with("arn:"));
        let inline = policies.iter().filter(is_inline).map(|policy| policy.document.size()).sum();
        refuse(over_inline_quota(inline, &Place::default()))?;
        let written = self.known.policies.insert(policies).get(position).ok_or(NotWritten::NotKnown)?;
        Ok(RoleCall::Put(name, &written.document))
    }
}

fn refuse(over: Option<Finding>) -> Result<(), NotWritten> {
    match over {
        Some(Finding { message, help, .. }) => {
            Err(NotWritten::Full([message].into_iter().chain(help).collect::<Vec<_>>().join("; ")))
        }
        None => Ok(()),
    }
}

/// Who wrote a statement that denies meant it, so it is not taken out for them.
fn on_purpose(changes: &[PolicyChange]) -> String {
    let changes: Vec<String> = changes.iter().map(ToString::to_string).collect();
    format!("ask who wrote the statement that denies, which no command and no plan takes out: {}", changes.join("; "))
}

/// Who else can change what the owners of the roles can't.
pub(super) fn beyond(layer: Layer) -> Option<&'static str> {
    Some(match layer {
        Layer::Scp(_) | Layer::Rcp(_) => "only who manages the organization can change it",
        Layer::Boundary => "only who manages the permissions boundary can change it",
        Layer::Session => "CodePipeline passes the session policy",
        Layer::Trust | Layer::Resource | Layer::Identity => return None,
    })
}

/// A name for the inline policy with a statement: two statements for one role are in two policies.
fn policy_name(hop: Hop, statement: &Statement) -> String {
    let resource = statement.resource.iter().flat_map(Texts::iter).next().unwrap_or_default();
    let what = match hop {
        Hop::ServiceTrust | Hop::Assume => "assume",
        Hop::Start => "start",
    };
    // The account and the name of a role, the Region and the name of a pipeline.
    let parts: Vec<&str> = resource.split([':', '/']).filter(|part| !part.is_empty()).collect();
    let name = parts.last().copied().unwrap_or_default();
    let place = parts.get(3).copied().unwrap_or_default();
    format!("{what}-{place}-{name}").chars().take(128).collect()
}

/// Takes out principals that are shown by their id, since they were deleted: IAM doesn't save them again.
fn without_deleted(trust: &mut Document) {
    trust.statements.retain_mut(|statement| {
        let Some(Principal::Map(kinds)) = &mut statement.principal else { return true };
        for texts in kinds.values_mut() {
            if texts.iter().any(is_principal_id) {
                *texts =
                    Texts::from_vec(texts.iter().filter(|text| !is_principal_id(text)).map(str::to_owned).collect());
            }
        }
        kinds.retain(|_, texts| texts.iter().next().is_some());
        !kinds.is_empty()
    });
}
