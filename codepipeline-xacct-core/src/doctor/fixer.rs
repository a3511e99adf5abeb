//! Makes changes of policies into commands. Each builds on those before it, since a command writes a whole document.

use indexmap::IndexMap;
use serde_json::json;

use super::command::{Remedy, RoleCall};
use super::diagnosis::Fix;
use super::edit::{Edit, RoleEdit};
use crate::ids::RoleArn;
use crate::plan::Found;
use crate::policy::evaluate::Layer;
use crate::policy::{Document, Principal, Statement, Texts};
use crate::wiring::{self, Hop, KnownRole, Policy, PolicyChange};

/// The roles as they will be after the changes so far.
#[derive(Default)]
pub(super) struct Fixer {
    roles: IndexMap<RoleArn, WorkingRole>,
    /// How many of those that were read are in there.
    known: usize,
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
        let changes: Vec<Remedy> = changes.iter().map(|change| self.change(hop, change)).collect();
        if changes.is_empty() { Fix::None } else { Fix::Changes(changes) }
    }

    /// A statement that a role lacks.
    pub(super) fn allow(&mut self, role: &RoleArn, policy: &str, statement: &Statement) -> Remedy {
        let what = format!("add to a policy of `{role}`");
        self.changed(what, role, Some(policy.to_owned()), true, statement)
    }

    fn change(&mut self, hop: Hop, change: &PolicyChange) -> Remedy {
        let PolicyChange { document, edit } = change;
        let (role, statement) = (&document.role, change.statement());
        let is_trust = document.layer == Layer::Trust;
        let creates = self.roles.get(role).is_some_and(|working| !working.exists);
        let what = match is_trust && creates {
            true => format!("create role `{role}` with this trust"),
            false => change.what(),
        };
        let (adds, name) = match edit {
            wiring::PolicyEdit::Add(_) => (true, Some(policy_name(hop, statement))),
            wiring::PolicyEdit::Remove(..) => (false, document.name.clone()),
        };
        match name {
            _ if is_trust => self.changed(what, role, None, adds, statement),
            Some(name) => self.changed(what, role, Some(name), adds, statement),
            // Which policy it is isn't known.
            None => Remedy { account: role.account().clone(), what, json: json!(statement), command: None, edit: None },
        }
    }

    fn changed(
        &mut self,
        what: String,
        role: &RoleArn,
        policy: Option<String>,
        adds: bool,
        statement: &Statement,
    ) -> Remedy {
        let edit = RoleEdit { role: role.clone(), policy, adds, statement: statement.clone() };
        let call = self.edit(&edit);
        let command = call.as_ref().map(|call| call.command(role));
        let planned = call.is_some_and(|call| !matches!(call, RoleCall::Version(..)));
        let edit = planned.then(|| Edit::Role(Box::new(edit)));
        Remedy { account: role.account().clone(), what, json: json!(statement), command, edit }
    }

    /// Edits a document of a role, and returns the call that writes it; `None` where the rest of the document isn't known, or can't be written.
    pub(super) fn edit<'a>(&'a mut self, edit: &'a RoleEdit) -> Option<RoleCall<'a>> {
        let RoleEdit { role, policy, adds, statement } = edit;
        let working = self.roles.get_mut(role)?;
        match (policy, adds) {
            (None, true) => working.trust(statement),
            (None, false) => working.untrust(statement),
            (Some(name), true) => working.add(name, statement),
            (Some(name), false) => working.remove(name, statement),
        }
    }

    /// A role as it will be; `None` if it isn't there.
    pub(super) fn role(&self, role: &RoleArn) -> Option<&KnownRole> {
        self.roles.get(role).filter(|working| working.exists).map(|working| &working.known)
    }
}

impl WorkingRole {
    fn trust(&mut self, statement: &Statement) -> Option<RoleCall<'_>> {
        if !self.exists {
            self.exists = true;
            self.known.policies = Some(Vec::new());
            return Some(RoleCall::Create(self.known.trust.insert(Document::new(vec![statement.clone()]))));
        }
        let trust = self.known.trust.as_mut()?;
        without_deleted(trust);
        if !trust.statements.contains(statement) {
            trust.statements.push(statement.clone());
        }
        Some(RoleCall::Trust(trust))
    }

    fn untrust(&mut self, statement: &Statement) -> Option<RoleCall<'_>> {
        let trust = self.known.trust.as_mut()?;
        without_deleted(trust);
        trust.statements.retain(|other| other != statement);
        // A trust policy can't be empty.
        (!trust.statements.is_empty()).then_some(RoleCall::Trust(trust))
    }

    /// Adds to the inline policy of a name.
    fn add<'a>(&'a mut self, name: &'a str, statement: &Statement) -> Option<RoleCall<'a>> {
        // Without its policies, it isn't known what the name already has.
        let policies = self.known.policies.as_mut()?;
        let position = policies.iter().position(|policy| policy.name.as_deref() == Some(name)).unwrap_or_else(|| {
            policies.push(Policy { name: Some(name.to_owned()), document: Document::new(Vec::new()) });
            policies.len() - 1
        });
        let policy = policies.get_mut(position)?;
        if !policy.document.statements.contains(statement) {
            policy.document.statements.push(statement.clone());
        }
        Some(RoleCall::Put(name, &policy.document))
    }

    fn remove<'a>(&'a mut self, name: &'a str, statement: &Statement) -> Option<RoleCall<'a>> {
        let policies = self.known.policies.as_mut()?;
        let position = policies.iter().position(|policy| policy.name.as_deref() == Some(name))?;
        let document = &mut policies.get_mut(position)?.document;
        document.statements.retain(|other| other != statement);
        let empty = document.statements.is_empty();
        // What AWS manages can't be changed, and a managed policy can't be empty.
        let managed = name.starts_with("arn:");
        if managed && (empty || name.contains(":iam::aws:policy/")) {
            return None;
        }
        Some(match (managed, empty) {
            (true, _) => RoleCall::Version(name, document),
            (false, true) => RoleCall::Delete(name),
            (false, false) => RoleCall::Put(name, document),
        })
    }
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
    let deleted = |text: &str| text.starts_with("AROA") || text.starts_with("AIDA");
    trust.statements.retain_mut(|statement| {
        let Some(Principal::Map(kinds)) = &mut statement.principal else { return true };
        for texts in kinds.values_mut() {
            if texts.iter().any(deleted) {
                *texts = Texts::from_vec(texts.iter().filter(|text| !deleted(text)).map(str::to_owned).collect());
            }
        }
        kinds.retain(|_, texts| texts.iter().next().is_some());
        !kinds.is_empty()
    });
}
