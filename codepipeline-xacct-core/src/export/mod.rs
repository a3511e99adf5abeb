//! A topology for other tools: as input and script for the AWS CLI, as CloudFormation templates, as Terraform configuration.
//!
//! Every [`Export`] is a set of files in which everything is that the topology manages, with the documents that are derived. What is
//! extended or extern is not in it, which its notes say. A secret is never in it: the script asks for an environment variable,
//! CloudFormation for a parameter, Terraform for a variable.

mod aws_cli;
mod cloudformation;
mod exported;
mod managed;
mod names;
mod rule_timeouts;
mod script;
mod secrets;
mod terraform;
mod terraform_pipeline;

pub use exported::{Export, ExportedFile};
