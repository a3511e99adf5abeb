//! Finds the pipelines of an account that run with some roles, by reading all that it has.

use std::collections::{BTreeMap, BTreeSet};

use super::at_once;
use super::orphans::{declared_regions, listed, regions};
use super::read::{self, ReadError};
use super::session::Session;
use crate::core::ids::{AccountId, PipelineArn, Region, RoleArn};
use crate::core::ordered::set;
use crate::core::plan::{Found, RoleUsers, State, runs_with};
use crate::core::topology::{Subject, Topology};

/// Looks for other pipelines that run with some roles, and adds them to what was read. `listed` are the pipelines of accounts that were listed before.
pub(super) async fn add(
    session: &Session,
    topology: &Topology,
    state: &mut State,
    users: RoleUsers,
    listed: &BTreeMap<AccountId, BTreeSet<PipelineArn>>,
) -> Result<(), ReadError> {
    let mut others = Vec::new();
    for (account, found) in search(session, &declared_regions(topology), users, listed).await {
        let searched = match found {
            None => Found::NotConnected,
            Some(Ok(found)) => {
                others.extend(found);
                Found::Present(())
            }
            Some(Err(ReadError::Aws(error))) => Found::Unreadable(error.to_string()),
            Some(Err(error)) => return Err(error),
        };
        state.searched.insert(account, searched);
    }
    others.retain(|arn| !state.pipelines.contains_key(arn));
    read::add(session, state, others.into_iter().map(Subject::Pipeline)).await
}

/// The pipelines that run with some roles, of each account; `None` for one that is not reached. `declared` are the Regions of which it is known that
/// there are pipelines.
pub(super) async fn search(
    session: &Session,
    declared: &BTreeSet<Region>,
    users: RoleUsers,
    listed: &BTreeMap<AccountId, BTreeSet<PipelineArn>>,
) -> Vec<(AccountId, Option<Result<Vec<PipelineArn>, ReadError>>)> {
    let searching = users.into_iter().map(|(account, roles)| async move {
        if !session.reaches(&account) {
            return (account, None);
        }
        let found = async {
            let pipelines = match listed.get(&account) {
                Some(pipelines) => pipelines.clone(),
                None => all(session, declared, &account).await?,
            };
            naming(session, pipelines, &roles).await
        };
        let found = found.await;
        (account, Some(found))
    });
    at_once::all(searching).await
}

/// The pipelines of an account in all Regions.
async fn all(
    session: &Session,
    declared: &BTreeSet<Region>,
    account: &AccountId,
) -> Result<BTreeSet<PipelineArn>, ReadError> {
    let regions = regions(declared, session.partition(account)?);
    let listing = regions.iter().map(|region| listed(session, declared, account, region));
    Ok(set(at_once::try_all(listing).await?.into_iter().flatten()))
}

/// Those of some pipelines that name one of the roles.
async fn naming(
    session: &Session,
    pipelines: BTreeSet<PipelineArn>,
    roles: &BTreeSet<RoleArn>,
) -> Result<Vec<PipelineArn>, ReadError> {
    let reading = pipelines.into_iter().map(|arn| async move {
        match read::written(session, &arn, None).await {
            Ok(written) => Ok(runs_with(&written.declaration, roles).then_some(arn)),
            // It was deleted meanwhile.
            Err(ReadError::Aws(error)) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    });
    Ok(at_once::try_all(reading).await?.into_iter().flatten().collect())
}
