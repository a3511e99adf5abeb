//! Faulty and right declarations, written from the AWS documentation by somebody who did not see the checks.
//!
//! A case is one or more documents, each an edit of a base: `error` means that the service refuses it or that the run fails,
//! `warning` that it works but should be looked at, `clean` that it is right, however unusual. `codes` are those of the
//! findings of that severity, `at` is the place at fault.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::fmt::Write;

use codepipeline_xacct::core::check::files::{self, Home, Input};
use codepipeline_xacct::core::finding::Severity;
use codepipeline_xacct::source::SourceFile;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    expect: Expect,
    about: String,
    #[serde(default)]
    strict: bool,
    #[serde(default)]
    codes: Vec<String>,
    #[serde(default)]
    at: String,
    /// The document that `at` is about.
    #[serde(default)]
    file: usize,
    #[serde(default)]
    options: Options,
    files: Vec<(usize, Vec<Vec<Value>>)>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Debug)]
#[serde(rename_all = "lowercase")]
enum Expect {
    Error,
    Warning,
    Clean,
}

#[derive(Deserialize, Default)]
struct Options {
    account: Option<String>,
    region: Option<String>,
}

/// Cases on which the pipelines of the corpus that were in use decide otherwise.
const OVERRULED: &[(&str, Expect, &str)] = &[
    ("provider-config-066", Expect::Warning, "a pipeline in use has CREATE_UPDATE without RoleArn"),
    ("provider-config-068", Expect::Warning, "as 066"),
    ("provider-config-070", Expect::Warning, "as 066"),
    ("provider-config-071", Expect::Warning, "as 066"),
];

/// Puts long texts of one character in.
fn expanded(value: Value) -> Value {
    match value {
        Value::Object(members) => match members.get("$repeat").and_then(Value::as_array).map(Vec::as_slice) {
            Some([text, count]) => {
                Value::String(text.as_str().unwrap().repeat(usize::try_from(count.as_u64().unwrap()).unwrap()))
            }
            _ => members.into_iter().map(|(key, value)| (key, expanded(value))).collect(),
        },
        Value::Array(values) => values.into_iter().map(expanded).collect(),
        other => other,
    }
}

/// The base with values put at JSON pointers, or taken away where there is none.
fn edited(base: &Value, edits: &[Vec<Value>]) -> Value {
    let mut document = base.clone();
    for edit in edits {
        let pointer = edit[0].as_str().unwrap();
        if pointer.is_empty() {
            document = expanded(edit[1].clone());
            continue;
        }
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let key = key.replace("~1", "/").replace("~0", "~");
        match (document.pointer_mut(parent).unwrap(), edit.get(1)) {
            (Value::Object(members), Some(value)) => {
                members.insert(key, expanded(value.clone()));
            }
            (Value::Object(members), None) => {
                members.shift_remove(&key).unwrap();
            }
            (Value::Array(values), Some(value)) => values[key.parse::<usize>().unwrap()] = expanded(value.clone()),
            (other, _) => panic!("{pointer}: {other}"),
        }
    }
    document
}

/// What is wrong with the answer to a case.
fn judge(case: &Case, bases: &[Value]) -> String {
    let sources: Vec<SourceFile> = case
        .files
        .iter()
        .map(|(base, edits)| SourceFile::parse("f", edited(&bases[*base], edits).to_string()).unwrap())
        .collect();
    let inputs: Vec<Input<'_>> = sources.iter().map(|s| Input { item: "P", value: s.value() }).collect();
    let parsed = |text: &Option<String>| text.clone();
    let home = Home {
        account: parsed(&case.options.account).map(|a| a.parse().unwrap()),
        region: parsed(&case.options.region).map(|r| r.parse().unwrap()),
    };
    let all = files::check(&inputs, &home);
    let found: Vec<_> =
        all.iter().enumerate().flat_map(|(file, findings)| findings.iter().map(move |f| (file, f))).collect();
    let of = |severity: Severity| {
        let mut codes: Vec<&str> = found.iter().filter(|(_, f)| f.severity == severity).map(|(_, f)| f.code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    };
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    let overruled = OVERRULED.iter().find(|(id, ..)| *id == case.id).map(|(_, expect, _)| *expect);
    let right = match overruled.unwrap_or(case.expect) {
        Expect::Error => errors == case.codes && !errors.is_empty(),
        Expect::Warning if overruled.is_some() => errors.is_empty() && !warnings.is_empty(),
        Expect::Warning => errors.is_empty() && warnings == case.codes && !warnings.is_empty(),
        Expect::Clean => errors.is_empty() && (warnings.is_empty() || !case.strict),
    };
    let mut wrong = String::new();
    if !right {
        writeln!(wrong, "{}: {} (expected {:?} {:?})", case.id, case.about, case.expect, case.codes).unwrap();
        found.iter().for_each(|(file, f)| writeln!(wrong, "  file {file}: {f}").unwrap());
    }
    // The place is that of the fault, what lies in it, or what it lies in; the type of a pipeline and the Region of an action
    // are what has to change where a feature or a store is named as the fault.
    let place = |(file, path): &(usize, String)| {
        let near = path.starts_with(&case.at) || case.at.starts_with(path.as_str());
        *file == case.file && (near || path.ends_with("pipelineType") || path.ends_with("region"))
    };
    let places = found.iter().filter(|(_, f)| case.codes.iter().any(|c| c == f.code));
    let mut places = places.map(|(file, f)| (*file, sources[*file].locate(&f.place).path));
    if case.expect == Expect::Error && overruled.is_none() && !places.clone().any(|p| place(&p)) {
        writeln!(wrong, "{}: the fault is at {}, found at {:?}", case.id, case.at, places.next()).unwrap();
    }
    wrong
}

#[test]
fn faults_are_found_and_right_declarations_are_not_complained_about() {
    let bases: Vec<Value> = serde_json::from_str(include_str!("acceptance/bases.json")).unwrap();
    let cases: Vec<Case> =
        include_str!("acceptance/cases.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let count = |expect: Expect| cases.iter().filter(|c| c.expect == expect).count();
    assert!(count(Expect::Error) > 700 && count(Expect::Clean) > 200 && count(Expect::Warning) > 40);
    let wrong: String = cases.iter().map(|case| judge(case, &bases)).collect();
    assert!(wrong.is_empty(), "{wrong}");
}
