//! The wrong wiring in the README gets the error that the README shows.

use std::path::Path;

use codepipeline_xacct_test_support::answers::lines;

#[test]
fn the_readme_shows_the_compilers_answer() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(here.join("../../README.md")).unwrap();
    let answer = std::fs::read_to_string(here.join("tests/ui/wiring/readme_with_a_wrong_trust.stderr")).unwrap();
    let shown = readme.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let file = "tests/ui/wiring/readme_with_a_wrong_trust.rs";
    assert_eq!(lines(shown, file), lines(&answer, file));
}
