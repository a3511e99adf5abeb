//! Digests that distinguish changes made outside the program from those of the program.
//!
//! They are of the meaning: what the service adds, the order in a policy, and members that this version doesn't know are not in them. Secrets
//! are masked in them.

use sha2::{Digest, Sha256};

use crate::catalogue;
use crate::declaration::PipelineDeclaration;
use crate::ids::Region;
use crate::plan::pipelines::diff::canonical;
use crate::plan::secrets::mask::masked;
use crate::policy::Document;

pub(in crate::plan) fn of_document(document: &Document) -> String {
    of_text(&document.meaning())
}

/// What of a declaration is in a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::plan) enum Extent {
    /// All of it.
    Whole,
    /// All but the configurations of actions that are not in the catalogue, of which nobody knew what the account would show.
    WithoutCustom,
}

/// What a digest without the configurations of custom actions begins with.
const WITHOUT_CUSTOM: char = '-';

impl Extent {
    /// What is in a digest.
    pub(in crate::plan) fn of(digest: &str) -> Self {
        if digest.starts_with(WITHOUT_CUSTOM) { Self::WithoutCustom } else { Self::Whole }
    }
}

pub(in crate::plan) fn of_declaration(declaration: &PipelineDeclaration, home: &Region, extent: Extent) -> String {
    let digest = |declaration: &PipelineDeclaration| of_text(&masked(canonical(declaration, home)).to_string());
    match extent {
        Extent::Whole => digest(declaration),
        Extent::WithoutCustom => {
            let mut declaration = declaration.clone();
            let unknown = declaration.actions_mut().filter(|action| catalogue::find(&action.action_type_id).is_none());
            unknown.for_each(|action| action.configuration = None);
            format!("{WITHOUT_CUSTOM}{}", digest(&declaration))
        }
    }
}

/// Enough to tell changes apart; there is nothing to gain from a collision.
pub(in crate::plan) fn of_text(text: &str) -> String {
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declaration::read;

    fn of(text: &str) -> String {
        let action = format!(
            r#"{{"name":"a","actionTypeId":{{"category":"Source","owner":"ThirdParty","provider":"GitHub","version":"1"}}{text}}}"#
        );
        let declaration = read(&format!(r#"{{"name":"p","stages":[{{"name":"S","actions":[{action}]}}]}}"#)).unwrap();
        of_declaration(&declaration, &"eu-west-1".parse().unwrap(), Extent::Whole)
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
