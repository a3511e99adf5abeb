//! The page of local AWS, in headless Chromium: what it shows of accounts, and of a run that fails.

use codepipeline_xacct::core::ids::PipelineArn;
use codepipeline_xacct::local::{Local, Server};
use codepipeline_xacct_aws_tests::*;
use codepipeline_xacct_test_support::browser::Browser;
use serde_json::{Value, json};

const A: &str = "111111111111";
const B: &str = "222222222222";
const REGION: &str = "eu-west-1";

fn allow(actions: &[&str], resource: &str) -> codepipeline_xacct::core::policy::Document {
    read(&json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": actions, "Resource": resource }] }).to_string())
}

fn read(text: &str) -> codepipeline_xacct::core::policy::Document {
    codepipeline_xacct::core::policy::Document::from_json(text).unwrap()
}

/// A service role with all rights, `service` in the account.
fn service_role(local: &Local, account: &str) {
    let arn = format!("arn:aws:iam::{account}:role/service").parse().unwrap();
    local.put_role(&arn, &service_trust().unwrap(), &[("all", &allow(&["*"], "*"))]).unwrap();
}

fn source() -> Value {
    json!({ "name": "Source", "actions": [{
        "name": "Checkout",
        "actionTypeId": { "category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1" },
        "configuration": { "RepositoryName": "code", "BranchName": "main" },
        "outputArtifacts": [{ "name": "Code" }],
    }] })
}

fn build() -> Value {
    json!({ "name": "Compile", "actions": [{
        "name": "Compile",
        "actionTypeId": { "category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1" },
        "configuration": { "ProjectName": "compile" },
        "inputArtifacts": [{ "name": "Code" }],
    }] })
}

fn invoke(name: &str, target: &str, role: Option<&str>) -> Value {
    let mut action = json!({
        "name": name,
        "actionTypeId": { "category": "Invoke", "owner": "AWS", "provider": "CodePipeline", "version": "1" },
        "configuration": { "PipelineName": target },
    });
    if let Some(role) = role {
        action["roleArn"] = json!(role);
    }
    action
}

fn pipeline(local: &Local, account: &str, name: &str, stages: &[Value]) -> PipelineArn {
    let arn: PipelineArn = format!("arn:aws:codepipeline:{REGION}:{account}:{name}").parse().unwrap();
    let document = json!({ "pipeline": {
        "name": name,
        "roleArn": format!("arn:aws:iam::{account}:role/service"),
        "artifactStore": { "type": "S3", "location": "artifacts" },
        "pipelineType": "V2",
        "executionMode": "QUEUED",
        "stages": stages,
    }});
    local.put_pipeline(&arn, &serde_json::from_value(document).unwrap()).unwrap();
    arn
}

async fn start(local: &Local, arn: &PipelineArn) -> String {
    let client = aws_sdk_codepipeline::Client::new(&local.sdk_config(arn.account().as_str(), arn.region().as_str()));
    let started = client.start_pipeline_execution().name(arn.name().as_str()).send().await.unwrap();
    started.pipeline_execution_id.unwrap()
}

async fn served(local: &Local) -> Server {
    local.serve(([127, 0, 0, 1], 0).into()).await.unwrap()
}

/// Keeps a picture in the folder `PICTURES`, to be looked at.
fn keep(browser: &mut Browser, name: &str) {
    let Ok(folder) = std::env::var("PICTURES") else { return };
    let png = aws_smithy_types::base64::decode(browser.picture()).unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(std::path::Path::new(&folder).join(format!("{name}.png")), png).unwrap();
}

/// A's `release` starts B's `deploy` with a role there; the role trusts A's service role if it should.
fn across(local: &Local, trusts: bool) -> (PipelineArn, PipelineArn) {
    service_role(local, A);
    service_role(local, B);
    let trusted =
        if trusts { format!("arn:aws:iam::{A}:role/service") } else { format!("arn:aws:iam::{B}:role/service") };
    let invoker = format!("arn:aws:iam::{B}:role/deploy-invoker");
    let deploy = pipeline(local, B, "deploy", &[source(), build()]);
    local
        .put_role(
            &invoker.parse().unwrap(),
            &trust(&format!(r#"{{"AWS":"{trusted}"}}"#)).unwrap(),
            &[("start", &allow(&["codepipeline:StartPipelineExecution"], &deploy.to_string()))],
        )
        .unwrap();
    let stage = json!({ "name": "Deploy", "actions": [invoke("ccc", "deploy", Some(&invoker))] });
    (pipeline(local, A, "release", &[source(), build(), stage]), deploy)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_fails_shows_the_refused_hop_while_the_page_is_open() {
    let Some(mut browser) = Browser::start("page-refused") else { return };
    let local = Local::new();
    let (release, _) = across(&local, false);
    let server = served(&local).await;
    browser.open(&format!("http://{}/", server.address()));
    browser.wait_for("document.querySelectorAll('[data-account]').length === 2");
    assert_eq!(browser.value("document.querySelectorAll('.wire.unused').length"), json!(2));
    assert_eq!(browser.value("document.querySelectorAll('#failures li').length"), json!(0));
    keep(&mut browser, "before");

    let id = start(&local, &release).await;
    browser.wait_for("document.querySelector('.pipeline.busy h3')?.textContent === 'release'");
    local.let_pass(std::time::Duration::from_secs(600));
    browser.wait_for("document.querySelectorAll('#failures li').length === 1");
    let labels = "[...document.querySelectorAll('.label')].map((label) => label.textContent)";
    assert_eq!(browser.value(labels), json!(["✗ assume refused", "start"]));
    browser.value(&format!("document.querySelector('[data-run=\"{id}\"]').click()"));
    browser.wait_for("document.querySelector('#cause')");
    let heading = browser.value("document.querySelector('#cause h3').textContent");
    assert_eq!(heading, json!("Deploy › ccc failed"));
    let error = browser.value("document.querySelector('#cause p').textContent");
    let session = format!("AccessDenied: User: arn:aws:sts::{A}:assumed-role/service/");
    let refused =
        format!(" is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::{B}:role/deploy-invoker");
    let error = error.as_str().unwrap();
    assert!(error.starts_with(&session) && error.ends_with(&refused), "{error}");
    let hops = browser.value("[...document.querySelectorAll('#cause [data-hop]')].map((hop) => hop.textContent)");
    assert_eq!(
        hops,
        json!([
            format!("✓CodePipeline assumes the service role arn:aws:iam::{A}:role/service"),
            format!("✗the service role assumes arn:aws:iam::{B}:role/deploy-invoker – refused here"),
            format!("–this role starts arn:aws:codepipeline:{REGION}:{B}:deploy – not reached"),
        ])
    );
    keep(&mut browser, "refused");
    browser.scheme("dark");
    keep(&mut browser, "refused-dark");
    browser.size(480, 900);
    keep(&mut browser, "refused-narrow");
    assert_eq!(browser.errors, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_was_told_to_fail_is_refused_nothing() {
    let Some(mut browser) = Browser::start("page-told") else { return };
    let local = Local::new();
    let (release, _) = across(&local, true);
    local.fail(&release, "Deploy", "ccc", "not today");
    let server = served(&local).await;
    start(&local, &release).await;
    local.let_pass(std::time::Duration::from_secs(600));
    browser.open(&format!("http://{}/", server.address()));
    browser.wait_for("document.querySelectorAll('#failures li').length === 1");
    let labels = "[...document.querySelectorAll('.label')].map((label) => label.textContent)";
    assert_eq!(browser.value(labels), json!(["assume", "start"]));
    browser.value("document.querySelector('#failures button').click()");
    browser.wait_for("document.querySelector('#cause')");
    let hops = browser.value("[...document.querySelectorAll('#cause [data-hop]')].map((hop) => hop.dataset.hop)");
    assert_eq!(hops, json!(["good", "good", "off"]));
    assert_eq!(browser.errors, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_in_another_account_is_found_by_clicking_from_run_to_run() {
    let Some(mut browser) = Browser::start("page-clicked") else { return };
    let local = Local::new();
    let (release, deploy) = across(&local, true);
    local.set_undocumented(|switches| switches.invoke_waits = true);
    local.fail(&deploy, "Compile", "Compile", "no space left on device");
    let server = served(&local).await;
    let id = start(&local, &release).await;
    local.let_pass(std::time::Duration::from_secs(600));
    browser.open(&format!("http://{}/", server.address()));
    browser.wait_for("document.querySelectorAll('#failures li').length === 2");
    browser.value(&format!("document.querySelector('[data-run=\"{id}\"]').click()"));
    browser.wait_for("document.querySelector('#cause button')");
    keep(&mut browser, "clicked-caller");
    browser.value("document.querySelector('#cause button').click()");
    browser.wait_for("document.querySelector('#cause h3')?.textContent === 'Compile › Compile failed'");
    assert_eq!(
        browser.value("document.querySelector('#cause p').textContent"),
        json!("JobFailed: no space left on device")
    );
    // And back to the run that started it.
    browser.value(&format!("document.querySelector('#panel [data-open=\"{id}\"]').click()"));
    browser.wait_for("document.querySelector('#cause h3')?.textContent === 'Deploy › ccc failed'");
    assert_eq!(browser.errors, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_of_the_accounts_are_texts_and_the_clock_moves() {
    let Some(mut browser) = Browser::start("page-texts") else { return };
    let local = Local::new();
    service_role(&local, A);
    let release = pipeline(&local, A, "release", &[source(), build()]);
    local.fail(
        &release,
        "Compile",
        "Compile",
        "<script>document.title = 'run'</script><img src=x onerror=\"document.title = 'run'\">",
    );
    let server = served(&local).await;
    browser.open(&format!("http://{}/", server.address()));
    browser.wait_for("document.querySelectorAll('.pipeline').length === 1");
    keep(&mut browser, "one");
    let id = start(&local, &release).await;
    browser.wait_for("document.querySelector('.pipeline.busy')");
    browser.value("document.querySelector('[data-seconds=\"60\"]').click()");
    browser.wait_for("document.querySelector('.pipeline.bad')");
    browser.value(&format!("document.querySelector('[data-run=\"{id}\"]').click()"));
    browser.wait_for("document.querySelector('#cause')");
    let text = browser.value("document.querySelector('#cause p').textContent");
    assert!(text.as_str().unwrap().starts_with("JobFailed: <script>document.title"), "{text}");
    assert_eq!(browser.value("document.querySelectorAll('main script, aside script, img').length"), json!(0));
    assert_eq!(browser.value("document.title"), json!("Local AWS"));
    keep(&mut browser, "one-failed");
    assert_eq!(browser.errors, Vec::<String>::new());
    // The policy lets no other script run.
    let added = "(() => { const s = document.createElement('script'); s.textContent = 'window.added = 1'; document.body.append(s); return window.added ?? 0; })()";
    assert_eq!(browser.value(added), json!(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_account_starts_pipelines_in_thirteen_others() {
    let Some(mut browser) = Browser::start("page-many") else { return };
    let local = Local::new();
    service_role(&local, A);
    let mut stages = vec![source()];
    for n in 0..13 {
        let account = format!("3333333333{n:02}");
        service_role(&local, &account);
        let invoker = format!("arn:aws:iam::{account}:role/invoker");
        // The sixth doesn't trust A.
        let trusted = if n == 5 { account.as_str() } else { A };
        local
            .put_role(
                &invoker.parse().unwrap(),
                &trust(&format!(r#"{{"AWS":"arn:aws:iam::{trusted}:role/service"}}"#)).unwrap(),
                &[("start", &allow(&["codepipeline:StartPipelineExecution"], "*"))],
            )
            .unwrap();
        let mut actions = Vec::new();
        for part in ["network", "service", "web"] {
            pipeline(&local, &account, part, &[source(), build()]);
            actions.push(invoke(&format!("{part}-{n}"), part, Some(&invoker)));
        }
        stages.push(json!({ "name": format!("Wave{n}"), "actions": actions }));
    }
    let release = pipeline(&local, A, "release", &stages);
    let server = served(&local).await;
    start(&local, &release).await;
    local.let_pass(std::time::Duration::from_secs(900));
    browser.open(&format!("http://{}/", server.address()));
    browser.wait_for("document.querySelectorAll('.pipeline').length === 40");
    browser.wait_for("document.querySelectorAll('.wire').length > 0");
    assert_eq!(browser.value("document.querySelectorAll('[data-account]').length"), json!(14));
    assert_eq!(browser.value("document.querySelectorAll('#failures li').length"), json!(1));
    assert_eq!(browser.value("document.querySelectorAll('.wire.bad').length"), json!(3));
    assert_eq!(browser.value("document.querySelectorAll('.label').length"), json!(1));
    keep(&mut browser, "many");
    browser.value("document.querySelector('#failures button').click()");
    browser.wait_for("document.querySelector('#cause')");
    keep(&mut browser, "many-opened");
    browser.size(1800, 3200);
    keep(&mut browser, "many-tall");
    assert_eq!(browser.errors, Vec::<String>::new());
}
