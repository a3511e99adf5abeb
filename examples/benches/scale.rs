//! Plan and apply over many accounts, with 50 ms for every call: one pipeline that starts one in each of 100 accounts.
//!
//! ```text
//! cargo bench -p codepipeline-xacct-examples --bench scale
//! ```
//!
//! It fails if more requests are in flight at once than the design allows, and prints the rest. `benches/scale.py` runs
//! it together with boto3.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use codepipeline_xacct::aws::Session;
use codepipeline_xacct::core::declaration::{PipelineDeclaration, read};
use codepipeline_xacct::core::ids::{Partition, PipelineArn, RoleArn};
use codepipeline_xacct::core::topology::{
    Account, Invoke, Ownership, Pipeline, Role, Target, Topology, TopologyBuilder, Trust,
};
use codepipeline_xacct::local::Local;
use indexmap::IndexMap;

const TARGETS: usize = 100;
const LATENCY: Duration = Duration::from_millis(50);

/// Counts calls, and how many are in flight at once per account.
#[derive(Debug, Default)]
struct Recorder {
    calls: usize,
    now: HashMap<String, usize>,
    most_at_once: usize,
}

/// Local AWS with the latency of a Region.
#[derive(Debug, Clone)]
struct Slow {
    account: String,
    local: Local,
    recorder: Arc<Mutex<Recorder>>,
}

impl HttpClient for Slow {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Slow {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let slow = self.clone();
        HttpConnectorFuture::new(async move {
            {
                let mut recorder = slow.recorder.lock().unwrap();
                recorder.calls += 1;
                let now = recorder.now.entry(slow.account.clone()).or_default();
                *now += 1;
                let now = *now;
                recorder.most_at_once = recorder.most_at_once.max(now);
            }
            tokio::time::sleep(LATENCY).await;
            let answer = slow.local.call(request).await;
            *slow.recorder.lock().unwrap().now.entry(slow.account.clone()).or_default() -= 1;
            answer
        })
    }
}

fn account(number: usize) -> Account {
    Account {
        item: format!("Account{number}"),
        id: format!("{:012}", 100_000_000_000 + number).parse().unwrap(),
        partition: Partition::aws(),
    }
}

fn role(account: &Account, name: &str) -> RoleArn {
    RoleArn::new(Partition::aws(), account.id.clone(), name).unwrap()
}

fn arn(account: &Account, name: &str) -> PipelineArn {
    PipelineArn::new(Partition::aws(), "eu-west-1".parse().unwrap(), account.id.clone(), name.parse().unwrap())
}

/// A pipeline with a source; `second` is its other stage.
fn pipeline(item: &str, arn: PipelineArn, second: &str) -> Pipeline {
    let declaration: PipelineDeclaration = read(&format!(
        r#"{{"name":"{}","artifactStore":{{"type":"S3","location":"artifacts"}},"variables":[{{"name":"version","defaultValue":"none"}}],
           "stages":[{{"name":"Source","actions":[{{"name":"code","actionTypeId":{{"category":"Source","owner":"AWS","provider":"CodeCommit","version":"1"}},
           "configuration":{{"RepositoryName":"shop","BranchName":"main","PollForSourceChanges":"false"}},"outputArtifacts":[{{"name":"Code"}}]}}]}},{second}]}}"#,
        arn.name()
    ))
    .unwrap();
    let mut pipeline = Pipeline::new(item, Ownership::Managed, arn);
    pipeline.declaration = declaration;
    pipeline
}

/// One pipeline that starts one in each of the accounts: 101 pipelines and 201 roles.
fn topology() -> Topology {
    let hub = account(0);
    let mut topology: TopologyBuilder = Topology::builder("scale").add(hub.clone());
    let service = Role::inline(Ownership::Managed, role(&hub, "hub-service"));
    let mut invokes = Vec::new();
    let mut actions = Vec::new();
    for number in 1..=TARGETS {
        let account = account(number);
        let deploy_service = Role::inline(Ownership::Managed, role(&account, "deploy-service"));
        let run = r#"{"name":"Run","actions":[{"name":"run","actionTypeId":{"category":"Compute","owner":"AWS","provider":"Commands","version":"1"},"commands":["echo #{variables.version}"],"inputArtifacts":[{"name":"Code"}]}]}"#;
        let mut deploy = pipeline(&format!("Deploy{number}"), arn(&account, "deploy"), run);
        deploy.service_role = Some(deploy_service.arn.clone());
        let target: Target = deploy.target();
        let mut invoker = Role::new(&format!("Invoker{number}"), Ownership::Managed, role(&account, "invoker"));
        invoker.trusts = Some(vec![Trust::Account(hub.clone())]);
        invoker.starts = Some(vec![target.clone()]);
        let action = format!("start-{number}");
        actions.push((number, format!(
            r#"{{"name":"{action}","actionTypeId":{{"category":"Invoke","owner":"AWS","provider":"CodePipeline","version":"1"}}}}"#
        )));
        invokes.push(Invoke {
            stage: format!("Deploy{}", (number - 1) / 50),
            action,
            target,
            role: Some(invoker.arn.clone()),
            variables: IndexMap::from([("version".to_owned(), "#{variables.version}".to_owned())]),
            wait: None,
        });
        topology = topology.add(account).add(deploy_service).add(invoker).add(deploy);
    }
    let stages: Vec<String> = actions
        .chunks(50)
        .enumerate()
        .map(|(stage, actions)| {
            let actions: Vec<&str> = actions.iter().map(|(_, action)| action.as_str()).collect();
            format!(r#"{{"name":"Deploy{stage}","actions":[{}]}}"#, actions.join(","))
        })
        .collect();
    let mut release = pipeline("Hub", arn(&hub, "hub"), &stages.join(","));
    release.service_role = Some(service.arn.clone());
    release.invokes = invokes;
    topology.add(service).add(release).build().unwrap()
}

/// The peak memory of the process.
fn peak_megabytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? / 1024)
}

fn main() {
    let began = Instant::now();
    let topology = topology();
    println!(
        "{} pipelines and {} roles in {} accounts, {} ms per call",
        topology.pipelines().len(),
        topology.roles().len(),
        topology.accounts().len(),
        LATENCY.as_millis()
    );
    println!("topology: {:.3} s", began.elapsed().as_secs_f64());
    let local = Local::new();
    let recorder = Arc::new(Mutex::new(Recorder::default()));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let measured = |what: &str, began: Instant| {
        let elapsed = began.elapsed();
        let calls = std::mem::take(&mut recorder.lock().unwrap().calls);
        let depth = elapsed.as_secs_f64() / LATENCY.as_secs_f64();
        println!("{what}: {:.3} s, {calls} calls, at most {depth:.1} calls deep", elapsed.as_secs_f64());
    };
    runtime.block_on(async {
        let began = Instant::now();
        let builder = topology.accounts().iter().fold(Session::builder(), |builder, account| {
            local.add_account(account.id.as_str()).unwrap();
            let slow = Slow { account: account.id.to_string(), local: local.clone(), recorder: Arc::clone(&recorder) };
            let config = local.sdk_config(account.id.as_str(), "eu-west-1").to_builder().http_client(slow).build();
            builder.account(account.clone(), config)
        });
        let session = builder.connect().await.unwrap();
        measured("connect", began);
        let began = Instant::now();
        let plan = session.plan(&topology).await.unwrap();
        measured("plan from nothing", began);
        let began = Instant::now();
        let report = session.apply(&plan).await.unwrap();
        measured("apply", began);
        assert_eq!(report.done.len(), plan.steps().len());
        let began = Instant::now();
        let second = session.plan(&topology).await.unwrap();
        measured("second plan", began);
        assert!(second.is_empty(), "{second}");
    });
    let most = recorder.lock().unwrap().most_at_once;
    println!("requests at once in one account: {most}");
    println!("memory: {} MB", peak_megabytes().map_or_else(|| "?".to_owned(), |peak| peak.to_string()));
    assert!(most <= 16, "{most} requests at once in one account");
}
