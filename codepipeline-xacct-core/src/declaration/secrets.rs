//! Values that AWS does not return.

use crate::catalogue::{self, ConfigurationKey};

/// What AWS returns in place of a secret. Source: CodePipeline User Guide, "GitHub (via OAuth app) source action".
pub const MASK: &str = "****";

/// True if the last segment of a path is a configuration key that the catalogue marks as secret.
pub fn is_secret(path: &str) -> bool {
    let key = path.rsplit('.').next().unwrap_or(path);
    all_keys().any(|known| known.secret && known.name == key)
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
        assert!(!is_secret("stages[Source].actions[Code].configuration.MyOAuthToken"));
        assert!(!is_secret("configuration.OAuthToken.name"));
    }
}
