//! An independent engine decides chains the same way, unless it is wrong.

use std::process::Command;

use codepipeline_xacct::core::policy::evaluate::Verdict;
use codepipeline_xacct::core::wiring::Hop;
use codepipeline_xacct::files::chain::prove_text;
use codepipeline_xacct_test_support::peers::{NO_NODE, ask, folder, node, python};
use codepipeline_xacct_test_support::{chains, not_run};
use serde_json::{Map, Value, json};

/// Cases in which ministack is wrong, and what the documentation says.
const WRONG: &[(&[&str], &str)] = &[
    (
        &["part-008", "part-009", "part-017", "part-018", "part-023", "prin-024"],
        "it knows no partitions; a role delegates inside of one only (IAM User Guide, How IAM roles differ from resource-based policies)",
    ),
    (
        &["cond-180", "condd-156", "cond-184", "condd-160", "audit-015", "audit-016"],
        "its `*` crosses the colons of an ARN, whose six parts are compared one by one (Condition operators, ARN)",
    ),
    (
        &["audit-003", "audit-004"],
        "an empty value is none, for which `ForAllValues` is true and `ForAnyValue` false (Set operators)",
    ),
    (
        &["audit-011", "audit-012"],
        "an incomplete ARN is completed with wildcards (Amazon Resource Names, Incomplete ARNs in IAM policies)",
    ),
    (
        &["audit-024"],
        "it evaluates no SCPs for the target's account, where it is the caller's too (SCPs affect all roles of a member account)",
    ),
    (
        &["audit-025", "audit-026"],
        "it knows no partitions; a Region of China or GovCloud is in none but its own (Amazon Resource Names, Partitions)",
    ),
    (
        &["audit-027", "audit-028"],
        "`*` with `aws:PrincipalArn` grants to the role itself, which no boundary and no session policy caps (Principal, IAM role principals)",
    ),
    (&["audit-037"], "SCPs do not affect service-linked roles (Service control policies)"),
    (&["audit-047"], "it compares whole numbers as floats, which are equal from 2^53 on"),
    (&["prin-003"], "it compares the names of roles without their case, which the ARN of a principal has (Principal)"),
];

#[test]
fn another_engine_decides_the_same() {
    let chains = chains::all();
    let lines: String = chains.iter().map(|chain| format!("{}\n", chain.input())).collect();
    let output = ask(Command::new(python()).arg(folder().join("engines.py")), &lines);
    let (mut judged, mut wrong, mut excused) = (0, Vec::new(), Vec::new());
    for ((chain, line), said) in chains.iter().zip(lines.lines()).zip(&output) {
        let said: Value = serde_json::from_str(said).unwrap();
        assert_eq!(said.get("id").and_then(Value::as_str), Some(chain.id.as_str()));
        // An engine need not refuse what IAM would refuse to store.
        if chain.valid == Some(false) {
            continue;
        }
        let proof = prove_text("chain", line).unwrap().proof;
        for (hop, name) in [(Hop::Assume, "assume"), (Hop::Start, "start")] {
            let allowed = match proof.hop(hop).unwrap().verdict {
                Verdict::Allowed => true,
                Verdict::Denied(_) => false,
                Verdict::Unknown(_) => continue,
            };
            let Some(theirs) = said.get(name).and_then(Value::as_bool) else { continue };
            judged += 1;
            if theirs == allowed {
                continue;
            }
            match WRONG.iter().find(|(ids, _)| ids.contains(&chain.id.as_str())) {
                Some(_) => excused.push(chain.id.as_str()),
                None => wrong.push(format!("{} ({}): {name}: they say {theirs}, we {allowed}", chain.id, chain.about)),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(judged > 2000, "{judged} hops were judged by both");
    let unneeded: Vec<_> = WRONG.iter().flat_map(|(ids, _)| ids.iter()).filter(|id| !excused.contains(*id)).collect();
    assert!(unneeded.is_empty(), "they agree by now: {unneeded:?}");
}

/// Actions about which iam-simulate refuses some requests, and why.
const UNJUDGED: &[(&str, &str)] = &[
    ("codestar-connections:UseConnection", "its data knows the old action for connections of the old name only"),
    ("logs:CreateLogStream", "AWS's policies name the group, and the streams as `<group>:*`"),
    ("logs:PutLogEvents", "AWS's policies name the group, and the streams as `<group>:*`"),
    ("ssm:SendCommand", "its data knows documents with an account only, not those of AWS"),
    ("cloudformation:CreateStackSet", "its data knows no resource for it; the page of the action has the stack set"),
    ("lambda:GetProvisionedConcurrencyConfig", "its data knows aliases and versions, not the function"),
];

/// A request that a derived policy allows, or one for another resource, which it does not.
struct Asked {
    about: String,
    allowed: bool,
    line: String,
}

/// Requests from the statements that are derived for each provider: each action on each resource, and on another one of its kind.
fn derived() -> Vec<Asked> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../codepipeline-xacct-core/tests/derived.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let mut asked = Vec::new();
    for block in text.split("\n\n") {
        let about = block.lines().next().unwrap_or_default();
        let statements: Vec<Value> = block.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let document = json!({ "Version": "2012-10-17", "Statement": statements });
        for statement in &statements {
            let context = context(&statement["Condition"]);
            for action in texts(&statement["Action"]) {
                // A prefix matches several actions; each has one with nothing after it, but for re-encryption.
                let action = action.replace("ReEncrypt*", "ReEncryptFrom").replace('*', "");
                for pattern in texts(&statement["Resource"]) {
                    let resource = if pattern == "*" { pattern.clone() } else { pattern.replace('*', "x") };
                    let mut ask = |resource: &str, allowed: bool| {
                        let line = json!({
                            "document": document, "action": action, "resource": resource, "account": "111111111111", "context": context,
                        });
                        asked.push(Asked {
                            about: format!("{about}: {action} on {resource}"),
                            allowed,
                            line: line.to_string(),
                        });
                    };
                    ask(&resource, true);
                    let others = statements.iter().flat_map(|other| texts(&other["Resource"]));
                    if !pattern.contains('*') && !others.into_iter().any(|other| other.ends_with('*')) {
                        ask(&format!("{resource}-other"), false);
                    }
                }
            }
        }
    }
    asked
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// The keys of a request that meets a condition.
fn context(condition: &Value) -> Map<String, Value> {
    let mut keys = Map::new();
    for (operator, tests) in condition.as_object().into_iter().flatten() {
        for (key, values) in tests.as_object().into_iter().flatten() {
            let first = texts(values).remove(0);
            let value = if operator.starts_with("For") { json!([first]) } else { json!(first) };
            keys.insert(key.clone(), value);
        }
    }
    keys
}

#[test]
fn other_engines_read_derived_policies_the_same_way() {
    let asked = derived();
    let lines: String = asked.iter().map(|asked| format!("{}\n", asked.line)).collect();
    let ministack = ask(Command::new(python()).arg(folder().join("requests.py")), &lines);
    assert_eq!(ministack.len(), asked.len());
    for (asked, said) in asked.iter().zip(&ministack) {
        assert_eq!(said, &asked.allowed.to_string(), "ministack: {}", asked.about);
    }
    let Some(installed) = node() else {
        return not_run("iam-simulate", NO_NODE);
    };
    let simulate = ask(Command::new("node").arg("simulate.mjs").current_dir(installed), &lines);
    assert_eq!(simulate.len(), asked.len());
    let (mut judged, mut unjudged) = (0, Vec::new());
    for (asked, said) in asked.iter().zip(&simulate) {
        match said.trim_matches('"') {
            "Allowed" => assert!(asked.allowed, "iam-simulate allows: {}", asked.about),
            "ImplicitlyDenied" => assert!(!asked.allowed, "iam-simulate denies: {}", asked.about),
            _ if UNJUDGED.iter().any(|(action, _)| asked.line.contains(&format!("\"action\":\"{action}\""))) => {
                continue;
            }
            other => unjudged.push(format!("{}: {other}", asked.about)),
        }
        judged += 1;
    }
    assert!(unjudged.is_empty(), "{}", unjudged.join("\n"));
    assert!(judged > 350, "{judged} of {}", asked.len());
}
