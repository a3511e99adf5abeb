//! What may give a role more than a template writes: macros, transforms, loops, modules, nested stacks and custom resources.
//!
//! A macro may change anything, and so may a transform in a role: a trust policy too. What a transform or a loop makes beside the resources may be a policy
//! of any role of the template. A nested stack, a module, a custom resource, or a resource of a type that is not AWS's own may give policies
//! to the roles that it is told of: those that it refers to or depends on, or whose name it has. None of them is taken to deny what is
//! written.
//!
//! Source: CloudFormation User Guide, "Perform custom processing on templates with template macros", "Nested stacks" and "Modules".

use super::document::{APPLICATION, MANAGED_POLICY, POLICY, ROLE_POLICY, Resource, STACK, Template, refers_to};
use super::node::{Entry, Node};
use super::notes::{TRANSFORM, is_made, is_module, listed, name_of, transforms};
use super::resolve::Resolver;
use super::set::TemplateSet;

/// Types of AWS that make resources of which the template only has the parameters.
const MAKERS: [&str; 5] = [
    "AWS::CloudFormation::CustomResource",
    STACK,
    APPLICATION,
    "AWS::CloudFormation::StackSet",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
];

/// What is not read, and may give a role more than is written.
#[derive(Debug, Clone)]
pub(crate) struct Unseen {
    /// What it is, and where.
    pub(crate) what: String,
    /// Whether it may change the trust policy too, and not only add policies.
    pub(crate) trust: bool,
}

/// What of a template is not read.
pub(super) struct UnseenOf<'t> {
    template: &'t Template,
    /// What may reach all roles.
    all: Option<Unseen>,
    /// What reaches the roles that it is told of.
    makers: Vec<Resource<'t>>,
}

impl<'t> UnseenOf<'t> {
    pub(super) fn read(set: &TemplateSet<'t>, template: usize) -> Option<Self> {
        let own = Self::of(set.templates.get(template)?);
        // A stack whose template is read is known, if nothing in it is not.
        let is_read = |maker: &Resource<'_>| {
            set.nesting.child(template, maker.id).is_some_and(|child| {
                set.nesting.below(child).into_iter().all(|index| {
                    let of = set.templates.get(index).map(Self::of);
                    let stacks = |maker: &Resource<'_>| set.nesting.child(index, maker.id).is_some();
                    of.is_some_and(|of| of.all.is_none() && of.makers.iter().all(stacks))
                })
            })
        };
        let makers = own.makers.into_iter().filter(|maker| !is_read(maker)).collect();
        Some(Self { makers, ..own })
    }

    fn of(template: &'t Template) -> Self {
        let of_transforms = transforms(template).map(|(node, name, is_macro)| {
            let kind = if is_macro { "macro" } else { "transform" };
            unseen(template, format!("{kind} `{name}`"), node.range.start, is_macro)
        });
        let resources = template.root.get("Resources").into_iter().flat_map(Node::entries);
        let mut all: Vec<Unseen> = of_transforms.collect();
        all.extend(resources.filter_map(|entry| made_beside(template, entry)));
        let makers = template.resources().filter(|resource| resource.kind().is_some_and(is_maker)).collect();
        // A macro reaches more than the others do.
        Self { template, all: all.into_iter().min_by_key(|unseen| !unseen.trust), makers }
    }

    /// What may give a role of the template more than is written.
    pub(super) fn of_role(&self, role: Resource<'_>, resolver: &Resolver<'_>) -> Option<Unseen> {
        let own = made_in(role).map(|entry| self.made_by(entry, true));
        let told = || {
            let names = [resolver.name_of(role.id).unwrap_or_default(), resolver.role_arn(role)];
            let maker = self.makers.iter().find(|maker| may_reach(maker.node, role.id, &names, resolver))?;
            let what = format!("resource `{}` of type `{}`", maker.id, maker.kind().unwrap_or_default());
            Some(unseen(self.template, what, maker.key.start, false))
        };
        own.or_else(|| self.all.clone()).or_else(told)
    }

    /// What makes a part of a policy whose roles are not written.
    pub(super) fn of_policy(&self, policy: Resource<'_>) -> Option<Unseen> {
        made_in(policy).map(|entry| self.made_by(entry, false))
    }

    fn made_by(&self, entry: &Entry, trust: bool) -> Unseen {
        unseen(self.template, name_of(entry), entry.key.start, trust)
    }
}

/// What makes a part of a resource, directly in it or in its properties.
fn made_in<'t>(resource: Resource<'t>) -> Option<&'t Entry> {
    let properties = resource.node.get("Properties").into_iter().flat_map(Node::entries);
    resource.node.entries().iter().chain(properties).find(|entry| is_made(entry))
}

fn unseen(template: &Template, what: String, offset: usize, trust: bool) -> Unseen {
    Unseen { what: format!("{what} ({})", template.source.at(offset)), trust }
}

/// What an entry of the resources makes, where that may be a policy.
fn made_beside(template: &Template, entry: &Entry) -> Option<Unseen> {
    if is_made(entry) {
        let is_open = entry.name == TRANSFORM || may_have_policy(&entry.value);
        return is_open.then(|| unseen(template, name_of(entry), entry.key.start, false));
    }
    // A transform makes all of it.
    let whole = entry.value.entries().iter().find(|inner| is_made(inner) && entry.value.get("Type").is_none())?;
    Some(unseen(template, name_of(whole), whole.key.start, false))
}

/// Whether a loop may make a policy.
fn may_have_policy(node: &Node) -> bool {
    let is_policy = |kind: &str| [POLICY, ROLE_POLICY, MANAGED_POLICY].contains(&kind) || is_maker(kind);
    let of_entry = |entry: &Entry| {
        entry.name == TRANSFORM
            || entry.name == "Type" && entry.value.text().is_none_or(is_policy)
            || may_have_policy(&entry.value)
    };
    node.entries().iter().any(of_entry) || node.elements().iter().any(may_have_policy)
}

/// Whether only the maker of a type knows what a resource of it makes.
fn is_maker(kind: &str) -> bool {
    MAKERS.contains(&kind) || is_module(kind) || !kind.starts_with("AWS::") && kind.contains("::")
}

/// Whether a resource may give a role something: it knows of it by a reference, a dependency, a name or an ARN, or by what is not read itself.
fn may_reach(maker: &Node, id: &str, names: &[String], resolver: &Resolver<'_>) -> bool {
    let depends = maker.get("DependsOn").into_iter().flat_map(listed).any(|other| other.text() == Some(id));
    depends
        || refers_to(maker, id)
        || has_made(maker)
        || maker.get("Properties").is_some_and(|p| has_name(p, names, resolver))
}

fn has_made(node: &Node) -> bool {
    node.entries().iter().any(|entry| is_made(entry) || has_made(&entry.value)) || node.elements().iter().any(has_made)
}

fn has_name(node: &Node, names: &[String], resolver: &Resolver<'_>) -> bool {
    let whole = resolver.value(node);
    whole.scalar().is_some_and(|text| names.iter().any(|name| has_word(text, name)))
        || node.entries().iter().any(|entry| has_name(&entry.value, names, resolver))
        || node.elements().iter().any(|element| has_name(element, names, resolver))
}

/// Whether a name is in a text, and not only a part of another one.
fn has_word(text: &str, name: &str) -> bool {
    let in_name = |letter: char| letter.is_ascii_alphanumeric() || "+=.@_-".contains(letter);
    !name.is_empty()
        && text.match_indices(name).any(|(at, _)| {
            let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + name.len()..).unwrap_or_default());
            !before.ends_with(in_name) && !after.starts_with(in_name)
        })
}
