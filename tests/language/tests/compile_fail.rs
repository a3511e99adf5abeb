//! What must not compile, with the exact text and the token that it marks.
#![allow(missing_docs)]

#[test]
fn what_must_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*/*.rs");
}
