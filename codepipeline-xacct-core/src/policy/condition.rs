//! Conditions: operators, set operators, absent keys.
//!
//! Source: IAM User Guide, "IAM JSON policy elements: Condition operators" and "Conditions with multiple keys or values".

use std::net::IpAddr;

use serde_json::Value;

use super::context::{KeyValue, RequestContext};
use super::document::{Document, Statement, condition_values};
use super::pattern::{Pattern, SOME_DIGIT, Token, arn_glob, expand, glob_of_some, literal, plain};
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

/// The operators, without prefix and suffix.
pub(super) const NAMES: [&str; 27] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
];

/// An operator taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ConditionOperator {
    set: Option<Set>,
    test: Test,
    negated: bool,
    if_exists: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    All,
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    Arn,
    Numeric(Compare),
    Date(Compare),
    Bool,
    Binary,
    Ip,
    Null,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compare {
    Equals,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl ConditionOperator {
    /// Reads an operator, ignoring letter case.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let lower = text.to_lowercase();
        let (set, rest) = match lower.split_once(':') {
            Some(("forallvalues", rest)) => (Some(Set::All), rest),
            Some(("foranyvalue", rest)) => (Some(Set::Any), rest),
            Some(_) => return None,
            None => (None, lower.as_str()),
        };
        let (name, if_exists) = match rest.strip_suffix("ifexists") {
            Some(name) => (name, true),
            None => (rest, false),
        };
        let (test, negated) = match name {
            "stringequals" => (Test::StringEquals, false),
            "stringnotequals" => (Test::StringEquals, true),
            "stringequalsignorecase" => (Test::StringEqualsIgnoreCase, false),
            "stringnotequalsignorecase" => (Test::StringEqualsIgnoreCase, true),
            "stringlike" => (Test::StringLike, false),
            "stringnotlike" => (Test::StringLike, true),
            "arnequals" | "arnlike" => (Test::Arn, false),
            "arnnotequals" | "arnnotlike" => (Test::Arn, true),
            "bool" => (Test::Bool, false),
            "binaryequals" => (Test::Binary, false),
            "ipaddress" => (Test::Ip, false),
            "notipaddress" => (Test::Ip, true),
            "null" if !if_exists && set.is_none() => (Test::Null, false),
            _ => ordered(name)?,
        };
        Some(Self { set, test, negated, if_exists })
    }

    pub(super) fn is_date(self) -> bool {
        matches!(self.test, Test::Date(_))
    }

    fn has_variables(self) -> bool {
        matches!(self.test, Test::StringEquals | Test::StringEqualsIgnoreCase | Test::StringLike | Test::Arn)
    }
}

fn ordered(name: &str) -> Option<(Test, bool)> {
    let (test, rest): (fn(Compare) -> Test, &str) = match (name.strip_prefix("numeric"), name.strip_prefix("date")) {
        (Some(rest), _) => (Test::Numeric, rest),
        (None, Some(rest)) => (Test::Date, rest),
        (None, None) => return None,
    };
    Some(match rest {
        "equals" => (test(Compare::Equals), false),
        "notequals" => (test(Compare::Equals), true),
        "lessthan" => (test(Compare::Less), false),
        "lessthanequals" => (test(Compare::LessOrEqual), false),
        "greaterthan" => (test(Compare::Greater), false),
        "greaterthanequals" => (test(Compare::GreaterOrEqual), false),
        _ => return None,
    })
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

/// Seconds since 1970 of an ISO 8601 date, with or without time, or of a number of seconds.
pub(super) fn seconds(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Some(number) = number(text) {
        return Some(number);
    }
    let (date, time) = match text.split_once(['T', 't', ' ']) {
        Some((date, time)) => (date, time),
        None => (text, "00:00:00Z"),
    };
    let mut parts = date.split('-').map(digits);
    let (Some(Some(year)), month, day) = (parts.next(), parts.next(), parts.next()) else { return None };
    let (month, day) = (month.unwrap_or(Some(1))?, day.unwrap_or(Some(1))?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(0..=9999).contains(&year) || parts.next().is_some() {
        return None;
    }
    // Days from the civil calendar, counted in years that begin in March.
    let (shifted, month_from_march) = (if month > 2 { year } else { year - 1 }, (month + 9) % 12);
    let (era, of_era) = (shifted.div_euclid(400), shifted.rem_euclid(400));
    let of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    let (clock, offset) = zone(time)?;
    let mut parts = clock.split(':');
    let (hours, minutes) = (digits(parts.next()?)?, digits(parts.next()?)?);
    let seconds = parts.next().map_or(Some(0.0), number)?;
    if hours > 24 || minutes > 59 || !(0.0..61.0).contains(&seconds) || parts.next().is_some() {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "seconds of four-digit years are small")]
    Some((days * 86400 + hours * 3600 + minutes * 60 - offset) as f64 + seconds)
}

/// A number as it is written by hand: digits, with or without sign and fraction.
fn number(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = !unsigned.is_empty() && unsigned.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    text.parse().ok().filter(|_| plain)
}

fn digits(text: &str) -> Option<i64> {
    text.parse().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()))
}

/// The time of a day and its offset from UTC in seconds: `Z`, `+09:00`, `+0900`, `+09`.
fn zone(time: &str) -> Option<(&str, i64)> {
    if let Some(clock) = time.strip_suffix(['Z', 'z']) {
        return Some((clock, 0));
    }
    let Some(at) = time.rfind(['+', '-']) else { return Some((time, 0)) };
    let (clock, offset) = time.split_at_checked(at)?;
    let (sign, offset) = offset.split_at_checked(1)?;
    let (hours, minutes) = match offset.split_once(':') {
        Some(parts) => parts,
        None if offset.len() == 4 => offset.split_at_checked(2)?,
        None => (offset, "0"),
    };
    let (hours, minutes) = (digits(hours)?, digits(minutes)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let total = hours * 3600 + minutes * 60;
    Some((clock, if sign == "-" { -total } else { total }))
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
