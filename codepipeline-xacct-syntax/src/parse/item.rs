//! Items: accounts, roles and pipelines.

use codepipeline_xacct_core::topology::Ownership;
use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Ident, LitStr, Path, Token, Type, Visibility, parenthesized, token};

use super::body::{body, no_clauses};
use super::tokens::{keep, path, peek_word, skip, skip_item, starts_item};
use crate::ast::{ItemNode, ItemNodeKind, ParamNode, path_span, path_text};
use crate::errors::Errors;

/// An item, or nothing where its head doesn't parse.
pub(super) fn item(input: ParseStream<'_>, errors: &mut Errors) -> Option<ItemNode> {
    let head = (|| {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility: Visibility = input.parse()?;
        Ok((attributes, visibility))
    })();
    let Some((attributes, visibility)) = keep(head, errors) else {
        skip_item(input);
        return None;
    };
    let ownership = if input.peek(Token![extern]) {
        skip(input);
        Some(Ownership::Extern)
    } else if peek_word(input, "extended") {
        skip(input);
        Some(Ownership::Extended)
    } else {
        None
    };
    let Ok(kind) = input.call(Ident::parse_any) else {
        errors.push(input.span(), "expected `account`, `role` or `pipeline`");
        skip_item(input);
        return None;
    };
    let known = ["account", "role", "pipeline"];
    if !known.contains(&kind.to_string().as_str()) {
        let words = ["account", "role", "pipeline", "extern", "extended"];
        let help = match codepipeline_xacct_core::suggest::nearest(&kind.to_string(), words) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "an item is an `account`, a `role` or a `pipeline`".to_owned(),
        };
        errors.push_help(kind.span(), format!("`{kind}` is not an item"), help);
        skip_item(input);
        return None;
    }
    let Ok(name) = input.parse::<Ident>() else {
        let help = match kind.to_string().as_str() {
            "account" => "write `account <Name> = \"<account id>\";`".to_owned(),
            kind => format!("write `{kind} <Name> in <account> {{ … }}`"),
        };
        errors.push_help(input.span(), format!("expected the name of the {kind}"), help);
        skip_item(input);
        return None;
    };
    let mut begun = TokenStream::new();
    let kind = match kind.to_string().as_str() {
        "account" => {
            if ownership.is_some() {
                errors.push_help(kind.span(), "an account is neither `extern` nor `extended`", "leave the word out");
            }
            account(&name, input, errors)
        }
        "role" => {
            let account = in_account(&name, "role", input, &mut begun, errors);
            let body = body(&name, input, errors);
            no_clauses(&body, errors);
            ItemNodeKind::Role { ownership: ownership.unwrap_or(Ownership::Managed), account, fields: body.fields }
        }
        _ => {
            let params = params(input, errors);
            let account = in_account(&name, "pipeline", input, &mut begun, errors);
            let body = body(&name, input, errors);
            for action in &body.actions {
                errors.push_help(
                    action.name.span(),
                    "an action belongs in a stage",
                    "write `stage \"…\" { … }` around it",
                );
            }
            ItemNodeKind::Pipeline {
                ownership: ownership.unwrap_or(Ownership::Managed),
                params,
                account,
                fields: body.fields,
                stages: body.stages,
                damaged: body.damaged || !body.actions.is_empty(),
            }
        }
    };
    Some(ItemNode { attributes, visibility, name, kind, begun })
}

pub(super) fn account(name: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> ItemNodeKind {
    let mut id = None;
    let form = format!("write `account {name} = \"<account id>\";`");
    let colon = input.span();
    let with_colon = input.peek(Token![:]) && !input.peek(Token![::]);
    if with_colon {
        skip(input);
        errors.push_help(colon, format!("expected `=` after account `{name}`"), &form);
    }
    if with_colon || input.parse::<Token![=]>().is_ok() {
        let span = input.span();
        match input.parse::<LitStr>() {
            Ok(text) => id = Some(text),
            Err(_) => {
                errors.push_help(span, "expected the account id as a string", &form);
                if !input.peek(Token![;]) && !input.peek(token::Brace) {
                    skip(input);
                }
            }
        }
    } else {
        errors.push_help(name.span(), format!("account `{name}` has no id"), &form);
    }
    let mut fields = Vec::new();
    if input.peek(token::Brace) {
        let body = body(name, input, errors);
        no_clauses(&body, errors);
        fields = body.fields;
    } else if input.parse::<Token![;]>().is_err() && !with_colon {
        let span = id.as_ref().map_or_else(|| name.span(), LitStr::span);
        errors.push_help(span, "expected `;` after the account", form);
    }
    ItemNodeKind::Account { id, fields }
}

/// `in path`
pub(super) fn in_account(
    name: &Ident,
    kind: &str,
    input: ParseStream<'_>,
    begun: &mut TokenStream,
    errors: &mut Errors,
) -> Option<Path> {
    if input.parse::<Token![in]>().is_err() {
        // A path and a body: `in` is missing.
        let fork = input.fork();
        if !starts_item(input) && Path::parse_mod_style(&fork).is_ok() && fork.peek(token::Brace) {
            let path = Path::parse_mod_style(input).ok()?;
            let form = format!("write `{kind} {name} in {} {{ … }}`", path_text(&path));
            errors.push_help(path_span(&path), format!("expected `in` before the account of {kind} `{name}`"), form);
            return Some(path);
        }
        errors.push_help(
            name.span(),
            format!("{kind} `{name}` has no account"),
            format!("write `{kind} {name} in <account> {{ … }}`"),
        );
        return None;
    }
    match path(input) {
        Ok(path) => Some(path),
        Err(tokens) => {
            *begun = tokens;
            errors.push(name.span(), format!("expected the account of {kind} `{name}` after `in`"));
            None
        }
    }
}

/// `(name: Type, …)`
pub(super) fn params(input: ParseStream<'_>, errors: &mut Errors) -> Vec<ParamNode> {
    let mut params = Vec::new();
    if !input.peek(token::Paren) {
        return params;
    }
    let parsed = (|| {
        let content;
        parenthesized!(content in input);
        while !content.is_empty() {
            let name: Ident = content.parse()?;
            content.parse::<Token![:]>()?;
            let ty: Type = content.parse()?;
            params.push(ParamNode { name, ty });
            if !content.is_empty() {
                content.parse::<Token![,]>()?;
            }
        }
        Ok(())
    })();
    keep(parsed, errors);
    params
}
