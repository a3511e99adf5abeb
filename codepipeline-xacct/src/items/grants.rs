//! Certain grants of the stated policies of a role, as constants.
//!
//! The patterns come from [`crate::core::policy::certain`].

/// Principals or resources that are granted something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grants {
    /// Principals (`*`, account ids and ARNs) or resources with their wildcards.
    pub patterns: &'static [&'static str],
    /// True where nothing else is granted and nothing is denied.
    pub complete: bool,
}

/// What the stated policies of a role grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stated {
    /// Who may assume the role, by its trust policy.
    pub trust: Option<Grants>,
    /// Whether CodePipeline itself may assume the role, by its trust policy.
    pub service_trust: Option<bool>,
    /// Which roles it may assume.
    pub assume: Option<Grants>,
    /// Which pipelines it may start.
    pub start: Option<Grants>,
}

impl Stated {
    /// Nothing is stated.
    pub const NOTHING: Self = Self { trust: None, service_trust: None, assume: None, start: None };
}
