//! The stages of a pipeline in lines: one for each that starts or assumes something, and few for the others.

use super::labels::span;
use super::model::{At, DrawnLink, Graph, PipelineBox};

/// How wide a line of several stages may be.
const WIDTH: usize = 34;

/// A line.
pub(super) struct Row<'a> {
    /// The stages, and the actions that are linked.
    pub(super) text: String,
    /// The links that start there.
    pub(super) links: Vec<&'a DrawnLink>,
}

/// The lines of a pipeline.
pub(super) fn rows(graph: &Graph, at: At) -> Vec<Row<'_>> {
    let stages = graph.pipeline(at).map(|pipeline| pipeline.stages.as_slice()).unwrap_or_default();
    let mut rows: Vec<Row<'_>> = Vec::new();
    let mut open = false;
    for (index, stage) in stages.iter().enumerate() {
        let links: Vec<&DrawnLink> = graph.links_of(at).filter(|link| link.stage == index).collect();
        if !links.is_empty() {
            let actions = span(links.iter().flat_map(|link| link.actions.iter().map(String::as_str)));
            let text = if actions == *stage { stage.clone() } else { format!("{stage}: {actions}") };
            rows.push(Row { text, links });
            open = false;
            continue;
        }
        match rows.last_mut().filter(|_| open) {
            Some(row) if cells(&row.text) + cells(stage) + 3 <= WIDTH => row.text.push_str(&format!(" → {stage}")),
            _ => rows.push(Row { text: stage.clone(), links }),
        }
        open = true;
    }
    rows
}

/// How many columns a text takes up. What is not ASCII may be wide.
pub(super) fn cells(text: &str) -> usize {
    text.chars().map(cell).sum()
}

fn cell(c: char) -> usize {
    // What Western European languages have, and our own signs: arrows, frames, marks.
    let narrow = matches!(c, '\0'..='\u{2ff}' | '…' | '\u{2190}'..='\u{21ff}' | '\u{2500}'..='\u{25ff}' | '✓' | '✗');
    if narrow { 1 } else { 2 }
}

/// The text, cut short where it takes up more columns.
pub(super) fn clipped(text: &str, width: usize) -> String {
    if cells(text) <= width {
        return text.to_owned();
    }
    let mut left = width.saturating_sub(1);
    let fits = |c: &char| {
        let fits = cell(*c) <= left;
        left = left.saturating_sub(cell(*c));
        fits
    };
    let mut clipped: String = text.chars().take_while(fits).collect();
    clipped.push('…');
    clipped
}

/// The lines below the name of a pipeline.
pub(super) fn notes(pipeline: &PipelineBox) -> Vec<String> {
    [pipeline.caption(), Some(pipeline.note()), pipeline.service()].into_iter().flatten().collect()
}
