//! Names of items, made from the names that AWS has.

use std::collections::HashSet;

use codepipeline_xacct_core::suggest::pascal_case;

use super::literal;

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An account.
    Account,
    /// A role.
    Role,
    /// A pipeline.
    Pipeline,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Kind::Account => "Account",
            Kind::Role => "Role",
            Kind::Pipeline => "Pipeline",
        }
    }
}

/// The name of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenName {
    /// What it is called.
    pub name: String,
    /// What it is called where no other item has this name.
    pub plain: String,
}

/// Names that Rust's prelude or the text of the file already uses.
const TAKEN: &[&str] = &[
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Drop",
    "Eq",
    "Err",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "Hash",
    "Into",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
];

/// The names that were given so far: no two items have the same.
#[derive(Debug, Clone, Default)]
pub struct Names(HashSet<String>);

impl Names {
    /// A name for an item: `my-app_release` is `MyAppRelease`. Where that is taken the kind is added to it, and then a number.
    pub fn give(&mut self, kind: Kind, text: &str) -> GivenName {
        let plain = pascal_case(text);
        let word = kind.word();
        let plain = if plain.starts_with(|c: char| c.is_ascii_digit()) || plain.is_empty() {
            format!("{word}{plain}")
        } else {
            plain
        };
        let numbered = (2u32..).map(|number| format!("{plain}{word}{number}"));
        let mut candidates = [plain.clone(), format!("{plain}{word}")].into_iter().chain(numbered);
        let free = |name: &String| !TAKEN.contains(&name.as_str()) && literal::is_ident(name) && !self.0.contains(name);
        let name = candidates.find(free).unwrap_or_else(|| plain.clone());
        self.0.insert(name.clone());
        GivenName { name, plain }
    }
}

/// A name for a parameter: `OAuthToken` is `oauth_token`.
pub(super) fn snake(text: &str) -> String {
    let mut name = String::new();
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        let mut lower = false;
        if !name.is_empty() {
            name.push('_');
        }
        for letter in word.chars() {
            if letter.is_ascii_uppercase() && lower {
                name.push('_');
            }
            lower = letter.is_ascii_lowercase() || letter.is_ascii_digit();
            name.push(letter.to_ascii_lowercase());
        }
    }
    if literal::is_ident(&name) { name } else { format!("value_{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(kinds: &[(Kind, &str)]) -> Vec<String> {
        let mut names = Names::default();
        kinds.iter().map(|(kind, text)| names.give(*kind, text).name).collect()
    }

    #[test]
    fn names_say_what_aws_calls_it() {
        let pipeline = |text| (Kind::Pipeline, text);
        assert_eq!(
            given(&[
                pipeline("my-app_release"),
                pipeline("hoge0315pipeline1"),
                pipeline("MyStack.Deploy@2"),
                pipeline("ECS-PROD")
            ]),
            ["MyAppRelease", "Hoge0315pipeline1", "MyStackDeploy2", "ECSProd"]
        );
    }

    #[test]
    fn what_is_no_identifier_or_taken_gets_its_kind_and_then_a_number() {
        assert_eq!(
            given(&[
                (Kind::Account, "111111111111"),
                (Kind::Role, "deploy"),
                (Kind::Pipeline, "deploy"),
                (Kind::Pipeline, "Deploy"),
                (Kind::Pipeline, "de-ploy"),
                (Kind::Pipeline, "self"),
                (Kind::Pipeline, "option"),
                (Kind::Pipeline, "本番"),
                (Kind::Role, "1-2"),
            ]),
            [
                "Account111111111111",
                "Deploy",
                "DeployPipeline",
                "DeployPipeline2",
                "DePloy",
                "SelfPipeline",
                "OptionPipeline",
                "Pipeline",
                "Role1_2"
            ]
        );
    }

    #[test]
    fn parameters_are_in_snake_case() {
        assert_eq!(
            [snake("OAuthToken"), snake("oauth_token"), snake("my-Key"), snake("type"), snake("1")],
            ["oauth_token", "oauth_token", "my_key", "value_type", "value_1"]
        );
    }
}
