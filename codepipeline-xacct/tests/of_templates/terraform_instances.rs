//! Instances of `count` and `for_each` in plans of Terraform: which one a reference is to, and how values are given for each.

use serde_json::{Value, json};

use crate::{Scratch, here, xacct};

const SERVICE: &str = "arn:aws:iam::111111111111:role/service";
const ACCOUNTS: [&str; 6] =
    ["--account", "111111111111", "--account", "aws.prod=222222222222", "--account", "aws.test=333333333333"];

fn change(address: &str, kind: &str, after: Value, unknown: Value) -> Value {
    let module = address.find(&format!(".{kind}")).and_then(|end| address.get(..end)).unwrap_or_default();
    json!({ "address": address, "module_address": module, "mode": "managed", "type": kind,
        "change": { "actions": ["create"], "before": null, "after": after, "after_unknown": unknown } })
}

fn role(address: &str, name: &str, principal: &Value) -> Value {
    let trust = json!({ "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal }] });
    let after = json!({ "name": name, "assume_role_policy": trust.to_string() });
    change(address, "aws_iam_role", after, json!({ "arn": true, "id": true }))
}

fn start_role(address: &str, name: &str) -> Value {
    role(address, name, &json!({ "AWS": "arn:aws:iam::111111111111:root" }))
}

/// The policy with which a role may start one pipeline.
fn policy(address: &str, account: &str, target: &str) -> Value {
    let resource = format!("arn:aws:codepipeline:eu-west-1:{account}:{target}");
    let start = json!({ "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "codepipeline:StartPipelineExecution", "Resource": resource }] });
    let after = json!({ "name": "p", "policy": start.to_string() });
    change(address, "aws_iam_role_policy", after, json!({ "role": true }))
}

/// A pipeline whose actions start others. Without its role, an action has one that is not known.
fn pipeline(address: &str, name: &str, role: Option<&str>, actions: &[(&str, &str, Option<&str>)]) -> Value {
    let unset = |role: Option<&str>| json!({ "role_arn": role.is_none() });
    let action = |(name, target, role): &(&str, &str, Option<&str>)| {
        json!({ "name": name, "category": "Invoke", "owner": "AWS", "provider": "CodePipeline", "version": "1", "role_arn": role,
            "configuration": { "PipelineName": target } })
    };
    let source = json!({ "name": "code", "category": "Source", "owner": "AWS", "provider": "S3", "version": "1", "output_artifacts": ["app"],
        "configuration": { "S3Bucket": "releases", "S3ObjectKey": "app.zip", "PollForSourceChanges": "false" } });
    let ask = json!({ "name": "ask", "category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1" });
    let last: Vec<Value> = if actions.is_empty() { vec![ask] } else { actions.iter().map(action).collect() };
    let mut open: Vec<Value> = actions.iter().map(|(.., role)| unset(*role)).collect();
    open.extend(actions.is_empty().then(|| json!({})));
    let after = json!({ "name": name, "role_arn": role, "pipeline_type": "V2", "artifact_store": [{ "type": "S3", "location": "artifacts" }],
        "stage": [{ "name": "Source", "action": [source] }, { "name": "Prod", "action": last }] });
    let mut unknown = json!({ "stage": [{ "action": [{}] }, { "action": open }] });
    unknown["role_arn"] = role.is_none().into();
    change(address, "aws_codepipeline", after, unknown)
}

fn written(address: &str, provider: &str, expressions: Value) -> Value {
    json!({ "address": address, "provider_config_key": provider, "expressions": expressions,
        "for_each_expression": { "references": ["var.targets"] } })
}

/// References in the order in which Terraform lists them.
fn refers(references: &[&str]) -> Value {
    json!({ "references": references })
}

/// How the pipeline is written whose actions have these roles.
fn written_release(roles: &[Value]) -> Value {
    let actions: Vec<Value> = roles.iter().map(|role| json!({ "role_arn": role })).collect();
    written("aws_codepipeline.release", "aws", json!({ "stage": [{ "action": [{}] }, { "action": actions }] }))
}

/// A plan with a service role that may assume all others.
fn plan(changes: Vec<Value>, resources: Vec<Value>, calls: Value) -> Value {
    let mut service = role("aws_iam_role.service", "service", &json!({ "Service": "codepipeline.amazonaws.com" }));
    let assume = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*" }] });
    service["change"]["after"]["inline_policy"] = json!([{ "name": "assume", "policy": assume.to_string() }]);
    let changes: Vec<Value> = [service].into_iter().chain(changes).collect();
    let own = json!({ "address": "aws_iam_role.service", "provider_config_key": "aws", "expressions": {} });
    let resources: Vec<Value> = [own].into_iter().chain(resources).collect();
    let region = json!({ "region": { "constant_value": "eu-west-1" } });
    let providers = json!({ "aws": { "expressions": region }, "aws.prod": { "expressions": region }, "aws.test": { "expressions": region } });
    json!({ "format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": changes,
        "variables": { "targets": { "value": { "eu": "a", "us": "b" } } },
        "configuration": { "provider_config": providers, "root_module": { "resources": resources, "module_calls": calls } } })
}

fn run(command: &str, plan: &Value, given: &[&str]) -> (u8, String, String) {
    xacct(&[&[command, "-"], &ACCOUNTS[..], given].concat(), &plan.to_string())
}

/// The lines of the proof of what is started.
fn starts(plan: &Value) -> Vec<String> {
    assert_eq!(xacct(&["check", "-"], &plan.to_string()).0, 0);
    let (_, text, _) = run("wiring", plan, &[]);
    text.lines()
        .filter_map(|line| Some(line.split_once("└─ ")?.1.to_owned()))
        .filter(|l| l.contains("starts"))
        .collect()
}

fn proven(plan: &Value, account: &str, targets: &[&str]) {
    let all: Vec<String> =
        targets.iter().map(|target| format!("✓ starts arn:aws:codepipeline:eu-west-1:{account}:{target}")).collect();
    assert_eq!(starts(plan), all, "{}", run("wiring", plan, &[]).1);
}

/// The roles that an import writes at pipelines and actions.
fn imported(plan: &Value, given: &[&str]) -> (Vec<String>, String) {
    let (_, source, said) = run("import", plan, given);
    let is_role = |line: &&str| line.starts_with("role: ") || line.starts_with("service_role: ");
    (source.lines().map(|line| line.trim().trim_end_matches(',')).filter(is_role).map(str::to_owned).collect(), said)
}

/// A module that is called for `eu` and `us`, with the roles and the pipeline of each.
fn modules(service_role: &Value) -> Value {
    let known = |key| format!("arn:aws:iam::222222222222:role/start-{key}");
    let (eu, us) = (known("eu"), known("us"));
    let actions = [("start-eu", "deploy-eu", Some(eu.as_str())), ("start-us", "deploy-us", Some(us.as_str()))];
    let mut changes = vec![pipeline("aws_codepipeline.release", "release", Some(SERVICE), &actions)];
    for key in ["eu", "us"] {
        let at = |local: &str| format!("module.target[\"{key}\"].{local}");
        let service = json!({ "Service": "codepipeline.amazonaws.com" });
        changes.extend([
            start_role(&at("aws_iam_role.start"), &format!("start-{key}")),
            policy(&at("aws_iam_role_policy.start"), "222222222222", &format!("deploy-{key}")),
            role(&at("aws_iam_role.svc"), &format!("svc-{key}"), &service),
            pipeline(&at("aws_codepipeline.this"), &format!("deploy-{key}"), None, &[]),
        ]);
    }
    let module = [
        written("aws_iam_role.start", "aws.prod", json!({})),
        written("aws_iam_role.svc", "aws.prod", json!({})),
        written(
            "aws_iam_role_policy.start",
            "aws.prod",
            json!({ "role": refers(&["aws_iam_role.start.id", "aws_iam_role.start"]) }),
        ),
        written("aws_codepipeline.this", "aws.prod", json!({ "role_arn": service_role })),
    ];
    let calls = json!({ "target": { "for_each_expression": refers(&["var.targets"]), "expressions": { "role": refers(&["each.value.role", "each.value"]) },
        "module": { "resources": module } } });
    let known = [eu, us].map(|arn| json!({ "constant_value": arn }));
    plan(changes, vec![written_release(&known)], calls)
}

/// Roles with keys, and a policy of each that refers to the role by `index`. The actions refer to them by their keys.
fn resources(keys: [&str; 2], other_keys: [&str; 2], index: &str, actions: Option<&[Value]>) -> Value {
    let mut changes = vec![pipeline(
        "aws_codepipeline.release",
        "release",
        Some(SERVICE),
        &[("first", "deploy-0", None), ("second", "deploy-1", None)],
    )];
    for (at, (key, other)) in keys.iter().zip(other_keys).enumerate() {
        changes.push(start_role(&format!("aws_iam_role.start[{key}]"), &format!("start-{at}")));
        changes.push(policy(&format!("aws_iam_role_policy.start[{other}]"), "222222222222", &format!("deploy-{at}")));
    }
    let by_key = keys.map(|key| {
        let one = format!("aws_iam_role.start[{key}]");
        refers(&[&format!("{one}.arn"), &one, "aws_iam_role.start"])
    });
    let configured = vec![
        written_release(actions.unwrap_or(&by_key)),
        written("aws_iam_role.start", "aws.prod", json!({})),
        written("aws_iam_role_policy.start", "aws.prod", json!({ "role": refers(&["aws_iam_role.start", index]) })),
    ];
    plan(changes, configured, json!({}))
}

#[test]
fn a_reference_in_a_module_is_to_the_resource_of_the_same_instance() {
    let plan = modules(&refers(&["aws_iam_role.svc.arn", "aws_iam_role.svc"]));
    proven(&plan, "222222222222", &["deploy-eu", "deploy-us"]);
    let (roles, said) = imported(&plan, &[]);
    assert_eq!(
        roles,
        ["service_role: Service", "role: StartEu", "role: StartUs", "service_role: SvcEu", "service_role: SvcUs"],
        "{said}"
    );
}

#[test]
fn a_key_that_a_reference_writes_counts() {
    let plan = resources(["\"eu\"", "\"us\""], ["\"eu\"", "\"us\""], "each.key", None);
    proven(&plan, "222222222222", &["deploy-0", "deploy-1"]);
    let (roles, said) = imported(&plan, &[]);
    assert_eq!(roles, ["service_role: Service", "role: Start0", "role: Start1"], "{said}");
    assert_eq!(said, "");
    // A dot, a bracket and a quote may be in a key.
    let odd = ["\"a.b]\"", "\"c\\\"d=\""];
    proven(&resources(odd, odd, "each.key", None), "222222222222", &["deploy-0", "deploy-1"]);
}

#[test]
fn an_index_of_count_counts() {
    let plan = resources(["0", "1"], ["0", "1"], "count.index", None);
    proven(&plan, "222222222222", &["deploy-0", "deploy-1"]);
    assert_eq!(imported(&plan, &[]).0, ["service_role: Service", "role: Start0", "role: Start1"]);
}

#[test]
fn an_index_that_names_no_instance_is_unknown_and_not_the_first() {
    let not_read = |plan: &Value| starts(plan).iter().all(|line| line.starts_with('?'));
    assert!(not_read(&resources(["\"eu-x\"", "\"us-x\""], ["\"eu\"", "\"us\""], "each.key", None)));
    // The values of a map are not its keys.
    let mut by_value = resources(["\"eu\"", "\"us\""], ["\"eu\"", "\"us\""], "each.value", None);
    assert!(not_read(&by_value));
    by_value["variables"]["targets"]["value"] = json!(["eu", "us"]);
    proven(&by_value, "222222222222", &["deploy-0", "deploy-1"]);
    // What the actions refer to.
    let other = [refers(&["aws_iam_role.start", "var.which"]), refers(&["aws_iam_role.start", "var.which"])];
    let plan = resources(["\"eu\"", "\"us\""], ["\"eu\"", "\"us\""], "each.key", Some(&other));
    assert!(not_read(&plan));
}

#[test]
fn a_role_that_is_referred_to_with_its_key_is_not_used_by_a_hidden_block() {
    let mut plan = resources(["\"eu\"", "\"us\""], ["\"eu\"", "\"us\""], "each.key", None);
    let changes = plan["resource_changes"].as_array_mut().unwrap();
    changes.retain(|change| change["type"] != "aws_iam_role_policy");
    for change in changes.iter_mut().filter(|change| change["address"].as_str().unwrap().contains("start")) {
        change["change"]["after_unknown"]["inline_policy"] = true.into();
    }
    let relevant = |key: &str| json!({ "resource": format!("aws_iam_role.start[\"{key}\"]"), "attribute": ["arn"] });
    plan["relevant_attributes"] = json!([relevant("eu"), relevant("us")]);
    let all = starts(&plan);
    assert!(all.len() == 2 && all.iter().all(|line| line.starts_with('✗')), "{all:?}");
    plan["relevant_attributes"] = json!([{ "resource": "aws_iam_role.start[\"eu\"]", "attribute": ["unique_id"] }]);
    plan["resource_changes"][2]["change"]["after_unknown"]["unique_id"] = true.into();
    assert!(starts(&plan).iter().all(|line| line.starts_with('?')));
}

#[test]
fn pipelines_with_keys_have_the_roles_of_their_keys() {
    let mut changes = Vec::new();
    for key in ["eu", "us"] {
        let service = json!({ "Service": "codepipeline.amazonaws.com" });
        changes.push(role(&format!("aws_iam_role.svc[\"{key}\"]"), &format!("svc-{key}"), &service));
        changes.push(pipeline(&format!("aws_codepipeline.this[\"{key}\"]"), &format!("deploy-{key}"), None, &[]));
    }
    let configured = vec![
        written("aws_iam_role.svc", "aws.prod", json!({})),
        written("aws_codepipeline.this", "aws.prod", json!({ "role_arn": refers(&["aws_iam_role.svc", "each.key"]) })),
    ];
    let (roles, said) = imported(&plan(changes, configured, json!({})), &[]);
    assert_eq!((roles, said.as_str()), (vec!["service_role: SvcEu".to_owned(), "service_role: SvcUs".to_owned()], ""));
}

#[test]
fn roles_of_two_aliases_are_in_the_accounts_of_their_aliases() {
    let actions = [("prod", "deploy", None), ("test", "deploy", None)];
    let changes = vec![
        pipeline("aws_codepipeline.release", "release", Some(SERVICE), &actions),
        start_role("aws_iam_role.prod[\"eu\"]", "start"),
        start_role("aws_iam_role.test[\"eu\"]", "start"),
        policy("aws_iam_role_policy.prod[\"eu\"]", "222222222222", "deploy"),
        policy("aws_iam_role_policy.test[\"eu\"]", "333333333333", "deploy"),
    ];
    let of = |name: &str| {
        let one = format!("aws_iam_role.{name}[\"eu\"]");
        refers(&[&format!("{one}.arn"), &one, &format!("aws_iam_role.{name}")])
    };
    let mut configured = vec![written_release(&[of("prod"), of("test")])];
    for name in ["prod", "test"] {
        let provider = format!("aws.{name}");
        let role = format!("aws_iam_role.{name}");
        configured.push(written(&role, &provider, json!({})));
        let expressions = json!({ "role": refers(&[&role, "each.key"]) });
        configured.push(written(&format!("aws_iam_role_policy.{name}"), &provider, expressions));
    }
    let all = ["222222222222", "333333333333"];
    let all = all.map(|account| format!("✓ starts arn:aws:codepipeline:eu-west-1:{account}:deploy"));
    assert_eq!(starts(&plan(changes, configured, json!({}))), all);
}

#[test]
fn a_value_is_given_for_one_instance_or_for_all() {
    let plan = modules(&refers(&["var.role"]));
    let of = |key: &str| format!("module.target[\"{key}\"].aws_codepipeline.this.role_arn");
    let (_, said) = imported(&plan, &[]);
    for key in ["eu", "us"] {
        assert!(said.contains(&format!("give `--parameter '{}=…'`", of(key))), "{said}");
    }
    let arn = |name: &str| format!("arn:aws:iam::222222222222:role/{name}");
    let given = |name: &str, value: &str| format!("{name}={}", arn(value));
    let all = given("module.target.aws_codepipeline.this.role_arn", "svc-eu");
    let one = given(&of("us"), "svc-us");
    let service_roles = |given: &[&str]| -> Vec<String> { imported(&plan, given).0.split_off(3) };
    assert_eq!(service_roles(&["--parameter", &all]), ["service_role: SvcEu", "service_role: SvcEu"]);
    assert_eq!(
        service_roles(&["--parameter", &all, "--parameter", &one]),
        ["service_role: SvcEu", "service_role: SvcUs"]
    );
    let none = of("asia");
    let why = "no plan has a resource, or a reference, of this name";
    let none_given = given(&none, "svc-us");
    let (code, _, said) = run("wiring", &plan, &["--parameter", &none_given]);
    assert_eq!((code, said.trim_end()), (2, format!("error: --parameter {none}: {why}").as_str()));
    let (_, _, said) = run("wiring", &plan, &["--parameter", "Nobody=1"]);
    assert_eq!(said.trim_end(), format!("error: --parameter Nobody: {why}"));
    let scratch = Scratch::new(&[("plan.json", &plan.to_string())]);
    let (_, _, said) =
        xacct(&["wiring", &scratch.path("plan.json"), &here("prod.yaml"), "--parameter", "Nobody=1"], "");
    assert!(said.contains("no template has a parameter or a resource of this name, and no plan"), "{said}");
    let (_, said) = imported(&plan, &["--parameter", &none_given]);
    assert!(said.contains(&format!("--parameter {none}: not used: {why}")), "{said}");
    let (code, ..) = xacct(&["check", "-", "--parameter", &none_given], &plan.to_string());
    assert_eq!(code, 2);
}

#[test]
fn a_value_is_given_for_a_key_with_an_equals_sign_or_a_quote() {
    for key in ["u=s", r#"u\"s"#] {
        let written = json!(key).to_string();
        let written = format!(r#"[\"{}\"]"#, written.trim_matches('"'));
        let plan = modules(&refers(&["var.role"])).to_string().replace(r#"[\"us\"]"#, &written);
        let name = format!("module.target[\"{key}\"].aws_codepipeline.this.role_arn");
        let plan: Value = serde_json::from_str(&plan).unwrap();
        let (_, said) = imported(&plan, &[]);
        assert!(said.contains(&format!("give `--parameter '{name}=…'`")), "{said}");
        let (_, said) = imported(&plan, &["--parameter", &format!("{name}=arn:aws:iam::222222222222:role/svc-us")]);
        assert!(!said.contains(&name) && said.contains("module.target[\"eu\"]"), "{said}");
    }
}

#[test]
fn an_output_that_is_asked_for_can_be_given() {
    let of_module = refers(&["module.roles.role_arn", "module.roles"]);
    let plan = resources(["0", "1"], ["0", "1"], "count.index", Some(&[of_module.clone(), of_module]));
    let (_, said) = imported(&plan, &[]);
    assert!(said.contains("`--parameter module.roles.role_arn=…`"), "{said}");
    let given = "module.roles.role_arn=arn:aws:iam::222222222222:role/start-0";
    let (code, ..) = xacct(&["check", "-", "--parameter", given], &plan.to_string());
    assert_ne!(code, 2);
    let (roles, said) = imported(&plan, &["--parameter", given]);
    assert_eq!(roles, ["service_role: Service", "role: Start0", "role: Start0"], "{said}");
}

#[test]
fn elements_of_an_attribute_are_asked_for_one_by_one() {
    let element = |key: &str| format!("aws_x.y.arns[0][\"{key}\"]");
    let roles = ["eu", "us"].map(|key| refers(&[&element(key), "aws_x.y.arns[0]", "aws_x.y.arns", "aws_x.y"]));
    let mut plan = resources(["0", "1"], ["0", "1"], "count.index", Some(&roles));
    let other = change("aws_x.y", "aws_x", json!({}), json!({ "arns": true }));
    plan["resource_changes"].as_array_mut().unwrap().push(other);
    let given = |key: &str, at: &str| format!("{}=arn:aws:iam::222222222222:role/start-{at}", element(key));
    let (eu, us) = (given("eu", "0"), given("us", "1"));
    let (roles, said) = imported(&plan, &["--parameter", &eu, "--parameter", &us]);
    assert_eq!(
        (roles.as_slice(), said.as_str()),
        (["service_role: Service", "role: Start0", "role: Start1"].map(str::to_owned).as_slice(), "")
    );
    let (_, said) = imported(&plan, &["--parameter", &eu]);
    assert!(said.contains(&format!("give `--parameter '{}=…'`", element("us"))), "{said}");
}

#[test]
fn roles_of_a_dynamic_action_are_asked_for_one_by_one() {
    let mut plan = resources(["\"eu\"", "\"us\""], ["\"eu\"", "\"us\""], "each.key", None);
    plan.pointer_mut("/configuration/root_module/resources/1/expressions/stage/1").unwrap()["action"].take();
    let label = |action: &str| format!("aws_codepipeline.release.stage[\"Prod\"].action[\"{action}\"].role_arn");
    let (_, said) = imported(&plan, &[]);
    for action in ["first", "second"] {
        assert!(said.contains(&format!("give `--parameter '{}=…'`", label(action))), "{said}");
    }
    let given = |action: &str, at: &str| format!("{}=arn:aws:iam::222222222222:role/start-{at}", label(action));
    let (first, second) = (given("first", "0"), given("second", "1"));
    let (roles, said) = imported(&plan, &["--parameter", &first, "--parameter", &second]);
    assert_eq!(roles, ["service_role: Service", "role: Start0", "role: Start1"], "{said}");
    let (code, _, said) = run("wiring", &plan, &["--parameter", &given("third", "0")]);
    assert!(code == 2 && said.contains("no plan has"), "{said}");
}
