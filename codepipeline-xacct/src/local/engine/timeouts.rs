//! How long actions run at most. Source: CodePipeline User Guide, "Quotas".

use crate::core::catalogue;
use crate::core::declaration::{ActionDeclaration, ActionTypeId};

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// The most minutes that an action may run.
pub(super) fn minutes(action: &ActionDeclaration) -> i64 {
    let id = &action.action_type_id;
    action.timeout_in_minutes.unwrap_or_else(|| default_minutes(id))
}

fn default_minutes(id: &ActionTypeId) -> i64 {
    match catalogue::find(id).and_then(|known| known.timeout_minutes) {
        Some(minutes) => minutes.into(),
        None if id.owner == "Custom" => DAY,
        None => HOUR,
    }
}
