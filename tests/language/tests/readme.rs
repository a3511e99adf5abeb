//! The wrong wiring that the README shows gets the answer that the README shows.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::Path;

/// The lines of a compiler's answer, without its frame and with the file that the README names.
fn lines(text: &str) -> Vec<String> {
    let file = "tests/ui/wiring/readme_with_a_wrong_trust.rs";
    text.lines()
        .map(|line| line.replace(&format!("$DIR/{file}"), "src/main.rs").replace(file, "src/main.rs"))
        .map(|line| line.trim().to_owned())
        .filter(|line| line != "|" && !line.is_empty())
        .collect()
}

#[test]
fn the_readme_shows_the_compilers_answer() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(here.join("../../README.md")).unwrap();
    let answer = std::fs::read_to_string(here.join("tests/ui/wiring/readme_with_a_wrong_trust.stderr")).unwrap();
    let shown = readme.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(lines(shown), lines(&answer));
}
