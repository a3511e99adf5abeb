//! What the credentials of a deployer need: a plan says it exactly, and an apply that lacks something writes nothing.

use codepipeline_xacct::Topology;
use codepipeline_xacct::aws::{ApplyError, Session, StepError};
use codepipeline_xacct::core::ids::AccountId;
use codepipeline_xacct::core::plan::{Intent, Journal, Plan, RequiredPermission};
use codepipeline_xacct::core::policy::{Document, Statement};
use codepipeline_xacct::local::{Deployer, Local};
use codepipeline_xacct_aws_tests::*;

const ACCOUNTS: [&str; 2] = ["111111111111", "222222222222"];
const WRITES: [&str; 11] = [
    "CreateRole",
    "UpdateAssumeRolePolicy",
    "TagRole",
    "PutRolePolicy",
    "DeleteRolePolicy",
    "DeleteRole",
    "CreatePipeline",
    "UpdatePipeline",
    "TagResource",
    "UntagResource",
    "DeletePipeline",
];

fn topology() -> Topology {
    Topology::builder("release").add(Release).build().unwrap()
}

/// What planning reads, and asking the simulator.
fn reads() -> Vec<Statement> {
    let actions = ["iam:Get*", "iam:List*", "iam:SimulatePrincipalPolicy", "codepipeline:Get*", "codepipeline:List*"];
    vec![Statement::allow(&actions, vec!["*".to_owned()])]
}

async fn session(local: &Local, deployer: impl Fn(&AccountId) -> Deployer) -> Session {
    let mut builder = Session::builder();
    for account in topology().accounts() {
        let config = local.sdk_config_as(account.id.as_str(), "ap-northeast-1", &deployer(&account.id)).unwrap();
        builder = builder.account(account.clone(), config);
    }
    builder.connect().await.unwrap()
}

/// May read, and write what a plan says that it needs, but for one permission.
fn but(plan: &Plan, account: &AccountId, lacks: Option<&RequiredPermission>) -> Deployer {
    let mut statements = reads();
    for permission in
        plan.steps().iter().filter(|step| step.id().account() == account).flat_map(|s| s.write.required_permissions())
    {
        if Some(&permission) != lacks && !permission.action.contains(":Get") && !permission.action.contains(":List") {
            statements.push(Statement::allow(&[&permission.action], vec![permission.resource]));
        }
    }
    Deployer::With(Document::new(statements))
}

fn written(local: &Local) -> usize {
    local.calls().iter().filter(|call| WRITES.contains(&call.operation.as_str())).count()
}

fn lacking(error: &ApplyError) -> Vec<RequiredPermission> {
    let of = |(_, error): &(_, StepError)| match error {
        StepError::Lacking { permissions } => permissions.clone(),
        other => panic!("{other}"),
    };
    let mut all: Vec<RequiredPermission> = error.failed.iter().flat_map(of).collect();
    all.sort();
    all.dedup();
    all
}

/// Every permission that a plan names is needed, and no other is. Where one lacks, nothing is written. The plan is made of the accounts in `state`.
async fn is_exact(state: &str, planned: impl AsyncFn(&Session) -> Plan) {
    let local = Local::from_json(state).unwrap();
    let plan = planned(&local.connect(&topology()).await.unwrap()).await;
    let mut needed: Vec<RequiredPermission> =
        plan.steps().iter().flat_map(|step| step.write.required_permissions()).collect();
    needed.retain(|permission| !permission.action.contains(":Get") && !permission.action.contains(":List"));
    needed.sort();
    needed.dedup();
    assert!(needed.len() >= 8, "{needed:?}");
    for lacks in &needed {
        let local = Local::from_json(state).unwrap();
        let session = session(&local, |account| but(&plan, account, Some(lacks))).await;
        let plan = planned(&session).await;
        local.clear_calls();
        let error = session.apply(&plan).await.unwrap_err();
        assert_eq!(lacking(&error), std::slice::from_ref(lacks));
        assert_eq!(written(&local), 0, "{lacks:?}");
        // It really is needed.
        let error = session.apply(&plan).without_asking_first().await.unwrap_err();
        let denied = |(_, error): &(_, StepError)| matches!(error, StepError::Aws(error) if error.is_denied());
        assert!(error.failed.iter().all(denied) && !error.failed.is_empty(), "{lacks:?}: {error}");
    }
    let local = Local::from_json(state).unwrap();
    let session = session(&local, |account| but(&plan, account, None)).await;
    session.apply(&planned(&session).await).await.unwrap();
}

/// Local AWS in which topologies were applied, one after the other, as JSON, and the journal of the last apply.
async fn applied(topologies: &[Topology]) -> (String, Journal) {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology()).await.unwrap();
    let mut paper = JournalInMemory::default();
    for topology in topologies {
        paper = JournalInMemory::default();
        session.apply(&session.plan(topology).await.unwrap()).journal_to(paper.clone()).await.unwrap();
    }
    (local.to_json().unwrap(), paper.journal().unwrap())
}

fn changed_topology() -> Topology {
    Topology::builder("release").add(changed::Release).build().unwrap()
}

#[tokio::test]
async fn what_a_plan_to_create_needs_is_exact() {
    let state = as_the_console_left_it().unwrap().to_json().unwrap();
    is_exact(&state, async |session: &Session| session.plan(&topology()).await.unwrap()).await;
}

#[tokio::test]
async fn what_a_plan_to_update_needs_is_exact() {
    let (state, _) = applied(&[topology()]).await;
    is_exact(&state, async |session: &Session| session.plan(&changed_topology()).await.unwrap()).await;
}

#[tokio::test]
async fn what_a_plan_to_prune_needs_is_exact() {
    let (state, _) = applied(&[topology()]).await;
    let other_role = Topology::builder("release").add(other_role::Release).build().unwrap();
    is_exact(&state, async |session: &Session| session.plan(&other_role).intent(Intent::Prune).await.unwrap()).await;
}

#[tokio::test]
async fn what_a_plan_to_destroy_needs_is_exact() {
    let (state, _) = applied(&[topology()]).await;
    is_exact(&state, async |session: &Session| session.plan(&topology()).intent(Intent::Destroy).await.unwrap()).await;
}

#[tokio::test]
async fn what_a_plan_to_restore_needs_is_exact() {
    let (state, journal) = applied(&[topology(), changed_topology()]).await;
    is_exact(&state, async |session: &Session| session.restore(&journal).await.unwrap()).await;
}

#[tokio::test]
async fn credentials_that_may_only_read_write_nothing_in_any_account() {
    let local = as_the_console_left_it().unwrap();
    let administrators = local.connect(&topology()).await.unwrap();
    let read_only = session(&local, |account| match account.as_str() {
        "222222222222" => Deployer::ReadOnly,
        _ => Deployer::With(Document::new(vec![Statement::allow(&["*"], vec!["*".to_owned()])])),
    });
    let session = read_only.await;
    let plan = session.plan(&topology()).await.unwrap();
    local.clear_calls();
    let error = session.apply(&plan).await.unwrap_err();
    assert_eq!(written(&local), 0);
    let text = error.to_string();
    assert!(
        text.contains(
            "+ role hoge0316-crossaccount-pipeline (222222222222): the credentials may not iam:CreateRole on \
             arn:aws:iam::222222222222:role/hoge0316-crossaccount-pipeline, iam:TagRole on \
             arn:aws:iam::222222222222:role/hoge0316-crossaccount-pipeline\n"
        ),
        "{text}"
    );
    // It holds for all steps.
    let help =
        "\n  help: allow it; `plan --permissions`, or `Plan::required_permissions`, has all that the plan needs\n";
    assert_eq!((text.matches(help).count(), text.matches("help: ").count()), (1, 1), "{text}");
    assert!(!text.contains("steps failed") && text.ends_with("\nnothing was written"), "{text}");
    // What the plan needs in each account, as a policy.
    let policies = plan.required_permissions();
    assert_eq!(policies.keys().map(AccountId::as_str).collect::<Vec<_>>(), ACCOUNTS);
    administrators.apply(&plan).await.unwrap();
}

#[tokio::test]
async fn where_iam_can_not_be_asked_the_calls_tell() {
    let local = as_the_console_left_it().unwrap();
    let deployer = |_: &AccountId| {
        Deployer::With(Document::new(vec![Statement::allow(
            &["iam:Get*", "iam:List*", "codepipeline:Get*", "codepipeline:List*"],
            vec!["*".to_owned()],
        )]))
    };
    let session = session(&local, deployer).await;
    let error = session.apply(&session.plan(&topology()).await.unwrap()).await.unwrap_err();
    assert!(
        error.failed.iter().all(|(_, error)| matches!(error, StepError::Aws(error) if error.is_denied())),
        "{error}"
    );
    assert!(error.to_string().contains("nothing was written"), "{error}");
}
