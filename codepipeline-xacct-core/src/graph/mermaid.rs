//! Graphs as Mermaid flowcharts.

use std::fmt::Write as _;

use super::arrows::{Does, End, colour};
use super::model::{At, Graph, PipelineBox};
use super::rows::{notes, rows};
use crate::wiring::Sign;

/// Lines are broken where we break them. The default is 120 or 200 pixels, and a break after each hyphen of a longer line.
const UNBROKEN: &str = r#"%%{init: {"flowchart": {"wrappingWidth": 1000}}}%%"#;

impl Graph {
    /// A Mermaid flowchart: accounts are subgraphs. GitHub, GitLab and mdBook's preprocessor draw it.
    pub fn to_mermaid(&self) -> String {
        // Mermaid looks for `%%{…}%%` in comments as well.
        let title = self.title.replace(|c: char| c.is_control() || c == '%', " ");
        let mut text = format!("{UNBROKEN}\n%% {title}\nflowchart LR\n");
        // Writing to a string can't fail.
        let _ = self.accounts(&mut text);
        let arrows = self.arrows();
        for arrow in &arrows {
            let line = match arrow.does {
                Does::Assume => "-.->",
                Does::Start => "==>",
            };
            let (from, to, label) = (arrow.from.node(), arrow.to.node(), escaped(&self.label(arrow)));
            let _ = writeln!(text, "    {from} {line}|\"{label}\"| {to}");
        }
        for sign in [Sign::Works, Sign::Fails, Sign::Unknown] {
            let of_sign = arrows.iter().enumerate().filter(|(_, arrow)| arrow.sign == sign);
            let positions: Vec<String> = of_sign.map(|(index, _)| index.to_string()).collect();
            if !positions.is_empty() {
                let _ = writeln!(text, "    linkStyle {} stroke:{}", positions.join(","), colour(sign));
            }
        }
        text
    }

    fn accounts(&self, text: &mut String) -> std::fmt::Result {
        for (account, drawn) in self.accounts.iter().enumerate() {
            // The setting isn't for titles: one of several lines would cover what is in the box.
            let title = escaped(&drawn.title()).replace(' ', "\u{a0}");
            writeln!(text, "    subgraph a{account} [\"{title}\"]")?;
            for (index, role) in drawn.roles.iter().enumerate() {
                let dashed = if role.is_of_others() { ":::others" } else { "" };
                let id = End::Role(At { account, index }).node();
                writeln!(text, "        {id}([\"{}\"]){dashed}", escaped(&role.label()))?;
            }
            for (index, pipeline) in drawn.pipelines.iter().enumerate() {
                let at = At { account, index };
                let dashed = if pipeline.is_of_others() { ":::others" } else { "" };
                let lines: Vec<String> = self.lines(pipeline, at).iter().map(|line| escaped(line)).collect();
                writeln!(text, "        {}[\"{}\"]{dashed}", End::Pipeline(at).node(), lines.join("<br/>"))?;
            }
            writeln!(text, "    end")?;
        }
        writeln!(text, "    classDef others stroke-dasharray: 4 3")
    }

    /// The lines of a pipeline's box.
    pub(super) fn lines(&self, pipeline: &PipelineBox, at: At) -> Vec<String> {
        let mut lines = vec![pipeline.name()];
        lines.extend(notes(pipeline));
        lines.extend(rows(self, at).into_iter().map(|row| row.text));
        lines
    }
}

/// A text in quotes: what Mermaid, its Markdown or HTML would read as its own is written by its number.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            c if c.is_control() => escaped.push(' '),
            c if c.is_alphanumeric() || " -_.:/,→…×✓✗?+()".contains(c) => escaped.push(c),
            c => {
                let _ = write!(escaped, "#{};", u32::from(c));
            }
        }
    }
    escaped
}
