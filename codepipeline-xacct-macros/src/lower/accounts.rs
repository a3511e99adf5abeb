//! The accounts that a call declares, by their ids.

use codepipeline_xacct_syntax::ast::{ItemNode, ItemNodeKind};

/// Ids of accounts, with the names of their items.
pub(super) struct AccountNames(Vec<(String, String)>);

impl AccountNames {
    /// Those of a call.
    pub(super) fn of(items: &[ItemNode]) -> Self {
        let account = |item: &ItemNode| match &item.kind {
            ItemNodeKind::Account { id: Some(id), .. } => Some((id.value(), item.name.to_string())),
            _ => None,
        };
        Self(items.iter().filter_map(account).collect())
    }

    /// How an account is named that is given by its id: by its item, in this form, or one that is to be declared.
    pub(super) fn form(&self, id: &str, form: impl Fn(&str) -> String) -> String {
        match self.0.iter().find(|(known, _)| known == id) {
            Some((_, name)) => format!("write `{}`", form(name)),
            None => format!("declare it, `account <Name> = {id:?};`, and write its name"),
        }
    }
}
