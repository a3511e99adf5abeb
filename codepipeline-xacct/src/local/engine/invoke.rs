//! The invoke action: starts its target where its role and its Region say.

use indexmap::IndexMap;

use super::passed::{input, revisions, variables};
use super::start::{Start, begin};
use crate::core::declaration::ActionDeclaration;
use crate::core::declaration::invoke::{REVISIONS_KEY, TARGET_KEY, VARIABLES_KEY};
use crate::core::declaration::runs_in::region_of;
use crate::core::ids::{AccountId, Name, PipelineArn};
use crate::core::policy::START;
use crate::core::policy::evaluate::{Caller, RequestContext};
use crate::local::authorization::{add_tags, permitted};
use crate::local::execution::{StartedBy, StoredActionExecution};
use crate::local::refusal::{Refusal, pipeline_name};
use crate::local::store::Store;

/// The pipeline that an action starts from an account, in its Region.
pub(crate) fn target(arn: &PipelineArn, account: &AccountId, action: &ActionDeclaration, name: Name) -> PipelineArn {
    let region = region_of(arn, action.region.as_deref()).parse().unwrap_or_else(|_| arn.region().clone());
    PipelineArn::new(arn.partition().clone(), region, account.clone(), name)
}

/// Starts the target of an action; returns it and the id of the execution.
pub(super) fn start_target(
    store: &mut Store,
    arn: &PipelineArn,
    session: &Caller,
    action: &StoredActionExecution,
) -> Result<(PipelineArn, String), Refusal> {
    let name = action.resolved.get(TARGET_KEY).map(String::as_str).unwrap_or_default();
    let name = pipeline_name(name, "name")?;
    let account: &AccountId = match session {
        Caller::Session { role, .. } => role.account(),
        _ => arn.account(),
    };
    let target = target(arn, account, &action.declaration, name);
    permitted(store, session, START, &target.to_string(), &context_of(store, &target))?;
    let passed = |key: &str, member: &str| action.resolved.get(key).map(|text| input(key, text, member)).transpose();
    let start = Start {
        variables: passed(VARIABLES_KEY, "variables")?.map_or_else(|| Ok(Default::default()), |it| variables(&it))?,
        overrides: passed(REVISIONS_KEY, "sourceRevisions")?.map_or_else(|| Ok(Vec::new()), |it| revisions(&it))?,
        trigger: StartedBy { kind: "StartPipelineExecution".into(), detail: session.arn() },
        token: None,
    };
    begin(store, &target, start).map(|id| (target, id))
}

/// What a request to a pipeline of another account or Region brings along: its account, its Region and its tags.
pub(super) fn context_of(store: &Store, target: &PipelineArn) -> RequestContext {
    let mut context = RequestContext::new();
    context.insert("aws:ResourceAccount", target.account().as_str());
    context.insert("aws:RequestedRegion", target.region().as_str());
    let none = IndexMap::new();
    add_tags(&mut context, &["aws:ResourceTag"], store.pipelines.get(target).map_or(&none, |record| &record.tags));
    context
}
