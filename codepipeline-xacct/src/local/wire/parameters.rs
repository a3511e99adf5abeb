//! The parameters of an awsQuery request.

use std::collections::BTreeMap;

/// The parameters of an awsQuery request.
pub(crate) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    pub(super) fn parse(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
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
