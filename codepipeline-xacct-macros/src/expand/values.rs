//! Values of the model as Rust expressions.

use codepipeline_xacct_core::ids::RoleArn;
use codepipeline_xacct_core::topology::Ownership;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::Path;

/// The account of an item. It is written in the implementation of the item's trait and nowhere else, so that rustc reports once what is
/// wrong with it.
pub(super) fn account_type(account: &Option<Path>, p: &TokenStream) -> TokenStream {
    account.as_ref().map_or_else(|| quote!(#p::UnknownAccount), ToTokens::to_token_stream)
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
