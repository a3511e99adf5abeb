//! CloudFormation templates, in JSON and YAML: the pipelines and the roles that they declare. The same of plans and states of Terraform.

mod accounts;
mod bounds;
mod chains;
mod chosen;
mod concrete;
mod conditions;
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
mod stack;
mod terraform;
mod terraform_home;
mod terraform_links;
mod terraform_resources;
mod terraform_roles;
mod value;
mod worlds;
mod yaml;

pub(crate) use bounds::has_symbol;
pub(crate) use chains::ActionWiring;
pub(crate) use chosen::Remark;
pub(crate) use document::Template;
pub(crate) use resolve::{Said, depends_on};
pub(crate) use roles::TemplateRole;
pub(crate) use set::TemplateSet;
pub(crate) use stack::StackNames;
pub(crate) use terraform::TerraformFile;
pub(crate) use terraform_home::SaidOfFile;
