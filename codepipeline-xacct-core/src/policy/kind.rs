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
}

impl DocumentKind {
    pub(super) fn has_principal(self) -> bool {
        matches!(self, DocumentKind::Trust | DocumentKind::ResourceControl)
    }
}
