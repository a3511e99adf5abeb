//! What exists becomes source: each right pipeline of the corpus imports, compiles and gives the declaration that it came from; a
//! wrong one imports with its findings.
//!
//! The files in `tests/corpus` are read, and the larger collection where it is (see `round_trip.rs`).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use codepipeline_xacct::cli::cargo_xacct;
use codepipeline_xacct::core::declaration::features::v2_features;
use codepipeline_xacct::core::declaration::{
    DeclarationFile, PipelineDeclaration, PipelineType, defaults, read, secrets,
};
use codepipeline_xacct::core::ids::Region;
use serde_json::{Value, json};

const ACCOUNT: &str = "111111111111";
const REGION: &str = "us-east-1";

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What the program printed.
pub(crate) struct Ran {
    pub(crate) code: u8,
    pub(crate) source: String,
    pub(crate) said: String,
}

pub(crate) fn import(arguments: &[&str]) -> Ran {
    let arguments = ["cargo-xacct", "import"].iter().chain(arguments).map(Into::into);
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let code = cargo_xacct(arguments, &mut std::io::empty(), &mut stdout, &mut stderr, false);
    Ran { code, source: String::from_utf8(stdout).unwrap(), said: String::from_utf8(stderr).unwrap() }
}

fn import_file(path: &Path) -> Ran {
    import(&[path.to_str().unwrap(), "--account", ACCOUNT, "--region", REGION])
}

/// Every file of the corpus, by its name.
fn corpus() -> BTreeMap<String, PathBuf> {
    let beside = std::env::var_os("CODEPIPELINE_XACCT_CORPUS")
        .map_or_else(|| here().join("../../../shared/corpus"), PathBuf::from)
        .join("pipelines");
    let mut files = BTreeMap::new();
    for folder in
        [beside, here().join("tests/corpus"), here().join("tests/import")].iter().filter(|folder| folder.is_dir())
    {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|end| end == "json") {
                files.insert(path.file_stem().unwrap().to_string_lossy().into_owned(), path);
            }
        }
    }
    files
}

/// The names of the whole pipelines in a source, each with its parameters.
fn items(source: &str) -> Vec<(String, Vec<String>)> {
    let heads = source.split("\n    pub pipeline ").skip(1).map(|after| after.split(" in ").next().unwrap());
    let item = |head: &str| {
        let (name, parameters) = head.split_once('(').unwrap_or((head, ""));
        let names = parameters.split(": &str").map(|before| before.trim_matches(|c: char| !c.is_ascii_alphanumeric()));
        (name.to_owned(), names.filter(|name| !name.is_empty()).map(str::to_owned).collect())
    };
    heads.map(item).collect()
}

/// What a parameter is, unless it is a secret.
fn argument(parameter: &str) -> &str {
    const NAMES: [&str; 6] = ["cluster", "lambda", "project", "repo", "self_mutation", "service"];
    match parameter {
        name if name.contains("bucket") || name.contains("code_deploy_pipeline") => "shop-artifacts",
        "full_repository_id" => "shop/shop",
        "action_mode" => "DELETE_ONLY",
        "extract" => "true",
        "stack_name" => "shop",
        // In a text of JSON; `{:?}` would write the last two in Rust's way.
        "npm_token" | "db_password" => "a \"quote\", a \\, an e\u{301} and a \u{7f}",
        name if name.starts_with("function_name") => "shop",
        name if name.contains("topic") => "arn:aws:sns:eu-west-1:111111111111:shop",
        name if name.contains("state_machine") => "arn:aws:states:eu-west-1:111111111111:stateMachine:shop",
        name if NAMES.iter().any(|known| name.contains(known)) => "shop",
        _ => secrets::MASK,
    }
}

/// A declaration in the form in which two that mean the same are equal.
pub(crate) fn plain(declaration: &PipelineDeclaration, home: &Region) -> Value {
    let mut declaration = declaration.clone();
    declaration.version = None;
    // Without a type it is the one that the rest needs.
    let needs_v2 = v2_features(&declaration).next().is_some();
    declaration.pipeline_type.get_or_insert(if needs_v2 { PipelineType::V2 } else { PipelineType::V1 });
    defaults::fill_in(&mut declaration, home);
    for variable in declaration.actions_mut().flat_map(|action| action.environment_variables.iter_mut().flatten()) {
        variable.r#type.get_or_insert_with(|| defaults::ENVIRONMENT_VARIABLE_TYPE.to_owned());
    }
    let mut value = serde_json::to_value(&declaration).unwrap();
    simplify(&mut value);
    value
}

fn simplify(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let (Some(name), Some(value)) =
                (members.get("name").and_then(Value::as_str), members.get("value").and_then(Value::as_str))
                && secrets::looks_secret(name, value)
            {
                members["value"] = json!(secrets::MASK);
            }
            for (name, value) in members.iter_mut() {
                if secrets::is_secret(name) {
                    *value = json!(secrets::MASK);
                }
                // The text of JSON is compared by what it says.
                if let ("Variables" | "SourceRevisions" | "EnvironmentVariables" | "ParameterOverrides", Some(text)) =
                    (name.as_str(), value.as_str())
                {
                    *value = serde_json::from_str(text).unwrap_or_else(|_| json!(text));
                }
                if name == "ruleTypeId" {
                    value["owner"] = json!("AWS");
                    value["version"] = json!("1");
                }
                simplify(value);
            }
            let left_out = |value: &Value| {
                value.is_null()
                    || value.as_array().is_some_and(Vec::is_empty)
                    || value.as_object().is_some_and(serde_json::Map::is_empty)
            };
            members.retain(|_, value| !left_out(value));
            members.sort_keys();
        }
        Value::Array(values) => values.iter_mut().for_each(simplify),
        _ => {}
    }
}

/// Builds a program of modules and runs it. Of each module it prints its pipelines, by the names of their items, or the findings of its
/// topology; and the policies of its roles, by their ARNs.
pub(crate) fn declared(test: &str, sources: &BTreeMap<String, String>) -> BTreeMap<String, Value> {
    let workspace = here().join("../..").canonicalize().unwrap();
    let folder = workspace.join(format!("target/tests/{test}"));
    let _ = std::fs::remove_dir_all(folder.join("src"));
    std::fs::create_dir_all(folder.join("src")).unwrap();
    let manifest = format!(
        "[package]\nname = \"{test}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n[profile.dev]\ndebug = false\n\n\
         [dependencies]\ncodepipeline-xacct = {{ path = {:?}, default-features = false }}\nserde_json = \"1\"\n",
        workspace.join("codepipeline-xacct")
    );
    std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    std::fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let mut main = String::from("#![deny(warnings)]\n#![allow(dead_code, deprecated)]\n");
    let mut calls = String::new();
    for (name, source) in sources {
        let module = format!("m{}", name.replace(|c: char| !c.is_ascii_alphanumeric(), "_"));
        std::fs::write(folder.join(format!("src/{module}.rs")), source).unwrap();
        let items = items(source);
        let made = items.iter().map(|(item, parameters)| match parameters.as_slice() {
            [] => format!(".add({module}::{item})"),
            names => {
                let values: Vec<String> = names.iter().map(|name| format!("{:?}", argument(name))).collect();
                format!(".add({module}::{item}::new({}))", values.join(", "))
            }
        });
        let (made, items): (String, Vec<&String>) = (made.collect(), items.iter().map(|(item, _)| item).collect());
        let _ = writeln!(main, "mod {module};");
        let _ = writeln!(
            calls,
            "    print({name:?}, &{items:?}, codepipeline_xacct::Topology::builder(\"t\"){made}.build());"
        );
    }
    let _ = write!(
        main,
        "\nfn print(name: &str, items: &[&str], built: Result<codepipeline_xacct::Topology, codepipeline_xacct::Findings>) {{
    let answer = match built {{
        Ok(topology) => {{
            let declared = |item: &str| topology.pipelines().iter().find(|p| p.item == item).map(|p| &p.declaration).unwrap();
            let pipelines: serde_json::Map<_, _> = items.iter().map(|item| (item.to_string(), serde_json::json!(declared(item)))).collect();
            let roles: serde_json::Map<_, _> = topology.roles().iter().map(|role| (role.role.arn.to_string(), serde_json::json!([role.role.trust_policy, role.role.policies]))).collect();
            serde_json::json!({{ \"pipelines\": pipelines, \"roles\": roles }})
        }}
        Err(findings) => findings.to_string().into(),
    }};
    println!(\"{{}}\", serde_json::json!([name, answer]));
}}

fn main() {{
{calls}}}
"
    );
    std::fs::write(folder.join("src/main.rs"), main).unwrap();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["run", "--offline", "--quiet"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", folder.parent().unwrap().join("trybuild"))
        .env("CARGO_INCREMENTAL", "0")
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().map(|line| serde_json::from_str::<(String, Value)>(line).unwrap()).collect()
}

fn text_of(path: &str) -> String {
    std::fs::read_to_string(here().join(path)).unwrap()
}

/// The files of `tests/aws/tests/imported`, whose source is planned there.
fn shop(options: &[&str]) -> Ran {
    let folder = here().join("../aws/tests/imported");
    let names = ["deploy.json", "release.json", "roles-of-111111111111.json", "roles-of-222222222222.json"];
    let paths: Vec<String> = names.iter().map(|name| folder.join(name).to_str().unwrap().to_owned()).collect();
    import(&[options, &paths.iter().map(String::as_str).collect::<Vec<_>>()].concat())
}

#[test]
fn pipelines_and_roles_that_belong_together_become_items_that_name_each_other() {
    for (options, kept) in [(&[][..], "whole.rs"), (&["--extended", "--name", "111111111111=Tooling"], "extended.rs")] {
        let ran = shop(options);
        assert_eq!((ran.code, ran.said.as_str()), (0, ""));
        let kept = format!("../aws/tests/imported/{kept}");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(here().join(&kept), &ran.source).unwrap();
        }
        assert_eq!(ran.source, text_of(&kept));
    }
}

#[test]
fn what_is_wrong_is_said_and_the_rest_is_imported() {
    let path = here().join("tests/import/wrong.json");
    let ran = import_file(&path);
    assert_eq!(ran.code, 1);
    let place = format!("{}:", path.display());
    let said: Vec<&str> = ran.said.lines().filter_map(|line| line.strip_prefix(&place)).collect();
    let lost: Vec<&str> = said.iter().copied().filter(|line| line.contains(" not imported: ")).collect();
    assert_eq!(
        lost,
        [
            "4:3: not imported: `service` is not a role ARN (`arn:aws:iam::<account id>:role/<path><name>`)",
            "9:4: not imported: `type` can only be `S3`",
            "5:3: not imported: `newMember` is not a member that this version knows",
            "15:5: not imported: `description` is not a member that this version knows",
            "35:7: not imported: `commands` is not a key that is taken here",
            "49:8: not imported: this is not a result that this version knows",
            "43:5: not imported: `onSuccess` is written with one condition, or with a result alone",
            "67:6: not imported: this action has no name",
        ]
    );
    for finding in ["4:14: error[XA0220]", "64:24: error[XA0701]", "67:6: error[XA0001]"] {
        assert!(said.iter().any(|line| line.starts_with(finding)), "{finding} is not in {}", ran.said);
    }
    // An invoke whose target can't be told keeps its type.
    let invoke = "action \"go\": type(\"Invoke\", \"AWS\", \"CodePipeline\", \"1\") {";
    assert!(ran.source.contains(invoke), "{}", ran.source);
}

#[test]
fn every_wrong_pipeline_of_the_corpus_has_findings_and_a_source_or_the_reason_why_not() {
    let mut wrong = 0;
    for (name, path) in corpus() {
        let ran = import_file(&path);
        if ran.code == 0 {
            continue;
        }
        wrong += 1;
        assert!(ran.said.contains("error[") || ran.said.contains(": not imported: "), "{name}: {}", ran.said);
        assert_eq!(ran.source.is_empty(), ran.code == 2, "{name}: {}", ran.said);
        if ran.code == 2 {
            assert!(ran.said.contains("; the pipeline is left out\n"), "{name}: {}", ran.said);
        }
    }
    assert!(wrong >= 3, "{wrong}");
}

#[test]
fn a_file_that_is_there_is_replaced_only_with_force() {
    let folder = here().join("../../target/tests/import-output");
    std::fs::create_dir_all(&folder).unwrap();
    let output = folder.join("pipelines.rs");
    std::fs::write(&output, "mine").unwrap();
    let to = output.to_str().unwrap();
    let refused = shop(&["-o", to]);
    let said = format!("error: {to}: the file exists; `--force` replaces it\n");
    assert_eq!((refused.code, refused.said), (2, said));
    assert_eq!(std::fs::read_to_string(&output).unwrap(), "mine");
    let written = shop(&["-o", to, "--force"]);
    assert_eq!((written.code, written.said), (0, format!("{to}: 2 pipelines, 3 roles\n")));
    assert_eq!(std::fs::read_to_string(&output).unwrap(), text_of("../aws/tests/imported/whole.rs"));
}

#[test]
fn a_pipeline_that_is_given_twice_is_imported_once() {
    let path = here().join("../aws/tests/imported/deploy.json");
    let path = path.to_str().unwrap();
    let ran = import(&[path, path]);
    assert_eq!(ran.code, 1);
    assert_eq!(ran.source.matches("pub pipeline ").count(), 1);
    let arn = "arn:aws:codepipeline:eu-west-1:222222222222:shop-deploy";
    let note = format!("{path}:3:13: not imported: the pipeline `{arn}` is in {path} already; this one is left out");
    assert!(ran.said.lines().any(|line| line == note), "{}", ran.said);
}

#[test]
fn a_name_that_another_item_has_is_noted_with_both() {
    let text = text_of("../aws/tests/imported/deploy.json");
    let of = |file: &str, name: &str| {
        written("same-names", file, &serde_json::from_str(&text.replace("shop-deploy", name)).unwrap())
    };
    let ran = import(&[&of("one.json", "shop-deploy"), &of("other.json", "shop.deploy")]);
    assert!(ran.source.contains("pub pipeline ShopDeployPipeline in"), "{}", ran.source);
    let note = "other.json:1:21: note: the item of `shop.deploy` is `ShopDeployPipeline`, as that of `shop-deploy` is `ShopDeploy`";
    let notes: Vec<&str> = ran.said.lines().filter(|line| line.contains(" note: ")).collect();
    assert!(notes.len() == 1 && notes[0].ends_with(note), "{}", ran.said);
}

#[test]
fn partitions_are_not_mixed() {
    let text = text_of("../aws/tests/imported/deploy.json");
    let of = |name: &str, text: String| written("partitions", name, &serde_json::from_str(&text).unwrap());
    let whole = of("whole.json", text.clone());
    let elsewhere = text
        .replace("222222222222", "333333333333")
        .replace("eu-west-1", "cn-north-1")
        .replace("arn:aws:", "arn:aws-cn:");
    let elsewhere = of("elsewhere.json", elsewhere);
    let ran = import(&[&whole, &elsewhere]);
    assert_eq!((ran.code, ran.said.as_str()), (0, ""));
    assert!(ran.source.contains("partition: \"aws-cn\","), "{}", ran.source);
    let mixed = text.replace("shop-deploy", "mixed").replace("arn:aws:iam:", "arn:aws-cn:iam:");
    let mixed = of("mixed.json", mixed);
    let ran = import(&[&whole, &mixed]);
    assert_eq!(ran.code, 1);
    let said =
        "error[XA0411]: the role is in partition `aws-cn`, the pipeline in `aws`; help: name one of partition `aws`";
    assert!(ran.said.lines().any(|line| line.starts_with(&mixed) && line.ends_with(said)), "{}", ran.said);
    assert_eq!(ran.source.matches("pub pipeline ").count(), 2, "{}", ran.source);
    // Of one account the first pipeline tells the partition, in any order, and another one says that it has another.
    let text = text.replace("eu-west-1", "cn-north-1");
    let china = of("china.json", text.replace("arn:aws:", "arn:aws-cn:"));
    let wrong = of("wrong.json", text.replace("shop-deploy", "wrong"));
    let said = "note: `arn:aws:codepipeline:cn-north-1:222222222222:wrong` is in partition `aws`, and its Region in `aws-cn`, where it is imported";
    for files in [[&china, &wrong], [&wrong, &china]] {
        let ran = import(&files.map(String::as_str));
        assert!(ran.source.contains("partition: \"aws-cn\","), "{}", ran.source);
        assert!(ran.said.lines().any(|line| line.starts_with(&wrong) && line.ends_with(said)), "{}", ran.said);
        assert!(!ran.said.contains(&china), "{}", ran.said);
    }
    let china = of("china.json", text.replace("arn:aws:", "arn:aws-cn:").replace("shop-deploy", "china"));
    let said = "Region `cn-north-1` is in partition `aws-cn`, account `222222222222` in `aws`";
    let ran = import(&[&whole, &china]);
    assert!(ran.said.lines().any(|line| line.starts_with(&china) && line.contains(said)), "{}", ran.said);
    assert!(!ran.source.contains("partition:"), "{}", ran.source);
}

/// A file of its own for a test, with JSON.
pub(crate) fn written(test: &str, name: &str, value: &Value) -> String {
    let folder = here().join(format!("../../target/tests/import-{test}"));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, value.to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_variable_of_an_extern_pipeline_has_a_default_that_the_compiler_takes() {
    let mut deploy: Value = serde_json::from_str(&text_of("../aws/tests/imported/deploy.json")).unwrap();
    deploy["pipeline"]["variables"] = json!([{ "name": "commit" }, { "name": "level", "defaultValue": "all" }]);
    let deploy = written("variables", "deploy.json", &deploy);
    let release = here().join("../aws/tests/imported/release.json");
    let ran = import(&["--extended", &deploy, release.to_str().unwrap()]);
    assert!(ran.source.contains("variables: { commit, level: \"all\" },\n"), "{}", ran.source);

    let mut two: Value = serde_json::from_str(&text_of("../aws/tests/imported/release.json")).unwrap();
    let mut again = two["pipeline"]["stages"][1]["actions"][0].clone();
    again["name"] = json!("again");
    again["configuration"]["Variables"] = json!(r#"[{"name":"commit","value":"1"},{"name":"level","value":"2"}]"#);
    two["pipeline"]["stages"][1]["actions"].as_array_mut().unwrap().push(again);
    let ran = import(&[&written("variables", "two.json", &two)]);
    assert!(ran.source.contains("variables: { commit, level: \"unknown\" },\n"), "{}", ran.source);
}

#[test]
fn a_secret_is_a_parameter_whatever_the_json_has_in_its_place() {
    let mut release: Value = serde_json::from_str(&text_of("../aws/tests/imported/release.json")).unwrap();
    let source = &mut release["pipeline"]["stages"][0]["actions"][0];
    source["actionTypeId"] =
        json!({ "category": "Source", "owner": "ThirdParty", "provider": "GitHub", "version": "1" });
    for token in [json!("987654321"), json!(987654321), json!("****")] {
        // With a key that is not known, the configuration is written with the names of AWS.
        for other in ["Branch", "Added"] {
            let source = &mut release["pipeline"]["stages"][0]["actions"][0];
            source["configuration"] = json!({ "OAuthToken": token, other: "x" });
            let ran = import(&[&written("secrets", "release.json", &release)]);
            assert!(ran.source.contains("(oauth_token)") && !ran.source.contains("987654321"), "{}", ran.source);
        }
    }
}

#[test]
fn a_policy_belongs_to_the_role_of_its_name() {
    let write = |name: &str, value: &Value| written("roles", name, value);
    let role = |account: &str| {
        let trust = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Principal": { "Service": "codepipeline.amazonaws.com" }, "Action": "sts:AssumeRole" }] });
        json!({ "Role": { "RoleName": "r", "Arn": format!("arn:aws:iam::{account}:role/r"), "AssumeRolePolicyDocument": trust } })
    };
    let policy = write(
        "policy.json",
        &json!({ "RoleName": "r", "PolicyName": "p", "PolicyDocument": { "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "s3:*", "Resource": "*" }] } }),
    );
    let (one, other) = (write("one.json", &role("111111111111")), write("other.json", &role("222222222222")));
    let ran = import(&[&one, &policy]);
    assert_eq!((ran.code, ran.said.as_str()), (0, ""));
    assert!(
        ran.source.contains("Statement: [{ Effect: \"Allow\", Action: \"s3:*\", Resource: \"*\" }]"),
        "{}",
        ran.source
    );
    let ran = import(&[&one, &other, &policy]);
    assert_eq!(ran.said, "role `r`: not imported: its policy is left out: several roles have this name\n");
    assert!(
        ran.source.contains("pub extern role R in") && ran.source.contains("pub extern role RRole in"),
        "{}",
        ran.source
    );
    let ran = import(&[&policy]);
    let said = "role `r`: not imported: its policy is left out: the role itself is not given\nerror: there is nothing to import\n";
    assert_eq!((ran.code, ran.said.as_str(), ran.source.as_str()), (2, said, ""));
}

/// A role as `get-account-authorization-details` has it, with one policy.
fn detailed(arn: &str, principal: Value, action: &str) -> Value {
    let trust = json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" });
    let granted = json!({ "Effect": "Allow", "Action": action, "Resource": "*" });
    json!({
        "Arn": arn,
        "AssumeRolePolicyDocument": { "Version": "2012-10-17", "Statement": [trust] },
        "RolePolicyList": [{ "PolicyName": "p", "PolicyDocument": { "Version": "2012-10-17", "Statement": [granted] } }],
        "AttachedManagedPolicies": [],
    })
}

#[test]
fn what_is_wrong_between_pipelines_and_roles_is_found_where_the_compiler_would_find_it() {
    let write = |name: &str, value: &Value| written("between", name, value);
    let (service, starter) = ("arn:aws:iam::111111111111:role/service", "arn:aws:iam::222222222222:role/start");
    let pipeline = |name: &str, role: &str, variables: &[&str], last: Value| {
        let source = json!({
            "name": "Source", "actionTypeId": { "category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1" },
            "configuration": { "RepositoryName": "shop", "BranchName": "main" }, "outputArtifacts": [{ "name": "Shop" }],
        });
        let variables: Vec<Value> = variables.iter().map(|name| json!({ "name": name })).collect();
        let account = role.split(':').nth(4).unwrap();
        json!({
            "pipeline": {
                "name": name, "roleArn": role, "artifactStore": { "type": "S3", "location": "artifacts" }, "pipelineType": "V2",
                "variables": variables,
                "stages": [{ "name": "Source", "actions": [source] }, { "name": "Deploy", "actions": [last] }],
            },
            "metadata": { "pipelineArn": format!("arn:aws:codepipeline:eu-west-1:{account}:{name}") },
        })
    };
    let go = |passed: &str| {
        json!({
            "name": "Go", "actionTypeId": { "category": "Invoke", "owner": "AWS", "provider": "CodePipeline", "version": "1" },
            "roleArn": starter,
            "configuration": { "PipelineName": "Deploy", "Variables": json!([{ "name": passed, "value": "1" }]).to_string() },
        })
    };
    let approve = json!({ "name": "Ask", "actionTypeId": { "category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1" } });
    let deploy = pipeline("Deploy", "arn:aws:iam::222222222222:role/deploy", &["version"], approve);
    let release = |passed: &str| write("release.json", &pipeline("Release", service, &[], go(passed)));
    let deploy = write("deploy.json", &deploy);
    let roles = |trusted: &str| {
        let service = detailed(service, json!({ "Service": "codepipeline.amazonaws.com" }), "sts:AssumeRole");
        let starter = detailed(starter, json!({ "AWS": trusted }), "codepipeline:StartPipelineExecution");
        write("roles.json", &json!({ "RoleDetailList": [service, starter] }))
    };

    let ran = import(&[&release("version"), &deploy, &roles(service)]);
    assert_eq!(ran.code, 0, "{}", ran.said);
    assert!(!ran.said.contains("error"), "{}", ran.said);

    // A role that trusts another account.
    let ran = import(&[&release("version"), &deploy, &roles("arn:aws:iam::333333333333:root")]);
    let errors: Vec<&str> = ran.said.lines().filter(|line| line.contains("error[")).collect();
    assert_eq!((ran.code, errors.len()), (1, 1), "{}", ran.said);
    assert!(
        errors[0].contains("release.json:1:")
            && errors[0]
                .contains(&format!("error[XA1013]: service role `{service}` may not assume action role `{starter}`"))
            && errors[0].contains("help: add to the trust policy of"),
        "{}",
        ran.said
    );

    // What was taken out of the output is not known.
    let trimmed = write("trimmed.json", &json!({ "RoleDetailList": [{ "Arn": service }, { "Arn": starter }] }));
    let ran = import(&[&release("version"), &deploy, &trimmed]);
    assert_eq!((ran.code, ran.source.contains("policies:")), (0, false), "{}", ran.said);

    // Extended, only the invokes are ours: the role of a build that trusts nobody stays what it is.
    let mut build = pipeline(
        "Build",
        service,
        &[],
        json!({
            "name": "Make", "actionTypeId": { "category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1" },
            "roleArn": starter, "configuration": { "ProjectName": "shop" }, "inputArtifacts": [{ "name": "Shop" }],
        }),
    );
    build["pipeline"]["artifactStore"]["encryptionKey"] =
        json!({ "type": "KMS", "id": "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000" });
    let files = [write("build.json", &build), roles("arn:aws:iam::333333333333:root")];
    let whole = import(&[&files[0], &files[1]]);
    assert!(whole.code == 1 && whole.said.contains("error[XA1013]"), "{}", whole.said);
    let extended = import(&["--extended", &files[0], &files[1]]);
    assert!(!extended.said.contains("error["), "{}", extended.said);

    // A misspelt variable is found in the files already, and once.
    let ran = import(&[&release("verzion"), &deploy, &roles(service)]);
    let of_variables: Vec<&str> = ran.said.lines().filter(|line| line.contains("verzion")).collect();
    assert_eq!((ran.code, of_variables.len()), (1, 1), "{}", ran.said);
}

/// A document with a statement for an action.
fn policy(action: &str) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": action, "Resource": "*" }] })
}

/// The column of a text in a file of one line.
fn column(path: &str, text: &str) -> usize {
    std::fs::read_to_string(path).unwrap().find(&format!("\"{text}\"")).unwrap() + 1
}

#[test]
fn a_boundary_is_stated_with_the_policies_or_neither_is() {
    let arn = "arn:aws:iam::111111111111:role/r";
    let boundary =
        json!({ "PermissionsBoundaryArn": "arn:aws:iam::111111111111:policy/b", "PermissionsBoundaryType": "Policy" });
    let inline = json!([{ "PolicyName": "p", "PolicyDocument": policy("s3:*") }]);
    let detail =
        json!({ "Arn": arn, "RolePolicyList": inline, "AttachedManagedPolicies": [], "PermissionsBoundary": boundary });
    let version = json!({ "IsDefaultVersion": true, "Document": policy("s3:Get*") });
    let managed = json!([{ "Arn": "arn:aws:iam::111111111111:policy/b", "PolicyVersionList": [version] }]);
    let whole = written("boundary", "whole.json", &json!({ "RoleDetailList": [detail], "Policies": managed }));
    let lacking = written("boundary", "lacking.json", &json!({ "RoleDetailList": [detail], "Policies": [] }));
    let role = written("boundary", "role.json", &json!({ "Role": { "Arn": arn, "PermissionsBoundary": boundary } }));
    let given = json!({ "RoleName": "r", "PolicyName": "p", "PolicyDocument": policy("s3:*") });
    let given = written("boundary", "policy.json", &given);
    let chain = json!({ "service_role": { "arn": arn, "policies": [policy("s3:*")], "permissions_boundary": policy("s3:Get*") } });
    let chain = written("boundary", "chain.json", &chain);
    for files in [&[&whole][..], &[&role, &whole], &[&whole, &role, &given], &[&chain]] {
        let ran = import(&files.iter().map(|file| file.as_str()).collect::<Vec<_>>());
        assert_eq!((ran.code, ran.said.as_str()), (0, ""));
        for (key, action) in [("policies: [{", "s3:*"), ("permissions_boundary: {", "s3:Get*")] {
            let (_, after) = ran.source.split_once(key).unwrap();
            assert!(after.contains(&format!("Action: \"{action}\"")), "{}", ran.source);
        }
        assert_eq!(ran.source.matches("Action: ").count(), 2, "{}", ran.source);
    }
    let note = "its policies are not stated: it has policies or a permissions boundary whose text is not given";
    for files in [&[&lacking][..], &[&role], &[&role, &given]] {
        let ran = import(&files.iter().map(|file| file.as_str()).collect::<Vec<_>>());
        let said = format!(":1:{}: not imported: role {arn}: {note}\n", column(files[0], arn));
        assert_eq!((ran.code, ran.said), (1, files[0].to_string() + &said));
        assert!(!ran.source.contains("Action: "), "{}", ran.source);
    }
}

#[test]
fn a_document_that_the_compiler_would_refuse_is_left_out_and_a_misspelt_chain_is_refused() {
    let arn = "arn:aws:iam::111111111111:role/r";
    let broken = json!({ "Role": { "Arn": arn, "AssumeRolePolicyDocument": "%7B%22Version%22%7D" } });
    let broken = written("refused", "broken.json", &broken);
    let refused = json!({ "RoleDetailList": [{ "Arn": arn, "AttachedManagedPolicies": [], "RolePolicyList": [
        { "PolicyName": "a", "PolicyDocument": policy("s3:*") },
        { "PolicyName": "b", "PolicyDocument": policy("no action") },
    ] }] });
    let refused = written("refused", "policies.json", &refused);
    for (file, place) in [(&broken, "trust_policy"), (&refused, "policies[1]")] {
        let ran = import(&[file]);
        assert_eq!(ran.code, 1);
        let said = format!("{file}:1:{}: not imported: role {arn} / {place}", column(file, arn));
        assert!(ran.said.starts_with(&said), "{}", ran.said);
        assert!(ran.source.contains(&format!("arn: \"{arn}\",\n    }}\n")), "{}", ran.source);
    }
    let chain = written("refused", "chain.json", &json!({ "service_role": { "arn": arn, "polices": [] } }));
    let ran = import(&[&chain]);
    let why =
        "this is not a chain of roles: service_role.polices: there is no member `polices`, did you mean `policies`?";
    let said = format!("error: {chain}:1:1: {why}\nerror: there is nothing to import\n");
    assert_eq!((ran.code, ran.said), (2, said));
}

#[test]
fn a_right_pipeline_compiles_to_the_declaration_it_came_from() {
    let mut right: Vec<(String, PathBuf, String)> = Vec::new();
    for (name, path) in corpus() {
        let ran = import_file(&path);
        let told = ["warning[", "this secret is the parameter", "looks like a secret"];
        let secrets_only = ran.said.lines().all(|line| told.iter().any(|told| line.contains(told)));
        if secrets_only {
            right.push((name, path, ran.source));
        }
    }
    assert!(right.len() >= 25, "{}", right.len());
    for (name, ran) in crate::import_templates::compiled() {
        let expected = here().join(format!("tests/import/templates/{name}.json"));
        right.push((format!("template-{name}"), expected, ran.source));
    }
    let sources = right.iter().map(|(name, _, source)| (name.clone(), source.clone())).collect();
    let declared = declared("imported", &sources);
    let mut wrong = String::new();
    for (name, path, source) in &right {
        let text = std::fs::read_to_string(path).unwrap();
        let whole = source.split_once("\npipeline! {\n    pub pipeline ").unwrap().1;
        let region = whole.split_once("\n        region: \"").unwrap().1.split('"').next().unwrap();
        let home: Region = region.parse().unwrap();
        let expected = plain(DeclarationFile::from_json(&text).unwrap().declaration(), &home);
        let found = match &declared[name] {
            Value::String(findings) => json!(findings),
            built => {
                let declaration = built["pipelines"].as_object().unwrap().values().next().unwrap();
                plain(&read(&declaration.to_string()).unwrap(), &home)
            }
        };
        if found != expected {
            let _ = writeln!(wrong, "{name}: expected\n{expected:#}\nfound\n{found:#}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    println!("{} pipelines were compiled", right.len());
}

mod waiting {
    codepipeline_xacct::pipeline! {
        pub account Tooling = "111111111111";
        pub account Prod = "222222222222";
        pub role Invoker in Prod { name: "invoker", trusts: [Tooling], starts: [Deploy] }
        pub extern pipeline Deploy in Prod { name: "deploy", region: "eu-west-1", variables: { xacct_caller: "none" } }
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

/// An action that waits is `wait:` again, and the room that was made for it is gone; one that differs stays what it is.
#[test]
fn what_waits_is_imported_as_it_was_written() {
    let topology = codepipeline_xacct::Topology::builder("t").add(waiting::Release).build().unwrap();
    let mut declaration = topology.pipelines()[0].declaration.clone();
    defaults::fill_in(&mut declaration, &"eu-west-1".parse::<Region>().unwrap());
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("waiting.json");
    let import_changed = |from: &str, to: &str| {
        let text = serde_json::to_string(&declaration).unwrap();
        assert!(text.contains(from), "{text}");
        std::fs::write(&path, text.replace(from, to)).unwrap();
        import(&[path.to_str().unwrap(), "--account", ACCOUNT, "--region", "eu-west-1"]).source
    };
    let source = import_changed("45", "45");
    assert!(source.contains("wait: \"45 minutes\""), "{source}");
    assert!(!source.contains("deploy-wait") && source.contains("run_order: 2"), "{source}");
    for (from, to) in [("sleep 15", "sleep 20"), ("/Deploy/deploy", "/Deploy/other"), ("\"deploy-wait\"", "\"mine\"")] {
        let source = import_changed(from, to);
        assert!(!source.contains("wait: \"45 minutes\"") && source.contains("Commands"), "{source}");
    }
}
