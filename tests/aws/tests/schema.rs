//! The schemas of the JSON of plans and of contracts, which the book publishes: real ones fit them, and nothing more does.

use std::collections::BTreeSet;

use boon::{Compiler, Schemas};
use codepipeline_xacct::Topology;
use codepipeline_xacct::aws::Session;
use codepipeline_xacct::core::contract::Contract;
use codepipeline_xacct::core::plan::{APPLIED_TAG, Drift, Intent, Plan};
use codepipeline_xacct::core::topology::Subject;
use codepipeline_xacct::local::{Fault, Local};
use codepipeline_xacct_aws_tests::*;
use serde_json::{Value, json};

fn schema() -> Value {
    serde_json::from_str(include_str!("../../../book/src/reference/plan.schema.json")).unwrap()
}

/// What is wrong with a plan by the schema.
fn misfits(plan: &Value) -> Option<String> {
    misfits_of(schema(), plan)
}

/// What is wrong with a value by a schema, which may refer to that of plans.
pub fn misfits_of(schema: Value, value: &Value) -> Option<String> {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource("schema.json", schema).unwrap();
    compiler.add_resource("plan.schema.json", self::schema()).unwrap();
    let index = compiler.compile("schema.json", &mut schemas).unwrap();
    schemas.validate(value, index).err().map(|error| format!("{error:#}"))
}

fn topology() -> Topology {
    Topology::builder("release").add(Release).build().unwrap()
}

async fn planned(session: &Session, topology: &Topology, intent: Intent) -> Value {
    let plan: Plan = session.plan(topology).intent(intent).await.unwrap();
    serde_json::to_value(plan).unwrap()
}

/// Plans that create, change, prune and delete, with changes from outside, runs in flight and what is not known.
async fn plans() -> Vec<Value> {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology()).await.unwrap();
    let mut plans = vec![planned(&session, &topology(), Intent::Converge).await];
    plans.push(serde_json::to_value(session.plan(&topology()).target(Deploy).await.unwrap()).unwrap());
    session.apply(&session.plan(&topology()).await.unwrap()).await.unwrap();
    let passing = Topology::builder("release").add(passing::Release).build().unwrap();
    plans.push(planned(&session, &passing, Intent::Converge).await);
    outside(&local).await;
    plans.push(planned(&session, &topology(), Intent::Converge).await);
    plans.push(planned(&session, &topology(), Intent::Destroy).await);
    // A tag that the program gives another value.
    let tag = aws_sdk_codepipeline::types::Tag::builder().key("team").value("theirs").build().unwrap();
    let client = aws_sdk_codepipeline::Client::new(&local.sdk_config("222222222222", "ap-northeast-1"));
    client.tag_resource().resource_arn(DEPLOY).tags(tag).send().await.unwrap();
    let changed = Topology::builder("release").add(changed::Release).build().unwrap();
    plans.push(planned(&session, &changed, Intent::Converge).await);
    let renamed = Topology::builder("renamed").add(passing::Release).build().unwrap();
    let renaming = session.plan(&renamed).renamed_from("release".parse().unwrap()).drift(Drift::Keep);
    plans.push(serde_json::to_value(renaming.await.unwrap()).unwrap());
    local.faults().add(Fault::on("ListPipelineExecutions").access_denied());
    local.faults().add(Fault::on("ListAttachedRolePolicies").access_denied());
    plans.push(planned(&session, &topology(), Intent::Converge).await);
    // A program that left its service role to others.
    let nothing = Topology::builder("release").add(Tooling).add(Prod).build().unwrap();
    local.faults().clear();
    plans.push(planned(&session, &nothing, Intent::Converge).await);
    plans.extend(way_back().await);
    plans
}

/// A plan with a lease that reverts a change from outside, and the plan back from there, for a role whose digests were removed.
async fn way_back() -> [Value; 2] {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology()).await.unwrap();
    session.apply(&session.plan(&topology()).await.unwrap()).await.unwrap();
    let iam = aws_sdk_iam::Client::new(&local.sdk_config("222222222222", "us-east-1"));
    let role = INVOKER.rsplit('/').next().unwrap();
    iam.untag_role().role_name(role).tag_keys(APPLIED_TAG).send().await.unwrap();
    outside(&local).await;
    let plan = session.plan(&topology()).exclusive().await.unwrap();
    let paper = JournalInMemory::default();
    session.apply(&plan).journal_to(paper.clone()).await.unwrap();
    let journal = paper.journal().unwrap();
    [plan, session.restore(&journal).await.unwrap()].map(|plan| serde_json::to_value(plan).unwrap())
}

/// Others edit a trust policy, our policies and the command of B's pipeline, and a run of it is in progress.
async fn outside(local: &Local) {
    let iam = aws_sdk_iam::Client::new(&local.sdk_config("222222222222", "us-east-1"));
    let trust = trust(&format!(r#"{{"AWS":["{SERVICE}","222222222222"]}}"#)).unwrap().to_json();
    let role = INVOKER.rsplit('/').next().unwrap();
    iam.update_assume_role_policy().role_name(role).policy_document(trust).send().await.unwrap();
    let policy =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"codepipeline:*","Resource":"*"}]}"#;
    let put = iam.put_role_policy().role_name(role).policy_name("codepipeline-xacct-release").policy_document(policy);
    put.send().await.unwrap();
    let client = aws_sdk_codepipeline::Client::new(&local.sdk_config("222222222222", "ap-northeast-1"));
    let mut pipeline = client.get_pipeline().name("hoge1005command").send().await.unwrap().pipeline.unwrap();
    pipeline.stages[1].actions[0].commands = Some(vec!["echo theirs".to_owned()]);
    client.update_pipeline().pipeline(pipeline).send().await.unwrap();
    let hold = client.disable_stage_transition().pipeline_name("hoge1005command").stage_name("Run").reason("freeze");
    hold.transition_type(aws_sdk_codepipeline::types::StageTransitionType::Inbound).send().await.unwrap();
    client.start_pipeline_execution().name("hoge1005command").send().await.unwrap();
}

#[tokio::test]
async fn real_plans_fit_the_schema() {
    let plans = plans().await;
    let mut operations = BTreeSet::new();
    for plan in &plans {
        assert_eq!(misfits(plan), None, "{plan:#}");
        let steps = plan["steps"].as_array().unwrap();
        operations.extend(steps.iter().map(|step| step["write"]["operation"].as_str().unwrap().to_owned()));
    }
    let written = schema()["$defs"]["write"]["oneOf"].as_array().unwrap().clone();
    let known: BTreeSet<String> =
        written.iter().map(|write| write["properties"]["operation"]["const"].as_str().unwrap().to_owned()).collect();
    assert_eq!(operations, known, "each operation is in one of the plans");
    for member in ["basis", "leases", "outside", "runs", "runs_not_known", "warnings"] {
        assert!(plans.iter().any(|plan| plan[member].as_array().is_some_and(|list| !list.is_empty())), "{member}");
    }
    assert!(plans.iter().any(|plan| plan["targets"].is_array()));
    let has_seen = |step: &Value| step["write"]["seen"]["tags"] == json!({ "team": "theirs" });
    assert!(plans.iter().any(|plan| plan["steps"].as_array().unwrap().iter().any(has_seen)));
}

#[tokio::test]
async fn what_is_no_plan_does_not_fit_the_schema() {
    let plan = plans().await.remove(0);
    let broken = |change: fn(&mut Value)| {
        let mut plan = plan.clone();
        change(&mut plan);
        misfits(&plan)
    };
    assert!(broken(|_| {}).is_none());
    let changes: [fn(&mut Value); 6] = [
        |plan| plan["more"] = json!(1),
        |plan| plan["intent"] = json!("guess"),
        |plan| plan["steps"][0]["write"]["operation"] = json!("RunInstances"),
        |plan| plan["steps"][0]["write"]["tags"] = json!({ "a": 1 }),
        |plan| plan["proofs"][0]["hops"][0]["verdict"] = json!("perhaps"),
        |plan| {
            plan.as_object_mut().unwrap().remove("proofs");
        },
    ];
    for (index, change) in changes.into_iter().enumerate() {
        assert!(broken(change).is_some(), "{index}");
    }
}

#[tokio::test]
async fn contracts_fit_their_schema_and_what_is_none_does_not() {
    let schema: Value = serde_json::from_str(include_str!("../../../book/src/reference/contract.schema.json")).unwrap();
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology()).await.unwrap();
    session.apply(&session.plan(&topology()).await.unwrap()).await.unwrap();
    let roles = topology();
    let roles = roles.roles().iter().map(|resolved| Subject::Role(resolved.role.arn.clone()));
    let mut contracts = Vec::new();
    for subject in roles.chain([Subject::Pipeline(DEPLOY.parse().unwrap())]) {
        contracts.push(session.contract(&subject).await.unwrap().unwrap());
    }
    contracts.push(Contract::published(&topology(), "Prod").unwrap());
    for contract in contracts {
        let kind = contract.signature.kind();
        let value: Value = serde_json::from_str(&contract.to_json()).unwrap();
        assert_eq!(misfits_of(schema.clone(), &value), None, "{value:#}");
        for member in ["contract", "digest", kind] {
            let mut less = value.clone();
            less.as_object_mut().unwrap().remove(member);
            assert!(misfits_of(schema.clone(), &less).is_some(), "{member}");
            assert!(Contract::from_json(&less.to_string()).is_err(), "{member}");
        }
        for pointer in ["", "/origin", &format!("/{kind}")] {
            let mut more = value.clone();
            // An unmarked role has no origin.
            let Some(place) = more.pointer_mut(pointer) else { continue };
            place["more"] = json!(1);
            assert!(misfits_of(schema.clone(), &more).is_some(), "{pointer}");
            assert!(Contract::from_json(&more.to_string()).is_err(), "{pointer}");
        }
    }
}
