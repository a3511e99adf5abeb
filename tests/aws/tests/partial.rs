//! Plans of a part of a topology: `PlanRequest::target` and `--target`.

use codepipeline_xacct::aws::{PlanError, PlanRequest, Session};
use codepipeline_xacct::cli::{Console, run_in};
use codepipeline_xacct::core::plan::{Aspect, Intent, Plan, Verb};
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::local::Local;
use codepipeline_xacct::{Findings, Topology};
use codepipeline_xacct_aws_tests::*;

fn topology() -> Result<Topology, Findings> {
    Topology::builder("release").add(Release).build()
}

async fn connected() -> (Local, Session) {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology().unwrap()).await.unwrap();
    (local, session)
}

/// Exit code, output and errors.
async fn ran(session: &Session, args: &[&str]) -> (u8, String, String) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let console = Console { stdout: &mut stdout, stderr: &mut stderr, stdin: None };
    let args = std::iter::once("release").chain(args.iter().copied()).map(Into::into);
    let code = run_in(topology(), session.clone(), args, console).await;
    (code, String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

fn steps(plan: &Plan) -> Vec<String> {
    plan.steps().iter().map(|step| step.id().to_string()).filter(|step| !step.contains(": tags")).collect()
}

/// The codes and messages of what refuses a plan.
async fn refused(request: PlanRequest<'_>) -> Vec<(&'static str, String)> {
    match request.await {
        Err(PlanError::Refused(findings)) => findings.iter().map(|f| (f.code, f.message.clone())).collect(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn only_what_is_named_and_what_it_needs_is_planned_and_the_plan_says_so() {
    let (local, session) = connected().await;
    let before = held(&local).unwrap();
    let (code, stdout, stderr) = ran(&session, &["plan", "--target", "Deploy"]).await;
    assert_eq!(code, 2, "{stderr}");
    let expected = "topology release: 2 to create, 0 to change, 0 to delete in 1 account\n\
                    partial: only pipeline hoge1005command (ap-northeast-1) and what it needs; the rest of the topology was not planned\n";
    assert!(stdout.starts_with(expected), "{stdout}");
    assert!(!stdout.contains("hoge0316-crossaccount-pipeline") && !stdout.contains("111111111111"), "{stdout}");
    assert!(stdout.contains("\nwiring: 1 of 1 proven; "), "{stdout}");
    assert_eq!(held(&local).unwrap(), before);
    // By its item, its name and its ARN; of several, once.
    for name in ["hoge1005command", DEPLOY] {
        assert_eq!(ran(&session, &["plan", "--target", name, "--target", "Deploy"]).await.1, stdout);
    }
    let (code, done, stderr) = ran(&session, &["apply", "--target", "Deploy", "--yes", "--no-journal"]).await;
    assert_eq!(code, 0, "{done}{stderr}");
    assert!(local.pipeline(&DEPLOY.parse().unwrap()).is_some());
    assert!(local.trust(&INVOKER.parse().unwrap()).is_none());
    let (code, stdout, _) = ran(&session, &["plan", "--target", "Deploy"]).await;
    assert!(
        code == 0 && stdout.starts_with("topology release: nothing to do, this part is up to date\npartial: "),
        "{stdout}"
    );
    // The rest is still to be done.
    let rest = session.plan(&topology().unwrap()).await.unwrap();
    assert!(!rest.is_empty() && rest.targets().is_empty());
    assert!(!steps(&rest).iter().any(|step| step.contains("hoge1005command-service")), "{rest}");
}

#[tokio::test]
async fn what_an_item_needs_comes_with_it() {
    let (_, session) = connected().await;
    let topology = topology().unwrap();
    let whole = steps(&session.plan(&topology).await.unwrap());
    // A pipeline needs its roles and what it starts.
    assert_eq!(steps(&session.plan(&topology).target(Release).await.unwrap()), whole);
    // A role needs those that it trusts, and not the pipeline that it may start.
    let role = session.plan(&topology).target(DeployInvoker).await.unwrap();
    let (invoker, service) = ("+ role hoge0316-crossaccount-pipeline (222222222222)", "AWSCodePipelineServiceRole");
    assert!(steps(&role).iter().any(|step| step == invoker), "{role}");
    assert!(steps(&role).iter().any(|step| step.contains(service)), "{role}");
    assert!(!role.steps().iter().any(|step| step.id().to_string().contains(" pipeline ")), "{role}");
    assert!(role.proofs().is_empty());
    // A saved plan says that it is partial, too.
    let saved: Plan = serde_json::from_str(&serde_json::to_string(&role).unwrap()).unwrap();
    assert!(saved.to_string().contains("\npartial: only role hoge0316-crossaccount-pipeline and what it needs; "));
    assert_eq!(saved, role);
}

#[tokio::test]
async fn what_is_in_the_way_of_other_items_does_not_prevent_the_plan() {
    let (local, session) = connected().await;
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"sts:AssumeRole"}]}"#;
    local.put_role(&INVOKER.parse().unwrap(), &Document::from_json(trust).unwrap(), &[]).unwrap();
    let topology = topology().unwrap();
    assert!(refused(session.plan(&topology)).await.iter().any(|(code, _)| *code == "XA1006"));
    assert!(session.plan(&topology).target(Deploy).await.unwrap().steps().len() > 1);
    assert!(refused(session.plan(&topology).target(DeployInvoker)).await.iter().any(|(code, _)| *code == "XA1006"));
}

/// The pipeline starts its target through another role, and the one that it used is for others.
mod moved {
    codepipeline_xacct::pipeline! {
        pub account Tooling = "111111111111";
        pub account Prod = "222222222222";

        pub role DeployInvoker in Prod {
            name: "hoge0316-crossaccount-pipeline",
            trusts: [role("arn:aws:iam::222222222222:role/hoge1005command-service")],
            starts: [super::Deploy],
        }

        pub role NewInvoker in Prod { name: "new-invoker", trusts: [Tooling], starts: [super::Deploy] }

        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            service_role: extended(
                "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
            ),

            stage "Build" {
                invoke "ccc": super::Deploy { role: NewInvoker }
            }
        }
    }
}

#[tokio::test]
async fn what_a_pipeline_that_is_not_planned_runs_with_is_not_taken_away() {
    let (_, session) = connected().await;
    session.apply(&session.plan(&topology().unwrap()).await.unwrap()).await.unwrap();
    let topology = Topology::builder("release").add(moved::Release).add(moved::DeployInvoker).build().unwrap();
    let lost = refused(session.plan(&topology).target(moved::DeployInvoker)).await;
    assert!(lost.iter().all(|(code, _)| *code == "XA1031") && lost.len() == 1, "{lost:?}");
    // With the pipeline, which then runs with the other role, nothing is lost.
    let both = session.plan(&topology).target(moved::DeployInvoker).target(moved::Release).await.unwrap();
    assert_eq!(steps(&both), steps(&session.plan(&topology).await.unwrap()));
    assert!(both.steps().iter().all(|step| step.id().verb != Verb::Delete || step.id().aspect == Aspect::Tags));
}

#[tokio::test]
async fn what_can_not_be_done_in_parts_is_refused_before_anything_is_planned() {
    let (_, session) = connected().await;
    let topology = topology().unwrap();
    for request in [
        session.plan(&topology).target(Deploy).intent(Intent::Destroy),
        session.plan(&topology).target(Deploy).intent(Intent::Prune),
        session.plan(&topology).target(Deploy).renamed_from("old".parse().unwrap()),
        session.plan(&topology).target(moved::NewInvoker),
    ] {
        let findings = refused(request).await;
        assert!(findings.len() == 1 && findings[0].0 == "XA1038", "{findings:?}");
    }
    for args in [
        ["plan", "--target", "Deploy", "--destroy"].as_slice(),
        &["plan", "--target", "Deploy", "--prune"],
        &["plan", "--target", "Deploy", "--rename-from", "old"],
        &["apply", "plan.json", "--target", "Deploy"],
        &["prune", "--target", "Deploy"],
        &["destroy", "--target", "Deploy"],
    ] {
        let (code, stdout, stderr) = ran(&session, args).await;
        assert!(code == 1 && stdout.is_empty() && stderr.starts_with("error: "), "{args:?}: {stderr}");
    }
    let (code, _, stderr) = ran(&session, &["plan", "--target", "Deplyo"]).await;
    assert_eq!(code, 1);
    assert!(
        stderr.starts_with("error: the topology has no role or pipeline `Deplyo`; it has Release, Deploy, "),
        "{stderr}"
    );
    let (_, _, stderr) = ran(&session, &["plan", "--target", "arn:aws:iam::222222222222:role/nobody"]).await;
    assert!(
        stderr.starts_with("error: the topology has no role or pipeline `arn:aws:iam::222222222222:role/nobody`"),
        "{stderr}"
    );
}
