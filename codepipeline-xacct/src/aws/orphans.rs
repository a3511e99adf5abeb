//! Finds everything that carries the tag of a topology, by listing the roles and the pipelines of its accounts.

use std::collections::BTreeSet;

use futures_util::future::{join_all, try_join_all};
use indexmap::IndexMap;

use super::error::AwsError;
use super::read::{self, ReadError};
use super::session::Session;
use crate::core::ids::{AccountId, Region, RoleArn, TopologyName};
use crate::core::plan::is_tagged;
use crate::core::topology::{Subject, Topology};

/// What carries the tag of a topology.
pub(super) struct Tagged {
    pub(super) subjects: BTreeSet<Subject>,
    /// The accounts in which something can't be listed, with the reason.
    pub(super) not_listed: IndexMap<AccountId, String>,
}

/// Lists the roles of the accounts of a topology that are reached, and the pipelines in its Regions, and looks at their tags.
pub(super) async fn tagged(
    session: &Session,
    topology: &Topology,
    names: &[&TopologyName],
) -> Result<Tagged, ReadError> {
    let regions: BTreeSet<&Region> = topology.pipelines().iter().map(|pipeline| pipeline.arn.region()).collect();
    let accounts = topology.accounts().iter().map(|account| &account.id).filter(|account| session.reaches(account));
    let listing = accounts.map(|account| {
        let regions = regions.iter().copied();
        async move {
            let roles = roles(session, account, names).await;
            let pipelines = join_all(regions.map(|region| pipelines(session, account, region, names))).await;
            (account.clone(), roles, pipelines)
        }
    });
    let mut found = Tagged { subjects: BTreeSet::new(), not_listed: IndexMap::new() };
    for (account, roles, pipelines) in join_all(listing).await {
        for listed in std::iter::once(roles).chain(pipelines) {
            match listed {
                Ok(subjects) => found.subjects.extend(subjects),
                // Not allowed, or a Region that the account has not enabled.
                Err(ReadError::Aws(error)) => {
                    found.not_listed.entry(account.clone()).or_insert_with(|| error.to_string());
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok(found)
}

async fn roles(session: &Session, account: &AccountId, names: &[&TopologyName]) -> Result<Vec<Subject>, ReadError> {
    let iam = session.iam(account)?;
    let listed = iam.list_roles().into_paginator().items().send().collect::<Result<Vec<_>, _>>().await;
    let listed = listed.map_err(|e| AwsError::new(account, "ListRoles", format!("account {account}"), e))?;
    // ListRoles has no tags in its answer.
    let tagged = listed.iter().map(|role| async move {
        let tags = iam.list_role_tags().role_name(role.role_name()).into_paginator().items().send();
        let tags = match tags.collect::<Result<Vec<_>, _>>().await {
            Ok(tags) => tags,
            Err(error) => {
                let error = AwsError::new(account, "ListRoleTags", role.arn(), error);
                // It was deleted meanwhile.
                return if error.is_not_found() { Ok(None) } else { Err(ReadError::from(error)) };
            }
        };
        let ours = is_tagged(names, &read::iam_tags(&tags));
        Ok(role.arn().parse::<RoleArn>().ok().filter(|_| ours).map(Subject::Role))
    });
    Ok(try_join_all(tagged).await?.into_iter().flatten().collect())
}

async fn pipelines(
    session: &Session,
    account: &AccountId,
    region: &Region,
    names: &[&TopologyName],
) -> Result<Vec<Subject>, ReadError> {
    let listed = read::listed(session, account, region).await?;
    let tagged = listed.into_iter().map(|arn| async move {
        let tags = match read::tags(session, &arn).await {
            Ok(tags) => tags,
            Err(ReadError::Aws(error)) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok::<_, ReadError>(is_tagged(names, &tags).then_some(Subject::Pipeline(arn)))
    });
    Ok(try_join_all(tagged).await?.into_iter().flatten().collect())
}
