//! From files to the source of a module: which items there are, how they are called, and what links them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use codepipeline_xacct_syntax::print::{
    self, Extent, GivenName, ItemNames, Kind, Names, PrintedPipeline, RoleDocuments,
};
use indexmap::IndexMap;
use serde_json::Value;

use super::assembly::put_together;
use super::inputs::ImportFiles;
use super::items::{GivenPipeline, KnownRole, TargetVariable, declared_variables, externs};
use super::named_in_stages::{actions, is_partial, named_roles};
use super::note::{Note, missing_name};
use super::options::ImportOptions;
use super::pipeline_arn::{Placeless, arn, metadata_arn};
use super::roles::GivenRole;
use super::templates::{self, Values};
use super::unknown_parts::filled;
use crate::core::check::symbol::{name_of, symbol, symbols};
use crate::core::check::tags::is_reserved;
use crate::core::check::unknown::is_unknown;
use crate::core::declaration::invoke::TARGET_KEY;
use crate::core::finding::{Finding, Place, Segment, Severity};
use crate::core::ids::{AccountId, Partition, PipelineArn, RoleArn};
use crate::core::plan::is_of_topologies;
use crate::core::policy::DocumentKind;
use crate::core::policy::validate::validate;
use crate::core::topology::{Ownership, Role};
use crate::files::source_file::SourceFile;
use crate::files::template::{GivenValues, StandIn, may_have_made_name, missing, options_for};

/// What was imported.
#[derive(Debug, Default)]
pub(crate) struct Import {
    /// The module.
    pub(crate) source: String,
    /// The pipelines that were read and recognised.
    pub(crate) read: Vec<SourceFile>,
    /// What is not in it, or not as it was.
    pub(crate) notes: Vec<Note>,
    /// The pipelines that are in it.
    pub(crate) pipelines: usize,
    /// The roles that are in it.
    pub(crate) roles: usize,
    /// What is wrong once it is put together, and whose.
    pub(crate) findings: Vec<(Subject, Finding)>,
    /// The options that say what is not known.
    pub(crate) asked: BTreeSet<String>,
    /// Symbols of what has to be known.
    needed: BTreeSet<String>,
}

/// What a finding is about.
#[derive(Debug)]
pub(crate) enum Subject {
    /// A pipeline, by its position among those that were read.
    Pipeline(usize),
    /// A role at a place of a template or a plan.
    RoleAt(String),
    /// Something else.
    Other,
}

/// Imports what was read as one set. Where a value has to be a literal and a template has a parameter there, the default of the parameter
/// is written out, everywhere in the set. Where a name of a pipeline or a role is still not known, its logical id or its parameter is used.
pub(crate) fn import(given: &ImportFiles, options: &ImportOptions) -> Import {
    let unread = given.missing.iter().map(|(what, why)| Note::lost(what.clone(), format!("this is not read: {why}")));
    let mut notes: Vec<Note> = unread.collect();
    let said = templates::said(given, options, &mut notes);
    let mut values = Values { said, stand_ins: GivenValues::new() };
    let mut asked = BTreeSet::new();
    let mut placeholders = Placeholders::default();
    // What takes the place of names, with a note each.
    let mut written: Vec<(String, Note)> = Vec::new();
    loop {
        let draft = with(given, options, &values);
        let imported = &draft.imported;
        let (mut more, remarks) = templates::defaults(given, &imported.needed);
        more.retain(|key, _| !values.has(key));
        if !more.is_empty() {
            values.said.extend(more);
            notes.extend(remarks);
            continue;
        }
        asked.extend(imported.needed.iter().flat_map(|symbol| options_for(&name_of(symbol))));
        let mut stand_ins = templates::stand_ins(given, options, &values, &imported.needed, &imported.read);
        stand_ins.retain(|stand_in| !values.has(&stand_in.key));
        if stand_ins.is_empty() {
            notes.extend(draft.unused_names(options));
            let mut imported = draft.finished(options);
            // One may be of something that is not in the source after all.
            written.retain(|(value, _)| imported.source.contains(value.as_str()));
            notes.extend(written.into_iter().map(|(_, note)| note));
            notes.append(&mut imported.notes);
            imported.findings.retain(|(_, finding)| !placeholders.are_in(&finding.message));
            return Import { notes, asked, ..imported };
        }
        for StandIn { key, value, made, in_stack, at } in stand_ins {
            let name = [symbol("", &key.1)];
            let name = name.iter().map(String::as_str);
            let wanted = if in_stack { missing_name(name) } else { missing(name) };
            // What CloudFormation makes is only written out once it is made.
            if !made || given.templates.iter().any(|template| may_have_made_name(template.text(), &key.1)) {
                placeholders.names.insert(value.clone());
            }
            if made {
                placeholders.made.insert(key.1.clone());
            }
            asked.extend(options_for(&key.1));
            if values.stand_ins.insert(key, value.clone()).is_none() {
                let message = format!("a name that is not known; `{value}` is written in its place{wanted}");
                written.push((value, Note::stand_in(at, message)));
            }
        }
    }
}

/// What is written in the place of names that are not known.
#[derive(Default)]
struct Placeholders {
    /// Those for which the real name may be written out somewhere.
    names: BTreeSet<String>,
    /// The logical ids of which CloudFormation makes names.
    made: BTreeSet<String>,
}

impl Placeholders {
    /// Whether a message is about an ARN with a name that is a placeholder, or that may be the real one. Another name is written out where the
    /// real one would be.
    fn are_in(&self, message: &str) -> bool {
        let mut arns = message.split('`').filter(|part| part.starts_with("arn:"));
        let is_part = |part: char| matches!(part, ':' | '/');
        arns.any(|arn| {
            self.names.contains(arn)
                || arn.split(is_part).any(|part| self.names.contains(part))
                || self.made.iter().any(|id| may_have_made_name(arn, id))
        })
    }
}

/// What is imported with some values, before it is put together: that takes longest, and is only worth it with the last values.
struct Draft {
    imported: Import,
    /// The macro calls of the module.
    calls: Vec<String>,
    /// The pipelines that are in it: their positions among those that were read, and their ARNs.
    pipelines: Vec<(usize, PipelineArn)>,
    externs: IndexMap<PipelineArn, Vec<TargetVariable>>,
    roles: IndexMap<RoleArn, KnownRole>,
    links: ItemNames,
}

/// Imports it with the values that are given for its templates.
fn with(given: &ImportFiles, options: &ImportOptions, values: &Values) -> Draft {
    let mut imported = Import::default();
    let named = given.declarations.iter().flat_map(|source| named_roles(source.declaration()));
    let named = named.map(|(_, role)| role).collect();
    let mut of_templates = templates::read(given, options, values, &named);
    let read: Vec<SourceFile> = given.declarations.iter().cloned().chain(of_templates.pipelines).collect();
    imported.notes.append(&mut of_templates.notes);
    imported.needed.append(&mut of_templates.needed);
    let pipelines = pipelines(&read, options, &mut imported);
    of_templates.roles.extend(given.roles.iter().cloned());
    let roles = roles(&of_templates.roles, &mut imported.notes);
    let (partial, pipelines): (Vec<_>, Vec<_>) = pipelines
        .into_iter()
        .partition(|pipeline| is_partial(pipeline.source.declaration()) || lacks_stages(pipeline.source));
    let mut externs = externs(&pipelines);
    for GivenPipeline { source, arn, .. } in &partial {
        let message = "not all of its stages and actions are known: it is an `extern pipeline`";
        imported.notes.push(Note::stand_in(source.at_place(&Place::pipeline("")), message));
        let passed = externs.entry(arn.clone()).or_default();
        let declared = declared_variables(source.declaration());
        passed.retain(|(name, _)| declared.iter().all(|(known, _)| known != name));
        passed.extend(declared.into_iter().filter(|(name, _)| !is_unknown(name)));
    }
    let owners = pipelines.iter().map(|pipeline| &pipeline.arn).chain(externs.keys());
    let owners = owners.map(|arn| (arn.account(), arn.partition()));
    // As in a topology, the first that is in an account tells its partition, and others are reported.
    let mut accounts: BTreeMap<&AccountId, &Partition> = BTreeMap::new();
    for (account, partition) in owners.chain(roles.keys().map(|arn| (arn.account(), arn.partition()))) {
        accounts.entry(account).or_insert(partition);
    }
    let mut names = Names::default();
    let mut first: HashMap<(Kind, String), (String, String)> = HashMap::new();
    // A role and a pipeline are told apart by what they are, and what has one name in AWS by where it is.
    let mut named = |kind: Kind, text: &str, at: &dyn Fn() -> String| {
        let GivenName { name, plain } = names.give(kind, text);
        let (other, of_other) = first.entry((kind, plain)).or_insert_with(|| (text.to_owned(), name.clone()));
        if other != text {
            let message = format!("the item of `{text}` is `{name}`, as that of `{other}` is `{of_other}`");
            imported.notes.push(Note::hint(at(), message));
        }
        name
    };
    let mut account_names: HashMap<&AccountId, String> = HashMap::new();
    for id in accounts.keys() {
        let text = options.names.get(id).or_else(|| options.profiles.get(id));
        let text = text.cloned().unwrap_or_else(|| format!("Account{id}"));
        account_names.insert(id, named(Kind::Account, &text, &|| format!("account {id}")));
    }
    let account = |id: &AccountId| account_names.get(id).map_or("", String::as_str);
    let mut links = ItemNames::default();
    for arn in pipelines.iter().map(|pipeline| &pipeline.arn).chain(externs.keys()) {
        let at = || {
            let read = pipelines.iter().chain(&partial).find(|pipeline| pipeline.arn == *arn);
            read.map_or_else(|| arn.to_string(), |read| read.source.at_place(&Place::pipeline("")))
        };
        links.pipelines.insert(arn.clone(), named(Kind::Pipeline, arn.name().as_str(), &at));
    }
    for (arn, role) in &roles {
        let at = || role.at.clone().unwrap_or_else(|| Place::role(&arn.to_string()).to_string());
        links.roles.insert(arn.clone(), named(Kind::Role, arn.name().as_str(), &at));
    }
    let item = |arn: &PipelineArn| links.pipelines.get(arn).map_or("", String::as_str);
    let accounts: Vec<String> =
        accounts.iter().map(|(id, partition)| print::account(account(id), id, partition)).collect();
    let mut calls = Vec::new();
    if !accounts.is_empty() {
        calls.push(accounts.join("\n"));
    }
    let mut items = Vec::new();
    for (arn, role) in &roles {
        let name = links.roles.get(arn).map_or("", String::as_str);
        let documents = RoleDocuments {
            trust: role.trust.as_ref(),
            policies: role.policies.as_deref(),
            boundary: role.boundary.as_ref(),
        };
        let printed = print::role(name, account(arn.account()), arn, &documents);
        let unsaid = printed.unsaid.into_iter();
        imported.notes.extend(unsaid.map(|unsaid| role.lost(&unsaid.place, &unsaid.message)));
        items.push(printed.source);
    }
    for (arn, variables) in &externs {
        items.push(print::extern_pipeline(item(arn), account(arn.account()), arn, variables));
    }
    if !items.is_empty() {
        calls.push(items.join("\n\n"));
    }
    for GivenPipeline { source, arn, .. } in &pipelines {
        let declaration = source.declaration();
        let invokes = actions(declaration).any(|action| print::started(action, arn).is_some());
        if options.extended && !invokes {
            let variables = declared_variables(declaration);
            calls.push(print::extern_pipeline(item(arn), account(arn.account()), arn, &variables));
            continue;
        }
        let extent = if options.extended { Extent::Invokes } else { Extent::Whole };
        let tags = match source.in_template() {
            Some(part) => part.tags.as_ref(),
            None => source.value().get("tags").filter(|_| source.value().get("pipeline").is_some()),
        };
        let tags = tags.map(free_tags).filter(|tags| tags.as_array().is_none_or(|tags| !tags.is_empty()));
        let declaration = filled(source, arn, &mut imported.notes, &mut imported.needed);
        let printed =
            print::pipeline(item(arn), account(arn.account()), arn, &declaration, tags.as_ref(), &links, extent);
        tell(source, &printed, &mut imported);
        calls.push(printed.source);
    }
    imported.pipelines = pipelines.len() + partial.len();
    imported.roles = roles.len();
    let pipelines = pipelines.into_iter().map(|GivenPipeline { index, arn, .. }| (index, arn)).collect();
    imported.read = read;
    Draft { imported, calls, pipelines, externs, roles, links }
}

impl Draft {
    /// The names for accounts that have nothing in it.
    fn unused_names(&self, options: &ImportOptions) -> Vec<Note> {
        let of_pipelines = self.links.pipelines.keys().map(PipelineArn::account);
        let accounts: BTreeSet<&AccountId> = of_pipelines.chain(self.roles.keys().map(RoleArn::account)).collect();
        let unused: BTreeSet<&AccountId> = options.names.keys().filter(|id| !accounts.contains(id)).collect();
        let why = "no pipeline and no role that is imported is in this account";
        unused.into_iter().map(|id| Note::unused(format!("--name {id}=…"), why)).collect()
    }

    /// The module, and what is wrong in it.
    fn finished(self, options: &ImportOptions) -> Import {
        let Self { mut imported, calls, pipelines, externs, roles, links } = self;
        let head = "//! Made by `cargo xacct import`.\n";
        match print::file(head, &calls, &options.style) {
            Ok(source) => imported.source = source,
            Err(problem) => {
                let message = format!("the source can't be formatted; please report it: {problem}");
                imported.notes.push(Note::lost("pipelines".to_owned(), message));
                (imported.pipelines, imported.roles) = (0, 0);
                return imported;
            }
        }
        let given = |(index, arn)| Some(GivenPipeline { index, source: imported.read.get(index)?, arn });
        let pipelines: Vec<GivenPipeline<'_>> = pipelines.into_iter().filter_map(given).collect();
        let found = put_together(options.extended, &pipelines, &externs, &roles, &links).into_iter();
        let role_at = |finding: &Finding| match finding.place.steps().first() {
            Some(Segment::Role(name)) => {
                let found = links.roles.iter().find(|(_, of)| ***of == **name);
                found.and_then(|(arn, _)| roles.get(arn)?.at.clone()).or_else(|| first_use(name, &pipelines))
            }
            _ => None,
        };
        let subject = |pipeline: Option<usize>, finding: &Finding| match pipeline.and_then(|at| pipelines.get(at)) {
            Some(pipeline) => Subject::Pipeline(pipeline.index),
            None => role_at(finding).map_or(Subject::Other, Subject::RoleAt),
        };
        imported.findings = found.map(|(pipeline, finding)| (subject(pipeline, &finding), finding)).collect();
        imported
    }
}

/// Where the first pipeline that names a role does it, by what the role is called where no file has it.
fn first_use(item: &str, pipelines: &[GivenPipeline<'_>]) -> Option<String> {
    let is_it = |arn: &str| arn.parse().is_ok_and(|arn| Role::inline(Ownership::Extern, arn).item == item);
    pipelines.iter().find_map(|pipeline| {
        let mut named = named_roles(pipeline.source.declaration()).into_iter();
        named.find(|(_, arn)| is_it(arn)).map(|(place, _)| pipeline.source.at_place(&place))
    })
}

/// What follows where the role of an action can't be written.
const WITHOUT_ROLE: &str = "; the action is written without its role, and would run with that of the pipeline";

fn is_role_of_action(place: &Place) -> bool {
    let mut steps = place.steps().iter().filter(|step| !matches!(step, Segment::Value)).rev();
    matches!((steps.next(), steps.next()), (Some(Segment::Key(key)), Some(Segment::Action(..))) if &**key == "roleArn")
}

/// Notes what a printed pipeline can't express, and the placeholders of unknown values.
fn tell(source: &SourceFile, printed: &PrintedPipeline, imported: &mut Import) {
    for unsaid in &printed.unsaid {
        let wanted = missing(unsaid.symbols.iter().map(String::as_str));
        let without = if is_role_of_action(&unsaid.place) { WITHOUT_ROLE } else { "" };
        imported.notes.push(Note::lost(source.at_place(&unsaid.place), format!("{}{wanted}{without}", unsaid.message)));
        imported.needed.extend(unsaid.symbols.iter().cloned());
    }
    for parameter in &printed.parameters {
        let what = parameter.symbol.as_deref().map_or("this secret".to_owned(), |symbol| format!("`{symbol}`"));
        let message = format!("{what} is the parameter `{}`", parameter.name);
        imported.notes.push(Note::hint(source.at_place(&parameter.place), message));
    }
    for exposed in &printed.exposed {
        let message = format!(
            "the value of `{}` looks like a secret, and is in the source: put it in Secrets Manager, and let what needs it read it there",
            exposed.name
        );
        imported.notes.push(Note::hint(source.at_place(&exposed.place), message));
    }
    for (property, range) in source.in_template().iter().flat_map(|part| &part.beside) {
        let message = format!("`{property}` is not part of a declaration");
        imported.notes.push(Note::lost(source.at(range.start), message));
    }
    // What it starts is only a reference where it is known.
    let targets = actions(source.declaration()).filter(|action| print::is_invoke(action));
    let targets = targets.filter_map(|action| action.get("configuration")?.get(TARGET_KEY)?.as_str());
    for target in targets.filter(|target| is_unknown(target)) {
        let message = format!("what pipeline `{target}` is, is not known{}", missing_name(symbols(target)));
        imported.notes.push(Note::hint(source.at_place(&Place::pipeline("")), message));
        imported.needed.extend(symbols(target).map(str::to_owned));
    }
}

/// The pipelines, each with the ARN that it has; one whose ARN isn't known, or which was there already, is left out.
fn pipelines<'a>(given: &'a [SourceFile], options: &ImportOptions, imported: &mut Import) -> Vec<GivenPipeline<'a>> {
    let mut pipelines: Vec<GivenPipeline<'a>> = Vec::new();
    let mut known: HashMap<PipelineArn, &str> = HashMap::new();
    for (index, source) in given.iter().enumerate() {
        let place = Place::pipeline("");
        let message = match arn(source, options) {
            Ok(arn) => match known.get(&arn) {
                Some(file) => {
                    format!("the pipeline `{arn}` is in {file} already; this one is left out")
                }
                None => {
                    known.insert(arn.clone(), source.name());
                    if let Some(other) = metadata_arn(source).filter(|other| *other != arn) {
                        let (wrong, right) = (other.partition(), arn.partition());
                        let message = format!(
                            "`{other}` is in partition `{wrong}`, and its Region in `{right}`, where it is imported"
                        );
                        imported.notes.push(Note::hint(source.at_place(&place), message));
                    }
                    pipelines.push(GivenPipeline { index, source, arn });
                    continue;
                }
            },
            Err(Placeless { message, symbols }) => {
                let wanted = missing_name(symbols.iter().map(String::as_str));
                imported.needed.extend(symbols);
                format!("{message}{wanted}; the pipeline is left out")
            }
        };
        imported.notes.push(Note::lost(source.at_place(&place), message));
    }
    pipelines
}

/// Whether a transform may make the stages, which are not written.
fn lacks_stages(source: &SourceFile) -> bool {
    let is_open = source.in_template().is_some_and(|part| part.not_known.holes.contains(&Place::pipeline(&part.id)));
    is_open && source.declaration().get("stages").is_none()
}

/// The tags without those that AWS or a topology writes.
fn free_tags(tags: &Value) -> Value {
    let mut tags = tags.clone();
    if let Some(tags) = tags.as_array_mut() {
        let key = |tag: &Value| tag.get("key").and_then(Value::as_str).map(str::to_owned);
        tags.retain(|tag| key(tag).is_none_or(|key| !is_reserved(&key) && !is_of_topologies(&key)));
    }
    tags
}

/// The roles by their ARNs. A policy belongs to the role of its name.
fn roles(given: &[GivenRole], notes: &mut Vec<Note>) -> IndexMap<RoleArn, KnownRole> {
    let mut roles: IndexMap<RoleArn, KnownRole> = IndexMap::new();
    for given in given {
        let GivenRole::Role { arn, trust, policies, boundary, incomplete, at } = given else { continue };
        let role = roles.entry(arn.clone()).or_default();
        role.at = role.at.take().or_else(|| at.clone());
        role.trust = trust.clone().or(role.trust.take());
        role.boundary = boundary.clone().or(role.boundary.take());
        role.policies = policies.clone().or(role.policies.take());
        // What one file lacks, another may have.
        role.incomplete = (role.incomplete || *incomplete) && role.policies.is_none();
    }
    for given in given {
        let GivenRole::Policy { role: name, document } = given else { continue };
        let mut of_name = roles.iter_mut().filter(|(arn, _)| arn.name().as_str() == name);
        match (of_name.next(), of_name.next()) {
            (Some((_, role)), None) => {
                let policies = role.policies.get_or_insert_default();
                if !policies.contains(document) {
                    policies.push(document.clone());
                }
            }
            (found, _) => {
                let why = if found.is_some() { "several roles have this name" } else { "the role itself is not given" };
                let message = format!("its policy is left out: {why}");
                notes.push(Note::lost(format!("role `{name}`"), message));
            }
        }
    }
    for (arn, role) in &mut roles {
        leave_out_refused(arn, role, notes);
        if role.incomplete {
            role.policies = None;
            let message =
                "its policies are not stated: it has policies or a permissions boundary whose text is not given";
            notes.push(role.lost(&Place::role(&arn.to_string()), message));
        }
    }
    roles
}

/// Leaves out the documents that IAM, and with it the compiler, would refuse.
fn leave_out_refused(arn: &RoleArn, role: &mut KnownRole, notes: &mut Vec<Note>) {
    let place = Place::role(&arn.to_string());
    let whole = KnownRole { at: role.at.clone(), ..KnownRole::default() };
    let mut is_refused = |document: &Value, kind: DocumentKind, place: Place| {
        let found = validate(document, kind, arn.partition(), &place).into_iter();
        let errors = found.filter(|finding| finding.severity == Severity::Error);
        let before = notes.len();
        notes.extend(errors.map(|error| whole.lost(&error.place, &error.message)));
        notes.len() > before
    };
    role.trust.take_if(|trust| is_refused(trust, DocumentKind::Trust, place.key("trust_policy")));
    let boundary = role
        .boundary
        .take_if(|boundary| is_refused(boundary, DocumentKind::Boundary, place.key("permissions_boundary")));
    let policies = role.policies.iter().flatten().enumerate();
    let refused = policies
        .filter(|(index, policy)| is_refused(policy, DocumentKind::Identity, place.key("policies").index(*index)));
    if refused.count() > 0 || boundary.is_some() {
        role.policies = None;
    }
}
