//! A chain as one JSON object: both roles with their documents, the target, and the other policies that apply.
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
//! Only the ARN of the service role is needed. Without `action_role` the service role starts the target itself; without a target, as
//! for an action that builds or deploys, starts are not judged. What is not given of trust, policies, id and tags isn't known; without a boundary, session policies, `scps` and
//! `rcps` there are none. In `context` the value `null` says that the request doesn't have the key.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use super::chain::{Chain, Contexts, KnownRole, Levels, Policy, Sessions};
use super::hop::DocumentRef;
use crate::finding::{Finding, Place, Segment, Severity};
use crate::ids::{IdError, RoleArn};
use crate::json::member::{Member, Taken};
use crate::json::reader::fitted;
use crate::json::shape::Shape;
use crate::policy::context::{KeyValue, RequestContext};
use crate::policy::evaluate::Layer;
use crate::policy::{Document, DocumentKind, quota, validate};
use crate::suggest::misspelt;

/// A chain that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct ChainInput {
    /// Member `id`, which identifies one of several answers.
    pub id: Option<Value>,
    /// The chain. A document that IAM would refuse grants nothing in it.
    pub chain: Chain,
    /// What is wrong with the documents.
    pub findings: Vec<Finding>,
}

impl ChainInput {
    /// False if IAM would refuse one of the documents.
    pub fn documents_valid(&self) -> bool {
        !self.findings.iter().any(|finding| finding.severity == Severity::Error)
    }
}

/// Why an object is not a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoChain {
    /// Where; `.` for the whole object.
    pub path: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for NoChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "." => f.write_str(&self.message),
            path => write!(f, "{path}: {}", self.message),
        }
    }
}

impl std::error::Error for NoChain {}

const ANYTHING: Shape = Shape::Map(&Shape::Any);
const ROLE: Shape = Shape::Structure(
    "RoleObject",
    &[
        ("arn", true, &Shape::Text),
        ("trust", false, &Shape::Any),
        ("policies", false, &Shape::List(&Shape::Any)),
        ("unique_id", false, &Shape::Text),
        ("tags", false, &Shape::Map(&Shape::Text)),
        ("permissions_boundary", false, &Shape::Any),
    ],
);
const CONTEXT: Shape = Shape::Structure(
    "ContextObject",
    &[("service_trust", false, &ANYTHING), ("assume", false, &ANYTHING), ("start", false, &ANYTHING)],
);
const SESSIONS: Shape =
    Shape::Structure("SessionObject", &[("service", false, &Shape::Any), ("action", false, &Shape::Any)]);
const LEVELS: Shape = Shape::Structure(
    "LevelsObject",
    &[
        ("source", false, &Shape::List(&Shape::List(&Shape::Any))),
        ("target", false, &Shape::List(&Shape::List(&Shape::Any))),
    ],
);
const CHAIN: Shape = Shape::Structure(
    "Object",
    &[
        ("service_role", true, &ROLE),
        ("action_role", false, &ROLE),
        ("target_pipeline_arn", false, &Shape::Text),
        ("source_pipeline_arn", false, &Shape::Text),
        ("context", false, &CONTEXT),
        ("session_policies", false, &SESSIONS),
        ("scps", false, &LEVELS),
        ("rcps", false, &LEVELS),
    ],
);

struct RoleObject {
    arn: RoleArn,
    trust: Option<Value>,
    policies: Option<Vec<Value>>,
    unique_id: Option<String>,
    tags: Option<BTreeMap<String, String>>,
    permissions_boundary: Option<Value>,
}

impl RoleObject {
    fn read(role: &Value, path: &str) -> Result<Self, NoChain> {
        let mut members = Taken::from(role, &ROLE);
        Ok(Self {
            arn: id(members.required(), &format!("{path}.arn"))?,
            trust: members.optional(),
            policies: members.optional(),
            unique_id: members.optional(),
            tags: members.next().map(|tags| {
                let tags = tags.as_object().into_iter().flatten();
                tags.map(|(key, value)| (key.clone(), Member::from_fitted(value))).collect()
            }),
            permissions_boundary: members.optional(),
        })
    }
}

/// An identifier in a member.
fn id<T: FromStr<Err = IdError>>(text: String, path: &str) -> Result<T, NoChain> {
    text.parse().map_err(|error: IdError| NoChain { path: path.to_owned(), message: error.to_string() })
}

/// The members of an object in the chain, which may only have known ones.
fn closed<'a>(object: Option<&'a Value>, shape: &Shape, path: &str) -> Result<Taken<'a>, NoChain> {
    let object = object.unwrap_or(&Value::Null);
    let known: Vec<&str> = shape.members().iter().map(|(name, ..)| *name).collect();
    let mut members = object.as_object().into_iter().flat_map(|members| members.keys());
    match members.find(|member| !known.contains(&member.as_str())) {
        Some(unknown) => Err(NoChain {
            path: format!("{path}.{unknown}"),
            message: format!("unknown field `{unknown}`, expected one of `{}`", known.join("`, `")),
        }),
        None => Ok(Taken::from(object, shape)),
    }
}

/// Reads a chain. `duplicates` are the places of members that appear a second time in their object, which a
/// [`Value`] doesn't show.
pub fn read(value: &Value, duplicates: &[Place]) -> Result<ChainInput, NoChain> {
    if !value.is_object() {
        return Err(NoChain { path: ".".to_owned(), message: "this is not a JSON object".to_owned() });
    }
    objects(value)?;
    misspellings(value, "", &CHAIN)?;
    for role in ["service_role", "action_role"] {
        misspellings(value.get(role).unwrap_or(&Value::Null), role, &ROLE)?;
    }
    let mut path = String::new();
    let fitted = fitted(&CHAIN, &mut path, value).map_err(|error| NoChain {
        path: if path.is_empty() { ".".to_owned() } else { path },
        message: match error.to_string().strip_prefix("missing field ") {
            Some(member) => format!("{member} is missing"),
            None => error.to_string(),
        },
    })?;
    let mut members = Taken::from(&fitted, &CHAIN);
    let service_role = RoleObject::read(members.next().unwrap_or(&Value::Null), "service_role")?;
    let action_role = members.next().map(|role| RoleObject::read(role, "action_role")).transpose()?;
    let target = members.optional().map(|arn| id(arn, "target_pipeline_arn")).transpose()?;
    let source = members.optional().map(|arn| id(arn, "source_pipeline_arn")).transpose()?;
    let mut context = closed(members.next(), &CONTEXT, "context")?;
    let mut sessions = closed(members.next(), &SESSIONS, "session_policies")?;
    let mut scps = closed(members.next(), &LEVELS, "scps")?;
    let mut rcps = closed(members.next(), &LEVELS, "rcps")?;
    // IAM refuses a document in which a member appears twice; elsewhere it is unclear which one is meant.
    if let Some(duplicate) = duplicates.iter().find(|place| !in_a_document(place)) {
        return Err(NoChain { path: duplicate.to_string(), message: "this member appears twice here".to_owned() });
    }
    let mut reader = ChainReader { duplicates, findings: Vec::new(), refused: Vec::new() };
    let root = Place::default();
    let service = service_role.arn.clone();
    let starter = action_role.as_ref().map_or(&service, |role| &role.arn).clone();
    let (of_scps, of_rcps) = (root.key("scps"), root.key("rcps"));
    let place = root.key("session_policies");
    let mut chain = Chain {
        sessions: Sessions {
            service: sessions.next().map(|value| reader.session(value, &service, &place.key("service"))),
            action: sessions.next().map(|value| reader.session(value, &starter, &place.key("action"))),
        },
        service_role: reader.role(service_role, &root.key("service_role")),
        action_role: action_role.map(|role| reader.role(role, &root.key("action_role"))),
        target,
        source,
        context: Contexts {
            service_trust: keys(context.next(), "context.service_trust")?,
            assume: keys(context.next(), "context.assume")?,
            start: keys(context.next(), "context.start")?,
        },
        scps: Levels {
            source: reader.levels(
                scps.optional(),
                DocumentKind::ServiceControl,
                Layer::Scp,
                &service,
                &of_scps.key("source"),
            ),
            target: reader.levels(
                scps.optional(),
                DocumentKind::ServiceControl,
                Layer::Scp,
                &starter,
                &of_scps.key("target"),
            ),
        },
        rcps: Levels {
            source: reader.levels(
                rcps.optional(),
                DocumentKind::ResourceControl,
                Layer::Rcp,
                &service,
                &of_rcps.key("source"),
            ),
            target: reader.levels(
                rcps.optional(),
                DocumentKind::ResourceControl,
                Layer::Rcp,
                &starter,
                &of_rcps.key("target"),
            ),
        },
        refused: Vec::new(),
    };
    chain.refused = reader.refused;
    Ok(ChainInput { id: value.get("id").cloned(), chain, findings: reader.findings })
}

/// Whether a place is in a document: everything below these members is one, or a list of them.
fn in_a_document(place: &Place) -> bool {
    let keys: Vec<&str> = place
        .steps()
        .iter()
        .filter_map(|step| match step {
            Segment::Key(key) => Some(&**key),
            _ => None,
        })
        .collect();
    matches!(
        keys.as_slice(),
        ["service_role" | "action_role", "trust" | "policies" | "permissions_boundary", _, ..]
            | ["session_policies" | "scps" | "rcps", "service" | "action" | "source" | "target", _, ..]
    )
}

/// Refuses a list, which serde would accept as an object.
fn objects(value: &Value) -> Result<(), NoChain> {
    let inner = |name: &str| value.get(name).filter(|v| !v.is_null());
    let context = inner("context").into_iter().flat_map(|c| c.as_object().into_iter().flatten());
    let named = ["service_role", "action_role", "context", "session_policies", "scps", "rcps"];
    let outer = named.into_iter().filter_map(|name| Some((name.to_owned(), inner(name)?)));
    for (path, value) in outer.chain(context.map(|(name, value)| (format!("context.{name}"), value))) {
        if !value.is_object() {
            return Err(NoChain { path, message: "this is not a JSON object".to_owned() });
        }
    }
    Ok(())
}

/// Unknown members are allowed, but a misspelt one would change the answer.
fn misspellings(value: &Value, path: &str, shape: &Shape) -> Result<(), NoChain> {
    let known: Vec<&str> = shape.members().iter().map(|(name, ..)| *name).collect();
    let names = value.as_object().into_iter().flat_map(|members| members.keys());
    for name in names.filter(|name| !known.contains(&name.as_str())) {
        if let Some(near) = misspelt(name, known.iter().copied()) {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            return Err(NoChain { path, message: format!("there is no member `{name}`, did you mean `{near}`?") });
        }
    }
    Ok(())
}

fn keys(keys: Option<&Value>, path: &str) -> Result<RequestContext, NoChain> {
    let scalar = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(bool) => Some(bool.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    let mut context = RequestContext::new();
    for (key, value) in keys.and_then(Value::as_object).into_iter().flatten() {
        let values = match value {
            Value::Null => {
                context.insert(key.clone(), KeyValue::Absent);
                continue;
            }
            Value::Array(list) => list.iter().map(scalar).collect::<Option<Vec<_>>>(),
            one => scalar(one).map(|one| vec![one]),
        };
        let Some(values) = values else {
            let message = "the value of a condition key is a string, a number, a boolean, a list of these or null";
            return Err(NoChain { path: format!("{path}.{key}"), message: message.to_owned() });
        };
        context.insert(key.clone(), KeyValue::Values(values));
    }
    Ok(context)
}

struct ChainReader<'a> {
    duplicates: &'a [Place],
    findings: Vec<Finding>,
    refused: Vec<DocumentRef>,
}

impl ChainReader<'_> {
    fn role(&mut self, role: RoleObject, place: &Place) -> KnownRole {
        let arn = &role.arn;
        let trust = role
            .trust
            .map(|trust| self.document(&trust, DocumentKind::Trust, of(arn, Layer::Trust), &place.key("trust")));
        let boundary = role.permissions_boundary.map(|boundary| {
            self.document(
                &boundary,
                DocumentKind::Boundary,
                of(arn, Layer::Boundary),
                &place.key("permissions_boundary"),
            )
        });
        let policies = role.policies.map(|policies| {
            let place = place.key("policies");
            let mut read = |(index, value): (usize, &Value)| {
                let (name, ..) = named(value, Place::default());
                let whose = DocumentRef { position: index, name: name.clone(), ..of(arn, Layer::Identity) };
                Policy { name, document: self.document(value, DocumentKind::Identity, whose, &place.index(index)) }
            };
            let policies: Vec<Policy> = policies.iter().enumerate().map(&mut read).collect();
            let size: usize = policies.iter().map(|policy| policy.document.size()).sum();
            if policies.len() > 1 {
                self.findings.extend(quota::over_inline_quota(size, &place));
            }
            policies
        });
        let of_role = KnownRole::new(role.arn);
        KnownRole { trust, policies, unique_id: role.unique_id, tags: role.tags, boundary, ..of_role }
    }

    fn session(&mut self, value: &Value, role: &RoleArn, place: &Place) -> Vec<Document> {
        let entries: Vec<(&Value, Place)> = match value {
            Value::Array(values) => values.iter().enumerate().map(|(index, v)| (v, place.index(index))).collect(),
            value => vec![(value, place.clone())],
        };
        let read = |(position, (value, place)): (usize, (&Value, Place))| {
            let whose = DocumentRef { position, ..of(role, Layer::Session) };
            self.document(value, DocumentKind::Session, whose, &place)
        };
        entries.into_iter().enumerate().map(read).collect()
    }

    fn levels(
        &mut self,
        levels: Option<Vec<Vec<Value>>>,
        kind: DocumentKind,
        layer: fn(usize) -> Layer,
        role: &RoleArn,
        place: &Place,
    ) -> Vec<Vec<Document>> {
        let mut all = Vec::new();
        for (index, level) in levels.unwrap_or_default().iter().enumerate() {
            let place = place.index(index);
            let read = |(position, value): (usize, &Value)| {
                let whose = DocumentRef { position, ..of(role, layer(index)) };
                self.document(value, kind, whose, &place.index(position))
            };
            all.push(level.iter().enumerate().map(read).collect());
        }
        all
    }

    /// A document, or an empty one if IAM would refuse it: it keeps its position, which findings and answers refer to.
    fn document(&mut self, value: &Value, kind: DocumentKind, whose: DocumentRef, place: &Place) -> Document {
        let (_, value, place) = named(value, place.clone());
        let validate::ReadDocument { document, findings } = validate::read(value, kind, whose.role.partition(), &place);
        self.findings.extend(findings);
        let mut twice = self.duplicates.iter().filter(|duplicate| duplicate.starts_with(&place)).peekable();
        let document = document.filter(|_| twice.peek().is_none());
        self.findings.extend(twice.cloned().map(validate::repeated_element));
        document.unwrap_or_else(|| {
            self.refused.push(whose);
            Document::new(Vec::new())
        })
    }
}

fn of(role: &RoleArn, layer: Layer) -> DocumentRef {
    DocumentRef { role: role.clone(), layer, position: 0, name: None }
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
