//! Tokens to nodes. What doesn't parse is reported and left out; parsing goes on behind it, so that one call reports
//! all its mistakes and the declared items always exist.

use codepipeline_xacct_core::topology::Ownership;
use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseBuffer, ParseStream, Parser};
use syn::{
    Attribute, Ident, LitBool, LitInt, LitStr, Path, Token, Type, Visibility, braced, bracketed, parenthesized, token,
};

use crate::ast::{
    ActionKeyword, ActionNode, CallNode, EntryNode, FieldNode, ItemNode, ItemNodeKind, MapKey, ParamNode, ProviderNode,
    StageNode, ValueNode, path_span, path_text,
};
use crate::errors::Errors;

/// How deep groups may stand in each other. Nothing that means anything comes near it.
const MOST_DEPTH: usize = 128;

/// Parses the whole call.
pub fn file(tokens: TokenStream, errors: &mut Errors) -> CallNode {
    let mut found = CallNode { library: None, items: Vec::new() };
    if let Some(span) = too_deep(tokens.clone()) {
        errors.push(span, format!("groups stand in each other more than {MOST_DEPTH} times"));
        return found;
    }
    let parser = |input: ParseStream<'_>| {
        found.library = library(input, errors);
        while !input.is_empty() {
            if let Some(item) = item(input, errors) {
                found.items.push(item);
            }
        }
        Ok(())
    };
    // The parser above reads to the end whatever comes.
    if let Err(error) = parser.parse2(tokens) {
        errors.push(error.span(), error.to_string());
    }
    found
}

/// The first group that is too deep to be read by functions that call themselves.
fn too_deep(tokens: TokenStream) -> Option<Span> {
    let mut open = vec![tokens.into_iter()];
    while let Some(top) = open.last_mut() {
        match top.next() {
            Some(TokenTree::Group(group)) if open.len() > MOST_DEPTH => return Some(group.span_open()),
            Some(TokenTree::Group(group)) => open.push(group.stream().into_iter()),
            Some(_) => {}
            None => {
                open.pop();
            }
        }
    }
    None
}

/// `crate = path;`
fn library(input: ParseStream<'_>, errors: &mut Errors) -> Option<Path> {
    if !(input.peek(Token![crate]) && input.peek2(Token![=])) {
        return None;
    }
    let parsed = (|| {
        input.parse::<Token![crate]>()?;
        input.parse::<Token![=]>()?;
        Path::parse_mod_style(input)
    })();
    let path = keep(parsed, errors)?;
    if input.parse::<Token![;]>().is_err() {
        errors.push(path_span(&path), "expected `;` behind the path of the library");
    }
    Some(path)
}

/// A path, or what was begun of it: an editor completes that.
fn path(input: ParseStream<'_>) -> Result<Path, TokenStream> {
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

fn keep<T>(parsed: syn::Result<T>, errors: &mut Errors) -> Option<T> {
    parsed.map_err(|error| errors.push(error.span(), error.to_string())).ok()
}

/// Leaves out one token.
fn skip(input: ParseStream<'_>) {
    let _ = input.parse::<TokenTree>();
}

/// Leaves out all up to the end of an item: `;` or a brace group.
fn skip_item(input: ParseStream<'_>) {
    while !input.is_empty() {
        let end = input.peek(token::Brace) || input.peek(Token![;]);
        skip(input);
        if end {
            return;
        }
    }
}

/// An item, or nothing where its head doesn't parse.
fn item(input: ParseStream<'_>, errors: &mut Errors) -> Option<ItemNode> {
    let head = (|| {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility: Visibility = input.parse()?;
        Ok((attributes, visibility))
    })();
    let Some((attributes, visibility)) = keep(head, errors) else {
        skip_item(input);
        return None;
    };
    let ownership = if input.peek(Token![extern]) {
        skip(input);
        Some(Ownership::Extern)
    } else if peek_word(input, "extended") {
        skip(input);
        Some(Ownership::Extended)
    } else {
        None
    };
    let Ok(kind) = input.call(Ident::parse_any) else {
        errors.push(input.span(), "expected `account`, `role` or `pipeline`");
        skip_item(input);
        return None;
    };
    let known = ["account", "role", "pipeline"];
    if !known.contains(&kind.to_string().as_str()) {
        let words = ["account", "role", "pipeline", "extern", "extended"];
        let help = match codepipeline_xacct_core::suggest::nearest(&kind.to_string(), words) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "an item is an `account`, a `role` or a `pipeline`".to_owned(),
        };
        errors.push_help(kind.span(), format!("`{kind}` is no item"), help);
        skip_item(input);
        return None;
    }
    let Ok(name) = input.parse::<Ident>() else {
        let help = match kind.to_string().as_str() {
            "account" => "write `account <Name> = \"<account id>\";`".to_owned(),
            kind => format!("write `{kind} <Name> in <account> {{ … }}`"),
        };
        errors.push_help(input.span(), format!("expected the name of the {kind}"), help);
        skip_item(input);
        return None;
    };
    let mut begun = TokenStream::new();
    let kind = match kind.to_string().as_str() {
        "account" => {
            if ownership.is_some() {
                errors.push_help(kind.span(), "an account is neither `extern` nor `extended`", "leave the word out");
            }
            account(&name, input, errors)
        }
        "role" => {
            let account = in_account(&name, "role", input, &mut begun, errors);
            let body = body(&name, input, errors);
            no_clauses(&body, errors);
            ItemNodeKind::Role { ownership: ownership.unwrap_or(Ownership::Managed), account, fields: body.fields }
        }
        _ => {
            let params = params(input, errors);
            let account = in_account(&name, "pipeline", input, &mut begun, errors);
            let body = body(&name, input, errors);
            for action in &body.actions {
                errors.push_help(
                    action.name.span(),
                    "an action stands in a stage",
                    "write `stage \"…\" { … }` around it",
                );
            }
            ItemNodeKind::Pipeline {
                ownership: ownership.unwrap_or(Ownership::Managed),
                params,
                account,
                fields: body.fields,
                stages: body.stages,
                damaged: body.damaged || !body.actions.is_empty(),
            }
        }
    };
    Some(ItemNode { attributes, visibility, name, kind, begun })
}

fn peek_word(input: ParseStream<'_>, word: &str) -> bool {
    input.fork().call(Ident::parse_any).is_ok_and(|ident| ident == word)
}

fn account(name: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> ItemNodeKind {
    let mut id = None;
    let form = format!("write `account {name} = \"<account id>\";`");
    let colon = input.span();
    let with_colon = input.peek(Token![:]) && !input.peek(Token![::]);
    if with_colon {
        skip(input);
        errors.push_help(colon, format!("expected `=` behind account `{name}`"), &form);
    }
    if with_colon || input.parse::<Token![=]>().is_ok() {
        let span = input.span();
        match input.parse::<LitStr>() {
            Ok(text) => id = Some(text),
            Err(_) => {
                errors.push_help(span, "expected the account id as a string", &form);
                if !input.peek(Token![;]) && !input.peek(token::Brace) {
                    skip(input);
                }
            }
        }
    } else {
        errors.push_help(name.span(), format!("account `{name}` has no id"), &form);
    }
    let mut fields = Vec::new();
    if input.peek(token::Brace) {
        let body = body(name, input, errors);
        no_clauses(&body, errors);
        fields = body.fields;
    } else if input.parse::<Token![;]>().is_err() && !with_colon {
        let span = id.as_ref().map_or_else(|| name.span(), LitStr::span);
        errors.push_help(span, "expected `;` behind the account", form);
    }
    ItemNodeKind::Account { id, fields }
}

/// `in path`
fn in_account(
    name: &Ident,
    kind: &str,
    input: ParseStream<'_>,
    begun: &mut TokenStream,
    errors: &mut Errors,
) -> Option<Path> {
    if input.parse::<Token![in]>().is_err() {
        // A path and a body: the word between is missing.
        let fork = input.fork();
        if !starts_item(input) && Path::parse_mod_style(&fork).is_ok() && fork.peek(token::Brace) {
            let path = Path::parse_mod_style(input).ok()?;
            let form = format!("write `{kind} {name} in {} {{ … }}`", path_text(&path));
            errors.push_help(path_span(&path), format!("expected `in` before the account of {kind} `{name}`"), form);
            return Some(path);
        }
        errors.push_help(
            name.span(),
            format!("{kind} `{name}` has no account"),
            format!("write `{kind} {name} in <account> {{ … }}`"),
        );
        return None;
    }
    match path(input) {
        Ok(path) => Some(path),
        Err(tokens) => {
            *begun = tokens;
            errors.push(name.span(), format!("expected the account of {kind} `{name}` behind `in`"));
            None
        }
    }
}

/// `(name: Type, …)`
fn params(input: ParseStream<'_>, errors: &mut Errors) -> Vec<ParamNode> {
    let mut params = Vec::new();
    if !input.peek(token::Paren) {
        return params;
    }
    let parsed = (|| {
        let content;
        parenthesized!(content in input);
        while !content.is_empty() {
            let name: Ident = content.parse()?;
            content.parse::<Token![:]>()?;
            let ty: Type = content.parse()?;
            params.push(ParamNode { name, ty });
            if !content.is_empty() {
                content.parse::<Token![,]>()?;
            }
        }
        Ok(())
    })();
    keep(parsed, errors);
    params
}

/// What stands between braces: fields, and clauses that begin with a keyword and a string.
#[derive(Default)]
struct Body {
    fields: Vec<FieldNode>,
    stages: Vec<StageNode>,
    actions: Vec<ActionNode>,
    /// True where something did not parse that is in no clause.
    damaged: bool,
}

fn no_clauses(body: &Body, errors: &mut Errors) {
    for span in body.stages.iter().map(|s| s.name.span()).chain(body.actions.iter().map(|a| a.name.span())) {
        errors.push(span, "stages and actions stand in a pipeline");
    }
}

fn body(name: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> Body {
    match braces(input) {
        Some(content) => body_of(&content, errors),
        None => {
            errors.push(name.span(), format!("expected `{{ … }}` behind the head of `{name}`"));
            // Whatever stands here instead belongs to nothing.
            while !input.is_empty() && !starts_item(input) {
                skip(input);
            }
            Body::default()
        }
    }
}

fn starts_item(input: ParseStream<'_>) -> bool {
    input.peek(Token![pub])
        || input.peek(Token![#])
        || input.peek(Token![extern])
        || ["account", "role", "pipeline", "extended"].iter().any(|word| peek_word(input, word))
}

/// What stands in a brace group, if one comes next.
fn braces<'a>(input: ParseStream<'a>) -> Option<ParseBuffer<'a>> {
    let group = |input: ParseStream<'a>| {
        let content;
        braced!(content in input);
        Ok::<_, syn::Error>(content)
    };
    group(input).ok()
}

fn brackets<'a>(input: ParseStream<'a>) -> syn::Result<ParseBuffer<'a>> {
    let content;
    bracketed!(content in input);
    Ok(content)
}

fn parentheses<'a>(input: ParseStream<'a>) -> syn::Result<ParseBuffer<'a>> {
    let content;
    parenthesized!(content in input);
    Ok(content)
}

/// Reads to the end, whatever comes.
fn body_of(input: ParseStream<'_>, errors: &mut Errors) -> Body {
    let mut body = Body::default();
    while !input.is_empty() {
        if input.parse::<Token![,]>().is_ok() {
            continue;
        }
        if input.peek(Ident::peek_any) && input.peek2(LitStr) {
            body.damaged |= !clause(input, &mut body, errors);
        } else if input.peek(Ident::peek_any) {
            let before = errors.count();
            field(input, &mut body, errors);
            body.damaged |= errors.count() > before;
        } else {
            errors.push(input.span(), "expected a key or a clause");
            skip(input);
            body.damaged = true;
        }
    }
    body
}

/// `stage "…" { … }`, `source "…": … { … }`, `invoke …`, `action …`; false where it is none of these.
fn clause(input: ParseStream<'_>, body: &mut Body, errors: &mut Errors) -> bool {
    let before = errors.count();
    let (Ok(word), Ok(name)) = (input.call(Ident::parse_any), input.parse::<LitStr>()) else { return false };
    let keyword = match word.to_string().as_str() {
        "stage" => {
            if input.peek(Token![:]) {
                let form = format!("write `stage \"{}\" {{ … }}`", name.value());
                errors.push_help(input.span(), "there is no `:` behind the name of a stage", form);
                skip(input);
            }
            let Some(content) = braces(input) else {
                errors.push(name.span(), format!("expected `{{ … }}` behind stage \"{}\"", name.value()));
                return false;
            };
            let inner = body_of(&content, errors);
            for stage in &inner.stages {
                errors.push(stage.name.span(), "a stage can't stand in a stage");
            }
            let damaged = inner.damaged || !inner.stages.is_empty();
            body.stages.push(StageNode { name, fields: inner.fields, actions: inner.actions, damaged });
            return true;
        }
        "source" => ActionKeyword::Source,
        "invoke" => ActionKeyword::Invoke,
        "action" => ActionKeyword::Action,
        other if !input.peek(Token![:]) && !input.peek(token::Brace) => {
            let form = format!("write `{other}: \"{}\"`", name.value());
            errors.push_help(word.span(), format!("expected `:` behind `{other}`"), form);
            body.fields.push(FieldNode { key: word, value: ValueNode::Str(name) });
            return false;
        }
        other => {
            let known = ["stage", "source", "invoke", "action"];
            let help = match codepipeline_xacct_core::suggest::nearest(other, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "a clause begins with `stage`, `source`, `invoke` or `action`".to_owned(),
            };
            errors.push_help(word.span(), format!("`{other}` begins no clause"), help);
            while !input.is_empty() && !input.peek(Token![,]) {
                let end = input.peek(token::Brace);
                skip(input);
                if end {
                    break;
                }
            }
            return false;
        }
    };
    if input.parse::<Token![:]>().is_err() {
        errors.push(name.span(), format!("expected `: <provider> {{ … }}` behind action \"{}\"", name.value()));
    }
    let mut begun = TokenStream::new();
    let provider = provider(&name, keyword, input, &mut begun, errors);
    let fields = match braces(input) {
        Some(content) => {
            let inner = body_of(&content, errors);
            for span in inner.stages.iter().map(|s| s.name.span()).chain(inner.actions.iter().map(|a| a.name.span())) {
                errors.push(span, "neither a stage nor an action can stand in an action");
            }
            inner.fields
        }
        None => {
            if provider.is_some() {
                errors.push(
                    name.span(),
                    format!("expected `{{ … }}` behind the provider of action \"{}\"", name.value()),
                );
            }
            Vec::new()
        }
    };
    body.actions.push(ActionNode { keyword, name, provider, begun, fields, damaged: errors.count() > before });
    true
}

const TYPE_FORM: &str = "write `type(\"<category>\", \"<owner>\", \"<provider>\", \"<version>\")`";

fn provider(
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
                format!("`{}` is no provider", text.value()),
                "write the provider without quotes, or `type(\"<category>\", \"<owner>\", \"<provider>\", \"<version>\")`",
            )
        };
        errors.push_help(text.span(), message, help);
        return None;
    }
    match path(input) {
        Ok(path) if input.peek(token::Paren) => {
            errors.push_help(path_span(&path), format!("`{}(…)` is no action type", path_text(&path)), TYPE_FORM);
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

/// `key: value`
fn field(input: ParseStream<'_>, body: &mut Body, errors: &mut Errors) {
    let Ok(key) = input.call(Ident::parse_any) else { return };
    let is_clause = ["stage", "source", "invoke", "action"].iter().any(|word| key == word);
    if is_clause && !input.peek(Token![:]) {
        let name = input.fork().call(Ident::parse_any).map_or_else(|_| "…".to_owned(), |name| name.to_string());
        errors.push_help(key.span(), format!("expected a string behind `{key}`"), format!("write `{key} \"{name}\"`"));
        skip_item(input);
        return;
    }
    if !colon(&key.to_string(), input, errors) {
        errors.push_help(key.span(), format!("expected a value for `{key}`"), format!("write `{key}: …`"));
        let value = ValueNode::Hole(key.span(), TokenStream::new());
        body.fields.push(FieldNode { key, value });
        return;
    }
    let value = value(&key.to_string(), key.span(), input, errors);
    if matches!(value, ValueNode::Hole(..)) {
        body.fields.push(FieldNode { key, value });
        return;
    }
    let span = value.span();
    let name = key.to_string();
    let is_path = matches!(value, ValueNode::Path(_));
    body.fields.push(FieldNode { key, value });
    let clause_follows = input.peek(Ident::peek_any) && input.peek2(LitStr);
    if input.is_empty() || input.peek(Token![,]) || clause_follows {
        return;
    }
    if input.peek(Token![;]) {
        errors.push_help(input.span(), "expected `,`", "a comma stands between keys");
        skip(input);
        return;
    }
    if is_path && !input.peek(Ident::peek_any) {
        let form = format!("write `{name}: (…)`");
        errors.push_help(span, "a Rust expression stands in parentheses", form);
    } else {
        errors.push(span, "expected `,` behind this value");
    }
    if !input.peek(Ident::peek_any) {
        while !input.is_empty() && !input.peek(Token![,]) {
            skip(input);
        }
    }
}

/// The colon behind a key; false where nothing of the kind stands there. What others write for it is reported and taken for it.
fn colon(key: &str, input: ParseStream<'_>, errors: &mut Errors) -> bool {
    if input.parse::<Token![:]>().is_ok() {
        return true;
    }
    let span = input.span();
    let other = input.peek(Token![=]);
    if other {
        if input.parse::<Token![=>]>().is_err() {
            skip(input);
        }
        errors.push_help(span, format!("expected `:` behind `{key}`"), format!("write `{key}: …`"));
    }
    other
}

/// A value, or a hole; `key` and `at` name what it is for.
fn value(key: &str, at: Span, input: ParseStream<'_>, errors: &mut Errors) -> ValueNode {
    let hole = || ValueNode::Hole(at, TokenStream::new());
    if input.is_empty() || input.peek(Token![,]) {
        errors.push_help(at, format!("expected a value for `{key}`"), format!("write `{key}: …`"));
        return hole();
    }
    let span = input.span();
    if input.peek(LitStr) {
        return input.parse().map_or_else(|_| hole(), ValueNode::Str);
    }
    if input.peek(LitInt) {
        return input.parse().map_or_else(|_| hole(), ValueNode::Int);
    }
    if input.peek(LitBool) {
        return input.parse().map_or_else(|_| hole(), ValueNode::Bool);
    }
    if input.peek(token::Bracket) {
        let Some(content) = keep(brackets(input), errors) else { return hole() };
        return ValueNode::List(elements(key, span, &content, errors), span);
    }
    if input.peek(token::Brace) {
        let Some(content) = braces(input) else { return hole() };
        let mut entries = Vec::new();
        separated(&content, errors, |input, errors| entries.extend(entry(input, errors)));
        return ValueNode::Map(entries, span);
    }
    if input.peek(token::Paren) {
        let tokens = keep(parentheses(input).and_then(|content| content.parse::<TokenStream>()), errors);
        let Some(tokens) = tokens else { return hole() };
        if tokens.is_empty() {
            errors.push(span, "expected a Rust expression between the parentheses");
            return hole();
        }
        return ValueNode::Runtime(tokens, span);
    }
    let path = match path(input) {
        Ok(path) => path,
        Err(begun) => {
            errors.push(span, format!("this is no value for `{key}`"));
            if begun.is_empty() || !input.peek(Token![,]) {
                skip(input);
            }
            return ValueNode::Hole(at, begun);
        }
    };
    if !input.peek(token::Paren) {
        return ValueNode::Path(path);
    }
    let Some(content) = keep(parentheses(input), errors) else { return hole() };
    ValueNode::Call(path, elements(key, span, &content, errors))
}

/// The elements of a list.
fn elements(key: &str, at: Span, input: ParseStream<'_>, errors: &mut Errors) -> Vec<ValueNode> {
    let mut values = Vec::new();
    separated(input, errors, |input, errors| values.push(value(key, at, input, errors)));
    values
}

/// Parses elements between commas, to the end, whatever comes.
fn separated(input: ParseStream<'_>, errors: &mut Errors, mut element: impl FnMut(ParseStream<'_>, &mut Errors)) {
    while !input.is_empty() {
        element(input, errors);
        if !input.is_empty() && input.parse::<Token![,]>().is_err() {
            errors.push(input.span(), "expected `,`");
            while !input.is_empty() && input.parse::<Token![,]>().is_err() {
                skip(input);
            }
        }
    }
}

/// `key: value` or `key`
fn entry(input: ParseStream<'_>, errors: &mut Errors) -> Option<EntryNode> {
    let key = if input.peek(LitStr) {
        MapKey::Str(input.parse().ok()?)
    } else if input.peek(Ident::peek_any) {
        MapKey::Ident(input.call(Ident::parse_any).ok()?)
    } else {
        errors.push(input.span(), "expected a name or a string");
        skip(input);
        return None;
    };
    if input.is_empty() || input.peek(Token![,]) {
        return Some(EntryNode { key, value: None });
    }
    if !colon(&key.text(), input, errors) {
        errors.push_help(
            key.span(),
            format!("expected `:` behind `{}`", key.text()),
            format!("write `{}: …`", key.text()),
        );
    }
    // What is no value is reported, and the key is there all the same.
    let value = value(&key.text(), key.span(), input, errors);
    Some(EntryNode { key, value: Some(value) })
}
