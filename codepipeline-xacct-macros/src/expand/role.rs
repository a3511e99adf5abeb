//! Roles: the type, what is known about it, what it adds to a topology.

use codepipeline_xacct_core::policy::CODEPIPELINE;
use codepipeline_xacct_core::policy::certain::{self, Certain};
use codepipeline_xacct_core::policy::{ASSUME_ROLE, START};
use codepipeline_xacct_syntax::ast::{path_span, path_text};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use serde_json::json;
use syn::Path;

use super::bound_paths::{BoundPaths, check};
use super::item::{
    account_of_contract, conditions, contract_account, contract_path, declared_at, implementation, included_contract,
    unit_struct,
};
use super::values::{account_type, option_slice, ownership_tokens, pairs, role_id};
use crate::model::{ItemHead, LoweredRole, LoweredTrust};

pub(super) fn expand(head: &ItemHead, role: &LoweredRole, p: &TokenStream) -> TokenStream {
    let item = unit_struct(head);
    let name = &head.name;
    let text = name.to_string();
    let (declared_at, contract_path) = (declared_at(head), contract_path(head));
    let account_of_contract = account_of_contract(head);
    let contract = included_contract(head);
    let cfg = conditions(head);
    let path_and_name = &role.path_and_name;
    let ownership = ownership_tokens(role.ownership, p);
    let documents = role_documents(role, p);
    let tags = pairs(&role.tags);
    let account = account_type(&role.account, p);
    let mut tokens = RoleTokens {
        p,
        name,
        links: BoundPaths::new(p),
        add: TokenStream::new(),
        checks: TokenStream::new(),
        relations: TokenStream::new(),
    };
    let trusts = option_slice(role.trusts.as_ref().map(|trusts| tokens.trusts(trusts)));
    let lives_in = quote!(<<#name as #p::RoleItem>::Account>);
    tokens.relation(&quote!(#p::RoleIn #lives_in), &quote!(type Role = #name;));
    tokens.relation(&quote!(#p::ServiceRoleIn #lives_in), &TokenStream::new());
    let starts = option_slice(role.starts.as_ref().map(|starts| tokens.starts(starts)));
    let RoleTokens { links, add, mut checks, relations, .. } = tokens;
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
                    #account_of_contract
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

/// What the links of a role add to its expansion.
struct RoleTokens<'a> {
    p: &'a TokenStream,
    name: &'a Ident,
    links: BoundPaths<'a>,
    /// Adds what the role names to a topology.
    add: TokenStream,
    checks: TokenStream,
    relations: TokenStream,
}

impl RoleTokens<'_> {
    fn trusts(&mut self, trusts: &[LoweredTrust]) -> Vec<TokenStream> {
        let p = self.p;
        let trust = |trust: &LoweredTrust| match trust {
            LoweredTrust::Item(path) => {
                let to = self.links.bind("ToTrusted", path);
                self.add.extend(quote!(#p::add_trusted::<#to>(__topology);));
                quote!(#p::trust::<#to>())
            }
            LoweredTrust::WholeAccount(path) => {
                let to = self.links.bind("ToAccount", path);
                self.add.extend(quote!(#p::add_linked_account::<#to>(__topology);));
                quote!(#p::whole_account::<#to>())
            }
            LoweredTrust::Arn(arn) => {
                let id = role_id(arn, p);
                quote!(#p::Trusts::Role(#id))
            }
        };
        trusts.iter().map(trust).collect()
    }

    fn starts(&mut self, starts: &[Path]) -> Vec<TokenStream> {
        let (p, name) = (self.p, self.name);
        let start = |path: &Path| {
            let to = self.links.bind("ToPipeline", path);
            self.relation(&quote!(#p::Starts<<#to as #p::ToPipeline>::To>), &TokenStream::new());
            self.add.extend(quote!(#p::add_linked_target::<#to>(__topology);));
            let written = path_text(path);
            let arguments = quote! {
                #p::account_const_of::<#name>(), #p::TargetFacts::of::<#to>(#written)
            };
            self.checks.extend(check(p, path_span(path), "start", &arguments));
            quote!(#p::pipeline_const::<#to>())
        };
        starts.iter().map(start).collect()
    }

    /// Implements a trait that other items ask for.
    fn relation(&mut self, of: &TokenStream, members: &TokenStream) {
        self.relations.extend(implementation(of, self.name, members));
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
