//! How AWS says that a request is denied: for local AWS, which writes it, and for what reads it.
//!
//! Source: IAM User Guide, "Troubleshoot access denied error messages".

/// The codes of the error, of services that speak XML and of those that speak JSON.
pub const CODES: [&str; 2] = ["AccessDenied", "AccessDeniedException"];

/// Kinds of policies in a reason.
pub const IDENTITY: &str = "identity-based policy";
/// See [`IDENTITY`].
pub const RESOURCE: &str = "resource-based policy";
/// See [`IDENTITY`].
pub const TRUST: &str = "role trust policy";
/// See [`IDENTITY`].
pub const BOUNDARY: &str = "permissions boundary";
/// See [`IDENTITY`].
pub const SESSION: &str = "session policy";
/// See [`IDENTITY`].
pub const SERVICE_CONTROL: &str = "service control policy";
/// See [`IDENTITY`].
pub const RESOURCE_CONTROL: &str = "resource control policy";

/// How a reason begins if no policy of a kind allows the action.
pub const NOT_ALLOWED: &str = "because no ";
/// How a reason begins if a statement denies it.
pub const EXPLICIT: &str = "with an explicit deny";

/// What is between who is denied and what.
pub const NOT_AUTHORIZED: &str = "is not authorized to perform";
/// What CodePipeline says in place of it when it may not assume a role.
pub const NOT_ASSUMED: &str = "is not authorized to perform AssumeRole on role";

/// Whether an error has one of the [`CODES`].
pub fn is_code(code: Option<&str>) -> bool {
    code.is_some_and(|code| CODES.contains(&code))
}

/// Whether a text tells of a denied request, whoever made it.
pub fn is_told(text: &str) -> bool {
    [CODES[0], "not authorized to perform", "PermissionError"].iter().any(|word| text.contains(word))
}

/// The reason where no policy of a kind allows an action.
pub fn implicit(kind: &str, action: &str) -> String {
    format!("{NOT_ALLOWED}{kind} allows the {action} action")
}

/// The reason where a policy of a kind denies it.
pub fn explicit(kind: &str) -> String {
    let article = match kind {
        TRUST => "the",
        IDENTITY => "an",
        _ => "a",
    };
    format!("{EXPLICIT} in {article} {kind}")
}

/// The text of the error, without the resource and the reason.
pub fn request(who: &str, action: &str) -> String {
    format!("User: {who} {NOT_AUTHORIZED}: {action}")
}

/// What CodePipeline says when it, or a service role, may not assume a role.
pub fn not_assumed(who: &str, role: &str) -> String {
    format!("{who} {NOT_ASSUMED} {role}")
}
