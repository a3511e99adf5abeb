//! The roles of a plan or a state of Terraform, with their policies.

use std::collections::HashMap;
use std::ops::Range;

use serde_json::Value;

use super::node::Node;
use super::role::{TemplateRole, in_code};
use super::terraform_address::{base, fits};
use super::terraform_hidden::HiddenBlocks;
use super::terraform_home::Homes;
use super::terraform_links::{Links, Target};
use super::terraform_resources::{Planned, is_marked};
use crate::core::arns::iam_arn;
use crate::core::check::symbol::symbol;
use crate::core::check::unknown::is_unknown;
use crate::core::ids::split_arn;

/// The type of a role.
pub(super) const ROLE: &str = "aws_iam_role";
const POLICY: &str = "aws_iam_policy";
/// The blocks of a role with its own policies.
const INLINE: &str = "inline_policy";

/// What a resource gives a role.
#[derive(Debug, Clone)]
enum Granted {
    /// A policy: its name and its document.
    Policy(String, Value),
    /// A managed policy whose text is not known: its ARN.
    Managed(String),
    /// What is not known at all: the address of the resource.
    Unknown(String),
}

impl Granted {
    fn give(&self, role: &mut TemplateRole) {
        match self {
            Self::Policy(name, document) => add(role, name, document),
            Self::Managed(arn) => role.lacks_managed(Some(arn)),
            Self::Unknown(address) => role.lacks(in_code(address)),
        }
    }
}

/// A policy of a role that another file has.
#[derive(Debug)]
pub(crate) struct PolicyElsewhere {
    /// The name of the role.
    pub(crate) role: String,
    /// The account, which may be a symbol.
    account: String,
    granted: Granted,
}

impl PolicyElsewhere {
    /// Adds the policy to a role, if it is that one.
    pub(crate) fn add_to(&self, arn: &str, role: &mut TemplateRole) {
        let Some(arn) = split_arn(arn) else { return };
        if arn.resource.rsplit('/').next() != Some(self.role.as_str()) {
            return;
        }
        if arn.account == self.account {
            self.granted.give(role);
        } else {
            // It may be that account.
            role.leave_open(is_unknown(arn.account) || is_unknown(&self.account));
        }
    }
}

/// The roles.
#[derive(Debug, Default)]
pub(super) struct PlannedRoles {
    /// By their ARNs, which may have symbols.
    pub(super) all: Vec<(String, TemplateRole, Range<usize>)>,
    /// Policies of roles that are not among them.
    pub(super) elsewhere: Vec<PolicyElsewhere>,
    /// Where in the list the instances of a resource are, with their addresses.
    instances: HashMap<String, Vec<(String, usize)>>,
}

impl PlannedRoles {
    /// Reads the roles of resources.
    pub(super) fn read(root: &Node, resources: &[Planned<'_>], links: Links<'_>, homes: &Homes<'_>) -> Self {
        let mut roles = Self::default();
        for planned in resources.iter().filter(|planned| planned.kind == ROLE) {
            let index = roles.all.len();
            let instances = roles.instances.entry(base(planned.address)).or_default();
            instances.push((planned.address.to_owned(), index));
            roles.all.push((arn(planned, homes), of_role(planned), planned.key.clone()));
        }
        let policies = Policies { resources, links };
        let mut hidden = HiddenBlocks { root, links, resources, modules: HashMap::new() };
        for planned in resources {
            roles.add(planned, &policies, homes);
        }
        for (index, planned) in resources.iter().filter(|planned| planned.kind == ROLE).enumerate() {
            let attached = planned.values.get("managed_policy_arns").into_iter().flat_map(Node::elements);
            let Some((_, role, _)) = roles.all.get_mut(index) else { continue };
            // One that no resource writes is open too.
            let written = links.expressions(planned);
            let is_written = |name: &str| written.is_none_or(|written| written.get(name).is_some());
            for name in [INLINE, "managed_policy_arns"].into_iter().filter(|name| planned.is_open(name)) {
                if is_written(name) {
                    role.lacks(format!("`{name}` of `{}`", planned.address));
                } else if name == INLINE && hidden.may_be_in(planned) {
                    role.lacks(format!("`dynamic \"{INLINE}\"` of `{}`, if it has one", planned.address));
                }
            }
            attached.for_each(|arn| policies.granted_by(arn.text(), planned).give(role));
            if let Some(boundary) = planned.text("permissions_boundary") {
                role.boundary = policies.of_arn(boundary).and_then(|policy| document(policy, "policy"));
            }
            let bounded = planned.text("permissions_boundary").is_some() || planned.is_open("permissions_boundary");
            if bounded && role.boundary.is_none() {
                role.lacks("the permissions boundary".to_owned());
            }
        }
        roles
    }

    /// The ARN of the role that an argument refers to.
    pub(super) fn referred(&self, target: &Target) -> Option<&str> {
        let found = self.of_target(target);
        let [index] = found.as_slice() else { return None };
        self.all.get(*index).filter(|_| target.is_arn()).map(|(arn, ..)| arn.as_str())
    }

    /// Where in the list the roles are that a reference may be to.
    fn of_target(&self, target: &Target) -> Vec<usize> {
        let instances = self.instances.get(&base(&target.address)).into_iter().flatten();
        instances.filter(|(address, _)| fits(&target.address, address)).map(|(_, index)| *index).collect()
    }

    /// Adds what a resource gives roles.
    fn add(&mut self, planned: &Planned<'_>, policies: &Policies<'_>, homes: &Homes<'_>) {
        let of_attachment = || Policies::granted(policies.of_attachment(planned), planned.text("policy_arn"), planned);
        match planned.kind {
            "aws_iam_role_policy" => {
                let granted = Policies::granted(Some(planned), None, planned);
                self.give(planned, Given::of(planned, "role"), &granted, policies, homes);
            }
            "aws_iam_role_policy_attachment" => {
                self.give(planned, Given::of(planned, "role"), &of_attachment(), policies, homes);
            }
            // It may be for users and groups too.
            "aws_iam_policy_attachment" => {
                let granted = of_attachment();
                let names = planned.values.get("roles").map_or(&[][..], Node::elements);
                // Of several, a reference may be another one.
                let argument = (names.len() == 1).then_some("roles");
                for name in names {
                    self.give(planned, Given { argument, name: name.text() }, &granted, policies, homes);
                }
                if planned.is_open("roles") {
                    self.give(planned, Given { argument: None, name: None }, &granted, policies, homes);
                }
            }
            // It attaches what is in its list.
            "aws_iam_role_policy_attachments_exclusive" => {
                let given = Given::of(planned, "role_name");
                for arn in planned.values.get("policy_arns").into_iter().flat_map(Node::elements) {
                    let granted = policies.granted_by(arn.text(), planned);
                    self.give(planned, given, &granted, policies, homes);
                }
                if planned.is_open("policy_arns") {
                    self.give(planned, given, &Policies::granted(None, None, planned), policies, homes);
                }
            }
            _ => {}
        }
    }

    /// Gives something to the role that an argument names; where that is not known, it may be any.
    fn give(
        &mut self,
        planned: &Planned<'_>,
        to: Given<'_>,
        granted: &Granted,
        policies: &Policies<'_>,
        homes: &Homes<'_>,
    ) {
        let target = to.argument.and_then(|argument| policies.target(planned, argument));
        let of_target = target.map(|target| self.of_target(&target)).unwrap_or_default();
        if let [index] = of_target.as_slice() {
            return self.all.get_mut(*index).map_or((), |(_, role, _)| granted.give(role));
        }
        let Some(name) = to.name else {
            return self.all.iter_mut().for_each(|(_, role, _)| role.lacks(in_code(planned.address)));
        };
        let mut own = self.all.iter_mut().filter(|(arn, ..)| arn.rsplit('/').next() == Some(name)).peekable();
        if own.peek().is_none() {
            let account = homes.account(planned);
            self.elsewhere.push(PolicyElsewhere { role: name.to_owned(), account, granted: granted.clone() });
            return;
        }
        own.for_each(|(_, role, _)| granted.give(role));
    }
}

/// The role that a policy is given to.
#[derive(Clone, Copy)]
struct Given<'a> {
    /// The argument that may refer to it.
    argument: Option<&'a str>,
    name: Option<&'a str>,
}

impl<'a> Given<'a> {
    fn of(planned: &Planned<'a>, argument: &'a str) -> Self {
        Self { argument: Some(argument), name: planned.text(argument) }
    }
}

struct Policies<'a> {
    resources: &'a [Planned<'a>],
    links: Links<'a>,
}

impl<'a> Policies<'a> {
    fn target(&self, planned: &Planned<'_>, argument: &str) -> Option<Target> {
        self.links.target(planned, self.links.expressions(planned)?.get(argument)?)
    }

    fn of_arn(&self, arn: &str) -> Option<&'a Planned<'a>> {
        self.resources.iter().find(|policy| policy.kind == POLICY && policy.text("arn") == Some(arn))
    }

    /// The policy that a resource attaches, if it is among the resources.
    fn of_attachment(&self, planned: &Planned<'_>) -> Option<&'a Planned<'a>> {
        match planned.text("policy_arn") {
            Some(arn) => self.of_arn(arn),
            None => self.of_argument(planned, "policy_arn"),
        }
    }

    fn of_argument(&self, planned: &Planned<'_>, argument: &str) -> Option<&'a Planned<'a>> {
        let target = self.target(planned, argument)?;
        let mut found = self
            .resources
            .iter()
            .filter(|policy| policy.kind == POLICY && target.is_arn() && fits(&target.address, policy.address));
        found.next().filter(|_| found.next().is_none())
    }

    /// What a resource grants by an ARN.
    fn granted_by(&self, arn: Option<&str>, by: &Planned<'_>) -> Granted {
        Self::granted(arn.and_then(|arn| self.of_arn(arn)), arn, by)
    }

    /// What a resource grants with a policy, which may have an ARN.
    fn granted(policy: Option<&Planned<'_>>, arn: Option<&str>, by: &Planned<'_>) -> Granted {
        match policy.and_then(|policy| Some((policy, document(policy, "policy")?))) {
            Some((policy, document)) => Granted::Policy(policy.text("name").unwrap_or_default().to_owned(), document),
            None => arn.map_or_else(|| Granted::Unknown(by.address.to_owned()), |arn| Granted::Managed(arn.to_owned())),
        }
    }
}

/// The document of an argument, where it is known and no secret.
fn document(planned: &Planned<'_>, argument: &str) -> Option<Value> {
    document_in(planned, planned.values.get(argument)?)
}

fn document_in(planned: &Planned<'_>, node: &Node) -> Option<Value> {
    let text = node.text().filter(|_| !planned.secrets().contains(&node.range))?;
    serde_json::from_str(text).ok().filter(Value::is_object)
}

/// Adds a policy; of a state, inline policies are there twice.
fn add(role: &mut TemplateRole, name: &str, document: &Value) {
    if !role.policies.iter().any(|(_, known)| known == document) {
        role.policies.push((name.to_owned(), document.clone()));
    }
}

fn of_role(planned: &Planned<'_>) -> TemplateRole {
    let mut role = TemplateRole { trust: document(planned, "assume_role_policy"), ..TemplateRole::default() };
    let open = planned.unknown.and_then(|unknown| unknown.get("inline_policy"));
    for (index, inline) in planned.values.get("inline_policy").into_iter().flat_map(Node::elements).enumerate() {
        let open = open.and_then(|open| open.elements().get(index));
        let is_open = open.is_some_and(|open| is_marked(open) || open.get("policy").is_some_and(is_marked));
        let policy = inline.get("policy").filter(|policy| policy.text() != Some("") && !is_open);
        if policy.is_none() && !is_open {
            continue;
        }
        let name = inline.get("name").and_then(Node::text).unwrap_or_default();
        match policy.and_then(|policy| document_in(planned, policy)) {
            Some(document) => add(&mut role, name, &document),
            None => role.lacks(if name.is_empty() { "a policy".to_owned() } else { in_code(name) }),
        }
    }
    role
}

fn arn(planned: &Planned<'_>, homes: &Homes<'_>) -> String {
    if let Some(arn) = planned.text("arn") {
        return arn.to_owned();
    }
    let label = format!("{}.name", planned.address);
    let name = planned.text("name").map(str::to_owned);
    let name = name.or_else(|| homes.said(&label)).unwrap_or_else(|| symbol(planned.address, &label));
    let path = planned.text("path").unwrap_or("/");
    iam_arn(&homes.partition(planned), &homes.account(planned), &format!("role{path}{name}"))
}
