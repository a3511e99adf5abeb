//! The checks find whatever botocore's parameter validation and cfn-lint find in a declaration, unless those are wrong.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use codepipeline_xacct::core::check::files::{self, DeclarationInput, Home};
use codepipeline_xacct::core::finding::Severity;
use codepipeline_xacct_test_support::cases;
use codepipeline_xacct_test_support::peers::{folder, python};
use serde_json::{Value, json};

/// What cfn-lint reports for valid declarations, and why it is wrong there.
const WRONG: &[(&str, &str)] = &[
    (
        "E3702 expected maximum item count: 0, found: 1 when using {'Owner': 'AWS', 'Category': 'Deploy', 'Provider': 'OpsWorks'}",
        "the page of OpsWorks gives 0 to 1 output artifacts, the table 0; so this is a warning",
    ),
    ("E3701 ", "the order in the list decides, where `runOrder` does"),
    ("E3002 Additional properties are not allowed ('TimeoutInMinutes' was unexpected)", "rules have it in the API"),
];

/// Asks both about the declarations in some documents, by name.
fn ask(documents: &[(String, Value)]) -> Vec<(String, Vec<String>)> {
    let mut process = Command::new(python())
        .arg(folder().join("declarations.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = process.stdin.take().unwrap();
    let lines: String = documents
        .iter()
        .map(|(id, document)| format!("{}\n", json!({ "id": id, "pipeline": declaration(document) })))
        .collect();
    // It reads everything before it answers.
    stdin.write_all(lines.as_bytes()).unwrap();
    drop(stdin);
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success());
    let answer = |line: &str| {
        let answer: Value = serde_json::from_str(line).unwrap();
        let said = ["botocore", "cfn-lint"].into_iter().flat_map(|peer| answer.get(peer).unwrap().as_array().unwrap());
        (answer.get("id").unwrap().as_str().unwrap().to_owned(), said.map(|s| s.as_str().unwrap().to_owned()).collect())
    };
    String::from_utf8(output.stdout).unwrap().lines().map(answer).collect()
}

fn declaration(document: &Value) -> &Value {
    document.get("pipeline").unwrap_or(document)
}

/// Documents in which they find something and the checks report no error.
fn missed(documents: &[(String, Value)]) -> String {
    let answers = ask(documents);
    assert_eq!(answers.len(), documents.len());
    let found = answers.iter().filter(|(_, said)| !said.is_empty()).count();
    assert!(found * 10 > documents.len(), "they find nothing in {} documents", documents.len());
    let mut missed = String::new();
    for ((id, value), (_, said)) in documents.iter().zip(&answers) {
        let ours = files::check(&[DeclarationInput { item: "P", value }], &Home::default()).concat();
        if ours.iter().any(|f| f.severity == Severity::Error) {
            continue;
        }
        for text in said.iter().filter(|text| !WRONG.iter().any(|(start, _)| text.starts_with(start))) {
            writeln!(missed, "{id}: {text}").unwrap();
        }
    }
    missed
}

#[test]
fn what_they_find_in_the_judged_declarations_is_found() {
    // Only cases with a single document: the peers can't check across documents.
    let all: Vec<_> = cases::all()
        .iter()
        .filter_map(|case| match case.documents().as_slice() {
            [document] => Some((case.id.clone(), document.clone())),
            _ => None,
        })
        .collect();
    assert_eq!(missed(&all), "");
}

#[test]
fn what_they_find_in_real_declarations_is_found() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    let mut real = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "json") {
            let document: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
            real.push((path.file_name().unwrap().to_string_lossy().into_owned(), document));
        }
    }
    assert_eq!(real.len(), 41);
    // Some faulty ones too, to show that the peers find something.
    let faulty = cases::all().into_iter().filter(|case| case.id.starts_with("shape-")).take(10);
    real.extend(faulty.filter_map(|case| Some((case.id.clone(), case.documents().into_iter().next()?))));
    assert_eq!(missed(&real), "");
}
