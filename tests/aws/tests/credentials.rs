//! Credentials as people have them: roles that are assumed, chains, external ids, MFA devices, and credentials that end.

use std::io;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use codepipeline_xacct::Topology;
use codepipeline_xacct::aws::{AssumedRole, ConnectFailure, Credentials, Event, SdkConfig, Session};
use codepipeline_xacct::core::ids::RoleArn;
use codepipeline_xacct::core::policy::{Document, Statement};
use codepipeline_xacct::local::{Fault, Local};
use codepipeline_xacct_aws_tests::*;

const A: &str = "111111111111";
const B: &str = "222222222222";
const DEVICE: &str = "arn:aws:iam::111111111111:mfa/ana";
const CODE: &str = "123456";

fn topology() -> Topology {
    Topology::builder("release").add(Release).build().unwrap()
}

/// A role with which everything may be done; the trust policy is one statement.
fn deployer(local: &Local, account: &str, trust: &str) -> RoleArn {
    let role: RoleArn = format!("arn:aws:iam::{account}:role/deployer").parse().unwrap();
    let trust = Document::from_json(&format!(r#"{{"Version":"2012-10-17","Statement":[{trust}]}}"#)).unwrap();
    let all = Document::new(vec![Statement::allow(&["*"], vec!["*".to_owned()])]);
    local.put_role(&role, &trust, &[("all", &all)]).unwrap();
    role
}

fn trusting(principal: &str, condition: &str) -> String {
    format!(r#"{{"Effect":"Allow","Principal":{{"AWS":"{principal}"}},"Action":"sts:AssumeRole"{condition}}}"#)
}

const ONLY_RELEASE: &str = r#","Condition":{"StringEquals":{"sts:ExternalId":"release"}}"#;

#[tokio::test]
async fn a_chain_of_roles_with_an_external_id_applies() {
    let local = as_the_console_left_it().unwrap();
    let hub = deployer(&local, A, &trusting("arn:aws:iam::111111111111:root", ""));
    let spoke = deployer(&local, B, &trusting(&hub.to_string(), ONLY_RELEASE));
    let hub = Credentials::from(local.sdk_config(A, "us-east-1")).assume(hub);
    let connect = |spoke: AssumedRole| {
        let builder = Session::builder().credentials::<Tooling>(hub.clone());
        builder.credentials::<Prod>(hub.clone().assume(spoke)).connect()
    };
    let spoke = AssumedRole::new(spoke);
    // Without the external id, the account is named, and what STS says.
    let error = connect(spoke.clone()).await.unwrap_err();
    let [ConnectFailure::Aws { item, .. }] = &error.failures[..] else { panic!("{error}") };
    assert_eq!(item, "Prod");
    assert!(error.to_string().contains("is not authorized to perform: sts:AssumeRole"), "{error}");
    assert!(error.to_string().contains(":assumed-role/deployer/codepipeline-xacct"), "{error}");

    let session = connect(spoke.clone().external_id("release").session_name("ci")).await.unwrap();
    let plan = session.plan(&topology()).await.unwrap();
    session.apply(&plan).await.unwrap();
    assert!(session.plan(&topology()).await.unwrap().is_empty());
    let debug = format!("{session:?} {hub:?} {:?}", hub.clone().assume(spoke.external_id("secret-id")));
    assert!(!debug.contains("secret-id"), "{debug}");
}

/// Local AWS with an MFA device: its code is checked, and the rest is local AWS's GetSessionToken.
#[derive(Debug, Clone)]
struct WithDevice(Local);

impl HttpClient for WithDevice {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for WithDevice {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let body = String::from_utf8(request.body().bytes().unwrap_or_default().to_vec()).unwrap();
        if body.contains("Action=GetSessionToken") {
            let fields =
                body.split('&').filter(|field| !field.starts_with("SerialNumber=") && !field.starts_with("TokenCode="));
            let device = body.contains(&format!("SerialNumber={}", DEVICE.replace(':', "%3A").replace('/', "%2F")));
            if !device || !body.contains(&format!("TokenCode={CODE}")) {
                let refused = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>MultiFactorAuthentication failed with invalid MFA one time pass code. </Message></Error><RequestId>1</RequestId></ErrorResponse>";
                return HttpConnectorFuture::ready(Ok(HttpResponse::new(
                    403.try_into().unwrap(),
                    SdkBody::from(refused),
                )));
            }
            let body = fields.collect::<Vec<_>>().join("&");
            request.headers_mut().insert("content-length", body.len().to_string());
            *request.body_mut() = SdkBody::from(body);
        }
        let answer = self.0.call(request);
        HttpConnectorFuture::new(answer)
    }
}

fn with_device(local: &Local) -> SdkConfig {
    local.sdk_config(A, "us-east-1").to_builder().http_client(WithDevice(local.clone())).build()
}

#[tokio::test]
async fn one_code_of_an_mfa_device_serves_all_accounts() {
    let local = as_the_console_left_it().unwrap();
    let root = "arn:aws:iam::111111111111:root";
    let (hub, spoke) = (deployer(&local, A, &trusting(root, "")), deployer(&local, B, &trusting(root, "")));
    let ana = Credentials::from(with_device(&local)).mfa(DEVICE);
    let asked = Arc::new(Mutex::new(Vec::new()));
    let builder = |code: &'static str| {
        let asked = Arc::clone(&asked);
        let ask = move |device: &str| {
            asked.lock().unwrap().push(device.to_owned());
            Ok(format!("{code}\n"))
        };
        let builder = Session::builder().mfa_code(ask).credentials::<Tooling>(ana.clone().assume(hub.clone()));
        builder.credentials::<Prod>(ana.clone().assume(spoke.clone()))
    };
    // A wrong code: both accounts lack credentials, and nothing of the code is in the message.
    let error = builder("000000").connect().await.unwrap_err().to_string();
    assert_eq!(
        error.lines().next().unwrap(),
        format!(
            "account `Tooling` ({A}) has no credentials: MFA device `{DEVICE}`: MultiFactorAuthentication failed with invalid MFA one time pass code. "
        )
    );
    assert!(!error.contains("000000"), "{error}");
    asked.lock().unwrap().clear();

    let session = builder(CODE).connect().await.unwrap();
    assert_eq!(*asked.lock().unwrap(), [DEVICE]);
    let plan = session.plan(&topology()).await.unwrap();
    session.apply(&plan).await.unwrap();
}

#[tokio::test]
async fn without_anybody_to_ask_the_account_is_named() {
    let local = as_the_console_left_it().unwrap();
    let ana = || Credentials::from(with_device(&local)).mfa(DEVICE);
    let error = Session::builder().credentials::<Tooling>(ana()).connect().await.unwrap_err().to_string();
    let nobody = format!("no MFA prompt is configured to ask for the code of device `{DEVICE}`");
    assert_eq!(
        error,
        format!("account `Tooling` ({A}) has no credentials: {nobody}\n  help: connect again; nothing was written")
    );
    let gone = |_: &str| Err(io::Error::other("there is no terminal to ask on"));
    let error =
        Session::builder().mfa_code(gone).credentials::<Tooling>(ana()).connect().await.unwrap_err().to_string();
    assert!(
        error.contains(&format!("there is no code of MFA device `{DEVICE}`: there is no terminal to ask on")),
        "{error}"
    );
    let blank = |_: &str| Ok(" \n".to_owned());
    let error =
        Session::builder().mfa_code(blank).credentials::<Tooling>(ana()).connect().await.unwrap_err().to_string();
    assert!(error.contains("nothing was given"), "{error}");
}

#[tokio::test]
async fn expired_credentials_of_all_accounts_are_named_before_anything_is_written() {
    let local = as_the_console_left_it().unwrap();
    local.faults().add(Fault::on("GetCallerIdentity").expired_token());
    let error = local.connect(&topology()).await.unwrap_err().to_string();
    for account in ["`Tooling`", "`Prod`"] {
        assert!(error.contains(account), "{error}");
    }
    assert_eq!(error.matches("ExpiredToken").count(), 2, "{error}");
}

#[tokio::test]
async fn credentials_that_end_in_the_middle_leave_a_state_from_which_a_new_plan_goes_on() {
    let (mut stopped, mut left) = (0, 0);
    for (account, after) in [A, B].into_iter().flat_map(|account| (0..8).map(move |after| (account, after))) {
        let local = as_the_console_left_it().unwrap();
        let notes = tempfile::tempdir().unwrap();
        let session = local.connect(&topology()).await.unwrap();
        let plan = session.plan(&topology()).exclusive().await.unwrap();
        let done = Mutex::new(0);
        let on_event = |event: Event| {
            let mut done = done.lock().unwrap();
            *done += usize::from(matches!(event, Event::Done(_)));
            if *done == after {
                local.faults().add(Fault::on_any().account(account).expired_token());
            }
        };
        let applied = session.apply(&plan).on_event(on_event).lease_notes(notes.path()).await;
        local.faults().clear();
        if let Err(error) = applied {
            stopped += 1;
            assert!(error.to_string().contains("ExpiredToken"), "{after}: {error}");
            let rest = session.plan(&topology()).exclusive().await.unwrap();
            assert_eq!(rest.steps().len() + error.done.len(), plan.steps().len(), "{after}: {error}\n{rest}");
            if !error.leases_left.is_empty() {
                left += 1;
                assert!(
                    error.to_string().contains(
                        "help: run the same command, or any apply in the same folder, to continue immediately"
                    ),
                    "{after}: {error}"
                );
                let elsewhere = session.apply(&rest).await.unwrap_err();
                assert!(elsewhere.to_string().contains("another apply of the topology is in progress"), "{elsewhere}");
            }
            session.apply(&rest).lease_notes(notes.path()).await.unwrap();
            assert!(!local.to_json().unwrap().contains("codepipeline-xacct:lease:"), "{after}: {error}");
            assert_eq!(std::fs::read_dir(notes.path()).unwrap().count(), 0, "{after}: {error}");
        }
        assert!(session.plan(&topology()).await.unwrap().is_empty(), "{after}");
    }
    assert!(stopped > 4 && left > 2, "{stopped} {left}");
}
