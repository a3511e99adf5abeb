//! The lowered items: the input of the checks and of the expansion.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use codepipeline_xacct_core::declaration::PipelineDeclaration;
use codepipeline_xacct_core::finding::{Place, Segment};
use codepipeline_xacct_core::ids::RoleArn;
use codepipeline_xacct_core::policy::{Document, Statement};
use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::quote_spanned;
use syn::{Attribute, Ident, Path, Visibility};

use codepipeline_xacct_core::topology::{Additions, Ownership, RoleUser, WaitLimit};
use codepipeline_xacct_syntax::ast::{ContractNode, ParamNode, conditions};

/// The whole call.
pub(crate) struct LoweredCall {
    pub(crate) library: Option<Path>,
    pub(crate) items: Vec<LoweredItem>,
}

/// What every item has.
pub(crate) struct ItemHead {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    /// The contract that says what it is.
    pub(crate) contract: Option<ContractNode>,
    /// False where something was wrong with the item: then nothing is derived from it, so that one mistake is one
    /// error.
    pub(crate) sound: bool,
}

impl ItemHead {
    /// The `cfg` attributes.
    pub(crate) fn conditions(&self) -> Vec<&Attribute> {
        conditions(&self.attributes)
    }
}

pub(crate) struct LoweredItem {
    pub(crate) head: ItemHead,
    pub(crate) kind: LoweredKind,
}

#[expect(clippy::large_enum_variant, reason = "a call has few items")]
pub(crate) enum LoweredKind {
    Account { id: String, partition: String },
    Role(LoweredRole),
    Pipeline(LoweredPipeline),
}

pub(crate) struct LoweredRole {
    pub(crate) ownership: Ownership,
    pub(crate) account: Option<Path>,
    pub(crate) path_and_name: String,
    /// The ARN of an extern or extended role, with the token that holds it.
    pub(crate) arn: Option<(RoleArn, Span)>,
    pub(crate) trusts: Option<Vec<LoweredTrust>>,
    pub(crate) starts: Option<Vec<Path>>,
    /// Statements that are added to the derived policy.
    pub(crate) statements: Vec<Statement>,
    /// The stated trust policy of an extended or extern role.
    pub(crate) trust_policy: Option<Document>,
    /// The stated identity policies of an extern role.
    pub(crate) policies: Option<Vec<Document>>,
    /// Its stated permissions boundary.
    pub(crate) permissions_boundary: Option<Document>,
    pub(crate) tags: Vec<(String, String)>,
}

pub(crate) enum LoweredTrust {
    /// An account or a role.
    Item(Path),
    WholeAccount(Path),
    Arn(RoleArn),
}

/// A role where it is used.
#[derive(Clone)]
pub(crate) enum RoleUse {
    Item(Path),
    /// `managed("path/Name")`
    Managed(String, Span),
    /// `extended("arn:…")`, `existing("arn:…")`
    Arn(Ownership, RoleArn, Span),
}

#[derive(Default)]
pub(crate) struct LoweredPipeline {
    pub(crate) item: String,
    pub(crate) ownership: Option<Ownership>,
    pub(crate) params: Vec<ParamNode>,
    pub(crate) account: Option<Path>,
    pub(crate) name: String,
    pub(crate) region: String,
    pub(crate) declaration: PipelineDeclaration,
    /// JSON pointers into the declaration, with the expressions whose values belong there.
    pub(crate) runtime: Vec<(String, RuntimeValue)>,
    pub(crate) service_role: Option<RoleUse>,
    pub(crate) invokes: Vec<LoweredInvoke>,
    pub(crate) role_links: Vec<LoweredRoleLink>,
    pub(crate) additions: Additions,
    pub(crate) tags: Vec<(String, String)>,
    /// Name and whether it is required; `None` where an extended pipeline does not declare its variables.
    pub(crate) variables: Option<Vec<(String, bool)>>,
    /// Where things are in the source.
    pub(crate) spans: Spans,
    /// Constructs in which something was wrong already: the pipeline itself, or an action.
    pub(crate) holes: HashSet<Place>,
    /// Values that are not known while the macro expands.
    pub(crate) open: HashSet<Place>,
}

pub(crate) struct LoweredInvoke {
    pub(crate) stage: String,
    pub(crate) action: String,
    pub(crate) name_span: Span,
    pub(crate) target: Path,
    pub(crate) role: Option<RoleUse>,
    pub(crate) variables: Vec<LoweredVariable>,
    pub(crate) wait: Option<WaitLimit>,
}

pub(crate) struct LoweredVariable {
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) value: LoweredText,
}

/// The role of an action that is not an invoke, or of a rule.
pub(crate) struct LoweredRoleLink {
    pub(crate) stage: String,
    pub(crate) user: RoleUser,
    pub(crate) role: RoleUse,
}

/// A value that is written in the source or made at run time.
pub(crate) enum LoweredText {
    Literal(String),
    Runtime(RuntimeValue),
}

/// A Rust expression in parentheses.
#[derive(Clone)]
pub(crate) struct RuntimeValue {
    pub(crate) expression: TokenStream,
    /// The parentheses.
    pub(crate) span: Span,
}

impl RuntimeValue {
    /// A reference to the value. rustc blames the tokens from the first to the last, so these are those of the expression.
    pub(crate) fn reference(&self) -> TokenStream {
        let spans: Vec<Span> = self.expression.clone().into_iter().map(|token| token.span()).collect();
        let (first, last) = (spans.first().copied().unwrap_or(self.span), spans.last().copied().unwrap_or(self.span));
        let mut inner = Group::new(Delimiter::Parenthesis, self.expression.clone());
        inner.set_span(last);
        quote_spanned!(first=> & #inner)
    }
}

/// The token of each place.
#[derive(Default)]
pub(crate) struct Spans {
    list: Vec<(Place, Span)>,
    /// Only made for findings, which most pipelines don't have. For each place the last token counts.
    by_place: OnceCell<HashMap<Place, Span>>,
}

impl Spans {
    pub(crate) fn insert(&mut self, place: Place, span: Span) {
        self.list.push((place, span));
        self.by_place.take();
    }

    /// The token of a place, or of the nearest thing around it.
    pub(crate) fn find(&self, place: &Place) -> Option<Span> {
        let by_place = self.by_place.get_or_init(|| self.list.iter().cloned().collect());
        let mut place = place.clone();
        loop {
            if let Some(span) = by_place.get(&place) {
                return Some(*span);
            }
            // A value without its own token uses its key's.
            if !matches!(place.steps().last(), Some(Segment::Value))
                && let Some(span) = by_place.get(&place.value())
            {
                return Some(*span);
            }
            place = place.parent()?;
        }
    }
}
