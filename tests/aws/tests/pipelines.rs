//! Pipelines of local AWS: versions, tags, secrets, pages, transitions. Every answer is compared with the service model.

use crate::world::{ACCOUNT, REGION, SERVICE, World, arn, build, pipeline, refused, stage, type_id};
use aws_sdk_codepipeline::types::{
    ActionCategory, ActionConfigurationProperty, ActionOwner, ArtifactDetails, PipelineVariable, StageTransitionType,
    Tag,
};
use codepipeline_xacct::core::declaration::PipelineDocument;
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct_aws_tests::trust;
use serde_json::{Value, json};

fn shop() -> Value {
    pipeline("shop", "QUEUED", &[stage("Build", &[build("Compile", 1)])])
}

#[tokio::test]
async fn earlier_versions_can_be_read() {
    let world = World::new();
    let mut declaration = shop();
    declaration["version"] = json!(7);
    // The version of the input does not count, neither when it is created nor when it is updated.
    assert_eq!(world.create(&declaration).await.unwrap().version(), Some(1));
    declaration["stages"][1]["name"] = json!("Make");
    assert_eq!(world.update(&declaration).await.unwrap().version(), Some(2));
    assert_eq!(world.update(&declaration).await.unwrap().version(), Some(3));
    let name = async |version: Option<i32>| {
        let answer = world.client.get_pipeline().name("shop").set_version(version).send().await;
        let pipeline = answer.map_err(|error| refused(&error.into_service_error()))?.pipeline.unwrap();
        Ok::<_, crate::world::Refused>((pipeline.version().unwrap(), pipeline.stages()[1].name().to_owned()))
    };
    assert_eq!(name(None).await, Ok((3, "Make".to_owned())));
    assert_eq!(name(Some(1)).await, Ok((1, "Build".to_owned())));
    assert_eq!(name(Some(2)).await, Ok((2, "Make".to_owned())));
    assert_eq!(name(Some(4)).await.unwrap_err().0, "PipelineNotFoundException");
    assert_eq!(name(Some(0)).await.unwrap_err().0, "ValidationException");
    // A recreated pipeline has no past.
    world.client.delete_pipeline().name("shop").send().await.unwrap();
    world.client.delete_pipeline().name("shop").send().await.unwrap();
    assert_eq!(name(None).await.unwrap_err().0, "PipelineNotFoundException");
    assert_eq!(world.create(&declaration).await.unwrap().version(), Some(1));
    assert_eq!(world.runs("shop").await.len(), 1);
    let (code, message) = world.create(&declaration).await.unwrap_err();
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("PipelineNameInUseException", "A pipeline with the name 'shop' already exists in account '111111111111'")
    );
    let mut missing = shop();
    missing["name"] = json!("nothing");
    assert_eq!(world.update(&missing).await.unwrap_err().0, "ValidationException");
}

#[tokio::test]
async fn tags_are_added_changed_listed_and_limited() {
    let world = World::new();
    world
        .create_with(
            json!({ "pipeline": shop(), "tags": [{ "key": "a", "value": "1" }, { "key": "b", "value": "2" }] }),
        )
        .await
        .unwrap();
    let resource = arn("shop").to_string();
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build().unwrap();
    let add = async |tags: Vec<Tag>| {
        let sent = world.client.tag_resource().resource_arn(&resource).set_tags(Some(tags)).send().await;
        sent.map(drop).map_err(|error| refused(&error.into_service_error()).0)
    };
    add(vec![tag("a", "3"), tag("c", "")]).await.unwrap();
    let read = async |most: i32, token: Option<String>| {
        let call = world.client.list_tags_for_resource().resource_arn(&resource).max_results(most);
        let answer = call.set_next_token(token).send().await.unwrap();
        let tags: Vec<String> = answer.tags().iter().map(|t| format!("{}={}", t.key(), t.value())).collect();
        (tags.join(" "), answer.next_token)
    };
    let (first, token) = read(2, None).await;
    assert_eq!(first, "a=3 b=2");
    assert_eq!(read(2, token).await, ("c=".to_owned(), None));
    world.client.untag_resource().resource_arn(&resource).tag_keys("a").tag_keys("x").send().await.unwrap();
    assert_eq!(read(100, None).await.0, "b=2 c=");
    for wrong in [tag("aws:x", "1"), tag("AWS:x", "1"), tag("x ", "1"), tag(&"k".repeat(129), "1")] {
        assert_eq!(add(vec![wrong]).await, Err("InvalidTagsException".to_owned()));
    }
    add((0..48).map(|n| tag(&format!("k{n}"), "")).collect()).await.unwrap();
    assert_eq!(add(vec![tag("one more", "1")]).await, Err("TooManyTagsException".to_owned()));
    assert_eq!(read(100, None).await.0.split(' ').count(), 50);
    // An update keeps them.
    world.update(&shop()).await.unwrap();
    assert_eq!(read(100, None).await.0.split(' ').count(), 50);
    for (arn, code) in [
        (arn("nothing").to_string(), "ResourceNotFoundException"),
        (resource.replace(ACCOUNT, "222222222222"), "InvalidArnException"),
        ("shop".to_owned(), "InvalidArnException"),
    ] {
        let sent = world.client.list_tags_for_resource().resource_arn(arn).send().await;
        assert_eq!(refused(&sent.unwrap_err().into_service_error()).0, code);
    }
}

#[tokio::test]
async fn pipelines_are_listed_in_pages() {
    let world = World::new();
    for name in ["c", "a", "b", "d"] {
        let mut declaration = shop();
        declaration["name"] = json!(name);
        world.create(&declaration).await.unwrap();
    }
    let page = async |token: Option<String>| {
        let answer = world.client.list_pipelines().max_results(3).set_next_token(token).send().await;
        let answer = answer.map_err(|error| refused(&error.into_service_error()).0)?;
        let names: String = answer.pipelines().iter().map(|p| p.name().unwrap()).collect();
        Ok::<_, String>((names, answer.next_token))
    };
    let (names, token) = page(None).await.unwrap();
    assert_eq!(names, "abc");
    assert_eq!(page(token.clone()).await.unwrap(), ("d".to_owned(), None));
    // The last of a page may go before the next one is read.
    world.client.delete_pipeline().name("c").send().await.unwrap();
    assert_eq!(page(token).await.unwrap(), ("d".to_owned(), None));
    assert_eq!(page(Some("after:c".to_owned())).await, Err("InvalidNextTokenException".to_owned()));
    assert_eq!(page(Some("made up".to_owned())).await, Err("InvalidNextTokenException".to_owned()));
    let too_many = world.client.list_pipelines().max_results(1001).send().await.unwrap_err().into_service_error();
    assert_eq!(
        refused(&too_many),
        (
            "ValidationException".to_owned(),
            "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000".to_owned()
        )
    );
    let elsewhere = World::client_of(&world.local, "222222222222");
    world.local.add_account("222222222222").unwrap();
    assert!(elsewhere.list_pipelines().send().await.unwrap().pipelines().is_empty());
}

fn github(token: &str) -> Value {
    let mut declaration = shop();
    declaration["stages"][0]["actions"][0] = json!({
        "name": "Source",
        "actionTypeId": type_id("Source/ThirdParty/GitHub/1"),
        "configuration": { "Owner": "o", "Repo": "r", "Branch": "main", "OAuthToken": token },
        "outputArtifacts": [{ "name": "In" }],
    });
    declaration
}

fn token(declaration: &aws_sdk_codepipeline::types::PipelineDeclaration) -> &str {
    &declaration.stages()[0].actions()[0].configuration().unwrap()["OAuthToken"]
}

#[tokio::test]
async fn secrets_are_masked_in_every_answer_and_kept_when_the_mask_is_sent_back() {
    let world = World::new();
    let (code, message) = world.create(&github("****")).await.unwrap_err();
    assert_eq!(code, "InvalidActionDeclarationException");
    assert_eq!(
        message,
        "Action configuration for the new action \"Source\" contains an invalid configuration for the secret property \"OAuthToken\". \"****\" may be used in secret properties only when updating an existing action."
    );
    let created = world.create(&github("hunter2")).await.unwrap();
    assert_eq!(token(&created), "****");
    assert_eq!(token(&world.update(&github("****")).await.unwrap()), "****");
    let read = world.client.get_pipeline().name("shop").version(1).send().await.unwrap();
    assert_eq!(token(read.pipeline().unwrap()), "****");
    assert_eq!(
        world.local.pipeline(&arn("shop")).unwrap().stages.unwrap()[0].actions.as_ref().unwrap()[0]
            .configuration
            .as_ref()
            .unwrap()["OAuthToken"],
        "****"
    );
    // What the action gets is the secret that was kept; what the API shows of the run is not.
    let (send, seen) = std::sync::mpsc::channel();
    let send = std::sync::Mutex::new(send);
    world.local.decide(move |run| {
        if let Some(token) = run.configuration.get("OAuthToken") {
            send.lock().unwrap().send(token.clone()).unwrap();
        }
        None
    });
    let id = world.start("shop").await;
    assert_eq!(world.ends("shop", &id).await, "Succeeded");
    assert_eq!(seen.try_iter().last().unwrap(), "hunter2");
    let answer = world.client.list_action_executions().pipeline_name("shop").send().await.unwrap();
    let input = answer.action_execution_details().last().unwrap().input().unwrap();
    assert_eq!(input.configuration().unwrap()["OAuthToken"], "****");
    assert_eq!(input.resolved_configuration().unwrap()["OAuthToken"], "****");
    assert_eq!(input.resolved_configuration().unwrap()["Owner"], "o");
    // A stage under another name loses them.
    let mut renamed = github("****");
    renamed["stages"][0]["name"] = json!("Fetch");
    assert_eq!(world.update(&renamed).await.unwrap_err().0, "InvalidActionDeclarationException");
}

#[tokio::test]
async fn the_secret_properties_of_custom_action_types_are_masked() {
    let world = World::new();
    let mut declaration = shop();
    declaration["stages"][1]["actions"][0]["actionTypeId"] = type_id("Build/Custom/Forge/1");
    declaration["stages"][1]["actions"][0]["configuration"] = json!({ "Password": "hunter2", "Project": "p" });
    let (code, message) = world.create(&declaration).await.unwrap_err();
    assert_eq!(code, "InvalidActionDeclarationException");
    assert_eq!(
        message,
        "ActionType (Category: 'Build', Provider: 'Forge', Owner: 'Custom', Version: '1') in action 'Compile' is not available in region 'EU_WEST_1'"
    );
    let property = |name: &str, secret: bool| {
        let property = ActionConfigurationProperty::builder().name(name).required(true).key(!secret).secret(secret);
        property.build().unwrap()
    };
    let counts = ArtifactDetails::builder().minimum_count(0).maximum_count(5).build();
    let create = || {
        let call = world.client.create_custom_action_type().category(ActionCategory::Build).provider("Forge");
        let call = call.version("1").input_artifact_details(counts.clone()).output_artifact_details(counts.clone());
        call.configuration_properties(property("Password", true)).configuration_properties(property("Project", false))
    };
    let created = create().send().await.unwrap();
    assert_eq!(created.action_type().unwrap().id().unwrap().owner().as_str(), "Custom");
    assert_eq!(refused(&create().send().await.unwrap_err().into_service_error()).0, "ValidationException");
    let listed = world.client.list_action_types().action_owner_filter(ActionOwner::Custom);
    assert_eq!(listed.clone().send().await.unwrap().action_types(), [created.action_type().unwrap().clone()]);
    assert!(listed.region_filter("us-east-1").send().await.unwrap().action_types().is_empty());
    let error = world.client.list_action_types().send().await.unwrap_err().into_service_error();
    assert_eq!(refused(&error).0, "NotSupportedByLocalAws");
    let pipeline = world.create(&declaration).await.unwrap();
    let shown = pipeline.stages()[1].actions()[0].configuration().unwrap();
    assert_eq!((shown["Password"].as_str(), shown["Project"].as_str()), ("****", "p"));
    declaration["stages"][1]["actions"][0]["configuration"]["Password"] = json!("****");
    world.update(&declaration).await.unwrap();
    let call = world.client.delete_custom_action_type().category(ActionCategory::Build).provider("Forge").version("1");
    call.send().await.unwrap();
    assert_eq!(world.update(&declaration).await.unwrap_err().0, "InvalidActionDeclarationException");
    // What was secret stays so.
    let name = declaration["name"].as_str().unwrap();
    let pipeline = world.client.get_pipeline().name(name).send().await.unwrap();
    let shown = pipeline.pipeline().unwrap().stages()[1].actions()[0].configuration().unwrap();
    assert_eq!(shown["Password"].as_str(), "****");
}

#[tokio::test]
async fn transitions_are_disabled_with_a_reason_and_enabled() {
    let world = World::new();
    world.create(&shop()).await.unwrap();
    let disable = |stage: &str, kind: StageTransitionType, reason: &str| {
        let call = world.client.disable_stage_transition().pipeline_name("shop").stage_name(stage);
        call.transition_type(kind).reason(reason).send()
    };
    disable("Source", StageTransitionType::Outbound, "not now").await.unwrap();
    let state = world.stage("shop", "Build").await.inbound_transition_state.unwrap();
    assert!(!state.enabled());
    assert_eq!(state.disabled_reason(), Some("not now"));
    assert_eq!(state.last_changed_by(), Some("arn:aws:iam::111111111111:user/administrator"));
    let id = world.start("shop").await;
    for _ in 0..5 {
        assert_eq!(world.status("shop", &id).await, "InProgress");
    }
    let build = world.stage("shop", "Build").await;
    // The one of the creation waits there, too.
    let waiting: Vec<&str> = build.inbound_executions().iter().map(|e| e.pipeline_execution_id()).collect();
    assert_eq!(waiting.len(), 2);
    assert_eq!(waiting[1], id);
    assert!(build.latest_execution().is_none());
    let enable = world.client.enable_stage_transition().pipeline_name("shop").stage_name("Build");
    enable.transition_type(StageTransitionType::Inbound).send().await.unwrap();
    assert_eq!(world.ends("shop", &id).await, "Succeeded");
    assert!(world.stage("shop", "Build").await.inbound_transition_state().unwrap().enabled());
    let error = disable("Nothing", StageTransitionType::Inbound, "x").await.unwrap_err().into_service_error();
    assert_eq!(refused(&error).0, "StageNotFoundException");
    let error = disable("Build", StageTransitionType::Inbound, "no <tags>").await.unwrap_err().into_service_error();
    assert_eq!(refused(&error).0, "ValidationException");
    let error = disable("Build", StageTransitionType::Outbound, "x").await.unwrap_err().into_service_error();
    assert_eq!(refused(&error).0, "NotSupportedByLocalAws");
}

/// A session of a role that may do these things.
async fn as_role(world: &World, actions: &str, resource: &str) -> World {
    let role = "arn:aws:iam::111111111111:role/deployer";
    let document = Document::from_json(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":{actions},"Resource":{resource}}}]}}"#
    ));
    let root = trust(r#"{"AWS":"111111111111"}"#).unwrap();
    world.local.put_role(&role.parse().unwrap(), &root, &[("p", &document.unwrap())]).unwrap();
    let sts = aws_sdk_sts::Client::new(&world.local.sdk_config(ACCOUNT, REGION));
    let keys = sts.assume_role().role_arn(role).role_session_name("me").send().await.unwrap().credentials.unwrap();
    let credentials = aws_credential_types::Credentials::new(
        keys.access_key_id(),
        keys.secret_access_key(),
        Some(keys.session_token().to_owned()),
        None,
        "test",
    );
    let provider = aws_credential_types::provider::SharedCredentialsProvider::new(credentials);
    let config = world.local.sdk_config(ACCOUNT, REGION).to_builder().credentials_provider(provider).build();
    World { local: world.local.clone(), client: aws_sdk_codepipeline::Client::new(&config) }
}

#[tokio::test]
async fn who_gives_a_pipeline_its_role_has_to_be_allowed_to_pass_it() {
    let world = World::new();
    let deployer = as_role(&world, r#""codepipeline:*""#, r#""*""#).await;
    let (code, message) = deployer.create(&shop()).await.unwrap_err();
    assert_eq!(code, "AccessDeniedException");
    let who = "arn:aws:sts::111111111111:assumed-role/deployer/me";
    let expected = format!("User: {who} is not authorized to perform: iam:PassRole on resource: {SERVICE} because");
    assert!(message.starts_with(&expected), "{message}");
    world.create(&shop()).await.unwrap();
    assert_eq!(deployer.update(&shop()).await.unwrap_err().0, "AccessDeniedException");
    let other = World::new();
    let deployer =
        as_role(&other, r#"["codepipeline:*","iam:PassRole"]"#, &format!(r#"["{}","{SERVICE}"]"#, arn("shop"))).await;
    deployer.create(&shop()).await.unwrap();
    deployer.update(&shop()).await.unwrap();
}

#[tokio::test]
async fn a_stage_is_a_resource_of_its_own() {
    let world = World::new();
    world.create(&shop()).await.unwrap();
    let resource = format!(r#""{}/Build""#, arn("shop"));
    let operator = as_role(&world, r#""codepipeline:DisableStageTransition""#, &resource).await;
    let disable = |stage: &str| {
        let call = operator.client.disable_stage_transition().pipeline_name("shop").stage_name(stage);
        call.transition_type(StageTransitionType::Inbound).reason("x").send()
    };
    disable("Build").await.unwrap();
    let error = disable("Source").await.unwrap_err().into_service_error();
    let (code, message) = refused(&error);
    assert_eq!(code, "AccessDeniedException");
    assert!(message.contains(&format!("on resource: {}/Source", arn("shop"))), "{message}");
}

#[tokio::test]
async fn members_that_are_missing_or_out_of_bounds_are_named() {
    let world = World::new();
    let null = "failed to satisfy constraint: Member must not be null";
    let (code, message) = world.create_with(json!({})).await.unwrap_err();
    assert_eq!(code, "ValidationException");
    assert_eq!(message, format!("1 validation error detected: Value null at 'pipeline' {null}"));
    let mut long = shop();
    long["name"] = json!("n".repeat(101));
    assert!(world.create(&long).await.unwrap_err().1.ends_with("Member must have length less than or equal to 100"));
    world.create(&shop()).await.unwrap();
    let call = world.client.get_pipeline_execution().pipeline_name("shop").pipeline_execution_id("7");
    let (code, message) = refused(&call.send().await.unwrap_err().into_service_error());
    assert_eq!(code, "ValidationException");
    assert!(message.starts_with("1 validation error detected: Value '7' at 'pipelineExecutionId' failed"), "{message}");
    let call = world.client.stop_pipeline_execution().pipeline_name("shop").pipeline_execution_id("0".repeat(36));
    assert_eq!(refused(&call.send().await.unwrap_err().into_service_error()).0, "ValidationException");
}

#[tokio::test]
async fn an_account_has_a_thousand_pipelines_and_fifty_custom_action_types_in_a_region() {
    let world = World::new();
    let made = world.create(&shop()).await.unwrap();
    let document =
        PipelineDocument { pipeline: world.local.pipeline(&arn(made.name())).unwrap(), ..Default::default() };
    for number in 1..1000 {
        world.local.put_pipeline(&arn(&format!("p{number}")), &document).unwrap();
    }
    let mut another = shop();
    another["name"] = json!("another");
    assert_eq!(world.create(&another).await.unwrap_err().0, "LimitExceededException");
    world.client.delete_pipeline().name("p1").send().await.unwrap();
    world.create(&another).await.unwrap();

    let counts = ArtifactDetails::builder().minimum_count(0).maximum_count(5).build();
    let create = |number: usize| {
        let call = world.client.create_custom_action_type().category(ActionCategory::Build).provider("Forge");
        let call = call.input_artifact_details(counts.clone()).output_artifact_details(counts.clone());
        call.version(number.to_string()).send()
    };
    for number in 0..50 {
        create(number).await.unwrap();
    }
    let error = create(50).await.unwrap_err().into_service_error();
    assert_eq!(refused(&error).0, "LimitExceededException");
}

#[tokio::test]
async fn a_start_says_which_pipeline_or_which_entry_is_wrong() {
    let world = World::new();
    world.create(&shop()).await.unwrap();
    let variable = |name: &str, value: &str| PipelineVariable::builder().name(name).value(value).build().unwrap();
    let start = |name: &str, value: &str| {
        let call = world.client.start_pipeline_execution().name(name).variables(variable("who", "a"));
        call.variables(variable("who", value)).send()
    };
    let error = refused(&start("nothing", "a").await.unwrap_err().into_service_error());
    let message = "Pipeline with name nothing does not exist in account 111111111111.";
    assert_eq!(error, ("PipelineNotFoundException".to_owned(), message.to_owned()));
    let error = refused(&start("shop", "").await.unwrap_err().into_service_error());
    let message = "1 validation error detected: Value '' at 'variables.2.member.value' failed to satisfy constraint: Member must have length greater than or equal to 1";
    assert_eq!(error, ("ValidationException".to_owned(), message.to_owned()));
}

#[tokio::test]
async fn what_local_aws_can_not_answer_is_refused() {
    let world = World::new();
    let call = world.client.list_deploy_action_execution_targets().action_execution_id("x");
    let error = call.send().await.unwrap_err().into_service_error();
    assert_eq!(refused(&error).0, "NotSupportedByLocalAws");
}
