//! Items: accounts, roles and pipelines.

use codepipeline_xacct_core::topology::Ownership;
use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Ident, LitInt, LitStr, Path, Token, Type, Visibility, token};

use super::account::account;
use super::body::{Body, body, no_clauses};
use super::contract::{from_contract, starts_contract};
use super::head::{KINDS, OutOfPlace, Words, generics, item_name, kind_of, out_of_place, rust_item};
use super::params::params;
use super::path::item_path;
use super::tokens::{behind, keep, next_written, parentheses, peek_colon, peek_word, skip, skip_item};
use crate::ast::{ItemNode, ItemNodeKind, ParamNode, ValueNode, path_span, path_text};
use crate::errors::Errors;

/// An item, or nothing where its head doesn't parse.
pub(super) fn item(input: ParseStream<'_>, errors: &mut Errors) -> Option<ItemNode> {
    let head = (|| {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility: Visibility = input.parse()?;
        Ok((attributes, visibility))
    })();
    let Some((attributes, mut visibility)) = keep(head, errors) else {
        skip_item(input);
        return None;
    };
    // `};` and `},` behind the item before.
    if attributes.is_empty() && (input.peek(Token![;]) || input.peek(Token![,])) {
        let span = input.span();
        skip(input);
        errors.push_help(span, "nothing follows the `}` of an item", "leave it out");
        return None;
    }
    let mut words = Words::default();
    words.read(&mut visibility, None, input, errors);
    if rust_item(input, errors) {
        return None;
    }
    let Ok(kind) = input.call(Ident::parse_any) else {
        let span = if input.is_empty() { words.last(&visibility, input) } else { input.span() };
        errors.push_help(
            span,
            "expected `account`, `role` or `pipeline`",
            "write `pipeline <Name> in <account> { … }`",
        );
        skip_item(input);
        return None;
    };
    let mut early = None;
    let word = match KINDS.into_iter().find(|known| kind == known) {
        Some(word) => Some(word),
        None => match out_of_place(&kind, &mut words, input, errors) {
            Some(OutOfPlace::Word(word)) => Some(word),
            Some(OutOfPlace::Name(word)) => {
                early = Some(kind.clone());
                Some(word)
            }
            None => kind_of(&kind, errors),
        },
    };
    let Some(word) = word else {
        skip_item(input);
        return None;
    };
    words.read(&mut visibility, Some(word), input, errors);
    let name = match early {
        Some(name) => Some(name),
        None => item_name(word, kind.span(), input, errors),
    };
    let Some(name) = name else {
        skip_item(input);
        return None;
    };
    let before = errors.count();
    generics(&name, word, input, errors);
    let generic = errors.count() > before;
    let (mut begun, mut contract, mut from_account) = (TokenStream::new(), None, false);
    let ownership = words.ownership.map_or(Ownership::Managed, |(ownership, _)| ownership);
    let kind = match word {
        "account" if starts_contract(input) => {
            let body = from_contract(&format!("account {name}"), ownership, input, errors);
            contract = body.contract.filter(|_| !body.damaged);
            ItemNodeKind::Account { id: None, fields: Vec::new() }
        }
        "account" => {
            if let Some((_, span)) = words.ownership {
                errors.push_help(span, "an account is neither `extern` nor `extended`", "leave the word out");
            }
            account(&name, input, errors)
        }
        "role" => {
            let (account, body) = rest(&name, (word, ownership), &mut Vec::new(), input, &mut begun, errors);
            contract.clone_from(&body.contract);
            from_account = body.from_account;
            no_clauses(&body, errors);
            ItemNodeKind::Role { ownership, account, fields: body.fields, damaged: body.damaged }
        }
        _ => {
            let mut params = params(&name, input, errors);
            // Lifetimes that were declared there.
            for param in params.iter_mut().filter(|_| generic) {
                if let Type::Reference(reference) = &mut param.ty {
                    reference.lifetime = None;
                }
            }
            let (account, body) = rest(&name, (word, ownership), &mut params, input, &mut begun, errors);
            contract.clone_from(&body.contract);
            from_account = body.from_account;
            for action in &body.actions {
                errors.push_help(
                    action.name.span(),
                    "an action belongs in a stage",
                    "write `stage \"…\" { … }` around it",
                );
            }
            ItemNodeKind::Pipeline {
                ownership,
                params,
                account,
                fields: body.fields,
                stages: body.stages,
                damaged: body.damaged || !body.actions.is_empty(),
            }
        }
    };
    let ownership = words.ownership.map(|(_, span)| span);
    Some(ItemNode { attributes, visibility, ownership, name, kind, contract, from_account, begun })
}

/// The account and the body of a role or a pipeline, or the contract in its place. Parameters that come behind the account are reported
/// and added.
fn rest(
    name: &Ident,
    (kind, ownership): (&str, Ownership),
    late: &mut Vec<ParamNode>,
    input: ParseStream<'_>,
    begun: &mut TokenStream,
    errors: &mut Errors,
) -> (Option<Path>, Body) {
    let error = errors.count();
    if kind == "role" && input.peek(token::Paren) {
        errors.push_help(input.span(), "a role has no parameters", format!("write `role {name} in <account> {{ … }}`"));
        skip(input);
    }
    if input.peek(Token![=]) && input.peek3(Token![in]) {
        let value = next_written(&behind(input, 1));
        let message = format!("only an account is declared with `=`; the name of a {kind} is one of its keys");
        errors.push_help(input.span(), message, format!("write `name: {value}` inside the braces"));
        skip(input);
        skip(input);
    }
    let account = in_account(name, kind, input, begun, errors);
    if let Some(path) = account.as_ref()
        && input.peek(token::Paren)
        && input.peek2(token::Brace)
    {
        let span = input.span();
        let form = format!("write `{kind} {name}{} in {} {{ … }}`", next_written(input), path_text(path));
        errors.push_help(span, format!("the parameters come after the name of the {kind}"), form);
        late.extend(params(name, input, errors));
    }
    let head = format!("{kind} {name} in {}", account.as_ref().map_or_else(|| "<account>".to_owned(), path_text));
    if starts_contract(input) {
        if account.is_none() && errors.count() == error {
            let form = format!("write `extern {kind} {name} in <account> from \"…\";`");
            errors.push_help(name.span(), format!("{kind} `{name}` has no account"), form);
        }
        return (account, from_contract(&head, ownership, input, errors));
    }
    if account.is_some() && ownership == Ownership::Extern && input.peek(Token![;]) && !input.peek2(token::Brace) {
        skip(input);
        return (account, Body { from_account: true, ..Body::default() });
    }
    if account.is_some() || errors.count() > error {
        return (account, body(name, &head, input, errors));
    }
    let has_body = !input.is_empty();
    let mut body = body(name, &head, input, errors);
    if !has_body {
        return (None, body);
    }
    let path = body.fields.iter().position(|field| field.key == "account").map(|index| body.fields.remove(index));
    match path {
        Some(field) => {
            let path = match field.value {
                ValueNode::Path(path) => Some(path),
                _ => None,
            };
            let account = path.as_ref().map_or_else(|| "<account>".to_owned(), path_text);
            let help = head_form(kind, name, &account);
            errors.push_help(field.key.span(), "the account is named in the head", help);
            (path, body)
        }
        None => {
            let help = head_form(kind, name, "<account>");
            errors.push_help(name.span(), format!("{kind} `{name}` has no account"), help);
            (None, body)
        }
    }
}

/// `in path`. Nothing, without an error, where there is nothing of it.
fn in_account(
    name: &Ident,
    kind: &str,
    input: ParseStream<'_>,
    begun: &mut TokenStream,
    errors: &mut Errors,
) -> Option<Path> {
    if input.parse::<Token![in]>().is_err() {
        return without_in(name, kind, input, errors);
    }
    let form = |account: &str| head_form(kind, name, account);
    // `in (Prod)`, `in in Prod`, `in account Prod`, `in "222222222222"`
    let span = input.span();
    let group = parentheses(&input.fork()).ok().and_then(|content| Path::parse_mod_style(&content).ok());
    if let Some(path) = group {
        errors.push_help(span, "the account is named without parentheses", form(&path_text(&path)));
        skip(input);
        return Some(path);
    }
    if input.peek(Token![in]) || peek_word(input, "account") && input.peek2(Ident::peek_any) {
        let word = input.call(Ident::parse_any).ok()?;
        let path = item_path("account", input, errors).ok()?;
        errors.push_help(span, format!("there is one `{word}` too many"), form(&path_text(&path)));
        return Some(path);
    }
    let id = match (input.fork().parse::<LitStr>(), input.fork().parse::<LitInt>()) {
        (Ok(text), _) => Some(text.value()),
        (_, Ok(number)) => Some(number.to_string()),
        _ => None,
    };
    if let Some(id) = id.filter(|id| id.starts_with(|c: char| c.is_ascii_digit())) {
        let help =
            format!("declare it, `account <Name> = {id:?};`, and write its name: `{kind} {name} in <Name> {{ … }}`");
        errors.push_help(span, "the account is named by its item, not by its id", help);
        skip(input);
        return None;
    }
    item_path("account", input, errors)
        .map_err(|tokens| {
            if !tokens.is_empty() || input.peek(token::Brace) {
                let message = format!("expected the account of {kind} `{name}` after `in`");
                errors.push_help(name.span(), message, form("<account>"));
            }
            *begun = tokens;
        })
        .ok()
}

/// The account after another sign or another word instead of `in`, or after nothing: reported and read as if `in` were there.
fn without_in(name: &Ident, kind: &str, input: ParseStream<'_>, errors: &mut Errors) -> Option<Path> {
    let report = |span: Span, path: &Path, errors: &mut Errors| {
        let message = format!("expected `in` before the account of {kind} `{name}`");
        errors.push_help(span, message, head_form(kind, name, &path_text(path)));
    };
    let span = input.span();
    if peek_colon(input) || input.peek(Token![->]) || input.peek(Token![@]) || input.peek(Token![=>]) {
        let ahead = input.fork();
        while !ahead.is_empty() && !ahead.peek(Ident::peek_any) && !ahead.peek(token::Brace) {
            skip(&ahead);
        }
        if let Ok(path) = Path::parse_mod_style(&ahead)
            && ahead.peek(token::Brace)
        {
            report(span, &path, errors);
            while !input.is_empty() && !input.peek(token::Brace) {
                skip(input);
            }
            return Some(path);
        }
    }
    if input.peek(token::Brace) {
        return None;
    }
    // Another word or a sign, and the account behind it.
    let word = (input.peek2(Ident::peek_any) || input.peek2(LitStr))
        && !input.peek2(token::Brace)
        && !input.peek2(Token![::])
        && !input.peek(Token![=]);
    if word && input.peek3(token::Brace) {
        skip(input);
        let path = item_path("account", input, errors).ok()?;
        report(span, &path, errors);
        return Some(path);
    }
    // A path and a body: the word between is missing.
    let ahead = input.fork();
    let path = Path::parse_mod_style(&ahead).ok().filter(|_| ahead.peek(token::Brace))?;
    report(path_span(&path), &path, errors);
    Path::parse_mod_style(input).ok()
}

fn head_form(kind: &str, name: &Ident, account: &str) -> String {
    format!("write `{kind} {name} in {account} {{ … }}`")
}
