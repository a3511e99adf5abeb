//! Declarations, and the documents around them, from text.

use std::fmt;

use serde_core::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::document::PipelineDocument;
use super::reading::{DeclarationError, positioned, read};
use super::structures::PipelineDeclaration;

/// A declaration, either alone or in the document around it.
#[derive(Debug, Clone, PartialEq)]
pub enum DeclarationFile {
    /// `{"pipeline": {…}, …}`
    Document(Box<PipelineDocument>),
    /// `{"name": …, "stages": …}`
    Bare(Box<PipelineDeclaration>),
}

impl DeclarationFile {
    /// Reads the output of `get-pipeline`, the input of `create-pipeline` or a bare declaration.
    pub fn from_json(text: &str) -> Result<Self, DeclarationError> {
        // A byte order mark is not JSON, but Windows tools write one.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Ok(match positioned(text, |path, deserializer| deserializer.deserialize_map(Peek { path }))? {
            true => Self::Document(Box::new(read(text)?)),
            false => Self::Bare(Box::new(read(text)?)),
        })
    }

    /// The declaration.
    pub fn declaration(&self) -> &PipelineDeclaration {
        match self {
            Self::Document(document) => &document.pipeline,
            Self::Bare(declaration) => declaration,
        }
    }

    /// The JSON value, in the shape in which it was read.
    pub fn to_value(&self) -> Result<Value, serde_json::Error> {
        match self {
            Self::Document(document) => serde_json::to_value(document),
            Self::Bare(declaration) => serde_json::to_value(declaration),
        }
    }
}

/// Whether a text is a document: an object with the member `pipeline`.
struct Peek<'p> {
    path: &'p mut String,
}

impl<'de> Visitor<'de> for Peek<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object with the declaration of a pipeline")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let mut document = false;
        while let Some(key) = map.next_key::<String>()? {
            self.path.clone_from(&key);
            let given = map.next_value::<Option<IgnoredAny>>()?.is_some();
            document |= given && key == "pipeline";
            self.path.clear();
        }
        Ok(document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_members_survive_at_every_level() {
        let text = r#"{"pipeline":{"name":"x","stages":[{"name":"S","new":1,"actions":[{"name":"A","actionTypeId":
            {"category":"Build","owner":"AWS","provider":"P","version":"1","more":[]},"configuration":{"b":"1","a":"2"},
            "inputArtifacts":[],"later":{"x":null}}]}],"executionMode":"SOMETHING","tomorrow":true},"tags":[]}"#;
        let file = DeclarationFile::from_json(text).unwrap();
        let before: Value = serde_json::from_str(text).unwrap();
        let after = file.to_value().unwrap();
        assert_eq!(before, after);
        let keys: Vec<_> =
            after["pipeline"]["stages"][0]["actions"][0]["configuration"].as_object().unwrap().keys().collect();
        assert_eq!(keys, ["b", "a"]);
    }

    #[test]
    fn numbers_survive_to_the_last_digit() {
        for number in ["1634859569.166", "1.6340021220109727e+21", "0.30000000000000004", "18446744073709551615"] {
            let text = format!(r#"{{"pipeline":{{"name":"x","stages":[]}},"metadata":{{"created":{number}}}}}"#);
            let value = DeclarationFile::from_json(&text).unwrap().to_value().unwrap();
            assert!(value.to_string().contains(&format!(":{number}}}")), "{value}");
        }
    }

    #[test]
    fn a_wrong_type_is_refused_with_path_and_position() {
        let text = "{\"name\": \"x\",\n \"stages\": [{\"name\": \"S\", \"actions\": [\n{\"name\": 5}]}]}";
        let error = DeclarationFile::from_json(text).unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 3, column 10, at `stages[0].actions[0].name`: invalid type: integer `5`, expected a string"
        );
    }

    #[test]
    fn text_behind_the_document_is_refused() {
        let error = DeclarationFile::from_json("{\"name\": \"x\"} }").unwrap_err();
        assert_eq!((error.line, error.column), (1, 15));
    }
}
