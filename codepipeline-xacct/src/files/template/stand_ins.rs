//! Placeholders for names of pipelines and roles that only a stack knows, so that what is imported compiles.

use std::collections::BTreeSet;

use super::document::{PIPELINE, ROLE, Template};
use super::resolve::names_behind;
use super::set::TemplateSet;
use super::terraform_resources::PIPELINE as PLANNED_PIPELINE;
use super::terraform_roles::ROLE as PLANNED_ROLE;
use crate::core::arns::iam_arn;
use crate::core::check::symbol::{Part, name_of, parts, scope_of, symbols};
use crate::core::ids::{Partition, split_arn};
use crate::files::source_file::SourceFile;

/// The only one of what CloudFormation knows of a stack that is a part of names.
const STACK: &str = "AWS::StackName";
const IMPORT: &str = "Fn::ImportValue ";

/// A placeholder for an unknown name.
#[derive(Debug, Clone)]
pub(crate) struct StandIn {
    /// Which template, and what it calls it.
    pub(crate) key: (usize, String),
    pub(crate) value: String,
    /// Whether CloudFormation makes the name, so that no document writes it out.
    pub(crate) made: bool,
    /// Whether the output of the AWS CLI for the stack has it.
    pub(crate) in_stack: bool,
    /// `file:line:column`
    pub(crate) at: String,
}

impl TemplateSet<'_> {
    /// Names for the roles and pipelines among some symbols, for these pipelines, and for their service roles.
    pub(crate) fn stand_ins(&self, needed: &BTreeSet<String>, pipelines: &[SourceFile]) -> Vec<StandIn> {
        let mut found: Vec<StandIn> = needed.iter().filter_map(|symbol| self.of_resource(symbol)).collect();
        for pipeline in pipelines {
            let Some(part) = pipeline.in_template() else { continue };
            let Some(index) = self.templates.iter().position(|one| one.name() == pipeline.name()) else { continue };
            let of_name = |symbol: &str| self.of_name(symbol, index);
            let text = |member: &str| pipeline.declaration().get(member).and_then(serde_json::Value::as_str);
            found.extend(text("name").into_iter().flat_map(symbols).flat_map(of_name));
            let Some(role) = text("roleArn") else { continue };
            match (parts(role).as_slice(), &part.home.account, split_arn(role)) {
                ([Part::Symbol(symbol)], Some(account), _) => {
                    let partition = part.home.region.as_ref().map_or_else(Partition::aws, Partition::of_region);
                    let arn = |name: String| iam_arn(partition.as_str(), account.as_str(), &format!("role/{name}"));
                    let whole = of_name(symbol).into_iter().filter(|name| name.key.1 == name_of(symbol));
                    found.extend(whole.map(|name| StandIn { value: arn(name.value.clone()), ..name }));
                }
                (_, _, Some(arn)) => found.extend(symbols(arn.resource).flat_map(of_name)),
                _ => {}
            }
        }
        found
    }

    fn template_of(&self, symbol: &str) -> Option<(usize, &Template)> {
        let scope = scope_of(symbol);
        let index = scope.split('@').next()?.parse().ok()?;
        Some((index, self.templates.get(index)?))
    }

    /// The logical id of a role or a pipeline, for the name that CloudFormation makes.
    fn of_resource(&self, symbol: &str) -> Option<StandIn> {
        let (index, template) = self.template_of(symbol)?;
        let resource = template.resource(&name_of(symbol))?;
        resource.kind().filter(|kind| [PIPELINE, ROLE].contains(kind))?;
        let id = resource.id.to_owned();
        Some(StandIn {
            key: (index, id.clone()),
            value: id,
            made: true,
            in_stack: true,
            at: template.source.at(resource.key.start),
        })
    }

    /// The names of what a symbol in a name depends on. `index`: the template of what has the name.
    fn of_name(&self, symbol: &str, index: usize) -> Vec<StandIn> {
        if let Some(resource) = self.of_resource(symbol) {
            return vec![resource];
        }
        let index = self.template_of(symbol).map_or(index, |(index, _)| index);
        let name = name_of(symbol);
        names_behind(&name).into_iter().filter_map(|name| self.of_value(name, index)).collect()
    }

    /// The placeholder for a parameter, an attribute, an import or the name of the stack.
    fn of_value(&self, name: &str, index: usize) -> Option<StandIn> {
        let template = self.templates.get(index)?;
        let plain = match name.strip_prefix(IMPORT) {
            Some(import) => import,
            None if name == STACK => "StackName",
            None if name.starts_with("AWS::") || name.starts_with("Fn::") || template.hides(name) => return None,
            None => name,
        };
        let parameter = template.root.get("Parameters").and_then(|parameters| parameters.entry(name));
        let at = parameter.map_or_else(|| template.name().to_owned(), |entry| template.source.at(entry.key.start));
        Some(StandIn { key: (index, name.to_owned()), value: kebab(plain), made: false, in_stack: name == STACK, at })
    }
}

/// A placeholder for the name of a pipeline or a role of Terraform, which is called after the resource, or for a value that is its name.
pub(crate) fn stand_in_for(label: &str) -> String {
    let types = [PLANNED_PIPELINE, PLANNED_ROLE];
    let is_resource = |address: &&str| address.split('.').any(|part| types.contains(&part));
    let address = label.strip_suffix(".name").filter(is_resource).unwrap_or(label);
    let parts: Vec<&str> = address.split('.').filter(|part| *part != "module" && !types.contains(part)).collect();
    kebab(&parts.join("-"))
}

/// Small letters, digits and hyphens: it may be a part of names of other kinds too.
fn kebab(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}
