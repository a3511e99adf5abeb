//! What `cargo xacct import` made of pipelines and roles changes nothing on the accounts that they came from.
//!
//! `tests/imported` has what the accounts hold, and the source; `tests/language/tests/import.rs` compares it with what the program writes.

use std::path::Path;
use std::process::Command;

use codepipeline_xacct::Topology;
use codepipeline_xacct::core::declaration::{DeclarationFile, PipelineDocument};
use codepipeline_xacct::core::ids::{PipelineArn, RoleArn};
use codepipeline_xacct::core::plan::{Plan, Write};
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::local::Local;
use codepipeline_xacct_test_support::peers::{folder, python, run};
use serde_json::Value;

#[path = "imported/extended.rs"]
mod extended;
#[path = "imported/stacks/accounts.rs"]
mod of_accounts;
#[path = "imported/stacks/templates.rs"]
mod of_templates;
#[path = "imported/whole.rs"]
mod whole;

const PIPELINES: [&str; 2] = [include_str!("imported/release.json"), include_str!("imported/deploy.json")];
const ROLES: [&str; 2] =
    [include_str!("imported/roles-of-111111111111.json"), include_str!("imported/roles-of-222222222222.json")];

fn document(text: &str) -> PipelineDocument {
    match DeclarationFile::from_json(text).unwrap() {
        DeclarationFile::Document(document) => *document,
        DeclarationFile::Bare(_) => panic!("this has no metadata"),
    }
}

fn arn(document: &PipelineDocument) -> PipelineArn {
    document.metadata.as_ref().unwrap().pipeline_arn.as_ref().unwrap().parse().unwrap()
}

/// The accounts that the source came from.
fn accounts() -> Local {
    let local = Local::new();
    for text in ROLES {
        let details: Value = serde_json::from_str(text).unwrap();
        for role in details.get("RoleDetailList").unwrap().as_array().unwrap() {
            let read = |value: &Value| Document::from_json(&value.to_string()).unwrap();
            let arn: RoleArn = role.get("Arn").unwrap().as_str().unwrap().parse().unwrap();
            let policy = read(role.pointer("/RolePolicyList/0/PolicyDocument").unwrap());
            let trust = read(role.get("AssumeRolePolicyDocument").unwrap());
            local.put_role(&arn, &trust, &[("all", &policy)]).unwrap();
        }
    }
    for text in PIPELINES {
        let document = document(text);
        local.put_pipeline(&arn(&document), &document).unwrap();
    }
    local
}

/// The pipelines that a plan has nothing to do for, and doesn't own.
fn unmanaged(plan: &Plan) -> Vec<String> {
    let warnings = plan.warnings().iter().filter(|warning| warning.code == "XA1057");
    warnings.map(|warning| format!("{}: {}", warning.place, warning.message)).collect()
}

#[tokio::test]
async fn there_is_nothing_to_do_for_whole_pipelines_and_taken_over_they_get_only_the_tags_that_say_whose_they_are() {
    let local = accounts();
    let before = PIPELINES.map(|text| local.pipeline(&arn(&document(text))).unwrap());
    let topology = Topology::builder("shop").add(whole::ShopRelease).build().unwrap();
    assert_eq!(topology.warnings(), []);
    let session = local.connect(&topology).await.unwrap();
    let plan = session.plan(&topology).await.unwrap();
    assert!(plan.is_empty(), "{plan:#}");
    let is = "is as declared, and unmanaged: nothing is written to it";
    let expected = [
        format!("pipeline ShopRelease: pipeline `arn:aws:codepipeline:eu-west-1:111111111111:shop-release` {is}"),
        format!("pipeline ShopDeploy: pipeline `arn:aws:codepipeline:eu-west-1:222222222222:shop-deploy` {is}"),
    ];
    assert_eq!(unmanaged(&plan), expected);
    assert!(!plan.proofs().is_empty());
    let plan = session.plan(&topology).adopt(whole::ShopRelease).adopt(whole::ShopDeploy).await.unwrap();
    assert_eq!(plan.steps().len(), 2, "{plan:#}");
    assert!(plan.steps().iter().all(|step| matches!(step.write, Write::TagPipeline { .. })), "{plan:#}");
    session.apply(&plan).await.unwrap();
    let plan = session.plan(&topology).await.unwrap();
    assert!(plan.is_empty(), "{plan:#}");
    assert_eq!(plan.warnings(), []);
    let after = PIPELINES.map(|text| local.pipeline(&arn(&document(text))).unwrap());
    assert_eq!(after, before);
}

#[tokio::test]
async fn a_whole_pipeline_that_differs_has_to_be_taken_over() {
    let local = accounts();
    let text = PIPELINES[0];
    let arn = arn(&document(text));
    let mut value: Value = serde_json::from_str(text).unwrap();
    value["pipeline"]["stages"][0]["actions"][0]["configuration"]["BranchName"] = "other".into();
    local.put_pipeline(&arn, &document(&value.to_string())).unwrap();
    let topology = Topology::builder("shop").add(whole::ShopRelease).build().unwrap();
    let session = local.connect(&topology).await.unwrap();
    let error = session.plan(&topology).await.unwrap_err().to_string();
    assert!(
        error
            .contains(&format!("error[XA1006] pipeline ShopRelease: pipeline `{arn}` already exists and is unmanaged")),
        "{error}"
    );
    assert!(!error.contains(&format!("pipeline `{arn}` is as declared")), "{error}");
}

#[tokio::test]
async fn extended_pipelines_need_nothing_but_the_tags_that_say_what_the_program_declares() {
    let local = accounts();
    let topology = Topology::builder("shop").add(extended::ShopRelease).build().unwrap();
    let session = local.connect(&topology).await.unwrap();
    let plan = session.plan(&topology).await.unwrap();
    let steps: Vec<String> = plan.steps().iter().map(ToString::to_string).collect();
    assert!(!steps.is_empty() && steps.iter().all(|step| step.ends_with(": tags")), "{plan:#}");
    assert!(!plan.proofs().is_empty());
    session.apply(&plan).await.unwrap();
    assert!(session.plan(&topology).await.unwrap().is_empty());
}

/// What moto's CloudFormation makes of the templates in `imported/stacks`; `UPDATE=1` keeps it.
fn stacks() -> Value {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/imported/stacks");
    let made = run(Command::new(python()).arg(folder().join("stacks.py")).arg(&here));
    let kept = here.join("accounts.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&kept, &made).unwrap();
    }
    assert_eq!(made, std::fs::read_to_string(kept).unwrap());
    serde_json::from_str(&made).unwrap()
}

/// The accounts in which these stacks are.
fn accounts_of(stacks: &Value) -> Local {
    let local = Local::new();
    let list = |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    for account in stacks.get("accounts").unwrap().as_object().unwrap().values() {
        for role in list(account, "RoleDetailList") {
            let read = |value: &Value| Document::from_json(&value.to_string()).unwrap();
            let inline = list(&role, "RolePolicyList").into_iter();
            let inline = inline.map(|policy| (policy["PolicyName"].clone(), read(&policy["PolicyDocument"])));
            let attached = list(&role, "AttachedManagedPolicies").into_iter().filter_map(|attached| {
                let own = list(account, "Policies").into_iter().find(|own| own["Arn"] == attached["PolicyArn"])?;
                Some((attached["PolicyName"].clone(), read(&own["PolicyVersionList"][0]["Document"])))
            });
            let policies: Vec<(Value, Document)> = inline.chain(attached).collect();
            let policies: Vec<(&str, &Document)> =
                policies.iter().map(|(name, document)| (name.as_str().unwrap(), document)).collect();
            let arn: RoleArn = role["Arn"].as_str().unwrap().parse().unwrap();
            local.put_role(&arn, &read(&role["AssumeRolePolicyDocument"]), &policies).unwrap();
        }
    }
    for pipeline in list(stacks, "pipelines") {
        let document = document(&pipeline.to_string());
        local.put_pipeline(&arn(&document), &document).unwrap();
    }
    local
}

#[tokio::test]
async fn what_a_stack_engine_made_needs_nothing_and_taken_over_gets_only_the_tags_that_say_whose_it_is() {
    let stacks = stacks();
    let topologies = [
        Topology::builder("stacks")
            .add(of_templates::ShopRelease::new("main"))
            .add(of_templates::MyTeamRelease1)
            .build(),
        Topology::builder("stacks").add(of_accounts::ShopRelease).add(of_accounts::MyTeamRelease1).build(),
    ];
    for topology in topologies {
        let topology = topology.unwrap();
        assert_eq!(topology.pipelines().len(), 3);
        let local = accounts_of(&stacks);
        let session = local.connect(&topology).await.unwrap();
        let plan = session.plan(&topology).await.unwrap();
        assert!(plan.is_empty(), "{plan:#}");
        assert_eq!(unmanaged(&plan).len(), 3);
        let asked =
            topology.pipelines().iter().fold(session.plan(&topology), |asked, own| asked.adopt(own.arn.clone()));
        let plan = asked.await.unwrap();
        assert_eq!(plan.steps().len(), 3, "{plan:#}");
        assert!(plan.steps().iter().all(|step| matches!(step.write, Write::TagPipeline { .. })), "{plan:#}");
        session.apply(&plan).await.unwrap();
        let plan = session.plan(&topology).await.unwrap();
        assert!(plan.is_empty(), "{plan:#}");
    }
}
