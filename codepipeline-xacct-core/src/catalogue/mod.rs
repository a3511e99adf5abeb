//! The catalogue of action and rule providers: artifacts, configuration keys, output variables, permissions.
//!
//! The data is compiled in. It is made from `catalogue.json` at the root of this crate; to add or fix a provider, edit
//! that file and run `cargo xtask write`, which regenerates `data.rs`. Source of the entries: the action and rule
//! reference pages of the CodePipeline User Guide, named per entry.
//!
//! A provider that is not listed can be used with its full type id and free configuration; its keys are not checked.

#[rustfmt::skip]
mod data;
mod model;
pub mod services;

use crate::declaration::{ActionTypeId, RuleTypeId};
use crate::suggest::is_among;

pub use data::{ACTIONS, RULES};
pub use model::{
    ActionProvider, ArnAccount, ConfigurationKey, Count, Format, KeyCondition, OutputVariables, Permission, Required,
    RuleProvider,
};

/// The entry of an action type, if it is known.
pub fn find(type_id: &ActionTypeId) -> Option<&'static ActionProvider> {
    ACTIONS.iter().find(|a| {
        a.category == type_id.category
            && a.owner == type_id.owner
            && a.provider == type_id.provider
            && a.version == type_id.version
    })
}

/// Whether actions of a provider read full clones. Its name says so: a wrong owner or version is reported as that.
pub(crate) fn reads_clones(provider: &str) -> bool {
    by_name(provider, false).any(|known| known.reads_clones)
}

/// The entry of a rule type, if it is known. Owner and version may be left out.
pub fn find_rule(type_id: &RuleTypeId) -> Option<&'static RuleProvider> {
    RULES.iter().find(|r| r.provider == type_id.provider)
}

/// The entries that a bare provider name may mean in the macro: only source actions if `source`, else only others.
pub fn by_name(provider: &str, source: bool) -> impl Iterator<Item = &'static ActionProvider> {
    ACTIONS.iter().filter(move |a| a.provider == provider && (a.category == "Source") == source)
}

/// The action that the name of a provider means without a category: the only one that it has, or the build action of CodeBuild, which has one
/// for tests too.
pub fn by_name_alone(provider: &str, source: bool) -> Option<&'static ActionProvider> {
    let mut found = by_name(provider, source);
    let first = found.next()?;
    (found.next().is_none() || provider == "CodeBuild").then_some(first)
}

/// The entry that somebody means who gives a provider a name that it doesn't have, such as `ManualApproval`; `source` tells a source
/// from the rest, and matters where both have that name.
pub fn meant(provider: &str, source: bool) -> Option<&'static ActionProvider> {
    let named = |a: &&ActionProvider| is_among(provider, a.also);
    let found = ACTIONS.iter().find(|a| named(a) && (a.category == "Source") == source);
    found.or_else(|| ACTIONS.iter().find(named))
}

/// The same for a rule.
pub fn meant_rule(provider: &str) -> Option<&'static RuleProvider> {
    RULES.iter().find(|rule| is_among(provider, rule.also))
}

/// The key that is meant by a wrong name, such as that of another provider's key.
pub fn meant_key<'a>(name: &str, keys: &'a [ConfigurationKey]) -> Option<&'a ConfigurationKey> {
    let also = keys.iter().find(|key| is_among(name, key.also));
    also.or_else(|| keys.iter().find(|key| is_with_kind(name, key.name) || is_with_kind(key.name, name)))
}

/// Whether a name is the other with what it is a name of: `ApplicationId` and `Application`.
fn is_with_kind(name: &str, other: &str) -> bool {
    ["Id", "Name", "Arn"].iter().any(|kind| is_among(name, &[&format!("{other}{kind}")]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_people_give_are_names_of_nothing_else() {
        let is_provider = |name: &str, rules: bool| match rules {
            true => RULES.iter().any(|r| r.provider == name),
            false => ACTIONS.iter().any(|a| a.provider == name),
        };
        let mut seen = std::collections::HashSet::new();
        for action in ACTIONS {
            for name in action.also {
                assert!(!is_provider(name, false), "{name}");
                assert!(seen.insert((action.category == "Source", *name)), "{name}");
            }
        }
        let mut seen = std::collections::HashSet::new();
        for name in RULES.iter().flat_map(|rule| rule.also) {
            assert!(!is_provider(name, true) && seen.insert(*name), "{name}");
        }
        let lists =
            ACTIONS.iter().map(|a| (a.provider, a.known_keys())).chain(RULES.iter().map(|r| (r.provider, r.keys)));
        for (provider, keys) in lists {
            let mut seen: std::collections::HashSet<&str> = keys.iter().map(|key| key.name).collect();
            assert!(keys.iter().flat_map(|key| key.also).all(|name| seen.insert(name)), "{provider}");
        }
    }

    #[test]
    fn what_is_meant_is_found() {
        let provider = |name: &str, source: bool| meant(name, source).map(|a| (a.category, a.provider));
        for name in ["CodeConnections", "CodeStarConnection", "GitLab", "Bitbucket", "GitHubEnterpriseServer"] {
            assert_eq!(provider(name, true), Some(("Source", "CodeStarSourceConnection")), "{name}");
        }
        for name in ["ManualApproval", "Approval", "manual_approval"] {
            assert_eq!(provider(name, false), Some(("Approval", "Manual")), "{name}");
        }
        assert_eq!(provider("StepFunction", false), Some(("Invoke", "StepFunctions")));
        assert_eq!(provider("GitLab", false), Some(("Source", "CodeStarSourceConnection")));
        assert_eq!(provider("Lightsail", false), None);
        assert_eq!(meant_rule("Lambda").map(|rule| rule.provider), Some("LambdaInvoke"));
        assert_eq!(meant_rule("Quorum"), None);
    }

    #[test]
    fn names_in_the_macro_are_unique_per_provider_and_no_keys_of_every_action() {
        let common = ["region", "run_order", "namespace", "role", "input", "output", "configuration"];
        let lists =
            ACTIONS.iter().map(|a| (a.provider, a.known_keys())).chain(RULES.iter().map(|r| (r.provider, r.keys)));
        for (provider, keys) in lists {
            let mut names: Vec<_> = keys.iter().map(|k| k.dsl).chain(common).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), keys.len() + common.len(), "{provider}");
        }
    }

    #[test]
    fn what_entries_name_is_there() {
        fn named(condition: &KeyCondition, names: &mut Vec<&'static str>) {
            match condition {
                KeyCondition::Is(key, _) | KeyCondition::Set(key) | KeyCondition::Unset(key) => names.push(key),
                KeyCondition::Any(conditions) | KeyCondition::All(conditions) => {
                    conditions.iter().for_each(|c| named(c, names));
                }
                KeyCondition::SeveralInputs | KeyCondition::Always => {}
            }
        }
        for action in ACTIONS {
            let mut names = Vec::new();
            for key in action.known_keys() {
                if let Required::When(condition) | Required::Advised(condition) = &key.required {
                    named(condition, &mut names);
                }
            }
            action.tighter_inputs.iter().for_each(|(condition, _)| named(condition, &mut names));
            assert_eq!(action.permissions.is_empty(), action.permissions_source.is_empty(), "{}", action.provider);
            for permission in action.permissions {
                permission.when.iter().for_each(|when| named(when, &mut names));
                assert!(!permission.actions.is_empty() && !permission.resources.is_empty(), "{}", action.provider);
            }
            names.extend(action.alternatives.iter().copied().flatten().copied());
            for name in names {
                assert!(action.key(name).is_some(), "{}: {name}", action.provider);
            }
            for count in [action.inputs, action.outputs].into_iter().flatten() {
                assert!(count.least <= count.most, "{}", action.provider);
            }
        }
    }
}
