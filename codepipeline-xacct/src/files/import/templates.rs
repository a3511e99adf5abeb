//! Import of templates and plans.

use std::collections::BTreeSet;

use serde_json::Value;

use super::inputs::ImportFiles;
use super::named_in_stages::named_roles;
use super::note::{Note, missing_name};
use super::options::ImportOptions;
use super::roles::GivenRole;
use crate::core::check::symbol::{name_of, symbols};
use crate::core::check::unknown::is_unknown;
use crate::core::finding::Place;
use crate::core::ids::RoleArn;
use crate::files::parameters::{self, OfPlans};
use crate::files::source_file::SourceFile;
use crate::files::template::{
    FileOptions, GivenHome, GivenValues, Remark, StandIn, Template, TemplateRole, TemplateSet, TerraformFile,
    has_symbol, missing, stand_in_for,
};

/// Pipelines and roles, with what is known of them.
#[derive(Default)]
pub(super) struct OfTemplates {
    pub(super) pipelines: Vec<SourceFile>,
    pub(super) roles: Vec<GivenRole>,
    pub(super) notes: Vec<Note>,
    /// Symbols of what has to be known.
    pub(super) needed: BTreeSet<String>,
}

/// The values with which templates and plans are read.
pub(super) struct Values {
    /// What the options and the stacks say, and defaults.
    pub(super) said: GivenValues,
    /// What is written in the place of names that are not known.
    pub(super) stand_ins: GivenValues,
}

impl Values {
    pub(super) fn has(&self, key: &(usize, String)) -> bool {
        self.said.contains_key(key) || self.stand_ins.contains_key(key)
    }
}

/// What the options and the stacks say about the templates.
pub(super) fn said(given: &ImportFiles, options: &ImportOptions, notes: &mut Vec<Note>) -> GivenValues {
    let mut said = GivenValues::new();
    let files: Vec<&str> = given.names.iter().map(String::as_str).collect();
    let plans: Vec<&TerraformFile> = given.terraform.iter().collect();
    notes.extend(options.homes.misplaced(&files, &plans).into_iter().map(|(option, why)| Note::unused(option, why)));
    for (index, template) in given.templates.iter().enumerate() {
        for stack in given.stacks.iter().filter(|stack| stack.is_of(template)) {
            said.extend(stack.names().map(|(id, name)| ((index, id.to_owned()), name.to_owned())));
        }
    }
    let templates: Vec<&Template> = given.templates.iter().collect();
    let (values, unused) =
        parameters::of_templates(&options.parameters, &templates, &OfPlans::of(&options.parameters, &plans));
    said.extend(values);
    notes.extend(unused.iter().map(|unused| {
        let (option, why) = unused.told();
        if unused.is_unknown() { Note::unused(option, why) } else { Note::hint(option, why) }
    }));
    said
}

/// The templates, with the values that are given for them.
fn set<'g>(given: &'g ImportFiles, options: &ImportOptions, values: &Values) -> TemplateSet<'g> {
    let of_stack = |template: &Template| given.stacks.iter().find(|stack| stack.is_of(template));
    let home = |template: &Template| {
        let GivenHome { mut home, own_account } = options.homes.of_template(template.name());
        let stack = of_stack(template).map(|stack| stack.home.clone()).unwrap_or_default();
        // An option for all files is less certain than where the stack is.
        if !own_account {
            home.account = stack.account.clone().or(home.account);
        }
        home.region = home.region.or(stack.region);
        GivenHome { home, own_account: own_account || stack.account.is_some() }
    };
    let homes = given.templates.iter().map(home).collect();
    TemplateSet::with_stand_ins(&given.templates, homes, values.said.clone(), &values.stand_ins)
}

/// Possible placeholders for unknown names of what was imported.
pub(super) fn stand_ins(
    given: &ImportFiles,
    options: &ImportOptions,
    values: &Values,
    needed: &BTreeSet<String>,
    pipelines: &[SourceFile],
) -> Vec<StandIn> {
    let mut found = set(given, options, values).stand_ins(needed, pipelines);
    for (index, file) in given.terraform.iter().enumerate() {
        let mut stand = |label: String, at: String| {
            let (key, value) = ((given.templates.len() + index, label.clone()), stand_in_for(&label));
            found.push(StandIn { key, value, made: false, in_stack: false, at });
        };
        for pipeline in pipelines.iter().filter(|pipeline| pipeline.name() == file.name()) {
            let name = pipeline.declaration().get("name").and_then(Value::as_str).unwrap_or_default();
            symbols(name).for_each(|symbol| stand(name_of(symbol), pipeline.at_place(&Place::pipeline(""))));
        }
        for (label, at) in file.unnamed_roles() {
            if needed.iter().any(|symbol| name_of(symbol) == label) {
                stand(label, at);
            }
        }
    }
    found
}

/// What the options say about a file of Terraform, and else its placeholders.
fn said_of(
    given: &ImportFiles,
    options: &ImportOptions,
    values: &Values,
    index: usize,
    file: &TerraformFile,
) -> FileOptions {
    let mut of_file = options.of_file(file.name());
    for ((_, label), value) in
        values.said.iter().chain(&values.stand_ins).filter(|((of, _), _)| *of == given.templates.len() + index)
    {
        of_file.values.entry(label.clone()).or_insert_with(|| value.clone());
    }
    of_file
}

/// Reads the templates and plans with the values that are given for them. `named` are roles that pipelines of other files name.
pub(super) fn read(
    given: &ImportFiles,
    options: &ImportOptions,
    values: &Values,
    named: &BTreeSet<&str>,
) -> OfTemplates {
    let mut found = OfTemplates::default();
    let set = set(given, options, values);
    let (chosen, absent) = set.chosen();
    found.notes.extend(set.other_accounts().into_iter().chain(absent).map(of_remark));
    let guessed =
        set.guessed_accounts().map(|(file, guess)| Note::hint(file.to_owned(), format!("this rests on {guess}")));
    found.notes.extend(guessed);
    let all: Vec<&Template> = given.templates.iter().collect();
    let stacks = given.templates.iter().flat_map(|template| template.unread_stacks(&all));
    found.notes.extend(stacks.map(|stack| Note::hint(stack.at(), stack.message)));
    for pipeline in chosen {
        for condition in &pipeline.assumed {
            let wanted = missing(pipeline.symbols.iter().map(String::as_str));
            let message = format!("condition `{condition}` is assumed to be true{wanted}");
            found.notes.push(Note::hint(pipeline.source.at_place(&Place::pipeline("")), message));
        }
        found.needed.extend(pipeline.symbols);
        found.pipelines.push(pipeline.source);
    }
    let mut roles: Vec<(String, TemplateRole)> = set.roles().into_iter().collect();
    // In the order of the templates.
    roles.sort_by_key(|(_, role)| role.at.as_ref().map(|(template, range)| (*template, range.start)));
    let mut planned = Vec::new();
    let mut elsewhere = Vec::new();
    for (index, file) in given.terraform.iter().enumerate() {
        let (pipelines, mut of_file) = file.chosen(&said_of(given, options, values, index, file));
        found.pipelines.extend(pipelines);
        planned.append(&mut of_file.roles);
        elsewhere.append(&mut of_file.elsewhere);
    }
    let of_templates = roles.into_iter().map(|(arn, role)| {
        let place = set.place_of(&role);
        (arn, role, place)
    });
    let used = found.pipelines.iter().flat_map(|source| named_roles(source.declaration())).map(|(_, role)| role);
    let wanted: BTreeSet<String> = used.chain(named.iter().copied()).map(str::to_owned).collect();
    for (arn, mut role, place) in of_templates.chain(planned) {
        elsewhere.iter().for_each(|policy| policy.add_to(&arn, &mut role));
        // Others are those of functions, builds and stacks.
        if wanted.is_empty() || wanted.contains(&arn) {
            found.role(&arn, role, place);
        }
    }
    found
}

impl OfTemplates {
    fn role(&mut self, arn: &str, role: TemplateRole, place: String) {
        if is_unknown(arn) {
            let message = format!("the role is left out: its ARN is not known{}", missing_name(symbols(arn)));
            self.needed.extend(symbols(arn).map(str::to_owned));
            self.notes.push(Note::lost(place, message));
            return;
        }
        let arn = match arn.parse::<RoleArn>() {
            Ok(arn) => arn,
            Err(error) => {
                self.notes.push(Note::lost(place, format!("the role is left out: {error}")));
                return;
            }
        };
        let mut open = |document: &Value| {
            let found = symbols_of(document);
            self.needed.extend(found.iter().cloned());
            found
        };
        let mut notes = Vec::new();
        let mut unstated = |what: &str, symbols: &BTreeSet<String>| {
            let wanted = missing(symbols.iter().map(String::as_str));
            notes.push(Note::lost(place.clone(), format!("its {what} not stated: not all of it is known{wanted}")));
        };
        let TemplateRole { trust, policies, boundary, mut incomplete, unseen, .. } = role;
        let changed = unseen.as_ref().is_some_and(|unseen| unseen.trust);
        if trust.is_none() && !changed {
            unstated("trust policy is", &BTreeSet::new());
        }
        let trust = trust.filter(|_| !changed);
        let trust = trust.filter(|trust| {
            let symbols = open(trust);
            if !symbols.is_empty() {
                unstated("trust policy is", &symbols);
            }
            symbols.is_empty()
        });
        let mut of_policies = BTreeSet::new();
        policies.iter().for_each(|(_, document)| of_policies.extend(open(document)));
        boundary.iter().for_each(|document| of_policies.extend(open(document)));
        let mut policies = Some(policies.into_iter().map(|(_, document)| document).collect());
        let mut boundary = boundary;
        if !of_policies.is_empty() {
            unstated("policies are", &of_policies);
            (policies, boundary, incomplete) = (None, None, false);
        }
        if let Some(unseen) = unseen {
            let what = if unseen.trust { "documents are" } else { "policies are" };
            notes.push(Note::lost(place.clone(), format!("its {what} not stated: {} may give it more", unseen.what)));
            (policies, boundary, incomplete) = (None, None, false);
        }
        if incomplete {
            policies = None;
        }
        self.notes.append(&mut notes);
        self.roles.push(GivenRole::Role { arn, trust, policies, boundary, incomplete, at: Some(place) });
    }
}

fn of_remark(Remark { at, message }: Remark) -> Note {
    Note::hint(at, message)
}

/// The defaults of the parameters that are among some symbols, with a remark on each.
pub(super) fn defaults(given: &ImportFiles, needed: &BTreeSet<String>) -> (GivenValues, Vec<Note>) {
    let homes = vec![Default::default(); given.templates.len()];
    let (said, remarks) = TemplateSet::said(&given.templates, homes, GivenValues::new()).defaults(needed);
    (said, remarks.into_iter().map(of_remark).collect())
}

fn symbols_of(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if has_symbol(value) {
        collect(value, &mut found);
    }
    found
}

fn collect(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => found.extend(symbols(text).map(str::to_owned)),
        Value::Array(list) => list.iter().for_each(|value| collect(value, found)),
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            found.extend(symbols(name).map(str::to_owned));
            collect(value, found);
        }),
        _ => {}
    }
}
