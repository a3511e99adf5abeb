//! Tags of roles and policies.

use indexmap::IndexMap;

use super::refusals::{invalid_input, limit};
use super::request::IamRequest;
use super::responses::tag;
use crate::core::check::tags::{TAG_KEY, TAG_VALUE, TAGS, is_of_iam, is_reserved};
use crate::local::refusal::{Refusal, broken_bound};
use crate::local::services::query::{Page, check_length, constraint, list};
use crate::local::store::Store;
use crate::local::wire::Parameters;

/// The tags of a request, as IAM accepts them.
pub(super) fn checked_tags(parameters: &Parameters) -> Result<Vec<(String, String)>, Refusal> {
    let tags = parameters.tags();
    at_most(tags.len(), "Tags")?;
    for (index, (key, value)) in tags.iter().enumerate() {
        let place = |part: &str| format!("tags.{}.member.{part}", index + 1);
        check_length(key, &place("key"), 1, TAG_KEY)?;
        check_length(value, &place("value"), 0, TAG_VALUE)?;
        check_characters(key, &place("key"), '+')?;
        check_characters(value, &place("value"), '*')?;
        if is_reserved(key) {
            return Err(invalid_input("Tag keys that start with aws: are reserved for system use."));
        }
        if tags.iter().take(index).any(|(other, _)| other.to_lowercase() == key.to_lowercase()) {
            return Err(invalid_input("Duplicate tag keys found. Please note that Tag keys are case insensitive."));
        }
    }
    Ok(tags)
}

/// The keys in a request.
fn checked_keys(parameters: &Parameters) -> Result<Vec<String>, Refusal> {
    let keys = parameters.list("TagKeys");
    at_most(keys.len(), "TagKeys")?;
    Ok(keys)
}

fn at_most(count: usize, key: &str) -> Result<(), Refusal> {
    match broken_bound("length", count, 0, TAGS) {
        Some(words) => Err(constraint(&format!("{count} entries"), key, &words)),
        None => Ok(()),
    }
}

/// Letters, spaces, numbers and some signs of every script.
fn check_characters(text: &str, place: &str, repeated: char) -> Result<(), Refusal> {
    if text.chars().all(is_of_iam) {
        return Ok(());
    }
    let pattern = format!(r"[\p{{L}}\p{{Z}}\p{{N}}_.:/=+\-@]{repeated}");
    Err(constraint(text, place, &format!("Member must satisfy regular expression pattern: {pattern}")))
}

fn too_many() -> Refusal {
    limit(format!("The number of tags has reached the maximum limit of {TAGS}."))
}

/// Adds tags. A key that differs only in case is the same one.
fn add(tags: &mut IndexMap<String, String>, new: Vec<(String, String)>) -> Result<(), Refusal> {
    let mut changed = tags.clone();
    for (key, value) in new {
        let place = changed.keys().position(|other| other.to_lowercase() == key.to_lowercase());
        match place.and_then(|index| changed.get_index_mut(index)) {
            Some((_, kept)) => *kept = value,
            None => drop(changed.insert(key, value)),
        }
    }
    if changed.len() > TAGS {
        return Err(too_many());
    }
    *tags = changed;
    Ok(())
}

fn remove(tags: &mut IndexMap<String, String>, keys: &[String]) {
    tags.retain(|key, _| !keys.iter().any(|other| other.to_lowercase() == key.to_lowercase()));
}

fn listed(page: &Page, tags: &IndexMap<String, String>) -> String {
    let (tags, end) = page.take(tags, |(key, _)| (*key).clone());
    list("Tags", tags.into_iter().map(tag)) + &end
}

impl IamRequest<'_> {
    pub(super) fn tag_role(&self, store: &mut Store) -> Result<String, Refusal> {
        let new = checked_tags(self.parameters)?;
        add(&mut self.changed_role(store)?.tags, new)?;
        Ok(String::new())
    }

    pub(super) fn untag_role(&self, store: &mut Store) -> Result<String, Refusal> {
        remove(&mut self.changed_role(store)?.tags, &checked_keys(self.parameters)?);
        Ok(String::new())
    }

    pub(super) fn list_role_tags(&self, store: &Store) -> Result<String, Refusal> {
        let page = Page::of(self.parameters)?;
        Ok(listed(&page, &self.role(store)?.tags))
    }

    pub(super) fn tag_policy(&self, store: &mut Store) -> Result<String, Refusal> {
        let new = checked_tags(self.parameters)?;
        add(&mut self.changed_policy(store)?.tags, new)?;
        Ok(String::new())
    }

    pub(super) fn untag_policy(&self, store: &mut Store) -> Result<String, Refusal> {
        remove(&mut self.changed_policy(store)?.tags, &checked_keys(self.parameters)?);
        Ok(String::new())
    }

    pub(super) fn list_policy_tags(&self, store: &Store) -> Result<String, Refusal> {
        let page = Page::of(self.parameters)?;
        Ok(listed(&page, &self.policy(store)?.tags))
    }
}
