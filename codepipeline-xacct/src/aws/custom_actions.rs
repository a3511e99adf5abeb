//! The action types that accounts made: which of their keys are secret.

use indexmap::IndexMap;

use super::at_once;
use super::error::AwsError;
use super::pages::all_pages;
use super::read_error::ReadError;
use super::session::Session;
use crate::core::declaration::ActionTypeId;
use crate::core::ids::{AccountId, Region};
use crate::core::ordered::set;
use crate::core::plan::{CustomActionType, Found};
use crate::core::topology::Ownership;
use crate::core::topology::Topology;

/// Lists the types of accounts that are reached, in the Regions in which the program has custom actions.
pub(super) async fn custom_actions(
    session: &Session,
    topology: &Topology,
) -> Result<IndexMap<AccountId, IndexMap<Region, Found<Vec<CustomActionType>>>>, ReadError> {
    let written = topology.pipelines().iter().filter(|pipeline| pipeline.ownership != Ownership::Extern);
    let custom = written.filter(|pipeline| {
        session.reaches(pipeline.arn.account())
            && pipeline.declaration.actions().any(|action| CustomActionType::has_id(&action.action_type_id))
    });
    // Their actions are in the Region of their pipeline. Source: CodePipeline User Guide, "Add a cross-Region action".
    let regions = set(custom.map(|pipeline| (pipeline.arn.account(), pipeline.arn.region())));
    let listing = regions.into_iter().map(|(account, region)| async move {
        let found = match listed(session, account, region).await {
            Ok(types) => Found::Present(types),
            // A plan can do without.
            Err(ReadError::Aws(error)) => Found::Unreadable(error.to_string()),
            Err(error) => return Err(error),
        };
        Ok((account.clone(), region.clone(), found))
    });
    let mut found: IndexMap<AccountId, IndexMap<Region, Found<Vec<CustomActionType>>>> = IndexMap::new();
    for (account, region, types) in at_once::try_all(listing).await? {
        found.entry(account).or_default().insert(region, types);
    }
    Ok(found)
}

async fn listed(session: &Session, account: &AccountId, region: &Region) -> Result<Vec<CustomActionType>, ReadError> {
    use aws_sdk_codepipeline::types::ActionOwner;
    let client = session.codepipeline(account, region)?;
    let types = all_pages(async |token| {
        let call = client.list_action_types().action_owner_filter(ActionOwner::Custom);
        let page = call.set_next_token(token).send().await?;
        Ok((page.action_types, page.next_token))
    });
    let types = types.await.map_err(|e| AwsError::new(account, "ListActionTypes", format!("Region {region}"), e))?;
    let read = types.into_iter().filter_map(|found| {
        let id = found.id.as_ref()?;
        let id = ActionTypeId::new(id.category().as_str(), id.owner().as_str(), id.provider(), id.version());
        let properties = found.action_configuration_properties().iter();
        let secrets = properties.filter(|property| property.secret()).map(|property| property.name().to_owned());
        Some(CustomActionType { id, secrets: secrets.collect() })
    });
    Ok(read.collect())
}
