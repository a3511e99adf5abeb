//! The state before the plan is applied: as it was read from the accounts, or as the topology states it.

use indexmap::{IndexMap, IndexSet};

use super::assumption::{Assumption, AssumptionKind};
use super::error::RehearseError;
use super::service_role::{ASSUMED, all_but_hops, service_role};
use super::stand_in;
use crate::core::arns::account_root;
use crate::core::declaration::{PipelineDeclaration, PipelineDocument};
use crate::core::ids::{PipelineArn, RoleArn, is_key_arn, split_arn};
use crate::core::plan::{Found, RoleState, State};
use crate::core::policy::{Document, DocumentKind, Principal, Statement, account_trust, service_trust};
use crate::core::topology::{AttachedPolicy, AttachedTo, Ownership, Pipeline, ResolvedRole, Topology};
use crate::core::wiring::{Link, links};
use crate::local::{Local, Seed};

/// What is put there before the plan is applied.
struct Existing<'a> {
    topology: &'a Topology,
    /// `None` where no account was read.
    state: Option<&'a State>,
    policies: Vec<AttachedPolicy>,
    roles: IndexMap<RoleArn, Seed>,
    pipelines: IndexMap<PipelineArn, (PipelineDocument, IndexMap<String, String>)>,
    assumed: Vec<Assumption>,
}

/// Puts there what exists; returns what had to be assumed.
pub(super) fn put(local: &Local, topology: &Topology, state: Option<&State>) -> Result<Vec<Assumption>, RehearseError> {
    let mut existing = Existing {
        topology,
        state,
        policies: topology.policies(),
        roles: IndexMap::new(),
        pipelines: IndexMap::new(),
        assumed: Vec::new(),
    };
    topology.roles().iter().for_each(|role| existing.role(role));
    topology.pipelines().iter().try_for_each(|pipeline| existing.pipeline(pipeline))?;
    existing.unnamed_roles();
    existing.trusted_accounts(local);
    existing.store(local)
}

impl Existing<'_> {
    fn assume(&mut self, kind: AssumptionKind, name: impl ToString, taken_for: impl Into<String>) {
        let assumption = Assumption::new(kind, name, taken_for);
        if !self.assumed.contains(&assumption) {
            self.assumed.push(assumption);
        }
    }

    fn role(&mut self, resolved: &ResolvedRole) {
        let arn = &resolved.role.arn;
        match self.state.map(|state| state.roles.get(arn)) {
            Some(Some(Found::Present(found))) => self.read_role(resolved, found),
            // The plan says that it is missing, or makes it.
            Some(Some(Found::Missing) | None) => {}
            None if resolved.role.ownership == Ownership::Managed => {}
            None | Some(Some(Found::Unreadable(_) | Found::NotConnected)) => self.stated_role(resolved),
        }
    }

    fn read_role(&mut self, resolved: &ResolvedRole, found: &RoleState) {
        let mut seed = Seed {
            arn: found.arn.clone(),
            id: found.unique_id.clone(),
            trust: found.trust.clone(),
            inline: found.inline.clone(),
            attached: found.attached.clone(),
            boundary: found.boundary.clone(),
            tags: found.tags.clone(),
        };
        if found.partial {
            self.allow_what_is_needed(resolved, &mut seed);
            self.assume(
                AssumptionKind::Role,
                &found.arn,
                "has the permissions that the topology needs: not all of its policies can be read",
            );
        }
        self.roles.insert(found.arn.clone(), seed);
    }

    /// A role as the topology states it or needs it.
    fn stated_role(&mut self, resolved: &ResolvedRole) {
        let role = &resolved.role;
        let trust = self.of_role(&role.arn, DocumentKind::Trust).next();
        let mut seed = Seed::new(role.arn.clone(), trust.unwrap_or_else(|| Document::new(vec![service_trust()])));
        seed.boundary = self.of_role(&role.arn, DocumentKind::Boundary).next();
        self.allow_what_is_needed(resolved, &mut seed);
        let stated = role.trust_policy.is_some() || role.policies.is_some();
        self.assume(
            AssumptionKind::Role,
            &role.arn,
            if stated {
                "is as the topology states it"
            } else {
                "has the trust and the permissions that the topology needs"
            },
        );
        self.roles.insert(role.arn.clone(), seed);
    }

    /// The permissions that a plan does not write. The service role of a pipeline that exists also has those of actions that the topology does
    /// not know, but not those of the hops.
    fn allow_what_is_needed(&self, resolved: &ResolvedRole, seed: &mut Seed) {
        let arn = &resolved.role.arn;
        for (index, document) in self.of_role(arn, DocumentKind::Identity).enumerate() {
            seed.inline.insert(format!("{ASSUMED}-{}", index + 1), document);
        }
        let serves_existing =
            self.topology.pipelines().iter().any(|pipeline| {
                pipeline.ownership == Ownership::Extended && pipeline.service_role.as_ref() == Some(arn)
            });
        if serves_existing && resolved.role.policies.is_none() {
            seed.inline.insert(ASSUMED.to_owned(), all_but_hops());
        }
    }

    /// The documents of a role that applying does not write.
    fn of_role(&self, arn: &RoleArn, kind: DocumentKind) -> impl Iterator<Item = Document> {
        let is_it = move |policy: &&AttachedPolicy| {
            policy.kind == kind && !policy.managed && policy.attached_to == AttachedTo::Role(arn.clone())
        };
        self.policies.iter().filter(is_it).map(|policy| policy.document.clone())
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> Result<(), RehearseError> {
        let arn = &pipeline.arn;
        let found = self.state.map(|state| state.pipelines.get(arn));
        match (pipeline.ownership, found) {
            (Ownership::Managed, None) | (_, Some(Some(Found::Missing) | None)) => {}
            (Ownership::Managed | Ownership::Extended, Some(Some(Found::Present(found)))) => {
                let document = PipelineDocument { pipeline: found.declaration.clone(), ..PipelineDocument::default() };
                self.pipelines.insert(arn.clone(), (document, found.tags.clone()));
            }
            (Ownership::Extern, Some(Some(Found::Present(found)))) => {
                let declared = found.declaration.variables.clone().unwrap_or_default();
                let document = stand_in::target(arn, &self.made_up_role(arn)?, &declared, &IndexSet::new());
                self.pipelines.insert(arn.clone(), (document, IndexMap::new()));
                self.assume(
                    AssumptionKind::Pipeline,
                    arn,
                    "takes its variables and succeeds: what it does is not ours",
                );
            }
            (Ownership::Extern, _) => {
                let declared = pipeline.declaration.variables.clone();
                let passed = if declared.is_some() { IndexSet::new() } else { self.passed_to(arn) };
                let role = self.made_up_role(arn)?;
                let document = stand_in::target(arn, &role, declared.as_deref().unwrap_or_default(), &passed);
                self.pipelines.insert(arn.clone(), (document, IndexMap::new()));
                self.assume(AssumptionKind::Pipeline, arn, "takes the variables that the topology states and succeeds");
            }
            (Ownership::Managed | Ownership::Extended, _) => {
                let role = match &pipeline.service_role {
                    Some(role) => role.clone(),
                    None => self.made_up_role(arn)?,
                };
                let document = stand_in::extended(pipeline, &role, &self.passed_to(arn));
                self.pipelines.insert(arn.clone(), (document, IndexMap::new()));
                self.assume(
                    AssumptionKind::Pipeline,
                    arn,
                    "has the stages, actions and variables that the topology names, and a source",
                );
            }
        }
        Ok(())
    }

    /// The variables that are passed to a pipeline.
    fn passed_to(&self, target: &PipelineArn) -> IndexSet<String> {
        let invokes = self.topology.pipelines().iter().flat_map(|pipeline| &pipeline.invokes);
        invokes.filter(|invoke| invoke.target.arn == *target).flat_map(|i| i.variables.keys().cloned()).collect()
    }

    /// A service role where none is known.
    fn made_up_role(&mut self, pipeline: &PipelineArn) -> Result<RoleArn, RehearseError> {
        let seed = service_role(pipeline)?;
        let arn = seed.arn.clone();
        self.roles.entry(arn.clone()).or_insert(seed);
        Ok(arn)
    }

    /// Roles of pipelines that exist, where the topology does not name them.
    fn unnamed_roles(&mut self) {
        let mut unnamed: IndexMap<RoleArn, PipelineArn> = IndexMap::new();
        for (pipeline, (document, _)) in &self.pipelines {
            for role in roles_of(pipeline, &document.pipeline) {
                if self.topology.role(&role).is_none() && !self.roles.contains_key(&role) {
                    unnamed.entry(role).or_insert_with(|| pipeline.clone());
                }
            }
        }
        for (role, pipeline) in unnamed {
            let trust = vec![service_trust(), account_trust(pipeline.partition(), pipeline.account())];
            let mut seed = Seed::new(role.clone(), Document::new(trust));
            seed.inline.insert(ASSUMED.to_owned(), Document::new(vec![Statement::allow(&["*"], vec!["*".to_owned()])]));
            self.roles.insert(role.clone(), seed);
            self.assume(AssumptionKind::Role, role, "may be assumed and may do all: the topology does not name it");
        }
    }

    /// Accounts that are trusted have to exist before a trust policy can name them.
    fn trusted_accounts(&self, local: &Local) {
        let written = self.topology.roles().iter().filter_map(|role| role.trust.as_ref());
        for principal in written.flat_map(principals_in) {
            if let Some(parts) = split_arn(&principal) {
                // An id that is none is refused by IAM.
                let _ = local.add_account(parts.account);
            }
        }
    }

    fn store(mut self, local: &Local) -> Result<Vec<Assumption>, RehearseError> {
        local.seed_roles(std::mem::take(&mut self.roles).into_values().collect());
        for (arn, (document, tags)) in std::mem::take(&mut self.pipelines) {
            let failed = |error| RehearseError::Local { what: format!("pipeline {arn}"), error };
            local.put_pipeline(&arn, &document).map_err(failed)?;
            local.seed_tags(&arn, tags);
        }
        self.stores(local)?;
        Ok(self.assumed)
    }

    /// The buckets and the keys that the topology names, with the policies that they need.
    fn stores(&mut self, local: &Local) -> Result<(), RehearseError> {
        for pipeline in self.topology.pipelines().iter().filter(|pipeline| pipeline.ownership != Ownership::Extern) {
            let declaration = &pipeline.declaration;
            let of_regions = declaration.artifact_stores.iter().flat_map(|stores| stores.values());
            for store in declaration.artifact_store.iter().chain(of_regions) {
                let bucket = &store.location;
                let policy = self.policy_of(&AttachedTo::Bucket(bucket.clone()));
                let account = pipeline.arn.account().as_str();
                // Without a policy, only roles of its own account use it.
                if policy.is_some() {
                    local
                        .put_bucket(account, bucket, policy.as_ref())
                        .map_err(|error| RehearseError::Local { what: format!("bucket {bucket}"), error })?;
                }
                self.assume(AssumptionKind::Bucket, bucket, with_policy(policy.is_some()));
                let Some(key) = &store.encryption_key else { continue };
                let needed = self.policy_of(&AttachedTo::Key(key.id.clone())).filter(|_| is_key_arn(&key.id));
                if let Some(needed) = &needed {
                    local
                        .put_key(&key.id, Some(&with_its_account(needed, &key.id)))
                        .map_err(|error| RehearseError::Local { what: format!("key {}", key.id), error })?;
                }
                self.assume(AssumptionKind::Key, &key.id, with_policy(needed.is_some()));
            }
        }
        Ok(())
    }

    fn policy_of(&self, attached_to: &AttachedTo) -> Option<Document> {
        self.policies.iter().find(|policy| policy.attached_to == *attached_to).map(|policy| policy.document.clone())
    }
}

fn with_policy(has_policy: bool) -> &'static str {
    if has_policy { "exists, with the policy that the topology needs" } else { "exists" }
}

/// The policy of a key, with what the default one says: identity policies of its account count. Pipelines that exist may use the key too.
fn with_its_account(needed: &Document, key: &str) -> Document {
    let parts = split_arn(key);
    let root = parts.map(|arn| account_root(arn.partition, arn.account)).into_iter();
    let account = root.map(|root| Statement::allow(&["kms:*"], vec!["*".to_owned()]).for_principals("AWS", vec![root]));
    Document::new(account.chain(needed.statements.iter().cloned()).collect())
}

fn principals_in(document: &Document) -> Vec<String> {
    let named = document.statements.iter().filter_map(|statement| match &statement.principal {
        Some(Principal::Map(map)) => map.get("AWS"),
        _ => None,
    });
    named.flat_map(|texts| texts.iter().map(str::to_owned)).collect()
}

/// The roles that a declaration names.
fn roles_of(arn: &PipelineArn, declaration: &PipelineDeclaration) -> Vec<RoleArn> {
    let service = declaration.role_arn.as_deref().and_then(|role| role.parse().ok());
    service.into_iter().chain(links(arn, declaration).iter().filter_map(Link::role_arn)).collect()
}
