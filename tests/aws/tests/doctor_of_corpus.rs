//! Doctor on [real pipelines](crate::corpus_world). They are right. Then one fault of each kind is planted in each of them: the hop that fails is
//! named with the statement that decides, local AWS confirms what fails when, and what is offered makes all of it right again, as a plan, as
//! commands or as JSON to paste. Doctor writes nothing.

use aws_sdk_codepipeline::types::StageTransitionType;
use codepipeline_xacct::core::declaration::ArtifactStore;
use codepipeline_xacct::core::doctor::{
    ArtifactDiagnosis, Cause, Confidence, Diagnosis, Fix, HopDiagnosis, Moment, Problem, Weight,
};
use codepipeline_xacct::core::ids::RoleArn;
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::core::policy::evaluate::Layer;
use codepipeline_xacct::core::wiring::{Hop, Sign};
use codepipeline_xacct_aws_tests::service_trust;
use serde_json::json;

use crate::corpus_world::{
    A, B, BUILDER, CORPUS, INVOKER, World, allow, bucket_policy, document, invoker, key_policy, trusting, uses,
};

/// The statement that decides, by where it is: its role, the side, the position in the document, and whether it applies as a whole.
type Decided = (RoleArn, Layer, usize, bool);

fn is_decided_by(causes: &[Cause], (role, layer, index, whole): &Decided) -> bool {
    causes.iter().flat_map(|cause| &cause.decided_by).any(|by| {
        (&by.document.role, by.document.layer, by.index, by.element.is_none()) == (role, *layer, *index, *whole)
    })
}

/// What a fault makes fail.
struct Failing {
    hop: Hop,
    /// The actions, or nothing for the service role.
    actions: Option<Vec<String>>,
    decided: Option<Decided>,
}

impl Failing {
    /// The start of the pipeline of B.
    fn start(decided: Option<Decided>) -> Self {
        Self { hop: Hop::Start, actions: Some(vec!["start-in-b".to_owned()]), decided }
    }

    /// The service role assumes a role.
    fn assume(world: &World, role: &RoleArn, decided: Option<Decided>) -> Self {
        let text = role.to_string();
        let mut pipeline = world.local.pipeline(&world.arn).unwrap();
        let actions = pipeline.actions_mut().filter(|action| action.role_arn.as_ref() == Some(&text));
        Self { hop: Hop::Assume, actions: Some(actions.map(|action| action.name.clone()).collect()), decided }
    }
}

/// Plants a fault in each pipeline, and compares what is found with what fails. Returns the worlds with the diagnoses, and what was wrong before.
async fn found(fault: impl AsyncFn(&World) -> Failing) -> Vec<(World, Diagnosis, Vec<Problem>)> {
    let mut all = Vec::new();
    for file in CORPUS {
        let world = World::new(file).await;
        let before = World::problems(&world.doctor().await);
        let expected = fault(&world).await;
        let diagnosis = world.doctor().await;
        let pipeline = &diagnosis.pipelines[0];
        let fails = |hops: &[HopDiagnosis]| hops.iter().any(|hop| hop.hop == expected.hop && hop.sign == Sign::Fails);
        let links = pipeline.links.iter().filter(|link| fails(&link.hops));
        let actions: Vec<String> = links.map(|link| link.name.clone()).collect();
        match &expected.actions {
            Some(expected) => assert_eq!(actions, *expected, "{file}: {diagnosis:#}"),
            None => assert!(fails(pipeline.service.as_slice()), "{file}: {diagnosis:#}"),
        }
        let failing: Vec<_> = diagnosis.hops().filter(|hop| hop.sign != Sign::Works).collect();
        assert_eq!(failing.len(), expected.actions.as_ref().map_or(1, Vec::len), "{file}: {diagnosis:#}");
        let moment = if expected.hop == Hop::Start { Moment::WhenRun } else { Moment::WhenSaved };
        for hop in failing {
            assert_eq!((hop.confidence, hop.moment), (Confidence::Verified, Some(moment)), "{file}: {diagnosis:#}");
            let decided = expected.decided.as_ref();
            assert!(decided.is_none_or(|decided| is_decided_by(&hop.causes, decided)), "{file}: {hop:#?}");
        }
        // Local AWS says the same.
        assert_eq!(world.is_saved().await.is_ok(), moment == Moment::WhenRun, "{file}: {:?}", world.is_saved().await);
        assert_ne!(world.runs().await, Some(true), "{file}: {diagnosis:#}");
        all.push((world, diagnosis, before));
    }
    all
}

async fn found_and_healed(fault: impl AsyncFn(&World) -> Failing) {
    for (world, diagnosis, before) in found(fault).await {
        world.heals(&diagnosis, &before).await;
    }
}

/// What somebody denies is not taken away: the fix is a text.
async fn found_and_told(fault: impl AsyncFn(&World) -> Failing) {
    for (world, diagnosis, _) in found(fault).await {
        let mut causes = diagnosis.hops().filter(|hop| hop.sign == Sign::Fails).flat_map(|hop| &hop.causes);
        assert!(causes.any(|cause| matches!(cause.fix, Fix::Words(_))), "{}: {diagnosis:#}", world.file);
        assert!(diagnosis.pipelines[0].changes().next().is_none(), "{}: {diagnosis:#}", world.file);
    }
}

#[tokio::test(start_paused = true)]
async fn right_pipelines_are_right_and_each_action_with_a_role_has_its_hops() {
    for file in CORPUS {
        let world = World::new(file).await;
        let diagnosis = world.doctor().await;
        let problems = World::problems(&diagnosis);
        assert!(problems.iter().all(|problem| problem.weight != Weight::Error), "{file}: {diagnosis:#}");
        world.is_right(&problems, "as it is").await;
        // A build, a deployment and an approval have the hop to their role, and a start the one to its target besides.
        let mut pipeline = world.local.pipeline(&world.arn).unwrap();
        let expected: Vec<(String, Vec<Hop>)> = pipeline
            .actions_mut()
            .filter(|action| action.role_arn.is_some())
            .map(|action| {
                let start = (action.action_type_id.provider == "CodePipeline").then_some(Hop::Start);
                (action.name.clone(), [Hop::Assume].into_iter().chain(start).collect())
            })
            .collect();
        let links = diagnosis.pipelines[0].links.iter();
        let links: Vec<(String, Vec<Hop>)> =
            links.map(|link| (link.name.clone(), link.hops.iter().map(|hop| hop.hop).collect())).collect();
        assert_eq!(links, expected, "{file}: {diagnosis:#}");
        assert!(links.len() > 2, "{file}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_role_that_does_not_trust_codepipeline() {
    found_and_healed(async |world: &World| {
        let codebuild = json!({ "Service": "codebuild.amazonaws.com" });
        world
            .trust(&world.service, &json!([{ "Effect": "Allow", "Principal": codebuild, "Action": "sts:AssumeRole" }]))
            .await;
        let decided = Some((world.service.clone(), Layer::Trust, 0, false));
        Failing { hop: Hop::ServiceTrust, actions: None, decided }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_role_of_an_action_that_trusts_another_role() {
    found_and_healed(async |world: &World| {
        let other = "arn:aws:iam::111111111111:role/other";
        world.local.put_role(&other.parse().unwrap(), &service_trust().unwrap(), &[]).unwrap();
        world.trust(&world.role, &json!([trusting(other)])).await;
        Failing::assume(world, &world.role, Some((world.role.clone(), Layer::Trust, 0, false)))
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_deny_in_the_trust_of_a_role_of_an_action() {
    found_and_told(async |world: &World| {
        let service = world.service.to_string();
        let mut deny = trusting(&service);
        deny["Effect"] = json!("Deny");
        world.trust(&world.role, &json!([trusting(&service), deny])).await;
        Failing::assume(world, &world.role, Some((world.role.clone(), Layer::Trust, 1, true)))
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_role_that_the_service_role_may_not_assume() {
    found_and_healed(async |world: &World| {
        world.may_assume(|role| (role != INVOKER).then(|| role.to_owned())).await;
        Failing::assume(world, &invoker(), Some((world.service.clone(), Layer::Identity, 0, false)))
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_role_that_is_granted_by_an_arn_with_a_path_that_it_does_not_have() {
    found_and_healed(async |world: &World| {
        let wrong = INVOKER.replace(":role/", ":role/service-role/");
        world.may_assume(|role| Some(if role == INVOKER { wrong.clone() } else { role.to_owned() })).await;
        Failing::assume(world, &invoker(), Some((world.service.clone(), Layer::Identity, 0, false)))
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_action_that_names_its_role_with_a_path_that_it_does_not_have() {
    found_and_healed(async |world: &World| {
        let role = world.role.to_string();
        let failing = Failing::assume(world, &world.role, None);
        let wrong = role.replace(":role/", ":role/service-role/");
        world.edit(|pipeline| {
            for action in pipeline.actions_mut().filter(|action| action.role_arn.as_ref() == Some(&role)) {
                action.role_arn = Some(wrong.clone());
            }
        });
        failing
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_service_role_that_was_made_anew_is_trusted_by_its_old_id() {
    found_and_healed(async |world: &World| {
        let (iam, name) = (world.iam(&world.service), world.service.name().as_str());
        let policies = world.local.policies(&world.service).unwrap();
        for (policy, _) in &policies {
            iam.delete_role_policy().role_name(name).policy_name(policy).send().await.unwrap();
        }
        iam.delete_role().role_name(name).send().await.unwrap();
        let policies: Vec<(&str, &Document)> = policies.iter().map(|(name, policy)| (&**name, policy)).collect();
        world.local.put_role(&world.service, &service_trust().unwrap(), &policies).unwrap();
        let mut pipeline = world.local.pipeline(&world.arn).unwrap();
        let actions = pipeline.actions_mut().filter(|action| action.role_arn.is_some());
        Failing { hop: Hop::Assume, actions: Some(actions.map(|action| action.name.clone()).collect()), decided: None }
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_start_that_the_role_of_the_action_is_not_allowed() {
    found_and_healed(async |world: &World| {
        world.policy(&invoker(), "own", &json!([uses()])).await;
        Failing::start(None)
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_start_that_a_policy_of_the_role_denies() {
    found_and_told(async |world: &World| {
        let mut deny = allow(&json!("codepipeline:Start*"), &json!("*"));
        deny["Effect"] = json!("Deny");
        world.policy(&invoker(), "zz-deny", &json!([uses(), deny])).await;
        Failing::start(Some((invoker(), Layer::Identity, 1, true)))
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_start_in_a_region_where_the_pipeline_is_not() {
    found_and_healed(async |world: &World| {
        world.edit(|pipeline| {
            let action = pipeline.actions_mut().find(|action| action.name == "start-in-b").unwrap();
            action.region = Some("eu-west-1".to_owned());
            // A pipeline with actions in two Regions has a store in each.
            let stores = pipeline.artifact_stores.get_or_insert_default();
            if let Some(store) = pipeline.artifact_store.take() {
                stores.insert(world.arn.region().to_string(), store);
            }
            let there: ArtifactStore = serde_json::from_value(json!({ "type": "S3", "location": "there" })).unwrap();
            stores.insert("eu-west-1".to_owned(), there);
        });
        Failing::start(None)
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_start_by_arn() {
    found_and_healed(async |world: &World| {
        world.configure("PipelineName", &format!("arn:aws:codepipeline:{}:{B}:deploy", world.arn.region()));
        Failing::start(None)
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_variable_that_the_target_does_not_declare() {
    found_and_healed(async |world: &World| {
        world.configure("Variables", &json!([{ "name": "unheard_of", "value": "1" }]).to_string());
        Failing::start(None)
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_boundary_of_the_role_that_starts_is_out_of_reach() {
    let all = found(async |world: &World| {
        let invoker = invoker();
        let iam = world.iam(&invoker);
        let mut deny = allow(&json!("codepipeline:Start*"), &json!("*"));
        deny["Effect"] = json!("Deny");
        let limit = document(&json!([allow(&json!("*"), &json!("*")), deny])).to_json();
        let made = iam.create_policy().policy_name("limit").policy_document(limit).send().await.unwrap();
        let call = iam.put_role_permissions_boundary().role_name(invoker.name().as_str());
        call.permissions_boundary(made.policy().unwrap().arn().unwrap()).send().await.unwrap();
        Failing::start(Some((invoker, Layer::Boundary, 1, true)))
    });
    for (world, diagnosis, _) in all.await {
        let hop = diagnosis.hops().find(|hop| hop.sign == Sign::Fails).unwrap();
        assert!(hop.causes.iter().any(|cause| matches!(cause.fix, Fix::OutOfReach(_))), "{}: {hop:#?}", world.file);
        assert!(diagnosis.pipelines[0].changes().next().is_none(), "{}: {diagnosis:#}", world.file);
    }
}

#[tokio::test(start_paused = true)]
async fn a_bucket_and_a_key_that_do_not_let_a_role_in() {
    for file in CORPUS {
        for is_key in [true, false] {
            let world = World::new(file).await;
            let before = World::problems(&world.doctor().await);
            match is_key {
                true => world.local.put_key(&world.key, Some(&document(&json!(key_policy(&[]))))).unwrap(),
                false => {
                    let policy = document(&json!(bucket_policy(&world.bucket, &[])));
                    world.local.put_bucket(A, &world.bucket, Some(&policy)).unwrap();
                }
            }
            let diagnosis = world.doctor().await;
            let arn = if is_key { world.key.clone() } else { format!("arn:aws:s3:::{}", world.bucket) };
            for found in &diagnosis.pipelines[0].artifacts {
                let expected = if found.resource == arn {
                    (Sign::Fails, Confidence::Verified, Some(Moment::WhenRun))
                } else {
                    (Sign::Works, Confidence::Verified, None)
                };
                assert_eq!((found.sign, found.confidence, found.moment), expected, "{file}: {diagnosis:#}");
            }
            let denied = |found: &&ArtifactDiagnosis| found.sign == Sign::Fails;
            let roles: Vec<String> =
                diagnosis.pipelines[0].artifacts.iter().filter(denied).map(|found| found.role.to_string()).collect();
            assert!(roles.contains(&BUILDER.to_owned()), "{file}: {diagnosis:#}");
            assert!(diagnosis.hops().all(|hop| hop.sign == Sign::Works), "{file}: {diagnosis:#}");
            world.heals(&diagnosis, &before).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_role_that_may_not_use_the_artifacts() {
    for file in CORPUS {
        let world = World::new(file).await;
        let before = World::problems(&world.doctor().await);
        let builder: RoleArn = BUILDER.parse().unwrap();
        world.policy(&builder, "own", &json!([allow(&json!("codebuild:*"), &json!("*"))])).await;
        let diagnosis = world.doctor().await;
        let problems = World::problems(&diagnosis).into_iter().filter(|problem| !before.contains(problem));
        let problems: Vec<(String, Weight, Option<Moment>)> =
            problems.map(|problem| (problem.code, problem.weight, problem.moment)).collect();
        let expected = ("artifacts".to_owned(), Weight::Error, Some(Moment::WhenRun));
        assert_eq!(problems, [expected], "{file}: {diagnosis:#}");
        world.heals(&diagnosis, &before).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_transition_that_is_disabled() {
    for file in CORPUS {
        let world = World::new(file).await;
        let before = World::problems(&world.doctor().await);
        let stage = world.local.pipeline(&world.arn).unwrap().stages.unwrap().last().unwrap().name.clone();
        let client = aws_sdk_codepipeline::Client::new(&world.local.sdk_config(A, world.arn.region().as_str()));
        let call = client.disable_stage_transition().pipeline_name(world.arn.name().as_str()).stage_name(&stage);
        call.transition_type(StageTransitionType::Inbound).reason("audit").send().await.unwrap();
        let diagnosis = world.doctor().await;
        assert!(!diagnosis.has_errors(), "{file}: {diagnosis:#}");
        let problems = World::problems(&diagnosis).into_iter().filter(|problem| !before.contains(problem));
        let problems: Vec<(String, Weight)> = problems.map(|problem| (problem.code, problem.weight)).collect();
        assert_eq!(problems, [("transition".to_owned(), Weight::Warning)], "{file}: {diagnosis:#}");
        world.heals(&diagnosis, &before).await;
    }
}

/// Whether a rule is reported as a warning, and nothing fails.
async fn is_too_wide(plant: impl AsyncFn(&World), code: &str, text: &str) {
    for file in CORPUS {
        let world = World::new(file).await;
        plant(&world).await;
        let diagnosis = world.doctor().await;
        assert!(
            diagnosis.hops().all(|hop| hop.sign == Sign::Works) && !diagnosis.has_errors(),
            "{file}: {diagnosis:#}"
        );
        let problems = World::problems(&diagnosis);
        let found: Vec<&Problem> = problems.iter().filter(|problem| problem.code == code).collect();
        let [problem] = &found[..] else { panic!("{file}: {diagnosis:#}") };
        assert_eq!((problem.weight, problem.moment), (Weight::Warning, None), "{file}: {diagnosis:#}");
        assert!(problem.message.contains(text), "{file}: {diagnosis:#}");
        assert!(matches!(&problem.fix, Fix::Words(words) if !words.is_empty()), "{file}: {diagnosis:#}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_trust_in_a_whole_account() {
    let root = "arn:aws:iam::111111111111:root";
    is_too_wide(
        async |world: &World| world.trust(&world.role, &json!([trusting(root)])).await,
        "XA1307",
        "every principal of account 111111111111 with permission may assume role",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_trust_in_everybody() {
    is_too_wide(
        async |world: &World| world.trust(&world.role, &json!([trusting("*")])).await,
        "XA1308",
        "every principal of every account with permission may assume role",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_right_to_assume_all_roles() {
    is_too_wide(
        async |world: &World| {
            world.policy(&world.service, "all", &json!([allow(&json!("sts:AssumeRole"), &json!("*"))])).await;
        },
        "XA1309",
        "may `sts:AssumeRole` on `*`, more than this action needs",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_right_to_start_all_pipelines() {
    is_too_wide(
        async |world: &World| {
            let all = allow(&json!("codepipeline:*"), &json!("*"));
            world.policy(&INVOKER.parse().unwrap(), "all", &json!([all])).await;
        },
        "XA1309",
        "may `codepipeline:StartPipelineExecution` on `*`, more than this action needs",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_right_to_assume_a_role_that_no_action_uses() {
    is_too_wide(
        async |world: &World| {
            let unused = "arn:aws:iam::222222222222:role/unused";
            world.local.put_role(&unused.parse().unwrap(), &document(&json!([trusting("222222222222")])), &[]).unwrap();
            world.policy(&world.service, "more", &json!([allow(&json!("sts:AssumeRole"), &json!(unused))])).await;
        },
        "XA1309",
        "may assume `arn:aws:iam::222222222222:role/unused`, which no action of the pipeline uses",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_right_to_assume_a_role_that_is_gone() {
    is_too_wide(
        async |world: &World| {
            let gone = "arn:aws:iam::222222222222:role/gone";
            world.policy(&world.service, "more", &json!([allow(&json!("sts:AssumeRole"), &json!(gone))])).await;
        },
        "XA1310",
        "may assume `arn:aws:iam::222222222222:role/gone`, which does not exist",
    )
    .await;
}
