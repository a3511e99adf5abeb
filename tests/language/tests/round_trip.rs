//! Real declarations survive reading and writing, or are refused with the place and the reason.
//!
//! The files in `tests/corpus` are always read. A larger collection, whose files may not be redistributed, is read too
//! if the environment variable `CODEPIPELINE_XACCT_CORPUS` names its folder, or if it is next to the repository.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use codepipeline_xacct::core::check::files::{self, DeclarationInput, Home};
use codepipeline_xacct::core::declaration::DeclarationFile;
use codepipeline_xacct::core::finding::Severity;
use serde_json::Value;

/// Files whose authors wrote something that the API does not accept, with the message about it.
const REFUSED: &[(&str, &str)] = &[
    (
        "074-anovis-pipeline.json",
        "line 21, column 43, at `pipeline.stages[0].actions[0].outputArtifacts`: invalid type: map, expected a sequence",
    ),
    (
        "097-benjaminhuanghuang-pipeline-github.json",
        "line 21, column 43, at `pipeline.stages[0].actions[0].outputArtifacts`: invalid type: map, expected a sequence",
    ),
];

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn collection() -> Option<PathBuf> {
    let named = std::env::var_os("CODEPIPELINE_XACCT_CORPUS").map(PathBuf::from);
    let found = named.unwrap_or_else(|| folder("../../../shared/corpus"));
    if found.is_dir() {
        return Some(found);
    }
    println!("the larger collection is not here ({}); only tests/corpus is read", found.display());
    None
}

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .collect();
    files.sort();
    files
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

/// Reads and writes every file; returns how many came back unchanged.
fn round_trip(folder: &Path) -> usize {
    let mut whole = 0;
    for path in json_files(folder) {
        let text = std::fs::read_to_string(&path).unwrap();
        let expected = REFUSED.iter().find(|(file, _)| *file == name(&path)).map(|(_, message)| *message);
        match (DeclarationFile::from_json(&text), expected) {
            (Ok(file), None) => {
                let before: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(file.to_value().unwrap(), before, "{}", path.display());
                whole += 1;
            }
            (Err(error), Some(message)) => assert_eq!(error.to_string(), message, "{}", path.display()),
            (Ok(_), Some(_)) => panic!("{} was read, but should have been refused", path.display()),
            (Err(error), None) => panic!("{}: {error}", path.display()),
        }
    }
    whole
}

#[test]
fn real_declarations_survive_reading_and_writing() {
    assert_eq!(round_trip(&folder("tests/corpus")), 41);
    if let Some(collection) = collection() {
        assert_eq!(round_trip(&collection.join("pipelines")), 144 - REFUSED.len());
    }
}

/// Files that the collection's own list calls rejected by a strict reader, or (058, 127) that have placeholders in
/// place of a name; each with the reason. Nothing else may have an error: they are pipelines that were in use.
const JUDGED: &[(&str, &[&str])] = &[
    // A placeholder instead of the ARN of the service role.
    ("013-ashishsharma0704-codepipeline.json", &["XA0220"]),
    ("038-manangupta12-codepipeline.json", &["XA0220"]),
    ("045-okikiaya-readme.json", &["XA0220"]),
    ("066-tjohander-splunk-codepipeline-config.json", &["XA0220"]),
    ("070-awsdocs-pipelines-create.json", &["XA0220"]),
    // A CodeDeploy action without application and deployment group, which the service refuses.
    ("020-d3ringo-codepipeline.json", &["XA0602", "XA0602"]),
    // A placeholder for the bucket.
    ("040-mindaugk-codepipeline.json", &["XA0202"]),
    ("046-oniono-codepipeline.json", &["XA0202"]),
    ("057-sarvaratchaganr-pipeline-definition.json", &["XA0202"]),
    // Placeholders for name and bucket.
    ("054-rogerrobertson-ops-setup-aws-cicd.json", &["XA0201", "XA0202"]),
    // No artifacts at all, and no artifact store: cfn-lint says the same.
    ("050-ramanjulreddykotlo-codepipeline.json", &["XA0304", "XA0304", "XA0304", "XA0402"]),
    // The name of the pipeline is `%ServiceName%`.
    ("058-seroche-codepipeline.json", &["XA0201"]),
    // `outputArtifacts` is an object, and the action has no name.
    ("074-anovis-pipeline.json", &["XA0002", "XA0001"]),
    ("097-benjaminhuanghuang-pipeline-github.json", &["XA0002", "XA0001"]),
    // `repo` is next to the configuration, not in it.
    ("091-awslabs-template-2.json", &["XA0602"]),
    // `${ProjectName}` in artifact names; `CodePipelineServiceRole.Arn` as role.
    ("115-noodlesegg-codepipeline.json", &["XA0201", "XA0201", "XA0220"]),
    // Account ids of 8 digits.
    ("118-sathish-cz-integ-pipeline-with-assets-expected.json", &["XA0220", "XA0220", "XA0613"]),
    ("119-sathish-cz-integ-pipeline-expected.json", &["XA0220", "XA0220", "XA0613"]),
    // Placeholders in artifact names.
    ("127-wrlakshan-codepipeline.json", &["XA0201", "XA0201", "XA0201"]),
];

fn judge(folder: &Path) -> String {
    let mut wrong = String::new();
    for path in json_files(folder) {
        let value: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let findings = files::check(&[DeclarationInput { item: "P", value: &value }], &Home::default()).concat();
        let errors: Vec<_> = findings.iter().filter(|f| f.severity == Severity::Error).map(|f| f.code).collect();
        let expected = JUDGED.iter().find(|(file, _)| *file == name(&path)).map_or(&[][..], |(_, codes)| *codes);
        if errors != expected {
            writeln!(wrong, "{}: {errors:?}, expected {expected:?}", path.display()).unwrap();
            findings.iter().for_each(|f| writeln!(wrong, "  {f}").unwrap());
        }
    }
    wrong
}

#[test]
fn a_pipeline_that_was_in_use_has_no_errors() {
    let mut wrong = judge(&folder("tests/corpus"));
    if let Some(collection) = collection() {
        wrong += &judge(&collection.join("pipelines"));
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn refusal(text: &str) -> String {
    DeclarationFile::from_json(text).unwrap_err().to_string()
}

/// The four faults of the malformed files, each in a few lines.
#[test]
fn what_is_no_json_is_refused_with_line_and_column() {
    assert_eq!(refusal("{\n  \"pipeline\": {\"name\": \"x\"},\n}"), "line 3, column 1: trailing comma");
    assert_eq!(refusal("{\n  \"pipeline\": {\"name\": \"x\"}\n"), "line 3, column 1: EOF while parsing an object");
    assert_eq!(
        refusal("  \"pipeline\": {\"name\": \"x\"}\n}"),
        "line 1, column 12: invalid type: string \"pipeline\", expected a JSON object with the declaration of a pipeline"
    );
    assert_eq!(
        refusal("{\n  \"configuration\": {\"SourceRevisions\": \"[{\\\"revisionValue\\\":\\\"x\"}]\"}\n}"),
        "line 2, column 66: expected `,` or `}`"
    );
}

#[test]
fn the_malformed_files_are_refused_with_line_and_column() {
    let Some(collection) = collection() else { return };
    let expected = [
        ("missing-closing-brace.json.txt", (57, 5)),
        ("missing-opening-brace.json.txt", (1, 12)),
        ("trailing-comma.json.txt", (68, 1)),
        ("unescaped-quote-in-config.json.txt", (12, 134)),
    ];
    for (file, place) in expected {
        let text = std::fs::read_to_string(collection.join("malformed").join(file)).unwrap();
        let error = DeclarationFile::from_json(&text).unwrap_err();
        assert_eq!((error.line, error.column), place, "{file}: {error}");
    }
}
