//! The permissions that the credentials need to apply a plan.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::write::Write;
use crate::ids::AccountId;
use crate::ordered::map;
use crate::plan::plan::Plan;
use crate::policy::{Document, Statement};
use crate::topology::subject::Subject;

/// An action on a resource.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RequiredPermission {
    /// The action, for example `iam:CreateRole`.
    pub action: String,
    /// The ARN of the resource.
    pub resource: String,
}

impl Write {
    /// What carrying out the step needs, and looking at what it writes. Runs in progress are looked at where that is allowed.
    pub fn required_permissions(&self) -> Vec<RequiredPermission> {
        let (looks, writes) = self.actions();
        let resource = self.subject().to_string();
        let on = |action: &&str, resource: &str| RequiredPermission {
            action: (*action).to_owned(),
            resource: resource.to_owned(),
        };
        let mut permissions: Vec<RequiredPermission> =
            looks.iter().chain(writes).map(|action| on(action, &resource)).collect();
        if let Write::CreatePipeline { declaration, .. } | Write::UpdatePipeline { declaration, .. } = self {
            // Source: CodePipeline User Guide, security-iam: the caller passes the service role.
            permissions.extend(declaration.role_arn.iter().map(|role| on(&"iam:PassRole", role)));
        }
        permissions
    }
}

impl Plan {
    /// What the credentials of each account need to apply the plan, as an identity policy. What planning reads is not in it.
    pub fn required_permissions(&self) -> BTreeMap<AccountId, Document> {
        let mut resources: BTreeMap<AccountId, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
        for step in &self.steps {
            let actions = resources.entry(step.id().account().clone()).or_default();
            for RequiredPermission { action, resource } in step.write.required_permissions() {
                actions.entry(action).or_default().insert(resource);
            }
        }
        for subject in self.leases.iter().filter(|_| !self.steps.is_empty()) {
            let actions = resources.entry(subject.account().clone()).or_default();
            for RequiredPermission { action, resource } in of_lease(subject) {
                actions.entry(action).or_default().insert(resource);
            }
        }
        map(resources.into_iter().map(|(account, actions)| (account, document(actions))))
    }
}

/// What taking and releasing a lease needs.
fn of_lease(subject: &Subject) -> Vec<RequiredPermission> {
    let actions: [&str; 3] = match subject {
        Subject::Role(_) => ["iam:GetRole", "iam:TagRole", "iam:UntagRole"],
        Subject::Pipeline(_) => {
            ["codepipeline:ListTagsForResource", "codepipeline:TagResource", "codepipeline:UntagResource"]
        }
    };
    actions.map(|action| RequiredPermission { action: action.to_owned(), resource: subject.to_string() }).to_vec()
}

/// One statement for the actions on the same resources.
fn document(actions: BTreeMap<String, BTreeSet<String>>) -> Document {
    let mut statements: BTreeMap<BTreeSet<String>, Vec<String>> = BTreeMap::new();
    for (action, resources) in actions {
        statements.entry(resources).or_default().push(action);
    }
    let statement = |(resources, actions): (BTreeSet<String>, Vec<String>)| {
        let actions: Vec<&str> = actions.iter().map(String::as_str).collect();
        Statement::allow(&actions, resources.into_iter().collect())
    };
    Document::new(statements.into_iter().map(statement).collect())
}
