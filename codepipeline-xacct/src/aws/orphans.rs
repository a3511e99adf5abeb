//! Finds everything that carries the tag of a topology, or has its policy, by listing the roles and the pipelines of the accounts that are reached: an account
//! may have left the program.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_iam::types::Role as IamRole;
use indexmap::IndexMap;

use super::at_once;
use super::error::AwsError;
use super::pages::all_pages;
use super::read::{self, ReadError};
use super::session::Session;
use crate::core::ids::{AccountId, Partition, PipelineArn, Region, RoleArn, TopologyName};
use crate::core::ordered::set;
use crate::core::plan::{has_policy, is_tagged};
use crate::core::regions::with_codepipeline;
use crate::core::topology::{Subject, Topology};

/// What carries the tag of a topology, or has its policy.
pub(super) struct Tagged {
    pub(super) subjects: BTreeSet<Subject>,
    /// The accounts in which something can't be listed, with the reason.
    pub(super) not_listed: IndexMap<AccountId, String>,
    /// All pipelines of the accounts in which they could be listed.
    pub(super) pipelines: BTreeMap<AccountId, BTreeSet<PipelineArn>>,
}

/// The Regions in which an account may have pipelines: those of the partition, since an item takes its Region along when it leaves the program.
pub(super) fn regions(declared: &BTreeSet<Region>, partition: &Partition) -> BTreeSet<Region> {
    set(with_codepipeline(partition).into_iter().chain(declared.iter().cloned()))
}

/// The Regions of the pipelines of a topology.
pub(super) fn declared_regions(topology: &Topology) -> BTreeSet<Region> {
    set(topology.pipelines().iter().map(|pipeline| pipeline.arn.region().clone()))
}

/// The pipelines of an account in a Region: none in one that is closed to the account, unless the program has pipelines there.
pub(super) async fn listed(
    session: &Session,
    declared: &BTreeSet<Region>,
    account: &AccountId,
    region: &Region,
) -> Result<Vec<PipelineArn>, ReadError> {
    match read::listed(session, account, region).await {
        Err(ReadError::Aws(error)) if error.is_region_closed() && !declared.contains(region) => Ok(Vec::new()),
        listed => listed,
    }
}

/// Lists the roles of the accounts that are reached, and the pipelines in all Regions, and looks at their tags and policies.
pub(super) async fn tagged(
    session: &Session,
    topology: &Topology,
    names: &[&TopologyName],
) -> Result<Tagged, ReadError> {
    let declared = &declared_regions(topology);
    let listing = session.accounts().map(|account| {
        let regions = regions(declared, &account.partition);
        async move {
            let roles = roles(session, &account.id, names).await;
            let pipelines = regions.into_iter().map(|region| async move {
                pipelines(session, listed(session, declared, &account.id, &region).await?, names).await
            });
            (account.id.clone(), roles, at_once::all(pipelines).await)
        }
    });
    let mut found = Tagged { subjects: BTreeSet::new(), not_listed: IndexMap::new(), pipelines: BTreeMap::new() };
    for (account, roles, pipelines) in at_once::all(listing).await {
        let mut all = BTreeSet::new();
        let mut failures = Vec::new();
        for role in roles.unwrap_or_else(|error| vec![Err(error)]) {
            match role {
                Ok(role) => found.subjects.extend(role),
                Err(error) => failures.push(error),
            }
        }
        let is_whole = pipelines.iter().all(Result::is_ok);
        for listed in pipelines {
            match listed {
                Ok(Listed { pipelines, tagged }) => {
                    all.extend(pipelines);
                    found.subjects.extend(tagged);
                }
                Err(error) => failures.push(error),
            }
        }
        if is_whole {
            found.pipelines.insert(account.clone(), all);
        }
        for failure in failures {
            match failure {
                // Not allowed.
                ReadError::Aws(error) => {
                    found.not_listed.entry(account.clone()).or_insert_with(|| error.to_string());
                }
                error => return Err(error),
            }
        }
    }
    Ok(found)
}

/// The pipelines of a Region, and those that carry the tag.
struct Listed {
    pipelines: Vec<PipelineArn>,
    tagged: Vec<Subject>,
}

/// The roles of an account that are a topology's, or why one can't be looked at.
async fn roles(
    session: &Session,
    account: &AccountId,
    names: &[&TopologyName],
) -> Result<Vec<Result<Option<Subject>, ReadError>>, ReadError> {
    let iam = session.iam(account)?;
    let listed = all_pages(async |marker| {
        let page = iam.list_roles().set_marker(marker).send().await?;
        Ok((page.roles, page.marker))
    });
    let listed = listed.await.map_err(|e| AwsError::new(account, "ListRoles", format!("account {account}"), e))?;
    let looked_at = listed.iter().map(|role| async move {
        let ours = is_of_topology(iam, account, role, names).await?;
        Ok::<_, ReadError>(role.arn().parse::<RoleArn>().ok().filter(|_| ours).map(Subject::Role))
    });
    Ok(at_once::all(looked_at).await)
}

/// Whether a role carries the tag of a topology, or has its policy: a role that is extended has no tag.
async fn is_of_topology(
    iam: &aws_sdk_iam::Client,
    account: &AccountId,
    role: &IamRole,
    names: &[&TopologyName],
) -> Result<bool, ReadError> {
    // ListRoles has no tags in its answer.
    let tags = all_pages(async |marker| {
        let page = iam.list_role_tags().role_name(role.role_name()).set_marker(marker).send().await?;
        Ok((page.tags, page.marker))
    });
    let arn = role.arn();
    let policies = read::inline_names(iam, account, role.role_name(), &arn);
    let (tags, policies) = futures_util::future::join(tags, policies).await;
    let tags = tags.map_err(|error| AwsError::new(account, "ListRoleTags", arn, error).into());
    // One that was deleted meanwhile has none.
    let is_tagged = read::present(tags)?.is_some_and(|tags| is_tagged(names, &read::iam_tags(&tags)));
    Ok(is_tagged || read::present(policies)?.is_some_and(|policies| has_policy(names, &policies)))
}

async fn pipelines(
    session: &Session,
    pipelines: Vec<PipelineArn>,
    names: &[&TopologyName],
) -> Result<Listed, ReadError> {
    let tagged = pipelines.iter().map(|arn| async move {
        let tags = match read::tags(session, arn).await {
            Ok(tags) => tags,
            Err(ReadError::Aws(error)) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok::<_, ReadError>(is_tagged(names, &tags).then(|| Subject::Pipeline(arn.clone())))
    });
    let tagged = at_once::try_all(tagged).await?.into_iter().flatten().collect();
    Ok(Listed { pipelines, tagged })
}
