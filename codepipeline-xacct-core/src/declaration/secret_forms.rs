//! Secrets that tell by their form what they are, whatever has them as its value.
//!
//! Sources: GitHub, "About authentication to GitHub", token formats; GitLab, "Personal access tokens", prefixes; Slack, "Token types" and
//! "Sending messages using incoming webhooks"; Stripe, "API keys"; npm, PyPI, Docker and Google, documentation of their tokens and keys; RFC 7468
//! for private keys; RFC 7519 for JSON Web Tokens; RFC 3986, section 3.2.1, for passwords in URLs; IAM User Guide, "Understanding unique ID
//! prefixes".

/// A kind of token: what it begins with, and how much of its letters follows at least.
struct Form {
    prefix: &'static str,
    least: usize,
    /// What is among its letters besides letters and digits.
    also: &'static str,
}

const fn form(prefix: &'static str, least: usize, also: &'static str) -> Form {
    Form { prefix, least, also }
}

const FORMS: [Form; 20] = [
    form("ghp_", 30, ""),
    form("gho_", 30, ""),
    form("ghu_", 30, ""),
    form("ghs_", 30, ""),
    form("ghr_", 30, ""),
    form("github_pat_", 30, "_"),
    form("glpat-", 20, "_-"),
    form("xoxb-", 20, "-"),
    form("xoxp-", 20, "-"),
    form("xoxa-", 20, "-"),
    form("xoxr-", 20, "-"),
    form("xoxs-", 20, "-"),
    form("xapp-", 20, "-"),
    form("sk_live_", 16, ""),
    form("rk_live_", 16, ""),
    form("npm_", 36, ""),
    form("pypi-AgEI", 40, "_-"),
    form("dckr_pat_", 20, "_-"),
    form("AIza", 35, "_-"),
    form("ATATT3", 40, "_-="),
];

/// What access keys of AWS begin with, and how many letters they have.
const KEY_IDS: [&str; 2] = ["AKIA", "ASIA"];
const KEY_ID_LENGTH: usize = 20;
const SECRET_KEY_LENGTH: usize = 40;

/// Whether there is a secret in a text.
pub(super) fn is_in(text: &str) -> bool {
    let is_token = |form: &Form| {
        let mut places = text.match_indices(form.prefix);
        places.any(|(at, _)| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let after = text.get(at + form.prefix.len()..).unwrap_or_default();
            let follows = after.chars().take_while(|c| c.is_ascii_alphanumeric() || form.also.contains(*c)).count();
            !before.is_some_and(|c| c.is_ascii_alphanumeric()) && follows >= form.least
        })
    };
    is_private_key(text)
        || has_key_id(text) && words(text).any(is_secret_key)
        || FORMS.iter().any(is_token)
        || has_web_token(text)
        || text.split(WEBHOOKS).skip(1).any(is_webhook)
        || text.split("://").skip(1).any(has_password)
}

/// True for a text with the id of an access key in it, which is no secret without its key.
pub fn has_key_id(text: &str) -> bool {
    let letter = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    words(text).any(|word| {
        word.len() == KEY_ID_LENGTH && KEY_IDS.iter().any(|prefix| word.starts_with(prefix)) && word.chars().all(letter)
    })
}

/// True for what has the form of the secret of an access key, as have other things that are not beside its id: letters of both cases and digits,
/// which no digest has.
pub fn is_secret_key(text: &str) -> bool {
    let has = |kind: fn(&char) -> bool| text.chars().any(|c| kind(&c));
    text.len() == SECRET_KEY_LENGTH
        && text.chars().all(in_word)
        && has(char::is_ascii_lowercase)
        && has(char::is_ascii_uppercase)
        && has(char::is_ascii_digit)
}

/// True for a text with a JSON Web Token in it that is signed: a header, claims and a signature. The first two are objects of JSON in Base64.
fn has_web_token(text: &str) -> bool {
    let in_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    text.split(|c| !in_token(c)).any(|word| {
        let parts: Vec<&str> = word.split('.').collect();
        let is_object = |part: &str| part.starts_with("eyJ") && part.len() >= 10;
        matches!(parts.as_slice(), [head, claims, signature] if is_object(head) && is_object(claims) && signature.len() >= 20)
    })
}

const WEBHOOKS: &str = "://hooks.slack.com/services/";

/// True for the end of the URL of a webhook of Slack: a workspace, an app, and a secret.
fn is_webhook(end: &str) -> bool {
    let in_path = |c: char| c.is_ascii_alphanumeric() || c == '/';
    let path = end.split(|c| !in_path(c)).next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').collect();
    matches!(parts.as_slice(), [team, app, secret, ..] if team.starts_with('T') && app.starts_with('B') && secret.len() >= 20)
}

/// True for the rest of a URL with a password that is neither a reference nor covered. Without one are also URLs of the machine itself: what
/// listens there is a test's.
fn has_password(rest: &str) -> bool {
    let ends = |c: char| {
        !c.is_ascii_graphic()
            || matches!(c, '/' | '?' | '#' | '"' | '\'' | '`' | '<' | '>' | '{' | '}' | '(' | ')' | '\\' | '|')
    };
    let authority = rest.split(ends).next().unwrap_or_default();
    let Some((user, host)) = authority.rsplit_once('@') else { return false };
    let Some((_, password)) = user.split_once(':') else { return false };
    let is_local = ["localhost", "127.0.0.1"].contains(&host.split(':').next().unwrap_or_default());
    let is_stand_in = password.starts_with(['$', '%', '[']) || password.bytes().all(|byte| byte == b'*');
    !is_stand_in && !is_local && !host.is_empty()
}

fn is_private_key(text: &str) -> bool {
    text.split("-----BEGIN ").skip(1).any(|after| {
        after.split_once("-----").is_some_and(|(label, key)| label.ends_with("PRIVATE KEY") && key.trim().len() > 20)
    })
}

fn in_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/')
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !in_word(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As many letters as a token has, of both cases and digits.
    fn letters(count: usize) -> String {
        "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7".chars().cycle().take(count).collect()
    }

    #[test]
    fn tokens_and_keys_are_told_by_their_form() {
        for (prefix, count) in [("ghp_", 36), ("glpat-", 20), ("sk_live_", 24), ("npm_", 36), ("AIza", 35)] {
            let token = format!("{prefix}{}", letters(count));
            for text in
                [token.clone(), format!("https://x:{token}@github.com/shop/shop"), format!("{{\"a\": \"{token}\"}}")]
            {
                assert!(is_in(&text), "{text}");
            }
            assert!(!is_in(&format!("x{token}")));
        }
        assert!(is_in(&format!("github_pat_{}_{}", letters(22), letters(59))));
        assert!(is_in(&format!("xoxb-123456789012-1234567890123-{}", letters(24))));
        for label in ["RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "ENCRYPTED PRIVATE KEY"] {
            assert!(is_in(&format!("-----BEGIN {label}-----\n{}\n-----END {label}-----", letters(64))), "{label}");
        }
        let id = format!("AKIA{}", "ABCDEFGH23456789");
        let key = letters(40);
        assert!(has_key_id(&id) && is_secret_key(&key));
        assert!(is_in(&format!("{id}:{key}")));
        assert!(!is_in(&id) && !is_in(&key));
    }

    #[test]
    fn signed_tokens_webhooks_and_passwords_in_urls_are_told_by_their_form() {
        let token = format!("eyJ{}.eyJ{}.{}", letters(20), letters(30), letters(43));
        let webhook = format!("https://hooks.slack.com/services/T0AAAAAAA/B0AAAAAAA/{}", letters(24));
        for secret in
            [token.as_str(), &webhook, "postgres://admin:Tr0ub4dor@db.example.com/x", "redis://:abc@cache:6379"]
        {
            for text in [secret.to_owned(), format!("curl -H 'x: {secret}' y"), format!("{{\"a\": \"{secret}\"}}")] {
                assert!(is_in(&text), "{text}");
            }
        }
        let unsigned = format!("eyJ{}.eyJ{}.", letters(20), letters(30));
        for text in [
            unsigned.as_str(),
            "https://hooks.slack.com/services/",
            "https://hooks.slack.com/services/$SLACK_PATH",
            "https://hooks.slack.com/services/T0AAAAAAA/B0AAAAAAA/${SECRET}",
            "https://shop.example:8080/a:b@c",
            "https://shop@shop.example:8080/",
            "ssh://git@github.com:22/shop",
            "https://x:$TOKEN@github.com/shop/shop",
            "https://x:${TOKEN}@github.com/shop/shop",
            "https://x:#{Source.Token}@github.com/shop/shop",
            "https://x:{{resolve:secretsmanager:shop}}@shop.example",
            "https://x:<password>@shop.example",
            "https://x:%PASSWORD%@shop.example",
            "https://x:$(cat token)@shop.example",
            "https://x:\u{e000}Password\u{e001}@shop.example",
            "https://x:****@shop.example",
            "https://x:@shop.example",
            "postgres://postgres:postgres@localhost:5432/test",
            "https://shop.example, mail to a:b@shop.example",
        ] {
            assert!(!is_in(text), "{text}");
        }
    }

    #[test]
    fn what_only_resembles_a_secret_is_none() {
        let digest = "0123456789abcdef0123456789abcdef01234567";
        for text in [
            "",
            digest,
            "3fdc9d4c-0b6c-4a5e-9c4d-0d1b0a1c2d3e",
            "arn:aws:iam::111111111111:role/ghp_role",
            "ghp_",
            "ghp_token",
            "npm_config_registry",
            "npm_lifecycle_event_of_some_other_script_or_so",
            "sk_live_",
            "xoxb-",
            "glpat-example",
            "AKIA",
            "-----BEGIN CERTIFICATE-----\nMIIB0123456789abcdefghij\n-----END CERTIFICATE-----",
            "-----BEGIN PUBLIC KEY-----\nMIIB0123456789abcdefghij\n-----END PUBLIC KEY-----",
            "grep -q -- '-----BEGIN RSA PRIVATE KEY-----' key.pem",
            "VGhpcyBpcyBhIGhhcm1sZXNzIHRleHQgb2Ygc29tZSBsZW5ndGg=",
            "eyJBIjoiYiIsIkMiOiJkIn0",
            "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        ] {
            assert!(!is_in(text), "{text}");
        }
        let id = format!("AKIA{}", "ABCDEFGH23456789");
        assert!(!is_in(&format!("{id} {digest}")));
    }
}
