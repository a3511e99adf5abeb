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

/// The text, cut short where it takes up more columns. Of the names from one to another, what tells these apart stays.
pub(super) fn clipped(text: &str, width: usize) -> String {
    if cells(text) <= width {
        return text.to_owned();
    }
    span_within(text, width).unwrap_or_else(|| cut(text, width))
}

/// `deploy-of-all-team…000 … 039` for `deploy-of-all-teams-000 … deploy-of-all-teams-039`
fn span_within(text: &str, width: usize) -> Option<String> {
    let (first, last) = text.split_once(" … ")?;
    let name = first.rsplit(' ').next()?;
    let alike = name.char_indices().zip(last.chars()).take_while(|((_, one), other)| one == other);
    // What tells the names apart begins with a word.
    let ends = |c: char| !c.is_alphanumeric();
    let common = alike.filter(|((_, c), _)| ends(*c)).map(|((at, c), _)| at + c.len_utf8()).last()?;
    let (own, last) = (name.get(common..)?, last.get(common..)?);
    let before = first.strip_suffix(own)?;
    let after = format!("{own} … {last}");
    let left = width.checked_sub(cells(&after)).filter(|left| *left > 1)?;
    let before = if cells(before) <= left { before.to_owned() } else { cut(before, left) };
    Some(before + &after)
}

fn cut(text: &str, width: usize) -> String {
    let mut left = width.saturating_sub(1);
    let fits = |c: &char| {
        let fits = cell(*c) <= left;
        left = left.saturating_sub(cell(*c));
        fits
    };
    let kept: String = text.chars().take_while(fits).collect();
    format!("{}…", kept.trim_end_matches([' ', '…']))
}

/// The lines below the name of a pipeline.
pub(super) fn notes(pipeline: &PipelineBox) -> Vec<String> {
    [pipeline.caption(), Some(pipeline.note()), pipeline.service()].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_names_apart_stays_where_they_are_cut() {
        for (text, clip) in [
            ("short-000 … short-039", "short-000 … short-039"),
            ("deploy-of-all-teams-000 … deploy-of-all-teams-039", "deploy-of-all-team…000 … 039"),
            ("role deploy-of-all-teams-000 … deploy-of-all-teams-039 ×40", "role deploy-of…000 … 039 ×40"),
            ("Go: deploy-teams-000 … deploy-teams-039", "Go: deploy-teams-000 … 039"),
            ("one-of-the-names-of-many … another-of-the-names", "one-of-the-names-of-many…"),
            ("a-name-that-is-long-and-that-no-other-has", "a-name-that-is-long-and-tha…"),
        ] {
            assert_eq!(clipped(text, 28), clip, "{text}");
            assert!(cells(&clipped(text, 28)) <= 28, "{text}");
        }
    }
}
