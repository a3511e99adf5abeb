//! A's pipeline, as the account holds it and as its team edits it.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a broken test has to stop")]

use codepipeline_xacct::local::Local;
use serde_json::{Value, json};

use super::RELEASE;

/// Its declaration without the version.
pub fn released(local: &Local) -> Value {
    let mut declaration = declared(local);
    declaration.as_object_mut().unwrap().remove("version");
    declaration
}

/// Edits it as its team would.
pub fn edit(local: &Local, change: impl Fn(&mut Value)) {
    let mut declaration = declared(local);
    change(&mut declaration);
    let version = declaration["version"].as_i64().unwrap();
    declaration["version"] = (version + 1).into();
    let document = serde_json::from_value(json!({ "pipeline": declaration })).unwrap();
    local.put_pipeline(&RELEASE.parse().unwrap(), &document).unwrap();
}

fn declared(local: &Local) -> Value {
    serde_json::to_value(local.pipeline(&RELEASE.parse().unwrap()).unwrap()).unwrap()
}
