//! Doctor on local AWS: the article's flow is right; then one fault of each kind is planted, the hop that fails is found, and
//! the commands that are offered make the run succeed.

use std::time::Duration;

use codepipeline_xacct::Topology;
use codepipeline_xacct::aws::{Session, StepError};
use codepipeline_xacct::core::check::files::{DeclarationInput, Home, check};
use codepipeline_xacct::core::declaration::{PipelineDeclaration, PipelineDocument};
use codepipeline_xacct::core::doctor::{Confidence, Diagnosis, Fix, Reading, Weight, diagnose};
use codepipeline_xacct::core::finding::Severity;
use codepipeline_xacct::core::ids::{PipelineArn, RoleArn};
use codepipeline_xacct::core::plan::{Journal, Plan};
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::core::topology::Subject;
use codepipeline_xacct::core::wiring::Hop;
use codepipeline_xacct::core::wiring::Sign;
use codepipeline_xacct::local::{Deployer, Fault, FaultBuilder, Local};
use codepipeline_xacct_aws_tests::*;
use serde_json::{Value, json};

use crate::doctor_commands::execute;

const A: &str = "111111111111";
const B: &str = "222222222222";
const REGION: &str = "ap-northeast-1";
const TARGET: &str = "hoge1005command";
const STACK: &str = "arn:aws:cloudformation:ap-northeast-1:111111111111:stack/live-main/*";

struct World {
    local: Local,
    session: Session,
}

impl World {
    /// The article's flow, with the variable passed; the program that made it is forgotten.
    async fn new() -> Self {
        let world = Self::managed().await;
        for role in [SERVICE, INVOKER] {
            let role: RoleArn = role.parse().unwrap();
            let (iam, name) = (world.iam(role.account().as_str()), role.name().as_str());
            let tags = iam.list_role_tags().role_name(name).send().await.unwrap();
            let keys: Vec<String> = tags.tags().iter().map(|tag| tag.key().to_owned()).collect();
            if !keys.is_empty() {
                iam.untag_role().role_name(name).set_tag_keys(Some(keys)).send().await.unwrap();
            }
        }
        for pipeline in [RELEASE, DEPLOY] {
            let arn: PipelineArn = pipeline.parse().unwrap();
            let client = aws_sdk_codepipeline::Client::new(&world.local.sdk_config(arn.account().as_str(), REGION));
            let tags = client.list_tags_for_resource().resource_arn(pipeline).send().await.unwrap();
            let keys: Vec<String> = tags.tags().iter().map(|tag| tag.key().to_owned()).collect();
            client.untag_resource().resource_arn(pipeline).set_tag_keys(Some(keys)).send().await.unwrap();
        }
        world
    }

    /// The same, managed by the program that made it.
    async fn managed() -> Self {
        let local = as_the_console_left_it().unwrap();
        let topology = Topology::builder("release").add(passing::Release).build().unwrap();
        let session = local.connect(&topology).await.unwrap();
        let plan = session.plan(&topology).await.unwrap();
        session.apply(&plan).await.unwrap();
        Self { local, session }
    }

    fn iam(&self, account: &str) -> aws_sdk_iam::Client {
        aws_sdk_iam::Client::new(&self.local.sdk_config(account, REGION))
    }

    async fn trust(&self, role: &str, document: &Value) {
        let role: RoleArn = role.parse().unwrap();
        let call = self.iam(role.account().as_str()).update_assume_role_policy().role_name(role.name().as_str());
        call.policy_document(document.to_string()).send().await.unwrap();
    }

    async fn policy(&self, role: &str, name: &str, document: &Value) {
        let role: RoleArn = role.parse().unwrap();
        let call = self.iam(role.account().as_str()).put_role_policy().role_name(role.name().as_str());
        call.policy_name(name).policy_document(document.to_string()).send().await.unwrap();
    }

    async fn no_policy(&self, role: &str) {
        let role: RoleArn = role.parse().unwrap();
        let call = self.iam(role.account().as_str()).delete_role_policy().role_name(role.name().as_str());
        call.policy_name("codepipeline-xacct-release").send().await.unwrap();
    }

    /// Writes a pipeline as others would, without the checks of UpdatePipeline.
    fn edit(&self, arn: &str, edit: impl FnOnce(&mut PipelineDeclaration)) {
        let arn = arn.parse().unwrap();
        let mut pipeline = self.local.pipeline(&arn).unwrap();
        edit(&mut pipeline);
        self.local.put_pipeline(&arn, &PipelineDocument { pipeline, ..Default::default() }).unwrap();
    }

    /// Sets a key of the action that starts the target, or takes it out.
    fn configure(&self, key: &str, value: Option<&str>) {
        self.edit(RELEASE, |pipeline| {
            let action = pipeline.actions_mut().find(|action| action.name == "ccc").unwrap();
            let configuration = action.configuration.as_mut().unwrap();
            match value {
                Some(value) => drop(configuration.insert(key.to_owned(), value.to_owned())),
                None => drop(configuration.shift_remove(key)),
            }
        });
    }

    async fn diagnosis(&self) -> Diagnosis {
        self.session.doctor(RELEASE.parse().unwrap()).await
    }

    async fn runs(&self) -> bool {
        let variable = "val1".parse().unwrap();
        let started = self.session.start_arn(RELEASE.parse().unwrap()).variable(&variable, "x").await.unwrap();
        let wait = started.wait().poll(Duration::from_millis(1)).timeout(Duration::from_secs(600));
        wait.await.unwrap().succeeded()
    }

    /// The fault is found at a hop, and what is offered repairs it.
    async fn heals(&self, hop: Hop) -> Diagnosis {
        let diagnosis = self.diagnosis().await;
        let found = diagnosis.hops().find(|found| found.hop == hop).unwrap();
        assert_eq!(found.sign, Sign::Fails, "{diagnosis:#}");
        assert_eq!(found.confidence, Confidence::Verified, "{diagnosis:#}");
        let ill = self.local.to_json().unwrap();
        let plan = self.plan(&diagnosis).await;
        assert!(!plan.is_empty() && plan.warnings().is_empty(), "{diagnosis:#}\nplanned\n{plan}");
        self.session.apply(&plan).await.unwrap();
        let after = self.diagnosis().await;
        assert!(after.hops().all(|hop| hop.sign == Sign::Works), "{diagnosis:#}\nplanned\n{plan:#}\nthen\n{after:#}");
        assert!(self.plan(&after).await.is_empty(), "{after:#}");
        assert!(self.runs().await, "{after:#}");
        self.local.replace(&ill).unwrap();
        self.treat(&diagnosis).await;
        let after = self.diagnosis().await;
        assert!(after.hops().all(|hop| hop.sign == Sign::Works), "{diagnosis:#}\nthen\n{after:#}");
        assert!(self.runs().await, "{after:#}");
        diagnosis
    }

    async fn plan(&self, diagnosis: &Diagnosis) -> Plan {
        self.session.plan_fixes(diagnosis, &"doctor".parse().unwrap()).await.unwrap()
    }

    async fn treat(&self, diagnosis: &Diagnosis) {
        let changes: Vec<_> = diagnosis.pipelines[0].changes().collect();
        assert!(!changes.is_empty(), "{diagnosis:#}");
        for change in changes {
            execute(&self.local, change).await;
        }
    }

    /// The fault is found at a hop, and what to do is text, which the plan repeats.
    async fn leaves_to_people(&self, hop: Hop, words: &str) {
        let diagnosis = self.diagnosis().await;
        let found = diagnosis.hops().find(|found| found.hop == hop).unwrap();
        assert_eq!(found.sign, Sign::Fails, "{diagnosis:#}");
        assert!(diagnosis.to_string().contains(&format!("no plan takes out: {words}")), "{diagnosis:#}");
        assert!(diagnosis.pipelines[0].changes().next().is_none(), "{diagnosis:#}");
        let plan = self.plan(&diagnosis).await;
        assert!(plan.is_empty() && plan.to_string().contains(words), "{plan}");
    }

    /// The fault is found at a hop, and nothing is offered.
    async fn is_out_of_reach(&self, hop: Hop) {
        let diagnosis = self.diagnosis().await;
        let found = diagnosis.hops().find(|found| found.hop == hop).unwrap();
        assert_eq!(found.sign, Sign::Fails, "{diagnosis:#}");
        assert!(found.causes.iter().any(|cause| matches!(cause.fix, Fix::OutOfReach(_))), "{diagnosis:#}");
        assert!(found.causes.iter().all(|cause| cause.fix.changes().is_empty()), "{diagnosis:#}");
        let plan = self.plan(&diagnosis).await;
        assert!(plan.is_empty() && plan.to_string().contains("no step helps: "), "{plan}");
    }
}

fn policy(effect: &str, action: &str, resource: &str) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": effect, "Action": action, "Resource": resource }] })
}

fn trusting(principal: &Value, condition: Option<Value>) -> Value {
    let mut statement = json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" });
    if let Some(condition) = condition {
        statement["Condition"] = condition;
    }
    json!({ "Version": "2012-10-17", "Statement": [statement] })
}

const OWN: &str = "codepipeline-xacct-release";

#[tokio::test]
async fn the_flow_of_the_article_works_hop_by_hop() {
    let world = World::new().await;
    let diagnosis = world.diagnosis().await;
    let signs: Vec<_> = diagnosis.hops().map(|hop| (hop.hop, hop.sign, hop.confidence)).collect();
    let works = |hop| (hop, Sign::Works, Confidence::Verified);
    // And the pipeline that is started.
    let hops = [Hop::ServiceTrust, Hop::Assume, Hop::Start, Hop::ServiceTrust];
    assert_eq!(signs, hops.map(works), "{diagnosis:#}");
    assert!(!diagnosis.has_errors() && !diagnosis.is_incomplete(), "{diagnosis:#}");
    assert!(diagnosis.pipelines[0].changes().next().is_none(), "{diagnosis:#}");
    assert!(world.runs().await);
    // It is a value.
    let saved: Diagnosis = serde_json::from_str(&serde_json::to_string(&diagnosis).unwrap()).unwrap();
    assert_eq!(saved, diagnosis);
}

#[tokio::test]
async fn a_service_role_that_does_not_trust_codepipeline() {
    let world = World::new().await;
    world.trust(SERVICE, &trusting(&json!({ "Service": "codebuild.amazonaws.com" }), None)).await;
    world.heals(Hop::ServiceTrust).await;
}

#[tokio::test]
async fn a_deny_in_the_trust_of_the_service_role() {
    let world = World::new().await;
    let mut trust = trusting(&json!({ "Service": "codepipeline.amazonaws.com" }), None);
    let deny = json!({ "Effect": "Deny", "Principal": { "Service": "codepipeline.amazonaws.com" }, "Action": "sts:AssumeRole" });
    trust["Statement"].as_array_mut().unwrap().push(deny);
    world.trust(SERVICE, &trust).await;
    world.leaves_to_people(Hop::ServiceTrust, "remove or narrow statement 2 of the trust policy of ").await;
}

#[tokio::test]
async fn the_right_to_assume_the_action_role_is_missing() {
    let world = World::new().await;
    world.no_policy(SERVICE).await;
    world.heals(Hop::Assume).await;
}

#[tokio::test]
async fn the_right_to_assume_is_on_another_role() {
    let world = World::new().await;
    world.policy(SERVICE, OWN, &policy("Allow", "sts:AssumeRole", "arn:aws:iam::222222222222:role/other")).await;
    let diagnosis = world.heals(Hop::Assume).await;
    let gone = diagnosis.pipelines[0].problems.iter().find(|problem| problem.code == "XA1310").unwrap();
    assert!(gone.message.ends_with("which does not exist"), "{diagnosis:#}");
}

#[tokio::test]
async fn an_explicit_deny_of_assuming() {
    let world = World::new().await;
    world.policy(SERVICE, "deny", &policy("Deny", "sts:*", "*")).await;
    world.leaves_to_people(Hop::Assume, "remove or narrow statement 1 of policy `deny` of ").await;
}

#[tokio::test]
async fn the_action_role_trusts_another_role() {
    let world = World::new().await;
    world
        .local
        .put_role(&"arn:aws:iam::111111111111:role/other".parse().unwrap(), &service_trust().unwrap(), &[])
        .unwrap();
    world.trust(INVOKER, &trusting(&json!({ "AWS": "arn:aws:iam::111111111111:role/other" }), None)).await;
    world.heals(Hop::Assume).await;
}

#[tokio::test]
async fn the_action_role_trusts_only_its_own_account() {
    let world = World::new().await;
    world.trust(INVOKER, &trusting(&json!({ "AWS": "arn:aws:iam::222222222222:root" }), None)).await;
    world.heals(Hop::Assume).await;
}

#[tokio::test]
async fn the_trust_demands_an_external_id() {
    let world = World::new().await;
    let condition = json!({ "StringEquals": { "sts:ExternalId": "secret" } });
    world.trust(INVOKER, &trusting(&json!({ "AWS": SERVICE }), Some(condition))).await;
    let diagnosis = world.heals(Hop::Assume).await;
    assert!(diagnosis.to_string().contains("sts:ExternalId"), "{diagnosis:#}");
}

#[tokio::test]
async fn statements_that_deny_calls_without_tls_deny_nothing() {
    let world = World::new().await;
    for operator in ["Bool", "BoolIfExists"] {
        let without_tls = json!({ operator: { "aws:SecureTransport": "false" } });
        let mut trust = trusting(&json!({ "AWS": SERVICE }), None);
        let deny =
            json!({ "Effect": "Deny", "Principal": { "AWS": "*" }, "Action": "sts:*", "Condition": without_tls });
        trust["Statement"].as_array_mut().unwrap().push(deny);
        world.trust(INVOKER, &trust).await;
        for role in [SERVICE, INVOKER] {
            let mut policy = policy("Deny", "*", "*");
            policy["Statement"][0]["Condition"] = without_tls.clone();
            world.policy(role, "tls", &policy).await;
        }
        let diagnosis = world.diagnosis().await;
        assert!(diagnosis.hops().all(|hop| hop.sign == Sign::Works), "{diagnosis:#}");
        assert!(world.runs().await);
    }
}

#[tokio::test]
async fn the_trust_names_a_role_that_was_deleted_by_its_id() {
    let world = World::new().await;
    let other = "arn:aws:iam::111111111111:role/other";
    world.local.put_role(&other.parse().unwrap(), &service_trust().unwrap(), &[]).unwrap();
    world.trust(INVOKER, &trusting(&json!({ "AWS": other }), None)).await;
    world.iam(A).delete_role().role_name("other").send().await.unwrap();
    let diagnosis = world.heals(Hop::Assume).await;
    assert!(diagnosis.to_string().contains("AROA"), "{diagnosis:#}");
}

#[tokio::test]
async fn there_is_no_action_role() {
    let world = World::new().await;
    let iam = world.iam(B);
    let name = INVOKER.parse::<RoleArn>().unwrap().name().to_string();
    iam.delete_role_policy().role_name(&name).policy_name(OWN).send().await.unwrap();
    iam.delete_role().role_name(&name).send().await.unwrap();
    world.heals(Hop::Assume).await;
}

#[tokio::test]
async fn the_right_to_start_is_missing() {
    let world = World::new().await;
    world.no_policy(INVOKER).await;
    world.heals(Hop::Start).await;
}

#[tokio::test]
async fn the_right_to_start_is_on_another_pipeline() {
    let world = World::new().await;
    let other = "arn:aws:codepipeline:ap-northeast-1:222222222222:other";
    world.policy(INVOKER, OWN, &policy("Allow", "codepipeline:StartPipelineExecution", other)).await;
    world.heals(Hop::Start).await;
}

#[tokio::test]
async fn the_right_to_start_is_in_another_region() {
    let world = World::new().await;
    let other = format!("arn:aws:codepipeline:eu-west-1:222222222222:{TARGET}");
    world.policy(INVOKER, OWN, &policy("Allow", "codepipeline:StartPipelineExecution", &other)).await;
    world.heals(Hop::Start).await;
}

#[tokio::test]
async fn an_explicit_deny_of_starting() {
    let world = World::new().await;
    world.policy(INVOKER, "deny", &policy("Deny", "codepipeline:StartPipelineExecution", "*")).await;
    // Though nothing allows it either: as long as it is denied, that does not help.
    world.no_policy(INVOKER).await;
    world.leaves_to_people(Hop::Start, "remove or narrow statement 1 of policy `deny` of ").await;
}

#[tokio::test]
async fn a_policy_without_room_for_a_statement_is_not_written() {
    let world = World::new().await;
    let arns = |count: usize| (0..count).map(|n| format!("arn:aws:iam::333333333333:role/other-{n:03}"));
    let condition = json!({ "StringEquals": { "aws:PrincipalArn": arns(42).collect::<Vec<_>>() } });
    world.trust(INVOKER, &trusting(&json!({ "AWS": "*" }), Some(condition))).await;
    let mut full = policy("Allow", "s3:GetObject", "*");
    full["Statement"][0]["Resource"] =
        json!((0..240).map(|n| format!("arn:aws:s3:::a-bucket-{n:03}/some/folder/*")).collect::<Vec<_>>());
    world.no_policy(INVOKER).await;
    world.policy(INVOKER, "full", &full).await;
    let diagnosis = world.diagnosis().await;
    let changes: Vec<_> = diagnosis.pipelines[0].changes().collect();
    let room = ["more than the 2048 that a trust policy can have by default; ask", "10240 at most; put some"];
    assert_eq!(changes.len(), 2, "{diagnosis:#}");
    for (change, why) in changes.iter().zip(room) {
        assert!(change.what.contains("once there is room (") && change.what.contains(why), "{diagnosis:#}");
        assert!(change.command.is_none() && change.edit.is_none(), "{diagnosis:#}");
    }
    assert!(world.plan(&diagnosis).await.is_empty());
}

#[tokio::test]
async fn a_service_control_policy_denies_and_nothing_is_offered() {
    let world = World::new().await;
    let all = Document::from_json(&policy("Allow", "*", "*").to_string()).unwrap();
    let deny = Document::from_json(&policy("Deny", "codepipeline:StartPipelineExecution", "*").to_string()).unwrap();
    world.local.put_scps(&B.parse().unwrap(), &[vec![all, deny]]).unwrap();
    world.is_out_of_reach(Hop::Start).await;
}

#[tokio::test]
async fn a_permissions_boundary_denies_and_nothing_is_offered() {
    let world = World::new().await;
    let iam = world.iam(B);
    let document = policy("Allow", "s3:*", "*").to_string();
    let made = iam.create_policy().policy_name("limit").policy_document(document).send().await.unwrap();
    let arn = made.policy().unwrap().arn().unwrap().to_owned();
    let name = INVOKER.parse::<RoleArn>().unwrap().name().to_string();
    iam.put_role_permissions_boundary().role_name(name).permissions_boundary(&arn).send().await.unwrap();
    world.is_out_of_reach(Hop::Start).await;
    let boundary =
        format!("no fix here helps: the permissions boundary `{arn}` of `{INVOKER}` does not let it through");
    let text = world.diagnosis().await.to_string();
    assert!(text.contains(&boundary), "{text}");
    // A second action that starts it: the same is told once.
    world.edit(RELEASE, |pipeline| {
        let stage = pipeline.stages.as_mut().unwrap().last_mut().unwrap();
        let mut action = stage.actions.as_ref().unwrap().last().unwrap().clone();
        action.name = "again".to_owned();
        stage.actions.as_mut().unwrap().push(action);
    });
    let text = world.diagnosis().await.to_string();
    assert_eq!(
        (text.matches(&boundary).count(), text.matches("no fix here helps, as above").count()),
        (1, 1),
        "{text}"
    );
}

#[tokio::test]
async fn an_arn_is_written_in_place_of_the_name() {
    let world = World::new().await;
    world.configure("PipelineName", Some(DEPLOY));
    world.heals(Hop::Start).await;
}

#[tokio::test]
async fn spaces_around_the_name_are_taken_out() {
    let world = World::new().await;
    world.configure("PipelineName", Some("hoge1005command "));
    world.heals(Hop::Start).await;
    // Where that isn't there either, it is no fix.
    world.configure("PipelineName", Some(" hoge1005comand"));
    let diagnosis = world.diagnosis().await;
    assert!(diagnosis.has_errors() && diagnosis.pipelines[0].changes().next().is_none(), "{diagnosis:#}");
}

#[tokio::test]
async fn an_arn_in_place_of_the_name_does_not_hide_an_undeclared_variable() {
    let world = World::new().await;
    world.configure("PipelineName", Some(DEPLOY));
    world.configure("Variables", Some(r#"[{"name":"unheard_of","value":"x"}]"#));
    world.heals(Hop::Start).await;
}

#[tokio::test]
async fn the_action_looks_in_another_region() {
    let world = World::new().await;
    world.edit(RELEASE, |pipeline| {
        pipeline.actions_mut().find(|action| action.name == "ccc").unwrap().region = Some("eu-west-1".to_owned());
    });
    let diagnosis = world.diagnosis().await;
    assert!(diagnosis.to_string().contains("there is one in Region ap-northeast-1"), "{diagnosis:#}");
    world.heals(Hop::Start).await;
}

#[tokio::test]
async fn an_action_is_led_to_another_region_only_where_there_is_an_artifact_store() {
    let world = World::new().await;
    let there: PipelineArn = DEPLOY.replace(REGION, "eu-west-1").parse().unwrap();
    let pipeline = world.local.pipeline(&DEPLOY.parse().unwrap()).unwrap();
    world.local.put_pipeline(&there, &PipelineDocument { pipeline, ..Default::default() }).unwrap();
    let codepipeline = aws_sdk_codepipeline::Client::new(&world.local.sdk_config(B, REGION));
    codepipeline.delete_pipeline().name(TARGET).send().await.unwrap();
    world.policy(INVOKER, OWN, &policy("Allow", "codepipeline:StartPipelineExecution", &there.to_string())).await;
    for name in [TARGET, &there.to_string()] {
        world.configure("PipelineName", Some(name));
        let diagnosis = world.diagnosis().await;
        let start = diagnosis.hops().find(|hop| hop.hop == Hop::Start).unwrap();
        assert_eq!((start.sign, start.to.as_str()), (Sign::Fails, there.to_string().as_str()), "{diagnosis:#}");
        assert!(diagnosis.to_string().contains("`artifactStores` in place of `artifactStore`"), "{diagnosis:#}");
        assert!(diagnosis.pipelines[0].changes().next().is_none(), "{diagnosis:#}");
        world.edit(RELEASE, |pipeline| {
            let store = pipeline.artifact_store.take().unwrap();
            let stores = [REGION, "eu-west-1"].map(|region| (region.to_owned(), store.clone()));
            pipeline.artifact_stores.get_or_insert_default().extend(stores);
        });
        let diagnosis = world.heals(Hop::Start).await;
        let json = &diagnosis.pipelines[0].changes().next().unwrap().json;
        let is_arn = name != TARGET;
        assert_eq!(json["region"], "eu-west-1");
        assert_eq!(json.pointer("/configuration/PipelineName"), is_arn.then(|| json!(TARGET)).as_ref());
        world.edit(RELEASE, |pipeline| {
            pipeline.artifact_store = pipeline.artifact_stores.take().and_then(|stores| stores.into_values().next());
            pipeline.actions_mut().find(|action| action.name == "ccc").unwrap().region = None;
        });
    }
}

#[tokio::test]
async fn a_name_that_is_near_is_a_question_and_no_step_of_a_plan() {
    let world = World::new().await;
    world.configure("PipelineName", Some("hoge1005comand"));
    let diagnosis = world.diagnosis().await;
    let start = diagnosis.hops().find(|hop| hop.hop == Hop::Start).unwrap();
    assert_eq!(start.sign, Sign::Fails, "{diagnosis:#}");
    assert!(start.to.ends_with(":hoge1005comand"), "{diagnosis:#}");
    assert!(diagnosis.to_string().contains("fix: did you mean pipeline `hoge1005command`?"), "{diagnosis:#}");
    let pipeline = &diagnosis.pipelines[0];
    assert!(pipeline.changes().next().is_none(), "{diagnosis:#}");
    // What the role may start is not too much for a target that isn't there.
    assert!(pipeline.problems.is_empty(), "{diagnosis:#}");
    assert!(world.plan(&diagnosis).await.is_empty(), "{diagnosis:#}");
}

/// The service role starts a pipeline of its own account; the nearest name there is that of the caller.
#[tokio::test]
async fn a_pipeline_is_not_told_to_start_itself() {
    let world = World::new().await;
    let target = |name: &str, region: Option<&str>| {
        world.edit(RELEASE, |pipeline| {
            let action = pipeline.actions_mut().find(|action| action.name == "ccc").unwrap();
            (action.role_arn, action.region) = (None, region.map(str::to_owned));
            action.configuration.as_mut().unwrap().insert("PipelineName".to_owned(), name.to_owned());
        });
    };
    let faults = [("hoge0315pipeline", None), ("hoge0315pipeline1", Some("eu-west-1")), (RELEASE, Some("eu-west-1"))];
    for (name, region) in faults {
        target(name, region);
        let diagnosis = world.diagnosis().await;
        let start = diagnosis.hops().find(|hop| hop.hop == Hop::Start).unwrap();
        assert_eq!(start.sign, Sign::Fails, "{diagnosis:#}");
        assert!(!diagnosis.to_string().contains("did you mean"), "{diagnosis:#}");
        assert!(diagnosis.pipelines[0].changes().next().is_none(), "{diagnosis:#}");
    }
}

#[tokio::test]
async fn a_target_that_is_not_there_needs_a_person() {
    let world = World::new().await;
    world.configure("PipelineName", Some("nothing-like-it"));
    let diagnosis = world.diagnosis().await;
    let start = diagnosis.hops().find(|hop| hop.hop == Hop::Start).unwrap();
    assert_eq!(start.sign, Sign::Fails);
    assert!(start.causes.iter().any(|cause| cause.reason.starts_with("there is no pipeline `nothing-like-it`")));
}

#[tokio::test]
async fn a_variable_is_passed_that_the_target_does_not_declare() {
    let world = World::new().await;
    world.configure("Variables", Some(r#"[{"name":"unheard_of","value":"x"}]"#));
    world.heals(Hop::Start).await;
}

#[tokio::test]
async fn an_undeclared_variable_takes_nothing_from_the_one_that_it_resembles() {
    let world = World::new().await;
    let both = r##"[{"name":"val1","value":"#{variables.val1}"},{"name":"vall","value":"x"}]"##;
    world.configure("Variables", Some(both));
    let diagnosis = world.heals(Hop::Start).await;
    assert!(diagnosis.to_string().contains("leave variable `vall` out of action `ccc`"), "{diagnosis:#}");
    // Which one is meant by the only one that is passed, only a person knows.
    world.configure("Variables", Some(r#"[{"name":"val2","value":"x"}]"#));
    let diagnosis = world.diagnosis().await;
    let words = "did you mean `val1`? Otherwise leave `val2` out, or declare it in pipeline `hoge1005command`";
    assert!(diagnosis.has_errors() && diagnosis.to_string().contains(words), "{diagnosis:#}");
    assert!(diagnosis.pipelines[0].changes().next().is_none(), "{diagnosis:#}");
}

#[tokio::test]
async fn a_variable_without_default_is_not_passed() {
    let world = World::new().await;
    world.edit(DEPLOY, |pipeline| pipeline.variables.as_mut().unwrap()[0].default_value = None);
    world.configure("Variables", None);
    world.heals(Hop::Start).await;
}

#[tokio::test]
async fn what_another_pipeline_needs_of_a_shared_role_is_not_too_much() {
    let world = World::new().await;
    let (caller, second) = (RELEASE.replace("hoge0315pipeline1", "caller"), DEPLOY.replace(TARGET, "second"));
    for (from, name) in [(RELEASE, "caller"), (DEPLOY, "second")] {
        let mut pipeline = world.local.pipeline(&from.parse().unwrap()).unwrap();
        pipeline.name = name.to_owned();
        for action in pipeline.actions_mut().filter(|action| action.name == "ccc") {
            action.configuration.as_mut().unwrap().insert("PipelineName".to_owned(), "second".to_owned());
        }
        let arn = if name == "caller" { &caller } else { &second };
        world.local.put_pipeline(&arn.parse().unwrap(), &PipelineDocument { pipeline, ..Default::default() }).unwrap();
    }
    let mut both = policy("Allow", "codepipeline:StartPipelineExecution", DEPLOY);
    both["Statement"][0]["Resource"] = json!([DEPLOY, second]);
    // The copy writes another log.
    world
        .policy("arn:aws:iam::222222222222:role/hoge1005command-service", "logs", &policy("Allow", "logs:*", "*"))
        .await;
    world.policy(INVOKER, OWN, &both).await;
    let arns = [RELEASE, &caller].map(|arn| arn.parse().unwrap());
    let of_both = world.session.doctor_all(arns.into()).await;
    assert!(!of_both.has_errors() && !of_both.has_warnings(), "{of_both:#}");
    // One of them doesn't tell what the other one needs.
    let of_one = world.diagnosis().await;
    let help = format!("fix: allow it on `{DEPLOY}` only, unless another pipeline needs it");
    assert!(has(&of_one, 0, Weight::Warning, &format!("on `{second}`")), "{of_one:#}");
    assert!(of_one.to_string().contains(&help), "{of_one:#}");
}

#[tokio::test]
async fn a_command_names_the_profile_and_the_account() {
    let world = World::new().await;
    world.no_policy(INVOKER).await;
    let mut reading = world.session.doctor(RELEASE.parse().unwrap()).read().await;
    reading.profiles.insert(B.parse().unwrap(), "prod admin".to_owned());
    let diagnosis = diagnose(&reading, &[RELEASE.parse().unwrap()]);
    let command = diagnosis.pipelines[0].changes().next().unwrap().command.as_deref().unwrap();
    assert!(command.ends_with(" --profile 'prod admin'"), "{command}");
    assert!(format!("{diagnosis:#}").contains(&format!("# account {B}\n             {command}\n")), "{diagnosis:#}");
}

#[tokio::test]
async fn a_disabled_transition_is_enabled() {
    let world = World::new().await;
    let client = aws_sdk_codepipeline::Client::new(&world.local.sdk_config(A, REGION));
    let call = client.disable_stage_transition().pipeline_name("hoge0315pipeline1").stage_name("Build");
    let inbound = aws_sdk_codepipeline::types::StageTransitionType::Inbound;
    call.transition_type(inbound).reason("audit").send().await.unwrap();
    let diagnosis = world.diagnosis().await;
    let problem = diagnosis.pipelines[0].problems.iter().find(|problem| problem.code == "transition").unwrap();
    assert_eq!(problem.weight, Weight::Warning);
    assert!(problem.message.ends_with(": audit"), "{diagnosis:#}");
    let plan = world.plan(&diagnosis).await;
    let left = "no step writes this in account 111111111111: enable the transition into stage `Build`";
    assert!(plan.is_empty() && plan.to_string().contains(left), "{plan}");
    world.treat(&diagnosis).await;
    assert!(world.runs().await);
}

#[tokio::test]
async fn what_a_topology_manages_is_left_to_its_program_by_a_plan_of_the_fixes() {
    let world = World::managed().await;
    world.no_policy(INVOKER).await;
    let diagnosis = world.diagnosis().await;
    let plan = world.plan(&diagnosis).await;
    let why = "topology `release` manages it, so its program has to write it";
    assert!(plan.is_empty() && plan.to_string().contains(why), "{plan}");
}

#[tokio::test]
async fn a_plan_of_the_fixes_writes_nothing_that_was_changed_since() {
    let world = World::new().await;
    world.trust(INVOKER, &trusting(&json!({ "AWS": "arn:aws:iam::222222222222:root" }), None)).await;
    world.no_policy(INVOKER).await;
    let plan = world.plan(&world.diagnosis().await).await;
    // It is saved and read as any other.
    let plan: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    world.trust(INVOKER, &trusting(&json!({ "AWS": "arn:aws:iam::111111111111:root" }), None)).await;
    let error = world.session.apply(&plan).await.unwrap_err();
    assert!(error.to_string().contains("has a different trust policy now"), "{error}");
    let name = INVOKER.parse::<RoleArn>().unwrap().name().to_string();
    let role = world.iam(B).get_role().role_name(name).send().await.unwrap();
    let trust = role.role().unwrap().assume_role_policy_document().unwrap().to_owned();
    assert!(trust.contains("111111111111%3Aroot"), "{trust}");
    // What it rests on and doesn't write.
    let world = World::new().await;
    world.no_policy(INVOKER).await;
    let plan = world.plan(&world.diagnosis().await).await;
    let plan: Plan = serde_json::from_str(&serde_json::to_string(&plan).unwrap()).unwrap();
    world.trust(INVOKER, &trusting(&json!({ "AWS": "arn:aws:iam::111111111111:root" }), None)).await;
    let error = world.session.apply(&plan).await.unwrap_err();
    assert!(error.done.is_empty() && error.to_string().contains(INVOKER), "{error}");
}

#[tokio::test]
async fn a_plan_of_the_fixes_is_put_back_from_its_journal() {
    let world = World::new().await;
    world.trust(INVOKER, &trusting(&json!({ "AWS": "arn:aws:iam::222222222222:root" }), None)).await;
    world.no_policy(INVOKER).await;
    world.configure("PipelineName", Some(DEPLOY));
    let before = world.diagnosis().await;
    let plan = world.plan(&before).await;
    assert!(plan.to_string().starts_with("fixes: 0 to create, 2 to change, 0 to delete in 2 accounts\n"), "{plan}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.jsonl");
    world.session.apply(&plan).journal(&file).await.unwrap();
    assert!(!world.diagnosis().await.has_errors());
    let journal = Journal::read(&std::fs::read_to_string(&file).unwrap()).unwrap();
    let back = world.session.restore(&journal).await.unwrap();
    world.session.apply(&back).await.unwrap();
    let after = world.diagnosis().await;
    let signs = |diagnosis: &Diagnosis| diagnosis.hops().map(|hop| hop.sign).collect::<Vec<_>>();
    assert_eq!(signs(&after), signs(&before), "{after:#}");
}

#[tokio::test(start_paused = true)]
async fn of_two_plans_of_fixes_for_one_pipeline_one_waits_for_the_other() {
    let world = World::new().await;
    world.configure("PipelineName", Some(DEPLOY));
    let plan = world.plan(&world.diagnosis().await).await;
    let release = RELEASE.parse::<PipelineArn>().unwrap();
    assert_eq!(plan.leases(), [Subject::Pipeline(release)], "{plan}");
    let client = aws_sdk_codepipeline::Client::new(&world.local.sdk_config(A, REGION));
    let key = "codepipeline-xacct:lease:doctor:0000000000000000";
    let theirs = "99999999999 arn:aws:sts::111111111111:assumed-role/ops/me";
    let tag = aws_sdk_codepipeline::types::Tag::builder().key(key).value(theirs).build().unwrap();
    client.tag_resource().resource_arn(RELEASE).tags(tag).send().await.unwrap();
    let error = world.session.apply(&plan).await.unwrap_err();
    assert!(matches!(&error.failed[..], [(_, StepError::Held { .. })]) && error.done.is_empty(), "{error}");
    world.session.apply(&plan.clone().not_exclusive()).await.unwrap();
    client.untag_resource().resource_arn(RELEASE).tag_keys(key).send().await.unwrap();
    world.configure("PipelineName", Some(DEPLOY));
    world.session.apply(&world.plan(&world.diagnosis().await).await).await.unwrap();
    assert!(!world.local.to_json().unwrap().contains("codepipeline-xacct:lease:"), "a lease is left");
}

#[tokio::test]
async fn a_role_whose_creation_was_not_answered_is_found_to_be_created_by_the_plan_of_the_fixes() {
    let world = World::new().await;
    let iam = world.iam(B);
    let name = INVOKER.parse::<RoleArn>().unwrap().name().to_string();
    iam.delete_role_policy().role_name(&name).policy_name(OWN).send().await.unwrap();
    iam.delete_role().role_name(&name).send().await.unwrap();
    let plan = world.plan(&world.diagnosis().await).await;
    world.local.faults().add(Fault::on("CreateRole").first(1).cut_after());
    world.session.apply(&plan).await.unwrap();
    assert!(world.runs().await);
}

#[tokio::test]
async fn the_last_failure_is_explained_from_its_text() {
    let world = World::new().await;
    world.no_policy(INVOKER).await;
    assert!(!world.runs().await);
    let diagnosis = world.diagnosis().await;
    let problem = diagnosis.pipelines[0].problems.iter().find(|problem| problem.code == "failure").unwrap();
    assert!(problem.message.ends_with("see hop `start` above"), "{diagnosis:#}");
}

#[tokio::test]
async fn a_hop_that_works_is_not_verified_where_the_last_run_was_denied() {
    let world = World::new().await;
    let all = Document::from_json(
        &json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*" },
            { "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Resource": INVOKER },
        ]})
        .to_string(),
    );
    world.local.put_rcps(&B.parse().unwrap(), &[vec![all.unwrap()]]).unwrap();
    assert!(!world.runs().await);
    let diagnosis = world.diagnosis().await;
    let hop = diagnosis.hops().find(|hop| hop.hop == Hop::Assume).unwrap();
    assert_eq!((hop.sign, hop.confidence), (Sign::Works, Confidence::Undecided), "{diagnosis:#}");
    let problem = diagnosis.pipelines[0].problems.iter().find(|problem| problem.code == "failure").unwrap();
    assert!(
        matches!(&problem.fix, Fix::Words(text) if text.contains("resource control policy (RCP)")),
        "{diagnosis:#}"
    );
    world.local.put_rcps(&B.parse().unwrap(), &[]).unwrap();
    assert!(world.runs().await);
    let diagnosis = world.diagnosis().await;
    assert!(diagnosis.hops().all(|hop| hop.confidence == Confidence::Verified), "{diagnosis:#}");
}

#[tokio::test]
async fn an_account_without_credentials_is_not_known_and_the_option_is_named() {
    let world = World::new().await;
    let only_a = Session::builder().credentials::<Tooling>(world.local.sdk_config(A, REGION)).connect().await.unwrap();
    let diagnosis = only_a.doctor(RELEASE.parse().unwrap()).await;
    let signs: Vec<_> = diagnosis.hops().map(|hop| hop.sign).collect();
    assert_eq!(signs, [Sign::Works, Sign::Unknown, Sign::Unknown], "{diagnosis:#}");
    assert!(diagnosis.to_string().contains("--account-profile 222222222222=PROFILE"), "{diagnosis:#}");
    assert!(!diagnosis.has_errors() && diagnosis.is_incomplete());
}

/// Pipelines that differ from A's only in their names.
fn copies(local: &Local, count: usize) -> Vec<PipelineArn> {
    let mut pipeline = local.pipeline(&RELEASE.parse().unwrap()).unwrap();
    let arns: Vec<PipelineArn> = (0..count).map(|n| format!("{RELEASE}-{n}").parse().unwrap()).collect();
    for arn in &arns {
        arn.name().as_str().clone_into(&mut pipeline.name);
        let document = PipelineDocument { pipeline: pipeline.clone(), ..Default::default() };
        local.put_pipeline(arn, &document).unwrap();
    }
    arns
}

#[tokio::test]
async fn of_many_pipelines_a_part_is_known_before_the_others_are_read() {
    let world = World::new().await;
    let arns = copies(&world.local, 20);
    world.local.clear_calls();
    let read = || world.local.calls().iter().filter(|call| call.operation == "GetPipeline").count();
    let mut parts = world.session.doctor_all(arns.clone()).parts();
    let mut whole = parts.next().await.unwrap();
    assert!(read() < arns.len(), "all were read: {}", read());
    assert!(!whole.access.is_empty());
    whole.add(parts.next().await.unwrap());
    assert!(parts.next().await.is_none());
    // Each is read and diagnosed once, and the one that they start.
    assert_eq!((read(), whole.pipelines.len()), (21, 21));
    assert_eq!(whole.totals(), world.session.doctor_all(arns).await.totals());
}

/// Whether a problem of a pipeline has this code and text.
fn has(diagnosis: &Diagnosis, pipeline: usize, weight: Weight, text: &str) -> bool {
    let problems = &diagnosis.pipelines[pipeline].problems;
    problems.iter().any(|problem| problem.weight == weight && problem.message.contains(text))
}

#[tokio::test]
async fn a_service_role_that_lost_what_its_own_actions_need_is_found() {
    let world = World::new().await;
    assert!(!world.diagnosis().await.has_errors());
    let call = world.iam(A).delete_role_policy().role_name(SERVICE.rsplit('/').next().unwrap());
    call.policy_name("console").send().await.unwrap();
    assert!(!world.runs().await);
    let diagnosis = world.diagnosis().await;
    assert!(has(&diagnosis, 0, Weight::Error, "which may not `codecommit:"), "{diagnosis:#}");
    assert!(has(&diagnosis, 0, Weight::Warning, "unless the policy of the bucket allows it"), "{diagnosis:#}");
}

#[tokio::test]
async fn what_an_action_may_not_do_is_not_known_where_a_reference_names_its_resource() {
    let world = World::new().await;
    world.policy(SERVICE, "console", &policy("Allow", "cloudformation:*", STACK)).await;
    for (name, is_found) in [("other", true), ("live-#{SourceVariables.BranchName}", false), ("live-main", false)] {
        world.edit(RELEASE, |pipeline| {
            let source = pipeline.actions_mut().next().unwrap();
            source.namespace = Some("SourceVariables".to_owned());
            let stack = json!({
                "name": "stack",
                "actionTypeId": { "category": "Deploy", "owner": "AWS", "provider": "CloudFormation", "version": "1" },
                "configuration": { "ActionMode": "DELETE_ONLY", "StackName": name, "RoleArn": SERVICE },
            });
            let actions = pipeline.stages.as_mut().unwrap().last_mut().unwrap().actions.as_mut().unwrap();
            actions.retain(|action| action.name != "stack");
            actions.push(serde_json::from_value(stack).unwrap());
        });
        let diagnosis = world.diagnosis().await;
        assert_eq!(has(&diagnosis, 0, Weight::Error, "which may not `cloudformation:"), is_found, "{diagnosis:#}");
    }
}

#[tokio::test]
async fn a_role_that_may_use_the_artifacts_under_a_prefix_is_not_reported() {
    let world = World::new().await;
    let bucket = world.local.pipeline(&RELEASE.parse().unwrap()).unwrap().artifact_store.unwrap().location;
    let objects = |bucket: &str| policy("Allow", "s3:*", &format!("arn:aws:s3:::{bucket}/hoge0315pipeline1/*"));
    for (bucket, is_found) in [("another", true), (&*bucket, false), (&*format!("{}*", &bucket[..4]), false)] {
        world.policy(SERVICE, "console", &objects(bucket)).await;
        let diagnosis = world.diagnosis().await;
        assert_eq!(has(&diagnosis, 0, Weight::Warning, "where the artifacts are"), is_found, "{bucket}: {diagnosis:#}");
    }
}

#[tokio::test]
async fn what_is_wrong_with_the_pipeline_that_is_started_is_found() {
    let world = World::new().await;
    let builds = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "Service": "codebuild.amazonaws.com" }, "Action": "sts:AssumeRole" }
    ]});
    world.trust("arn:aws:iam::222222222222:role/hoge1005command-service", &builds).await;
    assert!(!world.runs().await);
    let diagnosis = world.diagnosis().await;
    assert_eq!(diagnosis.pipelines.iter().map(|p| p.pipeline.to_string()).collect::<Vec<_>>(), [RELEASE, DEPLOY]);
    let service = diagnosis.pipelines[1].service.as_ref().unwrap();
    assert_eq!((service.hop, service.sign), (Hop::ServiceTrust, Sign::Fails), "{diagnosis:#}");
    assert!(diagnosis.has_errors());
}

#[tokio::test]
async fn a_right_that_ran_out_is_denied_and_one_that_did_not_is_not() {
    let world = World::new().await;
    for (until, sign) in [("2020-01-01T00:00:00Z", Sign::Fails), ("2999-01-01T00:00:00Z", Sign::Works)] {
        let policy = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "codepipeline:StartPipelineExecution", "Resource": DEPLOY,
            "Condition": { "DateLessThan": { "aws:CurrentTime": until } },
        }]});
        world.policy(INVOKER, "codepipeline-xacct-release", &policy).await;
        let diagnosis = world.diagnosis().await;
        let start = diagnosis.hops().find(|hop| hop.hop == Hop::Start).unwrap();
        assert_eq!(start.sign, sign, "{until}: {diagnosis:#}");
        if sign == Sign::Fails {
            let fix = &start.causes[0].fix;
            assert!(matches!(fix, Fix::Changes(changes) if changes[0].command.is_some()), "{diagnosis:#}");
        }
        let mut all = self::policy("Allow", "*", "*");
        all["Statement"][0]["Condition"] = json!({ "DateLessThan": { "aws:CurrentTime": until } });
        world.policy(SERVICE, "console", &all).await;
        let diagnosis = world.diagnosis().await;
        let is_denied = has(&diagnosis, 0, Weight::Error, "which may not `codecommit:");
        assert_eq!(is_denied, sign == Sign::Fails, "{until}: {diagnosis:#}");
        assert_eq!(has(&diagnosis, 0, Weight::Warning, "where the artifacts are"), is_denied, "{until}: {diagnosis:#}");
    }
}

#[tokio::test]
async fn a_failure_in_one_account_takes_nothing_away_of_the_others() {
    let failures: [fn(FaultBuilder) -> Fault; 3] =
        [FaultBuilder::expired_token, FaultBuilder::internal_error, FaultBuilder::timeout];
    for failure in failures {
        let world = World::new().await;
        world.local.faults().add(failure(Fault::on("GetRole").account(B)));
        let diagnosis = world.diagnosis().await;
        let hops: Vec<_> = diagnosis.hops().map(|hop| (hop.sign, hop.confidence)).collect();
        assert_eq!(hops[0], (Sign::Works, Confidence::Verified), "{diagnosis:#}");
        assert_eq!(hops[1], (Sign::Unknown, Confidence::NotReadable), "{diagnosis:#}");
        assert!(!diagnosis.has_errors() && diagnosis.is_incomplete(), "{diagnosis:#}");
        assert!(
            diagnosis.to_string().contains("\n    failed: GetRole: account 222222222222: GetRole of "),
            "{diagnosis}"
        );
    }
}

#[tokio::test]
async fn an_account_that_can_not_be_reached_is_named_with_the_reason() {
    let world = World::new().await;
    world.local.faults().add(Fault::on("GetCallerIdentity").account(B).expired_token());
    let builder = || {
        let [tooling, prod] = [A, B].map(|account| world.local.sdk_config(account, REGION));
        Session::builder().credentials::<Tooling>(tooling).credentials::<Prod>(prod)
    };
    assert!(builder().connect().await.is_err());
    let diagnosis = builder().go_without().connect().await.unwrap().doctor(RELEASE.parse().unwrap()).await;
    let signs: Vec<_> = diagnosis.hops().map(|hop| hop.sign).collect();
    assert_eq!(signs[..2], [Sign::Works, Sign::Unknown], "{diagnosis:#}");
    let reason = "\n    failed: GetCallerIdentity: account 222222222222: GetCallerIdentity of ";
    assert!(diagnosis.to_string().contains(reason), "{diagnosis}");
    let session = builder().go_without().connect().await.unwrap();
    let mut parts = session.doctor_all(copies(&world.local, 20)).parts();
    while let Some(part) = parts.next().await {
        assert!(part.to_string().contains(reason), "{part}");
    }
    world.local.faults().add(Fault::on("GetCallerIdentity").account(A).expired_token());
    assert_eq!(builder().go_without().connect().await.unwrap_err().failures.len(), 2);
}

#[tokio::test]
async fn what_may_not_be_read_is_not_wrong() {
    let world = World::new().await;
    let allowed = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": ["codepipeline:*", "iam:GetRole", "sts:*"], "Resource": "*" }
    ]});
    let deployer = Deployer::With(Document::from_json(&allowed.to_string()).unwrap());
    let prod = world.local.sdk_config_as(B, REGION, &deployer).unwrap();
    let tooling = world.local.sdk_config(A, REGION);
    let session = Session::builder().credentials::<Tooling>(tooling).credentials::<Prod>(prod).connect().await.unwrap();
    let diagnosis = session.doctor(RELEASE.parse().unwrap()).await;
    let start = diagnosis.hops().find(|hop| hop.hop == Hop::Start).unwrap();
    assert_eq!((start.sign, start.confidence), (Sign::Unknown, Confidence::NotReadable), "{diagnosis:#}");
    let calls = diagnosis.access.iter().find(|access| access.account.as_str() == B).unwrap().calls.iter();
    assert!(calls.filter(|call| call.denied.is_some()).count() > 0, "{diagnosis:#}");
}

#[tokio::test]
async fn a_redacted_diagnosis_has_no_name_and_no_account_of_the_original() {
    let world = World::new().await;
    world.no_policy(INVOKER).await;
    let diagnosis = world.diagnosis().await;
    let redacted = diagnosis.redacted();
    let text = format!("{redacted:#}{}", serde_json::to_string(&redacted).unwrap());
    for secret in [A, B, "hoge0315pipeline1", TARGET, "hoge0316-crossaccount-pipeline", "\"ccc\""] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert_eq!(
        redacted.hops().map(|hop| hop.sign).collect::<Vec<_>>(),
        diagnosis.hops().map(|hop| hop.sign).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_redacted_diagnosis_has_neither_reasons_nor_external_ids() {
    let world = World::new().await;
    let client = aws_sdk_codepipeline::Client::new(&world.local.sdk_config(A, REGION));
    let call = client.disable_stage_transition().pipeline_name("hoge0315pipeline1").stage_name("Build");
    let call = call.transition_type(aws_sdk_codepipeline::types::StageTransitionType::Inbound);
    call.reason("freeze by bob@example.com").send().await.unwrap();
    let ids = json!({ "StringEquals": { "STS:externalid": ["between us", "and-nobody"] } });
    world.trust(INVOKER, &trusting(&json!({ "AWS": SERVICE }), Some(ids))).await;
    let diagnosis = world.diagnosis().await;
    let text = |diagnosis: &Diagnosis| format!("{diagnosis:#}{}", serde_json::to_string(diagnosis).unwrap());
    let (open, redacted) = (text(&diagnosis), text(&diagnosis.redacted()));
    for secret in ["bob@example.com", "freeze", "between us", "and-nobody"] {
        assert!(open.contains(secret) && !redacted.contains(secret), "{secret} in {redacted}");
    }
    assert!(redacted.contains("is disabled, so runs stop in front of it: <reason>"), "{redacted}");
}

#[tokio::test]
async fn a_redacted_diagnosis_has_no_name_that_stands_only_in_a_message() {
    let world = World::new().await;
    world.configure("PipelineName", Some("hoge1005comand"));
    let diagnosis = world.diagnosis().await;
    assert!(diagnosis.to_string().contains("hoge1005comand"), "{diagnosis:#}");
    let text = format!("{:#}", diagnosis.redacted());
    assert!(!text.contains("hoge1005"), "{text}");
}

/// Names that are also words of ARNs, and account ids in names; an action that only the state mentions.
#[test]
fn names_that_look_like_parts_of_arns_are_no_way_around_redacting() {
    let action = |name: &str, role: Option<&str>| {
        json!({
            "name": name,
            "actionTypeId": { "category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1" },
            "configuration": { "ProjectName": "project" },
            "roleArn": role,
        })
    };
    let role = "arn:aws:iam::222222222222:role/222222222222/acme-deployer";
    let pipeline = json!({ "pipeline": { "name": "acme", "roleArn": "arn:aws:iam::111111111111:role/acme-service", "stages": [
        { "name": "eu-west-1", "actions": [action("aws", Some(role)), action("222222222222", Some(role))] },
        { "name": "role", "actions": [action("iam", Some(role)), action("acme-tests", None)] },
    ]}, "metadata": { "pipelineArn": "arn:aws:codepipeline:eu-west-1:111111111111:acme" }});
    let failed =
        json!({ "status": "Failed", "errorDetails": { "code": "JobFailed", "message": "acme-tests of 222222222222" } });
    let state = json!({ "pipelineName": "acme", "stageStates": [
        { "stageName": "role", "actionStates": [{ "actionName": "acme-tests", "latestExecution": failed }] },
    ]});
    let mut reading = Reading::of_files();
    let arn = reading.add(&pipeline.to_string(), &pipeline, &[], &Home::default()).unwrap().unwrap();
    reading.add(&state.to_string(), &state, &[], &Home::default()).unwrap();
    let diagnosis = diagnose(&reading, &[arn]);
    let failure = diagnosis.pipelines[0].problems.iter().find(|problem| problem.code == "failure").unwrap();
    assert_eq!(failure.place.to_string(), r#"pipeline acme / stage "role" / action "acme-tests""#);
    let redacted = diagnosis.redacted();
    let text = format!("{redacted:#}{}", serde_json::to_string(&redacted).unwrap());
    for secret in [A, B, "acme"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

const STARTER: &str = "arn:aws:codepipeline:ap-northeast-1:222222222222:starter";
const STARTER_SERVICE: &str = "arn:aws:iam::222222222222:role/starter-service";

#[tokio::test]
async fn a_start_in_the_same_account_without_a_role_is_made_by_the_service_role() {
    let world = World::new().await;
    let all_but = policy("Allow", "codecommit:*", "*");
    let all_but = Document::from_json(&all_but.to_string()).unwrap();
    world.local.put_role(&STARTER_SERVICE.parse().unwrap(), &service_trust().unwrap(), &[("own", &all_but)]).unwrap();
    let mut pipeline = world.local.pipeline(&RELEASE.parse().unwrap()).unwrap();
    pipeline.name = "starter".to_owned();
    pipeline.role_arn = Some(STARTER_SERVICE.to_owned());
    pipeline.actions_mut().find(|action| action.name == "ccc").unwrap().role_arn = None;
    let arn = STARTER.parse().unwrap();
    world.local.put_pipeline(&arn, &PipelineDocument { pipeline, ..Default::default() }).unwrap();
    let diagnosis = world.session.doctor(arn.clone()).await;
    let signs: Vec<_> = diagnosis.hops().map(|hop| (hop.hop, hop.sign)).collect();
    assert_eq!(signs[..2], [(Hop::ServiceTrust, Sign::Works), (Hop::Start, Sign::Fails)], "{diagnosis:#}");
    world.treat(&diagnosis).await;
    let after = world.session.doctor(arn).await;
    assert!(after.hops().all(|hop| hop.sign == Sign::Works), "{after:#}");
}

#[tokio::test]
async fn a_role_of_another_account_lacks_the_artifacts_and_the_policies_of_bucket_and_key_are_printed() {
    let world = World::new().await;
    let key = "arn:aws:kms:ap-northeast-1:111111111111:key/12345678-aaaa-bbbb-cccc-1234567890ab";
    world.edit(RELEASE, |pipeline| {
        let key = json!({ "id": key, "type": "KMS" });
        pipeline.artifact_store.as_mut().unwrap().encryption_key = serde_json::from_value(key).unwrap();
        let build = json!({
            "name": "build",
            "actionTypeId": { "category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1" },
            "configuration": { "ProjectName": "project" },
            "inputArtifacts": [{ "name": "SourceArtifact" }],
            "roleArn": INVOKER,
        });
        let stage = pipeline.stages.as_mut().unwrap().last_mut().unwrap();
        stage.actions.as_mut().unwrap().push(serde_json::from_value(build).unwrap());
    });
    let diagnosis = world.diagnosis().await;
    let artifacts: Vec<_> =
        diagnosis.pipelines[0].problems.iter().filter(|problem| problem.code == "artifacts").collect();
    let weights: Vec<_> = artifacts.iter().map(|problem| problem.weight).collect();
    assert_eq!(weights, [Weight::Error], "{diagnosis:#}");
    assert!(artifacts[0].message.contains("may not `s3:GetObject`"), "{diagnosis:#}");
    // Nobody put the bucket and the key there.
    let policed = &diagnosis.pipelines[0].artifacts;
    let signs: Vec<_> = policed.iter().map(|found| (found.sign, found.confidence)).collect();
    assert_eq!(signs, [(Sign::Unknown, Confidence::NotReadable); 2], "{diagnosis:#}");
    let compared = policed.iter().all(|found| found.causes[0].fix.changes()[0].json.to_string().contains(INVOKER));
    assert!(compared && diagnosis.is_incomplete(), "{diagnosis:#}");
    for change in artifacts[0].fix.changes() {
        execute(&world.local, change).await;
    }
    let after = world.diagnosis().await;
    let errors = after.pipelines[0].problems.iter().filter(|p| p.code == "artifacts" && p.weight == Weight::Error);
    assert_eq!(errors.count(), 0, "{after:#}");
}

/// The hops of a declaration from a file alone aren't known, but none of them is wrong; what is reported as an error is what the
/// rules report.
#[test]
fn real_pipelines_from_files_alone_give_no_false_alarm() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../language/tests/corpus");
    let home = Home { account: Some(A.parse().unwrap()), region: Some("eu-west-1".parse().unwrap()) };
    let mut looked_at = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        let mut reading = Reading::of_files();
        let Ok(Some(arn)) = reading.add(&text, &value, &[], &home) else { continue };
        let diagnosis = diagnose(&reading, std::slice::from_ref(&arn));
        assert!(diagnosis.hops().all(|hop| hop.sign == Sign::Unknown), "{}: {diagnosis}", path.display());
        let name = arn.name().as_str();
        let found = check(&[DeclarationInput { item: name, value: &value }], &home).remove(0);
        let wrong = found.iter().any(|finding| finding.severity == Severity::Error);
        assert_eq!(diagnosis.has_errors(), wrong, "{}: {diagnosis}", path.display());
        looked_at += 1;
    }
    assert!(looked_at > 30, "{looked_at}");
}

/// A pipeline of B in each of two Regions; the files have the one that is not started.
#[test]
fn a_target_that_no_file_has_is_not_wrong_because_another_region_has_one_of_its_name() {
    let home = Home { account: Some(B.parse().unwrap()), region: Some("us-east-1".parse().unwrap()) };
    let mut reading = Reading::of_files();
    let mut release = article("after").unwrap();
    let arn = release.metadata.get_or_insert_default();
    arn.pipeline_arn = Some(RELEASE.to_owned());
    let release = serde_json::to_value(&release).unwrap();
    let arn = reading.add(&release.to_string(), &release, &[], &home).unwrap().unwrap();
    let mut other = release["pipeline"].clone();
    other["name"] = json!(TARGET);
    other["roleArn"] = json!("arn:aws:iam::222222222222:role/deploy-service");
    reading.add(&other.to_string(), &other, &[], &home).unwrap();
    let diagnosis = diagnose(&reading, &[arn.clone(), arn]);
    assert_eq!(diagnosis.pipelines.len(), 1, "given twice, it is diagnosed once");
    let start = diagnosis.hops().find(|hop| hop.hop == Hop::Start).unwrap();
    assert_eq!(start.sign, Sign::Unknown, "{diagnosis:#}");
    let advice = diagnosis.pipelines[0].problems.iter().find(|problem| problem.code == "XA0717").unwrap();
    assert_eq!(advice.weight, Weight::Warning);
    assert!(!diagnosis.has_errors(), "{diagnosis:#}");
}

#[tokio::test]
async fn files_say_the_same_as_the_accounts_that_they_were_read_from() {
    let world = World::new().await;
    world.no_policy(INVOKER).await;
    let read = world.session.doctor(RELEASE.parse().unwrap()).read().await;
    let mut stated = Reading::of_files();
    for (arn, found) in &read.pipelines {
        let value = json!({ "pipeline": found.present().unwrap(), "metadata": { "pipelineArn": arn } });
        stated.add(&value.to_string(), &value, &[], &Home::default()).unwrap();
    }
    for role in read.roles.values().map(|found| found.present().unwrap()) {
        let policies = role.policies.as_ref().unwrap().iter();
        let policies = policies.map(|policy| json!({ "PolicyName": policy.name, "PolicyDocument": policy.document }));
        let detail = json!({
            "Arn": role.arn,
            "RoleId": role.unique_id,
            "AssumeRolePolicyDocument": role.trust,
            "RolePolicyList": policies.collect::<Vec<_>>(),
        });
        let value = json!({ "RoleDetailList": [detail], "Policies": [] });
        stated.add(&value.to_string(), &value, &[], &Home::default()).unwrap();
    }
    let of_files = diagnose(&stated, &[RELEASE.parse().unwrap()]);
    let of_accounts = world.diagnosis().await;
    let signs = |diagnosis: &Diagnosis| diagnosis.hops().map(|hop| hop.sign).collect::<Vec<_>>();
    assert_eq!(signs(&of_files), [Sign::Works, Sign::Works, Sign::Fails, Sign::Works]);
    assert_eq!(signs(&of_files), signs(&of_accounts));
    let changes = |diagnosis: &Diagnosis| diagnosis.pipelines[0].changes().cloned().collect::<Vec<_>>();
    assert_eq!(changes(&of_files), changes(&of_accounts));
    assert!(of_files.hops().all(|hop| hop.confidence == Confidence::Stated));
}
