//! Model to Rust: the types, what the compiler knows of them, what they add to a topology, and the checks between items.
//!
//! A pipeline is emitted as one JSON text, its links to other items as types: see `BENCHMARKS.md` for why. Paths of the
//! user are emitted once each, so that rustc says once what is wrong with them; checks begin and end with punctuation
//! that carries the user's span, so that errors fall on his token and editors find no name of ours there.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use serde_json::json;
use syn::Path;

use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::ids::RoleArn;
use codepipeline_xacct_core::policy::CODEPIPELINE;
use codepipeline_xacct_core::policy::certain::{self, Certain};
use codepipeline_xacct_core::wiring::{ASSUME_ROLE, START};

use crate::ast::{Ownership, path_span, path_text};
use crate::model::{
    Gate, Head, Invoke, Item, ItemKind, Model, Pipeline, Role, RoleLink, RoleUse, RoleUser, Text, Trust,
};

/// Emits all items.
pub(crate) fn expand(model: &Model) -> TokenStream {
    let library = match &model.library {
        Some(path) => path.to_token_stream(),
        None => quote!(::codepipeline_xacct),
    };
    let private = quote!(#library::__private);
    model.items.iter().map(|item| expand_item(item, &private)).collect()
}

fn expand_item(item: &Item, p: &TokenStream) -> TokenStream {
    match &item.kind {
        ItemKind::Account { id, partition } => expand_account(&item.head, id, partition, p),
        ItemKind::Role(role) => expand_role(&item.head, role, p),
        ItemKind::Pipeline(pipeline) => expand_pipeline(&item.head, pipeline, p),
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
    let conditions = head.attributes.iter().filter(|a| a.path().is_ident("cfg"));
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
        &quote!(#p::Account),
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
                    const TRUST: #p::Trusts = #p::Trusts::Account(#p::AccountId::of::<Self>());
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
    quote!(#p::RoleId { partition: #partition, account: #account, path_and_name: #path_and_name })
}

fn pairs(list: &[(String, String)]) -> TokenStream {
    let pairs = list.iter().map(|(key, value)| quote!((#key, #value)));
    quote!(&[#(#pairs),*])
}

fn expand_role(head: &Head, role: &Role, p: &TokenStream) -> TokenStream {
    let item = unit_struct(head);
    let name = &head.name;
    let text = name.to_string();
    let account = account_type(&role.account, p);
    let declared_at = declared_at(name);
    let cfg = conditions(head);
    let path_and_name = &role.path_and_name;
    let ownership = ownership_tokens(role.ownership, p);
    let documents = role_documents(role, p);
    let tags = pairs(&role.tags);
    let mut links = Links::new(p);
    let mut add = TokenStream::new();
    let mut checks = TokenStream::new();

    let trusts = option_slice(role.trusts.as_ref().map(|trusts| {
        trusts
            .iter()
            .map(|trust| match trust {
                Trust::Item(path) => {
                    let to = links.bind("ToTrusted", path);
                    add.extend(quote!(#p::add_trusted::<#to>(__topology);));
                    quote!(#p::trust::<#to>())
                }
                Trust::WholeAccount(path) => {
                    let to = links.bind("ToAccount", path);
                    add.extend(quote!(#p::add_linked_account::<#to>(__topology);));
                    quote!(#p::whole_account::<#to>())
                }
                Trust::Arn(arn) => {
                    let id = role_id(arn, p);
                    quote!(#p::Trusts::Role(#id))
                }
            })
            .collect()
    }));
    let lives_in = quote!(<<#name as #p::Role>::Account>);
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
                    #p::AccountId::of::<<#name as #p::Role>::Account>(), #p::TargetFacts::of::<#to>(#written)
                };
                checks.extend(check(p, path_span(path), "start", &arguments));
                quote!(#p::pipeline_id::<#to>())
            })
            .collect()
    }));
    if let Some((arn, span)) = &role.arn {
        let (arn_text, arn_account) = (arn.to_string(), arn.account().as_str());
        let arguments = quote!(#p::AccountId::of::<<#name as #p::Role>::Account>(), #arn_text, #arn_account);
        checks.extend(check(p, *span, "item_account", &arguments));
    }
    // Of a role that could not be read nothing is known, so nothing is judged.
    let (trusts, starts, stated) = if head.sound {
        (trusts, starts, stated(role, p))
    } else {
        let none = || quote!(::core::option::Option::None);
        (none(), none(), quote!(#p::Stated::NOTHING))
    };
    let links = links.declared;
    let role_impl = implementation(
        &quote!(#p::Role),
        name,
        &quote! {
                    type Account = #account;
                    const ITEM: &'static str = #text;
                    const PATH_AND_NAME: &'static str = #path_and_name;
                    const TRUSTS: ::core::option::Option<&'static [#p::Trusts]> = #trusts;
                    const STARTS: ::core::option::Option<&'static [#p::PipelineId]> = #starts;
                    const STATED: #p::Stated = #stated;
                    const DECLARED_AT: &'static str = #declared_at;
                const VALUE: Self = #name;
        },
    );
    let trusted_impl = implementation(
        &quote!(#p::Trusted),
        name,
        &quote! {
                    const TRUST: #p::Trusts = #p::Trusts::Role(#p::RoleId::of::<Self>());
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
        };
    }
}

/// The documents of a role as JSON texts.
fn role_documents(role: &Role, p: &TokenStream) -> TokenStream {
    let statements = json!(role.statements).to_string();
    let (trust, policies) = (json!(role.trust_policy).to_string(), json!(role.policies).to_string());
    let boundary = json!(role.permissions_boundary).to_string();
    quote! {
        #p::RoleDocuments {
            statements: #statements, trust_policy: #trust, policies: #policies, permissions_boundary: #boundary,
        }
    }
}

/// What the stated policies of a role grant for certain.
fn stated(role: &Role, p: &TokenStream) -> TokenStream {
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
    // What a boundary leaves of the policies is for the evaluator.
    let policies = role.policies.as_ref().filter(|_| role.permissions_boundary.is_none());
    let allowed = |action| option(policies.map(|policies| grants(certain::allowed(policies, action))));
    let (assume, start) = (allowed(ASSUME_ROLE), allowed(START));
    quote!(#p::Stated { trust: #trust, service_trust: #service_trust, assume: #assume, start: #start })
}

fn option_slice(entries: Option<Vec<TokenStream>>) -> TokenStream {
    match entries {
        Some(entries) => quote!(::core::option::Option::Some(&[#(#entries),*])),
        None => quote!(::core::option::Option::None),
    }
}

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
}

fn expand_pipeline(head: &Head, pipeline: &Pipeline, p: &TokenStream) -> TokenStream {
    let Head { attributes, visibility, name, sound } = head;
    let text = name.to_string();
    let account = account_type(&pipeline.account, p);
    let declared_at = declared_at(name);
    let cfg = conditions(head);
    let (pipeline_name, region) = (&pipeline.name, &pipeline.region);
    let ownership = ownership_tokens(pipeline.ownership.unwrap_or(Ownership::Managed), p);
    let mut tokens = PipelineTokens {
        p,
        name,
        pipeline,
        links: Links::new(p),
        add: TokenStream::new(),
        checks: TokenStream::new(),
        values: pipeline.runtime.iter().map(|(_, expression)| expression.clone()).collect(),
        service: None,
    };
    let service_role = tokens.service_role();
    for invoke in &pipeline.invokes {
        tokens.invoke(invoke);
    }
    for link in &pipeline.role_links {
        tokens.role_link(link);
    }
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
                    let __role = __draft.managed_role::<<Self as #p::Pipeline>::Account>(__topology, #path_and_name);
                });
                quote!(#p::RoleId::in_account::<Self::Account>(#path_and_name))
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
                let facts = quote!(#caller, #target, #role_facts);
                self.checks.extend(check(p, path_span(path), "role", &facts));
                if let Some(service) = &self.service {
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
                let facts = quote!(#caller, #target, #p::RoleFacts::arn(#text, #account));
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
                let caller = self.caller();
                let role_facts = quote!(#p::RoleFacts::of::<#role>(#written));
                self.checks.extend(check(p, path_span(path), "trusts", &quote!(#caller, #role_facts)));
                if let Some(service) = &self.service {
                    self.checks.extend(check(p, path_span(path), "assume", &quote!(#service, #role_facts)));
                }
                quote!(__draft.item_role::<#role>(__topology))
            }
            RoleUse::Managed(path_and_name) => quote! {
                __draft.managed_role::<<Self as #p::Pipeline>::Account>(__topology, #path_and_name)
            },
            RoleUse::Arn(ownership, arn, _) => {
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
}
