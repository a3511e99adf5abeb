//! Change sets: one action creates what another one executes.

use super::view::{ActionView, View};
use crate::declaration::references::has_reference;
use crate::finding::Finding;
use crate::rules;

/// A change set that is executed has the name of one that is made for its stack. It may also come from elsewhere, which a pipeline
/// that makes another one for the stack hardly means. Source: CodePipeline User Guide, "CloudFormation deploy action reference".
pub(super) fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        let Some((stack, Some(name))) = change_set(view, action, "CHANGE_SET_EXECUTE") else { continue };
        let makers = view.actions().filter_map(|maker| change_set(view, maker, "CHANGE_SET_REPLACE"));
        let made: Vec<Option<&str>> = makers.filter(|(other, _)| *other == stack).map(|(_, name)| name).collect();
        // One whose name isn't known may be this one.
        if made.contains(&None) || made.contains(&Some(name)) {
            continue;
        }
        let Some(Some(first)) = made.first() else { continue };
        let place = action.key_place("ChangeSetName").value();
        let message = format!("no action makes change set `{name}` of stack `{stack}`");
        findings.push(Finding::of(&rules::XA0628, place, message).help(format!("write `{first}`, which is made here")));
    }
}

/// The stack and the change set of an action in this mode, the latter if it is known. `None` if the stack isn't.
fn change_set<'a>(view: &View<'_>, action: &'a ActionView<'_>, mode: &str) -> Option<(&'a str, Option<&'a str>)> {
    let id = &action.action.action_type_id;
    let configuration = action.action.configuration.as_ref().filter(|_| id.provider == "CloudFormation")?;
    let value = |key: &str| configuration.get(key).map(String::as_str);
    (value("ActionMode") == Some(mode)).then_some(())?;
    let open = |key: &str| view.context.is_open_at(|| action.key_place(key).value());
    let stack = value("StackName").filter(|_| !open("StackName"))?;
    let name = value("ChangeSetName")?;
    Some((stack, Some(name).filter(|name| !has_reference(name) && !open("ChangeSetName"))))
}
