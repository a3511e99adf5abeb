//! Types V1 and V2 of local AWS: what an omitted type becomes, and what V1 doesn't have.

use crate::world::{World, build, pipeline, refused, stage};
use aws_sdk_codepipeline::types::{SourceRevisionOverride, SourceRevisionType};
use serde_json::{Value, json};

fn of_type(name: &str, kind: Option<&str>, mode: &str) -> Value {
    let mut declaration = pipeline(name, mode, &[stage("Build", &[build("Compile", 1)])]);
    let members = declaration.as_object_mut().unwrap();
    members.shift_remove("pipelineType");
    if kind == Some("V1") {
        members.shift_remove("variables");
    }
    if let Some(kind) = kind {
        declaration["pipelineType"] = json!(kind);
    }
    declaration
}

#[tokio::test]
async fn an_omitted_type_is_v2_where_something_needs_it() {
    let world = World::new();
    let kind = async |declaration: &Value| {
        let made = world.create(declaration).await.unwrap();
        made.pipeline_type().unwrap().as_str().to_owned()
    };
    assert_eq!(kind(&of_type("queued", None, "QUEUED")).await, "V2");
    let mut plain = of_type("plain", None, "SUPERSEDED");
    plain.as_object_mut().unwrap().shift_remove("variables");
    assert_eq!(kind(&plain).await, "V1");
    // What GetPipeline returns can be written again.
    let read = world.client.get_pipeline().name("queued").send().await.unwrap().pipeline.unwrap();
    world.client.update_pipeline().pipeline(read).send().await.unwrap();
}

#[tokio::test]
async fn whether_an_omitted_type_is_inferred_is_a_switch() {
    let world = World::new();
    world.local.set_undocumented(|switches| switches.omitted_type_is_inferred = false);
    let (code, _) = world.create(&of_type("queued", None, "QUEUED")).await.unwrap_err();
    assert_eq!(code, "InvalidStructureException");
    world.create(&of_type("queued", Some("V2"), "QUEUED")).await.unwrap();
}

#[tokio::test]
async fn v1_has_no_rollback_and_no_source_revision_overrides() {
    for (kind, possible) in [("V1", false), ("V2", true)] {
        let world = World::new();
        world.create(&of_type("p", Some(kind), "SUPERSEDED")).await.unwrap();
        let id = world.start("p").await;
        assert_eq!(world.ends("p", &id).await, "Succeeded");
        let revision = SourceRevisionOverride::builder().action_name("Source").revision_value("c0ffee");
        let revision = revision.revision_type(SourceRevisionType::CommitId).build().unwrap();
        let start = world.client.start_pipeline_execution().name("p").source_revisions(revision).send().await;
        let start = start.map(drop).map_err(|error| refused(&error.into_service_error()).0);
        assert_eq!(start, if possible { Ok(()) } else { Err("ValidationException".to_owned()) }, "{kind}");
        world.local.let_pass(std::time::Duration::from_secs(60));
        let call = world.client.rollback_stage().pipeline_name("p").stage_name("Build");
        let back = call.target_pipeline_execution_id(&id).send().await;
        let back = back.map(drop).map_err(|error| refused(&error.into_service_error()).0);
        assert_eq!(back, if possible { Ok(()) } else { Err("UnableToRollbackStageException".to_owned()) }, "{kind}");
    }
}
