//! What the action and rule providers take: artifacts, configuration keys, output variables, permissions.
//!
//! The data is compiled in. It is made from `catalogue.json` at the root of this crate, which is where a provider is added or
//! fixed; `cargo xtask write` writes `data.rs` anew. Source of the entries: the action and rule
//! reference pages of the CodePipeline User Guide, named per entry.
//!
//! A provider that is not here is used with its full type id and free configuration; its keys are not checked then.

#[rustfmt::skip]
mod data;
mod model;

use crate::declaration::{ActionTypeId, RuleTypeId};

pub use data::{ACTIONS, RULES};
pub use model::{
    ActionProvider, ConfigurationKey, Count, Format, KeyCondition, OutputVariables, Permission, Required, RuleProvider,
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

/// The entry of a rule type, if it is known. Owner and version may be left out.
pub fn find_rule(type_id: &RuleTypeId) -> Option<&'static RuleProvider> {
    RULES.iter().find(|r| r.provider == type_id.provider)
}

/// The entries that a bare provider name may mean in the macro; `source` tells a source from the rest.
pub fn by_name(provider: &str, source: bool) -> impl Iterator<Item = &'static ActionProvider> {
    ACTIONS.iter().filter(move |a| a.provider == provider && (a.category == "Source") == source)
}

#[cfg(test)]
mod tests {
    use super::*;

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
                KeyCondition::SeveralInputs => {}
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
