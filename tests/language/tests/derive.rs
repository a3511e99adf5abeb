//! What is derived is proven; links across accounts are no longer proven once any part of it is removed.

use codepipeline_xacct::core::declaration::{ActionDeclaration, ActionTypeId, StageDeclaration};
use codepipeline_xacct::core::ids::{PipelineArn, RoleArn};
use codepipeline_xacct::core::policy::evaluate::Verdict;
use codepipeline_xacct::core::policy::{Document, Statement, service_trust};
use codepipeline_xacct::core::topology::{Account, Invoke, Ownership, Pipeline, Role, Target, Topology, Trust};
use codepipeline_xacct::core::wiring::{Chain, KnownRole, Policy, prove};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

/// A pipeline that starts others: its account, whether its service role is in the topology, and its targets.
type Caller = (usize, bool, Vec<usize>);

const SOURCES: [&str; 3] = ["111111111111", "444444444444", "555555555555"];
/// Account and name of each target.
const TARGETS: [(&str, &str); 4] =
    [("222222222222", "deploy"), ("222222222222", "deploy-eu"), ("333333333333", "deploy"), ("333333333333", "audit")];

fn account(id: &str) -> Account {
    Account { item: format!("A{id}"), id: id.parse().unwrap(), partition: "aws".parse().unwrap() }
}

fn service_role(index: usize, source: usize) -> RoleArn {
    format!("arn:aws:iam::{}:role/service-role/caller-{index}", SOURCES[source]).parse().unwrap()
}

fn action_role(target: usize) -> RoleArn {
    format!("arn:aws:iam::{}:role/Invoker", TARGETS[target].0).parse().unwrap()
}

fn target(index: usize) -> PipelineArn {
    let (account, name) = TARGETS[index];
    format!("arn:aws:codepipeline:eu-west-1:{account}:{name}").parse().unwrap()
}

/// How the action role of an account says who it trusts.
#[derive(Debug, Clone, Copy)]
enum Form {
    /// It is written where it is used.
    Inline,
    /// By the accounts of the roles that use it.
    Accounts,
    /// By the service roles.
    Roles,
}

fn topology(callers: &[Caller], form: Form) -> Topology {
    let mut builder = Topology::builder("t");
    for id in SOURCES.iter().chain(&["222222222222", "333333333333"]) {
        builder = builder.add(account(id));
    }
    let used: Vec<usize> =
        (0..TARGETS.len()).filter(|t| callers.iter().any(|(.., targets)| targets.contains(t))).collect();
    for first in [0, 2] {
        let of_account: Vec<usize> = used.iter().copied().filter(|t| TARGETS[*t].0 == TARGETS[first].0).collect();
        if of_account.is_empty() {
            continue;
        }
        let users =
            callers.iter().enumerate().filter(|(_, (.., targets))| targets.iter().any(|t| of_account.contains(t)));
        let mut role = Role::new("Invoker", Ownership::Managed, action_role(first));
        role.starts = Some(of_account.iter().map(|t| a_target(*t)).collect());
        match form {
            Form::Inline => role = Role::inline(Ownership::Managed, action_role(first)),
            Form::Accounts => {
                role.trusts = Some(users.map(|(_, (source, ..))| Trust::Account(account(SOURCES[*source]))).collect());
            }
            Form::Roles => {
                role.trusts =
                    Some(users.map(|(index, (source, ..))| Trust::Role(service_role(index, *source))).collect());
            }
        }
        builder = builder.add(role);
    }
    for (index, (source, known, targets)) in callers.iter().enumerate() {
        let arn = service_role(index, *source);
        if *known {
            builder = builder.add(Role::inline(Ownership::Managed, arn.clone()));
        }
        let name = format!("arn:aws:codepipeline:eu-west-1:{}:caller-{index}", SOURCES[*source]);
        let mut pipeline = Pipeline::new(&format!("Caller{index}"), Ownership::Extended, name.parse().unwrap());
        pipeline.service_role = Some(arn);
        let action = |t: &usize| ActionDeclaration {
            name: format!("start-{t}"),
            action_type_id: ActionTypeId::pipeline_invoke(),
            ..Default::default()
        };
        pipeline.declaration.stages = Some(vec![StageDeclaration {
            name: "Start".to_owned(),
            actions: Some(targets.iter().map(action).collect()),
            ..Default::default()
        }]);
        pipeline.invokes = targets
            .iter()
            .map(|t| Invoke {
                stage: "Start".to_owned(),
                action: format!("start-{t}"),
                target: a_target(*t),
                role: Some(action_role(*t)),
                variables: [].into(),
                wait: None,
            })
            .collect();
        builder = builder.add(pipeline);
    }
    builder.build().unwrap()
}

fn a_target(index: usize) -> Target {
    Target { item: format!("Target{index}"), arn: target(index), variables: Some(Vec::new()) }
}

/// A role with its derived documents. For a service role outside the topology, its team has granted what is needed.
fn known(topology: &Topology, arn: &RoleArn, needed: &[RoleArn]) -> KnownRole {
    let mut known = KnownRole::new(arn.clone());
    match topology.role(arn) {
        Some(role) => {
            known.trust.clone_from(&role.trust);
            known.policies = Some(role.policy.iter().cloned().map(Policy::from).collect());
        }
        None => {
            known.trust = Some(Document::new(vec![service_trust()]));
            let resources = needed.iter().map(ToString::to_string).collect();
            known.policies = Some(vec![Document::new(vec![Statement::allow(&["sts:AssumeRole"], resources)]).into()]);
        }
    }
    known
}

fn chains(topology: &Topology, callers: &[Caller]) -> Vec<Chain> {
    let mut chains = Vec::new();
    for (index, (source, _, targets)) in callers.iter().enumerate() {
        let service = service_role(index, *source);
        let roles: Vec<RoleArn> = targets.iter().map(|t| action_role(*t)).collect();
        for t in targets {
            let action = known(topology, &action_role(*t), &[]);
            chains.push(Chain::new(known(topology, &service, &roles), Some(action), Some(target(*t))));
        }
    }
    chains
}

/// Every document with one statement, principal or resource removed.
fn lessened(document: &Document) -> Vec<Document> {
    let value = serde_json::to_value(document).unwrap();
    let mut all = Vec::new();
    for index in 0..document.statements.len() {
        let mut less = value.clone();
        less["Statement"].as_array_mut().unwrap().remove(index);
        all.push(less);
        for pointer in ["Resource", "Principal/AWS", "Principal/Service", "Condition/ArnEquals/aws:PrincipalArn"] {
            let pointer = format!("/Statement/{index}/{pointer}");
            let Some(Value::Array(entries)) = value.pointer(&pointer) else { continue };
            for entry in 0..entries.len() {
                let mut less = value.clone();
                less.pointer_mut(&pointer).unwrap().as_array_mut().unwrap().remove(entry);
                all.push(less);
            }
        }
    }
    all.into_iter().map(|value| serde_json::from_value(value).unwrap()).collect()
}

fn authorized(chains: &[Chain]) -> usize {
    chains.iter().filter(|chain| prove(chain).authorized() == Verdict::Allowed).count()
}

/// The chains with a document of one role replaced.
fn with(chains: &[Chain], arn: &RoleArn, change: impl Fn(&mut KnownRole)) -> Vec<Chain> {
    let mut chains = chains.to_vec();
    for chain in &mut chains {
        for role in [Some(&mut chain.service_role), chain.action_role.as_mut()].into_iter().flatten() {
            if role.arn == *arn {
                change(role);
            }
        }
    }
    chains
}

fn callers() -> impl Strategy<Value = Vec<Caller>> {
    let targets = proptest::sample::subsequence(vec![0_usize, 1, 2, 3], 1..=4);
    vec((0..SOURCES.len(), any::<bool>(), targets), 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_derived_is_proven_and_nothing_of_it_is_too_much(
        callers in callers(),
        form in prop_oneof![Just(Form::Inline), Just(Form::Accounts), Just(Form::Roles)],
    ) {
        let topology = topology(&callers, form);
        let chains = chains(&topology, &callers);
        for chain in &chains {
            let proof = prove(chain);
            prop_assert_eq!(proof.authorized(), Verdict::Allowed, "{:#?}", chain);
        }
        let mut tried = 0;
        for role in topology.roles() {
            let arn = &role.role.arn;
            for trust in role.trust.iter().flat_map(lessened) {
                let less = with(&chains, arn, |role| role.trust = Some(trust.clone()));
                prop_assert!(authorized(&less) < chains.len(), "{arn}: {}", trust.to_json());
                tried += 1;
            }
            for policy in role.policy.iter().flat_map(lessened) {
                let less = with(&chains, arn, |role| role.policies = Some(vec![policy.clone().into()]));
                prop_assert!(authorized(&less) < chains.len(), "{arn}: {}", policy.to_json());
                tried += 1;
            }
        }
        prop_assert!(tried >= 2);
    }
}

#[test]
fn roles_outside_of_the_topology_are_named_by_one_condition_for_each_account() {
    let topology =
        topology(&[(0, false, vec![0]), (0, false, vec![0]), (1, false, vec![0]), (1, true, vec![0])], Form::Inline);
    let trust = topology.role(&action_role(0)).unwrap().trust.clone().unwrap();
    assert_eq!(
        serde_json::to_value(trust).unwrap()["Statement"],
        json!([
            { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::444444444444:role/service-role/caller-3" }, "Action": "sts:AssumeRole" },
            {
                "Effect": "Allow",
                "Principal": { "AWS": "arn:aws:iam::111111111111:root" },
                "Action": "sts:AssumeRole",
                "Condition": { "ArnEquals": { "aws:PrincipalArn": [
                    "arn:aws:iam::111111111111:role/service-role/caller-0",
                    "arn:aws:iam::111111111111:role/service-role/caller-1",
                ] } },
            },
            {
                "Effect": "Allow",
                "Principal": { "AWS": "arn:aws:iam::444444444444:root" },
                "Action": "sts:AssumeRole",
                "Condition": { "ArnEquals": { "aws:PrincipalArn": "arn:aws:iam::444444444444:role/service-role/caller-2" } },
            },
        ])
    );
}

#[test]
fn a_trust_over_its_quota_is_said() {
    let callers: Vec<Caller> = (0..40).map(|index| (index % 3, true, vec![0])).collect();
    let topology = topology(&callers, Form::Inline);
    let said: Vec<String> = topology.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "warning[XA1305] role managed(\"Invoker\") / trusts: the document has 2335 characters without white space, more than the 2048 that a trust policy can have by default\n  help: ask for a higher quota (L-C07B4B0D), or let fewer service roles use one role"
        ]
    );
}
