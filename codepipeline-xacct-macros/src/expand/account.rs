//! Accounts: the type, its id, what it adds to a topology.

use proc_macro2::TokenStream;
use quote::quote;

use super::item::{conditions, implementation, included_contract, unit_struct};
use crate::model::ItemHead;

pub(super) fn expand(head: &ItemHead, id: &str, partition: &str, p: &TokenStream) -> TokenStream {
    let item = unit_struct(head);
    let name = &head.name;
    let text = name.to_string();
    // An account without a valid id is not checked.
    let id = if head.sound { id } else { "" };
    let (cfg, contract) = (conditions(head), included_contract(head));
    let account_impl = implementation(
        &quote!(#p::AccountItem),
        name,
        &quote! {
                    const ITEM: &'static str = #text;
                    const ID: &'static str = #id;
                    const PARTITION: &'static str = #partition;
        },
    );
    let trusted_impl = implementation(
        &quote!(#p::Trusted),
        name,
        &quote! {
                    const TRUST: #p::Trusts = #p::Trusts::Account(#p::AccountConst::of::<Self>());
                    fn add_as_trusted(__topology: &mut #p::TopologyBuilder) {
                        #p::add_account::<Self>(__topology);
                    }
        },
    );
    quote! {
        #item
        #cfg
        const _: () = {
            #contract
            #account_impl
            impl #p::Item for #name {
                fn add_to(&self, __topology: &mut #p::TopologyBuilder) {
                    #p::add_account::<Self>(__topology);
                }
            }
            #trusted_impl
        };
    }
}
