//! An action with the configuration of another provider.

use super::view::{ActionView, View};
use crate::catalogue::{self, ActionProvider, Required};
use crate::finding::Finding;
use crate::rules;

/// All keys are those of one other provider, which lacks none: who follows a page about connections may keep the old provider.
/// Source: the pages of both providers in the CodePipeline User Guide.
pub(super) fn check(view: &View<'_>, action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let id = &action.action.action_type_id;
    let place = action.place.key("actionTypeId").key("provider");
    let is_named = |known: &&ActionProvider| {
        known.provider == id.provider && known.category == id.category && known.owner != "Custom"
    };
    let named = catalogue::ACTIONS.iter().find(is_named).filter(|known| known.keys.is_some());
    let Some(named) = named.filter(|_| id.owner != "Custom") else { return };
    let Some(configuration) = &action.action.configuration else { return };
    let strangers = configuration.keys().filter(|name| named.key(name).is_none()).count();
    if strangers == 0 || view.context.is_open(&place) || view.context.is_open(&action.place.key("configuration")) {
        return;
    }
    let lacks = |known: &ActionProvider| {
        let mut required = known.known_keys().iter().filter(|key| key.required == Required::Always);
        required.any(|key| !action.has(view, key.name))
    };
    let fits = |other: &&ActionProvider| {
        other.category == id.category
            && other.owner != "Custom"
            && configuration.keys().all(|name| other.key(name).is_some())
            && !lacks(other)
    };
    let mut others = catalogue::ACTIONS.iter().filter(fits);
    let (Some(other), None) = (others.next(), others.next()) else { return };
    if strangers < 2 && !lacks(named) {
        return;
    }
    let (meant, named) = (other.provider, named.provider);
    let message = format!("the configuration is for {meant}, not for {named}");
    let owner = if other.owner == id.owner { String::new() } else { format!(", of owner {}", other.owner) };
    findings.push(Finding::of(&rules::XA0637, place.value(), message).help(format!("did you mean `{meant}`{owner}?")));
}
