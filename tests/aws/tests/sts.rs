//! STS of local AWS, called through the SDK's own client.

use aws_sdk_sts::Client;
use aws_sdk_sts::error::ProvideErrorMetadata;
use aws_sdk_sts::types::{PolicyDescriptorType, Tag};
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::local::{Deployer, Local};
use codepipeline_xacct_aws_tests::*;

const ACCOUNT: &str = "111111111111";
const ROLE: &str = "arn:aws:iam::111111111111:role/team/Deploy";

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

fn document(text: &str) -> Document {
    Document::from_json(text).unwrap()
}

/// The trust of the account for everything that assuming takes, with a condition.
fn trusting(condition: &str) -> Document {
    document(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{ACCOUNT}"}},
            "Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]{condition}}}]}}"#
    ))
}

fn everything() -> Document {
    document(r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#)
}

fn local(trust: &Document) -> Local {
    let local = Local::new();
    local.add_account(ACCOUNT).unwrap();
    local.put_role(&ROLE.parse().unwrap(), trust, &[("all", &everything())]).unwrap();
    local
}

fn administrator(local: &Local) -> Client {
    Client::new(&local.sdk_config(ACCOUNT, "us-east-1"))
}

/// The configuration of an administrator, with the credentials of a session.
fn with(local: &Local, session: &aws_sdk_sts::types::Credentials) -> aws_config::SdkConfig {
    let credentials = aws_credential_types::Credentials::new(
        &session.access_key_id,
        &session.secret_access_key,
        Some(session.session_token.clone()),
        None,
        "test",
    );
    let provider = aws_credential_types::provider::SharedCredentialsProvider::new(credentials);
    local.sdk_config(ACCOUNT, "us-east-1").into_builder().credentials_provider(provider).build()
}

#[tokio::test]
async fn everybody_may_ask_who_they_are() {
    let local = local(&trusting(""));
    let sts = administrator(&local);
    let administrator = sts.get_caller_identity().send().await.unwrap();
    assert_eq!(administrator.arn.as_deref(), Some("arn:aws:iam::111111111111:user/administrator"));
    let nobody = Client::new(&local.sdk_config_as(ACCOUNT, "us-east-1", &Deployer::Nobody).unwrap());
    let who = nobody.get_caller_identity().send().await.unwrap();
    assert_eq!(who.account.as_deref(), Some(ACCOUNT));
    assert!(who.arn.unwrap().starts_with("arn:aws:sts::111111111111:assumed-role/Deployer"));
    let assumed = sts.assume_role().role_arn(ROLE).role_session_name("one").send().await.unwrap();
    let session = Client::new(&with(&local, &assumed.credentials.unwrap())).get_caller_identity().send().await.unwrap();
    let user = assumed.assumed_role_user.unwrap();
    assert_eq!(session.arn.as_deref(), Some("arn:aws:sts::111111111111:assumed-role/Deploy/one"));
    assert_eq!((session.arn.unwrap(), session.user_id.unwrap()), (user.arn, user.assumed_role_id));
}

#[tokio::test]
async fn an_external_id_is_what_the_trust_asks_for() {
    let local = local(&trusting(r#","Condition":{"StringEquals":{"sts:ExternalId":"secret"}}"#));
    let assume = || administrator(&local).assume_role().role_arn(ROLE).role_session_name("one");
    let denied = is(
        "AccessDenied",
        403,
        "User: arn:aws:iam::111111111111:user/administrator is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111111111111:role/team/Deploy",
    );
    assert_eq!(refused!(assume()), denied);
    assert_eq!(refused!(assume().external_id("guess")), denied);
    assume().external_id("secret").send().await.unwrap();
    assert_eq!(refused!(assume().external_id("se cret")).0, "ValidationError");
}

#[tokio::test]
async fn a_session_name_has_a_pattern() {
    let local = local(&trusting(""));
    let assume = |name: &str| administrator(&local).assume_role().role_arn(ROLE).role_session_name(name);
    assert_eq!(
        refused!(assume("a b")),
        is(
            "ValidationError",
            400,
            "1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*"
        )
    );
    assert_eq!(
        refused!(assume("a")),
        is(
            "ValidationError",
            400,
            "1 validation error detected: Value 'a' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2"
        )
    );
}

#[tokio::test]
async fn a_session_lasts_as_long_as_its_role_allows_and_an_hour_in_a_chain() {
    let local = local(&trusting(""));
    let sts = administrator(&local);
    let assume = |sts: &Client| sts.assume_role().role_arn(ROLE).role_session_name("one");
    let too_long = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    assert_eq!(refused!(assume(&sts).duration_seconds(3601)), is("ValidationError", 400, too_long));
    assert_eq!(refused!(assume(&sts).duration_seconds(899)).0, "ValidationError");
    let iam = aws_sdk_iam::Client::new(&local.sdk_config(ACCOUNT, "us-east-1"));
    iam.update_role().role_name("Deploy").max_session_duration(43_200).send().await.unwrap();
    let first = assume(&sts).duration_seconds(43_200).send().await.unwrap().credentials.unwrap();
    let chained = Client::new(&with(&local, &first));
    let chain = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.";
    assert_eq!(refused!(assume(&chained).duration_seconds(3601)), is("ValidationError", 400, chain));
    let second = assume(&chained).duration_seconds(3600).send().await.unwrap().credentials.unwrap();
    // A request takes a second.
    assert_eq!(first.expiration.secs() - second.expiration.secs(), 43_200 - 3600 - 2);
}

#[tokio::test]
async fn an_administrator_is_a_user_of_the_account() {
    let user = format!("arn:aws:iam::{ACCOUNT}:user/administrator");
    // By the account, which leaves it to the user's policies, and by name, with the keys of a user.
    for (principal, condition, allowed) in [
        (ACCOUNT.to_owned(), r#","Condition":{"StringEquals":{"aws:username":"administrator"}}"#, true),
        (format!("arn:aws:iam::{ACCOUNT}:root"), r#","Condition":{"StringEquals":{"aws:PrincipalType":"User"}}"#, true),
        (user.clone(), "", true),
        (user.clone(), r#","Condition":{"StringEquals":{"aws:PrincipalType":"Account"}}"#, false),
    ] {
        let trusting = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"sts:AssumeRole"{condition}}}]}}"#
        );
        let local = local(&document(&trusting));
        let sent = administrator(&local).assume_role().role_arn(ROLE).role_session_name("one").send().await;
        assert_eq!(sent.is_ok(), allowed, "{trusting}");
    }
    let local = local(&trusting(""));
    let iam = aws_sdk_iam::Client::new(&local.sdk_config(ACCOUNT, "us-east-1"));
    let trusted = trust(&format!(r#"{{"AWS":"arn:aws:iam::{ACCOUNT}:user/nobody"}}"#)).unwrap().to_json();
    let call = iam.create_role().role_name("Other").assume_role_policy_document(trusted);
    assert_eq!(refused!(call).0, "MalformedPolicyDocument");
    let given = administrator(&local).get_session_token().send().await.unwrap().credentials.unwrap();
    local.let_pass(std::time::Duration::from_secs(43_000));
    Client::new(&with(&local, &given)).get_caller_identity().send().await.unwrap();
    local.let_pass(std::time::Duration::from_secs(200));
    assert_eq!(refused!(Client::new(&with(&local, &given)).get_caller_identity()).0, "ExpiredToken");
}

#[tokio::test]
async fn an_expired_session_is_refused_by_every_service() {
    let local = local(&trusting(""));
    let sts = administrator(&local);
    let call = sts.assume_role().role_arn(ROLE).role_session_name("one").duration_seconds(900);
    let credentials = call.send().await.unwrap().credentials.unwrap();
    let config = with(&local, &credentials);
    let (session, iam) = (Client::new(&config), aws_sdk_iam::Client::new(&config));
    for _ in 0..899 {
        session.get_caller_identity().send().await.unwrap();
    }
    let expired = is("ExpiredToken", 403, "The security token included in the request is expired");
    assert_eq!(refused!(session.get_caller_identity()), expired);
    assert_eq!(refused!(session.assume_role().role_arn(ROLE).role_session_name("two")), expired);
    assert_eq!(refused!(iam.list_roles()), expired);
    let codepipeline = aws_sdk_codepipeline::Client::new(&config);
    let (code, status, _) = refused!(codepipeline.get_pipeline().name("x"));
    assert_eq!((code.as_str(), status), ("ExpiredTokenException", 400));
}

#[tokio::test]
async fn a_session_of_a_role_that_was_made_anew_is_of_another_role() {
    let local = local(&trusting(""));
    let call = administrator(&local).assume_role().role_arn(ROLE).role_session_name("one");
    let config = with(&local, &call.send().await.unwrap().credentials.unwrap());
    let iam = aws_sdk_iam::Client::new(&local.sdk_config(ACCOUNT, "us-east-1"));
    iam.delete_role_policy().role_name("Deploy").policy_name("all").send().await.unwrap();
    iam.delete_role().role_name("Deploy").send().await.unwrap();
    local.put_role(&ROLE.parse().unwrap(), &trusting(""), &[("all", &everything())]).unwrap();
    assert_eq!(
        refused!(aws_sdk_iam::Client::new(&config).list_roles()),
        is("InvalidClientTokenId", 403, "The security token included in the request is invalid.")
    );
}

#[tokio::test]
async fn session_policies_only_limit() {
    let local = local(&trusting(""));
    let iam = aws_sdk_iam::Client::new(&local.sdk_config(ACCOUNT, "us-east-1"));
    let reads = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:Get*","Resource":"*"}]}"#;
    let policy = iam.create_policy().policy_name("reads").policy_document(reads).send().await.unwrap().policy.unwrap();
    let sts = administrator(&local);
    let assume = || sts.assume_role().role_arn(ROLE).role_session_name("one");
    let descriptor = PolicyDescriptorType::builder().arn(policy.arn.unwrap()).build();
    for call in [assume().policy(reads), assume().policy_arns(descriptor)] {
        let config = with(&local, &call.send().await.unwrap().credentials.unwrap());
        let iam = aws_sdk_iam::Client::new(&config);
        iam.get_role().role_name("Deploy").send().await.unwrap();
        assert_eq!(
            refused!(iam.list_roles()),
            is(
                "AccessDenied",
                403,
                "User: arn:aws:sts::111111111111:assumed-role/Deploy/one is not authorized to perform: iam:ListRoles on resource: arn:aws:iam::111111111111:role/ because no session policy allows the iam:ListRoles action"
            )
        );
    }
    let (code, status, _) = refused!(assume().policy("{"));
    assert_eq!((code.as_str(), status), ("MalformedPolicyDocument", 400));
}

#[tokio::test]
async fn transitive_tags_and_the_source_identity_stay_in_a_chain() {
    let condition = r#","Condition":{"StringEquals":{"aws:RequestTag/team":"blue","sts:SourceIdentity":"jane"}}"#;
    let local = local(&trusting(condition));
    let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build().unwrap();
    let sts = administrator(&local);
    let assume = |sts: &Client| sts.assume_role().role_arn(ROLE).role_session_name("one");
    assert_eq!(refused!(assume(&sts)).0, "AccessDenied");
    let call = assume(&sts).tags(tag("team", "blue")).tags(tag("cost", "1")).source_identity("jane");
    let first = call.transitive_tag_keys("team").send().await.unwrap();
    assert_eq!(first.source_identity.as_deref(), Some("jane"));
    let chained = Client::new(&with(&local, &first.credentials.unwrap()));
    let second = assume(&chained).send().await.unwrap();
    assert_eq!(second.source_identity.as_deref(), Some("jane"));
    let (code, _, message) = refused!(assume(&chained).source_identity("joe"));
    assert_eq!(code, "AccessDenied");
    assert!(message.contains("sts:SetSourceIdentity"), "{message}");
    assert_eq!(refused!(assume(&chained).tags(tag("TEAM", "red"))).0, "InvalidParameterValue");
}

#[tokio::test]
async fn tags_need_a_trust_that_lets_them_be_set() {
    let local = local(&trust(&format!(r#"{{"AWS":"{ACCOUNT}"}}"#)).unwrap());
    let call = administrator(&local).assume_role().role_arn(ROLE).role_session_name("one");
    call.clone().send().await.unwrap();
    let tag = Tag::builder().key("team").value("blue").build().unwrap();
    let (code, _, message) = refused!(call.tags(tag));
    assert_eq!(code, "AccessDenied");
    assert!(message.contains("is not authorized to perform: sts:TagSession on resource"), "{message}");
}

#[tokio::test]
async fn temporary_credentials_of_an_administrator_have_no_iam_and_expire() {
    let local = local(&trusting(""));
    let sts = administrator(&local);
    assert_eq!(
        refused!(sts.get_session_token().duration_seconds(899)).2,
        "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900"
    );
    assert_eq!(refused!(sts.get_session_token().serial_number("mfa").token_code("123456")).0, "NotSupportedByLocalAws");
    let given = sts.get_session_token().duration_seconds(900).send().await.unwrap().credentials.unwrap();
    let config = with(&local, &given);
    let temporary = Client::new(&config);
    let who = temporary.get_caller_identity().send().await.unwrap();
    assert_eq!(who.arn.as_deref(), Some("arn:aws:iam::111111111111:user/administrator"));
    temporary.assume_role().role_arn(ROLE).role_session_name("one").send().await.unwrap();
    let pipelines = aws_sdk_codepipeline::Client::new(&config);
    assert!(pipelines.list_pipelines().send().await.unwrap().pipelines().is_empty());
    let unknown = || is("InvalidClientTokenId", 403, "The security token included in the request is invalid.");
    assert_eq!(refused!(aws_sdk_iam::Client::new(&config).list_roles()), unknown());
    assert_eq!(refused!(temporary.get_access_key_info().access_key_id("AKIALOCAL111111111111")), unknown());
    local.let_pass(std::time::Duration::from_secs(900));
    assert_eq!(refused!(temporary.get_caller_identity()).0, "ExpiredToken");
}

#[tokio::test]
async fn the_other_operations_answer_or_refuse() {
    let local = local(&trusting(""));
    let sts = administrator(&local);
    let call = sts.assume_role().role_arn(ROLE).role_session_name("one");
    let credentials = call.send().await.unwrap().credentials.unwrap();
    let info = sts.get_access_key_info().access_key_id(&credentials.access_key_id).send().await.unwrap();
    assert_eq!(info.account.as_deref(), Some(ACCOUNT));
    let session = Client::new(&with(&local, &credentials));
    assert_eq!(
        refused!(session.get_session_token()),
        is("AccessDenied", 403, "Cannot call GetSessionToken with session credentials")
    );
    assert_eq!(
        refused!(sts.decode_authorization_message().encoded_message("x")).0,
        "InvalidAuthorizationMessageException"
    );
}

#[tokio::test]
async fn the_key_of_a_session_needs_its_token_in_every_service() {
    let local = local(&trusting(""));
    let given = administrator(&local).get_session_token().send().await.unwrap().credentials.unwrap();
    let who = |token: &str| Client::new(&with(&local, &given_with(&given, token)));
    let pipelines = |token: &str| aws_sdk_codepipeline::Client::new(&with(&local, &given_with(&given, token)));
    who(&given.session_token).get_caller_identity().send().await.unwrap();
    pipelines(&given.session_token).list_pipelines().send().await.unwrap();
    for token in ["", "x"] {
        let invalid = "The security token included in the request is invalid.";
        assert_eq!(refused!(who(token).get_caller_identity()), is("InvalidClientTokenId", 403, invalid));
        let listed = refused!(pipelines(token).list_pipelines());
        assert_eq!(listed, is("UnrecognizedClientException", 400, invalid));
    }
    let credentials = aws_credential_types::Credentials::new(given.access_key_id, "local", None, None, "test");
    let provider = aws_credential_types::provider::SharedCredentialsProvider::new(credentials);
    let config = local.sdk_config(ACCOUNT, "us-east-1").into_builder().credentials_provider(provider).build();
    assert_eq!(refused!(Client::new(&config).get_caller_identity()).0, "InvalidClientTokenId");
}

/// Credentials with another token.
fn given_with(given: &aws_sdk_sts::types::Credentials, token: &str) -> aws_sdk_sts::types::Credentials {
    let mut given = given.clone();
    given.session_token = token.to_owned();
    given
}

#[tokio::test]
async fn a_session_of_a_role_is_a_principal_while_its_role_is_there() {
    let local = local(&trusting(""));
    let iam = aws_sdk_iam::Client::new(&local.sdk_config(ACCOUNT, "us-east-1"));
    let create = async |name: &str, session: &str| {
        let principal = format!(r#"{{"AWS":"arn:aws:sts::{ACCOUNT}:assumed-role/{session}"}}"#);
        let document = trust(&principal).unwrap().to_json();
        let sent = iam.create_role().role_name(name).assume_role_policy_document(document).send().await;
        sent.map(drop).map_err(|error| error.into_service_error().code().unwrap().to_owned())
    };
    assert_eq!(create("Act", "Deploy/one").await, Ok(()));
    for wrong in ["nobody/one", "team/Deploy/one", "Deploy", "Deploy/"] {
        assert_eq!(create("Other", wrong).await, Err("MalformedPolicyDocument".to_owned()), "{wrong}");
    }
    // Only the session of that name is let in.
    for (name, allowed) in [("one", true), ("other", false)] {
        let given = administrator(&local).assume_role().role_arn(ROLE).role_session_name(name).send().await;
        let session = Client::new(&with(&local, &given.unwrap().credentials.unwrap()));
        let act = format!("arn:aws:iam::{ACCOUNT}:role/Act");
        let sent = session.assume_role().role_arn(act).role_session_name("two").send().await;
        assert_eq!(sent.is_ok(), allowed, "{name}");
    }
}
