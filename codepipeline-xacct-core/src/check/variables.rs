//! Namespaces and `#{…}` references. Source: CodePipeline User Guide, "Variables reference".

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use super::commands::without_sign;
use super::invoke::passed_variables;
use super::symbol::is_unknown;
use super::view::{ActionView, Moment, RuleView, View};
use crate::catalogue::{self, Format, OutputVariables};
use crate::declaration::invoke::{PassedVariable, TARGET_KEY, VARIABLES_KEY};
use crate::declaration::references::{
    EXECUTION, EXECUTION_ID, Reference, VARIABLES, around, dynamic, foreign, has_near_miss, has_reference, in_braces,
    in_other_brackets, is_of_terraform, is_reserved, of_parts, references, replaced, unclosed, with_period, written,
};
use crate::declaration::resource_suffix;
use crate::finding::{Finding, Place, Severity};
use crate::rules::{self, Consequence};
use crate::sentences::with_article;
use crate::suggest::{misspelt, nearest};

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    let mut known = Known {
        namespaces: namespaces(view, findings),
        declared: view.declaration.variables.iter().flatten().map(|variable| variable.name.as_str()).collect(),
        reported: HashSet::new(),
    };
    for action in view.actions() {
        for text in texts(action) {
            let reader = Referrer {
                name: format!("action `{}`", action.action.name),
                moment: action.moment,
                is_source: action.is_source(),
            };
            judge(view, &mut known, &reader, &text, findings);
            dynamic_reference(view, action, &text, findings);
        }
    }
    // Errors come first, so that a weaker finding about the same mistake doesn't replace one.
    for described in [true, false] {
        for rule in view.rules() {
            in_rule(view, &mut known, rule, described, findings);
        }
    }
}

/// What references may name.
struct Known<'a> {
    namespaces: Namespaces<'a>,
    /// The variables of the pipeline.
    declared: BTreeSet<&'a str>,
    /// What is missing and reported: everything else that reads it follows from the same mistake.
    reported: HashSet<String>,
}

/// References in a rule. Only the `Variable` of a VariableCheck is documented, so a fault elsewhere is not a certain
/// failure.
fn in_rule(view: &View<'_>, known: &mut Known<'_>, rule: &RuleView<'_>, described: bool, findings: &mut Vec<Finding>) {
    let reader = Referrer { name: format!("rule `{}`", rule.rule.name), moment: rule.moment, is_source: false };
    let place = rule.place.key("configuration");
    let configuration = rule.rule.configuration.iter().flatten();
    let values = configuration.map(|(key, value)| (place.key(key).value(), value, key == "Variable"));
    let place = rule.place.key("commands");
    let commands = rule.rule.commands.iter().flatten().enumerate();
    let commands = commands.map(|(index, command)| (place.index(index).value(), command, false));
    for (place, value, _) in values.chain(commands).filter(|(.., is_described)| *is_described == described) {
        let text = ScannedText { place, text: Cow::Borrowed(value), in_json: false, form: described };
        let mut found = Vec::new();
        judge(view, known, &reader, &text, &mut found);
        findings.extend(found.into_iter().map(|finding| {
            let refused = rules::find(finding.code).is_some_and(|rule| rule.effect == Consequence::Refused);
            let rule = match (described, refused) {
                // That a rule is looked at when the pipeline is saved is not documented.
                (true, true) => &rules::XA0516,
                (false, _) if finding.severity == Severity::Error => &rules::XA0515,
                _ => return finding,
            };
            let Finding { place, message, help, facts, .. } = finding;
            Finding { help, facts, ..Finding::of(rule, place, message) }
        }));
    }
}

/// The action or the rule that reads a reference.
struct Referrer {
    name: String,
    moment: Moment,
    is_source: bool,
}

/// A text that may hold references.
struct ScannedText<'a> {
    place: Place,
    text: Cow<'a, str>,
    /// True if the text is JSON.
    in_json: bool,
    /// True if every `#{` begins a reference: in commands it may belong to the shell.
    form: bool,
}

/// The texts of an action that may hold references: configuration values, commands, environment variables. The
/// variables of an invoke action have places of their own.
fn texts<'a>(action: &ActionView<'a>) -> Vec<ScannedText<'a>> {
    let mut texts = Vec::new();
    let known = catalogue::find(&action.action.action_type_id);
    for (key, value) in action.action.configuration.iter().flatten() {
        // Most values have no reference, and need no place. In JSON it may be escaped.
        if key != VARIABLES_KEY && !has_reference(value) && !has_near_miss(value) {
            continue;
        }
        let place = action.key_place(key);
        match passed_variables(action.action).filter(|_| key == VARIABLES_KEY) {
            Some(passed) => {
                for PassedVariable { name, value } in passed {
                    let place = place.key(&name);
                    texts.push(ScannedText {
                        place: place.value(),
                        text: Cow::Owned(value),
                        in_json: true,
                        form: true,
                    });
                    texts.push(ScannedText { place, text: Cow::Owned(name), in_json: true, form: true });
                }
            }
            None => {
                let format = known.and_then(|known| known.key(key)).map(|key| &key.format);
                let in_json = matches!(format, Some(Format::EnvironmentVariables | Format::JsonObject(_)))
                    || action.action.action_type_id.is_pipeline_invoke() && key != TARGET_KEY;
                texts.push(ScannedText { place: place.value(), text: Cow::Borrowed(value), in_json, form: true });
            }
        }
    }
    for (index, command) in action.action.commands.iter().flatten().enumerate() {
        let place = action.place.key("commands").index(index).value();
        texts.push(ScannedText { place, text: Cow::Borrowed(command), in_json: false, form: false });
    }
    for (index, variable) in action.action.environment_variables.iter().flatten().enumerate() {
        let place = action.place.key("environmentVariables").index(index).key("value").value();
        texts.push(ScannedText { place, text: Cow::Borrowed(&variable.value), in_json: false, form: true });
    }
    texts
}

/// Namespaces are unique, not reserved, and no artifact has the same name.
fn namespaces<'a>(view: &'a View<'a>, findings: &mut Vec<Finding>) -> Namespaces<'a> {
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
struct Namespaces<'a> {
    by_name: HashMap<&'a str, &'a ActionView<'a>>,
    /// For suggestions.
    sorted: Vec<&'a str>,
}

impl Namespaces<'_> {
    /// What to do about a namespace that no action has.
    fn instead_of(&self, view: &View<'_>, namespace: &str, key: &str) -> String {
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
fn makes(action: &ActionView<'_>, key: &str) -> bool {
    let made = catalogue::find(&action.action.action_type_id).map(|known| known.output_variables);
    matches!(made, Some(OutputVariables::Fixed(variables)) if variables.contains(&key))
}

/// A reference names a declared pipeline variable, or the output variable of an action that has certainly run.
fn judge(
    view: &View<'_>,
    known: &mut Known<'_>,
    reader: &Referrer,
    text: &ScannedText<'_>,
    findings: &mut Vec<Finding>,
) {
    let Known { namespaces, declared, reported } = known;
    let place = &text.place;
    let partly = view.context.is_open(place);
    if partly && !is_unknown(&text.text) {
        return;
    }
    // What is not known may end or go on with what looks like a reference.
    if !partly {
        near_misses(namespaces, declared, text, findings);
    }
    if !has_reference(&text.text) {
        return;
    }
    for reference in references(&text.text).filter(|reference| !is_unknown(reference.inner)) {
        let Some((namespace, key)) = reference.parts() else {
            not_a_reference(declared, reference.inner, text, findings);
            continue;
        };
        let reference = around(reference.inner);
        if [namespace, key].iter().any(|part| part.trim() != *part) {
            let message = format!("`{reference}`: a reference has no spaces");
            let help = format!("write `{}`", written(namespace.trim(), key.trim()));
            findings.push(Finding::of(&rules::XA0511, place.clone(), message).help(help));
            continue;
        }
        match namespace {
            EXECUTION => execution_variable(&reference, key, place, findings),
            VARIABLES if reader.is_source => {
                let message = format!("`{reference}`: pipeline variables can't be used in source actions");
                findings.push(Finding::of(&rules::XA0503, place.clone(), message).fact("subject", reference.as_str()));
            }
            VARIABLES if declared.contains(key) => {}
            VARIABLES if !reported.insert(format!("{VARIABLES}.{key}")) => {}
            VARIABLES => findings.push(undeclared(declared, &reference, key, place)),
            _ => match namespaces.by_name.get(namespace) {
                None if !reported.insert(namespace.to_owned()) => {}
                None => {
                    let message = format!("`{reference}`: no action has the namespace `{namespace}`");
                    let finding =
                        Finding::of(&rules::XA0505, place.clone(), message).fact("subject", reference.as_str());
                    let near = nearest(namespace, namespaces.sorted.iter().copied());
                    // `#{var.level}`, `#{env.level}`
                    let variable = declared.contains(key) && near.is_none();
                    findings.push(match near.or(variable.then_some(VARIABLES)) {
                        Some(name) => finding.help(format!("did you mean `{}`?", written(name, key))),
                        None => finding.help(namespaces.instead_of(view, namespace, key)),
                    });
                }
                Some(producer) if !producer.is_done_at(reader.moment) => {
                    let message =
                        format!("`{reference}`: action `{}` does not run before {}", producer.action.name, reader.name);
                    findings.push(Finding::of(&rules::XA0506, place.clone(), message).help(
                        "a variable can only be read in a later stage, or in the same stage with a higher run order",
                    ));
                }
                Some(producer) => {
                    output_variable(view, reported, producer, (&reference, key), place, findings);
                    let known = catalogue::find(&producer.action.action_type_id);
                    if known.is_some_and(|known| known.free_text.contains(&key))
                        && (text.in_json || is_json(&text.text))
                    {
                        let message =
                            format!("`{reference}`: a quote or a line break in the text breaks the JSON around it");
                        findings.push(
                            Finding::of(&rules::XA0512, place.clone(), message)
                                .help("pass an id (`CommitId`) and look up the text where it is needed"),
                        );
                    }
                }
            },
        }
    }
}

/// What only looks like a reference, in a value where it may be one.
fn not_a_reference(declared: &BTreeSet<&str>, inner: &str, text: &ScannedText<'_>, findings: &mut Vec<Finding>) {
    if text.form {
        let message = format!("`{}` is not a namespace and a key", around(inner));
        let help = match with_period(inner) {
            Some(meant) => format!("write `{meant}`"),
            None if declared.contains(inner.trim()) => {
                format!("write `{}`", written(VARIABLES, inner.trim()))
            }
            None => "write `#{namespace.key}`, or `#{variables.name}` for a pipeline variable".to_owned(),
        };
        findings.push(Finding::of(&rules::XA0511, text.place.clone(), message).help(help));
    } else if declared.contains(inner.trim()) {
        // In a command it may belong to the program that is run.
        let (found, name) = (around(inner), inner.trim());
        let message = format!("`{found}` stays text, and the pipeline has a variable `{name}`");
        let help = format!("write `{}` for its value", written(VARIABLES, name));
        findings.push(Finding::of(&rules::XA0517, text.place.clone(), message).help(help));
    }
}

/// A reference to a pipeline variable that is not declared.
fn undeclared(declared: &BTreeSet<&str>, reference: &str, key: &str, place: &Place) -> Finding {
    let message = format!("`{reference}`: the pipeline declares no variable `{key}`");
    let finding = Finding::of(&rules::XA0504, place.clone(), message);
    match nearest(key, declared.iter().copied()) {
        Some(name) => finding.help(format!("did you mean `{}`?", written(VARIABLES, name))),
        None => {
            let mut names: Vec<&str> = declared.iter().copied().collect();
            names.sort_unstable();
            let others = match names.as_slice() {
                [] => String::new(),
                names => format!(", or use one that is declared: `{}`", names.join("`, `")),
            };
            finding.help(format!(
                "declare it: `\"variables\": [{{\"name\": \"{key}\"}}]` (`variables: {{ {key}: \"…\" }}` in `pipeline!`){others}"
            ))
        }
    }
}

/// True where a text is JSON once its references are replaced.
fn is_json(text: &str) -> bool {
    let value = serde_json::from_str(&replaced(text, |_| Some("x".to_owned())));
    matches!(value, Ok(serde_json::Value::Object(_) | serde_json::Value::Array(_)))
}

/// What was meant to be a reference and stays text.
fn near_misses(
    namespaces: &Namespaces<'_>,
    declared: &BTreeSet<&str>,
    text: &ScannedText<'_>,
    findings: &mut Vec<Finding>,
) {
    let is_namespace = |name: &str| is_reserved(name) || namespaces.by_name.contains_key(name);
    // What a command runs may read it in another way.
    let rule = |namespace: &str, key: &str| {
        let exists = match namespace {
            VARIABLES => declared.contains(key),
            EXECUTION => key == EXECUTION_ID,
            _ => namespaces.by_name.get(namespace).is_some_and(|action| makes(action, key)),
        };
        if text.form && exists { &rules::XA0524 } else { &rules::XA0517 }
    };
    for inner in unclosed(&text.text) {
        let namespace = inner.split_once('.').map(|(namespace, _)| namespace);
        if text.form || namespace.is_some_and(is_namespace) {
            let finding = Finding::of(&rules::XA0518, text.place.clone(), "this reference is not closed");
            let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '-' | '_' | '.');
            let named = inner.split(|c| !word(c)).next().and_then(of_parts);
            let meant = named.unwrap_or_else(|| "#{namespace.key}".to_owned());
            findings.push(finding.help(format!("write `{meant}`: without its brace it stays text")));
        }
    }
    for reference in in_other_brackets(&text.text) {
        if let Some((namespace, key)) = reference.parts().filter(|(namespace, _)| is_namespace(namespace)) {
            let found = text.text.get(reference.range).unwrap_or_default();
            let message = format!("`{found}` stays text, and `{namespace}` is a namespace of the pipeline");
            let finding = Finding::of(rule(namespace, key), text.place.clone(), message);
            findings.push(finding.help(format!("write `{}` for the value of the variable", written(namespace, key))));
        }
    }
    let of_terraform = |reference: &Reference<'_>| {
        is_of_terraform(reference.inner) && !reference.parts().is_some_and(|(namespace, _)| is_namespace(namespace))
    };
    let named = foreign(&text.text).find(of_terraform);
    if let Some(reference) = named.filter(|_| text.form) {
        let message = format!("`${{{}}}` stays text: nothing but Terraform replaces it", reference.inner);
        let finding = Finding::of(&rules::XA0517, text.place.clone(), message);
        findings.push(finding.help("write the value; a Rust value of `pipeline!` goes in parentheses"));
    }
    for reference in foreign(&text.text).chain(in_braces(&text.text)) {
        if let Some((namespace, key)) = reference.parts().filter(|(namespace, _)| is_namespace(namespace)) {
            let found = text.text.get(reference.range.clone()).unwrap_or_default();
            let message = format!("`{found}` stays text, and `{namespace}` is a namespace of the pipeline");
            // Words in plain braces are of many languages.
            let rule = if found.starts_with('$') { rule(namespace, key) } else { &rules::XA0517 };
            let finding = Finding::of(rule, text.place.clone(), message);
            findings.push(finding.help(format!("write `{}` for the value of the variable", around(reference.inner))));
        }
    }
}

/// A dynamic reference stays text, but for CloudFormation, which may replace it in a parameter. In a command it may be on its way there.
fn dynamic_reference(view: &View<'_>, action: &ActionView<'_>, text: &ScannedText<'_>, findings: &mut Vec<Finding>) {
    let id = &action.action.action_type_id;
    let to_cloudformation = id.owner == "AWS" && id.provider.starts_with("CloudFormation");
    if !text.form || to_cloudformation {
        return;
    }
    if let Some(reference) = dynamic(&text.text).filter(|_| !view.context.is_open(&text.place)) {
        let message =
            "CodePipeline passes a dynamic reference on as it is; only CloudFormation replaces one, in a template";
        let finding = Finding::of(&rules::XA0519, text.place.clone(), message);
        findings.push(match reference.split_once(':') {
            Some(("secretsmanager", secret)) => finding.help(format!(
                "an environment variable reads a secret with `type` SECRETS_MANAGER and `value` `{secret}` (`secrets_manager(\"{secret}\")`)",
                secret = secret_value(secret)
            )),
            _ => finding.help("write the value out, or let the action read it when it runs"),
        });
    }
}

/// What CodePipeline calls the secret of a dynamic reference: the name or the ARN, then the JSON key and the rest, without the word
/// `SecretString` between them. Source: CloudFormation User Guide, "Get a secret or secret value from Secrets Manager".
fn secret_value(reference: &str) -> String {
    let secret = resource_suffix::secret(reference);
    let parts = reference.get(secret.len()..).unwrap_or_default();
    let parts = parts.strip_prefix(":SecretString").unwrap_or(parts);
    format!("{secret}{parts}").trim_end_matches(':').to_owned()
}

/// The reserved namespace has one documented variable.
fn execution_variable(reference: &str, key: &str, place: &Place, findings: &mut Vec<Finding>) {
    if key == EXECUTION_ID {
        return;
    }
    findings.push(match misspelt(key, [EXECUTION_ID]) {
        Some(_) => Finding::of(&rules::XA0509, place.clone(), format!("`{reference}`: there is no such variable"))
            .help(format!("did you mean `{}`?", written(EXECUTION, EXECUTION_ID))),
        None => {
            let message = format!("`{reference}`: the only documented variable of this namespace is `{EXECUTION_ID}`");
            Finding::of(&rules::XA0510, place.clone(), message)
        }
    });
}

/// The output variable is one that the action makes, if that is known.
fn output_variable(
    view: &View<'_>,
    reported: &mut HashSet<String>,
    producer: &ActionView<'_>,
    (reference, key): (&str, &str),
    place: &Place,
    findings: &mut Vec<Finding>,
) {
    let known = catalogue::find(&producer.action.action_type_id);
    let of_triggers = known.map_or(&[][..], |known| known.trigger_variables);
    match known.map(|a| a.output_variables) {
        Some(_) if of_triggers.contains(&key) => {
            let name = &producer.action.name;
            if !is_started_by_pull_requests(view, name) {
                let message = format!(
                    "`{reference}`: only a run that a `pullRequest` trigger starts has this variable, and action `{name}` has no such trigger"
                );
                findings.push(
                    Finding::of(&rules::XA0507, place.clone(), message).help(format!(
                        "add a trigger with `pullRequest` for action `{name}`, or read another variable"
                    )),
                );
            }
        }
        Some(OutputVariables::Fixed(variables)) if !variables.contains(&key) => {
            let provider = &producer.action.action_type_id.provider;
            let message = format!(
                "`{reference}`: {one} action has no documented output variable `{key}`",
                one = with_article(provider)
            );
            // Pages have lagged behind the service, so a name that is not a misspelling may exist.
            findings.push(match misspelt(key, variables.iter().chain(of_triggers).copied()) {
                Some(near) => {
                    Finding::of(&rules::XA0514, place.clone(), message).help(format!("did you mean `{near}`?"))
                }
                None => Finding::of(&rules::XA0507, place.clone(), message)
                    .help(format!("its variables are `{}`", variables.join("`, `"))),
            });
        }
        Some(OutputVariables::UserDefined) if known.is_some_and(|known| known.compute) => {
            let exported = producer.action.output_variables.as_deref().unwrap_or_default();
            // A name with a sign is reported where it is exported.
            let unsure = || view.context.is_unsure(&producer.place.key("outputVariables"));
            if !exported.iter().any(|name| without_sign(name) == key) && !unsure() {
                let message = format!("`{reference}`: action `{}` exports no variable `{key}`", producer.action.name);
                match misspelt(key, exported.iter().map(String::as_str)) {
                    Some(near) => findings.push(
                        Finding::of(&rules::XA0514, place.clone(), message).help(format!("did you mean `{near}`?")),
                    ),
                    // The action lacks it once, whoever reads it.
                    None if !reported.insert(reference.to_owned()) => {}
                    None => findings
                        .push(Finding::of(&rules::XA0513, place.clone(), message).help(format!(
                            "add `{key}` to its `outputVariables` (`output_variables:` in `pipeline!`)"
                        ))),
                }
            }
        }
        _ => {}
    }
}

/// Whether a trigger starts the pipeline when something happens to a pull request in the repository of a source action.
fn is_started_by_pull_requests(view: &View<'_>, source: &str) -> bool {
    let mut triggers = view.declaration.triggers.iter().flatten();
    triggers.any(|trigger| {
        let git = &trigger.git_configuration;
        git.source_action_name == source && git.pull_request.as_ref().is_some_and(|filters| !filters.is_empty())
    })
}
