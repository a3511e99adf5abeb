//! Whether conditions hold: operators, set operators, absent keys.
//!
//! Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Conditions with multiple keys or values".

use std::net::IpAddr;

use serde_json::Value;

use super::context::{KeyValue, RequestContext};
use super::date::seconds;
use super::document::{Document, Statement, condition_values};
use super::glob::{Token, plain};
use super::operator::{Compare, ConditionOperator, Set, Test};
use super::pattern::{Pattern, SOME_DIGIT, arn_glob, expand, glob_of_some, literal};
use super::truth::Truth;

/// Whether the conditions of a statement hold: all operators and all keys.
pub(super) fn matches(document: &Document, statement: &Statement, context: &RequestContext) -> Truth {
    let variables = document.has_variables();
    tests(statement)
        .fold(Truth::Yes, |all, (operator, key, values)| all.and(|| one(operator, key, values, context, variables)))
}

/// The operator and the key of the first test that fails or, where none does, of the first that isn't known.
pub(super) fn first_not_met<'a>(
    document: &Document,
    statement: &'a Statement,
    context: &RequestContext,
) -> Option<(&'a str, &'a str)> {
    let variables = document.has_variables();
    let mut unknown = None;
    for (operator, key, values) in tests(statement) {
        match one(operator, key, values, context, variables) {
            Truth::No => return Some((operator, key)),
            Truth::Unknown(_) => unknown = unknown.or(Some((operator, key))),
            Truth::Yes => {}
        }
    }
    unknown
}

/// Whether a statement only holds for principals with certain ARNs.
pub(super) fn names_the_principal(statement: &Statement) -> bool {
    tests(statement).any(|(operator, key, _)| {
        let positive = |operator: ConditionOperator| {
            let of_texts = matches!(operator.test, Test::StringEquals | Test::StringLike | Test::Arn);
            of_texts && !operator.negated && !operator.if_exists && operator.set != Some(Set::All)
        };
        key.eq_ignore_ascii_case("aws:PrincipalArn") && ConditionOperator::parse(operator).is_some_and(positive)
    })
}

/// Operators, keys and values.
fn tests(statement: &Statement) -> impl Iterator<Item = (&str, &str, &Value)> {
    let operators = statement.condition.iter().flatten();
    operators
        .flat_map(|(operator, keys)| keys.iter().map(move |(key, values)| (operator.as_str(), key.as_str(), values)))
}

fn one(operator: &str, key: &str, values: &Value, context: &RequestContext, variables: bool) -> Truth {
    let Some(parsed) = ConditionOperator::parse(operator) else {
        return Truth::Unknown(format!("the condition operator `{operator}`"));
    };
    let unknown = || Truth::Unknown(format!("the condition key `{key}`"));
    let wanted = condition_values(values);
    let known = context.get(key);
    if parsed.test == Test::Null {
        let Some(known) = known else { return unknown() };
        let absent = *known == KeyValue::Absent;
        return Truth::of(wanted.iter().any(|value| value.eq_ignore_ascii_case(if absent { "true" } else { "false" })));
    }
    let patterns: Vec<Pattern> = wanted
        .iter()
        .map(
            |text| {
                if variables && parsed.has_variables() { expand(text, context) } else { Pattern::Known(plain(text)) }
            },
        )
        .collect();
    match known {
        None | Some(KeyValue::Present) => unknown(),
        Some(KeyValue::Absent) => absent(parsed, operator),
        Some(KeyValue::Values(values)) => decide(parsed, values, &patterns),
        Some(KeyValue::Session(id)) => {
            let milliseconds = SOME_DIGIT.to_string().repeat(13);
            decide(parsed, &[format!("{id}:{milliseconds}")], &patterns)
        }
    }
}

/// A key that the request doesn't have.
fn absent(operator: ConditionOperator, text: &str) -> Truth {
    match operator.set {
        Some(Set::All) => Truth::Yes,
        // The pages on IfExists and on set operators contradict each other.
        Some(Set::Any) if operator.if_exists => Truth::Unknown(format!("what `{text}` does with an absent key")),
        Some(Set::Any) => Truth::No,
        None => Truth::of(operator.if_exists || operator.negated),
    }
}

/// The values of the request against those of the policy, which are alternatives.
fn decide(operator: ConditionOperator, values: &[String], patterns: &[Pattern]) -> Truth {
    let matches = |value: &String| {
        let any = patterns.iter().fold(Truth::No, |any, pattern| any.or(|| test(operator.test, pattern, value)));
        if operator.negated { any.not() } else { any }
    };
    // A set of empty texts is an empty set.
    if operator.set.is_some() && values.iter().all(String::is_empty) {
        return Truth::of(operator.set == Some(Set::All));
    }
    match operator.set {
        Some(Set::All) => values.iter().fold(Truth::Yes, |all, value| all.and(|| matches(value))),
        Some(Set::Any) => values.iter().fold(Truth::No, |any, value| any.or(|| matches(value))),
        // One matching value is enough; if the operator is negated, none may match.
        None if operator.negated => values.iter().fold(Truth::Yes, |all, value| all.and(|| matches(value))),
        None => values.iter().fold(Truth::No, |any, value| any.or(|| matches(value))),
    }
}

fn test(test: Test, pattern: &Pattern, value: &str) -> Truth {
    let tokens = match pattern {
        Pattern::Known(tokens) => tokens,
        Pattern::Unresolved => return Truth::No,
        Pattern::Unknown(why) => return Truth::Unknown(why.clone()),
    };
    let text = || literal(tokens);
    let chars = |text: String| text.chars().map(Token::Char).collect::<Vec<_>>();
    Truth::of(match test {
        Test::StringEquals => return glob_of_some(&chars(text()), value),
        Test::StringEqualsIgnoreCase => return glob_of_some(&chars(text().to_lowercase()), &value.to_lowercase()),
        Test::StringLike => return glob_of_some(tokens, value),
        Test::Binary => text() == value,
        Test::Arn => arn_glob(tokens, value),
        Test::Bool => text().eq_ignore_ascii_case(value),
        Test::Numeric(compare) => {
            let (wanted, value) = (text(), value.trim());
            let wanted = wanted.trim();
            // Whole numbers exactly, others as floats.
            let order = match (wanted.parse::<i128>(), value.parse::<i128>()) {
                (Ok(wanted), Ok(value)) => Some(value.cmp(&wanted)),
                _ => match (wanted.parse::<f64>(), value.parse::<f64>()) {
                    (Ok(wanted), Ok(value)) => value.partial_cmp(&wanted),
                    _ => None,
                },
            };
            ordering(compare, order)
        }
        Test::Date(compare) => match (seconds(&text()), seconds(value)) {
            (Some(wanted), Some(value)) => ordering(compare, value.partial_cmp(&wanted)),
            _ => false,
        },
        Test::Ip => in_range(&text(), value),
        Test::Null => false,
    })
}

fn ordering(compare: Compare, ordering: Option<std::cmp::Ordering>) -> bool {
    ordering.is_some_and(|ordering| match compare {
        Compare::Equals => ordering.is_eq(),
        Compare::Less => ordering.is_lt(),
        Compare::LessOrEqual => ordering.is_le(),
        Compare::Greater => ordering.is_gt(),
        Compare::GreaterOrEqual => ordering.is_ge(),
    })
}

/// Whether an address lies in a CIDR range; an address alone is a range of one.
fn in_range(range: &str, address: &str) -> bool {
    let (network, length) = match range.split_once('/') {
        Some((network, length)) => (network, length.parse::<u32>().ok()),
        None => (range, Some(128)),
    };
    let (Ok(network), Ok(address), Some(length)) = (network.parse::<IpAddr>(), address.parse::<IpAddr>(), length)
    else {
        return false;
    };
    let (network, address, bits) = match (network, address) {
        (IpAddr::V4(n), IpAddr::V4(a)) => (u128::from(u32::from(n)), u128::from(u32::from(a)), 32),
        (IpAddr::V6(n), IpAddr::V6(a)) => (u128::from(n), u128::from(a), 128),
        _ => return false,
    };
    let ignored = bits - length.min(bits);
    ignored >= 128 || (network >> ignored) == (address >> ignored)
}
