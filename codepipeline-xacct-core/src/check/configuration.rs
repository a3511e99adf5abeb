//! The configuration of an action or a rule, compared with what its provider accepts.

use std::collections::HashSet;

use indexmap::IndexMap;

use super::context::CheckContext;
use super::formats::{self, Wrong};
use super::partly_known;
use super::placeholder::likely;
use super::value_suggestions;
use crate::catalogue::{self, ConfigurationKey, Format};
use crate::declaration::InputArtifact;
use crate::finding::{Finding, Place};
use crate::json::shape::Shape;
use crate::rules::Rule;
use crate::suggest::{misspelt, nearest};
use crate::time_zones;

/// The rules that apply: those of actions, or those of rules.
pub(super) struct KeyRules {
    pub(super) misspelt: &'static Rule,
    pub(super) unknown: &'static Rule,
    pub(super) value: &'static Rule,
    pub(super) unlisted: &'static Rule,
    pub(super) not_bare: &'static Rule,
    pub(super) form: &'static Rule,
    pub(super) no_input: &'static Rule,
    pub(super) no_path: &'static Rule,
    pub(super) placeholder: &'static Rule,
    pub(super) one_input: &'static Rule,
}

/// What is configured.
pub(super) struct Configured<'a> {
    pub(super) provider: &'a str,
    pub(super) keys: &'static [ConfigurationKey],
    pub(super) configuration: &'a IndexMap<String, String>,
    /// Place of the configuration.
    pub(super) place: Place,
    pub(super) inputs: HashSet<&'a str>,
    /// Keys that are required, and that are not there.
    pub(super) missing: Vec<&'static str>,
    /// The members of the structure that the configuration is in, and what messages call it.
    pub(super) beside: (&'static [(&'static str, bool, &'static Shape)], &'static str),
    /// The Region in which it is used, where that is known.
    pub(super) region: Option<&'a str>,
}

/// How a key is written: its AWS name, and its name in `pipeline!`.
pub(super) fn spelled(key: &ConfigurationKey) -> String {
    format!("`{}` (`{}:` in `pipeline!`)", key.name, key.dsl)
}

/// How a missing key is added, in JSON and in `pipeline!`.
pub(super) fn add(key: &ConfigurationKey) -> String {
    format!("add `\"{}\": \"…\"` (`{}: \"…\"` in `pipeline!`): {}", key.name, key.dsl, key.doc)
}

/// How missing commands are added.
pub(super) const ADD_COMMANDS: &str = "add `\"commands\": [\"…\"]` to the action (`commands: [\"…\"]` in `pipeline!`)";

/// Keys of a known provider are known, and their values are valid.
pub(super) fn written(
    context: &CheckContext,
    configured: &Configured<'_>,
    rules: &KeyRules,
    findings: &mut Vec<Finding>,
) {
    let before = findings.len();
    for (name, value) in configured.configuration {
        match configured.keys.iter().find(|k| k.name == name) {
            // A key that is empty or too long is reported as such.
            None if !(1..=50).contains(&name.chars().count()) => {}
            None => findings.extend(unknown(configured, name, rules)),
            // An empty value is reported as such.
            Some(_) if value.is_empty() => {}
            Some(key) => {
                let place = || configured.place.key(name).value();
                let partly = context.is_open_at(place);
                let known = if partly { partly_known::written_part(&key.format, value) } else { Some(value.into()) };
                let Some(value) = known else { continue };
                // A reference may have any value.
                let Some(judged) = partly_known::without_references(&key.format, &value) else { continue };
                let Err(wrong) = formats::judge(&key.format, &judged, &configured.inputs, configured.region) else {
                    // Without a home Region it may be a template.
                    if formats::names_a_resource(&key.format) && context.home.is_some() {
                        findings.extend(likely(&judged, place()));
                    }
                    continue;
                };
                if partly_known::may_be_right(&key.format, &value, &judged) {
                    continue;
                }
                let inputs = || configured.place.parent().unwrap_or_default().key("inputArtifacts");
                if matches!(wrong, Wrong::NoInput(_)) && context.is_unsure(&inputs()) {
                    continue;
                }
                // Without a home Region it may be a template.
                let template = context.home.is_none();
                let mut finding = wrong_value(configured, key, &judged, wrong, place(), (rules, template));
                if partly {
                    // The help would show the value with something else for its symbols.
                    finding.help.take_if(|_| finding.code == rules.form.code);
                }
                findings.push(finding);
            }
        }
    }
    one_of_misplaced_values(configured, rules, before, findings);
}

/// Where an ARN is the value of another key than the one that it is for, values have changed places: that is one mistake.
fn one_of_misplaced_values(configured: &Configured<'_>, rules: &KeyRules, before: usize, findings: &mut Vec<Finding>) {
    let Some(arn) = misplaced_arn(configured) else { return };
    let is_form_of = |finding: &Finding, key: &str| {
        finding.code == rules.form.code && finding.place == configured.place.key(key).value()
    };
    let Some(told) = findings.iter().skip(before).position(|finding| is_form_of(finding, arn.belongs.name)) else {
        return;
    };
    if let Some(finding) = findings.get_mut(before + told) {
        finding.help = Some(format!("write `{}`, which is the value of {}", arn.text, spelled(arn.stands)));
    }
    // The other ones follow from it: the key that has the ARN, and one for which the value in the place of the ARN is.
    let displaced = configured.configuration.get(arn.belongs.name).map(String::as_str).unwrap_or_default();
    let follows = |key: &&ConfigurationKey| {
        let fits = || formats::judge(&key.format, displaced, &configured.inputs, configured.region).is_ok();
        key.name != arn.belongs.name && (key.name == arn.stands.name || fits())
    };
    let others: Vec<&ConfigurationKey> = configured.keys.iter().filter(follows).collect();
    let mut index = 0;
    findings.retain(|finding| {
        index += 1;
        index <= before || !others.iter().any(|key| is_form_of(finding, key.name))
    });
}

/// An ARN that is the value of another key than the one that it is for.
struct MisplacedArn<'a> {
    belongs: &'static ConfigurationKey,
    stands: &'static ConfigurationKey,
    text: &'a str,
}

/// The ARN that a key lacks and another has.
fn misplaced_arn<'a>(configured: &Configured<'a>) -> Option<MisplacedArn<'a>> {
    let fits = |key: &ConfigurationKey, value: &str| {
        value.starts_with("arn:") && formats::judge(&key.format, value, &configured.inputs, configured.region).is_ok()
    };
    let takes_arn =
        |key: &&ConfigurationKey| matches!(key.format, Format::Arn(_) | Format::RoleArn | Format::Connection);
    configured.keys.iter().filter(takes_arn).find_map(|key| {
        if fits(key, configured.configuration.get(key.name)?) {
            return None;
        }
        configured.keys.iter().filter(|other| !takes_arn(other)).find_map(|stands| {
            let text = configured.configuration.get(stands.name)?;
            fits(key, text).then_some(MisplacedArn { belongs: key, stands, text })
        })
    })
}

/// Whether a stranger is a key under another name.
pub(super) fn is_meant_by(stranger: &str, key: &ConfigurationKey, keys: &[ConfigurationKey]) -> bool {
    meant_by(stranger, keys).is_some_and(|meant| meant.name == key.name) && takes(stranger, key)
}

/// A key whose name does not end in `Arn` takes no ARN.
fn takes(stranger: &str, key: &ConfigurationKey) -> bool {
    key.name.ends_with("Arn") || !stranger.ends_with("Arn")
}

/// The names of the input artifacts of an action or a rule.
pub(super) fn input_names(inputs: &Option<Vec<InputArtifact>>) -> HashSet<&str> {
    inputs.iter().flatten().map(|artifact| artifact.name.as_str()).collect()
}

/// The key that a stranger certainly or probably means.
fn meant_by<'a>(stranger: &str, keys: &'a [ConfigurationKey]) -> Option<&'a ConfigurationKey> {
    let near = misspelt(stranger, keys.iter().map(|key| key.name));
    keys.iter().find(|key| Some(key.name) == near).or_else(|| catalogue::meant_key(stranger, keys))
}

fn unknown(configured: &Configured<'_>, name: &str, rules: &KeyRules) -> Option<Finding> {
    let place = configured.place.key(name);
    let message = format!("`{name}` is not a configuration key of {}", configured.provider);
    let (members, outer) = configured.beside;
    if members.iter().any(|(member, ..)| *member == name) {
        let message = format!("`{name}` is a member of {outer}, not of its configuration");
        return Some(Finding::of(rules.misspelt, place, message).help("move it out of `configuration`"));
    }
    let is_near = misspelt(name, configured.keys.iter().map(|key| key.name)).is_some();
    let meant = meant_by(name, configured.keys);
    let missing = |key: &ConfigurationKey| configured.missing.contains(&key.name);
    if let Some(repository) = configured.keys.iter().find(|key| key.format == Format::Repository && missing(key))
        && let Some(parts) = RepositoryParts::of(configured)
    {
        if name == parts.owner.0 {
            return None;
        }
        if name == parts.repository.0 {
            let text = format!("{}/{}", parts.owner.1, parts.repository.1);
            let help = format!(
                "write `\"{}\": \"{text}\"` (`{}: \"{text}\"` in `pipeline!`)",
                repository.name, repository.dsl
            );
            return Some(
                Finding::of(rules.misspelt, place, message)
                    .help(format!("{help} for `{}` and `{name}`", parts.owner.0)),
            );
        }
    }
    // AWS adds keys; only a near miss of a known key, or what takes the place of a missing one, is certainly wrong.
    if let Some(key) = meant.filter(|key| is_near || missing(key) && takes(name, key)) {
        return Some(Finding::of(rules.misspelt, place, message).help(format!("did you mean {}?", spelled(key))));
    }
    let finding = Finding::of(rules.unknown, place, format!("{message} that this version knows"));
    Some(match meant {
        Some(key) => finding.help(format!("{} has {}: {}", configured.provider, spelled(key), key.doc)),
        // Which of them was meant can't be told, and a long list tells nothing.
        None if configured.keys.len() <= 6 => {
            let keys: Vec<&str> = configured.keys.iter().map(|key| key.name).collect();
            finding.help(format!("its keys are `{}`", keys.join("`, `")))
        }
        None => finding,
    })
}

/// The owner and the name of a repository that are given apart, as the older source actions for GitHub take them.
struct RepositoryParts<'a> {
    owner: (&'a str, &'a str),
    repository: (&'a str, &'a str),
}

impl<'a> RepositoryParts<'a> {
    fn of(configured: &Configured<'a>) -> Option<Self> {
        let part = |names: &[&str]| {
            let (name, value) = configured.configuration.iter().find(|(name, _)| names.contains(&name.as_str()))?;
            (!value.is_empty() && !value.contains('/')).then_some((name.as_str(), value.as_str()))
        };
        Some(Self { owner: part(&["Owner"])?, repository: part(&["Repo", "Repository", "RepositoryName"])? })
    }
}

/// What is wrong with a value, as a finding.
fn wrong_value(
    configured: &Configured<'_>,
    key: &ConfigurationKey,
    value: &str,
    wrong: Wrong,
    place: Place,
    (rules, template): (&KeyRules, bool),
) -> Finding {
    let name = key.name;
    match wrong {
        Wrong::Word(allowed) => {
            let finding = Finding::of(rules.value, place, format!("`{name}` can't be `{value}`"));
            let word = value_suggestions::word(name, value, allowed)
                .or_else(|| value_suggestions::behind_prefix(value, allowed))
                .or_else(|| nearest(value, allowed.iter().copied()));
            finding.help(match (value_suggestions::list(&key.format, value), word) {
                (Some(list), _) => format!("write `{list}`"),
                (None, Some(near)) => format!("did you mean `{near}`?"),
                (None, None) => format!("one of `{}`", allowed.join("`, `")),
            })
        }
        Wrong::Unlisted(known) => {
            let finding = Finding::of(rules.unlisted, place, format!("`{name}` is not documented to take `{value}`"));
            finding.help(match nearest(value, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known are `{}`", known.join("`, `")),
            })
        }
        Wrong::UnknownZone => {
            let finding =
                Finding::of(rules.unlisted, place, format!("`{value}` is no time zone that this version knows"));
            finding.help(match time_zones::meant(value) {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    "write a name of the time zone database, such as `Europe/Berlin`, or an offset, such as `UTC+01:00`"
                        .to_owned()
                }
            })
        }
        Wrong::NotBare(kind, bare) => {
            let message = format!("`{name}` takes a bare name, and this is {kind}");
            let elsewhere = match kind {
                "an ARN" => "; the account is that of the role of the action, the Region is its `region`".to_owned(),
                formats::WITH_TAG => {
                    let tag = configured.keys.iter().find(|key| key.name.starts_with("ImageTag"));
                    tag.map_or_else(String::new, |key| format!("; the tag goes into {}", spelled(key)))
                }
                _ => String::new(),
            };
            let help = match bare {
                Some(bare) => format!("write `{bare}`{elsewhere}"),
                None => format!("write the name alone{elsewhere}"),
            };
            Finding::of(rules.not_bare, place, message).help(help)
        }
        Wrong::Form(expected) if template && formats::may_be_placeholder(&key.format, value) => {
            let message = format!("`{name}` is not {expected}, unless it is a placeholder");
            Finding::of(rules.placeholder, place, message)
        }
        Wrong::Form(expected) => {
            let finding = Finding::of(rules.form, place, format!("`{name}` is not {expected}"));
            match value_suggestions::help(&key.format, value) {
                // Topics and state machines are in the Region of the action.
                Some(help) if key.regional || key.format == Format::Arn("sns") => {
                    finding.help(match configured.region {
                        Some(region) if !help.starts_with("replace") => help.replace("<region>", region),
                        _ => help,
                    })
                }
                Some(help) => finding.help(help),
                None => finding,
            }
        }
        Wrong::NoInput(artifact) => {
            // A single input artifact is the primary one, whatever the key says: such pipelines work.
            let rule = if key.format == Format::PrimaryArtifact && configured.inputs.len() < 2 {
                rules.one_input
            } else {
                rules.no_input
            };
            no_input(rule, name, &artifact, &configured.inputs, place)
        }
        Wrong::NoPath => {
            let message = format!("`{name}` names a file in an input artifact: `artifact::file`");
            let file = value_suggestions::input_file(value, &configured.inputs);
            Finding::of(rules.no_path, place, message).help(format!("write `{file}`"))
        }
    }
}

/// A key names an artifact that is not an input of the action.
pub(super) fn no_input(
    rule: &'static Rule,
    key: &str,
    artifact: &str,
    inputs: &HashSet<&str>,
    place: Place,
) -> Finding {
    let message = format!("`{artifact}` in `{key}` is not an input artifact of the action");
    let finding = Finding::of(rule, place, message);
    let mut inputs: Vec<&str> = inputs.iter().copied().collect();
    inputs.sort_unstable();
    match nearest(artifact, inputs.iter().copied()) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None if inputs.is_empty() => finding.help(format!("add `{artifact}` to its input artifacts")),
        None => finding.help(format!("its input artifacts are `{}`", inputs.join("`, `"))),
    }
}
