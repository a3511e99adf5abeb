//! Accounts that throttle, and credentials that are wrong, expired, or may only read.

use codepipeline_xacct::Topology;
use codepipeline_xacct::aws::{ConnectFailure, PlanError, Session};
use codepipeline_xacct::core::plan::Intent;
use codepipeline_xacct::core::policy::Statement;
use codepipeline_xacct::core::topology::{Account, Ownership, Role, Trust};
use codepipeline_xacct::local::{CallOutcome, Deployer, Fault, Local};
use codepipeline_xacct_aws_tests::*;

fn topology() -> Topology {
    Topology::builder("release").add(Release).build().unwrap()
}

/// Calls that change something.
fn written(local: &Local) -> Vec<String> {
    let reads = ["Get", "List", "Simulate"];
    let calls = local.calls().into_iter().map(|call| call.operation);
    calls
        .filter(|operation| !reads.iter().any(|read| operation.starts_with(read)) && operation != "AssumeRole")
        .collect()
}

/// Roles in one account, as a fan-out over many targets has them.
fn of_roles(number: usize) -> Topology {
    let account =
        Account { item: "Prod".to_owned(), id: "222222222222".parse().unwrap(), partition: "aws".parse().unwrap() };
    let mut builder = Topology::builder("many");
    for n in 0..number {
        let arn = format!("arn:aws:iam::222222222222:role/target-{n}").parse().unwrap();
        let mut role = Role::new(&format!("Target{n}"), Ownership::Managed, arn);
        role.trusts = Some(vec![Trust::WholeAccount(account.clone())]);
        role.statements = vec![Statement::allow(&["codepipeline:GetPipeline"], vec!["*".to_owned()])];
        builder = builder.add(role);
    }
    builder.build().unwrap()
}

#[tokio::test(start_paused = true)]
async fn two_hundred_roles_of_an_account_that_throttles_come_through() {
    for (burst, per_second) in [(100, 20), (60, 10), (20, 5)] {
        let local = Local::new();
        let topology = of_roles(200);
        let session = local.connect(&topology).await.unwrap();
        local.faults().add(Fault::on_any().bucket(burst, per_second).throttle());
        let what = format!("{burst} at once, {per_second} a second");
        let plan = session.plan(&topology).await.unwrap_or_else(|error| panic!("{what}: plan: {error}"));
        assert!(plan.steps().len() >= 200, "{}", plan.steps().len());
        session.apply(&plan).await.unwrap_or_else(|error| panic!("{what}: apply: {error}"));
        assert!(session.plan(&topology).await.unwrap_or_else(|error| panic!("{what}: {error}")).is_empty());
        let throttled = |outcome: &CallOutcome| matches!(outcome, CallOutcome::Failed(code) if code == "Throttling");
        assert!(local.calls().iter().any(|call| throttled(&call.outcome)), "{what}: nothing was throttled");
    }
}

#[tokio::test]
async fn credentials_of_another_account_write_nothing() {
    let local = as_the_console_left_it().unwrap();
    let before = held(&local).unwrap();
    let mut builder = Session::builder();
    for account in topology().accounts() {
        builder = builder.account(account.clone(), local.sdk_config("333333333333", "ap-northeast-1"));
    }
    local.add_account("333333333333").unwrap();
    let error = builder.connect().await.unwrap_err();
    let wrong = |failure: &ConnectFailure| matches!(failure, ConnectFailure::WrongAccount { actual, .. } if actual == "333333333333");
    assert!(error.failures.len() == 2 && error.failures.iter().all(wrong), "{error}");
    assert_eq!((written(&local), held(&local).unwrap()), (Vec::new(), before));
}

#[tokio::test]
async fn expired_credentials_write_nothing_and_both_accounts_are_named_at_once() {
    let local = as_the_console_left_it().unwrap();
    let before = held(&local).unwrap();
    let session = local.connect(&topology()).await.unwrap();
    let plan = session.plan(&topology()).await.unwrap();
    local.faults().add(Fault::on_any().expired_token());
    let error = local.connect(&topology()).await.unwrap_err();
    assert_eq!(error.failures.len(), 2, "{error}");
    let sign_in = "\n  help: sign in to account ";
    assert_eq!(error.to_string().matches(sign_in).count(), 2, "{error}");
    let unread = session.plan(&topology()).await.unwrap_err();
    assert!(matches!(unread, PlanError::Read(_)) && unread.to_string().contains(sign_in), "{unread}");
    let error = session.apply(&plan).await.unwrap_err();
    assert!(error.done.is_empty() && error.to_string().contains("ExpiredToken"), "{error}");
    assert!(error.to_string().contains("nothing was written"), "{error}");
    assert!(error.to_string().contains(sign_in), "{error}");
    assert_eq!(held(&local).unwrap(), before);
    let start = session.start_arn(RELEASE.parse().unwrap()).await.unwrap_err();
    assert!(start.to_string().ends_with("\n  help: sign in to account 111111111111 again"), "{start}");
}

#[tokio::test(start_paused = true)]
async fn an_account_that_asks_for_fewer_calls_is_named_with_what_to_do() {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology()).await.unwrap();
    let plan = session.plan(&topology()).await.unwrap();
    local.faults().add(Fault::on("GetPipeline").throttle());
    let later = |account: &str| format!("\n  help: too many calls are made in account {account}: try again later");
    let unread = session.plan(&topology()).await.unwrap_err().to_string();
    assert!(unread.ends_with(&later("111111111111")), "{unread}");
    local.faults().clear();
    local.faults().add(Fault::on("PutRolePolicy").throttle());
    let error = session.apply(&plan).await.unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with(&format!("{} steps failed:\n", error.failed.len())), "{text}");
    assert!(error.failed.len() > 1 && text.contains(&later("222222222222")), "{text}");
}

async fn read_only(local: &Local) -> Session {
    let mut builder = Session::builder();
    for account in topology().accounts() {
        let config = local.sdk_config_as(account.id.as_str(), "ap-northeast-1", &Deployer::ReadOnly).unwrap();
        builder = builder.account(account.clone(), config);
    }
    builder.connect().await.unwrap()
}

#[tokio::test]
async fn credentials_that_may_only_read_write_nothing_whatever_is_asked_for() {
    let local = as_the_console_left_it().unwrap();
    let administrators = local.connect(&topology()).await.unwrap();
    for operation in ["create", "update", "destroy"] {
        let session = read_only(&local).await;
        let plan = match operation {
            "create" => session.plan(&topology()).exclusive().await,
            "update" => {
                administrators.apply(&administrators.plan(&topology()).await.unwrap()).await.unwrap();
                session.plan(&Topology::builder("release").add(changed::Release).build().unwrap()).exclusive().await
            }
            _ => session.plan(&topology()).intent(Intent::Destroy).exclusive().await,
        };
        let (plan, before) = (plan.unwrap(), held(&local).unwrap());
        local.clear_calls();
        let error = session.apply(&plan).undo_on_failure().await.unwrap_err();
        assert!(error.done.is_empty(), "{operation}: {error}");
        assert_eq!((written(&local), held(&local).unwrap()), (Vec::new(), before), "{operation}");
    }
}
