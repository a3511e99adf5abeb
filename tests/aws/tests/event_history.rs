//! Who changed a pipeline or a role, as the event history of local AWS says, and LookupEvents itself.

use aws_sdk_iam::Client as Iam;
use codepipeline_xacct::aws::Session;
use codepipeline_xacct::core::contract::Term;
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::core::topology::{Account, Subject};
use codepipeline_xacct::local::{CallOutcome, Deployer, Fault, Local};
use codepipeline_xacct_aws_tests::service_trust;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::{World, pipeline, stage};

const B: &str = "222222222222";
const STARTER: &str = "arn:aws:iam::222222222222:role/teams/starter";
const ADMINISTRATOR: &str = "arn:aws:iam::222222222222:user/administrator";

fn document(statements: Value) -> Document {
    Document::from_json(&json!({ "Version": "2012-10-17", "Statement": statements }).to_string()).unwrap()
}

fn all_of(actions: &[&str]) -> Document {
    document(json!([{ "Effect": "Allow", "Action": actions, "Resource": "*" }]))
}

/// Account B with the role that others start its pipeline with.
fn starter() -> Local {
    let local = Local::new();
    local.put_role(&STARTER.parse().unwrap(), &service_trust().unwrap(), &[]).unwrap();
    local
}

async fn session_of(account: &str, config: aws_config::SdkConfig) -> Session {
    let id: codepipeline_xacct::core::ids::AccountId = account.parse().unwrap();
    let account = Account { item: "Prod".to_owned(), id, partition: "aws".parse().unwrap() };
    Session::builder().account(account, config).connect().await.unwrap()
}

async fn session(local: &Local) -> Session {
    session_of(B, local.sdk_config(B, "eu-west-1")).await
}

/// A change, or why none is known, in a line each.
async fn told(session: &Session, of: &str, term: Term, since: Option<&str>) -> Vec<String> {
    let subject: Subject = of.parse().unwrap();
    match session.event_history().changes(&subject, term, since).await {
        Ok(changes) => changes.iter().map(ToString::to_string).collect(),
        Err(why) => vec![why.to_string()],
    }
}

const NOTHING: &str = "CloudTrail has no record of it in the last 90 days";

#[tokio::test]
async fn each_term_of_a_role_is_changed_by_its_own_calls() {
    let local = starter();
    let by_hand = local.sdk_config_as(B, "eu-west-1", &Deployer::With(all_of(&["iam:*"]))).unwrap();
    let (iam, other) = (Iam::new(&local.sdk_config(B, "eu-west-1")), Iam::new(&by_hand));
    let trust = service_trust().unwrap().to_json();
    other.update_assume_role_policy().role_name("starter").policy_document(&trust).send().await.unwrap();
    let put = iam.put_role_policy().role_name("starter").policy_name("start");
    put.policy_document(all_of(&["codepipeline:*"]).to_json()).send().await.unwrap();
    // Neither what reads nor what is refused changes anything.
    iam.get_role().role_name("starter").send().await.unwrap();
    let refused = iam.put_role_policy().role_name("starter").policy_name("start").policy_document("{").send().await;
    assert!(refused.is_err());

    let session = session(&local).await;
    let trust = told(&session, STARTER, Term::Trust, None).await;
    assert_eq!(trust.len(), 1, "{trust:?}");
    assert!(trust[0].starts_with("arn:aws:sts::222222222222:assumed-role/Deployer"), "{trust:?}");
    assert!(trust[0].ends_with("Z (UpdateAssumeRolePolicy)"), "{trust:?}");
    let rights = told(&session, STARTER, Term::Rights, None).await;
    assert_eq!(rights.len(), 1, "{rights:?}");
    assert!(rights[0].starts_with(ADMINISTRATOR) && rights[0].ends_with("(PutRolePolicy)"), "{rights:?}");
    assert_eq!(told(&session, STARTER, Term::Boundary, None).await, [NOTHING]);
    iam.delete_role_policy().role_name("starter").policy_name("start").send().await.unwrap();
    iam.delete_role().role_name("starter").send().await.unwrap();
    let gone = told(&session, STARTER, Term::Existence, None).await;
    assert!(gone[0].starts_with(ADMINISTRATOR) && gone[0].ends_with("(DeleteRole)"), "{gone:?}");
}

#[tokio::test]
async fn a_version_of_a_managed_policy_changes_the_rights_of_those_that_have_it() {
    let local = starter();
    let iam = Iam::new(&local.sdk_config(B, "eu-west-1"));
    let made = iam.create_policy().policy_name("start").policy_document(all_of(&["codepipeline:*"]).to_json());
    let arn = made.send().await.unwrap().policy.unwrap().arn.unwrap();
    let version = all_of(&["codepipeline:Get*"]).to_json();
    let publish = || iam.create_policy_version().policy_arn(&arn).policy_document(&version).set_as_default(true).send();
    publish().await.unwrap();
    let session = session(&local).await;
    assert_eq!(told(&session, STARTER, Term::Rights, None).await, [NOTHING]);
    iam.attach_role_policy().role_name("starter").policy_arn(&arn).send().await.unwrap();
    publish().await.unwrap();
    let rights = told(&session, STARTER, Term::Rights, None).await;
    let operations: Vec<&str> = rights.iter().map(|change| change.rsplit(' ').next().unwrap()).collect();
    assert_eq!(operations, ["(CreatePolicyVersion)", "(AttachRolePolicy)", "(CreatePolicyVersion)"]);
}

#[tokio::test]
async fn a_pipeline_is_changed_by_updates_after_the_contract_was_written() {
    let world = World::new();
    let declaration = pipeline("deploy", "QUEUED", &[stage("Build", &[crate::world::build("Compile", 1)])]);
    world.create(&declaration).await.unwrap();
    let arn = crate::world::arn("deploy").to_string();
    let session = session_of(crate::world::ACCOUNT, world.local.sdk_config(crate::world::ACCOUNT, "eu-west-1")).await;
    let contract = session.contract(&arn.parse().unwrap()).await.unwrap().unwrap();
    let since = contract.origin.updated.as_deref();
    assert_eq!(told(&session, &arn, Term::Variables, since).await, [NOTHING]);
    assert!(told(&session, &arn, Term::Variables, None).await[0].ends_with("(CreatePipeline)"));
    for _ in 0..60 {
        let there = world.client.get_pipeline().name("deploy").send().await.unwrap().pipeline.unwrap();
        world.client.update_pipeline().pipeline(there).send().await.unwrap();
    }
    let told = told(&session, &arn, Term::Variables, since).await;
    assert_eq!(told.len(), 3, "the newest: {told:?}");
    assert!(
        told.iter().all(|change| change.ends_with("(UpdatePipeline)")) && told.is_sorted_by(|a, b| a > b),
        "{told:?}"
    );
}

#[tokio::test]
async fn an_older_change_of_one_role_is_found_behind_those_of_others() {
    let local = starter();
    let iam = Iam::new(&local.sdk_config(B, "eu-west-1"));
    let other = "arn:aws:iam::222222222222:role/other";
    local.put_role(&other.parse().unwrap(), &service_trust().unwrap(), &[]).unwrap();
    let trust = service_trust().unwrap().to_json();
    let update = |role: &'static str| iam.update_assume_role_policy().role_name(role).policy_document(&trust).send();
    update("starter").await.unwrap();
    for _ in 0..70 {
        update("other").await.unwrap();
    }
    let session = session(&local).await;
    local.clear_calls();
    let history = session.event_history();
    let starter = history.changes(&STARTER.parse().unwrap(), Term::Trust, None).await.unwrap();
    assert_eq!(starter.len(), 1);
    history.changes(&other.parse().unwrap(), Term::Trust, None).await.unwrap();
    let asked = local.calls().iter().filter(|call| call.operation == "LookupEvents").count();
    assert_eq!(asked, 3, "two pages of UpdateAssumeRolePolicy and one of CreateRole, for both roles");
}

#[tokio::test(start_paused = true)]
async fn why_nothing_is_known_fits_half_a_line() {
    let local = starter();
    let reader = local.sdk_config_as(B, "eu-west-1", &Deployer::ReadOnly).unwrap();
    let denied = session_of(B, reader).await;
    let message = "AccessDeniedException (cloudtrail:LookupEvents)";
    assert_eq!(told(&denied, STARTER, Term::Trust, None).await, [message]);
    let session = session(&local).await;
    local.faults().add(Fault::on("LookupEvents").throttle());
    let message = "ThrottlingException (cloudtrail:LookupEvents)";
    assert_eq!(told(&session, STARTER, Term::Trust, None).await, [message]);
    let throttled = CallOutcome::Failed("ThrottlingException".to_owned());
    assert!(local.calls().iter().filter(|call| call.outcome == throttled).count() > 3, "it is asked again first");
    let another = "arn:aws:iam::333333333333:role/starter";
    let told = told(&session, another, Term::Trust, None).await;
    assert!(told[0].starts_with("there is no client for account 333333333333") && !told[0].contains('\n'), "{told:?}");
}

/// The answer to a request as it comes over a socket.
async fn looked_up(server: &codepipeline_xacct::local::Server, key: &str, input: &Value) -> Value {
    let body = input.to_string();
    let request = format!(
        "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/x-amz-json-1.1\r\nx-amz-target: CloudTrail_20131101.LookupEvents\r\nauthorization: AWS4-HMAC-SHA256 Credential={key}/20260101/us-east-1/cloudtrail/aws4_request, SignedHeaders=host, Signature=0\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn the_event_history_is_served_page_by_page_without_the_parameters_of_calls() {
    let local = starter();
    let iam = Iam::new(&local.sdk_config(B, "eu-west-1"));
    for name in ["one", "two", "three"] {
        let put = iam.put_role_policy().role_name("starter").policy_name(name);
        put.policy_document(all_of(&["s3:hunter2"]).to_json()).send().await.unwrap();
    }
    let server = local.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    let key = local.access_key(B).unwrap();
    let by = |key: &str, value: &str| json!([{ "AttributeKey": key, "AttributeValue": value }]);
    let input = json!({ "MaxResults": 2, "LookupAttributes": by("ResourceName", "starter") });
    let first = looked_up(&server, &key, &input).await;
    assert_eq!(first["Events"].as_array().unwrap().len(), 2, "{first:#}");
    assert!(!first.to_string().contains("hunter2"), "{first:#}");
    let event = &first["Events"][0];
    assert_eq!((&event["EventName"], &event["Username"]), (&json!("PutRolePolicy"), &json!("administrator")));
    assert_eq!(event["Resources"], json!([{ "ResourceType": "AWS::IAM::Role", "ResourceName": "starter" }]));
    let record: Value = serde_json::from_str(event["CloudTrailEvent"].as_str().unwrap()).unwrap();
    assert_eq!(record["userIdentity"], json!({ "type": "IAMUser", "arn": ADMINISTRATOR, "accountId": B }));
    let next = json!({ "NextToken": first["NextToken"], "LookupAttributes": by("ResourceName", "starter") });
    let rest = looked_up(&server, &key, &next).await;
    assert_eq!((rest["Events"].as_array().unwrap().len(), &rest["NextToken"]), (1, &Value::Null), "{rest:#}");
    for (key_and_value, found) in [
        (by("EventName", "PutRolePolicy"), 3),
        (by("EventSource", "iam.amazonaws.com"), 3),
        (by("ResourceType", "AWS::IAM::Role"), 3),
        (by("Username", "administrator"), 3),
        (by("ReadOnly", "false"), 3),
        (by("EventId", event["EventId"].as_str().unwrap()), 1),
        (by("ResourceName", "other"), 0),
    ] {
        let answer = looked_up(&server, &key, &json!({ "LookupAttributes": key_and_value })).await;
        assert_eq!(answer["Events"].as_array().unwrap().len(), found, "{key_and_value}");
    }
    let both = json!([by("EventName", "a")[0], by("EventName", "b")[0]]);
    for (input, code) in [
        (json!({ "LookupAttributes": both }), "InvalidLookupAttributesException"),
        (json!({ "LookupAttributes": by("Name", "a") }), "InvalidLookupAttributesException"),
        (json!({ "MaxResults": 51 }), "InvalidMaxResultsException"),
        (json!({ "NextToken": "x" }), "InvalidNextTokenException"),
        (json!({ "StartTime": 2, "EndTime": 1 }), "InvalidTimeRangeException"),
        (json!({ "EventCategory": "insight" }), "NotSupportedByLocalAws"),
    ] {
        let answer = looked_up(&server, &key, &input).await;
        assert!(answer["__type"].as_str().is_some_and(|type_of| type_of.ends_with(code)), "{input} {answer}");
    }
    // It stays with the state, and ends after 90 days.
    let again = Local::from_json(&local.to_json().unwrap()).unwrap();
    let session = session(&again).await;
    assert_eq!(told(&session, STARTER, Term::Rights, None).await.len(), 3);
    again.let_pass(std::time::Duration::from_secs(91 * 24 * 60 * 60));
    assert_eq!(told(&session, STARTER, Term::Rights, None).await, [NOTHING]);
}
