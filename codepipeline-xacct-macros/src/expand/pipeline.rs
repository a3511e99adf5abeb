//! Pipelines: the type, what callers have to know of it, its declaration as one text, and the checks of its links.

use std::collections::HashMap;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use codepipeline_xacct_core::check::passed_role_key;
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::ids::{RoleArn, is_key_arn};

use super::{
    Judged, Links, account_type, check, conditions, declared_at, implementation, option_slice, ownership_tokens,
    role_id, unit_struct,
};
use crate::ast::{Ownership, path_span, path_text};
use crate::model::{Gate, Head, Invoke, Pipeline, RoleLink, RoleUse, RoleUser, Text};

/// The parts of a pipeline's expansion that grow with its links.
struct PipelineTokens<'a> {
    p: &'a TokenStream,
    name: &'a Ident,
    pipeline: &'a Pipeline,
    links: Links<'a>,
    /// Statements of `add_to`.
    add: TokenStream,
    checks: TokenStream,
    /// Expressions whose values are filled in at run time; those of the declaration come first.
    values: Vec<TokenStream>,
    /// What the compiler knows of the service role, where that is an item.
    service: Option<TokenStream>,
    /// Who uses a role: the account and the service role.
    user: String,
    judged: &'a mut Judged,
    /// The accounts of roles of actions that may be others than that of the pipeline, by stage and action.
    accounts: HashMap<(String, String), TokenStream>,
}

pub(super) fn expand(head: &Head, pipeline: &Pipeline, p: &TokenStream, judged: &mut Judged) -> TokenStream {
    let Head { attributes, visibility, name, sound } = head;
    let text = name.to_string();
    let account = account_type(&pipeline.account, p);
    let declared_at = declared_at(name);
    let cfg = conditions(head);
    let (pipeline_name, region) = (&pipeline.name, &pipeline.region);
    let ownership = ownership_tokens(pipeline.ownership.unwrap_or(Ownership::Managed), p);
    let mut nothing = Judged::default();
    let mut tokens = PipelineTokens {
        p,
        name,
        pipeline,
        links: Links::new(p),
        add: TokenStream::new(),
        checks: TokenStream::new(),
        values: pipeline.runtime.iter().map(|(_, expression)| expression.clone()).collect(),
        service: None,
        user: format!(
            "{cfg} {} {:?}",
            pipeline.account.as_ref().map(path_text).unwrap_or_default(),
            pipeline.service_role.as_ref().map(role_text)
        ),
        // What an item that isn't sound would say is not said.
        judged: if *sound { judged } else { &mut nothing },
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
    for (key, value) in &pipeline.tags {
        tokens.add.extend(quote!(__draft.tag(#key, #value);));
    }
    let PipelineTokens { links, add, checks, values, .. } = tokens;
    let links = links.declared;
    let variables = match &pipeline.variables {
        Some(variables) if *sound => {
            let entries =
                variables.iter().map(|(name, required)| quote!(#p::Variable { name: #name, required: #required }));
            quote!(::core::option::Option::Some(&[#(#entries),*]))
        }
        _ => quote!(::core::option::Option::None),
    };
    let variable_names = variable_names(head, pipeline, p);
    let lives_in = implementation(&quote!(#p::PipelineIn<<#name as #p::Pipeline>::Account>), name, &TokenStream::new());
    // What the checks found would be reported again at every use.
    let checks = if *sound { checks } else { TokenStream::new() };
    let json = Literal::string(&serde_json::to_string(&pipeline.declaration).unwrap_or_default());
    let pointers = pipeline.runtime.iter().map(|(pointer, _)| pointer);
    let values = quote!(::std::vec![#(::std::string::ToString::to_string(&(#values))),*]);
    let mut functions = TokenStream::new();
    let (item, values, add_as_target) = if pipeline.params.is_empty() {
        let item = unit_struct(head);
        // A function of its own: what the expansion calls its locals is no business of the user's expressions.
        functions = quote! {
            fn __runtime_values() -> ::std::vec::Vec<::std::string::String> {
                #values
            }
        };
        let values = quote!(let __values = __runtime_values(););
        (item, values, quote!(#p::add_target(__topology, &#name)))
    } else {
        let params = pipeline.params.iter().map(|param| {
            let (name, ty) = (&param.name, &param.ty);
            quote!(#name: #ty)
        });
        let keyword = quote_spanned!(name.span()=> struct);
        let field = quote!(__values: ::std::vec::Vec<::std::string::String>);
        let fields = quote_spanned!(name.span()=> { #field });
        let item = quote! {
            #(#attributes)*
            #[derive(Clone, Debug, PartialEq, Eq, Hash)]
            #visibility #keyword #name #fields
            #cfg
            impl #name {
                /// Makes the pipeline from its parameters.
                #visibility fn new(#(#params),*) -> Self {
                    Self { __values: #values }
                }
            }
        };
        (item, quote!(let __values = &self.__values;), quote!(#p::need_target::<Self>(__topology)))
    };
    let pipeline_impl = implementation(
        &quote!(#p::Pipeline),
        name,
        &quote! {
                    type Account = #account;
                    const ITEM: &'static str = #text;
                    const NAME: &'static str = #pipeline_name;
                    const REGION: &'static str = #region;
                    const VARIABLES: ::core::option::Option<&'static [#p::Variable]> = #variables;
                    const SERVICE_ROLE: ::core::option::Option<#p::RoleId> = #service_role;
                    const DECLARED_AT: &'static str = #declared_at;
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
        };
    }
}

fn role_text(role: &RoleUse) -> String {
    match role {
        RoleUse::Item(path) => path_text(path),
        RoleUse::Managed(name) => name.clone(),
        RoleUse::Arn(_, arn, _) => arn.to_string(),
    }
}

/// The variables as associated constants, for the typed builder and for editors.
fn variable_names(head: &Head, pipeline: &Pipeline, p: &TokenStream) -> TokenStream {
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
            impl #p::DeclaredBy<#name> for #ident {}
        });
        constants.extend(quote! {
            #[doc = #doc]
            #[allow(non_upper_case_globals, dead_code)]
            #visibility const #ident: #ident = #ident;
        });
    }
    // In a block of their own: a variable may have the name of anything that the implementations use.
    if constants.is_empty() { constants } else { quote!(#cfg const _: () = { #types impl #name { #constants } };) }
}

impl PipelineTokens<'_> {
    fn caller(&self) -> TokenStream {
        let (p, name) = (self.p, self.name);
        quote!(#p::CallerFacts::of::<#name>())
    }

    /// True where a role, with a target, is judged for the first time.
    fn first(&mut self, role: &str, target: &str) -> bool {
        self.judged.0.insert([self.user.clone(), role.to_owned(), target.to_owned()])
    }

    /// The constant of the service role; adds what it means for the topology and its check.
    fn service_role(&mut self) -> TokenStream {
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
                quote!(#p::role_id::<#to>())
            }
            RoleUse::Managed(path_and_name) => {
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

    fn invoke(&mut self, invoke: &Invoke) {
        let p = self.p;
        let caller = self.caller();
        let to = self.links.bind("ToPipeline", &invoke.target);
        let written = path_text(&invoke.target);
        let target = quote!(#p::TargetFacts::of::<#to>(#written));
        match &invoke.role {
            None => {
                self.checks.extend(check(p, invoke.name_span, "no_role", &quote!(#caller, #target)));
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
            Some(RoleUse::Managed(path_and_name)) => self.add.extend(quote! {
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
        for variable in &invoke.variables {
            let name = &variable.name;
            self.checks.extend(check(p, variable.span, "variable", &quote!(#target, #name)));
            let value = match &variable.value {
                Text::Literal(text) => quote!(#p::Text::Literal(#text)),
                Text::Runtime(expression) => {
                    let index = self.values.len();
                    self.values.push(expression.clone());
                    quote!(#p::Text::Runtime(&__values, #index))
                }
            };
            variables.push(quote!((#name, #value)));
        }
        let names = invoke.variables.iter().map(|v| &v.name);
        self.checks.extend(check(p, invoke.name_span, "variables_passed", &quote!(#target, &[#(#names),*])));
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
        self.add.extend(quote! {
            __draft.invoke::<#to>(__topology, #stage, #action, __role, &[#(#variables),*]);
        });
    }

    fn role_link(&mut self, link: &RoleLink) {
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
            RoleUse::Managed(path_and_name) => quote! {
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

    fn note_account(&mut self, link: &RoleLink, account: TokenStream) {
        if let RoleUser::Action(action) = &link.user {
            self.accounts.insert((link.stage.clone(), action.clone()), account);
        }
    }

    /// The account of the role of an action, as a constant; `None` where it is that of the pipeline.
    fn account_of_action(&self, stage: &str, action: &str) -> Option<&TokenStream> {
        self.accounts.get(&(stage.to_owned(), action.to_owned()))
    }

    /// Where artifacts cross accounts, their bucket has a key that is named by its ARN.
    fn artifact_keys(&mut self) {
        let p = self.p;
        let declaration = &self.pipeline.declaration;
        let place = Place::pipeline(&self.pipeline.item);
        let single = declaration.artifact_store.iter().map(|store| (None, place.key("artifactStore"), store));
        let several = declaration.artifact_stores.iter().flatten();
        let several = several.map(|(region, store)| (Some(region), place.key("artifactStores").key(region), store));
        for (region, place, store) in single.chain(several) {
            let key = store.encryption_key.as_ref().map(|key| key.id.as_str());
            let at = place.key("encryptionKey").key("id");
            let by_arn = key.is_some_and(|key| is_key_arn(key) || key.contains("#{"));
            if by_arn || self.pipeline.open.contains(&at) {
                continue;
            }
            let mut users = Vec::new();
            for stage in declaration.stages.iter().flatten() {
                for action in stage.actions.iter().flatten() {
                    let some = |empty: Option<bool>| empty.is_some_and(|empty| !empty);
                    let has_artifacts = some(action.input_artifacts.as_ref().map(Vec::is_empty))
                        || some(action.output_artifacts.as_ref().map(Vec::is_empty));
                    let here = action.region.as_ref().unwrap_or(&self.pipeline.region);
                    if !has_artifacts || region.is_some_and(|region| region != here) {
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

    /// A role that an action passes on lives in the account in which the action runs.
    fn passed_roles(&mut self) {
        let p = self.p;
        let caller = self.caller();
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
                let runs_in = runs_in.cloned().unwrap_or_else(|| quote!(""));
                self.checks.extend(check(p, span, "passed_role", &quote!(#caller, #runs_in, #key, #account)));
            }
        }
    }
}
