//! What is exported, read again, is the topology that it came from.

use std::collections::BTreeSet;

use codepipeline_xacct::core::check::files::Home;
use codepipeline_xacct::core::declaration::{DeclarationFile, read as read_declaration};
use codepipeline_xacct::core::doctor::{Reading, diagnose};
use codepipeline_xacct::core::export::{Export, ExportedFile};
use codepipeline_xacct::core::graph::{Graph, of_diagnosis};
use codepipeline_xacct::core::ids::Region;
use codepipeline_xacct::core::topology::TopologyBuilder;
use codepipeline_xacct::core::wiring::Sign;
use codepipeline_xacct::pipeline as declare;
use codepipeline_xacct::{Topology, json_string};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::graphs;
use crate::graphs::Tooling;
use crate::import::{declared, import, plain, written};

fn text<'a>(export: &'a Export, path: &str) -> Option<&'a str> {
    export.files.iter().find(|file| file.path == path).map(|file| file.text.as_str())
}

/// The files for the AWS CLI that declare pipelines.
fn declarations(export: &Export) -> impl Iterator<Item = &ExportedFile> {
    export.files.iter().filter(|file| file.path.ends_with("/create-pipeline.json"))
}

/// What the files for the AWS CLI say, as `doctor` reads it.
fn read(topology: &Topology, export: &Export) -> Graph {
    let home = Home { account: None, region: Some("eu-west-1".parse().unwrap()) };
    let mut reading = Reading::of_files();
    let mut found = Vec::new();
    for file in declarations(export) {
        let value: Value = serde_json::from_str(&file.text).unwrap();
        found.extend(reading.add(&file.text, &value, &[], &home).unwrap());
    }
    let details = details(topology, export);
    reading.add(&details.to_string(), &details, &[], &home).unwrap();
    of_diagnosis(&reading, &diagnose(&reading, &found))
}

/// The roles that the files for the AWS CLI make, as `get-account-authorization-details` shows them.
fn details(topology: &Topology, export: &Export) -> Value {
    let details = topology.roles().iter().map(|role| {
        let arn = &role.role.arn;
        let document = |name: &str| -> Option<Value> {
            let path = format!("{}/roles/{}/{name}.json", arn.account(), arn.name());
            text(export, &path).map(|text| serde_json::from_str(text).unwrap())
        };
        let policies: Vec<Value> = document("policy")
            .map(|policy| json!({ "PolicyName": "p", "PolicyDocument": policy }))
            .into_iter()
            .collect();
        let details = json!({
            "Arn": arn, "RoleName": arn.name().as_str(), "Path": arn.path(), "RoleId": "",
            "AssumeRolePolicyDocument": document("trust"), "RolePolicyList": policies, "AttachedManagedPolicies": [],
        });
        details
    });
    json!({ "RoleDetailList": details.collect::<Vec<_>>() })
}

/// What a graph says, by ARNs: each pipeline with its stages and its service role, and each link.
fn said(graph: &Graph) -> BTreeSet<String> {
    let pipelines = graph.accounts.iter().flat_map(|account| &account.pipelines).map(|pipeline| {
        let roles: Vec<String> = pipeline.service_roles.iter().map(|role| role.id.to_string()).collect();
        format!("{} {:?} {roles:?} {:?}", pipeline.arns(), pipeline.stages, pipeline.service_trust)
    });
    let links = graph.links.iter().map(|link| {
        let pipeline = |at| graph.pipeline(at).unwrap().arns();
        let [from, target] = [link.from, link.target].map(|at| at.map(pipeline));
        let role = link.role.map(|at| graph.role(at).unwrap().arns());
        let signs = [link.assume, link.start];
        format!("{from:?} {} {:?} {role:?} {target:?} {signs:?}", link.stage, link.actions)
    });
    pipelines.chain(links).collect()
}

/// In the script, nothing comes before what it needs.
fn needs_come_first(topology: &Topology, script: &str) {
    let line = |begins: String| script.lines().position(|line| line.starts_with(&begins)).unwrap();
    for pipeline in topology.pipelines() {
        let (account, name) = (pipeline.arn.account(), pipeline.arn.name());
        let own = line(format!("pipeline {account} eu-west-1 {name} "));
        let service = pipeline.service_role.as_ref().unwrap().name();
        assert!(line(format!("policy {account} {service} ")) < own, "{script}");
        for invoke in &pipeline.invokes {
            let target = &invoke.target.arn;
            assert!(line(format!("pipeline {} eu-west-1 {} ", target.account(), target.name())) < own, "{script}");
            if let Some(role) = &invoke.role {
                let invoker = line(format!("role {} {} ", role.account(), role.name()));
                assert!(line(format!("role {account} {service} ")) < invoker && invoker < own, "{script}");
            }
        }
    }
}

/// Pipelines in up to three accounts, each of which starts some of those after it.
fn networks() -> impl Strategy<Value = Topology> {
    const ITEMS: [&str; 6] = ["One", "Two", "Three", "Four", "Five", "Six"];
    (vec(1..4_usize, 2..=6), vec(any::<bool>(), 15)).prop_map(|(accounts, chosen)| {
        let pipelines: Vec<(&str, usize)> = ITEMS.into_iter().zip(accounts).collect();
        let pairs = (0..pipelines.len()).flat_map(|from| (from + 1..pipelines.len()).map(move |to| (from, to)));
        let starts: Vec<(usize, usize)> =
            pairs.zip(chosen).filter(|(_, chosen)| *chosen).map(|(pair, _)| pair).collect();
        graphs::network("net", &pipelines, &starts)
    })
}

/// The pipelines that `cargo xacct import` writes for files, each as its call of the macro.
fn imported(test: &str, options: &[String], files: &[(String, String)]) -> BTreeSet<String> {
    let path = |(name, text): &(String, String)| written(test, name, &serde_json::from_str(text).unwrap());
    let paths = files.iter().map(path);
    let arguments: Vec<String> = options.iter().cloned().chain(paths).collect();
    let ran = import(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(ran.code, 0, "{}", ran.said);
    let calls = ran.source.split("\npipeline! {\n");
    // Roles of one name in several accounts are told apart by a number, in the order of the files.
    let plain = |call: &str| call.lines().filter(|line| !line.contains("role: ")).collect::<Vec<_>>().join("\n");
    calls.filter(|call| call.starts_with("    pub pipeline ")).map(plain).collect()
}

/// What `terraform show -json` says of a plan of our configuration: all values are written out, but for what only AWS knows.
fn plan_of(main: &Value) -> Value {
    let (mut changes, mut resources) = (Vec::new(), Vec::new());
    for (kind, of_kind) in main["resource"].as_object().unwrap() {
        for (name, written) in of_kind.as_object().unwrap() {
            let address = format!("{kind}.{name}");
            resources
                .push(json!({ "address": address, "provider_config_key": written["provider"], "expressions": {} }));
            let mut after = unescaped(written);
            after.as_object_mut().unwrap().retain(|argument, _| argument != "provider" && argument != "depends_on");
            changes.push(json!({
                "address": address, "mode": "managed", "type": kind, "name": name,
                "change": { "after": after, "after_unknown": { "arn": true, "id": true }, "after_sensitive": {} },
            }));
        }
    }
    let providers = main["provider"]["aws"].as_array().unwrap().iter().map(|provider| {
        let region = json!({ "region": { "constant_value": provider["region"] } });
        (format!("aws.{}", provider["alias"].as_str().unwrap()), json!({ "expressions": region }))
    });
    let providers: serde_json::Map<String, Value> = providers.collect();
    json!({
        "format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": changes,
        "configuration": { "provider_config": providers, "root_module": { "resources": resources } },
    })
}

/// Texts without what keeps Terraform from reading a template in them.
fn unescaped(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(text.replace("$${", "${").replace("%%{", "%{")),
        Value::Array(list) => list.iter().map(unescaped).collect(),
        Value::Object(members) => members.iter().map(|(key, value)| (key.clone(), unescaped(value))).collect(),
        other => other.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    /// That the declarations of the CLI become sources of the same declarations is tried in `import.rs`.
    #[test]
    fn exported_templates_and_configurations_are_imported_as_the_declarations_of_the_cli_are(topology in networks()) {
        let of_cli = topology.to_aws_cli().unwrap();
        let declarations: Vec<_> =
            declarations(&of_cli).map(|file| (file.path.replace('/', "-"), file.text.clone())).collect();
        // The roles of a template are items, so they have to be that for the declarations too.
        let roles: Vec<Value> = topology.roles().iter().map(|role| json!({ "Arn": role.role.arn })).collect();
        let roles = ("roles.json".to_owned(), json!({ "RoleDetailList": roles }).to_string());
        let region = ["--region".to_owned(), "eu-west-1".to_owned()];
        let expected = imported("export", &region, &[declarations, vec![roles]].concat());
        prop_assert_eq!(expected.len(), topology.pipelines().len());

        let templates = topology.to_cloudformation().unwrap();
        let mut options = region.to_vec();
        let mut files = Vec::new();
        for file in &templates.files {
            let name = file.path.replace('/', "-");
            let at = name.find(|c: char| c.is_ascii_digit()).unwrap();
            let account = name[at..at + 12].to_owned();
            let path = written("export", &name, &json!({}));
            options.extend(["--account".to_owned(), format!("{path}={account}")]);
            files.push((name, file.text.clone()));
        }
        let of_templates = imported("export", &options, &files);
        // A topology would write these of its own.
        prop_assert!(!of_templates.iter().any(|call| call.contains("codepipeline-xacct:")));
        prop_assert_eq!(&of_templates, &expected);

        let configuration = topology.to_terraform().unwrap();
        prop_assert!(!configuration.notes.iter().any(|note| note.contains("not in it")), "{:?}", configuration.notes);
        let main: Value = serde_json::from_str(text(&configuration, "main.tf.json").unwrap()).unwrap();
        let providers = main["provider"]["aws"].as_array().unwrap().iter();
        let options: Vec<String> = providers
            .flat_map(|provider| {
                let (alias, account) = (provider["alias"].as_str().unwrap(), &provider["allowed_account_ids"][0]);
                ["--account".to_owned(), format!("aws.{alias}={}", account.as_str().unwrap())]
            })
            .collect();
        let plan = ("plan.json".to_owned(), plan_of(&main).to_string());
        prop_assert_eq!(imported("export", &options, &[plan]), expected);
    }
}

/// Whether pipelines of an account start what leads back to it through others.
fn start_each_other(topology: &Topology) -> bool {
    let starts = topology.pipelines().iter().flat_map(|pipeline| {
        pipeline.invokes.iter().map(|invoke| (pipeline.arn.account().clone(), invoke.target.arn.account().clone()))
    });
    let mut reached: BTreeSet<_> = starts.filter(|(from, to)| from != to).collect();
    loop {
        let further = reached.iter().flat_map(|(from, through)| {
            reached.iter().filter(move |(of, _)| of == through).map(move |(_, to)| (from.clone(), to.clone()))
        });
        let further: BTreeSet<_> = further.collect();
        let before = reached.len();
        reached.extend(further);
        if reached.len() == before {
            return reached.iter().any(|(from, to)| from == to);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_exported_and_read_again_is_the_same_topology(topology in networks()) {
        let export = topology.to_aws_cli().unwrap();
        for pipeline in topology.pipelines() {
            let (account, name) = (pipeline.arn.account(), pipeline.arn.name());
            let path = format!("{account}/pipelines/eu-west-1/{name}/create-pipeline.json");
            let declared = DeclarationFile::from_json(text(&export, &path).unwrap()).unwrap();
            prop_assert_eq!(declared.declaration(), &pipeline.declaration);
        }
        let graph = topology.graph();
        prop_assert!(graph.links.iter().all(|link| link.start == Some(Sign::Works)));
        prop_assert_eq!(said(&read(&topology, &export)), said(&graph));

        needs_come_first(&topology, text(&export, "apply.sh").unwrap());

        // The templates have each role and pipeline once, and wait only for what they have themselves.
        let templates = topology.to_cloudformation().unwrap();
        let mut count = 0;
        for file in &templates.files {
            let template: Value = serde_json::from_str(&file.text).unwrap();
            let resources = template["Resources"].as_object().unwrap();
            count += resources.len();
            let waits = resources.values().flat_map(|resource| resource["DependsOn"].as_array().into_iter().flatten());
            prop_assert!(waits.into_iter().all(|id| resources.contains_key(id.as_str().unwrap())));
        }
        prop_assert_eq!(count, topology.roles().len() + topology.pipelines().len());
        let in_two_steps = templates.notes.iter().any(|note| note.contains("Pipelines=no"));
        prop_assert_eq!(in_two_steps, start_each_other(&topology), "{:?}", templates.notes);
        roxmltree::Document::parse(&graph.to_svg()).unwrap();
    }
}

/// What is exported for the AWS CLI, imported and compiled is the same topology, but that its roles are stated and not managed.
#[test]
fn what_is_exported_is_imported_as_source_that_compiles_to_the_same_topology() {
    let mut runner = TestRunner::deterministic();
    let home: Region = "eu-west-1".parse().unwrap();
    let topologies: Vec<Topology> = (0..4).map(|_| networks().new_tree(&mut runner).unwrap().current()).collect();
    let sources = topologies.iter().enumerate().map(|(number, topology)| {
        let export = topology.to_aws_cli().unwrap();
        let file = |name: &str, value: &Value| written(&format!("compiled-{number}"), name, value);
        let mut paths: Vec<String> = declarations(&export)
            .map(|declared| file(&declared.path.replace('/', "-"), &serde_json::from_str(&declared.text).unwrap()))
            .collect();
        paths.push(file("roles.json", &details(topology, &export)));
        let ran =
            import(&["--region", "eu-west-1"].into_iter().chain(paths.iter().map(String::as_str)).collect::<Vec<_>>());
        assert_eq!((ran.code, ran.said.as_str()), (0, ""));
        (format!("network-{number}"), ran.source)
    });
    let compiled = declared("exported", &sources.collect());
    for (number, topology) in topologies.iter().enumerate() {
        let built = &compiled[&format!("network-{number}")];
        assert!(built.is_object(), "{built}");
        let plain_of = |declaration: &Value| plain(&read_declaration(&declaration.to_string()).unwrap(), &home);
        let found: BTreeSet<String> = built["pipelines"]
            .as_object()
            .unwrap()
            .values()
            .map(|declaration| plain_of(declaration).to_string())
            .collect();
        let expected: BTreeSet<String> =
            topology.pipelines().iter().map(|pipeline| plain(&pipeline.declaration, &home).to_string()).collect();
        assert_eq!(found, expected);
        assert_eq!(found.len(), topology.pipelines().len());
        for role in topology.roles() {
            let policies: Vec<_> = role.policy.iter().collect();
            assert_eq!(built["roles"][role.role.arn.to_string()], json!([role.trust, policies]), "{}", role.role.arn);
        }
        assert_eq!(built["roles"].as_object().unwrap().len(), topology.roles().len());
    }
}

declare! {
    pub pipeline Plain in Tooling {
        name: "plain",
        region: "eu-west-1",
        service_role: managed("plain-service"),
        artifact_bucket: "artifacts",
        stage "Source" { source "code": CodeCommit { repository: "shop", branch: "main", poll: false, output: Code } }
        stage "Build" { action "build": Build::CodeBuild { project_name: "shop", input: Code } }
    }

    pub pipeline Compute in Tooling {
        name: "compute",
        region: "eu-west-1",
        service_role: managed("compute-service"),
        artifact_bucket: "artifacts",
        stage "Source" { source "code": CodeCommit { repository: "shop", branch: "main", poll: false, output: Code } }
        stage "Run" {
            action "run": Commands { input: Code, commands: ["make ${what}"], output: Dist, files: ["dist/**/*"] }
        }
    }

    pub pipeline WithEnvironment in Tooling {
        name: "with-environment",
        region: "eu-west-1",
        service_role: managed("compute-service"),
        artifact_bucket: "artifacts",
        stage "Source" { source "code": CodeCommit { repository: "shop", branch: "main", poll: false, output: Code } }
        stage "Run" { action "run": Commands { input: Code, commands: ["make"], environment_variables: { MODE: "fast" } } }
    }
}

declare! {
    extended role Known in Tooling { arn: "arn:aws:iam::111111111111:role/team/known" }

    pipeline Secretive(password: &str, sent: &str) in Tooling {
        name: "secretive",
        region: "eu-west-1",
        service_role: Known,
        artifact_bucket: "artifacts",
        stage "Source" { source "code": CodeCommit { repository: "shop", branch: "main", poll: false, output: Code } }
        stage "Build" {
            before_entry: FAIL({
                hours: DeploymentWindow({
                    cron: "* * 9-17 ? * MON-FRI *",
                    time_zone: "UTC",
                    timeout_in_minutes: 30,
                }),
            }),
            action "build": Build::CodeBuild {
                project_name: "shop",
                environment_variables: (format!(
                    r#"[{{"name":"STAGE","value":"${{AWS::AccountId}}"}},{{"name":"DB_PASSWORD","value":{}}}]"#,
                    json_string(password)
                )),
                input: Code,
            }
            action "notify": Invoke::Lambda { function_name: "notify", user_parameters: (sent) }
        }
    }

    pipeline Running(password: &str) in Tooling {
        name: "running",
        region: "eu-west-1",
        service_role: managed("running-service"),
        artifact_bucket: "artifacts",
        stage "Source" { source "code": CodeCommit { repository: "shop", branch: "main", poll: false, output: Code } }
        stage "Run" {
            action "run": Commands {
                input: Code,
                commands: ["make"],
                environment_variables: { API_TOKEN: (password), MODE: "fast" },
            }
        }
    }
}

fn secretive() -> [Export; 3] {
    let topology = Topology::builder("shop")
        .add(Secretive::new("hunter-2\"", "${AWS::AccountId} {{resolve:ssm:a}}"))
        .add(Running::new("hunter-3"))
        .build();
    let topology = topology.unwrap();
    [topology.to_aws_cli(), topology.to_cloudformation(), topology.to_terraform()].map(Result::unwrap)
}

#[test]
fn what_has_the_name_of_a_secret_is_asked_for_wherever_it_is() {
    let [cli, templates, terraform] = secretive();
    for export in [&cli, &templates, &terraform] {
        assert!(!format!("{export:?}").contains("hunter"), "{export:?}");
    }
    for asked in ["SECRETIVE_BUILD_DB_PASSWORD", "RUNNING_RUN_API_TOKEN"] {
        let note = format!("needs the environment variable {asked}, a secret");
        assert!(cli.notes.contains(&note), "{:?}", cli.notes);
    }
    let script = text(&cli, "apply.sh").unwrap();
    assert!(
        script.contains("\nsecret SECRETIVE_BUILD_DB_PASSWORD\n") && script.contains(" json:SECRETIVE_"),
        "{script}"
    );
    let template: Value = serde_json::from_str(text(&templates, "111111111111-eu-west-1.json").unwrap()).unwrap();
    assert_eq!(template["Parameters"]["RunningRunAPITOKEN"], json!({ "Type": "String", "NoEcho": true }));
    assert_eq!(template["Parameters"]["SecretiveBuildDBPASSWORD"]["AllowedPattern"], json!(r#"[^"\\]*"#));
    let run = &template["Resources"]["PipelineRunning"]["Properties"]["Stages"][1]["Actions"][0];
    assert_eq!(
        run["EnvironmentVariables"],
        json!([{ "Name": "API_TOKEN", "Value": { "Ref": "RunningRunAPITOKEN" } }, { "Name": "MODE", "Value": "fast" }])
    );
    let build = &template["Resources"]["PipelineSecretive"]["Properties"]["Stages"][1]["Actions"];
    let variables = r#"[{"name":"STAGE","value":"${!AWS::AccountId}"},{"name":"DB_PASSWORD","value":"${SecretiveBuildDBPASSWORD}"}]"#;
    assert_eq!(build[0]["Configuration"]["EnvironmentVariables"], json!({ "Fn::Sub": variables }));
    let main: Value = serde_json::from_str(text(&terraform, "main.tf.json").unwrap()).unwrap();
    let build = &main["resource"]["aws_codepipeline"]["pipeline_secretive"]["stage"][1]["action"][0];
    let variables = r#"[{"name":"STAGE","value":"$${AWS::AccountId}"},{"name":"DB_PASSWORD","value":${jsonencode(var.secret_secretive_build_db_password)}}]"#;
    assert_eq!(build["configuration"]["EnvironmentVariables"], json!(variables));
}

#[test]
fn a_text_that_looks_like_one_of_cloudformation_stays_what_it_is() {
    let [_, templates, _] = secretive();
    let template: Value = serde_json::from_str(text(&templates, "111111111111-eu-west-1.json").unwrap()).unwrap();
    let notify = &template["Resources"]["PipelineSecretive"]["Properties"]["Stages"][1]["Actions"][1];
    let parameters = json!({ "Fn::Join": ["$", ["", "{AWS::AccountId} {{resolve:ssm:a}}"]] });
    assert_eq!(notify["Configuration"]["UserParameters"], parameters);
    let note = "CloudFormation replaces {{resolve:…}} in pipeline arn:aws:codepipeline:eu-west-1:111111111111:secretive: its texts can't have that";
    assert!(templates.notes.iter().any(|found| found == note), "{:?}", templates.notes);
}

#[test]
fn what_a_topology_writes_into_an_extended_role_is_exported_before_the_pipeline() {
    let [cli, templates, terraform] = secretive();
    let note = "of extended role arn:aws:iam::111111111111:role/team/known, only the inline policy codepipeline-xacct-shop is in it";
    for export in [&cli, &templates, &terraform] {
        assert!(export.notes.iter().any(|found| found == note), "{:?}", export.notes);
    }
    let script = text(&cli, "apply.sh").unwrap();
    let policy =
        script.find("\npolicy 111111111111 known codepipeline-xacct-shop 111111111111/roles/known/policy.json\n");
    assert!(policy.unwrap() < script.find("\npipeline 111111111111 eu-west-1 secretive ").unwrap(), "{script}");
    assert!(!script.contains("\nrole 111111111111 known "), "{script}");
    let document: Value = serde_json::from_str(text(&cli, "111111111111/roles/known/policy.json").unwrap()).unwrap();
    let template: Value = serde_json::from_str(text(&templates, "111111111111-eu-west-1.json").unwrap()).unwrap();
    let properties =
        json!({ "PolicyName": "codepipeline-xacct-shop", "RoleName": "known", "PolicyDocument": document });
    let resource = json!({ "Type": "AWS::IAM::RolePolicy", "Properties": properties });
    assert_eq!(template["Resources"]["RoleKnown"], resource);
    assert_eq!(template["Resources"]["PipelineSecretive"]["DependsOn"], json!(["RoleKnown"]));
    let main: Value = serde_json::from_str(text(&terraform, "main.tf.json").unwrap()).unwrap();
    assert_eq!(main["resource"]["aws_iam_role_policy"]["role_known"]["role"], "known");
    let pipeline = &main["resource"]["aws_codepipeline"]["pipeline_secretive"];
    assert_eq!(pipeline["depends_on"], json!(["aws_iam_role_policy.role_known"]));
}

#[test]
fn a_tool_that_does_not_write_the_timeout_of_a_rule_gets_none_with_a_note() {
    let [cli, templates, terraform] = secretive();
    let pipeline = text(&cli, "111111111111/pipelines/eu-west-1/secretive/create-pipeline.json").unwrap();
    assert!(pipeline.contains("\"timeoutInMinutes\": 30"), "{pipeline}");
    for export in [&templates, &terraform] {
        let is_noted =
            export.notes.iter().any(|note| note.starts_with("not in it: timeoutInMinutes of rules of pipeline"));
        assert!(is_noted, "{:?}", export.notes);
        let all: String = export.files.iter().map(|file| file.text.to_lowercase()).collect();
        assert!(!all.contains("timeout_in_minutes") && !all.contains("\"timeoutinminutes\""), "{all}");
    }
}

#[test]
fn terraform_gets_the_versions_of_its_provider_that_have_all_arguments() {
    let exported = |topology: TopologyBuilder| topology.build().unwrap().to_terraform().unwrap();
    let main = |export: &Export| -> Value { serde_json::from_str(text(export, "main.tf.json").unwrap()).unwrap() };
    let version = |main: &Value| main["terraform"]["required_providers"]["aws"]["version"].clone();
    let plain = main(&exported(Topology::builder("plain").add(Plain)));
    assert_eq!(version(&plain), ">= 5.100, < 7");

    let compute = main(&exported(Topology::builder("compute").add(Compute)));
    assert_eq!(version(&compute), ">= 6.62, < 7");
    let run = &compute["resource"]["aws_codepipeline"]["pipeline_compute"]["stage"][1]["action"][0];
    assert_eq!(run["commands"], json!(["make $${what}"]));
    assert_eq!(run["output_artifacts_for_compute_action"], json!([{ "name": "Dist", "files": ["dist/**/*"] }]));
    assert_eq!(run["output_artifacts"], Value::Null);

    let export = exported(Topology::builder("environment").add(WithEnvironment));
    let note = "not in it: pipeline arn:aws:codepipeline:eu-west-1:111111111111:with-environment, as Terraform's AWS provider has no \
                argument for `environmentVariables` of an action";
    assert!(export.notes.iter().any(|found| found == note), "{:?}", export.notes);
    assert_eq!(main(&export)["resource"]["aws_codepipeline"], Value::Null);
    assert!(main(&export)["resource"]["aws_iam_role"].is_object());
}
