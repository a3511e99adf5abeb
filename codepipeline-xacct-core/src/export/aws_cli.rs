//! A topology for the AWS CLI: a folder for each account with the documents, and a script that makes everything in order.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::exported::{Export, ExportedFile};
use super::names::Names;
use super::script::{Call, script};
use super::secrets::{Part, Placeholders, replaced};
use crate::finding::Findings;
use crate::ids::{PipelineArn, RoleArn};
use crate::plan::Write;
use crate::topology::items::Topology;

impl Topology {
    /// A folder for each account, with the trust, the policy and the tags of each role, and the input of `create-pipeline` and
    /// `update-pipeline`; and `apply.sh`, which makes or updates everything in the order in which each thing finds what it needs. An
    /// error where the topology can't be planned for accounts that are empty.
    pub fn to_aws_cli(&self) -> Result<Export, Findings> {
        let managed = self.managed()?;
        let mut export = Export { notes: managed.notes, ..Export::default() };
        let mut variables = Names::default();
        let mut secrets = Vec::new();
        let mut calls = Vec::new();
        for step in &managed.steps {
            match &step.write {
                Write::CreateRole { role, trust, tags } => {
                    let folder = folder_of_role(role);
                    export.json(format!("{folder}/trust.json"), &json!(trust));
                    let tags: Value = tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
                    export.json(format!("{folder}/tags.json"), &tags);
                    calls.push(Call::Role { role: role.clone(), folder });
                }
                Write::PutRolePolicy { role, name, after, .. } => {
                    let file = format!("{}/policy.json", folder_of_role(role));
                    export.json(file.clone(), &json!(after));
                    calls.push(Call::Policy { role: role.clone(), name: name.clone(), file });
                }
                Write::CreatePipeline { pipeline, declaration, secrets: withheld, tags } => {
                    let folder = folder_of_pipeline(pipeline);
                    let mut names = Vec::new();
                    let mut give = |words: &[&str], in_json: bool| {
                        let name = variables.give(environment_variable(words));
                        secrets.push(name.clone());
                        names.push(if in_json { format!("json:{name}") } else { name.clone() });
                        name
                    };
                    let placeholders = Placeholders { name: &mut give, write: &written };
                    let declaration = json!(withheld.put_into(declaration));
                    let declaration = replaced(declaration, pipeline.name().as_str(), placeholders);
                    pipeline_files(&mut export, &folder, &declaration, tags);
                    calls.push(Call::Pipeline { pipeline: pipeline.clone(), folder, secrets: names });
                }
                // Nothing else is written into empty accounts.
                _ => {}
            }
        }
        let accounts: BTreeSet<_> = managed.steps.iter().map(|step| step.id().account().clone()).collect();
        export.notes.extend(secrets.iter().map(|name| format!("needs the environment variable {name}, a secret")));
        let text = script(self.name(), &accounts, &secrets, &calls, &export.notes);
        export.files.insert(0, ExportedFile { path: "apply.sh".to_owned(), text, is_program: true });
        Ok(export)
    }
}

/// A text as the script fills it in.
fn written(parts: &[Part<'_>]) -> Value {
    let parts = parts.iter().map(|part| match part {
        Part::Text(text) => (*text).to_owned(),
        Part::Secret(name) => format!("<{name}>"),
        Part::InJson(name) => format!("\"<{name}>\""),
    });
    parts.collect::<String>().into()
}

fn pipeline_files(export: &mut Export, folder: &str, declaration: &Value, tags: &IndexMap<String, String>) {
    let tags: Value = tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
    let update = json!({ "pipeline": declaration });
    let create = json!({ "pipeline": declaration, "tags": tags });
    export.json(format!("{folder}/create-pipeline.json"), &create);
    export.json(format!("{folder}/update-pipeline.json"), &update);
    export.json(format!("{folder}/tags.json"), &tags);
}

fn folder_of_role(role: &RoleArn) -> String {
    format!("{}/roles/{}", role.account(), role.name())
}

fn folder_of_pipeline(pipeline: &PipelineArn) -> String {
    format!("{}/pipelines/{}/{}", pipeline.account(), pipeline.region(), pipeline.name())
}

/// `release`, `code`, `OAuthToken` as `RELEASE_CODE_OAUTHTOKEN`.
fn environment_variable(words: &[&str]) -> String {
    let name = words.join("_").to_ascii_uppercase();
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    // It may not begin with a digit.
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}
