//! Doctor and fix: a role is broken by hand, doctor says which hop fails and why, and the plan restores it. On local AWS.
//!
//! `cargo xacct doctor ARN --account-profile …` says the same without a program, also of pipelines that no program declares.
//!
//! ```text
//! cargo run --example doctor
//! ```

use std::error::Error;

use codepipeline_xacct::core::ids::PipelineArn;
use codepipeline_xacct::core::policy::{Document, service_trust};
use codepipeline_xacct::local::Local;
use codepipeline_xacct::{Topology, pipeline};

pipeline! {
    /// Holds the sources and runs the releases.
    pub account Tooling = "111111111111";
    /// Where customers are.
    pub account Prod = "222222222222";

    /// May start `Deploy` and nothing else.
    pub role DeployInvoker in Prod { name: "deploy-invoker", trusts: [Tooling], starts: [Deploy] }

    /// Deploys what it finds.
    pub pipeline Deploy in Prod {
        name: "deploy",
        region: "eu-west-1",
        service_role: managed("deploy-service"),
        artifact_bucket: "deploy-artifacts",

        stage "Source" {
            source "scripts": CodeCommit { repository: "deploy", branch: "main", poll: false, output: Scripts }
        }
        stage "Run" {
            action "deploy": CodeBuild { project_name: "deploy", input: Scripts }
        }
    }

    /// Starts the deployment.
    pub pipeline Release in Tooling {
        name: "release",
        region: "eu-west-1",
        service_role: managed("release-service"),
        artifact_bucket: "release-artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "shop", branch: "main", poll: false, output: Code }
        }
        stage "Deploy" {
            invoke "start": Deploy { role: DeployInvoker }
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let topology = Topology::builder("release").add(Release).build()?;
    let local = Local::new();
    let session = local.connect(&topology).await?;
    session.apply(&session.plan(&topology).await?).await?;

    let trusts_codepipeline = Document::new(vec![service_trust()]).to_json();
    println!(
        "By hand, CodePipeline is allowed to assume the role of the action, instead of the service role of the release.\n"
    );
    aws_sdk_iam::Client::new(&local.sdk_config("222222222222", "eu-west-1"))
        .update_assume_role_policy()
        .role_name("deploy-invoker")
        .policy_document(trusts_codepipeline)
        .send()
        .await?;

    let release: PipelineArn = "arn:aws:codepipeline:eu-west-1:111111111111:release".parse()?;
    let diagnosis = session.doctor(release.clone()).await;
    println!("{diagnosis}");
    for change in diagnosis.pipelines.iter().flat_map(|pipeline| pipeline.changes()) {
        println!("fix, in account {}: {}", change.account, change.what);
        println!("{:#}", change.json);
    }

    // Where a program declares the role, the plan is the fix.
    let plan = session.plan(&topology).await?;
    println!("\n{plan}");
    session.apply(&plan).await?;

    let after = session.doctor(release).await;
    match (diagnosis.has_errors(), after.has_errors()) {
        (true, false) => println!("nothing is wrong any more"),
        (false, _) => return Err("doctor did not find it".into()),
        (_, true) => return Err(format!("it is still wrong:\n{after}").into()),
    }
    Ok(())
}
