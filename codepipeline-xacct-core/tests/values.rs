//! What the keys of all providers take: names and ARNs, words, resources of other accounts; and texts that were meant to be references.
//! Each kind is tried in both directions.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use codepipeline_xacct_core::catalogue::{ACTIONS, ActionProvider, ArnAccount, ConfigurationKey, Format, RULES};
use codepipeline_xacct_core::check::files::{DeclarationInput, Home, check};
use codepipeline_xacct_core::finding::{Finding, Severity};
use codepipeline_xacct_core::rules::EXAMPLE;
use serde_json::{Value, json};

const BUILD: &str = "/stages/1/actions/0";
const APPROVAL: &str = "/stages/2/actions/0";
const STACK: &str = "/stages/2/actions/1";

/// What is found in the example, in account 111111111111 and `eu-west-1`, after an edit.
fn findings(edit: impl FnOnce(&mut Value)) -> Vec<Finding> {
    let mut declaration: Value = serde_json::from_str(EXAMPLE).unwrap();
    edit(&mut declaration);
    let document = json!({
        "pipeline": declaration,
        "metadata": { "pipelineArn": "arn:aws:codepipeline:eu-west-1:111111111111:release" }
    });
    check(&[DeclarationInput { item: "P", value: &document }], &Home::default()).concat()
}

/// The codes, with a `w` behind those of warnings.
fn codes(edit: impl FnOnce(&mut Value)) -> Vec<String> {
    let text = |severity| if severity == Severity::Warning { "w" } else { "" };
    findings(edit).iter().map(|f| format!("{}{}", f.code, text(f.severity))).collect()
}

/// What is found about a key of an action or a rule with one value.
fn about(kind: &str, provider: &str, owner: &str, key: &ConfigurationKey, value: &str) -> Vec<Finding> {
    let category = kind.split('/').next().unwrap();
    let id = json!({ "category": category, "owner": owner, "provider": provider, "version": "1" });
    let found = findings(|p| {
        let configuration = json!({ key.name: value });
        if category == "Rule" {
            let rule = json!({ "name": "one", "ruleTypeId": id, "configuration": configuration });
            p["stages"][2]["onFailure"]["conditions"][0]["rules"] = json!([rule]);
        } else {
            let action = json!({ "name": "one", "actionTypeId": id, "configuration": configuration });
            let stage = if category == "Source" { 0 } else { 2 };
            p["stages"][stage]["actions"].as_array_mut().unwrap().push(action);
        }
    });
    let at = format!("configuration / {}", key.name);
    found.into_iter().filter(|f| f.place.to_string().ends_with(&at)).collect()
}

/// All keys, with the type that they belong to.
fn keys() -> impl Iterator<Item = (&'static str, &'static str, &'static str, &'static ConfigurationKey)> {
    let of_action = |a: &'static ActionProvider| {
        let keys = a.known_keys().iter().filter(|_| a.owner != "Custom");
        keys.map(move |key| (a.category, a.provider, a.owner, key))
    };
    let rules = RULES.iter().flat_map(|r| r.keys.iter().map(move |key| ("Rule", r.provider, "AWS", key)));
    ACTIONS.iter().flat_map(of_action).chain(rules)
}

/// An ARN of what a pattern describes, whose name is `shop`.
fn arn(pattern: &str) -> Option<String> {
    let (service, resource) = pattern.split_once(':')?;
    let resource = resource.replace('*', "some").replace("{}", "shop");
    Some(format!("arn:aws:{service}:eu-west-1:111111111111:{resource}"))
}

#[test]
fn a_name_is_a_name() {
    let mut tried = 0;
    for (category, provider, owner, key) in keys() {
        let (pattern, either) = match key.format {
            Format::Name(pattern) | Format::StackName(pattern) => (pattern, false),
            Format::NameOrArn(pattern) => (pattern, true),
            _ => continue,
        };
        let about = |value: &str| about(category, provider, owner, key, value);
        let what = format!("{category} {provider} {}", key.name);
        assert_eq!(about("shop"), [], "{what}");
        assert_eq!(
            about("#{variables.level}").iter().filter(|f| category != "Source" || f.code != "XA0503").count(),
            0
        );
        let code = if category == "Rule" { "XA1120" } else { "XA0623" };
        if let Some(arn) = arn(pattern) {
            let found = about(&arn);
            if either {
                assert_eq!(found, [], "{what}");
            } else {
                assert_eq!((found[0].code, found[0].severity), (code, Severity::Error), "{what}");
                assert!(found[0].help.as_ref().unwrap().starts_with("write `shop`"), "{what}: {}", found[0]);
            }
        }
        let found = about("https://example.com/team/shop");
        assert_eq!(found[0].code, code, "{what}");
        assert_eq!(found[0].help.as_deref(), Some("write `shop`"), "{what}");
        tried += 1;
    }
    assert!(tried > 40, "{tried}");
}

#[test]
fn keys_that_take_an_arn_are_not_names() {
    let ways: [(&str, &str, &str, bool); 6] = [
        ("Deploy", "S3", "KMSEncryptionKeyARN", true),
        ("Invoke", "StepFunctions", "StateMachineArn", true),
        ("Build", "CodeBuild", "ProjectName", false),
        ("Invoke", "Lambda", "FunctionName", false),
        ("Deploy", "ECS", "ClusterName", false),
        ("Test", "DeviceFarm", "ProjectId", false),
    ];
    for (category, provider, name, takes_arn) in ways {
        let mut all = keys();
        let (.., key) = all.find(|(c, p, _, k)| (*c, *p, k.name) == (category, provider, name)).unwrap();
        assert_eq!(!matches!(key.format, Format::Name(_)), takes_arn, "{provider} {name}");
    }
}

#[test]
fn where_a_bare_name_comes_from() {
    let help = |value: &str| {
        let found = findings(|p| p.pointer_mut(STACK).unwrap()["configuration"]["StackName"] = json!(value));
        found.iter().map(|f| (f.code, f.help.clone().unwrap_or_default())).collect::<Vec<_>>()
    };
    let there = "; the account is that of the role of the action, the Region is its `region`";
    let arn = "arn:aws:cloudformation:us-east-1:222222222222:stack/shop/0a1b2c3d";
    assert_eq!(help(arn), [("XA0623", format!("write `shop`{there}"))]);
    for (value, written) in [("my stack", "my-stack"), ("my_stack", "my-stack"), ("my/stack", "my-stack")] {
        assert_eq!(help(value), [("XA0613", format!("write `{written}`"))], "{value}");
    }
    assert_eq!(help("2nd-stack"), [("XA0613", String::new())]);
    assert_eq!(help("my-stack"), []);
    assert_eq!(help("my-#{variables.level}"), []);
    let bucket = |value: &str| {
        let found = findings(|p| p["artifactStores"]["us-east-1"]["location"] = json!(value));
        found.iter().map(|f| (f.code, f.help.clone().unwrap_or_default())).collect::<Vec<_>>()
    };
    for value in ["s3://artifacts", "s3://artifacts/some/where", "arn:aws:s3:::artifacts"] {
        assert_eq!(bucket(value), [("XA0202", "write `artifacts`".to_owned())], "{value}");
    }
    let source = |value: &str| {
        let found = findings(|p| {
            p.pointer_mut("/stages/0/actions/0/configuration").unwrap()["FullRepositoryId"] = json!(value)
        });
        found.iter().map(|f| (f.code, f.help.clone().unwrap_or_default())).collect::<Vec<_>>()
    };
    assert_eq!(source("https://github.com/shop/web.git"), [("XA0613", "write `shop/web`".to_owned())]);
}

#[test]
fn words_are_those_of_the_documentation() {
    for (category, provider, owner, key) in keys() {
        let words = match key.format {
            Format::OneOf(words) | Format::Known(words) => words,
            _ => continue,
        };
        let found = |value: &str| about(category, provider, owner, key, value);
        for word in words {
            // The Windows image needs another size than the smallest.
            let wrong: Vec<_> = found(word).into_iter().filter(|f| !["XA0619", "XA0632"].contains(&f.code)).collect();
            assert_eq!(wrong, [], "{provider} {}", key.name);
        }
        let severity = if matches!(key.format, Format::Known(_)) { Severity::Warning } else { Severity::Error };
        assert_eq!(found("nonsense")[0].severity, severity, "{provider} {}", key.name);
    }
}

#[test]
fn what_an_arn_names_is_in_the_account_and_the_region_of_the_action() {
    let arns = [
        ("states", "stateMachine:run"),
        ("sns", "approvals"),
        ("codeconnections", "connection/0a1b"),
        ("devicefarm", "devicepool:0a1b"),
    ];
    let mut tried = 0;
    for (category, provider, owner, key) in keys().filter(|(.., key)| key.account.is_some()) {
        let of = |region: &str, account: &str| match key.format {
            Format::RoleArn => format!("arn:aws:iam::{account}:role/some"),
            Format::StateMachine => format!("arn:aws:states:{region}:{account}:stateMachine:run"),
            Format::Connection => format!("arn:aws:codeconnections:{region}:{account}:connection/0a1b"),
            Format::Arn(service) => {
                let (_, resource) = arns.iter().find(|(of, _)| *of == service).unwrap();
                format!("arn:aws:{service}:{region}:{account}:{resource}")
            }
            _ => panic!("{provider} {}", key.name),
        };
        let found = |region: &str, account: &str| {
            let found = about(category, provider, owner, key, &of(region, account));
            found.iter().map(|f| (f.code, f.severity)).collect::<Vec<_>>()
        };
        assert_eq!(found("eu-west-1", "111111111111"), [], "{provider} {}", key.name);
        let expected = match key.account {
            Some(ArnAccount::Own) => ("XA0617", Severity::Error),
            _ => ("XA0626", Severity::Warning),
        };
        assert_eq!(found("eu-west-1", "222222222222"), [expected], "{provider} {}", key.name);
        if key.regional {
            assert_eq!(found("us-east-1", "111111111111"), [("XA0627", Severity::Warning)], "{provider}");
        }
        tried += 1;
    }
    assert!(tried >= 8, "{tried}");
    // A role of that account, and a Region of that kind, make it right.
    let machine = |role: Value, region: Value| {
        codes(|p| {
            let run = p.pointer_mut(APPROVAL).unwrap();
            *run = json!({
                "name": "run",
                "actionTypeId": { "category": "Invoke", "owner": "AWS", "provider": "StepFunctions", "version": "1" },
                "configuration": { "StateMachineArn": "arn:aws:states:us-east-1:222222222222:stateMachine:run" },
            });
            run["roleArn"] = role;
            run["region"] = region;
        })
    };
    assert!(machine(json!("arn:aws:iam::222222222222:role/run"), json!("us-east-1")).is_empty());
    assert_eq!(machine(Value::Null, json!("us-east-1")), ["XA0617"]);
    assert_eq!(machine(json!("arn:aws:iam::222222222222:role/run"), Value::Null), ["XA0627w"]);
}

#[test]
fn a_state_machine_is_named_with_a_version_or_an_alias_but_not_with_the_label_of_a_map() {
    let found = |qualifier: &str| {
        let found = findings(|p| {
            *p.pointer_mut(APPROVAL).unwrap() = json!({
                "name": "run",
                "actionTypeId": { "category": "Invoke", "owner": "AWS", "provider": "StepFunctions", "version": "1" },
                "configuration": {
                    "StateMachineArn": format!("arn:aws:states:eu-west-1:111111111111:stateMachine:run{qualifier}"),
                },
            });
        });
        found.iter().map(|f| format!("{} {}", f.code, f.help.clone().unwrap_or_default())).collect::<Vec<_>>()
    };
    for qualifier in ["", ":PROD", ":3"] {
        assert!(found(qualifier).is_empty(), "{qualifier}");
    }
    assert_eq!(found("/each"), ["XA0613 write `arn:aws:states:eu-west-1:111111111111:stateMachine:run`"]);
}

/// What is found about a key of a Lambda deployment.
fn of_lambda_deploy(key: &str, value: &str) -> Vec<String> {
    let found = findings(|p| {
        let mut configuration =
            json!({ "FunctionName": "shop", "FunctionAlias": "live", "PublishedTargetVersion": "3" });
        configuration[key] = json!(value);
        *p.pointer_mut(APPROVAL).unwrap() = json!({
            "name": "deploy",
            "actionTypeId": { "category": "Deploy", "owner": "AWS", "provider": "Lambda", "version": "1" },
            "configuration": configuration,
        });
    });
    found.iter().map(|f| format!("{} {}", f.code, f.help.clone().unwrap_or_default())).collect()
}

#[test]
fn alarms_are_names() {
    for right in ["errors", "errors, latency", "https://shop.example is down", "#{variables.level}"] {
        assert_eq!(of_lambda_deploy("Alarms", right), [""; 0], "{right}");
    }
    let arn = "arn:aws:cloudwatch:eu-west-1:111111111111:alarm:latency";
    for (wrong, names) in [(arn.to_owned(), "latency"), (format!("errors,{arn}"), "errors,latency")] {
        let help = format!(
            "XA0623 write `{names}`; the account is that of the role of the action, the Region is its `region`"
        );
        assert_eq!(of_lambda_deploy("Alarms", &wrong), [help], "{wrong}");
    }
}

#[test]
fn traffic_is_shifted_by_percents_in_two_days() {
    let right =
        ["AllAtOnce", "Canary10Percent5Minutes", "Canary99Percent2880Minutes", "Linear10PercentEvery320Minutes"];
    for right in right {
        assert_eq!(of_lambda_deploy("DeployStrategy", right), [""; 0], "{right}");
    }
    let wrong = [
        "Canary0Percent5Minutes",
        "Canary150Percent5Minutes",
        "Canary10Percent2881Minutes",
        "Linear10PercentEvery321Minutes",
        "Linear10PercentEvery99999999999Minutes",
    ];
    for wrong in wrong {
        assert_eq!(of_lambda_deploy("DeployStrategy", wrong), ["XA0613 "], "{wrong}");
    }
}

/// What is found, with its place in the configuration, about an action that deploys or runs something.
fn of_action(category: &str, provider: &str, configuration: Value) -> Vec<String> {
    let found = findings(|p| {
        *p.pointer_mut(APPROVAL).unwrap() = json!({
            "name": "one",
            "actionTypeId": { "category": category, "owner": "AWS", "provider": provider, "version": "1" },
            "configuration": configuration,
            "inputArtifacts": [{ "name": "Built" }],
        });
    });
    let key = |f: &Finding| f.place.to_string().rsplit(" / ").next().unwrap().to_owned();
    let text = |severity| if severity == Severity::Warning { "w" } else { "" };
    found.iter().map(|f| format!("{}{} {}", f.code, text(f.severity), key(f))).collect()
}

fn of_stack_set(keys: Value) -> Vec<String> {
    let mut configuration = json!({ "StackSetName": "shop", "TemplatePath": "Built::template.yaml" });
    configuration.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
    of_action("Deploy", "CloudFormationStackSet", configuration)
}

#[test]
fn keys_of_a_stack_set_go_together() {
    let right = [
        json!({}),
        json!({ "AdministrationRoleArn": "arn:aws:iam::111111111111:role/sets", "ExecutionRoleName": "deploys" }),
        json!({ "DeploymentTargets": "222222222222,333333333333", "Regions": "eu-west-1,us-east-1" }),
        json!({ "DeploymentTargets": "Built::targets.json", "Regions": "eu-west-1" }),
        json!({ "PermissionModel": "SERVICE_MANAGED", "DeploymentTargets": "ou-ab12-34567890", "Regions": "eu-west-1" }),
        json!({ "PermissionModel": "SERVICE_MANAGED", "CallAs": "DELEGATED_ADMIN", "OrganizationsAutoDeployment": "Enabled" }),
        json!({ "PermissionModel": "SERVICE_MANAGED", "OrganizationsAutoDeployment": "Disabled", "DeploymentTargets": "r-ab12", "Regions": "eu-west-1" }),
        json!({ "PermissionModel": "#{variables.level}", "DeploymentTargets": "ou-ab12-34567890", "Regions": "eu-west-1" }),
        json!({ "FailureTolerancePercentage": "100", "MaxConcurrentPercentage": "100" }),
        json!({ "FailureTolerancePercentage": "0", "MaxConcurrentPercentage": "1" }),
        json!({ "DeploymentTargets": "222222222222", "Regions": "#{variables.level}" }),
    ];
    for right in right {
        assert_eq!(of_stack_set(right.clone()), [""; 0], "{right}");
    }
    let service = |key: &str, value: &str| json!({ "PermissionModel": "SERVICE_MANAGED", key: value });
    let wrong = [
        (service("AdministrationRoleArn", "arn:aws:iam::111111111111:role/sets"), "XA0632w AdministrationRoleArn"),
        (service("ExecutionRoleName", "deploys"), "XA0632w ExecutionRoleName"),
        (json!({ "OrganizationsAutoDeployment": "Enabled" }), "XA0632w OrganizationsAutoDeployment"),
        (json!({ "PermissionModel": "SELF_MANAGED", "CallAs": "DELEGATED_ADMIN" }), "XA0632w CallAs"),
        (json!({ "DeploymentTargets": "ou-ab12-34567890", "Regions": "eu-west-1" }), "XA0632w DeploymentTargets"),
        (
            json!({
                "PermissionModel": "SERVICE_MANAGED", "OrganizationsAutoDeployment": "EnabledWithStackRetention",
                "DeploymentTargets": "ou-ab12-34567890", "Regions": "eu-west-1",
            }),
            "XA0632w DeploymentTargets",
        ),
        (json!({ "FailureTolerancePercentage": "101" }), "XA0613 FailureTolerancePercentage"),
        (json!({ "MaxConcurrentPercentage": "0" }), "XA0613 MaxConcurrentPercentage"),
        (json!({ "DeploymentTargets": "222222222222", "Regions": "eu-west-1,eu-nowhere-1" }), "XA0222w Regions"),
        (json!({ "DeploymentTargets": "222222222222", "Regions": "eu-west-1,eu-" }), "XA0222w Regions"),
        (json!({ "DeploymentTargets": "222222222222", "Regions": "us-east-9" }), "XA0222w Regions"),
    ];
    for (wrong, expected) in wrong {
        assert_eq!(of_stack_set(wrong.clone()), [expected], "{wrong}");
    }
    let instances =
        json!({ "StackSetName": "shop", "DeploymentTargets": "ou-ab12-34567890", "Regions": "eu-nowhere-1" });
    assert_eq!(of_action("Deploy", "CloudFormationStackInstances", instances), ["XA0222w Regions"]);
}

#[test]
fn a_state_machine_starts_with_json_and_a_short_name() {
    let of = |keys: Value| {
        let mut configuration = json!({ "StateMachineArn": "arn:aws:states:eu-west-1:111111111111:stateMachine:run" });
        configuration.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
        of_action("Invoke", "StepFunctions", configuration)
    };
    let right = [
        json!({ "Input": "{\"a\": 1}" }),
        json!({ "Input": "\"nightly\"", "InputType": "Literal" }),
        json!({ "Input": "{\"a\": #{variables.level}}" }),
        json!({ "Input": "${Input}" }),
        json!({ "Input": "input.json", "InputType": "FilePath" }),
        json!({ "ExecutionNamePrefix": "x".repeat(43) }),
        json!({ "ExecutionNamePrefix": "#{variables.level}" }),
    ];
    for right in right {
        assert_eq!(of(right.clone()), [""; 0], "{right}");
    }
    assert_eq!(of(json!({ "Input": "nightly" })), ["XA0633w Input"]);
    assert_eq!(of(json!({ "Input": "{a: 1}", "InputType": "Literal" })), ["XA0633w Input"]);
    let help = |input: &str| {
        let run = json!({
            "name": "run",
            "actionTypeId": { "category": "Invoke", "owner": "AWS", "provider": "StepFunctions", "version": "1" },
            "configuration": { "StateMachineArn": "arn:aws:states:eu-west-1:111111111111:stateMachine:run", "Input": input },
        });
        let found = findings(|p| *p.pointer_mut(APPROVAL).unwrap() = run);
        found.into_iter().find_map(|f| f.help).unwrap().split_once(", or").unwrap().0.to_owned()
    };
    assert_eq!(help("nightly"), r#"write `"\"nightly\""` for a text"#);
    assert_eq!(help(&"nightly ".repeat(6)), r#"write JSON like `"{\"level\": 1}"`"#);
    assert_eq!(of(json!({ "ExecutionNamePrefix": "x".repeat(44) })), ["XA0613 ExecutionNamePrefix"]);
}

#[test]
fn the_key_of_a_deployment_in_another_account_is_no_alias() {
    let found = |account: &str, key: &str| {
        codes(|p| {
            *p.pointer_mut(APPROVAL).unwrap() = json!({
                "name": "site",
                "actionTypeId": { "category": "Deploy", "owner": "AWS", "provider": "S3", "version": "1" },
                "configuration": { "BucketName": "site", "Extract": "true", "KMSEncryptionKeyARN": key },
                "inputArtifacts": [{ "name": "Code" }],
                "roleArn": format!("arn:aws:iam::{account}:role/deployer"),
            });
        })
    };
    let id = "00000000-0000-0000-0000-000000000000";
    let arn = |resource: &str| format!("arn:aws:kms:eu-west-1:222222222222:{resource}");
    for key in [id, &arn(&format!("key/{id}")), "#{variables.level}"] {
        assert_eq!(found("222222222222", key), [""; 0], "{key}");
    }
    for alias in ["alias/site", &arn("alias/site")] {
        assert_eq!(found("222222222222", alias), ["XA0416w"], "{alias}");
        assert_eq!(found("111111111111", alias), [""; 0], "{alias}");
    }
}

#[test]
fn stack_sets_are_not_documented_for_china() {
    let found = |region: &str, partition: &str| {
        let text = EXAMPLE.replace("arn:aws:", &format!("arn:{partition}:")).replace("eu-west-1", region);
        let mut declaration: Value = serde_json::from_str(&text).unwrap();
        let configuration = json!({ "StackSetName": "shop", "TemplatePath": "Built::template.yaml" });
        *declaration.pointer_mut(APPROVAL).unwrap() = json!({
            "name": "set",
            "actionTypeId": { "category": "Deploy", "owner": "AWS", "provider": "CloudFormationStackSet", "version": "1" },
            "configuration": configuration,
            "inputArtifacts": [{ "name": "Built" }],
        });
        let arn = format!("arn:{partition}:codepipeline:{region}:111111111111:release");
        let document = json!({ "pipeline": declaration, "metadata": { "pipelineArn": arn } });
        let found = check(&[DeclarationInput { item: "P", value: &document }], &Home::default()).concat();
        found.iter().any(|f| f.code == "XA0625" && f.message.contains("CloudFormationStackSet"))
    };
    assert!(found("cn-north-1", "aws-cn"));
    assert!(!found("eu-west-1", "aws"));
}

#[test]
fn a_partition_that_does_not_exist_is_found() {
    let role = |role: &str| {
        let found = findings(|p| p.pointer_mut(BUILD).unwrap()["roleArn"] = json!(role));
        found.iter().filter(|f| f.code == "XA0411").map(|f| f.help.clone().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(role("arn:aws-china:iam::222222222222:role/builder"), ["did you mean `aws-cn`?"]);
    assert_eq!(role("arn:aws:iam::222222222222:role/builder"), [""; 0]);
    assert_eq!(
        "aws-china".parse::<codepipeline_xacct_core::ids::Partition>().unwrap_err().to_string(),
        "`aws-china` is not a partition, did you mean `aws-cn`?"
    );
}

/// The example with a text in a configuration value, a command and an environment variable.
fn with_texts(text: &str) -> Vec<String> {
    let mut all = codes(|p| p.pointer_mut(APPROVAL).unwrap()["configuration"] = json!({ "CustomData": text }));
    all.extend(codes(|p| p["stages"][1]["actions"][1]["commands"] = json!([text])));
    all.extend(codes(|p| p["stages"][1]["actions"][1]["environmentVariables"][0]["value"] = json!(text)));
    all
}

#[test]
fn what_was_meant_to_be_a_reference_is_found() {
    assert_eq!(with_texts("at #{variables.level"), ["XA0518w"; 3]);
    // Nothing but a command can mean something else by it.
    let in_other_braces = ["XA0524", "XA0517w", "XA0524"];
    assert_eq!(with_texts("at ${variables.level}"), in_other_braces);
    assert_eq!(with_texts("at #(variables.level)"), in_other_braces);
    assert_eq!(with_texts("at ${codepipeline.PipelineExecutionId}"), in_other_braces);
    assert_eq!(with_texts("at ${variables.nobody}"), ["XA0517w"; 3]);
    assert_eq!(with_texts("at {variables.level}"), ["XA0517w"; 3]);
    for text in ["at #{variables.level}", "at ${HOME}", "at ${map.key}", "at $(date)"] {
        assert!(with_texts(text).is_empty(), "{text}: {:?}", with_texts(text));
    }
    let quoted = findings(|p| p["stages"][1]["actions"][1]["commands"] = json!(["at {{ Source.CommitId }}"]));
    assert_eq!(quoted[0].message, "`{ Source.CommitId }` stays text, and `Source` is a namespace of the pipeline");
    // In a command `#{` may be the shell's.
    let command = |text: &str| codes(|p| p["stages"][1]["actions"][1]["commands"] = json!([text]));
    assert!(command("echo \"#{\" > begin").is_empty());
    assert_eq!(command("echo #{Source.CommitId"), ["XA0518w"]);
}

#[test]
fn dynamic_references_are_for_cloudformation() {
    let reference = "{{resolve:ssm:level}}";
    let parameters = json!({ "Level": reference }).to_string();
    let override_of_stack =
        codes(|p| p.pointer_mut(STACK).unwrap()["configuration"]["ParameterOverrides"] = json!(parameters));
    assert_eq!(override_of_stack, [""; 0]);
    let set = json!({
        "StackSetName": "shop", "TemplatePath": "Built::template.yaml",
        "Parameters": format!("ParameterKey=Level,ParameterValue={reference}"),
    });
    assert_eq!(of_action("Deploy", "CloudFormationStackSet", set), [""; 0]);
    // The command may be one of CloudFormation; a configuration value and an environment variable stay as they are.
    assert_eq!(with_texts(reference), ["XA0519w"; 2]);
}

#[test]
fn the_help_for_a_dynamic_reference_keeps_what_is_read_of_the_secret() {
    let value = |reference: &str| {
        let text = format!("{{{{resolve:secretsmanager:{reference}}}}}");
        let found = findings(|p| p["stages"][1]["actions"][1]["environmentVariables"][0]["value"] = json!(text));
        let help = found.into_iter().find(|f| f.code == "XA0519").unwrap().help.unwrap();
        help.split('"').nth(1).unwrap().to_owned()
    };
    let arn = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:shop/token-AbCdEf";
    for secret in ["shop/token", arn] {
        assert_eq!(value(secret), secret);
        assert_eq!(value(&format!("{secret}:SecretString")), secret);
        assert_eq!(value(&format!("{secret}:SecretString:::")), secret);
        assert_eq!(value(&format!("{secret}:SecretString:password")), format!("{secret}:password"));
        assert_eq!(value(&format!("{secret}:SecretString::AWSPREVIOUS:")), format!("{secret}::AWSPREVIOUS"));
    }
}

#[test]
fn free_texts_don_t_fit_into_json() {
    let tell = |text: &str| {
        codes(|p| {
            *p.pointer_mut(APPROVAL).unwrap() = json!({
                "name": "tell",
                "actionTypeId": { "category": "Invoke", "owner": "AWS", "provider": "Lambda", "version": "1" },
                "configuration": { "FunctionName": "tell", "UserParameters": text },
            });
        })
    };
    assert_eq!(tell(r##"{"text":"#{Source.CommitMessage}"}"##), ["XA0512w"]);
    assert_eq!(tell(r##"["#{Source.CommitMessage}"]"##), ["XA0512w"]);
    assert!(tell(r##"{"text":"#{Source.CommitId}"}"##).is_empty());
    assert!(tell("said: #{Source.CommitMessage}").is_empty());
}

#[test]
fn variables_of_pull_requests_depend_on_the_trigger() {
    let read = |name: &str, filters: Value| {
        codes(|p| {
            p["stages"][1]["actions"][1]["commands"] = json!([format!("./check #{{Source.{name}}}")]);
            p["triggers"] = json!([{
                "providerType": "CodeStarSourceConnection",
                "gitConfiguration": filters,
            }]);
        })
    };
    let push = json!({ "sourceActionName": "Code", "push": [{ "branches": { "includes": ["main"] } }] });
    let pulls = json!({ "sourceActionName": "Code", "pullRequest": [{ "branches": { "includes": ["main"] } }] });
    for name in ["PullRequestId", "PullRequestTitle", "SourceBranchName", "DestinationBranchName"] {
        assert!(read(name, pulls.clone()).is_empty(), "{name}");
        assert_eq!(read(name, push.clone()), ["XA0507w"], "{name}");
    }
    assert_eq!(read("PullRequestIds", pulls), ["XA0514"]);
}

#[test]
fn names_that_people_give_lead_to_the_right_one() {
    let provider = |category: &str, owner: &str, provider: &str| {
        let found = findings(|p| {
            let id = json!({ "category": category, "owner": owner, "provider": provider, "version": "1" });
            let action = p.pointer_mut(APPROVAL).unwrap();
            action["actionTypeId"] = id;
            action.as_object_mut().unwrap().shift_remove("timeoutInMinutes");
        });
        found.iter().map(|f| (f.code, f.help.clone().unwrap_or_default())).collect::<Vec<_>>()
    };
    assert_eq!(provider("Approval", "AWS", "ManualApproval"), [("XA0608", "did you mean `Manual`?".to_owned())]);
    assert_eq!(provider("Invoke", "AWS", "StepFunction"), [("XA0608", "did you mean `StepFunctions`?".to_owned())]);
    // Partners may be third parties or own a custom action.
    assert_eq!(provider("Test", "ThirdParty", "BlazeMeter"), []);
    assert_eq!(provider("Test", "ThirdParty", "Somebody")[0].0, "XA0609");
    let rule = |provider: &str| {
        let found = findings(|p| {
            p["stages"][2]["onFailure"]["conditions"][0]["rules"][0]["ruleTypeId"]["provider"] = json!(provider);
        });
        found.iter().map(|f| (f.code, f.help.clone().unwrap_or_default())).collect::<Vec<_>>()
    };
    assert_eq!(rule("Lambda"), [("XA1109", "did you mean `LambdaInvoke`?".to_owned())]);
    let source = |provider: &str| {
        findings(|p| p["stages"][0]["actions"][0]["actionTypeId"]["provider"] = json!(provider))
            .iter()
            .map(|f| (f.code, f.help.clone().unwrap_or_default()))
            .find(|(code, _)| *code == "XA0608")
    };
    for name in ["CodeStarConnection", "CodeConnections", "GitLab", "Bitbucket", "GitHubEnterpriseServer"] {
        let help = "did you mean `CodeStarSourceConnection`?".to_owned();
        assert_eq!(source(name), Some(("XA0608", help)), "{name}");
    }
}

#[test]
fn keys_of_other_providers_lead_to_the_right_one() {
    let found = findings(|p| {
        p.pointer_mut("/stages/0/actions/0/configuration").unwrap()["PollForSourceChanges"] = json!("false");
    });
    let [finding] = found.as_slice() else { panic!("{found:#?}") };
    assert_eq!((finding.code, finding.severity), ("XA0605", Severity::Warning));
    assert!(finding.help.as_ref().unwrap().contains("`DetectChanges`"), "{finding}");
}

#[test]
fn a_list_where_a_text_belongs_is_written_as_one() {
    let help = |value: Value| {
        let found = findings(|p| p.pointer_mut(BUILD).unwrap()["configuration"]["EnvironmentVariables"] = value);
        found.iter().map(|f| (f.code, f.help.clone().unwrap())).collect::<Vec<_>>()
    };
    let text = r#"write the list as JSON in one string: `"[{\"name\":\"A\",\"value\":\"1\"}]"`"#;
    assert_eq!(help(json!([{ "name": "A", "value": "1" }])), [("XA0002", text.to_owned())]);
    assert_eq!(help(json!(true)), [("XA0002", "write `\"true\"`".to_owned())]);
}

#[test]
fn what_has_another_shape_is_shown_in_its_own() {
    let help = |edit: &dyn Fn(&mut Value)| {
        let found = findings(|p| edit(p));
        found.iter().map(|f| (f.code, f.help.clone().unwrap_or_default())).collect::<Vec<_>>()
    };
    let shape = |text: &str| vec![("XA0002", text.to_owned())];
    let capabilities = json!(["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]);
    assert_eq!(
        help(&|p| p.pointer_mut(STACK).unwrap()["configuration"]["Capabilities"] = capabilities.clone()),
        shape("write the list in one string, with commas: `\"CAPABILITY_IAM,CAPABILITY_AUTO_EXPAND\"`")
    );
    assert_eq!(help(&|p| p.pointer_mut(BUILD).unwrap()["runOrder"] = json!("2")), shape("write `2`"));
    assert_eq!(help(&|p| p.pointer_mut(BUILD).unwrap()["runOrder"] = json!("second")), shape(""));
    assert_eq!(
        help(&|p| p.pointer_mut(BUILD).unwrap()["inputArtifacts"] = json!(["Code"])),
        shape("write `{\"name\":\"Code\"}`")
    );
    assert_eq!(
        help(&|p| p["variables"] = json!({ "level": "1" })),
        shape("write `[{\"name\":\"level\",\"defaultValue\":\"1\"}]`")
    );
    assert_eq!(
        help(&|p| p.pointer_mut(BUILD).unwrap()["actionTypeId"]["owner"] = json!("Amazon")),
        [("XA0601", "write `AWS`".to_owned())]
    );
}

#[test]
fn values_have_at_most_1000_characters() {
    let with = |length: usize| {
        codes(|p| p.pointer_mut(BUILD).unwrap()["configuration"]["BuildspecOverride"] = json!("x".repeat(length)))
    };
    assert!(with(1000).is_empty());
    assert_eq!(with(1001), ["XA0209"]);
    let parameters = |length: usize| {
        let text = format!(r#"{{"A":"{}"}}"#, "x".repeat(length));
        codes(|p| p.pointer_mut(STACK).unwrap()["configuration"]["ParameterOverrides"] = json!(text))
    };
    assert_eq!(parameters(1005), ["XA0209"]);
    assert_eq!(parameters(1100), ["XA0613"]);
    let passed = |length: usize| {
        let text = json!([{ "name": "a", "value": "x".repeat(length) }, { "name": "b", "value": "x".repeat(length) }]);
        codes(|p| p["stages"][2]["actions"][2]["configuration"]["Variables"] = json!(text.to_string()))
    };
    assert_eq!(passed(500), ["XA0210w"]);
    assert_eq!(passed(400), [""; 0]);
}

#[test]
fn keys_matter_where_artifacts_really_cross_accounts() {
    let store = |key: Value, outputs: Value, inputs: Value| {
        findings(|p| {
            p["artifactStores"]["us-east-1"]["encryptionKey"] = key;
            let stack = p.pointer_mut(STACK).unwrap();
            stack["outputArtifacts"] = outputs;
            if inputs.is_null() {
                stack["configuration"] = json!({ "ActionMode": "DELETE_ONLY", "StackName": "shop" });
            }
            stack["inputArtifacts"] = inputs;
        })
        .iter()
        .map(|f| (f.code, f.severity))
        .collect::<Vec<_>>()
    };
    let built = || json!([{ "name": "Built" }]);
    assert_eq!(store(Value::Null, Value::Null, built()), [("XA0406", Severity::Error)]);
    assert_eq!(store(Value::Null, json!([{ "name": "Unread" }]), Value::Null), [("XA0417", Severity::Warning)]);
    assert_eq!(store(Value::Null, Value::Null, Value::Null), []);
    // A source writes what it reads, whether or not that is read.
    let source = codes(|p| {
        p["stages"][0]["actions"].as_array_mut().unwrap().push(json!({
            "name": "More",
            "actionTypeId": { "category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1" },
            "configuration": { "RepositoryName": "more", "BranchName": "main" },
            "outputArtifacts": [{ "name": "More" }],
            "roleArn": "arn:aws:iam::222222222222:role/more",
        }));
        p["artifactStores"]["eu-west-1"]["encryptionKey"] = Value::Null;
    });
    assert_eq!(source, ["XA0406"]);
    let key = |id: &str| json!({ "type": "KMS", "id": id });
    assert_eq!(store(key("alias/artifacts"), Value::Null, built()), [("XA0407", Severity::Error)]);
    let alias = "arn:aws:kms:us-east-1:111111111111:alias/artifacts";
    assert_eq!(store(key(alias), Value::Null, built()), [("XA0416", Severity::Warning)]);
}

#[test]
fn what_works_is_no_noise() {
    // A stack without a role of its own.
    assert!(
        codes(|p| {
            p.pointer_mut(STACK).unwrap()["configuration"].as_object_mut().unwrap().shift_remove("RoleArn");
        })
        .is_empty()
    );
    // The example of the page of Service Catalog has an output artifact.
    let product = codes(|p| {
        *p.pointer_mut(APPROVAL).unwrap() = json!({
            "name": "product",
            "actionTypeId": { "category": "Deploy", "owner": "AWS", "provider": "ServiceCatalog", "version": "1" },
            "configuration": {
                "TemplateFilePath": "template.json", "ProductVersionName": "2", "ProductType": "CLOUD_FORMATION_TEMPLATE",
                "ProductId": "prod-0a1b2c3d",
            },
            "inputArtifacts": [{ "name": "Built" }],
            "outputArtifacts": [{ "name": "Product" }],
        });
    });
    assert!(product.is_empty(), "{product:?}");
    // Namespace and outputs in a file do not exclude each other.
    assert!(
        codes(|p| {
            let stack = p.pointer_mut(STACK).unwrap();
            stack["namespace"] = json!("Stack");
            stack["configuration"]["OutputFileName"] = json!("out.json");
            stack["outputArtifacts"] = json!([{ "name": "Outputs" }]);
        })
        .is_empty()
    );
}

#[test]
fn artifacts_are_blamed_at_their_names() {
    let found = findings(|p| p["stages"][1]["actions"][1]["inputArtifacts"][0]["name"] = json!("Bilt"));
    let place = found[0].place.to_string();
    assert!(place.ends_with("inputArtifacts[0] / name"), "{place}");
}

/// What is found in a declaration whose Region isn't known: it may be a template.
fn without_a_home(edit: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut declaration: Value = serde_json::from_str(EXAMPLE).unwrap();
    edit(&mut declaration);
    let found = check(&[DeclarationInput { item: "P", value: &declaration }], &Home::default()).concat();
    found.iter().map(|finding| finding.code.to_owned()).collect()
}

#[test]
fn names_of_what_may_be_a_template_are_not_judged_even_where_an_action_has_a_region() {
    let plain = without_a_home(|_| {});
    let edited = without_a_home(|p| {
        p["artifactStores"] = json!({ "us-west-2": { "type": "S3", "location": "MyBucket" } });
        p.as_object_mut().unwrap().remove("artifactStore");
    });
    assert!(!edited.contains(&"XA0233".to_owned()), "{edited:?} {plain:?}");
    let s3 = json!({
        "name": "upload", "region": "us-west-2",
        "actionTypeId": { "category": "Deploy", "owner": "AWS", "provider": "S3", "version": "1" },
        "configuration": { "BucketName": "BUCKET_NAME", "Extract": "true" },
    });
    let edited = without_a_home(|p| p["stages"][2]["actions"].as_array_mut().unwrap().push(s3));
    assert!(!edited.contains(&"XA0613".to_owned()), "{edited:?}");
}

#[test]
fn a_change_set_whose_maker_has_a_name_that_is_not_known_may_be_the_one() {
    let change = |name: &str, mode: &str, set: &str| {
        json!({
            "name": name,
            "actionTypeId": { "category": "Deploy", "owner": "AWS", "provider": "CloudFormation", "version": "1" },
            "configuration": { "ActionMode": mode, "StackName": "sets", "ChangeSetName": set },
        })
    };
    let with = |makers: &[&str]| {
        let found = codes(|p| {
            let actions = p["stages"][2]["actions"].as_array_mut().unwrap();
            for (index, set) in makers.iter().enumerate() {
                actions.push(change(&format!("make{index}"), "CHANGE_SET_REPLACE", set));
            }
            actions.push(change("run", "CHANGE_SET_EXECUTE", "cs"));
        });
        found.contains(&"XA0628w".to_owned())
    };
    assert!(with(&["other"]));
    assert!(!with(&["other", "cs"]));
    assert!(!with(&["other", "#{Source.CommitId}"]));
    assert!(!with(&[]));
}

#[test]
fn an_advice_about_a_command_does_not_hide_the_error_of_a_rule() {
    let rule = |name: &str, provider: &str, configuration: Value, commands: Value| {
        json!({
            "name": name,
            "ruleTypeId": { "category": "Rule", "owner": "AWS", "provider": provider, "version": "1" },
            "configuration": configuration,
            "commands": commands,
        })
    };
    let found = codes(|p| {
        let check = json!({ "Variable": "#{variables.nobody}", "Value": "x", "Operator": "EQ" });
        p["stages"][2]["onFailure"]["conditions"][0]["rules"] = json!([
            rule("shell", "Commands", json!({}), json!(["echo #{variables.nobody}"])),
            rule("compare", "VariableCheck", check, json!(["x"])),
        ]);
        p["stages"][2]["onFailure"]["conditions"][0]["rules"][1].as_object_mut().unwrap().remove("commands");
    });
    assert!(found.contains(&"XA0516".to_owned()), "{found:?}");
}

#[test]
fn a_key_that_belongs_to_another_one_needs_it() {
    let of = |provider: &str, category: &str, configuration: Value| {
        let id = json!({ "category": category, "owner": "AWS", "provider": provider, "version": "1" });
        let found = findings(|p| {
            let action = json!({ "name": "one", "actionTypeId": id, "configuration": configuration });
            p["stages"][2]["actions"].as_array_mut().unwrap().push(action);
        });
        let told = |f: &Finding| matches!(f.code, "XA0629" | "XA0630").then(|| f.message.clone());
        found.iter().filter_map(told).collect::<Vec<_>>()
    };
    let nothing: [&str; 0] = [];
    let build = |configuration: Value| of("CodeBuild", "Build", configuration);
    let batch = "`CombineArtifacts` is for batch builds, and this build is not one";
    assert_eq!(build(json!({ "CombineArtifacts": "true" })), [batch]);
    assert_eq!(build(json!({ "CombineArtifacts": "true", "BatchEnabled": "false" })), [batch]);
    assert_eq!(build(json!({ "CombineArtifacts": "true", "BatchEnabled": "true" })), nothing);
    assert_eq!(build(json!({ "CombineArtifacts": "true", "BatchEnabled": "#{Source.BranchName}" })), nothing);
    assert_eq!(build(json!({ "CombineArtifacts": "false" })), nothing);
    let ecs = |configuration: Value| of("CodeDeployToECS", "Deploy", configuration);
    assert_eq!(
        ecs(json!({ "Image2ContainerName": "WEB", "Image1ArtifactName": "Image" })),
        ["`Image2ContainerName` names the container of an image, and `Image2ArtifactName` does not say which"]
    );
    assert_eq!(ecs(json!({ "Image1ContainerName": "WEB", "Image1ArtifactName": "Image" })), nothing);
    let approval = |link: &str| of("Manual", "Approval", json!({ "ExternalEntityLink": link }));
    assert_eq!(
        approval("www.example.com"),
        ["the link `www.example.com` begins with neither `http://` nor `https://`"]
    );
    assert_eq!(
        approval("ftp://example.com"),
        ["the link `ftp://example.com` begins with neither `http://` nor `https://`"]
    );
    for right in ["http://example.com", "HTTPS://example.com", "#{Deploy.Url}", "${ReviewUrl}", "<url>"] {
        assert_eq!(approval(right), nothing, "{right}");
    }
}
