//! An action type that an account made.

use serde::{Deserialize, Serialize};

use crate::catalogue;
use crate::declaration::ActionTypeId;

/// An action type that an account made in a Region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CustomActionType {
    /// Its category, owner, provider and version.
    pub id: ActionTypeId,
    /// The keys whose values CodePipeline shows as `****`.
    pub secrets: Vec<String>,
}

impl CustomActionType {
    /// True for the id of a type that an account makes.
    pub fn has_id(id: &ActionTypeId) -> bool {
        id.owner == "Custom" && catalogue::find(id).is_none()
    }
}
