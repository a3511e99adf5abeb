//! Items and ARNs where a role or a pipeline has to be named.

use super::builder::{Item, TopologyBuilder};
use super::subject::Subject;
use crate::ids::{PipelineArn, RoleArn};

/// Something that names a role or a pipeline: an item, or a typed ARN.
pub trait AsSubject {
    /// The role or the pipeline; `None` if it is neither, for example an account.
    fn subject(&self) -> Option<Subject>;
}

impl<I: Item> AsSubject for I {
    fn subject(&self) -> Option<Subject> {
        TopologyBuilder::subject_of(self)
    }
}

impl AsSubject for RoleArn {
    fn subject(&self) -> Option<Subject> {
        Some(Subject::Role(self.clone()))
    }
}

impl AsSubject for PipelineArn {
    fn subject(&self) -> Option<Subject> {
        Some(Subject::Pipeline(self.clone()))
    }
}

impl AsSubject for Subject {
    fn subject(&self) -> Option<Subject> {
        Some(self.clone())
    }
}
