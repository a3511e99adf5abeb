//! CloudFormation templates, in JSON and YAML: the pipelines and the roles that they declare. Plans and states of Terraform: their pipelines.

mod accounts;
mod bounds;
mod chains;
mod concrete;
mod declaration;
mod document;
mod exports;
mod json;
mod node;
mod notes;
mod resolve;
mod roles;
mod secrets;
mod set;
mod symbol;
mod terraform;
mod value;
mod worlds;
mod yaml;

pub(crate) use chains::ActionWiring;
pub(crate) use document::Template;
pub(crate) use set::TemplateSet;
pub(crate) use terraform::TerraformFile;
