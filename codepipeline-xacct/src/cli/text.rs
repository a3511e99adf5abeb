//! Findings as rustc writes them.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet, normalize_untrusted_str};

use super::check::Report;
use crate::core::finding::Severity;
use crate::source::Located;

pub(super) fn render(report: &Report<'_>, colour: bool) -> String {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    let mut text = String::new();
    for row in &report.rows {
        text.push_str(&finding(row, &renderer));
        text.push_str("\n\n");
    }
    text.push_str(&summary(report));
    text.push('\n');
    text
}

fn finding(row: &Located<'_>, renderer: &Renderer) -> String {
    let level = match row.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    // The one line is enough, and keeps the renderer from reading the whole file for each finding.
    let (start, line) = line_at(row.source.text(), row.location.offset.start);
    let begin = row.location.offset.start - start;
    let end = row.location.offset.end - start;
    // Of what goes on in the next line, only the bracket is marked.
    let end = if end > line.len() { begin + 1 } else { end };
    let snippet = Snippet::source(line)
        .line_start(row.location.line)
        .path(row.source.name())
        .annotation(AnnotationKind::Primary.span(begin..end));
    let mut group = level.primary_title(&row.message).id(row.code).element(snippet);
    if let Some(help) = &row.help {
        // It may quote the file, and that must not reach the terminal as control characters.
        group = group.element(Level::HELP.message(normalize_untrusted_str(help)));
    }
    renderer.render(&[group])
}

/// The line around a byte, without its end, and where it starts.
fn line_at(text: &str, offset: usize) -> (usize, &str) {
    let (before, after) = text.split_at_checked(offset).unwrap_or((text, ""));
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let end = after.find('\n').map_or(text.len(), |at| before.len() + at);
    (start, text.get(start..end).unwrap_or_default().trim_end_matches('\r'))
}

/// `2 errors, 1 warning in 1 file`
fn summary(report: &Report<'_>) -> String {
    let counts = [(Severity::Error, "error"), (Severity::Warning, "warning")];
    let found: Vec<String> = counts
        .into_iter()
        .map(|(severity, word)| (report.count(severity), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| counted(count, word))
        .collect();
    let found = if found.is_empty() { "no findings".to_owned() } else { found.join(", ") };
    let found = format!("{found} in {}", counted(report.checked, "file"));
    let unreadable = format!("{} unreadable", counted(report.unreadable.len(), "file"));
    match (report.checked, report.unreadable.len()) {
        (_, 0) => found,
        (0, _) => unreadable,
        (_, _) => format!("{found}, {unreadable}"),
    }
}

fn counted(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}
