//! Actions.

use codepipeline_xacct_core::finding::Place;
use serde_json::{Map, Value};

use super::invoke::{invoke, type_id};
use super::literal;
use super::printer::Printer;
use super::provider::{configured, provider};
use super::values;
use crate::keys::{ACTION, COMPUTE_ACTION, extra_of_action};

/// The clause of an action; `None` where its name or its type is missing, which is reported.
pub(super) fn action(printer: &mut Printer<'_>, action: &Value, place: &Place) -> Option<String> {
    let members = values::object(printer, action, place)?;
    let Some(name) = members.get("name").and_then(Value::as_str) else {
        printer.unsaid(place.clone(), "this action has no name");
        return None;
    };
    let Some(type_id) = members.get("actionTypeId").and_then(type_id) else {
        printer.unsaid(place.key("actionTypeId"), "this is not the type of an action");
        return None;
    };
    let name = printer.literal(name, place)?;
    for part in [&type_id.category, &type_id.owner, &type_id.provider, &type_id.version] {
        printer.literal(part, &place.key("actionTypeId"))?;
    }
    if let Some(Value::Object(parts)) = members.get("actionTypeId") {
        values::report_others(printer, &[], "ActionTypeId", parts, &place.key("actionTypeId"));
    }
    let name = literal::text(name);
    if let Some((target, fields)) = invoke(printer, action, place) {
        return Some(literal::block(&format!("invoke {name}: {target}"), &fields, &[]));
    }
    let configuration = members.get("configuration").and_then(Value::as_object);
    let printed = provider(&type_id, configuration);
    let mut constructs = vec![&ACTION];
    constructs.extend(extra_of_action(&type_id.category, printed.keys.is_none()));
    let mut rest = members.clone();
    let mut of_provider = Vec::new();
    if let (Some(keys), Some(configuration)) = (printed.keys, configuration) {
        of_provider = configured(printer, keys, configuration, &place.key("configuration"));
        rest.remove("configuration");
    }
    let mut fields = values::fields(printer, &constructs, "ActionDeclaration", &rest, place);
    fields.extend(of_provider);
    let compute = constructs.iter().any(|construct| construct.name == COMPUTE_ACTION.name);
    if let Some(files) = files(printer, compute, members, place) {
        fields.push(("files".to_owned(), files));
    }
    let keyword = if type_id.category == "Source" { "source" } else { "action" };
    Some(literal::block(&format!("{keyword} {name}: {}", printed.source), &fields, &[]))
}

/// The files of the first output artifact. Those of others have no key.
fn files(printer: &mut Printer<'_>, compute: bool, members: &Map<String, Value>, place: &Place) -> Option<String> {
    let mut written = None;
    for (at, artifact) in members.get("outputArtifacts").and_then(Value::as_array).into_iter().flatten().enumerate() {
        let Value::Object(artifact) = artifact else { continue };
        let place = place.key("outputArtifacts").index(at);
        if at == 0 && compute {
            values::report_others(printer, &[&COMPUTE_ACTION], "OutputArtifact", artifact, &place);
            let files = artifact.get("files").filter(|files| files.as_array().is_some_and(|files| !files.is_empty()));
            let files: Option<Vec<String>> = files
                .and_then(Value::as_array)
                .map(|files| files.iter().filter_map(Value::as_str).map(literal::text).collect());
            written = files.map(|files| literal::list(&files));
        } else {
            values::report_others(printer, &[], "OutputArtifact", artifact, &place);
        }
    }
    written
}
