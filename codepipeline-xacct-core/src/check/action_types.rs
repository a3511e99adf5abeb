//! The types of actions: category, owner, provider and version.

use super::names;
use super::view::{ActionView, View};
use crate::catalogue::services::other_way;
use crate::catalogue::{self, ActionProvider};
use crate::declaration::fixed_values::TRIGGER_PROVIDER;
use crate::finding::Finding;
use crate::rules;
use crate::suggest::{misspelt, nearest};

/// The categories of actions. Source: CodePipeline API Reference, `ActionTypeId`.
pub const CATEGORIES: &[&str] = &["Source", "Build", "Deploy", "Test", "Invoke", "Approval", "Compute"];
const OWNERS: &[&str] = &["AWS", "ThirdParty", "Custom"];

pub(super) fn check(view: &View<'_>, action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    type_id(view, action, findings);
    provider(view, action, findings);
}

/// Category and owner are enumerations. Source: CodePipeline API Reference, `ActionTypeId`.
fn type_id(view: &View<'_>, action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let id = &action.action.action_type_id;
    for (key, value, allowed) in [("category", &id.category, CATEGORIES), ("owner", &id.owner, OWNERS)] {
        if allowed.contains(&value.as_str()) {
            continue;
        }
        let place = action.place.key("actionTypeId").key(key);
        if !view.context.is_open(&place) {
            let message = format!("`{value}` is not a valid {key} of an action");
            let help = match nearest(value, allowed.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => match known_names().find(|known| known.provider == id.provider) {
                    Some(known) if key == "owner" => format!("write `{}`", known.owner),
                    _ => format!("one of `{}`", allowed.join("`, `")),
                },
            };
            findings.push(Finding::of(&rules::XA0601, place.value(), message).help(help));
        }
    }
}

/// Entries whose provider is the name in the API: users choose the names of custom actions, and for some third parties
/// only the name in the console is documented.
fn known_names() -> impl Iterator<Item = &'static ActionProvider> + Clone {
    catalogue::ACTIONS.iter().filter(|a| a.owner != "Custom" && a.keys.is_some())
}

/// A provider of AWS or of a third party is known, misspelt, in the wrong place, or new.
/// Source: CodePipeline User Guide, "Valid action providers".
fn provider(view: &View<'_>, action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let id = &action.action.action_type_id;
    let judged = CATEGORIES.contains(&id.category.as_str()) && matches!(id.owner.as_str(), "AWS" | "ThirdParty");
    // What doesn't fit its pattern is reported as such.
    let well_formed = names::is_word(&id.provider, 35) && names::is_word(&id.version, 9);
    // Of partners only the name is documented, not whether they are third parties or own a custom action.
    let is_partner = |a: &ActionProvider| {
        a.owner != "AWS" && a.keys.is_none() && a.provider == id.provider && a.category == id.category
    };
    if id.owner == "ThirdParty" && catalogue::ACTIONS.iter().any(is_partner) {
        return;
    }
    if !judged || !well_formed || catalogue::find(id).is_some() {
        return;
    }
    let place = action.place.key("actionTypeId");
    if view.context.is_open(&place.key("provider")) {
        return;
    }
    let same: Vec<_> = catalogue::ACTIONS.iter().filter(|a| a.keys.is_some() && a.provider == id.provider).collect();
    // The table of artifacts lists this source as a third party's, its own page does not.
    let contradictory = id.provider == TRIGGER_PROVIDER && id.owner == "ThirdParty";
    if let ([first, ..], false) = (same.as_slice(), contradictory) {
        let mut of_category = same.iter().filter(|a| a.category == id.category);
        let best = of_category.clone().find(|a| a.owner == id.owner).or_else(|| of_category.next()).unwrap_or(first);
        if view.context.is_open(&place.key("version")) && best.category == id.category && best.owner == id.owner {
            return;
        }
        let (key, found, wanted) = if best.category != id.category {
            ("category", &id.category, best.category)
        } else if best.owner != id.owner {
            ("owner", &id.owner, best.owner)
        } else {
            ("version", &id.version, best.version)
        };
        let message = format!("{} has no {key} `{found}`", id.provider);
        let wanted: Vec<&str> = match key {
            "category" => same.iter().map(|a| a.category).collect(),
            _ => vec![wanted],
        };
        findings.push(
            Finding::of(&rules::XA0610, place.key(key).value(), message)
                .help(format!("write `{}`", wanted.join("` or `"))),
        );
        return;
    }
    let place = place.key("provider").value();
    let of_category = known_names().filter(|a| a.category == id.category);
    let near = misspelt(&id.provider, of_category.map(|a| a.provider))
        .or_else(|| catalogue::meant(&id.provider, id.category == "Source").map(|a| a.provider))
        .or_else(|| misspelt(&id.provider, known_names().map(|a| a.provider)));
    findings.push(match near.filter(|_| !contradictory) {
        Some(near) => Finding::of(&rules::XA0608, place, format!("there is no provider `{}`", id.provider))
            .help(format!("did you mean `{near}`?")),
        None => {
            let message = format!("`{}` is not a {} provider that this version knows", id.provider, id.category);
            let help = match other_way(&id.provider).filter(|_| id.category != "Source") {
                Some(way) => format!("its actions are not checked; another way is `{}`, {}", way.provider, way.how),
                None => "its configuration and its artifacts are not checked".to_owned(),
            };
            Finding::of(&rules::XA0609, place, message).help(help)
        }
    });
}
