//! Every token of the user where an editor can use it: keys as fields of documented types, words as constants, paths as
//! types, Rust expressions as they are.
//!
//! rust-analyzer completes half-typed input by expanding twice, with and without an identifier at the cursor, and
//! compares offsets. So this comes before everything else, in the order of the source, and a hole leaves its frame in
//! place. A compilation doesn't need it and skips it.

use codepipeline_xacct_syntax::keys::{self, Construct, ValueKind, WordList};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{LitStr, Path};

use codepipeline_xacct_core::catalogue::{self, ACTIONS, ActionProvider, Format, RULES};
use codepipeline_xacct_core::topology::Ownership;
use codepipeline_xacct_syntax::ast::{
    ActionKeyword, ActionNode, CallNode, EntryNode, FieldNode, ItemNode, ItemNodeKind, ProviderNode, StageNode,
    ValueNode, conditions, path_text,
};

use crate::editor_keys::{Field, Record, field_name};

/// True where an editor asks for the expansion.
pub(crate) fn is_asked() -> bool {
    let program = std::env::current_exe().ok();
    let name = program.as_deref().and_then(|path| path.file_stem()).and_then(|name| name.to_str());
    name.is_some_and(|name| name.starts_with("rust-analyzer"))
}

/// All tokens of a call.
pub(crate) fn tokens(file: &CallNode) -> TokenStream {
    let library = file.library.as_ref().map_or_else(|| quote!(::codepipeline_xacct), ToTokens::to_token_stream);
    let mut editor =
        Editor { k: quote!(#library::macro_support::keys), statements: TokenStream::new(), sources: Vec::new() };
    file.items.iter().map(|item| editor.item(item)).collect()
}

/// What an action does with an artifact.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Artifact {
    Made,
    Read,
}

struct Editor {
    /// The module with the keys.
    k: TokenStream,
    /// Statements of the function that is being written.
    statements: TokenStream,
    /// The source actions of the pipeline.
    sources: Vec<String>,
}

impl Editor {
    fn item(&mut self, item: &ItemNode) -> TokenStream {
        let conditions = conditions(&item.attributes);
        let (mut params, mut variables) = (TokenStream::new(), TokenStream::new());
        match &item.kind {
            ItemNodeKind::Account { fields, .. } => self.fields(&keys::ACCOUNT, fields),
            ItemNodeKind::Role { ownership, account, fields, .. } => {
                self.account(account.as_ref(), item);
                let construct = match ownership {
                    Ownership::Managed => &keys::ROLE,
                    Ownership::Extended => &keys::EXTENDED_ROLE,
                    Ownership::Extern => &keys::EXTERN_ROLE,
                };
                if item.contract.is_none() && !item.from_account {
                    self.fields(construct, fields);
                }
            }
            ItemNodeKind::Pipeline { ownership, params: declared, account, fields, stages, .. } => {
                self.account(account.as_ref(), item);
                let construct = match ownership {
                    Ownership::Managed => &keys::PIPELINE,
                    Ownership::Extended => &keys::EXTENDED_PIPELINE,
                    Ownership::Extern => &keys::EXTERN_PIPELINE,
                };
                let actions = stages.iter().flat_map(|stage| &stage.actions);
                let sources = actions.filter(|action| action.keyword == ActionKeyword::Source);
                self.sources = sources.map(|source| source.name.value()).collect();
                if item.contract.is_none() && !item.from_account {
                    self.fields(construct, fields);
                }
                stages.iter().for_each(|stage| self.stage(stage));
                let typed = || declared.iter().filter(|param| param.has_type());
                let (names, types) = (typed().map(|p| &p.name), typed().map(|p| &p.ty));
                params = quote!(#(#names: #types),*);
                variables = self.declared_variables(&item.name, fields);
            }
        }
        let statements = std::mem::take(&mut self.statements);
        quote! {
            #(#conditions)*
            const _: () = {
                #[allow(unused, non_snake_case, clippy::all, deprecated)]
                fn __editor(#params) { #statements }
            };
            #(#conditions)*
            const _: () = { #variables };
        }
    }

    /// A type with the variables of a pipeline as fields: what a start passes.
    fn declared_variables(&self, name: &Ident, fields: &[FieldNode]) -> TokenStream {
        let k = &self.k;
        let declared = fields.iter().filter(|field| field.key == "variables");
        let entries = declared.flat_map(|field| match &field.value {
            ValueNode::Map(entries, _) => entries.as_slice(),
            _ => &[],
        });
        let variables = entries.filter_map(|entry| field_name(&entry.key)).map(|variable| {
            let doc = format!("Variable `{variable}` of `{name}`.");
            quote!(#[doc = #doc] pub #variable: ())
        });
        quote! {
            pub struct __Variables { #(#variables),* }
            impl #k::Variables for #name { type Of = __Variables; }
        }
    }

    fn account(&mut self, account: Option<&Path>, item: &ItemNode) {
        match account {
            Some(path) => self.path(&path.to_token_stream()),
            None => self.path(&item.begun),
        }
    }

    /// A path that the user wrote.
    fn path(&mut self, path: &TokenStream) {
        self.statements.extend(quote!(let _: #path;));
    }

    /// Keys as fields of a type.
    fn record(&mut self, of: &Record, fields: &[Field]) {
        self.statements.extend(of.write(&self.k, fields));
    }

    fn fields(&mut self, construct: &'static Construct, fields: &[FieldNode]) {
        let of = Record::of_construct(&self.k, construct);
        self.fields_of(&of, &[construct], fields);
    }

    fn fields_of(&mut self, of: &Record, constructs: &[&'static Construct], fields: &[FieldNode]) {
        self.record(of, &Field::of_body(fields));
        for field in fields {
            let key = field.key.to_string();
            self.value(&key, kind_of(constructs, &key), &field.value);
        }
    }

    fn entries(&mut self, construct: &'static Construct, entries: &[EntryNode]) {
        let of = Record::of_construct(&self.k, construct);
        self.entries_of(&of, &[construct], entries);
    }

    fn entries_of(&mut self, of: &Record, constructs: &[&'static Construct], entries: &[EntryNode]) {
        self.record(of, &Field::of_map(entries));
        for entry in entries {
            if let Some(value) = &entry.value {
                let key = entry.key.text();
                self.value(&key, kind_of(constructs, &key), value);
            }
        }
    }

    /// What the value of a key holds; a key of a provider has no kind.
    fn value(&mut self, key: &str, kind: Option<ValueKind>, value: &ValueNode) {
        match (kind, value) {
            (_, ValueNode::Runtime(..)) => self.inner(value),
            (Some(ValueKind::Trusts), ValueNode::List(values, _)) => {
                values.iter().for_each(|value| self.function("trust", value));
                // For one more.
                self.item_or_function("trust", &TokenStream::new());
            }
            (Some(ValueKind::Starts), ValueNode::List(values, _)) => {
                values.iter().for_each(|value| self.item_path(value));
            }
            (Some(ValueKind::Role), value) => self.function("role", value),
            (Some(ValueKind::Conditions(list)), value) => self.gate(list, value),
            (Some(ValueKind::Keys(of) | ValueKind::KeysListed(of)), ValueNode::Map(entries, _)) => {
                self.entries(of, entries);
            }
            (Some(ValueKind::KeysListed(_)), ValueNode::List(values, _)) => {
                values.iter().for_each(|value| self.value(key, kind, value));
            }
            (Some(ValueKind::KeysByName(of)), ValueNode::Map(entries, _)) => {
                if std::ptr::eq(of, &keys::TRIGGER) {
                    let sources = Record::of_sources(&self.sources);
                    self.record(&sources, &Field::of_map(entries));
                }
                for value in entries.iter().filter_map(|entry| entry.value.as_ref()) {
                    self.value(key, Some(ValueKind::Keys(of)), value);
                }
            }
            (Some(ValueKind::Revisions(list)), ValueNode::Map(entries, _)) => {
                entries.iter().filter_map(|entry| entry.value.as_ref()).for_each(|value| {
                    self.word(list.name, value);
                    self.inner(value);
                });
            }
            (Some(ValueKind::Word(list) | ValueKind::Words(list)), ValueNode::Path(_) | ValueNode::Hole(..)) => {
                self.word(list.name, value);
            }
            (Some(ValueKind::Words(list)), ValueNode::List(values, _)) => {
                if values.is_empty() {
                    let (k, key) = (&self.k, format_ident!("{}", list.name));
                    self.statements.extend(quote!(let _ = #k::words::#key::;));
                }
                values.iter().for_each(|value| self.word(list.name, value));
            }
            (Some(ValueKind::Names), value) if key == "output" => self.artifacts(value, Artifact::Made),
            (Some(ValueKind::Names), value) if key == "input" => self.artifacts(value, Artifact::Read),
            (Some(ValueKind::Policy | ValueKind::Policies), value) => self.policy(value),
            (None, value) if takes(key, |format| matches!(format, Format::InputArtifact | Format::PrimaryArtifact)) => {
                self.artifacts(value, Artifact::Read);
            }
            (None, ValueNode::Path(word)) if takes(key, is_boolean) => {
                self.statements.extend(quote!(let _: bool = #word;));
            }
            (None, ValueNode::Hole(_, begun, _)) if takes(key, is_boolean) => {
                self.statements.extend(quote!(let _: bool = #begun;));
            }
            (None, ValueNode::Path(_) | ValueNode::Hole(..))
                if takes(key, |format| matches!(format, Format::OneOf(_))) =>
            {
                self.word(key, value);
            }
            (_, value) => self.inner(value),
        }
    }

    /// Artifacts as variables of the function: made where an action makes them, read where one reads them.
    fn artifacts(&mut self, value: &ValueNode, how: Artifact) {
        match value {
            ValueNode::List(values, _) => values.iter().for_each(|value| self.artifacts(value, how)),
            ValueNode::Path(name) => self.statements.extend(match how {
                // The name of an item would be a pattern of it.
                Artifact::Made => quote!(let #name @ _ = ();),
                Artifact::Read => quote!(let _ = #name;),
            }),
            ValueNode::Hole(_, begun, _) if how == Artifact::Read => self.statements.extend(quote!(let _ = #begun;)),
            value => self.inner(value),
        }
    }

    /// The elements of policies.
    fn policy(&mut self, value: &ValueNode) {
        match value {
            ValueNode::List(values, _) => values.iter().for_each(|value| self.policy(value)),
            ValueNode::Map(entries, _) => {
                let named = |name: &str| entries.iter().find(|entry| entry.key.text() == name);
                let is_document = named("Statement").is_some() || named("Version").is_some();
                let list = if is_document { &keys::POLICY_DOCUMENT } else { &keys::POLICY_STATEMENT };
                self.record(&Record::of_words(&self.k, list), &Field::of_map(entries));
                if let Some(statements) = named("Statement").and_then(|entry| entry.value.as_ref()) {
                    self.policy(statements);
                }
            }
            value => self.inner(value),
        }
    }

    /// Rust expressions, at any depth.
    fn inner(&mut self, value: &ValueNode) {
        match value {
            ValueNode::Runtime(tokens, _) => self.statements.extend(quote!(let _ = (#tokens);)),
            ValueNode::List(values, _) | ValueNode::Call(_, values) => {
                values.iter().for_each(|value| self.inner(value))
            }
            ValueNode::Map(entries, _) => {
                entries.iter().filter_map(|entry| entry.value.as_ref()).for_each(|value| self.inner(value));
            }
            _ => {}
        }
    }

    /// An item, or the part of its path that was typed.
    fn item_path(&mut self, value: &ValueNode) {
        match value {
            ValueNode::Path(path) => self.path(&path.to_token_stream()),
            ValueNode::Hole(_, begun, _) => self.path(begun),
            value => self.inner(value),
        }
    }

    /// An item, or a function of the grammar.
    fn function(&mut self, module: &str, value: &ValueNode) {
        let (k, module_name) = (&self.k, format_ident!("{module}"));
        match value {
            ValueNode::Call(function, arguments) => {
                self.statements.extend(quote!(let _ = #k::#module_name::#function;));
                arguments.iter().for_each(|argument| self.item_path(argument));
            }
            ValueNode::Path(path) if path.get_ident().is_some() => {
                self.item_or_function(module, &path.to_token_stream());
            }
            ValueNode::Hole(_, begun, _) if begun.is_empty() => self.item_or_function(module, begun),
            value => self.item_path(value),
        }
    }

    /// A word where an item or a function of the grammar belongs, or nothing.
    fn item_or_function(&mut self, module: &str, word: &TokenStream) {
        let (k, module) = (&self.k, format_ident!("{module}"));
        // In a function of its own: artifacts and parameters don't belong there.
        self.statements.extend(quote!({
            fn __word() {
                use #k::#module::*;
                let _ = { #word };
            }
        }));
    }

    /// One of the words of a key.
    fn word(&mut self, key: &str, value: &ValueNode) {
        let word = match value {
            ValueNode::Path(path) | ValueNode::Call(path, _) => path.to_token_stream(),
            ValueNode::Hole(_, begun, _) => begun.clone(),
            _ => return,
        };
        let (k, key) = (&self.k, format_ident!("{key}"));
        self.statements.extend(quote!(let _ = #k::words::#key::#word;));
    }

    /// A result with its rules.
    fn gate(&mut self, results: &WordList, value: &ValueNode) {
        self.word(results.name, value);
        let ValueNode::Call(_, arguments) = value else { return };
        let modes = format_ident!("{}", keys::RETRY_MODE.name);
        if arguments.is_empty() {
            let k = &self.k;
            self.statements.extend(quote!(let _ = #k::words::#modes::;));
        }
        for argument in arguments {
            match argument {
                ValueNode::Map(rules, _) => {
                    rules.iter().filter_map(|rule| rule.value.as_ref()).for_each(|rule| self.rule(rule));
                }
                mode => self.word(keys::RETRY_MODE.name, mode),
            }
        }
    }

    /// A provider, or the part of its path that was typed.
    fn provider(&mut self, module: &TokenStream, path: &TokenStream) {
        let k = &self.k;
        self.statements.extend(quote!(let _: #k::#module::#path;));
    }

    fn rule(&mut self, rule: &ValueNode) {
        let k = self.k.clone();
        match rule {
            ValueNode::Call(provider, arguments) => {
                self.provider(&quote!(rule), &provider.to_token_stream());
                for argument in arguments {
                    if let ValueNode::Map(entries, _) = argument {
                        let known = RULES.iter().find(|known| provider.is_ident(known.provider));
                        let of = Record::of_rule(named(&quote!(#k::rule), provider), known);
                        return self.entries_of(&of, &[&keys::RULE, &keys::COMPUTE_RULE, &keys::UNKNOWN_RULE], entries);
                    }
                }
            }
            ValueNode::Path(provider) => self.provider(&quote!(rule), &provider.to_token_stream()),
            ValueNode::Hole(_, begun, _) => self.provider(&quote!(rule), begun),
            _ => {}
        }
    }

    fn stage(&mut self, stage: &StageNode) {
        self.fields(&keys::STAGE, &stage.fields);
        stage.actions.iter().for_each(|action| self.action(action));
    }

    fn action(&mut self, action: &ActionNode) {
        let k = self.k.clone();
        let module = if action.keyword == ActionKeyword::Source { quote!(source) } else { quote!(action) };
        match (&action.provider, action.keyword) {
            (Some(ProviderNode::Path(target)), ActionKeyword::Invoke) => {
                self.path(&target.to_token_stream());
                self.invoke(Some(target), &action.fields);
            }
            (_, ActionKeyword::Invoke) => {
                self.path(&action.begun);
                self.invoke(None, &action.fields);
            }
            (Some(ProviderNode::Path(provider)), _) => {
                self.provider(&quote!(#module), &provider.to_token_stream());
                let known = known_provider(provider, action.keyword == ActionKeyword::Source);
                let of = named(&quote!(#k::#module), provider);
                let of = match known {
                    Some(known) => Record::of_action(of, known.category, Some(known)),
                    None => Record::of_type(of),
                };
                self.fields_of(&of, ACTION_KEYS, &action.fields);
            }
            (Some(ProviderNode::Type(parts, _)), _) => {
                let category = parts.first().map(LitStr::value).unwrap_or_default();
                let of = match category.as_str() {
                    "Compute" => quote!(#k::TypedCompute),
                    "Approval" => quote!(#k::TypedApproval),
                    _ => quote!(#k::Typed),
                };
                let of = Record::of_action(of, &category, None);
                self.fields_of(&of, ACTION_KEYS, &action.fields);
            }
            (Some(ProviderNode::Quoted(_)) | None, _) => {
                let begun = &action.begun;
                let of = Record::of_action(quote!(#k::Typed), "", None);
                self.provider(&quote!(#module), begun);
                self.fields_of(&of, ACTION_KEYS, &action.fields);
            }
        }
    }

    fn invoke(&mut self, target: Option<&Path>, fields: &[FieldNode]) {
        let k = self.k.clone();
        self.record(&Record::of_construct(&k, &keys::INVOKE), &Field::of_body(fields));
        for field in fields {
            match (field.key.to_string().as_str(), &field.value, target) {
                ("variables", ValueNode::Map(entries, _), Some(target)) => {
                    let of = Record::of_type(quote!(<#target as #k::Variables>::Of));
                    self.record(&of, &Field::of_map(entries));
                    self.inner(&field.value);
                }
                (key, value, _) => self.value(key, kind_of(&[&keys::INVOKE], key), value),
            }
        }
    }
}

/// The keys that an action may have in addition to those of its provider.
const ACTION_KEYS: &[&Construct] =
    &[&keys::ACTION, &keys::UNKNOWN_ACTION, &keys::COMPUTE_ACTION, &keys::APPROVAL_ACTION];

/// What a key takes; `None` where the constructs don't have it.
fn kind_of(constructs: &[&'static Construct], key: &str) -> Option<ValueKind> {
    constructs.iter().find_map(|construct| construct.key(key)).map(|key| key.value)
}

/// True for keys of providers with a format.
fn takes(key: &str, is: impl Fn(&Format) -> bool) -> bool {
    let actions = ACTIONS.iter().flat_map(|action| action.known_keys());
    let mut keys = actions.chain(RULES.iter().flat_map(|rule| rule.keys));
    keys.any(|known| known.dsl == key && is(&known.format))
}

fn is_boolean(format: &Format) -> bool {
    matches!(format, Format::Boolean)
}

/// The type of a provider, without the tokens of the user.
fn named(module: &TokenStream, provider: &Path) -> TokenStream {
    let names = provider.segments.iter().map(|segment| format_ident!("{}", segment.ident, span = Span::call_site()));
    quote!(#module #(::#names)*)
}

/// The provider that a path names: `CodeBuild`, `Test::CodeBuild`.
fn known_provider(path: &Path, source: bool) -> Option<&'static ActionProvider> {
    let name = path_text(path);
    let (category, provider) = name.split_once("::").map_or((None, name.as_str()), |(of, name)| (Some(of), name));
    catalogue::by_name(provider, source).find(|known| category.is_none_or(|category| known.category == category))
}
