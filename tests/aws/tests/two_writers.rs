//! Two applies at once: of two topologies that extend one pipeline, of one topology that is created, and one with a retry whose first answer was lost.

use std::future::IntoFuture as _;
use std::sync::Mutex;
use std::time::Duration;

use codepipeline_xacct::Topology;
use codepipeline_xacct::aws::{ApplyError, Event, Report, Session, StepError};
use codepipeline_xacct::core::declaration::{PipelineDeclaration, PipelineDocument};
use codepipeline_xacct::core::plan::Plan;
use codepipeline_xacct::local::{CallOutcome, Fault, Local};
use codepipeline_xacct_aws_tests::*;

/// Extends another action of A's pipeline than [`Release`] does.
mod sourcing {
    use codepipeline_xacct_aws_tests::Tooling;
    codepipeline_xacct::pipeline! {
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",

            stage "Source" {
                source "Source": CodeCommit {
                    repository: "hoge0315code",
                    branch: "release",
                    poll: false,
                    output: SourceArtifact,
                }
            }
        }
    }
}

fn topology() -> Topology {
    Topology::builder("release").add(Release).build().unwrap()
}

fn branch_of(pipeline: &PipelineDeclaration) -> &str {
    &pipeline.stages.as_ref().unwrap()[0].actions.as_ref().unwrap()[0].configuration.as_ref().unwrap()["BranchName"]
}

fn role_of(pipeline: &PipelineDeclaration) -> Option<&str> {
    pipeline.stages.as_ref().unwrap()[1].actions.as_ref().unwrap()[0].role_arn.as_deref()
}

/// The variables that the start of B's pipeline passes.
fn passed(pipeline: &PipelineDeclaration) -> Option<&str> {
    let action = &pipeline.stages.as_ref().unwrap()[1].actions.as_ref().unwrap()[0];
    action.configuration.as_ref().unwrap().get("Variables").map(String::as_str)
}

const PASSED: &str = r##"[{"name":"val1","value":"#{variables.val1}"}]"##;

fn release(local: &Local) -> PipelineDeclaration {
    local.pipeline(&RELEASE.parse().unwrap()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn two_topologies_that_extend_one_pipeline_at_once_both_keep_what_they_wrote() {
    let sourcing = Topology::builder("sourcing").add(sourcing::Release).build().unwrap();
    let passing = Topology::builder("release").add(passing::Release).build().unwrap();
    let mut merged = 0;
    for offset in 0..20 {
        let local = as_the_console_left_it().unwrap();
        let (one, two) = (local.connect(&topology()).await.unwrap(), local.connect(&sourcing).await.unwrap());
        one.apply(&one.plan(&topology()).await.unwrap()).await.unwrap();
        let (plan_of_one, plan_of_two) = (one.plan(&passing).await.unwrap(), two.plan(&sourcing).await.unwrap());
        local.faults().add(Fault::on_any().slow(Duration::from_millis(100)));
        let merging = Mutex::new(0);
        let on_event = |event: Event| {
            if let Event::Merging { .. } = event {
                *merging.lock().unwrap() += 1;
            }
        };
        let later = async {
            tokio::time::sleep(Duration::from_millis(offset * 30)).await;
            two.apply(&plan_of_two).on_event(on_event).await
        };
        let (first, second) = tokio::join!(one.apply(&plan_of_one).on_event(on_event).into_future(), later);
        first.unwrap_or_else(|error| panic!("{offset}: {error}"));
        second.unwrap_or_else(|error| panic!("{offset}: {error}"));
        merged += usize::from(*merging.lock().unwrap() > 0);
        local.faults().clear();
        let pipeline = release(&local);
        assert_eq!((branch_of(&pipeline), passed(&pipeline)), ("release", Some(PASSED)), "{offset}");
        assert!(one.plan(&passing).await.unwrap().is_empty(), "{offset}");
        assert!(two.plan(&sourcing).await.unwrap().is_empty(), "{offset}");
    }
    assert!(merged > 0, "none of them met");
}

/// Edits A's pipeline as a colleague does, who does not look at versions.
fn edited(local: &Local, change: impl Fn(&mut PipelineDeclaration)) {
    let mut pipeline = release(local);
    change(&mut pipeline);
    pipeline.version = pipeline.version.map(|version| version + 1);
    local.put_pipeline(&RELEASE.parse().unwrap(), &PipelineDocument { pipeline, ..Default::default() }).unwrap();
}

/// Applies where the answer to an update is lost, and others write before the SDK tries again: ours, theirs, ours.
async fn with_an_edit_before_the_retry(
    edit: impl Fn(&mut PipelineDeclaration) + Send + 'static,
) -> (Result<Report, ApplyError>, Local) {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology()).await.unwrap();
    let plan = session.plan(&topology()).await.unwrap();
    let (other, edit) = (local.clone(), Mutex::new(edit));
    local.faults().add(Fault::on("UpdatePipeline").nth(1).cut_after());
    local.faults().add(Fault::on("UpdatePipeline").nth(2).edit(move || edited(&other, &*edit.lock().unwrap())));
    let result = session.apply(&plan).await;
    let updates = local.calls().into_iter().filter(|call| call.operation == "UpdatePipeline");
    let outcomes: Vec<CallOutcome> = updates.map(|call| call.outcome).collect();
    assert_eq!(outcomes[..2], [CallOutcome::Cut, CallOutcome::Succeeded], "{outcomes:?}");
    (result, local)
}

fn set_branch(pipeline: &mut PipelineDeclaration) {
    let action = &mut pipeline.stages.as_mut().unwrap()[0].actions.as_mut().unwrap()[0];
    action.configuration.as_mut().unwrap().insert("BranchName".to_owned(), "theirs".to_owned());
}

#[tokio::test(start_paused = true)]
async fn an_edit_between_an_update_whose_answer_was_lost_and_its_retry_stays() {
    let (result, local) = with_an_edit_before_the_retry(set_branch).await;
    result.unwrap();
    let pipeline = release(&local);
    assert_eq!((branch_of(&pipeline), role_of(&pipeline)), ("theirs", Some(INVOKER)));
    // Ours, theirs, ours again, and both.
    assert_eq!(pipeline.version, Some(12));
    let session = local.connect(&topology()).await.unwrap();
    assert!(session.plan(&topology()).await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_edit_before_the_retry_of_what_we_wrote_stays_or_is_told() {
    let (result, local) = with_an_edit_before_the_retry(|pipeline| {
        assert_eq!(role_of(pipeline), Some(INVOKER), "our update was there");
        pipeline.stages.as_mut().unwrap()[1].actions.as_mut().unwrap()[0].role_arn = None;
    })
    .await;
    let pipeline = release(&local);
    match result {
        Ok(_) => assert_eq!(role_of(&pipeline), None),
        Err(error) => assert!(matches!(&error.failed[..], [(_, StepError::EditConflict { .. })]), "{error}"),
    }
}

#[tokio::test(start_paused = true)]
async fn of_two_applies_of_one_plan_that_creates_at_once_both_end_with_what_was_planned() {
    // With a lease, nothing is there that could carry it.
    let deploy = Topology::builder("release").add(Deploy).build().unwrap();
    for (topology, is_exclusive) in [(topology(), false), (deploy, true)] {
        let mut met = 0;
        for offset in 0..20 {
            let local = as_the_console_left_it().unwrap();
            let (one, two) = (local.connect(&topology).await.unwrap(), local.connect(&topology).await.unwrap());
            let plan = async |session: &Session| -> Plan {
                let request = session.plan(&topology);
                if is_exclusive { request.exclusive().await.unwrap() } else { request.await.unwrap() }
            };
            let (plan_of_one, plan_of_two) = (plan(&one).await, plan(&two).await);
            assert!(plan_of_one == plan_of_two, "they are one plan");
            local.faults().add(Fault::on_any().slow(Duration::from_millis(100)));
            local.clear_calls();
            let later = async {
                tokio::time::sleep(Duration::from_millis(offset * 70)).await;
                two.apply(&plan_of_two).await
            };
            let (first, second) = tokio::join!(one.apply(&plan_of_one).into_future(), later);
            let context = format!("exclusive {is_exclusive}, offset {offset}");
            let first = first.unwrap_or_else(|error| panic!("{context}: {error}"));
            let second = second.unwrap_or_else(|error| panic!("{context}: {error}"));
            assert_eq!(
                (first.done.len(), second.done.len()),
                (plan_of_one.steps().len(), plan_of_two.steps().len()),
                "{context}"
            );
            let calls = local.calls();
            let made = |operation: &str, is_made: bool| {
                let of = calls.iter().filter(|call| call.operation == operation);
                of.filter(|call| (call.outcome == CallOutcome::Succeeded) == is_made).count()
            };
            // Each is created once.
            let roles = if is_exclusive { 1 } else { 2 };
            assert_eq!((made("CreateRole", true), made("CreatePipeline", true)), (roles, 1), "{context}");
            met += made("CreateRole", false) + made("CreatePipeline", false);
            local.faults().clear();
            assert!(one.plan(&topology).await.unwrap().is_empty(), "{context}");
            assert!(!local.to_json().unwrap().contains("codepipeline-xacct:lease:"), "{context}: a lease is left");
        }
        assert!(met > 0, "none of them met");
    }
}
