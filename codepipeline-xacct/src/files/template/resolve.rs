//! Works out the functions of a template from the template and the others of its set. What is known only at deployment is a
//! [symbol](crate::core::check::symbol): equal symbols have equal values.
//!
//! Source: CloudFormation Template Reference, "Intrinsic functions" and "Pseudo parameters".

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

use super::document::{MANAGED_POLICY, PIPELINE, ROLE, Resource, Template};
use super::node::{Entry, Node, NodeKind};
use super::value::{Member, Members, Resolved, ResolvedKind};
use crate::core::arns::iam_arn;
use crate::core::check::files::Home;
use crate::core::check::symbol::{scope_of, shown, symbol};
use crate::core::check::unknown::is_unknown;
use crate::core::declaration::references::DYNAMIC;
use crate::core::ids::Partition;

/// How far references are followed.
pub(super) const FOLLOWED: usize = 24;

/// Names that a resource has by a property, or else one that CloudFormation makes; `Ref` gives it.
const NAMED: &[(&str, &str)] = &[
    (PIPELINE, "Name"),
    (ROLE, "RoleName"),
    ("AWS::S3::Bucket", "BucketName"),
    ("AWS::CodeBuild::Project", "Name"),
    ("AWS::Lambda::Function", "FunctionName"),
    ("AWS::CodeDeploy::Application", "ApplicationName"),
    ("AWS::CodeDeploy::DeploymentGroup", "DeploymentGroupName"),
    ("AWS::ECR::Repository", "RepositoryName"),
    ("AWS::ECS::Cluster", "ClusterName"),
    ("AWS::ElasticBeanstalk::Application", "ApplicationName"),
    ("AWS::ElasticBeanstalk::Environment", "EnvironmentName"),
];

/// Attributes that are what a property says.
const ATTRIBUTES: &[(&str, &str, &str)] =
    &[("AWS::CodeCommit::Repository", "Name", "RepositoryName"), ("AWS::ECS::Service", "Name", "ServiceName")];

/// Between the name of a function and what it depends on.
const OF: &str = " of ";
/// Between these.
const AND: &str = " and ";

/// Which conditions of a template hold; one that isn't here may or may not.
pub(super) type Assignment = HashMap<String, bool>;

/// ARNs that are made of what `Ref` gives: the type, the service, what is before the name, and whether account and Region are in it.
const ARNS: &[(&str, &str, &str, bool)] = &[
    ("AWS::S3::Bucket", "s3", "", false),
    ("AWS::CodeBuild::Project", "codebuild", "project/", true),
    ("AWS::KMS::Key", "kms", "key/", true),
    ("AWS::Lambda::Function", "lambda", "function:", true),
];

/// What the user says about templates, by the number of the template: values of parameters, and what `Ref` gives for resources.
pub(crate) type GivenValues = HashMap<(usize, String), String>;

/// What is known of a set.
#[derive(Clone, Copy)]
pub(super) struct Facts<'t> {
    pub(super) templates: &'t [Template],
    /// The templates of one account and Region have the same number.
    pub(super) groups: &'t [usize],
    /// What is exported, by name.
    pub(super) exports: &'t HashMap<String, (usize, &'t Node)>,
    /// Where each template is, if that is known.
    pub(super) homes: &'t [Home],
    /// Symbols of values that have another symbol, or are known.
    pub(super) alike: &'t HashMap<String, String>,
    /// What the user says, with placeholders.
    pub(super) said: &'t GivenValues,
    /// The same without placeholders, which decide no condition, where there are some.
    pub(super) certain: Option<&'t GivenValues>,
}

/// A template of a set, and what is assumed of it.
#[derive(Clone, Copy)]
pub(super) struct Resolver<'t> {
    facts: Facts<'t>,
    template: usize,
    assignment: &'t Assignment,
    followed: usize,
}

impl<'t> Resolver<'t> {
    pub(super) fn new(facts: Facts<'t>, template: usize, assignment: &'t Assignment) -> Self {
        Self { facts, template, assignment, followed: 0 }
    }

    /// The same without placeholders.
    pub(super) fn without_stand_ins(&self) -> Self {
        Self { facts: Facts { said: self.facts.certain.unwrap_or(self.facts.said), ..self.facts }, ..*self }
    }

    fn home(&self) -> Option<&'t Home> {
        self.facts.homes.get(self.template)
    }

    /// The account of the template, or its placeholder.
    pub(super) fn account(&self) -> String {
        let known = self.home().and_then(|home| home.account.as_ref()).map(|account| account.as_str().to_owned());
        known.unwrap_or_else(|| self.shared("AWS::AccountId"))
    }

    /// Its Region, or the placeholder.
    pub(super) fn region(&self) -> String {
        let known = self.home().and_then(|home| home.region.as_ref()).map(|region| region.as_str().to_owned());
        known.unwrap_or_else(|| self.shared("AWS::Region"))
    }

    fn partition(&self) -> Partition {
        let region = self.home().and_then(|home| home.region.as_ref());
        region.map_or_else(Partition::aws, Partition::of_region)
    }

    /// A symbol that all templates of an account and a Region share.
    fn shared(&self, name: &str) -> String {
        if let Some(value) = self.said(name) {
            return value;
        }
        let group = self.facts.groups.get(self.template).copied().unwrap_or(self.template);
        symbol(&format!("g{group}"), name)
    }

    /// A symbol of this template, or its value.
    pub(super) fn own(&self, name: &str) -> String {
        self.said(name).unwrap_or_else(|| self.alike(own(self.template, name)))
    }

    /// The value that the user gives for a name.
    fn said(&self, name: &str) -> Option<String> {
        if self.facts.said.is_empty() {
            return None;
        }
        self.facts.said.get(&(self.template, name.to_owned())).cloned()
    }

    /// A symbol of one place.
    fn once(&self, name: &str, range: &Range<usize>) -> String {
        symbol(&format!("{}@{}", self.template, range.start), name)
    }

    pub(super) fn conditions(&self) -> Option<&'t Node> {
        self.document()?.root.get("Conditions")
    }

    fn document(&self) -> Option<&'t Template> {
        self.facts.templates.get(self.template)
    }

    /// The same, one reference further; `None` where that is too far.
    fn further(&self) -> Option<Self> {
        (self.followed < FOLLOWED).then(|| Self { followed: self.followed + 1, ..*self })
    }

    pub(super) fn value(&self, node: &Node) -> Resolved {
        let range = node.range.clone();
        let kind = match &node.kind {
            NodeKind::Null => ResolvedKind::Null,
            NodeKind::Bool(boolean) => ResolvedKind::Bool(*boolean),
            NodeKind::Number(text) => ResolvedKind::Number(text.clone()),
            NodeKind::Text(text) => ResolvedKind::Text(self.dynamic(text)),
            NodeKind::List(elements) => {
                let elements = elements.iter().map(|element| self.value(element));
                ResolvedKind::List(elements.filter(|e| !matches!(e.kind, ResolvedKind::Absent)).collect())
            }
            NodeKind::Map(entries) => match entries.as_slice() {
                [one] if is_function(&one.name) => return self.call(one, range),
                entries => ResolvedKind::Map(self.members(entries)),
            },
        };
        Resolved { range, kind }
    }

    fn members(&self, entries: &[Entry]) -> Members {
        let mut members = Members::default();
        for entry in entries {
            // A transform or a loop beside other members: what it makes isn't known.
            if entry.name.starts_with("Fn::") {
                members.open = true;
                continue;
            }
            let value = self.value(&entry.value);
            if !matches!(value.kind, ResolvedKind::Absent) {
                members.list.push(Member { name: entry.name.clone(), key: entry.key.clone(), value });
            }
        }
        members
    }

    /// A text, in which a dynamic reference is looked up when the stack is made.
    fn dynamic(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(begin) = rest.find(DYNAMIC) {
            let (before, from) = rest.split_at(begin);
            let end = from.find("}}").map_or(from.len(), |end| end + 2);
            let (reference, after) = from.split_at(end);
            out.push_str(before);
            out.push_str(&self.shared(reference.trim_start_matches('{').trim_end_matches('}')));
            rest = after;
        }
        out.push_str(rest);
        out
    }

    fn call(&self, function: &Entry, range: Range<usize>) -> Resolved {
        let argument = &function.value;
        let resolved = match function.name.as_str() {
            "Ref" => argument.text().map(|name| self.reference(name, range.clone())),
            "Fn::GetAtt" => self.attribute_of(argument, range.clone()),
            "Fn::Sub" => self.substitute(argument).map(|text| Resolved::text_at(range.clone(), text)),
            "Fn::Join" => self.join(argument).map(|text| Resolved::text_at(range.clone(), text)),
            "Fn::Select" => self.select(argument),
            "Fn::Split" => self.split(argument, &range),
            "Fn::If" => self.choose(argument),
            "Fn::FindInMap" => self.find_in_map(argument),
            "Fn::ImportValue" => self.import(argument, &range),
            "Fn::ToJsonString" => self.json_text(argument).map(|text| Resolved::text_at(range.clone(), text)),
            "Fn::Length" => self.length(argument, &range),
            _ => None,
        };
        resolved.unwrap_or_else(|| {
            let mut open = BTreeSet::new();
            self.open_in(argument, &mut open);
            Resolved::text_at(range.clone(), self.once(&depending(&function.name, &open), &range))
        })
    }

    /// The names in an argument whose values are not known.
    fn open_in(&self, node: &Node, found: &mut BTreeSet<String>) {
        let mut note = |name: &str| {
            let value = match name.split_once('.') {
                Some((id, attribute)) => self.attribute(id, attribute),
                None => self.reference(name, node.range.clone()).scalar().unwrap_or_default().to_owned(),
            };
            if is_unknown(&value) {
                found.insert(name.to_owned());
            }
        };
        for entry in node.entries() {
            match (entry.name.as_str(), &entry.value.kind) {
                ("Ref" | "Fn::GetAtt", NodeKind::Text(name)) => note(name),
                ("Fn::GetAtt", NodeKind::List(parts)) => {
                    note(&parts.iter().filter_map(Node::text).collect::<Vec<_>>().join("."));
                }
                ("Fn::Sub", NodeKind::Text(text)) => {
                    let names = text.split("${").skip(1).filter_map(|part| part.split_once('}'));
                    names.map(|(name, _)| name.trim()).filter(|name| !name.starts_with('!')).for_each(&mut note);
                }
                _ => {}
            }
        }
        node.entries().iter().for_each(|entry| self.open_in(&entry.value, found));
        node.elements().iter().for_each(|element| self.open_in(element, found));
    }

    fn reference(&self, name: &str, range: Range<usize>) -> Resolved {
        let text = match name {
            "AWS::NoValue" => return Resolved { range, kind: ResolvedKind::Absent },
            "AWS::AccountId" => self.account(),
            "AWS::Region" => self.region(),
            "AWS::Partition" => self.partition().to_string(),
            "AWS::URLSuffix" => self.partition().dns_suffix().map_or_else(|| self.own(name), str::to_owned),
            _ => {
                let known = self.parameter(name).or_else(|| self.name_of(name));
                let text = known.unwrap_or_else(|| self.own(name));
                if self.is_list(name) && !is_unknown(&text) {
                    let each = text.split(',').map(|one| Resolved::text_at(range.clone(), one.trim().to_owned()));
                    return Resolved { kind: ResolvedKind::List(each.collect()), range };
                }
                text
            }
        };
        Resolved::text_at(range, text)
    }

    /// The value of a symbol.
    fn alike(&self, symbol: String) -> String {
        self.facts.alike.get(&symbol).cloned().unwrap_or(symbol)
    }

    /// True for a parameter that is a list.
    pub(super) fn is_list(&self, name: &str) -> bool {
        let kind = self.document().and_then(|document| document.parameter(name)?.get("Type")?.text());
        kind.is_some_and(|kind| kind.contains("CommaDelimitedList") || kind.contains("List<"))
    }

    /// A parameter that can have only one value.
    fn parameter(&self, name: &str) -> Option<String> {
        let [only] = self.document()?.parameter(name)?.get("AllowedValues")?.elements() else { return None };
        only.scalar().map(str::to_owned)
    }

    /// What `Ref` gives for a resource.
    pub(super) fn name_of(&self, id: &str) -> Option<String> {
        let resource = self.document()?.resource(id)?;
        let kind = resource.kind()?;
        if kind == MANAGED_POLICY {
            let name = self.given(resource, "ManagedPolicyName").unwrap_or_else(|| self.own(id));
            if name.starts_with("arn:") {
                return Some(name);
            }
            return Some(self.iam_arn("policy", &self.path_of(resource), &name));
        }
        let (_, property) = NAMED.iter().find(|(known, _)| *known == kind)?;
        Some(self.given(resource, property).unwrap_or_else(|| self.own(id)))
    }

    /// A property that is a text.
    fn given(&self, resource: Resource<'t>, property: &str) -> Option<String> {
        let value = self.further()?.value(resource.property(property)?);
        value.scalar().map(str::to_owned)
    }

    fn path_of(&self, resource: Resource<'t>) -> String {
        self.given(resource, "Path").unwrap_or_else(|| "/".to_owned())
    }

    fn iam_arn(&self, kind: &str, path: &str, name: &str) -> String {
        iam_arn(self.partition().as_str(), &self.account(), &format!("{kind}{path}{name}"))
    }

    /// The ARN of a role of this template.
    pub(super) fn role_arn(&self, role: Resource<'t>) -> String {
        let name = self.given(role, "RoleName").unwrap_or_else(|| self.own(role.id));
        self.iam_arn("role", &self.path_of(role), &name)
    }

    fn attribute_of(&self, argument: &Node, range: Range<usize>) -> Option<Resolved> {
        let (id, attribute) = match &argument.kind {
            NodeKind::Text(text) => text.split_once('.')?,
            NodeKind::List(parts) => match parts.as_slice() {
                [id, attribute] => (id.text()?, attribute.text()?),
                _ => return None,
            },
            _ => return None,
        };
        Some(Resolved::text_at(range, self.attribute(id, attribute)))
    }

    fn attribute(&self, id: &str, attribute: &str) -> String {
        let resource = self.document().and_then(|document| document.resource(id));
        match resource.and_then(|resource| Some((resource, resource.kind()?))) {
            Some((role, ROLE)) if attribute == "Arn" => self.role_arn(role),
            Some((_, kind)) if attribute == "Arn" => {
                self.arn_of(id, kind).unwrap_or_else(|| self.own(&format!("{id}.{attribute}")))
            }
            Some((resource, kind)) => {
                let same = ATTRIBUTES.iter().find(|(of, name, _)| *of == kind && *name == attribute);
                let name = format!("{id}.{attribute}");
                let given = self.said(&name).or_else(|| self.given(resource, same?.2));
                given.unwrap_or_else(|| self.own(&name))
            }
            None => self.own(&format!("{id}.{attribute}")),
        }
    }

    /// The ARN of a resource whose name is known.
    fn arn_of(&self, id: &str, kind: &str) -> Option<String> {
        let (_, service, before, regional) = ARNS.iter().find(|(known, ..)| *known == kind)?;
        let name = self.name_of(id).unwrap_or_else(|| self.own(id));
        let (account, region) = if *regional { (self.account(), self.region()) } else { <(String, String)>::default() };
        let arn = format!("arn:{}:{service}:{region}:{account}:{before}{name}", self.partition());
        (!is_unknown(&arn)).then_some(arn)
    }

    /// `${Name}`, `${Id.Attribute}`, `${!Literal}`
    fn substitute(&self, argument: &Node) -> Option<String> {
        let (text, variables) = match &argument.kind {
            NodeKind::Text(text) => (text.as_str(), None),
            NodeKind::List(parts) => match parts.as_slice() {
                [text, variables] => (text.text()?, Some(variables)),
                [text] => (text.text()?, None),
                _ => return None,
            },
            _ => return None,
        };
        let mut out = String::new();
        let mut rest = text;
        while let Some(begin) = rest.find("${") {
            let (before, from) = rest.split_at(begin);
            out.push_str(before);
            let Some(end) = from.find('}') else {
                rest = from;
                break;
            };
            let inner = from.get(2..end).unwrap_or_default().trim();
            let variable = variables.and_then(|variables| variables.get(inner));
            match (inner.strip_prefix('!'), variable) {
                (Some(literal), _) => out.push_str(&format!("${{{literal}}}")),
                (None, Some(node)) => out.push_str(&self.text_of(node)),
                (None, None) => match inner.split_once('.') {
                    Some((id, attribute)) => out.push_str(&self.attribute(id, attribute)),
                    None => {
                        let resolved = self.reference(inner, argument.range.clone());
                        out.push_str(resolved.scalar().unwrap_or_default());
                    }
                },
            }
            rest = from.get(end + 1..).unwrap_or_default();
        }
        out.push_str(rest);
        Some(self.dynamic(&out))
    }

    /// A value as a text; a symbol where it is none.
    fn text_of(&self, node: &Node) -> String {
        let value = self.value(node);
        value.scalar().map_or_else(|| self.once("value", &node.range), str::to_owned)
    }

    fn join(&self, argument: &Node) -> Option<String> {
        let [delimiter, list] = argument.elements() else { return None };
        let delimiter = delimiter.text()?;
        let list = self.value(list);
        let ResolvedKind::List(parts) = &list.kind else { return None };
        let parts: Option<Vec<&str>> = parts.iter().map(Resolved::scalar).collect();
        Some(self.dynamic(&parts?.join(delimiter)))
    }

    fn select(&self, argument: &Node) -> Option<Resolved> {
        let [index, list] = argument.elements() else { return None };
        let index: usize = self.value(index).scalar()?.parse().ok()?;
        let list = self.value(list);
        list.elements().get(index).cloned()
    }

    fn split(&self, argument: &Node, range: &Range<usize>) -> Option<Resolved> {
        let [delimiter, text] = argument.elements() else { return None };
        let (delimiter, text) = (delimiter.text().filter(|d| !d.is_empty())?, self.value(text));
        let text = text.scalar().filter(|text| !is_unknown(text))?;
        let parts = text.split(delimiter).map(|part| Resolved::text_at(range.clone(), part.to_owned()));
        Some(Resolved { range: range.clone(), kind: ResolvedKind::List(parts.collect()) })
    }

    fn choose(&self, argument: &Node) -> Option<Resolved> {
        let [condition, then, otherwise] = argument.elements() else { return None };
        match self.assignment.get(condition.text()?) {
            Some(true) => Some(self.value(then)),
            Some(false) => Some(self.value(otherwise)),
            None => {
                let (one, other) = (self.value(then), self.value(otherwise));
                (one.json() == other.json() && one.scalar().is_some()).then_some(one)
            }
        }
    }

    /// With `DefaultValue` of `AWS::LanguageExtensions` where the map has nothing.
    fn find_in_map(&self, argument: &Node) -> Option<Resolved> {
        let [map, first, second, rest @ ..] = argument.elements() else { return None };
        let key = |node: &Node| self.value(node).scalar().filter(|text| !is_unknown(text)).map(str::to_owned);
        let (map, first, second) = (key(map)?, key(first)?, key(second)?);
        let maps = self.document()?.root.get("Mappings");
        let found = maps.and_then(|maps| maps.get(&map)?.get(&first)?.get(&second));
        Some(self.value(found.or_else(|| rest.first()?.get("DefaultValue"))?))
    }

    fn import(&self, argument: &Node, range: &Range<usize>) -> Option<Resolved> {
        let name = self.value(argument);
        let name = name.scalar()?;
        let Some((template, node)) = self.facts.exports.get(name) else {
            return Some(Resolved::text_at(range.clone(), self.shared(&format!("Fn::ImportValue {}", shown(name)))));
        };
        // Its conditions are others.
        let none = Assignment::new();
        let there = Resolver { template: *template, assignment: &none, ..self.further()? };
        let value = there.value(node);
        Some(Resolved { range: range.clone(), kind: value.kind })
    }
}

/// What a function that can't be worked out is called: `Fn::Select of Regions`.
fn depending(function: &str, names: &BTreeSet<String>) -> String {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    if names.is_empty() { function.to_owned() } else { format!("{function}{OF}{}", names.join(AND)) }
}

/// The names that the value of a symbol depends on, where it is that of a function.
pub(super) fn depends_on(name: &str) -> Vec<&str> {
    let of = name.starts_with("Fn::").then(|| name.split_once(OF)).flatten();
    of.map(|(_, names)| names.split(AND).collect()).unwrap_or_default()
}

/// True for a symbol of a place in a template.
pub(super) fn is_within(symbol: &str, template: usize) -> bool {
    scope_of(symbol).split_once('@').is_some_and(|(scope, _)| scope.parse() == Ok(template))
}

/// The symbol of a name in a template.
pub(super) fn own(template: usize, name: &str) -> String {
    symbol(&template.to_string(), name)
}

pub(super) fn is_function(name: &str) -> bool {
    name == "Ref" || name.starts_with("Fn::")
}

/// The conditions that choose what is in a node.
pub(super) fn conditions<'n>(node: &'n Node, found: &mut HashSet<&'n str>) {
    for entry in node.entries() {
        if entry.name == "Fn::If"
            && let Some(name) = entry.value.elements().first().and_then(Node::text)
        {
            found.insert(name);
        }
        conditions(&entry.value, found);
    }
    node.elements().iter().for_each(|element| conditions(element, found));
}

/// The names that a symbol depends on, or its own where it is not that of a function.
pub(super) fn names_behind(name: &str) -> Vec<&str> {
    match depends_on(name) {
        names if names.is_empty() => vec![name],
        names => names,
    }
}
