//! The hops of a chain, and how its documents are named.

use std::fmt;

use crate::ids::RoleArn;
use crate::policy::evaluate::Layer;

/// A link of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "plan", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Hop {
    /// CodePipeline assumes the service role.
    ServiceTrust,
    /// The service role assumes the action role.
    Assume,
    /// The action role, or the service role where there is none, starts the target.
    Start,
}

impl Hop {
    /// The name of the hop in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Hop::ServiceTrust => "service_trust",
            Hop::Assume => "assume",
            Hop::Start => "start",
        }
    }
}

/// A document of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "plan", derive(serde::Serialize, serde::Deserialize))]
pub struct DocumentRef {
    /// The role that it belongs to, or a role of the account that it belongs to.
    pub role: RoleArn,
    /// Which side it is on.
    pub layer: Layer,
    /// Position among the documents of that side, counted from 0.
    pub position: usize,
    /// The name of an identity policy; of a permissions boundary, its ARN; of the policy of a bucket or a key, which one that is, in words.
    pub name: Option<String>,
}

impl fmt::Display for DocumentRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { role, layer, position, name } = self;
        let number = position + 1;
        match (layer, name) {
            (Layer::Trust, _) => write!(f, "trust policy of `{role}`"),
            (Layer::Resource, Some(name)) => write!(f, "policy of {name}"),
            (Layer::Resource, None) => write!(f, "resource policy for `{role}`"),
            (Layer::Identity, Some(name)) => write!(f, "policy `{name}` of `{role}`"),
            (Layer::Identity, None) => write!(f, "policy {number} of `{role}`"),
            (Layer::Boundary, Some(name)) => write!(f, "permissions boundary `{name}` of `{role}`"),
            (Layer::Boundary, None) => write!(f, "permissions boundary of `{role}`"),
            (Layer::Session, _) => write!(f, "session policy of `{role}`"),
            (Layer::Scp(level), _) => {
                write!(f, "service control policy {number} of level {} for account {}", level + 1, role.account())
            }
            (Layer::Rcp(level), _) => {
                write!(f, "resource control policy {number} of level {} for account {}", level + 1, role.account())
            }
        }
    }
}

impl DocumentRef {
    /// The document, as part of a sentence.
    pub fn with_article(&self) -> String {
        match self.layer {
            Layer::Identity | Layer::Scp(_) | Layer::Rcp(_) => self.to_string(),
            Layer::Trust | Layer::Resource | Layer::Boundary | Layer::Session => format!("the {self}"),
        }
    }
}
