//! Which keys of the actions of a pipeline are secret: by the catalogue, or as the account says of the action types that it made.

use crate::catalogue;
use crate::declaration::ActionTypeId;
use crate::declaration::secrets::is_secret;
use crate::ids::PipelineArn;
use crate::plan::input::custom_action_type::CustomActionType;
use crate::plan::input::state::{Found, State};

/// What is known about the keys of the actions of one pipeline.
pub(in crate::plan) struct SecretKeys<'a> {
    types: Option<&'a [CustomActionType]>,
}

/// Whether a value is a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::plan) enum Secrecy {
    /// It is none.
    Plain,
    /// It is one.
    Secret,
    /// The account was not asked, so it may be one.
    NotKnown,
}

impl State {
    pub(in crate::plan) fn secret_keys(&self, pipeline: &PipelineArn) -> SecretKeys<'_> {
        let found = self.custom_actions.get(pipeline.account()).and_then(|regions| regions.get(pipeline.region()));
        SecretKeys { types: found.and_then(Found::present).map(Vec::as_slice) }
    }
}

impl SecretKeys<'_> {
    /// Whether the value of a key is a secret. `of` is the type of its action; outside of configurations there is none.
    pub(in crate::plan) fn secrecy(&self, of: Option<&ActionTypeId>, key: &str) -> Secrecy {
        let known = |is_secret: bool| if is_secret { Secrecy::Secret } else { Secrecy::Plain };
        match of {
            Some(id) if matches!(id.owner.as_str(), "Custom" | "ThirdParty") && catalogue::find(id).is_none() => {
                let mut types = self.types.into_iter().flatten();
                let found = types.find(|other| other.id.to_string() == id.to_string());
                found.map_or(Secrecy::NotKnown, |found| known(found.secrets.iter().any(|secret| secret == key)))
            }
            _ => known(is_secret(key)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_decides_of_its_own_types_and_the_catalogue_of_all_others() {
        let id = |owner: &str, provider: &str| ActionTypeId::new("Build", owner, provider, "1");
        let types = [CustomActionType { id: id("Custom", "Scanner"), secrets: vec!["Pin".to_owned()] }];
        let secrecy = |keys: &SecretKeys<'_>, id: &ActionTypeId, key: &str| keys.secrecy(Some(id), key);
        let read = SecretKeys { types: Some(&types) };
        assert_eq!(secrecy(&read, &id("Custom", "Scanner"), "Pin"), Secrecy::Secret);
        assert_eq!(secrecy(&read, &id("Custom", "Scanner"), "TokenCount"), Secrecy::Plain);
        assert_eq!(secrecy(&read, &id("Custom", "Other"), "Project"), Secrecy::NotKnown);
        assert_eq!(secrecy(&read, &id("ThirdParty", "Scanner"), "Pin"), Secrecy::NotKnown);
        assert_eq!(secrecy(&read, &id("AWS", "CodeBuild"), "ProjectName"), Secrecy::Plain);
        assert_eq!(read.secrecy(None, "Pin"), Secrecy::Plain);
        let github = ActionTypeId::new("Source", "ThirdParty", "GitHub", "1");
        let not_read = SecretKeys { types: None };
        assert_eq!(secrecy(&not_read, &github, "OAuthToken"), Secrecy::Secret);
        assert_eq!(secrecy(&not_read, &github, "Branch"), Secrecy::Plain);
        assert_eq!(secrecy(&not_read, &id("Custom", "Scanner"), "Project"), Secrecy::NotKnown);
    }
}
