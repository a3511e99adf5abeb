//! Adds role items to a topology.

use crate::core::finding::Place;
use crate::core::topology::{self, Ownership, TopologyBuilder};
use crate::items::{RoleConst, RoleItem, add_account, not_well_formed, to_trust};

/// The documents of a role item as JSON.
pub struct RoleDocuments {
    /// Statements that are added to the derived policy.
    pub statements: &'static str,
    /// The stated trust policy of an extended or extern role, or `null`.
    pub trust_policy: &'static str,
    /// The stated identity policies of an extern role, or `null`.
    pub policies: &'static str,
    /// The stated permissions boundary of an extern role, or `null`.
    pub permissions_boundary: &'static str,
}

/// Adds a role item. True if the topology did not have it: then the items that it names have to be added too.
pub fn add_role<R: RoleItem>(
    topology: &mut TopologyBuilder,
    ownership: Ownership,
    documents: RoleDocuments,
    tags: &[(&str, &str)],
) -> bool {
    let Ok(arn) =
        RoleConst::of::<R>().to_arn().map_err(|e| topology.finding(not_well_formed(Place::role(R::ITEM), &e)))
    else {
        return false;
    };
    add_account::<R::Account>(topology);
    let made = (|| {
        let mut role = topology::Role::new(R::ITEM, ownership, arn);
        role.trusts = R::TRUSTS.map(|trusts| trusts.iter().map(|t| to_trust(*t)).collect()).transpose()?;
        role.starts = R::STARTS.map(|starts| starts.iter().map(|p| p.to_target()).collect()).transpose()?;
        Ok(role)
    })();
    match made {
        Ok(mut role) => {
            // The macro read them already.
            role.statements = serde_json::from_str(documents.statements).unwrap_or_default();
            role.trust_policy = serde_json::from_str(documents.trust_policy).unwrap_or_default();
            role.policies = serde_json::from_str(documents.policies).unwrap_or_default();
            role.permissions_boundary = serde_json::from_str(documents.permissions_boundary).unwrap_or_default();
            role.tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
            // Another role with the same ARN is reported elsewhere; here only the same role counts.
            let is_new = !topology.has_role(&role);
            topology.role(role);
            is_new
        }
        Err(error) => {
            topology.finding(not_well_formed(Place::role(R::ITEM), &error));
            false
        }
    }
}
