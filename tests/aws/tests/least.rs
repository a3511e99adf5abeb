//! Derived policies work and are the least: on local AWS, which has a table of the calls of each action that is not the one from which
//! policies are derived, an action runs with the policy of its role, and no longer once any part of it is taken away.

use codepipeline_xacct::core as model;
use codepipeline_xacct::core::declaration::PipelineDocument;
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::core::topology::Topology;
use codepipeline_xacct::local::Local;
use serde_json::{Value, json};
use typical::{ACCOUNT, arn, configurations, topology};

#[path = "../../../codepipeline-xacct-core/tests/typical/mod.rs"]
mod typical;

/// Runs the pipeline with a policy for the role of its action; the error is the one of the action.
async fn run(topology: &Topology, policy: &Document) -> Result<(), String> {
    let local = Local::new();
    for resolved in topology.roles() {
        let policies = match resolved.role.arn == arn("it") {
            true => Some(policy),
            false => resolved.policy.as_ref(),
        };
        let policies = policies.filter(|policy| !policy.statements.is_empty());
        let policies: Vec<(&str, &Document)> = policies.map(|policy| ("p", policy)).into_iter().collect();
        local.put_role(&resolved.role.arn, resolved.trust.as_ref().unwrap(), &policies).unwrap();
    }
    let pipeline = &topology.pipelines()[0];
    let document: PipelineDocument =
        model::declaration::read(&json!({ "pipeline": pipeline.declaration }).to_string()).unwrap();
    local.put_pipeline(&pipeline.arn, &document).unwrap();
    // Local time begins on a Sunday at 15:06:40; the deployment window of the configurations is open on Monday at 12:00.
    local.let_pass(std::time::Duration::from_secs(20 * 3600 + 53 * 60 + 20));
    let client = aws_sdk_codepipeline::Client::new(&local.sdk_config(ACCOUNT, "eu-west-1"));
    let id = client.start_pipeline_execution().name("shop").send().await.unwrap().pipeline_execution_id.unwrap();
    loop {
        let execution = client.get_pipeline_execution().pipeline_name("shop").pipeline_execution_id(&id).send();
        let execution = execution.await.unwrap().pipeline_execution.unwrap();
        match execution.status.unwrap().as_str() {
            "InProgress" => {}
            "Succeeded" => return Ok(()),
            _ => break,
        }
    }
    let actions = client.list_action_executions().pipeline_name("shop").send().await.unwrap();
    let error = |detail: &aws_sdk_codepipeline::types::ActionExecutionDetail| {
        let error = detail.output.as_ref()?.execution_result.as_ref()?.error_details.as_ref()?;
        Some(format!("{}: {}", error.code.as_deref()?, error.message.as_deref()?))
    };
    let rules = client.list_rule_executions().pipeline_name("shop").send().await.unwrap();
    let of_rule = |detail: &aws_sdk_codepipeline::types::RuleExecutionDetail| {
        let error = detail.output.as_ref()?.execution_result.as_ref()?.error_details.as_ref()?;
        Some(format!("{}: {}", error.code.as_deref()?, error.message.as_deref()?))
    };
    let found = actions.action_execution_details().iter().find_map(error);
    Err(found.or_else(|| rules.rule_execution_details().iter().find_map(of_rule)).unwrap_or_default())
}

/// Every document with one statement, action or resource less, and what is missing.
fn lessened(document: &Document) -> Vec<(String, Document)> {
    let value = json!(document);
    let mut all = Vec::new();
    let mut add = |what: String, value: Value| all.push((what, serde_json::from_value(value).unwrap()));
    for index in 0..document.statements.len() {
        let mut less = value.clone();
        less["Statement"].as_array_mut().unwrap().remove(index);
        add(value["Statement"][index].to_string(), less);
        for member in ["Action", "Resource"] {
            let pointer = format!("/Statement/{index}/{member}");
            let Some(Value::Array(entries)) = value.pointer(&pointer) else { continue };
            for (entry, text) in entries.iter().enumerate() {
                let mut less = value.clone();
                less.pointer_mut(&pointer).unwrap().as_array_mut().unwrap().remove(entry);
                let resource = value.pointer(&format!("/Statement/{index}/Resource")).unwrap();
                let of = if member == "Action" { format!(" on {resource}") } else { String::new() };
                add(format!("{}{of}", text.as_str().unwrap()), less);
            }
        }
    }
    all
}

/// What local AWS doesn't need, with the reason.
const SPARE: &[(&str, &str)] = &[
    ("cloudformation:DescribeStackEvents on ", "without it the message of a failed deployment is a general one"),
    (
        "s3:GetObjectVersion on \"arn:aws:s3:::artifacts/*\"",
        "artifacts have no versions here; AWS documents it with `s3:GetObject`",
    ),
    (
        "s3:PutObjectAcl on \"arn:aws:s3:::artifacts/*\"",
        "artifacts have no owners here; AWS documents it with `s3:PutObject`",
    ),
    ("s3:GetObjectTagging on ", "objects have no tags here; the page of the S3 source lists it"),
    ("s3:GetObjectVersionTagging on ", "the same"),
    ("kms:DescribeKey on ", "AWS documents it for the key of artifacts; S3 makes no such call"),
    ("kms:Encrypt on ", "the same"),
    ("kms:ReEncrypt* on ", "the same"),
    (
        "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-secret",
        "it ends like a complete ARN, and may be one; here it is not",
    ),
];

#[tokio::test]
async fn an_action_runs_with_the_derived_policy_and_with_nothing_less() {
    let mut wrong = Vec::new();
    let mut tried = 0;
    for entry in &configurations() {
        let what = format!("{} {}", entry["type"].as_str().unwrap(), entry["configuration"]);
        let topology = topology(entry);
        let none = Document::new(Vec::new());
        let policy = topology.role(&arn("it")).unwrap().policy.clone().unwrap_or(none);
        match run(&topology, &policy).await {
            // Nothing is granted for it, as nothing exact is documented.
            Err(error) if what.contains("ElasticBeanstalk") => {
                assert!(error.starts_with("NotSupportedByLocalAws"), "{error}");
                continue;
            }
            // What these rules need is not documented, so it is offered and not granted.
            Err(error) if what.contains("Rule/AWS/CloudWatchAlarm") || what.contains("Rule/AWS/LambdaInvoke") => {
                assert!(error.starts_with("AccessDenied"), "{error}");
                continue;
            }
            Err(error) => wrong.push(format!("{what}: fails with its policy: {error}")),
            Ok(()) => {}
        }
        for (missing, less) in lessened(&policy) {
            let is = |spare: &str| missing == spare || spare.contains(" on ") && missing.starts_with(spare);
            let spare = SPARE.iter().any(|(spare, _)| is(spare));
            let answer = run(&topology, &less).await;
            tried += 1;
            match answer {
                Ok(()) if !spare => wrong.push(format!("{what}: runs without {missing}")),
                Err(error) if !error.starts_with("AccessDenied") => wrong.push(format!("{what}: {error}")),
                _ => {}
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(tried > 300, "{tried}");
}
