//! Every rule's example is tried: the fault is found under its code and nothing else is, the fix has no finding; and the
//! messages are those of `rules.txt`. After changing a message, read the diff and update the file with
//! `UPDATE=1 cargo test -p codepipeline-xacct-core --test rules`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::fmt::Write;
use std::path::Path;

use codepipeline_xacct_core::check::files::{DeclarationInput, Home, check};
use codepipeline_xacct_core::finding::Finding;
use codepipeline_xacct_core::rules::{Consequence, EXAMPLE, Example, all, explanation, explanations, find};
use serde_json::{Value, json};

/// The example in the document of `get-pipeline`, in account 111111111111 and `eu-west-1`.
fn findings(declaration: Value) -> Vec<Finding> {
    let document = json!({
        "pipeline": declaration,
        "metadata": { "pipelineArn": "arn:aws:codepipeline:eu-west-1:111111111111:release" }
    });
    check(&[DeclarationInput { item: "Release", value: &document }], &Home::default()).concat()
}

/// Puts JSON at a pointer of the example, or removes what is there.
fn edited(at: &str, json: &str) -> Value {
    let mut example: Value = serde_json::from_str(EXAMPLE).unwrap();
    let (parent, last) = at.rsplit_once('/').unwrap();
    let value = (!json.is_empty()).then(|| serde_json::from_str::<Value>(json).unwrap());
    match (example.pointer_mut(parent).unwrap(), value) {
        // After the last entry there is nothing to remove, or one entry is appended.
        (Value::Array(list), value) if last.parse() == Ok(list.len()) => list.extend(value),
        (Value::Array(list), Some(value)) => list[last.parse::<usize>().unwrap()] = value,
        (Value::Object(members), Some(value)) => {
            members.insert(last.to_owned(), value);
        }
        (Value::Object(members), None) => {
            members.shift_remove(last);
        }
        (other, _) => panic!("{at}: {other}"),
    }
    example
}

#[test]
fn the_example_has_no_findings() {
    assert_eq!(findings(serde_json::from_str(EXAMPLE).unwrap()), []);
}

#[test]
fn examples_are_faults_and_fixes() {
    let mut wrong = Vec::new();
    for explanation in explanations() {
        let rule = explanation.rule;
        let Example::Edit { at, fault, fix } = explanation.example else { continue };
        let found = findings(edited(at, fault));
        if !found.iter().any(|f| f.code == rule.code && f.severity == rule.effect.severity()) {
            wrong.push(format!("{}: the fault gives {found:#?}", rule.code));
        }
        // One mistake is one finding, except for what follows from a renamed or removed thing.
        let others: Vec<_> = found.iter().filter(|f| f.code != rule.code).map(|f| f.to_string()).collect();
        if !others.is_empty() {
            wrong.push(format!("{}: the fault also gives {others:#?}", rule.code));
        }
        let found: Vec<_> = findings(edited(at, fix)).iter().map(|f| f.to_string()).collect();
        if !found.is_empty() {
            wrong.push(format!("{}: the fix gives {found:#?}", rule.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn codes_are_unique_and_in_order() {
    let codes: Vec<_> = all().map(|rule| rule.code).collect();
    assert!(codes.windows(2).all(|pair| pair[0] < pair[1]), "{codes:?}");
    assert!(explanations().map(|explanation| explanation.rule.code).eq(codes));
    for explanation in explanations() {
        let code = explanation.rule.code;
        assert!(!explanation.sources.is_empty(), "{code}");
        assert!(explanation.text.ends_with('.'), "{code}");
        assert!(!explanation.title.ends_with('.'), "{code}");
    }
}

#[test]
fn a_rule_is_in_the_file_that_is_named_like_its_check() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut compared = 0;
    for entry in std::fs::read_dir(source.join("rules")).unwrap() {
        let path = entry.unwrap().path();
        let file = source.join("check").join(path.file_name().unwrap());
        let Ok(mut check) = std::fs::read_to_string(&file) else { continue };
        // A large one has its parts in a folder.
        for part in std::fs::read_dir(file.with_extension("")).into_iter().flatten() {
            check.push_str(&std::fs::read_to_string(part.unwrap().path()).unwrap());
        }
        let rows = std::fs::read_to_string(&path).unwrap();
        // Whether a member is there twice is only seen in the text of a file.
        for code in rows.lines().filter_map(|line| line.strip_prefix("    XA")?.get(..4)).filter(|code| *code != "0004")
        {
            assert!(check.contains(&format!("rules::XA{code}")), "{}: XA{code}", path.display());
            compared += 1;
        }
    }
    assert!(compared > 150, "{compared}");
}

#[test]
fn codes_that_a_rule_names_exist() {
    for rule in all() {
        for code in rule.hides.iter().chain(rule.hides_anywhere) {
            assert!(find(code).is_some() && *code != rule.code, "{}: {code}", rule.code);
        }
    }
}

#[test]
fn rules_that_codepipeline_enforces_have_its_error() {
    let of_this_library = ["XA00", "XA09", "XA10", "XA13"];
    for rule in all() {
        let refused = rule.effect == Consequence::Refused
            && !of_this_library.iter().any(|family| rule.code.starts_with(family))
            // The error depends on whether it is the role of the pipeline or of an action.
            && rule.code != "XA0220";
        assert_eq!(rule.aws_error.is_some(), refused, "{}", rule.code);
    }
}

#[test]
fn a_finding_has_the_facts_that_the_error_of_the_service_names() {
    let of_place = [
        "stage",
        "action",
        "key",
        "configuration",
        "region",
        "REGION",
        "stages",
        "category",
        "owner",
        "provider",
        "version",
    ];
    let mut tried = 0;
    for explanation in explanations() {
        let rule = explanation.rule;
        let Some(error) = rule.aws_error else { continue };
        let names = error.messages.iter().flat_map(|message| message.split('{').skip(1));
        let names = names.filter_map(|rest| Some(rest.split_once('}')?.0)).filter(|name| !of_place.contains(name));
        let names: Vec<&str> = names.collect();
        if let Example::Edit { at, fault, .. } = explanation.example {
            for finding in findings(edited(at, fault)).iter().filter(|finding| finding.code == rule.code) {
                let facts: Vec<&str> = finding.facts.iter().map(|(name, _)| *name).collect();
                assert!(names.iter().all(|name| facts.contains(name)), "{}: {names:?} {facts:?}", rule.code);
                assert!(error.messages.is_empty() || !facts.contains(&"message"), "{}", rule.code);
                // A finding says to the user what `pipeline!` calls a key, which the service does not know.
                let message = finding.facts.iter().find(|(name, _)| *name == "message").map(|(_, message)| message);
                let answered = message.unwrap_or(&finding.message);
                assert!(!error.messages.is_empty() || !answered.contains("pipeline!"), "{}: {answered}", rule.code);
                tried += names.len();
            }
        } else {
            assert_eq!(names, Vec::<&str>::new(), "{}: nothing tries its facts", rule.code);
        }
    }
    assert!(tried >= 10, "{tried}");
}

#[test]
fn a_rule_explains_itself() {
    assert_eq!(
        explanation("XA0109").unwrap().to_string(),
        "error[XA0109]: a run order out of range\n\n\
         `runOrder` is 1 to 999; left out, it is 1. Actions with equal values run in parallel.\n\n\
         effect: refused when the pipeline is created or updated\n\n\
         the fault at `stages[1].actions[1].runOrder`:\n\n    1000\n\nthe fix:\n\n    2\n\n\
         source: https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ActionDeclaration.html\n\
         source: https://docs.aws.amazon.com/codepipeline/latest/userguide/action-requirements.html\n"
    );
}

/// Documents with the faults of the rules whose example is described in words.
fn told(code: &str) -> Option<Vec<Value>> {
    let approve =
        |number: usize| json!({ "name": format!("a{number}"), "actionTypeId": type_id("Approval", "AWS", "Manual") });
    let mut example: Value = serde_json::from_str(EXAMPLE).unwrap();
    let p = &mut example;
    let mut others = Vec::new();
    let mut bare = false;
    match code {
        "XA0101" => p["stages"].as_array_mut().unwrap().truncate(1),
        "XA0103" => {
            let stage =
                |n: usize| json!({ "name": format!("S{n}"), "actions": (0..50).map(approve).collect::<Vec<_>>() });
            p["stages"].as_array_mut().unwrap().extend((0..20).map(stage));
        }
        "XA0203" => p["variables"] = (0..51).map(|n| json!({ "name": format!("v{n}"), "defaultValue": "1" })).collect(),
        "XA0206" => p["variables"][0]["description"] = json!("x".repeat(201)),
        "XA0209" => p["stages"][1]["actions"][0]["configuration"]["BuildspecOverride"] = json!("x".repeat(1001)),
        "XA0210" => {
            let variables = ["a", "b"].map(|name| json!({ "name": name, "value": "x".repeat(500) }));
            p["stages"][2]["actions"][2]["configuration"]["Variables"] = json!(json!(variables).to_string());
        }
        "XA0218" => {
            p["artifactStores"]["us-east-1"]["location"] = json!("artifact_bucket");
            bare = true;
        }
        "XA0222" => {
            p["stages"][1]["actions"][0]["region"] = json!("eu-west-9");
            p["artifactStores"]["eu-west-9"] = json!({ "type": "S3", "location": "artifacts-9" });
        }
        "XA0628" => {
            let action = |mode: &str, order: usize, set: &str, more: Value| {
                let mut configuration = json!({ "ActionMode": mode, "StackName": "shop", "ChangeSetName": set });
                configuration.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
                json!({ "name": format!("set{order}"), "runOrder": order, "configuration": configuration,
                    "actionTypeId": type_id("Deploy", "AWS", "CloudFormation") })
            };
            let template = json!({ "TemplatePath": "Built::t", "RoleArn": "arn:aws:iam::111111111111:role/stack" });
            let mut make = action("CHANGE_SET_REPLACE", 5, "release", template);
            make["inputArtifacts"] = json!([{ "name": "Built" }]);
            let run = action("CHANGE_SET_EXECUTE", 6, "relase", json!({}));
            p["stages"][2]["actions"].as_array_mut().unwrap().extend([make, run]);
        }
        "XA0307" => {
            p["stages"][1]["actions"][0]["outputArtifacts"] =
                json!([{ "name": "Built" }, { "name": "B" }, { "name": "C" }]);
            p["stages"][2]["actions"][0] = json!({
                "name": "instances",
                "actionTypeId": type_id("Deploy", "AWS", "CloudFormationStackInstances"),
                "configuration": { "StackSetName": "s", "Regions": "eu-west-1", "DeploymentTargets": "x" },
                "inputArtifacts": [{ "name": "Built" }, { "name": "B" }, { "name": "C" }],
            });
        }
        "XA0310" => {
            p["stages"][0]["actions"][0]["configuration"]["OutputArtifactFormat"] = json!("CODEBUILD_CLONE_REF");
            p["stages"][1]["actions"][1]["inputArtifacts"] = json!([{ "name": "Code" }]);
        }
        "XA0312" => p["stages"][1]["actions"][0]["inputArtifacts"] = json!([{ "name": "Templates" }]),
        "XA0405" => {
            p["artifactStore"] = p["artifactStores"]["eu-west-1"].take();
            p.as_object_mut().unwrap().shift_remove("artifactStores");
        }
        "XA0412" | "XA0413" => {
            p["stages"][1]["actions"][0] = json!({
                "name": "compile",
                "actionTypeId": type_id("Build", "Custom", if code == "XA0412" { "Jenkins" } else { "Own" }),
                "outputArtifacts": [{ "name": "Built" }],
                "roleArn": "arn:aws:iam::222222222222:role/builder",
            });
        }
        "XA0417" => {
            // A stack in another account, whose outputs are not read.
            p["artifactStores"]["us-east-1"].as_object_mut().unwrap().shift_remove("encryptionKey");
            let stack = &mut p["stages"][2]["actions"][1];
            stack["configuration"] = json!({ "ActionMode": "DELETE_ONLY", "StackName": "shop" });
            stack["outputArtifacts"] = json!([{ "name": "Outputs" }]);
            stack.as_object_mut().unwrap().shift_remove("inputArtifacts");
        }
        "XA0513" => {
            let variable = "/stages/2/beforeEntry/conditions/0/rules/0/configuration/Variable";
            *p.pointer_mut(variable).unwrap() = json!("#{Check.RESULT}");
        }
        "XA0614" | "XA0615" => {
            p["stages"][0]["actions"][1] = json!({
                "name": "Templates",
                "actionTypeId": type_id("Source", "ThirdParty", "GitHub"),
                "configuration": { "Owner": "o", "Repo": "r", "Branch": "main", "OAuthToken": "****" },
                "outputArtifacts": [{ "name": "Templates" }],
            });
            if code == "XA0614" {
                return Some(vec![json!({ "pipeline": p, "tags": [] })]);
            }
            bare = true;
        }
        "XA0620" => {
            p["stages"][2]["actions"][0] = json!({
                "name": "eks",
                "actionTypeId": type_id("Deploy", "AWS", "EKS"),
                "configuration": { "ClusterName": "c", "ManifestFiles": "m", "HelmReleaseName": "r", "HelmChartLocation": "l" },
                "inputArtifacts": [{ "name": "Built" }],
            });
        }
        "XA0621" => {
            p["stages"][2]["actions"][0] = json!({
                "name": "scan",
                "actionTypeId": type_id("Invoke", "AWS", "InspectorScan"),
                "configuration": { "InspectorRunMode": "ECRImageScan" },
                "outputArtifacts": [{ "name": "Scan" }],
            });
        }
        "XA0622" => {
            p["stages"][0]["actions"][0]["configuration"]["ConnectionArn"] = json!("GitHubConnection");
            bare = true;
        }
        "XA0625" => {
            let arn = "arn:aws:codepipeline:ap-southeast-4:111111111111:release";
            return Some(vec![json!({ "pipeline": p, "metadata": { "pipelineArn": arn } })]);
        }
        "XA0711" | "XA0712" | "XA0713" | "XA0714" | "XA0716" | "XA0717" => {
            let mut target: Value = serde_json::from_str(EXAMPLE).unwrap();
            target["name"] = json!("acceptance");
            target["variables"] = json!([{ "name": "commit" }]);
            let source = &mut target["stages"][0]["actions"][0];
            match code {
                "XA0711" => source["name"] = json!("Coda"),
                "XA0712" | "XA0713" => {
                    source["actionTypeId"] = type_id("Source", "AWS", "S3");
                    source["configuration"] = json!({ "S3Bucket": "b", "S3ObjectKey": "k" });
                }
                "XA0714" => target["pipelineType"] = json!("V1"),
                "XA0716" => {
                    let start = &mut target["stages"][2]["actions"][2];
                    start["configuration"]["PipelineName"] = json!("release");
                    start["region"] = json!("eu-west-1");
                    start["roleArn"] = json!("arn:aws:iam::111111111111:role/back");
                }
                _ => {}
            }
            if code == "XA0713" {
                let revisions = r#"[{"actionName":"Code","revisionType":"S3_OBJECT_KEY","revisionValue":"k"}]"#;
                p["stages"][2]["actions"][2]["configuration"]["SourceRevisions"] = json!(revisions);
            }
            let region = if code == "XA0717" { "eu-west-1" } else { "us-east-1" };
            let arn = format!("arn:aws:codepipeline:{region}:333333333333:acceptance");
            others.push(json!({ "pipeline": target, "metadata": { "pipelineArn": arn } }));
        }
        "XA0715" => {
            let start = &mut p["stages"][2]["actions"][2];
            start["configuration"]["PipelineName"] = json!("release");
            start["region"] = json!("eu-west-1");
            start["roleArn"] = json!("arn:aws:iam::111111111111:role/back");
        }
        "XA1209" => {
            let criterion = json!({ "includes": vec!["x".repeat(255); 8], "excludes": vec!["y".repeat(255); 8] });
            let filter = json!({ "branches": criterion, "filePaths": criterion });
            let push = vec![filter; 3];
            let trigger = json!({
                "providerType": "CodeStarSourceConnection",
                "gitConfiguration": { "sourceActionName": "Code", "push": push },
            });
            p["triggers"] = json!(vec![trigger; 9]);
        }
        _ => return None,
    }
    if bare {
        return Some(vec![example]);
    }
    let metadata = json!({ "pipelineArn": "arn:aws:codepipeline:eu-west-1:111111111111:release" });
    others.insert(0, json!({ "pipeline": example, "metadata": metadata }));
    Some(others)
}

fn type_id(category: &str, owner: &str, provider: &str) -> Value {
    json!({ "category": category, "owner": owner, "provider": provider, "version": "1" })
}

/// Rules that need a topology, an account, a policy document or the text of a file; their messages are tested there.
fn is_of_files(code: &str) -> bool {
    !["XA0004", "XA0006", "XA09", "XA10", "XA13"].iter().any(|family| code.starts_with(family))
}

#[test]
fn what_is_said_is_said_in_these_words() {
    let mut text = String::new();
    for explanation in explanations() {
        let rule = explanation.rule;
        if let Example::Edit { at, fault, .. } = explanation.example {
            findings(edited(at, fault)).iter().for_each(|finding| writeln!(text, "{finding}").unwrap());
        } else if is_of_files(rule.code) {
            let documents = told(rule.code).unwrap_or_else(|| panic!("{} has no example", rule.code));
            let inputs: Vec<_> = documents.iter().map(|value| DeclarationInput { item: "Release", value }).collect();
            let found = check(&inputs, &Home::default()).concat();
            // What else follows from the fault is tested elsewhere.
            let finding =
                found.iter().find(|f| f.code == rule.code).unwrap_or_else(|| panic!("{}: {found:#?}", rule.code));
            assert_eq!(finding.severity, rule.effect.severity());
            writeln!(text, "{finding}").unwrap();
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    let differs = text.lines().zip(expected.lines()).find(|(found, expected)| found != expected);
    assert!(differs.is_none(), "found and expected: {differs:#?}");
    assert_eq!(text.lines().count(), expected.lines().count());
}
