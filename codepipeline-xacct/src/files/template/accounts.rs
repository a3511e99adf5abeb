//! The accounts of templates, inferred from the other templates of their set.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::assignments::{assignments, undecided};
use super::document::{PIPELINE, ROLE};
use super::node::Node;
use super::resolve::{Assignment, Facts, Resolver};
use super::value::{Resolved, ResolvedKind};
use crate::core::check::symbol::{Part, parts};
use crate::core::check::unknown::is_unknown;
use crate::core::ids::{AccountId, split_arn};

/// What is guessed about the accounts of a set.
#[derive(Debug, Default)]
pub(super) struct Guessed {
    /// The account of a group of templates.
    pub(super) accounts: BTreeMap<usize, AccountId>,
    /// A symbol, such as a parameter, for the account of a group.
    pub(super) symbols: BTreeMap<String, usize>,
}

/// A template that makes a role of the name and path that an action or a trust policy of another template names by its ARN may be in the
/// account of that ARN, if no other template makes such a role and nothing names one of its roles in another account.
pub(super) fn guessed(facts: Facts<'_>) -> Guessed {
    let Facts { templates, groups, .. } = facts;
    let none = Assignment::new();
    // What a role is called in an ARN, by the groups that make it.
    let mut made: HashMap<String, BTreeSet<usize>> = HashMap::new();
    let mut named: Vec<(usize, String)> = Vec::new();
    for (index, template) in templates.iter().enumerate() {
        let group = groups.get(index).copied().unwrap_or(index);
        let resolver = Resolver::new(facts, index, &none);
        for role in template.of_kind(ROLE) {
            let arn = resolver.role_arn(role);
            if let Some(resource) = split_arn(&arn).map(|arn| arn.resource).filter(|resource| !is_unknown(resource)) {
                made.entry(resource.to_owned()).or_default().insert(group);
            }
            let trust = role.property("AssumeRolePolicyDocument").map(|trust| resolver.value(trust));
            trust.iter().for_each(|trust| texts(trust, &mut |text| named.push((group, text.to_owned()))));
        }
        for pipeline in template.of_kind(PIPELINE) {
            let mut roles = Vec::new();
            action_roles(pipeline.node, &mut roles);
            let assignment =
                assignments(&undecided(pipeline.node, &none), &none).into_iter().next().unwrap_or_default();
            let resolver = Resolver::new(facts, index, &assignment);
            let arns = roles.into_iter().filter_map(|role| Some(resolver.value(role).scalar()?.to_owned()));
            named.extend(arns.map(|arn| (group, arn)));
        }
    }
    let mut accounts: BTreeMap<usize, BTreeSet<AccountId>> = BTreeMap::new();
    let mut symbols: HashMap<String, BTreeSet<usize>> = HashMap::new();
    for (by, text) in &named {
        let Some(arn) = split_arn(text).filter(|arn| arn.service == "iam") else { continue };
        let makers = made.get(arn.resource).filter(|makers| makers.len() == 1);
        let Some(maker) = makers.and_then(|makers| makers.first()).filter(|maker| *maker != by) else { continue };
        if let Ok(account) = arn.account.parse() {
            accounts.entry(*maker).or_default().insert(account);
        } else if let [Part::Symbol(symbol)] = parts(arn.account).as_slice() {
            symbols.entry((*symbol).to_owned()).or_default().insert(*maker);
        }
    }
    Guessed { accounts: only(accounts), symbols: only(symbols) }
}

/// Those with one value.
fn only<K: Ord, V: Ord>(sets: impl IntoIterator<Item = (K, BTreeSet<V>)>) -> BTreeMap<K, V> {
    let one = |mut set: BTreeSet<V>| set.pop_first().filter(|_| set.is_empty());
    sets.into_iter().filter_map(|(key, set)| Some((key, one(set)?))).collect()
}

/// The accounts of groups without other information: a pipeline is in the account of its service role.
///
/// Source: CodePipeline API Reference, `PipelineDeclaration`; IAM User Guide, "Granting a user permissions to pass a role to an AWS service".
pub(super) fn told(facts: Facts<'_>) -> BTreeMap<usize, AccountId> {
    let Facts { templates, groups, homes, .. } = facts;
    let none = Assignment::new();
    let mut accounts: BTreeMap<usize, BTreeSet<AccountId>> = BTreeMap::new();
    for (index, template) in templates.iter().enumerate() {
        if homes.get(index).is_some_and(|home| home.account.is_some()) {
            continue;
        }
        let group = groups.get(index).copied().unwrap_or(index);
        let resolver = Resolver::new(facts, index, &none);
        for role in template.of_kind(PIPELINE).filter_map(|pipeline| pipeline.property("RoleArn")) {
            let role = resolver.value(role);
            let account = role.scalar().and_then(split_arn).and_then(|arn| arn.account.parse().ok());
            accounts.entry(group).or_default().extend(account);
        }
    }
    only(accounts)
}

/// The texts in a value.
fn texts(value: &Resolved, found: &mut impl FnMut(&str)) {
    match &value.kind {
        ResolvedKind::Text(text) => found(text),
        ResolvedKind::List(elements) => elements.iter().for_each(|element| texts(element, found)),
        ResolvedKind::Map(members) => members.list.iter().for_each(|member| texts(&member.value, found)),
        _ => {}
    }
}

/// The roles of the actions of a pipeline.
fn action_roles<'n>(node: &'n Node, found: &mut Vec<&'n Node>) {
    if node.get("ActionTypeId").is_some() {
        found.extend(node.get("RoleArn"));
    }
    node.entries().iter().for_each(|entry| action_roles(&entry.value, found));
    node.elements().iter().for_each(|element| action_roles(element, found));
}
