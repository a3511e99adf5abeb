//! Model to Rust: the types, what the compiler knows of them, what they add to a topology, and the checks between items.
//!
//! A pipeline is emitted as one JSON text, its links to other items as types: see `BENCHMARKS.md` for why. Paths of the
//! user are emitted once each, so that rustc says once what is wrong with them; checks begin and end with punctuation
//! that carries the user's span, so that errors fall on his token and editors find no name of ours there.

mod pipeline;
mod role;

use std::collections::HashSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Path;

use codepipeline_xacct_core::ids::RoleArn;

use crate::ast::Ownership;
use crate::model::{Head, Item, ItemKind, Model};

/// Emits all items.
pub(crate) fn expand(model: &Model) -> TokenStream {
    let library = match &model.library {
        Some(path) => path.to_token_stream(),
        None => quote!(::codepipeline_xacct),
    };
    let private = quote!(#library::macro_support);
    let mut judged = Judged::default();
    model.items.iter().map(|item| expand_item(item, &private, &mut judged)).collect()
}

/// What was judged in this call already: a role that two pipelines of one account use with one service role is wrong for both.
#[derive(Default)]
struct Judged(HashSet<[String; 3]>);

fn expand_item(item: &Item, p: &TokenStream, judged: &mut Judged) -> TokenStream {
    match &item.kind {
        ItemKind::Account { id, partition } => expand_account(&item.head, id, partition, p),
        ItemKind::Role(role) => role::expand(&item.head, role, p),
        ItemKind::Pipeline(pipeline) => pipeline::expand(&item.head, pipeline, p, judged),
    }
}

fn unit_struct(head: &Head) -> TokenStream {
    let Head { attributes, visibility, name, .. } = head;
    let (keyword, end) = (quote_spanned!(name.span()=> struct), quote_spanned!(name.span()=> ;));
    quote! {
        #(#attributes)*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        #visibility #keyword #name #end
    }
}

/// An implementation whose span is the item's name: there rustc shows what an item is and is not.
fn implementation(trait_name: &TokenStream, name: &Ident, body: &TokenStream) -> TokenStream {
    let (imp, body) = (quote_spanned!(name.span()=> impl), quote_spanned!(name.span()=> { #body }));
    quote!(#imp #trait_name for #name #body)
}

/// File and line of an item: the second place of a mistake, which stable Rust can't mark.
fn declared_at(name: &Ident) -> String {
    // Unit tests run outside of a compiler, where spans know no files.
    if !proc_macro::is_available() {
        return String::new();
    }
    let span = name.span().unwrap();
    format!("{}:{}", span.file(), span.line())
}

/// The `cfg` attributes of an item, for all that belongs to it, and no warning of ours where it is deprecated.
fn conditions(head: &Head) -> TokenStream {
    let conditions = head.conditions();
    quote!(#(#conditions)* #[allow(deprecated)])
}

fn expand_account(head: &Head, id: &str, partition: &str, p: &TokenStream) -> TokenStream {
    let item = unit_struct(head);
    let name = &head.name;
    let text = name.to_string();
    // An account without a sound id is judged nowhere.
    let id = if head.sound { id } else { "" };
    let cfg = conditions(head);
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

/// Types that bind each path of the user once.
struct Links<'a> {
    p: &'a TokenStream,
    declared: TokenStream,
    count: usize,
}

impl<'a> Links<'a> {
    fn new(p: &'a TokenStream) -> Self {
        Self { p, declared: TokenStream::new(), count: 0 }
    }

    /// Binds a path to a trait of the private module and returns the type that stands for it. What is wrong with the
    /// path is said where it is bound; whoever uses the link need not know.
    fn bind(&mut self, kind: &str, path: &Path) -> TokenStream {
        let p = self.p;
        let link = format_ident!("__Link{}", self.count);
        let kind = Ident::new(kind, Span::call_site());
        self.count += 1;
        self.declared.extend(quote! {
            #[allow(dead_code)]
            enum #link {}
            impl #p::#kind for #link {
                type To = #path;
            }
        });
        quote!(#link)
    }
}

/// A check whose failure falls on one token of the user.
fn check(p: &TokenStream, span: Span, function: &str, arguments: &TokenStream) -> TokenStream {
    let function = Ident::new(function, Span::call_site());
    let function = quote!(#p::#function);
    // rustc blames the tokens from the first parenthesis to the last.
    let call = quote_spanned!(span=> (#function)(#arguments));
    quote!(#[allow(unused_parens)] const _: () = #call;)
}

/// The account of an item. It stands in the implementation of the item's trait and nowhere else, so that rustc says once what is
/// wrong with it.
fn account_type(account: &Option<Path>, p: &TokenStream) -> TokenStream {
    account.as_ref().map_or_else(|| quote!(#p::UnknownAccount), ToTokens::to_token_stream)
}

fn ownership_tokens(ownership: Ownership, p: &TokenStream) -> TokenStream {
    match ownership {
        Ownership::Managed => quote!(#p::Ownership::Managed),
        Ownership::Extended => quote!(#p::Ownership::Extended),
        Ownership::Extern => quote!(#p::Ownership::Extern),
    }
}

fn role_id(arn: &RoleArn, p: &TokenStream) -> TokenStream {
    let (partition, account, path_and_name) = (arn.partition().as_str(), arn.account().as_str(), arn.path_and_name());
    quote!(#p::RoleConst { partition: #partition, account: #account, path_and_name: #path_and_name })
}

fn pairs(list: &[(String, String)]) -> TokenStream {
    let pairs = list.iter().map(|(key, value)| quote!((#key, #value)));
    quote!(&[#(#pairs),*])
}

fn option_slice(entries: Option<Vec<TokenStream>>) -> TokenStream {
    match entries {
        Some(entries) => quote!(::core::option::Option::Some(&[#(#entries),*])),
        None => quote!(::core::option::Option::None),
    }
}
