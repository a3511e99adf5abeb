//! What the accounts hold: roles with their documents and tags, pipelines with their tags.

use aws_sdk_iam::types::Tag as IamTag;
use futures_util::future::{join_all, try_join_all};
use indexmap::IndexMap;
use percent_encoding::percent_decode_str;

use super::clients::Accounts;
use super::error::{AwsError, Error};
use super::passthrough;
use crate::core::declaration::{PipelineDeclaration, PipelineDocument, read};
use crate::core::ids::{AccountId, PipelineArn, RoleArn};
use crate::core::policy::Document;
use crate::core::topology::Topology;
use crate::core::wiring::{KnownRole, Policy};

/// A thing that was looked for.
#[derive(Debug, Clone)]
pub(super) enum Seen<T> {
    /// It is there.
    There(T),
    /// It isn't.
    Missing,
    /// It can't be read, for this reason.
    Unknown(String),
}

/// A role.
#[derive(Debug, Clone)]
pub(super) struct RoleState {
    pub(super) arn: String,
    pub(super) trust: Document,
    pub(super) inline: IndexMap<String, Document>,
    /// By the ARN of the policy.
    pub(super) attached: Vec<(String, Document)>,
    /// Its id, `AROA…`.
    pub(super) id: String,
    pub(super) tags: IndexMap<String, String>,
    /// Its permissions boundary.
    pub(super) boundary: Option<Document>,
    /// Not all of its policies can be read.
    pub(super) hidden: bool,
}

impl RoleState {
    /// Writes down what the wiring has to know, with one inline policy replaced.
    pub(super) fn known(&self, known: &mut KnownRole, name: &str, policy: Option<&Document>) {
        known.trust = Some(self.trust.clone());
        known.unique_id = Some(self.id.clone()).filter(|id| !id.is_empty());
        known.tags = Some(self.tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect());
        if self.hidden {
            return;
        }
        known.boundary.clone_from(&self.boundary);
        let inline = self.inline.iter().filter(|(key, _)| key.as_str() != name);
        let inline = inline.map(|(key, document)| (key.as_str(), document)).chain(policy.map(|policy| (name, policy)));
        let attached = self.attached.iter().map(|(arn, document)| (arn.as_str(), document));
        let named =
            |(name, document): (&str, &Document)| Policy { name: Some(name.to_owned()), document: document.clone() };
        known.policies = Some(inline.chain(attached).map(named).collect());
    }
}

/// A pipeline.
#[derive(Debug, Clone)]
pub(super) struct PipelineState {
    pub(super) declaration: PipelineDeclaration,
    /// When it was last written, as AWS prints it.
    pub(super) updated: String,
    pub(super) tags: IndexMap<String, String>,
}

/// All that a topology looks at.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) roles: IndexMap<RoleArn, Seen<RoleState>>,
    pub(super) pipelines: IndexMap<PipelineArn, Seen<PipelineState>>,
}

/// Reads everything at once.
pub(super) async fn state(topology: &Topology, accounts: &Accounts) -> Result<State, Error> {
    let roles = topology.roles().iter().map(|r| async { Ok((r.role.arn.clone(), role(accounts, &r.role.arn).await?)) });
    let pipelines =
        topology.pipelines().iter().map(|p| async { Ok((p.arn.clone(), pipeline(accounts, &p.arn).await?)) });
    let (roles, pipelines) = futures_util::future::join(join_all(roles), join_all(pipelines)).await;
    Ok(State {
        roles: roles.into_iter().collect::<Result<_, Error>>()?,
        pipelines: pipelines.into_iter().collect::<Result<_, Error>>()?,
    })
}

/// Turns "may not read" into "not known" and "no such thing" into "missing".
fn seen<T>(result: Result<T, Error>) -> Result<Seen<T>, Error> {
    match result {
        Ok(found) => Ok(Seen::There(found)),
        Err(Error::Aws(error)) if error.is_not_found() => Ok(Seen::Missing),
        Err(Error::Aws(error)) if error.is_denied() => Ok(Seen::Unknown(error.to_string())),
        Err(error) => Err(error),
    }
}

fn no_client<T>(account: &AccountId) -> Seen<T> {
    Seen::Unknown(format!("there is no client for account {account}"))
}

async fn role(accounts: &Accounts, arn: &RoleArn) -> Result<Seen<RoleState>, Error> {
    if !accounts.reaches(arn.account()) {
        return Ok(no_client(arn.account()));
    }
    seen(role_state(accounts, arn).await)
}

async fn role_state(accounts: &Accounts, arn: &RoleArn) -> Result<RoleState, Error> {
    let iam = accounts.iam(arn.account())?;
    let name = arn.name().as_str();
    let account = arn.account();
    let found = iam.get_role().role_name(name).send().await.map_err(|e| AwsError::new(account, "GetRole", arn, e))?;
    let unreadable =
        |why: &str| Error::Answer { account: account.clone(), what: format!("role `{arn}`"), why: why.to_owned() };
    let found = found.role().ok_or_else(|| unreadable("there is no role in the answer"))?;
    let trust = document(account, "the trust policy", arn, found.assume_role_policy_document().unwrap_or_default())?;
    let boundary = found.permissions_boundary().and_then(|boundary| boundary.permissions_boundary_arn());
    let boundary = async {
        match boundary {
            Some(policy) => managed_policy(&iam, account, policy).await.map(Some),
            None => Ok(None),
        }
    };
    let (inline, attached, boundary) =
        futures_util::future::join3(inline(&iam, account, arn), attached(&iam, account, arn), boundary).await;
    let inline = inline?;
    // Managed policies serve the proof alone: without them the role can still be planned.
    let mut hidden = false;
    let attached = readable(attached, &mut hidden)?.unwrap_or_default();
    let boundary = readable(boundary, &mut hidden)?.flatten();
    Ok(RoleState {
        arn: found.arn().to_owned(),
        id: found.role_id().to_owned(),
        trust,
        inline,
        attached,
        tags: found.tags().iter().map(|t: &IamTag| (t.key().to_owned(), t.value().to_owned())).collect(),
        boundary,
        hidden,
    })
}

/// `None` where the client may not read it, which is noted.
fn readable<T>(read: Result<T, Error>, hidden: &mut bool) -> Result<Option<T>, Error> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(Error::Aws(error)) if error.is_denied() => {
            *hidden = true;
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// IAM returns documents percent-encoded.
fn document(account: &AccountId, what: &str, arn: &RoleArn, encoded: &str) -> Result<Document, Error> {
    let text = percent_decode_str(encoded).decode_utf8_lossy();
    Document::from_json(&text).map_err(|error| Error::Answer {
        account: account.clone(),
        what: format!("{what} of role `{arn}`"),
        why: error.to_string(),
    })
}

async fn inline(
    iam: &aws_sdk_iam::Client,
    account: &AccountId,
    arn: &RoleArn,
) -> Result<IndexMap<String, Document>, Error> {
    let name = arn.name().as_str();
    let names = iam
        .list_role_policies()
        .role_name(name)
        .into_paginator()
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await
        .map_err(|e| AwsError::new(account, "ListRolePolicies", arn, e))?;
    let documents = names.into_iter().map(|policy| async move {
        let found = iam
            .get_role_policy()
            .role_name(name)
            .policy_name(&policy)
            .send()
            .await
            .map_err(|e| AwsError::new(account, "GetRolePolicy", format!("{policy} of {arn}"), e))?;
        let document = document(account, &format!("policy `{policy}`"), arn, found.policy_document())?;
        Ok::<_, Error>((policy, document))
    });
    Ok(try_join_all(documents).await?.into_iter().collect())
}

async fn attached(
    iam: &aws_sdk_iam::Client,
    account: &AccountId,
    arn: &RoleArn,
) -> Result<Vec<(String, Document)>, Error> {
    let policies = iam
        .list_attached_role_policies()
        .role_name(arn.name().as_str())
        .into_paginator()
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await
        .map_err(|e| AwsError::new(account, "ListAttachedRolePolicies", arn, e))?;
    let documents = policies.into_iter().filter_map(|p| p.policy_arn().map(str::to_owned)).map(|policy| async move {
        let document = managed_policy(iam, account, &policy).await?;
        Ok::<_, Error>((policy, document))
    });
    try_join_all(documents).await
}

/// The version of a managed policy that is in force.
async fn managed_policy(iam: &aws_sdk_iam::Client, account: &AccountId, policy: &str) -> Result<Document, Error> {
    let found =
        iam.get_policy().policy_arn(policy).send().await.map_err(|e| AwsError::new(account, "GetPolicy", policy, e))?;
    let version = found.policy().and_then(|p| p.default_version_id()).unwrap_or("v1").to_owned();
    let found = iam
        .get_policy_version()
        .policy_arn(policy)
        .version_id(version)
        .send()
        .await
        .map_err(|e| AwsError::new(account, "GetPolicyVersion", policy, e))?;
    let text = found.policy_version().and_then(|v| v.document()).unwrap_or_default();
    let text = percent_decode_str(text).decode_utf8_lossy();
    Document::from_json(&text).map_err(|error| Error::Answer {
        account: account.clone(),
        what: format!("managed policy `{policy}`"),
        why: error.to_string(),
    })
}

async fn pipeline(accounts: &Accounts, arn: &PipelineArn) -> Result<Seen<PipelineState>, Error> {
    if !accounts.reaches(arn.account()) {
        return Ok(no_client(arn.account()));
    }
    seen(pipeline_state(accounts, arn).await)
}

/// A pipeline as the account holds it now.
pub(super) async fn pipeline_state(accounts: &Accounts, arn: &PipelineArn) -> Result<PipelineState, Error> {
    let client = accounts.codepipeline(arn.account(), arn.region())?;
    let account = arn.account();
    let text = passthrough::get_pipeline(&client, arn.name().as_str())
        .await
        .map_err(|e| AwsError::new(account, "GetPipeline", arn, e))?;
    let found: PipelineDocument = read(&text).map_err(|error| Error::Answer {
        account: account.clone(),
        what: format!("pipeline `{arn}`"),
        why: error.to_string(),
    })?;
    let tags = client
        .list_tags_for_resource()
        .resource_arn(arn.to_string())
        .into_paginator()
        .items()
        .send()
        .collect::<Result<Vec<_>, _>>()
        .await
        .map_err(|e| AwsError::new(account, "ListTagsForResource", arn, e))?;
    let updated = found.metadata.and_then(|m| m.updated).map(|u| u.to_string()).unwrap_or_default();
    Ok(PipelineState {
        declaration: found.pipeline,
        updated,
        tags: tags.into_iter().map(|t| (t.key().to_owned(), t.value().to_owned())).collect(),
    })
}
