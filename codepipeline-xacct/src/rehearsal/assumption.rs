//! Assumptions about what is not ours.

use serde::{Deserialize, Serialize};

/// Something that a rehearsal needs and that is not ours, or could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Assumption {
    /// What it is.
    pub kind: AssumptionKind,
    /// The ARN of a role, a pipeline or a key, the name of a bucket, the place of an action.
    pub name: String,
    /// What it was taken for.
    pub taken_for: String,
}

/// What was assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AssumptionKind {
    /// A role that exists.
    Role,
    /// A pipeline that exists.
    Pipeline,
    /// An artifact bucket.
    Bucket,
    /// A KMS key.
    Key,
    /// What a source reads: a repository, an object, an image.
    Source,
    /// What any other action does, where it was not told how it ends.
    Action,
}

impl AssumptionKind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            AssumptionKind::Role => "role",
            AssumptionKind::Pipeline => "pipeline",
            AssumptionKind::Bucket => "bucket",
            AssumptionKind::Key => "key",
            AssumptionKind::Source => "source",
            AssumptionKind::Action => "action",
        }
    }
}

impl Assumption {
    pub(super) fn new(kind: AssumptionKind, name: impl ToString, taken_for: impl Into<String>) -> Self {
        Self { kind, name: name.to_string(), taken_for: taken_for.into() }
    }
}
