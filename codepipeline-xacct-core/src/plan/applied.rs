//! What was last applied to a managed role or pipeline, as a tag of it says: digests that tell what somebody changed outside of the
//! program from what the program changes.
//!
//! The digests are of the meaning: what the service adds, the order in a policy, and members that this version doesn't know are not in
//! them. Secrets are masked in them.

use indexmap::IndexMap;
use sha2::{Digest, Sha256};

use super::applied_tag::APPLIED_TAG;
use super::diff::canonical;
use super::mask::masked;
use super::state::{PipelineState, RoleState};
use crate::declaration::PipelineDeclaration;
use crate::ids::Region;
use crate::policy::Document;

/// The first part of the tag. What another version wrote in another way is not known.
const FORMAT: &str = "1";
const TRUST: &str = "trust";
const POLICY: &str = "policy";
const VERSION: &str = "version";
const DECLARATION: &str = "declaration";

/// What was last applied to a role; `None` where it isn't known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct AppliedRole {
    /// The digest of its trust policy.
    pub(super) trust: Option<String>,
    /// The digest of the inline policy of the topology.
    pub(super) policy: Option<String>,
}

impl AppliedRole {
    /// What a program applies.
    pub(super) fn of(trust: Option<&Document>, policy: Option<&Document>) -> Self {
        Self { trust: trust.map(of_document), policy: policy.map(of_document) }
    }

    pub(super) fn read(tags: &IndexMap<String, String>) -> Self {
        let parts = parts(tags);
        let part = |key: &str| parts.get(key).map(|digest| (*digest).to_owned());
        Self { trust: part(TRUST), policy: part(POLICY) }
    }

    pub(super) fn tag(&self) -> String {
        let part = |key: &str, digest: &Option<String>| digest.as_ref().map(|digest| format!("/{key}={digest}"));
        let parts = [part(TRUST, &self.trust), part(POLICY, &self.policy)];
        format!("{FORMAT}{}", parts.into_iter().flatten().collect::<String>())
    }
}

impl RoleState {
    /// Whether the trust policy is not the one that was applied. Where a principal was deleted, IAM itself put its id there.
    pub(super) fn trust_was_changed(&self, applied: &AppliedRole) -> bool {
        let differs = applied.trust.as_ref().is_some_and(|digest| *digest != of_document(&self.trust));
        differs && !self.trust.names_deleted()
    }
}

/// Whether an inline policy that is there is not the one that was applied. One that is gone may be that of an apply which stopped.
pub(super) fn policy_was_changed(applied: &AppliedRole, there: &Document) -> bool {
    applied.policy.as_ref().is_some_and(|digest| *digest != of_document(there))
}

/// What was last applied to a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AppliedPipeline {
    /// The version that it was to become. If the pipeline has an earlier one, it was never written.
    pub(super) version: i64,
    /// The digest of its declaration.
    pub(super) declaration: String,
}

impl AppliedPipeline {
    /// What a program applies.
    pub(super) fn of(version: i64, declaration: &PipelineDeclaration, home: &Region) -> Self {
        Self { version, declaration: of_declaration(declaration, home) }
    }

    pub(super) fn read(tags: &IndexMap<String, String>) -> Option<Self> {
        let parts = parts(tags);
        let version = parts.get(VERSION)?.parse().ok()?;
        Some(Self { version, declaration: (*parts.get(DECLARATION)?).to_owned() })
    }

    pub(super) fn tag(&self) -> String {
        format!("{FORMAT}/{VERSION}={}/{DECLARATION}={}", self.version, self.declaration)
    }

    /// Whether a declaration means what was applied.
    pub(super) fn is(&self, declaration: &PipelineDeclaration, home: &Region) -> bool {
        self.declaration == of_declaration(declaration, home)
    }
}

impl PipelineState {
    /// The version that was last applied to a managed pipeline, if somebody has written another declaration since.
    pub fn applied_version(&self, home: &Region) -> Option<i64> {
        let applied = AppliedPipeline::read(&self.tags)?;
        let since = self.declaration.version.is_some_and(|version| version > applied.version);
        (since && !applied.is(&self.declaration, home)).then_some(applied.version)
    }
}

fn parts(tags: &IndexMap<String, String>) -> IndexMap<&str, &str> {
    let mut parts = tags.get(APPLIED_TAG).map(String::as_str).unwrap_or_default().split('/');
    if parts.next() != Some(FORMAT) {
        return IndexMap::new();
    }
    parts.filter_map(|part| part.split_once('=')).collect()
}

fn of_document(document: &Document) -> String {
    digest(&document.meaning())
}

fn of_declaration(declaration: &PipelineDeclaration, home: &Region) -> String {
    digest(&masked(canonical(declaration, home)).to_string())
}

/// Enough to tell changes apart; nobody gains anything from two that are alike.
fn digest(text: &str) -> String {
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declaration::read;
    use crate::policy::Statement;

    fn declaration(text: &str) -> PipelineDeclaration {
        let action = format!(
            r#"{{"name":"a","actionTypeId":{{"category":"Source","owner":"ThirdParty","provider":"GitHub","version":"1"}}{text}}}"#
        );
        read(&format!(r#"{{"name":"p","stages":[{{"name":"S","actions":[{action}]}}]}}"#)).unwrap()
    }

    fn of(text: &str) -> String {
        of_declaration(&declaration(text), &"eu-west-1".parse().unwrap())
    }

    #[test]
    fn what_the_service_adds_secrets_and_unknown_members_are_not_in_a_digest() {
        let ours = of(r#","configuration":{"OAuthToken":"ghp_1","Owner":"o"}"#);
        let held = r#","runOrder":1,"region":"eu-west-1","inputArtifacts":[],"new":{"x":1},"configuration":{"Owner":"o","OAuthToken":"****"}"#;
        assert_eq!(ours, of(held));
        assert_ne!(ours, of(r#","configuration":{"OAuthToken":"ghp_1","Owner":"other"}"#));
        assert_eq!(ours.len(), 16);
    }

    #[test]
    fn tags_are_read_as_they_are_written_and_others_are_not_known() {
        let trust = Document::new(vec![Statement::trust("AWS", vec!["111111111111".to_owned()])]);
        let role = AppliedRole::of(Some(&trust), None);
        let tagged = |value: String| IndexMap::from([(APPLIED_TAG.to_owned(), value)]);
        assert_eq!(AppliedRole::read(&tagged(role.tag())), role);
        let pipeline = AppliedPipeline { version: 12, declaration: "00ff".to_owned() };
        assert_eq!(AppliedPipeline::read(&tagged(pipeline.tag())), Some(pipeline.clone()));
        for value in [String::new(), "2".to_owned() + &pipeline.tag(), "1/version=x/declaration=00ff".to_owned()] {
            assert_eq!(AppliedPipeline::read(&tagged(value.clone())), None, "{value}");
        }
        assert_eq!(AppliedRole::read(&IndexMap::new()), AppliedRole::default());
        // Tag values have a character set of their own, and at most 256 characters.
        let full = AppliedRole::of(Some(&trust), Some(&trust)).tag();
        for value in [full, pipeline.tag()] {
            assert!(
                value.len() <= 256 && value.chars().all(|c| c.is_ascii_alphanumeric() || "/=".contains(c)),
                "{value}"
            );
        }
    }

    #[test]
    fn a_digest_of_a_policy_is_that_of_its_meaning() {
        let read = |text: &str| of_document(&Document::from_json(text).unwrap());
        let ours = read(
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":["sts:AssumeRole"]}]}"#,
        );
        let held = read(
            r#"{"Version":"2012-10-17","Statement":{"Sid":"","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"sts:AssumeRole"}}"#,
        );
        assert_eq!(ours, held);
        assert_ne!(ours, read(r#"{"Version":"2012-10-17","Statement":[]}"#));
    }
}
