//! Custom action types of local AWS: what a type may say, what a pipeline owes its type, and tags.

use crate::world::{ACCOUNT, REGION, World, build, pipeline, refused, stage, type_id};
use aws_sdk_codepipeline::error::ProvideErrorMetadata;
use aws_sdk_codepipeline::operation::create_custom_action_type::builders::CreateCustomActionTypeFluentBuilder;
use aws_sdk_codepipeline::types::{ActionCategory, ActionConfigurationProperty, ArtifactDetails, Tag};
use serde_json::{Value, json};

fn counts(least: i32, most: i32) -> ArtifactDetails {
    ArtifactDetails::builder().minimum_count(least).maximum_count(most).build()
}

fn property(name: &str, required: bool) -> ActionConfigurationProperty {
    ActionConfigurationProperty::builder().name(name).required(required).key(false).secret(false).build().unwrap()
}

/// A type of one or two input artifacts and at most one output artifact, which requires `Project`.
fn forge(world: &World) -> CreateCustomActionTypeFluentBuilder {
    let call = world.client.create_custom_action_type().category(ActionCategory::Build).provider("Forge").version("1");
    let call = call.input_artifact_details(counts(1, 2)).output_artifact_details(counts(0, 1));
    call.configuration_properties(property("Project", true)).configuration_properties(property("Level", false))
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().unwrap()
}

#[tokio::test]
async fn a_custom_action_type_keeps_its_tags() {
    let world = World::new();
    let created = forge(&world).tags(tag("owner", "a")).send().await.unwrap();
    assert_eq!(created.tags(), [tag("owner", "a")]);
    let arn = format!("arn:aws:codepipeline:{REGION}:{ACCOUNT}:actiontype:Custom/Build/Forge/1");
    let list = async || world.client.list_tags_for_resource().resource_arn(&arn).send().await.unwrap().tags.unwrap();
    assert_eq!(list().await, [tag("owner", "a")]);
    world.client.tag_resource().resource_arn(&arn).tags(tag("team", "b")).tags(tag("owner", "c")).send().await.unwrap();
    assert_eq!(list().await, [tag("owner", "c"), tag("team", "b")]);
    world.client.untag_resource().resource_arn(&arn).tag_keys("owner").send().await.unwrap();
    assert_eq!(list().await, [tag("team", "b")]);
    for (arn, code) in [
        (arn.replace("Forge", "Anvil"), "ResourceNotFoundException"),
        (arn.replace("/1", ""), "InvalidArnException"),
        (arn.replace(ACCOUNT, "222222222222"), "InvalidArnException"),
        (arn.replace("actiontype:", "webhook:"), "InvalidArnException"),
    ] {
        let error = world.client.list_tags_for_resource().resource_arn(&arn).send().await.unwrap_err();
        assert_eq!(refused(&error.into_service_error()).0, code, "{arn}");
    }
    let call = world.client.delete_custom_action_type().category(ActionCategory::Build).provider("Forge").version("1");
    call.send().await.unwrap();
    let gone = world.client.list_tags_for_resource().resource_arn(&arn).send().await.unwrap_err();
    assert_eq!(gone.code(), Some("ResourceNotFoundException"));
}

#[tokio::test]
async fn a_custom_action_type_fits_the_service_model() {
    let world = World::new();
    let queryable = |required: bool, secret: bool| {
        let property = ActionConfigurationProperty::builder().name("Ask").required(required).key(false).secret(secret);
        property.queryable(true).build().unwrap()
    };
    let at = |member: &str, value: &str, constraint: &str| {
        format!("1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}")
    };
    for (call, message) in [
        (
            forge(&world).input_artifact_details(counts(-1, 2)),
            at("inputArtifactDetails.minimumCount", "-1", "Member must have value greater than or equal to 0"),
        ),
        (
            forge(&world).output_artifact_details(counts(0, 99)),
            at("outputArtifactDetails.maximumCount", "99", "Member must have value less than or equal to 5"),
        ),
        (
            forge(&world).configuration_properties(property("", true)),
            at("configurationProperties.3.member.name", "", "Member must have length greater than or equal to 1"),
        ),
        (
            forge(&world).configuration_properties(queryable(false, false)),
            "A queryable property must be required and must not be secret".to_owned(),
        ),
        (
            forge(&world).configuration_properties(queryable(true, true)),
            "A queryable property must be required and must not be secret".to_owned(),
        ),
        (
            forge(&world)
                .configuration_properties(queryable(true, false))
                .configuration_properties(queryable(true, false)),
            "An action type can have only one queryable property".to_owned(),
        ),
    ] {
        let error = refused(&call.send().await.unwrap_err().into_service_error());
        assert_eq!(error, ("ValidationException".to_owned(), message));
    }
}

#[tokio::test]
async fn a_pipeline_fits_its_custom_action_type() {
    let world = World::new();
    forge(&world).send().await.unwrap();
    let mut right = pipeline("shop", "QUEUED", &[stage("Build", &[build("Compile", 1)])]);
    let action = &mut right["stages"][1]["actions"][0];
    action["actionTypeId"] = type_id("Build/Custom/Forge/1");
    action["configuration"] = json!({ "Project": "p" });
    let with = |member: &str, value: Value| {
        let mut changed = right.clone();
        changed["stages"][1]["actions"][0][member] = value;
        changed
    };
    for (declaration, message) in [
        (
            with("configuration", json!({})),
            "Action configuration for action 'Compile' is missing required configuration 'Project'",
        ),
        (
            with("configuration", json!({ "Project": "p", "Projekt": "q" })),
            "Action configuration for action 'Compile' contains unknown configuration 'Projekt'",
        ),
        (
            with("inputArtifacts", json!([])),
            "Action Compile declares 0 input artifacts which is less than the minimum count (1)",
        ),
        (
            with("outputArtifacts", json!([{ "name": "one" }, { "name": "two" }])),
            "Action Compile declares 2 output artifacts which is greater than the maximum count (1)",
        ),
    ] {
        let error = world.create(&declaration).await.unwrap_err();
        assert_eq!(error, ("InvalidActionDeclarationException".to_owned(), message.to_owned()));
    }
    world.create(&with("configuration", json!({ "Project": "p", "Level": "1" }))).await.unwrap();
}
