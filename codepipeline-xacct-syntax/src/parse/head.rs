//! The words with which an item begins, up to its name.

use codepipeline_xacct_core::suggest::{nearest, pascal_case};
use codepipeline_xacct_core::topology::Ownership;
use proc_macro2::{Span, TokenTree};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Path, Token, Visibility, token};

use super::tokens::{behind, braces, peek_text, peek_word, skip, skip_item};
use crate::ast::path_text;
use crate::errors::Errors;

/// What items begin with.
pub(super) const KINDS: [&str; 3] = ["account", "role", "pipeline"];

/// The words before the kind of an item.
#[derive(Default)]
pub(super) struct Words {
    pub(super) ownership: Option<(Ownership, Span)>,
}

impl Words {
    /// The last word that was read.
    pub(super) fn last(&self, visibility: &Visibility, input: ParseStream<'_>) -> Span {
        let public = match visibility {
            Visibility::Public(word) => Some(word.span),
            _ => None,
        };
        self.ownership.map(|(_, span)| span).or(public).unwrap_or_else(|| input.span())
    }

    /// Reads `extern` and `extended`. A word behind the `kind` and a `pub` that comes late are reported and read as if they stood where
    /// they belong.
    pub(super) fn read(
        &mut self,
        visibility: &mut Visibility,
        kind: Option<&str>,
        input: ParseStream<'_>,
        errors: &mut Errors,
    ) {
        loop {
            let span = input.span();
            if input.peek(Token![pub]) {
                let Ok(late) = input.parse::<Visibility>() else { return };
                let rest = match (kind, self.ownership) {
                    (Some(kind), _) => kind,
                    (None, Some((ownership, _))) => ownership.as_str(),
                    (None, None) => "…",
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
            let word = ownership.as_str();
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

/// How other languages write `pub`.
const VISIBLE: [&str; 3] = ["public", "export", "open"];

/// A word where the kind of an item belongs.
pub(super) enum OutOfPlace {
    /// It means this kind, or is superfluous before it.
    Word(&'static str),
    /// It is the name, and the kind follows or is missing.
    Name(&'static str),
}

/// Words that other languages begin an item with, a word too many, and a kind that comes late or not at all: reported and read as what
/// they mean.
pub(super) fn out_of_place(
    word: &Ident,
    words: &mut Words,
    input: ParseStream<'_>,
    errors: &mut Errors,
) -> Option<OutOfPlace> {
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
            "existing" | "external" | "import" | "imported" | "data" | "foreign" | "remote" => Some(Ownership::Extern),
            "extend" | "extends" => Some(Ownership::Extended),
            _ => {
                let words = [Ownership::Extern, Ownership::Extended];
                let near = nearest(&text, words.map(Ownership::as_str));
                words.into_iter().find(|word| near == Some(word.as_str()))
            }
        };
        let help = match meant {
            Some(ownership) => {
                words.ownership = Some((ownership, span));
                format!("write `{} {kind} …`", ownership.as_str())
            }
            None if VISIBLE.contains(&text.as_str()) => format!("write `pub {kind} …`"),
            None => format!("leave `{word}` out"),
        };
        errors.push_help(span, format!("`{word}` is not a word before `{kind}`"), help);
        skip(input);
        return Some(OutOfPlace::Word(kind));
    }
    if input.peek(Token![in]) {
        let kind = kind_ahead(input)?;
        let before = words.ownership.map(|(ownership, _)| format!("{} ", ownership.as_str())).unwrap_or_default();
        let form = format!("write `{before}{kind} {word} in {} {{ … }}`", account_ahead(input));
        errors.push_help(span, format!("expected `role` or `pipeline` before `{word}`"), form);
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

/// The account that the tokens name after `in`, if it is a path.
fn account_ahead(input: ParseStream<'_>) -> String {
    Path::parse_mod_style(&behind(input, 1)).map_or_else(|_| "<account>".to_owned(), |path| path_text(&path))
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
pub(super) fn rust_item(input: ParseStream<'_>, errors: &mut Errors) -> bool {
    let constant = input.peek(Token![const]) || input.peek(Token![static]) || input.peek(Token![type]);
    let begins = input.peek(Token![use])
        || input.peek(Token![impl])
        || constant && input.peek3(Token![:])
        || (input.peek(Token![fn])
            || input.peek(Token![mod])
            || input.peek(Token![struct])
            || input.peek(Token![enum]))
            && !KINDS.iter().any(|kind| peek_word(&behind(input, 1), kind))
            && kind_ahead(input).is_none();
    if begins {
        let help = "write it before the call of `pipeline!`";
        errors.push_help(input.span(), "Rust items do not belong in this call", help);
        skip_item(input);
    }
    begins
}

/// `<…>` behind a name, reported and left out.
pub(super) fn generics(name: &Ident, kind: &str, input: ParseStream<'_>, errors: &mut Errors) {
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
pub(super) fn kind_of(word: &Ident, errors: &mut Errors) -> Option<&'static str> {
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
pub(super) fn item_name(kind: &str, word: Span, input: ParseStream<'_>, errors: &mut Errors) -> Option<Ident> {
    let span = if input.is_empty() { word } else { input.span() };
    if peek_text(input)
        && let Ok(text) = input.parse::<LitStr>()
    {
        let mut name = name_from(&text.value())?;
        name.set_span(span);
        let help = format!("write `{kind} {name} …`; its name in AWS goes into `name: \"{}\"`", text.value());
        let help = if kind == "account" { format!("write `account {name} = …`") } else { help };
        errors.push_help(span, format!("the item of the {kind} is named without quotes"), help);
        return Some(name);
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
    let mut name = name_from(&text)?;
    name.set_span(span);
    errors.push_help(span, format!("`{text}` is not a Rust name"), format!("write `{kind} {name} …`"));
    Some(name)
}

/// `in Prod Deploy {`: the account and the name.
fn name_after_account(input: ParseStream<'_>) -> Option<(String, Ident)> {
    input.parse::<Token![in]>().ok()?;
    let path = Path::parse_mod_style(input).ok()?;
    let name = input.parse::<Ident>().ok()?;
    input.peek(token::Brace).then(|| (path_text(&path), name))
}

/// `shop-release` as `ShopRelease`, if that makes a name.
fn name_from(text: &str) -> Option<Ident> {
    syn::parse_str(&pascal_case(text)).ok()
}
