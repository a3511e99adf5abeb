//! The parameters of a pipeline.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Token, Type, parse_quote, token};

use super::tokens::{behind, brackets, parentheses, skip, written};
use crate::ast::ParamNode;
use crate::errors::Errors;
use crate::not_a_value;

/// `(name: Type, …)`. Brackets, other signs and words too many are reported and read as what they mean.
pub(super) fn params(item: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> Vec<ParamNode> {
    let mut params = Vec::new();
    let span = input.span();
    let content = if input.peek(token::Bracket) {
        let Ok(content) = brackets(input) else { return params };
        let help = format!("write `{item}({})`", written(&content));
        errors.push_help(span, "parameters are written in parentheses", help);
        content
    } else {
        let Ok(content) = parentheses(input) else { return params };
        content
    };
    while !content.is_empty() {
        let before = errors.count();
        if let Some(param) = param(&content, errors) {
            if params.iter().any(|known: &ParamNode| known.name == param.name) {
                let message = format!("parameter `{}` is declared twice", param.name);
                errors.push_help(param.name.span(), message, "leave one of them out, or give it another name");
            } else {
                params.push(param);
            }
        }
        if content.is_empty() || content.parse::<Token![,]>().is_ok() {
            continue;
        }
        // `Build&`
        if let (true, Some(param)) = (content.peek(Token![&]), params.last_mut())
            && errors.count() == before
        {
            let ty = &param.ty;
            let help = format!("write `{}: &{}`", param.name, not_a_value::text(&quote::quote!(#ty)));
            errors.push_help(content.span(), "`&` goes before the type", help);
            param.ty = parse_quote!(&#ty);
            skip(&content);
            let _ = content.parse::<Token![,]>();
            continue;
        }
        if errors.count() == before {
            errors.push_help(content.span(), "expected `,`", "parameters are separated by commas: `,`");
        }
        if content.peek(Token![;]) {
            skip(&content);
            continue;
        }
        // The comma alone is missing.
        if content.peek(Ident) && content.peek2(Token![:]) && !content.peek2(Token![::]) {
            continue;
        }
        while !content.is_empty() && content.parse::<Token![,]>().is_err() {
            skip(&content);
        }
    }
    params
}

fn param(input: ParseStream<'_>, errors: &mut Errors) -> Option<ParamNode> {
    let span = input.span();
    if input.peek(Token![mut]) || input.peek(Token![let]) {
        let word = input.call(Ident::parse_any).ok()?;
        errors.push_help(span, format!("a parameter is declared without `{word}`"), format!("leave `{word}` out"));
    }
    let named = input.span();
    let name = match input.parse::<LitStr>() {
        Ok(text) => syn::parse_str::<Ident>(&text.value()).ok().map(|mut name| {
            name.set_span(named);
            (name, true)
        }),
        Err(_) => input.parse::<Ident>().ok().map(|name| (name, false)),
    };
    let Some((name, quoted)) = name else {
        errors.push_help(named, "expected the name of a parameter", "write `<name>: <type>`");
        return None;
    };
    let ty_of = |input: ParseStream<'_>| {
        let ahead = input.fork();
        ahead.parse::<Type>().map_or_else(|_| "<type>".to_owned(), |ty| not_a_value::text(&quote::quote!(#ty)))
    };
    if quoted {
        let help = format!("write `{name}: {}`", ty_of(&behind(input, 1)));
        errors.push_help(named, "a parameter is named without quotes", help);
    }
    let sign = input.span();
    let before = errors.count();
    if input.peek(Token![:]) {
        skip(input);
    } else if input.peek(Token![=]) {
        skip(input);
        errors.push_help(sign, format!("expected `:` after `{name}`"), format!("write `{name}: {}`", ty_of(input)));
    } else {
        errors.push_help(named, format!("expected `:` after `{name}`"), format!("write `{name}: {}`", ty_of(input)));
    }
    if input.is_empty() || input.peek(Token![,]) {
        if errors.count() == before {
            errors.push_help(named, format!("parameter `{name}` has no type"), format!("write `{name}: <type>`"));
        }
        // Calls of `new` have it too.
        return Some(ParamNode { name, ty: parse_quote!(_) });
    }
    let ty = match input.parse::<Type>() {
        Ok(ty) => ty,
        Err(error) => {
            errors.push_help(error.span(), error.to_string(), format!("write `{name}: <type>`"));
            return None;
        }
    };
    if input.peek(Token![=]) {
        errors.push_help(input.span(), format!("parameter `{name}` can't have a default"), "leave the value out");
        while !input.is_empty() && !input.peek(Token![,]) {
            skip(input);
        }
    }
    Some(ParamNode { name, ty })
}
