//! The entries with which EKS clusters let in the roles that deploy to them. A policy of IAM is not enough for that.
//!
//! Source: CodePipeline User Guide, "Amazon EKS deploy action reference".

use std::fmt;

use serde_json::{Value, json};

use crate::declaration::runs_in::region_of;
use crate::ids::{AccountId, RoleArn};
use crate::topology::items::Pipeline;

/// An access entry of an EKS cluster. It has to be created by other means, with the rights in the cluster that a deployment takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessEntry {
    /// The account of the cluster.
    pub account: AccountId,
    /// The Region of the cluster.
    pub region: String,
    /// The name of the cluster.
    pub cluster: String,
    /// The role that is let in.
    pub role: RoleArn,
}

impl AccessEntry {
    /// `access entry of EKS cluster … in … for role …`
    pub fn title(&self) -> String {
        format!("access entry of EKS cluster {} in {} for role {}", self.cluster, self.region, self.role)
    }

    /// The properties of an `AWS::EKS::AccessEntry`.
    pub fn to_json(&self) -> Value {
        json!({ "ClusterName": self.cluster, "PrincipalArn": self.role.to_string(), "Type": "STANDARD" })
    }
}

impl fmt::Display for AccessEntry {
    /// The title, and the entry ready to be pasted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "account {}: {}", self.account, self.title())?;
        f.write_str(&serde_json::to_string_pretty(&self.to_json()).unwrap_or_default())
    }
}

/// The access entries for the roles that run the EKS actions of pipelines.
pub fn access_entries(pipelines: &[Pipeline]) -> Vec<AccessEntry> {
    let mut entries = Vec::new();
    for pipeline in pipelines {
        for action in pipeline.declaration.actions() {
            let id = &action.action_type_id;
            let cluster = action.configuration.as_ref().and_then(|configuration| configuration.get("ClusterName"));
            let role = match &action.role_arn {
                Some(role) => role.parse().ok(),
                None => pipeline.service_role.clone(),
            };
            let (Some(cluster), Some(role)) = (cluster, role) else { continue };
            if (id.owner.as_str(), id.provider.as_str()) != ("AWS", "EKS") {
                continue;
            }
            let region = region_of(&pipeline.arn, action.region.as_deref()).to_owned();
            let entry = AccessEntry { account: role.account().clone(), region, cluster: cluster.clone(), role };
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
    }
    entries
}
