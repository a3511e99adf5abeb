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
//! With arguments it is a program that deploys to accounts: `cargo run --example quickstart -- plan --profile Tooling=tooling --profile Prod=prod`.

use std::error::Error;
use std::ffi::OsString;
use std::process::ExitCode;

use codepipeline_xacct::cli::{self, Console};
use codepipeline_xacct::core::declaration::{PipelineDocument, read};
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::local::Local;
use codepipeline_xacct::{Findings, Topology, pipeline};

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
async fn main() -> ExitCode {
    let topology = Topology::builder("release").add(Release).build();
    // With arguments, a program that deploys to accounts.
    if std::env::args_os().len() > 1 {
        return cli::run(topology).await;
    }
    match on_local_aws(topology).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the commands that one would type, and compares their exit codes: a plan with something to do ends with 2.
async fn on_local_aws(topology: Result<Topology, Findings>) -> Result<(), Box<dyn Error>> {
    let local = Local::new();
    as_the_console_left_it(&local)?;
    let session = local.connect(topology.as_ref().map_err(Clone::clone)?).await?;
    let commands: [(&[&str], u8); 4] = [
        (&["plan"], 2),
        (&["apply", "--yes", "--no-journal"], 0),
        (&["start", "Release", "--variable", "val1=hello from A"], 0),
        (&["plan"], 0),
    ];
    for (arguments, expected) in commands {
        let quoted =
            |argument: &&str| if argument.contains(' ') { format!("'{argument}'") } else { (*argument).to_owned() };
        println!("$ quickstart {}", arguments.iter().map(quoted).collect::<Vec<_>>().join(" "));
        let all = ["quickstart"].into_iter().chain(arguments.iter().copied()).map(OsString::from);
        let console = Console { stdout: &mut std::io::stdout(), stderr: &mut std::io::stderr(), stdin: None };
        let code = cli::run_in(topology.clone(), session.clone(), all, console).await;
        if code != expected {
            return Err(format!("`{}` ended with {code}", arguments.join(" ")).into());
        }
        println!();
    }
    Ok(())
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
