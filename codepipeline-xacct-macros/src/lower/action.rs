//! Actions: their provider, their keys, and what links them to other items.

use codepipeline_xacct_core::catalogue::{self, ActionProvider};
use codepipeline_xacct_core::declaration::{
    ActionDeclaration, ActionTypeId, EnvironmentVariable, InputArtifact, OutputArtifact,
};
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::ids::PipelineArn;
use codepipeline_xacct_core::sentences::with_article;
use codepipeline_xacct_core::suggest::nearest;
use indexmap::IndexMap;
use proc_macro2::Span;
use serde_json::json;
use syn::Path;

use super::values::{self, escape, literal};
use crate::model::{LoweredInvoke, LoweredPipeline, LoweredRoleLink, LoweredText, PassedVariable, RoleUse, RoleUser};
use codepipeline_xacct_syntax::ast::{
    ActionKeyword, ActionNode, FieldNode, ProviderNode, ValueNode, path_span, path_text,
};
use codepipeline_xacct_syntax::errors::Errors;

/// Keys that every action takes.
const COMMON: &[&str] = &["region", "run_order", "namespace", "role", "input", "output"];
pub(super) const INVOKE: &[&str] = &["role", "variables", "source_revisions", "run_order", "namespace"];
const COMPUTE: &[&str] = &["commands", "environment_variables", "output_variables", "files"];

/// Members of the API, and ours.
const RENAMED: &[(&str, &str)] = &[
    ("role_arn", "role"),
    ("roleArn", "role"),
    ("input_artifacts", "input"),
    ("inputArtifacts", "input"),
    ("output_artifacts", "output"),
    ("outputArtifacts", "output"),
];

/// What an action is.
struct ActionKind {
    type_id: ActionTypeId,
    known: Option<&'static ActionProvider>,
    /// The target of an invoke action.
    target: Option<Path>,
    /// True where the type id was written out, so that the configuration is free.
    free: bool,
}

pub(super) fn lower(
    pipeline: &mut LoweredPipeline,
    stage: &str,
    stage_place: &Place,
    (stage_index, position): (usize, usize),
    node: ActionNode,
    errors: &mut Errors,
) -> ActionDeclaration {
    let name = node.name.value();
    let place = stage_place.action(position, &name);
    let before = errors.count();
    pipeline.spans.insert(place.clone(), node.name.span());
    if node.damaged {
        pipeline.holes.insert(place.clone());
    }
    spans_of_type(pipeline, &place, node.provider.as_ref());
    let pointer = format!("/stages/{stage_index}/actions/{position}");
    let mut declaration = ActionDeclaration { name: name.clone(), ..Default::default() };
    let Some(kind) = kind(node.keyword, node.provider, errors) else {
        // Without its provider nothing can be said of its keys; what was said of the provider is enough.
        pipeline.holes.insert(place);
        return declaration;
    };
    declaration.action_type_id = kind.type_id.clone();
    let mut lowering = ActionLowering { pipeline, place, pointer, kind, role: None, variables: Vec::new() };
    lowering.fields(node.fields, &mut declaration, errors);
    let ActionLowering { pipeline, place, kind, role, variables, .. } = lowering;
    if errors.count() > before {
        pipeline.holes.insert(place.clone());
    }
    match kind.target {
        Some(target) => {
            // Derived when the items are put together.
            pipeline.open.insert(place.key("configuration").key("PipelineName").value());
            pipeline.invokes.push(LoweredInvoke {
                stage: stage.to_owned(),
                action: name,
                name_span: node.name.span(),
                target,
                role,
                variables,
            });
        }
        None => {
            if let Some(role) = role {
                pipeline.role_links.push(LoweredRoleLink {
                    stage: stage.to_owned(),
                    user: RoleUser::Action(name),
                    role,
                });
            }
        }
    }
    declaration
}

/// The tokens of the four parts of a type id, or of the name that stands for them.
fn spans_of_type(pipeline: &mut LoweredPipeline, place: &Place, provider: Option<&ProviderNode>) {
    let place = place.key("actionTypeId");
    match provider {
        Some(ProviderNode::Path(path)) => pipeline.spans.insert(place, path_span(path)),
        Some(ProviderNode::Type(parts, span)) => {
            for (key, part) in ["category", "owner", "provider", "version"].into_iter().zip(parts) {
                pipeline.spans.insert(place.key(key).value(), part.span());
            }
            pipeline.spans.insert(place, *span);
        }
        None => {}
    }
}

fn kind(keyword: ActionKeyword, provider: Option<ProviderNode>, errors: &mut Errors) -> Option<ActionKind> {
    match provider? {
        ProviderNode::Path(path) if keyword == ActionKeyword::Invoke => {
            let type_id = ActionTypeId::pipeline_invoke();
            Some(ActionKind { known: catalogue::find(&type_id), type_id, target: Some(path), free: false })
        }
        ProviderNode::Path(path) => {
            let known = known_provider(keyword, &path, errors)?;
            Some(ActionKind { type_id: known.type_id(), known: Some(known), target: None, free: false })
        }
        ProviderNode::Type(parts, span) => {
            let [category, owner, provider, version] = parts.as_slice() else {
                let help = "write `type(\"<category>\", \"<owner>\", \"<provider>\", \"<version>\")`";
                errors.push_help(span, format!("an action type has four parts, this one has {}", parts.len()), help);
                return None;
            };
            if keyword == ActionKeyword::Invoke {
                let help = "write `action \"…\": type(…)`; `invoke` takes the path of a pipeline item";
                errors.push_help(span, "`invoke` starts a pipeline, not any action type", help);
                return None;
            }
            let is_source = category.value() == "Source";
            if is_source != (keyword == ActionKeyword::Source) {
                let (is, word) = if is_source { ("a source", "source") } else { ("no source", "action") };
                let message = format!("an action of category `{}` is {is}", category.value());
                errors.push_help(category.span(), message, format!("write `{word} \"…\": type(…)`"));
                return None;
            }
            let type_id = ActionTypeId::new(&category.value(), &owner.value(), &provider.value(), &version.value());
            Some(ActionKind { known: catalogue::find(&type_id), type_id, target: None, free: true })
        }
    }
}

fn known_provider(keyword: ActionKeyword, path: &Path, errors: &mut Errors) -> Option<&'static ActionProvider> {
    let source = keyword == ActionKeyword::Source;
    let word = if source { "source" } else { "action" };
    let name = path_text(path);
    let span = path_span(path);
    if name == "CodePipeline" && !source {
        let help = "write `invoke \"…\": <pipeline item> { … }`";
        errors.push_help(span, "a pipeline is started by an `invoke` action", help);
        return None;
    }
    // A category before the name tells apart what is in several of them: `Test::CodeBuild`.
    let (category, provider) = match name.split_once("::") {
        Some((category, provider)) => (Some(category), provider),
        None => (None, name.as_str()),
    };
    let categories = catalogue::ACTIONS.iter().map(|a| a.category).collect::<std::collections::BTreeSet<_>>();
    if let (Some(text), Some(first)) = (category, path.segments.first())
        && !categories.contains(text)
        && let Some(near) = nearest(text, categories.iter().copied())
    {
        let message = format!("`{text}` is no category of an action");
        errors.push_help(first.ident.span(), message, format!("did you mean `{near}::{provider}`?"));
        return None;
    }
    let of_category = |a: &&ActionProvider| category.is_none_or(|c| a.category == c);
    let candidates: Vec<_> = catalogue::by_name(provider, source).filter(of_category).collect();
    match candidates.as_slice() {
        [known] => return Some(*known),
        // CodeBuild stands for its builds.
        [known, ..] if provider == "CodeBuild" => return Some(*known),
        [_, ..] => {
            let names: Vec<_> = candidates.iter().map(|a| format!("`{}::{provider}`", a.category)).collect();
            let message = format!("`{name}` is in {} categories", names.len());
            errors.push_help(span, message, format!("write {}", names.join(" or ")));
            return None;
        }
        [] => {}
    }
    if catalogue::by_name(provider, !source).any(|a| of_category(&a)) {
        let other = if source { "action" } else { "source" };
        let message = format!("{name} is {} source", if source { "no" } else { "a" });
        errors.push_help(span, message, format!("write `{other} \"…\": {name} {{ … }}`"));
        return None;
    }
    let elsewhere: Vec<_> = catalogue::by_name(provider, source).collect();
    if let [first, ..] = elsewhere.as_slice() {
        let message = format!("no action of category `{}` has the provider {provider}", category.unwrap_or_default());
        errors.push_help(span, message, format!("did you mean `{}::{provider}`?", first.category));
        return None;
    }
    let names = catalogue::ACTIONS.iter().filter(|a| (a.category == "Source") == source).map(|a| a.provider);
    let help = match nearest(&name, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write its full type id: `{word} \"…\": type(\"<category>\", \"<owner>\", \"{name}\", \"1\")`"),
    };
    errors.push_help(span, format!("`{name}` is no {word} that this version knows"), help);
    None
}

/// The keys of an action: those that every action takes, and those of its provider.
pub(super) fn keys_of(category: &str, known: Option<&'static ActionProvider>) -> Vec<&'static str> {
    let mut keys = COMMON.to_vec();
    match known.and_then(|known| known.keys) {
        Some(known) => keys.extend(known.iter().map(|k| k.dsl)),
        None => keys.push("configuration"),
    }
    if category == "Compute" {
        keys.extend(COMPUTE);
    }
    if category == "Approval" {
        keys.push("timeout_in_minutes");
    }
    keys
}

/// An action on its way into the declaration.
struct ActionLowering<'a> {
    pipeline: &'a mut LoweredPipeline,
    place: Place,
    pointer: String,
    kind: ActionKind,
    role: Option<RoleUse>,
    variables: Vec<PassedVariable>,
}

impl ActionLowering<'_> {
    fn keys(&self) -> Vec<&'static str> {
        if self.kind.target.is_some() {
            return INVOKE.to_vec();
        }
        let known = self.kind.known.filter(|_| !self.kind.free);
        keys_of(&self.kind.type_id.category, known)
    }

    fn fields(&mut self, fields: Vec<FieldNode>, action: &mut ActionDeclaration, errors: &mut Errors) {
        let keys = self.keys();
        let what = match &self.kind.target {
            Some(_) => "an invoke action".to_owned(),
            None => format!("{} action", with_article(&self.kind.type_id.provider)),
        };
        let of_provider = self.kind.known.iter().flat_map(|k| k.known_keys().iter().map(|key| (key.name, key.dsl)));
        let renamed: Vec<(&str, &str)> = of_provider.chain(RENAMED.iter().copied()).collect();
        let mut seen: Vec<String> = Vec::new();
        // The files belong to an artifact, wherever they stand.
        let (files, fields): (Vec<FieldNode>, Vec<FieldNode>) = fields.into_iter().partition(|f| f.key == "files");
        for field in fields.into_iter().chain(files) {
            let key = field.key.to_string();
            if !keys.contains(&key.as_str()) {
                if self.kind.target.is_some() && matches!(key.as_str(), "pipeline_name" | "PipelineName" | "region") {
                    self.derived_key(&field, errors);
                } else {
                    // What is missed may be what is meant: the action is judged no further.
                    let _ = values::unknown_key(&field.key, &what, &keys, &renamed, errors);
                }
            } else if seen.contains(&key) {
                errors.push_help(field.key.span(), format!("`{key}` stands here twice"), "leave one of them out");
            } else {
                if !matches!(field.value, ValueNode::Hole(..)) {
                    self.field(&key, field, action, errors);
                }
                seen.push(key);
            }
        }
    }

    /// A key of an invoke action that is derived from the target.
    fn derived_key(&self, field: &FieldNode, errors: &mut Errors) {
        if let ValueNode::Str(text) = &field.value
            && let Ok(arn) = text.value().parse::<PipelineArn>()
        {
            let message = format!("`{}` is an ARN, where the bare name `{}` belongs", text.value(), arn.name());
            errors.push_help(text.span(), message, "leave the key out: name, account and Region come from the target");
            return;
        }
        let message = format!("`{}` comes from the target pipeline", field.key);
        errors.push_help(field.key.span(), message, "leave it out");
    }

    fn field(&mut self, key: &str, field: FieldNode, action: &mut ActionDeclaration, errors: &mut Errors) {
        let key_span = field.key.span();
        let value = field.value;
        match key {
            "role" => self.role = values::role_use("role", value, errors),
            "region" => action.region = self.string("region", key_span, key, value, errors),
            "namespace" => {
                action.namespace = values::names(key, value, errors).into_iter().next().map(|(name, span)| {
                    self.spans("namespace", key_span, span);
                    name
                });
            }
            "run_order" => action.run_order = self.integer("runOrder", key_span, key, value, errors),
            "timeout_in_minutes" => {
                action.timeout_in_minutes = self.integer("timeoutInMinutes", key_span, key, value, errors);
            }
            "input" => {
                let names = self.indexed("inputArtifacts", key_span, key, value, errors);
                let artifacts = names.into_iter().map(|name| InputArtifact { name, ..Default::default() });
                action.input_artifacts = Some(artifacts.collect());
            }
            "output" => {
                let names = self.indexed("outputArtifacts", key_span, key, value, errors);
                let artifacts = names.into_iter().map(|name| OutputArtifact { name, ..Default::default() });
                action.output_artifacts = Some(artifacts.collect());
            }
            "files" => {
                let files = Some(values::names(key, value, errors).into_iter().map(|(name, _)| name).collect());
                match action.output_artifacts.as_mut().and_then(|a| a.first_mut()) {
                    Some(artifact) => artifact.files = files,
                    None => errors.push_help(key_span, "there is no artifact for the `files`", "add `output: …`"),
                }
            }
            "output_variables" => {
                action.output_variables = Some(self.indexed("outputVariables", key_span, key, value, errors));
            }
            "commands" => action.commands = Some(self.commands(key_span, value, errors)),
            "environment_variables" if self.kind.type_id.category == "Compute" => {
                action.environment_variables = self.environment(key_span, value, errors);
            }
            "variables" if self.kind.target.is_some() => self.pass(key_span, value, errors),
            "source_revisions" if self.kind.target.is_some() => self.revisions(key_span, value, action, errors),
            "configuration" => {
                for entry in values::map(key, value, errors).unwrap_or_default() {
                    let (name, span) = (entry.key.text(), entry.key.span());
                    if let Some(value) = values::entry_value(entry, errors) {
                        self.configuration(&name, span, value, action, errors);
                    }
                }
                action.configuration.get_or_insert_default();
            }
            _ => {
                let name = self.kind.known.and_then(|k| k.known_keys().iter().find(|k| k.dsl == key)).map(|k| k.name);
                if let Some(name) = name {
                    self.configuration(name, key_span, value, action, errors);
                }
            }
        }
    }

    fn spans(&mut self, member: &str, key: Span, value: Span) {
        let place = self.place.key(member);
        self.pipeline.spans.insert(place.value(), value);
        self.pipeline.spans.insert(place, key);
    }

    fn string(&mut self, member: &str, span: Span, key: &str, value: ValueNode, errors: &mut Errors) -> Option<String> {
        let text = values::string(key, value, errors)?;
        self.spans(member, span, text.span());
        Some(text.value())
    }

    fn integer(&mut self, member: &str, span: Span, key: &str, value: ValueNode, errors: &mut Errors) -> Option<i64> {
        let (number, value_span) = values::integer(key, value, errors)?;
        self.spans(member, span, value_span);
        Some(number)
    }

    fn indexed(&mut self, member: &str, span: Span, key: &str, value: ValueNode, errors: &mut Errors) -> Vec<String> {
        let place = self.place.key(member);
        self.pipeline.spans.insert(place.clone(), span);
        let names = values::names(key, value, errors);
        for (index, (_, span)) in names.iter().enumerate() {
            self.pipeline.spans.insert(place.index(index).value(), *span);
        }
        names.into_iter().map(|(name, _)| name).collect()
    }

    fn configuration(
        &mut self,
        name: &str,
        span: Span,
        value: ValueNode,
        action: &mut ActionDeclaration,
        errors: &mut Errors,
    ) {
        let Some((text, value_span)) = values::text(name, value, errors) else { return };
        let place = self.place.key("configuration").key(name);
        self.pipeline.spans.insert(place.clone(), span);
        self.pipeline.spans.insert(place.value(), value_span);
        let pointer = format!("{}/configuration/{}", self.pointer, escape(name));
        let text = literal(self.pipeline, place.value(), pointer, text);
        let configuration: &mut IndexMap<String, String> = action.configuration.get_or_insert_default();
        configuration.insert(name.to_owned(), text);
    }

    fn commands(&mut self, span: Span, value: ValueNode, errors: &mut Errors) -> Vec<String> {
        let place = self.place.key("commands");
        self.pipeline.spans.insert(place.clone(), span);
        let mut commands = Vec::new();
        for value in values::list(value) {
            let Some((text, span)) = values::text("commands", value, errors) else { continue };
            let place = place.index(commands.len()).value();
            self.pipeline.spans.insert(place.clone(), span);
            let pointer = format!("{}/commands/{}", self.pointer, commands.len());
            commands.push(literal(self.pipeline, place, pointer, text));
        }
        commands
    }

    /// `{ NAME: "value", SECRET: secrets_manager("arn:…") }`
    fn environment(&mut self, span: Span, value: ValueNode, errors: &mut Errors) -> Option<Vec<EnvironmentVariable>> {
        let place = self.place.key("environmentVariables");
        self.pipeline.spans.insert(place.clone(), span);
        let mut variables = Vec::new();
        for entry in values::map("environment_variables", value, errors)? {
            let (name, name_span) = (entry.key.text(), entry.key.span());
            let Some(value) = values::entry_value(entry, errors) else { continue };
            let (value, kind) = match value {
                ValueNode::Call(function, arguments) if path_text(&function) == "secrets_manager" => {
                    let mut arguments = arguments.into_iter();
                    let (Some(value), None) = (arguments.next(), arguments.next()) else {
                        errors.push_help(
                            path_span(&function),
                            "`secrets_manager` takes one string",
                            "write `secrets_manager(\"<name or ARN>\")`",
                        );
                        continue;
                    };
                    (value, Some("SECRETS_MANAGER".to_owned()))
                }
                ValueNode::Call(function, _) => {
                    let name = path_text(&function);
                    let help = match nearest(&name, ["secrets_manager"]) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "write a text, or `secrets_manager(\"<name or ARN>\")`".to_owned(),
                    };
                    errors.push_help(path_span(&function), format!("`{name}(…)` is no value of a variable"), help);
                    continue;
                }
                other => (other, None),
            };
            let Some((text, span)) = values::text(&name, value, errors) else { continue };
            let place = place.index(variables.len());
            self.pipeline.spans.insert(place.clone(), name_span);
            let value_place = place.key("value").value();
            self.pipeline.spans.insert(value_place.clone(), span);
            let pointer = format!("{}/environmentVariables/{}/value", self.pointer, variables.len());
            let value = literal(self.pipeline, value_place, pointer, text);
            variables.push(EnvironmentVariable { name, value, r#type: kind, ..Default::default() });
        }
        Some(variables)
    }

    /// `{ Source: COMMIT_ID("#{Source.CommitId}") }`: revisions for source actions of the target.
    fn revisions(&mut self, span: Span, value: ValueNode, action: &mut ActionDeclaration, errors: &mut Errors) {
        let place = self.place.key("configuration").key("SourceRevisions");
        self.pipeline.spans.insert(place.clone(), span);
        self.pipeline.spans.insert(place.value(), value.span());
        let mut revisions = Vec::new();
        let mut runtime = Vec::new();
        for entry in values::map("source_revisions", value, errors).unwrap_or_default() {
            let (name, name_span) = (entry.key.text(), entry.key.span());
            let Some(value) = values::entry_value(entry, errors) else { continue };
            let help = "write `<source action>: COMMIT_ID(\"…\")`, or another type of a revision";
            let ValueNode::Call(kind, arguments) = value else {
                errors.push_help(value.span(), format!("the revision of `{name}` has no type"), help);
                continue;
            };
            let mut arguments = arguments.into_iter();
            let (Some(value), None) = (arguments.next(), arguments.next()) else {
                errors.push_help(path_span(&kind), format!("`{}` takes one revision", path_text(&kind)), help);
                continue;
            };
            let Some((text, value_span)) = values::text("source_revisions", value, errors) else { continue };
            let place = place.key(&name);
            self.pipeline.spans.insert(place.clone(), name_span);
            self.pipeline.spans.insert(place.key("revisionType").value(), path_span(&kind));
            self.pipeline.spans.insert(place.value(), value_span);
            let value = match text {
                LoweredText::Literal(text) => text,
                LoweredText::Runtime(tokens) => {
                    self.pipeline.open.insert(place.value());
                    runtime.push((revisions.len(), tokens));
                    String::new()
                }
            };
            revisions.push(json!({ "actionName": name, "revisionType": path_text(&kind), "revisionValue": value }));
        }
        // A text in a text: the values of a list are put in before it is written.
        for (index, tokens) in runtime {
            let pointer = format!("{}/configuration/SourceRevisions/{index}/revisionValue", self.pointer);
            self.pipeline.runtime.push((pointer, tokens));
        }
        let text = serde_json::Value::Array(revisions).to_string();
        action.configuration.get_or_insert_default().insert("SourceRevisions".to_owned(), text);
    }

    /// Variables for the target of an invoke action.
    fn pass(&mut self, span: Span, value: ValueNode, errors: &mut Errors) {
        self.pipeline.spans.insert(self.place.key("configuration").key("Variables"), span);
        for entry in values::map("variables", value, errors).unwrap_or_default() {
            let (name, name_span) = (entry.key.text(), entry.key.span());
            let Some(value) = values::entry_value(entry, errors) else { continue };
            let Some((value, span)) = values::text(&name, value, errors) else { continue };
            let place = self.place.key("configuration").key("Variables").key(&name);
            self.pipeline.spans.insert(place.clone(), name_span);
            self.pipeline.spans.insert(place.value(), span);
            self.variables.push(PassedVariable { name, span: name_span, value });
        }
    }
}
