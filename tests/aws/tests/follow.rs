//! Following a run over accounts: whose execution it is, what is not seen, in which order, at what pace, and what can be done with it.

use std::sync::Mutex;
use std::time::Duration;

use codepipeline_xacct::aws::{
    Correlation, Execution, FollowedExecution, InvokedState, RetryMode, RunChange, RunOutcome, Session, StopMode,
};
use codepipeline_xacct::core::declaration::{PipelineDocument, read};
use codepipeline_xacct::core::ids::{Name, PipelineArn, VariableName};
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::core::topology::{Account, CALLER_VARIABLE, caller_value};
use codepipeline_xacct::local::{Fault, Local, Outcome, SessionName};
use codepipeline_xacct_aws_tests::{service_trust, trust};
use serde_json::{Value, json};

const A: &str = "111111111111";
const B: &str = "222222222222";
const C: &str = "333333333333";
const MINUTE: Duration = Duration::from_secs(60);

const IRELAND: &str = "eu-west-1";
const VIRGINIA: &str = "us-east-1";

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

/// Three accounts. Each has a service role, and a role that all service roles may assume; both may do everything.
fn world() -> Local {
    let local = Local::new();
    let all = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let all = Document::from_json(all).unwrap();
    for account in [A, B, C] {
        let role = format!("arn:aws:iam::{account}:role/service").parse().unwrap();
        local.put_role(&role, &service_trust().unwrap(), &[("all", &all)]).unwrap();
    }
    let services = [A, B, C].map(|account| format!("\"arn:aws:iam::{account}:role/service\"")).join(",");
    let trusting = trust(&format!(r#"{{"AWS":[{services}]}}"#)).unwrap();
    for account in [A, B, C] {
        let role = format!("arn:aws:iam::{account}:role/starter").parse().unwrap();
        local.put_role(&role, &trusting, &[("all", &all)]).unwrap();
    }
    local
}

fn put(local: &Local, account: &str, name: &str, mode: &str, actions: &[Value]) -> PipelineArn {
    put_in(IRELAND, local, account, name, mode, actions)
}

fn put_in(region: &str, local: &Local, account: &str, name: &str, mode: &str, actions: &[Value]) -> PipelineArn {
    let source = json!({
        "name": "Source",
        "actionTypeId": { "category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1" },
        "configuration": { "RepositoryName": "code", "BranchName": "main", "PollForSourceChanges": "false" },
        "outputArtifacts": [{ "name": "In" }],
    });
    let declaration = json!({ "pipeline": {
        "name": name,
        "roleArn": format!("arn:aws:iam::{account}:role/service"),
        "pipelineType": "V2",
        "executionMode": mode,
        "artifactStore": { "type": "S3", "location": "artifacts" },
        "variables": [
            { "name": "who", "defaultValue": "nobody" },
            { "name": CALLER_VARIABLE, "defaultValue": "none" },
        ],
        "stages": [{ "name": "Source", "actions": [source] }, { "name": "Go", "actions": actions }],
    }});
    let document: PipelineDocument = read(&declaration.to_string()).unwrap();
    let arn = format!("arn:aws:codepipeline:{region}:{account}:{name}").parse().unwrap();
    local.put_pipeline(&arn, &document).unwrap();
    arn
}

fn command() -> Value {
    json!({
        "name": "Command",
        "actionTypeId": { "category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1" },
        "configuration": { "ProjectName": "project" },
        "inputArtifacts": [{ "name": "In" }],
    })
}

fn approval() -> Value {
    json!({ "name": "Ask", "actionTypeId": { "category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1" } })
}

fn invoke(name: &str, target: &PipelineArn, variables: &[(&str, &str)]) -> Value {
    let variables: Vec<Value> = variables.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    let mut configuration = json!({ "PipelineName": target.name().as_str() });
    if !variables.is_empty() {
        configuration["Variables"] = json!(Value::Array(variables).to_string());
    }
    json!({
        "name": name,
        "actionTypeId": { "category": "Invoke", "owner": "AWS", "provider": "CodePipeline", "version": "1" },
        "configuration": configuration,
        "roleArn": format!("arn:aws:iam::{}:role/starter", target.account()),
        "region": target.region(),
    })
}

async fn connect(local: &Local, accounts: &[&str]) -> Session {
    let accounts = accounts.iter().fold(Session::builder(), |session, id| {
        let account = Account {
            item: format!("Account{}", &id[..1]),
            id: id.parse().unwrap(),
            partition: "aws".parse().unwrap(),
        };
        session.account(account, local.sdk_config(id, "eu-west-1"))
    });
    accounts.connect().await.unwrap()
}

async fn wait(execution: &Execution<'_>) -> FollowedExecution {
    execution.wait().poll(Duration::from_millis(1)).timeout(MINUTE).await.unwrap()
}

/// The state of what the only invoke action started.
fn state(run: &FollowedExecution) -> &InvokedState {
    &run.actions.iter().find_map(|action| action.invoked.as_ref()).unwrap_or_else(|| panic!("{run}")).state
}

fn how(run: &FollowedExecution) -> Option<Correlation> {
    match state(run) {
        InvokedState::Execution { how, .. } => Some(*how),
        _ => None,
    }
}

/// The ids of the executions of a pipeline, from the oldest.
async fn ids(local: &Local, pipeline: &PipelineArn) -> Vec<String> {
    let config = local.sdk_config(pipeline.account().as_str(), pipeline.region().as_str());
    let client = aws_sdk_codepipeline::Client::new(&config);
    let listed = client.list_pipeline_executions().pipeline_name(pipeline.name().as_str()).send().await.unwrap();
    listed.pipeline_execution_summaries().iter().rev().map(|e| e.pipeline_execution_id().unwrap().to_owned()).collect()
}

/// Two callers share a role and a target; the second starts up to 9 s after the first. Every way in which they can be told apart, and
/// none: what is followed is always the own run, or it is ambiguous, and a guess is never a success.
#[tokio::test]
async fn of_two_callers_each_has_its_own_run_or_it_is_ambiguous() {
    let (mut inferred, mut ambiguous) = (0, 0);
    for takes in [0, 3, 8] {
        for gap in 0..=9 {
            for (shown, by_variable, told_apart) in
                [(false, false, false), (false, false, true), (false, true, false), (true, false, false)]
            {
                let local = world();
                local.set_request_time(Duration::ZERO);
                local.set_undocumented(|switches| switches.invoke_shows_external_id = shown);
                let target = put(&local, B, "deploy", "PARALLEL", &[command()]);
                let caller_variable = caller_value("Go", "start");
                let caller = |name: &str| {
                    let mut variables = Vec::new();
                    if told_apart {
                        variables.push(("who", name));
                    }
                    if by_variable {
                        variables.push((CALLER_VARIABLE, caller_variable.as_str()));
                    }
                    let pipeline = put(&local, A, name, "QUEUED", &[invoke("start", &target, &variables)]);
                    local.script(&pipeline, "Go", "start", [Outcome::succeeds().takes(Duration::from_secs(takes))]);
                    pipeline
                };
                let (web, api) = (caller("web"), caller("api"));
                let session = connect(&local, &[A, B]).await;
                let first = session.start_arn(web).await.unwrap();
                local.let_pass(Duration::from_secs(gap));
                let second = session.start_arn(api).await.unwrap();
                local.let_pass(2 * MINUTE);
                let own = ids(&local, &target).await;
                assert_eq!(own.len(), 2);
                for (execution, own) in [first, second].iter().zip(&own) {
                    let run = wait(execution).await;
                    match state(&run) {
                        InvokedState::Execution { how, run: started } => {
                            assert_eq!(
                                started.id.as_str(),
                                own,
                                "{takes} {gap} {shown} {by_variable} {told_apart}\n{run}"
                            );
                            assert_eq!(run.succeeded(), how.is_exact(), "{run}");
                            assert_eq!(how.is_exact(), shown || by_variable, "{run}");
                            inferred += usize::from(!how.is_exact());
                        }
                        InvokedState::Ambiguous(candidates) => {
                            assert!(!shown && !by_variable && !told_apart, "{run}");
                            let candidates: Vec<&str> = candidates.iter().map(|c| c.id.as_str()).collect();
                            assert!(candidates.contains(&own.as_str()) && candidates.len() == 2, "{run}");
                            assert_eq!(run.outcome(), RunOutcome::Unknown);
                            ambiguous += 1;
                        }
                        other => panic!("{other:?}\n{run}"),
                    }
                }
            }
        }
    }
    assert_eq!((inferred, ambiguous), (76, 44));
}

/// Two executions of one caller at the same time, which share its action, its role and its target.
#[tokio::test]
async fn of_two_executions_of_a_parallel_caller_each_has_its_own_run_or_it_is_ambiguous() {
    let (mut inferred, mut ambiguous, mut exact) = (0, 0, 0);
    for takes in [0, 3, 8] {
        for gap in 0..=9 {
            for (shown, by_variable, told_apart) in
                [(false, false, false), (false, false, true), (false, true, false), (true, false, false)]
            {
                let local = world();
                local.set_request_time(Duration::ZERO);
                local.set_undocumented(|switches| switches.invoke_shows_external_id = shown);
                let target = put(&local, B, "deploy", "PARALLEL", &[command()]);
                let caller_variable = caller_value("Go", "start");
                let mut variables = Vec::new();
                if told_apart {
                    variables.push(("who", "#{variables.who}"));
                }
                if by_variable {
                    variables.push((CALLER_VARIABLE, caller_variable.as_str()));
                }
                let caller = put(&local, A, "web", "PARALLEL", &[invoke("start", &target, &variables)]);
                local.script(&caller, "Go", "start", [Outcome::succeeds().takes(Duration::from_secs(takes))]);
                let session = connect(&local, &[A, B]).await;
                let who: VariableName = "who".parse().unwrap();
                let first = session.start_arn(caller.clone()).variable(&who, "first").await.unwrap();
                local.let_pass(Duration::from_secs(gap));
                let second = session.start_arn(caller).variable(&who, "second").await.unwrap();
                local.let_pass(2 * MINUTE);
                let own = ids(&local, &target).await;
                assert_eq!(own.len(), 2);
                let (first, second) = tokio::join!(wait(&first), wait(&second));
                for (run, own) in [first, second].iter().zip(&own) {
                    match state(run) {
                        InvokedState::Execution { how, run: started } => {
                            let context = format!("{takes} {gap} {shown} {by_variable} {told_apart}\n{run}");
                            assert_eq!(started.id.as_str(), own, "{context}");
                            assert_eq!(run.succeeded(), how.is_exact(), "{context}");
                            assert_eq!(how.is_exact(), shown || by_variable, "{context}");
                            *(if how.is_exact() { &mut exact } else { &mut inferred }) += 1;
                        }
                        InvokedState::Ambiguous(candidates) => {
                            assert!(!shown && !by_variable && !told_apart, "{run}");
                            assert!(candidates.iter().any(|candidate| candidate.id.as_str() == own), "{run}");
                            assert_eq!(run.outcome(), RunOutcome::Unknown);
                            ambiguous += 1;
                        }
                        other => panic!("{other:?}\n{run}"),
                    }
                }
            }
        }
    }
    // Those that pass their caller, or whose id is shown, are exact; the variables tell all others apart that have some.
    assert_eq!(exact, 120);
    assert!(inferred >= 60 && inferred + ambiguous == 120, "{inferred} {ambiguous}");
}

/// Account B has a pipeline of one name in each of two Regions, and both run.
#[tokio::test]
async fn a_run_is_followed_over_two_regions() {
    let local = world();
    let there = put_in(VIRGINIA, &local, B, "deploy", "PARALLEL", &[command()]);
    let here = put(&local, B, "deploy", "PARALLEL", &[command()]);
    let scan = put(&local, C, "scan", "QUEUED", &[command()]);
    let back = put_in(VIRGINIA, &local, B, "check", "QUEUED", &[invoke("scan", &scan, &[])]);
    let actions = [invoke("there", &there, &[]), invoke("here", &here, &[]), invoke("check", &back, &[])];
    let release = put(&local, A, "release", "QUEUED", &actions);
    let session = connect(&local, &[A, B, C]).await;
    let execution = session.start_arn(release.clone()).await.unwrap();
    let run = wait(&execution).await;
    assert!(run.succeeded(), "{run}");
    let followed: Vec<(&PipelineArn, &str)> =
        run.executions().iter().map(|run| (&run.pipeline, run.id.as_str())).collect();
    assert_eq!(followed.len(), 5, "{run}");
    for pipeline in [&there, &here, &back, &scan] {
        let own = ids(&local, pipeline).await;
        let ids: Vec<&str> = followed.iter().filter(|(of, _)| *of == pipeline).map(|(_, id)| *id).collect();
        assert_eq!(ids, own, "{pipeline}\n{run}");
    }
    // What fails is in its Region, and so is what to do.
    local.fail(&there, "Go", "Command", "it broke");
    let execution = session.start_arn(release).await.unwrap();
    let run = wait(&execution).await;
    assert_eq!(run.outcome(), RunOutcome::Failed, "{run}");
    let [cause] = &run.causes()[..] else { panic!("{run}") };
    assert_eq!((&cause.pipeline, cause.message.as_deref()), (&there, Some("JobFailed: it broke")));
    let text = run.to_string();
    assert!(
        text.contains("https://us-east-1.console.aws.amazon.com/") && text.contains("--region us-east-1"),
        "{text}"
    );
}

/// What AWS leaves undocumented, in each combination: exact where anything proves it, inferred where nothing does.
#[tokio::test]
async fn each_setting_of_what_is_undocumented_finds_the_run() {
    for bits in 0_u8..32 {
        let on = |bit: u8| bits & 1 << bit != 0;
        let (shown, output, waits, fixed, by_variable) = (on(0), on(1), on(2), on(3), on(4));
        let local = world();
        local.set_undocumented(|switches| {
            switches.invoke_shows_external_id = shown;
            switches.invoke_has_output_variable = output;
            switches.invoke_waits = waits;
            if fixed {
                switches.session_name = SessionName::Fixed("pipeline".to_owned());
            }
        });
        let target = put(&local, B, "deploy", "QUEUED", &[command()]);
        let caller_variable = caller_value("Go", "start");
        let variables = [(CALLER_VARIABLE, caller_variable.as_str())];
        let variables = if by_variable { &variables[..] } else { &[] };
        let caller = put(&local, A, "release", "QUEUED", &[invoke("start", &target, variables)]);
        let session = connect(&local, &[A, B]).await;
        let execution = session.start_arn(caller.clone()).await.unwrap();
        let run = wait(&execution).await;
        let expected = match (shown || output, by_variable) {
            (_, true) | (true, _) => [Correlation::ShownId, Correlation::CallerVariable].as_slice(),
            (false, false) => &[Correlation::Inferred],
        };
        assert!(how(&run).is_some_and(|how| expected.contains(&how)), "{bits:05b}\n{run}");
        assert_eq!(run.actions[1].started().unwrap().id.as_str(), ids(&local, &target).await[0]);
        assert_eq!(run.succeeded(), shown || output || by_variable, "{bits:05b}\n{run}");
        // A target that fails is a failure where its run is known, and no success where it is not.
        local.fail(&target, "Go", "Command", "it broke");
        let execution = session.start_arn(caller).await.unwrap();
        let run = wait(&execution).await;
        let known = shown || by_variable || output && !waits;
        assert!(!run.succeeded());
        assert_eq!(run.outcome() == RunOutcome::Failed, known || waits, "{bits:05b}\n{run}");
    }
}

/// A start that AWS denied started nothing, whatever others started at that time. After another failure that is not known.
#[tokio::test]
async fn what_others_started_while_an_action_failed_is_not_taken_for_its_own() {
    let denied = "User: x is not authorized to perform: codepipeline:StartPipelineExecution on resource: y";
    for others in [1, 2] {
        for (message, is_denied) in [(denied, true), ("no space left", false)] {
            let local = world();
            local.set_undocumented(|switches| switches.invoke_shows_external_id = false);
            let deploy = put(&local, B, "deploy", "PARALLEL", &[command()]);
            let release = put(&local, A, "release", "QUEUED", &[invoke("start", &deploy, &[])]);
            local.script(&release, "Go", "start", [Outcome::fails(message).takes(Duration::from_secs(5))]);
            let session = connect(&local, &[A, B]).await;
            let execution = session.start_arn(release).await.unwrap();
            for other in 0..others {
                let other = put(&local, A, &format!("other{other}"), "QUEUED", &[invoke("start", &deploy, &[])]);
                session.start_arn(other).await.unwrap();
            }
            local.let_pass(MINUTE);
            let run = wait(&execution).await;
            match state(&run) {
                InvokedState::NothingStarted => assert!(is_denied, "{run}"),
                InvokedState::Ambiguous(candidates) => {
                    assert!(!is_denied && candidates.len() == others, "{run}");
                    assert!(candidates.iter().all(|candidate| candidate.began.is_some()), "{run}");
                }
                other => panic!("{other:?}\n{run}"),
            }
        }
    }
}

#[tokio::test]
async fn a_run_is_followed_through_three_accounts() {
    let local = world();
    let scan = put(&local, C, "scan", "QUEUED", &[command()]);
    let deploy = put(&local, B, "deploy", "QUEUED", &[invoke("scan", &scan, &[("who", "b")])]);
    let release = put(&local, A, "release", "QUEUED", &[invoke("deploy", &deploy, &[("who", "a")])]);
    let session = connect(&local, &[A, B, C]).await;
    let execution = session.start_arn(release.clone()).await.unwrap();
    let events = Mutex::new(Vec::new());
    let request = execution.wait().poll(Duration::from_millis(1)).timeout(MINUTE);
    let run = request.on_event(|event, _| events.lock().unwrap().push((event.depth, event.to_string()))).await.unwrap();
    assert!(run.succeeded(), "{run}");
    let way: Vec<(&PipelineArn, Option<&str>)> =
        run.executions().iter().map(|run| (&run.pipeline, run.variable("who"))).collect();
    assert_eq!(way, [(&release, Some("nobody")), (&deploy, Some("a")), (&scan, Some("b"))]);
    assert!(run.causes().is_empty());
    let events = events.into_inner().unwrap();
    let last = |depth| events.iter().rposition(|(at, _)| *at == depth).unwrap();
    assert!(
        last(0) < last(2) && events[last(2)].1.starts_with("scan (333333333333, eu-west-1): Succeeded"),
        "{events:?}"
    );
}

#[tokio::test]
async fn what_is_not_followed_is_no_success() {
    let local = world();
    let deploy = put(&local, B, "deploy", "QUEUED", &[command()]);
    local.fail(&deploy, "Go", "Command", "it broke");
    let release = put(&local, A, "release", "QUEUED", &[invoke("deploy", &deploy, &[])]);
    let session = connect(&local, &[A]).await;
    let run = wait(&session.start_arn(release).await.unwrap()).await;
    assert!(matches!(state(&run), InvokedState::NotFollowed), "{run}");
    assert_eq!(run.outcome(), RunOutcome::Unknown);
    let text = run.to_string();
    assert!(text.contains("deploy not followed: there is no client for account 222222222222\n"), "{text}");
    assert!(text.contains("help: give the session a profile or a role of account 222222222222 (`--account-profile 222222222222=PROFILE`)\n"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn an_error_in_one_account_stands_in_the_tree_and_the_rest_goes_on() {
    for (fault, code, help) in [
        (Fault::on_any().account(C).expired_token(), "ExpiredToken", "sign in to account 333333333333 again"),
        (
            Fault::on_any().account(C).throttle(),
            "ThrottlingException",
            "too many calls are made in account 333333333333",
        ),
        (Fault::on_any().account(C).access_denied(), "AccessDenied", "allow codepipeline:GetPipelineExecution"),
        (Fault::on_any().account(C).unavailable(), "ServiceUnavailable", "follow the execution again"),
    ] {
        let local = world();
        let (deploy, scan) =
            (put(&local, B, "deploy", "QUEUED", &[command()]), put(&local, C, "scan", "QUEUED", &[command()]));
        let actions = [invoke("deploy", &deploy, &[]), invoke("scan", &scan, &[])];
        let release = put(&local, A, "release", "QUEUED", &actions);
        let session = connect(&local, &[A, B, C]).await;
        let execution = session.start_arn(release).await.unwrap();
        local.faults().add(fault);
        let request = execution.wait().poll(Duration::from_millis(1)).timeout(Duration::from_secs(600));
        let run = request.await.unwrap();
        let [deploy, scan] = &run.actions[1..] else { panic!("{run}") };
        assert!(deploy.started().unwrap().succeeded(), "{run}");
        let InvokedState::NotReadable(failure) = &scan.invoked.as_ref().unwrap().state else { panic!("{run}") };
        assert!(failure.code.as_deref().unwrap_or_default().contains(code), "{failure:?}");
        assert_eq!(run.outcome(), RunOutcome::Unknown);
        assert!(run.to_string().contains(help), "{run}");
    }
}

/// The deadline comes between the two calls of a look: that the execution has succeeded is not yet that all has.
#[tokio::test(start_paused = true)]
async fn an_execution_whose_actions_were_not_read_yet_is_no_success() {
    let local = world();
    let deploy = put(&local, B, "deploy", "QUEUED", &[command()]);
    local.fail(&deploy, "Go", "Command", "it broke");
    let release = put(&local, A, "release", "QUEUED", &[invoke("deploy", &deploy, &[])]);
    let session = connect(&local, &[A, B]).await;
    let execution = session.start_arn(release).await.unwrap();
    local.let_pass(MINUTE);
    let run = execution.wait().timeout(Duration::from_millis(300)).await.unwrap();
    assert_eq!(run.outcome(), RunOutcome::Running, "{run}");
    assert_eq!(execution.wait().await.unwrap().outcome(), RunOutcome::Failed);
}

/// What can't be read for a while is reported once, although the rest of the execution is read.
#[tokio::test(start_paused = true)]
async fn a_failure_that_lasts_is_told_once() {
    let local = world();
    let release = put(&local, A, "release", "QUEUED", &[command()]);
    let session = connect(&local, &[A]).await;
    let execution = session.start_arn(release).await.unwrap();
    local.faults().add(Fault::on("ListActionExecutions").unavailable());
    let told = Mutex::new(0);
    let request = execution.wait().timeout(10 * MINUTE).on_event(|event, run| {
        *told.lock().unwrap() += usize::from(matches!(event.change, RunChange::Unreadable(_)));
        assert!(!run.succeeded(), "{run}");
    });
    let run = request.await.unwrap();
    assert_eq!((told.into_inner().unwrap(), run.outcome()), (1, RunOutcome::Unknown), "{run}");
}

/// Three throttled calls are not a failure: they are made again, later.
#[tokio::test(start_paused = true)]
async fn throttling_slows_down_and_loses_nothing() {
    let local = world();
    let targets: Vec<PipelineArn> = (0..10).map(|n| put(&local, B, &format!("t{n}"), "QUEUED", &[command()])).collect();
    let actions: Vec<Value> = targets.iter().enumerate().map(|(n, t)| invoke(&format!("i{n}"), t, &[])).collect();
    let release = put(&local, A, "release", "QUEUED", &actions);
    let session = connect(&local, &[A, B]).await;
    let execution = session.start_arn(release).await.unwrap();
    local.faults().add(Fault::on_any().account(B).bucket(2, 1).throttle());
    let run = execution.wait().await.unwrap();
    assert!(run.succeeded(), "{run}");
}

#[tokio::test(start_paused = true)]
async fn a_target_that_fails_at_once_is_told_before_four_slow_ones_and_there_is_one_deadline() {
    let local = world();
    let targets: Vec<PipelineArn> = (0..5).map(|n| put(&local, B, &format!("t{n}"), "QUEUED", &[command()])).collect();
    for target in &targets[..4] {
        local.script(target, "Go", "Command", [Outcome::succeeds().takes(600 * MINUTE)]);
    }
    local.fail(&targets[4], "Go", "Command", "it broke");
    let actions: Vec<Value> = targets.iter().enumerate().map(|(n, t)| invoke(&format!("i{n}"), t, &[])).collect();
    let release = put(&local, A, "release", "QUEUED", &actions);
    let session = connect(&local, &[A, B]).await;
    let execution = session.start_arn(release).await.unwrap();
    let began = tokio::time::Instant::now();
    let failed = Mutex::new(None);
    let request = execution.wait().timeout(10 * MINUTE).on_event(|event, run| {
        if let RunChange::Action { error: Some((_, message)), .. } = &event.change {
            assert_eq!((event.pipeline.name().as_str(), message.as_str()), ("t4", "it broke"));
            assert_eq!(run.outcome(), RunOutcome::Failed);
            failed.lock().unwrap().get_or_insert(began.elapsed());
        }
    });
    let run = request.await.unwrap();
    assert!(failed.into_inner().unwrap().unwrap() < MINUTE);
    let took = began.elapsed();
    assert!(took >= 10 * MINUTE && took < 11 * MINUTE, "{took:?}");
    assert_eq!(run.outcome(), RunOutcome::Failed);
    let first = &run.causes()[0];
    assert_eq!((first.pipeline.name().as_str(), first.message.as_deref()), ("t4", Some("JobFailed: it broke")));
    assert_eq!(run.executions().len(), 6);
}

/// In any second at most two calls are made in an account, whatever the number of targets.
#[tokio::test(start_paused = true)]
async fn a_run_with_a_hundred_targets_stays_under_two_calls_a_second_per_account() {
    let local = world();
    let targets: Vec<PipelineArn> =
        (0..100).map(|n| put(&local, B, &format!("t{n}"), "QUEUED", &[command()])).collect();
    for target in &targets {
        local.script(target, "Go", "Command", [Outcome::succeeds().takes(10 * MINUTE)]);
    }
    let actions: Vec<Value> = targets.iter().enumerate().map(|(n, t)| invoke(&format!("i{n}"), t, &[])).collect();
    let release = put(&local, A, "release", "QUEUED", &actions);
    let session = connect(&local, &[A, B]).await;
    let execution = session.start_arn(release).await.unwrap();
    local.clear_calls();
    let run = execution.wait().await.unwrap();
    assert!(run.succeeded(), "{}", run.outcome());
    assert_eq!(run.executions().len(), 101);
    for account in [A, B] {
        let calls = local.calls();
        let at: Vec<Duration> =
            calls.iter().filter(|c| c.account.as_deref() == Some(account)).map(|call| call.start).collect();
        let seconds = (*at.last().unwrap() - at[0]).as_secs_f64();
        assert!((at.len() - 1) as f64 / seconds < 2.0, "{account}: {} calls in {seconds} s", at.len());
        for three in at.windows(3) {
            assert!(three[2] - three[0] > Duration::from_secs(1), "{account}: {three:?}");
        }
    }
}

#[tokio::test]
async fn an_approval_is_given_and_refused_from_the_handle() {
    for mode in ["QUEUED", "PARALLEL"] {
        let local = world();
        let pipeline = put(&local, A, "release", mode, &[approval()]);
        local.await_answer(&pipeline, "Go", "Ask");
        let session = connect(&local, &[A]).await;
        for (approve, status) in [(true, "Succeeded"), (false, "Failed")] {
            let execution = session.start_arn(pipeline.clone()).await.unwrap();
            let request = execution.wait().poll(Duration::from_millis(1)).timeout(Duration::from_millis(300));
            let run = request.await.unwrap();
            assert_eq!(run.outcome(), RunOutcome::Running);
            assert!(run.actions[1].awaits_approval);
            assert!(run.to_string().contains("waits for approval: Go / Ask of pipeline `release`"), "{run}");
            if approve {
                execution.approve(&name("Go"), &name("Ask"), "looks good").await.unwrap();
            } else {
                execution.reject(&name("Go"), &name("Ask"), "not today").await.unwrap();
            }
            assert_eq!(wait(&execution).await.status.unwrap().as_str(), status, "{mode}");
            let error = execution.approve(&name("Go"), &name("Ask"), "again").await.unwrap_err();
            assert!(
                matches!(&error, codepipeline_xacct::aws::ExecutionError::NoApproval { .. }) || mode == "PARALLEL",
                "{error}"
            );
        }
    }
}

#[tokio::test]
async fn the_approval_of_another_execution_is_not_given() {
    let local = world();
    let pipeline = put(&local, A, "release", "SUPERSEDED", &[approval()]);
    local.await_answer(&pipeline, "Go", "Ask");
    let session = connect(&local, &[A]).await;
    let first = session.start_arn(pipeline.clone()).await.unwrap();
    local.let_pass(MINUTE);
    let second = session.start_arn(pipeline.clone()).await.unwrap();
    local.let_pass(MINUTE);
    let error = second.approve(&name("Go"), &name("Ask"), "").await.unwrap_err().to_string();
    assert_eq!(
        error,
        format!(
            "execution {} of pipeline `{pipeline}` does not wait for approval `Ask` in stage `Go`: execution {} waits for it",
            second.id(),
            first.id()
        )
    );
    first.approve(&name("Go"), &name("Ask"), "").await.unwrap();
}

#[tokio::test]
async fn an_execution_is_stopped_from_the_handle() {
    for (mode, action) in [(StopMode::Wait, "Succeeded"), (StopMode::Abandon, "Abandoned")] {
        let local = world();
        let pipeline = put(&local, A, "release", "QUEUED", &[command()]);
        local.script(&pipeline, "Go", "Command", [Outcome::succeeds().takes(MINUTE)]);
        let session = connect(&local, &[A]).await;
        let execution = session.start_arn(pipeline).await.unwrap();
        local.let_pass(Duration::from_secs(10));
        execution.stop(mode, "wrong version").await.unwrap();
        let run = wait(&execution).await;
        assert_eq!(run.status.as_ref().unwrap().as_str(), "Stopped");
        assert_eq!((run.actions[1].status.as_str(), run.outcome()), (action, RunOutcome::Failed));
        assert_eq!(run.causes()[0].what, "stopped");
    }
}

/// A stage that is run again starts its target again: each attempt has its own run.
#[tokio::test]
async fn a_stage_is_retried_from_the_handle_and_both_attempts_are_shown() {
    for (by_variable, mode) in
        [(true, RetryMode::AllActions), (false, RetryMode::AllActions), (true, RetryMode::FailedActions)]
    {
        let local = world();
        local.set_undocumented(|switches| switches.invoke_shows_external_id = !by_variable);
        let deploy = put(&local, B, "deploy", "QUEUED", &[command()]);
        let caller_variable = caller_value("Go", "start");
        let variables = [(CALLER_VARIABLE, caller_variable.as_str())];
        let start = invoke("start", &deploy, if by_variable { &variables } else { &[] });
        let pipeline = put(&local, A, "release", "QUEUED", &[start, command()]);
        local.script(&pipeline, "Go", "Command", [Outcome::fails("no space left"), Outcome::succeeds()]);
        let session = connect(&local, &[A, B]).await;
        let execution = session.start_arn(pipeline).await.unwrap();
        let run = wait(&execution).await;
        assert_eq!(run.outcome(), RunOutcome::Failed);
        execution.retry(&name("Go"), mode).await.unwrap();
        let run = wait(&execution).await;
        assert!(run.succeeded(), "{run}");
        let attempts: Vec<(&str, usize, &str)> =
            run.actions[1..].iter().map(|a| (a.action.as_str(), a.attempt, a.status.as_str())).collect();
        let runs = ids(&local, &deploy).await;
        let started: Vec<&str> = run.actions.iter().filter_map(|a| a.started()).map(|run| run.id.as_str()).collect();
        assert_eq!(started, runs, "{run}");
        let again = [("start", 2, "Succeeded"), ("Command", 2, "Succeeded")];
        let again = if mode == RetryMode::AllActions { &again[..] } else { &again[1..] };
        assert_eq!(attempts[..2], [("start", 1, "Succeeded"), ("Command", 1, "Failed")]);
        assert_eq!(&attempts[2..], again);
        assert!(run.to_string().contains("Go / Command: Succeeded, attempt 2 (1 s)\n"), "{run}");
    }
}

#[tokio::test]
async fn a_stage_is_rolled_back_to_an_execution_from_its_handle() {
    let local = world();
    let pipeline = put(&local, A, "release", "QUEUED", &[command()]);
    local.script(&pipeline, "Go", "Command", [Outcome::succeeds(), Outcome::fails("it broke"), Outcome::succeeds()]);
    let session = connect(&local, &[A]).await;
    let good = session.start_arn(pipeline.clone()).await.unwrap();
    assert!(wait(&good).await.succeeded());
    let bad = session.start_arn(pipeline.clone()).await.unwrap();
    assert!(!wait(&bad).await.succeeded());
    let back = good.roll_back(&name("Go")).await.unwrap();
    assert!(back.id() != good.id() && wait(&back).await.succeeded());
}

#[tokio::test]
async fn following_is_given_up_and_begun_again() {
    let local = world();
    let deploy = put(&local, B, "deploy", "QUEUED", &[command()]);
    local.script(&deploy, "Go", "Command", [Outcome::succeeds().takes(10 * MINUTE)]);
    let release = put(&local, A, "release", "QUEUED", &[invoke("deploy", &deploy, &[])]);
    let session = connect(&local, &[A, B]).await;
    let execution = session.start_arn(release.clone()).await.unwrap();
    let request = execution.wait().poll(Duration::from_millis(1)).timeout(Duration::from_millis(300));
    let given_up = request.await.unwrap();
    assert_eq!(given_up.outcome(), RunOutcome::Running);
    assert!(given_up.actions[1].started().is_some());
    local.let_pass(20 * MINUTE);
    let another = connect(&local, &[A, B]).await;
    let run = wait(&another.execution(release.clone(), execution.id().clone())).await;
    assert!(run.succeeded(), "{run}");
    assert_eq!(run.actions[1].started().unwrap().id, given_up.actions[1].started().unwrap().id);
    let found = another.find_execution(&[deploy.clone(), release.clone()], execution.id()).await.unwrap().unwrap();
    assert_eq!(found.pipeline(), &release);
    let none = another.find_execution(&[deploy], execution.id()).await.unwrap();
    assert!(none.is_none());
}

/// At night: what failed, in which account, in AWS's words, where to look, and what to type.
#[tokio::test]
async fn an_operator_reads_the_cause_and_the_next_step() {
    let local = world();
    let scan = put(&local, C, "scan", "QUEUED", &[command()]);
    let deploy = put(&local, B, "deploy", "QUEUED", &[command(), invoke("scan", &scan, &[])]);
    let release = put(&local, A, "release", "QUEUED", &[invoke("deploy", &deploy, &[("who", "a")])]);
    local.fail(&deploy, "Go", "Command", "exit status 1 while running `make test`");
    let session = connect(&local, &[A, B]).await;
    let execution = session.start_arn(release).await.unwrap();
    let run = wait(&execution).await;
    let started = &run.actions[1].started().unwrap().id;
    let text = run.to_string().replace(started.as_str(), "<deploy>").replace(execution.id().as_str(), "<release>");
    let expected = "\
arn:aws:codepipeline:eu-west-1:111111111111:release Succeeded, who=nobody, xacct_caller=none
  execution <release>, 2 s
  Source / Source: Succeeded (1 s)
  Go / deploy: Succeeded (1 s)
    arn:aws:codepipeline:eu-west-1:222222222222:deploy Failed, who=a, xacct_caller=none
      execution <deploy>, 2 s, exact: CodePipeline shows its id
      Source / Source: Succeeded (1 s)
      Go / Command: Failed (1 s)
        JobFailed: exit status 1 while running `make test`
      Go / scan: Succeeded (1 s)
        arn:aws:codepipeline:eu-west-1:333333333333:scan not followed: there is no client for account 333333333333

failed: Go / Command of pipeline `deploy` in account 222222222222, eu-west-1
  JobFailed: exit status 1 while running `make test`
  see https://eu-west-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/deploy/executions/<deploy>/timeline?region=eu-west-1
  help: after fixing it, retry the stage: aws codepipeline retry-stage-execution --pipeline-name deploy --stage-name Go --pipeline-execution-id <deploy> --retry-mode FAILED_ACTIONS --region eu-west-1

not followed: Go / scan of pipeline `deploy` in account 222222222222, eu-west-1
  it starts arn:aws:codepipeline:eu-west-1:333333333333:scan, and there is no client for account 333333333333
  see https://eu-west-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/deploy/executions/<deploy>/timeline?region=eu-west-1
  help: give the session a profile or a role of account 333333333333 (`--account-profile 333333333333=PROFILE`)
";
    assert_eq!(text, expected, "{text}");
}

/// A hop that is denied: the statement that is missing, to paste.
#[tokio::test]
async fn a_denied_hop_says_which_statement_is_missing() {
    let local = world();
    let deploy = put(&local, B, "deploy", "QUEUED", &[command()]);
    let mut start = invoke("deploy", &deploy, &[]);
    start["roleArn"] = json!(format!("arn:aws:iam::{B}:role/powerless"));
    let release = put(&local, A, "release", "QUEUED", &[start]);
    let powerless = format!("arn:aws:iam::{B}:role/powerless").parse().unwrap();
    let trusting = trust(&format!(r#"{{"AWS":"arn:aws:iam::{A}:role/service"}}"#)).unwrap();
    local.put_role(&powerless, &trusting, &[]).unwrap();
    let session = connect(&local, &[A, B]).await;
    let run = wait(&session.start_arn(release).await.unwrap()).await;
    assert!(matches!(state(&run), InvokedState::NothingStarted), "{run}");
    let causes = run.causes();
    assert_eq!((causes.len(), causes[0].what.as_str()), (1, "failed"));
    let needs = format!(r#"{{"Effect":"Allow","Action":"codepipeline:StartPipelineExecution","Resource":"{deploy}"}}"#);
    assert!(causes[0].help[0].contains(&needs), "{run}");
}
