//! Values of the model as Rust expressions.

use codepipeline_xacct_core::ids::RoleArn;
use codepipeline_xacct_core::topology::Ownership;
use codepipeline_xacct_syntax::ast::path_span;
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Path;

/// The account of an item as an associated type, whose tokens are the user's: rustc blames the whole of it. It is written in the
/// implementation of the item's trait and nowhere else, so that rustc reports once what is wrong with it.
pub(super) fn account_type(account: &Option<Path>, p: &TokenStream) -> TokenStream {
    match account {
        Some(path) => {
            let span = path_span(path);
            let (keyword, end) = (quote_spanned!(span=> type), quote_spanned!(span=> ;));
            quote!(#keyword Account = #path #end)
        }
        None => quote!(type Account = #p::UnknownAccount;),
    }
}

pub(super) fn ownership_tokens(ownership: Ownership, p: &TokenStream) -> TokenStream {
    match ownership {
        Ownership::Managed => quote!(#p::Ownership::Managed),
        Ownership::Extended => quote!(#p::Ownership::Extended),
        Ownership::Extern => quote!(#p::Ownership::Extern),
    }
}

pub(super) fn role_id(arn: &RoleArn, p: &TokenStream) -> TokenStream {
    let (partition, account, path_and_name) = (arn.partition().as_str(), arn.account().as_str(), arn.path_and_name());
    quote!(#p::RoleConst { partition: #partition, account: #account, path_and_name: #path_and_name })
}

pub(super) fn pairs(list: &[(String, String)]) -> TokenStream {
    let pairs = list.iter().map(|(key, value)| quote!((#key, #value)));
    quote!(&[#(#pairs),*])
}

pub(super) fn option_slice(entries: Option<Vec<TokenStream>>) -> TokenStream {
    match entries {
        Some(entries) => quote!(::core::option::Option::Some(&[#(#entries),*])),
        None => quote!(::core::option::Option::None),
    }
}
