//! Nodes to model: what each key means. Local mistakes (unknown keys, values of the wrong kind) are reported here;
//! the rules of CodePipeline are applied to the result by the checks.

mod action;
mod conditions;
mod environment;
mod fields;
mod invoke;
mod members;
mod pipeline;
mod policies;
mod provider;
mod role;
mod roles;
mod rules;
mod stage;
mod stores;
mod triggers;
mod values;
mod variables;

use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::ids::{AccountId, Partition};
use codepipeline_xacct_syntax::ast;
use codepipeline_xacct_syntax::errors::Errors;
use codepipeline_xacct_syntax::keys;
use syn::LitStr;

use crate::model::{ItemHead, LoweredCall, LoweredItem, LoweredKind};
use fields::Fields;

/// Understands the whole call.
pub(crate) fn model(file: ast::CallNode, errors: &mut Errors) -> LoweredCall {
    let items = file.items.into_iter().map(|item| lower_item(item, errors)).collect();
    LoweredCall { library: file.library, items }
}

fn lower_item(item: ast::ItemNode, errors: &mut Errors) -> LoweredItem {
    let before = errors.count();
    let name = item.name.clone();
    let kind = match item.kind {
        ast::ItemNodeKind::Account { id, fields } => lower_account(id, fields, errors),
        ast::ItemNodeKind::Role { ownership, account, fields } => {
            LoweredKind::Role(role::lower(&name, ownership, account, fields, errors))
        }
        ast::ItemNodeKind::Pipeline { ownership, params, account, fields, stages, damaged } => {
            let mut pipeline = pipeline::lower(&name, ownership, params, account, fields, stages, errors);
            if damaged {
                // What did not parse may have been a key or a stage.
                let place = Place::pipeline(&pipeline.item);
                pipeline.holes.extend([place.key("stages"), place]);
            }
            LoweredKind::Pipeline(pipeline)
        }
    };
    let whole = !matches!(&kind, LoweredKind::Pipeline(pipeline) if !pipeline.holes.is_empty());
    let sound = whole && errors.count() == before;
    LoweredItem { head: ItemHead { attributes: item.attributes, visibility: item.visibility, name, sound }, kind }
}

fn lower_account(id: Option<LitStr>, fields: Vec<ast::FieldNode>, errors: &mut Errors) -> LoweredKind {
    if let Some(id) = &id
        && let Err(error) = id.value().parse::<AccountId>()
    {
        errors.push(id.span(), error.to_string());
    }
    let mut fields = Fields::new(&keys::ACCOUNT, fields, errors);
    let partition = fields.string("partition", errors).map_or_else(
        || "aws".to_owned(),
        |text| {
            if let Err(error) = text.value().parse::<Partition>() {
                errors.push(text.span(), error.to_string());
            }
            text.value()
        },
    );
    LoweredKind::Account { id: id.map(|text| text.value()).unwrap_or_default(), partition }
}
