//! From items to a [`Topology`]: collect what was added and what it names, resolve the roles, fill in what
//! follows from the links, check everything, and report all findings at once.

use std::collections::HashMap;
use std::panic::Location;

use super::checks;
use super::collector::Collector;
use super::declared_caller_variable::declare_caller_variable;
use super::items::{Account, Ownership, Pipeline, ResolvedRole, Role, Target, Topology};
use super::subject::Subject;
use super::waits::add_waits;
use crate::check::{self, tags};
use crate::finding::{Finding, Findings, Place};
use crate::ids::{PipelineArn, TopologyName};
use crate::{rules, wiring};

/// Something that can be added to a topology: an account, a role, a pipeline.
#[diagnostic::on_unimplemented(
    message = "only accounts, roles and pipelines can be added to a topology",
    label = "not an account, a role or a pipeline",
    note = "a pipeline with parameters is made with `new`, as in `Release::new(settings)`",
    note = "a pipeline that is built in Rust ends with `.build()`"
)]
pub trait Item {
    /// Adds the item and everything it names.
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

/// A topology that was built. One that is being put together never is.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the topology is not built yet",
    label = "`.build()` is missing before this call",
    note = "write `.build()` before it: `Topology::builder(…).add(…).build()`"
)]
pub trait Built {
    /// What the method of what is built returns.
    fn built<R>(self) -> R;
}

/// The methods of what `build` returns: calling one before is an error that says so, where rustc would only find no method.
macro_rules! not_before_build {
    ($($method:ident$(<$param:ident>)?($($argument:ident: $ty:ty),*) -> $returned:ty;)*) => {
        impl TopologyBuilder {
            $(
                #[doc(hidden)]
                #[allow(unused_variables, reason = "it can't be called")]
                pub fn $method$(<$param>)?(self $(, $argument: $ty)*) -> $returned
                where
                    // Without the lifetime, the bound would be an error here.
                    for<'never> Self: Built,
                {
                    self.built()
                }
            )*
        }
    };
}

not_before_build! {
    unwrap() -> Topology;
    expect(message: &str) -> Topology;
    unwrap_or_else(made: impl FnOnce(Findings) -> Topology) -> Topology;
    map<T>(made: impl FnOnce(Topology) -> T) -> Result<T, Findings>;
    map_err<E>(made: impl FnOnce(Findings) -> E) -> Result<Topology, E>;
    ok() -> Option<Topology>;
    is_ok() -> bool;
    is_err() -> bool;
    unwrap_err() -> Findings;
    warnings() -> &'static [Finding];
    accounts() -> &'static [Account];
    roles() -> &'static [ResolvedRole];
    pipelines() -> &'static [Pipeline];
}

/// A topology that is being put together.
#[must_use = "it is a topology once `.build()` is called"]
#[derive(Debug, Clone, Default)]
pub struct TopologyBuilder {
    name: String,
    collector: Collector,
}

impl Topology {
    /// Starts a topology. Its name (`[A-Za-z0-9-]`, 1 to 64) marks what it owns in the accounts.
    pub fn builder(name: &str) -> TopologyBuilder {
        TopologyBuilder { name: name.to_owned(), ..Default::default() }
    }
}

impl TopologyBuilder {
    /// Adds an item and, transitively, what it names, with its declared ownership.
    #[expect(clippy::should_implement_trait, reason = "this is not addition")]
    pub fn add(mut self, item: impl Item) -> Self {
        self.collector.begin_item();
        item.add_to(&mut self);
        self.collector.end_item();
        self
    }

    /// Adds an item that another program owns: here it is only read.
    pub fn external(mut self, item: impl Item) -> Self {
        let mut alone = TopologyBuilder::default();
        item.add_to(&mut alone);
        self.collector.external(alone.collector);
        self
    }

    /// Adds an account. The same account may be added again.
    pub fn account(&mut self, account: Account) {
        self.collector.account(account);
    }

    /// Adds a role. The same role may be added again.
    pub fn role(&mut self, role: Role) {
        self.collector.role(role);
    }

    /// Adds a pipeline. The same pipeline may be added again.
    pub fn pipeline(&mut self, pipeline: Pipeline) {
        self.collector.pipeline(pipeline);
    }

    /// The role or the pipeline that an item declares.
    pub(crate) fn subject_of(item: &impl Item) -> Option<Subject> {
        let mut alone = TopologyBuilder::default();
        item.add_to(&mut alone);
        alone.collector.into_first()
    }

    /// True if an item was already added, so that it need not be added again. Another item for the same pipeline
    /// doesn't count.
    pub fn has_pipeline(&self, item: &str, arn: &PipelineArn) -> bool {
        self.collector.pipelines.iter().any(|p| p.arn == *arn && p.item == item)
    }

    /// True if exactly this role was already added.
    pub fn has_role(&self, role: &Role) -> bool {
        self.collector.roles.contains(role)
    }

    /// Notes that a pipeline with parameters is started, which only the program can make.
    pub fn need(&mut self, target: &Target) {
        self.collector.needed.insert((target.arn.clone(), target.item.clone()));
    }

    /// Adds a finding: an item that could not be made.
    pub fn finding(&mut self, finding: Finding) {
        self.collector.findings.push(finding);
    }

    /// Notes which call wrote what is at a place and in it, for the text of findings.
    pub fn written_at(&mut self, place: Place, call: &'static Location<'static>) {
        self.collector.written_at.insert(place, call);
    }

    /// Checks everything and derives the rest. Reports all findings at once; `Ok` carries the warnings.
    pub fn build(self) -> Result<Topology, Findings> {
        let Self { name, mut collector } = self;
        let mut findings = std::mem::take(&mut collector.findings);
        let name = match name.parse::<TopologyName>() {
            Ok(name) => Some(name),
            Err(error) => {
                findings.push(Finding::of(&rules::XA0912, Place::topology(&name), error.to_string()));
                None
            }
        };
        collector.drop_what_externals_brought();
        let mut pipelines = collector.unique_pipelines(&mut findings);
        declare_caller_variable(&mut pipelines);
        pipelines.iter_mut().for_each(|pipeline| add_waits(pipeline, &mut findings));
        let roles = collector.unique_roles(&mut findings);
        collector.undeclared_accounts(&pipelines, &roles);
        let Collector { accounts, needed, written_at, declared_elsewhere, .. } = collector;
        let items = accounts.values().map(|a| (a.id.clone(), a.item.clone())).collect();
        for role in &roles {
            checks::role_partition(role, &accounts, &mut findings);
            tags::check(&Place::role(&role.item), &role.tags, tags::role_tag, &mut findings);
            wiring::judge_documents(role, &mut findings);
        }
        for pipeline in &pipelines {
            tags::check(&Place::pipeline(&pipeline.item), &pipeline.tags, tags::tag, &mut findings);
            checks::pipeline_partition(pipeline, &accounts, &mut findings);
            checks::additions(pipeline, &mut findings);
            if pipeline.ownership != Ownership::Extern {
                wiring::judge(pipeline, &roles, &items, &mut findings);
            }
        }
        for pipeline in &mut pipelines {
            pipeline.declaration = wiring::complete(pipeline);
            findings.extend(checks::declaration(pipeline));
        }
        checks::links(&pipelines, &declared_elsewhere, &mut findings);
        checks::parameters(&needed, &pipelines, &mut findings);
        let accounts: Vec<_> = accounts.into_values().collect();
        let roles = wiring::derive_roles(roles, &pipelines, &accounts, &mut findings);
        wiring::judge_stated(&pipelines, &roles, &mut findings);
        check::leave_out_followers(&mut findings);
        locate(&mut findings, &written_at);
        let warnings = Findings::split(findings)?;
        let Some(name) = name else { return Err(Findings::split(warnings).err().unwrap_or_default()) };
        Ok(Topology { name, accounts, roles, pipelines, warnings })
    }
}

/// Gives findings the call that wrote what they are about: the innermost that is known.
fn locate(findings: &mut [Finding], written_at: &HashMap<Place, &'static Location<'static>>) {
    if written_at.is_empty() {
        return;
    }
    for finding in findings.iter_mut().filter(|finding| finding.written_at.is_none()) {
        let mut places = std::iter::successors(Some(finding.place.clone()), Place::parent);
        finding.written_at = places.find_map(|place| written_at.get(&place).copied());
    }
}
