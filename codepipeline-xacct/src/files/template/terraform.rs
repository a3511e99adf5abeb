//! The pipelines of `terraform show -json`: of a plan as they will be, of a state as they are.
//!
//! What a plan doesn't know yet is in `after_unknown` beside `after`. Blocks are lists, also where there can be only one.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::json;

use super::declaration::{Open, convert, writes_partitions};
use super::node::{Entry, Node, NodeKind};
use super::role::TemplateRole;
use super::terraform_accounts::accounts;
use super::terraform_home::{FileOptions, Homes, is_alias};
use super::terraform_links::{Links, only};
use super::terraform_not_in_plan::{Found, NotInPlan};
use super::terraform_resources::{PIPELINE, Planned, is_marked, planned};
use super::terraform_roles::{PlannedRoles, PolicyElsewhere, ROLE};
use super::terraform_values::has;
use super::value::{Member, Members, Resolved, ResolvedKind};
use super::{json, secrets};
use crate::core::case::pascal;
use crate::core::check::symbol::symbol;
use crate::core::check::unknown::{NotKnown, is_unknown};
use crate::files::source_file::{Part, SourceFile};
use crate::files::spelling::{OF_COMPUTE, Spelling, list_of};
use crate::files::unreadable::Unreadable;

/// Blocks that occur at most once.
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
/// What Terraform or AWS works out, and a declaration doesn't have.
const OUTPUTS: [&str; 7] = ["arn", "id", "tags", "tags_all", "trigger_all", "region", "timeouts"];
/// Attributes of an action that are optional and computed: one that is not written is unknown until apply, and AWS has its default for it.
/// Source: Terraform Registry, `aws_codepipeline`.
const COMPUTED: [&str; 2] = ["region", "run_order"];
/// The parts of an action's type.
const TYPE: [&str; 4] = ["category", "owner", "provider", "version"];

/// The pipelines of a plan or a state, by where they are.
#[derive(Debug)]
pub(crate) struct TerraformFile {
    source: SourceFile,
    root: Node,
}

/// The roles of a file.
pub(crate) struct RolesOfFile {
    /// The ARN, which may have symbols, the documents, and `file:line:column`.
    pub(crate) roles: Vec<(String, TemplateRole, String)>,
    /// Policies of roles that the file doesn't have.
    pub(crate) elsewhere: Vec<PolicyElsewhere>,
}

impl TerraformFile {
    /// Reads a plan or a state; `None` where a text is something else.
    pub(crate) fn read(name: &str, text: &str) -> Option<Result<Self, Unreadable>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if !text.trim_start().starts_with('{') || !text.contains("\"terraform_version\"") {
            return None;
        }
        let read = json::read(name, text).map(|root| {
            let sensitive: Vec<_> = planned(&root).iter().flat_map(Planned::secrets).collect();
            let source = SourceFile::of_text(name, &secrets::covered(text, &root, &sensitive));
            Self { source, root }
        });
        Some(read)
    }

    /// The name of its file.
    pub(crate) fn name(&self) -> &str {
        self.source.name()
    }

    /// The providers with an alias, as a plan calls them.
    pub(crate) fn aliases(&self) -> BTreeSet<&str> {
        let links = Links::of(&self.root);
        let resources = planned(&self.root);
        let of_resources = resources.iter().filter_map(|planned| links.provider(planned));
        of_resources.chain(links.providers()).filter(|name| is_alias(name)).collect()
    }

    /// Whether a value that it leaves open may be called that.
    pub(crate) fn has(&self, name: &str) -> bool {
        has(&self.root, name)
    }

    /// The pipelines.
    pub(crate) fn pipelines(&self, said: &FileOptions) -> Vec<SourceFile> {
        self.parts(said, Open::Left).0
    }

    /// The pipelines with the symbols of all that is not known, and the roles.
    pub(crate) fn chosen(&self, said: &FileOptions) -> (Vec<SourceFile>, RolesOfFile) {
        let (pipelines, roles) = self.parts(said, Open::Kept);
        let placed =
            |(arn, role, range): (String, TemplateRole, Range<usize>)| (arn, role, self.source.at(range.start));
        let of_file = RolesOfFile { roles: roles.all.into_iter().map(placed).collect(), elsewhere: roles.elsewhere };
        (pipelines, of_file)
    }

    /// What the names of roles are called that are not known, with `file:line:column`.
    pub(crate) fn unnamed_roles(&self) -> Vec<(String, String)> {
        let resources = planned(&self.root);
        let roles = resources.iter().filter(|planned| planned.kind == ROLE);
        let unnamed = roles.filter(|planned| planned.text("arn").is_none() && planned.text("name").is_none());
        unnamed.map(|role| (format!("{}.name", role.address), self.source.at(role.key.start))).collect()
    }

    /// The pipelines and the roles.
    pub(super) fn parts(&self, said: &FileOptions, open: Open) -> (Vec<SourceFile>, PlannedRoles) {
        let links = Links::of(&self.root);
        let resources = planned(&self.root);
        let stated = accounts(&self.root, links, &resources);
        let homes = Homes { file: self.source.name(), links, said, stated };
        let roles = PlannedRoles::read(&self.root, &resources, links, &homes);
        let pipelines = resources.iter().filter(|planned| planned.kind == PIPELINE);
        let parts = pipelines.map(|planned| self.part(planned, &resources, &homes, &roles, open)).collect();
        (parts, roles)
    }

    fn part(
        &self,
        planned: &Planned<'_>,
        resources: &[Planned<'_>],
        homes: &Homes<'_>,
        roles: &PlannedRoles,
        open: Open,
    ) -> SourceFile {
        let (account, region, home) = (homes.account(planned), homes.region(planned), homes.home(planned));
        let known = NotInPlan { planned, resources, homes, roles };
        let stages = planned.values.get("stage").into_iter().flat_map(Node::elements);
        let actions = stages.flat_map(|stage| stage.get("action").into_iter().flat_map(Node::elements));
        let has = |name: &str| actions.clone().any(|action| action.get(name).is_some_and(|value| !is_unset(value)));
        let unwritten = COMPUTED.into_iter().filter(|name| !has(name)).collect();
        let block = Block { address: planned.address, region: &region, known, unwritten };
        let mut resolved = block.read(planned.values, planned.unknown, homes.links.expressions(planned), "");
        let secrets = planned.secrets();
        if open == Open::Kept {
            block.hide("", &mut resolved, &secrets);
        }
        let partitions = home.region.is_some() || writes_partitions(&resolved, self.source.text());
        let name = symbol(planned.address, &format!("{}.name", planned.address));
        let converted = convert(planned.address, planned.key, &resolved, &name, &region, open, partitions);
        let tag = |Entry { name, value, .. }: &Entry| match secrets.contains(&value.range) {
            true => json!({ "key": name, "value": block.symbol(&value.range, name) }),
            false => json!({ "key": name, "value": value.scalar() }),
        };
        let tags = planned.values.get("tags").map(|tags| tags.entries().iter().map(tag).collect());
        let not_known = NotKnown {
            account: Some(account).filter(|account| is_unknown(account)),
            region: Some(region).filter(|region| is_unknown(region)),
            ..converted.not_known
        };
        let (id, path) = (planned.address.to_owned(), planned.address.to_owned());
        let (condition, one_name, beside) = (None, true, Vec::new());
        let spelling = Spelling::Terraform;
        let exists = self.root.get("resource_changes").is_none() && self.root.get("values").is_some();
        let part = Part { id, spelling, path, not_known, home, condition, one_name, exists, tags, beside };
        self.source.part(part, converted.value, converted.tree)
    }
}

struct Block<'a> {
    address: &'a str,
    region: &'a str,
    known: NotInPlan<'a>,
    /// Those of the computed attributes that no action has, so that none is written.
    unwritten: Vec<&'a str>,
}

impl Block<'_> {
    /// A block as the properties of the API. `kind` is what the block is called.
    fn read(&self, values: &Node, unknown: Option<&Node>, written: Option<&Node>, kind: &str) -> Resolved {
        let mut members: Vec<Member> = Vec::new();
        let mut type_id = Vec::new();
        let computes = match values.get("category").and_then(Node::text) {
            Some(category) => category == "Compute",
            None => values.get(OF_COMPUTE).is_some_and(|outputs| !is_unset(outputs)),
        };
        let ignored = if computes { "output_artifacts" } else { OF_COMPUTE };
        let skipped = |name: &str| kind.is_empty() && OUTPUTS.contains(&name) || kind == "action" && name == ignored;
        for entry in
            values.entries().iter().filter(|entry| !skipped(&entry.name) && !is_unset(&entry.value) && !is_zero(entry))
        {
            let name = entry.name.as_str();
            let open = unknown.and_then(|unknown| unknown.get(name));
            let expression = written.and_then(|written| written.get(name));
            let (called, value) = self.member(name, &entry.value, open, expression, kind);
            let member = Member { name: called, key: entry.key.clone(), value };
            if kind == "action" && TYPE.contains(&name) { type_id.push(member) } else { members.push(member) }
        }
        for entry in unknown.into_iter().flat_map(Node::entries) {
            let name = entry.name.as_str();
            let open = is_marked(&entry.value) && values.get(name).is_none_or(is_unset);
            let computed = kind == "action" && COMPUTED.contains(&name);
            if !open || skipped(name) || name == "region" && !computed {
                continue;
            }
            let expression = written.and_then(|written| written.get(name));
            let own = || format!("{}.name", self.address);
            let value = match computed {
                // A name that refers to nothing is called after the pipeline.
                _ if kind.is_empty() && name == "name" && expression.and_then(only).is_none() => {
                    self.open(&values.range, &own(), None)
                }
                true if expression.is_none() && (written.is_some() || self.unwritten.contains(&name)) => continue,
                // Of a dynamic block a plan doesn't have what is written. It is mostly one that isn't.
                true if written.is_none() => Resolved { range: values.range.clone(), kind: ResolvedKind::Absent },
                _ => self.open(&values.range, name, expression),
            };
            let plural = list_of(name);
            let called = match plural {
                // There may be several.
                None if name == "artifact_store" => "ArtifactStores".to_owned(),
                None => pascal(name),
                Some(plural) => plural.to_owned(),
            };
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

    /// A value that a plan doesn't know, called after what it refers to.
    fn open(&self, range: &Range<usize>, name: &str, expression: Option<&Node>) -> Resolved {
        let text = match self.known.value(range, name, expression) {
            Found::Value(text) => text,
            Found::Label(label) => self.symbol(range, &label),
        };
        Resolved::text_at(range.clone(), text)
    }

    /// The symbol for the value in one place.
    fn symbol(&self, range: &Range<usize>, name: &str) -> String {
        symbol(&format!("{}@{}", self.address, range.start), name)
    }

    /// Replaces secrets with symbols.
    fn hide(&self, name: &str, value: &mut Resolved, secrets: &[Range<usize>]) {
        match &mut value.kind {
            ResolvedKind::Text(_) | ResolvedKind::Number(_) if secrets.contains(&value.range) => {
                value.kind = ResolvedKind::Text(self.symbol(&value.range, name));
            }
            ResolvedKind::List(elements) => elements.iter_mut().for_each(|element| self.hide(name, element, secrets)),
            ResolvedKind::Map(members) => {
                members.list.iter_mut().for_each(|member| self.hide(&member.name, &mut member.value, secrets));
            }
            _ => {}
        }
    }

    fn member(
        &self,
        name: &str,
        value: &Node,
        unknown: Option<&Node>,
        written: Option<&Node>,
        kind: &str,
    ) -> (String, Resolved) {
        let parts = Parts { values: value, unknown, written };
        let blocks = |kind: &str| {
            let each = value.elements().iter().enumerate();
            let list = each.map(|(index, block)| self.element(block, &parts, index, kind)).collect();
            Resolved { range: value.range.clone(), kind: ResolvedKind::List(list) }
        };
        if name == "artifact_store" {
            return self.stores(value, unknown, written);
        }
        if matches!(name, "input_artifacts" | "output_artifacts") {
            let named = |artifact: Resolved| {
                let member = Member { name: "Name".to_owned(), key: artifact.range.clone(), value: artifact.clone() };
                map(artifact.range, vec![member])
            };
            let list = self.plain(value, unknown, written, name);
            if !matches!(list.kind, ResolvedKind::List(_)) {
                return (pascal(name), list);
            }
            let artifacts = list.elements().iter().cloned().map(named).collect();
            return (pascal(name), Resolved { range: list.range, kind: ResolvedKind::List(artifacts) });
        }
        if let Some(plural) = list_of(name) {
            return (plural.to_owned(), blocks(name));
        }
        if matches!(name, "push" | "pull_request") {
            return (pascal(name), blocks(name));
        }
        let single = SINGLE.contains(&name) || name == "tags" && kind == "push";
        match value.elements().first().filter(|_| single) {
            Some(block) => (pascal(name), self.element(block, &parts, 0, name)),
            None => (pascal(name), self.plain(value, unknown, written, name)),
        }
    }

    /// A block of a list.
    fn element(&self, block: &Node, parts: &Parts<'_>, index: usize, kind: &str) -> Resolved {
        match parts.at(index) {
            Some(mark) if is_marked(mark) => self.open(&parts.values.range, kind, None),
            mark => self.read(block, mark, parts.of(index), kind),
        }
    }

    /// One store, or one for each Region.
    fn stores(&self, value: &Node, unknown: Option<&Node>, written: Option<&Node>) -> (String, Resolved) {
        let parts = Parts { values: value, unknown, written };
        let mut stores = Vec::new();
        let mut regions = Vec::new();
        let several = value.elements().len() > 1;
        for (index, store) in value.elements().iter().enumerate() {
            let open = parts.at(index).and_then(|unknown| unknown.get("region")).is_some_and(is_marked);
            let region = match store.get("region").filter(|region| !is_unset(region)) {
                Some(region) => Some(self.plain(region, None, None, "region")),
                None if open && several => Some(self.open(&store.range, "region", None)),
                None => None,
            };
            let mut read = self.element(store, &parts, index, "artifact_store");
            if let ResolvedKind::Map(members) = &mut read.kind {
                members.list.retain(|member| member.name != "Region");
            }
            if several && !matches!(read.kind, ResolvedKind::Map(_)) {
                regions.push(false);
                stores.push((read.clone(), read));
                continue;
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
    fn plain(&self, value: &Node, unknown: Option<&Node>, written: Option<&Node>, name: &str) -> Resolved {
        if unknown.is_some_and(is_marked) {
            return self.open(&value.range, name, written);
        }
        let kind = match &value.kind {
            NodeKind::Null => ResolvedKind::Null,
            NodeKind::Bool(boolean) => ResolvedKind::Bool(*boolean),
            NodeKind::Number(text) => ResolvedKind::Number(text.clone()),
            NodeKind::Text(text) => ResolvedKind::Text(text.clone()),
            NodeKind::List(elements) => {
                let open = |index: usize| unknown.and_then(|unknown| unknown.elements().get(index));
                let each = elements.iter().enumerate();
                ResolvedKind::List(each.map(|(index, value)| self.plain(value, open(index), None, name)).collect())
            }
            NodeKind::Map(entries) => {
                let open = |name: &str| unknown.and_then(|unknown| unknown.get(name));
                let is_open = |entry: &&Entry| is_marked(&entry.value);
                let count = unknown.into_iter().flat_map(Node::entries).filter(is_open).count();
                // A map is one expression; what it refers to is what its only open value does.
                let written = written.filter(|_| count == 1);
                let mut list: Vec<Member> = entries
                    .iter()
                    .filter(|entry| !matches!(entry.value.kind, NodeKind::Null) || open(&entry.name).is_none())
                    .map(|entry| Member {
                        name: entry.name.clone(),
                        key: entry.key.clone(),
                        value: self.plain(&entry.value, open(&entry.name), written, &entry.name),
                    })
                    .collect();
                let missing =
                    unknown.into_iter().flat_map(Node::entries).filter(|entry| value.get(&entry.name).is_none());
                list.extend(missing.map(|entry| Member {
                    name: entry.name.clone(),
                    key: value.range.clone(),
                    value: self.open(&value.range, &entry.name, written),
                }));
                ResolvedKind::Map(Members { list, open: false })
            }
        };
        Resolved { range: value.range.clone(), kind }
    }
}

/// The blocks of a list, what is not known of them, and how they are written.
struct Parts<'n> {
    values: &'n Node,
    unknown: Option<&'n Node>,
    written: Option<&'n Node>,
}

impl<'n> Parts<'n> {
    fn at(&self, index: usize) -> Option<&'n Node> {
        self.unknown?.elements().get(index)
    }

    /// How a block is written, where none is made by a `dynamic` block, which is not there.
    fn of(&self, index: usize) -> Option<&'n Node> {
        let written = self.written?.elements();
        written.get(index).filter(|_| written.len() == self.values.elements().len())
    }
}

fn map(range: Range<usize>, list: Vec<Member>) -> Resolved {
    Resolved { range, kind: ResolvedKind::Map(Members { list, open: false }) }
}

/// True if the value is not set.
fn is_unset(value: &Node) -> bool {
    match &value.kind {
        NodeKind::Null => true,
        NodeKind::Text(text) => text.is_empty(),
        NodeKind::List(elements) => elements.is_empty(),
        _ => false,
    }
}

/// True for a number that is not given: a state has a zero for it.
fn is_zero(entry: &Entry) -> bool {
    matches!(entry.name.as_str(), "run_order" | "timeout_in_minutes") && entry.value.scalar() == Some("0")
}
