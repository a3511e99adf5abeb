//! Findings as JSON.

use serde_json::{Value, json};

use crate::cli::report::CheckReport;

pub(crate) fn render(report: &CheckReport<'_>) -> String {
    let findings = report.rows.iter().map(|row| {
        json!({
            "file": row.source.name(),
            "code": row.code,
            "severity": row.severity,
            "path": row.location.path,
            "line": row.location.line,
            "column": row.location.column,
            "message": row.message,
            "help": row.help,
        })
    });
    let mut document = json!({ "findings": findings.collect::<Vec<_>>() });
    if let (Value::Object(members), false) = (&mut document, report.without_pipelines.is_empty()) {
        members.insert("without_pipelines".to_owned(), json!(report.without_pipelines));
    }
    if let Value::Object(members) = &mut document
        && !report.unreadable.is_empty()
    {
        let unreadable = report.unreadable.iter().map(|problem| {
            json!({
                "file": problem.file,
                "line": problem.position.map(|(line, _)| line),
                "column": problem.position.map(|(_, column)| column),
                "message": problem.message,
            })
        });
        members.insert("unreadable".to_owned(), unreadable.collect());
    }
    format!("{document:#}\n")
}
