//! Nodes to model: what each key means. Local mistakes (unknown keys, values of the wrong kind) are reported here;
//! the rules of CodePipeline are applied to the result by the checks.

mod action;
mod conditions;
mod declared;
mod environment;
mod fields;
mod invoke;
mod json_triggers;
mod members;
mod pipeline;
mod policies;
mod provider;
mod role;
mod roles;
mod rules;
mod stage;
mod stores;
mod targets;
mod triggers;
mod value_suggestions;
mod values;
mod variables;

use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::ids::{AccountId, Partition};
use codepipeline_xacct_syntax::ast::{self, path_span};
use codepipeline_xacct_syntax::errors::Errors;
use codepipeline_xacct_syntax::keys;
use syn::{LitStr, Visibility};

use crate::model::{ItemHead, LoweredCall, LoweredItem, LoweredKind};
use declared::Declared;
use fields::Fields;

/// Lowers the whole call.
pub(crate) fn model(mut file: ast::CallNode, errors: &mut Errors) -> LoweredCall {
    let mut items: Vec<LoweredItem> = Vec::new();
    let declared = Declared::of(&file.items);
    targets::named_in_other_ways(&mut file.items, &declared, errors);
    for item in file.items {
        // Items under conditions need not be there together.
        let named = |known: &&LoweredItem| known.head.name == item.name && known.head.conditions().is_empty();
        if ast::conditions(&item.attributes).is_empty() && items.iter().any(|known| named(&known)) {
            let message = format!("`{}` is declared twice", item.name);
            errors.push_help(item.name.span(), message, "give one of them another name, or leave it out");
            continue;
        }
        items.push(lower_item(item, &declared, errors));
    }
    public_items_of_private_accounts(&items, errors);
    LoweredCall { library: file.library, items }
}

/// A public item names its account in a public interface, so that the account has to be public too.
fn public_items_of_private_accounts(items: &[LoweredItem], errors: &mut Errors) {
    for item in items {
        let account = match &item.kind {
            LoweredKind::Role(role) => &role.account,
            LoweredKind::Pipeline(pipeline) => &pipeline.account,
            LoweredKind::Account { .. } => continue,
        };
        let (Visibility::Public(_), Some(path)) = (&item.head.visibility, account) else { continue };
        let Some(name) = path.get_ident() else { continue };
        // Of several accounts of a name, conditions say which one is there.
        let is_account = |other: &&LoweredItem| matches!(other.kind, LoweredKind::Account { .. });
        let mut accounts = items.iter().filter(is_account).filter(|other| other.head.name == *name).peekable();
        let declared = accounts.peek().is_some();
        if declared && accounts.all(|account| !matches!(account.head.visibility, Visibility::Public(_))) {
            let message = format!("account `{name}` is not public, but `{}` is", item.head.name);
            errors.push_help(path_span(path), message, format!("write `pub account {name} = …`"));
            return;
        }
    }
}

fn lower_item(item: ast::ItemNode, declared: &Declared, errors: &mut Errors) -> LoweredItem {
    let before = errors.count();
    let damaged = item.kind.is_damaged();
    let (name, contract) = (item.name.clone(), item.contract.clone());
    let kind = match item.kind {
        ast::ItemNodeKind::Account { id, fields } => lower_account(id, fields, errors),
        ast::ItemNodeKind::Role { ownership, account, fields, damaged } => {
            let head = role::RoleHead { ownership, word: item.ownership, account, declared, damaged };
            LoweredKind::Role(role::lower(&name, head, fields, errors))
        }
        ast::ItemNodeKind::Pipeline { ownership, params, account, fields, stages, damaged } => {
            let head = pipeline::PipelineHead { ownership, word: item.ownership, params, account, damaged };
            let mut pipeline = pipeline::lower(&name, head, fields, stages, errors);
            if damaged {
                // What did not parse may have been a key or a stage.
                let place = Place::pipeline(&pipeline.item);
                pipeline.holes.extend([place.key("stages"), place]);
            }
            LoweredKind::Pipeline(pipeline)
        }
    };
    let whole = !damaged && !matches!(&kind, LoweredKind::Pipeline(pipeline) if !pipeline.holes.is_empty());
    let sound = whole && errors.count() == before;
    let head = ItemHead { attributes: item.attributes, visibility: item.visibility, name, contract, sound };
    LoweredItem { head, kind }
}

fn lower_account(id: Option<LitStr>, fields: Vec<ast::FieldNode>, errors: &mut Errors) -> LoweredKind {
    if let Some(id) = &id
        && let Err(error) = id.value().parse::<AccountId>()
    {
        values::malformed(id.span(), &error, errors);
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
