//! Doctor: reads pipelines that exist, with their roles and targets, and hands them to [`crate::core::doctor`]. Nothing is written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::SystemTime;

use aws_sdk_iam::types::PolicyEvaluationDecisionType;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use super::at_once;
use super::error::AwsError;
use super::known_role::{as_far_as_read, role};
use super::read::{self, ReadError};
use super::resource_policy::{bucket_policy, key_grants, key_policy};
use super::session::Session;
use super::stage_states::stage_states;
use crate::core::doctor::{
    Diagnosing, Diagnosis, Policed, Reading, Simulated, StageState, assumable, diagnose, policed,
};
use crate::core::ids::{AccountId, PipelineArn, Region, RoleArn};
use crate::core::plan::Found;
use crate::core::policy::{ASSUME_ROLE, DocumentKind, START};
use crate::core::wiring::links;

/// A diagnosis that is about to be made; `.await` makes it. Nothing is written.
#[derive(Debug)]
#[must_use = "nothing is read before it is awaited"]
pub struct DoctorRequest<'a> {
    session: &'a Session,
    pipelines: Vec<PipelineArn>,
    /// The accounts whose pipelines were listed before, and why they could not be.
    listings: Vec<(AccountId, Option<String>)>,
}

impl Session {
    /// Reads a pipeline, however it was made, with its roles and what it starts, and says what works, what fails when, and how to
    /// fix it. What lies in accounts that the session doesn't reach, or can't be read, isn't known; what is wrong with one account takes nothing away of
    /// the others.
    pub fn doctor(&self, pipeline: PipelineArn) -> DoctorRequest<'_> {
        self.doctor_all(vec![pipeline])
    }

    /// The same for several pipelines, which are read at once.
    pub fn doctor_all(&self, pipelines: Vec<PipelineArn>) -> DoctorRequest<'_> {
        DoctorRequest { session: self, pipelines, listings: Vec::new() }
    }

    /// All pipelines of an account in a Region.
    pub async fn pipelines(&self, account: &AccountId, region: &Region) -> Result<Vec<PipelineArn>, ReadError> {
        read::listed(self, account, region).await
    }
}

impl DoctorRequest<'_> {
    /// The pipelines were found by listing them in these accounts, or not where there is a reason; that is a part of what was read.
    #[cfg(feature = "cli")]
    pub(crate) fn after_listing(mut self, listings: Vec<(AccountId, Option<String>)>) -> Self {
        self.listings = listings;
        self
    }

    /// Only reads, for a diagnosis that is made elsewhere.
    pub async fn read(&self) -> Reading {
        let mut doctor = Doctor::new(self.session, &self.listings);
        doctor.all(&self.pipelines).await;
        doctor.reading
    }
}

impl<'a> DoctorRequest<'a> {
    /// Makes the diagnosis part by part: what is known of some pipelines need not wait for many others.
    pub fn parts(self) -> DiagnosisParts<'a> {
        let Self { session, pipelines, listings } = self;
        DiagnosisParts {
            doctor: Doctor::new(session, &listings),
            diagnosing: Diagnosing::default(),
            open: Some(pipelines),
        }
    }
}

/// A diagnosis that is made part by part.
pub struct DiagnosisParts<'a> {
    doctor: Doctor<'a>,
    diagnosing: Diagnosing,
    /// `None` after the last part.
    open: Option<Vec<PipelineArn>>,
}

impl fmt::Debug for DiagnosisParts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DiagnosisParts").field("open", &self.open).finish_non_exhaustive()
    }
}

impl DiagnosisParts<'_> {
    /// The next part, with what was asked for it; there is at least one. `None` after the last.
    pub async fn next(&mut self) -> Option<Diagnosis> {
        let mut part = self.open.take()?;
        if part.len() > AT_ONCE {
            self.open = Some(part.split_off(AT_ONCE));
        }
        self.doctor.all(&part).await;
        let diagnosis = self.diagnosing.part(&self.doctor.reading, &part);
        self.doctor.forget_calls();
        // Some may have been started by one of this part.
        if let Some(open) = &mut self.open {
            open.retain(|arn| !self.diagnosing.is_done(arn));
        }
        self.open.take_if(|open| open.is_empty());
        Some(diagnosis)
    }
}

impl<'a> IntoFuture for DoctorRequest<'a> {
    type Output = Diagnosis;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { diagnose(&self.read().await, &self.pipelines) })
    }
}

/// Of how many pipelines a part of a diagnosis is made.
const AT_ONCE: usize = 16;

struct Doctor<'a> {
    session: &'a Session,
    reading: Reading,
    /// The pipelines that were read completely.
    complete: BTreeSet<PipelineArn>,
}

impl<'a> Doctor<'a> {
    fn new(session: &'a Session, listings: &[(AccountId, Option<String>)]) -> Self {
        let now = DateTime::from(SystemTime::now()).fmt(Format::DateTime).ok();
        let profiles = session.profiles().map(|(account, name)| (account.clone(), name.to_owned())).collect();
        let reading = Reading { now, profiles, ..Reading::default() };
        let mut doctor = Self { session, reading, complete: BTreeSet::new() };
        doctor.forget_calls();
        for (account, why) in listings {
            doctor.reading.called(account, "ListPipelines", why.clone());
        }
        doctor
    }
}

impl Doctor<'_> {
    /// Forgets what was asked for a part, apart from why accounts can't be reached, which holds for each.
    fn forget_calls(&mut self) {
        self.reading.access.clear();
        self.reading.simulated.clear();
        for (account, why) in self.session.not_reached() {
            self.reading.called(account, "GetCallerIdentity", Some(why.to_owned()));
        }
    }

    /// Reads pipelines, and those that they start, with all that these start.
    async fn all(&mut self, pipelines: &[PipelineArn]) {
        let mut next = pipelines.to_vec();
        while !next.is_empty() {
            let targets = self.some(&next).await;
            self.complete.extend(next);
            next = targets.into_iter().filter(|arn| self.present(arn) && !self.complete.contains(arn)).collect();
        }
    }

    /// Reads some pipelines, and returns what they start.
    async fn some(&mut self, pipelines: &[PipelineArn]) -> BTreeSet<PipelineArn> {
        self.read_pipelines(pipelines.iter().cloned().collect()).await;
        let states = pipelines.iter().filter(|arn| self.present(arn)).map(|arn| stages(self.session, arn));
        for (arn, read) in at_once::all(states).await {
            let read = self.noted(arn.account(), "GetPipelineState", read);
            if let Found::Present(stages) = read {
                self.reading.stages.insert(arn, stages);
            }
        }
        let (mut roles, mut targets) = (BTreeSet::new(), BTreeSet::new());
        for (arn, declaration) in pipelines.iter().filter_map(|arn| Some((arn, self.declaration(arn)?))) {
            roles.extend(declaration.role_arn.as_deref().and_then(|role| role.parse::<RoleArn>().ok()));
            for link in links(arn, declaration) {
                roles.extend(link.role_arn());
                targets.extend(link.target);
            }
        }
        self.read_roles(roles.clone()).await;
        // Roles that a service role may assume although nothing uses them: whether they exist.
        let known = roles.iter().filter_map(|arn| self.reading.roles.get(arn)?.present());
        let granted: BTreeSet<RoleArn> = known.flat_map(assumable).collect();
        self.read_roles(granted).await;
        self.read_policies(pipelines).await;
        self.read_pipelines(targets.clone()).await;
        self.look_elsewhere(pipelines, targets.clone()).await;
        self.simulate(pipelines).await;
        targets
    }

    fn present(&self, arn: &PipelineArn) -> bool {
        self.declaration(arn).is_some()
    }

    fn declaration(&self, arn: &PipelineArn) -> Option<&crate::core::declaration::PipelineDeclaration> {
        self.reading.pipelines.get(arn).and_then(Found::present)
    }

    /// Notes a call and what became of it.
    fn noted<T>(&mut self, account: &AccountId, operation: &'static str, read: Result<T, ReadError>) -> Found<T> {
        let found = as_far_as_read(read);
        let denied = match &found {
            Found::Unreadable(why) => Some(why.clone()),
            Found::Present(_) | Found::Missing | Found::NotConnected => None,
        };
        self.reading.called(account, operation, denied);
        found
    }

    /// What is known of something in an account that the session doesn't reach.
    fn far<T>(&mut self, account: &AccountId) -> Found<T> {
        self.reading.not_connected(account);
        let why = self.session.not_reached().find(|(of, _)| *of == account);
        why.map_or(Found::NotConnected, |(_, why)| Found::Unreadable(why.to_owned()))
    }

    async fn read_pipelines(&mut self, arns: BTreeSet<PipelineArn>) {
        let new: Vec<PipelineArn> = arns.into_iter().filter(|arn| !self.reading.pipelines.contains_key(arn)).collect();
        let (near, far): (Vec<_>, Vec<_>) = new.into_iter().partition(|arn| self.session.reaches(arn.account()));
        for arn in far {
            let found = self.far(arn.account());
            self.reading.pipelines.insert(arn, found);
        }
        let session = self.session;
        let reads = near.into_iter().map(|arn| async move {
            let read = read::written(session, &arn, None).await.map(|written| written.declaration);
            (arn, read)
        });
        for (arn, read) in at_once::all(reads).await {
            let found = self.noted(arn.account(), "GetPipeline", read);
            self.reading.pipelines.insert(arn, found);
        }
    }

    async fn read_roles(&mut self, arns: BTreeSet<RoleArn>) {
        let new: Vec<RoleArn> = arns.into_iter().filter(|arn| !self.reading.roles.contains_key(arn)).collect();
        let (near, far): (Vec<_>, Vec<_>) = new.into_iter().partition(|arn| self.session.reaches(arn.account()));
        for arn in far {
            let found = self.far(arn.account());
            self.reading.roles.insert(arn, found);
        }
        let session = self.session;
        let reads = near.into_iter().map(|arn| async move {
            let read = role(session, &arn).await;
            (arn, read)
        });
        for (arn, (found, asked)) in at_once::all(reads).await {
            for (operation, denied) in asked {
                self.reading.called(arn.account(), operation, denied);
            }
            self.reading.roles.insert(arn, found);
        }
    }

    /// The policies of the buckets and keys with the artifacts that roles of other accounts use.
    async fn read_policies(&mut self, pipelines: &[PipelineArn]) {
        let declared = pipelines.iter().filter_map(|arn| Some(policed(arn, self.declaration(arn)?)));
        let new: BTreeMap<String, Policed> = declared
            .flatten()
            .filter_map(|policed| Some((policed.arn.clone()?, policed)))
            .filter(|(arn, _)| !self.reading.policies.contains_key(arn))
            .collect();
        let (near, far): (Vec<_>, Vec<_>) =
            new.into_iter().partition(|(_, policed)| self.session.reaches(&policed.account));
        for (arn, policed) in far {
            let found = self.far(&policed.account);
            self.reading.policies.insert(arn, found);
        }
        let session = self.session;
        let reads = near.into_iter().map(|(arn, policed)| async move {
            let Policed { account, region, name, .. } = &policed;
            let (operation, read) = match policed.kind {
                DocumentKind::Key => ("GetKeyPolicy", key_policy(session, account, region, &arn).await),
                _ => ("GetBucketPolicy", bucket_policy(session, account, region, name).await),
            };
            (arn, policed, operation, read)
        });
        for (arn, policed, operation, read) in at_once::all(reads).await {
            let found = self.noted(&policed.account, operation, read);
            self.reading.policies.insert(arn, found);
        }
        self.read_grants(pipelines).await;
    }

    /// The grants of the keys whose policies do not let a role in.
    async fn read_grants(&mut self, pipelines: &[PipelineArn]) {
        let mut keys: BTreeMap<String, Policed> = BTreeMap::new();
        for (pipeline, declaration) in pipelines.iter().filter_map(|arn| Some((arn, self.declaration(arn)?))) {
            for policed in policed(pipeline, declaration) {
                let is_new = |arn: &&String| !self.reading.grants.contains_key(*arn);
                if let Some(arn) = policed.arn.as_ref().filter(is_new).cloned()
                    && policed.is_up_to_grants(&self.reading, pipeline, declaration)
                {
                    keys.insert(arn, policed);
                }
            }
        }
        let session = self.session;
        let reads = keys.into_iter().map(|(arn, policed)| async move {
            let read = key_grants(session, &policed.account, &policed.region, &arn).await;
            (arn, policed, read)
        });
        for (arn, policed, read) in at_once::all(reads).await {
            let found = self.noted(&policed.account, "ListGrants", read);
            self.reading.grants.insert(arn, found);
        }
    }

    /// Where a target is missing: the other pipelines of its Region, and those of the Region of who starts it and of those that
    /// its role may start.
    async fn look_elsewhere(&mut self, pipelines: &[PipelineArn], targets: BTreeSet<PipelineArn>) {
        let missing = |arn: &&PipelineArn| matches!(self.reading.pipelines.get(*arn), Some(Found::Missing));
        let missing: Vec<PipelineArn> = targets.iter().filter(missing).cloned().collect();
        let mut places: BTreeSet<(AccountId, Region)> = BTreeSet::new();
        for target in &missing {
            let homes = pipelines.iter().map(PipelineArn::region);
            let regions = homes.chain([target.region()]).cloned().chain(self.granted_regions(target.account()));
            places.extend(regions.map(|region| (target.account().clone(), region)));
        }
        let session = self.session;
        let lists = places.iter().map(|(account, region)| session.pipelines(account, region));
        for ((account, _), listed) in places.iter().zip(at_once::all(lists).await) {
            if let Found::Present(listed) = self.noted(account, "ListPipelines", listed) {
                self.reading.others.extend(listed);
            }
        }
        let others = self.reading.others.iter();
        let same = others.filter(|other| missing.iter().any(|target| target.name() == other.name())).cloned();
        let same: BTreeSet<PipelineArn> = same.collect();
        self.read_pipelines(same).await;
    }

    /// The Regions of the pipelines that roles of an account may start by their exact ARNs.
    fn granted_regions(&self, account: &AccountId) -> Vec<Region> {
        let roles = self.reading.roles.values().filter_map(Found::present).filter(|role| role.arn.account() == account);
        let statements = roles.flat_map(|role| role.policies.iter().flatten()).flat_map(|p| &p.document.statements);
        let resources = statements.flat_map(|statement| statement.resource.iter().flat_map(|texts| texts.iter()));
        resources.filter_map(|text| text.parse::<PipelineArn>().ok()).map(|arn| arn.region().clone()).collect()
    }

    /// Asks IAM whether the service control policies of an account, which can't be read from it, allow each hop.
    async fn simulate(&mut self, pipelines: &[PipelineArn]) {
        let mut requests: BTreeSet<(RoleArn, &'static str, String)> = BTreeSet::new();
        for (arn, declaration) in pipelines.iter().filter_map(|arn| Some((arn, self.declaration(arn)?))) {
            let service = declaration.role_arn.as_deref().and_then(|role| role.parse::<RoleArn>().ok());
            for link in links(arn, declaration) {
                let role = link.role_arn();
                if let (Some(service), Some(role)) = (&service, &role) {
                    requests.insert((service.clone(), ASSUME_ROLE, role.to_string()));
                }
                if let (Some(starter), Some(target)) = (role.or(service.clone()), &link.target) {
                    requests.insert((starter, START, target.to_string()));
                }
            }
        }
        let there = |role: &RoleArn| matches!(self.reading.roles.get(role), Some(Found::Present(_)));
        requests.retain(|(role, ..)| there(role));
        let session = self.session;
        let asked = requests.into_iter().map(|(role, action, resource)| async move {
            let allowed = by_organization(session, &role, action, &resource).await;
            (Simulated { role, action: action.to_owned(), resource, allowed_by_organization: true }, allowed)
        });
        for (mut simulated, allowed) in at_once::all(asked).await {
            let account = simulated.role.account().clone();
            // The simulator is a second opinion: where it has none, the rest holds.
            let (allowed, denied) = match allowed {
                Ok(allowed) => (allowed, None),
                Err(error) => (None, Some(error.to_string())),
            };
            self.reading.called(&account, "SimulatePrincipalPolicy", denied);
            if let Some(allowed) = allowed {
                simulated.allowed_by_organization = allowed;
                self.reading.simulated.push(simulated);
            }
        }
    }
}

/// What the policy simulator says about the service control policies; `None` outside of an organization.
async fn by_organization(
    session: &Session,
    role: &RoleArn,
    action: &str,
    resource: &str,
) -> Result<Option<bool>, ReadError> {
    let iam = session.iam(role.account())?;
    let call = iam.simulate_principal_policy().policy_source_arn(role.to_string());
    let answer = call.action_names(action).resource_arns(resource).send().await;
    let answer = answer.map_err(|e| AwsError::new(role.account(), "SimulatePrincipalPolicy", role, e))?;
    let result = answer.evaluation_results().first();
    let detail = result.and_then(|result| result.organizations_decision_detail());
    let allowed = result.is_some_and(|r| r.eval_decision() == &PolicyEvaluationDecisionType::Allowed);
    Ok(detail.map(|detail| allowed || detail.allowed_by_organizations()))
}

/// The stages of a pipeline as they are.
async fn stages(session: &Session, arn: &PipelineArn) -> (PipelineArn, Result<Vec<StageState>, ReadError>) {
    (arn.clone(), stage_states(session, arn).await)
}
