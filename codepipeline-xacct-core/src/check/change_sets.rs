//! Change sets: what one action executes, another one makes.

use super::view::{ActionView, View};
use crate::declaration::references::has_reference;
use crate::finding::Finding;
use crate::rules;

/// A change set that is executed has the name of one that is made for its stack. It may also come from elsewhere, which a pipeline
/// that makes another one for the stack hardly means. Source: CodePipeline User Guide, "CloudFormation deploy action reference".
pub(super) fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        let Some((stack, name)) = change_set(action, "CHANGE_SET_EXECUTE") else { continue };
        let place = action.place.key("configuration").key("ChangeSetName").value();
        if has_reference(name) || view.context.is_open(&place) {
            continue;
        }
        let of_stack = |maker: &ActionView<'_>| {
            let open = view.context.is_open(&maker.place.key("configuration").key("ChangeSetName").value());
            change_set(maker, "CHANGE_SET_REPLACE")
                .filter(|(other, name)| *other == stack && !has_reference(name) && !open)
                .map(|(_, name)| name.to_owned())
        };
        let made: Vec<String> = view.actions().filter_map(of_stack).collect();
        if let Some(first) = made.first().filter(|_| !made.iter().any(|made| made == name)) {
            let message = format!("no action makes change set `{name}` of stack `{stack}`");
            findings
                .push(Finding::of(&rules::XA0628, place, message).help(format!("write `{first}`, which is made here")));
        }
    }
}

/// The stack and the change set of an action in this mode.
fn change_set<'a>(action: &'a ActionView<'_>, mode: &str) -> Option<(&'a str, &'a str)> {
    let id = &action.action.action_type_id;
    let configuration = action.action.configuration.as_ref().filter(|_| id.provider == "CloudFormation")?;
    let value = |key: &str| configuration.get(key).map(String::as_str);
    (value("ActionMode") == Some(mode)).then_some(())?;
    Some((value("StackName")?, value("ChangeSetName")?))
}
