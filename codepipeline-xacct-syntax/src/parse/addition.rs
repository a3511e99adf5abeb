//! `add` before a clause, and where an added stage goes: as they should be, and as people write them.

use codepipeline_xacct_core::suggest::nearest;
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Token, token};

use super::clause_head::{CLAUSES, Of};
use super::tokens::{ADD, behind, braces, brackets, next_word, parentheses, peek_colon, peek_word, skip};
use crate::ast::{AddedNode, FieldNode, PlaceNode};
use crate::errors::Errors;

/// The words before the stage next to which another one goes.
const PLACES: [&str; 2] = ["after", "before"];

/// Words that people write for `add`.
const FOR_ADD: [&str; 6] = ["added", "adding", "insert", "append", "create", "new"];

/// The word `add`, where a clause or nothing like a key follows it. Another word for it, `add:` and `stage add "…"` are reported
/// and read as `add`.
pub(super) fn add_word(of: Of, input: ParseStream<'_>, errors: &mut Errors) -> Option<Span> {
    if of == Of::Action {
        return None;
    }
    let word = next_word(input)?;
    let span = input.span();
    let rest = behind(input, 1);
    if word == ADD {
        if peek_colon(&rest) && starts_clause(&behind(&rest, 1)) {
            errors.push_help(rest.span(), "a clause comes right after `add`", "leave `:` out");
            skip(input);
            skip(input);
            return Some(span);
        }
        if !rest.peek(Ident::peek_any) && !rest.peek(LitStr) {
            return None;
        }
        skip(input);
        return Some(span);
    }
    let text = word.to_string();
    let meant = FOR_ADD.contains(&text.as_str()) || nearest(&text, [ADD]).is_some();
    if meant && starts_clause(&rest) {
        errors.push_help(span, format!("`{word}` does not begin a clause"), "write `add` in place of it");
        skip(input);
        return Some(span);
    }
    None
}

/// `stage add "…"`: reported; both words are skipped, and what they should be is given.
pub(super) fn add_behind(of: Of, input: ParseStream<'_>, errors: &mut Errors) -> Option<(Span, Ident)> {
    let word = next_word(input).filter(|word| CLAUSES.iter().any(|clause| word == clause))?;
    let rest = behind(input, 1);
    if of == Of::Action || !peek_word(&rest, ADD) || !behind(&rest, 1).peek(LitStr) {
        return None;
    }
    let span = rest.span();
    errors.push_help(span, format!("`add` comes before `{word}`"), format!("write `add {word} …`"));
    skip(input);
    skip(input);
    Some((span, word))
}

fn starts_clause(input: ParseStream<'_>) -> bool {
    next_word(input).is_some_and(|word| CLAUSES.iter().any(|clause| word == clause)) && input.peek2(LitStr)
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
    if added.is_some() {
        until_body(before, name, place.as_ref(), input, errors);
    }
    match (added, place) {
        (None, None) => None,
        (None, Some((word, place))) => {
            let help = form(&format!("{word} {:?}", place.anchor.value()));
            errors.push_help(word.span(), format!("only an added stage is put {word} another one"), help);
            None
        }
        (Some(span), Some((_, place))) => Some(AddedNode { span, place: Some(place) }),
        (Some(span), None) => {
            if errors.count() == before && !told_inside(name, input, errors) {
                let message = format!("it is not said where stage `{}` is added", name.value());
                errors.push_help(name.span(), message, form("after \"…\""));
            }
            Some(AddedNode { span, place: None })
        }
    }
}

/// Whatever else is between the name and the body: reported once, and left out.
fn until_body(
    before: usize,
    name: &LitStr,
    place: Option<&(Ident, PlaceNode)>,
    input: ParseStream<'_>,
    errors: &mut Errors,
) {
    let ahead = input.fork();
    while !ahead.is_empty() && !ahead.peek(token::Brace) && !starts_clause(&ahead) {
        skip(&ahead);
    }
    if input.peek(token::Brace) || !ahead.peek(token::Brace) {
        return;
    }
    if errors.count() == before {
        let place = match place {
            Some((_, place)) => {
                let word = if place.before { "before" } else { "after" };
                format!("{word} {:?}", place.anchor.value())
            }
            None => {
                let anchor = anchor_between(input);
                anchor.unwrap_or_else(|| "after \"…\"".to_owned())
            }
        };
        let help = format!("write `add stage {:?} {place} {{ … }}`", name.value());
        errors.push_help(input.span(), "between the name of a stage and its body is only where it goes", help);
    }
    while !input.peek(token::Brace) && !input.is_empty() {
        skip(input);
    }
}

/// The place that is told by `(after "Build")`, `, after "Build"` or `"Build"`.
fn anchor_between(input: ParseStream<'_>) -> Option<String> {
    let inside = input.fork();
    let content = parentheses(&inside).or_else(|_| brackets(&inside)).unwrap_or_else(|_| input.fork());
    if content.peek(Token![,]) {
        skip(&content);
    }
    let word = PLACES.into_iter().find(|place| peek_word(&content, place));
    if word.is_some() {
        skip(&content);
    }
    let anchor: LitStr = content.parse().ok()?;
    Some(format!("{} {:?}", word.unwrap_or("after"), anchor.value()))
}

/// `{ after: "Build", … }`: reported, and left for the keys of the stage, which leave it out.
fn told_inside(name: &LitStr, input: ParseStream<'_>, errors: &mut Errors) -> bool {
    let ahead = input.fork();
    let Some(content) = braces(&ahead) else { return false };
    let Some(word) = next_word(&content).filter(|word| PLACES.iter().any(|place| word == place)) else { return false };
    let value = behind(&content, 2);
    let anchor = value.parse::<LitStr>().map_or_else(|_| "…".to_owned(), |anchor| anchor.value());
    let help = format!("write `add stage {:?} {word} {anchor:?} {{ … }}`", name.value());
    errors.push_help(word.span(), "where a stage goes is written before its body", help);
    true
}

/// Keys of an added stage that say where it goes, which are reported.
pub(super) fn without_place(fields: &mut Vec<FieldNode>) {
    fields.retain(|field| !PLACES.iter().any(|place| field.key == place));
}

/// `invoke "…" after "…"`: reported and left out.
pub(super) fn no_place_of_an_action(input: ParseStream<'_>, errors: &mut Errors) {
    let placed = PLACES.iter().any(|place| peek_word(input, place)) && input.peek2(LitStr);
    if placed {
        let help = "leave it out; when the action runs is told by `run_order`";
        errors.push_help(input.span(), "only a stage is put next to another one", help);
        skip(input);
        skip(input);
    }
}

fn place(added: bool, name: &LitStr, input: ParseStream<'_>, errors: &mut Errors) -> Option<(Ident, PlaceNode)> {
    let word = next_word(input)?;
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
    // `after: "…"`, `after = "…"`, `after stage "…"`
    let sign = (peek_colon(input) || input.peek(Token![=]) || peek_word(input, "stage")) && input.peek2(LitStr);
    if sign {
        let anchor: Option<LitStr> = behind(input, 1).parse().ok();
        let anchor = anchor.map_or_else(|| "…".to_owned(), |anchor| anchor.value());
        let help = format!("write `add stage {:?} {meant} {anchor:?} {{ … }}`", name.value());
        errors.push_help(input.span(), format!("the name of a stage comes right after `{meant}`"), help);
        skip(input);
    }
    let group = input.fork();
    let content = parentheses(&group).or_else(|_| brackets(&group));
    let anchor = if input.peek(LitStr) {
        input.parse().ok()?
    } else if let Some(bare) = next_word(input).filter(|_| input.peek2(token::Brace)) {
        let help = format!("write `add stage {:?} {meant} \"{bare}\" {{ … }}`", name.value());
        errors.push_help(input.span(), "the name of a stage is written in quotes", help);
        skip(input);
        LitStr::new(&bare.to_string(), bare.span())
    } else if let Some(anchor) = content.ok().and_then(|content| content.parse::<LitStr>().ok()) {
        let help = format!("write `add stage {:?} {meant} {:?} {{ … }}`", name.value(), anchor.value());
        errors.push_help(input.span(), "the name of a stage comes without parentheses", help);
        skip(input);
        anchor
    } else {
        let help = format!("write `add stage {:?} {meant} \"…\" {{ … }}`", name.value());
        errors.push_help(word.span(), format!("expected the name of a stage after `{word}`"), help);
        return None;
    };
    Some((word, PlaceNode { before: meant == "before", anchor }))
}
