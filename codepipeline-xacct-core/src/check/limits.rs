//! Names, patterns and sizes. Source: CodePipeline API Reference and the "Quotas" page of the User Guide.

use super::View;
use crate::finding::{Finding, Place};
use crate::ids::{ArtifactName, IdError, Name, Namespace, PipelineArn, Region, VariableName};

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    names(view, findings);
    stores(view, findings);
    variables(view, findings);
    configuration(view, findings);
    commands(view, findings);
    environment(view, findings);
    timeouts(view, findings);
}

fn pattern<T>(result: Result<T, IdError>, place: Place, findings: &mut Vec<Finding>) {
    if let Err(error) = result {
        findings.push(Finding::error("XA0201", place, error.to_string()));
    }
}

/// The name of a pipeline is bare: account and Region are said elsewhere.
pub(super) fn pipeline_name(name: &str, place: Place) -> Result<Name, Finding> {
    match name.parse::<PipelineArn>() {
        Ok(arn) => {
            let message = format!("`{name}` is an ARN, where the bare name of the pipeline belongs");
            Err(Finding::error("XA0217", place, message).help(format!("write `{}`", arn.name())))
        }
        Err(_) => name.parse::<Name>().map_err(|error| Finding::error("XA0201", place, error.to_string())),
    }
}

/// Names of stages, actions, artifacts, namespaces and Regions have fixed patterns.
fn names(view: &View<'_>, findings: &mut Vec<Finding>) {
    findings.extend(pipeline_name(&view.declaration.name, view.place.key("name").value()).err());
    for stage in &view.stages {
        pattern(stage.stage.name.parse::<Name>(), stage.place.clone(), findings);
        for view in &stage.actions {
            let action = view.action;
            pattern(action.name.parse::<Name>(), view.place.clone(), findings);
            if let Some(namespace) = &action.namespace {
                pattern(namespace.parse::<Namespace>(), view.place.key("namespace").value(), findings);
            }
            if let Some(region) = &action.region {
                pattern(region.parse::<Region>(), view.place.key("region").value(), findings);
            }
            let outputs = action.output_artifacts.iter().flatten().map(|a| &a.name).enumerate();
            for (index, name) in outputs {
                pattern(name.parse::<ArtifactName>(), view.place.key("outputArtifacts").index(index).value(), findings);
            }
        }
    }
}

/// A bucket name has 3 to 63 characters out of `[a-zA-Z0-9\-\.]`.
fn stores(view: &View<'_>, findings: &mut Vec<Finding>) {
    let single = view.declaration.artifact_store.iter().map(|s| (view.place.key("artifactStore"), s));
    let by_region = view
        .declaration
        .artifact_stores
        .iter()
        .flatten()
        .map(|(region, store)| (view.place.key("artifactStores").key(region), store));
    for (place, store) in single.chain(by_region) {
        let place = place.key("location").value();
        let bucket = &store.location;
        if view.context.is_open(&place) {
            continue;
        }
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
        if !(3..=63).contains(&bucket.len()) || !bucket.bytes().all(|b| plain(b) || b == b'_') {
            let message = format!("`{bucket}` is not a bucket name of 3 to 63 characters out of `A-Z a-z 0-9 - .`");
            let help = "write the bare name of the bucket, without `s3://` or an ARN";
            findings.push(Finding::error("XA0202", place, message).help(help));
        } else if !bucket.bytes().all(plain) {
            // Old buckets of us-east-1 may have such names.
            let message = format!(
                "`{bucket}` has an underscore, which the API reference does not allow in the name of an artifact bucket"
            );
            findings.push(Finding::warning("XA0218", place, message));
        }
    }
    for region in view.declaration.artifact_stores.iter().flat_map(indexmap::IndexMap::keys) {
        pattern(region.parse::<Region>(), view.place.key("artifactStores").key(region), findings);
    }
}

/// At most 50 pipeline variables, with unique names and values of 1 to 1000 characters.
fn variables(view: &View<'_>, findings: &mut Vec<Finding>) {
    let variables = view.declaration.variables.as_deref().unwrap_or_default();
    if variables.len() > 50 {
        let message = format!("a pipeline has at most 50 variables, this one has {}", variables.len());
        findings.push(Finding::error("XA0203", view.place.key("variables"), message));
    }
    for (index, variable) in variables.iter().enumerate() {
        let place = view.place.key("variables").index(index);
        pattern(variable.name.parse::<VariableName>(), place.clone(), findings);
        if variables.iter().take(index).any(|v| v.name == variable.name) {
            let message = format!("variable name `{}` is used more than once", variable.name);
            findings.push(Finding::error("XA0204", place.clone(), message));
        }
        if let Some(value) = &variable.default_value
            && !view.context.is_open(&place.value())
        {
            let length = value.chars().count();
            if length == 0 {
                let message =
                    format!("the default of variable `{}` is empty, which the service refuses", variable.name);
                let help = "leave the default out, so that every start has to pass a value";
                findings.push(Finding::error("XA0205", place.value(), message).help(help));
            } else if length > 1000 {
                let message =
                    format!("the default of variable `{}` has {length} characters; 1000 are allowed", variable.name);
                findings.push(Finding::error("XA0205", place.value(), message));
            }
        }
        if variable.description.as_ref().is_some_and(|d| d.chars().count() > 200) {
            let message = format!("the description of variable `{}` is longer than 200 characters", variable.name);
            findings.push(Finding::error("XA0206", place.key("description").value(), message));
        }
    }
}

/// A configuration value is not empty; the service takes 50000 characters, the documentation says 1000.
fn configuration(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        for (key, value) in action.action.configuration.iter().flatten() {
            let place = action.place.key("configuration").key(key);
            if view.context.is_open(&place.value()) {
                continue;
            }
            if !(1..=50).contains(&key.chars().count()) {
                findings.push(Finding::error(
                    "XA0207",
                    place.clone(),
                    format!("`{key}` is not a key of 1 to 50 characters"),
                ));
            }
            let length = value.chars().count();
            if length == 0 {
                let message = format!("the value of `{key}` is empty, which the service refuses");
                findings.push(Finding::error("XA0208", place.value(), message).help("leave the key out"));
            } else if length > 50_000 {
                let message = format!("the value of `{key}` has {length} characters; the service takes at most 50000");
                findings.push(Finding::error("XA0209", place.value(), message));
            } else if length > 1000 {
                let message =
                    format!("the value of `{key}` has {length} characters; the quota page of CodePipeline says 1000");
                findings.push(Finding::warning("XA0210", place.value(), message));
            }
        }
    }
}

/// 1 to 50 commands of 1 to 1000 characters, 1 to 15 output variables of 1 to 128, 1 to 10 files of 1 to 128.
fn commands(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        if let Some(variables) = &action.action.output_variables {
            short_texts(variables, 15, "output variables", &action.place.key("outputVariables"), findings);
        }
        for (index, artifact) in action.action.output_artifacts.iter().flatten().enumerate() {
            if let Some(files) = &artifact.files {
                short_texts(files, 10, "files", &action.place.key("outputArtifacts").index(index), findings);
            }
        }
        let place = action.place.key("commands");
        let Some(commands) = &action.action.commands else { continue };
        if commands.len() > 50 {
            let message = format!("an action has at most 50 commands, this one has {}", commands.len());
            findings.push(Finding::error("XA0211", place.clone(), message));
        }
        for (index, command) in commands.iter().enumerate() {
            let place = place.index(index).value();
            let length = command.chars().count();
            if !(1..=1000).contains(&length) && !view.context.is_open(&place) {
                let message = format!("a command has 1 to 1000 characters, this one has {length}");
                findings.push(Finding::error("XA0211", place, message));
            }
        }
    }
}

/// Up to some number of texts of 1 to 128 characters.
fn short_texts(texts: &[String], most: usize, what: &str, place: &Place, findings: &mut Vec<Finding>) {
    if texts.len() > most {
        let message = format!("{} {what} are given; {most} are allowed", texts.len());
        findings.push(Finding::error("XA0219", place.clone(), message));
    }
    for text in texts.iter().filter(|t| !(1..=128).contains(&t.chars().count())) {
        findings.push(Finding::error("XA0219", place.clone(), format!("`{text}` has not 1 to 128 characters")));
    }
}

/// 1 to 10 environment variables: names `[A-Za-z0-9_]{1,128}`, values of 1 to 2000 characters.
fn environment(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        let Some(variables) = &action.action.environment_variables else { continue };
        let place = action.place.key("environmentVariables");
        if !(1..=10).contains(&variables.len()) {
            let message = format!("an action has 1 to 10 environment variables, this one has {}", variables.len());
            findings.push(Finding::error("XA0212", place.clone(), message));
        }
        for (index, variable) in variables.iter().enumerate() {
            let place = place.index(index);
            let name = &variable.name;
            if !(1..=128).contains(&name.len()) || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                let message = format!("`{name}` is not a name of 1 to 128 characters out of `A-Z a-z 0-9 _`");
                findings.push(Finding::error("XA0213", place.clone(), message));
            }
            let length = variable.value.chars().count();
            if !(1..=2000).contains(&length) && !view.context.is_open(&place.value()) {
                let message = format!("the value of `{name}` has {length} characters; 1 to 2000 are allowed");
                findings.push(Finding::error("XA0214", place.value(), message));
            }
        }
    }
}

/// Only a manual approval has a timeout, of 5 to 86400 minutes. Source: CodePipeline API Reference, `ActionDeclaration`.
fn timeouts(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        let Some(minutes) = action.action.timeout_in_minutes else { continue };
        let place = action.place.key("timeoutInMinutes");
        if action.action.action_type_id.category != "Approval" {
            let message = format!("action `{}` is no approval, so it can't have a timeout", action.action.name);
            findings.push(Finding::error("XA0215", place, message).help("leave `timeoutInMinutes` out"));
        } else if !(5..=86400).contains(&minutes) {
            findings.push(Finding::error(
                "XA0216",
                place.value(),
                format!("{minutes} minutes are not between 5 and 86400"),
            ));
        }
    }
}
