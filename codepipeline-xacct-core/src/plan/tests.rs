//! Plans as values: what is saved is read back.

use indexmap::IndexMap;

use super::ownership::applied_tag::APPLIED_BEFORE_TAG;
use super::{
    APPLIED_TAG, Found, ITEM_TAG, Intent, LinkProof, PipelineState, Plan, PlanOptions, RoleState, State, TOPOLOGY_TAG,
    Write, extended_by_tag, plan,
};
use crate::declaration::{PipelineDeclaration, read};
use crate::finding::{Finding, Place};
use crate::ids::{Partition, PipelineArn, RoleArn};
use crate::policy::evaluate::Verdict;
use crate::policy::{Document, Statement};
use crate::rules;
use crate::topology::items::{Account, Invoke, Ownership, Pipeline, Role, Target, Topology};
use crate::wiring::{Chain, KnownRole, Policy, prove};

const TOOLING: &str = "111111111111";
const PROD: &str = "222222222222";
const SECRET: &str = "ghp_0123456789";

fn role(account: &str, name: &str) -> RoleArn {
    format!("arn:aws:iam::{account}:role/{name}").parse().unwrap()
}

fn deploy() -> PipelineArn {
    format!("arn:aws:codepipeline:eu-west-1:{PROD}:deploy").parse().unwrap()
}

/// A managed pipeline that starts one in another account, once with a managed role and once with one that is only read.
fn release(secret: Option<&str>) -> Pipeline {
    let token = secret.map(|secret| format!(r#","OAuthToken":"{secret}""#)).unwrap_or_default();
    let source = match secret {
        Some(_) => r#"{"category":"Source","owner":"ThirdParty","provider":"GitHub","version":"1"}"#,
        None => r#"{"category":"Source","owner":"AWS","provider":"CodeStarSourceConnection","version":"1"}"#,
    };
    let configuration = match secret {
        Some(_) => format!(r#"{{"Owner":"o","Repo":"r","Branch":"main"{token}}}"#),
        None => format!(
            r#"{{"ConnectionArn":"arn:aws:codeconnections:eu-west-1:{TOOLING}:connection/c","FullRepositoryId":"o/r","BranchName":"main"}}"#
        ),
    };
    let invoke = |name: &str| {
        format!(
            r#"{{"name":"{name}","actionTypeId":{{"category":"Invoke","owner":"AWS","provider":"CodePipeline","version":"1"}}}}"#
        )
    };
    let declaration = format!(
        r#"{{"name":"release","artifactStore":{{"type":"S3","location":"artifacts"}},"stages":[
            {{"name":"Source","actions":[{{"name":"Checkout","actionTypeId":{source},"configuration":{configuration},"outputArtifacts":[{{"name":"code"}}]}}]}},
            {{"name":"Deploy","actions":[{},{}]}}]}}"#,
        invoke("Ours"),
        invoke("Theirs")
    );
    let arn = format!("arn:aws:codepipeline:eu-west-1:{TOOLING}:release").parse().unwrap();
    let mut pipeline = Pipeline::new("Release", Ownership::Managed, arn);
    pipeline.declaration = read(&declaration).unwrap();
    pipeline.service_role = Some(role(TOOLING, "release"));
    for (action, name) in [("Ours", "ours"), ("Theirs", "theirs")] {
        pipeline.invokes.push(Invoke {
            stage: "Deploy".to_owned(),
            action: action.to_owned(),
            target: Target { item: "Deploy".to_owned(), arn: deploy(), variables: None },
            role: Some(role(PROD, name)),
            variables: IndexMap::new(),
            wait: None,
        });
    }
    pipeline
}

fn planned(secret: Option<&str>) -> Plan {
    let account =
        |item: &str, id: &str| Account { item: item.to_owned(), id: id.parse().unwrap(), partition: Partition::aws() };
    let topology = Topology::builder("delivery")
        .add(account("Tooling", TOOLING))
        .add(account("Prod", PROD))
        .add(Role::inline(Ownership::Managed, role(TOOLING, "release")))
        .add(Role::inline(Ownership::Managed, role(PROD, "ours")))
        .add(Role::inline(Ownership::Extern, role(PROD, "theirs")))
        .add(release(secret))
        .build()
        .unwrap();
    plan(&topology, &State::default(), &PlanOptions::default()).unwrap()
}

/// The proof of a hop that no policy allows; a plan with one is refused, but a proof is still a value.
fn denied() -> LinkProof {
    let mut action = KnownRole::new(role(PROD, "ours"));
    action.trust = Some(Document::new(vec![Statement::trust("AWS", vec![PROD.to_owned()])]));
    action.policies = Some(vec![Policy { name: Some("none".to_owned()), document: Document::new(Vec::new()) }]);
    let mut service = KnownRole::new(role(TOOLING, "release"));
    service.trust = action.trust.clone();
    service.policies = action.policies.clone();
    let hops = prove(&Chain::new(service, Some(action), Some(deploy()))).hops;
    LinkProof { place: Place::pipeline("Release").stage(1, "Deploy").action(0, "Ours"), target: Some(deploy()), hops }
}

fn saved_and_read(plan: &Plan) -> Plan {
    serde_json::from_str(&serde_json::to_string(plan).unwrap()).unwrap()
}

#[test]
fn a_plan_survives_being_saved() {
    let mut plan = planned(None);
    plan.proofs.push(denied());
    let verdicts: Vec<&Verdict> = plan.proofs.iter().flat_map(|p| &p.hops).map(|hop| &hop.verdict).collect();
    assert!(verdicts.iter().any(|v| **v == Verdict::Allowed), "{verdicts:?}");
    assert!(verdicts.iter().any(|v| matches!(v, Verdict::Denied(_))), "{verdicts:?}");
    assert!(verdicts.iter().any(|v| matches!(v, Verdict::Unknown(_))), "{verdicts:?}");
    assert!(plan.proofs.iter().flat_map(|p| &p.hops).any(|hop| !hop.fix.is_empty()));
    assert!(!plan.steps.is_empty() && plan.steps.iter().any(|step| !step.after.is_empty()));
    assert!(plan.warnings.iter().any(|w| !w.place.steps().is_empty() && w.help.is_some()), "{:?}", plan.warnings);
    assert_eq!(saved_and_read(&plan), plan);
}

#[test]
fn a_plan_with_an_unknown_rule_is_not_read() {
    let mut saved = serde_json::to_value(planned(None)).unwrap();
    saved["warnings"][0]["code"] = "XA9999".into();
    let error = serde_json::from_value::<Plan>(saved).unwrap_err();
    assert_eq!(error.to_string(), "there is no rule `XA9999`");
}

#[test]
fn a_saved_plan_has_no_secret_and_knows_that_it_lacks_one() {
    let plan = planned(Some(SECRET));
    let lost = |plan: &Plan| plan.steps.iter().find_map(|step| step.write.lost_secret());
    assert!(plan.steps.iter().any(|step| match &step.write {
        Write::CreatePipeline { declaration, secrets, .. } => {
            serde_json::to_string(&secrets.put_into(declaration)).unwrap().contains(SECRET)
        }
        _ => false,
    }));
    assert_eq!(lost(&plan), None);
    assert!(!serde_json::to_string(&plan).unwrap().contains(SECRET));
    let read = saved_and_read(&plan);
    assert_eq!(lost(&read).as_deref(), Some("stages[Source].actions[Checkout].configuration.OAuthToken"));
    assert_eq!(saved_and_read(&read), read);
}

#[test]
fn a_role_that_may_start_its_target_but_not_look_at_the_run_can_not_wait() {
    let account =
        |item: &str, id: &str| Account { item: item.to_owned(), id: id.parse().unwrap(), partition: Partition::aws() };
    let mut release = release(None);
    let store = format!(
        r#"{{"type":"S3","location":"artifacts","encryptionKey":{{"type":"KMS","id":"arn:aws:kms:eu-west-1:{TOOLING}:key/k"}}}}"#
    );
    release.declaration.artifact_store = Some(serde_json::from_str(&store).unwrap());
    release.invokes[1].wait("45 minutes".parse().unwrap());
    let topology = Topology::builder("delivery")
        .add(account("Tooling", TOOLING))
        .add(account("Prod", PROD))
        .add(Role::inline(Ownership::Managed, role(TOOLING, "release")))
        .add(Role::inline(Ownership::Managed, role(PROD, "ours")))
        .add(Role::inline(Ownership::Extern, role(PROD, "theirs")))
        .add(release)
        .build()
        .unwrap();
    let errors = |actions: &[&str]| {
        let theirs = RoleState {
            unique_id: "AROA1".to_owned(),
            inline: [("start".to_owned(), Document::new(vec![Statement::allow(actions, vec![deploy().to_string()])]))]
                .into(),
            ..RoleState::created(&role(PROD, "theirs"), &trusting(TOOLING), &IndexMap::new())
        };
        let state =
            State { roles: [(role(PROD, "theirs"), Found::Present(theirs))].into_iter().collect(), ..State::default() };
        plan(&topology, &state, &PlanOptions::default()).err().map(|findings| findings.to_string())
    };
    let start = "codepipeline:StartPipelineExecution";
    assert_eq!(errors(&[start, "codepipeline:Get*", "codepipeline:List*"]), None);
    let (theirs, target) = (role(PROD, "theirs"), deploy());
    let (get, list) = ("codepipeline:GetPipelineExecution", "codepipeline:ListPipelineExecutions");
    assert_eq!(
        errors(&[start]).unwrap(),
        format!(
            "error[XA0930] pipeline Release / stage \"Deploy\" / action \"Theirs-wait\": role `{theirs}` may not read the executions of \
             pipeline `{target}`, because no identity-based policy allows the {get} action\n  \
             help: let a policy of `{theirs}` allow `{get}` and `{list}` on `{target}`"
        )
    );
}

/// The lines of a plan for as many managed targets, each in an account of its own, and what their accounts hold.
fn targets(count: usize, command: &str, there: Option<&str>) -> String {
    let mut topology = Topology::builder("fleet");
    let mut state = State::default();
    for n in 0..count {
        let id = format!("{:012}", 200_000_000_000_usize + n);
        let name = format!("deploy-{n}");
        let arn: PipelineArn = format!("arn:aws:codepipeline:eu-west-1:{id}:{name}").parse().unwrap();
        let declaration = |command: &str| {
            read(&format!(
                r#"{{"name":"{name}","version":3,"pipelineType":"V2","artifactStore":{{"type":"S3","location":"artifacts-{id}"}},"stages":[
                    {{"name":"Source","actions":[{{"name":"s","actionTypeId":{{"category":"Source","owner":"AWS","provider":"CodeCommit","version":"1"}},"configuration":{{"RepositoryName":"r","BranchName":"main"}},"outputArtifacts":[{{"name":"code"}}]}}]}},
                    {{"name":"Run","actions":[{{"name":"c","actionTypeId":{{"category":"Compute","owner":"AWS","provider":"Commands","version":"1"}},"commands":["{command}"],"inputArtifacts":[{{"name":"code"}}]}}]}}]}}"#
            ))
            .unwrap()
        };
        let mut pipeline = Pipeline::new(&format!("Deploy{n}"), Ownership::Managed, arn.clone());
        pipeline.declaration = declaration(command);
        pipeline.service_role = Some(role(&id, "service"));
        if let Some(there) = there {
            let mut held = declaration(there);
            held.role_arn = Some(role(&id, "service").to_string());
            let tags = [(TOPOLOGY_TAG, "fleet".to_owned()), (ITEM_TAG, format!("Deploy{n}"))];
            let tags = tags.map(|(key, value)| (key.to_owned(), value)).into();
            let held = PipelineState { declaration: held, created: "now".to_owned(), tags };
            state.pipelines.insert(arn, Found::Present(held));
        }
        let service = RoleState {
            arn: role(&id, "service"),
            unique_id: "AROA1".to_owned(),
            trust: Document::new(vec![Statement::trust("Service", vec!["codepipeline.amazonaws.com".to_owned()])]),
            inline: IndexMap::new(),
            attached: IndexMap::new(),
            boundary: None,
            tags: IndexMap::new(),
            partial: false,
        };
        state.roles.insert(role(&id, "service"), Found::Present(service));
        let account = Account { item: format!("Target{n}"), id: id.parse().unwrap(), partition: Partition::aws() };
        topology = topology.add(account).add(Role::inline(Ownership::Extern, role(&id, "service"))).add(pipeline);
    }
    let topology = topology.build().unwrap();
    plan(&topology, &state, &PlanOptions::default()).unwrap().to_string()
}

#[test]
fn a_command_that_changes_in_twenty_targets_is_two_lines() {
    assert_eq!(
        targets(20, "make", Some("build")),
        "topology fleet: 0 to create, 20 to change, 0 to delete in 20 accounts\n\
         \n\
         ~ 20 pipelines in 20 accounts: deploy-0, deploy-1, deploy-2 and 17 more\n      \
         ~ stages[Run].actions[c].commands: [\"build\"] -> [\"make\"]\n\
         \n\
         wiring: 20 of 20 proven; service control policies are not looked at\n"
    );
}

#[test]
fn what_a_plan_warns_of_in_many_targets_is_told_once() {
    let warning = |n: usize, policy: &str| {
        let role = role(PROD, &format!("deploy-{n}"));
        Finding::of(
            &rules::XA1022,
            Place::role(&format!("Deploy{n}")),
            format!("role `{role}` has what the program does not declare: inline policy `{policy}`"),
        )
        .help("take it out")
    };
    let mut plan = planned(None);
    plan.steps.clear();
    plan.proofs.clear();
    plan.warnings = (0..20).map(|n| warning(n, "theirs")).collect();
    plan.warnings.insert(7, warning(20, "other"));
    let text = plan.to_string();
    let of = |n: usize, policy: &str| {
        format!(
            "warning[XA1022] role Deploy{n}: role `arn:aws:iam::{PROD}:role/deploy-{n}` has what the program does not declare: inline policy `{policy}`\n  help: take it out\n"
        )
    };
    let (_, warnings) = text.split_once("\n\n").unwrap();
    assert_eq!(
        warnings,
        format!(
            "{}  the same of role Deploy1, role Deploy2, role Deploy3 and 16 more\n\n{}",
            of(0, "theirs"),
            of(20, "other")
        )
    );
    assert_eq!(format!("{plan:#}").matches("warning[XA1022]").count(), 21);
    plan.warnings.truncate(3);
    assert_eq!(plan.to_string().matches("warning[XA1022]").count(), 3);
}

#[test]
fn three_alike_steps_are_shown_each() {
    let text = targets(3, "make", Some("build"));
    assert_eq!(text.matches("commands: [\"build\"] -> [\"make\"]").count(), 3, "{text}");
}

#[test]
fn twenty_new_targets_are_a_few_lines() {
    let text = targets(20, "make", None);
    assert!(
        text.contains(
            "+ 20 pipelines in 20 accounts: deploy-0, deploy-1, deploy-2 and 17 more\n      stages Source, Run\n"
        ),
        "{text}"
    );
    assert_eq!(
        targets(20, "make", Some("make")).lines().next(),
        Some("topology fleet: nothing to do, the accounts are up to date")
    );
}

#[test]
fn the_text_of_a_plan_says_what_each_step_does_and_in_whole_what_it_writes() {
    let plan = planned(None);
    let text = plan.to_string();
    assert_eq!(
        text,
        "\
topology delivery: 3 to create, 0 to change, 0 to delete in 2 accounts

account Tooling (111111111111)
  + role release
      trusts codepipeline.amazonaws.com
  + role release: inline policy codepipeline-xacct-delivery
      may s3:GetBucketVersioning, s3:GetBucketAcl, s3:GetBucketLocation on arn:aws:s3:::artifacts where StringEquals aws:ResourceAccount 111111111111
      may s3:PutObject, s3:PutObjectAcl, s3:GetObject and 1 more on arn:aws:s3:::artifacts/* where StringEquals aws:ResourceAccount 111111111111
      may codeconnections:UseConnection, codestar-connections:UseConnection on arn:aws:codeconnections:eu-west-1:111111111111:connection/c
      may sts:AssumeRole on arn:aws:iam::222222222222:role/ours, arn:aws:iam::222222222222:role/theirs
  + pipeline release (eu-west-1)
      stages Source, Deploy

account Prod (222222222222)
  + role ours
      trusts arn:aws:iam::111111111111:role/release
  + role ours: inline policy codepipeline-xacct-delivery
      may codepipeline:StartPipelineExecution on arn:aws:codepipeline:eu-west-1:222222222222:deploy

wiring: 1 of 2 proven, the others are warnings; service control policies are not looked at

warning[XA1014] pipeline Release / stage \"Deploy\" / action \"Theirs\": it is not known whether service role `arn:aws:iam::111111111111:role/release` may assume action role `arn:aws:iam::222222222222:role/theirs`: it depends on the trust policy of role `arn:aws:iam::222222222222:role/theirs`
  help: let the trust policy of `arn:aws:iam::222222222222:role/theirs` name `arn:aws:iam::111111111111:role/release`, and a policy of `arn:aws:iam::111111111111:role/release` allow `sts:AssumeRole` on it

warning[XA1014] pipeline Release / stage \"Deploy\" / action \"Theirs\": it is not known whether role `arn:aws:iam::222222222222:role/theirs` may start pipeline `arn:aws:codepipeline:eu-west-1:222222222222:deploy`: it depends on the policies of role `arn:aws:iam::222222222222:role/theirs`
  help: let a policy of `arn:aws:iam::222222222222:role/theirs` allow `codepipeline:StartPipelineExecution` on `arn:aws:codepipeline:eu-west-1:222222222222:deploy`
"
    );
    let whole = format!("{plan:#}");
    assert!(
        whole.contains("\"Action\": \"sts:AssumeRole\"") && whole.contains("the role starts the target: unknown"),
        "{whole}"
    );
}

#[test]
fn each_step_is_in_the_text_of_a_plan_also_in_accounts_that_left_the_program() {
    let seen = super::PipelinePrecondition {
        owner: None,
        version: 1,
        created: String::new(),
        applied: None,
        tags: IndexMap::new(),
    };
    let left = |account: &str, name: &str| format!("arn:aws:codepipeline:eu-west-1:{account}:{name}").parse().unwrap();
    let delete = |pipeline| Write::DeletePipeline { pipeline, seen: seen.clone() };
    let mut plan = planned(None);
    let wait = |write| super::Step { write, after: Vec::new() };
    plan.steps.extend([("333333333333", "old"), ("444444444444", "older")].map(|(a, n)| wait(delete(left(a, n)))));
    for text in [plan.to_string(), format!("{plan:#}")] {
        for step in plan.steps() {
            let account = step.id().account().to_string();
            let of_account = text.split("\naccount ").find(|part| part.lines().next().unwrap().contains(&account));
            assert!(of_account.unwrap().contains(&format!("\n  {step}\n")), "{step} is not in\n{text}");
        }
    }
}

/// A plan of these writes, in short.
fn shown(writes: Vec<Write>) -> String {
    let mut plan = planned(None);
    plan.steps = writes.into_iter().map(|write| super::Step { write, after: Vec::new() }).collect();
    plan.proofs.clear();
    plan.warnings.clear();
    plan.to_string()
}

fn trusting(account: &str) -> Document {
    Document::new(vec![Statement::trust("AWS", vec![account.to_owned()])])
}

#[test]
fn roles_that_trust_different_accounts_are_not_one_step() {
    let create = |n: usize, account: &str| Write::CreateRole {
        role: role(TOOLING, &format!("target-{n}")),
        trust: trusting(account),
        tags: IndexMap::new(),
    };
    let alike: Vec<Write> = (0..5).map(|n| create(n, PROD)).collect();
    assert!(
        shown(alike.clone()).contains("+ 5 roles in account 111111111111: target-0, target-1, target-2 and 2 more")
    );
    let mut odd = alike;
    odd[2] = create(2, "999999999999");
    let text = shown(odd);
    assert!(text.contains("+ role target-2\n      trusts 999999999999\n") && text.contains("+ 4 roles"), "{text}");
}

#[test]
fn folded_steps_show_what_differs_as_what_it_is() {
    let policy = |n: usize| {
        let account = if n < 2 { PROD } else { TOOLING };
        let resources = [format!("arn:aws:s3:::r{n}"), format!("arn:aws:s3:::of-{account}"), "same".to_owned()];
        let logs = Statement::allow(&["s3:PutObject"], vec![format!("logs-{n}")]);
        Write::PutRolePolicy {
            role: role(account, &format!("r{n}")),
            seen: None,
            name: "p".to_owned(),
            before: None,
            after: Document::new(vec![Statement::allow(&["s3:GetObject"], resources.to_vec()), logs]),
        }
    };
    let text = shown((0..4).map(policy).collect());
    assert!(text.contains("+ 4 roles in 2 accounts, inline policy p: r0, r1, r2 and 1 more\n"), "{text}");
    assert!(text.contains("arn:aws:s3:::{name}, arn:aws:s3:::of-{account}, same\n"), "{text}");
    assert!(text.contains("logs-0, and so on\n"), "{text}");
}

#[test]
fn many_runs_that_would_be_cancelled_are_a_line() {
    let mut plan = planned(None);
    let run = |n: usize| super::RunInFlight {
        pipeline: format!("arn:aws:codepipeline:eu-west-1:{PROD}:target-{n}").parse().unwrap(),
        execution: format!("00000000-0000-4000-8000-00000000000{n}").parse().unwrap(),
        started: "2026-11-29T10:00:00Z".to_owned(),
    };
    plan.runs = (0..5).map(run).collect();
    let runs = "would be cancelled, once their running actions end\n  5 executions of target-0, target-1, target-2 and 2 more\n";
    assert!(plan.to_string().contains(runs), "{plan}");
    assert!(
        format!("{plan:#}")
            .contains("  00000000-0000-4000-8000-000000000004 of pipeline target-4 (eu-west-1), since 2026"),
        "{plan:#}"
    );
}

#[test]
fn steps_that_only_note_what_others_write_are_known() {
    let seen =
        || super::RolePrecondition { owner: None, unique_id: "AROA1".to_owned(), applied: None, tags: IndexMap::new() };
    let tag = |role: &RoleArn, key: &str| Write::TagRole {
        role: role.clone(),
        seen: seen(),
        tags: IndexMap::from([(key.to_owned(), "x".to_owned())]),
    };
    let policy = |role: &RoleArn| Write::DeleteRolePolicy {
        role: role.clone(),
        seen: seen(),
        name: "p".to_owned(),
        before: Document::new(Vec::new()),
    };
    let (noted, tagged, alone) = (role(PROD, "noted"), role(PROD, "tagged"), role(PROD, "alone"));
    let mut plan = planned(None);
    let writes =
        [tag(&noted, APPLIED_TAG), policy(&noted), tag(&tagged, "team"), policy(&tagged), tag(&alone, APPLIED_TAG)];
    plan.steps = writes.into_iter().map(|write| super::Step { write, after: Vec::new() }).collect();
    assert_eq!(plan.notes().into_iter().collect::<Vec<_>>(), [plan.steps[0].id()]);
}

#[test]
fn a_change_behind_what_is_shown_in_short_is_not_lost() {
    let seen =
        || super::RolePrecondition { owner: None, unique_id: "AROA1".to_owned(), applied: None, tags: IndexMap::new() };
    let allow = |resources: &[&str]| {
        Statement::allow(&["s3:GetObject"], resources.iter().map(|text| (*text).to_owned()).collect())
    };
    let policy = |n: usize, last: &str| Write::PutRolePolicy {
        role: role(TOOLING, &format!("r{n}")),
        seen: Some(seen()),
        name: "p".to_owned(),
        before: Some(Document::new(vec![allow(&["a", "b", "c", "old"]), allow(&["x"])])),
        after: Document::new(vec![allow(&["a", "b", "c", last]), allow(&["y"])]),
    };
    // One statement changes visibly, the other behind its third entry.
    let text = shown(vec![policy(0, "new")]);
    assert!(text.contains("\"old\"") && text.contains("\"new\""), "{text}");
    // Five steps, one of which differs behind the third entry.
    let five = (0..5).map(|n| policy(n, if n == 3 { "other" } else { "new" })).collect();
    let text = shown(five);
    assert!(text.contains("~ 4 roles") && text.contains("~ role r3: inline policy p\n"), "{text}");
}

#[test]
fn of_a_long_value_what_changes_is_shown_and_of_a_list_of_texts_its_entries() {
    use super::pipelines::diff::Change;

    let update = |before: serde_json::Value, after: serde_json::Value| {
        let change = Change::new("stages[Run].actions[c].commands".to_owned(), Some(&before), Some(&after));
        let text = shown(vec![Write::UpdatePipeline {
            pipeline: format!("arn:aws:codepipeline:eu-west-1:{PROD}:p").parse().unwrap(),
            seen: super::PipelinePrecondition {
                owner: None,
                version: 1,
                created: String::new(),
                applied: None,
                tags: IndexMap::new(),
            },
            declaration: Box::default(),
            secrets: super::Withheld::default(),
            changes: vec![change],
        }]);
        text.split_once(".commands: ").unwrap().1.trim_end().to_owned()
    };
    let long = "x".repeat(200);
    assert_eq!(
        update(format!("{long} --one").into(), format!("{long} --two").into()),
        r#"…xxxxxxxxxxxxxxxxx --one" -> …xxxxxxxxxxxxxxxxx --two""#
    );
    assert_eq!(update(format!("a{long}").into(), format!("b{long}").into()).matches('…').count(), 2);
    // An entry comes, another goes, and one changes behind what is shown.
    let list = |entries: &[&str]| serde_json::json!([&[long.as_str()], entries].concat());
    assert_eq!(update(list(&["a", "b"]), list(&["b", "c"])), r#"- "a", + "c""#);
    assert_eq!(update(list(&["a"]), list(&["a", "a"])), r#"+ "a""#);
    assert_eq!(
        update(list(&[&format!("{long}1")]), list(&[&format!("{long}2")])),
        r#"- …xxxxxxxxxxxxxxxxxxxx1", + …xxxxxxxxxxxxxxxxxxxx2""#
    );
    assert_eq!(update(list(&[]), list(&["a", "b", "c", "d", "e"])), r#"+ "a", + "b", + "c", + 2 more"#);
    let ordered = update(list(&["a", "b"]), list(&["b", "a"]));
    assert!(ordered.contains(r#""a","b"] -> …"#) && ordered.ends_with(r#""b","a"]"#), "{ordered}");
    // Letters of more than one byte are not cut.
    let wide = "é".repeat(150);
    assert!(update(format!("{wide}1").into(), format!("{wide}2").into()).ends_with("2\""));
}

/// A pipeline with actions that run commands, each with more members.
fn commands(actions: &[(&str, &str)]) -> PipelineDeclaration {
    let action = |(name, members): &(&str, &str)| {
        format!(
            r#"{{"name":"{name}","actionTypeId":{{"category":"Compute","owner":"AWS","provider":"Commands","version":"1"}},
                "commands":["make"]{members}}}"#
        )
    };
    let actions: Vec<String> = actions.iter().map(action).collect();
    let text =
        format!(r#"{{"name":"release","version":2,"stages":[{{"name":"Run","actions":[{}]}}]}}"#, actions.join(","));
    read(&text).unwrap()
}

/// A plan to destroy what a program wrote into a pipeline that was `before`.
fn put_back(written: PipelineDeclaration, before: PipelineDeclaration, now: PipelineDeclaration) -> Plan {
    let account = Account { item: "Tooling".to_owned(), id: TOOLING.parse().unwrap(), partition: Partition::aws() };
    let arn: PipelineArn = format!("arn:aws:codepipeline:eu-west-1:{TOOLING}:release").parse().unwrap();
    let mut pipeline = Pipeline::new("Release", Ownership::Extended, arn.clone());
    pipeline.declaration = written;
    let topology = Topology::builder("t").add(account).add(pipeline).build().unwrap();
    let tags = [(extended_by_tag(topology.name()), "1".to_owned())].into();
    let now = PipelineState { declaration: now, created: "now".to_owned(), tags };
    let state = State {
        pipelines: [(arn.clone(), Found::Present(now))].into(),
        before: [(arn, Found::Present(before))].into(),
        ..State::default()
    };
    plan(&topology, &state, &PlanOptions { intent: Intent::Destroy, ..PlanOptions::default() }).unwrap()
}

fn steps(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(ToString::to_string).collect()
}

const STAGE: &str = r#","environmentVariables":[{"name":"STAGE","value":"prod"}]"#;

#[test]
fn what_the_service_added_is_not_taken_for_an_edit() {
    let now = r#","environmentVariables":[{"name":"STAGE","type":"PLAINTEXT","value":"prod"}],"runOrder":1"#;
    let plan = put_back(commands(&[("c", STAGE)]), commands(&[("c", "")]), commands(&[("c", now)]));
    assert_eq!(steps(&plan), ["~ pipeline release (eu-west-1)", "- pipeline release (eu-west-1): tags"]);
    assert_eq!(plan.warnings, []);
}

#[test]
fn what_is_neither_ours_nor_from_before_stays_and_is_reported() {
    let now = r#","environmentVariables":[{"name":"STAGE","type":"PLAINTEXT","value":"theirs"}]"#;
    let plan = put_back(commands(&[("c", STAGE)]), commands(&[("c", "")]), commands(&[("c", now)]));
    assert_eq!(steps(&plan), ["- pipeline release (eu-west-1): tags"]);
    let warnings: Vec<&str> = plan.warnings.iter().map(|warning| warning.message.as_str()).collect();
    assert_eq!(
        warnings,
        [
            r#"`stages[Run].actions[c].environmentVariables` stays [{"name":"STAGE","value":"theirs","type":"PLAINTEXT"}], since that is neither what the program writes nor what the pipeline held before"#
        ]
    );
}

#[test]
fn an_action_that_was_added_later_is_reported_and_the_others_are_put_back() {
    let both = || commands(&[("c", STAGE), ("d", STAGE)]);
    let plan = put_back(both(), commands(&[("c", "")]), both());
    assert_eq!(steps(&plan), ["~ pipeline release (eu-west-1)", "- pipeline release (eu-west-1): tags"]);
    let Write::UpdatePipeline { changes, .. } = &plan.steps[0].write else { panic!("{plan}") };
    let changed: Vec<&str> = changes.iter().map(|change| change.path.as_str()).collect();
    assert_eq!(changed, ["stages[Run].actions[c].environmentVariables"]);
    let warnings: Vec<String> =
        plan.warnings.iter().map(|w| format!("{} {}: {}", w.code, w.place, w.message)).collect();
    assert_eq!(
        warnings,
        [
            "XA1024 pipeline Release / stage \"Run\" / action \"d\": the action keeps what the program wrote, since it is not known \
          what it held before"
        ]
    );
}

#[test]
fn the_tags_of_a_program_and_those_of_this_library_are_as_many_as_aws_allows() {
    let of_lease = 1;
    let ours = [TOPOLOGY_TAG, ITEM_TAG, APPLIED_TAG, APPLIED_BEFORE_TAG];
    assert_eq!(crate::check::tags::OWN_TAGS + ours.len() + of_lease, crate::check::tags::TAGS);
}
