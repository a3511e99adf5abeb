//! What an action is: a provider, a type that is written out, or the target of an invoke.

use proc_macro2::TokenStream;
use syn::parse::ParseStream;
use syn::{LitStr, Token, parenthesized, token};

use super::tokens::{keep, path, skip};
use crate::ast::{ActionKeyword, ProviderNode, path_span, path_text};
use crate::errors::Errors;

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
            let list = content.parse_terminated(<LitStr as syn::parse::Parse>::parse, Token![,])?;
            Ok(ProviderNode::Type(list.into_iter().collect(), span))
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
    if input.peek(LitStr) {
        let text = input.parse::<LitStr>().ok()?;
        let (message, help) = if keyword == ActionKeyword::Invoke {
            (
                format!("an invoke action names its target by the path of a pipeline item, not by `{}`", text.value()),
                "declare the target, `extern pipeline <Name> in <account> { name: \"…\", region: \"…\" }` where it is not yours, and name it here",
            )
        } else {
            (
                format!("`{}` is not a provider", text.value()),
                "write the provider without quotes, or `type(\"<category>\", \"<owner>\", \"<provider>\", \"<version>\")`",
            )
        };
        errors.push_help(text.span(), message, help);
        return None;
    }
    match path(input) {
        Ok(path) if input.peek(token::Paren) => {
            errors.push_help(path_span(&path), format!("`{}(…)` is not an action type", path_text(&path)), TYPE_FORM);
            skip(input);
            None
        }
        Ok(path) => Some(ProviderNode::Path(path)),
        Err(tokens) => {
            *begun = tokens;
            let what = if keyword == ActionKeyword::Invoke { "target pipeline" } else { "provider" };
            errors.push(name.span(), format!("expected the {what} of action \"{}\"", name.value()));
            None
        }
    }
}
