//! Values of a program in texts of JSON.

/// A text as a string of JSON, with its quotes: what a program puts into a value that is JSON, such as the variables of a build, may have quotes,
/// backslashes or line breaks.
///
/// ```
/// use codepipeline_xacct::json_string;
///
/// let password = r#"quote " and \"#;
/// assert_eq!(
///     format!(r#"{{"password": {}}}"#, json_string(password)),
///     r#"{"password": "quote \" and \\"}"#
/// );
/// ```
pub fn json_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
