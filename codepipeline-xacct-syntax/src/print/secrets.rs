//! What looks like a secret in texts of JSON: it becomes a parameter.

use codepipeline_xacct_core::catalogue::Format;
use codepipeline_xacct_core::declaration::defaults;
use codepipeline_xacct_core::finding::Place;
use serde_json::Value;

use super::printer::Printer;

/// The text of a configuration key with parameters instead of its secrets; `None` where it has none.
pub(super) fn replaced(printer: &mut Printer<'_>, format: &Format, text: &str, place: &Place) -> Option<String> {
    let mut json: Value = serde_json::from_str(text).ok()?;
    let replaced: Vec<bool> = match format {
        Format::EnvironmentVariables => {
            json.as_array_mut()?.iter_mut().map(|variable| of_variable(printer, variable, place).is_some()).collect()
        }
        Format::JsonObject(_) => {
            json.as_object_mut()?.iter_mut().map(|(name, value)| hide(printer, name, value, place).is_some()).collect()
        }
        _ => return None,
    };
    replaced.contains(&true).then(|| printer.text("", &json.to_string(), place))
}

fn of_variable(printer: &mut Printer<'_>, variable: &mut Value, place: &Place) -> Option<()> {
    let kind = variable.get("type");
    if kind.is_some_and(|kind| kind != defaults::ENVIRONMENT_VARIABLE_TYPE) {
        return None;
    }
    let name = variable.get("name")?.as_str()?.to_owned();
    hide(printer, &name, variable.get_mut("value")?, place)
}

fn hide(printer: &mut Printer<'_>, name: &str, value: &mut Value, place: &Place) -> Option<()> {
    let symbol = printer.secret(name, value.as_str()?, place)?;
    *value = Value::from(symbol);
    Some(())
}
