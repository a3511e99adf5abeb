//! Every rule's example is tried: the fault is found under its code and nothing else is, the mend has no finding; and what is said
//! is said in the words of `rules.txt`. After a change of words, read the difference and write the file anew with
//! `UPDATE=1 cargo test -p codepipeline-xacct-core --test rules`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::fmt::Write;
use std::path::Path;

use codepipeline_xacct_core::check::files::{Home, Input, check};
use codepipeline_xacct_core::finding::Finding;
use codepipeline_xacct_core::rules::{EXAMPLE, Example, all, find};
use serde_json::{Value, json};

/// The example in the document of `get-pipeline`, in account 111111111111 and `eu-west-1`.
fn findings(declaration: Value) -> Vec<Finding> {
    let document = json!({
        "pipeline": declaration,
        "metadata": { "pipelineArn": "arn:aws:codepipeline:eu-west-1:111111111111:release" }
    });
    check(&[Input { item: "Release", value: &document }], &Home::default()).concat()
}

/// Puts JSON at a pointer of the example, or takes away what stands there.
fn edited(at: &str, json: &str) -> Value {
    let mut example: Value = serde_json::from_str(EXAMPLE).unwrap();
    let (parent, last) = at.rsplit_once('/').unwrap();
    let value = (!json.is_empty()).then(|| serde_json::from_str::<Value>(json).unwrap());
    match (example.pointer_mut(parent).unwrap(), value) {
        // Behind the last entry there is nothing, or one entry more.
        (Value::Array(list), value) if last.parse() == Ok(list.len()) => list.extend(value),
        (Value::Array(list), Some(value)) => list[last.parse::<usize>().unwrap()] = value,
        (Value::Object(members), Some(value)) => {
            members.insert(last.to_owned(), value);
        }
        (Value::Object(members), None) => {
            members.shift_remove(last);
        }
        (other, _) => panic!("{at}: {other}"),
    }
    example
}

#[test]
fn the_example_has_no_findings() {
    assert_eq!(findings(serde_json::from_str(EXAMPLE).unwrap()), []);
}

#[test]
fn examples_are_faults_and_mends() {
    let mut wrong = Vec::new();
    for rule in all() {
        let Example::Edit { at, fault, mend } = rule.example else { continue };
        let found = findings(edited(at, fault));
        if !found.iter().any(|f| f.code == rule.code && f.severity == rule.effect.severity()) {
            wrong.push(format!("{}: the fault gives {found:#?}", rule.code));
        }
        // One mistake is one finding, but what follows from a renamed or removed thing for others.
        let others: Vec<_> = found.iter().filter(|f| f.code != rule.code).map(|f| f.to_string()).collect();
        if !others.is_empty() {
            wrong.push(format!("{}: the fault gives besides {others:#?}", rule.code));
        }
        let found: Vec<_> = findings(edited(at, mend)).iter().map(|f| f.to_string()).collect();
        if !found.is_empty() {
            wrong.push(format!("{}: the mend gives {found:#?}", rule.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn codes_are_unique_and_in_order_within_their_family() {
    let codes: Vec<_> = all().map(|rule| rule.code).collect();
    let mut unique = codes.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), codes.len());
    for rule in all() {
        assert!(!rule.sources.is_empty(), "{}", rule.code);
        assert!(rule.text.ends_with('.'), "{}", rule.code);
        assert!(!rule.title.ends_with('.'), "{}", rule.code);
    }
}

#[test]
fn a_rule_explains_itself() {
    assert_eq!(
        find("XA0109").unwrap().to_string(),
        "error[XA0109]: a run order out of range\n\n\
         `runOrder` is 1 to 999; left out, it is 1. Actions with equal values run in parallel.\n\n\
         effect: refused when the pipeline is created or updated\n\n\
         the fault at `stages[1].actions[1].runOrder`:\n\n    1000\n\nthe mend:\n\n    2\n\n\
         source: https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionDeclaration.html\n\
         source: https://docs.aws.amazon.com/codepipeline/latest/userguide/action-requirements.html\n"
    );
}

#[test]
fn what_is_said_is_said_in_these_words() {
    let mut text = String::new();
    for rule in all() {
        let Example::Edit { at, fault, .. } = rule.example else { continue };
        findings(edited(at, fault)).iter().for_each(|finding| writeln!(text, "{finding}").unwrap());
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    let differs = text.lines().zip(expected.lines()).find(|(found, expected)| found != expected);
    assert!(differs.is_none(), "found and expected: {differs:#?}");
    assert_eq!(text.lines().count(), expected.lines().count());
}
