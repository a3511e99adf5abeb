//! Chains of roles: the verdicts of the documentation, and the properties of every proof.

use std::path::{Path, PathBuf};

use codepipeline_xacct::cli;
use codepipeline_xacct::core::ids::PipelineArn;
use codepipeline_xacct::core::policy::certain::{self, Certain};
use codepipeline_xacct::core::policy::evaluate::{Layer, Verdict};
use codepipeline_xacct::core::policy::{Document, Statement};
use codepipeline_xacct::core::wiring::{
    Chain, ChainProof, Hop, KnownRole, Policy, PolicyChange, PolicyEdit, input, prove,
};
use codepipeline_xacct::items::{AccountConst, Grants, PipelineConst, RoleConst};
use codepipeline_xacct_test_support::chains;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Answers of `cargo xacct wiring --jsonl`, and its exit code.
fn answers(inputs: &[Value]) -> (Vec<Value>, u8) {
    let text: String = inputs.iter().map(|input| format!("{input}\n")).collect();
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let args = ["cargo-xacct", "wiring", "--jsonl", "-"].map(Into::into);
    let code = cli::cargo_xacct(args, &mut text.as_bytes(), &mut stdout, &mut stderr, false);
    assert_eq!(String::from_utf8(stderr).unwrap(), "");
    let stdout = String::from_utf8(stdout).unwrap();
    (stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), code)
}

#[test]
fn verdicts_are_those_of_the_documentation() {
    let chains = chains::all();
    let inputs: Vec<Value> = chains.iter().map(chains::Chain::input).collect();
    let (answers, code) = answers(&inputs);
    assert_eq!(code, 1, "some are denied");
    assert_eq!(answers.len(), chains.len());
    let mut wrong = Vec::new();
    for (chain, answer) in chains.iter().zip(&answers) {
        let verdicts =
            ["service_trust", "assume", "start", "authorized"].map(|key| answer[key].as_str().unwrap_or("none"));
        let valid = chain.valid.is_none_or(|valid| answer["documents_valid"] == valid);
        if verdicts != chain.expect || !valid || answer["id"] != *chain.id {
            wrong.push(format!("{}: {} ({}): {answer:#}", chain.id, chain.about, chain.source));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Enough cases of each verdict.
    let count = |index: usize, verdict: &str| chains.iter().filter(|c| c.expect[index] == verdict).count();
    assert!(count(1, "allowed") > 600 && count(1, "denied") > 400 && count(1, "unknown") > 60);
    assert!(count(2, "denied") > 100 && count(0, "denied") > 50);
}

/// What is known about the corpus: service role, action role, and whether the one may assume the other. Source: its own
/// README, which says what a plain wildcard match finds, except for the conditions.
const CORPUS: &[(&str, &str, &str, &str)] = &[
    ("01-refarch-deploy-account", "PipeLineRole", "CFRole", "allowed"),
    ("01-refarch-deploy-account", "PipeLineRole", "CFDeployerRole", "denied"),
    ("02-refarch-source-account", "PipeLineRole", "Role", "allowed"),
    ("03-makoto-s3-deploy", "CodePipelineServiceRole", "CrossAccountRole", "allowed"),
    ("04-mabdelfatah-codecommit", "PipeLineRole", "Role", "allowed"),
    ("05-mauricio-mixed-principal", "CodePipelineRole", "Role", "allowed"),
    ("06-dragonking-root-trust", "CrossAccountPipelineRole", "PipelineSourceActionRole", "allowed"),
    ("06-dragonking-root-trust", "CrossAccountPipelineRole", "PipelineApplicationBuildActionRole", "allowed"),
    ("06-dragonking-root-trust", "CrossAccountPipelineRole", "PipelineDeployDevActionRole", "allowed"),
    ("07-lilibug-root-trust", "CodePipelineRole", "CrossAccountDeploymentRole", "allowed"),
    ("08-manju-conditions", "CodePipelineServiceRole", "CrossAccountDeploymentRole", "denied"),
    // The permission has a condition on `aws:PrincipalOrgID`.
    ("09-adf-deployment-and-target", "CodePipelineRole", "CodeCommitRole", "unknown"),
    ("10-servicecatalog-codebuild", "CodePipelineRole", "CodeBuildRole", "denied"),
    (
        "11-cdk-invoke-wildcard",
        "MyPipelineRoleC0D47CA4",
        "MyPipelineBuildInvokeCodePipelineActionRoleB3AADD82",
        "allowed",
    ),
];

/// Documents of the corpus that IAM refuses: they have the name of a bucket or a parameter instead of an ARN.
const REFUSED: &[&str] = &["08-manju-conditions", "09-adf-deployment-and-target"];

/// The files that exist: part of the corpus may be redistributed, the rest may be next to the repository.
fn corpus(name: &str) -> Option<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let beside = std::env::var_os("CODEPIPELINE_XACCT_CORPUS")
        .map_or_else(|| folder.join("../../../shared/corpus"), PathBuf::from)
        .join("trust");
    let paths = [folder.join("tests/corpus/trust"), beside];
    let text = paths.iter().find_map(|folder| std::fs::read_to_string(folder.join(format!("{name}.json"))).ok())?;
    Some(serde_json::from_str(&text).unwrap())
}

#[test]
fn roles_of_real_pipelines_are_judged_right_and_their_documents_survive() {
    let mut judged = 0;
    let mut documents = 0;
    for (file, from, to, expected) in CORPUS {
        let Some(found) = corpus(file) else { continue };
        let roles = found["roles"].as_array().unwrap();
        let role = |name: &str| {
            let role = roles.iter().find(|role| role["logical_id"] == name).unwrap();
            json!({ "arn": role["role_arn"], "trust": role["trust_policy"], "policies": role["policies"], "tags": {} })
        };
        let account = roles.iter().find(|role| role["logical_id"] == *to).unwrap()["account"].as_str().unwrap();
        let input = json!({
            "service_role": role(from),
            "action_role": role(to),
            "target_pipeline_arn": format!("arn:aws:codepipeline:us-east-1:{account}:deploy"),
        });
        let (answers, _) = answers(&[input]);
        let answer = &answers[0];
        assert_eq!(answer["service_trust"], "allowed", "{file}");
        assert_eq!(answer["assume"], *expected, "{file}: {from} → {to}: {answer:#}");
        assert_eq!(answer["documents_valid"], !REFUSED.contains(file), "{file}: {answer:#}");
        judged += 1;
        for role in roles {
            let inline = role["policies"].as_array().unwrap().iter().map(|policy| &policy["document"]);
            for document in inline.chain([&role["trust_policy"]]) {
                let read = Document::from_json(&document.to_string()).unwrap();
                assert_eq!(serde_json::to_value(&read).unwrap(), *document, "{file}");
                assert!(read.same_meaning(&read));
                documents += 1;
            }
        }
    }
    // Six of the files are always present.
    assert!(judged >= 8 && documents >= 30, "{judged} chains, {documents} documents");
}

/// How much is authorized, for "never more" and "never less".
fn rank(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Denied(_) => 0,
        Verdict::Unknown(_) => 1,
        Verdict::Allowed => 2,
    }
}

fn proven(input: &Value) -> (Chain, ChainProof) {
    let chain = input::read(input, &[]).unwrap().chain;
    let proof = prove(&chain);
    (chain, proof)
}

const SERVICE: &str = "arn:aws:iam::111111111111:role/service-role/Svc";
const ACTION: &str = "arn:aws:iam::222222222222:role/Invoker";
const NEAR: &str = "arn:aws:iam::111111111111:role/Invoker";
const TARGET: &str = "arn:aws:codepipeline:eu-west-1:222222222222:target";

/// Values that matter, near misses and noise.
fn one_of(values: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    proptest::sample::select(values).prop_map(str::to_owned)
}

fn condition() -> impl Strategy<Value = Value> + Clone {
    let key = one_of(&[
        "aws:PrincipalArn",
        "aws:PrincipalAccount",
        "aws:PrincipalOrgID",
        "aws:PrincipalTag/team",
        "aws:SourceIp",
        "aws:SourceArn",
        "sts:ExternalId",
        "aws:RequestedRegion",
        "aws:userid",
        "aws:CurrentTime",
    ]);
    let operator = one_of(&[
        "StringEquals",
        "StringNotEquals",
        "StringLike",
        "StringEqualsIfExists",
        "ArnLike",
        "ArnNotEquals",
        "ForAllValues:StringEquals",
        "ForAnyValue:StringLike",
        "Null",
        "Bool",
        "IpAddress",
        "NotIpAddressIfExists",
        "DateGreaterThan",
        "NumericLessThan",
    ]);
    let value = one_of(&[
        SERVICE,
        ACTION,
        "111111111111",
        "o-1",
        "red",
        "${aws:PrincipalTag/team}",
        "${aws:PrincipalTag/none, 'red'}",
        "true",
        "false",
        "10.0.0.0/8",
        "2026-01-01T00:00:00Z",
        "5",
        "*",
    ]);
    (operator, key, value)
        // A date has to be one.
        .prop_map(|(operator, key, value)| {
            let value = if operator.starts_with("Date") { "2026-01-01T00:00:00Z".to_owned() } else { value };
            json!({ operator: { key: value } })
        })
}

fn effect(allow: u32) -> impl Strategy<Value = String> + Clone {
    prop_oneof![allow => Just("Allow".to_owned()), 1 => Just("Deny".to_owned())]
}

fn with_condition(statement: Value, condition: Option<Value>) -> Value {
    let mut statement = statement;
    if let Some(condition) = condition {
        statement["Condition"] = condition;
    }
    statement
}

fn identity_statement(allow: u32) -> impl Strategy<Value = Value> + Clone {
    let action =
        one_of(&["sts:AssumeRole", "codepipeline:StartPipelineExecution", "sts:*", "*", "codepipeline:Start*", "s3:*"]);
    let resource = one_of(&[
        "*",
        SERVICE,
        ACTION,
        NEAR,
        TARGET,
        "arn:aws:codepipeline:*",
        "arn:aws:codepipeline:eu-west-1:222222222222:t*",
        "arn:aws:iam::222222222222:role/*",
        "arn:aws:codepipeline:eu-west-1:222222222222:${aws:PrincipalTag/team}",
    ]);
    let names = one_of(&["Resource", "Resource", "Resource", "NotResource"]);
    let actions = one_of(&["Action", "Action", "Action", "NotAction"]);
    (effect(allow), actions, action, names, resource, option::weighted(0.4, condition())).prop_map(
        |(effect, actions, action, names, resource, condition)| {
            with_condition(json!({ "Effect": effect, actions: action, names: resource }), condition)
        },
    )
}

/// A session policy accepts no incomplete ARNs.
fn whole(mut statement: Value) -> Value {
    for name in ["Resource", "NotResource"] {
        if statement[name] == "arn:aws:codepipeline:*" {
            statement[name] = "arn:aws:codepipeline:*:*:*".into();
        }
    }
    statement
}

fn trust_statement(allow: u32) -> impl Strategy<Value = Value> + Clone {
    let principal = one_of(&[
        SERVICE,
        NEAR,
        "111111111111",
        "arn:aws:iam::111111111111:root",
        "222222222222",
        "*",
        "AROAEXAMPLEABCDEFGHIJ",
        "AROAEXAMPLEKLMNOPQRST",
    ]);
    (effect(allow), principal, option::weighted(0.4, condition())).prop_map(|(effect, principal, condition)| {
        let trust = json!({ "Effect": effect, "Principal": { "AWS": principal }, "Action": "sts:AssumeRole" });
        with_condition(trust, condition)
    })
}

fn document(statement: impl Strategy<Value = Value> + 'static) -> impl Strategy<Value = Value> {
    vec(statement, 1..4).prop_map(|statements| json!({ "Version": "2012-10-17", "Statement": statements }))
}

/// A chain: right, wrong, and in between.
fn chain() -> impl Strategy<Value = Value> {
    let identity = || vec(document(identity_statement(5)), 1..3);
    let trust = || document(trust_statement(5));
    let cap = || option::weighted(0.25, document(identity_statement(8).prop_map(whole)));
    let ids = option::of(one_of(&["AROAEXAMPLEABCDEFGHIJ"]));
    let tags =
        option::of(prop_oneof![Just(json!({})), Just(json!({ "team": "red" })), Just(json!({ "team": "target" }))]);
    let context = proptest::collection::btree_map(
        one_of(&["aws:PrincipalOrgID", "aws:SourceIp", "aws:CurrentTime", "aws:RequestedRegion"]),
        prop_oneof![Just(json!("o-1")), Just(json!("10.1.2.3")), Just(Value::Null), Just(json!(["2026-06-01", "7"]))],
        0..3,
    );
    let roles = prop_oneof![4 => Just(ACTION), 1 => Just(NEAR)];
    (roles, identity(), trust(), identity(), (cap(), cap(), cap(), cap()), ids, tags, context).prop_map(
        |(role, service, trust, action, (boundary, session, scp, rcp), id, tags, context)| {
            let account = if role == ACTION { "222222222222" } else { "111111111111" };
            let mut input = json!({
                "service_role": { "arn": SERVICE, "policies": service, "unique_id": id, "tags": tags, "permissions_boundary": boundary,
                    "trust": { "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Principal": { "Service": "codepipeline.amazonaws.com" }, "Action": "sts:AssumeRole" }] } },
                "action_role": { "arn": role, "trust": trust, "policies": action, "tags": tags },
                "target_pipeline_arn": format!("arn:aws:codepipeline:eu-west-1:{account}:target"),
                "context": { "assume": context, "start": context },
                "session_policies": { "action": session },
            });
            if let Some(scp) = scp {
                input["scps"] = json!({ "source": [[scp]], "target": [[scp]] });
            }
            if let Some(mut rcp) = rcp {
                // In a resource control policy only the denies count.
                for statement in rcp["Statement"].as_array_mut().unwrap() {
                    statement["Effect"] = "Deny".into();
                    statement["Principal"] = "*".into();
                }
                input["rcps"] = json!({ "target": [[rcp]] });
            }
            input
        },
    )
}

/// The documents of a chain by JSON pointer, and whether they are trust policies.
const DOCUMENTS: &[(&str, bool)] = &[
    ("/service_role/policies/0/Statement", false),
    ("/action_role/policies/0/Statement", false),
    ("/action_role/trust/Statement", true),
    ("/service_role/permissions_boundary/Statement", false),
    ("/session_policies/action/Statement", false),
    ("/scps/source/0/0/Statement", false),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_deny_never_widens_and_an_allow_never_narrows(
        input in chain(),
        which in 0..DOCUMENTS.len(),
        identity in identity_statement(1),
        trust in trust_statement(1),
    ) {
        let (pointer, of_trust) = DOCUMENTS[which];
        let (_, before) = proven(&input);
        for (effect, widens) in [("Allow", true), ("Deny", false)] {
            let mut changed = input.clone();
            let Some(statements) = changed.pointer_mut(pointer).and_then(Value::as_array_mut) else { return Ok(()) };
            let mut statement = if of_trust { trust.clone() } else { whole(identity.clone()) };
            statement["Effect"] = effect.into();
            statements.push(statement);
            let (_, after) = proven(&changed);
            for (old, new) in before.hops.iter().zip(&after.hops) {
                let (old, new) = (rank(&old.verdict), rank(&new.verdict));
                prop_assert!(if widens { new >= old } else { new <= old }, "{pointer} {effect}: {old} → {new}\n{changed:#}");
            }
        }
    }

    #[test]
    fn what_is_taken_from_what_is_known_decides_nothing(input in chain(), key in one_of(&["aws:PrincipalOrgID", "aws:SourceIp", "aws:CurrentTime"])) {
        let (_, before) = proven(&input);
        let mut changed = input;
        for hop in ["assume", "start"] {
            changed["context"][hop].as_object_mut().unwrap().remove(&key);
        }
        for role in ["service_role", "action_role"] {
            changed[role].as_object_mut().unwrap().remove("tags");
            changed[role].as_object_mut().unwrap().remove("unique_id");
        }
        let (_, after) = proven(&changed);
        for (old, new) in before.hops.iter().zip(&after.hops) {
            let same = rank(&old.verdict) == rank(&new.verdict);
            prop_assert!(same || matches!(new.verdict, Verdict::Unknown(_)), "{old:?} → {new:?}\n{changed:#}");
        }
    }

    #[test]
    fn what_mends_a_denied_hop_mends_it(input in chain()) {
        let (chain, before) = proven(&input);
        for (index, hop) in before.hops.iter().enumerate() {
            let denied = matches!(hop.verdict, Verdict::Denied(_));
            prop_assert_eq!(denied, !hop.fix.is_empty(), "{:?}\n{:#}", hop, input);
            if denied {
                let after = prove(&fixed(&chain, &hop.fix));
                prop_assert!(!matches!(after.hops[index].verdict, Verdict::Denied(_)), "{:#?}\n{:#?}\n{:#}", hop, after.hops[index], input);
            }
        }
    }
}

/// The chain after a fix.
fn fixed(chain: &Chain, changes: &[PolicyChange]) -> Chain {
    let mut chain = chain.clone();
    // From the last statement of a document to its first, so that the positions stay valid.
    let mut changes: Vec<&PolicyChange> = changes.iter().collect();
    changes.sort_by_key(|change| match change.edit {
        PolicyEdit::Add(_) => 0,
        PolicyEdit::Remove(index, _) => usize::MAX - index,
    });
    for change in changes {
        let of_action = Some(&change.document.role) == chain.action_role.as_ref().map(|role| &role.arn);
        let role = if of_action { chain.action_role.as_mut().unwrap() } else { &mut chain.service_role };
        let document = match change.document.layer {
            Layer::Trust => role.trust.as_mut().unwrap(),
            Layer::Identity => {
                let policies = role.policies.as_mut().unwrap();
                let position = change.document.position.min(policies.len() - 1);
                &mut policies[position].document
            }
            Layer::Boundary => role.boundary.as_mut().unwrap(),
            Layer::Session => &mut chain.sessions.action.as_mut().unwrap()[change.document.position],
            // Both accounts have the same ones here, and each hop looks at one.
            Layer::Scp(level) => {
                let levels = if of_action { &mut chain.scps.target } else { &mut chain.scps.source };
                &mut levels[level][change.document.position]
            }
            Layer::Rcp(level) => &mut chain.rcps.target[level][change.document.position],
            Layer::Resource => unreachable!("a chain of roles has no resource with a policy of its own"),
        };
        match &change.edit {
            PolicyEdit::Add(statement) => document.statements.push(statement.clone()),
            PolicyEdit::Remove(index, statement) => {
                assert_eq!(document.statements.remove(*index), *statement);
            }
        }
    }
    chain
}

/// A role of the macro as the compiler knows it.
fn role_id(arn: &'static str) -> RoleConst {
    let mut parts = arn.split(':');
    let (partition, account) = (parts.nth(1).unwrap(), parts.nth(2).unwrap());
    RoleConst { partition, account, path_and_name: parts.next().unwrap().strip_prefix("role/").unwrap() }
}

/// What a document grants for certain, as the macro writes it.
fn grants(certain: Certain) -> Grants {
    let patterns = certain.patterns.into_iter().map(|pattern| &*pattern.leak()).collect::<Vec<_>>();
    Grants { patterns: patterns.leak(), complete: certain.complete }
}

fn is_allowed(verdict: &Verdict) -> Option<bool> {
    match verdict {
        Verdict::Allowed => Some(true),
        Verdict::Denied(_) => Some(false),
        Verdict::Unknown(_) => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_compiler_is_certain_only_of_what_the_evaluator_says(
        policies in vec(document(identity_statement(8)), 0..3),
        trust in document(trust_statement(8)),
    ) {
        let policies: Vec<Document> = policies.into_iter().map(|policy| serde_json::from_value(policy).unwrap()).collect();
        let trust: Document = serde_json::from_value(trust).unwrap();
        let everything = Document::new(vec![Statement::allow(&["*"], vec!["*".to_owned()])]);
        let role = |arn: &str, trust: &Document, policies: Vec<Document>| KnownRole {
            trust: Some(trust.clone()),
            policies: Some(policies.into_iter().map(Policy::from).collect()),
            ..KnownRole::new(arn.parse().unwrap())
        };
        let open = Document::new(vec![Statement::trust("AWS", vec!["*".to_owned()])]);
        let target: PipelineArn = TARGET.parse().unwrap();
        let service = role(SERVICE, &open, vec![everything.clone()]);
        // One side is judged at a time: the other allows everything.
        let chain = Chain::new(service, Some(role(ACTION, &trust, policies.clone())), Some(target.clone()));
        let proof = prove(&chain);
        let verdict = |hop: Hop, proof: &ChainProof| is_allowed(&proof.hop(hop).unwrap().verdict);
        let certain = grants(certain::trusted(&trust)).trust(role_id(SERVICE));
        prop_assert!(certain.is_none() || certain == verdict(Hop::Assume, &proof), "{certain:?} {}", trust.to_json());
        let pipeline = PipelineConst {
            item: "Target",
            account: AccountConst { item: "B", id: "222222222222", partition: "aws" },
            region: "eu-west-1",
            name: "target",
            variables: None,
        };
        let certain = grants(certain::allowed(&policies, "codepipeline:StartPipelineExecution")).pipeline(pipeline);
        prop_assert!(certain.is_none() || certain == verdict(Hop::Start, &proof), "{certain:?} {policies:?}");
        let service = role(SERVICE, &open, policies.clone());
        let proof = prove(&Chain::new(service, Some(role(ACTION, &open, vec![everything])), Some(target)));
        let certain = grants(certain::allowed(&policies, "sts:AssumeRole")).role(role_id(ACTION));
        prop_assert!(certain.is_none() || certain == verdict(Hop::Assume, &proof), "{certain:?} {policies:?}");
    }
}
