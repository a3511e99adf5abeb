//! The accounts of the providers of Terraform, inferred from what a plan states.

use std::collections::{BTreeMap, BTreeSet};

use super::node::Node;
use super::terraform_links::Links;
use super::terraform_resources::{PIPELINE, Planned, read};
use super::terraform_roles::ROLE;
use crate::core::ids::{AccountId, split_arn};

/// The data source that says in which account its provider is.
const CALLER: &str = "aws_caller_identity";

/// The account of each provider that is known to be in one: from the role that it assumes, the only account that it allows, the data source
/// of its caller, and the ARNs of its roles and pipelines. A provider of which a plan says different accounts is left out.
///
/// Source: Terraform AWS provider, "Provider Configuration": `assume_role`, `allowed_account_ids`; data source `aws_caller_identity`.
/// A pipeline is in the account of its service role: CodePipeline API Reference, `PipelineDeclaration`.
pub(super) fn accounts<'n>(root: &'n Node, links: Links<'n>, managed: &[Planned<'n>]) -> BTreeMap<&'n str, AccountId> {
    let mut said: BTreeMap<&str, BTreeSet<AccountId>> = BTreeMap::new();
    let of_arn = |arn: &str| split_arn(arn).and_then(|arn| arn.account.parse::<AccountId>().ok());
    for provider in links.providers() {
        said.entry(provider).or_default().extend(configured(links, provider));
    }
    for planned in managed {
        let Some(provider) = links.provider(planned) else { continue };
        let arns = match planned.kind {
            PIPELINE => ["arn", "role_arn"].as_slice(),
            ROLE => &["arn"],
            _ => continue,
        };
        let accounts = arns.iter().filter_map(|name| planned.text(name).and_then(of_arn));
        said.entry(provider).or_default().extend(accounts);
    }
    for caller in read(root).iter().filter(|data| data.kind == CALLER) {
        let Some(provider) = links.provider(caller) else { continue };
        let account = caller.text("account_id").and_then(|account| account.parse().ok());
        said.entry(provider).or_default().extend(account);
    }
    let only = |accounts: BTreeSet<AccountId>| accounts.first().cloned().filter(|_| accounts.len() == 1);
    said.into_iter().filter_map(|(provider, accounts)| Some((provider, only(accounts)?))).collect()
}

/// What the configuration of a provider says.
fn configured(links: Links<'_>, provider: &str) -> Vec<AccountId> {
    let mut found = Vec::new();
    // An ARN that has the account as a variable in it is only known by that.
    let of_role = |text: &str| split_arn(text).map_or(text, |arn| arn.account).parse().ok();
    for block in ["assume_role", "assume_role_with_web_identity"] {
        // Of several, each assumes the next one.
        let last = links.argument(provider, block).and_then(|blocks| blocks.elements().last());
        let role = last.and_then(|block| links.constant(provider, block.get("role_arn")?));
        found.extend(role.and_then(Node::text).and_then(of_role));
    }
    let allowed = links.argument(provider, "allowed_account_ids").and_then(|ids| links.constant(provider, ids));
    let allowed: Vec<&Node> = match allowed.map(Node::elements) {
        Some(ids) if !ids.is_empty() => ids.iter().collect(),
        _ => allowed.into_iter().collect(),
    };
    if let [id] = allowed.as_slice() {
        found.extend(id.text().and_then(|id| id.parse().ok()));
    }
    found
}
