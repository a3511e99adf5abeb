//! Pipelines: the type, what callers have to know about it, its declaration as one text, and the checks of its links.

use std::collections::HashMap;

use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::topology::{Ownership, StagePlace};
use codepipeline_xacct_syntax::ast::{ParamNode, path_text};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::bound_paths::BoundPaths;
use super::checked_wirings::CheckedWirings;
use super::item::{
    conditions, contract_account, contract_path, declared_at, implementation, included_contract, unit_struct,
};
use super::pipeline_links::PipelineTokens;
use super::values::{account_type, option_slice, ownership_tokens};
use crate::model::{ItemHead, LoweredPipeline, RoleUse};

pub(super) fn expand(
    head: &ItemHead,
    pipeline: &LoweredPipeline,
    p: &TokenStream,
    roles: &[Ident],
    checked: &mut CheckedWirings,
    for_editor: bool,
) -> TokenStream {
    let ItemHead { name, sound, .. } = head;
    let text = name.to_string();
    let account = account_type(&pipeline.account, p);
    let (declared_at, contract_path) = (declared_at(head), contract_path(head));
    let contract = included_contract(head);
    let cfg = conditions(head);
    let (pipeline_name, region) = (&pipeline.name, &pipeline.region);
    let ownership = ownership_tokens(pipeline.ownership.unwrap_or(Ownership::Managed), p);
    let mut nothing = CheckedWirings::default();
    let mut tokens = PipelineTokens {
        p,
        name,
        pipeline,
        roles,
        links: BoundPaths::new(p),
        add: TokenStream::new(),
        checks: TokenStream::new(),
        values: pipeline.runtime.iter().map(|(_, value)| value.reference()).collect(),
        service: None,
        user: format!(
            "{cfg} {} {:?}",
            pipeline.account.as_ref().map(path_text).unwrap_or_default(),
            pipeline.service_role.as_ref().map(role_text)
        ),
        // An unsound item does not count: its checks are not emitted.
        checked: if *sound { checked } else { &mut nothing },
        accounts: HashMap::new(),
    };
    let service_role = tokens.service_role();
    for invoke in &pipeline.invokes {
        tokens.invoke(invoke);
    }
    for link in &pipeline.role_links {
        tokens.role_link(link);
    }
    tokens.artifact_keys();
    tokens.passed_roles();
    tokens.checks.extend(contract_account(head, &quote!(#p::home_of::<#name>()), p));
    tokens.add.extend(additions_and_tags(pipeline));
    let PipelineTokens { links, add, checks, values, .. } = tokens;
    let links = links.declared;
    let declared = pipeline.variables.as_ref().filter(|_| *sound);
    let variables = option_slice(declared.map(|variables| {
        let entry = |(name, required): &(String, bool)| quote!(#p::VariableConst { name: #name, required: #required });
        variables.iter().map(entry).collect()
    }));
    let variable_names = variable_names(head, pipeline, p);
    let lives_in =
        implementation(&quote!(#p::PipelineIn<<#name as #p::PipelineItem>::Account>), name, &TokenStream::new());
    // What the checks found would be reported again at every use.
    let checks = if *sound { checks } else { TokenStream::new() };
    let json = Literal::string(&pipeline.declaration.to_json());
    let pointers = pipeline.runtime.iter().map(|(pointer, _)| pointer);
    // Without the type of a parameter, rustc would only say so again.
    let values = if pipeline.params.iter().all(ParamNode::has_type) { values } else { Vec::new() };
    let values = quote!(::std::vec![#(#p::runtime_text(#values)),*]);
    let Itself { item, functions, values, add_as_target } = match pipeline.params.as_slice() {
        [] => without_parameters(head, &values, p),
        params => with_parameters(head, params, &values, p, for_editor),
    };
    let managed = pipeline.ownership == Some(Ownership::Managed);
    let pipeline_impl = implementation(
        &quote!(#p::PipelineItem),
        name,
        &quote! {
                    type Itself = Self;
                    fn itself(self) -> Self {
                        self
                    }
                    #account
                    const ITEM: &'static str = #text;
                    const NAME: &'static str = #pipeline_name;
                    const REGION: &'static str = #region;
                    const VARIABLES: ::core::option::Option<&'static [#p::VariableConst]> = #variables;
                    const SERVICE_ROLE: ::core::option::Option<#p::RoleConst> = #service_role;
                    const MANAGED: bool = #managed;
                    const DECLARED_AT: &'static str = #declared_at;
                    #contract_path
                    fn add_as_target(__topology: &mut #p::TopologyBuilder) {
                        #add_as_target
                    }
        },
    );
    quote! {
        #item
        #variable_names
        #cfg
        const _: () = {
            #links
            #functions
            #pipeline_impl
            #lives_in
            impl #p::Item for #name {
                fn add_to(&self, __topology: &mut #p::TopologyBuilder) {
                    #values
                    let ::core::option::Option::Some(mut __draft) = #p::Draft::<Self>::new(
                        __topology,
                        #ownership,
                        #json,
                        &[#(#pointers),*],
                        &__values,
                    ) else {
                        return;
                    };
                    #add
                    __draft.finish(__topology);
                }
            }
            #checks
            #contract
        };
    }
}

/// The type of a pipeline, and how its runtime values are made.
struct Itself {
    item: TokenStream,
    functions: TokenStream,
    /// Declares `__values` in `add_to`.
    values: TokenStream,
    add_as_target: TokenStream,
}

fn without_parameters(head: &ItemHead, values: &TokenStream, p: &TokenStream) -> Itself {
    let name = &head.name;
    Itself {
        item: unit_struct(head),
        // A separate function, so that the user's expressions don't see the locals of the expansion.
        functions: quote! {
            fn __runtime_values() -> ::std::vec::Vec<::std::string::String> {
                #values
            }
        },
        values: quote!(let __values = __runtime_values();),
        add_as_target: quote!(#p::add_target(__topology, &#name)),
    }
}

fn with_parameters(
    head: &ItemHead,
    params: &[ParamNode],
    values: &TokenStream,
    p: &TokenStream,
    for_editor: bool,
) -> Itself {
    let ItemHead { attributes, visibility, name, .. } = head;
    let cfg = conditions(head);
    let params = params.iter().map(|param| {
        let (name, ty) = (&param.name, &param.ty);
        if param.has_type() { quote!(#name: #ty) } else { quote!(#name: impl ::core::marker::Sized) }
    });
    let keyword = quote_spanned!(name.span()=> struct);
    let field = quote!(__values: ::std::vec::Vec<::std::string::String>);
    let fields = quote_spanned!(name.span()=> { #field });
    let value = if for_editor { format_ident!("{name}", span = Span::call_site()) } else { name.clone() };
    let item = quote! {
        #(#attributes)*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #visibility #keyword #name #fields
        // Where the name alone is added to a topology, rustc would tell the user to write a literal of the struct.
        #cfg
        #[doc(hidden)]
        #[allow(non_upper_case_globals, dead_code)]
        #visibility const #value: #p::WithParameters<#name> = #p::WithParameters::NEW;
        #cfg
        impl #name {
            /// Makes the pipeline from its parameters.
            #visibility fn new(#(#params),*) -> Self {
                Self { __values: #values }
            }
        }
    };
    Itself {
        item,
        functions: TokenStream::new(),
        values: quote!(let __values = &self.__values;),
        add_as_target: quote!(#p::need_target::<Self>(__topology)),
    }
}

/// Statements of `add_to`: what an extended pipeline adds, and tags.
fn additions_and_tags(pipeline: &LoweredPipeline) -> TokenStream {
    let mut add = TokenStream::new();
    for (stage, place) in pipeline.additions.stages() {
        add.extend(match place {
            StagePlace::Before(anchor) => quote!(__draft.add_stage_before(#stage, #anchor);),
            StagePlace::After(anchor) => quote!(__draft.add_stage_after(#stage, #anchor);),
        });
    }
    for (stage, action) in pipeline.additions.actions() {
        add.extend(quote!(__draft.add_action(#stage, #action);));
    }
    for (key, value) in &pipeline.tags {
        add.extend(quote!(__draft.tag(#key, #value);));
    }
    add
}

fn role_text(role: &RoleUse) -> String {
    match role {
        RoleUse::Item(path) => path_text(path),
        RoleUse::Managed(name, _) => name.clone(),
        RoleUse::Arn(_, arn, _) => arn.to_string(),
    }
}

/// The variables as associated constants, for the typed builder and for editors.
fn variable_names(head: &ItemHead, pipeline: &LoweredPipeline, p: &TokenStream) -> TokenStream {
    let (name, visibility, cfg) = (&head.name, &head.visibility, conditions(head));
    let place = Place::pipeline(&pipeline.item).key("variables");
    let mut types = TokenStream::new();
    let mut constants = TokenStream::new();
    for (index, (variable, _)) in pipeline.variables.iter().flatten().enumerate() {
        // A pipeline with parameters has a function of this name.
        let usable = |ident: &Ident| ident != "new" && ident != name && ident != "str";
        let Some(mut ident) = syn::parse_str::<Ident>(variable).ok().filter(usable) else { continue };
        ident.set_span(pipeline.spans.find(&place.index(index)).unwrap_or_else(Span::call_site));
        let doc = format!("Variable `{variable}`.");
        types.extend(quote! {
            #[doc = #doc]
            #[allow(non_camel_case_types, dead_code)]
            #[derive(Clone, Copy, Debug)]
            pub struct #ident;
            impl #p::VariableName for #ident {
                const NAME: &'static str = #variable;
            }
            impl #p::DeclaredBy<#name> for #ident {
                type Variable = Self;
            }
        });
        constants.extend(quote! {
            #[doc = #doc]
            #[allow(non_upper_case_globals, dead_code)]
            #visibility const #ident: #ident = #ident;
        });
    }
    // In a separate block: a variable may have the same name as something that the implementations use.
    if constants.is_empty() { constants } else { quote!(#cfg const _: () = { #types impl #name { #constants } };) }
}
