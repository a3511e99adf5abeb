//! A secret of the program is in AWS, and nowhere else: in no output, log, journal, plan or error, and in no `{:?}`.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use codepipeline_xacct::Topology;
use codepipeline_xacct::aws::Session;
use codepipeline_xacct::cli::{Console, run_in};
use codepipeline_xacct::core::declaration::{PipelineDeclaration, PipelineDocument};
use codepipeline_xacct::core::plan::{Drift, Intent, Journal, Plan};
use codepipeline_xacct::local::{Fault, Local};
use codepipeline_xacct_aws_tests::JournalInMemory;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

const SECRET: &str = "ghp-planted-1";
const ROTATED: &str = "ghp-planted-2";
const PIPELINE: &str = "arn:aws:codepipeline:eu-west-1:111111111111:release";

pub struct Settings {
    pub token: &'static str,
    pub branch: &'static str,
}

codepipeline_xacct::pipeline! {
    pub account Tooling = "111111111111";

    pub pipeline Release(settings: &Settings) in Tooling {
        name: "release",
        region: "eu-west-1",
        service_role: managed("release-service"),
        artifact_bucket: "release-artifacts",
        stage "Source" {
            source "code": GitHub {
                owner: "o",
                repo: "r",
                branch: (settings.branch),
                oauth_token: (settings.token),
                output: Code,
            }
        }
        stage "Build" {
            action "build": Commands { input: Code, commands: ["make"] }
        }
    }
}

fn topology(token: &'static str, branch: &'static str) -> Topology {
    Topology::builder("release").add(Release::new(&Settings { token, branch })).build().unwrap()
}

/// Keeps all that the library logs, at every level. What the SDK logs of its requests is the SDK's.
struct Log(Arc<Mutex<String>>);

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("codepipeline_xacct")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut log = self.0.lock().unwrap();
        event.record(&mut |field: &tracing::field::Field, value: &dyn Debug| {
            let _ = writeln!(log, "{field}={value:?}");
        });
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[derive(Default)]
struct Seen(usize);

impl Seen {
    fn text(&mut self, what: &str, text: &str) {
        assert!(!text.is_empty(), "{what} is empty");
        for secret in [SECRET, ROTATED] {
            assert!(!text.contains(secret), "{what} has the secret: {text}");
        }
        self.0 += 1;
    }

    fn debug(&mut self, what: &str, value: &dyn Debug) {
        self.text(what, &format!("{value:?}"));
        self.text(what, &format!("{value:#?}"));
    }
}

async fn command(session: &Session, token: &'static str, args: &[&str], seen: &mut Seen) -> u8 {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let console = Console { stdout: &mut stdout, stderr: &mut stderr, stdin: None };
    let all = std::iter::once("release").chain(args.iter().copied()).map(Into::into);
    let topology = Topology::builder("release").add(Release::new(&Settings { token, branch: "main" })).build();
    let code = run_in(topology, session.clone(), all, console).await;
    seen.text(&args.join(" "), &String::from_utf8([stdout, stderr, vec![b'.']].concat()).unwrap());
    code
}

async fn connected(local: &Local) -> Session {
    local.connect(&topology(SECRET, "main")).await.unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_planted_secret_is_in_no_output_log_journal_plan_error_or_debug() {
    let log: Arc<Mutex<String>> = Arc::default();
    tracing::subscriber::set_global_default(Log(Arc::clone(&log))).unwrap();
    let mut seen = Seen::default();
    let local = Local::new();
    let session = connected(&local).await;
    let topology_1 = topology(SECRET, "main");
    seen.debug("the topology", &topology_1);
    seen.text("the topology", &topology_1.to_string());
    seen.debug("the item", &topology_1.pipelines());
    seen.debug("the declaration", &topology_1.pipelines()[0].declaration);
    seen.debug(
        "the builder",
        &Topology::builder("release").add(Release::new(&Settings { token: SECRET, branch: "main" })),
    );
    for command_line in [["plan", "-v"].as_slice(), &["plan", "--json"], &["show"], &["policies"]] {
        command(&session, SECRET, command_line, &mut seen).await;
    }

    // A failure of the call that has it.
    let plan = session.plan(&topology_1).await.unwrap();
    for fault in [
        Fault::on("CreatePipeline").access_denied(),
        Fault::on("CreatePipeline").internal_error(),
        Fault::on("CreatePipeline").cut_before(),
        Fault::on("CreatePipeline").timeout(),
    ] {
        let local = Local::new();
        let session = connected(&local).await;
        local.faults().add(fault);
        let paper = JournalInMemory::default();
        let on_event = |event| log.lock().unwrap().push_str(&format!("{event} {event:?}\n"));
        let request = session.apply(&plan).journal_to(paper.clone()).undo_on_failure().on_event(on_event);
        seen.debug("the request", &request);
        let error = request.await.unwrap_err();
        seen.debug("the error", &error);
        seen.text("the error", &error.to_string());
        seen.text("the journal", &paper.text().unwrap());
        seen.debug("calls", &local.calls());
    }

    let paper = JournalInMemory::default();
    let report = session.apply(&plan).journal_to(paper.clone()).await.unwrap();
    seen.debug("the report", &report);
    assert!(local.to_json().unwrap().contains(SECRET), "it is in AWS");
    let journal = Journal::read(&paper.text().unwrap()).unwrap();
    seen.text("the journal", &paper.text().unwrap());
    seen.debug("the journal", &journal);
    assert_eq!(journal.written().iter().flat_map(|written| &written.secrets).count(), 1);
    seen.debug("the plan", &plan);
    seen.text("the plan", &plan.to_string());
    seen.text("the plan", &format!("{plan:#}"));
    seen.text("the saved plan", &serde_json::to_string(&plan).unwrap());
    for step in plan.steps() {
        seen.debug("a step", step);
        seen.debug("a write", &step.write);
    }
    seen.debug("what was read", &session.read(&topology_1).await.unwrap());
    seen.debug("the session", &session);
    seen.debug("local AWS", &local);

    // Rotated, and edited with it.
    let changed = session.plan(&topology(ROTATED, "next")).await.unwrap();
    seen.debug("a plan to update", &changed);
    seen.text("a plan to update", &format!("{changed:#}"));
    let paper = JournalInMemory::default();
    session.apply(&changed).journal_to(paper.clone()).await.unwrap();
    assert!(local.to_json().unwrap().contains(ROTATED), "it is in AWS");
    seen.text("the journal", &paper.text().unwrap());
    let back = session.restore(&Journal::read(&paper.text().unwrap()).unwrap()).await.unwrap();
    seen.debug("the way back", &back);
    seen.text("the way back", &format!("{back:#}"));
    assert_eq!(
        back.warnings().iter().map(|warning| warning.message.as_str()).collect::<Vec<_>>(),
        [format!(
            "pipeline `{PIPELINE}` keeps the secrets that the apply wrote (stages[Source].actions[code].configuration.OAuthToken): AWS does \
             not return the previous ones"
        )]
    );
    session.apply(&back).await.unwrap();
    assert_eq!(command(&session, ROTATED, &["destroy", "--yes", "--no-journal"], &mut seen).await, 0);
    seen.text("the log", &log.lock().unwrap());
    assert!(log.lock().unwrap().contains("step="), "nothing was logged");
    assert!(seen.0 > 50, "{}", seen.0);
}

#[tokio::test]
async fn a_deleted_pipeline_with_a_secret_is_not_put_back_and_says_so() {
    let local = Local::new();
    let session = connected(&local).await;
    let topology = topology(SECRET, "main");
    session.apply(&session.plan(&topology).await.unwrap()).await.unwrap();
    let paper = JournalInMemory::default();
    let destroy = session.plan(&topology).intent(Intent::Destroy).await.unwrap();
    session.apply(&destroy).journal_to(paper.clone()).await.unwrap();
    let back = session.restore(&Journal::read(&paper.text().unwrap()).unwrap()).await.unwrap();
    let said: Vec<&str> = back.warnings().iter().map(|warning| warning.message.as_str()).collect();
    let expected = format!(
        "pipeline `{PIPELINE}` is not put back: AWS does not return the secret `stages[Source].actions[code].configuration.OAuthToken`"
    );
    assert!(said.contains(&expected.as_str()), "{said:#?}");
    // The role is, without which the program could not create the pipeline again; it needs nothing of the pipeline.
    session.apply(&back).await.unwrap();
    session
        .apply(
            &session
                .plan(&topology)
                .adopt(
                    "arn:aws:iam::111111111111:role/release-service"
                        .parse::<codepipeline_xacct::core::ids::RoleArn>()
                        .unwrap(),
                )
                .await
                .unwrap(),
        )
        .await
        .unwrap();
    assert!(local.pipeline(&PIPELINE.parse().unwrap()).is_some());
}

#[tokio::test]
async fn what_aws_masks_of_a_custom_action_is_no_change_and_is_not_printed() {
    let local = Local::new();
    let session = connected(&local).await;
    session.apply(&session.plan(&topology(SECRET, "main")).await.unwrap()).await.unwrap();
    // As AWS returns an action whose type calls `Branch` a secret.
    let arn = PIPELINE.parse().unwrap();
    let mut pipeline: PipelineDeclaration = local.pipeline(&arn).unwrap();
    let action = &mut pipeline.stages.as_mut().unwrap()[0].actions.as_mut().unwrap()[0];
    action.configuration.as_mut().unwrap().insert("Branch".to_owned(), "*".repeat(4));
    local.put_pipeline(&arn, &PipelineDocument { pipeline, ..Default::default() }).unwrap();
    let plan = session.plan(&topology(SECRET, "main")).await.unwrap();
    assert!(plan.is_empty(), "{plan}");
}

#[tokio::test]
async fn a_secret_is_not_rotated_where_an_edit_from_outside_stays_and_the_plan_says_so() {
    let local = Local::new();
    let session = connected(&local).await;
    session.apply(&session.plan(&topology(SECRET, "main")).await.unwrap()).await.unwrap();
    let client = aws_sdk_codepipeline::Client::new(&local.sdk_config("111111111111", "eu-west-1"));
    let mut pipeline = client.get_pipeline().name("release").send().await.unwrap().pipeline.unwrap();
    pipeline.stages[1].actions[0].commands = Some(vec!["make theirs".to_owned()]);
    client.update_pipeline().pipeline(pipeline).send().await.unwrap();

    let rotated = topology(ROTATED, "main");
    let said = "no secrets are written, because changes made outside the program are kept";
    let dropped = async |drift: Drift| {
        let plan = session.plan(&rotated).rotate_secrets().drift(drift).await.unwrap();
        let said = plan.warnings().iter().any(|warning| warning.code == "XA1027" && warning.message == said);
        (plan, said)
    };
    let (plan, is_said) = dropped(Drift::Keep).await;
    assert!(is_said, "{plan}");
    session.apply(&plan).await.unwrap();
    let held = local.to_json().unwrap();
    assert!(held.contains(SECRET) && held.contains("make theirs") && !held.contains(ROTATED));
    // Nor with what the program changes in the same action.
    let changed = topology(ROTATED, "next");
    for rotates in [false, true] {
        let request = session.plan(&changed).drift(Drift::Keep);
        let request = if rotates { request.rotate_secrets() } else { request };
        session.apply(&request.await.unwrap()).await.unwrap();
        let held = local.to_json().unwrap();
        assert!(held.contains("\"next\"") && held.contains("make theirs") && !held.contains(ROTATED));
    }
    let (plan, is_said) = dropped(Drift::Revert).await;
    assert!(!is_said, "{plan}");
    session.apply(&plan).await.unwrap();
    assert!(local.to_json().unwrap().contains(ROTATED));
    let now = serde_json::to_string(&local.pipeline(&PIPELINE.parse().unwrap()).unwrap()).unwrap();
    assert!(!now.contains("make theirs"));
}

mod custom {
    pub struct Settings {
        pub key: &'static str,
        pub pin: &'static str,
        pub project: &'static str,
    }

    codepipeline_xacct::pipeline! {
        pub account Tooling = "111111111111";

        pub pipeline Release(settings: &Settings) in Tooling {
            name: "release",
            region: "eu-west-1",
            service_role: managed("release-service"),
            artifact_bucket: "release-artifacts",
            stage "Source" {
                source "code": CodeCommit { repository: "shop", branch: "main", poll: false, output: Code }
            }
            stage "Scan" {
                action "scan": type("Build", "Custom", "Scanner", "1") {
                    input: Code,
                    configuration: {
                        Project: (settings.project),
                        TokenCount: "7",
                        ApiKey: (settings.key),
                        Pin: (settings.pin),
                    },
                }
            }
        }
    }

    pub fn topology(key: &'static str, project: &'static str) -> codepipeline_xacct::Topology {
        codepipeline_xacct::Topology::builder("release")
            .add(Release::new(&Settings { key, pin: key, project }))
            .build()
            .unwrap()
    }
}

/// An account with an action type two of whose keys are secret, one of them by a name that doesn't tell.
async fn with_scanner() -> (Local, Session) {
    use aws_sdk_codepipeline::types::{ActionCategory, ActionConfigurationProperty, ArtifactDetails};
    let local = Local::new();
    let session = local.connect(&custom::topology(SECRET, "shop")).await.unwrap();
    let property = |name: &str, secret: bool| {
        let property = ActionConfigurationProperty::builder().name(name).required(true).key(false).secret(secret);
        property.build().unwrap()
    };
    let artifacts = |most| ArtifactDetails::builder().minimum_count(0).maximum_count(most).build();
    let client = aws_sdk_codepipeline::Client::new(&local.sdk_config("111111111111", "eu-west-1"));
    let created = client.create_custom_action_type().category(ActionCategory::Build).provider("Scanner").version("1");
    let properties = [("Project", false), ("TokenCount", false), ("ApiKey", true), ("Pin", true)];
    let properties = properties.into_iter().map(|(name, secret)| property(name, secret)).collect();
    let created = created.set_configuration_properties(Some(properties));
    created.input_artifact_details(artifacts(1)).output_artifact_details(artifacts(0)).send().await.unwrap();
    (local, session)
}

fn planned(plan: &Plan, seen: &mut Seen) {
    seen.debug("the plan", plan);
    seen.text("the plan", &plan.to_string());
    seen.text("the plan", &format!("{plan:#}"));
    seen.text("the saved plan", &serde_json::to_string(plan).unwrap());
    for step in plan.steps() {
        seen.debug("a step", step);
        seen.debug("a write", &step.write);
    }
}

#[tokio::test(start_paused = true)]
async fn a_secret_of_a_custom_action_is_printed_nowhere() {
    let (local, session) = with_scanner().await;
    let mut seen = Seen::default();
    let topology = custom::topology(SECRET, "shop");
    seen.debug("the topology", &topology);
    seen.text("the topology", &topology.to_string());
    seen.debug("the pipelines", &topology.pipelines());
    for line in [["plan", "-v"].as_slice(), &["plan", "--json"], &["show"], &["policies"]] {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let console = Console { stdout: &mut stdout, stderr: &mut stderr, stdin: None };
        let all = std::iter::once("release").chain(line.iter().copied()).map(Into::into);
        run_in(Ok(custom::topology(SECRET, "shop")), session.clone(), all, console).await;
        seen.text(&line.join(" "), &String::from_utf8([stdout, stderr].concat()).unwrap());
    }

    let plan = session.plan(&topology).await.unwrap();
    planned(&plan, &mut seen);
    assert!(plan.warnings().iter().all(|warning| warning.code != "XA1043"), "{plan}");
    let saved = serde_json::to_string(&plan).unwrap();
    // What is no secret is there, whatever its name.
    assert!(saved.contains(r#""Project":"shop","TokenCount":"7","ApiKey":"****","Pin":"****""#), "{saved}");
    for fault in [Fault::on("CreatePipeline").access_denied(), Fault::on("CreatePipeline").cut_after()] {
        let (local, session) = with_scanner().await;
        local.faults().add(fault);
        let paper = JournalInMemory::default();
        match session.apply(&plan).journal_to(paper.clone()).undo_on_failure().await {
            Ok(report) => seen.debug("the report", &report),
            Err(error) => {
                seen.debug("the error", &error);
                seen.text("the error", &error.to_string());
            }
        }
        seen.text("the journal", &paper.text().unwrap());
    }
    let paper = JournalInMemory::default();
    session.apply(&plan).journal_to(paper.clone()).await.unwrap();
    let journal = Journal::read(&paper.text().unwrap()).unwrap();
    assert_eq!(journal.written().iter().flat_map(|written| &written.secrets).count(), 2);
    seen.debug("the journal", &journal);
    let held = local.to_json().unwrap().replace(' ', "");
    assert!(["ApiKey", "Pin"].iter().all(|key| held.contains(&format!("\"{key}\":\"{SECRET}\""))), "both are in AWS");
    assert!(session.plan(&topology).await.unwrap().is_empty());

    // What changes next to them leaves them, also from a saved plan; rotated, they are written.
    let changed = session.plan(&custom::topology(SECRET, "other")).await.unwrap();
    planned(&changed, &mut seen);
    let changed: Plan = serde_json::from_str(&serde_json::to_string(&changed).unwrap()).unwrap();
    session.apply(&changed).journal_to(paper.clone()).await.unwrap();
    assert!(local.to_json().unwrap().contains(SECRET) && local.to_json().unwrap().contains("\"other\""));
    let rotated = session.plan(&custom::topology(ROTATED, "other")).rotate_secrets().await.unwrap();
    planned(&rotated, &mut seen);
    session.apply(&rotated).journal_to(paper.clone()).await.unwrap();
    assert!(local.to_json().unwrap().contains(ROTATED), "it is in AWS");
    seen.text("the journal", &paper.text().unwrap());
    for drift in [Drift::Keep, Drift::Refuse] {
        let plan = session.plan(&custom::topology(ROTATED, "other")).drift(drift).await.unwrap();
        assert!(plan.is_empty() && plan.outside().is_empty(), "{plan}");
    }
    seen.debug("what was read", &session.read(&topology).await.unwrap());
    let back = session.restore(&Journal::read(&paper.text().unwrap()).unwrap()).await.unwrap();
    planned(&back, &mut seen);
    // What no account was asked for is told by its name.
    let release = custom::Release::new(&custom::Settings { key: SECRET, pin: "0000", project: "shop" });
    let topology = Topology::builder("release").add(release).build().unwrap();
    seen.debug("the templates", &topology.to_cloudformation().unwrap());
    assert!(seen.0 > 50, "{}", seen.0);
}

#[tokio::test(start_paused = true)]
async fn what_an_apply_wrote_of_a_custom_action_is_put_back_whatever_counted_as_secret() {
    for asks in [true, false] {
        let (local, session) = with_scanner().await;
        if !asks {
            local.faults().add(Fault::on("ListActionTypes").access_denied());
        }
        let written = async |project| {
            let paper = JournalInMemory::default();
            let plan = session.plan(&custom::topology(SECRET, project)).await.unwrap();
            let guesses = plan.warnings().iter().any(|warning| warning.code == "XA1043");
            session.apply(&plan).journal_to(paper.clone()).await.unwrap();
            (Journal::read(&paper.text().unwrap()).unwrap(), guesses)
        };
        let (created, guesses) = written("shop").await;
        assert_ne!(guesses, asks, "what the account does not show yet is a guess");
        let before = local.pipeline(&PIPELINE.parse().unwrap()).unwrap();
        // The account shows what is no secret by now.
        let (updated, guesses) = written("other").await;
        assert!(!guesses);
        let back = session.restore(&updated).await.unwrap();
        session.apply(&back).await.unwrap();
        let there = local.pipeline(&PIPELINE.parse().unwrap()).unwrap();
        assert_eq!(there.stages, before.stages, "{back:#}");
        let back = session.restore(&created).await.unwrap();
        assert!(back.warnings().iter().all(|warning| warning.code != "XA1019"), "{back:#}");
        session.apply(&back).await.unwrap();
        assert!(local.pipeline(&PIPELINE.parse().unwrap()).is_none(), "{back:#}");
    }
}

/// Local AWS, which refuses a declaration and repeats it, as AWS does with values that break a constraint.
#[derive(Debug, Clone)]
struct Repeating(Local);

impl HttpClient for Repeating {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Repeating {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        if !target.ends_with(".CreatePipeline") && !target.ends_with(".UpdatePipeline") {
            return self.0.call(request);
        }
        let body = String::from_utf8(request.body().bytes().unwrap_or_default().to_vec()).unwrap();
        let said = format!("Value '{body}' at 'pipeline' failed to satisfy constraint");
        let answer = serde_json::json!({ "__type": "ValidationException", "message": said }).to_string();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(400.try_into().unwrap(), answer.into())))
    }
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_aws_repeats_in_an_error_is_masked() {
    let (local, session) = with_scanner().await;
    let topology = custom::topology(SECRET, "shop");
    let account = topology.accounts()[0].clone();
    let config = local.sdk_config(account.id.as_str(), "eu-west-1").into_builder();
    let config = config.http_client(Repeating(local.clone())).build();
    let refused = Session::builder().account(account, config).connect().await.unwrap();
    let mut seen = Seen::default();
    let mut refuse = async |plan: &Plan| {
        let paper = JournalInMemory::default();
        let error = refused.apply(plan).without_asking_first().journal_to(paper.clone()).await.unwrap_err();
        assert!(error.to_string().contains("Pin") && error.to_string().contains("shop"), "{error}");
        seen.text("the error", &error.to_string());
        seen.debug("the error", &error);
        seen.text("the journal", &paper.text().unwrap());
    };
    refuse(&session.plan(&topology).await.unwrap()).await;
    session.apply(&session.plan(&topology).await.unwrap()).await.unwrap();
    refuse(&session.plan(&custom::topology(ROTATED, "shop")).rotate_secrets().await.unwrap()).await;
}

#[tokio::test(start_paused = true)]
async fn where_an_account_does_not_say_what_is_secret_nothing_of_a_custom_action_is_printed() {
    let (local, session) = with_scanner().await;
    local.faults().add(Fault::on("ListActionTypes").access_denied());
    let mut seen = Seen::default();
    let plan = session.plan(&custom::topology(SECRET, "shop")).await.unwrap();
    planned(&plan, &mut seen);
    let said: Vec<&str> = plan.warnings().iter().filter(|w| w.code == "XA1043").map(|w| w.message.as_str()).collect();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].starts_with(
            "the action types of account 111111111111 in eu-west-1 can't be read, so all that the program configures of its custom actions counts \
             as secret: "
        ),
        "{said:?}"
    );
    let saved = serde_json::to_string(&plan).unwrap();
    assert!(saved.contains(r#""Project":"****","TokenCount":"****","ApiKey":"****","Pin":"****""#), "{saved}");
    session.apply(&plan).await.unwrap();
    // The account has all of it, and shows what is no secret; nothing of that is taken for an edit.
    for drift in [Drift::Revert, Drift::Keep, Drift::Refuse] {
        let plan = session.plan(&custom::topology(SECRET, "shop")).drift(drift).await.unwrap();
        assert!(plan.is_empty() && plan.outside().is_empty(), "{plan}");
    }
    // An edit of what was not known is one.
    let client = aws_sdk_codepipeline::Client::new(&local.sdk_config("111111111111", "eu-west-1"));
    let edit = async |project: &str| {
        let mut pipeline = client.get_pipeline().name("release").send().await.unwrap().pipeline.unwrap();
        let configuration = pipeline.stages[1].actions[0].configuration.as_mut().unwrap();
        configuration.insert("Project".to_owned(), project.to_owned());
        client.update_pipeline().pipeline(pipeline).send().await.unwrap();
    };
    edit("theirs").await;
    let error = session.plan(&custom::topology(SECRET, "shop")).drift(Drift::Refuse).await.unwrap_err().to_string();
    assert!(error.contains("XA1033"), "{error}");
    edit("shop").await;
    for (key, project) in [(SECRET, "other"), (ROTATED, "third")] {
        let topology = custom::topology(key, project);
        let changed = session.plan(&topology).drift(Drift::Refuse).await.unwrap();
        planned(&changed, &mut seen);
        let text = format!("{changed:#}");
        assert!(text.contains("stages[Scan].actions[scan].configuration.Project"), "{text}");
        session.apply(&changed).await.unwrap();
        assert!(local.to_json().unwrap().contains(key) && local.to_json().unwrap().contains(project));
        let again = session.plan(&topology).drift(Drift::Refuse).await.unwrap();
        assert!(again.is_empty() && again.outside().is_empty(), "{again}");
    }
}

/// Every command of the program, each to its success, with a secret in what it deploys.
#[tokio::test(start_paused = true)]
async fn a_secret_is_in_no_output_of_any_command() {
    let mut seen = Seen::default();
    let local = Local::new();
    let session = connected(&local).await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (journal, contract) = (path("journal"), path("contract.json"));
    let journals = |seen: &mut Seen| {
        let mut all: Vec<_> = std::fs::read_dir(&journal).unwrap().map(|entry| entry.unwrap().path()).collect();
        all.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
        all.iter().for_each(|path| seen.text("the journal", &std::fs::read_to_string(path).unwrap()));
        all.sort_by_key(|path| std::fs::metadata(path).unwrap().modified().unwrap());
        all.last().unwrap().display().to_string()
    };
    for (tool, to) in [("aws-cli", path("cli")), ("cloudformation", path("cfn")), ("terraform", path("tf"))] {
        assert_eq!(command(&session, SECRET, &["export", tool, "-o", &to], &mut seen).await, 0, "{tool}");
        let mut paths = vec![std::path::PathBuf::from(to)];
        while let Some(path) = paths.pop() {
            match path.is_dir() {
                true => paths.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path())),
                false => seen.text(tool, &std::fs::read_to_string(path).unwrap()),
            }
        }
    }
    for format in ["text", "mermaid", "dot", "svg"] {
        assert_eq!(command(&session, SECRET, &["graph", "--format", format], &mut seen).await, 0, "{format}");
    }
    assert_eq!(command(&session, SECRET, &["contract", "publish", "Release", "-o", &contract], &mut seen).await, 0);
    seen.text("the contract", &std::fs::read_to_string(&contract).unwrap());
    for rehearse in [["rehearse"].as_slice(), &["rehearse", "--format", "json"]] {
        assert_eq!(command(&session, SECRET, rehearse, &mut seen).await, 0, "{rehearse:?}");
    }
    // A failure first, of which the program says all that it can.
    local.faults().add(Fault::on("CreatePipeline").access_denied());
    let apply = ["apply", "--yes", "--format", "json", "--journal", &journal];
    assert_eq!(command(&session, SECRET, &apply, &mut seen).await, 1);
    local.faults().clear();
    assert_eq!(command(&session, SECRET, &apply, &mut seen).await, 0);
    assert!(local.to_json().unwrap().contains(SECRET), "it is in AWS");
    journals(&mut seen);
    // Nothing can be compared, so it is written when told to.
    assert_eq!(command(&session, ROTATED, &apply, &mut seen).await, 0);
    assert!(local.to_json().unwrap().contains(SECRET), "nobody asked for it");
    assert_eq!(command(&session, ROTATED, &["plan", "--rotate-secrets", "-v"], &mut seen).await, 2);
    let rotating: Vec<&str> = apply.iter().copied().chain(["--rotate-secrets"]).collect();
    assert_eq!(command(&session, ROTATED, &rotating, &mut seen).await, 0);
    let held = local.to_json().unwrap();
    assert!(held.contains(ROTATED), "it is in AWS");
    let last = journals(&mut seen);
    for doctor in [["doctor"].as_slice(), &["doctor", "--format", "json"]] {
        assert_eq!(command(&session, ROTATED, doctor, &mut seen).await, 0, "{doctor:?}");
    }
    for follow in [["start", "Release"].as_slice(), &["start", "Release", "--format", "json"]] {
        assert_eq!(command(&session, ROTATED, follow, &mut seen).await, 0, "{follow:?}");
    }
    let client = aws_sdk_codepipeline::Client::new(&local.sdk_config("111111111111", "eu-west-1"));
    let runs = client.list_pipeline_executions().pipeline_name("release").send().await.unwrap();
    let id = runs.pipeline_execution_summaries()[0].pipeline_execution_id().unwrap().to_owned();
    assert_eq!(command(&session, ROTATED, &["follow", &id], &mut seen).await, 0);
    let restore = ["restore", &last, "--yes", "--format", "json", "--journal", &journal];
    assert_eq!(command(&session, ROTATED, &restore, &mut seen).await, 0);
    journals(&mut seen);
    let destroy = ["destroy", "--yes", "--format", "json", "--journal", &journal];
    assert_eq!(command(&session, ROTATED, &destroy, &mut seen).await, 0);
    journals(&mut seen);
    assert!(seen.0 > 40, "{}", seen.0);
}
