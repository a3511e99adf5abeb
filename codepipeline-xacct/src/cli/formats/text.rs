//! Findings as rustc writes them.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet, normalize_untrusted_str};

use crate::cli::report::CheckReport;
use crate::core::finding::Severity;
use crate::core::sentences::counted;
use crate::files::Located;

/// Writes each finding as soon as it is rendered, which is most of the work where there are many.
pub(crate) fn write(report: &CheckReport<'_>, colour: bool, out: &mut dyn Write) -> io::Result<()> {
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    for row in &report.rows {
        out.write_all(format!("{}\n\n", finding(row, &renderer)).as_bytes())?;
    }
    out.write_all(format!("{}\n", summary(report)).as_bytes())?;
    out.flush()
}

/// How many bytes of a long line are shown before and after a mark.
const AROUND: usize = 400;

fn finding(row: &Located<'_>, renderer: &Renderer) -> String {
    let level = match row.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    // The renderer reads all of its text for each finding, so it gets one line, or the part of a long line around the mark.
    let location = &row.location;
    let (start, line, cut) = near(row.source.text(), location.offset.start);
    let begin = location.offset.start - start;
    let end = location.offset.end - start;
    // If the mark goes beyond the line, only its first character is marked.
    let end = if end > line.len() {
        begin + line.get(begin..).and_then(|l| l.chars().next()).map_or(0, char::len_utf8)
    } else {
        end
    };
    let snippet = Snippet::source(line).line_start(location.line).annotation(AnnotationKind::Primary.span(begin..end));
    let title = level.primary_title(&row.message).id(row.code);
    // The renderer counts columns from the start of its text, so for a line that is cut the position is given separately.
    let file = row.source.title();
    let mut group = if !cut {
        title.element(snippet.path(file.as_str()))
    } else {
        title.element(Origin::path(file.as_str()).line(location.line).char_column(location.column)).element(snippet)
    };
    if let Some(help) = &row.help {
        // The help may quote the file, whose control characters must not reach the terminal.
        group = group.element(Level::HELP.message(normalize_untrusted_str(help)));
    }
    renderer.render(&[group])
}

/// The line around a byte, or the part of a long line around it: where it starts, its text, and whether its start is cut off.
fn near(text: &str, offset: usize) -> (usize, &str, bool) {
    let first = text.floor_char_boundary(offset.saturating_sub(AROUND));
    let last = text.ceil_char_boundary((offset + AROUND).min(text.len()));
    let before = text.get(first..offset).unwrap_or_default();
    let line = before.rfind('\n').map(|at| first + at + 1);
    let start = line.unwrap_or(first);
    let after = text.get(offset..last).unwrap_or_default();
    let end = after.find('\n').map_or(last, |at| offset + at);
    (start, text.get(start..end).unwrap_or_default().trim_end_matches('\r'), line.is_none() && first > 0)
}

/// `2 errors, 1 warning in 1 file`
fn summary(report: &CheckReport<'_>) -> String {
    let counts = [(Severity::Error, "error"), (Severity::Warning, "warning")];
    let found: Vec<String> = counts
        .into_iter()
        .map(|(severity, word)| (report.count(severity), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| counted(count, word))
        .collect();
    let found = if found.is_empty() { "no findings".to_owned() } else { found.join(", ") };
    let found = format!("{found} in {}{}", counted(report.checked, "file"), without_pipelines(report));
    let unreadable = format!("{} unreadable", counted(report.unreadable_files, "file"));
    match (report.checked, report.unreadable_files) {
        (_, 0) => found,
        (0, _) => unreadable,
        (_, _) => format!("{found}, {unreadable}"),
    }
}

/// How many files are named.
const NAMED: usize = 3;

/// That there is no pipeline in some of the files.
fn without_pipelines(report: &CheckReport<'_>) -> String {
    let names: Vec<String> = report.without_pipelines.iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => String::new(),
        [_] if report.checked == 1 => ", which has no pipeline".to_owned(),
        [name] => format!("; {name} has no pipeline"),
        few if few.len() <= NAMED => format!("; {} have no pipeline", few.join(", ")),
        many => format!("; {} of them have no pipeline", many.len()),
    }
}
