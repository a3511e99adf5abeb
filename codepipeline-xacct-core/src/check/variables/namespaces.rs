//! Namespaces of output variables. Source: CodePipeline User Guide, "Variables reference".

use std::collections::{HashMap, HashSet};

use crate::catalogue::{self, OutputVariables};
use crate::check::view::{ActionView, View};
use crate::declaration::references::{VARIABLES, is_reserved, written};
use crate::finding::Finding;
use crate::rules;

/// Namespaces are unique, not reserved, and no artifact has the same name.
pub(super) fn namespaces<'a>(view: &'a View<'a>, findings: &mut Vec<Finding>) -> Namespaces<'a> {
    let mut namespaces: HashMap<&str, &ActionView<'_>> = HashMap::new();
    let artifacts: HashSet<&str> =
        view.actions().flat_map(|a| a.action.output_artifacts.iter().flatten()).map(|a| a.name.as_str()).collect();
    for action in view.actions() {
        let Some(namespace) = &action.action.namespace else { continue };
        let place = action.place.key("namespace").value();
        if is_reserved(namespace) {
            let message = format!("namespace `{namespace}` is reserved");
            findings.push(Finding::of(&rules::XA0501, place, message).help("choose another name"));
        } else if artifacts.contains(namespace.as_str()) {
            let message = format!("namespace `{namespace}` is also the name of an artifact");
            findings.push(Finding::of(&rules::XA0508, place, message).help("choose another name"));
            namespaces.insert(namespace, action);
        } else if let Some(first) = namespaces.get(namespace.as_str()) {
            let message = format!("namespace `{namespace}` is used by action `{}` already", first.action.name);
            let finding = Finding::of(&rules::XA0502, place, message).fact("subject", namespace);
            findings.push(finding.help("namespaces are unique in the pipeline"));
        } else {
            namespaces.insert(namespace, action);
        }
    }
    let mut sorted: Vec<_> = namespaces.keys().copied().chain([VARIABLES]).collect();
    sorted.sort_unstable();
    Namespaces { by_name: namespaces, sorted }
}

/// The namespaces of a pipeline.
pub(super) struct Namespaces<'a> {
    pub(super) by_name: HashMap<&'a str, &'a ActionView<'a>>,
    /// For suggestions.
    pub(super) sorted: Vec<&'a str>,
}

impl Namespaces<'_> {
    /// What to do about a namespace that no action has.
    pub(super) fn instead_of(&self, view: &View<'_>, namespace: &str, key: &str) -> String {
        // The name of the action or of its artifact, or the only action that makes such a variable.
        let is_meant = |action: &ActionView<'_>| {
            let made = action.action.output_artifacts.iter().flatten().any(|artifact| artifact.name == namespace);
            made || action.action.name == namespace
        };
        let mut makers = view.actions().filter(|action| makes(action, key));
        let only = makers.next().filter(|_| makers.next().is_none());
        match view.actions().find(|action| is_meant(action)).or(only) {
            Some(action) => match &action.action.namespace {
                Some(name) => format!("did you mean `{}`?", written(name, key)),
                None => format!("give action `{}` the namespace: `namespace: {namespace}`", action.action.name),
            },
            None => format!("give the action that makes the variable a namespace: `namespace: {namespace}`"),
        }
    }
}

/// Whether an action is known to have an output variable.
pub(super) fn makes(action: &ActionView<'_>, key: &str) -> bool {
    let made = catalogue::find(&action.action.action_type_id).map(|known| known.output_variables);
    matches!(made, Some(OutputVariables::Fixed(variables)) if variables.contains(&key))
}
