//! The environment variables of an action.

use super::view::View;
use crate::finding::Finding;
use crate::rules;

/// 1 to 10 environment variables: names `[A-Za-z0-9_]{1,128}`, values of 1 to 2000 characters.
pub(super) fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        let Some(variables) = &action.action.environment_variables else { continue };
        let place = action.place.key("environmentVariables");
        if !(1..=10).contains(&variables.len()) {
            let message = format!("an action has 1 to 10 environment variables, this one has {}", variables.len());
            findings.push(Finding::of(&rules::XA0212, place.clone(), message));
        }
        for (index, variable) in variables.iter().enumerate() {
            let place = place.index(index);
            let name = &variable.name;
            if view.context.is_open(&place.key("name")) {
                continue;
            }
            if !(1..=128).contains(&name.len()) || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                let message = format!("`{name}` is not a name of 1 to 128 characters out of `A-Z a-z 0-9 _`");
                let finding = Finding::of(&rules::XA0213, place.clone(), message);
                let meant = name.replace(['-', '.', ' '], "_");
                let fits =
                    (1..=128).contains(&meant.len()) && meant.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
                findings.push(if fits { finding.help(format!("write `{meant}`")) } else { finding });
            }
            let length = variable.value.chars().count();
            let place = place.key("value").value();
            if !(1..=2000).contains(&length) && !view.context.is_open(&place) {
                let message = format!("the value of `{name}` has {length} characters; 1 to 2000 are allowed");
                findings.push(Finding::of(&rules::XA0214, place, message));
            }
        }
    }
}
