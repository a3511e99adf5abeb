//! Permissions that a plan takes away from actions, whether or not the program declares them: what roles allow before its steps, but not after.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::declaration::PipelineDeclaration;
use crate::finding::{Finding, Place};
use crate::ids::{PipelineArn, RoleArn};
use crate::ordered::set;
use crate::plan::input::scope::{Scope, is_in, scope};
use crate::plan::input::state::{Found, RoleState, State};
use crate::plan::plan::Plan;
use crate::plan::planner::Planner;
use crate::plan::steps::step::Step;
use crate::plan::steps::write::Write;
use crate::policy::Document;
use crate::topology::items::{Ownership, Pipeline, RoleUser, Topology};
use crate::topology::subject::Subject;
use crate::wiring::{Chain, KnownRole, Link, Loss, links, loss_finding, prove};

impl Planner<'_> {
    /// Reports what the plan takes away from actions that the program doesn't name. The program's own are proven.
    pub(in crate::plan) fn losses(&mut self) {
        let found: Vec<Finding> =
            losses(self.topology, self.state, &self.scope, &self.writes.iter().collect::<Vec<_>>())
                .into_iter()
                .map(|l| l.finding)
                .collect();
        self.findings.extend(found);
    }
}

impl Plan {
    /// Roles that were not read, and without which it is not known whether the plan takes away what an action uses.
    pub fn roles_in_doubt(&self, topology: &Topology, state: &State) -> BTreeSet<RoleArn> {
        let writes: Vec<&Write> = self.steps.iter().map(|Step { write, .. }| write).collect();
        let roles =
            losses(topology, state, &scope(topology, &self.targets), &writes).into_iter().flat_map(|lost| lost.roles);
        set(roles.filter(|role| !state.roles.contains_key(role)))
    }
}

/// A hop that is lost, with the roles that it depends on.
struct Lost {
    finding: Finding,
    roles: Vec<RoleArn>,
}

/// What happens to roles: `None` for one that is deleted.
type Changed = IndexMap<RoleArn, Option<RoleState>>;

fn losses(topology: &Topology, state: &State, scope: &Scope, writes: &[&Write]) -> Vec<Lost> {
    let changed = changed(state, writes);
    let mut lost = Vec::new();
    for (arn, found) in &state.pipelines {
        let Found::Present(found) = found else { continue };
        let mut after = &found.declaration;
        let mut stays = true;
        for write in writes {
            match write {
                Write::UpdatePipeline { pipeline, declaration, .. } if pipeline == arn => after = declaration,
                Write::DeletePipeline { pipeline, .. } if pipeline == arn => stays = false,
                _ => {}
            }
        }
        if stays {
            let pipeline =
                Compared { topology, state, scope, changed: &changed, arn, before: &found.declaration, after };
            pipeline.losses(&mut lost);
        }
    }
    lost
}

/// The roles that steps create or change, as they will be.
fn changed(state: &State, writes: &[&Write]) -> Changed {
    let mut changed = Changed::new();
    for write in writes {
        let (Write::CreateRole { role, .. }
        | Write::UpdateTrust { role, .. }
        | Write::TagRole { role, .. }
        | Write::PutRolePolicy { role, .. }
        | Write::DeleteRolePolicy { role, .. }
        | Write::DeleteRole { role, .. }) = write
        else {
            continue;
        };
        if let Write::CreateRole { role, trust, tags } = write {
            changed.insert(role.clone(), Some(RoleState::created(role, trust, tags)));
            continue;
        }
        let found = state.roles.get(role).and_then(Found::present);
        let after = match found {
            Some(found) => changed.entry(role.clone()).or_insert_with(|| Some(found.clone())),
            None => match changed.get_mut(role) {
                Some(created) => created,
                None => continue,
            },
        };
        if let Write::DeleteRole { .. } = write {
            *after = None;
        }
        let Some(after) = after else { continue };
        match write {
            Write::UpdateTrust { after: trust, .. } => after.trust = trust.clone(),
            Write::TagRole { tags, .. } => after.tags.extend(tags.clone()),
            Write::PutRolePolicy { name, after: document, .. } => {
                after.inline.insert(name.clone(), document.clone());
            }
            Write::DeleteRolePolicy { name, .. } => {
                after.inline.shift_remove(name);
            }
            _ => {}
        }
    }
    changed
}

/// A pipeline that stays, before and after the plan.
struct Compared<'a> {
    topology: &'a Topology,
    state: &'a State,
    scope: &'a Scope,
    changed: &'a Changed,
    arn: &'a PipelineArn,
    before: &'a PipelineDeclaration,
    after: &'a PipelineDeclaration,
}

impl Compared<'_> {
    fn losses(&self, lost: &mut Vec<Lost>) {
        let pipeline = self.planned();
        let place = Place::pipeline(pipeline.map_or(self.arn.name().as_str(), |pipeline| pipeline.item.as_str()));
        let (Some(before), Some(after)) = (service_role(self.before), service_role(self.after)) else { return };
        if pipeline.is_none_or(|pipeline| pipeline.service_role.is_none()) {
            self.compare((&before, None), (&after, None), &place, lost);
        }
        let links_before = links(self.arn, self.before);
        for link in links(self.arn, self.after).iter().filter(|link| !self.is_named(link)) {
            // An action that isn't there yet has nothing to lose.
            let same = |other: &&Link<'_>| other.place.to_string() == link.place.to_string();
            let Some(link_before) = links_before.iter().find(same) else { continue };
            // One that gets back the role that it had before the topology gave it another has what it had.
            if link.role_arn() != link_before.role_arn() {
                continue;
            }
            let place = link.place.steps().iter().skip(1).fold(place.clone(), |place, step| place.step(step.clone()));
            self.compare((&before, Some(link_before)), (&after, Some(link)), &place, lost);
        }
    }

    /// The pipeline as the program has it, if the plan is about it: one that stays as it is has to be able to run as it does.
    fn planned(&self) -> Option<&Pipeline> {
        let pipeline = self.topology.pipeline(self.arn).filter(|p| p.ownership != Ownership::Extern);
        pipeline.filter(|_| is_in(self.scope, &Subject::Pipeline(self.arn.clone())))
    }

    /// Whether the program names what has the role.
    fn is_named(&self, link: &Link<'_>) -> bool {
        let Some(pipeline) = self.planned() else { return false };
        let named = |user: &RoleUser| match (user, link.action) {
            (RoleUser::Action(action), Some(_)) => action == link.name,
            (RoleUser::Rule { rule, .. }, None) => rule == link.name,
            _ => false,
        };
        pipeline.invokes.iter().any(|i| i.stage == link.stage && i.action == link.name && link.action.is_some())
            || pipeline.role_links.iter().any(|other| other.stage == link.stage && named(&other.user))
    }

    /// Compares the hops of a link, or without one that of the service role.
    fn compare(
        &self,
        (service_before, link_before): (&RoleArn, Option<&Link<'_>>),
        (service, link): (&RoleArn, Option<&Link<'_>>),
        place: &Place,
        lost: &mut Vec<Lost>,
    ) {
        let role = |link: Option<&Link<'_>>| link.and_then(Link::role_arn);
        let roles: Vec<RoleArn> = [Some(service.clone()), role(link)].into_iter().flatten().collect();
        // What is deleted is reported as such.
        if roles.iter().any(|role| matches!(self.changed.get(role), Some(None))) {
            return;
        }
        let same = service == service_before && role(link) == role(link_before);
        if same && !roles.iter().any(|role| self.changed.contains_key(role)) {
            return;
        }
        let chain = |service: &RoleArn, link: Option<&Link<'_>>, known: &dyn Fn(&RoleArn) -> KnownRole| {
            let target = link.and_then(|link| link.target.clone());
            let mut chain = Chain::new(known(service), role(link).map(|role| known(&role)), target);
            chain.source = Some(self.arn.clone());
            chain
        };
        let before = prove(&chain(service_before, link_before, &|role| self.known(role)));
        let chain = chain(service, link, &|role| self.known_after(role));
        // That the service role may be assumed is compared once, without a link.
        for proof in prove(&chain).hops.into_iter().skip(usize::from(link.is_some())) {
            let verdict = before.hop(proof.hop).map_or_else(|| before.authorized(), |proof| proof.verdict.clone());
            if let Some(loss) = Loss::between(&verdict, &proof.verdict) {
                lost.push(Lost { finding: loss_finding(&chain, &proof, place.clone(), loss), roles: roles.clone() });
            }
        }
    }

    /// What is known about a role now. One that isn't there allows nothing.
    fn known(&self, arn: &RoleArn) -> KnownRole {
        let mut known = KnownRole::new(arn.clone());
        match self.state.roles.get(arn) {
            Some(Found::Present(found)) if found.arn == *arn => return found.known(&[], None),
            Some(Found::Present(_) | Found::Missing) => {
                known.trust = Some(Document::new(Vec::new()));
                known.policies = Some(Vec::new());
            }
            Some(Found::Unreadable(_) | Found::NotConnected) | None => {}
        }
        known
    }

    fn known_after(&self, arn: &RoleArn) -> KnownRole {
        match self.changed.get(arn) {
            Some(Some(after)) => after.known(&[], None),
            _ => self.known(arn),
        }
    }
}

fn service_role(declaration: &PipelineDeclaration) -> Option<RoleArn> {
    declaration.role_arn.as_deref()?.parse().ok()
}

#[cfg(test)]
mod tests;
