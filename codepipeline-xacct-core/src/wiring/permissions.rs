//! What the role of an action has to be allowed to do, on the resources that the action names.

use crate::catalogue::{self, ConfigurationKey, Permission};
use crate::declaration::fixed::SECRET_VARIABLE_TYPE;
use crate::declaration::references::replaced;
use crate::declaration::{ActionDeclaration, RuleDeclaration};
use crate::ids::AccountId;
use crate::topology::items::Pipeline;

/// A permission that an action needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed {
    /// IAM actions.
    pub actions: &'static [&'static str],
    /// Resources; a `#{…}` reference becomes a `*`, as its value is only known when the action runs.
    pub resources: Vec<String>,
    /// True if there are more, which only a reference, a task definition or the like names.
    pub unnamed: bool,
    /// Operator, key and values of the condition under which AWS documents it.
    pub condition: Option<(&'static str, String, Vec<String>)>,
}

/// The permissions that an action needs; `None` if they are not documented precisely enough.
pub fn permissions(
    known: &'static catalogue::ActionProvider,
    pipeline: &Pipeline,
    action: &ActionDeclaration,
    account: &AccountId,
) -> Option<Vec<Needed>> {
    needed(known.permissions, known.known_keys(), pipeline, action, account)
}

/// The permissions that the rule of a condition needs; `None` where they are not documented.
pub(super) fn permissions_of_rule(
    known: &'static catalogue::RuleProvider,
    pipeline: &Pipeline,
    rule: &RuleDeclaration,
    account: &AccountId,
) -> Option<Vec<Needed>> {
    // As for permissions, a rule is an action without output artifacts.
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
    permissions: Option<&'static [Permission]>,
    keys: &[ConfigurationKey],
    pipeline: &Pipeline,
    action: &ActionDeclaration,
    account: &AccountId,
) -> Option<Vec<Needed>> {
    let region = action.region.as_deref().unwrap_or_else(|| pipeline.arn.region().as_str());
    let fill = |template: &str| {
        let text = template
            .replace("{partition}", pipeline.arn.partition().as_str())
            .replace("{region}", region)
            .replace("{account}", account.as_str())
            .replace("{pipeline}", pipeline.arn.name().as_str());
        fill_keys(text, action)
    };
    let permissions = permissions?.iter().filter(|p| p.is_needed(action, keys));
    let needed = permissions.map(|permission| {
        let filled = permission.resources.iter().flat_map(|template| match *template {
            "*" => vec![Some("*".to_owned())],
            template => fill(template).into_iter().map(|r| Some(r).filter(|r| r.starts_with("arn:"))).collect(),
        });
        let filled: Vec<Option<String>> = filled.collect();
        Needed {
            actions: permission.actions,
            unnamed: filled.iter().any(Option::is_none),
            resources: filled.into_iter().flatten().collect(),
            condition: permission.condition.map(|(operator, key, values)| {
                (operator, fill(key).concat(), values.iter().flat_map(|value| fill(value)).collect())
            }),
        }
    });
    Some(needed.chain(secret_permission(pipeline, action, account, region)).collect())
}

/// Puts the values of configuration keys into a template; a list gives a resource for each of its entries.
fn fill_keys(template: String, action: &ActionDeclaration) -> Vec<String> {
    let mut texts = vec![template];
    for (key, value) in action.configuration.iter().flatten() {
        let (plain, execution) = (format!("{{{key}}}"), format!("{{{key}:execution}}"));
        if !texts.iter().any(|t| t.contains(&plain) || t.contains(&execution)) {
            continue;
        }
        let value = replaced(value, |_| Some("*".to_owned()));
        texts = texts
            .iter()
            .flat_map(|text| {
                value.split(',').map(str::trim).map(|value| {
                    // Executions have the name of their state machine in their ARN.
                    text.replace(&plain, value).replace(&execution, &value.replace(":stateMachine:", ":execution:"))
                })
            })
            .collect();
    }
    texts
}

/// Reading the secrets that environment variables name. Source: CodePipeline User Guide, "Commands action reference".
fn secret_permission(
    pipeline: &Pipeline,
    action: &ActionDeclaration,
    account: &AccountId,
    region: &str,
) -> Option<Needed> {
    let secrets = action.environment_variables.iter().flatten();
    let resources: Vec<String> = secrets
        .filter(|v| v.r#type.as_deref() == Some(SECRET_VARIABLE_TYPE))
        .map(|variable| {
            let name = replaced(&variable.value, |_| Some("*".to_owned()));
            if name.starts_with("arn:") {
                return name;
            }
            // The service adds six characters to the name of a secret.
            format!("arn:{}:secretsmanager:{region}:{account}:secret:{name}-??????", pipeline.arn.partition())
        })
        .collect();
    if resources.is_empty() {
        return None;
    }
    Some(Needed { actions: &["secretsmanager:GetSecretValue"], resources, unnamed: false, condition: None })
}
