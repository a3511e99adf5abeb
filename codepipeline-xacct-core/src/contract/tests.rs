#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use super::*;
use crate::declaration::{PipelineDeclaration, PipelineVariableDeclaration};
use crate::policy::Document;
use crate::topology::{Account, Ownership, Pipeline, Role, Topology, Trust};
use crate::wiring::{KnownRole, Policy};

const PIPELINE: &str = "arn:aws:codepipeline:eu-west-1:222222222222:deploy";
const ROLE: &str = "arn:aws:iam::222222222222:role/teams/starter";

fn variable(name: &str, default: Option<&str>) -> PipelineVariableDeclaration {
    PipelineVariableDeclaration {
        name: name.to_owned(),
        default_value: default.map(str::to_owned),
        ..Default::default()
    }
}

fn pipeline(variables: &[(&str, Option<&str>)]) -> Contract {
    let declaration = PipelineDeclaration {
        name: "deploy".to_owned(),
        version: Some(7),
        variables: Some(variables.iter().map(|(name, default)| variable(name, *default)).collect()),
        ..Default::default()
    };
    Contract::of_pipeline(PIPELINE.parse().unwrap(), &declaration)
}

fn document(value: Value) -> Document {
    serde_json::from_value(value).unwrap()
}

fn trusts(role: &str) -> Document {
    document(json!({ "Version": "2012-10-17", "Statement":
        { "Effect": "Allow", "Principal": { "AWS": role }, "Action": "sts:AssumeRole" } }))
}

fn may(action: &str) -> Document {
    document(json!({ "Version": "2012-10-17", "Statement":
        [{ "Sid": "A", "Effect": "Allow", "Action": [action], "Resource": PIPELINE }] }))
}

fn role(trust: &Document, policies: &[Document]) -> Contract {
    let mut role = KnownRole::new(ROLE.parse().unwrap());
    role.trust = Some(trust.clone());
    role.policies = Some(policies.iter().cloned().map(Policy::from).collect());
    Contract::of_role(&role)
}

fn account() -> Contract {
    let parts = [
        ("Starter".to_owned(), role(&trusts(SERVICE), &[may(START)])),
        ("Deploy".to_owned(), pipeline(&[("version", None)])),
    ];
    Contract::of_account("222222222222".parse().unwrap(), crate::ids::Partition::aws(), parts)
}

#[test]
fn the_contract_of_an_account_is_all_of_that_account() {
    let contract = account();
    let text = contract.to_json();
    assert_eq!(contract.signature.to_string(), "arn:aws:iam::222222222222:root");
    assert_eq!(contract.signature.subjects().len(), 2);
    let elsewhere = text.replace("\"id\": \"222222222222\"", "\"id\": \"333333333333\"");
    let refused = Contract::from_json(&elsewhere).unwrap_err().message;
    assert!(refused.contains(&format!("`Deploy`, {PIPELINE}, is not in account 333333333333")), "{refused}");
    assert!(Contract::from_json(&text.replace("required", "optional")).unwrap_err().message.contains("edited by hand"));
}

fn lines(before: &Signature, now: &Signature) -> Vec<String> {
    changes(before, now).changed.into_iter().map(|change| change.line).collect()
}

#[test]
fn a_change_has_the_term_that_a_call_changes() {
    let terms = |before: &Contract, now: &Contract| -> Vec<&str> {
        let changed = changes(&before.signature, &now.signature).changed;
        changed.iter().map(|change| change.term.as_str()).collect()
    };
    let other = trusts("arn:aws:iam::111111111111:role/other");
    let role_before = role(&trusts(SERVICE), &[may(START)]);
    assert_eq!(terms(&role_before, &role(&other, &[may("s3:GetObject")])), ["trust", "trust", "rights", "rights"]);
    assert_eq!(terms(&pipeline(&[("version", None)]), &pipeline(&[])), ["variables"]);
    assert_eq!(terms(&role_before, &pipeline(&[])), ["existence"]);
    let mut bounded = role_before.clone();
    if let Signature::Role(signature) = &mut bounded.signature {
        signature.permissions_boundary = Some(may(START));
    }
    assert_eq!(terms(&role_before, &bounded), ["boundary"]);
}

#[test]
fn an_account_changes_as_its_pipelines_and_roles_do() {
    let before = account().signature;
    let now = [("Deploy".to_owned(), pipeline(&[("release", None)]))];
    let now = Contract::of_account("222222222222".parse().unwrap(), crate::ids::Partition::aws(), now).signature;
    assert!(changes(&before, &before).is_empty());
    assert_eq!(
        lines(&before, &now),
        [
            "pipeline `Deploy`: variable `version` is gone",
            "pipeline `Deploy`: variable `release` is new and has no default: every start has to pass it",
            "role `Starter` is gone",
        ]
    );
    // What it says beyond that is not missed.
    assert_eq!(changes(&now, &before).changed.len(), 2);
}

const SERVICE: &str = "arn:aws:iam::111111111111:role/release-service";
const START: &str = "codepipeline:StartPipelineExecution";

#[test]
fn a_contract_reads_back_as_it_was_written() {
    for contract in [
        pipeline(&[("version", None), ("mode", Some("fast"))]),
        pipeline(&[]),
        role(&trusts(SERVICE), &[may(START), may("s3:GetObject")]),
        Contract::of_role(&KnownRole::new(ROLE.parse().unwrap())),
        account(),
    ] {
        let text = contract.to_json();
        let read = Contract::from_json(&text).unwrap();
        assert_eq!(read, contract);
        assert_eq!(read.to_json(), text);
        // What a formatter does, and the line that an editor wants, are not edits.
        let mut value: Value = serde_json::from_str(&text).unwrap();
        value["$schema"] = json!("https://example.com/contract.schema.json");
        assert_eq!(Contract::from_json(&format!("\u{feff}{value}")).unwrap(), contract);
    }
}

#[test]
fn the_text_of_a_contract_is_small_and_has_no_defaults() {
    let text = pipeline(&[("version", None), ("mode", Some("hunter2"))]).to_json();
    let digest = text.split("\"digest\": \"").nth(1).unwrap().get(..16).unwrap();
    let expected = format!(
        r#"{{
  "contract": 1,
  "digest": "{digest}",
  "pipeline": {{
    "arn": "{PIPELINE}",
    "variables": {{
      "version": "required",
      "mode": "optional"
    }}
  }},
  "origin": {{
    "version": 7
  }}
}}
"#
    );
    assert_eq!(text, expected);
}

#[test]
fn what_is_no_contract_is_refused_with_the_reason() {
    let right = pipeline(&[("version", None)]).to_json();
    let refused = |text: &str| Contract::from_json(text).unwrap_err().message;
    assert!(refused("").starts_with("this contract can't be read: "));
    assert!(refused(&right[..40]).starts_with("this contract can't be read: "));
    assert_eq!(refused("{\"pipeline\": {}}"), "this is JSON, but not a contract");
    assert_eq!(refused("[]"), "this is JSON, but not a contract");
    for (format, shown) in [("2", "2"), ("\"1\"", "\"1\"")] {
        assert_eq!(
            refused(&right.replace("\"contract\": 1", &format!("\"contract\": {format}"))),
            format!("this contract has version {shown}, and this version of codepipeline-xacct reads 1")
        );
    }
    assert!(
        refused(&right.replace("\"version\": \"required\"", "\"version\": \"optional\"")).contains("edited by hand")
    );
    assert!(refused(&right.replace("\"version\": \"required\"", "\"version\": true")).contains("pipeline.variables"));
    assert!(refused(&right.replace("\"arn\"", "\"more\": 1, \"arn\"")).contains("`pipeline.more`"));
    assert!(refused(&right.replace("\"origin\"", "\"other\"")).contains("`other`"));
    assert!(refused(&right.replace(PIPELINE, "arn:aws:s3:::deploy")).starts_with("this contract can't be read: "));
    assert!(refused(&" ".repeat(MAX_SIZE + 1)).starts_with("this has more than 1048576 bytes"));
}

#[test]
fn changes_of_a_pipeline_are_told_in_words() {
    let before = pipeline(&[("version", None), ("mode", Some("x")), ("zone", Some("x")), ("same", None)]);
    let now = pipeline(&[("same", None), ("version", Some("y")), ("mode", None), ("new", None), ("more", Some(""))]);
    assert_eq!(
        lines(&before.signature, &now.signature),
        [
            "variable `version` has a default now",
            "variable `mode` no longer has a default: every start has to pass it",
            "variable `zone` is gone",
            "variable `new` is new and has no default: every start has to pass it",
            "variable `more` is new, with a default",
        ]
    );
    let reordered = pipeline(&[("zone", Some("another")), ("same", None), ("mode", Some("x")), ("version", None)]);
    assert!(changes(&before.signature, &reordered.signature).is_empty());
}

#[test]
fn changes_of_a_role_are_told_by_meaning() {
    let before = role(&trusts(SERVICE), &[may(START)]);
    let as_iam_may_write_it = document(json!({ "Version": "2012-10-17", "Statement":
        { "Effect": "Allow", "Action": "codepipeline:startpipelineexecution", "Resource": [PIPELINE] } }));
    assert!(changes(&before.signature, &role(&trusts(SERVICE), &[as_iam_may_write_it]).signature).is_empty());
    let other = "arn:aws:iam::111111111111:role/other";
    assert_eq!(
        lines(&before.signature, &role(&trusts(other), &[]).signature),
        [
            format!("it no longer trusts: {SERVICE}"),
            format!("it trusts now: {other}"),
            format!("it may no longer: {START} on {PIPELINE}"),
        ]
    );
    let denies = document(json!({ "Version": "2012-10-17", "Statement":
        [{ "Effect": "Allow", "Action": START, "Resource": PIPELINE }, { "Effect": "Deny", "Action": "codepipeline:*", "Resource": "*" }] }));
    let denied = role(&trusts(SERVICE), &[denies]);
    let line = |what: &str| format!("it {what}: denies codepipeline:* on *");
    assert_eq!(lines(&before.signature, &denied.signature), [line("says now")]);
    assert_eq!(lines(&denied.signature, &before.signature), [line("no longer says")]);
    let mut unread = KnownRole::new(ROLE.parse().unwrap());
    unread.trust = Some(trusts(SERVICE));
    let unread = Contract::of_role(&unread);
    assert_eq!(changes(&before.signature, &unread.signature).unknown, ["the policies"]);
    // A contract that doesn't say what the role may do is not broken by it.
    assert!(changes(&unread.signature, &before.signature).is_empty());
}

#[test]
fn a_topology_publishes_what_an_account_will_say() {
    let prod =
        Account { item: "Prod".into(), id: "222222222222".parse().unwrap(), partition: crate::ids::Partition::aws() };
    let mut starter = Role::new("Starter", Ownership::Managed, ROLE.parse().unwrap());
    starter.trusts = Some(vec![Trust::Role(SERVICE.parse().unwrap())]);
    let target = Pipeline::new("Deploy", Ownership::Extern, PIPELINE.parse().unwrap());
    starter.starts = Some(vec![target.target()]);
    // A role that is written in place is no item, and one of another account may have the same name.
    let in_place: crate::ids::RoleArn = "arn:aws:iam::222222222222:role/in-place".parse().unwrap();
    let elsewhere: crate::ids::RoleArn = "arn:aws:iam::333333333333:role/Starter".parse().unwrap();
    let others = [Role::inline(Ownership::Managed, in_place), Role::new("Other", Ownership::Managed, elsewhere)];
    let builder = Topology::builder("prod").add(prod).add(starter).add(target);
    let topology = others.into_iter().fold(builder, |builder, role| {
        builder.add(Role { trusts: Some(vec![Trust::Role(SERVICE.parse().unwrap())]), ..role })
    });
    let topology = topology.build().unwrap();
    let contract = Contract::published(&topology, ROLE).unwrap();
    assert_eq!(contract.origin.topology.as_deref(), Some("prod"));
    let resolved = topology.role(&ROLE.parse().unwrap()).unwrap();
    let Signature::Role(signature) = &contract.signature else { panic!("{contract:?}") };
    assert_eq!(signature.trust_policy, resolved.trust);
    assert_eq!(signature.policies.as_deref(), resolved.policy.as_ref().map(std::slice::from_ref));
    // An account has what is managed there.
    let of_account = Contract::published(&topology, "Prod").unwrap();
    assert_eq!(of_account, Contract::published(&topology, "222222222222").unwrap());
    let Signature::Account(account) = &of_account.signature else { panic!("{of_account:?}") };
    assert_eq!((account.roles.len(), account.roles["Starter"] == **signature, account.pipelines.len()), (1, true, 0));
    assert_eq!(of_account.origin.topology.as_deref(), Some("prod"));
    let refused = |name: &str| Contract::published(&topology, name).unwrap_err().to_string();
    assert!(refused("Deploy").starts_with("`Deploy` is extern, so the program doesn't say all of it"));
    assert_eq!(
        refused("Startr"),
        "the topology has no pipeline, role or account `Startr`\n  help: did you mean `Starter`?"
    );
}
