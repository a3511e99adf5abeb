//! The fixes of a diagnosis as a plan: steps that are looked at, saved, applied and undone like those of any other.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::command::Remedy;
use super::diagnosis::{Diagnosis, Fix, PipelineDiagnosis};
use super::edit::Edit;
use super::fixer::{Fixer, NotWritten};
use crate::declaration::PipelineDeclaration;
use crate::finding::{Finding, Place};
use crate::ids::{PipelineArn, RoleArn, TopologyName};
use crate::plan::diff::changes;
use crate::plan::{Found, Plan, RoleState, State, Withheld, Write, extended, of_fixes, owner};
use crate::policy::Document;
use crate::rules;
use crate::topology::items::Account;
use crate::topology::subject::Subject;
use crate::wiring::{KnownRole, Sign};

impl Diagnosis {
    /// The roles and pipelines that a plan of the fixes writes, and those that the hops of their pipelines are about: what
    /// [`plan`](Self::plan) has to know.
    pub fn subjects(&self) -> BTreeSet<Subject> {
        let fixed = self.pipelines.iter().filter(|pipeline| pipeline.changes().any(|change| change.edit.is_some()));
        let of_pipeline = |pipeline: &PipelineDiagnosis| {
            let ends = pipeline.hops().flat_map(|hop| [&hop.from, &hop.to]).filter_map(|arn| arn.parse().ok());
            let written = pipeline.changes().filter_map(|change| change.edit.as_ref()).map(Edit::subject);
            ends.chain(written).chain([Subject::Pipeline(pipeline.pipeline.clone())]).collect::<Vec<_>>()
        };
        fixed.flat_map(of_pipeline).collect()
    }

    /// Plans the fixes that are offered. `state` is what the accounts hold now of [`subjects`](Self::subjects): each change is made to that, and a step
    /// refuses what was changed since.
    ///
    /// Left out, with a warning, are changes that no step of a plan does, and those of what a topology manages: its program writes that. The
    /// plan is one of the topology `of`, which matters only to who applies it.
    pub fn plan(&self, of: &TopologyName, accounts: Vec<Account>, state: &State) -> Plan {
        let mut planning = Planning::new(state);
        for pipeline in &self.pipelines {
            let place = Place::pipeline(pipeline.pipeline.name().as_str());
            for fix in pipeline.fixes() {
                match fix {
                    Fix::Changes(changes) => changes.iter().for_each(|change| planning.change(&place, change)),
                    Fix::OutOfReach(who) => planning.left(&place, format!("no step helps: {who}")),
                    Fix::Words(_) | Fix::None => {}
                }
            }
            // What fails, and only a person can decide.
            for cause in pipeline.hops().filter(|hop| hop.sign == Sign::Fails).flat_map(|hop| &hop.causes) {
                if let Fix::Words(words) = &cause.fix {
                    planning.left(&place, format!("no step decides this: {words}"));
                }
            }
        }
        let Planning { warnings, .. } = &planning;
        of_fixes(of, accounts, state, planning.writes(), warnings.clone())
    }
}

impl Edit {
    fn subject(&self) -> Subject {
        match self {
            Edit::Role(edit) => Subject::Role(edit.role.clone()),
            Edit::Pipeline(edit) => Subject::Pipeline(edit.pipeline.clone()),
        }
    }
}

/// What the accounts hold, and what they will hold.
struct Planning<'a> {
    state: &'a State,
    roles: Fixer,
    pipelines: IndexMap<PipelineArn, PipelineDeclaration>,
    warnings: Vec<Finding>,
}

impl<'a> Planning<'a> {
    fn new(state: &'a State) -> Self {
        let roles = state.roles.iter().map(|(arn, found)| {
            let known = match found {
                Found::Present(role) if role.arn == *arn => Found::Present(role.known(&[], None)),
                // The role of that name is another one.
                Found::Present(_) => Found::NotConnected,
                Found::Missing => Found::Missing,
                Found::Unreadable(why) => Found::Unreadable(why.clone()),
                Found::NotConnected => Found::NotConnected,
            };
            (arn.clone(), known)
        });
        let mut fixer = Fixer::default();
        fixer.know(&roles.collect());
        let present = state.pipelines.iter().filter_map(|(arn, found)| Some((arn, found.present()?)));
        let pipelines = present.map(|(arn, pipeline)| (arn.clone(), pipeline.declaration.clone())).collect();
        Self { state, roles: fixer, pipelines, warnings: Vec::new() }
    }

    fn left(&mut self, place: &Place, why: String) {
        let finding = Finding::of(&rules::XA1042, place.clone(), why);
        if !self.warnings.contains(&finding) {
            self.warnings.push(finding);
        }
    }

    fn change(&mut self, place: &Place, change: &Remedy) {
        let Remedy { account, what, .. } = change;
        let Some(edit) = &change.edit else {
            let by = if change.command.is_some() { "; the diagnosis has the command" } else { "" };
            return self.left(place, format!("no step writes this in account {account}: {what}{by}"));
        };
        if let Some(why) = self.managed(edit) {
            return self.left(place, format!("left out in account {account}: {what}: {why}"));
        }
        let done = match edit {
            Edit::Role(edit) => self.roles.edit(edit).map(drop),
            Edit::Pipeline(edit) => {
                let done = self.pipelines.get_mut(&edit.pipeline).is_some_and(|now| edit.members.write(now));
                done.then_some(()).ok_or(NotWritten::NotKnown)
            }
        };
        if let Err(why) = done {
            let why = match why {
                NotWritten::NotKnown => "it is not what it was, or can't all be read".to_owned(),
                NotWritten::Full(why) => why,
            };
            return self.left(place, format!("left out in account {account}: {what}: {why}"));
        }
        if let Edit::Pipeline(edit) = edit
            && let Some(Found::Present(now)) = self.state.pipelines.get(&edit.pipeline)
        {
            for topology in extended(&now.tags) {
                let pipeline = edit.pipeline.name();
                let what =
                    format!("topology `{topology}` extends pipeline `{pipeline}`, and may put back what it wrote");
                self.left(place, what);
            }
        }
    }

    /// The topology whose program writes what a change is about.
    fn managed(&self, edit: &Edit) -> Option<String> {
        let tags = match edit {
            Edit::Role(edit) => &self.state.roles.get(&edit.role)?.present()?.tags,
            Edit::Pipeline(edit) => &self.state.pipelines.get(&edit.pipeline)?.present()?.tags,
        };
        owner(tags).map(|topology| format!("topology `{topology}` manages it, so its program has to write it"))
    }

    fn writes(&self) -> Vec<Write> {
        let roles = self.state.roles.iter().filter_map(|(arn, found)| Some((arn, found, self.roles.role(arn)?)));
        let mut writes: Vec<Write> = roles.flat_map(|(arn, found, after)| of_role(arn, found, after)).collect();
        for (arn, found) in &self.state.pipelines {
            let (Some(now), Some(after)) = (found.present(), self.pipelines.get(arn)) else { continue };
            let changes = changes(&now.declaration, after, arn.region());
            if !changes.is_empty() {
                let (seen, declaration) = (now.seen(), Box::new(after.clone()));
                let secrets = Withheld::default();
                writes.push(Write::UpdatePipeline { pipeline: arn.clone(), seen, declaration, secrets, changes });
            }
        }
        writes
    }
}

/// What has to be written of a role that is there, or is to be there.
fn of_role(arn: &RoleArn, now: &Found<RoleState>, after: &KnownRole) -> Vec<Write> {
    let role = || arn.clone();
    let policies = after.policies.iter().flatten();
    let policies = policies.filter_map(|policy| Some((policy.name.clone()?, policy.document.clone())));
    match (now, &after.trust) {
        (Found::Missing, Some(trust)) => {
            let create = Write::CreateRole { role: role(), trust: trust.clone(), tags: IndexMap::new() };
            let put = |(name, after)| Write::PutRolePolicy { role: role(), seen: None, name, before: None, after };
            [create].into_iter().chain(policies.map(put)).collect()
        }
        (Found::Present(now), trust) => {
            let trust = trust.as_ref().filter(|trust| **trust != now.trust).map(|trust| {
                let (before, after) = (now.trust.clone(), trust.clone());
                Write::UpdateTrust { role: role(), seen: now.seen(), before, after }
            });
            let inline = policies.filter(|(name, _)| !now.attached.contains_key(name));
            trust.into_iter().chain(inline.filter_map(|(name, after)| of_policy(arn, now, name, after))).collect()
        }
        (Found::Missing | Found::Unreadable(_) | Found::NotConnected, _) => Vec::new(),
    }
}

fn of_policy(arn: &RoleArn, now: &RoleState, name: String, after: Document) -> Option<Write> {
    let (role, seen) = (arn.clone(), now.seen());
    match now.inline.get(&name).cloned() {
        Some(before) if before == after => None,
        before => Some(Write::PutRolePolicy { role, seen: Some(seen), name, before, after }),
    }
}
