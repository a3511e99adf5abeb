//! `wait:` on an invoke: the pipeline ends as what it starts ends, with the derived policies, on the virtual clock.

use std::time::Duration;

use codepipeline_xacct::Topology;
use codepipeline_xacct::local::{Local, Outcome};
use codepipeline_xacct::rehearsal::{Rehearsal, Rehearse};

mod waited {
    codepipeline_xacct::pipeline! {
        pub account Tooling = "111111111111";
        pub account Prod = "222222222222";

        pub role Invoker in Prod { name: "invoker", trusts: [Tooling], starts: [Deploy] }

        pub pipeline Deploy in Prod {
            name: "deploy",
            region: "eu-west-1",
            service_role: managed("deploy-service"),
            artifact_bucket: "deploy-artifacts",
            stage "Source" {
                source "code": CodeCommit { repository: "deploy", branch: "main", poll: false, output: Code }
            }
            stage "Run" { action "run": CodeBuild { project_name: "deploy", input: Code } }
        }

        pub pipeline Release in Tooling {
            name: "release",
            region: "eu-west-1",
            service_role: managed("release-service"),
            artifact_bucket: {
                location: "release-artifacts",
                encryption_key: "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000",
            },
            stage "Source" {
                source "shop": CodeCommit { repository: "shop", branch: "main", poll: false, output: Shop }
            }
            stage "Deploy" {
                invoke "deploy": Deploy { role: Invoker, wait: "45 minutes" }
                action "approve": Manual { run_order: 2 }
            }
        }
    }
}

const MINUTE: u64 = 60;

fn topology() -> Topology {
    Topology::builder("release").add(waited::Release).build().unwrap()
}

async fn rehearsed(run: Outcome) -> Rehearsal {
    topology().rehearse().outcome("Run/run", [run]).await.unwrap()
}

#[tokio::test]
async fn the_pipeline_ends_as_what_it_starts_ends() {
    let takes = |minutes: u64| Outcome::succeeds().takes(Duration::from_secs(minutes * MINUTE));
    let rehearsal = rehearsed(takes(40)).await.passed().unwrap();
    assert_eq!(rehearsal.runs_of(waited::Deploy).count(), 1);
    assert!(!rehearsal.assumed.iter().any(|assumed| assumed.name.contains("deploy-wait")), "{rehearsal}");

    let failed = rehearsed(Outcome::fails("no").takes(Duration::from_secs(20 * MINUTE))).await;
    assert!(!failed.succeeded());
    assert_eq!(failed.runs[0].status.as_str(), "Failed", "{failed}");
    assert!(failed.to_string().contains("of pipeline deploy did not succeed"), "{failed}");

    // The target continues, and the pipeline has waited long enough.
    let late = rehearsed(takes(46)).await;
    assert_eq!(late.runs[0].status.as_str(), "Failed", "{late}");
    assert!(late.to_string().contains("did not end within 45 minutes"), "{late}");
}

#[tokio::test]
async fn the_plan_says_what_waits() {
    let topology = topology();
    let session = Local::new().connect(&topology).await.unwrap();
    let plan = session.plan(&topology).await.unwrap().to_string();
    let line = "action deploy-wait waits for the execution of pipeline deploy (eu-west-1) that Deploy/deploy starts, \
                45 minutes at most, and ends as it ends";
    assert!(plan.contains(line), "{plan}");
}
