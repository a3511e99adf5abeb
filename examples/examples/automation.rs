//! Automation of one's own on the dynamic layer: accounts, Regions and pipelines are only known when the program runs.
//!
//! An inventory names accounts, and a template is the declaration that each of them gets, as `get-pipeline` prints it. What `pipeline!` has the
//! compiler check, `build` checks here, with the same rules: all findings come at once, and nothing is written with an error.
//!
//! ```text
//! cargo run --example automation
//! ```

use std::error::Error;
use std::time::Duration;

use codepipeline_xacct::Topology;
use codepipeline_xacct::core::declaration::PipelineDeclaration;
use codepipeline_xacct::core::ids::{Partition, PipelineArn, RoleArn};
use codepipeline_xacct::core::topology::{Account, Ownership, Pipeline, Role};
use codepipeline_xacct::local::Local;
use serde::Deserialize;
use serde_json::{Value, json};

/// What a table, a service catalogue or an organization would say.
const INVENTORY: &str = r#"[
    { "name": "Europe", "account": "222222222222", "region": "eu-west-1" },
    { "name": "America", "account": "333333333333", "region": "us-east-1" }
]"#;

#[derive(Deserialize)]
struct Row {
    name: String,
    account: String,
    region: String,
}

impl Row {
    fn pipeline(&self) -> Result<PipelineArn, Box<dyn Error>> {
        Ok(format!("arn:aws:codepipeline:{}:{}:deploy", self.region, self.account).parse()?)
    }
}

/// The declaration that every account gets.
fn template(bucket: &str) -> Value {
    json!({
        "name": "deploy",
        "executionMode": "QUEUED",
        "artifactStore": { "type": "S3", "location": bucket },
        "variables": [{ "name": "version" }],
        "stages": [
            { "name": "Source", "actions": [{
                "name": "code",
                "actionTypeId": { "category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1" },
                "configuration": { "RepositoryName": "deploy", "BranchName": "main", "PollForSourceChanges": "false" },
                "outputArtifacts": [{ "name": "Code" }],
            }] },
            { "name": "Run", "actions": [{
                "name": "run",
                "actionTypeId": { "category": "Compute", "owner": "AWS", "provider": "Commands", "version": "1" },
                "commands": ["./deploy #{variables.version}"],
                "inputArtifacts": [{ "name": "Code" }],
            }] },
        ],
    })
}

fn topology(rows: &[Row], template: impl Fn(&str) -> Value) -> Result<Topology, Box<dyn Error>> {
    let mut builder = Topology::builder("deployments");
    for row in rows {
        let service_role: RoleArn = format!("arn:aws:iam::{}:role/deploy-service", row.account).parse()?;
        let mut pipeline = Pipeline::new(&format!("Deploy{}", row.name), Ownership::Managed, row.pipeline()?);
        let declaration: PipelineDeclaration =
            serde_json::from_value(template(&format!("deploy-artifacts-{}", row.account)))?;
        pipeline.declaration = declaration;
        pipeline.service_role = Some(service_role.clone());
        builder = builder
            .add(Account { item: row.name.clone(), id: row.account.parse()?, partition: Partition::aws() })
            // As `managed("deploy-service")`: its trust and its policy are derived.
            .add(Role::inline(Ownership::Managed, service_role))
            .add(pipeline);
    }
    Ok(builder.build()?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let rows: Vec<Row> = serde_json::from_str(INVENTORY)?;

    // A mistake in the template is one finding for each pipeline.
    let misspelt = |bucket: &str| {
        let text = template(bucket).to_string().replace("#{variables.version}", "#{variables.verson}");
        serde_json::from_str(&text).unwrap_or_default()
    };
    match topology(&rows, misspelt) {
        Ok(_) => return Err("the misspelt variable was not noticed".into()),
        Err(findings) => println!("{findings}\n"),
    }

    let topology = topology(&rows, template)?;
    let session = Local::new().connect(&topology).await?;
    let plan = session.plan(&topology).await?;
    println!("{plan}");
    session.apply(&plan).await?;
    for row in &rows {
        let execution = session.start_arn(row.pipeline()?).variable(&"version".parse()?, "1.2.3").await?;
        let run = execution.wait().poll(Duration::from_millis(1)).await?;
        println!("{}: succeeded {}", row.name, run.succeeded());
    }
    Ok(())
}
