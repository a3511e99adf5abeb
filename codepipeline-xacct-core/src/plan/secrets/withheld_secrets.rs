//! The secrets of a declaration that is to be written, taken out of it: what a plan says, saves and compares has `****` in their place, and only the
//! call that writes the declaration has them.

use std::fmt;

use indexmap::IndexMap;
use serde_json::Value;

use super::mask::{entry_path, unmasked};
use super::secret_keys::{Secrecy, SecretKeys};
use crate::declaration::secrets::MASK;
use crate::declaration::{ActionTypeId, PipelineDeclaration};
use crate::member_path::member_path;

/// The length of the shortest secret that is looked for in texts.
const SHORTEST: usize = 4;

/// Secrets by their paths in a declaration. `{:?}` has the paths alone, and a saved plan none of them.
#[derive(Clone, PartialEq, Default)]
pub struct Withheld {
    values: IndexMap<String, Value>,
    /// True if some of them may be no secrets.
    is_guess: bool,
}

impl fmt::Debug for Withheld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}

impl Withheld {
    /// Takes the secrets out of a declaration. `held` is what the account holds: what it shows is no secret, and what it shows as `****` is one.
    pub(in crate::plan) fn take(
        declaration: &mut PipelineDeclaration,
        held: Option<&PipelineDeclaration>,
        keys: &SecretKeys<'_>,
    ) -> Self {
        let mut taking = Taking { keys, withheld: Self::default() };
        let held = held.map(|held| serde_json::to_value(held).unwrap_or_default());
        let mut value = serde_json::to_value(&*declaration).unwrap_or_default();
        taking.take("", &mut value, held.as_ref());
        if !taking.withheld.values.is_empty() {
            *declaration = serde_json::from_value(value).unwrap_or_default();
        }
        taking.withheld
    }

    /// The declaration with its secrets.
    pub fn put_into(&self, declaration: &PipelineDeclaration) -> PipelineDeclaration {
        if self.values.is_empty() {
            return declaration.clone();
        }
        unmasked(declaration, |path| self.values.get(path).cloned())
    }

    /// A text with `****` in place of those that it repeats. Very short ones are left, since any text may have them.
    pub fn hidden_in(&self, text: &str) -> String {
        let texts = self.values.values().filter_map(Value::as_str).filter(|secret| secret.chars().count() >= SHORTEST);
        let mut texts: Vec<&str> = texts.collect();
        // One may be a part of another.
        texts.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        texts.into_iter().fold(text.to_owned(), |text, secret| text.replace(secret, MASK))
    }

    /// Their paths.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }

    pub(in crate::plan) fn has(&self, path: &str) -> bool {
        self.values.contains_key(path)
    }

    /// Leaves one to the account, which holds it or another one in its place.
    pub(in crate::plan) fn leave(&mut self, path: &str) {
        self.values.shift_remove(path);
    }

    /// True if some of them may be no secrets, which the account will show.
    pub(in crate::plan) fn is_guess(&self) -> bool {
        self.is_guess
    }
}

struct Taking<'a> {
    keys: &'a SecretKeys<'a>,
    withheld: Withheld,
}

impl Taking<'_> {
    fn take(&mut self, path: &str, value: &mut Value, held: Option<&Value>) {
        match value {
            Value::Object(members) => {
                let id = members.get("actionTypeId").cloned();
                // What an action of another type shows says nothing.
                let held = held.filter(|held| held.get("actionTypeId") == id.as_ref());
                let id: Option<ActionTypeId> = id.and_then(|id| serde_json::from_value(id).ok());
                for (key, value) in members {
                    let (path, held) = (member_path(path, key), held.and_then(|held| held.get(key)));
                    match (key.as_str(), value) {
                        ("configuration", Value::Object(values)) => {
                            for (key, value) in values {
                                let held = held.and_then(|held| held.get(key));
                                self.value(id.as_ref(), member_path(&path, key), key, value, held);
                            }
                        }
                        (key, value) => self.value(None, path, key, value, held),
                    }
                }
            }
            Value::Array(entries) => {
                let held = held.and_then(Value::as_array);
                for (index, entry) in entries.iter_mut().enumerate() {
                    let held = held.and_then(|held| match entry.get("name") {
                        Some(name) => held.iter().find(|other| other.get("name") == Some(name)),
                        None => held.get(index),
                    });
                    self.take(&entry_path(path, index, entry), entry, held);
                }
            }
            _ => {}
        }
    }

    fn value(&mut self, of: Option<&ActionTypeId>, path: String, key: &str, value: &mut Value, held: Option<&Value>) {
        let is_masked = |value: &Value| value == MASK;
        if is_masked(value) {
            return;
        }
        let secrecy = match held {
            Some(held) if is_masked(held) => Secrecy::Secret,
            Some(Value::String(_)) => Secrecy::Plain,
            _ => self.keys.secrecy(of, key),
        };
        if secrecy == Secrecy::Plain {
            return self.take(&path, value, held);
        }
        self.withheld.is_guess |= secrecy == Secrecy::NotKnown;
        self.withheld.values.insert(path, std::mem::replace(value, MASK.into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declaration::read;
    use crate::ids::{AccountId, PipelineArn, Region};
    use crate::plan::input::custom_action_type::CustomActionType;
    use crate::plan::input::state::{Found, State};
    use crate::plan::secrets::mask::masks;

    fn declaration(configuration: &str) -> PipelineDeclaration {
        let id = r#"{"category":"Build","owner":"Custom","provider":"Scanner","version":"1"}"#;
        let action = format!(r#"{{"name":"scan","actionTypeId":{id},"configuration":{{{configuration}}}}}"#);
        let unknown = r#""later":{"apiKey":"k","other":["x"]}"#;
        read(&format!(r#"{{"name":"p","stages":[{{"name":"S","actions":[{action}]}}],{unknown}}}"#)).unwrap()
    }

    fn arn() -> PipelineArn {
        "arn:aws:codepipeline:eu-west-1:111111111111:p".parse().unwrap()
    }

    /// An account that has a type with the secret `Pin`.
    fn state() -> State {
        let id = declaration("").actions().next().unwrap().action_type_id.clone();
        let found = Found::Present(vec![CustomActionType { id, secrets: vec!["Pin".to_owned()] }]);
        let (account, region): (AccountId, Region) = (arn().account().clone(), arn().region().clone());
        let regions = [(region, found)].into_iter().collect();
        State { custom_actions: [(account, regions)].into_iter().collect(), ..State::default() }
    }

    /// What is taken out, and whether it is a guess. The rest and what was taken make up the whole.
    fn taken(state: &State, ours: &str, held: Option<&str>) -> (Vec<String>, bool) {
        let whole = declaration(ours);
        let mut rest = whole.clone();
        let withheld = Withheld::take(&mut rest, held.map(declaration).as_ref(), &state.secret_keys(&arn()));
        assert_eq!(withheld.put_into(&rest), whole);
        let configuration = rest.actions().next().unwrap().configuration.clone().unwrap_or_default();
        for path in withheld.paths().filter_map(|path| path.strip_prefix("stages[S].actions[scan].configuration.")) {
            assert_eq!(configuration[path], MASK);
        }
        assert!(!format!("{withheld:?}").contains("1234"));
        let paths = withheld.paths().map(|path| path.rsplit('.').next().unwrap().to_owned());
        (paths.filter(|path| path != "apiKey").collect(), withheld.is_guess())
    }

    #[test]
    fn a_secret_whose_key_is_not_a_word_is_one_everywhere() {
        let id = declaration("").actions().next().unwrap().action_type_id.clone();
        for key in ["pin code", "db.pin"] {
            let found = Found::Present(vec![CustomActionType { id: id.clone(), secrets: vec![key.to_owned()] }]);
            let regions = [(arn().region().clone(), found)].into_iter().collect();
            let state = State {
                custom_actions: [(arn().account().clone(), regions)].into_iter().collect(),
                ..State::default()
            };
            let mut rest = declaration(&format!(r#""{key}":"1234""#));
            let withheld = Withheld::take(&mut rest, None, &state.secret_keys(&arn()));
            let path = format!(r#"stages[S].actions[scan].configuration["{key}"]"#);
            assert!(withheld.has(&path), "{withheld:?}");
            assert!(masks(&rest).contains(&path), "{:?}", masks(&rest));
        }
    }

    #[test]
    fn what_the_account_calls_secret_is_taken_and_nothing_else() {
        let ours = r#""Project":"shop","Pin":"1234","TokenCount":"7""#;
        assert_eq!(taken(&state(), ours, None), (vec!["Pin".to_owned()], false));
        let held = r#""Project":"shop","Pin":"****","TokenCount":"5""#;
        assert_eq!(taken(&state(), ours, Some(held)), (vec!["Pin".to_owned()], false));
        assert_eq!(taken(&state(), r#""Pin":"****""#, None), (Vec::new(), false));
    }

    #[test]
    fn what_a_text_repeats_of_secrets_is_masked() {
        let mut rest = declaration(r#""Project":"a","Pin":"1234","Other":"12345""#);
        let withheld = Withheld::take(&mut rest, None, &State::default().secret_keys(&arn()));
        let text = "Value '{Project=a, Pin=1234, Other=12345}' failed";
        assert_eq!(withheld.hidden_in(text), "Value '{Project=a, Pin=****, Other=****}' failed");
        assert_eq!(Withheld::default().hidden_in(text), text);
    }

    #[test]
    fn where_the_account_was_not_asked_all_that_it_does_not_show_is_taken() {
        let ours = r#""Project":"shop","Pin":"1234""#;
        let both = vec!["Project".to_owned(), "Pin".to_owned()];
        assert_eq!(taken(&State::default(), ours, None), (both, true));
        let pin = vec!["Pin".to_owned()];
        assert_eq!(taken(&State::default(), ours, Some(r#""Project":"old""#)), (pin.clone(), true));
        assert_eq!(taken(&State::default(), ours, Some(r#""Project":"old","Pin":"****""#)), (pin, false));
    }
}
