//! Guesses what is meant by a value that is written in another form: the value in the form of the DSL, for the help.

use codepipeline_xacct_core::check;
use codepipeline_xacct_core::declaration::defaults::ENVIRONMENT_VARIABLE_TYPE;
use codepipeline_xacct_core::declaration::fixed_values::SECRET_VARIABLE_TYPE;
use codepipeline_xacct_core::ids::Region;
use codepipeline_xacct_core::suggest::minutes;
use codepipeline_xacct_syntax::ast::{EntryNode, ValueNode, path_text};
use codepipeline_xacct_syntax::keys::is_same_word;
use codepipeline_xacct_syntax::not_a_value::{self, NotAValue};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use serde_json::Map as JsonMap;
use syn::{Ident, LitStr, Path};

/// A key as it is written: in quotes only where it needs them.
pub(super) fn written_key(key: &str) -> String {
    let name = syn::parse_str::<syn::Ident>(key).is_ok() || syn::parse_str::<syn::Token![type]>(key).is_ok();
    if name { key.to_owned() } else { format!("{key:?}") }
}

/// The item in `Item::new` and `Item`, where a call of it is written.
pub(super) fn item_of_call(function: &Path) -> Option<String> {
    let text = path_text(function);
    let item = text.strip_suffix("::new").or_else(|| text.strip_suffix("::default")).unwrap_or(&text);
    item.rsplit("::").next().is_some_and(|last| last.starts_with(char::is_uppercase)).then(|| item.to_owned())
}

/// The call that is meant by other forms of it: `name: "x"`, `name["x"]`, `{ name: "x" }`.
pub(super) fn called(value: &ValueNode) -> Option<String> {
    match value {
        ValueNode::NotAValue(tokens, _) => match NotAValue::of(tokens) {
            NotAValue::Called(call) => Some(call),
            NotAValue::Words(text) => match text.split_once(':') {
                Some((name, argument)) if !argument.contains(':') => Some(format!("{name}({argument})")),
                _ => None,
            },
            _ => None,
        },
        ValueNode::Map(entries, _) => match entries.as_slice() {
            [entry] => {
                let argument = match entry.value.as_ref()? {
                    ValueNode::Str(text) => text.token().to_string(),
                    ValueNode::Path(path) => path_text(path),
                    _ => return None,
                };
                Some(format!("{}({argument})", entry.key.text()))
            }
            _ => None,
        },
        _ => None,
    }
}

/// The text of a string or of a single word.
pub(super) fn word_of(value: &ValueNode) -> Option<String> {
    match value {
        ValueNode::Str(text) => Some(text.value()),
        ValueNode::Path(path) => path.get_ident().map(ToString::to_string),
        _ => None,
    }
}

/// The word that is meant by `ExecutionMode::Queued`, `(QUEUED)` or a number.
pub(super) fn meant_word(value: &ValueNode, words: &[&str]) -> Option<String> {
    let text = match value {
        ValueNode::Path(path) => path.segments.last()?.ident.to_string(),
        ValueNode::Runtime(tokens, _) => tokens.to_string().trim_matches('"').to_owned(),
        ValueNode::Int(number) => number.base10_digits().to_owned(),
        ValueNode::NotAValue(tokens, _) => match NotAValue::of(tokens) {
            NotAValue::Words(text) | NotAValue::Wrapped(text) | NotAValue::Borrowed(text) => text,
            _ => return None,
        },
        _ => return None,
    };
    let number = text.parse::<u64>().is_ok();
    let fits =
        |word: &&&str| is_same_word(word, &text) || number && word.trim_start_matches(char::is_alphabetic) == text;
    words.iter().find(fits).map(|word| (*word).to_owned())
}

/// The Region that a word means: `EU_WEST_1`, `EuWest1`, `Ireland`.
pub(super) fn meant_region(word: &str) -> Option<String> {
    check::meant_id(&word.parse::<Region>().err()?)
}

/// The minutes in `45`, `45m`, `45 minutes` and `1 hour` without quotes.
pub(super) fn minutes_without_quotes(value: &ValueNode) -> Option<i64> {
    match value {
        ValueNode::Int(number) => minutes(&number.to_string()).or_else(|| number.base10_parse().ok()),
        ValueNode::NotAValue(tokens, _) | ValueNode::Runtime(tokens, _) => {
            whole(tokens).or_else(|| minutes(&tokens.to_string()))
        }
        _ => None,
    }
}

/// The number in `"5"`, `5m`, `5.0`, `12 * 60` and `minutes(5)`.
pub(super) fn meant_number(value: &ValueNode) -> Option<i64> {
    match value {
        ValueNode::Str(text) => text.value().parse().ok(),
        ValueNode::Int(number) => number.base10_parse().ok(),
        ValueNode::Call(_, arguments) => match arguments.as_slice() {
            [argument] => meant_number(argument),
            _ => None,
        },
        ValueNode::Runtime(tokens, _) | ValueNode::NotAValue(tokens, _) => whole(tokens).or_else(|| product(tokens)),
        _ => None,
    }
}

/// The name in the only string of some tokens and of the groups in them.
pub(super) fn only_text(tokens: &TokenStream) -> Option<Ident> {
    let mut found = None;
    for token in tokens.clone() {
        let text = match token {
            TokenTree::Group(group) => only_text(&group.stream()),
            other => syn::parse2::<LitStr>(other.into()).ok().and_then(|text| text.parse().ok()),
        };
        if text.is_some() && found.is_some() {
            return None;
        }
        found = found.or(text);
    }
    found
}

/// `12 * 60`
fn product(tokens: &TokenStream) -> Option<i64> {
    let mut product: i64 = 1;
    for (index, token) in tokens.clone().into_iter().enumerate() {
        match token {
            TokenTree::Literal(number) if index % 2 == 0 => {
                product = product.checked_mul(number.to_string().replace('_', "").parse().ok()?)?;
            }
            TokenTree::Punct(sign) if index % 2 == 1 && sign.as_char() == '*' => {}
            _ => return None,
        }
    }
    Some(product)
}

/// The whole number that tokens are: `5`, `5.0`.
fn whole(tokens: &TokenStream) -> Option<i64> {
    let text = tokens.to_string();
    let number = text.strip_suffix(".0").unwrap_or(&text);
    number.parse().ok()
}

/// True for `vec![…]` and `[…]`.
pub(super) fn is_list(tokens: &TokenStream) -> bool {
    list_inside(tokens).is_some()
}

pub(super) fn list_inside(tokens: &TokenStream) -> Option<String> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let group = match tokens.as_slice() {
        [TokenTree::Group(group)] => group,
        [TokenTree::Ident(name), TokenTree::Punct(_), TokenTree::Group(group)] if name == "vec" => group,
        _ => return None,
    };
    (group.delimiter() == Delimiter::Bracket).then(|| not_a_value::text(&group.stream()))
}

/// The names in `[one, two]`.
pub(super) fn names_in(value: &ValueNode) -> Option<String> {
    let ValueNode::List(values, _) = value else { return None };
    let names: Option<Vec<String>> = values
        .iter()
        .map(|value| match value {
            ValueNode::Path(path) => path.get_ident().map(ToString::to_string),
            _ => None,
        })
        .collect();
    names.filter(|names| !names.is_empty()).map(|names| names.join(", "))
}

/// The words with such signs between them, as in `One & Two` and `(One, Two)`; `None` where there is anything else.
pub(super) fn words_between(signs: &[char], tokens: &TokenStream) -> Option<Vec<String>> {
    let mut words = Vec::new();
    for (index, token) in tokens.clone().into_iter().enumerate() {
        match token {
            TokenTree::Ident(word) if index % 2 == 0 => words.push(word.to_string()),
            TokenTree::Punct(sign) if index % 2 == 1 && signs.contains(&sign.as_char()) => {}
            _ => return None,
        }
    }
    Some(words)
}

/// The name in `$NAME` and `%NAME`.
pub(super) fn without_sign(tokens: &TokenStream) -> Option<String> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    match tokens.as_slice() {
        [TokenTree::Punct(_), TokenTree::Ident(name)] => Some(name.to_string()),
        _ => None,
    }
}

/// `name: "…"` in parentheses.
pub(super) fn inside_parentheses(value: &ValueNode) -> Option<String> {
    let ValueNode::Runtime(tokens, _) = value else { return None };
    let mut begin = tokens.clone().into_iter().skip(1);
    let colon = matches!(begin.next(), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    colon.then(|| not_a_value::text(tokens))
}

/// The entries that a list of `{ name: "…", value: "…" }` means.
pub(super) fn json_entries(value: &ValueNode) -> Option<String> {
    let values = match value {
        ValueNode::List(values, _) => values,
        // `HashMap::from([…])`
        ValueNode::Call(_, arguments) => match arguments.as_slice() {
            [ValueNode::List(values, _)] => values,
            _ => return None,
        },
        _ => return None,
    };
    let entry = |value: &ValueNode| {
        if let ValueNode::Runtime(tokens, _) = value {
            let (name, value) = pair(tokens)?;
            return Some(format!("{}: {value:?}", written_key(&name)));
        }
        // `"NAME=value"`
        if let ValueNode::Str(text) = value {
            let text = text.value();
            let (name, value) = text.split_once('=').filter(|(name, _)| !name.is_empty())?;
            return Some(format!("{}: {value:?}", written_key(name)));
        }
        let ValueNode::Map(entries, _) = value else { return None };
        let named = |names: [&str; 2]| {
            let is = |entry: &&EntryNode| names.iter().any(|name| is_same_word(&entry.key.text(), name));
            word_of(entries.iter().find(is)?.value.as_ref()?)
        };
        let name = written_key(&named(["name", "key"])?);
        Some(match named(["value", "default_value"]) {
            Some(value) => format!("{name}: {value:?}"),
            None => name,
        })
    };
    let entries: Option<Vec<String>> = values.iter().map(entry).collect();
    entries.filter(|entries| !entries.is_empty()).map(|entries| entries.join(", "))
}

/// `("name", "value")`
fn pair(tokens: &TokenStream) -> Option<(String, String)> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let [name, TokenTree::Punct(_), value] = tokens.as_slice() else { return None };
    let text = |token: &TokenTree| syn::parse2::<LitStr>(token.clone().into()).ok().map(|text| text.value());
    Some((text(name)?, text(value)?))
}

/// The JSON that a map of texts means: an array of variables, of which some may be secrets, or an object.
pub(super) fn json_text(variables: bool, entries: &[EntryNode]) -> Option<String> {
    let text = |value: &ValueNode| match value {
        ValueNode::Str(text) => Some((text.value(), ENVIRONMENT_VARIABLE_TYPE)),
        ValueNode::Call(function, arguments) if variables && function.is_ident("secrets_manager") => {
            match arguments.as_slice() {
                [ValueNode::Str(text)] => Some((text.value(), SECRET_VARIABLE_TYPE)),
                _ => None,
            }
        }
        _ => None,
    };
    let texts: Option<Vec<(String, (String, &str))>> =
        entries.iter().map(|entry| Some((entry.key.text(), text(entry.value.as_ref()?)?))).collect();
    let texts = texts.filter(|texts| !texts.is_empty())?;
    Some(if variables {
        let list = texts.into_iter().map(|(name, (value, kind))| {
            let mut variable = JsonMap::new();
            for (key, text) in [("name", name), ("value", value), ("type", kind.to_owned())] {
                variable.insert(key.to_owned(), text.into());
            }
            serde_json::Value::Object(variable)
        });
        serde_json::Value::Array(list.collect()).to_string()
    } else {
        let object: JsonMap<String, serde_json::Value> =
            texts.into_iter().map(|(name, (value, _))| (name, value.into())).collect();
        serde_json::Value::Object(object).to_string()
    })
}

/// The document in `json!({ … })`.
pub(super) fn json_macro(tokens: &TokenStream) -> Option<String> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let [TokenTree::Ident(_), TokenTree::Punct(not), TokenTree::Group(group)] = tokens.as_slice() else { return None };
    (not.as_char() == '!').then(|| not_a_value::text(&group.stream()))
}
