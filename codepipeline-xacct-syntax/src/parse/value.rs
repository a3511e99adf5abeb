//! Values of keys.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::{Ident, Lit, LitBool, LitStr, Path, Token, token};

use super::path::path;
use super::tokens::{
    behind, braces, brackets, colon, ends_value, in_single_quotes, next_word, parentheses, peek_colon, peek_literal,
    peek_text, peek_word, peek2_colon, rest_of_value, separated, skip, starts_field, written,
};
use crate::ast::{EntryNode, MapKey, ValueNode, path_span, path_text};
use crate::errors::Errors;
use crate::keys;
use crate::not_a_value::{is_function_of_cloudformation, of_cloudformation};

/// A value, or a hole; `key` and `at` name what it is for.
pub(super) fn value(key: &str, at: Span, input: ParseStream<'_>, errors: &mut Errors) -> ValueNode {
    value_in(false, key, at, input, errors)
}

fn value_in(in_list: bool, key: &str, at: Span, input: ParseStream<'_>, errors: &mut Errors) -> ValueNode {
    if input.is_empty() || input.peek(Token![,]) || input.peek(Token![;]) {
        return hole(key, at, errors);
    }
    let borrowed = input.peek(Token![&]) && {
        let inside = behind(input, 1);
        inside.peek(token::Bracket) || peek_vec(&inside)
    };
    if borrowed || peek_vec(input) {
        return rust_list(key, at, input, errors);
    }
    if input.peek(Token![-]) && (input.peek2(LitStr) || input.peek2(Ident) && !is_joined(input)) {
        return dashes(key, input, errors);
    }
    if let Some(value) = function_of_cloudformation(key, at, input, errors) {
        return value;
    }
    let ahead = input.fork();
    // In a list, another element without a comma before it is reported as that.
    let ends =
        |ahead: ParseStream<'_>| ends_value(ahead) || in_list && (ahead.peek(Ident::peek_any) || peek_text(ahead));
    if let Some(literal) = literal(&ahead) {
        if ends(&ahead) {
            input.advance_to(&ahead);
            return literal;
        }
    } else if pass_value(&ahead) && ends(&ahead) && !is_double_brace(input) {
        return one_value(key, at, input, errors);
    }
    if let Some(strings) = strings_in_a_row(key, input, errors) {
        return strings;
    }
    if let Some(begun) = begun_path(input) {
        let error =
            errors.push_first(input.span(), format!("this is not a value for `{key}`"), format!("write `{key}: …`"));
        let _ = path(input);
        return ValueNode::Hole(at, begun, error);
    }
    let span = input.span();
    let mut tokens = TokenStream::new();
    // In `arn:aws:iam`, what follows a colon is not a key.
    let mut after_colon = false;
    while tokens.is_empty() || after_colon && !input.is_empty() && !input.peek(Token![,]) || !ends_value(input) {
        match input.parse::<TokenTree>() {
            Ok(token) => {
                after_colon = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ':');
                tokens.extend([token]);
            }
            Err(_) => break,
        }
    }
    errors.leave_open(span);
    ValueNode::NotAValue(tokens, span)
}

/// `!Ref Bucket`, `!Sub "…"`, as in a template: reported. Keys that take a role know more about it.
fn function_of_cloudformation(key: &str, at: Span, input: ParseStream<'_>, errors: &mut Errors) -> Option<ValueNode> {
    if !input.peek(Token![!]) {
        return None;
    }
    let word = next_word(&behind(input, 1)).filter(|word| is_function_of_cloudformation(&word.to_string()))?;
    let span = input.span();
    let mut tokens = TokenStream::new();
    for _ in 0..2 {
        tokens.extend(input.parse::<TokenTree>());
    }
    while !ends_value(input) {
        tokens.extend(input.parse::<TokenTree>());
    }
    if matches!(key, "role" | "service_role") {
        return Some(ValueNode::NotAValue(tokens, span));
    }
    let mut help = format!("write the value: `{key}: \"…\"`");
    if keys::takes_rust_values(key) {
        help += &format!(", or `{key}: (…)` for a Rust value");
    }
    let error = errors.push_first(span, of_cloudformation(&format!("!{word}")), help);
    Some(ValueNode::Hole(at, TokenStream::new(), error))
}

/// `"a" "b"` where a list belongs: reported, and read as the list of them.
fn strings_in_a_row(key: &str, input: ParseStream<'_>, errors: &mut Errors) -> Option<ValueNode> {
    let ahead = input.fork();
    if !keys::takes_texts(key) {
        return None;
    }
    let at = ahead.span();
    let first: LitStr = ahead.parse().ok()?;
    let second = ahead.span();
    let mut texts = vec![first];
    while peek_text(&ahead) && !peek2_colon(&ahead) {
        texts.push(ahead.parse().ok()?);
    }
    if texts.len() < 2 || !ends_value(&ahead) {
        return None;
    }
    texts.iter().for_each(|_| skip(input));
    let written: Vec<String> = texts.iter().map(|text| text.token().to_string()).collect();
    let help = format!("write `{key}: [{}]`", written.join(", "));
    errors.no_brackets(second, help);
    Some(ValueNode::List(texts.into_iter().map(ValueNode::Str).collect(), at))
}

/// A text, a number or a boolean.
fn literal(input: ParseStream<'_>) -> Option<ValueNode> {
    if let Some(text) = peek_in_single_quotes(input) {
        let span = input.span();
        skip(input);
        return Some(ValueNode::Str(LitStr::new(&text, span)));
    }
    if !peek_literal(input) {
        return None;
    }
    let ahead = input.fork();
    let value = match ahead.parse::<Lit>() {
        Ok(Lit::Str(text)) => ValueNode::Str(text),
        Ok(Lit::Int(number)) => ValueNode::Int(number),
        Ok(Lit::Bool(boolean)) => ValueNode::Bool(boolean),
        _ => return None,
    };
    input.advance_to(&ahead);
    Some(value)
}

/// Passes the tokens of one value that is not a literal; false where none begins here.
fn pass_value(input: ParseStream<'_>) -> bool {
    if input.peek(token::Bracket) || input.peek(token::Brace) || input.peek(token::Paren) {
        skip(input);
        return true;
    }
    let is_path = Path::parse_mod_style(input).is_ok();
    if is_path && (input.peek(token::Paren) || input.peek(token::Brace)) {
        skip(input);
    }
    is_path
}

fn peek_in_single_quotes(input: ParseStream<'_>) -> Option<String> {
    in_single_quotes(&input.cursor().literal()?.0)
}

/// A path that ends in `::`, as it is being typed.
fn begun_path(input: ParseStream<'_>) -> Option<TokenStream> {
    let ahead = input.fork();
    let begun = path(&ahead).err()?;
    (!begun.is_empty() && ends_value(&ahead)).then_some(begun)
}

/// `settings.branch`, and not `Deploy.version: …`.
fn begins_expression(content: ParseStream<'_>) -> bool {
    let ahead = content.fork();
    let fields = ahead.call(Ident::parse_any).is_ok() && ahead.peek(Token![.]);
    while !ahead.is_empty() {
        if peek_colon(&ahead) || ahead.peek(Token![,]) {
            return false;
        }
        skip(&ahead);
    }
    fields
}

/// A value that is followed by what may follow it.
fn one_value(key: &str, at: Span, input: ParseStream<'_>, errors: &mut Errors) -> ValueNode {
    let span = input.span();
    if let Ok(content) = brackets(input) {
        if starts_map(&content, false) {
            let help = format!("write `{key}: {{ {} }}`", written(&content));
            errors.push_help(span, format!("`{key}` takes a map, which is written in braces"), help);
            return ValueNode::Map(entries(&content, errors), span);
        }
        return ValueNode::List(elements(key, span, &content, errors), span);
    }
    if let Some(content) = braces(input) {
        if begins_expression(&content) && keys::takes_rust_values(key) {
            let help = format!("write `{key}: ({})`", written(&content));
            let error = errors.push_first(span, "a Rust expression goes in parentheses", help);
            return ValueNode::Hole(at, content.parse().unwrap_or_default(), error);
        }
        return ValueNode::Map(entries(&content, errors), span);
    }
    if let Ok(tokens) = parentheses(input).and_then(|content| content.parse::<TokenStream>()) {
        if tokens.is_empty() {
            let error = errors.push_first(
                span,
                "expected a Rust expression between the parentheses",
                format!("write `{key}: (…)`"),
            );
            return ValueNode::Hole(at, tokens, error);
        }
        return ValueNode::Runtime(tokens, span);
    }
    let Ok(path) = path(input) else { return hole(key, at, errors) };
    if let Some(content) = braces(input) {
        if content.is_empty() {
            return ValueNode::Call(path, Vec::new());
        }
        let name = path_text(&path);
        let help = format!("write `{name}({{ {} }})`", written(&content));
        errors.push_help(path_span(&path), format!("the keys of `{name}` are written in parentheses"), help);
        let map = ValueNode::Map(entries(&content, errors), span);
        return ValueNode::Call(path, vec![map]);
    }
    let Ok(content) = parentheses(input) else { return ValueNode::Path(path) };
    if path.is_ident("Some") && !content.is_empty() {
        let mut inside = written(&content);
        for sign in ["&", "vec!"] {
            inside = inside.strip_prefix(sign).map_or_else(|| inside.clone(), str::to_owned);
        }
        errors.push_help(path_span(&path), "a value is written without `Some`", format!("write `{key}: {inside}`"));
        // What is wrong inside is shown by the form above.
        return value_in(false, key, at, &content, &mut Errors::default());
    }
    if starts_map(&content, true) && path.get_ident().is_some() {
        let name = path_text(&path);
        // `managed(name: "release")`
        let text = behind(&content, 2);
        if name.starts_with(char::is_lowercase)
            && let Ok(text) = text.parse::<LitStr>()
            && behind(&content, 3).is_empty()
        {
            let help = format!("write `{name}({})`", text.token());
            errors.push_help(content.span(), format!("`{name}` takes its text without a key"), help);
            while !content.is_empty() {
                skip(&content);
            }
            return ValueNode::Call(path, vec![ValueNode::Str(text)]);
        }
        let help = format!("write `{name}({{ {} }})`", written(&content));
        errors.push_help(path_span(&path), format!("the keys of `{name}` are written in braces"), help);
        return ValueNode::Call(path, vec![ValueNode::Map(entries(&content, errors), span)]);
    }
    ValueNode::Call(path, elements(key, span, &content, errors))
}

/// `name: value`, as in a map; with `words`, the value may be a word.
fn starts_map(input: ParseStream<'_>, words: bool) -> bool {
    if !starts_field(input) || !input.peek2(Token![:]) {
        return false;
    }
    // `s3:GetObject` and `arn:aws:…` are texts that lack their quotes.
    let value = behind(input, 2);
    let word = value.peek(Ident::peek_any) && !value.peek(LitBool);
    let after = behind(input, 3);
    let ends = after.is_empty() || after.peek(Token![,]);
    !word || words && ends || after.peek(token::Paren) || after.peek(token::Brace)
}

fn peek_vec(input: ParseStream<'_>) -> bool {
    input.peek2(Token![!]) && input.peek3(token::Bracket) && peek_word(input, "vec")
}

/// `{{ … }}`, as other languages write a variable.
fn is_double_brace(input: ParseStream<'_>) -> bool {
    if !input.peek(token::Brace) {
        return false;
    }
    braces(&input.fork()).is_some_and(|content| content.peek(token::Brace) && behind(&content, 1).is_empty())
}

/// `&[…]`, `vec![…]` and `&vec![…]`, reported and read as a list.
fn rust_list(key: &str, at: Span, input: ParseStream<'_>, errors: &mut Errors) -> ValueNode {
    let span = input.span();
    let sign = if input.peek(Token![&]) { "&" } else { "vec!" };
    while !input.is_empty() && !input.peek(token::Bracket) {
        skip(input);
    }
    let Ok(content) = brackets(input) else { return hole(key, at, errors) };
    let help = format!("write `{key}: [{}]`", written(&content));
    errors.push_help(span, format!("a list is written without `{sign}`"), help);
    ValueNode::List(elements(key, span, &content, errors), span)
}

/// True for `-word-word` and `-word/word`, which is a text and not an entry of a list.
fn is_joined(input: ParseStream<'_>) -> bool {
    let after = behind(input, 2);
    after.peek(Token![/]) || after.peek(Token![.]) || after.peek(Token![:])
}

/// `- one - two`, as in YAML: reported and read as a list.
fn dashes(key: &str, input: ParseStream<'_>, errors: &mut Errors) -> ValueNode {
    let span = input.span();
    let (mut values, mut texts) = (Vec::new(), Vec::new());
    while input.peek(Token![-]) {
        skip(input);
        let ahead = input.fork();
        if let Ok(text) = input.parse::<LitStr>() {
            texts.push(text.token().to_string());
            values.push(ValueNode::Str(text));
        } else if let Ok(path) = Path::parse_mod_style(input) {
            texts.push(path_text(&path));
            values.push(ValueNode::Path(path));
        } else if ahead.cursor() == input.cursor() {
            break;
        }
    }
    errors.no_brackets(span, format!("write `{key}: [{}]`", texts.join(", ")));
    ValueNode::List(values, span)
}

/// What is there instead of a value that is missing.
fn hole(key: &str, at: Span, errors: &mut Errors) -> ValueNode {
    let error = errors.push_first(at, format!("expected a value for `{key}`"), format!("write `{key}: …`"));
    ValueNode::Hole(at, TokenStream::new(), error)
}

/// The elements of a list.
pub(super) fn elements(key: &str, at: Span, input: ParseStream<'_>, errors: &mut Errors) -> Vec<ValueNode> {
    let mut values = Vec::new();
    separated(input, errors, |input, errors| values.push(value_in(true, key, at, input, errors)));
    values
}

/// The entries of a map.
pub(super) fn entries(input: ParseStream<'_>, errors: &mut Errors) -> Vec<EntryNode> {
    let mut found = Vec::new();
    separated(input, errors, |input, errors| found.extend(entry(input, errors)));
    found
}

/// `key: value` or `key`
fn entry(input: ParseStream<'_>, errors: &mut Errors) -> Option<EntryNode> {
    let Some(key) = map_key(input, errors) else {
        errors.push_help(input.span(), "expected a name or a string", "write `<name>: …`");
        skip(input);
        while !ends_value(input) {
            skip(input);
        }
        return None;
    };
    if input.is_empty() || input.peek(Token![,]) || input.peek(Token![;]) || starts_field(input) {
        return Some(EntryNode { key, value: None });
    }
    if let MapKey::Ident(provider) = &key
        && input.peek(token::Paren)
    {
        let inside = parentheses(&input.fork()).map_or_else(|_| "…".to_owned(), |content| written(&content));
        let help = format!("write `<name>: {provider}({inside})`");
        errors.push_help(provider.span(), format!("`{provider}(…)` has no name before it"), help);
        skip(input);
        return None;
    }
    if !colon(key.text(), input, errors) {
        let help = format!("write `{}: {}`", key.text(), rest_of_value(input));
        errors.push_help(key.span(), format!("expected `:` after `{}`", key.text()), help);
    }
    // A value that does not parse is reported; the key is kept.
    let value = value(&key.text(), key.span(), input, errors);
    Some(EntryNode { key, value: Some(value) })
}

/// `Deploy::version: …`, `Deploy.version: …`: reported, and read as its last name.
fn name_of_path(input: ParseStream<'_>, errors: &mut Errors) -> Option<Ident> {
    let ahead = input.fork();
    let first = ahead.call(Ident::parse_any).ok()?;
    let (mut text, mut last) = (first.to_string(), first);
    while ahead.peek(Token![::]) || ahead.peek(Token![.]) {
        let sign = if ahead.parse::<Token![::]>().is_ok() { "::" } else { "." };
        if sign == "." {
            skip(&ahead);
        }
        last = ahead.call(Ident::parse_any).ok()?;
        text = format!("{text}{sign}{last}");
    }
    if last == text || !peek_colon(&ahead) {
        return None;
    }
    input.advance_to(&ahead);
    errors.push_help(last.span(), format!("`{text}` is a path, where a name belongs"), format!("write `{last}: …`"));
    Some(last)
}

/// The key of an entry. One with hyphens that lacks its quotes is reported and read with them.
fn map_key(input: ParseStream<'_>, errors: &mut Errors) -> Option<MapKey> {
    if peek_text(input) {
        return input.parse().ok().map(MapKey::Str);
    }
    if !input.peek(Ident::peek_any) {
        return None;
    }
    let ahead = input.fork();
    if let Some(name) = name_of_path(input, errors) {
        return Some(MapKey::Ident(name));
    }
    let mut text = String::new();
    while !ahead.is_empty() && !peek_colon(&ahead) && !ahead.peek(Token![,]) {
        text.push_str(&ahead.parse::<TokenTree>().ok()?.to_string());
    }
    let hyphenated = peek_colon(&ahead) && input.peek2(Token![-]);
    // `aws:SourceAccount: …`
    let value = behind(&ahead, 3);
    let prefixed = peek_colon(&ahead)
        && !peek_word(&behind(&ahead, 1), "secrets_manager")
        && ahead.peek2(Ident::peek_any)
        && peek_colon(&behind(&ahead, 2))
        && !value.is_empty()
        && !value.peek(Ident::peek_any);
    if !hyphenated && !prefixed {
        return input.call(Ident::parse_any).ok().map(MapKey::Ident);
    }
    let span = input.span();
    while !input.is_empty() && !peek_colon(input) {
        skip(input);
    }
    if prefixed {
        skip(input);
        let behind = input.call(Ident::parse_any).ok()?;
        text = format!("{text}:{behind}");
    }
    errors.push_help(span, format!("`{text}` is written in quotes"), format!("write `\"{text}\": …`"));
    Some(MapKey::Str(LitStr::new(&text, span)))
}
