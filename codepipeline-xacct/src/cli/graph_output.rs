//! How a graph is written, and where to.

use std::path::{Path, PathBuf};

use super::output_file;
use crate::core::graph::Graph;

#[derive(clap::Args)]
pub(super) struct GraphOutput {
    /// How it is drawn; without it, by the ending of the file, or as text
    #[arg(long, value_enum)]
    format: Option<GraphFormat>,
    /// The file to write; without it the picture goes to the standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file that is there
    #[arg(long, requires = "output")]
    force: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum GraphFormat {
    /// For a terminal
    Text,
    /// A Mermaid flowchart, for Markdown
    Mermaid,
    /// For Graphviz
    Dot,
    /// A picture for browsers, readable on light and dark
    Svg,
}

impl GraphFormat {
    fn of_file(path: &Path) -> Self {
        match path.extension().and_then(|ending| ending.to_str()) {
            Some("svg") => Self::Svg,
            Some("dot" | "gv") => Self::Dot,
            Some("mmd" | "mermaid") => Self::Mermaid,
            _ => Self::Text,
        }
    }
}

impl GraphOutput {
    /// Draws a graph, and writes it to the file if there is one; what is left for the standard output.
    pub(super) fn of(&self, graph: &Graph) -> Result<String, String> {
        let of_file = || self.output.as_deref().map_or(GraphFormat::Text, GraphFormat::of_file);
        let picture = match self.format.unwrap_or_else(of_file) {
            GraphFormat::Text => graph.to_string(),
            GraphFormat::Mermaid => graph.to_mermaid(),
            GraphFormat::Dot => graph.to_dot(),
            GraphFormat::Svg => graph.to_svg(),
        };
        let Some(path) = &self.output else { return Ok(picture) };
        output_file::write(path, picture, self.force)?;
        Ok(String::new())
    }
}
