//! The pipelines of `terraform show -json`: of a plan as they will be, of a state as they are.
//!
//! What a plan doesn't know yet is in `after_unknown` beside `after`. Blocks are lists, also where there can be only one.

use std::ops::Range;

use serde_json::{Value, json};

use super::declaration::{Open, convert};
use super::node::{Entry, Node, NodeKind};
use super::value::{Member, Members, Resolved, ResolvedKind};
use super::{json, secrets};
use crate::core::check::files::Home;
use crate::core::check::symbol::symbol;
use crate::core::check::unknown::{NotKnown, is_unknown};
use crate::files::source_file::{Part, SourceFile};
use crate::files::unreadable::Unreadable;

/// Blocks of which there is one at most.
const SINGLE: [&str; 9] = [
    "before_entry",
    "branches",
    "encryption_key",
    "file_paths",
    "git_configuration",
    "on_failure",
    "on_success",
    "retry_configuration",
    "rule_type_id",
];
/// Blocks whose list has a name in the plural.
const PLURAL: [(&str, &str); 7] = [
    ("action", "Actions"),
    ("condition", "Conditions"),
    ("environment_variable", "EnvironmentVariables"),
    ("rule", "Rules"),
    ("stage", "Stages"),
    ("trigger", "Triggers"),
    ("variable", "Variables"),
];
/// What Terraform or AWS works out, and a declaration doesn't have.
const OUTPUTS: [&str; 7] = ["arn", "id", "tags", "tags_all", "trigger_all", "region", "timeouts"];
/// The parts of an action's type.
const TYPE: [&str; 4] = ["category", "owner", "provider", "version"];

/// The pipelines of a plan or a state, by where they are.
#[derive(Debug)]
pub(crate) struct TerraformFile {
    source: SourceFile,
    root: Node,
}

/// A resource: its address, its values, and which of them are not known.
struct Planned<'n> {
    address: String,
    key: Range<usize>,
    values: &'n Node,
    unknown: Option<&'n Node>,
}

impl TerraformFile {
    /// Reads a plan or a state; `None` where a text is something else.
    pub(crate) fn read(name: &str, text: &str) -> Option<Result<Self, Unreadable>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if !text.trim_start().starts_with('{') || !text.contains("\"terraform_version\"") {
            return None;
        }
        let read = json::read(name, text).map(|root| {
            let mut sensitive = Vec::new();
            for planned in changes(&root) {
                hidden(planned.values, planned.sensitive, &mut sensitive);
            }
            let source = SourceFile::of_text(name, &secrets::covered(text, &root, &sensitive));
            Self { source, root }
        });
        Some(read)
    }

    /// The name of its file.
    pub(crate) fn name(&self) -> &str {
        self.source.name()
    }

    /// The pipelines.
    pub(crate) fn pipelines(&self, home: &Home) -> Vec<SourceFile> {
        self.parts(home, Open::Left)
    }

    /// The same, with the symbols of all that is not known.
    pub(crate) fn chosen(&self, home: &Home) -> Vec<SourceFile> {
        self.parts(home, Open::Kept)
    }

    fn parts(&self, home: &Home, open: Open) -> Vec<SourceFile> {
        let mut found = Vec::new();
        let changes = changes(&self.root);
        if changes.is_empty() {
            let values = self.root.get("values").or_else(|| self.root.get("planned_values"));
            values.and_then(|values| values.get("root_module")).iter().for_each(|module| in_module(module, &mut found));
        }
        found.extend(changes.into_iter().filter(|change| change.pipeline).map(|change| Planned {
            address: change.address,
            key: change.key,
            values: change.values,
            unknown: change.unknown,
        }));
        found.iter().map(|planned| self.part(planned, home, open)).collect()
    }

    fn part(&self, planned: &Planned<'_>, home: &Home, open: Open) -> SourceFile {
        let region = home.region.as_ref().map(|region| region.as_str().to_owned());
        let region = region.unwrap_or_else(|| symbol(self.source.name(), "region"));
        let resolved = Block { address: &planned.address, region: &region }.read(planned.values, planned.unknown, "");
        let name = symbol(&planned.address, "name");
        let converted = convert(&planned.address, &planned.key, &resolved, &name, &region, open);
        let account = home.account.is_none().then(|| symbol(self.source.name(), "account"));
        let not_known = NotKnown { account, region: Some(region).filter(|r| is_unknown(r)), ..converted.not_known };
        let (id, path, home) = (planned.address.clone(), planned.address.clone(), home.clone());
        let tags = planned.values.get("tags").map(|tags| tags.entries().iter().map(tag).collect());
        let part = Part { id, path, not_known, home, tags, beside: Vec::new() };
        self.source.part(part, converted.value, converted.tree)
    }
}

/// A change of a resource.
struct Change<'n> {
    pipeline: bool,
    address: String,
    key: Range<usize>,
    values: &'n Node,
    unknown: Option<&'n Node>,
    sensitive: Option<&'n Node>,
}

fn changes(root: &Node) -> Vec<Change<'_>> {
    let mut found = Vec::new();
    for resource in root.get("resource_changes").into_iter().flat_map(Node::elements) {
        let (Some(change), Some(address)) = (resource.get("change"), resource.get("address")) else { continue };
        let Some(values) = change.get("after").filter(|after| !after.entries().is_empty()) else { continue };
        found.push(Change {
            pipeline: is_pipeline(resource),
            address: address.text().unwrap_or_default().to_owned(),
            key: address.range.clone(),
            values,
            unknown: change.get("after_unknown"),
            sensitive: change.get("after_sensitive"),
        });
    }
    found
}

fn is_pipeline(resource: &Node) -> bool {
    let is = |name: &str, value: &str| resource.get(name).and_then(Node::text) == Some(value);
    is("type", "aws_codepipeline") && is("mode", "managed")
}

fn in_module<'n>(module: &'n Node, found: &mut Vec<Planned<'n>>) {
    for resource in module.get("resources").into_iter().flat_map(Node::elements).filter(|r| is_pipeline(r)) {
        if let (Some(address), Some(values)) = (resource.get("address"), resource.get("values")) {
            let name = address.text().unwrap_or_default().to_owned();
            found.push(Planned { address: name, key: address.range.clone(), values, unknown: None });
        }
    }
    module.get("child_modules").into_iter().flat_map(Node::elements).for_each(|module| in_module(module, found));
}

/// The bytes of what is marked as sensitive.
fn hidden(values: &Node, marks: Option<&Node>, found: &mut Vec<Range<usize>>) {
    let Some(marks) = marks else { return };
    if matches!(marks.kind, NodeKind::Bool(true)) {
        return secrets::texts(values, found);
    }
    for entry in marks.entries() {
        values.get(&entry.name).iter().for_each(|value| hidden(value, Some(&entry.value), found));
    }
    for (value, mark) in values.elements().iter().zip(marks.elements()) {
        hidden(value, Some(mark), found);
    }
}

struct Block<'a> {
    address: &'a str,
    region: &'a str,
}

impl Block<'_> {
    /// A block as the properties of the API. `kind` is what the block is called.
    fn read(&self, values: &Node, unknown: Option<&Node>, kind: &str) -> Resolved {
        let mut members: Vec<Member> = Vec::new();
        let mut type_id = Vec::new();
        let skipped = |name: &str| kind.is_empty() && OUTPUTS.contains(&name);
        for entry in values.entries().iter().filter(|entry| !skipped(&entry.name) && !is_unset(&entry.value)) {
            let name = entry.name.as_str();
            let open = unknown.and_then(|unknown| unknown.get(name));
            let (called, value) = self.member(name, &entry.value, open, kind);
            let member = Member { name: called, key: entry.key.clone(), value };
            if kind == "action" && TYPE.contains(&name) { type_id.push(member) } else { members.push(member) }
        }
        for entry in unknown.into_iter().flat_map(Node::entries) {
            let name = entry.name.as_str();
            let open = matches!(entry.value.kind, NodeKind::Bool(true)) && values.get(name).is_none_or(is_unset);
            // An action's Region that is not known is mostly one that isn't written.
            if !open || skipped(name) || name == "region" {
                continue;
            }
            let value = self.open(&values.range, name);
            let called =
                PLURAL.iter().find(|(block, _)| *block == name).map_or_else(|| pascal(name), |(_, n)| (*n).to_owned());
            let member = Member { name: called, key: values.range.clone(), value };
            if kind == "action" && TYPE.contains(&name) { type_id.push(member) } else { members.push(member) }
        }
        if let Some(first) = type_id.first() {
            let (key, range) = (first.key.clone(), values.range.clone());
            let kind = ResolvedKind::Map(Members { list: type_id, open: false });
            members.push(Member { name: "ActionTypeId".to_owned(), key, value: Resolved { range, kind } });
        }
        map(values.range.clone(), members)
    }

    fn open(&self, range: &Range<usize>, name: &str) -> Resolved {
        Resolved::text_at(range.clone(), symbol(&format!("{}@{}", self.address, range.start), name))
    }

    fn member(&self, name: &str, value: &Node, unknown: Option<&Node>, kind: &str) -> (String, Resolved) {
        let at = |index: usize| unknown.and_then(|unknown| unknown.elements().get(index));
        let blocks = |kind: &str| {
            let each = value.elements().iter().enumerate();
            let list = each.map(|(index, block)| self.read(block, at(index), kind)).collect();
            Resolved { range: value.range.clone(), kind: ResolvedKind::List(list) }
        };
        if name == "artifact_store" {
            return self.stores(value, unknown);
        }
        if matches!(name, "input_artifacts" | "output_artifacts") {
            let named = |artifact: Resolved| {
                let member = Member { name: "Name".to_owned(), key: artifact.range.clone(), value: artifact.clone() };
                map(artifact.range, vec![member])
            };
            let list = self.plain(value, unknown, name);
            let artifacts = list.elements().iter().cloned().map(named).collect();
            return (pascal(name), Resolved { range: list.range, kind: ResolvedKind::List(artifacts) });
        }
        if let Some((_, plural)) = PLURAL.iter().find(|(block, _)| *block == name) {
            return ((*plural).to_owned(), blocks(name));
        }
        if matches!(name, "push" | "pull_request") {
            return (pascal(name), blocks(name));
        }
        let single = SINGLE.contains(&name) || name == "tags" && kind == "push";
        match value.elements().first().filter(|_| single) {
            Some(block) => (pascal(name), self.read(block, at(0), name)),
            None => (pascal(name), self.plain(value, unknown, name)),
        }
    }

    /// One store, or one for each Region.
    fn stores(&self, value: &Node, unknown: Option<&Node>) -> (String, Resolved) {
        let at = |index: usize| unknown.and_then(|unknown| unknown.elements().get(index));
        let mut stores = Vec::new();
        let mut regions = Vec::new();
        for (index, store) in value.elements().iter().enumerate() {
            let region =
                store.get("region").filter(|region| !is_unset(region)).map(|region| self.plain(region, None, "region"));
            let mut read = self.read(store, at(index), "artifact_store");
            if let ResolvedKind::Map(members) = &mut read.kind {
                members.list.retain(|member| member.name != "Region");
            }
            let none = || Resolved::text_at(store.range.clone(), self.region.to_owned());
            regions.push(region.is_some());
            let key = store.range.clone();
            let entry = vec![
                Member { name: "Region".to_owned(), key: key.clone(), value: region.unwrap_or_else(none) },
                Member { name: "ArtifactStore".to_owned(), key, value: read.clone() },
            ];
            stores.push((read, map(store.range.clone(), entry)));
        }
        match stores.as_slice() {
            [(one, _)] if regions == [false] => ("ArtifactStore".to_owned(), one.clone()),
            _ => {
                let list = stores.into_iter().map(|(_, entry)| entry).collect();
                ("ArtifactStores".to_owned(), Resolved { range: value.range.clone(), kind: ResolvedKind::List(list) })
            }
        }
    }

    /// A text, a list of texts, or a map whose keys the user chooses.
    fn plain(&self, value: &Node, unknown: Option<&Node>, name: &str) -> Resolved {
        if matches!(unknown.map(|unknown| &unknown.kind), Some(NodeKind::Bool(true))) {
            return self.open(&value.range, name);
        }
        let kind = match &value.kind {
            NodeKind::Null => ResolvedKind::Null,
            NodeKind::Bool(boolean) => ResolvedKind::Bool(*boolean),
            NodeKind::Number(text) => ResolvedKind::Number(text.clone()),
            NodeKind::Text(text) => ResolvedKind::Text(text.clone()),
            NodeKind::List(elements) => {
                let open = |index: usize| unknown.and_then(|unknown| unknown.elements().get(index));
                let each = elements.iter().enumerate();
                ResolvedKind::List(each.map(|(index, value)| self.plain(value, open(index), name)).collect())
            }
            NodeKind::Map(entries) => {
                let open = |name: &str| unknown.and_then(|unknown| unknown.get(name));
                let mut list: Vec<Member> = entries
                    .iter()
                    .filter(|entry| !matches!(entry.value.kind, NodeKind::Null) || open(&entry.name).is_none())
                    .map(|entry| Member {
                        name: entry.name.clone(),
                        key: entry.key.clone(),
                        value: self.plain(&entry.value, open(&entry.name), &entry.name),
                    })
                    .collect();
                let missing =
                    unknown.into_iter().flat_map(Node::entries).filter(|entry| value.get(&entry.name).is_none());
                list.extend(missing.map(|entry| Member {
                    name: entry.name.clone(),
                    key: value.range.clone(),
                    value: self.open(&value.range, &entry.name),
                }));
                ResolvedKind::Map(Members { list, open: false })
            }
        };
        Resolved { range: value.range.clone(), kind }
    }
}

/// A tag, as `create-pipeline` takes it.
fn tag(entry: &Entry) -> Value {
    json!({ "key": entry.name, "value": entry.value.scalar() })
}

fn map(range: Range<usize>, list: Vec<Member>) -> Resolved {
    Resolved { range, kind: ResolvedKind::Map(Members { list, open: false }) }
}

/// True for what stands for nothing.
fn is_unset(value: &Node) -> bool {
    match &value.kind {
        NodeKind::Null => true,
        NodeKind::Text(text) => text.is_empty(),
        NodeKind::List(elements) => elements.is_empty(),
        _ => false,
    }
}

/// `role_arn` is `RoleArn`.
fn pascal(name: &str) -> String {
    name.split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
        })
        .collect()
}
