//! A topology as Terraform configuration, in JSON.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value, json};

use super::exported::{Export, set};
use super::managed::Managed;
use super::names::{Names, snake};
use super::rule_timeouts;
use super::secrets::{Part, Placeholders, replaced};
use super::terraform_pipeline::{computes, pipeline, text};
use crate::finding::Findings;
use crate::ids::{AccountId, Region};
use crate::plan::{Step, StepId, Write};
use crate::topology::items::Topology;
use crate::topology::subject::Subject;

/// The Region of a provider that only makes roles.
const ANY_REGION: &str = "us-east-1";

/// The versions of the AWS provider that know what we write.
const OF_ALL: &str = ">= 5.100, < 7";

/// … with actions of category Compute: documented for 6.62.
/// <https://registry.terraform.io/providers/hashicorp/aws/6.62.0/docs/resources/codepipeline>
const OF_COMPUTE: &str = ">= 6.62, < 7";

impl Topology {
    /// `main.tf.json`: a provider for each account, and one more for each further Region in which it has pipelines, with a variable for
    /// its profile; roles, their policies and pipelines. A pipeline with something that Terraform's AWS provider has no argument for is
    /// left out, which the notes say. Actions of category Compute need a later version of the provider, which the configuration says. An error where the topology can't be planned for accounts that are empty.
    pub fn to_terraform(&self) -> Result<Export, Findings> {
        let Managed { steps, notes } = self.managed()?;
        let mut export = Export { notes, ..Export::default() };
        let mut written = Written { names: Names::default(), ..Written::default() };
        let first = first_regions(&steps);
        for step in &steps {
            let subject = step.id().subject;
            let region = match &subject {
                Subject::Role(role) => first.get(role.account()).cloned(),
                Subject::Pipeline(pipeline) => Some(pipeline.region().clone()),
            };
            written.step(step, region.as_ref(), &mut export.notes);
        }
        let accounts: HashSet<&AccountId> = written.providers.keys().map(|(account, _)| account).collect();
        let mut accounts: Vec<&AccountId> = accounts.into_iter().collect();
        accounts.sort_unstable();
        let mut variables: Map<String, Value> = Map::new();
        for account in accounts {
            let description =
                format!("The AWS profile for account {account}; null for the credentials of the environment");
            variables
                .insert(profile(account), json!({ "type": "string", "default": null, "description": description }));
        }
        for secret in &written.secrets {
            variables.insert(secret.clone(), json!({ "type": "string", "sensitive": true }));
            export.notes.push(format!("needs the variable {secret}, a secret"));
        }
        let providers = written.providers.iter().map(|((account, region), alias)| {
            json!({
                "alias": alias,
                "region": region,
                "profile": format!("${{var.{}}}", profile(account)),
                "allowed_account_ids": [account],
            })
        });
        let mut main = Map::new();
        main.insert("//".to_owned(), json!(export.notes));
        main.insert(
            "terraform".to_owned(),
            json!({ "required_providers": { "aws": { "source": "hashicorp/aws", "version": written.version() } } }),
        );
        main.insert("provider".to_owned(), json!({ "aws": providers.collect::<Value>() }));
        main.insert("variable".to_owned(), Value::Object(variables));
        main.insert("resource".to_owned(), json!(written.resources));
        export.json("main.tf.json".to_owned(), &Value::Object(main));
        Ok(export)
    }
}

fn first_regions(steps: &[Step]) -> HashMap<AccountId, Region> {
    let mut first = HashMap::new();
    for step in steps {
        if let Subject::Pipeline(pipeline) = step.id().subject {
            first.entry(pipeline.account().clone()).or_insert_with(|| pipeline.region().clone());
        }
    }
    first
}

fn profile(account: &AccountId) -> String {
    format!("profile_{account}")
}

#[derive(Default)]
struct Written {
    names: Names,
    /// The alias of each provider.
    providers: BTreeMap<(AccountId, String), String>,
    /// By type and name.
    resources: BTreeMap<&'static str, Map<String, Value>>,
    secrets: Vec<String>,
    /// Whether a pipeline has an action of category Compute.
    computes: bool,
    /// Where each step is: `aws_iam_role.role_release_service`.
    places: HashMap<StepId, String>,
    /// The name of each role.
    roles: HashMap<Subject, String>,
}

impl Written {
    fn step(&mut self, step: &Step, region: Option<&Region>, notes: &mut Vec<String>) {
        let id = step.id();
        let provider = self.provider(id.account(), region);
        let depends_on: Vec<&String> = step.after.iter().filter_map(|before| self.places.get(before)).collect();
        let depends_on = json!(depends_on);
        let (kind, name, mut resource) = match &step.write {
            Write::CreateRole { role, trust, tags } => {
                let name = self.names.give(format!("role_{}", snake(role.name().as_str())));
                self.roles.insert(id.subject.clone(), name.clone());
                let resource = json!({
                    "name": role.name().as_str(),
                    "path": role.path(),
                    "assume_role_policy": text(&trust.to_json()),
                    "tags": self::tags(tags),
                });
                ("aws_iam_role", name, resource)
            }
            Write::PutRolePolicy { role, name: policy, after, .. } => {
                // A role that exists has no name yet.
                let named = self.roles.get(&id.subject).cloned();
                let name = named.unwrap_or_else(|| self.names.give(format!("role_{}", snake(role.name().as_str()))));
                let resource = json!({
                    "name": policy,
                    "role": role.name().as_str(),
                    "policy": text(&after.to_json()),
                });
                ("aws_iam_role_policy", name, resource)
            }
            Write::CreatePipeline { pipeline: arn, declaration, secrets: withheld, tags } => {
                let Self { names, secrets, .. } = self;
                let name = names.give(format!("pipeline_{}", snake(arn.name().as_str())));
                let mut of_pipeline = Vec::new();
                let mut give = |words: &[&str], _: bool| {
                    let variable = names.give(format!("secret_{}", snake(&words.join("_"))));
                    of_pipeline.push(variable.clone());
                    variable
                };
                let placeholders = Placeholders { name: &mut give, write: &written };
                let declaration = json!(withheld.put_into(declaration));
                let mut declaration = replaced(declaration, arn.name().as_str(), placeholders);
                let lost = rule_timeouts::take_out(&mut declaration);
                let mut resource = match pipeline(&declaration) {
                    Ok(resource) => resource,
                    Err(lacks) => {
                        notes.push(format!(
                            "not in it: pipeline {arn}, as Terraform's AWS provider has no argument for {lacks}"
                        ));
                        return;
                    }
                };
                if lost {
                    notes.push(format!(
                        "not in it: timeoutInMinutes of rules of pipeline {arn}, which Terraform's AWS provider doesn't write"
                    ));
                }
                secrets.extend(of_pipeline);
                self.computes |= computes(&resource);
                set(&mut resource, "tags", self::tags(tags));
                ("aws_codepipeline", name, resource)
            }
            // Nothing else is written into empty accounts.
            _ => return,
        };
        set(&mut resource, "provider", json!(format!("aws.{provider}")));
        if depends_on != json!([]) {
            set(&mut resource, "depends_on", depends_on);
        }
        self.places.insert(id, format!("{kind}.{name}"));
        self.resources.entry(kind).or_default().insert(name, resource);
    }

    /// Which versions of the provider have the arguments.
    fn version(&self) -> &'static str {
        if self.computes { OF_COMPUTE } else { OF_ALL }
    }

    fn provider(&mut self, account: &AccountId, region: Option<&Region>) -> String {
        let region = region.map_or(ANY_REGION, Region::as_str);
        let alias = format!("account_{account}_{}", snake(region));
        self.providers.entry((account.clone(), region.to_owned())).or_insert(alias).clone()
    }
}

/// A text with variables for secrets, as Terraform reads it.
fn written(parts: &[Part<'_>]) -> Value {
    let parts = parts.iter().map(|part| match part {
        Part::Text(part) => text(part),
        Part::Secret(variable) => format!("${{var.{variable}}}"),
        Part::InJson(variable) => format!("${{jsonencode(var.{variable})}}"),
    });
    json!({ "template": parts.collect::<String>() })
}

fn tags(tags: &indexmap::IndexMap<String, String>) -> Value {
    let tags = tags.iter().map(|(key, value)| (key.clone(), json!(text(value))));
    Value::Object(tags.collect())
}
