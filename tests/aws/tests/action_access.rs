//! What actions may not do with their roles, as doctor finds it on local AWS.

use codepipeline_xacct::core::doctor::{Diagnosis, Fix, Problem, Weight};
use serde_json::{Value, json};

use crate::artifact_access::{BUILDER, SERVICE, World, document};

const ARTIFACTS: [&str; 2] = ["s3:*", "kms:*"];

/// What is reported of the rights of actions.
fn reported(diagnosis: &Diagnosis) -> Vec<&Problem> {
    diagnosis.pipelines[0].problems.iter().filter(|problem| problem.code == "permissions").collect()
}

fn allow(actions: &[&str], resource: &str) -> Value {
    let actions = [actions, &ARTIFACTS].concat();
    json!({ "Effect": "Allow", "Action": actions, "Resource": [resource, "arn:aws:s3:::*", "arn:aws:kms:*"] })
}

#[tokio::test]
async fn an_action_role_that_may_start_no_build_is_an_error_and_the_fix_helps() {
    let world = World::new();
    let mut statements = vec![allow(&["codebuild:BatchGetBuilds"], "*")];
    world.policy(BUILDER, &json!(statements)).await;
    let diagnosis = world.diagnosis().await;
    let [problem] = reported(&diagnosis)[..] else { panic!("{diagnosis:#}") };
    assert_eq!(problem.weight, Weight::Error, "{diagnosis:#}");
    let why = format!(
        "the action runs with role `{BUILDER}`, which may not `codebuild:StartBuild` on `arn:aws:codebuild:eu-west-1:222222222222:project/project`"
    );
    assert_eq!(problem.message, why);
    assert!(problem.fix.changes().iter().all(|change| change.command.is_some()), "{diagnosis:#}");
    statements.extend(problem.fix.changes().iter().map(|change| change.json.clone()));
    world.policy(BUILDER, &json!(statements)).await;
    let diagnosis = world.diagnosis().await;
    assert!(reported(&diagnosis).is_empty() && !diagnosis.has_errors(), "{diagnosis:#}");
}

#[tokio::test]
async fn a_role_that_may_not_make_one_call_of_each_run_is_an_error() {
    let world = World::new();
    world.policy(BUILDER, &json!([allow(&["codebuild:StartBuild"], "*")])).await;
    let diagnosis = world.diagnosis().await;
    let [problem] = reported(&diagnosis)[..] else { panic!("{diagnosis:#}") };
    assert!(problem.weight == Weight::Error && problem.message.contains("BatchGetBuilds"), "{diagnosis:#}");
    // What another part is for is not documented.
    world.policy(BUILDER, &json!([allow(&["codebuild:*"], "*")])).await;
    let part = ["codecommit:GetBranch", "codecommit:GetCommit", "sts:AssumeRole"];
    world.policy(SERVICE, &json!([allow(&part, "*")])).await;
    let diagnosis = world.diagnosis().await;
    assert!(reported(&diagnosis).is_empty() && !diagnosis.has_errors(), "{diagnosis:#}");
}

#[tokio::test]
async fn no_allow_is_offered_against_a_statement_that_denies_what_an_action_needs() {
    let world = World::new();
    let deny = json!({ "Effect": "Deny", "Action": "codebuild:StartBuild", "Resource": "*" });
    world.policy(BUILDER, &json!([allow(&["*"], "*"), deny])).await;
    let diagnosis = world.diagnosis().await;
    let [problem] = reported(&diagnosis)[..] else { panic!("{diagnosis:#}") };
    assert!(problem.weight == Weight::Error && matches!(problem.fix, Fix::Words(_)), "{diagnosis:#}");
    // Of what not every run asks for, it is a warning.
    let world = World::new();
    let deny = json!({ "Effect": "Deny", "Action": "codecommit:CancelUploadArchive", "Resource": "*" });
    world.policy(SERVICE, &json!([allow(&["*"], "*"), deny])).await;
    let diagnosis = world.diagnosis().await;
    let [problem] = reported(&diagnosis)[..] else { panic!("{diagnosis:#}") };
    assert!(problem.weight == Weight::Warning && problem.message.contains("Cancel"), "{diagnosis:#}");
}

#[tokio::test]
async fn an_action_role_that_may_start_builds_in_any_way_is_not_reported() {
    let world = World::new();
    let conditional = |key: &str| {
        let mut statement = allow(&["codebuild:StartBuild"], "*");
        statement["Condition"] = json!({ "StringEquals": { key: "x" } });
        json!([allow(&["codebuild:BatchGetBuilds"], "*"), statement])
    };
    for statements in [
        json!([allow(&["codebuild:*"], "arn:aws:codebuild:*:222222222222:project/pro*")]),
        json!([allow(&["CodeBuild:start*", "codebuild:batchget*"], "arn:aws:codebuild:eu-west-1:*:project/projec?")]),
        json!([{ "Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:codebuild:*:*:project/other" }]),
        // Whether a request has it is not known.
        conditional("aws:ResourceTag/team"),
        conditional("codebuild:buildType"),
    ] {
        world.policy(BUILDER, &statements).await;
        let diagnosis = world.diagnosis().await;
        assert!(reported(&diagnosis).is_empty(), "{statements}\n{diagnosis:#}");
    }
}

#[tokio::test]
async fn what_the_policy_of_a_resource_could_allow_is_a_warning() {
    let world = World::new();
    world.edit(|pipeline| {
        let source = pipeline.actions_mut().next().unwrap();
        source.action_type_id.provider = "ECR".into();
        source.configuration = Some([("RepositoryName".to_owned(), "image".to_owned())].into_iter().collect());
    });
    world.policy(SERVICE, &json!([allow(&["sts:AssumeRole"], "*")])).await;
    let diagnosis = world.diagnosis().await;
    let [problem] = reported(&diagnosis)[..] else { panic!("{diagnosis:#}") };
    assert_eq!(problem.weight, Weight::Warning, "{diagnosis:#}");
    assert!(
        problem
            .message
            .ends_with("`arn:aws:ecr:eu-west-1:111111111111:repository/image`, unless the policy of that allows it")
    );
    assert!(!diagnosis.has_errors(), "{diagnosis:#}");
}

#[tokio::test]
async fn what_a_permissions_boundary_withholds_is_out_of_reach() {
    let world = World::new();
    let boundary = document(json!([allow(&["codebuild:BatchGetBuilds"], "*")]));
    world.boundary(&boundary).await;
    let diagnosis = world.diagnosis().await;
    let [problem] = reported(&diagnosis)[..] else { panic!("{diagnosis:#}") };
    assert!(problem.weight == Weight::Error && matches!(problem.fix, Fix::OutOfReach(_)), "{diagnosis:#}");
}
