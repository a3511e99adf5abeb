//! Paths to other items: types that bind the user's paths, and the checks of what is bound.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Path;

/// Types that bind each path of the user once.
pub(super) struct BoundPaths<'a> {
    p: &'a TokenStream,
    pub(super) declared: TokenStream,
    count: usize,
}

impl<'a> BoundPaths<'a> {
    pub(super) fn new(p: &'a TokenStream) -> Self {
        Self { p, declared: TokenStream::new(), count: 0 }
    }

    /// Binds a path to a trait of the private module and returns the type that represents it. What is wrong with the
    /// path is reported where it is bound, so users of the type need not check it.
    pub(super) fn bind(&mut self, kind: &str, path: &Path) -> TokenStream {
        let p = self.p;
        let bound = format_ident!("__Path{}", self.count);
        let kind = Ident::new(kind, Span::call_site());
        self.count += 1;
        self.declared.extend(quote! {
            #[allow(dead_code)]
            enum #bound {}
            impl #p::#kind for #bound {
                type To = #path;
            }
        });
        quote!(#bound)
    }
}

/// A check whose failure is reported at one of the user's tokens.
pub(super) fn check(p: &TokenStream, span: Span, function: &str, arguments: &TokenStream) -> TokenStream {
    let function = Ident::new(function, Span::call_site());
    let function = quote!(#p::#function);
    // rustc blames the tokens from the first parenthesis to the last.
    let call = quote_spanned!(span=> (#function)(#arguments));
    quote!(#[allow(unused_parens)] const _: () = #call;)
}
