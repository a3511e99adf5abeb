//! What others change of what a program keeps in an extended pipeline: told apart from what the program changes, and reverted, kept or refused.

use codepipeline_xacct::Topology;
use codepipeline_xacct::aws::Session;
use codepipeline_xacct::builder::{action, extended_pipeline};
use codepipeline_xacct::cli::{Console, run_in};
use codepipeline_xacct::core::plan::{Drift, Intent, Plan};
use codepipeline_xacct::local::{Fault, Local};
use codepipeline_xacct_aws_tests::*;
use serde_json::{Value, json};

/// Keeps an action and a variable, and adds an action and a stage.
mod release {
    use codepipeline_xacct_aws_tests::{Deploy, DeployInvoker, Tooling};
    codepipeline_xacct::pipeline! {
        pub extended pipeline Release(deploy: &str, value: &str, default: &str, command: &str) in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            service_role: extended(
                "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
            ),
            variables: { ours: (default) },

            add stage "Ask" before "Build" {
                action "note": Commands { input: SourceArtifact, commands: [(command)] }
            }
            stage "Build" {
                invoke "ccc": Deploy { role: DeployInvoker, variables: { val1: (value) } }
                add action "deploy": Commands { input: SourceArtifact, run_order: 2, commands: [(deploy)] }
            }
        }
    }
}

/// Another team's topology, which extends the same pipeline.
mod theirs {
    use codepipeline_xacct_aws_tests::Tooling;
    codepipeline_xacct::pipeline! {
        pub extended pipeline Release(command: &str) in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",

            add stage "Check" after "Build" {
                action "check": Commands { input: SourceArtifact, commands: [(command)] }
            }
        }
    }
}

/// An edit of A's pipeline.
type Edit = fn(&mut Value);

fn program(deploy: &str, value: &str, default: &str, command: &str) -> Topology {
    Topology::builder("release").add(release::Release::new(deploy, value, default, command)).build().unwrap()
}

fn ours() -> Topology {
    program("make 2", "one", "1", "echo ours")
}

fn theirs(command: &str) -> Topology {
    Topology::builder("checks").add(theirs::Release::new(command)).build().unwrap()
}

async fn apply(local: &Local, topology: &Topology) -> Session {
    let session = local.connect(topology).await.unwrap();
    session.apply(&session.plan(topology).await.unwrap()).await.unwrap();
    session
}

async fn applied() -> (Local, Session) {
    let local = as_the_console_left_it().unwrap();
    let session = apply(&local, &ours()).await;
    let second = session.plan(&ours()).drift(Drift::Refuse).await.unwrap();
    assert!(second.is_empty() && second.outside().is_empty(), "{second}");
    (local, session)
}

/// The action of a stage.
fn action<'v>(pipeline: &'v mut Value, stage: &str, action: &str) -> &'v mut Value {
    let named = |of: &'v mut Value, name: &str| {
        of.as_array_mut().unwrap().iter_mut().find(|entry| entry["name"] == name).unwrap()
    };
    named(&mut named(&mut pipeline["stages"], stage)["actions"], action)
}

fn without(list: &mut Value, name: &str) {
    list.as_array_mut().unwrap().retain(|entry| entry["name"] != name);
}

fn command(pipeline: &mut Value, command: &str) {
    action(pipeline, "Ask", "note")["commands"] = json!([command]);
}

/// The tags that say what was applied.
async fn records(local: &Local) -> Vec<String> {
    let client = aws_sdk_codepipeline::Client::new(&local.sdk_config("111111111111", "ap-northeast-1"));
    let tags = client.list_tags_for_resource().resource_arn(RELEASE).send().await.unwrap();
    let keys = tags.tags().iter().map(|tag| tag.key().to_owned());
    let mut keys: Vec<String> = keys.filter(|key| key.starts_with("codepipeline-xacct:applied-by:")).collect();
    keys.sort();
    keys
}

fn paths(plan: &Plan) -> Vec<&str> {
    plan.outside().iter().flat_map(|change| &change.changes).map(|change| change.path.as_str()).collect()
}

async fn refusal(session: &Session, topology: &Topology) -> String {
    session.plan(topology).drift(Drift::Refuse).await.unwrap_err().to_string()
}

#[tokio::test]
async fn an_edit_of_what_the_program_keeps_is_reverted_kept_or_refused() {
    let edits: [(&str, Edit); 8] = [
        ("stages[Ask]", |pipeline| without(&mut pipeline["stages"], "Ask")),
        ("stages[Build].actions[deploy]", |pipeline| without(&mut pipeline["stages"][2]["actions"], "deploy")),
        ("stages[Ask].actions[note].commands", |pipeline| command(pipeline, "echo theirs")),
        ("stages[Build].actions[deploy].runOrder", |p| action(p, "Build", "deploy")["runOrder"] = 3.into()),
        ("stages[Ask].actions[note].timeoutInMinutes", |p| action(p, "Ask", "note")["timeoutInMinutes"] = 7.into()),
        ("stages[Build].actions[ccc].roleArn", |p| action(p, "Build", "ccc")["roleArn"] = SERVICE.into()),
        ("stages[Build].actions[ccc].configuration.Variables", |p| {
            action(p, "Build", "ccc")["configuration"]["Variables"] = r#"[{"name":"val1","value":"theirs"}]"#.into();
        }),
        ("variables[ours].defaultValue", |pipeline| {
            let variables = pipeline["variables"].as_array_mut().unwrap();
            variables.iter_mut().find(|of| of["name"] == "ours").unwrap()["defaultValue"] = "theirs".into();
        }),
    ];
    for (path, change) in edits {
        let (local, session) = applied().await;
        let before = released(&local);
        edit(&local, change);
        let edited = released(&local);
        assert_ne!(before, edited, "{path}");
        // Refused.
        let error = refusal(&session, &ours()).await;
        assert!(error.contains("error[XA1033] pipeline Release: ") && error.contains(path), "{path}: {error}");
        // Kept, and told at each plan.
        for _ in 0..2 {
            let plan = session.plan(&ours()).drift(Drift::Keep).await.unwrap_or_else(|error| panic!("{path}: {error}"));
            assert_eq!(paths(&plan), [path]);
            assert!(plan.warnings().iter().any(|warning| warning.code == "XA1034"), "{path}: {plan}");
            assert!(plan.is_empty(), "{path}: {plan}");
            session.apply(&plan).await.unwrap();
            assert_eq!(released(&local), edited, "{path}");
        }
        // Reverted.
        let plan = session.plan(&ours()).await.unwrap();
        assert_eq!(paths(&plan), [path], "{plan}");
        assert!(plan.to_string().contains("(changed outside)"), "{plan}");
        session.apply(&plan).await.unwrap();
        assert_eq!(released(&local)["stages"][1], before["stages"][1], "{path}");
        let plan = session.plan(&ours()).await.unwrap();
        assert!(plan.is_empty() && plan.outside().is_empty(), "{path}: {plan}");
    }
}

#[tokio::test]
async fn what_others_change_of_the_rest_and_what_the_program_changes_is_no_change_from_outside() {
    let (local, session) = applied().await;
    edit(&local, |pipeline| {
        pipeline["executionMode"] = "PARALLEL".into();
        pipeline["variables"].as_array_mut().unwrap().push(json!({ "name": "theirs", "defaultValue": "x" }));
        action(pipeline, "Build", "ccc")["runOrder"] = 3.into();
        let both = r#"[{"name":"val1","value":"one"},{"name":"more","value":"theirs"}]"#;
        action(pipeline, "Build", "ccc")["configuration"]["Variables"] = both.into();
        action(pipeline, "Build", "ccc")["namespace"] = "Theirs".into();
    });
    let plan = session.plan(&ours()).drift(Drift::Refuse).await.unwrap();
    assert!(plan.is_empty() && plan.outside().is_empty(), "{plan}");
    let mut version = 0;
    for next in [
        program("make 4", "one", "1", "echo ours"),
        program("make 4", "two", "1", "echo ours"),
        program("make 4", "two", "2", "echo ours"),
        program("make 4", "two", "2", "echo more"),
    ] {
        let plan = session.plan(&next).drift(Drift::Refuse).await.unwrap();
        assert!(!plan.is_empty() && plan.outside().is_empty(), "{plan}");
        session.apply(&plan).await.unwrap();
        let plan = session.plan(&next).drift(Drift::Refuse).await.unwrap();
        assert!(plan.is_empty() && plan.outside().is_empty(), "{plan}");
        version += 1;
    }
    assert_eq!(version, 4);
    let text = released(&local).to_string();
    assert!(text.contains("PARALLEL") && text.contains("Theirs") && text.contains("more"), "{text}");
}

#[tokio::test]
async fn what_the_program_changes_is_written_while_what_others_changed_stays() {
    let (local, session) = applied().await;
    edit(&local, |pipeline| {
        command(pipeline, "echo theirs");
        let both = r#"[{"name":"val1","value":"theirs"},{"name":"more","value":"x"}]"#;
        action(pipeline, "Build", "ccc")["configuration"]["Variables"] = both.into();
    });
    let next = program("make 4", "one", "2", "echo ours");
    for kept in ["echo theirs", "echo again"] {
        edit(&local, |pipeline| command(pipeline, kept));
        let plan = session.plan(&next).drift(Drift::Keep).await.unwrap();
        assert_eq!(paths(&plan).len(), 2, "{plan}");
        session.apply(&plan).await.unwrap();
        let mut now = released(&local);
        assert_eq!(action(&mut now, "Ask", "note")["commands"], json!([kept]));
        assert_eq!(action(&mut now, "Build", "deploy")["commands"], json!(["make 4"]));
        assert_eq!(
            action(&mut now, "Build", "ccc")["configuration"]["Variables"].to_string().matches("theirs").count(),
            1
        );
    }
    // Where the program changes the same, theirs stays, and that is reported.
    let other = program("make 4", "one", "2", "echo third");
    let plan = session.plan(&other).drift(Drift::Keep).await.unwrap();
    assert!(plan.to_string().contains("was changed outside and by the program"), "{plan}");
    assert!(plan.is_empty(), "{plan}");
    // What the program takes over is its own from then on.
    let taking = program("make 4", "theirs", "2", "echo again");
    let plan = session.plan(&taking).drift(Drift::Refuse).await.unwrap();
    assert!(plan.outside().is_empty(), "{plan}");
    session.apply(&plan).await.unwrap();
    let plan = session.plan(&program("make 4", "theirs", "2", "echo next")).drift(Drift::Refuse).await.unwrap();
    assert!(!plan.is_empty() && plan.outside().is_empty(), "{plan}");
}

#[tokio::test]
async fn two_topologies_that_extend_one_pipeline_know_what_each_wrote() {
    let (local, session) = applied().await;
    let other = apply(&local, &theirs("echo one")).await;
    assert_eq!(
        records(&local).await,
        ["codepipeline-xacct:applied-by:checks:1", "codepipeline-xacct:applied-by:release:1"]
    );
    edit(&local, |pipeline| command(pipeline, "echo edited"));
    let plan = other.plan(&theirs("echo two")).drift(Drift::Refuse).await.unwrap();
    assert!(!plan.is_empty() && plan.outside().is_empty(), "{plan}");
    other.apply(&plan).await.unwrap();
    assert!(refusal(&session, &ours()).await.contains("echo edited"));
    let plan = session.plan(&ours()).await.unwrap();
    assert_eq!(paths(&plan), ["stages[Ask].actions[note].commands"]);
    session.apply(&plan).await.unwrap();
    for (session, topology) in [(&session, ours()), (&other, theirs("echo two"))] {
        let plan = session.plan(&topology).drift(Drift::Refuse).await.unwrap();
        assert!(plan.is_empty(), "{plan}");
    }
    session.apply(&session.plan(&ours()).intent(Intent::Destroy).await.unwrap()).await.unwrap();
    assert_eq!(records(&local).await, ["codepipeline-xacct:applied-by:checks:1"]);
    assert!(other.plan(&theirs("echo two")).drift(Drift::Refuse).await.unwrap().is_empty());
}

#[tokio::test]
async fn of_a_pipeline_from_before_nothing_is_reported() {
    let (local, session) = applied().await;
    let client = aws_sdk_codepipeline::Client::new(&local.sdk_config("111111111111", "ap-northeast-1"));
    let untag = client.untag_resource().resource_arn(RELEASE).tag_keys("codepipeline-xacct:applied-by:release:1");
    untag.send().await.unwrap();
    edit(&local, |pipeline| command(pipeline, "echo theirs"));
    let plan = session.plan(&ours()).drift(Drift::Refuse).await.unwrap();
    assert!(!plan.is_empty() && plan.outside().is_empty(), "{plan}");
    session.apply(&plan).await.unwrap();
    edit(&local, |pipeline| command(pipeline, "echo theirs"));
    assert!(refusal(&session, &ours()).await.contains("echo theirs"));
}

#[tokio::test]
async fn what_an_apply_that_failed_left_undone_is_no_change_from_outside_whatever_others_wrote_since() {
    let (local, session) = applied().await;
    let next = program("make 4", "two", "2", "echo next");
    local.faults().add(Fault::on("UpdatePipeline").access_denied());
    session.apply(&session.plan(&next).await.unwrap()).await.unwrap_err();
    local.faults().clear();
    for _ in 0..2 {
        for topology in [&next, &ours()] {
            let plan = session.plan(topology).drift(Drift::Refuse).await.unwrap();
            assert!(plan.outside().is_empty(), "{plan}");
        }
        edit(&local, |pipeline| pipeline["executionMode"] = "PARALLEL".into());
    }
    // What others changed before stays known.
    edit(&local, |pipeline| action(pipeline, "Build", "deploy")["runOrder"] = 7.into());
    let plan = session.plan(&next).drift(Drift::Keep).await.unwrap();
    assert_eq!(paths(&plan), ["stages[Build].actions[deploy].runOrder"]);
    let plan = session.plan(&next).await.unwrap();
    session.apply(&plan).await.unwrap();
    edit(&local, |pipeline| command(pipeline, "echo ours"));
    assert!(
        refusal(&session, &next).await.contains("echo next"),
        "what was there before is an edit once it was replaced"
    );
}

#[tokio::test]
async fn the_record_holds_where_others_wrote_between_the_plan_and_the_update() {
    for between_look_and_write in [false, true] {
        let (local, session) = applied().await;
        let next = program("make 4", "two", "2", "echo next");
        let plan = session.plan(&next).await.unwrap();
        let theirs = |local: &Local| edit(local, |pipeline| pipeline["executionMode"] = "PARALLEL".into());
        if between_look_and_write {
            let other = local.clone();
            local.faults().add(Fault::on("UpdatePipeline").first(1).edit(move || theirs(&other)));
        } else {
            theirs(&local);
        }
        session.apply(&plan).await.unwrap();
        assert_eq!(released(&local)["executionMode"], "PARALLEL");
        let plan = session.plan(&next).drift(Drift::Refuse).await.unwrap();
        assert!(plan.is_empty(), "{plan}");
        edit(&local, |pipeline| command(pipeline, "echo ours"));
        assert!(refusal(&session, &next).await.contains("echo next"));
    }
}

#[tokio::test]
async fn a_restore_puts_back_what_is_known_of_the_program() {
    let (local, session) = applied().await;
    let paper = JournalInMemory::default();
    let next = program("make 4", "two", "2", "echo next");
    session.apply(&session.plan(&next).await.unwrap()).journal_to(paper.clone()).await.unwrap();
    session.apply(&session.restore(&paper.journal().unwrap()).await.unwrap()).await.unwrap();
    let plan = session.plan(&ours()).drift(Drift::Refuse).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
    edit(&local, |pipeline| command(pipeline, "echo next"));
    assert!(refusal(&session, &ours()).await.contains("echo next"));
}

#[tokio::test]
async fn a_plan_from_before_another_apply_writes_no_record() {
    let (_, session) = applied().await;
    let (next, third) = (program("make 4", "one", "1", "echo ours"), program("make 5", "one", "1", "echo ours"));
    let (first, stale) = (session.plan(&next).await.unwrap(), session.plan(&third).await.unwrap());
    session.apply(&first).await.unwrap();
    let error = session.apply(&stale).await.unwrap_err().to_string();
    assert!(error.contains("has been changed by another plan since this one was made"), "{error}");
    for topology in [next, third, ours()] {
        let plan = session.plan(&topology).drift(Drift::Refuse).await.unwrap();
        assert!(plan.outside().is_empty(), "{plan}");
    }
}

#[tokio::test]
async fn what_stays_is_printed_as_the_program_would_add_it() {
    let (local, session) = applied().await;
    edit(&local, |pipeline| {
        command(pipeline, "echo theirs");
        action(pipeline, "Build", "deploy")["runOrder"] = 3.into();
    });
    let printed = async || {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let console = Console { stdout: &mut stdout, stderr: &mut stderr, stdin: None };
        let args = ["release", "plan", "--drift", "keep"].into_iter().map(Into::into);
        run_in(Ok(ours()), session.clone(), args, console).await;
        String::from_utf8([stdout, stderr].concat()).unwrap()
    };
    let text = printed().await;
    let code = "write it into the program:
      add stage \"Ask\" before \"Build\" {
          action \"note\": Commands {
              input: SourceArtifact,
              commands: [\"echo theirs\"],
          }
      }
      stage \"Build\" {
          add action \"deploy\": Commands {
              run_order: 3,
              input: SourceArtifact,
              commands: [\"make 2\"],
          }
      }
";
    assert!(text.contains(code), "{text}");
    session.apply(&session.plan(&ours()).await.unwrap()).await.unwrap();
    edit(&local, |pipeline| without(&mut pipeline["stages"], "Ask"));
    let text = printed().await;
    assert!(text.contains("write it into the program: take out of it what was taken out of the pipeline"), "{text}");
}

#[tokio::test]
async fn a_pipeline_without_room_for_the_record_is_written_without_it() {
    let local = as_the_console_left_it().unwrap();
    let client = aws_sdk_codepipeline::Client::new(&local.sdk_config("111111111111", "ap-northeast-1"));
    let tag = |number: i32| {
        aws_sdk_codepipeline::types::Tag::builder().key(format!("team{number}")).value("x").build().unwrap()
    };
    client.tag_resource().resource_arn(RELEASE).set_tags(Some((0..47).map(tag).collect())).send().await.unwrap();
    let session = local.connect(&ours()).await.unwrap();
    let plan = session.plan(&ours()).await.unwrap();
    assert_eq!(plan.warnings().iter().filter(|warning| warning.code == "XA1055").count(), 1, "{plan}");
    session.apply(&plan).await.unwrap();
    assert_eq!(records(&local).await, [""; 0]);
    edit(&local, |pipeline| command(pipeline, "echo theirs"));
    let plan = session.plan(&ours()).drift(Drift::Refuse).await.unwrap();
    assert!(!plan.is_empty() && plan.outside().is_empty(), "{plan}");
}

/// Adds a stage of 30 actions with 10 variables each, more members than the tags have room for.
fn many(value: &str) -> Topology {
    let pipeline = extended_pipeline::<Tooling>("Release", "hoge0315pipeline1", "ap-northeast-1")
        .extended_service_role(SERVICE)
        .add_stage_after("Build", "Many", |stage| {
            (0..30).fold(stage, |stage, number| {
                let commands: Vec<String> = vec![format!("echo {value}")];
                let mut action = action::commands(commands).input("SourceArtifact");
                for variable in 0..10 {
                    action = action.environment_variable(&format!("V{variable}"), value);
                }
                stage.action(&format!("run{number}"), action)
            })
        })
        .build();
    Topology::builder("release").add(pipeline).build().unwrap()
}

#[tokio::test]
async fn where_members_are_too_many_an_edit_is_told_of_the_action() {
    let local = as_the_console_left_it().unwrap();
    let session = apply(&local, &many("one")).await;
    assert!((1..=8).contains(&records(&local).await.len()), "{:?}", records(&local).await);
    let plan = session.plan(&many("one")).drift(Drift::Refuse).await.unwrap();
    assert!(plan.is_empty() && plan.warnings().iter().all(|warning| warning.code != "XA1055"), "{plan}");
    // What the program changes is no change from outside.
    let plan = session.plan(&many("two")).drift(Drift::Refuse).await.unwrap();
    assert!(!plan.is_empty() && plan.outside().is_empty(), "{plan}");
    local.faults().add(Fault::on("UpdatePipeline").access_denied());
    session.apply(&plan).await.unwrap_err();
    local.faults().clear();
    for topology in [many("one"), many("two")] {
        let plan = session.plan(&topology).drift(Drift::Refuse).await.unwrap();
        assert!(plan.outside().is_empty(), "{plan}");
    }
    session.apply(&session.plan(&many("two")).await.unwrap()).await.unwrap();
    // What others change is.
    edit(&local, |pipeline| action(pipeline, "Many", "run7")["commands"] = json!(["echo theirs"]));
    assert!(refusal(&session, &many("two")).await.contains("echo theirs"));
    let plan = session.plan(&many("two")).drift(Drift::Keep).await.unwrap();
    assert!(plan.is_empty() && !plan.outside().is_empty(), "{plan}");
    session.apply(&session.plan(&many("two")).await.unwrap()).await.unwrap();
    assert!(session.plan(&many("two")).drift(Drift::Refuse).await.unwrap().is_empty());
}
