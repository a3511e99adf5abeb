//! The pipelines of templates in the one way that is imported: with what the user says about them, and with what is written for them.

use std::collections::{BTreeSet, HashSet};

use super::conditions::made;
use super::declaration::Open;
use super::document::{PIPELINE, Resource, Template, default};
use super::node::{Entry, Node};
use super::resolve::{Assignment, GivenValues, conditions, depends_on, is_within, own};
use super::set::TemplateSet;
use crate::core::check::symbol::name_of;
use crate::core::check::unknown::is_unknown;
use crate::core::declaration::secrets::looks_secret;
use crate::files::source_file::SourceFile;

/// A pipeline of a template.
#[derive(Debug)]
pub(crate) struct Chosen {
    pub(crate) source: SourceFile,
    /// Conditions that are taken to hold, since it is not known whether they do.
    pub(crate) assumed: Vec<String>,
    /// What these depend on.
    pub(crate) symbols: BTreeSet<String>,
}

/// Something about a place in a template.
#[derive(Debug, Clone)]
pub(crate) struct Remark {
    /// `file:line:column`
    pub(crate) at: String,
    pub(crate) message: String,
}

impl TemplateSet<'_> {
    /// The pipelines of all templates, and what is not made since conditions decide so.
    pub(crate) fn chosen(&self) -> (Vec<Chosen>, Vec<Remark>) {
        let (mut chosen, mut absent) = (Vec::new(), Vec::new());
        for (index, template) in self.templates.iter().enumerate() {
            let decided = self.decided(index);
            for pipeline in template.of_kind(PIPELINE) {
                match made(pipeline, &decided) {
                    Ok(()) => {
                        left_out(pipeline.node, &decided, &mut |part, why| {
                            let what = part.get("Name").and_then(Node::text);
                            let what = what.map_or("this".to_owned(), |name| format!("`{name}`"));
                            absent.push(template.remark(&part.range, format!("{what} is left out: {why}")));
                        });
                        chosen.push(self.choose(index, template, pipeline, decided.clone()));
                    }
                    Err(condition) => absent.push(template.remark(
                        pipeline.key,
                        format!("pipeline `{}` is not made: condition `{condition}` does not hold", pipeline.id),
                    )),
                }
            }
        }
        (chosen, absent)
    }

    fn choose(&self, index: usize, template: &Template, pipeline: Resource<'_>, mut assignment: Assignment) -> Chosen {
        let mut named = HashSet::new();
        conditions(pipeline.node, &mut named);
        named.extend(pipeline.node.get("Condition").and_then(Node::text));
        let mut assumed: Vec<String> =
            named.into_iter().filter(|name| !assignment.contains_key(*name)).map(str::to_owned).collect();
        assumed.sort_unstable();
        let none = Assignment::new();
        let resolver = self.resolver(index, &none);
        let symbols = assumed.iter().flat_map(|name| resolver.symbols_of_condition(name)).collect();
        assignment.extend(assumed.iter().map(|name| (name.clone(), true)));
        Chosen { source: self.way(index, template, pipeline, &assignment, Open::Kept), assumed, symbols }
    }

    /// The defaults of the parameters that are among some symbols, with a remark on each.
    pub(crate) fn defaults(&self, symbols: &BTreeSet<String>) -> (GivenValues, Vec<Remark>) {
        let (mut said, mut remarks) = (GivenValues::new(), Vec::new());
        for (index, template, entry) in self.parameters() {
            let name = &entry.name;
            let within =
                |symbol: &String| is_within(symbol, index) && depends_on(&name_of(symbol)).contains(&name.as_str());
            if !symbols.contains(&own(index, name)) && !symbols.iter().any(within) {
                continue;
            }
            let stands =
                |value: &&str| !value.is_empty() || !template.root.get("Resources").is_some_and(|r| is_whole(r, name));
            let is_plain = |value: &&str| !looks_secret(name, value);
            if let Some(value) = default(&entry.value).filter(stands).filter(is_plain) {
                remarks.push(template.written_out(entry, &format!("its default `{value}`")));
                said.insert((index, name.clone()), value.to_owned());
            }
        }
        (said, remarks)
    }

    /// The parameters for accounts whose defaults are not those of the templates that are there.
    pub(crate) fn other_accounts(&self) -> Vec<Remark> {
        let mut remarks = Vec::new();
        for (index, template, entry) in self.parameters() {
            let account = self.alike.get(&own(index, &entry.name)).filter(|account| !is_unknown(account));
            let is_said = self.said.contains_key(&(index, entry.name.clone()));
            let account = account.filter(|_| !is_said);
            let Some((account, default)) = account.zip(default(&entry.value)) else { continue };
            if account != default {
                let what = format!(
                    "`{account}`, the account of the template with the role that is named with it, and not as its default `{default}`"
                );
                remarks.push(template.written_out(entry, &what));
            }
        }
        remarks
    }

    /// The parameters of all templates, each with its template.
    fn parameters(&self) -> impl Iterator<Item = (usize, &Template, &Entry)> {
        self.templates.iter().enumerate().flat_map(|(index, template)| {
            let parameters = template.root.get("Parameters").into_iter().flat_map(Node::entries);
            parameters.map(move |entry| (index, template, entry))
        })
    }
}

impl Template {
    /// That a parameter is not kept as one.
    fn written_out(&self, Entry { name, key, .. }: &Entry, what: &str) -> Remark {
        let message = format!("`{name}` is written out as {what}: give `--parameter {name}=…` for another value");
        self.remark(key, message)
    }

    pub(super) fn remark(&self, range: &std::ops::Range<usize>, message: String) -> Remark {
        Remark { at: self.source.at(range.start), message }
    }
}

/// The alternatives with parts of a pipeline that decided conditions don't take.
fn left_out(node: &Node, decided: &Assignment, found: &mut impl FnMut(&Node, String)) {
    for entry in node.entries() {
        let taken = match entry.value.elements() {
            [condition, then, otherwise] if entry.name == "Fn::If" => {
                let name = condition.text().unwrap_or_default();
                decided.get(name).map(|holds| match holds {
                    true => (then, otherwise, format!("condition `{name}` holds")),
                    false => (otherwise, then, format!("condition `{name}` does not hold")),
                })
            }
            _ => None,
        };
        let Some((taken, other, why)) = taken else {
            left_out(&entry.value, decided, found);
            continue;
        };
        let is_part = other.get("Ref").is_none() && !(other.entries().is_empty() && other.elements().is_empty());
        if is_part {
            found(other, why);
        }
        left_out(taken, decided, found);
    }
    node.elements().iter().for_each(|element| left_out(element, decided, found));
}

/// Whether a parameter is the whole of a value somewhere. Where it is empty by default, its template asks for one.
fn is_whole(node: &Node, parameter: &str) -> bool {
    let is = |value: &Node| value.get("Ref").and_then(Node::text) == Some(parameter) || is_whole(value, parameter);
    node.entries()
        .iter()
        .filter(|entry| entry.name == "Fn::If" || !entry.name.starts_with("Fn::"))
        .any(|entry| is(&entry.value))
        || node.elements().iter().any(is)
}
