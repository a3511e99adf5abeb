//! The rules for one declaration: one commented function each, with the code of a [rule](crate::rules). A check never
//! stops at the first finding.
//!
//! An error is what the service refuses or what certainly fails when the pipeline runs; everything else is a
//! warning. The same rules run in the macro, where some values are not known yet, on the finished topology, and on
//! files ([`files`]).

mod accounts;
mod action_types;
mod actions;
mod artifacts;
mod bare_name;
mod cascade;
mod change_sets;
mod commands;
mod conditions;
mod configuration;
mod configuration_sizes;
mod context;
#[cfg(feature = "topology")]
mod cycles;
mod declared_variables;
mod environment;
mod execution_input;
#[cfg(feature = "topology")]
pub mod files;
mod fixed_words;
mod formats;
mod invoke;
mod names;
mod numbers;
mod other_provider;
mod overrides;
mod partly_known;
mod placeholder;
mod quotes;
mod regions;
mod resource_names;
#[cfg(feature = "topology")]
pub(crate) mod shape;
mod stack_sets;
pub(crate) mod stages;
mod stores;
pub mod symbol;
pub mod tags;
#[cfg(feature = "topology")]
pub(crate) mod targets;
mod triggers;
#[cfg(feature = "topology")]
pub mod unknown;
mod value_suggestions;
#[cfg(feature = "topology")]
pub mod variable_mismatch;
mod variables;
mod view;

use crate::declaration::PipelineDeclaration;
use crate::finding::{Finding, Place};
use crate::ids::Name;
use view::View;

pub use accounts::{artifacts_read, passed_role_key, shares_artifacts};
pub use action_types::CATEGORIES;
#[cfg(feature = "topology")]
pub(crate) use cascade::leave_out_followers;
pub use context::{CheckContext, Origin};
#[cfg(feature = "topology")]
pub(crate) use invoke::passed_variables;
#[cfg(feature = "plan")]
pub(crate) use invoke::passed_variables_or_none;
pub use invoke::revision_types;
pub use names::meant as meant_id;
pub use placeholder::{fill_in, placeholder};
pub use triggers::EVENTS as PULL_REQUEST_EVENTS;

/// The rules for the declaration of a whole pipeline.
pub fn pipeline(declaration: &PipelineDeclaration, context: &CheckContext) -> Vec<Finding> {
    let view = View::new(declaration, context);
    let mut findings = Vec::new();
    stages::check(&view, &mut findings);
    values(&view, &mut findings);
    artifacts::check(&view, &mut findings);
    stores::check(&view, &mut findings);
    accounts::check(&view, &mut findings);
    variables::check(&view, &mut findings);
    quotes::check(&view, &mut findings);
    actions::check(&view, &mut findings);
    change_sets::check(&view, &mut findings);
    invoke::check(&view, &mut findings);
    conditions::check(&view, &mut findings);
    triggers::check(&view, &mut findings);
    cascade::leave_out(&view, &mut findings);
    findings
}

/// The rules for the keys of an extended or extern pipeline, and for what it adds; the rest of it is only in its account.
pub fn extension(declaration: &PipelineDeclaration, context: &CheckContext) -> Vec<Finding> {
    let view = View::new(declaration, context);
    let mut findings = Vec::new();
    stages::unique_names(&view, true, &mut findings);
    stages::anchors(&view, &mut findings);
    stages::run_order(&view, &mut findings);
    stages::on_failure(&view, &mut findings);
    values(&view, &mut findings);
    actions::check_extended(&view, &mut findings);
    invoke::check(&view, &mut findings);
    conditions::check(&view, &mut findings);
    cascade::leave_out(&view, &mut findings);
    findings
}

/// What single values may be, whatever else is declared.
fn values(view: &View<'_>, findings: &mut Vec<Finding>) {
    names::check(view, findings);
    numbers::version(view, findings);
    fixed_words::enumerations(view, findings);
    declared_variables::check(view, findings);
    configuration_sizes::check(view, findings);
    commands::check(view, findings);
    environment::check(view, findings);
    numbers::timeouts(view, findings);
    fixed_words::blockers(view, findings);
}

/// The name of a pipeline item, or what is wrong with it.
pub fn pipeline_name(item: &str, name: &str) -> Result<Name, Finding> {
    names::pipeline_name(name, Place::pipeline(item).key("name").value())
}

#[cfg(test)]
mod tests;
