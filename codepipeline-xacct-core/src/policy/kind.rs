//! The kinds of policy documents.

/// Where a document is attached, which determines its grammar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// An inline or managed policy of a role.
    Identity,
    /// The trust policy of a role.
    Trust,
    /// A permissions boundary.
    Boundary,
    /// A session policy.
    Session,
    /// A service control policy.
    ServiceControl,
    /// A resource control policy.
    ResourceControl,
    /// The policy of an S3 bucket.
    Bucket,
    /// The policy of a KMS key.
    Key,
    /// The policy of an EventBridge event bus.
    EventBus,
}

impl DocumentKind {
    pub(super) fn has_principal(self) -> bool {
        self == DocumentKind::Trust || self == DocumentKind::ResourceControl || self.is_of_a_resource()
    }

    /// True for the policies of buckets, keys and event buses. Their services save them and not IAM, whose grammar is the same.
    pub(super) fn is_of_a_resource(self) -> bool {
        matches!(self, DocumentKind::Bucket | DocumentKind::Key | DocumentKind::EventBus)
    }
}
