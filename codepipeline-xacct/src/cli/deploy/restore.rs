//! Plans to put back what an apply wrote, from its journal.

use std::path::Path;

use super::exit::Failure;
use super::values::text_of;
use crate::aws::Session;
use crate::core::plan::{Journal, Plan};
use crate::core::topology::Topology;

pub(super) fn read_journal(file: &Path) -> Result<Journal, Failure> {
    Journal::read(&text_of(file)?).map_err(|error| format!("{}: {error}", file.display()).into())
}

/// Reads a journal of a topology, and plans to put back what it says that was written.
pub(super) async fn planned(
    session: &Session,
    topology: &Topology,
    file: &Path,
    not_exclusive: bool,
) -> Result<Plan, Failure> {
    let journal = read_journal(file)?;
    if journal.topology() != topology.name() {
        let (other, own) = (journal.topology(), topology.name());
        return Err(format!("{}: this is a journal of topology `{other}`, not of `{own}`", file.display()).into());
    }
    let request = session.restore(&journal);
    Ok(if not_exclusive { request.await? } else { request.exclusive(topology).await? })
}
