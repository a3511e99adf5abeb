//! How many chains of roles are proven per second, with small documents and with documents of 10 kB.
//!
//! ```text
//! cargo bench -p codepipeline-xacct-language-tests
//! ```
#![allow(missing_docs, clippy::unwrap_used)]

use codepipeline_xacct::core::policy::evaluate::Verdict;
use codepipeline_xacct::core::wiring::prove;
use codepipeline_xacct::files::chain::prove_text;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Value, json};

/// A role's inline policies may have 10240 characters in total.
const LARGE: usize = 10_240;

/// A valid chain: the service role trusts CodePipeline, the action role trusts the service role and may start the
/// target.
fn chain() -> Value {
    let policy = |statement: Value| json!({ "Version": "2012-10-17", "Statement": [statement] });
    let service_role = "arn:aws:iam::111111111111:role/service-role/release";
    let action_role = "arn:aws:iam::222222222222:role/invoker";
    let target = "arn:aws:codepipeline:eu-west-1:222222222222:deploy";
    json!({
        "service_role": {
            "arn": service_role,
            "trust": policy(json!({
                "Effect": "Allow", "Principal": { "Service": "codepipeline.amazonaws.com" }, "Action": "sts:AssumeRole",
            })),
            "policies": [policy(json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": action_role }))],
        },
        "action_role": {
            "arn": action_role,
            "trust": policy(json!({
                "Effect": "Allow", "Principal": { "AWS": service_role }, "Action": "sts:AssumeRole",
            })),
            "policies": [policy(json!({
                "Effect": "Allow", "Action": "codepipeline:StartPipelineExecution", "Resource": target,
            }))],
        },
        "target_pipeline_arn": target,
    })
}

/// The same with statements in the policies of both roles that are evaluated and do not match, up to 10 kB in each.
fn large() -> Value {
    let mut chain = chain();
    for role in ["service_role", "action_role"] {
        let policy = chain.pointer_mut(&format!("/{role}/policies/0")).unwrap();
        for number in 0.. {
            let statement = json!({
                "Effect": if number % 4 == 0 { "Deny" } else { "Allow" },
                "Action": ["sts:Assume*", "codepipeline:Start*"],
                "Resource": [
                    format!("arn:aws:codepipeline:*:222222222222:other-{number}-*"),
                    format!("arn:aws:iam::*:role/other-{number}"),
                ],
                "Condition": { "StringLike": { "aws:PrincipalAccount": ["1111*", "2222*"] } },
            });
            let statements = policy.get_mut("Statement").and_then(Value::as_array_mut).unwrap();
            statements.insert(0, statement);
            if policy.to_string().len() > LARGE {
                policy.get_mut("Statement").and_then(Value::as_array_mut).unwrap().remove(0);
                break;
            }
        }
    }
    chain
}

fn proofs(criterion: &mut Criterion) {
    for (size, chain) in [("small", chain()), ("10 kB", large())] {
        let text = chain.to_string();
        let answer = prove_text("chain", &text).unwrap();
        assert!(matches!(answer.proof.authorized(), Verdict::Allowed), "{size}");
        let mut group = criterion.benchmark_group(size);
        group.throughput(Throughput::Elements(1));
        group.bench_function("prove", |bencher| bencher.iter(|| prove(&answer.input.chain)));
        group.bench_function("read, check and prove", |bencher| bencher.iter(|| prove_text("chain", &text).unwrap()));
        group.finish();
    }
}

criterion_group!(benches, proofs);
criterion_main!(benches);
