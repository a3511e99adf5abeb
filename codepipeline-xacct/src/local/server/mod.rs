//! Local AWS on a port, for the AWS CLI, boto3, Terraform and other SDKs.

mod admin;
mod connection;
mod listener;

pub use listener::Server;
