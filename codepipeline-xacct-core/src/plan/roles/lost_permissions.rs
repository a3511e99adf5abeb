//! Permissions that a plan takes away from actions, whether or not the program declares them: what roles allow before its steps, but not after.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::declaration::{ActionDeclaration, PipelineDeclaration, StageDeclaration};
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
use crate::policy::evaluate::Verdict;
use crate::topology::items::{Ownership, Pipeline, RoleUser, Topology};
use crate::topology::subject::Subject;
use crate::wiring::{
    Chain, KnownRole, Link, Loss, RoleRequest, links, loss_finding, lost_call, may_call, prove, role_requests,
};

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
        self.calls(&before, &after, &place, lost);
    }

    /// Reports the actions, but for those of the program, that lose calls which they make with their roles. Starting a pipeline is a hop.
    fn calls(&self, service_before: &RoleArn, service: &RoleArn, place: &Place, lost: &mut Vec<Lost>) {
        let mut pipeline = Pipeline::new(self.arn.name().as_str(), Ownership::Extern, self.arn.clone());
        pipeline.declaration = self.after.clone();
        pipeline.service_role = Some(service.clone());
        for (at, stage) in self.after.stages.iter().flatten().enumerate() {
            for (index, action) in stage.actions.iter().flatten().enumerate() {
                let of_program = self.planned().is_some_and(|planned| has_action(&planned.declaration, stage, action));
                if of_program || action.action_type_id.is_pipeline_invoke() || !has_action(self.before, stage, action) {
                    continue;
                }
                let own: Option<Option<RoleArn>> = action.role_arn.as_ref().map(|role| role.parse().ok());
                let (role_before, role) = match &own {
                    None => (service_before, service),
                    Some(Some(own)) => (own, own),
                    Some(None) => continue,
                };
                let is_same = role == role_before && !self.changed.contains_key(role);
                if is_same || matches!(self.changed.get(role), Some(None)) {
                    continue;
                }
                let [before, after] = [self.known(role_before), self.known_after(role)];
                let requests = role_requests(&pipeline, action, role.account());
                let (gone, stay) = lost_requests(requests, &before, &after);
                let Some(first) = gone.iter().find(|request| request.only_by_role).or_else(|| gone.first()) else {
                    continue;
                };
                // An action that lacks a part of what it may need can run all the same.
                let certain = first.only_by_role && !stay;
                let place = place.stage(at, &stage.name).action(index, &action.name);
                let finding = lost_call(role, first.action, &first.resource, certain, place);
                lost.push(Lost { finding, roles: vec![role.clone()] });
            }
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

/// Whether a declaration has an action in the same stage.
fn has_action(declaration: &PipelineDeclaration, stage: &StageDeclaration, action: &ActionDeclaration) -> bool {
    let mut stages = declaration.stages.iter().flatten().filter(|other| other.name == stage.name);
    stages.any(|stage| stage.actions.iter().flatten().any(|other| other.name == action.name))
}

/// The requests that a role may make before and may not after, and whether it may make others of them that only its policies can allow.
fn lost_requests(requests: Vec<RoleRequest>, before: &KnownRole, after: &KnownRole) -> (Vec<RoleRequest>, bool) {
    let mut gone = Vec::new();
    let mut stay = false;
    for request in requests {
        let samples = samples(&request.resource, after);
        let judged = |role: &KnownRole| -> Vec<Verdict> {
            samples.iter().map(|resource| may_call(role, request.action, resource)).collect()
        };
        let now = judged(before);
        if !now.contains(&Verdict::Allowed) {
            continue;
        }
        match judged(after).iter().all(|verdict| matches!(verdict, Verdict::Denied(_))) {
            true => gone.push(request),
            false => stay |= request.only_by_role,
        }
    }
    (gone, stay)
}

/// Resources that a request may be about: what the wildcard stands for is not known, and a policy may name just that.
fn samples(resource: &str, role: &KnownRole) -> Vec<String> {
    let sample = |text: &str| text.replace('*', "x");
    let mut samples = vec![sample(resource)];
    if let Some((prefix, _)) = resource.split_once('*') {
        let statements = role.policies.iter().flatten().flat_map(|policy| &policy.document.statements);
        let texts = statements.flat_map(|statement| statement.resource.iter().flat_map(|texts| texts.iter()));
        samples.extend(texts.filter(|text| text.starts_with(prefix)).map(sample));
    }
    samples
}

fn service_role(declaration: &PipelineDeclaration) -> Option<RoleArn> {
    declaration.role_arn.as_deref()?.parse().ok()
}

#[cfg(test)]
mod tests;
