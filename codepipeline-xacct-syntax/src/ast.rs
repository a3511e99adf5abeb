//! What stands in the macro, as it was written: nodes that keep their tokens.

use codepipeline_xacct_core::topology::Ownership;
use proc_macro2::{Span, TokenStream};
use syn::{Attribute, Ident, LitBool, LitInt, LitStr, Path, Type, Visibility};

/// The whole call.
pub struct File {
    /// `crate = path;`: where the library is, if not at its own name.
    pub library: Option<Path>,
    /// What is declared.
    pub items: Vec<Item>,
}

/// An account, a role or a pipeline.
pub struct Item {
    /// Attributes and doc comments.
    pub attributes: Vec<Attribute>,
    /// `pub` and its like.
    pub visibility: Visibility,
    /// The name.
    pub name: Ident,
    /// What it is.
    pub kind: ItemKind,
    /// What was begun of the path of its account, where that does not parse.
    pub begun: TokenStream,
}

/// What an item is.
pub enum ItemKind {
    /// `account Name = "id";`
    Account {
        /// The id.
        id: Option<LitStr>,
        /// Keys in braces.
        fields: Vec<Field>,
    },
    /// `role Name in account { … }`
    Role {
        /// Nothing, `extended` or `extern`.
        ownership: Ownership,
        /// The account.
        account: Option<Path>,
        /// Keys.
        fields: Vec<Field>,
    },
    /// `pipeline Name(params) in account { … }`
    Pipeline {
        /// Nothing, `extended` or `extern`.
        ownership: Ownership,
        /// Parameters.
        params: Vec<Param>,
        /// The account.
        account: Option<Path>,
        /// Keys.
        fields: Vec<Field>,
        /// Stages.
        stages: Vec<Stage>,
        /// True where something in it, but not in one of its stages, did not parse.
        damaged: bool,
    },
}

/// A parameter of a pipeline.
pub struct Param {
    /// The name.
    pub name: Ident,
    /// The type, in Rust.
    pub ty: Type,
}

/// `stage "…" { … }`
pub struct Stage {
    /// The name.
    pub name: LitStr,
    /// Keys.
    pub fields: Vec<Field>,
    /// Actions.
    pub actions: Vec<Action>,
    /// True where something in it, but not in one of its actions, did not parse.
    pub damaged: bool,
}

/// `source "…": Provider { … }`, `invoke …`, `action …`
pub struct Action {
    /// The word it begins with.
    pub keyword: Keyword,
    /// The name.
    pub name: LitStr,
    /// The provider, or the target of an invoke.
    pub provider: Option<Provider>,
    /// What was begun of its path, where that does not parse.
    pub begun: TokenStream,
    /// Keys.
    pub fields: Vec<Field>,
    /// True where something in it did not parse.
    pub damaged: bool,
}

/// The word that an action begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyword {
    /// `source`
    Source,
    /// `invoke`
    Invoke,
    /// `action`
    Action,
}

impl Keyword {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Keyword::Source => "source",
            Keyword::Invoke => "invoke",
            Keyword::Action => "action",
        }
    }
}

/// What an action is.
pub enum Provider {
    /// A name of the catalogue, or the path of a pipeline item.
    Path(Path),
    /// `type("category", "owner", "provider", "version")`
    Type(Vec<LitStr>, Span),
}

/// `key: value`
pub struct Field {
    /// The key.
    pub key: Ident,
    /// Its value.
    pub value: Value,
}

/// A value.
pub enum Value {
    /// `"text"`
    Str(LitStr),
    /// `1`
    Int(LitInt),
    /// `true`
    Bool(LitBool),
    /// A name or a path.
    Path(Path),
    /// `name(values)`
    Call(Path, Vec<Value>),
    /// `[values]`, with the span of the brackets.
    List(Vec<Value>, Span),
    /// `{ entries }`, with the span of the braces.
    Map(Vec<Entry>, Span),
    /// `( … )`: a Rust expression, evaluated when the program runs.
    Runtime(TokenStream, Span),
    /// What did not parse, at the token of its key, with what was begun of it; that is said already.
    Hole(Span, TokenStream),
}

/// `key: value` in a map; without value, a variable without default.
pub struct Entry {
    /// The key.
    pub key: MapKey,
    /// Its value.
    pub value: Option<Value>,
}

/// The key of an entry.
pub enum MapKey {
    /// A name.
    Ident(Ident),
    /// A text.
    Str(LitStr),
}

impl MapKey {
    /// The key as text.
    pub fn text(&self) -> String {
        match self {
            MapKey::Ident(ident) => ident.to_string(),
            MapKey::Str(text) => text.value(),
        }
    }

    /// Its token.
    pub fn span(&self) -> Span {
        match self {
            MapKey::Ident(ident) => ident.span(),
            MapKey::Str(text) => text.span(),
        }
    }
}

impl Value {
    /// The token to mark: the first one where there are several, since stable Rust joins no spans.
    pub fn span(&self) -> Span {
        match self {
            Value::Str(text) => text.span(),
            Value::Int(number) => number.span(),
            Value::Bool(boolean) => boolean.span(),
            Value::Path(path) | Value::Call(path, _) => path_span(path),
            Value::List(_, span) | Value::Map(_, span) | Value::Runtime(_, span) | Value::Hole(span, _) => *span,
        }
    }
}

/// The `cfg` attributes among others.
pub fn conditions(attributes: &[Attribute]) -> Vec<&Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).collect()
}

/// The last segment of a path: what has to change most often.
pub fn path_span(path: &Path) -> Span {
    path.segments.last().map_or_else(Span::call_site, |segment| segment.ident.span())
}

/// A path as the user wrote it, without spaces.
pub fn path_text(path: &Path) -> String {
    let mut text = String::new();
    if path.leading_colon.is_some() {
        text.push_str("::");
    }
    for (index, segment) in path.segments.iter().enumerate() {
        if index > 0 {
            text.push_str("::");
        }
        text.push_str(&segment.ident.to_string());
    }
    text
}
