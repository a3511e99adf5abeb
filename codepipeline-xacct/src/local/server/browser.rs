//! Keeps pages of other sites in a browser from the interface and from the page: what they hold has secrets.

use std::net::IpAddr;

use hyper::http::request::Parts;

/// Why a request is refused that a page of another site may have made.
pub(super) fn refused(head: &Parts, is_loopback: bool) -> Option<String> {
    let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
    let host = head.uri.authority().map(|authority| authority.as_str()).or_else(|| header("host"));
    let host = host.unwrap_or_default();
    // A name that its owner lets point to this machine makes a page of that name one of this server.
    if is_loopback && !is_this_machine(host) {
        return Some(format!("the host `{host}` is not this machine: use localhost or 127.0.0.1"));
    }
    let origin = header("origin")?;
    let is_own = origin.split_once("://").is_some_and(|(_, from)| from.eq_ignore_ascii_case(host));
    (!is_own).then(|| format!("a page of `{origin}` has no access"))
}

/// Whether a host, with or without a port, is this machine by its name.
fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, _)) => address,
        None => host.split(':').next().unwrap_or_default(),
    };
    let name = name.to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_this_machine;

    #[test]
    fn only_names_of_loopback_are_this_machine() {
        for host in ["localhost", "LocalHost:4599", "127.0.0.1", "127.8.8.8:1", "[::1]:4599", "[::1]", "a.localhost:1"]
        {
            assert!(is_this_machine(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example:4599",
            "127.0.0.1.evil.example",
            "10.0.0.1",
            "[::2]",
            "notlocalhost",
        ] {
            assert!(!is_this_machine(host), "{host}");
        }
    }
}
