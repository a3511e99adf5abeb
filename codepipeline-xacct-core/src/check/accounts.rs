//! Actions of other accounts: roles, keys, and artifacts that cross accounts.
//! Source: CodePipeline User Guide, "Create a pipeline that uses resources from another account".

use std::collections::{HashMap, HashSet};

use super::view::{ActionView, View};
use super::{regions, stores};
use crate::catalogue::{self, ArnAccount, Format};
use crate::declaration::references::has_reference;
use crate::declaration::{ActionDeclaration, ActionTypeId, PipelineDeclaration};
use crate::finding::{Finding, Place};
use crate::ids::{AccountId, Partition, Region, is_key_arn, split_arn, split_kms_arn};
use crate::topology::parts::Gate;
use crate::{rules, sentences};

/// How a key is named across accounts.
const NAME_THE_KEY: &str = "name the key itself: `arn:aws:kms:<region>:<account id>:key/<id>`";

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    partitions(view, findings);
    owners(view, findings);
    passed_roles(view, findings);
    resources(view, findings);
    keys(view, findings);
    deployment_keys(view, findings);
    foreign_artifacts(view, findings);
}

/// The account of a role ARN.
fn account_of(arn: &str) -> Option<&str> {
    split_arn(arn).map(|arn| arn.account).filter(|account| account.len() == 12)
}

/// The account in which an action runs: that of its role, else that of the pipeline, if it is known.
fn account<'a>(view: &'a View<'_>, action: &'a ActionView<'_>) -> Option<&'a str> {
    match &action.action.role_arn {
        Some(role) => account_of(role),
        None => view.context.account.as_ref().map(|a| a.as_str()),
    }
}

/// The account in which an action runs, if that is certainly not the account of the pipeline.
fn foreign<'a>(view: &'a View<'_>, action: &'a ActionView<'_>) -> Option<&'a str> {
    let home = view.context.account.as_ref()?.as_str();
    account(view, action).filter(|account| *account != home)
}

/// An account lives in one partition, and so does everything that its pipelines use.
/// Source: IAM User Guide, "How IAM roles differ from resource-based policies".
fn partitions(view: &View<'_>, findings: &mut Vec<Finding>) {
    let of_role = || view.declaration.role_arn.as_deref().and_then(split_arn).map(|arn| arn.partition.to_owned());
    let home = view.context.home.as_ref().map(|r| Partition::of_region(r).as_str().to_owned());
    let home = home.or_else(of_role).filter(|home| Partition::meant(home).is_none());
    let mut elsewhere = |what: &str, partition: &str, place: Place| {
        if let Some(meant) = Partition::meant(partition) {
            let message = format!("{what} is in partition `{partition}`, which does not exist");
            findings.push(Finding::of(&rules::XA0411, place, message).help(format!("did you mean `{meant}`?")));
        } else if let Some(home) = home.as_ref().filter(|home| *home != partition) {
            let message = format!("{what} is in partition `{partition}`, the pipeline in `{home}`");
            let help = format!("name one of partition `{home}`");
            findings.push(Finding::of(&rules::XA0411, place, message).help(help));
        }
    };
    let pipeline = (&view.place, &view.declaration.role_arn);
    let actions = view.actions().map(|a| (&a.place, &a.action.role_arn));
    let rules = view.rules().map(|r| (&r.place, &r.rule.role_arn));
    for (place, role) in std::iter::once(pipeline).chain(actions).chain(rules) {
        if let Some(arn) = role.as_deref().and_then(split_arn).filter(|arn| arn.service == "iam") {
            elsewhere("the role", arn.partition, place.key("roleArn").value());
        }
    }
    let actions = view.actions().map(|a| (&a.place, &a.action.region));
    let rules = view.rules().map(|r| (&r.place, &r.rule.region));
    for (place, region) in actions.chain(rules) {
        let region = region.as_deref().and_then(|region| region.parse().ok());
        if let Some(region) = region.filter(|region: &Region| regions::is_possible(region.as_str())) {
            elsewhere("the Region", Partition::of_region(&region).as_str(), place.key("region").value());
        }
    }
    for (_, place, store) in stores::stores(view) {
        if let Some(arn) = store.encryption_key.as_ref().and_then(|key| split_arn(&key.id)) {
            elsewhere("the key", arn.partition, place.key("encryptionKey").key("id").value());
        }
    }
    for action in view.actions().filter(|a| a.action.action_type_id.owner == "AWS") {
        for (key, value) in action.action.configuration.iter().flatten().filter(|(_, value)| !has_reference(value)) {
            let arn = split_arn(value).filter(|arn| arn.partition == "aws" || arn.partition.starts_with("aws-"));
            if let Some(arn) = arn {
                let place = action.key_place(key).value();
                elsewhere(&format!("the resource in `{key}`"), arn.partition, place);
            }
        }
    }
}

/// Jenkins has no cross-account actions, and actions of other owners than AWS have no role.
fn owners(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        let id = &action.action.action_type_id;
        if action.action.role_arn.is_none() || !matches!(id.owner.as_str(), "ThirdParty" | "Custom") {
            continue;
        }
        let place = action.place.key("roleArn");
        if id.provider.to_lowercase().contains("jenkins") && foreign(view, action).is_some() {
            let message =
                format!("action `{}` is a Jenkins action, which can't run in another account", action.action.name);
            findings.push(Finding::of(&rules::XA0412, place, message).help("leave the role out"));
        } else {
            let message = format!(
                "action `{}` is of owner {}, and only actions of owner AWS have a role",
                action.action.name, id.owner
            );
            findings.push(Finding::of(&rules::XA0413, place, message).help("leave the role out"));
        }
    }
}

/// Roles that an action passes on are in the account in which it runs.
/// Source: CodePipeline User Guide, "CloudFormation deploy action reference" and "CodeBuild action reference".
fn passed_roles(view: &View<'_>, findings: &mut Vec<Finding>) {
    for action in view.actions() {
        let Some(key) = passed_role_key(&action.action.action_type_id) else { continue };
        let Some(role) = action.action.configuration.as_ref().and_then(|c| c.get(key)) else { continue };
        let (Some(passed), Some(account)) = (account_of(role), account(view, action)) else { continue };
        if passed != account && !has_reference(passed) {
            let place = action.key_place(key).value();
            let (message, help) = sentences::passed_role.render(&[("Self", key), ("T", passed), ("A", account)]);
            findings.push(Finding::of(&rules::XA0617, place, message).help(help));
        }
    }
}

/// The key with which an action passes a role on.
pub fn passed_role_key(id: &ActionTypeId) -> Option<&'static str> {
    let mut keys = catalogue::find(id)?.known_keys().iter();
    keys.find(|key| key.format == Format::RoleArn && key.account.is_some()).map(|key| key.name)
}

/// What an ARN in the configuration names is looked up with the role and in the Region of the action.
/// Source: the page of the provider; of the services, which of their resources have policies.
fn resources(view: &View<'_>, findings: &mut Vec<Finding>) {
    let home = view.context.home.as_ref().map(|home| home.as_str());
    for action in view.actions() {
        let Some(known) = catalogue::find(&action.action.action_type_id) else { continue };
        let runs_in = account(view, action);
        let region = action.action.region.as_deref().or(home);
        for key in known.known_keys().iter().filter(|key| key.format != Format::RoleArn) {
            let text = action.action.configuration.as_ref().and_then(|c| c.get(key.name));
            let Some(arn) = text.and_then(|text| split_arn(text)) else { continue };
            let place = || action.key_place(key.name).value();
            if view.context.is_open_at(place) {
                continue;
            }
            let name = key.name;
            if let (Some(rule), Some(runs_in)) = (key.account, runs_in)
                && arn.account.parse::<AccountId>().is_ok()
                && arn.account != runs_in
                && !has_reference(runs_in)
            {
                let there = arn.account;
                let message = format!(
                    "`{name}` refers to a resource in account {there}, but the action runs in account {runs_in}"
                );
                findings.push(match rule {
                    ArnAccount::Own => Finding::of(&rules::XA0617, place(), message)
                        .help(format!("give the action a role of account {there}, or name one of account {runs_in}")),
                    ArnAccount::Granted => Finding::of(&rules::XA0626, place(), message)
                        .help(format!("share it with account {runs_in}, or give the action a role of account {there}")),
                });
            }
            if let Some(region) = region.filter(|region| key.regional && regions::is_possible(region))
                && arn.region != region
                && regions::is_possible(arn.region)
            {
                let message =
                    format!("`{name}` names something of `{}`, and the action runs in `{region}`", arn.region);
                findings.push(Finding::of(&rules::XA0627, place(), message).help(format!(
                    "have the action run there: `\"region\": \"{there}\"` (`region: \"{there}\"` in `pipeline!`), or name one of `{region}`",
                    there = arn.region
                )));
            }
        }
    }
}

/// How an action has to do with artifacts, most telling first: what another account writes with a key is what fails first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Crossing {
    Writes,
    Reads,
    /// It may write an artifact that no action reads.
    WritesUnread,
}

impl Crossing {
    fn of(action: &ActionDeclaration, read: &HashSet<&str>) -> Option<Self> {
        let mut outputs = action.output_artifacts.iter().flatten();
        let (reads, writes) = (action.reads_artifacts(), action.writes_artifacts());
        // A deploy action makes its output artifact in some of its modes only.
        let certain = writes && action.action_type_id.category != "Deploy";
        match (certain || outputs.any(|output| read.contains(output.name.as_str())), reads, writes) {
            (true, ..) => Some(Self::Writes),
            (_, true, _) => Some(Self::Reads),
            (.., true) => Some(Self::WritesUnread),
            _ => None,
        }
    }
}

/// The names of the artifacts that actions and rules read.
pub fn artifacts_read(declaration: &PipelineDeclaration) -> HashSet<&str> {
    let stages = || declaration.stages.iter().flatten();
    let actions = stages().flat_map(|stage| stage.actions.iter().flatten());
    let conditions =
        stages().flat_map(|stage| Gate::ALL.into_iter().flat_map(|gate| gate.conditions(stage).into_iter().flatten()));
    let rules = conditions.flat_map(|condition| condition.rules.iter().flatten());
    let of_actions = actions.flat_map(|action| action.input_artifacts.iter().flatten());
    let of_rules = rules.flat_map(|rule| rule.input_artifacts.iter().flatten());
    of_actions.chain(of_rules).map(|artifact| artifact.name.as_str()).collect()
}

/// Whether an action certainly reads or writes artifacts that other actions write or read; `read` are those that are read at all.
pub fn shares_artifacts(action: &ActionDeclaration, read: &HashSet<&str>) -> bool {
    Crossing::of(action, read).is_some_and(|crossing| crossing != Crossing::WritesUnread)
}

/// If artifacts cross accounts, the store has a customer-managed key that is named by its ARN.
fn keys(view: &View<'_>, findings: &mut Vec<Finding>) {
    let home = view.context.home.as_ref().map(|r| r.as_str());
    let mut reported = HashSet::new();
    let read = artifacts_read(view.declaration);
    let mut crossing: Vec<_> =
        view.actions().filter_map(|action| Some((Crossing::of(action.action, &read)?, action))).collect();
    crossing.sort_by_key(|(crossing, _)| *crossing);
    for (crossing, action) in crossing {
        let Some(account) = foreign(view, action) else { continue };
        let region = action.action.region.as_deref().or(home);
        let store = stores::stores(view).find(|(of, ..)| *of == region || view.declaration.artifact_stores.is_none());
        let Some((_, place, store)) = store else { continue };
        let name = &action.action.name;
        let sentence =
            |sentence: sentences::Sentence, key: &str| sentence.render(&[("Self", name), ("A", account), ("T", key)]);
        let (rule, place, (message, help)) = match &store.encryption_key {
            None if crossing == Crossing::WritesUnread => (&rules::XA0417, place, sentence(sentences::key_missing, "")),
            None => (&rules::XA0406, place, sentence(sentences::key_missing, "")),
            Some(key) if is_key_arn(&key.id) || has_reference(&key.id) => continue,
            Some(key) if split_kms_arn(&key.id).is_some_and(|arn| arn.resource.starts_with("alias/")) => {
                let message = format!(
                    "`{}` is an alias, and action `{name}` runs in account {account}: sources differ on whether it is found there",
                    key.id
                );
                let help = NAME_THE_KEY.to_owned();
                (&rules::XA0416, place.key("encryptionKey").key("id").value(), (message, help))
            }
            Some(key) => {
                let place = place.key("encryptionKey").key("id");
                if view.context.is_open(&place) || view.context.is_open(&place.value()) {
                    continue;
                }
                let (message, help) = sentence(sentences::key_unnamed, &key.id);
                let meant = split_kms_arn(&key.id).filter(|arn| !arn.resource.contains('/'));
                let meant =
                    meant.and_then(|arn| Some(format!("{}key/{}", key.id.strip_suffix(arn.resource)?, arn.resource)));
                let help = meant.map_or(help, |meant| format!("write `{meant}`"));
                (&rules::XA0407, place.value(), (message, help))
            }
        };
        if reported.insert(place.clone()) {
            findings.push(Finding::of(rule, place, message).help(help));
        }
    }
}

/// The key of an S3 deployment in another account is named by its id or its ARN. Source: CodePipeline User Guide, "Amazon S3 deploy action
/// reference".
fn deployment_keys(view: &View<'_>, findings: &mut Vec<Finding>) {
    const KEY: &str = "KMSEncryptionKeyARN";
    for action in view
        .actions()
        .filter(|action| catalogue::find(&action.action.action_type_id).is_some_and(|p| p.key(KEY).is_some()))
    {
        let Some(account) = foreign(view, action) else { continue };
        let Some(key) = action.action.configuration.as_ref().and_then(|c| c.get(KEY)) else { continue };
        let place = action.key_place(KEY).value();
        let name = split_kms_arn(key).map_or(key.as_str(), |arn| arn.resource);
        if name.starts_with("alias/") && !view.context.is_open(&place) {
            let message = format!(
                "`{key}` is an alias, and action `{}` runs in account {account}: across accounts, the page of the action takes the id or the ARN of a key",
                action.action.name
            );
            findings.push(Finding::of(&rules::XA0416, place, message).help(NAME_THE_KEY));
        }
    }
}

/// What was made in a second account can't be read in a third.
fn foreign_artifacts(view: &View<'_>, findings: &mut Vec<Finding>) {
    let mut makers: HashMap<&str, &ActionView<'_>> = HashMap::new();
    for action in view.actions() {
        for artifact in action.action.output_artifacts.iter().flatten() {
            makers.entry(&artifact.name).or_insert(action);
        }
    }
    for action in view.actions() {
        let Some(reader) = foreign(view, action) else { continue };
        for (index, artifact) in action.action.input_artifacts.iter().flatten().enumerate() {
            let Some(maker) = makers.get(artifact.name.as_str()).and_then(|maker| foreign(view, maker)) else {
                continue;
            };
            if maker != reader {
                let message = format!(
                    "artifact `{}` is made in account {maker} and can't be read in account {reader}",
                    artifact.name
                );
                findings.push(
                    Finding::of(
                        &rules::XA0409,
                        action.place.key("inputArtifacts").index(index).key("name").value(),
                        message,
                    )
                    .help("make it in the account of the pipeline, or in the account that reads it"),
                );
            }
        }
    }
}
