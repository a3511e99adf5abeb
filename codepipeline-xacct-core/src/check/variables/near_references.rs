//! What looks like a reference and stays text: other signs around it, a missing brace, the references of other tools.

use std::collections::BTreeSet;

use super::namespaces::{Namespaces, makes};
use super::scanned_texts::ScannedText;
use crate::check::view::{ActionView, View};
use crate::declaration::references::{
    EXECUTION, EXECUTION_ID, Reference, VARIABLES, around, dynamic, foreign, in_braces, in_other_brackets,
    is_of_terraform, is_reserved, of_parts, unclosed, with_period, written,
};
use crate::declaration::resource_suffix;
use crate::finding::Finding;
use crate::rules;

/// What only looks like a reference, in a value where it may be one.
pub(super) fn not_a_reference(
    declared: &BTreeSet<&str>,
    inner: &str,
    text: &ScannedText<'_>,
    findings: &mut Vec<Finding>,
) {
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

/// What was meant to be a reference and stays text.
pub(super) fn near_misses(
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
pub(super) fn dynamic_reference(
    view: &View<'_>,
    action: &ActionView<'_>,
    text: &ScannedText<'_>,
    findings: &mut Vec<Finding>,
) {
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
