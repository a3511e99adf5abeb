//! Roles where they are used, and the names and ARNs of roles.

use codepipeline_xacct_core::arns::iam_arn;
use codepipeline_xacct_core::check;
use codepipeline_xacct_core::declaration::references::is_of_terraform;
use codepipeline_xacct_core::ids::{AccountId, IdError, Partition, PipelineArn, RoleArn};
use codepipeline_xacct_core::suggest::nearest;
use codepipeline_xacct_core::topology::Ownership;
use codepipeline_xacct_syntax::ast::{ValueNode, path_span, path_text};
use codepipeline_xacct_syntax::errors::Errors;
use codepipeline_xacct_syntax::not_a_value::{self, NotAValue};
use syn::{LitStr, Path};

use super::value_suggestions;
use super::values::argument_string;
use crate::model::RoleUse;

/// What other languages read of a role to name it.
const OF_A_ROLE: [&str; 4] = [".arn", ".name", ".id", ".role_arn"];

/// A role where it is used: a path, `managed("…")`, `extended("arn:…")` or `existing("arn:…")`.
pub(super) fn role_use(key: &str, value: ValueNode, errors: &mut Errors) -> Option<RoleUse> {
    let help =
        format!("write `{key}: <role item>`, `managed(\"<name>\")`, `extended(\"arn:…\")` or `existing(\"arn:…\")`");
    match value {
        ValueNode::Path(path) if FORMS.iter().any(|form| path.is_ident(form)) => {
            let message = format!("`{}` takes one string", path_text(&path));
            errors.push_help(path_span(&path), message, help);
            None
        }
        ValueNode::Path(path) => Some(RoleUse::Item(path)),
        ValueNode::Call(function, arguments)
            if arguments.is_empty() && !FORMS.iter().any(|form| function.is_ident(form)) =>
        {
            let item = value_suggestions::item_of_call(&function).unwrap_or_else(|| path_text(&function));
            errors.push_help(
                path_span(&function),
                "an item is named without parentheses",
                format!("write `{key}: {item}`"),
            );
            None
        }
        ValueNode::Call(function, arguments) => role_call(&function, arguments, &help, errors),
        ValueNode::Str(text) if text.value().parse::<RoleArn>().is_ok() => {
            let help = format!("write `existing(\"{}\")`", text.value());
            errors.push_help(text.span(), format!("`{key}` takes a role, not a string"), help);
            None
        }
        ValueNode::Str(text) => {
            let name = text.value();
            let item = syn::parse_str::<Path>(&name)
                .ok()
                .filter(|_| name.starts_with(char::is_uppercase) || name.contains("::"));
            let help = match item {
                Some(path) => format!("write `{key}: {}`, without quotes", path_text(&path)),
                None if is_role_name(&name) => {
                    format!("write `{key}: managed({name:?})` for a role that is created and kept here")
                }
                None => help,
            };
            errors.push_help(text.span(), format!("`{key}` takes a role, not a string"), help);
            None
        }
        ValueNode::List(values, span) if matches!(values.as_slice(), [ValueNode::Path(_)]) => {
            let item = values.first().map(|value| match value {
                ValueNode::Path(path) => path_text(path),
                _ => String::new(),
            });
            let help = format!("write `{key}: {}`", item.unwrap_or_default());
            errors.push_help(span, format!("`{key}` takes one role"), help);
            None
        }
        ValueNode::Runtime(tokens, span) if syn::parse2::<Path>(tokens.clone()).is_ok() => {
            let item = syn::parse2::<Path>(tokens).map(|path| path_text(&path)).unwrap_or_default();
            errors.push_help(span, "a role is named without parentheses", format!("write `{key}: {item}`"));
            None
        }
        ValueNode::Runtime(_, span) => {
            errors.push_help(span, "the role has to be known while the program compiles", help);
            None
        }
        ValueNode::Hole(..) => None,
        ValueNode::NotAValue(tokens, span) => {
            let (message, help) = match NotAValue::of(&tokens) {
                NotAValue::Borrowed(path) => {
                    ("a role is named without anything around it".to_owned(), format!("write `{key}: {path}`"))
                }
                NotAValue::Dotted(text) if is_of_terraform(&text) => (
                    format!("only Terraform knows `{text}`"),
                    format!("write `{key}: existing(\"arn:…\")`, or the item of the role"),
                ),
                NotAValue::Dotted(text) if OF_A_ROLE.iter().any(|member| text.ends_with(member)) => {
                    let item = text.rsplit_once('.').map_or(text.as_str(), |(item, _)| item).replace('.', "::");
                    ("a role is named by its item alone".to_owned(), format!("write `{key}: {item}`"))
                }
                NotAValue::Called(call) if FORMS.iter().any(|form| call.starts_with(form)) => {
                    ("the string goes in parentheses".to_owned(), format!("write `{key}: {call}`"))
                }
                _ if not_a_value::path(&tokens).is_some_and(|path| is_path(&path)) => {
                    let path = not_a_value::path(&tokens).unwrap_or_default();
                    ("this is not a Rust path".to_owned(), format!("write `{key}: {path}`"))
                }
                NotAValue::Words(text) => {
                    let help = format!("write `{key}: managed(\"{text}\")` for a role that is created and kept here");
                    ("the name of a role is written in quotes".to_owned(), help)
                }
                _ => (format!("`{key}` takes a role"), help),
            };
            errors.push_help(span, message, help);
            None
        }
        other => {
            errors.push_help(other.span(), format!("`{key}` takes a role"), help);
            None
        }
    }
}

/// What a role is written in place with.
const FORMS: [&str; 3] = ["managed", "extended", "existing"];

/// True for a path of items, not of folders: `prod::Invoker` and not `service-role/name`.
fn is_path(path: &str) -> bool {
    path.rsplit("::").next().is_some_and(|last| last.starts_with(char::is_uppercase))
}

fn role_call(function: &Path, arguments: Vec<ValueNode>, help: &str, errors: &mut Errors) -> Option<RoleUse> {
    let name = path_text(function);
    if !FORMS.contains(&name.as_str()) {
        let help = match nearest(&name, FORMS) {
            Some(near) => format!("did you mean `{near}`?"),
            None => help.to_owned(),
        };
        errors.push_help(path_span(function), format!("`{name}` does not name a role"), help);
        return None;
    }
    let mut arguments = arguments.into_iter();
    let (Some(argument), None) = (arguments.next(), arguments.next()) else {
        errors.push_help(path_span(function), format!("`{name}` takes one string"), help);
        return None;
    };
    // A constant is in capitals.
    let is_item =
        |path: &str| is_path(path) && path.rsplit("::").next().is_some_and(|last| last.contains(char::is_lowercase));
    if let ValueNode::Path(path) = &argument
        && is_item(&path_text(path))
    {
        let help = format!("write `{}` alone for the item, `{name}(\"…\")` for a role without one", path_text(path));
        errors.push_help(path_span(path), format!("`{name}` takes a string"), help);
        return None;
    }
    let text = argument_string(&name, argument, errors)?;
    let value = text.value();
    match name.as_str() {
        "managed" => {
            if let Ok(arn) = value.parse::<RoleArn>() {
                let help = format!("write `managed(\"{}\")`: its account is that of the pipeline", arn.path_and_name());
                errors.push_help(text.span(), format!("`{value}` is an ARN, where the name of a role belongs"), help);
                return None;
            }
            check_role_name(&text, errors).then(|| RoleUse::Managed(value, text.span()))
        }
        _ => {
            let arn = role_arn(&text, errors)?;
            let ownership = if name == "extended" { Ownership::Extended } else { Ownership::Extern };
            Some(RoleUse::Arn(ownership, arn, text.span()))
        }
    }
}

/// A role ARN, or an error at the string.
pub(super) fn role_arn(text: &LitStr, errors: &mut Errors) -> Option<RoleArn> {
    let value = text.value();
    match value.parse::<RoleArn>() {
        Ok(arn) => Some(arn),
        Err(error) => {
            if value.parse::<PipelineArn>().is_ok() {
                errors.push_help(
                    text.span(),
                    error.to_string(),
                    "this is the ARN of a pipeline; write that of the role",
                );
            } else {
                let help =
                    format!("write the whole ARN, or `managed(\"{value}\")` for a role that is created and kept here");
                if is_role_name(&value) {
                    errors.push_help(text.span(), error.to_string(), help);
                } else if let Some(meant) = check::fill_in(&value).or_else(|| role_arn_meant(&value)) {
                    errors.push_help(text.span(), error.to_string(), meant);
                } else {
                    errors.push(text.span(), error.to_string());
                }
            }
            None
        }
    }
}

/// What is meant by a text that is nearly the ARN of a role: a colon too few or too many, a session of the role, an account id that
/// is too short.
fn role_arn_meant(text: &str) -> Option<String> {
    let (start, resource) = text.split_once("role/")?;
    let start = start.strip_suffix("assumed-").unwrap_or(start);
    let session = start.contains(":sts:");
    let name = if session { resource.split('/').next().unwrap_or(resource) } else { resource };
    let mut parts = start.split(':').filter(|part| !part.is_empty());
    let partition = parts.find(|part| part.starts_with("aws")).unwrap_or("aws");
    let account = start.split(':').find(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    match account {
        Some(account) if account.len() == 12 => {
            let arn = iam_arn(partition, account, &format!("role/{name}"));
            arn.parse::<RoleArn>().is_ok().then(|| format!("write `{arn}`"))
        }
        Some(account) => Some(format!("an account id has 12 digits, and `{account}` has {}", account.len())),
        None => None,
    }
}

/// Path and name of a role: `Name` or `path/Name`.
pub(super) fn check_role_name(text: &LitStr, errors: &mut Errors) -> bool {
    match role_name(&text.value()) {
        Ok(_) => true,
        Err(error) => {
            let replaced: String = text.value().split_whitespace().collect::<Vec<_>>().join("-");
            if replaced != text.value() && role_name(&replaced).is_ok() {
                errors.push_help(text.span(), error.to_string(), format!("write `\"{replaced}\"`"));
            } else if let Some(help) = check::fill_in(&text.value()) {
                errors.push_help(text.span(), error.to_string(), help);
            } else {
                errors.push(text.span(), error.to_string());
            }
            false
        }
    }
}

/// Whether a path and name are well-formed.
pub(super) fn is_role_name(text: &str) -> bool {
    !text.contains(':') && role_name(text).is_ok()
}

pub(super) fn is_role_path(path: &str) -> bool {
    RoleArn::is_path(path) && is_role_name(&format!("{}role", path.trim_start_matches('/')))
}

fn role_name(text: &str) -> Result<RoleArn, IdError> {
    // Any account will do: only path and name are checked.
    RoleArn::new(Partition::aws(), "000000000000".parse::<AccountId>()?, text)
}
