//! The common parts of the expansion of an item: its struct, its implementations, where it is declared.

use codepipeline_xacct_syntax::ast::ContractNode;
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

use super::bound_paths::check;
use crate::model::ItemHead;

pub(super) fn unit_struct(head: &ItemHead) -> TokenStream {
    let ItemHead { attributes, visibility, name, .. } = head;
    let (keyword, end) = (quote_spanned!(name.span()=> struct), quote_spanned!(name.span()=> ;));
    quote! {
        #(#attributes)*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        #visibility #keyword #name #end
    }
}

/// An implementation whose span is the item's name: rustc points there to show what an item is and is not.
pub(super) fn implementation(trait_name: &TokenStream, name: &Ident, body: &TokenStream) -> TokenStream {
    let (imp, body) = (quote_spanned!(name.span()=> impl), quote_spanned!(name.span()=> { #body }));
    quote!(#imp #trait_name for #name #body)
}

/// File and line of an item, and its contract: the second place of a mistake, which stable Rust can't mark.
pub(super) fn declared_at(head: &ItemHead) -> String {
    // Unit tests run outside of a compiler, where spans have no file.
    if !proc_macro::is_available() {
        return String::new();
    }
    let span = head.name.span().unwrap();
    let contract = head.contract.as_ref().map(|contract| format!(", from contract `{}`", contract.path.value()));
    format!("{}:{}{}", span.file(), span.line(), contract.unwrap_or_default())
}

/// Includes the contract of an item, so that the build depends on the file. Nothing of it gets into the program.
pub(super) fn included_contract(head: &ItemHead) -> TokenStream {
    let Some(contract) = &head.contract else { return TokenStream::new() };
    // What is wrong with the path is reported already.
    if !head.sound {
        return TokenStream::new();
    }
    let path = contract.path.value();
    quote! {
        const _: &[u8] = ::core::include_bytes!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", #path));
    }
}

/// Which file the contract of an item is, for the checks of its users.
pub(super) fn contract_path(head: &ItemHead) -> TokenStream {
    let Some(contract) = &head.contract else { return TokenStream::new() };
    let path = contract.path.value();
    quote!(const CONTRACT: &'static str = #path;)
}

/// Of which account the contract of a role is.
pub(super) fn account_of_contract(head: &ItemHead) -> TokenStream {
    let Some(ContractNode { says: Some(says), .. }) = &head.contract else { return TokenStream::new() };
    let account = says.account().as_str();
    quote!(const CONTRACT_ACCOUNT: &'static str = #account;)
}

/// The check that a contract is of the account in which the item is declared.
pub(super) fn contract_account(head: &ItemHead, account: &TokenStream, p: &TokenStream) -> TokenStream {
    let Some(ContractNode { path, says: Some(says) }) = &head.contract else { return TokenStream::new() };
    let (arn, of) = (says.to_string(), says.account().as_str());
    check(p, path.span(), "contract_account", &quote!(#account, #arn, #of))
}

/// The `cfg` attributes of an item, for everything emitted with it, which must not warn where the item is deprecated.
pub(super) fn conditions(head: &ItemHead) -> TokenStream {
    let conditions = head.conditions();
    quote!(#(#conditions)* #[allow(deprecated)])
}
