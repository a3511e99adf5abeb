//! What the configuration of an action that starts a pipeline holds: the name of the target, and texts of JSON.
//! Source: CodePipeline User Guide, "CodePipeline invoke action reference"; API Reference, `SourceRevisionOverride`.

use serde_json::{Value, json};

use super::ActionDeclaration;

/// The key of the name of the target.
pub const TARGET_KEY: &str = "PipelineName";
/// The key of the variables that are passed.
pub const VARIABLES_KEY: &str = "Variables";
/// The key of the source revisions that are passed.
pub const REVISIONS_KEY: &str = "SourceRevisions";

/// The type of a revision that is a commit.
pub const COMMIT_ID: &str = "COMMIT_ID";
/// Types of revisions that a start passes.
pub const REVISION_TYPES: &[&str] = &[COMMIT_ID, "IMAGE_DIGEST", "S3_OBJECT_VERSION_ID", "S3_OBJECT_KEY"];

/// A variable that an invoke action passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedVariable {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// A source revision that an invoke action passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedRevision {
    /// The source action of the target.
    pub action_name: String,
    /// One of [`REVISION_TYPES`].
    pub revision_type: String,
    /// The revision.
    pub revision_value: String,
}

impl PassedVariable {
    /// Reads an entry of the text.
    pub fn read(entry: &Value) -> Option<Self> {
        Some(Self { name: member(entry, "name")?, value: member(entry, "value")? })
    }
}

impl PassedRevision {
    /// Reads an entry of the text.
    pub fn read(entry: &Value) -> Option<Self> {
        Some(Self {
            action_name: member(entry, "actionName")?,
            revision_type: member(entry, "revisionType")?,
            revision_value: member(entry, "revisionValue")?,
        })
    }
}

/// The text of a key of an invoke action.
pub fn text<'a>(action: &'a ActionDeclaration, key: &str) -> Option<&'a str> {
    action.configuration.as_ref()?.get(key).filter(|_| action.action_type_id.is_pipeline_invoke()).map(String::as_str)
}

/// The variables in the text of [`VARIABLES_KEY`], if they are written as the service expects them.
pub fn variables(text: &str) -> Option<Vec<PassedVariable>> {
    list(text, PassedVariable::read)
}

/// The source revisions in the text of [`REVISIONS_KEY`], if they are written as the service expects them.
pub fn revisions(text: &str) -> Option<Vec<PassedRevision>> {
    list(text, PassedRevision::read)
}

/// The text of [`VARIABLES_KEY`] with these names and values.
pub fn variables_text<'a>(variables: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    variables.map(|(name, value)| json!({ "name": name, "value": value })).collect::<Value>().to_string()
}

fn list<T>(text: &str, read: fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    serde_json::from_str::<Vec<Value>>(text).ok()?.iter().map(read).collect()
}

/// A member of an entry that is a string.
fn member(entry: &Value, name: &str) -> Option<String> {
    Some(entry.get(name)?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_passed_is_read_and_written() {
        let text = variables_text([("level", "2"), ("a", "#")].into_iter());
        assert_eq!(text, r##"[{"name":"level","value":"2"},{"name":"a","value":"#"}]"##);
        let names: Vec<_> = variables(&text).unwrap().into_iter().map(|variable| variable.name).collect();
        assert_eq!(names, ["level", "a"]);
        assert_eq!(variables(r#"[{"name":"a","value":1}]"#), None);
        let revisions = revisions(r#"[{"actionName":"S","revisionType":"COMMIT_ID","revisionValue":"1"}]"#).unwrap();
        assert_eq!((revisions[0].action_name.as_str(), revisions[0].revision_type.as_str()), ("S", COMMIT_ID));
    }
}
