//! The signature of a request: what it contains, and, where that is asked for, whether it is right.
//!
//! Source: IAM User Guide, "Create a signed AWS API request".

use std::collections::BTreeMap;

use form_urlencoded::parse;
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

/// The secret of every access key.
pub(crate) const SECRET: &str = "local";

/// The token of every session.
pub(crate) const SESSION_TOKEN: &str = "local";

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const END: &str = "aws4_request";
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The same for a path.
const PATH: &AsciiSet = &ENCODED.remove(b'/');

/// `Credential=<key>/<date>/<region>/<service>/aws4_request, SignedHeaders=<name>;…, Signature=<hexadecimal>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope {
    pub(super) key: String,
    date: String,
    pub(super) region: String,
    pub(super) service: String,
    signed_headers: String,
    signature: String,
}

/// What is signed.
pub(super) struct Signed<'a, 'r> {
    pub(super) method: &'a str,
    pub(super) uri: &'a str,
    pub(super) header: &'r dyn Fn(&str) -> Option<&'a str>,
    pub(super) body: &'a [u8],
}

impl Scope {
    /// The scope in an `Authorization` header of signature version 4.
    pub(super) fn parse(header: &str) -> Option<Self> {
        let parameters = header.strip_prefix(ALGORITHM)?;
        let value =
            |name: &str| parameters.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
        let mut parts = value("Credential")?.split('/');
        let (key, date, region, service, end) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let complete = end == END && parts.next().is_none();
        let complete = complete && [key, region, service].iter().all(|part| !part.is_empty());
        let [date, signed_headers, signature] =
            [Some(date), value("SignedHeaders"), value("Signature")].map(|text| text.unwrap_or_default().to_owned());
        complete.then(|| Self {
            key: key.to_owned(),
            date,
            region: region.to_owned(),
            service: service.to_owned(),
            signed_headers,
            signature,
        })
    }

    /// Whether a request was signed with a secret. How old the signature is doesn't count.
    pub(super) fn is_right(&self, secret: &str, request: &Signed<'_, '_>) -> bool {
        self.signature_of(secret, request).is_some_and(|signature| signature == self.signature)
    }

    fn signature_of(&self, secret: &str, request: &Signed<'_, '_>) -> Option<String> {
        let canonical = hexadecimal(&Sha256::digest(self.canonical(request)?));
        let scope = [&self.date, &self.region, &self.service, END].join("/");
        let time = (request.header)("x-amz-date")?;
        let text = [ALGORITHM, time, &scope, &canonical].join("\n");
        let first = format!("AWS4{secret}").into_bytes();
        let steps = [&self.date, &self.region, &self.service, END];
        let key = steps.iter().try_fold(first, |key, step| authenticated(&key, step.as_bytes()))?;
        authenticated(&key, text.as_bytes()).map(|signature| hexadecimal(&signature))
    }

    /// The canonical request.
    fn canonical(&self, request: &Signed<'_, '_>) -> Option<String> {
        let after_scheme = request.uri.split_once("://").map(|(_, rest)| rest);
        let (host, rest) = match after_scheme {
            Some(rest) => rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len())),
            None => ("", request.uri),
        };
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path = if path.is_empty() { "/" } else { path };
        let encode = |text: &str| utf8_percent_encode(text, ENCODED).to_string();
        // By their names, which `a.1=` and `a.10=` as a whole would not be.
        let mut query: Vec<(String, String)> =
            parse(query.as_bytes()).map(|(key, value)| (encode(&key), encode(&value))).collect();
        query.sort();
        let query: Vec<String> = query.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let mut headers = BTreeMap::new();
        for name in self.signed_headers.split(';') {
            let value = (request.header)(name).or_else(|| (name == "host").then_some(host))?;
            headers.insert(name, value.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        let headers: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let parts = [
            request.method,
            &utf8_percent_encode(path, PATH).to_string(),
            &query.join("&"),
            &headers,
            &self.signed_headers,
            &hexadecimal(&Sha256::digest(request.body)),
        ];
        Some(parts.join("\n"))
    }
}

fn authenticated(key: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    let mut code = Hmac::<Sha256>::new_from_slice(key).ok()?;
    code.update(text);
    Some(code.finalize().into_bytes().to_vec())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Scope, Signed};

    #[test]
    fn the_scope_is_read_from_the_header() {
        let header =
            "AWS4-HMAC-SHA256 Credential=AK/20260101/eu-west-1/iam/aws4_request, SignedHeaders=host, Signature=0";
        let scope = Scope::parse(header).unwrap();
        assert_eq!((scope.key.as_str(), scope.region.as_str(), scope.service.as_str()), ("AK", "eu-west-1", "iam"));
        assert_eq!((scope.signed_headers.as_str(), scope.signature.as_str()), ("host", "0"));
    }

    #[test]
    fn a_scope_with_a_part_missing_or_too_many_is_not_read() {
        for credential in ["", "AK", "AK/d/r/s", "AK/d/r/s/aws4", "/d/r/s/aws4_request", "AK/d/r/s/aws4_request/x"] {
            assert_eq!(Scope::parse(&format!("AWS4-HMAC-SHA256 Credential={credential}")), None, "{credential}");
        }
        assert_eq!(Scope::parse("Bearer x"), None);
    }

    /// The example of the AWS General Reference, "Examples of the complete Signature Version 4 signing process".
    #[test]
    fn the_signature_is_that_of_the_example() {
        let header = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";
        let headers = |name: &str| match name {
            "content-type" => Some("application/x-www-form-urlencoded; charset=utf-8"),
            "host" => Some("iam.amazonaws.com"),
            "x-amz-date" => Some("20150830T123600Z"),
            _ => None,
        };
        let signed = |uri, body| Signed { method: "GET", uri, header: &headers, body };
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        let scope = Scope::parse(header).unwrap();
        assert!(scope.is_right(secret, &signed("/?Version=2010-05-08&Action=ListUsers", b"")));
        assert!(!scope.is_right("wJalr", &signed("/?Action=ListUsers&Version=2010-05-08", b"")));
        assert!(!scope.is_right(secret, &signed("/?Action=ListRoles&Version=2010-05-08", b"")));
        assert!(!scope.is_right(secret, &signed("/?Action=ListUsers&Version=2010-05-08", b"x")));
    }

    /// Source: IAM User Guide, "Create a signed AWS API request": parameters are sorted by their names, then by their values.
    #[test]
    fn parameters_are_sorted_by_name() {
        let scope = Scope::parse("AWS4-HMAC-SHA256 Credential=AK/d/r/s/aws4_request, SignedHeaders=host").unwrap();
        let headers = |_: &str| Some("x");
        let signed = Signed { method: "GET", uri: "/?a.10=b&a.1=d&a.1=c", header: &headers, body: b"" };
        let canonical = scope.canonical(&signed).unwrap();
        assert_eq!(canonical.lines().nth(2), Some("a.1=c&a.1=d&a.10=b"));
    }
}
