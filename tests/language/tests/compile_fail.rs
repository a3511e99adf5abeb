//! Programs that must not compile, with the exact error text and the marked token.
#![allow(clippy::expect_used, missing_docs)]

use std::path::Path;

/// What `cargo check` refuses.
#[test]
fn what_must_not_pass_a_check() {
    contracts();
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*/*.rs");
}

/// trybuild compiles the cases in a package of its own, and contracts are files of the package that is compiled.
fn contracts() {
    let target =
        Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the folder for temporary files is in `target`");
    let folder = target.join("tests/trybuild").join(env!("CARGO_PKG_NAME")).join("contracts");
    std::fs::create_dir_all(&folder).expect("the package of trybuild can be written");
    for file in std::fs::read_dir("contracts").expect("there are contracts") {
        let file = file.expect("it can be read").path();
        std::fs::copy(&file, folder.join(file.file_name().expect("a file has a name"))).expect("it can be copied");
    }
}

/// What only `cargo build` refuses: constants of generic functions. A case that compiles makes trybuild build.
#[test]
fn what_must_not_pass_a_build() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui-build/right_pipeline.rs");
    cases.compile_fail("tests/ui-build/[!r]*.rs");
    cases.compile_fail("tests/ui-build/r[!i]*.rs");
}
