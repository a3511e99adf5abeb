//! Every example is tried: the fault is found under its code, and the mend has no error.

use serde_json::{Value, json};

use super::*;
use crate::check::files::{Home, Input, check};
use crate::finding::Finding;

fn example() -> Value {
    serde_json::from_str(EXAMPLE).unwrap()
}

/// The example in the document of `get-pipeline`, in account 111111111111 and `eu-west-1`.
fn findings(declaration: Value) -> Vec<Finding> {
    let document = json!({
        "pipeline": declaration,
        "metadata": { "pipelineArn": "arn:aws:codepipeline:eu-west-1:111111111111:release" }
    });
    check(&[Input { item: "release", value: &document }], &Home::default()).concat()
}

/// Puts JSON at a pointer, or takes away what stands there.
fn edited(at: &str, json: &str) -> Value {
    let mut example = example();
    let (parent, last) = at.rsplit_once('/').unwrap();
    let parent = example.pointer_mut(parent).unwrap_or_else(|| panic!("{at}"));
    match (parent, last.parse::<usize>()) {
        // Behind the last entry there is nothing, or one entry more.
        (Value::Array(list), Ok(index)) if index == list.len() => {
            list.extend((!json.is_empty()).then(|| serde_json::from_str::<Value>(json).unwrap()));
        }
        (Value::Array(list), Ok(index)) => list[index] = serde_json::from_str(json).unwrap(),
        (Value::Object(members), _) if json.is_empty() => {
            members.remove(last);
        }
        (Value::Object(members), _) => {
            members.insert(last.to_owned(), serde_json::from_str(json).unwrap_or_else(|e| panic!("{at}: {json}: {e}")));
        }
        (other, _) => panic!("{at}: {other}"),
    }
    example
}

#[test]
fn the_example_has_no_findings() {
    assert_eq!(findings(example()), []);
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
