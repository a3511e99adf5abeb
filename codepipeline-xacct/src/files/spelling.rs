//! Texts of rules as a template is written: rules name the members of the API, and a template has other names for them.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::core::case::{pascal, snake};
use crate::core::declaration::members;
use crate::core::finding::{Place, Segment};
use crate::core::sentences::dsl_form;

/// How a kind of template writes the members of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// `RoleArn: …`, in YAML and in JSON.
    CloudFormation,
    /// `role_arn = …`, and lists as blocks.
    Terraform,
}

/// Blocks of Terraform whose list has a name in the plural.
const BLOCKS: [(&str, &str); 8] = [
    ("action", "Actions"),
    ("condition", "Conditions"),
    ("environment_variable", "EnvironmentVariables"),
    (OF_COMPUTE, "OutputArtifacts"),
    ("rule", "Rules"),
    ("stage", "Stages"),
    ("trigger", "Triggers"),
    ("variable", "Variables"),
];
/// The output artifacts of an action of category Compute, with their files; the provider ignores `output_artifacts` there, and this one elsewhere.
pub(super) const OF_COMPUTE: &str = "output_artifacts_for_compute_action";

/// The list of the blocks of this name.
pub(super) fn list_of(block: &str) -> Option<&'static str> {
    BLOCKS.iter().find(|(name, _)| *name == block).map(|(_, list)| *list)
}

/// The members of a pipeline and of what is in it.
static MEMBERS: LazyLock<BTreeSet<&str>> =
    LazyLock::new(|| members().into_iter().flat_map(|(_, names)| names).collect());

impl Spelling {
    /// A text of a rule about a place.
    pub(crate) fn of(self, text: &str, place: &Place) -> String {
        let text = without_dsl(text);
        // What is between two backticks is at an odd position.
        let parts = text.split('`').enumerate().map(|(index, part)| {
            let code = (index % 2 == 1).then(|| self.code(part, place)).flatten();
            code.unwrap_or_else(|| part.to_owned())
        });
        parts.collect::<Vec<_>>().join("`")
    }

    fn code(self, code: &str, place: &Place) -> Option<String> {
        if is_member(code, place) {
            return Some(self.name(code));
        }
        // `"encryptionKey": {…}`, and `namespace: …`.
        if let Ok(members) = serde_json::from_str::<Map<String, Value>>(&format!("{{{code}}}")) {
            return (!members.is_empty()).then(|| self.members(members));
        }
        // The text of a configuration's key may be JSON too.
        if self == Self::CloudFormation
            && !place.steps().contains(&Segment::Key("configuration".into()))
            && let Ok(value @ Value::Array(_)) = serde_json::from_str(code)
        {
            return Some(self.value(value));
        }
        // `"inputArtifacts": …`, which is no JSON, and `namespace: Vars`.
        let (name, value) = code.split_once(": ")?;
        let quoted = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
        let member = Some(quoted.unwrap_or(name)).filter(|name| MEMBERS.contains(name))?;
        Some(match (self, quoted) {
            (Self::CloudFormation, Some(_)) => format!("\"{}\": {value}", self.name(member)),
            (Self::CloudFormation, None) => format!("{}: {value}", self.name(member)),
            // It may be a block.
            (Self::Terraform, _) if value == "…" => self.name(member),
            (Self::Terraform, None) if !value.starts_with(['"', '[']) => format!("{} = \"{value}\"", self.name(member)),
            (Self::Terraform, _) => format!("{} = {value}", self.name(member)),
        })
    }

    /// The name of a member. The keys of a configuration are the provider's, and begin with a capital.
    fn name(self, member: &str) -> String {
        match self {
            _ if member.starts_with(|c: char| c.is_ascii_uppercase()) => member.to_owned(),
            Self::CloudFormation => pascal(member),
            // One block for each Region.
            Self::Terraform if member == "artifactStores" => "artifact_store".to_owned(),
            Self::Terraform => {
                let list = pascal(member);
                let block = BLOCKS.iter().find(|(block, of)| *of == list && *block != OF_COMPUTE);
                block.map_or_else(|| snake(member), |(block, _)| (*block).to_owned())
            }
        }
    }

    fn members(self, members: Map<String, Value>) -> String {
        let written = members.into_iter().map(|(name, value)| match (self, value) {
            (Self::CloudFormation, value) => format!("{}: {}", Value::from(self.name(&name)), self.value(value)),
            (Self::Terraform, Value::Object(inner)) => self.block(&name, inner),
            (Self::Terraform, Value::Array(entries)) if entries.first().is_some_and(Value::is_object) => {
                let blocks = entries.into_iter().filter_map(|entry| match entry {
                    Value::Object(inner) => Some(self.block(&name, inner)),
                    _ => None,
                });
                blocks.collect::<Vec<_>>().join("\n")
            }
            (Self::Terraform, value) => format!("{} = {value}", self.name(&name)),
        });
        written.collect::<Vec<_>>().join(if self == Self::CloudFormation { ", " } else { "\n" })
    }

    fn block(self, name: &str, members: Map<String, Value>) -> String {
        format!("{} {{\n{}\n}}", self.name(name), self.members(members))
    }

    fn value(self, value: Value) -> String {
        match value {
            Value::Object(members) => format!("{{{}}}", self.members(members)),
            Value::Array(entries) => {
                let entries: Vec<String> = entries.into_iter().map(|entry| self.value(entry)).collect();
                format!("[{}]", entries.join(", "))
            }
            other => other.to_string(),
        }
    }
}

/// A word of which no other meaning is likely, or one on the way to the place: a stage may be called `name`. What is in a configuration is not
/// of the API: a variable may be called `version`.
fn is_member(word: &str, place: &Place) -> bool {
    let mut outside = place.steps().iter().take_while(|step| **step != Segment::Key("configuration".into()));
    let mut on_the_way = || outside.any(|step| matches!(step, Segment::Key(name) if &**name == word));
    MEMBERS.contains(word) && (word.contains(|c: char| c.is_ascii_uppercase()) || on_the_way())
}

fn without_dsl(text: &str) -> String {
    let mut found = text.to_owned();
    while let Some((place, _)) = dsl_form(&found) {
        found.replace_range(place, "");
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expect(text: &str, cloudformation: &str, terraform: &str) {
        let place = Place::pipeline("Release").stage(0, "Build").action(0, "build").key("namespace");
        assert_eq!(Spelling::CloudFormation.of(text, &place), cloudformation);
        assert_eq!(Spelling::Terraform.of(text, &place), terraform);
    }

    #[test]
    fn members_are_named_as_the_template_names_them() {
        expect(
            "add `inputArtifacts` (`input: …` in `pipeline!`), of `stages`",
            "add `InputArtifacts`, of `stages`",
            "add `input_artifacts`, of `stages`",
        );
        expect("`namespace` is empty", "`Namespace` is empty", "`namespace` is empty");
        expect(
            "`outputVariables` of a `region`",
            "`OutputVariables` of a `region`",
            "`output_variables` of a `region`",
        );
        expect("`artifactStores`", "`ArtifactStores`", "`artifact_store`");
    }

    #[test]
    fn what_to_write_is_written_as_in_the_template() {
        expect("`namespace: Vars`", "`Namespace: Vars`", "`namespace = \"Vars\"`");
        expect("`region: \"eu-west-1\"`", "`Region: \"eu-west-1\"`", "`region = \"eu-west-1\"`");
        expect(
            "`\"encryptionKey\": {\"type\": \"KMS\", \"id\": \"…\"}` (`encryption_key: \"…\"` in `pipeline!`)",
            "`\"EncryptionKey\": {\"Type\": \"KMS\", \"Id\": \"…\"}`",
            "`encryption_key {\ntype = \"KMS\"\nid = \"…\"\n}`",
        );
        expect("`\"inputArtifacts\": …`", "`\"InputArtifacts\": …`", "`input_artifacts`");
        expect("`\"includes\": […]`", "`\"Includes\": […]`", "`includes = […]`");
        expect(
            "`\"variables\": [{\"name\": \"a\"}]`",
            "`\"Variables\": [{\"Name\": \"a\"}]`",
            "`variable {\nname = \"a\"\n}`",
        );
        expect("`\"ObjectKey\": \"…\"`", "`\"ObjectKey\": \"…\"`", "`ObjectKey = \"…\"`");
    }

    #[test]
    fn json_of_a_configuration_stays() {
        let (text, pipeline) = ("`[{\"name\": \"A\"}]`", Place::pipeline("Release"));
        assert_eq!(Spelling::CloudFormation.of(text, &pipeline.key("stages")), "`[{\"Name\": \"A\"}]`");
        assert_eq!(Spelling::CloudFormation.of(text, &pipeline.key("configuration").key("EnvironmentVariables")), text);
    }

    #[test]
    fn what_people_named_stays() {
        for text in ["stage `name`", "no `", "`#{variables.region}`", "`deploy: it`", "(`x` in `pipeline!`)"] {
            assert_eq!(Spelling::CloudFormation.of(text, &Place::pipeline("Release")), text);
        }
        let variables = Place::pipeline("Release").key("configuration").key("Variables").key("version");
        assert_eq!(Spelling::CloudFormation.of("no variable `version`", &variables), "no variable `version`");
        // A sign too many does not hide what is before it.
        assert_eq!(Spelling::CloudFormation.of("`roleArn`s`", &Place::pipeline("Release")), "`RoleArn`s`");
    }
}
