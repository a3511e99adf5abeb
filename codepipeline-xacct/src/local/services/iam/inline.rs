//! Inline policies of roles.

use super::documents::check_identity;
use super::refusals::{limit, no_role_policy};
use super::request::IamRequest;
use super::responses::encoded;
use crate::core::policy::quota::{INLINE_POLICIES, size};
use crate::local::refusal::Refusal;
use crate::local::services::query::{Page, check_length, check_name, texts};
use crate::local::store::Store;
use crate::local::wire::element;

impl IamRequest<'_> {
    pub(super) fn put_role_policy(&self, store: &mut Store) -> Result<String, Refusal> {
        let (name, document) = (self.required("PolicyName")?, self.required("PolicyDocument")?);
        check_length(name, "PolicyName", 1, 128)?;
        check_name(name, "PolicyName")?;
        let role = self.changed_role(store)?;
        check_identity(document)?;
        let others: usize = role.inline.iter().filter(|(other, _)| *other != name).map(|(_, text)| size(text)).sum();
        if others + size(document) > INLINE_POLICIES {
            let role = role.arn.name();
            return Err(limit(format!("Maximum policy size of {INLINE_POLICIES} bytes exceeded for role {role}")));
        }
        role.inline.insert(name.to_owned(), document.to_owned());
        Ok(String::new())
    }

    pub(super) fn get_role_policy(&self, store: &Store) -> Result<String, Refusal> {
        let name = self.required("PolicyName")?;
        let role = self.role(store)?;
        let document = role.inline.get(name).ok_or_else(|| no_role_policy(name))?;
        Ok([
            element("RoleName", role.arn.name().as_str()),
            element("PolicyName", name),
            element("PolicyDocument", &encoded(document)),
        ]
        .concat())
    }

    pub(super) fn delete_role_policy(&self, store: &mut Store) -> Result<String, Refusal> {
        let name = self.required("PolicyName")?;
        let role = self.changed_role(store)?;
        role.inline.shift_remove(name).map(|_| String::new()).ok_or_else(|| no_role_policy(name))
    }

    pub(super) fn list_role_policies(&self, store: &Store) -> Result<String, Refusal> {
        let page = Page::of(self.parameters)?;
        let (names, end) = page.take(self.role(store)?.inline.keys(), |name| (*name).clone());
        Ok(texts("PolicyNames", names.into_iter().map(String::as_str)) + &end)
    }
}
