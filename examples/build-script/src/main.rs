//! Prints what the build script checked and wrote.

const RELEASE: &str = include_str!(concat!(env!("OUT_DIR"), "/release.json"));
const NIGHTLY: &str = include_str!(concat!(env!("OUT_DIR"), "/nightly/111111111111/eu-west-1/nightly.json"));

fn main() {
    print!("{RELEASE}{NIGHTLY}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_what_update_pipeline_takes() {
        assert!(RELEASE.starts_with("{\n  \"pipeline\": {\n    \"name\": \"release\","), "{RELEASE}");
        assert!(!RELEASE.contains("metadata"), "UpdatePipeline does not take it");
        assert!(NIGHTLY.contains(r#""roleArn": "arn:aws:iam::222222222222:role/acceptance-invoker""#), "{NIGHTLY}");
    }
}
