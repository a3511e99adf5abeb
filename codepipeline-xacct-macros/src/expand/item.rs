//! What the expansion of every item has: its struct, its implementations, where it is declared.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

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

/// File and line of an item: the second place of a mistake, which stable Rust can't mark.
pub(super) fn declared_at(name: &Ident) -> String {
    // Unit tests run outside of a compiler, where spans have no file.
    if !proc_macro::is_available() {
        return String::new();
    }
    let span = name.span().unwrap();
    format!("{}:{}", span.file(), span.line())
}

/// The `cfg` attributes of an item, for everything emitted with it, which must not warn where the item is deprecated.
pub(super) fn conditions(head: &ItemHead) -> TokenStream {
    let conditions = head.conditions();
    quote!(#(#conditions)* #[allow(deprecated)])
}
