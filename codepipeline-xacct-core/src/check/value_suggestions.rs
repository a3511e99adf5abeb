//! Suggestions for configuration values of the wrong form, ready to paste.

use std::collections::HashSet;

use serde_json::Value;

use super::formats::names_a_resource;
use super::names::role_arn;
use super::placeholder::fill_in;
use super::{bare_name, resource_names};
use crate::catalogue::Format;
use crate::cron::Cron;
use crate::declaration::fixed_values::BUILD_VARIABLE_TYPES;
use crate::declaration::references;
use crate::declaration::secrets::json_has_secret;
use crate::ids::split_arn;
use crate::suggest::{minutes, minutes_of, nearest, number_with_unit};
use crate::time_zones;

/// The correct form of a value in the wrong form, if that can be told.
pub(super) fn help(format: &Format, value: &str) -> Option<String> {
    let write = |text: &str| format!("write `{text}`");
    match format {
        Format::Repository if let Some(repository) = bare_name::repository(value) => Some(write(&repository)),
        _ if names_a_resource(format) && fill_in(value).is_some() => fill_in(value),
        Format::Repository => (is_name(value) && !value.contains('/')).then(|| write(&format!("<owner>/{value}"))),
        Format::Integer(least, most) => number(value).map(|number| write(&number.clamp(*least, *most).to_string())),
        Format::Minutes(least, most) => {
            minutes(value).or_else(|| number(value)).map(|number| write(&number.clamp(*least, *most).to_string()))
        }
        Format::StackName(_) | Format::StackSetName => stack_name(value).map(|name| write(&name)),
        Format::Name(resource) => resource_names::meant(value, resource).map(|name| write(&name)),
        Format::Arn(_) | Format::Connection | Format::StateMachine if account(value).is_some() => account(value),
        Format::Arn("sns") if bare_name::topic(value).is_some() => bare_name::topic(value).map(write),
        Format::JsonObject(_) => with_double_quotes(value, Value::is_object).or_else(|| json_object(value)),
        Format::EnvironmentVariables => environment(value),
        Format::Cron if value.trim().starts_with("rate(") => Some(
            "a window has times and no rate: write the hours in which it is open, as in `* * 9-17 ? * MON-FRI *`"
                .to_owned(),
        ),
        Format::Cron => cron(value).map(|cron| write(&cron)).or_else(|| field_of_cron(value)),
        Format::StateMachine if value.contains("stateMachine/") => {
            Some(write(&value.replace("stateMachine/", "stateMachine:")))
        }
        Format::StateMachine if value.contains(":execution:") => {
            let (begin, execution) = value.split_once(":execution:")?;
            Some(write(&format!("{begin}:stateMachine:{}", execution.split(':').next()?)))
        }
        Format::StateMachine if let Some(machine) = state_machine_in_another_case(value) => Some(write(&machine)),
        Format::StateMachine if is_name(value) => {
            Some(format!("write `arn:aws:states:<region>:<account id>:stateMachine:{value}`"))
        }
        Format::StateMachine => {
            let machine = value.split_once(":stateMachine:").and_then(|(_, name)| name.split_once('/'));
            machine.and_then(|(_, label)| value.strip_suffix(label)?.strip_suffix('/')).map(write)
        }
        Format::Connection => {
            value.contains(":connection:").then(|| write(&value.replace(":connection:", ":connection/")))
        }
        Format::VariableReference if is_name(value) && !value.contains('.') => Some(format!(
            "write `{}` for a variable of the pipeline, `{}` for one of an action",
            references::written(references::VARIABLES, value),
            references::written("<namespace>", value)
        )),
        Format::VariableReference => references::of_parts(value).map(|reference| write(&reference)),
        Format::TimeZone => time_zones::meant(value).map(write),
        Format::Arn("sns") if is_name(value) => Some(format!("write `arn:aws:sns:<region>:<account id>:{value}`")),
        Format::Arn(service) if !service.is_empty() => {
            Some(format!("write its ARN, which begins with `arn:aws:{service}:<region>:<account id>:`"))
        }
        Format::RoleArn => Some(role_arn(value)),
        _ => None,
    }
}

/// The ARN of a state machine whose kind of resource is written in another case.
fn state_machine_in_another_case(value: &str) -> Option<String> {
    const KIND: &str = "stateMachine";
    let arn = split_arn(value)?;
    let (kind, name) = arn.resource.split_once([':', '/'])?;
    let meant = kind != KIND && kind.eq_ignore_ascii_case(KIND);
    meant.then(|| Some(format!("{}{KIND}:{name}", value.strip_suffix(arn.resource)?)))?
}

/// JSON with double quotes for JSON in single ones.
fn with_double_quotes(value: &str, is: fn(&Value) -> bool) -> Option<String> {
    let quoted = value.replace('\'', "\"");
    let json = serde_json::from_str(&quoted).ok().filter(is)?;
    Some(if json_has_secret(&json) { "write it with double quotes".to_owned() } else { format!("write `{quoted}`") })
}

/// What is meant by a list of environment variables in the wrong form: other quotes, or a type that is nearly one.
fn environment(value: &str) -> Option<String> {
    let Ok(Value::Array(variables)) = serde_json::from_str(value) else {
        return with_double_quotes(value, Value::is_array);
    };
    let types = variables.iter().filter_map(|variable| variable.get("type")?.as_str());
    let wrong = types.filter(|kind| !BUILD_VARIABLE_TYPES.contains(kind));
    wrong.map(|kind| nearest(kind, BUILD_VARIABLE_TYPES)).next()?.map(|near| format!("did you mean `{near}`?"))
}

/// The object that `Name=value,Other=value` means, to paste where it has no secret.
fn json_object(value: &str) -> Option<String> {
    let mut object = serde_json::Map::new();
    for pair in value.split(',') {
        let (name, value) = pair.split_once('=')?;
        if !is_name(name.trim()) {
            return None;
        }
        object.insert(name.trim().to_owned(), value.trim().into());
    }
    let object = Value::Object(object);
    Some(match json_has_secret(&object) {
        true => "write it as JSON: `{\"<name>\": \"<value>\"}`".to_owned(),
        false => format!("write `{object}`"),
    })
}

/// The first field that is wrong, where only some of them are.
fn field_of_cron(value: &str) -> Option<String> {
    const FIELDS: [(&str, &str); 7] = [
        ("seconds", "from 0 to 59"),
        ("minutes", "from 0 to 59"),
        ("hours", "from 0 to 23"),
        ("days of the month", "from 1 to 31"),
        ("months", "from 1 to 12, or JAN to DEC"),
        ("days of the week", "from 1, which is SUN, to 7"),
        ("years", "from 1970 to 2199"),
    ];
    let fields: Vec<&str> = value.split_whitespace().collect();
    if !(6..=FIELDS.len()).contains(&fields.len()) {
        return None;
    }
    let is_wrong = |at: &usize| {
        let alone = fields.iter().enumerate().map(|(other, field)| if other == *at { *field } else { "*" });
        Cron::parse(&alone.collect::<Vec<_>>().join(" ")).is_none()
    };
    let at = (0..fields.len()).find(is_wrong)?;
    let (name, bounds) = FIELDS.get(at)?;
    Some(format!("`{}` is not a field of {name}, which are {bounds}", fields.get(at)?))
}

/// The fields in `cron(…)`, with seconds before them where only the five of a crontab are there.
fn cron(value: &str) -> Option<String> {
    let inside = value.trim().strip_prefix("cron(").and_then(|rest| rest.strip_suffix(')'));
    let bare = inside.unwrap_or(value).trim();
    let fields: Vec<&str> = bare.split_whitespace().collect();
    let cron = match (inside, fields.as_slice()) {
        // Minutes, hours, day of the month, month, day of the week: one of the days is `?`.
        (None, [minutes, hours, day, month, "*"]) => format!("* {minutes} {hours} {day} {month} ?"),
        (None, [minutes, hours, "*", month, weekday]) => {
            format!("* {minutes} {hours} ? {month} {}", weekdays(weekday))
        }
        // EventBridge has no seconds.
        (_, [_, _, _, _, _, _]) if Cron::parse(bare).is_none() => format!("* {bare}"),
        (Some(_), _) => bare.to_owned(),
        _ => return None,
    };
    Cron::parse(&cron).is_some().then_some(cron)
}

/// The days of the week of a crontab, where 0 and 7 are Sunday, by their names.
fn weekdays(field: &str) -> String {
    const DAYS: [&str; 8] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"];
    let day = |text: &str| text.parse().ok().and_then(|day: usize| DAYS.get(day).copied()).unwrap_or(text).to_owned();
    let range = |part: &str| part.split('-').map(day).collect::<Vec<_>>().join("-");
    field.split(',').map(range).collect::<Vec<_>>().join(",")
}

/// The words of a list that has another separator than a comma.
pub(super) fn list(format: &Format, value: &str) -> Option<String> {
    let Format::List(words) = format else { return None };
    let found: Vec<&str> =
        value.split(|c: char| matches!(c, ',' | ';' | '|') || c.is_whitespace()).filter(|w| !w.is_empty()).collect();
    let meant = |word: &&str| behind_prefix(word, words).or_else(|| nearest(word, words.iter().copied()));
    let known: Option<Vec<&str>> = found.iter().map(meant).collect();
    known
        .filter(|known| known.len() > 1 || known == &found)
        .filter(|known| !known.is_empty())
        .map(|known| known.join(","))
}

/// The word that is meant by what follows its prefix: `CAPABILITY_IAM` by `IAM`.
pub(super) fn behind_prefix(word: &str, words: &[&'static str]) -> Option<&'static str> {
    words.iter().copied().find(|known| known.split_once('_').is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(word)))
}

/// `artifact::file` for a file that is given without its artifact, or with one colon.
pub(super) fn input_file(value: &str, inputs: &HashSet<&str>) -> String {
    match value.split_once(':') {
        Some((artifact, file)) if inputs.contains(artifact) && !file.is_empty() => {
            format!("{artifact}::{}", file.trim_start_matches(':'))
        }
        _ => {
            // `artifact/file`, and the file of an address.
            let of_input =
                value.split_once('/').filter(|(artifact, file)| inputs.contains(artifact) && !file.is_empty());
            if let Some((artifact, file)) = of_input {
                return format!("{artifact}::{file}");
            }
            let file = match value.contains("://") {
                true => value.rsplit('/').next().filter(|file| !file.is_empty()).unwrap_or("<file>"),
                false => value,
            };
            format!("{}::{file}", inputs.iter().min().copied().unwrap_or("artifact"))
        }
    }
}

/// A name with hyphens instead of what a stack name can't have.
fn stack_name(value: &str) -> Option<String> {
    let begins = value.starts_with(|c: char| c.is_ascii_alphabetic());
    let replaced: String =
        value.trim().chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' }).collect();
    (begins && value.is_ascii() && value.len() <= 128).then_some(replaced)
}

/// What is wrong with the account of an ARN that has one.
fn account(value: &str) -> Option<String> {
    let account = split_arn(value)?.account;
    let digits: String = account.chars().filter(char::is_ascii_digit).collect();
    let number = !digits.is_empty() && account.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    match digits.len() {
        12 if number && account.contains('-') => Some(format!("write `{}`", value.replacen(account, &digits, 1))),
        12 => None,
        count => number.then(|| format!("an account id has 12 digits, and `{account}` has {count}")),
    }
}

/// The number in `10m`, `10 minutes`, `10.0`.
fn number(value: &str) -> Option<i64> {
    let (number, unit) = number_with_unit(value)?;
    let plain = unit.is_empty() || unit == "ms" || minutes_of(&unit) == Some(1);
    let whole = unit.strip_prefix('.').is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b == b'0'));
    (plain || whole).then_some(number)
}

/// The word that is meant by one from another language.
pub(super) fn word(key: &str, value: &str, words: &[&'static str]) -> Option<&'static str> {
    const MEANT: [(&str, &[&str], &str); 12] = [
        ("Operator", &["==", "=", "EQUAL", "EQUALS", "IS"], "EQ"),
        ("Operator", &["!=", "<>", "NEQ", "NOT_EQUAL", "NOT_EQUALS"], "NE"),
        ("Operator", &["IN", "INCLUDES", "HAS"], "CONTAINS"),
        ("Operator", &["=~", "~", "REGEX", "MATCH", "LIKE"], "MATCHES"),
        ("ActionMode", &["CREATE", "UPDATE", "CREATE_OR_UPDATE", "DEPLOY", "UPSERT"], "CREATE_UPDATE"),
        ("ActionMode", &["DELETE"], "DELETE_ONLY"),
        ("ActionMode", &["REPLACE"], "REPLACE_ON_FAILURE"),
        (
            "ActionMode",
            &["CHANGE_SET", "CHANGE_SET_CREATE", "CREATE_CHANGE_SET", "CHANGESET_REPLACE", "CHANGE_SET_UPDATE"],
            "CHANGE_SET_REPLACE",
        ),
        ("ActionMode", &["EXECUTE", "EXECUTE_CHANGE_SET", "CHANGE_SET_RUN"], "CHANGE_SET_EXECUTE"),
        ("OutputArtifactFormat", &["ZIP", "CODEZIP", "DEFAULT"], "CODE_ZIP"),
        ("", &["yes", "on", "1", "enabled"], "true"),
        ("", &["no", "off", "0", "disabled", "never"], "false"),
    ];
    let found = MEANT.iter().find(|(of, from, to)| {
        (of.is_empty() || *of == key) && words.contains(to) && from.iter().any(|word| word.eq_ignore_ascii_case(value))
    });
    let (.., meant) = found?;
    words.iter().copied().find(|word| word == meant)
}

fn is_name(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/'))
}
