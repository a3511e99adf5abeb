//! Findings as SARIF 2.1.0, for GitHub code scanning and others.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::input::InputProblem;
use crate::cli::report::CheckReport;
use crate::core::finding::Severity;
use crate::core::rules;
use crate::files::Located;

pub(crate) fn render(report: &CheckReport<'_>) -> String {
    let codes: BTreeSet<&'static str> = report.rows.iter().map(|row| row.code).collect();
    let rules: Vec<Value> = codes.iter().map(|code| rule(code)).collect();
    let results: Vec<Value> =
        report.rows.iter().map(|row| result(row, codes.iter().position(|code| *code == row.code))).collect();
    let mut run = json!({
        "tool": { "driver": { "name": "cargo-xacct", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
        "columnKind": "unicodeCodePoints",
        "results": results,
    });
    if !report.unreadable.is_empty() {
        let notifications: Vec<Value> = report.unreadable.iter().map(notification).collect();
        add(
            &mut run,
            "invocations",
            json!([{ "executionSuccessful": false, "toolExecutionNotifications": notifications }]),
        );
    }
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    });
    format!("{document:#}\n")
}

fn rule(code: &str) -> Value {
    let mut value = json!({ "id": code });
    if let Some(explanation) = rules::explanation(code) {
        add(&mut value, "shortDescription", json!({ "text": explanation.title }));
        // A source is a page of AWS, by its title or by its address.
        if let Some(address) = explanation.pages().next() {
            add(&mut value, "helpUri", json!(address));
        }
    }
    value
}

fn result(row: &Located<'_>, rule: Option<usize>) -> Value {
    let text = match &row.help {
        Some(help) => format!("{}\nhelp: {help}", row.message),
        None => row.message.clone(),
    };
    let (end_line, end_column) = row.source.position(row.location.offset.end);
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(row.source.name()) },
            "region": {
                "startLine": row.location.line,
                "startColumn": row.location.column,
                "endLine": end_line,
                "endColumn": end_column,
            },
        },
    });
    // A bare declaration as a whole has no path.
    if !row.location.path.is_empty() {
        add(&mut location, "logicalLocations", json!([{ "fullyQualifiedName": row.location.path }]));
    }
    json!({
        "ruleId": row.code,
        "ruleIndex": rule,
        "level": level(row.severity),
        "message": { "text": text },
        "locations": [location],
    })
}

fn notification(problem: &InputProblem) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri(&problem.file) } });
    if let Some((line, column)) = problem.position {
        add(&mut physical, "region", json!({ "startLine": line, "startColumn": column }));
    }
    json!({
        "level": "error",
        "message": { "text": problem.message },
        "locations": [{ "physicalLocation": physical }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn add(object: &mut Value, name: &str, value: Value) {
    if let Value::Object(members) = object {
        members.insert(name.to_owned(), value);
    }
}

/// A relative path stays relative; an absolute one gets its scheme.
fn uri(file: &str) -> String {
    let path = if cfg!(windows) { file.replace('\\', "/") } else { file.to_owned() };
    let path = path.strip_prefix("./").unwrap_or(&path);
    let mut uri = String::new();
    if Path::new(file).is_absolute() {
        uri.push_str(if path.starts_with('/') { "file://" } else { "file:///" });
    }
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("pipelines/a.json"), "pipelines/a.json");
        assert_eq!(uri("./a b%.json"), "a%20b%25.json");
        assert_eq!(uri("../ä:1.json"), "../%C3%A4%3A1.json");
        assert_eq!(uri("<stdin>"), "%3Cstdin%3E");
        if !cfg!(windows) {
            assert_eq!(uri("/tmp/a.json"), "file:///tmp/a.json");
        }
    }
}
