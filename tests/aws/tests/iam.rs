//! IAM of local AWS, called through the SDK's own client.

use aws_sdk_iam::Client;
use aws_sdk_iam::error::ProvideErrorMetadata;
use aws_sdk_iam::types::{ContextEntry, ContextKeyTypeEnum, PolicyEvaluationDecisionType, PolicyScopeType, Tag};
use codepipeline_xacct::core::ids::AccountId;
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::local::Local;
use codepipeline_xacct_aws_tests::*;

const ACCOUNT: &str = "111111111111";

fn client() -> Client {
    let local = Local::new();
    local.add_account(ACCOUNT).unwrap();
    of(&local)
}

fn of(local: &Local) -> Client {
    Client::new(&local.sdk_config(ACCOUNT, "us-east-1"))
}

fn allow(action: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#)
}

async fn role(iam: &Client, name: &str) {
    let trust = service_trust().unwrap().to_json();
    iam.create_role().role_name(name).assume_role_policy_document(trust).send().await.unwrap();
}

async fn policy(iam: &Client, name: &str, action: &str) -> String {
    let made = iam.create_policy().policy_name(name).policy_document(allow(action)).send().await.unwrap();
    made.policy.unwrap().arn.unwrap()
}

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build().unwrap()
}

/// Code, status and text of the error of a call.
macro_rules! refused {
    ($call:expr) => {{
        let error = $call.send().await.unwrap_err();
        let status = error.raw_response().unwrap().status().as_u16();
        let error = error.into_service_error();
        (error.code().unwrap().to_owned(), status, error.message().unwrap().to_owned())
    }};
}

fn is(code: &str, status: u16, message: &str) -> (String, u16, String) {
    (code.to_owned(), status, message.to_owned())
}

#[tokio::test]
async fn a_role_keeps_all_that_it_is_created_with() {
    let iam = client();
    let boundary = policy(&iam, "Limit", "s3:*").await;
    let made = iam
        .create_role()
        .role_name("Deploy")
        .path("/team/")
        .assume_role_policy_document(service_trust().unwrap().to_json())
        .description("deploys")
        .max_session_duration(7200)
        .permissions_boundary(&boundary)
        .tags(tag("team", "blue"))
        .send()
        .await
        .unwrap()
        .role
        .unwrap();
    assert_eq!(made.arn, "arn:aws:iam::111111111111:role/team/Deploy");
    let got = iam.get_role().role_name("deploy").send().await.unwrap().role.unwrap();
    assert_eq!(got, made);
    assert_eq!((got.description.as_deref(), got.max_session_duration), (Some("deploys"), Some(7200)));
    assert_eq!(got.permissions_boundary.unwrap().permissions_boundary_arn.unwrap(), boundary);
    assert_eq!(got.tags.unwrap(), [tag("team", "blue")]);
    // A list leaves out tags and boundary.
    let listed = iam.list_roles().path_prefix("/team/").send().await.unwrap().roles;
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].description.as_deref(), &listed[0].tags), (Some("deploys"), &None));
    assert_eq!(listed[0].permissions_boundary, None);
}

#[tokio::test]
async fn what_is_wrong_with_a_new_role_is_refused() {
    let iam = client();
    role(&iam, "Deploy").await;
    let create =
        |name: &str| iam.create_role().role_name(name).assume_role_policy_document(service_trust().unwrap().to_json());
    assert_eq!(refused!(create("DEPLOY")), is("EntityAlreadyExists", 409, "Role with name DEPLOY already exists."));
    assert_eq!(
        refused!(create("a b")),
        is(
            "ValidationError",
            400,
            "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
        )
    );
    let long = "x".repeat(65);
    let message = format!(
        "1 validation error detected: Value '{long}' at 'roleName' failed to satisfy constraint: Member must have length less than or equal to 64"
    );
    assert_eq!(refused!(create(&long)), is("ValidationError", 400, &message));
    assert_eq!(
        refused!(create("x").max_session_duration(60)),
        is(
            "ValidationError",
            400,
            "1 validation error detected: Value '60' at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600"
        )
    );
    assert_eq!(
        refused!(create("x").permissions_boundary("arn:aws:iam::111111111111:policy/None")),
        is(
            "NoSuchEntity",
            404,
            "Scope ARN: arn:aws:iam::111111111111:policy/None does not exist or is not attachable."
        )
    );
    assert_eq!(
        refused!(create("x").tags(tag("a", "1")).tags(tag("A", "2"))),
        is("InvalidInput", 400, "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    );
    assert_eq!(
        refused!(iam.create_role().role_name("x")),
        is(
            "ValidationError",
            400,
            "1 validation error detected: Value null at 'assumeRolePolicyDocument' failed to satisfy constraint: Member must not be null"
        )
    );
    let large = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"{}","Effect":"Allow","Principal":{{"Service":"ec2.amazonaws.com"}},"Action":"sts:AssumeRole"}}]}}"#,
        "x".repeat(2000)
    );
    assert_eq!(
        refused!(iam.create_role().role_name("x").assume_role_policy_document(large)),
        is("LimitExceeded", 409, "Cannot exceed quota for ACLSizePerRole: 2048")
    );
    assert_eq!(iam.list_roles().send().await.unwrap().roles.len(), 1);
}

#[tokio::test]
async fn a_role_is_updated_member_by_member() {
    let iam = client();
    role(&iam, "Deploy").await;
    iam.update_role().role_name("Deploy").max_session_duration(43_200).send().await.unwrap();
    iam.update_role().role_name("Deploy").description("first").send().await.unwrap();
    let updated = iam.update_role_description().role_name("Deploy").description("second").send().await.unwrap();
    let got = iam.get_role().role_name("Deploy").send().await.unwrap().role;
    assert_eq!(updated.role, got);
    let got = got.unwrap();
    assert_eq!((got.description.as_deref(), got.max_session_duration), (Some("second"), Some(43_200)));

    let limit = policy(&iam, "Limit", "s3:*").await;
    iam.put_role_permissions_boundary().role_name("Deploy").permissions_boundary(&limit).send().await.unwrap();
    let used = iam.get_policy().policy_arn(&limit).send().await.unwrap().policy.unwrap();
    assert_eq!((used.attachment_count, used.permissions_boundary_usage_count), (Some(0), Some(1)));
    assert_eq!(
        refused!(iam.delete_policy().policy_arn(&limit)),
        is("DeleteConflict", 409, "Cannot delete a policy attached to entities.")
    );
    iam.delete_role_permissions_boundary().role_name("Deploy").send().await.unwrap();
    iam.delete_policy().policy_arn(&limit).send().await.unwrap();
    let got = iam.get_role().role_name("Deploy").send().await.unwrap().role.unwrap();
    assert_eq!(got.permissions_boundary, None);
    assert_eq!(refused!(iam.delete_role_permissions_boundary().role_name("Deploy")).0, "NoSuchEntity");
}

#[tokio::test]
async fn lists_come_in_pages() {
    let iam = client();
    for name in ["d", "b", "e", "a", "c"] {
        role(&iam, name).await;
        iam.put_role_policy().role_name("d").policy_name(name).policy_document(allow("s3:*")).send().await.unwrap();
    }
    let first = iam.list_roles().max_items(2).send().await.unwrap();
    assert!(first.is_truncated);
    assert_eq!(first.roles.len(), 2);
    let mut pages = iam.list_roles().into_paginator().page_size(2).items().send();
    let mut names = Vec::new();
    while let Some(found) = pages.next().await {
        names.push(found.unwrap().role_name);
    }
    assert_eq!(names, ["a", "b", "c", "d", "e"]);
    let last = iam.list_role_policies().role_name("d").marker("c").max_items(2).send().await.unwrap();
    assert_eq!(
        (last.policy_names, last.is_truncated, last.marker),
        (vec!["d".to_owned(), "e".to_owned()], false, None)
    );
    assert_eq!(
        refused!(iam.list_roles().max_items(1001)),
        is(
            "ValidationError",
            400,
            "1 validation error detected: Value '1001' at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000"
        )
    );
}

#[tokio::test]
async fn inline_policies_have_one_quota_together() {
    let iam = client();
    role(&iam, "Deploy").await;
    let large = |length: usize| {
        let actions = vec![r#""s3:GetObject""#; length / 15].join(",");
        format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":[{actions}],"Resource":"*"}}]}}"#)
    };
    let put =
        |name: &str, text: String| iam.put_role_policy().role_name("Deploy").policy_name(name).policy_document(text);
    put("a", large(6000)).send().await.unwrap();
    assert_eq!(
        refused!(put("b", large(6000))),
        is("LimitExceeded", 409, "Maximum policy size of 10240 bytes exceeded for role Deploy")
    );
    // What is replaced doesn't count.
    put("a", large(9000)).send().await.unwrap();
    let missing = is("NoSuchEntity", 404, "The role policy with name b cannot be found.");
    assert_eq!(refused!(iam.get_role_policy().role_name("Deploy").policy_name("b")), missing);
    assert_eq!(refused!(iam.delete_role_policy().role_name("Deploy").policy_name("b")), missing);
    assert_eq!(
        refused!(iam.delete_role().role_name("Deploy")),
        is("DeleteConflict", 409, "Cannot delete entity, must delete policies first.")
    );
    iam.delete_role_policy().role_name("Deploy").policy_name("a").send().await.unwrap();
    iam.delete_role().role_name("Deploy").send().await.unwrap();
    assert_eq!(
        refused!(iam.get_role().role_name("Deploy")),
        is("NoSuchEntity", 404, "The role with name Deploy cannot be found.")
    );
}

#[tokio::test]
async fn a_managed_policy_has_five_versions_at_most_and_one_counts() {
    let iam = client();
    let arn = policy(&iam, "Limit", "s3:*").await;
    let add = |action: &str, default: bool| {
        iam.create_policy_version().policy_arn(&arn).policy_document(allow(action)).set_as_default(default)
    };
    for action in ["a:*", "b:*", "c:*", "d:*"] {
        add(action, action == "b:*").send().await.unwrap();
    }
    assert_eq!(
        refused!(add("e:*", true)),
        is(
            "LimitExceeded",
            409,
            "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version."
        )
    );
    let listed = iam.list_policy_versions().policy_arn(&arn).send().await.unwrap().versions.unwrap();
    let versions: Vec<_> = listed.iter().map(|v| (v.version_id.as_deref().unwrap(), v.is_default_version)).collect();
    assert_eq!(versions, [("v5", false), ("v4", false), ("v3", true), ("v2", false), ("v1", false)]);
    let got = iam.get_policy_version().policy_arn(&arn).version_id("v3").send().await.unwrap();
    assert!(got.policy_version.unwrap().document.unwrap().contains("b%3A%2A"));
    assert_eq!(
        refused!(iam.delete_policy_version().policy_arn(&arn).version_id("v3")),
        is("DeleteConflict", 409, "Cannot delete the default version of a policy.")
    );
    iam.set_default_policy_version().policy_arn(&arn).version_id("v1").send().await.unwrap();
    for id in ["v2", "v3", "v4", "v5"] {
        iam.delete_policy_version().policy_arn(&arn).version_id(id).send().await.unwrap();
    }
    assert_eq!(
        refused!(iam.get_policy_version().policy_arn(&arn).version_id("v3")),
        is("NoSuchEntity", 404, &format!("Policy {arn} version v3 does not exist or is not attachable."))
    );
    // A number is not used again.
    let added = add("e:*", false).send().await.unwrap().policy_version.unwrap();
    assert_eq!((added.version_id.as_deref(), added.document), (Some("v6"), None));
    assert_eq!(refused!(iam.delete_policy().policy_arn(&arn)).0, "DeleteConflict");
    iam.delete_policy_version().policy_arn(&arn).version_id("v6").send().await.unwrap();
    iam.delete_policy().policy_arn(&arn).send().await.unwrap();
    assert_eq!(
        refused!(iam.get_policy().policy_arn(&arn)),
        is("NoSuchEntity", 404, &format!("Policy {arn} does not exist or is not attachable."))
    );
}

#[tokio::test]
async fn ten_managed_policies_can_be_attached_to_a_role() {
    let iam = client();
    role(&iam, "Deploy").await;
    let mut arns = Vec::new();
    for index in 0..11 {
        arns.push(policy(&iam, &format!("p{index:02}"), "s3:*").await);
    }
    for arn in &arns[..10] {
        iam.attach_role_policy().role_name("Deploy").policy_arn(arn).send().await.unwrap();
    }
    iam.attach_role_policy().role_name("Deploy").policy_arn(&arns[0]).send().await.unwrap();
    assert_eq!(
        refused!(iam.attach_role_policy().role_name("Deploy").policy_arn(&arns[10])),
        is("LimitExceeded", 409, "Cannot exceed quota for PoliciesPerRole: 10")
    );
    let listed = iam.list_attached_role_policies().role_name("Deploy").send().await.unwrap();
    assert_eq!(listed.attached_policies.unwrap().len(), 10);
    let entities = iam.list_entities_for_policy().policy_arn(&arns[0]).send().await.unwrap();
    assert_eq!(entities.policy_roles.unwrap()[0].role_name.as_deref(), Some("Deploy"));
    let policies = iam.list_policies().scope(PolicyScopeType::Local);
    assert_eq!(policies.clone().send().await.unwrap().policies.unwrap().len(), 11);
    assert_eq!(policies.only_attached(true).send().await.unwrap().policies.unwrap().len(), 10);
    assert_eq!(
        refused!(iam.delete_role().role_name("Deploy")),
        is("DeleteConflict", 409, "Cannot delete entity, must detach all policies first.")
    );
    let detach = || iam.detach_role_policy().role_name("Deploy").policy_arn(&arns[0]);
    detach().send().await.unwrap();
    assert_eq!(refused!(detach()), is("NoSuchEntity", 404, &format!("Policy {} was not found.", arns[0])));
    let summary = iam.get_account_summary().send().await.unwrap().summary_map.unwrap();
    assert_eq!((summary[&"Roles".into()], summary[&"Policies".into()]), (1, 11));
    assert_eq!((summary[&"AttachedPoliciesPerRoleQuota".into()], summary[&"Users".into()]), (10, 0));
    assert!(iam.list_account_aliases().send().await.unwrap().account_aliases.is_empty());
    let profiles = iam.list_instance_profiles_for_role().role_name("Deploy").send().await.unwrap();
    assert!(profiles.instance_profiles.is_empty());
}

#[tokio::test]
async fn some_managed_policies_of_aws_can_be_attached_and_count() {
    const POWER: &str = "arn:aws:iam::aws:policy/PowerUserAccess";
    let local = Local::new();
    local.add_account(ACCOUNT).unwrap();
    let iam = of(&local);
    let trust = trust(&format!(r#"{{"AWS":"{ACCOUNT}"}}"#)).unwrap().to_json();
    iam.create_role().role_name("Deploy").assume_role_policy_document(trust).send().await.unwrap();
    iam.attach_role_policy().role_name("Deploy").policy_arn(POWER).send().await.unwrap();
    let attached = iam.list_attached_role_policies().role_name("Deploy").send().await.unwrap().attached_policies;
    assert_eq!(attached.unwrap()[0].policy_name.as_deref(), Some("PowerUserAccess"));
    let got = iam.get_policy().policy_arn(POWER).send().await.unwrap().policy.unwrap();
    assert_eq!((got.default_version_id.as_deref(), got.attachment_count), (Some("v12"), Some(1)));
    let version = iam.get_policy_version().policy_arn(POWER).version_id("v12").send().await.unwrap();
    assert!(version.policy_version.unwrap().document.unwrap().contains("NotAction"));
    let used = iam.list_policies().only_attached(true).send().await.unwrap().policies.unwrap();
    assert_eq!(used.iter().map(|p| p.arn.as_deref().unwrap()).collect::<Vec<_>>(), [POWER]);

    // It allows everything but IAM.
    let sts = aws_sdk_sts::Client::new(&local.sdk_config(ACCOUNT, "us-east-1"));
    let role = format!("arn:aws:iam::{ACCOUNT}:role/Deploy");
    let session = sts.assume_role().role_arn(role).role_session_name("one").send().await.unwrap().credentials.unwrap();
    let credentials =
        aws_credential_types::Credentials::new(session.access_key_id, "local", Some("local".to_owned()), None, "test");
    let config = local.sdk_config(ACCOUNT, "us-east-1").to_builder();
    let provider = aws_credential_types::provider::SharedCredentialsProvider::new(credentials);
    let config = config.credentials_provider(provider).build();
    aws_sdk_codepipeline::Client::new(&config).list_pipelines().send().await.unwrap();
    assert_eq!(refused!(Client::new(&config).get_role().role_name("Deploy")).0, "AccessDenied");

    let outside = is("AccessDenied", 403, "Policy is outside your own account.");
    assert_eq!(refused!(iam.delete_policy().policy_arn(POWER)), outside);
    for (call, what) in [
        (
            refused!(iam.get_policy().policy_arn("arn:aws:iam::aws:policy/ReadOnlyAccess")),
            "(`arn:aws:iam::aws:policy/ReadOnlyAccess`)",
        ),
        (refused!(iam.get_policy_version().policy_arn(POWER).version_id("v1")), "earlier versions"),
    ] {
        assert!(call.0 == "NotSupportedByLocalAws" && call.2.contains(what), "{call:?}");
    }
}

#[tokio::test]
async fn policies_have_the_members_that_each_operation_returns() {
    let iam = client();
    let call = iam.create_policy().policy_name("Limit").path("/x/").policy_document(allow("s3:*"));
    let made = call.description("what for").send().await.unwrap().policy.unwrap();
    assert_eq!((made.description, made.tags), (None, None));
    let got = iam.get_policy().policy_arn(made.arn.as_deref().unwrap()).send().await.unwrap().policy.unwrap();
    assert_eq!((got.description.as_deref(), got.tags), (Some("what for"), Some(Vec::new())));
    // No policy of AWS has this path.
    let listed = iam.list_policies().path_prefix("/x/").send().await.unwrap().policies.unwrap();
    assert_eq!((listed.len(), &listed[0].description, &listed[0].tags), (1, &None, &None));
}

#[tokio::test]
async fn tags_have_a_number_and_characters() {
    let iam = client();
    role(&iam, "Deploy").await;
    let many = (0..51).map(|n| tag(&n.to_string(), "")).collect();
    let limit = "failed to satisfy constraint: Member must have length less than or equal to 50";
    let (code, _, message) = refused!(iam.tag_role().role_name("Deploy").set_tags(Some(many)));
    assert!(code == "ValidationError" && message.contains("at 'tags'") && message.ends_with(limit), "{message}");
    let keys = (0..51).map(|n| n.to_string()).collect();
    let (_, _, message) = refused!(iam.untag_role().role_name("Deploy").set_tag_keys(Some(keys)));
    assert!(message.contains("at 'tagKeys'") && message.ends_with(limit), "{message}");
    let pattern = "Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+";
    let (_, _, message) = refused!(iam.tag_role().role_name("Deploy").tags(tag("a!b", "x")));
    assert!(message.ends_with(pattern), "{message}");
    iam.tag_role().role_name("Deploy").tags(tag("Größe", "ein Wert/1:2=3+4-5@6.7_8")).send().await.unwrap();
}

#[tokio::test]
async fn tags_of_roles_and_policies_ignore_the_case_of_keys() {
    let iam = client();
    role(&iam, "Deploy").await;
    let arn = policy(&iam, "Limit", "s3:*").await;
    iam.tag_role().role_name("Deploy").tags(tag("Team", "blue")).tags(tag("cost", "1")).send().await.unwrap();
    iam.tag_role().role_name("Deploy").tags(tag("team", "red")).send().await.unwrap();
    let tags = iam.list_role_tags().role_name("Deploy").send().await.unwrap().tags;
    assert_eq!(tags, [tag("Team", "red"), tag("cost", "1")]);
    iam.untag_role().role_name("Deploy").tag_keys("TEAM").send().await.unwrap();
    assert_eq!(iam.list_role_tags().role_name("Deploy").send().await.unwrap().tags, [tag("cost", "1")]);
    iam.tag_policy().policy_arn(&arn).tags(tag("a", "")).send().await.unwrap();
    assert_eq!(iam.list_policy_tags().policy_arn(&arn).send().await.unwrap().tags, [tag("a", "")]);
    iam.untag_policy().policy_arn(&arn).tag_keys("a").send().await.unwrap();
    assert!(iam.list_policy_tags().policy_arn(&arn).send().await.unwrap().tags.is_empty());
    let many = (0..50).map(|i| tag(&i.to_string(), "x")).collect();
    assert_eq!(refused!(iam.tag_role().role_name("Deploy").set_tags(Some(many))).0, "LimitExceeded");
    assert_eq!(iam.list_role_tags().role_name("Deploy").send().await.unwrap().tags, [tag("cost", "1")]);
}

#[tokio::test]
async fn only_aws_may_change_a_service_linked_role() {
    let local = Local::new();
    let arn = "arn:aws:iam::111111111111:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS";
    local.put_role(&arn.parse().unwrap(), &service_trust().unwrap(), &[]).unwrap();
    let iam = of(&local);
    let name = "AWSServiceRoleForECS";
    let message = "Cannot perform the operation on the protected role 'AWSServiceRoleForECS' - this role is only modifiable by AWS";
    let protected = is("UnmodifiableEntity", 400, message);
    let trust = service_trust().unwrap().to_json();
    assert_eq!(refused!(iam.delete_role().role_name(name)), protected);
    assert_eq!(refused!(iam.update_role().role_name(name).description("x")), protected);
    assert_eq!(refused!(iam.update_assume_role_policy().role_name(name).policy_document(trust)), protected);
    assert_eq!(
        refused!(iam.put_role_policy().role_name(name).policy_name("p").policy_document(allow("s3:*"))),
        protected
    );
    assert_eq!(iam.get_role().role_name(name).send().await.unwrap().role.unwrap().arn, arn);
}

#[tokio::test]
async fn the_simulator_says_what_decides() {
    let local = Local::new();
    let iam = of(&local);
    let arn = "arn:aws:iam::111111111111:role/Deploy";
    let policy = Document::from_json(
        r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::b/*"},
            {"Effect":"Allow","Action":"sqs:*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}},
            {"Effect":"Deny","Action":"s3:GetObjectAcl","Resource":"*"}]}"#,
    )
    .unwrap();
    local.put_role(&arn.parse().unwrap(), &service_trust().unwrap(), &[("deploy", &policy)]).unwrap();
    let simulate = |action: &str| {
        let call = iam.simulate_principal_policy().policy_source_arn(arn).action_names(action);
        call.resource_arns("arn:aws:s3:::b/key")
    };
    for (action, decision, matched) in [
        ("s3:GetObject", PolicyEvaluationDecisionType::Allowed, Some("role_Deploy_deploy")),
        ("s3:PutObject", PolicyEvaluationDecisionType::ImplicitDeny, None),
        ("s3:GetObjectAcl", PolicyEvaluationDecisionType::ExplicitDeny, Some("role_Deploy_deploy")),
    ] {
        let results = simulate(action).send().await.unwrap().evaluation_results.unwrap();
        assert_eq!((results.len(), &results[0].eval_decision), (1, &decision), "{action}");
        let statements = results[0].matched_statements.as_deref().unwrap();
        assert_eq!(statements.first().and_then(|s| s.source_policy_id.as_deref()), matched, "{action}");
    }
    let results = simulate("sqs:SendMessage").send().await.unwrap().evaluation_results.unwrap();
    assert_eq!(results[0].eval_decision, PolicyEvaluationDecisionType::ImplicitDeny);
    assert_eq!(results[0].missing_context_values.as_deref().unwrap(), ["aws:RequestedRegion"]);
    let region = ContextEntry::builder()
        .context_key_name("aws:RequestedRegion")
        .context_key_type(ContextKeyTypeEnum::String)
        .context_key_values("eu-west-1")
        .build();
    let results = simulate("sqs:SendMessage").context_entries(region).send().await.unwrap().evaluation_results.unwrap();
    assert_eq!(results[0].eval_decision, PolicyEvaluationDecisionType::Allowed);

    let custom = iam.simulate_custom_policy().policy_input_list(allow("s3:*")).action_names("s3:GetObject");
    let limited = custom.permissions_boundary_policy_input_list(allow("sqs:*"));
    let results = limited.send().await.unwrap().evaluation_results.unwrap();
    assert_eq!(results[0].eval_decision, PolicyEvaluationDecisionType::ImplicitDeny);
    assert!(!results[0].permissions_boundary_decision_detail.as_ref().unwrap().allowed_by_permissions_boundary);
}

#[tokio::test]
async fn the_simulator_knows_the_organization() {
    let local = Local::new();
    let account: AccountId = ACCOUNT.parse().unwrap();
    let arn = "arn:aws:iam::111111111111:role/Deploy";
    let all = Document::from_json(&allow("*")).unwrap();
    local.put_role(&arn.parse().unwrap(), &service_trust().unwrap(), &[("deploy", &all)]).unwrap();
    local.put_scps(&account, &[vec![Document::from_json(&allow("iam:*")).unwrap()]]).unwrap();
    let call = of(&local).simulate_principal_policy().policy_source_arn(arn).action_names("s3:GetObject");
    let results = call.send().await.unwrap().evaluation_results.unwrap();
    assert_eq!(results[0].eval_decision, PolicyEvaluationDecisionType::ImplicitDeny);
    assert!(!results[0].organizations_decision_detail.as_ref().unwrap().allowed_by_organizations);
}

#[tokio::test]
async fn the_managed_policies_of_aws_that_are_here_are_listed() {
    let iam = client();
    policy(&iam, "mine", "s3:GetObject").await;
    let listed = iam.list_policies().send().await.unwrap();
    let names: Vec<&str> = listed.policies().iter().filter_map(|policy| policy.policy_name()).collect();
    assert!(names.contains(&"mine") && names.contains(&"AWSCodePipeline_FullAccess"), "{names:?}");
    let of_aws = iam.list_policies().scope(PolicyScopeType::Aws).send().await.unwrap();
    assert_eq!(of_aws.policies().len(), names.len() - 1);
}

#[tokio::test]
async fn all_roles_and_policies_are_read_at_once_page_by_page() {
    use aws_sdk_iam::types::EntityType;

    let iam = client();
    for name in ["Deploy", "Build"] {
        role(&iam, name).await;
    }
    let arn = policy(&iam, "Limit", "s3:*").await;
    iam.attach_role_policy().role_name("Deploy").policy_arn(&arn).send().await.unwrap();
    let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
    iam.put_role_policy().role_name("Deploy").policy_name("inline").policy_document(document).send().await.unwrap();
    let first = iam.get_account_authorization_details().max_items(2).send().await.unwrap();
    let names: Vec<&str> = first.role_detail_list().iter().map(|role| role.role_name().unwrap()).collect();
    assert_eq!((names, first.policies().len(), first.is_truncated), (vec!["Build", "Deploy"], 0, true));
    let deploy = &first.role_detail_list()[1];
    assert_eq!(deploy.attached_managed_policies()[0].policy_arn(), Some(arn.as_str()));
    let inline = deploy.role_policy_list()[0].policy_document().unwrap();
    assert_eq!(
        inline,
        iam.get_role_policy().role_name("Deploy").policy_name("inline").send().await.unwrap().policy_document()
    );
    let rest = iam.get_account_authorization_details().set_marker(first.marker).send().await.unwrap();
    assert_eq!((rest.role_detail_list().len(), rest.is_truncated), (0, false));
    let limit = &rest.policies()[0];
    assert_eq!(
        (limit.arn(), limit.attachment_count, limit.policy_version_list().len()),
        (Some(arn.as_str()), Some(1), 1)
    );
    assert!(limit.policy_version_list()[0].document().unwrap().contains("s3%3A%2A"));
    let of = |kind: EntityType| iam.get_account_authorization_details().filter(kind).send();
    let roles = of(EntityType::Role).await.unwrap();
    assert_eq!((roles.role_detail_list().len(), roles.policies().len()), (2, 0));
    assert_eq!(of(EntityType::User).await.unwrap().role_detail_list().len(), 0);
    let (code, _, message) = refused!(iam.get_account_authorization_details().filter("Policy".into()));
    assert!(code == "ValidationError" && message.contains("enum value set"), "{message}");
}
