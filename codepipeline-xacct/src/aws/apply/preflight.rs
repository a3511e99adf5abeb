//! Asks IAM before the first write whether the credentials may make all the calls of a plan.
//!
//! Only what the simulator surely denies is an obstacle: where it may not be asked, where the credentials are not those of a role or a user, or where
//! the answer depends on something that it was not told, the calls themselves will show.

use std::collections::BTreeSet;

use aws_sdk_iam::error::SdkError;
use aws_sdk_iam::types::{ContextEntry, ContextKeyTypeEnum, PolicyEvaluationDecisionType};
use tracing::debug;

use crate::aws::at_once;
use crate::aws::pages::all_pages;
use crate::aws::read::get_role;
use crate::aws::session::Session;
use crate::core::arns::SessionArn;
use crate::core::ids::AccountId;
use crate::core::ordered::set;
use crate::core::plan::{Plan, RequiredPermission};
use crate::core::policy::{CODEPIPELINE, Document, Texts};

/// How many actions and resources one simulation has at most, to keep its answer short.
const AT_ONCE: usize = 20;

/// What the credentials surely lack to apply a plan.
pub(super) async fn lacking(session: &Session, plan: &Plan) -> BTreeSet<RequiredPermission> {
    let needed = plan.required_permissions();
    let lacking = needed.iter().map(|(account, needed)| lacking_in(session, account, needed));
    set(at_once::all(lacking).await.into_iter().flatten())
}

async fn lacking_in(session: &Session, account: &AccountId, needed: &Document) -> Vec<RequiredPermission> {
    let Some(principal) = principal(session, account).await else { return Vec::new() };
    let texts = |texts: &Option<Texts>| texts.iter().flat_map(Texts::iter).map(str::to_owned).collect::<Vec<_>>();
    let simulations = needed.statements.iter().flat_map(|statement| {
        let (actions, resources) = (texts(&statement.action), texts(&statement.resource));
        let chunks: Vec<Vec<String>> = resources.chunks(AT_ONCE).map(<[String]>::to_vec).collect();
        let principal = &principal;
        chunks.into_iter().map(move |resources| simulate(session, account, principal, actions.clone(), resources))
    });
    at_once::all(simulations).await.into_iter().flatten().collect()
}

/// The user or the role whose credentials an account is reached with.
async fn principal(session: &Session, account: &AccountId) -> Option<String> {
    let caller = session.caller(account)?;
    if caller.contains(":user/") {
        return Some(caller.to_owned());
    }
    let role = SessionArn::parse(caller)?.role;
    // The ARN of a session has not the path of its role.
    let found = get_role(session.iam(account).ok()?, account, role, &role).await;
    found.inspect_err(|error| debug!(%error, "the role of the credentials can't be read")).ok().map(|role| role.arn)
}

async fn simulate(
    session: &Session,
    account: &AccountId,
    principal: &str,
    actions: Vec<String>,
    resources: Vec<String>,
) -> Vec<RequiredPermission> {
    let Ok(iam) = session.iam(account) else { return Vec::new() };
    let passed_to = ContextEntry::builder()
        .context_key_name("iam:PassedToService")
        .context_key_type(ContextKeyTypeEnum::String)
        .context_key_values(CODEPIPELINE)
        .build();
    let call = iam
        .simulate_principal_policy()
        .policy_source_arn(principal)
        .set_action_names(Some(actions))
        .set_resource_arns(Some(resources))
        .context_entries(passed_to);
    let simulated = all_pages(async |marker| {
        let page = call.clone().set_marker(marker).send().await?;
        Ok::<_, SdkError<_>>((page.evaluation_results.unwrap_or_default(), page.marker))
    });
    let results = match simulated.await {
        Ok(results) => results,
        Err(error) => {
            debug!(%account, %error, "permissions can't be simulated");
            return Vec::new();
        }
    };
    let mut denied = Vec::new();
    for result in results {
        let whole =
            std::iter::once((result.eval_resource_name(), result.eval_decision(), result.missing_context_values()));
        let each = result
            .resource_specific_results()
            .iter()
            .map(|of| (Some(of.eval_resource_name()), of.eval_resource_decision(), of.missing_context_values()));
        // Where there are results for each resource, the one for all of them says less.
        let some = !result.resource_specific_results().is_empty();
        for (resource, decision, missing) in whole.filter(|_| !some).chain(each) {
            let is_denied = matches!(
                decision,
                PolicyEvaluationDecisionType::ExplicitDeny | PolicyEvaluationDecisionType::ImplicitDeny
            );
            if let Some(resource) = resource.filter(|_| is_denied && missing.is_empty()) {
                denied.push(RequiredPermission {
                    action: result.eval_action_name().to_owned(),
                    resource: resource.to_owned(),
                });
            }
        }
    }
    denied
}
