//! Roles where they are used, and the names and ARNs of roles.

use codepipeline_xacct_core::ids::{AccountId, IdError, Partition, PipelineArn, RoleArn};
use codepipeline_xacct_core::suggest::nearest;
use codepipeline_xacct_core::topology::Ownership;
use codepipeline_xacct_syntax::ast::{ValueNode, path_span, path_text};
use codepipeline_xacct_syntax::errors::Errors;
use codepipeline_xacct_syntax::foreign::Foreign;
use syn::{LitStr, Path};

use super::values::argument_string;
use crate::model::RoleUse;

/// A role where it is used: a path, `managed("…")`, `extended("arn:…")` or `existing("arn:…")`.
pub(super) fn role_use(key: &str, value: ValueNode, errors: &mut Errors) -> Option<RoleUse> {
    let help =
        format!("write `{key}: <role item>`, `managed(\"<name>\")`, `extended(\"arn:…\")` or `existing(\"arn:…\")`");
    match value {
        ValueNode::Path(path) => Some(RoleUse::Item(path)),
        ValueNode::Call(function, arguments) => role_call(&function, arguments, &help, errors),
        ValueNode::Str(text) if text.value().parse::<RoleArn>().is_ok() => {
            let help = format!("write `existing(\"{}\")`", text.value());
            errors.push_help(text.span(), format!("`{key}` takes a role, not a string"), help);
            None
        }
        ValueNode::Runtime(_, span) => {
            errors.push_help(span, "the role has to be known while the program compiles", help);
            None
        }
        ValueNode::Hole(..) => None,
        ValueNode::Foreign(tokens, span) => {
            let (message, help) = match Foreign::of(&tokens) {
                Foreign::Borrowed(path) => ("a role is named without `&`".to_owned(), format!("write `{key}: {path}`")),
                Foreign::Words(text) if text.contains("::") => {
                    (format!("`{text}` is not a Rust path"), format!("write `{key}: {}`", text.replace('-', "_")))
                }
                Foreign::Words(text) => {
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

fn role_call(function: &Path, arguments: Vec<ValueNode>, help: &str, errors: &mut Errors) -> Option<RoleUse> {
    let name = path_text(function);
    let known = ["managed", "extended", "existing"];
    if !known.contains(&name.as_str()) {
        let help = match nearest(&name, known) {
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
    let text = argument_string(&name, argument, errors)?;
    let value = text.value();
    match name.as_str() {
        "managed" => {
            if let Ok(arn) = value.parse::<RoleArn>() {
                let help = format!("write `managed(\"{}\")`: its account is that of the pipeline", arn.path_and_name());
                errors.push_help(text.span(), format!("`{value}` is an ARN, where the name of a role belongs"), help);
                return None;
            }
            check_role_name(&text, errors).then_some(RoleUse::Managed(value))
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
                } else {
                    errors.push(text.span(), error.to_string());
                }
            }
            None
        }
    }
}

/// Path and name of a role: `Name` or `path/Name`.
pub(super) fn check_role_name(text: &LitStr, errors: &mut Errors) -> bool {
    match role_name(&text.value()) {
        Ok(_) => true,
        Err(error) => {
            errors.push(text.span(), error.to_string());
            false
        }
    }
}

/// Whether a path and name are well-formed.
pub(super) fn is_role_name(text: &str) -> bool {
    !text.contains(':') && role_name(text).is_ok()
}

fn role_name(text: &str) -> Result<RoleArn, IdError> {
    // Any account will do: only path and name are checked.
    RoleArn::new(Partition::aws(), "000000000000".parse::<AccountId>()?, text)
}
