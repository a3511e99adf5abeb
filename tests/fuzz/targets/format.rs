//! The parser of `pipeline!` and the formatter, on arbitrary text: no panic, no hang, and formatting is idempotent.
#![no_main]

use codepipeline_xacct_syntax::format;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    format::forget_spans();
    let Some((width, text)) = bytes.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let style = format::Style { max_width: usize::from(*width), ..Default::default() };
    let Ok(formatted) = format::file(text, &style) else { return };
    let again = format::file(&formatted.text, &style).expect("what was formatted is Rust");
    assert_eq!(again.text, formatted.text);
    assert_eq!(again.skipped.len(), formatted.skipped.len());
});
