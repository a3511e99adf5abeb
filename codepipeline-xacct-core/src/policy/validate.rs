//! Validation of documents as IAM does it on saving, with its own messages where they are known.
//!
//! Sources: IAM User Guide, "Grammar of the IAM JSON policy language", "AWS JSON policy elements" and "IAM and AWS STS quotas";
//! IAM Access Analyzer, "Access Analyzer policy check reference".

use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value};

use super::date::seconds;
#[cfg(feature = "topology")]
use super::document::Statement;
use super::document::{ASSUME_ROLE, CODEPIPELINE, Document, VERSION, is_service_principal};
use super::glob::{glob, plain};
use super::global_keys;
use super::kind::DocumentKind;
use super::operator::{self, ConditionOperator};
use super::quota::{self, PARAMETER};
use crate::arns::{SessionArn, iam_arn};
use crate::finding::{Finding, Place, Severity};
use crate::ids::{AccountId, Partition};
use crate::rules;
use crate::rules::Rule;

/// A document that was read, with its findings.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadDocument {
    /// The document; `None` where IAM would refuse it.
    pub document: Option<Document>,
    /// What is wrong with it, and what only looks wrong.
    pub findings: Vec<Finding>,
}

/// Reads a document that IAM has or will have. `partition` is that of its account.
pub fn read(value: &Value, kind: DocumentKind, partition: &Partition, place: &Place) -> ReadDocument {
    let mut findings = validate(value, kind, partition, place);
    let valid = !findings.iter().any(|finding| finding.severity == Severity::Error);
    let document =
        if valid { serde_json::from_value(value.clone()) } else { return ReadDocument { document: None, findings } };
    match document {
        Ok(document) => ReadDocument { document: Some(document), findings },
        Err(error) => {
            findings.push(refused(&rules::XA1301, place.clone(), SYNTAX, &error.to_string()));
            ReadDocument { document: None, findings }
        }
    }
}

/// What IAM refuses in a document, and what it accepts although it looks wrong.
pub fn validate(value: &Value, kind: DocumentKind, partition: &Partition, place: &Place) -> Vec<Finding> {
    let mut check = Check::new(kind, partition);
    check.document(value, place);
    check.size(value, place);
    check.findings
}

/// What IAM refuses in statements that become part of a larger identity policy, whose size is checked when complete.
#[cfg(feature = "topology")]
pub(crate) fn validate_statements(statements: &[Statement], partition: &Partition, place: &Place) -> Vec<Finding> {
    let mut check = Check::new(DocumentKind::Identity, partition);
    // What can't be written as JSON can't be a document.
    let value = serde_json::to_value(Document::new(statements.to_vec())).unwrap_or_default();
    check.document(&value, place);
    check.findings
}

/// The error with which IAM refuses a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IamError {
    /// The code of the error.
    pub code: &'static str,
    /// IAM's own text.
    pub message: String,
}

impl fmt::Display for IamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for IamError {}

impl IamError {
    /// A document that IAM reads and refuses.
    fn malformed(message: &str) -> Self {
        Self { code: "MalformedPolicyDocument", message: message.to_owned() }
    }

    /// A parameter that can't be a document at all.
    fn parameter(message: &str) -> Self {
        Self { code: "ValidationError", message: message.to_owned() }
    }

    /// A principal of a kind (`AWS`, `Service`) that is not well formed, or that doesn't exist.
    pub fn invalid_principal(kind: &str, text: &str) -> Self {
        let kind = if kind == "Service" { "SERVICE" } else { kind };
        Self::malformed(&format!("Invalid principal in policy: \"{kind}\":\"{text}\""))
    }
}

/// Accepts a document as IAM does when it is saved; the error is IAM's.
pub fn accept(text: &str, kind: DocumentKind, partition: &Partition) -> Result<Document, IamError> {
    let value: Value =
        serde_json::from_str(text).map_err(|_| IamError::malformed("This policy contains invalid Json"))?;
    let mut check = Check::new(kind, partition);
    check.document(&value, &Place::default());
    check.length(&value, &Place::default());
    match check.first {
        Some(error) => Err(error),
        None => serde_json::from_value(value).map_err(|_| IamError::malformed(SYNTAX)),
    }
}

/// An element that appears twice in its object, which a [`Value`] doesn't show.
#[cfg(feature = "topology")]
pub(crate) fn repeated_element(place: Place) -> Finding {
    refused(&rules::XA1301, place, SYNTAX, "this element appears twice")
}

/// A finding with our message and IAM's.
fn refused(rule: &'static Rule, place: Place, iam: &str, why: &str) -> Finding {
    Finding::of(rule, place, format!("IAM refuses this document: {why}")).help(format!("IAM's own words: `{iam}`"))
}

const SYNTAX: &str = "Syntax errors in policy.";
const LEGACY: &str = "The policy failed legacy parsing";
const VENDOR: &str = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
const TRUST_ACTIONS: &str = "AssumeRole policy may only specify STS AssumeRole actions.";

/// The STS actions for assuming a role.
const ASSUME_FAMILY: [&str; 6] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:TagSession",
    "sts:SetSourceIdentity",
    "sts:SetContext",
];

/// What the path of an IAM resource starts with.
const IAM_PATHS: [&str; 13] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

struct Check<'a> {
    kind: DocumentKind,
    partition: &'a Partition,
    findings: Vec<Finding>,
    /// The error for the first of them that IAM refuses; IAM only returns one.
    first: Option<IamError>,
}

impl<'a> Check<'a> {
    fn new(kind: DocumentKind, partition: &'a Partition) -> Self {
        Self { kind, partition, findings: Vec::new(), first: None }
    }

    fn refuse(&mut self, rule: &'static Rule, place: Place, iam: &str, why: impl AsRef<str>) {
        self.refuse_with(rule, place, IamError::malformed(iam), why);
    }

    fn refuse_with(&mut self, rule: &'static Rule, place: Place, error: IamError, why: impl AsRef<str>) {
        self.findings.push(refused(rule, place, &error.message, why.as_ref()));
        self.first.get_or_insert(error);
    }

    fn document(&mut self, value: &Value, place: &Place) {
        let Value::Object(members) = value else {
            return self.refuse(&rules::XA1301, place.clone(), SYNTAX, "it is not a JSON object");
        };
        self.characters(value, place);
        for name in members.keys() {
            let known = matches!(name.as_str(), "Version" | "Statement")
                || (name == "Id"
                    && !matches!(
                        self.kind,
                        DocumentKind::Identity
                            | DocumentKind::Boundary
                            | DocumentKind::Session
                            | DocumentKind::ServiceControl
                    ));
            if !known {
                self.refuse(
                    &rules::XA1301,
                    place.key(name),
                    SYNTAX,
                    format!("it can't have the element `{name}`{}", near(name, &["Version", "Statement"])),
                );
            }
        }
        self.version(members, place);
        if members.get("Id").is_some_and(|id| !id.is_string()) {
            self.refuse(&rules::XA1301, place.key("Id").value(), SYNTAX, "`Id` is not a string");
        }
        match members.get("Statement") {
            // A misspelt one is reported where it is.
            None if members
                .keys()
                .any(|name| crate::suggest::nearest(name, ["Version", "Statement"]) == Some("Statement")) => {}
            None => self.refuse(&rules::XA1301, place.clone(), SYNTAX, "it has no `Statement`"),
            Some(Value::Array(statements)) if statements.is_empty() => {
                self.refuse(&rules::XA1301, place.key("Statement").value(), SYNTAX, "`Statement` is empty");
            }
            Some(Value::Array(statements)) => {
                let place = place.key("Statement");
                for (index, statement) in statements.iter().enumerate() {
                    self.statement(statement, &place.index(index));
                }
                self.sids(statements, &place);
            }
            Some(statement) => self.statement(statement, &place.key("Statement")),
        }
    }

    /// `[\t\n\r\x20-\xFF]` is the pattern of the API's parameters.
    fn characters(&mut self, value: &Value, place: &Place) {
        let text = value.to_string();
        // Control characters are escaped in JSON; `\t`, `\n` and `\r` are the only ones that are allowed.
        if let Some(wrong) = text.chars().find(|c| is_foreign(*c)) {
            let iam = "Member must satisfy regular expression pattern: [\\u0009\\u000A\\u000D\\u0020-\\u00FF]+";
            self.refuse_with(
                &rules::XA1301,
                place.clone(),
                IamError::parameter(iam),
                format!("`{wrong}` is not among the characters that a document can have (U+0020 to U+00FF)"),
            );
        }
    }

    fn version(&mut self, members: &Map<String, Value>, place: &Place) {
        match members.get("Version").map(|version| version.as_str()) {
            Some(Some(VERSION)) => {}
            None | Some(Some("2008-10-17")) => {
                let place = place.key("Version").value();
                if matches!(self.kind, DocumentKind::Identity | DocumentKind::Boundary) {
                    let message =
                        "the grammar allows this version, but IAM is reported to refuse it in identity policies";
                    self.findings
                        .push(Finding::of(&rules::XA1306, place, message).help("write `\"Version\": \"2012-10-17\"`"));
                } else if Value::Object(members.clone()).to_string().contains("${") {
                    let message = "in this version `${…}` is plain text, not a policy variable";
                    self.findings
                        .push(Finding::of(&rules::XA1306, place, message).help("write `\"Version\": \"2012-10-17\"`"));
                }
            }
            Some(_) => self.refuse(
                &rules::XA1301,
                place.key("Version").value(),
                SYNTAX,
                "`Version` is `2012-10-17` or `2008-10-17`: it is the version of the language, not of the document",
            ),
        }
    }

    fn sids(&mut self, statements: &[Value], place: &Place) {
        let mut seen = BTreeSet::new();
        for (index, statement) in statements.iter().enumerate() {
            let Some(sid) = statement.get("Sid").and_then(Value::as_str).filter(|sid| !sid.is_empty()) else {
                continue;
            };
            if !seen.insert(sid) {
                self.refuse(
                    &rules::XA1301,
                    place.index(index).key("Sid").value(),
                    "Statement IDs (SID) in a single policy must be unique.",
                    format!("there is a statement with the id `{sid}` before this one"),
                );
            }
        }
    }

    /// Customers can only deny, and only for everybody; the managed policy that is always attached allows.
    /// Source: Organizations User Guide, "Resource control policies".
    fn resource_control(&mut self, members: &Map<String, Value>, place: &Place) {
        let is_star = |name: &str| {
            members.get(name).is_some_and(|value| match value {
                Value::String(text) => text == "*",
                Value::Array(values) => values.iter().any(|value| value == "*"),
                _ => false,
            })
        };
        const WORDS: &str = "The provided policy document does not meet the requirements of the specified policy type.";
        if members.get("Effect").is_some_and(|effect| effect == "Allow") && !(is_star("Action") && is_star("Resource"))
        {
            let why = "`Allow` is only possible in the managed policy RCPFullAWSAccess";
            self.refuse(&rules::XA1301, place.key("Effect").value(), WORDS, why);
        }
        if members.get("Principal").is_some_and(|principal| principal != "*") {
            let why = "the `Principal` of a resource control policy is `\"*\"`; a condition says who it applies to";
            self.refuse(&rules::XA1302, place.key("Principal").value(), WORDS, why);
        }
    }

    fn statement(&mut self, value: &Value, place: &Place) {
        let Value::Object(members) = value else {
            return self.refuse(&rules::XA1301, place.clone(), SYNTAX, "a statement is not a JSON object");
        };
        for name in members.keys().filter(|name| !ELEMENTS.contains(&name.as_str())) {
            let why = format!("a statement can't have the element `{name}`{}", near(name, &ELEMENTS));
            self.refuse(&rules::XA1301, place.key(name), SYNTAX, why);
        }
        if let Some(sid) = members.get("Sid") {
            self.sid(sid, &place.key("Sid").value());
        }
        if members.contains_key("Effect") || !is_misspelt("Effect", members) {
            self.effect(members.get("Effect"), place);
        }
        if self.kind == DocumentKind::ResourceControl {
            self.resource_control(members, place);
        }
        self.actions(members, place);
        self.principals(members, place);
        self.resources(members, place);
        if let Some(condition) = members.get("Condition") {
            self.condition(condition, &place.key("Condition"));
        }
    }

    fn sid(&mut self, sid: &Value, place: &Place) {
        let Some(text) = sid.as_str() else {
            return self.refuse(&rules::XA1301, place.clone(), SYNTAX, "`Sid` is not a string");
        };
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric());
        // Characters that a document can't have at all are already reported.
        let free = self.kind == DocumentKind::ResourceControl || self.kind.is_of_a_resource();
        if !plain && !free && !text.chars().any(is_foreign) {
            let iam = "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*";
            self.refuse(&rules::XA1301, place.clone(), iam, "`Sid` has letters and digits only");
        }
    }

    fn effect(&mut self, effect: Option<&Value>, place: &Place) {
        match effect.map(Value::as_str) {
            Some(Some("Allow" | "Deny")) => {}
            None => self.refuse(&rules::XA1301, place.clone(), SYNTAX, "a statement has no `Effect`"),
            Some(Some(text)) if ["allow", "deny"].contains(&text.to_lowercase().as_str()) => {
                self.refuse(
                    &rules::XA1301,
                    place.key("Effect").value(),
                    LEGACY,
                    "`Effect` is `Allow` or `Deny`, with this capitalization",
                );
            }
            Some(_) => {
                self.refuse(&rules::XA1301, place.key("Effect").value(), SYNTAX, "`Effect` is `Allow` or `Deny`")
            }
        }
    }

    /// The texts of an element that is a string or a list of strings.
    fn texts<'v>(&mut self, name: &str, value: &'v Value, place: &Place) -> Vec<(&'v str, Place)> {
        match value {
            Value::String(text) => vec![(text, place.value())],
            Value::Array(values) => {
                if values.is_empty() {
                    let iam = match name {
                        "Action" | "NotAction" => "Policy statement must contain actions.",
                        "Resource" | "NotResource" => "Policy statement must contain resources.",
                        _ => SYNTAX,
                    };
                    self.refuse(&rules::XA1301, place.value(), iam, format!("`{name}` is empty"));
                }
                let mut texts = Vec::new();
                for (index, value) in values.iter().enumerate() {
                    match value.as_str() {
                        Some(text) => texts.push((text, place.index(index))),
                        None => {
                            let why = format!("an entry of `{name}` is not a string");
                            self.refuse(&rules::XA1301, place.index(index), SYNTAX, why);
                        }
                    }
                }
                texts
            }
            _ => {
                let why = format!("`{name}` is a string or a list of strings");
                self.refuse(&rules::XA1301, place.value(), SYNTAX, why);
                Vec::new()
            }
        }
    }

    /// The texts of one of two mutually exclusive elements, with its name.
    fn either<'v>(
        &mut self,
        members: &'v Map<String, Value>,
        names: [&'static str; 2],
        place: &Place,
    ) -> Option<(&'static str, Vec<(&'v str, Place)>)> {
        let [name, not] = names;
        if members.contains_key(name) && members.contains_key(not) {
            self.refuse(
                &rules::XA1301,
                place.key(not),
                SYNTAX,
                format!("a statement has `{name}` or `{not}`, not both"),
            );
        }
        let (name, value) = names.into_iter().find_map(|name| Some((name, members.get(name)?)))?;
        Some((name, self.texts(name, value, &place.key(name))))
    }

    fn actions(&mut self, members: &Map<String, Value>, place: &Place) {
        let Some((name, actions)) = self.either(members, ["Action", "NotAction"], place) else {
            if is_misspelt("Action", members) {
                return;
            }
            let iam = "Policy statement must contain actions.";
            return self.refuse(&rules::XA1301, place.clone(), iam, "a statement has no `Action`");
        };
        if self.kind == DocumentKind::Trust && name == "NotAction" {
            let why = "a trust policy names the actions for assuming the role, so `NotAction` is not allowed";
            return self.refuse(&rules::XA1303, place.key(name), TRUST_ACTIONS, why);
        }
        for (action, place) in actions {
            self.action(action, place);
        }
    }

    fn action(&mut self, action: &str, place: Place) {
        let why = match action.split_once(':') {
            _ if action == "*" => None,
            None => {
                let dotted = action.replacen(['.', '/'], ":", 1);
                let example = if dotted == action { with_service(action).unwrap_or(ASSUME_ROLE) } else { &dotted };
                Some((VENDOR.to_owned(), format!("action `{action}` needs a service prefix, as in `{example}`")))
            }
            Some((_, name)) if name.contains(':') => Some((
                "Actions/Condition can contain only one colon.".to_owned(),
                format!("action `{action}` has more than one colon"),
            )),
            // Any service.
            Some(("*", _)) => None,
            Some((vendor, _)) if !is_vendor(vendor) => {
                Some((format!("Vendor {vendor} is not valid"), format!("`{vendor}` is not the name of a service")))
            }
            Some(_) => None,
        };
        if let Some((iam, why)) = why {
            return self.refuse(&rules::XA1303, place, &iam, why);
        }
        if action.contains(char::is_whitespace) {
            let message = format!("action `{action}` contains a space; action names can't");
            let bare: String = action.chars().filter(|c| !c.is_whitespace()).collect();
            return self.findings.push(Finding::of(&rules::XA1313, place, message).help(format!("write `{bare}`")));
        }
        if self.kind == DocumentKind::Trust {
            let pattern = plain(&action.to_lowercase());
            let of_sts = action.to_lowercase().starts_with("sts:");
            if !of_sts || !ASSUME_FAMILY.iter().any(|known| glob(&pattern, &known.to_lowercase())) {
                let near = near(action, &ASSUME_FAMILY);
                let why = format!("`{action}` is not an action for assuming a role{near}");
                self.refuse(&rules::XA1303, place, TRUST_ACTIONS, why);
            }
        }
    }

    fn resources(&mut self, members: &Map<String, Value>, place: &Place) {
        if self.kind == DocumentKind::Trust {
            for name in ["Resource", "NotResource"].into_iter().filter(|name| members.contains_key(*name)) {
                let why = format!("a trust policy has no `{name}`: it belongs to its role");
                self.refuse(&rules::XA1301, place.key(name), "Has prohibited field Resource", why);
            }
            return;
        }
        let Some((_, resources)) = self.either(members, ["Resource", "NotResource"], place) else {
            if is_misspelt("Resource", members) {
                return;
            }
            let iam = "Policy statement must contain resources.";
            return self.refuse(&rules::XA1301, place.clone(), iam, "a statement has no `Resource`");
        };
        for (resource, place) in resources {
            let fields = resource.split(':').count();
            if self.kind == DocumentKind::Session && resource != "*" && fields < 6 {
                let iam = format!("Resource {resource} must be in ARN format or \"*\".");
                let why = format!("a session policy needs whole ARNs, and `{resource}` has {fields} of 6 fields");
                self.refuse(&rules::XA1303, place, &iam, why);
            } else if let Some((iam, why)) = resource_fault(resource) {
                self.refuse(&rules::XA1303, place, &iam, why);
            } else if let Some(whole) = whole_arn(resource) {
                let message =
                    format!("resource `{resource}` has {fields} of the 6 fields of an ARN, and matches nothing");
                self.findings.push(Finding::of(&rules::XA1313, place, message).help(format!("write `{whole}`")));
            } else if resource.split(':').nth(2).is_some_and(|service| service.contains(['*', '?'])) {
                let message = format!(
                    "resource `{resource}` has a wildcard in its service, where sources differ on whether IAM takes one"
                );
                self.findings.push(Finding::of(&rules::XA1312, place, message).help("write the service out"));
            }
        }
    }

    fn principals(&mut self, members: &Map<String, Value>, place: &Place) {
        if !self.kind.has_principal() {
            for name in ["Principal", "NotPrincipal"].into_iter().filter(|name| members.contains_key(*name)) {
                let why = format!("an identity policy has no `{name}`: it applies to the role that it is attached to");
                self.refuse(&rules::XA1302, place.key(name), "Has prohibited field Principal", why);
            }
            return;
        }
        if members.contains_key("NotPrincipal") && !self.kind.is_of_a_resource() {
            let iam = "AssumeRole policy must not contain NotPrincipal field.";
            let why = "`NotPrincipal` has no place in a trust policy";
            self.refuse(&rules::XA1302, place.key("NotPrincipal"), iam, why);
        }
        let Some(principal) = members.get("Principal") else {
            // EventBridge's own examples have statements without one.
            let there = members.contains_key("NotPrincipal") || is_misspelt("Principal", members);
            if !there && self.kind != DocumentKind::EventBus {
                let iam = "Missing required field Principal";
                self.refuse(&rules::XA1302, place.clone(), iam, "a statement has no `Principal`");
            }
            return;
        };
        let place = place.key("Principal");
        match principal {
            // Already reported.
            _ if self.kind == DocumentKind::ResourceControl => {}
            Value::String(star) if star == "*" && self.kind.is_of_a_resource() => {}
            Value::String(star) if star == "*" => {
                let iam = "AssumeRole policy contained an invalid principal: \"STAR\":\"*\".";
                let why = "a trust policy can't have the principal `\"*\"`; for everybody, write `{\"AWS\": \"*\"}`";
                self.refuse(&rules::XA1302, place.value(), iam, why);
            }
            // As Terraform writes it.
            Value::Object(kinds) if kinds.contains_key("type") && kinds.contains_key("identifiers") => {
                let kind = kinds.get("type").and_then(Value::as_str).unwrap_or("AWS");
                let named = kinds.get("identifiers").map(Value::to_string).unwrap_or_default();
                let why = format!("a `Principal` is written `{{\"{kind}\": {named}}}`");
                self.refuse(&rules::XA1302, place.key("type"), SYNTAX, why);
            }
            Value::Object(kinds) => {
                for (kind, value) in kinds {
                    self.principals_of(kind, value, &place.key(kind));
                }
            }
            _ => {
                let one = principal.as_str().unwrap_or("111111111111");
                let kind = if is_service_principal(one) { "Service" } else { "AWS" };
                let why = format!("`Principal` is a map such as `{{\"{kind}\": \"{one}\"}}`");
                self.refuse(&rules::XA1302, place.value(), SYNTAX, why);
            }
        }
    }

    fn principals_of(&mut self, kind: &str, value: &Value, place: &Place) {
        const KINDS: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];
        if !KINDS.contains(&kind) {
            let why = format!("there is no kind of principal `{kind}`{}", near(kind, &KINDS));
            return self.refuse(&rules::XA1302, place.clone(), SYNTAX, why);
        }
        for (text, place) in self.texts(kind, value, place) {
            let fault = match kind {
                "AWS" => aws_principal_fault(text, self.partition),
                "Service" => service_fault(text),
                _ => text.contains('*').then(|| "a principal can't have wildcards".to_owned()),
            };
            if let Some(why) = fault {
                self.refuse_with(&rules::XA1302, place, IamError::invalid_principal(kind, text), why);
            }
        }
    }

    fn condition(&mut self, condition: &Value, place: &Place) {
        let Value::Object(operators) = condition else {
            return self.refuse(&rules::XA1304, place.value(), SYNTAX, "`Condition` is a map of operators");
        };
        for (name, keys) in operators {
            let place = place.key(name);
            let Some(operator) = ConditionOperator::parse(name) else {
                let iam = format!("Invalid Condition type : {name}.");
                let why = format!("there is no condition operator `{name}`{}", near(name, &operator::NAMES));
                self.refuse(&rules::XA1304, place, &iam, why);
                continue;
            };
            let Value::Object(keys) = keys else {
                let why = format!("`{name}` is a map of condition keys");
                self.refuse(&rules::XA1304, place.value(), SYNTAX, why);
                continue;
            };
            let mut seen = BTreeSet::new();
            for (key, values) in keys {
                let place = place.key(key);
                if !seen.insert(key.to_lowercase()) {
                    let why = format!("condition key `{key}` appears twice; letter case makes no difference");
                    self.refuse(&rules::XA1304, place.clone(), SYNTAX, why);
                }
                if !key.contains(':') {
                    let example = global_keys::of_name(key).unwrap_or("aws:PrincipalArn");
                    let why = format!("condition key `{key}` needs a prefix, as in `{example}`");
                    self.refuse(&rules::XA1304, place.clone(), VENDOR, why);
                } else if let Some(near) = global_keys::misspelt(key) {
                    let message = format!("there is no condition key `{key}`, so it is never in a request");
                    let finding = Finding::of(&rules::XA1314, place.clone(), message);
                    self.findings.push(finding.help(format!("did you mean `{near}`?")));
                }
                self.condition_values(operator, values, &place);
            }
        }
    }

    fn condition_values(&mut self, operator: ConditionOperator, values: &Value, place: &Place) {
        let list = match values {
            Value::Array(list) => list.as_slice(),
            one => std::slice::from_ref(one),
        };
        for value in list {
            if matches!(value, Value::Null | Value::Array(_) | Value::Object(_)) {
                let why = "the values of a condition key are strings, numbers or booleans";
                self.refuse(&rules::XA1304, place.value(), SYNTAX, why);
            }
            if operator.is_date() && value.as_str().is_some_and(|text| seconds(text).is_none()) {
                let why = format!("{value} is not a date such as `2026-01-01T00:00:00Z`");
                self.refuse(&rules::XA1304, place.value(), LEGACY, why);
            }
        }
    }

    fn size(&mut self, value: &Value, place: &Place) {
        if value.is_object() && !self.length(value, place) {
            let size = quota::size(&value.to_string());
            self.findings.extend(quota::over_quota(size, self.kind, place));
        }
    }

    /// Refuses what is too long for a parameter; true if it is.
    fn length(&mut self, value: &Value, place: &Place) -> bool {
        let too_long = value.to_string().chars().count() > PARAMETER;
        if too_long {
            let iam = format!("Member must have length less than or equal to {PARAMETER}");
            let why = format!("it has more than {PARAMETER} characters");
            self.refuse_with(&rules::XA1301, place.clone(), IamError::parameter(&iam), why);
        }
        too_long
    }
}

/// The elements of a statement.
const ELEMENTS: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

/// Whether an unknown element of a statement is meant to be this one, which is reported where it is.
fn is_misspelt(element: &str, members: &Map<String, Value>) -> bool {
    let unknown = members.keys().filter(|name| !ELEMENTS.contains(&name.as_str()));
    unknown.into_iter().any(|name| crate::suggest::nearest(name, ELEMENTS) == Some(element))
}

/// A character that no document can have.
fn is_foreign(c: char) -> bool {
    u32::from(c) > 0xFF
}

fn near(word: &str, known: &[&'static str]) -> String {
    match crate::suggest::nearest(word, known.iter().copied()) {
        Some(near) => format!(", did you mean `{near}`?"),
        None => String::new(),
    }
}

/// The action of a service that has this name, where some provider of actions needs it.
fn with_service(name: &str) -> Option<&'static str> {
    let permissions = crate::catalogue::ACTIONS.iter().flat_map(|action| action.permissions);
    let mut known = permissions.flat_map(|permission| permission.actions).copied();
    known.find(|action| action.split_once(':').is_some_and(|(_, found)| found.eq_ignore_ascii_case(name)))
}

fn is_vendor(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
}

/// A partition of AWS, or a pattern of one.
fn is_partition(text: &str) -> bool {
    text == "*" || text == "aws" || text.strip_prefix("aws-").is_some_and(|rest| !rest.is_empty())
}

/// Why IAM refuses a resource: its message and ours.
fn resource_fault(resource: &str) -> Option<(String, String)> {
    if resource == "*" {
        return None;
    }
    let mut parts = resource.splitn(6, ':');
    let (arn, partition) = (parts.next().unwrap_or_default(), parts.next());
    let Some(partition) = partition.filter(|_| arn == "arn") else {
        let iam = format!("Resource {resource} must be in ARN format or \"*\".");
        return Some((iam, format!("resource `{resource}` is neither an ARN nor `*`")));
    };
    let rest: Vec<&str> = parts.collect();
    if !is_partition(partition) {
        let part = |index: usize| rest.get(index).copied().unwrap_or("*");
        let iam = format!(
            "Partition \"{partition}\" is not valid for resource \"arn:{partition}:{}:{}:{}:{}\".",
            part(0),
            part(1),
            part(2),
            part(3)
        );
        return Some((iam, format!("there is no partition `{partition}`")));
    }
    const RESOURCE_VENDOR: &str = "Resource vendor must be fully qualified and cannot contain regexes.";
    let Some((service, rest)) = rest.split_first() else {
        return Some((RESOURCE_VENDOR.to_owned(), format!("resource `{resource}` lacks its service")));
    };
    if !service.is_empty() && service.chars().all(|c| matches!(c, '*' | '?')) {
        return Some((RESOURCE_VENDOR.to_owned(), format!("resource `{resource}` has a wildcard for its service")));
    }
    if service.is_empty() {
        let iam = format!("Resource {resource} must be in ARN format or \"*\".");
        return Some((iam, format!("resource `{resource}` lacks its service")));
    }
    if *service == "iam" {
        return iam_resource_fault(resource, rest);
    }
    None
}

/// The ARN that is meant by one that lacks colons. With a wildcard in its place, the last field matches all that are missing.
fn whole_arn(resource: &str) -> Option<String> {
    let fields: Vec<&str> = resource.split(':').collect();
    let (last, before) = fields.split_last()?;
    let begun = last.split('/').next().unwrap_or_default();
    if fields.len() > 5 || begun.contains(['*', '?', '$']) || before.iter().any(|field| field.contains(['*', '?', '$']))
    {
        return None;
    }
    let [arn, partition, service, rest @ ..] = before else { return None };
    let is_account = |text: &&&str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    let account = rest.iter().find(is_account).copied().unwrap_or_default();
    let region = rest.iter().find(|text| text.contains('-')).copied().unwrap_or_default();
    Some(format!("{arn}:{partition}:{service}:{region}:{account}:{last}"))
}

fn iam_resource_fault(resource: &str, rest: &[&str]) -> Option<(String, String)> {
    let [region, account, path] = rest else { return None };
    if !matches!(*region, "" | "*") {
        let iam = format!("IAM resource {resource} cannot contain region information.");
        return Some((iam, format!("the ARN of an IAM resource has no Region, this one has `{region}`")));
    }
    // The kind is written out, unless a variable or a wildcard is the whole path.
    let starts = |start: &&str| path.starts_with(*start);
    let whole = *path == "*" || path.starts_with("${");
    if *path == "root" || whole || account.is_empty() || IAM_PATHS.iter().any(starts) {
        return None;
    }
    let iam = format!("IAM resource path must either be \"*\" or start with {}.", IAM_PATHS.join(", "));
    Some((iam, format!("`{path}` does not say what kind of resource it is, as `role/…` does")))
}

/// Why a text can't be an `AWS` principal.
fn aws_principal_fault(text: &str, partition: &Partition) -> Option<String> {
    if text == "*" || text.parse::<AccountId>().is_ok() {
        return None;
    }
    if text.contains(['*', '?']) {
        return Some(format!("`{text}` has a wildcard, and only the whole principal can be `*`"));
    }
    if text.contains("${") {
        return Some(format!("`{text}` has a policy variable, and a principal can't have any"));
    }
    // Ids of roles, users and groups, as they are stored.
    let is_id = text.len() >= 16 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if is_id && (text.starts_with("AROA") || text.starts_with("AIDA")) {
        return None;
    }
    let Some(arn) = crate::ids::split_arn(text) else {
        return Some(format!("`{text}` is not an account id, an ARN or the id of a role or user"));
    };
    if !is_partition(arn.partition) || arn.partition == "*" {
        return Some(format!("there is no partition `{}`", arn.partition));
    }
    if arn.partition != partition.as_str() {
        return Some(format!("`{text}` is in a different partition from the role, `{partition}`"));
    }
    if arn.account.parse::<AccountId>().is_err() {
        return Some(format!("`{}` is not an account id", arn.account));
    }
    let starts = |starts: &[&str]| starts.iter().any(|s| arn.resource.len() > s.len() && arn.resource.starts_with(s));
    let possible = match arn.service {
        "iam" => arn.resource == "root" || starts(&["role/", "user/"]),
        "sts" => starts(&[SessionArn::KIND, "federated-user/"]),
        _ => false,
    };
    (!possible || !arn.region.is_empty()).then(|| {
        let why = format!("`{text}` is not an account, role, session or user");
        match arn.service {
            "iam" if !arn.resource.contains(['/', ':']) => format!("{why}; a role is `{}`", with_role(&arn)),
            _ => why,
        }
    })
}

/// Whether the first part of a principal is nearly the name of the service.
fn misspelt_service(service: &str) -> bool {
    service != "codepipeline" && crate::suggest::misspelt(service, ["codepipeline"]).is_some()
}

fn with_role(arn: &crate::ids::ArnParts<'_>) -> String {
    iam_arn(arn.partition, arn.account, &format!("role/{}", arn.resource))
}

fn service_fault(text: &str) -> Option<String> {
    let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.'));
    if text.contains(['*', '?']) {
        Some(format!("`{text}` contains a wildcard, but a service must be named in full"))
    } else if !plain || !text.contains('.') || text.starts_with('.') || text.ends_with('.') {
        Some(format!("`{text}` is not a service principal such as `{CODEPIPELINE}`"))
    } else {
        // Of other services it is not known which principals they have.
        let service = text.split('.').next().unwrap_or_default();
        let near = crate::suggest::misspelt(text, [CODEPIPELINE]).is_some() || service == "codepipeline";
        (near && !is_service_principal(text) || misspelt_service(service))
            .then(|| format!("there is no service `{text}`, did you mean `{CODEPIPELINE}`?"))
    }
}
