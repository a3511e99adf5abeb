//! The most and the least that a policy with symbols may grant.

use serde_json::{Map, Value, json};

use crate::core::check::symbol::{Part, parts};
use crate::core::check::unknown::is_unknown;

/// Which end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    Most,
    Least,
}

/// What bounds are for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request<'a> {
    /// The ARN of who makes the request; a trust policy is bounded for it.
    pub(super) caller: &'a str,
    /// Whether a wildcard may or may not match what is requested, whose name CloudFormation makes.
    pub(super) loose: bool,
}

/// A document that grants the most or the least that this one may; `None` where it can't be bounded. Symbols that are left are
/// certain: they only match themselves.
pub(super) fn bound(document: &Value, bound: Bound, request: Request<'_>) -> Option<Value> {
    let mut bounded = document.as_object()?.clone();
    let statements = match document.get("Statement")? {
        Value::Array(statements) => statements.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut kept = Vec::new();
    for statement in statements {
        kept.extend(of_statement(statement.as_object()?, bound, request)?);
    }
    if kept.is_empty() {
        kept.push(nothing(statements.iter().any(|statement| statement.get("Principal").is_some())));
    }
    bounded.insert("Statement".to_owned(), Value::Array(kept));
    Some(Value::Object(bounded))
}

/// A statement that grants nothing: a document can't be empty.
fn nothing(trust: bool) -> Value {
    match trust {
        true => json!({"Effect": "Allow", "Principal": {"Service": "none.amazonaws.com"}, "Action": "sts:AssumeRole"}),
        false => json!({"Effect": "Allow", "Action": "none:None", "Resource": "*"}),
    }
}

/// The statement as it counts, `Some(None)` where it doesn't.
fn of_statement(statement: &Map<String, Value>, bound: Bound, request: Request<'_>) -> Option<Option<Value>> {
    let allow = match statement.get("Effect")?.as_str()? {
        "Allow" => true,
        "Deny" => false,
        _ => return None,
    };
    let wide = allow == (bound == Bound::Most);
    let mut out = Map::new();
    for (name, value) in statement {
        let value = match name.as_str() {
            "Action" => entries(value, |text| is_unknown(text) && wide),
            "NotAction" => entries(value, |text| is_unknown(text) && !wide),
            "Resource" => entries(value, |text| is_uncertain(text, request) && wide),
            "NotResource" => entries(value, |text| is_uncertain(text, request) && !wide),
            "Principal" => principals(value, wide, request)?,
            "NotPrincipal" if has_symbol(value) => return None,
            "Condition" if has_symbol(value) => match conditions(value, wide)? {
                Some(conditions) if conditions.as_object().is_some_and(Map::is_empty) => continue,
                Some(conditions) => conditions,
                None => return Some(None),
            },
            _ => value.clone(),
        };
        out.insert(name.clone(), value);
    }
    Some(Some(Value::Object(out)))
}

fn is_uncertain(text: &str, request: Request<'_>) -> bool {
    is_unknown(text) || request.loose && text != "*" && text.contains(['*', '?'])
}

/// True for a value that has a part that is not known.
pub(crate) fn has_symbol(value: &Value) -> bool {
    match value {
        Value::String(text) => is_unknown(text),
        Value::Array(list) => list.iter().any(has_symbol),
        Value::Object(members) => members.iter().any(|(name, value)| is_unknown(name) || has_symbol(value)),
        _ => false,
    }
}

/// Each text that is to be widened matches whatever its symbols may be.
fn entries(value: &Value, widen: impl Fn(&str) -> bool) -> Value {
    let one = |text: &str| if widen(text) { Value::from(widened(text)) } else { Value::from(text) };
    match value {
        Value::String(text) => one(text),
        Value::Array(list) => list.iter().map(|value| value.as_str().map_or_else(|| value.clone(), one)).collect(),
        other => other.clone(),
    }
}

/// A pattern for all values of a text.
fn widened(text: &str) -> String {
    if !is_unknown(text) {
        return "*".to_owned();
    }
    let wild = parts(text).into_iter().map(|part| match part {
        Part::Text(text) => text,
        Part::Symbol(_) => "*",
    });
    let wild: String = wild.collect();
    // A name with a path may have slashes and colons of its own.
    if wild.starts_with("arn:") && wild.splitn(6, ':').count() == 6 { wild } else { "*".to_owned() }
}

fn principals(value: &Value, wide: bool, request: Request<'_>) -> Option<Value> {
    let Value::Object(kinds) = value else { return (!has_symbol(value)).then(|| value.clone()) };
    let mut out = Map::new();
    for (kind, value) in kinds {
        let list = match value {
            Value::Array(list) => list.clone(),
            one => vec![one.clone()],
        };
        let mut kept = Vec::new();
        for principal in list {
            let text = principal.as_str()?;
            if !is_unknown(text) || shares_symbols(text, request.caller) {
                kept.push(principal);
            } else if wide && kind == "AWS" && may_be(text, request.caller) {
                kept.push(Value::from(request.caller));
            } else if wide && kind == "Service" {
                kept.push(Value::from("codepipeline.amazonaws.com"));
            }
        }
        if !kept.is_empty() {
            out.insert(kind.clone(), Value::Array(kept));
        }
    }
    if out.is_empty() {
        out.insert("Service".to_owned(), Value::from("none.amazonaws.com"));
    }
    Some(Value::Object(out))
}

/// Whether all symbols of a text are those of another, so that it is certain whether the one names the other.
fn shares_symbols(text: &str, other: &str) -> bool {
    let of_other = parts(other);
    parts(text).iter().all(|part| matches!(part, Part::Text(_)) || of_other.contains(part))
}

/// Whether a principal may name a role, or its account.
fn may_be(principal: &str, role: &str) -> bool {
    let account = role.split(':').nth(4).unwrap_or_default();
    let root = format!("arn:aws:iam::{account}:root");
    [role, account, &root].iter().any(|text| fits(principal, text) || fits(text, principal))
}

/// Whether a text with symbols may be another.
fn fits(text: &str, other: &str) -> bool {
    let parts = parts(text);
    if !parts.iter().any(|part| matches!(part, Part::Symbol(_))) {
        return text == other;
    }
    let mut rest = other;
    for (index, part) in parts.iter().enumerate() {
        let Part::Text(fixed) = part else { continue };
        match rest.find(fixed) {
            Some(at) if at == 0 || index > 0 => rest = rest.get(at + fixed.len()..).unwrap_or_default(),
            _ => return false,
        }
    }
    rest.is_empty() || matches!(parts.last(), Some(Part::Symbol(_)))
}

/// The conditions that count; `Some(None)` where the statement may not apply.
fn conditions(value: &Value, wide: bool) -> Option<Option<Value>> {
    let mut out = Map::new();
    for (operator, keys) in value.as_object()? {
        let mut kept = Map::new();
        for (key, values) in keys.as_object()? {
            let open = is_unknown(key) || has_symbol(values);
            if open && wide {
                continue;
            }
            if open && (operator.contains("Not") || operator.contains("ForAllValues") || operator.contains("IfExists"))
            {
                return Some(None);
            }
            kept.insert(key.clone(), values.clone());
        }
        if !kept.is_empty() {
            out.insert(operator.clone(), Value::Object(kept));
        }
    }
    Some(Some(Value::Object(out)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::check::symbol::symbol;

    fn bounded(statement: Value, end: Bound, loose: bool) -> Value {
        let document = json!({"Version": "2012-10-17", "Statement": statement});
        let request = Request { caller: "arn:aws:iam::111111111111:role/r", loose };
        bound(&document, end, request).unwrap()["Statement"].clone()
    }

    #[test]
    fn what_a_grant_may_name_is_the_most_and_not_the_least() {
        let open = format!("arn:aws:iam::{}:role/x", symbol("0", "Account"));
        let allow = json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": open});
        let wide = json!([{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/x"}]);
        assert_eq!(bounded(allow.clone(), Bound::Most, false), wide);
        assert_eq!(bounded(allow.clone(), Bound::Least, false), json!([allow]));
        let deny = json!({"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": open});
        assert_eq!(bounded(deny.clone(), Bound::Most, false), json!([deny]));
        assert_eq!(bounded(deny, Bound::Least, false)[0]["Resource"], "arn:aws:iam::*:role/x");
        let all_but = json!({"Effect": "Allow", "Action": "sts:AssumeRole", "NotResource": open});
        assert_eq!(bounded(all_but.clone(), Bound::Most, false), json!([all_but]));
        assert_eq!(bounded(all_but, Bound::Least, false)[0]["NotResource"], "arn:aws:iam::*:role/x");
        let wildcard = json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/Team*"});
        assert_eq!(bounded(wildcard, Bound::Most, true)[0]["Resource"], "*");
    }

    #[test]
    fn a_principal_that_may_be_the_caller_is_the_caller_at_most() {
        let trust =
            |principal: &str| json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"});
        let most = |principal: &str| bounded(trust(principal), Bound::Most, false)[0]["Principal"].clone();
        let caller = json!({"AWS": ["arn:aws:iam::111111111111:role/r"]});
        let nobody = json!({"Service": "none.amazonaws.com"});
        let account = symbol("0", "Account");
        assert_eq!(most(&account), caller);
        assert_eq!(most(&format!("arn:aws:iam::{account}:root")), caller);
        assert_eq!(most(&format!("arn:aws:iam::{account}:role/r")), caller);
        assert_eq!(most(&format!("arn:aws:iam::{account}:role/other")), nobody);
        assert_eq!(bounded(trust(&account), Bound::Least, false)[0]["Principal"], nobody);
    }

    #[test]
    fn a_condition_that_may_hold_is_left_out_of_the_most() {
        let statement = |operator: &str| json!({"Effect": "Allow", "Action": "a:b", "Resource": "*", "Condition": {operator: {"aws:SourceAccount": symbol("0", "A")}}});
        assert_eq!(bounded(statement("StringEquals"), Bound::Most, false)[0].get("Condition"), None);
        assert_eq!(bounded(statement("StringEquals"), Bound::Least, false), json!([statement("StringEquals")]));
        assert_eq!(bounded(statement("StringNotEquals"), Bound::Least, false)[0]["Action"], "none:None");
    }
}
