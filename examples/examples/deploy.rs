//! Deploys what account A built into account B, with CloudFormation, ECS and S3, on local AWS.
//!
//! The roles in B and what they may do follow from the actions. The policies of the artifact bucket and its key are not managed by a
//! plan: without them the run fails, and with those that the topology prints it succeeds.
//!
//! ```text
//! cargo run --example deploy
//! ```

use std::error::Error;

use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::core::topology::AttachedTo;
use codepipeline_xacct::local::Local;
use codepipeline_xacct::{Topology, pipeline};

pipeline! {
    /// Holds the sources, builds, and keeps the artifacts.
    pub account Tooling = "111111111111";
    /// Where customers are.
    pub account Prod = "222222222222";

    /// Deploys into `Prod` for the pipelines of `Tooling` that name it. It may do what their actions need, and pass the roles of the task
    /// definition, which only the run knows.
    pub role Deployer in Prod {
        name: "deployer",
        trusts: [Tooling],
        policies: [{
            Effect: "Allow",
            Action: "iam:PassRole",
            Resource: ["arn:aws:iam::222222222222:role/shop-task", "arn:aws:iam::222222222222:role/shop-execution"],
            Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
        }],
    }

    /// Deploys the stack of the shop, then its service and its pages.
    pub pipeline Release in Tooling {
        name: "release",
        region: "eu-west-1",
        service_role: managed("release-service"),
        artifact_bucket: {
            location: "release-artifacts",
            encryption_key: "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000",
        },

        stage "Source" {
            source "code": CodeCommit { repository: "shop", branch: "main", poll: false, output: Code }
        }
        stage "Build" {
            action "build": CodeBuild { project_name: "shop", input: Code, output: [Images, Pages] }
        }
        stage "Deploy" {
            action "stack": CloudFormation {
                action_mode: CREATE_UPDATE,
                stack_name: "shop",
                template_path: "Code::template.yml",
                role_arn: "arn:aws:iam::222222222222:role/stacks",
                input: Code,
                role: Deployer,
            }
            action "service": ECS {
                run_order: 2,
                cluster_name: "shop",
                service_name: "web",
                input: Images,
                role: Deployer,
            }
            action "pages": S3 {
                run_order: 2,
                bucket_name: "shop-pages",
                extract: true,
                input: Pages,
                role: Deployer,
            }
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let topology = Topology::builder("shop").add(Release).build()?;
    println!("{topology}");
    let local = Local::new();
    let session = local.connect(&topology).await?;
    let plan = session.plan(&topology).await?;
    println!("{plan}");
    session.apply(&plan).await?;

    // As they were made in account A, with the policies that the console gives them: other accounts are not in them.
    local.put_bucket("111111111111", "release-artifacts", None)?;
    local.put_key(KEY, Some(&Document::from_json(KEY_POLICY)?))?;
    println!("{}", session.start(Release).await?.wait().await?);

    for policy in topology.policies() {
        match &policy.attached_to {
            AttachedTo::Bucket(name) => local.put_bucket("111111111111", name, Some(&policy.document))?,
            AttachedTo::Key(key) => {
                let mut document = Document::from_json(KEY_POLICY)?;
                document.statements.extend(policy.document.statements.iter().cloned());
                local.put_key(key, Some(&document))?;
            }
            _ => continue,
        }
        println!("{policy}\n");
    }
    println!("{}", session.start(Release).await?.wait().await?);
    Ok(())
}

const KEY: &str = "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000";

/// Lets the account administer the key.
const KEY_POLICY: &str = r#"{
    "Version": "2012-10-17",
    "Statement": [{ "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111111111111:root" }, "Action": "kms:*", "Resource": "*" }]
}"#;
