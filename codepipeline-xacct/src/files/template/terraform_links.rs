//! Links in the configuration of a Terraform plan: which resource an argument refers to, and which provider makes a resource.

use super::node::{Node, NodeKind};
use super::resolve::FOLLOWED;
use super::terraform_address::{Step, base, fits, joined, key, local, modules, names, path, prefix, steps, written};
use super::terraform_resources::Planned;

/// The configuration of a plan; a state has none.
#[derive(Clone, Copy)]
pub(super) struct Links<'n> {
    configuration: Option<&'n Node>,
    /// The variables of the root module.
    variables: Option<&'n Node>,
}

/// Resources whose `id` is a name that they are given.
const IDS: [(&str, &str); 2] = [("aws_codecommit_repository", "repository_name"), ("aws_s3_bucket", "bucket")];

/// What a reference begins with that is not to a resource.
const OTHERS: [&str; 8] = ["local", "data", "each", "count", "path", "self", "terraform", "module"];
/// The instance that something is, in its own arguments.
const INDICES: [&str; 3] = ["each.key", "each.value", "count.index"];

/// A resource that an argument refers to, and one of its attributes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The address, without a key where the reference has none.
    pub(super) address: String,
    pub(super) attribute: String,
    /// Whether its key is `each.key` or such: the configuration then has neither the key nor the attribute.
    pub(super) is_indexed: bool,
}

impl Target {
    /// The name that the attribute is, if a plan has it.
    pub(super) fn name<'n>(&self, resources: &[Planned<'n>]) -> Option<&'n str> {
        let (kind, name) = IDS.iter().find(|(kind, _)| self.attribute == "id" && is_of(&self.address, kind))?;
        let mut found = resources.iter().filter(|one| one.kind == *kind && fits(&self.address, one.address));
        found.next().filter(|_| found.next().is_none())?.text(name)
    }

    /// Whether it is the ARN of what it refers to, in an argument that is one.
    pub(super) fn is_arn(&self) -> bool {
        self.attribute == "arn" || self.is_indexed
    }
}

/// Whether an address, in a module or not, is that of a resource of a type.
fn is_of(address: &str, kind: &str) -> bool {
    steps(address).iter().rev().nth(1).is_some_and(|step| step.name == kind)
}

impl<'n> Links<'n> {
    pub(super) fn of(root: &'n Node) -> Self {
        Self { configuration: root.get("configuration"), variables: root.get("variables") }
    }

    /// The module at a path of names.
    pub(super) fn module(&self, path: &[String]) -> Option<&'n Node> {
        let root = self.configuration?.get("root_module")?;
        path.iter().try_fold(root, |module, name| module.get("module_calls")?.get(name)?.get("module"))
    }

    /// The resource as the configuration writes it.
    fn resource(&self, planned: &Planned<'_>) -> Option<&'n Node> {
        let local = base(&local(planned.address));
        let resources = self.module(&path(planned.module))?.get("resources")?;
        resources.elements().iter().find(|resource| resource.get("address").and_then(Node::text) == Some(&local))
    }

    /// The arguments of a resource as they are written.
    pub(super) fn expressions(&self, planned: &Planned<'_>) -> Option<&'n Node> {
        self.resource(planned)?.get("expressions")
    }

    /// The provider that makes a resource: `aws`, or with its alias `aws.prod`.
    pub(super) fn provider(&self, planned: &Planned<'_>) -> Option<&'n str> {
        match self.resource(planned) {
            Some(resource) => resource.get("provider_config_key")?.text(),
            // Where the configuration is left out, it is the only one that there is.
            None => {
                let mut providers = self.providers().filter(|key| *key == "aws" || key.starts_with("aws."));
                providers.next().filter(|_| providers.next().is_none())
            }
        }
    }

    /// The providers that the configuration writes.
    pub(super) fn providers(&self) -> impl Iterator<Item = &'n str> {
        let written = self.configuration.and_then(|configuration| configuration.get("provider_config"));
        written.into_iter().flat_map(Node::entries).map(|entry| entry.name.as_str())
    }

    /// An argument of a provider.
    pub(super) fn argument(&self, provider: &str, name: &str) -> Option<&'n Node> {
        self.configuration?.get("provider_config")?.get(provider)?.get("expressions")?.get(name)
    }

    /// The Region of a provider, where it is written out.
    pub(super) fn region(&self, provider: &str) -> Option<&'n str> {
        self.argument(provider, "region").and_then(|region| self.constant(provider, region))?.text()
    }

    /// The value of an expression of a provider that is written out, or only has a variable in it: the value of that.
    pub(super) fn constant(&self, provider: &str, expression: &'n Node) -> Option<&'n Node> {
        if let Some(constant) = expression.get("constant_value") {
            return Some(constant);
        }
        // The variables of a module are not those of the root.
        let config = self.configuration?.get("provider_config")?.get(provider)?;
        let variable = only(expression)?.strip_prefix("var.").filter(|_| config.get("module_address").is_none())?;
        self.variables?.get(variable)?.get("value")
    }

    /// What an argument refers to, if that is one attribute of one resource.
    pub(super) fn target(&self, planned: &Planned<'_>, expression: &Node) -> Option<Target> {
        let own = self.resource(planned).map(|written| Own { key: key(planned.address), written });
        self.follow(&modules(planned.module), own, expression, FOLLOWED)
    }

    /// `modules`: the instance of the module that the expression is in. `own`: of what it is an argument.
    fn follow(&self, modules: &[Step<'_>], own: Option<Own<'_>>, expression: &Node, further: usize) -> Option<Target> {
        let further = further.checked_sub(1)?;
        let (reference, index) = match only(expression) {
            Some(reference) => (reference, None),
            None => indexed(expression).and_then(|(reference, by)| Some((reference, Some(self.index(own?, by)?))))?,
        };
        let steps = steps(reference);
        match steps.as_slice() {
            [var, argument, ..] if var.name == "var" => {
                let (call, parents) = modules.split_last()?;
                let written = self.module(&names(parents))?.get("module_calls")?.get(call.name)?;
                let argument = written.get("expressions")?.get(argument.name)?;
                self.follow(parents, Some(Own { key: call.key, written }), argument, further)
            }
            [module, call, output, ..] if module.name == "module" => {
                let modules: Vec<Step<'_>> = modules.iter().copied().chain([*call]).collect();
                let output = self.module(&names(&modules))?.get("outputs")?.get(output.name)?;
                self.follow(&modules, None, output.get("expression")?, further)
            }
            [first, ..] if OTHERS.contains(&first.name) => None,
            [kind, resource, attribute @ ..] => {
                let resource = Step { key: resource.key.or(index), ..*resource };
                let address = format!("{}{}.{}", prefix(modules), kind.name, written(resource));
                Some(Target { address, attribute: joined(attribute), is_indexed: index.is_some() })
            }
            _ => None,
        }
    }

    /// The key that `each.key`, `each.value` or `count.index` is.
    fn index<'o>(&self, own: Own<'o>, by: &str) -> Option<&'o str> {
        // The values of a set are its keys; those of a map are others.
        let is_key = by != "each.value" || own.written.get("for_each_expression").is_some_and(|of| self.is_set(of));
        own.key.filter(|_| is_key)
    }

    /// Whether an expression for `for_each` is known to be a set.
    fn is_set(&self, expression: &Node) -> bool {
        let constant = expression.get("constant_value");
        let variable = || self.variables?.get(only(expression)?.strip_prefix("var.")?)?.get("value");
        match constant.or_else(variable) {
            Some(value) => matches!(value.kind, NodeKind::List(_)),
            // A function of constants: `toset` mostly.
            None => expression.get("references").is_none(),
        }
    }
}

/// What an expression is an argument of: its key, and how it is written.
#[derive(Clone, Copy)]
struct Own<'o> {
    key: Option<&'o str>,
    written: &'o Node,
}

/// The reference of an expression with only one; the others are what it goes through.
pub(super) fn only(expression: &Node) -> Option<&str> {
    let mut references = expression.get("references")?.elements().iter().filter_map(Node::text);
    let first = references.next()?;
    references.all(|other| first.starts_with(other)).then_some(first)
}

/// The resource of an expression with only one, whose key is the other reference: `aws_iam_role.start[each.key].arn` has no more than
/// `aws_iam_role.start` and `each.key`.
fn indexed(expression: &Node) -> Option<(&str, &str)> {
    let references: Vec<&str> = expression.get("references")?.elements().iter().filter_map(Node::text).collect();
    let [reference, by] = references.as_slice() else { return None };
    let is_whole = matches!(steps(reference).as_slice(), [_, resource] if resource.key.is_none());
    (is_whole && INDICES.contains(by)).then_some((*reference, *by))
}
