//! Names, Regions and the ARNs of roles: their patterns. Source: CodePipeline API Reference.

use std::collections::HashSet;

use super::placeholder::{fill_in, likely, placeholder};
use super::regions;
use super::view::View;
use crate::catalogue;
use crate::declaration::references::has_reference;
use crate::finding::{Finding, Place};
use crate::ids::{AccountId, ArtifactName, IdError, Name, Namespace, PipelineArn, Region, split_arn};
use crate::regions::of_place;
use crate::rules;
use crate::suggest::misspelt;

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    names(view, findings);
    roles(view, findings);
}

pub(super) fn malformed(error: &IdError, place: Place) -> Finding {
    let finding = Finding::of(&rules::XA0201, place, error.to_string());
    match meant(error).map(|meant| format!("write `{meant}`")).or_else(|| fill_in(&error.text)) {
        Some(help) => finding.help(help),
        None => finding,
    }
}

/// An account id without what is between its digits, a Region that is nearly the text, or the text with hyphens instead of what a name
/// can't have.
pub fn meant(error: &IdError) -> Option<String> {
    let text = error.text.trim();
    if placeholder(text).is_some() {
        return None;
    }
    if error.expected == AccountId::EXPECTED {
        let digits = text.replace(['-', ' ', '.', '_'], "");
        return digits.parse::<AccountId>().is_ok().then_some(digits);
    }
    if error.expected == Region::EXPECTED {
        if let Some(arn) = split_arn(text).filter(|arn| !arn.region.is_empty()) {
            return arn.region.parse::<Region>().is_ok().then(|| arn.region.to_owned());
        }
        let place = of_place(text).map(str::to_owned);
        return place.or_else(|| regions::nearest_known(&text.to_lowercase().replace(['_', ' '], "-")));
    }
    let period = error.expected == Name::EXPECTED;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '-' | '_') || c == '.' && period;
    let replaced: String = text.chars().map(|c| if fits(c) { c } else { '-' }).collect();
    let plain = text.is_ascii() && text.contains(|c: char| c.is_ascii_alphanumeric()) && !has_reference(text);
    Some(replaced).filter(|name| plain && *name != error.text && name.parse::<Name>().is_ok())
}

/// A Region is well-formed, and may exist.
pub(super) fn region(text: &str, place: Place, findings: &mut Vec<Finding>) {
    if has_reference(text) {
        let message = format!("`{text}`: references are not documented for Regions");
        findings.push(Finding::of(&rules::XA0229, place, message).help("write the Region out"));
        return;
    }
    match text.parse::<Region>() {
        Ok(region) => regions::judge(&region, place, findings),
        Err(error) => findings.push(malformed(&error, place)),
    }
}

/// The name of a pipeline is bare: account and Region are given elsewhere.
pub(super) fn pipeline_name(name: &str, place: Place) -> Result<Name, Finding> {
    match name.parse::<PipelineArn>() {
        Ok(arn) => {
            let message = format!("`{name}` is an ARN, not the bare name of the pipeline");
            Err(Finding::of(&rules::XA0217, place, message).help(format!("write `{}`", arn.name())))
        }
        Err(_) => name.parse::<Name>().map_err(|error| malformed(&error, place)),
    }
}

/// Names of pipelines, stages, actions, rules, artifacts, namespaces and Regions have fixed patterns; so do the
/// provider and the version of an action type.
fn names(view: &View<'_>, findings: &mut Vec<Finding>) {
    let known = |place: &Place| !view.context.is_open(place);
    let place = view.place.key("name").value();
    if known(&place) {
        match pipeline_name(&view.declaration.name, place.clone()) {
            Ok(name) => findings.extend(likely(name.as_str(), place).filter(|_| view.context.home.is_some())),
            Err(finding) => findings.push(finding),
        }
    }
    let stores: HashSet<&str> = view.declaration.artifact_stores.iter().flatten().map(|(r, _)| r.as_str()).collect();
    if let Some(home) = &view.context.home {
        regions::judge(home, view.place.key("region").value(), findings);
    }
    // Most names are right, and need no place.
    for stage in &view.stages {
        if let Err(error) = stage.stage.name.parse::<Name>()
            && known(&stage.place.key("name"))
        {
            findings.push(malformed(&error, stage.place.clone()));
        }
        for view in &stage.actions {
            let action = view.action;
            if let Err(error) = action.name.parse::<Name>()
                && known(&view.place.key("name"))
            {
                findings.push(malformed(&error, view.place.clone()));
            }
            if let Some(Err(error)) = action.namespace.as_ref().map(|namespace| namespace.parse::<Namespace>()) {
                findings.push(malformed(&error, view.place.key("namespace").value()));
            }
            // A Region of the artifact stores is judged there.
            if let Some(text) = action.region.as_ref().filter(|region| !stores.contains(region.as_str())) {
                region(text, view.place.key("region").value(), findings);
            }
            for (index, artifact) in action.output_artifacts.iter().flatten().enumerate() {
                if let Err(error) = artifact.name.parse::<ArtifactName>() {
                    let place = view.place.key("outputArtifacts").index(index);
                    if known(&place.key("name")) {
                        findings.push(malformed(&error, place.key("name").value()));
                    }
                }
            }
            let id = &action.action_type_id;
            for (key, text, most) in [("provider", &id.provider, 35), ("version", &id.version, 9)] {
                if !is_word(text, most) {
                    let place = view.place.key("actionTypeId").key(key);
                    if known(&place) {
                        let names = catalogue::ACTIONS.iter().map(|action| action.provider);
                        let also = || catalogue::meant(text, id.category == "Source").map(|action| action.provider);
                        let near = misspelt(text, names).or_else(also).filter(|_| key == "provider");
                        findings.push(no_word(text, most, near, place.value()));
                    }
                }
            }
        }
    }
    for rule in view.rules() {
        if let Err(error) = rule.rule.name.parse::<Name>() {
            let place = rule.place.key("name");
            if known(&place) {
                findings.push(malformed(&error, place.value()));
            }
        }
        if let Some(text) = &rule.rule.region {
            region(text, rule.place.key("region").value(), findings);
        }
        let id = &rule.rule.rule_type_id;
        if !is_word(&id.provider, 35) {
            let place = rule.place.key("ruleTypeId").key("provider");
            if known(&place) {
                let near = misspelt(&id.provider, catalogue::RULES.iter().map(|rule| rule.provider));
                findings.push(no_word(&id.provider, 35, near, place.value()));
            }
        }
        if let Some(version) = id.version.as_ref().filter(|version| !is_word(version, 9)) {
            findings.push(no_word(version, 9, None, rule.place.key("ruleTypeId").key("version").value()));
        }
    }
}

/// 1 to some number of characters out of `[0-9A-Za-z_-]`.
pub(super) fn is_word(text: &str, most: usize) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    (1..=most).contains(&text.len()) && text.bytes().all(allowed)
}

fn no_word(text: &str, most: usize, near: Option<&str>, place: Place) -> Finding {
    let message = format!("`{text}` does not have 1 to {most} characters out of `0-9 A-Z a-z _ -`");
    let finding = Finding::of(&rules::XA0225, place, message);
    match near {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding,
    }
}

/// The ARN of a role for its name, as far as it is known.
pub(super) fn role_arn(value: &str) -> String {
    let name = value.strip_prefix("role/").unwrap_or(value);
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@-_/".contains(&b));
    format!("write `arn:aws:iam::<account id>:role/{}`", if is_name { name } else { "<path><name>" })
}

/// Roles are named by their ARN. Source: CodePipeline API Reference, `PipelineDeclaration` and `ActionDeclaration`.
fn roles(view: &View<'_>, findings: &mut Vec<Finding>) {
    let pipeline = view.declaration.role_arn.iter().map(|arn| (view.place.key("roleArn"), arn));
    let actions = view.actions().filter_map(|a| Some((a.place.key("roleArn"), a.action.role_arn.as_ref()?)));
    let rules = view.rules().filter_map(|r| Some((r.place.key("roleArn"), r.rule.role_arn.as_ref()?)));
    for (place, arn) in pipeline.chain(actions).chain(rules) {
        // Without a home Region it may be a template, in which something is still to be put in.
        let template = view.context.home.is_none();
        let unfilled = placeholder(arn).is_some();
        if view.context.is_open(&place) || template && unfilled {
            continue;
        }
        if !is_role_arn(arn) || unfilled {
            let message = format!("`{arn}` is not the ARN of a role");
            let help = fill_in(arn).unwrap_or_else(|| role_arn(arn));
            findings.push(Finding::of(&rules::XA0220, place.value(), message).help(help));
        } else if has_reference(arn) {
            let message = format!("`{arn}`: references are not documented for roles");
            findings.push(Finding::of(&rules::XA0229, place.value(), message).help("write the ARN out"));
        } else if !template {
            findings.extend(likely(arn, place.value()));
        }
    }
}

/// `arn:aws(-[\w]+)*:iam::[0-9]{12}:role/.*`, as the API has it.
pub(super) fn is_role_arn(text: &str) -> bool {
    let Some(arn) = split_arn(text) else { return false };
    let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    let mut parts = arn.partition.split('-');
    text.len() <= 1024
        && parts.next() == Some("aws")
        && parts.all(word)
        && arn.service == "iam"
        && arn.region.is_empty()
        && arn.account.len() == 12
        && arn.account.bytes().all(|b| b.is_ascii_digit())
        && arn.resource.strip_prefix("role/").is_some_and(|name| !name.is_empty())
}
