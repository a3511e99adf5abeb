//! What a plan refuses before anything is written, and what a failed apply reports.

use std::sync::Mutex;
use std::time::Duration;

use codepipeline_xacct::aws::{ConnectFailure, Event, RetryPolicy, Session, StepError};
use codepipeline_xacct::core::declaration::{PipelineDocument, PipelineVariableDeclaration};
use codepipeline_xacct::core::ids::{PipelineArn, RoleArn};
use codepipeline_xacct::core::plan::{Intent, Plan};
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::local::Local;
use codepipeline_xacct::{Topology, pipeline};
use codepipeline_xacct_aws_tests::*;

fn topology() -> Topology {
    Topology::builder("release").add(Release).build().unwrap()
}

async fn refused(local: &Local, topology: &Topology) -> String {
    let session = local.connect(topology).await.unwrap();
    session.plan(topology).await.unwrap_err().to_string()
}

async fn plan(local: &Local, topology: &Topology) -> Plan {
    local.connect(topology).await.unwrap().plan(topology).await.unwrap()
}

async fn only_tooling(local: &Local) -> Session {
    Session::builder().credentials::<Tooling>(local.sdk_config("111111111111", "us-east-1")).connect().await.unwrap()
}

async fn only_prod(local: &Local) -> Session {
    Session::builder().credentials::<Prod>(local.sdk_config("222222222222", "us-east-1")).connect().await.unwrap()
}

#[tokio::test]
async fn credentials_of_another_account_are_refused_before_anything_is_read_or_written() {
    let local = as_the_console_left_it().unwrap();
    let topology = topology();
    local.connect(&topology).await.unwrap();
    let swapped = Session::builder()
        .credentials::<Tooling>(local.sdk_config("111111111111", "us-east-1"))
        .credentials::<Prod>(local.sdk_config("111111111111", "us-east-1"));
    let error = swapped.connect().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the credentials for account `Prod` (222222222222) belong to account 111111111111 (`arn:aws:iam::111111111111:user/administrator`)\n  help: give `Prod` a profile or a role of account 222222222222; nothing was written"
    );
    assert!(matches!(error.failures[..], [ConnectFailure::WrongAccount { .. }]), "{error}");
    // Applying a plan in a session that lacks an account writes nothing anywhere.
    let plan = plan(&local, &topology).await;
    let error = only_tooling(&local).await.apply(&plan).await.unwrap_err();
    assert!(error.done.is_empty() && matches!(error.failed[0].1, StepError::NotConnected(_)), "{error}");
    assert_eq!(error.failed.len() + error.not_tried.len(), plan.steps().len());
    assert_eq!(local.policies(&SERVICE.parse().unwrap()).unwrap().len(), 1);
    assert!(local.trust(&INVOKER.parse().unwrap()).is_none());
}

#[tokio::test]
async fn an_account_without_a_client_is_named() {
    let local = as_the_console_left_it().unwrap();
    let topology = topology();
    let error = only_tooling(&local).await.plan(&topology).await.unwrap_err().to_string();
    assert!(error.contains("error[XA1007] role DeployInvoker: there is no client for account 222222222222"), "{error}");
}

#[tokio::test]
async fn a_pipeline_and_a_role_that_are_not_ours_are_refused() {
    let local = as_the_console_left_it().unwrap();
    let topology = topology();
    local.put_pipeline(&DEPLOY.parse().unwrap(), &article("before").unwrap()).unwrap();
    local.put_role(&INVOKER.parse().unwrap(), &trust(r#"{"AWS":"222222222222"}"#).unwrap(), &[]).unwrap();
    let error = refused(&local, &topology).await;
    assert!(
        error.contains(&format!("error[XA1006] pipeline Deploy: pipeline `{DEPLOY}` already exists and is unmanaged")),
        "{error}"
    );
    assert!(error.contains(&format!("error[XA1006] role DeployInvoker: role `{INVOKER}` already exists and is unmanaged\n  help: take it over with `.adopt(…)`, with its item or its ARN")), "{error}");
    assert!(local.policies(&INVOKER.parse().unwrap()).unwrap().is_empty(), "nothing was written");
    // Taking them over is explicit.
    let session = local.connect(&topology).await.unwrap();
    let plan = session.plan(&topology).adopt(Deploy).adopt(INVOKER.parse::<RoleArn>().unwrap()).await.unwrap();
    session.apply(&plan).await.unwrap();
    assert!(session.plan(&topology).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_another_topology_manages_is_never_written() {
    let local = as_the_console_left_it().unwrap();
    let mine = topology();
    let session = local.connect(&mine).await.unwrap();
    session.apply(&plan(&local, &mine).await).await.unwrap();
    let other = Topology::builder("other").add(Release).build().unwrap();
    let error = session.plan(&other).adopt(Deploy).adopt(DeployInvoker).await.unwrap_err().to_string();
    assert!(
        error.contains(&format!("pipeline `{DEPLOY}` belongs to topology `release` and is not written by `other`")),
        "{error}"
    );
}

#[tokio::test]
async fn an_extended_pipeline_that_is_not_there_is_an_error() {
    let local = Local::new();
    local.put_role(&SERVICE.parse().unwrap(), &service_trust().unwrap(), &[]).unwrap();
    let error = refused(&local, &topology()).await;
    assert_eq!(
        error,
        format!(
            "error[XA1001] pipeline Release: pipeline `Release` does not exist: there is no `{RELEASE}`\n  help: check name, Region and account, or declare it without `extended` to have it created"
        )
    );
}

#[tokio::test]
async fn an_extended_role_that_is_not_there_is_an_error() {
    let local = Local::new();
    local.put_pipeline(&RELEASE.parse().unwrap(), &article("before").unwrap()).unwrap();
    let error = refused(&local, &topology()).await;
    assert!(
        error.contains(&format!("error[XA1008] role extended(\"{SERVICE}\"): role `{SERVICE}` does not exist")),
        "{error}"
    );
}

mod misspelt {
    use codepipeline_xacct_aws_tests::{Deploy, DeployInvoker, Tooling};

    codepipeline_xacct::pipeline! {
        pub extended pipeline Action in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            service_role: extended(
                "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
            ),
            stage "Build" { invoke "cc": Deploy { role: DeployInvoker } }
        }
        pub extended pipeline Stage in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            service_role: extended(
                "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
            ),
            stage "Deploy" { invoke "ccc": Deploy { role: DeployInvoker } }
        }
        pub extended pipeline Type in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            service_role: extended(
                "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
            ),
            stage "Source" { invoke "Source": Deploy { role: DeployInvoker } }
        }
    }
}

#[tokio::test]
async fn a_stage_or_an_action_that_is_not_there_is_an_error() {
    let local = as_the_console_left_it().unwrap();
    let action = Topology::builder("release").add(misspelt::Action).build().unwrap();
    assert_eq!(
        refused(&local, &action).await,
        format!(
            "error[XA1003] pipeline Action / stage \"Build\" / action \"cc\": stage `Build` of pipeline `{RELEASE}` has no action `cc`\n  help: did you mean `ccc`?"
        )
    );
    let stage = Topology::builder("release").add(misspelt::Stage).build().unwrap();
    assert_eq!(
        refused(&local, &stage).await,
        format!(
            "error[XA1002] pipeline Stage / stage \"Deploy\": pipeline `{RELEASE}` has no stage `Deploy`\n  help: there are `Source`, `Build`; to create it, write `add stage \"Deploy\" after \"…\" {{ … }}`"
        )
    );
    let kind = Topology::builder("release").add(misspelt::Type).build().unwrap();
    assert_eq!(
        refused(&local, &kind).await,
        format!(
            "error[XA1004] pipeline Type / stage \"Source\" / action \"Source\": action `Source` of pipeline `{RELEASE}` is Source/AWS/CodeCommit/1, not Invoke/AWS/CodePipeline/1\n  help: declare the action as what it is"
        )
    );
    assert_eq!(local.pipeline(&RELEASE.parse().unwrap()).unwrap().version, Some(8), "nothing was written");
}

pipeline! {
    /// What A believes about B: a role that trusts A and may start, a pipeline that declares `val1`.
    pub extern role Believed in Prod {
        arn: "arn:aws:iam::222222222222:role/hoge0316-crossaccount-pipeline",
        trusts: [Tooling],
        starts: [Target],
    }
    pub extern pipeline Target in Prod {
        name: "hoge1005command",
        region: "ap-northeast-1",
        variables: { val1: "none" },
    }
    pub extended pipeline Caller in Tooling {
        name: "hoge0315pipeline1",
        region: "ap-northeast-1",
        service_role: extended(
            "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
        ),
        stage "Build" { invoke "ccc": Target { role: Believed, variables: { val1: "x" } } }
    }
}

fn b_pipeline(variables: Vec<PipelineVariableDeclaration>) -> PipelineDocument {
    let mut document = article("before").unwrap();
    document.pipeline.name = "hoge1005command".to_owned();
    document.pipeline.variables = Some(variables);
    document
}

#[tokio::test]
async fn what_is_believed_of_extern_items_is_verified() {
    let local = as_the_console_left_it().unwrap();
    let topology = Topology::builder("release").add(Caller).build().unwrap();
    let invoker = INVOKER.parse().unwrap();
    // The target and the role do not exist.
    let error = refused(&local, &topology).await;
    assert!(
        error.contains("XA1001")
            && error.contains(&format!("error[XA1008] role Believed: role `{INVOKER}` does not exist")),
        "{error}"
    );
    // The role trusts another principal and may start another pipeline; the target needs another variable.
    let policy = codepipeline_xacct::core::policy::Document::from_json(
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"codepipeline:StartPipelineExecution","Resource":"arn:aws:codepipeline:ap-northeast-1:222222222222:other"}]}"#,
    )
    .unwrap();
    local.add_account("222222222222").unwrap();
    local.put_role(&invoker, &trust(r#"{"AWS":"222222222222"}"#).unwrap(), &[("p", &policy)]).unwrap();
    let other = PipelineVariableDeclaration { name: "other".to_owned(), ..Default::default() };
    local.put_pipeline(&DEPLOY.parse().unwrap(), &b_pipeline(vec![other])).unwrap();
    let error = refused(&local, &topology).await;
    for line in [
        format!(
            "error[XA1013] pipeline Caller / stage \"Build\" / action \"ccc\": service role `{SERVICE}` may not assume action role `{INVOKER}` because no role trust policy allows the sts:AssumeRole action"
        ),
        format!(
            "error[XA1013] pipeline Caller / stage \"Build\" / action \"ccc\": role `{INVOKER}` may not start pipeline `{DEPLOY}` because no identity-based policy allows the codepipeline:StartPipelineExecution action"
        ),
        format!(
            "error[XA1011] pipeline Caller / stage \"Build\" / action \"ccc\": pipeline `{DEPLOY}` declares no variable `val1` in its account"
        ),
        format!(
            "error[XA1012] pipeline Caller / stage \"Build\" / action \"ccc\": pipeline `{DEPLOY}` needs variable `other` in its account, and the action does not pass it"
        ),
    ] {
        assert!(error.contains(&line), "{line}\nis not in\n{error}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_unknown_and_does_not_block() {
    let local = as_the_console_left_it().unwrap();
    let topology = Topology::builder("release").add(Caller).build().unwrap();
    let plan = only_tooling(&local).await.plan(&topology).await.unwrap();
    let unknown: Vec<_> = plan.warnings().iter().map(|w| w.to_string()).collect();
    assert_eq!(unknown.len(), 3, "{unknown:?}");
    assert!(unknown[0].contains("it is not known whether pipeline"), "{unknown:?}");
    assert!(unknown[1].contains(&format!("it is not known whether service role `{SERVICE}` may assume action role `{INVOKER}`: it depends on the trust policy of role `{INVOKER}`")), "{unknown:?}");
}

pipeline! {
    /// The role trusts an account that local AWS doesn't have: IAM answers as for a principal that isn't known yet.
    account Nowhere = "999999999999";
    role Trusting in Prod { name: "trusting", trusts: [whole_account(Nowhere)] }
}

#[tokio::test]
async fn only_what_may_be_propagation_is_tried_again_and_not_for_ever() {
    let local = Local::new();
    let topology = Topology::builder("release").add(Trusting).build().unwrap();
    local.add_account("222222222222").unwrap();
    let session = only_prod(&local).await;
    let plan = session.plan(&topology).await.unwrap();
    let events = Mutex::new(Vec::new());
    let retry = RetryPolicy {
        max_elapsed: Duration::from_millis(7),
        initial_backoff: Duration::from_millis(1),
        ..Default::default()
    };
    let report = |event: Event| events.lock().unwrap().push(event.to_string());
    let error = session.apply(&plan).retry(retry).on_event(report).await.unwrap_err();
    let events = events.into_inner().unwrap();
    let waiting = events.iter().filter(|e| e.contains("waiting") && e.contains("Invalid principal in policy")).count();
    assert_eq!(waiting, 3, "1 + 2 + 4 ms: {events:#?}");
    assert!(error.to_string().contains("nothing was written"), "{error}");
    let text = error.failed[0].1.to_string();
    assert!(text.starts_with("account 222222222222: CreateRole of arn:aws:iam::222222222222:role/trusting: MalformedPolicyDocument: Invalid principal in policy: \"AWS\":\"arn:aws:iam::999999999999:root\" (request "), "{text}");
}

#[tokio::test]
async fn a_failed_apply_says_what_was_done_and_goes_on_from_there() {
    let local = as_the_console_left_it().unwrap();
    let topology = topology();
    let session = local.connect(&topology).await.unwrap();
    let plan = session.plan(&topology).await.unwrap();
    // Others take the name of B's pipeline in the meantime.
    local.put_pipeline(&DEPLOY.parse().unwrap(), &article("before").unwrap()).unwrap();
    let error = session.apply(&plan).await.unwrap_err();
    assert_eq!(error.done.len(), 6, "{error}");
    let not_tried: Vec<String> = error.not_tried.iter().map(ToString::to_string).collect();
    assert_eq!(not_tried, ["~ pipeline hoge0315pipeline1 (111111111111, ap-northeast-1)"]);
    assert!(error.to_string().contains("PipelineNameInUseException: A pipeline with the name 'hoge1005command' already exists in account '222222222222'"), "{error}");
    let plan = session.plan(&topology).adopt(Deploy).await.unwrap();
    session.apply(&plan).await.unwrap();
    assert!(session.plan(&topology).await.unwrap().is_empty());
}

#[tokio::test]
async fn destroy_deletes_what_is_ours_and_nothing_else() {
    let local = as_the_console_left_it().unwrap();
    let topology = topology();
    let session = local.connect(&topology).await.unwrap();
    session.apply(&plan(&local, &topology).await).await.unwrap();
    let destroy = session.plan(&topology).intent(Intent::Destroy).await.unwrap();
    session.apply(&destroy).await.unwrap();
    assert!(local.trust(&INVOKER.parse().unwrap()).is_none());
    assert!(local.pipeline(&DEPLOY.parse().unwrap()).is_none());
    assert!(local.pipeline(&RELEASE.parse().unwrap()).is_some());
    assert_eq!(local.policies(&SERVICE.parse().unwrap()).unwrap().len(), 1);
    let nothing = session.plan(&topology).intent(Intent::Destroy).await.unwrap();
    assert!(nothing.is_empty() && nothing.to_string().contains("nothing to delete"), "{nothing}");
}

#[tokio::test]
async fn two_programs_share_a_pipeline_that_one_of_them_owns() {
    let local = as_the_console_left_it().unwrap();
    // B's team owns `Deploy` and the role; A's program only reads them.
    let b = Topology::builder("b").add(Deploy).build().unwrap();
    let of_b = local.connect(&b).await.unwrap();
    of_b.apply(&of_b.plan(&b).await.unwrap()).await.unwrap();
    let a = Topology::builder("a").external(Deploy).add(Release).build().unwrap();
    let session = local.connect(&a).await.unwrap();
    let plan = session.plan(&a).await.unwrap();
    assert!(plan.steps().iter().all(|s| !s.to_string().contains("hoge1005command")), "{plan}");
    session.apply(&plan).await.unwrap();
    assert!(of_b.plan(&b).await.unwrap().is_empty());
}

pipeline! {
    extended pipeline WrongPath in Tooling {
        name: "hoge0315pipeline1",
        region: "ap-northeast-1",
        service_role: extended(
            "arn:aws:iam::111111111111:role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
        ),
        stage "Build" { invoke "ccc": Deploy { role: DeployInvoker } }
    }
    /// Lives in an account that no item declares.
    pipeline Elsewhere in Tooling {
        name: "elsewhere",
        region: "ap-northeast-1",
        service_role: managed("elsewhere-service"),
        artifact_bucket: {
            location: "elsewhere-artifacts",
            encryption_key: "arn:aws:kms:ap-northeast-1:111111111111:key/00000000-0000-0000-0000-000000000001",
        },
        stage "Source" { source "s": CodeCommit { repository: "code", branch: "main", output: Code } }
        stage "Build" {
            action "b": CodeBuild {
                project_name: "p",
                input: Code,
                role: extended("arn:aws:iam::333333333333:role/builder"),
            }
        }
    }
    /// Runs with a role that does not trust CodePipeline.
    pipeline Untrusted in Tooling {
        name: "untrusted",
        region: "ap-northeast-1",
        service_role: existing("arn:aws:iam::111111111111:role/untrusting"),
        artifact_bucket: "untrusted-artifacts",
        stage "Source" { source "s": CodeCommit { repository: "code", branch: "main", output: Code } }
        stage "Build" { action "b": CodeBuild { project_name: "p", input: Code } }
    }
    /// Has a secret.
    pipeline Secret(token: &str) in Tooling {
        name: "secret",
        region: "ap-northeast-1",
        service_role: managed("secret-service"),
        artifact_bucket: "secret-artifacts",
        stage "Source" {
            source "s": type("Source", "ThirdParty", "GitHub", "1") {
                output: Code,
                configuration: { Owner: "o", Repo: "r", Branch: "main", OAuthToken: (token) },
            }
        }
        stage "Build" { action "b": CodeBuild { project_name: "p", input: Code } }
    }
}

#[tokio::test]
async fn a_role_is_what_its_path_says_too() {
    let local = as_the_console_left_it().unwrap();
    let error = refused(&local, &Topology::builder("release").add(WrongPath).build().unwrap()).await;
    let declared = SERVICE.replace("service-role/", "");
    assert!(error.contains(&format!("the account has `{SERVICE}`, where `{declared}` is declared")), "{error}");
}

#[tokio::test]
async fn an_account_that_only_a_role_names_is_guarded_as_well() {
    let local = Local::new();
    let topology = Topology::builder("t").add(Elsewhere).build().unwrap();
    let account = topology.accounts().iter().find(|account| account.id.as_str() == "333333333333").unwrap();
    local.connect(&topology).await.unwrap();
    let session = Session::builder().account(account.clone(), local.sdk_config("111111111111", "us-east-1"));
    let error = session.connect().await.unwrap_err();
    assert!(matches!(error.failures[..], [ConnectFailure::WrongAccount { .. }]), "{error}");
}

#[tokio::test]
async fn a_service_role_that_does_not_trust_codepipeline_blocks_before_anything_is_written() {
    let local = Local::new();
    let arn = "arn:aws:iam::111111111111:role/untrusting";
    local.put_role(&arn.parse().unwrap(), &trust(r#"{"Service":"ec2.amazonaws.com"}"#).unwrap(), &[]).unwrap();
    let error = refused(&local, &Topology::builder("t").add(Untrusted).build().unwrap()).await;
    assert!(error.contains(&format!("error[XA1013] pipeline Untrusted: CodePipeline may not assume service role `{arn}` because no role trust policy allows the sts:AssumeRole action")), "{error}");
}

#[tokio::test]
async fn secrets_are_in_no_plan() {
    let local = Local::new();
    let topology = Topology::builder("t").add(Secret::new("hush-hush")).build().unwrap();
    let session = local.connect(&topology).await.unwrap();
    let create = session.plan(&topology).await.unwrap();
    let texts = |plan: &Plan| [plan.to_string(), format!("{plan:#}")];
    let [_, whole] = texts(&create);
    assert!(whole.contains("\"OAuthToken\": \"****\""), "{whole}");
    assert!(texts(&create).iter().all(|text| !text.contains("hush-hush")), "{whole}");
    session.apply(&create).await.unwrap();
    // The stage that comes back has the secret.
    let arn: PipelineArn = "arn:aws:codepipeline:ap-northeast-1:111111111111:secret".parse().unwrap();
    let mut there = local.pipeline(&arn).unwrap();
    there.stages.as_mut().unwrap()[0].name = "Other".to_owned();
    local.put_pipeline(&arn, &PipelineDocument { pipeline: there, ..Default::default() }).unwrap();
    let update = session.plan(&topology).adopt(arn).await.unwrap();
    let [short, whole] = texts(&update);
    assert!(
        short.contains("+ stages[Source], first: actions s\n") && whole.contains("\"OAuthToken\":\"****\""),
        "{whole}"
    );
    assert!(![short, whole].iter().any(|text| text.contains("hush-hush")));
}

#[tokio::test]
async fn an_extended_pipeline_that_is_external_is_only_read() {
    let local = as_the_console_left_it().unwrap();
    let topology = Topology::builder("other").external(Release).add(Deploy).build().unwrap();
    let plan = plan(&local, &topology).await;
    assert!(plan.steps().iter().all(|s| s.id().account().as_str() == "222222222222"), "{plan}");
}

#[tokio::test]
async fn what_cannot_be_seen_is_not_taken_for_destroyed() {
    let local = as_the_console_left_it().unwrap();
    let topology = topology();
    let session = only_tooling(&local).await;
    let error = session.plan(&topology).intent(Intent::Destroy).await.unwrap_err().to_string();
    assert!(error.contains("there is no client for account 222222222222"), "{error}");
}

#[tokio::test]
async fn a_principal_that_appears_in_time_is_waited_for() {
    let local = Local::new();
    let topology = Topology::builder("release").add(Trusting).build().unwrap();
    local.add_account("222222222222").unwrap();
    let session = only_prod(&local).await;
    let plan = session.plan(&topology).await.unwrap();
    let retry = RetryPolicy {
        max_elapsed: Duration::from_secs(5),
        initial_backoff: Duration::from_millis(1),
        ..Default::default()
    };
    let report = |event: Event| {
        if matches!(event, Event::Waiting { .. }) {
            local.add_account("999999999999").unwrap();
        }
    };
    session.apply(&plan).retry(retry).on_event(report).await.unwrap();
    assert!(local.trust(&"arn:aws:iam::222222222222:role/trusting".parse().unwrap()).is_some());
}

mod stated {
    use codepipeline_xacct_aws_tests::{Deploy, Prod, Tooling};

    codepipeline_xacct::pipeline! {
        /// A role of others, with its stated policies.
        pub extern role Invoker in Prod {
            arn: "arn:aws:iam::222222222222:role/theirs",
            trust_policy: { Effect: "Allow", Principal: { AWS: "111111111111" }, Action: "sts:AssumeRole" },
            policies: [{
                Effect: "Allow",
                Action: "codepipeline:StartPipelineExecution",
                Resource: "arn:aws:codepipeline:ap-northeast-1:222222222222:hoge1005command",
            }],
        }
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            service_role: extended(
                "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
            ),
            stage "Build" { invoke "ccc": Deploy { role: Invoker } }
        }
    }
}

#[tokio::test]
async fn what_is_stated_of_a_role_is_compared_with_the_account() {
    let topology = Topology::builder("release").add(stated::Release).build().unwrap();
    let arn = "arn:aws:iam::222222222222:role/theirs".parse().unwrap();
    let may = |action: &str| {
        Document::from_json(&format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"{DEPLOY}"}}]}}"#
        ))
        .unwrap()
    };
    let holding = |principal: &str, action: &str| {
        let local = as_the_console_left_it().unwrap();
        let principal = format!(r#"{{"AWS":"{principal}"}}"#);
        local.put_role(&arn, &trust(&principal).unwrap(), &[("start", &may(action))]).unwrap();
        local
    };
    // As stated: an account id and the ARN of its root are the same.
    let local = holding("arn:aws:iam::111111111111:root", "codepipeline:StartPipelineExecution");
    let said: Vec<_> = plan(&local, &topology).await.warnings().iter().map(ToString::to_string).collect();
    assert!(!said.iter().any(|finding| finding.contains("XA1016")), "{said:?}");
    // Not as stated, but the hops are allowed.
    let local = holding(SERVICE, "codepipeline:*");
    let said: Vec<_> = plan(&local, &topology).await.warnings().iter().map(ToString::to_string).collect();
    for expected in [
        "warning[XA1016] role Invoker / trust_policy: the trust policy of role `arn:aws:iam::222222222222:role/theirs` is not as stated\n  help: state it as it is: `trust_policy: {",
        "warning[XA1016] role Invoker / policies: the sum of the policies of role `arn:aws:iam::222222222222:role/theirs` is not as stated\n  help: state it as it is: `policies: [{",
    ] {
        assert!(said.iter().any(|finding| finding.starts_with(expected)), "{expected} is not in {said:?}");
    }
    // Not as stated, and a hop is denied.
    let local = holding(SERVICE, "codepipeline:GetPipeline");
    let error = refused(&local, &topology).await;
    assert!(error.contains("error[XA1013]"), "{error}");
}
