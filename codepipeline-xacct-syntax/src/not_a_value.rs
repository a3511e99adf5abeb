//! What is written instead of a value: Rust without parentheses, or words without quotes.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use syn::{LitStr, Path};

use crate::ast::path_text;
use codepipeline_xacct_core::cron::Cron;
use codepipeline_xacct_core::declaration::references::around;

/// How long an expression may be to be repeated in a message.
const MOST_LETTERS: usize = 120;

/// Tokens that are not a value.
#[derive(Debug, PartialEq, Eq)]
pub enum NotAValue {
    /// `eu-west-1`, `acme/shop`, `1.0`: a text without its quotes.
    Words(String),
    /// `"main".to_string()`, `String::from("main")`, `&"main"`: a string that needs nothing around it.
    Wrapped(String),
    /// `&Name`, `Name.into()`: a path in a conversion of it.
    Borrowed(String),
    /// `stack.yml`, `Source.CommitId`, `settings.branch`: words and dots, which may be a text, a variable or a field.
    Dotted(String),
    /// `managed "name"`, `managed: "name"`, `managed["name"]`, `managed!("name")`: a call that is written in another way.
    Called(String),
    /// Any other Rust expression.
    Expression(String),
}

/// Whether a name is one of a function of CloudFormation: `Ref`, `Fn::Sub`.
pub fn is_function_of_cloudformation(name: &str) -> bool {
    const FUNCTIONS: [&str; 8] = ["Ref", "Sub", "GetAtt", "Join", "ImportValue", "Select", "FindInMap", "If"];
    FUNCTIONS.contains(&name.strip_prefix("Fn::").unwrap_or(name))
}

/// What is wrong with a function of CloudFormation.
pub fn of_cloudformation(function: &str) -> String {
    format!("`{function}` is for templates of CloudFormation")
}

impl NotAValue {
    /// Looks at the tokens.
    pub fn of(tokens: &TokenStream) -> Self {
        let list: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let words = reference(&list)
            .or_else(|| fields(&list))
            .or_else(|| words(&list))
            .or_else(|| percentage(&list))
            .or_else(|| half_quoted(&list));
        if let Some(text) = words {
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
        if let Some(path) = converted_path(&list) {
            return Self::Borrowed(path);
        }
        if let Some(call) = called(&list) {
            return Self::Called(call);
        }
        if is_dotted(&list) {
            return Self::Dotted(plain(tokens.clone()));
        }
        Self::Expression(text(tokens))
    }
}

/// `#{Namespace.Name}`, or with other signs around it: `${…}`, `{{ … }}`
fn reference(tokens: &[TokenTree]) -> Option<String> {
    let mut found = String::new();
    if let [TokenTree::Group(outer)] = tokens
        && outer.delimiter() == Delimiter::Brace
        && let [TokenTree::Group(inner)] = outer.stream().into_iter().collect::<Vec<_>>().as_slice()
        && inner.delimiter() == Delimiter::Brace
    {
        return Some(around(&plain(inner.stream())));
    }
    let mut tokens = tokens.iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(hash) if matches!(hash.as_char(), '#' | '$') => match tokens.next() {
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    found.push_str(&around(&plain(group.stream())));
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
        matches!(token, TokenTree::Punct(punct) if matches!(punct.as_char(), '-' | '/' | '@' | '~' | '*'))
            || matches!(token, TokenTree::Literal(_))
    });
    // `s3:GetObject`; two colons are those of a path, unless a dot follows: `Built::template.yml`.
    let colons = tokens.iter().filter(|token| is_sign(token, ':')).count();
    let doubled = tokens.windows(2).filter(|two| two.iter().all(|token| is_sign(token, ':'))).count();
    let dot = tokens.iter().any(|token| is_sign(token, '.'));
    let joined = joined || colons > 2 * doubled || doubled > 0 && dot;
    if begins && joined && tokens.iter().all(fits) {
        return Some(plain(tokens.iter().cloned().collect()));
    }
    sentence(tokens)
}

/// `25%`
fn percentage(tokens: &[TokenTree]) -> Option<String> {
    let [TokenTree::Literal(number), sign] = tokens else { return None };
    let digits = number.to_string().starts_with(|c: char| c.is_ascii_digit());
    (digits && is_sign(sign, '%')).then(|| format!("{number}%"))
}

/// The text that strings are together which follow one another, as in C and Python.
pub fn adjacent(tokens: &TokenStream) -> Option<String> {
    let texts: Option<Vec<String>> = tokens.clone().into_iter().map(|token| string(&token)).collect();
    texts.filter(|texts| texts.len() > 1).map(|texts| texts.concat())
}

fn string(token: &TokenTree) -> Option<String> {
    syn::parse2::<LitStr>(token.clone().into()).ok().map(|text| text.value())
}

/// `* * 8-16 ? * MON-THU *`: the fields of a cron expression.
fn fields(tokens: &[TokenTree]) -> Option<String> {
    let joins = |token: &TokenTree| ['-', '/', '#'].iter().any(|sign| is_sign(token, *sign));
    let mut fields: Vec<String> = Vec::new();
    let mut joined = false;
    for token in tokens {
        let known = match token {
            TokenTree::Ident(_) | TokenTree::Literal(_) => true,
            TokenTree::Punct(_) => joins(token) || is_sign(token, '*') || is_sign(token, '?'),
            TokenTree::Group(_) => false,
        };
        if !known {
            return None;
        }
        let joins = joins(token);
        match fields.last_mut().filter(|_| joined || joins) {
            Some(field) => field.push_str(&token.to_string()),
            None => fields.push(token.to_string()),
        }
        joined = joins;
    }
    let text = fields.join(" ");
    Cron::parse(&text).map(|_| text)
}

/// `Built::"template.yml"`
fn half_quoted(tokens: &[TokenTree]) -> Option<String> {
    let [before @ .., one, other, file] = tokens else { return None };
    let before: syn::Ident = syn::parse2(before.iter().cloned().collect()).ok()?;
    let file: LitStr = syn::parse2(file.clone().into()).ok()?;
    (is_sign(one, ':') && is_sign(other, ':')).then(|| format!("{before}::{}", file.value()))
}

/// `Roll out the change?`: words with nothing between them.
fn sentence(tokens: &[TokenTree]) -> Option<String> {
    let (last, words) = tokens.split_last()?;
    let words = if is_sign(last, '?') || is_sign(last, '!') || is_sign(last, '.') { words } else { tokens };
    let is_word = |token: &TokenTree| matches!(token, TokenTree::Ident(_));
    let rust = ["if", "match", "for", "move", "unsafe", "ref", "mut", "as", "return"];
    let rust = |token: &TokenTree| rust.iter().any(|word| matches!(token, TokenTree::Ident(ident) if ident == word));
    if words.len() < 2 || !words.iter().all(is_word) || words.iter().any(rust) {
        return None;
    }
    let text = words.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    Some(if words.len() < tokens.len() { text + &last.to_string() } else { text })
}

fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

/// Words with a dot between each two.
fn is_dotted(tokens: &[TokenTree]) -> bool {
    tokens.len() >= 3
        && tokens.len() % 2 == 1
        && tokens.iter().enumerate().all(|(index, token)| match index % 2 {
            0 => matches!(token, TokenTree::Ident(_)),
            _ => is_sign(token, '.'),
        })
}

/// A call in other forms, as it should be.
fn called(tokens: &[TokenTree]) -> Option<String> {
    let (TokenTree::Ident(name), rest) = tokens.split_first()? else { return None };
    let argument = match rest {
        [argument @ TokenTree::Literal(_)] => argument.to_string(),
        [colon, argument @ (TokenTree::Literal(_) | TokenTree::Ident(_))] if is_sign(colon, ':') => {
            argument.to_string()
        }
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => text(&group.stream()),
        [TokenTree::Punct(not), TokenTree::Group(group)] if not.as_char() == '!' => text(&group.stream()),
        _ => return None,
    };
    Some(format!("{name}({argument})"))
}

/// `Name.into()`, `&Name`
fn converted_path(tokens: &[TokenTree]) -> Option<String> {
    let [path @ .., dot, TokenTree::Ident(method), TokenTree::Group(arguments)] = tokens else { return None };
    let converts = CONVERSIONS.iter().any(|name| method == name);
    let fits = is_sign(dot, '.') && arguments.stream().is_empty() && converts;
    let path = syn::parse2::<Path>(path.iter().cloned().collect()).ok().filter(|_| fits)?;
    Some(path_text(&path))
}

/// The path that is meant where its words are joined by other signs: `prod.Deploy`, `prod/Deploy`, `prod:Deploy`, `prod-eu::Deploy`.
pub fn path(tokens: &TokenStream) -> Option<String> {
    let list: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut path = String::new();
    let mut after_word = false;
    for token in &list {
        match token {
            TokenTree::Ident(word) if !after_word => {
                path.push_str(&word.to_string());
                after_word = true;
            }
            TokenTree::Punct(sign) => {
                match sign.as_char() {
                    ':' | '.' | '/' if path.ends_with("::") => {}
                    ':' | '.' | '/' => path.push_str("::"),
                    '-' => path.push('_'),
                    _ => return None,
                }
                after_word = false;
            }
            _ => return None,
        }
    }
    let one_name = list.len() == 1 || !list.iter().any(|token| [':', '.', '/'].iter().any(|c| is_sign(token, *c)));
    (after_word && !one_name).then_some(path)
}

/// Methods that change nothing but the type.
const CONVERSIONS: [&str; 6] = ["to_string", "to_owned", "into", "into_string", "as_str", "clone"];

/// The string in a conversion of it.
fn wrapped(tokens: &[TokenTree]) -> Option<String> {
    match tokens {
        [TokenTree::Literal(literal)] => match syn::Lit::new(literal.clone()) {
            syn::Lit::ByteStr(text) => String::from_utf8(text.value()).ok(),
            syn::Lit::CStr(text) => text.value().into_string().ok(),
            syn::Lit::Char(c) => Some(c.value().to_string()),
            _ => None,
        },
        [TokenTree::Punct(and), text] if and.as_char() == '&' => string(text),
        [TokenTree::Literal(_), TokenTree::Literal(_), ..] => adjacent(&tokens.iter().cloned().collect()),
        [text, TokenTree::Punct(dot), TokenTree::Ident(method), TokenTree::Group(arguments)] => {
            let converts = CONVERSIONS.iter().any(|name| method == name);
            let fits = dot.as_char() == '.' && arguments.stream().is_empty() && converts;
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

    fn of(text: &str) -> NotAValue {
        NotAValue::of(&text.parse().unwrap())
    }

    #[test]
    fn words_without_quotes_are_told_from_rust() {
        assert_eq!(of("eu-west-1"), NotAValue::Words("eu-west-1".into()));
        assert_eq!(of("acme/shop"), NotAValue::Words("acme/shop".into()));
        assert_eq!(of("#{Source.CommitId}"), NotAValue::Words(format!("#{}", "{Source.CommitId}")));
        assert_eq!(of("1.5"), NotAValue::Words("1.5".into()));
        assert_eq!(of("25%"), NotAValue::Words("25%".into()));
        assert_eq!(of("x % 2"), NotAValue::Expression("x%2".into()));
        assert_eq!(of("-1"), NotAValue::Words("-1".into()));
        assert_eq!(of("settings.branch"), NotAValue::Dotted("settings.branch".into()));
        assert_eq!(of("s3:GetObject"), NotAValue::Words("s3:GetObject".into()));
        assert_eq!(of("Built::stack.yml"), NotAValue::Words("Built::stack.yml".into()));
        assert_eq!(of("Built::\"stack.yml\""), NotAValue::Words("Built::stack.yml".into()));
        assert_eq!(of("* * 8-16 ? * MON-THU *"), NotAValue::Words("* * 8-16 ? * MON-THU *".into()));
        assert_eq!(of("0 */5 9 ? * 2#1"), NotAValue::Words("0 */5 9 ? * 2#1".into()));
        assert_eq!(of("Roll it out?"), NotAValue::Words("Roll it out?".into()));
        assert_eq!(of("${variables.level}"), of("#{variables.level}"));
        assert_eq!(of("{{ variables.level }}"), of("#{variables.level}"));
    }

    #[test]
    fn calls_and_paths_in_other_forms_are_found() {
        for form in ["managed \"x\"", "managed: \"x\"", "managed[\"x\"]", "managed!(\"x\")"] {
            assert_eq!(of(form), NotAValue::Called("managed(\"x\")".into()), "{form}");
        }
        assert_eq!(of("Invoker.into()"), NotAValue::Borrowed("Invoker".into()));
        for form in ["prod.eu.Deploy", "prod/eu/Deploy", "prod:eu:Deploy", "prod::eu.Deploy"] {
            assert_eq!(path(&form.parse().unwrap()).as_deref(), Some("prod::eu::Deploy"), "{form}");
        }
        assert_eq!(path(&"shop-release".parse().unwrap()), None);
        assert_eq!(path(&"a + b".parse().unwrap()), None);
    }

    #[test]
    fn a_string_in_a_conversion_is_found() {
        assert_eq!(of("\"main\".to_string()"), NotAValue::Wrapped("main".into()));
        assert_eq!(of("\"ma\" \"in\""), NotAValue::Wrapped("main".into()));
        assert_eq!(of("&\"main\""), NotAValue::Wrapped("main".into()));
        assert_eq!(of("\"main\".len()"), NotAValue::Expression("\"main\".len()".into()));
    }

    #[test]
    fn references_and_expressions_are_repeated_as_written() {
        assert_eq!(of("&prod::Deploy"), NotAValue::Borrowed("prod::Deploy".into()));
        assert_eq!(of("\"a\" + \"b\""), NotAValue::Expression("\"a\" + \"b\"".into()));
        assert_eq!(text(&"A({ b: c, d: e::f })".parse().unwrap()), "A({ b: c, d: e::f })");
        assert_eq!(of("format!(\"{}\", x)"), NotAValue::Called("format(\"{}\", x)".into()));
    }
}
