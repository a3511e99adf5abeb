//! Paths, as they should be and as people write them.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Ident, LitStr, Path, PathSegment, Token};

use super::tokens::{peek_colon, peek_text};
use crate::ast::path_text;
use crate::errors::Errors;

/// A path, or what was begun of it: an editor completes that.
pub(super) fn path(input: ParseStream<'_>) -> Result<Path, TokenStream> {
    let before = input.fork();
    Path::parse_mod_style(input).map_err(|_| {
        let mut begun = TokenStream::new();
        while before.cursor() != input.cursor() {
            match before.parse::<TokenTree>() {
                Ok(token) => begun.extend([token]),
                Err(_) => break,
            }
        }
        begun
    })
}

/// The path of an item in a head. Names in quotes, with hyphens or with other separators are reported and read as what they mean.
pub(super) fn item_path(what: &str, input: ParseStream<'_>, errors: &mut Errors) -> Result<Path, TokenStream> {
    if peek_text(input)
        && let Ok(text) = input.parse::<LitStr>()
    {
        let named = syn::parse_str::<Path>(&text.value()).ok();
        let help = match &named {
            Some(path) => format!("write `{}`, without quotes", path_text(path)),
            None => format!("declare the {what} and write its name, without quotes"),
        };
        errors.push_help(text.span(), format!("the {what} is named by its item, not by a string"), help);
        return named.map(|path| respan(path, text.span())).ok_or_else(TokenStream::new);
    }
    if input.peek(Token![&]) && input.peek2(Ident::peek_any) {
        let span = input.span();
        let _ = input.parse::<Token![&]>();
        let path = path(input)?;
        errors.push_help(span, format!("the {what} is named without `&`"), format!("write `{}`", path_text(&path)));
        return Ok(path);
    }
    let mut path = path(input)?;
    let mut wrong: Option<Span> = None;
    while let Some((separator, join)) = separator(input) {
        wrong.get_or_insert(separator);
        let Ok(next) = input.call(Ident::parse_any) else { break };
        match (join, path.segments.last_mut()) {
            (true, Some(last)) => last.ident = Ident::new(&format!("{}_{next}", last.ident), last.ident.span()),
            _ => path.segments.push(PathSegment::from(next)),
        }
        while input.peek(Token![::]) && input.peek3(Ident::peek_any) {
            let _ = input.parse::<Token![::]>();
            if let Ok(next) = input.call(Ident::parse_any) {
                path.segments.push(PathSegment::from(next));
            }
        }
    }
    if let Some(span) = wrong {
        errors.push_help(
            span,
            format!("this does not belong in the path of the {what}"),
            format!("write `{}`", path_text(&path)),
        );
    }
    Ok(path)
}

/// `.`, `/`, a single colon or a hyphen before another word; true for the hyphen, which joins two words.
fn separator(input: ParseStream<'_>) -> Option<(Span, bool)> {
    if !input.peek2(Ident::peek_any) {
        return None;
    }
    let hyphen = input.peek(Token![-]);
    if hyphen || input.peek(Token![.]) || input.peek(Token![/]) || peek_colon(input) {
        let span = input.span();
        let _ = input.parse::<TokenTree>();
        return Some((span, hyphen));
    }
    None
}

/// A path whose tokens are all at one place.
fn respan(path: Path, span: Span) -> Path {
    let segments: Punctuated<PathSegment, Token![::]> = path
        .segments
        .into_iter()
        .map(|mut segment| {
            segment.ident.set_span(span);
            segment
        })
        .collect();
    Path { leading_colon: path.leading_colon, segments }
}
