//! What IAM refuses in a policy document: what [`accept`] refuses, and principals that don't exist.

use indexmap::IndexMap;

use super::refusals::quota;
use crate::core::arns::SessionArn;
use crate::core::ids::{AccountId, Partition, RoleArn, split_arn};
use crate::core::policy::evaluate::ADMINISTRATOR;
use crate::core::policy::quota::{MANAGED_POLICY, TRUST_POLICY, size};
use crate::core::policy::validate::{IamError, accept};
use crate::core::policy::{Document, DocumentKind, Principal, Texts, is_service_principal};
use crate::local::refusal::Refusal;
use crate::local::store::Store;

/// Accepts a trust policy as IAM does.
pub(super) fn checked_trust(store: &Store, text: &str, partition: &Partition) -> Result<Document, Refusal> {
    let document = accept(text, DocumentKind::Trust, partition)?;
    for statement in &document.statements {
        if let Some(Principal::Map(map)) = &statement.principal {
            check_principals(store, map)?;
        }
    }
    if size(text) > TRUST_POLICY {
        return Err(quota("ACLSizePerRole", TRUST_POLICY));
    }
    Ok(document)
}

/// A principal that doesn't exist is refused on save.
fn check_principals(store: &Store, map: &IndexMap<String, Texts>) -> Result<(), Refusal> {
    for (kind, texts) in map {
        for text in texts.iter() {
            let exists = match kind.as_str() {
                "AWS" => principal_exists(store, text),
                "Service" => is_service_principal(text),
                _ => return Err(Refusal::unsupported(&format!("principals of kind `{kind}`"))),
            };
            if !exists {
                return Err(IamError::invalid_principal(kind, text).into());
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
    split_arn(text).is_some_and(|arn| match arn.service {
        "iam" => {
            let administrator = arn.resource.strip_prefix("user/") == Some(ADMINISTRATOR);
            (arn.resource == "root" || administrator) && account_exists(arn.account)
        }
        "sts" => session_role_exists(store, text),
        _ => false,
    })
}

/// The session of a role is a principal while the role is there, whether or not it has been assumed.
/// Source: IAM User Guide, "AWS JSON policy elements: Principal".
fn session_role_exists(store: &Store, text: &str) -> bool {
    let Some(session) = SessionArn::parse(text) else { return false };
    session.account.parse().is_ok_and(|account| store.role_named(&account, session.role).is_ok())
}

/// Refuses what IAM refuses in an identity policy.
pub(super) fn check_identity(text: &str) -> Result<(), Refusal> {
    // The partition only matters for principals, which it can't have.
    accept(text, DocumentKind::Identity, &Partition::aws())?;
    Ok(())
}

/// Refuses what IAM refuses in a managed policy.
pub(super) fn check_managed(text: &str) -> Result<(), Refusal> {
    check_identity(text)?;
    if size(text) > MANAGED_POLICY { Err(quota("PolicySize", MANAGED_POLICY)) } else { Ok(()) }
}

impl From<IamError> for Refusal {
    fn from(error: IamError) -> Self {
        Refusal::new(error.code, error.message)
    }
}
