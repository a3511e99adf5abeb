//! Programs that must not compile, with the exact error text and the marked token.
#![allow(missing_docs)]

/// What `cargo check` refuses.
#[test]
fn what_must_not_pass_a_check() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*/*.rs");
}

/// What only `cargo build` refuses: constants of generic functions. A case that compiles makes trybuild build.
#[test]
fn what_must_not_pass_a_build() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui-build/right_pipeline.rs");
    cases.compile_fail("tests/ui-build/[!r]*.rs");
    cases.compile_fail("tests/ui-build/r[!i]*.rs");
}
