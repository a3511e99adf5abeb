//! How long the article's case takes on local AWS: building the topology, planning, applying.
//!
//! ```text
//! cargo bench -p codepipeline-xacct-examples
//! ```
#![allow(missing_docs, clippy::unwrap_used)]

use codepipeline_xacct::core::declaration::{PipelineDocument, read};
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::local::Local;
use codepipeline_xacct::{Topology, pipeline};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};

pipeline! {
    account Tooling = "111111111111";
    account Prod = "222222222222";

    role DeployInvoker in Prod { name: "hoge0316-crossaccount-pipeline", trusts: [Tooling], starts: [Deploy] }

    pipeline Deploy in Prod {
        name: "hoge1005command",
        region: "ap-northeast-1",
        service_role: managed("hoge1005command-service"),
        artifact_bucket: "codepipeline-ap-northeast-1-222222222222",
        variables: { val1: "none" },
        stage "Source" { source "Source": CodeCommit { repository: "hoge-deploy", branch: "main", output: Code } }
        stage "Run" { action "Command": Commands { input: Code, commands: ["echo #{variables.val1}"] } }
    }

    extended pipeline Release in Tooling {
        name: "hoge0315pipeline1",
        region: "ap-northeast-1",
        service_role: extended(
            "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
        ),
        stage "Build" { invoke "ccc": Deploy { role: DeployInvoker, variables: { val1: "#{variables.val1}" } } }
    }
}

fn topology() -> Topology {
    Topology::builder("release").add(Release).build().unwrap()
}

fn before() -> Local {
    let local = Local::new();
    let role =
        "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1";
    let trust = Document::from_json(include_str!("../examples/article/service-role-trust.json")).unwrap();
    let policy = Document::from_json(include_str!("../examples/article/service-role-policy.json")).unwrap();
    local.put_role(&role.parse().unwrap(), &trust, &[("console", &policy)]).unwrap();
    let document: PipelineDocument = read(include_str!("../examples/article/before.json")).unwrap();
    let arn = "arn:aws:codepipeline:ap-northeast-1:111111111111:hoge0315pipeline1";
    local.put_pipeline(&arn.parse().unwrap(), &document).unwrap();
    local
}

fn article(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    criterion.bench_function("topology", |b| b.iter(topology));
    let topology = topology();
    criterion.bench_function("plan", |b| {
        let local = before();
        let session = runtime.block_on(local.connect(&topology)).unwrap();
        b.iter(|| runtime.block_on(async { session.plan(&topology).await }).unwrap());
    });
    criterion.bench_function("apply", |b| {
        b.iter_batched(
            || {
                let session = runtime.block_on(before().connect(&topology)).unwrap();
                let plan = runtime.block_on(async { session.plan(&topology).await }).unwrap();
                (session, plan)
            },
            |(session, plan)| runtime.block_on(async { session.apply(&plan).await }).unwrap(),
            BatchSize::SmallInput,
        );
    });
}

criterion_group!(benches, article);
criterion_main!(benches);
