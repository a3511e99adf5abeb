//! What others do in the accounts: actions that need what the program would take away, and edits of what the program manages.

use std::collections::BTreeSet;

use aws_sdk_codepipeline::types::PipelineDeclaration;
use codepipeline_xacct::Topology;
use codepipeline_xacct::aws::Session;
use codepipeline_xacct::cli::{Console, run_in};
use codepipeline_xacct::core::ids::RoleArn;
use codepipeline_xacct::core::plan::{APPLIED_TAG, Aspect, Drift, Plan, Write};
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::local::{Fault, Local};
use codepipeline_xacct_aws_tests::*;
use serde_json::{Value, json};

fn topology() -> Topology {
    Topology::builder("release").add(Release).build().unwrap()
}

async fn applied() -> (Local, Session) {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology()).await.unwrap();
    session.apply(&session.plan(&topology()).await.unwrap()).await.unwrap();
    (local, session)
}

fn iam(local: &Local, account: &str) -> aws_sdk_iam::Client {
    aws_sdk_iam::Client::new(&local.sdk_config(account, "us-east-1"))
}

/// Edits a pipeline as the console would.
fn edit(local: &Local, arn: &str, change: impl Fn(&mut Value)) {
    let mut declaration = serde_json::to_value(local.pipeline(&arn.parse().unwrap()).unwrap()).unwrap();
    change(&mut declaration);
    let document = serde_json::from_value(json!({ "pipeline": declaration })).unwrap();
    local.put_pipeline(&arn.parse().unwrap(), &document).unwrap();
}

fn warnings(plan: &Plan, code: &str) -> Vec<String> {
    plan.warnings().iter().filter(|w| w.code == code).map(|w| format!("{}: {}", w.place, w.message)).collect()
}

const THEIRS: &str = "arn:aws:iam::222222222222:role/theirs";

/// A's pipeline has an action of another team, and the policy that the program keeps in A's service role lets it assume its role.
async fn shared(local: &Local) {
    let started: RoleArn = THEIRS.parse().unwrap();
    let start = Document::from_json(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"codepipeline:StartPipelineExecution","Resource":"{DEPLOY}"}}]}}"#
    ));
    local.put_role(&started, &trust(&format!(r#"{{"AWS":"{SERVICE}"}}"#)).unwrap(), &[("p", &start.unwrap())]).unwrap();
    edit(local, RELEASE, |pipeline| {
        let actions = pipeline["stages"][1]["actions"].as_array_mut().unwrap();
        let mut theirs = actions.iter().find(|action| action["name"] == "ccc").unwrap().clone();
        theirs["name"] = "theirs".into();
        theirs["roleArn"] = THEIRS.into();
        actions.push(theirs);
    });
    let both = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole","Resource":["{INVOKER}","{THEIRS}"]}}]}}"#
    );
    let role = SERVICE.rsplit('/').next().unwrap();
    let put = iam(local, "111111111111").put_role_policy().role_name(role).policy_name("codepipeline-xacct-release");
    put.policy_document(both).send().await.unwrap();
}

#[tokio::test]
async fn a_plan_that_takes_a_role_away_from_another_teams_action_is_refused() {
    let (local, session) = applied().await;
    shared(&local).await;
    let error = session.plan(&topology()).await.unwrap_err().to_string();
    let line = error.lines().find(|line| line.contains("XA1031")).unwrap_or_else(|| panic!("{error}"));
    assert_eq!(
        line,
        format!(
            "error[XA1031] pipeline Release / stage \"Build\" / action \"theirs\": service role `{SERVICE}` may assume action role \
             `{THEIRS}` now, but not after the plan, because no identity-based policy allows the sts:AssumeRole action"
        )
    );
    // With the same right from another policy nothing is lost.
    let role = SERVICE.rsplit('/').next().unwrap();
    let own = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"{THEIRS}"}}]}}"#
    );
    let put = iam(&local, "111111111111").put_role_policy().role_name(role).policy_name("theirs").policy_document(own);
    put.send().await.unwrap();
    let plan = session.plan(&topology()).await.unwrap();
    assert_eq!(plan.steps().len(), 1, "{plan}");
    assert_eq!(warnings(&plan, "XA1032"), Vec::<String>::new());
}

#[tokio::test]
async fn what_another_team_has_lost_already_is_no_error() {
    let (local, session) = applied().await;
    shared(&local).await;
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"sts:AssumeRole"}]}"#;
    let update = iam(&local, "222222222222").update_assume_role_policy().role_name("theirs").policy_document(trust);
    update.send().await.unwrap();
    let plan = session.plan(&topology()).await.unwrap();
    assert_eq!((plan.steps().len(), warnings(&plan, "XA1032")), (1, vec![]), "{plan}");
}

/// The same program with another default of the variable and another role that may use the role in B.
mod changed {
    codepipeline_xacct::pipeline! {
        pub account Tooling = "111111111111";
        pub account Prod = "222222222222";

        pub role DeployInvoker in Prod {
            name: "hoge0316-crossaccount-pipeline",
            trusts: [Tooling, role("arn:aws:iam::222222222222:role/hoge1005command-service")],
            starts: [Deploy],
        }

        pub pipeline Deploy in Prod {
            name: "hoge1005command",
            region: "ap-northeast-1",
            execution_mode: QUEUED,
            service_role: managed("hoge1005command-service"),
            artifact_bucket: "codepipeline-ap-northeast-1-222222222222",
            variables: { val1: "other" },

            stage "Source" {
                source "Source": CodeCommit {
                    repository: "hoge-deploy",
                    branch: "main",
                    poll: false,
                    output: SourceArtifact,
                }
            }
            stage "Run" {
                action "Command": Commands { input: SourceArtifact, commands: ["echo #{variables.val1}"] }
            }
        }

        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            service_role: extended(
                "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
            ),

            stage "Build" {
                invoke "ccc": Deploy { role: DeployInvoker }
            }
        }
    }
}

fn changed_topology() -> Topology {
    Topology::builder("release").add(changed::Release).build().unwrap()
}

fn codepipeline(local: &Local) -> aws_sdk_codepipeline::Client {
    aws_sdk_codepipeline::Client::new(&local.sdk_config("222222222222", "ap-northeast-1"))
}

/// Others edit B's pipeline, in a version of its own.
async fn edit_deploy(local: &Local, change: impl Fn(&mut PipelineDeclaration)) {
    let client = codepipeline(local);
    let mut pipeline = client.get_pipeline().name("hoge1005command").send().await.unwrap().pipeline.unwrap();
    change(&mut pipeline);
    client.update_pipeline().pipeline(pipeline).send().await.unwrap();
}

/// Others give the command of B's pipeline another text.
async fn edit_command(local: &Local, command: &str) {
    edit_deploy(local, |pipeline| pipeline.stages[1].actions[0].commands = Some(vec![command.to_owned()])).await;
}

fn commands(local: &Local) -> Value {
    let declaration = serde_json::to_value(local.pipeline(&DEPLOY.parse().unwrap()).unwrap()).unwrap();
    json!([declaration["stages"][1]["actions"][0]["commands"][0], declaration["variables"][0]["defaultValue"]])
}

/// Others let another account assume the role in B.
async fn edit_trust(local: &Local) {
    let trust = trust(&format!(r#"{{"AWS":["{SERVICE}","222222222222"]}}"#)).unwrap().to_json();
    let update = iam(local, "222222222222").update_assume_role_policy().role_name("hoge0316-crossaccount-pipeline");
    update.policy_document(trust).send().await.unwrap();
}

fn in_short(plan: &Plan) -> String {
    let text = plan.to_string();
    text.split("\nwiring").next().unwrap().to_owned()
}

#[tokio::test]
async fn what_the_program_changes_itself_is_not_said_to_come_from_outside() {
    let (_, session) = applied().await;
    assert_eq!(session.plan(&topology()).await.unwrap().steps(), []);
    for topology in [changed_topology(), topology()] {
        let plan = session.plan(&topology).await.unwrap();
        assert!(!plan.is_empty() && plan.outside().is_empty(), "{plan}");
        assert_eq!(plan.summary().outside, 0);
        session.apply(&plan).await.unwrap();
        assert_eq!(session.plan(&topology).await.unwrap().steps(), []);
    }
}

#[tokio::test]
async fn an_edit_from_outside_is_told_from_what_the_program_changed_and_put_back() {
    let (local, session) = applied().await;
    edit_trust(&local).await;
    edit_command(&local, "echo theirs").await;
    let plan = session.plan(&changed_topology()).await.unwrap();
    assert_eq!(
        in_short(&plan),
        format!(
            "topology release: 0 to create, 2 to change, 0 to delete in 1 account; 2 were changed outside of the program\n\n\
             account Prod (222222222222)\n  \
             ~ role hoge0316-crossaccount-pipeline: trust policy (changed outside)\n      \
             - trusts {SERVICE}, 222222222222\n      \
             + trusts {SERVICE}, arn:aws:iam::222222222222:role/hoge1005command-service\n  \
             ~ pipeline hoge1005command (ap-northeast-1)\n      \
             ~ stages[Run].actions[Command].commands: [\"echo theirs\"] -> [\"echo #{{variables.val1}}\"] (changed outside)\n      \
             ~ variables[val1].defaultValue: \"none\" -> \"other\"\n"
        )
    );
    let saved: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    assert_eq!(saved, plan);
    session.apply(&plan).await.unwrap();
    assert_eq!(commands(&local), json!(["echo #{variables.val1}", "other"]));
    assert_eq!(session.plan(&changed_topology()).await.unwrap().steps(), []);
}

/// The same with the statement that was added by hand to A's service role.
mod taken_over {
    use codepipeline_xacct_aws_tests::{Deploy, DeployInvoker, Tooling};

    codepipeline_xacct::pipeline! {
        pub extended role Service in Tooling {
            arn: "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
            policies: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::by-hand/*" }],
        }

        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            service_role: Service,

            stage "Build" {
                invoke "ccc": Deploy { role: DeployInvoker }
            }
        }
    }
}

const EXTENDED: &str = "AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1";

/// Adds a statement by hand to the policy of the topology in A's service role, which it extends.
async fn edit_extended(local: &Local, keeps_ids: bool) {
    let iam = aws_sdk_iam::Client::new(&local.sdk_config("111111111111", "us-east-1"));
    let role = SERVICE.parse().unwrap();
    let ours =
        local.policies(&role).unwrap().into_iter().find(|(name, _)| name.starts_with("codepipeline-xacct")).unwrap();
    let mut document: Value = serde_json::from_str(&ours.1.to_json()).unwrap();
    let statements = document["Statement"].as_array_mut().unwrap();
    statements.push(json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::by-hand/*" }));
    if !keeps_ids {
        statements.iter_mut().for_each(|statement| drop(statement.as_object_mut().unwrap().remove("Sid")));
    }
    let call = iam.put_role_policy().role_name(EXTENDED).policy_name(ours.0).policy_document(document.to_string());
    call.send().await.unwrap();
}

#[tokio::test]
async fn an_edit_of_our_policy_in_an_extended_role_is_told_from_what_the_program_changed() {
    let (local, session) = applied().await;
    assert!(session.plan(&changed_topology()).drift(Drift::Refuse).await.is_ok());
    edit_extended(&local, true).await;
    let plan = session.plan(&topology()).await.unwrap();
    let text = plan.to_string();
    assert!(
        text.contains(&format!(
            "~ role service-role/{EXTENDED}: inline policy codepipeline-xacct-release (changed outside)\n      - may s3:GetObject"
        )),
        "{text}"
    );
    let error = session.plan(&topology()).drift(Drift::Refuse).await.unwrap_err().to_string();
    assert!(error.contains("error[XA1033]") && error.matches("error[").count() == 1, "{error}");
    let kept = session.plan(&topology()).drift(Drift::Keep).await.unwrap();
    assert!(kept.is_empty(), "{kept}");
    let code = r#"write it into the program: `policies: [{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::by-hand/*"}]`"#;
    assert!(kept.to_string().contains(code), "{kept}");
    session.apply(&plan).await.unwrap();
    assert!(session.plan(&topology()).drift(Drift::Refuse).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_an_edit_wrote_and_the_program_took_over_is_noted() {
    let (local, session) = applied().await;
    edit_extended(&local, true).await;
    let with = Topology::builder("release").add(taken_over::Release).build().unwrap();
    let plan = session.plan(&with).drift(Drift::Refuse).await;
    // Nothing is undone, and the next change of the program is not taken for one from outside.
    let plan = plan.unwrap();
    assert!(plan.to_string().contains("inline policy codepipeline-xacct-release\n      what was applied\n"), "{plan}");
    session.apply(&plan).await.unwrap();
    assert!(session.plan(&with).await.unwrap().is_empty());
    assert!(session.plan(&topology()).drift(Drift::Refuse).await.is_ok());
}

#[tokio::test]
async fn a_policy_of_an_extended_role_that_does_not_say_what_was_applied_is_no_edit() {
    let (local, session) = applied().await;
    edit_extended(&local, false).await;
    let plan = session.plan(&topology()).drift(Drift::Refuse).await.unwrap();
    assert_eq!(plan.outside(), []);
    session.apply(&plan).await.unwrap();
    assert!(session.plan(&topology()).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_edit_from_outside_can_prevent_the_plan() {
    let (local, session) = applied().await;
    assert!(session.plan(&changed_topology()).drift(Drift::Refuse).await.is_ok(), "the program's own change does not");
    edit_trust(&local).await;
    edit_command(&local, "echo theirs").await;
    let error = session.plan(&changed_topology()).drift(Drift::Refuse).await.unwrap_err().to_string();
    assert_eq!(error.matches("error[XA1033]").count(), 2, "{error}");
    assert!(
        error.contains(&format!(
            "pipeline `{DEPLOY}` was changed outside of the program, which would be reverted:\n      ~ stages[Run]"
        )),
        "{error}"
    );
    assert!(!error.contains("defaultValue"), "{error}");
    assert!(
        error.contains(&format!(
            "role `{INVOKER}`: trust policy was changed outside of the program, which would be reverted:\n      \
             - trusts {SERVICE}, 222222222222\n      \
             + trusts {SERVICE}, arn:aws:iam::222222222222:role/hoge1005command-service\n  \
             help: plan with `Drift::Revert`, `--drift revert`, to revert it to what the program says, or with `Drift::Keep`, `--drift keep`, to leave it as \
             it is; or write it into the program: `trust_policy: {{\"Version\":\"2012-10-17\",\"Statement\":"
        )),
        "{error}"
    );
}

#[tokio::test]
async fn an_edit_from_outside_can_stay_while_the_program_writes_what_it_changed() {
    let (local, session) = applied().await;
    edit_trust(&local).await;
    edit_command(&local, "echo theirs").await;
    for round in 0..2 {
        let plan = session.plan(&changed_topology()).drift(Drift::Keep).await.unwrap();
        let kept = warnings(&plan, "XA1034");
        assert_eq!(kept.len(), 2, "{kept:?}");
        assert!(kept.iter().any(|text| text.contains("commands: [\"echo theirs\"]")), "{kept:?}");
        assert!(kept.iter().any(|text| text.contains(&format!("- trusts {SERVICE}, 222222222222"))), "{kept:?}");
        let import = format!(
            "`cargo xacct import --pipeline {DEPLOY} --account-profile 222222222222=PROFILE` prints its source"
        );
        assert!(plan.to_string().contains(&import), "{plan}");
        let updates: Vec<String> = plan.steps().iter().map(ToString::to_string).collect();
        let expected: &[&str] = match round {
            0 => &["~ pipeline hoge1005command (ap-northeast-1): tags", "~ pipeline hoge1005command (ap-northeast-1)"],
            _ => &[],
        };
        assert_eq!(updates, expected);
        session.apply(&plan).await.unwrap();
        assert_eq!(commands(&local), json!(["echo theirs", "other"]));
    }
    // Later plans still know whose it is.
    let plan = session.plan(&changed_topology()).await.unwrap();
    let outside: Vec<&Aspect> = plan.outside().iter().map(|change| &change.aspect).collect();
    assert_eq!(outside, [&Aspect::Whole, &Aspect::TrustPolicy]);
    // Until the program says the same.
    edit_command(&local, "echo #{variables.val1}").await;
    let plan = session.plan(&changed_topology()).drift(Drift::Keep).await.unwrap();
    assert_eq!(warnings(&plan, "XA1034").len(), 1);
}

#[tokio::test]
async fn what_stays_or_prevents_the_plan_is_printed_as_the_program_would_say_it() {
    let (local, session) = applied().await;
    edit_command(&local, "echo theirs").await;
    for drift in ["keep", "refuse"] {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let console = Console { stdout: &mut stdout, stderr: &mut stderr, stdin: None };
        let args = ["release", "plan", "--drift", drift].into_iter().map(Into::into);
        run_in(Ok(changed_topology()), session.clone(), args, console).await;
        let text = String::from_utf8([stdout, stderr].concat()).unwrap();
        let code = "rite it into the program:
      stage \"Run\" {
          action \"Command\": Commands {
              input: SourceArtifact,
              commands: [\"echo theirs\"],
          }
      }
";
        assert!(text.contains(code), "{text}");
        assert!(!text.contains("cargo xacct import"), "{text}");
    }
}

#[tokio::test]
async fn what_an_apply_left_undone_was_not_changed_outside() {
    for operation in ["UpdatePipeline", "UpdateAssumeRolePolicy", "TagRole", "TagResource"] {
        let (local, session) = applied().await;
        local.faults().add(Fault::on(operation).access_denied());
        session.apply(&session.plan(&changed_topology()).await.unwrap()).await.unwrap_err();
        local.faults().clear();
        let plan = session.plan(&changed_topology()).drift(Drift::Refuse).await.unwrap();
        assert!(!plan.is_empty() && plan.outside().is_empty(), "{operation}: {plan}");
        session.apply(&plan).await.unwrap();
        assert_eq!(session.plan(&changed_topology()).drift(Drift::Refuse).await.unwrap().steps(), [], "{operation}");
    }
}

#[tokio::test]
async fn the_programs_own_write_does_not_come_from_outside_once_the_program_is_back_at_its_former_text() {
    for operation in ["UpdatePipeline", "UpdateAssumeRolePolicy", "TagRole", "TagResource", "UntagRole"] {
        let (local, session) = applied().await;
        local.faults().add(Fault::on(operation).access_denied());
        session.apply(&session.plan(&changed_topology()).await.unwrap()).await.unwrap_err();
        local.faults().clear();
        let plan = session.plan(&topology()).drift(Drift::Refuse).await;
        let plan = plan.unwrap_or_else(|error| panic!("{operation}: {error}"));
        assert!(plan.outside().is_empty(), "{operation}: {plan}");
        session.apply(&plan).await.unwrap();
        assert_eq!(session.plan(&topology()).drift(Drift::Refuse).await.unwrap().steps(), [], "{operation}");
    }
}

#[tokio::test]
async fn what_the_program_wrote_is_told_from_an_edit_that_puts_back_what_was_there_before() {
    let (local, session) = applied().await;
    let former = codepipeline(&local).get_pipeline().name("hoge1005command").send().await.unwrap().pipeline.unwrap();
    session.apply(&session.plan(&changed_topology()).await.unwrap()).await.unwrap();
    edit_deploy(&local, |pipeline| pipeline.clone_from(&former)).await;
    let former_trust = trust(&format!(r#"{{"AWS":"{SERVICE}"}}"#)).unwrap().to_json();
    let update = iam(&local, "222222222222").update_assume_role_policy().role_name("hoge0316-crossaccount-pipeline");
    update.policy_document(former_trust).send().await.unwrap();
    let error = session.plan(&changed_topology()).drift(Drift::Refuse).await.unwrap_err().to_string();
    assert_eq!(error.matches("error[XA1033]").count(), 2, "{error}");
}

#[tokio::test]
async fn a_plan_from_before_another_apply_does_not_make_what_that_wrote_a_change_from_outside() {
    let (_, session) = applied().await;
    let third = || Topology::builder("release").add(codepipeline_xacct_aws_tests::changed::Release).build().unwrap();
    let (first, stale) = (session.plan(&changed_topology()).await.unwrap(), session.plan(&third()).await.unwrap());
    session.apply(&first).await.unwrap();
    let error = session.apply(&stale).await.unwrap_err().to_string();
    assert!(error.contains("has been changed by another plan since this one was made"), "{error}");
    for topology in [changed_topology(), third(), topology()] {
        let plan = session.plan(&topology).drift(Drift::Refuse).await.unwrap();
        assert!(plan.outside().is_empty(), "{plan}");
    }
    session.apply(&session.plan(&third()).drift(Drift::Keep).await.unwrap()).await.unwrap();
    assert_eq!(session.plan(&third()).drift(Drift::Refuse).await.unwrap().steps(), []);
}

#[tokio::test(start_paused = true)]
async fn a_history_that_can_not_be_read_now_is_not_taken_for_one_that_may_not_be_read() {
    let (local, session) = applied().await;
    edit_command(&local, "echo theirs").await;
    let version = || Fault::on("GetPipeline").from(3);
    local.faults().add(version().internal_error());
    let error = session.plan(&changed_topology()).drift(Drift::Keep).await.unwrap_err().to_string();
    assert!(error.contains("InternalFailure") || error.contains("500"), "{error}");
    local.faults().clear();
    local.faults().add(version().access_denied());
    let plan = session.plan(&changed_topology()).await.unwrap();
    assert!(plan.to_string().contains("(changed outside or by the program)"), "{plan}");
}

#[tokio::test]
async fn what_is_put_back_is_no_change_from_outside_wherever_that_stops() {
    for operation in ["", "UpdatePipeline", "UpdateAssumeRolePolicy", "TagRole", "TagResource", "UntagRole"] {
        let (local, session) = applied().await;
        let paper = JournalInMemory::default();
        session.apply(&session.plan(&changed_topology()).await.unwrap()).journal_to(paper.clone()).await.unwrap();
        let back = session.restore(&paper.journal().unwrap()).await.unwrap();
        local.faults().add(Fault::on(operation).access_denied());
        assert_eq!(session.apply(&back).await.is_ok(), operation.is_empty());
        local.faults().clear();
        for topology in [topology(), changed_topology()] {
            let plan = session.plan(&topology).drift(Drift::Refuse).await;
            let plan = plan.unwrap_or_else(|error| panic!("{operation}: {error}"));
            assert!(plan.outside().is_empty(), "{operation}: {plan}");
        }
        if operation.is_empty() {
            assert_eq!(session.plan(&topology()).await.unwrap().steps(), []);
        }
    }
}

/// A role that may start a pipeline, and then no longer.
mod starting {
    codepipeline_xacct::pipeline! {
        pub account Tooling = "111111111111";
        pub account Prod = "222222222222";
        pub role Starter in Prod { name: "starter", trusts: [whole_account(Tooling)], starts: [Deploy] }
        pub extern pipeline Deploy in Prod { name: "hoge1005command", region: "ap-northeast-1" }
    }
}

mod idle {
    codepipeline_xacct::pipeline! {
        pub account Tooling = "111111111111";
        pub account Prod = "222222222222";
        pub role Starter in Prod { name: "starter", trusts: [whole_account(Tooling)] }
    }
}

#[tokio::test]
async fn an_inline_policy_that_somebody_edited_is_not_deleted_without_a_word() {
    let (local, session) = applied().await;
    let starting = Topology::builder("start").add(starting::Starter).build().unwrap();
    let idle = Topology::builder("start").add(idle::Starter).build().unwrap();
    session.apply(&session.plan(&starting).await.unwrap()).await.unwrap();
    let edited = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
    let put =
        iam(&local, "222222222222").put_role_policy().role_name("starter").policy_name("codepipeline-xacct-start");
    put.policy_document(edited).send().await.unwrap();
    let error = session.plan(&idle).drift(Drift::Refuse).await.unwrap_err().to_string();
    assert!(
        error.contains("inline policy codepipeline-xacct-start was changed outside of the program")
            && error.contains("XA1033"),
        "{error}"
    );
    session.apply(&session.plan(&idle).drift(Drift::Keep).await.unwrap()).await.unwrap();
    let held = || local.policies(&"arn:aws:iam::222222222222:role/starter".parse().unwrap()).unwrap().len();
    assert_eq!(held(), 1);
    session.apply(&session.plan(&idle).await.unwrap()).await.unwrap();
    assert_eq!(held(), 0);
}

#[tokio::test]
async fn an_inline_policy_that_somebody_edited_is_not_deleted_without_a_word_when_its_topology_is_renamed() {
    let (local, session) = applied().await;
    let starting = |name: &str| Topology::builder(name).add(starting::Starter).build().unwrap();
    session.apply(&session.plan(&starting("start")).await.unwrap()).await.unwrap();
    let renamed = starting("begin");
    let plan = |drift: Drift| session.plan(&renamed).renamed_from("start".parse().unwrap()).drift(drift);
    assert!(plan(Drift::Refuse).await.is_ok(), "nobody edited it");
    let edited = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
    let put =
        iam(&local, "222222222222").put_role_policy().role_name("starter").policy_name("codepipeline-xacct-start");
    put.policy_document(edited).send().await.unwrap();
    let error = plan(Drift::Refuse).await.unwrap_err().to_string();
    assert!(
        error.contains("inline policy codepipeline-xacct-start was changed outside of the program")
            && error.matches("error[XA1033]").count() == 1,
        "{error}"
    );
    let held = || {
        let held = local.policies(&"arn:aws:iam::222222222222:role/starter".parse().unwrap()).unwrap();
        held.into_iter().map(|(name, _)| name).collect::<BTreeSet<_>>()
    };
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    let kept = plan(Drift::Keep).await.unwrap();
    assert_eq!(warnings(&kept, "XA1034").len(), 1, "{kept}");
    session.apply(&kept).await.unwrap();
    assert_eq!(held(), names(&["codepipeline-xacct-begin", "codepipeline-xacct-start"]));
    let reverted = plan(Drift::Revert).await.unwrap();
    assert!(reverted.to_string().contains("codepipeline-xacct-start (changed outside)"), "{reverted}");
    session.apply(&reverted).await.unwrap();
    assert_eq!(held(), names(&["codepipeline-xacct-begin"]));
    assert!(session.plan(&renamed).drift(Drift::Refuse).await.unwrap().is_empty());
}

/// The same program with one more action.
mod longer {
    codepipeline_xacct::pipeline! {
        pub account Prod = "222222222222";

        pub pipeline Deploy in Prod {
            name: "hoge1005command",
            region: "ap-northeast-1",
            execution_mode: QUEUED,
            service_role: managed("hoge1005command-service"),
            artifact_bucket: "codepipeline-ap-northeast-1-222222222222",
            variables: { val1: "none" },

            stage "Source" {
                source "Source": CodeCommit {
                    repository: "hoge-deploy",
                    branch: "main",
                    poll: false,
                    output: SourceArtifact,
                }
            }
            stage "Run" {
                action "Command": Commands { input: SourceArtifact, commands: ["echo #{variables.val1}"] }
                action "More": Commands { input: SourceArtifact, commands: ["echo more"] }
            }
        }
    }
}

#[tokio::test]
async fn an_action_that_an_apply_added_is_taken_out_again() {
    let local = Local::new();
    let short = Topology::builder("release").add(Deploy).build().unwrap();
    let long = Topology::builder("release").add(longer::Deploy).build().unwrap();
    let session = local.connect(&short).await.unwrap();
    session.apply(&session.plan(&short).await.unwrap()).await.unwrap();
    let paper = JournalInMemory::default();
    session.apply(&session.plan(&long).await.unwrap()).journal_to(paper.clone()).await.unwrap();
    let back = session.restore(&paper.journal().unwrap()).await.unwrap();
    assert!(back.warnings().is_empty(), "{back}");
    session.apply(&back).await.unwrap();
    assert_eq!(session.plan(&short).drift(Drift::Refuse).await.unwrap().steps(), []);
}

#[tokio::test]
async fn of_what_is_put_back_in_part_only_the_edit_is_from_outside() {
    let (local, session) = applied().await;
    let paper = JournalInMemory::default();
    session.apply(&session.plan(&changed_topology()).await.unwrap()).journal_to(paper.clone()).await.unwrap();
    edit_deploy(&local, |pipeline| {
        let source = pipeline.stages[0].actions[0].configuration.as_mut().unwrap();
        source.insert("BranchName".to_owned(), "theirs".to_owned());
    })
    .await;
    session.apply(&session.restore(&paper.journal().unwrap()).await.unwrap()).await.unwrap();
    assert_eq!(commands(&local)[1], "none");
    let plan = session.plan(&changed_topology()).await.unwrap();
    let changes: Vec<&str> =
        plan.outside().iter().flat_map(|outside| &outside.changes).map(|change| change.path.as_str()).collect();
    assert_eq!(changes, ["stages[Source].actions[Source].configuration.BranchName"]);
    session.apply(&session.plan(&changed_topology()).drift(Drift::Keep).await.unwrap()).await.unwrap();
    assert_eq!(commands(&local)[1], "other");
}

#[tokio::test]
async fn each_change_of_the_program_is_written_while_an_edit_from_outside_stays() {
    let (local, session) = applied().await;
    edit_command(&local, "echo theirs").await;
    for (topology, expected) in [(changed_topology(), "other"), (topology(), "none"), (changed_topology(), "other")] {
        let plan = session.plan(&topology).drift(Drift::Keep).await.unwrap();
        let kept = warnings(&plan, "XA1034");
        assert!(kept.len() == 1 && !kept[0].contains("defaultValue"), "{kept:?}");
        session.apply(&plan).await.unwrap();
        assert_eq!(commands(&local), json!(["echo theirs", expected]));
        assert_eq!(session.plan(&topology).drift(Drift::Keep).await.unwrap().steps(), []);
        // Another edit in between stays as well.
        edit_deploy(&local, |pipeline| {
            let source = pipeline.stages[0].actions[0].configuration.as_mut().unwrap();
            source.insert("BranchName".to_owned(), "theirs".to_owned());
        })
        .await;
    }
    let declaration = serde_json::to_value(local.pipeline(&DEPLOY.parse().unwrap()).unwrap()).unwrap();
    assert_eq!(declaration["stages"][0]["actions"][0]["configuration"]["BranchName"], "theirs");
    let plan = session.plan(&changed_topology()).await.unwrap();
    assert_eq!(plan.outside().len(), 1, "{plan}");
    session.apply(&plan).await.unwrap();
    assert_eq!(commands(&local), json!(["echo #{variables.val1}", "other"]));
    assert_eq!(session.plan(&changed_topology()).drift(Drift::Refuse).await.unwrap().steps(), []);
}

/// The same program, with other texts.
mod taking {
    codepipeline_xacct::pipeline! {
        pub account Prod = "222222222222";

        pub pipeline Deploy(branch: &str, command: &str) in Prod {
            name: "hoge1005command",
            region: "ap-northeast-1",
            execution_mode: QUEUED,
            service_role: managed("hoge1005command-service"),
            artifact_bucket: "codepipeline-ap-northeast-1-222222222222",
            variables: { val1: "none" },

            stage "Source" {
                source "Source": CodeCommit {
                    repository: "hoge-deploy",
                    branch: (branch),
                    poll: false,
                    output: SourceArtifact,
                }
            }
            stage "Run" {
                action "Command": Commands { input: SourceArtifact, commands: [(command)] }
            }
        }
    }

    pub fn topology(branch: &str, command: &str) -> codepipeline_xacct::Topology {
        codepipeline_xacct::Topology::builder("release").add(Deploy::new(branch, command)).build().unwrap()
    }
}

#[tokio::test]
async fn what_the_program_took_over_of_an_edit_is_its_own_while_the_rest_stays() {
    let local = Local::new();
    let session = local.connect(&taking::topology("main", "make")).await.unwrap();
    session.apply(&session.plan(&taking::topology("main", "make")).await.unwrap()).await.unwrap();
    edit_deploy(&local, |pipeline| {
        pipeline.stages[0].actions[0].configuration.as_mut().unwrap().insert("BranchName".into(), "theirs".into());
        pipeline.stages[1].actions[0].commands = Some(vec!["make theirs".to_owned()]);
    })
    .await;
    // The command is taken over, then changed twice; the branch stays as they have it.
    let branch = "stages[Source].actions[Source].configuration.BranchName";
    for command in ["make theirs", "make ours", "make more"] {
        let topology = taking::topology("main", command);
        let plan = session.plan(&topology).drift(Drift::Keep).await.unwrap();
        let kept = warnings(&plan, "XA1034");
        assert_eq!(kept.len(), 1, "{kept:?}");
        assert!(kept[0].contains(branch) && !kept[0].contains("commands"), "{kept:?}");
        let is_update =
            |plan: &Plan| plan.steps().iter().any(|step| matches!(step.write, Write::UpdatePipeline { .. }));
        assert_eq!(is_update(&plan), command != "make theirs", "{plan}");
        session.apply(&plan).await.unwrap();
        assert_eq!(commands(&local)[0], command);
        let again = session.plan(&topology).drift(Drift::Keep).await.unwrap();
        assert_eq!((again.steps(), warnings(&again, "XA1034")), ([].as_slice(), kept));
    }
    // Only the branch is put back.
    let plan = session.plan(&taking::topology("main", "make last")).await.unwrap();
    let outside = plan.outside().iter().flat_map(|outside| &outside.changes);
    assert_eq!(outside.map(|change| change.path.as_str()).collect::<Vec<_>>(), [branch]);
    session.apply(&plan).await.unwrap();
    assert!(session.plan(&taking::topology("main", "make last")).drift(Drift::Refuse).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_edit_of_what_the_program_took_over_is_from_outside_again() {
    let local = Local::new();
    let session = local.connect(&taking::topology("main", "make")).await.unwrap();
    session.apply(&session.plan(&taking::topology("main", "make")).await.unwrap()).await.unwrap();
    let edit = async |branch: &str, command: &str| {
        let (branch, command) = (branch.to_owned(), command.to_owned());
        edit_deploy(&local, |pipeline| {
            let source = pipeline.stages[0].actions[0].configuration.as_mut().unwrap();
            source.insert("BranchName".to_owned(), branch.clone());
            pipeline.stages[1].actions[0].commands = Some(vec![command.clone()]);
        })
        .await;
    };
    edit("theirs", "make theirs").await;
    let ours = taking::topology("main", "make theirs");
    session.apply(&session.plan(&ours).drift(Drift::Keep).await.unwrap()).await.unwrap();
    // Also where that is just what was there before.
    for command in ["make again", "make"] {
        edit("theirs", command).await;
        let plan = session.plan(&ours).drift(Drift::Keep).await.unwrap();
        let kept = warnings(&plan, "XA1034");
        assert!(kept.len() == 1 && kept[0].contains("BranchName") && kept[0].contains("commands"), "{kept:?}");
        assert_eq!(plan.steps(), []);
        let conflict = session.plan(&taking::topology("main", "make ours")).drift(Drift::Keep).await.unwrap();
        let said = warnings(&conflict, "XA1034");
        assert!(said.iter().any(|text| text.contains("was changed outside and by the program")), "{said:?}");
    }
    edit("main", "make").await;
    let plan = session.plan(&ours).await.unwrap();
    assert_eq!(plan.outside().len(), 1, "{plan}");
}

#[tokio::test]
async fn what_was_applied_by_an_earlier_version_is_not_known() {
    let (local, session) = applied().await;
    let untag = codepipeline(&local).untag_resource().resource_arn(DEPLOY).tag_keys(APPLIED_TAG);
    untag.send().await.unwrap();
    let untag =
        iam(&local, "222222222222").untag_role().role_name("hoge0316-crossaccount-pipeline").tag_keys(APPLIED_TAG);
    untag.send().await.unwrap();
    assert_eq!(session.plan(&topology()).await.unwrap().steps(), [], "a tag alone is not written");
    edit_trust(&local).await;
    edit_command(&local, "echo theirs").await;
    let plan = session.plan(&topology()).drift(Drift::Refuse).await.unwrap();
    assert!(plan.outside().is_empty(), "{plan}");
    let noted = |plan: &Plan| {
        let tags = |write: &Write| match write {
            Write::TagRole { tags, .. } | Write::TagPipeline { tags, .. } => tags.contains_key(APPLIED_TAG),
            _ => false,
        };
        plan.steps().iter().filter(|step| tags(&step.write)).count()
    };
    assert_eq!(noted(&plan), 2, "whatever is written notes it");
    session.apply(&plan).await.unwrap();
    edit_command(&local, "echo theirs").await;
    let plan = session.plan(&topology()).await.unwrap();
    assert_eq!(plan.outside().len(), 1, "{plan}");
}

#[tokio::test]
async fn policies_that_others_gave_to_a_managed_role_are_reported_whatever_their_kind() {
    let (local, session) = applied().await;
    let iam = aws_sdk_iam::Client::new(&local.sdk_config("222222222222", "us-east-1"));
    let all = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let role = "hoge1005command-service";
    let created = iam.create_policy().policy_name("all").policy_document(all).send().await.unwrap();
    let policy = created.policy().and_then(|policy| policy.arn()).unwrap();
    iam.attach_role_policy().role_name(role).policy_arn(policy).send().await.unwrap();
    iam.put_role_policy().role_name(role).policy_name("theirs").policy_document(all).send().await.unwrap();
    iam.put_role_permissions_boundary().role_name(role).permissions_boundary(policy).send().await.unwrap();
    let plan = session.plan(&topology()).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
    let told: Vec<&str> =
        plan.warnings().iter().filter(|w| w.code == "XA1022").map(|warning| warning.message.as_str()).collect();
    let [told] = told[..] else { panic!("{plan}") };
    for what in ["inline policy `theirs`: may * on *", &format!("attached policy `{policy}`"), "a permissions boundary"]
    {
        assert!(told.contains(what), "{what}: {told}");
    }
}

#[tokio::test]
async fn tags_and_policies_of_others_are_no_change_of_what_was_applied() {
    let (local, session) = applied().await;
    let role = "hoge0316-crossaccount-pipeline";
    let tag = aws_sdk_iam::types::Tag::builder().key("team").value("theirs").build().unwrap();
    iam(&local, "222222222222").tag_role().role_name(role).tags(tag).send().await.unwrap();
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
    let put = iam(&local, "222222222222").put_role_policy().role_name(role).policy_name("theirs");
    put.policy_document(policy).send().await.unwrap();
    let plan = session.plan(&topology()).drift(Drift::Refuse).await.unwrap();
    assert!(plan.is_empty() && plan.outside().is_empty(), "{plan}");
}

#[tokio::test]
async fn a_disabled_transition_of_a_pipeline_that_the_program_writes_is_reported_with_its_reason() {
    let (local, session) = applied().await;
    assert_eq!(warnings(&session.plan(&topology()).await.unwrap(), "XA1035"), Vec::<String>::new());
    let inbound = aws_sdk_codepipeline::types::StageTransitionType::Inbound;
    let disable = codepipeline(&local).disable_stage_transition().pipeline_name("hoge1005command").stage_name("Run");
    disable.transition_type(inbound).reason("freeze until Monday").send().await.unwrap();
    local.clear_calls();
    let plan = session.plan(&topology()).await.unwrap();
    assert_eq!(
        warnings(&plan, "XA1035"),
        [
            "pipeline Deploy / stage \"Run\": the transition into stage `Run` is disabled, so runs stop in front of it: freeze until Monday"
        ]
    );
    let command = "aws codepipeline enable-stage-transition --region ap-northeast-1 --pipeline-name hoge1005command --stage-name Run \
                   --transition-type Inbound";
    assert!(plan.to_string().contains(command) && plan.is_empty(), "{plan}");
    let asked = local.calls().iter().filter(|call| call.operation == "GetPipelineState").count();
    assert_eq!(asked, 2, "once for each pipeline");
    // A plan can do without.
    for fault in [Fault::on("GetPipelineState").access_denied(), Fault::on("GetPipelineState").internal_error()] {
        local.faults().clear();
        local.faults().add(fault);
        assert_eq!(warnings(&session.plan(&topology()).await.unwrap(), "XA1035"), Vec::<String>::new());
    }
}
