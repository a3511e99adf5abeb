//! All policy documents of a topology, the event rules and the access entries: what is written when a plan is applied, and what others have to set up.

use std::fmt;

use super::items::{Ownership, ResolvedRole, Role, Topology};
use crate::ids::{AccountId, RoleArn};
use crate::policy::{Document, DocumentKind};
use crate::wiring::{self, AccessEntry, EventRule, ResourcePolicy, UsedRole};

/// A policy document, and what it is attached to.
#[derive(Debug, Clone, PartialEq)]
pub struct AttachedPolicy {
    /// The account in which it is.
    pub account: AccountId,
    /// What kind of document it is.
    pub kind: DocumentKind,
    /// What it is attached to.
    pub attached_to: AttachedTo,
    /// True if applying a plan writes it. Any other has to be there already, or has to be pasted by hand.
    pub managed: bool,
    /// The document. Of a bucket, a key, an event bus and a role that is not managed, the policy may say more than this.
    pub document: Document,
    /// Who else has to be allowed although no declaration names him, in words.
    pub unnamed: Vec<String>,
}

/// What a policy is attached to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttachedTo {
    /// A role.
    Role(RoleArn),
    /// A role that no declaration names, in words.
    UnnamedRole(String),
    /// A bucket, by its name.
    Bucket(String),
    /// A KMS key as it is declared: by its ARN, its id or an alias.
    Key(String),
    /// An event bus, by its ARN.
    EventBus(String),
}

impl fmt::Display for AttachedTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AttachedTo::Role(role) => write!(f, "role {role}"),
            AttachedTo::UnnamedRole(words) => f.write_str(words),
            AttachedTo::Bucket(name) => write!(f, "bucket {name}"),
            AttachedTo::Key(key) => write!(f, "key {key}"),
            AttachedTo::EventBus(arn) => write!(f, "event bus {arn}"),
        }
    }
}

impl AttachedPolicy {
    /// `trust policy of role …`
    pub fn title(&self) -> String {
        let what = match self.kind {
            DocumentKind::Trust => "trust policy",
            DocumentKind::Boundary => "permissions boundary",
            DocumentKind::Identity => "permissions",
            _ => "policy",
        };
        format!("{what} of {}", self.attached_to)
    }
}

impl fmt::Display for AttachedPolicy {
    /// The title, the document ready to be pasted, and who is missing in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whose = if self.managed { "applying writes it" } else { "not managed here, paste what is missing" };
        writeln!(f, "account {}: {} ({whose})", self.account, self.title())?;
        f.write_str(&serde_json::to_string_pretty(&self.document).unwrap_or_default())?;
        self.unnamed.iter().try_for_each(|who| write!(f, "\nadd {who}"))
    }
}

impl Topology {
    /// Every policy document: of each role its trust and its permissions, of each artifact bucket that roles of other accounts use and
    /// of each key what has to be in its policy, and what the event rules, the Lambda functions that are invoked, the instances that are deployed
    /// to and the builds need. Those of roles that are not managed are what they need; where they are stated, what is stated.
    pub fn policies(&self) -> Vec<AttachedPolicy> {
        let rules = self.event_rules();
        let roles = self.roles.iter().zip(self.needs()).flat_map(|(role, needs)| of_role(role, needs));
        let resources = wiring::resource_policies(&self.pipelines).into_iter();
        let resources = resources.chain(wiring::event_bus_policies(&rules)).map(of_resource);
        let used = wiring::used_roles(&self.pipelines).into_iter().map(of_used_role);
        let mut policies: Vec<_> = roles.chain(resources).chain(used).collect();
        for rule in &rules {
            for (kind, document) in [(DocumentKind::Trust, &rule.trust), (DocumentKind::Identity, &rule.policy)] {
                let policy = on_role(&rule.role, kind, false, document.clone());
                if !policies.contains(&policy) {
                    policies.push(policy);
                }
            }
        }
        policies
    }

    /// The EventBridge rules for the sources that don't poll. They have to be created by other means.
    pub fn event_rules(&self) -> Vec<EventRule> {
        wiring::event_rules(&self.pipelines)
    }

    /// The access entries of the EKS clusters that pipelines deploy to. They have to be created by other means.
    pub fn access_entries(&self) -> Vec<AccessEntry> {
        wiring::access_entries(&self.pipelines)
    }

    /// The documents of all roles as if they were managed.
    fn needs(&self) -> Vec<ResolvedRole> {
        let managed = |role: &ResolvedRole| Role { ownership: Ownership::Managed, ..role.role.clone() };
        // What is wrong with those that are managed is reported already.
        wiring::derive_roles(self.roles.iter().map(managed).collect(), &self.pipelines, &self.accounts, &mut Vec::new())
    }
}

fn of_role(resolved: &ResolvedRole, needs: ResolvedRole) -> Vec<AttachedPolicy> {
    let role = &resolved.role;
    let trust = resolved.trust.clone().or_else(|| role.trust_policy.clone()).or(needs.trust);
    let trust = trust.map(|trust| on_role(&role.arn, DocumentKind::Trust, resolved.trust.is_some(), trust));
    let written = role.ownership != Ownership::Extern;
    let permissions = match &role.policies {
        _ if written => resolved.policy.iter().cloned().collect(),
        Some(stated) => stated.clone(),
        None => needs.policy.into_iter().collect(),
    };
    let permissions = permissions.into_iter().map(|policy| on_role(&role.arn, DocumentKind::Identity, written, policy));
    let boundary = role.permissions_boundary.iter().cloned();
    let boundary = boundary.map(|boundary| on_role(&role.arn, DocumentKind::Boundary, false, boundary));
    let all = trust.into_iter().chain(permissions).chain(boundary);
    all.filter(|policy| !policy.document.statements.is_empty()).collect()
}

fn on_role(role: &RoleArn, kind: DocumentKind, managed: bool, document: Document) -> AttachedPolicy {
    let (account, attached_to) = (role.account().clone(), AttachedTo::Role(role.clone()));
    AttachedPolicy { account, kind, attached_to, managed, document, unnamed: Vec::new() }
}

fn of_used_role(UsedRole { account, role, document }: UsedRole) -> AttachedPolicy {
    let attached_to = role.map_or_else(AttachedTo::UnnamedRole, AttachedTo::Role);
    AttachedPolicy { account, kind: DocumentKind::Identity, attached_to, managed: false, document, unnamed: Vec::new() }
}

fn of_resource(policy: ResourcePolicy) -> AttachedPolicy {
    let ResourcePolicy { account, kind, resource, document, unnamed } = policy;
    let attached_to = match kind {
        DocumentKind::Bucket => AttachedTo::Bucket(resource),
        DocumentKind::Key => AttachedTo::Key(resource),
        _ => AttachedTo::EventBus(resource),
    };
    AttachedPolicy { account, kind, attached_to, managed: false, document, unnamed }
}
