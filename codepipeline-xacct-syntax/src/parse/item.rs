//! Items: accounts, roles and pipelines.

use codepipeline_xacct_core::suggest::nearest;
use codepipeline_xacct_core::topology::Ownership;
use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Ident, LitStr, Path, Token, Type, Visibility, parenthesized, token};

use super::body::{Body, body, no_clauses};
use super::path::item_path;
use super::tokens::{keep, peek_colon, peek_word, skip, skip_item};
use crate::ast::{ItemNode, ItemNodeKind, ParamNode, ValueNode, path_span, path_text};
use crate::errors::Errors;

/// What items begin with.
const KINDS: [&str; 3] = ["account", "role", "pipeline"];

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
    let mut words = Words::default();
    words.read(&mut visibility, None, input, errors);
    let Ok(kind) = input.call(Ident::parse_any) else {
        errors.push(input.span(), "expected `account`, `role` or `pipeline`");
        skip_item(input);
        return None;
    };
    let Some(word) = kind_of(&kind, errors) else {
        skip_item(input);
        return None;
    };
    words.read(&mut visibility, Some(word), input, errors);
    let Some(name) = item_name(word, input, errors) else {
        skip_item(input);
        return None;
    };
    let mut begun = TokenStream::new();
    let ownership = words.ownership.map_or(Ownership::Managed, |(ownership, _)| ownership);
    let kind = match word {
        "account" => {
            if let Some((_, span)) = words.ownership {
                errors.push_help(span, "an account is neither `extern` nor `extended`", "leave the word out");
            }
            account(&name, input, errors)
        }
        "role" => {
            let (account, body) = rest(&name, word, input, &mut begun, errors);
            no_clauses(&body, errors);
            ItemNodeKind::Role { ownership, account, fields: body.fields, damaged: body.damaged }
        }
        _ => {
            let params = params(input, errors);
            let (account, body) = rest(&name, word, input, &mut begun, errors);
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
    Some(ItemNode { attributes, visibility, ownership: words.ownership.map(|(_, span)| span), name, kind, begun })
}

/// The words before the kind of an item.
#[derive(Default)]
struct Words {
    ownership: Option<(Ownership, Span)>,
}

impl Words {
    /// Reads `extern` and `extended`. A word behind the `kind` and a `pub` that comes late are reported and read as if they stood where
    /// they belong.
    fn read(&mut self, visibility: &mut Visibility, kind: Option<&str>, input: ParseStream<'_>, errors: &mut Errors) {
        loop {
            let span = input.span();
            if input.peek(Token![pub]) {
                let Ok(late) = input.parse::<Visibility>() else { return };
                let rest = kind.unwrap_or("…");
                errors.push_help(span, "`pub` comes first", format!("write `pub {rest} …`"));
                *visibility = late;
                continue;
            }
            let ownership = match kind {
                // `pipeline extended { … }` may be a name that is missing.
                Some(_) if input.peek2(token::Brace) => return,
                _ if input.peek(Token![extern]) => Ownership::Extern,
                _ if peek_word(input, "extended") => Ownership::Extended,
                _ => return,
            };
            let word = if ownership == Ownership::Extern { "extern" } else { "extended" };
            skip(input);
            if let Some(kind) = kind {
                errors.push_help(span, format!("`{word}` comes before `{kind}`"), format!("write `{word} {kind} …`"));
            } else if self.ownership.is_some() {
                errors.push_help(span, "an item is either `extern` or `extended`", "leave one of the words out");
                continue;
            }
            self.ownership = Some((ownership, span));
        }
    }
}

/// The kind of an item; a word that is nearly one is reported and read as it.
fn kind_of(word: &Ident, errors: &mut Errors) -> Option<&'static str> {
    let text = word.to_string();
    if let Some(kind) = KINDS.into_iter().find(|kind| *kind == text) {
        return Some(kind);
    }
    let near = nearest(&text, ["account", "role", "pipeline", "extern", "extended"]);
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "an item is an `account`, a `role` or a `pipeline`".to_owned(),
    };
    errors.push_help(word.span(), format!("`{word}` is not an item"), help);
    KINDS.into_iter().find(|kind| Some(*kind) == near)
}

/// The name of an item; one in quotes or with hyphens is reported and read as a name.
fn item_name(kind: &str, input: ParseStream<'_>, errors: &mut Errors) -> Option<Ident> {
    let span = input.span();
    if input.peek(LitStr)
        && let Ok(text) = input.parse::<LitStr>()
    {
        let name = pascal_case(&text.value())?;
        let help = format!("write `{kind} {name} …`; its name in AWS goes into `name: \"{}\"`", text.value());
        let help = if kind == "account" { format!("write `account {name} = …`") } else { help };
        errors.push_help(span, format!("the item of the {kind} is named without quotes"), help);
        return Some(Ident::new(&name, span));
    }
    let Ok(name) = input.parse::<Ident>() else {
        let help = match kind {
            "account" => "write `account <Name> = \"<account id>\";`".to_owned(),
            kind => format!("write `{kind} <Name> in <account> {{ … }}`"),
        };
        errors.push_help(span, format!("expected the name of the {kind}"), help);
        return None;
    };
    if !input.peek(Token![-]) {
        return Some(name);
    }
    let mut text = name.to_string();
    while input.peek(Token![-]) {
        skip(input);
        match input.parse::<TokenTree>() {
            Ok(part) => text.push_str(&format!("-{part}")),
            Err(_) => break,
        }
    }
    let name = pascal_case(&text)?;
    errors.push_help(span, format!("`{text}` is not a Rust name"), format!("write `{kind} {name} …`"));
    Some(Ident::new(&name, span))
}

/// `shop-release` as `ShopRelease`.
fn pascal_case(text: &str) -> Option<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name: String = words
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
        })
        .collect();
    syn::parse_str::<Ident>(&name).is_ok().then_some(name)
}

fn account(name: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> ItemNodeKind {
    let mut id = None;
    let form = format!("write `account {name} = \"<account id>\";`");
    let before = errors.count();
    if peek_colon(input) {
        errors.push_help(input.span(), format!("expected `=` after account `{name}`"), &form);
        skip(input);
        id = account_id(input, errors, &form);
    } else if input.parse::<Token![=]>().is_ok() {
        id = account_id(input, errors, &form);
    } else if !input.peek(token::Brace) {
        errors.push_help(name.span(), format!("account `{name}` has no id"), &form);
    } else {
        errors.push_help(name.span(), format!("account `{name}` has no id before its keys"), &form);
    }
    let mut fields = Vec::new();
    if input.peek(token::Brace) {
        let body = body(name, input, errors);
        no_clauses(&body, errors);
        fields = body.fields;
    } else if input.parse::<Token![;]>().is_err() {
        let comma = input.peek(Token![,]);
        if errors.count() == before {
            let span = if comma { input.span() } else { id.as_ref().map_or_else(|| name.span(), LitStr::span) };
            let form = match &id {
                Some(id) => format!("write `account {name} = {};`", id.token()),
                None => form,
            };
            errors.push_help(span, "expected `;` after the account", form);
        }
        if comma {
            skip(input);
        }
    }
    ItemNodeKind::Account { id, fields }
}

fn account_id(input: ParseStream<'_>, errors: &mut Errors, form: &str) -> Option<LitStr> {
    let span = input.span();
    let id = if input.peek(LitStr) { input.parse::<LitStr>().ok() } else { None };
    if id.is_none() {
        errors.push_help(span, "expected the account id as a string", form);
        while !input.is_empty() && !input.peek(Token![;]) && !input.peek(token::Brace) && !input.peek(Token![pub]) {
            skip(input);
        }
    }
    id
}

/// The account and the body of a role or a pipeline.
fn rest(
    name: &Ident,
    kind: &str,
    input: ParseStream<'_>,
    begun: &mut TokenStream,
    errors: &mut Errors,
) -> (Option<Path>, Body) {
    let error = errors.count();
    let account = in_account(name, kind, input, begun, errors);
    if account.is_some() || errors.count() > error {
        return (account, body(name, input, errors));
    }
    let mut body = body(name, input, errors);
    let path = body.fields.iter().position(|field| field.key == "account").map(|index| body.fields.remove(index));
    match path {
        Some(field) => {
            let path = match field.value {
                ValueNode::Path(path) => Some(path),
                _ => None,
            };
            let account = path.as_ref().map_or_else(|| "<account>".to_owned(), path_text);
            let help = format!("write `{kind} {name} in {account} {{ … }}`");
            errors.push_help(field.key.span(), "the account is named in the head", help);
            (path, body)
        }
        None => {
            let help = format!("write `{kind} {name} in <account> {{ … }}`");
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
        let what = format!("the account of {kind} `{name}`");
        // Another word or a sign in place of `in`.
        let other = !input.peek(token::Brace) && (input.peek2(Ident::peek_any) || input.peek2(LitStr));
        let other = other && !input.peek2(token::Brace) && !input.peek2(Token![::]) && !input.peek(Token![=]);
        if other && input.peek3(token::Brace) {
            let span = input.span();
            skip(input);
            let path = item_path("account", input, errors).ok()?;
            let form = format!("write `{kind} {name} in {} {{ … }}`", path_text(&path));
            errors.push_help(span, format!("expected `in` before {what}"), form);
            return Some(path);
        }
        // A path and a body: the word between is missing.
        let ahead = input.fork();
        if !input.peek(token::Brace) && Path::parse_mod_style(&ahead).is_ok() && ahead.peek(token::Brace) {
            let path = Path::parse_mod_style(input).ok()?;
            let form = format!("write `{kind} {name} in {} {{ … }}`", path_text(&path));
            errors.push_help(path_span(&path), format!("expected `in` before {what}"), form);
            return Some(path);
        }
        return None;
    }
    match item_path("account", input, errors) {
        Ok(path) => Some(path),
        Err(tokens) => {
            let form = format!("write `{kind} {name} in <account> {{ … }}`");
            if !tokens.is_empty() || input.peek(token::Brace) {
                errors.push_help(name.span(), format!("expected the account of {kind} `{name}` after `in`"), form);
            }
            *begun = tokens;
            None
        }
    }
}

/// `(name: Type, …)`
fn params(input: ParseStream<'_>, errors: &mut Errors) -> Vec<ParamNode> {
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
