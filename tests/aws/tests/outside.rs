//! What others do in the accounts: actions that need what the program would take away.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use codepipeline_xacct::Topology;
use codepipeline_xacct::aws::Session;
use codepipeline_xacct::core::ids::RoleArn;
use codepipeline_xacct::core::plan::Plan;
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::local::Local;
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
