//! Local AWS on a port, for the AWS CLI, boto3, Terraform and other SDKs, and for a browser.

mod admin;
mod body;
mod browser;
mod connection;
mod events;
mod hops;
mod listener;
mod page;
mod settings;
mod view;

pub use listener::Server;
