//! Saves plans.

use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::output_file;
use crate::core::plan::Plan;

/// Saves a plan, for `apply FILE`. It replaces an earlier one, which is of no use once there is another, and no other file.
pub(super) fn save(plan: &Plan, file: &Path) -> Result<(), Box<dyn Error + Send + Sync>> {
    let text = serde_json::to_string_pretty(plan)?;
    let earlier = file.is_file().then(|| fs::read_to_string(file));
    if earlier.is_some_and(|there| !there.is_ok_and(|there| is_plan(&there))) {
        return Err(format!("{}: the file exists, and is not a saved plan", file.display()).into());
    }
    output_file::write(file, text, true)?;
    Ok(())
}

/// Whether a text is a plan, of any version.
fn is_plan(text: &str) -> bool {
    serde_json::from_str(text)
        .is_ok_and(|plan: Value| ["topology", "intent", "steps"].iter().all(|key| plan.get(key).is_some()))
}
