//! `add` before a clause, and where an added stage goes: as they should be, and as people write them.

use codepipeline_xacct_core::suggest::nearest;
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Token, token};

use super::added_head::means_add;
use super::added_stage::{PLACES, SOME_PLACE, added_stage, is_place, peek_place};
use super::clause_head::{Of, form_of, is_clause};
use super::tokens::{
    ADD, behind, braces, brackets, next_word, parentheses, peek_colon, peek_text, peek_word, peek2_colon, skip,
};
use crate::ast::{AddedNode, FieldNode, PlaceNode};
use crate::errors::{Errors, PLACE_BEHIND_NAME, not_a_clause};
use crate::keys;

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
        if !rest.peek(Ident::peek_any) && !peek_text(&rest) {
            return None;
        }
        skip(input);
        return Some(span);
    }
    if means_add(&word.to_string()) && starts_clause(&rest) {
        errors.push_help(span, not_a_clause(&word), added_form(&rest));
        skip(input);
        return Some(span);
    }
    None
}

/// `stage add "…"`: reported; both words are skipped, and what they should be is given.
pub(super) fn add_behind(of: Of, input: ParseStream<'_>, errors: &mut Errors) -> Option<(Span, Ident)> {
    let word = next_word(input).filter(is_clause)?;
    let rest = behind(input, 1);
    if of == Of::Action || !peek_word(&rest, ADD) || !peek_text(&behind(&rest, 1)) {
        return None;
    }
    let span = rest.span();
    errors.push_help(span, format!("`add` comes before `{word}`"), format!("write `add {word} …`"));
    skip(input);
    skip(input);
    Some((span, word))
}

/// `add { … }`: reported and left out.
pub(super) fn add_block(of: Of, input: ParseStream<'_>, errors: &mut Errors) -> bool {
    if of == Of::Action || !peek_word(input, ADD) || !input.peek2(token::Brace) {
        return false;
    }
    let rest = behind(input, 1);
    let span = rest.span();
    let Some(content) = braces(&rest) else { return false };
    let help = if starts_clause(&content) { added_form(&content) } else { form_of_addition(of) };
    errors.push_help(span, "`add` comes before each clause", help);
    skip(input);
    skip(input);
    true
}

/// The help for the clause that comes next, with `add`.
fn added_form(input: ParseStream<'_>) -> String {
    let ahead = input.fork();
    let clause = (|| Ok::<_, syn::Error>((ahead.call(Ident::parse_any)?, ahead.parse::<LitStr>()?)))();
    clause.map_or_else(|_| "write `add …`".to_owned(), |(word, name)| form_of(true, &word, &name.value(), &ahead))
}

fn starts_clause(input: ParseStream<'_>) -> bool {
    next_word(input).is_some_and(|word| is_clause(&word)) && input.peek2(LitStr)
}

/// Reports that no clause follows `add`.
pub(super) fn nothing_added(of: Of, span: Span, errors: &mut Errors) {
    errors.push_help(span, "expected a clause after `add`", form_of_addition(of));
}

fn form_of_addition(of: Of) -> String {
    match of {
        Of::Stage => "write `add invoke \"…\": … { … }` or `add action \"…\": … { … }`".to_owned(),
        Of::Item | Of::Action => format!("write `{}`", added_stage("…", SOME_PLACE)),
    }
}

/// `add on_failure: ROLLBACK`: reported; the key is read as if `add` were not there.
pub(super) fn added_key(of: Of, span: Span, input: ParseStream<'_>, errors: &mut Errors) -> bool {
    let construct = if of == Of::Stage { &keys::STAGE } else { &keys::EXTENDED_PIPELINE };
    let known = next_word(input).is_some_and(|word| construct.key(&word.to_string()).is_some());
    if !known || !peek2_colon(input) {
        return false;
    }
    errors.push_help(span, "`add` comes before a stage or an action", "leave `add` out before a key");
    true
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
    let form = |place: &str| format!("write `{}`", added_stage(&name.value(), place));
    if added.is_some() {
        until_body(before, name, place.as_ref(), input, errors);
    }
    match (added, place) {
        (None, None) => None,
        (None, Some((word, place))) => {
            let help = form(&format!("{word} {:?}", place.anchor.value()));
            errors.push_help(word.span(), format!("only an added stage is put {word} another stage"), help);
            None
        }
        (Some(span), Some((_, place))) => Some(AddedNode { span, place: Some(place) }),
        (Some(span), None) => {
            if errors.count() == before && !told_inside(name, input, errors) && !told_behind(name, input, errors) {
                let message = format!("the position of the added stage `{}` is missing", name.value());
                errors.push_help(name.span(), message, form(SOME_PLACE));
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
            Some((_, place)) => place.to_string(),
            None => anchor_between(input).unwrap_or_else(|| SOME_PLACE.to_owned()),
        };
        let help = format!("write `{}`", added_stage(&name.value(), place));
        errors.push_help(input.span(), "only the position may come between the name of a stage and its body", help);
    }
    while !input.peek(token::Brace) && !input.is_empty() {
        skip(input);
    }
}

/// The place that is given by `(after "Build")`, `, after "Build"` or `"Build"`.
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
    let Some(word) = next_word(&content).filter(is_place) else { return false };
    let value = behind(&content, 2);
    let anchor = value.parse::<LitStr>().map_or_else(|_| "…".to_owned(), |anchor| anchor.value());
    let help = format!("write `{}`", added_stage(&name.value(), format_args!("{word} {anchor:?}")));
    errors.place_behind_body(word.span(), help);
    true
}

/// `add stage "…" { … } after "Build"`: reported.
fn told_behind(name: &LitStr, input: ParseStream<'_>, errors: &mut Errors) -> bool {
    let rest = behind(input, 1);
    let Some(word) = next_word(&rest).filter(is_place) else { return false };
    let Ok(anchor) = behind(&rest, 1).parse::<LitStr>() else { return false };
    let help = format!("write `{}`", added_stage(&name.value(), format_args!("{word} {:?}", anchor.value())));
    errors.place_behind_body(word.span(), help);
    true
}

/// Skips `after "…"` behind a body, which is reported.
pub(super) fn place_behind_the_body(input: ParseStream<'_>) {
    if peek_place(input) && input.peek2(LitStr) {
        skip(input);
        skip(input);
    }
}

/// `add stage "Review after Build" { … }`: reported, and read as what it means.
pub(super) fn place_in_the_name(
    added: Option<Span>,
    name: &LitStr,
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> Option<(LitStr, AddedNode)> {
    let span = added.filter(|_| input.peek(token::Brace))?;
    let text = name.value();
    let (own, word, anchor) = PLACES.into_iter().find_map(|place| {
        let (own, anchor) = text.split_once(&format!(" {place} "))?;
        Some((own.trim().to_owned(), place, anchor.trim().to_owned()))
    })?;
    let place = PlaceNode { before: word == "before", anchor: LitStr::new(&anchor, name.span()) };
    let help = format!("write `{}`", added_stage(&own, &place));
    errors.push_help(name.span(), PLACE_BEHIND_NAME, help);
    Some((LitStr::new(&own, name.span()), AddedNode { span, place: Some(place) }))
}

/// A stage as it is written, with the place of an added one.
pub(super) fn stage_form(added: Option<&AddedNode>, name: &str) -> String {
    match added.map(|added| &added.place) {
        None => format!("stage {name:?} {{ … }}"),
        Some(None) => added_stage(name, SOME_PLACE),
        Some(Some(place)) => added_stage(name, place),
    }
}

/// Keys of an added stage that say where it goes, which are reported.
pub(super) fn without_place(fields: &mut Vec<FieldNode>) {
    fields.retain(|field| !is_place(&field.key));
}

/// `invoke "…" after "…"`: reported and left out.
pub(super) fn no_place_of_an_action(input: ParseStream<'_>, errors: &mut Errors) {
    let placed = peek_place(input) && input.peek2(LitStr);
    if placed {
        let help = "leave it out; `run_order` determines when the action runs";
        errors.push_help(input.span(), "only a stage is put next to another stage", help);
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
    let Ok(anchor) = input.parse::<LitStr>() else {
        let help = format!("write `{}`", added_stage(&name.value(), format_args!("{meant} \"…\"")));
        errors.push_help(word.span(), format!("expected the name of a stage after `{word}`"), help);
        return None;
    };
    Some((word, PlaceNode { before: meant == "before", anchor }))
}
