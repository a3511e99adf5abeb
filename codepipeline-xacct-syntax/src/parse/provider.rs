//! What an action is: a provider, a type that is written out, or the target of an invoke.

use codepipeline_xacct_core::catalogue::{self, Required};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::{Lit, LitStr, Path, Token, parenthesized, token};

use super::path::item_path;
use super::tokens::{braces, keep, next_word, parentheses, peek_text, peek2_colon, skip, starts_field};
use crate::ast::{ActionKeyword, ProviderNode, path_span, path_text};
use crate::errors::Errors;

/// True for parentheses with keys in them.
fn holds_keys(input: ParseStream<'_>) -> bool {
    let inside = input.fork();
    parentheses(&inside).is_ok_and(|content| starts_field(&content) || content.peek(token::Brace))
}

/// `project_name: "build"` for `CodeBuild("build") {`, where the provider needs such a key.
fn key_in_parentheses(path: &Path, keyword: ActionKeyword, input: ParseStream<'_>) -> Option<String> {
    let inside = input.fork();
    let content = parentheses(&inside).ok()?;
    let text: LitStr = content.parse().ok()?;
    if !content.is_empty() || !inside.peek(token::Brace) || keyword == ActionKeyword::Invoke {
        return None;
    }
    let name = path.segments.last()?.ident.to_string();
    let known = catalogue::by_name(&name, keyword == ActionKeyword::Source).next()?;
    let key = known.known_keys().iter().find(|key| key.required == Required::Always)?;
    Some(format!("{}: {}", key.dsl, text.token()))
}

/// True for `()`.
fn is_empty(input: ParseStream<'_>) -> bool {
    let inside = input.fork();
    parentheses(&inside).is_ok_and(|content| content.is_empty())
}

/// What `provider: CodeBuild`, `pipeline: Deploy` and the like name inside the braces that come next.
pub(super) fn provider_inside(input: ParseStream<'_>) -> Option<String> {
    const KEYS: [&str; 4] = ["provider", "type", "target", "pipeline"];
    let ahead = input.fork();
    let content = braces(&ahead)?;
    while !content.is_empty() {
        let key = next_word(&content).filter(|word| KEYS.iter().any(|key| word == key) && peek2_colon(&content));
        skip(&content);
        if key.is_none() {
            continue;
        }
        skip(&content);
        let path = match content.fork().parse::<LitStr>() {
            Ok(text) => text.parse_with(Path::parse_mod_style),
            Err(_) => Path::parse_mod_style(&content),
        };
        return path.ok().map(|path| path_text(&path)).filter(|path| path.contains(char::is_uppercase));
    }
    None
}

pub(super) const TYPE_FORM: &str = "write `type(\"<category>\", \"<owner>\", \"<provider>\", \"<version>\")`";

pub(super) fn provider(
    name: &LitStr,
    keyword: ActionKeyword,
    input: ParseStream<'_>,
    begun: &mut TokenStream,
    errors: &mut Errors,
) -> Option<ProviderNode> {
    if input.peek(Token![type]) && input.peek2(token::Paren) {
        let span = input.span();
        let parsed = (|| {
            input.parse::<Token![type]>()?;
            let content;
            parenthesized!(content in input);
            let list = content.parse_terminated(Lit::parse, Token![,])?;
            let parts = list.into_iter().map(|part| match part {
                Lit::Str(text) => text,
                other => {
                    let text = other.to_token_stream().to_string();
                    errors.push_help(
                        other.span(),
                        "a part of an action type is a string",
                        format!("write `\"{text}\"`"),
                    );
                    LitStr::new(&text, other.span())
                }
            });
            Ok(ProviderNode::Type(parts.collect(), span))
        })();
        return keep(parsed, errors);
    }
    if input.peek(Token![type]) {
        errors.push_help(input.span(), "an action type has four parts", TYPE_FORM);
        while !input.is_empty() && !input.peek(token::Brace) && !input.peek(Token![,]) {
            skip(input);
        }
        return None;
    }
    if peek_text(input) {
        let text = input.parse::<LitStr>().ok()?;
        if keyword == ActionKeyword::Invoke {
            return Some(ProviderNode::Quoted(text));
        }
        let path = text.parse_with(Path::parse_mod_style).ok();
        let help = match &path {
            Some(path) => format!("write `{}`", path_text(path)),
            None => TYPE_FORM.to_owned(),
        };
        errors.push_help(text.span(), "a provider is written without quotes", help);
        return path.map(ProviderNode::Path);
    }
    let what = if keyword == ActionKeyword::Invoke { "target pipeline" } else { "provider" };
    match item_path(what, input, errors) {
        Ok(path) if input.peek(token::Paren) && input.peek2(token::Brace) && is_empty(input) => {
            let form = format!("write `{} \"{}\": {} {{ … }}`", keyword.as_str(), name.value(), path_text(&path));
            errors.push_help(path_span(&path), format!("the {what} is named without parentheses"), form);
            skip(input);
            Some(ProviderNode::Path(path))
        }
        Ok(path) if let Some(key) = key_in_parentheses(&path, keyword, input) => {
            let message = format!("the keys of `{}` are written in braces", path_text(&path));
            errors.push_help(path_span(&path), message, format!("write `{key}` inside the braces"));
            skip(input);
            Some(ProviderNode::Path(path))
        }
        Ok(path) if input.peek(token::Paren) && !holds_keys(input) => {
            errors.push_help(path_span(&path), format!("`{}(…)` is not an action type", path_text(&path)), TYPE_FORM);
            skip(input);
            None
        }
        Ok(path) => Some(ProviderNode::Path(path)),
        Err(tokens) => {
            *begun = tokens;
            let form = if keyword == ActionKeyword::Invoke { "<pipeline item>" } else { "<provider>" };
            let help = format!("write `{} \"{}\": {form} {{ … }}`", keyword.as_str(), name.value());
            errors.push_help(name.span(), format!("expected the {what} of action \"{}\"", name.value()), help);
            None
        }
    }
}
