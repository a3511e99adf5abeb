//! Role items.

use codepipeline_xacct_core::check::tags;
use codepipeline_xacct_core::ids::{AccountId, Partition, PipelineArn, RoleArn, split_arn};
use codepipeline_xacct_core::policy::DocumentKind;
use codepipeline_xacct_core::topology::Ownership;
use codepipeline_xacct_syntax::ast::{FieldNode, ValueNode, path_span, path_text};
use codepipeline_xacct_syntax::errors::Errors;
use codepipeline_xacct_syntax::keys;
use codepipeline_xacct_syntax::not_a_value::{self, NotAValue};
use proc_macro2::{Span, TokenStream};
use syn::{Ident, Path};

use super::declared::Declared;
use super::fields::Fields;
use super::policies;
use super::roles::{check_role_name, is_role_name, is_role_path, role_arn};
use super::value_suggestions;
use super::values;
use crate::model::{LoweredRole, LoweredTrust};

const SAID_TWICE_TRUST: &str = "`trusts` and `trust_policy` both say whom the role trusts";
const SAID_TWICE_START: &str = "`starts` and `policies` both say what the role may start";

/// What comes before the body of a role.
pub(super) struct RoleHead<'a> {
    pub(super) ownership: Ownership,
    /// The word for the ownership.
    pub(super) word: Option<Span>,
    pub(super) account: Option<Path>,
    /// What the call declares.
    pub(super) declared: &'a Declared,
    /// True where something in the body did not parse, so that nothing counts as missing.
    pub(super) damaged: bool,
}

pub(super) fn lower(name: &Ident, head: RoleHead<'_>, fields: Vec<FieldNode>, errors: &mut Errors) -> LoweredRole {
    let RoleHead { ownership, word, account, declared, damaged } = head;
    let ownership = meant_ownership(name, (ownership, word), &fields, errors);
    let construct = match ownership {
        Ownership::Managed => &keys::ROLE,
        Ownership::Extended => &keys::EXTENDED_ROLE,
        Ownership::Extern => &keys::EXTERN_ROLE,
    };
    let mut fields = Fields::new(construct, fields, errors);
    let mut role = LoweredRole {
        ownership,
        account,
        path_and_name: String::new(),
        arn: None,
        trusts: None,
        starts: None,
        statements: Vec::new(),
        trust_policy: None,
        policies: None,
        permissions_boundary: None,
        tags: Vec::new(),
    };
    if ownership == Ownership::Managed {
        role.path_and_name = managed_name(name, &mut fields, damaged, errors);
        // A role of ours has only what is declared.
        role.trusts = Some(Vec::new());
        role.starts = Some(Vec::new());
    } else {
        match fields.take("arn") {
            Some((_, value)) => {
                if let Some(text) = values::string("arn", value, errors)
                    && let Some(arn) = role_arn(&text, errors)
                {
                    role.path_and_name = arn.path_and_name();
                    role.arn = Some((arn, text.span()));
                }
            }
            None if fields.is_meant("arn") || damaged => {}
            None => errors.push_help(
                name.span(),
                format!("{} needs its ARN, and `{name}` has none", construct.phrase),
                "add `arn: \"arn:…\"`",
            ),
        }
    }
    let (mut trusts, mut starts) = (None, None);
    if let Some((key, value)) = fields.take("trusts") {
        trusts = Some(key.span());
        role.trusts = Some(
            values::list("trusts", value, errors).into_iter().filter_map(|v| trust(v, declared, errors)).collect(),
        );
    }
    if let Some((key, value)) = fields.take("starts") {
        starts = Some(key.span());
        let mut named: Vec<Path> = Vec::new();
        for value in values::list("starts", value, errors) {
            let Some(path) = start(value, declared, errors) else { continue };
            if named.iter().any(|known| path_text(known) == path_text(&path)) {
                values::report_repeated(&path_text(&path), path_span(&path), errors);
            } else {
                named.push(path);
            }
        }
        role.starts = Some(named);
    }
    let partition = role.arn.as_ref().map_or_else(Partition::aws, |(arn, _)| arn.partition().clone());
    if let Some((_, value)) = fields.take("trust_policy") {
        if let Some(trusts) = trusts {
            errors.push_help(trusts, SAID_TWICE_TRUST, "leave `trusts` out; `trust_policy` says all of it");
        }
        role.trust_policy = policies::document("trust_policy", value, DocumentKind::Trust, &partition, errors);
    }
    if let Some((_, value)) = fields.take("policies") {
        if ownership == Ownership::Extern {
            if let Some(starts) = starts {
                errors.push_help(starts, SAID_TWICE_START, "leave `starts` out; `policies` say all of it");
            }
            role.policies = Some(policies::documents(value, &partition, errors));
        } else {
            let documents = policies::documents(value, &partition, errors);
            role.statements = documents.into_iter().flat_map(|document| document.statements).collect();
        }
    }
    if let Some((key, value)) = fields.take("permissions_boundary") {
        if role.policies.is_none() {
            let help = "add `policies: [{ … }]`: a boundary grants nothing, it only limits what they grant";
            errors.push_help(key.span(), "a role with a permissions boundary needs its policies stated too", help);
        }
        role.permissions_boundary =
            policies::document("permissions_boundary", value, DocumentKind::Boundary, &partition, errors);
    }
    if let Some((_, value)) = fields.take("tags") {
        role.tags = values::tags(value, tags::role_tag, errors);
    }
    role
}

/// The ownership that the keys tell where they contradict the word before the role, which is reported.
fn meant_ownership(
    name: &Ident,
    (ownership, word): (Ownership, Option<Span>),
    fields: &[FieldNode],
    errors: &mut Errors,
) -> Ownership {
    let is_arn = |value: &ValueNode| matches!(value, ValueNode::Str(text) if text.value().parse::<RoleArn>().is_ok());
    match (ownership, word) {
        (Ownership::Managed, _) => {
            let Some(arn) = fields.iter().find(|field| field.key == "arn" && is_arn(&field.value)) else {
                return ownership;
            };
            let message = format!("a role with an ARN exists already, and `{name}` is one that is created here");
            let of_extern = |field: &FieldNode| {
                let key = field.key.to_string();
                keys::EXTERN_ROLE.key(&key).is_some() && keys::EXTENDED_ROLE.key(&key).is_none()
            };
            let (help, ownership) = if fields.iter().any(of_extern) {
                (format!("write `extern role {name} …`"), Ownership::Extern)
            } else {
                let help = format!(
                    "write `extended role {name} …` or `extern role {name} …`, or `name: \"…\"` instead of the ARN"
                );
                (help, Ownership::Extended)
            };
            errors.push_help(arn.key.span(), message, help);
            ownership
        }
        (_, Some(word)) => {
            let of_ours = |field: &&FieldNode| ["name", "path", "tags"].iter().any(|key| field.key == key);
            let has_arn = fields.iter().any(|field| field.key == "arn");
            if has_arn || fields.iter().filter(of_ours).count() < 2 {
                return ownership;
            }
            let text = ownership.as_str();
            let message = format!("an {text} role has an ARN; `{name}` is written out as one that is created here");
            errors.push_help(
                word,
                message,
                format!("leave `{text}` out, or write `arn: \"arn:…\"` instead of its name"),
            );
            Ownership::Managed
        }
        _ => ownership,
    }
}

fn managed_name(item: &Ident, fields: &mut Fields, damaged: bool, errors: &mut Errors) -> String {
    let path = fields.string("path", errors);
    let Some((_, value)) = fields.take("name") else {
        if !fields.is_meant("name") && !damaged {
            errors.push_help(item.span(), format!("role `{item}` has no name"), "add `name: \"…\"`");
        }
        return String::new();
    };
    let Some(name) = values::string("name", value, errors) else { return String::new() };
    let text = name.value();
    if let Ok(arn) = text.parse::<RoleArn>() {
        let help = format!("write `name: \"{}\"`; the account comes from `in`", arn.name());
        errors.push_help(name.span(), format!("`{text}` is an ARN, where the name of a role belongs"), help);
        return String::new();
    }
    if let Some(bare) = text.strip_prefix("role/").filter(|bare| !bare.contains('/') && is_role_name(bare)) {
        let message = format!("`{text}` is a part of an ARN, where the name of a role belongs");
        errors.push_help(name.span(), message, format!("write `name: {bare:?}`"));
        return bare.to_owned();
    }
    if text.contains('/') {
        errors.push_help(name.span(), format!("`{text}` holds a path"), "write the path separately: `path: \"/…/\"`");
    } else {
        check_role_name(&name, errors);
    }
    match path {
        Some(path) if path.value() == "/" => text,
        Some(path) if is_role_path(&path.value()) => {
            format!("{}{text}", path.value().trim_start_matches('/'))
        }
        Some(path) => {
            let written = path.value();
            let parts: Vec<&str> = written.split('/').filter(|part| !part.is_empty()).collect();
            let meant = format!("/{}/", parts.join("/"));
            let known = !parts.is_empty() && is_role_path(&meant);
            let example = if known { meant } else { "/service-role/".to_owned() };
            let help = format!("a path begins and ends with a slash: `{example}`");
            errors.push_help(path.span(), format!("`{written}` is not a path"), help);
            text
        }
        None => text,
    }
}

/// An entry of `trusts:`.
fn trust(value: ValueNode, declared: &Declared, errors: &mut Errors) -> Option<LoweredTrust> {
    let help = "an entry is an account, a role, `role(\"arn:…\")` or `whole_account(<account>)`";
    match value {
        ValueNode::Path(path) if EVERYBODY.iter().any(|word| path.is_ident(word)) => {
            errors.push_help(path_span(&path), format!("`{}` can't be trusted", path_text(&path)), help);
            None
        }
        ValueNode::Path(path) => Some(LoweredTrust::Item(path)),
        ValueNode::Call(function, arguments) => {
            let name = path_text(&function);
            let mut arguments = arguments.into_iter();
            match (name.as_str(), arguments.next(), arguments.next()) {
                ("role" | "account", Some(ValueNode::Path(path)), None) => {
                    let help = format!("write `trusts: [{}]`", path_text(&path));
                    errors.push_help(path_span(&path), format!("an item is named without `{name}(…)`"), help);
                    None
                }
                ("account", Some(ValueNode::Str(id)), None) if id.value().parse::<AccountId>().is_ok() => {
                    let help = declared.account(&id.value(), |name| format!("trusts: [{name}]"));
                    errors.push_help(id.span(), "an account is named by its item, not by its id", help);
                    None
                }
                ("role", Some(argument), None) => {
                    let text = values::argument_string("role", argument, errors)?;
                    role_arn(&text, errors).map(LoweredTrust::Arn)
                }
                ("whole_account", Some(ValueNode::Path(path)), None) => Some(LoweredTrust::WholeAccount(path)),
                ("whole_account", Some(ValueNode::Str(text)), None) => {
                    let help = match syn::parse_str::<Path>(&text.value()) {
                        Ok(path) => format!("write `whole_account({})`", path_text(&path)),
                        Err(_) => declared.account(&text.value(), |name| format!("whole_account({name})")),
                    };
                    errors.push_help(text.span(), "an account is named by its item, not by a string", help);
                    None
                }
                (_, None, None)
                    if name != "role"
                        && let Some(item) = value_suggestions::item_of_call(&function) =>
                {
                    let help = format!("write `trusts: [{item}]`");
                    errors.push_help(path_span(&function), "an item is named without parentheses", help);
                    None
                }
                _ => {
                    errors.push_help(path_span(&function), format!("`{name}(…)` can't be trusted"), help);
                    None
                }
            }
        }
        ValueNode::Hole(..) => None,
        other => {
            let help = match &other {
                ValueNode::Str(text) if text.value().parse::<RoleArn>().is_ok() => {
                    format!("write `role(\"{}\")`", text.value())
                }
                ValueNode::Str(text) if text.value().parse::<AccountId>().is_ok() => {
                    declared.account(&text.value(), |name| format!("trusts: [{name}]"))
                }
                ValueNode::Int(id) if id.to_string().parse::<AccountId>().is_ok() => {
                    declared.account(&id.to_string(), |name| format!("trusts: [{name}]"))
                }
                ValueNode::Str(text) if let Some(id) = account_of_root(&text.value()) => {
                    declared.account(&id, |name| format!("whole_account({name})"))
                }
                ValueNode::Str(text) if text.value().ends_with(".amazonaws.com") => {
                    "leave it out: a service role trusts CodePipeline without it, and the role of an action trusts the \
                     account of the pipeline, `trusts: [<account>]`"
                        .to_owned()
                }
                ValueNode::Str(text) if syn::parse_str::<Path>(&text.value()).is_ok() => {
                    format!("write `trusts: [{}]`, without quotes", text.value())
                }
                ValueNode::Runtime(tokens, _) => match syn::parse2::<Path>(tokens.clone()) {
                    Ok(path) => format!("write `trusts: [{}]`", path_text(&path)),
                    Err(_) => help.to_owned(),
                },
                ValueNode::NotAValue(tokens, _) => match path_meant(tokens) {
                    Some(path) => format!("write `trusts: [{path}]`"),
                    None => help.to_owned(),
                },
                _ => help.to_owned(),
            };
            errors.push_help(other.span(), "this can't be trusted", help);
            None
        }
    }
}

/// What people write for everybody.
const EVERYBODY: [&str; 5] = ["all", "any", "anyone", "everybody", "everyone"];

/// The account in `arn:aws:iam::111111111111:root`.
fn account_of_root(text: &str) -> Option<String> {
    let arn = split_arn(text).filter(|arn| arn.service == "iam" && arn.resource == "root")?;
    Some(arn.account.to_owned())
}

/// The path that is meant by tokens which are nearly one.
fn path_meant(tokens: &TokenStream) -> Option<String> {
    match NotAValue::of(tokens) {
        NotAValue::Borrowed(path) => Some(path),
        // `Tooling.root`: what is behind the item is not an item.
        NotAValue::Dotted(text) => {
            let words: Vec<&str> = text.split('.').collect();
            let item = words.iter().position(|word| word.starts_with(char::is_uppercase));
            Some(words.get(..=item.unwrap_or(words.len() - 1))?.join("::"))
        }
        _ => not_a_value::path(tokens),
    }
}

fn start(value: ValueNode, declared: &Declared, errors: &mut Errors) -> Option<Path> {
    match value {
        ValueNode::Path(path) => Some(path),
        ValueNode::Hole(..) => None,
        other => {
            let help = match &other {
                ValueNode::NotAValue(tokens, _) => path_meant(tokens),
                ValueNode::Runtime(tokens, _) => syn::parse2::<Path>(tokens.clone()).ok().map(|path| path_text(&path)),
                ValueNode::Str(text) => {
                    let path = syn::parse_str::<Path>(&text.value()).ok().map(|path| path_text(&path));
                    let path = path.filter(|path| path.contains("::") || path.starts_with(char::is_uppercase));
                    let arn = text.value().parse::<PipelineArn>().ok();
                    let name = arn.map_or_else(|| text.value(), |arn| arn.name().to_string());
                    path.or_else(|| declared.pipeline(&name).map(str::to_owned))
                }
                ValueNode::Call(function, arguments) if arguments.is_empty() => {
                    value_suggestions::item_of_call(function)
                }
                _ => None,
            };
            let help = help.map(|path| format!("write `starts: [{path}]`")).unwrap_or_else(|| {
                "declare the pipeline (`extern pipeline` where it is not yours) and name it here: `starts: [<pipeline item>]`"
                    .to_owned()
            });
            errors.push_help(other.span(), "`starts` takes pipeline items", help);
            None
        }
    }
}
