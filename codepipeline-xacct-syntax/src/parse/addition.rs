//! `add` before a clause, and where an added stage goes: as they should be, and as people write them.

use codepipeline_xacct_core::suggest::nearest;
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, token};

use super::clause_head::Of;
use super::tokens::{ADD, next_word, peek_colon, peek_word, skip};
use crate::ast::{AddedNode, PlaceNode};
use crate::errors::Errors;

/// The words before the stage next to which another one goes.
const PLACES: [&str; 2] = ["after", "before"];

/// The word `add`, where a clause or nothing like a key follows it.
pub(super) fn add_word(of: Of, input: ParseStream<'_>) -> Option<Span> {
    let follows = input.peek2(Ident::peek_any) || input.peek2(LitStr);
    if of == Of::Action || !follows || !peek_word(input, ADD) {
        return None;
    }
    let span = input.span();
    skip(input);
    Some(span)
}

/// Reports that no clause follows `add`.
pub(super) fn nothing_added(of: Of, span: Span, errors: &mut Errors) {
    let help = match of {
        Of::Stage => "write `add invoke \"…\": … { … }` or `add action \"…\": … { … }`",
        Of::Item | Of::Action => "write `add stage \"…\" after \"…\" { … }`",
    };
    errors.push_help(span, "expected a clause after `add`", help);
}

/// `after "…"` or `before "…"` behind the name of a stage.
pub(super) fn placed(
    added: Option<Span>,
    name: &LitStr,
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> Option<AddedNode> {
    let before = errors.count();
    let place = place(added.is_some(), name, input, errors);
    let form = |place: &str| format!("write `add stage {:?} {place} {{ … }}`", name.value());
    match (added, place) {
        (None, None) => None,
        (None, Some((word, place))) => {
            let help = form(&format!("{word} {:?}", place.anchor.value()));
            errors.push_help(word.span(), format!("only an added stage is put {word} another one"), help);
            None
        }
        (Some(span), Some((_, place))) => Some(AddedNode { span, place: Some(place) }),
        (Some(span), None) => {
            if errors.count() == before {
                let message = format!("it is not said where stage `{}` is added", name.value());
                errors.push_help(name.span(), message, form("after \"…\""));
            }
            Some(AddedNode { span, place: None })
        }
    }
}

fn place(added: bool, name: &LitStr, input: ParseStream<'_>, errors: &mut Errors) -> Option<(Ident, PlaceNode)> {
    let word = next_word(input)?;
    if peek_colon(input) {
        return None;
    }
    let text = word.to_string();
    let meant = match PLACES.into_iter().find(|place| word == place) {
        Some(place) => place,
        None if added && input.peek2(LitStr) => {
            let near = nearest(&text, PLACES);
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "write `after \"…\"` or `before \"…\"`".to_owned(),
            };
            errors.push_help(word.span(), format!("`{word}` does not say where a stage goes"), help);
            near.unwrap_or("after")
        }
        None => return None,
    };
    skip(input);
    let anchor = if input.peek(LitStr) {
        input.parse().ok()?
    } else if let Some(bare) = next_word(input).filter(|_| input.peek2(token::Brace)) {
        let help = format!("write `add stage {:?} {meant} \"{bare}\" {{ … }}`", name.value());
        errors.push_help(input.span(), "the name of a stage is written in quotes", help);
        skip(input);
        LitStr::new(&bare.to_string(), bare.span())
    } else {
        let help = format!("write `add stage {:?} {meant} \"…\" {{ … }}`", name.value());
        errors.push_help(word.span(), format!("expected the name of a stage after `{word}`"), help);
        return None;
    };
    Some((word, PlaceNode { before: meant == "before", anchor }))
}
