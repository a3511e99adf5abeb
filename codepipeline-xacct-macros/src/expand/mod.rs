//! Model to Rust: the types, what the compiler knows about them, what they add to a topology, and the checks between
//! items.
//!
//! A pipeline is emitted as one JSON text, its links to other items as types: see `BENCHMARKS.md` for why. Each of the
//! user's paths is emitted once, so that rustc reports once what is wrong with it; checks begin and end with
//! punctuation that carries the user's span, so that errors point to the user's token and editors find no generated
//! name there.

mod account;
mod bound_paths;
mod checked_wirings;
mod item;
mod pipeline;
mod pipeline_links;
mod role;
mod values;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};

use crate::model::{LoweredCall, LoweredItem, LoweredKind};
use checked_wirings::CheckedWirings;

/// Emits all items. An editor shows what has the tokens of the user, so fewer things have them `for_editor`.
pub(crate) fn expand(model: &LoweredCall, for_editor: bool) -> TokenStream {
    let library = match &model.library {
        Some(path) => path.to_token_stream(),
        None => quote!(::codepipeline_xacct),
    };
    let private = quote!(#library::macro_support);
    let mut checked = CheckedWirings::default();
    let roles = roles(model);
    model.items.iter().map(|item| expand_item(item, &private, &roles, &mut checked, for_editor)).collect()
}

/// The roles that a call declares, whatever is configured. The names have no span of the user: editors would find them there.
fn roles(model: &LoweredCall) -> Vec<Ident> {
    let role = |item: &&LoweredItem| {
        matches!(item.kind, LoweredKind::Role(_))
            && item.head.attributes.iter().all(|attribute| attribute.path().is_ident("doc"))
    };
    model.items.iter().filter(role).map(|item| Ident::new(&item.head.name.to_string(), Span::call_site())).collect()
}

fn expand_item(
    item: &LoweredItem,
    p: &TokenStream,
    roles: &[Ident],
    checked: &mut CheckedWirings,
    for_editor: bool,
) -> TokenStream {
    match &item.kind {
        LoweredKind::Account { id, partition } => account::expand(&item.head, id, partition, p),
        LoweredKind::Role(role) => role::expand(&item.head, role, p),
        LoweredKind::Pipeline(pipeline) => pipeline::expand(&item.head, pipeline, p, roles, checked, for_editor),
    }
}
