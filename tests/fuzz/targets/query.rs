//! Requests to IAM and STS of local AWS, one a line, on arbitrary bytes: no panic, and an answer in the form of AWS. A line that begins with
//! `sts ` is for STS.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::json;

#[allow(dead_code)]
mod aws;

fuzz_target!(|bytes: &[u8]| {
    let aws = aws::Aws::new();
    aws.role("r", json!({ "AWS": aws::ACCOUNT }));
    for line in bytes.split(|byte| *byte == b'\n') {
        match line.strip_prefix(b"sts ") {
            Some(body) => aws.query("sts", body),
            None => aws.query("iam", line),
        };
    }
});
