//! Of two applies of one topology at once one writes, and the other says so.

use std::future::IntoFuture as _;
use std::time::Duration;

use codepipeline_xacct::Topology;
use codepipeline_xacct::aws::{ApplyError, Report, Session, StepError};
use codepipeline_xacct::builder::{BuiltPipeline, action, pipeline};
use codepipeline_xacct::cli::{Console, run_in};
use codepipeline_xacct::core::plan::{Intent, Plan, RequiredPermission};
use codepipeline_xacct::core::policy::{Document, Statement};
use codepipeline_xacct::core::topology::Subject;
use codepipeline_xacct::local::{Deployer, Fault, Local};
use codepipeline_xacct_aws_tests::*;

fn topology() -> Topology {
    Topology::builder("release").add(Release).build().unwrap()
}

fn changed_topology() -> Topology {
    Topology::builder("release").add(changed::Release).build().unwrap()
}

/// Local AWS in which the topology was applied, as JSON.
async fn applied() -> String {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology()).await.unwrap();
    session.apply(&session.plan(&topology()).await.unwrap()).await.unwrap();
    local.to_json().unwrap()
}

async fn change(session: &Session) -> Plan {
    session.plan(&changed_topology()).exclusive().await.unwrap()
}

fn is_held(result: &Result<Report, ApplyError>) -> bool {
    let Err(error) = result else { return false };
    let [(_, StepError::Held { by, .. })] = &error.failed[..] else { panic!("{error}") };
    by.ends_with(":user/administrator") && error.done.is_empty()
}

#[tokio::test(start_paused = true)]
async fn two_applies_at_once_never_both_write() {
    let state = applied().await;
    let mut at_work = 0;
    for seed in 0..60 {
        let local = Local::from_json(&state).unwrap();
        let (one, two) = (local.connect(&topology()).await.unwrap(), local.connect(&topology()).await.unwrap());
        let (plan_of_one, plan_of_two) = (change(&one).await, change(&two).await);
        for (bit, milliseconds) in [50, 100, 200, 400, 800].into_iter().enumerate() {
            let seed = seed * 8 + u64::try_from(bit).unwrap();
            local.faults().add(Fault::on_any().seeded(seed, 50).slow(Duration::from_millis(milliseconds)));
        }
        local.clear_calls();
        let later = async {
            tokio::time::sleep(Duration::from_millis(seed % 7 * 400)).await;
            two.apply(&plan_of_two).without_asking_first().await
        };
        let (first, second) = tokio::join!(one.apply(&plan_of_one).without_asking_first().into_future(), later);
        let held = [is_held(&first), is_held(&second)];
        assert_ne!(held, [true, true], "seed {seed}: nobody wrote");
        at_work += usize::from(held != [false, false]);
        let calls = local.calls();
        let updates = calls.iter().filter(|call| call.operation == "UpdatePipeline").count();
        assert_eq!(updates, 2, "seed {seed}: {first:?} {second:?}");
        local.faults().clear();
        assert!(one.plan(&changed_topology()).await.unwrap().is_empty(), "seed {seed}");
        assert!(!local.to_json().unwrap().contains("codepipeline-xacct:lease:"), "seed {seed}: a lease is left");
    }
    assert!(at_work > 30, "only {at_work} met");
}

#[tokio::test(start_paused = true)]
async fn two_versions_of_a_program_that_write_in_one_account_never_both_write() {
    let state = applied().await;
    let smaller = Topology::builder("release").add(changed::Deploy).build().unwrap();
    // A role that a pipeline still names is not pruned.
    let other_role = Topology::builder("release").add(other_role::Release).build().unwrap();
    for (smaller, intent) in [(smaller, Intent::Converge), (other_role, Intent::Prune)] {
        for smaller_is_first in [false, true] {
            let local = Local::from_json(&state).unwrap();
            let session = local.connect(&topology()).await.unwrap();
            let (whole, part) =
                (change(&session).await, session.plan(&smaller).intent(intent).exclusive().await.unwrap());
            let (first, second) = if smaller_is_first { (&part, &whole) } else { (&whole, &part) };
            local.faults().add(Fault::on("TagResource").slow(Duration::from_millis(200)));
            local.faults().add(Fault::on("UpdatePipeline").slow(Duration::from_secs(60)));
            local.faults().add(Fault::on("DeletePipeline").slow(Duration::from_secs(60)));
            let later = async {
                tokio::time::sleep(Duration::from_secs(10)).await;
                session.apply(second).await
            };
            let (first, second) = tokio::join!(session.apply(first).into_future(), later);
            first.unwrap();
            assert!(is_held(&second), "{intent:?}, {smaller_is_first}: {second:?}");
        }
    }
}

/// Three pipelines of one account, of which each version of a program has two.
/// A pipeline that runs a command.
fn running(name: &str, command: &str) -> BuiltPipeline {
    pipeline::<Prod>(name, name, "eu-west-1")
        .managed_service_role(&format!("{name}-service"))
        .artifact_bucket("artifacts")
        .stage("Source", |s| s.action("code", action::codecommit("shop", "main").poll(false).output("Code")))
        .stage("Build", |s| s.action("build", action::commands([command]).input("Code")))
        .build()
}

#[tokio::test(start_paused = true)]
async fn two_versions_of_a_program_meet_at_any_pipeline_that_both_write() {
    let program = |pipelines: &[&str], command: &str| {
        let builder = Topology::builder("release");
        pipelines.iter().fold(builder, |builder, name| builder.add(running(name, command))).build().unwrap()
    };
    let all = program(&["first", "second", "before"], "a");
    let local = Local::new();
    let session = local.connect(&all).await.unwrap();
    session.apply(&session.plan(&all).await.unwrap()).await.unwrap();
    let state = local.to_json().unwrap();
    // The first pipeline of each is one that the other doesn't know.
    let one = program(&["before", "second"], "b");
    let two = program(&["first", "second"], "c");
    for (first, second) in [(&one, &two), (&two, &one)] {
        let local = Local::from_json(&state).unwrap();
        let session = local.connect(&all).await.unwrap();
        let (first, second) =
            (session.plan(first).exclusive().await.unwrap(), session.plan(second).exclusive().await.unwrap());
        assert_ne!(first.leases()[0], second.leases()[0]);
        local.faults().add(Fault::on("UpdatePipeline").slow(Duration::from_secs(60)));
        let later = async {
            tokio::time::sleep(Duration::from_secs(10)).await;
            session.apply(&second).await
        };
        let (first, second) = tokio::join!(session.apply(&first).into_future(), later);
        first.unwrap();
        assert!(is_held(&second), "{second:?}");
        assert!(!local.to_json().unwrap().contains("codepipeline-xacct:lease:"), "a lease is left");
    }
}

async fn tag(local: &Local, key: &str, value: &str) {
    let client = aws_sdk_codepipeline::Client::new(&local.sdk_config("111111111111", "ap-northeast-1"));
    let tag = aws_sdk_codepipeline::types::Tag::builder().key(key).value(value).build().unwrap();
    client.tag_resource().resource_arn(RELEASE).tags(tag).send().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_lease_of_a_killed_apply_names_its_owner_and_ends() {
    let local = Local::from_json(&applied().await).unwrap();
    let session = local.connect(&topology()).await.unwrap();
    let key = "codepipeline-xacct:lease:release:0000000000000000";
    tag(&local, key, "99999999999 arn:aws:sts::111111111111:assumed-role/ci/build-17").await;
    let before = held(&local).unwrap();
    let plan = change(&session).await;
    let carry = [RELEASE, DEPLOY].map(|arn| Subject::Pipeline(arn.parse().unwrap()));
    assert_eq!(plan.leases(), carry);
    let error = session.apply(&plan).await.unwrap_err();
    let text = error.to_string();
    let said = format!(
        "another apply of the topology is in progress, by `arn:aws:sts::111111111111:assumed-role/ci/build-17`\n  help: try again when it is done; \
         if it was killed, the tag `{key}` of `{RELEASE}` expires after 15 minutes, or can be removed; `--not-exclusive` ignores the lease\nnothing was written"
    );
    assert!(text.ends_with(&said), "{text}");
    assert_eq!(held(&local).unwrap(), before);
    tag(&local, key, "1700000000 arn:aws:sts::111111111111:assumed-role/ci/build-17").await;
    session.apply(&plan).await.unwrap();
    assert!(!local.to_json().unwrap().contains("codepipeline-xacct:lease:"));
    // Another topology's lease is none of ours.
    tag(&local, "codepipeline-xacct:lease:other:0", "99999999999 them").await;
    session.apply(&session.plan(&topology()).exclusive().await.unwrap()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_somebody_removes_ends_the_apply_after_the_calls_in_flight() {
    let local = Local::from_json(&applied().await).unwrap();
    let session = local.connect(&topology()).await.unwrap();
    let plan = change(&session).await;
    local.faults().add(Fault::on("UpdateAssumeRolePolicy").slow(Duration::from_secs(600)));
    let other = local.clone();
    let removed = async {
        tokio::time::sleep(Duration::from_secs(60)).await;
        let client = aws_sdk_codepipeline::Client::new(&other.sdk_config("111111111111", "ap-northeast-1"));
        let tags = client.list_tags_for_resource().resource_arn(RELEASE).send().await.unwrap();
        let key = tags.tags().iter().find(|tag| tag.key().contains(":lease:")).unwrap().key().to_owned();
        client.untag_resource().resource_arn(RELEASE).tag_keys(key).send().await.unwrap();
    };
    let (result, ()) = tokio::join!(session.apply(&plan).into_future(), removed);
    let error = result.unwrap_err();
    assert!(error.failed.iter().any(|(_, error)| matches!(error, StepError::LeaseLost { .. })), "{error}");
    assert!(!error.done.is_empty());
}

/// An apply with a call that takes some minutes, while no one may read the tags of the pipeline that carries the lease from the third minute on.
async fn without_reads(call: u64, until: Option<u64>) -> Result<Report, ApplyError> {
    let local = Local::from_json(&applied().await).unwrap();
    let session = local.connect(&topology()).await.unwrap();
    let plan = change(&session).await;
    local.faults().add(Fault::on("UpdateAssumeRolePolicy").slow(Duration::from_secs(call * 60)));
    let other = local.clone();
    let failing = async {
        tokio::time::sleep(Duration::from_secs(180)).await;
        other.faults().add(Fault::on("ListTagsForResource").account("111111111111").internal_error());
        if let Some(until) = until {
            tokio::time::sleep(Duration::from_secs(until * 60 - 180)).await;
            other.faults().clear();
        }
    };
    tokio::join!(session.apply(&plan).into_future(), failing).0
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_cannot_be_read_for_some_minutes_is_still_held() {
    without_reads(30, Some(12)).await.unwrap();
    let error = without_reads(30, None).await.unwrap_err();
    let lost = error.failed.iter().find(|(_, error)| matches!(error, StepError::LeaseLost { .. })).unwrap();
    let said = lost.1.to_string();
    assert!(
        said.contains("could not be renewed before its term ended: account 111111111111: ListTagsForResource"),
        "{said}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_lease_whose_tag_was_written_although_no_answer_came_is_given_back() {
    let local = Local::from_json(&applied().await).unwrap();
    let session = local.connect(&topology()).await.unwrap();
    let (plan, before) = (change(&session).await, held(&local).unwrap());
    local.faults().add(Fault::on("TagResource").account("111111111111").cut_after());
    let error = session.apply(&plan).await.unwrap_err();
    assert!(error.failed.iter().all(|(_, error)| matches!(error, StepError::NotLeased { .. })), "{error}");
    assert!(error.leases_left.is_empty(), "{error}");
    let text = error.to_string();
    assert!(text.contains(&format!("the lease on `{RELEASE}` could not be taken: ")), "{text}");
    assert!(
        text.contains(": AWS could not be reached: io error: the connection was cut\n  help: `--not-exclusive`"),
        "{text}"
    );
    assert_eq!(held(&local).unwrap(), before);
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_cannot_be_given_back_is_reported_with_its_tag() {
    for fails in [false, true] {
        let local = Local::from_json(&applied().await).unwrap();
        let session = local.connect(&topology()).await.unwrap();
        let plan = change(&session).await;
        if fails {
            local.faults().add(Fault::on("UpdatePipeline").expired_token());
        }
        local.faults().add(Fault::on("UntagResource").expired_token());
        let left = match session.apply(&plan).await {
            Ok(report) => report.leases_left,
            Err(error) => {
                assert!(
                    error.to_string().contains("the lease may be left, since the tag `codepipeline-xacct:lease:"),
                    "{error}"
                );
                error.leases_left
            }
        };
        let subjects: Vec<Subject> = left.iter().map(|left| left.subject.clone()).collect();
        assert_eq!(subjects, [RELEASE, DEPLOY].map(|arn| Subject::Pipeline(arn.parse().unwrap())));
        for left in left {
            assert!(local.to_json().unwrap().contains(&left.tag), "{left}");
            assert!(left.why.contains("ExpiredToken"), "{left}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn everything_can_be_destroyed_with_a_lease() {
    let local = Local::from_json(&applied().await).unwrap();
    let session = local.connect(&topology()).await.unwrap();
    for topology in [topology(), Topology::builder("release").add(Deploy).build().unwrap()] {
        session.apply(&session.plan(&topology).exclusive().await.unwrap()).await.unwrap();
        let plan = session.plan(&topology).intent(Intent::Destroy).exclusive().await.unwrap();
        let report = session.apply(&plan).await.unwrap();
        assert!(report.leases_left.is_empty(), "{:?}", report.leases_left);
        assert!(session.plan(&topology).intent(Intent::Destroy).await.unwrap().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn what_puts_back_or_deletes_is_kept_out_as_well_unless_it_is_to_do_without() {
    let local = Local::from_json(&applied().await).unwrap();
    let session = local.connect(&topology()).await.unwrap();
    // A journal that names the pipeline in B alone, while the lease is on the one in A.
    let deploys = Topology::builder("release").add(changed::Deploy).build().unwrap();
    let paper = JournalInMemory::default();
    session.apply(&session.plan(&deploys).await.unwrap()).journal_to(paper.clone()).await.unwrap();
    let journal = paper.journal().unwrap();
    let lease = Subject::Pipeline(RELEASE.parse().unwrap());
    assert!(!journal.subjects().contains(&lease));
    assert!(session.restore(&journal).await.unwrap().leases().is_empty());
    let back = session.restore(&journal).exclusive(&topology()).await.unwrap();
    assert_eq!(back.leases().first(), Some(&lease));
    assert!(!back.is_empty());

    let path = std::env::temp_dir().join(format!("codepipeline-xacct-lease-{}", std::process::id()));
    std::fs::write(&path, paper.text().unwrap()).unwrap();
    let file = path.to_str().unwrap();
    tag(&local, "codepipeline-xacct:lease:release:0000000000000000", "99999999999 build-17").await;
    let before = held(&local).unwrap();
    assert!(is_held_by_build(&session.apply(&back).await.unwrap_err().to_string()));
    for command in [["restore", file].as_slice(), &["destroy"]] {
        let (code, said) = ran(&session, command).await;
        assert!(code == 1 && is_held_by_build(&said), "{command:?}: {said}");
        assert_eq!(held(&local).unwrap(), before, "{command:?}");
    }
    for command in [["restore", file].as_slice(), &["destroy"]] {
        let (code, said) = ran(&session, &[command, &["--not-exclusive"]].concat()).await;
        assert_eq!(code, 0, "{command:?}: {said}");
    }
    assert!(local.pipeline(&DEPLOY.parse().unwrap()).is_none());
    std::fs::remove_file(&path).unwrap();
}

fn is_held_by_build(said: &str) -> bool {
    said.contains("another apply of the topology is in progress, by `build-17`")
}

/// What a program of the topology answers to a command that writes, and all that it says.
async fn ran(session: &Session, command: &[&str]) -> (u8, String) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let console = Console { stdout: &mut stdout, stderr: &mut stderr, stdin: None };
    let args = ["release"].iter().chain(command).chain(&["--yes", "--no-journal"]).map(|arg| (*arg).into());
    let code = run_in(Ok(topology()), session.clone(), args, console).await;
    (code, String::from_utf8([stdout, stderr].concat()).unwrap())
}

#[tokio::test(start_paused = true)]
async fn what_the_lease_needs_is_a_part_of_what_the_plan_needs_and_without_it_nothing_is_written() {
    let state = applied().await;
    let local = Local::from_json(&state).unwrap();
    let administrators = local.connect(&topology()).await.unwrap();
    // A plan that does not write the pipeline that carries the lease.
    let smaller = Topology::builder("release").add(changed::Deploy).build().unwrap();
    let plan = administrators.plan(&smaller).exclusive().await.unwrap();
    let without = administrators.plan(&smaller).await.unwrap();
    let [subject] = plan.leases() else { panic!("{:?}", plan.leases()) };
    let all = plan.required_permissions();
    assert_ne!(all, without.required_permissions());
    for lacks in [None, Some("codepipeline:TagResource"), Some("codepipeline:UntagResource")] {
        let local = Local::from_json(&state).unwrap();
        let mut builder = Session::builder();
        for account in topology().accounts() {
            let deployer = Deployer::With(allowed(all.get(&account.id), lacks));
            let config = local.sdk_config_as(account.id.as_str(), "ap-northeast-1", &deployer).unwrap();
            builder = builder.account(account.clone(), config);
        }
        let session = builder.connect().await.unwrap();
        let before = held(&local).unwrap();
        let result = session.apply(&plan).await;
        let Some(action) = lacks else {
            result.unwrap();
            continue;
        };
        let error = result.unwrap_err();
        let permission = RequiredPermission { action: action.to_owned(), resource: subject.to_string() };
        let lacking = |(_, error): &(_, StepError)| matches!(error, StepError::Lacking { permissions } | StepError::LackingForLease { permissions } if permissions.contains(&permission));
        assert!(error.failed.iter().any(lacking), "{error}");
        // No step removes a tag.
        let lease =
            format!("the lease can't be taken and released, since the credentials may not {action} on {subject}\n");
        assert_eq!(error.to_string().starts_with(&lease), action == "codepipeline:UntagResource", "{error}");
        assert_eq!(held(&local).unwrap(), before, "{action}");
    }
}

/// What planning reads, and what a plan needs, but for one action.
fn allowed(needed: Option<&Document>, lacks: Option<&str>) -> Document {
    let reads = ["iam:Get*", "iam:List*", "iam:SimulatePrincipalPolicy", "codepipeline:Get*", "codepipeline:List*"];
    let mut statements = vec![Statement::allow(&reads, vec!["*".to_owned()])];
    statements.extend(needed.iter().flat_map(|document| document.statements.clone()));
    if let Some(lacks) = lacks {
        statements.iter_mut().for_each(|statement| {
            if let Some(actions) = &statement.action {
                let kept: Vec<String> = actions.iter().filter(|action| *action != lacks).map(str::to_owned).collect();
                let kept: Vec<&str> = kept.iter().map(String::as_str).collect();
                statement.action = Statement::allow(&kept, Vec::new()).action;
            }
        });
    }
    Document::new(statements)
}

#[tokio::test(start_paused = true)]
async fn the_same_command_takes_away_the_lease_of_an_apply_that_was_killed_after_its_last_step() {
    let local = Local::from_json(&applied().await).unwrap();
    let session = local.connect(&topology()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    local.faults().add(Fault::on("UntagResource").expired_token());
    let report = session.apply(&change(&session).await).lease_notes(folder.path()).await.unwrap();
    assert_eq!(report.leases_left.len(), 2);
    local.faults().clear();
    assert!(local.to_json().unwrap().contains("codepipeline-xacct:lease:"));
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let console = Console { stdout: &mut stdout, stderr: &mut stderr, stdin: None };
    let args = ["release", "apply", "--yes", "--journal", folder.path().to_str().unwrap()].map(Into::into);
    let code = run_in(Ok(changed_topology()), session, args, console).await;
    let said = String::from_utf8([stdout, stderr].concat()).unwrap();
    assert!(code == 0 && said.contains("nothing to do"), "{said}");
    assert!(!local.to_json().unwrap().contains("codepipeline-xacct:lease:"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
