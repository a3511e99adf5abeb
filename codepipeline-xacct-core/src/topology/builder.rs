//! From items to a [`Topology`]: collect what was added and what that names, resolve the roles, fill in what
//! follows from the links, check everything, and report all findings at once.

use crate::rules;
use std::collections::{HashMap, HashSet};

use indexmap::{IndexMap, IndexSet};

use super::subject::Subject;
use crate::check;
use crate::finding::{Finding, Findings, Place};
use crate::ids::{AccountId, Partition, PipelineArn, RoleArn, TopologyName};
use crate::topology::items::{Account, Ownership, Pipeline, Role, Target, Topology, Trust};
use crate::wiring;

/// Something that can be added to a topology: an account, a role, a pipeline.
pub trait Item {
    /// Adds the item and all that it names.
    fn add_to(&self, topology: &mut TopologyBuilder);
}

impl Item for Account {
    fn add_to(&self, topology: &mut TopologyBuilder) {
        topology.account(self.clone());
    }
}

impl Item for Role {
    fn add_to(&self, topology: &mut TopologyBuilder) {
        topology.role(self.clone());
    }
}

impl Item for Pipeline {
    fn add_to(&self, topology: &mut TopologyBuilder) {
        topology.pipeline(self.clone());
    }
}

/// A role or a pipeline of a topology.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Node {
    Role(RoleArn),
    Pipeline(PipelineArn),
}

/// A topology that is being put together.
#[derive(Debug, Clone, Default)]
pub struct TopologyBuilder {
    name: String,
    accounts: IndexMap<AccountId, Account>,
    roles: Vec<Role>,
    pipelines: Vec<Pipeline>,
    external_roles: HashSet<RoleArn>,
    external_pipelines: HashSet<PipelineArn>,
    needed: IndexSet<(PipelineArn, String)>,
    /// What the item that is being added added first: itself.
    first: Option<Node>,
    /// What the program added itself; the rest came along.
    added: Vec<Node>,
    /// True while an item adds what it names.
    adding: bool,
    findings: Vec<Finding>,
}

impl Topology {
    /// Begins a topology. Its name (`[A-Za-z0-9-]`, 1 to 64) marks what it owns in the accounts.
    #[expect(clippy::new_ret_no_self, reason = "a topology exists only once it is checked")]
    pub fn new(name: &str) -> TopologyBuilder {
        TopologyBuilder { name: name.to_owned(), ..Default::default() }
    }
}

impl TopologyBuilder {
    /// Adds an item and, transitively, what it names, with its declared ownership.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "nothing is summed up here")]
    pub fn add(mut self, item: impl Item) -> Self {
        self.first = None;
        self.adding = true;
        item.add_to(&mut self);
        self.adding = false;
        self.added.extend(self.first.take());
        self
    }

    /// Adds an item that another program owns: here it is only read.
    #[must_use]
    pub fn external(mut self, item: impl Item) -> Self {
        let mut alone = TopologyBuilder::default();
        item.add_to(&mut alone);
        self.findings.append(&mut alone.findings);
        alone.accounts.into_values().for_each(|account| self.account(account));
        // The item itself is what was added first; what it names is no business of this program.
        match alone.first {
            Some(Node::Pipeline(arn)) => {
                self.pipelines.extend(alone.pipelines.into_iter().find(|p| p.arn == arn));
                self.added.push(Node::Pipeline(arn.clone()));
                self.external_pipelines.insert(arn);
            }
            Some(Node::Role(arn)) => {
                self.roles.extend(alone.roles.into_iter().find(|r| r.arn == arn));
                self.added.push(Node::Role(arn.clone()));
                self.external_roles.insert(arn);
            }
            None => {}
        }
        self
    }

    /// Adds an account. The same account may be added again.
    pub fn account(&mut self, account: Account) {
        match self.accounts.get(&account.id) {
            None => {
                self.accounts.insert(account.id.clone(), account);
            }
            Some(first) if first.item == account.item => {}
            Some(first) => {
                let finding = one_account(&first.item, &account.item, account.id.as_str());
                // It comes along with every item that names it.
                if !self.findings.contains(&finding) {
                    self.findings.push(finding);
                }
            }
        }
    }

    /// Adds a role. The same role may be added again.
    pub fn role(&mut self, role: Role) {
        self.note(Node::Role(role.arn.clone()));
        if !self.roles.contains(&role) {
            self.roles.push(role);
        }
    }

    /// Adds a pipeline. The same pipeline may be added again.
    pub fn pipeline(&mut self, pipeline: Pipeline) {
        self.note(Node::Pipeline(pipeline.arn.clone()));
        if !self.pipelines.contains(&pipeline) {
            self.pipelines.push(pipeline);
        }
    }

    /// Notes what was added first by an item, and what was added by no item.
    fn note(&mut self, node: Node) {
        if !self.adding {
            self.added.push(node.clone());
        }
        self.first.get_or_insert(node);
    }

    /// The role or the pipeline that an item is.
    pub(crate) fn subject_of(item: &impl Item) -> Option<Subject> {
        let mut alone = TopologyBuilder::default();
        item.add_to(&mut alone);
        alone.first.map(|first| match first {
            Node::Role(arn) => Subject::Role(arn),
            Node::Pipeline(arn) => Subject::Pipeline(arn),
        })
    }

    /// True where an item was added already: what names it need not add it again. Another item for the same pipeline is
    /// another matter.
    pub fn has_pipeline(&self, item: &str, arn: &PipelineArn) -> bool {
        self.pipelines.iter().any(|p| p.arn == *arn && p.item == item)
    }

    /// True where this very role was added already.
    pub fn has_role(&self, role: &Role) -> bool {
        self.roles.contains(role)
    }

    /// Says that a pipeline with parameters is started, which nobody but the program can make.
    pub fn need(&mut self, target: &Target) {
        self.needed.insert((target.arn.clone(), target.item.clone()));
    }

    /// Adds a finding: an item that could not be made.
    pub fn finding(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Checks everything and derives what follows. Always all findings at once; `Ok` carries the warnings.
    pub fn build(mut self) -> Result<Topology, Findings> {
        let mut findings = std::mem::take(&mut self.findings);
        let name = match self.name.parse::<TopologyName>() {
            Ok(name) => Some(name),
            Err(error) => {
                findings.push(Finding::of(&rules::XA0912, Place::topology(&self.name), error.to_string()));
                None
            }
        };
        self.drop_what_externals_brought();
        let mut pipelines = self.unique_pipelines(&mut findings);
        let roles = self.unique_roles(&mut findings);
        self.undeclared_accounts(&pipelines, &roles);
        let items = self.accounts.values().map(|a| (a.id.clone(), a.item.clone())).collect();
        for role in &roles {
            self.role_partition(role, &mut findings);
            check::tags::check(&Place::role(&role.item), &role.tags, &mut findings);
            wiring::judge_documents(role, &mut findings);
        }
        for pipeline in &pipelines {
            check::tags::check(&Place::pipeline(&pipeline.item), &pipeline.tags, &mut findings);
            self.partition(pipeline, &mut findings);
            if pipeline.ownership != Ownership::Extern {
                wiring::judge(pipeline, &roles, &items, &mut findings);
            }
        }
        for pipeline in &mut pipelines {
            pipeline.declaration = wiring::complete(pipeline);
            findings.extend(check_declaration(pipeline));
        }
        links(&pipelines, &mut findings);
        for (arn, item) in &self.needed {
            if !pipelines.iter().any(|p| p.arn == *arn) {
                findings.push(
                    Finding::of(&rules::XA0913, Place::pipeline(item), format!("pipeline `{item}` has parameters, so it can't be added by those that start it"))
                        .help(format!("add it yourself: `.add({item}::new(…))`, or `.external({item}::new(…))` where another program owns it")),
                );
            }
        }
        let roles = wiring::derive_roles(roles, &pipelines, &mut findings);
        wiring::judge_stated(&pipelines, &roles, &mut findings);
        let warnings = Findings::split(findings)?;
        let Some(name) = name else { return Err(Findings::split(warnings).err().unwrap_or_default()) };
        Ok(Topology { name, accounts: self.accounts.into_values().collect(), roles, pipelines, warnings })
    }

    /// What came along only with an item that turned out to be another program's is that program's as well, in whatever
    /// order the two were added.
    fn drop_what_externals_brought(&mut self) {
        if self.external_pipelines.is_empty() && self.external_roles.is_empty() {
            return;
        }
        let mut reached: HashSet<Node> = HashSet::new();
        let mut open = self.added.clone();
        while let Some(node) = open.pop() {
            if !reached.insert(node.clone()) {
                continue;
            }
            match &node {
                Node::Pipeline(arn) if !self.external_pipelines.contains(arn) => {
                    for pipeline in self.pipelines.iter().filter(|p| p.arn == *arn) {
                        let roles =
                            pipeline.service_role.iter().chain(pipeline.role_links.iter().map(|link| &link.role));
                        let roles = roles.chain(pipeline.invokes.iter().filter_map(|i| i.role.as_ref()));
                        open.extend(roles.cloned().map(Node::Role));
                        open.extend(pipeline.invokes.iter().map(|i| Node::Pipeline(i.target.arn.clone())));
                    }
                }
                Node::Role(arn) if !self.external_roles.contains(arn) => {
                    for role in self.roles.iter().filter(|r| r.arn == *arn) {
                        open.extend(role.starts.iter().flatten().map(|t| Node::Pipeline(t.arn.clone())));
                        open.extend(role.trusts.iter().flatten().filter_map(|trust| match trust {
                            Trust::Role(arn) => Some(Node::Role(arn.clone())),
                            Trust::Account(_) | Trust::WholeAccount(_) => None,
                        }));
                    }
                }
                Node::Pipeline(_) | Node::Role(_) => {}
            }
        }
        self.roles.retain(|r| reached.contains(&Node::Role(r.arn.clone())));
        self.pipelines.retain(|p| reached.contains(&Node::Pipeline(p.arn.clone())));
    }

    /// One pipeline per ARN; two different ones are an error.
    fn unique_pipelines(&mut self, findings: &mut Vec<Finding>) -> Vec<Pipeline> {
        let mut unique: IndexMap<PipelineArn, Pipeline> = IndexMap::new();
        for mut pipeline in std::mem::take(&mut self.pipelines) {
            if self.external_pipelines.contains(&pipeline.arn) {
                // Here it is only read, so nothing but its signature stays.
                let mut signature = Pipeline::new(&pipeline.item, Ownership::Extern, pipeline.arn.clone());
                signature.declaration.variables = match pipeline.ownership {
                    Ownership::Managed => Some(pipeline.declaration.variables.unwrap_or_default()),
                    Ownership::Extended | Ownership::Extern => pipeline.declaration.variables,
                };
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
                        format!("`{}` and `{}` declare one pipeline, `{}`", first.item, pipeline.item, pipeline.arn),
                    )
                    .help("declare it once, or give one of them another name or Region"),
                ),
            }
        }
        unique.into_values().collect()
    }

    /// One role per ARN: inline ones of one name become one, an item and an inline one are an error.
    fn unique_roles(&mut self, findings: &mut Vec<Finding>) -> Vec<Role> {
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
                        format!("`{}` and `{}` are one role, `{}`", first.item, role.item, role.arn),
                    )
                    .help("declare it once, as an item, and name the item wherever it is used"),
                ),
            }
        }
        // IAM keeps names unique in an account whatever the path and the letter case.
        let mut names: IndexMap<(AccountId, String), &Role> = IndexMap::new();
        for role in unique.values().filter(|r| r.ownership == Ownership::Managed) {
            let key = (role.arn.account().clone(), role.arn.name().as_str().to_lowercase());
            if let Some(first) = names.insert(key, role) {
                findings.push(
                    Finding::of(
                        &rules::XA0916,
                        Place::role(&role.item),
                        format!(
                            "`{}` and `{}` have one name for IAM, which looks at neither path nor letter case",
                            first.item, role.item
                        ),
                    )
                    .help("give one of them another name"),
                );
            }
        }
        unique.into_values().collect()
    }

    /// An account that no item declares still has a place in the topology, with a guard of its own.
    fn undeclared_accounts(&mut self, pipelines: &[Pipeline], roles: &[Role]) {
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

    /// The ARN of a role is of the partition of its account.
    fn role_partition(&self, role: &Role, findings: &mut Vec<Finding>) {
        if let Some(account) = self.accounts.get(role.arn.account())
            && account.partition != *role.arn.partition()
        {
            let message = format!(
                "role `{}` is in partition `{}`, account `{}` in `{}`",
                role.arn,
                role.arn.partition(),
                account.item,
                account.partition
            );
            findings.push(
                Finding::of(&rules::XA0917, Place::role(&role.item), message)
                    .help(format!("write `arn:{}:…`, or the account with another `partition`", account.partition)),
            );
        }
    }

    /// The Region of a pipeline belongs to the partition of its account.
    fn partition(&self, pipeline: &Pipeline, findings: &mut Vec<Finding>) {
        let partition = Partition::of_region(pipeline.arn.region());
        if let Some(account) = self.accounts.get(pipeline.arn.account())
            && account.partition != partition
        {
            let message = format!(
                "Region `{}` is in partition `{partition}`, account `{}` in `{}`",
                pipeline.arn.region(),
                account.item,
                account.partition
            );
            findings.push(
                Finding::of(&rules::XA0917, Place::pipeline(&pipeline.item).key("region").value(), message)
                    .help(format!("write the account with `partition: \"{partition}\"`, or choose another Region")),
            );
        }
    }
}

/// What invoke actions pass, against what their targets take, and pipelines that start each other in a circle.
fn links(pipelines: &[Pipeline], findings: &mut Vec<Finding>) {
    let numbers: HashMap<&PipelineArn, usize> = pipelines.iter().enumerate().map(|(n, p)| (&p.arn, n)).collect();
    let mut starts = Vec::new();
    for (from, pipeline) in pipelines.iter().enumerate() {
        for invoke in &pipeline.invokes {
            let Some((to, target)) = numbers.get(&invoke.target.arn).and_then(|to| Some((*to, pipelines.get(*to)?)))
            else {
                continue;
            };
            let place = pipeline.action_place(&invoke.stage, &invoke.action);
            let stages = pipeline.declaration.stages.iter().flatten().filter(|s| s.name == invoke.stage);
            let action = stages.flat_map(|s| s.actions.iter().flatten()).find(|a| a.name == invoke.action);
            if let Some(action) = action
                && target.ownership == Ownership::Managed
            {
                check::targets::revisions(action, &place, &target.declaration, findings);
            }
            starts.push(check::targets::Start { from, to, place });
        }
    }
    let items: Vec<&str> = pipelines.iter().map(|p| p.item.as_str()).collect();
    findings.extend(check::targets::starts(&items, &starts).into_iter().map(|(_, finding)| finding));
}

/// The rules for a declaration, as far as they apply to its ownership.
fn check_declaration(pipeline: &Pipeline) -> Vec<Finding> {
    let context = check::CheckContext {
        item: pipeline.item.clone(),
        home: Some(pipeline.arn.region().clone()),
        account: Some(pipeline.arn.account().clone()),
        ..Default::default()
    };
    let (mut findings, needs_role) = match pipeline.ownership {
        Ownership::Managed => (check::pipeline(&pipeline.declaration, &context), true),
        // Whose role has to be trusted and extended is only known when it is written down.
        Ownership::Extended => (
            check::extension(&pipeline.declaration, &context),
            !pipeline.invokes.is_empty() || !pipeline.role_links.is_empty(),
        ),
        Ownership::Extern => return Vec::new(),
    };
    if needs_role && pipeline.service_role.is_none() {
        findings.push(no_service_role(&pipeline.item));
    }
    findings
}

/// A pipeline needs a service role. Source: CodePipeline API Reference, `PipelineDeclaration`.
pub fn no_service_role(item: &str) -> Finding {
    Finding::of(&rules::XA0918, Place::pipeline(item), format!("pipeline `{item}` has no service role"))
        .help("add `service_role: managed(\"<name>\")`, `extended(\"arn:…\")` or `existing(\"arn:…\")`")
}

/// Two items stand for one account, which works, but is hardly meant: what is declared in one is elsewhere for who reads the other.
pub fn one_account(first: &str, second: &str, id: &str) -> Finding {
    let message = format!("`{first}` and `{second}` are one account, `{id}`");
    Finding::of(&rules::XA0923, Place::account(second), message)
        .help("declare it once, and name the item wherever the account is meant; or correct one of the ids")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declaration::{ActionDeclaration, ActionTypeId, StageDeclaration};
    use crate::topology::items::{Invoke, Trust};

    const A: &str = "111111111111";
    const B: &str = "222222222222";

    fn account(item: &str, id: &str) -> Account {
        Account { item: item.to_owned(), id: id.parse().unwrap(), partition: Partition::aws() }
    }

    fn arn(account: &str, name: &str) -> PipelineArn {
        format!("arn:aws:codepipeline:eu-west-1:{account}:{name}").parse().unwrap()
    }

    fn role_arn(account: &str, name: &str) -> RoleArn {
        format!("arn:aws:iam::{account}:role/{name}").parse().unwrap()
    }

    fn target() -> Target {
        Target { item: "Deploy".to_owned(), arn: arn(B, "deploy"), variables: Some(Vec::new()) }
    }

    fn invoker() -> Role {
        Role {
            trusts: Some(vec![Trust::Account(account("Tooling", A))]),
            starts: Some(vec![target()]),
            ..Role::new("DeployInvoker", Ownership::Managed, role_arn(B, "invoker"))
        }
    }

    /// An extended pipeline whose one action starts the target.
    fn release(role: Option<RoleArn>) -> Pipeline {
        let mut pipeline = Pipeline::new("Release", Ownership::Extended, arn(A, "release"));
        pipeline.service_role = Some(role_arn(A, "svc"));
        pipeline.declaration.stages = Some(vec![StageDeclaration {
            name: "Build".to_owned(),
            actions: Some(vec![ActionDeclaration {
                name: "ccc".to_owned(),
                action_type_id: ActionTypeId::pipeline_invoke(),
                ..Default::default()
            }]),
            ..Default::default()
        }]);
        pipeline.invokes.push(Invoke {
            stage: "Build".to_owned(),
            action: "ccc".to_owned(),
            target: target(),
            role,
            variables: IndexMap::new(),
        });
        pipeline
    }

    fn topology() -> TopologyBuilder {
        Topology::new("t")
            .add(account("Tooling", A))
            .add(account("Prod", B))
            .add(Role::inline(Ownership::Extended, role_arn(A, "svc")))
    }

    fn codes(builder: TopologyBuilder) -> Vec<&'static str> {
        match builder.build() {
            Ok(topology) => topology.warnings().iter().map(|f| f.code).collect(),
            Err(findings) => findings.iter().map(|f| f.code).collect(),
        }
    }

    #[test]
    fn one_reference_derives_the_whole_wiring() {
        let topology = topology().add(invoker()).add(release(Some(role_arn(B, "invoker")))).build().unwrap();
        let role = topology.role(&role_arn(B, "invoker")).unwrap();
        assert_eq!(
            role.trust.as_ref().unwrap().to_json(),
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/svc"},"Action":"sts:AssumeRole"}]}"#
        );
        assert_eq!(
            role.policy.as_ref().unwrap().to_json(),
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"codepipeline:StartPipelineExecution","Resource":"arn:aws:codepipeline:eu-west-1:222222222222:deploy"}]}"#
        );
        let service = topology.role(&role_arn(A, "svc")).unwrap();
        assert_eq!(service.trust, None, "the trust of an extended role is not ours");
        assert_eq!(
            service.policy.as_ref().unwrap().to_json(),
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::222222222222:role/invoker"}]}"#
        );
        let action = &topology.pipelines()[0].declaration.stages.as_ref().unwrap()[0].actions.as_ref().unwrap()[0];
        assert_eq!(action.role_arn.as_deref(), Some("arn:aws:iam::222222222222:role/invoker"));
        assert_eq!(action.region.as_deref(), Some("eu-west-1"));
        assert_eq!(action.configuration.as_ref().unwrap()["PipelineName"], "deploy");
    }

    #[test]
    fn what_is_derived_is_proven() {
        use crate::policy::evaluate::Verdict;
        let topology = topology().add(invoker()).add(release(Some(role_arn(B, "invoker")))).build().unwrap();
        let service = topology.role(&role_arn(A, "svc")).unwrap();
        let action = topology.role(&role_arn(B, "invoker")).unwrap();
        let known = |role: &crate::topology::items::ResolvedRole| wiring::KnownRole {
            trust: role.trust.clone(),
            policies: Some(role.policy.iter().cloned().map(wiring::Policy::from).collect()),
            ..wiring::KnownRole::new(role.role.arn.clone())
        };
        let mut chain = wiring::Chain::new(known(service), Some(known(action)), Some(arn(B, "deploy")));
        chain.service_role.trust = Some(crate::policy::Document::new(vec![crate::policy::service_trust()]));
        assert_eq!(wiring::prove(&chain).authorized(), Verdict::Allowed);
        // Without any one of the documents it is not.
        chain.service_role.policies = Some(Vec::new());
        let proof = wiring::prove(&chain);
        assert!(matches!(proof.hop(wiring::Hop::Assume).unwrap().verdict, Verdict::Denied(_)));
    }

    #[test]
    fn wrong_wiring_has_one_finding_each() {
        let mut elsewhere = invoker();
        elsewhere.arn = role_arn("333333333333", "invoker");
        assert_eq!(
            codes(topology().add(elsewhere).add(release(Some(role_arn("333333333333", "invoker"))))),
            ["XA0903"]
        );
        assert_eq!(codes(topology().add(release(None))), ["XA0902"]);
        let mut role = invoker();
        role.trusts = Some(vec![Trust::Role(role_arn(A, "other"))]);
        assert_eq!(codes(topology().add(role).add(release(Some(role_arn(B, "invoker"))))), ["XA0904"]);
        let mut role = invoker();
        role.starts = Some(Vec::new());
        assert_eq!(codes(topology().add(role).add(release(Some(role_arn(B, "invoker"))))), ["XA0905"]);
        let mut passing = release(Some(role_arn(B, "invoker")));
        passing.invokes[0].variables.insert("val1".to_owned(), "x".to_owned());
        assert_eq!(codes(topology().add(invoker()).add(passing)), ["XA0906"]);
        let mut requiring = release(Some(role_arn(B, "invoker")));
        requiring.invokes[0].target.variables =
            Some(vec![crate::topology::items::TargetVariable { name: "val1".to_owned(), required: true }]);
        assert_eq!(codes(topology().add(invoker()).add(requiring)), ["XA0907"]);
        let mut foreign = release(Some(role_arn(B, "invoker")));
        foreign.service_role = Some(role_arn(B, "svc"));
        let mut trusting = invoker();
        trusting.trusts = Some(vec![Trust::Account(account("Tooling", A))]);
        assert_eq!(codes(topology().add(trusting).add(foreign)), ["XA0901"]);
    }

    #[test]
    fn a_trusted_account_without_a_pipeline_here_is_an_error() {
        assert_eq!(codes(topology().add(invoker())), ["XA0908"]);
        let mut whole = invoker();
        whole.trusts = Some(vec![Trust::WholeAccount(account("Tooling", A))]);
        assert_eq!(codes(topology().add(whole)), ["XA0909"]);
    }

    #[test]
    fn a_role_that_may_not_exist_is_trusted_by_condition() {
        let mut role = invoker();
        role.trusts = Some(vec![Trust::Role(role_arn(A, "elsewhere"))]);
        let topology = topology().add(role).build().unwrap();
        assert_eq!(
            topology.role(&role_arn(B, "invoker")).unwrap().trust.as_ref().unwrap().to_json(),
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"sts:AssumeRole","Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111111111111:role/elsewhere"}}}]}"#
        );
    }

    #[test]
    fn one_role_is_declared_once() {
        let inline = Role::inline(Ownership::Managed, role_arn(B, "invoker"));
        assert_eq!(codes(topology().add(invoker()).add(inline).add(release(Some(role_arn(B, "invoker"))))), ["XA0915"]);
    }

    #[test]
    fn one_account_is_declared_once() {
        let twice = topology().add(account("Prod", B)).add(account("Live", B)).add(account("Live", B));
        let topology = twice.build().unwrap();
        let said: Vec<_> = topology.warnings().iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [format!(
                "warning[XA0923] account Live: `Prod` and `Live` are one account, `{B}`\n  help: declare it once, and name \
                 the item wherever the account is meant; or correct one of the ids"
            )]
        );
    }

    #[test]
    fn the_name_of_a_topology_has_a_pattern() {
        assert_eq!(codes(Topology::new("my topology")), ["XA0912"]);
    }
}
