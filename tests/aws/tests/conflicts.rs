//! What apply does where the accounts changed after the plan was made, and where an answer never came.

use std::sync::Mutex;

use codepipeline_xacct::Topology;
use codepipeline_xacct::aws::{ApplyError, Event, Session, StepError};
use codepipeline_xacct::core::declaration::{
    ExecutionMode, PipelineDeclaration, PipelineDocument, PipelineVariableDeclaration,
};
use codepipeline_xacct::core::ids::RoleArn;
use codepipeline_xacct::core::plan::{Conflict, Intent, Plan, StepId, TOPOLOGY_TAG};
use codepipeline_xacct::local::{CallOutcome, Fault, Local, RecordedCall};
use codepipeline_xacct_aws_tests::*;

const OTHER_TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"Service":"codepipeline.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const OTHER_POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::mine/*"}]}"#;

fn topology() -> Topology {
    Topology::builder("release").add(Release).build().unwrap()
}

fn changed_topology() -> Topology {
    Topology::builder("release").add(changed::Release).build().unwrap()
}

/// Local AWS in which the topology was applied, a session, and a plan to change all of it.
async fn with_a_plan_to_update() -> (Local, Session, Plan) {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology()).await.unwrap();
    session.apply(&session.plan(&topology()).await.unwrap()).await.unwrap();
    let plan = session.plan(&changed_topology()).await.unwrap();
    (local, session, plan)
}

fn iam(local: &Local) -> aws_sdk_iam::Client {
    aws_sdk_iam::Client::new(&local.sdk_config("222222222222", "us-east-1"))
}

fn codepipeline(local: &Local) -> aws_sdk_codepipeline::Client {
    aws_sdk_codepipeline::Client::new(&local.sdk_config("222222222222", "ap-northeast-1"))
}

fn role_name(arn: &str) -> String {
    arn.parse::<RoleArn>().unwrap().name().to_string()
}

/// The step that failed, and the conflict that it failed with.
fn conflict(error: &ApplyError) -> (String, Conflict) {
    let [(step, StepError::Conflict { conflict, .. })] = &error.failed[..] else { panic!("{error}") };
    (step.to_string(), conflict.clone())
}

#[tokio::test]
async fn the_plan_to_update_writes_every_kind_of_thing() {
    let (_, _, plan) = with_a_plan_to_update().await;
    let steps: Vec<String> = plan.steps().iter().map(|step| step.id().to_string()).collect();
    assert_eq!(
        steps,
        [
            "~ role hoge0316-crossaccount-pipeline (222222222222): tags",
            "~ role hoge1005command-service (222222222222): tags",
            "~ pipeline hoge0315pipeline1 (111111111111, ap-northeast-1): tags",
            "~ pipeline hoge1005command (222222222222, ap-northeast-1): tags",
            "~ role hoge0316-crossaccount-pipeline (222222222222): trust policy",
            "~ role hoge1005command-service (222222222222): inline policy codepipeline-xacct-release",
            "- role hoge0316-crossaccount-pipeline (222222222222): tags",
            "- role hoge1005command-service (222222222222): tags",
            "~ pipeline hoge1005command (222222222222, ap-northeast-1)",
            "~ pipeline hoge0315pipeline1 (111111111111, ap-northeast-1)",
        ]
    );
}

#[tokio::test]
async fn a_trust_policy_that_was_edited_after_the_plan_is_not_overwritten() {
    let (local, session, plan) = with_a_plan_to_update().await;
    let call = iam(&local).update_assume_role_policy().role_name(role_name(INVOKER));
    call.policy_document(OTHER_TRUST).send().await.unwrap();
    let error = session.apply(&plan).await.unwrap_err();
    assert_eq!(
        conflict(&error),
        ("~ role hoge0316-crossaccount-pipeline (222222222222): trust policy".to_owned(), Conflict::Trust)
    );
    assert!(
        error.to_string().contains(
            "role `arn:aws:iam::222222222222:role/hoge0316-crossaccount-pipeline` has a different trust policy now\n  help: make a new plan"
        ),
        "{error}"
    );
    assert!(local.trust(&INVOKER.parse().unwrap()).unwrap().to_json().contains("Deny"));
    // The new plan shows what it would replace.
    let plan = session.plan(&changed_topology()).await.unwrap();
    assert!(plan.to_string().contains("- denies codepipeline.amazonaws.com"), "{plan}");
    session.apply(&plan).await.unwrap();
}

#[tokio::test]
async fn an_inline_policy_that_was_edited_after_the_plan_is_neither_overwritten_nor_deleted() {
    let (local, session, plan) = with_a_plan_to_update().await;
    let destroy = session.plan(&topology()).intent(Intent::Destroy).await.unwrap();
    let call = iam(&local).put_role_policy().role_name("hoge1005command-service");
    call.policy_name("codepipeline-xacct-release").policy_document(OTHER_POLICY).send().await.unwrap();
    let edited = Conflict::Policy { name: "codepipeline-xacct-release".to_owned() };
    let error = session.apply(&plan).await.unwrap_err();
    let update = "~ role hoge1005command-service (222222222222): inline policy codepipeline-xacct-release";
    assert_eq!(conflict(&error), (update.to_owned(), edited.clone()));
    let error = session.apply(&destroy).await.unwrap_err();
    let failed: Vec<_> = error.failed.iter().map(|(step, _)| step.to_string()).collect();
    assert!(
        failed.contains(
            &"- role hoge1005command-service (222222222222): inline policy codepipeline-xacct-release".to_owned()
        ),
        "{error}"
    );
    let role = "arn:aws:iam::222222222222:role/hoge1005command-service".parse().unwrap();
    assert!(local.policies(&role).unwrap()[0].1.to_json().contains("arn:aws:s3:::mine/*"));
}

#[tokio::test]
async fn a_policy_that_appeared_under_our_name_after_the_plan_is_not_overwritten() {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology()).await.unwrap();
    let plan = session.plan(&topology()).await.unwrap();
    let iam = aws_sdk_iam::Client::new(&local.sdk_config("111111111111", "us-east-1"));
    let call = iam.put_role_policy().role_name(role_name(SERVICE)).policy_name("codepipeline-xacct-release");
    call.policy_document(OTHER_POLICY).send().await.unwrap();
    let error = session.apply(&plan).await.unwrap_err();
    assert_eq!(conflict(&error).1, Conflict::Policy { name: "codepipeline-xacct-release".to_owned() });
}

#[tokio::test]
async fn what_lost_our_tag_or_got_another_topologys_after_the_plan_is_neither_written_nor_deleted() {
    let (local, session, plan) = with_a_plan_to_update().await;
    let destroy = session.plan(&topology()).intent(Intent::Destroy).await.unwrap();
    let tag = aws_sdk_iam::types::Tag::builder().key(TOPOLOGY_TAG).value("theirs").build().unwrap();
    iam(&local).tag_role().role_name(role_name(INVOKER)).tags(tag).send().await.unwrap();
    codepipeline(&local).untag_resource().resource_arn(DEPLOY).tag_keys(TOPOLOGY_TAG).send().await.unwrap();
    for plan in [&plan, &destroy] {
        let error = session.apply(plan).await.unwrap_err();
        let of = |arn: &str| {
            let found = error.failed.iter().find_map(|(step, error)| match error {
                StepError::Conflict { subject, conflict } if subject.to_string() == arn => Some((step, conflict)),
                _ => None,
            });
            found.unwrap_or_else(|| panic!("{arn}: {error}")).1.clone()
        };
        assert_eq!(of(INVOKER), Conflict::Foreign { owner: "theirs".to_owned() });
        if plan == &destroy || error.failed.len() > 1 {
            assert_eq!(of(DEPLOY), Conflict::Disowned);
        }
    }
    assert!(local.trust(&INVOKER.parse().unwrap()).is_some());
    let deploy = local.pipeline(&DEPLOY.parse().unwrap()).unwrap();
    assert_eq!(deploy.version, Some(1), "it was written");
}

#[tokio::test]
async fn a_role_that_was_made_anew_after_the_plan_is_not_written() {
    let (local, session, plan) = with_a_plan_to_update().await;
    let (iam, name) = (iam(&local), role_name(INVOKER));
    iam.delete_role_policy().role_name(&name).policy_name("codepipeline-xacct-release").send().await.unwrap();
    iam.delete_role().role_name(&name).send().await.unwrap();
    let call = iam.create_role().role_name(&name).assume_role_policy_document(service_trust().unwrap().to_json());
    call.send().await.unwrap();
    let error = session.apply(&plan).await.unwrap_err();
    assert_eq!(conflict(&error).1, Conflict::Recreated);
}

async fn delete_what_is_there(local: &Local) {
    codepipeline(local).delete_pipeline().name("hoge1005command").send().await.unwrap();
    let (iam, name) = (iam(local), role_name(INVOKER));
    iam.delete_role_policy().role_name(&name).policy_name("codepipeline-xacct-release").send().await.unwrap();
    iam.delete_role().role_name(&name).send().await.unwrap();
}

#[tokio::test]
async fn what_was_deleted_after_the_plan_is_not_made_again() {
    let (local, session, plan) = with_a_plan_to_update().await;
    delete_what_is_there(&local).await;
    let error = session.apply(&plan).await.unwrap_err();
    let gone = |(_, error): &(StepId, StepError)| matches!(error, StepError::Conflict { conflict: Conflict::Gone, .. });
    assert!(error.failed.len() == 2 && error.failed.iter().all(gone), "{error}");
}

#[tokio::test]
async fn what_somebody_deleted_already_is_no_reason_to_stop_a_deletion() {
    let (local, session, _) = with_a_plan_to_update().await;
    let destroy = session.plan(&topology()).intent(Intent::Destroy).await.unwrap();
    delete_what_is_there(&local).await;
    assert_eq!(session.apply(&destroy).await.unwrap().done.len(), destroy.steps().len());
}

#[tokio::test]
async fn a_pipeline_that_was_edited_after_its_deletion_was_planned_stays() {
    let (local, session, _) = with_a_plan_to_update().await;
    let destroy = session.plan(&topology()).intent(Intent::Destroy).await.unwrap();
    let client = codepipeline(&local);
    let mut pipeline = client.get_pipeline().name("hoge1005command").send().await.unwrap().pipeline.unwrap();
    pipeline.execution_mode = Some("SUPERSEDED".into());
    client.update_pipeline().pipeline(pipeline).send().await.unwrap();
    let error = session.apply(&destroy).await.unwrap_err();
    let written = |(_, error): &(StepId, StepError)| {
        matches!(error, StepError::Conflict { conflict: Conflict::Written { planned: 1, found: 2 }, .. })
    };
    assert!(error.failed.iter().any(written), "{error}");
    assert!(local.pipeline(&DEPLOY.parse().unwrap()).is_some());
}

#[tokio::test]
async fn a_role_whose_trust_policy_was_edited_after_its_deletion_was_planned_stays() {
    let (local, session, _) = with_a_plan_to_update().await;
    let destroy = session.plan(&topology()).intent(Intent::Destroy).await.unwrap();
    let call = iam(&local).update_assume_role_policy().role_name(role_name(INVOKER));
    call.policy_document(OTHER_TRUST).send().await.unwrap();
    let error = session.apply(&destroy).await.unwrap_err();
    let deletion = "- role hoge0316-crossaccount-pipeline (222222222222)";
    assert_eq!(conflict(&error), (deletion.to_owned(), Conflict::Trust));
    assert!(local.trust(&INVOKER.parse().unwrap()).unwrap().to_json().contains("Deny"));
}

#[tokio::test]
async fn a_role_that_a_pipeline_began_to_run_with_after_its_deletion_was_planned_stays() {
    let (local, session, _) = with_a_plan_to_update().await;
    let destroy = session.plan(&topology()).intent(Intent::Destroy).await.unwrap();
    let before = held(&local).unwrap();
    let client = codepipeline(&local);
    let mut pipeline = client.get_pipeline().name("hoge1005command").send().await.unwrap().pipeline.unwrap();
    (pipeline.name, pipeline.version) = ("theirs".into(), None);
    client.create_pipeline().pipeline(pipeline).send().await.unwrap();
    let error = session.apply(&destroy).await.unwrap_err();
    let theirs = "arn:aws:codepipeline:ap-northeast-1:222222222222:theirs";
    let [(_, StepError::InUse { pipelines })] = &error.failed[..] else { panic!("{error}") };
    assert_eq!(pipelines.iter().map(ToString::to_string).collect::<Vec<_>>(), [theirs]);
    let text = error.to_string();
    assert!(text.ends_with(&format!("by pipeline `{theirs}`\n  help: make a new plan\nnothing was written")), "{text}");
    let error = session.plan(&topology()).intent(Intent::Destroy).await.unwrap_err().to_string();
    assert!(error.contains("error[XA1017] pipeline theirs"), "{error}");
    client.delete_pipeline().name("theirs").send().await.unwrap();
    assert_eq!(held(&local).unwrap(), before);
    session.apply(&destroy).await.unwrap();
}

#[tokio::test]
async fn a_plan_that_was_applied_already_is_done() {
    let (_, session, plan) = with_a_plan_to_update().await;
    session.apply(&plan).await.unwrap();
    let again = session.apply(&plan).await.unwrap();
    assert_eq!(again.done.len(), plan.steps().len());
    assert!(session.plan(&changed_topology()).await.unwrap().is_empty());
}

fn saved(plan: &Plan) -> Plan {
    serde_json::from_str(&serde_json::to_string(plan).unwrap()).unwrap()
}

#[tokio::test]
async fn a_saved_plan_is_refused_once_what_the_wiring_was_proven_from_has_changed() {
    const DENY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;
    let (local, session, plan) = with_a_plan_to_update().await;
    let plan = saved(&plan);
    let before = held(&local).unwrap();
    let iam = iam(&local);
    let put = iam.put_role_policy().role_name(role_name(INVOKER)).policy_name("by-hand").policy_document(DENY);
    put.send().await.unwrap();
    let error = session.apply(&plan).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.ends_with(&format!(
            "changed since it was made: role `{INVOKER}`\n  help: make a new plan\nnothing was written"
        )),
        "{text}"
    );
    iam.delete_role_policy().role_name(role_name(INVOKER)).policy_name("by-hand").send().await.unwrap();
    assert_eq!(held(&local).unwrap(), before);
    // A tag of others may be a condition of a policy.
    let tag = aws_sdk_iam::types::Tag::builder().key("team").value("b").build().unwrap();
    iam.tag_role().role_name(role_name(INVOKER)).tags(tag).send().await.unwrap();
    assert!(session.apply(&plan).await.is_err());
    iam.untag_role().role_name(role_name(INVOKER)).tag_keys("team").send().await.unwrap();
    session.apply(&plan).await.unwrap();
    // Applied in part or whole, it is the same plan.
    session.apply(&plan).await.unwrap();
    assert!(session.plan(&changed_topology()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_saved_plan_is_refused_once_a_pipeline_came_to_run_with_a_role_that_it_takes_rights_from() {
    let (local, session, plan) = with_a_plan_to_update().await;
    let client = codepipeline(&local);
    let mut pipeline = client.get_pipeline().name("hoge1005command").send().await.unwrap().pipeline.unwrap();
    (pipeline.name, pipeline.version) = ("theirs".into(), None);
    client.create_pipeline().pipeline(pipeline).send().await.unwrap();
    let before = held(&local).unwrap();
    let error = session.apply(&saved(&plan)).await.unwrap_err();
    let [(_, StepError::InUse { pipelines })] = &error.failed[..] else { panic!("{error}") };
    assert_eq!(pipelines.iter().map(|pipeline| pipeline.name().as_str()).collect::<Vec<_>>(), ["theirs"]);
    assert_eq!(held(&local).unwrap(), before);
    // A new plan says what the pipeline would lose.
    let error = session.plan(&changed_topology()).await.unwrap_err().to_string();
    assert!(error.contains("error[XA1031] pipeline theirs") && error.contains("may `codecommit:"), "{error}");
}

#[tokio::test]
async fn a_saved_plan_is_refused_before_its_first_write_once_anything_that_it_writes_has_changed() {
    let (local, session, plan) = with_a_plan_to_update().await;
    let plan = saved(&plan);
    let call = iam(&local).update_assume_role_policy().role_name(role_name(INVOKER));
    call.policy_document(OTHER_TRUST).send().await.unwrap();
    let before = held(&local).unwrap();
    let error = session.apply(&plan).await.unwrap_err();
    assert_eq!(conflict(&error).1, Conflict::Trust);
    assert!(error.done.is_empty() && error.to_string().ends_with("nothing was written"), "{error}");
    assert_eq!(held(&local).unwrap(), before);
    // It says so before it asks for a lease, which can't be on what is gone.
    codepipeline(&local).delete_pipeline().name("hoge1005command").send().await.unwrap();
    let error = session.apply(&plan).await.unwrap_err().to_string();
    assert!(error.contains(":hoge1005command` was deleted") && !error.contains("lease"), "{error}");
}

#[tokio::test]
async fn a_tag_that_others_changed_after_the_plan_is_not_overwritten() {
    let (local, session, plan) = with_a_plan_to_update().await;
    let tag = aws_sdk_codepipeline::types::Tag::builder().key("team").value("theirs").build().unwrap();
    codepipeline(&local).tag_resource().resource_arn(DEPLOY).tags(tag).send().await.unwrap();
    let error = session.apply(&plan).await.unwrap_err();
    assert_eq!(
        conflict(&error),
        (
            "~ pipeline hoge1005command (222222222222, ap-northeast-1): tags".to_owned(),
            Conflict::Tag { key: "team".to_owned() }
        )
    );
    let tags = codepipeline(&local).list_tags_for_resource().resource_arn(DEPLOY).send().await.unwrap();
    assert!(tags.tags().iter().any(|tag| tag.key() == "team" && tag.value() == "theirs"));
    // The new plan shows what it would replace, and then may.
    session.apply(&session.plan(&changed_topology()).await.unwrap()).await.unwrap();
    assert!(session.plan(&changed_topology()).await.unwrap().is_empty());
}

#[tokio::test]
async fn of_two_applies_of_a_plan_to_create_both_end_with_what_was_planned() {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology()).await.unwrap();
    let plan = session.plan(&topology()).await.unwrap();
    session.apply(&plan).await.unwrap();
    session.apply(&plan).await.unwrap();
    assert!(session.plan(&topology()).await.unwrap().is_empty());
}

type Edit = Box<dyn Fn(&Local) + Send>;

/// Edits A's pipeline as a colleague does, who does not look at versions.
fn edit(change: impl Fn(&mut PipelineDeclaration) + Send + 'static) -> Edit {
    Box::new(move |local| {
        let arn = RELEASE.parse().unwrap();
        let mut pipeline = local.pipeline(&arn).unwrap();
        change(&mut pipeline);
        // A version of its own, as UpdatePipeline makes.
        pipeline.version = pipeline.version.map(|version| version + 1);
        local.put_pipeline(&arn, &PipelineDocument { pipeline, ..Default::default() }).unwrap();
    })
}

fn branch(name: &'static str) -> impl Fn(&mut PipelineDeclaration) + Send + 'static {
    move |pipeline| {
        let action = &mut pipeline.stages.as_mut().unwrap()[0].actions.as_mut().unwrap()[0];
        action.configuration.as_mut().unwrap().insert("BranchName".to_owned(), name.to_owned());
    }
}

fn branch_of(pipeline: &PipelineDeclaration) -> String {
    pipeline.stages.as_ref().unwrap()[0].actions.as_ref().unwrap()[0].configuration.as_ref().unwrap()["BranchName"]
        .clone()
}

fn invoke_role(pipeline: &PipelineDeclaration) -> Option<String> {
    pipeline.stages.as_ref().unwrap()[1].actions.as_ref().unwrap()[0].role_arn.clone()
}

/// Applies while others edit A's pipeline, each between our look and our write; what happened, and the pipeline afterwards.
async fn applied_while(
    topology: &Topology,
    edits: Vec<Edit>,
) -> (Result<(), ApplyError>, Vec<String>, PipelineDeclaration) {
    applied_with(topology, edits, None).await
}

/// The same with a fault besides.
async fn applied_with(
    topology: &Topology,
    edits: Vec<Edit>,
    fault: Option<Fault>,
) -> (Result<(), ApplyError>, Vec<String>, PipelineDeclaration) {
    let local = as_the_console_left_it().unwrap();
    let plan = local.connect(topology).await.unwrap().plan(topology).await.unwrap();
    let session = local.connect(topology).await.unwrap();
    let (other, edits) = (local.clone(), Mutex::new(edits.into_iter()));
    local.faults().add(Fault::on("UpdatePipeline").edit(move || {
        let next = edits.lock().unwrap().next();
        next.into_iter().for_each(|edit| edit(&other));
    }));
    fault.into_iter().for_each(|fault| local.faults().add(fault));
    let merging = Mutex::new(Vec::new());
    let on_event = |event: Event| {
        if let Event::Merging { .. } = event {
            merging.lock().unwrap().push(event.to_string());
        }
    };
    let result = session.apply(&plan).on_event(on_event).await.map(drop);
    (result, merging.into_inner().unwrap(), local.pipeline(&RELEASE.parse().unwrap()).unwrap())
}

#[tokio::test]
async fn an_edit_between_the_look_and_the_write_is_brought_together_with_ours() {
    let (result, merging, pipeline) = applied_while(&topology(), vec![edit(branch("theirs"))]).await;
    result.unwrap();
    assert_eq!(branch_of(&pipeline), "theirs");
    assert_eq!(invoke_role(&pipeline).as_deref(), Some(INVOKER));
    assert_eq!(
        merging,
        ["merging with a concurrent edit (version 9): ~ pipeline hoge0315pipeline1 (111111111111, ap-northeast-1)"]
    );
    assert_eq!(pipeline.version, Some(11));
}

#[tokio::test]
async fn edits_go_on_being_brought_together_while_others_write() {
    let rename = |pipeline: &mut PipelineDeclaration| pipeline.execution_mode = Some(ExecutionMode::Parallel);
    let (result, merging, pipeline) = applied_while(&topology(), vec![edit(branch("theirs")), edit(rename)]).await;
    result.unwrap();
    assert_eq!(merging.len(), 2, "{merging:?}");
    assert_eq!((branch_of(&pipeline).as_str(), &pipeline.execution_mode), ("theirs", &Some(ExecutionMode::Parallel)));
    assert_eq!(invoke_role(&pipeline).as_deref(), Some(INVOKER));
}

#[tokio::test]
async fn of_two_edits_of_one_member_theirs_stays_and_both_are_told() {
    const THEIRS: &str = r#"[{"name":"val1","value":"theirs"}]"#;
    let variables = |pipeline: &mut PipelineDeclaration| {
        let action = &mut pipeline.stages.as_mut().unwrap()[1].actions.as_mut().unwrap()[0];
        action.configuration.as_mut().unwrap().insert("Variables".to_owned(), THEIRS.to_owned());
    };
    let passing = Topology::builder("release").add(passing::Release).build().unwrap();
    let (result, _, pipeline) = applied_while(&passing, vec![edit(variables)]).await;
    let error = result.unwrap_err();
    let action = &pipeline.stages.as_ref().unwrap()[1].actions.as_ref().unwrap()[0];
    assert_eq!(action.configuration.as_ref().unwrap()["Variables"], THEIRS);
    // All else that we wrote is there.
    assert_eq!(invoke_role(&pipeline).as_deref(), Some(INVOKER));
    let [(_, StepError::EditConflict { version: 9, conflicts, .. })] = &error.failed[..] else { panic!("{error}") };
    assert_eq!(conflicts.len(), 1);
    assert!(
        error.to_string().contains("(version 9): `stages[Build].actions[ccc].configuration.Variables[val1].value` is "),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .contains("\nwritten in part: ~ pipeline hoge0315pipeline1 (111111111111, ap-northeast-1)\nwritten: "),
        "{error}"
    );
    assert!(error.to_string().contains("theirs") && error.to_string().contains("#{variables.val1}"), "{error}");
}

#[tokio::test]
async fn edits_that_codepipeline_refuses_together_are_told() {
    let role = |pipeline: &mut PipelineDeclaration| {
        let action = &mut pipeline.stages.as_mut().unwrap()[1].actions.as_mut().unwrap()[0];
        action.role_arn = Some("arn:aws:iam::222222222222:role/nobody".to_owned());
    };
    // Where the answer is lost, the SDK tries again, and our update is in the history twice, after theirs.
    for lost in [None, Some(Fault::on("UpdatePipeline").first(1).cut_after())] {
        let (result, _, _) = applied_with(&topology(), vec![edit(role)], lost).await;
        let text = result.unwrap_err().to_string();
        assert!(text.contains("at the same time (version 9), and both edits together were not accepted: account 111111111111: UpdatePipeline of "), "{text}");
        assert!(
            text.contains("what they wrote could not be put back, and is only in the history of the pipeline: "),
            "{text}"
        );
    }
}

/// Applies while A's pipeline is edited by others, and again when their edit is put back, since both edits together were not accepted.
async fn put_back_while_a_third_writes(fault: Fault) -> (Result<(), ApplyError>, PipelineDeclaration) {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology()).await.unwrap();
    let plan = session.plan(&topology()).await.unwrap();
    let mode = |pipeline: &mut PipelineDeclaration| pipeline.execution_mode = Some(ExecutionMode::Parallel);
    for (call, change) in [(1, edit(branch("theirs"))), (3, edit(mode))] {
        let (other, change) = (local.clone(), Mutex::new(change));
        local.faults().add(Fault::on("UpdatePipeline").nth(call).edit(move || change.lock().unwrap()(&other)));
    }
    local.faults().add(fault);
    let result = session.apply(&plan).await.map(drop);
    (result, local.pipeline(&RELEASE.parse().unwrap()).unwrap())
}

#[tokio::test(start_paused = true)]
async fn what_a_third_one_writes_while_an_edit_is_put_back_stays() {
    let (result, pipeline) = put_back_while_a_third_writes(Fault::on("UpdatePipeline").nth(2).access_denied()).await;
    let text = result.unwrap_err().to_string();
    assert!(text.contains("(version 9), and both edits together were not accepted: account "), "{text}");
    assert!(text.contains("what they wrote was put back"), "{text}");
    assert_eq!((branch_of(&pipeline).as_str(), &pipeline.execution_mode), ("theirs", &Some(ExecutionMode::Parallel)));
    assert_eq!(invoke_role(&pipeline), None);
}

#[tokio::test(start_paused = true)]
async fn an_update_with_both_edits_whose_answer_is_lost_is_found_in_the_history() {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology()).await.unwrap();
    let plan = session.plan(&topology()).await.unwrap();
    let (other, theirs) = (local.clone(), Mutex::new(edit(branch("theirs"))));
    local.faults().add(Fault::on("UpdatePipeline").nth(1).edit(move || theirs.lock().unwrap()(&other)));
    local.faults().add(Fault::on("UpdatePipeline").from(2).cut_after());
    session.apply(&plan).await.unwrap();
    let pipeline = local.pipeline(&RELEASE.parse().unwrap()).unwrap();
    assert_eq!((branch_of(&pipeline).as_str(), invoke_role(&pipeline).as_deref()), ("theirs", Some(INVOKER)));
}

#[tokio::test]
async fn an_edit_that_can_not_be_brought_back_is_told_with_where_it_is() {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology()).await.unwrap();
    let plan = session.plan(&topology()).await.unwrap();
    let (other, theirs) = (local.clone(), Mutex::new(edit(branch("theirs"))));
    local.faults().add(Fault::on("UpdatePipeline").first(1).edit(move || {
        theirs.lock().unwrap()(&other);
        other.faults().add(Fault::on("GetPipeline").access_denied());
    }));
    let error = session.apply(&plan).await.unwrap_err();
    let [(_, StepError::NotBroughtBack { read: 8, .. })] = &error.failed[..] else { panic!("{error}") };
    let text = error.to_string();
    assert!(
        text.contains(&format!(
            "this replaced a concurrent edit of pipeline `{RELEASE}`, made after version 8, and the edit could not be restored: account 111111111111: GetPipeline"
        )),
        "{text}"
    );
    assert!(
        text.contains("\nwritten in part: ~ pipeline hoge0315pipeline1 (111111111111, ap-northeast-1)\n"),
        "{text}"
    );
}

#[tokio::test]
async fn somebody_who_writes_without_end_is_said() {
    let variable = |n: usize| {
        edit(move |pipeline| {
            let variable = PipelineVariableDeclaration { name: format!("v{n}"), ..Default::default() };
            pipeline.variables.get_or_insert_default().push(variable);
        })
    };
    let (result, merging, _) = applied_while(&topology(), (0..100).map(variable).collect()).await;
    let error = result.unwrap_err();
    assert_eq!(merging.len(), 10, "{error}");
    assert!(
        error.to_string().contains(
            "others keep editing pipeline `arn:aws:codepipeline:ap-northeast-1:111111111111:hoge0315pipeline1`; what they wrote last is version 29, which is in its history"
        ),
        "{error}"
    );
}

const CREATE: [&str; 4] = ["CreateRole", "PutRolePolicy", "CreatePipeline", "UpdatePipeline"];
const UPDATE: [&str; 4] = ["UpdateAssumeRolePolicy", "PutRolePolicy", "UpdatePipeline", "TagResource"];
const DESTROY: [&str; 3] = ["DeleteRolePolicy", "DeleteRole", "DeletePipeline"];

/// Applies while a fault cuts the connections of an operation.
async fn applied(operation: &str, kind: &str, faults: impl Fn(&Local)) -> (Local, Plan, Result<usize, ApplyError>) {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology()).await.unwrap();
    let plan = match kind {
        "create" => session.plan(&topology()).await.unwrap(),
        _ => {
            session.apply(&session.plan(&topology()).await.unwrap()).await.unwrap();
            match kind {
                "update" => session.plan(&changed_topology()).await.unwrap(),
                _ => session.plan(&topology()).intent(Intent::Destroy).await.unwrap(),
            }
        }
    };
    faults(&local);
    let result = session.apply(&plan).await.map(|report| report.done.len());
    let cut = |call: &RecordedCall| call.operation == operation && call.outcome == CallOutcome::Cut;
    assert!(local.calls().iter().any(cut), "{operation} was not called");
    local.faults().clear();
    (local, plan, result)
}

fn kinds() -> impl Iterator<Item = (&'static str, &'static str)> {
    let of = |kind: &'static str, operations: &'static [&'static str]| operations.iter().map(move |o| (kind, *o));
    of("create", &CREATE).chain(of("update", &UPDATE)).chain(of("destroy", &DESTROY))
}

#[tokio::test(start_paused = true)]
async fn a_step_whose_answer_was_lost_is_done_if_the_account_holds_what_it_wrote() {
    for (kind, operation) in kinds() {
        for fault in [Fault::on(operation).first(1).cut_after(), Fault::on(operation).cut_after()] {
            let (_, plan, result) = applied(operation, kind, |local| local.faults().add(fault.clone())).await;
            assert_eq!(result.unwrap_or_else(|e| panic!("{kind} {operation}: {e}")), plan.steps().len(), "{operation}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_never_arrived_is_a_failure_and_nothing_else_is_said_of_it() {
    for (kind, operation) in kinds() {
        let never = |local: &Local| local.faults().add(Fault::on(operation).cut_before());
        let (local, _, result) = applied(operation, kind, never).await;
        let error = result.unwrap_err();
        assert!(error.failed.iter().all(|(_, error)| matches!(error, StepError::Aws(_))), "{operation}: {error}");
        assert!(!error.to_string().contains("not known"), "{error}");
        // The same command continues from there.
        let session = local.connect(&topology()).await.unwrap();
        let (topology, intent) = match kind {
            "create" => (topology(), Intent::Converge),
            "update" => (changed_topology(), Intent::Converge),
            _ => (topology(), Intent::Destroy),
        };
        session.apply(&session.plan(&topology).intent(intent).await.unwrap()).await.unwrap();
        assert!(session.plan(&topology).intent(intent).await.unwrap().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn what_can_be_looked_at_no_more_is_not_known() {
    for (kind, operation) in kinds() {
        // With the first answer that is lost, everything is.
        let deaf = |local: &Local| {
            let other = local.clone();
            let all = move || other.faults().add(Fault::on_any().cut_before());
            local.faults().add(Fault::on(operation).first(1).edit(all));
            local.faults().add(Fault::on(operation).first(1).cut_after());
        };
        let (_, _, result) = applied(operation, kind, deaf).await;
        let error = result.unwrap_err();
        let text = error.to_string();
        let unknown: Vec<String> = error
            .failed
            .iter()
            .filter(|(_, error)| matches!(error, StepError::Unknown { .. }))
            .map(|(step, _)| step.to_string())
            .collect();
        assert!(!unknown.is_empty(), "{operation}: {text}");
        assert!(text.contains("it is not known whether this was written: account "), "{text}");
        assert!(text.contains("what is there now could not be read: account "), "{text}");
        assert!(text.contains(&format!("not known whether written: {}", unknown.join("; "))), "{text}");
        assert!(!text.contains("nothing was written"), "{text}");
    }
}

/// The answer is lost, the SDK tries again, and finds that it is there, or gone, already.
#[tokio::test(start_paused = true)]
async fn what_is_there_already_by_an_attempt_before_is_not_known_where_it_can_not_be_read() {
    for (kind, operation) in [("create", "CreateRole"), ("create", "CreatePipeline"), ("destroy", "DeleteRole")] {
        let blind = |local: &Local| {
            let other = local.clone();
            let reads = move || {
                for read in ["GetRole", "GetPipeline", "ListRolePolicies", "ListTagsForResource"] {
                    other.faults().add(Fault::on(read).access_denied());
                }
            };
            local.faults().add(Fault::on(operation).first(1).edit(reads));
            local.faults().add(Fault::on(operation).first(1).cut_after());
        };
        let (_, _, result) = applied(operation, kind, blind).await;
        let error = result.unwrap_err();
        let unknown = error.failed.iter().filter(|(_, error)| matches!(error, StepError::Unknown { .. })).count();
        assert_eq!(unknown, 1, "{operation}: {error}");
    }
}
