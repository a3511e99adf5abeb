//! What is generated is what its sources say.
#![allow(clippy::unwrap_used, missing_docs)]

#[test]
fn generated_files_are_up_to_date() {
    for (path, text) in codepipeline_xacct_generated::files().unwrap() {
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            found == text,
            "{} is not what its source says; run `cargo run -p codepipeline-xacct-generated`",
            path.display()
        );
    }
}
