//! What the accounts hold: roles with their documents and tags, pipelines with their tags.

use std::collections::BTreeSet;
use std::fmt;

use aws_sdk_iam::types::{Role as IamRole, Tag as IamTag};
use indexmap::IndexMap;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::at_once;
use super::custom_actions::custom_actions;
use super::error::AwsError;
use super::pages::all_pages;
use super::passthrough;
use super::session::Session;
use super::stage_states::stage_states;
use crate::core::declaration::{PipelineDeclaration, PipelineDocument, read};
use crate::core::ids::{AccountId, IdError, PipelineArn, Region, RoleArn, TopologyName};
use crate::core::plan::{CurrentRole, DisabledTransition, Found, PipelineState, RoleState, State};
use crate::core::policy::Document;
use crate::core::topology::Ownership;
use crate::core::topology::{Subject, Topology};

pub use super::read_error::ReadError;

/// Reads everything that a topology names at once.
pub(super) async fn state(session: &Session, topology: &Topology) -> Result<State, ReadError> {
    let roles = topology.roles().iter().map(|r| Subject::Role(r.role.arn.clone()));
    let pipelines = topology.pipelines().iter().map(|p| Subject::Pipeline(p.arn.clone()));
    let mut state = State::default();
    let written =
        topology.pipelines().iter().filter(|p| p.ownership != Ownership::Extern && session.reaches(p.arn.account()));
    let states = at_once::all(
        written.map(|pipeline| async move { (&pipeline.arn, stage_states(session, &pipeline.arn).await) }),
    );
    let added = add(session, &mut state, roles.chain(pipelines));
    let (added, states, custom_actions) =
        futures_util::future::join3(added, states, custom_actions(session, topology)).await;
    added?;
    state.custom_actions = custom_actions?;
    for (arn, stages) in states {
        let stages = match stages {
            Ok(stages) => stages,
            // A plan doesn't need it.
            Err(ReadError::Aws(_)) => continue,
            Err(error) => return Err(error),
        };
        let disabled = stages
            .into_iter()
            .filter_map(|stage| Some(DisabledTransition { reason: stage.disabled?, stage: stage.stage }));
        state.disabled.insert(arn.clone(), disabled.collect());
    }
    state.disabled.retain(|_, disabled| !disabled.is_empty());
    Ok(state)
}

/// Reads some roles and pipelines at once, and adds them to what was read.
pub(super) async fn add(
    session: &Session,
    state: &mut State,
    subjects: impl Iterator<Item = Subject>,
) -> Result<(), ReadError> {
    let (mut roles, mut pipelines) = (Vec::new(), Vec::new());
    for subject in subjects {
        match subject {
            Subject::Role(arn) => {
                roles.push(async move { Ok::<_, ReadError>((arn.clone(), role(session, &arn).await?)) })
            }
            Subject::Pipeline(arn) => {
                pipelines.push(async move { Ok::<_, ReadError>((arn.clone(), pipeline(session, &arn).await?)) });
            }
        }
    }
    let (roles, pipelines) = futures_util::future::join(at_once::all(roles), at_once::all(pipelines)).await;
    for role in roles {
        let (arn, found) = role?;
        state.roles.insert(arn, found);
    }
    for pipeline in pipelines {
        let (arn, found) = pipeline?;
        state.pipelines.insert(arn, found);
    }
    Ok(())
}

/// Reads what extended pipelines held before the topology extended them, which is in their history.
pub(super) async fn before(
    session: &Session,
    topology: &Topology,
    state: &State,
    names: &[&TopologyName],
) -> Result<IndexMap<PipelineArn, Found<PipelineDeclaration>>, ReadError> {
    let marked = topology.pipelines().iter().filter(|p| p.ownership == Ownership::Extended).filter_map(|pipeline| {
        let found = state.pipelines.get(&pipeline.arn)?.present()?;
        let version = found.version_before(names.iter().copied())?;
        Some((&pipeline.arn, version))
    });
    let read = marked.map(|(arn, version)| async move {
        let read = written(session, arn, Some(version)).await.map(|written| written.declaration);
        let found = match read {
            // The tag may name a version that is not there.
            Err(ReadError::Aws(error)) => Found::Unreadable(error.to_string()),
            read => Found::Present(read?),
        };
        Ok::<_, ReadError>((arn.clone(), found))
    });
    Ok(at_once::try_all(read).await?.into_iter().collect())
}

/// Reads the earlier versions of pipelines that tell what a topology of one of these names last applied, where others may have written since. Where
/// one may not be read or is not there, the changes of others are not told from those of the program.
pub(super) async fn earlier(session: &Session, state: &mut State, names: &[&TopologyName]) -> Result<(), ReadError> {
    let wanted = state.pipelines.iter().filter_map(|(arn, found)| {
        let versions = found.present()?.versions_to_read(names, arn.region());
        Some((arn.clone(), versions))
    });
    let wanted: Vec<_> = wanted.collect();
    versions(session, state, wanted).await
}

/// Reads versions of pipelines, but for those that may not be read or are not there.
pub(super) async fn versions(
    session: &Session,
    state: &mut State,
    wanted: impl IntoIterator<Item = (PipelineArn, BTreeSet<i64>)>,
) -> Result<(), ReadError> {
    let wanted = wanted.into_iter();
    let versions = wanted.flat_map(|(arn, versions)| versions.into_iter().map(move |version| (arn.clone(), version)));
    let read = versions.map(|(arn, version)| async move {
        let found = seen(written(session, &arn, Some(version)).await)?;
        Ok::<_, ReadError>((arn, version, found))
    });
    for (arn, version, found) in at_once::try_all(read).await? {
        match found {
            Found::Present(written) => drop(state.earlier.entry(arn).or_default().insert(version, written.declaration)),
            Found::Missing => {}
            Found::Unreadable(_) | Found::NotConnected => drop(state.history_not_read.insert(arn)),
        }
    }
    Ok(())
}

/// Turns "may not read" into "not known" and "no such thing" into "missing".
pub(super) fn seen<T>(result: Result<T, ReadError>) -> Result<Found<T>, ReadError> {
    match result {
        Ok(found) => Ok(Found::Present(found)),
        Err(ReadError::Aws(error)) if error.is_not_found() => Ok(Found::Missing),
        Err(ReadError::Aws(error)) if error.is_denied() => Ok(Found::Unreadable(error.to_string())),
        Err(error) => Err(error),
    }
}

async fn role(session: &Session, arn: &RoleArn) -> Result<Found<RoleState>, ReadError> {
    if !session.reaches(arn.account()) {
        return Ok(Found::NotConnected);
    }
    seen(role_state(session, arn).await)
}

async fn role_state(session: &Session, arn: &RoleArn) -> Result<RoleState, ReadError> {
    let RoleParts { arn, unique_id, trust, tags, inline, attached, boundary, boundary_arn: _ } =
        role_parts(session, arn).await?;
    // Managed policies only serve the proof: without them the role can still be planned.
    let mut partial = false;
    Ok(RoleState {
        arn,
        unique_id,
        trust,
        inline: inline?,
        attached: readable(attached, &mut partial)?.unwrap_or_default(),
        tags,
        boundary: boundary.map(|read| readable(read, &mut partial)).transpose()?.flatten(),
        partial,
    })
}

/// A role as GetRole has it, and those of its policies that the client may read.
pub(super) struct RoleParts {
    /// GetRole goes by the name alone, so the path may differ.
    pub(super) arn: RoleArn,
    pub(super) unique_id: String,
    pub(super) trust: Document,
    pub(super) tags: IndexMap<String, String>,
    pub(super) inline: Result<IndexMap<String, Document>, ReadError>,
    pub(super) attached: Result<IndexMap<String, Document>, ReadError>,
    /// `None` for a role without a permissions boundary.
    pub(super) boundary: Option<Result<Document, ReadError>>,
    pub(super) boundary_arn: Option<String>,
}

pub(super) async fn role_parts(session: &Session, arn: &RoleArn) -> Result<RoleParts, ReadError> {
    let iam = session.iam(arn.account())?;
    let account = arn.account();
    let found = get_role(iam, account, arn.name().as_str(), arn).await?;
    let trust = document(account, "the trust policy", arn, found.assume_role_policy_document().unwrap_or_default())?;
    let boundary_arn = found.permissions_boundary().and_then(|boundary| boundary.permissions_boundary_arn());
    let boundary = async {
        match boundary_arn {
            Some(policy) => Some(managed_policy(iam, account, policy).await),
            None => None,
        }
    };
    let (inline, attached, boundary) =
        futures_util::future::join3(inline(iam, account, arn), attached(iam, account, arn), boundary).await;
    Ok(RoleParts {
        arn: found.arn().parse().map_err(|error: IdError| unreadable_role(account, arn, &error.to_string()))?,
        unique_id: found.role_id().to_owned(),
        trust,
        tags: iam_tags(found.tags()),
        inline,
        attached,
        boundary,
        boundary_arn: boundary_arn.map(str::to_owned),
    })
}

/// What GetRole answers about the role of a name, which errors call `subject`.
pub(super) async fn get_role(
    iam: &aws_sdk_iam::Client,
    account: &AccountId,
    name: &str,
    subject: &(dyn fmt::Display + Sync),
) -> Result<IamRole, ReadError> {
    let found = iam.get_role().role_name(name).send().await;
    let found = found.map_err(|e| AwsError::new(account, "GetRole", subject, e))?;
    found.role.ok_or_else(|| unreadable_role(account, subject, "there is no role in the answer"))
}

fn unreadable_role(account: &AccountId, subject: &dyn fmt::Display, why: &str) -> ReadError {
    ReadError::Answer { account: account.clone(), what: format!("role `{subject}`"), why: why.to_owned() }
}

/// A role as it is now, with the inline policy of a name; `None` if there is no such role.
pub(super) async fn current_role(
    session: &Session,
    arn: &RoleArn,
    policy: Option<&str>,
) -> Result<Option<CurrentRole>, ReadError> {
    let iam = session.iam(arn.account())?;
    let account = arn.account();
    let role = get_role(iam, account, arn.name().as_str(), arn);
    let policy = async {
        match policy {
            Some(policy) => present(inline_policy(iam, arn, policy).await),
            None => Ok(None),
        }
    };
    let (role, policy) = futures_util::future::join(role, policy).await;
    let Some(role) = present(role)? else { return Ok(None) };
    Ok(Some(CurrentRole {
        unique_id: role.role_id().to_owned(),
        trust: document(account, "the trust policy", arn, role.assume_role_policy_document().unwrap_or_default())?,
        tags: iam_tags(role.tags()),
        policy: policy?,
        boundary: role.permissions_boundary().and_then(|b| b.permissions_boundary_arn()).map(str::to_owned),
    }))
}

/// A pipeline as it is now; `None` if there is no such pipeline.
pub(super) async fn current_pipeline(session: &Session, arn: &PipelineArn) -> Result<Option<PipelineState>, ReadError> {
    present(pipeline_state(session, arn).await)
}

/// `None` where AWS has no such thing.
pub(super) fn present<T>(read: Result<T, ReadError>) -> Result<Option<T>, ReadError> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(ReadError::Aws(error)) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) fn iam_tags(tags: &[IamTag]) -> IndexMap<String, String> {
    tags.iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect()
}

/// `None` where the client may not read it, which is noted.
fn readable<T>(read: Result<T, ReadError>, partial: &mut bool) -> Result<Option<T>, ReadError> {
    match read {
        Ok(found) => Ok(Some(found)),
        Err(ReadError::Aws(error)) if error.is_denied() => {
            *partial = true;
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// IAM returns documents percent-encoded.
fn document(account: &AccountId, what: &str, arn: &RoleArn, encoded: &str) -> Result<Document, ReadError> {
    let text = percent_decode_str(encoded).decode_utf8_lossy();
    Document::from_json(&text).map_err(|error| ReadError::Answer {
        account: account.clone(),
        what: format!("{what} of role `{arn}`"),
        why: error.to_string(),
    })
}

/// The names of the inline policies of a role, which errors call `subject`.
pub(super) async fn inline_names(
    iam: &aws_sdk_iam::Client,
    account: &AccountId,
    name: &str,
    subject: &(dyn fmt::Display + Sync),
) -> Result<Vec<String>, ReadError> {
    let names = all_pages(async |marker| {
        let page = iam.list_role_policies().role_name(name).set_marker(marker).send().await?;
        Ok((page.policy_names, page.marker))
    });
    names.await.map_err(|e| AwsError::new(account, "ListRolePolicies", subject, e).into())
}

async fn inline(
    iam: &aws_sdk_iam::Client,
    account: &AccountId,
    arn: &RoleArn,
) -> Result<IndexMap<String, Document>, ReadError> {
    let names = inline_names(iam, account, arn.name().as_str(), arn).await?;
    let documents = names.into_iter().map(|policy| async move {
        let document = inline_policy(iam, arn, &policy).await?;
        Ok::<_, ReadError>((policy, document))
    });
    Ok(at_once::try_all(documents).await?.into_iter().collect())
}

async fn inline_policy(iam: &aws_sdk_iam::Client, arn: &RoleArn, policy: &str) -> Result<Document, ReadError> {
    let call = iam.get_role_policy().role_name(arn.name().as_str()).policy_name(policy);
    let failed = |e| AwsError::new(arn.account(), "GetRolePolicy", format!("{policy} of {arn}"), e);
    let found = call.send().await.map_err(failed)?;
    document(arn.account(), &format!("policy `{policy}`"), arn, found.policy_document())
}

/// The ARNs of the managed policies that are attached to a role.
pub(super) async fn attached_policies(
    iam: &aws_sdk_iam::Client,
    account: &AccountId,
    arn: &RoleArn,
) -> Result<Vec<String>, ReadError> {
    let policies = all_pages(async |marker| {
        let call = iam.list_attached_role_policies().role_name(arn.name().as_str());
        let page = call.set_marker(marker).send().await?;
        Ok((page.attached_policies.unwrap_or_default(), page.marker))
    });
    let policies = policies.await.map_err(|e| AwsError::new(account, "ListAttachedRolePolicies", arn, e))?;
    Ok(policies.into_iter().filter_map(|policy| policy.policy_arn).collect())
}

async fn attached(
    iam: &aws_sdk_iam::Client,
    account: &AccountId,
    arn: &RoleArn,
) -> Result<IndexMap<String, Document>, ReadError> {
    let documents = attached_policies(iam, account, arn).await?.into_iter().map(|policy| async move {
        let document = managed_policy(iam, account, &policy).await?;
        Ok::<_, ReadError>((policy, document))
    });
    Ok(at_once::try_all(documents).await?.into_iter().collect())
}

/// The version of a managed policy that is in force.
async fn managed_policy(iam: &aws_sdk_iam::Client, account: &AccountId, policy: &str) -> Result<Document, ReadError> {
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
    Document::from_json(&text).map_err(|error| ReadError::Answer {
        account: account.clone(),
        what: format!("managed policy `{policy}`"),
        why: error.to_string(),
    })
}

async fn pipeline(session: &Session, arn: &PipelineArn) -> Result<Found<PipelineState>, ReadError> {
    if !session.reaches(arn.account()) {
        return Ok(Found::NotConnected);
    }
    seen(pipeline_state(session, arn).await)
}

async fn pipeline_state(session: &Session, arn: &PipelineArn) -> Result<PipelineState, ReadError> {
    let (written, tags) = futures_util::future::join(written(session, arn, None), tags(session, arn)).await;
    let WrittenDeclaration { declaration, created, .. } = written?;
    Ok(PipelineState { declaration, created, tags: tags? })
}

/// A declaration and when its pipeline was created.
pub(super) struct WrittenDeclaration {
    pub(super) declaration: PipelineDeclaration,
    pub(super) created: String,
    /// When it was last written, as AWS answers it.
    pub(super) updated: Option<Value>,
}

/// The declaration of a pipeline in one of its versions, or as the account holds it now.
pub(super) async fn written(
    session: &Session,
    arn: &PipelineArn,
    version: Option<i64>,
) -> Result<WrittenDeclaration, ReadError> {
    let client = session.codepipeline(arn.account(), arn.region())?;
    let account = arn.account();
    let text = passthrough::get_pipeline(&client, arn.name().as_str(), version)
        .await
        .map_err(|e| AwsError::new(account, "GetPipeline", arn, e))?;
    let found: PipelineDocument = read(&text).map_err(|error| ReadError::Answer {
        account: account.clone(),
        what: format!("pipeline `{arn}`"),
        why: error.to_string(),
    })?;
    let (created, updated) = found.metadata.map(|m| (m.created, m.updated)).unwrap_or_default();
    let created = created.map(|u| u.to_string()).unwrap_or_default();
    Ok(WrittenDeclaration { declaration: found.pipeline, created, updated })
}

/// The pipelines of an account in a Region.
pub(super) async fn listed(
    session: &Session,
    account: &AccountId,
    region: &Region,
) -> Result<Vec<PipelineArn>, ReadError> {
    let client = session.codepipeline(account, region)?;
    let listed = all_pages(async |token| {
        let page = client.list_pipelines().set_next_token(token).send().await?;
        Ok((page.pipelines.unwrap_or_default(), page.next_token))
    });
    let listed = listed.await.map_err(|e| AwsError::new(account, "ListPipelines", format!("Region {region}"), e))?;
    let partition = session.partition(account)?;
    let names = listed.iter().filter_map(|pipeline| pipeline.name()?.parse().ok());
    Ok(names.map(|name| PipelineArn::new(partition.clone(), region.clone(), account.clone(), name)).collect())
}

pub(super) async fn tags(session: &Session, arn: &PipelineArn) -> Result<IndexMap<String, String>, ReadError> {
    let client = session.codepipeline(arn.account(), arn.region())?;
    let tags = all_pages(async |token| {
        let page = client.list_tags_for_resource().resource_arn(arn.to_string()).set_next_token(token).send().await?;
        Ok((page.tags.unwrap_or_default(), page.next_token))
    });
    let tags = tags.await.map_err(|e| AwsError::new(arn.account(), "ListTagsForResource", arn, e))?;
    Ok(tags.into_iter().map(|t| (t.key().to_owned(), t.value().to_owned())).collect())
}
