//! The words with which a clause begins, up to its name: as they should be, and as people write them.

use codepipeline_xacct_core::case::snake;
use codepipeline_xacct_core::catalogue;
use codepipeline_xacct_core::suggest::nearest;
use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::{Ident, LitStr, Path, Token, token};

use super::added_stage::{SOME_PLACE, added_stage, peek_place};
use super::tokens::{
    behind, braces, brackets, in_single_quotes, next_word, parentheses, peek_colon, peek_text, peek_word,
    rest_of_value, skip, skip_item,
};
use crate::ast::{ActionKeyword, path_text};
use crate::errors::Errors;
use crate::keys;

/// The words that clauses begin with.
pub(super) const CLAUSES: [&str; 4] = ["stage", "source", "invoke", "action"];

/// True for a word that a clause begins with. Its text is asked for once: the compiler makes it anew for each comparison.
pub(super) fn is_clause(word: &Ident) -> bool {
    CLAUSES.contains(&word.to_string().as_str())
}

/// What a body is of: a clause that lacks its word is told from it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Item,
    Stage,
    Action,
}

/// A clause whose word is missing: `"Build" { … }`, `Build: { … }`, `"build": CodeBuild { … }`, `build: CodeBuild { … }`,
/// `CodeBuild "build" { … }`, `"stage" "Build" { … }`. Reported, and read up to what follows the name.
pub(super) fn without_word(
    of: Of,
    added: bool,
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> Option<(Ident, LitStr)> {
    let span = input.span();
    let ahead = input.fork();
    let text = match ahead.parse::<LitStr>() {
        Ok(text) => text.value(),
        Err(_) => ahead.call(Ident::parse_any).ok()?.to_string(),
    };
    let quoted = peek_text(input);
    if quoted && CLAUSES.contains(&text.as_str()) && peek_text(&ahead) {
        let name = ahead.parse::<LitStr>().ok()?;
        let word = Ident::new(&text, span);
        errors.push_help(
            span,
            format!("`{text}` is written without quotes"),
            form_of(added, &word, &name.value(), &ahead),
        );
        skip(input);
        skip(input);
        return Some((word, name));
    }
    let name = LitStr::new(&text, span);
    if of == Of::Item && added && quoted && peek_place(&ahead) {
        let word = Ident::new("stage", span);
        errors.push_help(span, "a stage begins with the word `stage`", form_of(added, &word, &text, &ahead));
        skip(input);
        return Some((word, name));
    }
    if of == Of::Item {
        let colon = peek_colon(&ahead);
        if colon {
            skip(&ahead);
        }
        let inside = ahead.fork();
        let content = braces(&inside)?;
        let begins = CLAUSES.iter().any(|word| *word != "stage" && peek_word(&content, word)) && content.peek2(LitStr);
        if !(begins && (colon || quoted)) {
            return None;
        }
        let word = Ident::new("stage", span);
        let help = format!("write `stage {:?} {{ … }}`", text);
        errors.push_help(span, "a stage begins with the word `stage`", help);
        skip(input);
        if colon {
            skip(input);
        }
        return Some((word, name));
    }
    if of != Of::Stage || CLAUSES.contains(&text.as_str()) {
        return None;
    }
    if !peek_colon(&ahead) || keys::STAGE.key(&text).is_some() {
        return None;
    }
    let value = behind(&ahead, 1);
    let provider = Path::parse_mod_style(&value).is_ok() && value.peek(token::Brace);
    if !provider {
        return None;
    }
    let word = word_of_target(&behind(&ahead, 1), span);
    let message = format!("an action begins with the word `{word}`");
    errors.push_help(span, message, form_of(added, &word, &text, &ahead));
    skip(input);
    Some((word, name))
}

/// `action` before what the catalogue knows, or nearly knows, and `invoke` before all else.
fn word_of_target(target: ParseStream<'_>, span: Span) -> Ident {
    let path = Path::parse_mod_style(&target.fork()).ok();
    let last = path.and_then(|path| path.segments.last().map(|last| last.ident.to_string())).unwrap_or_default();
    let source = catalogue::by_name(&last, true).next().is_some();
    if source && (catalogue::by_name(&last, false).next().is_none() || !reads_input(target)) {
        return Ident::new("source", span);
    }
    let known = target.peek(Token![type])
        || catalogue::by_name(&last, false).next().is_some()
        || catalogue::meant(&last, false).is_some()
        || nearest(&last, catalogue::ACTIONS.iter().map(|action| action.provider)).is_some();
    Ident::new(if known { "action" } else { "invoke" }, span)
}

/// True for a provider whose keys have an `input`, which sources never have.
fn reads_input(target: ParseStream<'_>) -> bool {
    let ahead = target.fork();
    let keys = Path::parse_mod_style(&ahead).ok().and_then(|_| braces(&ahead));
    let Some(keys) = keys else { return false };
    let keys: TokenStream = keys.parse().unwrap_or_default();
    keys.into_iter().any(|token| matches!(token, TokenTree::Ident(word) if word == "input"))
}

/// `approval "ask" { … }`: no provider, and another word than `action`, which may be one. Reported.
pub(super) fn word_without_provider(word: &Ident, name: &LitStr, errors: &mut Errors) -> bool {
    let text = word.to_string();
    if nearest(&text, CLAUSES).is_some() {
        return false;
    }
    let provider = catalogue::meant(&text, false).map_or("<provider>", |known| known.provider);
    errors.no_clause(word, format!("write `action {:?}: {provider} {{ … }}`", name.value()));
    true
}

/// `CodeBuild "build" { … }`: the provider instead of the word. Reported and left out.
pub(super) fn provider_first(of: Of, input: ParseStream<'_>, errors: &mut Errors) -> bool {
    if of != Of::Stage || !input.peek2(LitStr) {
        return false;
    }
    let ahead = input.fork();
    let Ok(provider) = ahead.call(Ident::parse_any) else { return false };
    let Ok(name) = ahead.parse::<LitStr>() else { return false };
    if !provider.to_string().starts_with(char::is_uppercase) || !ahead.peek(token::Brace) {
        return false;
    }
    let help = format!("write `action {:?}: {provider} {{ … }}`", name.value());
    errors.push_help(provider.span(), "an action begins with the word `action`", help);
    skip_item(input);
    true
}

/// The help for a clause that is complete after its name.
pub(super) fn form_of(added: bool, word: &Ident, name: &str, behind: ParseStream<'_>) -> String {
    if word == "stage" {
        return format!("write `{}`", placed_form(added, word, name, behind));
    }
    let ahead = behind.fork();
    if peek_colon(&ahead) {
        skip(&ahead);
    }
    if ahead.is_empty() || ahead.peek(token::Brace) {
        return format!("write `{}`", placed_form(added, word, name, &ahead));
    }
    form_of_target(added, word, name, &ahead)
}

/// The same, where the provider or the target comes next.
pub(super) fn form_of_target(added: bool, word: &Ident, name: &str, behind: ParseStream<'_>) -> String {
    let add = if added { "add " } else { "" };
    format!("write `{add}{word} {name:?}: {}`", rest_of_value(behind))
}

/// The form of a clause, with `add` and with the place that is written behind its name.
fn placed_form(added: bool, word: &Ident, name: &str, behind: ParseStream<'_>) -> String {
    let form = clause_form(word, name);
    if !added {
        return form;
    }
    let place = next_word(behind).filter(|_| word == "stage" && peek_place(behind));
    let ahead = behind.fork();
    skip(&ahead);
    match (place, ahead.parse::<LitStr>()) {
        (Some(place), Ok(anchor)) => added_stage(name, format_args!("{place} {:?}", anchor.value())),
        _ if word == "stage" => added_stage(name, SOME_PLACE),
        _ => format!("add {form}"),
    }
}

/// `action Manual { … }`, `invoke: Deploy { … }`, `action Manual "ask" { … }`: the name is missing or comes late. Reported and left out.
pub(super) fn without_name(added: bool, input: ParseStream<'_>, errors: &mut Errors) -> bool {
    let ahead = input.fork();
    let Ok(word) = ahead.call(Ident::parse_any) else { return false };
    if word == "stage" || !is_clause(&word) {
        return false;
    }
    let colon = peek_colon(&ahead);
    if colon {
        skip(&ahead);
    }
    let span = if colon { word.span() } else { ahead.span() };
    let Ok(path) = Path::parse_mod_style(&ahead) else { return false };
    if peek_word(&ahead, "as") && ahead.peek2(LitStr) {
        skip(&ahead);
    }
    let late = peek_text(&ahead) && ahead.peek2(token::Brace);
    if !late && !ahead.peek(token::Brace) {
        return false;
    }
    let path = path_text(&path);
    let add = if added { "add " } else { "" };
    if late && let Ok(name) = ahead.parse::<LitStr>() {
        let help = format!("write `{add}{word} {:?}: {path} {{ … }}`", name.value());
        errors.push_help(span, format!("the name of this {word} comes before `{path}`"), help);
    } else {
        let help = format!("write `{add}{word} \"…\": {path} {{ … }}`");
        errors.push_help(span, format!("this {word} has no name"), help);
    }
    skip_item(input);
    true
}

/// The keyword and the name of an action as they should be, which is what nearly all of a large program consists of.
pub(super) fn action_head(of: Of, input: ParseStream<'_>) -> Option<(Ident, LitStr)> {
    let word = next_word(input).filter(|word| of == Of::Stage && is_clause(word))?;
    let ahead = behind(input, 1);
    let name = ahead.parse().ok()?;
    input.advance_to(&ahead);
    Some((word, name))
}

/// The keyword and the name of a clause. A name without quotes, and a colon before it, are reported and read as what they mean.
pub(super) fn clause_head(added: bool, input: ParseStream<'_>, errors: &mut Errors) -> Option<(Ident, LitStr)> {
    if !input.peek(Ident::peek_any) {
        return None;
    }
    let ahead = input.fork();
    let word = ahead.call(Ident::parse_any).ok()?;
    if peek_text(&ahead) {
        let word = input.call(Ident::parse_any).ok()?;
        return Some((word, input.parse().ok()?));
    }
    if !is_clause(&word) {
        return None;
    }
    // `stage("Build")`, `stage["Build"]`
    let inside = ahead.fork();
    let group = if inside.peek(token::Paren) { parentheses(&inside) } else { brackets(&inside) };
    if let Ok(content) = group
        && let Ok(name) = content.parse::<LitStr>()
        && content.is_empty()
    {
        let span = ahead.span();
        skip(&ahead);
        let form = form_of(added, &word, &name.value(), &ahead);
        errors.push_help(span, format!("the name of this {word} comes without parentheses"), form);
        skip(input);
        skip(input);
        return Some((word, name));
    }
    let behind_name = behind(&ahead, 2);
    let named =
        behind_name.peek(token::Brace) || behind_name.peek(Token![:]) || word == "stage" && peek_place(&behind_name);
    if peek_colon(&ahead) && ahead.peek2(LitStr) && named {
        let word = input.call(Ident::parse_any).ok()?;
        let colon = input.span();
        skip(input);
        let name: LitStr = input.parse().ok()?;
        let form = placed_form(added, &word, &name.value(), input);
        errors.push_help(colon, format!("the name of this {word} comes without `:`"), format!("write `{form}`"));
        return Some((word, name));
    }
    // Words up to the colon or the brace behind the name.
    let first = ahead.span();
    let mut name = String::new();
    let mut reported = false;
    let ends = |input: ParseStream<'_>, named: bool| {
        let place = named && word == "stage" && peek_place(input);
        peek_colon(input) || input.peek(token::Brace) || place
    };
    while !ends(&ahead, !name.is_empty()) {
        match ahead.parse::<TokenTree>() {
            Ok(TokenTree::Ident(word)) => name.push_str(&word.to_string()),
            Ok(TokenTree::Literal(text)) if text.to_string().starts_with('"') => return None,
            Ok(TokenTree::Literal(literal)) => match in_single_quotes(&literal) {
                Some(text) => {
                    reported = true;
                    name.push_str(&text);
                }
                None => name.push_str(&literal.to_string()),
            },
            Ok(TokenTree::Punct(sign)) if matches!(sign.as_char(), '-' | '.') => name.push(sign.as_char()),
            _ => return None,
        }
    }
    // `action Manual { … }` has a provider and no name.
    if name.is_empty() || word != "stage" && !peek_colon(&ahead) {
        return None;
    }
    skip(input);
    let mut named = false;
    while !ends(input, named) {
        skip(input);
        named = true;
    }
    if !reported {
        let form = form_of(added, &word, &name, input);
        errors.push_help(first, format!("the name of this {word} is written in quotes"), form);
    }
    Some((word, LitStr::new(&name, first)))
}

pub(super) fn clause_form(word: &Ident, name: &str) -> String {
    if word == "stage" { format!("stage \"{name}\" {{ … }}") } else { format!("{word} \"{name}\": … {{ … }}") }
}

/// The form of a clause whose name, and provider, are in its braces: `stage { name: "Build" … }`.
pub(super) fn form_with_name_inside(word: &Ident, input: ParseStream<'_>) -> String {
    let text = |keys: &[&str]| {
        let ahead = input.fork();
        let content = braces(&ahead)?;
        while !content.is_empty() {
            let quoted = content.fork().parse::<LitStr>().ok().map(|text| text.value());
            let key = quoted.or_else(|| next_word(&content).map(|word| word.to_string()));
            let key = key.filter(|key| keys.contains(&snake(key).as_str()));
            let value = behind(&content, 2);
            let sign = peek_colon(&behind(&content, 1)) || content.peek2(Token![=]);
            if key.is_some()
                && sign
                && let Ok(value) = value.parse::<LitStr>()
            {
                return Some(value.value());
            }
            skip(&content);
        }
        None
    };
    let name = text(&["name", "stage_name", "action_name"]).unwrap_or_else(|| "…".to_owned());
    match text(&["provider"]).filter(|_| word != "stage") {
        Some(provider) => format!("{word} {name:?}: {provider} {{ … }}"),
        None => clause_form(word, &name),
    }
}

/// What a clause begins with.
pub(super) enum Clause {
    Stage,
    Action(ActionKeyword),
}

/// The clause that a word begins; one that is nearly such a word, or stands in its place, is reported and read as it.
pub(super) fn clause_of(
    of: Of,
    added: bool,
    word: &Ident,
    name: &LitStr,
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> Option<Clause> {
    let of_stage = of == Of::Stage;
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
    // A stage has no colon behind its name.
    let near =
        nearest(&text, CLAUSES.into_iter().filter(|clause| *clause != "stage" || !of_stage || !peek_colon(input)));
    let meant = match near {
        Some(near) => Ident::new(near, word.span()),
        None if input.peek(token::Brace) && !of_stage => Ident::new("stage", word.span()),
        None if peek_colon(input) => word_of_target(&behind(input, 1), word.span()),
        None => return None,
    };
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => form_of(added, &meant, &name.value(), input),
    };
    errors.no_clause(word, help);
    of(&meant.to_string())
}
