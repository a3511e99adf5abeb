//! Bodies in braces: keys, stages and actions.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Token, token};

use super::provider::provider;
use super::tokens::{braces, colon, skip, skip_item, starts_item};
use super::value::value;
use crate::ast::{ActionKeyword, ActionNode, FieldNode, StageNode, ValueNode};
use crate::errors::Errors;

/// The contents of braces: fields, and clauses that begin with a keyword and a string.
#[derive(Default)]
pub(super) struct Body {
    pub(super) fields: Vec<FieldNode>,
    pub(super) stages: Vec<StageNode>,
    pub(super) actions: Vec<ActionNode>,
    /// True where something did not parse that is in no clause.
    pub(super) damaged: bool,
}

pub(super) fn no_clauses(body: &Body, errors: &mut Errors) {
    for span in body.stages.iter().map(|s| s.name.span()).chain(body.actions.iter().map(|a| a.name.span())) {
        errors.push(span, "stages and actions belong in a pipeline");
    }
}

pub(super) fn body(name: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> Body {
    match braces(input) {
        Some(content) => body_of(&content, errors),
        None => {
            errors.push(name.span(), format!("expected `{{ … }}` after the head of `{name}`"));
            // What is here instead belongs to nothing.
            while !input.is_empty() && !starts_item(input) {
                skip(input);
            }
            Body::default()
        }
    }
}

/// Always reads to the end.
pub(super) fn body_of(input: ParseStream<'_>, errors: &mut Errors) -> Body {
    let mut body = Body::default();
    while !input.is_empty() {
        if input.parse::<Token![,]>().is_ok() {
            continue;
        }
        if input.peek(Ident::peek_any) && input.peek2(LitStr) {
            body.damaged |= !clause(input, &mut body, errors);
        } else if input.peek(Ident::peek_any) {
            let before = errors.count();
            field(input, &mut body, errors);
            body.damaged |= errors.count() > before;
        } else {
            errors.push(input.span(), "expected a key or a clause");
            skip(input);
            body.damaged = true;
        }
    }
    body
}

/// `stage "…" { … }`, `source "…": … { … }`, `invoke …`, `action …`; false where it is none of these.
pub(super) fn clause(input: ParseStream<'_>, body: &mut Body, errors: &mut Errors) -> bool {
    let before = errors.count();
    let (Ok(word), Ok(name)) = (input.call(Ident::parse_any), input.parse::<LitStr>()) else { return false };
    let keyword = match word.to_string().as_str() {
        "stage" => {
            if input.peek(Token![:]) {
                let form = format!("write `stage \"{}\" {{ … }}`", name.value());
                errors.push_help(input.span(), "a stage has no `:` after its name", form);
                skip(input);
            }
            let Some(content) = braces(input) else {
                errors.push(name.span(), format!("expected `{{ … }}` after stage \"{}\"", name.value()));
                return false;
            };
            let inner = body_of(&content, errors);
            for stage in &inner.stages {
                errors.push(stage.name.span(), "a stage can't be inside a stage");
            }
            let damaged = inner.damaged || !inner.stages.is_empty();
            body.stages.push(StageNode { name, fields: inner.fields, actions: inner.actions, damaged });
            return true;
        }
        "source" => ActionKeyword::Source,
        "invoke" => ActionKeyword::Invoke,
        "action" => ActionKeyword::Action,
        other if !input.peek(Token![:]) && !input.peek(token::Brace) => {
            let form = format!("write `{other}: \"{}\"`", name.value());
            errors.push_help(word.span(), format!("expected `:` after `{other}`"), form);
            body.fields.push(FieldNode { key: word, value: ValueNode::Str(name) });
            return false;
        }
        other => {
            let known = ["stage", "source", "invoke", "action"];
            let help = match codepipeline_xacct_core::suggest::nearest(other, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "a clause begins with `stage`, `source`, `invoke` or `action`".to_owned(),
            };
            errors.push_help(word.span(), format!("`{other}` does not begin a clause"), help);
            while !input.is_empty() && !input.peek(Token![,]) {
                let end = input.peek(token::Brace);
                skip(input);
                if end {
                    break;
                }
            }
            return false;
        }
    };
    if input.parse::<Token![:]>().is_err() {
        errors.push(name.span(), format!("expected `: <provider> {{ … }}` after action \"{}\"", name.value()));
    }
    let mut begun = TokenStream::new();
    let provider = provider(&name, keyword, input, &mut begun, errors);
    let fields = match braces(input) {
        Some(content) => {
            let inner = body_of(&content, errors);
            for span in inner.stages.iter().map(|s| s.name.span()).chain(inner.actions.iter().map(|a| a.name.span())) {
                errors.push(span, "neither a stage nor an action can be inside an action");
            }
            inner.fields
        }
        None => {
            if provider.is_some() {
                errors
                    .push(name.span(), format!("expected `{{ … }}` after the provider of action \"{}\"", name.value()));
            }
            Vec::new()
        }
    };
    body.actions.push(ActionNode { keyword, name, provider, begun, fields, damaged: errors.count() > before });
    true
}

/// `key: value`
pub(super) fn field(input: ParseStream<'_>, body: &mut Body, errors: &mut Errors) {
    let Ok(key) = input.call(Ident::parse_any) else { return };
    let is_clause = ["stage", "source", "invoke", "action"].iter().any(|word| key == word);
    if is_clause && !input.peek(Token![:]) {
        let name = input.fork().call(Ident::parse_any).map_or_else(|_| "…".to_owned(), |name| name.to_string());
        errors.push_help(key.span(), format!("expected a string after `{key}`"), format!("write `{key} \"{name}\"`"));
        skip_item(input);
        return;
    }
    if !colon(&key.to_string(), input, errors) {
        errors.push_help(key.span(), format!("expected a value for `{key}`"), format!("write `{key}: …`"));
        let value = ValueNode::Hole(key.span(), TokenStream::new());
        body.fields.push(FieldNode { key, value });
        return;
    }
    let value = value(&key.to_string(), key.span(), input, errors);
    if matches!(value, ValueNode::Hole(..)) {
        body.fields.push(FieldNode { key, value });
        return;
    }
    let span = value.span();
    let name = key.to_string();
    let is_path = matches!(value, ValueNode::Path(_));
    body.fields.push(FieldNode { key, value });
    let clause_follows = input.peek(Ident::peek_any) && input.peek2(LitStr);
    if input.is_empty() || input.peek(Token![,]) || clause_follows {
        return;
    }
    if input.peek(Token![;]) {
        errors.push_help(input.span(), "expected `,`", "keys are separated by commas");
        skip(input);
        return;
    }
    if is_path && !input.peek(Ident::peek_any) {
        let form = format!("write `{name}: (…)`");
        errors.push_help(span, "a Rust expression goes in parentheses", form);
    } else {
        errors.push(span, "expected `,` after this value");
    }
    if !input.peek(Ident::peek_any) {
        while !input.is_empty() && !input.peek(Token![,]) {
            skip(input);
        }
    }
}
