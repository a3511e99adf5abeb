//! Actions: their type, the keys of their provider, what only some of them have.

use super::configuration::{self, ADD_COMMANDS, Configured, KeyRules, add, input_names, is_meant_by, spelled};
use super::context::Origin;
use super::view::{ActionView, View};
use super::{action_types, execution_input, other_provider, overrides, stack_sets};
use crate::catalogue::{self, ActionProvider, ConfigurationKey, KeyCondition, Required};
use crate::declaration::ActionDeclaration;
use crate::declaration::fixed_values::SECRET_VARIABLE_TYPE;
use crate::declaration::references::has_reference;
use crate::declaration::secrets::MASK;
use crate::finding::{Finding, Place};
use crate::ids::split_arn;
use crate::json::member::Member as _;
use crate::rules;
use crate::suggest::misspelt;

pub(super) const KEY_RULES: KeyRules = KeyRules {
    misspelt: &rules::XA0604,
    unknown: &rules::XA0605,
    value: &rules::XA0606,
    unlisted: &rules::XA0624,
    not_bare: &rules::XA0623,
    form: &rules::XA0613,
    no_input: &rules::XA0308,
    no_path: &rules::XA0309,
    placeholder: &rules::XA0622,
    one_input: &rules::XA0312,
};

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        required_keys(view, action, findings);
        alternatives(view, action, findings);
        companions(view, action, findings);
    }
    check_written(view, true, findings);
}

/// The same, but only actions that are added are known to lack what is not written.
pub(super) fn check_extended(view: &View<'_>, findings: &mut Vec<Finding>) {
    for (stage, action) in view.stages.iter().flat_map(|stage| stage.actions.iter().map(move |action| (stage, action)))
    {
        if view.context.added.has_action(&stage.stage.name, &action.action.name) {
            required_keys(view, action, findings);
            alternatives(view, action, findings);
            companions(view, action, findings);
        }
    }
    check_written(view, false, findings);
}

/// The rules about what is written, without those about what is missing; `whole` where nothing else may be there.
fn check_written(view: &View<'_>, whole: bool, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        action_types::check(view, action, findings);
        other_provider::check(view, action, findings);
        written_keys(view, action, whole, findings);
        compute_members(action, findings);
        secrets(view, action, findings);
        secret_environment(view, action, findings);
        topic(view, action, findings);
        link(view, action, findings);
        branch(action, findings);
        windows(action, findings);
        offered(view, action, findings);
        stack_sets::check(view, action, findings);
        execution_input::check(view, action, findings);
        overrides::check(view, action, findings);
    }
}

/// What is known about an action. A custom action has the keys that its owner gave it, whatever its name.
fn known(action: &ActionView<'_>) -> Option<&'static ActionProvider> {
    catalogue::find(&action.action.action_type_id).filter(|known| known.owner != "Custom")
}

/// The keys that the action lacks, and that its provider requires of it.
fn lacking(view: &View<'_>, action: &ActionView<'_>, known: &'static ActionProvider) -> Vec<&'static ConfigurationKey> {
    let open = |key: &str| view.context.is_open_at(|| action.key_place(key).value());
    let required = |key: &ConfigurationKey| match &key.required {
        Required::No => false,
        Required::Always => true,
        Required::When(condition) | Required::Advised(condition) => {
            condition.holds(action.action, known.known_keys(), &open) == Some(true)
        }
    };
    known.known_keys().iter().filter(|key| !action.has(view, key.name) && required(key)).collect()
}

/// The required keys of the provider are there. Source: the action's page in the CodePipeline User Guide.
fn required_keys(view: &View<'_>, action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let Some(known) = known(action) else { return };
    let name = &action.action.name;
    for key in lacking(view, action, known) {
        let is_meant = |stranger: &str| is_meant_by(stranger, key, known.known_keys());
        let finding = match &key.required {
            // Another name for a key is reported where it is.
            _ if strangers(action, known).any(is_meant) => continue,
            Required::No => continue,
            Required::Always => {
                let message = format!("action `{name}` lacks {}", spelled(key));
                Finding::of(&rules::XA0602, action.place.clone(), message).fact("subject", key.name)
            }
            Required::When(condition) | Required::Advised(condition) => {
                let lacks = |spelled: &str| match condition {
                    KeyCondition::Always => format!("action `{name}` lacks {spelled}, which its page requires"),
                    _ => format!("action `{name}` lacks {spelled}, which is required if {condition}"),
                };
                let advised = matches!(key.required, Required::Advised(_));
                let rule = if advised { &rules::XA0621 } else { &rules::XA0612 };
                let of_service = lacks(&format!("`{}`", key.name));
                Finding::of(rule, action.place.clone(), lacks(&spelled(key))).fact("message", of_service)
            }
        };
        findings.push(finding.help(add(key)));
    }
    // Commands in `configuration` are reported as misplaced.
    let misplaced = strangers(action, known).any(|stranger| stranger == "commands");
    if known.compute && !misplaced && action.action.commands.as_ref().is_none_or(Vec::is_empty) {
        let message = format!("action `{}` has no commands", action.action.name);
        findings.push(Finding::of(&rules::XA0603, action.place.clone(), message).help(ADD_COMMANDS));
    }
}

/// Keys of an action that its provider doesn't have.
fn strangers<'a>(action: &ActionView<'a>, known: &'static ActionProvider) -> impl Iterator<Item = &'a str> {
    let written = action.action.configuration.iter().flatten().map(|(name, _)| name.as_str());
    written.filter(move |name| known.key(name).is_none())
}

/// Exactly one of some sets of keys is complete. Source: the action's page in the CodePipeline User Guide.
fn alternatives(view: &View<'_>, action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let Some(known) = known(action).filter(|known| !known.alternatives.is_empty()) else { return };
    let whole = |set: &&&[&str]| set.iter().all(|key| action.has(view, key));
    let there: Vec<_> = known.alternatives.iter().filter(whole).collect();
    if let [first, second, ..] = there.as_slice() {
        let (first, second) = (first.join("`, `"), second.join("`, `"));
        let message =
            format!("action `{}` has `{first}` and `{second}`, but only one set is expected", action.action.name);
        findings.push(Finding::of(&rules::XA0620, action.place.clone(), message).help("leave one of them out"));
    }
    let mut missed = known.alternatives.iter().flat_map(|set| set.iter().copied());
    if !there.is_empty() || missed.any(|key| strangers(action, known).any(|s| misspelt(s, [key]).is_some())) {
        return;
    }
    let sets: Vec<String> = known.alternatives.iter().map(|set| format!("`{}`", set.join("` and `"))).collect();
    let message = format!("action `{}` lacks {}", action.action.name, sets.join(", or "));
    // What is there already shows which set was meant.
    let begun = known.alternatives.iter().find(|set| set.iter().any(|key| action.has(view, key)));
    let missing = begun.map(|set| set.iter().filter(|key| !action.has(view, key)).copied().collect::<Vec<_>>());
    let spell = |keys: &[&str]| {
        let keys = keys.iter().filter_map(|name| known.key(name)).map(spelled);
        keys.collect::<Vec<_>>().join(" and ")
    };
    let help = match missing {
        Some(missing) => spell(&missing),
        None => known.alternatives.iter().map(|set| spell(set)).collect::<Vec<_>>().join(", or "),
    };
    findings.push(Finding::of(&rules::XA0611, action.place.clone(), message).help(format!("add {help}")));
}

/// Keys of a known provider are known, and their values are valid.
fn written_keys(view: &View<'_>, action: &ActionView<'_>, whole: bool, findings: &mut Vec<Finding>) {
    let Some(known) = known(action) else { return };
    let (Some(keys), Some(configuration)) = (known.keys, &action.action.configuration) else { return };
    // Most actions have only keys that are known, and need no list.
    let missing = match strangers(action, known).next() {
        Some(_) if whole => lacking(view, action, known),
        _ => Vec::new(),
    };
    let missing = missing.into_iter().filter(|key| !matches!(key.required, Required::Advised(_)));
    let configured = Configured {
        provider: known.provider,
        keys,
        configuration,
        place: action.place.key("configuration"),
        inputs: input_names(&action.action.input_artifacts),
        missing: missing.map(|key| key.name).collect(),
        beside: (ActionDeclaration::SHAPE.members(), "the action"),
        region: view.region_of(action.action.region.as_deref()),
    };
    configuration::written(view.context, &configured, &KEY_RULES, findings);
}

/// Commands, output variables and files of artifacts belong to compute actions.
/// Source: CodePipeline User Guide, "Commands action reference".
fn compute_members(action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let id = &action.action.action_type_id;
    if id.category == "Compute" {
        return;
    }
    let members = [
        ("commands", action.action.commands.is_some()),
        ("outputVariables", action.action.output_variables.as_ref().is_some_and(|v| !v.is_empty())),
    ];
    for (key, there) in members {
        if there {
            let message = format!("action `{}` is not a compute action, so it can't have `{key}`", action.action.name);
            findings
                .push(Finding::of(&rules::XA0607, action.place.key(key), message).help("use a Commands action for it"));
        }
    }
    for (index, artifact) in action.action.output_artifacts.iter().flatten().enumerate() {
        if artifact.files.as_ref().is_some_and(|f| !f.is_empty()) {
            let message =
                format!("action `{}` is not a compute action, so its artifacts can't have `files`", action.action.name);
            let place = action.place.key("outputArtifacts").index(index).key("files");
            findings.push(Finding::of(&rules::XA0607, place, message).help("use a Commands action for it"));
        }
    }
}

/// A masked secret is only accepted when an existing action is updated.
/// Source: CodePipeline User Guide, "GitHub (via OAuth app) source action".
fn secrets(view: &View<'_>, action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let Some(known) = known(action) else { return };
    for key in known.known_keys().iter().filter(|key| key.secret) {
        let masked = action.action.configuration.as_ref().and_then(|c| c.get(key.name)).is_some_and(|v| v == MASK);
        let rule = match view.context.origin {
            _ if !masked => continue,
            Origin::Get => continue,
            Origin::Create => &rules::XA0614,
            Origin::Unknown => &rules::XA0615,
        };
        let message = format!("`{}` is `{MASK}`, which is only accepted when an existing action is updated", key.name);
        findings.push(
            Finding::of(rule, action.key_place(key.name).value(), message)
                .help("for a new action, pass the secret itself, read from where it is kept"),
        );
    }
}

/// Secrets as environment variables are for the Commands action. Source: CodePipeline User Guide, "EKS deploy action".
fn secret_environment(view: &View<'_>, action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    if action.action.action_type_id.category == "Compute" || known(action).is_none() {
        return;
    }
    for (index, variable) in action.action.environment_variables.iter().flatten().enumerate() {
        let place = action.place.key("environmentVariables").index(index).key("type");
        if variable.r#type.as_deref() == Some(SECRET_VARIABLE_TYPE) && !view.context.is_open(&place) {
            let message = format!(
                "action `{}` is not a Commands action, so `{}` can't be a secret",
                action.action.name, variable.name
            );
            findings.push(
                Finding::of(&rules::XA0616, place.value(), message).help("write PLAINTEXT, or use a Commands action"),
            );
        }
    }
}

/// The topic of an approval is an SNS topic in the Region of the pipeline.
/// Source: CodePipeline User Guide, "Add a manual approval action to a pipeline".
fn topic(view: &View<'_>, action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    if action.action.action_type_id.category != "Approval" {
        return;
    }
    let text = action.action.configuration.as_ref().and_then(|c| c.get("NotificationArn"));
    let Some(arn) = text.and_then(|text| split_arn(text)).filter(|arn| arn.service == "sns") else { return };
    let Some(home) = view.context.home.as_ref() else { return };
    if home.as_str() != arn.region {
        let message = format!("the topic is in `{}`, the pipeline in `{home}`", arn.region);
        let place = action.key_place("NotificationArn").value();
        findings.push(Finding::of(&rules::XA0618, place, message).help("name a topic in the Region of the pipeline"));
    }
}

/// `CombineArtifacts` is for batch builds, the name of a container for the image of an artifact.
/// Source: CodePipeline User Guide, "CodeBuild action reference" and "Amazon ECS and CodeDeploy blue-green deploy action reference".
fn companions(view: &View<'_>, action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let Some(known) = known(action) else { return };
    let Some(configuration) = &action.action.configuration else { return };
    let value = |key: &str| configuration.get(key).map(String::as_str);
    let open = |key: &str| view.context.is_open_at(|| action.key_place(key).value());
    if known.provider == "CodeBuild"
        && value("CombineArtifacts") == Some("true")
        && value("BatchEnabled").is_none_or(|enabled| enabled == "false")
        && !open("CombineArtifacts")
        && !open("BatchEnabled")
    {
        let message = "`CombineArtifacts` is for batch builds, and this build is not one";
        findings.push(Finding::of(&rules::XA0629, action.key_place("CombineArtifacts"), message).help(
            "write `\"BatchEnabled\": \"true\"` (`batch_enabled: true` in `pipeline!`), or leave `CombineArtifacts` out",
        ));
    }
    if known.provider != "CodeDeployToECS" {
        return;
    }
    for image in 1..=4 {
        let (container, artifact) = (format!("Image{image}ContainerName"), format!("Image{image}ArtifactName"));
        if configuration.contains_key(&container) && !action.has(view, &artifact) {
            let message = format!("`{container}` names the container of an image, and `{artifact}` does not say which");
            let help = format!(
                "write `\"{artifact}\": \"<artifact>\"` (`image{image}_artifact_name: <artifact>` in `pipeline!`), or leave `{container}` out"
            );
            findings.push(Finding::of(&rules::XA0629, action.key_place(&container), message).help(help));
        }
    }
}

/// The link of an approval begins with `http://` or `https://`. Source: CodePipeline User Guide, "Add a manual approval action".
fn link(view: &View<'_>, action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let Some(known) = known(action).filter(|known| known.category == "Approval") else { return };
    let Some(key) = known.known_keys().iter().find(|key| key.name == "ExternalEntityLink") else { return };
    let Some(text) = action.action.configuration.as_ref().and_then(|c| c.get(key.name)) else { return };
    let place = action.key_place(key.name).value();
    let lower = text.to_ascii_lowercase();
    // References and placeholders of templates may be the beginning of it.
    let host = text.split('/').next().unwrap_or_default();
    let unsure = text.is_empty() || host.contains(['$', '#', '{', '<', '%']) || view.context.is_open(&place);
    if unsure || ["http://", "https://"].iter().any(|scheme| lower.starts_with(scheme)) {
        return;
    }
    let message = format!("the link `{text}` begins with neither `http://` nor `https://`");
    let rest = text.rsplit_once("://").map_or(text.as_str(), |(_, rest)| rest).trim_start_matches('/');
    findings.push(Finding::of(&rules::XA0630, place, message).help(format!("write `https://{rest}`")));
}

/// The branch of a source is a name. Source: the page of the provider.
fn branch(action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let Some(known) = known(action).filter(|known| known.category == "Source") else { return };
    for key in known.known_keys().iter().filter(|key| key.dsl == "branch") {
        let Some(text) = action.action.configuration.as_ref().and_then(|c| c.get(key.name)) else { continue };
        let place = action.key_place(key.name).value();
        findings.extend(git_reference(text, true, place.clone()));
        if text.contains(['*', '?']) && !has_reference(text) {
            let message = format!("`{text}` is a pattern, and a source reads one branch");
            findings.push(
                Finding::of(&rules::XA0639, place, message)
                    .help("write the name of a branch; the filter of a trigger takes patterns"),
            );
        }
    }
}

/// A Git reference instead of the name of a branch or a tag, or a branch as a clone names it. A tag may be called so.
pub(super) fn git_reference(text: &str, is_branch: bool, place: Place) -> Option<Finding> {
    const REFERENCE: &str = "is a Git reference";
    const OF_CLONE: &str = "is how a clone names a branch of the remote `origin`";
    const PREFIXES: [(&str, &str); 5] = [
        ("refs/heads/", REFERENCE),
        ("refs/tags/", REFERENCE),
        ("refs/remotes/origin/", REFERENCE),
        ("origin/", OF_CLONE),
        ("remotes/origin/", OF_CLONE),
    ];
    let mut wrong = PREFIXES.into_iter().filter(|(_, what)| is_branch || *what == REFERENCE);
    let (name, what) = wrong.find_map(|(prefix, what)| Some((text.strip_prefix(prefix)?, what)))?;
    let message = format!("`{text}` {what}; expected a bare name");
    Some(Finding::of(&rules::XA0631, place, message).help(format!("write `{name}`")))
}

/// Some providers are not offered in every Region. Source: the page of the provider; Regions are added, so the list may have aged.
fn offered(view: &View<'_>, action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let Some(known) = known(action) else { return };
    let home = view.context.home.as_ref().map(|home| home.as_str());
    let Some(region) = action.action.region.as_deref().or(home) else { return };
    if known.missing_in.contains(&region) {
        let message = format!("{} is documented as not available in `{region}`", known.provider);
        let place = action.place.key("actionTypeId").key("provider").value();
        findings.push(Finding::of(&rules::XA0625, place, message).help(
            "check whether that has changed; otherwise put the pipeline in another Region and run its later actions here",
        ));
    }
}

/// The Windows image needs more than the smallest size. Source: CodePipeline User Guide, "Commands action reference".
fn windows(action: &ActionView<'_>, findings: &mut Vec<Finding>) {
    let is = |key: &str, value: &str| {
        action.action.configuration.as_ref().and_then(|c| c.get(key)).is_some_and(|v| v == value)
    };
    if action.action.action_type_id.category == "Compute"
        && is("EnvironmentType", "WINDOWS_SERVER_2022_CONTAINER")
        && (is("ComputeType", "BUILD_GENERAL1_SMALL")
            || !action.action.configuration.iter().any(|c| c.contains_key("ComputeType")))
    {
        let key = if is("ComputeType", "BUILD_GENERAL1_SMALL") { "ComputeType" } else { "EnvironmentType" };
        let place = action.key_place(key).value();
        findings
            .push(Finding::of(&rules::XA0619, place, "the Windows image does not run on `BUILD_GENERAL1_SMALL`").help(
            "write `BUILD_GENERAL1_MEDIUM` or `BUILD_GENERAL1_LARGE` as `ComputeType` (the default is the smallest)",
        ));
    }
}
