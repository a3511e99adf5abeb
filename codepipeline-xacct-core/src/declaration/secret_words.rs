//! The words in the names of secrets.

/// What the names of secrets have in them, in small letters and without separators.
const WORDS: &[&str] = &[
    "accesskey",
    "apikey",
    "credential",
    "dbpass",
    "dbpwd",
    "mysqlpwd",
    "passphrase",
    "password",
    "passwd",
    "pgpass",
    "privatekey",
    "secret",
    "token",
];

/// The same of keys that a name or an id may stand for, as it does for a key of KMS or GPG.
const KEYS: &[&str] = &["encryptionkey", "signingkey"];

/// The last words of the names of what only tells of a secret: where it is, what it is called, how it is made.
const ABOUT: &[&str] = &[
    "algorithm",
    "alias",
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

/// True for a name with the word of a secret anywhere in it.
pub(super) fn has_word(name: &str) -> bool {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let name = name.to_ascii_lowercase();
    WORDS.iter().any(|word| name.contains(word))
}

/// True for the last word of the name of what only tells of a secret.
pub(super) fn is_about(word: &str) -> bool {
    ABOUT.contains(&word)
}

/// The words of a name in small letters: they are separated by what is neither a letter nor a digit, and by a change of case.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let chars: Vec<char> = name.chars().collect();
    for (index, c) in chars.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| chars.get(before));
        let ends_capitals = || chars.get(index + 1).is_some_and(char::is_ascii_lowercase);
        let begins = before.is_some_and(|before| {
            c.is_ascii_digit() != before.is_ascii_digit()
                || c.is_ascii_uppercase() && (!before.is_ascii_uppercase() || ends_capitals())
        });
        if begins || !c.is_ascii_alphanumeric() {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_ascii_alphanumeric(), words.last_mut()) {
            word.push(c.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// True for a word like `password`, `passwords` and `dbpassword`. `tokens` are what a model counts.
pub(super) fn names_secret(word: &str) -> bool {
    let one = word.strip_suffix('s').filter(|one| !one.ends_with("token")).unwrap_or(word);
    WORDS.iter().any(|known| word.ends_with(known) || one.ends_with(known))
}

/// True for a word like `encryptionkey`.
pub(super) fn names_key(word: &str) -> bool {
    KEYS.iter().any(|known| word.ends_with(known))
}
