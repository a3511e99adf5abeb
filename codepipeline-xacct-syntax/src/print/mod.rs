//! Source for `pipeline!` from declarations: the way back of what the macro does. The keys come from [`crate::keys`], the keys of
//! providers from the catalogue, and the layout from [`crate::format`].
//!
//! Only what differs from the defaults of the service is written. What `pipeline!` has no form for is left out and reported as
//! [`Unsaid`], with its place.

mod action;
mod conditions;
mod invoke;
mod item_names;
mod items;
mod json;
mod literal;
mod names;
mod part;
mod pipeline;
mod pipeline_type;
mod printer;
mod provider;
mod secrets;
mod stage;
mod values;
mod waits;

pub use invoke::{is_invoke, passed_variables, started};
pub use item_names::ItemNames;
pub use items::{PrintedRole, RoleDocuments, account, extern_pipeline, role};
pub use names::{GivenName, Kind, Names};
pub use part::part;
pub use pipeline::{Extent, PrintedPipeline, pipeline};
pub use printer::{Exposed, Parameter, Unsaid};

use crate::format::{self, FormatError, Style};

/// A file with one call of `pipeline!` for each of the texts, formatted. Each text has the items of its call.
pub fn file(head: &str, calls: &[String], style: &Style) -> Result<String, FormatError> {
    let mut text = format!("{head}\nuse codepipeline_xacct::pipeline;\n");
    for call in calls {
        text.push_str("\npipeline! {\n");
        text.push_str(call);
        text.push_str("\n}\n");
    }
    let formatted = format::file(&text, style)?;
    match formatted.skipped.into_iter().next() {
        Some(problem) => Err(problem),
        None => Ok(formatted.text),
    }
}
