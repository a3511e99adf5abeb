//! Two teams with contracts, on local AWS, without an account.
//!
//! The team of `Prod` has the pipeline `deploy` and a role that may start it. Its program publishes a contract of each. The team of `Tooling`
//! keeps them in its repository (`contracts/deploy.json` and `contracts/deploy-starter.json` next to the `Cargo.toml` of this package), and its
//! program takes from them what the other side says: nothing else of the other team's program is needed. Then the other team removes a
//! variable, and the check says so.
//!
//! ```text
//! cargo run --example contracts
//! ```

use std::error::Error;

use codepipeline_xacct::Topology;
use codepipeline_xacct::core::contract::{Contract, changes};
use codepipeline_xacct::core::policy::{Document, service_trust};
use codepipeline_xacct::core::topology::Subject;
use codepipeline_xacct::local::Local;

/// The program of the team of `Prod`.
mod deploying {
    codepipeline_xacct::pipeline! {
        pub account Prod = "222222222222";

        pub role DeployStarter in Prod {
            name: "deploy-starter",
            trusts: [role("arn:aws:iam::111111111111:role/release-service")],
            starts: [Deploy],
        }

        pub pipeline Deploy in Prod {
            name: "deploy",
            region: "eu-west-1",
            execution_mode: QUEUED,
            service_role: managed("deploy-service"),
            artifact_bucket: "deploy-artifacts",
            variables: { version, mode: "all-at-once" },

            stage "Source" {
                source "scripts": CodeCommit { repository: "scripts", branch: "main", poll: false, output: Scripts }
            }
            stage "Deploy" {
                action "deploy": Commands {
                    input: Scripts,
                    commands: ["./deploy #{variables.version} #{variables.mode}"],
                }
            }
        }
    }
}

/// The changed one: `version` is called `release` now.
mod deploying_later {
    codepipeline_xacct::pipeline! {
        pub account Prod = "222222222222";

        pub role DeployStarter in Prod {
            name: "deploy-starter",
            trusts: [role("arn:aws:iam::111111111111:role/release-service")],
            starts: [Deploy],
        }

        pub pipeline Deploy in Prod {
            name: "deploy",
            region: "eu-west-1",
            execution_mode: QUEUED,
            service_role: managed("deploy-service"),
            artifact_bucket: "deploy-artifacts",
            variables: { release, mode: "all-at-once" },

            stage "Source" {
                source "scripts": CodeCommit { repository: "scripts", branch: "main", poll: false, output: Scripts }
            }
            stage "Deploy" {
                action "deploy": Commands {
                    input: Scripts,
                    commands: ["./deploy #{variables.release} #{variables.mode}"],
                }
            }
        }
    }
}

/// The program of the team of `Tooling`.
mod releasing {
    codepipeline_xacct::pipeline! {
        pub account Tooling = "111111111111";
        pub account Prod = "222222222222";

        pub extern role DeployStarter in Prod from "contracts/deploy-starter.json";
        pub extern pipeline Deploy in Prod from "contracts/deploy.json";

        pub extended role ReleaseService in Tooling { arn: "arn:aws:iam::111111111111:role/release-service" }

        pub pipeline Release in Tooling {
            name: "release",
            region: "eu-west-1",
            execution_mode: QUEUED,
            service_role: ReleaseService,
            artifact_bucket: "release-artifacts",

            stage "Source" {
                source "code": CodeCommit {
                    repository: "shop",
                    branch: "main",
                    poll: false,
                    output: Code,
                    namespace: Source,
                }
            }
            stage "Deploy" {
                invoke "deploy": Deploy { role: DeployStarter, variables: { version: "#{Source.CommitId}" } }
            }
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let local = Local::new();
    // IAM accepts only roles that exist in a trust policy, so this one comes first.
    let trust = Document::new(vec![service_trust()]);
    local.put_role(&"arn:aws:iam::111111111111:role/release-service".parse()?, &trust, &[])?;

    let theirs = Topology::builder("deploy").add(deploying::Deploy).add(deploying::DeployStarter).build()?;
    let ours = Topology::builder("release").add(releasing::Release).build()?;
    let session = local.connect(&ours).await?;
    session.apply(&session.plan(&theirs).await?).await?;

    // The same in one file, which `extern account Prod from "contracts/prod.json";` would take: the id of the account, and all that it publishes.
    let account = Contract::published(&theirs, "Prod")?;
    println!("{} has {} of them", account.signature, account.signature.subjects().len());

    // What their program publishes, what the account says, and the file in our repository are the same.
    let deploy = Subject::Pipeline("arn:aws:codepipeline:eu-west-1:222222222222:deploy".parse()?);
    let starter = Subject::Role("arn:aws:iam::222222222222:role/deploy-starter".parse()?);
    let files = [
        (&deploy, "Deploy", include_str!("../contracts/deploy.json")),
        (&starter, "DeployStarter", include_str!("../contracts/deploy-starter.json")),
    ];
    for (subject, item, file) in files {
        let published = Contract::published(&theirs, item)?;
        if published.to_json() != file {
            return Err(
                format!("the contract of `{item}` is not the one of the repository:\n{}", published.to_json()).into()
            );
        }
        let there = session.contract(subject).await?.ok_or("their pipeline and their role exist")?;
        let changes = changes(&published.signature, &there.signature);
        println!("{}: {} changes", there.signature, changes.changed.len());
    }

    session.apply(&session.plan(&ours).await?).await?;
    println!("{}", session.start(releasing::Release).await?.wait().await?);

    let theirs =
        Topology::builder("deploy").add(deploying_later::Deploy).add(deploying_later::DeployStarter).build()?;
    session.apply(&session.plan(&theirs).await?).await?;
    let contract = Contract::from_json(include_str!("../contracts/deploy.json"))?;
    let there = session.contract(&deploy).await?.ok_or("their pipeline exists")?;
    let changes = changes(&contract.signature, &there.signature);
    let lines: Vec<&str> = changes.changed.iter().map(|change| change.line.as_str()).collect();
    println!("{}: {}", there.signature, lines.join(", "));
    if changes.changed.len() != 2 {
        return Err("the variable that is gone, and the new one, are changes".into());
    }
    Ok(())
}
