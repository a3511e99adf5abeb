//! Bodies in braces: keys, stages and actions.

use codepipeline_xacct_core::suggest::nearest;
use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, Ident, Lit, LitStr, Meta, Token, token};

use super::provider::provider;
use super::tokens::{
    braces, colon, ends_value, peek_attribute, peek_colon, skip, skip_item, starts_field, starts_item,
};
use super::value::value;
use crate::ast::{ActionKeyword, ActionNode, FieldNode, StageNode, ValueNode};
use crate::errors::Errors;

/// The words that clauses begin with.
const CLAUSES: [&str; 4] = ["stage", "source", "invoke", "action"];

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
    // `= {` and `: {` are reported and read as `{`.
    if (input.peek(Token![=]) || peek_colon(input)) && input.peek2(token::Brace) {
        errors.push_help(input.span(), format!("expected `{{` after the head of `{name}`"), "leave this sign out");
        skip(input);
    }
    match braces(input) {
        Some(content) => body_of(&content, errors),
        None => {
            errors.push(name.span(), format!("expected `{{ … }}` after the head of `{name}`"));
            // What is here instead belongs to nothing.
            while !input.is_empty() && !starts_item(input) {
                skip(input);
            }
            Body { damaged: true, ..Body::default() }
        }
    }
}

/// Reads to the end, whatever comes.
fn body_of(input: ParseStream<'_>, errors: &mut Errors) -> Body {
    let mut body = Body::default();
    while !input.is_empty() {
        if input.parse::<Token![,]>().is_ok() {
            continue;
        }
        if peek_attribute(input) {
            attribute(input, errors);
            continue;
        }
        if let Some((word, name)) = clause_head(input, errors) {
            body.damaged |= !clause(&word, name, input, &mut body, errors);
            continue;
        }
        let before = errors.count();
        if input.peek(Ident::peek_any) {
            if let Ok(key) = input.call(Ident::parse_any) {
                field(key, input, &mut body, errors);
            }
        } else if input.peek(LitStr) && input.peek2(Token![:]) {
            if let Some(key) = quoted_key(input, errors) {
                field(key, input, &mut body, errors);
            }
        } else if !list_without_brackets(input, &mut body, errors) {
            errors.push(input.span(), "expected a key or a clause");
            skip(input);
        }
        body.damaged |= errors.count() > before;
    }
    body
}

/// `#[…]` or `/// …` before a key or a clause, reported and left out.
fn attribute(input: ParseStream<'_>, errors: &mut Errors) {
    let span = input.span();
    let Ok(attributes) = input.call(syn::Attribute::parse_outer) else {
        skip(input);
        return;
    };
    for attribute in attributes {
        let comment = match &attribute.meta {
            Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
                Expr::Lit(literal) => match &literal.lit {
                    Lit::Str(text) => Some(text.value()),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        };
        match comment {
            Some(text) => {
                let help = format!("write a comment: `// {}`", text.trim());
                errors.push_help(span, "a doc comment belongs before an item", help);
            }
            None => {
                errors.push_help(span, "an attribute belongs before an item", "leave it out");
            }
        }
    }
}

/// The keyword and the name of a clause. A name without quotes, and a colon before it, are reported and read as what they mean.
fn clause_head(input: ParseStream<'_>, errors: &mut Errors) -> Option<(Ident, LitStr)> {
    if !input.peek(Ident::peek_any) {
        return None;
    }
    let ahead = input.fork();
    let word = ahead.call(Ident::parse_any).ok()?;
    if ahead.peek(LitStr) {
        let word = input.call(Ident::parse_any).ok()?;
        return Some((word, input.parse().ok()?));
    }
    if !CLAUSES.iter().any(|known| word == known) {
        return None;
    }
    if peek_colon(&ahead) && ahead.peek2(LitStr) && (ahead.peek3(token::Brace) || ahead.peek3(Token![:])) {
        let word = input.call(Ident::parse_any).ok()?;
        let colon = input.span();
        skip(input);
        let name: LitStr = input.parse().ok()?;
        let form = clause_form(&word, &name.value());
        errors.push_help(colon, format!("the name of this {word} comes without `:`"), format!("write `{form}`"));
        return Some((word, name));
    }
    // Words up to the colon or the brace behind the name.
    let first = ahead.span();
    let mut name = String::new();
    while !peek_colon(&ahead) && !ahead.peek(token::Brace) {
        match ahead.parse::<TokenTree>() {
            Ok(TokenTree::Ident(word)) => name.push_str(&word.to_string()),
            Ok(TokenTree::Literal(number)) => name.push_str(&number.to_string()),
            Ok(TokenTree::Punct(sign)) if matches!(sign.as_char(), '-' | '.') => name.push(sign.as_char()),
            _ => return None,
        }
    }
    if name.is_empty() {
        return None;
    }
    let word = input.call(Ident::parse_any).ok()?;
    while !peek_colon(input) && !input.peek(token::Brace) {
        skip(input);
    }
    let form = clause_form(&word, &name);
    errors.push_help(first, format!("the name of this {word} is written in quotes"), format!("write `{form}`"));
    Some((word, LitStr::new(&name, first)))
}

fn clause_form(word: &Ident, name: &str) -> String {
    if word == "stage" { format!("stage \"{name}\" {{ … }}") } else { format!("{word} \"{name}\": … {{ … }}") }
}

/// What a clause begins with.
enum Clause {
    Stage,
    Action(ActionKeyword),
}

/// The clause that a word begins; one that is nearly such a word, or stands in its place, is reported and read as it.
fn clause_of(word: &Ident, name: &LitStr, input: ParseStream<'_>, errors: &mut Errors) -> Option<Clause> {
    let of = |text: &str| match text {
        "stage" => Some(Clause::Stage),
        "source" => Some(Clause::Action(ActionKeyword::Source)),
        "invoke" => Some(Clause::Action(ActionKeyword::Invoke)),
        "action" => Some(Clause::Action(ActionKeyword::Action)),
        _ => None,
    };
    let text = word.to_string();
    if let Some(clause) = of(&text) {
        return Some(clause);
    }
    let near = nearest(&text, CLAUSES);
    let meant = match near {
        Some(near) => near,
        None if input.peek(token::Brace) => "stage",
        None if peek_colon(input) => "action",
        None => return None,
    };
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write `{meant} \"{}\"`", name.value()),
    };
    errors.push_help(word.span(), format!("`{word}` does not begin a clause"), help);
    of(meant)
}

/// `stage "…" { … }`, `source "…": … { … }`, `invoke …`, `action …`; false where it is none of these.
fn clause(word: &Ident, name: LitStr, input: ParseStream<'_>, body: &mut Body, errors: &mut Errors) -> bool {
    let before = errors.count();
    let Some(clause) = clause_of(word, &name, input, errors) else {
        let form = format!("write `{word}: \"{}\"`", name.value());
        errors.push_help(word.span(), format!("expected `:` after `{word}`"), form);
        body.fields.push(FieldNode { key: word.clone(), value: ValueNode::Str(name) });
        return true;
    };
    let keyword = match clause {
        Clause::Stage => return stage(name, input, body, errors),
        Clause::Action(keyword) => keyword,
    };
    if !colon(&format!("{} \"{}\"", keyword.as_str(), name.value()), input, errors) {
        let form = format!("write `{} \"{}\": … {{ … }}`", keyword.as_str(), name.value());
        errors.push_help(name.span(), format!("expected `:` after the name of this {}", keyword.as_str()), form);
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
    let damaged = errors.count() > before;
    body.actions.push(ActionNode { keyword, keyword_span: word.span(), name, provider, begun, fields, damaged });
    true
}

/// A stage behind its name; false where it has no body.
fn stage(name: LitStr, input: ParseStream<'_>, body: &mut Body, errors: &mut Errors) -> bool {
    if (peek_colon(input) || input.peek(Token![=])) && input.peek2(token::Brace) {
        let form = format!("write `stage \"{}\" {{ … }}`", name.value());
        errors.push_help(input.span(), "the body of a stage comes right after its name", form);
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
    true
}

/// `"name"` before a colon, as in JSON: reported and read as the key.
fn quoted_key(input: ParseStream<'_>, errors: &mut Errors) -> Option<Ident> {
    let text = input.parse::<LitStr>().ok()?;
    let key = snake_case(&text.value());
    match syn::parse_str::<Ident>(&key) {
        Ok(mut ident) => {
            errors.push_help(text.span(), "a key is written without quotes", format!("write `{key}: …`"));
            ident.set_span(text.span());
            Some(ident)
        }
        Err(_) => {
            errors.push(text.span(), format!("`{}` is not a key", text.value()));
            skip(input);
            if !ends_value(input) {
                skip(input);
            }
            None
        }
    }
}

/// `executionMode` and `ExecutionMode` as `execution_mode`.
fn snake_case(text: &str) -> String {
    let mut found = String::new();
    for c in text.chars() {
        if c.is_ascii_uppercase() && !found.is_empty() && !found.ends_with('_') {
            found.push('_');
        }
        found.push(c.to_ascii_lowercase());
    }
    found
}

/// More strings behind the value of the last key: a list that lacks its brackets. False where it is not one.
fn list_without_brackets(input: ParseStream<'_>, body: &mut Body, errors: &mut Errors) -> bool {
    let Some(last) = body.fields.last_mut() else { return false };
    let ValueNode::Str(first) = &last.value else { return false };
    if !input.peek(LitStr) {
        return false;
    }
    let span = input.span();
    let mut texts = vec![first.clone()];
    while input.peek(LitStr) {
        texts.extend(input.parse::<LitStr>());
        if !(input.peek(Token![,]) && input.peek2(LitStr)) {
            break;
        }
        skip(input);
    }
    let written: Vec<String> = texts.iter().map(|text| text.token().to_string()).collect();
    let help = format!("write `{}: [{}]`", last.key, written.join(", "));
    errors.push_help(span, "a list is written in brackets", help);
    let at = first.span();
    last.value = ValueNode::List(texts.into_iter().map(ValueNode::Str).collect(), at);
    true
}

/// `: value` behind a key
fn field(key: Ident, input: ParseStream<'_>, body: &mut Body, errors: &mut Errors) {
    let name = key.to_string();
    if CLAUSES.contains(&name.as_str()) && !peek_colon(input) {
        let form = if name == "stage" { "stage \"…\" { … }" } else { "\"…\": … { … }" };
        let form = if name == "stage" { form.to_owned() } else { format!("{name} {form}") };
        errors.push_help(key.span(), format!("expected a string after `{key}`"), format!("write `{form}`"));
        skip_item(input);
        body.damaged = true;
        return;
    }
    if !colon(&name, input, errors) {
        if ends_value(input) {
            let message = format!("expected a value for `{key}`");
            let error = errors.push_first(key.span(), message, format!("write `{key}: …`"));
            let value = ValueNode::Hole(key.span(), TokenStream::new(), error);
            if input.peek(Token![;]) {
                skip(input);
            }
            body.fields.push(FieldNode { key, value });
            return;
        }
        errors.push_help(key.span(), format!("expected `:` after `{key}`"), format!("write `{key}: …`"));
    }
    let value = value(&name, key.span(), input, errors);
    let hole = matches!(value, ValueNode::Hole(..));
    let span = value.span();
    body.fields.push(FieldNode { key, value });
    if input.peek(Token![;]) {
        if !hole {
            errors.push_help(input.span(), "expected `,`", "keys are separated by commas");
        }
        skip(input);
    } else if !hole && starts_field(input) && !input.peek2(LitStr) {
        errors.push_help(span, "expected `,` after this value", "keys are separated by commas");
    }
}
