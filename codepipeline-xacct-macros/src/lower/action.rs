//! Actions: their keys, and what links them to other items.

use codepipeline_xacct_core::catalogue::{self, ActionProvider};
use codepipeline_xacct_core::declaration::invoke::{REVISIONS_KEY, TARGET_KEY, VARIABLES_KEY};
use codepipeline_xacct_core::declaration::{ActionDeclaration, InputArtifact, OutputArtifact};
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::topology::{
    CALLER_VARIABLE, Ownership, RoleUser, WaitLimit, added_to_managed, caller_value,
};
use codepipeline_xacct_syntax::ast::{ActionNode, FieldNode, ValueNode};
use codepipeline_xacct_syntax::errors::Errors;
use codepipeline_xacct_syntax::keys::FOLLOW;
use proc_macro2::Span;

use super::fields::KnownKeys;
use super::members::{ConfiguredKey, configure, free_configuration, names, texts};
use super::provider::{ActionHead, ActionKind, kind, spans_of_type};
use super::roles::role_use;
use super::{environment, invoke, values};
use crate::model::{LoweredInvoke, LoweredPipeline, LoweredRoleLink, LoweredText, LoweredVariable, RoleUse};

pub(super) fn lower(
    pipeline: &mut LoweredPipeline,
    stage: &str,
    stage_place: &Place,
    position: usize,
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
    if let Some(span) = node.added {
        add(pipeline, stage, (&place, &name), span, errors);
    }
    spans_of_type(pipeline, &place, node.provider.as_ref());
    let mut declaration = ActionDeclaration { name: name.clone(), ..Default::default() };
    let head = ActionHead { keyword: node.keyword, keyword_span: node.keyword_span, name: &name, fields: &node.fields };
    let Some(kind) = kind(&head, node.provider, errors) else {
        // The keys can't be checked without the provider, and the provider is reported already.
        pipeline.holes.insert(place);
        return declaration;
    };
    declaration.action_type_id = kind.type_id.clone();
    let known = kind.keys();
    let mut lowering =
        ActionLowering { pipeline, place, kind, role: None, variables: Vec::new(), follow: None, wait: None };
    lowering.fields(&known, node.fields, &mut declaration, errors);
    let ActionLowering { pipeline, place, kind, role, mut variables, follow, wait } = lowering;
    // What is waited for has to be found.
    if let Some(span) = follow.or(wait.map(|(_, span)| span)) {
        let value = LoweredText::Literal(caller_value(stage, &name));
        pipeline.spans.insert(place.key("configuration").key(VARIABLES_KEY).key(CALLER_VARIABLE), span);
        variables.push(LoweredVariable { name: CALLER_VARIABLE.to_owned(), span, value });
    }
    if errors.count() > before {
        pipeline.holes.insert(place.clone());
    }
    match kind.target {
        Some(target) => {
            // Derived when the items are put together.
            pipeline.open.insert(place.key("configuration").key(TARGET_KEY).value());
            pipeline.invokes.push(LoweredInvoke {
                stage: stage.to_owned(),
                action: name,
                name_span: node.name.span(),
                target,
                role,
                variables,
                wait: wait.map(|(limit, _)| limit),
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

/// Notes that an action is added to a stage that exists.
fn add(pipeline: &mut LoweredPipeline, stage: &str, (place, name): (&Place, &str), span: Span, errors: &mut Errors) {
    if pipeline.ownership != Some(Ownership::Extended) {
        errors.finding(span, &added_to_managed(place.clone(), &pipeline.item, &format!("action `{name}`")));
    } else if pipeline.additions.has_stage(stage) {
        let message = format!("stage `{stage}` is added with all of its actions");
        errors.push_help(span, message, "leave `add` out before the action");
    } else {
        pipeline.additions.add_action(stage, name);
    }
}

/// An action that is being added to the declaration.
struct ActionLowering<'a> {
    pipeline: &'a mut LoweredPipeline,
    place: Place,
    kind: ActionKind,
    role: Option<RoleUse>,
    variables: Vec<LoweredVariable>,
    /// The word of `follow`.
    follow: Option<Span>,
    /// The value of `wait`.
    wait: Option<(WaitLimit, Span)>,
}

impl ActionLowering<'_> {
    fn fields(
        &mut self,
        known: &KnownKeys,
        fields: Vec<FieldNode>,
        action: &mut ActionDeclaration,
        errors: &mut Errors,
    ) {
        let mut seen: Vec<String> = Vec::new();
        let other_provider = self.report_keys_of_another_provider(known, &fields, errors)
            || self.kind.target.is_some() && invoke::report_variables_as_keys(known, &fields, errors);
        // The files belong to an artifact, wherever they are written.
        let (files, fields): (Vec<FieldNode>, Vec<FieldNode>) = fields.into_iter().partition(|f| f.key == "files");
        for field in fields.into_iter().chain(files) {
            let key = field.key.to_string();
            if !known.contain(&key) {
                if other_provider || self.report_without_key(&field, &seen, errors) {
                    // That is one mistake.
                } else if self.kind.target.is_none() || !invoke::report_derived(&field, errors) {
                    // The unknown key may be meant as one that is missing: the action is not checked further.
                    let _ = known.report_unknown(&key, field.key.span(), Some(&field.value), errors);
                }
            } else if seen.contains(&key) {
                values::report_repeated(&key, field.key.span(), errors);
            } else {
                match known.configured(&key) {
                    // A hole is already reported.
                    _ if matches!(field.value, ValueNode::Hole(..)) => {}
                    _ if values::report_nothing(&key, &field.value, errors) => {}
                    Some(configured) => {
                        let named = ConfiguredKey {
                            written: &key,
                            name: configured.name,
                            format: &configured.format,
                            span: field.key.span(),
                        };
                        configure(self.pipeline, &self.place, &named, field.value, &mut action.configuration, errors);
                    }
                    None => self.field(&key, field, action, errors),
                }
                seen.push(key);
            }
        }
    }

    /// `Invoker` for `role: Invoker`, `Built` for `input: Built`: an item or an artifact without its key. False where it can't be told
    /// which key it is.
    fn report_without_key(&self, field: &FieldNode, seen: &[String], errors: &mut Errors) -> bool {
        let name = field.key.to_string();
        let (ValueNode::Hole(.., error), true) = (&field.value, field.alone && name.starts_with(char::is_uppercase))
        else {
            return false;
        };
        let is_free = |key: &str| !seen.iter().any(|known| known == key);
        let takes = |count: Option<catalogue::Count>| count.is_some_and(|count| count.most > 0);
        let artifacts = self.kind.known.map_or((false, false), |known| (takes(known.inputs), takes(known.outputs)));
        let key = match (self.kind.target.is_some(), artifacts) {
            (true, _) => "role",
            (false, (true, false)) => "input",
            (false, (false, true)) => "output",
            _ => return false,
        };
        if is_free(key) {
            errors.replace(*error, format!("`{name}` has no key before it"), format!("write `{key}: {name}`"));
        }
        is_free(key)
    }

    /// Several keys that are not of this provider but of one other: the provider is what is wrong.
    fn report_keys_of_another_provider(&self, known: &KnownKeys, fields: &[FieldNode], errors: &mut Errors) -> bool {
        let unknown: Vec<String> = fields
            .iter()
            .map(|field| field.key.to_string())
            .filter(|key| !known.contain(key) && !known.is_misspelt(key))
            .collect();
        let (Some(provider), true) = (self.kind.known, unknown.len() > 1) else { return false };
        let is_source = |other: &&ActionProvider| (other.category == "Source") == (provider.category == "Source");
        let has_all =
            |other: &&ActionProvider| unknown.iter().all(|key| other.known_keys().iter().any(|known| known.dsl == key));
        let mut others = catalogue::ACTIONS.iter().filter(is_source).filter(has_all);
        let (Some(other), None) = (others.next(), others.next()) else { return false };
        let Some(span) = self.pipeline.spans.find(&self.place.key("actionTypeId")) else { return false };
        let message =
            format!("`{}` are keys of {}, not of {}", unknown.join("` and `"), other.provider, provider.provider);
        errors.push_help(span, message, format!("write `{} {{ … }}`", other.provider));
        true
    }

    /// A key that is not of the action's provider.
    fn field(&mut self, key: &str, field: FieldNode, action: &mut ActionDeclaration, errors: &mut Errors) {
        let span = field.key.span();
        let value = field.value;
        match key {
            "role" => self.role = role_use("role", value, errors),
            "region" => action.region = self.string("region", span, key, value, errors),
            "namespace" => {
                action.namespace = values::name(key, value, errors).map(|(name, value_span)| {
                    self.spans("namespace", span, value_span);
                    name
                });
            }
            "run_order" => action.run_order = self.integer("runOrder", span, key, value, errors),
            "timeout_in_minutes" => {
                action.timeout_in_minutes = self.integer("timeoutInMinutes", span, key, value, errors);
            }
            "input" => {
                let names = self.names("inputArtifacts", span, key, value, errors);
                let artifacts = names.into_iter().map(|name| InputArtifact { name, ..Default::default() });
                action.input_artifacts = Some(artifacts.collect());
            }
            "output" => {
                let names = self.names("outputArtifacts", span, key, value, errors);
                let artifacts = names.into_iter().map(|name| OutputArtifact { name, ..Default::default() });
                action.output_artifacts = Some(artifacts.collect());
            }
            "files" => {
                let files = values::list(key, value, errors);
                let files = files.into_iter().filter_map(|file| values::string(key, file, errors));
                let files = Some(files.map(|file| file.value()).collect());
                match action.output_artifacts.as_mut().and_then(|a| a.first_mut()) {
                    Some(artifact) => artifact.files = files,
                    None => errors.push_help(span, "there is no artifact for the `files`", "add `output: …`"),
                }
            }
            "output_variables" => {
                action.output_variables = Some(self.names("outputVariables", span, key, value, errors));
            }
            "commands" => {
                let list = self.place.key("commands");
                action.commands = Some(texts(self.pipeline, &list, ("commands", span), value, errors));
            }
            "environment_variables" => {
                let list = self.place.key("environmentVariables");
                action.environment_variables = environment::lower(self.pipeline, &list, span, value, errors);
            }
            "variables" => {
                self.variables = invoke::variables(self.pipeline, &self.place, span, value, errors);
            }
            "follow" => {
                let words: Vec<&str> = FOLLOW.names().collect();
                self.follow = values::word(key, value, &words, errors).map(|(_, span)| span);
            }
            "wait" => self.wait = invoke::wait(self.pipeline, &self.place, span, value, errors),
            "source_revisions" => {
                let text = invoke::source_revisions(self.pipeline, &self.place, span, value, errors);
                action.configuration.get_or_insert_default().insert(REVISIONS_KEY.to_owned(), text);
            }
            "configuration" => {
                free_configuration(self.pipeline, &self.place, value, &mut action.configuration, errors);
                action.configuration.get_or_insert_default();
            }
            _ => {}
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

    fn names(&mut self, member: &str, span: Span, key: &str, value: ValueNode, errors: &mut Errors) -> Vec<String> {
        names(self.pipeline, &self.place.key(member), (key, span), value, errors)
    }
}
