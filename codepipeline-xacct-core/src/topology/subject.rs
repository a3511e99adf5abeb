//! Either a role or a pipeline.

use std::fmt;
use std::str::FromStr;

use crate::ids::{AccountId, Partition, PipelineArn, RoleArn};

/// A role or a pipeline, by its ARN.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "plan", derive(serde::Serialize, serde::Deserialize), serde(untagged))]
pub enum Subject {
    /// A role.
    Role(RoleArn),
    /// A pipeline.
    Pipeline(PipelineArn),
}

impl Subject {
    /// What it is, in a word.
    pub fn kind(&self) -> &'static str {
        match self {
            Subject::Role(_) => "role",
            Subject::Pipeline(_) => "pipeline",
        }
    }

    /// Its name in its account.
    pub fn name(&self) -> &str {
        match self {
            Subject::Role(role) => role.name().as_str(),
            Subject::Pipeline(pipeline) => pipeline.name().as_str(),
        }
    }

    /// The account that it lives in.
    pub fn account(&self) -> &AccountId {
        match self {
            Subject::Role(role) => role.account(),
            Subject::Pipeline(pipeline) => pipeline.account(),
        }
    }

    /// The partition of its account.
    pub fn partition(&self) -> &Partition {
        match self {
            Subject::Role(role) => role.partition(),
            Subject::Pipeline(pipeline) => pipeline.partition(),
        }
    }
}

impl fmt::Display for Subject {
    /// The ARN.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Role(role) => role.fmt(f),
            Subject::Pipeline(pipeline) => pipeline.fmt(f),
        }
    }
}

/// The error for a text that is the ARN of neither a role nor a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSubject;

impl fmt::Display for NoSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected the ARN of a role or a pipeline")
    }
}

impl std::error::Error for NoSubject {}

impl FromStr for Subject {
    type Err = NoSubject;

    fn from_str(text: &str) -> Result<Self, NoSubject> {
        let role = text.parse().map(Subject::Role);
        role.or_else(|_| text.parse().map(Subject::Pipeline)).map_err(|_| NoSubject)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_subject_is_read_as_it_is_printed() {
        for (kind, arn) in [
            ("role", "arn:aws-cn:iam::222222222222:role/ci/invoker"),
            ("pipeline", "arn:aws-cn:codepipeline:cn-north-1:222222222222:deploy"),
        ] {
            let subject: Subject = arn.parse().unwrap();
            assert_eq!((subject.kind(), subject.to_string().as_str()), (kind, arn));
            assert_eq!((subject.account().as_str(), subject.partition().as_str()), ("222222222222", "aws-cn"));
        }
        let error = "arn:aws:s3:::bucket".parse::<Subject>().unwrap_err();
        assert_eq!(error.to_string(), "expected the ARN of a role or a pipeline");
    }
}
