//! Brings back an edit that an update of a pipeline replaced.
//!
//! UpdatePipeline has no compare-and-set, but it answers the version that it made. If that is not the next one after the version that was
//! read, others wrote in between. Their version is in the history of the pipeline, and both edits are merged.

use std::time::Duration;

use super::report::StepError;
use super::write::update;
use crate::aws::at_once;
use crate::aws::read::{self, ReadError};
use crate::aws::session::Session;
use crate::core::declaration::PipelineDeclaration;
use crate::core::ids::PipelineArn;
use crate::core::plan::diff::changes;
use crate::core::plan::rebase::rebase;

/// How often others may write while their edits are brought together.
const ATTEMPTS: usize = 10;
/// How long AWS is given to show an update that was not answered.
const PAUSE: Duration = Duration::from_secs(1);

/// Checks whether an update replaced an edit of others, and merges both. `read` is the version that the update was made for,
/// `written` the one that it was answered with, if the answer came. Each version that is brought back is reported. Returns
/// the version in force.
pub(super) async fn bring_together(
    session: &Session,
    pipeline: &PipelineArn,
    read: i64,
    written: Option<i64>,
    report: impl Fn(i64),
) -> Result<i64, StepError> {
    let not_brought_back = |read: i64, error: StepError| StepError::NotBroughtBack {
        pipeline: pipeline.clone(),
        read,
        error: Box::new(error),
    };
    let incompatible = |(version, error), put_back: Result<(), StepError>| StepError::Incompatible {
        pipeline: pipeline.clone(),
        version,
        error: Box::new(error),
        put_back: put_back.map_err(Box::new),
    };
    let declared = async |version| {
        let written = read::written(session, pipeline, version).await.map_err(StepError::from);
        written.map(|written| written.declaration).map_err(|error| not_brought_back(read, error))
    };
    let mut base = read;
    let mut ours = match written {
        Some(version) => version,
        None => declared(None).await?.version.unwrap_or_default(),
    };
    let mut conflicts = Vec::new();
    // Their version, and why it could not be brought together with ours. From then on it is theirs that is brought together with what others write.
    let mut refused = None;
    // The version with their last edit.
    let mut edited = read;
    for _ in 0..ATTEMPTS {
        if ours <= base + 1 {
            return match refused {
                Some(refused) => Err(incompatible(refused, Ok(()))),
                None if conflicts.is_empty() => Ok(ours),
                None => Err(StepError::EditConflict { pipeline: pipeline.clone(), version: edited, conflicts }),
            };
        }
        let versions = at_once::try_all((base..=ours).map(|version| declared(Some(version)))).await?;
        let Some((our, before)) = versions.split_last() else { break };
        // An attempt of ours whose answer was lost, after which the SDK tried again, is there twice. It brings back nothing that it replaced.
        let is_ours = |version: &PipelineDeclaration| changes(version, our, pipeline.region()).is_empty();
        let theirs = before.iter().skip(1).rfind(|version| !is_ours(version)).unwrap_or(our);
        edited = theirs.version.unwrap_or(ours - 1);
        let mut merged = our.clone();
        for pair in before.windows(2) {
            let [before, theirs] = pair else { continue };
            if is_ours(theirs) {
                continue;
            }
            let rebased = rebase(before, &merged, theirs);
            merged = rebased.declaration;
            conflicts.extend(rebased.conflicts);
        }
        base = ours;
        if changes(our, &merged, pipeline.region()).is_empty() {
            continue;
        }
        report(edited);
        ours = match put(session, pipeline, &merged, base).await {
            Ok(version) => version,
            Err(error) => match refused {
                Some(refused) => return Err(incompatible(refused, Err(error))),
                None => match put(session, pipeline, theirs, base).await {
                    // Others may have written before that as well.
                    Ok(version) => {
                        refused = Some((edited, error));
                        version
                    }
                    Err(why) => return Err(incompatible((edited, error), Err(why))),
                },
            },
        };
    }
    Err(StepError::Contended { pipeline: pipeline.clone(), version: ours - 1 })
}

/// Writes a declaration, and returns the version that it got. Where the answer doesn't come, the history after a version tells.
async fn put(
    session: &Session,
    pipeline: &PipelineArn,
    declaration: &PipelineDeclaration,
    before: i64,
) -> Result<i64, StepError> {
    let error = match update(session, pipeline, declaration).await {
        Ok(version) => return Ok(version.unwrap_or(before + 1)),
        Err(StepError::Aws(error)) if error.is_ambiguous => error,
        Err(error) => return Err(error),
    };
    tokio::time::sleep(PAUSE).await;
    match version_of(session, pipeline, declaration, before).await {
        Ok(Some(version)) => Ok(version),
        Ok(None) => Err(StepError::Aws(error)),
        Err(read) => Err(StepError::Unknown { error, read: Box::new(read) }),
    }
}

/// The latest version after another one that has a declaration.
async fn version_of(
    session: &Session,
    pipeline: &PipelineArn,
    declaration: &PipelineDeclaration,
    before: i64,
) -> Result<Option<i64>, ReadError> {
    let last = read::written(session, pipeline, None).await?.declaration.version.unwrap_or_default();
    for version in (before + 1..=last).rev() {
        let written = read::written(session, pipeline, Some(version)).await?;
        if changes(&written.declaration, declaration, pipeline.region()).is_empty() {
            return Ok(Some(version));
        }
    }
    Ok(None)
}
