//! Targets of invoke actions that are named in another way than by the path of their item: in quotes, or as an action of provider
//! CodePipeline. They are reported, and read as they are meant where the call declares the pipeline.

use codepipeline_xacct_syntax::ast::{
    ActionKeyword, ActionNode, ItemNode, ItemNodeKind, ProviderNode, ValueNode, path_span, path_text,
};
use codepipeline_xacct_syntax::errors::Errors;
use syn::{Ident, LitStr, Path};

use super::declared::Declared;

/// Reads what the actions of a call name as their targets.
pub(super) fn named_in_other_ways(items: &mut [ItemNode], declared: &Declared, errors: &mut Errors) {
    for item in items {
        let ItemNodeKind::Pipeline { stages, .. } = &mut item.kind else { continue };
        for action in stages.iter_mut().flat_map(|stage| &mut stage.actions) {
            match (&action.provider, action.keyword) {
                (Some(ProviderNode::Quoted(text)), _) => {
                    let text = text.clone();
                    action.provider = in_quotes(&action.name, &text, declared, errors).map(ProviderNode::Path);
                }
                (Some(ProviderNode::Path(path)), ActionKeyword::Action) if path.is_ident("CodePipeline") => {
                    let path = path.clone();
                    of_provider(action, &path, declared, errors);
                }
                _ => {}
            }
        }
    }
}

const DECLARE: &str = "declare the target, `extern pipeline <Name> in <account> { name: \"…\", region: \"…\" }` where it is not yours, and name it here";

/// `invoke "…": "Deploy" { … }`
fn in_quotes(action: &LitStr, text: &LitStr, declared: &Declared, errors: &mut Errors) -> Option<Path> {
    let written = text.value();
    let message = format!("an invoke action names its target by the path of a pipeline item, not by `{written}`");
    if let Some(item) = declared.pipeline(&written) {
        let help = format!("write `invoke {:?}: {item} {{ … }}`, the item of this pipeline", action.value());
        errors.push_help(text.span(), message, help);
        return Some(Ident::new(item, text.span()).into());
    }
    let path = text.parse_with(Path::parse_mod_style).ok();
    let path = path.filter(|path| path.segments.len() > 1 || written.starts_with(char::is_uppercase));
    let help = match &path {
        Some(path) => format!("write `invoke {:?}: {} {{ … }}`, without quotes", action.value(), path_text(path)),
        None => DECLARE.to_owned(),
    };
    errors.push_help(text.span(), message, help);
    path.filter(|_| declared.has_pipeline(&written))
}

/// `action "…": CodePipeline { pipeline_name: "…", … }`
fn of_provider(action: &mut ActionNode, provider: &Path, declared: &Declared, errors: &mut Errors) {
    let name = action.fields.iter().find(|field| field.key == "pipeline_name");
    let named = name.and_then(|field| match &field.value {
        ValueNode::Str(text) => declared.pipeline(&text.value()),
        _ => None,
    });
    let target = named.unwrap_or("<pipeline item>");
    let help = format!("write `invoke {:?}: {target} {{ … }}`", action.name.value());
    errors.push_help(path_span(provider), "a pipeline is started by an `invoke` action", help);
    action.provider = named.map(|item| {
        // These come from the target.
        action.fields.retain(|field| field.key != "pipeline_name" && field.key != "region");
        action.keyword = ActionKeyword::Invoke;
        ProviderNode::Path(Ident::new(item, path_span(provider)).into())
    });
}
