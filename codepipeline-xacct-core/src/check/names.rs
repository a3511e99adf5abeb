//! Names, patterns, sizes and enumerations. Source: CodePipeline API Reference and the "Quotas" page of the User Guide.

use crate::declaration::fixed_values::{BLOCKER_TYPE, FAILURE_RESULTS, VARIABLE_TYPES};
use crate::declaration::invoke::{REVISIONS_KEY, VARIABLES_KEY};
use std::collections::HashSet;

use super::placeholder::{fill_in, likely, placeholder};
use super::regions;
use super::view::View;
use crate::catalogue::{self, Format};
use crate::declaration::references::{self, has_reference};
use crate::declaration::{ActionTypeId, ExecutionMode, PipelineType, RetryMode};
use crate::finding::{Finding, Place};
use crate::ids::{AccountId, ArtifactName, IdError, Name, Namespace, PipelineArn, Region, VariableName, split_arn};
use crate::regions::of_place;
use crate::rules::{self, Rule};
use crate::suggest::{misspelt, nearest};

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    names(view, findings);
    roles(view, findings);
    version(view, findings);
    enumerations(view, findings);
    variables(view, findings);
    configuration(view, findings);
    commands(view, findings);
    environment(view, findings);
    timeouts(view, findings);
    blockers(view, findings);
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
            let help = fill_in(arn).unwrap_or_else(|| "write `arn:aws:iam::<account id>:role/<path><name>`".to_owned());
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
    let Some(arn) = crate::ids::split_arn(text) else { return false };
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

/// The service numbers versions from 1. Source: CodePipeline API Reference, `PipelineDeclaration`.
fn version(view: &View<'_>, findings: &mut Vec<Finding>) {
    if let Some(version) = view.declaration.version.filter(|version| *version < 1) {
        let message = format!("version {version} is below 1");
        findings.push(
            Finding::of(&rules::XA0231, view.place.key("version").value(), message)
                .help("leave it out: the service counts versions"),
        );
    }
}

/// Enumerations of the API have fixed words. Source: CodePipeline API Reference.
fn enumerations(view: &View<'_>, findings: &mut Vec<Finding>) {
    let mut check = |place: Place, word: &str, allowed: &[&str]| {
        if !allowed.contains(&word) {
            let message = format!("`{word}` is not one of `{}`", allowed.join("`, `"));
            let finding = Finding::of(&rules::XA0224, place.value(), message);
            findings.push(match nearest(word, allowed.iter().copied()) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding,
            });
        }
    };
    if let Some(mode) = &view.declaration.execution_mode {
        check(view.place.key("executionMode"), mode.as_str(), ExecutionMode::VALUES);
    }
    if let Some(kind) = &view.declaration.pipeline_type {
        check(view.place.key("pipelineType"), kind.as_str(), PipelineType::VALUES);
    }
    for stage in &view.stages {
        let failure = stage.stage.on_failure.as_ref();
        let place = stage.place.key("onFailure");
        if let Some(result @ crate::declaration::StageResult::Other(_)) = failure.and_then(|f| f.result.as_ref()) {
            check(place.key("result"), result.as_str(), FAILURE_RESULTS);
        }
        let retry = failure.and_then(|f| f.retry_configuration.as_ref()).and_then(|r| r.retry_mode.as_ref());
        if let Some(mode) = retry {
            check(place.key("retryConfiguration").key("retryMode"), mode.as_str(), RetryMode::VALUES);
        }
    }
    for action in view.actions() {
        for (index, variable) in action.action.environment_variables.iter().flatten().enumerate() {
            if let Some(kind) = &variable.r#type {
                let place = action.place.key("environmentVariables").index(index).key("type");
                check(place, kind, &VARIABLE_TYPES);
            }
        }
    }
}

/// Up to 50 variables with unique names, defaults of 1 to 1000 and descriptions of up to 200 characters.
/// Source: CodePipeline API Reference, `PipelineVariableDeclaration`; User Guide, "Quotas".
fn variables(view: &View<'_>, findings: &mut Vec<Finding>) {
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

/// The most characters that a configuration value of an action has.
const LONGEST_VALUE: usize = 1000;

/// A configuration key has 1 to 50, a value 1 to 1000 characters. Source: CodePipeline API Reference, `ActionDeclaration`.
fn configuration(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        for (key, value) in action.action.configuration.iter().flatten() {
            let length = value.chars().count();
            let key_fault = key_fault(key);
            if key_fault.is_none() && (1..=LONGEST_VALUE).contains(&length) {
                continue;
            }
            let place = action.key_place(key);
            if view.context.is_open(&place.value()) {
                continue;
            }
            findings.extend(key_fault.map(|message| Finding::of(&rules::XA0207, place.clone(), message)));
            if length == 0 && key == "BuildspecOverride" {
                let message = "sources differ on whether `BuildspecOverride` may be empty";
                findings.push(Finding::of(&rules::XA0232, place.value(), message).help("leave the key out"));
            } else if length == 0 {
                let message = format!("the value of `{key}` is empty, which the service refuses");
                findings.push(Finding::of(&rules::XA0208, place.value(), message).help("leave the key out"));
            } else if is_judged_by_its_own_bound(&action.action.action_type_id, key, value) {
            } else if action.action.action_type_id.is_pipeline_invoke()
                && matches!(key.as_str(), VARIABLES_KEY | REVISIONS_KEY)
                && length <= 50_000
            {
                // 50 entries, which StartPipelineExecution takes, don't fit into 1000 characters.
                let message =
                    format!("the value of `{key}` has {length} characters; the API model says {LONGEST_VALUE}");
                findings.push(
                    Finding::of(&rules::XA0210, place.value(), message)
                        .help("pass an id, and have the target look up what belongs to it"),
                );
            } else if length > LONGEST_VALUE {
                let message = format!("the value of `{key}` has {length} characters; {LONGEST_VALUE} are allowed");
                let finding = Finding::of(&rules::XA0209, place.value(), message);
                findings.push(finding.help(shorter(&action.action.action_type_id, key)));
            }
        }
    }
}

/// The format of a key of an action.
fn format_of(id: &ActionTypeId, key: &str) -> Option<&'static Format> {
    catalogue::find(id).and_then(|known| known.key(key)).map(|key| &key.format)
}

/// Whether a value is over a bound that its key has besides, and is reported for that.
fn is_judged_by_its_own_bound(id: &ActionTypeId, key: &str, value: &str) -> bool {
    matches!(format_of(id, key), Some(Format::JsonObject(most)) if value.len() > *most)
}

/// Where a text goes that is too long for a configuration value.
fn shorter(id: &ActionTypeId, key: &str) -> &'static str {
    match format_of(id, key) {
        Some(Format::EnvironmentVariables) => {
            "move the variables that are always the same into the project or the buildspec, and pass the others here"
        }
        Some(Format::JsonObject(_)) => {
            "put the parameters into a file of an input artifact, and name it in `TemplateConfiguration`"
        }
        _ => "put the text into a file of an input artifact, and name the file",
    }
}

/// 1 to 50 commands of 1 to 1000 characters, one line each; 1 to 15 output variables of 1 to 128, 1 to 10 files of 1 to 128.
fn commands(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        if let Some(variables) = &action.action.output_variables {
            let place = action.place.key("outputVariables");
            short_texts(variables, 15, "output variables", &place, findings);
            for (index, name) in variables.iter().enumerate().filter(|(_, name)| !is_output_variable(name)) {
                let message = format!("`{name}` is not the name of a variable: `A-Z a-z 0-9 @ - _`");
                let finding = Finding::of(&rules::XA0234, place.index(index).value(), message);
                let bare = without_sign(name);
                findings.push(match references::is_word(bare) {
                    true => finding.help(format!("write `{bare}`")),
                    false => finding,
                });
            }
        }
        for (index, artifact) in action.action.output_artifacts.iter().flatten().enumerate() {
            if let Some(files) = &artifact.files {
                let place = action.place.key("outputArtifacts").index(index).key("files");
                short_texts(files, 10, "files", &place, findings);
            }
        }
        let place = action.place.key("commands");
        let Some(commands) = &action.action.commands else { continue };
        command_list(view, commands, &place, &rules::XA0211, findings);
    }
}

/// A list of commands. An empty list is reported by the rules that require commands.
pub(super) fn command_list(
    view: &View<'_>,
    commands: &[String],
    place: &Place,
    rule: &'static Rule,
    findings: &mut Vec<Finding>,
) {
    if commands.len() > 50 {
        let message = format!("at most 50 commands are allowed, here are {}", commands.len());
        findings.push(Finding::of(rule, place.clone(), message));
    }
    for (index, command) in commands.iter().enumerate() {
        let place = place.index(index).value();
        if view.context.is_open(&place) {
            continue;
        }
        let length = command.chars().count();
        if !(1..=1000).contains(&length) {
            let message = format!("a command has 1 to 1000 characters, this one has {length}");
            findings.push(Finding::of(rule, place, message));
        } else if command.trim_end_matches('\n').contains('\n') {
            let finding = Finding::of(&rules::XA0230, place, "a command of several lines is not supported");
            findings.push(finding.help("write each line as a command of its own, or join them with `&&`"));
        }
    }
}

/// True for what may be the name of an output variable; one that is empty is reported for its length.
/// Source: CodePipeline API Reference, `OutputVariablesKey` of `PutJobSuccessResult`.
fn is_output_variable(name: &str) -> bool {
    name.is_empty() || references::is_word(name)
}

/// `NAME` of `$NAME` and `${NAME}`, as the shell reads a variable.
pub(super) fn without_sign(name: &str) -> &str {
    name.trim_start_matches('$').trim_start_matches('{').trim_end_matches('}')
}

/// 1 to some number of texts of 1 to 128 characters.
fn short_texts(texts: &[String], most: usize, what: &str, place: &Place, findings: &mut Vec<Finding>) {
    if !(1..=most).contains(&texts.len()) {
        let message = format!("{} {what} are given; 1 to {most} are allowed", texts.len());
        let finding = Finding::of(&rules::XA0219, place.clone(), message);
        findings.push(if texts.is_empty() { finding.help("leave the member out") } else { finding });
    }
    for (index, text) in texts.iter().enumerate().filter(|(_, t)| !(1..=128).contains(&t.chars().count())) {
        let message = format!("`{text}` does not have 1 to 128 characters");
        findings.push(Finding::of(&rules::XA0219, place.index(index).value(), message));
    }
}

/// 1 to 10 environment variables: names `[A-Za-z0-9_]{1,128}`, values of 1 to 2000 characters.
fn environment(view: &View<'_>, findings: &mut Vec<Finding>) {
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

/// What is wrong with the key of a configuration. Source: CodePipeline API Reference, `ActionDeclaration` and `RuleDeclaration`.
pub(super) fn key_fault(key: &str) -> Option<String> {
    const LONGEST: usize = 50;
    let fits = (1..=LONGEST).contains(&key.chars().count());
    (!fits).then(|| format!("`{key}` is not a key of 1 to {LONGEST} characters"))
}

/// What is wrong with the timeout of an approval or a rule. Source: as above.
pub(super) fn timeout_fault(minutes: i64) -> Option<String> {
    const LEAST: i64 = 5;
    const MOST: i64 = 86400;
    let fits = (LEAST..=MOST).contains(&minutes);
    (!fits).then(|| format!("{minutes} minutes are not between {LEAST} and {MOST}"))
}

/// Only a manual approval has a timeout.
/// Source: CodePipeline API Reference, `ActionDeclaration`.
fn timeouts(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        let Some(minutes) = action.action.timeout_in_minutes else { continue };
        let place = action.place.key("timeoutInMinutes");
        if action.action.action_type_id.category != "Approval" {
            let message = format!("action `{}` is not an approval, so it can't have a timeout", action.action.name);
            findings.push(Finding::of(&rules::XA0215, place, message).help("leave `timeoutInMinutes` out"));
        } else if let Some(message) = timeout_fault(minutes) {
            findings.push(Finding::of(&rules::XA0216, place.value(), message));
        }
    }
}

/// A blocker has a name and the type Schedule. Source: CodePipeline API Reference, `BlockerDeclaration`.
fn blockers(view: &View<'_>, findings: &mut Vec<Finding>) {
    for stage in &view.stages {
        for (index, blocker) in stage.stage.blockers.iter().flatten().enumerate() {
            let place = stage.place.key("blockers").index(index);
            if !(1..=100).contains(&blocker.name.chars().count()) && !view.context.is_open(&place.key("name")) {
                let message = "the name of a blocker has 1 to 100 characters";
                findings.push(Finding::of(&rules::XA0226, place.key("name").value(), message));
            }
            if blocker.r#type != BLOCKER_TYPE && !view.context.is_open(&place.key("type")) {
                let message = format!("`{}` is not a type of blocker", blocker.r#type);
                findings.push(Finding::of(&rules::XA0226, place.key("type").value(), message).help("write `Schedule`"));
            }
        }
    }
}
