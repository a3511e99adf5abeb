//! Graphs in the language of Graphviz.

use std::fmt::Write as _;

use super::arrows::{Does, End, colour};
use super::model::{At, Graph};

impl Graph {
    /// A DOT digraph: accounts are clusters. Graphviz draws it.
    pub fn to_dot(&self) -> String {
        let mut text = format!("digraph {} {{\n", quoted(&self.title));
        // Writing to a string can't fail.
        let _ = self.dot(&mut text);
        text.push_str("}\n");
        text
    }

    fn dot(&self, text: &mut String) -> std::fmt::Result {
        writeln!(text, "  rankdir=LR;")?;
        // Without it, each account is laid out by itself, and labels of arrows between accounts end up away from their arrows.
        writeln!(text, "  newrank=true;")?;
        writeln!(text, "  fontname=\"sans-serif\";")?;
        writeln!(text, "  node [shape=box, fontname=\"sans-serif\"];")?;
        writeln!(text, "  edge [fontname=\"sans-serif\"];")?;
        for (account, drawn) in self.accounts.iter().enumerate() {
            writeln!(text, "  subgraph cluster_{account} {{\n    label={};", quoted(&drawn.title()))?;
            for (index, role) in drawn.roles.iter().enumerate() {
                let style = if role.is_of_others() { "rounded,dashed" } else { "rounded" };
                let id = End::Role(At { account, index }).node();
                writeln!(text, "    {id} [label={}, style=\"{style}\"];", quoted(&role.label()))?;
            }
            for (index, pipeline) in drawn.pipelines.iter().enumerate() {
                let at = At { account, index };
                let style = if pipeline.is_of_others() { ", style=\"dashed\"" } else { "" };
                let label = quoted(&self.lines(pipeline, at).join("\n"));
                writeln!(text, "    {} [label={label}{style}];", End::Pipeline(at).node())?;
            }
            writeln!(text, "  }}")?;
        }
        for arrow in self.arrows() {
            let style = match arrow.does {
                Does::Assume => "dashed",
                Does::Start => "bold",
            };
            let (from, to, label) = (arrow.from.node(), arrow.to.node(), quoted(&self.label(&arrow)));
            writeln!(text, "  {from} -> {to} [label={label}, style=\"{style}\", color=\"{}\"];", colour(arrow.sign))?;
        }
        Ok(())
    }
}

/// A text as a quoted string. A backslash would begin an escape, and a line break is one.
fn quoted(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            // Graphviz reads these as the beginning of a character by its name.
            '&' => quoted.push_str("&amp;"),
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
