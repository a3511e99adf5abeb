//! Values that AWS does not return.

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
    let mut known = all_keys().filter(|known| known.name == key).peekable();
    match known.peek() {
        Some(_) => known.any(|known| known.secret),
        None => {
            let name: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
            let name = name.to_ascii_lowercase();
            WORDS.iter().any(|word| name.contains(word))
        }
    }
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
