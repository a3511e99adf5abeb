//! The rules of CodePipeline for each pipeline item: run by the core, reported at the user's tokens.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use codepipeline_xacct_core::check::{self, CheckContext};
use codepipeline_xacct_core::declaration::PipelineDeclaration;
use codepipeline_xacct_core::declaration::invoke::{VARIABLES_KEY, variables_text};
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::topology::{Ownership, one_account};
use codepipeline_xacct_syntax::ast::{path_span, path_text};
use codepipeline_xacct_syntax::errors::Errors;
use proc_macro2::Span;
use syn::Path;

use crate::model::{
    ItemHead, LoweredCall, LoweredInvoke, LoweredKind, LoweredPipeline, LoweredRole, LoweredText, RoleUse,
};

/// Checks every item; a finding makes the item unsound.
pub(crate) fn check(model: &mut LoweredCall, errors: &mut Errors) {
    one_item_per_account(model, errors);
    inline_roles_of_items(model, errors);
    targets_and_roles_swapped(model, errors);
    for item in &mut model.items {
        if let LoweredKind::Pipeline(pipeline) = &item.kind {
            let before = errors.count();
            check_pipeline(pipeline, errors);
            item.head.sound &= errors.count() == before;
        }
    }
}

fn one_item_per_account(model: &LoweredCall, errors: &mut Errors) {
    // Items under different conditions may never exist together.
    let mut first: HashMap<(String, &str), &ItemHead> = HashMap::new();
    for item in &model.items {
        let LoweredKind::Account { id, .. } = &item.kind else { continue };
        if !item.head.sound {
            continue;
        }
        let conditions = item.head.conditions();
        let key = (quote::quote!(#(#conditions)*).to_string(), id.as_str());
        match first.get(&key) {
            Some(first) => {
                let name = item.head.name.to_string();
                if let Ok(id) = id.parse() {
                    errors.finding(item.head.name.span(), &one_account(&first.name.to_string(), &name, &id));
                }
            }
            None => {
                first.insert(key, &item.head);
            }
        }
    }
}

/// `managed("…")` for a role that an item declares: two declarations of one role.
fn inline_roles_of_items(model: &LoweredCall, errors: &mut Errors) {
    let account_of = |name: &Path| {
        let item = model.items.iter().find(|item| name.is_ident(&item.head.name))?;
        match &item.kind {
            LoweredKind::Pipeline(pipeline) => pipeline.account.as_ref(),
            LoweredKind::Role(_) | LoweredKind::Account { .. } => None,
        }
    };
    let managed: Vec<(&ItemHead, &LoweredRole)> = model
        .items
        .iter()
        .filter_map(|item| match &item.kind {
            LoweredKind::Role(role) if role.ownership == Ownership::Managed => Some((&item.head, role)),
            _ => None,
        })
        .filter(|(head, _)| head.sound && head.conditions().is_empty())
        .collect();
    for item in &model.items {
        let LoweredKind::Pipeline(pipeline) = &item.kind else { continue };
        let own = pipeline.service_role.iter().chain(pipeline.role_links.iter().map(|link| &link.role));
        let own = own.map(|role| (role, pipeline.account.as_ref()));
        let of_invokes = pipeline.invokes.iter().filter_map(|i| Some((i.role.as_ref()?, account_of(&i.target))));
        for (role, account) in own.chain(of_invokes) {
            let (RoleUse::Managed(name, span), Some(account)) = (role, account) else { continue };
            let same = |(_, role): &&(&ItemHead, &LoweredRole)| {
                role.path_and_name == *name && role.account.as_ref().map(path_text) == Some(path_text(account))
            };
            if let Some((head, _)) = managed.iter().find(same) {
                let message = format!("`managed({name:?})` declares role `{}` once more", head.name);
                errors.push_help(*span, message, format!("name its item: `{}`", head.name));
            }
        }
    }
}

/// An invoke with its role where the target belongs, and the target as its role. They are read as they are meant.
fn targets_and_roles_swapped(model: &mut LoweredCall, errors: &mut Errors) {
    let names = |of: fn(&LoweredKind) -> bool| -> HashSet<String> {
        model.items.iter().filter(|item| of(&item.kind)).map(|item| item.head.name.to_string()).collect()
    };
    let roles = names(|kind| matches!(kind, LoweredKind::Role(_)));
    let pipelines = names(|kind| matches!(kind, LoweredKind::Pipeline(_)));
    for item in &mut model.items {
        let LoweredKind::Pipeline(pipeline) = &mut item.kind else { continue };
        for invoke in &mut pipeline.invokes {
            let Some(RoleUse::Item(role)) = &mut invoke.role else { continue };
            let (written, as_role) = (path_text(&invoke.target), path_text(role));
            if !roles.contains(&written) || !pipelines.contains(&as_role) {
                continue;
            }
            let message = format!("`{written}` is a role, and `{as_role}` is the pipeline to start");
            let more = if invoke.variables.is_empty() && invoke.wait.is_none() { "" } else { ", …" };
            let help = format!("write `invoke {:?}: {as_role} {{ role: {written}{more} }}`", invoke.action);
            errors.push_help(path_span(&invoke.target), message, help);
            std::mem::swap(&mut invoke.target, role);
            item.head.sound = false;
        }
    }
}

fn check_pipeline(pipeline: &LoweredPipeline, errors: &mut Errors) {
    let mut context = CheckContext {
        item: pipeline.item.clone(),
        home: pipeline.region.parse().ok(),
        open: pipeline.open.clone(),
        holes: pipeline.holes.clone(),
        added: pipeline.additions.clone(),
        derives_type: true,
        ..Default::default()
    };
    let declaration = with_variables(pipeline, &mut context);
    let findings = match pipeline.ownership {
        Some(Ownership::Managed) => check::pipeline(&declaration, &context),
        _ => check::extension(&declaration, &context),
    };
    for finding in &findings {
        let span = pipeline.spans.find(&finding.place).unwrap_or_else(Span::call_site);
        errors.finding(span, finding);
    }
}

/// The declaration with the variables of its invokes, as they will be when the links are filled in.
fn with_variables<'a>(pipeline: &'a LoweredPipeline, context: &mut CheckContext) -> Cow<'a, PipelineDeclaration> {
    let place = Place::pipeline(&pipeline.item);
    // Of two actions of one name, which are reported, the first counts.
    let passing = pipeline.invokes.iter().rev().filter(|invoke| !invoke.variables.is_empty());
    let invokes: HashMap<(&str, &str), &LoweredInvoke> =
        passing.map(|invoke| ((invoke.stage.as_str(), invoke.action.as_str()), invoke)).collect();
    if invokes.is_empty() {
        return Cow::Borrowed(&pipeline.declaration);
    }
    let mut declaration = pipeline.declaration.clone();
    for (index, stage) in declaration.stages.iter_mut().flatten().enumerate() {
        let stage_place = place.stage(index, &stage.name);
        for (position, action) in stage.actions.iter_mut().flatten().enumerate() {
            let Some(invoke) = invokes.get(&(stage.name.as_str(), action.name.as_str())) else { continue };
            let place = stage_place.action(position, &action.name).key("configuration").key(VARIABLES_KEY);
            let entries = invoke.variables.iter().map(|variable| match &variable.value {
                LoweredText::Literal(text) => (variable.name.as_str(), text.as_str()),
                LoweredText::Runtime(_) => {
                    context.open.insert(place.key(&variable.name).value());
                    (variable.name.as_str(), "")
                }
            });
            let text = variables_text(entries);
            action.configuration.get_or_insert_default().insert(VARIABLES_KEY.to_owned(), text);
        }
    }
    Cow::Owned(declaration)
}
