//! The main use case on local AWS, without an account: a pipeline in account A starts a pipeline in account B.
//!
//! A's pipeline and its service role exist, as the console made them (`article/before.json` is the output of
//! `aws codepipeline get-pipeline`). The program extends both, makes the role in B and B's pipeline, runs A's pipeline and
//! follows it into B.
//!
//! ```text
//! cargo run --example quickstart
//! ```
//!
//! Against real accounts only one line changes: instead of connecting to [`Local`], name your profiles,
//! `Session::builder().profile::<Tooling>("tooling").profile::<Prod>("prod").connect().await?`.

use std::error::Error;
use std::time::Duration;

use codepipeline_xacct::core::declaration::{PipelineDocument, read};
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::local::Local;
use codepipeline_xacct::{Topology, pipeline};

pipeline! {
    /// Holds the sources and runs the releases.
    pub account Tooling = "111111111111";
    /// Where customers are.
    pub account Prod = "222222222222";

    /// May be assumed by the service roles of `Tooling`'s pipelines that name it; may start `Deploy` and nothing else.
    pub role DeployInvoker in Prod {
        name: "hoge0316-crossaccount-pipeline",
        trusts: [Tooling],
        starts: [Deploy],
    }

    /// B's pipeline: prints what it was given.
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
            action "Command": Commands {
                input: SourceArtifact,
                commands: ["echo #{variables.val1}"],
            }
        }
    }

    /// A's pipeline exists; what is written here is added to it, and nothing else is touched.
    pub extended pipeline Release in Tooling {
        name: "hoge0315pipeline1",
        region: "ap-northeast-1",
        service_role: extended(
            "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
        ),

        stage "Build" {
            invoke "ccc": Deploy {
                role: DeployInvoker,
                variables: { val1: "#{variables.val1}" },
            }
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let topology = Topology::builder("release").add(Release).build()?;
    let local = Local::new();
    as_the_console_left_it(&local)?;
    let session = local.connect(&topology).await?;

    let plan = session.plan(&topology).await?;
    println!("{plan}");

    println!("apply");
    session.apply(&plan).on_event(|event| println!("  {event}")).await?;

    println!("\nrun");
    let release = "arn:aws:codepipeline:ap-northeast-1:111111111111:hoge0315pipeline1".parse()?;
    let execution = session.start_arn(release).variable(&"val1".parse()?, "hello from A").await?;
    let finished = execution.wait().poll(Duration::from_millis(1)).await?;
    print!("{finished}");
    let in_prod = finished.actions.iter().find_map(|action| action.started());
    match in_prod.and_then(|started| started.variable("val1")) {
        Some(value) if finished.succeeded() => println!("B's run got val1 = {value:?} and succeeded"),
        _ => return Err("the run did not come through".into()),
    }

    println!("\nsecond plan");
    let second = session.plan(&topology).await?;
    println!("{second}");
    if second.is_empty() { Ok(()) } else { Err("the second plan is not empty".into()) }
}

/// A's pipeline and service role, as they were before this program. In real accounts they exist already.
fn as_the_console_left_it(local: &Local) -> Result<(), Box<dyn Error>> {
    let service_role =
        "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1";
    let trust = Document::from_json(include_str!("article/service-role-trust.json"))?;
    let policy = Document::from_json(include_str!("article/service-role-policy.json"))?;
    local.put_role(&service_role.parse()?, &trust, &[("AWSCodePipelineServiceRole", &policy)])?;
    let document: PipelineDocument = read(include_str!("article/before.json"))?;
    local.put_pipeline(&"arn:aws:codepipeline:ap-northeast-1:111111111111:hoge0315pipeline1".parse()?, &document)?;
    Ok(())
}
