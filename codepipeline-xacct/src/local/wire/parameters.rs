//! The parameters of an awsQuery request.

use std::collections::BTreeMap;

use serde_json::Value;

/// The parameters of an awsQuery request.
pub(crate) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    pub(super) fn parse(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// The members of an input: lists as `Name.member.1`, structures as `Name.Member`.
    pub(crate) fn of(input: &Value) -> Self {
        let mut parameters = BTreeMap::new();
        flatten("", input, &mut parameters);
        Self(parameters)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// `Tags.member.1.Key` and `Tags.member.1.Value`, …
    pub(crate) fn tags(&self) -> Vec<(String, String)> {
        (1..)
            .map_while(|i| {
                let key = self.get(&format!("Tags.member.{i}.Key"))?;
                Some((key.to_owned(), self.get(&format!("Tags.member.{i}.Value")).unwrap_or_default().to_owned()))
            })
            .collect()
    }

    /// `{name}.member.1`, …
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        (1..).map_while(|i| self.get(&format!("{name}.member.{i}")).map(str::to_owned)).collect()
    }
}

fn flatten(name: &str, value: &Value, parameters: &mut BTreeMap<String, String>) {
    let inner = |of: &str| if name.is_empty() { of.to_owned() } else { format!("{name}.{of}") };
    match value {
        Value::Null => {}
        Value::Object(members) => members.iter().for_each(|(of, value)| flatten(&inner(of), value, parameters)),
        Value::Array(list) => {
            let each = list.iter().enumerate();
            each.for_each(|(index, value)| flatten(&inner(&format!("member.{}", index + 1)), value, parameters));
        }
        Value::String(text) => {
            parameters.insert(name.to_owned(), text.clone());
        }
        Value::Bool(_) | Value::Number(_) => {
            parameters.insert(name.to_owned(), value.to_string());
        }
    }
}
