//! Formats of the values of configuration keys. Source: the page of the provider.

use std::collections::HashSet;

use serde_json::Value;

use super::names::is_role_arn;
use super::placeholder::placeholder;
use super::{bare_name, resource_names};
use crate::catalogue::Format;
use crate::cron::Cron;
use crate::declaration::defaults::ENVIRONMENT_VARIABLE_TYPE;
use crate::declaration::fixed_values::BUILD_VARIABLE_TYPES;
use crate::declaration::references;
use crate::ids::{AccountId, split_arn};
use crate::time_zones;

/// What is wrong with a value.
pub(super) enum Wrong {
    /// It is not one of these words.
    Word(&'static [&'static str]),
    /// It is none of those that are known.
    Unlisted(&'static [&'static str]),
    /// It is an ARN, a URL or the like, and not the name in it, which is given where it is certain.
    NotBare(&'static str, Option<String>),
    /// It is not what this says.
    Form(String),
    /// It has the form of a time zone, and there is none of this name.
    UnknownZone,
    /// It names something that is not an input artifact.
    NoInput(String),
    /// It is not of the form `artifact::file`.
    NoPath,
}

fn form(expected: &str) -> Wrong {
    Wrong::Form(expected.to_owned())
}

/// Judges a value without references.
pub(super) fn judge(format: &Format, value: &str, inputs: &HashSet<&str>, region: Option<&str>) -> Result<(), Wrong> {
    let holds = |condition: bool, expected: &str| if condition { Ok(()) } else { Err(form(expected)) };
    // Without a Region this may be a template, in which placeholders are right.
    let filled_in = || region.is_none() || placeholder(value).is_none();
    match format {
        Format::Text => Ok(()),
        Format::Short(most) => holds(value.chars().count() <= *most, &format!("a text of at most {most} characters")),
        Format::Boolean => one_of(value, &["true", "false"]),
        Format::OneOf(words) => one_of(value, words),
        Format::Known(words) => one_of(value, words).map_err(|_| Wrong::Unlisted(words)),
        Format::Name(pattern) => {
            image_name(value, pattern)?;
            bare_names(value, pattern)?;
            if let Some(name) = resource_names::in_part_of_arn(value, pattern) {
                return Err(Wrong::NotBare("a part of an ARN", Some(name.to_owned())));
            }
            resource_names::fault(value, pattern, region).map_or(Ok(()), |expected| Err(Wrong::Form(expected)))
        }
        Format::NameOrArn(pattern) => match bare_name::kind(value) {
            Some("an ARN") | None => Ok(()),
            Some(_) => bare_names(value, pattern),
        },
        Format::StackName(pattern) => {
            bare_names(value, pattern)?;
            holds(is_stack_name(value), STACK_NAME)
        }
        Format::List(words) => value.split(',').try_for_each(|word| one_of(word, words)),
        Format::Words(words) => {
            let mut found =
                value.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty());
            found.try_for_each(|word| one_of(word, words))
        }
        Format::Repository => holds(
            value.split_once('/').is_some_and(|(owner, name)| !owner.is_empty() && !name.is_empty())
                && bare_name::repository(value).is_none()
                && !value.contains("://")
                && !value.contains('@')
                && filled_in(),
            "a repository with its owner: `owner/repository`",
        ),
        Format::Names(most, pattern) => {
            // The names may have any other signs.
            if value.split(',').any(|name| name.trim_start().starts_with("arn:")) {
                bare_names(value, pattern)?;
            }
            holds(value.split(',').count() <= *most, &format!("a list of at most {most} names"))
        }
        Format::Integer(least, most) | Format::Minutes(least, most) => {
            let within = value.parse::<i64>().is_ok_and(|number| (*least..=*most).contains(&number));
            let bounds = if *most == i64::from(i32::MAX) {
                format!("a whole number from {least}")
            } else {
                format!("a whole number from {least} to {most}")
            };
            holds(within, &bounds)
        }
        Format::Decimal => holds(value.parse::<f64>().is_ok_and(f64::is_finite), "a decimal number"),
        Format::Arn(service) => {
            account_of_arn(value)?;
            let fits = arn_of(value, |found, _| service.is_empty() || found == *service);
            let expected = if service.is_empty() { "an ARN".to_owned() } else { format!("an ARN of {service}") };
            holds(fits && filled_in(), &expected)?;
            let topic = *service != "sns" || bare_name::topic(value).is_none();
            holds(topic, "the ARN of a topic: it is that of a subscription")
        }
        Format::RoleArn => holds(is_role_arn(value) && filled_in(), "the ARN of a role"),
        Format::InputArtifact | Format::PrimaryArtifact => input(value, inputs),
        Format::InputFile => match value.split_once("::") {
            Some((artifact, file)) if !file.is_empty() => input(artifact, inputs),
            _ => Err(Wrong::NoPath),
        },
        Format::MaybeInputFile => match value.split_once("::") {
            // Lists of parameters and of ids have no `::` before their first separator.
            Some((artifact, file)) if !file.is_empty() && !artifact.contains(['=', ',', '{', '[']) => {
                input(artifact, inputs)
            }
            _ => Ok(()),
        },
        Format::JsonObject(most) => {
            holds(value.len() <= *most, &format!("a JSON object of at most {most} bytes"))?;
            let object = matches!(serde_json::from_str(value), Ok(Value::Object(_)));
            holds(object, "the text of a JSON object")
        }
        Format::EnvironmentVariables => environment_variables(value),
        Format::StackSetName => {
            bare_names(value, "cloudformation:stackset/{}:")?;
            holds(is_stack_name(value), STACK_NAME)
        }
        Format::DeployStrategy => {
            let wait = strategy_wait(value).ok_or_else(|| {
                form("a strategy: `AllAtOnce`, `Canary10Percent5Minutes`, `Linear10PercentEvery1Minute`, …")
            })?;
            holds(wait <= MOST_WAIT, "a strategy that is done in 2 days")
        }
        Format::VariableReference => {
            let fits = references::whole(value).is_some_and(|reference| reference.parts().is_some());
            holds(fits, "a variable reference: `#{namespace.key}`")
        }
        Format::Cron => {
            holds(Cron::parse(value).is_some(), "a cron expression of 6 or 7 fields, such as `0 0 9-17 ? * MON-FRI *`")
        }
        Format::TimeZone if time_zones::is_known(value) => Ok(()),
        Format::TimeZone => {
            holds(
                is_time_zone(value),
                "a time zone: `Europe/Berlin`, `UTC`, `UTC+01:00`, or an abbreviation such as `CET`",
            )?;
            if value.contains('/') { Err(Wrong::UnknownZone) } else { Ok(()) }
        }
        Format::Connection => {
            account_of_arn(value)?;
            let fits = arn_of(value, |service, resource| {
                matches!(service, "codeconnections" | "codestar-connections") && resource.starts_with("connection/")
            });
            holds(
                fits && filled_in(),
                "the ARN of a connection: `arn:aws:codeconnections:<region>:<account>:connection/<id>`",
            )
        }
        Format::StateMachine => {
            account_of_arn(value)?;
            // The label of a distributed map is refused. Source: Step Functions API Reference, `StartExecution`.
            let machine = |resource: &str| resource.starts_with("stateMachine:") && !resource.contains('/');
            let fits = arn_of(value, |service, resource| service == "states" && machine(resource));
            holds(
                fits && filled_in(),
                "the ARN of a state machine: `arn:aws:states:<region>:<account>:stateMachine:<name>`",
            )
        }
    }
}

const STACK_NAME: &str = "a name of 1 to 128 letters, digits and hyphens that begins with a letter";

/// Source: CloudFormation API Reference, `CreateStack`, `CreateChangeSet` and `CreateStackSet`.
fn is_stack_name(value: &str) -> bool {
    let mut bytes = value.bytes();
    let first = bytes.next().is_some_and(|b| b.is_ascii_alphabetic());
    first && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'-') && value.len() <= 128
}

/// What a name is that ends with the tag of an image.
pub(super) const WITH_TAG: &str = "a name with the tag of an image";

/// The name of a repository of images has no colon. Source: Amazon ECR API Reference, `CreateRepository`.
fn image_name(value: &str, pattern: &str) -> Result<(), Wrong> {
    match value.split_once([':', '@']) {
        Some((name, _)) if pattern.starts_with("ecr:repository/") && bare_name::kind(value).is_none() => {
            Err(Wrong::NotBare(WITH_TAG, Some(name.to_owned()).filter(|name| !name.is_empty())))
        }
        _ => Ok(()),
    }
}

/// Names with commas between them, none of which is an ARN or a URL.
fn bare_names(value: &str, pattern: &str) -> Result<(), Wrong> {
    let Some(kind) = value.split(',').find_map(|text| bare_name::kind(text.trim())) else { return Ok(()) };
    let name = |text: &str| match bare_name::kind(text.trim()) {
        Some(_) => bare_name::bare(text.trim(), pattern),
        None => Some(text.trim().to_owned()),
    };
    let names: Option<Vec<String>> = value.split(',').map(name).collect();
    Err(Wrong::NotBare(kind, names.map(|names| names.join(","))))
}

/// Whether a value is an ARN whose service and resource are right. No service is called `example`: such an ARN is part of a template
/// where a real one will be put in, and is not judged.
fn arn_of(value: &str, fits: impl Fn(&str, &str) -> bool) -> bool {
    split_arn(value).is_some_and(|arn| arn.service == "example" || fits(arn.service, arn.resource))
}

/// The account in an ARN has 12 digits. What is not a number at all may be a placeholder, and some ARNs have no account.
fn account_of_arn(value: &str) -> Result<(), Wrong> {
    let Some(arn) = split_arn(value) else { return Ok(()) };
    let number = !arn.account.is_empty() && arn.account.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if number && arn.account.parse::<AccountId>().is_err() {
        return Err(form("an ARN with an account id of 12 digits"));
    }
    Ok(())
}

/// Source: CodePipeline User Guide, "DeploymentWindow rule reference".
fn is_time_zone(text: &str) -> bool {
    let offset = |text: &str| {
        let digits = |text: &str, most: u32| text.len() == 2 && text.parse::<u32>().is_ok_and(|number| number <= most);
        text.split_once(':').is_some_and(|(hours, minutes)| digits(hours, 18) && digits(minutes, 59))
    };
    let place = |text: &str| {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+' | b'/');
        text.contains('/') && text.bytes().all(allowed) && !text.starts_with('/') && !text.ends_with('/')
    };
    let abbreviation = (3..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
    abbreviation
        || place(text)
        || text.strip_prefix("UTC").and_then(|rest| rest.strip_prefix(['+', '-'])).is_some_and(offset)
}

/// True for the name or the ARN of what a service has.
pub(super) fn names_a_resource(format: &Format) -> bool {
    matches!(
        format,
        Format::Repository
            | Format::Name(_)
            | Format::NameOrArn(_)
            | Format::StackName(_)
            | Format::StackSetName
            | Format::Arn(_)
            | Format::RoleArn
            | Format::Connection
            | Format::StateMachine
    )
}

/// True if a value may be a placeholder that a template replaces: a bare word, or what looks like an expression.
pub(super) fn may_be_placeholder(format: &Format, value: &str) -> bool {
    let structured = matches!(
        format,
        Format::Arn(_)
            | Format::Connection
            | Format::StateMachine
            | Format::RoleArn
            | Format::Repository
            | Format::StackName(_)
            | Format::JsonObject(_)
            | Format::EnvironmentVariables
    );
    let word = value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    let is_part = matches!(format, Format::StackName(_));
    let expression = ["${", "{{", "<"].iter().any(|open| value.starts_with(open) || is_part && value.contains(open));
    structured && (word || expression)
}

fn one_of(value: &str, words: &'static [&'static str]) -> Result<(), Wrong> {
    if words.contains(&value) { Ok(()) } else { Err(Wrong::Word(words)) }
}

fn input(artifact: &str, inputs: &HashSet<&str>) -> Result<(), Wrong> {
    if inputs.contains(artifact) { Ok(()) } else { Err(Wrong::NoInput(artifact.to_owned())) }
}

/// A JSON array of `{name, value, type}`. Source: CodePipeline User Guide, "CodeBuild action reference".
fn environment_variables(text: &str) -> Result<(), Wrong> {
    let shape = || {
        let kind = ENVIRONMENT_VARIABLE_TYPE;
        form(&format!("the text of a JSON array: `[{{\"name\":\"…\",\"value\":\"…\",\"type\":\"{kind}\"}}]`"))
    };
    let Ok(Value::Array(variables)) = serde_json::from_str(text) else { return Err(shape()) };
    for variable in variables {
        let name = variable.get("name").and_then(Value::as_str).filter(|name| !name.is_empty());
        if name.is_none() || !variable.get("value").is_some_and(|v| v.is_string() || v.is_number() || v.is_boolean()) {
            return Err(shape());
        }
        match variable.get("type").map(Value::as_str) {
            None => {}
            Some(Some(kind)) if BUILD_VARIABLE_TYPES.contains(&kind) => {}
            Some(_) => {
                let [plain, parameter, secret] = BUILD_VARIABLE_TYPES;
                return Err(form(&format!("a list with only the types {plain}, {parameter} and {secret}")));
            }
        }
    }
    Ok(())
}

/// The minutes in two days.
const MOST_WAIT: u64 = 2 * 24 * 60;

/// How many minutes a strategy waits in total; `None` for what is not a strategy:
/// `AllAtOnce | Canary{N}Percent{M}Minutes | Linear{N}PercentEvery{M}Minute(s)`.
/// Source: CodePipeline User Guide, "AWS Lambda deploy action reference".
fn strategy_wait(text: &str) -> Option<u64> {
    let number = |text: &str| text.parse::<u32>().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
    let parts = |kind: &str, middle: &str| {
        let (percent, rest) = text.strip_prefix(kind)?.split_once(middle)?;
        let minutes = rest.strip_suffix("Minutes").or_else(|| rest.strip_suffix("Minute"))?;
        let percent = number(percent).filter(|percent| (1..=100).contains(percent))?;
        Some((u64::from(percent), u64::from(number(minutes)?)))
    };
    if text == "AllAtOnce" {
        return Some(0);
    }
    if let Some((_, minutes)) = parts("Canary", "Percent") {
        return Some(minutes);
    }
    // There is no wait after the last part.
    parts("Linear", "PercentEvery").map(|(percent, minutes)| (100_u64.div_ceil(percent) - 1) * minutes)
}
