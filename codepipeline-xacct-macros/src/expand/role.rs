//! Roles: the type, what is known about it, what it adds to a topology.

use codepipeline_xacct_core::policy::CODEPIPELINE;
use codepipeline_xacct_core::policy::certain::{self, Certain};
use codepipeline_xacct_core::policy::{ASSUME_ROLE, START};
use codepipeline_xacct_syntax::ast::{path_span, path_text};
use proc_macro2::TokenStream;
use quote::quote;
use serde_json::json;

use super::bound_paths::{BoundPaths, check};
use super::item::{
    conditions, contract_account, contract_path, declared_at, implementation, included_contract, unit_struct,
};
use super::values::{account_type, option_slice, ownership_tokens, pairs, role_id};
use crate::model::{ItemHead, LoweredRole, LoweredTrust};

pub(super) fn expand(head: &ItemHead, role: &LoweredRole, p: &TokenStream) -> TokenStream {
    let item = unit_struct(head);
    let name = &head.name;
    let text = name.to_string();
    let (declared_at, contract_path) = (declared_at(head), contract_path(head));
    let contract = included_contract(head);
    let cfg = conditions(head);
    let path_and_name = &role.path_and_name;
    let ownership = ownership_tokens(role.ownership, p);
    let documents = role_documents(role, p);
    let tags = pairs(&role.tags);
    let mut links = BoundPaths::new(p);
    let account = account_type(&role.account, p);
    let mut add = TokenStream::new();
    let mut checks = TokenStream::new();

    let trusts = option_slice(role.trusts.as_ref().map(|trusts| {
        trusts
            .iter()
            .map(|trust| match trust {
                LoweredTrust::Item(path) => {
                    let to = links.bind("ToTrusted", path);
                    add.extend(quote!(#p::add_trusted::<#to>(__topology);));
                    quote!(#p::trust::<#to>())
                }
                LoweredTrust::WholeAccount(path) => {
                    let to = links.bind("ToAccount", path);
                    add.extend(quote!(#p::add_linked_account::<#to>(__topology);));
                    quote!(#p::whole_account::<#to>())
                }
                LoweredTrust::Arn(arn) => {
                    let id = role_id(arn, p);
                    quote!(#p::Trusts::Role(#id))
                }
            })
            .collect()
    }));
    let lives_in = quote!(<<#name as #p::RoleItem>::Account>);
    let mut relations = implementation(&quote!(#p::RoleIn #lives_in), name, &quote!(type Role = #name;));
    relations.extend(implementation(&quote!(#p::ServiceRoleIn #lives_in), name, &TokenStream::new()));
    let starts = option_slice(role.starts.as_ref().map(|starts| {
        starts
            .iter()
            .map(|path| {
                let to = links.bind("ToPipeline", path);
                let started = quote!(#p::Starts<<#to as #p::ToPipeline>::To>);
                relations.extend(implementation(&started, name, &TokenStream::new()));
                add.extend(quote!(#p::add_linked_target::<#to>(__topology);));
                let written = path_text(path);
                let arguments = quote! {
                    #p::account_const_of::<#name>(), #p::TargetFacts::of::<#to>(#written)
                };
                checks.extend(check(p, path_span(path), "start", &arguments));
                quote!(#p::pipeline_const::<#to>())
            })
            .collect()
    }));
    if let Some((arn, span)) = &role.arn {
        let (arn_text, arn_account) = (arn.to_string(), arn.account().as_str());
        let account = quote!(#p::account_const_of::<#name>());
        checks.extend(match &head.contract {
            Some(_) => contract_account(head, &account, p),
            None => check(p, *span, "item_account", &quote!(#account, #arn_text, #arn_account)),
        });
    }
    // Nothing is known about a role that could not be read, so nothing is checked.
    let (trusts, starts, stated) = if head.sound {
        (trusts, starts, stated(role, p))
    } else {
        let none = || quote!(::core::option::Option::None);
        (none(), none(), quote!(#p::Stated::NOTHING))
    };
    let links = links.declared;
    let role_impl = implementation(
        &quote!(#p::RoleItem),
        name,
        &quote! {
                    type Itself = Self;
                    #account
                    const ITEM: &'static str = #text;
                    const PATH_AND_NAME: &'static str = #path_and_name;
                    const TRUSTS: ::core::option::Option<&'static [#p::Trusts]> = #trusts;
                    const STARTS: ::core::option::Option<&'static [#p::PipelineConst]> = #starts;
                    const STATED: #p::Stated = #stated;
                    const DECLARED_AT: &'static str = #declared_at;
                    #contract_path
                const VALUE: Self = #name;
        },
    );
    let trusted_impl = implementation(
        &quote!(#p::Trusted),
        name,
        &quote! {
                    const TRUST: #p::Trusts = #p::Trusts::Role(#p::RoleConst::of::<Self>());
                    fn add_as_trusted(__topology: &mut #p::TopologyBuilder) {
                        #p::Item::add_to(&#name, __topology);
                    }
        },
    );
    quote! {
        #item
        #cfg
        const _: () = {
            #links
            #role_impl
            #relations
            impl #p::Item for #name {
                fn add_to(&self, __topology: &mut #p::TopologyBuilder) {
                    if #p::add_role::<Self>(__topology, #ownership, #documents, #tags) {
                        #add
                    }
                }
            }
            #trusted_impl
            #checks
            #contract
        };
    }
}

/// The documents of a role as JSON texts.
fn role_documents(role: &LoweredRole, p: &TokenStream) -> TokenStream {
    let statements = json!(role.statements).to_string();
    let (trust, policies) = (json!(role.trust_policy).to_string(), json!(role.policies).to_string());
    let boundary = json!(role.permissions_boundary).to_string();
    quote! {
        #p::RoleDocuments {
            statements: #statements, trust_policy: #trust, policies: #policies, permissions_boundary: #boundary,
        }
    }
}

/// What the stated policies of a role certainly grant.
fn stated(role: &LoweredRole, p: &TokenStream) -> TokenStream {
    if role.trust_policy.is_none() && role.policies.is_none() {
        return quote!(#p::Stated::NOTHING);
    }
    let option = |value: Option<TokenStream>| match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    };
    let grants = |certain: Certain| {
        let Certain { patterns, complete } = certain;
        quote!(#p::Grants { patterns: &[#(#patterns),*], complete: #complete })
    };
    let trust = option(role.trust_policy.as_ref().map(|trust| grants(certain::trusted(trust))));
    let service = role.trust_policy.as_ref().and_then(|trust| certain::trusts_service(trust, CODEPIPELINE));
    let service_trust = option(service.map(|trusts| quote!(#trusts)));
    // What the policies grant within a boundary is left to the evaluator.
    let policies = role.policies.as_ref().filter(|_| role.permissions_boundary.is_none());
    let allowed = |action| option(policies.map(|policies| grants(certain::allowed(policies, action))));
    let (assume, start) = (allowed(ASSUME_ROLE), allowed(START));
    quote!(#p::Stated { trust: #trust, service_trust: #service_trust, assume: #assume, start: #start })
}
