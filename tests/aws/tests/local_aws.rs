//! What local AWS refuses, with the codes and texts of AWS, called through the SDK's own clients.

use std::path::Path;
use std::time::Duration;

use aws_sdk_codepipeline::error::ProvideErrorMetadata;
use codepipeline_xacct::Topology;
use codepipeline_xacct::aws::FollowedExecution;
use codepipeline_xacct::core::ids::Partition;
use codepipeline_xacct::core::policy::validate::accept;
use codepipeline_xacct::core::policy::{Document, DocumentKind};
use codepipeline_xacct::local::Local;
use codepipeline_xacct_aws_tests::*;

fn iam(local: &Local, account: &str) -> aws_sdk_iam::Client {
    aws_sdk_iam::Client::new(&local.sdk_config(account, "us-east-1"))
}

fn codepipeline(local: &Local, account: &str) -> aws_sdk_codepipeline::Client {
    aws_sdk_codepipeline::Client::new(&local.sdk_config(account, "ap-northeast-1"))
}

/// The article's case, applied.
async fn wired() -> (Local, Topology) {
    let local = as_the_console_left_it().unwrap();
    let topology = Topology::builder("release").add(passing::Release).build().unwrap();
    let session = local.connect(&topology).await.unwrap();
    session.apply(&session.plan(&topology).await.unwrap()).await.unwrap();
    (local, topology)
}

async fn run(local: &Local, topology: &Topology) -> FollowedExecution {
    let session = local.connect(topology).await.unwrap();
    let execution = session.start(passing::Release).await.unwrap();
    execution.wait().poll(Duration::from_millis(1)).timeout(Duration::from_secs(600)).await.unwrap()
}

/// Code and message of the action that failed.
fn failure(run: &FollowedExecution) -> (String, String) {
    assert!(!run.succeeded(), "{run}");
    run.actions.iter().rev().find_map(|a| a.error.clone()).unwrap()
}

#[tokio::test]
async fn a_principal_that_does_not_exist_is_refused() {
    let local = Local::new();
    local.add_account("222222222222").unwrap();
    let error = iam(&local, "222222222222")
        .create_role()
        .role_name("x")
        .assume_role_policy_document(trust(&format!(r#"{{"AWS":"{SERVICE}"}}"#)).unwrap().to_json())
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(error.is_malformed_policy_document_exception());
    assert_eq!(error.message().unwrap(), format!("Invalid principal in policy: \"AWS\":\"{SERVICE}\""));
}

#[tokio::test]
async fn documents_of_the_wrong_kind_are_refused() {
    let local = as_the_console_left_it().unwrap();
    let iam = iam(&local, "111111111111");
    let put = |document: &str| {
        let call = iam.put_role_policy().policy_name("p").policy_document(document);
        call.role_name("AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1").send()
    };
    for (document, message) in [
        ("{", "This policy contains invalid Json"),
        (r#"{"Statement":[{"Effect":"allow"}]}"#, "The policy failed legacy parsing"),
        (r#"{"Statement":[{"Effect":"Permit"}]}"#, "Syntax errors in policy."),
        (
            r#"{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"bucket"}]}"#,
            "Resource bucket must be in ARN format or \"*\".",
        ),
    ] {
        let error = put(document).await.unwrap_err().into_service_error();
        assert_eq!((error.code().unwrap(), error.message().unwrap()), ("MalformedPolicyDocument", message));
        let refused = accept(document, DocumentKind::Identity, &Partition::aws()).unwrap_err();
        assert_eq!((refused.code, refused.message.as_str()), ("MalformedPolicyDocument", message));
    }
}

/// IAM's error texts are in one place, the validation of documents in core.
#[test]
fn local_aws_has_no_words_of_its_own_for_a_refused_document() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../codepipeline-xacct/src/local");
    let mut folders = vec![source.clone()];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for words in [
                "MalformedPolicyDocument",
                "Invalid principal",
                "AssumeRole policy",
                "Policy statement must",
                "in policy.",
            ] {
                assert!(!text.contains(words), "{} says `{words}`", path.display());
            }
            read += 1;
        }
    }
    assert!(read > 3, "{read} files in {}", source.display());
}

#[tokio::test]
async fn a_service_role_that_does_not_trust_codepipeline_is_refused() {
    let local = Local::new();
    local.put_role(&SERVICE.parse().unwrap(), &trust(r#"{"Service":"ec2.amazonaws.com"}"#).unwrap(), &[]).unwrap();
    let (code, message) = create(&local, "before").await;
    assert_eq!(code, "InvalidStructureException");
    assert_eq!(message, format!("CodePipeline is not authorized to perform AssumeRole on role {SERVICE}"));
}

/// Creates the article's pipeline with the AWS SDK's own types and returns the refusal.
async fn create(local: &Local, document: &str) -> (String, String) {
    use aws_sdk_codepipeline::types::{
        ActionCategory, ActionDeclaration, ActionOwner, ActionTypeId, ArtifactStore, ArtifactStoreType, OutputArtifact,
        PipelineDeclaration, PipelineType, StageDeclaration,
    };
    let article = article(document).unwrap().pipeline;
    let stages = article.stages.unwrap().into_iter().map(|stage| {
        let actions = stage.actions.unwrap().into_iter().map(|action| {
            let id = ActionTypeId::builder()
                .category(ActionCategory::from(action.action_type_id.category.as_str()))
                .owner(ActionOwner::from(action.action_type_id.owner.as_str()))
                .provider(action.action_type_id.provider)
                .version(action.action_type_id.version);
            let outputs = action.output_artifacts.unwrap_or_default().into_iter();
            ActionDeclaration::builder()
                .name(action.name)
                .action_type_id(id.build().unwrap())
                .set_configuration(action.configuration.map(|c| c.into_iter().collect()))
                .set_output_artifacts(Some(
                    outputs.map(|a| OutputArtifact::builder().name(a.name).build().unwrap()).collect(),
                ))
                .set_role_arn(action.role_arn)
                .build()
                .unwrap()
        });
        StageDeclaration::builder().name(stage.name).set_actions(Some(actions.collect())).build().unwrap()
    });
    let store = ArtifactStore::builder().r#type(ArtifactStoreType::S3).location("bucket").build().unwrap();
    let declaration = PipelineDeclaration::builder()
        .name("made-by-the-sdk")
        .role_arn(SERVICE)
        .artifact_store(store)
        .pipeline_type(PipelineType::V2)
        .set_stages(Some(stages.collect()))
        .build()
        .unwrap();
    let sent = codepipeline(local, "111111111111").create_pipeline().pipeline(declaration).send().await;
    let error = sent.unwrap_err().into_service_error();
    (error.code().unwrap().to_owned(), error.message().unwrap().to_owned())
}

#[tokio::test]
async fn an_action_role_that_the_service_role_cannot_assume_is_refused() {
    let local = as_the_console_left_it().unwrap();
    // The role in B does not exist; STS does not distinguish that from missing trust.
    let (code, message) = create(&local, "after").await;
    assert_eq!(code, "InvalidStructureException");
    assert_eq!(message, format!("{SERVICE} is not authorized to perform AssumeRole on role {INVOKER}"));
    // It exists and trusts, but the service role may not assume it.
    local.put_role(&INVOKER.parse().unwrap(), &trust(&format!(r#"{{"AWS":"{SERVICE}"}}"#)).unwrap(), &[]).unwrap();
    assert_eq!(create(&local, "after").await.1, message);
}

#[tokio::test]
async fn an_arn_as_pipeline_name_is_accepted_and_fails_when_the_action_runs() {
    let (local, topology) = wired().await;
    let arn = RELEASE.parse().unwrap();
    let mut declaration = local.pipeline(&arn).unwrap();
    let action = &mut declaration.stages.as_mut().unwrap()[1].actions.as_mut().unwrap()[0];
    action.configuration.as_mut().unwrap().insert("PipelineName".to_owned(), DEPLOY.to_owned());
    let document =
        codepipeline_xacct::core::declaration::PipelineDocument { pipeline: declaration, ..Default::default() };
    local.put_pipeline(&arn, &document).unwrap();
    let (code, message) = failure(&run(&local, &topology).await);
    assert_eq!(code, "ValidationException");
    assert!(message.contains(&format!("Value '{DEPLOY}' at 'name' failed to satisfy constraint")), "{message}");
}

#[tokio::test]
async fn a_missing_start_right_fails_when_the_action_runs() {
    let (local, topology) = wired().await;
    let call = iam(&local, "222222222222").delete_role_policy().role_name("hoge0316-crossaccount-pipeline");
    call.policy_name("codepipeline-xacct-release").send().await.unwrap();
    let (code, message) = failure(&run(&local, &topology).await);
    assert_eq!(code, "AccessDenied");
    let (before, after) = message.split_once("/hoge0316-crossaccount-pipeline/").unwrap();
    assert_eq!(before, "User: arn:aws:sts::222222222222:assumed-role");
    let (session, rest) = after.split_once(' ').unwrap();
    assert!(session.bytes().all(|b| b.is_ascii_digit()), "{message}");
    assert_eq!(
        rest,
        format!(
            "is not authorized to perform: codepipeline:StartPipelineExecution on resource: {DEPLOY} because no identity-based policy allows the codepipeline:StartPipelineExecution action"
        )
    );
}

#[tokio::test]
async fn a_trust_that_is_lost_later_fails_when_the_action_runs() {
    let (local, topology) = wired().await;
    iam(&local, "222222222222")
        .update_assume_role_policy()
        .role_name("hoge0316-crossaccount-pipeline")
        .policy_document(trust(r#"{"AWS":"222222222222"}"#).unwrap().to_json())
        .send()
        .await
        .unwrap();
    let (code, message) = failure(&run(&local, &topology).await);
    assert_eq!(code, "AccessDenied");
    assert!(
        message.starts_with(
            "User: arn:aws:sts::111111111111:assumed-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1/"
        ),
        "{message}"
    );
    assert!(
        message.ends_with(&format!("is not authorized to perform: sts:AssumeRole on resource: {INVOKER}")),
        "{message}"
    );
}

#[tokio::test]
async fn a_service_role_that_is_made_anew_is_not_the_one_that_was_trusted() {
    let (local, topology) = wired().await;
    let name = "AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1";
    let iam = iam(&local, "111111111111");
    let policies = local.policies(&SERVICE.parse().unwrap()).unwrap();
    for (policy, _) in &policies {
        iam.delete_role_policy().role_name(name).policy_name(policy).send().await.unwrap();
    }
    iam.delete_role().role_name(name).send().await.unwrap();
    let policies: Vec<(&str, &Document)> = policies.iter().map(|(name, document)| (name.as_str(), document)).collect();
    local.put_role(&SERVICE.parse().unwrap(), &service_trust().unwrap(), &policies).unwrap();
    let shown = local.trust(&INVOKER.parse().unwrap()).unwrap().to_json();
    assert!(shown.contains("AROALOCAL") && !shown.contains(SERVICE), "{shown}");
    assert!(failure(&run(&local, &topology).await).1.contains("sts:AssumeRole"));
    // The next plan sees it and writes the trust again.
    let session = local.connect(&topology).await.unwrap();
    let plan = session.plan(&topology).await.unwrap();
    assert_eq!(
        plan.steps().iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["~ role hoge0316-crossaccount-pipeline: trust policy"]
    );
    session.apply(&plan).await.unwrap();
    assert!(run(&local, &topology).await.succeeded());
}

#[tokio::test]
async fn a_permission_that_an_action_lacks_fails_when_it_runs() {
    let (local, topology) = wired().await;
    let iam = iam(&local, "111111111111");
    let name = "AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1";
    iam.delete_role_policy().role_name(name).policy_name("console").send().await.unwrap();
    let (code, message) = failure(&run(&local, &topology).await);
    assert_eq!(code, "AccessDenied");
    assert!(message.contains("is not authorized to perform: codecommit:GetBranch on resource: arn:aws:codecommit:ap-northeast-1:111111111111:hoge0315code"), "{message}");
}

#[tokio::test]
async fn what_cannot_be_evaluated_is_refused_and_not_waved_through() {
    let (local, topology) = wired().await;
    let conditional = Document::from_json(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"{SERVICE}"}},"Action":"sts:AssumeRole","Condition":{{"Bool":{{"aws:MultiFactorAuthPresent":"true"}}}}}}]}}"#
    ))
    .unwrap();
    iam(&local, "222222222222")
        .update_assume_role_policy()
        .role_name("hoge0316-crossaccount-pipeline")
        .policy_document(conditional.to_json())
        .send()
        .await
        .unwrap();
    let (code, message) = failure(&run(&local, &topology).await);
    assert_eq!(code, "NotSupportedByLocalAws");
    assert_eq!(
        message,
        format!(
            "local AWS does not support the condition key `aws:MultiFactorAuthPresent`, on which assuming `{INVOKER}` depends"
        )
    );
}

#[tokio::test]
async fn actions_fail_as_told_and_a_stage_with_retry_is_tried_once_more() {
    let (local, topology) = wired().await;
    local.fail(&RELEASE.parse().unwrap(), "Source", "Source", "the repository is gone");
    let run = run(&local, &topology).await;
    assert_eq!(failure(&run), ("JobFailed".to_owned(), "the repository is gone".to_owned()));
    // `onFailure` RETRY of the article's pipeline: the action ran twice.
    assert_eq!(run.actions.len(), 2, "{run}");
}

#[tokio::test]
async fn states_and_lists_show_the_run() {
    let (local, topology) = wired().await;
    run(&local, &topology).await;
    let b = codepipeline(&local, "222222222222");
    let state = b.get_pipeline_state().name("hoge1005command").send().await.unwrap();
    let names: Vec<_> = state.stage_states().iter().map(|s| s.stage_name().unwrap()).collect();
    assert_eq!(names, ["Source", "Run"]);
    for stage in state.stage_states() {
        assert_eq!(stage.latest_execution().unwrap().status().as_str(), "Succeeded");
    }
    // Creating B's pipeline started it once, A's run the second time.
    let runs = b.list_pipeline_executions().pipeline_name("hoge1005command").send().await.unwrap();
    let triggers: Vec<_> = runs
        .pipeline_execution_summaries()
        .iter()
        .map(|e| e.trigger().unwrap().trigger_type().unwrap().as_str())
        .collect();
    assert_eq!(triggers, ["StartPipelineExecution", "CreatePipeline"]);
    let by = runs.pipeline_execution_summaries()[0].trigger().unwrap().trigger_detail().unwrap();
    assert!(by.starts_with("arn:aws:sts::222222222222:assumed-role/hoge0316-crossaccount-pipeline/"), "{by}");
    let a = codepipeline(&local, "111111111111");
    let actions = a.list_action_executions().pipeline_name("hoge0315pipeline1").send().await.unwrap();
    let invoke = &actions.action_execution_details()[0];
    let sent = invoke.input().unwrap().resolved_configuration().unwrap();
    assert_eq!(sent["Variables"], r#"[{"name":"val1","value":"aaa"}]"#);
    let pipelines = a.list_pipelines().send().await.unwrap();
    assert_eq!(pipelines.pipelines().iter().map(|p| p.name().unwrap()).collect::<Vec<_>>(), ["hoge0315pipeline1"]);
}

#[tokio::test]
async fn an_undeclared_or_missing_variable_is_refused_at_the_start() {
    let requiring = as_the_console_left_it().unwrap();
    let mut document = article("before").unwrap();
    document.pipeline.variables.as_mut().unwrap()[0].default_value = None;
    requiring.put_pipeline(&RELEASE.parse().unwrap(), &document).unwrap();
    let call = codepipeline(&requiring, "111111111111").start_pipeline_execution().name("hoge0315pipeline1");
    let error = call.send().await.unwrap_err().into_service_error();
    assert_eq!(error.code(), Some("ValidationException"));
    let (local, topology) = wired().await;
    let session = local.connect(&topology).await.unwrap();
    let nobody = "nobody".parse().unwrap();
    let error = session.start_arn(RELEASE.parse().unwrap()).variable(&nobody, "x").await.unwrap_err();
    assert!(error.to_string().contains("ValidationException"), "{error}");
    let missing = "arn:aws:codepipeline:ap-northeast-1:222222222222:nothing".parse().unwrap();
    let error = session.start_arn(missing).await.unwrap_err();
    assert!(error.to_string().contains("PipelineNotFoundException"), "{error}");
}

#[tokio::test]
async fn sts_answers_who_calls_and_assumes_only_what_trusts() {
    let local = as_the_console_left_it().unwrap();
    local.put_role(&INVOKER.parse().unwrap(), &trust(r#"{"AWS":"111111111111"}"#).unwrap(), &[]).unwrap();
    let a = aws_sdk_sts::Client::new(&local.sdk_config("111111111111", "us-east-1"));
    assert_eq!(a.get_caller_identity().send().await.unwrap().account(), Some("111111111111"));
    let assumed = a.assume_role().role_arn(INVOKER).role_session_name("me").send().await.unwrap();
    let arn = "arn:aws:sts::222222222222:assumed-role/hoge0316-crossaccount-pipeline/me";
    assert_eq!(assumed.assumed_role_user().unwrap().arn(), arn);
    // The session may do only what its role may: nothing.
    let keys = assumed.credentials().unwrap();
    let credentials = aws_credential_types::Credentials::new(
        keys.access_key_id(),
        keys.secret_access_key(),
        Some(keys.session_token().to_owned()),
        None,
        "test",
    );
    let config = local.sdk_config("111111111111", "us-east-1").to_builder();
    let config = config
        .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(credentials))
        .build();
    let who = aws_sdk_sts::Client::new(&config).get_caller_identity().send().await.unwrap();
    assert_eq!((who.account(), who.arn()), (Some("222222222222"), Some(arn)));
    let sent = aws_sdk_iam::Client::new(&config).get_role().role_name("hoge0316-crossaccount-pipeline").send().await;
    let error = sent.unwrap_err().into_service_error();
    assert_eq!(error.code(), Some("AccessDenied"));
    assert_eq!(
        error.message().unwrap(),
        format!(
            "User: {arn} is not authorized to perform: iam:GetRole on resource: {INVOKER} because no identity-based policy allows the iam:GetRole action"
        )
    );
    // A role that doesn't trust the caller can't be assumed, and the text does not say why.
    let error =
        a.assume_role().role_arn(SERVICE).role_session_name("me").send().await.unwrap_err().into_service_error();
    assert_eq!(
        error.message().unwrap(),
        format!(
            "User: arn:aws:iam::111111111111:user/administrator is not authorized to perform: sts:AssumeRole on resource: {SERVICE}"
        )
    );
}

#[tokio::test]
async fn an_attached_policy_gives_what_an_inline_one_gives() {
    let (local, topology) = wired().await;
    let iam = iam(&local, "222222222222");
    let name = "hoge0316-crossaccount-pipeline";
    iam.delete_role_policy().role_name(name).policy_name("codepipeline-xacct-release").send().await.unwrap();
    let document = Document::from_json(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"codepipeline:StartPipelineExecution","Resource":"{DEPLOY}"}}]}}"#
    ));
    let created =
        iam.create_policy().policy_name("start").policy_document(document.unwrap().to_json()).send().await.unwrap();
    let arn = created.policy().unwrap().arn().unwrap().to_owned();
    iam.attach_role_policy().role_name(name).policy_arn(&arn).send().await.unwrap();
    assert!(run(&local, &topology).await.succeeded());
    let error = iam.delete_role().role_name(name).send().await.unwrap_err().into_service_error();
    assert!(error.is_delete_conflict_exception());
    iam.detach_role_policy().role_name(name).policy_arn(&arn).send().await.unwrap();
    assert_eq!(failure(&run(&local, &topology).await).0, "AccessDenied");
}

#[tokio::test]
async fn an_action_whose_calls_are_not_known_is_refused_and_not_waved_through() {
    let (local, topology) = wired().await;
    let arn = RELEASE.parse().unwrap();
    let mut declaration = local.pipeline(&arn).unwrap();
    let action = &mut declaration.stages.as_mut().unwrap()[1].actions.as_mut().unwrap()[0];
    action.action_type_id = codepipeline_xacct::core::declaration::ActionTypeId::new("Deploy", "AWS", "Lightsail", "1");
    action.role_arn = None;
    let document =
        codepipeline_xacct::core::declaration::PipelineDocument { pipeline: declaration, ..Default::default() };
    local.put_pipeline(&arn, &document).unwrap();
    let (code, message) = failure(&run(&local, &topology).await);
    assert_eq!(code, "NotSupportedByLocalAws");
    assert_eq!(
        message,
        "local AWS does not support actions of type Deploy/AWS/Lightsail/1, whose calls it does not know"
    );
}

/// Two actions that start one pipeline with one role started two runs, and each has its own.
#[tokio::test]
async fn runs_of_one_target_are_told_apart() {
    let (local, topology) = wired().await;
    let arn = RELEASE.parse().unwrap();
    let mut declaration = local.pipeline(&arn).unwrap();
    let actions = declaration.stages.as_mut().unwrap()[1].actions.as_mut().unwrap();
    let mut second = actions[0].clone();
    second.name = "ddd".to_owned();
    let variables = r#"[{"name":"val1","value":"second"}]"#.to_owned();
    second.configuration.as_mut().unwrap().insert("Variables".to_owned(), variables);
    actions.push(second);
    let document =
        codepipeline_xacct::core::declaration::PipelineDocument { pipeline: declaration, ..Default::default() };
    local.put_pipeline(&arn, &document).unwrap();
    let run = run(&local, &topology).await;
    let started: Vec<&FollowedExecution> = run.actions.iter().filter_map(|action| action.started()).collect();
    assert_eq!(started.len(), 2, "{run}");
    assert_ne!(started[0].id, started[1].id);
    let mut values: Vec<&str> =
        started.iter().flat_map(|run| &run.variables).map(|(_, value)| value.as_str()).collect();
    values.sort_unstable();
    assert_eq!(values, ["aaa", "second"]);
}
