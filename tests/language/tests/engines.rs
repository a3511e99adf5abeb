//! An independent engine decides chains the same way, unless it is wrong.
#![allow(clippy::unwrap_used, missing_docs)]

use std::io::Write as _;
use std::process::{Command, Stdio};

use codepipeline_xacct::core::policy::evaluate::Verdict;
use codepipeline_xacct::core::wiring::Hop;
use codepipeline_xacct::files::chain::prove_text;
use codepipeline_xacct_test_support::chains;
use codepipeline_xacct_test_support::peers::{folder, python};
use serde_json::Value;

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
    let mut process = Command::new(python())
        .arg(folder().join("engines.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = process.stdin.take().unwrap();
    let input = lines.clone();
    // It answers line by line.
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()).unwrap());
    let output = process.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success());
    let output = String::from_utf8(output.stdout).unwrap();
    let (mut judged, mut wrong, mut excused) = (0, Vec::new(), Vec::new());
    for ((chain, line), said) in chains.iter().zip(lines.lines()).zip(output.lines()) {
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
