//! What a call declares, by what else it may be called: accounts by their ids, pipelines by their names.

use codepipeline_xacct_syntax::ast::{FieldNode, ItemNode, ItemNodeKind, ValueNode};

/// Ids of accounts and names of pipelines, with the names of their items.
pub(super) struct Declared {
    accounts: Vec<(String, String)>,
    pipelines: Vec<(String, String)>,
}

impl Declared {
    /// What a call declares.
    pub(super) fn of(items: &[ItemNode]) -> Self {
        let account = |item: &ItemNode| match &item.kind {
            ItemNodeKind::Account { id: Some(id), .. } => Some((id.value(), item.name.to_string())),
            _ => None,
        };
        let pipeline = |item: &ItemNode| match &item.kind {
            ItemNodeKind::Pipeline { fields, .. } => Some((name_in(fields)?, item.name.to_string())),
            _ => None,
        };
        Self {
            accounts: items.iter().filter_map(account).collect(),
            pipelines: items.iter().filter_map(pipeline).collect(),
        }
    }

    /// How an account is named that is given by its id: by its item, in this form, or one that is to be declared.
    pub(super) fn account(&self, id: &str, form: impl Fn(&str) -> String) -> String {
        match self.accounts.iter().find(|(known, _)| known == id) {
            Some((_, name)) => format!("write `{}`", form(name)),
            None => format!("declare it, `account <Name> = {id:?};`, and write its name"),
        }
    }

    /// Whether an item is a pipeline whose name is known.
    pub(super) fn has_pipeline(&self, item: &str) -> bool {
        self.pipelines.iter().any(|(_, known)| known == item)
    }

    /// The item of the pipeline with a name.
    pub(super) fn pipeline(&self, name: &str) -> Option<&str> {
        self.pipelines.iter().find(|(known, _)| known == name).map(|(_, item)| item.as_str())
    }
}

fn name_in(fields: &[FieldNode]) -> Option<String> {
    let name = fields.iter().find(|field| field.key == "name")?;
    match &name.value {
        ValueNode::Str(text) => Some(text.value()),
        _ => None,
    }
}
