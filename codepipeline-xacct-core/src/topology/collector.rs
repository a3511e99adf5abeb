//! Collects what a program adds to a topology and what that names: each account, role and pipeline once.

use std::collections::{HashMap, HashSet};
use std::panic::Location;

use indexmap::{IndexMap, IndexSet};

use super::findings::one_account;
use super::items::{Account, Ownership, Pipeline, Role, Trust};
use super::subject::Subject;
use crate::declaration::PipelineDeclaration;
use crate::finding::{Finding, Place};
use crate::ids::{AccountId, PipelineArn, RoleArn};
use crate::rules;

/// The items of a topology as they were added.
#[derive(Debug, Clone, Default)]
pub(super) struct Collector {
    pub(super) accounts: IndexMap<AccountId, Account>,
    pub(super) roles: Vec<Role>,
    pub(super) pipelines: Vec<Pipeline>,
    external_roles: HashSet<RoleArn>,
    external_pipelines: HashSet<PipelineArn>,
    /// The whole declarations of external pipelines that the other program manages.
    pub(super) declared_elsewhere: HashMap<PipelineArn, PipelineDeclaration>,
    /// Pipelines with parameters that are started, with the names of their items.
    pub(super) needed: IndexSet<(PipelineArn, String)>,
    /// The first thing that the current item added: itself.
    first: Option<Subject>,
    /// What the program added itself; the rest was added by items that name it.
    added: Vec<Subject>,
    /// True while an item adds what it names.
    adding: bool,
    pub(super) findings: Vec<Finding>,
    /// The calls of the typed builder that wrote what is at these places.
    pub(super) written_at: HashMap<Place, &'static Location<'static>>,
}

impl Collector {
    /// Starts an item, which adds itself and what it names.
    pub(super) fn begin_item(&mut self) {
        self.first = None;
        self.adding = true;
    }

    /// Ends the item.
    pub(super) fn end_item(&mut self) {
        self.adding = false;
        self.added.extend(self.first.take());
    }

    /// What was added first.
    pub(super) fn into_first(self) -> Option<Subject> {
        self.first
    }

    /// Adds an item that another program owns: only itself and the accounts.
    pub(super) fn external(&mut self, mut brought: Collector) {
        self.findings.append(&mut brought.findings);
        self.written_at.extend(brought.written_at.drain());
        let account = brought.accounts.values().next().map(|account| account.item.clone());
        brought.accounts.into_values().for_each(|account| self.account(account));
        // The item itself was added first. What it names belongs to the other program.
        match brought.first {
            Some(Subject::Pipeline(arn)) => {
                self.pipelines.extend(brought.pipelines.into_iter().find(|p| p.arn == arn));
                self.added.push(Subject::Pipeline(arn.clone()));
                self.external_pipelines.insert(arn);
            }
            Some(Subject::Role(arn)) => {
                self.roles.extend(brought.roles.into_iter().find(|r| r.arn == arn));
                self.added.push(Subject::Role(arn.clone()));
                self.external_roles.insert(arn);
            }
            None => self.findings.extend(account.map(external_account)),
        }
    }

    /// Adds an account. The same account may be added again.
    pub(super) fn account(&mut self, account: Account) {
        match self.accounts.get(&account.id) {
            None => {
                self.accounts.insert(account.id.clone(), account);
            }
            Some(first) if first.item == account.item => {}
            Some(first) => {
                let finding = one_account(&first.item, &account.item, &account.id);
                // Every item that names it adds it again.
                if !self.findings.contains(&finding) {
                    self.findings.push(finding);
                }
            }
        }
    }

    /// Adds a role. The same role may be added again.
    pub(super) fn role(&mut self, role: Role) {
        self.note(Subject::Role(role.arn.clone()));
        if !self.roles.contains(&role) {
            self.roles.push(role);
        }
    }

    /// Adds a pipeline. The same pipeline may be added again.
    pub(super) fn pipeline(&mut self, pipeline: Pipeline) {
        self.note(Subject::Pipeline(pipeline.arn.clone()));
        if !self.pipelines.contains(&pipeline) {
            self.pipelines.push(pipeline);
        }
    }

    /// Notes what an item added first, and what was added without an item.
    fn note(&mut self, subject: Subject) {
        if !self.adding {
            self.added.push(subject.clone());
        }
        self.first.get_or_insert(subject);
    }

    /// Drops what only an external item added: it belongs to the other program too, regardless of the order in which
    /// the two were added.
    pub(super) fn drop_what_externals_brought(&mut self) {
        if self.external_pipelines.is_empty() && self.external_roles.is_empty() {
            return;
        }
        let mut reached: HashSet<Subject> = HashSet::new();
        let mut open = self.added.clone();
        while let Some(subject) = open.pop() {
            if !reached.insert(subject.clone()) {
                continue;
            }
            match &subject {
                Subject::Pipeline(arn) if !self.external_pipelines.contains(arn) => {
                    for pipeline in self.pipelines.iter().filter(|p| p.arn == *arn) {
                        let roles =
                            pipeline.service_role.iter().chain(pipeline.role_links.iter().map(|link| &link.role));
                        let roles = roles.chain(pipeline.invokes.iter().filter_map(|i| i.role.as_ref()));
                        open.extend(roles.cloned().map(Subject::Role));
                        open.extend(pipeline.invokes.iter().map(|i| Subject::Pipeline(i.target.arn.clone())));
                    }
                }
                Subject::Role(arn) if !self.external_roles.contains(arn) => {
                    for role in self.roles.iter().filter(|r| r.arn == *arn) {
                        open.extend(role.starts.iter().flatten().map(|t| Subject::Pipeline(t.arn.clone())));
                        open.extend(role.trusts.iter().flatten().filter_map(|trust| match trust {
                            Trust::Role(arn) => Some(Subject::Role(arn.clone())),
                            Trust::Account(_) | Trust::WholeAccount(_) => None,
                        }));
                    }
                }
                Subject::Pipeline(_) | Subject::Role(_) => {}
            }
        }
        self.roles.retain(|r| reached.contains(&Subject::Role(r.arn.clone())));
        self.pipelines.retain(|p| reached.contains(&Subject::Pipeline(p.arn.clone())));
    }

    /// One pipeline per ARN; two different ones are an error.
    pub(super) fn unique_pipelines(&mut self, findings: &mut Vec<Finding>) -> Vec<Pipeline> {
        let mut unique: IndexMap<PipelineArn, Pipeline> = IndexMap::new();
        for mut pipeline in std::mem::take(&mut self.pipelines) {
            if self.external_pipelines.contains(&pipeline.arn) {
                // It is only read here, so only its signature stays, and what starts of it are checked against.
                let mut signature = Pipeline::new(&pipeline.item, Ownership::Extern, pipeline.arn.clone());
                signature.declaration.variables = match pipeline.ownership {
                    Ownership::Managed => Some(pipeline.declaration.variables.clone().unwrap_or_default()),
                    Ownership::Extended | Ownership::Extern => pipeline.declaration.variables.clone(),
                };
                if pipeline.ownership == Ownership::Managed {
                    self.declared_elsewhere.insert(pipeline.arn, pipeline.declaration);
                }
                pipeline = signature;
                unique.insert(pipeline.arn.clone(), pipeline);
                continue;
            }
            match unique.get(&pipeline.arn) {
                None => {
                    unique.insert(pipeline.arn.clone(), pipeline);
                }
                Some(first) if *first == pipeline => {}
                Some(first) => findings.push(
                    Finding::of(
                        &rules::XA0914,
                        Place::pipeline(&pipeline.item).key("name").value(),
                        format!(
                            "`{}` and `{}` declare the same pipeline, `{}`",
                            first.item, pipeline.item, pipeline.arn
                        ),
                    )
                    .help("declare it once, or give one of them another name or Region"),
                ),
            }
        }
        unique.into_values().collect()
    }

    /// One role per ARN: inline roles of one name become one; an item and an inline role are an error.
    pub(super) fn unique_roles(&mut self, findings: &mut Vec<Finding>) -> Vec<Role> {
        let mut unique: IndexMap<RoleArn, Role> = IndexMap::new();
        for mut role in std::mem::take(&mut self.roles) {
            if self.external_roles.contains(&role.arn) {
                role.ownership = Ownership::Extern;
                unique.insert(role.arn.clone(), role);
                continue;
            }
            match unique.get(&role.arn) {
                None => {
                    unique.insert(role.arn.clone(), role);
                }
                Some(first) if *first == role => {}
                Some(first) if first.ownership == Ownership::Extern && self.external_roles.contains(&first.arn) => {}
                Some(first) => findings.push(
                    Finding::of(
                        &rules::XA0915,
                        Place::role(&role.item),
                        format!("`{}` and `{}` are the same role, `{}`", first.item, role.item, role.arn),
                    )
                    .help("declare it once, as an item, and name the item wherever it is used"),
                ),
            }
        }
        // IAM names are unique in an account, regardless of path and letter case.
        let mut names: IndexMap<(AccountId, String), &Role> = IndexMap::new();
        for role in unique.values().filter(|r| r.ownership == Ownership::Managed) {
            let key = (role.arn.account().clone(), role.arn.name().as_str().to_lowercase());
            if let Some(first) = names.insert(key, role) {
                findings.push(
                    Finding::of(
                        &rules::XA0916,
                        Place::role(&role.item),
                        format!(
                            "`{}` and `{}` have the same name for IAM, which ignores path and letter case",
                            first.item, role.item
                        ),
                    )
                    .help("give one of them another name"),
                );
            }
        }
        unique.into_values().collect()
    }

    /// An account that no item declares is still part of the topology, with its own guard.
    pub(super) fn undeclared_accounts(&mut self, pipelines: &[Pipeline], roles: &[Role]) {
        let of_pipelines = pipelines.iter().map(|p| (p.arn.account(), p.arn.partition()));
        let of_roles = roles.iter().map(|r| (r.arn.account(), r.arn.partition()));
        for (id, partition) in of_pipelines.chain(of_roles) {
            self.accounts.entry(id.clone()).or_insert_with(|| Account {
                item: id.to_string(),
                id: id.clone(),
                partition: partition.clone(),
            });
        }
    }
}

/// `external` is for what another program owns.
fn external_account(item: String) -> Finding {
    let message = format!("adding account `{item}` as external has no effect");
    Finding::of(&rules::XA0931, Place::account(&item), message)
        .help("name the role or the pipeline that another program owns, or leave the call out")
}
