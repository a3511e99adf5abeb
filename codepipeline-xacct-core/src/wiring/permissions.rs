//! The permissions that the role of an action needs, on the resources that the action names.

use super::keys::{KeyName, key_name};
use super::template::{Filled, Filling};
use crate::catalogue::{self, ConfigurationKey, Permission};
use crate::declaration::fixed_values::SECRET_VARIABLE_TYPE;
use crate::declaration::references::{has_reference, replaced};
use crate::declaration::resource_suffix::Suffix;
use crate::declaration::runs_in::region_of;
use crate::declaration::{ActionDeclaration, RuleDeclaration, resource_suffix};
use crate::ids::AccountId;
use crate::policy::Statement;
use crate::topology::items::Pipeline;

/// A permission that an action needs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Needed {
    /// IAM actions.
    pub(super) actions: &'static [&'static str],
    /// Resources; a `#{…}` reference becomes a `*`, as its value is only known when the action runs.
    pub(super) resources: Vec<String>,
    /// Operator, key and values of the condition under which AWS documents it.
    pub(super) condition: Option<(&'static str, String, Vec<String>)>,
    /// Why it can't be derived; then it is not granted but offered, with the names of what has to be filled in as `<name>`.
    pub(super) underived: Option<Underived>,
    /// A `#{…}` reference is in the resources.
    pub(super) open: bool,
}

/// Why a permission can't be derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Underived {
    /// It is not documented exactly enough; the text says what.
    Undocumented(&'static str),
    /// A reference, a task definition or the like names the resource.
    Unnamed,
}

impl Needed {
    /// The statement that allows it.
    pub(super) fn statement(&self) -> Statement {
        let statement = Statement::allow(self.actions, self.resources.clone());
        match &self.condition {
            Some((operator, key, values)) => statement.when(operator, key, values),
            None => statement,
        }
    }
}

/// The permissions that an action needs.
pub(super) fn permissions(
    known: &'static catalogue::ActionProvider,
    pipeline: &Pipeline,
    action: &ActionDeclaration,
    account: &AccountId,
) -> Vec<Needed> {
    needed(known.permissions, known.known_keys(), pipeline, action, account)
}

/// The permissions that the rule of a condition needs.
pub(super) fn permissions_of_rule(
    known: &'static catalogue::RuleProvider,
    pipeline: &Pipeline,
    rule: &RuleDeclaration,
    account: &AccountId,
) -> Vec<Needed> {
    // For what it needs, a rule is an action without artifacts to make.
    let action = ActionDeclaration {
        name: rule.name.clone(),
        configuration: rule.configuration.clone(),
        region: rule.region.clone(),
        input_artifacts: rule.input_artifacts.clone(),
        ..Default::default()
    };
    needed(known.permissions, known.keys, pipeline, &action, account)
}

fn needed(
    permissions: &'static [Permission],
    keys: &[ConfigurationKey],
    pipeline: &Pipeline,
    action: &ActionDeclaration,
    account: &AccountId,
) -> Vec<Needed> {
    let filling = Filling { pipeline, action, account, region: region_of(&pipeline.arn, action.region.as_deref()) };
    let needed = permissions.iter().filter(|permission| permission.is_needed(action, keys));
    needed.flat_map(|permission| one(permission, &filling)).chain(secret_permission(&filling)).collect()
}

/// One permission: what can be derived of it, and what can't.
fn one(permission: &'static Permission, filling: &Filling<'_>) -> Vec<Needed> {
    let mut granted = Vec::new();
    let mut unnamed = Vec::new();
    let mut condition = None;
    let mut any_open = false;
    for template in permission.resources {
        if let Some(key) = template.strip_prefix('{').and_then(|t| t.strip_suffix(":key}")) {
            let text = filling.value(key).unwrap_or_default();
            any_open |= has_reference(text);
            match key_name(text, filling.pipeline.arn.partition(), filling.region, filling.account) {
                KeyName::Named(named) => {
                    condition = named.condition();
                    granted.push(named.resource);
                }
                KeyName::ManagedByAws => {}
                KeyName::Unknown => unnamed.push(format!("<{key}>")),
            }
            continue;
        }
        let Filled { texts, open, untold } = filling.fill(template);
        any_open |= open;
        // A template that is one name is an ARN as a whole.
        let is_resource = |text: &String| text == "*" && *template == "*" || text.starts_with("arn:");
        match untold || !texts.iter().all(is_resource) {
            true if open => unnamed.push(template.replace('{', "<").replace('}', ">")),
            true => unnamed.extend(texts),
            false => granted.extend(texts),
        }
    }
    if let Some((operator, key, values)) = permission.condition {
        let (key, values): (_, Vec<Filled>) = (filling.fill(key), values.iter().map(|v| filling.fill(v)).collect());
        let open = values.iter().any(|value| value.open);
        let values = values.into_iter().flat_map(|value| value.texts).collect();
        let operator = if open && operator == "StringEquals" { "StringLike" } else { operator };
        // The name of a key of the request can't be a pattern.
        if key.open {
            unnamed.append(&mut granted);
        }
        condition = Some((operator, key.texts.concat(), values));
    }
    let needed = |resources, underived| Needed {
        actions: permission.actions,
        resources,
        condition: condition.clone(),
        underived,
        open: any_open,
    };
    let lists = [(granted, permission.offered.map(Underived::Undocumented)), (unnamed, Some(Underived::Unnamed))];
    lists
        .into_iter()
        .filter(|(resources, _)| !resources.is_empty())
        .map(|(resources, underived)| needed(resources, underived))
        .collect()
}

/// Reading the secrets that environment variables name. Source: CodePipeline User Guide, "Commands action reference".
fn secret_permission(filling: &Filling<'_>) -> Option<Needed> {
    let secrets = filling.action.environment_variables.iter().flatten();
    let secrets = secrets.filter(|variable| variable.r#type.as_deref() == Some(SECRET_VARIABLE_TYPE));
    let resources: Vec<String> = secrets.flat_map(|variable| secret_resources(filling, &variable.value)).collect();
    if resources.is_empty() {
        return None;
    }
    let open = resources.iter().any(|resource| resource.contains('*'));
    Some(Needed { actions: &["secretsmanager:GetSecretValue"], resources, condition: None, underived: None, open })
}

/// What a policy calls the secret that a value names: the service adds a hyphen and six characters to the name of a secret.
fn secret_resources(filling: &Filling<'_>, reference: &str) -> Vec<String> {
    let reference = replaced(reference, |_| Some("*".to_owned()));
    let secret = resource_suffix::secret(&reference);
    if !secret.starts_with("arn:") {
        let (partition, region, account) = (filling.pipeline.arn.partition(), filling.region, filling.account);
        return vec![format!("arn:{partition}:secretsmanager:{region}:{account}:secret:{secret}-??????")];
    }
    let (written, completed) = (secret.to_owned(), format!("{secret}-??????"));
    match resource_suffix::suffix(secret) {
        // A reference may be replaced by all of it.
        _ if secret.ends_with('*') => vec![written],
        Suffix::Added => vec![written],
        Suffix::Unclear => vec![written, completed],
        Suffix::LeftOut => vec![completed],
    }
}
