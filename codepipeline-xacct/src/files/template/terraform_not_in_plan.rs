//! Values of a pipeline that a plan doesn't have: what they are by what they refer to, or else what they are called.

use std::ops::Range;

use super::node::Node;
use super::terraform_address::base;
use super::terraform_home::Homes;
use super::terraform_links::{Target, only};
use super::terraform_resources::Planned;
use super::terraform_roles::PlannedRoles;
use super::terraform_values::{ROLE_ARN, role_label};

/// Arguments and keys of a configuration that are names of repositories or buckets.
const NAMES: [&str; 5] = ["location", "name", "BucketName", "RepositoryName", "S3Bucket"];

/// A pipeline, and what its values may refer to.
#[derive(Clone, Copy)]
pub(super) struct NotInPlan<'a> {
    pub(super) planned: &'a Planned<'a>,
    pub(super) resources: &'a [Planned<'a>],
    pub(super) homes: &'a Homes<'a>,
    pub(super) roles: &'a PlannedRoles,
}

/// What is found of a value.
pub(super) enum Found {
    Value(String),
    /// What it is called, where it is not known.
    Label(String),
}

impl NotInPlan<'_> {
    /// What a value is, by its place, by its name and by how it is written.
    pub(super) fn value(&self, range: &Range<usize>, name: &str, expression: Option<&Node>) -> Found {
        let Self { planned, resources, homes, roles } = self;
        let target = expression.and_then(|expression| homes.links.target(planned, expression));
        if let Some(role) = target.as_ref().and_then(|target| roles.referred(target)) {
            return Found::Value(role.to_owned());
        }
        let named = target.as_ref().filter(|_| NAMES.contains(&name));
        if let Some(name) = named.and_then(|target| target.name(resources)) {
            return Found::Value(name.to_owned());
        }
        // Where it is indexed the attribute is not there.
        let target = target.filter(|target| !target.attribute.is_empty());
        let named = target.map(|Target { address, attribute, .. }| format!("{address}.{attribute}"));
        let written = || expression.and_then(only).map(str::to_owned);
        // What an instance refers to in a way that the plan doesn't tell may be another in the next one.
        let is_own = name == ROLE_ARN && named.is_none();
        let own = || Some(role_label(planned, range.start)).filter(|_| is_own);
        let written = written().filter(|_| !is_own || base(planned.address) == planned.address);
        let label = named.or(written).or_else(own).unwrap_or_else(|| name.to_owned());
        homes.said(&label).map_or(Found::Label(label), Found::Value)
    }
}
