//! Items: accounts, roles and pipelines.

use codepipeline_xacct_core::suggest::nearest;
use codepipeline_xacct_core::topology::Ownership;
use proc_macro2::{Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseBuffer, ParseStream};
use syn::{Attribute, Ident, LitInt, LitStr, Path, Token, Type, Visibility, token};

use super::body::{Body, body, no_clauses};
use super::path::item_path;
use super::tokens::{braces, brackets, keep, parentheses, peek_colon, peek_word, skip, skip_item};
use crate::ast::{ItemNode, ItemNodeKind, ParamNode, ValueNode, path_span, path_text};
use crate::errors::Errors;
use crate::foreign;

/// What items begin with.
const KINDS: [&str; 3] = ["account", "role", "pipeline"];

/// An item, or nothing where its head doesn't parse.
pub(super) fn item(input: ParseStream<'_>, errors: &mut Errors) -> Option<ItemNode> {
    let head = (|| {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility: Visibility = input.parse()?;
        Ok((attributes, visibility))
    })();
    let Some((attributes, mut visibility)) = keep(head, errors) else {
        skip_item(input);
        return None;
    };
    // `};` and `},` behind the item before.
    if attributes.is_empty() && (input.peek(Token![;]) || input.peek(Token![,])) {
        let span = input.span();
        skip(input);
        errors.push_help(span, "nothing follows the `}` of an item", "leave it out");
        return None;
    }
    let mut words = Words::default();
    words.read(&mut visibility, None, input, errors);
    if rust_item(input, errors) {
        return None;
    }
    let Ok(kind) = input.call(Ident::parse_any) else {
        let span = if input.is_empty() { words.last(&visibility, input) } else { input.span() };
        errors.push_help(
            span,
            "expected `account`, `role` or `pipeline`",
            "write `pipeline <Name> in <account> { … }`",
        );
        skip_item(input);
        return None;
    };
    let mut early = None;
    let word = match KINDS.into_iter().find(|known| kind == known) {
        Some(word) => Some(word),
        None => match out_of_place(&kind, &mut words, input, errors) {
            Some(OutOfPlace::Word(word)) => Some(word),
            Some(OutOfPlace::Name(word)) => {
                early = Some(kind.clone());
                Some(word)
            }
            None => kind_of(&kind, errors),
        },
    };
    let Some(word) = word else {
        skip_item(input);
        return None;
    };
    words.read(&mut visibility, Some(word), input, errors);
    let name = match early {
        Some(name) => Some(name),
        None => item_name(word, kind.span(), input, errors),
    };
    let Some(name) = name else {
        skip_item(input);
        return None;
    };
    generics(&name, word, input, errors);
    let mut begun = TokenStream::new();
    let ownership = words.ownership.map_or(Ownership::Managed, |(ownership, _)| ownership);
    let kind = match word {
        "account" => {
            if let Some((_, span)) = words.ownership {
                errors.push_help(span, "an account is neither `extern` nor `extended`", "leave the word out");
            }
            account(&name, input, errors)
        }
        "role" => {
            let (account, body) = rest(&name, word, &mut Vec::new(), input, &mut begun, errors);
            no_clauses(&body, errors);
            ItemNodeKind::Role { ownership, account, fields: body.fields, damaged: body.damaged }
        }
        _ => {
            let mut params = params(&name, input, errors);
            let (account, body) = rest(&name, word, &mut params, input, &mut begun, errors);
            for action in &body.actions {
                errors.push_help(
                    action.name.span(),
                    "an action belongs in a stage",
                    "write `stage \"…\" { … }` around it",
                );
            }
            ItemNodeKind::Pipeline {
                ownership,
                params,
                account,
                fields: body.fields,
                stages: body.stages,
                damaged: body.damaged || !body.actions.is_empty(),
            }
        }
    };
    Some(ItemNode { attributes, visibility, ownership: words.ownership.map(|(_, span)| span), name, kind, begun })
}

/// The words before the kind of an item.
#[derive(Default)]
struct Words {
    ownership: Option<(Ownership, Span)>,
}

impl Words {
    /// The last word that was read.
    fn last(&self, visibility: &Visibility, input: ParseStream<'_>) -> Span {
        let public = match visibility {
            Visibility::Public(word) => Some(word.span),
            _ => None,
        };
        self.ownership.map(|(_, span)| span).or(public).unwrap_or_else(|| input.span())
    }

    /// Reads `extern` and `extended`. A word behind the `kind` and a `pub` that comes late are reported and read as if they stood where
    /// they belong.
    fn read(&mut self, visibility: &mut Visibility, kind: Option<&str>, input: ParseStream<'_>, errors: &mut Errors) {
        loop {
            let span = input.span();
            if input.peek(Token![pub]) {
                let Ok(late) = input.parse::<Visibility>() else { return };
                let rest = match (kind, self.ownership) {
                    (Some(kind), _) => kind,
                    (None, Some((Ownership::Extern, _))) => "extern",
                    (None, Some((Ownership::Extended, _))) => "extended",
                    (None, _) => "…",
                };
                errors.push_help(span, "`pub` comes first", format!("write `pub {rest} …`"));
                *visibility = late;
                continue;
            }
            let ownership = match kind {
                // `pipeline extended { … }` may be a name that is missing.
                Some(_) if input.peek2(token::Brace) => return,
                _ if input.peek(Token![extern]) => Ownership::Extern,
                _ if peek_word(input, "extended") => Ownership::Extended,
                _ => return,
            };
            let word = if ownership == Ownership::Extern { "extern" } else { "extended" };
            skip(input);
            if let Some(kind) = kind {
                errors.push_help(span, format!("`{word}` comes before `{kind}`"), format!("write `{word} {kind} …`"));
            } else if self.ownership.is_some() {
                errors.push_help(span, "an item is either `extern` or `extended`", "leave one of the words out");
                continue;
            }
            self.ownership = Some((ownership, span));
        }
    }
}

/// A word where the kind of an item belongs.
enum OutOfPlace {
    /// It stands for this kind, or has nothing to say before it.
    Word(&'static str),
    /// It is the name, and the kind follows or is missing.
    Name(&'static str),
}

/// Words that other languages begin an item with, a word too much, and a kind that comes late or not at all: reported and read as what
/// they mean.
fn out_of_place(word: &Ident, words: &mut Words, input: ParseStream<'_>, errors: &mut Errors) -> Option<OutOfPlace> {
    let span = word.span();
    let ahead = input.fork();
    let next = ahead.call(Ident::parse_any).ok();
    let next_kind = next.as_ref().and_then(|next| KINDS.into_iter().find(|kind| next == kind));
    let text = word.to_string();
    if let Some(kind) = next_kind {
        if ahead.peek(Token![in]) {
            let account = account_ahead(&ahead);
            let form = format!("write `{kind} {word} in {account} {{ … }}`");
            errors.push_help(span, format!("`{kind}` comes before the name"), form);
            skip(input);
            return Some(OutOfPlace::Name(kind));
        }
        let meant = match text.as_str() {
            "existing" | "external" | "imported" => Some("extern"),
            "extend" | "extends" => Some("extended"),
            _ => nearest(&text, ["extern", "extended"]),
        };
        let help = match meant {
            Some(meant) => {
                let ownership = if meant == "extern" { Ownership::Extern } else { Ownership::Extended };
                words.ownership = Some((ownership, span));
                format!("write `{meant} {kind} …`")
            }
            None => format!("leave `{word}` out"),
        };
        errors.push_help(span, format!("`{word}` is not a word before `{kind}`"), help);
        skip(input);
        return Some(OutOfPlace::Word(kind));
    }
    if input.peek(Token![in]) {
        let kind = kind_ahead(input)?;
        let before = match words.ownership {
            Some((Ownership::Extern, _)) => "extern ",
            Some((Ownership::Extended, _)) => "extended ",
            _ => "",
        };
        let form = format!("write `{before}{kind} {word} in {} {{ … }}`", account_ahead(input));
        errors.push_help(span, format!("`{word}` is not said to be a role or a pipeline"), form);
        return Some(OutOfPlace::Name(kind));
    }
    const RUST: [&str; 8] = ["struct", "enum", "mod", "type", "const", "static", "let", "fn"];
    if !RUST.contains(&text.as_str()) {
        return None;
    }
    let kind = if ahead.peek(Token![=]) && ahead.peek2(LitStr) { "account" } else { kind_ahead(input)? };
    let form = format!("write `{kind} {} …`", next?);
    errors.push_help(span, format!("`{word}` is not an item"), form);
    Some(OutOfPlace::Word(kind))
}

/// The account that the tokens name behind `in`, as far as it is a path.
fn account_ahead(input: ParseStream<'_>) -> String {
    let ahead = input.fork();
    skip(&ahead);
    Path::parse_mod_style(&ahead).map_or_else(|_| "<account>".to_owned(), |path| path_text(&path))
}

/// What the body that follows is of, where `in` comes before it.
fn kind_ahead(input: ParseStream<'_>) -> Option<&'static str> {
    let ahead = input.fork();
    let mut placed = false;
    while !ahead.is_empty() && !ahead.peek(Token![;]) {
        if ahead.peek(token::Brace) {
            let content = braces(&ahead)?;
            let mut pipeline = false;
            while !content.is_empty() {
                pipeline |= ["stage", "region"].iter().any(|word| peek_word(&content, word));
                skip(&content);
            }
            return placed.then_some(if pipeline { "pipeline" } else { "role" });
        }
        placed |= ahead.peek(Token![in]);
        skip(&ahead);
    }
    None
}

/// `use …;`, `const …: …;`, `fn …(…) { … }` in the call: reported and left out.
fn rust_item(input: ParseStream<'_>, errors: &mut Errors) -> bool {
    let constant = input.peek(Token![const]) || input.peek(Token![static]) || input.peek(Token![type]);
    let begins = input.peek(Token![use])
        || input.peek(Token![impl])
        || constant && input.peek3(Token![:])
        || (input.peek(Token![fn])
            || input.peek(Token![mod])
            || input.peek(Token![struct])
            || input.peek(Token![enum]))
            && !KINDS.iter().any(|kind| peek_word(&second(input), kind))
            && kind_ahead(input).is_none();
    if begins {
        let help = "write it before the call of `pipeline!`";
        errors.push_help(input.span(), "items of Rust do not belong in this call", help);
        skip_item(input);
    }
    begins
}

/// The input behind the next token.
fn second<'a>(input: ParseStream<'a>) -> ParseBuffer<'a> {
    let ahead = input.fork();
    skip(&ahead);
    ahead
}

/// `<…>` behind a name, reported and left out.
fn generics(name: &Ident, kind: &str, input: ParseStream<'_>, errors: &mut Errors) {
    if !input.peek(Token![<]) {
        return;
    }
    errors.push_help(
        input.span(),
        format!("a {kind} has no generic parameters"),
        format!("leave them out: `{kind} {name} …`"),
    );
    while !input.is_empty() && !input.peek(Token![in]) && !input.peek(token::Brace) && !input.peek(token::Paren) {
        skip(input);
    }
}

/// The kind of an item; a word that is nearly one is reported and read as it.
fn kind_of(word: &Ident, errors: &mut Errors) -> Option<&'static str> {
    let text = word.to_string();
    if let Some(kind) = KINDS.into_iter().find(|kind| *kind == text) {
        return Some(kind);
    }
    let near = nearest(&text, ["account", "role", "pipeline", "extern", "extended"]);
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "an item is an `account`, a `role` or a `pipeline`".to_owned(),
    };
    errors.push_help(word.span(), format!("`{word}` is not an item"), help);
    KINDS.into_iter().find(|kind| Some(*kind) == near)
}

/// The name of an item; one in quotes or with hyphens is reported and read as a name.
fn item_name(kind: &str, word: Span, input: ParseStream<'_>, errors: &mut Errors) -> Option<Ident> {
    let span = if input.is_empty() { word } else { input.span() };
    if input.peek(LitStr)
        && let Ok(text) = input.parse::<LitStr>()
    {
        let name = pascal_case(&text.value())?;
        let help = format!("write `{kind} {name} …`; its name in AWS goes into `name: \"{}\"`", text.value());
        let help = if kind == "account" { format!("write `account {name} = …`") } else { help };
        errors.push_help(span, format!("the item of the {kind} is named without quotes"), help);
        return Some(Ident::new(&name, span));
    }
    let Ok(name) = input.parse::<Ident>() else {
        let help = match kind {
            "account" => "write `account <Name> = \"<account id>\";`".to_owned(),
            kind => match name_after_account(&input.fork()) {
                Some((account, name)) => format!("write `{kind} {name} in {account} {{ … }}`"),
                None => format!("write `{kind} <Name> in <account> {{ … }}`"),
            },
        };
        errors.push_help(span, format!("expected the name of the {kind}"), help);
        return None;
    };
    if !input.peek(Token![-]) || input.peek(Token![->]) {
        return Some(name);
    }
    let mut text = name.to_string();
    while input.peek(Token![-]) {
        skip(input);
        match input.parse::<TokenTree>() {
            Ok(part) => text.push_str(&format!("-{part}")),
            Err(_) => break,
        }
    }
    let name = pascal_case(&text)?;
    errors.push_help(span, format!("`{text}` is not a Rust name"), format!("write `{kind} {name} …`"));
    Some(Ident::new(&name, span))
}

/// `in Prod Deploy {`: the account and the name.
fn name_after_account(input: ParseStream<'_>) -> Option<(String, Ident)> {
    input.parse::<Token![in]>().ok()?;
    let path = Path::parse_mod_style(input).ok()?;
    let name = input.parse::<Ident>().ok()?;
    input.peek(token::Brace).then(|| (path_text(&path), name))
}

/// `shop-release` as `ShopRelease`.
fn pascal_case(text: &str) -> Option<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let name: String = words
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
        })
        .collect();
    syn::parse_str::<Ident>(&name).is_ok().then_some(name)
}

fn account(name: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> ItemNodeKind {
    let mut id = None;
    let form = format!("write `account {name} = \"<account id>\";`");
    let before = errors.count();
    let form_of = |id: &LitStr| format!("write `account {name} = {};`", id.token());
    if peek_colon(input) || input.peek(Token![in]) {
        let span = input.span();
        skip(input);
        let form = input.fork().parse::<LitStr>().map_or_else(|_| form.clone(), |id| form_of(&id));
        errors.push_help(span, format!("expected `=` after account `{name}`"), &form);
        id = account_id(name, input, errors, &form);
    } else if input.peek(LitStr) {
        id = account_id(name, input, errors, &form);
        if let Some(id) = &id {
            errors.push_help(id.span(), format!("expected `=` after account `{name}`"), form_of(id));
        }
    } else if input.peek(token::Paren)
        && let Some(inside) = text_in_parentheses(&input.fork())
    {
        errors.push_help(input.span(), format!("expected `=` after account `{name}`"), form_of(&inside));
        skip(input);
        id = Some(inside);
    } else if input.peek(token::Brace)
        && let Some((key, inside)) = id_in_braces(&input.fork())
    {
        errors.push_help(key, format!("the id of account `{name}` comes before its keys"), form_of(&inside));
        skip(input);
        let _ = input.parse::<Token![;]>();
        return ItemNodeKind::Account { id: Some(inside), fields: Vec::new() };
    } else if input.parse::<Token![=]>().is_ok() {
        id = account_id(name, input, errors, &form);
    } else if !input.peek(token::Brace) {
        errors.push_help(name.span(), format!("account `{name}` has no id"), &form);
    } else {
        errors.push_help(name.span(), format!("account `{name}` has no id before its keys"), &form);
    }
    let mut fields = Vec::new();
    if input.peek(token::Brace) {
        let body = body(name, &format!("account {name} = …"), input, errors);
        no_clauses(&body, errors);
        fields = body.fields;
    } else if input.parse::<Token![;]>().is_err() {
        let comma = input.peek(Token![,]);
        if errors.count() == before {
            let span = if comma { input.span() } else { id.as_ref().map_or_else(|| name.span(), LitStr::span) };
            let form = match &id {
                Some(id) => format!("write `account {name} = {};`", id.token()),
                None => form,
            };
            errors.push_help(span, "expected `;` after the account", form);
        }
        if comma {
            skip(input);
        }
    }
    ItemNodeKind::Account { id, fields }
}

fn account_id(name: &Ident, input: ParseStream<'_>, errors: &mut Errors, form: &str) -> Option<LitStr> {
    let span = if input.is_empty() { name.span() } else { input.span() };
    let id = if input.peek(LitStr) { input.parse::<LitStr>().ok() } else { None };
    if id.is_none() {
        // `= ("…")`, `= Account("…")`
        let ahead = input.fork();
        let _ = Path::parse_mod_style(&ahead);
        if let Some(inside) = text_in_parentheses(&ahead) {
            let form = form.replace("\"<account id>\"", &inside.token().to_string());
            errors.push_help(span, "expected the account id as a string", form);
            let _ = Path::parse_mod_style(input);
            skip(input);
            return Some(inside);
        }
        errors.push_help(span, "expected the account id as a string", form);
        while !input.is_empty() && !input.peek(Token![;]) && !input.peek(token::Brace) && !input.peek(Token![pub]) {
            skip(input);
        }
    }
    id
}

/// The only string in parentheses.
fn text_in_parentheses(input: ParseStream<'_>) -> Option<LitStr> {
    let content = parentheses(input).ok()?;
    let text = content.parse::<LitStr>().ok()?;
    content.is_empty().then_some(text)
}

/// `{ id: "…" }`: the key and the id.
fn id_in_braces(input: ParseStream<'_>) -> Option<(Span, LitStr)> {
    let content = braces(input)?;
    let key = content.call(Ident::parse_any).ok()?;
    let fits = ["id", "account_id", "number"].iter().any(|word| key == word);
    content.parse::<Token![:]>().ok()?;
    let text = content.parse::<LitStr>().ok()?;
    let _ = content.parse::<Token![,]>();
    (fits && content.is_empty()).then(|| (key.span(), text))
}

/// The account and the body of a role or a pipeline. Parameters that come behind the account are reported and added.
fn rest(
    name: &Ident,
    kind: &str,
    late: &mut Vec<ParamNode>,
    input: ParseStream<'_>,
    begun: &mut TokenStream,
    errors: &mut Errors,
) -> (Option<Path>, Body) {
    let error = errors.count();
    let account = in_account(name, kind, input, begun, errors);
    if let Some(path) = account.as_ref()
        && input.peek(token::Paren)
        && input.peek2(token::Brace)
    {
        let span = input.span();
        let written = input.fork().parse::<TokenTree>().map_or_else(|_| "(…)".to_owned(), |t| foreign::text(&t.into()));
        let form = format!("write `{kind} {name}{written} in {} {{ … }}`", path_text(path));
        errors.push_help(span, format!("the parameters come after the name of the {kind}"), form);
        late.extend(params(name, input, errors));
    }
    let head = format!("{kind} {name} in {}", account.as_ref().map_or_else(|| "<account>".to_owned(), path_text));
    if account.is_some() || errors.count() > error {
        return (account, body(name, &head, input, errors));
    }
    let has_body = !input.is_empty();
    let mut body = body(name, &head, input, errors);
    if !has_body {
        return (None, body);
    }
    let path = body.fields.iter().position(|field| field.key == "account").map(|index| body.fields.remove(index));
    match path {
        Some(field) => {
            let path = match field.value {
                ValueNode::Path(path) => Some(path),
                _ => None,
            };
            let account = path.as_ref().map_or_else(|| "<account>".to_owned(), path_text);
            let help = format!("write `{kind} {name} in {account} {{ … }}`");
            errors.push_help(field.key.span(), "the account is named in the head", help);
            (path, body)
        }
        None => {
            let help = format!("write `{kind} {name} in <account> {{ … }}`");
            errors.push_help(name.span(), format!("{kind} `{name}` has no account"), help);
            (None, body)
        }
    }
}

/// `in path`. Nothing, without an error, where there is nothing of it.
fn in_account(
    name: &Ident,
    kind: &str,
    input: ParseStream<'_>,
    begun: &mut TokenStream,
    errors: &mut Errors,
) -> Option<Path> {
    if input.parse::<Token![in]>().is_err() {
        // Signs in place of `in`.
        let ahead = input.fork();
        let sign = peek_colon(&ahead) || ahead.peek(Token![->]) || ahead.peek(Token![@]) || ahead.peek(Token![=>]);
        if sign {
            let span = ahead.span();
            while !ahead.is_empty() && !ahead.peek(Ident::peek_any) && !ahead.peek(token::Brace) {
                skip(&ahead);
            }
            if let Ok(path) = Path::parse_mod_style(&ahead)
                && ahead.peek(token::Brace)
            {
                let form = format!("write `{kind} {name} in {} {{ … }}`", path_text(&path));
                errors.push_help(span, format!("expected `in` before the account of {kind} `{name}`"), form);
                while !input.is_empty() && !input.peek(token::Brace) {
                    skip(input);
                }
                return Some(path);
            }
        }
        let what = format!("the account of {kind} `{name}`");
        // Another word or a sign in place of `in`.
        let other = !input.peek(token::Brace) && (input.peek2(Ident::peek_any) || input.peek2(LitStr));
        let other = other && !input.peek2(token::Brace) && !input.peek2(Token![::]) && !input.peek(Token![=]);
        if other && input.peek3(token::Brace) {
            let span = input.span();
            skip(input);
            let path = item_path("account", input, errors).ok()?;
            let form = format!("write `{kind} {name} in {} {{ … }}`", path_text(&path));
            errors.push_help(span, format!("expected `in` before {what}"), form);
            return Some(path);
        }
        // A path and a body: the word between is missing.
        let ahead = input.fork();
        if !input.peek(token::Brace) && Path::parse_mod_style(&ahead).is_ok() && ahead.peek(token::Brace) {
            let path = Path::parse_mod_style(input).ok()?;
            let form = format!("write `{kind} {name} in {} {{ … }}`", path_text(&path));
            errors.push_help(path_span(&path), format!("expected `in` before {what}"), form);
            return Some(path);
        }
        return None;
    }
    // `in (Prod)`, `in in Prod`, `in account Prod`, `in "222222222222"`
    let span = input.span();
    let inside = input.fork();
    let group = parentheses(&inside).ok().and_then(|content| Path::parse_mod_style(&content).ok());
    let twice = input.peek(Token![in]) || peek_word(input, "account") && input.peek2(Ident::peek_any);
    if let Some(path) = group {
        let form = format!("write `{kind} {name} in {} {{ … }}`", path_text(&path));
        errors.push_help(span, "the account is named without parentheses", form);
        skip(input);
        return Some(path);
    }
    if twice {
        let word = input.call(Ident::parse_any).ok()?;
        let path = item_path("account", input, errors).ok()?;
        let form = format!("write `{kind} {name} in {} {{ … }}`", path_text(&path));
        errors.push_help(span, format!("there is a `{word}` too much"), form);
        return Some(path);
    }
    let id = match (input.fork().parse::<LitStr>(), input.fork().parse::<LitInt>()) {
        (Ok(text), _) => Some(text.value()),
        (_, Ok(number)) => Some(number.to_string()),
        _ => None,
    };
    if let Some(id) = id.filter(|id| id.starts_with(|c: char| c.is_ascii_digit())) {
        let help =
            format!("declare it, `account <Name> = {id:?};`, and write its name: `{kind} {name} in <Name> {{ … }}`");
        errors.push_help(span, "the account is named by its item, not by its id", help);
        skip(input);
        return None;
    }
    match item_path("account", input, errors) {
        Ok(path) => Some(path),
        Err(tokens) => {
            let form = format!("write `{kind} {name} in <account> {{ … }}`");
            if !tokens.is_empty() || input.peek(token::Brace) {
                errors.push_help(name.span(), format!("expected the account of {kind} `{name}` after `in`"), form);
            }
            *begun = tokens;
            None
        }
    }
}

/// `(name: Type, …)`. Brackets, other signs and words too much are reported and read as what they mean.
fn params(item: &Ident, input: ParseStream<'_>, errors: &mut Errors) -> Vec<ParamNode> {
    let mut params = Vec::new();
    let span = input.span();
    let content = if input.peek(token::Bracket) {
        let Ok(content) = brackets(input) else { return params };
        let inside = content.fork().parse::<TokenStream>().map_or_else(|_| "…".to_owned(), |t| foreign::text(&t));
        errors.push_help(span, "parameters are written in parentheses", format!("write `{item}({inside})`"));
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
        if errors.count() == before {
            errors.push_help(content.span(), "expected `,`", "parameters are separated by commas: `,`");
        }
        if content.peek(Token![;]) {
            skip(&content);
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
        ahead.parse::<Type>().map_or_else(|_| "<type>".to_owned(), |ty| foreign::text(&quote::quote!(#ty)))
    };
    if quoted {
        let ahead = input.fork();
        skip(&ahead);
        let help = format!("write `{name}: {}`", ty_of(&ahead));
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
        return None;
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
