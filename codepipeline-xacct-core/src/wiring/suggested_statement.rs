//! A statement that is offered for a role, as it is written in `pipeline!`.

use indexmap::IndexSet;
use serde_json::{Value, json};

use crate::ids::AccountId;
use crate::policy::Statement;
use crate::suggest::pascal_case;
use crate::topology::items::{Account, Ownership, Role};

/// What has to be known beside a role to offer it a statement.
pub(super) struct Offers<'a> {
    /// The accounts of the topology.
    pub(super) accounts: &'a [Account],
    /// The accounts of the pipelines whose actions run with the role.
    pub(super) callers: IndexSet<&'a AccountId>,
}

impl Offers<'_> {
    /// Where a statement goes, and the statement, ready to be pasted.
    pub(super) fn offer(&self, role: &Role, statement: &Statement) -> String {
        let statement = written(&json!(statement));
        if !role.inline {
            return format!("add to the `policies:` of role `{}`: `{statement}`", role.item);
        }
        // A role that is written in place has no statements of its own.
        let item = item_name(role.arn.name().as_str());
        let mut members = vec![match role.ownership {
            Ownership::Managed => format!("name: \"{}\"", role.arn.name()),
            _ => format!("arn: \"{}\"", role.arn),
        }];
        let word = if role.ownership == Ownership::Managed { "role" } else { "extended role" };
        if role.ownership == Ownership::Managed && role.arn.path() != "/" {
            members.push(format!("path: \"{}\"", role.arn.path()));
        }
        // In place, the trust on its callers follows from where it is written.
        if role.ownership == Ownership::Managed && !self.callers.is_empty() {
            let callers: Vec<&str> = self.callers.iter().map(|id| self.account(id)).collect();
            members.push(format!("trusts: [{}]", callers.join(", ")));
        }
        members.push(format!("policies: [{statement}]"));
        format!(
            "write `{item}` instead of `{}`, and declare `{word} {item} in {} {{ {} }}`",
            role.item,
            self.account(role.arn.account()),
            members.join(", ")
        )
    }

    /// The item of an account.
    fn account(&self, id: &AccountId) -> &str {
        let account = self.accounts.iter().find(|account| account.id == *id);
        account.map_or("<account>", |account| account.item.as_str())
    }
}

/// A name for the item of a role: `shop-service` is `ShopService`.
fn item_name(name: &str) -> String {
    let name = pascal_case(name);
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("Role{name}") }
}

/// JSON as the macro takes it: members that are identifiers without quotation marks.
fn written(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(key, value)| {
                    let plain = key.chars().all(|c| c.is_ascii_alphanumeric());
                    let key = if plain { key.clone() } else { json!(key).to_string() };
                    format!("{key}: {}", written(value))
                })
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
        Value::Array(entries) => format!("[{}]", entries.iter().map(written).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_in_place_becomes_an_item() {
        let statement = Statement::allow(&["iam:PassRole"], vec!["<task_role_arn>".to_owned()]).when(
            "StringEquals",
            "iam:PassedToService",
            &["ecs-tasks.amazonaws.com"],
        );
        let role = |ownership| Role::inline(ownership, "arn:aws:iam::111111111111:role/x/1-shop_svc".parse().unwrap());
        let account = Account {
            item: "Tooling".to_owned(),
            id: "111111111111".parse().unwrap(),
            partition: crate::ids::Partition::aws(),
        };
        let offers = Offers { accounts: std::slice::from_ref(&account), callers: IndexSet::from([&account.id]) };
        let pasted = r#"{ Effect: "Allow", Action: "iam:PassRole", Resource: "<task_role_arn>", Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } } }"#;
        assert_eq!(
            offers.offer(&role(Ownership::Managed), &statement),
            format!(
                r#"write `Role1ShopSvc` instead of `managed("x/1-shop_svc")`, and declare `role Role1ShopSvc in Tooling {{ name: "1-shop_svc", path: "/x/", trusts: [Tooling], policies: [{pasted}] }}`"#
            )
        );
        assert_eq!(
            offers.offer(&role(Ownership::Extended), &statement),
            format!(
                r#"write `Role1ShopSvc` instead of `extended("arn:aws:iam::111111111111:role/x/1-shop_svc")`, and declare `extended role Role1ShopSvc in Tooling {{ arn: "arn:aws:iam::111111111111:role/x/1-shop_svc", policies: [{pasted}] }}`"#
            )
        );
        let item = Role::new("Service", Ownership::Managed, "arn:aws:iam::111111111111:role/x".parse().unwrap());
        assert_eq!(offers.offer(&item, &statement), format!("add to the `policies:` of role `Service`: `{pasted}`"));
    }
}
