//! Topologies that are put together from items.

use indexmap::IndexMap;

use super::additions::StagePlace;
use super::builder::TopologyBuilder;
use super::caller_variable::{CALLER_VARIABLE, caller_value};
use super::items::{Account, Invoke, Ownership, Pipeline, Role, Target, Topology, Trust};
use super::wait::Wait;
use crate::declaration::{
    ActionDeclaration, ActionTypeId, ArtifactStore, EncryptionKey, OutputArtifact, PipelineVariableDeclaration,
    StageDeclaration,
};
use crate::ids::{Partition, PipelineArn, RoleArn};
use crate::policy::{Document, Statement};
use crate::wiring;

const A: &str = "111111111111";
const B: &str = "222222222222";

fn account(item: &str, id: &str) -> Account {
    Account { item: item.to_owned(), id: id.parse().unwrap(), partition: Partition::aws() }
}

fn arn(account: &str, name: &str) -> PipelineArn {
    format!("arn:aws:codepipeline:eu-west-1:{account}:{name}").parse().unwrap()
}

fn role_arn(account: &str, name: &str) -> RoleArn {
    format!("arn:aws:iam::{account}:role/{name}").parse().unwrap()
}

fn target() -> Target {
    Target { item: "Deploy".to_owned(), arn: arn(B, "deploy"), variables: Some(Vec::new()) }
}

fn invoker() -> Role {
    Role {
        trusts: Some(vec![Trust::Account(account("Tooling", A))]),
        starts: Some(vec![target()]),
        ..Role::new("DeployInvoker", Ownership::Managed, role_arn(B, "invoker"))
    }
}

/// An extended pipeline whose only action starts the target.
fn release(role: Option<RoleArn>) -> Pipeline {
    let mut pipeline = Pipeline::new("Release", Ownership::Extended, arn(A, "release"));
    pipeline.service_role = Some(role_arn(A, "svc"));
    pipeline.declaration.stages = Some(vec![StageDeclaration {
        name: "Build".to_owned(),
        actions: Some(vec![ActionDeclaration {
            name: "ccc".to_owned(),
            action_type_id: ActionTypeId::pipeline_invoke(),
            ..Default::default()
        }]),
        ..Default::default()
    }]);
    pipeline.invokes.push(Invoke {
        stage: "Build".to_owned(),
        action: "ccc".to_owned(),
        target: target(),
        role,
        variables: IndexMap::new(),
        wait: None,
    });
    pipeline
}

fn topology() -> TopologyBuilder {
    Topology::builder("t")
        .add(account("Tooling", A))
        .add(account("Prod", B))
        .add(Role::inline(Ownership::Extended, role_arn(A, "svc")))
}

fn codes(builder: TopologyBuilder) -> Vec<&'static str> {
    match builder.build() {
        Ok(topology) => topology.warnings().iter().map(|f| f.code).collect(),
        Err(findings) => findings.iter().map(|f| f.code).collect(),
    }
}

#[test]
fn one_reference_derives_the_whole_wiring() {
    let topology = topology().add(invoker()).add(release(Some(role_arn(B, "invoker")))).build().unwrap();
    let role = topology.role(&role_arn(B, "invoker")).unwrap();
    assert_eq!(
        role.trust.as_ref().unwrap().to_json(),
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/svc"},"Action":"sts:AssumeRole"}]}"#
    );
    assert_eq!(
        role.policy.as_ref().unwrap().to_json(),
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"codepipeline:StartPipelineExecution","Resource":"arn:aws:codepipeline:eu-west-1:222222222222:deploy"}]}"#
    );
    let service = topology.role(&role_arn(A, "svc")).unwrap();
    assert_eq!(service.trust, None, "the trust of an extended role is not managed");
    assert_eq!(
        service.policy.as_ref().unwrap().to_json(),
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::222222222222:role/invoker"}]}"#
    );
    let action = &topology.pipelines()[0].declaration.stages.as_ref().unwrap()[0].actions.as_ref().unwrap()[0];
    assert_eq!(action.role_arn.as_deref(), Some("arn:aws:iam::222222222222:role/invoker"));
    assert_eq!(action.region.as_deref(), Some("eu-west-1"));
    assert_eq!(action.configuration.as_ref().unwrap()["PipelineName"], "deploy");
}

#[test]
fn a_topology_is_shown_with_what_links_it() {
    let topology = topology().add(invoker()).add(release(Some(role_arn(B, "invoker")))).build().unwrap();
    assert_eq!(
        topology.to_string(),
        "topology t

account Tooling (111111111111)
  extended pipeline Release: release in eu-west-1
      service role extended(\"arn:aws:iam::111111111111:role/svc\")
      Build / ccc starts Deploy with DeployInvoker
  role extended(\"arn:aws:iam::111111111111:role/svc\")
      may sts:AssumeRole on arn:aws:iam::222222222222:role/invoker

account Prod (222222222222)
  managed role DeployInvoker: invoker
      trusts arn:aws:iam::111111111111:role/svc
      may codepipeline:StartPipelineExecution on arn:aws:codepipeline:eu-west-1:222222222222:deploy

not managed here, must already exist
  account 111111111111: trust policy of role arn:aws:iam::111111111111:role/svc
"
    );
}

#[test]
fn what_is_derived_is_proven() {
    use crate::policy::evaluate::Verdict;
    let topology = topology().add(invoker()).add(release(Some(role_arn(B, "invoker")))).build().unwrap();
    let service = topology.role(&role_arn(A, "svc")).unwrap();
    let action = topology.role(&role_arn(B, "invoker")).unwrap();
    let known = |role: &crate::topology::items::ResolvedRole| wiring::KnownRole {
        trust: role.trust.clone(),
        policies: Some(role.policy.iter().cloned().map(wiring::Policy::from).collect()),
        ..wiring::KnownRole::new(role.role.arn.clone())
    };
    let mut chain = wiring::Chain::new(known(service), Some(known(action)), Some(arn(B, "deploy")));
    chain.service_role.trust = Some(crate::policy::Document::new(vec![crate::policy::service_trust()]));
    assert_eq!(wiring::prove(&chain).authorized(), Verdict::Allowed);
    // If any one of the documents is missing, it is not.
    chain.service_role.policies = Some(Vec::new());
    let proof = wiring::prove(&chain);
    assert!(matches!(proof.hop(wiring::Hop::Assume).unwrap().verdict, Verdict::Denied(_)));
}

#[test]
fn wrong_wiring_has_one_finding_each() {
    let mut elsewhere = invoker();
    elsewhere.arn = role_arn("333333333333", "invoker");
    assert_eq!(codes(topology().add(elsewhere).add(release(Some(role_arn("333333333333", "invoker"))))), ["XA0903"]);
    assert_eq!(codes(topology().add(release(None))), ["XA0902"]);
    let mut role = invoker();
    role.trusts = Some(vec![Trust::Role(role_arn(A, "other"))]);
    assert_eq!(codes(topology().add(role).add(release(Some(role_arn(B, "invoker"))))), ["XA0904"]);
    let mut role = invoker();
    role.starts = Some(Vec::new());
    assert_eq!(codes(topology().add(role).add(release(Some(role_arn(B, "invoker"))))), ["XA0905"]);
    let mut passing = release(Some(role_arn(B, "invoker")));
    passing.invokes[0].variables.insert("val1".to_owned(), "x".to_owned());
    assert_eq!(codes(topology().add(invoker()).add(passing)), ["XA0906"]);
    let mut requiring = release(Some(role_arn(B, "invoker")));
    requiring.invokes[0].target.variables =
        Some(vec![crate::topology::items::TargetVariable { name: "val1".to_owned(), required: true }]);
    assert_eq!(codes(topology().add(invoker()).add(requiring)), ["XA0907"]);
    let mut foreign = release(Some(role_arn(B, "invoker")));
    foreign.service_role = Some(role_arn(B, "svc"));
    let mut trusting = invoker();
    trusting.trusts = Some(vec![Trust::Account(account("Tooling", A))]);
    assert_eq!(codes(topology().add(trusting).add(foreign)), ["XA0901"]);
}

#[test]
fn a_trusted_account_without_a_pipeline_here_is_an_error() {
    assert_eq!(codes(topology().add(invoker())), ["XA0908"]);
    let mut whole = invoker();
    whole.trusts = Some(vec![Trust::WholeAccount(account("Tooling", A))]);
    assert_eq!(codes(topology().add(whole)), ["XA0909"]);
}

#[test]
fn a_role_that_may_not_exist_is_trusted_by_condition() {
    let mut role = invoker();
    role.trusts = Some(vec![Trust::Role(role_arn(A, "elsewhere"))]);
    let topology = topology().add(role).build().unwrap();
    assert_eq!(
        topology.role(&role_arn(B, "invoker")).unwrap().trust.as_ref().unwrap().to_json(),
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"sts:AssumeRole","Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111111111111:role/elsewhere"}}}]}"#
    );
}

#[test]
fn one_role_is_declared_once() {
    let inline = Role::inline(Ownership::Managed, role_arn(B, "invoker"));
    assert_eq!(codes(topology().add(invoker()).add(inline).add(release(Some(role_arn(B, "invoker"))))), ["XA0915"]);
}

#[test]
fn one_account_is_declared_once() {
    let twice = topology().add(account("Prod", B)).add(account("Live", B)).add(account("Live", B));
    let topology = twice.build().unwrap();
    let said: Vec<_> = topology.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [format!(
            "warning[XA0923] account Live: `Prod` and `Live` are the same account, `{B}`\n  help: declare it once, and \
             name the item wherever the account is meant; or correct one of the ids"
        )]
    );
}

#[test]
fn the_name_of_a_topology_has_a_pattern() {
    assert_eq!(codes(Topology::builder("my topology")), ["XA0912"]);
}

#[test]
fn what_is_over_its_quota_is_one_finding() {
    let mut role = invoker();
    let callers =
        (0..40).map(|index| Trust::Role(role_arn(A, &format!("service-role/a-caller-with-a-long-name-{index}"))));
    role.trusts = Some(callers.chain([Trust::Role(role_arn(A, "svc"))]).collect());
    assert_eq!(codes(topology().add(role).add(release(Some(role_arn(B, "invoker"))))), ["XA1305"], "a trust policy");
    let mut role = invoker();
    let objects = (0..300).map(|index| format!("arn:aws:s3:::a-bucket-with-a-long-name/{index}/*")).collect();
    role.statements = vec![Statement::allow(&["s3:GetObject"], objects)];
    assert_eq!(codes(topology().add(role).add(release(Some(role_arn(B, "invoker"))))), ["XA1305"], "an inline policy");
}

/// The caller with `follow: caller_variable`.
fn followed() -> Pipeline {
    let mut pipeline = release(Some(role_arn(B, "invoker")));
    pipeline.invokes[0].follow_by_caller_variable();
    pipeline
}

#[test]
fn the_variable_of_the_caller_is_put_on_both_sides() {
    let mut deploy = Pipeline::new("Deploy", Ownership::Managed, arn(B, "deploy"));
    deploy.service_role = Some(role_arn(B, "deploy-service"));
    let mut pipelines = vec![followed(), deploy];
    super::declared_caller_variable::declare_caller_variable(&mut pipelines);
    let [caller, target] = &pipelines[..] else { panic!() };
    let declared = &target.declaration.variables.as_ref().unwrap()[0];
    assert_eq!((declared.name.as_str(), declared.default_value.as_deref()), (CALLER_VARIABLE, Some("none")));
    assert_eq!(caller.invokes[0].target.variables.as_ref().unwrap()[0].name, CALLER_VARIABLE);
    // Once is enough.
    super::declared_caller_variable::declare_caller_variable(&mut pipelines);
    assert_eq!(pipelines[1].declaration.variables.as_ref().unwrap().len(), 1);
    // The whole topology: the action passes it.
    let topology = topology().add(invoker()).add(pipelines[0].clone()).build().unwrap();
    let stages = topology.pipelines()[0].declaration.stages.as_ref().unwrap();
    let configuration = stages[0].actions.as_ref().unwrap()[0].configuration.as_ref().unwrap();
    assert_eq!(
        configuration["Variables"],
        r##"[{"name":"xacct_caller","value":"#{codepipeline.PipelineExecutionId}/Build/ccc"}]"##
    );
}

#[test]
fn a_target_that_is_not_managed_has_to_declare_the_variable_of_the_caller_itself() {
    let mut deploy = Pipeline::new("Deploy", Ownership::Extern, arn(B, "deploy"));
    deploy.declaration.variables = Some(Vec::new());
    assert_eq!(codes(topology().add(invoker()).add(followed()).add(deploy)), ["XA0906"]);
    // Where its variables are not known, the plan reads them.
    let mut caller = followed();
    caller.invokes[0].target.variables = None;
    let deploy = Pipeline::new("Deploy", Ownership::Extern, arn(B, "deploy"));
    assert_eq!(codes(topology().add(invoker()).add(caller).add(deploy)), [""; 0]);
}

/// A managed pipeline that starts the target, waits for it, and has an action after that.
fn waiting(role: Option<RoleArn>) -> Pipeline {
    let mut pipeline = release(role);
    pipeline.ownership = Ownership::Managed;
    pipeline.declaration.artifact_store = Some(ArtifactStore {
        r#type: "S3".to_owned(),
        location: "release-artifacts".to_owned(),
        encryption_key: Some(EncryptionKey {
            id: format!("arn:aws:kms:eu-west-1:{A}:key/11111111-2222-3333-4444-555555555555"),
            r#type: "KMS".to_owned(),
            ..Default::default()
        }),
        ..Default::default()
    });
    let approve = ActionDeclaration {
        name: "approve".to_owned(),
        action_type_id: ActionTypeId::new("Approval", "AWS", "Manual", "1"),
        run_order: Some(2),
        ..Default::default()
    };
    let stages = pipeline.declaration.stages.as_mut().unwrap();
    stages[0].actions.as_mut().unwrap().push(approve);
    let source = ActionDeclaration {
        name: "Source".to_owned(),
        action_type_id: ActionTypeId::new("Source", "AWS", "CodeCommit", "1"),
        configuration: Some(
            [("RepositoryName", "shop"), ("BranchName", "main"), ("PollForSourceChanges", "false")]
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into(),
        ),
        output_artifacts: Some(vec![OutputArtifact { name: "Code".to_owned(), ..Default::default() }]),
        ..Default::default()
    };
    let first = StageDeclaration { name: "Source".to_owned(), actions: Some(vec![source]), ..Default::default() };
    stages.insert(0, first);
    pipeline.invokes[0].wait("45 minutes".parse().unwrap());
    pipeline
}

fn managed_target() -> Pipeline {
    let mut deploy = Pipeline::new("Deploy", Ownership::Extern, arn(B, "deploy"));
    deploy.declaration.variables = Some(vec![PipelineVariableDeclaration {
        name: CALLER_VARIABLE.to_owned(),
        default_value: Some("none".to_owned()),
        ..Default::default()
    }]);
    deploy
}

fn waiting_topology(pipeline: Pipeline) -> TopologyBuilder {
    let mut pipeline = pipeline;
    pipeline.invokes[0].target = managed_target().target();
    topology().add(invoker()).add(pipeline).add(managed_target())
}

#[test]
fn an_action_waits_for_what_the_invoke_starts() {
    let topology = waiting_topology(waiting(Some(role_arn(B, "invoker")))).build().unwrap();
    let actions = topology.pipelines()[0].declaration.stages.as_ref().unwrap()[1].actions.as_ref().unwrap();
    let orders: Vec<_> = actions.iter().map(|action| (action.name.as_str(), action.run_order)).collect();
    assert_eq!(orders, [("ccc", None), ("approve", Some(3)), ("ccc-wait", Some(2))]);
    let wait = &actions[2];
    assert_eq!(wait.role_arn, actions[0].role_arn);
    assert_eq!(wait.input_artifacts.as_ref().unwrap()[0].name, "Code");
    let told = Wait::of(wait).unwrap();
    assert_eq!((told.pipeline.as_str(), told.caller), ("deploy", caller_value("Build", "ccc")));
    // What the role of the target's account needs for that, and no more.
    let policy = topology.role(&role_arn(B, "invoker")).unwrap().policy.as_ref().unwrap().to_json();
    for part in [
        r#""codepipeline:GetPipelineExecution","codepipeline:ListPipelineExecutions""#,
        r#""logs:PutLogEvents""#,
        "arn:aws:s3:::release-artifacts/*",
        "key/11111111-2222-3333-4444-555555555555",
    ] {
        assert!(policy.replace([' ', '\n'], "").contains(part), "{part}: {policy}");
    }
    assert!(
        topology
            .to_string()
            .contains("Build / ccc-wait waits for what ccc starts, 45 minutes at most, and ends as it ends")
    );
}

#[test]
fn waits_of_one_stage_make_room_for_each_other() {
    let mut pipeline = waiting(Some(role_arn(B, "invoker")));
    let actions = pipeline.declaration.stages.as_mut().unwrap()[1].actions.as_mut().unwrap();
    let again = ActionDeclaration { name: "ddd".to_owned(), run_order: Some(2), ..actions[0].clone() };
    actions.push(again);
    let again = Invoke { action: "ddd".to_owned(), ..pipeline.invokes[0].clone() };
    pipeline.invokes.push(again);
    super::waits::add_waits(&mut pipeline, &mut Vec::new());
    let actions = pipeline.declaration.stages.as_ref().unwrap()[1].actions.as_ref().unwrap();
    let orders: Vec<_> = actions.iter().map(|action| (action.name.as_str(), action.run_order.unwrap_or(1))).collect();
    assert_eq!(orders, [("ccc", 1), ("approve", 3), ("ddd", 3), ("ccc-wait", 2), ("ddd-wait", 4)]);
}

#[test]
fn a_run_order_that_leaves_no_room_for_a_wait_is_reported_as_it_is_written() {
    let of = |invoke: i64, approve: i64| {
        let mut pipeline = waiting(Some(role_arn(B, "invoker")));
        let actions = pipeline.declaration.stages.as_mut().unwrap()[1].actions.as_mut().unwrap();
        (actions[0].run_order, actions[1].run_order) = (Some(invoke), Some(approve));
        let findings = waiting_topology(pipeline).build().unwrap_err();
        findings.iter().map(|finding| (finding.code, finding.help.clone().unwrap_or_default())).collect::<Vec<_>>()
    };
    assert_eq!(of(1, 999), [("XA0109", "write 998".to_owned())]);
    assert_eq!(of(999, 1), [("XA0109", "give the invoke a `run_order` of at most 998".to_owned())]);
}

#[test]
fn a_wait_that_can_not_be_is_reported() {
    let invoker_arn = || Some(role_arn(B, "invoker"));
    // The name is taken.
    let mut pipeline = waiting(invoker_arn());
    pipeline.declaration.stages.as_mut().unwrap()[1].actions.as_mut().unwrap()[1].name = "ccc-wait".to_owned();
    assert_eq!(codes(waiting_topology(pipeline)), ["XA0928"]);
    // No artifact: an extended pipeline has to name its source.
    let mut pipeline = release(invoker_arn());
    pipeline.invokes[0].wait("45 minutes".parse().unwrap());
    assert_eq!(codes(waiting_topology(pipeline.clone())), ["XA0929"]);
    // With it, the action is added to the stage that exists.
    let source = waiting(None).declaration.stages.unwrap().remove(0);
    pipeline.declaration.stages.as_mut().unwrap().insert(0, source);
    let built = waiting_topology(pipeline).build().unwrap();
    assert_eq!(built.pipelines()[0].additions.actions().collect::<Vec<_>>(), [("Build", "ccc-wait")]);
    // Artifacts that another account reads need a key.
    let mut pipeline = waiting(invoker_arn());
    pipeline.declaration.artifact_store.as_mut().unwrap().encryption_key = None;
    assert_eq!(codes(waiting_topology(pipeline)), ["XA0406"]);
    // A role that is stated, and may start the target but not look at what it started.
    let mut role = Role::new("DeployInvoker", Ownership::Extern, role_arn(B, "invoker"));
    let start = Statement::allow(&["codepipeline:StartPipelineExecution"], vec![arn(B, "deploy").to_string()]);
    role.policies = Some(vec![Document::new(vec![start])]);
    let mut pipeline = waiting(invoker_arn());
    pipeline.invokes[0].target = managed_target().target();
    assert_eq!(codes(topology().add(role).add(pipeline).add(managed_target())), ["XA0930"]);
}

#[test]
fn what_is_added_has_a_name_of_its_own() {
    let findings = |pipeline: Pipeline| match topology().add(pipeline).build() {
        Ok(topology) => topology.warnings().iter().map(ToString::to_string).collect::<Vec<_>>(),
        Err(findings) => findings.iter().map(ToString::to_string).collect(),
    };
    let with = |name: &str, stages: usize| {
        let mut pipeline = release(None);
        pipeline.invokes.clear();
        let stages = (0..stages).map(|_| StageDeclaration { name: name.to_owned(), ..approval() });
        pipeline.declaration.stages.as_mut().unwrap().extend(stages);
        pipeline
    };
    // Two stages, both added.
    let mut pipeline = with("Ask", 2);
    pipeline.additions.add_stage("Ask", StagePlace::After("Build".to_owned()));
    pipeline.additions.add_stage("Ask", StagePlace::Before("Build".to_owned()));
    assert_eq!(
        findings(pipeline),
        [
            "error[XA0107] pipeline Release / stage \"Ask\": stage name `Ask` is used more than once\n  help: give each stage its own name"
        ]
    );
    // One that exists, named twice.
    assert_eq!(
        findings(with("Build", 1)),
        [
            "error[XA0107] pipeline Release / stage \"Build\": stage name `Build` is used more than once\n  help: write what stage `Build` has in one place"
        ]
    );
    // Next to itself, and next to what can't be a stage.
    let next_to = |anchor: &str| {
        let mut pipeline = with("Ask", 1);
        pipeline.additions.add_stage("Ask", StagePlace::After(anchor.to_owned()));
        findings(pipeline)
    };
    let place = "pipeline Release / stage \"Ask\" / after";
    assert_eq!(
        next_to("Ask"),
        [format!(
            "error[XA0926] {place}: stage `Ask` can't be put next to itself\n  help: name a stage that the pipeline has"
        )]
    );
    assert_eq!(
        next_to("Build it"),
        [format!(
            "error[XA0201] {place}: `Build it` is not a name of 1 to 100 characters out of `A-Z a-z 0-9 . @ - _`\n  help: write `Build-it`"
        )]
    );
    // Two actions, in a stage that exists.
    let twice = |added: bool| {
        let mut pipeline = with("Ask", 1);
        let actions = pipeline.declaration.stages.as_mut().unwrap()[1].actions.as_mut().unwrap();
        actions.extend(approval().actions.unwrap());
        if added {
            pipeline.additions.add_action("Ask", "ask");
            pipeline.additions.add_action("Ask", "ask");
        }
        pipeline
    };
    let place = "error[XA0108] pipeline Release / stage \"Ask\" / action \"ask\": action name `ask` is used more than once in stage `Ask`";
    assert_eq!(findings(twice(true)), [format!("{place}\n  help: give each action of a stage its own name")]);
    assert_eq!(findings(twice(false)), [format!("{place}\n  help: write what action `ask` has in one place")]);
    // One name in different stages.
    let mut pipeline = with("Ask", 1);
    pipeline.declaration.stages.as_mut().unwrap()[0].actions.as_mut().unwrap().extend(approval().actions.unwrap());
    pipeline.additions.add_stage("Ask", StagePlace::After("Build".to_owned()));
    pipeline.additions.add_action("Build", "ask");
    assert!(findings(pipeline).is_empty());
}

fn approval() -> StageDeclaration {
    let action_type_id = ActionTypeId {
        category: "Approval".into(),
        owner: "AWS".into(),
        provider: "Manual".into(),
        version: "1".into(),
        ..Default::default()
    };
    let ask = ActionDeclaration { name: "ask".to_owned(), action_type_id, ..Default::default() };
    StageDeclaration { name: "Ask".to_owned(), actions: Some(vec![ask]), ..Default::default() }
}
