//! What IAM refuses in a policy document, with its messages.

use indexmap::IndexMap;

use crate::core::ids::{AccountId, RoleArn, split_arn};
use crate::core::policy::{Document, Principal, Texts};
use crate::local::refusal::Refusal;
use crate::local::store::Store;

/// What IAM refuses in a trust policy.
pub(super) fn checked_trust(store: &Store, text: &str) -> Result<Document, Refusal> {
    let document = parsed(text)?;
    for statement in &document.statements {
        if statement.resource.is_some() || statement.not_resource.is_some() {
            return Err(malformed("Has prohibited field Resource"));
        }
        if statement.not_principal.is_some() {
            return Err(malformed("AssumeRole policy must not contain NotPrincipal field."));
        }
        let actions = statement.action.as_ref().or(statement.not_action.as_ref());
        if !actions.is_some_and(|a| a.iter().all(|a| a.to_lowercase().starts_with("sts:"))) {
            return Err(malformed("AssumeRole policy may only specify STS AssumeRole actions."));
        }
        match &statement.principal {
            None => return Err(malformed("Missing required field Principal")),
            Some(Principal::Everyone(_)) => return Err(malformed("Invalid principal in policy: \"AWS\":\"*\"")),
            Some(Principal::Map(map)) => check_principals(store, map)?,
        }
    }
    Ok(document)
}

/// A principal that doesn't exist is refused on save.
fn check_principals(store: &Store, map: &IndexMap<String, Texts>) -> Result<(), Refusal> {
    for (kind, texts) in map {
        for text in texts.iter() {
            let exists = match kind.as_str() {
                "AWS" => principal_exists(store, text),
                "Service" => text.ends_with(".amazonaws.com"),
                _ => return Err(Refusal::unsupported(&format!("principals of kind `{kind}`"))),
            };
            if !exists {
                let kind = if kind == "Service" { "SERVICE" } else { "AWS" };
                return Err(malformed(&format!("Invalid principal in policy: \"{kind}\":\"{text}\"")));
            }
        }
    }
    Ok(())
}

fn principal_exists(store: &Store, text: &str) -> bool {
    let account_exists = |id: &str| id.parse().is_ok_and(|id: AccountId| store.accounts.contains_key(&id));
    if text == "*" || account_exists(text) {
        return true;
    }
    if let Ok(arn) = text.parse::<RoleArn>() {
        return store.role(&arn).is_some();
    }
    split_arn(text).is_some_and(|arn| arn.service == "iam" && arn.resource == "root" && account_exists(arn.account))
}

fn malformed(message: &str) -> Refusal {
    Refusal::new("MalformedPolicyDocument", message)
}

fn parsed(text: &str) -> Result<Document, Refusal> {
    if serde_json::from_str::<serde_json::Value>(text).is_err() {
        return Err(malformed("This policy contains invalid Json"));
    }
    let document = Document::from_json(text).map_err(|_| malformed("Syntax errors in policy."))?;
    let mut sids: Vec<&str> =
        document.statements.iter().filter_map(|s| s.sid.as_deref()).filter(|s| !s.is_empty()).collect();
    sids.sort_unstable();
    if sids.windows(2).any(|pair| pair.first() == pair.last()) {
        return Err(malformed("Statement IDs (SID) in a single policy must be unique."));
    }
    Ok(document)
}

/// What IAM refuses in an identity policy.
pub(super) fn check_identity(text: &str) -> Result<(), Refusal> {
    let document = parsed(text)?;
    for statement in &document.statements {
        if statement.principal.is_some() || statement.not_principal.is_some() {
            return Err(malformed("Policy document should not specify a principal."));
        }
        let resources = statement.resource.as_ref().or(statement.not_resource.as_ref());
        let Some(resources) = resources else { return Err(malformed("Policy statement must contain resources.")) };
        if let Some(resource) = resources.iter().find(|r| *r != "*" && !r.starts_with("arn:")) {
            return Err(malformed(&format!("Resource {resource} must be in ARN format or \"*\".")));
        }
        if statement.action.is_none() && statement.not_action.is_none() {
            return Err(malformed("Policy statement must contain actions."));
        }
    }
    Ok(())
}
