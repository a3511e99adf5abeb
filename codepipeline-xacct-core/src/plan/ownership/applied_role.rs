//! The tags of a managed role that say what was last applied to it.
//!
//! IAM keeps no history, so while a role is written it has a second tag: digests of what is to be there, and of what was there before. That way
//! a role that an apply left half-written is not mistaken for one that others changed. Once it is written, the second tag is removed.

use indexmap::IndexMap;

use super::applied_tag::{APPLIED_BEFORE_TAG, APPLIED_TAG, parts, value};
use super::digest::of_document;
use crate::ids::RoleArn;
use crate::plan::input::state::RoleState;
use crate::plan::steps::write::Write;
use crate::policy::Document;

const TRUST: &str = "trust";
const POLICY: &str = "policy";

/// Digests of the documents of a role; `None` where they are not known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::plan) struct AppliedRole {
    /// Of its trust policy.
    pub(in crate::plan) trust: Option<String>,
    /// Of the inline policy of the topology.
    pub(in crate::plan) policy: Option<String>,
}

impl AppliedRole {
    /// What a program applies, or a role holds.
    pub(in crate::plan) fn of(trust: Option<&Document>, policy: Option<&Document>) -> Self {
        Self { trust: trust.map(of_document), policy: policy.map(of_document) }
    }

    fn read(tags: &IndexMap<String, String>, key: &str) -> Self {
        let parts = parts(tags, key);
        let part = |name: &str| parts.get(name).map(|digest| (*digest).to_owned());
        Self { trust: part(TRUST), policy: part(POLICY) }
    }

    /// The value of a tag.
    pub(in crate::plan) fn tag(&self) -> String {
        let parts = [(TRUST, &self.trust), (POLICY, &self.policy)];
        value(parts.into_iter().filter_map(|(name, digest)| Some((name, digest.clone()?))))
    }
}

/// The tags that note what is about to be written to a role.
pub(in crate::plan) struct RoleNotes {
    /// Those that it has to have before.
    pub(in crate::plan) tags: IndexMap<String, String>,
    /// The one that is removed once it is written, or that a stopped apply left behind.
    pub(in crate::plan) gone: IndexMap<String, String>,
}

impl RoleNotes {
    /// `applied` is what was last applied to the role, `to_be` what is written; `policy` is the name of the inline policy of the topology.
    pub(in crate::plan) fn of(
        found: &RoleState,
        policy: &str,
        applied: AppliedRole,
        to_be: &AppliedRole,
        (writes_trust, writes_policy): (bool, bool),
    ) -> Self {
        let held = found.held(policy);
        // Where what was there before is not known or is to be there again, the first tag says it all.
        let before = AppliedRole {
            trust: applied.trust.or(held.trust).filter(|before| writes_trust && Some(before) != to_be.trust.as_ref()),
            policy: applied
                .policy
                .or(held.policy)
                .filter(|before| writes_policy && Some(before) != to_be.policy.as_ref()),
        };
        let before = (before != AppliedRole::default()).then(|| (APPLIED_BEFORE_TAG.to_owned(), before.tag()));
        let left = || found.tags.get_key_value(APPLIED_BEFORE_TAG).map(|(key, value)| (key.clone(), value.clone()));
        let tags = [(APPLIED_TAG.to_owned(), to_be.tag())].into_iter().chain(before.clone()).collect();
        Self { tags, gone: before.or_else(left).into_iter().collect() }
    }
}

/// The steps that tag a role before it is written, and take tags away after; none for what is empty.
pub(in crate::plan) fn tag_steps(
    role: &RoleArn,
    found: &RoleState,
    tags: IndexMap<String, String>,
    gone: IndexMap<String, String>,
) -> impl Iterator<Item = Write> {
    let (of, seen) = (role.clone(), found.seen_with(&tags));
    let tagged = (!tags.is_empty()).then(|| Write::TagRole { role: of, seen, tags });
    let (of, seen) = (role.clone(), found.seen_with(&gone));
    let untagged = (!gone.is_empty()).then(|| Write::UntagRole { role: of, seen, tags: gone });
    tagged.into_iter().chain(untagged)
}

impl RoleState {
    /// The digests of what the role holds; `policy` is the name of the inline policy of the topology.
    fn held(&self, policy: &str) -> AppliedRole {
        AppliedRole::of(Some(&self.trust), self.inline.get(policy))
    }

    /// What was last applied to the role. Of what an apply was about to write it is what the role holds now.
    pub(in crate::plan) fn applied(&self, policy: &str) -> AppliedRole {
        let (to_be, before) =
            (AppliedRole::read(&self.tags, APPLIED_TAG), AppliedRole::read(&self.tags, APPLIED_BEFORE_TAG));
        let held = self.held(policy);
        let was_not_written = |held: &Option<String>, before: &Option<String>| before.is_some() && held == before;
        let chosen = |held, before: Option<String>, to_be| if was_not_written(held, &before) { before } else { to_be };
        AppliedRole {
            trust: chosen(&held.trust, before.trust, to_be.trust),
            policy: chosen(&held.policy, before.policy, to_be.policy),
        }
    }

    /// Whether the trust policy is not the one that was applied. Where a principal was deleted, IAM itself put its id there.
    pub(in crate::plan) fn trust_was_changed(&self, applied: &AppliedRole) -> bool {
        let differs = applied.trust.as_ref().is_some_and(|digest| *digest != of_document(&self.trust));
        differs && self.trust.deleted_principal().is_none()
    }
}

/// Whether an inline policy that is there is not the one that was applied. One that is gone may be that of an apply which stopped.
pub(in crate::plan) fn policy_was_changed(applied: &AppliedRole, there: &Document) -> bool {
    applied.policy.as_ref().is_some_and(|digest| *digest != of_document(there))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::tags::TAG_VALUE;
    use crate::policy::Statement;

    fn trust(account: &str) -> Document {
        Document::new(vec![Statement::trust("AWS", vec![account.to_owned()])])
    }

    fn state(holds: &Document, tags: &[(&str, &AppliedRole)]) -> RoleState {
        let arn = "arn:aws:iam::111111111111:role/r".parse().unwrap();
        let tags = tags.iter().map(|(key, applied)| ((*key).to_owned(), applied.tag())).collect();
        RoleState::created(&arn, holds, &tags)
    }

    #[test]
    fn tags_are_read_as_they_are_written_and_others_are_not_known() {
        let applied = AppliedRole::of(Some(&trust("111111111111")), None);
        assert_eq!(state(&trust("222222222222"), &[(APPLIED_TAG, &applied)]).applied("p"), applied);
        let tagged = |value: &str| IndexMap::from([(APPLIED_TAG.to_owned(), value.to_owned())]);
        for value in ["", "2/trust=00ff", "trust=00ff"] {
            assert_eq!(AppliedRole::read(&tagged(value), APPLIED_TAG), AppliedRole::default(), "{value}");
        }
        // Tag values have a character set of their own.
        let full = AppliedRole::of(Some(&trust("1")), Some(&trust("2"))).tag();
        assert!(
            full.len() <= TAG_VALUE && full.chars().all(|c| c.is_ascii_alphanumeric() || "/=".contains(c)),
            "{full}"
        );
    }

    #[test]
    fn of_a_write_that_may_have_been_made_what_is_there_tells_whether_it_was() {
        let [old, new, theirs] = ["111111111111", "222222222222", "333333333333"].map(trust);
        let [to_be, before] = [&new, &old].map(|document| AppliedRole::of(Some(document), None));
        let tags = [(APPLIED_TAG, &to_be), (APPLIED_BEFORE_TAG, &before)];
        for (holds, changed) in [(&old, false), (&new, false), (&theirs, true)] {
            let state = state(holds, &tags);
            assert_eq!(state.trust_was_changed(&state.applied("p")), changed, "{holds:?}");
        }
        let state = state(&old, &tags[..1]);
        assert!(state.trust_was_changed(&state.applied("p")), "once it was written, the former text is a change");
    }
}
