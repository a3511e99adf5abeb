//! The journal of an apply, and the way back from it.

use std::sync::{Arc, Mutex};

use codepipeline_xacct::Topology;
use codepipeline_xacct::aws::{ApplyError, Event, Session, StepError, Undo};
use codepipeline_xacct::core::declaration::{PipelineDeclaration, PipelineDocument};
use codepipeline_xacct::core::ids::PipelineArn;
use codepipeline_xacct::core::plan::{Before, JournalEntry, WriteOutcome};
use codepipeline_xacct::core::plan::{Intent, Journal, Plan};
use codepipeline_xacct::local::{Fault, Local};
use codepipeline_xacct_aws_tests::*;

const OTHER_POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::mine/*"}]}"#;

fn topology() -> Topology {
    Topology::builder("release").add(Release).build().unwrap()
}

fn changed_topology() -> Topology {
    Topology::builder("release").add(changed::Release).build().unwrap()
}

/// What an operation begins with, and its plan.
async fn planned(operation: &str) -> (Local, Session, Plan) {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology()).await.unwrap();
    if operation != "create" {
        session.apply(&session.plan(&topology()).await.unwrap()).await.unwrap();
    }
    let plan = match operation {
        "create" => session.plan(&topology()).await,
        "update" => session.plan(&changed_topology()).await,
        "prune" => {
            let topology = smaller();
            let session = local.connect(&topology).await.unwrap();
            let prune = session.plan(&topology).intent(Intent::Prune);
            let plan = prune.not_used_in("111111111111".parse().unwrap()).await.unwrap();
            return (local, session, plan);
        }
        _ => session.plan(&topology()).intent(Intent::Destroy).await,
    };
    (local, session, plan.unwrap())
}

/// B's pipeline alone: A's call and the role for it are no longer in the program.
fn smaller() -> Topology {
    Topology::builder("release").add(Deploy).build().unwrap()
}

fn warnings(plan: &Plan) -> Vec<String> {
    plan.warnings().iter().map(|warning| format!("{} {}", warning.code, warning.message)).collect()
}

#[tokio::test]
async fn what_an_apply_changed_is_put_back_by_its_journal() {
    for operation in ["create", "update"] {
        let (local, session, plan) = planned(operation).await;
        let before = held(&local).unwrap();
        let paper = JournalInMemory::default();
        session.apply(&plan).journal_to(paper.clone()).await.unwrap();
        assert_ne!(held(&local).unwrap(), before);
        let back = session.restore(&paper.journal().unwrap()).await.unwrap();
        assert_eq!((back.intent(), warnings(&back)), (Intent::Restore, Vec::new()), "{operation}");
        session.apply(&back).await.unwrap();
        assert_eq!(without_notes(held(&local).unwrap()), without_notes(before), "{operation}");
        let again = session.restore(&paper.journal().unwrap()).await.unwrap();
        assert!(again.is_empty(), "{operation}: {again}");
    }
}

#[tokio::test]
async fn a_restore_is_shown_as_any_plan_and_goes_back_in_the_order_of_the_apply() {
    let (_, session, plan) = planned("create").await;
    let paper = JournalInMemory::default();
    session.apply(&plan).journal_to(paper.clone()).await.unwrap();
    let back = session.restore(&paper.journal().unwrap()).await.unwrap();
    let text = back.to_string();
    assert!(text.starts_with("topology release: 0 to create, 2 to change, 3 to delete in 2 accounts\n"), "{text}");
    let position = |step: &str| {
        let found = back.steps().iter().position(|of| of.to_string() == step);
        found.unwrap_or_else(|| panic!("{step} is not in {text}"))
    };
    let caller = position("~ pipeline hoge0315pipeline1 (ap-northeast-1)");
    assert!(caller < position("- pipeline hoge1005command (ap-northeast-1)"), "{text}");
    assert!(caller < position("- role hoge0316-crossaccount-pipeline"), "{text}");
    for step in back.steps() {
        let earlier: Vec<_> = back.steps().iter().take_while(|other| other.id() != step.id()).map(|s| s.id()).collect();
        assert!(step.after.iter().all(|before| earlier.contains(before)), "{step} comes too early");
    }
}

#[tokio::test]
async fn what_was_deleted_is_created_again_and_what_is_not_the_same_is_said() {
    for operation in ["destroy", "prune"] {
        let (local, session, plan) = planned(operation).await;
        let before = held(&local).unwrap();
        let paper = JournalInMemory::default();
        session.apply(&plan).journal_to(paper.clone()).await.unwrap();
        let back = session.restore(&paper.journal().unwrap()).await.unwrap();
        let said = warnings(&back);
        let invoker = "XA1041 role `arn:aws:iam::222222222222:role/hoge0316-crossaccount-pipeline` is recreated with a new id: bucket and key \
                       policies that refer to the old id must be updated; its description and session duration are reset to the defaults";
        assert!(said.contains(&invoker.to_owned()), "{operation}: {said:#?}");
        session.apply(&back).await.unwrap();
        assert_eq!(held(&local).unwrap(), before, "{operation}");
        // And the way back of the way back.
        assert!(session.restore(&paper.journal().unwrap()).await.unwrap().is_empty(), "{operation}");
    }
}

#[tokio::test]
async fn what_says_which_version_was_there_comes_back_before_the_extension() {
    let (_, session, plan) = planned("destroy").await;
    let paper = JournalInMemory::default();
    session.apply(&plan).journal_to(paper.clone()).await.unwrap();
    let back = session.restore(&paper.journal().unwrap()).await.unwrap();
    let steps: Vec<String> = back.steps().iter().map(ToString::to_string).collect();
    let position = |step: &str| steps.iter().position(|other| other == step).unwrap_or_else(|| panic!("{steps:#?}"));
    let update = "~ pipeline hoge0315pipeline1 (ap-northeast-1)";
    assert!(position(&format!("{update}: tags")) < position(update), "{steps:#?}");
}

#[tokio::test]
async fn a_restore_has_a_journal_of_its_own_and_can_be_taken_back() {
    let (local, session, plan) = planned("update").await;
    let (first, second) = (JournalInMemory::default(), JournalInMemory::default());
    session.apply(&plan).journal_to(first.clone()).await.unwrap();
    let applied = held(&local).unwrap();
    let back = session.restore(&first.journal().unwrap()).await.unwrap();
    session.apply(&back).journal_to(second.clone()).await.unwrap();
    let forth = session.restore(&second.journal().unwrap()).await.unwrap();
    assert_eq!(second.journal().unwrap().intent(), Intent::Restore);
    session.apply(&forth).await.unwrap();
    assert_eq!(without_notes(held(&local).unwrap()), without_notes(applied));
}

#[tokio::test]
async fn before_each_call_the_journal_has_what_was_there_and_what_will_be_written() {
    let (local, session, plan) = planned("update").await;
    let paper = JournalInMemory::default();
    let at_the_call: Arc<Mutex<Vec<Vec<JournalEntry>>>> = Arc::default();
    for operation in
        ["UpdateAssumeRolePolicy", "PutRolePolicy", "TagRole", "UntagRole", "TagResource", "UpdatePipeline"]
    {
        let (paper, seen) = (paper.clone(), Arc::clone(&at_the_call));
        let look = move || {
            let lines = paper.text().unwrap();
            assert!(lines.ends_with('\n'));
            seen.lock().unwrap().push(lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect());
        };
        local.faults().add(Fault::on(operation).edit(look));
    }
    session.apply(&plan).journal_to(paper.clone()).await.unwrap();
    let at_the_call = at_the_call.lock().unwrap();
    assert_eq!(at_the_call.len(), plan.steps().len());
    let begun = |entries: &[JournalEntry]| entries.iter().filter(|e| matches!(e, JournalEntry::Writing(_))).count();
    let ended = |entries: &[JournalEntry]| entries.iter().filter(|e| matches!(e, JournalEntry::Ended { .. })).count();
    assert!(at_the_call.iter().all(|entries| begun(entries) > ended(entries)), "{at_the_call:#?}");
    let journal = paper.journal().unwrap();
    assert_eq!(journal.written().len(), plan.steps().len());
    for step in plan.steps() {
        let written = journal.written().iter().find(|written| written.write.id() == step.id()).unwrap();
        assert_eq!(written.write, step.write);
        assert!(matches!(journal.outcome(&step.id()), Some(WriteOutcome::Done { .. })));
        match &written.before {
            Before::Role(role) => assert!(role.as_ref().unwrap().unique_id.starts_with("AROA")),
            Before::Pipeline(pipeline) => assert!(pipeline.as_ref().unwrap().declaration.version.is_some()),
        }
    }
    let update =
        plan.steps().iter().find(|step| step.to_string() == "~ pipeline hoge0315pipeline1 (ap-northeast-1)").unwrap();
    assert_eq!(journal.outcome(&update.id()), Some(&WriteOutcome::Done { version: Some(10) }));
}

#[tokio::test]
async fn a_journal_that_was_cut_anywhere_is_read_up_to_there() {
    let (local, session, plan) = planned("create").await;
    let before = held(&local).unwrap();
    let paper = JournalInMemory::default();
    session.apply(&plan).journal_to(paper.clone()).await.unwrap();
    let text = paper.text().unwrap();
    let first = text.find('\n').unwrap();
    for end in (0..text.len()).step_by(97).filter(|end| text.is_char_boundary(*end)) {
        match Journal::read(&text[..end]) {
            Ok(journal) => assert!(end > first || journal.written().is_empty()),
            Err(error) => {
                assert!(end < first && error.to_string().starts_with("this is not a journal"), "{end}: {error}")
            }
        }
    }
    let error = Journal::read(&text.replacen("{\"entry\":\"writing\"", "{\"entry\":\"wrting\"", 1)).unwrap_err();
    assert!(error.to_string().starts_with("line 2 can't be parsed: unknown variant `wrting`"), "{error}");
    let error = Journal::read(&text.replacen("\"format\":1", "\"format\":2", 1)).unwrap_err();
    assert_eq!(error.to_string(), "this journal has format 2, and only format 1 can be read");
    // Without its last line it still is the way back: whether a call took effect is seen in the account.
    let cut = text.trim_end().rfind('\n').unwrap();
    let back = session.restore(&Journal::read(&text[..cut + 20]).unwrap()).await.unwrap();
    session.apply(&back).await.unwrap();
    assert_eq!(held(&local).unwrap(), before);
}

#[tokio::test]
async fn what_somebody_wrote_since_stays_and_both_are_said() {
    let (local, session, plan) = planned("create").await;
    let paper = JournalInMemory::default();
    session.apply(&plan).journal_to(paper.clone()).await.unwrap();
    let iam = aws_sdk_iam::Client::new(&local.sdk_config("222222222222", "us-east-1"));
    let call = iam.put_role_policy().role_name("hoge1005command-service").policy_name("codepipeline-xacct-release");
    call.policy_document(OTHER_POLICY).send().await.unwrap();
    let back = session.restore(&paper.journal().unwrap()).await.unwrap();
    let said = warnings(&back);
    let edited = said.iter().find(|said| said.starts_with("XA1019 role `arn:aws:iam::222222222222:role/hoge1005command-service` has as policy `codepipeline-xacct-release` "));
    let edited = edited.unwrap_or_else(|| panic!("{said:#?}"));
    assert!(edited.contains("arn:aws:s3:::mine/*") && edited.contains(", and the apply left {\"Version\""), "{edited}");
    session.apply(&back).await.unwrap();
    // The role with the edit stays; all that does not need it is gone.
    let role = "arn:aws:iam::222222222222:role/hoge1005command-service".parse().unwrap();
    assert!(local.policies(&role).unwrap()[0].1.to_json().contains("arn:aws:s3:::mine/*"));
    assert!(local.pipeline(&DEPLOY.parse().unwrap()).is_none());
    assert!(local.trust(&INVOKER.parse().unwrap()).is_none());
}

/// Edits a pipeline as a colleague does.
fn edit(local: &Local, arn: &str, change: impl Fn(&mut PipelineDeclaration)) {
    let arn: PipelineArn = arn.parse().unwrap();
    let mut pipeline = local.pipeline(&arn).unwrap();
    change(&mut pipeline);
    pipeline.version = pipeline.version.map(|version| version + 1);
    local.put_pipeline(&arn, &PipelineDocument { pipeline, ..Default::default() }).unwrap();
}

fn configuration<'a>(pipeline: &'a mut PipelineDeclaration, stage: usize, key: &str) -> &'a mut String {
    let action = &mut pipeline.stages.as_mut().unwrap()[stage].actions.as_mut().unwrap()[0];
    action.configuration.as_mut().unwrap().get_mut(key).unwrap()
}

#[tokio::test]
async fn an_edit_of_a_pipeline_since_is_kept_and_the_rest_is_put_back() {
    let (local, session, plan) = planned("create").await;
    let before = held(&local).unwrap();
    let paper = JournalInMemory::default();
    session.apply(&plan).journal_to(paper.clone()).await.unwrap();
    edit(&local, RELEASE, |pipeline| "theirs".clone_into(configuration(pipeline, 0, "BranchName")));
    let back = session.restore(&paper.journal().unwrap()).await.unwrap();
    assert_eq!(warnings(&back), Vec::<String>::new());
    session.apply(&back).await.unwrap();
    edit(&local, RELEASE, |pipeline| {
        assert_eq!(std::mem::replace(configuration(pipeline, 0, "BranchName"), "main".to_owned()), "theirs");
    });
    let put_back = held(&local).unwrap();
    assert_eq!(put_back.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_pipeline_in_which_somebody_changed_what_the_apply_wrote_keeps_what_it_needs() {
    let (local, session, plan) = planned("create").await;
    let paper = JournalInMemory::default();
    session.apply(&plan).journal_to(paper.clone()).await.unwrap();
    edit(&local, RELEASE, |pipeline| {
        let action = &mut pipeline.stages.as_mut().unwrap()[1].actions.as_mut().unwrap()[0];
        action.role_arn = Some(format!("{INVOKER}-2"));
    });
    let back = session.restore(&paper.journal().unwrap()).await.unwrap();
    let said = warnings(&back);
    assert!(
        said.contains(&format!(
            "XA1019 `stages[Build].actions[ccc].roleArn` stays \"{INVOKER}-2\", which others wrote since; before the apply it was nothing"
        )),
        "{said:#?}"
    );
    assert!(
        said.iter().any(|said| said
            .contains(&format!("role `{INVOKER}` stays as it is, since `{RELEASE}` stays, which may need it"))),
        "{said:#?}"
    );
    session.apply(&back).await.unwrap();
    assert!(local.trust(&INVOKER.parse().unwrap()).is_some());
}

#[tokio::test]
async fn a_role_that_another_pipeline_came_to_name_stays() {
    let (local, session, plan) = planned("create").await;
    let paper = JournalInMemory::default();
    session.apply(&plan).journal_to(paper.clone()).await.unwrap();
    edit(&local, RELEASE, |pipeline| {
        let stages = pipeline.stages.as_mut().unwrap();
        let mut more = stages[1].clone();
        "More".clone_into(&mut more.name);
        stages.push(more);
    });
    let back = session.restore(&paper.journal().unwrap()).await.unwrap();
    let said = warnings(&back);
    assert!(
        said.contains(&format!("XA1019 role `{INVOKER}` is named by pipeline `{RELEASE}`, so it stays as it is")),
        "{said:#?}"
    );
    session.apply(&back).await.unwrap();
    assert!(local.trust(&INVOKER.parse().unwrap()).is_some());
    assert_eq!(local.policies(&INVOKER.parse().unwrap()).unwrap().len(), 1);
}

#[tokio::test]
async fn without_a_journal_nothing_is_changed_where_one_was_asked_for() {
    let (local, session, plan) = planned("create").await;
    let before = held(&local).unwrap();
    let error = session.apply(&plan).journal("/no/such/folder/journal").await.unwrap_err();
    assert!(error.failed.iter().all(|(_, error)| matches!(error, StepError::Journal { .. })) && error.done.is_empty());
    assert!(
        error.to_string().contains(
            "the journal can't be written, and nothing is changed without it: /no/such/folder/journal: No such file"
        ),
        "{error}"
    );
    assert_eq!(held(&local).unwrap(), before);
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_of_a_journal_is_for_its_owner_alone_and_never_written_over() {
    use std::os::unix::fs::PermissionsExt;

    let (local, session, plan) = planned("create").await;
    let file = std::env::temp_dir().join(format!("codepipeline-xacct-journal-{}", std::process::id()));
    session.apply(&plan).journal(&file).await.unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(&file).unwrap();
    let before = held(&local).unwrap();
    let plan = session.plan(&changed_topology()).await.unwrap();
    let error = session.apply(&plan).journal(&file).await.unwrap_err();
    assert!(error.to_string().contains("File exists"), "{error}");
    assert_eq!((std::fs::read_to_string(&file).unwrap(), held(&local).unwrap()), (text, before));
    std::fs::remove_file(file).unwrap();
}

/// Applies with undo while a call is denied; the error, the steps that were put back, and whether the accounts are as before.
async fn undone(operation: &str, fault: Fault) -> (ApplyError, bool) {
    let (local, session, plan) = planned(operation).await;
    let before = held(&local).unwrap();
    local.faults().add(fault);
    let events = Mutex::new(Vec::new());
    let on_event = |event: Event| events.lock().unwrap().push(event);
    let error = session.apply(&plan).without_asking_first().undo_on_failure().on_event(on_event).await.unwrap_err();
    let events = events.into_inner().unwrap();
    assert!(events.iter().any(|event| matches!(event, Event::PuttingBack { .. })), "{error}");
    let is_as_before = without_notes(held(&local).unwrap()) == without_notes(before);
    (error, is_as_before)
}

#[tokio::test]
async fn an_apply_that_fails_is_put_back_if_asked_for() {
    for (operation, call) in [("create", "UpdatePipeline"), ("create", "CreatePipeline"), ("update", "UpdatePipeline")]
    {
        let fault = Fault::on(call).first(1).access_denied();
        let (error, is_as_before) = undone(operation, fault).await;
        assert!(is_as_before, "{operation} {call}: {error}");
        let Some(Undo::Done { steps, warnings }) = &error.undo else { panic!("{error}") };
        assert!(!steps.is_empty() && warnings.is_empty());
        let text = error.to_string();
        assert!(text.contains("\nput back: ") && !text.contains("what was written stays"), "{text}");
    }
}

#[tokio::test]
async fn an_apply_that_can_not_be_put_back_says_what_stays() {
    let (local, session, plan) = planned("create").await;
    local.faults().add(Fault::on("UpdatePipeline").access_denied());
    local.faults().add(Fault::on("DeleteRole").access_denied());
    let error = session.apply(&plan).without_asking_first().undo_on_failure().await.unwrap_err();
    let Some(Undo::Failed { error: back, .. }) = &error.undo else { panic!("{error}") };
    let failed: Vec<String> = back.failed.iter().map(|(step, _)| step.to_string()).collect();
    assert!(failed.contains(&"- role hoge0316-crossaccount-pipeline (222222222222)".to_owned()), "{error}");
    assert!(error.to_string().contains("\nnot all was put back:\n  2 steps failed:\n  - role "), "{error}");
    // The same command continues.
    local.faults().clear();
    session.apply(&session.plan(&topology()).await.unwrap()).await.unwrap();
}

#[tokio::test]
async fn an_apply_that_wrote_nothing_has_nothing_to_put_back() {
    let (local, session, plan) = planned("create").await;
    for operation in ["CreateRole", "PutRolePolicy", "TagResource"] {
        local.faults().add(Fault::on(operation).access_denied());
    }
    let before = held(&local).unwrap();
    let error = session.apply(&plan).without_asking_first().undo_on_failure().await.unwrap_err();
    assert_eq!(held(&local).unwrap(), before);
    assert!(
        error.to_string().contains("nothing was written") && error.to_string().contains("nothing had to be put back"),
        "{error}"
    );
}

#[tokio::test]
async fn tags_that_an_apply_gave_are_taken_away_and_those_that_it_changed_come_back() {
    let local = as_the_console_left_it().unwrap();
    let invoker = INVOKER.parse().unwrap();
    local.put_role(&invoker, &service_trust().unwrap(), &[]).unwrap();
    let iam = aws_sdk_iam::Client::new(&local.sdk_config("222222222222", "us-east-1"));
    let tag = aws_sdk_iam::types::Tag::builder().key("codepipeline-xacct:item").value("Another").build().unwrap();
    iam.tag_role().role_name(invoker.name().as_str()).tags(tag).send().await.unwrap();
    let before = held(&local).unwrap();
    let session = local.connect(&topology()).await.unwrap();
    let plan = session.plan(&topology()).adopt(DeployInvoker).await.unwrap();
    let paper = JournalInMemory::default();
    session.apply(&plan).journal_to(paper.clone()).await.unwrap();
    let back = session.restore(&paper.journal().unwrap()).await.unwrap();
    let tags: Vec<String> =
        back.steps().iter().map(|step| step.to_string()).filter(|step| step.ends_with("pipeline: tags")).collect();
    assert_eq!(tags, ["~ role hoge0316-crossaccount-pipeline: tags", "- role hoge0316-crossaccount-pipeline: tags"]);
    session.apply(&back).await.unwrap();
    assert_eq!(held(&local).unwrap(), before);
}

#[tokio::test]
async fn a_topology_that_took_over_another_name_gives_it_back() {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology()).await.unwrap();
    session.apply(&session.plan(&topology()).await.unwrap()).await.unwrap();
    let before = held(&local).unwrap();
    let renamed = Topology::builder("shipping").add(Release).build().unwrap();
    let plan = session.plan(&renamed).renamed_from("release".parse().unwrap()).await.unwrap();
    let paper = JournalInMemory::default();
    session.apply(&plan).journal_to(paper.clone()).await.unwrap();
    session.apply(&session.restore(&paper.journal().unwrap()).await.unwrap()).await.unwrap();
    assert_eq!(held(&local).unwrap(), before);
}

#[tokio::test]
async fn a_deleted_role_with_a_boundary_is_not_created_without_it() {
    let (local, session, _) = planned("destroy").await;
    let iam = aws_sdk_iam::Client::new(&local.sdk_config("222222222222", "us-east-1"));
    let policy = iam.create_policy().policy_name("edge").policy_document(OTHER_POLICY).send().await.unwrap();
    let edge = policy.policy().unwrap().arn().unwrap().to_owned();
    let call = iam.put_role_permissions_boundary().role_name("hoge1005command-service").permissions_boundary(&edge);
    call.send().await.unwrap();
    let plan = session.plan(&topology()).intent(Intent::Destroy).await.unwrap();
    let paper = JournalInMemory::default();
    session.apply(&plan).journal_to(paper.clone()).await.unwrap();
    let back = session.restore(&paper.journal().unwrap()).await.unwrap();
    let said = warnings(&back);
    let role = "arn:aws:iam::222222222222:role/hoge1005command-service";
    let expected = format!(
        "XA1041 role `{role}` is not put back: it had the permissions boundary `{edge}`, which is not written here"
    );
    assert!(said.contains(&expected), "{said:#?}");
    session.apply(&back).await.unwrap();
    assert!(local.trust(&role.parse().unwrap()).is_none());
    // The pipeline that ran with it can't come back without it.
    assert!(local.pipeline(&DEPLOY.parse().unwrap()).is_none());
}

#[tokio::test]
async fn what_can_not_be_reached_stays_and_all_else_is_put_back() {
    let (local, session, plan) = planned("create").await;
    let paper = JournalInMemory::default();
    session.apply(&plan).journal_to(paper.clone()).await.unwrap();
    let tooling = topology().accounts().iter().find(|account| account.item == "Tooling").unwrap().clone();
    let config = local.sdk_config("111111111111", "ap-northeast-1");
    let half = Session::builder().account(tooling, config).connect().await.unwrap();
    let back = half.restore(&paper.journal().unwrap()).await.unwrap();
    assert!(back.steps().iter().all(|step| step.id().account().as_str() == "111111111111") && !back.is_empty());
    let said = warnings(&back);
    let expected = format!("XA1041 pipeline `{DEPLOY}` is not put back: there is no client for account 222222222222");
    assert!(said.contains(&expected), "{said:#?}");
    half.apply(&back).await.unwrap();
}

#[tokio::test]
async fn the_version_before_another_topology_is_not_said_of_a_pipeline_that_is_created_again() {
    let (local, session, _) = planned("destroy").await;
    let client = aws_sdk_codepipeline::Client::new(&local.sdk_config("222222222222", "ap-northeast-1"));
    for (key, value) in [("codepipeline-xacct:extended-by:other", "7"), ("team", "theirs")] {
        let tag = aws_sdk_codepipeline::types::Tag::builder().key(key).value(value).build().unwrap();
        client.tag_resource().resource_arn(DEPLOY).tags(tag).send().await.unwrap();
    }
    let destroy = session.plan(&topology()).intent(Intent::Destroy).await.unwrap();
    let paper = JournalInMemory::default();
    session.apply(&destroy).journal_to(paper.clone()).await.unwrap();
    assert!(local.pipeline(&DEPLOY.parse().unwrap()).is_none());
    session.apply(&session.restore(&paper.journal().unwrap()).await.unwrap()).await.unwrap();
    let tags = client.list_tags_for_resource().resource_arn(DEPLOY).send().await.unwrap();
    let keys: Vec<&str> = tags.tags().iter().map(aws_sdk_codepipeline::types::Tag::key).collect();
    assert!(keys.contains(&"team") && keys.contains(&"codepipeline-xacct:topology"), "{keys:?}");
    assert!(!keys.iter().any(|key| key.contains(":extended-by:")), "{keys:?}");
}
