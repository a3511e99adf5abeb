//! What IAM refuses in a statement.
//!
//! Sources: as of [`super::validate`].

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::check::{Check, is_foreign, near};
use super::date::seconds;
use super::document::{ASSUME_ROLE, is_service_principal};
use super::element_faults::{aws_principal_fault, resource_fault, service_fault, whole_arn};
use super::glob::{glob, plain};
use super::global_keys;
use super::iam_error::{IamError, LEGACY, SYNTAX, TRUST_ACTIONS, VENDOR};
use super::kind::DocumentKind;
use super::operator::{self, ConditionOperator};
use crate::finding::{Finding, Place};
use crate::rules;

/// The STS actions for assuming a role.
const ASSUME_FAMILY: [&str; 6] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
    "sts:TagSession",
    "sts:SetSourceIdentity",
    "sts:SetContext",
];

/// The elements of a statement.
const ELEMENTS: [&str; 9] =
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

/// Whether an unknown element of a statement is meant to be this one, which is reported where it is.
fn is_misspelt(element: &str, members: &Map<String, Value>) -> bool {
    let unknown = members.keys().filter(|name| !ELEMENTS.contains(&name.as_str()));
    unknown.into_iter().any(|name| crate::suggest::nearest(name, ELEMENTS) == Some(element))
}

impl Check<'_> {
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

    /// A statement.
    pub(super) fn statement(&mut self, value: &Value, place: &Place) {
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
