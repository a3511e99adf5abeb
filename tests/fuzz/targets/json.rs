//! Requests to CodePipeline of local AWS, one a line, `operation body`, on arbitrary bytes: no panic, and an answer in the form of AWS.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::json;

#[allow(dead_code)]
mod aws;

fuzz_target!(|bytes: &[u8]| {
    let aws = aws::Aws::new();
    aws.role("service", json!({ "Service": "codepipeline.amazonaws.com" }));
    aws.pipeline();
    for line in bytes.split(|byte| *byte == b'\n') {
        let end = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
        let (operation, body) = line.split_at(end);
        // What can't be in a header is not sent.
        let Ok(operation) = std::str::from_utf8(operation) else { continue };
        if operation.bytes().all(|byte| byte.is_ascii_graphic()) {
            aws.json(operation, body.trim_ascii_start());
        }
    }
});
