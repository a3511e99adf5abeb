//! Every call of every operation fails in every way: what is reported about it is true, the same command comes to the same accounts as without the
//! failure, and nothing of others is touched.
//!
//! `cargo test` tries a part of it, `SWEEP=wide` more. `SWEEP_PART=<n>` is another part of the same size: 61 parts of what `cargo test` tries, and 19 of
//! `SWEEP=wide`, are all of it. All at once, and more seeds:
//!
//! ```sh
//! SWEEP=all SCHEDULES=10000 cargo test -p codepipeline-xacct-aws-tests sweep:: -- --nocapture
//! ```

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use codepipeline_xacct::Topology;
use codepipeline_xacct::aws::{ApplyError, Report, Session, StepError, Undo};
use codepipeline_xacct::core::declaration::{PipelineDeclaration, PipelineDocument, PipelineVariableDeclaration};
use codepipeline_xacct::core::plan::{Aspect, Intent, Journal, Plan, StepId, Verb};
use codepipeline_xacct::core::topology::Subject;
use codepipeline_xacct::local::{ConcurrentRequest, Fault, FaultBuilder, Lag, Local};
use codepipeline_xacct_aws_tests::*;
use serde_json::{Map, Value, json};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Create,
    Update,
    Prune,
    Destroy,
    Restore,
}

const OPERATIONS: [Operation; 5] =
    [Operation::Create, Operation::Update, Operation::Prune, Operation::Destroy, Operation::Restore];

/// What can happen to a call.
type Kind = fn(FaultBuilder) -> Fault;

const KINDS: [(&str, Kind); 9] = [
    ("throttled", FaultBuilder::throttle),
    ("status 500", FaultBuilder::internal_error),
    ("status 503", FaultBuilder::unavailable),
    ("no answer", FaultBuilder::timeout),
    ("cut before its effect", FaultBuilder::cut_before),
    ("cut after its effect", FaultBuilder::cut_after),
    ("token expired", FaultBuilder::expired_token),
    ("denied", FaultBuilder::access_denied),
    ("slow", |fault| fault.slow(Duration::from_secs(20))),
];

/// An operation with the accounts that it begins with.
struct Case {
    operation: Operation,
    state: String,
    /// Of an apply that is put back.
    journal: Option<Journal>,
}

fn topology() -> Topology {
    Topology::builder("release").add(Release).build().unwrap()
}

/// What a prune takes out of A's pipeline, and what it puts back.
mod wider {
    use codepipeline_xacct_aws_tests::{Deploy, DeployInvoker, Tooling};
    codepipeline_xacct::pipeline! {
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            service_role: extended(
                "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
            ),

            stage "Build" {
                invoke "ccc": Deploy { role: DeployInvoker, run_order: 3 }
            }
            add stage "Ask" after "Build" {
                action "approve": Manual {}
            }
        }
    }
}

fn wider_topology() -> Topology {
    Topology::builder("release").add(wider::Release).build().unwrap()
}

fn changed_topology() -> Topology {
    Topology::builder("release").add(changed::Release).build().unwrap()
}

async fn connected(local: &Local) -> Session {
    local.connect(&topology()).await.unwrap()
}

impl Case {
    async fn new(operation: Operation) -> Self {
        let local = with_a_foreign_pipeline().unwrap();
        let session = connected(&local).await;
        let mut journal = None;
        if operation != Operation::Create {
            let topology = if operation == Operation::Prune { wider_topology() } else { topology() };
            session.apply(&session.plan(&topology).await.unwrap()).await.unwrap();
        }
        if operation == Operation::Restore {
            let paper = JournalInMemory::default();
            session.apply(&session.plan(&changed_topology()).await.unwrap()).journal_to(paper.clone()).await.unwrap();
            journal = Some(paper.journal().unwrap());
        }
        Self { operation, state: local.to_json().unwrap(), journal }
    }

    fn local(&self) -> Local {
        Local::from_json(&self.state).unwrap()
    }

    /// `None` where the accounts could not be read.
    async fn plan(&self, session: &Session) -> Option<Plan> {
        let plan = match self.operation {
            Operation::Create => session.plan(&topology()).exclusive().await,
            Operation::Update => session.plan(&changed_topology()).exclusive().await,
            Operation::Prune => {
                let other_role = Topology::builder("release").add(other_role::Release).build().unwrap();
                session.plan(&other_role).intent(Intent::Prune).exclusive().await
            }
            Operation::Destroy => session.plan(&topology()).intent(Intent::Destroy).exclusive().await,
            Operation::Restore => {
                let request = session.restore(self.journal.as_ref().unwrap());
                return request.exclusive(&changed_topology()).await.ok();
            }
        };
        plan.ok()
    }

    /// What the accounts hold without a failure, and how many calls planning and applying make.
    async fn without_failure(&self) -> (Map<String, Value>, u64, u64) {
        let local = self.local();
        let session = connected(&local).await;
        local.clear_calls();
        let plan = self.plan(&session).await.unwrap();
        let planning = local.calls().len();
        session.apply(&plan).await.unwrap();
        assert!(self.plan(&session).await.unwrap().is_empty(), "{:?}", self.operation);
        let all = {
            let local = self.local();
            let session = connected(&local).await;
            local.clear_calls();
            session.apply(&self.plan(&session).await.unwrap()).await.unwrap();
            local.calls().len()
        };
        (held(&local).unwrap(), u64::try_from(planning).unwrap(), u64::try_from(all).unwrap())
    }
}

fn ids(plan: &Plan) -> BTreeSet<StepId> {
    plan.steps().iter().map(|step| step.id()).collect()
}

/// Whether a plan could read the history of the pipelines.
fn knew_all(plan: &Plan) -> bool {
    plan.warnings().iter().all(|warning| warning.code != "XA1024")
}

/// Who else was at work during an apply.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Others {
    Nobody,
    /// They write what is not ours.
    Editors,
    /// The same program, which does the same steps.
    SecondDeployer,
}

/// What an apply says is compared with what would still have to be done.
fn is_true(said: &Result<Report, ApplyError>, planned: &Plan, left: &BTreeSet<StepId>, others: Others, what: &str) {
    let (done, failed, not_tried) = match said {
        Ok(report) => (&report.done, &[][..], &[][..]),
        Err(error) => (&error.done, &error.failed[..], &error.not_tried[..]),
    };
    let mut all: Vec<&StepId> = done.iter().chain(failed.iter().map(|(step, _)| step)).chain(not_tried).collect();
    all.sort();
    assert_eq!(all, ids(planned).iter().collect::<Vec<_>>(), "{what}: every step is told once");
    // What is noted of a version is due again once others wrote another one, and a pipeline is written again once a history can be read that the plan could not.
    let knew_all = knew_all(planned);
    let is_due_again = |step: &StepId| match step.aspect {
        Aspect::Tags => others != Others::Nobody || !knew_all,
        _ => !knew_all && matches!(step.subject, Subject::Pipeline(_)),
    };
    for step in done.iter().filter(|step| !is_due_again(step)) {
        assert!(!left.contains(step), "{what}: `{step}` is said to be done, and is not: {said:?}");
    }
    // What this one did not do, the other one may have done.
    if others == Others::SecondDeployer {
        return;
    }
    for step in not_tried {
        assert!(left.contains(step), "{what}: `{step}` is said not to be tried, and is done: {said:?}");
    }
    for (step, error) in failed {
        // What failed of these is to bring back what others wrote.
        let may_be_done = match error {
            StepError::Unknown { .. } | StepError::NotBroughtBack { .. } => true,
            StepError::EditConflict { .. } | StepError::Incompatible { .. } | StepError::Contended { .. } => {
                others == Others::Editors
            }
            _ => false,
        };
        assert!(may_be_done || left.contains(step), "{what}: `{step}` is said to have failed, and is done: {error}");
    }
}

/// An undo that failed puts back no more than it says: where none of its steps was done, all that the apply wrote is there; and what the apply did
/// not write is as it was.
fn undo_is_true(undo: &Undo, error: &ApplyError, before: &Map<String, Value>, now: &Map<String, Value>, what: &str) {
    let nothing_was_put_back = match undo {
        Undo::Failed { error, .. } => error.done.is_empty() && error.failed.iter().all(|(_, error)| !is_unknown(error)),
        Undo::NotPlanned(_) => true,
        _ => false,
    };
    let tried: BTreeSet<String> = error
        .done
        .iter()
        .chain(error.failed.iter().map(|(step, _)| step))
        .map(|step| step.subject.to_string())
        .collect();
    let (before, now) = (without_notes(before.clone()), without_notes(now.clone()));
    for arn in before.keys().chain(now.keys()).filter(|arn| !tried.contains(*arn)) {
        assert_eq!(before.get(arn), now.get(arn), "{what}: {arn} was not to be written");
    }
    let created = error.done.iter().filter(|step| step.verb == Verb::Create && step.aspect == Aspect::Whole);
    for step in created.filter(|_| nothing_was_put_back) {
        assert!(
            now.contains_key(&step.subject.to_string()),
            "{what}: `{step}` is said to be done and not to be put back"
        );
    }
}

fn is_unknown(error: &StepError) -> bool {
    matches!(error, StepError::Unknown { .. })
}

/// Runs an operation while a fault is there; `with` says whether it is put back where it fails.
async fn tried(case: &Case, goal: &Map<String, Value>, fault: Fault, lag: Option<Lag>, undoes: bool, what: &str) {
    let local = case.local();
    let before = held(&local).unwrap();
    let notes = tempfile::tempdir().unwrap();
    let session = connected(&local).await;
    local.faults().add(fault);
    local.faults().set_iam_lag(lag);
    let plan = case.plan(&session).await;
    let mut said = None;
    if let Some(plan) = &plan {
        let request = session.apply(plan).lease_notes(notes.path());
        said = Some(if undoes { request.undo_on_failure().await } else { request.await });
    }
    local.faults().clear();
    let mut now = held(&local).unwrap();
    let is_left = match &said {
        Some(Ok(report)) => !report.leases_left.is_empty(),
        Some(Err(error)) => !error.leases_left.is_empty(),
        None => false,
    };
    if is_left {
        now = without_leases(now);
    }
    for foreign in [FOREIGN, FOREIGN_ROLE] {
        assert_eq!(now[foreign], before[foreign], "{what}");
    }
    let after = case.plan(&session).await.unwrap();
    match (&plan, &said) {
        (Some(plan), Some(said)) => {
            let error = said.as_ref().err();
            match error.and_then(|error| error.undo.as_ref()) {
                None => is_true(said, plan, &ids(&after), Others::Nobody, what),
                Some(Undo::Done { warnings, .. }) if warnings.is_empty() => {
                    assert_eq!(
                        without_notes(now.clone()),
                        without_notes(before.clone()),
                        "{what}: it is said to be put back"
                    );
                }
                // What the undo says of its own steps is true of them, and what it says stays is there.
                Some(Undo::Done { .. }) => {}
                Some(undo) => undo_is_true(undo, error.unwrap(), &before, &now, what),
            }
            if error.is_some_and(|error| error.to_string().contains("nothing was written")) {
                assert_eq!(now, before, "{what}: nothing is said to be written");
            }
        }
        _ => assert_eq!(now, before, "{what}: there was no plan"),
    }
    let again = session.apply(&after).lease_notes(notes.path()).await;
    again.unwrap_or_else(|error| panic!("{what}: the same command: {error}"));
    assert!(case.plan(&session).await.unwrap().is_empty(), "{what}: there still is something to do");
    let (mut now, mut goal) = (without_versions(held(&local).unwrap()), without_versions(goal.clone()));
    if plan.is_some_and(|plan| !knew_all(&plan)) {
        // In two parts, other versions are noted.
        (now, goal) = (without_notes(now), without_notes(goal));
    }
    if after.is_empty() {
        // Where nothing is left to do, a lease that was left stays.
        now = without_leases(now);
    }
    // In whatever order they were created.
    assert_eq!(now.keys().collect::<BTreeSet<_>>(), goal.keys().collect::<BTreeSet<_>>(), "{what}");
    for (arn, thing) in &now {
        assert_eq!(thing, &goal[arn], "{what}: {arn}");
    }
}

/// A number of the environment.
fn number(name: &str) -> Option<u64> {
    let number = std::env::var(name).ok()?;
    Some(number.parse().unwrap_or_else(|_| panic!("{name} is not a number: {number}")))
}

/// All calls of an operation, each failing once and from then on; without `SWEEP=all` a part of them.
async fn sweep(operation: Operation) {
    let case = Case::new(operation).await;
    let (goal, planning, all) = case.without_failure().await;
    // Of what only reads, and of the rest, one in some.
    let (reads, rest) = match std::env::var("SWEEP").as_deref() {
        Ok("all") => (1, 1),
        Ok("wide") => (19, 3),
        _ => (61, 11),
    };
    let part = number("SWEEP_PART").unwrap_or(0);
    let mut runs = 0;
    for call in 1..=all {
        for (number, (kind, effect)) in (0u64..).zip(KINDS) {
            for for_good in [false, true] {
                let every = if call <= planning { reads } else { rest };
                if !(call * 7 + number * 3 + u64::from(for_good) + part).is_multiple_of(every) {
                    continue;
                }
                let when = if for_good { Fault::on_any().from(call) } else { Fault::on_any().nth(call) };
                let what =
                    format!("{operation:?}, call {call} of {all} {kind}{}", if for_good { " for good" } else { "" });
                tried(&case, &goal, effect(when), None, false, &what).await;
                runs += 1;
            }
        }
        if (call + part).is_multiple_of(rest.min(6)) {
            let what = format!("{operation:?}, call {call} of {all} denied, and put back");
            tried(&case, &goal, Fault::on_any().nth(call).access_denied(), None, true, &what).await;
            // The undo fails as well.
            let what = format!("{operation:?}, all calls denied from {call} of {all} on, and not put back");
            tried(&case, &goal, Fault::on_any().from(call).access_denied(), None, true, &what).await;
            let what = format!("{operation:?}, call {call} of {all} denied under lag");
            let lag = Some(Lag::Seconds(3));
            tried(&case, &goal, Fault::on_any().nth(call).access_denied(), lag, false, &what).await;
            runs += 3;
        }
    }
    println!("{operation:?}: {runs} runs over {all} calls, part {part}");
}

#[tokio::test(start_paused = true)]
async fn create_withstands_a_failure_of_any_call() {
    sweep(Operation::Create).await;
}

#[tokio::test(start_paused = true)]
async fn update_withstands_a_failure_of_any_call() {
    sweep(Operation::Update).await;
}

#[tokio::test(start_paused = true)]
async fn prune_withstands_a_failure_of_any_call() {
    sweep(Operation::Prune).await;
}

#[tokio::test(start_paused = true)]
async fn destroy_withstands_a_failure_of_any_call() {
    sweep(Operation::Destroy).await;
}

#[tokio::test(start_paused = true)]
async fn restore_withstands_a_failure_of_any_call() {
    sweep(Operation::Restore).await;
}

/// The same numbers every time: xorshift.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[usize::try_from(self.below(list.len() as u64)).unwrap()]
    }
}

/// What others do meanwhile, each in what is not ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edit {
    /// The branch of the pipeline that the topology extends.
    Branch,
    /// A variable more of it.
    Variable(&'static str),
    /// A policy of its service role.
    Policy,
    /// A tag of a role that the topology manages.
    Tag,
}

const EDITS: [Edit; 5] = [Edit::Branch, Edit::Variable("one"), Edit::Variable("two"), Edit::Policy, Edit::Tag];

impl Edit {
    /// Comes right before a call. What is answered is set once it has: the id of the role that it tagged, if it did.
    fn add(self, local: &Local, call: u64) -> Arc<OnceLock<Option<String>>> {
        let came = Arc::new(OnceLock::new());
        let request = |account: &str, operation: &str, input: Value| ConcurrentRequest {
            account: account.to_owned(),
            region: "us-east-1".to_owned(),
            service: "iam".to_owned(),
            operation: operation.to_owned(),
            input,
        };
        let name = |arn: &str| arn.rsplit('/').next().unwrap().to_owned();
        let request = match self {
            Edit::Branch | Edit::Variable(_) => None,
            Edit::Policy => {
                let document = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sns:Publish","Resource":"*"}]}"#;
                let input = json!({ "RoleName": name(SERVICE), "PolicyName": "theirs", "PolicyDocument": document });
                Some(request("111111111111", "PutRolePolicy", input))
            }
            Edit::Tag => {
                let input = json!({ "RoleName": name(INVOKER), "Tags": [{ "Key": WATCHED, "Value": "b" }] });
                Some(request("222222222222", "TagRole", input))
            }
        };
        if let Some(request) = request {
            local.faults().add(Fault::on_any().nth(call).request(request));
        }
        let (other, set) = (local.clone(), Arc::clone(&came));
        local.faults().add(Fault::on_any().nth(call).edit(move || {
            self.of_pipeline(&other);
            let tagged = invoker(&other).filter(|(_, is_watched)| self == Edit::Tag && *is_watched);
            set.set(tagged.map(|(id, _)| id)).unwrap();
        }));
        came
    }

    fn of_pipeline(self, local: &Local) {
        let arn = RELEASE.parse().unwrap();
        let mut pipeline = local.pipeline(&arn).unwrap();
        match self {
            Edit::Branch => branch(&mut pipeline).replace_range(.., "theirs"),
            Edit::Variable(name) => {
                let variable = PipelineVariableDeclaration { name: name.to_owned(), ..Default::default() };
                pipeline.variables.get_or_insert_default().push(variable);
            }
            Edit::Policy | Edit::Tag => return,
        }
        pipeline.version = pipeline.version.map(|version| version + 1);
        local.put_pipeline(&arn, &PipelineDocument { pipeline, ..Default::default() }).unwrap();
    }

    /// Whether it is still there. `tagged` is the id of the role that it tagged.
    fn stays(self, local: &Local, tagged: Option<&String>) -> bool {
        let mut pipeline = local.pipeline(&RELEASE.parse().unwrap()).unwrap();
        match self {
            Edit::Branch => branch(&mut pipeline) == "theirs",
            Edit::Variable(name) => pipeline.variables.iter().flatten().any(|variable| variable.name == name),
            Edit::Policy => local.policies(&SERVICE.parse().unwrap()).unwrap().iter().any(|(name, _)| name == "theirs"),
            // It goes with the role, which may not have been there yet.
            Edit::Tag => invoker(local).is_none_or(|(id, is_watched)| tagged != Some(&id) || is_watched),
        }
    }
}

/// The tag of others.
const WATCHED: &str = "watched";

/// The id of the role in B, and whether it has the tag of others; `None` if it is not there.
fn invoker(local: &Local) -> Option<(String, bool)> {
    let saved: Value = serde_json::from_str(&local.to_json().unwrap()).unwrap();
    let accounts = saved["state"]["accounts"].as_object().unwrap().clone();
    let mut roles = accounts.into_iter().flat_map(|(_, account)| account["roles"].as_object().unwrap().clone());
    let (_, role) = roles.find(|(_, role)| role["arn"] == INVOKER)?;
    Some((role["id"].as_str().unwrap().to_owned(), role["tags"].to_string().contains(WATCHED)))
}

fn branch(pipeline: &mut PipelineDeclaration) -> &mut String {
    let action = &mut pipeline.stages.as_mut().unwrap()[0].actions.as_mut().unwrap()[0];
    action.configuration.as_mut().unwrap().get_mut("BranchName").unwrap()
}

/// Faults, up to three edits of others, a second deployer and IAM's lag, all at once.
async fn schedule(cases: &[Case], seed: u64) {
    let mut numbers = Numbers(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let case = numbers.of(cases);
    let what = format!("seed {seed}, {:?}", case.operation);
    let local = case.local();
    let before = held(&local).unwrap();
    let notes = tempfile::tempdir().unwrap();
    let (session, second) = (connected(&local).await, connected(&local).await);
    for _ in 0..=numbers.below(3) {
        let (_, effect) = numbers.of(&KINDS);
        let percent = 1 + numbers.below(15);
        local.faults().add(effect(Fault::on_any().seeded(numbers.below(1 << 40), percent)));
    }
    let mut edits = Vec::new();
    for _ in 0..numbers.below(4) {
        let edit = *numbers.of(&EDITS);
        if edits.iter().all(|(other, _)| *other != edit) {
            edits.push((edit, edit.add(&local, 1 + numbers.below(80))));
        }
    }
    let lag = [None, Some(Lag::Seconds(1 + numbers.below(20))), Some(Lag::Calls(1 + numbers.below(12)))];
    local.faults().set_iam_lag(*numbers.of(&lag));
    let (has_second, later) = (numbers.below(2) == 0, numbers.below(5000));
    let one = async {
        let plan = case.plan(&session).await?;
        let said = session.apply(&plan).lease_notes(notes.path()).await;
        Some((plan, said))
    };
    let two = async {
        if has_second {
            tokio::time::sleep(Duration::from_millis(later)).await;
            let plan = case.plan(&second).await?;
            return Some(second.apply(&plan).lease_notes(notes.path()).await);
        }
        None
    };
    let (said, said_by_two) = tokio::join!(one, two);
    local.faults().clear();
    edits.retain(|(_, came)| came.get().is_some());
    let now = held(&local).unwrap();
    for foreign in [FOREIGN, FOREIGN_ROLE] {
        assert_eq!(now[foreign], before[foreign], "{what}");
    }
    let mut plan = case.plan(&session).await.unwrap();
    let others = match (has_second, edits.is_empty()) {
        (true, _) => Others::SecondDeployer,
        (false, false) => Others::Editors,
        (false, true) => Others::Nobody,
    };
    if let Some((planned, said)) = &said {
        is_true(said, planned, &ids(&plan), others, &what);
    }
    let again = session.apply(&plan).lease_notes(notes.path()).await;
    again.unwrap_or_else(|error| panic!("{what}: the same command: {error}"));
    plan = case.plan(&session).await.unwrap();
    assert!(plan.is_empty(), "{what}: there still is something to do: {plan}");
    let both = said.iter().map(|(_, said)| said).chain(&said_by_two);
    let failed = both.filter_map(|said| said.as_ref().err()).flat_map(|error| &error.failed);
    let is_told = failed.into_iter().any(|(_, error)| {
        matches!(
            error,
            StepError::NotBroughtBack { .. }
                | StepError::Contended { .. }
                | StepError::Incompatible { put_back: Err(_), .. }
        )
    });
    for (edit, came) in edits {
        let tagged = came.get().and_then(Option::as_ref);
        assert!(is_told || edit.stays(&local, tagged), "{what}: {edit:?} is lost");
    }
}

/// Of the seeds, every other one.
async fn schedules(odd: u64) {
    let (seeds, first) = (number("SCHEDULES").unwrap_or(40), number("SEED").unwrap_or(1));
    let mut cases = Vec::new();
    for operation in OPERATIONS {
        cases.push(Case::new(operation).await);
    }
    for seed in (first..first + seeds).filter(|seed| seed % 2 == odd) {
        schedule(&cases, seed).await;
    }
    println!("every other of {seeds} schedules");
}

#[tokio::test(start_paused = true)]
async fn failures_editors_a_second_deployer_and_lag_at_once_lose_nothing() {
    schedules(0).await;
}

#[tokio::test(start_paused = true)]
async fn failures_editors_a_second_deployer_and_lag_at_once_lose_nothing_either() {
    schedules(1).await;
}
