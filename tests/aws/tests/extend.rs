//! What an extended pipeline adds: stages and actions that are created, kept where others move them, and taken out again; and the variables
//! of an action that several programs pass.

use std::time::Duration;

use codepipeline_xacct::aws::Session;
use codepipeline_xacct::builder::{action, extended_pipeline};
use codepipeline_xacct::core::plan::{Drift, Intent, Plan};
use codepipeline_xacct::local::Local;
use codepipeline_xacct::{Item, Topology};
use codepipeline_xacct_aws_tests::*;
use serde_json::{Value, json};

/// Adds an action to the stage that is there.
mod action_added {
    use codepipeline_xacct_aws_tests::{Deploy, DeployInvoker, Tooling};
    codepipeline_xacct::pipeline! {
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            service_role: extended(
                "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
            ),

            stage "Build" {
                add invoke "deploy": Deploy {
                    role: DeployInvoker,
                    run_order: 3,
                    variables: { val1: "#{variables.val1}" },
                }
            }
        }
    }
}

/// Keeps one action and adds another.
mod kept_and_added {
    use codepipeline_xacct_aws_tests::{Deploy, DeployInvoker, Tooling};
    codepipeline_xacct::pipeline! {
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            service_role: extended(
                "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
            ),

            stage "Build" {
                invoke "ccc": Deploy { role: DeployInvoker }
                add invoke "deploy": Deploy {
                    role: DeployInvoker,
                    run_order: 3,
                    variables: { val1: "#{variables.val1}" },
                }
            }
        }
    }
}

/// Adds two stages, one next to the other.
mod stages_added {
    use codepipeline_xacct_aws_tests::{Deploy, DeployInvoker, Tooling};
    codepipeline_xacct::pipeline! {
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            service_role: extended(
                "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
            ),

            add stage "Ask" before "Deploy" {
                action "approve": Manual {}
            }
            add stage "Deploy" after "Source" {
                on_failure: RETRY(FAILED_ACTIONS),
                invoke "deploy": Deploy { role: DeployInvoker }
                action "note": Commands { input: SourceArtifact, run_order: 2, commands: ["echo deployed"] }
            }
        }
    }
}

/// Adds a stage next to one that is not there.
mod nowhere {
    use codepipeline_xacct_aws_tests::Tooling;
    codepipeline_xacct::pipeline! {
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",

            add stage "Ask" after "Verification" {
                action "approve": Manual {}
            }
        }
    }
}

/// Another team's: asks before the build.
mod asking {
    use codepipeline_xacct_aws_tests::Tooling;
    codepipeline_xacct::pipeline! {
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",

            add stage "Ask" after "Source" {
                action "approve": Manual {}
            }
        }
    }
}

/// Declares a variable.
mod variable_declared {
    use codepipeline_xacct_aws_tests::{Deploy, DeployInvoker, Tooling};
    codepipeline_xacct::pipeline! {
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            service_role: extended(
                "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
            ),
            variables: { ours: "1" },

            stage "Build" {
                invoke "ccc": Deploy { role: DeployInvoker }
            }
        }
    }
}

fn topology(item: impl Item) -> Topology {
    Topology::builder("release").add(item).build().unwrap()
}

async fn apply(local: &Local, topology: &Topology) -> Session {
    applied(local, topology, Intent::Converge).await
}

async fn applied(local: &Local, topology: &Topology, intent: Intent) -> Session {
    let session = local.connect(topology).await.unwrap();
    let plan = session.plan(topology).intent(intent).await.unwrap();
    session.apply(&plan).await.unwrap();
    let second = session.plan(topology).await.unwrap();
    assert!(second.is_empty(), "the second plan is not empty:\n{second}");
    session
}

fn before() -> Value {
    let mut declaration = serde_json::to_value(article("before").unwrap().pipeline).unwrap();
    declaration.as_object_mut().unwrap().remove("version");
    declaration
}

fn names(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap().to_owned()).collect()
}

fn stages(local: &Local) -> Vec<String> {
    released(local)["stages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| format!("{}: {}", s["name"].as_str().unwrap(), names(&s["actions"]).join(" ")))
        .collect()
}

fn approval(name: &str) -> Value {
    json!({ "name": name, "actionTypeId": { "category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1" } })
}

async fn marks(local: &Local) -> Vec<String> {
    let client = aws_sdk_codepipeline::Client::new(&local.sdk_config("111111111111", "ap-northeast-1"));
    let tags = client.list_tags_for_resource().resource_arn(RELEASE).send().await.unwrap();
    let is_record = |key: &str| key.starts_with("codepipeline-xacct:applied-by:");
    let shown = |tag: &aws_sdk_codepipeline::types::Tag| match tag.key() {
        key if is_record(key) => key.to_owned(),
        key => format!("{key}={}", tag.value()),
    };
    let mut tags: Vec<String> = tags.tags().iter().map(shown).collect();
    tags.sort();
    tags
}

async fn destroy(session: &Session, topology: &Topology) -> Vec<String> {
    let plan = session.plan(topology).intent(Intent::Destroy).await.unwrap();
    session.apply(&plan).await.unwrap();
    plan.warnings().iter().map(|warning| warning.message.clone()).collect()
}

#[tokio::test]
async fn an_added_action_is_created_runs_and_is_taken_out_again() {
    let local = as_the_console_left_it().unwrap();
    let topology = topology(action_added::Release);
    let session = local.connect(&topology).await.unwrap();
    let plan = session.plan(&topology).await.unwrap();
    assert!(plan.to_string().contains("+ stages[Build].actions[deploy]: CodePipeline"), "{plan}");
    let session = apply(&local, &topology).await;
    let mut expected = before();
    expected["stages"][1]["actions"].as_array_mut().unwrap().push(json!({
        "name": "deploy",
        "actionTypeId": { "category": "Invoke", "owner": "AWS", "provider": "CodePipeline", "version": "1" },
        "runOrder": 3,
        "configuration": { "PipelineName": "hoge1005command", "Variables": r##"[{"name":"val1","value":"#{variables.val1}"}]"## },
        "inputArtifacts": [],
        "outputArtifacts": [],
        "roleArn": INVOKER,
        "region": "ap-northeast-1",
    }));
    assert_eq!(released(&local), expected);
    assert_eq!(
        marks(&local).await,
        [
            "codepipeline-xacct:added-by:release:1=Build/deploy",
            "codepipeline-xacct:applied-by:release:1",
            "codepipeline-xacct:extended-by:release=8"
        ]
    );
    assert_eq!(destroy(&session, &topology).await, [""; 0]);
    assert_eq!(released(&local), before());
    assert_eq!(marks(&local).await, [""; 0]);
}

#[tokio::test]
async fn an_added_action_starts_its_target_with_the_value() {
    let local = as_the_console_left_it().unwrap();
    let session = apply(&local, &topology(kept_and_added::Release)).await;
    let execution =
        session.start_arn(RELEASE.parse().unwrap()).variable(&"val1".parse().unwrap(), "hello").await.unwrap();
    let run = execution.wait().poll(Duration::from_millis(1)).timeout(Duration::from_secs(600)).await.unwrap();
    assert!(run.succeeded(), "{run}");
    let started: Vec<_> = run.actions.iter().filter_map(|action| action.started()).collect();
    let values: Vec<&str> = started.iter().flat_map(|run| &run.variables).map(|(_, value)| value.as_str()).collect();
    assert_eq!(values, ["none", "hello"]);
}

#[tokio::test]
async fn added_stages_go_where_the_program_says_with_all_their_actions() {
    let local = as_the_console_left_it().unwrap();
    let topology = topology(stages_added::Release);
    let session = apply(&local, &topology).await;
    assert_eq!(stages(&local), ["Source: Source", "Ask: approve", "Deploy: deploy note", "Build: ccc"]);
    let pipeline = released(&local);
    assert_eq!(pipeline["stages"][2]["onFailure"]["retryConfiguration"]["retryMode"], "FAILED_ACTIONS");
    assert_eq!(pipeline["stages"][2]["actions"][0]["roleArn"], INVOKER);
    assert_eq!(
        marks(&local).await[0],
        "codepipeline-xacct:added-by:release:1=Ask:Ask/approve:Deploy:Deploy/deploy:Deploy/note"
    );
    // The service role runs the action that has no role of its own, and assumes the role of the other.
    let (_, policy) = local.policies(&SERVICE.parse().unwrap()).unwrap().pop().unwrap();
    let policy = policy.to_json();
    assert!(policy.contains("sts:AssumeRole") && policy.contains("logs:PutLogEvents"), "{policy}");
    destroy(&session, &topology).await;
    assert_eq!(released(&local), before());
}

#[tokio::test]
async fn what_others_do_to_the_stages_since_is_kept() {
    let local = as_the_console_left_it().unwrap();
    let topology = topology(stages_added::Release);
    let session = apply(&local, &topology).await;
    // The anchor gets another name, a stage comes, the added ones are moved.
    edit(&local, |pipeline| {
        let stages = pipeline["stages"].as_array_mut().unwrap();
        stages[0]["name"] = "Fetch".into();
        let deploy = stages.remove(2);
        stages.push(deploy);
        stages.insert(1, json!({ "name": "Test", "actions": [approval("look")] }));
    });
    let moved = ["Fetch: Source", "Test: look", "Ask: approve", "Build: ccc", "Deploy: deploy note"];
    assert_eq!(stages(&local), moved);
    let plan = session.plan(&topology).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
    // What they changed in an added action is the program's.
    edit(&local, |pipeline| pipeline["stages"][4]["actions"][1]["commands"] = json!(["echo theirs"]));
    apply(&local, &topology).await;
    assert_eq!(stages(&local), moved);
    assert_eq!(released(&local)["stages"][4]["actions"][1]["commands"], json!(["echo deployed"]));
    assert_eq!(destroy(&session, &topology).await, [""; 0]);
    assert_eq!(stages(&local), ["Fetch: Source", "Test: look", "Build: ccc"]);
}

#[tokio::test]
async fn actions_that_others_put_into_an_added_stage_stay_with_the_stage() {
    let local = as_the_console_left_it().unwrap();
    let topology = topology(stages_added::Release);
    let session = apply(&local, &topology).await;
    edit(&local, |pipeline| pipeline["stages"][1]["actions"].as_array_mut().unwrap().push(approval("theirs")));
    let plan = session.plan(&topology).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
    assert_eq!(
        destroy(&session, &topology).await,
        ["stage `Ask` stays, because it contains actions added by others: `theirs`"]
    );
    assert_eq!(stages(&local), ["Source: Source", "Ask: theirs", "Build: ccc"]);
    assert_eq!(marks(&local).await, [""; 0]);
}

#[tokio::test]
async fn what_is_no_longer_added_is_taken_out_on_request() {
    let local = as_the_console_left_it().unwrap();
    apply(&local, &topology(stages_added::Release)).await;
    applied(&local, &topology(action_added::Release), Intent::Prune).await;
    assert_eq!(stages(&local), ["Source: Source", "Build: ccc deploy"]);
    assert_eq!(
        marks(&local).await,
        [
            "codepipeline-xacct:added-by:release:2=Build/deploy",
            "codepipeline-xacct:applied-by:release:1",
            "codepipeline-xacct:applied-by:release:2",
            "codepipeline-xacct:extended-by:release=8",
        ]
    );
}

#[tokio::test]
async fn what_others_made_is_not_taken_over() {
    let local = as_the_console_left_it().unwrap();
    edit(&local, |pipeline| {
        pipeline["stages"][1]["actions"].as_array_mut().unwrap().push(approval("deploy"));
        pipeline["stages"].as_array_mut().unwrap().push(json!({ "name": "Ask", "actions": [approval("look")] }));
    });
    let refused = async |topology: Topology| {
        let session = local.connect(&topology).await.unwrap();
        session.plan(&topology).await.unwrap_err().to_string()
    };
    assert_eq!(
        refused(topology(action_added::Release)).await.trim(),
        format!(
            "error[XA1025] pipeline Release / stage \"Build\" / action \"deploy\": pipeline `{RELEASE}` already has an action `deploy` in stage \
             `Build`, which this topology did not add\n  help: leave `add` out to manage only the keys written here, or choose another name \
             for the addition"
        )
    );
    let error = refused(topology(stages_added::Release)).await;
    assert!(
        error.starts_with(&format!(
            "error[XA1025] pipeline Release / stage \"Ask\": pipeline `{RELEASE}` already has a stage `Ask`, which this topology did not add\n"
        )),
        "{error}"
    );
    assert_eq!(error.matches("error[").count(), 1, "{error}");
}

#[tokio::test]
async fn a_stage_next_to_one_that_is_not_there_is_an_error_that_names_those_that_are() {
    let local = as_the_console_left_it().unwrap();
    let topology = topology(nowhere::Release);
    let session = local.connect(&topology).await.unwrap();
    assert_eq!(
        session.plan(&topology).await.unwrap_err().to_string().trim(),
        format!(
            "error[XA1002] pipeline Release / stage \"Ask\": pipeline `{RELEASE}` has no stage `Verification`, so `Ask` can't be added after \
             \"Verification\"\n  help: there are `Source`, `Build`"
        )
    );
}

#[tokio::test]
async fn the_builder_adds_what_the_macro_adds() {
    let built = extended_pipeline::<Tooling>("Release", "hoge0315pipeline1", "ap-northeast-1")
        .extended_service_role(SERVICE)
        .add_stage_before("Deploy", "Ask", |s| s.action("approve", action::manual_approval()))
        .add_stage_after("Build", "Deploy", |s| s.start_as("deploy", Deploy, DeployInvoker))
        .stage("Build", |s| s.adding(|s| s.action("look", action::manual_approval().run_order(3))))
        .build();
    let local = as_the_console_left_it().unwrap();
    let topology = topology(built);
    let session = apply(&local, &topology).await;
    assert_eq!(stages(&local), ["Source: Source", "Build: ccc look", "Ask: approve", "Deploy: deploy"]);
    assert_eq!(destroy(&session, &topology).await, [""; 0]);
    assert_eq!(released(&local), before());
}

#[tokio::test]
async fn what_another_program_of_the_same_name_added_is_only_taken_out_on_request_and_not_without_a_word() {
    let local = as_the_console_left_it().unwrap();
    let (one, other) = (topology(stages_added::Release), topology(action_added::Release));
    let session = apply(&local, &one).await;
    let said = |outcome: &str| {
        ["Ask", "Deploy"].map(|stage| {
            format!(
                "stage `{stage}` of pipeline `{RELEASE}` was added by topology `release`, is not in the program, and {outcome}"
            )
        })
    };
    let error = session.plan(&other).await.unwrap_err().to_string();
    for line in said("would be taken out") {
        assert!(error.contains(&format!("error[XA1053] pipeline Release: {line}")), "{error}");
    }
    assert_eq!(error.matches("`prune`, to take it out; if another program with a topology `release`").count(), 2);
    for intent in [Intent::Prune, Intent::Destroy] {
        let plan = session.plan(&other).intent(intent).await.unwrap();
        let taken: Vec<&str> =
            plan.warnings().iter().filter(|w| w.code == "XA1050").map(|w| w.message.as_str()).collect();
        assert_eq!(taken, said("is taken out"), "{intent:?}");
    }
    for intent in [Intent::Converge, Intent::Prune, Intent::Destroy] {
        let own = session.plan(&one).intent(intent).await.unwrap();
        assert!(own.warnings().iter().all(|warning| warning.code != "XA1050"), "{intent:?}: {own}");
    }
}

#[tokio::test]
async fn a_rehearsal_takes_out_what_the_program_no_longer_adds() {
    let local = as_the_console_left_it().unwrap();
    apply(&local, &topology(stages_added::Release)).await;
    let topology = topology(kept_and_added::Release);
    let session = local.connect(&topology).await.unwrap();
    let error = session.plan(&topology).await.unwrap_err().to_string();
    assert!(error.contains("error[XA1053]"), "{error}");
    let rehearsal = session.rehearse(&topology).await.unwrap();
    assert!(rehearsal.failures.is_empty() && !rehearsal.runs.is_empty(), "{rehearsal}");
    let stages = format!("{:?}", rehearsal.runs);
    assert!(stages.contains("Build") && !stages.contains("Ask"), "{stages}");
}

#[tokio::test]
async fn a_plan_says_where_a_stage_goes() {
    let local = as_the_console_left_it().unwrap();
    let topology = topology(stages_added::Release);
    let session = local.connect(&topology).await.unwrap();
    let plan = session.plan(&topology).await.unwrap().to_string();
    assert!(plan.contains("+ stages[Ask], after Source: actions approve"), "{plan}");
    assert!(plan.contains("+ stages[Deploy], after Ask: actions deploy, note"), "{plan}");
}

#[tokio::test]
async fn two_topologies_that_were_planned_at_once_both_write_into_one_pipeline() {
    let local = as_the_console_left_it().unwrap();
    let one = Topology::builder("one").add(action_added::Release).build().unwrap();
    let other = Topology::builder("other").add(asking::Release).build().unwrap();
    let session = local.connect(&one).await.unwrap();
    let plans = [session.plan(&one).await.unwrap(), session.plan(&other).await.unwrap()];
    let saved: Plan = serde_json::from_str(&serde_json::to_string(&plans[1]).unwrap()).unwrap();
    session.apply(&plans[0]).await.unwrap();
    let error = session.apply(&saved).await.unwrap_err().to_string();
    assert!(error.contains("has been written since the plan was made"), "{error}");
    session.apply(&plans[1]).await.unwrap();
    assert_eq!(stages(&local), ["Source: Source", "Ask: approve", "Build: ccc deploy"]);
    for topology in [one, other] {
        let plan = session.plan(&topology).await.unwrap();
        assert!(plan.is_empty(), "{plan}");
    }
}

#[tokio::test]
async fn two_topologies_that_are_applied_at_once_both_write_into_one_pipeline() {
    let one = Topology::builder("one").add(action_added::Release).build().unwrap();
    let other = Topology::builder("other").add(asking::Release).build().unwrap();
    for gap in 0..20 {
        let local = as_the_console_left_it().unwrap();
        let session = local.connect(&one).await.unwrap();
        let apply = async |topology: &Topology, gap: u64| {
            tokio::time::sleep(std::time::Duration::from_millis(gap)).await;
            session.apply(&session.plan(topology).await.unwrap()).await.unwrap();
        };
        tokio::join!(apply(&one, 0), apply(&other, gap));
        assert_eq!(stages(&local), ["Source: Source", "Ask: approve", "Build: ccc deploy"], "{gap}");
        for topology in [&one, &other] {
            let plan = session.plan(topology).drift(Drift::Refuse).await.unwrap();
            assert!(plan.is_empty(), "{gap}: {plan}");
        }
    }
}

/// The variables that A's pipeline declares.
fn declared(local: &Local) -> Vec<String> {
    names(&released(local)["variables"])
}

#[tokio::test]
async fn variables_that_others_declare_stay_whatever_the_program_does_with_its_own() {
    let local = as_the_console_left_it().unwrap();
    let with_variable = topology(variable_declared::Release);
    let session = apply(&local, &with_variable).await;
    assert_eq!(declared(&local), ["val1", "ours"]);
    assert!(marks(&local).await.contains(&"codepipeline-xacct:added-by:release:1=variables=ours".to_owned()));

    edit(&local, |p| p["variables"].as_array_mut().unwrap().push(json!({ "name": "theirs", "defaultValue": "2" })));
    assert!(session.plan(&with_variable).await.unwrap().is_empty());
    let without = topology(Release);
    for _ in 0..2 {
        let plan = session.plan(&without).await.unwrap();
        assert_eq!(plan.warnings().iter().filter(|w| w.code == "XA1056").count(), 1, "{plan}");
        let told = format!(
            "`variables[ours]` of pipeline `{RELEASE}` was added by topology `release`, is not in the program, and stays"
        );
        assert!(plan.warnings().iter().any(|warning| warning.message == told), "{plan}");
        session.apply(&plan).await.unwrap();
        assert_eq!(declared(&local), ["val1", "ours", "theirs"]);
    }
    let plan = session.plan(&without).intent(Intent::Prune).await.unwrap();
    let text = plan.to_string();
    assert!(text.contains("- variables[ours]") && !text.contains("theirs"), "{text}");
    session.apply(&plan).await.unwrap();
    assert_eq!(declared(&local), ["val1", "theirs"]);

    apply(&local, &with_variable).await;
    assert_eq!(declared(&local), ["val1", "theirs", "ours"]);
    assert!(destroy(&session, &with_variable).await.is_empty());
    assert_eq!(declared(&local), ["val1", "theirs"]);
}

/// The variables that the action of A passes.
fn passed(local: &Local) -> Option<String> {
    let variables = released(local)["stages"][1]["actions"][0]["configuration"].get("Variables").cloned();
    variables.map(|text| text.as_str().unwrap().to_owned())
}

fn pass(local: &Local, variables: &str) {
    edit(local, |p| p["stages"][1]["actions"][0]["configuration"]["Variables"] = variables.into());
}

const THEIRS: &str = r#"[ {"name":"theirs","value":"1"} ]"#;

/// B's pipeline as another program has it: with a variable that this one doesn't pass.
fn with_two_variables() -> Topology {
    mod other {
        use codepipeline_xacct_aws_tests::{Prod, Tooling};
        codepipeline_xacct::pipeline! {
            pub role DeployInvoker in Prod {
                name: "hoge0316-crossaccount-pipeline",
                trusts: [Tooling],
                starts: [Deploy],
            }
            pub extern pipeline Deploy in Prod {
                name: "hoge1005command",
                region: "ap-northeast-1",
                variables: { val1: "none", theirs: "none" },
            }
            pub extended pipeline Release in Tooling {
                name: "hoge0315pipeline1",
                region: "ap-northeast-1",
                service_role: extended(
                    "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
                ),

                stage "Build" { invoke "ccc": Deploy { role: DeployInvoker, variables: { val1: "x" } } }
            }
        }
    }
    topology(other::Release)
}

/// A and B, whose pipeline another program made.
fn with_a_foreign_target() -> Local {
    let local = as_the_console_left_it().unwrap();
    let mut target = article("before").unwrap();
    target.pipeline.name = "hoge1005command".to_owned();
    let mut variables = serde_json::to_value(&target.pipeline).unwrap();
    variables["variables"] = json!([{ "name": "val1", "defaultValue": "" }, { "name": "theirs", "defaultValue": "" }]);
    variables["stages"][1]["actions"][0] = approval("approve");
    let document = serde_json::from_value(json!({ "pipeline": variables })).unwrap();
    local.put_pipeline(&DEPLOY.parse().unwrap(), &document).unwrap();
    local
}

#[tokio::test]
async fn variables_that_others_pass_stay() {
    let local = with_a_foreign_target();
    pass(&local, THEIRS);
    let topology = with_two_variables();
    let session = apply(&local, &topology).await;
    let both = r#"[{"name":"theirs","value":"1"},{"name":"val1","value":"x"}]"#;
    assert_eq!(passed(&local).unwrap(), both);
    assert_eq!(marks(&local).await[0], "codepipeline-xacct:added-by:release:1=Build/ccc/val1");
    // Another order and other values of theirs are theirs.
    let theirs = r#"[{"name":"val1","value":"x"}, {"name":"more","value":"2"}, {"name":"theirs","value":"3"}]"#;
    pass(&local, theirs);
    let plan = session.plan(&topology).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
    assert_eq!(destroy(&session, &topology).await, [""; 0]);
    assert_eq!(passed(&local).unwrap(), r#"[{"name":"more","value":"2"},{"name":"theirs","value":"3"}]"#);
}

#[tokio::test]
async fn a_variable_that_was_there_before_gets_its_value_back() {
    let local = with_a_foreign_target();
    let before = r#"[{"name":"theirs","value":"1"},{"name":"val1","value":"old"}]"#;
    pass(&local, before);
    let topology = with_two_variables();
    let session = apply(&local, &topology).await;
    assert_eq!(passed(&local).unwrap(), before.replace("old", "x"));
    assert_eq!(
        marks(&local).await,
        ["codepipeline-xacct:applied-by:release:1", "codepipeline-xacct:extended-by:release=9"],
        "it is not this program's"
    );
    assert_eq!(destroy(&session, &topology).await, [""; 0]);
    assert_eq!(passed(&local).unwrap(), before);
}

#[tokio::test]
async fn of_the_variables_of_an_action_only_those_go_that_the_program_no_longer_passes() {
    let local = as_the_console_left_it().unwrap();
    apply(&local, &topology(passing::Release)).await;
    let value = r##"{"name":"val1","value":"#{variables.val1}"}"##;
    assert_eq!(passed(&local).unwrap(), format!("[{value}]"));
    pass(&local, &format!(r#"[{value},{{"name":"xacct_caller","value":"me"}}]"#));
    let session = local.connect(&topology(Release)).await.unwrap();
    let plan = session.plan(&topology(Release)).await.unwrap();
    assert_eq!(plan.warnings().iter().filter(|warning| warning.code == "XA1050").count(), 1, "{plan}");
    session.apply(&plan).await.unwrap();
    assert_eq!(passed(&local).unwrap(), r#"[{"name":"xacct_caller","value":"me"}]"#);
    assert_eq!(
        marks(&local).await,
        ["codepipeline-xacct:applied-by:release:1", "codepipeline-xacct:extended-by:release=8"]
    );
}

#[tokio::test]
async fn variables_of_an_action_that_left_the_program_are_taken_out_on_request() {
    let local = as_the_console_left_it().unwrap();
    apply(&local, &topology(passing::Release)).await;
    let value = r##"{"name":"val1","value":"#{variables.val1}"}"##;
    pass(&local, &format!(r#"[{value},{{"name":"xacct_caller","value":"me"}}]"#));
    let without = topology(action_added::Release);
    let session = local.connect(&without).await.unwrap();
    let before = passed(&local);
    let plan = session.plan(&without).await.unwrap();
    let told = "variable `val1` of action `ccc` of pipeline ";
    assert!(plan.warnings().iter().any(|w| w.code == "XA1056" && w.message.starts_with(told)), "{plan}");
    session.apply(&plan).await.unwrap();
    assert_eq!(passed(&local), before, "it is taken out on request");
    assert!(session.plan(&without).await.unwrap().is_empty());
    applied(&local, &without, Intent::Prune).await;
    assert_eq!(passed(&local).unwrap(), r#"[{"name":"xacct_caller","value":"me"}]"#);
    assert!(!marks(&local).await[0].contains("val1"));
}

/// The same program without its action.
mod passing_no_more {
    use codepipeline_xacct_aws_tests::{Prod, Tooling};
    codepipeline_xacct::pipeline! {
        pub role DeployInvoker in Prod {
            name: "hoge0316-crossaccount-pipeline",
            trusts: [Tooling],
            starts: [Deploy],
        }
        pub extern pipeline Deploy in Prod {
            name: "hoge1005command",
            region: "ap-northeast-1",
            variables: { theirs: "none" },
        }
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            service_role: extended(
                "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
            ),

            stage "Build" { add invoke "more": Deploy { role: DeployInvoker } }
        }
    }
}

#[tokio::test]
async fn a_variable_that_the_target_does_not_declare_prevents_the_plan() {
    let local = with_a_foreign_target();
    apply(&local, &with_two_variables()).await;
    let without = topology(passing_no_more::Release);
    let session = local.connect(&without).await.unwrap();
    let plan = session.plan(&without).await.unwrap();
    assert!(plan.warnings().iter().any(|warning| warning.code == "XA1056"), "{plan}");
    let arn = DEPLOY.parse().unwrap();
    let mut target = serde_json::to_value(local.pipeline(&arn).unwrap()).unwrap();
    target["variables"] = json!([{ "name": "theirs", "defaultValue": "" }]);
    local.put_pipeline(&arn, &serde_json::from_value(json!({ "pipeline": target })).unwrap()).unwrap();
    let error = session.plan(&without).await.unwrap_err().to_string();
    assert!(error.contains("error[XA1053] pipeline Release: variable `val1` of action `ccc` of pipeline "), "{error}");
    applied(&local, &without, Intent::Prune).await;
    assert_eq!(passed(&local), None);
}

#[tokio::test]
async fn what_a_topology_added_is_known_under_its_new_name() {
    let local = as_the_console_left_it().unwrap();
    apply(&local, &topology(action_added::Release)).await;
    let delivery = Topology::builder("delivery").add(action_added::Release).build().unwrap();
    let session = local.connect(&delivery).await.unwrap();
    let without = Topology::builder("delivery").add(Release).build().unwrap();
    let error = session.plan(&without).renamed_from("release".parse().unwrap()).await.unwrap_err().to_string();
    assert!(error.contains("action `deploy` in stage `Build`"), "{error}");
    assert!(error.contains(" was added by topology `release`, "), "{error}");
    let plan = session.plan(&delivery).renamed_from("release".parse().unwrap()).await.unwrap();
    session.apply(&plan).await.unwrap();
    assert_eq!(
        marks(&local).await,
        [
            "codepipeline-xacct:added-by:delivery:1=Build/deploy",
            "codepipeline-xacct:applied-by:delivery:1",
            "codepipeline-xacct:extended-by:delivery=8"
        ]
    );
    // Where the former name is still given, the new one has added it.
    let error = session.plan(&without).renamed_from("release".parse().unwrap()).await.unwrap_err().to_string();
    assert!(error.contains(" was added by topology `delivery`, "), "{error}");
    assert!(error.contains("if another program with a topology `delivery` added it"), "{error}");
    let plan = session.plan(&delivery).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
}

/// What a topology gives to actions that have secrets.
mod with_secrets {
    use codepipeline_xacct_aws_tests::Tooling;
    codepipeline_xacct::pipeline! {
        pub extended pipeline Shop(token: &str, password: &str, branch: &str, project: &str) in Tooling {
            name: "shop",
            region: "ap-northeast-1",

            stage "Source" {
                source "Code": GitHub {
                    owner: "hoge",
                    repo: "code",
                    branch: (branch),
                    oauth_token: (token),
                }
            }
            stage "Build" {
                action "Compile": type("Build", "Custom", "Forge", "1") {
                    configuration: { Password: (password), Project: (project) },
                }
            }
        }
    }
}

const SHOP: &str = "arn:aws:codepipeline:ap-northeast-1:111111111111:shop";

/// A's account with a pipeline that has a token of GitHub and a secret of a custom action type.
async fn with_secrets_of_others() -> Local {
    use aws_sdk_codepipeline::types::{ActionCategory, ActionConfigurationProperty, ArtifactDetails};
    let local = as_the_console_left_it().unwrap();
    let client = aws_sdk_codepipeline::Client::new(&local.sdk_config("111111111111", "ap-northeast-1"));
    let property = |name: &str, secret: bool| {
        let property = ActionConfigurationProperty::builder().name(name).required(true).key(!secret).secret(secret);
        property.build().unwrap()
    };
    let counts = ArtifactDetails::builder().minimum_count(0).maximum_count(5).build();
    let call = client.create_custom_action_type().category(ActionCategory::Build).provider("Forge").version("1");
    let call = call.input_artifact_details(counts.clone()).output_artifact_details(counts);
    let call = call.configuration_properties(property("Password", true));
    call.configuration_properties(property("Project", false)).send().await.unwrap();
    let document = json!({ "pipeline": {
        "name": "shop", "version": 1, "roleArn": SERVICE, "pipelineType": "V1",
        "artifactStore": { "type": "S3", "location": "codepipeline-ap-northeast-1-225279913824" },
        "stages": [
            { "name": "Source", "actions": [{
                "name": "Code",
                "actionTypeId": { "category": "Source", "owner": "ThirdParty", "provider": "GitHub", "version": "1" },
                "configuration": { "Owner": "hoge", "Repo": "code", "Branch": "main", "OAuthToken": "their-token" },
                "outputArtifacts": [{ "name": "Code" }],
            }] },
            { "name": "Build", "actions": [{
                "name": "Compile",
                "actionTypeId": { "category": "Build", "owner": "Custom", "provider": "Forge", "version": "1" },
                "configuration": { "Password": "their-password", "Project": "p" },
                "inputArtifacts": [{ "name": "Code" }],
            }] },
        ],
    } });
    local.put_pipeline(&SHOP.parse().unwrap(), &serde_json::from_value(document).unwrap()).unwrap();
    local
}

/// The secrets that the account holds, which its API does not show.
fn held(local: &Local) -> [String; 2] {
    fn values<'a>(state: &'a Value, key: &str, found: &mut Vec<&'a str>) {
        match state {
            Value::Object(members) => {
                found.extend(members.get(key).and_then(Value::as_str));
                members.values().for_each(|value| values(value, key, found));
            }
            Value::Array(list) => list.iter().for_each(|value| values(value, key, found)),
            _ => {}
        }
    }
    let state: Value = serde_json::from_str(&local.to_json().unwrap()).unwrap();
    ["OAuthToken", "Password"].map(|key| {
        let mut found = Vec::new();
        values(&state, key, &mut found);
        // Versions come in their order.
        found.last().unwrap().to_string()
    })
}

fn shop(branch: &str, project: &str) -> Topology {
    topology(with_secrets::Shop::new("our-token", "our-password", branch, project))
}

#[tokio::test]
async fn a_secret_is_not_compared_and_stays_until_its_action_changes() {
    let local = with_secrets_of_others().await;
    let session = local.connect(&shop("main", "p")).await.unwrap();
    let plan = session.plan(&shop("main", "p")).await.unwrap();
    let steps: Vec<String> = plan.steps().iter().map(ToString::to_string).collect();
    assert_eq!(steps, ["~ pipeline shop (ap-northeast-1): tags"], "{plan}");
    let of_secrets = |code: &str| -> Vec<String> {
        plan.warnings().iter().filter(|w| w.code == code).map(|w| format!("{}: {}", w.place, w.message)).collect()
    };
    let stays = "can't be compared with what the account holds, and stays as it is";
    assert_eq!(
        of_secrets("XA1027"),
        [
            format!(
                "pipeline Shop / stage \"Source\" / action \"Code\" / configuration / OAuthToken: `OAuthToken` {stays}"
            ),
            format!(
                "pipeline Shop / stage \"Build\" / action \"Compile\" / configuration / Password: `Password` {stays}"
            ),
        ]
    );
    // The action that changes gets the secret of the program, the other one keeps its own.
    let plan = session.plan(&shop("next", "p")).await.unwrap();
    session.apply(&plan).await.unwrap();
    assert_eq!(held(&local), ["our-token", "their-password"]);
    let plan = session.plan(&shop("next", "q")).await.unwrap();
    session.apply(&plan).await.unwrap();
    assert_eq!(held(&local), ["our-token", "our-password"]);
}

#[tokio::test]
async fn a_secret_is_written_when_told_to_and_shown_nowhere() {
    let local = with_secrets_of_others().await;
    let topology = shop("main", "p");
    let session = local.connect(&topology).await.unwrap();
    let plan = session.plan(&topology).rotate_secrets().await.unwrap();
    let text = format!("{plan}\n{plan:#}\n{:?}", plan.warnings());
    assert!(
        text.contains("~ stages[Source].actions[Code].configuration.OAuthToken: the secret of the program")
            && text.contains("~ stages[Build].actions[Compile].configuration.Password: the secret of the program"),
        "{text}"
    );
    assert!(!text.contains("our-"), "{text}");
    session.apply(&plan).await.unwrap();
    assert_eq!(held(&local), ["our-token", "our-password"]);
    // It was not a change that could be seen: the same plan again writes it again.
    assert!(!session.plan(&topology).rotate_secrets().await.unwrap().is_empty());
}
