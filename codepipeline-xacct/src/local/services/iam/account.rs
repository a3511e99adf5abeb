//! What IAM says about an account.

use super::request::IamRequest;
use crate::local::refusal::Refusal;
use crate::local::services::query::{Page, texts};
use crate::local::store::Store;
use crate::local::wire::element;

impl IamRequest<'_> {
    /// Accounts of local AWS have no alias.
    pub(super) fn list_aliases(&self, store: &mut Store) -> Result<String, Refusal> {
        let page = Page::of(self.parameters)?;
        store.account(&self.account)?;
        let (_, end) = page.take(Vec::<String>::new(), String::clone);
        Ok(texts("AccountAliases", []) + &end)
    }

    /// How much the account has of what local AWS knows; of the rest it has nothing.
    pub(super) fn summary(&self, store: &mut Store) -> Result<String, Refusal> {
        let account = store.account(&self.account)?;
        let versions = account.policies.values().map(|policy| policy.versions.len()).sum();
        let counts =
            [("Roles", account.roles.len()), ("Policies", account.policies.len()), ("PolicyVersionsInUse", versions)];
        let entry = |(key, value): (&str, usize)| {
            format!("<entry>{}{}</entry>", element("key", key), element("value", &value.to_string()))
        };
        Ok(format!("<SummaryMap>{}</SummaryMap>", counts.map(entry).concat()))
    }
}
