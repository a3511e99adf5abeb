//! Adds a stage to a pipeline of another team, and takes it away again, on local AWS: nothing of theirs is lost.
//!
//! The pipeline and its service role exist, as the console made them. The program owns one stage of the pipeline and one policy of the role. To
//! destroy puts back what the pipeline held before, from its history in CodePipeline.
//!
//! ```text
//! cargo run --example extend
//! ```

use std::error::Error;

use codepipeline_xacct::core::declaration::{PipelineDeclaration, PipelineDocument, read};
use codepipeline_xacct::core::ids::PipelineArn;
use codepipeline_xacct::core::plan::Intent;
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::local::Local;
use codepipeline_xacct::{Topology, pipeline};

pipeline! {
    /// Holds the sources and runs the releases.
    pub account Tooling = "111111111111";
    /// Where customers are.
    pub account Prod = "222222222222";

    /// What the team of `Prod` keeps: only what a caller has to know.
    pub extern pipeline Scan in Prod {
        name: "security-scan",
        region: "ap-northeast-1",
        variables: { val1 },
    }

    /// May start `Scan` and nothing else.
    pub role ScanInvoker in Prod { name: "scan-invoker", trusts: [Tooling], starts: [Scan] }

    /// Theirs. The stage is ours.
    pub extended pipeline Release in Tooling {
        name: "hoge0315pipeline1",
        region: "ap-northeast-1",
        service_role: extended(
            "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
        ),

        add stage "Scan" after "Source" {
            invoke "scan": Scan { role: ScanInvoker, variables: { val1: "#{variables.val1}" } }
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let topology = Topology::builder("scans").add(Release).build()?;
    let local = Local::new();
    as_they_are(&local)?;
    let release: PipelineArn = "arn:aws:codepipeline:ap-northeast-1:111111111111:hoge0315pipeline1".parse()?;
    let before = held(&local, &release)?;

    let session = local.connect(&topology).await?;
    let plan = session.plan(&topology).await?;
    println!("{plan}");
    session.apply(&plan).await?;
    println!("now it has the stages {}", stages(&held(&local, &release)?));

    let plan = session.plan(&topology).intent(Intent::Destroy).await?;
    println!("\n{plan}");
    session.apply(&plan).await?;
    let after = held(&local, &release)?;
    println!("now it has the stages {}", stages(&after));
    if after != before {
        return Err("something of theirs was lost".into());
    }
    println!("all is as it was");
    Ok(())
}

/// What a pipeline holds, but for its version, which only grows.
fn held(local: &Local, pipeline: &PipelineArn) -> Result<PipelineDeclaration, Box<dyn Error>> {
    let declaration = local.pipeline(pipeline).ok_or("the pipeline exists")?;
    Ok(PipelineDeclaration { version: None, ..declaration })
}

fn stages(declaration: &PipelineDeclaration) -> String {
    let names: Vec<&str> = declaration.stages.iter().flatten().map(|stage| stage.name.as_str()).collect();
    names.join(", ")
}

/// What the teams have already. In real accounts it is there.
fn as_they_are(local: &Local) -> Result<(), Box<dyn Error>> {
    let service_role =
        "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1";
    let trust = Document::from_json(include_str!("article/service-role-trust.json"))?;
    let policy = Document::from_json(include_str!("article/service-role-policy.json"))?;
    local.put_role(&service_role.parse()?, &trust, &[("AWSCodePipelineServiceRole", &policy)])?;
    let document: PipelineDocument = read(include_str!("article/before.json"))?;
    local.put_pipeline(&"arn:aws:codepipeline:ap-northeast-1:111111111111:hoge0315pipeline1".parse()?, &document)?;
    let scan_service = "arn:aws:iam::222222222222:role/scan-service";
    local.put_role(&scan_service.parse()?, &trust, &[("AWSCodePipelineServiceRole", &policy)])?;
    let scan = include_str!("article/before.json").replace(service_role, scan_service);
    let scan: PipelineDocument = read(&scan.replace("hoge0315pipeline1", "security-scan"))?;
    local.put_pipeline(&"arn:aws:codepipeline:ap-northeast-1:222222222222:security-scan".parse()?, &scan)?;
    Ok(())
}
