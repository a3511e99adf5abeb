//! What the role of each action and rule may do: for every provider some typical configurations, with the statements that are derived
//! for them and the findings about what can't be, in the words of `derived.txt`. After a change, read the difference and write the
//! file again with `UPDATE=1 cargo test -p codepipeline-xacct-core --test derived`.
//!
//! `documented.json` is what the AWS documentation says each provider needs. It was taken from there without this library's catalogue.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use codepipeline_xacct_core as model;
use codepipeline_xacct_core::catalogue::{ACTIONS, RULES};
use codepipeline_xacct_core::policy::{Document, Statement};
use codepipeline_xacct_core::topology::{Ownership, Role, Topology};
use serde_json::{Value, json};
use typical::{ACCOUNT, arn, built, configurations, declaration, pipeline, topology};

mod typical;

/// The policy of the role of an entry, and what is reported about it.
fn derived(entry: &Value) -> (Document, Vec<String>) {
    let topology = topology(entry);
    let policy = topology.role(&arn("it")).unwrap().policy.clone();
    let said = topology.warnings().iter().filter(|finding| ["XA0911", "XA0922"].contains(&finding.code));
    (policy.unwrap_or_else(|| Document::new(Vec::new())), said.map(ToString::to_string).collect())
}

/// The statements of a role of a pipeline, as JSON.
fn statements(topology: &Topology, role: &str) -> Vec<Value> {
    let policy = topology.role(&arn(role)).unwrap().policy.as_ref().unwrap();
    policy.statements.iter().map(|statement| json!(statement)).collect()
}

#[test]
fn every_provider_has_its_statements() {
    let mut text = String::new();
    let mut seen = BTreeSet::new();
    for entry in configurations() {
        let r#type = entry["type"].as_str().unwrap().to_owned();
        let (policy, said) = derived(&entry);
        let key = entry.get("encryptionKey").map(|id| format!(", artifacts with key {id}")).unwrap_or_default();
        writeln!(text, "# {} {}{key}", r#type, entry["configuration"]).unwrap();
        for statement in &policy.statements {
            writeln!(text, "{}", json!(statement)).unwrap();
        }
        said.iter().for_each(|finding| writeln!(text, "{finding}").unwrap());
        writeln!(text).unwrap();
        seen.insert(r#type);
    }
    for action in ACTIONS.iter().filter(|action| action.owner == "AWS" && !action.type_id().is_pipeline_invoke()) {
        assert!(seen.contains(&action.type_id().to_string()), "{} has no entry", action.type_id());
    }
    for rule in RULES {
        assert!(seen.contains(&format!("Rule/AWS/{}/1", rule.provider)), "{} has no entry", rule.provider);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/derived.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(path).unwrap());
}

/// What the documentation lists and no configuration gets, with the reason.
const NOT_GRANTED: &[(&str, &str, &str)] = &[
    ("Deploy/AWS/S3/1", "s3:PutObjectTagging", "only where objects carry tags, which the configuration doesn't tell"),
    ("Deploy/AWS/S3/1", "s3:GetObjectTagging", "the same"),
    ("Deploy/AWS/S3/1", "s3:GetObjectVersionTagging", "the same"),
    ("Deploy/AWS/ECS/1", "ecs:DescribeTasks", "in the CDK only, not on the page"),
    ("Deploy/AWS/ECS/1", "ecs:ListTasks", "in the CDK only, not on the page"),
    ("Invoke/AWS/Lambda/1", "lambda:ListFunctions", "for the console; the action calls one function by its name"),
    ("Invoke/AWS/CodePipeline/1", "codepipeline:StartPipelineExecution", "derived from the target of the invoke"),
];

/// What is granted and not in the list of the provider's page, with the reason.
const BEYOND: &[(&str, &str, &str)] = &[
    ("Deploy/AWS/S3/1", "kms:GenerateDataKey*", "the key of the configuration encrypts what is written"),
    ("Deploy/AWS/S3/1", "kms:Decrypt", "an upload in several parts reads its parts"),
    ("Deploy/AWS/CloudFormationStackSet/1", "iam:PassRole", "the stack set gets the role of the configuration"),
    (
        "Deploy/AWS/CloudFormationStackInstances/1",
        "organizations:ListDelegatedAdministrators",
        "as for the stack set: CloudFormation asks whether the account is a delegated administrator",
    ),
    ("Rule/AWS/CodeBuild/1", "codebuild:BatchGetBuildBatches", "as for the action of the same name"),
    ("Rule/AWS/CodeBuild/1", "codebuild:StartBuildBatch", "as for the action of the same name"),
];

#[test]
fn each_documented_action_is_granted_or_has_a_reason() {
    let documented: BTreeMap<String, Vec<Value>> = serde_json::from_str(include_str!("documented.json")).unwrap();
    let mut granted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut offered: BTreeMap<String, String> = BTreeMap::new();
    for entry in configurations() {
        let r#type = entry["type"].as_str().unwrap().to_owned();
        let (policy, said) = derived(&entry);
        let actions = policy.statements.iter().flat_map(|s| s.action.iter().flat_map(|texts| texts.iter()));
        granted.entry(r#type.clone()).or_default().extend(actions.map(str::to_owned));
        *offered.entry(r#type).or_default() += &said.concat();
    }
    let excused = |list: &[(&str, &str, &str)], r#type: &str, action: &str| {
        list.iter().any(|(of, name, _)| *of == r#type && *name == action)
    };
    let mut wrong = Vec::new();
    for (r#type, rows) in &documented {
        for action in rows.iter().flat_map(|row| row["actions"].as_array().unwrap()).map(|a| a.as_str().unwrap()) {
            let found = granted.get(r#type).is_some_and(|actions| actions.contains(action))
                || offered.get(r#type).is_some_and(|text| text.contains(&format!("\"{action}\"")));
            if found == excused(NOT_GRANTED, r#type, action) {
                wrong.push(format!("{type}: {action} is documented; granted or offered: {found}"));
            }
        }
    }
    // The objects of the artifact bucket are of the pipeline, not of the provider.
    let artifacts = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:PutObjectAcl"];
    let keys = ["kms:DescribeKey", "kms:GenerateDataKey*", "kms:Encrypt", "kms:ReEncrypt*", "kms:Decrypt"];
    for (r#type, actions) in &granted {
        let rows = documented.get(r#type).into_iter().flatten();
        let known: BTreeSet<&str> =
            rows.flat_map(|row| row["actions"].as_array().unwrap()).map(|a| a.as_str().unwrap()).collect();
        for action in actions.iter().filter(|a| !known.contains(a.as_str()) && !artifacts.contains(&a.as_str())) {
            let of_artifacts = r#type.contains("/CodeBuild/") && keys.contains(&action.as_str());
            if !of_artifacts && !excused(BEYOND, r#type, action) {
                wrong.push(format!("{type}: {action} is granted, and not documented"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn nothing_is_granted_on_more_than_is_documented() {
    let documented: BTreeMap<String, Vec<Value>> = serde_json::from_str(include_str!("documented.json")).unwrap();
    // What the configuration fills in may be anything.
    let covers = |pattern: &str, resource: &str| {
        let mut texts = Vec::new();
        let mut rest = pattern;
        while let Some((before, behind)) = rest.split_once('{') {
            texts.extend(before.split('*'));
            texts.push("");
            rest = behind.split_once('}').unwrap().1;
        }
        texts.extend(rest.split('*'));
        let (first, others) = texts.split_first().unwrap();
        let Some(mut left) = resource.strip_prefix(first) else { return false };
        others.iter().all(|text| {
            let found = left.find(text);
            left = found.map_or("", |at| &left[at + text.len()..]);
            found.is_some()
        })
    };
    assert!(
        covers("arn:{partition}:s3:::{bucket}/*", "arn:aws:s3:::a/b")
            && !covers("arn:{p}:s3:::a/*", "arn:aws:s3:::b/a")
    );
    let mut wider = Vec::new();
    for entry in configurations() {
        let r#type = entry["type"].as_str().unwrap();
        let rows: Vec<&Value> = documented.get(r#type).into_iter().flatten().collect();
        for statement in &derived(&entry).0.statements {
            for action in statement.action.iter().flat_map(|texts| texts.iter()) {
                let of = |row: &&&Value| row["actions"].as_array().unwrap().iter().any(|a| a == action);
                let rows: Vec<_> = rows.iter().filter(of).collect();
                for resource in statement.resource.iter().flat_map(|texts| texts.iter()) {
                    let documented = rows.iter().flat_map(|row| row["resources"].as_array().unwrap());
                    let mut documented = documented.map(|pattern| pattern.as_str().unwrap());
                    if !rows.is_empty() && !resource.contains("artifacts/") && !documented.any(|p| covers(p, resource))
                    {
                        wider.push(format!("{type}: {action} on {resource}"));
                    }
                }
            }
        }
    }
    wider.dedup();
    // Nodes outside of EC2 are resources of Systems Manager (Service Authorization Reference).
    assert_eq!(wider, ["Deploy/AWS/EC2/1: ssm:SendCommand on arn:aws:ssm:eu-west-1:111111111111:managed-instance/*"]);
}

/// A plain pipeline that reads S3 and builds.
fn entry() -> Value {
    json!({ "type": "Build/AWS/CodeBuild/1", "configuration": { "ProjectName": "web" }, "inputs": 1, "outputs": 1 })
}

#[test]
fn an_extended_service_role_of_a_managed_pipeline_gets_what_a_managed_one_gets() {
    let of = |ownership, pipeline_ownership| {
        let topology =
            built(pipeline(&declaration(&entry()), pipeline_ownership), vec![Role::inline(ownership, arn("service"))]);
        topology.role(&arn("service")).unwrap().policy.clone()
    };
    let managed = of(Ownership::Managed, Ownership::Managed).unwrap();
    assert!(managed.to_json().contains("codebuild:StartBuild"));
    assert_eq!(of(Ownership::Extended, Ownership::Managed), Some(managed));
    assert_eq!(of(Ownership::Extended, Ownership::Extended), None, "it runs the pipeline already");
    assert_eq!(of(Ownership::Extern, Ownership::Managed), None, "it is only read");
}

#[test]
fn a_key_is_named_so_that_a_policy_can_name_it() {
    let id = "00000000-0000-0000-0000-000000000000";
    let all = json!(["kms:DescribeKey", "kms:GenerateDataKey*", "kms:Encrypt", "kms:ReEncrypt*", "kms:Decrypt"]);
    let key = |text: &str| {
        let mut declaration = declaration(&entry());
        declaration["artifactStore"]["encryptionKey"] = json!({ "id": text, "type": "KMS" });
        let topology =
            built(pipeline(&declaration, Ownership::Managed), vec![Role::inline(Ownership::Managed, arn("service"))]);
        statements(&topology, "service").into_iter().filter(|s| s["Action"] == all).collect::<Vec<_>>()
    };
    let exact =
        json!([{ "Effect": "Allow", "Action": all, "Resource": format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/{id}") }]);
    let named = json!([{
        "Effect": "Allow",
        "Action": all,
        "Resource": format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/*"),
        "Condition": { "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/shop" } },
    }]);
    for (text, wanted) in [
        (format!("arn:aws:kms:eu-west-1:{ACCOUNT}:key/{id}"), &exact),
        (id.to_owned(), &exact),
        (format!("arn:aws:kms:eu-west-1:{ACCOUNT}:alias/shop"), &named),
        ("alias/shop".to_owned(), &named),
    ] {
        assert_eq!(json!(key(&text)), *wanted, "{text}");
    }
    assert_eq!(key("alias/aws/s3"), Vec::<Value>::new(), "everybody in the account may use it through S3");
}

#[test]
fn an_action_role_reads_and_writes_only_what_its_action_does() {
    let with = |inputs: u64, outputs: u64| {
        let mut entry = entry();
        entry["type"] = "Invoke/AWS/Lambda/1".into();
        entry["configuration"] = json!({ "FunctionName": "check" });
        (entry["inputs"], entry["outputs"]) = (inputs.into(), outputs.into());
        derived(&entry).0.to_json()
    };
    assert!(!with(0, 0).contains("s3:"));
    assert!(!with(1, 0).contains("s3:Put"));
    assert!(!with(0, 1).contains("s3:Get"));
    let both = r#""Action":["s3:GetObject","s3:GetObjectVersion","s3:PutObject","s3:PutObjectAcl"]"#;
    assert!(with(1, 1).contains(both));
}

#[test]
fn a_warning_goes_once_the_role_has_the_statement() {
    let said = |role: Role| {
        let ecs = json!({ "type": "Deploy/AWS/ECS/1", "configuration": { "ClusterName": "shop", "ServiceName": "web" }, "inputs": 1, "outputs": 0 });
        let topology = built(pipeline(&declaration(&ecs), Ownership::Managed), vec![role]);
        topology.warnings().iter().filter(|f| f.code == "XA0922").map(|f| f.help.clone().unwrap()).collect::<Vec<_>>()
    };
    let statement = r#"{ Effect: "Allow", Action: "iam:PassRole", Resource: ["<task_role_arn>", "<execution_role_arn>"], Condition: { StringEquals: { "iam:PassedToService": ["ecs.amazonaws.com", "ecs-tasks.amazonaws.com"] } } }"#;
    assert_eq!(
        said(Role::inline(Ownership::Managed, arn("service"))),
        [format!(
            r#"write `Service` instead of `managed("service")`, and declare `role Service in Tooling {{ name: "service", policies: [{statement}] }}`"#
        )]
    );
    let mut item = Role::new("Service", Ownership::Managed, arn("service"));
    assert_eq!(said(item.clone()), [format!("add to the `policies:` of role `Service`: `{statement}`")]);
    item.statements = vec![Statement::allow(&["iam:PassRole"], vec![arn("task").to_string()])];
    assert_eq!(said(item), Vec::<String>::new());
}

#[test]
fn what_a_reference_names_is_as_wide_as_it_has_to_be() {
    let derive = |r#type: &str, configuration: Value| {
        let (policy, said) =
            derived(&json!({ "type": r#type, "configuration": configuration, "inputs": 1, "outputs": 0 }));
        (policy.to_json(), said.concat())
    };
    let (policy, said) = derive(
        "Deploy/AWS/CloudFormation/1",
        json!({ "ActionMode": "#{variables.x}", "StackName": "shop-#{variables.x}", "TemplatePath": "In0::t.json" }),
    );
    for part in ["stack/shop-*/*", "CreateStack", "DeleteStack", "ExecuteChangeSet"] {
        assert!(policy.contains(part), "{part} is not in {policy}");
    }
    assert_eq!(said, "");
    let ec2 = json!({ "InstanceTagKey": "app", "InstanceTagValue": "#{variables.x}", "InstanceType": "EC2", "TargetDirectory": "/x", "PostScript": "y" });
    let (policy, _) = derive("Deploy/AWS/EC2/1", ec2);
    assert!(policy.contains(r#"{"StringLike":{"aws:ResourceTag/app":"*"}}"#), "{policy}");
    let ec2 = json!({ "InstanceTagKey": "#{variables.x}", "InstanceTagValue": "shop", "InstanceType": "EC2", "TargetDirectory": "/x", "PostScript": "y" });
    let (policy, said) = derive("Deploy/AWS/EC2/1", ec2);
    assert!(!policy.contains("instance/"), "{policy}");
    assert!(said.contains("the resource for `ssm:SendCommand` is only known"), "{said}");
}
