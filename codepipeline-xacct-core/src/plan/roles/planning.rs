//! What has to be written for roles: the role, its trust policy, its tags and the inline policy.

use crate::finding::{Finding, Place};
use crate::ids::RoleArn;
use crate::plan::input::state::{Found, RoleState};
use crate::plan::outside::outside_change::OutsideChange;
use crate::plan::ownership::applied_mark::{marked, was_changed};
use crate::plan::ownership::applied_role::{AppliedRole, RoleNotes, policy_was_changed, tag_steps};
use crate::plan::ownership::applied_tag::APPLIED_TAG;
use crate::plan::ownership::tags::{missing_tags, role_tags};
use crate::plan::planner::Planner;
use crate::plan::steps::effect::effect;
use crate::plan::steps::write::{Aspect, Write};
use crate::policy::Document;
use crate::policy::description::statements;
use crate::rules;
use crate::sentences::counted;
use crate::topology::items::{Ownership, ResolvedRole, policy_name};
use crate::topology::subject::Subject;

impl Planner<'_> {
    pub(in crate::plan) fn plan_roles(&mut self) {
        for resolved in self.roles() {
            self.role(resolved);
        }
    }

    fn role(&mut self, resolved: &ResolvedRole) {
        let role = &resolved.role;
        let place = Place::role(&role.item);
        let found = match self.state.roles.get(&role.arn) {
            Some(Found::Present(found)) => Some(found),
            Some(Found::Missing) if role.ownership != Ownership::Managed => {
                self.findings.push(
                    Finding::of(&rules::XA1008, place, format!("role `{}` does not exist", role.arn))
                        .help("check name, path and account, or declare it without `extern` or `extended`"),
                );
                return;
            }
            Some(Found::Missing) | None => None,
            Some(unreadable) => {
                if role.ownership != Ownership::Extern {
                    self.unreadable(unreadable, role.arn.account(), place);
                }
                return;
            }
        };
        if let Some(found) = found
            && found.arn != role.arn
        {
            // GetRole goes by the name alone.
            let message = format!("the account has `{}`, where `{}` is declared", found.arn, role.arn);
            self.findings.push(Finding::of(&rules::XA1009, place, message).help(
                "role names are unique in an account whatever their path: write the path that is there, or another name",
            ));
            return;
        }
        match (role.ownership, found) {
            (Ownership::Extern, found) => {
                self.findings.extend(found.into_iter().flat_map(|found| stated_otherwise(resolved, found)));
                return;
            }
            (Ownership::Managed, None) => {
                let mut tags = role_tags(self.topology, role);
                let applied = AppliedRole::of(resolved.trust.as_ref(), resolved.policy.as_ref());
                tags.insert(APPLIED_TAG.to_owned(), applied.tag());
                self.writes.push(Write::CreateRole {
                    role: role.arn.clone(),
                    trust: resolved.trust.clone().unwrap_or_else(|| Document::new(Vec::new())),
                    tags,
                });
            }
            (Ownership::Managed, Some(found)) => {
                self.update_role(resolved, found);
                return;
            }
            (Ownership::Extended, found) => {
                self.extend_role(resolved, found);
                return;
            }
        }
        let policy = self.inline_policy(resolved, found);
        self.writes.extend(policy);
    }

    /// An extended role has only an inline policy of the topology, which itself says what was applied.
    fn extend_role(&mut self, resolved: &ResolvedRole, found: Option<&RoleState>) {
        let place = Place::role(&resolved.role.item);
        let former = found.and_then(|found| self.former_policy(found)).map(|(_, write)| write);
        for write in self.inline_policy(resolved, found).into_iter().chain(former) {
            let undoes = match &write {
                // A policy that was edited and is as the program says now only needs to say so.
                Write::PutRolePolicy { before: Some(before), after, .. } => {
                    was_changed(before) && !before.same_meaning(after)
                }
                Write::DeleteRolePolicy { before, .. } => was_changed(before),
                _ => false,
            };
            let edited = undoes.then(|| outside(&resolved.role.arn, write.id().aspect));
            let is_written = edited.is_none_or(|change| self.outside(place.clone(), change, &effect(&write)));
            self.writes.extend(Some(write).filter(|_| is_written));
        }
    }

    fn update_role(&mut self, resolved: &ResolvedRole, found: &RoleState) {
        let role = &resolved.role;
        let place = Place::role(&role.item);
        if !self.may_write(place.clone(), &Subject::Role(role.arn.clone()), &found.tags) {
            return;
        }
        let name = self.topology.policy_name();
        let there = if self.owns(&found.tags) { found.applied(&name) } else { AppliedRole::default() };
        let mut applied = AppliedRole::of(resolved.trust.as_ref(), resolved.policy.as_ref());
        let outside = |aspect: Aspect| outside(&role.arn, aspect);
        let (mut writes_trust, mut writes_policy) = (false, false);
        if let Some(trust) = &resolved.trust
            && !trust.same_meaning(&found.trust)
        {
            let drifted = found.trust_was_changed(&there);
            let write = Write::UpdateTrust {
                role: role.arn.clone(),
                seen: found.seen(),
                before: found.trust.clone(),
                after: trust.clone(),
            };
            if drifted && !self.outside(place.clone(), outside(Aspect::TrustPolicy), &effect(&write)) {
                applied.trust.clone_from(&there.trust);
            } else {
                writes_trust = true;
                self.writes.push(write);
            }
        }
        let boundary = found.boundary.as_ref().map(|boundary| ("a permissions boundary".to_owned(), boundary));
        let foreign: Vec<_> = self.foreign_policies(found).into_iter().chain(boundary).collect();
        if !foreign.is_empty() {
            let names: Vec<&str> = foreign.iter().map(|(what, _)| what.as_str()).collect();
            let message = format!(
                "role `{}` has what the program does not declare: {}{}",
                role.arn,
                names.join(", "),
                foreign.iter().map(|(what, document)| said(what, document)).collect::<String>()
            );
            self.findings.push(Finding::of(&rules::XA1022, place.clone(), message).help(
                "take it out of the role if nobody needs it; what the role needs for the program, write into `policies:`",
            ));
        }
        if let Some(write) = self.inline_policy(resolved, Some(found)) {
            let drifted = match &write {
                Write::PutRolePolicy { before: Some(before), .. } | Write::DeleteRolePolicy { before, .. } => {
                    policy_was_changed(&there, before)
                }
                _ => false,
            };
            let aspect = Aspect::InlinePolicy(name.clone());
            if drifted && !self.outside(place.clone(), outside(aspect), &effect(&write)) {
                applied.policy.clone_from(&there.policy);
            } else {
                writes_policy = true;
                self.writes.push(write);
            }
        }
        if let Some((former, write)) = self.former_policy(found) {
            let of_former = if self.owns(&found.tags) { found.applied(&former) } else { AppliedRole::default() };
            let drifted = found.inline.get(&former).is_some_and(|there| policy_was_changed(&of_former, there));
            if !drifted || self.outside(place, outside(Aspect::InlinePolicy(former)), &effect(&write)) {
                self.writes.push(write);
            }
        }
        let mut tags = missing_tags(&role_tags(self.topology, role), &found.tags);
        // What was written before there was such a tag stays without one until something is written.
        let is_noted = writes_trust || writes_policy || there != AppliedRole::default() || !tags.is_empty();
        let notes = RoleNotes::of(found, &name, there, &applied, (writes_trust, writes_policy));
        if is_noted {
            tags.extend(missing_tags(&notes.tags, &found.tags));
        }
        self.writes.extend(tag_steps(&role.arn, found, tags, notes.gone));
    }

    /// What has to be written of the inline policy of the topology.
    fn inline_policy(&self, resolved: &ResolvedRole, found: Option<&RoleState>) -> Option<Write> {
        let name = self.topology.policy_name();
        let role = resolved.role.arn.clone();
        let before = found.and_then(|f| f.inline.get(&name)).cloned();
        let seen = found.map(RoleState::seen);
        let is_extended = resolved.role.ownership == Ownership::Extended;
        match (&resolved.policy, before, seen) {
            (Some(after), Some(before), _) if after.same_meaning(&before) && !(is_extended && was_changed(&before)) => {
                None
            }
            (Some(after), before, seen) => {
                let after = if is_extended { marked(after) } else { after.clone() };
                Some(Write::PutRolePolicy { role, seen, name, before, after })
            }
            (None, Some(before), Some(seen)) => Some(Write::DeleteRolePolicy { role, seen, name, before }),
            (None, ..) => None,
        }
    }

    /// The name of what the topology wrote under the name that it had before, and the step that takes it out.
    fn former_policy(&self, found: &RoleState) -> Option<(String, Write)> {
        let name = self.options.renamed_from.as_ref().map(policy_name)?;
        let before = found.inline.get(&name)?.clone();
        let write = Write::DeleteRolePolicy { role: found.arn.clone(), seen: found.seen(), name: name.clone(), before };
        Some((name, write))
    }
}

fn outside(role: &RoleArn, aspect: Aspect) -> OutsideChange {
    OutsideChange { subject: Subject::Role(role.clone()), aspect, changes: Vec::new(), certain: true }
}

/// What a policy that the program does not declare allows, a line for each of its first statements.
fn said(what: &str, document: &Document) -> String {
    const SHOWN: usize = 4;
    let all = statements("may", document);
    let more = all.len().saturating_sub(SHOWN);
    let lines = all.iter().take(SHOWN).map(|line| format!("\n      {what}: {line}"));
    let rest = (more > 0).then(|| format!("\n      {what}: and {}", counted(more, "more statement")));
    lines.chain(rest).collect()
}

/// Where the documents that are stated for an extern role differ from those that it has.
fn stated_otherwise(resolved: &ResolvedRole, found: &RoleState) -> Vec<Finding> {
    let role = &resolved.role;
    let place = Place::role(&role.item);
    let mut findings = Vec::new();
    let mut differs = |key: &str, what: &str, there: &[&Document]| {
        let message = format!("the {what} of role `{}` is not as stated", role.arn);
        let there: Vec<String> = there.iter().map(|document| document.to_json()).collect();
        let there = if key == "policies" { format!("[{}]", there.join(", ")) } else { there.join("") };
        let help = if there.is_empty() {
            format!("leave `{key}` out: it has none")
        } else {
            format!("state it as it is: `{key}: {there}`")
        };
        findings.push(Finding::of(&rules::XA1016, place.key(key), message).help(help));
    };
    if role.trust_policy.as_ref().is_some_and(|stated| !stated.same_meaning(&found.trust)) {
        differs("trust_policy", "trust policy", &[&found.trust]);
    }
    if found.partial {
        return findings;
    }
    let there: Vec<&Document> = found.inline.values().chain(found.attached.values()).collect();
    if let Some(stated) = &role.policies {
        // How the statements are spread over documents makes no difference.
        let whole = |documents: &[&Document]| {
            Document::new(documents.iter().flat_map(|document| document.statements.clone()).collect())
        };
        let stated: Vec<&Document> = stated.iter().collect();
        if !whole(&stated).same_meaning(&whole(&there)) {
            differs("policies", "sum of the policies", &there);
        }
        let same_boundary = match (&role.permissions_boundary, &found.boundary) {
            (Some(stated), Some(found)) => stated.same_meaning(found),
            (stated, found) => stated.is_none() && found.is_none(),
        };
        if !same_boundary {
            differs("permissions_boundary", "permissions boundary", &found.boundary.iter().collect::<Vec<_>>());
        }
    }
    findings
}
