//! The most and the least that a policy with symbols may grant.

use serde_json::{Map, Value, json};

use super::concrete::PLACEHOLDER_ROLE;
use crate::core::arns::account_root;
use crate::core::check::symbol::{Part, name_of, parts, symbols};
use crate::core::check::unknown::is_unknown;
use crate::core::policy::CODEPIPELINE;

/// Which end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    Most,
    Least,
}

/// An ARN that may have symbols.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named<'a> {
    pub(super) arn: &'a str,
    /// Whether CloudFormation makes a name in it. Such a name is only written out once it is made, with the logical id in it; a wildcard may match it.
    pub(super) made: bool,
}

/// How much of a logical id is surely in the name that CloudFormation makes of it: what is too long is cut.
const LEAST_OF_ID: usize = 20;

impl Named<'_> {
    /// Whether only a deployment tells that a text of a policy names it.
    fn may_be(&self, text: &str) -> bool {
        let open = is_unknown(text) || text.contains(['*', '?']);
        is_unknown(self.arn)
            && text != "*"
            && (open || !self.made || self.may_be_made(text))
            && may_equal(self.arn, text)
    }

    fn may_be_made(&self, text: &str) -> bool {
        symbols(self.arn).any(|symbol| may_have_made_name(text, &name_of(symbol)))
    }
}

/// Whether a text may have the name that CloudFormation makes of a logical id: `stack-LogicalId-1ABCDEFGHIJKL`.
///
/// Source: CloudFormation User Guide, "Name type".
pub(crate) fn may_have_made_name(text: &str, id: &str) -> bool {
    let least: String = id.chars().take(LEAST_OF_ID).collect();
    text.contains(&format!("-{least}"))
}

/// What bounds are for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Request<'a> {
    /// Who makes the request; a trust policy is bounded for it.
    pub(super) caller: Named<'a>,
    /// What is requested, where the document is to grant it.
    pub(super) requested: Option<Named<'a>>,
}

/// Which documents grant something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Trust policies.
    Trust,
    /// Policies and boundaries of roles.
    Policy,
}

/// A document that grants the most or the least that this one may; `None` where it can't be bounded. Symbols that are left are
/// certain: they only match themselves.
pub(super) fn bound(document: &Value, kind: Kind, bound: Bound, request: Request<'_>) -> Option<Value> {
    let mut bounded = document.as_object()?.clone();
    let statements = match document.get("Statement")? {
        Value::Array(statements) => statements.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut kept = Vec::new();
    for statement in statements {
        match statement.as_object().and_then(|statement| of_statement(statement, bound, request)) {
            Some(statement) => kept.extend(statement),
            // What is not known at all may allow anything.
            None if bound == Bound::Most && has_symbol(statement) => {
                let denies = statement.get("Effect").is_some_and(|effect| effect == "Deny");
                kept.extend((!denies).then(|| anything(kind, request)));
            }
            None => return None,
        }
    }
    if kept.is_empty() {
        kept.push(nothing(kind));
    }
    bounded.insert("Statement".to_owned(), Value::Array(kept));
    Some(Value::Object(bounded))
}

/// A statement that grants nothing: a document can't be empty.
fn nothing(kind: Kind) -> Value {
    match kind {
        Kind::Trust => {
            json!({"Effect": "Allow", "Principal": {"Service": "none.amazonaws.com"}, "Action": "sts:AssumeRole"})
        }
        Kind::Policy => json!({"Effect": "Allow", "Action": "none:None", "Resource": "*"}),
    }
}

/// A statement that grants all that is requested.
pub(super) fn anything(kind: Kind, request: Request<'_>) -> Value {
    match kind {
        Kind::Trust => {
            let principals = json!({"AWS": request.caller.arn, "Service": CODEPIPELINE});
            json!({"Effect": "Allow", "Principal": principals, "Action": "sts:AssumeRole"})
        }
        Kind::Policy => json!({"Effect": "Allow", "Action": "*", "Resource": "*"}),
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
            "Resource" => resources(value, wide, request),
            "NotResource" => resources(value, !wide, request),
            "Principal" => principals(value, wide, request)?,
            "NotPrincipal" if has_symbol(value) => return None,
            "Condition" if has_symbol(value) || names(value, request.caller) => match conditions(value, wide, request)?
            {
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
    each(value, |text| if widen(text) { widened(text) } else { text.to_owned() })
}

/// The resources; those that are widened match what is requested, where they may.
fn resources(value: &Value, widen: bool, request: Request<'_>) -> Value {
    each(value, |text| match request.requested {
        // Of `${Bucket.Arn}/*` the symbol has the beginning. IAM refuses a document with a resource that is no ARN.
        _ if !widen && matches!(parts(text).first(), Some(Part::Symbol(_))) => format!("{PLACEHOLDER_ROLE}{text}"),
        _ if !widen => text.to_owned(),
        Some(requested) if requested.may_be(text) => "*".to_owned(),
        _ if is_unknown(text) => widened(text),
        _ => text.to_owned(),
    })
}

fn each(value: &Value, one: impl Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::from(one(text)),
        Value::Array(list) => list
            .iter()
            .map(|value| value.as_str().map_or_else(|| value.clone(), |text| Value::from(one(text))))
            .collect(),
        other => other.clone(),
    }
}

/// A pattern for all values of a text that has symbols.
fn widened(text: &str) -> String {
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
            let caller = request.caller;
            if !is_unknown(text) || shares_symbols(text, caller.arn) {
                let also = wide && kind == "AWS" && !is_unknown(text) && caller.may_be(text);
                kept.extend(also.then(|| Value::from(caller.arn)));
                kept.push(principal);
            } else if wide && kind == "AWS" && may_be(text, caller.arn) {
                kept.push(Value::from(caller.arn));
            } else if wide && kind == "Service" {
                kept.push(Value::from(CODEPIPELINE));
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
    let part = |index: usize| role.split(':').nth(index).unwrap_or_default();
    let account = part(4);
    let root = account_root(part(1), account);
    [role, account, &root].iter().any(|text| may_equal(principal, text))
}

/// Whether two texts may be equal: a symbol may be any text, and a wildcard matches any.
fn may_equal(one: &str, other: &str) -> bool {
    let (one, other) = (pattern(one), pattern(other));
    // Whether what is left of the one may equal what is left of the other, from the ends to the beginnings.
    let mut row = vec![false; other.len() + 1];
    for at in (0..=one.len()).rev() {
        let mut next = vec![false; other.len() + 1];
        for of in (0..=other.len()).rev() {
            let right = next.get(of + 1).copied().unwrap_or_default();
            let (below, both) = (row.get(of).copied(), row.get(of + 1).copied());
            let equal = match (one.get(at), other.get(of)) {
                (None, None) => true,
                (Some(None), None) => below.unwrap_or_default(),
                (None, Some(None)) => right,
                (Some(None), Some(_)) | (Some(_), Some(None)) => below.unwrap_or_default() || right,
                (Some(one), Some(other)) => one == other && both.unwrap_or_default(),
                _ => false,
            };
            if let Some(slot) = next.get_mut(of) {
                *slot = equal;
            }
        }
        row = next;
    }
    row.first().copied().unwrap_or_default()
}

/// The characters of a text; `None` is any.
fn pattern(text: &str) -> Vec<Option<char>> {
    let of_part = |part| match part {
        Part::Text(text) => text.chars().map(|letter| Some(letter).filter(|c| !matches!(c, '*' | '?'))).collect(),
        Part::Symbol(_) => vec![None],
    };
    parts(text).into_iter().flat_map(of_part).collect()
}

/// The conditions that count; `Some(None)` where the statement may not apply.
fn conditions(value: &Value, wide: bool, request: Request<'_>) -> Option<Option<Value>> {
    let mut out = Map::new();
    for (operator, keys) in value.as_object()? {
        let mut kept = Map::new();
        for (key, values) in keys.as_object()? {
            let open = is_unknown(key) || has_symbol(values) || names(values, request.caller);
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

/// Whether only a deployment tells that a text in a value is this ARN.
pub(super) fn names(values: &Value, caller: Named<'_>) -> bool {
    match values {
        Value::String(text) => text.starts_with("arn:") && caller.may_be(text),
        Value::Array(list) => list.iter().any(|value| names(value, caller)),
        Value::Object(members) => members.values().any(|value| names(value, caller)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::check::symbol::symbol;

    fn bounded(statement: Value, end: Bound, loose: bool) -> Value {
        let caller = Named { arn: "arn:aws:iam::111111111111:role/r", made: false };
        let made = format!("arn:aws:iam::222222222222:role/{}", symbol("0", "Made"));
        let kind = if statement.get("Principal").is_some() { Kind::Trust } else { Kind::Policy };
        let request = Request { caller, requested: loose.then_some(Named { arn: &made, made: true }) };
        let document = json!({"Version": "2012-10-17", "Statement": statement});
        bound(&document, kind, end, request).unwrap()["Statement"].clone()
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
    fn texts_may_be_equal_where_their_symbols_can_make_them_so() {
        let (one, other) = (symbol("0", "One"), symbol("0", "Other"));
        for (left, right, equal) in [
            ("role/svc".to_owned(), "role/svc".to_owned(), true),
            ("role/svc".to_owned(), "role/svd".to_owned(), false),
            (format!("role/{one}"), "role/svc".to_owned(), true),
            (format!("role/{one}-svc"), "role/dev-svc".to_owned(), true),
            (format!("role/{one}-svc"), "role/dev-svd".to_owned(), false),
            (format!("role/{one}-svc"), format!("role/dev-{other}"), true),
            (format!("role/{one}-svc"), format!("{other}/dev"), false),
            (format!("role/{one}"), "role/dev-*".to_owned(), true),
            (format!("role/prod-{one}"), "role/dev-*".to_owned(), false),
            (one.clone(), String::new(), true),
            (String::new(), "x".to_owned(), false),
        ] {
            assert_eq!((may_equal(&left, &right), may_equal(&right, &left)), (equal, equal), "{left} {right}");
        }
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
