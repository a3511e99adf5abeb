//! Links in the configuration of a Terraform plan: which resource an argument refers to, and which provider makes a resource.

use super::node::Node;
use super::resolve::FOLLOWED;
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

/// A resource that an argument refers to, and one of its attributes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The address without the keys of `count` and `for_each`.
    pub(super) address: String,
    pub(super) attribute: String,
}

impl Target {
    /// The name that the attribute is, if a plan has it.
    pub(super) fn name<'n>(&self, resources: &[Planned<'n>]) -> Option<&'n str> {
        let (kind, name) = IDS.iter().find(|(kind, _)| self.attribute == "id" && is_of(&self.address, kind))?;
        let mut found = resources.iter().filter(|one| one.kind == *kind && base(one.address) == self.address);
        found.next().filter(|_| found.next().is_none())?.text(name)
    }
}

/// Whether an address, in a module or not, is that of a resource of a type.
fn is_of(address: &str, kind: &str) -> bool {
    address.rsplit('.').nth(1) == Some(kind)
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
        let address = base(planned.address);
        let local = address.strip_prefix(&base(planned.module)).map_or(address.as_str(), |l| l.trim_start_matches('.'));
        let resources = self.module(&path(planned.module))?.get("resources")?;
        resources.elements().iter().find(|resource| resource.get("address").and_then(Node::text) == Some(local))
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
        self.follow(&path(planned.module), only(expression)?, FOLLOWED)
    }

    fn follow(&self, path: &[String], reference: &str, further: usize) -> Option<Target> {
        let further = further.checked_sub(1)?;
        let plain = base(reference);
        let mut parts = plain.splitn(3, '.');
        match (parts.next()?, parts.next()?, parts.next()) {
            ("var", name, _) => {
                let (own, parents) = path.split_last()?;
                let call = self.module(parents)?.get("module_calls")?.get(own)?;
                self.follow(parents, only(call.get("expressions")?.get(name)?)?, further)
            }
            ("module", name, Some(output)) => {
                let path: Vec<String> = path.iter().cloned().chain([name.to_owned()]).collect();
                let output = self.module(&path)?.get("outputs")?.get(output)?;
                self.follow(&path, only(output.get("expression")?)?, further)
            }
            ("local" | "data" | "each" | "path" | "self", ..) => None,
            (kind, name, attribute) => {
                let module: String = path.iter().map(|name| format!("module.{name}.")).collect();
                let attribute = attribute.unwrap_or_default().to_owned();
                Some(Target { address: format!("{module}{kind}.{name}"), attribute })
            }
        }
    }
}

/// The reference of an expression with only one; the others are what it goes through.
pub(super) fn only(expression: &Node) -> Option<&str> {
    let mut references = expression.get("references")?.elements().iter().filter_map(Node::text);
    let first = references.next()?;
    references.all(|other| first.starts_with(other)).then_some(first)
}

/// An address without the keys of `count` and `for_each`.
pub(super) fn base(address: &str) -> String {
    let (mut out, mut inside, mut quoted) = (String::new(), false, false);
    for letter in address.chars() {
        match letter {
            '"' if inside => quoted = !quoted,
            '[' if !inside => inside = true,
            ']' if inside && !quoted => inside = false,
            _ if !inside => out.push(letter),
            _ => {}
        }
    }
    out
}

/// The names of the modules of an address.
pub(super) fn path(module: &str) -> Vec<String> {
    let plain = base(module);
    plain.split('.').filter(|part| !part.is_empty() && *part != "module").map(str::to_owned).collect()
}
