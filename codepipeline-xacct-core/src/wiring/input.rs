//! A chain as one JSON object: both roles with their documents, the target, and what else has a say.
//!
//! ```json
//! {
//!   "service_role": {"arn": "…", "trust": {…}, "policies": [{…}], "unique_id": "AROA…", "tags": {}, "permissions_boundary": {…}},
//!   "action_role": {"arn": "…", "trust": {…}, "policies": [{"name": "invoke", "document": {…}}]},
//!   "target_pipeline_arn": "…",
//!   "source_pipeline_arn": "…",
//!   "context": {"assume": {"aws:PrincipalOrgID": "o-example"}, "start": {"aws:MultiFactorAuthPresent": null}},
//!   "session_policies": {"action": {…}},
//!   "scps": {"source": [[{…}]], "target": []},
//!   "rcps": {"target": [[{…}]]}
//! }
//! ```
//!
//! Only the ARNs of the service role and of the target are needed. Without `action_role` the service role starts the target
//! itself. What is not given of trust, policies, id and tags isn't known; without a boundary, session policies, `scps` and `rcps`
//! there are none. In `context` the value `null` says that the request doesn't have the key.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::chain::{Chain, Contexts, KnownRole, Levels, Policy, Sessions};
use crate::finding::{Finding, Place, Severity, misspelt};
use crate::ids::{Partition, PipelineArn, RoleArn};
use crate::policy::Document;
use crate::policy::context::{Context, KeyValue};
use crate::policy::validate::{self, Kind};
use crate::rules;

/// A chain that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Member `id`, by which one of several answers is known.
    pub id: Option<Value>,
    /// The chain. A document that IAM would refuse grants nothing in it.
    pub chain: Chain,
    /// What is wrong with the documents.
    pub findings: Vec<Finding>,
}

impl Input {
    /// False where IAM would refuse one of the documents.
    pub fn documents_valid(&self) -> bool {
        !self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// Why an object is no chain.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct NoChain {
    /// Where, `.` for the whole.
    pub path: String,
    /// What is wrong.
    pub message: String,
}

/// Members of the object, and of the objects in it.
const MEMBERS: [&str; 7] = [
    "service_role",
    "action_role",
    "target_pipeline_arn",
    "source_pipeline_arn",
    "context",
    "session_policies",
    "scps",
];
const ROLE_MEMBERS: [&str; 6] = ["arn", "trust", "policies", "unique_id", "tags", "permissions_boundary"];

#[derive(Deserialize)]
struct Object {
    service_role: RoleObject,
    action_role: Option<RoleObject>,
    target_pipeline_arn: PipelineArn,
    source_pipeline_arn: Option<PipelineArn>,
    #[serde(default)]
    context: Option<ContextObject>,
    #[serde(default)]
    session_policies: Option<SessionObject>,
    #[serde(default)]
    scps: Option<LevelsObject>,
    #[serde(default)]
    rcps: Option<LevelsObject>,
}

#[derive(Deserialize)]
struct RoleObject {
    arn: RoleArn,
    trust: Option<Value>,
    policies: Option<Vec<Value>>,
    unique_id: Option<String>,
    tags: Option<BTreeMap<String, String>>,
    permissions_boundary: Option<Value>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct ContextObject {
    #[serde(default)]
    service_trust: BTreeMap<String, Value>,
    #[serde(default)]
    assume: BTreeMap<String, Value>,
    #[serde(default)]
    start: BTreeMap<String, Value>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct SessionObject {
    service: Option<Value>,
    action: Option<Value>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct LevelsObject {
    source: Option<Vec<Vec<Value>>>,
    target: Option<Vec<Vec<Value>>>,
}

/// Reads a chain. `duplicates` are the places of members that stand a second time in their object, which a
/// [`Value`] doesn't show.
pub fn read(value: &Value, duplicates: &[Place]) -> Result<Input, NoChain> {
    if !value.is_object() {
        return Err(NoChain { path: ".".to_owned(), message: "this is no JSON object".to_owned() });
    }
    misspellings(value, "", &[&MEMBERS[..], &["rcps"]].concat())?;
    for role in ["service_role", "action_role"] {
        misspellings(value.get(role).unwrap_or(&Value::Null), role, &ROLE_MEMBERS)?;
    }
    let object: Object = serde_path_to_error::deserialize(value)
        .map_err(|error| NoChain { path: error.path().to_string(), message: error.inner().to_string() })?;
    let mut reader = Reader { duplicates, findings: Vec::new() };
    let root = Place::default();
    let partition = object.service_role.arn.partition().clone();
    let sessions = object.session_policies.unwrap_or_default();
    let context = object.context.unwrap_or_default();
    let place = root.key("session_policies");
    let chain = Chain {
        sessions: Sessions {
            service: sessions.service.map(|value| reader.session(&value, &partition, &place.key("service"))),
            action: sessions.action.map(|value| reader.session(&value, &partition, &place.key("action"))),
        },
        service_role: reader.role(object.service_role, &root.key("service_role")),
        action_role: object.action_role.map(|role| reader.role(role, &root.key("action_role"))),
        target: Some(object.target_pipeline_arn),
        source: object.source_pipeline_arn,
        context: Contexts {
            service_trust: keys(context.service_trust, "context.service_trust")?,
            assume: keys(context.assume, "context.assume")?,
            start: keys(context.start, "context.start")?,
        },
        scps: reader.levels(object.scps.unwrap_or_default(), Kind::ServiceControl, &partition, &root.key("scps")),
        rcps: reader.levels(object.rcps.unwrap_or_default(), Kind::ResourceControl, &partition, &root.key("rcps")),
    };
    Ok(Input { id: value.get("id").cloned(), chain, findings: reader.findings })
}

/// Unknown members are for others, but one that is misspelt would change the answer.
fn misspellings(value: &Value, path: &str, known: &[&'static str]) -> Result<(), NoChain> {
    let names = value.as_object().into_iter().flat_map(|members| members.keys());
    for name in names.filter(|name| !known.contains(&name.as_str())) {
        if let Some(near) = misspelt(name, known.iter().copied()) {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            return Err(NoChain { path, message: format!("there is no member `{name}`, did you mean `{near}`?") });
        }
    }
    Ok(())
}

fn keys(keys: BTreeMap<String, Value>, path: &str) -> Result<Context, NoChain> {
    let scalar = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(bool) => Some(bool.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    let mut context = Context::new();
    for (key, value) in keys {
        let values = match &value {
            Value::Null => {
                context.insert(key, KeyValue::Absent);
                continue;
            }
            Value::Array(list) => list.iter().map(scalar).collect::<Option<Vec<_>>>(),
            one => scalar(one).map(|one| vec![one]),
        };
        let Some(values) = values else {
            let message = "the value of a condition key is a string, a number, a boolean, a list of these or null";
            return Err(NoChain { path: format!("{path}.{key}"), message: message.to_owned() });
        };
        context.insert(key, KeyValue::Values(values));
    }
    Ok(context)
}

struct Reader<'a> {
    duplicates: &'a [Place],
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn role(&mut self, role: RoleObject, place: &Place) -> KnownRole {
        let partition = role.arn.partition().clone();
        let trust = role.trust.map(|trust| self.or_nothing(&trust, Kind::Trust, &partition, &place.key("trust")));
        let boundary = role
            .permissions_boundary
            .map(|boundary| self.or_nothing(&boundary, Kind::Boundary, &partition, &place.key("permissions_boundary")));
        let policies = role.policies.map(|policies| {
            let place = place.key("policies");
            let read = |(index, value): (usize, &Value)| {
                let place = place.index(index);
                let (name, value, place) = named(value, place);
                let document = self.document(value, Kind::Identity, &partition, &place);
                // An invalid one keeps its place: findings and answers count them.
                let document = document.unwrap_or_else(|| Document::new(Vec::new()));
                Policy { name, document }
            };
            policies.iter().enumerate().map(read).collect()
        });
        KnownRole { arn: role.arn, trust, policies, unique_id: role.unique_id, tags: role.tags, boundary }
    }

    fn session(&mut self, value: &Value, partition: &Partition, place: &Place) -> Vec<Document> {
        match value {
            Value::Array(values) => {
                let entries = values.iter().enumerate();
                entries.map(|(i, v)| self.or_nothing(v, Kind::Session, partition, &place.index(i))).collect()
            }
            value => vec![self.or_nothing(value, Kind::Session, partition, place)],
        }
    }

    fn levels(&mut self, levels: LevelsObject, kind: Kind, partition: &Partition, place: &Place) -> Levels {
        let mut read = |levels: Option<Vec<Vec<Value>>>, place: Place| -> Vec<Vec<Document>> {
            let mut all = Vec::new();
            for (index, level) in levels.unwrap_or_default().iter().enumerate() {
                let place = place.index(index);
                let documents = level.iter().enumerate();
                all.push(documents.map(|(i, v)| self.or_nothing(v, kind, partition, &place.index(i))).collect());
            }
            all
        };
        Levels { source: read(levels.source, place.key("source")), target: read(levels.target, place.key("target")) }
    }

    /// A document, or one that grants nothing where IAM would refuse it.
    fn or_nothing(&mut self, value: &Value, kind: Kind, partition: &Partition, place: &Place) -> Document {
        let (_, value, place) = named(value, place.clone());
        self.document(value, kind, partition, &place).unwrap_or_else(|| Document::new(Vec::new()))
    }

    fn document(&mut self, value: &Value, kind: Kind, partition: &Partition, place: &Place) -> Option<Document> {
        let validate::Read { document, findings } = validate::read(value, kind, partition, place);
        self.findings.extend(findings);
        let mut twice = self.duplicates.iter().filter(|duplicate| duplicate.starts_with(place)).peekable();
        let document = document.filter(|_| twice.peek().is_none());
        self.findings.extend(twice.map(|duplicate| {
            Finding::of(&rules::XA1301, duplicate.clone(), "IAM refuses this document: this element stands twice")
                .help("IAM's own words: `Syntax errors in policy.`")
        }));
        document
    }
}

/// `{"name": …, "document": …}`, or the document itself.
fn named(value: &Value, place: Place) -> (Option<String>, &Value, Place) {
    match value.get("document") {
        Some(document) if value.get("Statement").is_none() => {
            (value.get("name").and_then(Value::as_str).map(str::to_owned), document, place.key("document"))
        }
        _ => (None, value, place),
    }
}
