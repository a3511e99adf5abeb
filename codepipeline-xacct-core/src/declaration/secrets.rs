//! Values that AWS does not return.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::Value;

use super::references::has_reference;
use super::secret_forms;
pub use super::secret_forms::{has_key_id, is_secret_key};
use super::secret_words::{has_word, is_about, names_key, names_secret, words};
use crate::catalogue::{self, ConfigurationKey};

/// What AWS returns instead of a secret. Source: CodePipeline User Guide, "GitHub (via OAuth app) source action".
pub const MASK: &str = "****";

/// True if the last segment of a path is a configuration key that the catalogue marks as secret. What keys a custom action has, and which are
/// secret, only its account knows: of a key that is not in the catalogue, the name decides.
pub fn is_secret(path: &str) -> bool {
    // A key that is not a word is quoted, and may have a full stop in it.
    let quoted = path.strip_suffix("\"]").and_then(|path| path.rsplit_once("[\"")).map(|(_, key)| key);
    let key = quoted.or_else(|| path.rsplit('.').next()).unwrap_or(path);
    match known_keys().get(key) {
        Some(secret) => *secret,
        None => has_word(key),
    }
}

/// How many digits a number has at least that is taken for a secret.
const LEAST_DIGITS: usize = 6;

/// True for a text with a secret in it that is known by its form, such as a token of GitHub or a private key.
pub fn has_secret_form(text: &str) -> bool {
    secret_forms::is_in(text)
}

/// True for a variable or a parameter that has the name of a secret and a text as its value, instead of what tells where the secret is, or one
/// with [the form of a secret](has_secret_form).
pub fn looks_secret(name: &str, value: &str) -> bool {
    // No shell replaces what is in it.
    let is_stand_in = value.starts_with('<') && value.ends_with('>') || only_variables(value);
    has_secret_form(value) || !is_stand_in && has_secret_of_name(name, value)
}

/// True for a text that stands for itself as the value of what has the name of a secret.
fn has_secret_of_name(name: &str, value: &str) -> bool {
    let mut words = words(name);
    words.retain(|word| !word.bytes().all(|byte| byte.is_ascii_digit()));
    let tells_of_one = words.last().is_some_and(|last| is_about(last));
    // `api_key` is two words.
    let has = |names: fn(&str) -> bool| {
        words.iter().any(|word| names(word)) || words.windows(2).any(|two| names(&two.concat()))
    };
    let has_key = || has(names_key) && !words.iter().any(|word| word == "public") && !is_key_id(value);
    let is_named = has(names_secret) || has_key();
    is_named && !tells_of_one && is_plain(value) && (!is_number(value) || can_be_number(&words, value))
}

/// True for a number that can be a secret: it is long, and the name ends with that of a secret, as that of a time (`TOKEN_LIFETIME`) does not.
fn can_be_number(words: &[String], value: &str) -> bool {
    let ends_named = words.last().is_some_and(|last| names_secret(last))
        || words.last_chunk::<2>().is_some_and(|two| names_secret(&two.concat()));
    let is_limit = words.iter().any(|word| matches!(word.as_str(), "max" | "min"));
    ends_named && !is_limit && value.len() >= LEAST_DIGITS && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether something in JSON looks like a secret, by the names of members or of variables.
pub(crate) fn json_has_secret(json: &Value) -> bool {
    match json {
        Value::Object(members) => {
            let text = |name: &str| members.get(name).and_then(Value::as_str);
            text("name").zip(text("value")).is_some_and(|(name, value)| looks_secret(name, value))
                || members.iter().any(|(name, value)| {
                    value.as_str().is_some_and(|value| looks_secret(name, value)) || json_has_secret(value)
                })
        }
        Value::Array(entries) => entries.iter().any(json_has_secret),
        _ => false,
    }
}

/// True for what names a key: an alias or an id of KMS, or an id or a fingerprint of GPG.
///
/// Source: KMS Developer Guide, "Key identifiers (KeyId)"; GnuPG manual, "How to Specify a User Id".
fn is_key_id(value: &str) -> bool {
    let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_uuid = || value.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && value.split('-').all(is_hex);
    let of_gpg = value.strip_prefix("0x").unwrap_or(value);
    value.starts_with("alias/")
        || value.strip_prefix("mrk-").is_some_and(is_hex)
        || is_uuid()
        || matches!(of_gpg.len(), 8 | 16 | 40) && is_hex(of_gpg)
}

/// True for a text that stands for itself: neither a reference nor a place or a switch.
fn is_plain(value: &str) -> bool {
    let refers = ["{{", "://", "arn:", "${", "$(", "`"].iter().any(|part| value.contains(part));
    let says_nothing = ["", "true", "false", "null", "none", MASK].iter().any(|word| value.eq_ignore_ascii_case(word));
    !refers && !is_path(value) && !says_nothing && !has_reference(value)
}

fn is_number(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// True for what begins with a variable of a shell: `$TOKEN`.
fn is_variable(value: &str) -> bool {
    value.strip_prefix('$').is_some_and(|name| name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'))
}

/// True for variables of a shell and nothing else, as people name them: `$TOKEN`, `$user:$token`.
fn only_variables(value: &str) -> bool {
    let in_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$');
    let has_two_cases =
        |name: &str| name.contains(|c: char| c.is_ascii_lowercase()) && name.contains(|c: char| c.is_ascii_uppercase());
    let is_one = |part: &str| is_variable(part) && part.matches('$').count() == 1 && !has_two_cases(part);
    value.split(|c| !in_name(c)).all(is_one)
}

/// True for a path of names, such as that of a file or of a parameter: `/shop/token`.
fn is_path(value: &str) -> bool {
    let of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '.' | ':');
    value.starts_with('/') && value.chars().all(of_name)
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
        // A shell replaces variables, and reads files.
        let is_of_shell = |value: &str| is_variable(value) || value.starts_with('<');
        // `docker build --secret id=npm,src=npmrc` says where the secret is.
        let is_place = name == "--secret" && value.contains('=');
        let is_given = || has_secret_form(value) || !is_of_shell(value) && has_secret_of_name(name, value);
        if name.chars().all(is_name) && !value.starts_with('-') && !is_place && is_given() {
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
        for name in [
            "TOKEN",
            "GITHUB_TOKEN",
            "DbPassword",
            "API_KEY",
            "AWS_SECRET_ACCESS_KEY",
            "SECRET_KEY",
            "npm-token",
            "APIKey",
            "githubtoken",
            "token2",
            "OAuth2Token",
            "DB_CREDENTIALS",
            "PASSWORD_ANDROID",
            "SECRET_KEY_GRID",
            "PGPASS",
            "DB_PASS",
            "MYSQL_PWD",
            "SIGNING_KEY",
            "signingKey",
            "ENCRYPTION_KEY",
            "DB_ENCRYPTION_KEY_2",
        ] {
            assert!(looks_secret(name, "abc"), "{name}");
        }
        for name in [
            "TOKEN_URL",
            "SECRET_ARN",
            "SECRET_NAME",
            "SecretId",
            "PASSWORD_FILE",
            "AWS_ACCESS_KEY_ID",
            "SECRET_NAME_2",
            "MAX_TOKENS",
            "maxTokens",
            "TOKENIZER",
            "tokenizerModel",
            "",
            "STAGE",
            "Key",
            "--password-stdin",
            "PGPASSFILE",
            "DB_PASSED",
            "PWD",
            "KMS_KEY_ID",
            "KEY_NAME",
            "PUBLIC_KEY",
            "PUBLIC_SIGNING_KEY",
            "CACHE_KEY",
            "S3_KEY",
            "ENCRYPTION_KEY_ID",
            "ENCRYPTION_KEY_ARN",
            "SIGNING_KEY_ALIAS",
        ] {
            assert!(!looks_secret(name, "abc"), "{name}");
        }
        for value in [
            "alias/shop",
            "1b7a0a5e-6d2c-4e5f-9d2a-0123456789ab",
            "mrk-1234abcd12ab34cd56ef1234567890ab",
            "arn:aws:kms:eu-west-1:111111111111:key/a",
            "3AA5C34371567BD2",
            "0x3AA5C34371567BD2",
        ] {
            assert!(!looks_secret("ENCRYPTION_KEY", value) && !looks_secret("SIGNING_KEY", value), "{value}");
        }
        let elsewhere = [
            "",
            "true",
            "4096",
            "12345",
            "-123456",
            "1234567.5",
            "-1",
            "0.5",
            "/shop/token",
            "/shop/db_password:3",
            "https://shop.example",
            "arn:aws:kms:eu-west-1:111111111111:key/a",
            "${TOKEN}",
            "Bearer ${TOKEN}",
            "$TOKEN",
            "$token_2",
            "$USER:$TOKEN",
            "$(cat token)",
            MASK,
        ];
        for value in elsewhere.into_iter().chain(["{{resolve:secretsmanager:shop}}", "<your token>"]) {
            assert!(!looks_secret("TOKEN", value), "{value}");
        }
        for value in [
            "pa$$w0rd",
            "$$w0rd",
            "a$B",
            "/abcd+xyz",
            "/abc=",
            "12a",
            "1-2",
            "é",
            "$ecretPassw0rd",
            "$P@ss",
            "<q9#Lk2!x",
        ] {
            assert!(looks_secret("TOKEN", value), "{value}");
        }
        for name in ["DB_PASSWORD", "apiKey", "TOKEN_2"] {
            assert!(looks_secret(name, "84629174"), "{name}");
        }
        for name in
            ["TOKEN_TTL", "TOKEN_LIFETIME", "PASSWORD_MAX_AGE", "PASSWORD_LENGTH", "MAX_TOKENS", "maxToken", "PORT"]
        {
            assert!(!looks_secret(name, "31536000"), "{name}");
        }
        let token = format!("ghp_{}", "aB3".repeat(12));
        assert!(looks_secret("STAGE", &token) && looks_secret("URL", &format!("https://x:{token}@github.com/a/b")));
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
        assert_eq!(found("deploy --password pa$$w0rd"), "--password");
        assert_eq!(found("deploy --secret abc"), "--secret");
        assert_eq!(found("deploy --token YWJj=="), "--token");
        assert_eq!(found("deploy --password 84629174"), "--password");
        for command in [
            "docker build --secret id=npm,src=npmrc .",
            "docker build --secret=id=npm,src=npmrc .",
            "ask --max-tokens 4096 --tokenizer bert",
            "MAX_TOKENS=4096 TOKENIZER=bert-base ask",
            "deploy --token $TOKEN",
            "deploy --token $shopToken",
            "deploy --token <your token>",
            "deploy --token <token.txt",
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
