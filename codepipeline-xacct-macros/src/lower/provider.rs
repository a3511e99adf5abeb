//! What an action is: a provider of the catalogue, a type id that is written out, or the start of a pipeline.

use std::collections::BTreeSet;

use codepipeline_xacct_core::catalogue::services::other_way;
use codepipeline_xacct_core::catalogue::{self, ActionProvider};
use codepipeline_xacct_core::declaration::ActionTypeId;
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::sentences::with_article;
use codepipeline_xacct_core::suggest::nearest;
use codepipeline_xacct_syntax::ast::{ActionKeyword, FieldNode, ProviderNode, path_span, path_text};
use codepipeline_xacct_syntax::errors::Errors;
use codepipeline_xacct_syntax::keys;
use proc_macro2::Span;
use syn::{LitStr, Path};

use super::fields::KnownKeys;
use crate::model::LoweredPipeline;

/// What an action is.
pub(super) struct ActionKind {
    pub(super) type_id: ActionTypeId,
    pub(super) known: Option<&'static ActionProvider>,
    /// The target of an invoke action.
    pub(super) target: Option<Path>,
    /// True where the type id was written out, so that the configuration is free.
    pub(super) free: bool,
}

impl ActionKind {
    /// The keys that the action takes.
    pub(super) fn keys(&self) -> KnownKeys {
        if self.target.is_some() {
            return KnownKeys::of(&keys::INVOKE);
        }
        let phrase = format!("{} action", with_article(&self.type_id.provider));
        let configured = self.known.filter(|_| !self.free).and_then(|known| known.keys);
        let extra = keys::extra_of_action(&self.type_id.category, configured.is_none());
        KnownKeys::of_provider(phrase, &keys::ACTION, configured.unwrap_or_default(), extra)
    }
}

/// The tokens of the four parts of a type id, or of the name in their place.
pub(super) fn spans_of_type(pipeline: &mut LoweredPipeline, place: &Place, provider: Option<&ProviderNode>) {
    let place = place.key("actionTypeId");
    match provider {
        Some(ProviderNode::Path(path)) => pipeline.spans.insert(place, path_span(path)),
        Some(ProviderNode::Type(parts, span)) => {
            for (key, part) in ["category", "owner", "provider", "version"].into_iter().zip(parts) {
                pipeline.spans.insert(place.key(key).value(), part.span());
            }
            pipeline.spans.insert(place, *span);
        }
        Some(ProviderNode::Quoted(_)) | None => {}
    }
}

/// What comes before the provider of an action, and what is in its braces.
pub(super) struct ActionHead<'a> {
    pub(super) keyword: ActionKeyword,
    pub(super) keyword_span: Span,
    pub(super) name: &'a str,
    pub(super) fields: &'a [FieldNode],
}

/// The kind of action that the head names; `None` where the head is wrong, which is reported.
pub(super) fn kind(head: &ActionHead<'_>, provider: Option<ProviderNode>, errors: &mut Errors) -> Option<ActionKind> {
    let keyword = head.keyword;
    match provider? {
        ProviderNode::Path(path) if keyword == ActionKeyword::Invoke => {
            if let Some(known) = invoked_provider(head, &path, errors) {
                return Some(ActionKind { type_id: known.type_id(), known: Some(known), target: None, free: false });
            }
            let type_id = ActionTypeId::pipeline_invoke();
            Some(ActionKind { known: catalogue::find(&type_id), type_id, target: Some(path), free: false })
        }
        ProviderNode::Quoted(_) => None,
        ProviderNode::Path(path) => {
            let known = known_provider(head, &path, errors)?;
            Some(ActionKind { type_id: known.type_id(), known: Some(known), target: None, free: false })
        }
        ProviderNode::Type(parts, span) => {
            let [category, owner, provider, version] = parts.as_slice() else {
                let mut written: Vec<String> = parts.iter().map(LitStr::value).collect();
                // The version is left out most, and is mostly this.
                if parts.len() == 3 {
                    written.push("1".to_owned());
                }
                let form = ["<category>", "<owner>", "<provider>", "<version>"];
                let form = form.iter().enumerate().map(|(index, part)| match written.get(index) {
                    Some(text) => format!("{text:?}"),
                    None => format!("{part:?}"),
                });
                let help = format!("write `type({})`", form.collect::<Vec<_>>().join(", "));
                errors.push_help(span, format!("an action type has four parts, this one has {}", parts.len()), help);
                return None;
            };
            if keyword == ActionKeyword::Invoke {
                let help = "write `action \"…\": type(…)`; `invoke` takes the path of a pipeline item";
                errors.push_help(span, "`invoke` starts a pipeline; it takes no action type", help);
                return None;
            }
            let is_source = category.value() == "Source";
            if is_source != (keyword == ActionKeyword::Source) {
                let (is, word) = if is_source { ("a source", "source") } else { ("not a source", "action") };
                let message = format!("an action of category `{}` is {is}", category.value());
                errors.push_help(category.span(), message, format!("write `{word} \"…\": type(…)`"));
                return None;
            }
            let type_id = ActionTypeId::new(&category.value(), &owner.value(), &provider.value(), &version.value());
            Some(ActionKind { known: catalogue::find(&type_id), type_id, target: None, free: true })
        }
    }
}

/// The provider in the names that other tools give it: `CodeBuildAction`, `AWS::CodeBuild::Project`, `Lambda::Invoke`.
fn in_other_words(name: &str, source: bool) -> Option<String> {
    let known = |name: &str| {
        catalogue::ACTIONS.iter().find(|a| a.provider.eq_ignore_ascii_case(name) && (a.category == "Source") == source)
    };
    if let Some((provider, category)) = name.split_once("::")
        && catalogue::by_name(provider, source).any(|a| a.category == category)
    {
        return Some(format!("{category}::{provider}"));
    }
    if let Some(found) = name.split("::").filter(|_| name.contains("::")).find_map(known) {
        return Some(found.provider.to_owned());
    }
    let bare = name.strip_suffix("Action")?;
    let bare =
        ["Source", "Deploy", "Build", "Invoke", "Start"].iter().find_map(|end| bare.strip_suffix(end)).unwrap_or(bare);
    let found = known(bare).or_else(|| catalogue::meant(bare, source))?;
    let several = catalogue::by_name_alone(found.provider, source).is_none();
    let category = ["Deploy", "Invoke"].into_iter().find(|category| several && name.contains(category));
    Some(category.map_or(found.provider.to_owned(), |category| format!("{category}::{}", found.provider)))
}

fn known_provider(head: &ActionHead<'_>, path: &Path, errors: &mut Errors) -> Option<&'static ActionProvider> {
    let source = head.keyword == ActionKeyword::Source;
    let name = path_text(path);
    let span = path_span(path);
    // A category before the name selects one where several have it: `Test::CodeBuild`.
    let (category, provider) = match name.split_once("::") {
        Some((category, provider)) => (Some(category), provider),
        None => (None, name.as_str()),
    };
    if let (Some(text), Some(first)) = (category, path.segments.first()) {
        let categories: BTreeSet<&str> = catalogue::ACTIONS.iter().map(|a| a.category).collect();
        if !categories.contains(text)
            && let Some(near) = nearest(text, categories)
        {
            let message = format!("`{text}` is not a category of actions");
            errors.push_help(first.ident.span(), message, format!("did you mean `{near}::{provider}`?"));
            return None;
        }
    }
    let of_category = |a: &&ActionProvider| category.is_none_or(|c| a.category == c);
    let candidates: Vec<_> = catalogue::by_name(provider, source).filter(of_category).collect();
    match candidates.as_slice() {
        [known] => return Some(*known),
        [_, ..] if category.is_none() && catalogue::by_name_alone(provider, source).is_some() => {
            return catalogue::by_name_alone(provider, source);
        }
        [_, ..] => {
            let names: Vec<_> = candidates.iter().map(|a| format!("`{}::{provider}`", a.category)).collect();
            let message = format!("`{name}` is in {} categories", names.len());
            errors.push_help(span, message, format!("write {}", names.join(" or ")));
            return None;
        }
        [] => {}
    }
    let mut others = catalogue::by_name(provider, !source).filter(of_category);
    if let Some(other) = others.next() {
        let word = if source { "action" } else { "source" };
        let message = format!("{name} is {} source", if source { "not a" } else { "a" });
        // Where the keys fit, the word is wrong; else the provider may be.
        let fits = head
            .fields
            .iter()
            .map(|field| field.key.to_string())
            .all(|key| keys::ACTION.key(&key).is_some() || other.known_keys().iter().any(|known| known.dsl == key));
        let help = format!("write `{word} \"{}\": {name} {{ … }}`", head.name);
        errors.push_help(if fits { head.keyword_span } else { span }, message, help);
        return fits.then_some(other);
    }
    let elsewhere: Vec<_> = catalogue::by_name(provider, source).collect();
    if let [first, ..] = elsewhere.as_slice() {
        let message = format!("no action of category `{}` has the provider {provider}", category.unwrap_or_default());
        errors.push_help(span, message, format!("did you mean `{}::{provider}`?", first.category));
        return None;
    }
    let names = catalogue::ACTIONS.iter().filter(|a| (a.category == "Source") == source).map(|a| a.provider);
    let meant = in_other_words(&name, source)
        .or_else(|| catalogue::meant(&name, source).map(|meant| meant.provider.to_owned()));
    let way = other_way(provider).filter(|_| !source);
    let near = || nearest(&name, names).filter(|_| way.is_none()).map(str::to_owned);
    let help = match meant.or_else(near) {
        Some(near) => format!("did you mean `{near}`?"),
        None if let Some(way) = way => {
            format!("write `action {:?}: {} {{ … }}`, {}", head.name, way.provider, way.how)
        }
        None if source => format!("write its full type id, `type(\"Source\", \"<owner>\", \"{name}\", \"1\")`"),
        None => format!(
            "if it is a pipeline, write `invoke \"{}\": {name} {{ … }}`; another type of action is written \
             `type(\"<category>\", \"<owner>\", \"{name}\", \"1\")`",
            head.name
        ),
    };
    errors.push_help(
        span,
        format!("`{name}` is not {} that this version knows", if source { "a source" } else { "an action" }),
        help,
    );
    None
}

/// A provider of the catalogue behind `invoke`, with keys that only its actions have.
fn invoked_provider(head: &ActionHead<'_>, path: &Path, errors: &mut Errors) -> Option<&'static ActionProvider> {
    let name = path_text(path);
    let (category, provider) = name.split_once("::").map_or((None, name.as_str()), |(c, p)| (Some(c), p));
    let mut candidates =
        catalogue::by_name(provider, false).filter(|known| category.is_none_or(|category| known.category == category));
    let known = candidates.find(|known| {
        let keys = known.known_keys();
        head.fields.iter().map(|field| field.key.to_string()).any(|key| {
            let of_provider = keys.iter().any(|known| known.dsl == key) || matches!(key.as_str(), "input" | "output");
            of_provider && keys::INVOKE.key(&key).is_none()
        })
    })?;
    let help = format!("write `action {:?}: {name} {{ … }}`", head.name);
    errors.push_help(head.keyword_span, format!("`{name}` is an action provider, not a pipeline"), help);
    Some(known)
}
