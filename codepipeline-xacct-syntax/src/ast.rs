//! The contents of a call, as they were written: nodes that keep their tokens.

use std::fmt;

use crate::errors::ErrorId;
use codepipeline_xacct_core::contract::Signature;
use codepipeline_xacct_core::topology::Ownership;
use proc_macro2::{Span, TokenStream};
use syn::{Attribute, Ident, LitBool, LitInt, LitStr, Path, Type, Visibility};

/// The whole call.
pub struct CallNode {
    /// `crate = path;`: where the library is, if not under its own name.
    pub library: Option<Path>,
    /// What is declared.
    pub items: Vec<ItemNode>,
}

/// An account, a role or a pipeline.
pub struct ItemNode {
    /// Attributes and doc comments.
    pub attributes: Vec<Attribute>,
    /// The visibility, such as `pub`.
    pub visibility: Visibility,
    /// The word `extern` or `extended`, where it is there.
    pub ownership: Option<Span>,
    /// The name.
    pub name: Ident,
    /// What it is.
    pub kind: ItemNodeKind,
    /// `from "path";` instead of its keys: the contract that has them. Only an extern item has one.
    pub contract: Option<ContractNode>,
    /// `;` in place of its keys: what the contract of its account says.
    pub from_account: bool,
    /// The part of its account's path that was typed, where the path does not parse.
    pub begun: TokenStream,
}

/// `from "path";`
#[derive(Clone)]
pub struct ContractNode {
    /// The path of the file.
    pub path: LitStr,
    /// What it says, once it was read.
    pub says: Option<Signature>,
}

/// What an item is.
pub enum ItemNodeKind {
    /// `account Name = "id";`
    Account {
        /// The id.
        id: Option<LitStr>,
        /// Keys in braces.
        fields: Vec<FieldNode>,
    },
    /// `role Name in account { … }`
    Role {
        /// Nothing, `extended` or `extern`.
        ownership: Ownership,
        /// The account.
        account: Option<Path>,
        /// Keys.
        fields: Vec<FieldNode>,
        /// True where something in it did not parse.
        damaged: bool,
    },
    /// `pipeline Name(params) in account { … }`
    Pipeline {
        /// Nothing, `extended` or `extern`.
        ownership: Ownership,
        /// Parameters.
        params: Vec<ParamNode>,
        /// The account.
        account: Option<Path>,
        /// Keys.
        fields: Vec<FieldNode>,
        /// Stages.
        stages: Vec<StageNode>,
        /// True where something in it, but not in one of its stages, did not parse.
        damaged: bool,
    },
}

impl ItemNodeKind {
    /// True if something in it, but not in one of its stages, did not parse.
    pub fn is_damaged(&self) -> bool {
        match self {
            ItemNodeKind::Account { .. } => false,
            ItemNodeKind::Role { damaged, .. } | ItemNodeKind::Pipeline { damaged, .. } => *damaged,
        }
    }
}

/// A parameter of a pipeline.
pub struct ParamNode {
    /// The name.
    pub name: Ident,
    /// The type, in Rust; `_` where it is missing, which is reported.
    pub ty: Type,
}

impl ParamNode {
    /// False where the type is missing.
    pub fn has_type(&self) -> bool {
        !matches!(self.ty, Type::Infer(_))
    }
}

/// `stage "…" { … }`, `add stage "…" after "…" { … }`
pub struct StageNode {
    /// Where it is added, with the token `add`.
    pub added: Option<AddedNode>,
    /// The name.
    pub name: LitStr,
    /// Keys.
    pub fields: Vec<FieldNode>,
    /// Actions.
    pub actions: Vec<ActionNode>,
    /// True where something in it, but not in one of its actions, did not parse.
    pub damaged: bool,
}

/// `add` before a stage.
pub struct AddedNode {
    /// The token `add`.
    pub span: Span,
    /// The stage next to which it goes; `None` where that is not written, or not understood.
    pub place: Option<PlaceNode>,
}

/// `after "…"`, `before "…"`
pub struct PlaceNode {
    /// True for `before`.
    pub before: bool,
    /// The name of the other stage.
    pub anchor: LitStr,
}

impl PlaceNode {
    /// `before` or `after`.
    pub fn word(&self) -> &'static str {
        if self.before { "before" } else { "after" }
    }
}

impl fmt::Display for PlaceNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.word(), self.anchor.value())
    }
}

/// `source "…": Provider { … }`, `invoke …`, `action …`, each with `add` before it or not
pub struct ActionNode {
    /// The token `add`.
    pub added: Option<Span>,
    /// The word it begins with.
    pub keyword: ActionKeyword,
    /// Its token.
    pub keyword_span: Span,
    /// The name.
    pub name: LitStr,
    /// The provider, or the target of an invoke.
    pub provider: Option<ProviderNode>,
    /// The part of its path that was typed, where the path does not parse.
    pub begun: TokenStream,
    /// Keys.
    pub fields: Vec<FieldNode>,
    /// True where something in it did not parse.
    pub damaged: bool,
}

/// The word that an action begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionKeyword {
    /// `source`
    Source,
    /// `invoke`
    Invoke,
    /// `action`
    Action,
}

impl ActionKeyword {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            ActionKeyword::Source => "source",
            ActionKeyword::Invoke => "invoke",
            ActionKeyword::Action => "action",
        }
    }
}

/// What an action is.
pub enum ProviderNode {
    /// A name of the catalogue, or the path of a pipeline item.
    Path(Path),
    /// `type("category", "owner", "provider", "version")`
    Type(Vec<LitStr>, Span),
    /// `"Deploy"` behind `invoke`, where the path of an item belongs: the name of the pipeline, or of its item.
    Quoted(LitStr),
}

/// `key: value`
pub struct FieldNode {
    /// The key.
    pub key: Ident,
    /// Its value.
    pub value: ValueNode,
    /// True if there is only the key, without a colon: it is being typed.
    pub alone: bool,
}

/// A value.
pub enum ValueNode {
    /// `"text"`
    Str(LitStr),
    /// `1`
    Int(LitInt),
    /// `true`
    Bool(LitBool),
    /// A name or a path.
    Path(Path),
    /// `name(values)`
    Call(Path, Vec<ValueNode>),
    /// `[values]`, with the span of the brackets.
    List(Vec<ValueNode>, Span),
    /// `{ entries }`, with the span of the braces.
    Map(Vec<EntryNode>, Span),
    /// `( … )`: a Rust expression, evaluated when the program runs.
    Runtime(TokenStream, Span),
    /// Anything else up to the next comma, as Rust without parentheses or words without quotes, with the span of its first token. It is
    /// reported where it is known what belongs there.
    NotAValue(TokenStream, Span),
    /// What did not parse, at the token of its key, with what was begun of it and the error that reports it.
    Hole(Span, TokenStream, ErrorId),
}

/// `key: value` in a map; without value, a variable without default.
pub struct EntryNode {
    /// The key.
    pub key: MapKey,
    /// Its value.
    pub value: Option<ValueNode>,
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

    /// The key as it is written.
    pub fn written(&self) -> String {
        match self {
            MapKey::Ident(ident) => ident.to_string(),
            MapKey::Str(text) => text.token().to_string(),
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

impl ValueNode {
    /// The token to mark: the first one where there are several, since stable Rust can't join spans.
    pub fn span(&self) -> Span {
        match self {
            ValueNode::Str(text) => text.span(),
            ValueNode::Int(number) => number.span(),
            ValueNode::Bool(boolean) => boolean.span(),
            ValueNode::Path(path) | ValueNode::Call(path, _) => path_span(path),
            ValueNode::List(_, span)
            | ValueNode::Map(_, span)
            | ValueNode::Runtime(_, span)
            | ValueNode::NotAValue(_, span)
            | ValueNode::Hole(span, ..) => *span,
        }
    }
}

/// The `cfg` attributes among these.
pub fn conditions(attributes: &[Attribute]) -> Vec<&Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).collect()
}

/// The last segment of a path: what most often has to change.
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
