//! Puts back roles: themselves, their trust policies and their inline policies.

use super::restorer::Restorer;
use crate::ids::RoleArn;
use crate::plan::input::state::RoleState;
use crate::plan::journal::{Before, Written};
use crate::plan::ownership::lease::without_leases;
use crate::plan::ownership::tags::owner;
use crate::plan::steps::guard::{Conflict, CurrentRole, is_of};
use crate::plan::steps::write::Write;
use crate::policy::Document;
use crate::topology::subject::Subject;

impl Restorer<'_> {
    /// Puts back what one step wrote of a role; tags are put back together.
    pub(super) fn role(&mut self, index: usize, role: &RoleArn, written: &Written) {
        let Ok(now) = self.role_now(index, role) else { return };
        let subject = Subject::Role(role.clone());
        let before = match &written.before {
            Before::Role(before) => before.as_deref(),
            Before::Pipeline(_) => None,
        };
        match (&written.write, now, before) {
            (Write::TagRole { .. } | Write::UntagRole { .. } | Write::CreateRole { .. }, None, _) => {}
            (Write::TagRole { .. } | Write::UntagRole { .. }, Some(_), _) => {}
            (Write::CreateRole { trust, tags, .. }, Some(now), _) => {
                let others = self.of_others(role, now);
                if !is_of(tags, &now.tags) {
                    self.conflict(index, &subject, "no longer carries the tags of the topology");
                } else if !trust.same_meaning(&now.trust) {
                    let what = format!(
                        "has the trust policy {}, and the apply wrote {}",
                        now.trust.to_json(),
                        trust.to_json()
                    );
                    self.conflict(index, &subject, &what);
                } else if !others.is_empty() {
                    self.conflict(index, &subject, &format!("has policies of others ({})", others.join(", ")));
                } else {
                    let trust = now.trust.clone();
                    self.write(index, Write::DeleteRole { role: role.clone(), seen: now.seen(), trust });
                }
            }
            (Write::DeleteRole { .. }, None, Some(before)) => self.create_again(index, role, before),
            (Write::DeleteRole { .. }, Some(now), Some(before)) if now.unique_id == before.unique_id => {}
            (Write::DeleteRole { .. }, Some(_), _) => self.conflict(index, &subject, "was recreated by others"),
            (Write::DeleteRolePolicy { name, .. }, None, Some(CurrentRole { policy: Some(policy), .. }))
                if self
                    .journal
                    .has(|write| matches!(write, Write::DeleteRole { role: deleted, .. } if deleted == role)) =>
            {
                let (name, after) = (name.clone(), policy.clone());
                self.write(index, Write::PutRolePolicy { role: role.clone(), seen: None, name, before: None, after });
            }
            // A role that the apply created, and is gone.
            (Write::PutRolePolicy { seen: None, .. }, None, _) => {}
            (_, None, _) => self.conflict(index, &subject, &Conflict::Gone.to_string()),
            (_, Some(now), Some(before)) if now.unique_id != before.unique_id => {
                self.conflict(index, &subject, &Conflict::Recreated.to_string());
            }
            (write, Some(now), before) => {
                let owner = before.and_then(|before| owner(&before.tags));
                if !self.is_ours(index, &subject, owner, &now.tags) {
                    return;
                }
                match write {
                    Write::UpdateTrust { after, .. } => self.trust(index, role, now, before, after),
                    Write::PutRolePolicy { name, after, .. } => {
                        self.policy(index, role, now, before, (name, Some(after)))
                    }
                    Write::DeleteRolePolicy { name, .. } => self.policy(index, role, now, before, (name, None)),
                    _ => {}
                }
            }
        }
    }

    /// The policies of a role that the apply did not write.
    fn of_others(&self, role: &RoleArn, now: &RoleState) -> Vec<String> {
        let ours = |name: &str| {
            self.journal.has(|write| {
                matches!(write, Write::PutRolePolicy { role: of, name: written, .. } if of == role && written == name)
            })
        };
        let inline = now.inline.keys().filter(|name| !ours(name)).map(|name| format!("inline policy `{name}`"));
        inline.chain(now.attached.keys().map(|arn| format!("attached policy `{arn}`"))).collect()
    }

    fn create_again(&mut self, index: usize, role: &RoleArn, before: &CurrentRole) {
        let subject = Subject::Role(role.clone());
        if let Some(boundary) = &before.boundary {
            // Without it the role would be allowed more than it was.
            self.impossible(
                index,
                &subject,
                &format!("it had the permissions boundary `{boundary}`, which is not written here"),
            );
        } else if let Some(gone) = before.trust.deleted_principal() {
            self.impossible(
                index,
                &subject,
                &format!("it trusted `{gone}`, which no longer exists, and IAM rejects such a trust policy"),
            );
        } else {
            self.not_whole(
                &subject,
                "is recreated with a new id: bucket and key policies that refer to the old id must be updated; its description and session \
                 duration are reset to the defaults",
            );
            let (trust, tags) = (before.trust.clone(), without_leases(&before.tags));
            self.write(index, Write::CreateRole { role: role.clone(), trust, tags });
        }
    }

    fn trust(&mut self, index: usize, role: &RoleArn, now: &RoleState, before: Option<&CurrentRole>, after: &Document) {
        let Some(before) = before else { return };
        let subject = Subject::Role(role.clone());
        if now.trust.same_meaning(&before.trust) {
        } else if !now.trust.same_meaning(after) {
            let what = format!("has the trust policy {}, and the apply wrote {}", now.trust.to_json(), after.to_json());
            self.conflict(index, &subject, &what);
        } else if let Some(gone) = before.trust.deleted_principal() {
            self.impossible(
                index,
                &subject,
                &format!("it trusted `{gone}`, which no longer exists, and IAM rejects such a trust policy"),
            );
        } else {
            let (before, after) = (now.trust.clone(), before.trust.clone());
            self.write(index, Write::UpdateTrust { role: role.clone(), seen: now.seen(), before, after });
        }
    }

    /// `written` is the name of an inline policy and what the apply wrote, nothing where it deleted it.
    fn policy(
        &mut self,
        index: usize,
        role: &RoleArn,
        now: &RoleState,
        before: Option<&CurrentRole>,
        written: (&String, Option<&Document>),
    ) {
        let (name, written) = written;
        let (before, now_there) = (before.and_then(|before| before.policy.as_ref()), now.inline.get(name));
        if same(now_there, before) {
            return;
        }
        if !same(now_there, written) {
            let text = |policy: Option<&Document>| policy.map_or_else(|| "nothing".to_owned(), Document::to_json);
            let what = format!("has as policy `{name}` {}, and the apply left {}", text(now_there), text(written));
            return self.conflict(index, &Subject::Role(role.clone()), &what);
        }
        let (role, seen, name, there) = (role.clone(), now.seen(), name.clone(), now_there.cloned());
        match (before.cloned(), there) {
            (Some(after), before) => {
                self.write(index, Write::PutRolePolicy { role, seen: Some(seen), name, before, after });
            }
            (None, Some(before)) => self.write(index, Write::DeleteRolePolicy { role, seen, name, before }),
            (None, None) => {}
        }
    }
}

fn same(one: Option<&Document>, other: Option<&Document>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one.same_meaning(other),
        (one, other) => one.is_none() && other.is_none(),
    }
}
