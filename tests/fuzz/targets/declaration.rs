//! The JSON reader, the checks and the places of findings, on arbitrary bytes: no panic, no hang.
#![no_main]

use codepipeline_xacct::core::check::files::Home;
use codepipeline_xacct::core::declaration::DeclarationFile;
use codepipeline_xacct::files::{SourceFile, check};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // What was read is written unchanged.
    if let Ok(file) = DeclarationFile::from_json(text) {
        let value = file.to_value().expect("a declaration that was read can be written");
        let again = DeclarationFile::from_json(&value.to_string()).expect("what was written can be read");
        assert_eq!(again.to_value().ok(), Some(value));
    }
    let Ok(source) = SourceFile::parse("fuzz", text.to_owned()) else { return };
    let home = Home { account: "111111111111".parse().ok(), region: "eu-west-1".parse().ok() };
    for home in [Home::default(), home] {
        for located in check(std::slice::from_ref(&source), &home) {
            assert!(source.text().get(located.location.offset.clone()).is_some(), "{located:?}");
            located.in_one_line();
        }
    }
});
