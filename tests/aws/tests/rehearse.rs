//! Rehearsals of the article's flow and of others: what they exercise, what they find, and what they assume.

use std::time::Duration;

use codepipeline_xacct::core::declaration::read;
use codepipeline_xacct::core::ids::{PipelineArn, RoleArn};
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::core::topology::{Account, Invoke, Ownership, Pipeline, Role};
use codepipeline_xacct::core::wiring::Hop;
use codepipeline_xacct::local::{Local, Outcome};
use codepipeline_xacct::rehearsal::{
    AssumptionKind, HopResult, Rehearsal, Rehearse, RehearseError, RehearseRequest, Unreached,
};
use codepipeline_xacct::{Item, Topology};
use codepipeline_xacct_aws_tests::*;

fn topology(item: impl Item) -> Topology {
    Topology::builder("release").add(item).build().unwrap()
}

fn document(json: &str) -> Document {
    Document::from_json(json).unwrap()
}

/// `kind` and place of what was not reached.
fn not_reached(rehearsal: &Rehearsal) -> Vec<(Unreached, &str)> {
    rehearsal.not_reached.iter().map(|it| (it.kind, it.place.as_str())).collect()
}

/// The results of the hops of an action.
fn results<'a>(rehearsal: &'a Rehearsal, action: &str) -> Vec<(Hop, &'a HopResult)> {
    let own = rehearsal.hops.iter().filter(|hop| hop.action.as_deref() == Some(action));
    own.map(|hop| (hop.hop, &hop.result)).collect()
}

/// The names of what was assumed of a kind.
fn assumed(rehearsal: &Rehearsal, kind: AssumptionKind) -> Vec<&str> {
    rehearsal.assumed.iter().filter(|it| it.kind == kind).map(|it| it.name.as_str()).collect()
}

/// A build between source and start, whose output goes to B.
mod built {
    codepipeline_xacct::pipeline! {
        pub account Tooling = "111111111111";
        pub account Prod = "222222222222";

        pub role Invoker in Prod { name: "invoker", trusts: [Tooling], starts: [Deploy] }

        pub pipeline Deploy in Prod {
            name: "deploy",
            region: "eu-west-1",
            service_role: managed("deploy-service"),
            artifact_bucket: "deploy-artifacts",
            variables: { image },
            stage "Source" {
                source "code": CodeCommit { repository: "deploy", branch: "main", poll: false, output: Code }
            }
            stage "Run" { action "run": Commands { input: Code, commands: ["./deploy #{variables.image}"] } }
        }

        pub pipeline Release in Tooling {
            name: "release",
            region: "eu-west-1",
            service_role: managed("release-service"),
            artifact_bucket: "release-artifacts",
            stage "Source" {
                source "code": CodeCommit { repository: "shop", branch: "main", poll: false, output: Code }
            }
            stage "Build" {
                on_failure: RETRY(FAILED_ACTIONS),
                action "compile": CodeBuild { project_name: "shop", input: Code, namespace: Compile }
            }
            stage "Approve" { action "approve": Manual {} }
            stage "Deploy" {
                before_entry: FAIL({
                    ready: VariableCheck({ variable: "#{Compile.IMAGE}", operator: NE, value: "none" }),
                }),
                invoke "deploy": Deploy { role: Invoker, variables: { image: "#{Compile.IMAGE}" } }
            }
        }
    }
}

fn rehearse(topology: &Topology) -> RehearseRequest<'_> {
    topology.rehearse().outcome("Build/compile", [Outcome::succeeds().variable("IMAGE", "shop:1")])
}

#[tokio::test]
async fn a_variable_arrives_in_b_over_all_hops() {
    let topology = topology(built::Release);
    let rehearsal = rehearse(&topology).await.unwrap().passed().unwrap();
    assert_eq!(rehearsal.variable(built::Deploy, "image"), Some("shop:1"));
    assert_eq!(rehearsal.runs_of(built::Deploy).count(), 1);
    let release = &rehearsal.runs[0];
    assert_eq!((release.item.as_str(), release.status.as_str(), rehearsal.runs.len()), ("Release", "Succeeded", 1));
    let hops: Vec<_> = rehearsal.hops.iter().map(|hop| (hop.pipeline.as_str(), hop.hop, &hop.result)).collect();
    assert_eq!(
        hops,
        [
            ("Release", Hop::ServiceTrust, &HopResult::Exercised),
            ("Release", Hop::Assume, &HopResult::Exercised),
            ("Release", Hop::Start, &HopResult::Exercised),
            ("Deploy", Hop::ServiceTrust, &HopResult::Exercised),
        ]
    );
    assert_eq!(not_reached(&rehearsal), []);
    assert_eq!(assumed(&rehearsal, AssumptionKind::Bucket), ["release-artifacts", "deploy-artifacts"]);
    assert_eq!(assumed(&rehearsal, AssumptionKind::Source), ["Release / Source / code", "Deploy / Source / code"]);
    // The build was told how it ends.
    assert_eq!(assumed(&rehearsal, AssumptionKind::Action), ["Release / Approve / approve", "Deploy / Run / run"]);
    assert_eq!(assumed(&rehearsal, AssumptionKind::Role), [""; 0]);
}

#[tokio::test]
async fn the_articles_flow_is_rehearsed_without_the_pipeline_that_exists() {
    let rehearsal = topology(passing::Release).rehearse().variable("val1", "hello").await.unwrap().passed().unwrap();
    assert_eq!(rehearsal.variable(Deploy, "val1"), Some("hello"));
    assert_eq!(assumed(&rehearsal, AssumptionKind::Pipeline), [RELEASE]);
    assert_eq!(assumed(&rehearsal, AssumptionKind::Role), [SERVICE]);
    assert!(!rehearsal.from_accounts);
    // A variable that is not passed is only known by its name.
    let rehearsal = topology(passing::Release).rehearse().await.unwrap().passed().unwrap();
    assert_eq!(rehearsal.variable(Deploy, "val1"), Some("local-val1"));
}

#[tokio::test]
async fn the_articles_flow_is_rehearsed_from_the_accounts_which_are_only_read() {
    let accounts = as_the_console_left_it().unwrap();
    let topology = topology(passing::Release);
    let session = accounts.connect(&topology).await.unwrap();
    accounts.clear_calls();
    let rehearsal = session.rehearse(&topology).await.unwrap().passed().unwrap();
    // The default of the variable in the account.
    assert_eq!(rehearsal.variable(Deploy, "val1"), Some("aaa"));
    assert!(rehearsal.from_accounts);
    assert_eq!(assumed(&rehearsal, AssumptionKind::Pipeline), [""; 0]);
    assert_eq!(assumed(&rehearsal, AssumptionKind::Role), [""; 0]);
    let calls = accounts.calls();
    assert!(
        !calls.is_empty()
            && calls.iter().all(|call| call.operation.starts_with("Get") || call.operation.starts_with("List")),
        "{calls:?}"
    );
    assert_eq!(accounts.pipeline(&RELEASE.parse().unwrap()).unwrap().version, Some(8));
}

/// B's pipeline and role are another team's.
mod theirs {
    codepipeline_xacct::pipeline! {
        pub account Tooling = "111111111111";
        pub account Prod = "222222222222";
        pub extern pipeline Deploy in Prod {
            name: "hoge1005command",
            region: "ap-northeast-1",
            variables: { val1: "none" },
        }
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            service_role: extended(
                "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
            ),
            stage "Build" {
                invoke "ccc": Deploy {
                    role: existing("arn:aws:iam::222222222222:role/hoge0316-crossaccount-pipeline"),
                    variables: { val1: "#{variables.val1}" },
                }
            }
        }
    }
}

/// The accounts with B's pipeline and a role of these documents.
fn accounts_with(trust: &Document, policy: &str) -> Local {
    let accounts = as_the_console_left_it().unwrap();
    let deploy: PipelineArn = DEPLOY.parse().unwrap();
    let mut theirs = article("before").unwrap();
    theirs.pipeline.name = deploy.name().to_string();
    theirs.pipeline.role_arn = Some("arn:aws:iam::222222222222:role/theirs".to_owned());
    accounts.put_pipeline(&deploy, &theirs).unwrap();
    let invoker: RoleArn = INVOKER.parse().unwrap();
    accounts.put_role(&invoker, trust, &[("start", &document(policy))]).unwrap();
    accounts
}

fn starts(target: &str) -> String {
    format!(
        r#"{{"Statement":[{{"Effect":"Allow","Action":"codepipeline:StartPipelineExecution","Resource":"{target}"}}]}}"#
    )
}

fn trusts_service() -> Document {
    trust(&format!(r#"{{"AWS":"{SERVICE}"}}"#)).unwrap()
}

async fn rehearsed(accounts: &Local, topology: &Topology) -> Rehearsal {
    let session = accounts.connect(topology).await.unwrap();
    accounts.clear_calls();
    let rehearsal = session.rehearse(topology).await.unwrap();
    let calls = accounts.calls();
    let reads = |operation: &str| operation.starts_with("Get") || operation.starts_with("List");
    assert!(calls.iter().all(|call| reads(&call.operation)), "the accounts are only read: {calls:?}");
    rehearsal
}

#[tokio::test]
async fn what_an_extern_pipeline_does_is_assumed_and_its_variables_are_read() {
    let accounts = accounts_with(&trusts_service(), &starts(DEPLOY));
    let rehearsal = rehearsed(&accounts, &topology(theirs::Release)).await.passed().unwrap();
    assert_eq!(rehearsal.variable(theirs::Deploy, "val1"), Some("aaa"));
    assert_eq!(assumed(&rehearsal, AssumptionKind::Pipeline), [DEPLOY]);
}

#[tokio::test]
async fn a_start_right_for_another_pipeline_is_the_hop_that_fails() {
    let accounts = accounts_with(&trusts_service(), &starts(&DEPLOY.replace("hoge1005command", "other")));
    let rehearsal = rehearsed(&accounts, &topology(theirs::Release)).await;
    assert!(!rehearsal.succeeded() && rehearsal.runs.is_empty(), "{rehearsal}");
    let reason = "because no identity-based policy allows the codepipeline:StartPipelineExecution action";
    let denied = HopResult::Denied { message: reason.to_owned() };
    assert_eq!(results(&rehearsal, "ccc"), [(Hop::Assume, &HopResult::NotReached), (Hop::Start, &denied)]);
    let failure = &rehearsal.failures[0];
    assert_eq!(failure.code.as_deref(), Some("XA1013"));
    assert_eq!(failure.message, format!("role `{INVOKER}` may not start pipeline `{DEPLOY}` {reason}"));
    assert!(failure.help.as_ref().unwrap().contains(&format!(r#""Resource":"{DEPLOY}""#)), "{failure:?}");
    assert_eq!(not_reached(&rehearsal), [(Unreached::Pipeline, "Release"), (Unreached::Pipeline, "Deploy")]);
    assert!(
        rehearsal
            .to_string()
            .contains("✗ hop Release / Build / ccc: hoge0316-crossaccount-pipeline → hoge1005command\n"),
        "{rehearsal}"
    );
}

#[tokio::test]
async fn a_right_that_has_run_out_is_denied_when_the_action_runs() {
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"codepipeline:StartPipelineExecution","Resource":"{DEPLOY}",
            "Condition":{{"DateLessThan":{{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}}}}}]}}"#
    );
    let accounts = accounts_with(&trusts_service(), &policy);
    let rehearsal = rehearsed(&accounts, &topology(theirs::Release)).await;
    let [(Hop::Assume, HopResult::Exercised), (Hop::Start, HopResult::Denied { message })] =
        &results(&rehearsal, "ccc")[..]
    else {
        panic!("{rehearsal}");
    };
    assert!(
        message.starts_with("User: arn:aws:sts::222222222222:assumed-role/hoge0316-crossaccount-pipeline/"),
        "{message}"
    );
    let end = format!(
        "is not authorized to perform: codepipeline:StartPipelineExecution on resource: {DEPLOY} because no identity-based policy allows the codepipeline:StartPipelineExecution action"
    );
    assert!(message.ends_with(&end), "{message}");
    let [failure] = &rehearsal.failures[..] else { panic!("{rehearsal}") };
    assert_eq!((failure.place.as_str(), failure.code.as_deref()), ("Release / Build / ccc", Some("AccessDenied")));
    let help = failure.help.as_deref().unwrap();
    assert!(help.starts_with("a plan can't decide this: it depends on ") && help.contains("aws:CurrentTime"), "{help}");
    let line = "✗ Build / ccc: CodePipeline → AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1 → hoge0316-crossaccount-pipeline → ✗ hoge1005command\n    AccessDenied: User: ";
    assert!(rehearsal.to_string().contains(line), "{rehearsal}");
    // The stage is retried, as the account has it.
    let attempts: Vec<_> = rehearsal.runs[0].actions.iter().map(|a| (a.action.as_str(), a.retried)).collect();
    assert_eq!(attempts, [("Source", false), ("ccc", true), ("ccc", false)]);
    assert_eq!(not_reached(&rehearsal), [(Unreached::Pipeline, "Deploy")]);
}

#[tokio::test]
async fn a_trust_that_was_edited_by_hand_denies() {
    let everybody_else = trust(r#"{"AWS":"arn:aws:iam::222222222222:root"}"#).unwrap();
    let accounts = accounts_with(&everybody_else, &starts(DEPLOY));
    let rehearsal = rehearsed(&accounts, &topology(theirs::Release)).await;
    let denied =
        HopResult::Denied { message: "because no role trust policy allows the sts:AssumeRole action".to_owned() };
    assert_eq!(results(&rehearsal, "ccc"), [(Hop::Assume, &denied), (Hop::Start, &HopResult::NotReached)]);
    let help = rehearsal.failures[0].help.as_deref().unwrap();
    assert!(help.starts_with(&format!("add to the trust policy of `{INVOKER}`: ")) && help.contains(SERVICE), "{help}");
}

#[tokio::test]
async fn a_trust_that_only_a_run_can_decide_prevents_the_update() {
    let mut ran_out = trusts_service();
    for statement in ran_out.statements.iter_mut() {
        *statement = statement.clone().when("DateLessThan", "aws:CurrentTime", &["2020-01-01T00:00:00Z"]);
    }
    let accounts = accounts_with(&ran_out, &starts(DEPLOY));
    let rehearsal = rehearsed(&accounts, &topology(theirs::Release)).await;
    assert!(rehearsal.runs.is_empty(), "{rehearsal}");
    let refused = format!("{SERVICE} is not authorized to perform AssumeRole on role {INVOKER}");
    assert!(rehearsal.failures[0].message.contains(&refused), "{rehearsal}");
    assert!(rehearsal.failures[0].place.contains("hoge0315pipeline1"), "{rehearsal}");
    let [(Hop::Assume, HopResult::Denied { message }), (Hop::Start, HopResult::NotReached)] =
        &results(&rehearsal, "ccc")[..]
    else {
        panic!("{rehearsal}");
    };
    assert!(message.contains(&refused), "{message}");
}

#[tokio::test]
async fn a_managed_role_that_was_edited_by_hand_is_put_right_first() {
    let accounts = as_the_console_left_it().unwrap();
    let topology = topology(passing::Release);
    let session = accounts.connect(&topology).await.unwrap();
    session.apply(&session.plan(&topology).await.unwrap()).await.unwrap();
    let iam = aws_sdk_iam::Client::new(&accounts.sdk_config("222222222222", "eu-west-1"));
    let edited =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#;
    let name = "hoge0316-crossaccount-pipeline";
    iam.update_assume_role_policy().role_name(name).policy_document(edited).send().await.unwrap();
    session.rehearse(&topology).await.unwrap().passed().unwrap();
    assert_eq!(accounts.trust(&INVOKER.parse().unwrap()).unwrap(), document(edited));
}

#[tokio::test]
async fn a_service_role_that_codepipeline_may_not_assume_is_the_first_hop_that_fails() {
    let accounts = Local::new();
    let deny = trust(r#"{"Service":"lambda.amazonaws.com"}"#).unwrap();
    accounts.put_role(&SERVICE.parse().unwrap(), &deny, &[]).unwrap();
    accounts.put_pipeline(&RELEASE.parse().unwrap(), &article("before").unwrap()).unwrap();
    let rehearsal = rehearsed(&accounts, &topology(passing::Release)).await;
    let first = rehearsal.hops.iter().find(|hop| hop.pipeline == "Release" && hop.hop == Hop::ServiceTrust).unwrap();
    assert!(matches!(first.result, HopResult::Denied { .. }), "{rehearsal}");
    assert_eq!((first.from.as_str(), first.to.as_str()), ("codepipeline.amazonaws.com", SERVICE));
}

#[tokio::test]
async fn what_attached_policies_and_boundaries_say_counts() {
    let policy = starts(DEPLOY);
    let accounts = accounts_with(
        &trusts_service(),
        r#"{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#,
    );
    let iam = aws_sdk_iam::Client::new(&accounts.sdk_config("222222222222", "eu-west-1"));
    let name = "hoge0316-crossaccount-pipeline";
    let made = iam.create_policy().policy_name("starts").policy_document(&policy).send().await.unwrap();
    let made = made.policy().unwrap().arn().unwrap().to_owned();
    iam.attach_role_policy().role_name(name).policy_arn(&made).send().await.unwrap();
    rehearsed(&accounts, &topology(theirs::Release)).await.passed().unwrap();
    let only_s3 = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
    let boundary = iam.create_policy().policy_name("boundary").policy_document(only_s3).send().await.unwrap();
    let boundary = boundary.policy().unwrap().arn().unwrap().to_owned();
    iam.put_role_permissions_boundary().role_name(name).permissions_boundary(&boundary).send().await.unwrap();
    let rehearsal = rehearsed(&accounts, &topology(theirs::Release)).await;
    let denied = "because no permissions boundary allows the codepipeline:StartPipelineExecution action".to_owned();
    assert_eq!(results(&rehearsal, "ccc")[1], (Hop::Start, &HopResult::Denied { message: denied }));
}

#[tokio::test]
async fn attached_policies_of_one_name_do_not_replace_each_other() {
    let reads = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
    let accounts = accounts_with(&trusts_service(), reads);
    let iam = aws_sdk_iam::Client::new(&accounts.sdk_config("222222222222", "eu-west-1"));
    let made = iam.create_policy().policy_name("AWSCodePipeline_FullAccess").policy_document(reads).send();
    let own = made.await.unwrap().policy.unwrap().arn.unwrap();
    for policy in ["arn:aws:iam::aws:policy/AWSCodePipeline_FullAccess", own.as_str()] {
        let attach = iam.attach_role_policy().role_name("hoge0316-crossaccount-pipeline").policy_arn(policy);
        attach.send().await.unwrap();
    }
    rehearsed(&accounts, &topology(theirs::Release)).await.passed().unwrap();
}

#[tokio::test]
async fn a_build_that_fails_for_good_leaves_the_rest_unreached() {
    let topology = topology(built::Release);
    let rehearsal =
        topology.rehearse().outcome("Build/compile", [Outcome::fails("no space left on device")]).await.unwrap();
    let [failure] = &rehearsal.failures[..] else { panic!("{rehearsal}") };
    assert_eq!(
        (failure.place.as_str(), failure.code.as_deref(), failure.message.as_str()),
        ("Release / Build / compile", Some("JobFailed"), "no space left on device")
    );
    assert_eq!(
        not_reached(&rehearsal),
        [
            (Unreached::Stage, "Release / Approve"),
            (Unreached::Stage, "Release / Deploy"),
            (Unreached::Pipeline, "Deploy")
        ]
    );
    assert_eq!(
        results(&rehearsal, "deploy"),
        [(Hop::Assume, &HopResult::NotReached), (Hop::Start, &HopResult::NotReached)]
    );
    let error = rehearsal.clone().passed().unwrap_err();
    assert_eq!((error.to_string(), format!("{error:?}")), (rehearsal.to_string(), rehearsal.to_string()));
    assert!(
        error.to_string().starts_with("rehearsal of topology release: failed; 1 run, 1 of 4 hops exercised, "),
        "{error}"
    );
}

#[tokio::test]
async fn a_build_that_fails_once_is_retried_and_its_output_arrives() {
    let topology = topology(built::Release);
    let outcomes = [Outcome::fails("no network"), Outcome::succeeds().variable("IMAGE", "shop:2")];
    let rehearsal = topology.rehearse().outcome("Release/Build/compile", outcomes).await.unwrap().passed().unwrap();
    assert_eq!(rehearsal.variable(built::Deploy, "image"), Some("shop:2"));
    let compile: Vec<_> = rehearsal.runs[0].actions.iter().filter(|action| action.action == "compile").collect();
    assert_eq!((compile[0].status.as_str(), compile[0].retried), ("Failed", true));
    assert_eq!((compile[1].status.as_str(), compile[1].retried), ("Succeeded", false));
    assert!(rehearsal.to_string().contains("· Build / compile, run again: JobFailed: no network\n"), "{rehearsal}");
}

#[tokio::test]
async fn a_start_that_was_told_to_fail_is_a_hop_that_was_not_reached() {
    let topology = topology(built::Release);
    let rehearsal = rehearse(&topology).outcome("Deploy/deploy", [Outcome::fails("no")]).await.unwrap();
    assert_eq!(
        results(&rehearsal, "deploy"),
        [(Hop::Assume, &HopResult::Exercised), (Hop::Start, &HopResult::NotReached)]
    );
    let deploy = "arn:aws:codepipeline:eu-west-1:222222222222:deploy";
    let place = format!("Release / Deploy / deploy: the start of {deploy}");
    assert_eq!(not_reached(&rehearsal), [(Unreached::Pipeline, "Deploy"), (Unreached::Hop, place.as_str())]);
}

#[tokio::test]
async fn a_condition_that_does_not_hold_is_what_failed() {
    let topology = topology(built::Release);
    let rehearsal = rehearse(&topology).outcome("Deploy/ready", [Outcome::fails("not yet")]).await.unwrap();
    let [failure] = &rehearsal.failures[..] else { panic!("{rehearsal}") };
    assert_eq!(
        (failure.place.as_str(), failure.message.as_str()),
        ("Release / Deploy / beforeEntry / ready", "not yet")
    );
    assert!(not_reached(&rehearsal).contains(&(Unreached::Action, "Release / Deploy / deploy")), "{rehearsal}");
}

#[tokio::test]
async fn an_approval_of_days_takes_no_time() {
    let topology = topology(built::Release);
    let days = |days: u64| Duration::from_secs(days * 86_400);
    let given = rehearse(&topology).outcome("Approve/approve", [Outcome::succeeds().takes(days(5))]).await.unwrap();
    let given = given.passed().unwrap();
    assert!((5 * 86_400..5 * 86_400 + 60).contains(&given.seconds), "{given}");
    let nobody = rehearse(&topology).outcome("Approve/approve", [Outcome::awaits_answer()]).await.unwrap();
    let [failure] = &nobody.failures[..] else { panic!("{nobody}") };
    assert_eq!((failure.place.as_str(), failure.code.as_deref()), ("Release / Approve / approve", None));
    assert!((7 * 86_400..7 * 86_400 + 60).contains(&nobody.seconds), "{nobody}");
    let rejected = rehearse(&topology).outcome("Approve/approve", [Outcome::fails("not today")]).await.unwrap();
    assert_eq!(rejected.failures[0].message, "not today");
}

#[tokio::test]
async fn the_answer_does_not_depend_on_what_aws_leaves_undocumented() {
    let topology = topology(built::Release);
    for (shows, waits) in [(true, true), (true, false), (false, true), (false, false)] {
        let rehearsal = rehearse(&topology)
            .undocumented(|switches| {
                switches.invoke_shows_external_id = shows;
                switches.invoke_waits = waits;
            })
            .await
            .unwrap()
            .passed()
            .unwrap();
        assert_eq!(rehearsal.variable(built::Deploy, "image"), Some("shop:1"), "{shows} {waits}");
    }
}

#[tokio::test]
async fn a_start_without_a_required_variable_is_refused_in_the_words_of_aws() {
    let topology = topology(built::Release);
    let rehearsal = rehearse(&topology).start(built::Deploy).await.unwrap();
    let [failure] = &rehearsal.failures[..] else { panic!("{rehearsal}") };
    assert_eq!(
        (failure.place.as_str(), failure.code.as_deref(), failure.message.as_str()),
        ("Deploy", Some("ValidationException"), "The following variable has no value: image")
    );
    let passed = rehearse(&topology).start_named("Deploy").variable("image", "shop:3").await.unwrap().passed().unwrap();
    assert_eq!((passed.runs.len(), passed.variable(built::Deploy, "image")), (1, Some("shop:3")));
    assert_eq!(not_reached(&passed), [(Unreached::Pipeline, "Release")]);
}

const SECRET: &str = "planted-secret-1f0c";

#[tokio::test]
async fn a_masked_secret_stays_masked_and_prevents_nothing() {
    let accounts = as_the_console_left_it().unwrap();
    let mut document = article("before").unwrap();
    let source = r#"{"name":"Source","actionTypeId":{"category":"Source","owner":"ThirdParty","provider":"GitHub","version":"1"},
        "configuration":{"Owner":"hoge","Repo":"code","Branch":"main","PollForSourceChanges":"false","OAuthToken":"planted-secret-1f0c"},
        "outputArtifacts":[{"name":"SourceArtifact"}],"namespace":"SourceVariables"}"#;
    document.pipeline.stages.as_mut().unwrap()[0].actions = Some(vec![read(source).unwrap()]);
    accounts.put_pipeline(&RELEASE.parse().unwrap(), &document).unwrap();
    let rehearsal = rehearsed(&accounts, &topology(passing::Release)).await.passed().unwrap();
    assert_eq!(rehearsal.variable(Deploy, "val1"), Some("aaa"));
    let all = format!("{rehearsal:#}{rehearsal:?}{}", serde_json::to_string(&rehearsal).unwrap());
    assert!(!all.contains(SECRET), "{all}");
}

/// A pipeline that starts one in each of 40 accounts.
fn fleet() -> Topology {
    let account = |number: usize| Account {
        item: format!("Account{number}"),
        id: format!("{:012}", 100_000_000_000_u64 + number as u64).parse().unwrap(),
        partition: "aws".parse().unwrap(),
    };
    let role = |account: &Account, name: &str| {
        let arn = format!("arn:aws:iam::{}:role/{name}", account.id);
        Role::inline(Ownership::Managed, arn.parse().unwrap())
    };
    let pipeline = |item: String, account: &Account, second: &str, variables: &str| {
        let arn = format!("arn:aws:codepipeline:eu-west-1:{}:{}", account.id, item.to_lowercase());
        let mut pipeline = Pipeline::new(&item, Ownership::Managed, arn.parse().unwrap());
        pipeline.declaration = read(&format!(
            r#"{{"name":"{}","artifactStore":{{"type":"S3","location":"artifacts-{}"}},"variables":[{variables}],
               "stages":[{{"name":"Source","actions":[{{"name":"code","actionTypeId":{{"category":"Source","owner":"AWS","provider":"CodeCommit","version":"1"}},
               "configuration":{{"RepositoryName":"shop","BranchName":"main","PollForSourceChanges":"false"}},"outputArtifacts":[{{"name":"Code"}}]}}]}},{second}]}}"#,
            item.to_lowercase(),
            account.id
        ))
        .unwrap();
        pipeline
    };
    let action = |name: &str, category: &str, provider: &str| {
        format!(
            r#"{{"name":"{name}","actionTypeId":{{"category":"{category}","owner":"AWS","provider":"{provider}","version":"1"}}}}"#
        )
    };
    let hub = account(0);
    let mut topology = Topology::builder("fleet");
    let (mut actions, mut invokes) = (Vec::new(), Vec::new());
    for number in 1..=40 {
        let there = account(number);
        let run = action("wait", "Approval", "Manual");
        let mut target = pipeline(
            format!("Deploy{number}"),
            &there,
            &format!(r#"{{"name":"Run","actions":[{run}]}}"#),
            r#"{"name":"version"}"#,
        );
        let (service, invoker) = (role(&there, "service"), role(&there, "invoker"));
        target.service_role = Some(service.arn.clone());
        actions.push(action(&format!("start{number}"), "Invoke", "CodePipeline"));
        invokes.push(Invoke {
            stage: "Start".to_owned(),
            action: format!("start{number}"),
            target: target.target(),
            role: Some(invoker.arn.clone()),
            variables: [("version".to_owned(), "#{variables.version}".to_owned())].into_iter().collect(),
            wait: None,
        });
        topology = topology.add(there).add(service).add(invoker).add(target);
    }
    let start = format!(r#"{{"name":"Start","actions":[{}]}}"#, actions.join(","));
    let mut caller = pipeline("Hub".to_owned(), &hub, &start, r#"{"name":"version"}"#);
    let service = role(&hub, "service");
    caller.service_role = Some(service.arn.clone());
    caller.invokes = invokes;
    topology.add(hub).add(service).add(caller).build().unwrap()
}

#[tokio::test]
async fn forty_targets_are_a_few_lines() {
    let fleet = fleet();
    let rehearsal = fleet.rehearse().variable("version", "7").await.unwrap().passed().unwrap();
    let values: Vec<&str> = rehearsal.all_runs().map(|run| run.variables["version"].as_str()).collect();
    assert_eq!(values, ["7"; 41]);
    assert_eq!(rehearsal.hops.iter().filter(|hop| hop.result == HopResult::Exercised).count(), 41 + 80);
    let text = rehearsal.to_string();
    assert!(text.lines().count() < 14, "{text}");
    assert!(
        text.contains(
            "  ✓ 40 started pipelines that succeeded: Start / start1, Start / start2, Start / start3 and 37 more\n"
        ),
        "{text}"
    );
    assert!(format!("{rehearsal:#}").contains("✓ Deploy40 in 100000000040 with version=\"7\": Succeeded\n"));
    // Of 40, the one that fails is shown.
    let one =
        fleet.rehearse().variable("version", "7").outcome("Deploy17/Run/wait", [Outcome::fails("no")]).await.unwrap();
    let text = one.to_string();
    assert!(text.lines().count() < 16, "{text}");
    assert!(text.contains("✗ Deploy17 in 100000000017 with version=\"7\": Failed\n"), "{text}");
}

#[tokio::test]
async fn wrong_names_are_errors_with_the_nearest_name() {
    let topology = topology(built::Release);
    let said = async |request: RehearseRequest<'_>| request.await.unwrap_err().to_string();
    let fails = || [Outcome::fails("no")];
    assert_eq!(
        said(topology.rehearse().outcome("Build/compil", fails())).await,
        "there is no action `Build/compil` to rehearse\n  help: write `Build/compile`"
    );
    assert_eq!(
        said(topology.rehearse().outcome("compile", fails())).await,
        "there is no action `compile` to rehearse\n  help: write `Build/compile`"
    );
    assert_eq!(
        said(topology.rehearse().outcome("Relaese/Build/compile", fails())).await,
        "there is no action `Relaese/Build/compile` to rehearse\n  help: write `Release/Build/compile`"
    );
    assert_eq!(
        said(topology.rehearse().outcome("Source/code", fails())).await,
        "action `Source/code` is in several pipelines\n  help: write `Release/Source/code`, `Deploy/Source/code`"
    );
    assert_eq!(
        said(topology.rehearse().start_named("Relase")).await,
        "there is no pipeline `Relase` to rehearse\n  help: write `Release`"
    );
    assert_eq!(
        said(topology.rehearse().start(built::Deploy).variable("imag", "x")).await,
        "there is no variable `imag` to rehearse\n  help: write `image`"
    );
    assert_eq!(
        said(topology.rehearse().variable("image", "x")).await,
        "there is no variable `image` to rehearse\n  help: leave it out: there is none"
    );
    let nothing = Topology::builder("t").add(theirs::Deploy).build().unwrap();
    assert!(matches!(nothing.rehearse().await, Err(RehearseError::NothingToStart)));
}

#[tokio::test]
async fn a_rehearsal_survives_json() {
    let topology = topology(built::Release);
    for rehearsal in [
        rehearse(&topology).await.unwrap(),
        topology.rehearse().outcome("Build/compile", [Outcome::fails("no")]).await.unwrap(),
    ] {
        let json = serde_json::to_value(&rehearsal).unwrap();
        assert_eq!(json["topology"], "release");
        assert_eq!(json["hops"][0]["hop"], "service_trust");
        assert_eq!(serde_json::from_value::<Rehearsal>(json).unwrap(), rehearsal);
    }
}
