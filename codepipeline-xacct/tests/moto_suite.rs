//! moto's own tests of CodePipeline, IAM and STS against `cargo xacct local`: those that fail are known.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::Command;

use codepipeline_xacct_test_support::peers::{folder, moto_tests, python, run};

#[test]
fn of_the_tests_of_moto_only_those_fail_that_are_known() {
    let Some(tests) = moto_tests() else {
        // Not captured by the test harness.
        std::io::stderr().write_all(b"NOT RUN: the tests of moto can't be downloaded\n").unwrap();
        return;
    };
    let written = tempfile::NamedTempFile::new().unwrap();
    let mut suite = Command::new(python());
    suite.arg(folder().join("moto_suite.py")).arg(env!("CARGO_BIN_EXE_cargo-xacct")).arg(&tests);
    suite.env("PYTHONPATH", tests.join("packages"));
    let printed = run(suite.env("FAILED_TO", written.path()).env("TB", "no"));
    let failed = std::fs::read_to_string(written.path()).unwrap();
    let known = folder().join("moto-suite.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&known, &failed).unwrap();
    }
    let known = std::fs::read_to_string(known).unwrap();
    let (failed, known): (BTreeSet<&str>, BTreeSet<&str>) = (failed.lines().collect(), known.lines().collect());
    let now_failing: Vec<_> = failed.difference(&known).collect();
    let now_passing: Vec<_> = known.difference(&failed).collect();
    assert!(
        now_failing.is_empty() && now_passing.is_empty(),
        "fail: {now_failing:?}, pass: {now_passing:?}\n{printed}"
    );
    assert!(!printed.contains("\n0 passed"), "{printed}");
}
