//! What the signature of a request contains. It is not verified.

/// `Credential=<key>/<date>/<region>/<service>/aws4_request`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scope {
    pub(super) key: String,
    pub(super) region: String,
    pub(super) service: String,
}

impl Scope {
    /// The scope in an `Authorization` header of signature version 4.
    pub(super) fn parse(header: &str) -> Option<Self> {
        let parameters = header.strip_prefix("AWS4-HMAC-SHA256")?;
        let credential = parameters.split(',').find_map(|part| part.trim().strip_prefix("Credential="))?;
        let mut parts = credential.split('/');
        let (key, _date, region, service, end) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let complete = end == "aws4_request" && parts.next().is_none();
        let complete = complete && [key, region, service].iter().all(|part| !part.is_empty());
        complete.then(|| Self { key: key.to_owned(), region: region.to_owned(), service: service.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::Scope;

    #[test]
    fn the_scope_is_read_from_the_header() {
        let header =
            "AWS4-HMAC-SHA256 Credential=AK/20260101/eu-west-1/iam/aws4_request, SignedHeaders=host, Signature=0";
        let scope = Scope { key: "AK".into(), region: "eu-west-1".into(), service: "iam".into() };
        assert_eq!(Scope::parse(header), Some(scope));
    }

    #[test]
    fn a_scope_with_a_part_missing_or_too_many_is_not_read() {
        for credential in ["", "AK", "AK/d/r/s", "AK/d/r/s/aws4", "/d/r/s/aws4_request", "AK/d/r/s/aws4_request/x"] {
            assert_eq!(Scope::parse(&format!("AWS4-HMAC-SHA256 Credential={credential}")), None, "{credential}");
        }
        assert_eq!(Scope::parse("Bearer x"), None);
    }
}
