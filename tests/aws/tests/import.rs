//! What `cargo xacct import` made of pipelines and roles changes nothing on the accounts that they came from.
//!
//! `tests/imported` has what the accounts hold, and the source; `tests/language/tests/import.rs` compares it with what the program writes.

use codepipeline_xacct::Topology;
use codepipeline_xacct::core::declaration::{DeclarationFile, PipelineDocument};
use codepipeline_xacct::core::ids::{PipelineArn, RoleArn};
use codepipeline_xacct::core::plan::Write;
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::local::Local;
use serde_json::Value;

#[path = "imported/extended.rs"]
mod extended;
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

#[tokio::test]
async fn whole_pipelines_get_the_tags_that_say_whose_they_are_and_then_there_is_nothing_to_do() {
    let local = accounts();
    let before = PIPELINES.map(|text| local.pipeline(&arn(&document(text))).unwrap());
    let topology = Topology::builder("shop").add(whole::ShopRelease).build().unwrap();
    assert_eq!(topology.warnings(), []);
    let session = local.connect(&topology).await.unwrap();
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
async fn extended_pipelines_need_nothing() {
    let local = accounts();
    let topology = Topology::builder("shop").add(extended::ShopRelease).build().unwrap();
    let session = local.connect(&topology).await.unwrap();
    let plan = session.plan(&topology).await.unwrap();
    assert!(plan.is_empty(), "{plan:#}");
    assert!(!plan.proofs().is_empty());
}
