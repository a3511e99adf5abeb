//! The values of an action: its configuration and its output variables.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::Value;

use crate::core::declaration::ActionDeclaration;
use crate::core::declaration::references::replaced;
use crate::local::execution::StoredExecution;
use crate::local::refusal::Refusal;

/// The configuration with its `#{…}` references replaced.
pub(super) fn resolve(execution: &StoredExecution, action: &ActionDeclaration) -> BTreeMap<String, String> {
    let value = |namespace: &str, key: &str| -> Option<String> {
        match namespace {
            "variables" => execution.variables.get(key).cloned(),
            "codepipeline" => (key == "PipelineExecutionId").then(|| execution.id.clone()),
            _ => {
                let producer =
                    execution.actions.iter().rev().find(|a| a.declaration.namespace.as_deref() == Some(namespace))?;
                producer.output_variables.get(key).cloned()
            }
        }
    };
    let replace =
        |text: &str| replaced(text, |reference| reference.parts().and_then(|(namespace, key)| value(namespace, key)));
    action.configuration.iter().flatten().map(|(key, text)| (key.clone(), replace(text))).collect()
}

/// A value for an output variable: the one in the configuration, or a text with the name of the variable.
pub(super) fn output(name: &str, configuration: &BTreeMap<String, String>) -> String {
    configuration.get(name).cloned().unwrap_or_else(|| format!("local-{name}"))
}

/// `[{"name": "…", "value": "…"}]`
pub(super) fn passed(text: &str) -> Result<IndexMap<String, String>, Refusal> {
    let malformed =
        || Refusal::new("ValidationException", format!("Variables is not a JSON array of name and value: {text}"));
    let list: Vec<Value> = serde_json::from_str(text).map_err(|_| malformed())?;
    list.iter()
        .map(|entry| {
            let text = |key: &str| entry.get(key).and_then(Value::as_str).map(str::to_owned);
            text("name").zip(text("value")).ok_or_else(malformed)
        })
        .collect()
}
