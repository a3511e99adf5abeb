//! A run in a chat: what happens in it becomes messages, and a manual approval is answered from there. On local AWS.
//! `post` represents a webhook, and the answer a button.
//! `apply` has events of the same kind, as a callback or a `Stream`.
//!
//! ```text
//! cargo run --example events
//! ```

use std::error::Error;
use std::future::IntoFuture;
use std::time::Duration;

use codepipeline_xacct::aws::{ActionExecutionStatus, RunChange, RunEvent};
use codepipeline_xacct::local::Local;
use codepipeline_xacct::{Topology, pipeline};
use tokio::sync::mpsc;

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

    /// Asks, and starts the deployment.
    pub pipeline Release in Tooling {
        name: "release",
        region: "eu-west-1",
        service_role: managed("release-service"),
        artifact_bucket: "release-artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "shop", branch: "main", poll: false, output: Code }
        }
        stage "Deploy" {
            action "ask": Manual {}
            invoke "start": Deploy { role: DeployInvoker, run_order: 2, follow: caller_variable }
        }
    }
}

/// The message for an event; most events are none.
fn message(event: &RunEvent) -> Option<String> {
    let pipeline = event.pipeline.name();
    match &event.change {
        RunChange::Execution { status, .. } => Some(format!("{pipeline}: {}", status.as_str())),
        RunChange::Action { stage, action, awaits_approval: true, .. } => {
            Some(format!("{pipeline}: {stage} / {action} waits for an approval"))
        }
        RunChange::Action { stage, action, status: ActionExecutionStatus::Failed, error, .. } => {
            let why = error.as_ref().map_or("without a reason", |(_, message)| message.as_str());
            Some(format!("{pipeline}: {stage} / {action} failed: {why}"))
        }
        RunChange::Started { target, started, .. } => {
            Some(format!("{pipeline} started {} in account {}: {started}", target.name(), target.account()))
        }
        _ => None,
    }
}

fn post(text: &str) {
    println!("#releases  {text}");
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let topology = Topology::builder("release").add(Release).build()?;
    let local = Local::new();
    let session = local.connect(&topology).await?;
    session.apply(&session.plan(&topology).await?).await?;
    // CodePipeline runs a pipeline once it is created; that run is of no interest here.
    local.let_pass(Duration::from_secs(600));
    // Otherwise local AWS approves of itself.
    local.await_answer(&"arn:aws:codepipeline:eu-west-1:111111111111:release".parse()?, "Deploy", "ask");

    let execution = session.start(Release).await?;
    let (asked, mut asks) = mpsc::unbounded_channel();
    let following = execution.wait().poll(Duration::from_millis(1)).on_event(move |event, _| {
        if let Some(text) = message(event) {
            post(&text);
        }
        if let RunChange::Action { stage, action, awaits_approval: true, .. } = &event.change {
            // There is no receiver any more once it was answered.
            let _ = asked.send((stage.clone(), action.clone()));
        }
    });
    let answering = async {
        let (stage, action) = asks.recv().await.ok_or("no approval was asked for")?;
        execution.approve(&stage, &action, "looks good").await?;
        Ok::<(), Box<dyn Error>>(())
    };
    let (run, answered) = tokio::join!(following.into_future(), answering);
    answered?;
    match run?.succeeded() {
        true => Ok(()),
        false => Err("the release did not come through".into()),
    }
}
