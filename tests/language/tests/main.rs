//! One program for most files of tests: built for the whole workspace, otherwise each would link the AWS SDK.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod acceptance;
mod builder;
mod contracts;
mod derive;
mod design_example;
mod edits;
mod engines;
mod export;
mod fan_out;
mod flowcharts;
mod graph;
mod graphs;
mod import;
mod import_templates;
mod import_terraform;
mod members;
mod mutations;
mod peers;
mod pictures;
mod readme;
mod round_trip;
mod stated;
mod wiring;
