//! Shows the topology and its policies.

use serde_json::{Value, json};

use super::console::Console;
use super::exit::Failure;
use super::follow::Format;
use crate::core::topology::Topology;

/// How to print it.
#[derive(clap::Args)]
pub(super) struct Shown {
    /// How to print it: text, or one JSON document
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Shown {
    /// Prints the topology.
    pub(super) fn topology(&self, topology: &Topology, console: &mut Console<'_>) -> Result<(), Failure> {
        match self.format {
            Format::Text => write!(console.stdout, "{topology}")?,
            Format::Json => writeln!(console.stdout, "{:#}", of_topology(topology))?,
        }
        Ok(())
    }

    /// Prints every policy document, event rule and access entry of a cluster.
    pub(super) fn policies(&self, topology: &Topology, console: &mut Console<'_>) -> Result<(), Failure> {
        let (policies, rules, entries) = (topology.policies(), topology.event_rules(), topology.access_entries());
        if self.format == Format::Text {
            policies.iter().try_for_each(|policy| writeln!(console.stdout, "{policy}\n"))?;
            rules.iter().try_for_each(|rule| writeln!(console.stdout, "{rule}\n"))?;
            entries.iter().try_for_each(|entry| writeln!(console.stdout, "{entry}\n"))?;
            return Ok(());
        }
        let policy = |policy: &crate::core::topology::AttachedPolicy| {
            json!({
                "account": policy.account,
                "title": policy.title(),
                "managed": policy.managed,
                "document": policy.document,
                "unnamed": policy.unnamed,
            })
        };
        let policies: Vec<Value> = policies.iter().map(policy).collect();
        let rules = rules.iter().map(|rule| {
            json!({
                "account": rule.account, "region": rule.region, "title": rule.title(), "rule": rule.to_json(), "bucket": rule.bucket,
            })
        });
        let rules: Vec<Value> = rules.collect();
        let entries = entries.iter().map(|entry| {
            json!({ "account": entry.account, "region": entry.region, "title": entry.title(), "entry": entry.to_json() })
        });
        let entries: Vec<Value> = entries.collect();
        let all = json!({ "policies": policies, "event_rules": rules, "access_entries": entries });
        writeln!(console.stdout, "{all:#}")?;
        Ok(())
    }
}

/// Who has what, and what starts what. The declarations, which may have secrets, are not in it.
fn of_topology(topology: &Topology) -> Value {
    let pipelines = topology.pipelines().iter().map(|pipeline| {
        let invokes = pipeline.invokes.iter().map(|invoke| {
            json!({
                "stage": invoke.stage, "action": invoke.action, "starts": invoke.target.arn, "role": invoke.role,
                "variables": invoke.variables.keys().collect::<Vec<_>>(),
            })
        });
        json!({
            "item": pipeline.item,
            "arn": pipeline.arn,
            "ownership": pipeline.ownership.as_str(),
            "service_role": pipeline.service_role,
            "invokes": invokes.collect::<Vec<_>>(),
        })
    });
    let roles = topology.roles().iter().map(|resolved| {
        let role = &resolved.role;
        json!({ "item": role.item, "arn": role.arn, "ownership": role.ownership.as_str() })
    });
    json!({
        "topology": topology.name(),
        "accounts": topology.accounts().iter().map(|account| json!({ "item": account.item, "id": account.id })).collect::<Vec<_>>(),
        "pipelines": pipelines.collect::<Vec<_>>(),
        "roles": roles.collect::<Vec<_>>(),
        "warnings": topology.warnings().iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}
