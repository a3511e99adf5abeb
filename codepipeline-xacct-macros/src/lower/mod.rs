//! Nodes to model: what each key means. Local mistakes (unknown keys, values of the wrong kind) are reported here;
//! what the rules of CodePipeline say about the result is said by the checks.

mod action;
mod conditions;
mod pipeline;
mod policies;
mod role;
mod triggers;
mod values;

use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::ids::{AccountId, Partition};
use syn::LitStr;

use crate::model::{ItemHead, LoweredCall, LoweredItem, LoweredKind};
use codepipeline_xacct_syntax::ast;
use codepipeline_xacct_syntax::errors::Errors;
use values::Fields;

/// The keys of each construct, by the type that stands for it in an editor.
#[cfg(test)]
pub(crate) fn keys() -> Vec<(&'static str, Vec<&'static str>)> {
    use codepipeline_xacct_core::catalogue::{ACTIONS, RULES};

    let mut keys = vec![
        ("Account", vec!["partition"]),
        ("Role", role::MANAGED.to_vec()),
        ("ExtendedRole", role::EXTENDED.to_vec()),
        ("ExternRole", role::EXTERN.to_vec()),
        ("Pipeline", pipeline::KEYS.to_vec()),
        ("ExtendedPipeline", pipeline::KEYS.to_vec()),
        ("ExternPipeline", pipeline::EXTERN_KEYS.to_vec()),
        ("Bucket", pipeline::BUCKET_KEYS.to_vec()),
        ("Variable", pipeline::VARIABLE_KEYS.to_vec()),
        ("Trigger", triggers::TRIGGER.to_vec()),
        ("Push", triggers::PUSH.to_vec()),
        ("PullRequest", triggers::PULL_REQUEST.to_vec()),
        ("Patterns", triggers::CRITERIA.to_vec()),
        ("Stage", pipeline::STAGE_KEYS.to_vec()),
        ("Invoke", action::INVOKE.to_vec()),
        ("Typed", action::keys_of("", None)),
        ("TypedCompute", action::keys_of("Compute", None)),
        ("TypedApproval", action::keys_of("Approval", None)),
    ];
    let actions = ACTIONS.iter().filter(|action| !action.provider.contains(' ') && action.provider != "CodePipeline");
    keys.extend(actions.map(|action| (action.provider, action::keys_of(action.category, Some(action)))));
    keys.extend(RULES.iter().map(|rule| {
        let configured = rule.keys.iter().map(|key| key.dsl).chain(rule.compute.then_some("commands"));
        (rule.provider, conditions::COMMON.iter().copied().chain(configured).collect())
    }));
    keys
}

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
    let mut fields = Fields::new("an account", &["partition"], &[], fields, errors);
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
