//! The statements of one role, from the pipelines that use it.

use indexmap::IndexSet;

use super::artifact_access::{KEY_ACTIONS, KEY_READ_ACTIONS, READ_ACTIONS, WRITE_ACTIONS, store_of, stores};
use super::keys::{KeyName, key_name};
use super::permissions::{Needed, Underived, permissions, permissions_of_rule};
use super::suggested_statement::Offers;
use super::wait_targets::waited_target;
use crate::arns::s3_arn;
use crate::catalogue;
use crate::declaration::{ActionDeclaration, ArtifactStore, EncryptionKey, RuleDeclaration, StageDeclaration};
use crate::finding::{Finding, Place};
use crate::policy::glob::{glob, plain};
use crate::policy::{ASSUME_ROLE, Effect, START, Statement, Texts};
use crate::rules;
use crate::topology::items::{Gate, Ownership, Pipeline, Role, RoleUser};
use crate::topology::wait::RUN_READS;

/// Source: CodePipeline User Guide, "Manage the CodePipeline service role" (how-to-custom-role).
const BUCKET_ACTIONS: &[&str] = &["s3:GetBucketVersioning", "s3:GetBucketAcl", "s3:GetBucketLocation"];

/// The statements of one role in the order in which they came up, and what could not be derived.
pub(super) struct Grants<'a> {
    role: &'a Role,
    offers: Offers<'a>,
    statements: Vec<Statement>,
    findings: &'a mut Vec<Finding>,
}

impl<'a> Grants<'a> {
    pub(super) fn new(role: &'a Role, offers: Offers<'a>, findings: &'a mut Vec<Finding>) -> Self {
        Self { role, offers, statements: Vec::new(), findings }
    }

    pub(super) fn into_statements(self) -> Vec<Statement> {
        self.statements
    }

    /// Adds a statement; those that differ only in the resource, or only in the actions, become one.
    pub(super) fn add(&mut self, statement: Statement) {
        for existing in &mut self.statements {
            let same_actions = Statement { resource: statement.resource.clone(), ..existing.clone() } == statement;
            if same_actions && let (Some(old), Some(new)) = (&existing.resource, &statement.resource) {
                existing.resource = Some(union(old, new));
                return;
            }
            let same_resources = Statement { action: statement.action.clone(), ..existing.clone() } == statement;
            if same_resources && let (Some(old), Some(new)) = (&existing.action, &statement.action) {
                existing.action = Some(union(old, new));
                return;
            }
        }
        self.statements.push(statement);
    }

    /// What a service role needs for its pipeline. Of a pipeline that isn't ours, it runs the actions that are there already, and
    /// uses the artifacts.
    pub(super) fn service_role(&mut self, pipeline: &Pipeline) {
        if pipeline.ownership == Ownership::Managed {
            let account = pipeline.arn.account().as_str();
            let owned = |actions: &[&str], resource: String| {
                Statement::allow(actions, vec![resource]).when("StringEquals", "aws:ResourceAccount", &[account])
            };
            for (region, store) in stores(pipeline) {
                let bucket = bucket(pipeline, store);
                self.add(owned(BUCKET_ACTIONS, bucket.clone()));
                self.add(owned(&[WRITE_ACTIONS, READ_ACTIONS].concat(), format!("{bucket}/*")));
                self.key(pipeline, region, store, KEY_ACTIONS);
            }
        }
        let managed = pipeline.ownership == Ownership::Managed;
        for stage in pipeline.declaration.stages.iter().flatten() {
            let is_new =
                |action: &&ActionDeclaration| managed || pipeline.additions.has_action(&stage.name, &action.name);
            for action in stage.actions.iter().flatten().filter(|a| a.role_arn.is_none()).filter(is_new) {
                self.action(pipeline, action, &pipeline.action_place(&stage.name, &action.name));
            }
            if managed || pipeline.additions.has_stage(&stage.name) {
                self.rules(pipeline, stage);
            }
        }
        for invoke in &pipeline.invokes {
            match &invoke.role {
                Some(role) => self.add(Statement::allow(&[ASSUME_ROLE], vec![role.to_string()])),
                None => self.add(Statement::allow(&[START], vec![invoke.target.arn.to_string()])),
            }
        }
        for link in &pipeline.role_links {
            self.add(Statement::allow(&[ASSUME_ROLE], vec![link.role.to_string()]));
        }
    }

    /// What an action role needs for the actions and rules that name it.
    pub(super) fn action_role(&mut self, pipeline: &Pipeline) {
        for invoke in pipeline.invokes.iter().filter(|i| i.role.as_ref() == Some(&self.role.arn)) {
            self.add(Statement::allow(&[START], vec![invoke.target.arn.to_string()]));
        }
        for link in pipeline.role_links.iter().filter(|l| l.role == self.role.arn) {
            let mut stages = pipeline.declaration.stages.iter().flatten();
            let Some(stage) = stages.find(|s| s.name == link.stage) else { continue };
            let place = pipeline.link_place(link);
            match &link.user {
                RoleUser::Action(name) => {
                    let Some(action) = stage.actions.iter().flatten().find(|a| a.name == *name) else { continue };
                    self.action(pipeline, action, &place);
                    let (reads, writes) = (action.reads_artifacts(), action.writes_artifacts());
                    self.artifacts(pipeline, action.region.as_deref(), reads, writes);
                }
                RoleUser::Rule { gate, rule } => {
                    let conditions = gate.conditions(stage).into_iter().flatten();
                    let mut rules = conditions.flat_map(|condition| condition.rules.iter().flatten());
                    let Some(rule) = rules.find(|r| r.name == *rule) else { continue };
                    self.rule(pipeline, rule, &place);
                    self.artifacts(pipeline, rule.region.as_deref(), rule.reads_artifacts(), false);
                }
            }
        }
    }

    /// The artifacts of an action or a rule, in the bucket of the Region in which it runs.
    fn artifacts(&mut self, pipeline: &Pipeline, region: Option<&str>, reads: bool, writes: bool) {
        let actions = [(reads, READ_ACTIONS), (writes, WRITE_ACTIONS)];
        let actions: Vec<&str> =
            actions.iter().filter(|(does, _)| *does).flat_map(|(_, a)| a.iter().copied()).collect();
        if actions.is_empty() {
            return;
        }
        let Some((region, store)) = store_of(pipeline, region) else { return };
        self.add(Statement::allow(&actions, vec![format!("{}/*", bucket(pipeline, store))]));
        self.key(pipeline, region, store, if writes { KEY_ACTIONS } else { KEY_READ_ACTIONS });
    }

    /// The key of an artifact store.
    fn key(&mut self, pipeline: &Pipeline, region: &str, store: &ArtifactStore, actions: &'static [&'static str]) {
        let Some(EncryptionKey { id, .. }) = &store.encryption_key else { return };
        // With a role of another account, a bare id or an alias means a key of that account.
        let name = key_name(id, pipeline.arn.partition(), region, self.role.arn.account());
        let (resource, condition, underived) = match name {
            KeyName::Named(key) => {
                let condition = key.condition();
                (key.resource, condition, None)
            }
            KeyName::ManagedByAws => return,
            KeyName::Unknown => ("<key ARN>".to_owned(), None, Some(Underived::Unnamed)),
        };
        let place = Place::pipeline(&pipeline.item);
        let place = match &pipeline.declaration.artifact_stores {
            Some(_) => place.key("artifactStores").key(region),
            None => place.key("artifactStore"),
        };
        let needed = Needed { actions, resources: vec![resource], condition, underived, open: false };
        self.grant(vec![needed], &place.key("encryptionKey").key("id"));
    }

    /// What the rules of a stage's conditions need, where they have no role of their own.
    fn rules(&mut self, pipeline: &Pipeline, stage: &StageDeclaration) {
        for gate in Gate::ALL {
            for (index, condition) in gate.conditions(stage).into_iter().flatten().enumerate() {
                let place = pipeline.condition_place(&stage.name, gate, index).key("rules");
                let rules = condition.rules.iter().flatten().enumerate();
                for (index, rule) in rules.filter(|(_, rule)| rule.role_arn.is_none()) {
                    self.rule(pipeline, rule, &place.index(index));
                }
            }
        }
    }

    fn rule(&mut self, pipeline: &Pipeline, rule: &RuleDeclaration, place: &Place) {
        if let Some(known) = catalogue::find_rule(&rule.rule_type_id) {
            self.grant(permissions_of_rule(known, pipeline, rule, self.role.arn.account()), place);
        }
    }

    /// The catalogue's permissions of one action, on the resources that its configuration names.
    fn action(&mut self, pipeline: &Pipeline, action: &ActionDeclaration, place: &Place) {
        if pipeline.invokes.iter().any(|i| *place == pipeline.action_place(&i.stage, &i.action)) {
            return;
        }
        if let Some(target) = waited_target(pipeline, action, self.role.arn.account()) {
            self.add(Statement::allow(&RUN_READS, vec![target.to_string()]));
        }
        if let Some(known) = catalogue::find(&action.action_type_id) {
            self.grant(permissions(known, pipeline, action, self.role.arn.account()), place);
        } else if action.action_type_id.owner == "AWS" {
            let message = format!(
                "the permissions of a {} action are not known, so its role is granted none",
                action.action_type_id
            );
            let statement = Statement::allow(&["<action>"], vec!["<resource ARN>".to_owned()]);
            let help = self.offers.offer(self.role, &statement);
            self.findings.push(Finding::of(&rules::XA0911, place.clone(), message).help(help));
        }
    }

    /// Adds what can be derived, and offers what can't.
    fn grant(&mut self, needed: Vec<Needed>, place: &Place) {
        for needed in needed {
            let (rule, message) = match needed.underived {
                None => {
                    self.add(needed.statement());
                    continue;
                }
                Some(Underived::Undocumented(why)) => (&rules::XA0911, format!("{why}, so its role gets none of it")),
                Some(Underived::Unnamed) => {
                    let actions = needed.actions.join("`, `");
                    (&rules::XA0922, format!("the resource for `{actions}` is only known when the action runs"))
                }
            };
            if self.answered(&needed) {
                continue;
            }
            let help = self.offers.offer(self.role, &needed.statement());
            self.findings.push(Finding::of(rule, place.clone(), message).help(help));
        }
    }

    /// Whether the role's own statements already allow what can't be derived, on whatever they know that we don't.
    fn answered(&self, needed: &Needed) -> bool {
        let allowed = || {
            let allows = self.role.statements.iter().filter(|statement| statement.effect == Effect::Allow);
            allows.flat_map(|statement| statement.action.iter().flat_map(Texts::iter))
        };
        let has = |action: &&str| {
            let action = action.to_lowercase();
            // Of everything of a service, any part will do.
            let all_of = action.strip_suffix('*');
            allowed().map(str::to_lowercase).any(|pattern| {
                glob(&plain(&pattern), &action) || all_of.is_some_and(|service| pattern.starts_with(service))
            })
        };
        match needed.underived {
            Some(Underived::Undocumented(_)) => needed.actions.iter().any(has),
            _ => needed.actions.iter().all(has),
        }
    }
}

fn union(old: &Texts, new: &Texts) -> Texts {
    let all: IndexSet<String> = old.iter().chain(new.iter()).map(str::to_owned).collect();
    Texts::from_vec(all.into_iter().collect())
}

fn bucket(pipeline: &Pipeline, store: &ArtifactStore) -> String {
    s3_arn(pipeline.arn.partition().as_str(), &store.location)
}
