//! Keys as the fields of a documented type: what an editor completes, explains and finds.
//!
//! A word alone is written without anything around it, so that the expansion with rust-analyzer's identifier at a blank
//! place is the one without it, plus this identifier. A word that is not a key is a field all the same, of a type of its
//! own: it is reported once, by the macro.

use std::collections::BTreeSet;

use codepipeline_xacct_core::catalogue::{ActionProvider, ConfigurationKey, RuleProvider};
use codepipeline_xacct_syntax::ast::{EntryNode, FieldNode, MapKey};
use codepipeline_xacct_syntax::keys::{self, Construct, WordList};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};

/// A type whose fields are keys.
pub(crate) struct Record {
    /// The type, where the library has it.
    of: Option<TokenStream>,
    /// The fields, with what they mean.
    known: Vec<(String, String)>,
}

impl Record {
    /// A type whose fields only the compiler knows.
    pub(crate) fn of_type(of: TokenStream) -> Self {
        Self { of: Some(of), known: Vec::new() }
    }

    /// The names of source actions.
    pub(crate) fn of_sources(names: &[String]) -> Self {
        let names = names.iter().filter(|name| syn::parse_str::<Ident>(name).is_ok());
        Self { of: None, known: names.map(|name| (name.clone(), "A source action.".to_owned())).collect() }
    }

    /// The keys of a construct.
    pub(crate) fn of_construct(k: &TokenStream, construct: &Construct) -> Self {
        let name = format_ident!("{}", construct.name);
        let mut record = Self::of_type(quote!(#k::#name));
        record.add(construct);
        record
    }

    /// Elements of a policy.
    pub(crate) fn of_words(k: &TokenStream, list: &WordList) -> Self {
        let name = format_ident!("{}", list.name);
        let mut record = Self::of_type(quote!(#k::#name));
        record.add_words(list);
        record
    }

    /// The keys of an action; `None` where the type of the action is written out.
    pub(crate) fn of_action(of: TokenStream, category: &str, provider: Option<&ActionProvider>) -> Self {
        let mut record = Self::of_type(of);
        let configured = provider.and_then(|provider| provider.keys);
        record.add_configuration(configured.unwrap_or_default());
        record.add(&keys::ACTION);
        keys::extra_of_action(category, configured.is_none()).for_each(|construct| record.add(construct));
        record
    }

    /// The keys of a rule.
    pub(crate) fn of_rule(of: TokenStream, provider: Option<&RuleProvider>) -> Self {
        let mut record = Self::of_type(of);
        let Some(provider) = provider else { return record };
        record.add_configuration(provider.keys);
        record.add(&keys::RULE);
        keys::extra_of_rule(provider.compute, false).for_each(|construct| record.add(construct));
        record
    }

    fn add(&mut self, construct: &Construct) {
        self.known.extend(construct.keys.iter().map(|key| (key.name.to_owned(), key.doc.to_owned())));
        if let Some(clauses) = keys::clauses_of(construct) {
            self.add_words(clauses);
        }
    }

    fn add_words(&mut self, list: &WordList) {
        self.known.extend(list.words.iter().map(|(word, doc)| ((*word).to_owned(), (*doc).to_owned())));
    }

    fn add_configuration(&mut self, keys: &'static [ConfigurationKey]) {
        self.known.extend(keys.iter().map(|key| (key.dsl.to_owned(), format!("{}.", key.doc))));
    }

    /// A value of the type with these fields.
    pub(crate) fn write(&self, k: &TokenStream, fields: &[Field]) -> TokenStream {
        let whole = fields.iter().filter(|field| !field.alone).map(|field| &field.name);
        let alone = fields.iter().filter(|field| field.alone).map(|field| &field.name);
        let is_known = |name: &str| self.known.iter().any(|(known, _)| *known == name);
        let names = fields.iter().map(|field| field.name.to_string());
        let unknown: BTreeSet<String> = names.filter(|name| !is_known(name)).collect();
        let declared = if let Some(of) = self.of.as_ref().filter(|_| unknown.is_empty() || self.known.is_empty()) {
            quote!(type __Keys = #of;)
        } else {
            let known = self.known.iter().map(|(name, doc)| {
                let name = format_ident!("{name}");
                quote!(#[doc = #doc] #name: ())
            });
            let unknown = unknown.iter().filter_map(|name| syn::parse_str::<Ident>(name).ok());
            quote!(struct __Keys { #(#known,)* #(#unknown: (),)* })
        };
        quote!({
            let _ = __Keys { #(#whole: #k::value(),)* #(#alone)* ..#k::value() };
            #declared
        })
    }
}

/// A key that the user wrote.
pub(crate) struct Field {
    name: Ident,
    alone: bool,
}

impl Field {
    /// The keys of a body.
    pub(crate) fn of_body(fields: &[FieldNode]) -> Vec<Self> {
        let field = |field: &FieldNode| Some(Self { name: identifier(&field.key)?, alone: field.alone });
        fields.iter().filter_map(field).collect()
    }

    /// The keys of a map.
    pub(crate) fn of_map(entries: &[EntryNode]) -> Vec<Self> {
        let field = |entry: &EntryNode| Some(Self { name: field_name(&entry.key)?, alone: entry.value.is_none() });
        entries.iter().filter_map(field).collect()
    }
}

/// A key as the name of a field; `None` for keywords.
fn identifier(key: &Ident) -> Option<Ident> {
    syn::parse2::<Ident>(key.to_token_stream()).ok()
}

/// The key of an entry as the name of a field; `None` for keywords and texts.
pub(crate) fn field_name(key: &MapKey) -> Option<Ident> {
    match key {
        MapKey::Ident(ident) => identifier(ident),
        MapKey::Str(_) => None,
    }
}
