//! The `pipeline!` macro of `codepipeline-xacct`.
//!
//! The input goes through these modules in this order: `parse` (of `codepipeline-xacct-syntax`) makes nodes (`ast`)
//! from the tokens, `contract` fills in what contracts say, `lower` makes a model from the nodes, `check` has the core judge the model, `expand` writes Rust.
//! Each phase reports into `errors` and continues. For editors, `editor` emits the user's tokens a second time,
//! keys with `editor_keys`.

mod check;
mod contract;
mod editor;
mod editor_keys;
mod expand;
mod lower;
mod model;

#[cfg(test)]
mod tests;

extern crate proc_macro;

use codepipeline_xacct_syntax::{errors, parse};
use proc_macro2::{Span, TokenStream};

#[doc = include_str!("../docs/pipeline.md")]
///
/// # Keys
///
#[doc = include_str!("../docs/keys.md")]
///
/// # Providers
///
#[doc = include_str!("../docs/providers.md")]
#[proc_macro]
pub fn pipeline(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = TokenStream::from(input);
    // A panic would remove the declared types and point to this crate's source: report a bug in this crate instead.
    let expansion = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(input, editor::is_asked())));
    expansion.map_or_else(|_| ours(), Into::into).into()
}

/// The expansion; `for_editor` adds what only an editor reads.
fn run(input: TokenStream, for_editor: bool) -> TokenStream {
    let mut errors = errors::Errors::default();
    let mut file = parse::file(input, &mut errors);
    contract::fill(&mut file, &mut errors);
    let editor = for_editor.then(|| editor::tokens(&file));
    let mut model = lower::model(file, &mut errors);
    check::check(&mut model, &mut errors);
    let items = expand::expand(&model, for_editor);
    let errors = errors.into_tokens();
    quote::quote!(#editor #items #errors)
}

fn ours() -> TokenStream {
    let mut errors = errors::Errors::default();
    errors.push_help(
        Span::call_site(),
        "`pipeline!` failed while reading this",
        "this is a bug in codepipeline-xacct, please report it with the input",
    );
    errors.into_tokens()
}
