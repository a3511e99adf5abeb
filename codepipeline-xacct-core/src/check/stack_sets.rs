//! Stack sets: keys that go with one permission model only, and the Regions of the instances.
//!
//! Source: CodePipeline User Guide, "AWS CloudFormation StackSets deploy action reference".

use super::regions;
use super::view::{ActionView, View};
use crate::declaration::references::has_reference;
use crate::finding::Finding;
use crate::ids::AccountId;
use crate::rules;

pub(super) fn check(view: &View<'_>, action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let id = &action.action.action_type_id;
    if id.owner != "AWS" {
        return;
    }
    let keys = Keys { view, action };
    match id.provider.as_str() {
        "CloudFormationStackSet" => {
            permission_model(&keys, findings);
            automatic_deployment(&keys, findings);
            instances(&keys, findings);
        }
        "CloudFormationStackInstances" => instances(&keys, findings),
        _ => {}
    }
}

/// The configuration of an action.
struct Keys<'a> {
    view: &'a View<'a>,
    action: &'a ActionView<'a>,
}

impl Keys<'_> {
    /// The value of a key, if it is known.
    fn value(&self, key: &str) -> Option<&str> {
        let value = self.action.action.configuration.as_ref()?.get(key)?;
        let open = has_reference(value) || self.view.context.is_open_at(|| self.action.key_place(key).value());
        (!open).then_some(value)
    }

    /// True where the instances are made automatically.
    fn is_automatic(&self) -> bool {
        self.value("OrganizationsAutoDeployment").is_some_and(|value| value.starts_with("Enabled"))
    }
}

const SERVICE_MANAGED: &str = "SERVICE_MANAGED";

fn permission_model(keys: &Keys<'_>, findings: &mut Vec<Finding>) {
    let model = keys.value("PermissionModel");
    if model == Some(SERVICE_MANAGED) {
        for key in
            ["AdministrationRoleArn", "ExecutionRoleName"].into_iter().filter(|key| keys.action.has(keys.view, key))
        {
            let message = format!("`{key}` is for self-managed stack sets, and this one is `{SERVICE_MANAGED}`");
            findings.push(
                Finding::of(&rules::XA0632, keys.action.key_place(key), message).help(format!("leave `{key}` out")),
            );
        }
    }
    let lists = |is: fn(&str) -> bool| {
        keys.value("DeploymentTargets").is_some_and(|targets| targets.split(',').any(|target| is(target.trim())))
    };
    if model == Some(SERVICE_MANAGED) && lists(|target| target.parse::<AccountId>().is_ok()) {
        let message = format!("accounts are targets of self-managed stack sets, and this one is `{SERVICE_MANAGED}`");
        findings.push(
            Finding::of(&rules::XA0632, keys.action.key_place("DeploymentTargets").value(), message)
                .help("name organizational units (`ou-…`) or the root (`r-…`)"),
        );
    }
    // Self-managed is what a stack set is where nothing is written.
    if model.is_some_and(|model| model != "SELF_MANAGED")
        || model.is_none() && keys.action.has(keys.view, "PermissionModel")
    {
        return;
    }
    let units = lists(|target| ["ou-", "r-"].iter().any(|prefix| target.starts_with(prefix)));
    let delegated = keys.value("CallAs") == Some("DELEGATED_ADMIN");
    let found = [
        (keys.is_automatic(), "OrganizationsAutoDeployment", "automatic deployment is"),
        (delegated, "CallAs", "a delegated administrator is"),
        (units, "DeploymentTargets", "organizational units are"),
    ];
    for (_, key, what) in found.into_iter().filter(|(found, ..)| *found) {
        let message = format!("{what} for service-managed stack sets, and this one is self-managed");
        let help = format!(
            "write `\"PermissionModel\": \"{SERVICE_MANAGED}\"` (`permission_model: {SERVICE_MANAGED}` in `pipeline!`)"
        );
        findings.push(Finding::of(&rules::XA0632, keys.action.key_place(key).value(), message).help(help));
    }
}

fn automatic_deployment(keys: &Keys<'_>, findings: &mut Vec<Finding>) {
    if !keys.is_automatic() {
        return;
    }
    let Some(key) = ["DeploymentTargets", "Regions"].into_iter().find(|key| keys.action.has(keys.view, key)) else {
        return;
    };
    let message = format!("`{key}` does not go together with `OrganizationsAutoDeployment`");
    findings.push(
        Finding::of(&rules::XA0632, keys.action.key_place(key), message)
            .help("leave `DeploymentTargets` and `Regions` out, or the automatic deployment"),
    );
}

/// The Regions of the instances may exist.
fn instances(keys: &Keys<'_>, findings: &mut Vec<Finding>) {
    let Some(list) = keys.value("Regions") else { return };
    // Other words are placeholders of a template, or names of variables.
    let is_one = |text: &&str| {
        text.contains('-') && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    for region in list.split(',').map(str::trim).filter(is_one) {
        regions::advise(region, keys.action.key_place("Regions").value(), findings);
    }
}
