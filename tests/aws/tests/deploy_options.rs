//! Options of a program that deploys, to the success of what they are for.

use aws_sdk_codepipeline::types::StageTransitionType;
use codepipeline_xacct::aws::Session;
use codepipeline_xacct::core::declaration::PipelineDocument;
use codepipeline_xacct::core::ids::{PipelineArn, RoleArn};
use codepipeline_xacct::core::plan::TOPOLOGY_TAG;
use codepipeline_xacct::local::Local;
use codepipeline_xacct::{Findings, Topology};
use codepipeline_xacct_aws_tests::*;

use crate::deploy::{Ran, ran_with};
use crate::in_flight;

fn topology() -> Result<Topology, Findings> {
    Topology::builder("release").add(Release).build()
}

/// B's pipeline alone: A, whose pipeline calls it, is no longer in the program.
fn smaller() -> Result<Topology, Findings> {
    Topology::builder("release").add(Deploy).build()
}

async fn ran(session: &Session, args: &[&str]) -> Ran {
    ran_with(topology(), session, args, None).await
}

/// Local AWS in which the topology was applied.
async fn applied() -> (Local, Session) {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology().unwrap()).await.unwrap();
    let apply = ran(&session, &["apply", "--yes"]).await;
    assert_eq!(apply.code, 0, "{apply:?}");
    (local, session)
}

fn iam(local: &Local, account: &str) -> aws_sdk_iam::Client {
    aws_sdk_iam::Client::new(&local.sdk_config(account, "us-east-1"))
}

/// Whether local AWS holds something.
fn is_there(local: &Local, arn: &str) -> bool {
    held(local).unwrap().contains_key(arn)
}

#[tokio::test]
async fn what_nobody_manages_is_taken_over_by_its_arn() {
    let (there, _) = applied().await;
    let local = as_the_console_left_it().unwrap();
    let (role, pipeline): (RoleArn, PipelineArn) = (INVOKER.parse().unwrap(), DEPLOY.parse().unwrap());
    local.put_role(&role, &service_trust().unwrap(), &[]).unwrap();
    let service = "arn:aws:iam::222222222222:role/hoge1005command-service";
    local.put_role(&service.parse().unwrap(), &service_trust().unwrap(), &[]).unwrap();
    let mut declaration = there.pipeline(&pipeline).unwrap();
    declaration.variables = None;
    local.put_pipeline(&pipeline, &PipelineDocument { pipeline: declaration, ..Default::default() }).unwrap();
    let session = local.connect(&topology().unwrap()).await.unwrap();
    let before = held(&local).unwrap();
    // Each is named, with what takes it over.
    let refused = ran(&session, &["apply", "--yes"]).await;
    assert_eq!(refused.code, 1, "{refused:?}");
    for arn in [INVOKER, DEPLOY, service] {
        assert!(refused.stderr.contains(&format!("`{arn}` already exists and is unmanaged")), "{arn}: {refused:?}");
    }
    assert_eq!(held(&local).unwrap(), before);
    // One of them alone isn't enough.
    let refused = ran(&session, &["apply", "--yes", "--adopt", INVOKER]).await;
    assert!(refused.code == 1 && !refused.stderr.contains(INVOKER), "{refused:?}");
    assert_eq!(held(&local).unwrap(), before);
    let adopted = ran(&session, &["apply", "--yes", "--adopt", INVOKER, "--adopt", DEPLOY, "--adopt", service]).await;
    assert_eq!(adopted.code, 0, "{adopted:?}");
    assert_eq!(ran(&session, &["plan"]).await.code, 0);
    assert!(local.pipeline(&pipeline).unwrap().variables.is_some());
    assert!(local.trust(&role).unwrap().to_json().contains(SERVICE));
    // It is the topology's now, and goes with it.
    let destroyed = ran(&session, &["destroy", "--yes"]).await;
    assert_eq!(destroyed.code, 0, "{destroyed:?}");
    assert!([INVOKER, DEPLOY, service].iter().all(|arn| !is_there(&local, arn)));
}

#[tokio::test]
async fn what_left_the_program_is_listed_and_pruned() {
    let (local, session) = applied().await;
    let left = "arn:aws:iam::111111111111:role/release-service";
    let tag = aws_sdk_iam::types::Tag::builder().key(TOPOLOGY_TAG).value("release").build().unwrap();
    let create = iam(&local, "111111111111").create_role().role_name("release-service").tags(tag);
    create.assume_role_policy_document(service_trust().unwrap().to_json()).send().await.unwrap();
    let said = format!("role `{left}` is no longer in the program but still exists");
    let shown = async |args: &[&str]| {
        let ran = ran(&session, args).await;
        (ran.code, ran.stdout.contains(&said))
    };
    assert_eq!(shown(&["plan"]).await, (0, false));
    assert_eq!(shown(&["plan", "--orphans"]).await, (0, true));
    let applied = ran(&session, &["apply", "--yes", "--orphans"]).await;
    assert!(applied.code == 0 && applied.stdout.contains(&said) && is_there(&local, left), "{applied:?}");
    let pruned = ran(&session, &["prune", "--yes"]).await;
    assert!(pruned.code == 0 && !is_there(&local, left), "{pruned:?}");
    assert_eq!(shown(&["plan", "--orphans"]).await, (0, false));
}

#[tokio::test]
async fn a_role_for_an_account_without_credentials_is_deleted_once_somebody_has_looked() {
    let (local, _) = applied().await;
    let session = local.connect(&smaller().unwrap()).await.unwrap();
    let prune = async |account: &str| {
        let args = ["prune", "--yes", "--not-used-in", account];
        ran_with(smaller(), &session, if account.is_empty() { &args[..2] } else { &args }, None).await
    };
    for account in ["", "333333333333"] {
        let refused = prune(account).await;
        assert!(refused.code == 1 && refused.stderr.contains("--not-used-in 111111111111"), "{refused:?}");
        assert!(is_there(&local, INVOKER));
    }
    let pruned = prune("111111111111").await;
    assert!(pruned.code == 0 && !is_there(&local, INVOKER) && is_there(&local, DEPLOY), "{pruned:?}");
    // And of what destroy deletes.
    let (local, _) = applied().await;
    let session = local.connect(&smaller().unwrap()).await.unwrap();
    for (args, code) in
        [(["destroy", "--yes"].as_slice(), 1), (&["destroy", "--yes", "--not-used-in", "111111111111"], 0)]
    {
        let destroyed = ran_with(smaller(), &session, args, None).await;
        assert_eq!((destroyed.code, is_there(&local, INVOKER)), (code, code == 1), "{destroyed:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_update_waits_for_the_runs_that_it_would_cancel() {
    let (local, session, louder) = in_flight::applied().await;
    let id = in_flight::start(&local).await;
    let opened = async {
        tokio::time::sleep(std::time::Duration::from_secs(90)).await;
        assert_eq!(in_flight::status(&local, &id).await, "InProgress");
        let call = in_flight::codepipeline(&local).enable_stage_transition().pipeline_name("hoge1005command");
        call.stage_name("Run").transition_type(StageTransitionType::Inbound).send().await.unwrap();
    };
    let applying = ran_with(Ok(louder.clone()), &session, &["apply", "--yes", "--runs", "wait"], None);
    let (applied, ()) = tokio::join!(applying, opened);
    assert_eq!(applied.code, 0, "{applied:?}");
    assert!(applied.stderr.contains("for 1 run in progress: ~ pipeline hoge1005command"), "{applied:?}");
    assert_eq!(in_flight::status(&local, &id).await, "Succeeded");
    assert_eq!(ran_with(Ok(louder), &session, &["plan"], None).await.code, 0);
}
