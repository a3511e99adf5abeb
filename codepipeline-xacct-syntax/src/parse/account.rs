//! What follows the name of an account: its id and its keys.

use codepipeline_xacct_core::ids::AccountId;
use proc_macro2::{Span, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Path, Token, token};

use super::body::{body, no_clauses};
use super::tokens::{behind, braces, parentheses, peek_colon, peek_text, skip, starts_item};
use crate::ast::ItemNodeKind;
use crate::errors::Errors;

pub(super) fn account(name: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> ItemNodeKind {
    let mut id = None;
    let form = format!("write `account {name} = \"<account id>\";`");
    let before = errors.count();
    let form_of = |id: &LitStr| format!("write `account {name} = {};`", id.token());
    if peek_colon(input) || input.peek(Token![in]) {
        let span = input.span();
        skip(input);
        let form = input.fork().parse::<LitStr>().map_or_else(|_| form.clone(), |id| form_of(&id));
        errors.push_help(span, format!("expected `=` after account `{name}`"), &form);
        id = account_id(name, input, errors, &form);
    } else if peek_text(input) {
        id = account_id(name, input, errors, &form);
        if let Some(id) = &id {
            errors.push_help(id.span(), format!("expected `=` after account `{name}`"), form_of(id));
        }
    } else if input.peek(token::Paren)
        && let Some(inside) = text_in_parentheses(&input.fork())
    {
        errors.push_help(input.span(), format!("expected `=` after account `{name}`"), form_of(&inside));
        skip(input);
        id = Some(inside);
    } else if input.peek(token::Brace)
        && let Some((key, inside)) = id_in_braces(&input.fork())
    {
        errors.push_help(key, format!("the id of account `{name}` comes before its keys"), form_of(&inside));
        skip(input);
        let _ = input.parse::<Token![;]>();
        return ItemNodeKind::Account { id: Some(inside), fields: Vec::new() };
    } else if input.peek(Token![=])
        && input.peek2(token::Brace)
        && let Some((key, inside)) = id_in_braces(&behind(input, 1))
    {
        // `= { id: "…", partition: "…" };`
        errors.push_help(key, format!("the id of account `{name}` comes before its keys"), form_of(&inside));
        skip(input);
        skip(input);
        let _ = input.parse::<Token![;]>();
        return ItemNodeKind::Account { id: Some(inside), fields: Vec::new() };
    } else if input.parse::<Token![=]>().is_ok() {
        id = account_id(name, input, errors, &form);
    } else if !input.peek(token::Brace) {
        errors.push_help(name.span(), format!("account `{name}` has no id"), &form);
    } else {
        errors.push_help(name.span(), format!("account `{name}` has no id before its keys"), &form);
    }
    let mut fields = Vec::new();
    if input.peek(token::Brace) {
        let body = body(name, &format!("account {name} = …"), input, errors);
        no_clauses(&body, errors);
        fields = body.fields;
    } else if input.parse::<Token![;]>().is_err() {
        let comma = input.peek(Token![,]);
        // `account Prod = "…" production;`
        let stray = id.is_some() && input.peek(Ident::peek_any) && !input.peek(Token![in]) && !starts_item(input);
        if errors.count() == before {
            let span =
                if comma || stray { input.span() } else { id.as_ref().map_or_else(|| name.span(), LitStr::span) };
            let form = match &id {
                Some(id) => format!("write `account {name} = {};`", id.token()),
                None => form,
            };
            errors.push_help(span, "expected `;` after the account", form);
        }
        if comma {
            skip(input);
        } else if input.peek(Token![in]) || stray {
            // An account is in no Region.
            while !input.is_empty() && !starts_item(input) && input.parse::<Token![;]>().is_err() {
                skip(input);
            }
        }
    }
    ItemNodeKind::Account { id, fields }
}

fn account_id(name: &Ident, input: ParseStream<'_>, errors: &mut Errors, form: &str) -> Option<LitStr> {
    let span = if input.is_empty() { name.span() } else { input.span() };
    let id = if peek_text(input) { input.parse::<LitStr>().ok() } else { None };
    if id.is_none() {
        // `= ("…")`, `= Account("…")`
        let ahead = input.fork();
        let _ = Path::parse_mod_style(&ahead);
        if let Some(inside) = text_in_parentheses(&ahead) {
            let form = form.replace("\"<account id>\"", &inside.token().to_string());
            errors.push_help(span, "expected the account id as a string", form);
            let _ = Path::parse_mod_style(input);
            skip(input);
            return Some(inside);
        }
        let form = match number(input) {
            Some(number) => form.replace("<account id>", &number),
            None => form.to_owned(),
        };
        errors.push_help(span, "expected the account id as a string", form);
        while !input.is_empty() && !input.peek(Token![;]) && !input.peek(token::Brace) && !input.peek(Token![pub]) {
            skip(input);
        }
    }
    id
}

/// `111111111111`, `1111-1111-1111`: the digits of an account id.
fn number(input: ParseStream<'_>) -> Option<String> {
    let ahead = input.fork();
    let mut digits = String::new();
    while !ahead.is_empty() && !ahead.peek(Token![;]) && !ahead.peek(token::Brace) {
        match ahead.parse::<TokenTree>().ok()? {
            TokenTree::Literal(number) => digits.push_str(&number.to_string().replace('_', "")),
            TokenTree::Punct(sign) if sign.as_char() == '-' => {}
            _ => break,
        }
    }
    digits.parse::<AccountId>().is_ok().then_some(digits)
}

/// The only string in parentheses.
fn text_in_parentheses(input: ParseStream<'_>) -> Option<LitStr> {
    let content = parentheses(input).ok()?;
    let text = content.parse::<LitStr>().ok()?;
    content.is_empty().then_some(text)
}

/// `{ id: "…" }`: the key and the id.
fn id_in_braces(input: ParseStream<'_>) -> Option<(Span, LitStr)> {
    let content = braces(input)?;
    let key = content.call(Ident::parse_any).ok()?;
    let fits = ["id", "account_id", "number"].iter().any(|word| key == word);
    content.parse::<Token![:]>().ok()?;
    let text = content.parse::<LitStr>().ok()?;
    let _ = content.parse::<Token![,]>();
    // What else is there is written behind the id.
    let rest = content.is_empty() || content.peek(Ident::peek_any);
    (fits && rest).then(|| (key.span(), text))
}
