//! Saves plans.

use std::error::Error;
use std::fs;
use std::path::Path;

use crate::core::plan::Plan;

/// Saves a plan, for `apply FILE`.
pub(super) fn save(plan: &Plan, file: &Path) -> Result<(), Box<dyn Error + Send + Sync>> {
    let text = serde_json::to_string_pretty(plan)?;
    fs::write(file, text).map_err(|error| format!("{}: this can't be written: {error}", file.display()).into())
}
