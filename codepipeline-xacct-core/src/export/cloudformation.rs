//! A topology as CloudFormation templates.

use std::collections::HashMap;

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::exported::{Export, set};
use super::managed::Managed;
use super::names::Names;
use super::rule_timeouts;
use super::secrets::{Part, Placeholders, replaced};
use crate::case::pascal;
use crate::declaration::references::DYNAMIC;
use crate::finding::Findings;
use crate::ids::{AccountId, PipelineArn, Region, RoleArn};
use crate::plan::{Step, StepId, Write};
use crate::policy::{Document, Principal, Statement, account_trust, role_trust};
use crate::topology::items::Topology;
use crate::topology::subject::Subject;

/// The parameter that leaves out the pipelines.
const PIPELINES: &str = "Pipelines";
const WITH_PIPELINES: &str = "WithPipelines";

/// A stack: an account, and the Region of its pipelines; `None` where it has none.
type Stack = (AccountId, Option<Region>);

impl Topology {
    /// A CloudFormation template for each account, and one more for each further Region in which it has pipelines, since a stack has
    /// resources of one Region only. A trust policy names roles of other accounts in a condition, so that they need not exist. An error
    /// where the topology can't be planned for accounts that are empty.
    pub fn to_cloudformation(&self) -> Result<Export, Findings> {
        let Managed { steps, notes } = self.managed()?;
        let stacks = stacks(&steps);
        let mut export = Export { notes, ..Export::default() };
        // A stack comes after those that have what it starts.
        let mut order: Vec<&Stack> = Vec::new();
        for step in steps.iter().rev() {
            let stack = stacks.get(&step.id().subject);
            order.extend(stack.filter(|stack| !order.contains(stack)));
        }
        order.reverse();
        let paths: Vec<String> = order.iter().map(|stack| path(stack)).collect();
        if paths.len() > 1 {
            export.notes.push(format!("deploy in this order: {}", paths.join(", ")));
        }
        if self.is_circular(&stacks) {
            let note = "stacks have pipelines that start each other: deploy all with Pipelines=no first, then with Pipelines=yes";
            export.notes.push(note.to_owned());
        }
        export.notes.push("deploy with --capabilities CAPABILITY_NAMED_IAM, as roles have names".to_owned());
        let templates: Vec<(String, Template)> =
            order.iter().map(|stack| (path(stack), self.template(stack, &steps, &stacks, &mut export.notes))).collect();
        for (path, template) in templates {
            let template = template.into_json(self, &export.notes);
            export.json(path, &template);
        }
        Ok(export)
    }

    /// Whether pipelines of a stack start what leads back to it.
    fn is_circular(&self, stacks: &HashMap<Subject, Stack>) -> bool {
        let stack = |arn: &PipelineArn| stacks.get(&Subject::Pipeline(arn.clone()));
        let starts =
            self.pipelines.iter().flat_map(|pipeline| pipeline.invokes.iter().map(move |i| (&pipeline.arn, i)));
        let between = starts.filter_map(|(from, invoke)| Some((stack(from)?, stack(&invoke.target.arn)?)));
        let mut between: Vec<_> = between.filter(|(from, to)| from != to).collect();
        loop {
            // What starts nothing is in no circle.
            let starting: Vec<&Stack> = between.iter().map(|(from, _)| *from).collect();
            let before = between.len();
            between.retain(|(_, to)| starting.contains(to));
            if between.len() == before {
                return before > 0;
            }
        }
    }

    fn template(
        &self,
        stack: &Stack,
        steps: &[Step],
        stacks: &HashMap<Subject, Stack>,
        notes: &mut Vec<String>,
    ) -> Template {
        let mut template = Template::default();
        let mut names = Names::default();
        names.give(PIPELINES.to_owned());
        let here: Vec<&Step> = steps.iter().filter(|step| stacks.get(&step.id().subject) == Some(stack)).collect();
        let mut ids: HashMap<Subject, String> = HashMap::new();
        for step in &here {
            let subject = step.id().subject;
            let kind = pascal(subject.kind());
            ids.entry(subject.clone()).or_insert_with(|| names.give(format!("{kind}{}", pascal(subject.name()))));
        }
        for step in &here {
            let Some(id) = ids.get(&step.id().subject) else { continue };
            match &step.write {
                Write::CreateRole { role, trust, tags } => {
                    let tags: Value = tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
                    let mut properties = json!({
                        "RoleName": role.name().as_str(),
                        "AssumeRolePolicyDocument": trust_anywhere(role, trust),
                        "Tags": tags,
                    });
                    if role.path() != "/" {
                        set(&mut properties, "Path", json!(role.path()));
                    }
                    template
                        .resources
                        .insert(id.clone(), json!({ "Type": "AWS::IAM::Role", "Properties": properties }));
                }
                // The role exists.
                Write::PutRolePolicy { role, name, after, .. } if !template.resources.contains_key(id) => {
                    let properties =
                        json!({ "PolicyName": name, "RoleName": role.name().as_str(), "PolicyDocument": after });
                    let resource = json!({ "Type": "AWS::IAM::RolePolicy", "Properties": properties });
                    template.resources.insert(id.clone(), resource);
                }
                Write::PutRolePolicy { name, after, .. } => {
                    if let Some(Value::Object(properties)) =
                        template.resources.get_mut(id).and_then(|role| role.get_mut("Properties"))
                    {
                        let policies = properties.entry("Policies").or_insert_with(|| json!([]));
                        let policy = json!({ "PolicyName": name, "PolicyDocument": after });
                        policies.as_array_mut().into_iter().for_each(|policies| policies.push(policy.clone()));
                    }
                }
                Write::CreatePipeline { pipeline, declaration, secrets: withheld, tags } => {
                    let name = pipeline.name().as_str();
                    let mut give = |words: &[&str], in_json: bool| {
                        let words: String = words.iter().map(|word| pascal(word)).collect();
                        let parameter = names.give(words);
                        template.secrets.push((parameter.clone(), in_json));
                        parameter
                    };
                    let placeholders = Placeholders { name: &mut give, write: &written };
                    let declaration = replaced(json!(withheld.put_into(declaration)), name, placeholders);
                    let mut properties = properties(declaration, pipeline, notes);
                    let tags: Value = tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
                    set(&mut properties, "Tags", tags);
                    let mut resource = json!({
                        "Type": "AWS::CodePipeline::Pipeline",
                        "Condition": WITH_PIPELINES,
                        "Properties": properties,
                    });
                    let after: Vec<&StepId> = step.after.iter().collect();
                    depends_on(&mut resource, id, &after, &ids);
                    template.resources.insert(id.clone(), resource);
                    template.has_pipelines = true;
                    continue;
                }
                // Nothing else is written into empty accounts.
                _ => continue,
            }
            // The policy of a role is a part of it.
            let of_role = here.iter().filter(|other| other.id().subject == step.id().subject);
            let after: Vec<&StepId> = of_role.flat_map(|step| &step.after).collect();
            if let Some(resource) = template.resources.get_mut(id) {
                depends_on(resource, id, &after, &ids);
            }
        }
        template
    }
}

fn depends_on(resource: &mut Value, own: &str, after: &[&StepId], ids: &HashMap<Subject, String>) {
    let mut needed: Vec<&String> = after.iter().filter_map(|id| ids.get(&id.subject)).collect();
    needed.retain(|needed| *needed != own);
    needed.sort_unstable();
    needed.dedup();
    if !needed.is_empty() {
        set(resource, "DependsOn", json!(needed));
    }
}

/// The stack of each role and pipeline. Roles have no Region; they are in the stack of the first pipeline of their account.
fn stacks(steps: &[Step]) -> HashMap<Subject, Stack> {
    let mut first: HashMap<AccountId, Region> = HashMap::new();
    for step in steps {
        if let Subject::Pipeline(pipeline) = &step.id().subject {
            first.entry(pipeline.account().clone()).or_insert_with(|| pipeline.region().clone());
        }
    }
    let stack = |subject: &Subject| match subject {
        Subject::Role(role) => (role.account().clone(), first.get(role.account()).cloned()),
        Subject::Pipeline(pipeline) => (pipeline.account().clone(), Some(pipeline.region().clone())),
    };
    steps.iter().map(|step| step.id().subject).map(|subject| (subject.clone(), stack(&subject))).collect()
}

fn path((account, region): &Stack) -> String {
    match region {
        Some(region) => format!("{account}-{region}.json"),
        None => format!("{account}.json"),
    }
}

/// The trust with roles of other accounts in a condition on their account, where they need not exist.
fn trust_anywhere(role: &RoleArn, trust: &Document) -> Document {
    let mut statements: Vec<Statement> = Vec::new();
    for statement in &trust.statements {
        let Some(named) = named_roles(statement) else {
            statements.push(statement.clone());
            continue;
        };
        let (here, elsewhere): (Vec<_>, Vec<_>) =
            named.into_iter().partition(|named| named.account() == role.account());
        if !here.is_empty() {
            statements.push(role_trust(&here));
        }
        let mut by_account: IndexMap<AccountId, Vec<RoleArn>> = IndexMap::new();
        for named in elsewhere {
            by_account.entry(named.account().clone()).or_default().push(named);
        }
        for (account, roles) in by_account {
            let arns: Vec<String> = roles.iter().map(ToString::to_string).collect();
            statements.push(account_trust(role.partition(), &account).when("ArnEquals", "aws:PrincipalArn", &arns));
        }
    }
    Document::new(statements)
}

/// The roles, of a statement that trusts roles and says nothing else.
fn named_roles(statement: &Statement) -> Option<Vec<RoleArn>> {
    let Some(Principal::Map(kinds)) = &statement.principal else { return None };
    let named: Option<Vec<RoleArn>> = kinds.get("AWS")?.iter().map(|arn| arn.parse().ok()).collect();
    let named = named?;
    (*statement == role_trust(&named)).then_some(named)
}

/// The properties of a pipeline.
fn properties(declaration: Value, pipeline: &PipelineArn, notes: &mut Vec<String>) -> Value {
    let Value::Object(mut members) = declaration else { return Value::Null };
    // CloudFormation counts versions itself.
    members.shift_remove("version");
    if let Some(Value::Object(stores)) = members.get_mut("artifactStores").map(Value::take) {
        let stores = stores.into_iter().map(|(region, store)| json!({ "region": region, "artifactStore": store }));
        members.insert("artifactStores".to_owned(), stores.collect());
    }
    if members.get_mut("stages").is_some_and(rule_timeouts::take_out) {
        notes.push(format!(
            "not in it: timeoutInMinutes of rules of pipeline {pipeline}, which CloudFormation doesn't have"
        ));
    }
    let mut properties = upper(Value::Object(members));
    if literal(&mut properties) {
        notes.push(format!("CloudFormation replaces {DYNAMIC}…}}}} in pipeline {pipeline}: its texts can't have that"));
    }
    properties
}

/// A text with parameters for secrets.
fn written(parts: &[Part<'_>]) -> Value {
    if let [Part::Secret(parameter)] = parts {
        return json!({ "Ref": parameter });
    }
    let parts = parts.iter().map(|part| match part {
        Part::Text(text) => text.replace("${", "${!"),
        Part::Secret(parameter) => format!("${{{parameter}}}"),
        Part::InJson(parameter) => format!("\"${{{parameter}}}\""),
    });
    json!({ "Fn::Sub": parts.collect::<String>() })
}

/// Writes `${` so that nobody takes it for that of `Fn::Sub`. Whether a text has what CloudFormation replaces, which can't be written.
fn literal(value: &mut Value) -> bool {
    match value {
        Value::String(text) => {
            let replaced = text.contains(DYNAMIC);
            if let Some((first, rest)) = text.split_once("${") {
                let rest = rest.split("${").map(|part| format!("{{{part}"));
                let parts: Vec<String> = std::iter::once(first.to_owned()).chain(rest).collect();
                *value = json!({ "Fn::Join": ["$", parts] });
            }
            replaced
        }
        Value::Object(members) if members.contains_key("Fn::Sub") => {
            members.values().any(|text| text.as_str().is_some_and(|text| text.contains(DYNAMIC)))
        }
        Value::Object(members) => members.values_mut().map(literal).max() == Some(true),
        Value::Array(entries) => entries.iter_mut().map(literal).max() == Some(true),
        _ => false,
    }
}

/// With the names of members as CloudFormation writes them. Those of a configuration are the provider's.
fn upper(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let named = |(key, value): (String, Value)| {
                let value = if key == "configuration" { value } else { upper(value) };
                (pascal(&key), value)
            };
            Value::Object(members.into_iter().map(named).collect())
        }
        Value::Array(entries) => entries.into_iter().map(upper).collect(),
        other => other,
    }
}

#[derive(Default)]
struct Template {
    resources: Map<String, Value>,
    /// Parameters for secrets, and whether each is in a text of JSON.
    secrets: Vec<(String, bool)>,
    has_pipelines: bool,
}

impl Template {
    fn into_json(self, topology: &Topology, notes: &[String]) -> Value {
        let mut parameters = Map::new();
        for (secret, in_json) in self.secrets {
            let mut parameter = json!({ "Type": "String", "NoEcho": true });
            if in_json {
                // CloudFormation can't escape it.
                set(&mut parameter, "AllowedPattern", json!(r#"[^"\\]*"#));
                set(
                    &mut parameter,
                    "ConstraintDescription",
                    json!(r#"It is put into a text of JSON: no " and no \ in it"#),
                );
            }
            parameters.insert(secret, parameter);
        }
        let mut template = json!({
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": format!("Topology {}", topology.name()),
            "Metadata": { "Notes": notes },
        });
        if self.has_pipelines {
            let values = json!({ "Type": "String", "AllowedValues": ["yes", "no"], "Default": "yes" });
            parameters.insert(PIPELINES.to_owned(), values);
            set(
                &mut template,
                "Conditions",
                json!({ WITH_PIPELINES: { "Fn::Equals": [{ "Ref": PIPELINES }, "yes"] } }),
            );
        }
        if !parameters.is_empty() {
            set(&mut template, "Parameters", Value::Object(parameters));
        }
        set(&mut template, "Resources", Value::Object(self.resources));
        template
    }
}
