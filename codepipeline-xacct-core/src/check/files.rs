//! Declarations from files: the output of `get-pipeline`, the input of `create-pipeline`, or a bare declaration;
//! several of them are one set, in which the targets of invoke actions are looked up.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use serde_json::Value;

use super::context::{CheckContext, Origin};
use super::targets::{self, StartEdge};
use super::unknown::{NotKnown, is_unknown};
use super::view::{ActionView, View};
use super::{cascade, shape, tags};
use crate::declaration::invoke::TARGET_KEY;
use crate::declaration::references::has_reference;
use crate::declaration::{PipelineDeclaration, StageDeclaration};
use crate::finding::{Finding, Place};
use crate::ids::{AccountId, Partition, PipelineArn, Region, split_arn};
use crate::topology::additions::Additions;
use crate::{rules, sentences};

/// The account and the Region of pipelines whose file doesn't give them.
#[derive(Debug, Clone, Default)]
pub struct Home {
    /// The account.
    pub account: Option<AccountId>,
    /// The Region.
    pub region: Option<Region>,
}

/// A file.
#[derive(Debug, Clone, Copy)]
pub struct DeclarationInput<'a> {
    /// The name of the pipeline for places.
    pub item: &'a str,
    /// The JSON of the file.
    pub value: &'a Value,
}

/// A file that was read.
#[derive(Debug)]
struct ReadFile {
    place: Place,
    context: CheckContext,
    declaration: PipelineDeclaration,
    not_known: NotKnown,
}

impl ReadFile {
    /// The account of the pipeline, as its file writes it; else that of its service role, which is the same.
    fn account(&self) -> Option<&str> {
        let known = self.context.account.as_ref().map(|account| account.as_str());
        let of_role = || self.declaration.role_arn.as_deref().and_then(split_arn).map(|arn| arn.account);
        let of_role = || of_role().filter(|account| account.parse::<AccountId>().is_ok());
        known.or_else(of_role).or(self.not_known.account.as_deref())
    }

    /// Account, Region and name, where the account and the Region are stated.
    fn key(&self) -> Option<PipelineKey<'_>> {
        Some((self.account()?, self.region()?, self.declaration.name.as_str()))
    }

    /// The partition, where it is stated.
    fn partition(&self) -> Option<Partition> {
        if self.not_known.rules.contains(&rules::XA0411.code) {
            return None;
        }
        let of_role = || self.declaration.role_arn.as_deref().and_then(split_arn)?.partition.parse().ok();
        self.context.home.as_ref().map(Partition::of_region).or_else(of_role)
    }

    /// The Region of the pipeline, as its file writes it.
    fn region(&self) -> Option<&str> {
        self.context.home.as_ref().map(|region| region.as_str()).or(self.not_known.region.as_deref())
    }
}

/// A file that was checked without those that it belongs to.
#[derive(Debug)]
pub struct CheckedAlone {
    file: ReadFile,
    findings: Vec<Finding>,
}

/// Checks files that belong together; the findings of each are at its position.
pub fn check(inputs: &[DeclarationInput<'_>], home: &Home) -> Vec<Vec<Finding>> {
    together(inputs.iter().map(|input| alone(input, home)).collect())
}

/// The first half of [`check`], and nearly all of its work: the rules for one declaration. Files can go through it at the same time.
pub fn alone(input: &DeclarationInput<'_>, home: &Home) -> CheckedAlone {
    alone_with(input, home, NotKnown::default())
}

/// The same for a declaration of which not all is known: there is no finding that only what isn't known could bear out.
pub fn alone_with(input: &DeclarationInput<'_>, home: &Home, not_known: NotKnown) -> CheckedAlone {
    let mut findings = Vec::new();
    let file = read(input, home, not_known, &mut findings);
    findings.extend(super::pipeline(&file.declaration, &file.context));
    service_role(&file, &mut findings);
    file.not_known.leave_out(&mut findings);
    CheckedAlone { file: ReadFile { declaration: links(file.declaration), ..file }, findings }
}

/// What [`together`] needs of a declaration, so that a set of many files takes little memory: its signature, its service role, what it starts, its sources.
/// Stages keep their index.
fn links(declaration: PipelineDeclaration) -> PipelineDeclaration {
    let PipelineDeclaration { name, pipeline_type, role_arn, variables, mut stages, .. } = declaration;
    for stage in stages.iter_mut().flatten() {
        let mut actions = stage.actions.iter().flatten().map(|action| &action.action_type_id);
        if !actions.any(|kind| kind.is_pipeline_invoke() || kind.category == "Source") {
            *stage = StageDeclaration { name: std::mem::take(&mut stage.name), ..Default::default() };
        }
    }
    PipelineDeclaration { name, pipeline_type, role_arn, variables, stages, ..Default::default() }
}

/// Of each file, the first one before it that declares the same pipeline: one of its name in its account and Region. Only files of one kind are
/// compared; those without one make no pipeline: what AWS returned is the pipeline that a template made.
pub fn firsts<K: Eq + Hash>(checked: &[CheckedAlone], kind: impl Fn(usize) -> Option<K>) -> Vec<Option<usize>> {
    let mut known: HashMap<(PipelineKey<'_>, K), usize> = HashMap::new();
    let mut firsts = Vec::new();
    for (index, one) in checked.iter().enumerate() {
        let key = one.file.key().zip(kind(index));
        let first = key.map(|key| *known.entry(key).or_insert(index));
        firsts.push(first.filter(|first| *first != index));
    }
    firsts
}

/// The second half of [`check`]: what the files start in each other.
pub fn together(checked: Vec<CheckedAlone>) -> Vec<Vec<Finding>> {
    let (files, mut all): (Vec<_>, Vec<_>) = checked.into_iter().map(|one| (one.file, one.findings)).unzip();
    let known = PipelineIndex::new(&files);
    let mut starts = Vec::new();
    for (index, (file, findings)) in files.iter().zip(&mut all).enumerate() {
        targets(index, file, &files, &known, &mut starts, findings);
    }
    one_partition(&files, &mut all);
    let names: Vec<&str> = files.iter().map(|f| f.declaration.name.as_str()).collect();
    for (index, finding) in targets::starts(&names, &starts) {
        if let Some(findings) = all.get_mut(index) {
            findings.push(finding);
        }
    }
    all.iter_mut().for_each(cascade::leave_out_followers);
    files.iter().zip(&mut all).for_each(|(file, findings)| file.not_known.leave_out(findings));
    all
}

/// An account lives in one partition, whichever file names it.
fn one_partition(files: &[ReadFile], all: &mut [Vec<Finding>]) {
    let mut known: HashMap<&str, (Partition, &Place)> = HashMap::new();
    for (file, findings) in files.iter().zip(all) {
        let (Some(account), Some(partition)) = (file.account(), file.partition()) else { continue };
        let (first, place) = known.entry(account).or_insert((partition.clone(), &file.place));
        if *first != partition {
            let message = format!("the pipeline is in partition `{partition}`, and its account {account} in `{first}`");
            let help = format!("{place} is in account {account} too");
            findings.push(Finding::of(&rules::XA0411, file.place.clone(), message).help(help));
        }
    }
}

fn read(input: &DeclarationInput<'_>, home: &Home, not_known: NotKnown, findings: &mut Vec<Finding>) -> ReadFile {
    let place = Place::pipeline(input.item);
    let document = input.value.get("pipeline").is_some();
    let value = if document { input.value.get("pipeline").unwrap_or(&Value::Null) } else { input.value };
    let mut read = shape::read(value, &place);
    findings.append(&mut read.findings);
    let beside = |member: &str| input.value.get(member).filter(|value| document && !value.is_null());
    if document {
        shape::beside(input.value, &place, findings);
    }
    let metadata = beside("metadata").filter(|metadata| metadata.is_object());
    let arn = metadata.and_then(|m| m.get("pipelineArn")).and_then(Value::as_str);
    let arn = arn.and_then(|arn| arn.parse::<PipelineArn>().ok());
    let tags = beside("tags");
    if let Some(tags) = tags {
        check_tags(tags, &place, findings);
    }
    let context = CheckContext {
        item: input.item.to_owned(),
        home: arn.as_ref().map(|arn| arn.region().clone()).or_else(|| home.region.clone()),
        account: arn.as_ref().map(|arn| arn.account().clone()).or_else(|| home.account.clone()),
        open: read.open.into_iter().chain(not_known.open.iter().cloned()).collect(),
        holes: read.holes.into_iter().chain(not_known.holes.iter().cloned()).collect(),
        origin: match (metadata, tags) {
            (Some(_), _) => Origin::Get,
            (None, Some(_)) => Origin::Create,
            (None, None) => Origin::Unknown,
        },
        derives_type: false,
        added: Additions::default(),
    };
    ReadFile { place, context, declaration: read.declaration, not_known }
}

/// Tags of a `create-pipeline` input: a list of `{key, value}`.
fn check_tags(tags: &Value, place: &Place, findings: &mut Vec<Finding>) {
    let place = place.key("tags");
    let Some(list) = tags.as_array() else {
        findings.push(Finding::of(&rules::XA0002, place.value(), "expected a list of `{\"key\", \"value\"}`"));
        return;
    };
    let mut seen = HashSet::new();
    for (index, tag) in list.iter().enumerate() {
        let place = place.index(index);
        let text = |key: &str| tag.get(key).and_then(Value::as_str);
        let (Some(key), Some(value)) = (text("key"), text("value")) else {
            findings.push(Finding::of(&rules::XA0002, place.value(), "a tag is `{\"key\": \"…\", \"value\": \"…\"}`"));
            continue;
        };
        findings.extend(tags::tag(key, value, &place));
        if !seen.insert(key) {
            findings.push(Finding::of(&rules::XA0921, place.clone(), format!("tag `{key}` appears twice")));
        }
    }
    if list.len() > tags::TAGS {
        let message = format!("there are {} tags; {} are allowed", list.len(), tags::TAGS);
        findings.push(Finding::of(&rules::XA0921, place, message));
    }
}

/// The service role lives in the account of the pipeline, if that is known.
fn service_role(file: &ReadFile, findings: &mut Vec<Finding>) {
    let Some(account) = &file.context.account else { return };
    let Some(role) = &file.declaration.role_arn else { return };
    let place = file.place.key("roleArn");
    let of_role = split_arn(role).map(|arn| arn.account).filter(|account| account.len() == 12);
    if of_role.is_some_and(|of_role| of_role != account.as_str()) && !file.context.is_open(&place) {
        let (message, help) = sentences::service_role_account.render(&[("Self", role), ("A", account.as_str())]);
        findings.push(Finding::of(&rules::XA0901, place.value(), message).help(help));
    }
}

/// Account, Region and name of a pipeline.
type PipelineKey<'a> = (&'a str, &'a str, &'a str);

/// The pipelines of the set.
struct PipelineIndex<'a> {
    by_key: HashMap<PipelineKey<'a>, usize>,
    /// In the order in which they were given.
    by_name: HashMap<&'a str, Vec<usize>>,
}

impl<'a> PipelineIndex<'a> {
    fn new(files: &'a [ReadFile]) -> Self {
        let mut known = Self { by_key: HashMap::new(), by_name: HashMap::new() };
        for (index, file) in files.iter().enumerate() {
            let name = file.declaration.name.as_str();
            if let Some(key) = file.key() {
                known.by_key.entry(key).or_insert(index);
            }
            known.by_name.entry(name).or_default().push(index);
        }
        known
    }

    /// The only pipeline of that name in the account, where the Region of either is not known.
    fn only_one(&self, account: &str, region: &str, name: &str, files: &[ReadFile]) -> Option<usize> {
        let in_account = |index: &&usize| files.get(**index).is_some_and(|file| file.account() == Some(account));
        let mut of_name = self.by_name.get(name)?.iter().filter(in_account);
        let (one, None) = (*of_name.next()?, of_name.next()) else { return None };
        let open = |region: Option<&str>| region.is_some_and(is_unknown);
        (open(Some(region)) || open(files.get(one)?.region())).then_some(one)
    }
}

/// Looks up the targets of invoke actions by the account of the role, the Region of the action, and the name.
fn targets(
    index: usize,
    file: &ReadFile,
    files: &[ReadFile],
    known: &PipelineIndex<'_>,
    starts: &mut Vec<StartEdge>,
    findings: &mut Vec<Finding>,
) {
    let view = View::new(&file.declaration, &file.context);
    for view in view.actions().filter(|a| a.action.action_type_id.is_pipeline_invoke()) {
        let action = view.action;
        let Some(name) = action.configuration.as_ref().and_then(|c| c.get(TARGET_KEY)) else { continue };
        let role = action.role_arn.as_deref();
        let of_role = role.and_then(split_arn).map(|arn| arn.account);
        let account = if role.is_some() { of_role } else { file.account() };
        let region = action.region.as_deref().or(file.region());
        // Without a role and a Region the action looks in the account and Region of its own pipeline, even if unknown.
        let itself = role.is_none() && action.region.is_none() && *name == file.declaration.name;
        let found = match (account, region) {
            _ if itself => Some(index),
            (Some(account), Some(region)) => {
                let exactly = known.by_key.get(&(account, region, name.as_str())).copied();
                exactly.or_else(|| known.only_one(account, region, name, files))
            }
            _ => continue,
        };
        // It may run in another Region than its pipeline.
        if found.is_none() && file.context.is_open(&view.place.key("region")) {
            continue;
        }
        let Some((target, to)) = found.and_then(|to| Some((files.get(to)?, to))) else {
            elsewhere(name, (account, region), (index, files), known, view, findings);
            continue;
        };
        starts.push(StartEdge { from: index, to, place: view.place.clone() });
        let variables = target.place.key("variables");
        if !target.context.holes.iter().any(|hole| *hole == target.place || hole.starts_with(&variables)) {
            targets::variables(action, &view.place, &target.declaration, findings);
        }
        if target.context.holes.is_empty() {
            targets::revisions(action, &view.place, &target.declaration, findings);
        }
    }
}

/// Another pipeline of the set has that name, in another account or Region.
fn elsewhere(
    name: &str,
    (account, region): (Option<&str>, Option<&str>),
    (index, files): (usize, &[ReadFile]),
    known: &PipelineIndex<'_>,
    action: &ActionView<'_>,
    findings: &mut Vec<Finding>,
) {
    let (account, region) = (account.unwrap_or_default(), region.unwrap_or_default());
    // The value of a reference is not known.
    if [account, region, name].into_iter().any(|text| has_reference(text) || is_unknown(text)) {
        return;
    }
    // Of several, the first in order of account and Region, whatever the order of the files.
    let of_name = known.by_name.get(name).into_iter().flatten().filter(|other| **other != index);
    let placed = of_name.filter_map(|other| {
        let context = &files.get(*other)?.context;
        Some((context.account.as_ref()?, context.home.as_ref()?))
    });
    let Some((other_account, other_region)) = placed.min_by_key(|(a, r)| (a.as_str(), r.as_str())) else { return };
    let message = format!(
        "the action looks for pipeline `{name}` in account {account}, Region {region}; there is one in account {other_account}, Region {other_region}"
    );
    let role = (account != other_account.as_str()).then(|| format!("a `roleArn` of account {other_account}"));
    let of_region = (region != other_region.as_str()).then(|| format!("`\"region\": \"{other_region}\"`"));
    let what: Vec<String> = role.into_iter().chain(of_region).collect();
    let help = format!("if you mean that one, write {}", what.join(" and "));
    // What has to change: the role or the Region, or the action that lacks them.
    let role = (account != other_account.as_str()).then_some(action.action.role_arn.is_some());
    let place = match (role, action.action.region.is_some()) {
        (Some(true), _) => action.place.key("roleArn").value(),
        (None, true) => action.place.key("region").value(),
        (Some(false), _) | (None, false) => action.place.clone(),
    };
    findings.push(Finding::of(&rules::XA0717, place, message).help(help));
}
