//! The page at `/`.

use std::io;
use std::sync::OnceLock;

use hyper::Method;
use hyper::http::request::Parts;
use sha2::{Digest, Sha256};

use super::body::{Http, whole};

const PAGE: &str = include_str!("page.html");

/// Whether a browser asks for the page, and not a client of AWS.
pub(super) fn is_asked_for(head: &Parts) -> bool {
    let accept = head.headers.get("accept").and_then(|value| value.to_str().ok()).unwrap_or_default();
    head.method == Method::GET
        && head.uri.path() == "/"
        && head.uri.query().is_none()
        && !head.headers.contains_key("authorization")
        && accept.contains("text/html")
}

pub(super) fn page() -> io::Result<Http> {
    let headers = [
        ("content-type", "text/html; charset=utf-8".to_owned()),
        ("content-security-policy", policy().to_owned()),
        ("referrer-policy", "no-referrer".to_owned()),
        ("x-content-type-options", "nosniff".to_owned()),
        ("cache-control", "no-store".to_owned()),
    ];
    whole(200, &headers, PAGE)
}

/// Only the script and the style that are in the page, and only this server.
fn policy() -> &'static str {
    static POLICY: OnceLock<String> = OnceLock::new();
    POLICY.get_or_init(|| {
        let hash = |element: &str| {
            let text = inside(element).unwrap_or_default();
            format!("'sha256-{}'", aws_smithy_types::base64::encode(Sha256::digest(text)))
        };
        format!(
            "default-src 'none'; script-src {}; style-src {}; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            hash("script"),
            hash("style"),
        )
    })
}

/// The text of an element that is there once, without attributes.
fn inside(element: &str) -> Option<&'static str> {
    let (_, behind) = PAGE.split_once(&format!("<{element}>"))?;
    Some(behind.split_once(&format!("</{element}>"))?.0)
}
