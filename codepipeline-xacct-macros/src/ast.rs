//! What stands in the macro, as it was written: nodes that keep their tokens.

use proc_macro2::{Span, TokenStream};
use syn::{Attribute, Ident, LitBool, LitInt, LitStr, Path, Type, Visibility};

/// The whole call.
pub(crate) struct File {
    /// `crate = path;`: where the library is, if not at its own name.
    pub(crate) library: Option<Path>,
    pub(crate) items: Vec<Item>,
}

/// An account, a role or a pipeline.
pub(crate) struct Item {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    pub(crate) kind: ItemKind,
}

pub(crate) enum ItemKind {
    Account {
        id: Option<LitStr>,
        fields: Vec<Field>,
    },
    Role {
        ownership: Ownership,
        account: Option<Path>,
        fields: Vec<Field>,
    },
    Pipeline {
        ownership: Ownership,
        params: Vec<Param>,
        account: Option<Path>,
        fields: Vec<Field>,
        stages: Vec<Stage>,
        damaged: bool,
    },
}

pub(crate) use codepipeline_xacct_core::topology::Ownership;

/// A parameter of a pipeline.
pub(crate) struct Param {
    pub(crate) name: Ident,
    pub(crate) ty: Type,
}

/// `stage "…" { … }`
pub(crate) struct Stage {
    pub(crate) name: LitStr,
    pub(crate) fields: Vec<Field>,
    pub(crate) actions: Vec<Action>,
    /// True where something in it, but not in one of its actions, did not parse.
    pub(crate) damaged: bool,
}

/// `source "…": Provider { … }`, `invoke …`, `action …`
pub(crate) struct Action {
    pub(crate) keyword: Keyword,
    pub(crate) name: LitStr,
    pub(crate) provider: Option<Provider>,
    pub(crate) fields: Vec<Field>,
    /// True where something in it did not parse.
    pub(crate) damaged: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keyword {
    Source,
    Invoke,
    Action,
}

pub(crate) enum Provider {
    Path(Path),
    /// `type("category", "owner", "provider", "version")`
    Type(Vec<LitStr>, Span),
}

/// `key: value`
pub(crate) struct Field {
    pub(crate) key: Ident,
    pub(crate) value: Value,
}

pub(crate) enum Value {
    Str(LitStr),
    Int(LitInt),
    Bool(LitBool),
    Path(Path),
    Call(Path, Vec<Value>),
    List(Vec<Value>, Span),
    Map(Vec<Entry>, Span),
    /// `( … )`: a Rust expression, evaluated when the program runs.
    Runtime(TokenStream, Span),
    /// What did not parse, at the token of its key; that is said already.
    Hole(Span),
}

/// `key: value` in a map; without value, a variable without default.
pub(crate) struct Entry {
    pub(crate) key: MapKey,
    pub(crate) value: Option<Value>,
}

pub(crate) enum MapKey {
    Ident(Ident),
    Str(LitStr),
}

impl MapKey {
    pub(crate) fn text(&self) -> String {
        match self {
            MapKey::Ident(ident) => ident.to_string(),
            MapKey::Str(text) => text.value(),
        }
    }

    pub(crate) fn span(&self) -> Span {
        match self {
            MapKey::Ident(ident) => ident.span(),
            MapKey::Str(text) => text.span(),
        }
    }
}

impl Value {
    /// The token to mark: the first one where there are several, since stable Rust joins no spans.
    pub(crate) fn span(&self) -> Span {
        match self {
            Value::Str(text) => text.span(),
            Value::Int(number) => number.span(),
            Value::Bool(boolean) => boolean.span(),
            Value::Path(path) | Value::Call(path, _) => path_span(path),
            Value::List(_, span) | Value::Map(_, span) | Value::Runtime(_, span) | Value::Hole(span) => *span,
        }
    }
}

/// The last segment of a path: what has to change most often.
pub(crate) fn path_span(path: &Path) -> Span {
    path.segments.last().map_or_else(Span::call_site, |segment| segment.ident.span())
}

/// A path as the user wrote it, without spaces.
pub(crate) fn path_text(path: &Path) -> String {
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
