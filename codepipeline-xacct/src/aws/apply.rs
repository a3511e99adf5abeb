//! Carries out a plan: phase by phase, the steps of a phase at once.

use std::fmt;
use std::time::Duration;

use futures_util::future::join_all;
use indexmap::IndexMap;
use serde_json::json;
use tracing::{debug, info};

use super::clients::Accounts;
use super::error::{AwsError, Error};
use super::plan::{Plan, Step, declaration_value};
use super::{passthrough, read};
use crate::core::ids::RoleArn;

/// How long to wait for IAM, whose changes are not visible everywhere at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long one step is tried again in all.
    pub total: Duration,
    /// The first pause; each one is twice as long as the one before, up to 15 s.
    pub first: Duration,
}

impl Default for Patience {
    /// 2 minutes in all, as the Terraform provider waits.
    fn default() -> Self {
        Self { total: Duration::from_secs(120), first: Duration::from_secs(1) }
    }
}

/// What happens while a plan is applied.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// A step was carried out.
    Done(String),
    /// A step is tried again, because IAM may not have spread a change yet.
    Waiting {
        /// The step.
        step: String,
        /// What AWS said.
        message: String,
        /// How long until it is tried again.
        pause: Duration,
    },
    /// A step failed.
    Failed {
        /// The step.
        step: String,
        /// Why.
        message: String,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Done(step) => write!(f, "done: {step}"),
            Event::Waiting { step, message, pause } => {
                write!(f, "waiting {:.1} s for IAM: {step}: {message}", pause.as_secs_f64())
            }
            Event::Failed { step, message } => write!(f, "failed: {step}: {message}"),
        }
    }
}

/// Why a plan was not carried out to its end. What was done stays: making a plan again and applying it goes on from there.
#[derive(Debug)]
#[non_exhaustive]
pub struct ApplyError {
    /// Steps that were carried out.
    pub done: Vec<String>,
    /// Steps that failed, with the reason.
    pub failed: Vec<(String, Error)>,
    /// Steps that were not tried.
    pub left: Vec<String>,
}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (step, error) in &self.failed {
            writeln!(f, "{step}: {error}")?;
        }
        if self.done.is_empty() {
            write!(f, "nothing was written")?;
        } else {
            write!(f, "written: {}", self.done.join("; "))?;
        }
        if !self.left.is_empty() {
            write!(f, "\nnot tried: {}", self.left.join("; "))?;
        }
        if !self.done.is_empty() {
            write!(f, "\nwhat was written stays; a new plan goes on from there")?;
        }
        Ok(())
    }
}

impl std::error::Error for ApplyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.failed.first().map(|(_, error)| error as _)
    }
}

type Report<'a> = &'a (dyn Fn(&Event) + Sync);

impl Plan {
    /// Carries out the plan, with the default patience for IAM.
    pub async fn apply(&self, accounts: &Accounts, report: Report<'_>) -> Result<(), ApplyError> {
        self.apply_with(accounts, Patience::default(), report).await
    }

    /// Carries out the plan. Before the first write, the credentials of every account in which it writes must belong to
    /// it; otherwise nothing is written anywhere.
    pub async fn apply_with(
        &self,
        accounts: &Accounts,
        patience: Patience,
        report: Report<'_>,
    ) -> Result<(), ApplyError> {
        let all = || self.steps().map(ToString::to_string).collect::<Vec<_>>();
        for account in self.accounts.iter().filter(|a| self.steps().any(|s| *s.account() == a.id)) {
            if let Err(error) = accounts.guard(account).await {
                let who = format!("credentials of account {}", account.item);
                return Err(ApplyError { done: Vec::new(), failed: vec![(who, error)], left: all() });
            }
        }
        let mut done = Vec::new();
        for (index, phase) in self.phases.iter().enumerate() {
            let results = join_all(phase.iter().map(|step| patiently(accounts, step, patience, report))).await;
            let mut failed = Vec::new();
            for (step, result) in phase.iter().zip(results) {
                match result {
                    Ok(()) => done.push(step.to_string()),
                    Err(error) => {
                        report(&Event::Failed { step: step.to_string(), message: error.to_string() });
                        failed.push((step.to_string(), error));
                    }
                }
            }
            if !failed.is_empty() {
                let left = self.phases.iter().skip(index + 1).flatten().map(ToString::to_string).collect();
                return Err(ApplyError { done, failed, left });
            }
        }
        Ok(())
    }
}

/// Carries out a step, again and again while IAM may not have spread a change yet.
async fn patiently(accounts: &Accounts, step: &Step, patience: Patience, report: Report<'_>) -> Result<(), Error> {
    // A pause of nothing would be tried for ever.
    let mut pause = patience.first.max(Duration::from_millis(1));
    let mut waited = Duration::ZERO;
    loop {
        match carry_out(accounts, step).await {
            Ok(()) => {
                info!(%step, "done");
                report(&Event::Done(step.to_string()));
                return Ok(());
            }
            Err(Error::Aws(error)) if error.may_be_propagation() && waited < patience.total => {
                debug!(%step, %error, "tried again");
                let message = error.to_string();
                report(&Event::Waiting { step: step.to_string(), message, pause });
                tokio::time::sleep(pause).await;
                waited += pause;
                pause = (pause * 2)
                    .min(Duration::from_secs(15))
                    .min(patience.total.saturating_sub(waited).max(Duration::from_millis(1)));
            }
            Err(error) => return Err(error),
        }
    }
}

fn iam_tags(tags: &IndexMap<String, String>) -> Vec<aws_sdk_iam::types::Tag> {
    tags.iter()
        .filter_map(|(key, value)| aws_sdk_iam::types::Tag::builder().key(key).value(value).build().ok())
        .collect()
}

async fn carry_out(accounts: &Accounts, step: &Step) -> Result<(), Error> {
    match step {
        Step::CreateRole { role, trust, tags } => {
            let call = accounts
                .iam(role.account())?
                .create_role()
                .role_name(role.name().as_str())
                .path(role.path())
                .assume_role_policy_document(trust.to_json())
                .set_tags(Some(iam_tags(tags)));
            call.send().await.map_err(|e| failed(role, "CreateRole", e))?;
        }
        Step::UpdateTrust { role, after, .. } => {
            let call = accounts.iam(role.account())?.update_assume_role_policy().role_name(role.name().as_str());
            call.policy_document(after.to_json())
                .send()
                .await
                .map_err(|e| failed(role, "UpdateAssumeRolePolicy", e))?;
        }
        Step::TagRole { role, tags } => {
            let call = accounts.iam(role.account())?.tag_role().role_name(role.name().as_str());
            call.set_tags(Some(iam_tags(tags))).send().await.map_err(|e| failed(role, "TagRole", e))?;
        }
        Step::PutRolePolicy { role, name, after, .. } => {
            let call = accounts.iam(role.account())?.put_role_policy().role_name(role.name().as_str());
            let call = call.policy_name(name).policy_document(after.to_json());
            call.send().await.map_err(|e| failed(role, "PutRolePolicy", e))?;
        }
        Step::DeleteRolePolicy { role, name } => {
            let call = accounts.iam(role.account())?.delete_role_policy().role_name(role.name().as_str());
            call.policy_name(name).send().await.map_err(|e| failed(role, "DeleteRolePolicy", e))?;
        }
        Step::DeleteRole { role } => {
            let call = accounts.iam(role.account())?.delete_role().role_name(role.name().as_str());
            call.send().await.map_err(|e| failed(role, "DeleteRole", e))?;
        }
        Step::CreatePipeline { pipeline, declaration, tags } => {
            let client = accounts.codepipeline(pipeline.account(), pipeline.region())?;
            let tags: Vec<_> = tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
            let document = json!({ "pipeline": declaration_value(declaration), "tags": tags });
            passthrough::create_pipeline(&client, pipeline.name().as_str(), &document)
                .await
                .map_err(|e| AwsError::new(pipeline.account(), "CreatePipeline", pipeline, e))?;
        }
        Step::UpdatePipeline { pipeline, declaration, version, updated, .. } => {
            // There is no compare-and-set: look again just before the write.
            let now = read::pipeline_state(accounts, pipeline).await?;
            let found = now.declaration.version.unwrap_or_default();
            if found != *version || now.updated != *updated {
                return Err(Error::Changed { pipeline: pipeline.to_string(), planned: *version, found });
            }
            let client = accounts.codepipeline(pipeline.account(), pipeline.region())?;
            let document = json!({ "pipeline": declaration_value(declaration) });
            passthrough::update_pipeline(&client, pipeline.name().as_str(), &document)
                .await
                .map_err(|e| AwsError::new(pipeline.account(), "UpdatePipeline", pipeline, e))?;
        }
        Step::TagPipeline { pipeline, tags } => {
            let client = accounts.codepipeline(pipeline.account(), pipeline.region())?;
            let tag = |(key, value): (&String, &String)| {
                aws_sdk_codepipeline::types::Tag::builder().key(key).value(value).build().ok()
            };
            let call = client.tag_resource().resource_arn(pipeline.to_string());
            let call = call.set_tags(Some(tags.iter().filter_map(tag).collect()));
            call.send().await.map_err(|e| AwsError::new(pipeline.account(), "TagResource", pipeline, e))?;
        }
        Step::DeletePipeline { pipeline } => {
            let client = accounts.codepipeline(pipeline.account(), pipeline.region())?;
            let call = client.delete_pipeline().name(pipeline.name().as_str());
            call.send().await.map_err(|e| AwsError::new(pipeline.account(), "DeletePipeline", pipeline, e))?;
        }
    }
    Ok(())
}

fn failed<E, R>(
    role: &RoleArn,
    operation: &'static str,
    error: aws_smithy_runtime_api::client::result::SdkError<E, R>,
) -> AwsError
where
    E: std::error::Error
        + aws_sdk_iam::error::ProvideErrorMetadata
        + aws_sdk_iam::operation::RequestId
        + Send
        + Sync
        + 'static,
    R: fmt::Debug + Send + Sync + 'static,
{
    AwsError::new(role.account(), operation, role, error)
}
