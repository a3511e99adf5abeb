//! Values that AWS does not return.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::references::has_reference;
use crate::catalogue::{self, ConfigurationKey};

/// What AWS returns instead of a secret. Source: CodePipeline User Guide, "GitHub (via OAuth app) source action".
pub const MASK: &str = "****";

/// What the names of secrets have in them, in small letters and without separators.
const WORDS: &[&str] =
    &["accesskey", "apikey", "credential", "passphrase", "password", "passwd", "privatekey", "secret", "token"];

/// True if the last segment of a path is a configuration key that the catalogue marks as secret. What keys a custom action has, and which are
/// secret, only its account knows: of a key that is not in the catalogue, the name decides.
pub fn is_secret(path: &str) -> bool {
    // A key that is not a word is quoted, and may have a full stop in it.
    let quoted = path.strip_suffix("\"]").and_then(|path| path.rsplit_once("[\"")).map(|(_, key)| key);
    let key = quoted.or_else(|| path.rsplit('.').next()).unwrap_or(path);
    match known_keys().get(key) {
        Some(secret) => *secret,
        None => {
            let name: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
            let name = name.to_ascii_lowercase();
            WORDS.iter().any(|word| name.contains(word))
        }
    }
}

/// What ends the names of what only tells of a secret: where it is, what it is called, how it is made.
const ABOUT: &[&str] = &[
    "arn",
    "bucket",
    "count",
    "enabled",
    "endpoint",
    "expiration",
    "expiry",
    "field",
    "file",
    "header",
    "host",
    "id",
    "ids",
    "length",
    "location",
    "name",
    "names",
    "parameter",
    "path",
    "policy",
    "prefix",
    "provider",
    "ref",
    "region",
    "rotation",
    "scope",
    "stage",
    "stdin",
    "timeout",
    "ttl",
    "type",
    "uri",
    "url",
    "version",
];

/// True for a variable or a parameter that has the name of a secret and a text as its value, instead of what tells where the secret is.
pub fn looks_secret(name: &str, value: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let plain = plain.to_ascii_lowercase();
    is_secret(name) && !ABOUT.iter().any(|end| plain.ends_with(end)) && is_plain(value)
}

/// True for a text that stands for itself: neither a reference nor a place.
fn is_plain(value: &str) -> bool {
    let refers = ["{{", "://", "arn:"].iter().any(|part| value.contains(part)) || value.contains(['$', '`']);
    let is_place = value.starts_with(['/', '<']);
    let says_nothing = ["", "true", "false", "null", "none", MASK].iter().any(|word| value.eq_ignore_ascii_case(word));
    !refers && !is_place && !says_nothing && !has_reference(value)
}

/// The option or the variable of a command of a shell that looks like it is given a secret: `--token x`, `TOKEN=x`.
pub fn in_command(command: &str) -> Option<&str> {
    let mut words = command.split_whitespace().map(|word| word.trim_matches([';', '"', '\''])).peekable();
    while let Some(word) = words.next() {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, value.trim_start_matches(['"', '\''])),
            None if word.starts_with("--") => (word, words.peek().copied().unwrap_or_default()),
            None => continue,
        };
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if name.chars().all(is_name) && !value.starts_with('-') && looks_secret(name, value) {
            return Some(name);
        }
    }
    None
}

/// Whether each key of the catalogue is secret in one of the places where it is. This is asked for each key of large files.
fn known_keys() -> &'static HashMap<&'static str, bool> {
    static KEYS: OnceLock<HashMap<&'static str, bool>> = OnceLock::new();
    KEYS.get_or_init(|| {
        let mut known = HashMap::new();
        all_keys().for_each(|key| *known.entry(key.name).or_default() |= key.secret);
        known
    })
}

fn all_keys() -> impl Iterator<Item = &'static ConfigurationKey> {
    let of_actions = catalogue::ACTIONS.iter().flat_map(|action| action.known_keys());
    of_actions.chain(catalogue::RULES.iter().flat_map(|rule| rule.keys))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_catalogue_marks_is_secret_and_nothing_else() {
        let secret: Vec<&str> = all_keys().filter(|key| key.secret).map(|key| key.name).collect();
        assert!(!secret.is_empty());
        for key in all_keys() {
            assert_eq!(is_secret(key.name), secret.contains(&key.name), "{}", key.name);
        }
        assert!(is_secret("stages[Source].actions[Code].configuration.OAuthToken"));
        assert!(!is_secret("configuration.OAuthToken.name"));
    }

    #[test]
    fn of_a_key_of_a_custom_action_the_name_decides() {
        for key in ["MyOAuthToken", "api_key", "DB-Password", "ClientSecret", "privateKey"] {
            assert!(is_secret(&format!("stages[Source].actions[Code].configuration.{key}")), "{key}");
        }
        assert!(is_secret(r#"stages[Source].actions[Code].configuration["db.password of it"]"#));
        assert!(!is_secret(r#"stages[Source].actions[Code].configuration["token.of.db"]["pin.code"]"#));
        for key in ["ProjectName", "Key", "Passed", "encryptionKey"] {
            assert!(!is_secret(&format!("stages[Source].actions[Code].configuration.{key}")), "{key}");
        }
    }

    #[test]
    fn a_variable_with_the_name_of_a_secret_has_one_unless_it_only_refers_to_it() {
        for name in
            ["TOKEN", "GITHUB_TOKEN", "DbPassword", "API_KEY", "AWS_SECRET_ACCESS_KEY", "SECRET_KEY", "npm-token"]
        {
            assert!(looks_secret(name, "abc"), "{name}");
        }
        for name in [
            "TOKEN_URL",
            "SECRET_ARN",
            "SECRET_NAME",
            "SecretId",
            "PASSWORD_FILE",
            "AWS_ACCESS_KEY_ID",
            "STAGE",
            "Key",
            "--password-stdin",
        ] {
            assert!(!looks_secret(name, "abc"), "{name}");
        }
        let elsewhere = [
            "",
            "true",
            "/shop/token",
            "https://shop.example",
            "arn:aws:kms:eu-west-1:111111111111:key/a",
            "${TOKEN}",
            MASK,
        ];
        for value in elsewhere.into_iter().chain(["{{resolve:secretsmanager:shop}}", "<your token>"]) {
            assert!(!looks_secret("TOKEN", value), "{value}");
        }
        let reference = format!("#{}Source.CommitId{}", '{', '}');
        assert!(!looks_secret("TOKEN", &reference));
    }

    #[test]
    fn a_command_that_is_given_a_secret_is_told_by_its_option_or_its_variable() {
        let found = |command| in_command(command).unwrap_or_default();
        assert_eq!(found("deploy --token abc"), "--token");
        assert_eq!(found("deploy --stage prod --api-key=abc"), "--api-key");
        assert_eq!(found("export GITHUB_TOKEN='abc'; make"), "GITHUB_TOKEN");
        assert_eq!(found("PASSWORD=abc make"), "PASSWORD");
        for command in [
            "deploy --token $TOKEN",
            "deploy --token \"$(aws secretsmanager get-secret-value --secret-id shop)\"",
            "export TOKEN=`cat token`",
            "docker login --username AWS --password-stdin shop",
            "deploy --token --verbose",
            "deploy --token",
            "TOKEN_URL=abc make",
            "echo token = abc",
            "aws ssm get-parameter --name /shop/token --with-decryption",
        ] {
            assert_eq!(in_command(command), None, "{command}");
        }
    }

    #[test]
    fn no_member_of_a_declaration_is_taken_for_a_secret() {
        use crate::declaration::PipelineDeclaration;
        use crate::json::member::Member;
        use crate::json::shape::Shape;

        fn names(shape: &Shape, found: &mut Vec<&'static str>) {
            match shape {
                Shape::List(entry) | Shape::Map(entry) => names(entry, found),
                Shape::Structure(_, members) => {
                    for (name, _, shape) in *members {
                        found.push(name);
                        names(shape, found);
                    }
                }
                Shape::Text | Shape::Word(_) | Shape::Integer | Shape::Any | Shape::Either(..) => {}
            }
        }
        let mut found = Vec::new();
        names(&PipelineDeclaration::SHAPE, &mut found);
        assert!(found.len() > 50, "{}", found.len());
        found.retain(|name| is_secret(name));
        assert_eq!(found, Vec::<&str>::new());
    }
}
