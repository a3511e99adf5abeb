//! Bodies in braces: keys, stages and actions.

use std::fmt;

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Path, Token, token};

use super::added_head::added_head;
use super::addition::{
    add_behind, add_block, add_word, added_key, no_place_of_an_action, nothing_added, place_behind_the_body,
    place_in_the_name, placed, stage_form, without_place,
};
use super::clause_head::{
    CLAUSES, Clause, Of, action_head, clause_head, clause_of, form_of, form_of_target, form_with_name_inside,
    is_clause, provider_first, without_name, without_word, word_without_provider,
};
use super::provider::{provider, provider_inside};
use super::role_in_head::role_in_head;
use super::tokens::{
    behind, braces, brackets, colon, ends_value, next_word, next_written, no_attributes, nothing_before_comma,
    parentheses, peek_attribute, peek_colon, peek_text, peek_word, peek2_colon, rest_of_value, skip, skip_item,
    starts_addition, starts_field, starts_item, written,
};
use super::value::value;
use crate::ast::{
    ActionKeyword, ActionNode, AddedNode, ContractNode, FieldNode, ProviderNode, StageNode, ValueNode, path_span,
    path_text,
};
use crate::errors::Errors;
use crate::keys;
use codepipeline_xacct_core::case::snake;

/// The key of a configuration that is not known.
const CONFIGURATION: &str = "configuration";

/// Words of Rust that stand before nothing here.
const RUST_WORDS: [&str; 7] = ["pub", "let", "mut", "const", "static", "fn", "async"];

/// The contents of braces: fields, and clauses that begin with a keyword and a string.
#[derive(Default)]
pub(super) struct Body {
    pub(super) fields: Vec<FieldNode>,
    pub(super) stages: Vec<StageNode>,
    pub(super) actions: Vec<ActionNode>,
    /// The contract that is in its place.
    pub(super) contract: Option<ContractNode>,
    /// `;` in its place: what the contract of the account says.
    pub(super) from_account: bool,
    /// True where something did not parse that is in no clause.
    pub(super) damaged: bool,
}

pub(super) fn no_clauses(body: &Body, errors: &mut Errors) {
    for span in body.stages.iter().map(|s| s.name.span()).chain(body.actions.iter().map(|a| a.name.span())) {
        errors.push(span, "stages and actions belong in a pipeline");
    }
}

/// The body of an item; `head` is what should be before it.
pub(super) fn body(name: &Ident, head: &str, input: ParseStream<'_>, errors: &mut Errors) -> Body {
    // `= {` and `: {` are reported and read as `{`.
    let sign = input.peek(Token![=]) || peek_colon(input) || input.peek(Token![;]) || input.peek(Token![,]);
    let arrow = (input.peek(Token![->]) || input.peek(Token![=>])) && input.peek3(token::Brace);
    if arrow || sign && input.peek2(token::Brace) {
        errors.push_help(input.span(), format!("expected `{{` after the head of `{name}`"), "leave this sign out");
        while !input.peek(token::Brace) {
            skip(input);
        }
    }
    before_the_body(head, input, errors);
    match braces(input) {
        Some(content) => body_of(Of::Item, &content, errors),
        None => {
            let help = format!("write `{head} {{ … }}`");
            errors.push_help(name.span(), format!("expected `{{ … }}` after the head of `{name}`"), help);
            // What is here instead belongs to nothing.
            while !input.is_empty() && !starts_item(input) {
                skip(input);
            }
            Body { damaged: true, ..Body::default() }
        }
    }
}

/// `in Prod region "eu-west-1" {`, `in Prod as "release" {`: what is between the head and the body is reported and left out.
fn before_the_body(head: &str, input: ParseStream<'_>, errors: &mut Errors) {
    const BETWEEN: &str = "nothing is between the head of an item and its body";
    let Some(word) = next_word(input).filter(|_| !starts_item(input)) else { return };
    if input.peek2(token::Brace) {
        errors.push_help(word.span(), BETWEEN, format!("write `{head} {{ … }}`"));
        return skip(input);
    }
    let Some(text) = behind(input, 1).parse::<LitStr>().ok().filter(|_| input.peek3(token::Brace)) else { return };
    let key = if keys::PIPELINE.key(&word.to_string()).is_some() { word.to_string() } else { "name".to_owned() };
    let help = format!("write `{head} {{ … }}`, and `{key}: {}` inside the braces", text.token());
    errors.push_help(word.span(), BETWEEN, help);
    skip(input);
    skip(input);
}

/// Reads to the end, whatever comes.
fn body_of(of: Of, input: ParseStream<'_>, errors: &mut Errors) -> Body {
    let mut body = Body::default();
    let mut after_comma = true;
    while !input.is_empty() {
        if input.peek(Token![,]) {
            if after_comma {
                nothing_before_comma(input, errors);
            }
            skip(input);
            after_comma = true;
            continue;
        }
        after_comma = false;
        if !starts_action_key(of, input) && clause_or_misplaced(of, input, &mut body, errors) {
            continue;
        }
        let before = errors.count();
        if names_without_brackets(input, &mut body, errors) {
            // Reported, and read as a list.
        } else if input.peek(Ident::peek_any) {
            if let Ok(key) = input.call(Ident::parse_any) {
                field(key, input, &mut body, errors);
            }
        } else if peek_text(input) && input.peek2(Token![:]) {
            if let Some(key) = quoted_key(input, errors) {
                field(key, input, &mut body, errors);
            }
        } else if !list_without_brackets(input, &mut body, errors) {
            stray(of, input, errors);
        }
        body.damaged |= errors.count() > before;
    }
    body
}

/// A word with its colon in an action, which holds no clauses: nearly all that a large program consists of, and nothing but a key.
fn starts_action_key(of: Of, input: ParseStream<'_>) -> bool {
    of == Of::Action && peek2_colon(input) && next_word(input).is_some_and(|word| !is_clause(&word))
}

/// Reads a clause, or what belongs in no body, which is reported; false where it is neither.
fn clause_or_misplaced(of: Of, input: ParseStream<'_>, body: &mut Body, errors: &mut Errors) -> bool {
    if let Some((word, name)) = action_head(of, input) {
        body.damaged |= !clause(of, (None, &word), name, input, body, errors);
        return true;
    }
    if peek_attribute(input) {
        no_attributes(input, errors);
        return true;
    }
    if let Some(word) = next_word(input).filter(|word| RUST_WORDS.iter().any(|of_rust| word == of_rust))
        && input.peek2(Ident::peek_any)
    {
        errors.push_help(input.span(), format!("`{word}` does not belong here"), format!("leave `{word}` out"));
        skip(input);
        return true;
    }
    if input.peek(Token![;]) {
        errors.push_help(input.span(), "unexpected `;`", "leave it out");
        skip(input);
        return true;
    }
    if input.peek(Token![-]) {
        let rest = behind(input, 1);
        if starts_field(&rest) || next_word(&rest).is_some_and(|word| is_clause(&word)) && rest.peek2(LitStr) {
            errors.push_help(input.span(), "`-` does not belong here", "leave `-` out");
            skip(input);
            return true;
        }
    }
    if list_of_clauses(of, input, body, errors) {
        return true;
    }
    if add_block(of, input, errors) {
        body.damaged = true;
        return true;
    }
    if other_word(of, input, errors) {
        return true;
    }
    if of == Of::Item
        && let Some(head) = added_head(input, errors)
    {
        let added = Some(AddedNode { span: head.add, place: Some(head.place) });
        body.damaged |= !stage_body(added, head.name, input, body, errors);
        return true;
    }
    if let Some((added, word)) = add_behind(of, input, errors)
        && let Ok(name) = input.parse::<LitStr>()
    {
        body.damaged |= !clause(of, (Some(added), &word), name, input, body, errors);
        return true;
    }
    let added = add_word(of, input, errors);
    if provider_first(of, input, errors) {
        body.damaged = true;
        return true;
    }
    if let Some((word, name)) =
        without_word(of, added.is_some(), input, errors).or_else(|| clause_head(added.is_some(), input, errors))
    {
        body.damaged |= !clause(of, (added, &word), name, input, body, errors);
        return true;
    }
    let before = errors.count();
    let without_name = without_name(added.is_some(), input, errors);
    if let (Some(span), true) = (added, errors.count() == before) {
        // The word of the clause is being typed.
        if input.peek(Ident::peek_any) && ends_value(&behind(input, 1)) || added_key(of, span, input, errors) {
            return false;
        }
        nothing_added(of, span, errors);
        skip_item(input);
    }
    body.damaged |= without_name || added.is_some();
    without_name || added.is_some()
}

/// `stages: [ stage "…" { … } ]`, `Actions: action "…": … { … }`: the key is reported and left out.
fn list_of_clauses(of: Of, input: ParseStream<'_>, body: &mut Body, errors: &mut Errors) -> bool {
    let list = match of {
        Of::Item => "stages",
        Of::Stage => "actions",
        Of::Action => return false,
    };
    let Some(key) = next_word(input).filter(|word| word.to_string().eq_ignore_ascii_case(list)) else { return false };
    let value = behind(input, 2);
    let (in_braces, in_brackets) = (value.fork(), value.fork());
    let group = braces(&in_braces).or_else(|| brackets(&in_brackets).ok());
    let begins =
        |inside: ParseStream<'_>| next_word(inside).is_some_and(|word| is_clause(&word)) && inside.peek2(LitStr);
    if !peek_colon(&behind(input, 1)) || !begins(group.as_ref().unwrap_or(&value)) {
        return false;
    }
    let around = if group.is_some() { ", and what is around them" } else { "" };
    let help = format!("leave `{key}:` out{around}");
    errors.push_help(key.span(), format!("{list} are written one after the other, without a key"), help);
    skip(input);
    skip(input);
    if let Some(content) = group {
        skip(input);
        let inner = body_of(of, &content, errors);
        body.fields.extend(inner.fields);
        body.stages.extend(inner.stages);
        body.actions.extend(inner.actions);
        body.damaged |= inner.damaged;
    }
    true
}

/// Tokens that are neither a key nor a clause, up to where the next begins.
fn stray(of: Of, input: ParseStream<'_>, errors: &mut Errors) {
    let span = input.span();
    // `{ "name": "Build", … }`
    let word = match of {
        Of::Item => "stage",
        _ => "action",
    };
    let form = form_with_name_inside(&Ident::new(word, span), input);
    let object = of != Of::Action && input.peek(token::Brace) && !form.contains("\"…\"");
    let rest = input.peek(Token![..]);
    let comment = input.peek(Token![#]);
    let value = peek_text(input) || input.peek(Token![:]);
    skip(input);
    while !ends_value(input) {
        skip(input);
    }
    if object {
        errors.push_help(span, format!("{word}s begin with their word and their name"), format!("write `{form}`"));
        return;
    }
    if comment {
        errors.push_help(span, "a comment does not begin with `#`", "write `// …`");
        return;
    }
    let help = match (rest, value) {
        (true, _) => "leave it out: a key that is not written has no value",
        (_, true) => "write the key before it: `<key>: …`",
        _ => "write `<key>: …`",
    };
    errors.push_help(span, "expected a key or a clause", help);
}

/// `stage "…" { … }`, `source "…": … { … }`, `invoke …`, `action …`; false where it is none of these.
fn clause(
    of: Of,
    (added, word): (Option<Span>, &Ident),
    name: LitStr,
    input: ParseStream<'_>,
    body: &mut Body,
    errors: &mut Errors,
) -> bool {
    if of == Of::Stage && input.peek(token::Brace) && word_without_provider(word, &name, errors) {
        skip(input);
        return false;
    }
    let before = errors.count();
    let Some(clause) = clause_of(of, added.is_some(), word, &name, input, errors) else {
        let form = format!("write `{word}: \"{}\"`", name.value());
        errors.push_help(word.span(), format!("expected `:` after `{word}`"), form);
        body.fields.push(FieldNode { key: word.clone(), value: ValueNode::Str(name), alone: false });
        return true;
    };
    let keyword = match clause {
        Clause::Stage => return stage(added, name, input, body, errors),
        Clause::Action(keyword) => keyword,
    };
    no_place_of_an_action(input, errors);
    let head = fmt::from_fn(|f| write!(f, "{} \"{}\"", keyword.as_str(), name.value()));
    if !colon(head, input, errors) {
        let other = input.peek(Token![,]) || input.peek(Token![;]) || input.peek(Token![-]);
        let sign = other && Path::parse_mod_style(&behind(input, 1)).is_ok() && !starts_field(&behind(input, 1));
        let rest = behind(input, usize::from(sign));
        let head = Ident::new(keyword.as_str(), word.span());
        let form = match provider_inside(&rest) {
            Some(provider) => format!("write `{head} {:?}: {provider} {{ … }}`", name.value()),
            None => form_of(added.is_some(), &head, &name.value(), &rest),
        };
        let span = if sign { input.span() } else { name.span() };
        errors.push_help(span, format!("expected `:` after the name of this {}", keyword.as_str()), form);
        if sign {
            skip(input);
        }
        if input.peek(token::Brace) {
            skip(input);
            return false;
        }
    }
    let mut begun = TokenStream::new();
    if starts_action(input) || peek_word(input, "stage") && input.peek2(LitStr) {
        let (what, form) = match keyword {
            ActionKeyword::Invoke => ("target", "<pipeline item>"),
            _ => ("provider", "<provider>"),
        };
        let head = format!("{} {:?}", keyword.as_str(), name.value());
        errors.push_help(name.span(), format!("{head} has no {what}"), format!("write `{head}: {form} {{ … }}`"));
        // An editor completes its provider.
        let (keyword_span, fields) = (word.span(), Vec::new());
        let node = ActionNode { added, keyword, keyword_span, name, provider: None, begun, fields, damaged: true };
        body.actions.push(node);
        return true;
    }
    kind_before_target(keyword, (added.is_some(), &name), input, errors);
    let provider = provider(&name, keyword, input, &mut begun, errors);
    let role = provider.as_ref().and_then(|_| role_in_head(input, errors));
    no_place_of_an_action(input, errors);
    let inner = match &provider {
        Some(ProviderNode::Path(path)) => body_of_action(keyword, &name, &path_text(path), input, errors),
        _ => braces(input).map(|content| body_of(Of::Action, &content, errors)),
    };
    let fields = match inner {
        Some(inner) => {
            for span in inner.stages.iter().map(|s| s.name.span()).chain(inner.actions.iter().map(|a| a.name.span())) {
                errors.push(span, "neither a stage nor an action can be inside an action");
            }
            role.into_iter().chain(inner.fields).collect()
        }
        None => {
            if provider.is_some() {
                let message = format!("expected `{{ … }}` after the provider of action \"{}\"", name.value());
                errors.push_help(name.span(), message, "write its keys in braces: `{ … }`");
            }
            Vec::new()
        }
    };
    let damaged = errors.count() > before;
    body.actions.push(ActionNode { added, keyword, keyword_span: word.span(), name, provider, begun, fields, damaged });
    true
}

/// The body of an action. A sign before it, and other signs around it, are reported and read as if they were right.
fn body_of_action(
    keyword: ActionKeyword,
    name: &LitStr,
    provider: &str,
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> Option<Body> {
    if let Some(content) = braces(input) {
        return Some(body_of(Of::Action, &content, errors));
    }
    let form = format!("write `{} {:?}: {provider} {{ … }}`", keyword.as_str(), name.value());
    let sign = peek_colon(input) || input.peek(Token![=]) || input.peek(Token![,]) || input.peek(Token![;]);
    if sign && input.peek2(token::Brace) {
        errors.push_help(input.span(), format!("the keys come right after `{provider}`"), &form);
        skip(input);
    }
    let span = input.span();
    let other = if input.peek(token::Paren) { parentheses(input) } else { brackets(input) };
    let Ok(content) = other else {
        return braces(input).map(|content| body_of(Of::Action, &content, errors));
    };
    errors.push_help(span, format!("the keys of `{provider}` are written in braces"), form);
    Some(match braces(&content) {
        Some(content) => body_of(Of::Action, &content, errors),
        None => body_of(Of::Action, &content, errors),
    })
}

/// A stage behind its name; false where it has no body.
fn stage(added: Option<Span>, name: LitStr, input: ParseStream<'_>, body: &mut Body, errors: &mut Errors) -> bool {
    if let Some((name, added)) = place_in_the_name(added, &name, input, errors) {
        return stage_body(Some(added), name, input, body, errors);
    }
    let added = placed(added, &name, input, errors);
    stage_body(added, name, input, body, errors)
}

/// A stage behind its head.
fn stage_body(
    added: Option<AddedNode>,
    name: LitStr,
    input: ParseStream<'_>,
    body: &mut Body,
    errors: &mut Errors,
) -> bool {
    let form = || format!("write `{}`", stage_form(added.as_ref(), &name.value()));
    if (peek_colon(input) || input.peek(Token![=])) && input.peek2(token::Brace) {
        errors.push_help(input.span(), "the body of a stage comes right after its name", form());
        skip(input);
    }
    // `stage "Build" in Tooling { … }`
    let ahead = input.fork();
    while !ahead.is_empty() && !ahead.peek(token::Brace) && !peek_text(&ahead) && !ahead.peek(Token![,]) {
        skip(&ahead);
    }
    if !input.peek(token::Brace) && ahead.peek(token::Brace) && !starts_field(input) {
        errors.push_help(input.span(), "expected the body of the stage right after its name", form());
        while !input.peek(token::Brace) {
            skip(input);
        }
    }
    // `stage "Deploy" needs "Build" { … }`
    let other = next_word(input).is_some_and(|word| !is_clause(&word) && word != "add");
    if other && input.peek2(LitStr) && behind(input, 2).peek(token::Brace) {
        errors.push_help(input.span(), "expected the body of the stage right after its name", form());
        skip(input);
        skip(input);
    }
    let Some(content) = braces(input) else {
        errors.push_help(name.span(), format!("expected `{{ … }}` after stage \"{}\"", name.value()), form());
        if input.peek(Token![;]) {
            skip(input);
        }
        // What was to be in the braces.
        let mut inner = Body::default();
        while starts_action(input) && clause_or_misplaced(Of::Stage, input, &mut inner, errors) {
            let _ = input.parse::<Token![,]>();
        }
        body.stages.push(StageNode { added, name, fields: Vec::new(), actions: inner.actions, damaged: true });
        return false;
    };
    let mut inner = body_of(Of::Stage, &content, errors);
    if added.as_ref().is_some_and(|added| added.place.is_none()) {
        place_behind_the_body(input);
        without_place(&mut inner.fields);
    }
    for stage in &inner.stages {
        errors.push(stage.name.span(), "a stage can't be inside a stage");
    }
    let damaged = inner.damaged || !inner.stages.is_empty();
    body.stages.push(StageNode { added, name, fields: inner.fields, actions: inner.actions, damaged });
    true
}

/// True for `source "…"`, `invoke "…"` and `action "…"`, with `add` or without.
fn starts_action(input: ParseStream<'_>) -> bool {
    let ahead = behind(input, usize::from(starts_addition(input)));
    let word = next_word(&ahead).filter(|word| is_clause(word) && word != "stage");
    word.is_some() && ahead.peek2(LitStr)
}

/// `extend stage "…"`, `remove stage "…"`: the word is reported; false if it is not such a word.
fn other_word(of: Of, input: ParseStream<'_>, errors: &mut Errors) -> bool {
    const FOR_NOTHING: [&str; 9] =
        ["extend", "extended", "existing", "extern", "managed", "change", "update", "modify", "edit"];
    const FOR_REMOVE: [&str; 4] = ["remove", "delete", "drop", "removed"];
    let Some(word) = next_word(input) else { return false };
    let rest = behind(input, 1);
    let clause = next_word(&rest).filter(is_clause);
    let Some(clause) = clause.filter(|_| of != Of::Action && rest.peek2(LitStr)) else { return false };
    if FOR_NOTHING.iter().any(|known| word == known) {
        let help = format!("leave `{word}` out before `{clause}`");
        errors.no_clause(&word, help);
        skip(input);
        return true;
    }
    if FOR_REMOVE.iter().any(|known| word == known) {
        let help = "leave it out: what is not written stays in the account, and an extended pipeline removes nothing";
        errors.no_clause(&word, help);
        skip(input);
        skip(input);
        skip(input);
        if peek_colon(input) {
            skip(input);
            let _ = Path::parse_mod_style(input);
        }
        let _ = braces(input);
        let _ = input.parse::<Token![;]>();
        return true;
    }
    false
}

/// `invoke "…": pipeline Deploy { … }`: reported and left out.
fn kind_before_target(
    keyword: ActionKeyword,
    (added, name): (bool, &LitStr),
    input: ParseStream<'_>,
    errors: &mut Errors,
) {
    if peek_word(input, "new") && input.peek2(Ident::peek_any) {
        errors.push_help(
            input.span(),
            "unexpected token before the provider or target of the action",
            "leave `new` out",
        );
        skip(input);
    }
    if keyword != ActionKeyword::Invoke || !peek_word(input, "pipeline") || !input.peek2(Ident::peek_any) {
        return;
    }
    let word = Ident::new(keyword.as_str(), name.span());
    let form = form_of_target(added, &word, &name.value(), &behind(input, 1));
    errors.push_help(input.span(), "the target is named by its path alone", form);
    skip(input);
}

/// `"name"` before a colon, as in JSON: reported and read as the key.
fn quoted_key(input: ParseStream<'_>, errors: &mut Errors) -> Option<Ident> {
    let text = input.parse::<LitStr>().ok()?;
    let key = snake(&text.value());
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

/// More strings behind the value of the last key: a list that lacks its brackets. False where it is not one.
fn list_without_brackets(input: ParseStream<'_>, body: &mut Body, errors: &mut Errors) -> bool {
    let Some(last) = body.fields.last_mut() else { return false };
    let ValueNode::Str(first) = &last.value else { return false };
    if !peek_text(input) {
        return false;
    }
    let span = input.span();
    let mut texts = vec![first.clone()];
    while peek_text(input) {
        texts.extend(input.parse::<LitStr>());
        if !(input.peek(Token![,]) && input.peek2(LitStr)) {
            break;
        }
        skip(input);
    }
    let written: Vec<String> = texts.iter().map(|text| text.token().to_string()).collect();
    let at = first.span();
    // Where a text belongs, several are reported there.
    if !keys::takes_one_text(&last.key.to_string()) {
        errors.no_brackets(span, format!("write `{}: [{}]`", last.key, written.join(", ")));
    }
    last.value = ValueNode::List(texts.into_iter().map(ValueNode::Str).collect(), at);
    true
}

/// `input: Defs, Image`: more names behind that of the last key. False where there are none.
fn names_without_brackets(input: ParseStream<'_>, body: &mut Body, errors: &mut Errors) -> bool {
    let is_item = |text: &str| text.starts_with(char::is_uppercase);
    let next = |input: ParseStream<'_>| {
        next_word(input).is_some_and(|word| is_item(&word.to_string())) && ends_value(&behind(input, 1))
    };
    let Some(last) = body.fields.last_mut().filter(|last| keys::takes_names(&last.key.to_string())) else {
        return false;
    };
    let ValueNode::Path(first) = &last.value else { return false };
    if !first.segments.last().is_some_and(|segment| is_item(&segment.ident.to_string())) || !next(input) {
        return false;
    }
    let span = input.span();
    let mut names = vec![first.clone()];
    while next(input) {
        names.extend(Path::parse_mod_style(input));
        if !(input.peek(Token![,]) && next(&behind(input, 1))) {
            break;
        }
        skip(input);
    }
    let written: Vec<String> = names.iter().map(path_text).collect();
    let help = format!("write `{}: [{}]`", last.key, written.join(", "));
    errors.no_brackets(span, help);
    let at = path_span(first);
    last.value = ValueNode::List(names.into_iter().map(ValueNode::Path).collect(), at);
    true
}

/// `timeout-in-minutes: …`: read as the key with `_`. Where that is a key of something, it is reported.
fn with_hyphens(first: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> Option<Ident> {
    if !input.peek(Token![-]) {
        return None;
    }
    let ahead = input.fork();
    let mut text = first.unraw().to_string();
    let mut hyphens = 0;
    while ahead.peek(Token![-]) && ahead.peek2(Ident::peek_any) {
        skip(&ahead);
        text = format!("{text}_{}", ahead.call(Ident::parse_any).ok()?.unraw());
        hyphens += 1;
    }
    if !peek_colon(&ahead) || hyphens == 0 {
        return None;
    }
    while !peek_colon(input) {
        skip(input);
    }
    if keys::is_key(&text) {
        errors.push_help(first.span(), "the words of a key have `_` between them", format!("write `{text}: …`"));
    }
    Some(Ident::new(&text, first.span()))
}

/// `: value` behind a key
fn field(key: Ident, input: ParseStream<'_>, body: &mut Body, errors: &mut Errors) {
    let key = with_hyphens(&key, input, errors).unwrap_or(key);
    let name = key.to_string();
    if CLAUSES.contains(&name.as_str()) && !peek_colon(input) {
        let help = format!("write `{}`", form_with_name_inside(&key, input));
        errors.push_help(key.span(), format!("expected a string after `{key}`"), help);
        skip_item(input);
        body.damaged = true;
        return;
    }
    let mut reported = false;
    if name == CONFIGURATION && input.peek(token::Brace) {
        let message = format!("`{CONFIGURATION}` is written for action types that are written out");
        let help = match braces(&input.fork()) {
            Some(keys) if starts_field(&keys) => {
                let keys = written(&keys);
                format!("write `{keys}` in the action itself; behind `type(…)` write `{CONFIGURATION}: {{ {keys} }}`")
            }
            _ => format!("write its keys in the action itself; behind `type(…)` write `{CONFIGURATION}: {{ … }}`"),
        };
        errors.push_help(key.span(), message, help);
        skip(input);
        body.damaged = true;
        return;
    }
    if input.peek(Token![=]) && !keys::is_key(&name) {
        // It is reported as a key.
        skip(input);
    } else if !colon(&name, input, errors) {
        reported = true;
        if ends_value(input) {
            let message = format!("expected a value for `{key}`");
            let error = errors.push_first(key.span(), message, format!("write `{key}: …`"));
            let value = ValueNode::Hole(key.span(), TokenStream::new(), error);
            if input.peek(Token![;]) {
                skip(input);
            }
            body.fields.push(FieldNode { key, value, alone: true });
            return;
        }
        let value = if input.peek(token::Brace) { next_written(input) } else { rest_of_value(input) };
        let help = format!("write `{key}: {value}`");
        errors.push_help(key.span(), format!("expected `:` after `{key}`"), help);
    }
    let value = value(&name, key.span(), input, errors);
    let hole = matches!(value, ValueNode::Hole(..));
    let span = value.span();
    body.fields.push(FieldNode { key, value, alone: false });
    if input.peek(Token![;]) {
        if !hole {
            errors.push_help(input.span(), "expected `,`", "keys are separated by commas");
        }
        skip(input);
    } else if !hole && !reported && starts_field(input) && !input.peek2(LitStr) {
        errors.push_help(span, "expected `,` after this value", "keys are separated by commas");
    }
}
