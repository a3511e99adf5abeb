//! The variables that a pipeline declares: how many, their names, defaults and descriptions.

use std::collections::HashSet;

use super::names::malformed;
use super::view::View;
use crate::finding::{Finding, Place};
use crate::ids::VariableName;
use crate::rules;

/// Up to 50 variables with unique names, defaults of 1 to 1000 and descriptions of up to 200 characters.
/// Source: CodePipeline API Reference, `PipelineVariableDeclaration`; User Guide, "Quotas".
pub(super) fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    let Some(variables) = &view.declaration.variables else { return };
    if variables.len() > 50 {
        let message = format!("a pipeline has at most 50 variables, this one has {}", variables.len());
        findings.push(Finding::of(&rules::XA0203, view.place.key("variables"), message));
    }
    let mut seen = HashSet::new();
    for (index, variable) in variables.iter().enumerate() {
        let place = view.place.key("variables").index(index);
        if view.context.is_open(&place.key("name")) {
            continue;
        }
        let name = place.key("name").value();
        findings.extend(variable.name.parse::<VariableName>().err().map(|error| malformed(&error, name)));
        if !seen.insert(&variable.name) {
            let message = format!("variable name `{}` is used more than once", variable.name);
            findings.push(Finding::of(&rules::XA0204, place.clone(), message).fact("subject", &variable.name));
        }
        if let Some(value) = &variable.default_value
            && !view.context.is_open(&place.key("defaultValue").value())
        {
            default(&variable.name, value, place.key("defaultValue").value(), findings);
        }
        if let Some(description) = &variable.description {
            let place = place.key("description").value();
            if description.chars().count() > 200 {
                let message = format!("the description of variable `{}` is longer than 200 characters", variable.name);
                findings.push(Finding::of(&rules::XA0206, place, message));
            } else if description.contains(['\n', '\r']) {
                let message = format!("the description of variable `{}` has a line break", variable.name);
                findings.push(Finding::of(&rules::XA0228, place, message).help("write it in one line"));
            }
        }
    }
}

fn default(name: &str, value: &str, place: Place, findings: &mut Vec<Finding>) {
    let length = value.chars().count();
    if length == 0 {
        let message = format!("the default of variable `{name}` is empty, which the service refuses");
        let help = "leave the default out, so that every start has to pass a value";
        findings.push(Finding::of(&rules::XA0205, place, message).help(help));
    } else if length > 1000 {
        let message = format!("the default of variable `{name}` has {length} characters; 1000 are allowed");
        findings.push(Finding::of(&rules::XA0205, place, message));
    } else if value.contains(['\n', '\r']) {
        let message = format!("the default of variable `{name}` has a line break");
        findings.push(Finding::of(&rules::XA0228, place, message).help("write it in one line"));
    }
}
