//! What stands in place of a value: Rust without parentheses, or words without quotes.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use syn::{LitStr, Path};

use crate::ast::path_text;

/// How long an expression may be to be repeated in a message.
const MOST_LETTERS: usize = 60;

/// Tokens that are not a value.
#[derive(Debug, PartialEq, Eq)]
pub enum Foreign {
    /// `eu-west-1`, `acme/shop`, `1.0`: a text without its quotes.
    Words(String),
    /// `"main".to_string()`, `String::from("main")`, `&"main"`: a string that needs nothing around it.
    Wrapped(String),
    /// `&Name`: a path behind a reference.
    Borrowed(String),
    /// Any other Rust expression.
    Expression(String),
}

impl Foreign {
    /// Looks at the tokens.
    pub fn of(tokens: &TokenStream) -> Self {
        let list: Vec<TokenTree> = tokens.clone().into_iter().collect();
        if let Some(text) = reference(&list).or_else(|| words(&list)) {
            return Self::Words(text);
        }
        if let Some(text) = wrapped(&list) {
            return Self::Wrapped(text);
        }
        if let [TokenTree::Punct(first), rest @ ..] = list.as_slice()
            && first.as_char() == '&'
        {
            let rest: TokenStream = rest.iter().filter(|token| !is_word(token, "mut")).cloned().collect();
            if let Ok(path) = syn::parse2::<Path>(rest) {
                return Self::Borrowed(path_text(&path));
            }
        }
        Self::Expression(text(tokens))
    }
}

/// `#{Namespace.Name}`
fn reference(tokens: &[TokenTree]) -> Option<String> {
    let mut found = String::new();
    let mut tokens = tokens.iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(hash) if hash.as_char() == '#' => match tokens.next() {
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    found.push_str(&format!("{}{{{}}}", hash.as_char(), plain(group.stream())));
                }
                _ => return None,
            },
            TokenTree::Group(_) => return None,
            other if !found.is_empty() => found.push_str(&other.to_string()),
            _ => return None,
        }
    }
    Some(found).filter(|found| !found.is_empty())
}

/// Words, numbers and signs that names, Regions, ids and URLs have in them. One word alone is a name.
fn words(tokens: &[TokenTree]) -> Option<String> {
    let fits = |token: &TokenTree| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Literal(literal) => literal.to_string().starts_with(|c: char| c.is_ascii_digit()),
        TokenTree::Punct(punct) => matches!(punct.as_char(), '-' | '.' | '/' | ':' | '_' | '@' | '*' | '~'),
        TokenTree::Group(_) => false,
    };
    let begins = !matches!(tokens.first(), Some(TokenTree::Punct(punct)) if matches!(punct.as_char(), ':' | '*'));
    // `settings.branch` is a field, `a.b` a file: who has only words and dots may mean either.
    let joined = tokens.iter().any(|token| {
        matches!(token, TokenTree::Punct(punct) if matches!(punct.as_char(), '-' | '/' | '@' | '~'))
            || matches!(token, TokenTree::Literal(_))
    });
    (begins && joined && tokens.iter().all(fits)).then(|| plain(tokens.iter().cloned().collect()))
}

/// The string in a conversion of it.
fn wrapped(tokens: &[TokenTree]) -> Option<String> {
    let string = |token: &TokenTree| syn::parse2::<LitStr>(token.clone().into()).ok().map(|text| text.value());
    match tokens {
        [TokenTree::Punct(and), text] if and.as_char() == '&' => string(text),
        [text, TokenTree::Punct(dot), TokenTree::Ident(method), TokenTree::Group(arguments)] => {
            let converts = ["to_string", "to_owned", "into", "into_string", "as_str", "clone"];
            let fits =
                dot.as_char() == '.' && arguments.stream().is_empty() && converts.iter().any(|name| method == name);
            string(text).filter(|_| fits)
        }
        _ => None,
    }
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

/// The tokens without anything between them.
fn plain(tokens: TokenStream) -> String {
    tokens.into_iter().map(|token| token.to_string()).collect()
}

/// The tokens about as they were written; `…` where there are too many to repeat.
pub fn text(tokens: &TokenStream) -> String {
    let mut found = String::new();
    write(tokens.clone(), &mut found);
    if found.chars().count() > MOST_LETTERS { "…".to_owned() } else { found }
}

fn write(tokens: TokenStream, out: &mut String) {
    let mut word = false;
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace if word => (" { ", " }"),
                    Delimiter::Brace => ("{ ", " }"),
                    Delimiter::None => ("", ""),
                };
                out.push_str(open);
                write(group.stream(), out);
                out.push_str(close);
                word = false;
            }
            TokenTree::Punct(punct) => {
                let around = matches!(punct.as_char(), '+' | '|' | '=');
                let of_path = punct.as_char() == ':' && (punct.spacing() == Spacing::Joint || out.ends_with(':'));
                if around {
                    out.push(' ');
                }
                out.push(punct.as_char());
                if around || matches!(punct.as_char(), ',' | ':') && !of_path {
                    out.push(' ');
                }
                word = false;
            }
            other => {
                if word {
                    out.push(' ');
                }
                out.push_str(&other.to_string());
                word = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Foreign {
        Foreign::of(&text.parse().unwrap())
    }

    #[test]
    fn words_without_quotes_are_told_from_rust() {
        assert_eq!(of("eu-west-1"), Foreign::Words("eu-west-1".into()));
        assert_eq!(of("acme/shop"), Foreign::Words("acme/shop".into()));
        assert_eq!(of("#{Source.CommitId}"), Foreign::Words(format!("#{}", "{Source.CommitId}")));
        assert_eq!(of("1.5"), Foreign::Words("1.5".into()));
        assert_eq!(of("-1"), Foreign::Words("-1".into()));
        assert_eq!(of("settings.branch"), Foreign::Expression("settings.branch".into()));
    }

    #[test]
    fn a_string_in_a_conversion_is_found() {
        assert_eq!(of("\"main\".to_string()"), Foreign::Wrapped("main".into()));
        assert_eq!(of("&\"main\""), Foreign::Wrapped("main".into()));
        assert_eq!(of("\"main\".len()"), Foreign::Expression("\"main\".len()".into()));
    }

    #[test]
    fn references_and_expressions_are_repeated_as_written() {
        assert_eq!(of("&prod::Deploy"), Foreign::Borrowed("prod::Deploy".into()));
        assert_eq!(of("\"a\" + \"b\""), Foreign::Expression("\"a\" + \"b\"".into()));
        assert_eq!(text(&"A({ b: c, d: e::f })".parse().unwrap()), "A({ b: c, d: e::f })");
        assert_eq!(of("format!(\"{}\", x)"), Foreign::Expression("format!(\"{}\", x)".into()));
    }
}
