//! Carries out one write, through the clients of its account.

use aws_sdk_iam::error::SdkError;
use indexmap::IndexMap;
use serde_json::json;

use super::report::StepError;
use crate::aws::error::{AwsError, Failure};
use crate::aws::passthrough;
use crate::aws::session::Session;
use crate::core::declaration::PipelineDeclaration;
use crate::core::ids::{PipelineArn, RoleArn};
use crate::core::plan::Write;

fn iam_tags(tags: &IndexMap<String, String>) -> Vec<aws_sdk_iam::types::Tag> {
    tags.iter()
        .filter_map(|(key, value)| aws_sdk_iam::types::Tag::builder().key(key).value(value).build().ok())
        .collect()
}

/// Makes the call of a write. An update of a pipeline is answered with its new version.
pub(super) async fn carry_out(session: &Session, write: &Write) -> Result<Option<i64>, StepError> {
    match write {
        Write::CreateRole { role, trust, tags } => {
            let call = session
                .iam(role.account())?
                .create_role()
                .role_name(role.name().as_str())
                .path(role.path())
                .assume_role_policy_document(trust.to_json())
                .set_tags(Some(iam_tags(tags)));
            call.send().await.map_err(|e| failed(role, "CreateRole", e))?;
        }
        Write::UpdateTrust { role, after, .. } => {
            let call = session.iam(role.account())?.update_assume_role_policy().role_name(role.name().as_str());
            call.policy_document(after.to_json())
                .send()
                .await
                .map_err(|e| failed(role, "UpdateAssumeRolePolicy", e))?;
        }
        Write::TagRole { role, tags, .. } => {
            let call = session.iam(role.account())?.tag_role().role_name(role.name().as_str());
            call.set_tags(Some(iam_tags(tags))).send().await.map_err(|e| failed(role, "TagRole", e))?;
        }
        Write::UntagRole { role, tags, .. } => {
            let call = session.iam(role.account())?.untag_role().role_name(role.name().as_str());
            let call = call.set_tag_keys(Some(tags.keys().cloned().collect()));
            call.send().await.map_err(|e| failed(role, "UntagRole", e))?;
        }
        Write::PutRolePolicy { role, name, after, .. } => {
            let call = session.iam(role.account())?.put_role_policy().role_name(role.name().as_str());
            let call = call.policy_name(name).policy_document(after.to_json());
            call.send().await.map_err(|e| failed(role, "PutRolePolicy", e))?;
        }
        Write::DeleteRolePolicy { role, name, .. } => {
            let call = session.iam(role.account())?.delete_role_policy().role_name(role.name().as_str());
            call.policy_name(name).send().await.map_err(|e| failed(role, "DeleteRolePolicy", e))?;
        }
        Write::DeleteRole { role, .. } => {
            let call = session.iam(role.account())?.delete_role().role_name(role.name().as_str());
            call.send().await.map_err(|e| failed(role, "DeleteRole", e))?;
        }
        Write::CreatePipeline { pipeline, declaration, secrets, tags } => {
            let client = session.codepipeline(pipeline.account(), pipeline.region())?;
            let tags: Vec<_> = tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
            let document = json!({ "pipeline": secrets.put_into(declaration), "tags": tags });
            passthrough::create_pipeline(&client, pipeline.name().as_str(), &document)
                .await
                .map_err(|e| AwsError::new(pipeline.account(), "CreatePipeline", pipeline, e).without(secrets))?;
        }
        Write::UpdatePipeline { pipeline, declaration, secrets, .. } => {
            return update(session, pipeline, &secrets.put_into(declaration)).await.map_err(|error| match error {
                StepError::Aws(error) => error.without(secrets).into(),
                error => error,
            });
        }
        Write::TagPipeline { pipeline, tags, .. } => {
            let client = session.codepipeline(pipeline.account(), pipeline.region())?;
            let tag = |(key, value): (&String, &String)| {
                aws_sdk_codepipeline::types::Tag::builder().key(key).value(value).build().ok()
            };
            let call = client.tag_resource().resource_arn(pipeline.to_string());
            let call = call.set_tags(Some(tags.iter().filter_map(tag).collect()));
            call.send().await.map_err(|e| AwsError::new(pipeline.account(), "TagResource", pipeline, e))?;
        }
        Write::UntagPipeline { pipeline, tags, .. } => {
            let client = session.codepipeline(pipeline.account(), pipeline.region())?;
            let call = client.untag_resource().resource_arn(pipeline.to_string());
            let call = call.set_tag_keys(Some(tags.keys().cloned().collect()));
            call.send().await.map_err(|e| AwsError::new(pipeline.account(), "UntagResource", pipeline, e))?;
        }
        Write::DeletePipeline { pipeline, .. } => {
            let client = session.codepipeline(pipeline.account(), pipeline.region())?;
            let call = client.delete_pipeline().name(pipeline.name().as_str());
            call.send().await.map_err(|e| AwsError::new(pipeline.account(), "DeletePipeline", pipeline, e))?;
        }
    }
    Ok(None)
}

/// Writes a declaration, and returns the version that it got.
pub(super) async fn update(
    session: &Session,
    pipeline: &PipelineArn,
    declaration: &PipelineDeclaration,
) -> Result<Option<i64>, StepError> {
    let client = session.codepipeline(pipeline.account(), pipeline.region())?;
    let document = json!({ "pipeline": declaration });
    let answer = passthrough::update_pipeline(&client, pipeline.name().as_str(), &document).await;
    Ok(answer.map_err(|e| AwsError::new(pipeline.account(), "UpdatePipeline", pipeline, e))?)
}

fn failed<E>(role: &RoleArn, operation: &'static str, error: SdkError<E>) -> AwsError
where
    SdkError<E>: Failure + 'static,
{
    AwsError::new(role.account(), operation, role, error)
}
