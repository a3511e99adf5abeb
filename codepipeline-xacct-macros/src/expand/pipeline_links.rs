//! The links of a pipeline to roles and to other pipelines: what they add to a topology, and the checks between the items.

use std::collections::HashMap;

use codepipeline_xacct_core::catalogue;
use codepipeline_xacct_core::check::{artifacts_read, passed_role_key, shares_artifacts};
use codepipeline_xacct_core::declaration::references::has_reference;
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::ids::{RoleArn, split_kms_arn};
use codepipeline_xacct_core::topology::{CALLER_VARIABLE, Gate, Ownership, RoleUser};
use codepipeline_xacct_syntax::ast::{path_span, path_text};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};

use super::bound_paths::{BoundPaths, check};
use super::checked_wirings::CheckedWirings;
use super::values::{option_slice, ownership_tokens, role_id};
use crate::model::{LoweredInvoke, LoweredPipeline, LoweredRoleLink, LoweredText, RoleUse};

/// The parts of a pipeline's expansion that grow with its links.
pub(super) struct PipelineTokens<'a> {
    pub(super) p: &'a TokenStream,
    pub(super) name: &'a Ident,
    pub(super) pipeline: &'a LoweredPipeline,
    /// The roles of the call.
    pub(super) roles: &'a [Ident],
    pub(super) links: BoundPaths<'a>,
    /// Statements of `add_to`.
    pub(super) add: TokenStream,
    pub(super) checks: TokenStream,
    /// Expressions whose values are filled in at run time; those of the declaration come first.
    pub(super) values: Vec<TokenStream>,
    /// What the compiler knows about the service role, if that is an item.
    pub(super) service: Option<TokenStream>,
    /// Who uses a role: the account and the service role.
    pub(super) user: String,
    pub(super) checked: &'a mut CheckedWirings,
    /// The accounts of action roles that may be in another account than the pipeline, by stage and action.
    pub(super) accounts: HashMap<(String, String), TokenStream>,
}

impl PipelineTokens<'_> {
    fn caller(&self) -> TokenStream {
        let (p, name) = (self.p, self.name);
        quote!(#p::CallerFacts::of::<#name>())
    }

    /// True where a role, with a target, is checked for the first time.
    fn first(&mut self, role: &str, target: &str) -> bool {
        self.checked.0.insert([self.user.clone(), role.to_owned(), target.to_owned()])
    }

    /// The constant of the service role; also adds its part of the topology and its check.
    pub(super) fn service_role(&mut self) -> TokenStream {
        let p = self.p;
        let Some(role) = &self.pipeline.service_role else { return quote!(::core::option::Option::None) };
        let caller = self.caller();
        let constant = match role {
            RoleUse::Item(path) => {
                let to = self.links.bind("ToRole", path);
                let written = path_text(path);
                let role_facts = quote!(#p::RoleFacts::of::<#to>(#written));
                self.checks.extend(check(p, path_span(path), "service_role", &quote!(#caller, #role_facts)));
                self.service = Some(role_facts);
                self.add.extend(quote!(let __role = __draft.item_role::<#to>(__topology);));
                quote!(#p::role_const::<#to>())
            }
            RoleUse::Managed(path_and_name, _) => {
                self.add.extend(quote! {
                    let __role = __draft.managed_role_here(__topology, #path_and_name);
                });
                quote!(#p::role_here::<Self>(#path_and_name))
            }
            RoleUse::Arn(ownership, arn, span) => {
                let (text, account) = (arn.to_string(), arn.account().as_str());
                let facts = quote!(#caller, #p::RoleFacts::arn(#text, #account));
                self.checks.extend(check(p, *span, "service_role", &facts));
                let ownership = ownership_tokens(*ownership, p);
                self.add.extend(quote!(let __role = __draft.inline_arn(__topology, #ownership, #text);));
                role_id(arn, p)
            }
        };
        self.add.extend(quote!(__draft.service_role(__role);));
        quote!(::core::option::Option::Some(#constant))
    }

    pub(super) fn invoke(&mut self, invoke: &LoweredInvoke) {
        let p = self.p;
        let caller = self.caller();
        let to = self.links.bind("ToPipeline", &invoke.target);
        let written = path_text(&invoke.target);
        let target = quote!(#p::TargetFacts::of::<#to>(#written));
        match &invoke.role {
            None => {
                let names = self.roles.iter().map(Ident::to_string);
                let roles = self.roles;
                let roles = quote!(&[#(#p::RoleFacts::of_item::<#roles>(#names)),*]);
                self.checks.extend(check(p, invoke.name_span, "no_role", &quote!(#caller, #target, #roles)));
                self.add.extend(quote!(let __role = ::core::option::Option::None;));
            }
            Some(RoleUse::Item(path)) => {
                let role = self.links.bind("ToRole", path);
                let role_written = path_text(path);
                let role_facts = quote!(#p::RoleFacts::of::<#role>(#role_written));
                let first = self.first(&role_written, "");
                let once = self.first(&role_written, &written);
                if once {
                    let facts = quote!(#caller, #target, #role_facts, #first);
                    self.checks.extend(check(p, path_span(path), "role", &facts));
                }
                if let Some(service) = self.service.as_ref().filter(|_| once) {
                    let facts = quote!(#service, #role_facts, #target);
                    self.checks.extend(check(p, path_span(path), "assume_for", &facts));
                }
                self.add.extend(quote!(let __role = __draft.item_role::<#role>(__topology);));
            }
            // Lives in the target's account and is derived from its uses: nothing can be wrong with it.
            Some(RoleUse::Managed(path_and_name, _)) => self.add.extend(quote! {
                let __role = __draft.managed_target_role::<#to>(__topology, #path_and_name);
            }),
            Some(RoleUse::Arn(ownership, arn, span)) => {
                let (text, account) = (arn.to_string(), arn.account().as_str());
                let facts = quote!(#caller, #target, #p::RoleFacts::arn(#text, #account), true);
                self.checks.extend(check(p, *span, "role", &facts));
                let ownership = ownership_tokens(*ownership, p);
                self.add.extend(quote!(let __role = __draft.inline_arn(__topology, #ownership, #text);));
            }
        }
        let mut variables = Vec::new();
        let names = invoke.variables.iter().map(|v| &v.name);
        let passed = quote!(&[#(#names),*]);
        for variable in &invoke.variables {
            let name = &variable.name;
            let checked = match name == CALLER_VARIABLE {
                true => check(p, variable.span, "caller_variable", &quote!(#target)),
                false => check(p, variable.span, "variable", &quote!(#target, #name, #passed)),
            };
            self.checks.extend(checked);
            let value = match &variable.value {
                LoweredText::Literal(text) => quote!(#p::VariableValue::Literal(#text)),
                LoweredText::Runtime(value) => {
                    let index = self.values.len();
                    self.values.push(value.reference());
                    quote!(#p::VariableValue::Runtime(&__values, #index))
                }
            };
            variables.push(quote!((#name, #value)));
        }
        self.checks.extend(check(p, invoke.name_span, "variables_passed", &quote!(#target, #passed)));
        let (stage, action) = (&invoke.stage, &invoke.action);
        if self.pipeline.ownership == Some(Ownership::Managed) {
            let home = &self.pipeline.region;
            let stores = self
                .pipeline
                .declaration
                .artifact_stores
                .as_ref()
                .map(|stores| stores.keys().map(ToTokens::to_token_stream).collect::<Vec<_>>());
            let stores = option_slice(stores);
            let arguments = quote!(#home, #stores, #action, #target);
            self.checks.extend(check(p, path_span(&invoke.target), "store", &arguments));
        }
        let wait = match invoke.wait.map(|limit| u64::from(limit.as_minutes())) {
            Some(minutes) => quote!(::core::option::Option::Some(#minutes)),
            None => quote!(::core::option::Option::None),
        };
        self.add.extend(quote! {
            __draft.invoke::<#to>(__topology, #stage, #action, __role, &[#(#variables),*], #wait);
        });
    }

    pub(super) fn role_link(&mut self, link: &LoweredRoleLink) {
        let p = self.p;
        let role = match &link.role {
            RoleUse::Item(path) => {
                let role = self.links.bind("ToRole", path);
                let written = path_text(path);
                self.note_account(link, quote!(#p::account_of::<#role>()));
                let caller = self.caller();
                let role_facts = quote!(#p::RoleFacts::of::<#role>(#written));
                let first = self.first(&written, "");
                if first {
                    self.checks.extend(check(p, path_span(path), "trusts", &quote!(#caller, #role_facts)));
                }
                if let Some(service) = self.service.as_ref().filter(|_| first) {
                    self.checks.extend(check(p, path_span(path), "assume", &quote!(#service, #role_facts)));
                }
                quote!(__draft.item_role::<#role>(__topology))
            }
            RoleUse::Managed(path_and_name, _) => quote! {
                __draft.managed_role_here(__topology, #path_and_name)
            },
            RoleUse::Arn(ownership, arn, _) => {
                self.note_account(link, arn.account().as_str().to_token_stream());
                let (ownership, text) = (ownership_tokens(*ownership, p), arn.to_string());
                quote!(__draft.inline_arn(__topology, #ownership, #text))
            }
        };
        let stage = &link.stage;
        let note = match &link.user {
            RoleUser::Action(action) => quote!(action_role(#stage, #action, __role)),
            RoleUser::Rule { gate, rule } => {
                let gate = match gate {
                    Gate::BeforeEntry => quote!(BeforeEntry),
                    Gate::OnSuccess => quote!(OnSuccess),
                    Gate::OnFailure => quote!(OnFailure),
                };
                quote!(rule_role(#stage, #p::Gate::#gate, #rule, __role))
            }
        };
        self.add.extend(quote! {
            let __role = #role;
            __draft.#note;
        });
    }

    fn note_account(&mut self, link: &LoweredRoleLink, account: TokenStream) {
        if let RoleUser::Action(action) = &link.user {
            self.accounts.insert((link.stage.clone(), action.clone()), account);
        }
    }

    /// The account of an action's role, as a constant; `None` if it is the pipeline's.
    fn account_of_action(&self, stage: &str, action: &str) -> Option<&TokenStream> {
        self.accounts.get(&(stage.to_owned(), action.to_owned()))
    }

    /// Checks that a bucket whose artifacts cross accounts has a key, named by its ARN.
    pub(super) fn artifact_keys(&mut self) {
        let p = self.p;
        let declaration = &self.pipeline.declaration;
        let place = Place::pipeline(&self.pipeline.item);
        let read = artifacts_read(declaration);
        let single = declaration.artifact_store.iter().map(|store| (None, place.key("artifactStore"), store));
        let several = declaration.artifact_stores.iter().flatten();
        let several = several.map(|(region, store)| (Some(region), place.key("artifactStores").key(region), store));
        for (region, place, store) in single.chain(several) {
            let key = store.encryption_key.as_ref().map(|key| key.id.as_str());
            let at = place.key("encryptionKey").key("id");
            // An alias that is named by an ARN is only a warning, which the topology gives.
            let by_arn = key.is_some_and(|key| split_kms_arn(key).is_some() || has_reference(key));
            if by_arn || self.pipeline.open.contains(&at) {
                continue;
            }
            let mut users = Vec::new();
            for stage in declaration.stages.iter().flatten() {
                for action in stage.actions.iter().flatten() {
                    let here = action.region.as_ref().unwrap_or(&self.pipeline.region);
                    if !shares_artifacts(action, &read) || region.is_some_and(|region| region != here) {
                        continue;
                    }
                    if let Some(account) = self.account_of_action(&stage.name, &action.name) {
                        let name = &action.name;
                        users.push(quote!((#name, #account)));
                    }
                }
            }
            if users.is_empty() {
                continue;
            }
            let key = key.unwrap_or_default();
            let place = if key.is_empty() { place } else { at.value() };
            let span = self.pipeline.spans.find(&place).unwrap_or_else(Span::call_site);
            let caller = self.caller();
            self.checks.extend(check(p, span, "artifact_key", &quote!(#caller, &[#(#users),*], #key)));
        }
    }

    /// Checks that a role that an action passes on lives in the account in which the action runs.
    pub(super) fn passed_roles(&mut self) {
        let (p, name) = (self.p, self.name);
        let place = Place::pipeline(&self.pipeline.item);
        for (index, stage) in self.pipeline.declaration.stages.iter().flatten().enumerate() {
            for (position, action) in stage.actions.iter().flatten().enumerate() {
                let Some(key) = passed_role_key(&action.action_type_id) else { continue };
                let Some(role) = action.configuration.as_ref().and_then(|c| c.get(key)) else { continue };
                let Some(account) = role.parse::<RoleArn>().ok().map(|arn| arn.account().to_string()) else { continue };
                let at = place.stage(index, &stage.name).action(position, &action.name);
                let span = self.pipeline.spans.find(&at.key("configuration").key(key).value());
                let Some(span) = span else { continue };
                let runs_in = self.account_of_action(&stage.name, &action.name);
                let runs_in = runs_in.cloned().unwrap_or_else(|| quote!(#p::home_of::<#name>().id));
                let written = catalogue::find(&action.action_type_id).and_then(|provider| provider.key(key));
                let written = written.map_or(key, |key| key.dsl);
                self.checks.extend(check(p, span, "passed_role", &quote!(#runs_in, #written, #account)));
            }
        }
    }
}
