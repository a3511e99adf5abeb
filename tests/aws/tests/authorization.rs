//! Who may do what on local AWS.

use aws_sdk_iam::Client;
use aws_sdk_iam::error::ProvideErrorMetadata;
use codepipeline_xacct::core::ids::AccountId;
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::local::{Deployer, Local};
use codepipeline_xacct_aws_tests::*;

const ACCOUNT: &str = "111111111111";
const ROLE: &str = "arn:aws:iam::111111111111:role/Deploy";

fn document(statements: &str) -> Document {
    Document::from_json(&format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)).unwrap()
}

const ALL: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;

fn local() -> Local {
    let local = Local::new();
    local.put_role(&ROLE.parse().unwrap(), &service_trust().unwrap(), &[]).unwrap();
    local
}

fn deployer(local: &Local, statements: &str) -> Client {
    let deployer = Deployer::With(document(statements));
    Client::new(&local.sdk_config_as(ACCOUNT, "us-east-1", &deployer).unwrap())
}

/// The part of AccessDenied behind the name of the user.
macro_rules! denied {
    ($call:expr) => {{
        let error = $call.send().await.unwrap_err();
        let status = error.raw_response().unwrap().status().as_u16();
        let error = error.into_service_error();
        assert_eq!((error.code(), status), (Some("AccessDenied"), 403), "{error:?}");
        error.message().unwrap().split_once(" is not authorized to perform: ").unwrap().1.to_owned()
    }};
}

#[tokio::test]
async fn a_reader_reads_and_writes_nothing() {
    let local = local();
    let config = local.sdk_config_as(ACCOUNT, "us-east-1", &Deployer::ReadOnly).unwrap();
    let iam = Client::new(&config);
    iam.get_role().role_name("Deploy").send().await.unwrap();
    iam.list_roles().send().await.unwrap();
    assert_eq!(
        denied!(iam.delete_role().role_name("Deploy")),
        format!("iam:DeleteRole on resource: {ROLE} because no identity-based policy allows the iam:DeleteRole action")
    );
    let codepipeline = aws_sdk_codepipeline::Client::new(&config);
    codepipeline.list_pipelines().send().await.unwrap();
    let error = codepipeline.delete_pipeline().name("x").send().await.unwrap_err().into_service_error();
    assert_eq!(error.code(), Some("AccessDeniedException"));
}

#[tokio::test]
async fn nobody_may_do_nothing() {
    let local = local();
    let iam = Client::new(&local.sdk_config_as(ACCOUNT, "us-east-1", &Deployer::Nobody).unwrap());
    assert_eq!(
        denied!(iam.list_roles()),
        "iam:ListRoles on resource: arn:aws:iam::111111111111:role/ because no identity-based policy allows the iam:ListRoles action"
    );
}

#[tokio::test]
async fn a_deny_wins_and_names_its_layer() {
    let local = local();
    let iam = deployer(&local, &format!(r#"{ALL},{{"Effect":"Deny","Action":"iam:Delete*","Resource":"*"}}"#));
    iam.list_roles().send().await.unwrap();
    assert_eq!(
        denied!(iam.delete_role().role_name("Deploy")),
        format!("iam:DeleteRole on resource: {ROLE} with an explicit deny in an identity-based policy")
    );
}

#[tokio::test]
async fn conditions_see_tags_boundaries_and_policies_of_a_request() {
    let local = local();
    let root = Client::new(&local.sdk_config(ACCOUNT, "us-east-1"));
    let create = root.create_policy().policy_name("Limit").policy_document(document(ALL).to_json());
    let limit = create.send().await.unwrap().policy.unwrap().arn.unwrap();
    let iam = deployer(
        &local,
        &format!(
            r#"{{"Effect":"Allow","Action":["iam:CreateRole","iam:TagRole"],"Resource":"*","Condition":{{
                "StringEquals":{{"aws:RequestTag/team":"blue","iam:PermissionsBoundary":"{limit}"}},
                "ForAllValues:StringEquals":{{"aws:TagKeys":["team"]}}}}}},
            {{"Effect":"Allow","Action":"iam:DeleteRole","Resource":"*","Condition":{{"StringEquals":{{"aws:ResourceTag/team":"blue"}}}}}},
            {{"Effect":"Allow","Action":"iam:AttachRolePolicy","Resource":"*","Condition":{{"ArnEquals":{{"iam:PolicyARN":"{limit}"}}}}}}"#
        ),
    );
    let tag = |key: &str, value: &str| aws_sdk_iam::types::Tag::builder().key(key).value(value).build().unwrap();
    let create = || {
        let call = iam.create_role().role_name("New").assume_role_policy_document(service_trust().unwrap().to_json());
        call.tags(tag("team", "blue"))
    };
    assert!(denied!(create()).contains("because no identity-based policy allows"));
    assert!(
        denied!(create().permissions_boundary(&limit).tags(tag("other", "x")))
            .contains("because no identity-based policy allows")
    );
    create().permissions_boundary(&limit).send().await.unwrap();
    iam.attach_role_policy().role_name("New").policy_arn(&limit).send().await.unwrap();
    assert!(
        denied!(iam.attach_role_policy().role_name("New").policy_arn("arn:aws:iam::111111111111:policy/Other"))
            .contains("because no identity-based policy allows")
    );
    root.detach_role_policy().role_name("New").policy_arn(&limit).send().await.unwrap();
    iam.delete_role().role_name("New").send().await.unwrap();
    assert!(denied!(iam.delete_role().role_name("Deploy")).contains("because no identity-based policy allows"));
}

#[tokio::test]
async fn service_control_policies_limit_everybody_in_the_account() {
    let local = local();
    let account: AccountId = ACCOUNT.parse().unwrap();
    let full = document(ALL);
    let no_delete = document(r#"{"Effect":"Deny","Action":"iam:DeleteRole","Resource":"*"}"#);
    local.put_scps(&account, &[vec![full.clone()], vec![full, no_delete]]).unwrap();
    let root = Client::new(&local.sdk_config(ACCOUNT, "us-east-1"));
    for iam in [root.clone(), deployer(&local, ALL)] {
        iam.list_roles().send().await.unwrap();
        assert_eq!(
            denied!(iam.delete_role().role_name("Deploy")),
            format!("iam:DeleteRole on resource: {ROLE} with an explicit deny in a service control policy")
        );
    }
    local.put_scps(&account, &[vec![document(r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#)]]).unwrap();
    assert_eq!(
        denied!(root.list_roles()),
        "iam:ListRoles on resource: arn:aws:iam::111111111111:role/ because no service control policy allows the iam:ListRoles action"
    );
}

#[tokio::test]
async fn a_boundary_limits_the_sessions_of_its_role() {
    let local = local();
    local
        .put_role(
            &"arn:aws:iam::111111111111:role/Admin".parse().unwrap(),
            &trust(r#"{"AWS":"111111111111"}"#).unwrap(),
            &[("all", &document(ALL))],
        )
        .unwrap();
    let config = local.sdk_config(ACCOUNT, "us-east-1");
    let root = Client::new(&config);
    let reads = document(r#"{"Effect":"Allow","Action":"iam:Get*","Resource":"*"}"#).to_json();
    let made = root.create_policy().policy_name("reads").policy_document(reads).send().await.unwrap();
    let arn = made.policy.unwrap().arn.unwrap();
    root.put_role_permissions_boundary().role_name("Admin").permissions_boundary(&arn).send().await.unwrap();
    let iam = assumed(&local, "arn:aws:iam::111111111111:role/Admin").await;
    iam.get_role().role_name("Deploy").send().await.unwrap();
    assert_eq!(
        denied!(iam.list_roles()),
        "iam:ListRoles on resource: arn:aws:iam::111111111111:role/ because no permissions boundary allows the iam:ListRoles action"
    );
    // The default version counts.
    let version = root.create_policy_version().policy_arn(&arn).policy_document(document(ALL).to_json());
    version.set_as_default(true).send().await.unwrap();
    iam.list_roles().send().await.unwrap();
}

async fn assumed(local: &Local, role: &str) -> Client {
    let config = local.sdk_config(ACCOUNT, "us-east-1");
    let sts = aws_sdk_sts::Client::new(&config);
    let call = sts.assume_role().role_arn(role).role_session_name("one");
    let session = call.send().await.unwrap().credentials.unwrap();
    let credentials =
        aws_credential_types::Credentials::new(session.access_key_id, "local", Some("local".to_owned()), None, "test");
    let provider = aws_credential_types::provider::SharedCredentialsProvider::new(credentials);
    Client::new(&config.into_builder().credentials_provider(provider).build())
}

#[tokio::test]
async fn a_resource_control_policy_limits_who_assumes_a_role() {
    let local = Local::new();
    let role = "arn:aws:iam::222222222222:role/Act";
    local.add_account(ACCOUNT).unwrap();
    local.put_role(&role.parse().unwrap(), &trust(r#"{"AWS":"111111111111"}"#).unwrap(), &[]).unwrap();
    let sts = aws_sdk_sts::Client::new(&local.sdk_config(ACCOUNT, "us-east-1"));
    let assume = || sts.assume_role().role_arn(role).role_session_name("one");
    assume().send().await.unwrap();
    let deny = document(
        r#"{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalAccount":"222222222222"}}}"#,
    );
    local.put_rcps(&"222222222222".parse().unwrap(), &[vec![deny]]).unwrap();
    assert_eq!(denied!(assume()), format!("sts:AssumeRole on resource: {role}"));
}

#[tokio::test]
async fn an_explicit_deny_of_the_caller_is_named_when_a_role_is_assumed() {
    let local = Local::new();
    let role = "arn:aws:iam::222222222222:role/Act";
    local.add_account(ACCOUNT).unwrap();
    local.put_role(&role.parse().unwrap(), &trust(r#"{"AWS":"111111111111"}"#).unwrap(), &[]).unwrap();
    let deny = format!(r#"{ALL},{{"Effect":"Deny","Action":"sts:*","Resource":"*"}}"#);
    let config = local.sdk_config_as(ACCOUNT, "us-east-1", &Deployer::With(document(&deny))).unwrap();
    let sts = aws_sdk_sts::Client::new(&config);
    assert_eq!(
        denied!(sts.assume_role().role_arn(role).role_session_name("one")),
        format!("sts:AssumeRole on resource: {role} with an explicit deny in an identity-based policy")
    );
}

#[tokio::test]
async fn a_condition_on_something_unknown_is_refused_and_not_guessed() {
    let local = local();
    let iam = deployer(
        &local,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}"#,
    );
    let error = iam.list_roles().send().await.unwrap_err().into_service_error();
    assert_eq!(error.code(), Some("NotSupportedByLocalAws"));
    assert!(error.message().unwrap().contains("aws:SourceIp"), "{error:?}");
}

/// The error code of a call, if it failed.
macro_rules! code {
    ($call:expr) => {
        $call.send().await.err().map(|error| error.into_service_error().code().unwrap().to_owned())
    };
}

#[tokio::test]
async fn conditions_see_the_tags_of_pipelines_and_those_of_requests() {
    let world = crate::world::World::new();
    let shop =
        crate::world::pipeline("shop", "QUEUED", &[crate::world::stage("Build", &[crate::world::build("b", 1)])]);
    let tags = serde_json::json!([{ "key": "team", "value": "blue" }]);
    world.create_with(serde_json::json!({ "pipeline": shop, "tags": tags })).await.unwrap();
    let client = |condition: &str| {
        let all = format!(r#"{{"Effect":"Allow","Action":"codepipeline:*","Resource":"*","Condition":{condition}}}"#);
        let deployer = Deployer::With(document(&all));
        let config = world.local.sdk_config_as(ACCOUNT, crate::world::REGION, &deployer).unwrap();
        aws_sdk_codepipeline::Client::new(&config)
    };
    let denied = Some("AccessDeniedException".to_owned());
    for (team, expected) in [("blue", None), ("red", denied.clone())] {
        let client = client(&format!(r#"{{"StringEquals":{{"aws:ResourceTag/team":"{team}"}}}}"#));
        assert_eq!(code!(client.get_pipeline().name("shop")), expected, "{team}");
        assert_eq!(code!(client.start_pipeline_execution().name("shop")), expected, "{team}");
        let call = client.disable_stage_transition().pipeline_name("shop").stage_name("Build").reason("x");
        let call = call.transition_type(aws_sdk_codepipeline::types::StageTransitionType::Inbound);
        assert_eq!(code!(call), expected, "{team}");
        assert_eq!(code!(client.get_pipeline().name("nothing")), denied, "{team}");
    }
    let tagging = client(
        r#"{"StringEquals":{"aws:RequestTag/team":"blue"},"ForAllValues:StringEquals":{"aws:TagKeys":["team"]}}"#,
    );
    let arn = crate::world::arn("shop").to_string();
    let tag = |key: &str, value: &str| {
        let tag = aws_sdk_codepipeline::types::Tag::builder().key(key).value(value).build().unwrap();
        tagging.tag_resource().resource_arn(&arn).tags(tag)
    };
    assert_eq!(code!(tag("team", "blue")), None);
    assert_eq!(code!(tag("team", "red")), denied);
    let other = aws_sdk_codepipeline::types::Tag::builder().key("other").value("x").build().unwrap();
    assert_eq!(code!(tag("team", "blue").tags(other)), denied);
    let untagging = client(r#"{"ForAnyValue:StringEquals":{"aws:TagKeys":"team"}}"#);
    assert_eq!(code!(untagging.untag_resource().resource_arn(&arn).tag_keys("other")), denied);
    assert_eq!(code!(untagging.untag_resource().resource_arn(&arn).tag_keys("team")), None);
    for (account, expected) in [(ACCOUNT, None), ("222222222222", denied)] {
        let client = client(&format!(r#"{{"StringEquals":{{"aws:ResourceAccount":"{account}"}}}}"#));
        assert_eq!(code!(client.get_pipeline().name("shop")), expected);
        assert_eq!(code!(client.list_pipelines()), expected);
    }
}

#[tokio::test]
async fn a_resource_is_what_the_operation_names() {
    let world = crate::world::World::new();
    for name in ["mine", "theirs"] {
        let stage = crate::world::stage("Build", &[crate::world::build("b", 1)]);
        world.create(&crate::world::pipeline(name, "QUEUED", &[stage])).await.unwrap();
    }
    let client = |resource: &str, condition: &str| {
        let all = format!(
            r#"{{"Effect":"Allow","Action":"codepipeline:*","Resource":"{resource}","Condition":{condition}}}"#
        );
        let config = world.local.sdk_config_as(ACCOUNT, crate::world::REGION, &Deployer::With(document(&all))).unwrap();
        aws_sdk_codepipeline::Client::new(&config)
    };
    let mine = crate::world::arn("mine").to_string();
    let only_mine = client(&mine, r#"{"Null":{"aws:RequestTag/team":"true"}}"#);
    /// The code with which a call with another body is refused.
    macro_rules! code_with {
        ($call:expr, $body:expr) => {{
            let body = $body.to_string();
            let call = $call.customize().mutate_request(move |request| {
                request.headers_mut().insert("content-length", body.len().to_string());
                *request.body_mut() = body.clone().into();
            });
            call.send().await.err().and_then(|error| error.into_service_error().code().map(str::to_owned))
        }};
    }
    let denied = Some("AccessDeniedException".to_owned());
    let get = |body: serde_json::Value, expected: Option<String>| (body, expected);
    for (body, expected) in [
        get(serde_json::json!({ "name": "mine" }), None),
        get(serde_json::json!({ "name": "theirs", "pipelineName": "mine" }), denied.clone()),
        get(serde_json::json!({ "name": "theirs", "resourceArn": mine }), denied.clone()),
        // The operation has no tags, so that none are requested.
        get(serde_json::json!({ "name": "mine", "tags": [{ "key": "team", "value": "x" }] }), None),
    ] {
        assert_eq!(code_with!(only_mine.get_pipeline().name("x"), body), expected, "{body}");
    }
    for (body, expected) in [
        (serde_json::json!({ "pipelineName": "theirs", "name": "mine" }), denied.clone()),
        (serde_json::json!({ "pipelineName": "mine", "name": "theirs" }), None),
    ] {
        assert_eq!(code_with!(only_mine.list_pipeline_executions().pipeline_name("x"), body), expected, "{body}");
    }
    // What has no tags is known to have none.
    let blue = client("*", r#"{"StringEquals":{"aws:ResourceTag/team":"blue"}}"#);
    assert_eq!(code!(blue.list_pipelines()), denied);
    let category = aws_sdk_codepipeline::types::ActionCategory::Build;
    assert_eq!(code!(blue.delete_custom_action_type().category(category).provider("Forge").version("1")), denied);
}

#[tokio::test]
async fn what_actions_call_is_called_in_their_region() {
    let world = crate::world::World::new();
    let account: AccountId = ACCOUNT.parse().unwrap();
    let only_in = |region: &str| {
        let deny = format!(
            r#"{{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{"StringNotEquals":{{"aws:RequestedRegion":"{region}"}}}}}}"#
        );
        vec![vec![document(ALL), document(&deny)]]
    };
    world.local.put_scps(&account, &only_in(crate::world::REGION)).unwrap();
    let stage = crate::world::stage("Build", &[crate::world::build("b", 1)]);
    world.create(&crate::world::pipeline("shop", "QUEUED", &[stage])).await.unwrap();
    let id = world.start("shop").await;
    assert_eq!(world.ends("shop", &id).await, "Succeeded");
}

#[tokio::test]
async fn pipelines_are_listed_of_an_account_and_a_region() {
    let local = local();
    let client = |resource: &str| {
        let all = format!(r#"{{"Effect":"Allow","Action":"codepipeline:ListPipelines","Resource":"{resource}"}}"#);
        let config = local.sdk_config_as(ACCOUNT, "eu-west-1", &Deployer::With(document(&all))).unwrap();
        aws_sdk_codepipeline::Client::new(&config)
    };
    for resource in ["*", "arn:aws:codepipeline:eu-west-1:111111111111:*"] {
        assert_eq!(code!(client(resource).list_pipelines()), None, "{resource}");
    }
    let client = client("arn:aws:codepipeline:us-east-1:111111111111:*");
    let error = client.list_pipelines().send().await.unwrap_err().into_service_error();
    assert!(
        error
            .message()
            .unwrap()
            .contains("codepipeline:ListPipelines on resource: arn:aws:codepipeline:eu-west-1:111111111111:* because")
    );
}

#[tokio::test]
async fn an_invoke_sees_the_tags_of_its_target() {
    for (team, expected) in [("blue", "Succeeded"), ("red", "Failed")] {
        let world = crate::world::World::new();
        let target = crate::world::pipeline(
            "target",
            "QUEUED",
            &[crate::world::stage("Build", &[crate::world::build("Compile", 1)])],
        );
        let tags = serde_json::json!([{ "key": "team", "value": "blue" }]);
        world.create_with(serde_json::json!({ "pipeline": target, "tags": tags })).await.unwrap();
        let role = "arn:aws:iam::111111111111:role/invoker";
        let start = document(&format!(
            r#"{{"Effect":"Allow","Action":"codepipeline:StartPipelineExecution","Resource":"*",
                "Condition":{{"StringEquals":{{"aws:ResourceTag/team":"{team}","aws:RequestedRegion":"eu-west-1"}}}}}}"#
        ));
        let trusted = trust(&format!(r#"{{"AWS":"{}"}}"#, crate::world::SERVICE)).unwrap();
        world.local.put_role(&role.parse().unwrap(), &trusted, &[("start", &start)]).unwrap();
        let call = serde_json::json!({
            "name": "call",
            "actionTypeId": crate::world::type_id("Invoke/AWS/CodePipeline/1"),
            "roleArn": role,
            "configuration": { "PipelineName": "target" },
        });
        world
            .create(&crate::world::pipeline("caller", "QUEUED", &[crate::world::stage("Call", &[call])]))
            .await
            .unwrap();
        let id = world.start("caller").await;
        assert_eq!(world.ends("caller", &id).await, expected, "{team}");
    }
}

/// Code and text with which a pipeline without stages is refused.
async fn create_pipeline(config: &aws_config::SdkConfig) -> (String, String) {
    create_pipeline_with(config, ROLE).await
}

/// The same with a service role.
async fn create_pipeline_with(config: &aws_config::SdkConfig, role: &str) -> (String, String) {
    let pipeline = aws_sdk_codepipeline::types::PipelineDeclaration::builder()
        .name("p")
        .role_arn(role)
        .set_stages(Some(Vec::new()))
        .build();
    let call = aws_sdk_codepipeline::Client::new(config).create_pipeline().pipeline(pipeline.unwrap());
    let error = call.send().await.unwrap_err().into_service_error();
    (error.code().unwrap().to_owned(), error.message().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn who_makes_a_pipeline_has_to_be_allowed_to_pass_its_role() {
    let local = local();
    let of = |statements: &str| {
        let deployer = Deployer::With(document(statements));
        local.sdk_config_as(ACCOUNT, "us-east-1", &deployer).unwrap()
    };
    let writes = r#"{"Effect":"Allow","Action":"codepipeline:*","Resource":"*"}"#;
    let passes = |service: &str| {
        format!(
            r#"{writes},{{"Effect":"Allow","Action":"iam:PassRole","Resource":"{ROLE}","Condition":{{"StringEquals":{{"iam:PassedToService":"{service}"}}}}}}"#
        )
    };
    for statements in [writes.to_owned(), passes("ec2.amazonaws.com")] {
        let (code, message) = create_pipeline(&of(&statements)).await;
        assert_eq!(code, "AccessDeniedException");
        let end = format!(
            " is not authorized to perform: iam:PassRole on resource: {ROLE} because no identity-based policy allows the iam:PassRole action"
        );
        assert!(message.ends_with(&end), "{message}");
    }
    assert_ne!(create_pipeline(&of(&passes("codepipeline.amazonaws.com"))).await.0, "AccessDeniedException");
}

#[tokio::test]
async fn a_role_of_another_account_cannot_be_passed() {
    let local = local();
    let role = "arn:aws:iam::222222222222:role/Deploy";
    local.put_role(&role.parse().unwrap(), &service_trust().unwrap(), &[]).unwrap();
    let of_account = |account: &str| local.sdk_config(account, "us-east-1");
    assert_eq!(
        create_pipeline_with(&of_account(ACCOUNT), role).await,
        ("AccessDeniedException".to_owned(), "Cross-account pass role is not allowed.".to_owned())
    );
    assert_ne!(create_pipeline_with(&of_account("222222222222"), role).await.0, "AccessDeniedException");
}

#[tokio::test]
async fn a_session_policy_limits_which_roles_can_be_passed() {
    let local = local();
    let admin = "arn:aws:iam::111111111111:role/Admin";
    let trust = trust(r#"{"AWS":"111111111111"}"#).unwrap();
    local.put_role(&admin.parse().unwrap(), &trust, &[("all", &document(ALL))]).unwrap();
    let config = local.sdk_config(ACCOUNT, "us-east-1");
    let call = aws_sdk_sts::Client::new(&config).assume_role().role_arn(admin).role_session_name("one");
    let writes = document(r#"{"Effect":"Allow","Action":"codepipeline:*","Resource":"*"}"#).to_json();
    let key = call.policy(writes).send().await.unwrap().credentials.unwrap().access_key_id;
    let credentials = aws_credential_types::Credentials::new(key, "local", Some("local".to_owned()), None, "test");
    let provider = aws_credential_types::provider::SharedCredentialsProvider::new(credentials);
    let (code, message) = create_pipeline(&config.into_builder().credentials_provider(provider).build()).await;
    assert_eq!(code, "AccessDeniedException");
    assert!(message.ends_with("because no session policy allows the iam:PassRole action"), "{message}");
}

#[tokio::test]
async fn a_trust_that_asks_for_the_name_of_the_session_is_decided_when_the_pipeline_is_saved() {
    let update = async |name: &str| {
        let local = as_the_console_left_it().unwrap();
        let trust = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{SERVICE}"}},"Action":"sts:AssumeRole","Condition":{{"StringLike":{{"sts:RoleSessionName":"{name}"}}}}}}]}}"#
        );
        local.put_role(&INVOKER.parse().unwrap(), &Document::from_json(&trust).unwrap(), &[]).unwrap();
        let iam = aws_sdk_iam::Client::new(&local.sdk_config("111111111111", "us-east-1"));
        let role = SERVICE.rsplit('/').next().unwrap();
        let document = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"{INVOKER}"}}]}}"#
        );
        iam.put_role_policy().role_name(role).policy_name("assume").policy_document(document).send().await.unwrap();
        let client = aws_sdk_codepipeline::Client::new(&local.sdk_config("111111111111", "ap-northeast-1"));
        let name = RELEASE.rsplit(':').next().unwrap();
        let mut pipeline = client.get_pipeline().name(name).send().await.unwrap().pipeline.unwrap();
        pipeline.stages[1].actions[0].role_arn = Some(INVOKER.to_owned());
        let updated = client.update_pipeline().pipeline(pipeline).send().await;
        updated.err().and_then(|error| error.into_service_error().meta().code().map(str::to_owned))
    };
    assert_eq!(update("17*").await, None);
    assert_eq!(update("nobody").await.as_deref(), Some("InvalidStructureException"));
}
