//! Pictures of a topology: accounts as boxes, in them pipelines with their stages, roles at the border that they let something cross, and
//! what assumes and starts what, each with the sign of its proof.
//!
//! [`Topology::graph`](crate::topology::Topology::graph) makes a [`Graph`], a value. It is printed as text for a terminal, as Mermaid,
//! as DOT and as SVG. What is alike becomes one box, so that 400 targets can be read like one.
#![cfg_attr(feature = "plan", doc = "[`of_diagnosis`] draws pipelines that were read from files or accounts.")]

mod arrows;
mod declared;
#[cfg(feature = "plan")]
mod diagnosis;
mod dot;
mod drawing;
mod fold;
mod labels;
mod levels;
mod mermaid;
mod model;
mod rows;
mod svg;
mod text;
mod topology;

pub use declared::{DeclaredLink, DeclaredPipeline, of_declared};
#[cfg(feature = "plan")]
pub use diagnosis::of_diagnosis;
pub use model::{AccountBox, At, DrawnLink, Graph, Named, PipelineBox, RoleBox};
